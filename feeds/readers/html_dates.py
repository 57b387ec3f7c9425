"""Which of a page's dates is the day of its publication.

Order of trust: metadata (JSON-LD, meta, microdata), a published line below the headline where it names another day
than what follows, <time> beside the headline, the day in the page's own address, other lines that a visitor sees, the
dateline of the first paragraph, the day of a change. A date that cannot be understood, or that could be another
article's, is passed over: no date is better than a wrong one. ``passed`` says what was passed over, and why; ``doubt``
what is not sure of the date that was taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from lxml.html import HtmlElement

from feeds.dates import FoundDate, find_dates, read_date
from feeds.errors import DateError
from feeds.model import DateOrigin
from feeds.readers.capture_dates import date_of
from feeds.readers.capture_lines import LONG, Line, split_lines
from feeds.readers.capture_page import classify
from feeds.readers.html_head import CHANGED, Head, own_dates
from feeds.readers.html_metadata import Facts, squash
from feeds.readers.html_tree import Found, line_of, moment_of

MOST_TIMES = 50
"""<time>s that are looked at; the article's own is among the first."""

HEADER = range(-8, 16)
"""The lines around a headline among which its published line stands."""


@dataclass(slots=True)
class Choice:
    """date, updated: as a Draft has them. found, changed: the value and its place, as ``explain`` shows them."""

    date: str | datetime | None = None
    origin: DateOrigin = "metadata"
    updated: str | datetime | None = None
    found: Found | None = None
    changed: Found | None = None
    passed: list[tuple[Found, str]] = field(default_factory=list)
    local: bool = False  # what is written as UTC is the local clock
    doubt: str = ""  # a sentence for the newsroom


class _Dated(NamedTuple):
    """A value that was understood. local: it names no zone, or an Indonesian one."""

    found: Found
    text: str | datetime
    value: datetime
    timed: bool
    local: bool

    def minute(self) -> datetime:
        """Its clock's face, whatever the zone."""
        return self.value.replace(second=0, microsecond=0, tzinfo=None)


class _Beside(NamedTuple):
    """The lines between the headline and the first paragraph. unclear: a published line without a day, else ""."""

    published: list[_Dated]
    changed: list[_Dated]
    unclear: str


def choose_date(facts: Facts, lines: Sequence[tuple[str, int]], title: str, head: Head) -> Choice:
    """The date of a page. lines: what a visitor sees of the article (``visible_lines``); title: the chosen headline."""
    choice = Choice()
    marked = list(_understood(_marked(facts, head, choice), facts, choice))
    beside = _beside(lines, title)
    best = _best(marked)
    if best is not None and not best.local and best.timed and _is_indonesian(facts):
        best = _in_its_zone(best, marked, lines, title, choice)
    if best is not None and not best.timed:
        best = _to_the_minute(best, lines, title, choice)
    if best is not None:
        best = _agreeing(best, beside, facts, choice)
        choice.date, choice.found = best.text, best.found
        choice.passed += [(other.found, _why_not(other, best)) for other in marked if other.found != best.found]
    else:
        _from_what_is_seen(lines, title, beside, choice)
    _changed(facts, choice)
    _tell_change(beside, choice)
    return choice


def _marked(facts: Facts, head: Head, choice: Choice) -> Iterator[Found]:
    yield from facts.values["published"]
    yield from _times(facts, head, choice)
    yield from _in_address(facts)
    yield from facts.values["created"]


def _agreeing(best: _Dated, beside: _Beside, facts: Facts, choice: Choice) -> _Dated:
    """The published line's date where it names another day than what is no metadata; else what was best."""
    line = next(iter(beside.published), None)
    if best.found.where in _LINES:
        choice.origin = "published"
    if line is None or any(_is_same_day(best.value, seen.value) for seen in beside.published):
        return best
    if best.found in facts.values["published"]:
        choice.doubt = f"its metadata says {best.found.value}, the page shows {line.found.value}; the former is taken"
        return best
    choice.origin = "published"
    return line


_LINES = ("published line", "date-header")


def _is_same_day(moment: datetime, shown: datetime) -> bool:
    """Whether a moment is on the day that is shown, by its own clock or by one of Indonesia's."""
    days = {moment.date()}
    if moment.tzinfo:
        days |= {moment.astimezone(timezone(timedelta(hours=hours))).date() for hours in (7, 8, 9)}
    return shown.date() in days


_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/-])")


def _in_address(facts: Facts) -> Iterator[Found]:
    if day := _ADDRESS.search(facts.link):
        yield Found("-".join(day.groups()), "the address", 0)


# --- <time> ---


def _times(facts: Facts, head: Head, choice: Choice) -> Iterator[Found]:
    """The <time> of the article's head."""
    own, others = own_dates(facts.page, head, MOST_TIMES)
    for element in own[:1]:
        yield _found(element)
    for element in (*own[1:], *others):
        if element.tag == "time":
            choice.passed.append((_found(element), "not the publication's, or not beside the headline"))


_CHANGE = re.compile(
    r"\s+(?=(?:terakhir )?(?:di)?(?:perbar?ui|update)\w{0,3}\b|(?:last )?(?:updated|modified)\b)", re.I
)


def _found(element: HtmlElement) -> Found:
    value = moment_of(element)
    if element.tag == "abbr":
        return Found(value, "abbr title", line_of(element))
    if element.tag == "time":
        return Found(value, "time datetime" if element.get("datetime") else "time", line_of(element))
    first = next(iter(find_dates(_CHANGE.split(value[:300])[0])), None)
    return Found(first.text if first else value, "date-header", line_of(element))


# --- understanding ---

_MONTH_FIRST = re.compile(
    r"^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b,?(?:\s+at)?", re.IGNORECASE
)
_GMT = re.compile(r"\bGMT([+-]\d{4})\s*\([^()]{0,60}\)\s*$")
_SLASHED = re.compile(r"^\D{0,20}(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}\b")
_NOON = re.compile(r"\d\s?[AP]M\b", re.IGNORECASE)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?$")
_CLOCK = re.compile(r"\d[:.]\d\d|T\d\d")
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|\b(?:GMT|UTC)(?:[+-]\d{1,4})?)\s*$", re.IGNORECASE)
_LOCAL = re.compile(r"\bWI(?:B|TA|T)\b|\+0?[789](?::?00)?\s*$", re.IGNORECASE)


def _understood(found: Iterator[Found], facts: Facts, choice: Choice) -> Iterator[_Dated]:
    foreign = not _is_indonesian(facts)
    for one in found:
        try:
            yield _dated(one, foreign=foreign)
        except DateError as error:
            choice.passed.append((one, error.reason))


def _dated(found: Found, *, foreign: bool) -> _Dated:
    text = found.value
    if _EPOCH.match(text):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return _Dated(found, moment, moment, timed=True, local=False)
    slashed = _SLASHED.match(text)
    if slashed and (foreign or _NOON.search(text)) and int(slashed[1]) < 13 and slashed[1] != slashed[2]:
        raise DateError(text, "its month may stand first")
    text = _MONTH_FIRST.sub(r"\2 \1 \3", _GMT.sub(r"\1", text))
    value = read_date(text).value
    if not 1990 <= value.year < 2100 or (value.year, value.month, value.day) == (1990, 1, 1):
        raise DateError(text, "a placeholder, no date of a page")
    timed = bool(_CLOCK.search(text))
    return _Dated(found, text, value, timed=timed, local=not _ZONE.search(text) or bool(_LOCAL.search(text)))


def _is_indonesian(facts: Facts) -> bool:
    """Whether a clock without a zone is an Indonesian one: the page says so, or says nothing of its language."""
    said = facts.page.root.get("lang") or facts.page.meta("og:locale")
    host = facts.link.split("/")[2] if facts.link.count("/") > 2 else ""
    return not said or said[:2].lower() in ("id", "in", "ms") or host.endswith(".id")


# --- choosing ---


def _best(marked: Sequence[_Dated]) -> _Dated | None:
    """The most trusted; where it is a bare day, the most trusted of the same day with a clock."""
    if not marked:
        return None
    first = marked[0]
    if first.timed:
        return first
    return next((m for m in marked if m.timed and m.value.date() == first.value.date()), first)


def _in_its_zone(
    best: _Dated, marked: Sequence[_Dated], lines: Sequence[tuple[str, int]], title: str, choice: Choice
) -> _Dated:
    """A clock that is written as UTC and shown as WIB is WIB: many systems write the local clock with ``+00:00``."""
    seen = [(dated, "metadata") for dated in marked if dated.local and dated.timed]
    seen += [(dated, "published") for dated in _header_dates(lines, title) if dated.timed]
    if any(abs(dated.value - best.value).total_seconds() < 120 for dated, _ in seen):
        return best
    for dated, origin in seen:
        if dated.minute() == best.minute():
            choice.origin = "published" if origin == "published" else "metadata"
            choice.local = True
            return dated
    return best


def _to_the_minute(best: _Dated, lines: Sequence[tuple[str, int]], title: str, choice: Choice) -> _Dated:
    """A bare day gets its clock from the published line of the same day."""
    for dated in _header_dates(lines, title):
        if dated.timed and dated.value.date() == best.value.date():
            choice.origin = "published"
            return dated
    return best


def _why_not(other: _Dated, best: _Dated) -> str:
    if other.value == best.value:
        return "the same moment"
    if other.value.date() == best.value.date():
        return "the same day, less trusted"
    return "another day, less trusted"


# --- what a visitor sees ---


def _around_title(lines: Sequence[tuple[str, int]], title: str) -> Sequence[tuple[str, int]]:
    place = _place_of(lines, title) or 0
    return lines[max(0, place + HEADER.start) : place + HEADER.stop]


def _header_dates(lines: Sequence[tuple[str, int]], title: str) -> Iterator[_Dated]:
    """The dates of the published lines beside the headline."""
    around = _around_title(lines, title)
    for line in _split(around):
        for dated, changed in _dates_in(line, around, ""):
            if not changed:
                yield dated


def _split(lines: Sequence[tuple[str, int]]) -> list[Line]:
    """Lines with their kinds; what a line says of a change is a line for itself."""
    texts = (text if len(text) > LONG else _CHANGE.sub("\n\n", text) for text, _ in lines)
    return split_lines("\n\n".join(texts))[0]


def _dates_in(line: Line, around: Sequence[tuple[str, int]], above: str) -> Iterator[tuple[_Dated, bool]]:
    """The dates of a date line, and whether each is called that of a change. above: the line before it."""
    label = above if len(above) < 30 else ""
    start = 0
    for found in _dates_of(line):
        label += line.text[start : found.start]
        where = Found(found.text, "published line", _line_number(around, line))
        dated = _Dated(where, found.text, found.moment.value, timed=found.has_time, local=True)
        yield dated, bool(CHANGED.search(label))
        label, start = "", found.end


_SAYS = re.compile(
    r"(?:di)?(?:posting|poskan|terbit|publikasi|tayang|unggah|muat|rilis|tulis)\w*\b|posted\b|published\b|oleh\b|by\b",
    re.IGNORECASE,
)
_AGE = re.compile(
    r".{0,60}\b(?:\d{1,3}|satu|sebuah|an?|se)\s?(?:detik|menit|jam|hari|minggu|pekan|bulan|tahun|seconds?|min(?:ute)?s?"
    r"|hours?|days?|weeks?|months?|years?)(?: yang)? (?:lalu|ago)\b.{0,30}",
    re.IGNORECASE,
)


def _dates_of(line: Line) -> list[FoundDate]:
    """The dates of a published line, also of one that says by whom (``Oleh Rina Sari pada 4 Mei 2024``)."""
    if line.kind == "date":
        return line.dates
    return find_dates(line.text) if len(line.text) < 120 and _SAYS.match(line.text) else []


def _line_number(lines: Sequence[tuple[str, int]], line: Line) -> int:
    return next((number for text, number in lines if line.raw in text), 0)


def _beside(lines: Sequence[tuple[str, int]], title: str) -> _Beside:
    beside = _Beside([], [], "")
    start = _place_of(lines, title)
    if start is None:
        return beside
    around = lines[start + 1 : start + HEADER.stop]
    above = ""
    for line in _split(around):
        if line.kind in ("prose", "dateline", "heading", "related"):
            break
        for dated, changed in _dates_in(line, around, above):
            (beside.changed if changed else beside.published).append(dated)
        if not beside.unclear and not _dates_of(line) and (line.kind == "date" or _AGE.fullmatch(line.text[:100])):
            beside = beside._replace(unclear=line.text)
        above = line.text
    return beside


def _place_of(lines: Sequence[tuple[str, int]], title: str) -> int | None:
    key = squash(title)
    return next((i for i, (text, _) in enumerate(lines) if key and squash(text) == key), None)


def _from_what_is_seen(lines: Sequence[tuple[str, int]], title: str, beside: _Beside, choice: Choice) -> None:
    """No metadata: the published line, else the rules for captures, on what stands from a little above the headline."""
    if beside.published:
        line = beside.published[0]
        choice.date, choice.origin, choice.found = line.text, "published", line.found
        return
    if beside.unclear:  # the day of the report is on the page, so no other is to be guessed at
        choice.date, choice.origin = beside.unclear, "published"
        choice.found = Found(beside.unclear, "published line", 0)
        return
    part = lines[max(0, (_place_of(lines, title) or 0) + HEADER.start) :]
    page = classify("\n\n".join(text for text, _ in part))
    date, updated, origin = date_of(page)
    if date is None or (origin == "dateline" and date.rstrip(")") not in next(iter(page.body.values()), "")):
        return
    if date in {dated.text for dated in beside.changed}:
        return  # told by ``_tell_change``
    number = next((number for text, number in part if date in text), 0)
    choice.date, choice.updated, choice.origin = date, updated, origin
    choice.found = Found(date, f"{origin} line" if origin == "published" else origin, number)


def _changed(facts: Facts, choice: Choice) -> None:
    """The date of the last change, where the page says it and it is not the publication's."""
    if choice.updated is not None:
        return
    published = choice.found
    for dated in _understood(iter(facts.values["modified"]), facts, choice):
        if published is None or dated.found.value != published.value:
            naive = choice.local and not dated.local
            choice.updated = dated.value.replace(tzinfo=None) if naive else dated.text
            choice.changed = dated.found
        return


def _tell_change(beside: _Beside, choice: Choice) -> None:
    """A change that the page shows; a page that tells no other date is published with it, and this is said."""
    if choice.updated is None and beside.changed:
        choice.updated, choice.changed = beside.changed[0].text, beside.changed[0].found
    if choice.date is None and choice.changed is not None:
        choice.date, choice.found = choice.updated, choice.changed
        choice.updated = choice.changed = None
        choice.origin = "published" if choice.found.where in _LINES else "metadata"
        choice.doubt = f"the page tells only the date of its last change, {choice.found.value}; that is taken"
