"""What the commands share: their options, how a foreseen mistake ends, and what is said of a newsroom."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import wraps
from pathlib import Path
from traceback import clear_frames
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import click

from feeds.config import Settings, is_default_base_url, is_sample, load
from feeds.errors import ArticleError, FeedsError
from feeds.logs import masked
from feeds.logs import printable as printable

if TYPE_CHECKING:
    from feeds.newsroom import Newsroom, Progress

output_option = click.option("--output", type=click.Path(path_type=Path), help="The folder for the static files.")
precompress_option = click.option("--precompress", is_flag=True, help="Put .gz, .br and .zst beside each file.")
no_ping_option = click.option("--no-ping", "quiet", is_flag=True, help="Leave it to feeds ping to tell the hubs.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
accept_loss_option = click.option("--accept-loss", is_flag=True, help="That most of the articles are gone is meant.")
jobs_option = click.option("--jobs", type=click.IntRange(1, 64), help="Processes that read; default one a core.")

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # of what write(2) says; a closed pipe ends quietly
TOO_FEW = (errno.EMFILE, errno.ENFILE)  # descriptors


class Failure(click.ClickException):
    """A foreseen mistake."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        try:
            click.echo(f"feeds: {printable(masked(self.format_message()))}", err=True)
        except OSError:  # who does not hear it has the exit code
            drop_unwritten()


def foreseen(command: Callable[..., None]) -> Callable[..., None]:
    """Turns a FeedsError, a disk that is full behind what is shown, and a want of descriptors into one sentence and
    exit code 2.
    """

    @wraps(command)
    def guarded(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except FeedsError as error:
            _let_go(error)
            raise Failure(str(error)) from error
        except OSError as error:
            if error.errno in TOO_FEW:  # even for the program's own files
                raise Failure(f"{error.strerror}; let this process open more, as by ulimit -n 1024") from error
            if error.filename is not None or error.errno not in UNWRITABLE:
                raise
            drop_unwritten()
            raise Failure(f"what is to be shown cannot be written: {error.strerror}") from error

    return guarded


def _let_go(error: BaseException | None) -> None:
    """Forget what was at work when it failed: processes read on for whoever may still take what they give."""
    while error:
        clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def drop_unwritten() -> None:
    """Forget what could not be shown: whatever is shown next, and the end of the process, would fail at it again."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError), ExitStack() as opened:  # it may be closed, or no file
            descriptor = stream.fileno()
            kept, nowhere = os.dup(descriptor), os.open(os.devnull, os.O_WRONLY)
            opened.callback(os.close, kept)
            opened.callback(os.close, nowhere)
            opened.callback(os.dup2, kept, descriptor)
            os.dup2(nowhere, descriptor)
            stream.flush()


def settings_of(context: click.Context) -> Settings:
    config, data = context.obj
    return load(config, data)


def open_newsroom(settings: Settings, *, accept_loss: bool = False) -> Newsroom:
    """The newsroom, with word left that a loss of articles is meant where that is so."""
    from feeds.newsroom import Newsroom  # here, as it takes a while and not every command needs it

    if accept_loss and is_sample(settings):
        raise Failure("--accept-loss: the bundled sample loses nothing; name your own articles with --data or --config")
    newsroom = Newsroom.open(settings, may_be_empty=accept_loss)
    if accept_loss:
        newsroom.accept_loss()
    return newsroom


def processes(jobs: int | None) -> int:
    return jobs or len(os.sched_getaffinity(0))


class State(NamedTuple):
    """Of a newsroom: articles whose time has come, articles that wait for theirs, what is wrong.

    notices: corrections, rights of reply and withdrawals. withdrawn: articles that are.
    """

    articles: int
    waiting: int
    problems: list[ArticleError]
    notices: int
    withdrawn: int

    @property
    def in_all(self) -> int:
        """Articles, whether their time has come or not."""
        return self.articles + self.waiting

    def __str__(self) -> str:
        waits = f" ({self.waiting:,} more {'waits' if self.waiting == 1 else 'wait'} for the time that is their date)"
        return many(self.articles, "article") + (waits if self.waiting else "")

    def report(self) -> dict[str, object]:
        problems = [problem_report(problem) for problem in self.problems]
        return {
            "articles": self.articles,
            "waiting": self.waiting,
            "notices": self.notices,
            "withdrawn": self.withdrawn,
            "problems": problems,
        }


def state_of(newsroom: Newsroom) -> State:
    with newsroom.catalogue.reading() as reading:
        moment = reading.moment(now())
        withdrawn = sum(bool(notice.article) for notice in reading.withdrawals())
        return State(*reading.count(moment), reading.problems(), reading.count_notices(moment), withdrawn)


def now() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


def problem_report(problem: ArticleError) -> dict[str, object]:
    return {
        "path": problem.path,
        "kind": problem.kind,
        "reason": problem.reason,
        "published": not problem.fatal,
        "severity": problem.severity,
    }


def first_edition(settings: Settings, *, accept_loss: bool, published: tuple[int, str] = (0, "")) -> None:
    """Where there is no edition yet, make one with every core, which the server's threads cannot.

    published: how many articles were before, and by which catalogue, as ``publish.published_in`` has it.
    Raises DataDirectoryError where the articles are missing and there is no edition to go on with either.
    """
    newsroom = open_newsroom(settings, accept_loss=accept_loss)
    try:
        newsroom.expect(*published)
        if newsroom.version():
            newsroom.check_published()
            return
        with progress_bars(quiet=False) as progress:
            newsroom.update_alone(jobs=processes(None), progress=progress)
    finally:
        newsroom.close()


def warn_of_base_url(settings: Settings) -> None:
    if sentence := base_url_warning(settings):
        click.secho(f"WARNING: {sentence}", fg="yellow", err=True)


def base_url_warning(settings: Settings) -> str:
    """What is wrong with a base_url that nobody has set; "" where somebody has."""
    if not is_default_base_url(settings):
        return ""
    sentence = f"base_url is {settings.base_url}, which no reader elsewhere can open: set it first."
    if settings.authority == urlsplit(settings.base_url).hostname:
        sentence += " Ids of articles without an address begin with its host from now on, and stay so."
    return sentence


def many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def columns(rows: Sequence[Sequence[str]], *, right: bool = False) -> Iterator[str]:
    """Lines in which the cells of a column stand below each other; right: all but the first as numbers stand."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, *cells in rows:
        placed = (cell.rjust(w) if right else cell.ljust(w) for cell, w in zip(cells, others, strict=True))
        yield "  ".join((name.ljust(first), *placed)).rstrip()


def print_json(report: object) -> None:
    click.echo(json.dumps(report, ensure_ascii=False, indent=1))


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Progress | None]:
    """A bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield show
