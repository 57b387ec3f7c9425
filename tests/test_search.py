"""A search finds the same articles in the same order on both databases, and nothing that is typed breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds import indexing
from feeds.catalogue import Catalogue, search
from feeds.catalogue.search import Indexed
from feeds.errors import QueryError
from feeds.indexing import AT_ONCE, TOGETHER, Indexer
from feeds.live import Live
from feeds.newsroom import Newsroom
from feeds.query import MAX_LENGTH, MAX_TERMS, Query, read_query
from feeds.record import moment_of
from feeds.words import APART, indexed_words, stems
from tests.conftest import FAR_AHEAD, Room
from tests.support import a_desk, article, until
from tests.test_catalogue import record

# --- words and queries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kebanjiran, banjir; DIBANJIRI membanjiri", ["banjir"]),
        ("makanan dimakan", ["makan"]),
        ("anak-anak desa", ["anak", "desa"]),
        ("buah-buahan", ["buah"]),
        ("covid-19 tahun 2025", ["covid", "x19", "tahun", "x2025"]),
        ("3.000 ton", ["x3", "x000", "ton"]),
        ("Jum'at Jum’at", ["jumat"]),
        ("Café CAFE", ["cafe"]),
        ("governments", ["governments"]),
        ("中文", ["u4e2du6587"]),
        ("²x", ["x2x"]),
        ("\0 \ud800 ʼ _", []),
        ("a" * 50, ["a" * 40]),
    ],
)
def test_words_that_mean_the_same_have_one_stem(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("banjir bandang", {("banjir",), ("bandang",)}, ()),
        ("banjir kebanjiran", {("banjir",)}, ()),
        ('"banjir bandang"', {("banjir", "bandang")}, ()),
        ("“banjir bandang”", {("banjir", "bandang")}, ()),
        ("banjir -bandang", {("banjir",)}, {("bandang",)}),
        ('banjir -"air pasang"', {("banjir",)}, {("air", "pasang")}),
        ("banjir --bandang -", {("banjir",)}, {("bandang",)}),
        ("banjir - bandang", {("banjir",), ("bandang",)}, ()),
        ("anak-anak", {("anak",)}, ()),
        ("covid-19", {("covid", "x19")}, ()),
        ('banjir "bandang', {("banjir",), ("bandang",)}, ()),
        ('"" banjir', {("banjir",)}, ()),
        ("banjir OR gempa", {("banjir",), ("or",), ("gempa",)}, ()),
    ],
)
def test_words_phrases_and_exclusions_are_told_apart(
    text: str, wanted: set[tuple[str, ...]], unwanted: set[tuple[str, ...]]
) -> None:
    assert read_query(text) == Query(tuple(sorted(wanted)), tuple(sorted(unwanted)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "needs a word to look for"),
        (" \t\n", "needs a word to look for"),
        ('""', "needs a word to look for"),
        ("?! * \0", "needs a word to look for"),
        ("-banjir", "not only some to exclude"),
        ("a" * (MAX_LENGTH + 1), "at most 200 characters"),
        (" ".join(map(str, range(MAX_TERMS + 1))), "at most 20 words"),
    ],
)
def test_a_search_for_nothing_or_for_too_much_is_refused_in_a_sentence(text: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        read_query(text)


@given(st.text(max_size=MAX_LENGTH))
def test_whatever_is_typed_becomes_letters_and_digits(text: str) -> None:
    try:
        query = read_query(text)
    except QueryError:
        return
    for stem in (stem for term in (*query.wanted, *query.unwanted) for stem in term):
        assert stem.isascii()
        assert stem.isalnum()
        assert stem == stem.lower() != APART


# --- what is found ---------------------------------------------------------------------------------------------------

STORIES = {
    "banjir.md": ("Warga Pasir Putih kebanjiran", "Air sungai meluap. Anak-anak mengungsi ke sekolah dasar."),
    "bandang.md": ("Banjir bandang menerjang dua desa", "Jembatan putus, <b>bantuan</b> [tiba](https://x.example/kapal)."),
    "pasar.md": ("Harga beras di pasar naik", "Truk membanjiri gudang. Sekolah buka; biaya dasar tetap."),
    "vaksin.md": ("Vaksin covid-19 tersedia lagi", "Puskesmas buka setiap Jum'at. Tahun 2025 stok cukup."),
    "tamu.md": ("Tourists return to the river", "Boats carry visitors again."),
}  # fmt: skip
TITLES = {path.removesuffix(".md"): title for path, (title, _) in STORIES.items()}


class Found:
    """A newsroom that is searched: what is found, by the names of the files."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.indexer = Indexer(room.catalogue, room.settings)

    def index(self) -> int:
        """All that is left; how many steps that took."""
        self.indexer.changed(None)
        return self.rest()

    def rest(self) -> int:
        steps = 0
        while self.indexer.index_some():
            steps += 1
        return steps

    def __call__(self, text: str, now: int = FAR_AHEAD, limit: int = 50, offset: int = 0) -> list[str]:
        found = self.room.read(lambda r: r.search(read_query(text), limit, now, offset=offset))
        return [record.path.removesuffix(".md") for record in found]


@pytest.fixture
def find(room: Room) -> Found:
    for hour, (path, (title, body)) in enumerate(STORIES.items()):
        room.article(path, body, title=title, date=f"2025-06-01T{hour + 10}:00:00+07:00")
    room.article(
        "lada.md", title="Lada", date="2025-06-01T20:00:00+07:00", author="Ratna Dewi", tags=["Rempah"],
        category="Hasil Kebun", summary="Panen raya."
    )  # fmt: skip
    room.look()
    found = Found(room)
    found.index()
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("banjir", ["pasar", "bandang", "banjir"]),
        ("KEBANJIRAN", ["pasar", "bandang", "banjir"]),
        ("banjir bandang", ["bandang"]),
        ('"banjir bandang"', ["bandang"]),
        ('"bandang banjir"', []),
        ("banjir -bandang", ["pasar", "banjir"]),
        ('sekolah -"sekolah dasar"', ["pasar"]),
        ("sekolah dasar", ["pasar", "banjir"]),
        ('"sekolah dasar"', ["banjir"]),
        ("anak", ["banjir"]),
        ("anak-anak", ["banjir"]),
        ('"anak-anak mengungsi"', ["banjir"]),
        ("covid-19", ["vaksin"]),
        ("covid", ["vaksin"]),
        ("19", ["vaksin"]),
        ("2025", ["vaksin"]),
        ("jumat", ["vaksin"]),
        ("tourists", ["tamu"]),
        ("ratna", ["lada"]),
        ("rempah", ["lada"]),
        ("kebun", ["lada"]),
        ("panen", ["lada"]),
        ('"lada panen"', []),
        ("kapal", []),
        ("b", []),
        ("tidakada", []),
        ("banjir OR gempa", []),
        ("NEAR(banjir bandang)", []),
        ("words:banjir", []),
        ("banj*", []),
        ("'); DROP TABLE searched; --", []),
        ("banjir' | 'gempa", []),
        ("banjir & !bandang", ["bandang"]),
        ("banjir \\' <-> %s ? :x \0", []),
        ("(banjir", ["pasar", "bandang", "banjir"]),
        ('banjir"', ["pasar", "bandang", "banjir"]),
        ("^banjir {banjir}", ["pasar", "bandang", "banjir"]),
    ],
)
def test_what_a_search_finds(find: Found, text: str, expected: list[str]) -> None:
    assert find(text) == expected


def test_a_part_of_what_is_found_is_a_part_of_the_list(find: Found) -> None:
    assert find("banjir", limit=2) == ["pasar", "bandang"]
    assert find("banjir", limit=2, offset=1) == ["bandang", "banjir"]
    assert find("banjir", limit=2, offset=3) == []


def test_an_article_is_found_when_its_time_has_come(find: Found) -> None:
    due, _ = moment_of(datetime.fromisoformat("2025-06-01T11:00:00+07:00"))
    assert find("banjir", now=due - 1) == ["banjir"]
    assert find("banjir", now=due) == ["bandang", "banjir"]


def test_what_is_paid_for_is_left_out_where_it_is_not_wanted(find: Found) -> None:
    find.room.article("iklan.md", title="Banjir hadiah", advertorial=True)
    find.room.look()
    find.index()
    assert "iklan" in find("banjir")
    listed = find.room.read(lambda r: r.search(read_query("hadiah"), 9, FAR_AHEAD, advertorials=False))
    assert listed == []


def test_nothing_is_found_before_anything_is_indexed(room: Room) -> None:
    room.article("a.md", title="Banjir")
    room.look()
    assert Found(room)("banjir") == []


# --- the index follows the articles ----------------------------------------------------------------------------------


def indexed(room: Room) -> int:
    found: int = room.read(lambda r: len(r.prints_of_searched(entry.id for entry in r.whole_ledger())))
    return found


def test_an_edit_a_rename_and_a_deletion_are_followed(find: Found) -> None:
    room = find.room
    before = dict(room.ids)

    def changed(*paths: str) -> None:
        room.look()
        find.indexer.changed([before[path] for path in paths])

    room.article("banjir.md", "Air surut.", title="Warga pulang", date="2025-06-01T10:00:00+07:00")
    changed("banjir.md")
    assert (find("banjir"), find("surut"), find("mengungsi")) == (["pasar", "bandang"], ["banjir"], [])
    room.rename("bandang.md", "kota/bandang.md")
    changed("bandang.md")
    assert find("banjir") == ["pasar", "kota/bandang"]
    room.remove("pasar.md")
    room.look()
    assert find("banjir") == ["kota/bandang"]
    find.indexer.changed([before["pasar.md"]])
    assert indexed(room) == len(room.ids) == 5


def test_what_changed_while_nobody_looked_is_found_by_looking_through_all(find: Found) -> None:
    room = find.room
    room.article("banjir.md", "Air surut.", title="Warga pulang", date="2025-06-03")
    room.remove("pasar.md")
    room.article("gempa.md", title="Gempa")
    room.look()
    again = Found(room)
    again.rest()
    assert (again("surut"), again("gempa"), again("banjir")) == (["banjir"], ["gempa"], ["bandang"])
    assert indexed(room) == len(room.ids)


def test_what_is_indexed_is_not_read_again(find: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.indexing.drafts_at", None)
    monkeypatch.setattr("feeds.indexing.read_drafts", None)
    again = Found(find.room)
    assert again.index() <= 1
    assert again("banjir") == ["pasar", "bandang", "banjir"]


def test_another_date_is_another_place_in_what_is_found(find: Found) -> None:
    title, body = STORIES["banjir.md"]
    find.room.article("banjir.md", body, title=title, date="2025-07-01")
    find.room.look()
    find.index()
    assert find("banjir") == ["banjir", "pasar", "bandang"]


def test_another_title_of_a_category_is_searched(room: Room) -> None:
    room.article("a.md", category="kebun")
    room.values = {"categories": {"kebun": {"title": "Kebun"}}}
    room.look()
    Found(room).index()
    room.values = {"categories": {"kebun": {"title": "Ladang"}}}
    find = Found(room)
    find.rest()
    assert (find("ladang"), find("kebun")) == (["a"], [])


def test_the_newest_are_indexed_first_and_a_restart_goes_on(room: Room) -> None:
    for number in range(3 * TOGETHER):
        room.article(f"{number:03}.md", "Hujan.", date=f"2025-06-01T10:{number % 60:02}:{number // 60:02}+07:00")
    room.look()
    find = Found(room)
    assert find.indexer.index_some()
    newest = [record.path.removesuffix(".md") for record in room.latest()]
    assert find("hujan", limit=99) == newest[:TOGETHER]
    again = Found(room)
    assert again.indexer.index_some()
    assert again("hujan", limit=99) == newest[: 2 * TOGETHER]
    again.rest()
    assert again("hujan", limit=99) == newest


def test_articles_of_one_file_are_indexed_by_reading_it_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(f"Nomor {n},2025-06-{n % 28 + 1:02},Gabah ke-{n}\n" for n in range(2 * TOGETHER + 3))
    room.write("gabah.csv", f"title,date,body\n{lines}")
    room.look()
    reads = []
    once = indexing.drafts_at
    monkeypatch.setattr(indexing, "drafts_at", lambda *given: reads.append(1) or once(*given))
    find = Found(room)
    assert find.index() >= 3
    assert len(find("gabah", limit=99)) == 2 * TOGETHER + 3
    assert len(reads) == 1
    monkeypatch.undo()
    room.write("gabah.csv", f"title,date,body\n{lines}Nomor baru,2025-07-01,Gabah basah\n")
    before = set(room.ids)
    room.look()
    find.indexer.changed([room.ids[place] for place in room.ids.keys() - before])
    assert len(find("basah")) == 1


def test_a_change_of_very_many_is_indexed_step_by_step(room: Room) -> None:
    find = Found(room)
    find.rest()
    for number in range(AT_ONCE + 1):
        room.article(f"{number}.md", "Hujan.")
    room.look()
    find.indexer.changed(room.ids.values())
    assert find("hujan") == []
    find.rest()
    assert len(find("hujan", limit=99)) == AT_ONCE + 1


def test_newsrooms_of_one_database_find_their_own(find: Found, make_room: Callable[..., Room]) -> None:
    other = make_room(find.room.address)
    other.article("banjir.md", "Ini lain.", title="Banjir lain")
    other.look()
    theirs = Found(other)
    theirs.index()
    assert theirs("banjir") == ["banjir"]
    assert len(find("banjir")) == 3
    other.rename("banjir.md", "lain.txt")
    other.write("lain.txt", "Lain")
    other.look()
    theirs.index()
    assert theirs("banjir") == []
    assert len(find("banjir")) == 3


def test_a_sqlite_without_fts5_has_no_search_and_all_else(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(search, "can_search", lambda _: False)
    sqlite_room.article("a.md", title="Banjir")
    sqlite_room.look()
    find = Found(sqlite_room)
    find.index()
    find.indexer.changed(sqlite_room.ids.values())
    assert "built without FTS5" in caplog.text
    assert find("banjir") == []
    assert not sqlite_room.read(lambda r: r.can_search)


# --- both databases find the same ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, shared_postgresql: str, newsroom_names: Iterator[str]
) -> Iterator[Callable[[], tuple[Catalogue, Catalogue]]]:
    """Newsrooms on both databases, others at each call."""
    sqlite = f"sqlite:///{tmp_path_factory.mktemp('both')}/catalogue.sqlite"
    opened = [Catalogue.open(address, "satu") for address in (sqlite, shared_postgresql)]

    def fresh() -> tuple[Catalogue, Catalogue]:
        name = next(newsroom_names)
        one, other = (Catalogue(each.engine, name) for each in opened)
        return one, other

    yield fresh
    for each in opened:
        each.close()


WORDS = st.one_of(
    st.sampled_from(["banjir", "kebanjiran", "di", "yang", "anak-anak", "covid-19", "中文", "é", "&amp;", "/a/b"]),
    st.sampled_from(["1e5", "3.14", "-7", "a1", "1a", "12e34x", "x.id", "b@c.id", "2025-01-01T10:00"]),
    st.text(max_size=6),
)
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=1, max_size=8)
QUERIES = st.lists(
    st.tuples(st.sampled_from(["", "", "-"]), st.lists(WORDS, min_size=1, max_size=3).map(" ".join), st.booleans()),
    min_size=1,
    max_size=3,
).map(lambda terms: " ".join(f'{minus}"{words}"' if quoted else f"{minus}{words}" for minus, words, quoted in terms))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    texts=TEXTS,
    queries=st.lists(QUERIES, min_size=1, max_size=5),
    hours=st.lists(st.integers(-3, 3), min_size=8, max_size=8),
)
def test_both_databases_find_the_same_in_the_same_order(
    both: Callable[[], tuple[Catalogue, Catalogue]], texts: list[str], queries: list[str], hours: list[int]
) -> None:
    catalogues = both()
    records = [record(f"{n}", published=hours[n] * 1_800_000_000) for n in range(len(texts))]
    words = [Indexed(r.id, r.published, "", indexed_words([text])) for r, text in zip(records, texts, strict=True)]
    for catalogue in catalogues:
        with catalogue.writing() as writer:
            writer.put_records(records)
            writer.put_searched(words)
    for text in (*queries, *(text[:MAX_LENGTH] for text in texts)):
        try:
            query = read_query(text)
        except QueryError:
            continue
        found = []
        for catalogue in catalogues:
            with catalogue.reading() as reading:
                found.append([r.id for r in reading.search(query, 3, FAR_AHEAD)])
        assert found[0] == found[1]


def test_what_only_one_database_could_keep_of_a_long_text_is_kept_by_neither(
    both: Callable[[], tuple[Catalogue, Catalogue]],
) -> None:
    """PostgreSQL knows 255 places of a word, and 16383 of a text."""
    often = " ".join(f"kata{n} ulang" for n in range(400))
    long = " ".join(f"kata{n}" for n in range(20_000))
    for catalogue in both():
        with catalogue.writing() as writer:
            writer.put_records([record("a"), record("b")])
            writer.put_searched(
                [Indexed("a", 0, "", indexed_words([often])), Indexed("b", 0, "", indexed_words([long]))]
            )
        with catalogue.reading() as reading:
            for text, expected in (
                ('"kata249 ulang"', ["a"]),
                ('"kata250 ulang"', []),
                ('"kata399 ulang"', []),
                ('"kata9998 kata9999"', ["b"]),
                ("kata10000", []),
            ):
                assert [r.id for r in reading.search(read_query(text), 9, FAR_AHEAD)] == expected


# --- at work ---------------------------------------------------------------------------------------------------------


def test_a_service_finds_what_it_shows_and_catches_up_with_the_rest(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        for number, day in zip(range(AT_ONCE + 10), count()):
            moment = datetime.fromisoformat("2025-05-01T09:00:00+07:00") + timedelta(days=day)
            desk.write(f"{number}.md", f"Hujan {number}", moment.isoformat())
        newsroom = Newsroom.open(desk.settings)
        live = Live(newsroom)
        live.start()

        def found(text: str) -> list[str]:
            with newsroom.catalogue.reading() as reading:
                return [r.title for r in reading.search(read_query(text), 200, FAR_AHEAD)]

        try:
            until(lambda: len(found("hujan")) == AT_ONCE + 10, within=10)
            version = live.edition.version if live.edition else 0
            (desk.data / "baru.md").write_text(article("Kabut turun", "2026-01-01"))
            until(lambda: live.edition and live.edition.version > version, within=5)
            assert found("kabut") == ["Kabut turun"]
        finally:
            live.stop()


def test_an_index_that_is_broken_holds_up_no_news(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("a.md", "Hujan")
        desk.newsroom.indexer = indexer = Indexer(desk.newsroom.catalogue, desk.settings)
        desk.newsroom.update()
        while indexer.index_some():
            pass
        with desk.newsroom.catalogue.engine.connect() as connection, connection.begin():
            connection.execute(sa.text("DELETE FROM stems_data"))
        desk.write("b.md", "Kabut turun")
        desk.newsroom.update()
        shown = desk.newsroom.edition()
        assert shown
        assert b"Kabut turun" in shown.documents["rss.xml"].body
        assert "not indexed for the search" in caplog.text


def test_a_build_indexes_nothing(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("a.md", "Hujan")
        desk.newsroom.update()
        with desk.newsroom.catalogue.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM searched")).scalar() == 0
