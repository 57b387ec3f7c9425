"""The command line. Exit 0: done; 1: ``check`` or ``--strict`` found bad articles; 2: it could not be done.

A foreseen mistake is one sentence on standard error, never a traceback.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import click

from feeds import __version__
from feeds.config import SAMPLE, TEMPLATE, Settings, check_output, is_default_base_url, load
from feeds.errors import ArticleError, ConfigError, DateError, FeedsError, OutputError

if TYPE_CHECKING:
    from feeds.arrivals import Ahead
    from feeds.newsroom import Newsroom, Progress, Update
    from feeds.publish import Publication

NAMED = 10  # bad articles that a build names; check names all
PIPE = 10_000  # columns: a pipe has no width, and a line stays a line there


class Failure(click.ClickException):
    """A foreseen mistake."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"feeds: {self.format_message()}", err=True)


def foreseen(command: Callable[..., None]) -> Callable[..., None]:
    """Turns a FeedsError into one sentence and exit code 2."""

    @wraps(command)
    def guarded(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except FeedsError as error:
            raise Failure(str(error)) from error

    return guarded


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", type=click.Path(path_type=Path), help="The configuration; default config/newsroom.toml.")
@click.option("--data", type=click.Path(path_type=Path), help="The folder with the articles.")
@click.version_option(__version__, prog_name="feeds")
@click.pass_context
def main(context: click.Context, config: Path | None, data: Path | None) -> None:
    """RSS, Atom and JSON feeds for a newsroom, from a folder of articles."""
    context.obj = (config, data)


def _open(settings: Settings) -> Newsroom:
    from feeds.newsroom import Newsroom  # here, as it takes a while and not every command needs it

    return Newsroom.open(settings)


def _settings(context: click.Context) -> Settings:
    config, data = context.obj
    return load(config, data)


def _jobs(jobs: int | None) -> int:
    return jobs or len(os.sched_getaffinity(0))


# --- build, watch ----------------------------------------------------------------------------------------------------

output_option = click.option("--output", type=click.Path(path_type=Path), help="The folder for the static files.")
precompress_option = click.option("--precompress", is_flag=True, help="Put .gz, .br and .zst beside each file.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
jobs_option = click.option("--jobs", type=click.IntRange(1, 64), help="Processes that read; default one a core.")


@main.command()
@output_option
@jobs_option
@precompress_option
@click.option("--strict", is_flag=True, help="Exit 1 when an article is bad.")
@json_option
@click.pass_context
@foreseen
def build(
    context: click.Context, output: Path | None, jobs: int | None, precompress: bool, strict: bool, as_json: bool
) -> None:
    """Write the feeds as static files; only what changed is written."""
    started = time.perf_counter()
    gc.disable()  # what a build makes is kept to its end or freed at once: looking for cycles finds none
    settings = _settings(context)
    folder = _output(settings, output)
    settings = _with_output(settings, folder)
    ahead = _read_ahead(settings, _jobs(jobs))
    newsroom = _open(settings)
    try:
        with _progress(quiet=as_json) as progress:
            update = newsroom.update_alone(jobs=_jobs(jobs), ahead=ahead, progress=progress)
            publication = _publish(newsroom, folder, precompress, _jobs(jobs))
        state = _state(newsroom)
    finally:
        newsroom.close()
    seconds = time.perf_counter() - started
    if as_json:
        _print_json(_build_report(update, publication, state, seconds))
    else:
        _print_build(publication, state, seconds)
        _warn_of_base_url(settings)
    if strict and state.problems:
        raise SystemExit(1)


@main.command()
@output_option
@precompress_option
@click.pass_context
@foreseen
def watch(context: click.Context, output: Path | None, precompress: bool) -> None:
    """Build again whenever the articles change, until it is interrupted."""
    from feeds.live import Live
    from feeds.publish import to_folder
    from feeds.scan import scan
    from feeds.serve import begin_log

    settings = _settings(context)
    folder = _output(settings, output)
    settings = _with_output(settings, folder)
    scan(settings)  # once it watches, it waits for a data directory that went; one that never was is a mistake
    begin_log()
    _warn_of_base_url(settings)
    _first_edition(settings)
    live = Live(_open(settings))
    live.start()
    published = 0
    try:
        while True:
            edition = live.edition
            if edition and edition.version != published:
                try:
                    publication = to_folder(edition.renditions(), folder, precompress=precompress)
                except OutputError as error:
                    if not published:
                        raise
                    click.echo(f"feeds: {error}; it is tried again", err=True)  # a disk that is full for a moment
                    time.sleep(5)
                    continue
                published = edition.version
                click.echo(f"{datetime.now().astimezone():%H:%M:%S} {_publication_line(publication)}")
            time.sleep(0.2)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    finally:
        live.stop()


def _read_ahead(settings: Settings, jobs: int) -> Ahead | None:
    """Begin to read before the database's library is loaded, where there is no database yet."""
    from feeds.arrivals import read_ahead
    from feeds.state import catalogue_file

    first = not settings.catalogue and not catalogue_file(settings).exists()
    return read_ahead(settings, jobs) if first else None


def _output(settings: Settings, output: Path | None) -> Path:
    folder = output.absolute() if output else settings.output
    if folder is None:
        raise Failure("where to? Name a folder with --output, or set output in the configuration")
    check_output(folder, settings.data)
    _check_holds_no_articles(folder, settings.data)
    return folder


def _check_holds_no_articles(folder: Path, data: Path) -> None:
    """An output within the data directory is no part of it: what lies there must not be articles."""
    from feeds.readers import is_source
    from feeds.scan import MANIFEST

    inside = folder.resolve().is_relative_to(data.resolve())
    if not inside or (folder / MANIFEST).exists():
        return
    article = next((path for path in folder.rglob("*") if is_source(path.name) and path.is_file()), None)
    if article:
        raise ConfigError("output", f"{folder} holds {article.relative_to(folder)}, which would be no article any more")


def _with_output(settings: Settings, folder: Path) -> Settings:
    """The output may lie in the data directory, and is then no part of it."""
    from dataclasses import replace

    return replace(settings, output=folder)


def _publish(newsroom: Newsroom, folder: Path, precompress: bool, jobs: int) -> Publication:
    from feeds.publish import to_folder

    edition = newsroom.edition()
    if edition is None:
        raise Failure("there is no edition to write yet")
    return to_folder(edition.renditions(), folder, precompress=precompress, jobs=jobs)


class _State(NamedTuple):
    """Of a newsroom: articles whose time has come, articles that wait for theirs, what is wrong."""

    articles: int
    waiting: int
    problems: list[ArticleError]

    def __str__(self) -> str:
        waits = f" ({self.waiting:,} more {'waits' if self.waiting == 1 else 'wait'} for the time that is their date)"
        return _many(self.articles, "article") + (waits if self.waiting else "")

    def report(self) -> dict[str, object]:
        problems = [_problem_report(problem) for problem in self.problems]
        return {"articles": self.articles, "waiting": self.waiting, "problems": problems}


def _state(newsroom: Newsroom) -> _State:
    with newsroom.catalogue.reading() as reading:
        return _State(*reading.count(time.time_ns() // 1000), reading.problems())


def _build_report(update: Update, publication: Publication, state: _State, seconds: float) -> dict[str, object]:
    read = {"files": update.intake.files, "read": update.intake.read}
    return state.report() | read | asdict(publication) | {"seconds": round(seconds, 3)}


def _print_build(publication: Publication, state: _State, seconds: float) -> None:
    problems = state.problems
    for problem in problems[:NAMED]:
        click.echo(f"{problem.path}: {problem.reason}", err=True)
    if len(problems) > NAMED:
        click.echo(f'... and {len(problems) - NAMED} more; "feeds check" names them all', err=True)
    found = f"{_many(len(problems), 'problem')}, " if problems else ""
    click.echo(f"{state}, {_publication_line(publication)}; {found}{seconds:.2f} s")


def _publication_line(publication: Publication) -> str:
    removed = f", {publication.removed} removed" if publication.removed else ""
    return (
        f"{_many(publication.feeds, 'feed')} in {_many(publication.documents, 'document')}: "
        f"{publication.written} written, {publication.unchanged} unchanged{removed}"
    )


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


# --- serve -----------------------------------------------------------------------------------------------------------


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; default the setting workers.")
@click.option("--server", type=click.Choice(["granian", "bjoern"]), default="granian", show_default=True)
@click.pass_context
@foreseen
def serve(context: click.Context, host: str, port: int, workers: int | None, server: str) -> None:
    """Serve the feeds over HTTP.

    A changed article is served within a second; a bad one costs no other.
    """
    from feeds.scan import scan
    from feeds.serve import begin_log, check_port
    from feeds.serve import serve as run

    settings = _settings(context)
    scan(settings)  # a data directory that is missing or empty is said now, not by the workers
    check_port(host, port)
    begin_log()
    _first_edition(settings)
    _hand_on(context)
    click.echo(f"{settings.title}: http://{host}:{port}/ serves {settings.data}", err=True)
    _warn_of_base_url(settings)
    run(host=host, port=port, workers=workers or settings.workers, server=server)


def _first_edition(settings: Settings) -> None:
    """Where there is no edition yet, make one with every core, which the server's threads cannot."""
    newsroom = _open(settings)
    try:
        if not newsroom.version():
            with _progress(quiet=False) as progress:
                newsroom.update_alone(jobs=_jobs(None), progress=progress)
    finally:
        newsroom.close()


def _hand_on(context: click.Context) -> None:
    """What was named on the command line reaches the workers through the environment."""
    config, data = context.obj
    for variable, path in (("FEEDS_CONFIG", config), ("FEEDS_DATA", data)):
        if path:
            os.environ[variable] = str(path.absolute())


def _warn_of_base_url(settings: Settings) -> None:
    if is_default_base_url(settings):
        sentence = f"WARNING: base_url is {settings.base_url}, which no reader elsewhere can open: set it first."
        if settings.authority == urlsplit(settings.base_url).hostname:
            sentence += " Ids of articles without an address begin with its host from now on, and stay so."
        click.secho(sentence, fg="yellow", err=True)


# --- check -----------------------------------------------------------------------------------------------------------


@main.command()
@json_option
@jobs_option
@click.pass_context
@foreseen
def check(context: click.Context, as_json: bool, jobs: int | None) -> None:
    """Say what is wrong with the articles, and where. Exit 1 when anything is."""
    newsroom = _open(_settings(context))
    try:
        with _progress(quiet=as_json) as progress:
            newsroom.update_alone(jobs=_jobs(jobs), progress=progress)
        state = _state(newsroom)
    finally:
        newsroom.close()
    if as_json:
        _print_json(state.report())
    else:
        _print_problems(state)
    if state.problems:
        raise SystemExit(1)


def _problem_report(problem: ArticleError) -> dict[str, object]:
    return {"path": problem.path, "kind": problem.kind, "reason": problem.reason, "published": not problem.fatal}


def _print_problems(state: _State) -> None:
    problems = state.problems
    if problems:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for title in ("File", "What", "Why", "Published"):
            table.add_column(title, overflow="fold")
        for problem in problems:
            row = (problem.path, problem.kind, problem.reason)
            table.add_row(*map(Text, row), Text("no", style="red") if problem.fatal else Text("yes", style="yellow"))
        width = None if sys.stdout.isatty() else PIPE
        Console(width=width, highlight=False, soft_wrap=False).print(table)
        click.echo()
    left_out = sum(problem.fatal for problem in problems)
    click.echo(f"{state} published, {_many(len(problems), 'problem')}, {left_out} left out")


# --- dates -----------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("texts", nargs=-1, required=True, metavar="TEXT... | -")
@click.option("--reference", help="The moment that relative dates count from, in ISO form.")
@click.option("--strict", is_flag=True, help="Refuse a weekday that contradicts its date; exit 1 when one is refused.")
@json_option
@click.pass_context
@foreseen
def dates(context: click.Context, texts: Sequence[str], reference: str | None, strict: bool, as_json: bool) -> None:
    """Show how a date is understood.

    One a line, from standard input with "-".
    """
    from feeds.dates import read_date

    zone = _settings(context).zone
    since = _reference(reference, zone)
    refused = 0
    for text in _lines(texts):
        try:
            moment = read_date(text, zone=zone, reference=since, strict=strict)
        except DateError as error:
            refused += 1
            report: dict[str, object] = {"text": text, "refused": error.reason}
            line = f"{text}  {click.style(f'refused: {error.reason}', fg='red')}"
        else:
            stamp = moment.value.isoformat()
            report = {"text": text, "date": stamp, "origin": moment.origin, "warnings": list(moment.warnings)}
            warning = click.style("".join(f"; {w}" for w in moment.warnings), fg="yellow")
            line = f"{text}  {click.style(stamp, fg='green')}  ({moment.origin}){warning}"
        click.echo(json.dumps(report, ensure_ascii=False) if as_json else line)
    if strict and refused:
        raise SystemExit(1)


def _lines(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        if text == "-":
            yield from (line.decode("utf-8", "replace").rstrip("\r\n") for line in sys.stdin.buffer)
        else:
            yield text


def _reference(text: str | None, zone: Any) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--reference {text!r} is no ISO date, such as 2024-12-03T10:30") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


# --- init ------------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@foreseen
def init(folder: Path) -> None:
    """Begin a newsroom in a new folder.

    Writes config/newsroom.toml, with every setting explained, and sample articles to start from.
    """
    config, articles = folder / "config" / "newsroom.toml", folder / "articles"
    for path in (config, articles):
        if path.exists():
            raise Failure(f"{path} exists already; nothing was written")
    try:
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_bytes(TEMPLATE.read_bytes())
        shutil.copytree(SAMPLE / "articles", articles, ignore=shutil.ignore_patterns("salah"))
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}") from error
    click.echo(f"{config}: the settings, each with its default\n{articles}: articles to start from")
    click.echo(f"Next: cd {folder} && feeds serve")


# --- what commands share ---------------------------------------------------------------------------------------------


def _print_json(report: object) -> None:
    click.echo(json.dumps(report, ensure_ascii=False, indent=1))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress | None]:
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
