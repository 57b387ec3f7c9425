"""The feeds for aggregators that an edition holds, as the setting ``profiles`` names them.

An item is rendered once for its profile and kept like an entry; that of an article that the profile does not take is
kept as an empty one, so that nothing is judged twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feeds.edition.work import Work
from feeds.entries import compose_entries
from feeds.formats import rss
from feeds.formats.common import parts
from feeds.model import Entry
from feeds.profiles.items import Asked, asked, choose, document, feed, looked_at, render
from feeds.record import Record


def put_profiles(work: Work) -> None:
    """Put the documents of those feeds whose articles may have changed."""
    entries: dict[str, Entry] = {}
    for name in work.settings.profiles:
        wanted = asked(work.composer, name)
        if wanted and (work.plan.sweep or wanted.slug in work.plan.categories):
            _put(work, wanted, entries)


def _put(work: Work, wanted: Asked, entries: dict[str, Entry]) -> None:
    """entries: what other profiles' feeds have composed already; grows."""
    path = wanted.folder + rss.FILENAME
    work.look_at([path])
    work.documents.kept.add(path)
    lots = looked_at(work.reading, work.composer, wanted, work.now)
    chosen = choose(work.composer, wanted, lots, lambda some: _rendered(work, wanted, some, entries))
    fingerprint = work.fingerprint_of(feed(work.composer, wanted, chosen), chosen.items)
    if work.documents.is_new(path, fingerprint):
        body = document(work.composer, wanted, chosen)
        work.documents.write(path, rss.MEDIA_TYPE, fingerprint, body, tuple(parts(body, chosen.items)))


def _rendered(work: Work, wanted: Asked, some: Sequence[Record], entries: dict[str, Entry]) -> Mapping[str, bytes]:
    """The items of some articles: those that are rendered already, those rendered now, else as they were last."""
    name = wanted.format
    prints = {article.id: work.renderer.fingerprint_of(article) for article in some}
    work.listed_ids |= prints.keys()
    fresh = work.renderer.fresh.setdefault(name, {})
    items = work.reading.rendered(name, prints) | {i: fresh[i][1] for i in prints.keys() & fresh.keys()}
    missing = [article for article in some if article.id not in items]
    unread = [article for article in missing if article.id not in entries]
    entries |= {entry.id: entry for entry in compose_entries(work.composer, work.rules, unread)}
    composed = [entries[article.id] for article in missing if article.id in entries]
    made = render(work.composer, wanted.profile, missing, composed)
    fresh.update({identity: (prints[identity], item) for identity, item in made.items()})
    if lost := {article.id for article in missing} - made.keys():  # whose files have just changed
        work.unrendered.add(wanted.slug)
        items |= {identity: item for identity, _, item in work.reading.last_rendered(name, lost)}
    return items | made
