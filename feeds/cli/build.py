"""``feeds build`` and ``feeds watch``: the feeds as static files."""

from __future__ import annotations

import gc
import logging
import time
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.common import (
    Failure,
    State,
    accept_loss_option,
    base_url_warning,
    drop_unwritten,
    first_edition,
    foreseen,
    jobs_option,
    json_option,
    many,
    no_ping_option,
    open_newsroom,
    output_option,
    precompress_option,
    print_json,
    printable,
    processes,
    progress_bars,
    settings_of,
    state_of,
    warn_of_base_url,
)
from feeds.cli.ping import tell_hubs, told
from feeds.config import Settings, check_output
from feeds.errors import CatalogueError, ConfigError, OccupiedError, OutputError, UnusableCatalogueError
from feeds.logs import begin_log

if TYPE_CHECKING:
    from feeds.arrivals import Ahead
    from feeds.newsroom import Newsroom, Progress, Update
    from feeds.publish import Publication

log = logging.getLogger("feeds")

UNWRITTEN = (
    "feeds lead to archives of earlier months, which feeds serve alone answers; "
    "archives = true writes them here too, archives = false leaves the links out"
)
TRY_AGAIN = 5.0  # seconds after a watch could not write
NAMED = 10  # bad articles that a build names; check names all


@click.command()
@output_option
@jobs_option
@precompress_option
@click.option("--strict", is_flag=True, help="Exit 1 when an article is bad.")
@accept_loss_option
@no_ping_option
@json_option
@click.pass_context
@foreseen
def build(
    context: click.Context,
    output: Path | None,
    jobs: int | None,
    precompress: bool,
    strict: bool,
    accept_loss: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write the feeds as static files; only what changed is written."""
    from feeds.publish import published_in

    started = time.perf_counter()
    gc.disable()  # what a build makes is kept to its end or freed at once: looking for cycles finds none
    settings = settings_of(context)
    folder = _output(settings, output)
    settings = _with_output(settings, folder)
    ahead = None if accept_loss else _read_ahead(settings, processes(jobs))
    newsroom = open_newsroom(settings, accept_loss=accept_loss)
    try:
        newsroom.expect(*published_in(folder))
        with progress_bars(quiet=as_json) as progress:
            work = partial(_build, newsroom, folder, processes(jobs), precompress, progress)
            try:
                update, state, publication = work(ahead)
            except UnusableCatalogueError as error:
                newsroom.mend_alone(error)
                update, state, publication = work(None)
        seconds = time.perf_counter() - started
        answers, untold = ([], 0) if quiet else tell_hubs(newsroom)
        unwritten = _has_unwritten_archives(newsroom)
        unknown = _unknown_profiles(newsroom)
    finally:
        newsroom.close()
    if as_json:
        print_json(_build_report(update, publication, state, seconds) | {"untold": untold})
    else:
        _print_build(publication, state, seconds)
        for line in told(answers, untold):
            click.echo(line, err=bool(untold))
        if unwritten:
            click.echo(UNWRITTEN, err=True)
        for name in unknown:
            click.echo(f"profiles: {name} is not written, as there is no such category yet", err=True)
        warn_of_base_url(settings)
    if strict and any(problem.severity != "note" for problem in state.problems):
        raise SystemExit(1)


@click.command()
@output_option
@precompress_option
@accept_loss_option
@no_ping_option
@click.pass_context
@foreseen
def watch(context: click.Context, output: Path | None, precompress: bool, accept_loss: bool, quiet: bool) -> None:
    """Build again whenever the articles change, until it is interrupted."""
    from feeds.live import Live
    from feeds.publish import published_in, to_folder
    from feeds.push import Hubs

    settings = settings_of(context)
    folder = _output(settings, output)
    settings = _with_output(settings, folder)
    begin_log()
    first_edition(settings, accept_loss=accept_loss, published=published_in(folder))
    if warning := base_url_warning(settings):
        log.warning("%s", warning)
    live = Live(open_newsroom(settings), tell=False)  # hubs hear of what is written, not of what is about to be
    hubs = Hubs(live.newsroom.catalogue, settings)
    live.start()
    published, said = 0, ""
    try:
        while True:
            edition = live.edition
            if edition and edition.version != published:
                try:
                    publication = to_folder(
                        edition.renditions(),
                        folder,
                        paths=edition.paths(),
                        precompress=precompress,
                        articles=state_of(live.newsroom).in_all,
                        catalogue=live.newsroom.origin,
                    )
                except (OutputError, CatalogueError) as error:
                    is_mended = isinstance(error, UnusableCatalogueError) and live.newsroom.mender.distrust(error)
                    if not (published or is_mended or isinstance(error, OccupiedError)):
                        raise
                    if str(error) != said:
                        log.error("%s; it is tried again", error)  # a disk that is full for a moment
                    said = str(error)
                    time.sleep(TRY_AGAIN)
                    continue
                published, said = edition.version, ""
                _tell(publication)
                if not quiet:
                    hubs.wake()
            time.sleep(0.2)
    except KeyboardInterrupt:
        log.info("stopped")
    finally:
        hubs.stop()
        live.stop()


def _tell(publication: Publication) -> None:
    """Show what was written; where that cannot be shown, the log has it, and the watch goes on."""
    line = _publication_line(publication)
    try:
        click.echo(f"{datetime.now().astimezone():%H:%M:%S} {line}")
    except BrokenPipeError:
        raise
    except OSError:
        drop_unwritten()
        log.info("%s", line)


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
    return replace(settings, output=folder)


def _build(
    newsroom: Newsroom,
    folder: Path,
    jobs: int,
    precompress: bool,
    progress: Progress | None,
    ahead: Ahead | None,
) -> tuple[Update, State, Publication]:
    from feeds.publish import to_folder

    update = newsroom.update_alone(jobs=jobs, ahead=ahead, progress=progress)
    state, edition = state_of(newsroom), newsroom.edition()
    if edition is None:
        raise Failure("there is no edition to write yet")
    publication = to_folder(
        edition.renditions(),
        folder,
        paths=edition.paths(),
        precompress=precompress,
        jobs=jobs,
        articles=state.in_all,
        catalogue=newsroom.origin,
    )
    return update, state, publication


def _unknown_profiles(newsroom: Newsroom) -> list[str]:
    """The feeds for aggregators that the settings want of categories that neither they nor articles know."""
    from feeds.compose import Composer
    from feeds.profiles.items import asked

    with newsroom.catalogue.reading() as reading:
        composer = Composer.of(newsroom.settings, reading.categories())
    return [name for name in newsroom.settings.profiles if asked(composer, name) is None]


def _has_unwritten_archives(newsroom: Newsroom) -> bool:
    """Whether feeds lead to archives that this build has not written."""
    edition = newsroom.edition() if newsroom.settings.archives is None else None
    feed = edition.get("rss.xml") if edition else None
    return feed is not None and b'rel="prev-archive"' in feed.body


def _build_report(update: Update, publication: Publication, state: State, seconds: float) -> dict[str, object]:
    read = {"files": update.intake.files, "read": update.intake.read}
    return state.report() | read | asdict(publication) | {"seconds": round(seconds, 3)}


def _print_build(publication: Publication, state: State, seconds: float) -> None:
    problems = state.problems
    for problem in problems[:NAMED]:
        click.echo(f"{printable(problem.path)}: {printable(problem.reason)}", err=True)
    if len(problems) > NAMED:
        click.echo(f'... and {len(problems) - NAMED} more; "feeds check" names them all', err=True)
    found = f"{many(len(problems), 'problem')}, " if problems else ""
    click.echo(f"{state}, {_publication_line(publication)}; {found}{seconds:.2f} s")


def _publication_line(publication: Publication) -> str:
    removed = f", {publication.removed} removed" if publication.removed else ""
    return (
        f"{many(publication.feeds, 'feed')} in {many(publication.documents, 'document')}: "
        f"{publication.written} written, {publication.unchanged} unchanged{removed}"
    )
