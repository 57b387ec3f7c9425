"""What the pieces of a date mean together: the year, the zone, the weekday, and the words that speak against it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from dateutil import tz

from feeds import indonesian as words
from feeds.dates.parts import WORD, Day, Pieces, RefusedError, clock_time, weekday_of

JAKARTA: tzinfo = timezone(timedelta(hours=7), "WIB")
"""Western Indonesian Time as a fixed +07:00. The zone database gives Asia/Jakarta +07:07:12 before 1924 and +07:30
until 1964: an archive's dates would move, and offsets with seconds cannot be written in RFC 3339."""

YEARS = range(1800, 2200)
"""The years that are taken seriously; beyond them lies a slip of the keyboard."""

BACK, AHEAD = timedelta(days=300), timedelta(days=60)
"""How far from the reference a date without a year may lie."""

Reading = tuple[datetime, str, tuple[str, ...]]
"""The fields of a Moment."""

ZONES = {word: timezone(timedelta(hours=hours), word.upper()) for word, hours in words.ZONES.items()}
FOLD = str.maketrans(words.FOLDED)


class Options(NamedTuple):
    """How a text is read: see ``feeds.dates.read_date``."""

    zone: tzinfo
    reference: datetime | None
    strict: bool
    month_first: bool


def value_of(pieces: Pieces, options: Options) -> tuple[datetime, tuple[str, ...]]:
    """The moment of the pieces, checked against the words that are left over."""
    day, clock = pieces.day, pieces.clock
    left, right = WORD.findall(pieces.before), WORD.findall(pieces.after)
    weekday = weekday_of(left, right, pieces.ranged)
    _let_words_speak(pieces, left, right, weekday)
    year = _nearest_year(day, left + right, options) if day.year is None else day.year
    if year not in YEARS:
        raise RefusedError("the year cannot be right")
    hour, minute, second, microsecond = clock_time(clock) if clock else (0, 0, 0, 0)
    zone = zone_of(clock) if clock else None
    if zone is None:
        zone = ZONES[right[0]] if right and right[0] in words.LOCAL_ZONES else options.zone
    try:
        value = datetime(year, day.month, day.day, hour % 24, minute, second, microsecond, zone)
    except ValueError:
        raise RefusedError("there is no such day") from None
    warnings: tuple[str, ...] = ()
    if weekday is not None and weekday != value.weekday():
        meant, written = words.WEEKDAY_NAMES[value.weekday()], words.WEEKDAY_NAMES[weekday]
        warnings = (f"{value.date()} is a {meant}, not a {written}",)
        if options.strict or day.year is None:
            raise RefusedError(warnings[0])
    return (value + timedelta(days=1) if hour == 24 else value), warnings


def _let_words_speak(pieces: Pieces, left: list[str], right: list[str], weekday: int | None) -> None:
    """Refuses a date beside words that make it another one, or none."""
    clock, before = pieces.clock, pieces.before
    for word in left + right:
        if word in words.SHIFTING:
            raise RefusedError(f"{word} beside a date makes it another one")
        if word in words.LOCAL_ZONES and word not in right[:1]:
            raise RefusedError(f"{word.upper()} stands apart from the date and the clock")
        if word in words.CLOCK_WORDS:
            raise RefusedError(f"{word} without a clock that can be read")
        part = words.DAY_PARTS.get(word)
        if part and clock and not clock["part"] and int(clock["hour"]) not in words.TWELVE_HOURS[part]:
            raise RefusedError(f"{word} contradicts the clock")
    if clock and right and right[0] in words.UNCLEAR_ZONES:
        raise RefusedError(f"the zone {right[0].upper()} is not known here")
    if left and left[-1] in words.NUMBERED:
        raise RefusedError(f"the figures behind {left[-1]} are no date")
    if before[-1:] == "-" and before[-2:-1].isalpha() and weekday is None:
        raise RefusedError("a number that belongs to a word")
    if pieces.loose and weekday is None and (left or right) and not before.endswith("("):
        raise RefusedError("two figures without a weekday are no date")


def _nearest_year(day: Day, around: list[str], options: Options) -> int:
    """The year that puts a date without one into the window around the reference."""
    if options.reference is None:
        raise RefusedError("no year, and no reference to find it from")
    if any(word in words.MOVED_YEAR for word in around):
        raise RefusedError("a date without a year beside words that move it")
    today = in_zone(options.reference, options.zone).date()
    for year in (today.year, today.year - 1, today.year + 1):
        try:
            candidate = date(year, day.month, day.day)
        except ValueError:
            continue
        if -BACK <= candidate - today <= AHEAD:
            if ("lalu" in around and candidate > today) or ("mendatang" in around and candidate < today):
                break
            return year
    raise RefusedError("no year, and none near the reference fits")


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def zone_of(clock: re.Match[str]) -> tzinfo | None:
    """The zone that stands behind a clock; an offset in figures beats a word."""
    if clock["place"]:
        named = tz.gettz(clock["place"].title())
        if named is None:
            raise RefusedError("an unknown zone")
        return named
    if clock["offset"]:
        sign, figures = clock["offset"][0], re.sub(r"[^0-9]", "", clock["offset"])
        hours, minutes = (int(figures), 0) if len(figures) < 3 else (int(figures[:-2]), int(figures[-2:]))
        if hours > 14 or minutes > 59:
            raise RefusedError("there is no such zone")
        return timezone((1 if sign == "+" else -1) * timedelta(hours=hours, minutes=minutes))
    return ZONES[clock["zone"]] if clock["zone"] else None
