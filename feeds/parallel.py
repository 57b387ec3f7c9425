"""Work in several processes where that is quicker than in one."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.pool import Pool
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_processes(work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int) -> Iterator[Result]:
    """The results of some tasks, in their order; with one job in this process, at the pace of whoever takes them.

    Several processes begin at once. Tasks and results are pickled.
    """
    if jobs < 2:
        return map(work, tasks)
    # A fork is the quickest start, and safe only while this is the one thread.
    method = "fork" if threading.active_count() == 1 else "forkserver"
    pool = multiprocessing.get_context(method).Pool(jobs)
    return _until_done(pool, pool.imap(work, tasks))


def _until_done(pool: Pool, results: Iterator[Result]) -> Iterator[Result]:
    with pool:
        yield from results
