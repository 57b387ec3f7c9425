"""The connection to SQLite or PostgreSQL, and what a database's refusal means in a sentence."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import sqlalchemy as sa


def make_engine(address: str) -> sa.Engine:
    # Positional parameters, which drivers bind the quickest.
    engine = sa.create_engine(address, paramstyle="qmark" if address.startswith("sqlite") else "format")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes its place at once: a read that turns into a write can fail where another wrote in between.
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _prepare_sqlite(connection: Any, _: object) -> None:
    # SQLAlchemy then sends BEGIN itself, so that reads see one state and schema changes are transactional.
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "synchronous=NORMAL", "cache_size=-2048"):
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


def sentence(error: sa.exc.SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())
