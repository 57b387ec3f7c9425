"""The ledger's second copy: one JSON line an entry, appended beside a SQLite catalogue, so that a lost one is restored.

The last line of an id counts. A line that is cut (the machine died while it was written), or that holds what no entry
holds, is passed over, and costs no other.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from json.encoder import encode_basestring as _quoted
from pathlib import Path
from typing import NamedTuple

from feeds.confined import open_own
from feeds.errors import CatalogueError
from feeds.likeness import same_address
from feeds.record import MOMENTS, LedgerEntry

log = logging.getLogger("feeds")

TAIL = 4096  # bytes by which an end is known again
MANY = 2**53  # articles, more than any newsroom has
SHOWN = 80  # bytes of a line that is no entry
_APPEND = os.O_RDWR | os.O_APPEND  # the last byte is read as well
_OFFSETS = range(-86_399, 86_400)  # less than a day, as datetime has them


class Number(NamedTuple):
    """How many articles there were at the most within a day, and how many of the ledger's were withdrawn then."""

    articles: int
    withdrawn: int


class Content(NamedTuple):
    """What the file holds: entries in the order of first sight, each as it was last written, and the last number."""

    entries: list[LedgerEntry]
    number: Number | None


class LedgerFile:
    """``ledger.jsonl`` at a path; None keeps no copy (PostgreSQL keeps the ledger itself)."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def entries(self) -> list[LedgerEntry]:
        """Every entry as it was last written, in the order of first sight."""
        return self.read().entries

    def read(self, start: int = 0) -> Content:
        """What it holds from some byte on, the end of a line."""
        if self.path is None:
            return Content([], None)
        number: Number | None = None
        found: dict[str, LedgerEntry] = {}
        wrong: list[bytes] = []
        try:
            with suppress(FileNotFoundError), os.fdopen(open_own(self.path, os.O_RDONLY), "rb") as lines:
                lines.seek(start)
                for line in lines:
                    entry = _entry(line)
                    if isinstance(entry, Number):
                        number = entry
                    elif isinstance(entry, str):
                        found.pop(entry, None)
                    elif entry:
                        found[entry.id] = entry
                    elif line.strip() and line.endswith(b"\n"):  # else it was cut, as by a kill
                        wrong.append(line[:SHOWN])
        except OSError as error:
            raise CatalogueError.of(error, self.path) from error
        if wrong:
            begins = wrong[0].decode("utf-8", "replace").strip()
            log.warning("%s: lines that are no entries are passed over: %d, such as %r", self.path, len(wrong), begins)
        return Content(list(found.values()), number)

    def append(self, lines: Sequence[str]) -> None:
        """Write entries, as ``line_of`` makes them; ``sync`` makes them last."""
        if self.path is None or not lines:
            return
        try:
            with os.fdopen(open_own(self.path, _APPEND | os.O_CREAT), "ab") as file:
                if file.tell() and not _ends_with_newline(file.fileno()):
                    file.write(b"\n")  # the last line was cut: it must not swallow the next
                file.write(("\n".join(lines) + "\n").encode("utf-8"))
        except OSError as error:
            raise CatalogueError.of(error, self.path) from error

    @contextmanager
    def taken_back_on_failure(self) -> Iterator[None]:
        """What is appended within is cut off again where anything fails: the catalogue does not know of it then.

        The caller holds the writer's place, so that all that the file has grown by is its own. What cannot be cut off
        does no harm: it is lines that the next run would write.
        """
        before = self.size
        try:
            yield
        except BaseException:
            with suppress(OSError, CatalogueError):  # of a disk that is gone: the failure itself is told
                self._cut_to(before)
            raise

    @property
    def size(self) -> int:
        """In bytes; 0 where there is no file."""
        if self.path is None:
            return 0
        try:
            return self.path.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise CatalogueError.of(error, self.path) from error

    def digest(self, size: int) -> str:
        """Over the last bytes of the first ``size`` of the file; "" where it has not as many."""
        if self.path is None or self.size < size:
            return ""
        start = max(size - TAIL, 0)
        try:
            with suppress(FileNotFoundError), os.fdopen(open_own(self.path, os.O_RDONLY), "rb") as file:
                return hashlib.sha256(os.pread(file.fileno(), size - start, start)).hexdigest()[:16]
        except OSError as error:
            raise CatalogueError.of(error, self.path) from error
        return ""

    def _cut_to(self, size: int) -> None:
        if self.path is not None and self.size > size:  # a shorter one is another, and would be filled with zeros
            with os.fdopen(open_own(self.path, os.O_WRONLY), "wb") as file:
                file.truncate(size)

    def complete(self, entries: Iterable[LedgerEntry]) -> None:
        """Append the entries that are not in the file, and make them last; what is damaged of them is left out."""
        known = {entry.id for entry in self.entries()}
        self.append([line_of(entry) for entry in entries if entry.id not in known and is_entry(entry)])
        self.sync()

    def sync(self) -> None:
        """Wait until the disk has what was written; before the catalogue commits, so that it never knows more."""
        if self.path is None:
            return
        try:
            with suppress(FileNotFoundError), os.fdopen(open_own(self.path, _APPEND), "ab") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise CatalogueError.of(error, self.path) from error


def line_of(entry: LedgerEntry) -> str:
    """An entry as a line of the file."""
    # By hand, as a first build writes one for every article: in a fifth of the time of encoding a dictionary.
    address = "null" if entry.address is None else _quoted(entry.address)
    withdrawn = "null" if entry.withdrawn is None else entry.withdrawn
    return (
        f'{{"id":{_quoted(entry.id)},"key":{_quoted(entry.key)},"address":{address},"slug":{_quoted(entry.slug)},'
        f'"published":{entry.published},"published_offset":{entry.published_offset},'
        f'"content_hash":"{entry.content_hash}","updated":{entry.updated},"updated_offset":{entry.updated_offset},'
        f'"withdrawn":{withdrawn},"remains":{_quoted(entry.remains)}}}'
    )


def line_of_number(number: Number) -> str:
    """The line that says how many articles there are now: a catalogue that is lost does not take that along."""
    return json.dumps(number._asdict())


def forgotten(identity: str) -> str:
    """The line that takes an entry back."""
    return f'{{"forgotten":{_quoted(identity)}}}'


def _entry(line: bytes) -> LedgerEntry | Number | str | None:
    """An entry, the id of one that is taken back, a number of articles, or None for a line that is none of them."""
    try:
        values = json.loads(line)
        if isinstance(gone := values.get("forgotten"), str):
            return gone
        if "articles" in values:
            number = Number(values["articles"], values["withdrawn"])
            return number if all(type(each) is int and 0 <= each < MANY for each in number) else None
        if "link" in values:  # as the first version wrote it
            values.setdefault("address", same_address(values["link"] or "") or None)
        # A later version may know more of an article; what this one knows is enough to keep its id.
        entry = LedgerEntry(**{name: values[name] for name in LedgerEntry._fields if name in values})
        return entry if is_entry(entry) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def is_entry(entry: LedgerEntry) -> bool:
    """Whether its values are what they must be: not so of a line that somebody edited, or a table that is damaged."""
    return all(map(_is_fit, LedgerEntry._fields, entry))


def _is_fit(name: str, value: object) -> bool:
    """Whether a value can stand in the table under that name, and become the date that it is."""
    return (value is None and name in _MAY_BE_NONE) or _FITS.get(name, _is_text)(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and (value.isascii() or bool(value.encode()))  # ValueError for half a character


def _is_moment(value: object) -> bool:
    return type(value) is int and value in MOMENTS  # True is a number as well


def _is_offset(value: object) -> bool:
    return type(value) is int and value in _OFFSETS


_MAY_BE_NONE = frozenset({"address", "withdrawn"})
_FITS: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(("published", "updated", "withdrawn"), _is_moment),
    **dict.fromkeys(("published_offset", "updated_offset"), _is_offset),
}
"""What the values of an entry must be, where they are not texts."""


def _ends_with_newline(descriptor: int) -> bool:
    return os.pread(descriptor, 1, os.fstat(descriptor).st_size - 1) == b"\n"
