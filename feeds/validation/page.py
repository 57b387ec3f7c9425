"""A page of HTML, for the feeds that it announces (https://www.rssboard.org/rss-autodiscovery)."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from feeds.validation.findings import Fault, Reference
from feeds.validation.values import joined

FEED_TYPES = {
    "application/rss+xml": "RSS 2.0",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
    "application/json": "JSON Feed",
}
"""What a link announces by its type."""


def references(body: bytes, address: str) -> tuple[Reference, ...]:
    """The feeds, and the lists of feeds, that a page announces; address: its own, for those that are relative."""
    reader = _Reader(address)
    reader.feed(body.decode("utf-8", "replace"))
    return tuple(reader.found)


def faults(found: tuple[Reference, ...]) -> Iterator[Fault]:
    """What is wrong with what it announces."""
    if not found:
        yield Fault("page-none")


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.base = address
        self.found: list[Reference] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attrs}
        if tag == "base" and given.get("href"):
            self.base = joined(self.base, given["href"])
        kind = given.get("type", "").lower()
        announced = {"alternate": (*FEED_TYPES, "text/x-opml"), "outline": ("text/x-opml", "application/xml")}
        for relation in given.get("rel", "").lower().split() if tag == "link" else ():
            if kind in announced.get(relation, ()) and given.get("href"):
                self.found.append(Reference("feed", joined(self.base, given["href"]), self.getpos()[0], kind))
