"""Articles that are the same in all but name: headlines that hardly differ, texts that hardly differ, within a week.

The catalogue finds those whose headlines share a mark; their texts are read again and compared only then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import NamedTuple

from feeds.catalogue.reading import Marked, Reading
from feeds.errors import ArticleError
from feeds.likeness import Sketch, alike, marks, same_text, words_of
from feeds.record import LedgerEntry, Remains, remains_of, with_remains
from feeds.source import Placed, Rules, place_of, read_drafts
from feeds.text import plain

WEEK = 7 * 86_400 * 1_000_000  # microseconds
NEIGHBOURS = 50  # articles of one mark and week that each is compared with: "Foto hari ini" must not take for ever
TOGETHER = 500  # pairs whose texts are held at once

NEARLY_THE_SAME = "is nearly the same as "  # what is said of a copy, before the place of what stands instead


def stands_instead(problem: ArticleError) -> str:
    """Where the article stands that another is a near copy of, "" where that is not what is wrong."""
    is_copy = problem.kind == "duplicate" and problem.reason.startswith(NEARLY_THE_SAME)
    return problem.reason.removeprefix(NEARLY_THE_SAME) if is_copy else ""


class Pair(NamedTuple):
    """Two articles that are nearly the same, the earlier published one first."""

    first: Marked
    second: Marked


def nearly_same(reading: Reading, rules: Rules, marks: Collection[int] | None) -> Iterator[Pair]:
    """The pairs among all articles (None), or among those whose headlines have one of some marks."""
    found = (_of_headlines(reading.marked(column, marks)) for column in ("first_mark", "last_mark"))
    pairs = iter(dict.fromkeys(chain.from_iterable(found)))
    while some := list(islice(pairs, TOGETHER)):
        yield from _of_texts(some, rules)


class Copies(NamedTuple):
    """Articles that are nearly the same as one that is withdrawn, each with the place of that.

    entries: of the ledger, which now keep the texts that were withdrawn.
    """

    copies: dict[Marked, str]
    entries: list[LedgerEntry]


class _Gone(NamedTuple):
    """A withdrawn article. unseen: its text may not be what was published, so a copy is told by its headline alone."""

    entry: LedgerEntry
    remains: Remains
    sketch: Sketch | None
    unseen: bool


def copies_of_withdrawn(reading: Reading, rules: Rules, fresh: Collection[str], left_out: Collection[str]) -> Copies:
    """The articles that are nearly the same as one that is withdrawn.

    fresh: ids of articles of whose withdrawal something is new. left_out: places that held duplicates before: one of
    those is a copy by its headline where the text that was published is not known any more.
    """
    gone = [_gone(entry, rules, fresh) for entry in reading.withdrawn_entries()]
    learnt = {each.entry.id: each.sketch for each in gone if each.sketch and not each.remains.sketch}
    pairs = _alike_to(gone, reading)
    sketches = _sketches((article for _, article in pairs), rules)
    copies: dict[Marked, str] = {}
    for each, article in pairs:
        sketch = sketches.get((article.path, article.position))
        if each.sketch and sketch and same_text(each.sketch, sketch):
            copies[article] = place_of(each.remains) or each.remains.named
        elif each.unseen and place_of(article) in left_out:
            copies[article] = place_of(each.remains) or each.remains.named
            if sketch:  # what was published read like this
                learnt[each.entry.id] = sketch
    changed = ((each, learnt[each.entry.id].packed()) for each in gone if each.entry.id in learnt)
    entries = [with_remains(each.entry, each.remains._replace(sketch=packed)) for each, packed in changed if packed]
    return Copies(copies, entries)


def _gone(entry: LedgerEntry, rules: Rules, fresh: Collection[str]) -> _Gone:
    remains = remains_of(entry)
    sketch = Sketch.unpacked(remains.sketch)
    if sketch is None and entry.id in fresh:
        sketch = _sketches([remains], rules).get((remains.path, remains.position))
    return _Gone(entry, remains, sketch, unseen=sketch is None or entry.id in fresh)


def _alike_to(withdrawn: Iterable[_Gone], reading: Reading) -> list[tuple[_Gone, Marked]]:
    """The articles of the week whose headlines hardly differ from that of a withdrawn one."""
    by_mark: dict[int, list[_Gone]] = {}
    for gone in withdrawn:
        for mark in set(marks(gone.remains.title)) if gone.remains.title else ():
            by_mark.setdefault(mark, []).append(gone)
    found = {
        (gone.entry.id, other.id): (gone, other._replace(mark=0))
        for column in ("first_mark", "last_mark")
        for other in reading.marked(column, by_mark)
        for gone in by_mark[other.mark]
        if abs(gone.entry.published - other.published) <= WEEK
        and alike(words_of(gone.remains.title), words_of(other.title))
    }
    return [found[ids] for ids in sorted(found)]


def _of_headlines(marked: Iterable[Marked]) -> Iterator[Pair]:
    for _, group in groupby(marked, key=lambda each: each.mark):
        before: deque[tuple[Marked, tuple[bytes, ...]]] = deque(maxlen=NEIGHBOURS)
        for article in group:
            words = words_of(article.title)
            for other, theirs in reversed(before):
                if article.published - other.published > WEEK:
                    break
                # A file that names two articles means two.
                if other.path != article.path and alike(words, theirs):
                    yield Pair(other._replace(mark=0), article._replace(mark=0))
            before.append((article, words))


def _of_texts(pairs: Sequence[Pair], rules: Rules) -> Iterator[Pair]:
    sketches = _sketches((article for pair in pairs for article in pair), rules)
    for pair in pairs:
        one, other = (sketches.get((article.path, article.position)) for article in pair)
        if one and other and same_text(one, other):
            yield pair


def _sketches(articles: Iterable[Placed], rules: Rules) -> dict[tuple[str, int | None], Sketch]:
    """The texts of some articles, by path and position; those whose files can be read."""
    wanted: dict[str, set[int | None]] = {}
    for each in articles:
        wanted.setdefault(each.path, set()).add(each.position)
    return {
        (path, position): Sketch(plain(draft.body))
        for path, positions in wanted.items()
        for position, draft in read_drafts(rules, path, positions).items()
    }
