"""Catalogue and settings -> Feed and Entry: titles, ids, addresses and order; knows no format.

Corrections, rights of reply and withdrawals are shown as Dewan Pers' "Pedoman Pemberitaan Media Siber" (2012) wants
them: with their time (point 4 c), linked with their article (4 b), a withdrawal with its reason (5 c), and what is
paid for with a label (6 b).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from itertools import islice
from urllib.parse import urlsplit

from feeds import text
from feeds.config import Settings
from feeds.model import Category, Draft, Entry, Feed, RslTerms, Withdrawal
from feeds.readers.drafts import body_format
from feeds.record import EPOCH, Correction, NoticeRecord, Record, from_microseconds
from feeds.wording import Wording, date_text, wording

ARTICLE_PAGES = "artikel/"
NOTICES = "ralat/"
ARCHIVE = "archive/"
PROFILES = "profil/"
SEARCH = "search/"
ALL = "semua"
"""How settings call the feed of all articles, which has no slug."""


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
        gone = named.keys() | settings.gone
        return cls(settings, named | {c.slug: c for c in published if c.slug not in gone})

    def parts(self) -> Mapping[str, Sequence[Category]]:
        """The categories below each other one, by its slug; those below none by ""."""
        found: dict[str, list[Category]] = {}
        for category in self.categories.values():
            found.setdefault(category.parent, []).append(category)
        return found

    @property
    def words(self) -> Wording:
        return wording(self.settings.language)

    def feed(self, category: Category | None, listed: Sequence[Record], withdrawn: Sequence[NoticeRecord] = ()) -> Feed:
        """The feed of a category, or of all articles; updated is the newest change of what it lists.

        withdrawn: what it may have listed, the latest withdrawal first.
        """
        settings = self.settings
        path = f"{category.slug}/" if category else ""
        return Feed(
            # A tag keeps the id when the feeds move to another address (RFC 4151).
            id=f"tag:{settings.authority},2026:feeds/{path}",
            path=path,
            newsroom=settings.title,
            title=f"{category.title} - {settings.title}" if category else settings.title,
            description=self._description(category),
            home=settings.site or settings.base_url,
            base_url=settings.base_url,
            language=settings.language,
            author=settings.author or settings.title,
            copyright=settings.copyright,
            license=settings.license,
            rsl=settings.rsl,
            logo=settings.logo,
            updated=max(newest_change(listed), *(_published(notice) for notice in withdrawn[:1]), EPOCH),
            ttl=max(1, settings.max_age // 60),
            hubs=settings.hubs,
            category=category,
            withdrawn=tuple(Withdrawal(n.article, _published(n), self._reason(n)) for n in withdrawn),
        )

    def notices(self, listed: Sequence[NoticeRecord]) -> Feed:
        """The feed of corrections, rights of reply and withdrawals."""
        return replace(
            self.feed(None, ()),
            id=f"tag:{self.settings.authority},2026:feeds/{NOTICES}",
            path=NOTICES,
            title=f"{self.words.notices} - {self.settings.title}",
            description=f"{self.words.about}, {self.settings.title}",
            updated=_published(listed[0]) if listed else EPOCH,
        )

    def withdrawn(self, withdrawals: Iterable[NoticeRecord], slug: str, now: int) -> list[NoticeRecord]:
        """What a feed may have shown and must not any more, as many as it shows articles; slug: "" for that of all.

        withdrawals: the latest first. now: microseconds since the epoch.
        """
        known = (notice for notice in withdrawals if notice.article and notice.since <= now)
        listed = (notice for notice in known if not slug or slug in notice.categories)
        return list(islice(listed, self.settings.limit))

    def shows_advertorials(self, category: str) -> bool:
        """Whether the feed of a category, "" for that of all, lists what is paid for."""
        return (category or ALL) not in self.settings.advertorial_not_in

    def _description(self, category: Category | None) -> str:
        if category is None:
            return self.settings.description or self.settings.title
        return category.description or f"{category.title}, {self.settings.title}"

    def link(self, article: Record) -> str:
        """Where the article can be read: its own address, else its page, else nowhere ("")."""
        if article.link or not self.settings.article_pages:
            return article.link
        return f"{self.settings.base_url}{page_path(article.slug)}"

    def headline(self, article: Record) -> str:
        """The title of an article, with its label where it is paid for."""
        label = f"[{self.settings.advertorial_label}] "
        if not article.advertorial or article.title.casefold().startswith(label.rstrip().casefold()):
            return article.title
        return label + article.title

    def entry(self, record: Record, draft: Draft) -> Entry:
        """An article with its body rendered; draft: as its file gives it now."""
        link = self.link(record)
        base = record.link or self.settings.site or link or self.settings.base_url
        content = text.render(draft.body, draft.body_format, base=base)
        labelled = record.advertorial and self.settings.advertorial_as == "category"
        return Entry(
            id=record.id,
            id_is_link=record.id == link,
            title=record.title if labelled else self.headline(record),
            link=link,
            published=from_microseconds(record.published, record.published_offset),
            updated=from_microseconds(record.updated, record.updated_offset),
            summary=record.summary or text.summarise(content),
            content=self._with_corrections(content, record.corrections, base) if record.corrections else content,
            authors=record.authors,
            categories=tuple(self.categories[slug] for slug in record.categories if slug in self.categories),
            tags=(self.settings.advertorial_label, *record.tags) if labelled else record.tags,
            source=record.source,
            language=record.language,
            image=record.image,
            related=tuple(dict.fromkeys(said.link or self._announcements for said in record.corrections)),
            license=self._license(record),
            rights=record.rights,
            rsl=None if record.rights else self._terms(link),
        )

    def bare_entry(self, record: Record) -> Entry:
        """An article by its headline alone: no text, no summary, no image."""
        return replace(self.entry(record._replace(corrections=()), Draft(path="")), summary="", content="", image=None)

    def _license(self, record: Record) -> str:
        """Its own, else the newsroom's; not where it says whose the rights are, as they may be an agency's.

        For the same reason the newsroom's terms for automated clients do not stand beside such an article.
        """
        return record.license or ("" if record.rights else self.settings.license)

    def _terms(self, link: str) -> RslTerms | None:
        """Those of the newsroom for an article that lies where its feeds do: of others no feed may say any.

        RSL 1.0, section 4.7: the address is one of the feed's own origin.
        """
        return self.settings.rsl if link and urlsplit(link)[:2] == urlsplit(self.settings.base_url)[:2] else None

    @property
    def _announcements(self) -> str:
        """Where a correction is announced that has no address of its own: on the newsroom's page."""
        return f"{self.settings.base_url}#{NOTICES.rstrip('/')}"

    def _with_corrections(self, content: str, corrections: Sequence[Correction], base: str) -> str:
        """The corrections above the text; plain elements, as feed readers have no style for others."""
        blocks = []
        for said in corrections:
            when = from_microseconds(said.published, said.published_offset)
            label = f"<strong>{self.words.labels[said.kind]} ({escape(date_text(when, self.words))}):</strong> "
            more = f' <a href="{escape(said.link)}">{self.words.more}</a>' if said.link else ""
            blocks.append(_around(label, text.render(said.text, body_format(said.text), base=base), more))
        return "\n".join((f"<aside>{''.join(blocks)}</aside>", content))

    def notice(self, record: NoticeRecord) -> Entry:
        """A correction, a right of reply or a withdrawal as an entry of its own."""
        about = record.address
        if not about and record.slug and self.settings.article_pages:
            about = f"{self.settings.base_url}{page_path(record.slug)}"
        title = record.title or record.address or record.named
        link = f'<a href="{escape(about)}">{escape(title, quote=False)}</a>' if about else escape(title, quote=False)
        statement = self._reason(record) if record.kind == "ditarik" else record.text
        content = text.render(statement, body_format(statement), base=about or self.settings.base_url)
        published = _published(record)
        return Entry(
            id=f"tag:{self.settings.authority},2026:{NOTICES}{record.id}",
            id_is_link=False,
            title=f"{self.words.labels[record.kind]}: {title}",
            link=record.link or about,
            published=published,
            updated=published,
            summary=text.summarise(content),
            content=f"{content}\n<p>{self.words.article}: {link}</p>",
            authors=(),
            categories=tuple(self.categories[slug] for slug in record.categories if slug in self.categories),
            tags=(),
            source="",
            language="",
            image=None,
            about=about,
        )

    def _reason(self, notice: NoticeRecord) -> str:
        return notice.text or self.words.withdrawn


def _around(label: str, content: str, more: str) -> str:
    """HTML with a label before its first words and a link behind its last, within their paragraphs where they have."""
    if content.startswith("<p>"):
        label, content = f"<p>{label}", content.removeprefix("<p>")
    if content.endswith("</p>"):
        content, more = content.removesuffix("</p>"), f"{more}</p>"
    return f"{label}{content}{more}"


def _published(notice: NoticeRecord) -> datetime:
    return from_microseconds(notice.published, notice.published_offset)


def page_path(slug: str) -> str:
    """The folder of an article's page, below base_url."""
    return f"{ARTICLE_PAGES}{slug}/"


def newest_change(listed: Sequence[Record]) -> datetime:
    """The newest updated of some articles; the epoch where there are none."""
    newest = max(listed, key=lambda article: article.updated, default=None)
    return from_microseconds(newest.updated, newest.updated_offset) if newest else EPOCH
