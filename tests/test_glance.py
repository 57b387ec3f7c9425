"""A look at the paths that changed gives what a look at everything gives, whatever happened to the files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from feeds import edition
from feeds import tables as t
from feeds.config import Settings
from feeds.intake import Intake, take_in
from feeds.live import MANY, changed_paths
from feeds.newsroom import Newsroom
from feeds.scan import MANIFEST, glance
from tests.support import NOW, Desk, a_desk, article, titles, without_x

NAMES = ("kopi.md", "tari.md", "kopi.html", "foto.jpg", "withdrawn.toml", "README.md", ".kopi.md.swp")
FOLDERS = ("", "ekonomi", "ekonomi/pasar", "budaya", "budaya.md", ".git", "keluaran")
TITLES = ("Panen kopi naik di dataran tinggi", "Panen kopi naik di dataran tinggi Kerinci", "Tari dipentaskan", "")
TEXTS = ("Harga kopi naik sejak pekan lalu. " * 9, "Panggung penuh sampai malam. " * 9)

name, folder = st.sampled_from(NAMES), st.sampled_from(FOLDERS)
path = st.builds(lambda f, n: f"{f}/{n}".lstrip("/"), folder, name)
steps = st.one_of(
    st.tuples(st.just("write"), path, st.sampled_from(TITLES), st.sampled_from(TEXTS), st.integers(1, 3)),
    st.tuples(st.just("rename"), path, path),
    st.tuples(st.just("rename"), folder, folder),
    st.tuples(st.just("remove"), st.one_of(path, folder)),
    st.tuples(st.just("copy"), path, path),
    st.tuples(st.just("withdraw"), folder, path),
    st.tuples(st.just("mark"), folder),
)


class Files:
    """The files of a data directory. Each change gives the paths that a watch then names."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def do(self, step: tuple[Any, ...]) -> set[str]:
        kind, *rest = step
        act: Callable[..., set[str]] = getattr(self, kind)
        return act(*rest)

    def write(self, path: str, title: str, text: str, day: int) -> set[str]:
        if path.endswith("withdrawn.toml"):
            return self._put(path, f'[[withdrawn]]\narticle = "ekonomi/kopi.md"\nreason = "{title}"\n')
        if path.endswith(".html"):
            return self._put(path, f"<html><h1>{title}</h1><time>2026-05-0{day}</time><p>{text}</p></html>")
        return self._put(path, article(title, f"2026-05-0{day}", body=text))

    def withdraw(self, folder: str, path: str) -> set[str]:
        reason = 'reason = "Sumbernya keliru."'
        return self._put(f"{folder}/withdrawn.toml".lstrip("/"), f'[[withdrawn]]\narticle = "{path}"\n{reason}\n')

    def mark(self, folder: str) -> set[str]:
        """The mark of a build's output comes or goes."""
        if not folder or not (self.root / folder).is_dir():
            return set()
        mark = self.root / folder / MANIFEST
        mark.unlink() if mark.exists() else mark.write_text("{}")
        return {f"{folder}/{MANIFEST}"}

    def copy(self, path: str, other: str) -> set[str]:
        source = self.root / path
        return self._put(other, source.read_text()) if source.is_file() else set()

    def rename(self, path: str, other: str) -> set[str]:
        source, target = self.root / path, self.root / other
        if not path or not other or not source.exists() or target.exists() or target.is_relative_to(source):
            return set()
        made = self._make(target.parent)
        source.rename(target)
        return made | {path, other}

    def remove(self, path: str) -> set[str]:
        target = self.root / path
        if not path or not target.exists():
            return set()
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        return {path}

    def _put(self, path: str, content: str) -> set[str]:
        target = self.root / path
        if target.is_dir():
            return set()
        made = self._make(target.parent)
        target.write_text(content)
        return made or {path}  # what lies in a new folder is not told

    def _make(self, folder: Path) -> set[str]:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        if any(each.is_file() for each in (folder, *folder.parents)):
            shutil.rmtree(folder) if folder.is_dir() else next(
                e for e in (folder, *folder.parents) if e.is_file()
            ).unlink()
        folder.mkdir(parents=True, exist_ok=True)
        return {str(each.relative_to(self.root)) for each in missing[-1:]}


@contextmanager
def opened(given: Settings, name: str) -> Iterator[Newsroom]:
    newsroom = Newsroom.open(replace(given, catalogue=f"sqlite:///{given.data.parent}/{name}.sqlite"))
    try:
        yield newsroom
    finally:
        newsroom.close()


def updated(newsroom: Newsroom, paths: set[str] | None) -> Intake:
    taken = take_in(newsroom.catalogue, newsroom.settings, newsroom.ledger_file, program="test", paths=paths)
    edition.build(newsroom.catalogue, newsroom.settings, program="test", now=int(NOW.timestamp() * 1_000_000))
    return taken


def rows(newsroom: Newsroom) -> dict[str, list[Any]]:
    """All that the catalogue holds."""
    with newsroom.catalogue.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in t.metadata.sorted_tables
        }


@settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=10,
)
@given(history=st.lists(st.lists(steps, min_size=1, max_size=4), min_size=1, max_size=6))
def test_a_look_at_what_changed_gives_what_a_look_at_everything_gives(
    history: list[list[tuple[Any, ...]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with a_desk(tmp_path_factory.mktemp("desk"), article_pages=True) as desk:
        given = replace(desk.settings, output=desk.data / "keluaran", exclude=("README*",))
        desk.write("tetap.md", "Yang tetap")
        files = Files(desk.data)
        with opened(given, "some") as some, opened(given, "all") as everything:
            updated(everything, None)
            again = updated(some, None).again
            for batch in history:
                touched = set[str]().union(*map(files.do, batch))
                told = changed_paths("/kabar", ((1, f"/kabar/{each}") for each in touched))
                updated(everything, None)
                again = updated(some, None if told is None or again is None else told | again).again
                assert rows(some) == rows(everything)


def shown(newsroom: Newsroom) -> list[str]:
    found = newsroom.edition()
    assert found
    return titles(found)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as made:
        made.write("ekonomi/kopi.md", "Panen kopi naik")
        yield made


def test_a_look_at_some_paths_is_none_where_a_link_lies_there(desk: Desk) -> None:
    (desk.data / "tautan").symlink_to(desk.data / "ekonomi")
    assert glance(desk.settings, ["tautan"], ()) is None
    assert glance(desk.settings, ["tautan/kopi.md"], ()) is None
    found = glance(desk.settings, ["ekonomi/kopi.md", "ekonomi/lain.md"], ())
    assert found
    assert list(found.statuses()) == ["ekonomi/kopi.md"]


def test_a_link_within_the_directory_makes_every_look_one_at_everything(desk: Desk) -> None:
    (desk.data / ".simpanan").mkdir()
    (desk.data / ".simpanan/tari.md").write_text(article("Tari dipentaskan", "2026-05-05"))
    with opened(desk.settings, "some") as some:
        assert updated(some, None).again == frozenset()
        (desk.data / "tari.md").symlink_to(desk.data / ".simpanan/tari.md")
        assert updated(some, {"tari.md"}).again is None


def test_a_file_that_cannot_be_opened_is_looked_at_again_with_the_next_change(desk: Desk) -> None:
    with opened(desk.settings, "some") as some:
        updated(some, None)
        file = desk.write("ekonomi/tari.md", "Tari dipentaskan")
        file.chmod(0)
        if updated(some, {"ekonomi/tari.md"}).again:  # root may read all
            assert updated(some, {"ekonomi/tari.md"}).again == {"ekonomi/tari.md"}
            file.chmod(0o644)
            assert updated(some, {"ekonomi/tari.md"}).again == frozenset()


@pytest.mark.parametrize("told", [{"hukum"}, {"ekonomi/kopi.md"}, None], ids=["there", "elsewhere", "everywhere"])
@pytest.mark.parametrize("reopened", [False, True], ids=["running", "after-a-restart"])
def test_a_list_in_a_folder_that_lost_its_x_bit_withdraws_what_it_withdrew_before(
    desk: Desk, told: set[str] | None, reopened: bool
) -> None:
    desk.write("hukum/sidang.md", "Sidang ditunda", "2026-05-01")
    desk.write("tari.md", "Tari dipentaskan")
    Files(desk.data).withdraw("hukum", "tari.md")
    with opened(desk.settings, "some") as some:
        updated(some, None)
        assert shown(some) == ["Panen kopi naik", "Sidang ditunda"]
        with without_x(desk.data / "hukum"):
            desk.write("ekonomi/kopi.md", "Panen kopi turun")
            again = updated(some, told).again
            if reopened:
                with opened(desk.settings, "some") as other:
                    again = updated(other, None).again
            assert again
            desk.write("ekonomi/kopi.md", "Panen kopi naik lagi")
            assert updated(some, {"ekonomi/kopi.md", *again}).again
            assert shown(some) == ["Panen kopi naik lagi", "Sidang ditunda"]
        assert updated(some, {"hukum", *again}).again == frozenset()
        (desk.data / "hukum/withdrawn.toml").unlink()
        updated(some, {"hukum"})
        assert sorted(shown(some)) == ["Panen kopi naik lagi", "Sidang ditunda", "Tari dipentaskan"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["/k/a.md", "/k/e/b.md"], {"a.md", "e/b.md"}),
        (["/k/.feeds/catalogue.sqlite-wal", "/k/e/.b.md.swp"], set()),
        ([f"/k/e/{MANIFEST}"], {"e"}),
        ([f"/k/{MANIFEST}"], None),
        (["/k"], None),
        (["/k/\ufffd.md"], None),
        ([f"/k/{number}.md" for number in range(MANY + 1)], None),
    ],
)
def test_what_a_watch_tells_names_the_paths_to_look_at_or_everything(
    told: list[str], expected: set[str] | None
) -> None:
    assert changed_paths("/k", [(1, path) for path in told]) == expected
