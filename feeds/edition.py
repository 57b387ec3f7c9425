"""Builds an edition from the catalogue: path -> finished bytes, re-rendering only what changed.

An entry is rendered once a format, kept in the catalogue and spliced into each feed that lists it. A document is
written anew only where its fingerprint (over everything that it shows) differs, and gets a new ETag and Last-Modified
only where its bytes do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain, islice
from typing import NamedTuple

from feeds import pages
from feeds.catalogue import Catalogue
from feeds.catalogue.reading import KnownDocument, Reading
from feeds.compose import ARTICLE_PAGES, NOTICES, Composer, page_path
from feeds.config import Settings
from feeds.formats import FORMATS, Format
from feeds.formats.common import parts
from feeds.model import Category, Entry, Feed, Part, Rendition
from feeds.parallel import in_processes
from feeds.record import NoticeRecord, Record, from_microseconds
from feeds.source import Rules, content_hash, digest_of, read_drafts

ENTRIES_AT_ONCE = 50  # that one task of a process renders
PARALLEL_FROM = 200  # entries from which a second process is quicker than one alone
PAGES_AT_ONCE = 200  # article pages that are held in memory before they are written
SWEEP_EVERY = 100  # editions after which every feed is looked at, to drop what no feed lists any more

SHOWS_NOTHING = frozenset(
    {"data", "exclude", "catalogue", "newsroom", "output", "source", "rate_limit", "trusted_proxies", "workers", "zone"}
)
"""Settings that no document depends on; any other renders everything anew when it changes."""

FEED_FILES = frozenset(form.FILENAME for form in FORMATS)

Progress = Callable[[int, int], None]  # (documents looked at, documents to look at)


@dataclass(frozen=True, slots=True)
class Edition:
    """The documents of one moment. Article pages stay in the catalogue, as there may be very many."""

    version: int
    modified: int  # seconds since the epoch when it appeared; later than any before it
    documents: Mapping[str, Rendition]
    catalogue: Catalogue

    def get(self, path: str) -> Rendition | None:
        """The document at a path below base_url, without a leading slash; None where there is none."""
        found = self.documents.get(path)
        if found or not path.startswith(ARTICLE_PAGES) or "\0" in path:  # which PostgreSQL refuses to look up
            return found
        with self.catalogue.reading() as reading:
            return reading.document(path)

    def renditions(self) -> Iterator[Rendition]:
        """Every document, article pages included."""
        with self.catalogue.reading() as reading:
            yield from reading.documents()


def load(catalogue: Catalogue, before: Edition | None = None) -> Edition | None:
    """The newest edition, None before the first; what is the same as in the edition before is taken from there."""
    with catalogue.reading() as reading:
        version = reading.version
        if not version or (before and before.version == version):
            return before
        index = reading.document_index(besides=ARTICLE_PAGES)
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
        plan = _plan(reading, settings, program, now)
        if plan is None:
            return 0
        work = _Work(reading, settings, plan, now, jobs)
        work.feeds(progress)
        work.index_of_pages()
        with catalogue.writing() as writer:
            version = writer.version + 1
            for name, rendered in work.rendered.items():
                writer.put_rendered(name, rendered)
            writer.put_documents(work.written, version)
            fresh = work.fresh_feeds()
            writer.put_history(fresh, version)
            writer.put_pings(settings.hubs, [rendition.path for rendition in fresh], now)
            written = len(work.written) + work.write_pages(lambda pages: writer.put_documents(pages, version))
            writer.remove_documents(work.stale())
            if plan.sweep:
                writer.keep_rendered(work.listed_ids)
            # One that was published once stays, also when the configuration does not name it any more.
            known = {category.slug for category in reading.categories()}
            writer.put_categories(c for c in work.composer.categories.values() if c.slug not in known)
            writer.clear_pending()
            writer.add_pending("category", work.unrendered)
            writer.add_pending("article", work.unrendered_pages)
            writer.set_value("edition", plan.fingerprint)
            writer.set_value("embargo", str(reading.next_embargo(now) or ""))
            writer.set_value("version", str(version))
            writer.set_value("modified", str(max(now // 1_000_000, writer.modified + 1)))
    return written


def is_current(catalogue: Catalogue, settings: Settings, *, program: str, now: int) -> bool:
    """Whether there is an edition and nothing to be done for the next; the arguments are those of ``build``."""
    with catalogue.reading() as reading:
        return reading.version > 0 and _plan(reading, settings, program, now) is None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to look at. fingerprint: of all that documents depend on besides the articles; full: look at everything.

    sweep: look at every feed, and drop what none lists any more.
    """

    fingerprint: str
    full: bool
    sweep: bool
    categories: frozenset[str]
    articles: frozenset[str]


def _plan(reading: Reading, settings: Settings, program: str, now: int) -> _Plan | None:
    shown = [getattr(settings, setting.name) for setting in fields(settings) if setting.name not in SHOWS_NOTHING]
    fingerprint = digest_of(repr((shown, program)).encode())
    full = bool(reading.pending("everything")) or reading.value("edition") != fingerprint
    categories, pages_of = reading.pending("category"), reading.pending("article")
    embargo = reading.value("embargo")
    if embargo and int(embargo) <= now:
        articles, notices = reading.came_due(int(embargo), now)
        categories |= {"", *chain.from_iterable(article.categories for article in articles)}
        categories |= {slug for notice in notices for slug in notice.categories}
        pages_of |= {article.id for article in articles}
    if not categories and not full:
        return None
    sweep = full or reading.version % SWEEP_EVERY == 0
    return _Plan(fingerprint, full, sweep, frozenset(categories), frozenset(pages_of))


class _Rendering(NamedTuple):
    """Entries by format and id, and those that are still to come: id -> format -> bytes, some at a time."""

    found: Mapping[str, Mapping[str, bytes]]
    waiting: Iterator[dict[str, dict[str, bytes]]]


@dataclass
class _Work:
    """One build: what is known, and what is to be written."""

    reading: Reading
    settings: Settings
    plan: _Plan
    now: int
    jobs: int
    rendered: dict[str, dict[str, tuple[str, bytes]]] = field(default_factory=dict)
    written: dict[str, tuple[Rendition, str]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    listed_ids: set[str] = field(default_factory=set)
    prints: dict[str, str] = field(default_factory=dict)
    pages_wanted: dict[str, Record] = field(default_factory=dict)
    pages_gone: set[str] = field(default_factory=set)
    # What lacks an article whose file could not be read just now: the next edition looks at it again.
    unrendered: set[str] = field(default_factory=set)
    unrendered_pages: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.composer = Composer.of(self.settings, self.reading.categories())
        everything: list[Category | None] = [None, *self.composer.categories.values()]
        self.chosen = [c for c in everything if self.plan.sweep or (c.slug if c else "") in self.plan.categories]
        self.known = self.reading.document_index(None if self.plan.full else self._paths())
        self.lists: dict[str, list[Record]] = {}
        self.rules = Rules.of(self.settings)
        self.notices = self.reading.notices(self.now, self.settings.limit)
        self.withdrawals = [n for n in self.reading.withdrawals() if n.article and n.since <= self.now]
        self.has_notices = bool(self.notices) or NOTICES + FORMATS[0].FILENAME in self.known

    def _paths(self) -> Iterator[str]:
        """The documents that are looked at, but for article pages."""
        yield from ("index.html", *pages.static_documents())
        for folder in (NOTICES, *(f"{category.slug}/" if category else "" for category in self.chosen)):
            yield from (folder + form.FILENAME for form in FORMATS)

    # --- feeds ---

    def feeds(self, progress: Progress | None) -> None:
        """Render the feeds that may have changed."""
        lists = [(category, self._latest(category.slug if category else "")) for category in self.chosen]
        rendering = self._begin({article.id: article for _, listed in lists for article in listed})
        self._landing()  # while other processes render
        self._static()
        self._notices()
        entries = self._finish(rendering)
        for number, (category, listed) in enumerate(lists, start=1):
            shown = [article for article in listed if article.id in entries]
            if len(shown) < len(listed):
                self.unrendered.add(category.slug if category else "")
            withdrawn = self._withdrawn(category.slug if category else "")
            self._feed(self.composer.feed(category, shown, withdrawn), shown, entries)
            if progress:
                progress(number, len(lists))

    def _latest(self, slug: str) -> list[Record]:
        if slug not in self.lists:
            advertorials = self.composer.shows_advertorials(slug)
            self.lists[slug] = self.reading.latest(slug, self.settings.limit, self.now, advertorials=advertorials)
        return self.lists[slug]

    def _withdrawn(self, slug: str) -> list[NoticeRecord]:
        """What a feed may have shown and must not any more, as many as it shows articles."""
        listed = (notice for notice in self.withdrawals if not slug or slug in notice.categories)
        return list(islice(listed, self.settings.limit))

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

    def _feed(self, feed: Feed, listed: Sequence[Record], entries: Mapping[str, Mapping[str, bytes]]) -> None:
        shown = [self._fingerprint(article) for article in listed]
        fingerprint = digest_of(repr((self.plan.fingerprint, feed, shown)).encode("utf-8", "surrogatepass"))
        for form in FORMATS:
            self._feed_document(
                feed,
                form,
                fingerprint,
                lambda form=form: [entries[article.id][form.NAME] for article in listed],  # type: ignore[misc]
            )

    def _feed_document(self, feed: Feed, form: Format, fingerprint: str, render: Callable[[], Sequence[bytes]]) -> None:
        path = feed.path + form.FILENAME
        self.kept.add(path)
        if self._is_new(path, fingerprint):
            entries = render()
            body = form.write(feed, entries)
            self._write(path, form.MEDIA_TYPE, fingerprint, body, tuple(parts(body, entries)))

    def _begin(self, wanted: Mapping[str, Record]) -> _Rendering:
        """Find the entries that are rendered already, and begin with the others."""
        self.listed_ids |= wanted.keys()
        prints = {article.id: self._fingerprint(article) for article in wanted.values()}
        found = {form.NAME: self.reading.rendered(form.NAME, prints) for form in FORMATS}
        missing = [wanted[i] for i in wanted if any(i not in found[form.NAME] for form in FORMATS)]
        jobs = self.jobs if len(missing) >= PARALLEL_FROM else 1
        return _Rendering(found, in_processes(render_entries, _tasks(self.composer, self.rules, missing), jobs))

    def _finish(self, rendering: _Rendering) -> dict[str, dict[str, bytes]]:
        """id -> format -> bytes, of each article that can be rendered."""
        entries: dict[str, dict[str, bytes]] = {}
        for name, bodies in rendering.found.items():
            for identity, body in bodies.items():
                entries.setdefault(identity, {})[name] = body
        for rendered in rendering.waiting:
            for identity, of_formats in rendered.items():
                entries[identity] = of_formats
                for name, body in of_formats.items():
                    self.rendered.setdefault(name, {})[identity] = (self.prints[identity], body)
        return {identity: of_formats for identity, of_formats in entries.items() if len(of_formats) == len(FORMATS)}

    def _fingerprint(self, article: Record) -> str:
        """Over all that an entry of the article shows; where it was read from, and how, is nothing of that."""
        if article.id not in self.prints:
            shown = article._replace(path="", position=None, title_origin="", date_origin="", first_mark=0, last_mark=0)
            of = f"{self.plan.fingerprint} {tuple(shown)}".encode("utf-8", "surrogatepass")
            self.prints[article.id] = digest_of(of)
        return self.prints[article.id]

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
        changed = [(path, a) for path, a in self.pages_wanted.items() if self._is_new(path, self._fingerprint(a))]
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
                    body = pages.article(feed, entries[article.id])
                    self._document(path, pages.MEDIA_TYPE, self._fingerprint(article), lambda body=body: body)  # type: ignore[misc]
            put(self.written)
            written += len(self.written)
        return written

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
        modified = self.now // 1_000_000
        if before:
            # Strictly increasing, so that If-Modified-Since never gets a 304 for other bytes of the same second.
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
        return (set(self.known) - self.kept) if self.plan.full else self.pages_gone & set(self.known)


def _tasks(
    composer: Composer, rules: Rules, records: Iterable[Record]
) -> Iterator[tuple[Composer, Rules, list[Record]]]:
    """Tasks for ``render_entries``: records of one file stay together, so that a file is read once."""
    by_file = sorted(records, key=lambda record: (record.path, record.position or 0))
    task: list[Record] = []
    for record in by_file:
        if len(task) >= ENTRIES_AT_ONCE and task[-1].path != record.path:
            yield composer, rules, task
            task = []
        task.append(record)
    if task:
        yield composer, rules, task


def render_entries(task: tuple[Composer, Rules, Sequence[Record]]) -> dict[str, dict[str, bytes]]:
    """id -> format -> bytes, of each article of a task that can be rendered."""
    composer, rules, records = task
    entries = compose_entries(composer, rules, records)
    if not entries:
        return {}
    base_url, language = composer.settings.base_url, composer.settings.language
    bodies = {form.NAME: form.entries(entries, base_url=base_url, language=language) for form in FORMATS}
    return {entry.id: {name: bodies[name][n] for name in bodies} for n, entry in enumerate(entries)}


def compose_entries(composer: Composer, rules: Rules, records: Iterable[Record]) -> list[Entry]:
    """Entries with their bodies, read again from the files; an article whose file has just changed is left out.

    Its file's change is about to be noticed, and the next edition has it.
    """
    by_file: dict[str, list[Record]] = {}
    for record in records:
        by_file.setdefault(record.path, []).append(record)
    entries = []
    for path, listed in sorted(by_file.items()):
        drafts = read_drafts(rules, path, [record.position for record in listed])
        for record in listed:
            draft = drafts.get(record.position)
            if draft and content_hash(draft) == record.content_hash:
                entries.append(composer.entry(record, draft))
    return entries
