"""A page as a tree: parsed once and walked once, for its metadata, its headings and the lines that a visitor sees.

Every walk is a loop, never a recursion: a page may nest a thousand elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from feeds.errors import UnreadableError
from feeds.limits import Limits


def one_of(names: str) -> frozenset[str]:
    """Names that are parted by blanks."""
    return frozenset(names.split())


def in_order(names: str) -> tuple[str, ...]:
    """The same in their order."""
    return tuple(names.split())


BLOCKS = one_of(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr html iframe li main nav ol option p pre section summary table tbody td"
    " tfoot th thead time tr ul video"
)
UNSEEN = one_of("script style noscript template svg head iframe object embed select button textarea input audio video")
"""Elements whose text no visitor reads as part of the page."""
_MARGINS = UNSEEN | {"nav", "aside", "footer"}


class Found(NamedTuple):
    """A value of the page. line: of the source, from 1; where: how ``explain`` names the place it stood in."""

    value: str
    where: str
    line: int


class Item(NamedTuple):
    """A microdata property with the element that has it."""

    value: str
    element: HtmlElement


@dataclass(slots=True)
class Document:
    """What one walk over the page found. metas: by lower-case name, in the page's order; links: ``rel`` -> elements."""

    root: HtmlElement
    metas: dict[str, list[Found]] = field(default_factory=dict)
    links: dict[str, list[HtmlElement]] = field(default_factory=dict)
    scripts: list[HtmlElement] = field(default_factory=list)
    items: dict[str, list[Item]] = field(default_factory=dict)
    times: list[HtmlElement] = field(default_factory=list)  # and the elements that stand for one
    headings: list[HtmlElement] = field(default_factory=list)  # <h1>
    subheadings: list[HtmlElement] = field(default_factory=list)  # of the second level and below
    linked: int = 0  # subheadings that are links
    title: HtmlElement | None = None

    def meta(self, name: str) -> str:
        """The first content that a ``<meta>`` of this name has, or ""."""
        return next((found.value for found in self.metas.get(name, ()) if found.value), "")

    def href(self, rel: str) -> str:
        """The address of the first ``<link>`` of a relation, or ""."""
        return next((href for link in self.links.get(rel, ()) if (href := (link.get("href") or "").strip())), "")


_XHTML = re.compile(r"\s*(?:<\?xml\b|<!DOCTYPE[^<>]{0,200}XHTML)", re.IGNORECASE)
_CLOSED_AT_ONCE = re.compile(r"<(a|b|div|em|i|iframe|li|p|script|span|strong|style|td|textarea|title)\b([^<>]*)/>")


_REFERENCE = re.compile(r"&#(?:0*+([0-9]{1,7})|[xX]0*+([0-9a-fA-F]{1,6}))(?![0-9a-fA-F]);?")
_TOO_MANY = re.compile(
    r"<[A-Za-z][^\s<>]*+(?:[\s/]++[^\s<>\"'=/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s<>\"']++)?)?){300}"
)
"""A tag with more attributes than anybody writes: the parser compares each with all others."""


def _if_text(found: re.Match[str]) -> str:
    """A reference to a character, "" for one that no XML carries, and lxml refuses to write."""
    code = int(found[1]) if found[1] else int(found[2], 16)
    return found[0] if (code > 31 and code not in (0xFFFE, 0xFFFF)) or code in (9, 10, 13) else ""


def parse(text: str, limits: Limits) -> HtmlElement:
    """The page's root element, whatever the markup; raises UnreadableError where there is nothing in it, or too much.

    libxml2 reads what stands deeper than 2048 elements not at all, so that time and memory have a bound.
    """
    if _TOO_MANY.search(text):
        raise UnreadableError("an element of the page has more than 300 attributes")
    if _XHTML.match(text):
        text = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", text)  # XML's empty elements stay open in HTML
    if "&#" in text:
        text = _REFERENCE.sub(_if_text, text)
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("the page has no HTML in it") from error
    _hold(root, limits)
    _drop_comments_in_attributes(root)
    return root


_WITH_COMMENT = etree.XPath("//*[@*[contains(., '<!--')]]", smart_strings=False)
_COMMENT = re.compile(r"<!--(?:(?:(?!<!--|-->).)*+-->)?+", re.DOTALL)


def _drop_comments_in_attributes(root: HtmlElement) -> None:
    """libxml2 writes them as they are, quotation marks and all, and looks for the end of one from each that begins."""
    for element in _WITH_COMMENT(root):
        values = element.items()
        element.attrib.clear()  # all of them: lxml finds none by a name such as `{"@context":`, and sets none
        element.attrib.update((name, _COMMENT.sub(" ", value)) for name, value in values if name[0] != "{")


def _hold(root: HtmlElement, limits: Limits) -> None:
    count = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        count += 1
        limits.hold("elements", count, "the page has {} elements or more")
        limits.hold("depth", depth, "elements of the page lie {} deep within each other, or deeper")


# The elements that metadata stands in; libxml2 finds them faster than a loop that makes an object of each. One way with
# a condition, as it would sort the union of several in quadratic time.
_TELLING = etree.XPath(
    "//*[self::meta or self::link or self::a[@rel] or self::script[@type] or self::time or self::title or self::h1"
    " or self::h2 or self::h3 or self::h4 or self::h5 or @itemprop"
    " or self::abbr[@title] or contains(@class, 'date-header')]",
    smart_strings=False,
)


MOST_HEADINGS, MOST_SUBHEADINGS = 50, 1000
"""Of each level, that are looked at: all of them are compared with each title of the page."""


def survey(root: HtmlElement) -> Document:
    """Walk over a page once and gather what its metadata is read from."""
    page = Document(root)
    for element in _TELLING(root):
        tag = element.tag
        if tag == "meta":
            _add_meta(page, element)
        elif tag == "link":
            for rel in (element.get("rel") or "").lower().split():
                page.links.setdefault(rel, []).append(element)
        elif tag == "a" and element.get("rel"):
            for rel in (element.get("rel") or "").lower().split():
                page.links.setdefault("a " + rel, []).append(element)
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower():
                page.scripts.append(element)
        elif tag == "time" or "date-header" in (element.get("class") or "") or _is_abbreviated(element):
            page.times.append(element)
        elif tag == "h1":
            if len(page.headings) < MOST_HEADINGS:
                page.headings.append(element)
        elif tag in ("h2", "h3", "h4", "h5"):
            if len(page.subheadings) < MOST_SUBHEADINGS:
                page.subheadings.append(element)
                page.linked += _is_linked(element)
        elif tag == "title" and page.title is None:
            page.title = element
        if element.get("itemprop") and tag != "meta":
            _add_item(page, element)
    return page


def _is_abbreviated(element: HtmlElement) -> bool:
    """The microformat's ``<abbr class="published" title="2024-12-04T08:42:00+07:00">08.42</abbr>``."""
    return element.tag == "abbr" and "published" in (element.get("class") or "")


def moment_of(element: HtmlElement) -> str:
    """The value of an element that holds a date: what is written for machines, else what a visitor reads."""
    written = element.get("title") if element.tag == "abbr" else element.get("datetime")
    return (written or "").strip() or text_of(element)


LONGEST = 20_000  # characters of a value in a page's head


def _add_meta(page: Document, element: HtmlElement) -> None:
    content = " ".join((element.get("content") or "")[:LONGEST].split())
    for attribute in ("property", "name", "itemprop"):
        name = (element.get(attribute) or "").strip()
        if name and content:
            page.metas.setdefault(name.lower(), []).append(Found(content, f"meta {name}", line_of(element)))
            if attribute == "itemprop":
                page.items.setdefault(name.lower(), []).append(Item(content, element))


def _add_item(page: Document, element: HtmlElement) -> None:
    value = element.get("content") or element.get("datetime") or ""
    if element.tag == "abbr":
        value = moment_of(element)
    elif not value and element.tag in ("a", "link"):
        value = text_of(element) or element.get("href") or ""
    elif not value and element.tag in ("img", "amp-img"):
        value = element.get("src") or ""
    for name in (element.get("itemprop") or "").lower().split():
        page.items.setdefault(name, []).append(Item(value.strip(), element))


def _is_linked(heading: HtmlElement) -> bool:
    parent = heading.getparent()
    return heading.find(".//a") is not None or (parent is not None and parent.tag == "a")


def line_of(element: HtmlElement) -> int:
    return element.sourceline or 0


def text_of(element: HtmlElement) -> str:
    """The text that a visitor reads in an element, in one line."""
    if not len(element):
        return " ".join((element.text or "").split())
    return " ".join("".join(text for text, _ in _pieces(element)).split())


def text_sizes(root: HtmlElement) -> dict[HtmlElement, int]:
    """How many characters a visitor reads in an element and in each below it that can be seen, in one walk."""
    sizes: dict[HtmlElement, int] = {}
    begun: list[int] = []
    read = 0
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, node in walker:
        if event == "start":
            begun.append(read)
            if node.tag in UNSEEN or _is_hidden(node):
                walker.skip_subtree()
            else:
                read += _length(node.text)
        else:
            sizes[node] = read - begun.pop()
            read += _length(node.tail)
    return sizes


def _length(text: str | None) -> int:
    """The characters of a text's words, and one behind each."""
    words = text.split() if text else ()
    return sum(map(len, words), len(words))


def visible_lines(element: HtmlElement, strangers: frozenset[HtmlElement] = frozenset()) -> list[tuple[str, int]]:
    """The lines that a visitor sees, and where in the source each begins: a block's text is a line.

    Without navigation, margins, lists of links and ``strangers``, whose dates and headlines are other articles'.
    """
    lines: list[tuple[str, int]] = []
    parts: list[str] = []
    start = 0
    for text, line in _pieces(element, _MARGINS, strangers):
        if text is _BREAK:
            if joined := " ".join("".join(parts).split()):
                lines.append((joined, start))
            parts, start = [], 0
        else:
            start = start or (line if text.strip() else 0)
            parts.append(text)
    if joined := " ".join("".join(parts).split()):
        lines.append((joined, start))
    return lines


_BREAK = "\n"


def _pieces(
    element: HtmlElement, unseen: frozenset[str] = UNSEEN, strangers: frozenset[HtmlElement] = frozenset()
) -> Iterator[tuple[str, int]]:
    """The pieces of text of an element with their lines; ``_BREAK`` at each block's beginning and end."""
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if event == "start":
            teaser = tag == "li" and unseen is _MARGINS and node.find(".//a") is not None
            if teaser or tag in unseen or node in strangers or _is_hidden(node):
                walker.skip_subtree()
                continue
            if tag in BLOCKS:
                yield _BREAK, 0
            if node.text:
                yield node.text, line_of(node)
            continue
        if tag in BLOCKS:
            yield _BREAK, 0
        if node is not element and node.tail:
            yield node.tail, line_of(node)


_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def _is_hidden(node: HtmlElement) -> bool:
    if node.get("hidden") is not None:
        return True
    style = node.get("style")
    return bool(style and _HIDDEN.search(style[:500]))


def drop(element: HtmlElement) -> None:
    """Take an element out of the page; what stands behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()
