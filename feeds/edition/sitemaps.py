"""What search engines are told of: the news of the last two days, and all articles, month by month.

A sitemap lists addresses of its own host, and of those that allow it (https://www.sitemaps.org/protocol.html#location);
so articles count here whose addresses lie below ``site`` or ``base_url``.

The news sitemap is the one document whose bytes depend on the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from feeds.archives import Month, months_with
from feeds.catalogue.reading import Placed, Wanted
from feeds.catalogue.writing import Writing
from feeds.compose import NOTICES, page_path
from feeds.edition.feeds import has_notices
from feeds.edition.work import Work
from feeds.formats import sitemap
from feeds.formats.sitemap import News, Place
from feeds.record import from_microseconds
from feeds.source import digest_of

_LISTED = "sitemaps"
"""The value of the catalogue that says which sitemaps of months there are: path and newest change, a line each."""


# --- news ------------------------------------------------------------------------------------------------------------


def put_news(work: Work) -> None:
    """The news sitemap: looked at in every edition. Google refuses what is paid for."""
    work.look_at([sitemap.NEWS])
    wanted = Wanted(work.now, first=work.now - sitemap.NEWS_FOR + 1, advertorials=False)
    listed = _placed(work, wanted, limit=sitemap.MOST_NEWS)
    work.aged = listed[-1].published + sitemap.NEWS_FOR if listed else None
    news = [News(_address(work, a), a.title, from_microseconds(a.published, a.published_offset)) for a in listed]
    _put(work, sitemap.NEWS, sitemap.news(work.settings.title, work.settings.language, news))


def _placed(work: Work, wanted: Wanted, *, oldest: bool = False, limit: int | None = None) -> list[Placed]:
    settings = work.settings
    below = {settings.base_url, settings.site} - {""}
    return work.reading.placed(wanted, sorted(below), pages=settings.article_pages, oldest=oldest, limit=limit)


def _address(work: Work, article: Placed) -> str:
    return article.link or f"{work.settings.base_url}{page_path(article.slug)}"


def _put(work: Work, path: str, body: bytes) -> None:
    work.documents.put(path, sitemap.MEDIA_TYPE, digest_of(body), lambda: body)


# --- all articles ----------------------------------------------------------------------------------------------------


def write_sitemaps(work: Work, writer: Writing, version: int) -> int:
    """Write the sitemaps of months that may have changed, that of our pages, and the index of all; gives how many."""
    listed = {} if work.plan.full else _listed(work.reading.value(_LISTED))
    written = 0
    for month in _months(work):
        earlier = {path for path in listed if path.startswith(sitemap.of_month(str(month), 1).removesuffix(".xml"))}
        made = _of_month(work, month)
        work.look_at(earlier | made.keys())
        for path, (_, body) in made.items():
            _put(work, path, body)
        work.documents.gone |= earlier - made.keys()
        listed = {path: changed for path, changed in listed.items() if path not in earlier}
        listed |= {path: changed for path, (changed, _) in made.items()}
        written += _write(work, writer, version)
    work.look_at([sitemap.PAGES, sitemap.INDEX])
    ((_, pages),) = sitemap.split(_pages(work))
    _put(work, sitemap.PAGES, pages)
    _put(work, sitemap.INDEX, sitemap.index(_sitemaps(work, listed)))
    writer.set_value(_LISTED, "\n".join(f"{path} {changed.isoformat()}" for path, changed in sorted(listed.items())))
    return written + _write(work, writer, version)


def _listed(value: str) -> dict[str, datetime]:
    lines = (line.split(" ") for line in value.splitlines())
    return {path: datetime.fromisoformat(changed) for path, changed in lines}


def _months(work: Work) -> Iterable[Month]:
    zone = work.settings.zone
    if work.plan.full:
        return months_with(work.reading, Wanted(work.now), zone)
    return {Month.of(moment, zone) for moment in work.plan.moments}


def _of_month(work: Work, month: Month) -> dict[str, tuple[datetime, bytes]]:
    """The sitemaps of a month: path -> (newest change, document).

    The oldest article comes first: where one sitemap does not hold the month, what is new changes the last one alone.
    """
    zone = work.settings.zone
    wanted = Wanted(work.now, first=month.begins(zone), before=month.ends(zone))
    places = (
        Place(_address(work, article), from_microseconds(article.updated, article.updated_offset))
        for article in _placed(work, wanted, oldest=True)
    )
    return {
        sitemap.of_month(str(month), number): (max(place.changed for place in listed if place.changed), body)
        for number, (listed, body) in enumerate(sitemap.split(places), start=1)
    }


def _write(work: Work, writer: Writing, version: int) -> int:
    taken = work.documents.take()
    writer.put_documents(taken, version)
    return len(taken)


def _pages(work: Work) -> Iterator[Place]:
    """The newsroom's page and those of feeds, without a date: theirs would change with each article."""
    folders = [f"{slug}/" for slug in work.composer.categories]
    notices = [NOTICES] if has_notices(work) else []
    for folder in ("", *folders, *notices):
        yield Place(work.settings.base_url + folder)


def _sitemaps(work: Work, listed: dict[str, datetime]) -> Iterator[Place]:
    """Those of the index. That of news has no date: the index would depend on the clock with it."""
    for path in (sitemap.NEWS, sitemap.PAGES):
        yield Place(work.settings.base_url + path)
    for path, changed in sorted(listed.items(), reverse=True):
        yield Place(work.settings.base_url + path, changed)
