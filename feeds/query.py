"""What people type into a search: words, "phrases" and -exclusions -> Query."""

from __future__ import annotations

import re
from typing import NamedTuple

from feeds.errors import QueryError
from feeds.words import stems

MAX_LENGTH = 200  # characters
MAX_TERMS = 20

_MARKS = str.maketrans("“”„«»", '"""""')
_TERM = re.compile(r'(-*)(?:"([^"]*)"|([^\s"]+))')

Term = tuple[str, ...]
"""Stems that stand one behind the other; of one word, most of the time only one."""


class Query(NamedTuple):
    """What an article must have, all of it, and what it must not; each term once, so that equal searches are equal."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()


def read_query(text: str) -> Query:
    """Understand a search. ``"..."`` is a phrase, ``-`` before a word or a phrase excludes it, any other mark is none.

    What is written as one word, as ``covid-19``, is a phrase; ``anak-anak`` is the word ``anak``.
    Raises QueryError where there is nothing to look for, or too much.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"Pencarian paling panjang {MAX_LENGTH} huruf. (A search has at most {MAX_LENGTH} characters.)"
        )
    wanted: set[Term] = set()
    unwanted: set[Term] = set()
    for minus, phrase, word in _TERM.findall(text.translate(_MARKS)):
        if term := tuple(stems(phrase or word)):
            (unwanted if minus else wanted).add(term)
    if not wanted and unwanted:
        raise QueryError(
            "Tulis juga kata yang dicari, tidak hanya yang dikecualikan. "
            "(A search needs a word to look for, not only some to exclude.)"
        )
    if not wanted:
        raise QueryError("Tulis kata yang dicari. (A search needs a word to look for.)")
    if len(wanted) + len(unwanted) > MAX_TERMS:
        raise QueryError(f"Paling banyak {MAX_TERMS} kata. (A search has at most {MAX_TERMS} words.)")
    return Query(tuple(sorted(wanted)), tuple(sorted(unwanted)))
