"""Never an empty feed by accident: a loss of more than half of the articles waits for a person's word.

What counts is how many articles there are, not which ones: a newsroom may keep its newest alone. Those that are
withdrawn are no loss. The number is held against the largest of the last day, so that a folder that is being emptied
file by file is noticed as well. The ledger's file has it too, for a catalogue that is lost; and an output that another
catalogue was published to says in its manifest how many that knew.
"""

from __future__ import annotations

import secrets
import shlex
import sys
from collections.abc import Callable, Collection
from typing import NamedTuple

from feeds.catalogue import Catalogue
from feeds.catalogue.reading import Reading
from feeds.catalogue.writing import Writing
from feeds.config import Settings
from feeds.errors import LossError

DAY = 86_400_000_000  # microseconds for which the largest number counts
HOUR = 3_600_000_000  # after which it is counted whether there are still as many
UNKNOWN = sys.maxsize  # how many were withdrawn, of articles that are known from elsewhere: none of these
NO_FILE = "no file holds them"
MOST = "most articles"
ACCEPTED = "loss accepted"
ACCEPTED_AT = "loss accepted at"
ORIGIN = "catalogue"
"""The value of the catalogue by which its publications are known: its own, made once."""


class Holding(NamedTuple):
    """How many articles there were, and how many were withdrawn; since: when last, in microseconds since the epoch."""

    articles: int
    withdrawn: int
    since: int

    def expected(self, withdrawn: int) -> int:
        """How many there are if none is lost, once so many are withdrawn."""
        return self.articles - max(withdrawn - self.withdrawn, 0)


def command_of(settings: Settings) -> str:
    """The command that says that a loss is meant, in whatever folder it is typed, quoted for a shell."""
    named = ("--config", str(settings.source)) if settings.source else ()
    return shlex.join(("feeds", *named, "--data", str(settings.data), "check", "--accept-loss"))


def is_too_much(expected: int, left: int) -> bool:
    """Whether more than half of what is expected would be lost."""
    return 2 * left < expected


def accept_loss(catalogue: Catalogue) -> None:
    """Leave word that a loss is meant, for whichever process meets it: it holds until the next edition."""
    with catalogue.writing() as writer:
        writer.set_value(ACCEPTED, str(writer.version))


def origin_of(reading: Reading) -> str:
    """What a publication of the catalogue is known by, "" before its first update."""
    return reading.value(ORIGIN)


def most_of(reading: Reading) -> Holding | None:
    """The largest number of the last day, as the catalogue keeps it."""
    numbers = reading.value(MOST).split()
    is_holding = len(numbers) == len(Holding._fields) and all(map(str.isdecimal, numbers))
    return Holding(*map(int, numbers)) if is_holding else None


def is_accepted(reading: Reading) -> bool:
    return reading.value(ACCEPTED) == str(reading.version)


class LossGuard:
    """Of one newsroom, for as long as it is open.

    clock: gives microseconds since the epoch; meant: the command that says that a loss is meant.
    """

    def __init__(self, clock: Callable[[], int], meant: str) -> None:
        self._clock = clock
        self._meant = meant
        self._seen: Holding | None = None  # the most, even where the catalogue that knew it was lost
        self._published = 0  # articles, by the catalogue of that origin
        self._origin = ""

    def before(self, reading: Reading) -> Holding:
        """What the articles of an update are held against; asked before it changes anything."""
        known = self._known(reading)
        if known is None or self._clock() - known.since > HOUR:
            now = self._holding(reading)
            known = known if known and known.expected(now.withdrawn) > now.articles else now
        if known.articles or not (self._seen and self._counts(self._seen)):
            self._seen = known
        elsewhere = Holding(self._expected(reading), UNKNOWN, self._clock())
        return max(self._seen, elsewhere, key=lambda holding: holding.articles)

    def expect(self, articles: int, origin: str = "") -> None:
        """What was published before. It counts where another catalogue did that, whose origin that is; "" for any."""
        self._published, self._origin = articles, origin

    def _expected(self, reading: Reading) -> int:
        """How many articles another catalogue has published; 0 where a person has just said that they may be lost."""
        accepted = reading.named_number(ACCEPTED_AT)
        is_over = accepted is not None and 0 <= self._clock() - accepted <= DAY
        is_another = not self._origin or self._origin != origin_of(reading)
        return self._published if is_another and not is_over else 0

    def check_published(self, reading: Reading) -> None:
        """Raise LossError where another catalogue has published so many articles that most of them would be lost."""
        expected, now = self._expected(reading), reading.holding()[0]
        if is_too_much(expected, now) and not is_accepted(reading):
            raise LossError(expected - now, expected, NO_FILE, self._meant)

    def recall(self, writer: Writing, articles: int, withdrawn: int) -> None:
        """What the ledger's file says of the catalogue that was lost; it counts until the new one holds articles."""
        if not writer.value(MOST):
            _keep(writer, Holding(articles, withdrawn, self._clock()))

    def check(self, writer: Writing, before: Holding, why: Callable[[], str]) -> None:
        """Raise LossError where too much would be lost and nobody said that this is meant.

        why: says in some words where the articles went.
        """
        now = self._holding(writer)
        expected = before.expected(now.withdrawn)
        is_lost = is_too_much(expected, now.articles)
        if is_lost and not is_accepted(writer):
            raise LossError(expected - now.articles, expected, why(), self._meant)
        if is_lost:
            self.settle(writer)
        is_most = now.articles >= expected or is_lost
        self._seen = now if is_most else before._replace(withdrawn=min(before.withdrawn, now.withdrawn))
        _keep(writer, self._seen)
        if not origin_of(writer):
            writer.set_value(ORIGIN, secrets.token_hex(8))

    def settle(self, writer: Writing) -> None:
        """What was said to be meant holds for once; against what another catalogue has published, for a day."""
        if is_accepted(writer):
            writer.set_value(ACCEPTED_AT, str(self._clock()))
        writer.set_value(ACCEPTED, "")

    def _holding(self, reading: Reading) -> Holding:
        return Holding(*reading.holding(), self._clock())

    def _known(self, reading: Reading) -> Holding | None:
        known = most_of(reading)
        if known is None:
            return None
        # One of the ledger's file is as old as the catalogue that was lost, and counts until there are articles again.
        if not self._counts(known) and reading.holding()[0]:
            return None
        return known._replace(since=min(known.since, self._clock()))  # a clock that was ahead has no longer a say

    def _counts(self, holding: Holding) -> bool:
        return self._clock() - holding.since <= DAY


def _keep(writer: Writing, most: Holding) -> None:
    known = most_of(writer)
    # Not each moment anew; but at once where the clock was ahead when the number was kept.
    if known is None or known[:2] != most[:2] or not 0 <= most.since - known.since <= HOUR:
        writer.set_value(MOST, " ".join(map(str, most)))


def where_they_went(before: Reading, now: Reading, files: Collection[str]) -> str:
    """Files that are gone, and articles that are left out now, each with an example.

    before: the catalogue as it was; files: those that are there now.
    """
    gone = sorted(before.files().keys() - set(files))
    known = {problem.path for problem in before.problems() if problem.fatal}
    left_out = [problem for problem in now.problems() if problem.fatal and problem.path not in known]
    said = []
    if gone:
        said.append(f"files gone: {len(gone):,}, such as {gone[0]}")
    if left_out:
        said.append(f"left out now: {len(left_out):,}, such as {left_out[0].path}: {left_out[0].reason}")
    return "; ".join(said) or NO_FILE
