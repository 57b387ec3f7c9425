"""A date's text taken apart: day, clock, and the words that are left over. Part of ``feeds.dates``.

Here are the patterns; what the pieces mean together (the year, the zone, the weekday) is decided in ``feeds.dates``.
Texts are folded: lower case, one kind of dash and apostrophe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from feeds import indonesian as words


class RefusedError(ValueError):
    """Why a text is no date; becomes a DateError, which also knows the text."""


class Day(NamedTuple):
    year: int | None
    month: int
    day: int


class Pieces(NamedTuple):
    """What a text was taken apart into.

    day: the date, or the start of a range (then ranged). clock: a match of CLOCK. before, after: what is left over.
    loose: two groups of figures only (3/12), which are a date only alone, in parentheses or beside a weekday.
    """

    day: Day
    clock: re.Match[str] | None
    before: str
    after: str
    ranged: bool = False
    loose: bool = False


def either(choices: Iterable[str]) -> str:
    """A pattern for any of the words, longest first, with any blank for a blank."""
    return "|".join(re.escape(word).replace("\\ ", r"\s{1,3}") for word in sorted(choices, key=lambda w: (-len(w), w)))


_MONTH = either(words.MONTHS)
_WEEKDAY = either(words.WEEKDAYS | words.SHORT_WEEKDAYS)
_TO = either(words.RANGE_WORDS)
_PART = rf"(?:{either(words.DAY_PARTS)}|[ap]\.?m\b\.?)"
_ZONE = either(words.ZONES)
_YEAR = r"[0-9]{4}(?:(?![0-9])|(?=[0-9]{1,2}[:.][0-9]{2}))"  # the second: a clock glued to the year, 202516:00

DATE = re.compile(
    rf"""(?<![0-9a-z])(?:
        (?P<year_first>[0-9]{{4}})(?P<mark>[-/.])(?P<month_second>[0-9]{{1,2}})(?P=mark)(?P<day_last>[0-9]{{1,2}})(?![0-9])
      | (?P<day>[0-9]{{1,2}})(?:
            \s?(?P<sign>[-/.])\s?(?P<month>[0-9]{{1,2}})\s?(?P=sign)\s?
            '?(?P<year>{_YEAR}|[0-9]{{2}}(?![0-9]|[.:][0-9]))
          | /(?P<month_only>[0-9]{{1,2}})(?![0-9/]|\s?[./]\s?[0-9]|\s?-\s?[0-9]{{4}})
          | [\s.,_+-]{{0,4}}(?P<name>{_MONTH})(?![a-z'])\.?
            (?:[\s.,_+'/-]{{0,4}}
            (?P<name_year>{_YEAR}|[0-9]{{2}}(?![0-9]|[.:/-][0-9]|\s{{0,3}}(?!pukul|pkl|jam)[a-z])))?
      )
      | (?P<name_first>{_MONTH})(?![a-z'])\.?\s{{1,3}}(?P<day_second>[0-9]{{1,2}})(?:st|nd|rd|th)?
        (?P<comma>\s?,\s{{0,3}}|\s{{1,3}})(?P<last_year>{_YEAR})
      )""",
    re.VERBOSE,
)
"""Year first; or day, month, year in figures; or day/month; or day, month's name and perhaps a year; or month's name,
day, year. A year of two digits behind a name must not be followed by a word: ``3 Desember 10 WIB`` may be a clock."""

_CLOCK_END = r"(?:[01]?[0-9]|2[0-4])[.:][0-5][0-9]"
_CLOCK_PATTERN = rf"""
    (?:(?<![a-z])(?P<word>pukul|pkl|jam)[\s.:]{{0,3}})?
    (?<![0-9])(?<![0-9][.,:/])(?P<hour>[0-9]{{1,2}})
    (?:
        (?P<mark>[.:])(?P<minute>[0-9]{{2}})(?:[.:](?P<second>[0-9]{{2}})(?:[.,](?P<fraction>[0-9]{{1,9}}))?)?(?![0-9])
        (?:\s?(?:{_TO})\s?{_CLOCK_END}(?![0-9.:]))?
      | (?![0-9]|[.:,/][0-9])(?:\s?(?:{_TO})\s?[0-9]{{1,2}}(?![0-9.:/]))?
    )
    (?:\s{{0,2}}(?P<part>{_PART})(?![a-z]))?
    (?:[\s(]{{0,2}}(?P<zone>{_ZONE})(?![a-z]))?
    (?:[\s(]{{0,2}}(?:(?:gmt|utc)\s?)?(?P<offset>\+\s?[0-9]{{1,2}}(?:[:.]?[0-9]{{2}})?(?![0-9])
        |(?<=gmt)-[0-9]{{1,2}}(?![0-9:])|(?<=utc)-[0-9]{{1,2}}(?![0-9:])|-[0-9]{{4}}(?![0-9]))\)?)?
    (?:\s?(?P<place>(?:asia|australia|europe|america|africa|pacific)/[a-z_]{{2,30}}))?
    (?:\s?(?:{_TO})\s?{_CLOCK_END}(?:\s?(?:{_ZONE})(?![a-z]))?(?![0-9.:]))?
"""
CLOCK = re.compile(_CLOCK_PATTERN, re.VERBOSE)
NEXT_CLOCK = re.compile(rf"[\s,;|()/@-]{{0,6}}(?:(?:t|pada|at|sekitar)\s{{0,2}})?{_CLOCK_PATTERN}", re.VERBOSE)
"""A clock, anywhere; and one right behind a date."""

NUMBER = re.compile(r"\b\d|\d[/:-]|[0-9]{4}")
"""A digit that does not belong to a name as in Liputan6."""
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_HIJRI = re.compile(rf"[0-9]{{1,2}}\s(?:{'|'.join(words.HIJRI_MONTHS)})\s1[34][0-9]{{2}}(?![0-9])(?:\s?h\b)?")
_COUNTER = re.compile(
    r"(?<![0-9/.,:-])(?<!- )[0-9][0-9.,]{0,9}\s?(?:(?:rb|ribu|jt|juta|k)\s?)?(?:x\s)?"
    r"(?:views?|kali|komentar|comments?|pembaca|dilihat|dibaca|shares?|likes?|hits?"
    r"|(?:menit|min|mins|minutes?)\s(?:baca|membaca|read))(?![a-z])"
)
"""How often a page was seen, or how long it takes to read: 4,160 Views; 2 menit baca."""
WEEKDAY_BEFORE = re.compile(
    rf"(?<![a-z'-])({_WEEKDAY})(?:\s?(?:{_TO}|/|dan)\s?(?:{_WEEKDAY}))?(?:\s(?:{either(words.DAY_PARTS)}))?[\s,.]{{0,3}}\(?\s?$"
)
"""The weekday, or the first of two, right before a date."""
_RANGE_BETWEEN = re.compile(rf"[\s,)]{{0,3}}(?:{_TO})[\s,(]{{0,3}}(?:(?:{_WEEKDAY})[\s,(]{{1,3}})?")
RANGE_START = re.compile(rf"(?<![0-9])(?<![0-9][.,:/])([0-9]{{1,2}})\s?(?:{_TO})\s?$")
_BETWEEN = words.BESIDE_CLOCK.union(words.WEEKDAYS, words.SHORT_WEEKDAYS, words.DAY_PARTS, words.LOCAL_ZONES)
"""Words that may stand between a clock and its date."""
_LABEL = re.compile(rf"\b(?={either(words.PUBLISHED | words.UPDATED)})")


def day_of(match: re.Match[str], month_first: bool) -> Day:
    """The figures of a match of DATE."""
    if match["name"]:
        return Day(_year(match["name_year"]), words.MONTHS[match["name"]], int(match["day"]))
    if match["name_first"]:
        return Day(int(match["last_year"]), words.MONTHS[match["name_first"]], int(match["day_second"]))
    if match["year_first"]:
        return _checked(Day(int(match["year_first"]), int(match["month_second"]), int(match["day_last"])))
    if match["month_only"]:
        return _checked(Day(None, int(match["month_only"]), int(match["day"])))
    month, day = int(match["month"]), int(match["day"])
    if month_first and match["sign"] != ".":
        month, day = day, month
    return _checked(Day(_year(match["year"]), month, day))


def _year(figures: str | None) -> int | None:
    if figures is None:
        return None
    return int(figures) + 2000 if len(figures) == 2 else int(figures)


def _checked(day: Day) -> Day:
    if not 1 <= day.month <= 12:
        raise RefusedError(f"there is no month {day.month} (the day comes before the month)")
    return day


def is_clock(clock: re.Match[str], beside_date: bool) -> bool:
    """Whether figures are a clock: ``14.30`` alone is none, nor is a number without a word that makes it an hour."""
    if clock["word"]:
        return True
    if clock["minute"]:
        return beside_date or clock["mark"] == ":" or clock["part"] is not None or clock["zone"] is not None
    return clock["part"] is not None and clock["hour"] != "24"  # '24 is a year


def clock_behind(folded: str, end: int, beside: bool) -> re.Match[str] | None:
    """The clock right behind a date that ends at ``end``; beside: it needs no word or zone to be one."""
    clock = NEXT_CLOCK.match(folded, end)
    return clock if clock and is_clock(clock, beside) else None


def simple_pieces(folded: str, match: re.Match[str], month_first: bool) -> Pieces:
    """A date with the clock right behind it, as most texts have it."""
    day = day_of(match, month_first)
    clock = clock_behind(folded, match.end(), day.year is not None)
    rest = (clock or match).end()
    return Pieces(day, clock, folded[: match.start()], folded[rest:], loose=match["month_only"] is not None)


def all_pieces(folded: str, month_first: bool) -> Pieces:
    """A text with further numbers: a range, a second date, a clock elsewhere. Numbers that stay over are refused."""
    text = _without_updates(_COUNTER.sub(" ", _HIJRI.sub(" ", folded)))
    matches = list(DATE.finditer(text))
    if not matches:
        raise RefusedError("no date")
    pieces = simple_pieces(text, matches[0], month_first)
    if len(matches) > 1:
        pieces = _first_of(text, matches, pieces, month_first)
    elif not matches[0]["year_first"] and (ranged := RANGE_START.search(pieces.before)):
        day = range_start(pieces.day, ranged)
        pieces = pieces._replace(day=day, before=pieces.before[: ranged.start()], ranged=True)
    pieces = _with_clock(pieces)
    if NUMBER.search(pieces.before) or NUMBER.search(pieces.after):
        raise RefusedError("numbers that belong to no date")
    return pieces


def _without_updates(text: str) -> str:
    """The text without what its page says about updates, where a date stays."""
    sections = _LABEL.split(text)
    kept = "".join(s for s in sections if not ((word := WORD.match(s)) and word[0] in words.UPDATED))
    return kept if DATE.search(kept) else text


def _first_of(text: str, matches: list[re.Match[str]], first: Pieces, month_first: bool) -> Pieces:
    """The start of a range of two dates; two ways of writing one date are that date."""
    if len(matches) > 2:
        raise RefusedError("more than two dates")
    last = simple_pieces(text, matches[1], month_first)
    between = text[len(text) - len(first.after) : matches[1].start()]
    if last.day == first.day and not (first.clock and last.clock):
        return Pieces(first.day, first.clock or last.clock, first.before, f"{between} {last.after}")
    if _RANGE_BETWEEN.fullmatch(between):
        clock = first.clock or (last.clock if first.day.year is None else None)
        if clock is None and last.clock:
            raise RefusedError("a clock that belongs to the end of a range only")
        day, loose = _start_of_range(first.day, last.day), first.loose and last.loose
        return Pieces(day, clock, first.before, last.after, ranged=True, loose=loose)
    raise RefusedError("two different dates")


def range_start(last: Day, ranged: re.Match[str]) -> Day:
    """The first day of a range within one month, from a match of RANGE_START before its last day."""
    first = int(ranged[1])
    if not 1 <= first < last.day:
        raise RefusedError("a range that runs backwards")
    return last._replace(day=first)


def _start_of_range(first: Day, last: Day) -> Day:
    """The first day with the year that the last one writes: 30 Desember-2 Januari 2025 starts in 2024."""
    if first.year is None and last.year is not None:
        over_new_year = (first.month, first.day) > (last.month, last.day) and first.month > 6
        first = first._replace(year=last.year - over_new_year)
    if first.year is not None and last.year is not None and first > last:
        raise RefusedError("a range that runs backwards")
    return first


def _with_clock(pieces: Pieces) -> Pieces:
    """The pieces with the clock that stands elsewhere; it is blanked where it stood."""
    clock, sides = pieces.clock, []
    for side, ahead in ((pieces.before, False), (pieces.after, True)):
        for found in CLOCK.finditer(side):
            between = side[: found.start()] if ahead else side[found.end() :]
            beside = pieces.day.year is not None and _BETWEEN.issuperset(WORD.findall(between))
            if is_clock(found, beside):
                clock = _one_clock(clock, found)
                side = side[: found.start()] + " " * len(found[0]) + side[found.end() :]
        sides.append(side)
    return pieces._replace(clock=clock, before=sides[0], after=sides[1])


def _one_clock(known: re.Match[str] | None, found: re.Match[str]) -> re.Match[str]:
    """Of two clocks the first, where they are one moment in two zones: 10.30 WIB / 11.30 WITA."""
    if known is None:
        return found
    same = known["minute"] == found["minute"] and not (known["part"] or found["part"])
    if same and known["zone"] in words.LOCAL_ZONES and found["zone"] in words.LOCAL_ZONES:
        ahead = words.ZONES[found["zone"]] - words.ZONES[known["zone"]]
        if (int(known["hour"]) + ahead) % 24 == int(found["hour"]) % 24:
            return known
    raise RefusedError("two different clocks")


def clock_time(clock: re.Match[str]) -> tuple[int, int, int, int]:
    """Hour (0 to 24), minute, second, microsecond."""
    hour, minute = int(clock["hour"]), int(clock["minute"] or 0)
    second, fraction = int(clock["second"] or 0), int((clock["fraction"] or "").ljust(6, "0")[:6])
    if clock["part"]:
        hour = _hour_of_part(hour, clock["part"])
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second or fraction)):
        raise RefusedError("there is no such clock")
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
    raise RefusedError(f"there is no {hour} {part}")


def weekday_of(left: list[str], right: list[str], ranged: bool) -> int | None:
    """The weekday among the words around a date, the nearest one before it first; of a range, the one of its start."""
    nearest = [word for word in reversed(left) if word not in words.DAY_PARTS and word not in ("dini", "hari", "at")]
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


def amount_of(text: str) -> tuple[int, int]:
    """A count as (numerator, denominator): dua puluh lima is (25, 1), satu setengah is (3, 2)."""
    if text == "se":
        return 1, 1
    if text[0].isdigit():
        whole, _, half = text.replace(",", ".").partition(".")
        return (int(whole) * 2 + 1, 2) if half else (int(whole), 1)
    total, digit = 0, 0
    for word in text.split():
        if word in words.FRACTIONS:
            part, share = words.FRACTIONS[word]
            return (total + digit) * share + part, share
        if word == words.HUNDRED:
            total += 100
        elif word in words.TENS:
            if not digit:
                raise RefusedError(f"{word} without a number")
            factor, addend = words.TENS[word]
            total, digit = total + digit * factor + addend, 0
        elif digit:
            raise RefusedError("two numbers")
        else:
            digit = words.NUMBERS[word]
    return total + digit, 1


# Relative dates

_NUMBER_WORD = either([*words.NUMBERS, *words.TENS, *words.FRACTIONS, words.HUNDRED])
_AMOUNT = rf"(?:[0-9]{{1,4}}(?:[.,]5)?|(?:(?:{_NUMBER_WORD})\s?){{1,5}})"
_UNIT = rf"(?:{either(words.UNITS)})"
RELATIVE = re.compile(
    rf"""(?<![\w.,])(?:
        (?P<ago>(?:se{_UNIT}|{_AMOUNT}\s?{_UNIT})(?:\s{_AMOUNT}\s?{_UNIT})?)\s
        (?:yang\s|yg\s)?(?P<way>{either(words.PAST + words.FUTURE)})
      | (?P<weekday>{either(words.WEEKDAYS.keys() - {"minggu"})})\s
        (?:(?:{either(words.DAY_PARTS)})\s)?(?:yang\s|yg\s)?(?:lalu|silam)
      | (?P<now>{either(words.JUST_NOW)})
      | (?P<day>{either(words.DAYS)})(?:\s(?:{either(words.DAY_PARTS)}))?
    )(?!\w)""",
    re.VERBOSE,
)
ONE_AMOUNT = re.compile(rf"(se|{_AMOUNT})\s?({_UNIT})(?![a-z])")
_HARMLESS = words.FILLERS.union(words.WEEKDAYS, words.DAY_PARTS, words.LOCAL_ZONES)
_SEGMENT = re.compile(r"[|,;:()/]|\s-\s|-\s")


def only_fillers(before: str, after: str, weekday: int) -> None:
    """Refuses a relative date with words beside it that may change it: beberapa, hampir, awal."""
    if NUMBER.search(before) or NUMBER.search(after):
        raise RefusedError("numbers that belong to no date")
    if before.rstrip()[-1:] in {"±", "~", "<", ">", "≈", "+"}:
        raise RefusedError("a date that is only about right")
    nearby = WORD.findall(_SEGMENT.split(before)[-1]) + WORD.findall(_SEGMENT.split(after)[0])
    for word in nearby:
        if word not in _HARMLESS:
            raise RefusedError(f"{word} beside a relative date")
    for word in WORD.findall(before) + WORD.findall(after):
        if words.WEEKDAYS.get(word, weekday) != weekday:
            raise RefusedError(f"{word} is another day")
