"""When the articles of a feed appeared: how many on each day of its last year, and the months that have some.

The last year ends with the newest article, never with today: what is shown depends on articles alone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby

from feeds.archives import months_with, wanted_of
from feeds.catalogue.reading import Reading
from feeds.compose import Composer
from feeds.model import Calendar
from feeds.record import from_microseconds, moment_of

DAYS = 371
"""How many days a calendar holds: 53 weeks, so that it begins on the same day of the week as it ends, or before."""


def calendar_of(reading: Reading, composer: Composer, slug: str, now: int) -> Calendar:
    """The calendar of the feed of a category, "" for that of all articles.

    Without months where there are no archives. now: microseconds since the epoch; a later article is under embargo.
    """
    zone, wanted = composer.settings.zone, wanted_of(composer, slug, now)
    newest = reading.newest(wanted)
    if newest is None:
        return Calendar()
    last = from_microseconds(newest, 0).astimezone(zone).date()
    days: list[tuple[date, int]] = []
    for first, before, offset in _spans(last, zone):
        days += reading.days(wanted._replace(first=first, before=before), offset)
    archived = months_with(reading, wanted, zone) if composer.settings.archives is not False else ()
    return Calendar(last, tuple(sorted(days)), tuple((month.year, month.number) for month in archived))


@lru_cache(maxsize=64)
def _spans(last: date, zone: tzinfo) -> tuple[tuple[int, int, int], ...]:
    """The days up to one, as spans with the same offset from UTC: (first, before, offset), in microseconds."""
    days = [last - timedelta(days=ago) for ago in reversed(range(DAYS))]
    spans = []
    for offset, some in groupby(days, lambda day: _begins(day, zone).utcoffset() or timedelta()):
        among = list(some)
        first, before = _begins(among[0], zone), _begins(among[-1] + timedelta(days=1), zone)
        spans.append((moment_of(first)[0], moment_of(before)[0], offset // timedelta(microseconds=1)))
    return tuple(spans)


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
