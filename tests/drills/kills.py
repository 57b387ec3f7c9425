"""Killed at any moment: ``python tests/drills/kills.py [N] [--seed NUMBER]``.

N times (300 unless told), in turn, ``feeds build``, a first build, ``feeds watch`` and ``feeds serve`` are killed by
SIGKILL while articles are edited, added, moved and removed, whole by rename or in place. Every other kill comes at a
random moment, the others at a chosen system call (each kind as often: strace lets a process die at its K-th call, K
being one of those of an undisturbed run). The process group dies as a whole; of ``serve`` now and then only its master,
whose workers have to follow. Where processes must not be traced, every kill comes at a random moment.

After each kill, before anything is repaired:

    every file of the output is a whole version of its document, as it was before or as it is in the catalogue
    the catalogue opens, and SQLite finds no fault in it; of serve no process is left, and its port is free

Now and then articles that were added just before are taken away again before the next run. After that:

    the output holds each document and nothing else, and its feed exactly the articles that are there
    every article has the id under which it was seen before, and no two have the same
    beside the catalogue lies nothing but what belongs to it

At the end a catalogue that is made anew from the articles and the ledger gives the same ids and dates.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[2]))  # as a script it begins in its own folder

from lxml import etree

from tests.drills.desk import Desk, LostError, check_finished, check_from_scratch, check_remains, holds
from tests.drills.tracing import KINDS, Call, calls_of, can_trace
from tests.support import FEEDS, environment, free_port, is_free, processes_of, until

COMMANDS = ("build", "first build", "watch", "serve")
GONE_WITHIN = 5.0  # seconds for the workers of a master that died
LATEST = 60.0  # seconds for a process to begin or to reach the call at which it dies
BROUGHT = 8  # articles that are added just before a kill, and taken away before the next run
TAKEN_BACK = 0.3  # how often that is so
AFTER_A_CHANGE = 1.0  # seconds in which a service has written what changed, and dies at some moment of them


# --- kills -----------------------------------------------------------------------------------------------------------


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
        if self.kills.total() < kills and not self.lost:
            self.lost.append(f"only {self.kills.total()} of {kills} kills came before their runs were over")
        try:
            check_from_scratch(self.desk)
        except LostError as error:
            self.lost.append(str(error))

    def one(self, command: str, number: int) -> None:
        """The number-th kill of a command, and the run after it."""
        if command not in self.seconds:
            self.measure(command)
        desk = self._desk(command)
        at = self._call(command, number) if self.may_trace and number % 2 == 0 else None
        before = desk.manifest()
        desk.change()
        brought = BROUGHT if self.random.random() < TAKEN_BACK else 0
        for _ in range(brought):
            desk.add()
        what = f"{command}, {at.name} {at.k}" if at else command
        try:
            if death := self.killed(desk, command, at, number):
                self.kills[command] += 1
                self.chosen[death] += 1
            if command == "serve":
                self.check_port()
            check_remains(desk, before, strict=command in ("build", "serve", "first build"))
            desk.take_back(brought)
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
        try:
            until(lambda: is_free(self.port), within=GONE_WITHIN)
        except AssertionError:
            raise LostError("the port is still taken") from None


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
