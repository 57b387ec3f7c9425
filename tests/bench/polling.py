"""A day of polling, counted in bytes: ``python tests/bench/polling.py [READERS] [CHANGES]``.

READERS feed readers (1,000 unless told) ask every 30 minutes for a day, each for one feed: that of all articles or of
one of 12 categories, as RSS or Atom. CHANGES articles (60) are published, and one in six edited, at random moments of
that day. What the service sends is counted whole (status line, headers, body), bodies compressed with gzip, for readers
of three manners:

    plain          no validators: every answer is the whole feed
    conditional    If-None-Match: a 304 where nothing is new
    delta          If-None-Match and A-IM: feed (RFC 3229): only the entries that are new or changed

Readers of deltas put together what they get, and have to hold every entry of the newest feed at the end.
"""

from __future__ import annotations

import gzip
import random
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from wsgiref.util import setup_testing_defaults

from flask import Flask
from newsroom import CATEGORIES, NEWEST, article, write_articles

from feeds.config import load
from feeds.live import Live
from feeds.web import create_app

ARTICLES = 2_000
DAY, EVERY = 24 * 60, 30  # minutes
MANNERS = ("plain", "conditional", "delta")
FEEDS = [f"/{folder}{name}" for folder in ("", *(f"{c}/" for c in CATEGORIES)) for name in ("rss.xml", "atom.xml")]
ENTRY = re.compile(rb"<(item|entry)>.*?</\1>", re.DOTALL)


class Answer(NamedTuple):
    """size: bytes on the wire."""

    status: str
    etag: str
    size: int
    body: bytes


def ask(app: Flask, path: str, **headers: str) -> Answer:
    """One request as a server would hand it over."""
    environ = {"PATH_INFO": path, "HTTP_ACCEPT_ENCODING": "gzip", **headers}
    setup_testing_defaults(environ)
    began: list[tuple[str, list[tuple[str, str]]]] = []
    body = b"".join(app.wsgi_app(environ, lambda status, given, _=None: began.append((status, given))))
    ((status, given),) = began
    head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in given) + "\r\n"
    return Answer(status, dict(given).get("ETag", ""), len(head) + len(body), body)


@dataclass
class Reader:
    """One that asks for a feed. entries: what it has got, where it puts deltas together."""

    path: str
    manner: str
    etag: str = ""
    sent: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    entries: set[bytes] = field(default_factory=set)

    def poll(self, app: Flask) -> None:
        headers = {}
        if self.etag and self.manner != "plain":
            headers["HTTP_IF_NONE_MATCH"] = self.etag
        if self.manner == "delta":
            headers["HTTP_A_IM"] = "feed"
        answer = ask(app, self.path, **headers)
        self.sent += answer.size
        self.statuses[answer.status.partition(" ")[0]] += 1
        self.etag = answer.etag or self.etag
        if self.manner == "delta" and answer.body:
            self.entries.update(entries_of(answer))

    def check(self, app: Flask) -> None:
        """Ask once more, so that nothing came since, and compare; not counted as a poll of the day."""
        replace(self, statuses=Counter()).poll(app)
        missing = entries_of(ask(app, self.path)) - self.entries
        if self.manner == "delta" and missing:
            sys.exit(f"{self.path}: a reader of deltas never got {len(missing)} entries")


def entries_of(answer: Answer) -> set[bytes]:
    """The entries of a document that came compressed."""
    return {found[0] for found in ENTRY.finditer(gzip.decompress(answer.body))}


def change(chance: random.Random, folder: Path, number: int) -> None:
    """Publish an article, or edit one of the newest."""
    edited = chance.random() < 1 / 6
    place = -chance.randrange(30) if edited else number
    moment = NEWEST + place * timedelta(minutes=31)
    name = f"000/{-place:06}.md" if edited else f"baru/{number:06}.md"
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(article(chance, 10_000 + number, moment), encoding="utf-8")


def renew(live: Live) -> None:
    """Take in what has changed, and serve it."""
    live.newsroom.update()
    live.edition = live.newsroom.edition(live.edition)


def main() -> None:
    readers, changes = (int(given) for given in (*sys.argv[1:], *("1000", "60")[len(sys.argv) - 1 :]))
    chance = random.Random(1945)
    with tempfile.TemporaryDirectory(prefix="feeds-polling-") as name:
        folder = Path(name) / "kabar"
        write_articles(folder, ARTICLES)
        settings = replace(load(data=folder, environ={}), base_url="https://feeds.kabar.example/")
        app = create_app(settings)
        live = app.extensions["feeds"]
        live.newsroom.lock.acquire()
        renew(live)
        asking = [Reader(FEEDS[n % len(FEEDS)], manner) for n in range(readers) for manner in MANNERS]
        polls = [(chance.randrange(EVERY) + again * EVERY, n) for n in range(readers) for again in range(DAY // EVERY)]
        events = sorted([*polls, *((chance.randrange(DAY), -1 - n) for n in range(changes))])
        for _, event in events:
            if event < 0:
                change(chance, folder, -event)
                renew(live)
            else:
                for reader in asking[event * len(MANNERS) : (event + 1) * len(MANNERS)]:
                    reader.poll(app)
        for reader in asking:
            reader.check(app)
        live.stop()
    report(asking, changes)


def report(asking: list[Reader], changes: int) -> None:
    """The bytes of each manner, beside those of plain answers."""
    plain = sum(reader.sent for reader in asking if reader.manner == "plain")
    print(
        f"{len(asking) // len(MANNERS):,} readers of {len(FEEDS)} documents, every {EVERY} minutes, {changes} changes"
    )
    print(f"{'':12s}{'MB':>10s}{'of plain':>10s}   answers")
    for manner in MANNERS:
        mine = [reader for reader in asking if reader.manner == manner]
        sent = sum(reader.sent for reader in mine)
        statuses: Counter[str] = sum((reader.statuses for reader in mine), Counter())
        shown = ", ".join(f"{count:,} x {status}" for status, count in sorted(statuses.items()))
        print(f"{manner:12s}{sent / 1e6:10.1f}{sent / plain:10.4f}   {shown}")


if __name__ == "__main__":
    main()
