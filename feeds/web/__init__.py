"""The web service: a path is looked up in the edition; Werkzeug decides on conditional answers.

create_app(settings=None) -> Flask     for ``flask run``, gunicorn, granian: begins to watch at the first request
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from flask import Flask, Response, request

from feeds.config import Settings, load
from feeds.edition import Edition
from feeds.errors import CatalogueError
from feeds.live import Live
from feeds.model import Rendition
from feeds.newsroom import Newsroom

log = logging.getLogger("feeds")

RETRY_AFTER = 5  # seconds; for the short time before the very first edition, or while the catalogue is away

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src https: http: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application of a newsroom; settings default to those of the configuration and the environment.

    Reads no articles: the watch begins at the first request, or when ``app.extensions["feeds"].start()`` is called.
    Raises ConfigError or CatalogueError.
    """
    settings = settings or load()
    live = Live(Newsroom.open(settings))
    app = Flask("feeds.web", static_folder=None)
    app.extensions["feeds"] = live
    # Flask sees the path below its mount; a proxy that mounts us elsewhere strips its own prefix.
    app.add_url_rule("/healthz", view_func=lambda: _health(live), endpoint="health")
    app.add_url_rule("/", defaults={"path": ""}, view_func=lambda path: _document(live, path), endpoint="index")
    app.add_url_rule("/<path:path>", view_func=lambda path: _document(live, path), endpoint="document")
    app.register_error_handler(404, lambda error: _plain("Tidak ada di sini. (Not found.)", 404))
    app.register_error_handler(CatalogueError, _out_of_order)
    app.after_request(_secured)
    return app


def _document(live: Live, path: str) -> Response:
    live.start()
    edition = live.edition
    if edition is None:
        return _later("Edisi pertama sedang disiapkan. (The first edition is being prepared.)")
    name = f"{path}index.html" if path.endswith("/") or not path else path
    found = edition.get(name)
    if found is None:
        return _elsewhere(edition, path)
    return _answer(found, live.newsroom.settings)


def _elsewhere(edition: Edition, path: str) -> Response:
    """A folder asked for without its slash; else nothing is there."""
    if not path.endswith("/") and edition.get(f"{path}/index.html"):
        answer = _plain("", 308)
        answer.headers["Location"] = f"{path.rpartition('/')[2]}/"  # relative: the same host, port and prefix
        return answer
    return _plain("Tidak ada di sini. (Not found.)", 404)


def _answer(rendition: Rendition, settings: Settings) -> Response:
    response = Response(rendition.body, content_type=rendition.media_type)
    response.set_etag(rendition.etag)
    response.last_modified = datetime.fromtimestamp(rendition.modified, UTC)
    response.cache_control.max_age = settings.max_age
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request.environ)
    return response


def _health(live: Live) -> Response:
    """200 while the process answers; says what is served."""
    edition = live.edition
    version = edition.version if edition else 0
    return _plain(f"ok, edition {version}", 200)


def _out_of_order(error: CatalogueError) -> Response:
    """The catalogue cannot be read just now; feeds are in memory, but the pages of articles are not."""
    log.error("%s", error)
    return _later("Sedang terganggu. (Out of order.)")


def _later(sentence: str) -> Response:
    answer = _plain(sentence, 503)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _plain(sentence: str, status: int) -> Response:
    response = Response(f"{sentence}\n" if sentence else "", status, content_type="text/plain; charset=utf-8")
    response.cache_control.no_store = status != 308
    return response


def _secured(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
