"""An edition is a mapping from path to finished bytes, and changes no further than the articles do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser
import pytest
from lxml import etree

from feeds import edition as building
from feeds import rendering
from feeds.catalogue.reading import KnownDocument
from feeds.config import SAMPLE, CategorySetting, load
from feeds.model import Draft
from feeds.newsroom import Newsroom
from feeds.readers import is_source, kind_of, read_file
from tests.support import BASE_URL, FORMATS, NOW, Desk, a_desk, titles

TITLES = ("Pasar pagi dibuka", "Panen kopi naik", "Tari dipentaskan")
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as opened:
        yield opened


@pytest.fixture
def two_categories(desk: Desk) -> Desk:
    """Two articles of ekonomi, one of budaya."""
    desk.write("ekonomi/pasar.md", "Pasar pagi dibuka", "2026-05-04T09:00:00+07:00")
    desk.write("ekonomi/kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00")
    desk.write("budaya/tari.md", "Tari dipentaskan", "2026-05-06T09:00:00+07:00")
    return desk


def index(desk: Desk) -> dict[str, KnownDocument]:
    with desk.newsroom.catalogue.reading() as reading:
        return reading.document_index()


def bodies(desk: Desk) -> dict[str, bytes]:
    edition = desk.newsroom.edition()
    assert edition
    return {rendition.path: rendition.body for rendition in edition.renditions()}


class Counter:
    """Counts the entries that are rendered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rendered: list[str] = []
        original = rendering.render_entries

        def counted(task: Any) -> dict[str, dict[str, bytes]]:
            found = original(task)
            self.rendered += found
            return found

        monkeypatch.setattr(rendering, "render_entries", counted)


# --- what is remembered of each version ------------------------------------------------------------------------------


def test_the_parts_of_a_feed_are_its_entries(two_categories: Desk) -> None:
    edition = two_categories.build()
    for folder, name in (("", "rss.xml"), ("", "atom.xml"), ("ekonomi/", "feed.json")):
        rendition = edition.documents[folder + name]
        entries = [rendition.body[part.start : part.end] for part in rendition.parts]
        assert [title for entry in entries for title in TITLES if title.encode() in entry] == titles(edition, folder)
        between = {rendition.body[a.end : b.start] for a, b in pairwise(rendition.parts)}
        assert len(between) == 1, "between each two entries lie the same bytes"


def test_what_each_version_of_a_feed_listed_is_remembered(two_categories: Desk) -> None:
    first = two_categories.build().documents["atom.xml"]
    two_categories.write("budaya/tari.md", "Tari dipentaskan lagi", "2026-05-06T09:00:00+07:00")
    second = two_categories.build(LATER).documents["atom.xml"]
    with two_categories.newsroom.catalogue.reading() as reading:
        before, now = (reading.listing("atom.xml", version.etag) for version in (first, second))
        assert reading.listing("atom.xml", "lain") is None
        assert reading.listing("index.html", first.etag) is None
    assert before
    assert now == {part.digest for part in second.parts}
    assert len(now - before) == 1


def test_only_the_newest_versions_are_remembered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.catalogue.writing.HISTORY", 2)
    etags = []
    for number in range(4):
        desk.write("a.md", f"Pasar dibuka {number}")
        etags.append(desk.build(NOW + timedelta(minutes=number)).documents["rss.xml"].etag)
    with desk.newsroom.catalogue.reading() as reading:
        assert [reading.listing("rss.xml", etag) is not None for etag in etags] == [False, False, True, True]


def test_an_edition_appears_later_than_any_before_it_also_when_the_clock_goes_back(desk: Desk) -> None:
    desk.write("a.md", "Pasar dibuka")
    first = desk.build(LATER).modified
    assert first == int(LATER.timestamp())
    desk.write("a.md", "Pasar dibuka lagi")
    assert desk.build(NOW).modified == first + 1


def test_hubs_have_to_hear_of_the_feeds_whose_bytes_changed_and_of_no_other(two_categories: Desk) -> None:
    two_categories.set(hubs=("https://hub.example/",))
    two_categories.build()
    with two_categories.newsroom.catalogue.writing() as writer:
        assert {ping.path for ping in writer.pings()} == {
            f"{p}{n}" for p in ("", "ekonomi/", "budaya/") for n in FORMATS
        }
        writer.settle_pings(writer.pings(), [])
    two_categories.write("budaya/baru.md", "Tenun dipamerkan", "2026-05-07T09:00:00+07:00")
    two_categories.build(LATER)
    with two_categories.newsroom.catalogue.reading() as reading:
        pings = reading.pings()
    assert {ping.path for ping in pings} == {*FORMATS, *(f"budaya/{name}" for name in FORMATS)}
    assert {(ping.hub, ping.attempts, ping.due) for ping in pings} == {
        ("https://hub.example/", 0, int(LATER.timestamp() * 1_000_000))
    }


# --- what a change touches -------------------------------------------------------------------------------------------


def test_there_is_no_edition_before_the_first(desk: Desk) -> None:
    assert desk.newsroom.edition() is None
    assert desk.newsroom.version() == 0


def test_a_changed_article_rewrites_only_the_documents_that_carry_it(two_categories: Desk) -> None:
    two_categories.build()
    before = index(two_categories)
    two_categories.write("budaya/tari.md", "Tari dipentaskan lagi", "2026-05-06T09:00:00+07:00")
    two_categories.build(LATER)
    after = index(two_categories)
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"index.html", *FORMATS, *(f"budaya/{name}" for name in (*FORMATS, "index.html"))}


def test_documents_that_do_not_carry_a_change_keep_etag_last_modified_and_fingerprint(two_categories: Desk) -> None:
    two_categories.build()
    before = index(two_categories)
    two_categories.write("budaya/baru.md", "Tenun dipamerkan", "2026-05-07T09:00:00+07:00")
    two_categories.build(LATER)
    after = index(two_categories)
    for path in (*(f"ekonomi/{name}" for name in FORMATS), "static/gaya.css"):
        assert after[path] == before[path]


def test_nothing_changed_gives_no_new_edition(two_categories: Desk) -> None:
    version = two_categories.build().version
    assert two_categories.build(LATER).version == version


def test_a_file_that_was_only_touched_gives_no_new_edition(two_categories: Desk) -> None:
    version = two_categories.build().version
    (two_categories.data / "budaya/tari.md").touch()
    assert two_categories.build(LATER).version == version


def test_an_article_that_moves_to_another_category_rewrites_both(two_categories: Desk) -> None:
    two_categories.build()
    before = index(two_categories)
    two_categories.write("ekonomi/kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00", kategori="Budaya")
    edition = two_categories.build(LATER)
    assert titles(edition, "ekonomi/") == ["Pasar pagi dibuka"]
    assert titles(edition, "budaya/") == ["Tari dipentaskan", "Panen kopi naik"]
    after = index(two_categories)
    assert all(after[f"{folder}/rss.xml"].etag != before[f"{folder}/rss.xml"].etag for folder in ("ekonomi", "budaya"))


def test_entries_that_are_rendered_already_are_not_rendered_again(
    two_categories: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(monkeypatch)
    two_categories.build()
    assert len(counter.rendered) == 3
    two_categories.write("ekonomi/beras.md", "Harga beras turun", "2026-05-08T09:00:00+07:00")
    two_categories.build(LATER)
    assert len(counter.rendered) == 4


def test_the_same_settings_and_program_render_nothing_again(
    two_categories: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_categories.build()
    counter = Counter(monkeypatch)
    two_categories.set()
    two_categories.build(LATER)
    assert counter.rendered == []


@pytest.mark.parametrize("change", [{"base_url": "https://other.example/"}, {"title": "Warta"}, {"limit": 2}])
def test_a_change_of_settings_renders_anew(
    two_categories: Desk, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = two_categories.build()
    counter = Counter(monkeypatch)
    two_categories.set(**change)
    after = two_categories.build(LATER)
    assert counter.rendered
    assert after.documents["rss.xml"].body != before.documents["rss.xml"].body


def test_another_version_of_the_program_renders_anew_and_keeps_the_validators_of_equal_bytes(
    two_categories: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_categories.build(program="one")
    before = index(two_categories)
    counter = Counter(monkeypatch)
    two_categories.build(LATER, program="two")
    assert len(counter.rendered) == 3
    after = index(two_categories)
    assert {p: (d.etag, d.modified) for p, d in after.items()} == {p: (d.etag, d.modified) for p, d in before.items()}


# --- bytes, ETag, Last-Modified --------------------------------------------------------------------------------------


def test_two_builds_from_nothing_give_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for name, moment in (("one", NOW), ("two", NOW + timedelta(days=40))):
        folder = tmp_path / name
        folder.mkdir()
        with a_desk(folder, article_pages=True) as desk:
            desk.write("ekonomi/kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00")
            desk.write("budaya/tari.md", "Tari dipentaskan", "2026-05-06T09:00:00+07:00", tag=["tari"])
            desk.build(moment)
            found.append(bodies(desk))
    assert found[0] == found[1]


def test_building_step_by_step_gives_the_bytes_of_building_at_once(tmp_path: Path) -> None:
    """But for what the ledger remembers, the way to an edition leaves no trace in it."""
    articles = [(f"{folder}/{n}.md", f"Berita {folder} {n}") for folder in ("ekonomi", "budaya") for n in range(4)]
    found = []
    for name, steps in (("one", 1), ("two", len(articles))):
        folder = tmp_path / name
        folder.mkdir()
        with a_desk(folder, article_pages=True, limit=3) as desk:
            for number, (path, title) in enumerate(articles):
                desk.write(path, title, f"2026-05-{number + 1:02d}T09:00:00+07:00")
                if steps > 1:
                    desk.build(NOW + timedelta(minutes=number))
            desk.build(LATER)
            found.append(bodies(desk))
    assert found[0] == found[1]


def test_last_modified_is_the_moment_when_the_bytes_first_appeared(two_categories: Desk) -> None:
    edition = two_categories.build()
    assert {r.modified for r in edition.documents.values()} == {int(NOW.timestamp())}


def test_last_modified_strictly_increases_also_within_a_second_and_when_the_clock_goes_back(desk: Desk) -> None:
    moments = (NOW, NOW, NOW + timedelta(microseconds=300), NOW - timedelta(days=1), NOW + timedelta(hours=1))
    seen = []
    for number, moment in enumerate(moments):
        desk.write("a.md", f"Judul {number}", "2026-05-04")
        seen.append(desk.build(moment).documents["rss.xml"].modified)
    start = int(NOW.timestamp())
    assert seen == [start, start + 1, start + 2, start + 3, start + 3600]


def test_a_page_that_comes_again_within_a_second_is_later_than_the_one_that_went(tmp_path: Path) -> None:
    with a_desk(tmp_path, article_pages=True) as desk:
        desk.write("b.md", "Panen kopi")
        path = desk.write("a.md", "Pasar dibuka", body="Keliru.")
        (page,) = (r for r in desk.build().renditions() if r.path == "artikel/pasar-dibuka/index.html")
        path.unlink()
        desk.build()
        desk.write("a.md", "Pasar dibuka", body="Benar.")
        again = desk.build().get(page.path)
        assert again
        assert again.modified > page.modified


def test_an_etag_is_the_same_again_when_the_bytes_are(two_categories: Desk) -> None:
    two_categories.write("b.md", "Sisipan", "2026-05-30")
    first = two_categories.build().documents["ekonomi/rss.xml"]
    path = two_categories.write("ekonomi/sela.md", "Sela", "2026-05-31")
    second = two_categories.build(LATER).documents["ekonomi/rss.xml"]
    path.unlink()
    third = two_categories.build(LATER + timedelta(minutes=1)).documents["ekonomi/rss.xml"]
    assert first.etag == third.etag != second.etag
    assert first.modified < second.modified < third.modified


# --- withdrawal and empty feeds --------------------------------------------------------------------------------------


def test_a_withdrawn_article_leaves_every_feed_and_their_last_modified_moves(two_categories: Desk) -> None:
    before = two_categories.build()
    (two_categories.data / "ekonomi/kopi.md").unlink()
    after = two_categories.build(LATER)
    for name in (*FORMATS, *(f"ekonomi/{name}" for name in FORMATS), "index.html"):
        assert b"Panen kopi naik" in before.documents[name].body
        assert b"Panen kopi naik" not in after.documents[name].body
        assert after.documents[name].modified > before.documents[name].modified


def test_a_withdrawn_article_takes_its_page_with_it(desk: Desk) -> None:
    desk.set(article_pages=True)
    desk.write("a.md", "Yang tinggal")
    path = desk.write("b.md", "Yang ditarik")
    edition = desk.build()
    assert edition.get("artikel/yang-ditarik/index.html")
    path.unlink()
    edition = desk.build(LATER)
    assert edition.get("artikel/yang-ditarik/index.html") is None
    assert edition.get("artikel/yang-tinggal/index.html")


def test_a_category_that_was_once_published_stays_as_an_empty_valid_feed(two_categories: Desk) -> None:
    two_categories.build()
    (two_categories.data / "budaya/tari.md").unlink()
    edition = two_categories.build(LATER)
    for name in ("budaya/rss.xml", "budaya/atom.xml"):
        parsed = feedparser.parse(edition.documents[name].body)
        assert not parsed.bozo
        assert parsed.entries == []
    assert json.loads(edition.documents["budaya/feed.json"].body)["items"] == []
    assert len(titles(edition)) == 2


def test_declared_categories_have_feeds_before_their_first_article(desk: Desk) -> None:
    desk.set(categories=(CategorySetting(slug="olahraga", title="Olahraga", description="Lapangan"),))
    desk.write("a.md", "Berita biasa")
    edition = desk.build()
    assert titles(edition, "olahraga/") == []
    assert edition.get("olahraga/rss.xml")


def test_an_empty_feed_is_the_same_bytes_in_every_build(desk: Desk) -> None:
    desk.set(categories=(CategorySetting(slug="olahraga", title="Olahraga"),))
    desk.write("a.md", "Berita biasa")
    first = desk.build(program="one").documents["olahraga/atom.xml"]
    second = desk.build(LATER, program="two").documents["olahraga/atom.xml"]
    assert first == second


# --- embargo, limit, order -------------------------------------------------------------------------------------------


def test_an_article_under_embargo_appears_when_its_time_comes_without_a_file_changing(desk: Desk) -> None:
    desk.set(article_pages=True)
    desk.write("a.md", "Hari ini", "2026-06-01T08:00:00+07:00")
    desk.write("b.md", "Nanti malam", "2026-06-01T20:00:00+07:00")
    edition = desk.build()
    assert titles(edition) == ["Hari ini"]
    assert edition.get("artikel/nanti-malam/index.html") is None
    due = datetime.fromisoformat("2026-06-01T20:00:00+07:00")
    version = desk.render(due - timedelta(seconds=1)).version
    edition = desk.render(due)
    assert edition.version == version + 1
    assert titles(edition) == ["Nanti malam", "Hari ini"]
    assert edition.get("artikel/nanti-malam/index.html")
    assert edition.documents["rss.xml"].modified == int(due.timestamp())


def test_every_embargo_is_waited_for_in_turn(desk: Desk) -> None:
    desk.write("a.md", "Hari ini", "2026-06-01T08:00:00+07:00")
    for hour in (20, 22):
        desk.write(f"{hour}.md", f"Pukul {hour}", f"2026-06-01T{hour}:00:00+07:00", kategori="Malam")
    desk.build()
    assert titles(desk.render(datetime.fromisoformat("2026-06-01T21:00:00+07:00")), "malam/") == ["Pukul 20"]
    assert titles(desk.render(datetime.fromisoformat("2026-06-01T23:00:00+07:00")), "malam/") == [
        "Pukul 22",
        "Pukul 20",
    ]


def test_an_article_that_is_put_off_goes_until_its_new_time(desk: Desk) -> None:
    desk.set(article_pages=True)
    desk.write("a.md", "Tetap", "2026-05-01")
    desk.write("b.md", "Ditunda", "2026-05-02")
    desk.build()
    desk.write("b.md", "Ditunda", "2026-06-02")
    edition = desk.build(LATER)
    assert titles(edition) == ["Tetap"]
    assert edition.get("artikel/ditunda/index.html") is None
    assert titles(desk.render(NOW + timedelta(days=2))) == ["Ditunda", "Tetap"]


def test_an_embargo_tells_nothing_beforehand(desk: Desk) -> None:
    """Not in a feed, not on the landing page, not as a page of its own."""
    desk.set(article_pages=True)
    desk.write("a.md", "Hari ini", "2026-06-01T08:00:00+07:00")
    desk.write("b.md", "Rahasia sampai malam", "2026-06-01T20:00:00+07:00")
    desk.build()
    assert not [path for path, body in bodies(desk).items() if b"Rahasia" in body or "rahasia" in path]


def test_a_feed_shows_the_newest_articles_up_to_its_limit(desk: Desk) -> None:
    desk.set(limit=3)
    for day in range(1, 8):
        desk.write(f"ekonomi/{day}.md", f"Hari {day}", f"2026-05-{day:02d}")
    edition = desk.build()
    assert titles(edition) == titles(edition, "ekonomi/") == ["Hari 7", "Hari 6", "Hari 5"]


def test_articles_of_one_moment_stand_in_the_same_order_in_every_build_and_feed(tmp_path: Path) -> None:
    orders = []
    for name, numbers in (("one", range(6)), ("two", range(5, -1, -1))):
        folder = tmp_path / name
        folder.mkdir()
        with a_desk(folder) as desk:
            for number in numbers:
                desk.write(f"ekonomi/{number}.md", f"Serentak {number}", "2026-05-04")
                desk.build()
            edition = desk.newsroom.edition()
            assert edition
            orders += [titles(edition), titles(edition, "ekonomi/")]
    assert all(order == orders[0] for order in orders)
    assert len(set(orders[0])) == 6


def test_a_withdrawn_article_makes_room_for_the_next_older_one(desk: Desk) -> None:
    desk.set(limit=2)
    for day in range(1, 5):
        desk.write(f"{day}.md", f"Hari {day}", f"2026-05-{day:02d}")
    desk.build()
    (desk.data / "4.md").unlink()
    assert titles(desk.build(LATER)) == ["Hari 3", "Hari 2"]


# --- pages -----------------------------------------------------------------------------------------------------------


def test_every_article_without_an_address_of_its_own_has_a_page(desk: Desk) -> None:
    desk.set(article_pages=True, limit=1)
    desk.write("a.md", "Tanpa alamat", "2026-05-01")
    desk.write("b.md", "Beralamat", "2026-05-02", tautan="https://kabar.example/b")
    desk.build()
    pages = [path for path in bodies(desk) if path.startswith("artikel/")]
    assert pages == ["artikel/tanpa-alamat/index.html"]


def test_there_are_no_pages_where_they_are_switched_off(desk: Desk) -> None:
    desk.write("a.md", "Tanpa alamat")
    desk.set(article_pages=True)
    assert desk.build().get("artikel/tanpa-alamat/index.html")
    desk.set(article_pages=False)
    assert desk.build(LATER).get("artikel/tanpa-alamat/index.html") is None


def test_a_page_stays_at_its_address_when_the_headline_changes(desk: Desk) -> None:
    desk.set(article_pages=True)
    desk.write("a.md", "Judul lama")
    desk.build()
    desk.write("a.md", "Judul baru")
    page = desk.build(LATER).get("artikel/judul-lama/index.html")
    assert page
    assert b"Judul baru" in page.body


def test_two_articles_of_the_same_headline_have_pages_of_their_own(desk: Desk) -> None:
    desk.set(article_pages=True)
    desk.write("a.md", "Hari Pasar", "2026-05-01", body="Yang pertama.")
    desk.write("b.md", "Hari Pasar", "2026-05-08", body="Yang kedua.")
    edition = desk.build()
    links = [item["url"] for item in json.loads(edition.documents["feed.json"].body)["items"]]
    assert len(set(links)) == 2
    assert all(edition.get(f"{link.removeprefix(BASE_URL)}index.html") for link in links)


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_file_that_vanishes_between_reading_and_rendering_costs_that_entry_alone(two_categories: Desk) -> None:
    two_categories.set(article_pages=True)
    two_categories.take_in()
    (two_categories.data / "ekonomi/kopi.md").unlink()
    edition = two_categories.render()
    assert titles(edition) == ["Tari dipentaskan", "Pasar pagi dibuka"]
    assert titles(edition, "ekonomi/") == ["Pasar pagi dibuka"]
    assert edition.get("artikel/panen-kopi-naik/index.html") is None


def test_a_file_that_changes_between_reading_and_rendering_is_shown_in_the_next_edition(two_categories: Desk) -> None:
    """One that was never rendered before: there is nothing older to show."""
    two_categories.take_in()
    two_categories.write("ekonomi/kopi.md", "Panen kopi turun", "2026-05-05T09:00:00+07:00")
    assert titles(two_categories.render(), "ekonomi/") == ["Pasar pagi dibuka"]
    edition = two_categories.build(LATER)
    assert titles(edition, "ekonomi/") == ["Panen kopi turun", "Pasar pagi dibuka"]


COFFEE = re.compile(rb"Panen kopi \w+")


def coffee(desk: Desk, title: str, **front: object) -> Path:
    return desk.write("ekonomi/kopi.md", title, "2026-05-05T09:00:00+07:00", **front)


def shown_of_coffee(desk: Desk) -> dict[str, set[bytes]]:
    """Its headlines in each feed and archive, feeds of tags among them."""
    found = {path: body for path, body in bodies(desk).items() if path.endswith(FORMATS)}
    for name in FORMATS:
        document = desk.on_demand(f"tag/kopi/{name}")
        assert document
        found[f"tag/kopi/{name}"] = document.body
    return {path: set(COFFEE.findall(body)) for path, body in found.items() if not path.startswith("budaya/")}


def test_an_article_whose_file_changes_again_is_shown_as_it_was_until_the_next_edition(two_categories: Desk) -> None:
    """In each feed and archive of each format; others that changed are shown as they are."""
    two_categories.set(archives=True)
    coffee(two_categories, "Panen kopi naik", tags=["kopi"])
    two_categories.build()
    coffee(two_categories, "Panen kopi turun", tags=["kopi"])
    two_categories.write("ekonomi/pasar.md", "Pasar pagi ditutup", "2026-05-04T09:00:00+07:00")
    two_categories.take_in()
    coffee(two_categories, "Panen kopi pulih", tags=["kopi"])
    edition = two_categories.render(LATER)
    assert titles(edition, "ekonomi/") == ["Panen kopi naik", "Pasar pagi ditutup"]
    places = shown_of_coffee(two_categories)
    assert {f"{folder}{name}" for folder in ("", "ekonomi/", "archive/2026-05/") for name in FORMATS} <= places.keys()
    assert all(shown == {b"Panen kopi naik"} for shown in places.values()), places
    two_categories.build(LATER + timedelta(minutes=1))
    assert all(shown == {b"Panen kopi pulih"} for shown in shown_of_coffee(two_categories).values())


def test_an_article_that_is_shown_as_it_was_is_looked_at_again_also_when_its_file_is_as_it_was_read(
    two_categories: Desk,
) -> None:
    """The catalogue sees no change of the file then; the entry that stood was not kept as the newer one."""
    two_categories.set(archives=True, limit=1)  # which shows it in archives, and in the feed of no category
    coffee(two_categories, "Panen kopi naik", tags=["kopi"])
    two_categories.write("ekonomi/teh.md", "Panen teh naik", "2026-05-06T09:00:00+07:00")
    two_categories.build()
    path = coffee(two_categories, "Panen kopi turun", tags=["kopi"])
    two_categories.take_in()
    away = path.rename(two_categories.data.parent / "kopi.md")
    two_categories.render(LATER)
    assert set().union(*shown_of_coffee(two_categories).values()) == {b"Panen kopi naik"}
    away.rename(path)
    edition = two_categories.build(LATER + timedelta(minutes=1))
    assert set().union(*shown_of_coffee(two_categories).values()) == {b"Panen kopi turun"}
    assert two_categories.build(LATER + timedelta(minutes=2)).version == edition.version


@pytest.mark.parametrize(
    "front", [{"status": "ditarik"}, {"date": "2027-01-01"}, None], ids=["withdrawn", "put off", "removed"]
)
def test_what_was_taken_back_is_never_shown_again_as_it_was(
    two_categories: Desk, front: dict[str, object] | None
) -> None:
    """It comes again with another text, and changes before that can be rendered."""
    two_categories.build()
    path = two_categories.data / "ekonomi/kopi.md"
    if front is None:
        path.unlink()
    else:
        two_categories.write("ekonomi/kopi.md", "Panen kopi naik", **{"date": "2026-05-05T09:00:00+07:00", **front})
    two_categories.build(LATER)
    coffee(two_categories, "Panen kopi turun", status="terbit")
    two_categories.take_in()
    coffee(two_categories, "Panen kopi pulih", status="terbit")
    assert titles(two_categories.render(LATER + timedelta(minutes=1)), "ekonomi/") == ["Pasar pagi dibuka"]
    edition = two_categories.build(LATER + timedelta(minutes=2))
    assert titles(edition, "ekonomi/") == ["Panen kopi pulih", "Pasar pagi dibuka"]


def test_a_file_that_comes_back_as_it_was_is_shown_again(two_categories: Desk) -> None:
    """The catalogue knows its size and time; the edition was built while it was away."""
    two_categories.set(article_pages=True)
    two_categories.take_in()
    path = two_categories.data / "ekonomi/kopi.md"
    away = path.rename(two_categories.data.parent / "kopi.md")
    two_categories.render()
    away.rename(path)
    edition = two_categories.build(LATER)
    assert titles(edition, "ekonomi/") == ["Panen kopi naik", "Pasar pagi dibuka"]
    assert edition.get("artikel/panen-kopi-naik/index.html")
    assert two_categories.build(LATER).version == edition.version


def test_a_bad_article_costs_no_other(two_categories: Desk) -> None:
    (two_categories.data / "ekonomi/rusak.md").write_text('---\ntitle: "tidak ditutup\ndate: [2026\n---\n')
    (two_categories.data / "ekonomi/biner.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    edition = two_categories.build()
    assert len(titles(edition)) == 3


def test_a_file_that_stays_bad_gives_no_new_edition(two_categories: Desk) -> None:
    (two_categories.data / "ekonomi/biner.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (two_categories.data / "ekonomi/tanpa-tanggal.md").write_text("---\ntitle: Tanpa tanggal\n---\nIsi.\n")
    (two_categories.data / "ekonomi/ganda.md").write_bytes((two_categories.data / "ekonomi/kopi.md").read_bytes())
    version = two_categories.build().version
    assert two_categories.build(LATER).version == version


def test_an_interrupted_build_leaves_the_last_edition_whole(
    two_categories: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = two_categories.build()
    two_categories.write("ekonomi/baru.md", "Yang baru", "2026-05-30")
    two_categories.take_in()
    with monkeypatch.context() as broken:
        broken.setattr(building.ArticlePages, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            two_categories.render(LATER)
    now = two_categories.newsroom.edition()
    assert now
    assert (now.version, now.documents) == (before.version, before.documents)
    assert titles(two_categories.build(LATER))[0] == "Yang baru"


# --- the sample ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("sample")
    environ = {"FEEDS_CATALOGUE": f"sqlite:///{folder}/c.sqlite", "FEEDS_BASE_URL": BASE_URL, "FEEDS_ARCHIVES": "true"}
    newsroom = Newsroom.open(load(environ=environ, cwd=folder))
    newsroom.update_alone()
    yield newsroom
    newsroom.close()


def test_every_link_of_the_sample_to_ourselves_leads_to_a_document(sample: Newsroom) -> None:
    edition = sample.edition()
    assert edition
    links = set()
    for rendition in edition.renditions():
        place = urljoin(BASE_URL, rendition.path.removesuffix("index.html"))
        if rendition.media_type.startswith("text/html"):
            page = etree.HTML(rendition.body)
            links |= {urljoin(place, link) for link in page.xpath("//@href | //@src")}
        elif "sitemap" in rendition.path:
            links |= set(etree.fromstring(rendition.body).xpath("//*[local-name() = 'loc']/text()"))
        elif rendition.path.endswith("xml"):
            found = feedparser.parse(rendition.body)
            links |= {link.href for link in found.feed.links}
            links |= {link.href for entry in found.entries for link in entry.get("links", ())}
            links.add(found.feed.link)
        elif rendition.path.endswith(".opml"):
            links |= set(etree.fromstring(rendition.body).xpath("//@xmlUrl | //@htmlUrl"))
        elif rendition.path.endswith("feed.json"):
            feed = json.loads(rendition.body)
            links |= {
                feed["home_page_url"],
                feed["feed_url"],
                *(item["url"] for item in feed["items"] if "url" in item),
            }
    ours = {re.split("[?#]", link)[0].removeprefix(BASE_URL) for link in links if link.startswith(BASE_URL)}
    assert len(ours) > 60
    missing = {
        path for path in ours if edition.get(f"{path}index.html" if path.endswith("/") or not path else path) is None
    }
    assert missing == set()


def test_every_item_of_the_sample_opens_a_page_of_ours_or_the_one_that_it_had(sample: Newsroom) -> None:
    """Pages, exports and feeds of a site come with addresses; nothing else has one."""
    edition = sample.edition()
    assert edition
    items = json.loads(edition.documents["feed.json"].body)["items"]
    ours = [item for item in items if item["url"].startswith(f"{BASE_URL}artikel/")]
    assert len(ours) > 30
    others = [item["url"] for item in items if item not in ours]
    assert others
    assert all(url.startswith("https://kabartepian.example/") for url in others)


def test_the_sample_has_articles_in_every_format() -> None:
    root = SAMPLE / "articles"
    contents = {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    found = {
        kind_of(path, content)
        for path, content in contents.items()
        if is_source(path) and any(isinstance(each, Draft) for each in read_file(path, content))
    }
    assert found == {
        "Markdown", "JSON", "table", "text capture", "HTML page", "WordPress export", "saved feed"
    }  # fmt: skip


def test_the_sample_is_read_where_nothing_else_is_named(sample: Newsroom) -> None:
    assert sample.settings.data == SAMPLE / "articles"
    assert sample.settings.title == "Kabar Tepian"
