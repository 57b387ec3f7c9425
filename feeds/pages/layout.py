"""What all pages have in common: where they stand, how they write addresses and dates, and their templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from feeds.licenses import RSL_FILE, RSL_TYPE, license_name
from feeds.model import Category, Feed
from feeds.pages.words import words_of
from feeds.wording import date_text_with_weekday, is_date_only, wording

if TYPE_CHECKING:  # Jinja is imported when the first page is rendered: whoever renders none does not pay for it
    from jinja2 import Environment, Template
    from markupsafe import Markup

MEDIA_TYPE = "text/html; charset=utf-8"

DEEPEST = 8
"""Folders between a page and base_url. Only an address that is made up has more, and could have thousands."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: http: data:; "
    "base-uri 'none'; form-action 'self'"
)
"""What a page needs and no more. It stands in the page too, so that a static host without headers keeps to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    name: str
    file: str
    media_type: str


FORMATS = (
    Format(name="RSS", file="rss.xml", media_type="application/rss+xml"),
    Format(name="Atom", file="atom.xml", media_type="application/atom+xml"),
    Format(name="JSON", file="feed.json", media_type="application/feed+json"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A reader on the web. address: where it adds a feed, whose own address comes behind it."""

    name: str
    address: str


SERVICES = (
    Service(name="Feedly", address="https://feedly.com/i/subscription/feed%2F"),
    Service(name="Inoreader", address="https://www.inoreader.com/?add_feed="),
    Service(name="NewsBlur", address="https://www.newsblur.com/?url="),
    Service(name="The Old Reader", address="https://theoldreader.com/feeds/subscribe?url="),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """One autodiscovery link."""

    title: str
    media_type: str
    href: str

    def tag(self) -> Markup:
        """The link as HTML has it."""
        from markupsafe import Markup

        tag = Markup('<link rel="alternate" type="{}" title="{}" href="{}">')
        return tag.format(self.media_type, self.title, self.href)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a page stands, and so how it writes addresses. depth: folders between it and base_url."""

    feed: Feed
    depth: int

    def ours(self, path: str) -> str:
        """The address of a document of ours, relative but on a page that lies too deep; path is below base_url."""
        if self.depth > DEEPEST:
            return self.feed.base_url + path
        return "../" * self.depth + path or "./"

    def href(self, link: str) -> str:
        """A link as the page writes it: relative where it is ours, "" where no browser should follow it."""
        if link.startswith(self.feed.base_url):
            # What stands behind base_url is an article's own word: by itself it could be javascript:… or //elsewhere.
            return self.ours("") + link.removeprefix(self.feed.base_url)
        return web_address(link)

    def address(self, path: str, file: str = FORMATS[0].file, query: str = "") -> str:
        """The absolute address of a feed's document."""
        return f"{self.feed.base_url}{path}{file}" + (f"?{query}" if query else "")

    def alternates(self, feed: Feed, formats: Sequence[Format] = FORMATS) -> Iterator[Alternate]:
        """The autodiscovery links of a feed."""
        for each in formats:
            href, title = self.address(feed.path, each.file, feed.query), feed.title
            yield Alternate(title=f"{title} ({each.name})", media_type=each.media_type, href=href)

    def directory(self, title: str) -> Alternate:
        """The autodiscovery link of the list of all feeds."""
        return Alternate(title=f"{title} (OPML)", media_type="text/x-opml", href=f"{self.feed.base_url}feeds.opml")


def category_path(category: Category) -> str:
    """The folder of the documents of a category, below base_url."""
    return f"{category.slug}/"


def web_address(link: str) -> str:
    """The link where it is http or https, else "": a ``javascript:`` address is kept out, whoever let it in."""
    return link if link.startswith(("https://", "http://")) else ""


def _host(link: str) -> str:
    return urlsplit(link).netloc.removeprefix("www.")


def time_element(moment: datetime, language: str) -> Markup:
    from markupsafe import Markup

    machine = moment.date().isoformat() if is_date_only(moment) else moment.isoformat(timespec="seconds")
    shown = date_text_with_weekday(moment, wording(language))
    return Markup('<time datetime="{}">{}</time>').format(machine, shown)


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
    environment.filters |= {
        "time": time_element,
        "host": _host,
        "category_path": category_path,
        "quoted": lambda address: quote(address, safe=""),
        "license": license_name,
    }
    environment.globals |= {"formats": FORMATS, "services": SERVICES, "policy": CONTENT_SECURITY_POLICY}
    environment.globals |= {"rsl_file": RSL_FILE, "rsl_type": RSL_TYPE}
    return environment


def render(template: str, page: Page, **context: object) -> bytes:
    """The finished page of a template."""
    words = words_of(page.feed.language)
    return template_of(template).render(page=page, feed=page.feed, words=words, **context).encode()


def template_of(name: str) -> Template:
    """A template by its name."""
    return _environment().get_template(name)
