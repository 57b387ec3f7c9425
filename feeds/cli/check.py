"""``feeds check``: what is wrong with the articles, and where."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from feeds.cli.common import (
    State,
    foreseen,
    jobs_option,
    json_option,
    many,
    open_newsroom,
    print_json,
    processes,
    progress_bars,
    settings_of,
    state_of,
)

if TYPE_CHECKING:
    from feeds.newsroom import Newsroom

PIPE = 10_000  # columns: a pipe has no width, and a line stays a line there


@click.command()
@click.option("--categories", is_flag=True, help="Show the categories, and names that are none.")
@json_option
@jobs_option
@click.pass_context
@foreseen
def check(context: click.Context, categories: bool, as_json: bool, jobs: int | None) -> None:
    """Say what is wrong with the articles, and where. Exit 1 when anything is."""
    newsroom = open_newsroom(settings_of(context))
    try:
        with progress_bars(quiet=as_json) as progress:
            newsroom.update_alone(jobs=processes(jobs), progress=progress)
        if categories:
            _show_categories(newsroom, as_json)
            return
        state = state_of(newsroom)
    finally:
        newsroom.close()
    if as_json:
        print_json(state.report())
    else:
        _print_problems(state)
    if state.problems:
        raise SystemExit(1)


def _show_categories(newsroom: Newsroom, as_json: bool) -> None:
    from feeds.cli import categories

    listing = categories.listing_of(newsroom)
    if as_json:
        print_json(categories.report(listing))
    else:
        categories.show(listing)
    if listing.unknown:
        raise SystemExit(1)


def _print_problems(state: State) -> None:
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
    click.echo(f"{state} published, {many(len(problems), 'problem')}, {left_out} left out")
