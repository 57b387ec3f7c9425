"""Where readers, browsers and search engines find what there is: the feeds in OPML, the feed menu, robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from feeds.compose import SEARCH, Composer
from feeds.config import Settings
from feeds.edition.feeds import has_notices
from feeds.edition.work import Work
from feeds.formats import feed_menu, opml, sitemap
from feeds.licenses import RSL_FILE
from feeds.model import Category, Feed, Outline
from feeds.source import digest_of

ROBOTS = "robots.txt"


def put_directory(work: Work) -> None:
    """Looked at in every edition, as each article may bring a category."""
    work.look_at([opml.FILENAME, feed_menu.FILENAME, ROBOTS])
    feed, outlines = work.composer.feed(None, ()), outlines_of(work.composer, notices=has_notices(work))
    fingerprint = work.fingerprint_of(outlines)
    work.documents.put(opml.FILENAME, opml.MEDIA_TYPE, fingerprint, lambda: opml.write(feed, outlines))
    if work.settings.feed_menu:
        menu = lambda: feed_menu.write(feed.title, outlines)  # noqa: E731
        work.documents.put(feed_menu.FILENAME, feed_menu.MEDIA_TYPE, fingerprint, menu)
    body = robots(work.settings)
    work.documents.put(ROBOTS, "text/plain; charset=utf-8", digest_of(body), lambda: body)


def outlines_of(composer: Composer, *, notices: bool) -> tuple[Outline, ...]:
    """The directory: the feed of all, those of categories as they lie within each other, and that of notices.

    notices: whether there is that one.
    """
    everything, corrections = composer.feed(None, ()), composer.notices(())
    return (
        Outline(title=everything.title, feed=everything),
        *_within(composer, "", composer.parts()),
        *([Outline(title=composer.words.notices, feed=corrections)] if notices else []),
    )


def _within(composer: Composer, parent: str, by_parent: Mapping[str, Sequence[Category]]) -> Iterator[Outline]:
    for category in by_parent.get(parent, ()):
        own = Outline(title=category.title, feed=composer.feed(category, ()))
        parts = tuple(_within(composer, category.slug, by_parent))
        yield Outline(title=category.title, parts=(own, *parts)) if parts else own


def feeds_of(outlines: Iterable[Outline]) -> Iterator[Feed]:
    """The feeds of a directory, in its order."""
    for outline in outlines:
        if outline.feed:
            yield outline.feed
        yield from feeds_of(outline.parts)


def robots(settings: Settings) -> bytes:
    """What robots may fetch (RFC 9309): all but the searches, which have no end; and where the sitemaps are.

    And the newsroom's terms, outside of any group, so that they hold for all robots (RSL 1.0, 4.4).
    """
    base = settings.base_url
    lines = ["User-agent: *", f"Disallow: {urlsplit(base).path}{SEARCH}", ""]
    lines += [f"Sitemap: {base}{path}" for path in (sitemap.INDEX, sitemap.NEWS)]
    lines += [f"License: {base}{RSL_FILE}"] * bool(settings.rsl)
    return "".join(f"{line}\n" for line in lines).encode()
