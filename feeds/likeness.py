"""When two things are the same in other words: addresses that lead to one page, headlines and texts that hardly differ.

Knows nothing of articles: texts and addresses go in, answers come out, and the same ones always give the same answer.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from zlib import crc32

# --- addresses ------------------------------------------------------------------------------------------------------

_UNUSUAL = re.compile(r"[?#@A-Z%]|:\d|\bamp\b|/index\.", re.ASCII)
_OTHER_HOST = re.compile(r"\A(?:www|m|amp)\.(?=[^/]*\.)")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|amp|ref|outputtype|_ga|igshid)", re.IGNORECASE)
_WITHIN = re.compile(  # places within an article's page; another fragment may be one of several reports of a page
    r"|comments?|komentar|respond|disqus_thread|more-\d+|main|content|konten|top|utm_\w+|xtor", re.IGNORECASE
)
_SAME_PAGE = re.compile(r"(?:/(?:amp|index\.(?:html?|php)))?/*\Z|\.amp(?=\.html?\Z)", re.IGNORECASE)


def same_address(url: str) -> str:
    """What all addresses of one page have in common: no scheme, no ``www.``, no ``/amp``, nothing that only tracks.

    url: absolute. What is given is no address itself; "" for "", and for a site's home page, which is no article's.
    """
    _, scheme_end, rest = url.partition("://")
    if scheme_end and not _UNUSUAL.search(rest):
        page = _OTHER_HOST.sub("", rest).rstrip("/")
        return page if "/" in page else ""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port not in (None, 80, 443) else "")
    except ValueError:
        return url
    path = _SAME_PAGE.sub("", parts.path)
    kept = [each for each in parts.query.split("&") if each and not _TRACKING.fullmatch(each.partition("=")[0])]
    query = "?" + "&".join(kept) if kept else ""
    fragment = "" if _WITHIN.fullmatch(parts.fragment.partition("=")[0]) else "#" + parts.fragment
    return _OTHER_HOST.sub("", host) + path + query + fragment if path or query else ""


# --- headlines ------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+")
# Bytes, as they are taken apart many times faster than text: what is no letter and no digit of ASCII becomes a space.
_APART = bytes(c if c >= 128 or chr(c).isalnum() else 32 for c in range(256))
_END = 4  # words of a headline that a mark is made of
_ALIKE = 0.75  # of the words of two headlines
_SAME_TEXT = 0.85  # of the triples of words of the shorter text
_TOO_SHORT = 25  # triples; less is too little to tell


def marks(title: str) -> tuple[int, int]:
    """Two numbers of 32 bits: headlines which hardly differ nearly always have one of them in common.

    One is made of the first words of the headline by the alphabet, the other of the last: a word more or less changes
    only one of them.
    """
    words = sorted({*words_of(title)})
    return _checksum(words[:_END]), _checksum(words[-_END:])


def _checksum(words: list[bytes]) -> int:
    return crc32(b" ".join(words))


def words_of(title: str) -> tuple[bytes, ...]:
    """The words of a headline in UTF-8, without regard to case."""
    lower = title.lower()
    if not lower.isascii():
        lower = " ".join(_WORD.findall(lower))
    return tuple(lower.encode("utf-8", "surrogatepass").translate(_APART).split())


def alike(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> bool:
    """Whether the words of two headlines hardly differ: most of them in the same order, and all numbers."""
    if one == other:
        return True
    first, second = set(one), set(other)
    if len(first & second) < _ALIKE * max(1, len(first | second)):
        return False
    if any(word.isdigit() for word in first ^ second):
        return False
    from difflib import SequenceMatcher  # here, as few headlines come so far

    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


# --- texts ----------------------------------------------------------------------------------------------------------


class Sketch:
    """What is compared of a text: its triples of words and its numbers."""

    __slots__ = ("numbers", "triples")

    def __init__(self, text: str) -> None:
        words = _WORD.findall(text.casefold())
        self.triples = frozenset(map(_hash, zip(words, words[1:], words[2:], strict=False)))
        self.numbers = frozenset(word for word in words if word.isdigit())

    def packed(self) -> str:
        """All of it as a text to keep: ten characters for each word of the text; "" for one that is too short."""
        if len(self.triples) < _TOO_SHORT:
            return ""
        return " ".join((*(f"{triple:x}" for triple in sorted(self.triples)), "|", *sorted(self.numbers)))

    @classmethod
    def unpacked(cls, packed: str) -> Sketch | None:
        """The sketch that was packed; None where none was."""
        triples, bar, numbers = packed.partition("|")
        if not bar:
            return None
        sketch = cls("")
        sketch.triples = frozenset(int(triple, 16) for triple in triples.split())
        sketch.numbers = frozenset(numbers.split())
        return sketch


def _hash(words: tuple[str, ...]) -> int:
    """The same in every process, as sketches are kept."""
    return crc32(" ".join(words).encode("utf-8", "surrogatepass"))


def same_text(one: Sketch, other: Sketch) -> bool:
    """Whether a text is nearly all in another, with all its numbers; never for texts of a few words.

    Reports of two days that only differ in prices, scores or victims are two reports.
    """
    shorter, longer = sorted((one, other), key=lambda sketch: len(sketch.triples))
    if len(shorter.triples) < _TOO_SHORT or not shorter.numbers <= longer.numbers:
        return False
    return len(shorter.triples & longer.triples) >= _SAME_TEXT * len(shorter.triples)
