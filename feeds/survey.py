"""What the catalogue holds, counted: by queries that count, so that a hundred thousand articles take a moment."""

from __future__ import annotations

from feeds import tables as t
from feeds.catalogue import Reading
from feeds.categories import name_in


def articles_by_category(reading: Reading) -> dict[str, int]:
    """How many articles each category has, by slug; those of its parts are its own too."""
    return dict(reading.counted(t.memberships, t.memberships.c.category))


def articles_by_unknown_name(reading: Reading) -> dict[str, int]:
    """How many articles use each name that means no category; the most used first."""
    kind = t.problems.c.kind == "category"
    found = {
        name_in(reason): number for reason, number in reading.counted(t.problems, t.problems.c.reason, where=[kind])
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
