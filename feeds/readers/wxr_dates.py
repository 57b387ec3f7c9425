"""The dates of a post in a WordPress export, which names each twice: in the site's zone and in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_QUARTER = timedelta(minutes=15)
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what a site writes that knows no date, in no zone
_NO_DATE = re.compile(r"-?000|.*(?:\b0?1 Jan 1970\b| -000)")


def published(values: dict[str, str]) -> tuple[datetime | str | None, tuple[tuple[str, str], ...]]:
    """The date of a post, and a remark where its two dates contradict each other.

    post_date_gmt, shown in the zone that post_date tells: their distance is the site's. post_date alone has no zone,
    and is in the newsroom's. Else pubDate, in its own words. A date that is none is given as written, to be reported.
    """
    found, far_apart = _moment(values, "wp:post_date_gmt", "wp:post_date")
    if found is not None:
        remark = "its post_date and post_date_gmt are no time zone apart; the latter is taken"
        return found, (("date", remark),) if far_apart else ()
    for name in ("pubDate", "wp:post_date", "wp:post_date_gmt"):
        text = values.get(name, "").strip()
        if text and not _NO_DATE.match(text):
            return text, ()
    return None, ()


def updated(values: dict[str, str], since: datetime | str | None) -> datetime | None:
    """The date of the last change. One that is not behind the publication says nothing: a planned post has it."""
    found, _ = _moment(values, "wp:post_modified_gmt", "wp:post_modified")
    if found is None or not isinstance(since, datetime) or (found.tzinfo is None) != (since.tzinfo is None):
        return found
    return found if found > since else None


def _moment(values: dict[str, str], gmt_name: str, local_name: str) -> tuple[datetime | None, bool]:
    """A moment of two fields, naive where only the site's zone has it; and whether they contradict each other."""
    gmt, local = _naive(values.get(gmt_name, "")), _naive(values.get(local_name, ""))
    if gmt == _EPOCH and local:
        gmt = None
    if gmt is None or local is None:
        return (gmt.replace(tzinfo=UTC) if gmt else local), False
    offset = local - gmt
    if offset % _QUARTER or not _WEST <= offset <= _EAST:
        return gmt.replace(tzinfo=UTC), True
    return local.replace(tzinfo=timezone(offset)), False


def _naive(text: str) -> datetime | None:
    """``2024-12-03 10:30:00``; None for zeros, another form, or a year that no article is of."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo is None and found.year >= 1900 else None
