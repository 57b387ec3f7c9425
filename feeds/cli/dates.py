"""``feeds dates``: how a date is understood."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import click

from feeds.cli.common import foreseen, json_option, settings_of
from feeds.errors import DateError


@click.command()
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

    zone = settings_of(context).zone
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
