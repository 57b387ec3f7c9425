"""Readers: one module a source format, all of one shape; this package picks one and gives it decoded text.

A reader has one function:

    def read(path, text, *, options=PLAIN, only=None) -> Iterator[Draft | ArticleError]

``path`` is below the data directory, with forward slashes; ``text`` has ``\\n`` line ends; ``options`` say how this
newsroom's files differ from the usual; ``only`` names the positions of the records that are wanted, so that a body is
fetched again without building the other Drafts. A reader raises ``UnreadableError`` where the whole file cannot be
read; one bad record is an ArticleError among the others.

A reader may show how it reads, by a second function with the same arguments:

    def explain(path, text, *, options=PLAIN, only=None) -> Iterator[Line]

A format whose files may be larger than memory has ``read_stream`` instead, with an open binary file for the text, and
``explain`` has that too. Exports and feeds show all that they hold where ``only`` is None, an entry a line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice
from types import MappingProxyType
from typing import BinaryIO, NamedTuple, Protocol, cast

from feeds.errors import ArticleError, UnreadableError
from feeds.limits import Limits, without_embedded
from feeds.model import Draft
from feeds.readers.bounds import TOO_DEEP, within
from feeds.readers.encoding import decode, remark_on


class Options(NamedTuple):
    """How a newsroom's files differ from the usual.

    names: further names of fields, as ``fields.further_names`` gives them.
    body_selector: the CSS selector of the element that holds the body of an HTML page; "" where nothing is said.
    limits: how much is read.
    """

    names: Mapping[str, tuple[str, int]] = MappingProxyType({})
    body_selector: str = ""
    limits: Limits = Limits()


PLAIN = Options()


class Line(NamedTuple):
    """A line of a file, or a value of a record, and what a reader takes it for.

    number: of the line, from 1, or of the record's line or row. role: the field that it gives (``title``, ``date``,
    ``body``), or what becomes of it: ``noise`` and ``tail`` are cut, ``unused`` means nothing here. In the list of what
    an export or a feed holds: ``article``, or ``left out:`` and why.
    """

    number: int
    role: str
    text: str


class Reader(Protocol):
    """What the modules of this package offer."""

    def read(
        self, path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None
    ) -> Iterator[Draft | ArticleError]: ...


class StreamReader(Protocol):
    """What the modules for files of any size offer."""

    def read_stream(
        self, path: str, stream: BinaryIO, *, options: Options = PLAIN, only: frozenset[int] | None = None
    ) -> Iterator[Draft | ArticleError]: ...


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
    ".wxr": "wxr",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}

_KINDS = {
    "markdown": "Markdown",
    "records": "JSON",
    "tabular": "table",
    "capture": "text capture",
    "wxr": "WordPress export",
    "feed": "saved feed",
    "html": "HTML page",
}
"""What people call the files of each module."""

_STREAMS = frozenset({"wxr"})  # the modules that have ``read_stream``
_SINGLES = frozenset({"markdown", "capture", "html"})  # the modules whose files are one article each
_LISTS = frozenset({"wxr", "feed"})  # the modules whose ``explain`` lists the entries of a file
_STREAM_SUFFIXES = frozenset({".wxr", ".xml"})
_SUFFIXES = frozenset(suffix[1:] for suffix in _MODULES)

BEGINS_WITH_HEADER = re.compile(r"\ufeff?\s*-{3,}[ \t]*\n(?:[ \t]*(?:#.*)?\n)*[A-Za-z_][\w -]*:(?:\s|$)")
"""A text that starts with ``---`` and a line ``key:``, which makes Markdown of a .txt or .html file."""

# Files of articles' suffixes that no generator takes for an article, and folders of its machinery.
_NO_ARTICLES = frozenset({"readme", "license", "licence", "changelog", "contributing", "code_of_conduct", "robots"})
_MACHINERY = frozenset(
    {"package.json", "package-lock.json", "tsconfig.json", "manifest.json", "composer.json", "requirements.txt"}
)
_NO_FEEDS = ("sitemap", "browserconfig", "crossdomain", "opensearch", "opml", "pom")  # .xml for machines
_NO_FEED = re.compile(rf"(?:{'|'.join(_NO_FEEDS)})(?![a-z])")
_NO_NAMES = (*_NO_ARTICLES, *_MACHINERY, *_NO_FEEDS)
_INITIALS = frozenset("_iI") | {name[0] for name in _NO_NAMES} | {name[0].upper() for name in _NO_NAMES}
_NO_FOLDERS = frozenset(
    {"node_modules", "archetypes", "scaffolds", "exampleSite", "themes", "layouts"}
    | {"_includes", "_layouts", "_data", "_sass", "_site", "_drafts"}
)
WITHDRAWN = "withdrawn.toml"
"""A list of articles that are withdrawn; ``feeds.withdrawals`` reads it."""
# HTML is also what a site is made with: templates, the pages of lists, what a browser saves beside a page.
_NO_PAGES = frozenset({"partials", "templates", "includes", "shortcodes"})
_NO_PAGE = re.compile(
    r"(?:404|50[0-9]|search|offline|google[0-9a-f]{16})\.x?html?|.*/page/[0-9]+(?:/index)?\.x?html?", re.IGNORECASE
)


def is_source(path: str) -> bool:
    """Whether a file can hold articles, or says which are withdrawn, by its path alone.

    No: what has no reader, what a dot hides, a section's ``_index.md``, the home page ``index.md``, a README; of HTML
    also templates, the second page of a list (``page/2/``), and the folder ``Judul_files`` that a browser saves.
    """
    folders, _, name = path.rpartition("/")
    stem, _, suffix = name.rpartition(".")
    if (suffix not in _SUFFIXES and suffix.lower() not in _SUFFIXES) or stem[:1] in ("", "."):
        return name == WITHDRAWN and _may_hold_articles(folders)
    if stem[0] in _INITIALS and (
        name in _MACHINERY or _is_no_article(stem.lower(), suffix.lower(), at_top=not folders)
    ):
        return False
    if suffix[-4:].lower() == "html" or suffix.lower() == "htm":
        return _may_hold_pages(folders) and not _NO_PAGE.fullmatch(f"{folders}/{name}" if folders else name)
    return _may_hold_articles(folders)


def _is_no_article(stem: str, suffix: str, *, at_top: bool) -> bool:
    if suffix == "xml":
        return _NO_FEED.match(stem) is not None
    return stem in _NO_ARTICLES or stem.partition(".")[0] == "_index" or (stem == "index" and at_top)


@lru_cache(maxsize=1024)
def _may_hold_articles(folders: str) -> bool:
    return not any(folder[:1] == "." or folder in _NO_FOLDERS for folder in folders.split("/"))


@lru_cache(maxsize=1024)
def _may_hold_pages(folders: str) -> bool:
    parts = folders.lower().split("/")
    return _may_hold_articles(folders) and not any(part in _NO_PAGES or part.endswith("_files") for part in parts)


def may_stream(path: str) -> bool:
    """Whether a file's name is one of a format that is read as a stream."""
    return _suffix(path) in _STREAM_SUFFIXES


def _suffix(path: str) -> str:
    return path[path.rfind(".") :].lower()


def is_listed(path: str) -> bool:
    """Whether ``explain_file`` shows the entries of such a file, rather than the first of them."""
    return _MODULES.get(_suffix(path)) in _LISTS


def kind_of(path: str, head: bytes = b"") -> str:
    """What people call a file of this name: ``Markdown``, ``table``; "" where no reader knows it.

    head: its first bytes, where they are at hand: they tell more.
    """
    if head:
        return _KINDS.get(_reader_for(path, head) or "", "")
    if _suffix(path) == ".xml":  # which only its first bytes tell
        return "saved feed or export"
    return _KINDS.get(_MODULES.get(_suffix(path), ""), "")


def reader_for(path: str, head: bytes) -> Reader | StreamReader | None:
    """The reader for a file, by its suffix and its first bytes; ``None`` where there is none.

    A .txt file that begins with front matter is Markdown, an .html file that does is read as one with a body of HTML;
    an .xml file is a WordPress export or a saved feed.
    """
    name = _reader_for(path, head)
    return _module(name) if name else None


def _reader_for(path: str, head: bytes) -> str | None:
    suffix = _suffix(path)
    name = _MODULES.get(suffix)
    if name in ("capture", "html") and BEGINS_WITH_HEADER.match(head.decode("utf-8", "ignore")):
        return "markdown"
    if suffix in _STREAM_SUFFIXES:
        return "wxr" if import_module("feeds.readers.wxr").is_wxr(head) else "feed"
    return name


@cache
def _module(name: str) -> Reader | StreamReader:
    return cast(Reader | StreamReader, import_module(f"feeds.readers.{name}"))


def read_file(
    path: str, content: bytes | BinaryIO, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The articles of a file, whatever its bytes; never raises.

    content: all of it, or the file opened for reading, at its start. What goes wrong is an ArticleError of the kind
    ``unreadable`` behind all that could be read before it. A remark on the file as a whole (its encoding) goes with
    its first article.
    """
    warnings: tuple[tuple[str, str], ...] = ()
    try:
        head = content[:HEAD] if isinstance(content, bytes) else _peek(content)
        name = _reader_for(path, head)
        if name is None:
            raise UnreadableError("no reader knows files of this kind")
        if name in _STREAMS:
            reader = cast(StreamReader, _module(name))
            stream = io.BytesIO(content) if isinstance(content, bytes) else content
            found, source = reader.read_stream(path, stream, options=options, only=only), ""
        else:
            source, warnings = _text_of(path, name, content, options.limits)
            found = cast(Reader, _module(name)).read(path, source, options=options, only=only)
        found = within(found, options.limits)
        yield from _remarked(found, source, warnings) if only is None else found
    except UnreadableError as error:
        yield ArticleError(path, "unreadable", str(error))
    except RecursionError:
        yield ArticleError(path, "unreadable", TOO_DEEP)
    except Exception as error:  # an input that no reader foresaw must not cost the other files
        yield ArticleError(path, "unreadable", f"the file cannot be read ({type(error).__name__}: {error})")


def explain_file(
    path: str, content: bytes | BinaryIO, *, options: Options = PLAIN, position: int | None = None
) -> list[Line]:
    """How a file is read, line by line; [] where its reader cannot say so, or cannot read it at all.

    content: all of it, or the file opened for reading, at its start. position: the record that is asked for, ``None``
    for a file that is one article, and for the list of what an export or a feed holds, MAX_LISTED entries of it.
    """
    try:
        name = _reader_for(path, content[:HEAD] if isinstance(content, bytes) else _peek(content))
        explain = getattr(_module(name), "explain", None) if name else None
        if explain is None:
            return []
        source: str | BinaryIO
        if name in _STREAMS:
            source = io.BytesIO(content) if isinstance(content, bytes) else content
        else:
            source = _text_of(path, name or "", content, options.limits)[0]
        only = None if position is None else frozenset({position})
        lines = explain(path, source, options=options, only=only)
        return list(lines) if name not in _LISTS or only else _first_of(lines)
    except (UnreadableError, RecursionError):
        return []  # which is what read_file says of it


MAX_LISTED = 1000
"""How many entries of an export or a feed are listed."""


def _first_of(lines: Iterator[Line]) -> list[Line]:
    first = list(islice(lines, MAX_LISTED))
    if (more := next(lines, None)) is not None:
        first.append(Line(more.number, "not shown", f"this entry and what follows; see {more.number} by its number"))
    return first


HEAD = 4096
"""Bytes at the start of a file that say of which kind it is."""


def _peek(stream: BinaryIO) -> bytes:
    head = stream.read(HEAD)
    stream.seek(0)
    return head


def _text_of(
    path: str, name: str, content: bytes | BinaryIO, limits: Limits
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text of a file and remarks on its encoding; raises UnreadableError for one that is empty or too large.

    name: of the module that reads it.
    """
    size = len(content) if isinstance(content, bytes) else content.seek(0, io.SEEK_END)
    limits.hold("file", size, "is {} bytes long")
    data = content if isinstance(content, bytes) else _from_start(content, limits.file)
    source, warnings = decode(data, _suffix(path))
    if not source or source.isspace():
        raise UnreadableError("the file is empty")
    if name in _SINGLES and len(source) > limits.text:
        source = without_embedded(source)
        limits.hold("text", len(source), "its text is {} characters long")
    return source, warnings


def _from_start(stream: BinaryIO, most: int) -> bytes:
    stream.seek(0)
    return stream.read(most)


def _remarked(
    found: Iterator[Draft | ArticleError], source: str, warnings: tuple[tuple[str, str], ...]
) -> Iterator[Draft | ArticleError]:
    """The articles with remarks on how they are encoded; those on the whole file go with the first."""
    for each in found:
        if isinstance(each, Draft):
            remarks = warnings + remark_on((each.title, each.summary, each.body), source)
            yield each._replace(warnings=remarks + each.warnings) if remarks else each
            warnings = ()
        else:
            yield each
