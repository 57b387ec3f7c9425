"""A newsroom beside a running service: what one process has done, another need not do again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feeds import newsroom as module
from feeds.arrivals import read_ahead
from feeds.catalogue import Catalogue
from feeds.config import Settings, load
from feeds.errors import CatalogueError, DataDirectoryError, LossError, NoArticlesError, WriterError
from feeds.failure import Failure, keep_failure, kept_failure
from feeds.live import Live
from feeds.newsroom import Newsroom, Update
from feeds.source import Rules
from feeds.state import catalogue_file
from feeds.tables import SCHEMA
from feeds.web import create_app
from tests.conftest import Room
from tests.support import a_desk, article, titles, until, without_x


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
    """Which would give the articles other ids; only one that was used before is used again, and no empty one."""
    room = sqlite_room
    room.article("a.md", "Isi.", title="Satu")
    room.look()
    room.close()
    used = {"catalogue.sqlite": room.address.removeprefix("sqlite:///"), "ledger.jsonl": room.folder / "ledger.jsonl"}
    state = room.folder / "state"
    monkeypatch.setenv("STATE_DIRECTORY", str(state))
    monkeypatch.setattr("feeds.state.os.access", lambda *_: False)
    places = {"beside": room.articles / ".feeds/catalogue.sqlite", "elsewhere": catalogue_file(room.settings)}
    assert places["elsewhere"].is_relative_to(state)
    for name, exists in (("beside", beside), ("elsewhere", elsewhere)):
        if exists:
            places[name].parent.mkdir(parents=True)
            shutil.copy(used[kept], places[name].with_name(kept))
        elif not may_write:  # as a command leaves them that found no articles
            Catalogue.open(f"sqlite:///{made(places[name])}", "kabar").close()
    monkeypatch.setattr("feeds.state.os.access", lambda *_: may_write)
    assert catalogue_file(room.settings) == places[expected]


def made(file: Path) -> Path:
    file.parent.mkdir(parents=True)
    return file


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A newsroom whose catalogue lies beside its articles, one of which has been moved and so has an id of its own."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    folder = tmp_path / "kabar"
    write(folder / "lain.md", "Yang lain")
    given = load(data=folder, environ={"FEEDS_AUTHORITY": "kabar.example"}, cwd=tmp_path)
    built(given)
    (folder / "sub").mkdir()
    (folder / "lain.md").rename(folder / "sub/lain.md")
    built(given)
    yield given
    assert not (tmp_path / "state").exists()


def write(file: Path, title: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(article(title, "2026-05-04"))


def built(given: Settings) -> None:
    newsroom = Newsroom.open(given)
    try:
        newsroom.update_alone()
    finally:
        newsroom.close()


def ids(live: Live) -> list[str]:
    assert live.edition
    document = live.edition.get("feed.json")
    assert document
    return [item["id"] for item in json.loads(document.body)["items"]]


@pytest.mark.parametrize("mount_point", [False, True], ids=["no-folder", "an-empty-folder"])
def test_a_worker_that_starts_while_the_articles_are_away_waits_for_their_own_catalogue(
    own: Settings, mount_point: bool
) -> None:
    """An empty one elsewhere would give them other ids once they are back."""
    away = own.data.rename(own.data.with_name("cakram"))
    if mount_point:
        own.data.mkdir()
    with pytest.raises(DataDirectoryError):
        Newsroom.open(own)
    app = create_app(own)
    live, client = app.extensions["feeds"], app.test_client()
    live.start()
    try:
        until(lambda: live.error, within=2)
        assert "data directory" in live.error
        assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/rss.xml")] == [200, 503, 503]
        if mount_point:
            own.data.rmdir()
        away.rename(own.data)
        until(lambda: live.edition and not live.error, within=10)
        assert ids(live) == ["tag:kabar.example,2026-05-04:lain"]
        write(own.data / "baru.md", "Baru")
        until(lambda: len(ids(live)) == 2, within=5)
        assert client.get("/rss.xml").status_code == 200
    finally:
        live.stop()


def test_a_worker_follows_the_articles_to_the_catalogue_that_is_theirs_once_they_are_back(
    own: Settings, tmp_path: Path
) -> None:
    """Where there is one elsewhere as well, which somebody has used who could not write beside them."""
    away = own.data.rename(tmp_path / "cakram")
    elsewhere = catalogue_file(own)
    write(own.data / "sub/lain.md", "Yang lain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feeds.state.os.access", lambda *_: False)
        built(own)
    shutil.rmtree(own.data)
    newsroom = Newsroom.open(own)
    assert newsroom.catalogue.shown == f"sqlite:///{elsewhere}"
    live = Live(newsroom)
    live.start()
    try:
        until(lambda: live.error, within=2)
        assert ids(live) == ["tag:kabar.example,2026-05-04:sub/lain"]
        away.rename(own.data)
        until(lambda: ids(live) == ["tag:kabar.example,2026-05-04:lain"], within=10)
        until(lambda: not live.error, within=5)
    finally:
        live.stop()
        shutil.rmtree(tmp_path / "state")


@pytest.mark.parametrize("may_write", [True, False])
def test_a_folder_without_articles_gets_no_catalogue_anywhere_unless_that_is_meant(
    own: Settings, monkeypatch: pytest.MonkeyPatch, may_write: bool
) -> None:
    """As the mount point of a disk that is not there."""
    given = replace(own, data=own.data.with_name("kosong"))
    given.data.mkdir()
    monkeypatch.setattr("feeds.state.os.access", lambda *_: may_write)
    with pytest.raises(NoArticlesError):
        Newsroom.open(given)
    assert list(given.data.iterdir()) == []
    assert not catalogue_file(given).parent.exists()
    meant = Newsroom.open(given, may_be_empty=True)
    meant.accept_loss()
    meant.update_alone()
    meant.close()
    built(given)
    shutil.rmtree(catalogue_file(given).parents[0 if may_write else 1])


def test_what_cannot_be_seen_gets_no_catalogue_either(own: Settings) -> None:
    given = replace(own, data=own.data.with_name("tertutup"))
    write(given.data / "a.md", "Tertutup")
    with without_x(given.data), pytest.raises(DataDirectoryError, match=r"such as a\.md: Permission denied"):
        Newsroom.open(given)
    assert [file.name for file in given.data.iterdir()] == ["a.md"]


# --- the first articles ----------------------------------------------------------------------------------------------


def test_the_first_article_is_published_though_a_look_before_found_none(tmp_path: Path) -> None:
    """Such as one whose file gave no date; the rules are known then, and the ledger is still empty."""
    with a_desk(tmp_path) as desk:
        (desk.data / "a.md").write_text("---\ntitle: Tanpa tanggal\n---\nIsi.\n")
        desk.newsroom.update_alone()
        desk.write("ekonomi/b.md", "Berita pertama")
        documents = desk.build().documents
        assert b"Berita pertama" in documents["rss.xml"].body
        assert b"Berita pertama" in documents["ekonomi/rss.xml"].body
