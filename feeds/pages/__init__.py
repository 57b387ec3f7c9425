"""The pages for people: the newsroom's landing page and a plain page for each article that has no address of its own.

Pages are documents of the edition like any feed: their bytes depend on the articles alone, never on the clock, the
request or the locale. Links between our own documents are relative, so that one set of bytes works below any base_url
and in a folder; only what leaves the page (autodiscovery, canonical, addresses to copy) is absolute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import chain

from feeds.model import Calendar, Entry, Feed
from feeds.pages import charts
from feeds.pages.feed import search_again as search_again
from feeds.pages.feed import years_of
from feeds.pages.layout import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from feeds.pages.layout import FORMATS, Page, category_path, render, web_address
from feeds.pages.layout import MEDIA_TYPE as MEDIA_TYPE
from feeds.wording import wording

ANNOUNCED = 60
"""How many categories the head of the landing page announces.

A reader offers the announced feeds as one list to choose from, and a browser reads them all before it paints: beyond
some dozens they help nobody. Every category is linked in the page itself, however many there are.
"""

FEW = 12
"""Categories up to which each is shown with several headlines, and announced in every format."""

SOME = 40
"""Categories up to which each is shown with its latest headline; of more there are only the names."""

LATEST = 15
"""Headlines of all articles."""

NOTICES = 3
"""Corrections and withdrawals."""

_STATIC = {
    "static/gaya.css": "text/css; charset=utf-8",
    "static/salin.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "favicon.ico": "image/vnd.microsoft.icon",
}
"""Documents that every page needs, and their media types. Icons stand where browsers look for them unasked."""

_ARTICLE_DEPTH = 2  # artikel/<slug>/


def headlines_of_shelf(categories: int) -> int:
    """How many headlines each of so many categories is shown with, so that the page stays below 50 kB."""
    return 3 if categories <= FEW else 1 if categories <= SOME else 0


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
    of_categories = list(chain.from_iterable(shelf.feeds() for shelf in shelves))
    formats = FORMATS if len(of_categories) <= FEW else FORMATS[:1]
    announced = [*of_categories[:ANNOUNCED], *([notices.feed] if notices else [])]
    alternates = chain(page.alternates(feed), *(page.alternates(each, formats) for each in announced))
    return render(
        "landing.html",
        page,
        canonical=feed.base_url,
        alternates=[*alternates, page.directory(feed.title)],
        headlines=headlines[:LATEST],
        newest=max((headline.published for headline in headlines), default=None),
        shelves=shelves,
        headlines_of_shelf=headlines_of_shelf(len(of_categories)),
        notices=notices,
        chart=charts.rate(calendar, wording(feed.language)) if calendar else None,
        years=list(years_of(feed, calendar)),
    )


def article(feed: Feed, entry: Entry) -> bytes:
    """The page ``artikel/<slug>/index.html`` of an article without an address of its own. feed: the feed of all."""
    page = Page(feed=feed, depth=_ARTICLE_DEPTH)
    of_categories = (
        replace(feed, path=category_path(category), title=f"{category.title} - {feed.title}")
        for category in entry.categories
    )
    return render(
        "article.html",
        page,
        canonical=web_address(entry.link),
        alternates=[link for each in (feed, *of_categories) for link in page.alternates(each)],
        entry=entry,
        body=_headings_below_title(entry.content),
        image=web_address(entry.image.url) if entry.image else "",
        updated=entry.updated if entry.updated > entry.published else None,
    )


def message(feed: Feed, sentence: str, depth: int) -> bytes:
    """A page that says one sentence. feed: that of all articles; depth: of the address that was asked for."""
    return render("message.html", Page(feed=feed, depth=depth), canonical="", alternates=[], sentence=sentence)


@cache
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
