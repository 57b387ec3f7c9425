"""An edition kept fresh: watches the data directory, and swaps the newest edition in by one reference.

An update looks at the paths that the watch names, and only there. A look at everything is taken when the watch begins,
where the watch cannot be relied on, and now and then when nothing happens.

An update that fails for want of articles, which are away or too few, is tried again once something differs there, or
somebody said that this is meant: it would read everything, and hold the catalogue meanwhile, only to fail again.

Of several processes on one catalogue, the one that holds the writer's lock reads and renders; the others follow the
catalogue's version, and one of them takes over when the writer dies. Requests never wait for any of this.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from feeds.edition import Edition
from feeds.errors import CatalogueError, DataDirectoryError, FeedsError, LossError, UnusableCatalogueError
from feeds.failure import Failure, keep_failure
from feeds.indexing import Indexer
from feeds.newsroom import Newsroom
from feeds.push import Hubs
from feeds.scan import MANIFEST, data_root, folder_at
from feeds.watching import changes_below

if TYPE_CHECKING:
    from feeds.meter import Meter

log = logging.getLogger("feeds")

TRY_AGAIN = 0.5  # seconds after the end of what failed; twice as long each time
TRY_LATEST = 8.0  # seconds; as long as that grows
KEEP_AGAIN = 60.0  # seconds after which a failure that stays the same is kept in the catalogue anew
FOLLOW_EVERY = 0.1  # seconds between looks at the version of a catalogue that another process writes
MANY = 4096  # changes at once, from which on some may have been lost: the kernel's queue holds a bounded number
SWITCH = 0.0001  # seconds for which another thread may keep the interpreter while an update waits for it
SWEEP_EVERY = 300.0  # seconds after the last look at everything until the next
INDEX_STEPS = 2  # of indexing for the search, between two looks: requests are answered meanwhile
INDEX_AGAIN = 60.0  # seconds after a step that failed
IDLE = 10.0  # seconds without a change after which there is time for that
SWEEP_LATEST = 3600.0  # seconds until the next look at everything where changes never pause


def changed_paths(root: str, changes: Iterable[tuple[int, str]]) -> set[str] | None:
    """Where to look after changes that a watch reports: paths below the root; None: everywhere.

    What lies in dot-folders (the catalogue's own among them) is nothing to look at.
    """
    listed = list(changes)
    places = set()
    for _, path in listed:
        if path == root or "\ufffd" in path or len(listed) > MANY:  # a name that is no UTF-8 comes mutilated
            return None
        below = path.removeprefix(f"{root}/")
        if below.rpartition("/")[2] == MANIFEST:  # it makes an output of its folder
            below = below.rpartition("/")[0]
            if not below:
                return None
        if not any(part.startswith(".") for part in below.split("/")):
            places.add(below)
    return places


@contextmanager
def _in_turn() -> Iterator[None]:
    """Let the thread that updates have its turn among those that answer.

    SQLite gives the interpreter away at each row, and Python gives it back after the switch interval only, as long as
    others are busy: with the usual 5 ms, an update of 50 ms takes seconds under load.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _give_back() -> None:
    """Give memory back that much work has left free: the C library keeps it for more of that (malloc_trim(3))."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # which is glibc's
    if trim:
        trim(0)


class Live:
    """The newest edition of a newsroom. ``start`` begins to watch; ``edition`` is None until there ever was one.

    tell: whether hubs hear of each edition once it is served, while this process writes it. meter: what counts.
    """

    def __init__(self, newsroom: Newsroom, *, tell: bool = True, meter: Meter | None = None) -> None:
        self.newsroom = newsroom
        self.edition: Edition | None = None
        self.failure: Failure | None = None  # of the last update
        self.looked_at = 0.0  # when the articles, or the writer's edition, were last seen, in seconds since the epoch
        self.writes = False  # whether this process does, and follows no other
        self._meter = meter
        self._patience = TRY_AGAIN  # seconds after a failure until the next try
        self._again: frozenset[str] | None = None  # paths that each look takes in; None: the next looks everywhere
        self._due: float | None = None  # when time alone makes an edition due, in seconds since the epoch
        self._looked = self._changed = 0.0  # when there was a look at everything, and a change; by time.monotonic
        self._hubs = Hubs(newsroom.catalogue, newsroom.settings, meter) if tell else None
        self._followed: Edition | None = None  # of another process that writes
        self._differs = False  # whether that is known to have other settings
        self._tried = self._ended = 0.0  # when the last update, or glimpse, began and ended, by time.monotonic
        self._wants = False  # articles: the last update failed for want of them
        self._seen = ""  # of them before it; "": nobody knows, or something has changed since
        self._kept: tuple[str, float] | None = None  # the sentence of a failure in the catalogue; since when, as above
        self._indexes = False  # whether there was more to index at the last step
        self._step = 0.0  # when the next step of indexing is due, by time.monotonic
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    @property
    def error(self) -> str:
        """Why the last update failed, "" after one that did not."""
        return self.failure.sentence if self.failure else ""

    def start(self) -> None:
        """Serve the last edition at once, and begin to watch in a thread of its own; once, however often called."""
        if self._thread is not None:
            return
        with self._starting:
            if self._thread is not None:
                return
            try:
                self._swap()
            except CatalogueError as error:  # the thread may mend it
                self._failed(error)
            if self._meter:
                self._meter.start()
            self._thread = threading.Thread(target=self._run, name="feeds-live", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and give up the writer's place."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        if self._hubs:
            self._hubs.stop()
        if self._meter:
            self._meter.stop()
        self.newsroom.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            seen = ""
            try:
                seen = self._glimpse()
                was_writer, self.writes = self.writes, self.newsroom.hold()
                if self.writes:
                    if not was_writer:
                        self.newsroom.forget_failure()
                        self._kept = None
                    if doubt := self.newsroom.mender.doubt():
                        self.newsroom.mender.mend(doubt)
                    self._write()
                else:
                    if self._hubs:
                        self._hubs.rest()
                    self.newsroom.indexer = None
                    self._follow()
                    self._stop.wait(FOLLOW_EVERY)
            except Exception as error:  # whatever it is, the next try may go well: this thread must not end
                self._failed(error)
                self._seen = seen
                self._rest(SWEEP_EVERY if self._wants else self._patience)

    def _write(self) -> None:
        """Hold the writer's place: update, then wait for a change, until the directory is another one."""
        if self.newsroom.indexer is None:
            self.newsroom.indexer = Indexer(self.newsroom.catalogue, self.newsroom.settings)
        root = data_root(self.newsroom.settings)
        folder = folder_at(root)
        self._look()
        if not folder:
            self._rest(TRY_LATEST if self._wants else self._patience)
            return
        stands = False  # the watch, which it does from the first step of the loop on
        for found in changes_below(root, self._stop):
            if data_root(self.newsroom.settings) != root or folder_at(root) != folder:
                return
            if self.newsroom.mender.doubt() or not self.newsroom.hold():  # a restarted database gave the place away
                return
            paths = changed_paths(root, found)
            if paths:
                self._changed = time.monotonic()
            if not stands:
                stands = True
                self._look()
            elif self._wants:
                self._await_articles(paths)
            elif paths is None or self._may_sweep():
                self._look()
            elif paths or self._is_due():
                self._changed = time.monotonic()
                self._update(paths)
                self._seen = self._glimpse()  # what changes from before it on is told
            elif time.monotonic() >= self._step:
                self._index()

    def _glimpse(self) -> str:
        """What can be seen of the articles, where it has to be known whether that changes."""
        is_first = self.writes and not self._looked
        return self.newsroom.glimpse() if self._wants or is_first else ""

    def _look(self) -> None:
        """Look at everything, unless that would only fail again for want of articles, as nothing differs."""
        seen = self._glimpse()
        if self._wants and seen == self._seen and not self._may_sweep():
            self._ended = time.monotonic()
            return
        self._update()
        self._seen = seen

    def _await_articles(self, paths: Collection[str] | None) -> None:
        """Look where something changed, or may have, and where somebody said that a loss is meant.

        What is told is waited for until no more is; where nobody tells, a look comes as after other failures.
        """
        if paths:
            self._seen = ""
        now = time.monotonic()
        rested = now - self._ended
        may_differ = not self._seen or paths is None or rested >= TRY_LATEST
        all_is_there = not self._seen and now - self._changed >= TRY_AGAIN
        is_meant = self.failure and self.failure.is_loss and self.newsroom.is_loss_accepted
        if is_meant or (may_differ and rested >= (TRY_AGAIN if all_is_there else self._patience)):
            self._look()

    def _rest(self, seconds: float) -> None:
        """Before the next try; shorter where articles are wanted, and something differs."""
        until = time.monotonic() + seconds
        while not self._stop.wait(min(TRY_AGAIN, max(until - time.monotonic(), 0))) and time.monotonic() < until:
            try:
                if self._wants and self._glimpse() != self._seen:
                    return
            except Exception:  # which the next try meets, and tells
                return

    def _index(self) -> None:
        """Some steps through what is not indexed yet; a change waits for no more than that."""
        wait = TRY_AGAIN
        try:
            if self.newsroom.indexer and all(self.newsroom.indexer.index_some() for _ in range(INDEX_STEPS)):
                wait, self._indexes = 0.0, True
            elif self._indexes:
                self._indexes = False
                _give_back()
        except FeedsError as error:
            log.error("articles are not indexed for the search: %s", error)
            wait = INDEX_AGAIN
        self._step = time.monotonic() + wait

    def _is_due(self) -> bool:
        if self.failure:
            return time.monotonic() - self._ended >= self._patience
        return self._due is not None and self._due <= time.time()

    def _may_sweep(self) -> bool:
        now = time.monotonic()
        since = now - self._looked
        return since >= SWEEP_LATEST or (since >= SWEEP_EVERY and now - self._changed >= IDLE)

    def _update(self, paths: Collection[str] | None = None) -> None:
        """One update. paths: where something changed, below the data directory; None: anywhere."""
        started, self._tried = time.perf_counter(), time.monotonic()
        again, self._again = self._again, None
        where = None if paths is None or again is None else again.union(paths)
        if where is None:
            self._looked = time.monotonic()
        try:
            with _in_turn():
                update = self.newsroom.update(paths=where)
        except FeedsError as error:
            self._failed(error)
            return
        if where is None:
            _give_back()
        self._went_well()
        self._again = update.intake.again
        self._due = update.next_due and update.next_due / 1_000_000
        before = time.thread_time()
        self._swap()
        if self._hubs:
            self._hubs.wake()
        spent = (*update.spent, time.thread_time() - before)
        log.debug("intake %.1f, edition %.1f, swap %.1f ms of CPU", *(1000 * seconds for seconds in spent))
        if update.written:
            seconds = time.perf_counter() - started
            with self.newsroom.catalogue.reading() as reading:
                problems = len(reading.problems())
            named = f"; {problems} problems, which feeds check names" if problems else ""
            if self._meter:
                self._meter.rebuilt(seconds)
            log.info(
                "%d files read, %d documents written in %.2f s%s",
                *(update.intake.read, update.written, seconds, named),
                extra={
                    "edition": self.edition.version if self.edition else 0,
                    "files": update.intake.read,
                    "documents": update.written,
                    "seconds": round(seconds, 3),
                    "problems": problems,
                },
            )

    def _follow(self) -> None:
        """Serve what another process writes; say so where that has other settings, as its documents show them."""
        self._swap()
        self._went_well()
        if self.edition is not self._followed:
            self._followed = self.edition
            if not (self._differs or self.newsroom.is_alike()):
                log.warning("another process writes the catalogue with other settings, and its documents are served")
                self._differs = True

    def _swap(self) -> None:
        current = self.edition
        if current is None or self.newsroom.version() != current.version:
            self.edition = self.newsroom.edition(current)

    def _went_well(self) -> None:
        self.failure, self.looked_at, self._patience = None, time.time(), TRY_AGAIN
        self._wants, self._kept = False, None

    def _failed(self, error: Exception) -> None:
        now, self._ended = time.time(), time.monotonic()
        tried = now - (time.monotonic() - self._tried) if self._tried else now
        failure = Failure.of(error, self.failure.since if self.failure else now, tried)
        if failure.sentence != self.error:
            exc_info = None if isinstance(error, FeedsError) else error
            log.error("%s; the last edition stays", failure.sentence, exc_info=exc_info)
        if self._meter:
            self._meter.failed()
        self.failure, self._wants = failure, isinstance(error, (DataDirectoryError, LossError))
        if self.writes:
            self._tell_followers(failure)
        self._patience = min(2 * self._patience, TRY_LATEST)
        if isinstance(error, UnusableCatalogueError):
            self.newsroom.mender.distrust(error)

    def _tell_followers(self, failure: Failure) -> None:
        """Keep in the catalogue why the update failed; where that fails too, they have the same trouble."""
        now = time.monotonic()
        if self._kept and self._kept[0] == failure.sentence and now - self._kept[1] < KEEP_AGAIN:
            return
        with suppress(CatalogueError):
            with self.newsroom.catalogue.writing() as writer:
                keep_failure(writer, failure)
            self._kept = failure.sentence, now
