"""Documents of XML: bytes -> a tree, and the tree held to a description of what its elements may hold.

Nothing is fetched and no entity is replaced, whatever the document declares.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lxml import etree

from feeds.syntax import plainly
from feeds.validation.findings import Fault
from feeds.validation.values import (
    Check,
    anything,
    language,
    moment_of_rfc822,
    moment_of_rfc3339,
    reference,
    shown,
)

XML = "{http://www.w3.org/XML/1998/namespace}"
ATOM = "{http://www.w3.org/2005/Atom}"
_UTF8 = {"utf-8", "utf8", "us-ascii", "ascii"}
# Controls of the C1 range and the replacement character, in UTF-8 or as references: texts that were decoded wrongly.
_UNREADABLE = re.compile(
    rb"\xc2[\x80-\x84\x86-\x9f]|\xef\xbf\xbd|&#(?:12[89]|13\d|14\d|15\d|x[89][0-9a-f]);", re.IGNORECASE
)
_PLACE = re.compile(r", line \d+, column \d+.*", re.DOTALL)


class Attribute(NamedTuple):
    """What the value of an attribute must be, and whether it must be there."""

    check: Check = anything
    required: bool = False


class Element(NamedTuple):
    """What an element may hold.

    check: of its text, where it holds text; blank: whether that may be empty. children: by name, {namespace}name where
    they have one; None for an element of text. least, most: how often it may stand in its parent. free: whether further
    attributes are its own affair; opaque: whether what it holds is.
    """

    check: Check = anything
    attributes: Mapping[str, Attribute] = {}
    children: Mapping[str, Element] | None = None
    least: int = 0
    most: int | None = 1
    blank: bool = False
    free: bool = False
    opaque: bool = False


class Grammar(NamedTuple):
    """A format. name: what the codes of its rules begin with.

    extensions: elements of other namespaces that it may hold. described: the namespaces of which these are all.
    """

    name: str
    extensions: Mapping[str, Element] = {}
    described: frozenset[str] = frozenset()


def parse(body: bytes) -> tuple[Any, list[Fault]]:
    """The root of a document, None where it is not well-formed; and what is wrong with it as XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = plainly(_PLACE.sub("", error.msg or "it is empty"))
        return None, [Fault("xml", line, f"column {column}: {reason}")]
    return root, list(_form(body, root))


def _form(body: bytes, root: Any) -> Iterator[Fault]:
    information = root.getroottree().docinfo
    encoding = (information.encoding or "utf-8").lower()
    if encoding not in _UTF8:
        yield Fault("xml-encoding", 1, encoding)
    if information.doctype:
        yield Fault("xml-doctype", 1, shown(information.doctype))
    unreadable = _UNREADABLE.search(body) if encoding in _UTF8 else None
    if unreadable:
        yield Fault("characters", body.count(b"\n", 0, unreadable.start()) + 1)


# --- reading ---------------------------------------------------------------------------------------------------------


def elements(parent: Any) -> list[Any]:
    """Its children that are elements: what remains beside them is an entity that was not replaced."""
    return [child for child in parent if isinstance(child.tag, str)]


def text_of(element: Any) -> str:
    """All text within it."""
    return "".join(element.itertext())


def text_at(parent: Any, name: str) -> str:
    """The text of its first child of a name, "" where there is none."""
    child = parent.find(name)
    return "" if child is None else text_of(child).strip()


def name_of(element: Any) -> str:
    """As the document writes it: ``media:content``."""
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def namespace_of(name: str) -> str:
    """Of {namespace}name, "" where it has none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


# --- the description -------------------------------------------------------------------------------------------------


def check(element: Any, known: Element, grammar: Grammar) -> Iterator[Fault]:
    """What an element and all within it has that the description does not admit.

    Codes are those of the grammar with ``-unknown``, ``-twice``, ``-missing``, ``-text`` and ``-attribute`` behind it,
    and those that checks of values yield.
    """
    yield from _check_attributes(element, known, grammar)
    if known.opaque:
        return
    if known.children is None:
        yield from _check_text(element, known, grammar)
    else:
        yield from _check_children(element, known.children, grammar)


def _check_attributes(element: Any, known: Element, grammar: Grammar) -> Iterator[Fault]:
    name, line = name_of(element), element.sourceline
    for attribute, value in element.attrib.items():
        described = known.attributes.get(attribute)
        if described:
            yield from _wrong(described.check, value, f"<{name} {attribute}>", line)
        elif attribute == f"{XML}lang":
            yield from _wrong(language, value, f"<{name} xml:lang>", line) if value else ()
        elif attribute == f"{XML}base":
            yield from _wrong(reference, value, f"<{name} xml:base>", line)
        elif not namespace_of(attribute) and not known.free:
            yield Fault(f"{grammar.name}-attribute", line, f"<{name} {attribute}>")
    for attribute, described in known.attributes.items():
        if described.required and element.get(attribute) is None:
            yield Fault(f"{grammar.name}-missing", line, f"<{name}> without {attribute}")


def _wrong(check: Check, text: str, where: str, line: int) -> Iterator[Fault]:
    for code, what in check(text):
        yield Fault(code, line, f"{where} {what or shown(text)}")


def _check_text(element: Any, known: Element, grammar: Grammar) -> Iterator[Fault]:
    text, name, line = text_of(element), name_of(element), element.sourceline
    for child in elements(element):
        yield Fault(f"{grammar.name}-unknown", child.sourceline, f"<{name_of(child)}> in <{name}>")
    if text.strip():
        yield from _wrong(known.check, text, f"<{name}>", line)
    elif not known.blank:
        yield Fault("empty", line, f"<{name}>")


def _check_children(element: Any, children: Mapping[str, Element], grammar: Grammar) -> Iterator[Fault]:
    name, own = name_of(element), namespace_of(element.tag)
    there = elements(element)
    counted: Counter[str] = Counter()
    if (element.text or "").strip() or any((child.tail or "").strip() for child in there):
        yield Fault(f"{grammar.name}-text", element.sourceline, f"<{name}>")
    for child in there:
        known = children.get(child.tag)
        counted[child.tag] += 1
        if known:
            if known.most is not None and counted[child.tag] == known.most + 1:
                yield Fault(f"{grammar.name}-twice", child.sourceline, f"<{name_of(child)}> in <{name}>")
            yield from check(child, known, grammar)
        elif namespace_of(child.tag) in ("", own):
            yield Fault(f"{grammar.name}-unknown", child.sourceline, f"<{name_of(child)}> in <{name}>")
        elif child.tag in grammar.extensions:
            yield from check(child, grammar.extensions[child.tag], grammar._replace(name="extension"))
        elif namespace_of(child.tag) in grammar.described:
            yield Fault("extension-unknown", child.sourceline, f"<{name_of(child)}>")
    for each, known in children.items():
        if counted[each] < known.least:
            yield Fault(f"{grammar.name}-missing", element.sourceline, f"<{name}> without <{each.rpartition('}')[2]}>")


# --- all documents ---------------------------------------------------------------------------------------------------

_DATES = {
    "pubDate": moment_of_rfc822,
    "lastBuildDate": moment_of_rfc822,
    f"{ATOM}published": moment_of_rfc3339,
    f"{ATOM}updated": moment_of_rfc3339,
}
AHEAD = timedelta(minutes=10)  # as far as clocks may differ


def check_future(root: Any, now: datetime) -> Iterator[Fault]:
    """Dates that have not come yet."""
    for element in root.iter(*_DATES):
        text = text_of(element)
        moment = _DATES[element.tag](text)
        if moment and moment > now + AHEAD:
            yield Fault("date-future", element.sourceline, f"<{name_of(element)}> {shown(text)}")


def check_twice(values: list[tuple[str, int]], code: str) -> Iterator[Fault]:
    """Values that are there a second time; each with the line on which it stands."""
    first: dict[str, int] = {}
    for value, line in values:
        if value in first:
            yield Fault(code, line, f"{shown(value)} of line {first[value]}" if first[value] else shown(value))
        first.setdefault(value, line)
