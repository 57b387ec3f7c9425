"""An edition kept fresh: watches the data directory, and swaps the newest edition in by one reference.

Of several processes on one catalogue, the one that holds the writer's lock reads and renders; the others follow the
catalogue's version, and one of them takes over when the writer dies. Requests never wait for any of this.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from watchfiles import BaseFilter, Change, watch

from feeds.edition import Edition
from feeds.errors import FeedsError
from feeds.newsroom import Newsroom
from feeds.scan import data_root

log = logging.getLogger("feeds")

LOOK_EVERY = 0.5  # seconds between looks at the data directory's real path, the embargoes and the catalogue's version
FOLLOW_EVERY = 0.25  # seconds between looks at the version of a catalogue that another process writes
GATHER = 100  # milliseconds in which further changes join the first


class _Sources(BaseFilter):
    """Changes in dot-folders (the catalogue's own among them) are none."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self._root = root

    def __call__(self, change: Change, path: str) -> bool:
        return not any(part.startswith(".") for part in Path(path).relative_to(self._root).parts)


class Live:
    """The newest edition of a newsroom. ``start`` begins to watch; ``edition`` is None until there ever was one."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.edition: Edition | None = None
        self.error = ""  # why the last update failed, "" after one that did not
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def start(self) -> None:
        """Serve the last edition at once, and begin to watch in a thread of its own; once, however often called."""
        if self._thread is not None:
            return
        with self._starting:
            if self._thread is not None:
                return
            self._swap()
            self._thread = threading.Thread(target=self._run, name="feeds-live", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and give up the writer's place."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.newsroom.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self.newsroom.lock.acquire():
                    self._write()
                else:
                    self._swap()
                    self._stop.wait(FOLLOW_EVERY)
            except Exception as error:  # whatever it is, the next try may go well: this thread must not end
                self._failed(error)
                self._stop.wait(LOOK_EVERY)

    def _write(self) -> None:
        """Hold the writer's place: update, then wait for a change, until the directory is another one."""
        root = data_root(self.newsroom.settings)
        self._update()
        if not Path(root).is_dir():
            self._stop.wait(LOOK_EVERY)
            return
        changes = watch(
            root,
            watch_filter=_Sources(root),
            debounce=GATHER,
            step=20,
            stop_event=self._stop,
            rust_timeout=int(LOOK_EVERY * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        looked = False  # since the watch stands, which it does from the first step of the loop on
        for changed in changes:
            if data_root(self.newsroom.settings) != root or not Path(root).is_dir():
                return
            if not self.newsroom.lock.acquire():  # a database that was restarted gave the place to another
                return
            if changed or not looked or self._is_due():
                self._update()
                looked = True

    def _is_due(self) -> bool:
        with self.newsroom.catalogue.reading() as reading:
            due = reading.value("embargo")
        return bool(self.error) or (bool(due) and int(due) <= time.time_ns() // 1000)

    def _update(self) -> None:
        started = time.perf_counter()
        try:
            update = self.newsroom.update()
        except FeedsError as error:
            self._failed(error)
            return
        self.error = ""
        self._swap()
        if update.written:
            seconds = time.perf_counter() - started
            with self.newsroom.catalogue.reading() as reading:
                problems = len(reading.problems())
            named = f"; {problems} problems, which feeds check names" if problems else ""
            log.info(
                "%d files read, %d documents written in %.2f s%s", update.intake.read, update.written, seconds, named
            )

    def _swap(self) -> None:
        current = self.edition
        if current is None or self.newsroom.version() != current.version:
            self.edition = self.newsroom.edition()

    def _failed(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, FeedsError) else f"{type(error).__name__}: {error}"
        if sentence != self.error:
            unforeseen = None if isinstance(error, FeedsError) else error
            log.error("%s; the last edition stays", sentence, exc_info=unforeseen)
        self.error = sentence
