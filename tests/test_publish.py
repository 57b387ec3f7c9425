"""A folder of static files: only what changed is written, and every file is whole at any moment."""

from __future__ import annotations

import errno
import fcntl
import gzip
import json
import os
import shutil
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from feeds import publish
from feeds.config import check_output
from feeds.edition import Edition
from feeds.errors import ConfigError, OccupiedError, OutputError
from feeds.model import Rendition
from feeds.publish import COMPRESSIONS, MANIFEST, WORKSHOP, Publication, to_folder
from feeds.source import digest_of
from tests.support import a_desk

MOMENT = 1_780_000_000


def rendition(path: str, body: str = "isi", modified: int = MOMENT) -> Rendition:
    data = body.encode()
    return Rendition(path=path, media_type="text/plain", body=data, etag=digest_of(data), modified=modified)


def files(folder: Path) -> dict[str, bytes]:
    """Every document in a folder, by path; the manifest left out."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found.pop(MANIFEST, None)
    return found


def bodies(folder: Path) -> set[bytes]:
    """What the documents of a folder hold, their compressed forms opened."""
    opened = {".gz": gzip.decompress, ".br": brotli.decompress, ".zst": zstandard.decompress}
    published = [(path, body) for path, body in files(folder).items() if not path.startswith(WORKSHOP)]
    return {opened.get(Path(path).suffix, bytes)(body) for path, body in published}


def states(folder: Path) -> dict[str, tuple[int, int]]:
    """What a rewritten file would not keep: i-node and time of change."""
    listed = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_ctime_ns) for path in listed}


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    with a_desk(tmp_path_factory.mktemp("desk"), article_pages=True) as desk:
        desk.write("ekonomi/kopi.md", "Panen kopi naik")
        desk.write("budaya/tari.md", "Tari dipentaskan")
        yield desk.build()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keluaran" / "umum"


# --- what is written -------------------------------------------------------------------------------------------------


def test_the_folder_holds_the_documents_of_the_edition_byte_for_byte(edition: Edition, folder: Path) -> None:
    publication = to_folder(edition.renditions(), folder)
    expected = {document.path: document.body for document in edition.renditions()}
    assert files(folder) == expected
    assert publication == Publication(feeds=3, documents=len(expected), written=len(expected), unchanged=0, removed=0)


def test_a_second_publication_touches_nothing(edition: Edition, folder: Path) -> None:
    to_folder(edition.renditions(), folder, precompress=True)
    before = states(folder)
    publication = to_folder(edition.renditions(), folder, precompress=True)
    assert states(folder) == before
    assert (publication.written, publication.removed) == (0, 0)
    assert publication.unchanged == publication.documents


def test_only_what_changed_is_written(folder: Path) -> None:
    to_folder([rendition("a.xml"), rendition("b/c.xml")], folder)
    before = states(folder)
    publication = to_folder([rendition("a.xml"), rendition("b/c.xml", "lain", MOMENT + 9)], folder)
    assert (publication.written, publication.unchanged) == (1, 1)
    assert states(folder)["a.xml"] == before["a.xml"]
    assert files(folder) == {"a.xml": b"isi", "b/c.xml": b"lain"}


def test_the_time_of_a_file_is_its_last_modified(edition: Edition, folder: Path) -> None:
    to_folder(edition.renditions(), folder, precompress=True)
    for document in edition.renditions():
        for suffix in ("", *COMPRESSIONS):
            assert (folder / (document.path + suffix)).stat().st_mtime == document.modified


@pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o027, 0o640), (0o002, 0o664)])
def test_files_have_the_mode_that_the_umask_leaves(folder: Path, mask: int, expected: int) -> None:
    with umask(mask):
        to_folder([rendition("a.xml")], folder, precompress=True)
    modes = {name: stat.S_IMODE((folder / name).stat().st_mode) for name in ("a.xml", "a.xml.gz", MANIFEST)}
    assert modes == {"a.xml": expected, "a.xml.gz": expected, MANIFEST: expected}


def test_the_same_bytes_from_a_lost_catalogue_leave_the_file_and_its_time_alone(folder: Path) -> None:
    to_folder([rendition("a.xml")], folder)
    before = states(folder)["a.xml"]
    (folder / MANIFEST).unlink()
    publication = to_folder([rendition("a.xml", modified=MOMENT + 1000)], folder)
    assert publication.written == 0
    assert states(folder)["a.xml"] == before


def test_a_file_that_somebody_deleted_or_emptied_is_written_again(folder: Path) -> None:
    documents = [rendition("a.xml"), rendition("b.xml"), rendition("c.xml")]
    to_folder(documents, folder)
    (folder / "a.xml").unlink()
    (folder / "b.xml").write_bytes(b"")
    os.utime(folder / "b.xml", (MOMENT, MOMENT))
    assert to_folder(documents, folder).written == 2
    assert set(files(folder).values()) == {b"isi"}


# --- whole at any moment ---------------------------------------------------------------------------------------------


@contextmanager
def every_moment(folder: Path, copies: Path) -> Iterator[list[Path]]:
    """Copies of the folder as it is before each of its files is replaced or removed: as a kill would leave it then."""
    made: list[Path] = []

    def copied(original: Any) -> Any:
        def first(*arguments: Any, **options: Any) -> None:
            made.append(copies / str(len(made)))
            shutil.copytree(folder, made[-1])
            original(*arguments, **options)

        return first

    with pytest.MonkeyPatch.context() as patched:
        for name in ("replace", "unlink"):
            patched.setattr(os, name, copied(getattr(os, name)))
        yield made


def test_whenever_a_run_is_killed_the_next_one_leaves_no_document_that_is_no_more(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the page of an article that was added, and withdrawn after the kill."""
    monkeypatch.setattr(publish, "AT_ONCE", 2)
    stay = [rendition("a.xml"), rendition("b.xml")]
    came = [rendition(f"artikel/{number}/index.html") for number in range(4)]
    to_folder(stay, folder)
    with every_moment(folder, tmp_path / "saat") as moments:
        to_folder([*stay, *came], folder, jobs=1, precompress=True)
    assert len(moments) > 4 * len(came)
    for moment in moments:
        there = sum((moment / document.path).exists() for document in came)
        assert to_folder(stay, moment, jobs=1).removed == there
        assert set(files(moment)) - {f"{d.path}{s}" for d in stay for s in COMPRESSIONS} == {"a.xml", "b.xml"}
        assert not (moment / "artikel").exists()


def test_whenever_a_removal_is_killed_the_next_run_ends_it(folder: Path, tmp_path: Path) -> None:
    documents = [rendition(f"artikel/{number}/index.html") for number in range(2)]
    to_folder([rendition("a.xml"), *documents], folder, precompress=True)
    with every_moment(folder, tmp_path / "saat") as moments:
        to_folder([rendition("a.xml")], folder, precompress=True)
    for moment in moments:
        to_folder([rendition("a.xml")], moment)
        assert {path.split(".")[0] for path in files(moment)} == {"a"}


@pytest.mark.parametrize("precompress", [False, True])
@pytest.mark.parametrize("afterwards", [False, True])
def test_whenever_a_run_is_killed_no_compressed_form_is_of_another_version_than_its_document(
    folder: Path, tmp_path: Path, precompress: bool, afterwards: bool
) -> None:
    """A web server prefers the compressed form, and nothing that comes later would write it anew."""
    to_folder([rendition("a.xml", "lama")], folder, precompress=True)
    new = [rendition("a.xml", "baru", MOMENT + 5)]
    with every_moment(folder, tmp_path / "saat") as moments:
        to_folder(new, folder, jobs=1, precompress=precompress)
    assert len(moments) > 4
    for moment in moments:
        assert len(bodies(moment)) == 1
        to_folder(new, moment, precompress=afterwards)
        assert bodies(moment) == {b"baru"}
        assert not afterwards or len(files(moment)) == 4


def test_documents_that_are_known_beforehand_are_listed_in_one_step(folder: Path, monkeypatch: Any) -> None:
    """A manifest that grew by a batch at a time would be written a thousand times for a large newsroom."""
    monkeypatch.setattr(publish, "AT_ONCE", 1)
    documents = [rendition(f"{number}.xml") for number in range(9)]
    lists, real = [], publish._Folder._made

    def counted(self: Any, path: str, *rest: Any) -> Path:
        lists.append(path == MANIFEST)
        return real(self, path, *rest)

    monkeypatch.setattr(publish._Folder, "_made", counted)
    to_folder(documents, folder, paths=[document.path for document in documents])
    assert sum(lists) == 2
    lists.clear()
    to_folder(documents, folder, paths=[document.path for document in documents])
    to_folder([*documents[1:], rendition("0.xml", "baru", MOMENT + 5)], folder)
    assert sum(lists) == 1  # of the one that changed


def test_a_file_is_written_beside_synced_and_then_moved_into_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_folder([rendition("a.xml", "lama")], folder)
    unfinished, seen = folder / WORKSHOP / "a.xml", []
    fsync, replace = os.fsync, os.replace

    def observed_fsync(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        seen.append(("fsync", place, place.read_bytes()))
        fsync(descriptor)

    def observed_replace(made: Path, name: str, *, dst_dir_fd: int) -> None:
        seen.append(("replace", made, (folder / name).read_bytes()))
        replace(made, name, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "fsync", observed_fsync)
    monkeypatch.setattr(os, "replace", observed_replace)
    to_folder([rendition("a.xml", "baru")], folder)
    assert seen[:2] == [("fsync", unfinished, b"baru"), ("replace", unfinished, b"lama")]
    assert files(folder) == {"a.xml": b"baru"}


def test_a_reader_never_sees_half_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to_folder([rendition("a.xml", "lama")], folder)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match=r"^output .*: No space left on device$"):
            to_folder([rendition("a.xml", "baru"), rendition("b.xml")], folder)
    assert files(folder) == {"a.xml": b"lama"}


def test_a_failure_leaves_no_temporary_file_and_the_next_run_makes_good(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_folder([rendition("a.xml", "lama")], folder)
    count = 0

    def fails_at_the_second(made: Path, name: str, *, dst_dir_fd: int, original: Any = os.replace) -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise OSError(5, "Input/output error", str(made))
        original(made, name, dst_dir_fd=dst_dir_fd)

    documents = [rendition("a.xml", "baru"), rendition("b.xml"), rendition("c.xml")]
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fails_at_the_second)
        with pytest.raises(OutputError):
            to_folder(documents, folder, jobs=1)
    assert not (folder / WORKSHOP).exists()
    to_folder(documents, folder)
    assert files(folder) == {"a.xml": b"baru", "b.xml": b"isi", "c.xml": b"isi"}


def test_what_a_failed_run_has_written_is_removed_when_it_is_no_more(folder: Path) -> None:
    (folder / "b.xml").mkdir(parents=True)  # where a document should lie
    with pytest.raises(OutputError):
        to_folder([rendition("a.xml"), rendition("b.xml")], folder, jobs=1)
    (folder / "b.xml").rmdir()
    assert to_folder([rendition("b.xml")], folder).removed == 1
    assert set(files(folder)) == {"b.xml"}


def test_what_a_killed_run_left_behind_is_cleared(folder: Path) -> None:
    (folder / WORKSHOP).mkdir(parents=True)
    (folder / WORKSHOP / "a.xml").write_bytes(b"setengah")
    to_folder([rendition("a.xml")], folder)
    assert files(folder) == {"a.xml": b"isi"}
    assert not (folder / WORKSHOP).exists()


def test_two_publications_into_one_folder_do_not_disturb_each_other(folder: Path) -> None:
    """Such as two runs of a timer, of which the first takes long."""
    documents = [rendition(f"{number}.xml", f"isi {number}") for number in range(40)]
    with ThreadPoolExecutor(2) as threads:
        for _ in range(3):
            runs = [threads.submit(to_folder, documents, folder) for _ in range(2)]
            assert sum(run.result(timeout=20).documents for run in runs) == 80
            assert len(files(folder)) == 40
            for path in folder.glob("*.xml"):
                path.unlink()


def test_a_publication_that_another_one_holds_up_says_so_and_goes_on_once_that_has_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was stopped, and not ended, would silence every run of a timer behind it."""
    monkeypatch.setattr(publish, "WAIT_FOR_OTHERS", 0.2)
    to_folder([rendition("a.xml")], folder)
    other = os.open(folder, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        with pytest.raises(OccupiedError, match=r"umum: another build writes it, and is not done after 0 s$"):
            to_folder([rendition("a.xml", "baru")], folder)
        assert files(folder) == {"a.xml": b"isi"}
        monkeypatch.setattr(publish, "WAIT_FOR_OTHERS", 20.0)
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(to_folder, [rendition("a.xml", "baru")], folder)
            fcntl.flock(other, fcntl.LOCK_UN)
            assert waiting.result(timeout=20).written == 1
    finally:
        os.close(other)


def test_what_an_earlier_run_left_and_nobody_can_remove_is_named_with_the_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as of a run of another user."""
    (folder / WORKSHOP).mkdir(parents=True)

    def refused(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "a.xml")

    monkeypatch.setattr(shutil, "rmtree", refused)
    said = rf"^output .*/{WORKSHOP}: an earlier run left it, and it cannot be removed: Permission denied; remove it$"
    with pytest.raises(OutputError, match=said):
        to_folder([rendition("a.xml")], folder)


def test_an_output_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    with pytest.raises(OutputError, match=r"^output .*berkas.*: (File exists|Not a directory)$"):
        to_folder([rendition("a.xml")], tmp_path / "berkas")
    with pytest.raises(OutputError, match=r"^output .*: Not a directory$"):
        to_folder([rendition("a.xml")], tmp_path / "berkas" / "dalam")
    assert (tmp_path / "berkas").read_text() == "bukan folder"


def test_a_folder_where_a_document_should_lie_is_one_sentence_and_the_rest_stays(folder: Path) -> None:
    to_folder([rendition("b.xml", "lama")], folder)
    (folder / "a.xml").mkdir()
    with pytest.raises(OutputError, match=r"^output .*a\.xml.*: Is a directory$"):
        to_folder([rendition("a.xml")], folder)
    assert files(folder) == {"b.xml": b"lama"}


# --- what is removed -------------------------------------------------------------------------------------------------


def test_documents_that_are_no_more_are_removed_with_their_compressed_forms_and_empty_folders(folder: Path) -> None:
    to_folder([rendition("a.xml"), rendition("artikel/x/index.html")], folder, precompress=True)
    publication = to_folder([rendition("a.xml")], folder, precompress=True)
    assert publication.removed == 1
    assert not (folder / "artikel").exists()
    assert {name for name in files(folder) if not name.startswith("a.xml")} == set()


def test_a_foreign_file_in_the_folder_stays(folder: Path) -> None:
    to_folder([rendition("a.xml"), rendition("ekonomi/rss.xml")], folder)
    (folder / "robots.txt").write_text("milik orang lain")
    (folder / "ekonomi/catatan.txt").write_text("juga")
    to_folder([rendition("a.xml")], folder)
    assert files(folder) == {"a.xml": b"isi", "robots.txt": b"milik orang lain", "ekonomi/catatan.txt": b"juga"}


def test_without_a_manifest_nothing_is_removed(folder: Path) -> None:
    to_folder([rendition("a.xml"), rendition("b.xml")], folder)
    (folder / MANIFEST).unlink()
    assert to_folder([rendition("a.xml")], folder).removed == 0
    assert set(files(folder)) == {"a.xml", "b.xml"}


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"documents": 3}', b"\xff\xfe", b'{"documents": {"a": {}}}'])
def test_a_manifest_that_cannot_be_read_removes_nothing_and_is_made_anew(folder: Path, broken: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_bytes(broken)
    (folder / "asing.txt").write_text("x")
    to_folder([rendition("a.xml")], folder)
    assert set(files(folder)) == {"a.xml", "asing.txt"}
    assert json.loads((folder / MANIFEST).read_bytes())["documents"].keys() == {"a.xml"}


@pytest.mark.parametrize(
    "path",
    [
        "../milik.txt",
        "/{outside}/milik.txt",
        "jalan/milik.txt",
        "a/../../milik.txt",
        "",
        ".",
        "..",
        "sub",
        "a\0b",
    ],
)
def test_a_manifest_that_somebody_forged_leads_nowhere_else(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "umum"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/asing.txt").write_text("tetap")
    (tmp_path / "milik.txt").write_text("tetap")
    (folder / "jalan").symlink_to(tmp_path)
    forged = path.replace("/{outside}", str(tmp_path))
    (folder / MANIFEST).write_text(json.dumps({"documents": {forged: "x"}}))
    to_folder([rendition("a.xml")], folder)
    assert (tmp_path / "milik.txt").read_text() == "tetap"
    assert (folder / "sub/asing.txt").read_text() == "tetap"
    assert (folder / "a.xml").read_bytes() == b"isi"


# --- compressed forms ------------------------------------------------------------------------------------------------


def test_compressed_forms_open_to_the_same_bytes(edition: Edition, folder: Path) -> None:
    to_folder(edition.renditions(), folder, precompress=True)
    for document in edition.renditions():
        path = folder / document.path
        assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == document.body
        assert brotli.decompress(Path(f"{path}.br").read_bytes()) == document.body
        assert zstandard.ZstdDecompressor().decompress(Path(f"{path}.zst").read_bytes()) == document.body


def test_compressed_forms_are_the_same_bytes_in_every_build(edition: Edition, tmp_path: Path) -> None:
    for name in ("one", "two"):
        to_folder(edition.renditions(), tmp_path / name, precompress=True)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_compressed_forms_are_added_beside_files_that_do_not_change(folder: Path) -> None:
    to_folder([rendition("a.xml")], folder)
    before = states(folder)["a.xml"]
    assert to_folder([rendition("a.xml")], folder, precompress=True).written == 1
    assert set(files(folder)) == {"a.xml", "a.xml.gz", "a.xml.br", "a.xml.zst"}
    assert states(folder)["a.xml"] == before


def test_a_changed_document_changes_its_compressed_forms(folder: Path) -> None:
    to_folder([rendition("a.xml", "lama")], folder, precompress=True)
    to_folder([rendition("a.xml", "baru", MOMENT + 5)], folder, precompress=True)
    assert gzip.decompress((folder / "a.xml.gz").read_bytes()) == b"baru"
    assert brotli.decompress((folder / "a.xml.br").read_bytes()) == b"baru"


def test_a_build_without_compression_leaves_no_outdated_compressed_form(folder: Path) -> None:
    """A web server prefers the compressed form, and would go on serving yesterday's feed."""
    to_folder([rendition("a.xml", "lama"), rendition("b.xml")], folder, precompress=True)
    to_folder([rendition("a.xml", "baru", MOMENT + 5), rendition("b.xml")], folder)
    assert set(files(folder)) == {"a.xml", "b.xml", "b.xml.gz", "b.xml.br", "b.xml.zst"}


# --- where it may lie ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["kabar", ".", "kabar/", "kabar/sub/..", "jalan"])
def test_the_data_directory_and_its_parents_are_refused_as_output(tmp_path: Path, output: str) -> None:
    (tmp_path / "kabar").mkdir()
    (tmp_path / "jalan").symlink_to(tmp_path / "kabar")
    with pytest.raises(ConfigError, match=r"^output: "):
        check_output(tmp_path / output, tmp_path / "kabar")


def test_an_output_within_the_data_directory_is_no_article(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("a.md", "Satu")
        output = desk.data / "umum"
        desk.set(output=output)
        edition = desk.build()
        to_folder(edition.renditions(), output)
        assert desk.build().version == edition.version


def test_somebodys_own_website_is_not_written_over(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text("<h1>Situs kami</h1>")
    with pytest.raises(OutputError, match=r"index\.html: is there already and is no page of feeds"):
        to_folder([rendition("index.html"), rendition("rss.xml")], folder)
    assert (folder / "index.html").read_text() == "<h1>Situs kami</h1>"
    assert not (folder / "rss.xml").exists()


# --- links that somebody planted in the output -----------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of somebody else's, with a file that must stay as it is."""
    place = tmp_path / "lain"
    place.mkdir()
    (place / "rss.xml").write_text("tetap")
    return place


def test_a_link_in_place_of_a_document_is_replaced_and_its_target_stays(folder: Path, elsewhere: Path) -> None:
    to_folder([rendition("a.xml")], folder)
    (folder / "rss.xml").symlink_to(elsewhere / "rss.xml")
    to_folder([rendition("a.xml"), rendition("rss.xml", "baru")], folder)
    assert (elsewhere / "rss.xml").read_text() == "tetap"
    assert not (folder / "rss.xml").is_symlink()
    assert (folder / "rss.xml").read_text() == "baru"


def test_a_link_to_what_looks_like_the_document_is_replaced(folder: Path, elsewhere: Path) -> None:
    """Else whoever owns the target would decide what is served from then on."""
    to_folder([rendition("rss.xml", "tetap")], folder)
    os.utime(elsewhere / "rss.xml", (MOMENT, MOMENT))
    (folder / "rss.xml").unlink()
    (folder / "rss.xml").symlink_to(elsewhere / "rss.xml")
    assert to_folder([rendition("rss.xml", "tetap")], folder).written == 1
    assert not (folder / "rss.xml").is_symlink()


@pytest.mark.parametrize("deep", ["ekonomi/rss.xml", "a/ekonomi/rss.xml", "ekonomi/2024/rss.xml"])
def test_nothing_is_written_through_a_link_to_a_folder(folder: Path, elsewhere: Path, deep: str) -> None:
    """One sentence says where it is; every file outside stays as it was, and none is added."""
    to_folder([rendition("a.xml")], folder)
    link = folder / deep[: deep.index("ekonomi") + len("ekonomi")]
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    with pytest.raises(OutputError, match=f"{deep}: leads through a link or a file"):
        to_folder([rendition("a.xml"), rendition(deep, "baru")], folder)
    assert files(elsewhere) == {"rss.xml": b"tetap"}
    assert (folder / "a.xml").read_bytes() == b"isi"


def test_a_link_that_takes_a_folders_place_while_it_is_written_leads_nowhere(
    folder: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race that no look beforehand can win: the folder is exchanged after it was made."""
    to_folder([rendition("ekonomi/atom.xml")], folder)

    real = publish._step

    def exchanged(place: int, name: str, make: bool) -> int:
        (folder / name).rename(folder / "dulu")
        (folder / name).symlink_to(elsewhere)
        return real(place, name, make)

    monkeypatch.setattr(publish, "_step", exchanged)
    with pytest.raises(OutputError, match="leads through a link"):
        to_folder([rendition("ekonomi/rss.xml", "baru")], folder)
    assert files(elsewhere) == {"rss.xml": b"tetap"}


@pytest.mark.parametrize("name", [WORKSHOP, MANIFEST])
def test_links_at_its_own_names_leave_their_targets_alone(folder: Path, elsewhere: Path, name: str) -> None:
    folder.mkdir(parents=True)
    (folder / name).symlink_to(elsewhere if name == WORKSHOP else elsewhere / "rss.xml")
    with suppress(OutputError):
        to_folder([rendition("rss.xml", "baru")], folder)
    assert files(elsewhere) == {"rss.xml": b"tetap"}


def test_a_pipe_in_place_of_the_manifest_or_a_document_holds_nobody_up(folder: Path) -> None:
    folder.mkdir(parents=True)
    os.mkfifo(folder / MANIFEST)
    os.mkfifo(folder / "rss.xml")
    assert to_folder([rendition("rss.xml")], folder).written == 1
    assert (folder / "rss.xml").read_bytes() == b"isi"
