"""A catalogue that is damaged, deleted or of a later program costs a slow build, but no id and no date of change."""

from __future__ import annotations

import json
import logging
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from feeds import tables
from feeds.catalogue.aside import set_aside
from feeds.errors import CatalogueError, LossError, UnusableCatalogueError
from feeds.live import Live
from feeds.newsroom import Newsroom
from feeds.publish import to_folder
from tests.support import FEEDS, Desk, a_desk, article, environment, living, run, titles, until

Ids = dict[str, tuple[str, str, str | None]]
"""Headline -> id, date of publication, date of change."""

PAGE = 4096
LEAF_OF_INDEX = 10  # its first byte, https://sqlite.org/fileformat2.html#b_tree_pages
MIDDLE = slice(8192, -4096)


def overwrite(database: Path) -> None:
    database.write_bytes(b"Ini bukan basis data. " * 4000)


def cut(database: Path) -> None:
    with database.open("r+b") as file:
        file.truncate(database.stat().st_size // 2)


def garble(database: Path) -> None:
    """All pages but the first two, so that the schema can be read and nothing else."""
    data = bytearray(database.read_bytes())
    data[MIDDLE] = b"\xa5" * len(data[MIDDLE])
    database.write_bytes(data)


def empty(database: Path) -> None:
    database.write_bytes(b"")


def delete(database: Path) -> None:
    database.unlink()


def make_newer(database: Path) -> None:
    """As a later program has it, whose ledger knows more than this one's."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'schema'", (str(tables.SCHEMA + 1),))
        connection.execute("ALTER TABLE ledger ADD COLUMN mood TEXT NOT NULL DEFAULT 'cerah'")
        connection.commit()


def drop_a_table(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE documents")
        connection.commit()


def spoil(statement: str) -> Callable[[Path], None]:
    """A damage that SQLite takes for a value: a bit that flipped in a text, or a digit that is none any more."""

    def damage(database: Path) -> None:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute(statement)
            connection.commit()

    damage.__name__ = statement
    return damage


SPOILED = [
    spoil("UPDATE documents SET media_type = CAST(x'cb' || media_type AS TEXT)"),
    spoil("UPDATE meta SET value = 'z' WHERE name = 'version'"),
    spoil("UPDATE meta SET value = '1z' WHERE name = 'now'"),
    spoil("UPDATE meta SET value = '9300000000000000000' WHERE name = 'now'"),
]
DAMAGES = [overwrite, cut, garble, empty, delete, make_newer, drop_a_table, *SPOILED]
LEAVES_SOMETHING = {overwrite, cut, garble, make_newer, drop_a_table, *SPOILED}


def close(database: Path) -> None:
    """Write everything into the one file."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def ids_of_next_run(newsroom: Newsroom) -> Ids:
    """What a build would write, which mends the catalogue wherever on its way it meets the damage."""
    try:
        newsroom.update_alone()
        return ids(newsroom)
    except UnusableCatalogueError as error:
        newsroom.mend_alone(error)
        newsroom.update_alone()
        return ids(newsroom)


def ids_once_reopened(desk: Desk) -> Ids:
    """What the next process's build would write."""
    again = Newsroom.open(desk.settings)
    try:
        return ids_of_next_run(again)
    finally:
        again.close()


def lose_the_copy_of_the_ledger(desk: Desk) -> None:
    path = desk.newsroom.ledger_file.path
    assert path
    path.unlink()


def ids(newsroom: Newsroom) -> Ids:
    edition = newsroom.edition()
    feed = edition.get("feed.json") if edition else None
    assert feed
    items = json.loads(feed.body)["items"]
    return {item["title"]: (item["id"], item["date_published"], item.get("date_modified")) for item in items}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A newsroom whose ids tell what only the ledger knows: an article that was edited, renamed and moved."""
    with a_desk(tmp_path) as opened:
        for number in range(40):
            opened.write(
                f"{number}.md", f"Berita {number}", f"2026-04-{number % 28 + 1:02}T09:00:00+07:00", body="x" * 900
            )
        opened.write("ekonomi/kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00")
        opened.newsroom.update_alone()
        (opened.data / "ekonomi/kopi.md").unlink()
        opened.write("budaya/tari.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00")
        opened.newsroom.update_alone()
        opened.write(
            "budaya/tari.md", "Panen kopi turun", "2026-05-05T10:00:00+07:00", body="Isi yang lain sama sekali."
        )
        opened.newsroom.update_alone()
        yield opened


@pytest.fixture
def database(desk: Desk) -> Path:
    return Path(desk.settings.catalogue.removeprefix("sqlite:///"))


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_next_run_begins_a_new_catalogue_with_the_ids_and_dates_of_the_old_one(
    desk: Desk, database: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    known = ids(desk.newsroom)
    desk.close()
    close(database)
    damage(database)
    with caplog.at_level(logging.WARNING):
        assert ids_once_reopened(desk) == known
    aside = database.with_name("catalogue.sqlite.set-aside")
    assert aside.exists() == (damage in LEAVES_SOMETHING)
    if damage in LEAVES_SOMETHING:
        assert f"it is set aside as {aside} and made anew of the articles and the ledger" in caplog.text


@pytest.mark.parametrize("damage", [make_newer, drop_a_table])
def test_what_can_be_read_of_a_damaged_ledger_stands_in_for_its_lost_copy(
    desk: Desk, database: Path, damage: Callable[[Path], None]
) -> None:
    known = ids(desk.newsroom)
    desk.close()
    close(database)
    damage(database)
    lose_the_copy_of_the_ledger(desk)
    assert ids_once_reopened(desk) == known


@pytest.mark.parametrize("damage", [overwrite, garble, delete, drop_a_table])
def test_a_running_service_goes_on_and_makes_a_new_catalogue_at_the_next_change(
    desk: Desk, database: Path, damage: Callable[[Path], None]
) -> None:
    with living(desk) as live:
        assert live.edition
        version, known = live.edition.version, ids(live.newsroom)
        until(lambda: live.newsroom.lock.acquire(), within=5)
        close(database)
        damage(database)
        desk.write("baru.md", "Sesudah kerusakan", "2026-05-20")
        until(lambda: live.edition and "Sesudah kerusakan" in titles(live.edition), within=15)
        assert live.edition.version > version
        now = ids(live.newsroom)
        assert {title: found for title, found in now.items() if title in known} == {
            title: found for title, found in known.items() if title in now
        }
        until(lambda: not live.error, within=10)


def test_another_process_follows_to_the_new_catalogue(desk: Desk, database: Path) -> None:
    with living(desk) as writer:
        until(lambda: writer.newsroom.lock.acquire(), within=5)
        follower = Live(Newsroom.open(desk.settings))
        follower.start()
        try:
            until(lambda: follower.edition, within=5)
            overwrite(database)
            desk.write("baru.md", "Sesudah kerusakan", "2026-05-20")
            until(lambda: follower.edition and "Sesudah kerusakan" in titles(follower.edition), within=15)
        finally:
            follower.stop()


def test_the_catalogue_of_a_process_that_writes_is_not_set_aside_by_another(desk: Desk, database: Path) -> None:
    assert desk.newsroom.lock.acquire()
    close(database)
    make_newer(database)
    with pytest.raises(CatalogueError, match="its schema is 5, this program's is 4, and another process writes it"):
        Newsroom.open(desk.settings)
    assert database.exists()


def test_a_new_catalogue_takes_nothing_from_the_log_of_the_one_before(desk: Desk, database: Path) -> None:
    """A log beside a database is played back into it, whichever database that is."""
    desk.close()
    holder = sqlite3.connect(database)  # keeps the log from being removed
    holder.execute("SELECT * FROM meta").fetchone()
    again = Newsroom.open(desk.settings)
    again.update_alone()
    again.close()
    wal = Path(f"{database}-wal")
    assert wal.exists()
    overwrite(database)
    holder.close()
    newest = Newsroom.open(desk.settings)
    try:
        newest.update_alone()
        with newest.catalogue.reading() as reading:
            assert reading.schema() == str(tables.SCHEMA)
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        newest.close()


def test_a_kill_while_a_catalogue_is_set_aside_costs_nothing(
    desk: Desk, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is a database left without its log, nor is the log taken for that of the new one."""
    known = ids(desk.newsroom)
    holder = sqlite3.connect(database)  # keeps the log from being removed
    holder.execute("SELECT * FROM meta").fetchone()
    desk.write("baru.md", "Sebelum dimatikan", "2026-05-20")
    desk.newsroom.update_alone()
    desk.close()
    before = Path(f"{database}-wal").stat().st_size
    assert before
    rename, renamed = Path.rename, []

    def rename_once(path: Path, target: Path) -> Path:
        if renamed:
            raise KeyboardInterrupt
        renamed.append(path)
        return rename(path, target)

    with monkeypatch.context() as for_a_while:
        for_a_while.setattr(Path, "rename", rename_once)
        with pytest.raises(KeyboardInterrupt):
            set_aside(database)
    now = ids_once_reopened(desk)
    assert {title: now[title] for title in known if title in now} == {t: known[t] for t in known if t in now}
    assert "Sebelum dimatikan" in now
    holder.close()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert renamed == [database]


def test_a_deleted_state_folder_is_made_again_under_a_running_service(tmp_path: Path) -> None:
    """As ``git clean`` does it: the catalogue, the ledger and the lock are gone at once."""
    with a_desk(tmp_path) as opened:
        opened.write("kopi.md", "Panen kopi naik")
        opened.set(catalogue="")
        with living(opened) as live:
            until(lambda: live.newsroom.lock.acquire(), within=5)
            (opened.data / ".feeds").rename(tmp_path / "dihapus")
            opened.write("tari.md", "Tari dipentaskan")
            until(lambda: live.edition and "Tari dipentaskan" in titles(live.edition), within=15)
            assert (opened.data / ".feeds/ledger.jsonl").read_text().count('"id"') == 2
            other = Newsroom.open(opened.settings)
            try:
                assert not other.lock.acquire()
            finally:
                other.close()


@pytest.mark.parametrize(
    ("damage", "said"), [(overwrite, "file is not a database"), (drop_a_table, "no such table: documents")]
)
def test_a_build_says_what_it_set_aside_and_writes_the_same(
    tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    data = tmp_path / "kabar"
    data.mkdir()
    (data / "kopi.md").write_text(article("Panen kopi naik", "2026-05-05"))
    assert run("--data", data, "build", "--output", "situs", cwd=tmp_path).returncode == 0
    before = (tmp_path / "situs/feed.json").read_bytes()
    damage(data / ".feeds/catalogue.sqlite")
    result = run("--data", data, "build", "--output", "situs", cwd=tmp_path)
    assert result.returncode == 0
    assert f"{said}; it is set aside as" in result.stderr
    assert (tmp_path / "situs/feed.json").read_bytes() == before


def test_a_ledger_that_is_cut_loses_its_last_line_alone(desk: Desk, database: Path) -> None:
    known = ids(desk.newsroom)
    desk.close()
    ledger = desk.newsroom.ledger_file.path
    assert ledger
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    delete(database)
    again = Newsroom.open(desk.settings)
    try:
        again.update_alone()
        now = ids(again)
        assert {title: found[0] for title, found in now.items()} == {title: found[0] for title, found in known.items()}
        changed = [title for title in known if now[title] != known[title]]
        assert set(changed) <= {"Panen kopi turun"}
    finally:
        again.close()


# --- who mends it, and when ------------------------------------------------------------------------------------------


def test_a_service_begins_though_the_catalogue_is_damaged_where_it_lies(desk: Desk, database: Path) -> None:
    """The tables can be found, and so what edition there is; its documents cannot be read."""
    desk.close()
    close(database)
    drop_a_table(database)
    live = Live(Newsroom.open(desk.settings))
    live.start()
    try:
        until(lambda: live.edition and "Panen kopi turun" in titles(live.edition), within=15)
        until(lambda: not live.error, within=10)
    finally:
        live.stop()


def test_damage_that_one_process_finds_is_mended_by_the_one_that_writes(desk: Desk, database: Path) -> None:
    with living(desk) as writer:
        until(lambda: writer.newsroom.lock.acquire(), within=5)
        version = writer.edition.version if writer.edition else 0
        other = Newsroom.open(desk.settings)
        try:
            garble(database)
            other.mender.distrust(UnusableCatalogueError("katalog", "is damaged", other.catalogue.file))
            until(lambda: database.with_name("catalogue.sqlite.set-aside").exists(), within=5)
            until(lambda: not other.mender.doubt(), within=5)
            until(lambda: writer.edition and writer.edition.version > version and not writer.error, within=15)
            assert "Panen kopi turun" in ids(other)
        finally:
            other.close()


def test_damage_of_a_file_that_was_replaced_since_is_mended_by_nobody(desk: Desk, database: Path) -> None:
    """A request that began before the new catalogue stood may say so after it."""
    late = UnusableCatalogueError("katalog", "is damaged", "1:2")
    desk.newsroom.mender.distrust(late)
    assert desk.newsroom.mender.doubt() is None
    before = desk.newsroom.catalogue.file
    desk.newsroom.mender.mend(late)
    assert desk.newsroom.catalogue.file == before
    assert not database.with_name("catalogue.sqlite.set-aside").exists()


def test_a_table_that_was_missed_while_a_catalogue_was_made_is_no_damage(desk: Desk, database: Path) -> None:
    desk.newsroom.mend_alone(UnusableCatalogueError("k", "no such table: meta", desk.newsroom.catalogue.file))
    assert not database.with_name("catalogue.sqlite.set-aside").exists()
    assert "Panen kopi turun" in ids(desk.newsroom)


def test_the_first_damaged_catalogue_stays_where_it_was_set_aside(desk: Desk, database: Path) -> None:
    for damage in (overwrite, cut, garble):
        desk.newsroom.close()
        close(database) if damage is not overwrite else None
        damage(database)
        desk.newsroom = Newsroom.open(desk.settings)
        ids_of_next_run(desk.newsroom)
    assert database.with_name("catalogue.sqlite.set-aside").read_bytes().startswith(b"Ini bukan basis data.")
    assert database.with_name("catalogue.sqlite.set-aside-2").exists()


def test_an_edition_writes_nothing_from_a_catalogue_that_took_the_place_of_its_own(desk: Desk, tmp_path: Path) -> None:
    edition = desk.newsroom.edition()
    assert edition
    to_folder(edition.renditions(), tmp_path / "situs")
    before = sorted(path.name for path in (tmp_path / "situs").rglob("*"))
    desk.newsroom.mend_alone(UnusableCatalogueError("katalog", "is damaged", desk.newsroom.catalogue.file))
    with pytest.raises(CatalogueError, match="it is being made anew"):
        to_folder(edition.renditions(), tmp_path / "situs")
    assert sorted(path.name for path in (tmp_path / "situs").rglob("*")) == before
    with pytest.raises(CatalogueError):
        edition.get("sitemap-2026-04.xml")


def test_what_was_published_before_the_damage_is_not_lost_with_it(desk: Desk, database: Path) -> None:
    """A disk that fails may take the catalogue and most of the articles at once."""
    desk.close()
    close(database)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE problems")
        connection.commit()
    for number in range(40):
        (desk.data / f"{number}.md").unlink()
    again = Newsroom.open(desk.settings)
    try:
        with pytest.raises(LossError):
            again.update_alone()
    finally:
        again.close()


def check_mended_by_an_edit(desk: Desk, database: Path, number: int, damage: Callable[[Path], None]) -> None:
    """Damage the catalogue and edit the article of a number: all keep their ids and dates, and it is set aside."""
    known = ids(desk.newsroom)
    desk.close()
    damage(database)
    desk.write(f"{number}.md", f"Berita {number}", known[f"Berita {number}"][1], body="Isi yang baru.")
    now = ids_once_reopened(desk)
    assert {title: found[:2] for title, found in now.items()} == {title: found[:2] for title, found in known.items()}
    assert database.with_name("catalogue.sqlite.set-aside").exists()


@pytest.mark.parametrize("column", ["articles.title", "ledger.key"])
def test_a_text_that_is_none_any_more_is_met_when_its_article_changes(desk: Desk, database: Path, column: str) -> None:
    table, _, name = column.partition(".")
    damage = spoil(f"UPDATE {table} SET {name} = CAST(x'cb' || {name} AS TEXT)")
    check_mended_by_an_edit(desk, database, 39, damage)


def test_an_index_that_leads_to_a_row_that_nobody_asked_for_is_damage(desk: Desk, database: Path) -> None:
    """A bit that flipped in it, which SQLite does not notice."""
    key = ids(desk.newsroom)["Berita 39"][0].encode()
    row = desk.settings.newsroom.encode() + key + b"rss"  # of the rendered entries

    def flip(database: Path) -> None:
        close(database)
        data = bytearray(database.read_bytes())
        for page in range(0, len(data), PAGE):
            if data[page] == LEAF_OF_INDEX and row in data[page : page + PAGE]:
                data[data.index(row, page) + len(row) - len(b"9rss")] ^= 0x10
        database.write_bytes(data)

    check_mended_by_an_edit(desk, database, 0, flip)


def test_a_value_of_the_ledger_that_is_no_text_any_more_costs_that_article_alone(desk: Desk, database: Path) -> None:
    known = ids(desk.newsroom)
    desk.close()
    spoil("UPDATE ledger SET slug = x'cb00' WHERE id = (SELECT min(id) FROM ledger)")(database)
    drop_a_table(database)
    lose_the_copy_of_the_ledger(desk)
    assert ids_once_reopened(desk).keys() == known.keys()


def test_watch_mends_a_document_that_only_writing_it_reads(kabar: Path, here: Path) -> None:
    (kabar / "tanpa-alamat.md").write_text(article("Tanpa alamat", "2026-05-20"))
    env = environment(here, article_pages="true", data=str(kabar))
    assert run("build", "--output", "situs", cwd=here, article_pages="true", data=str(kabar)).returncode == 0
    page = "path LIKE '%tanpa-alamat%'"
    spoil(f"UPDATE documents SET media_type = CAST(x'cb' AS TEXT) WHERE {page}")(kabar / ".feeds/catalogue.sqlite")
    log = here / "log"
    with log.open("wb") as file:
        watching = subprocess.Popen([*FEEDS, "watch", "--output", "baru"], cwd=here, env=env, stderr=file)
    try:
        until(lambda: (here / "baru/rss.xml").exists() and "it is set aside" in log.read_text(), within=15)
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait(15)
