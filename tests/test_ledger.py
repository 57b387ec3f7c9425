"""The ledger's second copy: a lost catalogue costs no id and no time of change."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from feeds.config import Settings
from feeds.errors import CatalogueError, UnusableCatalogueError
from feeds.ledger import LedgerFile, Number, line_of, line_of_number
from feeds.newsroom import Newsroom
from feeds.record import LedgerEntry, from_microseconds, moment_of
from tests.conftest import FAR_AHEAD, Room

FIRST_MOMENT = moment_of(datetime(1, 1, 2, tzinfo=UTC))[0]
LAST_MOMENT = moment_of(datetime(9999, 12, 31, tzinfo=UTC))[0] - 1


def entry(identity: str, **values: Any) -> LedgerEntry:
    plain: dict[str, Any] = {
        "key": identity,
        "address": None,
        "slug": identity,
        "published": 1,
        "published_offset": 25_200,
        "content_hash": "0f",
        "updated": 2,
        "updated_offset": 25_200,
    }
    return LedgerEntry(id=identity, **plain | values)


UNFIT = [
    *((name, None) for name in LedgerEntry._fields if name not in ("address", "withdrawn")),
    *((name, ["a"]) for name in LedgerEntry._fields),
    *((name, True) for name in LedgerEntry._fields),
    *((name, 2.5) for name in LedgerEntry._fields),
    *((name, "17a") for name in LedgerEntry._fields if isinstance(entry("a", withdrawn=1)._asdict()[name], int)),
    *((name, 17) for name in LedgerEntry._fields if isinstance(entry("a", address="a")._asdict()[name], str)),
    *((name, 2**64) for name in ("published", "published_offset", "updated", "updated_offset", "withdrawn")),
    ("published", 2**62),  # a number of 64 bits, but no date
    ("updated", FIRST_MOMENT - 1),
    ("withdrawn", LAST_MOMENT + 1),
    ("updated_offset", 86_400),
    ("slug", "\ud83d"),  # half a character
]


def lose_all(path: Path) -> int:
    path.unlink()
    return 31


def restore_a_backup(path: Path) -> int:
    path.write_bytes(path.with_name("cadangan").read_bytes())
    return 2


def cut_the_end(path: Path) -> int:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:20]) + lines[20][:30])
    return 11


def cut_out_of_the_middle(path: Path) -> int:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:10] + lines[14:]))
    return 4


def exchange(path: Path) -> int:
    """For one of the same length."""
    path.write_bytes(b"x" * path.stat().st_size)
    return 31


LOSSES = [lose_all, restore_a_backup, cut_the_end, cut_out_of_the_middle, exchange]


@pytest.fixture
def file(tmp_path: Path) -> LedgerFile:
    return LedgerFile(tmp_path / "ledger.jsonl")


class TestFile:
    """One JSON line an entry, appended."""

    def test_entries_come_back_in_the_order_of_first_sight(self, file: LedgerFile) -> None:
        entries = [entry("b"), entry("a", address="kabar.example/a"), entry("c", withdrawn=7)]
        file.append(list(map(line_of, entries[:2])))
        file.append(list(map(line_of, entries[2:])))
        assert file.entries() == entries

    def test_the_last_line_of_an_id_counts(self, file: LedgerFile) -> None:
        file.append(list(map(line_of, [entry("a"), entry("b")])))
        file.append(list(map(line_of, [entry("a", updated=9)])))
        assert file.entries() == [entry("a", updated=9), entry("b")]

    def test_a_file_that_is_missing_has_no_entries(self, file: LedgerFile) -> None:
        assert file.entries() == []

    def test_nothing_to_append_makes_no_file(self, file: LedgerFile) -> None:
        file.append([])
        file.sync()
        assert file.path
        assert not file.path.exists()

    def test_without_a_path_nothing_is_kept(self) -> None:
        """PostgreSQL keeps the ledger itself."""
        nowhere = LedgerFile(None)
        nowhere.append([line_of(entry("a"))])
        nowhere.sync()
        assert nowhere.entries() == []

    def test_every_line_is_json_that_names_its_fields(self, file: LedgerFile) -> None:
        file.append(list(map(line_of, [entry("a", address='kabar.example/"x"')])))
        assert file.path
        (line,) = file.path.read_text(encoding="utf-8").splitlines()
        assert json.loads(line) == entry("a", address='kabar.example/"x"')._asdict()

    @given(
        texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=4, max_size=4),
        moments=st.lists(st.integers(FIRST_MOMENT, LAST_MOMENT), min_size=2, max_size=2),
        offsets=st.lists(st.integers(-86_399, 86_399), min_size=2, max_size=2),
    )
    def test_any_text_and_number_comes_back(
        self, texts: list[str], moments: list[int], offsets: list[int], tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        file = LedgerFile(tmp_path_factory.mktemp("ledger") / "ledger.jsonl")
        one, two, three, four = texts
        written = LedgerEntry(one, two, three, four, moments[0], offsets[0], "0f", moments[1], offsets[1])
        file.append([line_of(written), line_of(entry("a lain"))])
        assert file.entries() == [written, entry("a lain")]

    def test_a_last_line_that_was_cut_is_lost_alone_wherever_it_was_cut(self, file: LedgerFile) -> None:
        """And it does not swallow the line that is written after it."""
        file.append(list(map(line_of, [entry("a"), entry("é")])))
        assert file.path
        whole = file.path.read_bytes()
        first = whole.index(b"\n") + 1
        for length in range(first, len(whole) + 1):
            file.path.write_bytes(whole[:length])
            known = file.entries()
            assert known in ([entry("a")], [entry("a"), entry("é")])
            assert (len(known) == 2) == (length >= len(whole) - 1)
            file.append(list(map(line_of, [entry("c")])))
            assert file.entries() == [*known, entry("c")]

    @pytest.mark.parametrize(
        "line", [b"", b"\xff\xfe", b"null", b"[]", b"{}", b'{"id": "a"}', b"\0" * 100, b"[" * 100_000]
    )
    def test_a_line_that_is_no_entry_is_passed_over(self, file: LedgerFile, line: bytes) -> None:
        file.append(list(map(line_of, [entry("a")])))
        assert file.path
        with file.path.open("ab") as lines:
            lines.write(line + b"\n")
        file.append(list(map(line_of, [entry("b")])))
        assert file.entries() == [entry("a"), entry("b")]

    @pytest.mark.parametrize(("name", "value"), UNFIT)
    def test_a_value_of_the_wrong_kind_costs_its_line_alone_and_is_said(
        self, file: LedgerFile, caplog: pytest.LogCaptureFixture, name: str, value: object
    ) -> None:
        assert file.path
        lines = [line_of(entry("a")), json.dumps(entry("x")._asdict() | {name: value}), line_of(entry("b"))]
        file.path.write_text("".join(f"{line}\n" for line in lines))
        with caplog.at_level(logging.WARNING):
            assert file.entries() == [entry("a"), entry("b")]
        assert f"{file.path}: lines that are no entries are passed over: 1, such as '{{\"" in caplog.text

    @pytest.mark.parametrize("moment", [FIRST_MOMENT, LAST_MOMENT])
    @pytest.mark.parametrize("offset", [-86_399, 86_399])
    def test_a_moment_that_is_taken_in_is_a_date(self, file: LedgerFile, moment: int, offset: int) -> None:
        file.append([line_of(entry("a", published=moment, published_offset=offset))])
        (found,) = file.entries()
        assert moment_of(from_microseconds(found.published, found.published_offset)) == (moment, offset)

    def test_the_last_number_of_articles_counts_and_is_no_entry(self, file: LedgerFile) -> None:
        numbers = [Number(7, 0), Number(9, 2)]
        file.append([line_of(entry("a")), *map(line_of_number, numbers), '{"articles": -1, "withdrawn": 0}'])
        assert file.read() == ([entry("a")], numbers[-1])

    def test_a_folder_in_its_place_is_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(CatalogueError, match="of the wrong kind"):
            LedgerFile(tmp_path).append([line_of(entry("a"))])


class TestLostCatalogue:
    """catalogue.sqlite, with its -wal and -shm, may be deleted at any time."""

    @pytest.fixture
    def worked(self, sqlite_room: Room) -> Room:
        """A newsroom with a history: renamed, edited, moved to another address, made again in another format."""
        room = sqlite_room
        room.article("diubah.md", "Satu.")
        room.article("dinamai.md", "Dua.")
        room.article("pindah.md", "Tiga.", link="https://kabar.example/lama")
        room.article("format.md", "Empat.")
        room.write("lain.jsonl", '{"judul": "Sama", "tanggal": "2025-01-01", "isi": "A"}\n')
        room.look()
        room.article("diubah.md", "Satu lagi.", title="Judul baru")
        room.rename("dinamai.md", "a/baru.md")
        room.article("pindah.md", "Tiga.", link="https://kabar.example/baru")
        room.remove("format.md")
        room.article("format.json", "Empat.")
        room.look()
        return room

    def test_every_id_and_time_of_change_is_restored(self, worked: Room) -> None:
        before = worked.records, worked.problems
        assert before[0]["diubah.md"].updated > before[0]["diubah.md"].published
        worked.lose_catalogue()
        worked.look()
        assert (worked.records, worked.problems) == before

    def test_what_goes_on_afterwards_is_as_if_nothing_had_been_lost(self, worked: Room) -> None:
        before = worked.ids
        worked.lose_catalogue()
        worked.look()
        worked.article("a/baru.md", "Dua lagi.")
        worked.rename("format.json", "z.json")
        worked.look()
        assert worked.ids["a/baru.md"] == before["a/baru.md"]
        assert worked.ids["z.json"] == before["format.json"]

    def test_an_article_that_had_gone_comes_back_under_its_id(self, worked: Room) -> None:
        before = worked.ids
        worked.rename("diubah.md", "../diubah.md")
        worked.look()
        worked.lose_catalogue()
        worked.look()
        worked.rename("../diubah.md", "diubah.md")
        worked.look()
        assert worked.ids == before

    def test_a_cut_last_line_costs_at_most_that_article_its_history(self, worked: Room) -> None:
        before = worked.ids
        assert worked.ledger_file.path
        data = worked.ledger_file.path.read_bytes()
        worked.ledger_file.path.write_bytes(data[:-20])
        worked.lose_catalogue()
        worked.look()
        different = {path for path, identity in worked.ids.items() if identity != before[path]}
        assert len(different) <= 1
        assert set(worked.ids) == set(before)

    def test_without_the_copy_the_same_files_are_given_ids_anew(self, worked: Room) -> None:
        assert worked.ledger_file.path
        worked.lose_catalogue()
        worked.ledger_file.path.unlink()
        worked.look()
        assert worked.ids["a/baru.md"] == "tag:kabar.example,2025-06-01:a/baru"

    def test_a_transaction_that_failed_is_no_obstacle(self, sqlite_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        """The copy may know articles that the catalogue does not: the machine died between the two."""
        sqlite_room.article("a.md")
        with monkeypatch.context() as for_a_while:
            for_a_while.setattr(LedgerFile, "sync", fail)
            for_a_while.setattr(LedgerFile, "_cut_to", lambda *_: None)  # who is dead cuts nothing off
            with pytest.raises(OSError, match="mati"):
                sqlite_room.look()
        assert [e.id for e in sqlite_room.ledger_file.entries()] == ["tag:kabar.example,2025-06-01:a"]
        assert sqlite_room.records == {}
        sqlite_room.look()
        assert sqlite_room.ids == {"a.md": "tag:kabar.example,2025-06-01:a"}

    @pytest.mark.parametrize(
        ("name", "value"),
        [("published", None), ("key", None), ("slug", ["a"]), ("published", 2**64), ("updated", 2**62)],
    )
    def test_a_line_that_somebody_edited_wrongly_stops_no_run(self, worked: Room, name: str, value: object) -> None:
        """The article of the line is then seen for the first time; all others have their history."""
        before = worked.ids
        assert worked.ledger_file.path
        *lines, last = worked.ledger_file.path.read_text().splitlines()
        worked.ledger_file.path.write_text("\n".join([*lines, json.dumps(json.loads(last) | {name: value}), ""]))
        worked.lose_catalogue()
        worked.look()
        different = {path for path, identity in worked.ids.items() if identity != before[path]}
        assert len(different) <= 1
        assert set(worked.ids) == set(before)

    @pytest.mark.parametrize("known", [0, 3], ids=["first build", "later"])
    def test_a_commit_that_fails_leaves_no_line_however_often_it_is_tried(self, sqlite_room: Room, known: int) -> None:
        """Each try would eat more of a disk that is full already."""
        room = sqlite_room
        for number in range(known):
            room.article(f"{number}.md")
            room.look()
        assert room.ledger_file.path
        before = room.ledger_file.path.read_bytes() if known else b""
        tried = []
        for number in range(5):
            room.article(f"{number}.md", "Isi yang baru.")

        def refuse(_: sa.Connection) -> None:
            if room.ledger_file.size > len(before):
                tried.append(room.ledger_file.size)
                raise sa.exc.OperationalError("COMMIT", {}, sqlite3.OperationalError("disk is full"))

        sa.event.listen(room.catalogue.engine, "commit", refuse)
        for _ in range(5):
            with pytest.raises(CatalogueError, match="disk is full"):
                room.look()
            assert room.ledger_file.path.read_bytes() == before
        assert len(tried) == 5
        sa.event.remove(room.catalogue.engine, "commit", refuse)
        room.look()
        assert sorted(room.ledger_file.entries()) == room.read(lambda reading: sorted(reading.whole_ledger()))
        assert len(room.ids) == 5

    def test_the_copy_has_a_line_only_for_what_changed(self, worked: Room) -> None:
        assert worked.ledger_file.path
        size = worked.ledger_file.path.stat().st_size
        worked.touch("diubah.md")
        worked.program = "the next version"
        worked.look()
        assert worked.ledger_file.path.stat().st_size == size

    def test_the_copy_and_the_catalogue_hold_the_same(self, worked: Room) -> None:
        kept = worked.read(lambda reading: sorted(reading.whole_ledger()))
        assert sorted(worked.ledger_file.entries()) == kept


class TestLostCopy:
    """ledger.jsonl may be deleted, cut, or exchanged for a backup: it soon has all again that the catalogue knows."""

    @pytest.fixture
    def kept(self, sqlite_room: Room) -> Room:
        """Thirty articles, of which one has been edited since its backup lies beside the file."""
        for number in range(30):
            sqlite_room.article(f"{number}.md", f"Isi {number}.")
        sqlite_room.look()
        path = sqlite_room.ledger_file.path
        assert path
        path.with_name("cadangan").write_bytes(path.read_bytes())
        sqlite_room.article("7.md", "Isi yang lain.", title="Judul baru")
        sqlite_room.article("30.md")
        sqlite_room.look()
        return sqlite_room

    @pytest.mark.parametrize("lose", LOSSES)
    def test_it_is_whole_again_after_the_next_look_which_says_so(
        self, kept: Room, lose: Callable[[Path], int], caplog: pytest.LogCaptureFixture
    ) -> None:
        path = kept.ledger_file.path
        assert path
        table = kept.read(lambda reading: sorted(reading.whole_ledger()))
        lost = lose(path)
        with caplog.at_level(logging.WARNING):
            kept.look()
        assert sorted(kept.ledger_file.entries()) == table
        said = f"{path} lacked entries of the catalogue, which are written again: {lost}"
        assert [record.message for record in caplog.records if "lacked" in record.message] == [said]
        caplog.clear()
        size = path.stat().st_size
        kept.look()
        assert not caplog.records
        assert path.stat().st_size == size

    @pytest.mark.parametrize("lose", LOSSES)
    def test_no_id_changes_where_the_catalogue_is_lost_after_that(
        self, kept: Room, lose: Callable[[Path], int]
    ) -> None:
        kept.rename("3.md", "ekonomi/tiga.md")
        kept.look()
        before = kept.ids
        assert kept.ledger_file.path
        lose(kept.ledger_file.path)
        kept.article("9.md", "Isi yang disunting.")
        kept.look()
        kept.lose_catalogue()
        kept.look()
        assert kept.ids == before

    def test_a_file_that_is_whole_is_not_read(self, kept: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(*_: object) -> None:
            raise AssertionError("a line of the ledger was read")

        monkeypatch.setattr(LedgerFile, "read", read)
        kept.look()
        kept.article("8.md", "Isi yang baru.")
        kept.look()
        kept.look()

    def test_a_catalogue_that_lost_its_last_changes_has_them_from_the_copy(self, kept: Room) -> None:
        """As where the log beside a database was lost: the article that was renamed and edited keeps its id."""
        kept.close()
        database = Path(sa.engine.make_url(kept.address).database or "")
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        earlier = database.read_bytes()
        kept.rename("5.md", "ekonomi/lima.md")
        kept.article("31.md")
        kept.look()
        kept.article("ekonomi/lima.md", "Isi yang lain sama sekali.", title="Lain")
        kept.look()
        kept.rename("31.md", "ekonomi/tigapuluh-satu.md")
        kept.look()
        before = kept.records
        kept.lose_catalogue()
        database.write_bytes(earlier)
        kept.look()
        assert kept.records == before
        assert sorted(kept.ledger_file.entries()) == kept.read(lambda reading: sorted(reading.whole_ledger()))

    def test_a_value_that_the_catalogue_cannot_have_written_is_damage(self, kept: Room) -> None:
        """It must not become a line that nobody can read."""
        with kept.catalogue.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE ledger SET slug = x'cb00' WHERE key = '3'")
        assert kept.ledger_file.path
        kept.ledger_file.path.unlink()
        with pytest.raises(UnusableCatalogueError, match="which is no entry"):
            kept.look()


def fail(file: LedgerFile) -> None:
    if file.size:
        raise OSError("mati")


class TestNewsroom:
    """Where a newsroom keeps its copy."""

    @staticmethod
    def ids(settings: Settings) -> dict[str, str]:
        newsroom = Newsroom.open(settings)
        try:
            newsroom.update()
            with newsroom.catalogue.reading() as reading:
                return {record.path: record.id for record in reading.latest("", 99, FAR_AHEAD)}
        finally:
            newsroom.close()

    @pytest.fixture
    def articles(self, tmp_path: Path) -> Path:
        folder = tmp_path / "berita"
        folder.mkdir()
        (folder / "a.md").write_text("---\ntitle: Berita\ndate: 2025-06-01\n---\nIsi.\n")
        return folder

    def test_it_lies_beside_the_catalogue(self, articles: Path, load_settings: Callable[..., Settings]) -> None:
        before = self.ids(load_settings(articles, FEEDS_AUTHORITY="kabar.example"))
        names = {file.name for file in (articles / ".feeds").iterdir()}
        assert {"catalogue.sqlite", "ledger.jsonl"} <= names
        (articles / "a.md").rename(articles / "b.md")
        self.ids(load_settings(articles, FEEDS_AUTHORITY="kabar.example"))
        for file in (articles / ".feeds").glob("catalogue.sqlite*"):
            file.unlink()
        assert self.ids(load_settings(articles, FEEDS_AUTHORITY="kabar.example")) == {"b.md": before["a.md"]}

    def test_a_newsroom_that_gets_a_site_keeps_its_ids(
        self, articles: Path, load_settings: Callable[..., Settings]
    ) -> None:
        """Though its key in the catalogue is another one then."""
        before = self.ids(load_settings(articles))
        assert self.ids(load_settings(articles, FEEDS_SITE="https://kabar.example")) == before

    def test_newsrooms_that_share_a_database_have_copies_of_their_own(
        self, articles: Path, tmp_path: Path, load_settings: Callable[..., Settings]
    ) -> None:
        """One's article of the same path must not be taken for the other's."""
        shared = {"FEEDS_CATALOGUE": f"sqlite:///{tmp_path}/bersama.sqlite"}
        other = tmp_path / "lain"
        other.mkdir()
        (other / "a.md").write_text("---\ntitle: Lain\ndate: 2025-06-01\n---\nLain.\n")
        one = self.ids(load_settings(articles, FEEDS_AUTHORITY="satu.example", **shared))
        two = self.ids(load_settings(other, FEEDS_AUTHORITY="dua.example", **shared))
        assert one == {"a.md": "tag:satu.example,2025-06-01:a"}
        assert two == {"a.md": "tag:dua.example,2025-06-01:a"}
        for file in tmp_path.glob("bersama.sqlite*"):
            file.unlink()
        assert self.ids(load_settings(other, FEEDS_AUTHORITY="dua.example", **shared)) == two
        assert self.ids(load_settings(articles, FEEDS_AUTHORITY="satu.example", **shared)) == one
