"""The page of a feed ``ekonomi/index.html``: its entries as a reader would show them, its addresses, its calendar.

Written as a format is (see ``formats``): an entry is rendered once, whatever pages show it. So its links to documents
of ours are absolute until it stands in a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, takewhile
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from feeds.model import Calendar, Entry, Feed
from feeds.pages import charts
from feeds.pages.layout import MEDIA_TYPE as MEDIA_TYPE
from feeds.pages.layout import Page, render, template_of, web_address
from feeds.pages.words import words_of
from feeds.wording import wording

NAME = "page"
FILENAME = "index.html"

ROOM = 28_000
"""Bytes of entries that a prepared page shows, so that it stays below 50 kB; the feed may list more."""

SEARCH = "search/"


class Neighbour(NamedTuple):
    """A page before or behind this one. rel: the relation of HTML, "" for none."""

    href: str
    words: str
    rel: str


def entries(entries: Sequence[Entry], *, base_url: str, language: str) -> list[bytes]:
    """Each entry as an ``<article>``."""
    template, words = template_of("entry.html"), words_of(language)
    return [
        template.render(
            entry=entry,
            words=words,
            language=language,
            href=web_address(entry.link),
            image=web_address(entry.image.url) if entry.image else "",
        ).encode()
        for entry in entries
    ]


def write(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """The page of a feed around entries that ``entries`` rendered."""
    page = Page(feed=feed, depth=feed.path.count("/"))
    shown = _shown(feed, entries)
    ours = f'href="{feed.base_url}'.encode()
    relative = b"".join(shown).replace(ours, f'href="{page.ours("")}'.encode())
    searched = dict(parse_qsl(feed.query)).get("q", "") if feed.path == SEARCH else None
    return render(
        "feed.html",
        page,
        canonical=page.address(feed.path, "", feed.query),
        alternates=list(page.alternates(feed)) if searched != "" else [],
        entries=relative.decode(),
        number=len(entries),
        shown=len(shown),
        chart=charts.year(feed.calendar, wording(feed.language)) if feed.calendar else None,
        years=list(years_of(feed, feed.calendar)),
        neighbours=list(_neighbours(page)),
        searched=searched,
        searchable=searched is None and _is_of_service(feed),
        current=next((link.path for link in feed.links if link.rel == "current"), None),
        error="",
    )


def search_again(feed: Feed, searched: str, error: str) -> bytes:
    """The page of a search that could not be understood. feed: that of all; error: a sentence for the visitor."""
    name = wording(feed.language).search
    page = Page(feed=replace(feed, title=f"{name} - {feed.newsroom}"), depth=1)
    return render("feed.html", page, **{**_NOTHING, "searched": searched, "error": error})


_NOTHING: Mapping[str, Any] = {
    "canonical": "",
    "alternates": (),
    "entries": "",
    "number": 0,
    "shown": 0,
    "chart": None,
    "years": (),
    "neighbours": (),
    "searched": None,
    "searchable": False,
    "current": None,
    "error": "",
}
"""What the template of a feed shows of one that has nothing."""


def _is_of_service(feed: Feed) -> bool:
    """Whether the service alone has this page, as it has the search: others are the same in a static build."""
    return bool(feed.query) or "+" in feed.path or feed.path.startswith(("tag/", "author/"))


def _shown(feed: Feed, entries: Sequence[bytes]) -> Sequence[bytes]:
    if feed.calendar is None:  # a page that somebody asked for, with what was asked for
        return entries
    within = takewhile(lambda size: size <= ROOM, accumulate(map(len, entries)))
    return entries[: max(1, len(list(within)))]


def years_of(feed: Feed, calendar: Calendar | None) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """The months of the archive, the newest first: year, and of each month its folder and its name."""
    names = wording(feed.language).months
    found: dict[int, list[tuple[str, str]]] = {}
    for year, month in calendar.months if calendar else ():
        found.setdefault(year, []).append((f"{feed.path}archive/{year:04}-{month:02}/", names[month - 1]))
    yield from found.items()


def _neighbours(page: Page) -> Iterator[Neighbour]:
    """From page to page, and from month to month (RFC 5005), where no archive is listed."""
    words = words_of(page.feed.language)
    told = {
        "first": (words.first, ""),
        "previous": (words.newer, "prev"),
        "next-archive": (words.newer, "prev"),
        "next": (words.older, "next"),
        "prev-archive": (words.older, "next"),
        "last": (words.last, ""),
    }
    links = {link.rel: link for link in page.feed.links} if page.feed.calendar is None else {}
    for rel, (label, relation) in told.items():
        if rel in links:
            path, query = links[rel].path, links[rel].query
            yield Neighbour(page.ours(path) + (f"?{query}" if query else ""), label, relation)
