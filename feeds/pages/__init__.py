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
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feeds.model import Category, Entry, Feed
from feeds.wording import ENGLISH, INDONESIAN, date_text_with_weekday, is_date_only, is_english, wording

if TYPE_CHECKING:  # Jinja is imported when the first page is rendered: whoever renders none does not pay for it
    from jinja2 import Environment
    from markupsafe import Markup

MEDIA_TYPE = "text/html; charset=utf-8"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src https: http: data:; base-uri 'none'; form-action 'none'"
)
"""What a page needs and no more. It stands in the page too, so that a static host without headers keeps to it."""

AUTODISCOVERY_CATEGORIES = 50
"""How many categories the head of the landing page announces.

A reader offers the announced feeds as one list to choose from, and a browser reads them all before it paints: beyond
some dozens they help nobody. Every category is linked in the page itself, however many there are.
"""

SHELF_HEADLINES = 3

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


def landing(feed: Feed, headlines: Sequence[Headline], shelves: Sequence[Shelf], notices: Shelf | None = None) -> bytes:
    """The newsroom's page ``index.html``.

    feed: the feed of all; headlines, shelves: in the order to be shown. notices: corrections and withdrawals, None
    where there never were any.
    """
    page = _Page(feed=feed, depth=0)
    of_categories = chain.from_iterable(shelf.feeds() for shelf in shelves)
    announced = [feed, *islice(of_categories, AUTODISCOVERY_CATEGORIES)]
    if notices:
        announced.append(notices.feed)
    return _render(
        "landing.html",
        page,
        canonical=feed.base_url,
        alternates=[link for each in announced for link in page.alternates(each.title, each.path)],
        headlines=headlines,
        newest=max((headline.published for headline in headlines), default=None),
        shelves=shelves,
        notices=notices,
        shelf_headlines=SHELF_HEADLINES,
    )


def article(feed: Feed, entry: Entry) -> bytes:
    """The page ``artikel/<slug>/index.html`` of an article without an address of its own. feed: the feed of all."""
    page = _Page(feed=feed, depth=_ARTICLE_DEPTH)
    alternates = list(page.alternates(feed.title, feed.path))
    for category in entry.categories:
        alternates += page.alternates(f"{feed.title}: {category.title}", _category_path(category))
    return _render(
        "article.html",
        page,
        canonical=_web_address(entry.link),
        alternates=alternates,
        entry=entry,
        body=_headings_below_title(entry.content),
        image=_web_address(entry.image.url) if entry.image else "",
        updated=entry.updated if entry.updated > entry.published else None,
    )


def static_documents() -> Mapping[str, tuple[str, bytes]]:
    """The documents that every page needs: path below base_url -> (media type, bytes)."""
    from importlib.resources import files  # here, because it costs more to import than the rest of this module

    stylesheet = files(__name__).joinpath("static", "gaya.css").read_bytes()
    return {"static/gaya.css": ("text/css; charset=utf-8", stylesheet)}


# Addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    name: str
    file: str
    media_type: str


_FORMATS = (
    _Format(name="RSS", file="rss.xml", media_type="application/rss+xml"),
    _Format(name="Atom", file="atom.xml", media_type="application/atom+xml"),
    _Format(name="JSON", file="feed.json", media_type="application/feed+json"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alternate:
    """One autodiscovery link."""

    title: str
    media_type: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """Where a page stands, and so how it writes addresses. depth: folders between it and base_url."""

    feed: Feed
    depth: int

    def ours(self, path: str) -> str:
        """The relative address of a document of ours; path is below base_url."""
        return "../" * self.depth + path or "./"

    def href(self, link: str) -> str:
        """A link as the page writes it: relative where it is ours, "" where no browser should follow it."""
        if link.startswith(self.feed.base_url):
            return self.ours(link.removeprefix(self.feed.base_url))
        return _web_address(link)

    def alternates(self, title: str, path: str) -> Iterator[_Alternate]:
        """The autodiscovery links of the feed whose documents lie in path."""
        for each in _FORMATS:
            href = f"{self.feed.base_url}{path}{each.file}"
            yield _Alternate(title=f"{title} ({each.name})", media_type=each.media_type, href=href)


def _category_path(category: Category) -> str:
    return f"{category.slug}/"


def _web_address(link: str) -> str:
    """The link where it is http or https, else "": a ``javascript:`` address is kept out, whoever let it in."""
    return link if link.startswith(("https://", "http://")) else ""


def _host(link: str) -> str:
    return urlsplit(link).netloc.removeprefix("www.")


# Words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """Everything that a page says itself, in one language."""

    sections: str
    latest: str
    newest: str
    nothing: str
    subscribe: str
    what_feeds_are: str
    which_format: str
    categories: str
    notices: str
    no_notices: str
    website: str
    author: str
    updated: str
    source: str
    tags: str
    follow: str
    everything: str
    back: str


_INDONESIAN = _Words(
    sections="Bagian halaman",
    latest="Berita terbaru",
    newest="Berita terakhir",
    nothing="Belum ada berita.",
    subscribe="Langganan",
    what_feeds_are="Feed adalah daftar berita terbaru untuk aplikasi pembaca feed. Salin salah satu alamat ini ke"
    " aplikasi Anda, misalnya Feedly, Inoreader, atau NetNewsWire; berita baru akan muncul di sana dengan sendirinya.",
    which_format="Ketiganya memuat berita yang sama. Kalau ragu, pilih RSS.",
    categories="Kategori",
    notices=INDONESIAN.notices,
    no_notices="Tidak ada ralat.",
    website="Situs web",
    author="Oleh",
    updated="Diperbarui",
    source="Sumber",
    tags="Topik",
    follow="Ikuti lewat feed",
    everything="Semua berita",
    back="Kembali ke halaman depan",
)

_ENGLISH = _Words(
    sections="Sections of this page",
    latest="Latest news",
    newest="Last published",
    nothing="No news yet.",
    subscribe="Subscribe",
    what_feeds_are="A feed is a list of the latest news for a feed reader. Copy one of these addresses into yours, such"
    " as Feedly, Inoreader or NetNewsWire, and new articles will appear there by themselves.",
    which_format="All three carry the same news. If in doubt, take RSS.",
    categories="Categories",
    notices=ENGLISH.notices,
    no_notices="No corrections.",
    website="Website",
    author="By",
    updated="Updated",
    source="Source",
    tags="Topics",
    follow="Follow by feed",
    everything="All news",
    back="Back to the front page",
)


def _words(language: str) -> _Words:
    return _ENGLISH if is_english(language) else _INDONESIAN


def _time_element(moment: datetime, language: str) -> Markup:
    from markupsafe import Markup

    machine = moment.date().isoformat() if is_date_only(moment) else moment.isoformat(timespec="seconds")
    shown = date_text_with_weekday(moment, wording(language))
    return Markup('<time datetime="{}">{}</time>').format(machine, shown)


# Rendering


def _headings_below_title(content: str) -> str:
    """Sanitised HTML with its headings moved so that the highest is an h2, right below the page's own h1."""
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", content)]
    shift = 2 - min(levels, default=2)
    return re.sub(r"(</?h)([1-6])\b", lambda tag: f"{tag[1]}{min(int(tag[2]) + shift, 6)}", content)


@cache
def _environment() -> Environment:
    """The templates, compiled once a process."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("feeds.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"time": _time_element, "host": _host, "category_path": _category_path}
    environment.globals |= {"formats": _FORMATS, "policy": CONTENT_SECURITY_POLICY}
    return environment


def _render(template: str, page: _Page, **context: object) -> bytes:
    words = _words(page.feed.language)
    return _environment().get_template(template).render(page=page, feed=page.feed, words=words, **context).encode()
