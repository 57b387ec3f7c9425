"""A page of HTML, for the feeds that it announces (https://www.rssboard.org/rss-autodiscovery)."""

from __future__ import annotations

from collections.abc import Iterator

from feeds.validation.findings import Fault, Reference
from feeds.validation.markup import tags_of
from feeds.validation.values import joined

FEED_TYPES = {
    "application/rss+xml": "RSS 2.0",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
    "application/json": "JSON Feed",
}
"""What a link announces by its type."""


_ANNOUNCED = {"alternate": (*FEED_TYPES, "text/x-opml"), "outline": ("text/x-opml", "application/xml")}
"""What links of a relation announce, by their types."""


def references(body: bytes, address: str) -> tuple[Reference, ...]:
    """The feeds, and the lists of feeds, that a page announces; address: its own, for those that are relative."""
    return tuple(_references(body.decode("utf-8", "replace"), address))


def _references(text: str, base: str) -> Iterator[Reference]:
    line, counted = 1, 0
    for tag in tags_of(text):
        line, counted = line + text.count("\n", counted, tag.start), tag.start
        href, kind = tag.attributes.get("href", "").strip(), tag.attributes.get("type", "").strip().lower()
        if tag.name == "base" and href:
            base = joined(base, href)
        for relation in tag.attributes.get("rel", "").lower().split() if tag.name == "link" and href else ():
            if kind in _ANNOUNCED.get(relation, ()):
                yield Reference("feed", joined(base, href), line, kind)


def faults(found: tuple[Reference, ...]) -> Iterator[Fault]:
    """What is wrong with what it announces."""
    if not found:
        yield Fault("page-none")
