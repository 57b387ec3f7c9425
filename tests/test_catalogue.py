"""The store: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from feeds import tables
from feeds.catalogue import Catalogue
from feeds.catalogue.engine import POSTGRESQL
from feeds.catalogue.reading import CHUNK, KnownDocument
from feeds.catalogue.writing import Writing
from feeds.errors import ArticleError, CatalogueError
from feeds.model import Category, Image, Rendition
from feeds.record import LedgerEntry, Record, from_microseconds, moment_of
from tests.conftest import FAR_AHEAD, Room

TEXTS = sa.String


def record(identity: str, **values: Any) -> Record:
    plain: dict[str, Any] = {
        "path": f"{identity}.md",
        "position": None,
        "slug": identity,
        "title": f"Berita {identity}",
        "title_origin": "field",
        "published": 1_000_000,
        "published_offset": 25_200,
        "date_origin": "field",
        "updated": 2_000_000,
        "updated_offset": 25_200,
        "summary": "",
        "authors": (),
        "categories": (),
        "tags": (),
        "link": "",
        "source": "",
        "language": "",
        "image": None,
        "content_hash": identity,
        "first_mark": 0,
        "last_mark": 0,
    }
    return Record(id=identity, **plain | values)


def entry(identity: str, **values: Any) -> LedgerEntry:
    plain: dict[str, Any] = {
        "key": identity,
        "address": None,
        "slug": identity,
        "published": 1,
        "published_offset": 0,
        "content_hash": identity,
        "updated": 1,
        "updated_offset": 0,
    }
    return LedgerEntry(id=identity, **plain | values)


@pytest.fixture
def catalogue(catalogue_address: str, newsroom_names: Iterator[str]) -> Iterator[Catalogue]:
    """A newsroom of its own, on both databases."""
    opened = Catalogue.open(catalogue_address, next(newsroom_names))
    yield opened
    opened.close()


@pytest.fixture
def empty(empty_address: str) -> Iterator[Catalogue]:
    """A newsroom in a database of its own, on both."""
    opened = Catalogue.open(empty_address, "satu")
    yield opened
    opened.close()


def put(catalogue: Catalogue, *records: Record) -> None:
    with catalogue.writing() as writer:
        writer.put_records(records)


class TestTables:
    """Rows are written as they are, so that the order of fields and columns must be one."""

    @pytest.mark.parametrize(
        ("kind", "table"), [(Record, tables.articles), (LedgerEntry, tables.ledger)], ids=["articles", "ledger"]
    )
    def test_fields_stand_in_the_order_of_the_columns(self, kind: Any, table: sa.Table) -> None:
        assert ("newsroom", *kind._fields) == tuple(column.name for column in table.columns)

    def test_what_is_known_of_a_document_are_columns_of_its_table(self) -> None:
        assert set(KnownDocument._fields) <= {column.name for column in tables.documents.columns}

    def test_every_table_begins_with_the_newsroom(self) -> None:
        for table in tables.metadata.tables.values():
            assert table.columns[0].name == "newsroom"
            assert table.primary_key.columns[0].name == "newsroom"
            if table is not tables.searched:  # all newsrooms share the numbers of the index of words, and the index
                assert all(index.columns[0].name == "newsroom" for index in table.indexes)

    def test_no_text_is_ordered_by_a_collation(self, catalogue: Catalogue) -> None:
        """SQLite compares bytes; every column of PostgreSQL says that it does."""
        if catalogue.engine.dialect.name == "sqlite":
            with catalogue.engine.connect() as connection:
                made = connection.exec_driver_sql("SELECT sql FROM sqlite_master").scalars().all()
            assert not any("collate" in (sql or "").lower() for sql in made)
            return
        query = "SELECT collation_name FROM information_schema.columns WHERE table_schema = 'public'"
        with catalogue.engine.connect() as connection:
            kinds = (
                connection.exec_driver_sql(f"{query} AND data_type IN ('text', 'character varying')").scalars().all()
            )
        assert set(kinds) == {"C"}

    def test_records_come_back_as_they_were_put(self, catalogue: Catalogue) -> None:
        image = Image(url="https://kabar.example/a.jpg", caption='Wárung "Bu Tin"', length=7, width=4, height=3)
        full = record(
            "a",
            position=3,
            published=-1,
            published_offset=-3600,
            authors=("Siti", "Ujang"),
            categories=("ekonomi", "kota"),
            tags=("a b",),
            image=image,
            summary="50% 'naik' \\ %s ? :x",
            license="https://kabar.example/lisensi/",
            rights="© Siti",
        )
        put(catalogue, full, record("b"))
        with catalogue.reading() as reading:
            assert reading.records(["a", "b", "c"]) == {"a": full, "b": record("b")}

    def test_more_ids_than_a_statement_takes_are_asked_in_parts(self, catalogue: Catalogue) -> None:
        records = [record(f"{number:05}") for number in range(3 * CHUNK + 1)]
        put(catalogue, *records)
        with catalogue.writing() as writer:
            assert writer.records(r.id for r in records) == {r.id: r for r in records}
            writer.remove_records(records[1:])
            assert writer.count(FAR_AHEAD)[0] == 1

    def test_a_removed_record_leaves_its_categories_and_stays_in_the_ledger(self, catalogue: Catalogue) -> None:
        gone = record("a", categories=("ekonomi", "kota"))
        put(catalogue, gone, record("b", categories=("ekonomi",)))
        with catalogue.writing() as writer:
            writer.put_ledger([entry("a"), entry("b")], ())
            writer.put_categories([Category(slug="ekonomi", title="Ekonomi"), Category(slug="kota", title="Kota")])
            writer.remove_records([gone])
        with catalogue.reading() as reading:
            assert [r.id for r in reading.latest("ekonomi", 10, FAR_AHEAD)] == ["b"]
            assert reading.latest("kota", 10, FAR_AHEAD) == []
            assert [c.slug for c in reading.categories()] == ["ekonomi", "kota"]
            assert {e.id for e in reading.whole_ledger()} == {"a", "b"}

    def test_the_ledger_is_found_by_each_of_its_names(self, catalogue: Catalogue) -> None:
        entries = [entry("a", address="kabar.example/a"), entry("b", key="kunci", slug="slug", content_hash="isi")]
        with catalogue.writing() as writer:
            assert writer.ledger_is_empty()
            writer.put_ledger(entries, ())
            writer.put_ledger((), [entries[0]._replace(updated=5)])
        with catalogue.reading() as reading:
            assert not reading.ledger_is_empty()
            for column, value in (("id", "b"), ("key", "kunci"), ("slug", "slug"), ("content_hash", "isi")):
                assert list(reading.ledger(column, [value])) == [entries[1]]
            assert list(reading.ledger("address", ["kabar.example/a"])) == [entries[0]._replace(updated=5)]

    def test_problems_are_kept_with_path_and_reason(self, catalogue: Catalogue) -> None:
        problems = [
            ArticleError("a.csv#2", "date", "has no date"),
            ArticleError("a.csv#10", "weekday", "salah hari", fatal=False),
        ]
        with catalogue.writing() as writer:
            writer.put_problems([("b.md", 0, ArticleError("b.md", "title", "has no title"))])
            writer.put_problems(("a.csv", number, problem) for number, problem in enumerate(problems))
            writer.put_directory_problems([ArticleError("c.md", "unreadable", "is a folder")])
        with catalogue.reading() as reading:
            assert [p.path for p in reading.problems()] == ["a.csv#2", "a.csv#10", "b.md", "c.md"]
            assert reading.problems()[:2] == problems
            assert [p.path for p in reading.directory_problems()] == ["c.md"]
            assert reading.files_with("date") == {"a.csv"}

    def test_documents_come_back_as_they_were_put(self, catalogue: Catalogue) -> None:
        documents = [
            Rendition(path=path, media_type="text/html", body=b"\0\xff", etag="e", modified=7)
            for path in ("index.html", "artikel/a/index.html", "artikelx", "art_kel/b")
        ]
        with catalogue.writing() as writer:
            writer.put_documents({d.path: (d, "print") for d in documents}, 3)
        with catalogue.reading() as reading:
            assert reading.document("index.html") == documents[0]
            assert reading.document("lain") is None
            assert reading.document_index(besides="artikel/").keys() == {"index.html", "artikelx", "art_kel/b"}
            assert reading.document_index(besides="artikel/", unlike=["art%/b"]).keys() == {"index.html", "artikelx"}
            assert reading.document_index(besides="art_kel/").keys() == {d.path for d in documents[:3]}
            assert reading.document_index()["artikelx"] == KnownDocument("e", 7, "print")


class TestLatest:
    """The newest articles first, the same on every database."""

    IDS = (
        "a", "A", "b", "B", "Z", "_", "-", "~", "tag:x,2025:a", "tag:X,2025:a", "tag:x,2025:a-b", "tag:x,2025:a b",
        "é", "z", "ß", "0", "10", "9", "https://kabar.example/a", "https://kabar.example/A", "😀", "￿",
    )  # fmt: skip

    @pytest.mark.parametrize("category", ["", "ekonomi"])
    def test_articles_of_one_moment_stand_in_the_order_of_their_bytes(
        self, catalogue: Catalogue, category: str
    ) -> None:
        """Capitals, punctuation and letters beyond ASCII, which collations order in ways of their own."""
        put(catalogue, *(record(identity, categories=("ekonomi",)) for identity in self.IDS))
        with catalogue.reading() as reading:
            found = [r.id for r in reading.latest(category, 100, FAR_AHEAD)]
        assert found == sorted(self.IDS, key=str.encode, reverse=True)

    def test_the_newest_come_first_whatever_their_zone(self, catalogue: Catalogue) -> None:
        put(catalogue, *(record(f"{n}", published=n, published_offset=-n * 60) for n in (3, 1, 2)))
        with catalogue.reading() as reading:
            assert [r.id for r in reading.latest("", 2, FAR_AHEAD)] == ["3", "2"]

    def test_an_article_of_the_future_waits_for_its_time(self, catalogue: Catalogue) -> None:
        """It is in no list before, and the catalogue knows when to look again."""
        put(catalogue, *(record(f"{n}", published=n, categories=("kota",)) for n in (10, 20, 30)))
        with catalogue.reading() as reading:
            for now, shown, due in (
                (9, [], 10),
                (10, ["10"], 20),
                (29, ["20", "10"], 30),
                (30, ["30", "20", "10"], None),
            ):
                assert [r.id for r in reading.latest("", 9, now)] == shown
                assert [r.id for r in reading.latest("kota", 9, now)] == shown
                assert {r.id for r in reading.without_address(now)} == set(shown)
                assert reading.next_embargo(now) == due

    def test_only_articles_of_the_category_are_its(self, catalogue: Catalogue) -> None:
        put(catalogue, record("a", categories=("kota",)), record("b", categories=("kota-lain",)), record("c"))
        with catalogue.reading() as reading:
            assert [r.id for r in reading.latest("kota", 9, FAR_AHEAD)] == ["a"]
            assert reading.latest("tidak-ada", 9, FAR_AHEAD) == []

    def test_an_embargo_through_the_whole_intake(self, room: Room) -> None:
        room.article("a.md", date="2025-06-01T10:00:00+07:00")
        room.article("b.md", "Nanti.", date="2026-06-01T10:00:00+07:00")
        room.look()
        later, _ = moment_of(datetime.fromisoformat("2026-06-01T10:00:00+07:00"))
        assert room.titles(now=later - 1) == ["Berita a"]
        assert room.read(lambda r: r.next_embargo(later - 1)) == later
        assert room.titles(now=later) == ["Berita b", "Berita a"]


class TestNewsrooms:
    """Several newsrooms in one database do not see each other."""

    @pytest.fixture
    def other(self, make_room: Callable[..., Room], room: Room) -> Room:
        return make_room(room.address)

    def test_the_same_files_are_articles_of_each(self, room: Room, other: Room) -> None:
        for each in (room, other):
            each.article("a.md", category="Ekonomi")
            each.article("salinan.md", title="Berita a", category="Ekonomi")
            each.look()
        assert room.records == other.records
        assert room.problems == other.problems
        room.remove("a.md", "salinan.md")
        room.article("b.md", category="Kota")
        room.look()
        assert (list(room.records), list(other.records)) == (["b.md"], ["a.md"])
        assert other.kinds == [("salinan.md", "duplicate")]

    def test_nothing_of_one_is_read_by_the_other(self, room: Room, other: Room) -> None:
        room.article("a.md", category="Ekonomi", date="2027-01-01")
        room.write("rusak.md", b"\0")
        room.look()
        with room.catalogue.writing() as writer:
            writer.put_documents({"x": (Rendition(path="x", media_type="", body=b"", etag="", modified=0), "")}, 1)
            writer.put_rendered("rss", {"a": ("print", b"")})
            writer.set_value("version", "7")
        with other.catalogue.reading() as r:
            assert (r.version, r.count(FAR_AHEAD)[0], r.next_embargo(0), r.ledger_is_empty()) == (0, 0, None, True)
            assert (r.latest("", 9, FAR_AHEAD), r.latest("ekonomi", 9, FAR_AHEAD), r.categories()) == ([], [], [])
            assert (r.problems(), list(r.documents()), r.document_index(), r.document("x")) == ([], [], {}, None)
            assert (r.files(), list(r.whole_ledger()), r.pending("category")) == ({}, [], set())
            assert r.rendered("rss", {"a": "print"}) == {}

    def test_nothing_of_one_is_removed_by_the_other(self, room: Room, other: Room) -> None:
        for each in (room, other):
            each.article("a.md", category="Ekonomi")
            each.look()
        with room.catalogue.writing() as writer:
            writer.remove_records(writer.latest("", 9, FAR_AHEAD))
            writer.forget_everything()
            writer.clear_pending()
            writer.keep_rendered([])
        assert other.titles("ekonomi") == ["Berita a"]
        assert other.read(lambda r: r.pending("category")) or other.read(lambda r: r.pending("everything"))


def indexes(catalogue: Catalogue) -> set[tuple[str, str]]:
    inspector = sa.inspect(catalogue.engine)
    return {(t, index["name"] or "") for t in tables.metadata.tables for index in inspector.get_indexes(t)}


def wanted_indexes(catalogue: Catalogue) -> set[tuple[str, str]]:
    of_others = {"sqlite": "searched_words", "postgresql": "searched_number"}[catalogue.engine.dialect.name]
    wanted = {(t.name, str(index.name)) for t in tables.metadata.tables.values() for index in t.indexes}
    return wanted - {("searched", of_others)}


class TestTransactions:
    """Readers see one state; a writer's work is there as a whole or not at all."""

    @pytest.mark.parametrize("filled", [False, True])
    def test_a_first_load_leaves_every_index_in_its_place(self, empty: Catalogue, filled: bool) -> None:
        if filled:
            put(empty, record("0"))
        with empty.writing() as writer, writer.bulk():
            writer.put_records([record("a")])
            writer.put_ledger([entry("a")], ())
        assert indexes(empty) == wanted_indexes(empty)
        with empty.writing() as writer, writer.bulk():
            writer.put_records([record("b")])
        assert indexes(empty) == wanted_indexes(empty)
        with empty.reading() as reading:
            assert reading.count(FAR_AHEAD)[0] == 2 + filled

    def test_a_first_load_that_fails_leaves_every_index_and_no_article(self, empty: Catalogue) -> None:
        def fail(writer: Writing) -> None:
            with writer.bulk():
                writer.put_records([record("a")])
                raise RuntimeError

        with pytest.raises(RuntimeError), empty.writing() as writer:
            fail(writer)
        assert indexes(empty) == wanted_indexes(empty)
        with empty.reading() as reading:
            assert reading.count(FAR_AHEAD)[0] == 0

    def test_a_reader_sees_one_state_while_another_writes(self, catalogue: Catalogue) -> None:
        put(catalogue, record("a"))
        with catalogue.reading() as reading:
            assert reading.count(FAR_AHEAD)[0] == 1
            put(catalogue, record("b"))
            assert (reading.count(FAR_AHEAD)[0], len(reading.latest("", 9, FAR_AHEAD))) == (1, 1)
        with catalogue.reading() as reading:
            assert reading.count(FAR_AHEAD)[0] == 2

    def test_a_reader_does_not_wait_for_a_writer(self, catalogue: Catalogue) -> None:
        with catalogue.writing() as writer:
            writer.put_records([record("a")])
            with catalogue.reading() as reading:
                assert reading.count(FAR_AHEAD)[0] == 0

    def test_a_catalogue_can_be_opened_while_another_process_writes(self, catalogue: Catalogue) -> None:
        """A first intake of many articles takes longer than any wait for a lock."""
        address = catalogue.engine.url.render_as_string(hide_password=False)
        with catalogue.writing() as writer:
            writer.put_records([record("a")])
            began = datetime.now(UTC)
            Catalogue.open(address, catalogue.newsroom).close()
            assert datetime.now(UTC) - began < timedelta(seconds=5)

    def test_many_may_open_an_empty_database_at_once(self, empty_address: str) -> None:
        """The workers of a server all start at the same moment."""
        together, faults = threading.Barrier(6), []

        def start() -> None:
            together.wait()
            try:
                Catalogue.open(empty_address, "satu").close()
            except CatalogueError as error:
                faults.append(str(error))

        threads = [threading.Thread(target=start) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []


class TestFaults:
    """What is wrong with a catalogue is one sentence, without its password."""

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "a.sqlite").write_bytes(b"bukan basis data " * 1000)
        with pytest.raises(CatalogueError, match=r"a\.sqlite: file is not a database"):
            Catalogue.open(f"sqlite:///{tmp_path}/a.sqlite", "satu")

    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(CatalogueError, match="unable to open database file"):
            Catalogue.open(f"sqlite:///{tmp_path}/tidak/ada.sqlite", "satu")

    def test_a_schema_of_another_program(self, empty: Catalogue) -> None:
        with empty.writing() as writer:
            writer.set_value("schema", "999")
        address = empty.engine.url.render_as_string(hide_password=False)
        with pytest.raises(CatalogueError, match="its schema is 999, this program's is"):
            Catalogue.open(address, "satu")

    def test_a_server_that_is_away(self, tmp_path: Path) -> None:
        pytest.importorskip("psycopg", reason="psycopg is not installed")
        with pytest.raises(CatalogueError) as caught:
            Catalogue.open(f"postgresql+psycopg://redaksi:rahasia@/berita?host={tmp_path}", "satu")
        assert "rahasia" not in str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("rest", ["redaksi@host:angka/x", "[::1/x", ""])
    def test_an_address_that_is_none(self, rest: str) -> None:
        pytest.importorskip("psycopg", reason="psycopg is not installed")
        with pytest.raises(CatalogueError):
            Catalogue.open(f"postgresql+psycopg://{rest or '@:/?host=/tidak/ada'}", "satu")

    @pytest.mark.parametrize(("named", "seconds"), [("", 2), ("&connect_timeout=3", 3)])
    def test_a_server_that_accepts_and_says_nothing_is_not_waited_for_for_ever(
        self, monkeypatch: pytest.MonkeyPatch, named: str, seconds: int
    ) -> None:
        """By the program's patience, or the one that the address names."""
        pytest.importorskip("psycopg", reason="psycopg is not installed")
        monkeypatch.setitem(POSTGRESQL, "connect_timeout", 2)  # the least that there is
        outcome: list[tuple[float, str]] = []

        def ask() -> None:
            began = time.monotonic()
            try:
                Catalogue.open(f"postgresql+psycopg://redaksi@127.0.0.1:{port}/berita?sslmode=disable{named}", "satu")
            except CatalogueError as error:
                outcome.append((time.monotonic() - began, str(error)))

        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            asking = threading.Thread(target=ask, daemon=True)
            asking.start()
            asking.join(20)
        ((waited, sentence),) = outcome
        assert waited >= seconds
        assert "timeout" in sentence

    def test_a_driver_that_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(CatalogueError, match="psycopg"):
            Catalogue.open("postgresql+psycopg://redaksi:rahasia@host/berita", "satu")

    def test_a_table_that_went(self, empty: Catalogue) -> None:
        with empty.engine.begin() as connection:
            tables.articles.drop(connection)
        with pytest.raises(CatalogueError, match="articles"), empty.reading() as reading:
            reading.count(FAR_AHEAD)[0]


@given(
    moment=st.datetimes(datetime(1900, 1, 2), datetime(9998, 1, 1)),  # noqa: DTZ001
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_times_are_kept_to_the_microsecond_with_their_offset(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    again = from_microseconds(*moment_of(aware))
    assert (again, again.utcoffset()) == (aware, aware.utcoffset())
