"""Reading the dates of Indonesian news: text -> Moment. The only package that uses dateutil.

One grammar reads everything: a date (day, month, year), a clock, and what is left over. A text is understood only when
no number is left over and no word speaks against the date; else it is refused, for a wrong date costs a newsroom more
than a question. The words are in ``feeds.indonesian``.

What is accepted beside ISO 8601 (whole days, with or without a clock) and RFC 2822:

- day before month, always, but for a month's name before day and year (``December 3, 2024``); a year first when it has
  four digits; years of two digits are 20yy;
- a clock with a dot (``14.30``) behind pukul, pkl or jam, before a zone, or right beside a complete date;
- ``24.00`` as the end of the day; parts of the day (``7 malam``); AM and PM;
- ranges, which give their start; Islamic dates beside civil ones, which are left aside;
- a date without a year, and relative dates, where a reference moment is given.

Nothing is ever filled in from the machine's clock.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from urllib.parse import unquote

from feeds import indonesian as words
from feeds.dates.moments import AHEAD as AHEAD
from feeds.dates.moments import BACK as BACK
from feeds.dates.moments import FOLD, JAKARTA, YEARS, ZONES, Options, Reading, value_of
from feeds.dates.parts import DATE, NUMBER, RefusedError, all_pieces, simple_pieces
from feeds.dates.relative import relative
from feeds.dates.search import FoundDate as FoundDate
from feeds.dates.search import find_dates as find_dates
from feeds.errors import DateError
from feeds.model import Moment

LONGEST = 400
"""Characters; a longer text is no date with something around it (``find_dates`` reads those)."""

_PLAIN = re.compile(
    r"""(?:[a-z0-9]{1,20}\.(?:com|id|co\.id)\s-\s)?
        (?:([a-z']{3,8})(?:,\s?|\s\(?))?
        ([0-9]{1,2})(?:/([0-9]{1,2})/|\s([a-z]{3,9})\s)((?:1[89]|2[01])[0-9]{2})\)?
        (?:(?:\s|,\s|\s[|/]\s)(?:pukul\s)?([0-9]{1,2})[.:]([0-9]{2})(?:\s(wib|wita|wit))?)?""",
    re.VERBOSE,
)
"""A site, a weekday, a date, a clock and a zone as most page headers and datelines have them."""

_ISO = re.compile(
    r"[0-9]{4}(?:-[0-9]{2}-[0-9]{2}|-w[0-9]{2}-[0-9])(?:t.{2,40}| [0-9]{2}:[0-9]{2}(?!-).{0,40})?|[0-9]{8}t[0-9].{1,40}"
)
"""Whole days only. With a blank, ``2024-12-03 10:30-12:00`` is two clocks sooner than an offset."""
_RFC2822 = re.compile(
    r"(?:[a-z]{3}, ?)?[0-9]{1,2} [a-z]{3} [0-9]{2,4} [0-9]{2}:[0-9]{2}(?::[0-9]{2})? (?:[+-][0-9]{4}|[a-z]{1,3})"
)

_ANY_WEEKDAY = words.WEEKDAYS | words.SHORT_WEEKDAYS


def read_date(
    text: str,
    *,
    zone: tzinfo = JAKARTA,
    reference: datetime | None = None,
    strict: bool = False,
    month_first: bool = False,
) -> Moment:
    """The moment that a text from a date field, a page header or a dateline means.

    zone: for texts that name none. reference: the moment from which relative dates and dates without a year are counted
    (a naive one is in ``zone``); without it they are refused. strict: a weekday that contradicts the date is refused,
    and a month's name before the day; otherwise the date stands and ``Moment.warnings`` speaks of the weekday.
    month_first: dates in figures with the year last are month/day/year, as in a column for which ``months_first`` is
    true.

    Raises DateError, a ValueError, for a text that is no date or that could mean two.
    """
    value, origin, warnings = _reading(text, zone, reference, strict, month_first)
    return Moment(value=value, origin=origin, warnings=warnings)


def parse_date(
    text: str,
    *,
    zone: tzinfo = JAKARTA,
    reference: datetime | None = None,
    strict: bool = False,
    month_first: bool = False,
) -> datetime:
    """The value of ``read_date``: an aware datetime."""
    return _reading(text, zone, reference, strict, month_first)[0]


def _reading(text: str, zone: tzinfo, reference: datetime | None, strict: bool, month_first: bool) -> Reading:
    try:
        if len(text) > LONGEST:
            raise RefusedError("too long for a date")
        folded = _folded(text)
        value = None if month_first else _at_a_glance(folded, zone)
        if value is not None:
            return value, "full", ()
        return _read(folded, Options(zone, reference, strict, month_first))
    except RefusedError as refusal:
        raise DateError(text, str(refusal)) from None
    except OverflowError:
        raise DateError(text, "too far away") from None


def _folded(text: str) -> str:
    """The text in lower case with one kind of dash and apostrophe; escapes of URLs and HTML are undone."""
    if "%" in text or "&" in text:
        text = html.unescape(unquote(text))
    folded = text.lower()
    return folded if folded.isascii() and "`" not in folded else folded.translate(FOLD)


def _at_a_glance(folded: str, zone: tzinfo) -> datetime | None:
    """The commonest shapes, where nothing is unusual: the result of ``_read``, several times as fast; else None."""
    match = _PLAIN.fullmatch(folded)
    if match is None:
        return None
    weekday, day, month, name, year, hour, minute, zone_word = match.groups()
    try:
        value = datetime(
            int(year),
            int(month) if month else words.MONTHS[name],
            int(day),
            int(hour) if hour else 0,
            int(minute) if hour else 0,
            tzinfo=ZONES[zone_word] if zone_word else zone,
        )
        return value if not weekday or _ANY_WEEKDAY[weekday] == value.weekday() else None
    except (KeyError, ValueError):
        return None


def _read(folded: str, options: Options) -> Reading:
    if folded[4:5] == "-" or folded[8:9] == "t":
        iso = _iso(folded.strip(), options.zone)
        if iso is not None:
            return iso, "iso", ()
    match = DATE.search(folded)
    if match is None:
        return relative(folded, options)
    if match["name_first"] and options.strict:
        raise RefusedError("the month comes before the day")
    pieces = simple_pieces(folded, match, options.month_first)
    if NUMBER.search(pieces.before) or NUMBER.search(pieces.after):
        pieces = all_pieces(folded, options.month_first)
    value, warnings = value_of(pieces, options)
    if pieces.day.year is None:
        return value, "yearless", warnings
    if match["year_first"]:
        return value, "iso", warnings
    return value, "rfc2822" if match["name"] and _RFC2822.match(folded.strip()) else "full", warnings


def _iso(text: str, zone: tzinfo) -> datetime | None:
    """A date in ISO 8601, whole days included; None where it is not quite that."""
    if not _ISO.fullmatch(text):
        return None
    try:
        value = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if value.year not in YEARS:
        raise RefusedError("the year cannot be right")
    if value.tzinfo is None:
        return value.replace(tzinfo=zone)
    return value


_FIGURES = re.compile(r"(?<![0-9/.-])([0-9]{1,2})([/-])([0-9]{1,2})\2(?:[0-9]{4}|[0-9]{2})(?![0-9]|[/.-][0-9])")


def months_first(texts: Iterable[str]) -> bool:
    """Whether a column of dates is written month first, as tables that went through a spreadsheet are.

    True where some dates in figures are impossible as day/month and none is impossible as month/day.
    """
    proof = False
    for text in texts:
        for first, _, second in _FIGURES.findall(text):
            if not _possible(second, first):
                return False
            proof = proof or not _possible(first, second)
    return proof


def _possible(day: str, month: str) -> bool:
    try:
        date(2024, int(month), int(day))
    except ValueError:
        return False
    return True
