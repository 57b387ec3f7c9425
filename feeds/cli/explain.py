"""``feeds check --explain PATH``: how one file is read, line by line, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from feeds.categories import Classified
from feeds.cli.common import Failure, many, print_json, printable, problem_report
from feeds.explain import Explanation, explain, locate
from feeds.newsroom import Newsroom
from feeds.scan import scan
from feeds.source import Rules

BEGINNING = 25  # words of the body that are shown
WIDTH = 160  # characters of a line that are shown
CUT = frozenset({"noise", "tail"})
_ORIGINS = {"own": "its own", "match": "by a rule", "folder": "of its folder"}


def show_explanation(newsroom: Newsroom, written: str, as_json: bool) -> None:
    """Print how the article at a place is read; Failure where there is no such file."""
    rules = Rules.of(newsroom.settings)
    try:
        path, position = locate(rules.root, written, Path.cwd())
    except LookupError as error:
        raise Failure(printable(str(error.args[0]))) from None
    with newsroom.catalogue.reading() as reading:
        found = explain(rules, scan(newsroom.settings), path, position, reading=reading)
    if as_json:
        print_json(_report(found))
        return
    for line in _lines(found):
        click.echo(printable(line))


# --- for people ------------------------------------------------------------------------------------------------------


def _lines(found: Explanation) -> Iterator[str]:
    more = f"; the file holds {many(found.articles, 'article')}" if found.articles > 1 else ""
    yield f"{found.place}: {found.kind}{more}"
    if found.refusal:
        yield f"It {found.refusal}."
    width = max((len(line.role) for line in found.lines), default=0)
    for line in found.lines:
        shown = line.text if len(line.text) <= WIDTH else line.text[:WIDTH] + "…"
        yield f"{line.number:>5}  {line.role:<{width}}  {shown}"
    if found.draft:
        yield ""
        for name, value in _facts(found).items():
            yield f"{name + ':':<11} {value}"
    for problem in found.problems:
        yield f"{problem.severity + ':':<11} {problem.reason} ({problem.kind})"


def _facts(found: Explanation) -> dict[str, str]:
    """What became of the article, by the name of its part; what it lacks is left out."""
    draft, article = found.draft, found.article
    if draft is None:
        return {}
    understood = article.published.isoformat() if article else "nothing"
    facts = {
        "title": f"{article.title if article else draft.title} (from: {draft.title_origin})",
        "date": f"{draft.date} -> {understood} (from: {article.date_origin if article else draft.date_origin})",
        "updated": f"{draft.updated} -> {article.updated if article else 'nothing'}" if draft.updated else "",
        "authors": "; ".join(draft.authors),
        "categories": _categories(found.categories) if found.categories else "",
        "tags": "; ".join(draft.tags),
        "link": article.link if article else draft.link,
        "guid": draft.guid,
        "source": draft.source,
        "image": draft.image.url if draft.image else "",
        "license": article.license if article else draft.license,
        "rights": article.rights if article else draft.rights,
        "summary": draft.summary,
        "body": _beginning(draft.body),
        "cut": many(sum(line.role.partition(":")[0] in CUT for line in found.lines), "line"),
        "id": found.id or "none: the article is left out",
        "withdrawn": f"by {found.withdrawn}" if found.withdrawn else "",
    }
    return {name: value for name, value in facts.items() if value}


def _categories(found: Classified) -> str:
    titles = "; ".join(category.title for category in found.found) or "none"
    rules = "".join(f", {slug}: {str(rule)!r}" for slug, rule in found.rules)
    unknown = "".join(f"; unknown: {name}" for name in found.unknown)
    return f"{titles} ({_ORIGINS[found.origin]}{rules}){unknown}"


def _beginning(body: str) -> str:
    words = body.split(None, BEGINNING)
    return " ".join(words[:BEGINNING]) + ("…" if len(words) > BEGINNING else "")


# --- for machines ----------------------------------------------------------------------------------------------------


def _report(found: Explanation) -> dict[str, object]:
    draft, article, categories = found.draft, found.article, found.categories
    report: dict[str, object] = {
        "place": found.place,
        "source": found.kind,
        "published": found.articles > 0
        if found.listed
        else article is not None and not found.withdrawn and not any(problem.fatal for problem in found.problems),
        "withdrawn": found.withdrawn,
        "refusal": found.refusal,
        "lines": [line._asdict() for line in found.lines],
        "problems": [problem_report(problem) for problem in found.problems],
    }
    if draft is None or categories is None:
        return report
    image = draft.image
    return report | {
        "title": {"text": article.title if article else draft.title, "from": draft.title_origin},
        "date": {
            "written": None if draft.date is None else str(draft.date),
            "understood": article.published.isoformat() if article else None,
            "from": article.date_origin if article else draft.date_origin,
        },
        "updated": {
            "written": None if draft.updated is None else str(draft.updated),
            "understood": article.updated.isoformat() if article and article.updated else None,
        },
        "authors": draft.authors,
        "categories": {
            "found": [category.slug for category in categories.found],
            "from": categories.origin,
            "rules": [{"category": slug, "rule": str(rule)} for slug, rule in categories.rules],
            "unknown": categories.unknown,
        },
        "tags": draft.tags,
        "link": article.link if article else draft.link,
        "guid": draft.guid,
        "origin": draft.source,
        "image": image.url if image else "",
        "license": article.license if article else draft.license,
        "rights": article.rights if article else draft.rights,
        "summary": draft.summary,
        "body": _beginning(draft.body),
        "id": found.id,
    }
