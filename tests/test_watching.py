"""Changes are noticed also where the kernel does not tell them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from watchfiles import watch

from feeds import state, watching
from feeds.state import tells_changes
from feeds.watching import changes_below
from tests.support import Desk, a_desk, living, titles, until

REFUSALS = [
    OSError(28, "OS file watch limit reached"),
    PermissionError(13, "Permission denied", "lost+found"),
    RuntimeError("Error creating recommended watcher: Too many open files (os error 24)"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as opened:
        opened.write("kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00")
        yield opened


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "POLL_EVERY", 0.2)


def refusing(error: Exception) -> Any:
    def refuse(*_: object, **__: object) -> Iterator[None]:
        raise error
        yield

    return refuse


@pytest.mark.parametrize("error", REFUSALS, ids=str)
def test_where_the_kernel_tells_nothing_changes_are_looked_for(
    desk: Desk, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "watch", refusing(error))
    with living(desk) as live:
        desk.write("tari.md", "Tari dipentaskan")
        until(lambda: live.edition and "Tari dipentaskan" in titles(live.edition), within=5)
        assert live.error == ""
    assert f"as nobody tells them: {error}" in caplog.text


def test_a_watch_that_ends_in_the_middle_is_followed_by_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a folder is made that is one too many."""

    def breaks(*_: object, **__: object) -> Iterator[set[object]]:
        yield set()
        raise OSError(28, "OS file watch limit reached")

    monkeypatch.setattr(watching, "watch", breaks)
    found = changes_below(str(tmp_path), threading.Event())
    assert next(found) == set()
    assert {path for _, path in next(found)} == {str(tmp_path)}


def test_the_kernel_is_asked_again_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "watch", refusing(REFUSALS[0]))
    monkeypatch.setattr(watching, "WATCH_AGAIN", 1.0)
    assert list(changes_below(str(tmp_path), threading.Event()))  # and no more, at last


def test_it_ends_when_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    stop.set()
    assert list(changes_below(str(tmp_path), stop)) == []
    monkeypatch.setattr(watching, "watch", refusing(REFUSALS[0]))
    assert list(changes_below(str(tmp_path), stop)) == []


def test_on_a_network_file_system_one_looks_and_is_told_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "tells_changes", lambda _: False)
    found = changes_below(str(tmp_path), threading.Event())
    assert {path for _, path in next(found)} == {str(tmp_path)}
    (tmp_path / "a.md").write_text("x")
    paths = {path for changes in (next(found) for _ in range(20)) for _, path in changes}
    assert paths == {str(tmp_path), str(tmp_path / "a.md")}


@pytest.mark.parametrize(
    ("kind", "tells"),
    [
        *(("ext4", True), ("overlay", True), ("tmpfs", True)),
        *((kind, False) for kind in ("nfs4", "cifs", "9p", "virtiofs", "fuse", "fuse.rclone", "fuseblk")),
    ],
)
def test_which_file_systems_tell_what_changes(tmp_path: Path, kind: str, tells: bool, monkeypatch: Any) -> None:
    monkeypatch.setattr(state, "_file_system", lambda _: kind)
    assert tells_changes(tmp_path) is tells


@pytest.mark.parametrize(("kinds", "seen"), [(("autofs", "9p"), "9p"), (("nfs4", "ext4"), "ext4"), (("ext4",), "ext4")])
def test_of_file_systems_on_one_mount_point_the_last_is_seen(
    tmp_path: Path, kinds: tuple[str, ...], seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = tmp_path / "arsip berita"
    escaped = str(point).replace(" ", r"\040")
    mounts = [f"x {escaped} {kind} rw 0 0" for kind in kinds]
    lines = ["x / xfs rw 0 0", *mounts, f"x {escaped}/dalam btrfs rw 0 0"]
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "\n".join(lines))
    assert state._file_system(point / "kabar") == seen


def test_the_library_watches_as_it_is_asked_to(tmp_path: Path) -> None:
    """Without its own mercy for folders that must not be entered, which leaves those after them unwatched."""
    assert watching.watch is watch
    found = watching._told(str(tmp_path), threading.Event())
    assert next(found) == set()
    (tmp_path / "a.md").write_text("x")
    assert {path for _, path in next(found)} == {str(tmp_path / "a.md")}
