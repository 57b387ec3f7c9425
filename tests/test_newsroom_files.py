"""Every file of tests/newsroom through the whole intake, on both databases, held to tests/newsroom.toml."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import KINDS
from feeds.readers import is_source
from feeds.record import from_microseconds
from tests.conftest import Room

FOLDER = Path(__file__).parent / "newsroom"
EXPECTED: list[dict[str, Any]] = tomllib.loads(FOLDER.with_suffix(".toml").read_text(encoding="utf-8"))["file"]
BY_PATH = {row["path"]: row for row in EXPECTED}


@pytest.fixture
def taken_in(make_room: Callable[..., Room], catalogue_address: str) -> Room:
    """The newsroom of tests/newsroom, read without a configuration of its own."""
    room = make_room(catalogue_address)
    shutil.copytree(FOLDER, room.articles, dirs_exist_ok=True)
    room.look()
    return room


def published(room: Room) -> dict[str, list[tuple[str, str]]]:
    """What each file gave: title and date of each article, in the order of the file."""
    found: dict[str, list[tuple[str, str]]] = {path: [] for path in BY_PATH}
    for record in sorted(room.records.values(), key=lambda record: (record.path, record.position or 0)):
        date = from_microseconds(record.published, record.published_offset)
        found[record.path].append((record.title, date.isoformat()))
    return found


def wanted_problems() -> list[tuple[str, str, bool]]:
    return sorted(
        (f"{path}#{problem['record']}" if "record" in problem else path, problem["kind"], problem["fatal"])
        for path, row in BY_PATH.items()
        for problem in row["problems"]
    )


def test_every_file_has_its_row_and_every_row_its_file() -> None:
    files = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file()}
    assert files == set(BY_PATH)
    assert len(EXPECTED) == len(BY_PATH)


@pytest.mark.parametrize("row", EXPECTED, ids=list(BY_PATH))
def test_every_row_is_complete(row: dict[str, Any]) -> None:
    """A row names path, published, problems and what it is about; each problem its kind and whether it is fatal."""
    assert set(row) == {"path", "published", "problems", "about"}
    assert all(set(article) == {"title", "date"} for article in row["published"])
    assert all(problem["kind"] in KINDS and isinstance(problem["fatal"], bool) for problem in row["problems"])


def test_each_file_gives_the_articles_that_its_row_names(taken_in: Room) -> None:
    """Titles and dates, with their zone, as they stand in the catalogue."""
    assert published(taken_in) == {
        path: [(article["title"], article["date"].isoformat()) for article in row["published"]]
        for path, row in BY_PATH.items()
    }


def test_each_file_is_reported_as_its_row_says_and_nothing_else_is(taken_in: Room) -> None:
    assert sorted((p.path, p.kind, p.fatal) for p in taken_in.problems) == wanted_problems()


def test_every_problem_says_why_in_one_line(taken_in: Room) -> None:
    assert all(problem.reason and problem.reason.isprintable() for problem in taken_in.problems)


def test_a_second_look_changes_nothing(taken_in: Room) -> None:
    records, problems = taken_in.records, taken_in.problems
    again = taken_in.look()
    assert (again.files, again.changed) == (sum(map(is_source, BY_PATH)), False)
    assert (taken_in.records, taken_in.problems) == (records, problems)


def test_bad_articles_cost_no_good_one(taken_in: Room, make_room: Callable[..., Room]) -> None:
    """Without the files that give nothing, the others are exactly the same."""
    good = make_room(taken_in.address)
    shutil.copytree(FOLDER, good.articles, dirs_exist_ok=True)
    good.remove(*(path for path, row in BY_PATH.items() if not row["published"]))
    good.look()
    assert good.records == taken_in.records
