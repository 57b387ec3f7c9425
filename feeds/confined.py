"""Opens files of the data directory, and no other.

A name there may become a link to anything between the look at it and its opening. So what was opened is asked where it
lies, not its name. What the program writes for itself is no link at all: others may write beside it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from errno import EINVAL, EXDEV
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

STATE_FOLDER = ".feeds"
"""The folder of the catalogue among the articles."""

LEADS_OUT = "is a link that leads out of the data directory"
NOT_OWN = "is a link or of the wrong kind, and not followed: set catalogue to the file that it leads to, or remove it"
# Not to wait for the other end of a pipe, nor to become the terminal of one.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


def open_below(root: str, path: str) -> int:
    """The descriptor of a regular file, which lies below ``root`` whatever links lead to it; the caller closes it.

    root: the data directory's real path. Raises OSError where there is no such file.
    """
    descriptor = os.open(f"{root}/{path}", _FLAGS)
    try:
        if not S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(EINVAL, "is no regular file", path)
        if not is_below(root, _place_of(descriptor, f"{root}/{path}")):
            raise OSError(EXDEV, LEADS_OUT, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def open_file_below(root: str, path: str) -> BinaryIO:
    """The same as a file object."""
    return os.fdopen(open_below(root, path), "rb")


def check_own(path: Path) -> None:
    """Raise OSError where the name of a file of the program's own is taken by a link, a pipe, a folder or the like.

    So is the folder ``.feeds`` that it may lie in; folders above are the operator's, and may be links.
    """
    with suppress(FileNotFoundError):
        if path.parent.name == STATE_FOLDER and not S_ISDIR(path.parent.lstat().st_mode):
            raise OSError(EINVAL, NOT_OWN, str(path.parent))
        if not S_ISREG(path.lstat().st_mode):
            raise OSError(EINVAL, NOT_OWN, str(path))


def open_own(path: Path, flags: int) -> int:
    """The descriptor of a regular file of the program's own; the caller closes it. flags: as ``os.open`` has them.

    Raises OSError where there is none, or something else in its place.
    """
    check_own(path)
    descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW, 0o666)
    if not S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(EINVAL, NOT_OWN, str(path))
    return descriptor


def is_below(root: str, real: str) -> bool:
    """Whether a real path lies below another, or is it."""
    return real == root or real.startswith(root.rstrip("/") + "/")


def _place_of(descriptor: int, name: str) -> str:
    """The real path of an open file; where the system has no /proc, that of its name."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  as quick as it can be
    except FileNotFoundError:
        return os.path.realpath(name)
