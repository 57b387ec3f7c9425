"""What changed in the data directory since the last look: which files are to be read, which are gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feeds.catalogue.reading import Reading
from feeds.scan import Files, FoundFile, Scan
from feeds.source import Rules, digest_of, in_order
from feeds.withdrawals import Withdrawals


def rules_digest(rules: Rules, program: str) -> str:
    """What reading depends on besides the files: with another one, all are read anew."""
    return digest_of(repr((rules, program)).encode())


@dataclass(frozen=True, slots=True)
class Work:
    """What has to be read, and what has to be remembered. everything: all files are read anew."""

    rules: str
    files: list[FoundFile]
    listings: dict[str, str]
    gone: Sequence[str] = ()
    folders_gone: Sequence[str] = ()
    everything: bool = False


def plan(reading: Reading, found: Scan, rules: str, withdrawals: Withdrawals) -> Work:
    """Compare what is there with what was there: folder by folder, and only where one differs file by file."""
    listings = {folder: _listing(files) for folder, files in found.folders.items()}
    if reading.value("rules") != rules:
        # Files that hold articles come first, so that a duplicate takes no place that another has.
        holding = reading.files_with_articles()
        files = sorted(in_order(found.files()), key=lambda file: file.path not in holding)
        return Work(rules, files, listings, everything=True)
    known = reading.listings()
    new = {folder: listing for folder, listing in listings.items() if known.get(folder) != listing}
    folders_gone = sorted(f for f in known.keys() - listings.keys() if not f.startswith(tuple(found.unlisted)))
    changed, gone = set[str](), set[str]()
    for folder in (*new, *folders_gone):
        before: dict[str, list[int]] = json.loads(known.get(folder, "{}"))
        now = found.folders.get(folder, {})
        changed.update(folder + name for name, status in now.items() if before.get(name) != list(status))
        gone.update(folder + name for name in before.keys() - now.keys())
    if changed or gone:
        # A duplicate may be the only one left when another file changed or went.
        changed |= reading.files_with("duplicate") | withdrawals.files(changed | gone)
    lists = {file.path for file in found.lists()}
    gone |= changed & lists  # read already
    files = in_order(file for path in changed - lists if (file := found.file(path)))
    return Work(rules, files, new, sorted(gone), folders_gone)


def in_doubt(found: Scan, unopened: Iterable[FoundFile]) -> dict[str, str]:
    """Listings in which files that could not be opened have no time, so that they are tried again."""
    folders: dict[str, Files] = {}
    for file in unopened:
        folder, slash, name = file.path.rpartition("/")
        files = folders.setdefault(folder + slash, dict(found.folders[folder + slash]))
        files[name] = (file.size, 0)
    return {folder: _listing(files) for folder, files in folders.items()}


def _listing(files: Files) -> str:
    return json.dumps(files, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def is_known(files: Files, listing: str) -> bool:
    """Whether a folder's files are those of a listing; one that could not be opened stands there without its time."""
    known: dict[str, list[int]] = json.loads(listing)
    same = (known[name] in ([size, mtime], [size, 0]) for name, (size, mtime) in files.items())
    return known.keys() == files.keys() and all(same)
