"""A catalogue that turns out to be unusable is set aside, and a new one begun in its place: once for each file.

Whoever finds it damaged leaves word beside it, and whoever holds the writer's place mends it, in this process or in
another one, now or after a restart. A PostgreSQL belongs to others as well, and is mended by a person.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from feeds.catalogue import Catalogue
from feeds.catalogue.aside import ledger_of, set_aside
from feeds.confined import open_own
from feeds.errors import CatalogueError, UnusableCatalogueError
from feeds.ledger import LedgerFile
from feeds.lock import WriterLock
from feeds.planning import VERSION_BEFORE

log = logging.getLogger("feeds")

WORD = ".damaged"
WAIT_FOR_TABLES = 10.0  # seconds in which another process of this version may have made them


class Mender:
    """Of one newsroom's catalogue. version: the number of the newest edition that was seen, 0 before the first."""

    def __init__(self, catalogue: Catalogue, ledger_file: LedgerFile) -> None:
        self.version = 0
        self._catalogue = catalogue
        self._ledger_file = ledger_file
        self._database = Path(catalogue.engine.url.database or "")
        self._word = Path(f"{self._database}{WORD}")

    def prepare(self, lock: WriterLock) -> None:
        """Make the catalogue ready for use, a new one where it cannot be used; CatalogueError where that fails."""
        doubt: UnusableCatalogueError | None = None
        try:
            with self._alone_where_tables_change(lock):
                self._catalogue.prepare()
            doubt = self.doubt()
        except UnusableCatalogueError as error:
            if not self._catalogue.is_a_file:
                raise
            if not lock.acquire():
                raise CatalogueError(error.address, f"{error.reason}, and another process writes it") from error
            doubt = error
        if doubt and lock.acquire():
            try:
                self.mend(doubt)
            finally:
                lock.release()

    @contextmanager
    def _alone_where_tables_change(self, lock: WriterLock) -> Iterator[None]:
        """The writer's place where the tables are an earlier program's, which may be at work with them."""
        deadline = time.monotonic() + WAIT_FOR_TABLES
        while (is_earlier := self._catalogue.is_earlier()) and not lock.acquire():
            if time.monotonic() >= deadline:
                reason = "an earlier version of the program writes it; end or restart that service first"
                raise CatalogueError(self._catalogue.shown, reason)
            time.sleep(0.1)
        try:
            yield
        finally:
            if is_earlier:
                lock.release()

    def distrust(self, error: UnusableCatalogueError) -> bool:
        """Leave word that the catalogue was found damaged, for whoever holds the writer's place.

        False where it is none that is mended.
        """
        if self._catalogue.is_a_file and error.file == self._catalogue.file:
            with suppress(OSError):  # of a disk that is full: whoever writes will meet the damage
                descriptor = open_own(self._word, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                with os.fdopen(descriptor, "w", encoding="utf-8") as word:
                    word.write(f"{error.file} {error.reason}")
        return self._catalogue.is_a_file

    def doubt(self) -> UnusableCatalogueError | None:
        """What was found, where that was said of the very file that is there."""
        try:
            with os.fdopen(open_own(self._word, os.O_RDONLY), encoding="utf-8") as word:
                file, _, reason = word.read().partition(" ")
        except (OSError, UnicodeDecodeError):
            return None
        now = self._catalogue.file
        return UnusableCatalogueError(self._catalogue.shown, reason, now) if file == now else None

    def mend(self, error: UnusableCatalogueError) -> None:
        """Begin a new catalogue unless that has been done since; the caller holds the writer's place.

        Raises what it is called for where the catalogue is no file, CatalogueError where its folder cannot be written.
        """
        if not self._catalogue.is_a_file:
            raise error
        if error.file == self._catalogue.file and not self._was_being_made(error):
            if not self._is_new():
                self._set_aside(error)
            self._catalogue.prepare()
            self._count_on()
        with suppress(OSError):
            self._word.unlink(missing_ok=True)

    def _was_being_made(self, error: UnusableCatalogueError) -> bool:
        """Whether somebody missed a table in the moment before a new catalogue had it."""
        try:
            return error.lacks_a_table and self._catalogue.is_complete()
        except UnusableCatalogueError:
            return False

    def _is_new(self) -> bool:
        """Whether somebody deleted the database, and SQLite has made an empty one in its place."""
        try:
            return self._catalogue.is_empty()
        except UnusableCatalogueError:
            return False

    def _set_aside(self, error: UnusableCatalogueError) -> None:
        self._catalogue.close()
        self._ledger_file.complete(ledger_of(self._database, self._catalogue.newsroom))
        try:
            aside = set_aside(self._database)
        except OSError as failure:
            raise CatalogueError(self._catalogue.shown, failure.strerror or str(failure)) from failure
        log.warning("%s; it is set aside as %s and made anew of the articles and the ledger", error, aside)

    def _count_on(self) -> None:
        """Let the editions of a new catalogue be later ones than those that were seen, here and by other processes."""
        if self.version:
            with self._catalogue.writing() as writer:
                writer.set_value(VERSION_BEFORE, str(self.version))
