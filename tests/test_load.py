"""A short piece of the drill of load; the whole of it is ``python tests/drills/load.py``."""

from __future__ import annotations

import re
import resource
import shlex
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.drills import load
from tests.support import ROOT, Server, a_desk, environment, free_port, server_command

SECONDS = 15.0
CONNECTIONS = 300


def test_a_crowd_of_slow_idle_and_busy_clients_gets_whole_and_fresh_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an article changes every two seconds; beside other tests a change may take longer than alone."""
    monkeypatch.setattr(load, "FRESH", 6.0)
    found = load.drill(tmp_path, SECONDS, CONNECTIONS)
    assert dict(found.lost) == {}
    assert found.most >= CONNECTIONS
    assert found.tried["publications"] >= SECONDS / load.EVERY - 1
    assert {name for name in load.KINDS if not found.tried[name]} == set()
    assert {f"answers {status}" for status in (200, 226, 304, 404)} <= found.tried.keys()


@pytest.mark.parametrize(
    ("name", "before", "after", "is_lost"),
    [
        *(("memory", 200.0, 217.0, False), ("memory", 200.0, 219.0, True)),
        *(("p99", 4.0, 7.9, False), ("p99", 4.0, 8.1, True)),
        *(("descriptors", 2000, 2210, False), ("descriptors", 2000, 2230, True)),
        *(("threads", 30, 36, False), ("threads", 30, 38, True)),
    ],
)
def test_what_grows_over_a_long_run_is_lost_and_over_a_short_one_is_not_judged(
    tmp_path: Path, name: str, before: float, after: float, is_lost: bool
) -> None:
    """From the first third to the last; the tenth before that is the warm-up."""
    calm = load.Minute(memory=200.0, descriptors=2000, threads=30, p50=1.0, p99=4.0, on_demand=9.0)
    seen = [*[999.0] * 3, *[before] * 18, *[after] * 9]
    long = load.Drill(0, tmp_path, minutes=[replace(calm, **{name: value}) for value in seen])
    assert load.thirds(long)[name] == (before, after)
    assert bool(load.growth(long)) == is_lost
    assert load.growth(replace(long, span=1.0)) == []


# --- what a client may cost ------------------------------------------------------------------------------------------

FEW = 256  # descriptors that the service is begun with
MANY = 1_500  # connections: more than those, and more than granian lets in where nobody says more


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One worker, begun with few descriptors, of which it may take more."""
    folder = tmp_path_factory.mktemp("desk")
    with a_desk(folder) as desk:
        desk.write("a.md", "Satu")
        desk.build()
        port = free_port()
        command = ["bash", "-c", f"ulimit -Sn {FEW}; exec {shlex.join(server_command('feeds serve', port))}"]
        env = environment(folder, data=str(desk.data), catalogue=desk.settings.catalogue)
        found = Server(command, port=port, log=folder / "log", cwd=ROOT, env=env)
        try:
            yield found.wait()
        finally:
            found.stop()


def memory(server: Server) -> float:
    """Megabytes of all its processes."""
    status = "".join((folder / "status").read_text() for folder in load.group(server.process.pid))
    return sum(map(int, re.findall(r"VmRSS:\s+(\d+)", status))) / 1024


def test_a_crowd_of_idle_connections_keeps_nobody_out(server: Server) -> None:
    """Each has asked once and is kept open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with ExitStack() as stack:
            for _ in range(MANY):
                line = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
                line.sendall(load.request("/healthz"))
                assert line.recv(100).startswith(b"HTTP/1.1 200")
            assert server.get("/rss.xml").status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_head_that_is_too_large_is_refused(server: Server) -> None:
    assert server.get("/rss.xml", X_Long="a" * 8_000).status == 200
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        with suppress(OSError):  # it may be closed before all of it is sent
            line.sendall(load.request("/rss.xml", X_Long="a" * 1_000_000))
        with suppress(ConnectionResetError):  # and the answer be lost with that
            assert line.recv(100).startswith(b"HTTP/1.1 431")
    assert server.get("/rss.xml").status == 200


def test_a_body_of_a_gigabyte_is_refused_unread(server: Server) -> None:
    before = memory(server)
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(b"POST /rss.xml HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
        with suppress(OSError):
            while sent < 1_000_000_000:
                sent += line.send(b"a" * 1_000_000)
    assert sent < 100_000_000
    assert memory(server) < before + 30
    assert server.get("/rss.xml").status == 200
