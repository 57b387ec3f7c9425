"""The data directory -> the catalogue: reads what changed, gives every article its id, and says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from feeds.arrivals import Ahead, FileArrivals, read
from feeds.catalogue import Catalogue, Reading, Writing
from feeds.config import Settings
from feeds.errors import ArticleError
from feeds.identity import Identities
from feeds.ledger import LedgerFile, line_of
from feeds.model import Article
from feeds.record import LedgerEntry, Record, Row, record_of, row_of
from feeds.scan import Files, FoundFile, Scan, scan
from feeds.source import Rules, digest_of, in_order, place_of

BATCH = 512  # files that are taken in at once

Progress = Callable[[int, int], None]  # (files read, files to read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one look at the data directory found. files: all of them; read: those that were new or different."""

    files: int
    read: int
    changed: bool


def take_in(
    catalogue: Catalogue,
    settings: Settings,
    ledger_file: LedgerFile,
    *,
    program: str,
    jobs: int = 1,
    ahead: Ahead | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Bring the catalogue up to date with the data directory, in one transaction.

    program: a digest of the program; another program or other rules read every file anew.
    ahead: a reading of everything that has begun already.
    Raises DataDirectoryError where the directory is missing, unreadable or holds no articles.
    """
    rules = ahead.rules if ahead else Rules.of(settings)
    found = ahead.scan if ahead else scan(settings)
    with catalogue.writing() as writer:
        work = _plan(writer, found, _rules_digest(rules, program))
        taker = _Taker(writer, settings, ledger_file)
        readings = ahead.readings if ahead and work.everything else read(rules, work.files, jobs=jobs)
        if work.everything:
            taker.remove_all()
        else:
            # Few files: all are read before the first is taken in, so that none finds its place held by one that goes.
            changed = list(readings)
            taker.remove([*work.gone, *(file.path for file in work.files)])
            readings = iter(sorted(changed, key=lambda reading: reading.file.path not in taker.before))
        taker.replace_problems(found.problems)
        with writer.bulk():
            for batch in _batched(readings, BATCH):
                taker.take(batch)
                if progress:
                    progress(taker.read, len(work.files))
        taker.finish()
        ledger_file.sync()
        writer.put_listings(work.listings | _in_doubt(found, taker.unopened))
        writer.forget_listings(work.folders_gone)
        writer.set_value("rules", work.rules)
        return Intake(files=len(found), read=taker.read, changed=taker.changed)


def unchanged_files(catalogue: Catalogue, settings: Settings, *, program: str) -> int | None:
    """How many files the data directory holds, where the catalogue knows them all as they are; else None."""
    found = scan(settings)
    with catalogue.reading() as reading:
        same_rules = reading.value("rules") == _rules_digest(Rules.of(settings), program)
        known = reading.listings()
        problems = {problem.path: problem for problem in reading.directory_problems()}
    same = same_rules and known.keys() == found.folders.keys() and problems == found.problems
    return (
        len(found) if same and all(_is_known(files, known[folder]) for folder, files in found.folders.items()) else None
    )


def _is_known(files: Files, listing: str) -> bool:
    """Whether a folder's files are those of a listing; one that could not be opened stands there without its time."""
    known: dict[str, list[int]] = json.loads(listing)
    same = (known[name] in ([size, mtime], [size, 0]) for name, (size, mtime) in files.items())
    return known.keys() == files.keys() and all(same)


def _rules_digest(rules: Rules, program: str) -> str:
    return digest_of(repr((rules, program)).encode())


@dataclass(frozen=True, slots=True)
class _Work:
    """What has to be read, and what has to be remembered. everything: all files are read anew."""

    rules: str
    files: list[FoundFile]
    listings: dict[str, str]
    gone: Sequence[str] = ()
    folders_gone: Sequence[str] = ()
    everything: bool = False


def _plan(reading: Reading, found: Scan, rules: str) -> _Work:
    """Compare what is there with what was there: folder by folder, and only where one differs file by file."""
    listings = {folder: _listing(files) for folder, files in found.folders.items()}
    if reading.value("rules") != rules:
        # Files that hold articles come first, so that a duplicate takes no place that another has.
        holding = reading.files_with_articles()
        files = sorted(in_order(found.files()), key=lambda file: file.path not in holding)
        return _Work(rules, files, listings, everything=True)
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
        changed |= {path for path in reading.files_with("duplicate") if found.file(path)}
    files = in_order(file for path in changed if (file := found.file(path)))
    return _Work(rules, files, new, sorted(gone), folders_gone)


def _in_doubt(found: Scan, unopened: Iterable[FoundFile]) -> dict[str, str]:
    """Listings in which files that could not be opened have no time, so that they are tried again."""
    folders: dict[str, Files] = {}
    for file in unopened:
        folder, slash, name = file.path.rpartition("/")
        files = folders.setdefault(folder + slash, dict(found.folders[folder + slash]))
        files[name] = (file.size, 0)
    return {folder: _listing(files) for folder, files in folders.items()}


def _listing(files: Files) -> str:
    return json.dumps(files, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _batched(readings: Iterator[FileArrivals], size: int) -> Iterator[list[FileArrivals]]:
    while batch := list(islice(readings, size)):
        yield batch


@dataclass
class _Taken:
    """What one batch adds to the catalogue and the ledger."""

    rows: list[Row] = field(default_factory=list)
    added: list[LedgerEntry] = field(default_factory=list)
    edited: dict[str, LedgerEntry] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    problems: dict[str, list[ArticleError]] = field(default_factory=dict)

    def add(self, entry: LedgerEntry, row: Row, line: str) -> None:
        self.added.append(entry)
        self.rows.append(row)
        self.lines.append(line)

    def edit(self, entries: Iterable[LedgerEntry]) -> None:
        for entry in entries:
            self.edited[entry.id] = entry
            self.lines.append(line_of(entry))


class _Taker:
    """Takes readings into the catalogue, and knows what they change."""

    def __init__(self, writer: Writing, settings: Settings, ledger_file: LedgerFile) -> None:
        self.writer = writer
        self.settings = settings
        self.ledger_file = ledger_file
        self.read = 0
        self.changed = False
        self.everything = False
        self.cold = writer.ledger_is_empty() and not self._restore()
        self.identities = Identities(settings.authority, settings.zone)
        self.categories = {category.slug for category in writer.categories()}
        self.before: dict[str, list[Record]] = {}
        self.problems_before: dict[str, list[ArticleError]] = {}
        self.duplicates: set[str] = set()
        self.unopened: list[FoundFile] = []
        self.dirty: set[str] = set()
        self.dirty_articles: set[str] = set()

    def _restore(self) -> bool:
        entries = self.ledger_file.entries()
        self.writer.put_ledger(entries, ())
        return bool(entries)

    def replace_problems(self, found: Mapping[str, ArticleError]) -> None:
        """Problems of the directory itself: links that lead out, folders that look like files."""
        known = {problem.path: problem for problem in self.writer.directory_problems()}
        if known != found:
            self.writer.put_directory_problems(found.values())
            self.changed = True

    def remove_all(self) -> None:
        """Take everything out that can be read anew."""
        self.everything = self.changed = True
        self.writer.forget_everything()

    def remove(self, paths: Sequence[str]) -> None:
        """Take out files and their articles; those that come back as they were change nothing."""
        self.before = self.writer.records_of_files(paths)
        self.problems_before = self.writer.problems_of_files(paths)
        problems = (problem for listed in self.problems_before.values() for problem in listed)
        self.duplicates = {problem.path for problem in problems if problem.kind == "duplicate"}
        self.writer.remove_records(record for listed in self.before.values() for record in listed)
        self.writer.forget_problems(paths)

    def take(self, batch: Sequence[FileArrivals]) -> None:
        """Take in one batch of readings whose files have been removed."""
        if not self.cold:
            articles = [arrival.article for reading in batch for arrival in reading.arrivals]
            self.identities.look_up(self.writer, articles, self.duplicates)
        taken = _Taken()
        for reading in batch:
            wrong = list(reading.problems)
            own: list[Record] = []
            before = self.before.get(reading.file.path, [])
            if before and reading.arrivals:
                self.identities.pair(self.writer, before, [arrival.article for arrival in reading.arrivals])
            for arrival in reading.arrivals:
                article = arrival.article
                if self.cold and self.identities.is_first(arrival.entry):
                    # Nearly every article of a first build: what another process has prepared is right as it is.
                    self.identities.claim(article, arrival.entry, arrival.entry.published)
                    taken.add(arrival.entry, arrival.row, arrival.line)
                else:
                    problem = self._take_one(article, taken, own)
                    if problem:
                        wrong.append(problem)
                        continue
                self._learn_categories(article)
            if not reading.opened:
                self.unopened.append(reading.file)
            if wrong:
                taken.problems[reading.file.path] = wrong
            if not self.everything:
                self._compare(reading.file.path, own, wrong)
        self.ledger_file.append(taken.lines)
        self.writer.put_ledger(taken.added, list(taken.edited.values()))
        self.writer.put_rows(taken.rows)
        self.writer.put_problems(taken.problems)
        self.read += len(batch)

    def _take_one(self, article: Article, taken: _Taken, own: list[Record]) -> ArticleError | None:
        """Take in one article under the id that it has or gets; a problem where another stands in its place."""
        known, entry = self.identities.of(article)
        other = self.identities.taken(article, entry)
        if other:
            return ArticleError(place_of(article), "duplicate", f"is the same article as {other}")
        record = record_of(article, entry)
        self.identities.claim(article, entry, record.published)
        own.append(record)
        if known is None:
            taken.add(entry, row_of(record), line_of(entry))
            return None
        if entry != known:
            displaced = self.identities.displaced(entry)
            taken.edit(changed for changed in (displaced, entry) if changed)
        taken.rows.append(row_of(record))
        return None

    def _compare(self, path: str, records: Sequence[Record], problems: Sequence[ArticleError]) -> None:
        before = {record.id: record for record in self.before.pop(path, ())}
        now = {record.id: record for record in records}
        self.changed |= self.problems_before.pop(path, []) != problems
        for identity in before.keys() | now.keys():
            if before.get(identity) != now.get(identity):
                self._mark(record for found in (before, now) if (record := found.get(identity)))

    def _mark(self, records: Iterable[Record]) -> None:
        self.changed = True
        for record in records:
            self.dirty.update(record.categories)
            self.dirty_articles.add(record.id)

    def _learn_categories(self, article: Article) -> None:
        fresh = [category for category in article.categories if category.slug not in self.categories]
        if fresh:
            self.writer.put_categories(fresh)
            self.categories.update(category.slug for category in fresh)

    def finish(self) -> None:
        """Leave word of what the next edition has to look at."""
        for listed in self.before.values():  # of files that are gone
            self._mark(listed)
        self.changed |= bool(self.problems_before)
        if self.everything:
            self.writer.add_pending("everything", {""})
        elif self.changed:
            self.writer.add_pending("category", {"", *self.dirty})
            self.writer.add_pending("article", self.dirty_articles)
