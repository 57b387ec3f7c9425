"""The system calls of a run, as strace tells them."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

KINDS = {
    "write": ("write", "writev", "pwrite64"),
    "fsync": ("fsync", "fdatasync"),
    "rename": ("rename", "renameat", "renameat2"),
    "remove": ("unlink", "unlinkat", "rmdir"),
    "truncate": ("ftruncate",),
    "make": ("mkdir", "utimensat"),
}


@dataclass(frozen=True)
class Call:
    """A process's K-th system call of that name. kind: the family it is of."""

    kind: str
    name: str
    k: int


def can_trace() -> bool:
    """Whether strace is there, and may trace here."""
    try:
        done = subprocess.run(
            ["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def calls_of(trace: Path) -> dict[str, list[Call]]:
    """The calls of a traced run by kind, but for what it says to a person.

    strace counts those of each thread and name by themselves.
    """
    kinds = {name: kind for kind, names in KINDS.items() for name in names}
    counts: Counter[tuple[str, str]] = Counter()
    found: dict[str, list[Call]] = {}
    for thread, name, first in re.findall(r"(?m)^(\d+) +(\w+)\((\w*)", trace.read_text(errors="replace")):
        counts[thread, name] += 1
        if first not in ("1", "2"):
            found.setdefault(kinds[name], []).append(Call(kinds[name], name, counts[thread, name]))
    return found
