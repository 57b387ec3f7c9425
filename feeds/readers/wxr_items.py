"""The XML of a WordPress export, an item at a time: where each one lies in the file, and what it holds.

An export is too large to be held and too often broken to be parsed as a whole. It is split by looking for ``</item>``
outside of CDATA, and each item is parsed alone, so that what is wrong with one costs no other. A document type has no
place in an export and nothing of one is ever read: there is no entity to expand and no file to fetch.
"""

from __future__ import annotations

import codecs
import html
import html.entities
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import IO, NamedTuple

from lxml import etree

from feeds.errors import UnreadableError
from feeds.limits import Limits
from feeds.readers.encoding import ENCODINGS

BLOCK = 1 << 20  # bytes read at a time
MAX_HEAD = 8 << 20  # bytes in front of the first item that are looked at

_CDATA, _CDATA_END, _END_TAG = b"<![CDATA[", b"]]>", b"</item"
_OPENING_TAG = re.compile(rb"<([\w:.-]{1,80})(?:\s[^<>]{0,200})?>\s*\Z")
_CLOSING_TAG = re.compile(rb"\s*</([\w:.-]{1,80})")


class Item(NamedTuple):
    """One ``<item>``. position: from 0; start: its first byte in the stream; data: empty where it is too large."""

    position: int
    start: int
    data: bytes


class Items:
    """The items of an export in their order, read through once, of any size with a buffer of some megabytes.

    max_item: bytes; a larger item is passed over.
    head: what stands in front of the first item; complete once that has been given.
    cut_off: whether the export ended too early; known at the end.
    """

    def __init__(self, stream: IO[bytes], block: int = BLOCK, max_item: int = Limits().record) -> None:
        self._stream = stream
        self._block = block
        self._max_item = max_item
        self._buffer = b""
        self._base = 0  # where the buffer begins in the stream
        self._at = 0  # where the item begins in the buffer; all other places count from there
        self._without_end = 0  # up to where in the stream no CDATA section ends, as far as that is known
        self._position = 0
        self.head = b""
        self.cut_off = True

    def __iter__(self) -> Iterator[Item]:
        while self._to_next_item():
            start, end = self._base + self._at, self._end_of_item()
            if end < 0:
                if len(self._buffer) - self._at <= self._max_item:
                    return
                yield Item(self._position, start, b"")
                end = self._max_item
            else:
                yield Item(self._position, start, self._buffer[self._at : self._at + end])
            self._at += end
            self._position += 1
        self._pass(len(self._buffer))

    def _more(self) -> bool:
        data = self._stream.read(self._block)
        self._base += self._at
        self._buffer = self._buffer[self._at :] + data
        self._at = 0
        return bool(data)

    def _to_next_item(self) -> bool:
        while True:
            found = self._buffer.find(b"<item", self._at)
            if 0 <= found < len(self._buffer) - 5:
                self._pass(found)
                if self._buffer[found + 5] in _BEHIND_NAME:
                    return True
                self._pass(found + 5)
            else:
                # A few bytes more than "<item" or "</channel" are looked at again.
                self._pass(max(self._at, found if found >= 0 else len(self._buffer) - 16))
                if not self._more():
                    return False

    def _pass(self, to: int) -> None:
        """Pass over what stands between items: in front of the first one, it is the head."""
        passed = self._buffer[self._at : to + 12]
        if not self._position and len(self.head) < MAX_HEAD:
            self.head += self._buffer[self._at : to]
        self.cut_off = self.cut_off and b"</rss" not in passed and b"</channel" not in passed
        self._at = to

    def _end_of_item(self) -> int:
        """Where the item ends; -1 where the stream ends before, or it is too large."""
        at = 5
        while True:
            at = self._find(_END_TAG, at)
            if at < 0:
                return -1
            opened = self._buffer.rfind(_CDATA, self._at, self._at + at)
            if opened < 0 or self._buffer.find(_CDATA_END, opened, self._at + at) >= 0:
                break
            opened -= self._at
            closed = self._find(_CDATA_END, max(at, self._without_end - self._base - self._at))
            if closed < 0:
                self._without_end = self._base + min(len(self._buffer) - 2, self._at + self._max_item)
            if closed < 0 or not self._closes(opened, closed + 3):
                break  # this CDATA is never closed, so it is the item that ends here
            at = closed + 3
        return self._find(b">", at) + 1 or -1

    def _find(self, sign: bytes, at: int) -> int:
        while True:
            found = self._buffer.find(sign, self._at + at) - self._at
            if found >= 0:
                return found if found < self._max_item else -1
            at = max(at, len(self._buffer) - self._at - len(sign) + 1)
            if at > self._max_item or not self._more():
                return -1

    def _closes(self, opened: int, behind: int) -> bool:
        """Whether a CDATA section is closed by its own ``]]>``, not by that of a later element."""
        while len(self._buffer) - self._at < behind + 100 and self._more():
            pass
        begin = self._at + opened
        opening = _OPENING_TAG.search(self._buffer, max(begin - 300, 0), begin)
        closing = _CLOSING_TAG.match(self._buffer, self._at + behind)
        return opening is None or closing is None or opening[1] == closing[1]


_BEHIND_NAME = frozenset(b"> \t\r\n")


# --- encodings -------------------------------------------------------------------------------------------------------

_DECLARED = re.compile(rb"""<\?xml\s[^<>]{0,80}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_SINGLE_BYTES = {"iso8859-1": "cp1252", "ascii": "utf-8"}  # what a browser reads under these names


def encoding_of(head: bytes) -> str:
    """The encoding of a stream by its byte order mark or declaration, ``utf-8`` for any that no newsroom has."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.search(head[:1024])
    try:
        name = codecs.lookup(declared[1].decode()).name if declared else "utf-8"
    except LookupError:
        return "utf-8"
    name = _SINGLE_BYTES.get(name, name)
    return name if name in ENCODINGS else "utf-8"


@contextmanager
def as_utf8(stream: IO[bytes], encoding: str) -> Iterator[IO[bytes]]:
    """The stream itself where it is UTF-8, else a temporary file with its text in UTF-8; at its start."""
    stream.seek(0)
    if encoding == "utf-8":
        yield stream
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with tempfile.TemporaryFile() as copy:
        while block := stream.read(BLOCK):
            copy.write(decoder.decode(block).encode("utf-8", "replace"))
        copy.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
        copy.seek(0)
        yield copy


# --- one item --------------------------------------------------------------------------------------------------------

_NAMESPACES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
    "media": "http://search.yahoo.com/mrss/",
    "atom": "http://www.w3.org/2005/Atom",
}
_ROOT = re.compile(r"<rss\b[^<>]*>\s*(?:<channel\b[^<>]*>)?")
_XMLNS = re.compile(r"""xmlns:([\w.-]+)\s*=\s*("[^"<]*"|'[^'<]*')""")


class Record(NamedTuple):
    """What an item or an author of the head holds.

    values: the text of each element by its name, of which those of WordPress' own namespace begin with ``wp:``;
    ``content`` and ``excerpt`` are named so. categories: (domain, nicename, text). meta: the post's custom fields.
    warnings: (kind, sentence) of what was mended.
    """

    values: dict[str, str]
    categories: list[tuple[str, str, str]]
    meta: dict[str, str]
    warnings: tuple[tuple[str, str], ...]


class Parser:
    """Reads items of one export. head: what stands in front of its first item."""

    def __init__(self, head: bytes) -> None:
        self._root = _ROOT.search(head.decode("utf-8", "replace"))
        self._strict = _parser(recover=False)

    @cached_property
    def _wrapper(self) -> tuple[bytes, bytes]:
        """An element that binds the prefixes of the export, and those that it should have bound."""
        names = {prefix: f'"{uri}"' for prefix, uri in _NAMESPACES.items()}
        names |= dict(_XMLNS.findall(self._root[0])) if self._root else {}
        attributes = " ".join(f"xmlns:{prefix}={uri}" for prefix, uri in names.items() if prefix != "xmlns")
        return f"<rss {attributes}>".encode(), b"</rss>"

    def read(self, data: bytes) -> Record:
        """What an element holds; mended where its XML is broken. Raises UnreadableError where it cannot be."""
        begin, end = self._wrapper
        try:
            root = etree.fromstring(begin + data + end, self._strict)
        except etree.XMLSyntaxError as error:
            root, warnings = _mended(data, begin, end, error)
        else:
            warnings = ()
        return _record(root[0], warnings)


def _parser(*, recover: bool) -> etree.XMLParser:
    """One that expands and fetches nothing."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, recover=recover
    )


def _record(element: etree._Element, warnings: tuple[tuple[str, str], ...]) -> Record:
    values: dict[str, str] = {}
    categories: list[tuple[str, str, str]] = []
    meta: dict[str, str] = {}
    for child in element.iterchildren("*"):
        name = _name(child.tag)
        if name == "category":
            categories.append((child.get("domain", ""), child.get("nicename", ""), child.text or ""))
        elif name == "wp:postmeta":
            pair = {_name(part.tag): part.text or "" for part in child.iterchildren("*")}
            meta.setdefault(pair.get("wp:meta_key", ""), pair.get("wp:meta_value", ""))
        elif name and name != "wp:comment" and name not in values:
            values[name] = (child.text or "") if not len(child) else _inner(child)
    return Record(values, categories, meta, warnings)


@lru_cache(maxsize=512)
def _name(tag: str) -> str:
    """What an element is called here; "" where it is none of ours, such as ``itunes:author``."""
    space, _, local = tag.rpartition("}" if tag[0] == "{" else ":")
    if not space:
        return local
    if local == "encoded":
        return "excerpt" if "excerpt" in space else "content"
    if space == "wp" or _EXPORT.match(space):
        return f"wp:{local}"
    return local if local == "creator" else ""


_EXPORT = re.compile(r"\{https?://(?:www\.)?wordpress\.org/export/")


def _inner(element: etree._Element) -> str:
    """The markup within an element whose HTML was not escaped."""
    etree.cleanup_namespaces(element)
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return _XMLNS_WRITTEN.sub("", html.escape(element.text or "", quote=False) + "".join(inner))


_XMLNS_WRITTEN = re.compile(r'\sxmlns:[\w.-]+="[^"<>]*"')

# --- mending ---------------------------------------------------------------------------------------------------------

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SECTION = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_BEGIN_OF_TEXT = re.compile(
    r"<(title|content:encoded|excerpt:encoded|wp:meta_value|wp:comment_content)>\s*+<!\[CDATA\["
)
_EARLY_END = re.compile(r"\]\]>(?!<!\[CDATA\[)")
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)


def _mended(
    data: bytes, begin: bytes, end: bytes, error: etree.XMLSyntaxError
) -> tuple[etree._Element, tuple[tuple[str, str], ...]]:
    """The tree of an item whose XML is broken, where what was meant is plain, and what was done."""
    warnings: list[tuple[str, str]] = []
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode(errors="feeds.windows-1252")
        warnings.append(("encoding", "its text is not all UTF-8; the rest was read as Windows-1252"))
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("", text)
        warnings.append(("control", "holds control characters; they are left out"))
    mended = _with_references(_without_early_ends(text))
    if mended != text:
        warnings.append(("unreadable", f"its XML is broken ({_reason(error)}); it was mended"))
    try:
        return etree.fromstring(begin + mended.encode("utf-8", "replace") + end, _parser(recover=False)), tuple(
            warnings
        )
    except etree.XMLSyntaxError as still:
        root = etree.fromstring(begin + mended.encode("utf-8", "replace") + end, _parser(recover=True))
        if root is None or not len(root) or not _is_whole(mended, root[0]):
            raise UnreadableError(f"its XML is broken: {_reason(still)}") from still
        return root, (("unreadable", f"its XML is broken ({_reason(still)}); it was mended"),)


def _without_early_ends(text: str) -> str:
    """The text of an element goes to the last ``]]>`` in it: one before that was no end, but stood in an article."""
    pieces: list[str] = []
    unclosed: set[str] = set()
    at = 0
    for begin in _BEGIN_OF_TEXT.finditer(text):
        if begin.start() < at or begin[1] in unclosed:
            continue
        end = text.find(f"]]></{begin[1]}>", begin.end())
        if end < 0:
            unclosed.add(begin[1])
        else:
            pieces += (text[at : begin.end()], _EARLY_END.sub("]]]]><![CDATA[>", text[begin.end() : end]))
            at = end
    return "".join(pieces) + text[at:]


def _with_references(text: str) -> str:
    """HTML's named characters and lone ampersands as XML has them, outside of CDATA."""
    end = text.rfind("]]>") + 3 if "]]>" in text else 0
    pieces = [*_SECTION.split(text[:end]), "", text[end:]]
    pieces[::2] = (_AMPERSAND.sub(_as_reference, piece) for piece in pieces[::2])
    return "".join(pieces)


def _as_reference(found: re.Match[str]) -> str:
    """HTML's named character, or the ampersand that was meant as one."""
    character = html.entities.html5.get(f"{found[1]};") if found[1] else None
    return character or "&amp;" + found[0][1:]


def _is_whole(text: str, item: etree._Element) -> bool:
    """Whether a tree made of broken XML has every element that matters, once and with nothing lost behind it."""
    names = [_name(child.tag) for child in item.iterchildren("*")]
    wanted = ("title", "content", "wp:post_type", "wp:status", "wp:post_date")
    written = (_TAG_OF[name] for name in wanted)
    return all(
        names.count(name) == min(text.count(f"<{tag}>"), 1) for name, tag in zip(wanted, written, strict=True)
    ) and not any(child.tag == "item" for child in item.iterchildren("*"))


_TAG_OF = {
    "title": "title", "content": "content:encoded", "wp:post_type": "wp:post_type", "wp:status": "wp:status",
    "wp:post_date": "wp:post_date",
}  # fmt: skip


def _reason(error: etree.XMLSyntaxError) -> str:
    """The parser's words without the place, which is one in the item."""
    return re.sub(r", line [0-9]+, column [0-9]+.*", "", str(error.msg)).strip() or "it cannot be parsed"
