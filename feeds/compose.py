"""Catalogue and settings -> Feed and Entry: titles, ids, addresses and order; knows no format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds import text
from feeds.config import Settings
from feeds.model import Category, Draft, Entry, Feed
from feeds.record import EPOCH, Record, from_microseconds

ARTICLE_PAGES = "artikel/"


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes feeds and entries of one newsroom. categories: every one that has a feed, by slug, in their order."""

    settings: Settings
    categories: Mapping[str, Category]

    @classmethod
    def of(cls, settings: Settings, published: Sequence[Category]) -> Composer:
        """Declared categories come first, in the order of the configuration, then those that articles brought."""
        declared = [
            Category(slug=c.slug, title=c.title, description=c.description, parent=c.parent)
            for c in settings.categories
        ]
        named = {category.slug: category for category in declared}
        return cls(settings, named | {c.slug: c for c in published if c.slug not in named})

    def feed(self, category: Category | None, listed: Sequence[Record]) -> Feed:
        """The feed of a category, or of all articles; updated is the newest change of what it lists."""
        settings = self.settings
        path = f"{category.slug}/" if category else ""
        return Feed(
            # A tag keeps the id when the feeds move to another address (RFC 4151).
            id=f"tag:{settings.authority},2026:feeds/{path}",
            path=path,
            title=f"{category.title} - {settings.title}" if category else settings.title,
            description=self._description(category),
            home=settings.site or settings.base_url,
            base_url=settings.base_url,
            language=settings.language,
            author=settings.author or settings.title,
            copyright=settings.copyright,
            logo=settings.logo,
            updated=newest_change(listed),
            ttl=max(1, settings.max_age // 60),
            hubs=settings.hubs,
            category=category,
        )

    def _description(self, category: Category | None) -> str:
        if category is None:
            return self.settings.description or self.settings.title
        return category.description or f"{category.title}, {self.settings.title}"

    def link(self, article: Record) -> str:
        """Where the article can be read: its own address, else its page, else nowhere ("")."""
        if article.link or not self.settings.article_pages:
            return article.link
        return f"{self.settings.base_url}{page_path(article.slug)}"

    def entry(self, record: Record, draft: Draft) -> Entry:
        """An article with its body rendered; draft: as its file gives it now."""
        link = self.link(record)
        base = record.link or self.settings.site or link or self.settings.base_url
        content = text.render(draft.body, draft.body_format, base=base)
        return Entry(
            id=record.id,
            id_is_link=record.id == link,
            title=record.title,
            link=link,
            published=from_microseconds(record.published, record.published_offset),
            updated=from_microseconds(record.updated, record.updated_offset),
            summary=record.summary or text.summarise(content),
            content=content,
            authors=record.authors,
            categories=tuple(self.categories[slug] for slug in record.categories if slug in self.categories),
            tags=record.tags,
            source=record.source,
            language=record.language,
            image=record.image,
        )


def page_path(slug: str) -> str:
    """The folder of an article's page, below base_url."""
    return f"{ARTICLE_PAGES}{slug}/"


def newest_change(listed: Sequence[Record]) -> datetime:
    """The newest updated of some articles; the epoch where there are none."""
    newest = max(listed, key=lambda article: article.updated, default=None)
    return from_microseconds(newest.updated, newest.updated_offset) if newest else EPOCH
