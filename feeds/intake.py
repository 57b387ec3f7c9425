"""The data directory -> the catalogue: reads what changed, gives every article its id, and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from feeds.catalogue import DIRECTORY, Catalogue, KnownFile, LedgerEntry, Reading, Record, Writing, moment_of
from feeds.config import Settings
from feeds.errors import ArticleError, DataDirectoryError
from feeds.identity import Identities
from feeds.ledger import LedgerFile
from feeds.model import Article
from feeds.source import Ahead, FileReading, FoundFile, Rules, Scan, digest_of, in_order, place_of, read, scan

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
    if not found.files and not found.problems:
        raise DataDirectoryError(str(settings.data), "holds no articles")
    with catalogue.writing() as writer:
        work = _plan(writer, found, digest_of(repr((rules, program)).encode()))
        taker = _Taker(writer, settings, ledger_file)
        if ahead and work.everything:
            readings = ahead.readings
        else:
            readings = read(rules, work.files, digests=work.digests, jobs=jobs)
        if work.everything:
            taker.remove_all()
        else:
            # Few files: all are read before the first is taken in, so that none finds its place held by one that goes.
            changed = [reading for reading in readings if taker.is_change(reading)]
            again = _again(writer, found, work, changed)
            changed = sorted((*changed, *read(rules, again, digests={}, jobs=jobs)), key=lambda r: r.file.path)
            taker.remove([*work.gone, *(reading.file.path for reading in changed)])
            readings = iter(changed)
        taker.replace_problems(found.problems)
        with writer.bulk():
            for batch in _batched(readings, BATCH):
                taker.take(batch)
                if progress:
                    progress(taker.read, len(work.files))
        taker.finish()
        writer.set_value("rules", work.rules)
        return Intake(files=len(found.files), read=taker.read, changed=taker.changed)


@dataclass(frozen=True, slots=True)
class _Work:
    """What has to be read. digests: of files that may prove to be unchanged; everything: all files are read anew."""

    rules: str
    files: list[FoundFile]
    digests: Mapping[str, str]
    gone: list[str]
    everything: bool


def _plan(writer: Writing, found: Scan, rules: str) -> _Work:
    if writer.value("rules") != rules:
        return _Work(rules, in_order(found.files.values()), {}, [], everything=True)
    known = writer.known_files()
    # A file that could not be read is not known, but its problem is.
    gone = sorted((known.keys() | writer.files_with("unreadable")) - found.files.keys() - {DIRECTORY})
    changed = {path: file for path, file in found.files.items() if _differs(file, known.get(path))}
    digests = {path: known[path].digest for path in changed if path in known}
    return _Work(rules, in_order(changed.values()), digests, gone, everything=False)


def _again(writer: Writing, found: Scan, work: _Work, changed: Iterable[FileReading]) -> list[FoundFile]:
    """Duplicates, as one of them may be the only one left when another file changed or went."""
    read_already = {reading.file.path for reading in changed}
    if not (work.gone or read_already):
        return []
    return [found.files[path] for path in (writer.files_with("duplicate") & found.files.keys()) - read_already]


def _differs(file: FoundFile, known: KnownFile | None) -> bool:
    return known is None or known.size != file.size or known.mtime != file.mtime


def _batched(readings: Iterator[FileReading], size: int) -> Iterator[list[FileReading]]:
    while batch := list(islice(readings, size)):
        yield batch


class _Taker:
    """Takes readings into the catalogue."""

    def __init__(self, writer: Writing, settings: Settings, ledger_file: LedgerFile) -> None:
        self.writer = writer
        self.settings = settings
        self.ledger_file = ledger_file
        self.read = 0
        self.changed = False
        self.cold = writer.ledger_is_empty() and not self._restore()
        self.identities = Identities(settings.authority, settings.zone)
        self.categories = {category.slug for category in writer.categories()}
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

    def is_change(self, reading: FileReading) -> bool:
        """Whether a file gives anything new; its size and time are remembered either way."""
        path = reading.file.path
        if reading.unchanged:
            self._remember([reading])
            return False
        return bool(reading.digest or self.writer.known_files([path]) or _differ(reading, self.writer))

    def remove_all(self) -> None:
        """Take everything out that can be read anew."""
        self.dirty.update(self.categories)
        self.writer.forget_everything()

    def remove(self, paths: Sequence[str]) -> None:
        """Take out files and their articles."""
        records = [record for listed in self.writer.records_of_files(paths).values() for record in listed]
        self.writer.remove_records(records)
        self.writer.forget_files(paths)
        for record in records:
            self._mark(record)
        self.changed = self.changed or bool(paths)

    def take(self, batch: Sequence[FileReading]) -> None:
        """Take in one batch of readings whose files have been removed."""
        if not self.cold:
            self.identities.look_up(self.writer, [article for reading in batch for article in reading.articles])
        records: list[Record] = []
        added: list[LedgerEntry] = []
        edited: list[LedgerEntry] = []
        problems: dict[str, list[ArticleError]] = {}
        for reading in batch:
            found = list(reading.problems)
            for article in reading.articles:
                known, entry = self.identities.of(article)
                other = self.identities.taken(article, entry)
                if other:
                    found.append(ArticleError(place_of(article), "duplicate", f"is the same article as {other}"))
                    continue
                self.identities.claim(article, entry)
                if known is None:
                    added.append(entry)
                elif entry != known:
                    edited.append(entry)
                records.append(record_of(article, entry))
                self._learn_categories(article)
            if found:
                problems[reading.file.path] = found
        self.ledger_file.append((*added, *edited))
        self.writer.put_ledger(added, edited)
        self.writer.put_records(records)
        self.writer.put_problems(problems)
        self._remember(batch)
        for record in records:
            self._mark(record)
        self.read += len(batch)
        self.changed = True

    def _remember(self, readings: Iterable[FileReading]) -> None:
        known = {r.file.path: KnownFile(r.file.size, r.file.mtime, r.digest) for r in readings if r.digest}
        self.writer.put_files(known, fresh=self.cold)

    def _learn_categories(self, article: Article) -> None:
        fresh = [category for category in article.categories if category.slug not in self.categories]
        if fresh:
            self.writer.put_categories(fresh)
            self.categories.update(category.slug for category in fresh)

    def _mark(self, record: Record) -> None:
        self.dirty.update(record.categories)
        if self.settings.article_pages:
            self.dirty_articles.add(record.id)

    def finish(self) -> None:
        """Leave word of what the next edition has to look at."""
        if self.changed:
            self.writer.add_pending("category", {"", *self.dirty})
            self.writer.add_pending("article", self.dirty_articles)


def _differ(reading: FileReading, reader: Reading) -> bool:
    return list(reading.problems) != reader.problems([reading.file.path])


def record_of(article: Article, entry: LedgerEntry) -> Record:
    """What the catalogue keeps of an article, under the identity of its ledger entry."""
    published, offset = moment_of(article.published)
    return Record(
        id=entry.id,
        path=article.path,
        position=article.position,
        slug=entry.slug,
        title=article.title,
        title_origin=article.title_origin,
        published=published,
        published_offset=offset,
        date_origin=article.date_origin,
        updated=max(entry.updated, published),
        updated_offset=entry.updated_offset,
        summary=article.summary,
        authors=article.authors,
        categories=tuple([category.slug for category in article.categories]),
        tags=article.tags,
        link=article.link,
        source=article.source,
        language=article.language,
        image=article.image,
        content_hash=article.content_hash,
    )
