"""What the parts of one build share: the catalogue as it is, what is to be looked at, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from feeds.archives import links_of_feed, wanted_of
from feeds.catalogue.reading import Reading
from feeds.compose import Composer
from feeds.config import Settings
from feeds.edition.documents import Documents
from feeds.model import Category, Link
from feeds.planning import Plan
from feeds.record import NoticeRecord, Record
from feeds.rendering import Renderer
from feeds.source import Rules, digest_of


@dataclass
class Work:
    """One build. chosen: the feeds that are looked at, None for that of all articles.

    listed_ids: the articles that its documents list. notices: as many of the newest as a feed shows.
    """

    reading: Reading
    settings: Settings
    plan: Plan
    now: int
    composer: Composer
    rules: Rules
    renderer: Renderer
    documents: Documents
    chosen: Sequence[Category | None]
    notices: Sequence[NoticeRecord]
    withdrawals: Sequence[NoticeRecord]
    listed_ids: set[str] = field(default_factory=set)
    # What lacks an article as it is now, whose file could not be read just now: the next edition looks at it again.
    unrendered: set[str] = field(default_factory=set)
    unrendered_pages: set[str] = field(default_factory=set)
    unrendered_moments: set[str] = field(default_factory=set)
    aged: int | None = None  # when the oldest article of the news sitemap is too old for it
    _latest: dict[str, list[Record]] = field(default_factory=dict)
    _links: dict[str, tuple[Link, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, reading: Reading, settings: Settings, plan: Plan, now: int, jobs: int) -> Work:
        """The work of a build that begins; the arguments are those of ``edition.build``."""
        composer, rules = Composer.of(settings, reading.categories()), Rules.of(settings)
        everything: list[Category | None] = [None, *composer.categories.values()]
        # Later than whatever earlier editions held at any path, also one that went and comes again: so that
        # If-Modified-Since never gets a 304 for other bytes of the same second.
        documents = Documents({}, modified=max(now // 1_000_000, reading.modified + 1))
        if plan.full:
            documents.known |= reading.document_index()
        return cls(
            reading=reading,
            settings=settings,
            plan=plan,
            now=now,
            composer=composer,
            rules=rules,
            renderer=Renderer(composer, rules, plan.fingerprint, jobs),
            documents=documents,
            chosen=[c for c in everything if plan.sweep or slug_of(c) in plan.categories],
            notices=reading.notices(now, settings.limit),
            withdrawals=reading.withdrawals(),
        )

    @cached_property
    def parts(self) -> Mapping[str, Sequence[Category]]:
        """The categories below each other one, see ``Composer.parts``."""
        return self.composer.parts()

    def look_at(self, paths: Iterable[str]) -> None:
        """Learn what is known of some documents, before they are put; of a full build all is known."""
        if not self.plan.full:
            self.documents.known |= self.reading.document_index(paths)

    def latest(self, slug: str) -> list[Record]:
        """What a feed shows, newest first; "" is that of all articles."""
        if slug not in self._latest:
            limit = self.settings.limit
            newest = self.reading.articles(wanted_of(self.composer, slug, self.now), limit + 1)
            self._latest[slug] = newest[:limit]
            self._links[slug] = links_of_feed(self.reading, self.composer, slug, newest, self.now)
        return self._latest[slug]

    def links(self, slug: str) -> tuple[Link, ...]:
        """To the archive of a feed."""
        self.latest(slug)
        return self._links[slug]

    def fingerprint_of(self, *shown: object) -> str:
        """Over all that a document shows, by their ``repr``, and what all documents depend on."""
        return digest_of(repr((self.plan.fingerprint, *shown)).encode("utf-8", "surrogatepass"))

    def taken_back(self) -> frozenset[str]:
        """Articles that were withdrawn, removed or put off: nothing that was rendered of them may come again."""
        records = self.reading.records(self.plan.articles)
        shown = {article.id for article in records.values() if article.published <= self.now}
        return self.plan.articles - shown


def slug_of(category: Category | None) -> str:
    """ "" for the feed of all articles."""
    return category.slug if category else ""
