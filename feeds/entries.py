"""Articles -> rendered entries: texts are read again from the files, in several processes where that is quicker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from feeds.compose import Composer
from feeds.config import Settings
from feeds.forms import FORMS
from feeds.model import Entry
from feeds.record import Record
from feeds.source import Rules, content_hash, digest_of, read_drafts

ENTRIES_AT_ONCE = 50  # that one task of a process renders

SHOWS_NOTHING = frozenset(
    {
        *("data", "exclude", "catalogue", "newsroom", "output", "source"),
        *("pages_for_browsers", "rate_limit", "trusted_proxies", "workers", "zone"),
    }
)
"""Settings that no document depends on; any other renders everything anew when it changes."""


def settings_fingerprint(settings: Settings, program: str) -> str:
    """Of all that documents depend on besides the articles."""
    shown = [getattr(settings, setting.name) for setting in fields(settings) if setting.name not in SHOWS_NOTHING]
    return digest_of(repr((shown, program)).encode())


def entry_fingerprint(fingerprint: str, article: Record) -> str:
    """Over all that an entry of an article shows; where it was read from, and how, is nothing of that.

    fingerprint: of all that it depends on besides.
    """
    shown = article._replace(path="", position=None, title_origin="", date_origin="", first_mark=0, last_mark=0)
    return digest_of(f"{fingerprint} {tuple(shown)}".encode("utf-8", "surrogatepass"))


def tasks(
    composer: Composer, rules: Rules, records: Iterable[Record]
) -> Iterator[tuple[Composer, Rules, list[Record]]]:
    """Tasks for ``render_entries``: records of one file stay together, so that a file is read once."""
    by_file = sorted(records, key=lambda record: (record.path, record.position or 0))
    task: list[Record] = []
    for record in by_file:
        if len(task) >= ENTRIES_AT_ONCE and task[-1].path != record.path:
            yield composer, rules, task
            task = []
        task.append(record)
    if task:
        yield composer, rules, task


def render_entries(task: tuple[Composer, Rules, Sequence[Record]]) -> dict[str, dict[str, bytes]]:
    """id -> format -> bytes, of each article of a task that can be rendered."""
    composer, rules, records = task
    entries = compose_entries(composer, rules, records)
    if not entries:
        return {}
    base_url, language = composer.settings.base_url, composer.settings.language
    bodies = {form.NAME: form.entries(entries, base_url=base_url, language=language) for form in FORMS}
    return {entry.id: {name: bodies[name][n] for name in bodies} for n, entry in enumerate(entries)}


def compose_entries(composer: Composer, rules: Rules, records: Iterable[Record]) -> list[Entry]:
    """Entries with their bodies, read again from the files; an article whose file has just changed is left out.

    Its file's change is about to be noticed, and the next edition has it; until then its last entry stands.
    """
    by_file: dict[str, list[Record]] = {}
    for record in records:
        by_file.setdefault(record.path, []).append(record)
    entries = []
    for path, listed in sorted(by_file.items()):
        drafts = read_drafts(rules, path, [record.position for record in listed])
        for record in listed:
            draft = drafts.get(record.position)
            if draft and content_hash(draft) == record.content_hash:
                entries.append(composer.entry(record, draft))
    return entries
