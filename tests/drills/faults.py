"""Faults of the machine: ``python tests/drills/faults.py [N] [--seed NUMBER]``.

N times (60 unless told) a system call of ``feeds build`` fails: strace lets the K-th write, fsync, rename, mkdir or
removal, or all from the K-th one on, end with ENOSPC, EIO, EROFS or EDQUOT. Then each of ``FAULTS`` once: a full disk,
a limit of file sizes, permissions that are lost, no file descriptors, a clock set back, a data directory that is away,
no inotify. What needs more rights than there are (tracing, mounting) is named in the closing line.

Under each fault a build says in one sentence what failed and where, and ends with 2, or it succeeds; the output holds
whole documents of the edition before or of the new one. A service goes on with the last edition. When the fault is
over, the next build (the service: by itself) has published exactly the articles that are there, under their ids.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[2]))  # as a script it begins in its own folder

from tests.drills.desk import Desk, LostError, check_finished, check_remains, holds
from tests.drills.tracing import KINDS, Call, calls_of, can_trace
from tests.support import FEEDS, Server, environment, free_port, until

ERRORS = ("ENOSPC", "EIO", "EROFS", "EDQUOT")
SENTENCE_LOST = re.compile(r"write\(2, .*(?:INJECTED|unfinished)")  # the call that failed was to say what failed
SOON = 10.0  # seconds in which a service has noticed what changed, or that a fault is over
SMALL = 4 << 20  # bytes of a disk that is filled up
UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""As root, without the right to pass over the modes of files."""


class Unable(Exception):  # noqa: N818 - it is no error
    """What a fault needs and is not there."""


# --- a build under a fault -------------------------------------------------------------------------------------------


def build(desk: Desk, *prefix: str, prepare: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """``feeds build`` in a process of its own. prepare: what that process does first."""
    return subprocess.run(
        [*prefix, *FEEDS, "build", "--precompress"],
        cwd=desk.folder,
        env=environment(desk.folder, **desk.settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=prepare,
    )


def fails(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """It ended with 2 and said why in one sentence, in which there is one of the words."""
    lines = done.stderr.splitlines()
    is_sentence = done.returncode == 2 and len(lines) == 1 and lines[0].startswith("feeds: ")
    holds(is_sentence, f"a build ends with {done.returncode} and says {done.stderr[-600:]!r}")
    holds(not words or any(word in lines[0] for word in words), f"a build does not say why: {lines[0]}")


@contextmanager
def fault(desk: Desk) -> Iterator[None]:
    """Change articles; after the fault the output is whole, and the next build finishes what was left."""
    before = desk.manifest()
    desk.change()
    yield
    check_remains(desk, before, strict=True)
    desk.build()
    check_finished(desk)


def traced(desk: Desk) -> dict[str, list[Call]]:
    """The calls of an undisturbed build by kind."""
    trace = desk.folder / "calls.trace"
    names = ",".join(name for names in KINDS.values() for name in names)
    desk.change()
    done = build(desk, "strace", "-f", "--seccomp-bpf", "-qq", "-o", str(trace), "-e", f"trace={names}")
    holds(done.returncode == 0, f"a build under strace says {done.stderr}")
    check_finished(desk)
    return calls_of(trace)


def fail_calls(desk: Desk, count: int) -> Iterator[str]:
    """A build of which one call fails, or all from then on; gives a sentence for each that lost something."""
    if not can_trace():
        raise Unable("tracing of processes")
    calls = traced(desk)
    for number in range(count):
        kinds = sorted(calls)
        call = desk.random.choice(calls[kinds[number % len(kinds)]])
        error, onward = desk.random.choice(ERRORS), desk.random.choice(("", "+"))
        if call.name == "write":
            onward = ""  # the sentence has to be written
        inject = f"inject={call.name}:error={error}:when={call.k}{onward}"
        trace = desk.folder / "injected.trace"
        try:
            with fault(desk):
                done = build(desk, "strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={call.name}", "-e", inject)
                is_heard = not SENTENCE_LOST.search(trace.read_text(errors="replace"))
                if done.returncode and is_heard:
                    fails(done, "catalogue", "output")
        except (LostError, OSError, ValueError) as lost:
            yield f"{inject}: {lost}"


# --- faults ----------------------------------------------------------------------------------------------------------


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "feeds-drill", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise Unable("mounting")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave: int) -> Path:
    """Fill a disk up, but for some bytes."""
    filler = folder / "penuh"
    filler.write_bytes(bytes(max(0, shutil.disk_usage(folder).free - leave)))
    return filler


def full_disk(desk: Desk) -> None:
    """Output, catalogue and ledger on a disk that is full, with some room and with none."""
    with mounted(desk.folder):
        fresh = Desk(desk.folder, desk.random)
        fresh.build()
        check_finished(fresh)
        for leave in (0, 4096, 20_000, 80_000):
            with fault(fresh):
                filler = fill(desk.folder, leave)
                done = build(fresh)
                if done.returncode or leave == 0:
                    fails(done, "No space left on device", "disk is full", "disk I/O error")
                filler.unlink()


def full_disk_of_a_service(desk: Desk) -> None:
    """It serves the last edition, and the new one once there is room."""
    fresh = Desk(desk.folder / "lain", desk.random)
    with mounted(fresh.state):  # what a newsroom writes has room elsewhere
        fresh.build()
        with serving(fresh) as server, fault(fresh):
            filler = fill(fresh.state, 0)
            fresh.change()
            until(partial(has_failed, server), within=SOON)
            fresh.see(server.get("/feed.json").body)
            filler.unlink()
            shows_all(fresh, server)


def limit_of_sizes(desk: Desk) -> None:
    """No file may grow beyond what the ledger has already, or a bit more: its last line is cut."""
    for more in (0, 30, 500, 40_000):
        with fault(desk):
            size = (desk.state / "ledger.jsonl").stat().st_size + more
            done = build(desk, prepare=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size)))
            if done.returncode or not more:
                fails(done, "File too large", "disk I/O error", "disk is full")


def lost_permission(desk: Desk) -> None:
    """To write into the output, its folders, the catalogue, its folder or the ledger, or to read the articles."""
    if UNPRIVILEGED and not shutil.which(UNPRIVILEGED[0]):
        raise Unable("setpriv")
    section = next(path for path in desk.output.iterdir() if path.is_dir())
    for path in (desk.output, section, desk.state, desk.state / "catalogue.sqlite", desk.state / "ledger.jsonl"):
        with fault(desk), mode(path, 0o555 if path.is_dir() else 0o444):
            done = build(desk, *UNPRIVILEGED)
            if path != section or done.returncode:
                fails(done, "ermission denied", "readonly database")
    with fault(desk), mode(desk.data, 0):
        fails(build(desk, *UNPRIVILEGED), "data directory", "Permission denied")


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


def unreadable_article(desk: Desk) -> None:
    """It costs no other, and is published as it was until it can be read again."""
    if UNPRIVILEGED and not shutil.which(UNPRIVILEGED[0]):
        raise Unable("setpriv")
    closed = next(iter(desk.articles.values()))
    with fault(desk), mode(closed, 0):
        done = build(desk, *UNPRIVILEGED)
        holds(done.returncode == 0, f"an article that cannot be read ends a build: {done.stderr}")


def no_descriptors(desk: Desk) -> None:
    """Few files may be open at once."""
    for limit in (6, 8, 10, 12, 16):
        with fault(desk):
            done = build(desk, prepare=partial(resource.setrlimit, resource.RLIMIT_NOFILE, (limit, limit)))
            if done.returncode:
                fails(done, "Too many open files", "unable to open database file", "disk I/O error")


def no_descriptors_of_a_service(desk: Desk) -> None:
    """Clients hold more connections than it may open files; when they let go, it answers, and publishes as before."""
    with serving(desk, "prlimit", "--nofile=96") as server, fault(desk):
        with ExitStack() as held:
            for _ in range(200):
                with suppress(OSError):
                    held.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=2))
            desk.change()
            time.sleep(1)
        until(lambda: server.status("/feed.json") == 200, within=SOON)
        shows_all(desk, server)


def clock_set_back(desk: Desk) -> None:
    """By half a day: no article leaves a feed, no Last-Modified falls, and what changes is newer than before."""
    desk.publish("Baru terbit", datetime.now(UTC) - timedelta(hours=1))
    times = {path: path.stat().st_mtime for path in desk.output.rglob("*.xml")}
    earlier = time.time_ns() - 43_200 * 10**9
    before = desk.manifest()
    clocks = mock.patch.multiple("time", time_ns=lambda: earlier, time=lambda: earlier / 1e9)
    with clocks, fault(desk):
        pass
    after = desk.manifest()
    for path, moment in times.items():
        name = str(path.relative_to(desk.output))
        now = path.stat().st_mtime if path.exists() else moment
        holds(now > moment or before.get(name) == after.get(name), f"{name} changed and is not newer")
        holds(now >= moment, f"the time of {name} fell")
    holds(before != after, "nothing changed")


def no_data_directory(desk: Desk) -> None:
    """It is moved away and an empty one lies in its place, as when a disk is unmounted; then it is back."""
    away = desk.folder / "pergi"
    with serving(desk) as server, fault(desk):
        shows_all(desk, server)
        for leaves_empty in (False, True):
            desk.data.rename(away)
            if leaves_empty:
                desk.data.mkdir()
            until(partial(has_failed, server, 1 + leaves_empty), within=SOON)
            desk.see(server.get("/feed.json").body)
            fails(build(desk), "data directory")
            if leaves_empty:
                left = [path.name for path in desk.data.iterdir()]
                holds(not left, f"in the empty mount point lies {left}")
                desk.data.rmdir()
            away.rename(desk.data)
            desk.change()
            shows_all(desk, server)


def no_inotify(desk: Desk) -> None:
    """All watches are used up, or none may be had: changes are found all the same."""
    if not can_trace():
        raise Unable("tracing of processes")
    for inject in ("inotify_add_watch:error=ENOSPC:when=2+", "inotify_init1:error=EMFILE"):
        trace = f"trace={inject.partition(':')[0]}"
        options = ("-f", "-qq", "-o", "/dev/null", "-e", trace, "-e", f"inject={inject}")
        with serving(desk, "strace", *options) as server, fault(desk):
            shows_all(desk, server)
            holds(b"nobody tells them" in server.log.read_bytes(), f"{inject}: it does not say that it looks")


FAULTS = (
    *(full_disk, full_disk_of_a_service, limit_of_sizes, lost_permission, unreadable_article, no_descriptors),
    *(no_descriptors_of_a_service, clock_set_back, no_data_directory, no_inotify),
)


@contextmanager
def serving(desk: Desk, *prefix: str) -> Iterator[Server]:
    """``feeds serve`` over a desk."""
    port = free_port()
    command = [*prefix, *FEEDS, "serve", "--port", str(port)]
    env = environment(desk.folder, **desk.settings)
    server = Server(command, port=port, log=desk.folder.with_suffix(".log"), cwd=desk.folder.parent, env=env)
    try:
        server.wait("/feed.json", within=60)
        yield server
    finally:
        server.stop()


def has_failed(server: Server, times: int = 1) -> bool:
    """Whether its log says that an update went wrong."""
    return server.log.read_bytes().count(b"last edition stays") >= times


def shows_all(desk: Desk, server: Server) -> None:
    """The service shows exactly the articles that are there, each under its id."""

    def shown() -> set[str]:
        body = server.get("/feed.json").body
        desk.see(body)
        return {item["title"] for item in json.loads(body)["items"]}

    try:
        until(lambda: shown() == desk.articles.keys(), within=SOON)
    except AssertionError:
        raise LostError(f"not shown, or not taken away: {sorted(shown() ^ desk.articles.keys())}") from None


def run(calls: int, seed: int, faults: Sequence[Callable[[Desk], None]] = FAULTS) -> tuple[list[str], list[str], int]:
    """What was lost, what could not be tried, and how many faults were."""
    lost, unable, tried = [], [], calls
    with tempfile.TemporaryDirectory() as folder:
        desk = begin(Path(folder), "panggilan", seed)
        try:
            lost += fail_calls(desk, calls) if calls else ()
        except Unable as missing:
            unable.append(f"failing calls (needs {missing})")
        for each in faults:
            try:
                each(begin(Path(folder), each.__name__, seed))
                tried += 1
            except Unable as missing:
                unable.append(f"{each.__name__} (needs {missing})")
            except (LostError, AssertionError, OSError, ValueError) as error:
                lost.append(f"{each.__name__}: {error}")
    return lost, unable, tried


def begin(folder: Path, name: str, seed: int) -> Desk:
    desk = Desk(folder / name, random.Random(seed))
    desk.build()
    check_finished(desk)
    return desk


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("calls", nargs="?", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was begun is ended
    began = time.monotonic()
    lost, unable, tried = run(arguments.calls, arguments.seed)
    for sentence in lost:
        print(sentence)
    untried = f"; not tried: {', '.join(unable)}" if unable else ""
    print(f"{tried} faults, {len(lost)} losses; {time.monotonic() - began:.0f} s{untried}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
