"""How soon a changed article is served, and what that costs: ``python tests/bench/fresh.py [ARTICLES] [CHANGES]``.

Makes a newsroom of ARTICLES (100,000 unless told), serves it by ``feeds serve`` and changes one article at a time,
CHANGES times (50), for each of one worker and two, idle and under wrk (two threads, 32 connections, /rss.xml):

    latency    from the write to the first of several fresh answers in a row, as several workers may answer
    CPU        of all processes of the server, a change, from /proc, while nobody asks; and what the writer's thread
               says of its parts
    documents  written for a change: the feeds of all and of the category in three formats, and the landing page
"""

from __future__ import annotations

import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from newsroom import NEWEST, article, write_articles

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.support import Server, environment, free_port, server_command, until

IN_A_ROW = 8  # fresh answers on connections of their own, after which every worker is taken to be fresh
WITHIN = 20.0  # seconds for a change to be served
PARTS = re.compile(r"intake ([\d.]+), edition ([\d.]+), swap ([\d.]+) ms of CPU")
WRITTEN = re.compile(r"1 files read, (\d+) documents written")
TOOK = re.compile(r"written in ([\d.]+) s")


class Desk:
    """The newest article of a newsroom, written anew with a headline of its own each time."""

    def __init__(self, articles: Path) -> None:
        self.file = articles / "000/000000.md"
        self.text = article(random.Random(17), 0, NEWEST)
        self.number = 0

    def change(self) -> bytes:
        """Gives what the feeds then hold."""
        self.number += 1
        self.file.write_text(self.text.replace('title: "', f'title: "Perubahan {self.number}. ', 1), encoding="utf-8")
        return f"Perubahan {self.number}. ".encode()


@contextmanager
def serving(work: Path, articles: Path, workers: int) -> Iterator[Server]:
    port = free_port()
    command = [*server_command("feeds serve", port), "--workers", str(workers)]
    env = environment(work, data=str(articles)) | {"LOGLEVEL": "DEBUG"}
    server = Server(command, port=port, log=work / f"{workers}.log", cwd=work, env=env)
    try:
        yield server.wait(within=600)
    finally:
        server.stop()


def latency(server: Server, desk: Desk) -> float:
    """Seconds from the write to the feed."""
    wanted, began, row, first = desk.change(), time.perf_counter(), 0, 0.0
    while row < IN_A_ROW:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/rss.xml")
        fresh = wanted in connection.getresponse().read()
        connection.close()
        now = time.perf_counter()
        assert now - began < WITHIN, f"not served within {WITHIN} s"
        row, first = (row + 1, first if row else now) if fresh else (0, 0.0)
        time.sleep(0.002)
    return first - began


def processor_time(server: Server) -> float:
    """Seconds of CPU of all processes of the server."""
    total = 0
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == server.process.pid:
                values = (entry / "stat").read_text().rpartition(")")[2].split()
                total += int(values[11]) + int(values[12])
        except (OSError, ValueError):
            continue
    return total / os.sysconf("SC_CLK_TCK")


def settle(server: Server) -> None:
    """Wait until the server is idle: after its start it indexes for the search, some minutes for 100,000 articles."""
    before = -1.0
    while (spent := processor_time(server)) - before > 0.03:
        before = spent
        time.sleep(1)


def cost(server: Server, desk: Desk, changes: int) -> float:
    """Milliseconds of CPU a change, less what the server takes in the same time when nothing changes."""
    used = []
    for act in (lambda: None, desk.change):
        before = processor_time(server)
        for _ in range(changes):
            act()
            time.sleep(0.5)
        used.append(processor_time(server) - before)
    return 1000 * (used[1] - used[0]) / changes


def show(label: str, found: list[float]) -> None:
    ordered = sorted(1000 * seconds for seconds in found)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(
        f"{label:24s}{statistics.median(ordered):8.0f}{p99:8.0f}{ordered[-1]:8.0f}   ms (median, p99, max)", flush=True
    )


def run(work: Path, articles: Path, workers: int, changes: int) -> None:
    desk = Desk(articles)
    with serving(work, articles, workers) as server:
        said = server.log.read_text
        until(lambda: said().count("ms of CPU") >= 2, within=600)  # the watch stands
        show(f"{workers} worker(s), idle", [latency(server, desk) for _ in range(changes)])
        settle(server)
        began = len(said())
        print(f"  CPU a change{cost(server, desk, min(changes, 20)):20.1f}   ms, all processes")
        parts = [list(map(float, found)) for found in PARTS.findall(said()[began:])]
        named = ", ".join(
            f"{n} {statistics.mean(p):.1f}"
            for n, p in zip(("intake", "edition", "swap"), zip(*parts, strict=True), strict=True)
        )
        print(f"  the writer's thread: {named} ms; documents written: {set(WRITTEN.findall(said()[began:]))}")
        wrk = shutil.which("wrk")
        if not wrk:
            print("  wrk is not installed: apt-get install wrk")
            return
        load = subprocess.Popen([wrk, "-t2", "-c32", "-d600s", f"{server.address}rss.xml"], stdout=subprocess.DEVNULL)
        try:
            time.sleep(1)
            began = len(said())
            show(f"{workers} worker(s), wrk", [latency(server, desk) for _ in range(changes)])
            took = [1000 * float(found) for found in TOOK.findall(said()[began:])]
            print(f"  an update takes {statistics.median(took):.0f} ms (median), {max(took):.0f} ms (max) then")
        finally:
            load.terminate()
            load.wait()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    changes = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory(prefix="feeds-fresh-") as name:
        work = Path(name)
        articles = work / "articles"
        write_articles(articles, count)
        print(f"{count:,} articles, {changes} changes")
        for workers in (1, 2):
            run(work, articles, workers, changes)


if __name__ == "__main__":
    main()
