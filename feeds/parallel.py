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

    Several processes begin at once, and end with the last result. Tasks and results are pickled. Processes are forked,
    which is safe only while this is the one thread; where it is not, as in a web server, the work is done here.
    """
    if jobs < 2 or threading.active_count() > 1:
        return map(work, tasks)
    pool = multiprocessing.get_context("fork").Pool(jobs)
    return _until_done(pool, pool.imap(work, tasks))


def _until_done(pool: Pool, results: Iterator[Result]) -> Iterator[Result]:
    with pool:
        yield from results
