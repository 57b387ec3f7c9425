"""The data directory: which files are found, which are read again, and what becomes of each article."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds import arrivals
from feeds.arrivals import read
from feeds.changes import unchanged_files
from feeds.config import RESERVED, Settings
from feeds.errors import DataDirectoryError
from feeds.intake import take_in
from feeds.limits import Limits
from feeds.record import from_microseconds
from feeds.scan import DEEPEST, FoundFile, glance, scan
from feeds.source import Rules
from tests.conftest import Room
from tests.support import without_x

Load = Callable[..., Settings]


def found(room: Room) -> set[str]:
    return {file.path for file in scan(room.settings).files()}


def only(room: Room) -> Any:
    """The one record of a newsroom."""
    (record,) = room.records.values()
    return record


def iso(microseconds: int, offset: int) -> str:
    return from_microseconds(microseconds, offset).isoformat()


class TestFindingFiles:
    """What lies in the data directory and is an article."""

    def test_files_of_the_readers_are_found_at_any_depth(self, sqlite_room: Room) -> None:
        for path in ("a.md", "b/c.json", "d/e/f/g.csv", "h.txt"):
            sqlite_room.article(path)
        assert found(sqlite_room) == {"a.md", "b/c.json", "d/e/f/g.csv", "h.txt"}

    def test_other_files_are_passed_over_in_silence(self, sqlite_room: Room) -> None:
        for path in ("a.md", "foto.jpg", "README.md", "naskah", "x/_index.md"):
            sqlite_room.write(path, "isi")
        assert found(sqlite_room) == {"a.md"}
        assert scan(sqlite_room.settings).problems == {}

    def test_what_a_dot_hides_is_skipped(self, sqlite_room: Room) -> None:
        for path in ("a.md", ".git/b.md", ".c.md", "d/.e/f.md", ".feeds/g.json"):
            sqlite_room.article(path)
        assert found(sqlite_room) == {"a.md"}

    def test_the_output_inside_the_data_directory_is_skipped(self, make_room: Callable[..., Room]) -> None:
        room = make_room()
        room.values["output"] = str(room.articles / "situs/publik")
        for path in ("a.md", "situs/publik/feed.json", "situs/publik/ekonomi/feed.json", "situs/b.md"):
            room.article(path)
        assert found(room) == {"a.md", "situs/b.md"}

    def test_the_output_is_skipped_through_a_link_too(self, make_room: Callable[..., Room]) -> None:
        room = make_room()
        room.article("a.md")
        room.article("publik/feed.json")
        (room.folder / "keluar").symlink_to(room.articles / "publik")
        room.values["output"] = str(room.folder / "keluar")
        assert found(room) == {"a.md"}

    @pytest.mark.parametrize(
        ("glob", "gone"),
        [
            ("arsip", {"arsip/b.md", "arsip/lama/c.md", "d/arsip/e.md"}),
            ("arsip/*", {"arsip/b.md", "arsip/lama/c.md"}),
            ("*/lama", {"arsip/lama/c.md"}),
            ("*.json", {"f.json"}),
            ("[ab].md", {"a.md", "arsip/b.md"}),
            ("A.md", set()),
        ],
    )
    def test_what_exclude_names_is_skipped(self, make_room: Callable[..., Room], glob: str, gone: set[str]) -> None:
        """A pattern is held against the path and against the name alone, of files and of folders."""
        room = make_room(exclude=[glob])
        everything = {"a.md", "arsip/b.md", "arsip/lama/c.md", "d/arsip/e.md", "f.json"}
        for path in everything:
            room.article(path)
        assert found(room) == everything - gone

    def test_the_data_directory_may_be_a_link_that_is_swapped(self, sqlite_room: Room) -> None:
        """A deployment swaps a link; the articles keep their ids."""
        room = sqlite_room
        room.article("a.md")
        shutil.copytree(room.articles, room.folder / "rilis-1")
        shutil.copytree(room.articles, room.folder / "rilis-2")
        shutil.rmtree(room.articles)
        room.articles.symlink_to("rilis-1")
        room.look()
        before = room.records
        room.articles.unlink()
        room.articles.symlink_to("rilis-2")
        room.look()
        assert room.records == before

    def test_a_missing_data_directory_is_one_sentence(self, sqlite_room: Room) -> None:
        shutil.rmtree(sqlite_room.articles)
        with pytest.raises(DataDirectoryError) as caught:
            sqlite_room.look()
        assert str(caught.value) == f"data directory {sqlite_room.articles}: No such file or directory"

    def test_a_file_in_the_place_of_the_data_directory_is_one_sentence(self, sqlite_room: Room) -> None:
        shutil.rmtree(sqlite_room.articles)
        sqlite_room.articles.write_text("isi")
        with pytest.raises(DataDirectoryError, match="Not a directory"):
            sqlite_room.look()

    def test_a_data_directory_without_articles_is_one_sentence(self, sqlite_room: Room) -> None:
        (sqlite_room.articles / "foto.jpg").write_bytes(b"\xff\xd8")
        with pytest.raises(DataDirectoryError) as caught:
            sqlite_room.look()
        assert str(caught.value) == f"data directory {sqlite_room.articles}: holds no articles"

    def test_a_data_directory_that_goes_empties_nothing(self, sqlite_room: Room) -> None:
        """A share that is not mounted for a moment must not withdraw every article."""
        sqlite_room.article("a.md")
        sqlite_room.look()
        sqlite_room.articles.rename(sqlite_room.folder / "lain")
        sqlite_room.articles.mkdir()
        with pytest.raises(DataDirectoryError):
            sqlite_room.look()
        assert sqlite_room.titles() == ["Berita a"]


class TestLinks:
    """Symbolic links: followed inside the data directory, named where they lead out of it."""

    @pytest.fixture
    def outside(self, sqlite_room: Room) -> Path:
        folder = sqlite_room.folder / "luar"
        folder.mkdir()
        (folder / "rahasia.md").write_text("---\ntitle: Rahasia\ndate: 2025-01-01\n---\nIsi")
        return folder

    def test_a_link_to_a_file_outside_is_named_and_not_read(self, sqlite_room: Room, outside: Path) -> None:
        sqlite_room.article("a.md")
        (sqlite_room.articles / "b.md").symlink_to(outside / "rahasia.md")
        sqlite_room.look()
        assert sqlite_room.titles() == ["Berita a"]
        assert sqlite_room.kinds == [("b.md", "unreadable")]

    def test_a_link_to_a_folder_outside_is_named_and_not_followed(self, sqlite_room: Room, outside: Path) -> None:
        sqlite_room.article("a.md")
        (sqlite_room.articles / "luar").symlink_to(outside)
        sqlite_room.look()
        assert sqlite_room.titles() == ["Berita a"]
        assert [p.reason for p in sqlite_room.problems] == ["is a link that leads out of the data directory"]

    def test_a_folder_beside_of_a_name_that_begins_alike_is_outside(self, sqlite_room: Room) -> None:
        beside = sqlite_room.folder / "articles-lain"
        beside.mkdir()
        (beside / "b.md").write_text("isi")
        sqlite_room.article("a.md")
        (sqlite_room.articles / "c").symlink_to(beside)
        assert found(sqlite_room) == {"a.md"}

    def test_a_problem_of_a_link_is_gone_when_the_link_is(self, sqlite_room: Room, outside: Path) -> None:
        sqlite_room.article("a.md")
        (sqlite_room.articles / "b.md").symlink_to(outside / "rahasia.md")
        sqlite_room.look()
        sqlite_room.remove("b.md")
        assert sqlite_room.look().changed
        assert sqlite_room.problems == []

    def test_a_link_inside_is_followed(self, sqlite_room: Room) -> None:
        """A folder that a dot hides is read through a link to it, as a deployment may keep its releases."""
        sqlite_room.article(".rilis/42/a.md")
        (sqlite_room.articles / "kini").symlink_to(".rilis/42")
        assert found(sqlite_room) == {"kini/a.md"}

    def test_links_that_go_round_end(self, sqlite_room: Room) -> None:
        sqlite_room.article("x/a.md")
        (sqlite_room.articles / "x/atas").symlink_to("..")
        (sqlite_room.articles / "x/sini").symlink_to(".")
        (sqlite_room.articles / "p.md").symlink_to("q.md")
        (sqlite_room.articles / "q.md").symlink_to("p.md")
        sqlite_room.look()
        assert list(sqlite_room.records) == ["x/a.md"]
        assert {path for path, _ in sqlite_room.kinds} == {"p.md", "q.md"}

    def test_two_links_to_a_folder_give_its_articles_once(self, sqlite_room: Room) -> None:
        """Whichever of them the system lists first: the folder's own path counts."""
        for name in ("a-tautan", "z-tautan"):
            (sqlite_room.articles / name).symlink_to("isi")
        sqlite_room.article("isi/a.md")
        (sqlite_room.articles / "b-tautan").symlink_to("isi")
        assert found(sqlite_room) == {"isi/a.md"}

    def test_a_link_into_nowhere_is_named(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md")
        (sqlite_room.articles / "b.md").symlink_to("tidak-ada.md")
        sqlite_room.look()
        assert sqlite_room.kinds == [("b.md", "unreadable")]


class TestUnreadable:
    """A file that cannot be read costs itself alone, and is named with the reason."""

    @pytest.fixture
    def room(self, sqlite_room: Room) -> Room:
        sqlite_room.article("baik.md")
        return sqlite_room

    def test_a_folder_that_is_called_like_an_article_is_named_and_read(self, room: Room) -> None:
        room.article("x.md/dalam.md")
        room.look()
        assert room.kinds == [("x.md", "unreadable")]
        assert set(room.records) == {"baik.md", "x.md/dalam.md"}

    @pytest.mark.parametrize("content", [b"", b" \n\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"])
    def test_empty_and_binary_files_are_named(self, room: Room, content: bytes) -> None:
        room.write("x.md", content)
        room.look()
        assert room.kinds == [("x.md", "unreadable")]
        assert list(room.records) == ["baik.md"]

    def test_a_huge_file_is_named_and_not_read(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        room.values["limits"] = {"file": 1024}
        room.write("x.md", b"x" * 1025)
        room.look()
        assert [p.reason for p in room.problems] == ["is 1,025 bytes long; limits.file is 1,024"]
        assert list(room.records) == ["baik.md"]

    def test_a_huge_file_without_content_takes_no_memory(self, room: Room) -> None:
        """The limit is asked before a byte is read."""
        with (room.articles / "x.md").open("wb") as file:
            file.truncate(Limits().file + 1)
        room.look()
        assert room.kinds == [("x.md", "unreadable")]

    def test_a_file_that_may_not_be_read_is_named(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        room.article("x.md")
        forbid(monkeypatch, room.articles / "x.md")
        room.look()
        assert [(p.path, p.kind, p.reason) for p in room.problems] == [("x.md", "unreadable", "Permission denied")]
        assert list(room.records) == ["baik.md"]

    def test_a_file_that_may_not_be_read_any_more_is_left_out_until_it_may(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        room.article("x.md")
        room.look()
        before = room.records
        with monkeypatch.context() as for_a_while:
            forbid(for_a_while, room.articles / "x.md")
            room.touch("x.md")
            room.look()
            assert list(room.records) == ["baik.md"]
        room.look()
        assert (room.records, room.problems) == (before, [])

    def test_a_folder_that_may_not_be_listed_costs_itself_alone(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        room.article("x/a.md")
        list_folder = os.scandir

        def scandir(path: str) -> Any:
            if path.endswith("/x"):
                raise PermissionError(13, "Permission denied", path)
            return list_folder(path)

        monkeypatch.setattr(os, "scandir", scandir)
        room.look()
        assert room.kinds == [("x", "unreadable")]
        assert list(room.records) == ["baik.md"]

    @pytest.mark.parametrize("name", ["x", ""], ids=["of-a-folder", "of-the-folder-of-the-articles"])
    def test_what_lies_in_a_folder_that_lost_its_x_bit_stays_as_it_was(self, room: Room, name: str) -> None:
        """As after ``chmod -R 644``: its names are seen, its files are not."""
        room.article("x/a.md")
        room.article("x/dalam/b.md")
        room.article("x/a.md.md")
        room.look()
        before = room.records
        with without_x(Path(os.path.realpath(room.articles), name)):
            taken = room.look()
            assert room.records == before
            closed = {"x/a.md", "x/a.md.md", "x/dalam"} if name else {"x", "baik.md"}
            assert taken.again == closed
            assert set(room.kinds) == {(path, "unreadable") for path in closed}
            assert unchanged_files(room.catalogue, room.settings, program=room.program) is not None
        room.look()
        assert (room.records, room.problems) == (before, [])

    def test_of_a_name_that_is_the_beginning_of_one_that_cannot_be_seen_nothing_is_held_back(self, room: Room) -> None:
        for name in ("x/a.md", "x/a.md.md"):
            room.article(name)
        room.look()
        room.remove("x/a.md.md")
        with without_x(room.articles / "x"):
            room.look()
        assert set(room.records) == {"baik.md", "x/a.md"}

    @pytest.mark.parametrize("target", [".simpanan", ".simpanan/a.md"])
    def test_what_a_link_leads_to_stays_as_it_was_while_it_cannot_be_seen(
        self, sqlite_room: Room, monkeypatch: pytest.MonkeyPatch, target: str
    ) -> None:
        room = sqlite_room
        room.article(".simpanan/a.md")
        (room.articles / f"tautan{Path(target).suffix}").symlink_to(target)
        room.look()
        before = room.records
        monkeypatch.setattr("feeds.scan.os.scandir", _listing_blind_links(os.scandir))
        room.look()
        assert room.records == before
        assert len(before) == 1
        assert [kind for _, kind in room.kinds] == ["unreadable"]

    @pytest.fixture
    def deep(self, room: Room) -> Iterator[str]:
        """A chain of more folders than calls may lie within each other; gives the path of the last that is listed."""
        chain = ["a"]
        for _ in range(1200):
            chain.append(f"{chain[-1]}/a")
        for path in chain:
            (room.articles / path).mkdir()
        yield chain[DEEPEST - 1]
        for path in reversed(chain[DEEPEST:]):  # which shutil cannot
            for file in (room.articles / path).glob("*.md"):
                file.unlink()
            (room.articles / path).rmdir()

    def test_what_lies_deeper_than_any_newsroom_has_it_is_named_and_costs_no_other(self, room: Room, deep: str) -> None:
        """No deeper than a stack of calls, and no more descriptors than one at a time."""
        room.article(f"{deep}/b.md")
        room.article(f"{deep}/a/c.md")
        before = len(list(Path("/proc/self/fd").iterdir()))
        most = 0

        def listing(path: str) -> Any:
            nonlocal most
            most = max(most, len(list(Path("/proc/self/fd").iterdir())))
            return list_folder(path)

        list_folder = os.scandir
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "scandir", listing)
            taken = room.look()
        assert most <= before + 3
        assert set(room.records) == {"baik.md", f"{deep}/b.md"}
        assert [(p.path, p.reason) for p in room.problems] == [
            (f"{deep}/a", f"lies within {DEEPEST} folders; what lies in it is not read")
        ]
        assert taken.again == {f"{deep}/a"}
        assert not room.look().changed
        far = glance(room.settings, [f"{deep}/{'/'.join('a' * 1000)}/c.md"], ())
        assert far is not None
        assert (list(far.problems), far.statuses()) == ([f"{deep}/a"], {})

    def test_what_was_read_of_a_folder_that_lies_too_deep_now_is_not_gone(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        room.article("x/y/z/a.md")
        room.look()
        monkeypatch.setattr("feeds.scan.DEEPEST", 2)
        room.article("x/y/b.md")
        for paths in (["x/y/z/a.md", "x/y/b.md"], None):
            take_in(room.catalogue, room.settings, room.ledger_file, program=room.program, paths=paths)
            assert set(room.records) == {"baik.md", "x/y/z/a.md", "x/y/b.md"}
            assert room.kinds == [("x/y/z", "unreadable")]

    def test_a_path_that_is_too_long_for_the_system_costs_itself_alone(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = "n" * 250
        monkeypatch.chdir(room.articles)
        for _ in range(20):  # 5,000 bytes, where Linux takes 4,096
            Path(name).mkdir()
            os.chdir(name)
            Path("a.md").write_text("---\ntitle: Satu\ndate: 2025-06-01\n---\nIsi.\n")
        room.look()
        assert "baik.md" in room.records
        assert {kind for _, kind in room.kinds if kind != "duplicate"} == {"unreadable"}
        assert not room.look().changed

    def test_a_problem_is_gone_when_it_is_mended(self, room: Room) -> None:
        room.write("x.md", b"")
        room.look()
        room.article("x.md")
        assert room.look().changed
        assert room.problems == []
        assert set(room.records) == {"baik.md", "x.md"}

    @pytest.mark.parametrize("content", [b"", b"x" * 1025])
    def test_a_problem_is_gone_when_its_file_is(
        self, room: Room, monkeypatch: pytest.MonkeyPatch, content: bytes
    ) -> None:
        """Also where the file was never read, as it is too big."""
        room.values["limits"] = {"file": 1024}
        room.write("x.md", content)
        room.look()
        room.remove("x.md")
        assert room.look().changed
        assert room.problems == []

    def test_a_file_that_stays_unreadable_changes_nothing_again(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not even beside a duplicate, which is read again when other files change."""
        room.values["limits"] = {"file": 1024}
        room.write("x.md", b"x" * 1025)
        shutil.copy(room.articles / "baik.md", room.articles / "salinan.md")
        room.look()
        problems = room.problems
        again = room.look()
        assert not again.changed
        assert room.problems == problems
        assert len(problems) == 2

    def test_a_pipe_is_named_and_does_not_stop_the_service(self, room: Room) -> None:
        """To open one would wait for a writer for ever."""
        os.mkfifo(room.articles / "x.md")
        room.look()
        assert room.kinds == [("x.md", "unreadable")]
        assert list(room.records) == ["baik.md"]

    def test_a_socket_is_named(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(room.articles)  # the path of a socket must be short
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("x.md")
            room.look()
        assert room.kinds == [("x.md", "unreadable")]

    def test_a_name_that_is_no_utf_8_costs_itself_alone(self, room: Room) -> None:
        os.close(os.open(os.fsencode(room.articles) + b"/x-\xff.md", os.O_CREAT | os.O_WRONLY))
        room.look()
        assert list(room.records) == ["baik.md"]
        assert [kind for _, kind in room.kinds] == ["unreadable"]
        assert not room.look().changed


def _listing_blind_links(list_folder: Callable[[str], Any]) -> Callable[[str], Any]:
    """A scandir whose links lead to where nothing can be seen, as when a folder on the way lost its x bit."""

    class Blind:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name, self.path = entry.name, entry.path

        def is_symlink(self) -> bool:
            return True

        def is_dir(self) -> bool:
            raise PermissionError(13, "Permission denied", self.path)

        stat = is_dir

    @contextmanager
    def scandir(path: str) -> Iterator[Any]:
        with list_folder(path) as listing:
            yield [Blind(entry) if entry.is_symlink() else entry for entry in listing]

    return scandir


def forbid(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Let a file be unreadable; permissions would not stop root, as which these tests may run."""
    open_file = os.open

    def refuse(path: Any, *arguments: Any, **options: Any) -> int:
        if path == str(file):
            raise PermissionError(13, "Permission denied", path)
        return open_file(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)


class TestReadingAgain:
    """Only what changed is read: by size and time, and by content where those differ."""

    def test_only_new_and_changed_files_are_read(self, sqlite_room: Room) -> None:
        for name in "abc":
            sqlite_room.article(f"{name}.md")
        assert (sqlite_room.look().read, sqlite_room.look().read) == (3, 0)
        sqlite_room.article("b.md", "Isi lain.")
        sqlite_room.article("d.md")
        assert sqlite_room.look().read == 2

    def test_a_size_that_differs_is_a_change_at_the_same_time(self, sqlite_room: Room) -> None:
        file = sqlite_room.article("a.md")
        status = file.stat()
        sqlite_room.look()
        file.write_text(file.read_text() + "Lagi.")
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert sqlite_room.look().read == 1

    def test_an_older_time_is_a_change_too(self, sqlite_room: Room) -> None:
        """A file that is put back from a copy brings its old time along."""
        file = sqlite_room.article("a.md", title="Satu")
        sqlite_room.look()
        file.write_text(file.read_text().replace("Satu", "Dua!"))
        os.utime(file, (1_000_000_000, 1_000_000_000))
        sqlite_room.look()
        assert sqlite_room.titles() == ["Dua!"]

    def test_a_touched_file_is_no_change(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md")
        sqlite_room.look()
        before = sqlite_room.records
        sqlite_room.touch("a.md")
        assert not sqlite_room.look().changed
        assert sqlite_room.records == before

    def test_a_touched_file_is_not_looked_at_again(self, sqlite_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its new time is remembered, so that its bytes are compared once."""
        file = sqlite_room.article("a.md")
        sqlite_room.look()
        sqlite_room.touch("a.md")
        sqlite_room.look()
        forbid(monkeypatch, file)
        sqlite_room.look()
        assert sqlite_room.problems == []

    def test_a_file_that_goes_takes_its_articles_along(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md")
        sqlite_room.article("b.md")
        sqlite_room.look()
        sqlite_room.remove("a.md")
        assert sqlite_room.look().changed
        assert list(sqlite_room.records) == ["b.md"]

    def test_an_article_that_becomes_a_draft_goes(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md")
        sqlite_room.article("b.md")
        sqlite_room.look()
        sqlite_room.article("a.md", draft=True)
        sqlite_room.look()
        assert (list(sqlite_room.records), sqlite_room.problems) == (["b.md"], [])

    def test_another_program_reads_everything_anew(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md")
        sqlite_room.look()
        sqlite_room.program = "the next version"
        assert (sqlite_room.look().read, sqlite_room.look().read) == (1, 0)

    def test_several_processes_read_as_one_does(self, sqlite_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same readings in the same order, problems included."""
        for number in range(30):
            sqlite_room.article(f"{number:02}.md", f"Isi {number}", tags=["a", "b"], category="Ekonomi")
        sqlite_room.write("rusak.md", b"\0")
        files = sorted(scan(sqlite_room.settings).files())
        rules = Rules.of(sqlite_room.settings)
        monkeypatch.setattr(arrivals, "BATCH", 4)
        monkeypatch.setattr(arrivals, "PARALLEL_FROM", 2)
        alone = list(read(rules, files, jobs=1))
        assert alone == list(read(rules, files, jobs=2))
        assert [reading.file for reading in alone] == files

    def test_a_file_that_grows_while_it_is_read_is_read_to_its_end(self, sqlite_room: Room) -> None:
        """Its size may be older than its bytes."""
        file = sqlite_room.article("a.md", "Isi yang panjang. " * 100)
        status = file.stat()
        rules = Rules.of(sqlite_room.settings)
        sizes = (status.st_size - 500, status.st_size, status.st_size + 500, 0)
        readings = [next(iter(read(rules, [FoundFile("a.md", size, 0)]))) for size in sizes]
        assert len({reading.arrivals for reading in readings}) == 1

    def test_a_file_that_went_meanwhile_is_unreadable(self, sqlite_room: Room) -> None:
        (reading,) = read(Rules.of(sqlite_room.settings), [FoundFile("a.md", 10, 0)])
        assert [p.reason for p in reading.problems] == ["No such file or directory"]


class TestDates:
    """When an article was published: what it says, in the newsroom's zone; the file's time only where that is set."""

    def test_a_date_without_a_zone_is_in_the_newsrooms(self, make_room: Callable[..., Room]) -> None:
        room = make_room(timezone="WIT")
        room.article("a.md", date="2025-06-01 10:00")
        room.look()
        record = only(room)
        assert iso(record.published, record.published_offset) == "2025-06-01T10:00:00+09:00"

    @pytest.mark.parametrize("date", ["1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 07:00:00 +0700"])
    def test_the_beginning_of_unix_time_is_no_date(self, sqlite_room: Room, date: str) -> None:
        sqlite_room.article("a.md", date=date)
        sqlite_room.look()
        (problem,) = sqlite_room.problems
        assert problem.fatal
        assert problem.reason.endswith("is what a machine writes that knows no date")

    def test_a_zone_in_the_text_wins(self, make_room: Callable[..., Room]) -> None:
        room = make_room(timezone="WIT")
        room.article("a.md", date="1 Juni 2025 10.00 WITA")
        room.look()
        record = only(room)
        assert iso(record.published, record.published_offset) == "2025-06-01T10:00:00+08:00"

    def test_an_article_without_a_date_is_named_and_left_out(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md", date=None)
        sqlite_room.look()
        assert (sqlite_room.records, sqlite_room.kinds) == ({}, [("a.md", "date")])

    def test_an_article_without_a_date_has_its_files_where_undated_says_so(
        self, make_room: Callable[..., Room]
    ) -> None:
        room = make_room(undated="mtime", timezone="Asia/Makassar")
        moment = int(room.article("a.md", date=None).stat().st_mtime)
        room.look()
        record = only(room)
        assert (record.published, record.published_offset) == (moment * 1_000_000, 8 * 3600)
        assert record.date_origin == "mtime"
        assert room.problems == []

    def test_a_date_that_is_none_is_named_even_where_undated_is_mtime(self, make_room: Callable[..., Room]) -> None:
        room = make_room(undated="mtime")
        room.article("a.md", date="31 Februari 2025")
        room.look()
        assert (room.records, room.kinds) == ({}, [("a.md", "date")])

    @pytest.mark.parametrize("suffix", ["md", "json"])
    @pytest.mark.parametrize("date", ["0001-01-01T00:00:00Z", "0001-01-01", "1500-06-01 10:00"])
    def test_a_date_that_no_feed_can_carry_is_named(self, sqlite_room: Room, suffix: str, date: str) -> None:
        """Hugo's date of nothing, 0001-01-01, among them; as YAML's own type of dates and as text."""
        if suffix == "md":
            sqlite_room.write("a.md", f"---\ntitle: Berita\ndate: {date}\n---\nIsi")
        else:
            sqlite_room.article("a.json", date=date)
        sqlite_room.look()
        assert (sqlite_room.records, sqlite_room.kinds) == ({}, [(f"a.{suffix}", "date")])

    def test_a_date_of_change_that_is_none_costs_that_date_alone(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md", updated="kemarin dulu sekali")
        sqlite_room.look()
        record = only(sqlite_room)
        assert record.updated == record.published
        assert [(p.kind, p.fatal) for p in sqlite_room.problems] == [("updated", False)]

    def test_a_time_of_a_file_that_no_calendar_has_costs_no_other_article(self, make_room: Callable[..., Room]) -> None:
        room = make_room(undated="mtime")
        room.article("a.md")
        file = room.article("b.md", date=None)
        try:
            os.utime(file, (400_000_000_000, 400_000_000_000))  # the year 14645
        except OSError:
            pytest.skip("the file system keeps no such time")
        room.look()
        assert "a.md" in room.records

    def test_a_column_of_months_first_is_reported_as_such(self, sqlite_room: Room) -> None:
        """Once a file, whatever the number of its rows."""
        sqlite_room.write("a.csv", "judul,tanggal,isi\nSatu,10/25/2025,A\nDua,10/03/2025,B\nTiga,11/04/2025,C\n")
        sqlite_room.look()
        assert [(p.path, p.kind, p.fatal) for p in sqlite_room.problems] == [("a.csv", "order", False)]
        dates = [iso(r.published, r.published_offset)[:10] for r in sqlite_room.records.values()]
        assert sorted(dates) == ["2025-10-03", "2025-10-25", "2025-11-04"]


class TestCategories:
    """Names become one slug: the article's own, else the folder it lies in."""

    DECLARED = {  # noqa: RUF012
        "ekonomi": {"title": "Ekonomi & Bisnis", "aliases": ["Bisnis", "Keuangan Daerah"]},
        "gaya-hidup": {"title": "Gaya Hidup"},
    }

    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("ekonomi", "ekonomi"),
            ("EKONOMI", "ekonomi"),
            ("Ekonomi & Bisnis", "ekonomi"),
            ("bisnis", "ekonomi"),
            ("keuangan-daerah", "ekonomi"),
            ("Gaya Hidup", "gaya-hidup"),
            ("gaya_hidup", "gaya-hidup"),
        ],
    )
    def test_a_declared_category_is_known_by_slug_title_and_alias(
        self, make_room: Callable[..., Room], name: str, slug: str
    ) -> None:
        room = make_room(categories=self.DECLARED)
        room.article("a.md", category=name)
        room.look()
        assert (only(room).categories, room.problems) == ((slug,), [])
        assert room.titles(slug) == ["Berita a"]

    def test_an_unknown_category_is_named_and_the_article_stays(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories=self.DECLARED)
        room.article("a.md", categories=["Politik", "Ekonomi"])
        room.article("b.md", "Lain.", category="Politik")
        room.look()
        assert [(p.path, p.kind, p.fatal) for p in room.problems] == [
            ("a.md", "category", False),
            ("b.md", "category", False),
        ]
        assert set(room.titles()) == {"Berita a", "Berita b"}
        assert room.titles("ekonomi") == ["Berita a"]

    def test_two_names_of_one_category_are_one(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories=self.DECLARED)
        room.article("a.md", categories=["Bisnis", "Ekonomi"])
        room.look()
        assert only(room).categories == ("ekonomi",)

    @pytest.mark.parametrize(
        ("path", "slugs"),
        [
            ("bisnis/a.md", ("ekonomi",)),
            ("gaya_hidup/a.md", ("gaya-hidup",)),
            ("posts/bisnis/2025/06/a.md", ("ekonomi",)),
            ("bisnis/berita-panjang/index.md", ("ekonomi",)),
            ("2025/06/a.md", ()),
            ("lain/a.md", ()),
            ("a.md", ()),
        ],
    )
    def test_the_folder_is_the_category_of_an_article_that_names_none(
        self, make_room: Callable[..., Room], path: str, slugs: tuple[str, ...]
    ) -> None:
        """Folders that only order files (years, _posts) are passed over; one of another name is no fault."""
        room = make_room(categories=self.DECLARED)
        room.article(path)
        room.look()
        assert (only(room).categories, room.problems) == (slugs, [])

    @pytest.mark.parametrize("written", [[], [""], "", [" "]])
    def test_a_category_that_is_blank_is_none(self, make_room: Callable[..., Room], written: Any) -> None:
        room = make_room(categories=self.DECLARED)
        room.article("bisnis/a.md", categories=written)
        room.look()
        assert (only(room).categories, room.problems) == (("ekonomi",), [])

    def test_the_articles_own_category_wins_over_its_folder(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories=self.DECLARED)
        room.article("ekonomi/a.md", category="Gaya Hidup")
        room.look()
        assert only(room).categories == ("gaya-hidup",)

    def test_without_declared_categories_any_name_is_one(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md", categories=["Sepak Bola", "sepak-bola"])
        sqlite_room.look()
        assert only(sqlite_room).categories == ("sepak-bola",)
        assert [(c.slug, len(c.title)) for c in sqlite_room.read(lambda r: r.categories())] == [("sepak-bola", 10)]

    @pytest.mark.parametrize("name", sorted(RESERVED))
    def test_a_category_of_a_reserved_name_gets_a_number(self, sqlite_room: Room, name: str) -> None:
        sqlite_room.article("a.md", category=name)
        sqlite_room.look()
        assert only(sqlite_room).categories == (f"{name}-2",)

    def test_a_declared_category_of_a_reserved_name_gets_a_number(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories={"search": {"title": "Pencarian"}})
        room.article("a.md", category="search")
        room.look()
        assert (only(room).categories, room.problems) == (("search-2",), [])

    def test_a_category_stays_known_when_its_last_article_went(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md", category="Ekonomi")
        sqlite_room.article("b.md", category="Politik")
        sqlite_room.look()
        sqlite_room.remove("a.md")
        sqlite_room.look()
        assert [c.slug for c in sqlite_room.read(lambda r: r.categories())] == ["ekonomi", "politik"]


class TestAddresses:
    """An article's address: its own, relative to site; else by the permalink pattern; else none."""

    @pytest.mark.parametrize(
        ("permalink", "address"),
        [
            ("{slug}", "banjir-surut"),
            ("/{slug}/", "banjir-surut/"),
            ("{date}/{slug}.html", "2025-06-01/banjir-surut.html"),
            ("{year}/{month}/{day}/{slug}", "2025/06/01/banjir-surut"),
            ("baca/{path}", "baca/kota/kali%20besar"),
            ("https://kabar.example/{slug}", "banjir-surut"),
        ],
    )
    def test_a_pattern_is_filled_in(self, make_room: Callable[..., Room], permalink: str, address: str) -> None:
        """The day is that of the article's own zone."""
        room = make_room(site="https://kabar.example", permalink=permalink)
        room.article("kota/kali besar.md", title="Banjir Surut", date="2025-06-01T01:00:00+07:00")
        room.look()
        assert only(room).link == f"https://kabar.example/{address}"

    def test_an_article_keeps_the_slug_that_it_names(self, make_room: Callable[..., Room]) -> None:
        room = make_room(site="https://kabar.example", permalink="{slug}")
        room.article("a.md", slug="pilihan-redaksi")
        room.look()
        assert only(room).link == "https://kabar.example/pilihan-redaksi"

    @pytest.mark.parametrize(
        ("link", "address"),
        [
            ("https://lain.example/x", "https://lain.example/x"),
            ("/berita/x", "https://kabar.example/id/../berita/x".replace("/id/..", "")),
            ("berita/x", "https://kabar.example/id/berita/x"),
            ("//cdn.example/x", "https://cdn.example/x"),
            ("https://lain.example/Ñ?q=a b", "https://lain.example/%C3%91?q=a%20b"),
        ],
    )
    def test_a_link_of_its_own_is_relative_to_site(
        self, make_room: Callable[..., Room], link: str, address: str
    ) -> None:
        room = make_room(site="https://kabar.example/id/", permalink="{slug}")
        room.article("a.md", link=link)
        room.look()
        assert only(room).link == address

    def test_without_a_site_a_relative_link_is_none(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md", link="/berita/x")
        sqlite_room.look()
        assert (only(sqlite_room).link, sqlite_room.problems) == ("", [])

    def test_a_link_that_is_none_is_named(self, make_room: Callable[..., Room]) -> None:
        room = make_room(site="https://kabar.example", permalink="{slug}")
        room.article("a.md", link="javascript:alert(1)")
        room.look()
        assert only(room).link == "https://kabar.example/berita-a"
        assert [(p.kind, p.fatal) for p in room.problems] == [("link", False)]

    def test_without_any_there_is_no_address(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md")
        sqlite_room.look()
        assert only(sqlite_room).link == ""


class TestHostileText:
    """Whatever an article holds, it costs no other, on either database."""

    FIELDS = (
        "title",
        "date",
        "updated",
        "summary",
        "author",
        "category",
        "tags",
        "link",
        "guid",
        "slug",
        "source",
        "language",
        "image",
        "body",
    )

    @pytest.mark.parametrize("mark", ["\0", "\ud800", "\x07", "\u2028", "\n", "\uffff", "😀", "\u202e"])
    def test_each_field_may_hold_any_character(self, room: Room, mark: str) -> None:
        room.article("baik.md")
        for field in self.FIELDS:
            values = {"judul": f"Berita {field}", "tanggal": "2025-06-01", "isi": f"Isi {field}"}
            values |= {field: f"a{mark}b https://kabar.example/{field}{mark}"}
            room.write(f"{field}.json", json.dumps(values))
        room.look()
        assert "baik.md" in room.records
        known = room.records, room.problems
        assert {f"{field}.json" for field in self.FIELDS} <= {*room.records, *(p.path for p in room.problems)}
        assert not room.look().changed
        assert (room.records, room.problems) == known
        bad = {"\0", "\x07", "\ud800", "\uffff"}
        assert not any(bad & set(str(value)) for record in room.records.values() for value in record)

    def test_a_zone_of_most_of_a_day_is_no_obstacle(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.json", date="2025-06-01T10:00:00+14:00")
        sqlite_room.look()
        record = only(sqlite_room)
        assert timedelta(seconds=record.published_offset) == timedelta(hours=14)


class TestFields:
    """``[fields]``: what the newsroom's own names of fields mean."""

    def test_a_name_means_what_the_newsroom_says(self, make_room: Callable[..., Room]) -> None:
        """Whatever its case and hyphens, in records and in front matter, and within a mapping by a dot."""
        room = make_room(fields={"kepala-berita": "title", "meta.terbit": "date", "Ditulis Oleh": "authors"})
        article = {"Kepala_Berita": "Beras Turun", "meta": {"terbit": "3 Desember 2024"}, "isi": "Harga beras turun."}
        room.write("a.json", json.dumps([article]))
        room.write(
            "b.md", "---\nkepala berita: Jalan Dibuka\ntanggal: 2024-12-04\nditulis_oleh: Ani\n---\nJalan dibuka.\n"
        )
        room.look()
        assert room.problems == []
        assert {r.title: iso(r.published, r.published_offset)[:10] for r in room.records.values()} == {
            "Beras Turun": "2024-12-03",
            "Jalan Dibuka": "2024-12-04",
        }
        assert room.records["b.md"].authors == ("Ani",)

    def test_it_goes_before_the_usual_names(self, make_room: Callable[..., Room]) -> None:
        room = make_room(fields={"judul_panjang": "title"})
        room.write("a.csv", "judul,judul_panjang,tanggal,isi\nPendek,Panjang Sekali,2024-12-03,Isi.\n")
        room.look()
        assert only(room).title == "Panjang Sekali"

    def test_a_column_that_only_the_newsroom_knows_makes_a_table_of_articles(
        self, make_room: Callable[..., Room]
    ) -> None:
        room = make_room(fields={"kepala": "title", "tgl_muat": "date"})
        room.write("a.csv", "kepala;tgl_muat\nBeras Turun;2024-12-03\n")
        room.look()
        assert only(room).title == "Beras Turun"

    def test_a_folder_has_names_of_its_own(self, make_room: Callable[..., Room]) -> None:
        """They go before what is said for all, and hold below the folder alone."""
        room = make_room(fields={"a": "title", "arsip/2010": {"b": "title", "tgl_masuk": "date"}})
        for path in ("arsip/2010/x/satu.json", "arsip/dua.json"):
            room.write(
                path, json.dumps({"a": "A", "b": "B", "tgl_masuk": "2010-05-01", "tanggal": "2024-12-03", "isi": "x"})
            )
        room.look()
        assert {path: (r.title, iso(r.published, 0)[:4]) for path, r in room.records.items()} == {
            "arsip/2010/x/satu.json": ("B", "2010"),
            "arsip/dua.json": ("A", "2024"),
        }

    def test_a_change_of_the_names_reads_everything_anew(self, make_room: Callable[..., Room]) -> None:
        room = make_room()
        room.write("a.json", json.dumps({"kepala": "A", "tanggal": "2024-12-03", "isi": "x"}))
        room.look()
        assert room.kinds == [("a.json", "title")]
        room.values["fields"] = {"kepala": "title"}
        room.look()
        assert room.titles() == ["A"]


class TestWhatIsMissing:
    """An article without something that it should have."""

    @pytest.mark.parametrize(
        ("record", "reason"),
        [
            (
                {"judul": "A", "tgl_masuk_meja": "2024-12-03", "isi": "x"},
                "has no date; `tgl_masuk_meja` mean nothing here",
            ),
            ({"kop": "A", "tanggal": "2024-12-03", "isi": "x"}, "has no title; `kop` mean nothing here"),
            (
                {"judul": "A", "tanggal": "2024-12-03", "uraian_x": "x"},
                "has neither a text nor a summary; `uraian_x` mean",
            ),
        ],
    )
    def test_names_that_mean_nothing_are_told_where_something_is_missing(
        self, sqlite_room: Room, record: dict[str, str], reason: str
    ) -> None:
        sqlite_room.write("a.json", json.dumps([record]))
        sqlite_room.look()
        (problem,) = sqlite_room.problems
        assert problem.reason.startswith(reason)
        assert "[fields]" in problem.reason

    def test_an_article_without_a_text_is_published_and_told_of(self, sqlite_room: Room) -> None:
        sqlite_room.article("a.md", "")
        sqlite_room.look()
        assert sqlite_room.kinds == [("a.md", "body")]
        assert len(sqlite_room.records) == 1

    def test_the_address_of_a_home_page_is_no_articles(self, make_room: Callable[..., Room]) -> None:
        """A page's author forgot to say which page it is: two such articles are two."""
        room = make_room(site="https://kabar.example/")
        room.article("a.md", "Satu.", link="https://kabar.example/")
        room.article("b.md", "Dua.", link="https://kabar.example")
        room.look()
        assert set(room.records) == {"a.md", "b.md"}
        assert room.kinds == [("a.md", "link"), ("b.md", "link")]
