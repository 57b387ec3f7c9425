"""Reading the dates of Indonesian news: text -> Moment. The only user of dateutil.

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
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple
from urllib.parse import unquote

from dateutil import tz
from dateutil.relativedelta import relativedelta

from feeds import indonesian as words
from feeds._dateparts import (
    DATE,
    NUMBER,
    ONE_AMOUNT,
    RANGE_START,
    RELATIVE,
    WEEKDAY_BEFORE,
    WORD,
    Day,
    Pieces,
    RefusedError,
    all_pieces,
    amount_of,
    clock_behind,
    clock_time,
    day_of,
    either,
    is_clock,
    only_fillers,
    range_start,
    simple_pieces,
    weekday_of,
)
from feeds.errors import DateError
from feeds.model import Moment

JAKARTA: tzinfo = timezone(timedelta(hours=7), "WIB")
"""Western Indonesian Time as a fixed +07:00. The zone database gives Asia/Jakarta +07:07:12 before 1924 and +07:30
until 1964: an archive's dates would move, and offsets with seconds cannot be written in RFC 3339."""

YEARS = range(1800, 2200)
"""The years that are taken seriously; beyond them lies a slip of the keyboard."""

LONGEST = 400
"""Characters; a longer text is no date with something around it (``find_dates`` reads those)."""

BACK, AHEAD = timedelta(days=300), timedelta(days=60)
"""How far from the reference a date without a year may lie."""


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


class _Options(NamedTuple):
    zone: tzinfo
    reference: datetime | None
    strict: bool
    month_first: bool


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

_ZONES = {word: timezone(timedelta(hours=hours), word.upper()) for word, hours in words.ZONES.items()}
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


_Reading = tuple[datetime, str, tuple[str, ...]]
"""The fields of a Moment."""


def _reading(text: str, zone: tzinfo, reference: datetime | None, strict: bool, month_first: bool) -> _Reading:
    try:
        if len(text) > LONGEST:
            raise RefusedError("too long for a date")
        folded = _folded(text)
        value = None if month_first else _at_a_glance(folded, zone)
        if value is not None:
            return value, "full", ()
        return _read(folded, _Options(zone, reference, strict, month_first))
    except RefusedError as refusal:
        raise DateError(text, str(refusal)) from None
    except OverflowError:
        raise DateError(text, "too far away") from None


def _folded(text: str) -> str:
    """The text in lower case with one kind of dash and apostrophe; escapes of URLs and HTML are undone."""
    if "%" in text or "&" in text:
        text = html.unescape(unquote(text))
    folded = text.lower()
    return folded if folded.isascii() and "`" not in folded else folded.translate(_FOLD)


_FOLD = str.maketrans(words.FOLDED)


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
            tzinfo=_ZONES[zone_word] if zone_word else zone,
        )
        return value if not weekday or _ANY_WEEKDAY[weekday] == value.weekday() else None
    except (KeyError, ValueError):
        return None


def _read(folded: str, options: _Options) -> _Reading:
    if folded[4:5] == "-" or folded[8:9] == "t":
        iso = _iso(folded.strip(), options.zone)
        if iso is not None:
            return iso, "iso", ()
    match = DATE.search(folded)
    if match is None:
        return _relative(folded, options)
    if match["name_first"] and options.strict:
        raise RefusedError("the month comes before the day")
    pieces = simple_pieces(folded, match, options.month_first)
    if NUMBER.search(pieces.before) or NUMBER.search(pieces.after):
        pieces = all_pieces(folded, options.month_first)
    value, warnings = _value(pieces, options)
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


def _value(pieces: Pieces, options: _Options) -> tuple[datetime, tuple[str, ...]]:
    """The moment of the pieces, checked against the words that are left over."""
    day, clock = pieces.day, pieces.clock
    left, right = WORD.findall(pieces.before), WORD.findall(pieces.after)
    weekday = weekday_of(left, right, pieces.ranged)
    _let_words_speak(pieces, left, right, weekday)
    year = _nearest_year(day, left + right, options) if day.year is None else day.year
    if year not in YEARS:
        raise RefusedError("the year cannot be right")
    hour, minute, second, microsecond = clock_time(clock) if clock else (0, 0, 0, 0)
    zone = _zone(clock) if clock else None
    if zone is None:
        zone = _ZONES[right[0]] if right and right[0] in words.LOCAL_ZONES else options.zone
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


def _nearest_year(day: Day, around: list[str], options: _Options) -> int:
    """The year that puts a date without one into the window around the reference."""
    if options.reference is None:
        raise RefusedError("no year, and no reference to find it from")
    if any(word in words.MOVED_YEAR for word in around):
        raise RefusedError("a date without a year beside words that move it")
    today = _in_zone(options.reference, options.zone).date()
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


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _zone(clock: re.Match[str]) -> tzinfo | None:
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
    return _ZONES[clock["zone"]] if clock["zone"] else None


# Relative dates


def _relative(folded: str, options: _Options) -> _Reading:
    text = " ".join(folded.split())
    match = RELATIVE.search(text)
    if match is None:
        raise RefusedError("a number alone is no date" if text.replace(".", "").isdigit() else "no date")
    if options.reference is None:
        raise RefusedError("a relative date, and no reference to count from")
    now = _in_zone(options.reference, options.zone)
    try:
        value = _counted(match, now)
    except RefusedError:
        raise
    except ValueError:  # relativedelta's, for a year out of range
        raise RefusedError("too far away") from None
    if value.year not in YEARS:
        raise RefusedError("the year cannot be right")
    end = match.end()
    clock = clock_behind(text, end, beside=True) if match["day"] or match["weekday"] else None
    if clock:
        hour, minute, second, microsecond = clock_time(clock)
        part = words.DAY_PARTS.get(match[0].split()[-1])
        if part and not clock["part"] and hour not in words.TWELVE_HOURS[part]:
            raise RefusedError(f"{match[0]} contradicts the clock")
        if match["day"] in words.NIGHTS and hour < 12:
            raise RefusedError("the small hours of a night belong to two dates")
        value = value.replace(hour=hour % 24, minute=minute, second=second, microsecond=microsecond)
        value = value.replace(tzinfo=_zone(clock) or options.zone) + timedelta(days=hour == 24)
        end = clock.end()
    only_fillers(text[: match.start()], text[end:], value.weekday())
    return value, "relative", ()


def _counted(match: re.Match[str], now: datetime) -> datetime:
    """The moment that a match of RELATIVE means."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    if match["now"]:
        return now
    if match["day"]:
        return midnight + timedelta(days=words.DAYS[match["day"]])
    if match["weekday"]:
        back = (midnight.weekday() - words.WEEKDAYS[match["weekday"]]) % 7
        return midnight - timedelta(days=back or 7)
    sign = -1 if match["way"] in words.PAST else 1
    amounts = [(amount_of(count), *words.UNITS[unit]) for count, unit in ONE_AMOUNT.findall(match["ago"])]
    clocks = all(step in words.CLOCK_STEPS for _, step, _ in amounts)
    if len(amounts) > 1 and not clocks:
        raise RefusedError("days and clocks mixed")
    value = now if clocks else midnight
    for (count, share), step, size in amounts:
        if clocks:
            value += sign * timedelta(**{step: count * size}) / share
        elif share != 1:
            raise RefusedError("a part of a day or more")
        else:
            value += _step(step, sign * count * size)
    return value


def _step(step: str, count: int) -> relativedelta:
    """A step by the calendar: a month after 31 January is the last of February."""
    if step == "months":
        return relativedelta(months=count)
    return relativedelta(years=count) if step == "years" else relativedelta(days=count)


# Columns and running text


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


_NO_DATE_BEFORE = re.compile(rf"(?:\b(?:{either(words.NUMBERED)}|rp|usd)[\s.:]{{0,3}}|[\w./:%$-]|[0-9],)$")
_NO_DATE_BEHIND = re.compile(r"[a-z%]|[/-]\w|[.,][0-9]")
_OTHER_YEAR = re.compile(r"\s(?:tahun|thn)\b")
_LINE_ENDS = re.compile(r"\s{0,3}(?:[\n|)\]]|$)")
_LOOK_BACK = 40
"""Characters before a date in which its weekday is looked for."""


def find_dates(text: str, *, zone: tzinfo = JAKARTA, reference: datetime | None = None) -> list[FoundDate]:
    """The dates within running text, in their order: datelines and published lines.

    zone and reference as in ``read_date``; dates without a year are left out where no reference is given. Prices,
    scores and numbers of laws are no dates. Never raises; the time is linear in the length of the text.
    """
    folded = text.replace("İ", "I").lower().translate(_FOLD)
    try:
        options = _Options(zone, reference and _in_zone(reference, zone), False, False)
    except OverflowError:  # a reference at the end of time
        options = _Options(zone, None, False, False)
    found: list[FoundDate] = []
    for match in DATE.finditer(folded):
        if not found or match.start() >= found[-1].end:
            one = _found(text, folded, match, options)
            if one:
                found.append(one)
    return found


def _found(text: str, folded: str, match: re.Match[str], options: _Options) -> FoundDate | None:
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
        value, warnings = _value(Pieces(day, clock, left, "", ranged=ranged is not None), options)
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
