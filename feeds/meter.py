"""What is counted of a service, for Prometheus: requests, bytes, updates and hubs.

The way from a request to an answer does no more than add to two numbers; these are handed to the library when somebody
asks, or each second where several processes count together. That is the library's multiprocess mode: processes keep
their counts in files of the folder PROMETHEUS_MULTIPROC_DIR, and whichever of them is asked adds them up.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, exposition
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

SHARED = "PROMETHEUS_MULTIPROC_DIR"
HAND_OVER = 1.0  # seconds after which other processes see what this one has counted
SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Where the histogram of updates is cut: one article changes within the first, a cold start is among the last."""

FORMATS = {"rss.xml": "rss", "atom.xml": "atom", "feed.json": "json", "index.html": "page", "": "page"}


def format_of(path: str) -> str:
    """``rss``, ``atom``, ``json``, ``page`` or ``other``, by the last part of a document's path or of an address."""
    return FORMATS.get(path.rpartition("/")[2], "other")


class Tally:
    """How many answers there were of a kind, and how many bytes they had.

    No lock: CPython gives another thread its turn at calls and jumps, of which adding a number has none.
    """

    __slots__ = ("bytes", "requests")

    def __init__(self) -> None:
        self.requests = 0
        self.bytes = 0

    def add(self, size: int) -> None:
        """One answer more."""
        self.requests += 1
        self.bytes += size


class Figure(NamedTuple):
    """A value of the moment. values: one a label's value, by "" where there is no label."""

    name: str
    said: str
    values: Mapping[str, float]
    label: str = ""


class Meter:
    """Counts for one application, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._handed: dict[tuple[str, str], tuple[int, int]] = {}
        self._handing = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        registry = self._registry
        self._requests = Counter("feeds_requests", "Answers to requests.", ["status", "format"], registry=registry)
        self._bytes = Counter("feeds_response_bytes", "Bytes of answers' bodies.", ["format"], registry=registry)
        self._rebuilds = Histogram(
            "feeds_rebuild_seconds", "From a change to its edition.", buckets=SECONDS, registry=registry
        )
        self._failures = Counter("feeds_rebuild_failures", "Updates that failed.", registry=registry)
        self._told = Counter("feeds_hub_deliveries", "Documents that hubs were told of.", ["result"], registry=registry)

    # --- what happens ---

    def tally(self, status: str, kind: str) -> Tally:
        """The count of answers with a status, in a format of ``format_of``."""
        return self._tallies.setdefault((status, kind), Tally())

    def answered(self, status: str, path: str, headers: Iterable[tuple[str, str]], *, has_body: bool) -> None:
        """Count an answer that is not from memory. status: as in HTTP, ``404 Not Found``; path: that was asked for."""
        found = dict(headers)
        kind = "page" if found.get("Content-Location") == "./" else format_of(path)
        size = int(found.get("Content-Length", 0)) if has_body else 0
        self.tally(status[:3], kind).add(size)

    def rebuilt(self, seconds: float) -> None:
        """There is another edition, so many seconds after it was begun."""
        self._rebuilds.observe(seconds)

    def failed(self) -> None:
        """An update failed."""
        self._failures.inc()

    def told(self, result: str, number: int) -> None:
        """A hub was told of documents: it ``heard``, hears of them ``later``, or they are ``given_up``."""
        self._told.labels(result).inc(number)

    # --- what is read ---

    def start(self) -> None:
        """Hand on to other processes what is counted, where there may be any; once, however often called."""
        if SHARED in os.environ and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="feeds-meter", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End that, with everything handed on."""
        self._ended.set()
        self._hand_over()

    def exposition(self, accept: str, figures: Iterable[Figure]) -> tuple[bytes, str]:
        """Everything counted, with values of the moment, and its media type: OpenMetrics where Accept names that."""
        self._hand_over()
        counted = _of_all() if SHARED in os.environ else self._registry
        everything = CollectorRegistry()
        for collector in (counted, _Figures(figures), _Processes()):
            everything.register(collector)
        if "application/openmetrics-text" in accept.lower():
            write: Any = openmetrics.generate_latest
            return bytes(write(everything)), openmetrics.CONTENT_TYPE_LATEST
        return exposition.generate_latest(everything), exposition.CONTENT_TYPE_LATEST

    def _run(self) -> None:
        while not self._ended.wait(HAND_OVER):
            self._hand_over()

    def _hand_over(self) -> None:
        with self._handing:
            for (status, kind), tally in list(self._tallies.items()):
                before = self._handed.get((status, kind), (0, 0))
                now = tally.requests, tally.bytes
                if now != before:
                    self._requests.labels(status, kind).inc(now[0] - before[0])
                    self._bytes.labels(kind).inc(now[1] - before[1])
                    self._handed[status, kind] = now


def _of_all() -> Collector:
    collector: Any = MultiProcessCollector
    adding: Collector = collector(None)
    return adding


class _Figures(Collector):
    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        for name, said, values, label in self._figures:
            family = GaugeMetricFamily(name, said, labels=[label] if label else [])
            for key, value in values.items():
                family.add_metric([key] if label else [], value)
            yield family


class _Processes(Collector):
    """What Prometheus wants of a process, of each that serves: descriptors, memory, time of the processor."""

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for pid in _serving():
            for family in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                kept = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    kept.add_sample(sample.name, {**sample.labels, "pid": str(pid)}, sample.value)
        yield from families.values()


def _serving() -> list[int]:
    """This process, and those that count into the same folder and have the same parent."""
    mine, folder = os.getpid(), os.environ.get(SHARED)
    counted = {int(file.stem.rpartition("_")[2]) for file in Path(folder).glob("counter_*.db")} if folder else set()
    return sorted({mine} | {pid for pid in counted if _parent(pid) == os.getppid()})


def _parent(pid: int) -> int:
    """The process that began another; 0 where that is over."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
