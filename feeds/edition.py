"""Builds an edition from the catalogue: path -> finished bytes, re-rendering only what changed.

An entry is rendered once a format, kept in the catalogue and spliced into each feed that lists it. A document is
written anew only where its fingerprint (over everything that it shows) differs, and gets a new ETag and Last-Modified
only where its bytes do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from feeds import pages
from feeds.archives import IN_CATALOGUE as ARCHIVES
from feeds.archives import Due, all_months, archive, folder, is_archive, links_of_feed, months_of, wanted_of
from feeds.catalogue import Catalogue
from feeds.catalogue.reading import KnownDocument, Reading
from feeds.catalogue.writing import Writing
from feeds.compose import ARTICLE_PAGES, NOTICES, Composer, page_path
from feeds.config import Settings
from feeds.entries import compose_entries
from feeds.formats import FORMATS, Format
from feeds.formats.common import parts
from feeds.model import Category, Feed, Link, Part, Rendition
from feeds.planning import Plan, plan_of
from feeds.record import Record, from_microseconds
from feeds.rendering import Renderer, Shown
from feeds.source import Rules, digest_of

PAGES_AT_ONCE = 200  # article pages that are held in memory before they are written


FEED_FILES = frozenset(form.FILENAME for form in FORMATS)

Progress = Callable[[int, int], None]  # (documents looked at, documents to look at)


@dataclass(frozen=True, slots=True)
class Edition:
    """The documents of one moment. Article pages and archives stay in the catalogue: there may be very many."""

    version: int
    modified: int  # seconds since the epoch when it appeared; later than any before it
    documents: Mapping[str, Rendition]
    catalogue: Catalogue

    def get(self, path: str) -> Rendition | None:
        """The document at a path below base_url, without a leading slash; None where there is none."""
        found = self.documents.get(path)
        kept = path.startswith(ARTICLE_PAGES) or is_archive(path)
        if found or not kept or "\0" in path:  # which PostgreSQL refuses to look up
            return found
        with self.catalogue.reading() as reading:
            return reading.document(path)

    def renditions(self) -> Iterator[Rendition]:
        """Every document, article pages and archives included."""
        with self.catalogue.reading() as reading:
            yield from reading.documents()


def load(catalogue: Catalogue, before: Edition | None = None) -> Edition | None:
    """The newest edition, None before the first; what is the same as in the edition before is taken from there."""
    with catalogue.reading() as reading:
        version = reading.version
        if not version or (before and before.version == version):
            return before
        index = reading.document_index(besides=ARTICLE_PAGES, unlike=ARCHIVES)
        same = {r.path: r for r in before.documents.values() if _is_same(r, index.get(r.path))} if before else {}
        read = {rendition.path: rendition for rendition in reading.documents(index.keys() - same.keys())}
        return Edition(version, reading.modified, {path: same.get(path) or read[path] for path in index}, catalogue)


def _is_same(rendition: Rendition, known: KnownDocument | None) -> bool:
    return known is not None and (known.etag, known.modified) == (rendition.etag, rendition.modified)


def build(
    catalogue: Catalogue,
    settings: Settings,
    *,
    program: str,
    now: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> int:
    """Bring the documents up to date with the articles; gives how many were written.

    program: a digest of the program, as another one may render differently.
    now: microseconds since the epoch; decides only which articles are still under embargo, and the Last-Modified of
    documents whose bytes are new.
    """
    with catalogue.reading() as reading:
        plan = plan_of(reading, settings, program, now)
        if plan is None:
            return 0
        work = _Work(reading, settings, plan, now, jobs)
        work.feeds(progress)
        work.index_of_pages()
        with catalogue.writing() as writer:
            version = writer.version + 1
            for name, rendered in work.renderer.fresh.items():
                writer.put_rendered(name, rendered)
            writer.drop_rendered(work.taken_back())
            writer.put_documents(work.written, version)
            fresh = work.fresh_feeds()
            writer.put_history(fresh, version)
            writer.put_pings(settings.hubs, [rendition.path for rendition in fresh], now)
            written = len(work.written) + work.write_pages(lambda pages: writer.put_documents(pages, version))
            written += work.write_archives(writer, version)
            writer.remove_documents(work.stale())
            if plan.full or (plan.sweep and not settings.archives):  # which list every article
                writer.keep_rendered(work.listed_ids)
            # One that was published once stays, also when the configuration does not name it any more.
            known = {category.slug for category in reading.categories()}
            writer.put_categories(c for c in work.composer.categories.values() if c.slug not in known)
            writer.clear_pending()
            writer.add_pending("category", work.unrendered)
            writer.add_pending("article", work.unrendered_pages)
            writer.add_pending("published", work.unrendered_moments)
            writer.set_value("now", str(now))
            writer.set_value("edition", plan.fingerprint)
            writer.set_value("embargo", str(reading.next_embargo(now) or ""))
            writer.set_value("version", str(version))
            writer.set_value("modified", str(work.modified))
    return written


def is_current(catalogue: Catalogue, settings: Settings, *, program: str, now: int) -> bool:
    """Whether there is an edition and nothing to be done for the next; the arguments are those of ``build``."""
    with catalogue.reading() as reading:
        return reading.version > 0 and plan_of(reading, settings, program, now) is None


@dataclass
class _Work:
    """One build: what is known, and what is to be written."""

    reading: Reading
    settings: Settings
    plan: Plan
    now: int
    jobs: int
    written: dict[str, tuple[Rendition, str]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    listed_ids: set[str] = field(default_factory=set)
    pages_wanted: dict[str, Record] = field(default_factory=dict)
    pages_gone: set[str] = field(default_factory=set)
    archives_gone: set[str] = field(default_factory=set)
    # What lacks an article as it is now, whose file could not be read just now: the next edition looks at it again.
    unrendered: set[str] = field(default_factory=set)
    unrendered_pages: set[str] = field(default_factory=set)
    unrendered_moments: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # Later than whatever earlier editions held at any path, also one that went and comes again: so that
        # If-Modified-Since never gets a 304 for other bytes of the same second.
        self.modified = max(self.now // 1_000_000, self.reading.modified + 1)
        self.composer = Composer.of(self.settings, self.reading.categories())
        everything: list[Category | None] = [None, *self.composer.categories.values()]
        self.chosen = [c for c in everything if self.plan.sweep or (c.slug if c else "") in self.plan.categories]
        self.known = self.reading.document_index(None if self.plan.full else self._paths())
        self.lists: dict[str, list[Record]] = {}
        self.links: dict[str, tuple[Link, ...]] = {}
        self.rules = Rules.of(self.settings)
        self.renderer = Renderer(self.composer, self.rules, self.plan.fingerprint, self.jobs)
        self.notices = self.reading.notices(self.now, self.settings.limit)
        self.withdrawals = self.reading.withdrawals()
        self.has_notices = bool(self.notices) or NOTICES + FORMATS[0].FILENAME in self.known

    def _paths(self) -> Iterator[str]:
        """The documents that are looked at, but for article pages."""
        yield from ("index.html", *pages.static_documents())
        for place in (NOTICES, *(f"{category.slug}/" if category else "" for category in self.chosen)):
            yield from (place + form.FILENAME for form in FORMATS)

    # --- feeds ---

    def feeds(self, progress: Progress | None) -> None:
        """Render the feeds that may have changed."""
        lists = [(category, self._latest(category.slug if category else "")) for category in self.chosen]
        wanted = {article.id: article for _, listed in lists for article in listed}
        self.listed_ids |= wanted.keys()
        rendering = self.renderer.begin(wanted, self.reading)
        self._landing()  # while other processes render
        self._static()
        self._notices()
        entries = self.renderer.finish(rendering)
        for number, (category, listed) in enumerate(lists, start=1):
            shown = [article for article in listed if article.id in entries]
            slug = category.slug if category else ""
            if not all(self.renderer.is_current(article, entries) for article in listed):
                self.unrendered.add(slug)
            withdrawn = self.composer.withdrawn(self.withdrawals, slug, self.now)
            feed = self.composer.feed(category, shown, withdrawn)
            self._feed(replace(feed, links=self.links[slug]), shown, entries)
            if progress:
                progress(number, len(lists))

    def _latest(self, slug: str) -> list[Record]:
        if slug not in self.lists:
            limit = self.settings.limit
            newest = self.reading.articles(wanted_of(self.composer, slug, self.now), limit + 1)
            self.lists[slug] = newest[:limit]
            self.links[slug] = links_of_feed(self.reading, self.composer, slug, newest, self.now)
        return self.lists[slug]

    def _notices(self) -> None:
        """The feeds of notices, which stay once there was one: looked at in every edition, as they are short."""
        if not self.has_notices:
            return
        feed = self.composer.notices(self.notices)
        entries = [self.composer.notice(notice) for notice in self.notices]
        fingerprint = digest_of(repr((self.plan.fingerprint, feed, entries)).encode("utf-8", "surrogatepass"))
        base_url, language = self.settings.base_url, self.settings.language
        for form in FORMATS:
            self._feed_document(
                feed,
                form,
                fingerprint,
                lambda form=form: form.entries(entries, base_url=base_url, language=language),  # type: ignore[misc]
            )

    def _feed(self, feed: Feed, listed: Sequence[Record], entries: Mapping[str, Shown]) -> None:
        fingerprint = self._feed_fingerprint(feed, [entries[article.id].fingerprint for article in listed])
        for form in FORMATS:
            self._feed_document(
                feed,
                form,
                fingerprint,
                lambda form=form: [entries[article.id].bodies[form.NAME] for article in listed],  # type: ignore[misc]
            )

    def _feed_fingerprint(self, feed: Feed, shown: list[str]) -> str:
        return digest_of(repr((self.plan.fingerprint, feed, shown)).encode("utf-8", "surrogatepass"))

    def _feed_document(self, feed: Feed, form: Format, fingerprint: str, render: Callable[[], Sequence[bytes]]) -> None:
        path = feed.path + form.FILENAME
        self.kept.add(path)
        if self._is_new(path, fingerprint):
            entries = render()
            body = form.write(feed, entries)
            self._write(path, form.MEDIA_TYPE, fingerprint, body, tuple(parts(body, entries)))

    def taken_back(self) -> frozenset[str]:
        """Articles that were withdrawn, removed or put off: nothing that was rendered of them may come again."""
        records = self.reading.records(self.plan.articles)
        shown = {article.id for article in records.values() if article.published <= self.now}
        return self.plan.articles - shown

    # --- pages ---

    def _landing(self) -> None:
        """The newsroom's page: looked at in every edition, as it shows the newest of each category."""
        latest = self._latest("")
        by_parent: dict[str, list[Category]] = {}
        for category in self.composer.categories.values():
            by_parent.setdefault(category.parent, []).append(category)
        shelves = self._shelves("", by_parent)
        feed = self.composer.feed(None, latest)
        headlines = self._headlines(latest)
        notices = self._shelf_of_notices() if self.has_notices else None
        shown = repr((self.plan.fingerprint, feed, headlines, shelves, notices))
        fingerprint = digest_of(shown.encode("utf-8", "surrogatepass"))
        self._document(
            "index.html", pages.MEDIA_TYPE, fingerprint, lambda: pages.landing(feed, headlines, shelves, notices)
        )

    def _newest(self, slug: str) -> list[Record]:
        advertorials = self.composer.shows_advertorials(slug)
        return self.reading.latest(slug, pages.SHELF_HEADLINES, self.now, advertorials=advertorials)

    def _shelf_of_notices(self) -> pages.Shelf:
        entries = [self.composer.notice(notice) for notice in self.notices[: pages.SHELF_HEADLINES]]
        headlines = (pages.Headline(title=e.title, link=e.link, published=e.published) for e in entries)
        return pages.Shelf(feed=self.composer.notices(()), headlines=tuple(headlines))

    def _shelves(self, parent: str, by_parent: Mapping[str, Sequence[Category]]) -> tuple[pages.Shelf, ...]:
        return tuple(
            pages.Shelf(
                feed=self.composer.feed(category, ()),
                headlines=self._headlines(self._newest(category.slug)),
                parts=self._shelves(category.slug, by_parent),
            )
            for category in by_parent.get(parent, ())
        )

    def _headlines(self, listed: Sequence[Record]) -> tuple[pages.Headline, ...]:
        return tuple(
            pages.Headline(
                title=self.composer.headline(article),
                link=self.composer.link(article),
                published=from_microseconds(article.published, article.published_offset),
            )
            for article in listed
        )

    def _static(self) -> None:
        """Style sheets and whatever else pages need."""
        for path, (media_type, body) in pages.static_documents().items():
            self._document(path, media_type, digest_of(body), lambda body=body: body)  # type: ignore[misc]

    def index_of_pages(self) -> None:
        """Find the article pages that may have changed."""
        wanted: Iterable[Record] = ()
        if self.settings.article_pages and self.plan.full:
            wanted = self.reading.without_address(self.now)
        elif self.settings.article_pages:
            changed = self.reading.records(self.plan.articles).values()
            wanted = [article for article in changed if not article.link and article.published <= self.now]
        self.pages_wanted = {f"{page_path(article.slug)}index.html": article for article in wanted}
        self.kept |= self.pages_wanted.keys()
        if not self.plan.full:
            gone = self.reading.ledger("id", self.plan.articles)
            self.pages_gone = {f"{page_path(e.slug)}index.html" for e in gone} - self.pages_wanted.keys()
            self.known |= self.reading.document_index({*self.pages_wanted, *self.pages_gone})

    def write_pages(self, put: Callable[[Mapping[str, tuple[Rendition, str]]], None]) -> int:
        """Render article pages some at a time; gives how many were written."""
        feed = self.composer.feed(None, ())
        changed = [
            (path, a) for path, a in self.pages_wanted.items() if self._is_new(path, self.renderer.fingerprint_of(a))
        ]
        written = 0
        waiting = iter(changed)
        while batch := list(islice(waiting, PAGES_AT_ONCE)):
            records = self.reading.records(article.id for _, article in batch).values()
            entries = {entry.id: entry for entry in compose_entries(self.composer, self.rules, records)}
            self.written = {}
            for path, article in batch:
                if article.id not in entries:
                    self.unrendered.add("")
                    self.unrendered_pages.add(article.id)
                else:
                    body, fingerprint = pages.article(feed, entries[article.id]), self.renderer.fingerprint_of(article)
                    self._document(path, pages.MEDIA_TYPE, fingerprint, lambda body=body: body)  # type: ignore[misc]
            put(self.written)
            written += len(self.written)
        return written

    # --- archives ---

    def write_archives(self, writer: Writing, version: int) -> int:
        """Render the archives that may have changed, a month at a time; gives how many documents were written."""
        written = 0
        for month, slugs in self._months().items():
            self.written, self.renderer.fresh = {}, {}
            paths = {slug: folder(f"{slug}/" if slug else "", month) for slug in sorted(slugs)}
            documents = {path + form.FILENAME for path in paths.values() for form in FORMATS}
            if not self.plan.full:
                self.known |= self.reading.document_index(documents)
            self._archives(writer, [archive(self.reading, self.composer, slug, month, self.now) for slug in paths])
            self.archives_gone |= documents - self.kept
            for name, rendered in self.renderer.fresh.items():
                writer.put_rendered(name, rendered)
            writer.put_documents(self.written, version)
            written += len(self.written)
        return written

    def _archives(self, writer: Writing, found: Iterable[tuple[Feed, list[Record]] | None]) -> None:
        """Render the documents of a month that are not as they were; the entries of others are not even read."""
        changed: list[tuple[Feed, list[Record]]] = []
        wanted: dict[str, Record] = {}
        for feed, listed in filter(None, found):
            paths = {feed.path + form.FILENAME for form in FORMATS}
            fingerprint = self._feed_fingerprint(feed, [self.renderer.fingerprint_of(article) for article in listed])
            self.kept |= paths
            self.listed_ids.update(article.id for article in listed)
            if any(self._is_new(path, fingerprint) for path in paths):
                changed.append((feed, listed))
                wanted |= {article.id: article for article in listed}
        entries = self.renderer.finish(self.renderer.begin(wanted, writer))  # which has what was rendered just now
        for article in wanted.values():
            if not self.renderer.is_current(article, entries):
                self.unrendered |= {"", *article.categories}
                self.unrendered_moments.add(str(article.published))
        for feed, listed in changed:
            self._feed(feed, [article for article in listed if article.id in entries], entries)

    def _months(self) -> Due:
        if not self.settings.archives:
            return {}
        if self.plan.full:
            return all_months(self.reading, self.composer, self.now)
        return months_of(self.reading, self.composer, self.plan.categories, self.plan.moments, self.now)

    # --- documents ---

    def _is_new(self, path: str, fingerprint: str) -> bool:
        return path not in self.known or self.known[path].fingerprint != fingerprint

    def _document(self, path: str, media_type: str, fingerprint: str, render: Callable[[], bytes]) -> None:
        self.kept.add(path)
        if not self._is_new(path, fingerprint):
            return
        self._write(path, media_type, fingerprint, render())

    def _write(self, path: str, media_type: str, fingerprint: str, body: bytes, parts: tuple[Part, ...] = ()) -> None:
        etag = digest_of(body)
        before = self.known.get(path)
        modified = self.modified
        if before:
            modified = before.modified if before.etag == etag else max(modified, before.modified + 1)
        rendition = Rendition(path=path, media_type=media_type, body=body, etag=etag, modified=modified, parts=parts)
        self.written[path] = (rendition, fingerprint)

    def fresh_feeds(self) -> list[Rendition]:
        """The documents of feeds whose bytes are new."""
        return [
            rendition
            for path, (rendition, _) in self.written.items()
            if path.rpartition("/")[2] in FEED_FILES and self._is_fresh(rendition)
        ]

    def _is_fresh(self, rendition: Rendition) -> bool:
        before = self.known.get(rendition.path)
        return before is None or before.etag != rendition.etag

    def stale(self) -> set[str]:
        """Documents that this edition no longer has."""
        return (
            (set(self.known) - self.kept)
            if self.plan.full
            else (self.pages_gone | self.archives_gone) & set(self.known)
        )
