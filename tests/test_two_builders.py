"""Two that write at once, in processes of their own: one waits for the other, and readers for neither."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.drills.desk import Desk, check_finished
from tests.drills.faults import serving, shows_all
from tests.support import FEEDS, environment, until

BLOCKED = 2.0  # seconds that no reader may wait; a build that kept one waiting would keep it for as long as it writes


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("tests.drills.desk.ARTICLES", 12)
    made = Desk(tmp_path / "meja", random.Random(3))
    made.build()
    made.touched.clear()
    return made


def begin(desk: Desk, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    env: Mapping[str, str] = environment(desk.folder, **desk.settings | settings)
    pipe = subprocess.PIPE
    return subprocess.Popen([*FEEDS, *arguments], cwd=desk.folder, env=env, stdout=pipe, stderr=pipe, text=True)


@contextmanager
def watching(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """``feeds watch``, until it is interrupted."""
    process = begin(desk, "watch", "--precompress")
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert "Traceback" not in said, said


def shown(desk: Desk) -> set[str]:
    return {item["title"] for item in json.loads((desk.output / "feed.json").read_bytes())["items"]}


def test_of_two_builds_at_once_both_have_done_it(desk: Desk) -> None:
    desk.change()
    builds = [begin(desk, "build", "--precompress") for _ in range(2)]
    said = [build.communicate(timeout=60)[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], said
    check_finished(desk)


def test_two_builds_with_other_settings_leave_the_edition_of_one_of_them(desk: Desk) -> None:
    """Whole, whichever was the last."""
    desk.change()
    builds = [begin(desk, "build", "--precompress", title=title) for title in ("Judul satu", "Judul dua")]
    said = [build.communicate(timeout=60)[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], said
    check_finished(desk)
    feeds = list(desk.output.rglob("feed.json"))
    titles = {json.loads(feed.read_bytes())["title"].rpartition(" - ")[2] for feed in feeds}
    assert len(feeds) > 1
    assert titles in ({"Judul satu"}, {"Judul dua"})


def test_two_watches_and_a_build_write_one_output(desk: Desk) -> None:
    with watching(desk), watching(desk):
        desk.change()
        build = begin(desk, "build", "--precompress")
        _, said = build.communicate(timeout=60)
        assert build.returncode == 0, said
        until(lambda: shown(desk) == desk.articles.keys(), within=10)
    desk.build()
    check_finished(desk)


def test_readers_are_answered_at_once_while_builds_and_a_service_write(desk: Desk) -> None:
    with serving(desk) as server:
        waits = []
        desk.change()
        build = begin(desk, "build", "--precompress")
        while build.poll() is None:
            began = time.monotonic()
            desk.see(server.get("/feed.json").body)
            waits.append(time.monotonic() - began)
        _, said = build.communicate(timeout=60)
        assert build.returncode == 0, said
        shows_all(desk, server)
        assert max(waits) < BLOCKED
    check_finished(desk)
