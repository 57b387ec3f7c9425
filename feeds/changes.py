"""What changed in the data directory since the last look: which files are to be read, which are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from feeds.catalogue import Catalogue
from feeds.catalogue.reading import Reading
from feeds.config import Settings
from feeds.errors import NoArticlesError
from feeds.losses import command_of, is_accepted
from feeds.record import texts_of
from feeds.scan import FoundFile, Glance, Scan, Status, glance, scan
from feeds.source import Rules, digest_of, in_order
from feeds.withdrawals import Withdrawals


def look(catalogue: Catalogue, settings: Settings, rules: str, paths: Collection[str] | None) -> Scan:
    """Look at some paths below the data directory where that is enough, else at everything."""
    if paths is not None:
        with catalogue.reading() as reading:
            found = glance(settings, paths, texts_of(reading.value("lists")))
            if found and reading.value("rules") == rules and _others_stay(reading, found):
                return found
    with catalogue.reading() as reading:
        return _scan(settings, reading)


def _scan(settings: Settings, reading: Reading) -> Scan:
    """A look at everything, which may find nothing where somebody said that this is meant."""
    were = bool(reading.count_files(1))
    try:
        return scan(settings, may_be_empty=is_accepted(reading) or (reading.version > 0 and not were))
    except NoArticlesError as error:
        raise NoArticlesError(error.path, meant=command_of(settings) if were else "") from error


def unchanged_files(catalogue: Catalogue, settings: Settings, *, program: str) -> int | None:
    """How many files the data directory holds, where the catalogue knows them all as they are; else None."""
    with catalogue.reading() as reading:
        found = _scan(settings, reading)
        same_rules = reading.value("rules") == rules_digest(Rules.of(settings), program)
        known = {path: status for path, status in reading.files().items() if not found.is_unlisted(path)}
        problems = {problem.path: problem for problem in reading.directory_problems()}
    same = same_rules and problems == found.problems and are_known(found.statuses(), known)
    return len(found) if same else None


def _others_stay(reading: Reading, found: Glance) -> bool:
    """Whether there are other files than those that are gone: what seems to be empty needs a second look."""
    now = found.statuses().keys()
    gone = 0 if found.paths <= now else len(_known(reading, found).keys() - now)
    return not gone or reading.count_files(gone + 1) > gone


def again(found: Scan, unopened: Iterable[FoundFile]) -> frozenset[str] | None:
    """The paths that the next look has to take in though nothing may be seen to change there; None: all of them."""
    if found.linked:
        return None
    return frozenset((*(path.rstrip("/") for path in found.unlisted), *(file.path for file in unopened)))


def rules_digest(rules: Rules, program: str) -> str:
    """What reading depends on besides the files: with another one, all are read anew."""
    return digest_of(repr((rules, program)).encode())


@dataclass(frozen=True, slots=True)
class Work:
    """What has to be read, and what has to be remembered. everything: all files are read anew.

    statuses: of the files that are new or different. lists: lists of withdrawn articles among them, read already.
    """

    rules: str
    files: list[FoundFile]
    statuses: Mapping[str, Status]
    gone: Sequence[str] = ()
    lists: Sequence[str] = ()
    everything: bool = False


def plan(reading: Reading, found: Scan, rules: str, withdrawals: Withdrawals) -> Work:
    """Compare what is there with what was there, file by file."""
    now = found.statuses()
    if reading.value("rules") != rules:
        # Files that hold articles come first, so that a duplicate takes no place that another has.
        holding = reading.files_with_articles()
        files = sorted(in_order(found.files()), key=lambda file: file.path not in holding)
        return Work(rules, files, now, everything=True)
    known = _known(reading, found)
    statuses = dict(now.items() - known.items())
    gone = {path for path in known.keys() - now.keys() if not found.is_unlisted(path)}
    changed = set(statuses)
    if changed or gone:
        # A duplicate may be the only one left when another file changed or went.
        changed |= reading.files_with("duplicate") | withdrawals.files(changed | gone)
    lists = {file.path for file in found.lists()}
    files = in_order(file for path in changed - lists if (file := found.file(path)))
    return Work(rules, files, statuses, sorted(gone), sorted(changed & lists))


def _known(reading: Reading, found: Scan) -> dict[str, Status]:
    """What was known of the files, where a look covers them."""
    return reading.files(found.paths) if isinstance(found, Glance) else reading.files()


def in_doubt(unopened: Iterable[FoundFile]) -> dict[str, Status]:
    """Files that could not be opened are remembered without their time, so that they are tried again."""
    return {file.path: (file.size, 0) for file in unopened}


def are_known(now: Mapping[str, Status], known: Mapping[str, Status]) -> bool:
    """Whether files are as they are known; one that could not be opened is known without its time."""
    same = (known[path] in ((size, mtime), (size, 0)) for path, (size, mtime) in now.items())
    return known.keys() == now.keys() and all(same)
