"""The newsroom's page, what all pages need, and the pages of articles without an address of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from feeds import pages
from feeds.archives import wanted_of
from feeds.calendars import calendar_of
from feeds.compose import page_path
from feeds.edition.documents import Written
from feeds.edition.feeds import has_notices
from feeds.edition.work import Work
from feeds.entries import compose_entries
from feeds.record import Record, from_microseconds
from feeds.source import digest_of

PAGES_AT_ONCE = 200  # article pages that are held in memory before they are written


def put_static(work: Work) -> None:
    """Style sheets and whatever else pages need."""
    documents = pages.static_documents()
    work.look_at(documents)
    for path, (media_type, body) in documents.items():
        work.documents.put(path, media_type, digest_of(body), lambda body=body: body)  # type: ignore[misc]


# --- the newsroom's page ---------------------------------------------------------------------------------------------


def put_landing(work: Work) -> None:
    """The newsroom's page: looked at in every edition, as it shows the newest of each category."""
    work.look_at(["index.html"])
    latest = work.latest("")
    shelves = _shelves(work, "")
    feed = work.composer.feed(None, latest)
    calendar = calendar_of(work.reading, work.composer, "", work.now)
    headlines = _headlines(work, latest[: pages.LATEST])
    notices = _shelf_of_notices(work) if has_notices(work) else None
    work.documents.put(
        "index.html",
        pages.MEDIA_TYPE,
        work.fingerprint_of(feed, calendar, headlines, shelves, notices),
        lambda: pages.landing(feed, headlines, shelves, notices, calendar),
    )


def _shelf_of_notices(work: Work) -> pages.Shelf:
    entries = [work.composer.notice(notice) for notice in work.notices[: pages.NOTICES]]
    headlines = (pages.Headline(title=e.title, link=e.link, published=e.published) for e in entries)
    return pages.Shelf(feed=work.composer.notices(()), headlines=tuple(headlines))


def _shelves(work: Work, parent: str) -> tuple[pages.Shelf, ...]:
    return tuple(
        pages.Shelf(
            feed=work.composer.feed(category, ()),
            headlines=_headlines(work, _newest(work, category.slug)),
            parts=_shelves(work, category.slug),
        )
        for category in work.parts.get(parent, ())
    )


def _newest(work: Work, slug: str) -> list[Record]:
    number = pages.headlines_of_shelf(len(work.composer.categories))
    return work.reading.articles(wanted_of(work.composer, slug, work.now), number) if number else []


def _headlines(work: Work, listed: Sequence[Record]) -> tuple[pages.Headline, ...]:
    return tuple(
        pages.Headline(
            title=work.composer.headline(article),
            link=work.composer.link(article),
            published=from_microseconds(article.published, article.published_offset),
        )
        for article in listed
    )


# --- pages of articles -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ArticlePages:
    """The pages of articles that may have changed. wanted: path -> article."""

    work: Work
    wanted: Mapping[str, Record]

    @classmethod
    def of(cls, work: Work) -> ArticlePages:
        """Find them, and those that are gone."""
        found: Iterable[Record] = ()
        if work.settings.article_pages and work.plan.full:
            found = work.reading.without_address(work.now)
        elif work.settings.article_pages:
            changed = work.reading.records(work.plan.articles).values()
            found = [article for article in changed if not article.link and article.published <= work.now]
        wanted = {f"{page_path(article.slug)}index.html": article for article in found}
        work.documents.kept |= wanted.keys()
        if not work.plan.full:
            former = work.reading.ledger("id", work.plan.articles)
            gone = {f"{page_path(entry.slug)}index.html" for entry in former} - wanted.keys()
            work.documents.gone |= gone
            work.look_at({*wanted, *gone})
        return cls(work, wanted)

    def write(self, put: Callable[[Written], None]) -> int:
        """Render them, some at a time; gives how many were written."""
        work, feed, written = self.work, self.work.composer.feed(None, ()), 0
        prints = {path: work.renderer.fingerprint_of(article) for path, article in self.wanted.items()}
        waiting = iter([path for path, fingerprint in prints.items() if work.documents.is_new(path, fingerprint)])
        while batch := list(islice(waiting, PAGES_AT_ONCE)):
            records = work.reading.records(self.wanted[path].id for path in batch).values()
            entries = {entry.id: entry for entry in compose_entries(work.composer, work.rules, records)}
            for path in batch:
                entry = entries.get(self.wanted[path].id)
                if entry is None:
                    work.unrendered.add("")
                    work.unrendered_pages.add(self.wanted[path].id)
                else:
                    work.documents.write(path, pages.MEDIA_TYPE, prints[path], pages.article(feed, entry))
            taken = work.documents.take()
            put(taken)
            written += len(taken)
        return written
