"""Which article is which: ids are fixed at first sight and kept through edits, on both databases."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import arrivals, intake
from feeds.record import LedgerEntry, from_microseconds
from tests.conftest import Room

DAY = "2025-06-01"
TAG = f"tag:kabar.example,{DAY}:"


def only_id(room: Room) -> str:
    (identity,) = room.ids.values()
    return identity


def jsonl(*records: dict[str, Any]) -> str:
    return "".join(json.dumps({"tanggal": DAY} | record) + "\n" for record in records)


def updated(room: Room, path: str) -> datetime:
    record = room.records[path]
    return from_microseconds(record.updated, record.updated_offset)


class TestFirstSight:
    """What an article's id is made of."""

    def test_a_guid_of_its_own_wins(self, room: Room) -> None:
        room.article("a.md", guid="urn:berita:1", link="https://kabar.example/a")
        room.look()
        assert only_id(room) == "urn:berita:1"

    def test_then_its_address(self, room: Room) -> None:
        room.article("a.md", link="https://kabar.example/a")
        room.look()
        assert only_id(room) == "https://kabar.example/a"

    def test_then_a_tag_of_authority_day_and_path_without_suffix(self, room: Room) -> None:
        room.article("kota/banjir surut.md", date="2025-06-01T23:30:00+07:00")
        room.look()
        assert only_id(room) == f"{TAG}kota/banjir%20surut"

    def test_an_address_by_the_permalink_pattern_is_its_id(self, make_room: Callable[..., Room]) -> None:
        room = make_room(site="https://kabar.example", permalink="{slug}/")
        room.article("a.md", title="Banjir Surut")
        room.look()
        assert only_id(room) == "https://kabar.example/banjir-surut/"

    def test_files_that_differ_in_suffix_alone_get_different_ids(self, room: Room) -> None:
        room.article("a.md", "Satu.")
        room.article("a.json", "Dua.")
        room.article("a.markdown", "Tiga.")
        room.look()
        assert room.ids == {"a.json": f"{TAG}a", "a.markdown": f"{TAG}a.markdown", "a.md": f"{TAG}a.md"}

    def test_such_files_keep_their_ids_whichever_is_edited(self, room: Room) -> None:
        room.article("a.md", "Satu.")
        room.article("a.json", "Dua.")
        room.look()
        before = room.ids
        room.article("a.json", "Dua lagi.")
        room.look()
        assert room.ids == before
        room.article("a.md", "Satu lagi.")
        room.look()
        assert room.ids == before

    def test_two_records_of_one_headline_get_different_ids(self, room: Room) -> None:
        room.write("a.jsonl", jsonl({"judul": "Harga Cabai", "isi": "A"}, {"judul": "Harga Cabai", "isi": "B"}))
        room.look()
        assert room.ids == {"a.jsonl#1": f"{TAG}a%23harga-cabai", "a.jsonl#2": f"{TAG}a.jsonl%232"}

    def test_of_two_articles_of_one_headline_the_second_page_gets_a_tail(self, room: Room) -> None:
        room.values["article_pages"] = True
        room.article("a.md", "Satu.", title="Harga Cabai")
        room.article("b.md", "Dua.", title="Harga Cabai")
        room.look()
        slugs = {path: record.slug for path, record in room.records.items()}
        assert slugs["a.md"] == "harga-cabai"
        assert slugs["b.md"].startswith("harga-cabai-")
        room.article("b.md", "Dua lagi.", title="Harga Cabai")
        room.look()
        assert {path: record.slug for path, record in room.records.items()} == slugs

    def test_ids_and_fingerprints_do_not_depend_on_the_order_of_creation(
        self, make_room: Callable[..., Room], catalogue_address: str
    ) -> None:
        """Two builds from nothing of the same files are the same, though the system lists them otherwise."""
        files: list[tuple[str, str]] = [("a.md", "Satu."), ("a.json", "Dua."), ("b/a.md", "Tiga."), ("z.md", "Satu.")]
        files += [(f"{n}.md", f"Isi {n % 7}.") for n in range(20)]
        seen = []
        for seed in range(3):
            room = make_room(catalogue_address)
            random.Random(seed).shuffle(files)
            for path, body in files:
                room.article(path, body, title="Judul yang sama")
            room.look()
            seen.append((room.records, room.problems))
        assert seen[0] == seen[1] == seen[2]
        assert len(seen[0][0]) == 10

    def test_one_file_at_a_time_gives_the_same_tags_as_all_at_once(
        self, make_room: Callable[..., Room], catalogue_address: str
    ) -> None:
        slowly, at_once = make_room(catalogue_address), make_room(catalogue_address)
        for path in ("a.md", "b.json", "c/d.md"):
            slowly.article(path, path)
            slowly.look()
            at_once.article(path, path)
        at_once.look()
        assert slowly.records == at_once.records


class TestEdits:
    """What may change without a new id."""

    @pytest.mark.parametrize(
        "edit",
        [
            {"title": "Judul lain"},
            {"slug": "slug-lain"},
            {"category": "Olahraga"},
            {"link": "https://lain.example/b"},
            {"date": "2024-01-01"},
            {"guid": "urn:baru"},
            {"author": "Orang Lain"},
        ],
        ids=lambda edit: next(iter(edit)),
    )
    def test_an_article_keeps_its_id_when_it_is_edited(self, room: Room, edit: dict[str, str]) -> None:
        header = {"title": "Judul", "slug": "slug", "category": "Ekonomi", "link": "https://kabar.example/a"}
        room.article("a.md", **header)
        room.look()
        before = only_id(room)
        room.article("a.md", **header | edit)
        room.look()
        assert only_id(room) == before

    def test_pages_that_are_switched_on_later_have_a_slug_each(self, room: Room) -> None:
        room.article("a.md", "Satu.", title="Harga Cabai")
        room.article("b.md", "Dua.", title="Harga Cabai")
        room.look()
        room.values["article_pages"] = True
        room.look()
        slugs = {record.slug for record in room.records.values()}
        assert len(slugs) == 2
        assert all(slug.startswith("harga-cabai") for slug in slugs)

    def test_the_page_of_an_article_keeps_its_slug(self, room: Room) -> None:
        room.values["article_pages"] = True
        room.article("a.md", title="Judul")
        room.look()
        room.article("a.md", title="Judul lain")
        room.look()
        assert [record.slug for record in room.records.values()] == ["judul"]

    def test_an_article_that_moves_to_a_new_address_is_known_there_afterwards(self, room: Room) -> None:
        """Its file may then be moved and edited too."""
        room.article("a.md", link="https://kabar.example/a")
        room.look()
        room.article("a.md", link="https://kabar.example/b")
        room.look()
        room.remove("a.md")
        room.article("lain/z.md", "Isi lain.", link="https://kabar.example/b")
        room.look()
        assert room.ids == {"lain/z.md": "https://kabar.example/a"}

    def test_a_renamed_file_keeps_its_articles_id(self, room: Room) -> None:
        room.article("a.md")
        room.look()
        before = only_id(room)
        room.rename("a.md", "b/c.md")
        room.look()
        assert room.ids == {"b/c.md": before}
        room.article("b/c.md", "Isi lain.")
        room.look()
        assert room.ids == {"b/c.md": before}

    def test_a_renamed_file_is_not_updated(self, room: Room) -> None:
        room.article("a.md")
        room.look()
        before = updated(room, "a.md")
        room.rename("a.md", "b.md")
        room.touch("b.md")
        room.look()
        assert updated(room, "b.md") == before

    @pytest.mark.parametrize("other", ["a.json", "a.markdown"])
    def test_another_format_under_the_same_name_keeps_the_id(self, room: Room, other: str) -> None:
        room.article("a.md", "Isi.")
        room.look()
        before = only_id(room)
        room.remove("a.md")
        room.article(other, "<p>Isi.</p>")
        room.look()
        assert room.ids == {other: before}

    def test_another_format_of_the_same_address_keeps_the_id(self, room: Room) -> None:
        room.article("a.md", "Isi.", link="https://kabar.example/a")
        room.look()
        room.remove("a.md")
        room.write("b.jsonl", jsonl({"judul": "Berita", "tautan": "https://kabar.example/a", "isi": "Lain"}))
        room.look()
        assert room.ids == {"b.jsonl#1": "https://kabar.example/a"}

    def test_an_article_that_comes_back_has_its_old_id(self, room: Room) -> None:
        room.article("a.md", "Satu.")
        room.article("b.md", "Dua.")
        room.look()
        before = room.ids
        room.rename("a.md", "../a.md")
        room.look()
        room.rename("../a.md", "kembali.md")
        room.look()
        assert room.ids == {"kembali.md": before["a.md"], "b.md": before["b.md"]}

    def test_files_that_are_numbered_anew_take_their_ids_along(self, room: Room) -> None:
        """An export that puts the newest article into 1.md moves all others on by one."""
        for number in range(1, 6):
            room.article(f"{number}.md", f"Isi {number}.", title=f"Berita {number}")
        room.look()
        before = room.ids
        room.article("1.md", "Isi baru.", title="Terbaru")
        for number in range(1, 6):
            room.article(f"{number + 1}.md", f"Isi {number}.", title=f"Berita {number}")
        room.look()
        after = room.ids
        assert [after[f"{number + 1}.md"] for number in range(1, 6)] == [before[f"{n}.md"] for n in range(1, 6)]
        assert after["1.md"] not in before.values()
        assert [r.updated for r in room.records.values()] == [r.published for r in room.records.values()]

    def test_a_file_that_is_moved_away_and_followed_at_once_is_another_article(self, room: Room) -> None:
        for archive in ("arsip/a.md", "z/a.md", "arsip/b.md", "z/b.md", "z/c.md"):
            room.article("headline.md", f"Isi sebelum {archive}.")
            room.look()
            before = room.ids["headline.md"]
            room.rename("headline.md", archive)
            room.article("headline.md", f"Isi sesudah {archive}.")
            room.look()
            assert room.ids[archive] == before
            assert room.ids["headline.md"] != before

    def test_a_file_that_follows_a_renamed_one_is_another_article(self, room: Room) -> None:
        """headline.md is moved to the archive, and another article takes its place."""
        room.article("headline.md", "Satu.")
        room.look()
        before = only_id(room)
        room.rename("headline.md", "arsip.md")
        room.look()
        room.article("headline.md", "Dua.")
        room.look()
        assert room.ids["arsip.md"] == before
        assert room.ids["headline.md"] != before

    def test_a_file_that_holds_another_story_of_another_address_is_another_article(self, room: Room) -> None:
        """headline.md is written anew for the story of the day; one of the two changes alone is an edit."""
        room.article("headline.md", "Satu.", title="Banjir di kota surut", link="https://kabar.example/banjir")
        room.look()
        room.article("headline.md", "Dua.", title="Tim dayung raih emas", link="https://kabar.example/dayung")
        room.look()
        assert room.ids == {"headline.md": "https://kabar.example/dayung"}

    def test_a_file_that_is_renamed_onto_the_name_of_one_that_went_stays_itself(self, room: Room) -> None:
        room.article("a.md", "Satu.")
        room.article("b.md", "Dua.")
        room.look()
        before = room.ids
        room.remove("b.md")
        room.look()
        room.rename("a.md", "b.md")
        room.look()
        assert room.ids == {"b.md": before["a.md"]}
        room.article("b.md", "Tiga.")
        room.look()
        assert room.ids == {"b.md": before["a.md"]}

    def test_two_files_that_change_places_take_their_ids_along(self, room: Room) -> None:
        room.article("a.md", "Satu.")
        room.article("b.md", "Dua.")
        room.look()
        before = room.ids
        room.rename("a.md", "c.md")
        room.rename("b.md", "a.md")
        room.rename("c.md", "b.md")
        for path in ("a.md", "b.md"):
            room.touch(path)
        room.look()
        assert room.ids == {"a.md": before["b.md"], "b.md": before["a.md"]}

    def test_a_records_headline_may_change_where_it_has_an_address(self, room: Room) -> None:
        """Without one, the headline is all that tells a record from the others of its file."""
        records = [{"judul": f"Berita {n}", "tautan": f"https://kabar.example/{n}", "isi": f"{n}"} for n in range(3)]
        room.write("a.jsonl", jsonl(*records))
        room.look()
        before = room.ids
        room.write("a.jsonl", jsonl(records[0], records[1] | {"judul": "Ralat"}, records[2]))
        room.look()
        assert room.ids == before

    def test_a_file_of_the_latest_articles_may_be_written_anew_each_day(self, room: Room) -> None:
        """A record that stands where another stood is not that other one."""
        room.write("terbaru.jsonl", jsonl(*({"judul": f"Berita {n}", "isi": f"{n}"} for n in range(3))))
        room.look()
        before = room.ids
        room.write("terbaru.jsonl", jsonl(*({"judul": f"Berita {n}", "isi": f"{n}"} for n in range(2, 5))))
        room.look()
        after = room.ids
        assert after["terbaru.jsonl#1"] == before["terbaru.jsonl#3"]
        assert not {after["terbaru.jsonl#2"], after["terbaru.jsonl#3"]} & set(before.values())

    def test_records_keep_their_ids_when_one_is_put_before_them(self, room: Room) -> None:
        """Also two of one headline, of which one is known by its number."""
        records = [{"judul": "Harga Cabai", "isi": "A"}, {"judul": "Harga Cabai", "isi": "B"}]
        room.write("a.jsonl", jsonl(*records))
        room.look()
        before = room.ids
        room.write("a.jsonl", jsonl({"judul": "Baru", "isi": "C"}, *records))
        room.look()
        after = room.ids
        assert (after["a.jsonl#2"], after["a.jsonl#3"]) == (before["a.jsonl#1"], before["a.jsonl#2"])

    @pytest.mark.parametrize(
        "changed",
        [
            {"timezone": "WIT"},
            {"site": "https://situs.example", "permalink": "{slug}"},
            {"authority": "lain.example"},
            {"categories": {"ekonomi": {}}},
            {"undated": "mtime"},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_a_changed_setting_reads_everything_anew_and_keeps_the_ids(
        self, room: Room, changed: dict[str, Any]
    ) -> None:
        room.article("a.md", date="2025-06-01 00:30")
        room.article("b.json", "Dua.")
        room.write("c.jsonl", jsonl({"judul": "Satu", "isi": "A"}, {"judul": "Satu", "isi": "B"}))
        room.look()
        before = room.ids
        room.values.update(changed)
        taken = room.look()
        assert room.ids == before
        assert (taken.read, room.look().read) == (3, 0)


class TestUpdated:
    """When an article last changed: what it says itself, else the time of its file once its content differs."""

    def test_at_first_sight_it_is_the_date_of_publication(self, room: Room) -> None:
        room.article("a.md")
        room.look()
        assert room.records["a.md"].updated == room.records["a.md"].published

    def test_a_changed_body_counts_from_the_time_of_the_file(self, room: Room) -> None:
        room.article("a.md", "Satu.")
        room.look()
        published = room.records["a.md"].published
        file = room.article("a.md", "Dua.")
        room.look()
        assert updated(room, "a.md") == datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
        assert room.records["a.md"].published == published

    @pytest.mark.parametrize(
        "edit", [{"title": "Lain"}, {"summary": "Lain"}, {"image": "https://kabar.example/b.jpg"}], ids=str
    )
    def test_what_readers_see_of_an_article_counts_as_its_content(self, room: Room, edit: dict[str, str]) -> None:
        room.article("a.md")
        room.look()
        room.article("a.md", **edit)
        room.look()
        assert room.records["a.md"].updated > room.records["a.md"].published

    @pytest.mark.parametrize("edit", [{"category": "Olahraga"}, {"tags": ["x"]}], ids=str)
    def test_where_an_article_is_filed_does_not(self, room: Room, edit: dict[str, Any]) -> None:
        room.article("a.md")
        room.look()
        room.article("a.md", **edit)
        assert room.look().changed
        assert room.records["a.md"].updated == room.records["a.md"].published

    def test_a_touched_file_is_not_updated(self, room: Room) -> None:
        room.article("a.md")
        room.look()
        room.touch("a.md")
        room.look()
        assert room.records["a.md"].updated == room.records["a.md"].published

    def test_it_is_in_the_newsrooms_zone(self, make_room: Callable[..., Room]) -> None:
        room = make_room(timezone="WITA")
        room.article("a.md", "Satu.")
        room.look()
        room.article("a.md", "Dua.")
        room.look()
        assert room.records["a.md"].updated_offset == 8 * 3600

    def test_what_the_article_says_itself_wins(self, room: Room) -> None:
        room.article("a.md", "Satu.", updated="2025-06-02T08:00:00+07:00")
        room.look()
        assert updated(room, "a.md").isoformat() == "2025-06-02T08:00:00+07:00"
        room.article("a.md", "Dua.", updated="2025-06-03T08:00:00+07:00")
        room.look()
        assert updated(room, "a.md").isoformat() == "2025-06-03T08:00:00+07:00"

    def test_it_is_never_before_the_publication(self, room: Room) -> None:
        room.article("a.md", updated="2024-01-01")
        room.look()
        room.article("b.md", "Lain.")
        room.look()
        room.article("b.md", "Lain lagi.", date="2027-01-01")
        room.look()
        assert all(record.updated >= record.published for record in room.records.values())

    def test_it_never_goes_back_when_an_older_file_is_put_back(self, room: Room) -> None:
        room.article("a.md", "Satu.")
        old = room.folder / "lama.md"
        shutil.copy2(room.articles / "a.md", old)
        room.look()
        room.article("a.md", "Dua.")
        room.look()
        before = updated(room, "a.md")
        shutil.copy2(old, room.articles / "a.md")
        room.look()
        assert updated(room, "a.md") == before

    def test_a_changed_setting_updates_nothing(self, room: Room) -> None:
        room.article("a.md", "Satu.")
        room.look()
        room.article("a.md", "Dua.")
        room.look()
        before = updated(room, "a.md")
        room.touch("a.md")
        room.values["timezone"] = "WIT"
        room.look()
        assert updated(room, "a.md") == before


class TestDuplicates:
    """The same article again is named and left out, and comes back when the first one goes."""

    def test_the_first_by_path_stands_and_the_other_is_named(self, room: Room) -> None:
        room.article("b.md", title="Sama")
        room.article("a.md", title="Sama")
        room.look()
        assert list(room.records) == ["a.md"]
        assert [(p.path, p.kind, p.fatal, p.reason) for p in room.problems] == [
            ("b.md", "duplicate", True, "is the same article as a.md")
        ]

    def test_two_of_one_guid_are_one_article(self, room: Room) -> None:
        room.article("a.md", "Satu.", guid="urn:1")
        room.article("b.md", "Dua.", guid="urn:1")
        room.look()
        assert (list(room.records), room.kinds) == (["a.md"], [("b.md", "duplicate")])

    def test_two_records_that_are_the_same_are_one_article(self, room: Room) -> None:
        room.write("a.jsonl", jsonl({"judul": "Sama", "isi": "A"}, {"judul": "Sama", "isi": "A"}))
        room.look()
        assert [p.reason for p in room.problems] == ["is the same article as a.jsonl#1"]
        assert [p.path for p in room.problems] == ["a.jsonl#2"]

    def test_one_that_comes_later_is_named_though_its_path_is_first(self, room: Room) -> None:
        room.write("b.jsonl", jsonl({"judul": "Lain", "isi": "B"}, {"judul": "Sama", "isi": "A"}))
        room.look()
        before = room.ids
        room.write("a.jsonl", jsonl({"judul": "Sama", "isi": "A"}))
        room.look()
        assert room.ids == before
        assert [(p.path, p.reason) for p in room.problems] == [("a.jsonl#1", "is the same article as b.jsonl#2")]

    @pytest.mark.parametrize("by", ["removal", "draft", "broken"])
    def test_the_other_takes_its_place_and_its_id_when_the_first_goes(self, room: Room, by: str) -> None:
        room.article("a.md", title="Sama")
        room.article("b.md", title="Sama")
        room.look()
        before = only_id(room)
        if by == "removal":
            room.remove("a.md")
        elif by == "draft":
            room.article("a.md", title="Sama", draft=True)
        else:
            room.write("a.md", b"\0")
        room.look()
        assert room.ids == {"b.md": before}
        assert "duplicate" not in dict(room.kinds).values()

    def test_it_does_so_though_it_was_touched_at_the_same_time(self, room: Room) -> None:
        room.article("a.md", title="Sama")
        room.article("b.md", title="Sama")
        room.look()
        room.remove("a.md")
        room.touch("b.md")
        room.look()
        assert (list(room.records), room.kinds) == (["b.md"], [("b.md", "identity")])

    def test_it_does_so_when_the_first_is_excluded(self, room: Room) -> None:
        room.article("a.md", title="Sama")
        room.article("b.md", title="Sama")
        room.look()
        room.values["exclude"] = ["a.md"]
        room.look()
        assert (list(room.records), room.kinds) == (["b.md"], [("b.md", "identity")])

    @pytest.mark.parametrize(("first", "other"), [("a.md", "b.md"), ("b.md", "a.md")])
    def test_when_the_first_is_edited_both_stand_and_it_keeps_its_id(self, room: Room, first: str, other: str) -> None:
        room.article(first, title="Sama")
        room.look()
        before = only_id(room)
        room.article(other, title="Sama")
        room.look()
        assert room.kinds == [(other, "duplicate")]
        room.article(first, "Isi lain.", title="Sama")
        room.look()
        assert set(room.records) == {"a.md", "b.md"}
        assert room.ids[first] == before
        assert room.problems == []

    @pytest.mark.parametrize(("first", "other"), [("a.md", "b.md"), ("b.md", "a.md")])
    def test_a_full_read_leaves_the_first_in_its_place(self, room: Room, first: str, other: str) -> None:
        room.article(first, title="Sama")
        room.look()
        room.article(other, title="Sama")
        room.look()
        before = room.records, room.problems
        room.program = "the next version"
        room.look()
        assert (room.records, room.problems) == before

    def test_a_duplicate_that_is_edited_is_an_article(self, room: Room) -> None:
        room.article("a.md", title="Sama")
        room.article("b.md", title="Sama")
        room.look()
        before = only_id(room)
        room.article("b.md", "Isi lain.", title="Sama")
        room.look()
        assert room.ids["a.md"] == before
        assert len(set(room.ids.values())) == 2
        assert room.problems == []


class TestJobs:
    """Several processes give what one gives."""

    def test_two_jobs_give_what_one_gives(
        self, make_room: Callable[..., Room], catalogue_address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(arrivals, "BATCH", 5)
        monkeypatch.setattr(arrivals, "PARALLEL_FROM", 2)
        monkeypatch.setattr(intake, "BATCH", 7)
        seen = []
        for jobs in (1, 2):
            room = make_room(catalogue_address)
            for number in range(40):
                room.article(f"{number % 3}/{number}.md", f"Isi {number % 30}", title=f"Judul {number % 5}")
            room.write("rusak.md", b"\0")
            room.look(jobs=jobs)
            for number in range(20):
                room.article(f"{number % 3}/{number}.md", f"Isi baru {number}")
            room.look(jobs=jobs)
            seen.append((room.records, room.problems))
        assert seen[0] == seen[1]
        assert len(seen[0][0]) > 30


# --- any history -----------------------------------------------------------------------------------------------------

NAMES = ["a.md", "b.md", "a.json", "c/a.md", "d.json"]
NAME = st.sampled_from(NAMES)
TEXT = st.integers(0, 10**9)
HEADER = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Satu", "Dua"]),
        "category": st.sampled_from(["Ekonomi", "Kota"]),
        "date": st.sampled_from(["2025-06-01", "2025-06-02T10:00:00+07:00", "bukan tanggal"]),
        "updated": st.just("2026-06-01T10:00:00+07:00"),
    },
)
STEP = st.one_of(
    st.tuples(st.just("write"), NAME, TEXT, HEADER),
    st.tuples(st.just("rename"), NAME, NAME),
    st.tuples(st.just("remove"), NAME),
    st.tuples(st.just("touch"), NAME),
    st.tuples(st.just("break"), NAME),
    st.tuples(st.just("look")),
)


def take(room: Room, step: tuple[Any, ...], written: set[int]) -> None:
    """One step of a newsroom's history; what cannot be done is passed over."""
    kind, *what = step
    there = what and (room.articles / what[0]).exists()
    if kind == "look":
        room.look()
    elif kind == "write":
        name, text, header = what
        if text not in written:  # the same text again would be a duplicate, of which the order of arrival decides
            written.add(text)
            room.article(name, f"Isi {text}.", **header)
    elif kind == "break":
        room.write(what[0], b"\0")
    elif there and kind == "rename":
        if what[0].rpartition(".")[2] == what[1].rpartition(".")[2]:
            room.rename(*what)
    elif there:
        room.remove(*what) if kind == "remove" else room.touch(*what)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@settings(max_examples=15)
@given(steps=st.lists(STEP, max_size=14))
def test_any_history_of_files_ends_where_a_reading_from_nothing_does(
    steps: list[tuple[Any, ...]], database: str, tmp_path: Path, newsroom_names: Any, request: pytest.FixtureRequest
) -> None:
    """Looks in between or none: with the same ledger, reading everything anew gives the same records and problems."""
    address = request.getfixturevalue("shared_postgresql" if database == "postgresql" else "sqlite_address")
    name = next(newsroom_names)
    room = Room(tmp_path / name, address, name)
    anew = Room(tmp_path / name, address, f"{name}-anew")
    try:
        room.write("tetap.md", "---\ntitle: Tetap\ndate: 2025-01-01\n---\nIsi tetap.")
        written: set[int] = set()
        for step in steps:
            take(room, step, written)
        room.look()
        ledger: list[LedgerEntry] = room.read(lambda reading: list(reading.whole_ledger()))
        with anew.catalogue.writing() as writer:
            writer.put_ledger(ledger, ())
        anew.look()
        assert (anew.records, anew.problems) == (room.records, room.problems)
        assert not room.look().changed
        identities = list(room.ids.values())
        assert len(identities) == len(set(identities))
    finally:
        room.close()
        anew.close()
        shutil.rmtree(tmp_path / name)


class TestSameWords:
    """The same words are the same article only where they were published at the same moment."""

    def test_the_same_headline_and_text_of_another_day_is_another_article(self, room: Room) -> None:
        room.article("senin.md", "Pasar buka.", title="Jadwal pasar", date="2025-06-02 08:00")
        room.article("selasa.md", "Pasar buka.", title="Jadwal pasar", date="2025-06-03 08:00")
        room.look()
        assert len(room.ids) == 2
        assert room.kinds == []

    def test_the_same_headline_text_and_moment_is_a_duplicate(self, room: Room) -> None:
        room.article("satu.md", "Pasar buka.", title="Jadwal pasar", date="2025-06-02 08:00")
        room.article("dua.md", "Pasar buka.", title="Jadwal pasar", date="2025-06-02 08:00")
        room.look()
        assert room.kinds == [("satu.md", "duplicate")]


class TestLookingAgain:
    """What was read is read again only for a reason."""

    def test_a_file_with_one_bad_record_is_not_read_at_every_look(self, room: Room) -> None:
        good = '{"judul": "Satu", "tanggal": "2025-06-02", "isi": "A"}'
        room.write("kawat.jsonl", good + "\n{rusak\n")
        assert room.look().read == 1
        again = room.look()
        assert (again.read, again.changed) == (0, False)


class TestRecordsOfOneFile:
    """Records without an id or an address of their own."""

    ROWS = "judul;tanggal;isi\n{first};2025-06-02 08:00;Isi satu.\nDua;2025-06-03 08:00;Isi dua.\n"

    def test_a_new_headline_keeps_the_id(self, room: Room) -> None:
        room.write("tabel.csv", self.ROWS.format(first="Satu"))
        room.look()
        before = room.ids
        room.write("tabel.csv", self.ROWS.format(first="Satu, diralat"))
        room.look()
        assert list(room.ids.values()) == list(before.values())

    def test_a_new_row_above_an_edited_one_gets_an_id_of_its_own(self, room: Room) -> None:
        room.write("tabel.csv", self.ROWS.format(first="Satu"))
        room.look()
        before = {record.title: record.id for record in room.latest()}
        head, rest = self.ROWS.format(first="Satu, diralat").split("\n", 1)
        room.write("tabel.csv", f"{head}\nTiga;2025-06-04 08:00;Isi tiga.\n{rest}")
        room.look()
        now = {record.title: record.id for record in room.latest()}
        assert now["Satu, diralat"] == before["Satu"]
        assert now["Dua"] == before["Dua"]
        assert now["Tiga"] not in before.values()


class TestUnbumpedEdits:
    """When an article last changed."""

    def test_an_edit_that_left_the_date_of_change_counts_from_the_files_time(self, room: Room) -> None:
        room.article("a.md", "Satu.", date="2025-06-01 08:00", updated="2025-06-01 09:00")
        room.look()
        (before,) = room.latest()
        room.article("a.md", "Satu, diralat.", date="2025-06-01 08:00", updated="2025-06-01 09:00")
        room.look()
        (now,) = room.latest()
        assert now.updated > before.updated
