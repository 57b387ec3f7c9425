"""Which of a page's dates is the day of its publication.

Order of trust: metadata (JSON-LD, meta, microdata, <time> beside the headline, the day in the page's own address), a
published line that a visitor sees, a dateline. A date that cannot be understood, or that could be another article's, is
passed over: no date is better than a wrong one. ``passed`` says what was passed over, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from lxml.html import HtmlElement

from feeds.dates import read_date
from feeds.errors import DateError
from feeds.model import DateOrigin
from feeds.readers.capture_dates import date_of
from feeds.readers.capture_lines import Line, split_lines
from feeds.readers.capture_page import classify
from feeds.readers.html_metadata import Facts, squash
from feeds.readers.html_tree import Found, line_of, one_of, text_of

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


def choose_date(facts: Facts, lines: Sequence[tuple[str, int]], title: str) -> Choice:
    """The date of a page. lines: what a visitor sees (``visible_lines``); title: the headline that was chosen."""
    choice = Choice()
    marked = list(_understood(_marked(facts), facts, choice))
    best = _best(marked)
    if best is not None and not best.local and best.timed and _is_indonesian(facts):
        best = _in_its_zone(best, marked, lines, title, choice)
    if best is not None and not best.timed:
        best = _to_the_minute(best, lines, title, choice)
    if best is not None:
        choice.date, choice.found = best.text, best.found
        choice.passed += [(other.found, _why_not(other, best)) for other in marked if other.found != best.found]
    else:
        _from_what_is_seen(lines, title, choice)
    _changed(facts, choice)
    return choice


def _marked(facts: Facts) -> Iterator[Found]:
    yield from facts.values["published"]
    yield from _times(facts)
    yield from _in_address(facts)
    yield from facts.values["created"]


_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/-])")


def _in_address(facts: Facts) -> Iterator[Found]:
    if day := _ADDRESS.search(facts.link):
        yield Found("-".join(day.groups()), "the address", 0)


# --- <time> ---

_ELSEWHERE = one_of("li aside nav footer a dl table")
_CHANGED = re.compile(r"updat|modif|diperbarui|revis", re.IGNORECASE)


def _times(facts: Facts) -> Iterator[Found]:
    """The <time> of the article's head: the first that is in no list, link, margin or other article."""
    headings = facts.page.headings
    own = {article for h1 in headings[:1] for article in h1.iterancestors("article")}
    for element in facts.page.times[:MOST_TIMES]:
        above = list(element.iterancestors())
        articles = {node for node in above if node.tag == "article"}
        if any(node.tag in _ELSEWHERE for node in above) or (articles and own and not articles & own):
            continue
        if any(_CHANGED.search(_named(node)) for node in (element, *above[:2])):
            continue
        value = (element.get("datetime") or "").strip() or text_of(element)
        if value:
            yield Found(value, "time datetime" if element.get("datetime") else "time", line_of(element))
            return


def _named(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('itemprop') or ''}"[:300]


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
    key = squash(title)
    for i, (text, _) in enumerate(lines):
        if key and squash(text) == key:
            return lines[max(0, i + HEADER.start) : i + HEADER.stop]
    return lines[: HEADER.stop]


def _header_dates(lines: Sequence[tuple[str, int]], title: str) -> Iterator[_Dated]:
    """The dates of the published lines beside the headline."""
    around = _around_title(lines, title)
    for line in split_lines("\n\n".join(text for text, _ in around))[0]:
        for found in line.dates if line.kind == "date" else ():
            if _CHANGED.search(line.text[: found.start]):
                continue
            where = Found(found.text, "published line", _line_number(around, line))
            yield _Dated(where, found.text, found.moment.value, timed=found.has_time, local=True)


def _line_number(lines: Sequence[tuple[str, int]], line: Line) -> int:
    return next((number for text, number in lines if text == line.raw), 0)


def _from_what_is_seen(lines: Sequence[tuple[str, int]], title: str, choice: Choice) -> None:
    """No metadata: the rules for captures, on the page's visible text from a little above the headline on."""
    key = squash(title)
    start = next((i for i, (text, _) in enumerate(lines) if key and squash(text) == key), 0)
    part = lines[max(0, start + HEADER.start) :]
    date, updated, origin = date_of(classify("\n\n".join(text for text, _ in part)))
    if date is None:
        return
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
