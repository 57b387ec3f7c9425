"""One article in several files: the better source stands, the other is named, and the id stays."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from feeds.model import Rendition
from feeds.record import LedgerEntry
from feeds.tables import SCHEMA
from tests.conftest import Room

TEXT = (
    "Harga beras medium di Pasar Angso Duo turun menjadi Rp12.500 per kilogram sejak Senin pagi. Pedagang menyebut "
    "pasokan dari Kerinci dan Sumatera Selatan sudah kembali lancar setelah jembatan selesai diperbaiki dua pekan lalu."
)
LINK = "https://kabar.example/berita/harga-beras"
CAPTURE = f"Harga Beras Medium di Pasar Angso Duo Turun\nSelasa, 3 Desember 2024 10:30 WIB\n\nJambi - {TEXT}\n"
TITLE = "Harga Beras Medium di Pasar Angso Duo Turun"
DATE = "2024-12-03T10:30:00+07:00"


def markdown(room: Room, path: str = "a.md", **header: object) -> None:
    room.article(path, TEXT, **{"title": TITLE, "date": DATE} | header)


def record(room: Room, path: str = "b.json", **values: object) -> None:
    room.write(path, json.dumps({"judul": TITLE, "tanggal": DATE, "isi": TEXT} | values))


def duplicates(room: Room) -> list[tuple[str, str]]:
    return [(problem.path, problem.reason) for problem in room.problems if problem.kind == "duplicate"]


class TestSameAddress:
    """Two files that name one address hold one article."""

    @pytest.mark.parametrize("first", ["a.md", "b.json", None], ids=["markdown first", "record first", "together"])
    def test_the_better_source_stands_whichever_came_first(self, room: Room, first: str | None) -> None:
        """A Markdown file is a better source than a record of a database's dump, if their dates are as good."""
        if first == "b.json":
            record(room, url=f"{LINK}/?utm_source=x", isi="Teks lain sama sekali.")
            room.look()
        markdown(room, link=LINK)
        if first == "a.md":
            room.look()
        record(room, url=f"{LINK}/?utm_source=x", isi="Teks lain sama sekali.")
        room.look()
        assert list(room.records) == ["a.md"]
        ((path, reason),) = duplicates(room)
        assert path == "b.json"
        assert reason.startswith("is the same article as a.md")

    def test_the_id_that_was_published_stays_when_a_better_source_comes(self, room: Room) -> None:
        """With a guid of its own or without: subscribers know the article by the first one."""
        record(room, url=LINK)
        room.look()
        markdown(room, link=LINK, guid="urn:lain")
        room.look()
        assert room.ids == {"a.md": LINK}
        assert ("a.md", "identity") in room.kinds

    def test_a_better_source_is_no_change_of_the_article(self, room: Room) -> None:
        record(room, url=LINK)
        room.look()
        markdown(room, link=LINK)
        room.look()
        assert room.records["a.md"].updated == room.records["a.md"].published

    def test_the_other_takes_the_place_and_the_id_when_the_better_source_goes(self, room: Room) -> None:
        markdown(room, link=LINK, guid="urn:satu")
        record(room, url=LINK)
        room.look()
        room.remove("a.md")
        room.look()
        assert room.ids == {"b.json": "urn:satu"}
        assert duplicates(room) == []

    def test_a_full_read_changes_nothing(self, room: Room) -> None:
        record(room, url=LINK)
        room.look()
        markdown(room, link=LINK)
        room.look()
        before = room.records, duplicates(room)
        room.program = "the next version"
        room.look()
        assert room.records == before[0]
        assert [path for path, _ in duplicates(room)] == [path for path, _ in before[1]]

    def test_two_of_one_format_stand_as_they_came(self, room: Room) -> None:
        markdown(room, "b.md", link=LINK)
        room.look()
        markdown(room, "a.md", link=f"{LINK}/")
        room.look()
        assert list(room.records) == ["b.md"]

    def test_the_feed_of_a_category_loses_the_worse_source(self, room: Room) -> None:
        record(room, url=LINK, kategori="Kota")
        room.look()
        markdown(room, link=LINK, category="Ekonomi")
        room.look()
        assert (room.titles("kota"), room.titles("ekonomi")) == ([], [TITLE])


class TestNearlyTheSame:
    """Headlines and texts that hardly differ, within a week."""

    @pytest.mark.parametrize("together", [True, False])
    def test_two_addresses_of_one_text_are_one_article(self, room: Room, together: bool) -> None:
        markdown(room, link=LINK)
        if not together:
            room.look()
        changed = {"judul": TITLE.upper() + " Lagi", "tanggal": "2024-12-05"}
        record(room, url="https://mitra.example/1", isi=TEXT + " Demikian.", **changed)
        room.look()
        assert list(room.records) == ["a.md"]
        assert duplicates(room) == [("b.json", "is nearly the same as a.md")]

    def test_a_capture_of_the_page_of_an_article_is_that_article(self, room: Room) -> None:
        markdown(room, link=LINK)
        room.write("tangkapan.txt", CAPTURE)
        room.look()
        assert list(room.records) == ["a.md"]
        assert duplicates(room) == [("tangkapan.txt", "is nearly the same as a.md")]

    def test_what_was_published_first_stays(self, room: Room) -> None:
        """An id that subscribers know is worth more than a better source."""
        room.write("tangkapan.txt", CAPTURE)
        room.look()
        before = room.ids
        markdown(room, link=LINK)
        room.look()
        assert room.ids == before
        assert duplicates(room) == [("a.md", "is nearly the same as tangkapan.txt")]

    def test_the_other_takes_the_place_and_the_id_when_the_first_goes(self, room: Room) -> None:
        """Subscribers know the article, whatever the file is called now."""
        markdown(room, link=LINK)
        record(room, url="https://mitra.example/1", isi=TEXT + " Demikian.")
        room.look()
        room.remove("a.md")
        room.look()
        assert room.ids == {"b.json": LINK}
        record(room, url="https://mitra.example/1", isi=TEXT + " Demikian pula.")
        room.look()
        assert room.ids == {"b.json": LINK}
        assert duplicates(room) == []

    @pytest.mark.parametrize(
        "other",
        [
            {"tanggal": "2024-12-20"},
            {"isi": TEXT.replace("12.500", "13.100")},
            {"judul": "Harga Beras Medium di Pasar Angso Duo Turun 2 Persen"},
            {"judul": "Jembatan Kerinci Selesai Diperbaiki"},
            {"isi": "Pasar buka."},
        ],
        ids=["weeks later", "another price", "another number", "another headline", "another text"],
    )
    def test_two_reports_that_differ_are_two_articles(self, room: Room, other: dict[str, str]) -> None:
        markdown(room, link=LINK)
        record(room, url="https://kabar.example/lain", **other)
        room.look()
        assert set(room.records) == {"a.md", "b.json"}
        assert room.kinds == []

    def test_a_look_at_nothing_new_changes_nothing(self, room: Room) -> None:
        markdown(room, link=LINK)
        record(room, url="https://mitra.example/1")
        room.look()
        again = room.look()
        assert (again.read, again.changed) == (0, False)

    def test_a_full_read_keeps_the_one_that_stands(self, room: Room) -> None:
        room.write("tangkapan.txt", CAPTURE)
        room.look()
        markdown(room, link=LINK)
        room.look()
        before = room.records
        room.program = "the next version"
        room.look()
        assert room.records == before


class TestKeptIds:
    """A change that would have made a new id is reported, and makes none."""

    @pytest.mark.parametrize(
        ("edit", "what"),
        [
            ({"link": "https://kabar.example/baru"}, "address"),
            ({"link": LINK, "guid": "urn:baru"}, "guid"),
        ],
    )
    def test_a_new_address_or_guid_is_reported(self, room: Room, edit: dict[str, str], what: str) -> None:
        markdown(room, link=LINK)
        room.look()
        markdown(room, **edit)
        room.look()
        assert room.ids == {"a.md": LINK}
        (problem,) = room.problems
        assert (problem.kind, problem.fatal) == ("identity", False)
        assert problem.reason.startswith(f"keeps its id {LINK}, though its {what} would now make it ")

    def test_a_new_date_is_reported_for_an_article_without_an_address(self, room: Room) -> None:
        markdown(room)
        room.look()
        markdown(room, date="2024-12-04")
        room.look()
        assert [problem.kind for problem in room.problems] == ["identity"]

    def test_what_changes_no_id_is_not_reported(self, room: Room) -> None:
        markdown(room, link=LINK)
        room.look()
        markdown(room, link=LINK, title="Judul lain", category="Lain", slug="lain")
        room.look()
        assert room.problems == []

    def test_it_is_reported_once_and_again_after_a_full_read(self, room: Room) -> None:
        markdown(room, link=LINK)
        room.look()
        markdown(room, link="https://kabar.example/baru")
        room.look()
        room.program = "the next version"
        room.look()
        assert room.kinds == [("a.md", "identity")]


class TestOtherFormats:
    """The same article in a file of another format."""

    def test_it_keeps_its_id_and_its_time_of_change(self, room: Room) -> None:
        markdown(room, link=LINK)
        room.look()
        before = room.records["a.md"]
        room.remove("a.md")
        record(room, url=LINK, isi=f"<p>{TEXT}</p>")
        room.look()
        after = room.records["b.json"]
        assert (after.id, after.updated) == (before.id, before.updated)

    def test_a_new_headline_in_it_is_a_change(self, room: Room) -> None:
        markdown(room, link=LINK)
        room.look()
        before = room.records["a.md"]
        room.remove("a.md")
        record(room, url=LINK, judul="Judul lain")
        room.look()
        assert room.records["b.json"].updated > before.updated


class TestDateOfChange:
    """What an article says of its last change."""

    def test_one_before_the_publication_is_reported_and_counts_for_nothing(self, room: Room) -> None:
        markdown(room, updated="2024-12-01T08:00:00+07:00")
        room.look()
        ((path, kind),) = room.kinds
        assert (path, kind) == ("a.md", "updated")
        assert room.records["a.md"].updated == room.records["a.md"].published

    def test_the_day_of_publication_without_a_time_is_right(self, room: Room) -> None:
        markdown(room, updated="2024-12-03")
        room.look()
        assert room.kinds == []


def as_schema_2(connection: Connection) -> None:
    """Take back what the tables of schema 3 have more."""
    connection.exec_driver_sql("DROP INDEX documents_version")
    connection.exec_driver_sql("ALTER TABLE documents DROP COLUMN version")
    connection.exec_driver_sql("ALTER TABLE documents DROP COLUMN parts")
    for table in ("history", "pings"):
        connection.exec_driver_sql(f"DROP TABLE {table}")


class TestEarlierCatalogues:
    """A catalogue of an earlier program."""

    def test_ids_and_times_of_change_are_kept(self, make_room: Callable[..., Room], empty_address: str) -> None:
        """Its ledger knew addresses as they were written."""
        room = make_room(empty_address)
        markdown(room, link=LINK)
        markdown(room, "b.md", title="Lain", date="2024-12-01")
        room.look()
        before = room.records
        with room.catalogue.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE ledger RENAME COLUMN address TO link")
            connection.exec_driver_sql("DROP INDEX ledger_address")
            connection.exec_driver_sql("ALTER TABLE ledger DROP COLUMN remains")
            connection.exec_driver_sql("CREATE INDEX ledger_link ON ledger (newsroom, link)")
            connection.exec_driver_sql(f"UPDATE ledger SET link = '{LINK}' WHERE link IS NOT NULL")
            connection.exec_driver_sql("ALTER TABLE articles RENAME TO former_articles")
            connection.exec_driver_sql("CREATE TABLE articles AS SELECT newsroom, id FROM former_articles")
            connection.exec_driver_sql("DROP TABLE former_articles")
            connection.exec_driver_sql("UPDATE meta SET value = '1' WHERE name = 'schema'")
            as_schema_2(connection)
        room.close()
        room.look()
        assert room.records == before
        room.remove("a.md")
        record(room, url=f"{LINK}/")
        room.look()
        assert room.records["b.json"].id == LINK

    def test_documents_are_kept_of_the_schema_before_this_one(
        self, make_room: Callable[..., Room], empty_address: str
    ) -> None:
        room = make_room(empty_address)
        markdown(room)
        page = Rendition(path="index.html", media_type="text/html", body=b"x", etag="e", modified=7)
        with room.catalogue.writing() as writer:
            writer.put_documents({"index.html": (page, "print")}, 4)
        with room.catalogue.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE meta SET value = '2' WHERE name = 'schema'")
            as_schema_2(connection)
        room.close()
        room.look()
        with room.catalogue.reading() as reading:
            assert reading.schema() == str(SCHEMA)
            assert reading.document("index.html") == page

    def test_rights_that_an_earlier_program_did_not_read_are_read(
        self, make_room: Callable[..., Room], empty_address: str
    ) -> None:
        """Though no file has changed; ids and times of change stay."""
        room = make_room(empty_address)
        markdown(room, lisensi="CC BY 4.0")
        room.look()
        before = room.records
        with room.catalogue.engine.begin() as connection:
            for name in ("license", "rights"):
                connection.exec_driver_sql(f"ALTER TABLE articles DROP COLUMN {name}")
            connection.exec_driver_sql("UPDATE meta SET value = '3' WHERE name = 'schema'")
        room.close()
        room.look()
        assert room.records == before
        assert room.records["a.md"].license == "https://creativecommons.org/licenses/by/4.0/"

    def test_a_ledger_file_that_names_addresses_as_written_is_understood(self, sqlite_room: Room) -> None:
        markdown(sqlite_room, link=LINK)
        sqlite_room.look()
        path = sqlite_room.ledger_file.path
        assert path
        line = json.loads(path.read_text())
        line["link"] = LINK
        del line["address"]
        path.write_text(json.dumps(line) + "\n")
        (entry,) = sqlite_room.ledger_file.entries()
        assert isinstance(entry, LedgerEntry)
        assert entry.address == LINK.removeprefix("https://")
