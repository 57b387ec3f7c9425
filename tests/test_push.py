"""Hubs hear of exactly what has changed, as soon as they can, and one that cannot costs nobody else anything."""

from __future__ import annotations

import hmac
import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from feeds import push
from feeds.catalogue.reading import Ping
from feeds.push import Answer, settle, tell, tell_hubs, wait
from tests.support import (
    BASE_URL,
    FEEDS,
    FORMATS,
    NOW,
    Call,
    Desk,
    Server,
    a_desk,
    article,
    environment,
    free_port,
    living,
    until,
)

SECOND = 1_000_000
START = 1_800_000_000 * SECOND
A_MINUTE_LATER = NOW + timedelta(minutes=1)


class Hub:
    """A hub of the test's own on loopback: it notes what it hears, and answers as it is told to.

    answers: (status, headers) of the next requests; 202 when there are no more. delay: seconds before each answer.
    """

    def __init__(self) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.requests: list[tuple[str, str, str]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.delay = 0.0
        self.connections = 0
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                hub.connections += 1
                super().setup()

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                time.sleep(hub.delay)
                hub.requests.append((self.command, self.path, self.headers["Content-Type"]))
                hub.forms.append(form)
                status, headers = hub.answers.pop(0) if hub.answers else (202, {})
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}/hub"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def heard(self) -> list[str]:
        """The topics that it was told of, below the address of the feeds."""
        return [form["hub.topic"][0].removeprefix(BASE_URL) for form in self.forms]

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def new_hub() -> Iterator[Callable[[], Hub]]:
    hubs: list[Hub] = []

    def make() -> Hub:
        hubs.append(Hub())
        return hubs[-1]

    yield make
    for hub in hubs:
        hub.close()


@pytest.fixture
def hub(new_hub: Callable[[], Hub]) -> Hub:
    return new_hub()


@pytest.fixture
def deaf() -> str:
    """The address of a hub that is not there."""
    return f"http://127.0.0.1:{free_port()}/"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that waits, waits a little only."""
    for name, seconds in {"GATHER": 0.05, "PATIENCE": 0.4, "FIRST_RETRY": 0.05, "ASK_AGAIN": 0.1}.items():
        monkeypatch.setattr(push, name, seconds)


def feeds_of(*folders: str) -> set[str]:
    return {folder + name for folder in folders for name in FORMATS}


def waiting(desk: Desk) -> list[Ping]:
    with desk.newsroom.catalogue.reading() as reading:
        return reading.pings()


def a_ping(hub: str = "https://hub.example/", attempts: int = 0, path: str = "rss.xml") -> Ping:
    return Ping(hub, path, attempts, START)


# --- one request -----------------------------------------------------------------------------------------------------


def test_a_hub_is_told_in_the_words_of_both_specifications_by_one_connection(hub: Hub) -> None:
    pings = [a_ping(hub.address, path=path) for path in ("rss.xml", "politik/atom.xml")]
    answers = list(tell(hub.address, pings, BASE_URL))
    topics = [f"{BASE_URL}rss.xml", f"{BASE_URL}politik/atom.xml"]
    assert hub.forms == [{"hub.mode": ["publish"], "hub.url": [topic], "hub.topic": [topic]} for topic in topics]
    assert set(hub.requests) == {("POST", "/hub", "application/x-www-form-urlencoded")}
    assert [(answer.status, answer.said, answer.heard) for answer in answers] == [(202, "202 Accepted", True)] * 2
    assert hub.connections == 1


def test_a_hub_that_closes_each_connection_hears_of_everything(hub: Hub) -> None:
    hub.answers = [(204, {"Connection": "close"}), (200, {"Connection": "close"})]
    assert all(answer.heard for answer in tell(hub.address, [a_ping(path=path) for path in "abc"], BASE_URL))
    assert hub.heard == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("status", "headers", "wish"),
    [
        (301, {"Location": "https://elsewhere.example/"}, 0),
        (400, {}, 0),
        (404, {"Retry-After": "7"}, 0),
        (429, {"Retry-After": "120"}, 120),
        (503, {"Retry-After": "9999999999999999"}, push.LONGEST_WISH),
        (503, {"Retry-After": "soon"}, 0),
        (503, {"Retry-After": "-5"}, 0),
        (503, {"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}, 0),
        (500, {}, 0),
    ],
)
def test_whatever_is_no_2xx_is_not_heard_and_no_redirect_followed(
    hub: Hub, status: int, headers: dict[str, str], wish: float
) -> None:
    hub.answers = [(status, headers)]
    (answer,) = tell(hub.address, [a_ping()], BASE_URL)
    assert (answer.status, answer.heard, answer.wish) == (status, False, wish)
    assert len(hub.forms) == 1


def test_a_wish_can_be_a_date_which_counts_from_the_hubs_own_clock() -> None:
    began = "Fri, 01 Jan 2027 10:00:00 GMT"
    assert push._seconds("Fri, 01 Jan 2027 10:05:00 GMT", began) == 300
    assert push._seconds("Fri, 01 Jan 2027 10:05:00 GMT", "") == 0


def test_of_one_refused_document_the_others_are_told_all_the_same(hub: Hub) -> None:
    hub.answers = [(400, {})]
    answers = list(tell(hub.address, [a_ping(path=path) for path in "ab"], BASE_URL))
    assert [answer.heard for answer in answers] == [False, True]


@pytest.mark.parametrize("status", push.BUSY)
def test_a_hub_that_is_busy_is_asked_once_and_that_holds_for_all(hub: Hub, status: int) -> None:
    hub.answers = [(status, {"Retry-After": "60"})]
    answers = list(tell(hub.address, [a_ping(path=path) for path in "abc"], BASE_URL))
    assert [(answer.ping.path, answer.status, answer.wish) for answer in answers] == [(p, status, 60) for p in "abc"]
    assert len(hub.forms) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:{}/", f"http://{'a' * 70}.invalid/", "https://127.0.0.1:{}/"])
def test_a_hub_that_is_not_there_is_asked_once(address: str) -> None:
    hub = address.format(free_port())
    answers = list(tell(hub, [a_ping(hub), a_ping(hub, path="atom.xml")], BASE_URL))
    assert [(answer.status, answer.heard) for answer in answers] == [(0, False)] * 2
    assert answers[0].said


@pytest.mark.parametrize(
    ("first", "again", "status"),
    [
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 60000\r\n\r\n", b"x", 202),
        (b"HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n", b"x", 202),
        (b"HTTP/1.1 202 Accepted\r\n", b"X-Hub: x\r\n", 202),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0),
    ],
)
def test_an_answer_that_never_ends_is_left(
    first: bytes, again: bytes, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Piece by piece it comes, each in time."""
    monkeypatch.setattr(push, "PATIENCE", 0.2)

    def answer() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(first)
            while True:
                connection.sendall(again)
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        hub = threading.Thread(target=answer)
        hub.start()
        began = time.monotonic()
        (found,) = tell(f"http://127.0.0.1:{listening.getsockname()[1]}/", [a_ping()], BASE_URL)
        assert found.status == status
        assert time.monotonic() - began < 5
        hub.join()


def test_a_proxy_of_the_environment_is_not_used(hub: Hub, deaf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, deaf)
    (answer,) = tell(hub.address, [a_ping()], BASE_URL)
    assert answer.heard


# --- several hubs at once --------------------------------------------------------------------------------------------


def test_a_slow_hub_and_one_that_is_down_delay_neither_the_others_nor_for_long(
    tmp_path: Path, new_hub: Callable[[], Hub], deaf: str
) -> None:
    slow, good = new_hub(), new_hub()
    slow.delay = 1.5
    with a_desk(tmp_path, hubs=(slow.address, deaf, good.address)) as desk:
        desk.write("a.md", "Kabar pagi")
        desk.build()
        began = time.monotonic()
        answers = tell_hubs(desk.settings, waiting(desk), within=0.7)
        assert time.monotonic() - began < 1.2
        heard = {(answer.ping.hub, answer.ping.path) for answer in answers if answer.heard}
        assert heard == {(good.address, path) for path in FORMATS}
        settle(desk.newsroom.catalogue, answers, START)
        assert {ping.hub for ping in waiting(desk)} == {slow.address, deaf}


def test_a_hub_that_the_settings_do_not_name_is_told_nothing(tmp_path: Path, hub: Hub) -> None:
    with a_desk(tmp_path) as desk:
        assert tell_hubs(desk.settings, [a_ping(hub.address)], within=5) == []
    assert hub.forms == []


# --- what is kept of it ----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, hub: Hub) -> Iterator[Desk]:
    with a_desk(tmp_path, hubs=(hub.address,)) as opened:
        opened.write("ekonomi/kopi.md", "Panen kopi naik")
        opened.write("budaya/tari.md", "Tari dipentaskan")
        opened.build()
        yield opened


def told(desk: Desk, hub: Hub) -> set[str]:
    """What the hub hears now of what waits."""
    before = len(hub.heard)
    settle(desk.newsroom.catalogue, tell_hubs(desk.settings, waiting(desk), within=5), START)
    heard = hub.heard[before:]
    assert len(heard) == len(set(heard))
    return set(heard)


def test_a_hub_hears_of_exactly_the_feeds_whose_bytes_have_changed(desk: Desk, hub: Hub) -> None:
    assert told(desk, hub) == feeds_of("", "ekonomi/", "budaya/")
    assert told(desk, hub) == set()
    desk.write("budaya/tari.md", "Tari dipentaskan lagi")
    desk.build()
    assert told(desk, hub) == feeds_of("", "budaya/")
    desk.build(program="another that writes the same")
    assert told(desk, hub) == set()


def test_a_change_while_the_hub_is_told_is_told_again(desk: Desk, hub: Hub) -> None:
    answers = tell_hubs(desk.settings, waiting(desk), within=5)
    desk.write("budaya/tari.md", "Tari dipentaskan lagi")
    desk.build(A_MINUTE_LATER)
    settle(desk.newsroom.catalogue, answers, START)
    assert {ping.path for ping in waiting(desk)} == feeds_of("", "budaya/")
    assert {(ping.attempts, ping.due) for ping in waiting(desk)} == {(0, int(A_MINUTE_LATER.timestamp() * SECOND))}


def test_what_was_not_heard_waits_longer_each_time_and_a_newer_change_does_not_wait(desk: Desk, hub: Hub) -> None:
    waits = []
    now = START
    for _ in range(4):
        hub.answers = [(500, {})] * 9
        answers = tell_hubs(desk.settings, waiting(desk), within=5)
        settle(desk.newsroom.catalogue, answers, now)
        waits.append((waiting(desk)[0].due - now) / SECOND)
        now += int(waits[-1] * SECOND)
    assert [ping.attempts for ping in waiting(desk)] == [4] * 9
    for number, seconds in enumerate(waits):
        assert 10 * 2**number <= seconds <= 15 * 2**number
    desk.write("budaya/tari.md", "Tari dipentaskan lagi")
    desk.build(A_MINUTE_LATER)
    assert {ping.path for ping in waiting(desk) if ping.attempts == 0} == feeds_of("", "budaya/")


def test_the_wait_grows_to_an_hour_and_is_what_the_hub_wishes_at_least() -> None:
    waits = [wait(Answer(a_ping(attempts=n), 500, "")) for n in range(push.ATTEMPTS)]
    assert all(3600 <= seconds <= 5400 for seconds in waits[9:])
    assert 20 * 3600 < sum(waits) < 40 * 3600
    assert wait(Answer(a_ping(), 429, "", 7200.0)) == 7200
    assert waits == [wait(Answer(a_ping(attempts=n), 500, "")) for n in range(push.ATTEMPTS)]


def test_it_is_given_up_in_the_end_with_one_line(desk: Desk, hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    last = [ping._replace(attempts=push.ATTEMPTS - 1) for ping in waiting(desk)]
    settle(desk.newsroom.catalogue, [Answer(ping, 0, "connection refused") for ping in last], START)
    assert waiting(desk) == []
    assert [record.getMessage() for record in caplog.records] == [
        f"hub {hub.address}: given up to tell it of 9 documents, at last: connection refused"
    ]


def test_a_hub_that_the_settings_name_no_more_has_nothing_to_hear(desk: Desk, new_hub: Callable[[], Hub]) -> None:
    other = new_hub()
    desk.set(hubs=(other.address,))
    desk.build()
    assert {ping.hub for ping in waiting(desk)} == {other.address}


# --- in serve --------------------------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path: Path, quick: None) -> Iterator[Callable[..., Desk]]:
    opened: list[Desk] = []

    def make(*hubs: str) -> Desk:
        desk = Desk(tmp_path, hubs=hubs)
        opened.append(desk)
        desk.write("ekonomi/kopi.md", "Panen kopi naik")
        return desk

    yield make
    for desk in opened:
        desk.close()


def test_what_changes_while_it_serves_is_told_once_it_is_served(served: Callable[..., Desk], hub: Hub) -> None:
    desk = served(hub.address)
    with living(desk):
        until(lambda: set(hub.heard) == feeds_of("", "ekonomi/"), within=5)
        del hub.forms[:]
        desk.write("budaya/tari.md", "Tari dipentaskan")
        until(lambda: len(hub.heard) >= 6, within=5)
        until(lambda: not waiting(desk), within=5)
        assert sorted(hub.heard) == sorted(feeds_of("", "budaya/"))


def test_after_a_500_it_is_told_again_and_a_hub_that_is_down_delays_no_other(
    served: Callable[..., Desk], hub: Hub, deaf: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "feeds")
    hub.answers = [(500, {})]
    desk = served(deaf, hub.address)
    with living(desk):
        until(lambda: {ping.hub for ping in waiting(desk)} == {deaf}, within=5)
        assert set(hub.heard) == feeds_of("", "ekonomi/")
        assert len(hub.heard) == 7
        until(lambda: waiting(desk)[0].attempts > 1, within=5)
    down = [r.getMessage() for r in caplog.records if deaf in r.getMessage() and r.levelno == logging.WARNING]
    assert down == [f"hub {deaf}: Connection refused; it is told again later"]


def test_a_hub_that_wishes_so_is_left_alone_also_by_newer_changes(served: Callable[..., Desk], hub: Hub) -> None:
    hub.answers = [(429, {"Retry-After": "2"})]
    desk = served(hub.address)
    with living(desk):
        until(lambda: len(hub.forms) == 1, within=5)
        asked = time.monotonic()
        desk.write("budaya/tari.md", "Tari dipentaskan")
        until(lambda: len(hub.forms) > 1, within=6)
        assert time.monotonic() - asked > 1.8
        until(lambda: not waiting(desk), within=5)


def test_what_an_earlier_process_left_untold_is_told_after_a_restart(served: Callable[..., Desk], hub: Hub) -> None:
    desk = served(hub.address)
    desk.build()
    assert hub.forms == []
    with living(desk):
        until(lambda: not waiting(desk), within=5)
    assert feeds_of("", "ekonomi/") <= set(hub.heard)


def test_of_several_processes_the_one_that_writes_tells(served: Callable[..., Desk], hub: Hub) -> None:
    desk = served(hub.address)
    with living(desk), living(desk) as follower:
        until(lambda: not waiting(desk), within=5)
        del hub.forms[:]
        desk.write("budaya/tari.md", "Tari dipentaskan")
        until(lambda: follower.edition and follower.edition.get("budaya/rss.xml"), within=5)
        until(lambda: not waiting(desk), within=5)
        assert sorted(hub.heard) == sorted(feeds_of("", "budaya/"))


def test_hubs_that_do_not_answer_hold_up_neither_editions_nor_the_end(
    served: Callable[..., Desk], new_hub: Callable[[], Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "PATIENCE", 5.0)
    monkeypatch.setattr(push, "GATHER", 0.5)
    hubs = [new_hub() for _ in range(3)]
    for hub in hubs:
        hub.delay = 3
    desk = served(*(hub.address for hub in hubs))
    with living(desk) as live:
        time.sleep(0.7)
        desk.write("budaya/tari.md", "Tari dipentaskan")
        until(lambda: live.edition and live.edition.get("budaya/rss.xml"), within=1.5)
        began = time.monotonic()
    assert time.monotonic() - began < 1.4


# --- the commands ----------------------------------------------------------------------------------------------------


@pytest.fixture
def with_hub(kabar: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("FEEDS_HUBS", hub.address)
    monkeypatch.setenv("FEEDS_BASE_URL", BASE_URL)
    return hub


EVERYTHING = feeds_of("", "ekonomi/", "budaya/")


def test_build_tells_the_hubs_what_it_has_written(feeds: Call, kabar: Path, with_hub: Hub) -> None:
    done = feeds("--data", kabar, "build", "--output", "umum")
    assert set(with_hub.heard) == EVERYTHING
    assert done.stdout.splitlines()[-1] == "1 hub told of 9 changed documents"
    del with_hub.forms[:]
    again = feeds("--data", kabar, "build", "--output", "umum")
    assert with_hub.forms == []
    assert "hub" not in again.stdout


def test_a_build_whose_hub_is_down_is_done_all_the_same_and_ping_tells_later(
    feeds: Call, kabar: Path, deaf: str, with_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_hub.answers = [(503, {})]
    done = feeds("--data", kabar, "build", "--output", "umum")
    assert done.exit_code == 0
    assert "503 Service Unavailable); feeds ping tells them again" in done.stderr
    told = feeds("--data", kabar, "ping")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[0] == f"{with_hub.address}  atom.xml           202 Accepted"
    assert told.stdout.splitlines()[-1] == "9 documents heard of, 0 not"
    assert set(with_hub.heard) == EVERYTHING


def test_build_can_leave_it_to_ping_to_tell_after_an_upload(feeds: Call, kabar: Path, with_hub: Hub) -> None:
    feeds("--data", kabar, "build", "--output", "umum", "--no-ping")
    assert with_hub.forms == []
    report = json.loads(feeds("--data", kabar, "ping", "--json").stdout)
    assert {answer["path"] for answer in report["answers"]} == EVERYTHING == set(with_hub.heard)
    assert report["untold"] == 0
    nothing = feeds("--data", kabar, "ping")
    assert (nothing.exit_code, len(with_hub.forms)) == (0, 9)
    assert nothing.stdout == "the hubs have heard of everything; --all tells them of every feed\n"
    assert feeds("--data", kabar, "ping", "--all").exit_code == 0
    assert len(with_hub.forms) == 18


def test_ping_fails_where_a_hub_did_not_hear(feeds: Call, kabar: Path, with_hub: Hub) -> None:
    feeds("--data", kabar, "build", "--output", "umum", "--no-ping")
    with_hub.answers = [(404, {})]
    done = feeds("--data", kabar, "ping")
    assert done.exit_code == 1
    assert "404 Not Found" in done.stdout
    assert done.stdout.endswith("8 documents heard of, 1 not\n")


def test_ping_without_a_hub_or_an_edition_is_a_mistake(
    feeds: Call, kabar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = feeds("--data", kabar, "ping")
    assert (done.exit_code, done.stderr) == (2, "feeds: hubs: no hub is set, so there is nobody to tell\n")
    monkeypatch.setenv("FEEDS_HUBS", "https://hub.example/")
    none = feeds("--data", kabar, "ping", "--all")
    assert (none.exit_code, none.stderr) == (2, "feeds: there is no edition to tell of yet\n")


def test_watch_tells_what_it_has_written_once_it_is_written(
    here: Path, kabar: Path, with_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = environment(here, hubs=with_hub.address, base_url=BASE_URL)
    command = [*FEEDS, "--data", str(kabar), "watch", "--output", "umum"]
    with subprocess.Popen(command, cwd=here, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: set(with_hub.heard) == EVERYTHING, within=20)
            assert (here / "umum/rss.xml").exists()
            del with_hub.forms[:]
            (kabar / "tari.md").write_text(article("Tari lagi", "2026-05-06T09:00:00+07:00", kategori="Budaya"))
            until(lambda: len(with_hub.heard) >= 6, within=10)
            assert set(with_hub.heard) == feeds_of("", "budaya/")
            assert b"Tari lagi" in (here / "umum/rss.xml").read_bytes()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)


# --- a real hub ------------------------------------------------------------------------------------------------------


class Subscriber:
    """A subscriber of a hub on loopback: it confirms what it is asked, and notes what is delivered."""

    def __init__(self) -> None:
        self.delivered: list[tuple[str, bytes]] = []
        subscriber = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                subscriber.delivered.append((self.headers.get("X-Hub-Signature", ""), body))
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    made = Subscriber()
    yield made
    made.close()


REAL_HUB = """
import sys
from celery import Celery
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from werkzeug.serving import make_server

celery = Celery("hub")
celery.conf.update(task_always_eager=True)
app = Flask("hub")
app.config["PUBLISH_SUPPORTED"] = True
hub = Hub(SQLite3HubStorage(sys.argv[2]), celery, **app.config)
app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
app.add_url_rule("/", view_func=lambda: "up")
make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True).serve_forever()
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server in a process of its own."""
    started: list[Server] = []

    def one(command: list[str], port: int, **settings: str) -> Server:
        log = tmp_path / f"{port}.log"
        env = environment(tmp_path, **settings)
        started.append(Server(command, port=port, log=log, cwd=tmp_path, env=env))
        return started[-1]

    yield one
    for server in started:
        server.stop()


def test_an_article_that_is_written_reaches_the_subscriber_of_a_real_hub(
    kabar: Path, start: Callable[..., Server], subscriber: Subscriber, tmp_path: Path
) -> None:
    """flask-websub, which fetches the feed, and delivers it signed and byte for byte."""
    pytest.importorskip("flask_websub", reason="flask-websub is not installed")
    hub_port, port = free_port(), free_port()
    hub = start([sys.executable, "-c", REAL_HUB, str(hub_port), str(tmp_path / "hub.sqlite")], hub_port).wait("/")
    serving = [*FEEDS, "--data", str(kabar), "serve", "--port", str(port)]
    feeds = start(serving, port, hubs=f"{hub.address}hub", base_url=f"http://127.0.0.1:{port}").wait()
    wanted = {
        "hub.mode": "subscribe",
        "hub.topic": f"{feeds.address}rss.xml",
        "hub.callback": subscriber.address,
        "hub.secret": "rahasia",
    }
    with urlopen(f"{hub.address}hub", urlencode(wanted).encode(), timeout=10) as answer:
        assert answer.status == 202
    (kabar / "baru.md").write_text(article("Hujan turun di hulu", "2026-05-07T09:00:00+07:00"))
    until(lambda: any(b"Hujan turun" in body for _, body in subscriber.delivered), within=10)
    signature, body = subscriber.delivered[-1]
    assert body == feeds.get("/rss.xml").body
    assert signature == f"sha512={hmac.new(b'rahasia', body, 'sha512').hexdigest()}"
