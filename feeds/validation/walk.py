"""From an address to the documents that a subscriber gets there: the feeds of a page, the archives of a feed.

What the user names is fetched wherever it leads. What a document names is fetched only from the host that this one came
from: a document must not make the machine that validates it ask others, who may be its neighbours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from feeds.errors import FetchError
from feeds.validation import answers
from feeds.validation.extensions import FOLLOWED
from feeds.validation.fetch import Answer, Fetcher, host_of
from feeds.validation.findings import Document, Fault, Reference
from feeds.validation.kinds import FEEDS, PAGE, examine, findings_of
from feeds.validation.page import FEED_TYPES
from feeds.validation.values import joined

MOST = 100  # documents that are fetched

Progress = Callable[[str, int, int], None]
"""(what is done, how many of them, of how many)."""


def validate_address(
    address: str, fetcher: Fetcher, now: datetime, *, everything: bool, progress: Progress | None = None
) -> list[Document]:
    """The document at an address, and those that it leads to.

    everything: also the feeds that an OPML document lists, the sitemaps of an index, and the other documents of a feed
    (RFC 5005). Raises FetchError where the first cannot be had.
    """
    walk = _Walk(fetcher, now, everything, progress)
    walk.begin(fetcher.fetch(address))
    return list(walk.documents())


class _Walk:
    """Documents by address, with what is found wrong between them until all are there."""

    def __init__(self, fetcher: Fetcher, now: datetime, everything: bool, progress: Progress | None) -> None:
        self._fetcher = fetcher
        self._now = now
        self._everything = everything
        self._progress = progress
        self._found: dict[str, Document] = {}
        self._faults: dict[str, list[Fault]] = {}
        self._host = ""

    def begin(self, first: Answer) -> None:
        """Look at the first document, and follow from there."""
        self._host = first.host
        waiting = deque(self._look_at(first))
        while waiting:
            source, reference = waiting.popleft()
            waiting.extend(self._follow(source, reference))

    def documents(self) -> Iterator[Document]:
        """All that were found, with their findings."""
        for address, document in self._found.items():
            yield replace(document, findings=document.findings + findings_of(address, self._faults[address]))

    def _look_at(self, answer: Answer) -> list[tuple[Document, Reference]]:
        """Examine a document; gives what is to be followed from it."""
        document = examine(answer.body, answer.asked, self._now)
        self._found[answer.asked] = document
        self._faults[answer.asked] = list(answers.faults(answer, document, self._fetcher))
        followed = {"feed"} if document.kind == PAGE else {*FOLLOWED, "feed", "part"} if self._everything else set()
        return [
            (document, each._replace(address=joined(answer.address, each.address).partition("#")[0]))
            for each in document.references
            if each.rel in followed
        ]

    def _follow(self, source: Document, reference: Reference) -> list[tuple[Document, Reference]]:
        address, faults = reference.address, self._faults[source.address]
        further: list[tuple[Document, Reference]] = []
        if address in self._found:
            pass
        elif host_of(address) != self._host:
            faults.append(Fault("reference-host", reference.line, address))
        elif len(self._found) >= MOST:
            faults.append(Fault("reference-bound", 0, f"{MOST} are the most"))
        else:
            try:
                further = self._look_at(self._fetcher.fetch(address, host=self._host))
            except FetchError as error:
                faults.append(missing(reference, f"{address} ({error.reason})"))
            if self._progress:
                self._progress("documents", len(self._found), len(self._found) + len(further))
        there = self._found.get(address)
        faults += _check_kind(reference, there) if there else ()
        return further


def _check_kind(reference: Reference, there: Document) -> Iterator[Fault]:
    """Whether a document is of the kind that whoever names it says."""
    announced = FEED_TYPES.get(reference.media_type)
    if reference.rel == "feed" and there.kind == PAGE:
        yield Fault("reference-kind", reference.line, there.address)
    elif reference.rel == "feed" and announced and there.kind in FEEDS and there.kind != announced:
        yield Fault("page-type", reference.line, f"{there.address} is {there.kind}")


def missing(reference: Reference, what: str) -> Fault:
    """What is said of a reference that leads nowhere."""
    return Fault("archive-missing" if reference.rel in FOLLOWED else "reference-missing", reference.line, what)
