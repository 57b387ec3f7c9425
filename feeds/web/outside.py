"""How the service is seen from outside: whether it lives, what state it is in, what it has counted.

/healthz   200 while the process answers; looks at nothing
/readyz    200 while there is an edition to serve, with what is wrong; JSON
/metrics   everything counted, for Prometheus
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from flask import Flask, Response, jsonify, request

from feeds import __version__
from feeds.errors import CatalogueError
from feeds.failure import Failure, kept_failure
from feeds.live import Live
from feeds.logs import masked
from feeds.meter import Figure, Meter
from feeds.survey import problems_by_kind


@dataclass(frozen=True, slots=True)
class Count:
    """What the catalogue holds.

    waiting: articles whose time has not come; untold: documents that hubs do not know; failure: the writer's.
    """

    articles: int
    waiting: int
    problems: dict[str, int]
    untold: int
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a service.

    status: ``ok``; ``degraded``, where it serves an edition and its last update failed; ``starting`` without one.
    role: ``writer``, or ``follower`` of another process's editions, whose failures are its own.
    edition_age: seconds since the edition appeared, None without one. looked_age: seconds since the articles (a
    follower: the writer's edition) were last looked at without a failure, None before that.
    since: when the first of the updates failed that have failed since; last_error: why the last one did; remedy: what
    can be done about it. All are "" where nothing failed.
    """

    status: str
    role: str
    edition: int
    edition_age: float | None
    looked_age: float | None
    articles: int | None
    problems: int | None
    last_error: str
    remedy: str
    since: str

    @property
    def is_ready(self) -> bool:
        """Whether readers get feeds: the last good edition is better than none."""
        return self.edition > 0


def add_routes(app: Flask, live: Live, meter: Meter) -> None:
    """Answer at the addresses above."""
    app.add_url_rule("/healthz", view_func=lambda: _health(live), endpoint="health")
    app.add_url_rule("/readyz", view_func=lambda: _ready(live), endpoint="ready")
    app.add_url_rule("/metrics", view_func=lambda: _metrics(live, meter), endpoint="metrics")


def _health(live: Live) -> Response:
    edition = live.edition
    return _uncached(Response(f"ok, edition {edition.version if edition else 0}\n", mimetype="text/plain"))


def _ready(live: Live) -> Response:
    status = status_of(live, *_counted(live))
    answer = jsonify(asdict(status))
    answer.status_code = 200 if status.is_ready else 503
    return _uncached(answer)


def _metrics(live: Live, meter: Meter) -> Response:
    count, unread = _counted(live)
    figures = _figures(status_of(live, count, unread), count)
    body, media_type = meter.exposition(request.headers.get("Accept", ""), figures)
    return _uncached(Response(body, content_type=media_type))


def _uncached(answer: Response) -> Response:
    answer.cache_control.no_store = True
    return answer


def _counted(live: Live) -> tuple[Count | None, Failure | None]:
    """What the catalogue holds, or why that cannot be read; it is begun to watch, as whoever asks may be the first."""
    try:
        live.start()
        with live.newsroom.catalogue.reading() as reading:
            articles, waiting = reading.count(reading.moment(time.time_ns() // 1000))
            pings = len(reading.pings())
            return Count(articles, waiting, problems_by_kind(reading), pings, kept_failure(reading)), None
    except CatalogueError as error:
        return None, Failure.of(error, time.time(), time.time())


def status_of(live: Live, count: Count | None, unread: Failure | None) -> Status:
    """The state of a service. unread: why nothing could be counted."""
    edition, now = live.edition, time.time()
    failure = live.failure or unread or (count.failure if count and not live.writes else None)
    return Status(
        status=("degraded" if failure else "ok") if edition else "starting",
        role="writer" if live.writes else "follower",
        edition=edition.version if edition else 0,
        edition_age=_age(edition.modified, now) if edition else None,
        looked_age=_age(live.looked_at, now) if live.looked_at else None,
        articles=count.articles if count else None,
        problems=sum(count.problems.values()) if count else None,
        last_error=masked(failure.sentence) if failure else "",
        remedy=failure.remedy if failure else "",
        since=_moment(failure.since) if failure else "",
    )


def _age(moment: float, now: float) -> float:
    """Never below 0: clocks are set back."""
    return round(max(now - moment, 0.0), 3)


def _moment(seconds: float) -> str:
    """RFC 3339."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def _figures(status: Status, count: Count | None) -> Iterator[Figure]:
    yield Figure("feeds_build_info", "The program.", {__version__: 1}, "version")
    yield Figure("feeds_ready", "1 while there is an edition to serve.", {"": status.is_ready})
    yield Figure("feeds_up_to_date", "1 while the last update went well.", {"": status.status == "ok"})
    yield Figure("feeds_edition", "The number of the edition, which grows with each.", {"": status.edition})
    if status.edition_age is not None:
        yield Figure("feeds_edition_age_seconds", "Since the edition appeared.", {"": status.edition_age})
    if status.looked_age is not None:
        yield Figure("feeds_looked_age_seconds", "Since the last look that went well.", {"": status.looked_age})
    if count:
        yield Figure("feeds_articles", "Articles that are published.", {"": count.articles})
        yield Figure("feeds_articles_waiting", "Articles whose time has not come.", {"": count.waiting})
        yield Figure("feeds_problems", "What is wrong with articles.", count.problems, "kind")
        yield Figure("feeds_hub_waiting", "Documents that hubs have not heard of yet.", {"": count.untold})
