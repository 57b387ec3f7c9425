"""``feeds build`` and Debian's hugo side by side, in one run: ``python tests/bench/hugo.py [COUNT]``.

Both read the same COUNT Markdown articles (10,000 unless told), one a file, in 12 categories. hugo writes RSS of 50
items for the home page and each category, and nothing else: no pages, no sitemap. ``feeds build`` writes RSS, Atom and
JSON Feed for the same, and the landing page. Times are wall clock, the best of three rounds; memory is that of the
largest process.

    cold    nothing built before: no output, no catalogue
    warm    everything built before, then one article changed; hugo has no such state and starts anew each time
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from newsroom import CATEGORIES, write_articles

ROUNDS = 3
HUGO = """\
baseURL = "https://kabar.example/"
languageCode = "id"
title = "Kabar"
disableKinds = ["sitemap", "robotsTXT", "404"]
[outputs]
home = ["RSS"]
section = ["RSS"]
taxonomy = ["RSS"]
term = ["RSS"]
[services.rss]
limit = 50
[taxonomies]
category = "categories"
[[cascade]]
[cascade._build]
render = "never"
list = "always"
[cascade._target]
path = "/post/**"
kind = "page"
"""


class Cost(NamedTuple):
    """What a run took. memory: megabytes."""

    seconds: float
    memory: float


def cost(command: list[str], folder: Path) -> Cost:
    """Run a command to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    said = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{said}")
    return Cost(seconds, used.ru_maxrss / 1024)


def best(command: list[str], folder: Path, prepare: Callable[[int], None]) -> Cost:
    """The cheapest of some rounds. prepare: called before each, with its number."""
    costs = []
    for number in range(ROUNDS):
        prepare(number)
        costs.append(cost(command, folder))
    return Cost(min(c.seconds for c in costs), min(c.memory for c in costs))


def main() -> None:
    hugo = shutil.which("hugo")
    if not hugo:
        sys.exit("hugo is not installed, so there is nothing to compare with: apt-get install hugo")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="feeds-hugo-") as name:
        work = Path(name)
        articles, output, site = work / "ours", work / "output", work / "site"
        public = site / "public"
        write_articles(articles, count)
        shutil.copytree(articles, site / "content/post")
        (site / "config.toml").write_text(HUGO)
        command = [sys.executable, "-m", "feeds", "--data", str(articles), "build", "--output", str(output)]

        def forget(_: int) -> None:
            for folder in (output, articles / ".feeds", public):
                shutil.rmtree(folder, ignore_errors=True)

        def change(number: int) -> None:
            with (articles / "000/000000.md").open("a", encoding="utf-8") as file:
                file.write(f"\nPerubahan {number}.\n")

        theirs = best([hugo, "--quiet"], site, forget)
        their_feeds = sum((public / path).is_file() for path in _their_feeds())
        cold = best(command, work, forget)
        warm = best(command, work, change)
        feeds = len(list(output.rglob("rss.xml")))
    assert feeds == their_feeds == 1 + len(CATEGORIES), (feeds, their_feeds)
    print(f"{count:,} articles, {feeds} RSS feeds of 50 items")
    print(f"{'':12s}{'seconds':>9s}{'of hugo':>9s}{'MB':>8s}{'of hugo':>9s}")
    for label, each in (("hugo", theirs), ("feeds, cold", cold), ("feeds, warm", warm)):
        print(
            f"{label:12s}{each.seconds:9.2f}{each.seconds / theirs.seconds:9.2f}"
            f"{each.memory:8.0f}{each.memory / theirs.memory:9.2f}"
        )


def _their_feeds() -> list[str]:
    return ["index.xml", *(f"categories/{category}/index.xml" for category in CATEGORIES)]


if __name__ == "__main__":
    main()
