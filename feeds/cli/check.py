"""``feeds check``: the newsroom's mirror. What is wrong with the articles, where, and what there is."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from feeds.cli.common import (
    Failure,
    State,
    accept_loss_option,
    columns,
    foreseen,
    jobs_option,
    json_option,
    many,
    now,
    open_newsroom,
    print_json,
    printable,
    processes,
    progress_bars,
    settings_of,
    state_of,
)
from feeds.config.values import suggestion
from feeds.errors import KINDS, ArticleError

if TYPE_CHECKING:
    from feeds.newsroom import Newsroom
    from feeds.survey import Survey, Tally

FOLDERS = 30  # that people are shown; --json has them all
_COLOURS = {"left out": "red", "warning": "yellow", "note": "cyan"}
_ANY = ("left-out", "warning", "any", "profile")
_FOUND = {
    "field": "a field",
    "metadata": "metadata",
    "published": "a published line",
    "dateline": "the dateline",
    "mtime": "the file's time",
    "line": "a line",
    "heading": "a heading",
    "lede": "the first sentence",
    "filename": "the file's name",
}
"""Where dates and titles are found, in words."""


@click.command()
@click.option("--categories", is_flag=True, help="Show the categories, and names that are none.")
@click.option("--explain", "place", metavar="PATH", help="Show how one file, or one record (PATH#3), is read.")
@click.option("--profile", metavar="NAME", help="Show which articles an aggregator takes: msn, or msn/ekonomi.")
@click.option("--fail-on", "fail_on", multiple=True, metavar="KIND", help="Exit 1 for this kind of problem alone.")
@accept_loss_option
@json_option
@jobs_option
@click.pass_context
@foreseen
def check(
    context: click.Context,
    categories: bool,
    place: str | None,
    profile: str | None,
    fail_on: Sequence[str],
    accept_loss: bool,
    as_json: bool,
    jobs: int | None,
) -> None:
    """Say what is wrong with the articles, and where. Exit 1 when anything is.

    --fail-on takes a kind of problem, "left-out", "warning" or "any", which counts notes too; and "profile", for what
    --profile finds, which is else no fault.
    """
    _check_kinds(fail_on)
    newsroom = open_newsroom(settings_of(context), accept_loss=accept_loss)
    try:
        with progress_bars(quiet=as_json) as progress:
            newsroom.update_alone(jobs=processes(jobs), progress=progress)
        if place is not None:
            from feeds.cli.explain import show_explanation

            show_explanation(newsroom, place, as_json)
            return
        if profile is not None:
            from feeds.cli.profile import show_profile

            if show_profile(newsroom, profile, as_json) and "profile" in fail_on:
                raise SystemExit(1)
            return
        if categories:
            from feeds.cli.categories import show_categories

            problems = show_categories(newsroom, as_json)
        else:
            problems = _show_mirror(newsroom, as_json)
    finally:
        newsroom.close()
    if any(_fails(problem, fail_on) for problem in problems):
        raise SystemExit(1)


def _check_kinds(fail_on: Sequence[str]) -> None:
    known = (*KINDS, *_ANY)
    for kind in fail_on:
        if kind not in known:
            kinds = f"the kinds are {', '.join(known)}"
            raise Failure(f"--fail-on {kind}: no kind of problem; {kinds}{suggestion(kind, known)}")


def _fails(problem: ArticleError, fail_on: Collection[str]) -> bool:
    if not fail_on:
        return problem.severity != "note"
    return not {problem.kind, problem.severity.replace(" ", "-"), "any"}.isdisjoint(fail_on)


# --- the mirror ------------------------------------------------------------------------------------------------------


def _show_mirror(newsroom: Newsroom, as_json: bool) -> list[ArticleError]:
    from feeds.survey import future, survey

    state = state_of(newsroom)
    with newsroom.catalogue.reading() as reading:
        state = state._replace(problems=[*state.problems, *future(reading, reading.moment(now()))])
        found = survey(reading)
    if as_json:
        print_json(state.report() | {"summary": _report(found)})
    else:
        _print_problems(state.problems)
        _print_survey(found)
        _print_total(state)
    return state.problems


def _report(found: Survey) -> dict[str, object]:
    def of(tallies: Mapping[str, Tally]) -> dict[str, object]:
        return {
            name: {"articles": tally.articles, "left out": tally.problems["left out"]}
            | {"warnings": tally.problems["warning"], "notes": tally.problems["note"]}
            for name, tally in sorted(tallies.items())
        }

    return {
        "sources": of(found.kinds),
        "folders": of(found.folders),
        "dates": dict(found.dates.most_common()),
        "titles": dict(found.titles.most_common()),
    }


def _print_problems(problems: Sequence[ArticleError]) -> None:
    """A table as wide as the terminal; in a pipe a line each, two blanks between its parts."""
    if not problems:
        return
    if not sys.stdout.isatty():
        for problem in problems:
            click.echo(f"{printable(problem.path)}  {problem.severity}  {problem.kind}  {printable(problem.reason)}")
    else:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for title in ("File", "", "What", "Why"):
            table.add_column(title, overflow="fold", no_wrap=title in ("", "What"))
        for problem in problems:
            severity = Text(problem.severity, style=_COLOURS[problem.severity])
            table.add_row(Text(printable(problem.path)), severity, Text(problem.kind), Text(printable(problem.reason)))
        Console(highlight=False).print(table)
    click.echo()


def _print_survey(found: Survey) -> None:
    for title, tallies in (("Source", found.kinds), ("Folder", found.folders)):
        for line in _table(title, tallies):
            click.echo(line)
        click.echo()
    for title, origins in (("Dates", found.dates), ("Titles", found.titles)):
        if origins:
            click.echo(f"{title} from {_counted(origins)}")


def _table(title: str, tallies: Mapping[str, Tally]) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [(title, "Articles", "Left out", "Warnings")]
    listed = sorted(tallies.items(), key=lambda each: (-each[1].articles, each[0]))
    for name, tally in listed[:FOLDERS]:
        numbers = (tally.articles, tally.problems["left out"], tally.problems["warning"])
        rows.append((printable(name) or "(beside them)", *(f"{number:,}" for number in numbers)))
    yield from columns(rows, right=True)
    if len(listed) > FOLDERS:
        yield f"... and {len(listed) - FOLDERS:,} more; --json has them all"


def _counted(origins: Counter[str]) -> str:
    return ", ".join(f"{_FOUND.get(origin, origin)}: {number:,}" for origin, number in origins.most_common())


def _print_total(state: State) -> None:
    severities = Counter(problem.severity for problem in state.problems)
    wrong = severities["left out"] + severities["warning"]
    notes = f", {many(severities['note'], 'note')}" if severities["note"] else ""
    withdrawn = f", {state.withdrawn:,} withdrawn" if state.withdrawn else ""
    click.echo(f"{state} published{withdrawn}, {many(wrong, 'problem')}, {severities['left out']} left out{notes}")
