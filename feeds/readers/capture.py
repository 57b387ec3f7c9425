"""Text captures: the visible text of one article page in a ``.txt`` file -> one Draft.

One way through: every line has a *kind* by its own words (``capture_lines``); then the place where the article begins
and the one where it ends are found, and every line gets its *role* (``capture_page``); the Draft is put together from
the roles. ``explain`` shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from feeds.errors import ArticleError
from feeds.model import Draft
from feeds.readers import PLAIN, Line, Options
from feeds.readers import capture_words as words
from feeds.readers.capture_bylines import bylines, is_name, names
from feeds.readers.capture_dates import date_of
from feeds.readers.capture_lines import ITEM, TERMINAL, capitals, dateline, without, without_site
from feeds.readers.capture_page import Page, classify

HEADLINE = 110  # characters that a headline made from the lede may have

_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*(?=\s+[A-Z\d\"“‘])")
_DAY = r"(?:senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad)"
_LEDE_DATE = re.compile(
    rf",?\s*(?:pada\s+)?{_DAY},?\s*\([\d\s/.-]{{3,12}}\)?\)?(?:\s+(?:pagi|siang|sore|malam))?", re.I
)
_WORD = re.compile(r"[^\W_]+")


def read(
    path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The one article of a capture, or why there is none. ``only`` is for other formats."""
    del only
    page = _page_of(text, options)
    paragraphs = _paragraphs(page)
    if not paragraphs:
        yield ArticleError(path=path, kind="unreadable", reason="the capture has no text of an article")
        return
    title = _headline_of(paragraphs) if page.title is None else without_site(page.lines[page.title].text)
    if not title:
        yield ArticleError(path=path, kind="title", reason="the capture has no title, and its text begins with none")
        return
    date, updated, origin = date_of(page)
    yield Draft(
        path=path,
        title=title,
        title_origin="lede" if page.title is None else "line",
        date=date,
        date_origin=origin,
        updated=updated,
        body="\n\n".join(paragraphs),
        body_format="text",
        summary=next((line.text for line in page.lines if line.role == "teaser"), ""),
        authors=_authors(page),
        categories=_categories(page),
        source=(dateline(paragraphs[0]) or (0, ""))[1],
    )


def explain(path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None) -> Iterator[Line]:
    """Each line that is not blank, with its role as ``read`` goes by it.

    Roles: title, date, byline, caption, category, teaser, noise, body, tail.
    """
    del path, only
    return (Line(line.number, line.role, line.raw) for line in _page_of(text, options).lines)


def _page_of(text: str, options: Options) -> Page:
    options.limits.hold("elements", text.count("\n"), "the capture has {} lines")
    return classify(text)


def _headline_of(paragraphs: Sequence[str]) -> str:
    """From the first paragraph that is no subheading."""
    return headline(next((text for text in paragraphs if not ITEM.match(text)), paragraphs[0]))


def headline(paragraph: str) -> str:
    """A headline from a lede: its first sentence without the dateline and the day, shortened at a comma or a word."""
    found = dateline(paragraph)
    text = paragraph[found[0] if found else 0 :][:1000].strip()
    for end in _SENTENCE_END.finditer(text):
        last = _WORD.findall(text[max(0, end.start() - 12) : end.start()])
        if end.start() > 20 and last and len(last[-1]) > 1 and last[-1].casefold() not in words.ABBREVIATIONS:
            text = text[: end.end()]
            break
    text = _LEDE_DATE.sub("", text, count=1).strip()
    if text.count('"') == 0 and text.endswith("."):
        text = text.rstrip(". ")
    if len(text) <= HEADLINE:
        return text
    cut = text[:HEADLINE]
    comma = max(cut.rfind(", "), cut.rfind("; "))
    return (
        cut[:comma]
        if comma > HEADLINE // 2
        else cut[: cut.rfind(" ") if " " in cut else HEADLINE].rstrip(" ,;-–") + "…"
    )


def _authors(page: Page) -> tuple[str, ...]:
    """The writers, each once; the editors, who wrote nothing, only where no writer is named."""
    writers: list[str] = []
    editors: list[str] = []
    taken: set[int] = set()
    for i, line in enumerate(page.lines):
        if line.role == "date":
            parts = without(line.text, line.dates).split("|")
            pairs = [pair for part in parts for pair in bylines(part.strip(" -–,·"))]
        elif line.role == "byline":
            pairs = _labelled_nearby(page, i, taken) if line.kind == "label" else bylines(line.text)
        else:
            continue
        for label, value in pairs:
            (editors if label in words.EDITOR_LABELS else writers).extend(names(value))
    return tuple(dict.fromkeys(writers or editors))


def _labelled_nearby(page: Page, i: int, taken: set[int]) -> list[tuple[str, str]]:
    """The name that a lone label belongs to: the line above it, else the one below."""
    for j in (i - 1, i + 1):
        if 0 <= j < len(page.lines) and j != page.title and j not in taken and is_name(page.lines[j].text):
            neighbour = page.lines[j]
            if neighbour.kind == "short" and neighbour.role != "body":
                taken.add(j)
                return [(page.lines[i].text.casefold().strip(" :"), neighbour.text)]
    return []


def _categories(page: Page) -> tuple[str, ...]:
    """The section's name, where it stands right above the title and says more than ``Berita``."""
    if page.title and (line := page.lines[page.title - 1]).role == "category":
        name = line.text.strip(" :|/-")
        if name.casefold() not in words.GENERAL:
            return (name.capitalize() if name.isupper() else name,)
    return ()


def _paragraphs(page: Page) -> list[str]:
    """The body's lines as paragraphs: hard-wrapped lines joined, every paragraph once."""
    rows = [(text, page.lines[i].gap) for i, text in page.body.items()]
    width = _wrap_width(rows)
    joined: list[list[str]] = []
    for n, (text, gap) in enumerate(rows):
        if joined and _continues(rows[n - 1][0], text, gap, width):
            joined[-1].append(text)
        else:
            joined.append([text])
    return list(dict.fromkeys(" ".join(parts) for parts in joined))


def _wrap_width(rows: Sequence[tuple[str, bool]]) -> int:
    """The width at which a capture breaks its lines, 0 where each line is a paragraph."""
    broken = [len(a[0]) for a, b in pairwise(rows) if not b[1] and not TERMINAL.search(a[0])]
    widest = max((len(text) for text, _ in rows), default=0)
    wide = sum(size > 0.6 * widest for size in broken)
    return widest if 40 <= widest <= 130 and wide >= 3 and wide * 4 >= len(rows) else 0


def _continues(before: str, text: str, gap: bool, width: int) -> bool:
    """Whether a line goes on with the sentence or the paragraph of the line before it."""
    ended = bool(TERMINAL.search(before))
    if not ended and (text[0].islower() or text[0] in ",.;)") and len(before) > 20:
        return True
    if not ended and before[-1] in "-–—":
        return dateline(before) is not None
    if gap or not width or ITEM.match(text):
        return False
    if not ended:
        return not (len(before) < width / 2 and len(before.split()) < 6 and capitals(before) == 1.0)
    return len(before) + 1 + len(text.split(" ", 1)[0]) > width
