"""The lists that an article is in, by the names under which the catalogue keeps them and the service serves them.

A category's list is called by its slug, a tag's ``tag/<slug>``, an author's ``author/<slug>``. Spellings that have one
slug are one list: "Banjir Bandang" and "banjir-bandang".
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from feeds.text import slugify

TAG = "tag/"
AUTHOR = "author/"
KINDS = (TAG, AUTHOR)

_KEPT = 50_000  # names whose lists are remembered: more tags than a newsroom uses in years


@lru_cache(maxsize=_KEPT)
def list_of(kind: str, name: str) -> str:
    """The list of a tag or an author."""
    return kind + slugify(name)


def lists_of(categories: Iterable[str], tags: Iterable[str], authors: Iterable[str]) -> tuple[str, ...]:
    """Every list that an article is in, each once. categories: by slug; tags, authors: as written."""
    named = [*categories, *[list_of(TAG, tag) for tag in tags], *[list_of(AUTHOR, author) for author in authors]]
    return tuple(dict.fromkeys(named))


def spelling(name: str, written: Iterable[str]) -> str:
    """How an article writes the name of a list of tags or authors, among all that it writes; "" where it does not."""
    kind = name[: name.index("/") + 1]
    return next((each for each in written if list_of(kind, each) == name), "")
