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
from feeds.ledger import LedgerFile, Number, is_entry, line_of, line_of_number
from feeds.losses import LossGuard, most_of
from feeds.record import LedgerEntry

log = logging.getLogger("feeds")

HELD = "ledger file"
"""The value of the catalogue that says how the file ended."""


class Held(NamedTuple):
    """How the file ended when the catalogue last wrote to it. size: in bytes; digest: see ``LedgerFile.digest``.

    number: the last that it has.
    """

    size: int
    digest: str
    number: Number | None


def restore(catalogue: Catalogue, ledger_file: LedgerFile, guard: LossGuard | None = None) -> None:
    """Read back what the file alone has, and write to it what the catalogue alone has.

    The caller holds the writer's place. guard: is told how many articles there were, where the catalogue is new.
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
            entries, number = ledger_file.read(held.size)
            _read_back(writer, entries)
            number = number or held.number
        else:
            number = _compare(writer, ledger_file)
            if guard and number:
                guard.recall(writer, *number)
        _end(writer, ledger_file, number)


def remember(writer: Writing, ledger_file: LedgerFile) -> None:
    """Make the file last, and remember how it ends; before the catalogue commits, so that it never knows more."""
    held = _held(writer)
    _end(writer, ledger_file, held and held.number)


def _end(writer: Writing, ledger_file: LedgerFile, number: Number | None) -> None:
    if ledger_file.path is None:
        return
    now = most_of(writer)
    if now and number != now[:2]:
        number = Number(*now[:2])
        ledger_file.append([line_of_number(number)])
    ledger_file.sync()
    size = ledger_file.size
    writer.set_value(HELD, json.dumps(Held(size, ledger_file.digest(size), number)))


def _held(reading: Reading) -> Held | None:
    """None where it is not known, as of a new catalogue."""
    try:
        size, digest, number = json.loads(reading.value(HELD))
        return Held(int(size), str(digest), number and Number(*number))
    except (ValueError, TypeError):
        return None


def _read_back(writer: Writing, entries: list[LedgerEntry]) -> None:
    known = {entry.id for entry in writer.ledger("id", (entry.id for entry in entries))}
    writer.put_ledger(
        [entry for entry in entries if entry.id not in known], [entry for entry in entries if entry.id in known]
    )


def _compare(writer: Writing, ledger_file: LedgerFile) -> Number | None:
    entries, number = ledger_file.read()
    copied = {entry.id: entry for entry in entries}
    missing = [_line_of(entry) for entry in writer.whole_ledger() if copied.pop(entry.id, None) != entry]
    writer.put_ledger(list(copied.values()), ())
    if missing:
        ledger_file.append(missing)
        log.warning("%s lacked entries of the catalogue, which are written again: %d", ledger_file.path, len(missing))
    return number


def _line_of(entry: LedgerEntry) -> str:
    if not is_entry(entry):
        raise DamagedValueError(f"the ledger has {entry!r}, which is no entry")
    return line_of(entry)
