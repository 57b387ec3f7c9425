"""What no edition holds: feeds of tags and authors, joined ones, pages, archives, all rendered when first asked for.

A document is kept as long as the edition that it was made of, within a bound of memory; so are entries, for the next
edition and for other feeds. A flood of addresses that nobody asked for before does not take the machine: one document
is rendered at a time, for at most half of the time, and few requests wait for that; others are told to come again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cachetools import LRUCache

from feeds.catalogue import Catalogue
from feeds.catalogue.reading import Reading
from feeds.compose import SEARCH, Composer
from feeds.config import Settings
from feeds.edition import Edition
from feeds.entries import compose_entries, entry_fingerprint, settings_fingerprint
from feeds.errors import BusyError
from feeds.indexing import COMPLETE
from feeds.listing import Listing, exists, listing
from feeds.model import Rendition
from feeds.profiles.items import Asked, asked, choose, document, looked_at, render
from feeds.record import Record
from feeds.selection import Selection
from feeds.source import Rules, digest_of

MEMORY = 32 * 1024 * 1024
"""Bytes of documents that are kept, and as many again of entries."""

WAITING = 3
"""Requests that may wait for a rendering at once, the one whose document is rendered among them: fewer than a worker
has threads, so that one is left for all that is ready."""

LONGEST_REST = 0.5  # seconds between two renderings
OVERHEAD = 1_000  # bytes that a kept value takes besides its own


class OnDemand:
    """The documents of a newsroom that are rendered when they are first asked for, by any number of threads."""

    def __init__(self, catalogue: Catalogue, settings: Settings, program: str) -> None:
        """program: as for ``edition.build``."""
        self._catalogue = catalogue
        self._settings = settings
        self._fingerprint = settings_fingerprint(settings, program)
        self._documents: LRUCache[tuple[int, Selection], Rendition] = LRUCache(MEMORY, lambda made: _size(made.body))
        self._entries: LRUCache[tuple[str, bool, str], bytes] = LRUCache(MEMORY, _size)
        self._looking = threading.Lock()
        self._rendering = threading.Lock()
        self._places = threading.BoundedSemaphore(WAITING)
        self._rested = 0.0  # when the next rendering may begin, by time.monotonic()

    def get(self, selection: Selection, edition: Edition) -> Rendition | None:
        """The document that is asked for, in an edition; None where there is none.

        Raises BusyError where too many wait already, and CatalogueError.
        """
        kept = self._kept(selection, edition)
        if kept or not self._exists(selection):
            return kept
        if not self._places.acquire(blocking=False):
            raise BusyError("too many documents are asked for that have to be rendered first")
        try:
            with self._rendering:
                return self._kept(selection, edition) or self._rendered(selection, edition)
        finally:
            self._places.release()

    def _kept(self, selection: Selection, edition: Edition) -> Rendition | None:
        with self._looking:
            return self._documents.get((edition.version, selection))

    def _exists(self, selection: Selection) -> bool:
        """Looked up before a rendering is waited for, as names can be made up quickly."""
        with self._catalogue.reading() as reading:
            return exists(reading, self._composer(reading), selection, reading.now)

    def _composer(self, reading: Reading) -> Composer:
        return Composer.of(self._settings, reading.categories())

    def _rendered(self, selection: Selection, edition: Edition) -> Rendition | None:
        time.sleep(max(0.0, self._rested - time.monotonic()))
        began = time.monotonic()
        with self._catalogue.reading() as reading:
            settled = _is_settled(reading, edition, selection)
            composer = self._composer(reading)
            body = self._body(reading, composer, selection)
            if body is None:
                return None
        query = f"?{selection.query}" if selection.query else ""
        made = Rendition(
            path=selection.path + query,
            media_type=selection.form.MEDIA_TYPE,
            body=body,
            etag=digest_of(body),
            modified=edition.modified if settled else 0,
        )
        with self._looking:
            if settled and _size(body) <= MEMORY:
                self._documents[edition.version, selection] = made
        ended = time.monotonic()
        self._rested = ended + min(ended - began, LONGEST_REST)
        return made

    def _body(self, reading: Reading, composer: Composer, selection: Selection) -> bytes | None:
        if wanted := asked(composer, selection.profile):
            return self._of_profile(wanted, reading, composer)
        found = listing(reading, composer, selection, reading.now)
        return found and selection.form.write(found.feed, self._entries_of(found, reading, composer, selection))

    def _of_profile(self, wanted: Asked, reading: Reading, composer: Composer) -> bytes:
        """The feed of a profile, from items of the edition, those that are kept here, and others rendered now."""
        name = wanted.format

        def rendered(some: Sequence[Record]) -> Mapping[str, bytes]:
            prints = {article.id: entry_fingerprint(self._fingerprint, article) for article in some}
            items = reading.rendered(name, prints)
            for identity in prints.keys() - items.keys():
                if (kept := self._entries.get((name, False, prints[identity]))) is not None:
                    items[identity] = kept
            missing = [article for article in some if article.id not in items]
            entries = compose_entries(composer, Rules.of(self._settings), missing)
            made = render(composer, wanted.profile, missing, entries)
            for identity, item in made.items():
                if _size(item) <= MEMORY:
                    self._entries[name, False, prints[identity]] = item
            return items | made

        lots = looked_at(reading, composer, wanted, reading.now)
        return document(composer, wanted, choose(composer, wanted, lots, rendered))

    def _entries_of(self, found: Listing, reading: Reading, composer: Composer, selection: Selection) -> list[bytes]:
        """The entries of a document: those of the edition, those that are kept here, and others rendered now.

        They are not written to the catalogue, which may be another process's to write.
        """
        name, short = selection.form.NAME, selection.summary_only
        prints = {article.id: entry_fingerprint(self._fingerprint, article) for article in found.articles}
        bodies = {} if short else reading.rendered(name, prints)
        for identity in prints.keys() - bodies.keys():
            if kept := self._entries.get((name, short, prints[identity])):
                bodies[identity] = kept
        missing = [article for article in found.articles if article.id not in bodies]
        if selection.is_bare:
            return _bare(composer, found, selection)
        entries = compose_entries(composer, Rules.of(self._settings), missing)
        entries += [composer.notice(notice) for notice in found.notices]
        if short:
            entries = [replace(entry, content="") for entry in entries]
        settings = self._settings
        rendered = selection.form.entries(entries, base_url=settings.base_url, language=settings.language)
        if found.notices:
            return rendered
        for entry, body in zip(entries, rendered, strict=True):
            bodies[entry.id] = body
            if _size(body) <= MEMORY:
                self._entries[name, short, prints[entry.id]] = body
        if not short and (lost := prints.keys() - bodies.keys()):  # whose files have just changed: as they were last
            bodies |= {identity: body for identity, _, body in reading.last_rendered(name, lost)}
        return [bodies[article.id] for article in found.articles if article.id in bodies]


def _bare(composer: Composer, found: Listing, selection: Selection) -> list[bytes]:
    """Entries by their headlines alone, without a look at the files of the articles."""
    entries = [composer.bare_entry(article) for article in found.articles]
    settings = composer.settings
    return selection.form.entries(entries, base_url=settings.base_url, language=settings.language)


def _is_settled(reading: Reading, edition: Edition, selection: Selection) -> bool:
    """Whether the catalogue holds what the edition was made of, and nothing newer.

    While the next one is made, what is rendered is ahead of the edition: its date is none by which it could be known.
    And before everything can be searched, what is found now is not all that is found in a moment.
    """
    if selection.folder == SEARCH and not reading.value(COMPLETE):
        return False
    return reading.version == edition.version and not (reading.pending("category") or reading.pending("everything"))


def _size(body: bytes) -> int:
    return len(body) + OVERHEAD
