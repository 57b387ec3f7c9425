"""The store: what was read, under which id, what is wrong with it, and what was rendered from it.

SQLAlchemy Core over SQLite (WAL) or PostgreSQL; the only module that knows SQL. Every table carries the newsroom's
key, so that several newsrooms can share a database. Times are integer microseconds since the epoch in UTC with the
offset in seconds beside; texts are ordered by their bytes on both databases, never by a collation.

All but the ledger is a cache of the data directory and can be rebuilt from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from feeds import tables as t
from feeds.catalogue.engine import AT_SIGN, FILE, file_at, is_unusable, make_engine, sentence
from feeds.catalogue.reading import Reading
from feeds.catalogue.writing import Writing
from feeds.errors import CatalogueError, UnusableCatalogueError
from feeds.logs import masked


class Catalogue:
    """One newsroom's part of the store. Open it with ``Catalogue.open``; close it with ``close``.

    Methods that write take part in the transaction of ``writing()``, which all of them need.
    """

    def __init__(self, engine: sa.Engine, newsroom: str) -> None:
        self.engine = engine
        self.newsroom = newsroom

    @classmethod
    def open(cls, address: str, newsroom: str) -> Catalogue:
        """``connect`` and ``prepare``; CatalogueError if either fails."""
        catalogue = cls.connect(address, newsroom)
        try:
            catalogue.prepare()
        except CatalogueError:
            catalogue.close()
            raise
        return catalogue

    @classmethod
    def connect(cls, address: str, newsroom: str) -> Catalogue:
        """A catalogue at an SQLAlchemy address; CatalogueError where that is none, or its driver is missing."""
        try:
            return cls(make_engine(address), newsroom)
        except (sa.exc.ArgumentError, ValueError):  # which may quote a part of the password, as may what is no address
            scheme = address.partition("://")[0]
            raise CatalogueError(f"{scheme}://…", f"is no address of a database; {AT_SIGN}") from None
        except ImportError as error:
            raise CatalogueError(masked(address), f"needs {error.name}, of the extra [postgres]") from error

    def move(self, address: str) -> None:
        """Be the catalogue at another address from now on, for all that know this one."""
        before, self.engine = self.engine, make_engine(address)
        before.dispose()

    def prepare(self) -> None:
        """Make the tables where they are missing; asked first, as a writer may be at work for longer than one waits.

        Raises UnusableCatalogueError where that is damaged or of a later program, CatalogueError where it is away.
        """
        with self.reading() as reading:
            found = reading.schema()
        if found != str(t.SCHEMA):
            with self.writing() as writer:
                found = writer.make_tables()
        if found != str(t.SCHEMA):
            raise UnusableCatalogueError(self.shown, f"its schema is {found}, this program's is {t.SCHEMA}", self.file)

    def is_earlier(self) -> bool:
        """Whether its tables are those of an earlier version of the program, which ``prepare`` would make anew."""
        with self.reading() as reading:
            found = reading.schema()
        return found.isdecimal() and int(found) < int(t.SCHEMA)

    def is_empty(self) -> bool:
        """Whether there are no tables, as in a file that was made just now."""
        with self.reading() as reading:
            return not reading.schema()

    def is_complete(self) -> bool:
        """Whether there are all tables."""
        with self.reading() as reading:
            return reading.has_all_tables()

    @property
    def is_a_file(self) -> bool:
        """Whether it is a SQLite database, and so this machine's alone."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> str:
        """Which file it is just now; "" where there is none."""
        return file_at(self.engine.url.database or "") if self.is_a_file else ""

    @property
    def shown(self) -> str:
        """Its address without the password."""
        return masked(self.engine.url.render_as_string(hide_password=True))  # which leaves one in the query

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A consistent view of the store."""
        with self._connected() as connection:
            if self.engine.dialect.name == "postgresql":  # each of its statements sees a state of its own otherwise
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Reading(connection, self.newsroom)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction: everything or nothing."""
        with self._connected() as plain:
            connection = plain.execution_options(begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield Writing(connection, self.newsroom)

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        """A connection; what is wrong with the database is said of the file that it is open to."""
        file = self.file
        try:
            with self.engine.connect() as connection:
                file = connection.info.get(FILE, file)
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise self._error(error, file) from error

    @contextmanager
    def errors(self) -> Iterator[None]:
        """What the database cannot do is a CatalogueError."""
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            raise self._error(error, self.file) from error

    def _error(self, error: sa.exc.SQLAlchemyError, file: str) -> CatalogueError:
        if is_unusable(error):
            return UnusableCatalogueError(self.shown, sentence(error), file)
        return CatalogueError(self.shown, sentence(error))
