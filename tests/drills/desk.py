"""A newsroom whose articles change while it is killed or fails, and what has to hold of it afterwards."""

from __future__ import annotations

import gc
import gzip
import json
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import brotli
import zstandard
from click.testing import CliRunner
from lxml import etree

from feeds.cli import main as feeds
from feeds.ledger import LedgerFile
from feeds.publish import COMPRESSIONS, WORKSHOP
from feeds.scan import MANIFEST
from feeds.source import digest_of
from tests.support import article

ARTICLES = 24
SECTIONS = ("ekonomi", "budaya", "olahraga")
WORDS = ("pasar", "sungai", "kota", "beras", "kopi", "tari", "dayung", "warga", "jalan", "sekolah", "hujan", "panen")
CATALOGUE_FILES = {"catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm", "catalogue.sqlite.lock"}
OPENED = {"": bytes, ".gz": gzip.decompress, ".br": brotli.decompress, ".zst": zstandard.decompress}


class LostError(Exception):
    """What a kill or a fault has cost."""


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

    def take_back(self, count: int) -> None:
        """Take the newest articles away, of which the last run may have published some."""
        for title in sorted(self.articles, key=lambda title: int(title.split()[-1]))[len(self.articles) - count :]:
            self.articles.pop(title).unlink()

    def publish(self, title: str, moment: datetime) -> None:
        """An article of that moment, which a build shows."""
        self.articles[title] = self.data / "terbit.md"
        self.articles[title].write_text(article(title, moment.isoformat()))
        self.touched.add(title)
        self.build()

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
        said = done.output or repr(done.exception)
        holds(done.exit_code == 0, f"the next build ends with {done.exit_code}: {said}")


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
