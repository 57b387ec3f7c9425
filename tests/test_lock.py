"""The writer's place: one process at a time, and free when that process dies; on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from feeds.catalogue import Catalogue
from feeds.errors import CatalogueError
from feeds.lock import AdvisoryLock, FileLock, WriterLock, lock_for

HOLDER = """
import sys
from feeds.catalogue import Catalogue
from feeds.lock import lock_for

catalogue = Catalogue.open(sys.argv[1], sys.argv[2])
lock = lock_for(catalogue)
print(lock.acquire(), flush=True)
sys.stdin.read()
lock.release()
catalogue.close()
"""


@contextmanager
def process(catalogue: Catalogue, newsroom: str = "") -> Iterator[tuple[bool, subprocess.Popen[str]]]:
    """Another process that tries to take the place: whether it got it, and the process, which stays until its end."""
    address = catalogue.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLDER, address, newsroom or catalogue.newsroom]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout
            yield other.stdout.readline() == "True\n", other
        finally:
            other.kill()


@pytest.fixture
def catalogue(catalogue_address: str, newsroom_names: Iterator[str]) -> Iterator[Catalogue]:
    opened = Catalogue.open(catalogue_address, next(newsroom_names))
    yield opened
    opened.close()


@pytest.fixture
def make_lock(catalogue: Catalogue) -> Iterator[Callable[[], WriterLock]]:
    """Makes locks of the newsroom, each as another process would have it; all are given up at the end."""
    made: list[tuple[Catalogue, WriterLock]] = []

    def make() -> WriterLock:
        own = Catalogue.open(catalogue.engine.url.render_as_string(hide_password=False), catalogue.newsroom)
        made.append((own, lock_for(own)))
        return made[-1][1]

    yield make
    for own, lock in made:
        lock.release()
        own.close()


@pytest.fixture
def lock(make_lock: Callable[[], WriterLock]) -> WriterLock:
    return make_lock()


def test_each_database_has_its_own_kind_of_lock(catalogue: Catalogue, lock: WriterLock) -> None:
    kinds = {"sqlite": FileLock, "postgresql": AdvisoryLock}
    assert type(lock) is kinds[catalogue.engine.dialect.name]


def test_the_place_is_taken_once(lock: WriterLock, make_lock: Callable[[], WriterLock]) -> None:
    """Whoever holds it may ask again; nobody else gets it until it is given up."""
    other = make_lock()
    assert (lock.acquire(), lock.acquire()) == (True, True)
    assert (other.acquire(), other.acquire()) == (False, False)
    lock.release()
    assert other.acquire()
    assert not lock.acquire()


def test_giving_up_what_one_does_not_hold_does_nothing(lock: WriterLock, make_lock: Callable[[], WriterLock]) -> None:
    other = make_lock()
    lock.acquire()
    other.release()
    assert not other.acquire()
    lock.release()
    lock.release()
    assert other.acquire()


def test_another_process_cannot_take_the_place(catalogue: Catalogue, lock: WriterLock) -> None:
    assert lock.acquire()
    with process(catalogue) as (got_it, _):
        assert not got_it


def eventually(question: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether the answer becomes yes in time: the database needs a moment to notice that a process died."""
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None], ids=["killed", "terminated", "ended"])
def test_the_place_is_free_when_the_process_that_held_it_is_gone(
    catalogue: Catalogue, lock: WriterLock, how: signal.Signals | None
) -> None:
    with process(catalogue) as (got_it, other):
        assert got_it
        assert not lock.acquire()
        if how:
            other.send_signal(how)
        else:
            assert other.stdin
            other.stdin.close()
        other.wait(10)
        assert eventually(lock.acquire)


def test_a_process_that_was_started_by_the_holder_does_not_keep_the_place(
    catalogue: Catalogue, lock: WriterLock, make_lock: Callable[[], WriterLock]
) -> None:
    """A server's helpers outlive it for a moment."""
    lock.acquire()
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as child:
        lock.release()
        assert make_lock().acquire()
        child.kill()


def test_a_fork_that_ends_does_not_free_the_place(lock: WriterLock, make_lock: Callable[[], WriterLock]) -> None:
    """Several processes read articles while one holds the place."""
    lock.acquire()
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    assert not make_lock().acquire()
    assert lock.acquire()


def test_newsrooms_of_one_postgresql_write_at_the_same_time(
    shared_postgresql: str, newsroom_names: Iterator[str]
) -> None:
    one, two = (Catalogue.open(shared_postgresql, next(newsroom_names)) for _ in range(2))
    locks = lock_for(one), lock_for(two)
    try:
        assert [lock.acquire() for lock in locks] == [True, True]
    finally:
        for lock in locks:
            lock.release()
        one.close()
        two.close()


def test_a_broken_connection_to_postgresql_loses_the_place(
    shared_postgresql: str, newsroom_names: Iterator[str]
) -> None:
    """Whoever held it must not go on writing: another one may have taken it."""
    name = next(newsroom_names)
    catalogues = [Catalogue.open(shared_postgresql, name) for _ in range(2)]
    first, second = map(lock_for, catalogues)
    try:
        assert first.acquire()
        with catalogues[1].engine.begin() as connection:
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' "
                    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        assert second.acquire()
        assert not first.acquire()
        second.release()
        assert first.acquire()
        assert not second.acquire()
    finally:
        for lock, catalogue in zip((first, second), catalogues, strict=True):
            lock.release()
            catalogue.close()


def test_a_postgresql_that_is_away_is_one_sentence(postgresql: Callable[[], str], tmp_path: Path) -> None:
    engine = sa.create_engine(f"postgresql+psycopg://redaksi:rahasia@/berita?host={tmp_path}")
    with pytest.raises(CatalogueError) as caught:
        AdvisoryLock(Catalogue(engine, "satu")).acquire()
    assert "rahasia" not in str(caught.value)


def test_a_folder_that_went_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="No such file or directory"):
        FileLock(tmp_path / "tidak" / "ada.lock").acquire()


def test_the_killed_writers_catalogue_is_whole(catalogue_address: str, newsroom_names: Iterator[str]) -> None:
    """What it had not committed is gone; the next writer goes on from there."""
    name = next(newsroom_names)
    writer = """
import sys
from feeds.catalogue import Catalogue
catalogue = Catalogue.open(sys.argv[1], sys.argv[2])
with catalogue.writing() as writer:
    writer.set_value("version", "1")
with catalogue.writing() as writer:
    writer.set_value("version", "2")
    print("written", flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", writer, catalogue_address, name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "written\n"
        other.kill()
    catalogue = Catalogue.open(catalogue_address, name)
    with catalogue.reading() as reading:
        assert reading.version == 1
    with catalogue.writing() as again:
        again.set_value("version", "3")
    with catalogue.reading() as reading:
        assert reading.version == 3
    catalogue.close()
