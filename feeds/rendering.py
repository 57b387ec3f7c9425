"""The entries that an edition shows: those that are rendered already, those that are rendered now, and older ones.

An article whose file has just changed cannot be rendered: it is shown as it was rendered last, as its change is about
to be noticed. The catalogue forgets what was rendered of an article that is taken back, so that it never comes again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from feeds.catalogue.reading import Reading
from feeds.compose import Composer
from feeds.entries import entry_fingerprint, render_entries, tasks
from feeds.forms import FORMS
from feeds.parallel import in_processes
from feeds.record import Record
from feeds.source import Rules

PARALLEL_FROM = 200  # entries from which a second process is quicker than one alone


class Shown(NamedTuple):
    """An entry as feeds show it. fingerprint: of what it was rendered from; bodies: by format."""

    fingerprint: str
    bodies: Mapping[str, bytes]


class Rendering(NamedTuple):
    """Entries that are rendered already, by format and id; and those to come: id -> format -> bytes, some at a time."""

    wanted: Collection[str]
    found: Mapping[str, Mapping[str, bytes]]
    waiting: Iterator[dict[str, dict[str, bytes]]]
    reading: Reading


@dataclass
class Renderer:
    """Renders the entries of one edition. fresh: those that the catalogue has to keep, format -> id -> (print, bytes).

    fingerprint: of all that entries depend on besides the articles.
    """

    composer: Composer
    rules: Rules
    fingerprint: str
    jobs: int
    fresh: dict[str, dict[str, tuple[str, bytes]]] = field(default_factory=dict)
    _prints: dict[str, str] = field(default_factory=dict)

    def fingerprint_of(self, article: Record) -> str:
        """Of the entry of an article as it is now."""
        if article.id not in self._prints:
            self._prints[article.id] = entry_fingerprint(self.fingerprint, article)
        return self._prints[article.id]

    def begin(self, wanted: Mapping[str, Record], reading: Reading) -> Rendering:
        """Find the entries that are rendered already, and begin with the others."""
        prints = {article.id: self.fingerprint_of(article) for article in wanted.values()}
        found = {form.NAME: reading.rendered(form.NAME, prints) for form in FORMS}
        missing = [wanted[i] for i in wanted if any(i not in found[form.NAME] for form in FORMS)]
        jobs = self.jobs if len(missing) >= PARALLEL_FROM else 1
        waiting = in_processes(render_entries, tasks(self.composer, self.rules, missing), jobs)
        return Rendering(wanted.keys(), found, waiting, reading)

    def finish(self, rendering: Rendering) -> dict[str, Shown]:
        """By id, each article that can be shown: as it is now, or as it was rendered last."""
        entries: dict[str, dict[str, bytes]] = {}
        for name, bodies in rendering.found.items():
            for identity, body in bodies.items():
                entries.setdefault(identity, {})[name] = body
        for rendered in rendering.waiting:
            for identity, of_formats in rendered.items():
                entries[identity] = of_formats
                for name, body in of_formats.items():
                    self.fresh.setdefault(name, {})[identity] = (self._prints[identity], body)
        shown = {i: Shown(self._prints[i], bodies) for i, bodies in entries.items() if len(bodies) == len(FORMS)}
        return shown | _older(rendering.reading, rendering.wanted - shown.keys())

    def is_current(self, article: Record, entries: Mapping[str, Shown]) -> bool:
        """Whether an article is among the entries as it is now."""
        return article.id in entries and entries[article.id].fingerprint == self.fingerprint_of(article)


def _older(reading: Reading, ids: Collection[str]) -> dict[str, Shown]:
    """Entries as they were rendered last, from the same article in all formats."""
    bodies: dict[tuple[str, str], dict[str, bytes]] = {}
    for form in FORMS:
        for identity, fingerprint, body in reading.last_rendered(form.NAME, ids):
            bodies.setdefault((identity, fingerprint), {})[form.NAME] = body
    return {i: Shown(print_, found) for (i, print_), found in bodies.items() if len(found) == len(FORMS)}
