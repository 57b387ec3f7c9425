"""The directory of feeds as OPML 2.0 (http://opml.org/spec2.opml), which feed readers import as subscriptions.

A category with others in it is an outline that holds its own feed and theirs ("Subscription lists": a node of type rss,
or an outline that contains such nodes). There is no dateModified: with it the document would change with each article,
though the feeds are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from feeds.formats import rss
from feeds.formats.common import own_address, render_clean
from feeds.model import Feed, Outline

FILENAME = "feeds.opml"
MEDIA_TYPE = "text/x-opml; charset=utf-8"

_SPECIFICATION = "http://opml.org/spec2.opml"
_RSS_2 = "RSS"  # what the specification calls the versions 0.91 to 2.0


def write(feed: Feed, outlines: Sequence[Outline]) -> bytes:
    """The document. feed: that of all articles, which says whose feeds they are."""
    return render_clean(lambda clean: _document(*clean[0]), [(feed, tuple(outlines))])


def _document(feed: Feed, outlines: Iterable[Outline]) -> bytes:
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    about = {"title": feed.title, "ownerName": feed.author, "ownerId": feed.home, "docs": _SPECIFICATION}
    for name, text in about.items():
        etree.SubElement(head, name).text = text
    _add(etree.SubElement(root, "body"), outlines)
    written: bytes = etree.tostring(root, encoding="UTF-8", pretty_print=True)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written


def _add(parent: etree._Element, outlines: Iterable[Outline]) -> None:
    for outline in outlines:
        attributes = _of_feed(outline.feed) if outline.feed else {"text": outline.title}
        _add(etree.SubElement(parent, "outline", attributes), outline.parts)


def _of_feed(feed: Feed) -> dict[str, str]:
    """What its channel says of itself, under the names that OPML has for that."""
    return {
        "type": "rss",
        "text": feed.title,
        "title": feed.title,
        "description": feed.description,
        "xmlUrl": own_address(feed, rss.FILENAME),
        "htmlUrl": feed.home,
        "language": feed.language,
        "version": _RSS_2,
    }
