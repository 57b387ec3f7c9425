"""One look at the data directory, or at some of its paths: which files are there, what cannot be followed or opened."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import ELOOP, ENOENT, ENOTDIR
from fnmatch import translate
from re import Pattern
from re import compile as compile_pattern
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import NamedTuple, Self

from feeds.config import Settings
from feeds.confined import LEADS_OUT, is_below
from feeds.errors import ArticleError, DataDirectoryError, NoArticlesError
from feeds.readers import WITHDRAWN, is_source


class FoundFile(NamedTuple):
    """A file of the data directory. path: below it, forward slashes; size: bytes; mtime: microseconds."""

    path: str
    size: int
    mtime: int


MANIFEST = ".feeds-manifest.json"
"""The file that marks a folder as the output of a build, and lists what it wrote there."""

DEEPEST = 100
"""Folders within each other that are listed: no newsroom has as many, and a program that ran away may."""

Status = tuple[int, int]
"""What tells whether a file has changed: size in bytes, mtime in microseconds."""


@dataclass
class Scan:
    """What was found. folders: their source files by name, by the folder's path, "" or with a slash at its end.

    unlisted: what could not be seen just now: files, and folders with a slash at their end, which could not be listed.
    What is known of it is not gone.
    linked: some link leads to what lies within the directory.
    """

    folders: dict[str, dict[str, Status]] = field(default_factory=dict)
    problems: dict[str, ArticleError] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    linked: bool = False

    def __len__(self) -> int:
        return sum(map(len, self.folders.values()))

    def statuses(self) -> dict[str, Status]:
        """Every file that was found, lists of withdrawn articles included, by path."""
        return {folder + name: status for folder, listed in self.folders.items() for name, status in listed.items()}

    def files(self) -> Iterator[FoundFile]:
        """Every file that may hold articles, by folder."""
        for folder, listed in self.folders.items():
            for name, (size, mtime) in listed.items():
                if name != WITHDRAWN:
                    yield FoundFile(folder + name, size, mtime)

    def lists(self) -> Iterator[FoundFile]:
        """Every list of withdrawn articles, by path."""
        for folder, listed in sorted(self.folders.items()):
            if WITHDRAWN in listed:
                yield FoundFile(folder + WITHDRAWN, *listed[WITHDRAWN])

    def file(self, path: str) -> FoundFile | None:
        """One file, None where it is not there."""
        folder, slash, name = path.rpartition("/")
        found = self.folders.get(folder + slash, {}).get(name)
        return FoundFile(path, *found) if found else None

    def names(self, folder: str) -> Iterable[str]:
        """The names in a folder, among them those of its source files."""
        return self.folders.get(folder, ())

    def covers(self, path: str) -> bool:
        """Whether a path was looked at."""
        return True

    def is_unlisted(self, path: str) -> bool:
        """Whether a path could not be seen just now, so that nobody knows whether it is there."""
        return is_among(path, self.unlisted)


class Glance(Scan):
    """A look at some paths, with all that lies below each; any other is looked at when it is asked for.

    lists: the lists of withdrawn articles that are known from before.
    """

    def __init__(self, settings: Settings, paths: Collection[str], lists: Iterable[str]) -> None:
        super().__init__()
        self.paths = frozenset(paths)
        self.below = tuple(f"{path}/" for path in sorted(paths))
        self._lists = lists
        self._elsewhere = _Walk.of(settings, Scan(unlisted=self.unlisted))

    def lists(self) -> Iterator[FoundFile]:
        """Every list of withdrawn articles, by path; one that cannot be seen is unlisted from then on."""
        known = filter(None, (self.file(path) for path in self._lists if not self.covers(path)))
        yield from sorted([*super().lists(), *known], key=lambda file: file.path.removesuffix(WITHDRAWN))

    def file(self, path: str) -> FoundFile | None:
        if self.covers(path):
            return super().file(path)
        try:
            self._elsewhere.place(path)
        except OSError:  # which is no word that it is gone
            self.unlisted.add(path)
        return self._elsewhere.found.file(path)

    def names(self, folder: str) -> Iterable[str]:
        with suppress(OSError), os.scandir(f"{self._elsewhere.root}/{folder}") as listing:
            return [item.name for item in listing]
        return ()

    def covers(self, path: str) -> bool:
        return path in self.paths or path.startswith(self.below)


def data_root(settings: Settings) -> str:
    """The data directory's real path, looked up anew each time, as a deployment may swap a link."""
    return os.path.realpath(settings.data)


def is_among(path: str, places: Collection[str]) -> bool:
    """Whether a path is one of some, or lies in a folder among them, which has a slash at its end."""
    while places and path not in places:
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if path == "/":
            return False
    return bool(places)


def folder_at(path: str) -> tuple[int, int] | None:
    """Which folder is there, by its device and inode: another one once a disk is mounted there; None for no folder."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a service asks ten times a second
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if S_ISDIR(status.st_mode) else None


def scan(settings: Settings, *, may_be_empty: bool = False) -> Scan:
    """Find every source file below the data directory.

    Dot-folders, the output and what ``exclude`` names are skipped. A link that leads out of the directory is a
    problem, not a file. Raises DataDirectoryError where the directory itself cannot be listed, or holds no articles
    though it has to.
    """
    walk = _Walk.of(settings, Scan())
    with _data_directory(settings):
        walk.everything()
    if not (may_be_empty or walk.found.folders or walk.found.problems):
        raise NoArticlesError(str(settings.data))
    return walk.found


def check_articles(settings: Settings, *, may_be_empty: bool = False) -> None:
    """Look no further than to the first file that may hold articles.

    Raises DataDirectoryError where ``scan`` would, and where nothing can be seen of what there is.
    """
    walk = _Search.of(settings, Scan())
    with _data_directory(settings):
        try:
            walk.everything()
        except _FoundError:
            return
    if walk.found.unlisted:
        first = next(iter(walk.found.problems.values()))
        raise DataDirectoryError(str(settings.data), f"nothing can be read there, such as {first.path}: {first.reason}")
    if not (may_be_empty or walk.found.problems):
        raise NoArticlesError(str(settings.data))


@contextmanager
def _data_directory(settings: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataDirectoryError(str(settings.data), error.strerror or str(error)) from error


def glance(settings: Settings, paths: Collection[str], lists: Iterable[str]) -> Glance | None:
    """Look at some paths below the data directory: what a whole look would find there.

    None where only a whole look can tell, as there is a link or a folder that cannot be entered.
    lists: the lists of withdrawn articles that are known from before.
    """
    found = Glance(settings, paths, lists)
    walk = _Walk.of(settings, found)
    try:
        for path in sorted(paths):
            walk.place(path)
    except OSError:
        return None
    return None if walk.links else found


def _excluded(globs: Sequence[str]) -> Pattern[str] | None:
    return compile_pattern("|".join(translate(glob) for glob in globs)) if globs else None


class _Walk:
    def __init__(self, root: str, excluded: Pattern[str] | None, output: str | None, found: Scan) -> None:
        self.root = root
        self.excluded = excluded
        self.output = output
        self.found = found
        self.visited = {root}
        self.waiting: list[tuple[str, str]] = []  # folders that are not listed yet, and their paths below the root
        self.links: list[tuple[str, os.DirEntry[str]]] = []
        self.entered: dict[str, bool] = {}

    @classmethod
    def of(cls, settings: Settings, found: Scan) -> Self:
        output = os.path.realpath(settings.output) if settings.output else None
        return cls(data_root(settings), _excluded(settings.exclude), output, found)

    def everything(self) -> None:
        """Everything below the root; raises OSError where that cannot be listed itself."""
        self.folder(self.root, "")
        self.descend()
        while self.links:
            self.follow_links()

    def descend(self) -> None:
        """List the folders that were found, and those that are found in them."""
        while self.waiting:
            folder, path = self.waiting.pop()
            try:
                self.folder(folder, path)
            except OSError as error:
                self.unseen(path, error)

    def folder(self, folder: str, prefix: str) -> None:
        if os.path.lexists(f"{folder}/{MANIFEST}"):  # feeds that were built here are no articles
            return
        files: dict[str, Status] = {}
        with os.scandir(folder) as listing:
            for item in listing:
                name = item.name
                if name[0] == "." or (self.excluded and self._is_excluded(self.excluded, prefix + name)):
                    continue
                if item.is_symlink():
                    self.links.append((prefix + name, item))
                elif item.is_dir(follow_symlinks=False):
                    self.subfolder(item.path, prefix + name)
                elif is_source(prefix + name):
                    self.file(item, prefix, name, files)
        if files:
            self.found.folders[prefix] = files

    def _is_excluded(self, excluded: Pattern[str], path: str) -> bool:
        return bool(excluded.match(path) or excluded.match(path.rpartition("/")[2]))

    def file(self, item: os.DirEntry[str], prefix: str, name: str, files: dict[str, Status]) -> None:
        try:
            status = item.stat()
        except OSError as error:
            self.unseen(prefix + name, error)
            return
        self.regular(status, prefix, name, files)

    def regular(self, status: os.stat_result, prefix: str, name: str, files: dict[str, Status]) -> None:
        if not S_ISREG(status.st_mode):  # to open a pipe would wait for its other end
            self.problem(prefix + name, "is no regular file")
        elif not name.isascii() and not _is_text(name):
            self.problem(prefix + name, "has a name that is not UTF-8; rename it")
        else:
            files[name] = (status.st_size, min(max(status.st_mtime_ns // 1000, 0), _LATEST))

    def subfolder(self, folder: str, path: str) -> None:
        if folder == self.output or folder in self.visited:
            return
        self.visited.add(folder)
        if is_source(path):
            self.problem(path, "is a folder, not a file; what lies in it is read all the same")
        if not path.isascii() and not _is_text(path):
            self.problem(path, "has a name that is not UTF-8; rename it")
        elif path.count("/") >= DEEPEST:
            self.problem(path, f"lies within {DEEPEST} folders; what lies in it is not read")
            self.found.unlisted.add(path + "/")
        else:
            self.waiting.append((folder, path + "/"))

    def follow_links(self) -> None:
        """Links come last, by path: what they lead to is read under its own path wherever it has one."""
        found, self.links = sorted(self.links, key=lambda link: link[0]), []
        for path, item in found:
            self.link(item, path)
            self.descend()

    def link(self, item: os.DirEntry[str], path: str) -> None:
        target = os.path.realpath(item.path)
        if not is_below(self.root, target):
            if is_source(path) or folder_at(target):
                self.problem(path, LEADS_OUT)
            return
        try:
            leads_to_folder = item.is_dir()
        except OSError as error:
            if is_source(path) or error.errno not in _GONE:  # then nobody knows whether it leads to a folder
                self.unseen(path, error)
                self.unseen(f"{path}/", error)
            return
        if leads_to_folder:
            self.found.linked = True
            self.subfolder(target, path)
        elif is_source(path) and not self.found.file(os.path.relpath(target, self.root)):
            self.found.linked = True
            folder, slash, name = path.rpartition("/")
            self.file(item, folder + slash, name, self.found.folders.setdefault(folder + slash, {}))

    def place(self, path: str) -> None:
        """One path, and what lies below it, as a walk from the root would find it.

        Raises OSError where that cannot be told from the path alone.
        """
        path = "/".join(path.split("/", DEEPEST + 1)[: DEEPEST + 1])  # what lies deeper is its folder's affair
        folder, slash, name = path.rpartition("/")
        status = self._status(path) if self._enters(folder) and not self._skips(path) else None
        if status is None:
            return
        if S_ISDIR(status.st_mode):
            self.subfolder(f"{self.root}/{path}", path)
            self.descend()
        elif is_source(path):
            self.regular(status, folder + slash, name, self.found.folders.setdefault(folder + slash, {}))

    def _enters(self, folder: str) -> bool:
        """Whether a walk from the root comes into a folder, and looks at what lies there."""
        if folder not in self.entered:
            status = self._status(folder) if folder and self._enters(folder.rpartition("/")[0]) else None
            entered = not folder or (status and S_ISDIR(status.st_mode) and not self._skips(folder))
            real = f"{self.root}/{folder}".rstrip("/")
            self.entered[folder] = bool(entered and real != self.output and not os.path.lexists(f"{real}/{MANIFEST}"))
        return self.entered[folder]

    def _skips(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        return name[0] == "." or bool(self.excluded and self._is_excluded(self.excluded, path))

    def _status(self, path: str) -> os.stat_result | None:
        try:
            status = os.lstat(f"{self.root}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            return None
        if S_ISLNK(status.st_mode):
            raise OSError(ELOOP, os.strerror(ELOOP), path)
        return status

    def unseen(self, path: str, error: OSError) -> None:
        """What could not be seen, a folder with a slash at its end, may be there all the same; unless it went."""
        self.problem(path.rstrip("/"), error.strerror or str(error))
        if error.errno not in _GONE and _is_text(path):  # a name that is none is never known
            self.found.unlisted.add(path)

    def problem(self, path: str, reason: str) -> None:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        self.found.problems[shown] = ArticleError(shown, "unreadable", reason)


class _FoundError(Exception):
    """A file was found, and no other is looked for."""


class _Search(_Walk):
    """A walk to the first file."""

    def regular(self, status: os.stat_result, prefix: str, name: str, files: dict[str, Status]) -> None:
        super().regular(status, prefix, name, files)
        if name in files:
            raise _FoundError


_GONE = frozenset({ENOENT, ENOTDIR, ELOOP})
"""What the system says of a path where there is no file, and of a link that leads to none."""

_LATEST = 4_102_444_800_000_000  # 2100, in microseconds: a file's time may be one that no calendar has


def _is_text(path: str) -> bool:
    """Whether a path can be written as UTF-8; the system gives bytes that are none as lone surrogates."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
