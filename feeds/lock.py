"""The writer's place: one process writes a catalogue at a time, and the place is free when that process dies."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from zlib import crc32

import sqlalchemy as sa

from feeds.catalogue import Catalogue
from feeds.confined import open_own
from feeds.errors import CatalogueError


class WriterLock(Protocol):
    """Held by one process; the operating system or the database frees it when the process dies."""

    def acquire(self) -> bool:
        """Take the place if it is free; True also where this lock holds it already."""

    def release(self) -> None:
        """Give the place up."""


class FileLock:
    """The lock of a SQLite catalogue: flock on a file beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        if self._descriptor is not None:
            if self._is_there(self._descriptor):
                return True
            self.release()  # somebody deleted the file: another process may hold its successor
        try:
            descriptor = open_own(self._path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise CatalogueError.of(error, self._path) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:  # a file system that knows no locks
            os.close(descriptor)
            raise CatalogueError.of(error, self._path) from error
        self._descriptor = descriptor
        return True

    def _is_there(self, descriptor: int) -> bool:
        with suppress(OSError):
            return os.path.samestat(os.fstat(descriptor), self._path.lstat())
        return False

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class AdvisoryLock:
    """The lock of a PostgreSQL catalogue: an advisory lock of one connection that is kept open."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._key = crc32(f"feeds {catalogue.newsroom}".encode())
        self._connection: sa.Connection | None = None

    def acquire(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(sa.text("SELECT 1"))
            except sa.exc.SQLAlchemyError:
                self.release()  # the connection broke, and the lock went with it
            else:
                return True
        with self._catalogue.errors():
            connection = self._catalogue.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if connection.execute(sa.select(sa.func.pg_try_advisory_lock(self._key))).scalar():
                self._connection = connection
                return True
            connection.close()
            return False

    def release(self) -> None:
        if self._connection is not None:
            with suppress(sa.exc.SQLAlchemyError):
                self._connection.execute(sa.select(sa.func.pg_advisory_unlock(self._key)))
                self._connection.close()
            self._connection = None


def lock_for(catalogue: Catalogue) -> WriterLock:
    """The lock that fits the catalogue's database."""
    engine = catalogue.engine
    if engine.dialect.name == "sqlite":
        return FileLock(Path(f"{engine.url.database}.lock"))
    return AdvisoryLock(catalogue)
