"""Words of a text as they are compared, without regard to case and accents, and their stems for the search."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Final

# The marks of typography, which nearly every text has: without them most texts are ASCII.
_MARKS = (("’", "'"), ("‘", "'"), ("“", " "), ("”", " "), ("–", " "), ("—", " "), ("…", " "), ("\xa0", " "))
_NEITHER = re.compile("[\u0300-\u036fʼʻ]+")  # accents, once they stand behind their letters, and apostrophes
_NO_LETTER = re.compile(r"[^\x00-\x7f\w]+")
# Each byte of UTF-8: a letter or digit of ASCII in lower case, a part of another character, or a blank.
_FOLDED = bytes(c if c > 127 else ord(chr(c).lower()) if chr(c).isalnum() else 32 for c in range(256))
_UNSEEN = re.compile(r"<[!/A-Za-z][^<>]*>|\]\([^()\s]*|https?://\S+")


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared; ``Jum'at`` is ``jumat``."""
    if not text.isascii():
        for mark, plain in _MARKS:
            text = text.replace(mark, plain)
        if not text.isascii():
            text = _NO_LETTER.sub(" ", _NEITHER.sub("", unicodedata.normalize("NFKD", text.lower())))
    # By bytes, which are translated twenty times faster than text.
    return text.encode("utf-8", "replace").translate(_FOLDED, b"'`").decode().split()


def readable(body: str) -> str:
    """A body without what nobody reads in it: HTML tags, the targets of links."""
    body = _UNSEEN.sub(" ", body)
    return html.unescape(body) if "&" in body else body


# --- stems ----------------------------------------------------------------------------------------------------------

WORDS_VERSION: Final = 1
"""Another number wherever texts have other stems than before: what is indexed is indexed anew then."""

APART: Final = "0"
"""Stands between texts that are no one phrase; no stem is that, as none begins with a digit."""

_LONGEST = 40  # letters by which a word is known
_KNOWN_STEMS = 1 << 16
# PostgreSQL knows no more places of one word, and none behind the 16383rd; SQLite, which does, finds the same so.
_MOST_OFTEN = 250
_MOST_WORDS = 10_000


def stems(text: str) -> list[str]:
    """The stems of a text's words in their order, of letters ``a`` to ``z`` and digits; ``anak-anak`` is ``anak``.

    Of one stem that comes twice running one stays, as doubling a word makes no other.
    """
    return [stem for stem, _ in groupby(map(_stem, words_of(text)))]


@lru_cache(_KNOWN_STEMS)
def _stem(word: str) -> str:
    from snowballstemmer.indonesian_stemmer import IndonesianStemmer  # here, as a build needs none

    if word.isascii() and word.isalpha():
        stem: str = IndonesianStemmer().stemWord(word[:_LONGEST])  # one that is used by one thread
        return stem
    # The databases would each split numbers and letters beyond ASCII in a way of their own.
    plain = word.encode("ascii", "backslashreplace").decode().replace("\\", "").lower()[:_LONGEST]
    return f"x{plain}" if plain[0].isdigit() else plain


def indexed_words(texts: Iterable[str]) -> str:
    """What the index of words holds of some texts: their stems between blanks, each text apart from the next."""
    found: list[str] = []
    for text in texts:
        found += stems(text)
        found.append(APART)
    found = found[:_MOST_WORDS]
    if len(found) > _MOST_OFTEN:
        often = {word for word, count in Counter(found).items() if count > _MOST_OFTEN}
        if often:
            found = _without_more(found, often)
    return " ".join(found)


def _without_more(words: Iterable[str], often: set[str]) -> list[str]:
    seen: Counter[str] = Counter()
    kept = []
    for word in words:
        seen[word] += word in often
        if seen[word] <= _MOST_OFTEN:
            kept.append(word)
    return kept
