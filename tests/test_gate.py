"""Who fetches in full again and again is told to wait; who asks whether there is anything new never is."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from feeds import gate as gate_module
from feeds.config import Settings
from feeds.config.values import NO_REDIS
from feeds.errors import ConfigError
from feeds.gate import THIS_MACHINE, Gate, client_of
from feeds.meter import Meter
from feeds.web import create_app
from tests.support import Desk, a_desk, free_port

NETWORKS = [ip_network(network) for network in (*THIS_MACHINE, "10.0.0.0/8", "2001:db8:ffff::/48")]


class Asker:
    """Asks a gate before an application that always answers in full, or not at all (304) where it is told so."""

    def __init__(self, settings: Settings) -> None:
        self.status = "200 OK"
        self.gate = Gate(self._application, settings, Meter())
        self.headers: dict[str, str] = {}
        self.body = b""

    def _application(self, environ: Any, start_response: Any) -> list[bytes]:
        start_response(self.status, [])
        return [b"berita"]

    def ask(self, client: str = "203.0.113.7", method: str = "GET", path: str = "/rss.xml", **headers: str) -> int:
        environ: Any = {"REQUEST_METHOD": method, "PATH_INFO": path, "REMOTE_ADDR": client}
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        found: list[Any] = []
        self.body = b"".join(self.gate(environ, lambda status, headers, *_: found.append((status, headers))))
        ((status, listed),) = found
        self.headers = dict(listed)
        return int(status.split()[0])

    def times(self, number: int, *arguments: str, **headers: str) -> list[int]:
        """How it is answered several times."""
        return [self.ask(*arguments, **headers) for _ in range(number)]


@pytest.fixture
def settings(tmp_path: Path, load_settings: Callable[..., Settings]) -> Settings:
    return load_settings(tmp_path, FEEDS_RATE_LIMIT="3/hour")


@pytest.fixture
def asker(settings: Settings) -> Asker:
    return Asker(settings)


# --- what counts -----------------------------------------------------------------------------------------------------


def test_one_too_many_gets_429_and_hears_how_long_to_wait(asker: Asker) -> None:
    assert asker.times(5) == [200, 200, 200, 429, 429]
    seconds = int(asker.headers["Retry-After"])
    assert 3590 < seconds <= 3601
    assert asker.headers["Cache-Control"] == "no-store"
    assert asker.headers["Content-Length"] == str(len(asker.body))
    assert asker.headers["Access-Control-Allow-Origin"] == "*"
    assert re.fullmatch(
        rf"Terlalu sering .* {seconds} detik\. \(Fetched .* {seconds} seconds\.\)\n", asker.body.decode()
    )
    assert asker.ask("198.51.100.1") == 200


def test_head_counts_and_its_refusal_has_no_body(asker: Asker) -> None:
    assert asker.times(4, "203.0.113.7", "HEAD") == [200, 200, 200, 429]
    assert asker.body == b""
    assert asker.headers["Content-Length"] != "0"


def test_after_the_time_it_may_be_fetched_again(tmp_path: Path, load_settings: Callable[..., Settings]) -> None:
    asker = Asker(load_settings(tmp_path, FEEDS_RATE_LIMIT="1/second"))
    assert asker.times(2) == [200, 429]
    assert asker.headers["Retry-After"] == "1"
    time.sleep(1.01)
    assert asker.ask() == 200


@pytest.mark.parametrize(
    "validator", [{"if_none_match": '"0123456789abcdef"'}, {"if_modified_since": "Mon, 01 Jun 2026 00:00:00 GMT"}]
)
def test_who_sends_validators_is_never_refused(asker: Asker, validator: dict[str, str]) -> None:
    asker.status = "304 Not Modified"
    assert set(asker.times(200, **validator)) == {304}
    asker.status = "200 OK"
    assert set(asker.times(4)) == {200, 429}
    assert asker.times(20, **validator) == [200] * 20
    asker.status = "226 IM Used"
    assert asker.times(20, **validator) == [226] * 20


@pytest.mark.parametrize("validator", [{"if_none_match": '"x"'}, {"if_modified_since": "yesterday"}])
def test_validators_that_never_prevent_a_full_answer_are_no_way_around(asker: Asker, validator: dict[str, str]) -> None:
    answers = asker.times(100, **validator)
    assert answers[:31] == [200] * 31
    assert answers[34:] == [429] * 66
    assert asker.ask("198.51.100.1", **validator) == 200


def test_an_empty_validator_is_none(asker: Asker) -> None:
    assert asker.times(4, if_none_match="") == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/healthz"), ("GET", "/static/gaya.css"), ("GET", "/"), ("OPTIONS", "/rss.xml"), ("POST", "/x")],
)
def test_what_costs_nothing_is_not_counted(asker: Asker, method: str, path: str) -> None:
    assert asker.times(10, "203.0.113.7", method, path) == [200] * 10


def test_of_very_many_clients_only_some_are_remembered(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "CLIENTS", 100)
    for number in range(1000):
        assert asker.ask(f"10.1.{number // 250}.{number % 250}") == 200
    storage: Any = asker.gate._limiter.storage
    assert len(storage._counts) == 100


def test_it_counts_right_from_many_threads(tmp_path: Path, load_settings: Callable[..., Settings]) -> None:
    asker = Asker(load_settings(tmp_path, FEEDS_RATE_LIMIT="500/hour"))
    refused: list[int] = []

    def ask() -> None:
        environ: Any = {"REQUEST_METHOD": "GET", "PATH_INFO": "/rss.xml", "REMOTE_ADDR": "203.0.113.7"}
        for _ in range(200):
            asker.gate(environ, lambda status, headers, *_: refused.append(1) if status[0] == "4" else None)  # type: ignore[arg-type]

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 500


# --- who the client is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remote", "headers", "client"),
    [
        ("203.0.113.7", {}, "203.0.113.7"),
        ("203.0.113.7", {"X_FORWARDED_FOR": "198.51.100.1"}, "203.0.113.7"),
        ("127.0.0.1", {}, "127.0.0.1"),
        ("127.0.0.1", {"X_FORWARDED_FOR": "198.51.100.1"}, "198.51.100.1"),
        ("::1", {"X_FORWARDED_FOR": "198.51.100.1"}, "198.51.100.1"),
        ("", {"X_FORWARDED_FOR": "198.51.100.1"}, "198.51.100.1"),
        ("", {}, ""),
        ("127.0.0.1", {"X_FORWARDED_FOR": "192.0.2.1, 198.51.100.1"}, "198.51.100.1"),
        ("127.0.0.1", {"X_FORWARDED_FOR": "192.0.2.1, 198.51.100.1, 10.2.3.4"}, "198.51.100.1"),
        ("127.0.0.1", {"X_FORWARDED_FOR": "192.0.2.1,unknown,10.2.3.4"}, "10.2.3.4"),
        ("127.0.0.1", {"X_FORWARDED_FOR": "10.9.9.9"}, "10.9.9.9"),
        ("127.0.0.1", {"X_FORWARDED_FOR": "198.51.100.1:4711"}, "198.51.100.1"),
        ("127.0.0.1", {"X_FORWARDED_FOR": "[2001:db8::17]:4711"}, "2001:db8::/64"),
        ("127.0.0.1", {"X_FORWARDED_FOR": ", ,"}, "127.0.0.1"),
        ("127.0.0.1", {"X_FORWARDED_FOR": "1" * 100_000}, "127.0.0.1"),
        ("127.0.0.1", {"X_FORWARDED_FOR": "10.0.0.1," * 20_000 + "198.51.100.1"}, "198.51.100.1"),
        ("127.0.0.1", {"FORWARDED": 'for=192.0.2.1, For="[2001:db8::17]:4711";proto=https'}, "2001:db8::/64"),
        ("127.0.0.1", {"FORWARDED": "proto=https; for=198.51.100.1"}, "198.51.100.1"),
        ("127.0.0.1", {"FORWARDED": "for=_hidden"}, "127.0.0.1"),
        ("127.0.0.1", {"FORWARDED": "for=192.0.2.1", "X_FORWARDED_FOR": "198.51.100.1"}, "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", {}, "2001:db8:1:2::/64"),
        ("2001:db8:ffff::1", {"X_FORWARDED_FOR": "198.51.100.1"}, "198.51.100.1"),
        ("fe80::1%eth0", {}, "fe80::/64"),
        ("::ffff:203.0.113.7", {}, "203.0.113.7"),
        ("nonsense", {}, ""),
    ],
)
def test_the_client_is_the_last_that_no_trusted_proxy_is(remote: str, headers: dict[str, str], client: str) -> None:
    environ = {"REMOTE_ADDR": remote} | {f"HTTP_{name}": value for name, value in headers.items()}
    assert client_of(environ, NETWORKS) == client


def test_who_cannot_be_told_from_others_is_not_counted(asker: Asker) -> None:
    assert asker.times(10, "") == [200] * 10


def test_proxies_that_the_settings_trust_are_believed(tmp_path: Path, load_settings: Callable[..., Settings]) -> None:
    asker = Asker(load_settings(tmp_path, FEEDS_RATE_LIMIT="1/hour", FEEDS_TRUSTED_PROXIES="10.0.0.0/8"))
    assert [asker.ask("10.0.0.1", x_forwarded_for=f"198.51.100.{n}") for n in range(3)] == [200] * 3
    assert asker.ask("10.0.0.1", x_forwarded_for="198.51.100.1") == 429


# --- the settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("60/hour", "60/hour"),
        (" 5 / second ", "5/second"),
        ("9/day redis://:p@h:1/0", "9/day redis://:p@h:1/0"),
        ("9/minute redis+unix:///run/redis.sock", "9/minute redis+unix:///run/redis.sock"),
    ],
)
def test_a_right_rate_is_kept(tmp_path: Path, load_settings: Callable[..., Settings], written: str, kept: str) -> None:
    settings = load_settings(tmp_path, FEEDS_RATE_LIMIT=written)
    assert settings.rate_limit == kept
    assert "redis" not in repr(settings)


@pytest.mark.parametrize("rate", ["60", "often", "0/hour", "60/fortnight", "60/hor redis://:rahasia@h", "redis://:r@h"])
def test_a_wrong_rate_is_refused_and_shown_without_what_stands_behind_it(
    tmp_path: Path, load_settings: Callable[..., Settings], rate: str
) -> None:
    shown = rate.partition(" ")[0].partition(":")[0]
    with pytest.raises(ConfigError, match=f"FEEDS_RATE_LIMIT: expected a number of .*, found text '{shown}'$"):
        load_settings(tmp_path, FEEDS_RATE_LIMIT=rate)


@pytest.mark.parametrize(
    "address",
    [
        "mysql://h",
        "redis://:rahasia@h x",
        "redis://u:raha sia@h/0",
        "redis://u:raha/sia@h/0",
        "redis://u:1234/sia@h/0",
        "redis://u:1234?sia@h/0",
        "redis://u:1234#sia@h/0",
        "redis:/u:rahasia@h/0",
        "redis://h:70000000/0",
    ],
)
def test_an_address_that_is_none_of_a_redis_is_refused_and_nothing_of_it_shown(
    tmp_path: Path, load_settings: Callable[..., Settings], address: str
) -> None:
    """It says how a password is written; a part of one may be taken for a port."""
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, FEEDS_RATE_LIMIT=f"60/hour {address}")
    assert str(caught.value) == f"FEEDS_RATE_LIMIT: {NO_REDIS}"
    assert "%2F or %40" in NO_REDIS


@pytest.mark.parametrize("network", ["10.0.0.0/33", "proxy.example", "10.0.0"])
def test_what_is_no_network_is_refused(tmp_path: Path, load_settings: Callable[..., Settings], network: str) -> None:
    with pytest.raises(ConfigError, match="FEEDS_TRUSTED_PROXIES: expected a network such as"):
        load_settings(tmp_path, FEEDS_TRUSTED_PROXIES=network)
    assert load_settings(tmp_path, FEEDS_TRUSTED_PROXIES="10.1.2.3/8, ::1").trusted_proxies == ("10.0.0.0/8", "::1/128")


# --- before the feeds ------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, rate_limit="3/hour") as opened:
        opened.write("ekonomi/kopi.md", "Panen kopi naik")
        opened.build()
        yield opened


def test_it_stands_before_the_feeds_and_their_parameters_alike(desk: Desk) -> None:
    app = create_app(desk.settings)
    try:
        client = app.test_client()
        first = client.get("/rss.xml")
        known = {"If-None-Match": first.headers["ETag"]}
        answers = [
            client.get(path).status_code for path in ("/atom.xml", "/feed.json?limit=9", "/rss.xml", "/rss.xml?x=1")
        ]
        assert answers[1:] == [200, 429, 429]
        assert [client.get("/rss.xml", headers=known).status_code for _ in range(50)] == [304] * 50
        assert client.get("/healthz").status_code == 200
    finally:
        app.extensions["feeds"].stop()


def test_without_a_rate_there_is_no_gate(desk: Desk) -> None:
    app = create_app(replace(desk.settings, rate_limit=""))
    app.extensions["feeds"].stop()
    assert not isinstance(app.wsgi_app, Gate)


# --- in Redis --------------------------------------------------------------------------------------------------------


class Redis:
    """As much of a Redis as a counter needs, on loopback: EVALSHA and SCRIPT LOAD of the counting script, GET, TTL."""

    def __init__(self) -> None:
        self.counts: dict[bytes, int] = {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            while header := lines.readline():
                words = []
                for _ in range(int(header[1:])):
                    length = int(lines.readline()[1:])
                    words.append(lines.read(length + 2)[:-2])
                connection.sendall(self._answer(words))

    def _answer(self, words: list[bytes]) -> bytes:
        match words[0].upper():
            case b"EVALSHA":
                self.counts[words[3]] = self.counts.get(words[3], 0) + 1
                return b":%d\r\n" % self.counts[words[3]]
            case b"GET":
                return b"$1\r\n%d\r\n" % min(self.counts.get(words[1], 0), 9)
            case b"TTL":
                return b":1800\r\n"
            case b"HELLO":
                return b"-ERR unknown command\r\n"
        return b"+OK\r\n"

    def stop(self) -> None:
        self.listener.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.stop()


def test_processes_on_one_redis_count_together(settings: Settings, redis: Redis) -> None:
    shared = replace(settings, rate_limit=f"3/hour {redis.address}")
    one, other = Asker(shared), Asker(shared)
    assert [one.ask(), other.ask(), one.ask(), other.ask(), one.ask()] == [200, 200, 200, 429, 429]
    assert 1790 < int(one.headers["Retry-After"]) <= 1801
    assert all(b"feeds/" in key and b"203.0.113.7" in key for key in redis.counts)


def test_a_redis_that_is_down_lets_everybody_pass_with_one_line(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "feeds")
    asker = Asker(replace(settings, rate_limit=f"3/hour redis://:rahasia@127.0.0.1:{free_port()}/0"))
    began = time.monotonic()
    assert asker.times(50) == [200] * 50
    assert time.monotonic() - began < 1
    assert len(caplog.records) == 1
    assert "rahasia" not in caplog.text
    assert "rate_limit: nobody is counted for 10 s" in caplog.text


def test_a_redis_that_does_not_answer_costs_a_moment_once(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        asker = Asker(replace(settings, rate_limit=f"3/hour {address}"))
        began = time.monotonic()
        assert asker.times(50) == [200] * 50
        assert time.monotonic() - began < 1.5


def test_an_address_that_no_redis_can_have_is_a_mistake(settings: Settings) -> None:
    """Of which nothing is shown, not even as its cause."""
    secret = str(uuid4())
    with pytest.raises(ConfigError, match="rate_limit: has no address of a Redis") as caught:
        Asker(replace(settings, rate_limit=f"3/hour redis://u:{secret}/x@h:1/0"))
    assert secret not in "".join(traceback.format_exception(caught.value))
