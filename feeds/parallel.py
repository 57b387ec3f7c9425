"""Work in several processes where that is quicker than in one."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

PR_SET_PDEATHSIG = 1  # of linux/prctl.h

log = logging.getLogger("feeds")


def in_processes(work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int) -> Iterator[Result]:
    """The results of some tasks, in their order; with one job in this process, at the pace of whoever takes them.

    Several processes begin at once, and end with the last result. Tasks and results are pickled. Processes are forked,
    which is safe only while this is the one thread; where it is not, as in a web server, the work is done here. So is
    all of it where no process can begin, for want of descriptors or memory, and the rest where one is killed, as a
    system does that has no memory for so many.
    """
    if jobs < 2 or threading.active_count() > 1:
        return map(work, tasks)
    tasks = list(tasks)
    try:
        processes = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), die_with_parent)
        begun = deque((task, processes.submit(work, task)) for task in tasks)
    except OSError:
        for process in multiprocessing.active_children():  # those that began nobody would end
            process.kill()
        return map(work, tasks)
    results = _results(work, begun)
    weakref.finalize(results, processes.shutdown, wait=False, cancel_futures=True)  # also where nobody takes them
    return results


def _results(work: Callable[[Task], Result], begun: deque[tuple[Task, Future[Result]]]) -> Iterator[Result]:
    is_told = False
    while begun:
        task, future = begun.popleft()  # and forgotten, as is its result
        try:
            result = future.result()
        except BrokenProcessPool:
            if not is_told:
                log.warning("a process was killed, perhaps for want of memory; one does the rest of the work")
            is_told = True
            result = work(task)
        del future
        yield result


def die_with_parent() -> None:
    """Have this process killed when the one that started it dies: nobody would stop it.

    prctl(2), PR_SET_PDEATHSIG. SIGKILL is what every part is made for, and a process that hangs does not hear less.
    """
    import ctypes  # which takes longer than a small build would have for it

    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # which is Linux's
    if prctl:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent and parent.pid != os.getppid():  # it died before it was asked
        os._exit(1)
