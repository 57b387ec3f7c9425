"""The archives of an edition: the documents of each month of a feed, where the settings want them prepared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from feeds.archives import Due, all_months, archive, folder, months_of
from feeds.catalogue.writing import Writing
from feeds.edition.feeds import fingerprint_of_feed, put_feed
from feeds.edition.work import Work
from feeds.formats import FORMATS
from feeds.forms import FORMS, PAGE
from feeds.model import Feed
from feeds.record import Record


def write_archives(work: Work, writer: Writing, version: int) -> int:
    """Render the archives that may have changed, a month at a time; gives how many documents were written."""
    written = 0
    for month, slugs in _months(work).items():
        work.renderer.fresh = {}
        paths = {slug: folder(f"{slug}/" if slug else "", month) for slug in sorted(slugs)}
        documents = {path + form.FILENAME for path in paths.values() for form in FORMS}
        work.look_at(documents)
        _of_month(work, writer, [archive(work.reading, work.composer, slug, month, work.now) for slug in paths])
        work.documents.gone |= documents - work.documents.kept
        for name, rendered in work.renderer.fresh.items():
            writer.put_rendered(name, rendered)
        taken = work.documents.take()
        writer.put_documents(taken, version)
        written += len(taken)
    return written


def _of_month(work: Work, writer: Writing, found: Iterable[tuple[Feed, list[Record]] | None]) -> None:
    """Render the documents of a month that are not as they were; the entries of others are not even read."""
    changed: list[tuple[Feed, list[Record]]] = []
    wanted: dict[str, Record] = {}
    for feed, listed in filter(None, found):
        paths = {feed.path + form.FILENAME for form in FORMATS}
        fingerprint = fingerprint_of_feed(work, feed, listed, {})
        _put_page(work, feed, listed)
        work.documents.kept |= paths
        work.listed_ids.update(article.id for article in listed)
        if any(work.documents.is_new(path, fingerprint) for path in paths):
            changed.append((feed, listed))
            wanted |= {article.id: article for article in listed}
    entries = work.renderer.finish(work.renderer.begin(wanted, writer))  # which has what was rendered just now
    for article in wanted.values():
        if not work.renderer.is_current(article, entries):
            work.unrendered |= {"", *article.categories}
            work.unrendered_moments.add(str(article.published))
    for feed, listed in changed:
        put_feed(work, feed, [article for article in listed if article.id in entries], entries)


def _put_page(work: Work, feed: Feed, listed: Sequence[Record]) -> None:
    """The page of a month, whose entries are shown by their headlines alone."""
    entries = [work.composer.bare_entry(article) for article in listed]
    base_url, language = work.settings.base_url, work.settings.language
    work.documents.put(
        feed.path + PAGE.FILENAME,
        PAGE.MEDIA_TYPE,
        work.fingerprint_of(feed, entries),
        lambda: PAGE.write(feed, PAGE.entries(entries, base_url=base_url, language=language)),
    )


def _months(work: Work) -> Due:
    if not work.settings.archives:
        return {}
    if work.plan.full:
        return all_months(work.reading, work.composer, work.now)
    return months_of(work.reading, work.composer, work.plan.categories, work.plan.moments, work.now)
