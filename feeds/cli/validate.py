"""``feeds validate``: what a subscriber gets, held to the standards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.common import foreseen, json_option, many, now, print_json, printable, progress_bars
from feeds.errors import FetchError

if TYPE_CHECKING:
    from feeds.newsroom import Progress
    from feeds.validation.findings import Document, Finding, Level

LIKE_IT = 5  # findings of one rule in one document that people are shown; --json has them all
_LEVELS: tuple[Level, ...] = ("error", "warning", "note")
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command()
@click.argument("where", metavar="URL | FOLDER | FILE")
@click.option("--all", "everything", is_flag=True, help="Follow archives, and the feeds that an OPML document lists.")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@json_option
@foreseen
def validate(where: str, everything: bool, strict: bool, as_json: bool) -> None:
    """Hold what a subscriber gets to the rules of the standards. Exit 1 when there are errors.

    URL is a feed, an OPML document, a sitemap, or a page that announces feeds. Of what a document names, only that is
    fetched which lies on the same host.
    """
    with progress_bars(quiet=as_json) as progress:
        documents = list(_validated(where, everything, progress))
    if not documents:
        raise FetchError(where, "holds no feed, OPML document, sitemap or page")
    if as_json:
        print_json(_report(documents))
    else:
        _print(documents)
    levels = _counted(documents)
    if levels["error"] or (strict and levels["warning"]):
        raise SystemExit(1)


def _validated(where: str, everything: bool, progress: Progress | None) -> Iterable[Document]:
    from feeds.validation.fetch import Fetcher
    from feeds.validation.folder import validate_file, validate_folder
    from feeds.validation.walk import validate_address

    if not where:
        raise FetchError("validate", "names nothing: an address, a folder or a file is to stand behind it")
    moment = datetime.fromtimestamp(now() / 1_000_000, UTC)
    if "://" in where:
        return validate_address(where, Fetcher(), moment, everything=everything, progress=progress)
    path = Path(where)
    if path.is_dir():
        return validate_folder(path, moment, progress=progress)
    if path.is_file():
        return [validate_file(path, moment)]
    raise FetchError(where, "is neither an address nor a folder nor a file")


def _counted(documents: Iterable[Document]) -> Counter[str]:
    return Counter(finding.level for document in documents for finding in document.findings)


# --- showing ---------------------------------------------------------------------------------------------------------


def _report(documents: list[Document]) -> dict[str, object]:
    levels = _counted(documents)
    return {
        "documents": [
            {
                "address": document.address,
                "kind": document.kind,
                "entries": document.entries,
                "findings": [_finding_report(finding) for finding in document.findings],
            }
            for document in documents
        ],
        **{f"{level}s": levels[level] for level in _LEVELS},
    }


def _finding_report(finding: Finding) -> dict[str, object]:
    from feeds.validation.rules import specification

    return {
        "line": finding.line or None,
        "level": finding.level,
        "code": finding.code,
        "sentence": finding.sentence,
        "source": finding.source,
        "specification": specification(finding.source) or None,
    }


def _print(documents: list[Document]) -> None:
    for document in documents:
        if document.findings:
            click.echo(f"{printable(document.address)}: {document.kind}")
            for line in _lines(document):
                click.echo(line)
            click.echo()
    kinds = Counter(document.kind for document in documents)
    levels = _counted(documents)
    counted = ", ".join(many(levels[level], level) for level in _LEVELS)
    click.echo(f"{many(len(documents), 'document')} ({_kinds(kinds)}): {counted}")


def _lines(document: Document) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for finding in document.findings:
        seen[finding.code] += 1
        if seen[finding.code] <= LIKE_IT:
            place = f"line {finding.line}" if finding.line else ""
            level = click.style(f"{finding.level:<7}", fg=_COLOURS[finding.level])
            yield f"  {level}  {place:<9}  {printable(finding.sentence)}  [{finding.code}; {finding.source}]"
    for code, number in seen.items():
        if number > LIKE_IT:
            yield f"  ... and {number - LIKE_IT:,} more of {code}; --json has them all"


def _kinds(kinds: Counter[str]) -> str:
    return ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common()) or "none that is known here"
