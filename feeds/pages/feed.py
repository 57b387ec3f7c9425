"""The page of a feed ``ekonomi/index.html``: its entries as a reader would show them, its addresses, its calendar.

Written as a format is (see ``formats``): an entry is rendered once, whatever pages show it. So its links to documents
of ours are absolute until it stands in a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from feeds.model import Entry, Feed
from feeds.pages.layout import MEDIA_TYPE as MEDIA_TYPE
from feeds.pages.layout import Page, render, template_of, web_address
from feeds.pages.words import words_of

NAME = "page"
FILENAME = "index.html"

SHOWN = 20
"""How many entries a page shows; the feed may list more."""


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
    shown = b"".join(entries[:SHOWN])
    ours = f'href="{feed.base_url}'.encode()
    relative = shown.replace(ours, f'href="{page.ours("")}'.encode())
    return render(
        "feed.html",
        page,
        canonical=f"{feed.base_url}{feed.path}",
        alternates=list(page.alternates(feed.title, feed.path)),
        entries=relative.decode(),
    )
