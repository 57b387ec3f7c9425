"""The web application: every document of the edition, under the answers that feed readers and browsers expect."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import http_date, parse_date
from werkzeug.test import TestResponse

from feeds.config import load
from feeds.edition import Edition
from feeds.errors import CatalogueError
from feeds.live import Live
from feeds.publish import to_folder
from feeds.web import create_app
from tests.support import BASE_URL, ROOT, Desk, a_desk, article, environment, until

MEDIA_TYPES = {
    "index.html": "text/html; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "gaya.css": "text/css; charset=utf-8",
    "salin.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "favicon.ico": "image/vnd.microsoft.icon",
    "feeds.opml": "text/x-opml; charset=utf-8",
    "robots.txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Site:
    app: Flask
    client: FlaskClient
    live: Live

    @property
    def edition(self) -> Edition:
        assert self.live.edition
        return self.live.edition

    def get(self, path: str = "/rss.xml", **headers: str) -> TestResponse:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("desk"), article_pages=True, max_age=120) as opened:
        opened.write("ekonomi/kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00")
        opened.write("budaya/tari.md", "Tari dipentaskan", "2026-05-06T09:00:00+07:00")
        yield opened


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[Site]:
    app = create_app(desk.settings)
    live: Live = app.extensions["feeds"]
    live.start()
    until(lambda: live.edition, within=10)
    yield Site(app, app.test_client(), live)
    live.stop()


def address_of(path: str) -> str:
    return "/" + path.removesuffix("index.html")


# --- documents -------------------------------------------------------------------------------------------------------


def test_every_document_has_the_bytes_and_the_time_that_it_has_in_a_folder(site: Site, tmp_path: Path) -> None:
    to_folder(site.edition.renditions(), tmp_path)
    paths = [rendition.path for rendition in site.edition.renditions()]
    assert len(paths) == len(set(paths)) > 13
    for path in paths:
        answer = site.get(address_of(path))
        assert answer.status_code == 200
        assert answer.data == (tmp_path / path).read_bytes()
        assert answer.last_modified == datetime.fromtimestamp((tmp_path / path).stat().st_mtime, UTC)


def test_index_html_can_be_asked_for_by_its_own_name(site: Site) -> None:
    assert site.get("/index.html").data == site.get("/").data


def test_every_document_has_the_right_media_type(site: Site) -> None:
    for rendition in site.edition.renditions():
        name = rendition.path.rpartition("/")[2]
        expected = "application/xml; charset=utf-8" if "sitemap" in name else MEDIA_TYPES[name]
        assert site.get(address_of(rendition.path)).headers["Content-Type"] == expected


def test_every_document_may_be_kept_for_max_age_and_read_by_other_sites(site: Site) -> None:
    for rendition in site.edition.renditions():
        answer = site.get(address_of(rendition.path))
        assert answer.headers["Cache-Control"] == "max-age=120, stale-while-revalidate=120, stale-if-error=86400"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers


def test_every_document_has_a_strong_etag_of_its_own_bytes(site: Site) -> None:
    for rendition in site.edition.renditions():
        assert site.get(address_of(rendition.path)).get_etag() == (rendition.etag, False)


@pytest.mark.parametrize("path", ["/", "/rss.xml", "/tidak-ada", "/healthz", "/artikel/tari-dipentaskan"])
def test_every_answer_carries_the_security_headers(site: Site, path: str) -> None:
    headers = site.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"},
        {"X-Forwarded-Prefix": "/evil"},
    ],
)
def test_documents_do_not_depend_on_the_address_that_was_asked(site: Site, headers: dict[str, str]) -> None:
    for path in ("/", "/rss.xml", "/artikel/tari-dipentaskan/"):
        plain, asked = site.get(path), site.client.get(path, headers=headers)
        assert (asked.data, asked.headers["ETag"]) == (plain.data, plain.headers["ETag"])


def test_a_query_that_means_nothing_changes_nothing(site: Site) -> None:
    """Such as the ?utm_source=... that people paste along."""
    assert site.get("/rss.xml?utm_source=x&limit=").data == site.get().data


# --- conditional requests --------------------------------------------------------------------------------------------


def test_the_current_etag_gives_304_without_a_body(site: Site) -> None:
    first = site.get()
    again = site.get(If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("form", ["{}", "W/{}", '"lain", {}', '"lain",W/{}, "x"', "*", '"a,b", {}'])
def test_if_none_match_is_understood_in_all_its_forms(site: Site, form: str) -> None:
    tag = site.get().headers["ETag"]
    assert site.get(If_None_Match=form.format(tag)).status_code == 304


@pytest.mark.parametrize("form", ['"lain"', 'W/"lain"', "", '"', ",,,", "lain", '"{}x"'])
def test_another_etag_gives_the_document(site: Site, form: str) -> None:
    tag = site.get().get_etag()[0]
    assert site.get(If_None_Match=form.format(tag)).status_code == 200


def test_the_last_modified_that_was_given_gives_304(site: Site) -> None:
    first = site.get()
    assert site.get(If_Modified_Since=first.headers["Last-Modified"]).status_code == 304


def test_if_modified_since_counts_in_whole_seconds(site: Site) -> None:
    modified = site.get().last_modified
    assert modified
    later = site.get(If_Modified_Since=http_date(modified + timedelta(seconds=1)))
    earlier = site.get(If_Modified_Since=http_date(modified - timedelta(seconds=1)))
    assert (later.status_code, earlier.status_code) == (304, 200)


@pytest.mark.parametrize("date", ["kemarin", "", "0", "Senin, 03 Jun 2026 10:00:00 WIB", "9" * 400])
def test_an_if_modified_since_that_is_no_date_gives_the_document(site: Site, date: str) -> None:
    assert site.get(If_Modified_Since=date).status_code == 200


def test_if_none_match_counts_before_if_modified_since(site: Site) -> None:
    first = site.get()
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert site.get(If_None_Match='"lain"', If_Modified_Since=date).status_code == 200
    assert site.get(If_None_Match=tag, If_Modified_Since=http_date(0)).status_code == 304


def test_a_304_carries_what_a_cache_has_to_know(site: Site) -> None:
    first = site.get()
    again = site.get(If_None_Match=first.headers["ETag"])
    for name in ("ETag", "Cache-Control", "Access-Control-Allow-Origin"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Type" not in again.headers


def test_head_gives_the_headers_of_get_and_no_body(site: Site) -> None:
    for path in ("/", "/rss.xml", "/artikel/tari-dipentaskan/", "/healthz", "/tidak-ada"):
        got, head = site.get(path), site.client.head(path)
        assert head.status_code == got.status_code
        assert head.data == b""
        own = ("Date", "X-Request-ID")
        assert {n: v for n, v in head.headers if n not in own} == {n: v for n, v in got.headers if n not in own}


def test_head_may_be_conditional(site: Site) -> None:
    tag = site.get().headers["ETag"]
    assert site.client.head("/rss.xml", headers={"If-None-Match": tag}).status_code == 304


def test_etag_and_last_modified_are_those_of_the_edition(site: Site) -> None:
    rendition = site.edition.documents["rss.xml"]
    answer = site.get()
    assert answer.headers["ETag"] == f'"{rendition.etag}"'
    assert parse_date(answer.headers["Last-Modified"]) == datetime.fromtimestamp(rendition.modified, UTC)


# --- other answers ---------------------------------------------------------------------------------------------------


def test_a_folder_without_its_slash_leads_to_the_page(site: Site) -> None:
    answer = site.get("/artikel/tari-dipentaskan")
    assert answer.status_code == 308
    place = urljoin("http://127.0.0.1:8000/artikel/tari-dipentaskan", answer.headers["Location"])
    assert place == "http://127.0.0.1:8000/artikel/tari-dipentaskan/"
    assert site.get(place).status_code == 200


def test_a_redirect_stays_on_the_host_that_was_asked(site: Site) -> None:
    """A server on another port than the one of base_url, or below a proxy's prefix, is not left by it."""
    location = site.get("/artikel/tari-dipentaskan", Host="evil.example").headers["Location"]
    assert location == "tari-dipentaskan/"


@pytest.mark.parametrize(
    "path",
    [
        "/tidak-ada",
        "/rss.html",
        "/artikel/",
        "/artikel/x/",
        "/rss.xml/",
        "/static/",
        "/Rss.xml",
        "/.feeds/",
    ],
)
def test_what_is_not_there_is_a_404_that_nobody_keeps(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Not found" in answer.text


@pytest.mark.parametrize("depth", [0, 1, 8, 9, 20_000])
def test_the_page_of_what_is_not_there_leads_home_and_does_not_grow_with_what_was_asked(site: Site, depth: int) -> None:
    path = "/" + "a/" * depth + "x"
    answer = site.get(path, Sec_Fetch_Dest="document", Accept="text/html")
    assert answer.status_code == 404
    assert len(answer.data) < 5_000
    led = {urljoin(f"{BASE_URL}{path[1:]}", href) for href in re.findall(r'href="([^"]+)', answer.text)}
    assert {BASE_URL, f"{BASE_URL}static/gaya.css"} <= led


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/artikel/%00/",
        "/artikel/%ff%fe/",
        "/artikel/%ed%a0%80/",
        "/../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/artikel/../../../etc/passwd",
        "/" + "a" * 10_000,
        "/artikel/" + "a" * 10_000 + "/",
        "/artikel/'; DROP TABLE documents; --/",
        "/artikel/%25/",
        "/%0d%0aSet-Cookie:x=y",
        "/\\..\\rss.xml",
        "/?" + "q=" * 5000,
        "/artikel//",
        "/%F0%9F%93%B0",
    ],
)
def test_odd_paths_are_never_an_error_of_the_server(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code in {200, 308, 400, 404}
    assert answer.status_code != 200
    assert "Set-Cookie" not in answer.headers
    assert b"root:" not in answer.data


def test_an_odd_path_is_no_error_on_postgresql_either(tmp_path: Path, postgresql: Callable[[], str]) -> None:
    with a_desk(tmp_path, catalogue=postgresql(), article_pages=True) as desk:
        desk.write("a.md", "Satu")
        desk.build()
        app = create_app(desk.settings)
        try:
            client = app.test_client()
            assert client.get("/artikel/satu/").status_code == 200
            for path in ("/artikel/%00/", "/artikel/%00", "/artikel/%ff/", "/artikel/%ed%a0%80/"):
                assert client.get(path).status_code == 404
        finally:
            app.extensions["feeds"].stop()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/rss.xml", "/healthz"])
def test_what_would_write_is_not_allowed(site: Site, path: str, method: str) -> None:
    answer = site.client.open(path, method=method, data=b"x")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_healthz_says_which_edition_is_served(site: Site) -> None:
    answer = site.get("/healthz")
    assert answer.status_code == 200
    assert answer.text == f"ok, edition {site.edition.version}\n"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_catalogue_that_cannot_be_read_gives_503_and_the_feeds_go_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feeds are held in memory; only pages of articles are looked up."""

    def broken() -> None:
        raise CatalogueError("sqlite:///x", "disk I/O error")

    monkeypatch.setattr(site.edition.catalogue, "reading", broken)
    answer = site.get("/artikel/tari-dipentaskan/")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "sqlite" not in answer.text
    assert site.get("/rss.xml").status_code == 200


# --- the start -------------------------------------------------------------------------------------------------------


def test_before_the_first_edition_the_answer_is_503_with_retry_after(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:  # no articles: there is no edition yet
        app = create_app(desk.settings)
        live: Live = app.extensions["feeds"]
        client = app.test_client()
        try:
            answer = client.get("/rss.xml")
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Cache-Control"] == "no-store"
            assert client.get("/healthz").status_code == 200
            desk.write("a.md", "Yang pertama")
            until(lambda: client.get("/rss.xml").status_code == 200, within=5)
        finally:
            live.stop()


def test_an_edition_that_was_built_before_is_served_at_the_first_request(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("a.md", "Yang pertama")
        desk.build()
        app = create_app(desk.settings)
        try:
            assert app.test_client().get("/rss.xml").status_code == 200
        finally:
            app.extensions["feeds"].stop()


def test_making_the_application_reads_no_articles_and_starts_no_thread(tmp_path: Path) -> None:
    """Also not of app.py, which servers import before they fork."""
    data = tmp_path / "kabar"
    data.mkdir()
    (data / "a.md").write_text(article("Satu", "2026-05-04"))
    program = (
        "import threading, builtins, os, json\n"
        "opened = []\n"
        "import sys; sys.addaudithook(lambda e, a: opened.append(str(a[0])) if e in ('open', 'os.scandir') else None)\n"
        "import app\n"
        f"touched = [p for p in opened if p.startswith({str(data)!r}) and '/.feeds' not in p]\n"
        "print(json.dumps([touched, threading.active_count(), app.app.name]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(tmp_path, data=str(data)),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert json.loads(done.stdout) == [[], 1, "feeds.web"]


def test_settings_come_from_the_environment_where_none_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text(article("Satu", "2026-05-04"))
    monkeypatch.setenv("FEEDS_DATA", str(tmp_path))
    monkeypatch.setenv("FEEDS_TITLE", "Warta Uji")
    app = create_app()
    live: Live = app.extensions["feeds"]
    try:
        assert live.newsroom.settings == load(data=tmp_path)
        assert live.newsroom.settings.title == "Warta Uji"
    finally:
        live.stop()
