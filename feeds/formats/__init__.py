"""One module a feed format, all of one shape, the ``Format`` below: rss, atom, json_feed.

An entry is rendered once a format and spliced, as bytes, into the envelope of each feed that carries it. So ``entries``
may depend on nothing that differs between the feeds of a newsroom; what it needs of the newsroom is passed to it:
``base_url`` (with a trailing slash; the addresses of categories) and ``language`` (an entry says its own only where it
differs). Bytes depend on the arguments alone, never on the clock or the locale, and no module keeps a state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from feeds.formats import atom, json_feed, rss
from feeds.model import Entry, Feed


class Format(Protocol):
    """A module that writes one format."""

    NAME: str
    FILENAME: str
    MEDIA_TYPE: str

    def entries(self, entries: Sequence[Entry], *, base_url: str, language: str) -> list[bytes]:
        """Each entry rendered whole, in the order given."""

    def write(self, feed: Feed, entries: Sequence[bytes]) -> bytes:
        """The finished document: the feed's envelope around entries of the same format."""


FORMATS: tuple[Format, ...] = (rss, atom, json_feed)
