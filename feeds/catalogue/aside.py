"""A SQLite database that cannot be used any more is set aside, where a person can look at it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from feeds.record import LedgerEntry

NAMES = ("set-aside", "set-aside-2")
"""The first one stays until somebody removes it; the second is the last of all that came after it."""

_BESIDE = ("", "-wal", "-shm")
"""What belongs to a database, itself first: a kill in between leaves no database that has lost its log, and so what was
written last. A log that is left alone SQLite deletes before it makes a new database in its place."""


def set_aside(database: Path) -> Path:
    """Rename a database and what belongs to it; gives its new name."""
    first, last = (database.with_name(f"{database.name}.{name}") for name in NAMES)
    aside = last if first.exists() else first
    for suffix in _BESIDE:
        beside = Path(f"{aside}{suffix}")
        beside.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            Path(f"{database}{suffix}").rename(beside)
    return aside


def ledger_of(database: Path, newsroom: str) -> Iterator[LedgerEntry]:
    """What can still be read of the ledger in a database, whatever its schema, up to where it is damaged."""
    address = f"file:{quote(str(database))}?mode=ro"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        for row in connection.execute("SELECT * FROM ledger WHERE newsroom = ?", (newsroom,)):
            with suppress(TypeError):  # an earlier schema that has not all of it
                entry = LedgerEntry(**{name: row[name] for name in row.keys() if name in LedgerEntry._fields})  # noqa: SIM118
                if not any(isinstance(value, bytes) for value in entry):  # which no value is, if it is not damaged
                    yield entry
