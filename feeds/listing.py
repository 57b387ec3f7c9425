"""A selection -> the feed and what it lists: titles, ids that stay, and the links from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode

from feeds.archives import Month, archive
from feeds.catalogue.reading import Reading, Wanted
from feeds.compose import NOTICES, SEARCH, Composer, newest_change
from feeds.lists import KINDS, TAG, spelling
from feeds.model import Feed, Link
from feeds.query import read_query
from feeds.record import NoticeRecord, Record, moment_of
from feeds.selection import Selection

SEARCHED = 2_000  # of what a search finds, the newest, among which ``since`` chooses


class Listing(NamedTuple):
    """What a document shows: a feed and its articles, or notices, newest first."""

    feed: Feed
    articles: Sequence[Record] = ()
    notices: Sequence[NoticeRecord] = ()


def exists(reading: Reading, composer: Composer, selection: Selection, now: int) -> bool:
    """Whether there is the feed that is asked for, whatever it may list: a look-up by names.

    now: microseconds since the epoch; a later article is under embargo.
    """
    if selection.month and composer.settings.archives is False:
        return False
    if selection.folder == NOTICES:
        return reading.count_notices(now) > 0
    if selection.folder == SEARCH:
        return reading.can_search
    if _kind(selection):
        return bool(reading.articles(_wanted(composer, selection, now), 1))
    return all(slug in composer.categories for slug in selection.lists)


def listing(reading: Reading, composer: Composer, selection: Selection, now: int) -> Listing | None:
    """What is asked for of a feed that exists; None where it has no such month or page."""
    if selection.month:
        slug = selection.folder.rstrip("/")
        found = archive(reading, composer, slug, Month.named(selection.month), now)
        return found and Listing(*found)
    if selection.folder == NOTICES:
        return _notices(reading, composer, selection, now)
    if selection.folder == SEARCH:
        return _found(reading, composer, selection, now)
    return _articles(reading, composer, selection, now)


def _kind(selection: Selection) -> str:
    """``tag/`` or ``author/``, "" for other feeds."""
    return next((kind for kind in KINDS if selection.folder.startswith(kind)), "")


def _wanted(composer: Composer, selection: Selection, now: int) -> Wanted:
    """All articles of the feed. What is paid for is in that of a tag as in that of all, in a joined one as in each."""
    categories = () if _kind(selection) else selection.lists
    shown = all(composer.shows_advertorials(slug) for slug in categories or ("",))
    return Wanted(now, selection.lists, advertorials=shown)


def _articles(reading: Reading, composer: Composer, selection: Selection, now: int) -> Listing | None:
    everything = _wanted(composer, selection, now)
    wanted = everything._replace(since=_since(selection))
    limit, offset = _span(composer, selection)
    found = reading.articles(wanted, limit + 1, offset)
    if offset and not found:
        return None
    several = len(found) > limit or selection.page
    links = _links(selection, reading.number(wanted), limit) if several else ()
    listed = found[:limit]
    category = composer.categories[selection.lists[0]] if len(selection.lists) == 1 and not _kind(selection) else None
    withdrawn = composer.withdrawn(reading.withdrawals(), selection.folder.rstrip("/"), now) if not offset else ()
    feed = composer.feed(category, listed, withdrawn if category or not selection.folder else ())
    newest = listed or reading.articles(everything, 1)
    if not listed and not withdrawn:
        feed = replace(feed, updated=newest_change(newest))
    if selection.folder and not category:
        feed = _titled(feed, _name(composer, selection, newest), composer)
    return Listing(_own(composer, feed, selection, links), articles=listed)


def _notices(reading: Reading, composer: Composer, selection: Selection, now: int) -> Listing | None:
    since = _since(selection)
    limit, offset = _span(composer, selection)
    found = reading.notices(now, limit + 1, offset, since)
    if offset and not found:
        return None
    several = len(found) > limit or selection.page
    links = _links(selection, reading.count_notices(now, since), limit) if several else ()
    feed = composer.notices(found[:limit])
    return Listing(_own(composer, feed, selection, links), notices=found[:limit])


def _found(reading: Reading, composer: Composer, selection: Selection, now: int) -> Listing | None:
    """What a search finds. How many there are is not counted, so that no link leads to the last page."""
    if not selection.words:
        return Listing(_own(composer, _titled(composer.feed(None, ()), composer.words.search, composer), selection, ()))
    limit, offset = _span(composer, selection)
    query, since, shown = read_query(selection.words), _since(selection), composer.shows_advertorials("")
    if since is None:
        found = reading.search(query, limit + 1, now, offset=offset, advertorials=shown)
    else:
        newest = reading.search(query, SEARCHED, now, advertorials=shown)
        found = [article for article in newest if article.updated >= since][offset : offset + limit + 1]
    if offset and not found:
        return None
    listed, more = found[:limit], len(found) > limit
    links = _links(selection, offset + len(found), limit) if more or selection.page else ()
    title = f"{composer.words.search}: {selection.words}"
    # One that is empty is as old as what was searched: 1970 is taken for a mistake.
    updated = newest_change(listed or reading.articles(Wanted(now, advertorials=shown), 1))
    feed = replace(_titled(composer.feed(None, listed), title, composer), updated=updated)
    known = tuple(link for link in links if link.rel != "last")
    return Listing(_own(composer, feed, selection, known), articles=listed)


def _since(selection: Selection) -> int | None:
    return moment_of(selection.since)[0] if selection.since else None


def _span(composer: Composer, selection: Selection) -> tuple[int, int]:
    """How many a document lists, and how many before it are left out."""
    limit = selection.limit or composer.settings.limit
    return limit, ((selection.page or 1) - 1) * limit


def _links(selection: Selection, number: int, limit: int) -> tuple[Link, ...]:
    """From page to page (RFC 5005, section 3)."""
    page, last = selection.page or 1, max(1, -(-number // limit))
    pages = {"first": 1, "previous": page - 1, "next": page + 1, "last": last}
    return tuple(
        Link(rel, selection.folder, replace(selection, page=number).query)
        for rel, number in pages.items()
        if 1 <= number <= last
    )


def _titled(feed: Feed, name: str, composer: Composer) -> Feed:
    title = f"{name} - {composer.settings.title}"
    return replace(feed, title=title, description=title)


def _name(composer: Composer, selection: Selection, newest: Sequence[Record]) -> str:
    """As the newest article spells the tag or the author; else the titles of the categories."""
    words, kind = composer.words, _kind(selection)
    if not kind:
        return ", ".join(composer.categories[slug].title for slug in selection.lists)
    written = newest[0].tags if kind == TAG else newest[0].authors
    label = f"{words.tag}: " if kind == TAG else f"{words.by} "
    return label + spelling(selection.lists[0], written)


def _own(composer: Composer, feed: Feed, selection: Selection, links: tuple[Link, ...]) -> Feed:
    """The feed under its own address. Hubs hear of the feeds of editions alone, so it announces none.

    All that is shown of a feed, by pages or otherwise, has the one id; what is searched for is a part of it.
    """
    words = f"?{urlencode({'q': selection.words})}" if selection.words else ""
    return replace(
        feed,
        id=f"tag:{composer.settings.authority},2026:feeds/{selection.folder}{words}",
        path=selection.folder,
        query=selection.query,
        links=links,
        hubs=(),
    )
