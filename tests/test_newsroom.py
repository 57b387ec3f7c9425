"""A newsroom beside a running service: what one process has done, another need not do again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feeds import newsroom as module
from feeds.arrivals import read_ahead
from feeds.errors import CatalogueError, LossError, WriterError
from feeds.failure import Failure, keep_failure, kept_failure
from feeds.newsroom import Newsroom, Update
from feeds.source import Rules
from feeds.state import catalogue_file
from feeds.tables import SCHEMA
from tests.conftest import Room
from tests.support import titles


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


def test_what_another_process_failed_at_before_it_ended_is_not_the_next_ones(
    beside: tuple[Room, Newsroom, Newsroom], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, service, other = beside
    service.update()
    failure = Failure(sentence="8 of 10 articles would be lost", remedy="", since=0.0, tried=9e9, is_loss=True)
    with room.catalogue.writing() as writer:
        keep_failure(writer, failure)
    room.article("b.md", "Isi.", title="Dua")
    with pytest.raises(WriterError, match="a running service says: 8 of 10 articles would be lost"):
        other.update_alone()
    service.lock.release()
    seen = []
    original = Newsroom.update

    def update(self: Newsroom, **options: Any) -> Update:
        seen.append(room.read(kept_failure))
        return original(self, **options)

    monkeypatch.setattr(Newsroom, "update", update)
    other.update_alone()
    assert seen == [None]


def test_a_failure_that_another_version_kept_is_passed_over(room: Room) -> None:
    for kept in ('{"sentence": "x", "mood": "y"}', "{", "[]", '"x"', "null"):
        with room.catalogue.writing() as writer:
            writer.set_value("failure", kept)
        assert room.read(kept_failure) is None


class Clock:
    """A newsroom of five articles, one an hour until now, whose clock a test sets; in hours from then."""

    def __init__(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = room
        self.now = 1_779_000_000
        self._monkeypatch = monkeypatch
        self.set(0)
        self.newsroom = Newsroom.open(room.settings)
        for hour in range(5):
            self.write(f"Jam {hour}", -hour)

    def set(self, hours: float) -> None:
        moment = int((self.now + hours * 3600) * 1_000_000)
        self._monkeypatch.setattr(module, "_now", lambda: moment)

    def write(self, title: str, hours: float) -> None:
        moment = datetime.fromtimestamp(self.now + hours * 3600, UTC).isoformat()
        self.room.article(f"{title}.md", "Isi.", title=title, date=moment)

    def titles(self) -> list[str]:
        """What an edition of this moment shows."""
        self.newsroom.update_alone()
        edition = self.newsroom.edition()
        assert edition
        return titles(edition)


@pytest.fixture
def clock(room: Room, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    found = Clock(room, monkeypatch)
    yield found
    found.newsroom.close()


def test_a_clock_that_is_set_back_by_hours_takes_nothing_out_of_the_feeds(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """What has been published is under no embargo again, and what comes meanwhile is published as well."""
    assert len(clock.titles()) == 5
    for hours in (-4, -23):
        clock.set(hours)
        clock.write(f"Mundur {hours}", -1)
        assert f"Mundur {hours}" in clock.titles()
    assert len(clock.titles()) == 7
    assert caplog.text.count("the clock is behind the last edition") == 1


def test_a_clock_that_is_set_back_by_years_leaves_the_last_edition(clock: Clock) -> None:
    clock.titles()
    for hours in (-48, -500_000, -600_000):
        clock.set(hours)
        clock.write("Mundur", -1)
        with pytest.raises(LossError, match=r"5 of 5 articles would be lost \(the clock is behind the last edition"):
            clock.titles()
    clock.set(1)
    assert len(clock.titles()) == 6


def test_a_clock_that_was_ahead_for_one_edition_has_no_say_any_more_once_it_is_right(clock: Clock) -> None:
    clock.write("Rencana", 1000)
    assert len(clock.titles()) == 5
    clock.set(20_000)
    assert len(clock.titles()) == 6
    clock.set(1)
    assert len(clock.titles()) == 5
    clock.set(1001)
    assert len(clock.titles()) == 6


def test_the_tables_of_an_earlier_program_stay_as_long_as_it_is_at_work(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = sqlite_room
    room.article("a.md", "Isi.", title="Satu")
    service = Newsroom.open(room.settings)
    assert service.hold()
    service.update()
    with room.catalogue.writing() as writer:
        writer.set_value("schema", str(SCHEMA - 1))
    monkeypatch.setattr("feeds.mending.WAIT_FOR_TABLES", 0.2)
    with pytest.raises(CatalogueError, match="an earlier version of the program writes it; end or restart that"):
        Newsroom.open(room.settings)
    assert room.read(lambda reading: reading.schema()) == str(SCHEMA - 1)
    service.lock.release()
    Newsroom.open(room.settings).close()
    assert room.read(lambda reading: reading.schema()) == str(SCHEMA)
    assert service.lock.acquire()
    service.close()


def test_what_another_build_has_read_meanwhile_is_not_taken_back(room: Room) -> None:
    room.article("a.md", "Isi.", title="Satu")
    ahead = read_ahead(room.settings, 1)
    room.article("b.md", "Isi.", title="Dua")
    for begun in (None, ahead):
        newsroom = Newsroom.open(room.settings)
        try:
            newsroom.update_alone(ahead=begun)
        finally:
            newsroom.close()
    assert sorted(room.titles()) == ["Dua", "Satu"]


@pytest.mark.parametrize("kept", ["catalogue.sqlite", "ledger.jsonl"])
@pytest.mark.parametrize(
    ("beside", "elsewhere", "may_write", "expected"),
    [
        (False, False, True, "beside"),
        (False, False, False, "elsewhere"),
        (True, False, True, "beside"),
        (True, False, False, "beside"),
        (False, True, False, "elsewhere"),
        (False, True, True, "elsewhere"),
        (True, True, False, "elsewhere"),
        (True, True, True, "beside"),
    ],
)
def test_a_catalogue_is_not_left_for_an_empty_one_when_what_can_be_written_changes(
    sqlite_room: Room,
    monkeypatch: pytest.MonkeyPatch,
    beside: bool,
    elsewhere: bool,
    may_write: bool,
    expected: str,
    kept: str,
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
            places[name].with_name(kept).touch()
    monkeypatch.setattr("feeds.state.os.access", lambda *_: may_write)
    assert catalogue_file(room.settings) == places[expected]
