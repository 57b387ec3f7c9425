"""The feeds of an edition, in every format, and a page for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from feeds.calendars import calendar_of
from feeds.compose import NOTICES
from feeds.edition.work import Work, slug_of
from feeds.formats import FORMATS, Format
from feeds.formats.common import parts
from feeds.forms import FORMS, PAGE
from feeds.model import Category, Feed
from feeds.record import Record
from feeds.rendering import Shown

NOTICES_KNOWN = NOTICES + FORMATS[0].FILENAME
"""The document by which it is known that there was a notice once."""

Progress = Callable[[int, int], None]  # (documents looked at, documents to look at)


class Feeds:
    """The feeds that may have changed: begun first, so that other processes render while more is done here."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._lists = [(category, work.latest(slug_of(category))) for category in work.chosen]
        wanted = {article.id: article for _, listed in self._lists for article in listed}
        work.listed_ids |= wanted.keys()
        work.look_at(f"{_folder(category)}{form.FILENAME}" for category in work.chosen for form in _forms(category))
        self._rendering = work.renderer.begin(wanted, work.reading)

    def finish(self, progress: Progress | None) -> None:
        """Put their documents."""
        work = self._work
        entries = work.renderer.finish(self._rendering)
        for number, (category, listed) in enumerate(self._lists, start=1):
            shown = [article for article in listed if article.id in entries]
            slug = slug_of(category)
            if not all(work.renderer.is_current(article, entries) for article in listed):
                work.unrendered.add(slug)
            withdrawn = work.composer.withdrawn(work.withdrawals, slug, work.now)
            feed = replace(work.composer.feed(category, shown, withdrawn), links=work.links(slug))
            put_feed(work, feed, shown, entries)
            if category:
                put_page(work, feed, category, shown, entries)
            if progress:
                progress(number, len(self._lists))


def _folder(category: Category | None) -> str:
    return f"{category.slug}/" if category else ""


def _forms(category: Category | None) -> tuple[Format, ...]:
    """The page of the feed of all articles is the newsroom's page."""
    return FORMS if category else FORMATS


def fingerprint_of_feed(work: Work, feed: Feed, listed: Sequence[Record], entries: Mapping[str, Shown]) -> str:
    """Of a feed in any format; entries: those that are shown otherwise than the articles are now."""
    renderer = work.renderer
    prints = [
        entries[article.id].fingerprint if article.id in entries else renderer.fingerprint_of(article)
        for article in listed
    ]
    return work.fingerprint_of(feed, prints)


def put_feed(work: Work, feed: Feed, listed: Sequence[Record], entries: Mapping[str, Shown]) -> None:
    """The documents of a feed of articles."""
    fingerprint = fingerprint_of_feed(work, feed, listed, entries)
    for form in FORMATS:
        _put(work, feed, form, fingerprint, _bodies(form, listed, entries))


def put_page(
    work: Work, feed: Feed, category: Category, listed: Sequence[Record], entries: Mapping[str, Shown]
) -> None:
    """The page of the feed of a category."""
    feed = replace(
        feed,
        calendar=calendar_of(work.reading, work.composer, category.slug, work.now),
        whole=work.composer.categories.get(category.parent),
        parts=tuple(work.parts.get(category.slug, ())),
    )
    fingerprint = fingerprint_of_feed(work, feed, listed, entries)
    _put(work, feed, PAGE, fingerprint, _bodies(PAGE, listed, entries))


def put_notices(work: Work) -> None:
    """The feeds of notices, which stay once there was one: looked at in every edition, as they are short."""
    work.look_at(NOTICES + form.FILENAME for form in FORMS)
    if not has_notices(work):
        return
    feed = work.composer.notices(work.notices)
    entries = [work.composer.notice(notice) for notice in work.notices]
    fingerprint = work.fingerprint_of(feed, entries)
    base_url, language = work.settings.base_url, work.settings.language
    for form in FORMS:
        _put(
            work,
            feed,
            form,
            fingerprint,
            lambda form=form: form.entries(entries, base_url=base_url, language=language),  # type: ignore[misc]
        )


def has_notices(work: Work) -> bool:
    """Whether there is, or was, a correction, a right of reply or a withdrawal."""
    return bool(work.notices) or NOTICES_KNOWN in work.documents.known


def _bodies(form: Format, listed: Sequence[Record], entries: Mapping[str, Shown]) -> Callable[[], Sequence[bytes]]:
    return lambda: [entries[article.id].bodies[form.NAME] for article in listed]


def _put(work: Work, feed: Feed, form: Format, fingerprint: str, render: Callable[[], Sequence[bytes]]) -> None:
    path, documents = feed.path + form.FILENAME, work.documents
    documents.kept.add(path)
    if documents.is_new(path, fingerprint):
        entries = render()
        body = form.write(feed, entries)
        spliced = tuple(parts(body, entries)) if form is not PAGE else ()
        documents.write(path, form.MEDIA_TYPE, fingerprint, body, spliced)
