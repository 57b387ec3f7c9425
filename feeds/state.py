"""Where the catalogue of a newsroom lies when no setting says so."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

from feeds import text
from feeds.config import Settings, is_sample
from feeds.errors import CatalogueError

STATE_FOLDER = ".feeds"
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


def catalogue_file(settings: Settings, *, make_folder: bool = False) -> Path:
    """Where a SQLite catalogue lies: beside the articles, else in the service's or the user's state folder.

    A data directory that is reached through a link has it there too, under the name of the link.

    make_folder: make its folder where there is none; CatalogueError where that fails.
    """
    root = Path(os.path.realpath(settings.data))
    beside = root / STATE_FOLDER
    swapped = Path(os.path.abspath(settings.data)) != root  # noqa: PTH100 - links must stay
    if swapped:
        root = settings.data  # a link that a deploy leads elsewhere: what lies behind it goes with the old version
    if not is_sample(settings) and not swapped and root.is_dir() and _can_hold_a_catalogue(root, beside):
        folder = beside
    else:
        state = os.environ.get("STATE_DIRECTORY", "").partition(":")[0] or platformdirs.user_state_path("feeds")
        folder = Path(state) / f"{text.slugify(root.name)}-{hashlib.sha256(str(root).encode()).hexdigest()[:8]}"
    try:
        if make_folder:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogueError(str(folder), error.strerror or str(error)) from error
    return folder / "catalogue.sqlite"


def tells_changes(path: Path) -> bool:
    """Whether inotify tells all that changes in a folder: not where others write to its file system, too."""
    kind = _file_system(path)
    return kind not in SHARED_FILE_SYSTEMS and not kind.startswith("fuse")


def _can_hold_a_catalogue(root: Path, beside: Path) -> bool:
    place = beside if beside.is_dir() else root
    return os.access(place, os.W_OK) and _file_system(root) not in NETWORK_FILE_SYSTEMS


def _file_system(path: Path) -> str:
    """The type of the file system that a path lies on, "" where the system does not tell."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return ""
    holding = [(len(point), kind) for _, point, kind, *_ in mounts if path.is_relative_to(point)]
    return max(holding, default=(0, ""))[1]
