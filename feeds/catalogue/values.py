"""What is asked of the catalogue, and what it answers where that is no article."""

from __future__ import annotations

from typing import NamedTuple


class KnownDocument(NamedTuple):
    """A document without its body. fingerprint: over everything that it was made of."""

    etag: str
    modified: int
    fingerprint: str


class Ping(NamedTuple):
    """That a hub has to hear of a document. due: microseconds since the epoch; attempts: how often it was in vain."""

    hub: str
    path: str
    attempts: int
    due: int


class Wanted(NamedTuple):
    """Which articles are asked for. Times are microseconds since the epoch.

    now: a later article is under embargo. lists: of any of these, see ``lists``; () is of all articles.
    first, before: published in this span, its end left out. since: published or updated since then.
    advertorials: whether those that are paid for belong to it.
    """

    now: int
    lists: tuple[str, ...] = ()
    first: int | None = None
    before: int | None = None
    since: int | None = None
    advertorials: bool = True


class Placed(NamedTuple):
    """An article by its address. link: its own, "" of one that has a page here; slug: in the address of that.

    Times are microseconds since the epoch, offsets seconds, as in the tables.
    """

    link: str
    slug: str
    title: str
    published: int
    published_offset: int
    updated: int
    updated_offset: int


class Marked(NamedTuple):
    """An article by a mark of its headline; see ``likeness.marks``."""

    mark: int
    id: str
    title: str
    published: int
    path: str
    position: int | None
    date_origin: str
