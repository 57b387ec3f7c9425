"""The XML of a saved feed -> feedparser's entries, up to the first fault. The only user of feedparser.

feedparser's parser of well-formed feeds knows every dialect (RSS 0.9x to 2.0, Atom, RDF and their modules); its
``parse`` is not used, as that can open addresses, mends silently what looks like mojibake, takes a picture's caption
for the article's text, and guesses its way through a broken feed. Here a document type is dropped unread, so that no
entity is ever expanded and nothing fetched, and a broken feed ends at its fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.entities import html5
from io import StringIO
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.expatreader import ExpatParser
from xml.sax.handler import feature_namespaces
from xml.sax.xmlreader import InputSource

from feedparser.api import StrictFeedParser

from feeds import text as texts
from feeds.errors import UnreadableError
from feeds.limits import Limits

Fields = dict[str, Any]
"""What feedparser found of a channel or an entry, by its own names."""


@dataclass(frozen=True)
class Parsed:
    """A feed as far as it could be read.

    entries: whole ones only, but for those that are beyond a limit, which are not read to their end; beyond: the
    sentence for each of these, by its place in ``entries``; fault: a sentence, "" where there is none.
    """

    channel: Fields
    entries: list[Fields]
    beyond: dict[int, str]
    fault: str


_PROLOG = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*+(?:\[(?P<subset>.*?)\]\s*+)?>", re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_FEED_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:(?P<feed>rss|feed)|(?P<rdf>RDF))[\s>]")
_RDF_FEED = ("purl.org/rss/1.0/", "my.netscape.com/rdf/simple/0.9/")


def root_of(text: str) -> tuple[int, str]:
    """Where the root element begins, and its name without prefix; (-1, "") where the text is no XML.

    Raises UnreadableError where the document declares entities.
    """
    end = _PROLOG.match(text).end()  # type: ignore[union-attr]  # it matches nothing, too
    doctype = _DOCTYPE.match(text, end)
    if doctype:
        if "<!ENTITY" in (doctype["subset"] or ""):
            raise UnreadableError("the XML declares entities of its own, which are never expanded")
        end = _PROLOG.match(text, doctype.end()).end()  # type: ignore[union-attr]
    root = _ROOT.match(text, end)
    return (end, root[1]) if root else (-1, "")


def is_feed(text: str) -> bool:
    """Whether XML, or the beginning of it, is RSS, RDF with RSS in it, or Atom."""
    try:
        start, _ = root_of(text)
    except UnreadableError:
        return True  # to be refused as one
    root = _FEED_ROOT.match(text, start) if start >= 0 else None
    return root is not None and (root["rdf"] is None or any(name in text for name in _RDF_FEED))


def parse(text: str, limits: Limits, *, limit: int | None = None) -> Parsed:
    """The entries of a feed, the first ``limit`` of them; of one that is cut off or ill-formed, those before the fault.

    What many feeds have and no XML may (a bare ``&``, ``&nbsp;``, a prefix that nothing declares) is mended first.
    Raises UnreadableError where the document declares entities, or is no feed at all.
    """
    start, root = root_of(text)
    if not is_feed(text):
        told = f"its root element is <{root}>" if root else "it does not begin with an element"
        raise UnreadableError(f"the file is neither a feed nor a WordPress export: {told}")
    lines = text.count("\n", 0, start)
    document = "\n" * lines + text[start:]
    parsed = _parsed(document, limit, limits)
    if parsed.fault and (mended := _mended(document)) != document:
        return _parsed(mended, limit, limits)
    return parsed


def _parsed(document: str, limit: int | None, limits: Limits) -> Parsed:
    reader = ExpatParser()
    feed = _Feed("xml:base" in document, limit, limits)
    reader.setFeature(feature_namespaces, True)
    reader.setContentHandler(feed)
    reader.setErrorHandler(feed)
    source = InputSource()
    source.setCharacterStream(StringIO(document))
    fault = ""
    try:
        reader.parse(source)
    except _EnoughError:
        pass
    except UnreadableError as error:
        fault = str(error)
    except SAXParseException as error:
        fault = _fault(error)
    except (SAXException, LookupError, ValueError, TypeError, AttributeError) as error:
        fault = f"line {reader.getLineNumber()} cannot be read ({type(error).__name__}: {error})"
    return Parsed(feed.feeddata, [dict(entry) for entry in feed.entries[: feed.finished]], feed.beyond, fault)


def _fault(error: SAXParseException) -> str:
    line, message = error.getLineNumber(), error.getMessage()
    return f"the feed is cut off in line {line}" if message in _CUT else f"line {line} is no well-formed XML: {message}"


_CUT = ("no element found", "unclosed token", "unclosed CDATA section")
"""What expat says of a document that ends too soon."""


# --- mending ---------------------------------------------------------------------------------------------------------

_ENTITY = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?:#(?P<number>[0-9]{1,9}|[xX][0-9a-fA-F]{1,8});|(?P<name>\w{1,32});)?",
    re.DOTALL,
)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


def _mended(document: str) -> str:
    missing = [p for p in _PREFIXES if f"<{p}:" in document and f"xmlns:{p}=" not in document]
    if missing:
        declared = "".join(f' xmlns:{prefix}="{_PREFIXES[prefix]}"' for prefix in missing)
        document = _ROOT.sub(lambda root: root[0] + declared, document, count=1)
    return _ENTITY.sub(_reference, document)


def _reference(found: re.Match[str]) -> str:
    """A reference as XML may have it: the characters of HTML's own, none that XML cannot carry, ``&`` escaped."""
    if found[0][0] == "<":
        return found[0]
    if number := found["number"]:
        code = int("0" + number if number[0] in "xX" else number, 0 if number[0] in "xX" else 10)
        return found[0] if code < 0x110000 and not texts.has_control(chr(code)) else ""
    name = found["name"] or ""
    if name in _XML_ENTITIES:
        return found[0]
    return escape(html5[name + ";"]) if name + ";" in html5 else "&amp;" + found[0][1:]


# --- feedparser ------------------------------------------------------------------------------------------------------


class _EnoughError(Exception):
    """No more entries are wanted."""


class _Feed(StrictFeedParser):  # type: ignore[misc]
    """feedparser's handler of SAX events, less helpful.

    finished: how many entries have ended, of ``limit`` that are wanted. beyond: as in Parsed; what follows in such an
    entry is passed over, as feedparser takes long for each element. An author's name is all that stands there, and an
    id is never taken for an address that needs a base. What Media RSS says of a picture (caption, title, credit) is
    kept with the ``media_content`` before it, or else the entry.
    """

    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}

    def __init__(self, has_bases: bool, limit: int | None, limits: Limits) -> None:
        # No encoding: with one, a text that looks like mojibake would be decoded once more.
        super().__init__("", None, "")
        self.resolve_relative_uris = has_bases
        self.sanitize_html = False
        self.limit = limit
        self.limits = limits
        self.open = 0
        self.finished = 0
        self.beyond: dict[int, str] = {}
        self.size = self.elements = 0  # of the entry: characters and elements
        self.passed = 0  # elements that are open, but not for feedparser

    def startElementNS(self, name: object, qname: str, attrs: Any) -> None:  # noqa: N802 - as SAX has it
        self.open += 1  # feedparser copies what is open at each level
        self.limits.hold("depth", self.open, "elements of the feed lie {} deep within each other")
        written = len(qname or "") + sum(map(len, attrs.values()))
        if self.passed or self._is_beyond(written, 1):
            self.passed += 1
        else:
            super().startElementNS(name, qname, attrs)

    def endElementNS(self, name: object, qname: str) -> None:  # noqa: N802
        self.open -= 1
        if self.passed:
            self.passed -= 1
        else:
            super().endElementNS(name, qname)

    def characters(self, text: str) -> None:
        if not self._is_beyond(len(text), 0):
            super().characters(text)

    def _is_beyond(self, characters: int, elements: int) -> bool:
        """Whether the entry that is open is beyond a limit with so many more."""
        if not self.inentry:
            return False
        place = len(self.entries) - 1
        if place not in self.beyond:
            self.size += characters
            self.elements += elements
            sentence = self.limits.excess("record", self.size, "the entry is {} characters long, or longer")
            sentence = sentence or self.limits.excess("elements", self.elements, "the entry has {} elements or more")
            if sentence:
                self.beyond[place] = sentence
        return place in self.beyond

    def _start_item(self, attributes: Fields) -> None:
        super()._start_item(attributes)
        self.size = self.elements = 0

    _start_entry = _start_item

    def _end_item(self) -> None:
        super()._end_item()
        self.finished = len(self.entries)
        if self.finished == self.limit:
            raise _EnoughError

    _end_entry = _end_item

    def _end_author(self) -> None:
        value = self.pop("author")
        self.inauthor = 0
        if value:
            self._get_context()["authors"][-1].setdefault("name", value)

    def _of_picture(self, name: str, attributes: Fields) -> None:
        # Text is expected of an element within text, which markup would be here.
        del attributes
        self.push(f"picture_{name}", 0)

    def _picture_said(self, name: str) -> None:
        value = self.pop(f"picture_{name}")
        if value and self.inentry:
            entry = self.entries[-1]
            place = entry["media_content"][-1] if entry.get("media_content") else entry
            place.setdefault(f"picture_{name}", value)

    def _start_media_description(self, attributes: Fields) -> None:
        self._of_picture("caption", attributes)

    def _end_media_description(self) -> None:
        self._picture_said("caption")

    def _start_media_title(self, attributes: Fields) -> None:
        self._of_picture("title", attributes)

    def _end_media_title(self) -> None:
        self._picture_said("title")

    def _start_media_credit(self, attributes: Fields) -> None:
        self._of_picture("credit", attributes)

    def _end_media_credit(self) -> None:
        self._picture_said("credit")
