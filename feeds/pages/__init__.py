"""The pages for people: the newsroom's landing page and a plain page for each article that has no address of its own.

Pages are documents of the edition like any feed: their bytes depend on the articles alone, never on the clock, the
request or the locale. Links between our own documents are relative, so that one set of bytes works below any base_url
and in a folder; only what leaves the page (autodiscovery, canonical, addresses to copy) is absolute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from feeds.model import Calendar, Entry, Feed
from feeds.pages.layout import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from feeds.pages.layout import MEDIA_TYPE as MEDIA_TYPE
from feeds.pages.layout import Page, category_path, render, web_address

AUTODISCOVERY_CATEGORIES = 50
"""How many categories the head of the landing page announces.

A reader offers the announced feeds as one list to choose from, and a browser reads them all before it paints: beyond
some dozens they help nobody. Every category is linked in the page itself, however many there are.
"""

SHELF_HEADLINES = 3

_STATIC = {
    "static/gaya.css": "text/css; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "favicon.ico": "image/vnd.microsoft.icon",
}
"""Documents that every page needs, and their media types. Icons stand where browsers look for them unasked."""

_ARTICLE_DEPTH = 2  # artikel/<slug>/


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One line of a list of articles. link: absolute address, "" for none."""

    title: str
    link: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One category as the landing page shows it. feed: with its category set. headlines: newest first.

    parts: the categories below it.
    """

    feed: Feed
    headlines: tuple[Headline, ...]
    parts: tuple[Shelf, ...] = ()

    def feeds(self) -> Iterator[Feed]:
        """Its own feed and those below it."""
        yield self.feed
        for part in self.parts:
            yield from part.feeds()


def landing(
    feed: Feed,
    headlines: Sequence[Headline],
    shelves: Sequence[Shelf],
    notices: Shelf | None = None,
    calendar: Calendar | None = None,
) -> bytes:
    """The newsroom's page ``index.html``.

    feed: the feed of all; headlines, shelves: in the order to be shown. notices: corrections and withdrawals, None
    where there never were any. calendar: that of all articles.
    """
    page = Page(feed=feed, depth=0)
    of_categories = chain.from_iterable(shelf.feeds() for shelf in shelves)
    announced = [feed, *islice(of_categories, AUTODISCOVERY_CATEGORIES)]
    if notices:
        announced.append(notices.feed)
    return render(
        "landing.html",
        page,
        canonical=feed.base_url,
        alternates=[
            *(link for each in announced for link in page.alternates(each.title, each.path)),
            page.directory(feed.title),
        ],
        headlines=headlines,
        newest=max((headline.published for headline in headlines), default=None),
        shelves=shelves,
        notices=notices,
        calendar=calendar,
        shelf_headlines=SHELF_HEADLINES,
    )


def article(feed: Feed, entry: Entry) -> bytes:
    """The page ``artikel/<slug>/index.html`` of an article without an address of its own. feed: the feed of all."""
    page = Page(feed=feed, depth=_ARTICLE_DEPTH)
    alternates = list(page.alternates(feed.title, feed.path))
    for category in entry.categories:
        alternates += page.alternates(f"{feed.title}: {category.title}", category_path(category))
    return render(
        "article.html",
        page,
        canonical=web_address(entry.link),
        alternates=alternates,
        entry=entry,
        body=_headings_below_title(entry.content),
        image=web_address(entry.image.url) if entry.image else "",
        updated=entry.updated if entry.updated > entry.published else None,
    )


def static_documents() -> Mapping[str, tuple[str, bytes]]:
    """The documents that every page needs: path below base_url -> (media type, bytes)."""
    from importlib.resources import files  # here, because it costs more to import than the rest of this module

    folder = files(__name__).joinpath("static")
    return {path: (kind, folder.joinpath(path.rpartition("/")[2]).read_bytes()) for path, kind in _STATIC.items()}


def _headings_below_title(content: str) -> str:
    """Sanitised HTML with its headings moved so that the highest is an h2, right below the page's own h1."""
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", content)]
    shift = 2 - min(levels, default=2)
    return re.sub(r"(</?h)([1-6])\b", lambda tag: f"{tag[1]}{min(int(tag[2]) + shift, 6)}", content)
