"""The connection to SQLite or PostgreSQL, and what a database's refusal means in a sentence."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from feeds.confined import check_own
from feeds.errors import CatalogueError

PATIENCE = 30  # seconds in which another writer may be done
AT_SIGN = "an @ in its password is written as %40"
FILE = "file"
"""What a connection remembers: the file that it is open to."""

POSTGRESQL = {  # as libpq has it; what the address names itself is as that says
    "connect_timeout": 5,  # seconds for an answer to the first word: who accepts a connection need not say anything
    "tcp_user_timeout": 30_000,  # milliseconds in which what was sent must have arrived
    "keepalives_idle": 30,  # seconds of silence after which it is asked whether the other side is there still,
    "keepalives_interval": 10,  # and again,
    "keepalives_count": 3,  # as many times
}
"""How long a PostgreSQL that is away is waited for. A statement has no limit: a first build's take long."""


class DamagedValueError(sa.exc.SQLAlchemyError):
    """A value of the catalogue that this program has not written like that."""


def as_asked(rows: Iterable[sa.Row[Any]], column: str, asked: Collection[str]) -> Iterator[sa.Row[Any]]:
    """The rows, of which each must have a value that was asked for: not so where a bit of an index has flipped."""
    for row in rows:
        value = getattr(row, column)
        if value not in asked:
            raise DamagedValueError(f"{value!r} is answered as {column}, and nobody asked for it")
        yield row


def make_engine(address: str) -> sa.Engine:
    url = sa.make_url(address)
    if "@" in (url.host or ""):  # else a part of the password is a host, and named where that is not found
        raise sa.exc.ArgumentError(AT_SIGN)
    patience = POSTGRESQL if url.get_driver_name() == "psycopg" else {}
    engine = sa.create_engine(
        url,
        paramstyle="qmark" if address.startswith("sqlite") else "format",  # positional: drivers bind them the quickest
        connect_args={name: value for name, value in patience.items() if name not in url.query},
    )
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        if engine.url.database:
            _follow_no_link(engine, engine.url.database)
            _follow_the_file(engine, engine.url.database)
    return engine


def _follow_no_link(engine: sa.Engine, database: str) -> None:
    """Raise CatalogueError where SQLite would open a link or a pipe: by itself, it follows them."""

    def look(*_: object) -> None:
        for path in (Path(database + suffix) for suffix in ("", "-wal", "-shm", "-journal")):
            try:
                check_own(path)
            except OSError as error:
                raise CatalogueError.of(error, path) from error

    sa.event.listen(engine, "do_connect", look)


def _follow_the_file(engine: sa.Engine, database: str) -> None:
    """Connect anew where another file has taken the place of the one that a connection is open to, or none is there."""

    def remember(_: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info[FILE] = file_at(database)

    def look(_: object, record: sa.pool.ConnectionPoolEntry, __: object) -> None:
        if record.info[FILE] != file_at(database):
            raise sa.exc.DisconnectionError(f"{database} is another file now")

    sa.event.listen(engine, "connect", remember)
    sa.event.listen(engine, "checkout", look)


def file_at(path: str) -> str:
    """Which file is there: the numbers of its device and of itself; "" for none."""
    with suppress(OSError):
        status = os.stat(path)  # noqa: PTH116  each query asks, and a Path takes three times as long
        return f"{status.st_dev}:{status.st_ino}"
    return ""


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes its place at once: a read that turns into a write can fail where another wrote in between.
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _prepare_sqlite(connection: Any, _: object) -> None:
    # SQLAlchemy then sends BEGIN itself, so that reads see one state and schema changes are transactional.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={PATIENCE * 1000}", "synchronous=NORMAL", "cache_size=-2048"):
        connection.execute(f"PRAGMA {pragma}")
    # Only the first of all connections changes the mode, and SQLite does not wait for those that try it with that one.
    for last_try in [False] * 200 + [True]:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if last_try or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.02)


def is_unusable(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether a SQLite database is damaged, is none, or does not hold what this program has put into it."""
    if isinstance(error, DamagedValueError):
        return True
    cause = getattr(error, "orig", None)
    if not isinstance(cause, sqlite3.Error):
        return False
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # https://sqlite.org/rescode.html: the primary one
    is_damaged = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return is_damaged or str(cause).startswith(("no such table", "Could not decode to UTF-8"))


def sentence(error: sa.exc.SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
        return f"another process writes it, and is not done after {PATIENCE} s"
    return " ".join(str(cause).split())
