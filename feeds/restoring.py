"""The catalogue and the ledger's second copy, brought to know the same: what one has lost comes back from the other.

The catalogue remembers how the file ended when it last wrote to it: a file that is whole costs a look at its end. One
that goes on behind that is of a catalogue that knew more: its log was lost, or its process died before it committed.
Any other was lost, cut, or exchanged for an older one.
"""

from __future__ import annotations

import json
import logging
from typing import NamedTuple

from feeds.catalogue import Catalogue
from feeds.catalogue.engine import DamagedValueError
from feeds.catalogue.reading import Reading
from feeds.catalogue.writing import Writing
from feeds.ledger import LedgerFile, is_entry, line_of
from feeds.record import LedgerEntry

log = logging.getLogger("feeds")

HELD = "ledger file"
"""The value of the catalogue that says how the file ended."""


class Held(NamedTuple):
    """How the file ended when the catalogue last wrote to it. size: in bytes; digest: see ``LedgerFile.digest``."""

    size: int
    digest: str


def restore(catalogue: Catalogue, ledger_file: LedgerFile) -> None:
    """Read back what the file alone has, and write to it what the catalogue alone has.

    The caller holds the writer's place.
    Where both know an article, the file's entry counts behind the end that the catalogue remembers, its own elsewhere.
    """
    if ledger_file.path is None:
        return
    with catalogue.reading() as reading:
        held = _held(reading)
    goes_on = held is not None and ledger_file.digest(held.size) == held.digest
    if held and goes_on and ledger_file.size == held.size:
        return
    with ledger_file.taken_back_on_failure(), catalogue.writing() as writer:
        if held and goes_on:
            _read_back(writer, ledger_file.entries(held.size))
        else:
            _compare(writer, ledger_file)
        remember(writer, ledger_file)


def remember(writer: Writing, ledger_file: LedgerFile) -> None:
    """Make the file last, and remember how it ends; before the catalogue commits, so that it never knows more."""
    if ledger_file.path is None:
        return
    ledger_file.sync()
    size = ledger_file.size
    writer.set_value(HELD, json.dumps(Held(size, ledger_file.digest(size))))


def _held(reading: Reading) -> Held | None:
    """None where it is not known, as of a new catalogue."""
    try:
        size, digest = json.loads(reading.value(HELD))
        return Held(int(size), str(digest))
    except (ValueError, TypeError):
        return None


def _read_back(writer: Writing, entries: list[LedgerEntry]) -> None:
    known = {entry.id for entry in writer.ledger("id", (entry.id for entry in entries))}
    writer.put_ledger(
        [entry for entry in entries if entry.id not in known], [entry for entry in entries if entry.id in known]
    )


def _compare(writer: Writing, ledger_file: LedgerFile) -> None:
    copied = {entry.id: entry for entry in ledger_file.entries()}
    missing = [_line_of(entry) for entry in writer.whole_ledger() if copied.pop(entry.id, None) != entry]
    writer.put_ledger(list(copied.values()), ())
    if missing:
        ledger_file.append(missing)
        log.warning("%s lacked entries of the catalogue, which are written again: %d", ledger_file.path, len(missing))


def _line_of(entry: LedgerEntry) -> str:
    if not is_entry(entry):
        raise DamagedValueError(f"the ledger has {entry!r}, which is no entry")
    return line_of(entry)
