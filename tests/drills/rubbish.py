"""Rubbish in: generated inputs for every reader, for dates, the configuration, lists of withdrawals and HTTP.

    python tests/drills/rubbish.py [N]      N of them in all, 50,000 without N

Real samples of the tests are changed: bits flipped, parts cut, doubled and spliced with others, numbers made huge,
values nested, texts encoded in other ways, controls, surrogates and byte order marks put in. Others have one piece many
times, with blanks or without, where a title, a body, a row, an attribute or a list's entry stands, some up to the
default limits. No input may raise what is not foreseen, give more text than is read of an article, make memory grow, or
take a second of the processor, a longer one a second for each 250 KB or 50,000 lines; and every good article appears,
whatever lies beside it. Where atheris is installed (``pip install atheris``), a fifth is guided by what the readers
have covered.
"""

from __future__ import annotations

import importlib.util
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # as a script it begins in its own folder

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from feeds import text
from feeds.config import load
from feeds.dates import find_dates, months_first, read_date
from feeds.errors import ConfigError, DateError
from feeds.limits import Limits, size_of
from feeds.model import Article, Draft
from feeds.readers import WITHDRAWN, explain_file, read_file
from feeds.scan import scan
from feeds.source import Rules, normalise
from feeds.web import create_app
from feeds.withdrawal_lists import read_lists
from tests.drills.rubbish_inputs import (
    CONFIGURATION,
    DATES,
    LIST,
    REPEATED,
    REQUESTS,
    RUBBISH,
    VARIABLES,
    Repeated,
    Request,
    Rubbish,
    Sample,
    samples,
)
from tests.support import NOW, a_desk, article, titles, until

SECOND = 1.0  # of the processor that an input may take
BYTES, LINES = 250_000, 50_000  # for each so many of which a longer input may take another
HANG = 10.0
MOST_TEXT = Limits().text  # characters
GROWTH = 400  # MB that memory may grow by, once each reader has read something
UNFORESEEN = "the file cannot be read ("  # how read_file begins to tell of an exception that no reader foresaw
GOOD = 24
CHUNK = 500  # inputs for which Hypothesis remembers what it gave

# --- what is held ----------------------------------------------------------------------------------------------------


class HangError(BaseException):
    """An input takes so long that nothing waits for it."""


def _stop(*_: object) -> None:
    raise HangError(f"more than {HANG:.0f} s")


@dataclass
class Drill:
    """Tries inputs and counts them. files: by their suffix, which tells the reader, without those that atheris chose.

    lost: a sentence for each that was not borne; kept: rubbish for the build.
    """

    folder: Path
    second: float = SECOND
    tried: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    kept: list[Sample] = field(default_factory=list)
    slowest: float = 0.0
    published: str = ""
    guided: str = ""

    @cached_property
    def samples(self) -> list[Sample]:
        return samples()

    @cached_property
    def rules(self) -> Rules:
        (self.folder / "berita").mkdir(exist_ok=True)
        return Rules.of(load(data=self.folder / "berita", environ={}, cwd=self.folder))

    def run(self, count: int, seed_: int = 1) -> None:
        """Try so many inputs, of each kind its share, and a build among them."""
        self.warm_up()
        before = _memory()
        shares: tuple[tuple[float, st.SearchStrategy[Any], Callable[[Any], None]], ...] = (
            (0.52, RUBBISH, lambda rubbish: self.file(rubbish.of(self.samples))),
            (0.08, REPEATED, self.repeated),
            (0.02, RUBBISH, self.withdrawals),
            (0.14, DATES, self.dates),
            (0.04, RUBBISH, self.configuration),
            (0.05, VARIABLES, self.environment),
        )
        for share, strategy, call in shares:
            _generate(strategy, max(1, round(count * share)), seed_, call)
        with self._service() as ask:
            _generate(REQUESTS, max(1, round(count * 0.15)), seed_, ask)
        if (grown := _memory() - before) > GROWTH:
            self.lost.append(f"memory grew by {grown} MB")
        self.build()

    def hold(
        self, kind: str, subject: object, call: Callable[[], object], *foreseen: type[Exception], data: bytes = b""
    ) -> None:
        """Make a call, which may raise what is foreseen and nothing else, within its time. data: the input's bytes."""
        self.tried[kind] += 1
        began = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, HANG)
        try:
            with suppress(*foreseen):
                call()
        except (Exception, HangError) as error:
            self.lost.append(f"{kind}: {type(error).__name__}: {error}: {subject!r:.2000}")
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        took = time.process_time() - began
        self.slowest = max(self.slowest, took)
        if took > self.second * max(1, len(data) / BYTES, data.count(b"\n") / LINES):
            self.lost.append(f"{kind}: took {took:.1f} s: {subject!r:.2000}")

    def warm_up(self) -> None:
        """What the readers import, and what they keep, is none of an input's time or memory."""
        signal.signal(signal.SIGVTALRM, _stop)
        for sample in self.samples:
            self._read(sample)

    # --- kinds ---

    def file(self, sample: Sample, good: str = "") -> None:
        """good: the title of an article that must be found, "" for none."""
        self.files[Path(sample.name).suffix] += 1
        self.hold("file", sample, lambda: self._read(sample, good), data=sample.data)
        if self.tried["file"] % 40 == 0 and len(self.kept) < 400:
            self.kept.append(sample)

    def _read(self, sample: Sample, good: str = "") -> None:
        """All that becomes of a file: drafts, articles, HTML, and how it is explained."""
        position = None
        missing = bool(good)
        for found in read_file(sample.name, sample.data):
            if isinstance(found, Draft):
                position = found.position
                missing = missing and found.title != good
                assert size_of(found) <= MOST_TEXT, size_of(found)
                self._check(normalise(found, self.rules, 0, []))
                text.summarise(text.render(found.body, found.body_format, base="https://kabar.example/a/"))
            elif UNFORESEEN in found.reason:
                raise AssertionError(found.reason)
        assert not missing, good
        explain_file(sample.name, sample.data, position=position)

    def _check(self, found: Article | None) -> None:
        """The moments of an article can be told in every zone."""
        for moment in (found.published, found.updated) if found else ():
            assert moment is None or 1900 <= moment.year < 2200, moment

    def repeated(self, repeated: Repeated) -> None:
        if repeated.file.name == WITHDRAWN:
            self.listed(repeated.file.data)
        else:
            self.file(repeated.file, repeated.good)

    def withdrawals(self, rubbish: Rubbish) -> None:
        self.listed(Rubbish(0, rubbish.other, rubbish.changes).of([LIST, *self.samples[:1]]).data)

    def listed(self, data: bytes) -> None:
        """What becomes of a list of withdrawals."""
        (Path(self.rules.root) / WITHDRAWN).write_bytes(data)
        found = scan(load(data=Path(self.rules.root), environ={}, cwd=self.folder))
        self.hold("list", data, lambda: read_lists(self.rules, found), data=data)

    def dates(self, written: str) -> None:
        def every_way() -> None:
            with suppress(DateError):
                read_date(written, reference=NOW)
            find_dates(written, reference=NOW)
            months_first([written])

        self.hold("date", written, every_way)

    def configuration(self, rubbish: Rubbish) -> None:
        file = self.folder / "newsroom.toml"
        file.write_bytes(Rubbish(0, rubbish.other, rubbish.changes).of([CONFIGURATION, *self.samples[:1]]).data)
        self.hold("setting", file.read_bytes(), lambda: load(config=file, environ={}, cwd=self.folder), ConfigError)

    def environment(self, variables: dict[str, str]) -> None:
        data = self.folder / "berita"
        self.hold("setting", variables, lambda: load(data=data, environ=variables, cwd=self.folder), ConfigError)

    @contextmanager
    def _service(self) -> Iterator[Callable[[Request], None]]:
        """A service with an edition, asked as a WSGI server asks it."""
        folder = self.folder / "layanan"
        folder.mkdir()
        with a_desk(folder) as desk:
            for number in range(GOOD):
                desk.write(f"{number}.md", f"Berita {number}", category=["Ekonomi", "Olahraga"][number % 2])
            desk.build()
            app = create_app(desk.settings)
            live = app.extensions["feeds"]
            live.start()
            try:
                until(lambda: live.edition, within=30)
                yield lambda request: self.hold("request", request, lambda: request.ask(app))
            finally:
                live.stop()

    # --- the whole ---

    def build(self) -> None:
        """Lay rubbish between good articles: each good one is published, and what is not is named."""
        folder = self.folder / "bangunan"
        folder.mkdir()
        with a_desk(folder, limit=1000) as desk:
            for number, sample in enumerate(self.kept):
                (desk.data / f"{number:04}-{sample.name}").write_bytes(sample.data)
            for number in range(GOOD):
                place = desk.data / f"{number * len(self.kept) // GOOD:04}-baik-{number}.md"
                place.write_text(article(f"Kabar baik nomor {number}", f"2026-05-{number + 1:02}"), encoding="utf-8")
            found = titles(desk.build())
        good = sum(f"Kabar baik nomor {number}" in found for number in range(GOOD))
        self.published = f"{good} of {GOOD} good articles published among {len(self.kept)} files of rubbish"
        if good < GOOD:
            self.lost.append(self.published)

    def guide(self, count: int) -> None:
        """Let atheris choose some of the files, where it is installed."""
        if importlib.util.find_spec("atheris") is None:
            self.guided = "atheris left out (pip install atheris)"
            return
        folder = self.folder / "terpandu"
        folder.mkdir()
        program = (sys.executable, str(Path(__file__).with_name("rubbish_guided.py")), str(count), str(folder))
        done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=3600)
        report = folder / "lost.txt"
        if report.exists():
            self.lost += report.read_text(encoding="utf-8").splitlines()
        runs = re.search(r"Done (\d+) runs", done.stderr)
        if done.returncode or runs is None:
            self.lost.append(f"atheris ended with {done.returncode}: {done.stderr[-2000:]}")
        self.tried["file"] += int(runs[1]) if runs else 0
        self.guided = f"{runs[1] if runs else 0} files more guided by atheris"

    def __str__(self) -> str:
        kinds = ", ".join(f"{number:,} {kind}s" for kind, number in self.tried.items())
        files = ", ".join(f"{number:,} {suffix}" for suffix, number in self.files.most_common())
        tried, slow = f"{self.tried.total():,} inputs ({kinds})", f"the slowest took {self.slowest:.2f} s"
        parts = (tried, f"files by reader: {files}", self.guided, slow, self.published, f"lost: {len(self.lost)}")
        return "; ".join(filter(None, parts))


def _memory() -> int:
    """The most that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _generate(strategy: st.SearchStrategy[Any], count: int, seed_: int, call: Callable[[Any], None]) -> None:
    """Call with so many values of a strategy, the same for the same seed."""
    for first in range(0, count, CHUNK):

        @seed(seed_ * 1_000_003 + first)
        @settings(
            max_examples=min(CHUNK, count - first),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def each(value: Any) -> None:
            call(value)

        each()


def main() -> None:
    """Run it, and say what was lost."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        drill = Drill(Path(folder))
        guided = count // 5
        drill.run(count - guided if importlib.util.find_spec("atheris") else count)
        drill.guide(guided)
    for sentence in drill.lost[:50]:
        print(ascii(sentence))
    print(f"{drill}; {time.monotonic() - began:.0f} s")
    raise SystemExit(bool(drill.lost))


if __name__ == "__main__":
    main()
