"""Corrections, rights of reply, withdrawals and advertorials: from the file to the feeds, on both databases."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from lxml import etree

from feeds.edition import Edition
from feeds.formats.feedgen_extensions import NAMESPACES
from feeds.record import NoticeRecord
from feeds.scan import Scan
from tests.conftest import Room
from tests.support import BASE_URL, FORMATS, NOW, Call, Desk, a_desk, article, titles

LATER = NOW + timedelta(minutes=5)
ATOM = NAMESPACES | {"a": NAMESPACES["atom"]}


@pytest.fixture
def desk(tmp_path: Path, catalogue_address: str, newsroom_names: Iterator[str]) -> Iterator[Desk]:
    with a_desk(tmp_path, catalogue=catalogue_address, newsroom=next(newsroom_names)) as opened:
        yield opened


@pytest.fixture
def quick_desk(tmp_path: Path) -> Iterator[Desk]:
    """For what does not depend on the database."""
    with a_desk(tmp_path) as opened:
        yield opened


def items(edition: Edition, folder: str = "") -> list[dict[str, Any]]:
    document = edition.get(f"{folder}feed.json")
    assert document
    found: list[dict[str, Any]] = json.loads(document.body)["items"]
    return found


def tree(edition: Edition, path: str) -> etree._Element:
    document = edition.get(path)
    assert document
    return etree.fromstring(document.body)


def found(edition: Edition, path: str, xpath: str) -> list[str]:
    return [str(each) for each in tree(edition, path).xpath(xpath, namespaces=ATOM)]


def tombstones(edition: Edition, folder: str = "") -> dict[str, str]:
    """Reason by id, in the order of the feed."""
    elements = tree(edition, f"{folder}atom.xml").xpath("at:deleted-entry", namespaces=ATOM)
    return {element.get("ref"): element.findtext("at:comment", namespaces=ATOM) for element in elements}


def notices(room: Room) -> list[NoticeRecord]:
    listed: list[NoticeRecord] = room.read(lambda reading: reading.notices(4_102_444_800_000_000))
    return listed


def withdrawn_in_ledger(room: Room) -> dict[str, int | None]:
    entries = room.read(lambda reading: list(reading.whole_ledger()))
    return {entry.id: entry.withdrawn for entry in entries}


def microseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1_000_000)


def toml(*entries: str) -> str:
    return "".join(f"[[withdrawn]]\n{entry}\n" for entry in entries)


GONE = 'article = "lama.md"\nreason = "Sumbernya ternyata tidak ada."\ndate = 2026-05-20'


# --- corrections -----------------------------------------------------------------------------------------------------


def test_a_correction_stands_above_the_text_with_its_time_and_its_link(quick_desk: Desk) -> None:
    quick_desk.write(
        "beras.md",
        "Harga beras turun",
        ralat={"text": "Harganya Rp13.200.", "date": "5 Mei 2026", "link": "https://kabar.example/ralat/7"},
        body="Isi berita.",
    )
    (item,) = items(quick_desk.build())
    assert item["content_html"] == (
        "<aside><p><strong>Ralat (5 Mei 2026):</strong> Harganya Rp13.200."
        ' <a href="https://kabar.example/ralat/7">Selengkapnya</a></p></aside>\n<p>Isi berita.</p>'
    )
    assert item["summary"] == "Isi berita."


def test_several_stand_newest_first_and_a_long_reply_keeps_its_paragraphs(quick_desk: Desk) -> None:
    quick_desk.write(
        "beras.md",
        "Harga beras turun",
        koreksi=[{"teks": "Satu.", "tanggal": "2026-05-05"}, {"isi": "Dua.", "tanggal": "2026-05-07 14:30"}],
        hak_jawab={"isi": "Kami tidak menaikkan harga.\n\nDemikian.", "date": "2026-05-06"},
        body="Isi berita.",
    )
    (item,) = items(quick_desk.build())
    assert item["content_html"].startswith(
        "<aside><p><strong>Ralat (7 Mei 2026 14.30 WIB):</strong> Dua.</p>"
        "<p><strong>Hak jawab (6 Mei 2026):</strong> Kami tidak menaikkan harga.</p>\n<p>Demikian.</p>"
        "<p><strong>Ralat (5 Mei 2026):</strong> Satu.</p></aside>\n"
    )


def test_an_english_newsroom_says_it_in_english(quick_desk: Desk) -> None:
    quick_desk.set(language="en")
    quick_desk.write("a.md", "Rice is cheaper", corrections=[{"text": "It is 13,200.", "date": "2026-05-05"}])
    edition = quick_desk.build()
    assert "<strong>Correction (5 May 2026):</strong> It is 13,200." in items(edition)[0]["content_html"]
    assert titles(edition, "ralat/") == ["Correction: Rice is cheaper"]
    assert found(edition, "ralat/atom.xml", "a:title/text()") == ["Corrections and withdrawals - Kabar"]


def test_what_stands_in_a_correction_is_made_harmless(quick_desk: Desk) -> None:
    quick_desk.write("a.md", "A", ralat="<p onclick='x()'>Benar<script>jahat()</script></p>", hak_jawab="1 < 2 & 3")
    content = items(quick_desk.build())[0]["content_html"]
    assert "jahat" not in content
    assert "onclick" not in content
    assert ":</strong> 1 &lt; 2 &amp; 3</p>" in content


def test_a_new_correction_bumps_updated_to_its_date_and_never_published(desk: Desk) -> None:
    desk.write("a.md", "A", "2026-05-04T09:00:00+07:00")
    desk.build()
    desk.write("a.md", "A", "2026-05-04T09:00:00+07:00", ralat={"text": "Salah tulis.", "date": "2026-05-09 08:00"})
    (item,) = items(desk.build(LATER))
    assert item["date_modified"] == "2026-05-09T08:00:00+07:00"
    assert item["date_published"] == "2026-05-04T09:00:00+07:00"


def test_a_correction_without_a_date_counts_from_the_file_and_not_from_each_touch(room: Room) -> None:
    room.article("a.md")
    room.look()
    written = int(room.article("a.md", ralat="Salah tulis.").stat().st_mtime) * 1_000_000
    room.look()
    assert [notice.published for notice in notices(room)] == [written] == [room.records["a.md"].updated]
    room.touch("a.md")
    room.look()
    assert [notice.published for notice in notices(room)] == [written] == [room.records["a.md"].updated]


def test_at_first_sight_too_a_correction_without_a_date_counts_from_the_file(room: Room) -> None:
    written = int(room.article("a.md", ralat="Salah tulis.").stat().st_mtime) * 1_000_000
    room.look()
    assert [notice.published for notice in notices(room)] == [written] == [room.records["a.md"].updated]


def test_a_wrong_date_costs_only_itself(sqlite_room: Room) -> None:
    written = int(sqlite_room.article("a.md", ralat={"text": "Salah.", "date": "31 Februari 2026"}).stat().st_mtime)
    sqlite_room.look()
    assert sqlite_room.kinds == [("a.md", "date")]
    assert "date of the correction '31 Februari 2026'" in sqlite_room.problems[0].reason
    assert [notice.published for notice in notices(sqlite_room)] == [written * 1_000_000]


@pytest.mark.parametrize(
    ("header", "kind", "reason"),
    [
        ({"ralat": True}, "notice", "its correction has no text"),
        ({"hak_jawab": {"tanggal": "2026-05-05"}}, "notice", "its right of reply has no text"),
        ({"ralat": {"text": "Salah.", "link": "javascript:x"}}, "link", "the address 'javascript:x' of its correction"),
        ({"status": "ditarik"}, "notice", "is withdrawn without a reason"),
        ({"ralat": {"text": "Salah.", "date": "2025-05-30"}}, "notice", "lies before its publication"),
        ({"ralat": {"text": "Salah.", "date": "kapan"}}, "date", "the time of its file is published instead"),
        ({"status": "foo"}, "notice", "its status 'foo' is not known; it is published all the same"),
        ({"status": "arsip"}, "notice", "its status 'arsip' is not known; it is published all the same"),
        ({"status": "terbit", "alasan": "Keliru."}, "notice", "gives a reason for a withdrawal, but its status"),
        ({"status": "ditarik", "alasan": "Keliru.", "tanggal_ditarik": "kapan"}, "date", "date of withdrawal 'kapan'"),
    ],
)
def test_what_is_missing_or_wrong_is_reported(sqlite_room: Room, header: Any, kind: str, reason: str) -> None:
    sqlite_room.article("a.md", **header)
    sqlite_room.look()
    assert sqlite_room.kinds == [("a.md", kind)]
    assert reason in sqlite_room.problems[0].reason
    assert sqlite_room.problems[0].severity == "warning"


@pytest.mark.parametrize(
    "status",
    [
        *("Ditarik karena hoaks", "ditarik-redaksi", "ditarik dari peredaran", "dihapus", "takedown", "Take down"),
        *("tarik", "dicabut oleh redaksi", "telah ditarik"),
    ],
)
def test_a_status_withdraws_by_its_first_words(sqlite_room: Room, status: str) -> None:
    sqlite_room.article("a.md", status=status, alasan="Keliru.")
    sqlite_room.look()
    assert (sqlite_room.ids, sqlite_room.problems) == ({}, [])
    assert [notice.kind for notice in notices(sqlite_room)] == ["ditarik"]


@pytest.mark.parametrize("status", ["menunggu review", "In review", "belum tayang", "ditunda"])
def test_a_status_that_says_not_yet_keeps_an_article_back(sqlite_room: Room, status: str) -> None:
    sqlite_room.article("a.md", status=status)
    sqlite_room.look()
    assert (sqlite_room.ids, notices(sqlite_room)) == ({}, [])


@pytest.mark.parametrize("status", ["terbit", "Tayang", "publik", "published", "publish", "1"])
def test_a_harmless_status_says_nothing(sqlite_room: Room, status: str) -> None:
    sqlite_room.article("a.md", status=status)
    sqlite_room.look()
    assert (list(sqlite_room.ids), sqlite_room.problems) == (["a.md"], [])


@pytest.mark.parametrize("nothing", [False, "tidak", "-", [], {}, {"text": "", "date": ""}, [None], "n/a"])
def test_a_field_that_says_that_there_is_none_makes_none(sqlite_room: Room, nothing: object) -> None:
    sqlite_room.article("a.md", ralat=nothing)
    sqlite_room.look()
    assert (notices(sqlite_room), sqlite_room.problems) == ([], [])
    assert sqlite_room.records["a.md"].corrections == ()


def test_a_table_has_columns_for_text_date_and_link(sqlite_room: Room) -> None:
    sqlite_room.write(
        "a.csv",
        "judul;tanggal;isi;ralat;tanggal_ralat;tautan_ralat;hak_jawab;tanggal_hak_jawab\n"
        "Satu;2026-05-04;Isi;Salah tulis.;5/5/2026;https://kabar.example/r;Bukan kami.;6/5/2026\n"
        "Dua;2026-05-04;Isi dua;;;;-;\n",
    )
    sqlite_room.look()
    listed = [(n.kind, n.text, n.published, n.link, n.title) for n in notices(sqlite_room)]
    assert listed == [
        ("hak_jawab", "Bukan kami.", microseconds("2026-05-06T00:00:00+07:00"), "", "Satu"),
        ("ralat", "Salah tulis.", microseconds("2026-05-05T00:00:00+07:00"), "https://kabar.example/r", "Satu"),
    ]
    assert sqlite_room.problems == []


# --- the feeds of notices --------------------------------------------------------------------------------------------


def test_there_are_no_feeds_of_notices_before_the_first_and_they_stay_when_it_goes(desk: Desk) -> None:
    desk.write("a.md", "A")
    edition = desk.build()
    assert edition.get("ralat/rss.xml") is None
    assert b"ralat" not in edition.documents["index.html"].body
    desk.write("a.md", "A", ralat={"text": "Salah.", "date": "2026-05-05"})
    edition = desk.build(LATER)
    assert titles(edition, "ralat/") == ["Ralat: A"]
    assert all(edition.get(f"ralat/{name}") for name in FORMATS)
    page = edition.documents["index.html"].body.decode()
    assert f'title="Ralat dan pencabutan - Kabar (Atom)" href="{BASE_URL}ralat/atom.xml"' in page
    assert 'href="ralat/rss.xml"' in page
    desk.write("a.md", "A")
    edition = desk.build(LATER + timedelta(minutes=1))
    assert titles(edition, "ralat/") == []
    desk.set(max_age=600)  # everything is looked at anew
    assert desk.build(LATER + timedelta(minutes=2)).get("ralat/rss.xml")


def test_a_notice_names_its_article_and_each_is_related_to_the_other(desk: Desk) -> None:
    desk.write(
        "ekonomi/a.md",
        "Harga & pasar",
        link="https://kabar.example/a/",
        ralat=[
            {"text": "Satu.", "date": "2026-05-05", "link": "https://kabar.example/r/1"},
            {"text": "Dua.", "date": "2026-05-06"},
        ],
    )
    edition = desk.build()
    newest, other = items(edition, "ralat/")
    assert (newest["title"], newest["url"]) == ("Ralat: Harga & pasar", "https://kabar.example/a/")
    assert (other["url"], other["external_url"]) == ("https://kabar.example/r/1", "https://kabar.example/a/")
    assert other["content_html"] == (
        '<p>Satu.</p>\n<p>Berita: <a href="https://kabar.example/a/">Harga &amp; pasar</a></p>'
    )
    assert other["tags"] == ["Ekonomi"]
    assert other["date_published"] == other["date_modified"] == "2026-05-05T00:00:00+07:00"
    there = "a:link[@rel='related']/@href"
    assert found(edition, "ralat/atom.xml", f"a:entry/{there}") == ["https://kabar.example/a/"] * 2
    assert (
        found(edition, "ralat/rss.xml", "channel/item/atom:link[@rel='related']/@href")
        == ["https://kabar.example/a/"] * 2
    )
    back = [f"{BASE_URL}#ralat", "https://kabar.example/r/1"]
    assert found(edition, "atom.xml", f"a:entry/{there}") == back
    assert found(edition, "rss.xml", "channel/item/atom:link[@rel='related']/@href") == back
    assert 'id="ralat"' in edition.documents["index.html"].body.decode()


def test_where_there_is_no_address_there_is_no_link(quick_desk: Desk) -> None:
    quick_desk.write("a.md", "A", ralat={"text": "Satu.", "date": "2026-05-05"})
    edition = quick_desk.build()
    (item,) = items(edition, "ralat/")
    assert item.keys().isdisjoint({"url", "external_url"})
    assert found(edition, "ralat/atom.xml", "a:entry/a:link/@href") == []


def test_the_article_of_a_notice_may_be_a_page_of_ours(quick_desk: Desk) -> None:
    quick_desk.set(article_pages=True)
    quick_desk.write("a.md", "Harga turun", ralat={"text": "Satu.", "date": "2026-05-05"})
    edition = quick_desk.build()
    assert items(edition, "ralat/")[0]["url"] == f"{BASE_URL}artikel/harga-turun/"
    page = edition.get("artikel/harga-turun/index.html")
    assert page
    assert "<strong>Ralat (5 Mei 2026):</strong> Satu." in page.body.decode()


def test_ids_of_notices_stay_when_another_comes_before_them(desk: Desk) -> None:
    one = {"text": "Satu.", "date": "2026-05-05"}
    desk.write("a.md", "A", ralat=[one])
    (before,) = items(desk.build(), "ralat/")
    desk.write("a.md", "Judul lain", ralat=[{"text": "Dua.", "date": "2026-05-04"}, one], hak_jawab="Satu.")
    after = {item["content_html"][:13]: item["id"] for item in items(desk.build(LATER), "ralat/")}
    ids = found(desk.render(LATER), "ralat/atom.xml", "a:entry/a:id/text()")
    assert before["id"] in ids
    assert len(set(ids)) == 3
    assert after["<p>Dua.</p>\n<"] != before["id"]
    assert all(identity.startswith("tag:kabar.example,2026:ralat/") for identity in ids)


def test_notices_of_an_article_under_embargo_wait_with_it(desk: Desk) -> None:
    due = NOW + timedelta(hours=1)
    desk.write("a.md", "Rahasia", due.isoformat(), ralat={"text": "Satu.", "date": "2026-05-05"})
    desk.write("b.md", "Juga rahasia", due.isoformat(), status="ditarik", alasan="Batal.")
    desk.write("c.md", "Terbit")
    edition = desk.build()
    assert all(b"ahasia" not in document.body for document in edition.renditions())
    edition = desk.render(due)
    assert set(titles(edition, "ralat/")) == {"Ralat: Rahasia", "Dicabut: Juga rahasia"}


# --- withdrawals by the article's own file ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["ditarik", "Dicabut", "withdrawn", "retracted"])
def test_a_withdrawn_article_leaves_every_document_at_once(desk: Desk, status: str) -> None:
    desk.set(article_pages=True)
    desk.write("ekonomi/a.md", "Berita bohong", "2026-05-04T09:00:00+07:00", body="Isi yang keliru.")
    desk.write("ekonomi/b.md", "Berita lain")
    desk.build()
    identity = desk.record("Berita bohong").id
    desk.write(
        "ekonomi/a.md",
        "Berita bohong",
        "2026-05-04T09:00:00+07:00",
        body="Isi yang keliru.",
        status=status,
        alasan="Sumbernya ternyata tidak ada.",
        tanggal_ditarik="2026-05-20",
    )
    edition = desk.build(LATER)
    assert titles(edition) == titles(edition, "ekonomi/") == ["Berita lain"]
    assert edition.get("artikel/berita-bohong/index.html") is None
    assert not [r.path for r in edition.renditions() if b"Isi yang keliru" in r.body]
    reason = {identity: "Sumbernya ternyata tidak ada."}
    assert tombstones(edition) == tombstones(edition, "ekonomi/") == reason
    assert found(edition, "atom.xml", "at:deleted-entry/@when") == ["2026-05-20T00:00:00+07:00"]
    (item,) = items(edition, "ralat/")
    assert item["title"] == "Dicabut: Berita bohong"
    assert item["content_html"].startswith("<p>Sumbernya ternyata tidak ada.</p>")
    assert "url" not in item


def test_tombstones_stand_in_the_feeds_that_could_have_shown_the_article_and_in_no_other(quick_desk: Desk) -> None:
    quick_desk.write("ekonomi/a.md", "A", status="ditarik", alasan="Keliru.", kategori=["Ekonomi", "Budaya"])
    quick_desk.write("ekonomi/b.md", "B", kategori=["Ekonomi", "Budaya", "Kota"])
    edition = quick_desk.build()
    assert len(tombstones(edition)) == len(tombstones(edition, "ekonomi/")) == len(tombstones(edition, "budaya/")) == 1
    assert tombstones(edition, "kota/") == {}
    assert b"tombstones" not in edition.documents["kota/atom.xml"].body


def test_tombstones_are_the_latest_and_no_more_than_articles(quick_desk: Desk) -> None:
    quick_desk.set(limit=2)
    for day in (1, 3, 2):
        quick_desk.write(
            f"{day}.md", f"Berita {day}", status="ditarik", alasan=f"Ke-{day}", tanggal_ditarik=f"2026-05-0{day}"
        )
    quick_desk.write("b.md", "B")
    assert list(tombstones(quick_desk.build()).values()) == ["Ke-3", "Ke-2"]


def test_a_tombstone_has_the_id_as_the_entry_had_it(quick_desk: Desk) -> None:
    """Also where the source's own id is no IRI."""
    quick_desk.write("a.md", "A", guid="berita 17")
    (identity,) = found(quick_desk.build(), "atom.xml", "a:entry/a:id/text()")
    quick_desk.write("a.md", "A", guid="berita 17", status="ditarik", alasan="Keliru.")
    quick_desk.write("b.md", "B")
    assert list(tombstones(quick_desk.build(LATER))) == [identity]
    assert identity.startswith("urn:uuid:")


def test_a_withdrawal_without_a_date_counts_from_the_file_once(room: Room) -> None:
    room.article("a.md")
    room.look()
    when = int(room.article("a.md", status="ditarik", alasan="Keliru.").stat().st_mtime) * 1_000_000
    room.look()
    (identity,) = room.read(lambda reading: [entry.id for entry in reading.whole_ledger()])
    assert withdrawn_in_ledger(room) == {identity: when}
    room.article("a.md", status="ditarik", alasan="Keliru sekali.")
    room.look()
    assert [(n.text, n.published) for n in notices(room)] == [("Keliru sekali.", when)]


def test_an_article_that_is_published_again_keeps_its_id(room: Room) -> None:
    room.article("a.md")
    room.look()
    before = room.ids["a.md"]
    room.article("a.md", status="ditarik", alasan="Keliru.")
    room.look()
    assert room.ids == {}
    room.article("a.md", body="Isi yang sudah benar.")
    room.look()
    assert room.ids["a.md"] == before
    assert withdrawn_in_ledger(room) == {before: None}
    assert notices(room) == []


def test_one_that_is_withdrawn_at_first_sight_has_an_id_for_later(room: Room) -> None:
    room.article("a.md", status="ditarik", alasan="Keliru.")
    room.look()
    (identity,) = withdrawn_in_ledger(room)
    room.article("a.md")
    room.look()
    assert room.ids == {"a.md": identity}


def test_a_withdrawn_file_may_have_lost_its_date_and_its_text(sqlite_room: Room) -> None:
    sqlite_room.article("a.md")
    sqlite_room.look()
    sqlite_room.article("a.md", body="", date=None, status="ditarik", alasan="Keliru.")
    sqlite_room.look()
    assert sqlite_room.problems == []
    assert [(n.title, n.text) for n in notices(sqlite_room)] == [("Berita a", "Keliru.")]


@pytest.mark.parametrize("words", ["Isi berita.", "Berita ini telah dicabut."])
def test_a_copy_of_a_withdrawn_article_is_not_published_in_its_place(room: Room, words: str) -> None:
    room.article("a.md", title="Harga beras turun lagi")
    room.article("b/salinan.md", title="Harga beras turun lagi")
    room.look()
    assert (list(room.ids), room.kinds) == (["a.md"], [("b/salinan.md", "duplicate")])
    room.article("a.md", title="Harga beras turun lagi", body=words, status="ditarik", alasan="Keliru.")
    for _ in range(2):
        room.look()
        assert (room.ids, room.kinds) == ({}, [("b/salinan.md", "duplicate")])
        room.article("c.md", status="draft")
    before = withdrawn_in_ledger(room)
    room.remove("a.md")
    for _ in range(2):
        room.look()
        assert (room.ids, room.kinds) == ({}, [("b/salinan.md", "duplicate")])
        assert withdrawn_in_ledger(room) == before
        assert [notice.text for notice in notices(room)] == ["Keliru."]
        room.program = "another program"  # everything is read anew


def test_a_near_copy_of_a_withdrawn_article_is_not_published_in_its_place(room: Room) -> None:
    text = " ".join(f"Kalimat ke-{n} tentang harga beras di pasar." for n in range(30))
    room.article("a.md", body=text, title="Harga beras di Pasar Angso Duo turun lagi")
    room.article("b.txt.md", body=f"{text} Selesai.", title="Harga beras di Pasar Angso Duo turun")
    room.look()
    assert list(room.ids) == ["a.md"]
    room.article(
        "a.md", body=text, title="Harga beras di Pasar Angso Duo turun lagi", status="ditarik", alasan="Keliru."
    )
    room.look()
    assert (room.ids, room.kinds) == ({}, [("b.txt.md", "duplicate")])
    room.program = "another program"  # everything is read anew
    room.look()
    assert room.ids == {}


TITLE = "Harga beras di Pasar Angso Duo turun lagi"
WORDS = " ".join(f"Kalimat ke-{n} tentang harga beras di pasar." for n in range(30))
WITHDRAWN = {"status": "ditarik", "alasan": "Keliru."}
LIST = toml('article = "a.md"\nreason = "Keliru."')


def near(room: Room, path: str = "z.json", **header: Any) -> None:
    """A file that is nearly the same as the article of these tests."""
    room.article(path, body=f"{WORDS} Selesai.", **{"title": TITLE.removesuffix(" lagi")} | header)


def lose(room: Room) -> None:
    """The catalogue's file, where it is one; elsewhere everything is read anew."""
    room.program += " and another"
    if room.address.startswith("sqlite"):
        room.lose_catalogue()


def test_a_copy_that_is_read_first_stays_out_where_the_catalogue_is_lost(room: Room) -> None:
    room.article("m.md", body=WORDS, title=TITLE)
    room.look()
    room.article("m.md", body=WORDS, title=TITLE, **WITHDRAWN)
    room.look()
    before = withdrawn_in_ledger(room)
    lose(room)
    room.article("a.md", body=WORDS, title=TITLE, link="https://kabar.example/beras/")
    for _ in range(2):
        room.look()
        assert room.ids == {}
        assert withdrawn_in_ledger(room) == before
        lose(room)


def test_a_copy_of_one_that_is_withdrawn_at_first_sight_stays_out(room: Room) -> None:
    room.article("a.md")
    room.article("m.md", title="Berita a", **WITHDRAWN)
    room.look()
    assert (room.ids, room.kinds) == ({}, [("a.md", "duplicate")])


@pytest.mark.parametrize("lost", [False, True])
def test_a_near_copy_stays_out_when_the_article_is_deleted_and_listed_at_once(room: Room, lost: bool) -> None:
    room.article("a.md", body=WORDS, title=TITLE)
    near(room)
    room.look()
    assert list(room.ids) == ["a.md"]
    room.remove("a.md")
    room.write("withdrawn.toml", LIST)
    for _ in range(3):
        room.look()
        assert (room.ids, room.kinds) == ({}, [("z.json", "duplicate")])
        if lost:
            lose(room)
        near(room)


@pytest.mark.parametrize("by", ["file", "list"])
@pytest.mark.parametrize("lost", [False, True])
def test_a_near_copy_that_comes_after_the_withdrawal_is_not_published(room: Room, by: str, lost: bool) -> None:
    room.article("a.md", body=WORDS, title=TITLE)
    room.look()
    if by == "list":
        room.write("withdrawn.toml", LIST)
    else:
        room.article("a.md", body=WORDS, title=TITLE, **WITHDRAWN)
    room.look()
    if by == "list":
        room.remove("a.md")
    if lost:
        lose(room)
    near(room)
    near(room, "lain.json", title="Berita lain sama sekali")
    room.look()
    assert list(room.ids) == ["lain.json"]
    assert room.kinds == [("z.json", "duplicate")]
    assert room.problems[0].reason == "is nearly the same as a.md, which is withdrawn"


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("named", ["a.md", "https://kabar.example/lama/"])
def test_a_listed_article_may_be_renamed_edited_and_given_another_address(room: Room, named: str, lost: bool) -> None:
    header = {"link": "https://kabar.example/lama/"} if named != "a.md" else {}
    room.article("a.md", guid="berita-17" if header else None, **header)
    room.article("b.md")
    room.look()
    before = room.ids["a.md"]
    room.write("withdrawn.toml", toml(f'article = "{named}"\nreason = "Keliru."'))
    room.look()
    room.rename("a.md", "c/baru.md")
    room.look()
    room.article(
        "c/baru.md", title="Berita a", body="Diubah.", guid=before if header else None,
        **dict.fromkeys(header, "https://kabar.example/baru/"),
    )  # fmt: skip
    for _ in range(3):
        room.look()
        assert list(room.ids) == ["b.md"]
        assert room.problems == []
        assert [n.article for n in notices(room)] == [before]
        room.touch("c/baru.md")
        if lost:
            lose(room)
    room.remove("withdrawn.toml")
    room.look()
    assert room.ids["c/baru.md"] == before


@pytest.mark.parametrize("lost", [False, True])
def test_another_file_of_the_same_address_never_publishes_what_was_withdrawn(room: Room, lost: bool) -> None:
    header = {"link": "https://kabar.example/lama/"}
    room.article("a.md", **header)
    room.article("b.md")
    room.look()
    room.article("a.md", **header, **WITHDRAWN)
    room.article("a.json", body="Salinan.", **header)
    room.look()
    before = withdrawn_in_ledger(room)
    room.remove("a.md")
    for _ in range(3):
        room.look()
        assert list(room.ids) == ["b.md"]
        assert room.kinds == [("a.json", "duplicate")]
        assert withdrawn_in_ledger(room) == before
        if lost:
            lose(room)
        room.touch("a.json")
    room.article("a.md", **header)  # the very file
    room.look()
    assert room.ids["a.md"] == "https://kabar.example/lama/"
    assert None in withdrawn_in_ledger(room).values()


def test_a_withdrawn_article_may_change_its_format_when_it_is_published_again(room: Room) -> None:
    room.article("a.md")
    room.look()
    before = room.ids["a.md"]
    room.article("a.md", **WITHDRAWN)
    room.look()
    room.remove("a.md")
    room.article("a.json", title="Berita a", body="Sudah benar.")
    room.look()
    assert room.ids == {"a.json": before}


# --- withdrawals by a list -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["arsip/lama.md", "https://kabar.example/lama/", "http://www.kabar.example/lama", "berita-17"],
    ids=["path", "address", "other address", "id"],
)
def test_a_list_withdraws_an_article_whose_file_is_gone(room: Room, name: str) -> None:
    room.article(
        "arsip/lama.md", title="Berita lama", link="https://kabar.example/lama/", guid="berita-17", kategori="Ekonomi"
    )
    room.article("b.md")
    room.look()
    room.remove("arsip/lama.md")
    room.write("withdrawn.toml", toml(f'article = "{name}"\nreason = "Masa depan anak."\ndate = 2026-05-20'))
    room.look()
    assert room.problems == []
    (notice,) = notices(room)
    assert (notice.article, notice.title, notice.address) == ("berita-17", "Berita lama", "https://kabar.example/lama/")
    assert (notice.text, notice.categories) == ("Masa depan anak.", ("ekonomi",))
    assert withdrawn_in_ledger(room)["berita-17"] == microseconds("2026-05-20T00:00:00+07:00")


def test_a_list_may_come_after_the_file_has_gone_and_in_any_folder(room: Room) -> None:
    """What was known of the article is not any more; its id is, and the title is the list's."""
    room.article("lama.md", link="https://kabar.example/lama/")
    room.article("b.md")
    room.look()
    room.remove("lama.md")
    room.look()
    room.write("redaksi/withdrawn.toml", toml(GONE + '\ntitle = "Berita lama"'))
    room.look()
    assert room.problems == []
    assert [(n.article, n.title) for n in notices(room)] == [("https://kabar.example/lama/", "Berita lama")]


def test_a_list_withdraws_a_published_article_and_gives_it_back(room: Room) -> None:
    room.article("lama.md")
    room.article("b.md")
    room.look()
    before = dict(room.ids)
    room.write("withdrawn.toml", toml(GONE))
    room.look()
    assert list(room.ids) == ["b.md"]
    room.article("lama.md", body="Diubah lagi.")  # an edit does not bring it back
    room.look()
    assert list(room.ids) == ["b.md"]
    room.program = "another program"  # nor does another program
    room.look()
    assert list(room.ids) == ["b.md"]
    room.write("withdrawn.toml", toml('article = "lain.md"\ntitle = "Lain"\nreason = "Keliru."'))
    room.look()
    assert room.ids == before
    assert withdrawn_in_ledger(room)[before["lama.md"]] is None
    assert [n.title for n in notices(room)] == ["Lain"]


def test_a_list_keeps_the_copies_of_an_article_out_with_it(room: Room) -> None:
    """And gives both back, of which one is a duplicate again."""
    room.article("lama.md", title="Berita lama")
    room.article("x/salinan.md", title="Berita lama")
    room.article("b.md")
    room.look()
    before = room.ids["lama.md"]
    room.write("withdrawn.toml", toml(GONE))
    room.look()
    assert list(room.ids) == ["b.md"]
    room.article("x/salinan.md", title="Berita lama")
    room.look()
    assert list(room.ids) == ["b.md"]
    room.remove("withdrawn.toml")
    room.look()
    assert room.ids["lama.md"] == before
    assert room.kinds == [("x/salinan.md", "duplicate")]


def test_a_name_with_control_characters_costs_nothing(room: Room) -> None:
    room.article("b.md")
    room.write("withdrawn.toml", toml('article = "/b\\u0000.md"\nreason = "Keliru."'))
    room.look()
    assert room.ids == {}


@pytest.mark.parametrize("broken", ["[[withdrawn]\n", "x = 1\n", b"\xff\x00"], ids=["syntax", "no entries", "binary"])
def test_a_list_that_cannot_be_read_withdraws_what_it_withdrew_before(room: Room, broken: str | bytes) -> None:
    """Half a file, saved for a moment, must not publish anything again."""
    room.article("lama.md")
    room.article("b.md")
    room.write("withdrawn.toml", toml(GONE))
    room.look()
    before = notices(room)
    room.write("withdrawn.toml", broken)
    room.article("lama.md", body="Diubah.")
    room.look()
    assert room.kinds == [("withdrawn.toml", "unreadable")]
    assert list(room.ids) == ["b.md"]
    assert [notice._replace(hidden=()) for notice in notices(room)] == [n._replace(hidden=()) for n in before]
    room.remove("withdrawn.toml")
    room.look()
    assert sorted(room.ids) == ["b.md", "lama.md"]


def test_an_entry_that_names_nothing_known_is_reported_and_announced_where_it_can_be(room: Room) -> None:
    room.article("b.md")
    room.write(
        "withdrawn.toml",
        toml(
            'article = "https://kabar.example/x/"\nreason = "Keliru."',
            'article = "nirwana.md"\njudul = "Nirwana"\nalasan = "Keliru."',
            'article = "entah.md"\nreason = "Keliru."',
            'article = "b.md"',
            'title = "Tanpa nama"\nreason = "Keliru."\ntanggal = 31 ',
        ).replace("tanggal = 31 ", 'tanggal = "31 Februari 2026"'),
    )
    room.look()
    shown = {(problem.path, problem.reason.partition(":")[0], problem.fatal) for problem in room.problems}
    assert shown == {
        ("withdrawn.toml#1", "names no article that is known", False),
        ("withdrawn.toml#2", "names no article that is known", False),
        ("withdrawn.toml#3", "names no article that is known", True),
        ("withdrawn.toml#4", "gives no reason for the withdrawal; say it as `reason`", False),
        ("withdrawn.toml#5", "names no article; it is announced all the same", False),
        ("withdrawn.toml#5", "its date of withdrawal '31 Februari 2026' is not understood", False),
    }
    assert sorted(n.title or n.address for n in notices(room)) == [
        "Berita b", "Nirwana", "Tanpa nama", "https://kabar.example/x/",
    ]  # fmt: skip
    assert room.ids == {}


def test_an_entry_is_found_as_soon_as_its_article_comes(room: Room) -> None:
    room.article("b.md")
    room.write("withdrawn.toml", toml(GONE))
    room.look()
    assert room.kinds == [("withdrawn.toml#1", "notice")]
    room.article("lama.md")
    room.look()
    assert room.problems == []
    assert list(room.ids) == ["b.md"]
    assert [n.title for n in notices(room)] == ["Berita lama"]


def test_a_record_is_named_by_its_place_and_no_other_article_is_meant(room: Room) -> None:
    room.article("kawat.md")
    lines = [{"title": f"Kawat {n}", "date": "2025-06-02T10:00:00+07:00", "body": f"Isi {n}."} for n in (1, 2)]
    room.write("kawat.jsonl", "\n".join(map(json.dumps, lines)))
    room.look()
    room.write("withdrawn.toml", toml('article = "kawat.jsonl#2"\nreason = "Keliru."'))
    room.look()
    assert sorted(room.ids) == ["kawat.jsonl#1", "kawat.md"]
    room.write("withdrawn.toml", toml('article = "kawat.jsonl#7"\nreason = "Keliru."'))
    room.look()
    assert sorted(room.ids) == ["kawat.jsonl#1", "kawat.jsonl#2", "kawat.md"]
    assert "names no article that is known" in room.problems[0].reason


def test_of_two_files_that_differ_in_the_suffix_the_list_withdraws_the_one_that_it_names(room: Room) -> None:
    room.article("a.json")
    room.look()
    room.article("a.md", title="Berita lain", body="Isi lain.")
    room.look()
    room.write("withdrawn.toml", LIST)
    room.look()
    assert list(room.ids) == ["a.json"]
    room.remove("a.md")
    room.look()
    assert list(room.ids) == ["a.json"]


def test_a_path_of_another_suffix_withdraws_nothing_and_says_what_it_may_mean(room: Room) -> None:
    room.article("a.json")
    room.look()
    room.write("withdrawn.toml", LIST)
    room.look()
    assert list(room.ids) == ["a.json"]
    assert "names no article that is known: 'a.md'; it may mean a.json" in room.problems[0].reason


def test_check_says_what_is_withdrawn_and_by_what(feeds: Call, kabar: Path) -> None:
    (kabar / "tari.md").write_text(article("Tari", "2026-05-06", status="ditarik", alasan="Keliru."))
    (kabar / "withdrawn.toml").write_text(toml('article = "ekonomi/kopi.md"\nreason = "Keliru."'))
    assert "0 articles published, 2 withdrawn" in feeds("--data", kabar, "check").output
    own = feeds("--data", kabar, "check", "--explain", "tari.md").output
    assert "withdrawn:  by its status" in own
    assert "none: the article" not in own
    assert "by withdrawn.toml#1" in feeds("--data", kabar, "check", "--explain", "ekonomi/kopi.md").output
    listed = feeds("--data", kabar, "check", "--explain", "withdrawn.toml").output
    assert "kopi: Keliru." in listed


def test_a_page_of_ours_names_its_article_too(sqlite_room: Room) -> None:
    sqlite_room.values = {"base_url": BASE_URL, "article_pages": "true"}
    sqlite_room.article("lama.md", title="Berita lama")
    sqlite_room.write("withdrawn.toml", toml(f'article = "{BASE_URL}artikel/berita-lama/"\nreason = "Keliru."'))
    sqlite_room.look()
    assert (sqlite_room.ids, sqlite_room.problems) == ({}, [])


def test_an_undated_entry_keeps_its_moment_when_the_list_grows(room: Room) -> None:
    room.article("lama.md")
    room.article("b.md")
    one = 'article = "lama.md"\nreason = "Keliru."'
    when = int(room.write("withdrawn.toml", toml(one)).stat().st_mtime) * 1_000_000
    room.look()
    room.write("withdrawn.toml", toml(one, 'article = "x"\ntitle = "X"\nreason = "Y."'))
    room.look()
    assert next(n.published for n in notices(room) if n.article) == when


@pytest.mark.parametrize("by", ["file", "list"])
def test_a_cold_rebuild_with_the_ledger_keeps_everything(make_room: Callable[..., Room], by: str) -> None:
    room = make_room()
    room.article("b.md", ralat="Salah tulis.")
    room.article("lama.md")
    room.look()
    if by == "file":
        room.article("lama.md", status="ditarik", alasan="Keliru.")
    else:
        room.write("withdrawn.toml", toml('article = "lama.md"\nreason = "Keliru."'))
    room.look()
    before, ledger = notices(room), withdrawn_in_ledger(room)
    room.lose_catalogue()
    for path in ("b.md", "lama.md") + (("withdrawn.toml",) if by == "list" else ()):
        room.touch(path)
    room.look()
    assert (notices(room), withdrawn_in_ledger(room)) == (before, ledger)


def test_an_edition_from_nothing_is_the_same_as_one_that_grew(tmp_path: Path) -> None:
    def filled(desk: Desk, *, slowly: bool) -> dict[str, bytes]:
        desk.write("ekonomi/a.md", "A", guid="a")
        desk.write("ekonomi/b.md", "B", guid="b")
        if slowly:
            desk.build()
        desk.write("ekonomi/a.md", "A", guid="a", ralat={"text": "Satu.", "date": "2026-05-05"})
        desk.write("ekonomi/b.md", "B", guid="b", status="ditarik", alasan="Keliru.", tanggal_ditarik="2026-05-06")
        (desk.data / "withdrawn.toml").write_text(toml('article = "x"\ntitle = "X"\nreason = "Y."\ndate = 2026-05-01'))
        return {r.path: r.body for r in desk.build(LATER).renditions()}

    results = []
    for slowly in (True, False):
        folder = tmp_path / str(slowly)
        folder.mkdir()
        with a_desk(folder) as desk:
            results.append(filled(desk, slowly=slowly))
    assert results[0] == results[1]


# --- advertorials ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [{"advertorial": True}, {"iklan": "ya"}, {"sponsored": True}, {"berbayar": "1"}, {"kategori": "Advertorial"}]
    + [{"advertorial": "Kerja sama"}]
    + [{"kategori": n} for n in ("Pariwara", "Advetorial", "Adv", "Kerja Sama", "Konten Berbayar")],
)
def test_an_advertorial_is_labelled_in_its_title(quick_desk: Desk, header: Any) -> None:
    quick_desk.write("a.md", "Bank baru dibuka", **header)
    edition = quick_desk.build()
    assert titles(edition) == ["[Advertorial] Bank baru dibuka"]
    assert "[Advertorial] Bank baru dibuka" in edition.documents["index.html"].body.decode()


@pytest.mark.parametrize(
    "header", [{"advertorial": False}, {"iklan": "tidak"}, {"sponsored": "-"}, {"kategori": "Info Bisnis"}]
)
def test_what_is_not_said_to_be_paid_for_is_not_labelled(quick_desk: Desk, header: Any) -> None:
    quick_desk.write("a.md", "Bank baru dibuka", **header)
    assert titles(quick_desk.build()) == ["Bank baru dibuka"]


def test_a_folder_of_advertorials_makes_them(quick_desk: Desk) -> None:
    quick_desk.write("advertorial/a.md", "Bank baru dibuka")
    assert titles(quick_desk.build()) == ["[Advertorial] Bank baru dibuka"]


def test_a_title_that_has_its_label_gets_no_second(quick_desk: Desk) -> None:
    quick_desk.write("a.md", "[ADVERTORIAL] Bank baru", advertorial=True)
    assert titles(quick_desk.build()) == ["[ADVERTORIAL] Bank baru"]


def test_the_label_may_be_a_category_and_another_word(quick_desk: Desk) -> None:
    quick_desk.set(advertorial_as="category", advertorial_label="Pariwara")
    quick_desk.write("ekonomi/a.md", "Bank baru dibuka", advertorial=True)
    edition = quick_desk.build()
    (item,) = items(edition)
    assert (item["title"], item["tags"]) == ("Bank baru dibuka", ["Ekonomi", "Pariwara"])
    assert found(edition, "rss.xml", "channel/item/category/text()") == ["Ekonomi", "Pariwara"]
    assert found(edition, "atom.xml", "a:entry/a:category/@term") == ["ekonomi", "Pariwara"]
    assert "[Pariwara] Bank baru dibuka" in edition.documents["index.html"].body.decode()


def test_feeds_may_leave_advertorials_out_and_still_show_as_many_articles(desk: Desk) -> None:
    desk.set(limit=2, advertorial_not_in=("semua",))
    desk.write("ekonomi/a.md", "Bank baru", "2026-05-09", advertorial=True)
    for day in (1, 2, 3):
        desk.write(f"ekonomi/{day}.md", f"Berita {day}", f"2026-05-0{day}")
    edition = desk.build()
    assert titles(edition) == ["Berita 3", "Berita 2"]
    assert titles(edition, "ekonomi/") == ["[Advertorial] Bank baru", "Berita 3"]
    desk.set(advertorial_not_in=("ekonomi",))
    edition = desk.build(LATER)
    assert titles(edition) == ["[Advertorial] Bank baru", "Berita 3"]
    assert titles(edition, "ekonomi/") == ["Berita 3", "Berita 2"]


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_a_notice_renders_no_article_anew_but_its_own(quick_desk: Desk) -> None:
    quick_desk.write("ekonomi/a.md", "A")
    quick_desk.write("budaya/b.md", "B")
    before = quick_desk.build()
    quick_desk.write("ekonomi/a.md", "A", ralat={"text": "Satu.", "date": "2026-05-05"})
    after = quick_desk.build(LATER)
    unchanged = [path for path in before.documents if before.documents[path] == after.documents[path]]
    assert {f"budaya/{name}" for name in FORMATS} <= set(unchanged)


def counted(room: Room) -> int:
    """Take in what changed; gives the statements that the database was asked."""
    asked: list[str] = []

    def seen(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    sa.event.listen(room.catalogue.engine, "before_cursor_execute", seen)
    try:
        room.look()
    finally:
        sa.event.remove(room.catalogue.engine, "before_cursor_execute", seen)
    return len(asked)


def test_the_database_is_asked_as_often_however_many_articles_a_list_names(
    make_room: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Be they pages that are gone, records of a file or files; and a folder of such is looked into once."""
    folders: list[str] = []
    names = Scan.names
    monkeypatch.setattr(Scan, "names", lambda scan, folder: folders.append(folder) or names(scan, folder))
    asked = []
    for many in (4, 60):
        room = make_room()
        room.article("a.md")
        room.write("ekspor.json", json.dumps([{"title": f"T{n}", "date": "2025-06-01", "body": "x"} for n in range(9)]))
        room.look()
        named = (f"{name}{n}{end}" for name, end in NAMED for n in range(2, many))
        room.write("withdrawn.toml", toml('article = "ekspor.json#1"', *(GONE_PAGE.format(name) for name in named)))
        first = counted(room)
        room.article("b.md")
        asked.append((first, counted(room)))
    assert asked[0] == asked[1]
    assert folders.count("") == 4  # once a look


NAMED = (("https://kabar.example/lama/", "/"), ("ekspor.json#", ""), ("lama-", ".md"))
GONE_PAGE = 'article = "{}"\ntitle = "Berita lama"\nreason = "Keliru."'


def test_what_a_list_says_is_parsed_again_where_it_changed_alone(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is the same, whatever else is said of it meanwhile."""
    room, parsed = sqlite_room, list[str]()
    loads = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", lambda text: parsed.append(text) or loads(text))
    said = toml('article = "hanya-di-sini.md"\nreason = "Keliru."')
    room.write("withdrawn.toml", said)
    for name in ("a.md", "b.md", "c.md"):
        room.article(name)
        room.look()
    assert parsed.count(said) == 1
    assert room.kinds == [("withdrawn.toml#1", "notice")]
    room.write("withdrawn.toml", toml('article = "a.md"\nreason = "Keliru."'))
    room.look()
    assert set(room.ids) == {"b.md", "c.md"}
