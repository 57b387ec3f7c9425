"""The lead image: what a file in the data directory says of it, else what its address says.

Only the head of a file is looked at, and only where it lies below the data directory. What was found is kept with the
article: an image that is exchanged later is looked at again when the article's file changes.
"""

from __future__ import annotations

import os
import posixpath
import warnings
from collections.abc import Iterator
from dataclasses import replace
from stat import S_ISREG
from typing import BinaryIO, NamedTuple
from urllib.parse import unquote, urlsplit

from feeds.confined import is_below, open_file_below
from feeds.model import Image

MAX_BYTES = 64 * 1024 * 1024
"""A larger file is no lead image."""

MAX_PIXELS = 100_000_000
"""Whoever shows an image needs some bytes for each of its pixels: a small file may ask for gigabytes."""

_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"} | {
    "WEBP": "image/webp",
    "AVIF": "image/avif",
}
_OF_SUFFIX = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpe": "image/jpeg",
    ".jfif": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
}

# Where generators keep the files that they copy into the site as they are, and where the articles lie beside these.
_COPIED = ("", "static/", "public/", "assets/", "source/")
_BESIDE = frozenset({"content", "_posts", "_drafts", "source", "src"})
_UPLOADS = "wp-content/uploads/"


class _File(NamedTuple):
    """What a file says. type: "" where it is no image that a feed can name, for the reason given."""

    type: str = ""
    length: int = 0
    width: int = 0
    height: int = 0
    reason: str = ""


def resolve(root: str, path: str, written: str, image: Image, site: str) -> tuple[Image | None, str]:
    """The image with type, length and size as far as they are known, and what is wrong with it ("": nothing).

    root: the data directory's real path; path: the article's below it; written: the image's address as the article has
    it, which ``image`` has as an absolute one; site: the address of the newsroom's website, or "".

    A file that is an image of another type than its name says has its real type; one that is none is no lead image.
    SVG and whatever else is no raster image of the web has no type, so that it is no enclosure.
    """
    by_name = _OF_SUFFIX.get(_suffix(image.url), "")
    for candidate in _candidates(path, written, site):
        found = _looked_at(root, candidate, by_name)
        if found is None:
            continue
        if found.reason and not found.type:
            return None, f"its image {candidate} {found.reason}; it is left out"
        reason = f"its image {candidate} {found.reason}" if found.reason else ""
        length, width, height = found.length or None, found.width or None, found.height or None
        return replace(image, type=found.type, length=length, width=width, height=height), reason
    stated = "image/jpeg" if image.type == "image/jpg" else image.type
    return replace(image, type=stated if stated in _OF_SUFFIX.values() else by_name), ""


def _suffix(address: str) -> str:
    """In lower case, with its dot."""
    return posixpath.splitext(urlsplit(address).path)[1].lower()


# --- where the file may lie ------------------------------------------------------------------------------------------


def _candidates(path: str, written: str, site: str) -> Iterator[str]:
    """The paths below the data directory that an address may mean, the nearest first."""
    try:
        parts = urlsplit(written.strip())
    except ValueError:
        return
    folder = path.rpartition("/")[0]
    target = unquote(parts.path)
    if "\0" in target or "\\" in target:
        return
    if _UPLOADS in target:
        upload = target[target.rindex(_UPLOADS) :]
        for base in dict.fromkeys((folder, "")):
            yield from _below(base, upload, upload.removeprefix("wp-content/"))
    if parts.netloc:
        home = urlsplit(site)
        if parts.netloc.removeprefix("www.") != home.netloc.removeprefix("www."):
            return
        target = target.removeprefix(home.path.rstrip("/"))
    elif parts.scheme or not target:
        return
    elif target[0] != "/":
        yield from _below(folder, target)
        yield from _below(path.rpartition(".")[0], target)  # Hexo's folder of a post's files
    for base in _bases(folder):
        yield from _below(base, *(copied + target.lstrip("/") for copied in _COPIED))


def _bases(folder: str) -> Iterator[str]:
    """The data directory, and the folders in it that are a site of their own."""
    yield ""
    folders = folder.split("/")
    for number, name in enumerate(folders):
        if number and name in _BESIDE:
            yield "/".join(folders[:number])


def _below(base: str, *targets: str) -> Iterator[str]:
    """The targets seen from a folder, without those outside of the data directory."""
    for target in targets:
        found = f"{base}/{target}" if base else target
        if "." in (target[:1], base[:1]) or "/." in found or "//" in found:
            found = posixpath.normpath(found)
            if found[0] == "/" or found == ".." or found.startswith("../"):
                continue
        yield found


# --- what the file says ----------------------------------------------------------------------------------------------


def _looked_at(root: str, candidate: str, by_name: str) -> _File | None:
    """What a file says; None where there is none, or none that may be looked at."""
    file = f"{root}/{candidate}"
    try:
        if not os.access(file, os.F_OK):  # asked of many, and a third of the time that an exception takes
            return None
        status = os.stat(file)  # noqa: PTH116
        if not S_ISREG(status.st_mode) or not is_below(root, os.path.realpath(file)):
            return None
        if not by_name and _suffix(candidate):  # SVG, BMP and others that no enclosure should be
            return _File()
        if not status.st_size:
            return _File(reason="is empty")
        if status.st_size > MAX_BYTES:
            return _File(reason=f"has {status.st_size:,} bytes, more than a lead image may")
        with open_file_below(root, candidate) as opened:
            return None if opened.read(len(_LFS)) == _LFS else _read(opened, status.st_size, by_name)
    except (OSError, ValueError):
        return None


_LFS = b"version https://git-lfs"  # the image itself is kept elsewhere


def _read(file: BinaryIO, length: int, by_name: str) -> _File:
    """The head of an image file, by Pillow, which decodes no pixel here."""
    # By name: to find them itself, Pillow would import all of its fifty formats.
    from PIL import AvifImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401
    from PIL import Image as Pillow

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of many pixels, which are counted here, and of odd metadata
            with Pillow.open(file, formats=("JPEG", "PNG", "GIF", "WEBP", "AVIF")) as image:
                kind, (width, height) = _TYPES[image.format or ""], image.size
                turned = _is_turned(image.info.get("exif"))
    except Pillow.DecompressionBombError:
        return _File(reason=f"has more than {MAX_PIXELS:,} pixels")
    except Exception:  # whatever a hostile file makes of a decoder
        return _File(reason="is no image")
    if width * height > MAX_PIXELS:
        return _File(reason=f"has {width:,} × {height:,} pixels")
    if turned:
        width, height = height, width
    reason = "" if by_name in (kind, "") else f"is {_word(kind)}, not {_word(by_name)} as its name says"
    return _File(kind, length, width, height, reason)


def _word(kind: str) -> str:
    return kind.removeprefix("image/").upper()


_ORIENTATION = 0x0112  # EXIF 2.32, table 4; 5 to 8 are on their side


def _is_turned(exif: object) -> bool:
    """Whether the EXIF data says that rows are columns. Not asked of Pillow's image, which would decode a PNG first."""
    from PIL import Image as Pillow

    if not isinstance(exif, bytes):
        return False
    found = Pillow.Exif()
    try:
        found.load(exif)
        return found.get(_ORIENTATION) in range(5, 9)
    except Exception:  # metadata that cannot be read turns nothing
        return False
