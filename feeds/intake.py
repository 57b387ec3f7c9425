"""The data directory -> the catalogue: reads what changed, gives every article its id, and says what is wrong.

An article's id is fixed at first sight and kept through edits of its headline, slug, category, address and file
format: the ledger knows it by its own id, its address, its key (the path without suffix) or, where its file has
gone, its content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import quote

from feeds.catalogue import Catalogue, KnownFile, LedgerEntry, Reading, Record, Writing, to_microseconds
from feeds.config import Settings
from feeds.errors import ArticleError, DataDirectoryError
from feeds.ledger import LedgerFile
from feeds.model import Article
from feeds.source import FileReading, FoundFile, Rules, Scan, digest_of, place_of, read, scan

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
    progress: Progress | None = None,
) -> Intake:
    """Bring the catalogue up to date with the data directory, in one transaction.

    program: a digest of the program; another program or other rules read every file anew.
    Raises DataDirectoryError where the directory is missing, unreadable or holds no articles.
    """
    rules = Rules.of(settings)
    found = scan(settings)
    if not found.files and not found.problems:
        raise DataDirectoryError(str(settings.data), "holds no articles")
    with catalogue.writing() as writer:
        work = _plan(writer, found, digest_of(repr((rules, program)).encode()))
        taker = _Taker(writer, settings, ledger_file)
        taker.replace_problems(found.problems)
        readings = read(rules, work.files, digests=work.digests, jobs=jobs)
        if work.everything:
            taker.remove_all()
        else:
            # Few files: all are read before the first is taken in, so that none finds its place held by one that goes.
            changed = [reading for reading in readings if taker.is_change(reading)]
            taker.remove([*work.gone, *(reading.file.path for reading in changed)])
            readings = iter(changed)
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
        return _Work(rules, _in_order(found.files.values()), {}, [], everything=True)
    known = writer.known_files()
    gone = [path for path in known if path not in found.files]
    changed = {path: file for path, file in found.files.items() if _differs(file, known.get(path))}
    digests = {path: known[path].digest for path in changed if path in known}
    if changed or gone:
        # A duplicate may be the only one left when another file changed or went.
        again = writer.files_with("duplicate") & found.files.keys() - changed.keys()
        changed.update((path, found.files[path]) for path in again)
    return _Work(rules, _in_order(changed.values()), digests, gone, everything=False)


def _in_order(files: Iterable[FoundFile]) -> list[FoundFile]:
    """By path, so that the first of two duplicates is the same one in every build."""
    return sorted(files, key=lambda file: file.path)


def _differs(file: FoundFile, known: KnownFile | None) -> bool:
    return known is None or known.size != file.size or known.mtime != file.mtime


def _batched(readings: Iterator[FileReading], size: int) -> Iterator[list[FileReading]]:
    while batch := list(islice(readings, size)):
        yield batch


class _Taker:
    """Takes readings into the catalogue; knows what this run has seen."""

    def __init__(self, writer: Writing, settings: Settings, ledger_file: LedgerFile) -> None:
        self.writer = writer
        self.settings = settings
        self.ledger_file = ledger_file
        self.read = 0
        self.changed = False
        self.cold = writer.ledger_is_empty() and not self._restore()
        self.categories = {category.slug for category in writer.categories()}
        self.ids: dict[str, str] = {}  # id -> where the article of this run is that has it
        self.contents: dict[str, str] = {}  # content hash -> id, of this run
        self.slugs: set[str] = set()
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
        lookup = _Lookup() if self.cold else _Lookup.of(self.writer, batch)
        records: list[Record] = []
        added: list[LedgerEntry] = []
        edited: list[LedgerEntry] = []
        problems: dict[str, list[ArticleError]] = {}
        for reading in batch:
            found = list(reading.problems)
            for article in reading.articles:
                known = lookup.known(article, self.ids)
                entry = self._ledger_entry(article, known, lookup)
                other = self._same(article, entry.id, lookup)
                if other:
                    found.append(ArticleError(place_of(article), "duplicate", f"is the same article as {other}"))
                    continue
                self._claim(article, entry)
                if known is None:
                    added.append(entry)
                elif entry != known:
                    edited.append(entry)
                records.append(self._record(article, entry))
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
        self.writer.put_files(
            {
                r.file.path: KnownFile(size=r.file.size, mtime=r.file.mtime, digest=r.digest)
                for r in readings
                if r.digest
            },
            fresh=self.cold,
        )

    def _same(self, article: Article, identity: str, lookup: _Lookup) -> str | None:
        """Where the same article already is: one of the same id, or of the same content."""
        other = self.ids.get(identity) or lookup.live.get(identity)
        twin = self.contents.get(article.content_hash) or lookup.live_content.get(article.content_hash)
        return other or (twin and (self.ids.get(twin) or lookup.live.get(twin)))

    def _claim(self, article: Article, entry: LedgerEntry) -> None:
        self.ids[entry.id] = place_of(article)
        self.contents[article.content_hash] = entry.id
        self.slugs.add(entry.slug)
        fresh = [category for category in article.categories if category.slug not in self.categories]
        self.writer.put_categories(fresh)
        self.categories.update(category.slug for category in fresh)

    def _identity(self, article: Article) -> tuple[str, str]:
        """(id, key) at first sight: its own id, else its address, else a tag (RFC 4151) of the day and the path."""
        day = f"{article.published:%Y-%m-%d}"
        tag = f"tag:{self.settings.authority},{day}:"
        own = article.guid or article.link
        if own or tag + quote(article.key) not in self.ids:
            return own or tag + quote(article.key), article.key
        # Two articles whose paths differ in the suffix alone, or two records of one headline.
        return tag + quote(place_of(article)), place_of(article)

    def _ledger_entry(self, article: Article, known: LedgerEntry | None, lookup: _Lookup) -> LedgerEntry:
        if known is None:
            return self._first_sight(article, lookup)
        updated, offset = self._updated(article, known)
        return known._replace(
            key=known.key if known.key == place_of(article) else article.key,
            link=article.link or known.link,
            content_hash=article.content_hash,
            updated=updated,
            updated_offset=offset,
        )

    def _first_sight(self, article: Article, lookup: _Lookup) -> LedgerEntry:
        identity, key = self._identity(article)
        published, offset = _moment(article.published)
        updated, updated_offset = _moment(max(article.updated or article.published, article.published))
        return LedgerEntry(
            id=identity,
            key=key,
            link=article.link or None,
            slug=self._free_slug(article.slug, identity, lookup),
            published=published,
            published_offset=offset,
            content_hash=article.content_hash,
            updated=updated,
            updated_offset=updated_offset,
        )

    def _free_slug(self, slug: str, identity: str, lookup: _Lookup) -> str:
        """The slug of the article's page: fixed at first sight, as links to it are; another's gets a tail."""
        if slug in self.slugs or slug in lookup.slugs:
            return f"{slug}-{digest_of(identity.encode())[:6]}"
        return slug

    def _updated(self, article: Article, known: LedgerEntry) -> tuple[int, int]:
        """When the article last changed: what it says itself, else the file's mtime once its content differs."""
        published, _ = _moment(article.published)
        if article.updated:
            moment, offset = _moment(article.updated)
        elif article.content_hash != known.content_hash:
            second = article.modified // 1_000_000
            moment, offset = _moment(datetime.fromtimestamp(second, self.settings.zone))
            moment = max(moment, known.updated)
        else:
            moment, offset = known.updated, known.updated_offset
        return max(moment, published), offset

    def _record(self, article: Article, entry: LedgerEntry) -> Record:
        published, offset = _moment(article.published)
        record = Record(
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
            categories=tuple(category.slug for category in article.categories),
            tags=article.tags,
            link=article.link,
            source=article.source,
            language=article.language,
            image=article.image,
            content_hash=article.content_hash,
            fingerprint="",
        )
        # Where it was read from and how is nothing that a feed shows.
        shown = record._replace(path="", position=None, title_origin="", date_origin="")
        return record._replace(fingerprint=digest_of(repr(tuple(shown)).encode("utf-8", "surrogatepass")))

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


class _Lookup:
    """What the ledger and the catalogue know about a batch of articles."""

    def __init__(self) -> None:
        self.by_id: dict[str, LedgerEntry] = {}
        self.by_link: dict[str, LedgerEntry] = {}
        self.by_key: dict[str, LedgerEntry] = {}
        self.by_content: dict[str, LedgerEntry] = {}
        self.live: dict[str, str] = {}  # id -> path, of articles in the catalogue
        self.live_content: dict[str, str] = {}  # content hash -> id, of articles in the catalogue
        self.slugs: set[str] = set()

    @classmethod
    def of(cls, writer: Writing, readings: Sequence[FileReading]) -> _Lookup:
        lookup = cls()
        articles = [article for reading in readings for article in reading.articles]
        names = {a.guid or a.link for a in articles if a.guid or a.link}
        lookup.by_id = {entry.id: entry for entry in writer.ledger("id", names)}
        lookup.by_link = {
            entry.link or "": entry for entry in writer.ledger("link", (a.link for a in articles if a.link))
        }
        keys = {key for article in articles for key in (article.key, place_of(article))}
        lookup.by_key = {entry.key: entry for entry in writer.ledger("key", keys)}
        lookup.by_content = {
            e.content_hash: e for e in writer.ledger("content_hash", (a.content_hash for a in articles))
        }
        lookup.slugs = {entry.slug for entry in writer.ledger("slug", (a.slug for a in articles))}
        groups = (lookup.by_id, lookup.by_link, lookup.by_key, lookup.by_content)
        ids = {entry.id for group in groups for entry in group.values()}
        for record in writer.records(ids).values():
            lookup.live[record.id] = record.path
            lookup.live_content[record.content_hash] = record.id
        return lookup

    def known(self, article: Article, taken: Mapping[str, str]) -> LedgerEntry | None:
        """The ledger entry of an article: by its own id, its address, its key, or the content of a file that went.

        taken: ids that articles of this run have; a key or a content leads to none of these.
        """
        found = self.by_id.get(article.guid or article.link) or self.by_link.get(article.link)
        if found:
            return found
        others = (
            self.by_key.get(place_of(article)),
            self.by_key.get(article.key),
            self.by_content.get(article.content_hash),
        )
        return next((entry for entry in others if entry and entry.id not in taken and entry.id not in self.live), None)


def _moment(value: datetime) -> tuple[int, int]:
    """Microseconds since the epoch, and the offset in seconds."""
    offset = value.utcoffset()
    return to_microseconds(value), int(offset.total_seconds()) if offset else 0
