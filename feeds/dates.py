"""Reading the dates of Indonesian news: text -> Moment. The only user of dateutil.

One grammar reads everything: a date (day, month, year), a clock, and what is left over. A text is understood only when
no number is left over and no word speaks against the date; else it is refused, for a wrong date costs a newsroom more
than a question. The words are in ``feeds.indonesian``.

What is accepted beside ISO 8601 (as ``datetime.fromisoformat`` and dateutil's isoparser read it) and RFC 2822:

- day before month, always; a year first when it has four digits; years of two digits are 20yy;
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
from typing import NamedTuple, NoReturn
from urllib.parse import unquote

from dateutil import tz
from dateutil.relativedelta import relativedelta

from feeds import indonesian as words
from feeds.errors import DateError
from feeds.model import Moment

JAKARTA: tzinfo = timezone(timedelta(hours=7), "WIB")
"""Western Indonesian Time as a fixed +07:00. The zone database gives Asia/Jakarta +07:07:12 before 1924 and +07:30
until 1964: an archive's dates would move, and offsets with seconds cannot be written in RFC 3339."""

YEARS = range(1800, 2200)
"""The years that are taken seriously; beyond them lies a slip of the keyboard."""

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


class _RefusalError(ValueError):
    """Why a text is no date; becomes a DateError, which also knows the text."""


class _Day(NamedTuple):
    year: int | None
    month: int
    day: int


class _Pieces(NamedTuple):
    """What a text was taken apart into; before and after are what is left over on both sides."""

    day: _Day
    clock: re.Match[str] | None
    before: str
    after: str
    ranged: bool = False


class _Options(NamedTuple):
    zone: tzinfo
    reference: datetime | None
    strict: bool
    month_first: bool


def _either(choices: Iterable[str]) -> str:
    """A pattern for any of the words, longest first, with any blank for a blank."""
    return "|".join(re.escape(word).replace("\\ ", r"\s{1,3}") for word in sorted(choices, key=lambda w: (-len(w), w)))


_MONTH = _either(words.MONTHS)
_WEEKDAY = _either(words.WEEKDAYS | words.SHORT_WEEKDAYS)
_TO = _either(words.RANGE_WORDS)
_PART = rf"(?:{_either(words.DAY_PARTS)}|[ap]\.?m\b\.?)"
_ZONE = _either(words.ZONES)
_YEAR = r"[0-9]{4}(?:(?![0-9])|(?=[0-9]{1,2}[:.][0-9]{2}))"  # the second: a clock glued to the year, 202516:00

_DATE = re.compile(
    rf"""(?<![0-9a-z])(?:
        ([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}})(?![0-9])
      | ([0-9]{{1,2}})(?:
            \s?([-/.])\s?([0-9]{{1,2}})\s?\6\s?'?({_YEAR}|[0-9]{{2}}(?![0-9]|[.:][0-9]))
          | /([0-9]{{1,2}})(?![0-9/]|\s?[-./]\s?[0-9])
          | [\s.,_+-]{{0,4}}({_MONTH})(?![a-z'])\.?
            (?:[\s.,_+'/-]{{0,4}}({_YEAR}|[0-9]{{2}}(?![0-9]|[.:/-][0-9]|\s{{0,3}}(?!pukul|pkl|jam)[a-z])))?
      ))""",
    re.VERBOSE,
)
"""Year first; or day, month, year in figures; or day/month; or day, month's name and perhaps a year. A year of two
digits behind a name must not be followed by a word: ``3 Desember 10 WIB`` may be a clock."""

_PLAIN = re.compile(
    r"""(?:[a-z0-9]{1,20}\.(?:com|id|co\.id)\s-\s)?
        (?:([a-z']{3,8})(?:,\s?|\s\(?))?
        ([0-9]{1,2})(?:/([0-9]{1,2})/|\s([a-z]{3,9})\s)((?:1[89]|2[01])[0-9]{2})\)?
        (?:(?:\s|,\s|\s[|/]\s)(?:pukul\s)?([0-9]{1,2})[.:]([0-9]{2})(?:\s(wib|wita|wit))?)?""",
    re.VERBOSE,
)
"""A site, a weekday, a date, a clock and a zone as most page headers and datelines have them."""

_CLOCK_PATTERN = rf"""
    (?:(?P<word>pukul|pkl|jam)[\s.:]{{0,3}})?
    (?<![0-9])(?<![0-9][.,:/])(?P<hour>[0-9]{{1,2}})
    (?:
        (?P<mark>[.:])(?P<minute>[0-9]{{2}})(?:[.:](?P<second>[0-9]{{2}})(?:[.,](?P<fraction>[0-9]{{1,9}}))?)?(?![0-9])
        (?:\s?(?:{_TO})\s?[0-9]{{1,2}}[.:][0-9]{{2}}(?![0-9.:]))?
      | (?![0-9]|[.:,/][0-9])(?:\s?(?:{_TO})\s?[0-9]{{1,2}}(?![0-9.:/]))?
    )
    (?:\s{{0,2}}(?P<part>{_PART})(?![a-z]))?
    (?:[\s(]{{0,2}}(?P<zone>{_ZONE})(?![a-z]))?
    (?:[\s(]{{0,2}}(?:(?:gmt|utc)\s?)?(?P<offset>\+\s?[0-9]{{1,2}}(?:[:.]?[0-9]{{2}})?(?![0-9])
        |(?<=gmt)-[0-9]{{1,2}}(?![0-9:])|(?<=utc)-[0-9]{{1,2}}(?![0-9:])|-[0-9]{{4}}(?![0-9]))\)?)?
    (?:\s?(?P<place>(?:asia|australia|europe|america|africa|pacific)/[a-z_]{{2,30}}))?
    (?:\s?(?:{_TO})\s?[0-9]{{1,2}}[.:][0-9]{{2}}(?:\s?(?:{_ZONE})(?![a-z]))?(?![0-9.:]))?
"""
_CLOCK = re.compile(_CLOCK_PATTERN, re.VERBOSE)
_NEXT_CLOCK = re.compile(rf"[\s,;|()/@-]{{0,6}}(?:(?:t|pada|at|sekitar)\s{{0,2}})?{_CLOCK_PATTERN}", re.VERBOSE)
"""A clock, anywhere; and one right behind a date."""

_NUMBER = re.compile(r"\b\d")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_HIJRI = re.compile(rf"[0-9]{{1,2}}\s(?:{'|'.join(words.HIJRI_MONTHS)})\s1[34][0-9]{{2}}(?![0-9])(?:\s?h\b)?")
_RANGE_BETWEEN = re.compile(rf"[\s,)]{{0,3}}(?:{_TO})[\s,(]{{0,3}}(?:(?:{_WEEKDAY})[\s,(]{{1,3}})?")
_RANGE_START = re.compile(rf"(?<![0-9])(?<![0-9][.,:/])([0-9]{{1,2}})\s?(?:{_TO})\s?$")
_LABEL = re.compile(rf"\b(?={_either(words.PUBLISHED | words.UPDATED)})")
_RFC2822 = re.compile(
    r"(?:[a-z]{3}, ?)?[0-9]{1,2} [a-z]{3} [0-9]{2,4} [0-9]{2}:[0-9]{2}(?::[0-9]{2})? (?:[+-][0-9]{4}|[a-z]{1,3})"
)

_ZONES = {word: timezone(timedelta(hours=hours), word.upper()) for word, hours in words.ZONES.items()}
_ANY_WEEKDAY = words.WEEKDAYS | words.SHORT_WEEKDAYS
_LOCAL_ZONES = ("wib", "wita", "wit")
_RELATIVE_WORDS = frozenset(words.UNITS) - {"jam", "min", "hari", "minggu"}
_TELLING = (
    frozenset(words.WEEKDAYS | words.SHORT_WEEKDAYS | words.DAY_PARTS)
    | words.SHIFTING
    | words.UNCLEAR_ZONES
    | frozenset(words.CLOCK_WORDS)
    | frozenset(_LOCAL_ZONES)
    | {"dini"}
)
"""Words that are looked at when they are left over beside a date; all others are names and may stand there."""


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
    (a naive one is in ``zone``); without it they are refused. strict: a weekday that contradicts the date is refused;
    otherwise the date stands and ``Moment.warnings`` says so. month_first: dates in figures with the year last are
    month/day/year, as in a column for which ``months_first`` is true.

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
        folded = _folded(text)
        value = None if month_first else _at_a_glance(folded, zone)
        if value is not None:
            return value, "full", ()
        return _read(folded, _Options(zone, reference, strict, month_first))
    except _RefusalError as refusal:
        raise DateError(text, str(refusal)) from None
    except OverflowError:
        raise DateError(text, "too far away") from None


def _refuse(reason: str) -> NoReturn:
    raise _RefusalError(reason)


def _folded(text: str) -> str:
    """The text in lower case with one kind of dash and apostrophe; escapes of URLs and HTML are undone."""
    if "%" in text or "&" in text:
        text = html.unescape(unquote(text))
    folded = text.lower()
    return folded if folded.isascii() else folded.translate(_FOLD)


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
    match = _DATE.search(folded)
    if match is None:
        return _relative(folded, options)
    pieces = _simple_pieces(folded, match, options.month_first)
    if _NUMBER.search(pieces.before) or _NUMBER.search(pieces.after):
        pieces = _all_pieces(folded, options.month_first)
    value, warnings = _value(pieces, options)
    if pieces.day.year is None:
        return value, "yearless", warnings
    if match[1]:
        return value, "iso", warnings
    return value, "rfc2822" if match[10] and _RFC2822.match(folded.strip()) else "full", warnings


def _iso(text: str, zone: tzinfo) -> datetime | None:
    """A date in ISO 8601, whole days included; None where it is not quite that."""
    if len(text) > 10 and text[10] not in "t " and text[8] != "t":
        return None
    if text[10:11] == " " and "-" in text[10:] and len(text) < 20:
        return None  # 2024-12-03 10:30-12:00 is two clocks sooner than an offset
    try:
        value = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if value.year not in YEARS:
        _refuse("the year cannot be right")
    if value.tzinfo is None:
        return value.replace(tzinfo=zone)
    return value


def _day(match: re.Match[str], month_first: bool) -> _Day:
    """The figures of a match of _DATE."""
    year, _, month, day, first, _, second, last, month_only, name, name_year = match.groups()
    if name:
        return _Day(_year(name_year), words.MONTHS[name], int(first))
    if year:
        return _checked(_Day(int(year), int(month), int(day)))
    if month_only:
        return _checked(_Day(None, int(month_only), int(first)))
    if month_first and match[6] != ".":
        first, second = second, first
    return _checked(_Day(_year(last), int(second), int(first)))


def _year(figures: str | None) -> int | None:
    if figures is None:
        return None
    return int(figures) + 2000 if len(figures) == 2 else int(figures)


def _checked(day: _Day) -> _Day:
    if not 1 <= day.month <= 12:
        _refuse(f"there is no month {day.month} (the day comes before the month)")
    return day


def _is_clock(clock: re.Match[str], beside_date: bool) -> bool:
    """Whether figures are a clock: ``14.30`` alone is none, nor is a number without a word that makes it an hour."""
    if clock["word"] or clock["part"]:
        return True
    if clock["minute"]:
        return beside_date or clock["mark"] == ":" or clock["zone"] is not None
    return beside_date and clock["zone"] is not None


def _simple_pieces(folded: str, match: re.Match[str], month_first: bool) -> _Pieces:
    """A date with the clock right behind it, as most texts have it."""
    day = _day(match, month_first)
    end = match.end()
    clock = _NEXT_CLOCK.match(folded, end)
    if clock and _is_clock(clock, day.year is not None):
        return _Pieces(day, clock, folded[: match.start()], folded[clock.end() :])
    return _Pieces(day, None, folded[: match.start()], folded[end:])


def _all_pieces(folded: str, month_first: bool) -> _Pieces:
    """A text with further numbers: a range, a second date, a clock elsewhere. Numbers that stay over are refused."""
    text = _without_updates(_HIJRI.sub(" ", folded))
    matches = list(_DATE.finditer(text))
    if not matches:
        _refuse("no date")
    pieces = _simple_pieces(text, matches[0], month_first)
    if len(matches) > 1:
        pieces = _first_of(text, matches, pieces, month_first)
    elif start := _RANGE_START.search(pieces.before):
        first = int(start[1])
        if not 1 <= first < pieces.day.day:
            _refuse("a range that runs backwards")
        pieces = pieces._replace(day=pieces.day._replace(day=first), before=pieces.before[: start.start()], ranged=True)
    pieces = _with_clock(pieces)
    if _NUMBER.search(pieces.before) or _NUMBER.search(pieces.after):
        _refuse("numbers that belong to no date")
    return pieces


def _without_updates(text: str) -> str:
    """The text without what its page says about updates, where a date stays."""
    sections = _LABEL.split(text)
    kept = "".join(s for s in sections if not ((word := _WORD.match(s)) and word[0] in words.UPDATED))
    return kept if _DATE.search(kept) else text


def _first_of(text: str, matches: list[re.Match[str]], first: _Pieces, month_first: bool) -> _Pieces:
    """The start of a range of two dates; two ways of writing one date are that date."""
    others = [_simple_pieces(text, match, month_first) for match in matches[1:]]
    last = others[-1]
    end = len(text) - len(first.after)
    between = text[end : matches[1].start()]
    if len(matches) == 2 and _RANGE_BETWEEN.fullmatch(between):
        clock = first.clock or (last.clock if first.day.year is None else None)
        if clock is not first.clock and first.clock is None and last.clock is not None and first.day.year is not None:
            _refuse("a clock that belongs to the end of a range only")
        return _Pieces(_range_start(first.day, last.day), clock, first.before, last.after, ranged=True)
    if all(other.day == first.day for other in others) and len(matches) == 2:
        clock = first.clock or last.clock
        return _Pieces(first.day, clock, first.before, between + " " + last.after)
    _refuse("two different dates")


def _range_start(first: _Day, last: _Day) -> _Day:
    """The first day with the year that the last one writes: 30 Desember-2 Januari 2025 starts in 2024."""
    if first.year is None and last.year is not None:
        first = first._replace(year=last.year - ((first.month, first.day) > (last.month, last.day)))
    if first.year is not None and last.year is not None and first > last:
        _refuse("a range that runs backwards")
    return first


def _with_clock(pieces: _Pieces) -> _Pieces:
    """The pieces with the clock that stands elsewhere, cut out of what is left over."""
    day, clock, before, after, _ = pieces
    complete = day.year is not None
    for found in _CLOCK.finditer(before):
        if _is_clock(found, complete and not _WORD.search(before, found.end())):
            before = before[: found.start()] + " " * (found.end() - found.start()) + before[found.end() :]
            clock = _one_clock(clock, found)
    for found in _CLOCK.finditer(after):
        if _is_clock(found, False):
            after = after[: found.start()] + " " * (found.end() - found.start()) + after[found.end() :]
            clock = _one_clock(clock, found)
    return pieces._replace(clock=clock, before=before, after=after)


def _one_clock(known: re.Match[str] | None, found: re.Match[str]) -> re.Match[str]:
    """Of two clocks the first, where they are one moment in two zones: 10.30 WIB / 11.30 WITA."""
    if known is None:
        return found
    same = known["minute"] == found["minute"] and not (known["part"] or found["part"])
    if same and known["zone"] in _LOCAL_ZONES and found["zone"] in _LOCAL_ZONES:
        ahead = words.ZONES[found["zone"]] - words.ZONES[known["zone"]]
        if (int(known["hour"]) + ahead) % 24 == int(found["hour"]) % 24:
            return known
    _refuse("two different clocks")


def _value(pieces: _Pieces, options: _Options) -> tuple[datetime, tuple[str, ...]]:
    """The moment of the pieces, checked against the words that are left over."""
    day, clock, before, after, ranged = pieces
    zone: tzinfo | None = None
    weekday: int | None = None
    left, right = _WORD.findall(before), _WORD.findall(after)
    if not _TELLING.isdisjoint(left) or not _TELLING.isdisjoint(right):
        _speak_against(left, right, clock)
        weekday = _weekday(left, right, ranged)
        zone = next((_ZONES[word] for word in left + right if word in _LOCAL_ZONES), None)
    year = day.year
    if year is None:
        year = _nearest_year(day, left + right, options)
    if year not in YEARS:
        _refuse("the year cannot be right")
    hour = minute = second = microsecond = 0
    if clock:
        hour, minute, second, microsecond = _clock(clock)
        zone = _zone(clock) or zone
    try:
        value = datetime(year, day.month, day.day, hour % 24, minute, second, microsecond, zone or options.zone)
    except ValueError:
        _refuse("there is no such day")
    warnings: tuple[str, ...] = ()
    if weekday is not None and weekday != value.weekday():
        warnings = (
            f"{date(year, day.month, day.day)} is not {words.WEEKDAY_NAMES[weekday]}"
            f" but {words.WEEKDAY_NAMES[value.weekday()]}",
        )
        if options.strict or day.year is None:
            _refuse(warnings[0])
    return (value + timedelta(days=1) if hour == 24 else value), warnings


def _speak_against(left: list[str], right: list[str], clock: re.Match[str] | None) -> None:
    """Refuses a date beside words that make it another one."""
    for word in left + right:
        if word in words.SHIFTING:
            _refuse(f"{word} beside a date makes it another one")
        if word in words.CLOCK_WORDS:
            _refuse(f"{word} without a clock that can be read")
        part = words.DAY_PARTS.get(word)
        if part and clock and not clock["part"] and int(clock["hour"]) not in words.TWELVE_HOURS[part]:
            _refuse(f"{word} contradicts the clock")
    if clock and right and right[0] in words.UNCLEAR_ZONES:
        _refuse(f"the zone {right[0].upper()} is not known here")


def _weekday(left: list[str], right: list[str], ranged: bool) -> int | None:
    """The weekday among the words around a date, the nearest one before it first; of a range, the one of its start."""
    nearest = [word for word in reversed(left) if word not in words.DAY_PARTS and word not in ("dini", "hari")]
    short = words.SHORT_WEEKDAYS
    if nearest and nearest[0] in short and not (ranged and len(nearest) > 1 and nearest[1] in short):
        return short[nearest[0]]
    found = [words.WEEKDAYS[word] for word in left if word in words.WEEKDAYS and not _is_week(word, left)]
    if found:
        return found[0] if ranged else found[-1]
    for place, word in enumerate(right):
        if word in words.WEEKDAYS and not _is_week(word, right):
            return words.WEEKDAYS[word]
        if place == 0 and word in short:
            return short[word]
    return None


def _is_week(word: str, around: list[str]) -> bool:
    """Minggu lalu, ini, depan: a week, not a Sunday."""
    place = around.index(word) + 1
    return word == "minggu" and place < len(around) and around[place] in words.WEEK_MARKS


def _nearest_year(day: _Day, around: list[str], options: _Options) -> int:
    """The year that puts a date without one into the window around the reference."""
    if options.reference is None:
        _refuse("no year, and no reference to find it from")
    if any(word in _RELATIVE_WORDS or word in words.MONTHS for word in around):
        _refuse("a date without a year beside words that move it")
    today = _in_zone(options.reference, options.zone).date()
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidate = date(year, day.month, day.day)
        except ValueError:
            continue
        if -BACK <= candidate - today <= AHEAD:
            if ("lalu" in around and candidate > today) or ("mendatang" in around and candidate < today):
                _refuse("no year, and none near the reference fits")
            return year
    _refuse("no year, and none near the reference fits")


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _clock(clock: re.Match[str]) -> tuple[int, int, int, int]:
    """Hour (0 to 24), minute, second, microsecond."""
    hour, minute = int(clock["hour"]), int(clock["minute"] or 0)
    second, fraction = int(clock["second"] or 0), int((clock["fraction"] or "").ljust(6, "0")[:6])
    if clock["part"]:
        hour = _hour_of_part(hour, clock["part"])
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second or fraction)):
        _refuse("there is no such clock")
    return hour, minute, second, fraction


def _hour_of_part(hour: int, part: str) -> int:
    """The hour of the day for a clock beside pagi, siang, sore, malam, AM or PM; 12 malam could be either midnight."""
    part = part.replace(".", "")
    if part in ("am", "pm"):
        if 1 <= hour <= 12:
            return hour % 12 + (12 if part == "pm" else 0)
        if (hour == 0) == (part == "am"):
            return hour
    else:
        hours = words.TWELVE_HOURS[words.DAY_PARTS[" ".join(part.split())]]
        for meant in (hour, hour + 12):
            if meant in hours and (meant != 24 or hour == 24):
                return meant
    _refuse(f"there is no {hour} {part}")


def _zone(clock: re.Match[str]) -> tzinfo | None:
    """The zone that stands behind a clock; an offset in figures beats a word."""
    if clock["place"]:
        return tz.gettz(clock["place"].title()) or _refuse("an unknown zone")
    if clock["offset"]:
        sign, figures = clock["offset"][0], re.sub(r"[^0-9]", "", clock["offset"])
        hours, minutes = (int(figures), 0) if len(figures) < 3 else (int(figures[:-2]), int(figures[-2:]))
        if hours > 14 or minutes > 59:
            _refuse("there is no such zone")
        return timezone((1 if sign == "+" else -1) * timedelta(hours=hours, minutes=minutes))
    return _ZONES[clock["zone"]] if clock["zone"] else None


# Relative dates


_AMOUNT = rf"(?:[0-9]{{1,4}}(?:[.,]5)?|(?:(?:{_either([*words.NUMBERS, *words.TENS, *words.FRACTIONS])})\s?){{1,5}})"
_UNIT = rf"(?:{_either(words.UNITS)})"
_RELATIVE = re.compile(
    rf"""(?<![\w.,])(?:
        (?P<ago>(?:se{_UNIT}|{_AMOUNT}\s?{_UNIT})(?:\s{_AMOUNT}\s?{_UNIT})?)\s
        (?:yang\s|yg\s)?(?P<way>{_either(words.PAST + words.FUTURE)})
      | (?P<weekday>{_either(words.WEEKDAYS)})\s(?:(?:{_either(words.DAY_PARTS)})\s)?(?:yang\s|yg\s)?(?:lalu|silam)
      | (?P<now>{_either(words.JUST_NOW)})
      | (?P<period>{_either(words.PERIODS)})
      | (?P<day>{_either(words.DAYS)})
    )(?!\w)""",
    re.VERBOSE,
)
_ONE_AMOUNT = re.compile(rf"(se|{_AMOUNT})\s?({_UNIT})(?![a-z])")
_SEGMENT = re.compile(r"[|,;:()/]|\s-\s|-\s")


def _relative(folded: str, options: _Options) -> _Reading:
    text = " ".join(folded.split())
    match = _RELATIVE.search(text)
    if match is None:
        _refuse("no date")
    if options.reference is None:
        _refuse("a relative date, and no reference to count from")
    now = _in_zone(options.reference, options.zone)
    value = _counted(match, now)
    clock = _NEXT_CLOCK.match(text, match.end()) if match["day"] else None
    end = match.end()
    if clock and _is_clock(clock, True):
        hour, minute, second, microsecond = _clock(clock)
        if match["day"] in words.NIGHTS and hour < 12:
            _refuse("the small hours of a night belong to two dates")
        value = value.replace(hour=hour % 24, minute=minute, second=second, microsecond=microsecond)
        value = value.replace(tzinfo=_zone(clock) or options.zone) + timedelta(days=hour == 24)
        end = clock.end()
    _only_fillers(text[: match.start()], text[end:])
    return value, "relative", ()


def _counted(match: re.Match[str], now: datetime) -> datetime:
    """The moment that a match of _RELATIVE means."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    if match["now"]:
        return now
    if match["day"]:
        return midnight + timedelta(days=words.DAYS[match["day"]])
    if match["period"]:
        step, count = words.PERIODS[match["period"]]
        return midnight + _step(step, count)
    if match["weekday"] == "minggu":
        return midnight - timedelta(days=7)
    if match["weekday"]:
        back = (midnight.weekday() - words.WEEKDAYS[match["weekday"]]) % 7
        return midnight - timedelta(days=back or 7)
    sign = -1 if match["way"] in words.PAST else 1
    amounts = [(_amount(count), *words.UNITS[unit]) for count, unit in _ONE_AMOUNT.findall(match["ago"])]
    clocks = all(step in words.CLOCK_STEPS for _, step, _ in amounts)
    if len(amounts) > 1 and not clocks:
        _refuse("days and clocks mixed")
    value = now if clocks else midnight
    for (count, share), step, size in amounts:
        if clocks:
            value += sign * timedelta(**{step: count * size}) / share
        elif share != 1:
            _refuse("a part of a day or more")
        else:
            value += _step(step, sign * count * size)
    return value


def _step(step: str, count: int) -> relativedelta:
    """A step by the calendar: a month after 31 January is the last of February."""
    return (
        relativedelta(months=count)
        if step == "months"
        else (relativedelta(years=count) if step == "years" else relativedelta(days=count))
    )


def _amount(text: str) -> tuple[int, int]:
    """A count as (numerator, denominator): dua puluh lima is (25, 1), satu setengah is (3, 2)."""
    if text == "se":
        return 1, 1
    if text[0].isdigit():
        whole, _, half = text.replace(",", ".").partition(".")
        return (int(whole) * 2 + 1, 2) if half else (int(whole), 1)
    total, digit, share = 0, 0, 1
    for word in text.split():
        if word in words.FRACTIONS:
            part, share = words.FRACTIONS[word]
            return (total + digit) * share + part, share
        if word in words.TENS:
            times, plus = words.TENS[word]
            if not digit:
                _refuse(f"{word} without a number")
            total, digit = total + digit * times + plus if plus == 0 else total + digit + plus, 0
        elif digit:
            _refuse("two numbers")
        else:
            digit = words.NUMBERS[word]
    return total + digit, share


def _only_fillers(before: str, after: str) -> None:
    """Refuses a relative date with words beside it that may change it: beberapa, hampir, awal."""
    if _NUMBER.search(before) or _NUMBER.search(after):
        _refuse("numbers that belong to no date")
    for beside in (_SEGMENT.split(before)[-1], _SEGMENT.split(after)[0]):
        for word in _WORD.findall(beside):
            if word not in words.FILLERS and word not in words.DAY_PARTS and word not in _LOCAL_ZONES:
                _refuse(f"{word} beside a relative date")


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


_BESIDE_FIGURES = re.compile(
    r"(?:\b(?:no|nomor|nomer|rp|usd|us\$|versi|perkara|register|pasal)[\s.:]{0,3}|[\w./,:%$-])$"
)
_WEEKDAY_BEFORE = re.compile(rf"(?<![a-z'])({_WEEKDAY})(?:\s(?:{_either(words.DAY_PARTS)}))?([\s,.]{{0,3}}\(?\s?)$")
_LOOK_BACK = 40


def find_dates(text: str, *, zone: tzinfo = JAKARTA, reference: datetime | None = None) -> list[FoundDate]:
    """The dates within running text, in their order: datelines and published lines.

    zone and reference as in ``read_date``; dates without a year are left out where no reference is given. Prices,
    scores and numbers of laws are no dates. Never raises; the time is linear in the length of the text.
    """
    folded = text.replace("İ", "I").lower().translate(_FOLD)
    options = _Options(zone, reference, False, False)
    found: list[FoundDate] = []
    for match in _DATE.finditer(folded):
        if not found or match.start() >= found[-1].end:
            one = _found(text, folded, match, options)
            if one:
                found.append(one)
    return found


def _found(text: str, folded: str, match: re.Match[str], options: _Options) -> FoundDate | None:
    before = folded[max(0, match.start() - _LOOK_BACK) : match.start()]
    weekday = _WEEKDAY_BEFORE.search(before)
    named = match[10] is not None
    year = match[1] or match[8] or match[11]
    if _BESIDE_FIGURES.search(before) or re.match(r"[\w%]|[/-]\w|[.,][0-9]", folded[match.end() : match.end() + 2]):
        return None
    if not weekday and not named and (year is None or len(year) == 2):
        return None
    try:
        pieces = _simple_pieces(folded[: match.end() + 80], match, False)
        value, warnings = _value(pieces._replace(before=weekday[1] if weekday else "", after=""), options)
    except (_RefusalError, OverflowError):
        return None
    start = match.start() - len(weekday[0]) if weekday else match.start()
    end = pieces.clock.end() if pieces.clock else match.end()
    origin = "yearless" if year is None else "iso" if match[1] else "full"
    return FoundDate(
        start=start,
        end=end,
        text=text[start:end],
        moment=Moment(value=value, origin=origin, warnings=warnings),
        has_time=pieces.clock is not None,
        complete=year is not None,
        weekday=weekday is not None,
    )
