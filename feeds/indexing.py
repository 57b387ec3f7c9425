"""Keeps the index of words: what changed at once, all else some articles at a time, the newest first.

The texts are read again from the files, as entries are. What was indexed of an article is told by its print, so that
one which is indexed as it is costs a look.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import islice

from feeds import text
from feeds.catalogue import Catalogue
from feeds.catalogue.search import Indexed
from feeds.compose import Composer
from feeds.config import Settings
from feeds.model import Draft
from feeds.record import Record
from feeds.source import Rules, content_hash, digest_of, drafts_at, read_drafts
from feeds.words import WORDS_VERSION, indexed_words, readable

log = logging.getLogger("feeds")

AT_ONCE = 50  # articles of one change that are indexed before it is shown; of more, all are looked through
TOGETHER = 25  # articles of one step, for which a change may have to wait
COMPLETE = "searchable"
"""The value of the catalogue that says that everything can be searched, or could once."""

LOOKED_AT = 1000  # articles of which one look finds those that are not indexed


class Indexer:
    """The writer's hold on the index of words; for one thread at a time. Each call may raise CatalogueError."""

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._stemmer = version("snowballstemmer")
        self._rest: Iterator[None] = self._everything()
        with catalogue.reading() as reading:
            self._able = reading.can_search
        if not self._able:
            log.warning("articles cannot be searched: this SQLite is built without FTS5")

    def changed(self, ids: Collection[str] | None) -> None:
        """Index articles that have changed, or forget them where they are gone; None: any may have."""
        if ids is None or len(ids) > AT_ONCE:
            self._rest = self._everything()
        elif ids and self._able:
            with self._catalogue.reading() as reading:
                records = reading.records(ids)
                gone = reading.prints_of_searched(set(ids) - records.keys())
            self._index(records.values())
            self._forget(gone)

    def index_some(self) -> bool:
        """One step through all articles; whether there is more to be done."""
        if not self._able:
            return False
        try:
            return next(self._rest, self) is None
        except Exception:  # a generator that has failed is at its end
            self._rest = self._everything()
            raise

    def _everything(self) -> Iterator[None]:
        """Index whatever is not indexed as it is, step by step."""
        place = None
        files: set[str] = set()
        while True:
            with self._catalogue.reading() as reading:
                records = reading.before(place, LOOKED_AT)
            if not records:
                break
            place = records[-1].published, records[-1].id
            stale = self._stale(records)
            alone = [record for record in stale if record.position is None]
            for start in range(0, len(alone), TOGETHER):
                self._index(alone[start : start + TOGETHER])
                yield
            for path in {record.path: None for record in stale if record.position is not None}.keys() - files:
                files.add(path)
                yield from self._file(path)
            yield
        with self._catalogue.reading() as reading:
            gone = reading.searched_without_article()
        self._forget(gone)
        with self._catalogue.writing() as writer:
            writer.set_value(COMPLETE, "yes")

    def _file(self, path: str) -> Iterator[None]:
        """Index the articles of a file of many, which is read once."""
        with self._catalogue.reading() as reading:
            ids = {position: identity for (_, position), identity in reading.ids_at([path]).items()}
        drafts = drafts_at(Rules.of(self._settings), path, ids)
        while some := {draft.position: draft for draft in islice(drafts, TOGETHER)}:
            with self._catalogue.reading() as reading:
                records = reading.records(ids[position] for position in some if position in ids)
            self._put([(record, some[record.position]) for record in self._stale(records.values())])
            yield

    def _index(self, records: Iterable[Record]) -> None:
        rules = Rules.of(self._settings)
        by_file: dict[str, list[Record]] = {}
        for record in self._stale(records):
            by_file.setdefault(record.path, []).append(record)
        found = []
        for path, listed in by_file.items():
            drafts = read_drafts(rules, path, [record.position for record in listed])
            found += [(record, drafts[record.position]) for record in listed if record.position in drafts]
        self._put(found)

    def _stale(self, records: Iterable[Record]) -> list[Record]:
        """Those of which something else is indexed, or nothing."""
        listed = list(records)
        with self._catalogue.reading() as reading:
            known = reading.prints_of_searched(record.id for record in listed)
            composer = Composer.of(self._settings, reading.categories())
        return [record for record in listed if known.get(record.id) != self._print(composer, record)]

    def _put(self, found: Sequence[tuple[Record, Draft]]) -> None:
        with self._catalogue.reading() as reading:
            composer = Composer.of(self._settings, reading.categories())
        indexed = [
            Indexed(record.id, record.published, self._print(composer, record), _words(composer, record, draft))
            for record, draft in found
            if content_hash(draft) == record.content_hash  # else the file has just changed, and is about to be read
        ]
        if indexed:
            with self._catalogue.writing() as writer:
                writer.put_searched(indexed)

    def _forget(self, ids: Collection[str]) -> None:
        if ids:
            with self._catalogue.writing() as writer:
                writer.forget_searched(ids)

    def _print(self, composer: Composer, record: Record) -> str:
        """Over all that the words of an article depend on, and its place among the others."""
        of = WORDS_VERSION, self._stemmer, record.published, record.content_hash, *_beside_the_body(composer, record)
        return digest_of(repr(of).encode("utf-8", "surrogatepass"))


def _beside_the_body(composer: Composer, record: Record) -> tuple[str, ...]:
    titles = (composer.categories[slug].title for slug in record.categories if slug in composer.categories)
    said = (correction.text for correction in record.corrections)
    return (record.title, record.summary, *said, *record.authors, *record.tags, *titles)


def _words(composer: Composer, record: Record, draft: Draft) -> str:
    body = text.plain(draft.body) if draft.body_format == "html" else readable(draft.body)
    title, summary, *rest = _beside_the_body(composer, record)
    return indexed_words((title, summary, body, *rest))
