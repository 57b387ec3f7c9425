"""The archive of a feed (RFC 5005, section 4): a document for each month that has articles, chained to one another.

A month is complete when the feed has an article of a later one: never by the clock, so that its document depends on
articles alone. Complete months are archive documents, which stay as they are; the month that still grows is none, but
has a document under the address that its archive will have, for it may hold what the feed does not show any more.

A reader that follows the chain from the feed loses nothing, even one that fetches no address twice: while the month
grows, what follows ``?`` in the link to it changes before anything could be in neither of the documents it has read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import NamedTuple

from feeds.catalogue.reading import Reading, Wanted
from feeds.compose import ARCHIVE, Composer
from feeds.model import Feed, Link
from feeds.record import Record, from_microseconds, moment_of
from feeds.source import digest_of

IN_CATALOGUE = f"%{ARCHIVE}____-__/%"
"""The paths of archives' documents, as SQL's LIKE has them."""


class Month(NamedTuple):
    """A month of the calendar, in the zone of the newsroom."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: int, zone: tzinfo) -> Month:
        """The month of a moment in microseconds since the epoch."""
        local = from_microseconds(moment, 0).astimezone(zone)
        return cls(local.year, local.month)

    @classmethod
    def named(cls, name: str) -> Month:
        """The month that ``str()`` gave a name."""
        return cls(*map(int, name.split("-")))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    def begins(self, zone: tzinfo) -> int:
        """Its first moment, in microseconds since the epoch."""
        return moment_of(datetime(self.year, self.number, 1, tzinfo=zone))[0]

    def ends(self, zone: tzinfo) -> int:
        """The first moment of the next."""
        following = Month(self.year + self.number // 12, self.number % 12 + 1)
        return following.begins(zone)


def folder(feed: str, month: Month) -> str:
    """The folder of a month's documents; feed: that of the feed."""
    return f"{feed}{ARCHIVE}{month}/"


def wanted_of(composer: Composer, slug: str, now: int) -> Wanted:
    """The articles of the feed of a category, "" for that of all, whose time has come."""
    return Wanted(now, (slug,) if slug else (), advertorials=composer.shows_advertorials(slug))


def links_of_feed(
    reading: Reading, composer: Composer, slug: str, newest: Sequence[Record], now: int
) -> tuple[Link, ...]:
    """Where the archive of a feed begins; () where it has none.

    newest: the articles that the feed shows and one more, where there is one. The archive begins with the month that
    still grows, where that holds more than the feed, else with the newest complete one.
    """
    limit, zone = composer.settings.limit, composer.settings.zone
    if composer.settings.archives is False or not newest:
        return ()
    months = [Month.of(article.published, zone) for article in newest]
    path = f"{slug}/" if slug else ""
    if len(newest) > limit and months[0] == months[-1]:
        number = reading.number(wanted_of(composer, slug, now)._replace(first=months[0].begins(zone)))
        # Of the month, a multiple of the limit is as old as this article or older, and less than a limit newer: what
        # comes below it makes it another one, and what comes above it is in the feed.
        anchor = newest[number % limit]
        return (Link("prev-archive", folder(path, months[0]), f"growing={digest_of(anchor.id.encode())[:8]}"),)
    complete = next((month for month in months if month != months[0]), None)
    return (Link("prev-archive", folder(path, complete)),) if complete else ()


def archive(
    reading: Reading, composer: Composer, slug: str, month: Month, now: int
) -> tuple[Feed, list[Record]] | None:
    """The document of a month of a feed, and its articles, newest first; None where it has none."""
    zone = composer.settings.zone
    begins, ends = month.begins(zone), month.ends(zone)
    wanted = wanted_of(composer, slug, now)
    listed = reading.articles(wanted._replace(first=begins, before=ends))
    if not listed:
        return None
    before = reading.articles(wanted._replace(before=begins), 1)
    after = reading.articles(wanted._replace(first=ends), 1, oldest=True)
    feed = composer.feed(composer.categories.get(slug), listed)
    links = [Link("current", feed.path)]
    for rel, neighbours in (("prev-archive", before), ("next-archive", after)):
        links += [Link(rel, folder(feed.path, Month.of(article.published, zone))) for article in neighbours]
    archived = replace(
        feed,
        path=folder(feed.path, month),
        title=f"{feed.title} ({composer.words.months[month.number - 1]} {month.year})",
        links=tuple(links),
        archive=bool(after),
        hubs=(),  # they hear of the feed alone
    )
    return archived, listed


def months_with(reading: Reading, wanted: Wanted, zone: tzinfo) -> Iterator[Month]:
    """The months that have articles that are wanted, the newest first."""
    while (newest := reading.newest(wanted)) is not None:
        month = Month.of(newest, zone)
        yield month
        wanted = wanted._replace(before=month.begins(zone))


Due = Mapping[Month, AbstractSet[str]]
"""The months of feeds whose documents are to be looked at: month -> slugs, "" for the feed of all."""


def all_months(reading: Reading, composer: Composer, now: int) -> Due:
    """Every month of every feed."""
    due: dict[Month, set[str]] = {}
    for slug in ("", *composer.categories):
        for month in months_with(reading, wanted_of(composer, slug, now), composer.settings.zone):
            due.setdefault(month, set()).add(slug)
    return due


def months_of(reading: Reading, composer: Composer, slugs: Iterable[str], moments: Iterable[int], now: int) -> Due:
    """The months that some feeds have, had or may have at some moments, and those that lead to them.

    moments: microseconds since the epoch, of articles that came, changed or went.
    """
    zone = composer.settings.zone
    changed = {Month.of(moment, zone) for moment in moments}
    due: dict[Month, set[str]] = {}
    for slug in slugs:
        wanted = wanted_of(composer, slug, now)
        for month in changed:
            before = reading.articles(wanted._replace(before=month.begins(zone)), 1)
            after = reading.articles(wanted._replace(first=month.ends(zone)), 1, oldest=True)
            for each in (month, *(Month.of(article.published, zone) for article in before + after)):
                due.setdefault(each, set()).add(slug)
    return due
