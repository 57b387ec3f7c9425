"""Dates within running text: datelines and published lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from feeds import indonesian as words
from feeds.dates.moments import FOLD, JAKARTA, Options, in_zone, value_of
from feeds.dates.parts import (
    DATE,
    RANGE_START,
    WEEKDAY_BEFORE,
    Pieces,
    RefusedError,
    clock_behind,
    day_of,
    either,
    is_clock,
    range_start,
)
from feeds.model import Moment

_NO_DATE_BEFORE = re.compile(rf"(?:\b(?:{either(words.NUMBERED)}|rp|usd)[\s.:]{{0,3}}|[\w./:%$-]|[0-9],)$")
_NO_DATE_BEHIND = re.compile(r"[a-z%]|[/-]\w|[.,][0-9]")
_OTHER_YEAR = re.compile(r"\s(?:tahun|thn)\b")
_LINE_ENDS = re.compile(r"\s{0,3}(?:[\n|)\]]|$)")
_LOOK_BACK = 40
"""Characters before a date in which its weekday is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A date within running text.

    start, end: where it stands, weekday and clock included. text: what stands there.
    has_time: it comes with a clock. complete: its year is written. weekday: it comes with a weekday.
    """

    start: int
    end: int
    text: str
    moment: Moment
    has_time: bool
    complete: bool
    weekday: bool


def find_dates(text: str, *, zone: tzinfo = JAKARTA, reference: datetime | None = None) -> list[FoundDate]:
    """The dates within running text, in their order: datelines and published lines.

    zone and reference as in ``read_date``; dates without a year are left out where no reference is given. Prices,
    scores and numbers of laws are no dates. Never raises; the time is linear in the length of the text.
    """
    folded = text.replace("İ", "I").lower().translate(FOLD)
    try:
        options = Options(zone, reference and in_zone(reference, zone), False, False)
    except OverflowError:  # a reference at the end of time
        options = Options(zone, None, False, False)
    found: list[FoundDate] = []
    for match in DATE.finditer(folded):
        if not found or match.start() >= found[-1].end:
            one = _found(text, folded, match, options)
            if one:
                found.append(one)
    return found


def _found(text: str, folded: str, match: re.Match[str], options: Options) -> FoundDate | None:
    """The date at a match of DATE with the weekday before it and the clock behind it; None where it is none."""
    start, end = match.span()
    before = folded[max(0, start - _LOOK_BACK) : start]
    year = match["year_first"] or match["year"] or match["name_year"] or match["last_year"]
    try:
        day = day_of(match, month_first=False)
        ranged = None if match["year_first"] else RANGE_START.search(before, max(0, len(before) - 20))
        if ranged:
            day, before = range_start(day, ranged), before[: ranged.start()]
            start -= len(ranged[0])
        weekday = WEEKDAY_BEFORE.search(before)
        if _NO_DATE_BEFORE.search(before[-14:]) or _NO_DATE_BEHIND.match(folded, end):
            return None
        if year is None and _OTHER_YEAR.match(folded, end):
            return None
        clock = _clock_in_line(folded, end, year is not None)
        left = weekday[1] if weekday else ""
        value, warnings = value_of(Pieces(day, clock, left, "", ranged=ranged is not None), options)
    except (RefusedError, OverflowError):
        return None
    if (match["month_only"] or (year and len(year) == 2)) and (weekday is None or warnings):
        return None  # 3/12 and 3/12/24 may be anything without a weekday that agrees
    if match["name_first"] and "," not in match["comma"]:
        return None  # "sejak Mei 12 2000 orang"
    start -= len(weekday[0]) if weekday else 0
    end = clock.end() if clock else end + (folded[end : end + 1] == ")" and "(" in folded[start:end])
    origin = "yearless" if year is None else "iso" if match["year_first"] else "full"
    return FoundDate(
        start=start,
        end=end,
        text=text[start:end],
        moment=Moment(value=value, origin=origin, warnings=warnings),
        has_time=clock is not None,
        complete=year is not None,
        weekday=weekday is not None,
    )


def _clock_in_line(folded: str, end: int, complete: bool) -> re.Match[str] | None:
    """The clock behind a date in running text, where ``10.30`` is one only with a word, a zone or the line's end."""
    clock = clock_behind(folded, end, beside=complete)
    if clock and (is_clock(clock, beside_date=False) or _LINE_ENDS.match(folded, clock.end())):
        return clock
    return None
