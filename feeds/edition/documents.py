"""The documents of one build: what is known of them, and which are written anew.

A document is rendered only where its fingerprint (over everything that it shows) differs, and gets a new ETag and
Last-Modified only where its bytes do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from feeds.archives import IN_CATALOGUE as ARCHIVES
from feeds.catalogue.reading import KnownDocument
from feeds.compose import ARTICLE_PAGES
from feeds.formats import FORMATS
from feeds.formats.sitemap import MONTHS_IN_CATALOGUE as SITEMAPS
from feeds.model import Part, Rendition
from feeds.source import digest_of

FEED_FILES = frozenset(form.FILENAME for form in FORMATS)

KEPT_FOLDER, KEPT_PATTERNS = ARTICLE_PAGES, (ARCHIVES, SITEMAPS)
"""The documents that stay in the catalogue, as there may be very many: those in the folder, and those whose paths are
like one of the patterns, as SQL's LIKE has them."""

_KEPT = re.compile(
    "|".join(p.replace(".", r"\.").replace("%", ".*").replace("_", ".") for p in KEPT_PATTERNS), re.DOTALL
)

Written = dict[str, tuple[Rendition, str]]
"""path -> (document, fingerprint)."""


def is_kept(path: str) -> bool:
    """Whether a document at this path below base_url stays in the catalogue."""
    return path.startswith(KEPT_FOLDER) or bool(_KEPT.fullmatch(path))


@dataclass
class Documents:
    """known: what the editions before have of them. kept: those that this edition has, among those looked at.

    gone: those that it has no longer. modified: seconds since the epoch, for documents whose bytes are new.
    """

    known: dict[str, KnownDocument]
    modified: int
    kept: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    written: Written = field(default_factory=dict)

    def is_new(self, path: str, fingerprint: str) -> bool:
        """Whether a document that shows this has to be rendered."""
        return path not in self.known or self.known[path].fingerprint != fingerprint

    def put(self, path: str, media_type: str, fingerprint: str, render: Callable[[], bytes]) -> None:
        """The edition has this document, rendered where it is new."""
        self.kept.add(path)
        if self.is_new(path, fingerprint):
            self.write(path, media_type, fingerprint, render())

    def write(self, path: str, media_type: str, fingerprint: str, body: bytes, parts: tuple[Part, ...] = ()) -> None:
        """A document that was rendered."""
        etag = digest_of(body)
        before = self.known.get(path)
        modified = self.modified
        if before:
            modified = before.modified if before.etag == etag else max(modified, before.modified + 1)
        rendition = Rendition(path=path, media_type=media_type, body=body, etag=etag, modified=modified, parts=parts)
        self.written[path] = (rendition, fingerprint)

    def take(self) -> Written:
        """What was written since it was taken last: many documents are written some at a time."""
        taken, self.written = self.written, {}
        return taken

    def fresh_feeds(self) -> list[Rendition]:
        """The documents of feeds whose bytes are new, of those not taken yet."""
        return [
            rendition
            for path, (rendition, _) in self.written.items()
            if path.rpartition("/")[2] in FEED_FILES and self._is_fresh(rendition)
        ]

    def _is_fresh(self, rendition: Rendition) -> bool:
        before = self.known.get(rendition.path)
        return before is None or before.etag != rendition.etag

    def stale(self, *, full: bool) -> set[str]:
        """Documents that this edition no longer has; full: all were looked at."""
        return set(self.known) - self.kept if full else self.gone & set(self.known)
