"""Files -> articles as they arrive at the catalogue, read and prepared in several processes.

Nearly every article of a first build is new. So each arrives with the ledger entry and the row that it then has, worked
out where it was read; the one process that writes the database has little left to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import NamedTuple

from feeds.config import Settings
from feeds.errors import ArticleError
from feeds.identity import first_sight
from feeds.ledger import line_of
from feeds.model import Article
from feeds.parallel import in_processes
from feeds.record import LedgerEntry, Row, record_of, row_of
from feeds.scan import FoundFile, Scan, scan
from feeds.source import Checked, Rules, in_order, is_stream, read_batch, read_stream

BATCH = 256  # files that one process reads before it reports
PARALLEL_FROM = 1500  # files from which a second process is quicker than one alone


class Arrival(NamedTuple):
    """An article, with its ledger entry, its row and its line of the ledger file as of first sight."""

    article: Article
    entry: LedgerEntry
    row: Row
    line: str


class FileArrivals(NamedTuple):
    """What one file gave, or a part of it; see ``source.Checked``."""

    file: FoundFile
    arrivals: tuple[Arrival, ...]
    problems: tuple[ArticleError, ...]
    opened: bool
    last: bool = True


_Packed = tuple[list[tuple[Row, Row, Row, str]], list[ArticleError], bool, bool]
"""The arrivals of a file as they pass between processes: plain tuples, which are pickled in a third of the time."""


def read(rules: Rules, files: Sequence[FoundFile], *, jobs: int = 1) -> Iterator[FileArrivals]:
    """Read files in their order; several processes, where they are quicker, begin at once."""
    runs = [(streams, list(run)) for streams, run in groupby(files, is_stream)]
    return chain.from_iterable([_read_streams(rules, run) if s else _read_files(rules, run, jobs) for s, run in runs])


def _read_streams(rules: Rules, files: Sequence[FoundFile]) -> Iterator[FileArrivals]:
    for file in files:
        for checked in read_stream(rules, file):
            yield _unpacked(_packed(checked, rules.authority), file)


def _read_files(rules: Rules, files: Sequence[FoundFile], jobs: int) -> Iterator[FileArrivals]:
    starts = range(0, len(files), BATCH)
    tasks = ((rules, [tuple(file) for file in files[start : start + BATCH]]) for start in starts)
    results = in_processes(_read_batch, tasks, jobs if len(files) >= PARALLEL_FROM else 1)
    # The results first: they are asked until they end, and their processes with them.
    return map(_unpacked, chain.from_iterable(results), files)


def _read_batch(task: tuple[Rules, Sequence[Row]]) -> list[_Packed]:
    rules, files = task
    return [_packed(checked, rules.authority) for checked in read_batch(rules, [FoundFile(*file) for file in files])]


def _packed(checked: Checked, authority: str) -> _Packed:
    return [_packed_article(a, authority) for a in checked.articles], checked.problems, checked.opened, checked.last


def _packed_article(article: Article, authority: str) -> tuple[Row, Row, Row, str]:
    entry = first_sight(article, authority)
    return tuple(article), tuple(entry), row_of(record_of(article, entry)), line_of(entry)


def _unpacked(packed: _Packed, file: FoundFile) -> FileArrivals:
    arrivals, problems, opened, last = packed
    made = [Arrival(Article._make(a), LedgerEntry._make(entry), row, line) for a, entry, row, line in arrivals]
    return FileArrivals(file, tuple(made), tuple(problems), opened, last)


class Ahead(NamedTuple):
    """Everything in the data directory, of which the reading has begun."""

    scan: Scan
    rules: Rules
    readings: Iterator[FileArrivals]


def read_ahead(settings: Settings, jobs: int) -> Ahead:
    """Begin to read everything, for a first build: the database's library is loaded meanwhile."""
    found, rules = scan(settings), Rules.of(settings)
    return Ahead(found, rules, read(rules, in_order(found.files()), jobs=jobs))
