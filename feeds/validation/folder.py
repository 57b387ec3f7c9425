"""A folder of documents as a static host sends them: each by itself, and whether they lead to one another."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from feeds.errors import FetchError
from feeds.validation import page
from feeds.validation.extensions import FOLLOWED
from feeds.validation.findings import Document, Fault
from feeds.validation.kinds import PAGE, UNKNOWN, examine, findings_of, is_announced, is_page
from feeds.validation.values import joined
from feeds.validation.walk import Progress, missing

LARGEST = 52_428_800  # bytes of a file that is looked at: as long as a sitemap may be
_SUFFIXES = (".xml", ".rss", ".atom", ".opml", ".json", ".html")
_NAMES = frozenset({"rss.xml", "atom.xml", "feed.xml", "feed.json", "sitemap.xml"})
"""Files that are looked at whatever they begin with."""


def validate_folder(folder: Path, now: datetime, *, progress: Progress | None = None) -> Iterator[Document]:
    """Every document of a folder, by its path within it: feeds and lists of them first, then the pages that name them.

    The address of the folder is taken from what its feeds call themselves. Raises FetchError.
    """
    paths = sorted(_paths(folder))
    pages = [path for path in paths if path.endswith(".html")]
    others = [path for path in paths if not path.endswith(".html")]
    documents = []
    for number, path in enumerate(others, start=1):
        document = _examined(folder, path, now)
        if document:
            documents.append(document)
        if progress:
            progress("documents", number, len(paths))
    base = base_of(documents)
    for document in documents:
        yield _with_faults(document, _between(folder, base, document))
    for number, path in enumerate(pages, start=len(others) + 1):
        found = _page(folder, path, base)
        if found:
            yield _with_faults(found, _between(folder, base, found))
        if progress:
            progress("documents", number, len(paths))


def validate_file(path: Path, now: datetime) -> Document:
    """One document. Raises FetchError."""
    body = _read(path)
    return _too_large(str(path)) if body is None else examine(body, str(path), now)


def base_of(documents: Iterable[Document]) -> str:
    """The address of the folder: what most feeds call themselves, without their path; "" where none says it."""
    votes: Counter[str] = Counter()
    for document in documents:
        own = _without_query(document.named("self"))
        if own.endswith(f"/{document.address}"):
            votes[own.removesuffix(document.address)] += 1
    return votes.most_common(1)[0][0] if votes else ""


def _paths(folder: Path) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise FetchError(str(error.filename or folder), error.strerror or str(error)) from error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if name.endswith(_SUFFIXES) and not name.startswith(".") and path.is_file():  # no pipe, no device
                yield path.relative_to(folder).as_posix()


def _read(path: Path) -> bytes | None:
    """The bytes of a file, None where it is too long."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as error:
        raise FetchError(str(path), error.strerror or str(error)) from error
    return body if len(body) <= LARGEST else None


def _too_large(address: str) -> Document:
    found = findings_of(address, [Fault("size-limit", 0, f"{LARGEST / 1_000_000:.0f} MB")])
    return Document(address=address, kind=UNKNOWN, findings=found)


def _examined(folder: Path, path: str, now: datetime) -> Document | None:
    body = _read(folder / path)
    if body is None:
        return _too_large(path)
    if is_page(body):
        found = findings_of(path, [Fault("unknown", 1, "it is a page of HTML")])
        return Document(address=path, kind=UNKNOWN, findings=found)
    announced = is_announced(body) or path.rpartition("/")[2] in _NAMES
    return examine(body, path, now) if announced else None


def _page(folder: Path, path: str, base: str) -> Document | None:
    body = _read(folder / path)
    if body is None or not is_page(body):
        return None
    return Document(address=path, kind=PAGE, references=page.references(body, base + path))


def _between(folder: Path, base: str, document: Document) -> Iterator[Fault]:
    """What of a document does not fit the others in its folder."""
    if not base:
        return
    own = document.named("self")
    if own and _without_query(own) != base + document.address:
        yield Fault("self", 0, own)
    for reference in document.references:
        if reference.rel in ("feed", "part", *FOLLOWED):
            address = joined(base + document.address, reference.address)
            if address.startswith(base) and not _is_there(folder, _without_query(address).removeprefix(base)):
                yield missing(reference, address)


def _without_query(address: str) -> str:
    """An address as files are called: without what follows ``?`` or ``#``, and decoded."""
    try:
        return unquote(urlsplit(address)._replace(query="", fragment="").geturl())
    except ValueError:
        return ""


def _is_there(folder: Path, path: str) -> bool:
    name = f"{path}index.html" if not path or path.endswith("/") else path
    return "\0" not in name and (folder / name).is_file()


def _with_faults(document: Document, faults: Iterator[Fault]) -> Document:
    return replace(document, findings=document.findings + findings_of(document.address, faults), references=())
