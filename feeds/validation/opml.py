"""OPML 2.0 (http://opml.org/spec2.opml), as lists of subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feeds.validation.findings import Fault, Reference
from feeds.validation.tree import Attribute, Element, Grammar, check, check_twice, text_at
from feeds.validation.values import anything, count, email, language, one_of, rfc822, shown, uri, web

_OUTLINE = Element(
    attributes={
        "text": Attribute(required=True),
        "type": Attribute(),
        "xmlUrl": Attribute(web),
        "htmlUrl": Attribute(uri),
        "url": Attribute(uri),
        "created": Attribute(rfc822),
        "language": Attribute(language),
        "version": Attribute(one_of("RSS", "RSS1", "RSS2", "scriptingNews", "ATOM", "ATOM1")),
        "isComment": Attribute(one_of("true", "false")),
        "isBreakpoint": Attribute(one_of("true", "false")),
    },
    opaque=True,  # outlines within it are looked at one by one
    free=True,
    most=None,
)
_NUMBERS = Element(count, blank=True)
_OPML = Element(
    attributes={"version": Attribute(one_of("1.0", "1.1", "2.0"), True)},
    children={
        "head": Element(
            children={
                "title": Element(anything, blank=True),
                "dateCreated": Element(rfc822, blank=True),
                "dateModified": Element(rfc822, blank=True),
                "ownerName": Element(blank=True),
                "ownerEmail": Element(email, blank=True),
                "ownerId": Element(uri, blank=True),
                "docs": Element(uri, blank=True),
                "expansionState": Element(blank=True),
                **dict.fromkeys(
                    ("vertScrollState", "windowTop", "windowLeft", "windowBottom", "windowRight"), _NUMBERS
                ),
            },
            least=1,
        ),
        "body": Element(children={"outline": _OUTLINE._replace(least=1)}, least=1),
    },
)
_GRAMMAR = Grammar("opml")


def faults(root: Any, now: datetime) -> Iterator[Fault]:
    """What is wrong with a document whose root is ``<opml>``."""
    yield from check(root, _OPML, _GRAMMAR)
    if root.find("head") is not None and not text_at(root, "head/title"):
        yield Fault("opml-title", root.sourceline)
    for outline in root.iter("outline"):
        if outline.getparent().tag == "outline":
            yield from check(outline, _OUTLINE, _GRAMMAR)
        yield from _check_outline(outline)
    yield from check_twice([(each.address, each.line) for each in references(root)], "opml-feed-twice")


def entries(root: Any) -> int:
    """How many feeds it lists."""
    return len(references(root))


def references(root: Any) -> tuple[Reference, ...]:
    """The feeds that it lists."""
    listed = (outline for outline in root.iter("outline") if outline.get("xmlUrl", "").strip())
    return tuple(Reference("feed", outline.get("xmlUrl").strip(), outline.sourceline) for outline in listed)


def _check_outline(outline: Any) -> Iterator[Fault]:
    kind, line = outline.get("type", "").lower(), outline.sourceline
    if kind == "rss" and not outline.get("xmlUrl", "").strip():
        yield Fault("opml-feed", line, shown(outline.get("text", "")))
    if kind in ("link", "include") and not outline.get("url", "").strip():
        yield Fault("opml-link", line, shown(outline.get("text", "")))
    if outline.get("xmlUrl") and kind != "rss":
        yield Fault("opml-type", line, shown(outline.get("text", "")))
