"""Readers: one module a source format, all of one shape; this package picks one and gives it decoded text.

A reader has one function:

    def read(path, text, *, only=None) -> Iterator[Draft | ArticleError]

``path`` is below the data directory, with forward slashes; ``text`` has ``\\n`` line ends; ``only`` names the positions
of the records that are wanted, so that a body is fetched again without building the other Drafts. A reader raises
``UnreadableError`` where the whole file cannot be read; one bad record is an ArticleError among the others.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import Protocol, cast

from feeds.errors import ArticleError, UnreadableError
from feeds.model import Draft


class Reader(Protocol):
    """What every module of this package offers."""

    def read(self, path: str, text: str, *, only: frozenset[int] | None = None) -> Iterator[Draft | ArticleError]: ...


# The module for each suffix, imported when the first file of its kind is read: most newsrooms have one kind.
_MODULES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".mkd": "markdown",
    ".mdx": "markdown",
    ".json": "records",
    ".jsonl": "records",
    ".ndjson": "records",
    ".csv": "tabular",
    ".tsv": "tabular",
    ".txt": "capture",
}

_SUFFIXES = frozenset(suffix[1:] for suffix in _MODULES)

BEGINS_WITH_HEADER = re.compile(r"\ufeff?\s*-{3,}[ \t]*\n(?:[ \t]*(?:#.*)?\n)*[A-Za-z_][\w -]*:(?:\s|$)")
"""A text that starts with ``---`` and a line ``key:``, which makes Markdown of a .txt file."""

# Files of articles' suffixes that no generator takes for an article, and folders of its machinery.
_NO_ARTICLES = frozenset({"readme", "license", "licence", "changelog", "contributing", "robots"})
_INITIALS = frozenset("_iI") | {name[0] for name in _NO_ARTICLES} | {name[0].upper() for name in _NO_ARTICLES}
_NO_FOLDERS = frozenset({"node_modules", "archetypes", "_includes", "_layouts", "_data", "_sass", "_site", "_drafts"})


def is_source(path: str) -> bool:
    """Whether a file can hold articles, by its path alone.

    No: what has no reader, what a dot hides, a section's ``_index.md``, the home page ``index.md``, a README.
    """
    folders, _, name = path.rpartition("/")
    stem, _, suffix = name.rpartition(".")
    if (suffix not in _SUFFIXES and suffix.lower() not in _SUFFIXES) or stem[:1] in ("", "."):
        return False
    if stem[0] in _INITIALS and _is_no_article(stem.lower(), at_top=not folders):
        return False
    return _may_hold_articles(folders)


def _is_no_article(stem: str, *, at_top: bool) -> bool:
    return stem in _NO_ARTICLES or stem.partition(".")[0] == "_index" or (stem == "index" and at_top)


@lru_cache(maxsize=1024)
def _may_hold_articles(folders: str) -> bool:
    return not any(folder[:1] == "." or folder in _NO_FOLDERS for folder in folders.split("/"))


def reader_for(path: str, head: bytes) -> Reader | None:
    """The reader for a file, by its suffix and its first bytes; ``None`` where there is none.

    A .txt file that begins with front matter is Markdown.
    """
    return _reader_for(path, head.decode("utf-8", "ignore"))


def _reader_for(path: str, head: str) -> Reader | None:
    suffix = path[path.rfind(".") :].lower()
    module = _MODULES.get(suffix)
    if module == "capture" and BEGINS_WITH_HEADER.match(head):
        module = "markdown"
    return _module(module) if module else None


@cache
def _module(name: str) -> Reader:
    return cast(Reader, import_module(f"feeds.readers.{name}"))


def read_file(path: str, data: bytes, *, only: frozenset[int] | None = None) -> Iterator[Draft | ArticleError]:
    """The articles of a file, whatever its bytes; never raises.

    What goes wrong is an ArticleError of the kind ``unreadable`` behind all that could be read before it. A remark on
    the file as a whole (its encoding) goes with its first article.
    """
    try:
        text, warnings = decode(data)
        reader = _reader_for(path, text)
        if reader is None:
            raise UnreadableError("no reader knows files of this kind")
        if not text or text.isspace():
            raise UnreadableError("the file is empty")
        for found in reader.read(path, text, only=only):
            if warnings and isinstance(found, Draft):
                yield found._replace(warnings=warnings + found.warnings)
                warnings = ()
            else:
                yield found
    except UnreadableError as error:
        yield ArticleError(path, "unreadable", str(error))
    except RecursionError:
        yield ArticleError(path, "unreadable", "values lie too deep within each other to be read")
    except Exception as error:  # an input that no reader foresaw must not cost the other files
        yield ArticleError(path, "unreadable", f"the file cannot be read ({type(error).__name__}: {error})")


def decode(data: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A file's text with ``\\n`` line ends and no byte order mark, and warnings as in Draft.

    UTF-8, or UTF-16 with a byte order mark; bytes that are no UTF-8 are read as Windows-1252, with a warning.
    Raises UnreadableError for a binary file.
    """
    warnings: tuple[tuple[str, str], ...] = ()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableError("the file begins as UTF-16 and is not UTF-16 throughout") from error
    else:
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            if b"\0" in data:
                raise UnreadableError("the file is binary, not text") from error
            text = data.decode(errors=_WINDOWS)
            line = data.count(b"\n", 0, error.start) + 1
            warnings = (("encoding", f"the text is not all UTF-8 (line {line}); the rest was read as Windows-1252"),)
    if "\0" in text:
        raise UnreadableError("the file is binary, not text")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff"), warnings


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Windows-1252: whole files of it, and a line pasted into UTF-8."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - narrows for the type checker
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_WINDOWS = "feeds.windows-1252"
codecs.register_error(_WINDOWS, _as_windows)
