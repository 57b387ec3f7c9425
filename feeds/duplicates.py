"""Articles that are the same in all but name: headlines that hardly differ, texts that hardly differ, within a week.

The catalogue finds those whose headlines share a mark; their texts are read again and compared only then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import NamedTuple

from feeds.catalogue.reading import Marked, Reading
from feeds.likeness import Sketch, alike, marks, same_text, words_of
from feeds.record import NoticeRecord
from feeds.source import Rules, read_drafts
from feeds.text import plain

WEEK = 7 * 86_400 * 1_000_000  # microseconds
NEIGHBOURS = 50  # articles of one mark and week that each is compared with: "Foto hari ini" must not take for ever
TOGETHER = 500  # pairs whose texts are held at once


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


def copies_of(reading: Reading, rules: Rules, withdrawn: Iterable[NoticeRecord]) -> Iterator[Pair]:
    """The articles that are nearly the same as one that is withdrawn, which comes first in each pair."""
    gone = [
        Marked(mark, notice.article, notice.title, notice.since, _place(notice), notice.position, "")
        for notice in withdrawn
        for mark in marks(notice.title)
    ]
    by_mark = {mark: list(group) for mark, group in groupby(sorted(gone, key=_mark), key=_mark)}
    pairs = [
        Pair(one._replace(mark=0), other._replace(mark=0))
        for column in ("first_mark", "last_mark")
        for other in reading.marked(column, by_mark)
        for one in by_mark[other.mark]
        if abs(one.published - other.published) <= WEEK and alike(words_of(one.title), words_of(other.title))
    ]
    yield from _of_texts(list(dict.fromkeys(pairs)), rules)


def _place(notice: NoticeRecord) -> str:
    return notice.hidden[0] if notice.named else notice.path


def _mark(marked: Marked) -> int:
    return marked.mark


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
    wanted: dict[str, set[int | None]] = {}
    for each in (article for pair in pairs for article in pair):
        wanted.setdefault(each.path, set()).add(each.position)
    sketches = {
        (path, position): Sketch(plain(draft.body))
        for path, positions in wanted.items()
        for position, draft in read_drafts(rules, path, positions).items()
    }
    for pair in pairs:
        one, other = (sketches.get((article.path, article.position)) for article in pair)
        if one and other and same_text(one, other):
            yield pair
