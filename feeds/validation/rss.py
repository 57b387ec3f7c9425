"""RSS 2.0 (https://www.rssboard.org/rss-specification) and its Best Practices Profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from feeds.validation.extensions import CONTENT, DC, IN_RSS, check_links, check_media, grammar, references_of
from feeds.validation.findings import Fault, Reference
from feeds.validation.markup import html, plain
from feeds.validation.tree import (
    ATOM,
    Attribute,
    Element,
    check,
    check_future,
    check_twice,
    elements,
    name_of,
    text_at,
    text_of,
)
from feeds.validation.values import (
    anything,
    at_most,
    count,
    iri,
    language,
    media_type,
    one_of,
    positive,
    rfc822,
    rss_person,
    scheme_of,
    shown,
    uri,
    web,
)

_DOMAIN = {"domain": Attribute()}
_CATEGORY = Element(anything, _DOMAIN, most=None)
_DAYS = one_of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_ITEM: Mapping[str, Element] = {
    "title": Element(plain),
    "link": Element(uri),
    "description": Element(html, blank=True),
    "author": Element(rss_person),
    "category": _CATEGORY,
    "comments": Element(uri),
    "enclosure": Element(
        attributes={
            "url": Attribute(web, True),
            "length": Attribute(count, True),
            "type": Attribute(media_type, True),
        },
        children={},
        most=None,
    ),
    "guid": Element(anything, {"isPermaLink": Attribute(one_of("true", "false"))}),
    "pubDate": Element(rfc822),
    "source": Element(plain, {"url": Attribute(uri, True)}),
}
_CHANNEL: Mapping[str, Element] = {
    "title": Element(plain, least=1),
    "link": Element(uri, least=1),
    "description": Element(plain, least=1),
    "language": Element(language),
    "copyright": Element(plain),
    "managingEditor": Element(rss_person),
    "webMaster": Element(rss_person),
    "pubDate": Element(rfc822),
    "lastBuildDate": Element(rfc822),
    "category": _CATEGORY,
    "generator": Element(),
    "docs": Element(uri),
    "cloud": Element(
        attributes={
            "domain": Attribute(required=True),
            "port": Attribute(positive, True),
            "path": Attribute(required=True),
            "registerProcedure": Attribute(required=True),
            "protocol": Attribute(one_of("xml-rpc", "soap", "http-post"), True),
        },
        children={},
    ),
    "ttl": Element(positive),
    "image": Element(
        children={
            "url": Element(web, least=1),
            "title": Element(plain, least=1),
            "link": Element(uri, least=1),
            "width": Element(at_most(144, positive)),
            "height": Element(at_most(400, positive)),
            "description": Element(plain),
        },
    ),
    "rating": Element(),
    "textInput": Element(
        children={
            "title": Element(plain, least=1),
            "description": Element(plain, least=1),
            "name": Element(least=1),
            "link": Element(uri, least=1),
        },
    ),
    "skipHours": Element(children={"hour": Element(at_most(23, count), least=1, most=24)}),
    "skipDays": Element(children={"day": Element(_DAYS, least=1, most=7)}),
    "item": Element(children=_ITEM, most=None),
}
_RSS = Element(
    attributes={"version": Attribute(required=True)}, children={"channel": Element(children=_CHANNEL, least=1)}
)

_GRAMMAR = grammar("rss", IN_RSS)

_SAME = {
    "author": f"{DC}creator",
    "pubDate": f"{DC}date",
    "language": f"{DC}language",
    "copyright": f"{DC}rights",
    "guid": f"{ATOM}id",
}
"""Elements of RSS, and those of other vocabularies that say the same."""


def faults(root: Any, now: datetime) -> Iterator[Fault]:
    """What is wrong with a document whose root is ``<rss>``."""
    version = root.get("version")
    if version and version != "2.0":
        yield Fault("rss-version", root.sourceline, shown(version))
    yield from check(root, _RSS, _GRAMMAR)
    yield from check_future(root, now)
    channel, items = _parts(root)
    if channel is None:
        return
    yield from _check_channel(channel, items)
    yield from check_links(channel, items, "rss-self")
    yield from check_media(items)
    for item in items:
        yield from _check_item(item)
    for parent in (channel, *items):
        for name, other in _SAME.items():
            again = parent.find(other) if parent.find(name) is not None else None
            if again is not None:
                yield Fault("rss-again", again.sourceline, f"<{name_of(again)}> beside <{name}>")
    guids = [(text_at(item, "guid"), item.sourceline) for item in items]
    yield from check_twice([(guid, line) for guid, line in guids if guid], "rss-guid-twice")


def entries(root: Any) -> int:
    """How many items it has."""
    return len(_parts(root)[1])


def references(root: Any) -> tuple[Reference, ...]:
    """The documents that its channel names."""
    channel, _ = _parts(root)
    return () if channel is None else tuple(references_of(channel))


def _parts(root: Any) -> tuple[Any, list[Any]]:
    channel = root.find("channel")
    return channel, [] if channel is None else channel.findall("item")


def _check_channel(channel: Any, items: list[Any]) -> Iterator[Fault]:
    if not items:
        yield Fault("feed-empty", channel.sourceline)
    behind = False
    for child in elements(channel):
        behind = behind or child.tag == "item"
        if behind and child.tag in _CHANNEL and child.tag != "item":
            yield Fault("rss-order", child.sourceline, f"<{child.tag}>")
    image = channel.find("image")
    for name in ("title", "link") if image is not None else ():
        if text_at(image, name) != text_at(channel, name):
            yield Fault("rss-image", image.sourceline, f"<{name}>")
    for name in ("skipHours/hour", "skipDays/day"):
        given = [(text_of(each).strip(), each.sourceline) for each in channel.findall(name)]
        yield from check_twice(given, "rss-skip-twice")
    if channel.find("textInput") is not None:
        yield Fault("rss-text-input", channel.find("textInput").sourceline)


def _check_item(item: Any) -> Iterator[Fault]:
    line, names = item.sourceline, [child.tag for child in elements(item)]
    if not text_at(item, "title") and not text_at(item, "description"):
        yield Fault("rss-item", line)
    if names.count("enclosure") > 1:
        yield Fault("rss-enclosures", line)
    content, description = f"{CONTENT}encoded", "description"
    if content in names and (description not in names or names.index(content) < names.index(description)):
        yield Fault("rss-content", line)
    guid = item.find("guid")
    if guid is None:
        yield Fault("rss-guid", line)
    elif guid.get("isPermaLink", "true") == "true":
        text = text_of(guid).strip()
        if text and (scheme_of(text) not in ("http", "https") or next(iri(text), None)):
            yield Fault("rss-guid-link", guid.sourceline, shown(text))
