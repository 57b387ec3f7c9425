"""The data directory -> the catalogue: reads what changed, gives every article its id, and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feeds.arrivals import Ahead, FileArrivals, read
from feeds.catalogue import Catalogue
from feeds.catalogue.reading import Marked
from feeds.catalogue.writing import Writing
from feeds.changes import Work, again, in_doubt, look, plan, rules_digest
from feeds.config import Settings
from feeds.duplicates import NEARLY_THE_SAME, copies_of_withdrawn, nearly_same, stands_instead
from feeds.errors import ArticleError
from feeds.failure import forget_failure
from feeds.identity import Identities, rank
from feeds.ledger import LedgerFile, forgotten, line_of
from feeds.losses import LossGuard, where_they_went
from feeds.model import Article
from feeds.record import Former, LedgerEntry, Row, former_of, record_of, row_of
from feeds.restoring import remember, restore
from feeds.scan import FoundFile, Scan
from feeds.source import Rules, place_of
from feeds.withdrawal_lists import read_lists
from feeds.withdrawals import Withdrawals

BATCH = 512  # files or articles, whichever comes first, that are taken in at once

Progress = Callable[[int, int], None]  # (files read, files to read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one look at the data directory found. files: all that it looked at; read: those that were read.

    again: paths that the next look has to take in, whether anything changes there or not; None: all of them.
    """

    files: int
    read: int
    changed: bool
    again: frozenset[str] | None = None


def take_in(
    catalogue: Catalogue,
    settings: Settings,
    ledger_file: LedgerFile,
    *,
    program: str,
    jobs: int = 1,
    paths: Collection[str] | None = None,
    ahead: Ahead | None = None,
    guard: LossGuard | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Bring the catalogue up to date with the data directory, in one transaction.

    program: a digest of the program; another program or other rules read every file anew.
    paths: where something may have changed since the last look, below the data directory; None: anywhere.
    ahead: a reading of everything that has begun already. guard: what an update may not lose unasked.
    Raises DataDirectoryError where the directory is missing, unreadable or holds no articles, LossError where most of
    the articles would be lost: nothing is changed then.
    """
    rules = ahead.rules if ahead else Rules.of(settings)
    digest = rules_digest(rules, program)
    found = ahead.scan if ahead else look(catalogue, settings, digest, paths)
    restore(catalogue, ledger_file, guard)
    with ledger_file.taken_back_on_failure(), catalogue.writing() as writer:
        before = guard and guard.before(writer)
        withdrawals = Withdrawals(writer, read_lists(rules, found), settings, found)
        work = plan(writer, found, digest, withdrawals)
        taker = _Taker(writer, settings, ledger_file, withdrawals)
        readings = ahead.readings if ahead and work.everything else read(rules, work.files, jobs=jobs)
        if work.everything:
            taker.remove_all()
        else:
            # Few files: all are read before the first is taken in, so that none finds its place held by one that goes.
            changed = list(readings)
            taker.remove([*work.gone, *work.lists, *(file.path for file in work.files)])
            readings = iter(sorted(changed, key=lambda reading: reading.file.path not in taker.before))
        taker.replace_problems(found)
        with writer.bulk():
            for batch in _batched(readings):
                taker.take(batch)
                if progress:
                    progress(taker.read, len(work.files))
        taker.finish(rules)
        if guard and before:
            guard.check(writer, before, lambda: _where_they_went(catalogue, writer, work, found))
        taker.keep()
        remember(writer, ledger_file)
        writer.put_files({**work.statuses, **in_doubt(taker.unopened)})
        writer.forget_files(work.gone)
        writer.set_value("lists", "\n".join(file.path for file in found.lists()))
        writer.set_value("rules", work.rules)
        if guard and paths is None:  # whoever said that a loss is meant said it of what could be seen then
            guard.settle(writer)
        forget_failure(writer)
        return Intake(files=len(found), read=taker.read, changed=taker.changed, again=again(found, taker.unopened))


def _where_they_went(catalogue: Catalogue, writer: Writing, work: Work, found: Scan) -> str:
    with catalogue.reading() as before:
        files = found.statuses() if work.everything else before.files().keys() - set(work.gone)
        return where_they_went(before, writer, files)


def _batched(readings: Iterable[FileArrivals]) -> Iterator[list[FileArrivals]]:
    batch: list[FileArrivals] = []
    articles = 0
    for reading in readings:
        batch.append(reading)
        articles += len(reading.arrivals)
        if len(batch) >= BATCH or articles >= BATCH:
            yield batch
            batch, articles = [], 0
    if batch:
        yield batch


@dataclass
class _Taken:
    """What one batch adds to the catalogue and the ledger."""

    rows: dict[str, Row] = field(default_factory=dict)
    added: dict[str, LedgerEntry] = field(default_factory=dict)
    edited: dict[str, LedgerEntry] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)

    def add(self, entry: LedgerEntry, row: Row, line: str) -> None:
        self.added[entry.id] = entry
        self.rows[entry.id] = row
        self.lines[entry.id] = line

    def edit(self, entries: Iterable[LedgerEntry]) -> None:
        for entry in entries:
            (self.added if entry.id in self.added else self.edited)[entry.id] = entry
            self.lines[entry.id] = line_of(entry)


@dataclass
class _Part:
    """What a file has given so far."""

    own: list[Former] = field(default_factory=list)
    problems: list[ArticleError] = field(default_factory=list)


class _Taker:
    """Takes readings into the catalogue, and knows what they change."""

    def __init__(self, writer: Writing, settings: Settings, ledger_file: LedgerFile, withdrawals: Withdrawals) -> None:
        self.writer = writer
        self.withdrawals = withdrawals
        self.ledger_file = ledger_file
        self.read = 0
        self.changed = False
        self.everything = False
        self.cold = writer.ledger_is_empty()
        self.identities = Identities(settings.authority, settings.zone)
        self.categories = {category.slug for category in writer.categories()}
        self.before: dict[str, list[Former]] = {}
        self.problems_before: dict[str, list[ArticleError]] = {}
        self.duplicates: set[str] = set()
        self.left_out: set[str] = set()  # places that held a duplicate before
        self.unopened: list[FoundFile] = list(withdrawals.lists.unopened)
        self.dirty: set[str] = set()
        self.dirty_articles: set[str] = set()
        self.dirty_moments: set[str] = set()
        self.parts: dict[str, _Part] = {}
        self.numbers: dict[str, int] = {}  # problems so far, by file
        self.late: dict[str, list[ArticleError]] = {}  # what only became known after their files had been taken in
        self.held: dict[str, str] = {}  # lines of the ledger by id, until it is known what leaves no trace
        self.fresh: set[str] = set()  # ids that the ledger did not know
        self.marks: set[int] = set()

    def replace_problems(self, found: Scan) -> None:
        """Problems of the directory itself: links that lead out, folders that look like files."""
        known = {problem.path: problem for problem in self.writer.directory_problems()}
        now = {path: problem for path, problem in known.items() if not found.covers(path)} | found.problems
        if known != now:
            self.writer.put_directory_problems(problem for _, problem in sorted(now.items()))
            self.changed = True

    def remove_all(self) -> None:
        """Take everything out that can be read anew."""
        self.everything = self.changed = True
        self.withdrawals.begin(None)
        self.left_out = {problem.path for problem in self.writer.problems() if problem.kind == "duplicate"}
        self.writer.forget_everything()

    def remove(self, paths: Sequence[str]) -> None:
        """Take out files and their articles; those that come back as they were change nothing."""
        self.withdrawals.begin(frozenset(paths))
        self.before = self.writer.formers_of_files(paths)
        self.problems_before = self.writer.problems_of_files(paths)
        problems = (problem for listed in self.problems_before.values() for problem in listed)
        self.duplicates = self.left_out = {problem.path for problem in problems if problem.kind == "duplicate"}
        for listed in self.before.values():
            self.identities.remember(listed)
            self.writer.remove_records(listed)
        self.identities.inherit(self._heirs())
        self.writer.forget_problems(paths)

    def _heirs(self) -> dict[str, LedgerEntry]:
        """Near copies that were left out -> what stood instead of them, of the files that are read again or gone."""
        formers = {place_of(former): former.id for listed in self.before.values() for former in listed}
        problems = (problem for listed in self.problems_before.values() for problem in listed)
        ids = {p.path: formers[place] for p in problems if (place := stands_instead(p)) in formers}
        entries = {entry.id: entry for entry in self.writer.ledger("id", ids.values())}
        places = {identity: place for place, identity in formers.items()}
        for entry in list(entries.values()):  # one that is withdrawn in the same look has no heir
            if self.withdrawals.lists.name_any((entry.id, entry.address or "", places[entry.id])):
                del entries[entry.id]
        return {place: entries[identity] for place, identity in ids.items() if identity in entries}

    def take(self, batch: Sequence[FileArrivals]) -> None:
        """Take in one batch of readings whose files have been removed."""
        if not self.cold:
            articles = [arrival.article for reading in batch for arrival in reading.arrivals]
            self.identities.look_up(self.writer, articles, self.duplicates)
        taken = _Taken()
        problems: list[tuple[str, int, ArticleError]] = []
        for reading in batch:
            part = self.parts.pop(reading.file.path, None) or _Part()
            self._pair(reading, part)
            wrong = [*reading.problems, *self._take_articles(reading, taken, part)]
            if not reading.opened:
                self.unopened.append(reading.file)
            start = self.numbers.get(reading.file.path, 0)
            problems += [(reading.file.path, number, problem) for number, problem in enumerate(wrong, start)]
            self.read += reading.last
            if not reading.last:
                self.numbers[reading.file.path] = start + len(wrong)
            if not self.everything:
                part.problems += wrong
                self._finish_part(reading, part)
        self._log(taken.lines)
        self.writer.put_ledger(list(taken.added.values()), list(taken.edited.values()))
        self.writer.put_rows(list(taken.rows.values()))
        self.writer.put_problems(problems)

    def _log(self, lines: Mapping[str, str]) -> None:
        """Lines of the ledger file; those of a first build are too many to be held."""
        if self.cold:
            self.ledger_file.append(list(lines.values()))
        else:
            self.held |= lines

    def _pair(self, reading: FileArrivals, part: _Part) -> None:
        """Records without a name of their own are known by their file; one that comes in parts names its records."""
        before = self.before.get(reading.file.path, [])
        if before and reading.arrivals and reading.last and not part.own:
            self.identities.pair(self.writer, before, [arrival.article for arrival in reading.arrivals])

    def _take_articles(self, reading: FileArrivals, taken: _Taken, part: _Part) -> Iterator[ArticleError]:
        for arrival in reading.arrivals:
            article = arrival.article
            if self.cold and self.everything and not article.withdrawn and self.identities.is_first(arrival.entry):
                # Nearly every article of a first build: what another process has prepared is right as it is.
                self.identities.claim(article, arrival.entry, arrival.entry.published)
                taken.add(arrival.entry, arrival.row, arrival.line)
            else:
                yield from self._take_one(article, taken, part)
            self._learn_categories(article)

    def _take_one(self, article: Article, taken: _Taken, part: _Part) -> Iterator[ArticleError]:
        """Take in one article under the id that it has or gets; gives what is to be said of it."""
        known, entry = self.identities.of(article)
        if article.withdrawn:
            self._withdraw(article, known, entry, taken)
            return
        if held := self.withdrawals.holding(article, known, entry):
            if held.entry:
                taken.edit([held.entry])
            if held.reason:
                yield ArticleError(place_of(article), "duplicate", held.reason)
            return
        standing = self.identities.standing(article, entry)
        unpublished = known is not None and standing in self.fresh  # subscribers know this one, not the one that stands
        if standing and not unpublished and not self.identities.is_better(article, standing):
            place = self.identities.place(standing)
            yield ArticleError(place_of(article), "duplicate", f"is the same article as {place}")
            return
        if standing:
            reason = f"is the same article as {place_of(article)}, which is the better source"
            other = self._displace(standing, reason, taken)
            if unpublished:
                self._unsee(standing, taken)
            else:
                known, entry = other, self.identities.taking_over(article, other)
        record = record_of(article, entry)
        self.identities.claim(article, entry, record.published)
        taken.rows[entry.id] = row_of(record)
        if not self.everything:
            part.own.append(former_of(record))
            self.marks.update(article.marks)
        if known is None:
            self.fresh.add(entry.id)
            taken.add(entry, row_of(record), line_of(entry))
            return
        if entry != known:
            self.identities.edits(known, entry)
            displaced = self.identities.displaced(entry)
            taken.edit(changed for changed in (displaced, entry) if changed)
        if kept := self.identities.kept(article, entry):
            yield ArticleError(place_of(article), "identity", kept, fatal=False, note=True)

    def _withdraw(self, article: Article, known: LedgerEntry | None, entry: LedgerEntry, taken: _Taken) -> None:
        """Keep an article out that says itself that it is withdrawn; its id stays in the ledger."""
        standing = self.identities.standing(article, entry)
        if standing and standing != entry.id:
            self._displace(standing, f"is the same article as {place_of(article)}, which is withdrawn", taken)
        entry = self.withdrawals.add(article, known, entry)
        self.identities.claim(article._replace(content_hash=entry.content_hash), entry, entry.published)
        if known is None:
            taken.added[entry.id] = entry
            taken.lines[entry.id] = line_of(entry)
        elif entry != known:
            taken.edit([entry])

    def _displace(self, identity: str, reason: str, taken: _Taken) -> LedgerEntry:
        """Take out an article that another file has too; gives what the ledger says of it."""
        place = self.identities.place(identity)
        self._leave_out(place, reason)
        if taken.rows.pop(identity, None) is None:
            gone = list(self.writer.records([identity]).values())
            self.writer.remove_records(gone)
            self._mark(map(former_of, gone))
        entry = taken.added.get(identity) or taken.edited.get(identity)
        return entry or next(iter(self.writer.ledger("id", [identity])))

    def _unsee(self, identity: str, taken: _Taken) -> None:
        """An article that was taken in just now never stood."""
        self.identities.release(identity)
        taken.added.pop(identity, None)
        taken.lines.pop(identity, None)
        self._forget({identity})

    def _leave_out(self, place: str, reason: str) -> None:
        path = place.rpartition("#")[0] if place.rpartition("#")[2].isdigit() else place
        self.late.setdefault(path, []).append(ArticleError(place, "duplicate", reason))

    def _finish_part(self, reading: FileArrivals, part: _Part) -> None:
        if reading.last:
            self._compare(reading.file.path, part)
        else:
            self.parts[reading.file.path] = part

    def _compare(self, path: str, part: _Part) -> None:
        before = {former.id: former for former in self.before.pop(path, ())}
        now = {former.id: former for former in part.own}
        self.changed |= self.problems_before.pop(path, []) != part.problems
        for identity in before.keys() | now.keys():
            if before.get(identity) != now.get(identity):
                self._mark(former for found in (before, now) if (former := found.get(identity)))

    def _mark(self, formers: Iterable[Former]) -> None:
        for former in formers:
            self.changed = True
            self.dirty.update(former.categories)
            self.dirty_articles.add(former.id)
            self.dirty_moments.add(str(former.published))

    def _learn_categories(self, article: Article) -> None:
        fresh = [category for category in article.categories if category.slug not in self.categories]
        if fresh:
            self.writer.put_categories(fresh)
            self.categories.update(category.slug for category in fresh)

    def finish(self, rules: Rules) -> None:
        """See what is withdrawn and what is nearly the same."""
        for listed in self.before.values():  # of files that are gone
            self._mark(listed)
        self.changed |= bool(self.problems_before)
        self._settle_withdrawals(rules)
        self._merge(rules)
        self._put_late_problems()

    def keep(self) -> None:
        """Write the ledger's second copy, and leave word of what the next edition has to look at."""
        self.ledger_file.append(list(self.held.values()))
        if self.everything:
            self.writer.add_pending("everything", {""})
        elif self.changed:
            self.writer.add_pending("category", {"", *self.dirty})
            self.writer.add_pending("article", self.dirty_articles)
            self.writer.add_pending("published", self.dirty_moments)

    def _merge(self, rules: Rules) -> None:
        """Of two articles that are nearly the same one is left out: the one that was not known before."""

        def order(article: Marked) -> tuple[bool, int, int, str, int]:
            worse = rank(article.path, article.date_origin)
            return article.id in self.fresh, worse, article.published, article.path, article.position or 0

        gone: set[str] = set()
        for pair in nearly_same(self.writer, rules, None if self.everything else self.marks):
            better, other = sorted(pair, key=order)
            if not gone & {better.id, other.id}:
                gone.add(other.id)
                self._leave_out(place_of(other), NEARLY_THE_SAME + place_of(better))
        removed = [former_of(record) for record in self.writer.records(gone).values()]
        self.writer.remove_records(removed)
        self._mark(removed)
        self._forget(gone if self.cold else gone & self.fresh)

    def _forget(self, ids: set[str]) -> None:
        """What never stood leaves no trace in the ledger: it must not be taken for what did, another time."""
        self.writer.forget_ledger(ids)
        if self.cold:
            self.ledger_file.append([forgotten(identity) for identity in sorted(ids)])
        for identity in ids:
            self.held.pop(identity, None)
        self.fresh -= ids

    def _put_late_problems(self) -> None:
        known = self.writer.problems_of_files(self.late)
        self.writer.forget_problems(self.late)
        together = {path: [*known.get(path, ()), *late] for path, late in self.late.items()}
        self.writer.put_problems((path, n, p) for path, listed in together.items() for n, p in enumerate(listed))

    def _settle_withdrawals(self, rules: Rules) -> None:
        settled = self.withdrawals.settle(self.writer)
        self._log({entry.id: line_of(entry) for entry in settled.ledger})
        self.changed |= settled.problems
        self._mark(map(former_of, settled.removed))
        for notice in settled.notices:
            self.changed = True
            self.dirty.update(notice.categories)
            self.dirty_articles.update({notice.article} - {""})
        if self.everything or self.marks or settled.ledger or settled.notices:
            self._leave_out_copies(rules, {entry.id for entry in settled.ledger})

    def _leave_out_copies(self, rules: Rules, fresh: Collection[str]) -> None:
        """A copy of an article that is withdrawn is not published, lay it beside before or does it come afterwards."""
        found = copies_of_withdrawn(self.writer, rules, fresh, self.left_out)
        for copy, gone in found.copies.items():
            self._leave_out(place_of(copy), f"is nearly the same as {gone}, which is withdrawn")
        removed = list(self.writer.records(copy.id for copy in found.copies).values())
        self.writer.remove_records(removed)
        self._mark(map(former_of, removed))
        self.writer.put_ledger((), found.entries)
        self._log({entry.id: line_of(entry) for entry in found.entries})
        self._forget({copy.id for copy in found.copies} & self.fresh)
