"""The command line as people and scripts use it: what it says, and the exit codes 0, 1 and 2."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result

from feeds import __version__
from feeds.cli.build import TRY_AGAIN
from feeds.cli.common import Failure, foreseen
from feeds.config import TEMPLATE
from feeds.errors import CatalogueError
from feeds.publish import MANIFEST
from tests.support import (
    COLOURS,
    FEEDS,
    Call,
    Server,
    add_bad,
    article,
    environment,
    free_port,
    on_a_terminal,
    run,
    server_command,
    until,
)

PROBLEM_KEYS = {"path", "kind", "reason", "published", "severity"}


def sentence(result: Result) -> str:
    """The one sentence of a foreseen mistake, which is all that was said."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("feeds: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("feeds: ").rstrip("\n")


# --- build -----------------------------------------------------------------------------------------------------------


def test_build_writes_the_feeds_and_sums_up_in_one_line(feeds: Call, kabar: Path, here: Path) -> None:
    done = feeds("--data", kabar, "build", "--output", "umum")
    assert done.exit_code == 0
    assert re.fullmatch(
        r"2 articles, 3 feeds in (\d+) documents: \1 written, 0 unchanged; \d+\.\d\d s\n", done.stdout
    ), done.stdout
    assert {path.name for path in (here / "umum").iterdir()} == {
        *("index.html", "rss.xml", "atom.xml", "feed.json", "ekonomi", "budaya", "static", MANIFEST),
        *("feeds.opml", "robots.txt", "favicon.svg", "favicon.ico"),
        *("sitemap.xml", "sitemap-pages.xml", "news-sitemap.xml"),
    }


def test_data_alone_is_enough(feeds: Call, kabar: Path, here: Path) -> None:
    """The title comes from the folder, the categories from the articles."""
    feeds("--data", kabar, "build", "--output", "umum")
    assert json.loads((here / "umum/feed.json").read_text())["title"] == "Kabar"
    assert json.loads((here / "umum/budaya/feed.json").read_text())["title"] == "Budaya - Kabar"


def test_a_second_build_writes_nothing(feeds: Call, kabar: Path) -> None:
    feeds("--data", kabar, "build", "--output", "umum")
    again = feeds("--data", kabar, "build", "--output", "umum")
    assert re.search(r"(\d+) documents: 0 written, \1 unchanged", again.stdout)


def test_build_counts_and_names_bad_articles_and_still_succeeds(feeds: Call, kabar: Path) -> None:
    add_bad(kabar)
    done = feeds("--data", kabar, "build", "--output", "umum")
    assert done.exit_code == 0
    assert "3 articles, " in done.stdout
    assert "; 2 problems, " in done.stdout
    assert "tanpa-tanggal.md: has no date\n" in done.stderr
    assert "hari-salah.md: 2025-12-03 is a Rabu, not a Senin\n" in done.stderr


def test_build_names_ten_bad_articles_and_counts_the_rest(feeds: Call, kabar: Path) -> None:
    for number in range(13):
        (kabar / f"rusak-{number:02d}.md").write_text("---\ntitle: Tanpa tanggal\n---\n")
    done = feeds("--data", kabar, "build", "--output", "umum")
    assert done.stderr.count("has no date") == 10
    assert '... and 3 more; "feeds check" names them all\n' in done.stderr


@pytest.mark.parametrize("bad", [False, True])
def test_strict_exits_1_when_an_article_is_bad_and_publishes_the_others(
    feeds: Call, kabar: Path, here: Path, bad: bool
) -> None:
    if bad:
        add_bad(kabar)
    assert feeds("--data", kabar, "build", "--output", "umum", "--strict").exit_code == int(bad)
    assert b"Panen kopi naik" in (here / "umum/rss.xml").read_bytes()


def test_build_tells_machines_everything_as_one_json_object(feeds: Call, kabar: Path) -> None:
    add_bad(kabar)
    done = feeds("--data", kabar, "build", "--output", "umum", "--json")
    report = json.loads(done.stdout)
    files = sum(1 for path in (kabar.parent / "umum").rglob("*") if path.is_file() and path.name != MANIFEST)
    counts = {name: report[name] for name in ("articles", "files", "read", "feeds", "documents", "written", "removed")}
    assert counts == {
        "articles": 3, "files": 4, "read": 4, "feeds": 3, "documents": files, "written": files, "removed": 0
    }  # fmt: skip
    assert report["unchanged"] == 0
    assert report["seconds"] > 0
    assert [problem.keys() for problem in report["problems"]] == [PROBLEM_KEYS] * 2
    assert done.stderr == ""


def test_build_precompresses_where_asked(feeds: Call, kabar: Path, here: Path) -> None:
    feeds("--data", kabar, "build", "--output", "umum", "--precompress")
    assert {path.name for path in (here / "umum").glob("rss.xml*")} == {
        *("rss.xml", "rss.xml.gz", "rss.xml.br", "rss.xml.zst")
    }


def test_the_output_of_the_configuration_is_used(feeds: Call, kabar: Path, here: Path) -> None:
    (here / "config").mkdir()
    (here / "config/newsroom.toml").write_text('title = "Kabar"\ndata = "kabar"\noutput = "umum"\n')
    assert feeds("build").exit_code == 0
    assert (here / "umum/rss.xml").exists()


def test_build_without_any_configuration_builds_the_sample(feeds: Call, here: Path) -> None:
    assert feeds("build", "--output", "umum").exit_code == 0
    assert json.loads((here / "umum/feed.json").read_text())["title"] == "Kabar Tepian"


def test_a_default_base_url_is_said_loudly_and_another_is_not(
    feeds: Call, kabar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "WARNING: base_url is http://127.0.0.1:8000/" in feeds("--data", kabar, "build", "--output", "u").stderr
    monkeypatch.setenv("FEEDS_BASE_URL", "https://feeds.kabar.example")
    assert feeds("--data", kabar, "build", "--output", "u").stderr == ""


def test_settings_of_the_environment_are_used(
    feeds: Call, kabar: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"DATA": str(kabar), "TITLE": "Warta", "LIMIT": "1", "OUTPUT": str(here / "umum")}
    for name, value in settings.items():
        monkeypatch.setenv(f"FEEDS_{name}", value)
    assert feeds("build").exit_code == 0
    feed = json.loads((here / "umum/feed.json").read_text())
    assert (feed["title"], len(feed["items"])) == ("Warta", 1)


# --- dates -----------------------------------------------------------------------------------------------------------


def test_dates_explains_each_reading_in_one_line(feeds: Call) -> None:
    done = feeds("dates", "Selasa, 3 Desember 2024 10.30 WIB", "Senin, 3 Desember 2024", "31 Februari 2025")
    assert done.exit_code == 0
    assert done.stdout == (
        "Selasa, 3 Desember 2024 10.30 WIB  2024-12-03T10:30:00+07:00  (full)\n"
        "Senin, 3 Desember 2024  2024-12-03T00:00:00+07:00  (full); 2024-12-03 is a Selasa, not a Senin\n"
        "31 Februari 2025  refused: there is no such day\n"
    )


def test_dates_reads_lines_from_standard_input(feeds: Call) -> None:
    done = feeds("dates", "-", stdin="3 Desember 2024\r\n2026-04-03\n\xff\n")
    assert [line.split("  ")[1] for line in done.stdout.splitlines()] == [
        *("2024-12-03T00:00:00+07:00", "2026-04-03T00:00:00+07:00", "refused: no date")
    ]


def test_dates_does_not_stop_at_bytes_that_are_no_text(feeds: Call) -> None:
    done = feeds("dates", "-", stdin=b"\xff\xfe\n3 Desember 2024\n")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1].endswith("2024-12-03T00:00:00+07:00  (full)")


def test_dates_counts_relative_words_from_the_reference(feeds: Call) -> None:
    done = feeds("dates", "kemarin", "--reference", "2026-05-04T10:00")
    assert done.stdout == "kemarin  2026-05-03T00:00:00+07:00  (relative)\n"
    assert "refused: " in feeds("dates", "kemarin").stdout


def test_strict_dates_exit_1_when_one_is_refused(feeds: Call) -> None:
    assert feeds("dates", "--strict", "Selasa, 3 Desember 2024").exit_code == 0
    done = feeds("dates", "--strict", "Senin, 3 Desember 2024")
    assert done.exit_code == 1
    assert "refused: " in done.stdout


def test_dates_tells_machines_one_json_object_a_line(feeds: Call) -> None:
    lines = feeds("dates", "--json", "3 Desember 2024", "besok").stdout.splitlines()
    good, refused = map(json.loads, lines)
    assert good == {
        "text": "3 Desember 2024", "date": "2024-12-03T00:00:00+07:00", "origin": "full", "warnings": []
    }  # fmt: skip
    assert refused.keys() == {"text", "refused"}


def test_dates_are_in_the_zone_of_the_newsroom(feeds: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDS_TIMEZONE", "WIT")
    assert "2024-12-03T00:00:00+09:00" in feeds("dates", "3 Desember 2024").stdout


def test_dates_are_in_colour_on_a_terminal_and_plain_through_a_pipe(here: Path) -> None:
    assert "\x1b[32m2024-12-03T00:00:00+07:00\x1b[0m" in on_a_terminal("dates", "3 Desember 2024", cwd=here)
    assert "\x1b[31mrefused" in on_a_terminal("dates", "besok", cwd=here)
    assert "\x1b" not in run("dates", "3 Desember 2024", "besok", cwd=here).stdout


def test_dates_stops_in_silence_when_the_pipe_closes(here: Path) -> None:
    """As in ``feeds dates - < file | head -1``."""
    command = f"yes '3 Desember 2024' | head -20000 | {sys.executable} -m feeds dates - | head -1"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=here,
        env=environment(here),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


# --- init ------------------------------------------------------------------------------------------------------------


def test_init_begins_a_newsroom_with_every_setting_and_some_articles(feeds: Call, here: Path) -> None:
    done = feeds("init", "berita-kota")
    assert done.exit_code == 0
    assert "Next: cd berita-kota && feeds serve\n" in done.stdout
    assert (here / "berita-kota/config/newsroom.toml").read_bytes() == TEMPLATE.read_bytes()
    assert list((here / "berita-kota/articles").rglob("*.md"))


def test_init_refuses_a_second_time_and_changes_nothing(feeds: Call, here: Path) -> None:
    feeds("init", "berita-kota")
    config = here / "berita-kota/config/newsroom.toml"
    config.write_text('title = "Punya saya"\n')
    said = sentence(feeds("init", "berita-kota"))
    assert said == "berita-kota/config/newsroom.toml exists already; nothing was written"
    assert config.read_text() == 'title = "Punya saya"\n'


def test_init_into_a_folder_that_exists_leaves_what_is_there(feeds: Call, here: Path) -> None:
    (here / "catatan.txt").write_text("tetap")
    assert feeds("init", ".").exit_code == 0
    assert (here / "catatan.txt").read_text() == "tetap"
    assert (here / "config/newsroom.toml").exists()


@pytest.mark.parametrize("link", ["config", "config/newsroom.toml", "articles"])
@pytest.mark.parametrize("there", [True, False], ids=["to-something", "to-nothing-yet"])
def test_init_writes_through_no_link(feeds: Call, here: Path, link: str, there: bool) -> None:
    elsewhere = here / "lain"
    if there:
        elsewhere.mkdir()
    (here / "kota" / link).parent.mkdir(parents=True)
    (here / "kota" / link).symlink_to(elsewhere)
    assert sentence(feeds("init", "kota")).endswith("; nothing was written")
    assert [*elsewhere.iterdir()] == [] if there else not elsewhere.exists()


def test_init_where_nothing_can_be_written_is_one_sentence(feeds: Call, here: Path) -> None:
    (here / "berkas").write_text("x")
    assert sentence(feeds("init", "berkas")) == "berkas/config: Not a directory"


def test_a_new_newsroom_builds_and_serves(here: Path) -> None:
    assert run("init", "berita-kota", cwd=here).returncode == 0
    folder = here / "berita-kota"
    built = run("build", "--output", "public", cwd=folder)
    assert built.returncode == 0
    assert json.loads((folder / "public/feed.json").read_text())["title"] == "Berita Kota"
    port = free_port()
    command = server_command("feeds serve", port)
    server = Server(command, port=port, log=here / "log", cwd=folder, env=environment(here))
    try:
        server.wait()
        assert server.get("/rss.xml").body == (folder / "public/rss.xml").read_bytes()
    finally:
        server.stop()


# --- watch -----------------------------------------------------------------------------------------------------------


def test_watch_builds_again_when_an_article_changes_until_it_is_interrupted(here: Path, kabar: Path) -> None:
    log = here / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*FEEDS, "watch", "--output", "umum"],
            cwd=here,
            env=environment(here, data=str(kabar)) | {"PYTHONUNBUFFERED": "1"},
            stdout=file,
            stderr=file,
        )
    try:
        until(lambda: (here / "umum/rss.xml").exists(), within=15)
        (kabar / "baru.md").write_text(article("Yang baru", "2026-05-30"))
        until(lambda: b"Yang baru" in (here / "umum/rss.xml").read_bytes(), within=3)
        (kabar / "baru.md").unlink()
        until(lambda: b"Yang baru" not in (here / "umum/rss.xml").read_bytes(), within=3)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
    said = log.read_text()
    assert re.search(r"^\d\d:\d\d:\d\d 3 feeds in (\d+) documents: \1 written, 0 unchanged$", said, re.MULTILINE), said
    assert json.loads(said.splitlines()[-1])["message"] == "stopped"
    assert "Traceback" not in said


@contextmanager
def watching(here: Path, kabar: Path, out: int) -> Iterator[Callable[[], str]]:
    """``feeds watch``, which is interrupted in the end; gives what it has logged."""
    log = here / "log"
    with log.open("wb") as file:
        env = environment(here, data=str(kabar)) | {"LOGFORMAT": "text"}
        command = [*FEEDS, "watch", "--output", "umum"]
        process = subprocess.Popen(command, cwd=here, env=env, stdout=out, stderr=file)
    try:
        yield log.read_text
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def test_watch_goes_on_where_standard_output_is_full_and_logs_what_it_wrote(here: Path, kabar: Path) -> None:
    with Path("/dev/full").open("wb") as full, watching(here, kabar, full.fileno()) as logged:
        until(lambda: "3 feeds in" in logged(), within=15)
        (kabar / "baru.md").write_text(article("Yang baru", "2026-05-30"))
        until(lambda: logged().count("3 feeds in") == 2, within=5)
        assert b"Yang baru" in (here / "umum/rss.xml").read_bytes()
    assert "Traceback" not in logged()
    assert "Exception" not in logged()


def test_watch_waits_for_another_build_and_says_so_once(
    feeds: Call, here: Path, kabar: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As it does of every fault that lasts; from the first publication on, where it is another build."""
    monkeypatch.setattr("feeds.publish.WAIT_FOR_OTHERS", 0.0)
    module = sys.modules["feeds.cli.build"]  # behind the command of that name
    monkeypatch.setattr(module, "begin_log", lambda: None)
    pauses: list[float] = []

    def paused(seconds: float) -> None:
        if seconds == TRY_AGAIN:
            pauses.append(seconds)
        if pauses == [TRY_AGAIN] * 3:
            os.close(other)
            pauses.append(0)
        time.sleep(0.01)
        if (here / "umum/rss.xml").exists():
            raise KeyboardInterrupt

    (here / "umum").mkdir()
    other = os.open(here / "umum", os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=paused))
    with caplog.at_level("INFO", "feeds"):
        done = feeds("--data", kabar, "watch", "--output", "umum")
    assert done.exit_code == 0
    assert " 3 feeds in " in done.stdout
    assert caplog.text.count("umum: another build writes it, and is not done after 0 s; it is tried again") == 1


# --- where what is said goes -----------------------------------------------------------------------------------------

SHOWN = [("build", "--output", "umum"), ("build", "--output", "umum", "--json"), ("check",), ("check", "--json")]


@pytest.mark.parametrize("command", SHOWN)
def test_a_disk_that_is_full_behind_standard_output_is_one_sentence(
    here: Path, kabar: Path, command: tuple[str, ...]
) -> None:
    env = environment(here, data=str(kabar))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*FEEDS, *command], cwd=here, env=env, stdout=full, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 2
        assert done.stderr == b"feeds: what is to be shown cannot be written: No space left on device\n"
        assert (
            subprocess.run([*FEEDS, *command], cwd=here, env=env, stdout=full, stderr=full, timeout=60).returncode == 2
        )
    assert command[0] == "check" or (here / "umum/rss.xml").exists()


def test_a_pipe_that_its_reader_has_closed_ends_a_command_quietly(here: Path, kabar: Path) -> None:
    """Such as ``feeds check | head -1``."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        env = environment(here, data=str(kabar))
        done = subprocess.run([*FEEDS, "check"], cwd=here, env=env, stdout=writer, stderr=subprocess.PIPE, timeout=60)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_an_error_that_nobody_foresaw_is_no_full_disk() -> None:
    @foreseen
    def broken() -> None:
        raise OSError(errno.ENOTTY, "Not a typewriter")

    with pytest.raises(OSError, match="Not a typewriter"):
        broken()


def test_what_was_at_work_when_a_command_failed_is_let_go_of() -> None:
    """Else processes that read would go on until they are through, and the command would end only then."""
    ended = []

    def at_work() -> Iterator[None]:
        try:
            yield
        finally:
            ended.append(True)

    @foreseen
    def broken() -> None:
        results = at_work()
        next(results)
        raise CatalogueError("sqlite:///k", "disk is full") from OSError("no room")

    with pytest.raises(Failure):
        broken()
    assert ended


def test_a_want_of_descriptors_is_one_sentence() -> None:
    """Even the program's own files are opened as they are needed."""

    @foreseen
    def broken() -> None:
        raise OSError(errno.EMFILE, "Too many open files", "feeds/pages/templates/feed.html")

    with pytest.raises(Failure, match=r"^Too many open files; let this process open more, as by ulimit -n 1024$"):
        broken()


# --- a terminal ------------------------------------------------------------------------------------------------------


def test_a_progress_bar_is_drawn_on_a_terminal_only(here: Path, kabar: Path) -> None:
    shown = on_a_terminal("build", "--output", "umum", cwd=here, data=str(kabar))
    assert re.search(r"feeds\s+━", COLOURS.sub("", shown))
    assert re.search(r"[1-9]\d* written", shown)
    piped = run("build", "--output", "lain", cwd=here, data=str(kabar))
    assert "━" not in piped.stdout + piped.stderr


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [("build", "--output", "umum"), ("watch", "--output", "umum"), ("check",), ("serve",)]
)
def test_a_data_directory_that_is_missing_or_empty_is_one_sentence_and_nothing_is_deleted(
    feeds: Call, here: Path, kabar: Path, command: tuple[str, ...]
) -> None:
    feeds("--data", kabar, "build", "--output", "umum")
    before = sorted(path for path in (here / "umum").rglob("*"))
    assert sentence(feeds("--data", "tiada", *command)) == f"data directory {here}/tiada: No such file or directory"
    (here / "kosong").mkdir()
    assert sentence(feeds("--data", "kosong", *command)) == f"data directory {here}/kosong: holds no articles"
    assert sorted(path for path in (here / "umum").rglob("*")) == before


def test_a_data_directory_that_was_emptied_leaves_what_was_published(feeds: Call, here: Path, kabar: Path) -> None:
    feeds("--data", kabar, "build", "--output", "umum")
    feed = (here / "umum/rss.xml").read_bytes()
    for path in kabar.rglob("*.md"):
        path.unlink()
    assert "holds no articles" in sentence(feeds("--data", kabar, "build", "--output", "umum"))
    assert (here / "umum/rss.xml").read_bytes() == feed


def test_a_file_as_data_directory_is_one_sentence(feeds: Call, here: Path) -> None:
    (here / "berkas.md").write_text(article("Satu", "2026-05-04"))
    assert sentence(feeds("--data", "berkas.md", "check")) == f"data directory {here}/berkas.md: Not a directory"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('title = "Kabar', "line 1, column 15: "),
        ("titel = 'Kabar'", "titel: unknown setting; did you mean 'title'?"),
        ("limit = 'x'", "limit: expected a whole number from 1 to 1000, found text 'x'"),
        ("[categories.ekonomi]\ntitel = 'E'", "categories.ekonomi.titel: unknown setting; did you mean 'title'?"),
    ],
)
def test_a_bad_configuration_is_one_sentence(feeds: Call, here: Path, toml: str, said: str) -> None:
    (here / "config").mkdir()
    (here / "config/newsroom.toml").write_text(toml)
    for command in (("check",), ("build", "--output", "umum"), ("serve",), ("dates", "3 Desember 2024")):
        assert said in sentence(feeds(*command))


def test_a_configuration_that_is_missing_is_one_sentence(feeds: Call, here: Path) -> None:
    said = sentence(feeds("--config", "tiada.toml", "check"))
    assert said == f"{here}/tiada.toml: cannot be read: No such file or directory"


def test_a_wrong_setting_of_the_environment_is_one_sentence(feeds: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDS_LIMT", "3")
    assert sentence(feeds("check")) == "FEEDS_LIMT: unknown setting; did you mean 'FEEDS_LIMIT'?"


def test_an_output_that_cannot_be_written_is_one_sentence(feeds: Call, kabar: Path, here: Path) -> None:
    (here / "berkas").write_text("x")
    done = feeds("--data", kabar, "build", "--output", "berkas/umum")
    assert sentence(done) == f"output {here}/berkas/umum: Not a directory"
    assert (here / "berkas").read_text() == "x"


def test_no_output_at_all_is_one_sentence(feeds: Call, kabar: Path) -> None:
    for command in ("build", "watch"):
        said = sentence(feeds("--data", kabar, command))
        assert said == "where to? Name a folder with --output, or set output in the configuration"


@pytest.mark.parametrize("output", ["kabar", ".", ".."])
def test_an_output_over_the_articles_is_refused_and_nothing_is_touched(
    feeds: Call, kabar: Path, here: Path, output: str
) -> None:
    before = sorted(here.parent.rglob("*"))
    assert sentence(feeds("--data", kabar, "build", "--output", output)).startswith("output: ")
    assert sorted(here.parent.rglob("*")) == before


def test_a_file_that_is_no_catalogue_is_kept_aside_whole(
    feeds: Call, kabar: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which cannot be told from a catalogue whose beginning is damaged."""
    (here / "rusak.sqlite").write_bytes(b"bukan basis data" * 100)
    monkeypatch.setenv("FEEDS_CATALOGUE", f"sqlite:///{here}/rusak.sqlite")
    assert feeds("--data", kabar, "check").exit_code == 0
    assert (here / "rusak.sqlite.set-aside").read_bytes() == b"bukan basis data" * 100


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://u:rahasia@127.0.0.1:1/x",
        "postgresql+psycopg://u:rahasia@127.0.0.1:port/x",
    ],
)
def test_a_database_that_cannot_be_reached_is_one_sentence_without_its_password(
    feeds: Call, kabar: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("FEEDS_CATALOGUE", address)
    said = sentence(feeds("--data", kabar, "check"))
    assert said.startswith("catalogue ")
    assert "rahasia" not in said


def test_a_database_whose_driver_is_not_installed_is_one_sentence(
    feeds: Call, kabar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("FEEDS_CATALOGUE", "postgresql+psycopg://u:rahasia@127.0.0.1:1/x")
    said = sentence(feeds("--data", kabar, "check"))
    assert "psycopg" in said
    assert "rahasia" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("biuld",), "No such command 'biuld'"),
        (("build", "--outptu", "x"), "No such option"),
        (("serve", "--port", "99999"), "Invalid value for '--port'"),
        (("serve", "--server", "apache"), "Invalid value for '--server'"),
        (("build", "--jobs", "0"), "Invalid value for '--jobs'"),
        (("dates",), "Missing argument 'TEXT"),
        (("dates", "besok", "--reference", "kemarin"), "--reference 'kemarin' is no ISO date"),
        (("init",), "Missing argument 'DIR'"),
    ],
)
def test_wrong_use_exits_2_and_says_what_is_wrong_in_its_last_line(
    feeds: Call, arguments: tuple[str, ...], said: str
) -> None:
    done = feeds(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"Error: {said}")


def test_a_host_of_another_machine_is_one_sentence(feeds: Call, kabar: Path) -> None:
    said = sentence(feeds("--data", kabar, "serve", "--host", "192.0.2.1", "--port", "0"))
    assert said == "cannot listen on 192.0.2.1:0: Cannot assign requested address"


# --- the program -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check",), 0),
        (("build", "--output", "umum", "--strict"), 0),
        (("--data", "tiada", "check"), 2),
        (("build",), 2),
        (("biuld",), 2),
        (("dates", "--strict", "besok"), 1),
        (("--version",), 0),
    ],
)
def test_the_process_ends_with_the_code_and_never_with_a_traceback(
    here: Path, kabar: Path, arguments: tuple[str, ...], code: int
) -> None:
    done = run(*arguments, cwd=here, data=str(kabar))
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_python_m_feeds_is_feeds(here: Path) -> None:
    script = Path(sys.executable).with_name("feeds")
    said = [
        subprocess.run(
            [*command, "dates", "3 Mei 2026"], cwd=here, env=environment(here), capture_output=True, check=True
        )
        for command in (FEEDS, (str(script),))
    ]
    assert said[0].stdout == said[1].stdout == b"3 Mei 2026  2026-05-03T00:00:00+07:00  (full)\n"


def test_the_version_is_shown(feeds: Call) -> None:
    assert feeds("--version").stdout == f"feeds, version {__version__}\n"


def test_help_names_every_command_with_a_whole_sentence(feeds: Call) -> None:
    shown = feeds("--help").stdout
    for name in ("build", "check", "dates", "init", "serve", "watch"):
        line = next(line for line in shown.splitlines() if line.strip().startswith(f"{name} "))
        assert re.search(r"[^.]\.$", line), line


def test_what_was_built_in_the_folder_is_no_article(feeds: Call, kabar: Path) -> None:
    """Also for a command that does not know the output; a story that is withdrawn does not come back by it."""
    feeds("--data", kabar, "build", "--output", kabar / "public")
    report = json.loads(feeds("--data", kabar, "check", "--json").stdout)
    assert (report["articles"], report["waiting"], report["problems"]) == (2, 0, [])


def test_a_folder_of_articles_is_no_output(feeds: Call, kabar: Path) -> None:
    (kabar / "arsip").mkdir()
    (kabar / "arsip" / "lama.md").write_text("---\ntitle: Lama\ndate: 2024-01-01\n---\nIsi.\n")
    done = feeds("--data", kabar, "build", "--output", kabar / "arsip")
    assert done.exit_code == 2
    assert "holds lama.md" in done.stderr
