"""The terms for automated clients, where the settings have any."""

from __future__ import annotations

from feeds.edition.work import Work
from feeds.formats import rsl
from feeds.licenses import RSL_FILE, RSL_TYPE


def put_terms(work: Work) -> None:
    """The document that robots.txt, pages and answers name as the licence (RSL 1.0, section 4)."""
    terms = work.settings.rsl
    if terms is None:
        return
    feed = work.composer.feed(None, ())
    work.look_at([RSL_FILE])
    work.documents.put(RSL_FILE, RSL_TYPE, work.fingerprint_of(feed), lambda: rsl.write(feed, terms))
