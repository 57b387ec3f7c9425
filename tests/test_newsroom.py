"""A newsroom beside a running service: what one process has done, another need not do again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds import newsroom as module
from feeds.errors import CatalogueError
from feeds.newsroom import Newsroom
from feeds.source import Rules
from feeds.state import catalogue_file
from tests.conftest import Room


@pytest.fixture
def beside(room: Room) -> Iterator[tuple[Room, Newsroom, Newsroom]]:
    """A room, the service that holds the writer's place, and another process's view of the same newsroom."""
    room.article("a.md", "Isi.", title="Satu")
    service, other = Newsroom.open(room.settings), Newsroom.open(room.settings)
    assert service.lock.acquire()
    yield room, service, other
    other.close()
    service.close()


def test_a_build_beside_a_service_takes_the_edition_that_is_up_to_date(
    beside: tuple[Room, Newsroom, Newsroom],
) -> None:
    _, service, other = beside
    service.update()
    update = other.update_alone()
    assert (update.intake.files, update.intake.read, update.written) == (1, 0, 0)
    assert other.edition() is not None


def test_a_file_that_cannot_be_opened_keeps_nobody_waiting(
    beside: tuple[Room, Newsroom, Newsroom], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, service, other = beside
    room.article("b.md", "Isi.", title="Dua")

    def refuse(rules: Rules, path: str, size: int = 0) -> bytes:
        if path.endswith("b.md"):
            raise PermissionError(13, "Permission denied")
        return Path(rules.root, path).read_bytes()

    monkeypatch.setattr("feeds.source._bytes_of", refuse)
    service.update()
    assert other.update_alone().intake.files == 2


def test_a_build_beside_a_writer_that_is_behind_says_so(
    beside: tuple[Room, Newsroom, Newsroom], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, service, other = beside
    service.update()
    room.article("b.md", "Isi.", title="Dua")
    monkeypatch.setattr(module, "WAIT_FOR_WRITER", 0.0)
    with pytest.raises(CatalogueError, match="another process writes it"):
        other.update_alone()
    assert service.update().intake.read == 1
    assert other.update_alone().intake.files == 2


@pytest.mark.parametrize(
    ("beside", "elsewhere", "may_write", "expected"),
    [
        (False, False, True, "beside"),
        (False, False, False, "elsewhere"),
        (True, False, True, "beside"),
        (True, False, False, "beside"),
        (True, True, False, "elsewhere"),
        (True, True, True, "beside"),
    ],
)
def test_a_catalogue_that_cannot_be_written_any_more_is_not_left_for_an_empty_one(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch, beside: bool, elsewhere: bool, may_write: bool, expected: str
) -> None:
    """Which would give the articles other ids; only one that was used before is used again."""
    room = sqlite_room
    room.article("a.md", "Isi.", title="Satu")
    state = room.folder / "state"
    monkeypatch.setenv("STATE_DIRECTORY", str(state))
    monkeypatch.setattr("feeds.state.os.access", lambda *_: False)
    places = {"beside": room.articles / ".feeds/catalogue.sqlite", "elsewhere": catalogue_file(room.settings)}
    assert places["elsewhere"].is_relative_to(state)
    for name, exists in (("beside", beside), ("elsewhere", elsewhere)):
        if exists:
            places[name].parent.mkdir(parents=True)
            places[name].touch()
    monkeypatch.setattr("feeds.state.os.access", lambda *_: may_write)
    assert catalogue_file(room.settings) == places[expected]
