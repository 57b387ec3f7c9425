"""Where the article of a text capture begins and ends, which line is its title, and the role of every line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from feeds.dates import find_dates
from feeds.readers import capture_words as words
from feeds.readers.capture_bylines import bylines, is_domain, is_name
from feeds.readers.capture_lines import AGO, DATEISH, ITEM, TERMINAL, Line, capitals, end_mark, split_lines

TEASERS = 2  # paragraphs that may stand before the article itself
TEASER = 400  # characters that each of them may have

_PROSE = frozenset(("prose", "dateline"))
_ENDS = frozenset(("heading", "notice"))
_RELATED_INSIDE = re.compile(r"\s*\(\s*(?:baca(?: juga)?|lihat juga|simak juga)\s*:[^()]{3,200}\)", re.I)
_RELATED_BEHIND = re.compile(
    r"(?<=[.!?\"”])\s*(?:baca juga|lihat juga|simak juga|baca selengkapnya)\s*:?\s.{3,200}$", re.I
)
_SENTENCE = re.compile(r"[.!?][\"”’)]?$")
_WORD = re.compile(r"[^\W_]+")


@dataclass(slots=True)
class Page:
    """A capture whose lines have roles. start, tail: where the article begins and where it is over."""

    lines: list[Line]
    metadata: str = ""
    start: int = 0
    tail: int = 0
    title: int | None = None
    body: dict[int, str] = field(default_factory=dict)  # a line's place -> its words without noise


def classify(text: str) -> Page:
    """Every line with its role: first the beginning, then the title, then the body up to the tail."""
    lines, metadata = split_lines(text)
    page = Page(lines, metadata)
    follows = _prose_follows(lines)
    page.start = _body_start(lines, follows)
    page.tail = len(lines)
    page.title = _title(page, range(page.start))
    _give_head_roles(page)
    _give_body_roles(page, follows)
    _give_tail_roles(page)
    return page


def key_of(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))


def _prose_follows(lines: Sequence[Line]) -> list[bool]:
    """For each line whether a paragraph comes after it, before any list of other articles."""
    follows, now = [False] * len(lines), False
    again = _printed_again(lines)
    for i in range(len(lines) - 1, -1, -1):
        follows[i] = now
        if lines[i].kind in _PROSE and i not in again:
            now = True
        elif lines[i].kind in _ENDS:
            now = False
    return follows


def _printed_again(lines: Sequence[Line]) -> set[int]:
    """Paragraphs that repeat an earlier one or a part of the first."""
    seen: set[str] = set()
    again: set[int] = set()
    lede = ""
    for i, line in enumerate(lines):
        if line.kind in _PROSE:
            key = key_of(line.text)
            if key in seen or (len(key) > 40 and key in lede):
                again.add(i)
            seen.add(key)
            lede = lede or key[:5000]
    return again


def _body_start(lines: Sequence[Line], follows: Sequence[bool]) -> int:
    """The first line of the article itself: behind navigation, title, teaser, date and byline."""
    _skip_links(lines)
    prose = [i for i, line in enumerate(lines) if line.kind in _PROSE][: TEASERS + 1]
    if not prose:
        return _start_without_prose(lines)
    start = prose[0]
    for i in prose:
        if any(line.kind in _ENDS or line.kind == "end" for line in lines[start:i]):
            break
        if lines[i].kind == "dateline":
            return i
        if len(lines[i].text) > TEASER:
            break
    headed = any(line.kind in ("date", "byline", "label") for line in lines[:start])
    return _with_short_sentences(lines, _start_behind_teasers(lines, follows, start, headed))


def _with_short_sentences(lines: Sequence[Line], start: int) -> int:
    """Sentences of a few words behind the date, and a numbered subheading, are the article's first lines."""
    first = start
    while first and lines[first - 1].kind == "short" and _SENTENCE.search(lines[first - 1].text):
        first -= 1
    if first and lines[first - 1].kind in ("date", "byline"):
        return first
    return start - 1 if start and lines[start - 1].kind == "short" and ITEM.match(lines[start - 1].text) else start


def _start_behind_teasers(lines: Sequence[Line], follows: Sequence[bool], start: int, headed: bool) -> int:
    """Where a date, a byline or the title again comes after the first paragraphs, these were a teaser."""
    above = {key_of(line.text) for line in lines[:start] if line.kind == "short" and len(line.text) > 20}
    found, teasers = start, 0
    for i in range(start, len(lines)):
        line = lines[i]
        if line.kind in _ENDS or line.kind == "end":
            break
        if line.kind in _PROSE:
            teasers += 1
            if teasers > TEASERS or len(line.text) > TEASER:
                break
        elif follows[i]:
            again = line.kind == "short" and key_of(line.text) in above
            if again or (not headed and line.kind in ("date", "byline") and _more_behind(lines, start, i)):
                found = next(j for j in range(i + 1, len(lines)) if lines[j].kind in _PROSE)
    return found


def _more_behind(lines: Sequence[Line], start: int, middle: int) -> bool:
    """Whether the paragraphs behind a byline outweigh those before it: else it is the byline at an article's end."""
    before = sum(len(line.text) for line in lines[start:middle] if line.kind in _PROSE)
    behind = 0
    for line in lines[middle:]:
        if line.kind in _ENDS:
            break
        behind += len(line.text) if line.kind in _PROSE else 0
        if behind > before:
            return True
    return False


def _start_without_prose(lines: Sequence[Line]) -> int:
    """Captures of short lines only: what stands behind the first date, else behind the first line."""
    usable = [i for i, line in enumerate(lines) if line.kind == "short"]
    dates = [i for i, line in enumerate(lines) if line.kind in ("date", "byline") and any(i < u for u in usable[-1:])]
    behind = [u for u in usable if u > (dates[0] if dates else usable[0])]
    return behind[0] if behind else len(lines)


def _skip_links(lines: Sequence[Line]) -> None:
    """``Baca juga:`` alone takes the next lines with it where they read like headlines."""
    spaced = all(line.gap for line in lines)
    i = 0
    while i < len(lines):
        if lines[i].kind == "related" and len(key_of(lines[i].text)) < 20:
            label = i
            for j in range(label + 1, min(label + 6, len(lines))):
                link, first = lines[j], j == label + 1
                if (
                    link.kind != "short"
                    or (link.gap and not first and not (spaced and len(link.text.split()) > 4))
                    or (link.text[-1] in ".,:" and link.text[-3:] != "...")
                ):
                    break
                if not first and capitals(link.text) < 0.75:
                    break
                link.kind = "related"
                i = j
        i += 1


# --- title ---


def _title(page: Page, places: range) -> int | None:
    """The best of the lines before the article, by what it shares with the article and by where it stands."""
    lines = page.lines
    article = _stems(" ".join(line.text for line in lines[page.start : page.start + 6])[:1500])
    counts = Counter(key_of(line.text) for line in lines if line.kind == "short")
    best, best_score = None, 0.0
    dated = False
    scores: list[tuple[int, float]] = []
    for i in reversed(places):
        kind = lines[i].kind
        dated = kind in ("date", "byline", "label") or (dated and kind != "date")
        scores.append((i, _title_score(lines[i], article, counts, dated)))
    doubts = _doubts(lines[: page.start], [i for i, score in reversed(scores) if score >= 1])
    for i, score in reversed(scores):
        score -= doubts.get(i, 0)
        if score > best_score + 0.01:
            best, best_score = i, score
    if best is None:
        best = next(
            (i for i in places if lines[i].kind == "prose" and len(lines[i].text) <= 130 and not lines[i].role), None
        )
    return best


def _doubts(lines: Sequence[Line], candidates: Sequence[int]) -> dict[int, float]:
    """What a line's place takes from its score: a name below its label, an entry of a list above the article."""
    doubts = {i: 1.5 for i in candidates if i and lines[i - 1].kind == "label" and _is_full_name(lines[i].text)}
    heading = next((i for i, line in enumerate(lines) if line.kind == "heading"), len(lines))
    header = max((i for i, line in enumerate(lines) if line.kind in ("date", "byline", "label")), default=0)
    entries = [i for i in candidates if heading < i < header and i not in doubts and len(lines[i].text.split()) > 3]
    if entries:
        # A line between two candidates that is neither a headline nor a teaser parts the list from the article.
        parted = max((i for i in range(heading + 1, entries[-1]) if _is_between(lines[i])), default=0)
        doubts |= {i: 1.5 if i < parted else 0.5 for i in entries[:-1]}
    return doubts


def _is_between(line: Line) -> bool:
    return line.kind in ("date", "noise") or line.text.casefold().strip(" :|/-") in words.CATEGORIES


def _is_full_name(text: str) -> bool:
    return len(text.split()) < 5 and text.istitle() and is_name(text)


def _title_score(line: Line, article: set[str], counts: Counter[str], dated: bool) -> float:
    text, size = line.text, len(line.text)
    own = _stems(text)
    shared = len(own & article) / len(own) if own else 0.0
    count = len(text.split())
    if line.kind in ("noise", "caption", "related", "heading") and count >= 4:
        # A headline can begin like furniture ("Cek Aplikasi ..."): only its likeness to the article saves it.
        if line.kind == "caption" and text[-1] in ").":
            return 0.0
        if shared < 0.5:
            return 1.6 if dated and text.casefold().startswith(words.VIDEO_STARTS) else 0.0
        return 0.6 if line.kind != "caption" else 0.3
    if (
        line.kind != "short"
        or not own
        or is_domain(text)
        or text.casefold().strip(" :") in words.CATEGORIES
        or (ITEM.match(text) and text[0] in "-•*–")
    ):
        return 0.0
    few = count < 3 or size < 15
    if (few or ITEM.match(text)) and not (dated or (few and shared)):
        return 0.0
    score = 1.5 + 2 * min(shared, 0.34) / 0.34 * min(1.0, count / 4)
    score += capitals(text) + (2 if counts[key_of(text)] > 1 and count > 3 else 0) + (1 if dated else 0)
    score -= (2 if few else 0) + (1.5 if size > 170 else 0) + (1 if text.endswith((".", ":")) else 0)
    score -= 2 if "(" in text and DATEISH.search(text) and find_dates(text) else 0
    return score


def _stems(text: str) -> set[str]:
    """The words of a text, cut so that a word and its suffixed form agree."""
    return {word[:5] for word in _WORD.findall(text.casefold()) if len(word) > 3}


# --- roles ---

_ROLE = {"date": "date", "byline": "byline", "label": "byline", "caption": "caption", "credit": "caption"}


def _give_head_roles(page: Page) -> None:
    title = page.title
    key = key_of(page.lines[title].text) if title is not None else ""
    for i, line in enumerate(page.lines[: page.start]):
        line.role = _ROLE.get(line.kind, "noise")
        if i == title:
            line.role = "title"
        elif line.kind == "prose" and title is not None and i > title:
            line.role = "teaser"
        elif line.kind == "short" and line.text.casefold().strip(" :|/-") in words.CATEGORIES:
            line.role = "category"
        elif line.kind == "short" and title is not None and i > title and key_of(line.text) != key:
            line.role = (
                "byline"
                if _beside_label(page.lines, i)
                else "caption"
                if page.lines[i - 1].kind == "credit"
                else "noise"
            )


def _beside_label(lines: Sequence[Line], i: int) -> bool:
    """Whether a name has a lone ``Editor`` or ``Penulis`` above or below it."""
    return is_name(lines[i].text) and any(line.kind == "label" for line in (*lines[i - 1 : i], *lines[i + 1 : i + 2]))


def _give_body_roles(page: Page, follows: Sequence[bool]) -> None:
    """Walks from the article's first line to the first sign that it is over."""
    seen = {key_of(line.text) for line in page.lines[: page.start] if len(line.text) > 20 and line.role != "noise"}
    if page.title is not None:
        seen.add(key_of(page.lines[page.title].text))
    lede = ""
    for i in range(page.start, len(page.lines)):
        line = page.lines[i]
        if _is_over(page, i, follows):
            page.tail = i
            break
        if line.kind in ("noise", "related", "end") or (
            line.kind in _ROLE and not (line.kind == "date" and not line.role)
        ):
            line.role = line.role or _ROLE.get(line.kind, "noise")
            if line.kind == "end":
                page.tail = i + 1
                break
            continue
        text, ended = _trimmed(page, i, follows)
        key = key_of(text)
        line.role = (
            "noise" if not key or (len(key) > 18 and (key in seen or (len(key) > 40 and key in lede))) else "body"
        )
        if line.role == "body":
            page.body[i] = text
            seen.add(key)
            lede = lede or key
        if ended:
            page.tail = i + 1
            break
    _drop_trailing(page)


def _is_over(page: Page, i: int, follows: Sequence[bool]) -> bool:
    """Whether the tail begins at a line; also gives a date or a byline inside the body its role."""
    line = page.lines[i]
    if line.kind in _ENDS:
        return True
    if line.kind == "label":
        return True
    if line.kind == "byline":
        return not follows[i] or any(
            label in words.EDITOR_LABELS or label == "pewarta" for label, _ in bylines(line.text)
        )
    if line.kind == "date":
        if not follows[i]:
            return True
        line.role = "date" if any(found.has_time for found in line.dates) or AGO.fullmatch(line.text) else ""
    return False


def _trimmed(page: Page, i: int, follows: Sequence[bool]) -> tuple[str, bool]:
    """A body line without links and end mark, and whether the mark ends the article."""
    line = page.lines[i]
    text = line.text
    text = without_related(text)
    after = page.lines[i + 1] if i + 1 < len(page.lines) else None
    mark = end_mark(text)
    if mark is None or (after and not after.gap and after.text[:1].islower()):
        return text, False
    if mark[1] or not follows[i]:
        return text[: mark[0]].rstrip(), True
    signed = text[mark[0] :].strip("()[] .")
    return (text[: mark[0]].rstrip() if len(signed) <= 5 and signed.islower() else text), False


def without_related(text: str) -> str:
    """A paragraph without ``(Baca juga: ...)`` and what stands so behind its last sentence."""
    return _RELATED_BEHIND.sub("", _RELATED_INSIDE.sub("", text)) if len(text) < 5000 else text


def _drop_trailing(page: Page) -> None:
    """Headlines behind the last paragraph are no subheadings; the title may be among them."""
    lines, trailing = page.lines, []
    for i in reversed(page.body):
        line = lines[i]
        if line.kind != "short" or TERMINAL.search(page.body[i]) or ITEM.match(line.text):
            break
        trailing.append(i)
    poem = len(trailing) * 2 > len(page.body)
    trailing.reverse()
    behind = set(trailing)
    if page.title is None:
        tail = [i for i in range(page.tail, len(lines)) if lines[i].kind == "short"][:3]
        paragraphs = [text for i, text in page.body.items() if i not in behind]
        article = _stems(" ".join(paragraphs[:6])[:1500])
        for i in [*(i for i in trailing if i != page.start), *tail]:
            own = _stems(lines[i].text)
            if len(lines[i].text.split()) > 3 and len(own & article) >= 0.4 * len(own):
                page.title = i
                lines[i].role = "title"
                page.body.pop(i, None)
                break
    for i in trailing:
        headed = lines[i].kind == "short" and capitals(lines[i].text) >= 0.75
        if i in page.body and i != page.start and not poem and (headed or page.tail < len(lines)):
            del page.body[i]
            lines[i].role = "noise"


def _give_tail_roles(page: Page) -> None:
    listed = False
    for i in range(page.tail, len(page.lines)):
        line = page.lines[i]
        listed = listed or line.kind == "heading"
        if not line.role:
            line.role = "byline" if line.kind in ("byline", "label") and not listed else "tail"
