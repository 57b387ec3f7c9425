"""Files of the data directory are opened where they lie, whatever their names have become since they were looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feeds import config, source, withdrawal_lists
from feeds.confined import NOT_OWN, open_below, open_file_below
from feeds.errors import CatalogueError, UnusableCatalogueError
from feeds.images import resolve
from feeds.limits import Limits
from feeds.model import Image
from feeds.newsroom import Newsroom
from feeds.scan import scan
from feeds.source import MAX_TOGETHER, Rules, read_batch, read_drafts, read_stream
from tests.conftest import Room
from tests.support import Call

SECRET = "---\ntitle: Rahasia\ndate: 2025-06-01\n---\nKata sandi.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "rahasia.md").write_text(SECRET)
    (tmp_path / "rahasia").mkdir()
    (tmp_path / "rahasia/a.md").write_text(SECRET)
    root = tmp_path / "berita"
    (root / "ekonomi").mkdir(parents=True)
    (root / "ekonomi/a.md").write_text("isi")
    return root


@pytest.mark.parametrize("path", ["ekonomi/a.md", "tautan.md", "folder/a.md", "rantai.md"])
def test_a_file_below_the_folder_is_opened_also_by_links_within_it(root: Path, path: str) -> None:
    (root / "tautan.md").symlink_to("ekonomi/a.md")
    (root / "rantai.md").symlink_to("tautan.md")
    (root / "folder").symlink_to("ekonomi")
    with open_file_below(str(root), path) as file:
        assert file.read() == b"isi"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("tautan.md", "../rahasia.md"),
        ("tautan.md", "/etc/passwd"),
        ("tautan.md", "/dev/null"),
        ("tautan.md", "/proc/self/environ"),
        ("folder/a.md", "../rahasia"),
        ("tautan.md", "tautan.md"),
        ("tautan.md", "tidak-ada.md"),
        ("tautan.md", "ekonomi"),
        ("berita-2/a.md", "../berita-2"),
    ],
)
def test_what_a_link_leads_out_to_is_not_opened(root: Path, path: str, target: str) -> None:
    """Neither a file nor a folder, a device, a loop, a folder in place of a file, or a neighbour of a like name."""
    (root.parent / "berita-2").mkdir()
    (root.parent / "berita-2/a.md").write_text(SECRET)
    (root / path.partition("/")[0]).symlink_to(target)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match=r"link|regular|symbolic|such file|directory"):
        open_below(str(root), path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before, "a descriptor was left open"


@pytest.mark.parametrize("path", ["../rahasia.md", "ekonomi/../../rahasia.md", "../rahasia/a.md"])
def test_no_path_leads_out(root: Path, path: str) -> None:
    with pytest.raises(OSError, match="leads out"):
        open_below(str(root), path)


def test_a_pipe_is_refused_and_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipa.md")
    with pytest.raises(OSError, match="no regular file"):
        open_below(str(root), "pipa.md")


def test_without_proc_the_name_tells(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.readlink

    def without_proc(path: str, *rest: Any, **options: Any) -> str:
        if path.startswith("/proc/"):
            raise FileNotFoundError
        return real(path, *rest, **options)

    monkeypatch.setattr("feeds.confined.os.readlink", without_proc)
    (root / "tautan.md").symlink_to("../rahasia.md")
    os.close(open_below(str(root), "ekonomi/a.md"))
    with pytest.raises(OSError, match="leads out"):
        open_below(str(root), "tautan.md")


@pytest.mark.parametrize("whole", [False, True], ids=["file", "folder"])
def test_an_article_that_becomes_a_link_after_the_look_is_not_read(sqlite_room: Room, whole: bool) -> None:
    """By every door: the first reading, a stream of a large file, a body when it is rendered, the lists."""
    room = sqlite_room
    outside = room.folder / "luar"
    outside.mkdir()
    for name in ("a.md", "a.xml", "withdrawn.toml"):
        (outside / name).write_text(SECRET)
        room.write(f"ekonomi/{name}", "x" * len(SECRET))
    found, rules = scan(room.settings), Rules.of(room.settings)
    if whole:
        room.rename("ekonomi", "lama")
        (room.articles / "ekonomi").symlink_to(outside)
    else:
        for name in ("a.md", "a.xml", "withdrawn.toml"):
            room.remove(f"ekonomi/{name}")
            (room.articles / "ekonomi" / name).symlink_to(outside / name)
    small = found.file("ekonomi/a.md")
    large = found.file("ekonomi/a.xml")
    assert small
    assert large
    parts = [*read_batch(rules, [small]), *read_stream(rules, large._replace(size=MAX_TOGETHER + 1))]
    for part in parts:
        assert part.articles == []
        assert not part.opened
        assert "leads out of the data directory" in part.problems[0].reason
    assert read_drafts(rules, "ekonomi/a.md", [None]) == {}
    lists = withdrawal_lists.read_lists(rules, found)
    assert lists.entries == ()
    assert [file.path for file in lists.unopened] == ["ekonomi/withdrawn.toml"]
    assert Limits().file > MAX_TOGETHER
    assert source.is_stream(large._replace(size=MAX_TOGETHER + 1))


@pytest.mark.parametrize(
    "written",
    [
        "../rahasia.jpg",
        "/../rahasia.jpg",
        "%2e%2e/rahasia.jpg",
        "..%2frahasia.jpg",
        "..%2Frahasia.jpg",
        "..\\rahasia.jpg",
        "foto/../../rahasia.jpg",
        "//rahasia.jpg",
        "/wp-content/uploads/../../../rahasia.jpg",
        "https://kabar.example/../rahasia.jpg",
        "https://kabar.example/%2e%2e/rahasia.jpg",
        "file:../rahasia.jpg",
        "..\u2215rahasia.jpg",
        "\uff0e\uff0e/rahasia.jpg",
        "rahasia.jpg\0.png",
        "tautan.jpg",
        "luar/rahasia.jpg",
    ],
)
def test_the_file_of_an_image_is_looked_for_in_the_data_directory_alone(
    root: Path, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file outside is a picture: were it looked at, its type, size or length would be known."""
    from PIL import Image as Pillow

    Pillow.new("RGB", (640, 360)).save(root.parent / "rahasia.jpg")
    (root / "tautan.jpg").symlink_to("../rahasia.jpg")
    (root / "luar").symlink_to("..")
    image = Image(url="https://kabar.example/rahasia.jpg")
    for path in ("a.md", "ekonomi/a.md"):
        found, reason = resolve(str(root), path, written, image, "https://kabar.example/")
        assert found
        assert (found.length, found.width, found.height, reason) == (None, None, None, "")


OWN = ("ledger.jsonl", "catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm", "catalogue.sqlite.lock")


def _link(place: Path, outside: Path) -> None:
    place.symlink_to(outside / "milik-orang")


def _link_to_nothing(place: Path, outside: Path) -> None:
    place.symlink_to(outside / "tidak-ada")


def _pipe(place: Path, outside: Path) -> None:
    os.mkfifo(place)


@pytest.mark.parametrize("take", [_link, _link_to_nothing, _pipe])
@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("there", [False, True], ids=["first", "later"])
def test_what_the_program_writes_for_itself_is_never_a_link_or_a_pipe(
    kabar: Path, feeds: Call, take: Callable[[Path, Path], None], name: str, there: bool
) -> None:
    """The catalogue lies among the articles, where whoever may write articles could lead it to any file."""
    outside = kabar.parent / "luar"
    outside.mkdir()
    (outside / "milik-orang").write_text("")
    state = kabar / ".feeds"
    state.mkdir()
    if there:
        assert feeds("--data", kabar, "check").exit_code == 0
    (state / name).unlink(missing_ok=True)
    take(state / name, outside)
    done = feeds("--data", kabar, "check")
    assert done.exit_code == 2
    assert done.stderr == f"feeds: catalogue {state / name}: {NOT_OWN}\n"
    assert {file.name: file.read_text() for file in outside.iterdir()} == {"milik-orang": ""}


@pytest.mark.parametrize("target", ["luar", "tidak-ada", "luar/berkas"])
def test_the_folder_of_the_catalogue_among_the_articles_is_no_link(kabar: Path, feeds: Call, target: str) -> None:
    outside = kabar.parent / "luar"
    outside.mkdir()
    (outside / "berkas").write_text("")
    (kabar / ".feeds").symlink_to(kabar.parent / target)
    done = feeds("--data", kabar, "check")
    assert (done.exit_code, done.stderr) == (2, f"feeds: catalogue {kabar / '.feeds'}: {NOT_OWN}\n")
    assert [file.name for file in outside.iterdir()] == ["berkas"]
    assert not (kabar.parent / "tidak-ada").exists()


def test_a_folder_that_becomes_a_link_under_a_service_is_not_written_through(kabar: Path, tmp_path: Path) -> None:
    """Neither its files nor the word that a catalogue is damaged."""
    newsroom = Newsroom.open(config.load(data=kabar, cwd=tmp_path, environ={}))
    try:
        newsroom.update_alone()
        newsroom.catalogue.engine.dispose()
        (kabar / ".feeds").rename(tmp_path / "luar")
        (kabar / ".feeds").symlink_to(tmp_path / "luar")
        before = {file: file.stat().st_mtime_ns for file in (tmp_path / "luar").iterdir()}
        found = UnusableCatalogueError(newsroom.catalogue.shown, "rusak", newsroom.catalogue.file)
        newsroom.mender.distrust(found)
        for write in (newsroom.hold, newsroom.version, lambda: newsroom.ledger_file.append(["{}"])):
            with pytest.raises(CatalogueError, match="not followed"):
                write()
        assert {file: file.stat().st_mtime_ns for file in (tmp_path / "luar").iterdir()} == before
    finally:
        newsroom.close()


def test_folders_above_the_catalogue_may_be_links_of_the_operators_choice(
    kabar: Path, feeds: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kabar.parent / "cakram").mkdir()
    (kabar.parent / "katalog").symlink_to("cakram")
    monkeypatch.setenv("FEEDS_CATALOGUE", f"sqlite:///{kabar.parent}/katalog/kabar.sqlite")
    assert feeds("--data", kabar, "check").exit_code == 0
    assert (kabar.parent / "cakram/kabar.sqlite").exists()
