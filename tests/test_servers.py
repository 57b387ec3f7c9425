"""Real servers with real clients: what app.py and ``feeds serve`` give over the wire."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from time import struct_time
from typing import Any

import feedparser
import pytest
import requests
from reader import make_reader
from werkzeug.http import parse_date

from feeds.edition import Edition
from tests.support import FEEDS, ROOT, Desk, Server, a_desk, environment, free_port, is_free, run, server_command, until
from tests.test_front import CASES, check

SERVERS = (
    *("feeds serve", "feeds serve --workers 2", "feeds serve --server bjoern"),
    *("gunicorn app:app", "flask run", "granian app:app"),
)
SUBSCRIPTIONS = ("rss.xml", "atom.xml", "feed.json", "ekonomi/rss.xml")

Start = Callable[[str], Server]
Former = Mapping[str, str]
"""The ETags of the version before the current one, by path."""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Former]]:
    with a_desk(tmp_path_factory.mktemp("desk"), article_pages=True) as opened:
        opened.write("ekonomi/kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00")
        former = {path: found.etag for path, found in opened.build().documents.items()}
        opened.write("budaya/tari.md", "Tari dipentaskan", "2026-05-06T09:00:00+07:00")
        opened.build()  # each worker serves the last edition at once
        yield opened, former


@pytest.fixture(scope="module")
def desk(newsroom: tuple[Desk, Former]) -> Desk:
    return newsroom[0]


@pytest.fixture(scope="module")
def former(newsroom: tuple[Desk, Former]) -> Former:
    return newsroom[1]


@pytest.fixture(scope="module")
def start(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts each server once, when a test first asks for it."""
    started: dict[str, Server] = {}
    folder = tmp_path_factory.mktemp("servers")
    names = ("title", "base_url", "authority", "newsroom", "catalogue")
    settings = {name: getattr(desk.settings, name) for name in names} | {"data": str(desk.data)}

    def one(name: str) -> Server:
        if name not in started:
            port = free_port()
            env = environment(folder, article_pages="true", **settings)
            log = folder / f"{port}.log"
            started[name] = Server(server_command(name, port), port=port, log=log, cwd=ROOT, env=env)
            started[name].wait()
        return started[name]

    try:
        yield one
    finally:
        for server in started.values():
            server.stop()


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, start: Start) -> Server:
    return start(request.param)


@pytest.fixture
def edition(server: Server, desk: Desk) -> Edition:
    """What the server has to serve."""
    found = desk.newsroom.edition()
    assert found
    return found


# --- the wire --------------------------------------------------------------------------------------------------------


def test_every_document_is_served_with_its_bytes_and_validators(server: Server, edition: Edition) -> None:
    for rendition in edition.renditions():
        answer = server.get("/" + rendition.path.removesuffix("index.html"))
        assert answer.status == 200
        assert answer.body == rendition.body
        assert answer.headers["etag"] == f'"{rendition.etag}"'
        assert answer.headers["content-type"] == rendition.media_type
        assert int(answer.headers["content-length"]) == len(rendition.body)


def test_a_request_gets_what_its_headers_ask_for(server: Server, edition: Edition, former: Former) -> None:
    """The table of test_front.py over the wire."""
    for case in CASES:
        check(case, server.get, edition, former)


def test_every_answer_has_a_date(server: Server) -> None:
    for path in ("/rss.xml", "/healthz", "/tidak-ada"):
        assert parse_date(server.get(path).headers["date"])


def test_head_has_the_length_of_get_and_no_body(server: Server) -> None:
    got, head = server.get("/rss.xml"), server.get("/rss.xml", "HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("content-length", "etag", "last-modified", "content-type"):
        assert head.headers[name] == got.headers[name]


def test_a_304_has_the_etag_and_no_body(server: Server) -> None:
    first = server.get("/rss.xml")
    for headers in ({"If_None_Match": first.headers["etag"]}, {"If_Modified_Since": first.headers["last-modified"]}):
        again = server.get("/rss.xml", **headers)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert "content-type" not in again.headers


def test_a_connection_goes_on_after_a_304(server: Server) -> None:
    with requests.Session() as session:
        tag = session.get(f"{server.address}rss.xml", timeout=10).headers["ETag"]
        headers = {"If-None-Match": tag}
        assert [session.get(f"{server.address}rss.xml", headers=headers, timeout=10).status_code for _ in range(3)] == [
            304
        ] * 3
        assert session.get(f"{server.address}atom.xml", timeout=10).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "/%00",
        "/artikel/%00/",
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//evil.example/rss.xml",
        "/" + "a" * 10_000,
        "/%ff%fe",
        "/artikel/%ed%a0%80/",
    ],
)
def test_odd_paths_are_never_an_error_of_the_server(server: Server, target: str) -> None:
    answer = server.get(target)
    assert 300 <= answer.status < 500
    assert b"root:" not in answer.body
    assert server.get("/healthz").status == 200


@pytest.mark.parametrize(
    "request_line", [b"GET / HTTP/9.9", b"\x00\x01\x02", b"GET /rss.xml", b"FOO /rss.xml HTTP/1.1"]
)
def test_what_is_no_http_disturbs_nobody(server: Server, request_line: bytes) -> None:
    with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
        connection.sendall(request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(4096)
    assert server.get("/rss.xml").status == 200


def test_a_post_is_refused(server: Server) -> None:
    assert server.get("/rss.xml", "POST").status == 405


def test_a_redirect_leads_to_the_page_on_the_same_server(server: Server) -> None:
    answer = requests.get(f"{server.address}artikel/tari-dipentaskan", timeout=10)
    assert answer.status_code == 200
    assert answer.url == f"{server.address}artikel/tari-dipentaskan/"


def test_a_new_article_is_served_within_a_second_by_every_server(desk: Desk, start: Start) -> None:
    servers = [start(name) for name in SERVERS]
    path = desk.write("budaya/baru.md", "Berita sela", "2026-05-30T09:00:00+07:00")

    def serve(shown: bool) -> bool:
        return all((b"Berita sela" in server.get("/feed.json").body) == shown for server in servers)

    until(lambda: serve(True), within=2)
    path.unlink()
    until(lambda: serve(False), within=2)


# --- clients that subscribe ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["rss.xml", "atom.xml", "ekonomi/rss.xml", "ekonomi/atom.xml"])
def test_feedparser_polls_with_etag_and_with_modified_and_gets_304(server: Server, path: str) -> None:
    first = feedparser.parse(server.address + path)
    assert (first.status, first.bozo) == (200, False)
    assert [entry.title for entry in first.entries][-1] == "Panen kopi naik"
    modified: struct_time = first.modified_parsed
    assert feedparser.parse(server.address + path, etag=first.etag).status == 304
    assert feedparser.parse(server.address + path, modified=modified).status == 304
    assert feedparser.parse(server.address + path, etag=first.etag, modified=modified).status == 304
    assert feedparser.parse(server.address + path, etag='"lain"', modified=modified).status == 200


def test_reader_subscribes_to_every_format_and_its_second_poll_gets_304(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls: list[tuple[str, str | None, str | None, int]] = []
    send = requests.Session.send

    def observed(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        answer = send(self, request, **options)
        path = str(request.url).removeprefix(server.address)
        sent = request.headers
        polls.append((path, sent.get("If-None-Match"), sent.get("If-Modified-Since"), answer.status_code))
        return answer

    monkeypatch.setattr(requests.Session, "send", observed)
    reader = make_reader(":memory:")
    try:
        for path in SUBSCRIPTIONS:
            reader.add_feed(server.address + path)
        reader.update_feeds(scheduled=False)
        assert sorted((path, status) for path, _, _, status in polls) == sorted((path, 200) for path in SUBSCRIPTIONS)
        assert all(feed.last_exception is None for feed in reader.get_feeds())
        titles = {entry.title for entry in reader.get_entries(feed=f"{server.address}feed.json")}
        assert titles == {"Panen kopi naik", "Tari dipentaskan"}
        polls.clear()
        reader.update_feeds(scheduled=False)
        assert sorted(path for path, *_ in polls) == sorted(SUBSCRIPTIONS)
        assert all(etag and since and status == 304 for _, etag, since, status in polls)
    finally:
        reader.close()


# --- starting and stopping -------------------------------------------------------------------------------------------


def test_serve_ends_with_its_workers_when_it_is_told_to(desk: Desk, tmp_path: Path) -> None:
    port = free_port()
    env = environment(tmp_path, data=str(desk.data), catalogue=desk.settings.catalogue)
    server = Server(
        server_command("feeds serve --workers 2", port), port=port, log=tmp_path / "log", cwd=tmp_path, env=env
    )
    try:
        server.wait()
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.process.wait(15) == 0
        with pytest.raises(ProcessLookupError):
            os.killpg(server.process.pid, 0)
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()


def test_workers_end_with_a_master_that_is_killed_alone(desk: Desk, tmp_path: Path) -> None:
    """Nobody could stop them, and the next serve would find the port taken."""
    port = free_port()
    env = environment(tmp_path, data=str(desk.data), catalogue=desk.settings.catalogue)
    command = server_command("feeds serve --workers 2", port)
    server = Server(command, port=port, log=tmp_path / "log", cwd=tmp_path, env=env)
    try:
        server.wait()
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(5)
        until(lambda: not server.is_running() and is_free(port), within=5)
    finally:
        server.stop()


def test_bjoern_ends_when_it_is_told_to_though_a_client_keeps_its_connection(desk: Desk, tmp_path: Path) -> None:
    port = free_port()
    env = environment(tmp_path, data=str(desk.data), catalogue=desk.settings.catalogue)
    command = server_command("feeds serve --server bjoern", port)
    server = Server(command, port=port, log=tmp_path / "log", cwd=tmp_path, env=env)
    try:
        server.wait()
        with requests.Session() as session:
            assert session.get(f"{server.address}rss.xml", timeout=10).status_code == 200
            os.kill(server.process.pid, signal.SIGTERM)
            assert server.process.wait(10) == 0
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()


def test_several_processes_of_bjoern_are_refused_in_one_sentence(desk: Desk, tmp_path: Path) -> None:
    arguments = ("--data", desk.data, "serve", "--server", "bjoern", "--workers", "2")
    done = run(*arguments, cwd=tmp_path, catalogue=desk.settings.catalogue)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("feeds: bjoern is one process")


def test_under_every_server_answers_are_counted_and_the_state_is_told(server: Server) -> None:
    """By whichever process is asked, where they count together; one worker of gunicorn counts for itself."""
    wanted = 'feeds_requests_total{format="atom",status="304"}'

    def counted() -> float:
        lines = server.get("/metrics").body.decode().splitlines()
        return sum(float(line.split()[1]) for line in lines if line.startswith(wanted))

    before = counted()
    assert [server.get("/atom.xml", If_None_Match="*").status for _ in range(3)] == [304] * 3
    until(lambda: counted() >= before + 3, within=5)
    state = json.loads(server.get("/readyz").body)
    assert (state["status"], state["articles"]) == ("ok", 2)


def test_serve_says_what_it_serves_and_where(start: Start, desk: Desk) -> None:
    server = start("feeds serve")
    said = server.log.read_text()
    assert f"Kabar: {server.address} serves {desk.data}" in said
    assert "Python threads" not in said


def test_serve_from_any_folder_shows_the_sample_where_nothing_is_configured(tmp_path: Path) -> None:
    port = free_port()
    command = server_command("feeds serve", port)
    server = Server(command, port=port, log=tmp_path / "log", cwd=tmp_path, env=environment(tmp_path))
    try:
        server.wait()
        assert b"Kabar Tepian" in server.get("/").body
        assert json.loads(server.get("/feed.json").body)["title"] == "Kabar Tepian"
        assert "base_url is http://127.0.0.1:8000/" in server.log.read_text()
    finally:
        server.stop()


def test_a_port_in_use_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*FEEDS, "serve", "--port", str(port)],
            cwd=tmp_path,
            env=environment(
                tmp_path, data=str(desk.data), catalogue=desk.settings.catalogue, base_url="https://f.example/"
            ),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == f"feeds: cannot listen on 127.0.0.1:{port}: Address already in use\n"
