"""What a validation says: values that go from the checks to whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Level = Literal["error", "warning", "note"]
"""error: a standard forbids it. warning: readers are known to stumble. note: good to know."""


class Rule(NamedTuple):
    """A rule. sentence: what is wrong with what stands for ``{}``. source: the standard, and the part of it."""

    code: str
    level: Level
    sentence: str
    source: str


class Fault(NamedTuple):
    """A place where a rule is broken. code: the rule's. line: from 1, 0 where there is none. what: its subject."""

    code: str
    line: int = 0
    what: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in words. address: of the document, or its path in a folder."""

    address: str
    line: int
    code: str
    level: Level
    sentence: str
    source: str


class Reference(NamedTuple):
    """Another document that a document names. rel: as the document says it, ``feed`` and ``part`` of a list of such.

    media_type: as announced, "" where nothing is.
    """

    rel: str
    address: str
    line: int = 0
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that was looked at. kind: its format, a word of ``kinds.KINDS``. entries: how many it lists."""

    address: str
    kind: str
    entries: int = 0
    findings: tuple[Finding, ...] = ()
    references: tuple[Reference, ...] = ()

    def named(self, rel: str) -> str:
        """The address of its first reference of a relation, "" where it has none."""
        return next((reference.address for reference in self.references if reference.rel == rel), "")
