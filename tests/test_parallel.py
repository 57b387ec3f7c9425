"""Work in several processes: what becomes of it when one of them, or the one that began them, is killed."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from feeds.parallel import in_processes
from tests.support import ROOT, processes_of, until

TASKS = list(range(40))


@pytest.fixture
def parent() -> int:
    return os.getpid()


def squared(task: tuple[int, int]) -> int:
    number, _ = task
    return number * number


def squared_or_killed(task: tuple[int, int]) -> int:
    """Ends the process by itself at the fifth task, where that is not the one of the test."""
    number, parent = task
    if number == 5 and os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return squared(task)


def children() -> list[int | None]:
    return [child.pid for child in multiprocessing.active_children()]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Each process has ended once the results are taken, and the thread that led them."""
    until(lambda: threading.active_count() == 1, within=10)
    yield
    until(lambda: not children() and threading.active_count() == 1, within=10)


def test_results_come_in_the_order_of_the_tasks(parent: int) -> None:
    tasks = [(number, parent) for number in TASKS]
    assert list(in_processes(squared, iter(tasks), jobs=2)) == [number * number for number in TASKS]


def test_where_a_process_is_killed_one_does_the_rest_and_says_so_once(
    parent: int, caplog: pytest.LogCaptureFixture
) -> None:
    """As a system does that has no memory for so many: nothing waits, nothing is lost."""
    with caplog.at_level(logging.WARNING, "feeds"):
        found = list(in_processes(squared_or_killed, [(number, parent) for number in TASKS], jobs=2))
    assert found == [number * number for number in TASKS]
    assert caplog.messages == ["a process was killed, perhaps for want of memory; one does the rest of the work"]


@pytest.mark.parametrize("begin", ["__init__", "submit"])
def test_where_no_process_can_begin_the_work_is_done_here(
    parent: int, begin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For want of descriptors or memory."""

    def refuse(*_: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(ProcessPoolExecutor, begin, refuse)
    tasks = [(number, parent) for number in TASKS]
    assert list(in_processes(squared, iter(tasks), jobs=2)) == [number * number for number in TASKS]


def test_an_error_of_the_work_is_that_of_the_results() -> None:
    with pytest.raises(TypeError):
        list(in_processes(squared, [(1, 0), ("x", 0)] * 4, jobs=2))  # type: ignore[list-item]


def test_results_that_nobody_takes_keep_no_process() -> None:
    results = in_processes(squared, [(1, 0)] * 4, jobs=2)
    assert len(children()) == 2
    del results


PROGRAM = """
import sys, time
from feeds.parallel import in_processes
results = in_processes(time.sleep, [60, 60], 2)
print("begun", flush=True)
next(results)
"""


def test_processes_end_with_the_one_that_began_them() -> None:
    """Though it is killed, alone."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    assert program.stdout
    assert program.stdout.readline() == b"begun\n"
    time.sleep(0.1)  # in which they say to the system that they want to end so; before, they look for themselves
    assert len(processes_of(program.pid)) == 3
    program.kill()
    program.communicate()
    until(lambda: not processes_of(program.pid), within=10)
