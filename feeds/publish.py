"""An edition -> a folder: only what changed is written, and every file is whole at any moment."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from feeds.errors import OccupiedError, OutputError
from feeds.front.codings import CODINGS
from feeds.model import Rendition
from feeds.scan import MANIFEST

AT_ONCE = 64  # documents that are held in memory
WORKSHOP = ".feeds-unfinished"  # new files are made here and moved to their places whole
WAIT_FOR_OTHERS = 30.0  # seconds in which another publication into the same folder may end
ASK_AGAIN = 0.1  # seconds

COMPRESSIONS = {coding.suffix: coding.best for coding in CODINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What a publication did: documents in the edition, of which written and unchanged; removed from the folder.

    feeds: how many things one can subscribe to, each in several formats.
    """

    feeds: int
    documents: int
    written: int
    unchanged: int
    removed: int


class Manifest(NamedTuple):
    """What a publication wrote. documents: path -> etag; articles: how many they were made of, 0 where nobody knows.

    The etag is "" where a publication was about to write the document: nobody knows whether it did.
    catalogue: which one had those, as ``losses.origin_of`` names it; "" where nobody knows.
    """

    documents: Mapping[str, str]
    articles: int = 0
    catalogue: str = ""


def published_in(folder: Path) -> tuple[int, str]:
    """How many articles the documents in a folder were made of, and by which catalogue; see ``Manifest``."""
    manifest = _manifest(folder / MANIFEST)
    return manifest.articles, manifest.catalogue


def to_folder(
    renditions: Iterable[Rendition],
    folder: Path,
    *,
    paths: Iterable[str] = (),
    precompress: bool = False,
    jobs: int = 2,
    articles: int = 0,
    catalogue: str = "",
) -> Publication:
    """Write every document that differs, and remove those of an earlier manifest that are no more.

    Files get the document's Last-Modified as mtime. articles, catalogue: what the edition is made of, for the
    manifest. paths: where the documents will lie, as far as that is known beforehand; the manifest lists them at once
    then, and not some at a time.
    Raises OutputError; the old files stay whole then. OccupiedError where another publication does not end.
    """
    try:
        return _Folder(folder, precompress, jobs, (articles, catalogue)).publish(renditions, paths)
    except OSError as error:
        raise OutputError(str(error.filename or folder), error.strerror or str(error)) from error


class _Folder:
    def __init__(self, folder: Path, precompress: bool, jobs: int, made_of: tuple[int, str]) -> None:
        self.folder = folder
        self.made_of = made_of
        self.suffixes = ("", *COMPRESSIONS) if precompress else ("",)
        self.jobs = jobs
        self.workshop = folder / WORKSHOP
        self.descriptor = -1  # of the folder, while it is published into
        self.manifest: dict[str, str] = {}
        self.before = self.listed = Manifest({})  # by the manifest, at the beginning and now

    def publish(self, renditions: Iterable[Rendition], paths: Iterable[str]) -> Publication:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone(), self._workshop():
            return self._publish(renditions, paths)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Another publication into the same folder waits until this one is done, or its process has died."""
        self.descriptor = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            began = time.monotonic()
            while not self._lock():
                if time.monotonic() - began >= WAIT_FOR_OTHERS:
                    reason = f"another build writes it, and is not done after {WAIT_FOR_OTHERS:.0f} s"
                    raise OccupiedError(str(self.folder), reason)
                time.sleep(ASK_AGAIN)
            yield
        finally:
            os.close(self.descriptor)

    def _lock(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def _workshop(self) -> Iterator[None]:
        try:
            shutil.rmtree(self.workshop)  # what a killed run left behind
        except FileNotFoundError:
            pass
        except OSError as error:  # such as of a run by another user
            reason = f"an earlier run left it, and it cannot be removed: {error.strerror or error}; remove it"
            raise OutputError(str(self.workshop), reason) from error
        self.workshop.mkdir()
        try:
            yield
        finally:
            shutil.rmtree(self.workshop, ignore_errors=True)

    def _publish(self, renditions: Iterable[Rendition], paths: Iterable[str]) -> Publication:
        self._check_is_ours()
        self.before = self.listed = _manifest(self.folder / MANIFEST)
        self._announce(paths)
        with ThreadPoolExecutor(self.jobs) as threads:
            # Some at a time, as a map over all of them would hold every body at once.
            waiting = iter(renditions)
            written = 0
            while some := list(islice(waiting, AT_ONCE)):
                self._announce(rendition.path for rendition in some)
                written += sum(threads.map(self._document, some))
        if not self.manifest:
            raise OutputError(str(self.folder), "an edition without any document is none")
        removed = self._remove(self.listed.documents.keys() - self.manifest.keys())
        self._list(Manifest(self.manifest, *self.made_of))
        documents = len(self.manifest)
        feeds = sum(path.rpartition("/")[2] == "rss.xml" for path in self.manifest)
        return Publication(
            feeds=feeds, documents=documents, written=written, unchanged=documents - written, removed=removed
        )

    def _check_is_ours(self) -> None:
        """A folder that holds somebody's own website is not written over."""
        if not os.path.lexists(self.folder / MANIFEST) and os.path.lexists(self.folder / "index.html"):
            reason = "is there already and is no page of feeds; name another folder, or remove it"
            raise OutputError(str(self.folder / "index.html"), reason)

    def _announce(self, paths: Iterable[str]) -> None:
        """List documents before they are written: what a run leaves that is killed is ours, and goes one day."""
        new = dict.fromkeys(paths, "").keys() - self.listed.documents.keys()
        if new:
            self._list(self.listed._replace(documents={**self.listed.documents, **dict.fromkeys(new, "")}))

    def _list(self, manifest: Manifest) -> None:
        if manifest == self.listed:
            return
        documents = dict(sorted(manifest.documents.items()))
        listed = json.dumps(manifest._replace(documents=documents)._asdict(), indent=1)
        self._place(MANIFEST, self._made(MANIFEST, listed.encode(), None))
        self.listed = manifest

    def _document(self, rendition: Rendition) -> bool:
        """Write one document and its compressed forms where they differ; True where any was written."""
        self.manifest[rendition.path] = rendition.etag
        known = self.before.documents.get(rendition.path) == rendition.etag
        stale = [suffix for suffix in self.suffixes if not self._is_there(rendition, suffix, known)]
        changed = "" in stale
        made = [(suffix, self._form(rendition, suffix)) for suffix in (self.suffixes if changed else stale)]
        if changed:
            self._unlink(rendition.path, COMPRESSIONS)
        # A web server prefers a compressed form: at no moment there is one of another version than its document.
        for suffix, unfinished in made:
            self._place(rendition.path + suffix, unfinished)
        return bool(stale)

    def _form(self, rendition: Rendition, suffix: str) -> Path:
        body = COMPRESSIONS[suffix](rendition.body) if suffix else rendition.body
        return self._made(rendition.path + suffix, body, rendition.modified)

    def _is_there(self, rendition: Rendition, suffix: str, known: bool) -> bool:
        path = self.folder / (rendition.path + suffix)
        try:
            status = path.lstat()
        except OSError:
            return False
        if not S_ISREG(status.st_mode):  # a link may lead to what looks like the document, and is somebody else's
            return False
        if known and int(status.st_mtime) == rendition.modified:
            return bool(suffix) or status.st_size == len(rendition.body)
        # The same bytes from an earlier catalogue have not changed since, whatever this catalogue remembers.
        return not suffix and status.st_size == len(rendition.body) and path.read_bytes() == rendition.body

    def _made(self, path: str, body: bytes, modified: int | None) -> Path:
        """A file in the workshop, whole and on the disk."""
        unfinished = self.workshop / path.replace("/", "%")
        with unfinished.open("xb") as file:  # which follows no link
            file.write(body)
            file.flush()
            if modified is not None:
                os.utime(file.fileno(), (modified, modified))
            os.fsync(file.fileno())
        return unfinished

    def _place(self, path: str, unfinished: Path) -> None:
        with self._folder_of(path, make=True) as place:
            os.replace(unfinished, path.rpartition("/")[2], dst_dir_fd=place)

    @contextmanager
    def _named(self, path: str) -> Iterator[None]:
        """What fails is told with the whole path: the system knows only the last name of it."""
        try:
            yield
        except NotADirectoryError as error:
            reason = "leads through a link or a file where a folder of feeds has to be; remove that"
            raise OutputError(str(self.folder / path), reason) from error
        except FileNotFoundError:
            raise
        except OSError as error:
            raise OutputError(str(self.folder / path), error.strerror or str(error)) from error

    @contextmanager
    def _folder_of(self, path: str, *, make: bool) -> Iterator[int]:
        """The descriptor of the folder in which a document lies, opened step by step from the output.

        Whoever can write in the output may put links there, at any moment: none is followed, as it may lead anywhere.
        Raises OutputError for one, FileNotFoundError where there is no such folder and none is made.
        """
        place = self.descriptor
        with ExitStack() as opened:
            for name in path.split("/")[:-1]:
                with self._named(path):
                    place = _step(place, name, make)
                opened.callback(os.close, place)
            yield place

    def _remove(self, paths: Iterable[str]) -> int:
        """Remove documents of the earlier manifest, their compressed forms, and folders that are empty then."""
        count = 0
        for path in sorted(paths):
            target = self.folder / path
            odd = "\0" in path or ".." in path.split("/")
            inside = not odd and target.resolve().is_relative_to(self.folder.resolve())
            if not inside or target.is_dir():
                continue  # a manifest that somebody edited leads nowhere else
            count += os.path.lexists(target)  # which one that was only about to be written may not be
            self._unlink(path, (*COMPRESSIONS, ""))
            self._remove_empty(target.parent)
        return count

    def _unlink(self, path: str, suffixes: Iterable[str]) -> None:
        with suppress(FileNotFoundError), self._folder_of(path, make=False) as place:
            for suffix in suffixes:
                with self._named(path + suffix), suppress(FileNotFoundError):
                    os.unlink(path.rpartition("/")[2] + suffix, dir_fd=place)

    def _remove_empty(self, folder: Path) -> None:
        while folder != self.folder:
            try:
                folder.rmdir()
            except FileNotFoundError:  # a run that was killed had come so far
                pass
            except OSError:  # something lies in it
                return
            folder = folder.parent


def _step(place: int, name: str, make: bool) -> int:
    """The descriptor of a folder within another. Raises NotADirectoryError for a link."""
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=place)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place)


def _manifest(path: Path) -> Manifest:
    """What an earlier publication wrote; nothing where there is no manifest that can be read."""
    try:
        listed = json.loads(path.read_bytes() if S_ISREG(path.lstat().st_mode) else b"{}")
        documents = {str(name): str(etag) for name, etag in listed["documents"].items()}
        return Manifest(documents, int(listed.get("articles", 0)), str(listed.get("catalogue", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Manifest({})
