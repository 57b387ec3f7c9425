"""Which of a text capture's dates is the day of its publication."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feeds.dates import FoundDate, find_dates
from feeds.model import DateOrigin
from feeds.readers import capture_words as words
from feeds.readers.capture_lines import DATEISH, Line
from feeds.readers.capture_page import Page

NEAR = 31  # days within which two dates in a body are of the same affair

_DAY = r"(?:senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad)"
_YEARLESS = re.compile(
    rf"\b{_DAY},?\s*\(?\s*(?:\d{{1,2}}\s?[/-]\s?\d{{1,2}}\b(?!\s?[/-]\s?\d)|\d{{1,2}} [a-z]{{3,9}}\b(?!,? \d{{4}}))\)?"
    r"|\(\d{1,2}/\d{1,2}\)",
    re.I,
)

_CLAUSE = re.compile(r"[.!?;][\"”]?\s")
_WORD = re.compile(r"[^\W_]+")


def date_of(page: Page) -> tuple[str | None, str | None, DateOrigin]:
    """(date, updated, where the date stood), by the order of trust: metadata, a published line, the body, a caption."""
    if page.metadata:
        return page.metadata, None, "metadata"
    in_body = _body_date(page)
    published, updated = _published(page, in_body)
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


def _published(page: Page, in_body: FoundDate | str) -> tuple[str, str | None]:
    """The best date line of the head, else a labelled one of the tail, and the date of the last change."""
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
            if rank and (i < page.start or not changed):
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
        return 4 if 0 <= (found.moment.value.date() - in_body.moment.value.date()).days <= 14 else 0
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
    firm: list[FoundDate] = []
    loose: FoundDate | None = None
    yearless = ""
    for n, (i, text) in enumerate(page.body.items()):
        text = text[:5000]
        if not DATEISH.search(text):
            continue
        if not firm and not yearless and (match := _YEARLESS.search(text)):
            early = [f for f in find_dates(text[: match.start()]) if f.weekday]
            yearless = "" if early else _closed(match[0])
        for found in find_dates(text):
            if _speaks_of(words.FUTURE_WORDS, text, found):
                continue
            opening = n == 0 and found.start < 60 and page.lines[i].kind == "dateline"
            if found.weekday or text[found.start - 1 : found.start] == "(" or opening:
                firm.append(found)
            elif n == 0 and not _speaks_of(words.PAST_WORDS, text, found):
                loose = loose or found
    if not firm:
        return yearless or loose or ""
    best = _reported(firm)
    return yearless if yearless and not _agrees_within(yearless, best) else best


def _speaks_of(phrases: Sequence[str], text: str, found: FoundDate) -> bool:
    """Whether one of the phrases stands right beside a date, in its own sentence."""
    before = _CLAUSE.split(text[max(0, found.start - 60) : found.start])[-1]
    beside = " ".join(_WORD.findall(f"{before} {text[found.end : found.end + 20]}".casefold()))
    return any(f" {phrase} " in f" {beside} " for phrase in phrases)


def _reported(firm: Sequence[FoundDate]) -> FoundDate:
    """The first day named, unless a later one is of another time: then the first was of an older event."""
    newest = max(firm, key=lambda found: found.moment.value)
    if (newest.moment.value - firm[0].moment.value).days > NEAR:
        return next(f for f in firm if (newest.moment.value - f.moment.value).days <= NEAR)
    return firm[0]


def _agrees_within(yearless: str, found: FoundDate) -> bool:
    """Whether a day without its year is the full date nearby, or within a week of it."""
    digits = re.findall(r"\d{1,2}", yearless)
    value = found.moment.value
    return len(digits) == 2 and int(digits[1]) == value.month and abs(int(digits[0]) - value.day) <= 7
