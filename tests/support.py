"""What the tests of the edition and of its doors share: a newsroom to write in, servers to ask, and a way to wait."""

from __future__ import annotations

import json
import os
import pty
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from feeds import edition
from feeds.config import Settings, load
from feeds.edition import Edition
from feeds.intake import take_in
from feeds.live import Live
from feeds.model import Rendition
from feeds.newsroom import Newsroom
from feeds.ondemand import OnDemand
from feeds.record import Record
from feeds.web.asked import find

ROOT = Path(__file__).parent.parent
FEEDS = (sys.executable, "-m", "feeds")
FORMATS = ("rss.xml", "atom.xml", "feed.json")
NOW = datetime.fromisoformat("2026-06-01T12:00:00+07:00")
BASE_URL = "https://feeds.kabar.example/"
DEAF_HUB = "http://127.0.0.1:9/"  # a port where nobody listens: a hub that is told, and never hears


def article(title: str, date: str, *, body: str = "", **front: object) -> str:
    """A Markdown article; front: further fields of its front matter."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in front.items()]
    head = "\n".join([f"title: {json.dumps(title, ensure_ascii=False)}", f"date: {date}", *lines])
    return f"---\n{head}\n---\n{body or f'Isi berita {title}.'}\n"


class Desk:
    """A small newsroom: articles are written into it, and editions built of it at moments that the test names."""

    def __init__(self, folder: Path, catalogue: str = "", **settings: Any) -> None:
        self.data = folder / "kabar"
        self.data.mkdir(exist_ok=True)
        given = load(data=self.data, environ={}, cwd=folder)
        self.settings: Settings = replace(
            given,
            title="Kabar",
            base_url=BASE_URL,
            authority="kabar.example",
            catalogue=catalogue or f"sqlite:///{folder}/catalogue.sqlite",
            **settings,
        )
        self.newsroom = Newsroom.open(self.settings)

    def close(self) -> None:
        self.newsroom.close()

    def set(self, **settings: Any) -> None:
        """Change settings, as a restart with another configuration would."""
        self.newsroom.close()
        self.settings = replace(self.settings, **settings)
        self.newsroom = Newsroom.open(self.settings)

    def write(self, path: str, title: str, date: str = "2026-05-04T09:00:00+07:00", **rest: Any) -> Path:
        """Write one article."""
        target = self.data / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(article(title, date, **rest), encoding="utf-8")
        return target

    def build(self, now: datetime = NOW, program: str = "test") -> Edition:
        """Take in what changed and build an edition at a moment."""
        self.take_in(program)
        return self.render(now, program)

    def take_in(self, program: str = "test") -> None:
        take_in(self.newsroom.catalogue, self.settings, self.newsroom.ledger_file, program=program)

    def render(self, now: datetime = NOW, program: str = "test") -> Edition:
        moment = int(now.timestamp() * 1_000_000)
        edition.build(self.newsroom.catalogue, self.settings, program=program, now=moment)
        found = self.newsroom.edition()
        assert found
        return found

    def on_demand(self, address: str, program: str = "test") -> Rendition | None:
        """What the newest edition answers to an address below base_url, its path decoded, by a service just begun."""
        newest = self.newsroom.edition()
        assert newest
        path, _, query = address.partition("?")
        return find(OnDemand(self.newsroom.catalogue, self.settings, program), newest, self.settings, path, query)

    def record(self, title: str) -> Record:
        """What the catalogue keeps of an article."""
        with self.newsroom.catalogue.reading() as reading:
            ids = [entry.id for entry in reading.whole_ledger()]
            return next(record for record in reading.records(ids).values() if record.title == title)


@contextmanager
def a_desk(folder: Path, catalogue: str = "", **settings: Any) -> Iterator[Desk]:
    desk = Desk(folder, catalogue, **settings)
    try:
        yield desk
    finally:
        desk.close()


@contextmanager
def living(desk: Desk) -> Iterator[Live]:
    """A service's watch over a desk, once it has an edition."""
    live = Live(Newsroom.open(desk.settings))
    live.start()
    try:
        until(lambda: live.edition, within=10)
        yield live
    finally:
        live.stop()


@contextmanager
def without_x(*folders: Path) -> Iterator[None]:
    """Folders that can be listed and not be entered, as ``chmod 644`` leaves them; root, as which tests may run, may.

    So nothing in them can be asked for, and nothing be opened.
    """
    closed = tuple(f"{folder}/" for folder in folders)

    class Entry:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name, self.path = entry.name, entry.path
            self.is_symlink, self.is_dir = entry.is_symlink, entry.is_dir

        def stat(self) -> os.stat_result:
            raise PermissionError(13, "Permission denied", self.path)

    list_folder = os.scandir

    @contextmanager
    def scandir(path: str) -> Iterator[Any]:
        with list_folder(path) as listing:
            yield map(Entry, listing) if f"{path}/" in closed else listing

    def refusing(call: Callable[..., Any]) -> Callable[..., Any]:
        def asked(path: Any, *arguments: Any, **options: Any) -> Any:
            if isinstance(path, str) and path.startswith(closed):
                raise PermissionError(13, "Permission denied", path)
            return call(path, *arguments, **options)

        return asked

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "scandir", refusing(scandir))
        for name in ("stat", "lstat", "open"):
            patch.setattr(os, name, refusing(getattr(os, name)))
        yield


def titles(edition: Edition, folder: str = "") -> list[str]:
    """The headlines of a feed, in its order."""
    document = edition.get(f"{folder}feed.json")
    assert document
    return [item["title"] for item in json.loads(document.body)["items"]]


def until(happens: Callable[[], object], within: float, every: float = 0.02) -> float:
    """Ask again and again until something is so; gives how many seconds that took, and fails after ``within``."""
    began = time.monotonic()
    while not happens():
        assert time.monotonic() - began < within, f"not so within {within} s"
        time.sleep(every)
    return time.monotonic() - began


# --- servers and commands --------------------------------------------------------------------------------------------


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """An environment in which only the given settings exist, and state is kept in a folder of the test's own."""
    ours = ("FEEDS_", "FLASK_", "GUNICORN_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "STATE_DIRECTORY")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    own = {"XDG_STATE_HOME": str(folder / "state"), "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return plain | own | {f"FEEDS_{name.upper()}": value for name, value in settings.items()}


def run(
    *arguments: str | Path, cwd: Path, stdin: str | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """``feeds`` as a person runs it, in a process of its own."""
    return subprocess.run(
        [*FEEDS, *map(str, arguments)],
        cwd=cwd,
        env=environment(cwd, **settings),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
Call = Callable[..., Result]
"""``feeds`` within this process: its arguments, and ``stdin``."""


def write_newsroom(folder: Path) -> Path:
    (folder / "ekonomi").mkdir(parents=True)
    (folder / "ekonomi/kopi.md").write_text(article("Panen kopi naik", "2026-05-05T09:00:00+07:00"))
    (folder / "tari.md").write_text(article("Tari dipentaskan", "2026-05-06T09:00:00+07:00", kategori="Budaya"))
    return folder


def add_bad(kabar: Path) -> None:
    """One article that is left out, and one that is published with a remark."""
    (kabar / "tanpa-tanggal.md").write_text("---\ntitle: Tanpa tanggal\n---\nIsi.\n")
    (kabar / "hari-salah.md").write_text(article("Hari salah", '"Senin, 3 Desember 2025"'))


def on_a_terminal(*arguments: str, cwd: Path, columns: int = 120, **settings: str) -> str:
    """What a command writes to a terminal."""
    master, slave = pty.openpty()
    env = environment(cwd, **settings) | {"TERM": "xterm-256color", "COLUMNS": str(columns)}
    process = subprocess.Popen([*FEEDS, *arguments], cwd=cwd, env=env, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    written = b""
    try:
        while chunk := os.read(master, 4096):
            written += chunk
    except OSError:  # the other end has closed
        pass
    finally:
        os.close(master)
        process.wait(30)
    return written.decode()


def free_port() -> int:
    """A port for a server: none of those that systems give to connections, which could take it away meanwhile."""
    while not is_free(port := secrets.choice(range(10_000, 32_000))):
        pass
    return port


def is_free(port: int) -> bool:
    """A process that was killed lets go of its port while it ends, which it may do a moment after it is a zombie."""
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. headers: by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Server:
    """A server in processes of its own, which all end with ``stop``."""

    def __init__(self, command: list[str], *, port: int, log: Path, cwd: Path, env: Mapping[str, str]) -> None:
        self.port = port
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command, cwd=cwd, env=env, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def status(self, path: str) -> int:
        """The status of a path, 0 while nobody answers."""
        try:
            return self.get(path).status
        except OSError:
            return 0

    def wait(self, path: str = "/rss.xml", within: float = 20) -> Server:
        """Until the first edition is served."""

        def served() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return self.status(path) == 200

        until(served, within)
        return self

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the server."""
        os.killpg(self.process.pid, number)

    def is_running(self) -> bool:
        """Whether any process of the server is left."""
        return bool(processes_of(self.process.pid))

    def stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):  # a worker may outlive its master
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                self.signal(number)
                self.process.wait(5)


def processes_of(group: int) -> list[int]:
    """Processes of a group that run; one that has ended and that nobody has asked for is none."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            state, _, process_group = file.read_text().rpartition(")")[2].split()[:3]
            if int(process_group) == group and state not in "ZX":
                found.append(int(file.parent.name))
    return found


def server_command(name: str, port: int) -> list[str]:
    """How a server is started on the application of app.py, or as ``feeds serve``."""
    place = f"127.0.0.1:{port}"
    python = [sys.executable, "-m"]
    commands = {
        "feeds serve": [*FEEDS, "serve", "--port", str(port)],
        "feeds serve --workers 2": [*FEEDS, "serve", "--port", str(port), "--workers", "2"],
        "feeds serve --server bjoern": [*FEEDS, "serve", "--port", str(port), "--server", "bjoern"],
        "gunicorn app:app": [*python, "gunicorn", "-b", place, "--no-control-socket", "app:app"],
        "flask run": [*python, "flask", "run", "--port", str(port)],
        "granian app:app": [*python, "granian", "--interface", "wsgi", "--port", str(port), "app:app"],
    }
    return commands[name]
