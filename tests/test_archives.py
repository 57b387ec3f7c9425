"""A reader that follows the archive of a feed finds every article, and what is complete stays as it is (RFC 5005)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import rendering
from tests.conftest import DATABASES
from tests.support import BASE_URL, NOW, Desk, a_desk

BEGIN = datetime.fromisoformat("2026-01-01T00:00:00+07:00")
FILES = ("rss.xml", "atom.xml")


class Reader:
    """A reader that follows archives by section 4.2, and fetches nothing twice but the feed itself."""

    def __init__(self, desk: Desk, feed: str) -> None:
        self.desk = desk
        self.feed = feed
        self.found: set[str] = set()
        self.fetched: list[str] = []

    def poll(self) -> None:
        """Read the feed, and back through its archive until a document is known."""
        address = self.feed
        while address not in self.fetched or address == self.feed:
            self.fetched += [address] if address != self.feed else []
            document = self.desk.on_demand(unquote(address))
            assert document, address
            read = feedparser.parse(document.body)
            self.found |= {entry.title for entry in read.entries}
            before = [link.href for link in read.feed.links if link.rel == "prev-archive"]
            if not before:
                break
            address = before[0].removeprefix(BASE_URL)


def write(desk: Desk, rows: Mapping[str, datetime], **fields: Any) -> None:
    """All articles in one file."""
    records = [{"judul": t, "tanggal": when.isoformat(), "isi": f"Isi {t}.", **fields} for t, when in rows.items()]
    (desk.data / "kawat.jsonl").write_text("\n".join(map(json.dumps, records)))


@pytest.fixture(params=DATABASES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """On SQLite and on PostgreSQL; feeds list three articles."""
    address = "" if request.param == "sqlite" else request.getfixturevalue("postgresql")()
    with a_desk(tmp_path, address, limit=3) as opened:
        yield opened


BATCHES = st.lists(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=9), min_size=1, max_size=4
)
"""What appears between two looks of a reader: how many days after the one before, whether at that day's midnight."""


@settings(max_examples=6)
@given(batches=BATCHES)
def test_a_reader_finds_every_article_however_long_it_was_away(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[int, bool]]]
) -> None:
    """One that begins anew, and one that knows what it has read before; no article is in two archives."""
    with a_desk(tmp_path_factory.mktemp("desk"), limit=3) as desk:
        reader, published, moment = Reader(desk, "atom.xml"), {}, BEGIN
        for number, batch in enumerate(batches):
            for days, at_midnight in batch:
                moment += timedelta(days=days // 8, minutes=1)  # most in the month of the one before
                day = moment.replace(hour=0, minute=0)
                published[f"Berita {len(published):03}"] = day if at_midnight and day > BEGIN else moment
            write(desk, published)
            desk.build(moment + timedelta(seconds=number + 1))
            reader.poll()
            assert reader.found == published.keys()
            fresh = Reader(desk, "rss.xml")
            fresh.poll()
            assert fresh.found == published.keys()
            assert_each_once(desk, fresh.fetched, published)


def assert_each_once(desk: Desk, addresses: list[str], published: Mapping[str, datetime]) -> None:
    """In the months that the chain leads through, an article is in one alone, that of its date."""
    listed: list[str] = []
    for address in addresses:
        document = desk.on_demand(unquote(address))
        assert document
        titles = [entry.title for entry in feedparser.parse(document.body).entries]
        assert all(f"archive/{published[title]:%Y-%m}/" in address for title in titles)
        listed += titles
    assert len(listed) == len(set(listed))


def test_the_month_that_grows_is_another_address_once_the_feed_cannot_hold_what_is_new(sqlite_desk: Desk) -> None:
    """A reader that comes often reads it anew once in so many articles as the feed shows, after a while at once."""
    desk = sqlite_desk
    reader, rows = Reader(desk, "atom.xml"), {}
    for number in range(12):
        rows[f"Berita {number:02}"] = BEGIN + timedelta(hours=number)
        write(desk, rows)
        desk.build(BEGIN + timedelta(hours=number, minutes=1))
        reader.poll()
    assert reader.found == rows.keys()
    assert len(reader.fetched) == len({unquote(address) for address in reader.fetched}) == 4
    rows |= {f"Lagi {number}": BEGIN + timedelta(days=1, hours=number) for number in range(8)}
    write(desk, rows)
    desk.build(NOW)
    reader.poll()
    assert reader.found == rows.keys()
    assert len(reader.fetched) == 5


@pytest.fixture
def sqlite_desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, limit=3) as opened:
        yield opened


def months(desk: Desk) -> None:
    """Two articles in January, one in March, five in May."""
    rows = {"Satu": BEGIN, "Dua": BEGIN + timedelta(days=30, hours=23), "Tiga": BEGIN + timedelta(days=70)}
    rows |= {f"Mei {day}": datetime.fromisoformat(f"2026-05-0{day}T09:00:00+07:00") for day in range(1, 6)}
    write(desk, rows, kategori="Ekonomi")


def head(desk: Desk, address: str) -> dict[str, str]:
    """The links of a document to others, below base_url."""
    document = desk.on_demand(address)
    assert document
    found = feedparser.parse(document.body)
    rels = ("current", "prev-archive", "next-archive")
    return {link.rel: link.href.removeprefix(BASE_URL) for link in found.feed.links if link.rel in rels}


@pytest.mark.parametrize("feed", ["", "ekonomi/"])
@pytest.mark.parametrize("filename", FILES)
def test_complete_months_are_chained_and_the_one_that_grows_is_no_archive(desk: Desk, feed: str, filename: str) -> None:
    """Months without articles are passed over, and where a month begins is for the newsroom's zone to say."""
    months(desk)
    desk.build()
    archive = f"{feed}archive"
    own = head(desk, feed + filename)
    assert own.keys() == {"prev-archive"}
    assert own["prev-archive"].partition("?")[0] == f"{archive}/2026-05/{filename}"
    expected = {
        "2026-05": {"current": feed + filename, "prev-archive": f"{archive}/2026-03/{filename}"},
        "2026-03": {
            "current": feed + filename,
            "prev-archive": f"{archive}/2026-01/{filename}",
            "next-archive": f"{archive}/2026-05/{filename}",
        },
        "2026-01": {"current": feed + filename, "next-archive": f"{archive}/2026-03/{filename}"},
    }
    for month, links in expected.items():
        document = desk.on_demand(f"{archive}/{month}/{filename}")
        assert document
        assert head(desk, document.path) == links
        assert (b"<fh:archive/>" in document.body) == (month != "2026-05")
    assert desk.on_demand(f"{archive}/2026-02/{filename}") is None
    assert desk.on_demand(f"{archive}/2026-06/{filename}") is None


def test_the_month_that_grows_is_left_out_where_the_feed_shows_all_of_it(desk: Desk) -> None:
    desk.set(limit=5)
    months(desk)
    desk.build()
    assert head(desk, "rss.xml") == {"prev-archive": "archive/2026-03/rss.xml"}


def test_a_feed_of_one_month_that_shows_all_of_it_has_no_archive(desk: Desk) -> None:
    write(desk, {"Satu": BEGIN})
    desk.build()
    assert head(desk, "rss.xml") == {}


def test_an_article_under_embargo_completes_no_month_and_is_in_none(desk: Desk) -> None:
    months(desk)
    desk.write("esok.md", "Esok", "2026-06-02T09:00:00+07:00", kategori="Ekonomi")
    desk.build()
    document = desk.on_demand("archive/2026-05/atom.xml")
    assert document
    assert b"<fh:archive/>" not in document.body
    assert desk.on_demand("archive/2026-06/atom.xml") is None
    desk.build(NOW + timedelta(days=2))
    document = desk.on_demand("archive/2026-05/atom.xml")
    assert document
    assert b"<fh:archive/>" in document.body


def etags(desk: Desk, paths: list[str]) -> dict[str, str]:
    return {path: found.etag for path in paths if (found := desk.on_demand(path))}


def test_complete_months_change_only_when_their_articles_do(desk: Desk) -> None:
    months(desk)
    desk.build()
    paths = [f"archive/{month}/{name}" for month in ("2026-01", "2026-03") for name in (*FILES, "feed.json")]
    before = etags(desk, paths)
    desk.write("juni.md", "Juni", "2026-06-01T09:00:00+07:00")
    desk.build(NOW + timedelta(minutes=1))
    assert etags(desk, paths) == before
    desk.write("maret.md", "Maret lagi", "2026-03-20T09:00:00+07:00")
    desk.build(NOW + timedelta(minutes=2))
    after = etags(desk, paths)
    assert {path for path in paths if after[path] != before[path]} == {p for p in paths if "2026-03" in p}


def test_archives_can_be_done_without(desk: Desk) -> None:
    desk.set(archives=False)
    months(desk)
    desk.build()
    assert head(desk, "rss.xml") == {}
    assert desk.on_demand("archive/2026-01/rss.xml") is None


# --- static archives -------------------------------------------------------------------------------------------------


def archives(desk: Desk) -> dict[str, bytes]:
    """The archives' documents of the newest edition, as a static build writes them."""
    newest = desk.newsroom.edition()
    assert newest
    return {found.path: found.body for found in newest.renditions() if "archive/" in found.path}


def test_static_builds_hold_archives_where_the_settings_say_so(desk: Desk) -> None:
    """The same bytes as the service renders without that; none of them is held in memory."""
    months(desk)
    desk.build()
    assert archives(desk) == {}
    feeds = ("archive", "ekonomi/archive")
    files = (*FILES, "feed.json", "index.html")
    paths = [f"{f}/2026-0{m}/{n}" for f in feeds for m in (1, 3, 5) for n in files]
    on_demand = {path: found.body for path in paths if (found := desk.on_demand(path))}
    desk.set(archives=True)
    newest = desk.build(NOW + timedelta(minutes=1))
    assert archives(desk) == on_demand
    assert not on_demand.keys() & newest.documents.keys()
    found = newest.get("archive/2026-01/rss.xml")
    assert found
    assert found.body == on_demand[found.path]
    desk.set(archives=None)
    desk.build(NOW + timedelta(minutes=2))
    assert archives(desk) == {}


CHANGES = [
    ("a new one in a month that is complete", "maret.md", "2026-03-20"),
    ("one in a month that had none, between two others", "april.md", "2026-04-20"),
    ("one before all others", "desember.md", "2025-12-20"),
    ("the first of a new month", "juni.md", "2026-06-01"),
]


@pytest.mark.parametrize(("path", "day"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_change_leaves_the_archives_that_a_first_build_would_make(tmp_path: Path, path: str, day: str) -> None:
    """When an article comes, when it changes its day, and when it goes again."""
    with a_desk(tmp_path, limit=3, archives=True) as desk:
        months(desk)
        desk.build()
        for number, date in enumerate((day, "2026-02-10", "")):
            if date:
                desk.write(path, "Berita", f"{date}T08:00:00+07:00", kategori="Ekonomi")
            else:
                (desk.data / path).unlink()
            desk.build(NOW + timedelta(minutes=number + 1))
            partial = archives(desk)
            desk.build(NOW + timedelta(minutes=number + 1, seconds=30), program=f"other {number}")
            assert archives(desk) == partial


def test_a_change_renders_no_other_month_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And of its own month no entry but the one that is new."""
    with a_desk(tmp_path, limit=3, archives=True) as desk:
        months(desk)
        desk.build()
        before = desk.newsroom.edition()
        assert before
        rendered: list[str] = []
        render = rendering.render_entries

        def counted(task: Any) -> dict[str, dict[str, bytes]]:
            found = render(task)
            rendered.extend(found)
            return found

        monkeypatch.setattr(rendering, "render_entries", counted)
        times = {found.path: found.modified for found in before.renditions() if "archive/" in found.path}
        desk.write("mei.md", "Mei akhir", "2026-05-30T09:00:00+07:00", kategori="Ekonomi")
        after = desk.build(NOW + timedelta(minutes=5))
        changed = {
            found.path
            for found in after.renditions()
            if "archive/" in found.path and found.modified != times[found.path]
        }
        assert changed
        assert len(rendered) == 1
        assert all("2026-05" in path for path in changed)
