"""Where the catalogue of a newsroom lies when no setting says so."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from operator import itemgetter
from pathlib import Path
from urllib.parse import quote

import platformdirs

from feeds import text
from feeds.config import Settings, is_sample
from feeds.confined import STATE_FOLDER, check_own
from feeds.errors import CatalogueError

CATALOGUE = "catalogue.sqlite"
LEDGER = "ledger.jsonl"
# File systems on which SQLite's locks and shared memory cannot be relied on.
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph", "fuse.sshfs", "glusterfs"})
# And those on which the kernel does not tell what the other side writes.
SHARED_FILE_SYSTEMS = NETWORK_FILE_SYSTEMS | {
    "virtiofs",
    "vboxsf",
    "prl_fs",
    "drvfs",
    "lustre",
    "gpfs",
    "ocfs2",
    "gfs2",
}

_ESCAPED = re.compile(r"\\([0-7]{3})")  # a blank in the name of a mount point, proc_pid_mounts(5)


def catalogue_file(settings: Settings) -> Path:
    """Where a SQLite catalogue lies: beside the articles, else in the service's or the user's state folder.

    A data directory that is reached through a link has it there too, under the name of the link.
    Raises CatalogueError where links stand in their places.
    """
    root = Path(os.path.realpath(settings.data))
    beside = root / STATE_FOLDER
    swapped = Path(os.path.abspath(settings.data)) != root  # noqa: PTH100 - links must stay
    if swapped:
        root = settings.data  # a link that a deploy leads elsewhere: what lies behind it goes with the old version
    state = os.environ.get("STATE_DIRECTORY", "").partition(":")[0] or platformdirs.user_state_path("feeds")
    elsewhere = Path(state) / f"{text.slugify(root.name)}-{hashlib.sha256(str(root).encode()).hexdigest()[:8]}"
    may_be_beside = not is_sample(settings) and not swapped and os.path.isdir(root)  # noqa: PTH112 - as below
    folder = beside if may_be_beside and _holds_the_catalogue(root, beside, elsewhere) else elsewhere
    with _errors(folder):
        check_own(folder / CATALOGUE)
    return folder / CATALOGUE


def make_folder(file: Path) -> None:
    """Make the folder of a catalogue where there is none; CatalogueError where that fails."""
    with _errors(file.parent):
        check_own(file)
        file.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CatalogueError.of(error, folder) from error


def is_used(file: Path) -> bool:
    """Whether a catalogue or the ledger beside it knows an article; one that cannot be asked just now may."""
    return bool(_size(file.with_name(LEDGER))) or _finds(file, "SELECT 1 FROM ledger LIMIT 1")


def has_edition(file: Path) -> bool:
    """Whether an edition was made from a catalogue, be it one without articles."""
    return _finds(file, "SELECT 1 FROM documents LIMIT 1")


def _finds(file: Path, query: str) -> bool:
    if _size(Path(f"{file}-wal")):  # somebody writes it
        return True
    if not _size(file):
        return False
    address = f"file:{quote(str(file))}?mode=ro&immutable=1"  # which makes no file beside it
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return connection.execute(query).fetchone() is not None
    except sqlite3.Error as error:
        return not str(error).startswith("no such table")


def _size(path: Path) -> int:
    """How large a file is, 0 for none."""
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError:
        return 1


def tells_changes(path: Path) -> bool:
    """Whether inotify tells all that changes in a folder: not where others write to its file system, too."""
    kind = _file_system(path)
    return kind not in SHARED_FILE_SYSTEMS and not kind.startswith("fuse")


def _holds_the_catalogue(root: Path, beside: Path, elsewhere: Path) -> bool:
    """Whether the catalogue lies beside the articles: where it was used before, else where one can write.

    One must not be left for an empty one, which would give articles other ids, because what can be written has changed.
    """
    if _file_system(root) in NETWORK_FILE_SYSTEMS:
        return False
    is_there, is_elsewhere = (is_used(folder / CATALOGUE) for folder in (beside, elsewhere))
    if is_there != is_elsewhere:
        return is_there
    place = beside if os.path.isdir(beside) else root  # noqa: PTH112 - Path.is_dir raises where root is closed
    return os.access(place, os.W_OK)


def _file_system(path: Path) -> str:
    """The type of the file system that a path lies on, "" where the system does not tell."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return ""
    points = [(_ESCAPED.sub(lambda code: chr(int(code[1], 8)), point), kind) for _, point, kind, *_ in mounts]
    holding = [(len(point), kind) for point, kind in reversed(points) if path.is_relative_to(point)]
    return max(holding, key=itemgetter(0), default=(0, ""))[1]  # of those on one point the last, which hides the others
