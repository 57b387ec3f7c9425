"""The web service: the front door answers for the documents of the edition, Flask for everything else.

create_app(settings=None) -> Flask     for ``flask run``, gunicorn, granian: begins to watch at the first request
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Request, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from feeds import pages
from feeds.compose import SEARCH, Composer
from feeds.config import Settings, load
from feeds.edition import Edition
from feeds.errors import BusyError, CatalogueError, QueryError, SelectionError, UnusableCatalogueError
from feeds.forms import BY_FILENAME
from feeds.front.documents import SECURITY, SHARED
from feeds.front.door import FrontDoor, page_of
from feeds.front.negotiation import is_navigation
from feeds.gate import Gate
from feeds.live import Live
from feeds.meter import Meter
from feeds.model import Rendition
from feeds.newsroom import Newsroom, program_digest
from feeds.ondemand import OnDemand
from feeds.web import identified, moved, outside
from feeds.web.asked import find

log = logging.getLogger("feeds")

RETRY_AFTER = 5  # seconds; for the short time before the very first edition, or while the catalogue is away
METHODS = "GET, HEAD, OPTIONS"
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": ", ".join(
        ("If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "A-IM", "Cache-Control")
    ),
    "Access-Control-Max-Age": "86400",
}
"""What a reader in a browser asks before it asks (OPTIONS): what it may send."""


class Asked(Request):
    """A request whose query may be any bytes: Werkzeug reads none that is not UTF-8."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.query_string = self.query_string.decode("utf-8", "replace").encode()


class Prepared(Response):
    """An answer of the front door, as it is: Werkzeug would take headers off a 304."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: object) -> Headers:
        return Headers(self.headers)


class Service(Flask):
    """Flask, which logs an error under the name of its request."""

    def log_exception(self, exc_info: Any) -> None:
        """Log what no handler foresaw, with its traceback."""
        name = identified.request_id()
        log.error("request %s failed", name, exc_info=exc_info, extra=identified.fields(500))


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application of a newsroom; settings default to those of the configuration and the environment.

    Reads no articles: the watch begins at the first request, or when ``app.extensions["feeds"].start()`` is called.
    Where the articles are away, and their catalogue with them, it waits for them and answers 503.
    Raises ConfigError or CatalogueError.
    """
    settings = settings or load()
    meter = Meter()
    live = Live(Newsroom.open(settings, waits=True), meter=meter)
    app = Service("feeds.web", static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # not even FLASK_DEBUG=1 shows a visitor what failed, or a console
    door = FrontDoor(app.wsgi_app, live, settings, meter)
    app.request_class = Asked
    app.wsgi_app = Gate(door, settings, meter) if settings.rate_limit else door  # type: ignore[method-assign]
    app.extensions["feeds"] = live
    app.extensions["feeds.front"] = door
    app.extensions["feeds.meter"] = meter
    documents = _Documents(live, door, OnDemand(live.newsroom.catalogue, settings, program_digest()))
    # Flask sees the path below its mount; a proxy that mounts us elsewhere strips its own prefix.
    outside.add_routes(app, live, meter)
    app.add_url_rule("/", defaults={"path": ""}, view_func=documents.at, endpoint="index")
    app.add_url_rule("/<path:path>", view_func=documents.at, endpoint="document")
    app.before_request(_preflight)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CatalogueError, documents.out_of_order)
    for wrong in (SelectionError, QueryError):
        app.register_error_handler(wrong, documents.misunderstood)
    app.register_error_handler(BusyError, lambda error: _later("Sedang sibuk. (Busy.)"))
    app.after_request(documents.readable)
    app.after_request(_completed)
    app.after_request(identified.identified)
    return app


class _Documents:
    """What Flask answers for: what is rendered on demand, pages of articles, and addresses that were."""

    def __init__(self, live: Live, door: FrontDoor, on_demand: OnDemand) -> None:
        self.live = live
        self.door = door
        self.on_demand = on_demand
        self.settings = live.newsroom.settings
        self.aliases = moved.aliases(self.settings.categories)
        self.feed = Composer.of(self.settings, ()).feed(None, ())  # whose name stands on pages that tell of an error

    def at(self, path: str) -> Response:
        """The answer to a path below base_url."""
        self.live.start()
        edition = self.live.edition
        if edition is None:
            return _later("Edisi pertama sedang disiapkan. (The first edition is being prepared.)")
        if path.partition("/")[0] in self.settings.gone:
            return _plain(GONE, 410)
        query = request.query_string.decode()
        if self.settings.pages_for_browsers and path.rpartition("/")[2] in BY_FILENAME and _is_for_people():
            page = find(self.on_demand, edition, self.settings, page_of(path), query)
            if page:
                return self.answer(page, in_place_of_feed=True)
        found = find(self.on_demand, edition, self.settings, path, query)
        if found and (path or "feed" not in request.args):
            return self.answer(found)
        return self._moved(edition, path, query) or (self.answer(found) if found else _plain(NOT_FOUND, 404))

    def answer(self, rendition: Rendition, *, in_place_of_feed: bool = False) -> Response:
        """A document as the front door answers it: conditions, codings, headers."""
        answer = self.door.answer(rendition, request.environ)
        status, headers, body = answer.in_place_of_feed() if in_place_of_feed else answer
        response = Prepared([body], status, headers)  # a list: Werkzeug counts bytes, and HEAD has none
        if rendition.path.startswith(SEARCH):
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def misunderstood(self, error: SelectionError | QueryError) -> Response:
        """What is asked for wrongly; a search is answered with the form, to mend it there."""
        if request.path != f"/{SEARCH}" or not _is_for_people():
            return _plain(str(error), 400)
        response = _plain("", 400)
        response.data = pages.search_again(self.feed, request.args.get("q", ""), str(error))
        response.content_type = pages.MEDIA_TYPE
        return response

    def readable(self, response: Response) -> Response:
        """A sentence for programs as a page for people, who get the same status and headers."""
        is_sentence = response.status_code >= 400 and response.mimetype == "text/plain"
        if is_sentence and not isinstance(response, Prepared) and _is_for_people():
            depth = request.path.count("/") - 1
            response.data = pages.message(self.feed, response.get_data(as_text=True).strip(), depth)
            response.content_type = pages.MEDIA_TYPE
        return response

    def out_of_order(self, error: CatalogueError) -> Response:
        """The catalogue cannot be read just now; feeds are in memory, but the pages of articles are not."""
        log.error("%s", error, extra=identified.fields(503))
        if isinstance(error, UnusableCatalogueError):
            self.live.newsroom.mender.distrust(error)
        return _later("Sedang terganggu. (Out of order.)")

    def _moved(self, edition: Edition, path: str, query: str) -> Response | None:
        """The way to a document that is asked for under another address."""
        folder = f"{path}/"
        if path and not path.endswith("/") and find(self.on_demand, edition, self.settings, folder, ""):
            return self._lies_at(f"{path.rpartition('/')[2]}/", query, 308)
        up = "../" * path.count("/")
        target = moved.common(path, request.args, self.aliases)
        if target and target.partition("/")[0] in self.settings.gone:
            return _plain(GONE, 410)
        if target and find(self.on_demand, edition, self.settings, target, ""):
            return self._lies_at(up + target, "", 301)
        target = moved.by_alias(path, self.aliases)
        there = target and find(self.on_demand, edition, self.settings, target, query)
        return self._lies_at(f"{up}{target}", query, 301) if there else None

    def _lies_at(self, location: str, query: str, status: int) -> Response:
        """A redirect, relative: to the same host, port and prefix."""
        answer = _plain("", status)
        answer.headers["Location"] = f"{location}?{query}" if query else location
        answer.headers["Cache-Control"] = f"max-age={self.settings.max_age}"
        return answer


def _is_for_people() -> bool:
    return is_navigation(request.environ)


GONE = "Sudah tidak ada lagi. (Gone.)"
NOT_FOUND = "Tidak ada di sini. (Not found.)"
REFUSALS = {
    400: "Permintaan ini tidak dapat dipahami. (Bad request.)",
    404: NOT_FOUND,
    405: "Di sini hanya dapat dibaca. (Method not allowed.)",
    500: "Ada yang rusak di sini. (Something is broken here.)",
}


def _preflight() -> Response | None:
    if request.method != "OPTIONS":
        return None
    answer = Response(status=204, headers=PREFLIGHT)
    del answer.headers["Content-Type"]
    return answer


def _refused(error: HTTPException) -> Response:
    """What Flask and Werkzeug refuse, in our words."""
    if error.code not in REFUSALS:
        return Response(error.get_body(), error.code, error.get_headers())
    sentence = REFUSALS[error.code]
    if error.code == 500:
        sentence += f" Nomor permintaan: {identified.request_id()}. (Request id.)"
    answer = _plain(sentence, error.code)
    if error.code == 405:
        answer.headers["Allow"] = METHODS
    return answer


def _later(sentence: str) -> Response:
    answer = _plain(sentence, 503)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _plain(sentence: str, status: int) -> Response:
    response = Response(f"{sentence}\n" if sentence else "", status, content_type="text/plain; charset=utf-8")
    response.cache_control.no_store = True
    return response


def _completed(response: Response) -> Response:
    """What every answer carries that the front door has not made."""
    if not isinstance(response, Prepared):
        for name, value in (*SECURITY, *SHARED):
            response.headers.setdefault(name, value)
    return response
