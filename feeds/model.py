"""The values that pass between the layers: frozen, made by keyword, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

BodyFormat = Literal["markdown", "html", "text"]
DateOrigin = Literal["field", "metadata", "published", "dateline", "mtime"]
TitleOrigin = Literal["field", "metadata", "line", "heading", "lede", "filename"]
NoticeKind = Literal["ralat", "hak_jawab", "ditarik"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as it was understood.

    value: aware, in the zone that the text names or the default one.
    origin: how it was read: ``iso``, ``rfc2822``, ``full`` (day, month, year), ``yearless``, ``relative``.
    warnings: sentences, such as a weekday that contradicts the date.
    """

    value: datetime
    origin: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An article's lead image. url: as written in a Draft, absolute in an Article.

    length: bytes; width, height: pixels.
    """

    url: str
    caption: str = ""
    credit: str = ""
    type: str = ""
    length: int | None = None
    width: int | None = None
    height: int | None = None


class WrittenNotice(NamedTuple):
    """A notice as a reader found it: texts as written, nothing checked."""

    kind: NoticeKind
    text: str
    date: str | datetime | None = None
    link: str = ""


class Notice(NamedTuple):
    """What a newsroom says of an article that it has published: a correction, a right of reply, a withdrawal.

    text: the correction, the reply or the reason, XML-safe. date: when it was published, None where nothing says so.
    link: where it can be read, absolute, or "".
    """

    kind: NoticeKind
    text: str
    date: datetime | None = None
    link: str = ""


class Draft(NamedTuple):
    """One article as a reader found it: texts as written, nothing checked.

    path: the file below the data directory, with forward slashes.
    position: which record of the file, from 0; ``None`` for a file that is one article.
    date, updated: as written (or as the format's own date type); origin says where the date stood.
    month_first: the file's column of slash dates is proven to be month first (DATES rule 13).
    body: in body_format; categories and tags: names as written.
    source: the publication or agency that the article names as its source.
    corrections: corrections and rights of reply; withdrawn: that the article is withdrawn, with the reason as its text.
    advertorial: it is said to be one.
    license: a licence's address or its name; rights: a notice of copyright.
    warnings: (kind, sentence) pairs with a kind of ``errors.KINDS``.
    unused: where the title or the date is missing, the names of fields that mean nothing.
    """

    path: str
    position: int | None = None
    title: str = ""
    title_origin: TitleOrigin = "field"
    date: str | datetime | None = None
    date_origin: DateOrigin = "field"
    updated: str | datetime | None = None
    month_first: bool = False
    body: str = ""
    body_format: BodyFormat = "markdown"
    summary: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    link: str = ""
    guid: str = ""
    slug: str = ""
    source: str = ""
    language: str = ""
    image: Image | None = None
    corrections: tuple[WrittenNotice, ...] = ()
    withdrawn: WrittenNotice | None = None
    advertorial: bool = False
    license: str = ""
    rights: str = ""
    warnings: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category as feeds show it: slug (in addresses), title, description ("" where there is none).

    parent: the slug of the category that it is a part of, "" where there is none.
    """

    slug: str
    title: str
    description: str = ""
    parent: str = ""


class Article(NamedTuple):
    """One article, checked and normalised: every text is XML-safe plain text, every date aware.

    slug: "" where nothing needs one (no permalink, no pages).
    key: what the article is called inside the newsroom: the path without suffix, and ``#slug`` for a record of a file.
    published: the publication date; updated: only where the article says so itself.
    categories: the article's own first, then their ancestors, each once.
    link: its own absolute address or ""; guid: its own id or "".
    address: the link that it names itself, as addresses are compared; marks: of its headline; see ``likeness``.
    content_hash: hex digest over what an edit changes: headline, summary, body, the lead image's address and caption,
    corrections.
    modified: the file's mtime in microseconds since the epoch.
    corrections, withdrawn: as in Draft, checked. advertorial: it says so, or one of its categories does.
    license: the absolute address of the licence that it names itself, or ""; rights: what it says of its copyright,
    in one line, and of a licence that has no address.

    A tuple, as a hundred thousand of them pass from one process to another: it travels in a sixth of the time.
    """

    path: str
    position: int | None
    key: str
    slug: str
    title: str
    title_origin: TitleOrigin
    published: datetime
    date_origin: DateOrigin
    updated: datetime | None
    summary: str
    authors: tuple[str, ...]
    categories: tuple[Category, ...]
    tags: tuple[str, ...]
    link: str
    guid: str
    source: str
    language: str
    image: Image | None
    content_hash: str
    modified: int
    address: str
    marks: tuple[int, int]
    corrections: tuple[Notice, ...] = ()
    withdrawn: Notice | None = None
    advertorial: bool = False
    license: str = ""
    rights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RslTerms:
    """What automated clients may do with a newsroom's articles, and at what price (RSL 1.0, section 3).

    permits, prohibits: tokens of usage, the latter go first; () says nothing. payment: its type, "" for none named.
    custom: the address of the process by which a licence is got. server: that of an Open License Protocol server.
    terms: that of the terms for people. holder: who owns the rights; contact: its mail or web address. Each may be "".
    """

    permits: tuple[str, ...] = ()
    prohibits: tuple[str, ...] = ()
    payment: str = ""
    custom: str = ""
    server: str = ""
    terms: str = ""
    holder: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """A further element of an item or a channel, for an aggregator that wants one.

    name: with its namespace in braces, as in ``{http://purl.org/dc/terms/}valid``. inside: names and texts within it.
    """

    name: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    inside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as every format writes it (atom:entry, rss item, JSON Feed item).

    id: fixed at first sight. link: absolute address or "". id_is_link: the id is an address that opens the article.
    updated: never before published. summary: plain text, one paragraph. content: sanitised HTML, absolute addresses.
    related: addresses of what is said about the article elsewhere: its corrections.
    about: of a notice, the address of the article that it is about.
    license: the address of its licence; rights: its own notice of copyright, "" where that of the feed holds.
    rsl: the terms that hold for its address, None where the feed must say nothing about it.
    further: elements that RSS has besides.
    """

    id: str
    id_is_link: bool
    title: str
    link: str
    published: datetime
    updated: datetime
    summary: str
    content: str
    authors: tuple[str, ...]
    categories: tuple[Category, ...]
    tags: tuple[str, ...]
    source: str
    language: str
    image: Image | None
    related: tuple[str, ...] = ()
    about: str = ""
    license: str = ""
    rights: str = ""
    rsl: RslTerms | None = None
    further: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an entry is withdrawn, for those who have it: its id, when, and why."""

    id: str
    when: datetime
    reason: str


class Link(NamedTuple):
    """How a feed is reached from another (RFC 5005): the relation, the folder below base_url, what follows ``?``."""

    rel: str
    path: str
    query: str = ""


class Calendar(NamedTuple):
    """When the articles of a feed appeared, by the zone of the newsroom.

    last: the day of the newest article, None where there is none. days: those of the year up to it that have articles,
    and how many, the oldest first. months: (year, month) of all that have some, the newest first.
    """

    last: date | None = None
    days: tuple[tuple[date, int], ...] = ()
    months: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A channel (RSS), feed (Atom, JSON Feed) without its entries; knows no format.

    path: the folder of its documents below base_url, "" for all articles, ``ekonomi/`` for a category.
    newsroom: its title, which ends the title of every other feed.
    home: the channel's link. base_url: with a trailing slash. updated: the newest change of the content.
    category: the category's scheme and label, None in the feed of all. ttl: minutes.
    license: the address of the newsroom's licence, "" for none; rsl: its terms for automated clients, None for none.
    withdrawn: entries that the feed may have shown, the latest withdrawal first.
    query: what follows ``?`` in its own address. links: to the documents before and after it.
    archive: it is complete and stays as it is (RFC 5005, section 4).
    calendar, whole, parts: for its page alone; the category that it is a part of, and those that are parts of it.
    further: elements that RSS has besides; namespaces: of these and of its entries', by prefix.
    """

    id: str
    path: str
    newsroom: str
    title: str
    description: str
    home: str
    base_url: str
    language: str
    author: str
    copyright: str
    logo: str
    updated: datetime
    ttl: int
    hubs: tuple[str, ...] = ()
    license: str = ""
    rsl: RslTerms | None = None
    category: Category | None = None
    withdrawn: tuple[Withdrawal, ...] = ()
    query: str = ""
    links: tuple[Link, ...] = ()
    archive: bool = False
    calendar: Calendar | None = None
    whole: Category | None = None
    parts: tuple[Category, ...] = ()
    further: tuple[Element, ...] = ()
    namespaces: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A line of the directory of feeds: a feed, or a folder of further lines (feed is None then)."""

    title: str
    feed: Feed | None = None
    parts: tuple[Outline, ...] = ()


class Part(NamedTuple):
    """Where an entry lies in its document: body[start:end]. digest: of these bytes."""

    digest: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A finished document: what HTTP answers and what a file holds.

    path: below base_url, without a leading slash. media_type: with charset where it has one.
    etag: a strong validator's opaque part, without quotes. modified: seconds since the epoch when these bytes appeared,
    0 where that is not known.
    parts: of a feed, its entries; between each two lie the same bytes.
    """

    path: str
    media_type: str
    body: bytes
    etag: str
    modified: int
    parts: tuple[Part, ...] = ()
