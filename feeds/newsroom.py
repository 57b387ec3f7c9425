"""A newsroom at work: its settings, its catalogue and ledger, and the way from its files to its edition."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from urllib.parse import quote

from feeds import edition
from feeds.arrivals import Ahead
from feeds.catalogue import Catalogue
from feeds.changes import unchanged_files
from feeds.config import Settings
from feeds.confined import STATE_FOLDER
from feeds.edition import Edition
from feeds.entries import settings_fingerprint
from feeds.errors import (
    CatalogueError,
    DataDirectoryError,
    FeedsError,
    LossError,
    NoArticlesError,
    UnusableCatalogueError,
    WriterError,
)
from feeds.failure import forget_failure, kept_failure
from feeds.indexing import Indexer
from feeds.intake import Intake, take_in
from feeds.ledger import LedgerFile
from feeds.lock import WriterLock, lock_for
from feeds.losses import DAY, LossGuard, accept_loss, command_of, is_accepted, is_too_much, origin_of
from feeds.mending import Mender
from feeds.planning import next_due
from feeds.scan import check_articles, scan
from feeds.state import LEDGER, catalogue_file, has_edition, is_used, make_folder, tells_changes

log = logging.getLogger("feeds")

WAIT_FOR_WRITER = 30.0  # seconds
ASK_AGAIN = 0.5  # seconds
LOOKS_WITHIN = 3.0  # seconds in which a service that waits for articles notices what changed, where that is told
LOOKS_LATEST = 12.0  # seconds in which it does where nobody tells
CLOCKS_DIFFER = 60_000_000  # microseconds by which those of two processes' machines may

Progress = Callable[[str, int, int], None]  # (what is counted, done, of)


@dataclass(frozen=True, slots=True)
class Update:
    """What an update did. written: documents whose bytes or fingerprints are new.

    next_due: when time alone makes the next edition due, in microseconds since the epoch.
    spent: seconds of CPU for the intake and for the edition.
    """

    intake: Intake
    written: int
    next_due: int | None = None
    spent: tuple[float, float] = (0.0, 0.0)


class Newsroom:
    """Open it with ``Newsroom.open``; close it with ``close``. One thread updates, any number may load."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = Catalogue.connect(settings.catalogue or _address(catalogue_file(settings)), settings.newsroom)
        self.indexer: Indexer | None = None  # of a service; who only builds needs no search
        self._losses = LossGuard(_now, command_of(settings))
        self._accepts_loss = False
        self._warned_of_clock = False
        self._is_open = False  # whether the catalogue can be used
        self._is_settled = False  # whether it is the right one, which nobody can tell while the articles are away
        self._furnish()

    def _furnish(self) -> None:
        """What goes with the place of the catalogue."""
        self.ledger_file = LedgerFile(_ledger_path(self.settings, self.catalogue))
        self.lock: WriterLock = lock_for(self.catalogue)
        self.mender = Mender(self.catalogue, self.ledger_file)

    @classmethod
    def open(cls, settings: Settings, *, may_be_empty: bool = False, waits: bool = False) -> Newsroom:
        """Open the catalogue, and make it where there is none that can be used; CatalogueError where that fails.

        Where no setting says where it lies and none was used before, none is made before there are articles, as theirs
        may lie beside them: DataDirectoryError. waits: nothing is looked at then before ``hold``, which raises that.
        may_be_empty: that the data directory holds no articles is meant.
        """
        newsroom = cls(settings)
        try:
            if settings.catalogue or is_used(newsroom._database):
                newsroom._prepare()
                newsroom._is_settled = bool(settings.catalogue) or newsroom._database.parent.name == STATE_FOLDER
            elif not waits:
                newsroom._settle(may_be_empty=may_be_empty)
        except (CatalogueError, DataDirectoryError):
            newsroom.close()
            raise
        return newsroom

    def _prepare(self) -> None:
        self.mender.prepare(self.lock)
        self._is_open = True

    def _settle(self, *, may_be_empty: bool = False) -> None:
        """Find the catalogue of the articles; while they are away, it is the one that is open already."""
        away: DataDirectoryError | None = None
        try:
            check_articles(self.settings, may_be_empty=may_be_empty)
        except DataDirectoryError as error:
            away = error
            if self._is_open:
                return
            if not (isinstance(error, NoArticlesError) and has_edition(catalogue_file(self.settings))):
                raise
        self._move(catalogue_file(self.settings))  # asked after the articles, which may have come just before
        self._prepare()
        self._is_settled = not away

    def _move(self, file: Path) -> None:
        make_folder(file)
        if file != self._database:
            seen = self.mender.version
            self.lock.release()
            self.catalogue.move(_address(file))
            self._furnish()
            self.mender.version, self.indexer = seen, None

    @property
    def _database(self) -> Path:
        return Path(self.catalogue.engine.url.database or "")

    def hold(self) -> bool:
        """Take the writer's place if it is free; True also where this newsroom has it already.

        The catalogue's folder is made anew where somebody has deleted it, unless the articles are away as well.
        """
        if not self._is_settled:
            self._settle()
        try:
            return self.lock.acquire()
        except CatalogueError:
            if self.settings.catalogue or self._database.parent.exists():
                raise
            check_articles(self.settings)
            make_folder(self._database)
            return self.lock.acquire()

    def close(self) -> None:
        """Give up the writer's place and the connections."""
        self.lock.release()
        self.catalogue.close()

    def update(
        self,
        *,
        jobs: int = 1,
        paths: Collection[str] | None = None,
        ahead: Ahead | None = None,
        progress: Progress | None = None,
    ) -> Update:
        """Read what changed and render what it changes; the caller holds the lock.

        paths: where something may have changed since the last update, below the data directory; None: anywhere.
        A catalogue that turns out to be damaged is set aside, and all is read and rendered anew.
        """
        try:
            return self._update(jobs, paths, ahead, progress)
        except UnusableCatalogueError as error:
            self.mender.mend(error)
            if self._accepts_loss:  # which the old catalogue knew
                self.accept_loss()
            return self._update(jobs, None, None, progress)

    def _update(
        self, jobs: int, paths: Collection[str] | None, ahead: Ahead | None, progress: Progress | None
    ) -> Update:
        program, now = program_digest(), self._moment()
        with self.catalogue.reading() as reading:
            if reading.value("rules"):  # another process was first, and may have seen more than this one then did
                ahead = None
        began = time.thread_time()
        intake = take_in(
            self.catalogue,
            self.settings,
            self.ledger_file,
            program=program,
            jobs=jobs,
            paths=paths,
            ahead=ahead,
            guard=self._losses,
            progress=progress and (lambda done, of: progress("articles", done, of)),
        )
        self._index_changed()
        taken = time.thread_time()
        written = edition.build(
            self.catalogue,
            self.settings,
            program=program,
            now=now,
            jobs=jobs,
            progress=progress and (lambda done, of: progress("feeds", done, of)),
        )
        with self.catalogue.reading() as reading:
            due = next_due(reading)
        spent = taken - began, time.thread_time() - taken
        return Update(intake, written, due, spent)

    def _moment(self) -> int:
        """Now, in microseconds since the epoch, or the last edition's moment where the clock is up to a day behind.

        What it shows is published, and under no embargo again. Of a larger step nobody knows whether the clock is wrong
        now or was then: it counts, unless most articles would wait for their time once more, which raises LossError.
        """
        now = _now()
        with self.catalogue.reading() as reading:
            last = reading.now
            if now >= last:
                return now
            made = datetime.fromtimestamp(last // 1_000_000, self.settings.zone).isoformat()
            shown, left = (reading.count(moment)[0] for moment in (last, now))
            if last - now > DAY and is_too_much(shown, left) and not is_accepted(reading):
                why = f"the clock is behind the last edition, which was made at {made}"
                raise LossError(shown - left, shown, why, command_of(self.settings))
        if last - now > CLOCKS_DIFFER and not self._warned_of_clock:
            log.warning("the clock is behind the last edition, which was made at %s", made)
            self._warned_of_clock = True
        return now if last - now > DAY else last

    def glimpse(self) -> str:
        """What can be told of an update before anything is read: the files, the clock, word that a loss is meant.

        One that failed for want of articles would fail again while this is the same; but for rights that return where
        nobody tells changes, which the next look at everything finds.
        """
        try:
            files = frozenset(scan(self.settings, may_be_empty=True).statuses().items())
        except DataDirectoryError as error:
            return str(error)
        if not self._is_open:  # to ask a catalogue that is not there would make it
            return f"{hash(files)}"
        try:
            self._moment()
            return f"{hash(files)} {self.is_loss_accepted}"
        except FeedsError as error:
            return f"{hash(files)} {error}"

    def forget_failure(self) -> None:
        """What another process failed at before it gave the writer's place away is not this one's."""
        with self.catalogue.writing() as writer:
            forget_failure(writer)

    def _index_changed(self) -> None:
        """What is about to be shown can be searched; where that fails, it is shown all the same, and indexed later."""
        if self.indexer is None:
            return
        with self.catalogue.reading() as reading:
            changed = None if reading.pending("everything") else reading.pending("article")
        try:
            self.indexer.changed(changed)
        except CatalogueError as error:
            log.error("what changed is not indexed for the search: %s", error)
            self.indexer.changed(None)

    def update_alone(self, *, jobs: int = 1, ahead: Ahead | None = None, progress: Progress | None = None) -> Update:
        """Update once the writer's place is free, or see that a running service has done it already.

        Where another process keeps the place and the catalogue is not up to date in time: WriterError with what hinders
        that one, at once where it waits for a person's word; CatalogueError where it says nothing.
        """
        began, started = time.time(), time.monotonic()
        while not self.hold():
            files = self._up_to_date()
            if files is not None:
                self.check_published()
                return Update(Intake(files=files, read=0, changed=False), written=0)
            self._give_up_after(time.monotonic() - started, began)
            time.sleep(ASK_AGAIN)
        try:
            with suppress(CatalogueError):  # which the update meets
                self.forget_failure()
            return self.update(jobs=jobs, ahead=ahead, progress=progress)
        finally:
            self.lock.release()

    def _give_up_after(self, waited: float, began: float) -> None:
        """Raise where waiting longer for the process that writes is of no use.

        waited: seconds, whatever the clock is set to; began: in seconds since the epoch, by which that process tells.
        """
        waits_too_long = waited >= WAIT_FOR_WRITER
        with self.catalogue.reading() as reading:
            failure = kept_failure(reading)
            waits_for_a_word = failure and failure.is_loss and not is_accepted(reading)
        looks_within = LOOKS_WITHIN if tells_changes(self.settings.data) else LOOKS_LATEST
        has_looked = failure and (failure.tried >= began or waited >= looks_within)  # at what has changed before
        if failure and (waits_too_long or (waits_for_a_word and has_looked)):
            raise WriterError(failure.sentence)
        if waits_too_long:
            reason = f"another process writes it, and is not done or has other settings after {WAIT_FOR_WRITER:.0f} s"
            raise CatalogueError(self.catalogue.shown, reason)

    def mend_alone(self, error: UnusableCatalogueError) -> None:
        """Begin a new catalogue where the writer's place is free; whoever has it mends the old one by itself."""
        self.mender.distrust(error)
        if not self.lock.acquire():
            raise error
        try:
            self.mender.mend(error)
        finally:
            self.lock.release()

    def expect(self, articles: int, origin: str) -> None:
        """A catalogue of that origin published so many articles: where it is another, losing most of them stops."""
        self._losses.expect(articles, origin)

    def check_published(self) -> None:
        """Raise LossError where most of what is expected is not in the catalogue, whoever has updated that."""
        with self.catalogue.reading() as reading:
            self._losses.check_published(reading)

    @property
    def origin(self) -> str:
        """What publications of the catalogue are known by."""
        with self.catalogue.reading() as reading:
            return origin_of(reading)

    def accept_loss(self) -> None:
        """Leave word that the next loss of articles is meant, whichever process meets it."""
        self._accepts_loss = True
        accept_loss(self.catalogue)

    @property
    def is_loss_accepted(self) -> bool:
        with self.catalogue.reading() as reading:
            return is_accepted(reading)

    def _up_to_date(self) -> int | None:
        """How many files there are, where all that they hold is in the newest edition; else None."""
        program = program_digest()
        files = unchanged_files(self.catalogue, self.settings, program=program)
        current = edition.is_current(self.catalogue, self.settings, program=program, now=self._moment())
        return files if current else None

    def edition(self, before: Edition | None = None) -> Edition | None:
        """The newest edition, None before the first; what has not changed since the one before is the same."""
        if not self._is_open:
            return None
        found = edition.load(self.catalogue, before)
        self.mender.version = max(self.mender.version, found.version if found else 0)
        return found

    def is_alike(self) -> bool:
        """Whether the newest edition is made with these settings and by this program, and not by another process's."""
        with self.catalogue.reading() as reading:
            made = reading.value("edition")
        return not made or made == settings_fingerprint(self.settings, program_digest())

    def version(self) -> int:
        """The number of the newest edition, 0 before the first."""
        if not self._is_open:
            return 0
        with self.catalogue.reading() as reading:
            return reading.version


def _address(file: Path) -> str:
    return f"sqlite:///{file}"


def _now() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


def _ledger_path(settings: Settings, catalogue: Catalogue) -> Path | None:
    """Beside a SQLite catalogue; where the settings name that, other newsrooms may share it: each has a file then."""
    if catalogue.engine.dialect.name != "sqlite":
        return None
    database = Path(catalogue.engine.url.database or "")
    if not settings.catalogue:
        return database.with_name(LEDGER)
    return database.with_name(f"{database.stem}.{quote(settings.newsroom, safe='')}.ledger.jsonl")


@cache
def program_digest() -> str:
    """A digest of this program's own files: another version reads and renders anew what it may see differently."""
    digest = hashlib.sha256()
    for name, data in _program(files("feeds"), ""):
        digest.update(f"{name} {len(data)} ".encode() + data)
    return digest.hexdigest()[:16]


def _program(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in folder.iterdir():
        if item.is_dir() and item.name not in {"sample", "__pycache__", "web"}:
            found += _program(item, f"{prefix}{item.name}/")
        elif item.name.endswith((".py", ".html", ".css", ".svg", ".ico")):
            found.append((prefix + item.name, item.read_bytes()))
    return sorted(found)
