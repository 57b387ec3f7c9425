"""Nobody in: no connection that no setting names, no secret in what is said, no debugger, no header of others'."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds import web
from feeds.front.documents import SECURITY
from feeds.live import Live
from feeds.web import create_app
from tests.drills.attacks import write
from tests.support import a_desk, environment, until, write_newsroom

# --- nothing is fetched that no setting names ------------------------------------------------------------------------

WATCHED = """
import sys
def seen(event, details):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"):
        place = details[1] if event in ("socket.connect", "socket.sendto") else details[0]
        print("SEEN", event, place, file=sys.stderr)
sys.addaudithook(seen)
from feeds.cli import main
main()
"""


def watched(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """``feeds`` in a process that tells of each connection that it begins."""
    return subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


ADDRESSES = (
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:9/x.jpg",
    "https://jahat.example/x.jpg",
    "//jahat.example/x.jpg",
    "ftp://jahat.example/x.jpg",
    "file:///etc/passwd",
)


def test_no_command_connects_for_what_articles_name(tmp_path: Path) -> None:
    """Not for images, document types, hubs, licences, sources: an address in every field of every format."""
    (tmp_path / "kabar").mkdir()
    write(tmp_path / "kabar", ADDRESSES)
    for number, address in enumerate(ADDRESSES):
        (tmp_path / f"kabar/dtd-{number}.xml").write_text(
            f'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "{address}" [<!ENTITY e SYSTEM "{address}">]>'
            f'<rss version="2.0"><channel><title>x</title><link>{address}</link>'
            f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{address}"/>'
            "<item><title>a &e;</title><pubDate>Mon, 04 May 2026 09:00:00 +0700</pubDate></item></channel></rss>"
        )
        (tmp_path / f"kabar/dtd-{number}.xhtml").write_text(
            f'<!DOCTYPE html SYSTEM "{address}"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Judul</title>'
            f'<link rel="amphtml" href="{address}"/><base href="{address}"/></head><body><p>Isi.</p></body></html>'
        )
    for arguments in (["build", "--output", "situs"], ["validate", "situs"]):
        done = watched(tmp_path, "--data", "kabar", *arguments, article_pages="true")
        assert "Traceback" not in done.stderr
        assert [line for line in done.stderr.splitlines() if line.startswith("SEEN")] == []
    assert (tmp_path / "situs/rss.xml").stat().st_size > 10_000
    assert b"root:" not in (tmp_path / "situs/rss.xml").read_bytes()


def test_the_watch_over_connections_sees_one(tmp_path: Path) -> None:
    """So that seeing none means something."""
    done = watched(tmp_path, "validate", "http://127.0.0.1:9/")
    assert "SEEN socket.connect ('127.0.0.1', 9)" in done.stderr


# --- no secret in what is said ---------------------------------------------------------------------------------------

CANARY = "kenari-9f3a"
SECRETS = {
    "catalogue": (
        f"postgresql+psycopg://feeds:{CANARY}@127.0.0.1:9/feeds",
        f"postgresql+psycopg://feeds@127.0.0.1:9/feeds?password={CANARY}",
        f"postgresql+psycopg://feeds@127.0.0.1:9/feeds?sslmode=prefer&sslpassword={CANARY}&x=1",
        f"postgresql+psycopg://feeds:{CANARY}/x@127.0.0.1:9/feeds",
        f"postgresql+psycopg://feeds:{CANARY} x@127.0.0.1:port/feeds",
        f"postgresql+psycopg://feeds:{CANARY}",
        f"postgresql+psycopg://feeds:x@{CANARY}@127.0.0.1:9/feeds",
        f"mysql://feeds:{CANARY}@127.0.0.1/feeds",
        f"postgresql://feeds:{CANARY}@127.0.0.1/feeds",
    ),
    "rate_limit": (
        f"60/hour redis://:{CANARY}@127.0.0.1:9/0",
        f"60/hour redis://feeds:{CANARY}@127.0.0.1:9/zero",
        f"60/hour redis://:{CANARY}@127.0.0.1:9/0 more",
        f"60/hour http://:{CANARY}@127.0.0.1:9/0",
        f"60/hour redis://:a/{CANARY}@127.0.0.1:port/0",
        f"60/hour redis://feeds:{CANARY}/x@127.0.0.1:9/0",
        f"60/hour redis://feeds:9/{CANARY}@127.0.0.1:9/0",
        f"60/hour redis://feeds:{CANARY} x@127.0.0.1:9/0",
        f"60/hour redis:/feeds:{CANARY}@127.0.0.1:9/0",
        f"60/hour redis://feeds:{CANARY}",
        f"redis://feeds:{CANARY} x@127.0.0.1:9/0",
    ),
    "hubs": (
        f'["https://feeds:{CANARY}@hub.example/"]',
        f'["ftp://feeds:{CANARY}@hub.example/"]',
        f'["https:/u:{CANARY} x@h/"]',
    ),
    "base_url": (f"https://feeds:{CANARY}@kabar.example/", f"ftp://feeds:{CANARY}@kabar.example/"),
    "site": (f"https://feeds:{CANARY}@kabar.example/", f"feeds:{CANARY}@kabar.example/"),
    "trusted_proxies": (f'["http://feeds:{CANARY} x@127.0.0.1/"]',),
    "license": (f"https://feeds:{CANARY}@kabar.example/",),
}
COMMANDS = (
    ["check"],
    ["check", "--json"],
    ["build", "--output", "situs"],
    ["ping"],
    ["snippet"],
    ["serve", "--port", "1", "--host", "192.0.2.1"],  # an address that is nobody's: it ends there at the latest
)
WRONG = [(name, secret) for name, secrets in SECRETS.items() for secret in secrets]


@pytest.fixture(scope="module")
def kabar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rahasia")
    write_newsroom(folder / "kabar")
    return folder


@pytest.mark.parametrize(("name", "secret"), WRONG, ids=[f"{name}-{n}" for n, (name, _) in enumerate(WRONG)])
def test_no_command_tells_a_secret_of_the_settings(kabar: Path, name: str, secret: str, feeds: Any) -> None:
    """Whatever is wrong with it, and wherever it stands: in the environment or in the file."""
    value = secret if secret.startswith("[") else json.dumps(secret)
    (kabar / "feeds.toml").write_text(f"{name} = {value}\n")
    for command in COMMANDS:
        for where in ({f"FEEDS_{name.upper()}": secret}, {"FEEDS_CONFIG": "feeds.toml"}):
            said = feeds("--data", str(kabar / "kabar"), *command, cwd=kabar, env=where)
            assert CANARY not in said
            assert "Traceback" not in said


@pytest.fixture
def feeds(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command within this process; gives all that it says."""
    from click.testing import CliRunner

    from feeds.cli import main

    def run(*arguments: str, cwd: Path, env: dict[str, str]) -> str:
        monkeypatch.chdir(cwd)
        for variable in [each for each in os.environ if each.startswith("FEEDS_")]:
            monkeypatch.delenv(variable)
        done = CliRunner().invoke(main, list(arguments), env={"XDG_STATE_HOME": str(cwd / "state"), **env})
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        return done.output

    return run


def test_no_answer_and_no_log_tells_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A Redis that is away, a catalogue that fails: readers are told that it is, the log why, nobody the password."""
    with a_desk(tmp_path, rate_limit=f"60/hour redis://feeds:{CANARY}@127.0.0.1:9/0") as desk:
        desk.write("a.md", "Satu")
        desk.build()
        monkeypatch.setenv("FEEDS_TOKEN", CANARY)
        app = create_app(desk.settings)
        live: Live = app.extensions["feeds"]
        try:
            live.start()
            until(lambda: live.edition, within=20)
            client = app.test_client()
            for path in ("/rss.xml", "/", "/tidak-ada", "/search/?q=x", "/rss.xml?n=x", "/healthz", "/%00"):
                answer = client.get(path)
                assert CANARY not in answer.get_data(as_text=True) + str(answer.headers)
        finally:
            live.stop()
    assert "nobody is counted" in caplog.text
    assert CANARY not in caplog.text


# --- the web ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with a_desk(tmp_path_factory.mktemp("web"), article_pages=True, site="") as desk:
        desk.write("ekonomi/kopi.md", "Panen kopi naik", penulis="Rina", tag=["panen"])
        desk.build()
        found = create_app(desk.settings)
        live: Live = found.extensions["feeds"]
        live.start()
        until(lambda: live.edition, within=20)
        yield found
        live.stop()


EVERY_KIND = (
    *("/", "/rss.xml", "/feed.json", "/feeds.opml", "/sitemap.xml", "/static/gaya.css", "/favicon.ico"),
    *("/artikel/panen-kopi-naik/", "/tag/panen/", "/author/rina/rss.xml", "/search/?q=kopi", "/search/", "/ekonomi"),
    *("/tidak-ada", "/rss.xml?n=x", "/healthz", "/feed/"),
)


@pytest.mark.parametrize("path", EVERY_KIND)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_carries_the_headers_of_safety(app: Any, path: str, method: str) -> None:
    answer = app.test_client().open(path, method=method)
    assert {name: answer.headers.get(name) for name, _ in SECURITY} == dict(SECURITY)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "DEBUG", "JEFF"])
@pytest.mark.parametrize("path", ["/rss.xml", "/", "/tidak-ada", "/healthz"])
def test_no_method_but_those_of_reading_is_answered(app: Any, method: str, path: str) -> None:
    """And none repeats what was sent (TRACE)."""
    answer = app.test_client().open(path, method=method, headers={"Cookie": CANARY}, data=CANARY)
    assert answer.status_code == 405
    assert CANARY not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "host", ["jahat.example", "jahat.example:80@x", "x\\y", "", "a" * 300, "kabar.example:99999999"]
)
@pytest.mark.parametrize(
    "path", ["/", "/rss.xml", "/ekonomi", "/feed/", "/tidak-ada", "/search/?q=kopi", "/tag/panen/"]
)
def test_the_host_that_is_asked_for_decides_nothing(app: Any, host: str, path: str) -> None:
    """Nor what proxies say of it: the answer is the same, and names nobody but the settings' own host."""
    names = ("X_FORWARDED_HOST", "X_FORWARDED_SERVER", "X_HOST", "FORWARDED", "X_ORIGINAL_URL", "X_REWRITE_URL")
    said = {f"HTTP_{name}": host for name in names}
    plain = app.test_client().get(path)
    answer = app.test_client().get(path, environ_overrides={"HTTP_HOST": host, **said})
    if len(host) > 253 and answer.status_code == 400:  # no host has such a name
        return
    assert (answer.status_code, answer.data) == (plain.status_code, plain.data)
    assert answer.headers.get("Location") == plain.headers.get("Location")


@pytest.mark.parametrize("debug", ["0", "1"])
def test_a_failure_tells_nothing_even_where_debugging_is_asked_for(
    app: Any, debug: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """FLASK_DEBUG=1 shows no traceback and opens no console; the log alone has the reason."""

    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setenv("FLASK_DEBUG", debug)
    monkeypatch.setattr(web, "find", fail)
    app.debug = debug == "1"
    try:
        answer = app.test_client().get("/tidak-ada")
    finally:
        app.debug = False
    assert answer.status_code == 500
    name = answer.headers["X-Request-ID"]
    sentence = f"Ada yang rusak di sini. (Something is broken here.) Nomor permintaan: {name}. (Request id.)\n"
    assert answer.get_data(as_text=True) == sentence
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert CANARY in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/%0d%0aSet-Cookie:%20a=1",
        "/ekonomi%0d%0aX-Y:z",
        "/ekonomi?%0d%0aX-Y:z",
        "/ekonomi?a=%0aX-Y:z",
        "/ekonomi?\u0085X-Y:z",
        "/category/%0d%0aX-Y:z/feed/",
        "/tag/panen%0d%0aX-Y:z",
        "/feed/?category_name=%0d%0aX-Y:z",
        "//jahat.example/",
        "//jahat.example/%2e%2e",
        "/\\jahat.example/",
        "/%5cjahat.example",
        "/https://jahat.example/",
        "/javascript:alert(1)",
        "/%09/jahat.example",
        "/ekonomi//jahat.example",
    ],
)
def test_no_header_is_split_and_no_redirect_leads_elsewhere(app: Any, path: str) -> None:
    answer = app.test_client().get(path)
    for name, value in answer.headers:
        assert not re.search(r"[\r\n\0]", name + value)
    assert "X-Y" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    location = answer.headers.get("Location", "")
    assert not re.match(r"[/\\]{2}|[\t/\\]*[/\\]|[a-z]+:", location)
