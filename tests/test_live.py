"""A served edition is fresh within a second, and nothing that happens to the files takes it away."""

from __future__ import annotations

import json
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import feedparser
import pytest
import sqlalchemy as sa

from feeds import live as module
from feeds.errors import CatalogueError, DataDirectoryError
from feeds.failure import keep_failure
from feeds.live import Live
from feeds.newsroom import Newsroom
from tests.support import (
    ROOT,
    Desk,
    Server,
    a_desk,
    article,
    environment,
    free_port,
    living,
    server_command,
    titles,
    until,
)

SOON = 1.5  # seconds: "within a second", and what a busy machine may add


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as opened:
        opened.write("ekonomi/kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00")
        yield opened


def shown(live: Live, folder: str = "") -> list[str]:
    assert live.edition
    return titles(live.edition, folder) if live.edition.get(f"{folder}feed.json") else []


# --- fresh -----------------------------------------------------------------------------------------------------------


def test_a_new_article_is_served_within_a_second(desk: Desk) -> None:
    with living(desk) as live:
        desk.write("budaya/tari.md", "Tari dipentaskan")
        until(lambda: "Tari dipentaskan" in shown(live, "budaya/"), within=SOON)


def test_an_edit_a_move_and_a_deletion_are_served_within_a_second(desk: Desk) -> None:
    with living(desk) as live:
        path = desk.write("ekonomi/kopi.md", "Panen kopi turun", "2026-05-05T09:00:00+07:00")
        until(lambda: shown(live) == ["Panen kopi turun"], within=SOON)
        moved = desk.data / "budaya" / path.name
        moved.parent.mkdir()
        path.rename(moved)
        until(lambda: shown(live, "budaya/") == ["Panen kopi turun"] and shown(live, "ekonomi/") == [], within=SOON)
        moved.write_text(article("Tinggal ini", "2026-05-09"))
        (desk.data / "lain.md").write_text(article("Yang lain", "2026-05-08"))
        until(lambda: shown(live) == ["Tinggal ini", "Yang lain"], within=SOON)
        moved.unlink()
        until(lambda: shown(live) == ["Yang lain"], within=SOON)


def test_a_withdrawn_article_goes_within_a_second_and_its_withdrawal_is_announced(desk: Desk) -> None:
    with living(desk) as live:
        desk.write("budaya/tari.md", "Tari dipentaskan")
        until(lambda: "Tari dipentaskan" in shown(live), within=SOON)
        desk.write("budaya/tari.md", "Tari dipentaskan", status="ditarik", alasan="Sumbernya keliru.")
        until(lambda: shown(live) == ["Panen kopi naik"] and shown(live, "budaya/") == [], within=SOON)
        assert shown(live, "ralat/") == ["Dicabut: Tari dipentaskan"]
        reason = 'article = "ekonomi/kopi.md"\nreason = "Angkanya keliru."'
        (desk.data / "withdrawn.toml").write_text(f"[[withdrawn]]\n{reason}\n")
        until(lambda: shown(live) == [], within=SOON)
        assert "Dicabut: Panen kopi naik" in shown(live, "ralat/")


def test_an_article_that_an_editor_saves_through_a_temporary_file_is_served(desk: Desk) -> None:
    with living(desk) as live:
        unfinished = desk.data / "ekonomi" / ".kopi.md.swp"
        unfinished.write_text(article("Tersimpan", "2026-05-05"))
        unfinished.rename(desk.data / "ekonomi/kopi.md")
        until(lambda: shown(live) == ["Tersimpan"], within=SOON)


def test_what_lies_in_dot_folders_wakes_nobody(desk: Desk) -> None:
    with living(desk) as live:
        assert live.edition
        version = live.edition.version
        desk.write(".git/berkas.md", "Bukan berita")
        desk.write("budaya/tari.md", "Tari dipentaskan")
        until(lambda: "Tari dipentaskan" in shown(live), within=SOON)
        assert live.edition.version == version + 1
        assert "Bukan berita" not in shown(live)


def test_what_the_watch_missed_is_found_in_the_end_where_changes_never_pause(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.live.SWEEP_LATEST", 0.5)
    monkeypatch.setattr("feeds.live.changed_paths", lambda *_: {"ekonomi/kopi.md"})
    with living(desk) as live:
        desk.write("tari.md", "Tari dipentaskan")
        numbers = count()

        def found() -> bool:
            desk.write("ekonomi/kopi.md", f"Panen kopi naik {next(numbers)}")
            return "Tari dipentaskan" in shown(live)

        until(found, within=10)


def test_a_bad_file_costs_nothing(desk: Desk) -> None:
    with living(desk) as live:
        (desk.data / "rusak.md").write_bytes(b"---\ntitle: [\n\xff\xfe")
        desk.write("budaya/tari.md", "Tari dipentaskan", "2026-05-06")
        until(lambda: shown(live) == ["Tari dipentaskan", "Panen kopi naik"], within=SOON)
        assert live.error == ""


def test_an_article_under_embargo_is_served_when_its_time_comes(desk: Desk) -> None:
    due = datetime.now().astimezone() + timedelta(seconds=2)
    desk.write("nanti.md", "Sudah waktunya", due.isoformat())
    with living(desk) as live:
        assert shown(live) == ["Panen kopi naik"]
        until(lambda: shown(live) == ["Sudah waktunya", "Panen kopi naik"], within=2 + SOON)
        assert datetime.now().astimezone() >= due


# --- the directory itself --------------------------------------------------------------------------------------------


def swap(link: Path, target: Path) -> None:
    """As a deployment does: the link is replaced in one step."""
    fresh = link.with_name("fresh")
    fresh.symlink_to(target)
    fresh.replace(link)


def test_a_data_directory_that_a_deployment_swaps_is_followed(tmp_path: Path) -> None:
    for name, title in (("one", "Rilis satu"), ("two", "Rilis dua")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(article(title, "2026-05-04"))
    with a_desk(tmp_path) as desk:
        desk.data.rmdir()
        desk.data.symlink_to(tmp_path / "one")
        with living(desk) as live:
            assert shown(live) == ["Rilis satu"]
            swap(desk.data, tmp_path / "two")
            until(lambda: shown(live) == ["Rilis dua"], within=1 + SOON)
            (tmp_path / "two/b.md").write_text(article("Setelah rilis", "2026-05-05"))
            until(lambda: shown(live) == ["Setelah rilis", "Rilis dua"], within=SOON)


def test_a_data_directory_that_vanishes_leaves_the_last_edition_and_is_taken_up_when_it_returns(desk: Desk) -> None:
    with living(desk) as live:
        away = desk.data.rename(desk.data.with_name("away"))
        until(lambda: live.error, within=1 + SOON)
        assert shown(live) == ["Panen kopi naik"]
        (away / "b.md").write_text(article("Selama pergi", "2026-05-06"))
        away.rename(desk.data)
        until(lambda: shown(live) == ["Selama pergi", "Panen kopi naik"], within=1 + SOON)
        assert live.error == ""
        desk.write("c.md", "Sesudah kembali", "2026-05-07")
        until(lambda: "Sesudah kembali" in shown(live), within=SOON)


def test_a_data_directory_that_is_exchanged_is_watched_anew(desk: Desk) -> None:
    """As a deploy does it, or a disk that is mounted in its place."""
    with living(desk) as live:
        new = desk.data.with_name("baru")
        shutil.copytree(desk.data, new)
        desk.data.rename(desk.data.with_name("lama"))
        new.rename(desk.data)
        desk.write("b.md", "Di folder baru", "2026-05-06")
        until(lambda: "Di folder baru" in shown(live), within=1 + SOON)
        desk.write("c.md", "Sesudahnya", "2026-05-07")
        until(lambda: "Sesudahnya" in shown(live), within=1 + SOON)


def test_a_data_directory_that_is_emptied_leaves_the_last_edition(desk: Desk) -> None:
    """A mount that is gone looks like an empty folder; that is no reason to withdraw everything."""
    with living(desk) as live:
        (desk.data / "ekonomi/kopi.md").unlink()
        until(lambda: live.error, within=SOON)
        assert "holds no articles" in live.error
        assert shown(live) == ["Panen kopi naik"]
        desk.write("b.md", "Kembali", "2026-05-06")
        until(lambda: shown(live) == ["Kembali"], within=1 + SOON)


def test_a_data_directory_that_comes_only_later_is_taken_up(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.data.rmdir()
        live = Live(Newsroom.open(desk.settings))
        live.start()
        try:
            until(lambda: live.error, within=SOON)
            assert live.edition is None
            desk.data.mkdir()
            desk.write("a.md", "Akhirnya")
            until(lambda: live.edition, within=1 + SOON)
            assert shown(live) == ["Akhirnya"]
        finally:
            live.stop()


# --- articles that are wanted ----------------------------------------------------------------------------------------


@dataclass
class Counted:
    """What a service does while it waits: looks that read nothing, updates, and failures that it keeps."""

    glimpses: int = 0
    updates: int = 0
    kept: int = 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Of a service that is patient for a fifth of a second at most."""
    found = Counted()

    def counting(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            setattr(found, name, getattr(found, name) + 1)
            return original(*arguments, **options)

        return called

    monkeypatch.setattr(Newsroom, "glimpse", counting("glimpses", Newsroom.glimpse))
    monkeypatch.setattr(Newsroom, "update", counting("updates", Newsroom.update))
    monkeypatch.setattr(module, "keep_failure", counting("kept", keep_failure))
    monkeypatch.setattr(module, "TRY_AGAIN", 0.05)
    monkeypatch.setattr(module, "TRY_LATEST", 0.2)
    return found


def gone(desk: Desk) -> None:
    desk.data.rename(desk.data.with_name("pergi"))


def unmounted(desk: Desk) -> None:
    gone(desk)
    desk.data.mkdir()


def emptied(desk: Desk) -> None:
    unmounted(desk)
    with suppress(FileNotFoundError):
        (desk.data.with_name("pergi") / ".feeds").rename(desk.data / ".feeds")


def thinned(desk: Desk) -> None:
    for path in sorted(desk.data.rglob("*.md"))[1:]:
        path.unlink()


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("lose", [gone, unmounted, emptied, thinned])
def test_articles_that_are_away_or_too_few_are_looked_for_and_no_update_fails_again_and_again(
    tmp_path: Path, counted: Counted, lose: Callable[[Desk], None], beside: bool
) -> None:
    """Each would read everything, keep the catalogue from others, and write that it failed; an alert counts them."""
    with a_desk(tmp_path) as desk:
        for number in range(5):
            desk.write(f"{number}.md", f"Berita {number}")
        if beside:
            desk.set(catalogue="")
        with living(desk) as live:
            lose(desk)
            until(lambda: live.error, within=1 + SOON)
            until(lambda: counted.glimpses >= 4, within=10)
            tries, glimpses = counted.updates, counted.glimpses
            assert tries <= 5
            until(lambda: counted.glimpses >= glimpses + 10, within=10)
            assert counted.updates == tries
            assert counted.kept <= 3
            for number in range(5):
                desk.write(f"{number}.md", f"Kembali {number}")
            until(lambda: "Kembali 4" in shown(live), within=1 + SOON)
            assert live.error == ""


def test_what_comes_back_is_looked_at_once_no_more_comes(desk: Desk) -> None:
    """However often it has failed meanwhile: a build beside it would say that the articles are lost."""
    for number in range(5):
        desk.write(f"{number}.md", f"Berita {number}")
    with living(desk) as live:
        thinned(desk)
        until(lambda: live.error, within=1 + SOON)
        live._patience = 60.0
        for number in range(5):
            desk.write(f"{number}.md", f"Kembali {number}")
        until(lambda: "Kembali 4" in shown(live), within=2 + SOON)
        assert live.error == ""


def test_a_process_that_follows_never_looks_at_the_articles(desk: Desk, counted: Counted) -> None:
    """That would cost each worker more, the more articles there are."""
    with living(desk), living(desk) as follower:
        until(lambda: not follower.writes and shown(follower), within=SOON)
        before = counted.glimpses
        desk.write("b.md", "Untuk keduanya")
        until(lambda: "Untuk keduanya" in shown(follower), within=1 + SOON)
        assert counted.glimpses == before <= 1


def test_a_look_that_breaks_ends_no_service(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with living(desk) as live:
        (desk.data / "ekonomi/kopi.md").unlink()
        until(lambda: live.error, within=1 + SOON)
        monkeypatch.setattr(Newsroom, "glimpse", broken := Mock(side_effect=OverflowError("year 60000")))
        until(lambda: broken.call_count >= 2, within=20)
        monkeypatch.undo()
        desk.write("b.md", "Kembali", "2026-05-06")
        until(lambda: shown(live) == ["Kembali"], within=20)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_loss_by_other_rules_is_found_out_once(
    desk: Desk, counted: Counted, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody tells what changes, once more: something may have changed while everything was read."""
    for number in range(5):
        desk.write(f"{number}.md", f"Berita {number}")
    desk.newsroom.update_alone()
    desk.set(exclude=("[0-9].md",))
    counted.updates = 0
    if not is_told:
        monkeypatch.setattr("feeds.watching.tells_changes", lambda _: False)
        monkeypatch.setattr("feeds.watching.POLL_EVERY", 0.05)
    with living(desk) as live:
        until(lambda: "5 of 6 articles would be lost" in live.error, within=5)
        until(lambda: counted.glimpses >= 10, within=10)
        assert counted.updates <= 1 + (not is_told)
        desk.newsroom.accept_loss()
        until(lambda: shown(live) == ["Panen kopi naik"], within=SOON)


def test_patience_counts_from_the_end_of_what_failed(
    desk: Desk, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a try that takes longer than that would begin again at once."""
    moments: list[float] = []

    def fails(*_: Any, **__: Any) -> None:
        moments.append(time.monotonic())
        threading.Event().wait(0.4)
        moments.append(time.monotonic())
        raise CatalogueError("sqlite:///x", "database or disk is full")

    with living(desk) as live:
        monkeypatch.setattr(Newsroom, "update", fails)
        desk.write("b.md", "Baru")
        until(lambda: live.error and len(moments) >= 6, within=10)
    ends, begins = moments[1:-1:2], moments[2::2]
    assert min(begin - end for end, begin in zip(ends, begins, strict=False)) >= 0.1


def test_a_failure_that_stays_the_same_is_kept_for_others_once_a_minute(
    desk: Desk, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(desk.newsroom)
    live.writes = True
    for _ in range(3):
        live._failed(DataDirectoryError("kabar", "No such file or directory"))
    assert counted.kept == 1
    live._failed(DataDirectoryError("kabar", "Permission denied"))
    assert counted.kept == 2
    monkeypatch.setattr(module, "KEEP_AGAIN", 0.0)
    live._failed(DataDirectoryError("kabar", "Permission denied"))
    assert counted.kept == 3


# --- the watch goes on -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [CatalogueError("sqlite:///x", "disk I/O error"), OSError(24, "Too many open files"), ZeroDivisionError()]
)
def test_whatever_goes_wrong_in_one_update_the_next_is_tried(
    desk: Desk, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with living(desk) as live:
        original, failed = Newsroom.update, []

        def fails_once(self: Newsroom, **options: Any) -> Any:
            if not failed:
                failed.append(1)
                raise error
            return original(self, **options)

        monkeypatch.setattr(Newsroom, "update", fails_once)
        desk.write("b.md", "Setelah gangguan", "2026-05-06")
        until(lambda: failed, within=SOON)
        until(lambda: "Setelah gangguan" in shown(live), within=1 + SOON)
        assert "the last edition stays" in caplog.text


def test_stopping_gives_up_the_writers_place(desk: Desk) -> None:
    with living(desk) as live:
        assert not desk.newsroom.lock.acquire()
    assert live.newsroom.lock is not desk.newsroom.lock
    assert desk.newsroom.lock.acquire()


def test_starting_twice_watches_once(desk: Desk) -> None:
    with living(desk) as live:
        thread = live._thread
        live.start()
        assert live._thread is thread


# --- several on one catalogue ----------------------------------------------------------------------------------------


def test_of_two_on_one_catalogue_both_serve_a_change(desk: Desk) -> None:
    with living(desk) as writer, living(desk) as follower:
        desk.write("b.md", "Untuk keduanya", "2026-05-06")
        for live in (writer, follower):
            until(lambda live=live: "Untuk keduanya" in shown(live), within=SOON)  # type: ignore[misc]
        assert writer.edition
        assert follower.edition
        assert writer.edition.version == follower.edition.version


def test_a_follower_with_other_settings_says_whose_documents_it_serves(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    other = Newsroom.open(replace(desk.settings, title="Judul lain"))
    with living(desk):
        follower = Live(other)
        follower.start()
        until(lambda: "writes the catalogue with other settings" in caplog.text, within=SOON)
        desk.write("b.md", "Untuk keduanya", "2026-05-06")
        until(lambda: "Untuk keduanya" in shown(follower), within=SOON)
        follower.stop()
    assert caplog.text.count("with other settings") == 1


def test_the_follower_takes_over_when_the_writer_stops(desk: Desk) -> None:
    writer = Live(Newsroom.open(desk.settings))
    writer.start()
    until(lambda: writer.edition, within=10)
    with living(desk) as follower:
        writer.stop()
        desk.write("b.md", "Dari penerus", "2026-05-06")
        until(lambda: "Dari penerus" in shown(follower), within=1 + SOON)


def test_several_machines_on_one_postgresql_serve_a_change(tmp_path: Path, postgresql: Callable[[], str]) -> None:
    with a_desk(tmp_path, catalogue=postgresql()) as desk:
        desk.write("a.md", "Yang pertama", "2026-05-05")
        with living(desk) as writer, living(desk) as follower:
            desk.write("b.md", "Untuk keduanya", "2026-05-06")
            for live in (writer, follower):
                until(lambda live=live: shown(live) == ["Untuk keduanya", "Yang pertama"], within=SOON)  # type: ignore[misc]


def test_a_postgresql_that_drops_its_connections_is_taken_up_again_by_one_writer(
    tmp_path: Path, postgresql: Callable[[], str]
) -> None:
    """As when it is restarted, which also frees the writer's place."""
    address = postgresql()
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    places = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory'"
    here = " AND datname = current_database()"
    with a_desk(tmp_path, catalogue=address) as desk:
        desk.write("a.md", "Sebelumnya", "2026-05-05")
        with living(desk) as one, living(desk) as two:
            engine = sa.create_engine(address, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql(f"{drop} AND pid <> pg_backend_pid()")
            assert shown(one) == shown(two) == ["Sebelumnya"]
            desk.write("b.md", "Sesudahnya", "2026-05-06")
            for live in (one, two):
                until(lambda live=live: "Sesudahnya" in shown(live), within=2 + SOON)  # type: ignore[misc]
            with engine.connect() as connection:
                assert connection.exec_driver_sql(places + here).scalar() == 1


@pytest.fixture
def start(desk: Desk, tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    """Starts servers on the newsroom of the test."""
    started: list[Server] = []
    settings = {"data": str(desk.data), "catalogue": desk.settings.catalogue, "authority": "kabar.example"}

    def one(command: str) -> Server:
        port = free_port()
        log = tmp_path / f"{port}.log"
        env = environment(tmp_path, **settings)
        started.append(Server(server_command(command, port), port=port, log=log, cwd=ROOT, env=env))
        return started[-1]

    yield one
    for server in started:
        server.stop()


def test_a_process_takes_over_when_the_one_that_writes_is_killed(desk: Desk, start: Callable[[str], Server]) -> None:
    writer = start("feeds serve").wait()
    follower = start("feeds serve").wait()

    def serves(title: str) -> bool:
        return title in [item["title"] for item in json.loads(follower.get("/feed.json").body)["items"]]

    desk.write("b.md", "Dari yang pertama", "2026-05-06")
    until(lambda: serves("Dari yang pertama"), within=SOON)
    writer.signal(signal.SIGKILL)
    desk.write("c.md", "Dari penerus", "2026-05-07")
    until(lambda: serves("Dari penerus"), within=2 + SOON)
    desk.write("d.md", "Terus berjalan", "2026-05-08")
    until(lambda: serves("Terus berjalan"), within=SOON)


# --- whole editions --------------------------------------------------------------------------------------------------


def test_every_answer_while_an_article_changes_is_a_whole_version(desk: Desk, start: Callable[[str], Server]) -> None:
    server = start("feeds serve --workers 2").wait()
    seen: dict[tuple[str, str], set[bytes]] = {}
    done = threading.Event()

    def ask(path: str) -> None:
        while not done.is_set():
            body = server.get(path).body
            feed = feedparser.parse(body)
            assert not feed.bozo
            seen.setdefault((path, " ".join(entry.title for entry in feed.entries)), set()).add(body)

    with ThreadPoolExecutor() as readers:
        asking = [readers.submit(ask, path) for path in ("/rss.xml", "/atom.xml")]
        try:
            for number in range(6):
                desk.write("ekonomi/kopi.md", f"Panen kopi, versi {number}", "2026-05-05T09:00:00+07:00")
                until(lambda number=number: ("/rss.xml", f"Panen kopi, versi {number}") in seen, within=2 * SOON)  # type: ignore[misc]
        finally:
            done.set()
        for each in asking:
            each.result()
    assert {len(bodies) for bodies in seen.values()} == {1}


@pytest.mark.parametrize("command", ["feeds serve --workers 2", "gunicorn app:app", "flask run"])
def test_under_every_server_a_change_is_served_within_a_second_and_an_embargo_ends_on_time(
    desk: Desk, start: Callable[[str], Server], command: str
) -> None:
    server = start(command).wait()
    desk.write("ekonomi/kopi.md", "Panen kopi turun", "2026-05-05T09:00:00+07:00")
    until(lambda: b"Panen kopi turun" in server.get("/rss.xml").body, within=SOON)
    due = datetime.now().astimezone() + timedelta(seconds=2)
    desk.write("nanti.md", "Sudah waktunya", due.isoformat())
    until(lambda: b"Sudah waktunya" in server.get("/rss.xml").body, within=2 + SOON)
    assert datetime.now().astimezone() >= due
