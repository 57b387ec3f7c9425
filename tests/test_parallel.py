"""Work in several processes: what becomes of it when one of them, or the one that began them, is killed.

Each test is a program of its own, as only one that has a single thread forks.
"""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.support import ROOT, processes_of, until

HEAD = """
import multiprocessing, os, signal, sys, time
from concurrent.futures import ProcessPoolExecutor
from feeds.parallel import in_processes

PARENT = os.getpid()

def squared(number):
    return number * number

def squared_or_killed(number):
    if number == 5 and os.getpid() != PARENT:
        os.kill(os.getpid(), signal.SIGKILL)
    return squared(number)

def of_process(number):
    return os.getpid()

def refuse(*_):
    raise OSError(24, "Too many open files")

def children():
    return multiprocessing.active_children()

"""
SQUARES = f"{[number * number for number in range(40)]}\n"


def output_of(program: str) -> tuple[str, str]:
    """What a program writes to standard output and error; it ends by itself, and leaves no process."""
    command = [sys.executable, "-c", HEAD + program]
    done = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    out, err = done.communicate(timeout=60)
    assert done.returncode == 0, err
    until(lambda: not processes_of(done.pid), within=10)
    return out, err


def test_results_come_in_the_order_of_the_tasks_from_several_processes() -> None:
    assert output_of("print(list(in_processes(squared, iter(range(40)), 2)))") == (SQUARES, "")
    assert output_of("print(PARENT in in_processes(of_process, range(40), 2))") == ("False\n", "")


def test_where_a_process_is_killed_one_does_the_rest_and_says_so_once() -> None:
    """As a system does that has no memory for so many: nothing waits, nothing is lost."""
    said = "a process was killed, perhaps for want of memory; one does the rest of the work\n"
    assert output_of("print(list(in_processes(squared_or_killed, range(40), 2)))") == (SQUARES, said)


@pytest.mark.parametrize("begin", ["__init__", "submit"])
def test_where_no_process_can_begin_the_work_is_done_here(begin: str) -> None:
    """For want of descriptors or memory."""
    program = f"ProcessPoolExecutor.{begin} = refuse\nprint(list(in_processes(squared, iter(range(40)), 2)))"
    assert output_of(program) == (SQUARES, "")


def test_an_error_of_the_work_is_that_of_the_results() -> None:
    program = """
try:
    list(in_processes(squared, [1, "x"] * 4, 2))
except TypeError as error:
    print(error)
"""
    assert output_of(program) == ("can't multiply sequence by non-int of type 'str'\n", "")


def test_results_that_nobody_takes_keep_no_process() -> None:
    program = """
results = in_processes(squared, range(4), 2)
print(len(children()))
del results
while children():
    time.sleep(0.01)
"""
    assert output_of(program) == ("2\n", "")


def test_processes_end_with_the_one_that_began_them() -> None:
    """Though it is killed, alone."""
    waiting = HEAD + "results = in_processes(time.sleep, [60, 60], 2)\nprint('begun', flush=True)\nnext(results)"
    program = subprocess.Popen(
        [sys.executable, "-c", waiting], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    assert program.stdout
    assert program.stdout.readline() == b"begun\n"
    time.sleep(0.1)  # in which they say to the system that they want to end so; before, they look for themselves
    assert len(processes_of(program.pid)) == 3
    program.kill()
    program.communicate()
    until(lambda: not processes_of(program.pid), within=10)
