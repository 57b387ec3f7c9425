"""Killed at any moment: ``python tests/drills/kills.py [N] [--seed NUMBER]``.

N times (300 unless told), in turn, ``feeds build``, a first build, ``feeds watch`` and ``feeds serve`` are killed by
SIGKILL while articles are edited, added, moved and removed, whole by rename or in place. Every other kill comes at a
random moment, the others at a chosen system call (each kind as often: strace lets a process die at its K-th call, K
being one of those of an undisturbed run). The process group dies as a whole; of ``serve`` now and then only its master,
whose workers have to follow. Where processes must not be traced, every kill comes at a random moment.

After each kill, before anything is repaired:

    every file of the output is a whole version of its document, as it was before or as it is in the catalogue
    the catalogue opens, and SQLite finds no fault in it; of serve no process is left, and its port is free

After the next run:

    the output holds each document and nothing else, and its feed exactly the articles that are there
    every article has the id under which it was seen before, and no two have the same
    beside the catalogue lies nothing but what belongs to it

At the end a catalogue that is made anew from the articles and the ledger gives the same ids and dates.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[2]))  # as a script it begins in its own folder

import brotli
import zstandard
from click.testing import CliRunner
from lxml import etree

from feeds.cli import main as feeds
from feeds.ledger import LedgerFile
from feeds.publish import COMPRESSIONS, WORKSHOP
from feeds.scan import MANIFEST
from feeds.source import digest_of
from tests.support import FEEDS, article, environment, free_port, processes_of, until

KINDS = {
    "write": ("write", "writev", "pwrite64"),
    "fsync": ("fsync", "fdatasync"),
    "rename": ("rename", "renameat", "renameat2"),
    "remove": ("unlink", "unlinkat", "rmdir"),
    "truncate": ("ftruncate",),
    "make": ("mkdir", "utimensat"),
}
COMMANDS = ("build", "first build", "watch", "serve")
ARTICLES = 24
SECTIONS = ("ekonomi", "budaya", "olahraga")
WORDS = ("pasar", "sungai", "kota", "beras", "kopi", "tari", "dayung", "warga", "jalan", "sekolah", "hujan", "panen")
CATALOGUE_FILES = {"catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm", "catalogue.sqlite.lock"}
OPENED = {"": bytes, ".gz": gzip.decompress, ".br": brotli.decompress, ".zst": zstandard.decompress}
GONE_WITHIN = 5.0  # seconds for the workers of a master that died
LATEST = 60.0  # seconds for a process to begin or to reach the call at which it dies
AFTER_A_CHANGE = 1.0  # seconds in which a service has written what changed, and dies at some moment of them


class LostError(Exception):
    """What a kill has cost."""


def holds(what: object, sentence: str) -> None:
    if not what:
        raise LostError(sentence)


# --- a newsroom at work ----------------------------------------------------------------------------------------------


@dataclass
class Desk:
    """A folder of articles that change, and its output. ids: of all that was ever seen, by title.

    touched: titles that changed since the last look: what is moved must not be edited too, or it is another article.
    """

    folder: Path
    random: random.Random
    articles: dict[str, Path] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    number: int = 0

    def __post_init__(self) -> None:
        for _ in range(ARTICLES):
            self.add()
        self.touched.clear()  # nobody has looked at them yet

    @property
    def data(self) -> Path:
        return self.folder / "kabar"

    @property
    def output(self) -> Path:
        return self.folder / "situs"

    @property
    def state(self) -> Path:
        return self.data / ".feeds"

    @property
    def settings(self) -> dict[str, str]:
        given = {"authority": "kabar.example", "base_url": "https://kabar.example/", "limit": "1000"}
        return given | {"article_pages": "true", "output": str(self.output), "data": str(self.data)}

    def change(self) -> None:
        """What a newsroom does in a moment: three edits, one new article, one moved, now and then one taken away."""
        for title in self._untouched(3):
            self._write(title, self.articles[title])
        self.add()
        for title in self._untouched(1):
            path = self.articles[title]
            target = self._place(path.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            self.articles[title] = path.rename(target)
        if len(self.articles) > ARTICLES:
            for title in self._untouched(1):
                self.articles.pop(title).unlink()

    def add(self) -> None:
        self.number += 1
        title = f"Berita {self.number}"
        self.touched.add(title)
        self.articles[title] = self._write(title, self._place(f"berita-{self.number}.md"))

    def _untouched(self, count: int) -> list[str]:
        chosen = self.random.sample(sorted(self.articles.keys() - self.touched), count)
        self.touched.update(chosen)
        return chosen

    def _place(self, name: str) -> Path:
        return self.data / self.random.choice(SECTIONS) / name

    def _write(self, title: str, path: Path) -> Path:
        body = " ".join(self.random.choices(WORDS, k=60))
        whole = article(title, f"2026-05-{1 + self.number % 28:02}T09:00:00+07:00", body=f"{body}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.swp") if self.random.random() < 0.5 else path
        unfinished.write_text(whole)
        return unfinished.rename(path)

    def documents(self) -> Iterator[tuple[str, str, bytes]]:
        """Every file of the output: its document's path, what is behind its name, and its bytes uncompressed."""
        for file in sorted(self.output.rglob("*")):
            path = str(file.relative_to(self.output))
            if file.is_file() and not path.startswith(WORKSHOP) and path != MANIFEST:
                suffix = file.suffix if file.suffix in COMPRESSIONS else ""
                yield path.removesuffix(suffix), suffix, OPENED[suffix](file.read_bytes())

    def manifest(self) -> dict[str, str]:
        if not (self.output / MANIFEST).exists():
            return {}
        found: dict[str, str] = json.loads((self.output / MANIFEST).read_bytes())["documents"]
        return found

    def see(self, feed: bytes) -> None:
        """Every article of a feed has the id that it had when it was first seen."""
        items = {item["title"]: item["id"] for item in json.loads(feed)["items"]}
        holds(len(set(items.values())) == len(items), "two articles have the same id")
        for title, identity in items.items():
            before = self.ids.setdefault(title, identity)
            holds(before == identity, f"the id of {title!r} was {before} and is {identity}")

    def build(self, *options: str, **settings: str) -> None:
        """``feeds build`` in this process, which has everything loaded."""
        env = {f"FEEDS_{name.upper()}": value for name, value in (self.settings | settings).items()}
        try:
            done = CliRunner().invoke(feeds, ["build", "--precompress", *options], env=env, prog_name="feeds")
        finally:
            gc.enable()
        holds(done.exit_code == 0, f"the next build ends with {done.exit_code}: {done.output}")


# --- what has to hold ------------------------------------------------------------------------------------------------


def check_remains(desk: Desk, before: dict[str, str], *, strict: bool) -> None:
    """What a kill leaves behind. before: the documents of the last run; strict: there is one other edition at most."""
    known = set(before.items()) | set(desk.manifest().items()) | set(check_catalogue(desk))
    for path, suffix, body in desk.documents():
        if (path, digest_of(body)) not in known:
            holds(not strict and is_whole(path, body), f"{path}{suffix} is neither the old nor the new document")
        if path == "feed.json":
            desk.see(body)


def check_catalogue(desk: Desk) -> list[tuple[str, str]]:
    """A copy of the catalogue, so that nothing is repaired, opens and is sound; its documents' paths and ETags."""
    file = desk.state / "catalogue.sqlite"
    if not file.exists():
        return []
    with tempfile.TemporaryDirectory() as folder:
        for part in desk.state.glob("catalogue.sqlite*"):
            shutil.copy(part, folder)
        with closing(sqlite3.connect(f"{folder}/catalogue.sqlite")) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchall()
            holds(found == [("ok",)], f"the catalogue is damaged: {found}")
            if not copy.execute("SELECT 1 FROM sqlite_schema WHERE name = 'documents'").fetchall():
                return []
            return copy.execute("SELECT path, etag FROM documents").fetchall()


def is_whole(path: str, body: bytes) -> bool:
    """Whether a document of an edition between two that are known is there to its end."""
    if path.endswith(".json"):
        return bool(json.loads(body))
    if path.endswith((".xml", ".opml", ".svg")):
        return etree.fromstring(body) is not None
    return body.endswith((b"</html>\n", b"</html>"))


def check_finished(desk: Desk) -> None:
    """The next run has done what was left, and nothing lies about."""
    manifest = desk.manifest()
    found = list(desk.documents())
    holds(not (desk.output / WORKSHOP).exists(), "unfinished files are left")
    expected = {(path, suffix) for path in manifest for suffix in ("", *COMPRESSIONS)}
    there = {(path, suffix) for path, suffix, _ in found}
    holds(there == expected, f"left over or missing in the output: {sorted(there ^ expected)}")
    for path, suffix, body in found:
        holds(digest_of(body) == manifest[path], f"{path}{suffix} is not what the manifest says")
    feed = (desk.output / "feed.json").read_bytes()
    desk.see(feed)
    titles = {item["title"] for item in json.loads(feed)["items"]}
    holds(titles == desk.articles.keys(), f"in the feed or the folder alone: {sorted(titles ^ desk.articles.keys())}")
    strange = {file.name for file in desk.state.iterdir()} - CATALOGUE_FILES - {"ledger.jsonl"}
    holds(not strange, f"beside the catalogue lies {sorted(strange)}")
    copied = {entry.id for entry in LedgerFile(desk.state / "ledger.jsonl").entries()}
    holds(copied >= set(desk.ids.values()), f"not in the ledger file: {sorted(set(desk.ids.values()) - copied)}")
    desk.touched.clear()


def check_from_scratch(desk: Desk) -> None:
    """A catalogue that is made anew gives the same articles the same ids and dates."""
    other = desk.folder / "baru"
    other.mkdir()
    shutil.copy(desk.state / "ledger.jsonl", other / "catalogue.kabar.ledger.jsonl")
    desk.build("--output", str(other / "situs"), catalogue=f"sqlite:///{other}/catalogue.sqlite", newsroom="kabar")
    one, two = (json.loads((folder / "feed.json").read_bytes())["items"] for folder in (desk.output, other / "situs"))
    holds(one == two, "a catalogue made anew from the articles and the ledger gives other entries")
    shutil.rmtree(other)


# --- kills -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """A process's K-th system call of that name. kind: the family it is of."""

    kind: str
    name: str
    k: int


@dataclass
class Run:
    """A command of feeds in a process group of its own. at: the call at which a process of it dies."""

    desk: Desk
    command: str
    port: int
    at: Call | None = None
    trace: Path | None = None

    def __post_init__(self) -> None:
        self.log = self.desk.folder / f"{self.command}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command(),
                cwd=self.desk.folder,
                env=environment(self.desk.folder, **self.desk.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _command(self) -> list[str]:
        options = ["--port", str(self.port)] if self.command == "serve" else ["--precompress"]
        plain = [*FEEDS, self.command.removeprefix("first "), *options]
        if self.at:
            inject = f"inject={self.at.name}:signal=SIGKILL:when={self.at.k}"
            return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={self.at.name}", "-e", inject, *plain]
        if self.trace:
            names = ",".join(name for kind in KINDS.values() for name in kind)
            return ["strace", "-f", "--seccomp-bpf", "-qq", "-o", str(self.trace), "-e", f"trace={names}", *plain]
        return plain

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def is_ready(self) -> bool:
        """Whether the first edition is written or served, or the process has ended."""
        if self.has_ended or self.command.endswith("build"):
            return self.has_ended
        if self.command == "watch":
            return b" documents: " in self.log.read_bytes()
        return bool(self._feed())

    def has_published(self) -> bool:
        """Whether what changed is served, or written to the last file."""
        if self.command == "watch":
            holds(not self.has_ended, "a watch has ended")
            return self.log.read_bytes().count(b" documents: ") > 1
        return {
            item["title"] for item in json.loads(self._feed() or '{"items": []}')["items"]
        } == self.desk.articles.keys()

    def _feed(self) -> bytes:
        """What a service answers; nothing where it does not."""
        with suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/feed.json", timeout=5) as answer:
            body: bytes = answer.read()
            self.desk.see(body)
            return body
        return b""

    def end_trace(self) -> None:
        """Have strace write what it has seen: it ends with the last of the processes that it follows."""
        for process in processes_of(self.process.pid):
            if self.trace and process != self.process.pid:
                os.kill(process, signal.SIGKILL)
        if self.trace:
            self.process.wait(LATEST)

    def kill(self, *, alone: bool = False) -> None:
        """End the group, or its first process alone; wait until all are gone."""
        if not processes_of(self.process.pid):
            self.process.wait(LATEST)
            return
        with suppress(ProcessLookupError):
            (os.kill if alone else os.killpg)(self.process.pid, signal.SIGKILL)
        self.process.wait(LATEST)
        try:
            until(lambda: not processes_of(self.process.pid), within=GONE_WITHIN)
        except AssertionError:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            raise LostError("processes go on though the one that started them was killed") from None


@contextmanager
def ended(run: Run) -> Iterator[None]:
    """No process is left, whatever happens to the drill."""
    try:
        yield
    finally:
        run.kill()


class Drill:
    """N kills, and what they cost. lost: a sentence each; chosen: kills by the kind of call."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.port = free_port()
        self.may_trace = can_trace()
        self.kills: Counter[str] = Counter()
        self.chosen: Counter[str] = Counter()
        self.lost: list[str] = []
        self.desk = Desk(folder / "meja", self.random)
        self.desk.build()
        check_finished(self.desk)
        self.calls: dict[str, dict[str, list[Call]]] = {}
        self.seconds: dict[str, float] = {}

    def run(self, kills: int, commands: Sequence[str] = COMMANDS) -> None:
        for number in range(4 * kills):  # a run may be over before its call comes
            if self.kills.total() >= kills or len(self.lost) > 10:
                break
            self.one(commands[number % len(commands)], number // len(commands))
        if not self.lost:
            check_from_scratch(self.desk)

    def one(self, command: str, number: int) -> None:
        """The number-th kill of a command, and the run after it."""
        if command not in self.seconds:
            self.measure(command)
        desk = self._desk(command)
        at = self._call(command, number) if self.may_trace and number % 2 == 0 else None
        before = desk.manifest()
        desk.change()
        what = f"{command}, {at.name} {at.k}" if at else command
        try:
            if death := self.killed(desk, command, at, number):
                self.kills[command] += 1
                self.chosen[death] += 1
            if command == "serve":
                self.check_port()
            check_remains(desk, before, strict=command in ("build", "serve", "first build"))
            desk.build()
            check_finished(desk)
        except (LostError, AssertionError, OSError, ValueError, sqlite3.Error, etree.XMLSyntaxError, EOFError) as error:
            self.lost.append(f"kill {self.kills.total()} ({what}): {error}")
        if desk is not self.desk:
            shutil.rmtree(desk.folder)

    def _desk(self, command: str) -> Desk:
        """Of a first build a new one."""
        if command != "first build":
            return self.desk
        shutil.rmtree(self.folder / "pertama", ignore_errors=True)
        return Desk(self.folder / "pertama", self.random)

    def _call(self, command: str, number: int) -> Call:
        kinds = sorted(self.calls[command])
        return self.random.choice(self.calls[command][kinds[number // 2 % len(kinds)]])

    def measure(self, command: str) -> None:
        """How long an undisturbed run takes until it is ready, and which calls it makes."""
        trace = self.folder / f"{command}.trace"
        for traced in (False, True)[: 1 + self.may_trace]:
            desk = self._desk(command)
            desk.change()
            began = time.monotonic()
            run = Run(desk, command, self.port, trace=trace if traced else None)
            with ended(run):
                until(run.is_ready, within=LATEST)
                self.seconds.setdefault(command, time.monotonic() - began)
                if command in ("watch", "serve"):
                    desk.change()
                    until(run.has_published, within=LATEST)
                run.end_trace()
            desk.build()
            check_finished(desk)
        if self.may_trace:
            self.calls[command] = calls_of(trace)

    def killed(self, desk: Desk, command: str, at: Call | None, number: int) -> str:
        """Begin a run and kill it; the kind of call at which it died, "random", or "" where it had ended."""
        run = Run(desk, command, self.port, at)
        with ended(run):
            return self._die(run, number)

    def _die(self, run: Run, number: int) -> str:
        desk, command, at = run.desk, run.command, run.at
        stays = command in ("watch", "serve") and (at is not None or self.random.random() < 0.7)
        if stays:
            until(run.is_ready, within=LATEST)
            if not run.has_ended:
                desk.change()
        if at:
            deadline = time.monotonic() + (2 * AFTER_A_CHANGE if stays else LATEST)
            while not run.has_ended and time.monotonic() < deadline:
                time.sleep(0.02)
        else:
            time.sleep(self.random.uniform(0, AFTER_A_CHANGE if stays else self.seconds[command]))
        ended_by_itself = run.has_ended
        run.kill(alone=command == "serve" and not at and number % 4 == 1)
        if ended_by_itself:
            return at.kind if at and run.process.returncode == -signal.SIGKILL else ""
        return "random"

    def check_port(self) -> None:
        """A killed process lets go of its port while it ends, which it may do a moment after it counts as a zombie."""

        def is_free() -> bool:
            with suppress(OSError):
                socket.create_server(("127.0.0.1", self.port)).close()
                return True
            return False

        try:
            until(is_free, within=GONE_WITHIN)
        except AssertionError:
            raise LostError("the port is still taken") from None


def can_trace() -> bool:
    """Whether strace is there, and may trace here."""
    try:
        done = subprocess.run(
            ["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def calls_of(trace: Path) -> dict[str, list[Call]]:
    """The calls of a traced run by kind; strace counts those of each thread and name by themselves."""
    kinds = {name: kind for kind, names in KINDS.items() for name in names}
    counts: Counter[tuple[str, str]] = Counter()
    found: dict[str, list[Call]] = {}
    for thread, name in re.findall(r"(?m)^(\d+) +(\w+)\(", trace.read_text(errors="replace")):
        counts[thread, name] += 1
        found.setdefault(kinds[name], []).append(Call(kinds[name], name, counts[thread, name]))
    return found


def closing_line(drill: Drill, seconds: float) -> str:
    commands = ", ".join(f"{name} {count}" for name, count in sorted(drill.kills.items()))
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(drill.chosen.items()))
    traced = "" if drill.may_trace else "; processes must not be traced here, so every moment was a random one"
    return f"{drill.kills.total()} kills ({commands}; {kinds}), {len(drill.lost)} losses; {seconds:.0f} s{traced}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kills", nargs="?", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was begun is ended
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        drill = Drill(Path(folder), arguments.seed)
        drill.run(arguments.kills)
    for sentence in drill.lost:
        print(sentence)
    print(closing_line(drill, time.monotonic() - began))
    return 1 if drill.lost else 0


if __name__ == "__main__":
    sys.exit(main())
