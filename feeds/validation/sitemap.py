"""Sitemaps (https://www.sitemaps.org/protocol.html), those of news and with images as Google describes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feeds.validation.findings import Fault, Reference
from feeds.validation.tree import Element, Grammar, check, check_twice, text_of
from feeds.validation.values import at_most, decimal, language, one_of, uri, w3cdtf, web

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
MOST = 50_000  # addresses
LONGEST = 2048  # characters of an address
MOST_NEWS = 1000
MOST_IMAGES = 1000  # of a page

_LOCATION = {f"{SITEMAP}loc": Element(web, least=1), f"{SITEMAP}lastmod": Element(w3cdtf)}
_NEWS = Element(
    children={
        f"{NEWS}publication": Element(
            children={f"{NEWS}name": Element(least=1), f"{NEWS}language": Element(language, least=1)}, least=1
        ),
        f"{NEWS}publication_date": Element(w3cdtf, least=1),
        f"{NEWS}title": Element(least=1),
        **{f"{NEWS}{name}": Element(blank=True) for name in ("access", "genres", "keywords", "stock_tickers")},
    }
)
_IMAGE = Element(
    children={
        f"{IMAGE}loc": Element(uri, least=1),
        **{f"{IMAGE}{name}": Element(blank=True) for name in ("caption", "geo_location", "title", "license")},
    },
    most=None,
)
_URL = Element(
    children={
        **_LOCATION,
        f"{SITEMAP}changefreq": Element(one_of("always", "hourly", "daily", "weekly", "monthly", "yearly", "never")),
        f"{SITEMAP}priority": Element(at_most(1, decimal)),
        f"{NEWS}news": _NEWS,
        f"{IMAGE}image": _IMAGE,
    },
    most=None,
)
_ROOTS = {
    f"{SITEMAP}urlset": Element(children={f"{SITEMAP}url": _URL}, free=True),
    f"{SITEMAP}sitemapindex": Element(
        children={f"{SITEMAP}sitemap": Element(children=_LOCATION, most=None)}, free=True
    ),
}


def faults(root: Any, now: datetime) -> Iterator[Fault]:
    """What is wrong with a document whose root is ``<urlset>`` or ``<sitemapindex>``."""
    yield from check(root, _ROOTS[root.tag], Grammar("sitemap"))
    locations = [(text_of(each).strip(), each.sourceline) for each in root.findall(f"*/{SITEMAP}loc")]
    if not locations and NEWS.strip("{}") not in root.nsmap.values():  # no news for two days, which Google allows
        yield Fault("sitemap-empty", root.sourceline)
    if len(locations) > MOST:
        yield Fault("sitemap-many", root.sourceline, f"{len(locations):,}")
    yield from (Fault("sitemap-long", line, f"{len(text):,}") for text, line in locations if len(text) >= LONGEST)
    yield from check_twice(locations, "sitemap-url-twice")
    news = len(root.findall(f"*/{NEWS}news"))
    if news > MOST_NEWS:
        yield Fault("sitemap-news", root.sourceline, f"{news:,}")
    for url in root:
        images = len(url.findall(f"{IMAGE}image"))
        if images > MOST_IMAGES:
            yield Fault("sitemap-images", url.sourceline, f"{images:,}")


def entries(root: Any) -> int:
    """How many addresses it lists."""
    return len(root.findall(f"*/{SITEMAP}loc"))


def references(root: Any) -> tuple[Reference, ...]:
    """The sitemaps that an index lists; pages are none of ours."""
    listed = root.findall(f"{SITEMAP}sitemap/{SITEMAP}loc")
    return tuple(Reference("part", text_of(each).strip(), each.sourceline) for each in listed)
