"""Builds an edition from the catalogue: path -> finished bytes, re-rendering only what changed.

An entry is rendered once a format, kept in the catalogue and spliced into each feed that lists it.

    documents   what is known of the documents, and which are written anew
    work        what the parts of one build share
    feeds       the feeds, a page for each, and the feed of notices
    pages       the newsroom's page, and pages of articles
    profiles    the feeds for aggregators
    archives    the documents of each month
    directory   the feeds in OPML and as a feed menu, robots.txt
    sitemaps    what search engines are told of
    rights      the terms for automated clients
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from feeds.catalogue import Catalogue
from feeds.catalogue.reading import KnownDocument, Reading
from feeds.catalogue.writing import Writing
from feeds.config import Settings
from feeds.edition.archives import write_archives
from feeds.edition.directory import put_directory
from feeds.edition.documents import FEED_FILES as FEED_FILES
from feeds.edition.documents import KEPT_FOLDER, KEPT_PATTERNS, is_kept
from feeds.edition.feeds import Feeds, Progress, put_notices
from feeds.edition.pages import ArticlePages, put_landing, put_static
from feeds.edition.profiles import put_profiles
from feeds.edition.rights import put_terms
from feeds.edition.sitemaps import put_news, write_sitemaps
from feeds.edition.work import Work
from feeds.errors import CatalogueError
from feeds.model import Rendition
from feeds.planning import AGED, EMBARGO, VERSION_BEFORE, plan_of


@dataclass(frozen=True, slots=True)
class Edition:
    """The documents of one moment. Those of which there may be very many stay in the catalogue, see ``is_kept``."""

    version: int
    modified: int  # seconds since the epoch when it appeared; later than any before it
    documents: Mapping[str, Rendition]
    catalogue: Catalogue

    def get(self, path: str) -> Rendition | None:
        """The document at a path below base_url, without a leading slash; None where there is none."""
        found = self.documents.get(path)
        if found or not is_kept(path) or "\0" in path:  # which PostgreSQL refuses to look up
            return found
        with self._reading() as reading:
            return reading.document(path)

    def paths(self) -> Collection[str]:
        """Where every document is, those in the catalogue included."""
        with self._reading() as reading:
            return reading.document_index().keys()

    def renditions(self) -> Iterator[Rendition]:
        """Every document, those in the catalogue included."""
        with self._reading() as reading:
            yield from reading.documents()

    @contextmanager
    def _reading(self) -> Iterator[Reading]:
        """The catalogue, while it has this edition or a later one; not one that has taken its place and knows none."""
        with self.catalogue.reading() as reading:
            if reading.version < self.version:
                raise CatalogueError(self.catalogue.shown, "it is being made anew")
            yield reading


def load(catalogue: Catalogue, before: Edition | None = None) -> Edition | None:
    """The newest edition, None before the first; what is the same as in the edition before is taken from there."""
    with catalogue.reading() as reading:
        version = reading.version
        if not version or (before and before.version == version):
            return before
        index = reading.document_index(besides=KEPT_FOLDER, unlike=KEPT_PATTERNS)
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
    now: microseconds since the epoch; decides only which articles are still under embargo, which ones the news sitemap
    lists, and the Last-Modified of documents whose bytes are new.
    """
    with catalogue.reading() as reading:
        plan = plan_of(reading, settings, program, now)
        if plan is None:
            return 0
        work = Work.of(reading, settings, plan, now, jobs)
        _put_documents(work, progress)
        with catalogue.writing() as writer:
            return _write(work, writer)


def _put_documents(work: Work, progress: Progress | None) -> None:
    feeds = Feeds(work)
    put_notices(work)  # these while other processes render the feeds
    put_landing(work)
    put_static(work)
    put_terms(work)
    put_directory(work)
    put_news(work)
    feeds.finish(progress)
    put_profiles(work)


def _write(work: Work, writer: Writing) -> int:
    """Write what was rendered, and render what is too much to be held in memory; gives how many were written."""
    plan, documents, version = work.plan, work.documents, _next_version(writer)
    article_pages = ArticlePages.of(work)
    for name, rendered in work.renderer.fresh.items():
        writer.put_rendered(name, rendered)
    writer.drop_rendered(work.taken_back())
    fresh = documents.fresh_feeds()
    taken = documents.take()
    writer.put_documents(taken, version)
    writer.put_history(fresh, version)
    writer.put_pings(work.settings.hubs, [rendition.path for rendition in fresh], work.now)
    written = len(taken) + article_pages.write(lambda some: writer.put_documents(some, version))
    written += write_archives(work, writer, version)
    written += write_sitemaps(work, writer, version)
    writer.remove_documents(documents.stale(full=plan.full))
    if plan.full or (plan.sweep and not work.settings.archives):  # which list every article
        writer.keep_rendered(work.listed_ids)
    # One that was published once stays, also when the configuration does not name it any more.
    known = {category.slug for category in work.reading.categories()}
    writer.put_categories(c for c in work.composer.categories.values() if c.slug not in known)
    writer.clear_pending()
    writer.add_pending("category", work.unrendered)
    writer.add_pending("article", work.unrendered_pages)
    writer.add_pending("published", work.unrendered_moments)
    writer.set_value("now", str(work.now))
    writer.set_value("edition", plan.fingerprint)
    writer.set_value(EMBARGO, str(work.reading.next_embargo(work.now) or ""))
    writer.set_value(AGED, str(work.aged or ""))
    writer.set_value("version", str(version))
    writer.set_value("modified", str(documents.modified))
    return written


def _next_version(reading: Reading) -> int:
    return max(reading.version, reading.named_number(VERSION_BEFORE) or 0) + 1


def is_current(catalogue: Catalogue, settings: Settings, *, program: str, now: int) -> bool:
    """Whether there is an edition and nothing to be done for the next; the arguments are those of ``build``."""
    with catalogue.reading() as reading:
        return reading.version > 0 and plan_of(reading, settings, program, now) is None
