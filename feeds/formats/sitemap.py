"""Sitemaps (https://www.sitemaps.org/protocol.html, version 0.9), and what Google adds to them for news.

Google's extension: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap

Written line by line: there may be a hundred thousand addresses, and a tree of them would take ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from feeds.formats.common import rfc3339

MEDIA_TYPE = "application/xml; charset=utf-8"

INDEX = "sitemap.xml"
NEWS = "news-sitemap.xml"
PAGES = "sitemap-pages.xml"
MONTHS_IN_CATALOGUE = "sitemap-____-__%.xml"
"""The paths of the sitemaps of months, as SQL's LIKE has them."""

MOST = 50_000  # addresses of one sitemap
LARGEST = 50 * 1024 * 1024  # bytes of one sitemap
LONGEST = 2_048  # characters, of which an address must have fewer
MOST_NEWS = 1_000  # addresses of a news sitemap
NEWS_FOR = 2 * 86_400_000_000  # microseconds for which an article is news

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OURS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_OF_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_BEGIN, _END = f"{_HEAD}<urlset {_OURS}>\n".encode(), b"</urlset>\n"
_ROOM = LARGEST - len(_BEGIN) - len(_END)
_URI = "%/:?#[]@!$&'()*+,;=~"  # what stays as it is in an address (RFC 3986), beside letters, digits and -._
_CHINESE = ("zh-cn", "zh-tw")  # which Google wants with its region


class Place(NamedTuple):
    """An address that a sitemap lists, and when what is there last changed, None where nothing says so."""

    address: str
    changed: datetime | None = None


class News(NamedTuple):
    """An article that a news sitemap lists."""

    address: str
    title: str
    published: datetime


def of_month(month: str, number: int) -> str:
    """The path of a sitemap of a month, such as ``2026-05``; number: which one of that month, from 1."""
    return f"sitemap-{month}.xml" if number == 1 else f"sitemap-{month}-{number}.xml"


def split(places: Iterable[Place], most: int = MOST, largest: int = _ROOM) -> Iterator[tuple[list[Place], bytes]]:
    """As many sitemaps as the places need: those that one lists, and its bytes. None for no places."""
    listed: list[Place] = []
    entries: list[bytes] = []
    size = 0
    for place in places:
        entry = _element("url", place)
        if not entry:
            continue
        if len(entries) == most or (entries and size + len(entry) > largest):
            yield listed, _whole(entries)
            listed, entries, size = [], [], 0
        listed.append(place)
        entries.append(entry)
        size += len(entry)
    if entries:
        yield listed, _whole(entries)


def _whole(entries: Iterable[bytes]) -> bytes:
    return b"".join((_BEGIN, *entries, _END))


def index(places: Iterable[Place]) -> bytes:
    """The document that lists sitemaps."""
    sitemaps = b"".join(_element("sitemap", place) for place in places)
    return f"{_HEAD}<sitemapindex {_OURS}>\n".encode() + sitemaps + b"</sitemapindex>\n"


def news(publication: str, language: str, articles: Iterable[News]) -> bytes:
    """The news sitemap; it may be empty. publication: as Google News calls it; language: a tag."""
    small = language.lower()
    language = small if small in _CHINESE else small.partition("-")[0]  # ISO 639
    of_all = (
        f"<news:publication><news:name>{escape(publication, quote=False)}</news:name>"
        f"<news:language>{language}</news:language></news:publication>"
    )
    entries = (
        f"<url><loc>{address}</loc><news:news>{of_all}"
        f"<news:publication_date>{rfc3339(article.published)}</news:publication_date>"
        f"<news:title>{escape(article.title, quote=False)}</news:title></news:news></url>\n"
        for article in articles
        if (address := _address(article.address))
    )
    return f"{_HEAD}<urlset {_OURS} {_OF_NEWS}>\n{''.join(entries)}</urlset>\n".encode()


def _element(name: str, place: Place) -> bytes:
    """An element with what is known of a place; nothing where its address is too long."""
    address = _address(place.address)
    changed = f"<lastmod>{rfc3339(place.changed)}</lastmod>" if place.changed else ""
    return f"<{name}><loc>{address}</loc>{changed}</{name}>\n".encode() if address else b""


def _address(address: str) -> str:
    """An address as a sitemap writes it, percent-encoded and escaped; "" where it is too long."""
    encoded = quote(address, safe=_URI)
    return escape(encoded) if len(encoded) < LONGEST else ""
