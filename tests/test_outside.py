"""The service as it is seen from outside: its state, its counts, its log, the names of requests."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from werkzeug.test import create_environ, run_wsgi_app

from feeds.errors import CatalogueError, ServeError
from feeds.live import Live
from feeds.logs import TEXT, JsonLines, Sentences, masked
from feeds.meter import Tally
from feeds.serve import COUNTED, ROOM, serve
from feeds.web import create_app
from feeds.web.identified import HEADER
from tests.support import ROOT, Desk, Server, a_desk, environment, free_port, living, server_command, until

SOON = 5.0  # seconds


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as opened:
        opened.write("ekonomi/kopi.md", "Panen kopi naik", tags=["kopi"])
        opened.write("teh.md", "Teh naik kelas")
        yield opened


@pytest.fixture
def serving(desk: Desk) -> Iterator[Callable[..., Flask]]:
    """Applications of the desk, each with its edition. settings: changed ones."""
    begun: list[Flask] = []

    def one(**changed: object) -> Flask:
        app = create_app(replace(desk.settings, **changed))  # type: ignore[arg-type]
        begun.append(app)
        live: Live = app.extensions["feeds"]
        live.start()
        until(lambda: live.edition, within=10)
        return app

    yield one
    for app in begun:
        app.extensions["feeds"].stop()


@pytest.fixture
def app(serving: Callable[..., Flask]) -> Flask:
    return serving()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application for tests that change nothing."""
    with a_desk(tmp_path_factory.mktemp("desk")) as desk:
        desk.write("ekonomi/kopi.md", "Panen kopi naik", tags=["kopi"])
        desk.build()
        app = create_app(desk.settings)
        app.extensions["feeds"].start()
        yield app
        app.extensions["feeds"].stop()


def state(app: Flask) -> dict[str, object]:
    found: dict[str, object] = app.test_client().get("/readyz").get_json()
    return found


def figures(app: Flask) -> dict[tuple[str, ...], float]:
    """What /metrics says: the name and the values of labels, in the order of their names -> the value."""
    return values(app.test_client().get("/metrics").text)


def values(text: str) -> dict[tuple[str, ...], float]:
    samples = (sample for family in read_text(text) for sample in family.samples)
    return {(sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value for sample in samples}


# --- the state -------------------------------------------------------------------------------------------------------


def test_a_service_without_an_edition_lives_and_is_not_ready(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        app = create_app(desk.settings)
        try:
            client = app.test_client()
            assert client.get("/healthz").text == "ok, edition 0\n"
            answer = client.get("/readyz")
            assert (answer.status_code, answer.get_json()["status"]) == (503, "starting")
            assert answer.get_json()["edition_age"] is None
            desk.write("a.md", "Yang pertama")
            until(lambda: client.get("/readyz").status_code == 200, within=SOON)
        finally:
            app.extensions["feeds"].stop()


def test_being_asked_whether_it_lives_touches_no_catalogue_and_begins_nothing(desk: Desk) -> None:
    app = create_app(desk.settings)
    live: Live = app.extensions["feeds"]
    before = threading.active_count()
    live.newsroom.catalogue.close()
    assert app.test_client().get("/healthz").status_code == 200
    assert threading.active_count() == before


def test_a_service_that_is_well_says_what_it_serves_and_how_old_that_is(desk: Desk, app: Flask) -> None:
    desk.write("rusak.md", "Tanpa tanggal", date="kapan-kapan")
    until(lambda: state(app)["problems"] == 1, within=SOON)
    answer = app.test_client().get("/readyz")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.get_json()
    ages = {name: found.pop(name) for name in ("edition_age", "looked_age")}
    assert all(0 <= age < 60 for age in ages.values())
    assert found == {
        "status": "ok",
        "role": "writer",
        "edition": app.extensions["feeds"].edition.version,
        "articles": 2,
        "problems": 1,
        "last_error": "",
        "remedy": "",
        "since": "",
    }


def test_a_service_whose_update_fails_goes_on_and_says_why_since_when_and_what_to_do(desk: Desk, app: Flask) -> None:
    aside = desk.data.with_name("lepas")
    desk.data.rename(aside)
    until(lambda: state(app)["status"] == "degraded", within=SOON)
    found = state(app)
    assert str(desk.data) in str(found["last_error"])
    assert "readable" in str(found["remedy"])
    since = datetime.fromisoformat(str(found["since"]))
    assert abs(datetime.now().astimezone() - since) < timedelta(seconds=60)
    assert app.test_client().get("/readyz").status_code == app.test_client().get("/rss.xml").status_code == 200
    seen = figures(app)
    assert seen[("feeds_up_to_date",)] == 0
    assert seen[("feeds_ready",)] == 1
    assert seen[("feeds_rebuild_failures_total",)] >= 1
    aside.rename(desk.data)
    until(lambda: state(app)["status"] == "ok", within=SOON)
    assert state(app)["last_error"] == state(app)["since"] == ""


def test_a_follower_says_what_fails_for_the_one_that_writes(desk: Desk, app: Flask) -> None:
    """Whichever of several processes is asked, a monitor hears of it."""
    with living(desk) as writer_or_follower:
        follower = create_app(desk.settings)
        other: Live = follower.extensions["feeds"]
        try:
            other.start()
            until(lambda: state(follower)["role"] == "follower" and state(follower)["status"] == "ok", within=SOON)
            aside = desk.data.with_name("lepas")
            desk.data.rename(aside)
            until(lambda: state(follower)["status"] == "degraded", within=SOON)
            assert state(follower)["last_error"] == state(app)["last_error"] != ""
            aside.rename(desk.data)
            until(lambda: state(follower)["status"] == "ok", within=SOON)
            assert not writer_or_follower.writes
        finally:
            other.stop()


def test_a_catalogue_that_cannot_be_read_is_said_without_its_password(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feeds are in memory, so it stays ready; what cannot be counted is not shown."""

    def broken() -> None:
        raise CatalogueError("postgresql+psycopg://feeds:rahasia@db/feeds", "the server is away")

    monkeypatch.setattr(app.extensions["feeds"].newsroom.catalogue, "reading", broken)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    found = answer.get_json()
    assert (found["status"], found["articles"], found["problems"]) == ("degraded", None, None)
    assert "://feeds:***@db/feeds" in found["last_error"]
    assert "rahasia" not in answer.text
    seen = figures(app)
    assert seen[("feeds_ready",)] == 1
    assert ("feeds_articles",) not in seen


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_what_is_for_machines_is_read_only(standing: Flask, path: str) -> None:
    client = standing.test_client()
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200
    assert client.get(path).headers["Cache-Control"] == "no-store"


# --- what is counted -------------------------------------------------------------------------------------------------

ASKED = [
    ("/rss.xml", {}, "200", "rss"),
    ("/ekonomi/atom.xml", {}, "200", "atom"),
    ("/feed.json", {"If-None-Match": "*"}, "304", "json"),
    ("/feed.json", {"If-Match": '"x"'}, "412", "json"),
    ("/", {}, "200", "page"),
    ("/ekonomi/index.html", {}, "200", "page"),
    ("/ekonomi/rss.xml", {"Sec-Fetch-Dest": "document", "Accept": "text/html"}, "200", "page"),
    ("/tag/kopi/rss.xml", {}, "200", "rss"),
    ("/tag/kopi/rss.xml", {"Sec-Fetch-Dest": "document", "Accept": "text/html"}, "200", "page"),
    ("/tag/kopi/atom.xml", {"If-None-Match": "*"}, "304", "atom"),
    ("/feeds.opml", {}, "200", "other"),
    ("/tidak/ada.php", {}, "404", "other"),
    ("/rss.xml?limit=x", {}, "400", "rss"),
    ("/ekonomi", {}, "308", "other"),
    ("/healthz", {}, "200", "other"),
]


@pytest.mark.parametrize("case", ASKED, ids=lambda case: f"{case[0]} {case[2]}")
def test_each_answer_is_counted_by_status_and_format(
    standing: Flask, case: tuple[str, dict[str, str], str, str]
) -> None:
    """From memory or by Flask, the first time and again; with the bytes of its body."""
    path, headers, status, kind = case
    client, tally = standing.test_client(), standing.extensions["feeds.meter"].tally(status, kind)
    requests, sent = tally.requests, tally.bytes
    answers = [client.get(path, headers=headers) for _ in range(3)]
    assert {str(answer.status_code) for answer in answers} == {status}
    size = sum(len(answer.data) for answer in answers)
    assert (tally.requests - requests, tally.bytes - sent) == (3, size)
    client.head(path, headers=headers)
    assert (tally.requests - requests, tally.bytes - sent) == (4, size)
    assert figures(standing)["feeds_requests_total", kind, status] == requests + 4


def test_whoever_is_refused_for_fetching_too_often_is_counted(serving: Callable[..., Flask]) -> None:
    app = serving(rate_limit="2/hour")
    assert [app.test_client().get("/rss.xml").status_code for _ in range(5)] == [200, 200, 429, 429, 429]
    seen = figures(app)
    assert (seen["feeds_requests_total", "rss", "200"], seen["feeds_requests_total", "rss", "429"]) == (2, 3)


def test_made_up_addresses_make_no_further_series(standing: Flask) -> None:
    standing.test_client().get("/tidak-ada.xml")
    before = [figures(standing) for _ in range(2)][1]  # the first is counted itself
    for number in range(50):
        standing.test_client().get(f"/{number}/tidak-ada-{number}.xml")
    assert figures(standing).keys() == before.keys()


def test_what_the_newsroom_has_is_told(desk: Desk, app: Flask) -> None:
    desk.write("rusak.md", "Tanpa tanggal", date="kapan-kapan")
    desk.write("nanti.md", "Belum waktunya", date="2099-01-01T00:00:00+07:00")
    until(lambda: figures(app)[("feeds_problems", "date")] == 1, within=SOON)
    until(lambda: figures(app)[("feeds_articles_waiting",)] == 1, within=SOON)
    live = app.extensions["feeds"]
    until(lambda: figures(app)[("feeds_edition",)] == live.newsroom.version(), within=SOON)
    seen = figures(app)
    assert seen[("feeds_articles",)] == 2
    assert seen[("feeds_problems", "duplicate")] == 0
    assert seen[("feeds_up_to_date",)] == 1
    assert 0 <= seen[("feeds_edition_age_seconds",)] < 60
    assert 0 <= seen[("feeds_looked_age_seconds",)] < 60
    assert seen[("feeds_rebuild_seconds_count",)] >= 1
    assert 0 < seen[("feeds_rebuild_seconds_sum",)] < 60
    mine = str(os.getpid())
    assert seen["process_open_fds", mine] > 3
    assert seen["process_resident_memory_bytes", mine] > 1_000_000


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/plain; version="),
        ("*/*", "text/plain; version="),
        ("text/plain;version=nonsense", "text/plain; version="),
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2", "application/openmetrics-text; version="),
        ("application/openmetrics-text; version=x\x00y", "application/openmetrics-text; version="),
    ],
)
def test_it_is_written_as_whoever_asks_reads_it(standing: Flask, accept: str, media_type: str) -> None:
    """Prometheus says in Accept what it prefers; nonsense there is no error, and is not repeated in the answer."""
    body, status, headers = run_wsgi_app(standing, create_environ("/metrics") | {"HTTP_ACCEPT": accept})
    text = b"".join(body).decode()
    assert status == "200 OK"
    assert headers["Content-Type"].startswith(media_type)
    assert headers["Content-Type"].isprintable()
    read = read_openmetrics if "openmetrics" in media_type else read_text
    names = {family.name for family in read(text)}
    assert {"feeds_requests", "feeds_rebuild_seconds", "feeds_articles", "process_open_fds"} <= names


def test_two_applications_in_one_process_count_apart(serving: Callable[..., Flask]) -> None:
    one, other = serving(), serving()
    one.test_client().get("/rss.xml")
    assert figures(one)["feeds_requests_total", "rss", "200"] == 1
    assert ("feeds_requests_total", "rss", "200") not in figures(other)


def test_answering_in_many_threads_loses_no_count(standing: Flask) -> None:
    """Though the front door counts without a lock."""
    meter, environ = standing.extensions["feeds.meter"], create_environ("/ekonomi/feed.json")
    tally: Tally = meter.tally("200", "json")
    before, sizes = (tally.requests, tally.bytes), set()

    def ask() -> None:
        for _ in range(5_000):
            sizes.add(len(standing.wsgi_app(environ, lambda *_: lambda _: None)[0]))  # type: ignore[index]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    (size,) = sizes
    assert (tally.requests - before[0], tally.bytes - before[1]) == (40_000, 40_000 * size)


# --- several processes -----------------------------------------------------------------------------------------------


@pytest.fixture
def start(desk: Desk, tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    begun: list[Server] = []
    (tmp_path / "tmp").mkdir()

    def one(command: str) -> Server:
        env = environment(tmp_path, data=str(desk.data), catalogue=desk.settings.catalogue, title="Kabar")
        port, env = free_port(), env | {"TMPDIR": str(tmp_path / "tmp"), "LOGFORMAT": ""}
        log = tmp_path / f"{port}.log"
        begun.append(Server(server_command(command, port), port=port, log=log, cwd=ROOT, env=env))
        return begun[-1].wait()

    yield one
    for server in begun:
        server.stop()


def counted(server: Server) -> float:
    return values(server.get("/metrics").body.decode()).get(("feeds_requests_total", "rss", "200"), 0)


def workers(server: Server) -> list[int]:
    seen = values(server.get("/metrics").body.decode())
    return sorted(int(key[1]) for key in seen if key[0] == "process_open_fds")


def test_several_processes_count_together_also_when_one_of_them_dies(
    desk: Desk, start: Callable[[str], Server], tmp_path: Path
) -> None:
    """Whichever is asked; a count never falls, what is dead is not shown, and nothing is left in the end."""
    server = start("feeds serve --workers 2")
    for _ in range(40):
        assert server.get("/rss.xml").status == 200
    until(lambda: counted(server) >= 41, within=SOON)  # one more was asked for by the start
    before = counted(server)
    until(lambda: len(workers(server)) == 2, within=SOON)
    dead = workers(server)[0]
    os.kill(dead, signal.SIGKILL)
    until(lambda: _is_replaced(server, dead), within=20)
    assert counted(server) >= before
    server.get("/rss.xml")
    until(lambda: counted(server) > before, within=SOON)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(15)
    assert list((tmp_path / "tmp").iterdir()) == []
    events = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {"feeds", "_granian"} <= {event["logger"] for event in events}


def _is_replaced(server: Server, dead: int) -> bool:
    """Whether two processes serve, and another is one of them; some requests are lost with the one that died."""
    try:
        return dead not in workers(server) and len(workers(server)) == 2
    except OSError:
        return False


COUNTS = """
import os, resource, sys
from pathlib import Path
from feeds import serve
if sys.argv[1:] == ["full"]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (serve.ROOM - 1, serve.ROOM - 1))
serve._keep_room_for_counts()
from feeds.meter import FORMATS, Meter
meter = Meter()
for status in range(200, 240):  # far more of them than there are
    for path in (*FORMATS, "x"):
        meter.answered(str(status), path, [("Content-Length", "7")], has_body=True)
for count in (lambda: meter.rebuilt(0.1), meter.failed, lambda: meter.told("heard", 1)):
    count()
meter.stop()
print(meter.exposition("", [])[0].decode())
"""


def test_what_several_processes_count_has_its_room_on_the_disk_before_it_is_written(tmp_path: Path) -> None:
    """All of it: memory behind which a full disk stands kills whoever writes there."""
    env = environment(tmp_path) | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", COUNTS], env=env, capture_output=True, text=True, check=True)
    assert values(done.stdout)["feeds_requests_total", "rss", "239"] == 1
    files = {file.name.partition("_")[0]: file.stat() for file in tmp_path.iterdir()}
    assert files.keys() == set(COUNTED)
    assert {status.st_size for status in files.values()} == {ROOM}
    assert all(status.st_blocks * 512 >= ROOM for status in files.values())


def test_where_the_disk_is_full_a_process_counts_for_itself_alone(tmp_path: Path) -> None:
    """And says so; what the others read is whole."""
    env = environment(tmp_path) | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    command = [sys.executable, "-c", COUNTS, "full"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert values(done.stdout)["feeds_requests_total", "rss", "239"] == 1
    assert done.stderr == f"this worker counts for itself alone: {tmp_path}: File too large\n"
    assert list(tmp_path.glob("*.db")) == []


def test_no_temporary_folder_for_several_processes_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tidak-ada"))
    with pytest.raises(ServeError, match=r"^several workers need a temporary folder .*: No such file or directory$"):
        serve(host="127.0.0.1", port=free_port(), workers=2, server="granian")


# --- the log ---------------------------------------------------------------------------------------------------------

PROGRAM = """
import logging, threading
from feeds.logs import begin_log
begin_log()
log = logging.getLogger("feeds")
log.info("a file\\nwith a newline, \\u2028 and \\x1b[31m", extra={"files": 3, "hub": "https://hub.example/"})
try:
    raise ValueError("postgresql://feeds:rahasia@db/ is\\naway")
except ValueError as error:
    log.error("it failed: %s", error, exc_info=error)
thread = threading.Thread(target=lambda: 1 / 0, name="feeds-x")
thread.start(); thread.join()
log.debug("not asked for")
"""


def logged(folder: Path, *, terminal: bool = False, **variables: str) -> list[str]:
    """The lines of a program's standard error, on a terminal or not."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    env = environment(folder) | variables
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=env, stderr=theirs, check=True)
    os.close(theirs)
    assert done.returncode == 0
    with os.fdopen(ours, "rb") as read:
        found = b""
        try:
            while chunk := read.read1(65_536):
                found += chunk
        except OSError:  # of a terminal whose other end is closed
            pass
    return found.decode().splitlines()


@pytest.mark.parametrize(("terminal", "variables"), [(False, {}), (True, {"LOGFORMAT": "json"})])
def test_each_event_is_one_json_object_on_one_line(tmp_path: Path, terminal: bool, variables: dict[str, str]) -> None:
    """Where standard error is no terminal, or where that is wanted."""
    events = [json.loads(line) for line in logged(tmp_path, terminal=terminal, **variables)]
    named, failed, ended = events
    assert named["message"] == "a file\nwith a newline, \u2028 and \x1b[31m"
    assert (named["level"], named["logger"], named["files"]) == ("INFO", "feeds", 3)
    assert named["hub"] == "https://hub.example/"
    moment = datetime.fromisoformat(named["time"])
    assert moment.tzinfo
    assert abs(datetime.now().astimezone() - moment) < timedelta(seconds=60)
    assert "Traceback" in failed["exception"]
    assert (ended["level"], ended["message"]) == ("CRITICAL", "the thread feeds-x ended")
    assert "ZeroDivisionError" in ended["exception"]
    assert "rahasia" not in json.dumps(events)


@pytest.mark.parametrize(("terminal", "variables"), [(True, {}), (False, {"LOGFORMAT": "text"})])
def test_people_get_sentences_and_no_name_makes_two_lines(
    tmp_path: Path, terminal: bool, variables: dict[str, str]
) -> None:
    """On a terminal, or where that is wanted; what would move the cursor is shown."""
    lines = logged(tmp_path, terminal=terminal, **variables)
    assert re.fullmatch(r"[\d-]+ [\d:,]+ INFO a file\\nwith a newline, \\u2028 and \\x1b\[31m", lines[0])
    assert re.fullmatch(r"[\d-]+ [\d:,]+ ERROR it failed: postgresql://feeds:\*\*\*@db/ is\\naway", lines[1])
    assert lines[2] == "  Traceback (most recent call last):"
    assert "rahasia" not in "\n".join(lines)


def test_no_exception_forges_an_event_or_moves_the_cursor() -> None:
    """Whatever its message holds: each line of a traceback is indented, and printable."""
    error = ValueError("satu\n2026-01-01 00:00:00,000 ERROR palsu\x1b[31m\rdua\u2028tiga")
    record = logging.makeLogRecord({"msg": "it failed", "exc_info": (type(error), error, None)})
    first, *others = Sentences(TEXT).format(record).split("\n")
    assert first.endswith("it failed")
    assert others == ["  ValueError: satu", r"  2026-01-01 00:00:00,000 ERROR palsu\x1b[31m\rdua\u2028tiga"]


UNFORESEEN = """
import sys, warnings
from feeds.logs import begin_log
begin_log()
class Gone:
    def __del__(self):
        raise ValueError("redis://u:rahasia@db/")
    def __repr__(self):
        raise ValueError("rahasia")
warnings.warn("an old\\nname", stacklevel=1)
Gone()
if sys.argv[1:]:
    raise getattr(__import__("builtins"), sys.argv[1])("redis://u:rahasia@db/ is away")
"""


def unforeseen(folder: Path, *ending: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", UNFORESEEN, *ending]
    return subprocess.run(command, env=environment(folder) | variables, capture_output=True, text=True, check=False)


def test_what_python_itself_would_write_is_an_event_as_well(tmp_path: Path) -> None:
    """What ends the program, what cannot be raised, warnings: one JSON object on one line, like all others."""
    done = unforeseen(tmp_path, "RuntimeError")
    warned, ignored, ended = map(json.loads, done.stderr.splitlines())
    assert done.returncode == 1
    assert (warned["level"], warned["logger"]) == ("WARNING", "py.warnings")
    assert "UserWarning: an old\nname" in warned["message"]
    assert (ignored["level"], ignored["message"]) == ("ERROR", "an exception is ignored in Gone.__del__")
    assert "ValueError: redis://u:***@db/" in ignored["exception"]
    assert (ended["level"], ended["message"]) == ("CRITICAL", "the program ended")
    assert "RuntimeError: redis://u:***@db/ is away" in ended["exception"]


def test_to_people_it_is_told_without_passwords_too(tmp_path: Path) -> None:
    lines = unforeseen(tmp_path, "RuntimeError", LOGFORMAT="text").stderr.splitlines()
    events = [line for line in lines if not line.startswith("  ")]
    assert [line.split(" ")[2] for line in events] == ["WARNING", "ERROR", "CRITICAL"]
    assert "rahasia" not in "\n".join(lines)


@pytest.mark.parametrize(("ending", "status"), [("SystemExit", 1), ("KeyboardInterrupt", -signal.SIGINT)])
def test_a_program_that_is_ended_ends_as_any_other(tmp_path: Path, ending: str, status: int) -> None:
    done = unforeseen(tmp_path, ending)
    assert done.returncode == status
    assert "the program ended" not in done.stderr


def test_the_level_is_the_one_that_is_named(tmp_path: Path) -> None:
    assert "not asked for" in logged(tmp_path, LOGLEVEL="debug")[-1]
    assert len(logged(tmp_path, LOGLEVEL="ERROR")) == 2


WITHOUT_PASSWORDS = (
    "see https://a.example/x and write to redaksi@kabar.example",
    "see https://a.example: write to redaksi@kabar.example",
    "http://a.example:8000 is away; write to redaksi@kabar.example",
    "http://[::1]:8000/ is away; write to redaksi@kabar.example",
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://:kata@10.0.0.1:6379/0: away", "redis://:***@10.0.0.1:6379/0: away"),
        ("postgresql+psycopg://u:a/b@c@db/x", "postgresql+psycopg://u:***@db/x"),
        ("hub https://u:kata@hub.example/?x=1: 500", "hub https://u:***@hub.example/?x=1: 500"),
        ("connection failed: host=db password=kata user=u", "connection failed: host=db password=*** user=u"),
        ("http://127.0.0.1:8000/ serves /srv/a@b", "http://127.0.0.1:8000/ serves /srv/a@b"),
        ("file a@b.md: password is a word", "file a@b.md: password is a word"),
        ("redis://u:Rahasia satu@h:1", "redis://u:***@h:1"),
        ("redis://:12 34a@h:1 is away", "redis://:12 34a@h:1 is away"),  # as a port may stand before a mail address
        ("redis://u:12a 34@5 6@h:1 is away", "redis://u:***@h:1 is away"),
        ("redis://u:kata@h:1 is away, tell a@b", "redis://u:***@h:1 is away, tell a@b"),
        ("x://u:a b@h\ny a@b", "x://u:***@h\ny a@b"),
        ("host=db password='kata \\' dua' user=u", "host=db password=*** user=u"),
        ("db?password=***: away", "db?password=***: away"),
        *[(text, text) for text in WITHOUT_PASSWORDS],
    ],
)
def test_passwords_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize("part", ["://a:", "://a:x ", "@://a:", "password='"])
def test_masking_what_a_request_brings_takes_a_moment(part: str) -> None:
    """However much of it looks like the beginning of an address."""
    began = time.process_time()
    masked(part * (65_536 // len(part)))
    assert time.process_time() - began < 2


def test_passwords_in_the_fields_of_an_event_are_masked_as_well() -> None:
    record = logging.makeLogRecord({"msg": "told", "hub": "https://u:kata@hub.example/", "documents": 2})
    event = json.loads(JsonLines().format(record))
    assert (event["hub"], event["documents"]) == ("https://u:***@hub.example/", 2)


def test_an_edition_is_logged_with_its_figures(desk: Desk, app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "feeds")
    desk.write("baru.md", "Yang baru")
    until(lambda: [record for record in caplog.records if vars(record).get("files") == 1], within=SOON)
    (record,) = [record for record in caplog.records if vars(record).get("files") == 1]
    event = json.loads(JsonLines().format(record))
    until(lambda: app.extensions["feeds"].edition.version == event["edition"], within=SOON)
    assert event["problems"] == 0
    assert event["documents"] > 3
    assert 0 < event["seconds"] < 30


# --- the names of requests -------------------------------------------------------------------------------------------

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
A_NEW_ONE = re.compile("[0-9a-f]{32}")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"X-Request-ID": "abc-123.DEF_4"}, "abc-123.DEF_4"),
        ({"X-Request-ID": ""}, None),
        ({"X-Request-ID": "a b"}, None),
        ({"X-Request-ID": "a" * 128}, "a" * 128),
        ({"X-Request-ID": "a" * 129}, None),
        ({"X-Request-ID": '"><script>'}, None),
        ({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, TRACE),
        ({"traceparent": f"00-{'0' * 32}-00f067aa0ba902b7-01"}, None),
        ({"traceparent": f"00-{TRACE}-01"}, None),
        ({"X-Request-ID": "punya-proxy", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, "punya-proxy"),
    ],
)
def test_a_request_is_called_as_its_proxy_calls_it_or_gets_a_name(
    standing: Flask, headers: dict[str, str], expected: str | None
) -> None:
    found = standing.test_client().get("/tidak-ada", headers=headers).headers[HEADER]
    assert found == expected if expected else A_NEW_ONE.fullmatch(found)


def test_what_a_cache_may_keep_has_the_name_only_where_one_was_given(standing: Flask) -> None:
    """And what comes from memory never has one: nothing that could be looked up is logged of it."""
    client, named = standing.test_client(), {"X-Request-ID": "abc"}
    assert HEADER not in client.get("/tag/kopi/rss.xml").headers
    assert client.get("/tag/kopi/rss.xml", headers=named).headers[HEADER] == "abc"
    assert HEADER not in client.get("/rss.xml", headers=named).headers


@given(name=st.text(), trace=st.text())
@settings(max_examples=100)
def test_no_header_of_a_request_splits_or_fills_the_answer(standing: Flask, name: str, trace: str) -> None:
    """Whatever a server lets through."""
    environ = create_environ("/tidak-ada") | {"HTTP_X_REQUEST_ID": name, "HTTP_TRACEPARENT": trace}
    _, status, headers = run_wsgi_app(standing, environ)
    assert status.startswith("404")
    assert re.fullmatch(r"[A-Za-z0-9._:/+=@-]{1,128}", headers[HEADER])


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_an_error_that_nobody_foresaw_is_found_in_the_log_by_what_the_visitor_sees(
    standing: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, accept: str
) -> None:
    """With its traceback, in one event; the visitor sees nothing of that."""

    def broken(*_: object) -> None:
        raise RuntimeError("rahasia dapur")

    monkeypatch.setattr("feeds.web.find", broken)
    headers = {"X-Request-ID": "dari-proxy-7", "Sec-Fetch-Dest": "document", "Accept": accept}
    answer = standing.test_client().get("/tag/kopi/", headers=headers)
    assert answer.status_code == 500
    assert answer.headers[HEADER] == "dari-proxy-7"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("text/html" if accept == "text/html" else "text/plain")
    assert "dari-proxy-7" in answer.text
    assert "rahasia" not in answer.text
    (record,) = [record for record in caplog.records if "dari-proxy-7" in record.getMessage()]
    event = json.loads(JsonLines().format(record))
    assert (event["request_id"], event["status"], event["path"]) == ("dari-proxy-7", 500, "/tag/kopi/")
    assert "rahasia dapur" in event["exception"]


# --- hubs ------------------------------------------------------------------------------------------------------------


def test_hubs_that_do_not_answer_are_counted_and_what_they_wait_for_too(serving: Callable[..., Flask]) -> None:
    app = serving(hubs=(f"http://127.0.0.1:{free_port()}/",))
    until(lambda: figures(app).get(("feeds_hub_deliveries_total", "later"), 0) >= 6, within=10)
    seen = figures(app)
    assert seen[("feeds_hub_waiting",)] == 6
    assert seen.get(("feeds_hub_deliveries_total", "heard"), 0) == 0


# --- README ----------------------------------------------------------------------------------------------------------


def test_every_metric_that_the_readme_names_is_there_and_every_one_of_ours_is_named(
    serving: Callable[..., Flask],
) -> None:
    """In the table, in the alerts and in the words between."""
    app = serving(hubs=(f"http://127.0.0.1:{free_port()}/",))
    until(lambda: ("feeds_hub_deliveries_total", "later") in figures(app), within=10)
    app.test_client().get("/rss.xml")
    there = {key[0] for key in figures(app)}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bfeeds_(?!menu)[a-z_]+", readme)) - {"feeds_rebuild_seconds"}  # which has parts
    assert named <= there
    parts = ("_created", "_bucket", "_count", "_sum")
    assert {name for name in there if name.startswith("feeds_") and not name.endswith(parts)} - named == {
        "feeds_build_info"
    }
