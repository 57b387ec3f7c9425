"""How much of a newsroom's files is read, and the sentence for what is more: no file may stop the others.

The table ``[limits]`` of the configuration sets them (``feeds.config.table`` says what each is for). The defaults are
far above what newsrooms write, and such that no file takes a second to read for each article in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from feeds.errors import UnreadableError

KB = 1024  # bytes
MB = 1024 * KB

_EMBEDDED = re.compile(r"data:[\w.+/;=-]{1,160};base64,[A-Za-z0-9+/=%]++", re.ASCII)


def without_embedded(source: str) -> str:
    """A text without the files that stand in it as addresses (``data:image/png;base64,…``), which no feed carries."""
    return _EMBEDDED.sub("data:,", source)


def size_of(values: Iterable[object]) -> int:
    """How many characters the texts among some values have, without the files that stand in them."""
    texts = [each for each in values if isinstance(each, str)]
    return sum(len(without_embedded(text) if ";base64," in text else text) for text in texts)


class Limits(NamedTuple):
    """The most that is read. file, record: bytes; text, header: characters; the others are counts."""

    file: int = 64 * MB
    record: int = 8 * MB
    records: int = 500_000
    text: int = 512 * KB
    header: int = 128 * KB
    values: int = 10_000
    depth: int = 100
    names: int = 200
    elements: int = 10_000

    def excess(self, name: str, count: int, what: str) -> str:
        """The sentence for a count above the limit of a name, "" for one within it. what: has ``{}`` for the count."""
        limit: int = getattr(self, name)
        return f"{what.format(f'{count:,}')}; limits.{name} is {limit:,}" if count > limit else ""

    def hold(self, name: str, count: int, what: str) -> None:
        """Raises UnreadableError, with the sentence of ``excess``, for a count above the limit of a name."""
        if sentence := self.excess(name, count, what):
            raise UnreadableError(sentence)

    def hold_values(self, value: object, what: str) -> None:
        """Raises UnreadableError for a value that holds too many others, or holds them too deep.

        what: what holds them, such as ``the record``. A loop, not a recursion: it is depth that is looked for.
        """
        count = size = 0
        waiting = [(value, 1)]
        while waiting:
            each, depth = waiting.pop()
            inner = each.values() if isinstance(each, Mapping) else each if isinstance(each, (list, tuple)) else ()
            count += len(inner)
            self.hold("values", count, f"{what} holds {{}} values or more")
            size += size_of(inner)
            self.hold("text", size, f"the texts of {what} are {{}} characters long, or longer")
            if inner:
                self.hold("depth", depth, f"values of {what} lie {{}} deep within each other, or deeper")
            waiting += [(part, depth + 1) for part in inner if isinstance(part, (Mapping, list, tuple))]
