"""No feed is emptied by accident: losing more than half of the articles waits until somebody says that it is meant."""

from __future__ import annotations

import json
import shlex
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from feeds.errors import LossError
from feeds.intake import take_in
from feeds.ledger import Number
from feeds.losses import DAY, HOUR, MOST, LossGuard, accept_loss
from feeds.newsroom import Newsroom
from tests.conftest import Room
from tests.support import (
    Call,
    Desk,
    Server,
    a_desk,
    article,
    environment,
    free_port,
    living,
    run,
    server_command,
    until,
)
from tests.support import titles as titles_of


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a newsroom of ten articles, which ``feeds`` has built to ``situs`` beside it."""
    folder = tmp_path_factory.mktemp("dibangun")
    (folder / "kabar").mkdir()
    for number in range(10):
        (folder / f"kabar/{number}.md").write_text(article(f"Berita {number}", f"2026-05-{number + 1:02}"))
    assert run("--data", folder / "kabar", "build", "--output", folder / "situs", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def ten(built: Path, here: Path) -> Path:
    """The same for one test."""
    shutil.copytree(built, here, dirs_exist_ok=True)
    return here / "kabar"


def shown(output: Path) -> int:
    return len(json.loads((output / "feed.json").read_text())["items"])


def lose(folder: Path, articles: int) -> None:
    for number in range(articles):
        (folder / f"{number}.md").unlink()


# --- build and check -------------------------------------------------------------------------------------------------


def test_half_of_the_articles_may_go(ten: Path, feeds: Call) -> None:
    lose(ten, 5)
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0
    assert shown(Path("situs")) == 5


def test_more_than_half_stops_a_build_which_says_where_they_went_and_what_to_do(ten: Path, feeds: Call) -> None:
    before = {path: path.read_bytes() for path in Path("situs").rglob("*") if path.is_file()}
    lose(ten, 6)
    result = feeds("--data", ten, "build", "--output", "situs")
    assert result.exit_code == 2
    assert result.stderr == (
        "feeds: 6 of 10 articles would be lost (files gone: 6, such as 0.md), so the feeds stay as they are; "
        f"if that is meant, say so: feeds --data {ten} check --accept-loss\n"
    )
    assert {path: path.read_bytes() for path in Path("situs").rglob("*") if path.is_file()} == before


def test_articles_that_cannot_be_read_any_more_are_lost_as_well(ten: Path, feeds: Call) -> None:
    for number in range(8):
        (ten / f"{number}.md").write_text("---\ntitle: Tanpa tanggal\n---\nIsi.\n")
    result = feeds("--data", ten, "check")
    assert result.exit_code == 2
    assert "8 of 10 articles would be lost (left out now: 8, such as 0.md: has no date)" in result.stderr


def test_what_comes_back_ends_it_without_a_word(ten: Path, feeds: Call) -> None:
    aside = Path(shutil.copytree(ten, "salinan"))
    lose(ten, 9)
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 2
    for number in range(9):
        shutil.copy2(aside / f"{number}.md", ten)
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0
    assert shown(Path("situs")) == 10


@pytest.mark.parametrize("arguments", [("build", "--output", "situs", "--accept-loss"), ("check", "--accept-loss")])
def test_a_loss_that_is_meant_is_said_once(ten: Path, feeds: Call, arguments: tuple[str, ...]) -> None:
    lose(ten, 9)
    assert feeds("--data", ten, *arguments).exit_code == 0
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0
    assert shown(Path("situs")) == 1
    for number in range(9):
        (ten / f"{number}.md").write_text(article(f"Baru {number}", "2026-05-09"))
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0
    lose(ten, 9)
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 2


@pytest.mark.parametrize("left", [1, 0])
@pytest.mark.parametrize("name", ["kabar", "kabar kota's"])
@pytest.mark.parametrize("configured", [False, True])
def test_the_command_that_the_sentence_names_frees_the_newsroom_wherever_it_is_typed(
    ten: Path, feeds: Call, here: Path, monkeypatch: pytest.MonkeyPatch, left: int, name: str, configured: bool
) -> None:
    folder = ten.rename(here / name)
    named: tuple[str | Path, ...] = ("--data", folder)
    if configured:
        named = ("--config", "kota.toml")
        (here / "kota.toml").write_text(f'data = "{name}"\ncatalogue = "sqlite:///{here}/kota.sqlite"\n')
    assert feeds(*named, "build", "--output", "situs").exit_code == 0
    lose(folder, 10 - left)
    said = feeds(*named, "build", "--output", "situs")
    assert said.exit_code == 2
    program, *arguments = shlex.split(said.stderr.rpartition("say so: ")[2])
    assert program == "feeds"
    with monkeypatch.context() as elsewhere:
        elsewhere.chdir("/")
        assert feeds(*arguments).stdout.rstrip().rpartition("\n")[2].startswith(f"{left} article")
    assert feeds(*named, "check").exit_code == 0


@pytest.mark.parametrize("command", [("check",), ("build", "--output", "situs"), ("serve",)], ids=lambda c: c[0])
def test_a_loss_of_the_bundled_sample_is_never_meant(feeds: Call, command: tuple[str, ...]) -> None:
    """Whoever types it in another folder means a newsroom that is not read there."""
    result = feeds(*command, "--accept-loss")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(
        "feeds: --accept-loss: the bundled sample loses nothing; name your own articles with --data or --config\n"
    )


def test_all_articles_may_go_where_that_is_meant_and_the_empty_folder_is_right_from_then_on(
    ten: Path, feeds: Call
) -> None:
    lose(ten, 10)
    result = feeds("--data", ten, "build", "--output", "situs")
    said = f"holds no articles any more; if that is meant, say so: feeds --data {ten} check --accept-loss\n"
    assert result.stderr.endswith(said)
    assert shown(Path("situs")) == 10
    assert feeds("--data", ten, "build", "--output", "situs", "--accept-loss").exit_code == 0
    assert shown(Path("situs")) == 0
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0


def test_withdrawing_most_articles_is_no_accident(ten: Path, feeds: Call) -> None:
    listed = "".join(f'[[withdrawn]]\narticle = "{number}.md"\nreason = "Keliru."\n' for number in range(9))
    (ten / "withdrawn.toml").write_text(listed)
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0
    assert shown(Path("situs")) == 1


def test_other_articles_in_their_place_are_no_loss(ten: Path, feeds: Call) -> None:
    lose(ten, 10)
    (ten / "semua.json").write_text(json.dumps([{"judul": f"Lain {n}", "tanggal": "2026-05-20"} for n in range(8)]))
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0


def test_an_output_is_not_emptied_by_a_catalogue_that_never_knew_its_articles(ten: Path, feeds: Call) -> None:
    """As where a deploy begins with a folder that is half there."""
    shutil.rmtree(ten / ".feeds")
    lose(ten, 8)
    for _ in range(2):  # a build that failed is started again by whatever runs it
        result = feeds("--data", ten, "build", "--output", "situs")
        assert result.exit_code == 2
        assert "8 of 10 articles would be lost (no file holds them)" in result.stderr
        assert shown(Path("situs")) == 10
    assert feeds("--data", ten, "build", "--output", "situs", "--accept-loss").exit_code == 0
    assert shown(Path("situs")) == 2


def forget_the_day(folder: Path) -> None:
    """As if the largest number had been counted more than a day ago."""
    with closing(sqlite3.connect(folder / ".feeds/catalogue.sqlite")) as connection:
        connection.execute("UPDATE meta SET value = '10 0 0' WHERE name = ?", (MOST,))
        connection.commit()


@pytest.mark.parametrize("command", [("build",), ("watch",)])
def test_nor_by_one_that_has_swallowed_the_loss_before(ten: Path, feeds: Call, command: tuple[str, ...]) -> None:
    """A check knows of no output; whatever it has taken in, an output of another catalogue is held against."""
    shutil.rmtree(ten / ".feeds")
    lose(ten, 8)
    assert feeds("--data", ten, "check").exit_code == 0
    for _ in range(2):
        result = feeds("--data", ten, *command, "--output", "situs")
        assert result.exit_code == 2
        assert "8 of 10 articles would be lost (no file holds them)" in result.stderr
        assert shown(Path("situs")) == 10
    assert feeds("--data", ten, "check", "--accept-loss").exit_code == 0
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0
    assert shown(Path("situs")) == 2


def test_an_output_that_is_older_than_its_catalogue_stops_no_newsroom_that_became_smaller(
    ten: Path, feeds: Call
) -> None:
    for more in (range(5), range(5, 7)):
        forget_the_day(ten)
        for number in more:
            (ten / f"{number}.md").unlink()
        assert feeds("--data", ten, "check").exit_code == 0
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0
    assert shown(Path("situs")) == 3


@pytest.mark.parametrize("content", [b"", b"Ini bukan basis data. " * 4000], ids=["empty", "rubbish"])
@pytest.mark.parametrize("command", [("check",), ("serve", "--port", "0"), ("build", "--output", "lain")])
def test_a_catalogue_that_is_lost_together_with_most_articles_is_not_made_anew_without_them(
    ten: Path, feeds: Call, content: bytes, command: tuple[str, ...]
) -> None:
    """As where a disk fails; what was there before is known to the file of the ledger."""
    for suffix in ("-wal", "-shm"):
        (ten / f".feeds/catalogue.sqlite{suffix}").unlink(missing_ok=True)
    (ten / ".feeds/catalogue.sqlite").write_bytes(content)
    lose(ten, 8)
    for _ in range(2):
        result = feeds("--data", ten, *command)
        assert result.exit_code == 2, result.output
        assert "8 of 10 articles would be lost" in result.stderr
    assert feeds("--data", ten, "check", "--accept-loss").exit_code == 0
    assert feeds("--data", ten, "build", "--output", "situs").exit_code == 0
    assert shown(Path("situs")) == 2


# --- the guard -------------------------------------------------------------------------------------------------------


class GuardedRoom:
    """A room whose looks are guarded, at moments that the test names, in microseconds."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.now = 1_700_000_000_000_000
        self.guard = LossGuard(lambda: self.now, "feeds check --accept-loss")

    def look(self, paths: Collection[str] | None = None) -> int:
        """Take in what changed, at some paths or anywhere; gives how many articles there are."""
        room = self.room
        take_in(room.catalogue, room.settings, room.ledger_file, program=room.program, paths=paths, guard=self.guard)
        articles: int = room.read(lambda reading: reading.holding()[0])
        return articles


@pytest.fixture
def guarded(room: Room) -> GuardedRoom:
    for number in range(20):
        room.article(f"{number}.md")
    found = GuardedRoom(room)
    assert found.look() == 20
    return found


def test_a_folder_that_is_emptied_file_by_file_is_noticed(guarded: GuardedRoom) -> None:
    for number in range(10):
        guarded.room.remove(f"{number}.md")
        assert guarded.look() == 19 - number
    guarded.room.remove("10.md")
    with pytest.raises(LossError, match="11 of 20 articles"):
        guarded.look()


def test_a_newsroom_may_become_smaller_from_day_to_day(guarded: GuardedRoom) -> None:
    for number in range(19):
        guarded.room.remove(f"{number}.md")
        guarded.now += DAY + 1
        assert guarded.look() == 19 - number


def test_what_counts_is_when_there_were_so_many_last(guarded: GuardedRoom) -> None:
    guarded.now += 23 * HOUR
    for number in range(8):
        guarded.room.remove(f"{number}.md")
    assert guarded.look() == 12
    guarded.now += 2 * HOUR
    for number in range(8, 14):
        guarded.room.remove(f"{number}.md")
    with pytest.raises(LossError, match="14 of 20 articles"):
        guarded.look()


def test_a_number_that_is_known_from_elsewhere_has_no_withdrawn_articles_in_it(room: Room) -> None:
    room.write("ditarik.toml", "".join(f'[[artikel]]\nid = "tag:x,2026:{n}"\n' for n in range(20)))
    room.article("0.md")
    guarded = GuardedRoom(room)
    guarded.guard.expect(20)
    with pytest.raises(LossError, match="19 of 20 articles"):
        guarded.look()


def test_word_that_a_loss_is_meant_holds_for_one_loss(guarded: GuardedRoom) -> None:
    accept_loss(guarded.room.catalogue)
    for number in range(12):
        guarded.room.remove(f"{number}.md")
    assert guarded.look(paths=[f"{number}.md" for number in range(12)]) == 8
    for number in range(12, 18):
        guarded.room.remove(f"{number}.md")
    with pytest.raises(LossError):
        guarded.look(paths=[f"{number}.md" for number in range(12, 18)])


@pytest.mark.parametrize("catalogue_address", ["sqlite"], indirect=True)  # the other keeps the ledger itself
def test_what_a_lost_catalogue_knew_counts_until_its_articles_are_there(guarded: GuardedRoom) -> None:
    """Though nobody looks at the error for days, and whatever process looks again."""
    room = guarded.room
    room.lose_catalogue()
    for number in range(11):
        room.rename(f"{number}.md", f"../{number}.md")
    for _ in range(3):
        guarded.guard = LossGuard(lambda: guarded.now, "feeds check --accept-loss")
        with pytest.raises(LossError, match="11 of 20 articles"):
            guarded.look()
        guarded.now += 2 * DAY
    room.rename("../0.md", "0.md")
    assert guarded.look() == 10


@pytest.mark.parametrize("catalogue_address", ["sqlite"], indirect=True)  # the other keeps the ledger itself
def test_the_ledger_says_a_number_once(guarded: GuardedRoom) -> None:
    room = guarded.room
    for _ in range(3):
        guarded.now += 2 * HOUR
        room.article("3.md", f"Disunting {guarded.now}.")
        assert guarded.look() == 20
    assert room.ledger_file.path.read_text().count('"articles"') == 1
    assert room.ledger_file.read().number == Number(20, 0)


def test_a_clock_that_is_set_back_frees_nothing(guarded: GuardedRoom) -> None:
    guarded.now -= 400 * DAY
    for number in range(11):
        guarded.room.remove(f"{number}.md")
    with pytest.raises(LossError):
        guarded.look()


def test_a_clock_that_was_ahead_once_does_not_hold_the_number_for_as_long(guarded: GuardedRoom) -> None:
    guarded.now += 400 * DAY
    guarded.room.article("19.md", "Disunting.")
    assert guarded.look() == 20
    guarded.now -= 400 * DAY
    for number in range(19):
        guarded.room.remove(f"{number}.md")
        assert guarded.look() == 19 - number
        guarded.now += DAY + 1


def test_a_loss_that_waits_writes_nothing_at_all(guarded: GuardedRoom) -> None:
    room = guarded.room
    for number in range(11):
        room.remove(f"{number}.md")
    room.article("15.md", title="Judul yang disunting")
    ledger = room.ledger_file.path.read_bytes() if room.ledger_file.path else b""
    for _ in range(3):
        with pytest.raises(LossError):
            guarded.look()
    assert (room.ledger_file.path.read_bytes() if room.ledger_file.path else b"") == ledger
    assert len(room.ids) == 20
    assert "Judul yang disunting" not in room.titles()


def test_other_rules_that_leave_most_articles_out_are_a_loss_as_well(guarded: GuardedRoom) -> None:
    guarded.room.values["exclude"] = "1*.md"
    with pytest.raises(LossError, match=r"11 of 20 articles would be lost \(files gone: 11"):
        guarded.look()


# --- a running service -----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as opened:
        for number in range(5):
            opened.write(f"{number}.md", f"Berita {number}", f"2026-05-0{number + 1}T09:00:00+07:00")
        yield opened


def test_a_service_keeps_the_last_edition_until_the_articles_are_back(desk: Desk, tmp_path: Path) -> None:
    with living(desk) as live:
        aside = desk.data.rename(tmp_path / "lain")
        desk.data.mkdir()
        (desk.data / "satu.md").write_text(article("Satu", "2026-05-09"))
        until(lambda: "4 of 5 articles would be lost" in live.error, within=5)
        assert live.edition
        assert len(titles_of(live.edition)) == 5
        shutil.rmtree(desk.data)
        aside.rename(desk.data)
        until(lambda: not live.error, within=12)
        assert len(titles_of(live.edition)) == 5


def test_a_loss_that_is_meant_frees_a_running_service(desk: Desk) -> None:
    with living(desk) as live:
        for number in range(4):
            (desk.data / f"{number}.md").unlink()
        until(lambda: "4 of 5 articles would be lost" in live.error, within=5)
        other = Newsroom.open(desk.settings)
        try:
            other.accept_loss()
        finally:
            other.close()
        until(lambda: live.edition and titles_of(live.edition) == ["Berita 4"], within=5)
        assert not live.error
        desk.write("baru.md", "Baru 0")
        until(lambda: live.edition and "Baru 0" in titles_of(live.edition), within=5)


def test_word_that_a_loss_is_meant_lapses_with_the_next_edition(desk: Desk) -> None:
    """A service that is well must not be unguarded for as long as nothing is lost."""
    with living(desk) as live:
        accept_loss(live.newsroom.catalogue)
        desk.write("baru.md", "Baru 0")
        until(lambda: live.edition and "Baru 0" in titles_of(live.edition), within=5)
        for number in range(5):
            (desk.data / f"{number}.md").unlink()
        until(lambda: "articles would be lost" in live.error, within=5)


def test_build_with_accept_loss_frees_feeds_serve(ten: Path, here: Path) -> None:
    port = free_port()
    env = environment(here, data=str(ten))
    server = Server(server_command("feeds serve", port), port=port, log=here / "log", cwd=here, env=env)
    try:
        server.wait()
        lose(ten, 8)
        until(lambda: "8 of 10 articles would be lost" in server.log.read_text(), within=10)
        kept = server.get("/feed.json").body.count(b'"title": "Berita')
        assert kept >= 5  # half may go, where the service looks while the files are still going one by one
        stopped = run("--data", ten, "check", cwd=here, data=str(ten))
        assert stopped.returncode == 2, stopped
        assert "a running service says: 8 of 10 articles would be lost" in stopped.stderr
        built = run("build", "--output", "situs", "--accept-loss", cwd=here, data=str(ten))
        assert built.returncode == 0, built.stderr
        assert shown(here / "situs") == 2
        until(lambda: server.get("/feed.json").body.count(b'"title": "Berita') == 2, within=10)
    finally:
        server.stop()


def test_a_service_starts_with_the_last_edition_where_the_articles_are_away(ten: Path, here: Path) -> None:
    state = {"catalogue": f"sqlite:///{here}/katalog.sqlite", "data": str(ten)}
    assert run("build", "--output", "situs2", cwd=here, **state).returncode == 0
    ten.rename(here / "dipindah")
    port = free_port()
    server = Server(
        server_command("feeds serve", port), port=port, log=here / "log", cwd=here, env=environment(here, **state)
    )
    try:
        server.wait()
        until(lambda: "the last edition stays" in server.log.read_text(), within=5)
        (here / "dipindah").rename(ten)
        (ten / "baru.md").write_text(article("Sesudah kembali", "2026-05-30"))
        until(lambda: b"Sesudah kembali" in server.get("/rss.xml").body, within=15)
    finally:
        server.stop()


def test_a_loss_is_accepted_though_the_catalogue_that_was_told_so_is_damaged(ten: Path, feeds: Call) -> None:
    lose(ten, 8)
    with closing(sqlite3.connect(ten / ".feeds/catalogue.sqlite")) as connection:
        connection.execute("DROP TABLE problems")
        connection.commit()
    assert feeds("--data", ten, "build", "--output", "situs", "--accept-loss").exit_code == 0
    assert shown(Path("situs")) == 2
