"""Which of a text capture's dates is the day of its publication."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from feeds.dates import FoundDate, find_dates
from feeds.model import DateOrigin
from feeds.readers import capture_words as words
from feeds.readers.capture_bylines import POSTED_AT
from feeds.readers.capture_lines import DATEISH, TERMINAL, Line
from feeds.readers.capture_page import Page

NEAR = 31  # days within which two dates in a body are of the same affair
LEDE = 600  # characters in which a lede names its day
DEEP = 4  # paragraphs behind the lede in which a day may yet be the report's
SHORT = 40  # characters below which a line is no paragraph
LONGEST = 5000  # characters of a paragraph that are looked at

_DAY = r"(?:senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad)"
_YEARLESS = re.compile(
    rf"\b{_DAY},?\s*\(?\s*(?:\d{{1,2}}\s?[/-]\s?\d{{1,2}}\b(?!\s?[/-]\s?\d)|\d{{1,2}} [a-z]{{3,9}}\b(?!,? \d{{4}}))\)?"
    r"|\(\d{1,2}/\d{1,2}\)",
    re.I,
)

_SIGN = re.compile(r"[.,!?;:)]")
_CLAUSE = re.compile(r"[.!?;][\"”]?\s")
_WORD = re.compile(r"[^\W_]+")


def date_of(page: Page) -> tuple[str | None, str | None, DateOrigin]:
    """(date, updated, where the date stood), by the order of trust: metadata, a published line, the body, a caption."""
    if page.metadata:
        return page.metadata, None, "metadata"
    in_body = _body_date(page)
    clock = next((match[2] for line in page.lines if (match := POSTED_AT.fullmatch(line.text))), "")
    published, updated = _published(page, in_body, clock)
    if published:
        return published, updated, "published"
    if isinstance(in_body, FoundDate):
        return _closed(in_body.text), None, "dateline"
    beside = [line for line in page.lines if line.role in ("teaser", "caption")]
    for line in beside:
        if len(line.text) < 1000 and (found := find_dates(line.text)):
            return _closed(found[0].text), None, "dateline"
    ago = next((line for line in page.lines[: page.start] if line.kind == "date" and not line.dates), None)
    if ago:
        return ago.text, None, "published"
    return in_body or None, None, "dateline"


def _closed(text: str) -> str:
    return text + ")" if text.count("(") > text.count(")") else text


def _published(page: Page, in_body: FoundDate | str, clock: str) -> tuple[str, str | None]:
    """The best date line of the head, else a labelled one of the tail, and the date of the last change.

    clock: of the line at the article's end by which Blogger completes the date above the title.
    """
    ranked: list[tuple[int, int, str]] = []
    updates: list[str] = []
    for i, line in enumerate(page.lines):
        if i >= page.tail and line.kind == "heading":
            break
        if line.kind != "date" or (page.start <= i < page.tail and line.role != "date"):
            continue
        above, end = _label_above(page.lines, i), 0
        for found in line.dates:
            label = set(_WORD.findall(f"{above} {line.text[end : found.start]} {found.text}".casefold()))
            above, end = "", found.end
            changed = bool(label & words.UPDATED_WORDS)
            if changed and i < page.start:
                updates.append(found.text)
            rank = 5 if changed else _rank(page, i, found, bool(label & words.PUBLISHED_WORDS), in_body)
            above_title = page.title is not None and i < page.title and not found.has_time
            if above_title and clock and not changed:
                ranked.append((rank or 4, i, f"{found.text} pukul {clock}"))
            elif rank and (i < page.start or not changed):
                ranked.append((rank, i, found.text))
    if not ranked:
        return "", None
    best = min(ranked)[2]
    return best, next((text for text in updates if text != best), None)


def _label_above(lines: Sequence[Line], i: int) -> str:
    """``Diterbitkan`` on a line of its own above the date."""
    above = lines[i - 1].text if i else ""
    return above if all(word.strip(" :,") in words.DATE_WORDS for word in above.casefold().split()) else ""


def _rank(page: Page, i: int, found: FoundDate, labelled: bool, in_body: FoundDate | str) -> int:
    """How far a date is to be trusted as the publication's (1 most); 0: not at all."""
    if i >= page.start:
        # Unlabelled behind the article's beginning it is the crawl's, or another article's.
        return 6 if labelled else 0
    if labelled:
        return 1
    if page.title is None or i > page.title or page.title > page.start:
        return 2 if found.has_time else 3
    if isinstance(in_body, FoundDate):
        # Above the title stands the article's date or the day on which the page was fetched: the body tells.
        # No page is fetched before its article is written: an earlier day is the article's.
        return 4 if (found.moment.value.date() - in_body.moment.value.date()).days <= 14 else 0
    if in_body:
        return 4 if _agrees(in_body, found) else 0
    return 4 if found.has_time or i > 0 else 0


def _agrees(yearless: str, found: FoundDate) -> bool:
    """Whether a day without its year lies in the fortnight before a date."""
    digits = re.findall(r"\d{1,2}", yearless)
    if len(digits) != 2:
        return False
    value = found.moment.value
    distance = (value.month * 30.4 + value.day) - (int(digits[1]) * 30.4 + int(digits[0]))
    return -0.5 <= distance % 365 <= 15 or distance % 365 >= 364.5


def _body_date(page: Page) -> FoundDate | str:
    """The day of the report within the text; a day without its year as text; "" where there is none to be sure of."""
    firm: list[_Told] = []
    loose: FoundDate | None = None
    yearless = ""
    for n, (kind, text) in enumerate(_paragraphs(page)):
        if not DATEISH.search(text):
            continue
        if not firm and not yearless and (match := _YEARLESS.search(text)):
            early = [f for f in find_dates(text[: match.start()]) if f.weekday]
            yearless = "" if early else _closed(match[0])
        for found in find_dates(text):
            if _speaks_of(words.FUTURE_WORDS, text, found):
                continue
            opening = n == 0 and found.start < 60 and kind == "dateline"
            if found.weekday or text[found.start - 1 : found.start] == "(" or opening:
                firm.append(_told(text, found, n))
            elif n == 0 and found.start < LEDE and not _speaks_of(words.PAST_WORDS, text, found):
                loose = loose or found
    if not firm:
        return yearless or loose or ""
    best = _reported(firm)
    return yearless if yearless and not (best and _agrees_within(yearless, best)) else best or ""


def _paragraphs(page: Page) -> Iterator[tuple[str, str]]:
    """The body's paragraphs with the kind of their first line; wrapped lines, subheadings, lone datelines joined on."""
    kind, parts, size = "", list[str](), 0
    for i, text in page.body.items():
        line, last = page.lines[i], parts[-1] if parts else ""
        apart = size >= SHORT and ((line.gap and last[-1:] not in "-–—") or len(last) < SHORT)
        if apart or TERMINAL.search(last) or size > LONGEST:
            yield kind, " ".join(parts)[:LONGEST]
            parts, size = [], 0
        kind = kind if parts else line.kind
        parts.append(text)
        size += len(text)
    yield kind, " ".join(parts)[:LONGEST]


class _Told(NamedTuple):
    """A full date of the body.

    paragraph: the one it stands in; past: it is told as the day of an event before the report; said: it stands where
    a report has the day of what was said to it, ``kata camat, Senin (2/12/2024)``.
    """

    found: FoundDate
    paragraph: int
    past: bool
    said: bool

    @property
    def day(self) -> date:
        return self.found.moment.value.date()


def _before(text: str, found: FoundDate) -> tuple[list[str], bool]:
    """The words before a date in its own sentence, the nearest last, up to a word of speech; whether there is one."""
    before = _WORD.findall(_CLAUSE.split(text[max(0, found.start - 60) : found.start])[-1].casefold())
    said = max((n for n, word in enumerate(before) if word in words.SPEECH_WORDS), default=-1)
    return before[said + 1 :], said >= 0


def _behind(text: str, found: FoundDate) -> list[str]:
    """The words right behind a date, up to the next sign."""
    behind = text[found.end : found.end + 20].lstrip(" )")
    return _WORD.findall(_SIGN.split(behind)[0].casefold())


def _speaks_of(phrases: Sequence[str], text: str, found: FoundDate) -> bool:
    """Whether one of the phrases stands right beside a date, in its own sentence."""
    beside = " ".join([*_before(text, found)[0], *_behind(text, found)[:1]])
    return any(f" {phrase} " in f" {beside} " for phrase in phrases)


def _told(text: str, found: FoundDate, paragraph: int) -> _Told:
    """How the text speaks of a date: as ``sejak Senin (2/12/2024)``, or as the day on which something was said."""
    before, said = _before(text, found)
    said = said or text[: found.start].rstrip(" (")[-1:] == ","
    while before and before[-1] in words.DAY_FILLERS:
        before.pop()
    last = before[-1] if before else ""
    past = (
        last in words.SINCE_WORDS
        or bool(words.AGO_WORDS.intersection(_behind(text, found)))
        or (not said and paragraph > 0 and (paragraph > DEEP or bool(words.HAPPENED_WORDS.intersection(before[-6:]))))
    )
    return _Told(found, paragraph, past, said)


def _reported(firm: Sequence[_Told]) -> FoundDate | None:
    """The lede's day, unless one of a later time follows; else the first that something was said on, or the only one.

    None where this leaves doubt: all are of events before the report, or one behind the lede is of another time.
    """
    told = [one for one in firm if not one.past]
    if told and (told[0].said or (told[0].paragraph and len({one.day for one in firm}) > 1)):
        told = [one for one in told if one.said]
    if not told:
        return None
    first, newest = told[0], max(one.day for one in told)
    if (newest - first.day).days <= NEAR:
        return first.found
    return None if first.paragraph else next(one.found for one in told if (newest - one.day).days <= NEAR)


def _agrees_within(yearless: str, found: FoundDate) -> bool:
    """Whether a day without its year is the full date nearby, or within a week of it."""
    digits = re.findall(r"\d{1,2}", yearless)
    value = found.moment.value
    return len(digits) == 2 and int(digits[1]) == value.month and abs(int(digits[0]) - value.day) <= 7
