"""feedgen with its faults mended: the only module that knows them.

feedgen 1.0.0 builds the documents; its own extension interface adds what it lacks and corrects what it gets wrong while
the tree is there. Its faults by number, and where each is answered (``tests/test_formats.py`` has a test for each):

 1. entry links lose rel, type and length      ``Elements.add`` writes them, feedgen's ``link()`` is not called
 2. the channel's link is the last link of all  ``FeedGenerator.link()`` is called once, for the home page
 3. RSS writes only the first ``rel=self``      ``Elements.add`` writes each ``atom:link``
 4. ``sy:UpdatePeriod``: wrong names            ``Elements.add``; feedgen's syndication extension is not loaded
 5. ``content type="CDATA"`` in Atom            ``content(type="html")`` there; ``CDATA`` in RSS only
 6. titles, subtitle, rights have no type       ``Elements.extend_atom`` types every text construct
 7. an author without an e-mail vanishes        ``dc:creator`` by ``Elements.add``
 8. media: groups, integers, no credit          ``Elements.add``; feedgen's media extension is not loaded
 9. a control character raises for all          ``common.render_clean``; XHTML content is not used
10. an entry without title raises for all       ``common.headline``; id, title and updated are always set
11. updated is the clock's                      always set; ``Generator`` empties lastBuildDate, docs and generator
12. only five rels for an entry                 ``Elements.add`` takes any
13. ``rss_file`` leaves half a file             not called: formats give bytes
14. dates by ``setlocale``                      ``common.rfc822``; feedgen gets no date of RSS
15. enclosure without type, length "0"          written only with both; textInput is not used
16. ``add_entry`` prepends, ``id()`` resets     ``order="append"``; ``guid()`` alone is called
17. extensions off: undeclared prefixes         always on; the root declares each prefix once
18. no hooks, logo and image overwrite          this extension is the hook; logo is Atom's only, image RSS's only
19. no xml:lang, source without a link          ``Elements.language``; ``dc:source``
20. the caller's dictionaries are changed       each is made for the one call
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

RSL = "https://rslstandard.org/rsl"
NAMESPACES = {
    "at": "http://purl.org/atompub/tombstones/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "rsl": RSL,
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
_QUALIFIED = {
    f"{prefix}:{name}": f"{{{NAMESPACES[prefix]}}}{name}"
    for prefix, names in {
        "at": ["comment", "deleted-entry"],
        "atom": ["link", "updated"],
        "creativeCommons": ["license"],
        "dc": ["creator", "language", "rights", "source"],
        "dcterms": ["license"],
        "fh": ["archive"],
        "media": ["content", "credit", "description", "thumbnail"],
        "sy": ["updateFrequency", "updatePeriod"],
    }.items()
    for name in names
}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DECLARATION = re.compile(rb' xmlns(?::[A-Za-z]+)?="[^"]*"')
_TAG = re.compile("<[A-Za-z/!?]")
_TEXT_CONSTRUCTS = ("title", "subtitle", "summary", "rights")  # RFC 4287 section 3.1


class Elements(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Elements that feedgen does not know, or writes wrongly, added to a feed or an entry in the order given."""

    prefixes: tuple[str, ...] = ()
    further: tuple[tuple[str, str], ...] = ()

    def __init__(self) -> None:
        self._elements: list[tuple[str, str, dict[str, str], bool]] = []
        self._trees: list[Callable[[etree._Element], None]] = []
        self.language = ""

    def add(self, name: str, text: str = "", attributes: dict[str, str] | None = None, *, inside: bool = False) -> None:
        """One more element; ``inside`` puts it into the one before it that is not inside.

        Attributes without a value are left out.
        """
        self._elements.append((name, text, attributes or {}, inside))

    def add_tree(self, write: Callable[[etree._Element], None]) -> None:
        """What ``write`` puts into the element that it is given, behind all others."""
        self._trees.append(write)

    def extend_ns(self) -> dict[str, str]:
        return {prefix: NAMESPACES[prefix] for prefix in self.prefixes} | dict(self.further)

    def extend_rss(self, element: etree._Element) -> None:
        """Called by feedgen with a whole ``<rss>``, or with an ``<item>`` that stands nowhere yet."""
        if element.tag == "rss":
            for path in ("description", "image/title"):
                for plain in element[0].findall(path):
                    _as_hexadecimal(plain)
            self.write_rss(element[0])

    def extend_atom(self, element: etree._Element) -> None:
        """Called by feedgen with a whole ``<feed>``, or with an ``<entry>`` that stands nowhere yet."""
        if element.tag == "feed":
            self.write_atom(element)

    def write_rss(self, parent: etree._Element) -> None:
        """Write into a channel, or an item that stands in its channel."""
        _as_hexadecimal(parent[0])  # feedgen begins with the title
        self._write(parent)

    def write_atom(self, parent: etree._Element) -> None:
        """Write into a feed, or an entry that stands in its feed."""
        if self.language:
            parent.set(_XML_LANG, self.language)
        for child in parent:
            if child.tag in _TEXT_CONSTRUCTS:
                kind, child.text = typed(child.text or "")
                child.set("type", kind)
        self._write(parent)

    def _write(self, parent: etree._Element) -> None:
        latest = parent
        for name, text, attributes, inside in self._elements:
            element = etree.SubElement(latest if inside else parent, _QUALIFIED.get(name, name))
            if text:
                element.text = text
            for key, value in attributes.items():
                if value:
                    element.set(key, value)
            if not inside:
                latest = element
        for write in self._trees:
            write(parent)


class RssElements(Elements):
    prefixes: tuple[str, ...] = ("dc", "media", "sy")  # feedgen itself declares atom and content


class AtomElements(Elements):
    prefixes: tuple[str, ...] = ("dc", "media")


def declaring(elements: type[Elements], *prefixes: str, further: tuple[tuple[str, str], ...] = ()) -> type[Elements]:
    """The same for a document that declares more namespaces, which only those that use them do.

    further: those that are not ours, by prefix.
    """
    if not prefixes and not further:
        return elements
    return type(elements.__name__, (elements,), {"prefixes": elements.prefixes + prefixes, "further": further})


def used_in(entries: Sequence[bytes], *prefixes: str, behind: bytes) -> list[str]:
    """Those prefixes that entries have elements of, ``behind`` the last place where these bytes are.

    So the texts of articles are not looked through for each document, which are much the longest of an entry.
    """
    ends = b"".join([entry[entry.rfind(behind) :] for entry in entries])
    return [prefix for prefix in prefixes if f"<{prefix}:".encode() in ends]


def typed(text: str) -> tuple[str, str]:
    """A plain text as (type, text) of an Atom text construct (RFC 4287 section 3.1.1).

    It is ``text`` unless it would read otherwise as HTML, like a headline about ``&amp;`` or ``<b>``: careless readers
    take it for that, so it is said, and written, as HTML then.
    """
    if _TAG.search(text) or ("&" in text and unescape(text) != text):
        return "html", escape(text, quote=False)
    return "text", text


def _as_hexadecimal(element: etree._Element) -> None:
    """Write ``&`` and ``<`` in a plain text as ``&#x26;`` and ``&#x3C;``, which no reader takes for markup.

    RSS Best Practices Profile, "Character Data": https://www.rssboard.org/rss-profile#data-types-characterdata
    """
    text = element.text or ""
    if "&" not in text and "<" not in text:
        return
    element.text, *pieces = re.split("([&<])", text)
    for mark, tail in zip(pieces[::2], pieces[1::2], strict=True):
        reference = etree.Entity("#x26" if mark == "&" else "#x3C")
        reference.tail = tail
        element.append(reference)


class Generator(FeedGenerator):  # type: ignore[misc]  # feedgen has no types
    """A FeedGenerator that takes nothing from the clock, and renders each of its entries by itself."""

    def __init__(self, elements: type[Elements]) -> None:
        super().__init__()
        # feedgen sets these to the clock and to itself; it has no method to take them back.
        self._FeedGenerator__rss_lastBuildDate = None
        self._FeedGenerator__rss_docs = None
        self._FeedGenerator__rss_generator = None
        self._FeedGenerator__atom_generator = None
        self.register_extension("elements", elements, elements)

    def append(self) -> Any:
        """A new entry behind the others: a FeedEntry with ``elements``, an ``Elements``."""
        entry: FeedEntry = self.add_entry(order="append")
        return entry

    def rss_items(self) -> list[bytes]:
        """Each ``<item>`` as it stands in the document, without the declarations that its root has."""
        root, _ = self._create_rss()
        items = root[0].findall("item")
        for item, entry in zip(items, self.entry(), strict=True):
            # Only now, with the root's prefixes in scope: before, lxml would make one up for each element.
            entry.elements.write_rss(item)
        return [_alone(item) for item in items]

    def atom_entries(self) -> list[bytes]:
        """Each ``<entry>`` as it stands in the document, without the declarations that its root has."""
        root, _ = self._create_atom()
        elements = root.findall("entry")
        for element, entry in zip(elements, self.entry(), strict=True):
            entry.elements.write_atom(element)
        return [_alone(element) for element in elements]


def _alone(element: etree._Element) -> bytes:
    written: bytes = etree.tostring(element, encoding="UTF-8", pretty_print=True, with_tail=False)
    start = written.index(b">")
    return _DECLARATION.sub(b"", written[:start]) + written[start:]


def splice(document: bytes, end: bytes, entries: list[bytes]) -> bytes:
    """The document of a feed without entries, with the entries put before its last ``end`` tag."""
    _, _, envelope = document.partition(b"\n")  # the declaration: feedgen's has single quotes
    head, tag, tail = envelope.rpartition(end)
    return b"".join([b'<?xml version="1.0" encoding="UTF-8"?>\n', head.rstrip(), b"\n", *entries, tag, tail])
