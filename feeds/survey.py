"""What the catalogue holds, counted: by queries that count, so that a hundred thousand articles take a moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds import tables as t
from feeds.catalogue.reading import DIRECTORY, Reading
from feeds.categories import name_in
from feeds.errors import KINDS, ArticleError, Severity
from feeds.readers import kind_of
from feeds.record import Record, from_microseconds
from feeds.source import place_of

YEAR = 366 * 86_400 * 1_000_000  # microseconds: a date further ahead is rather an error of typing
OTHER = "other"
"""The kind of source of a problem that no reader has."""


@dataclass
class Tally:
    """How many articles there are of something, and how many problems by severity."""

    articles: int = 0
    problems: Counter[Severity] = field(default_factory=Counter)


@dataclass
class Survey:
    """A newsroom's articles, counted. Folders are those at the top, with a slash; "" for files beside them."""

    kinds: dict[str, Tally] = field(default_factory=dict)
    folders: dict[str, Tally] = field(default_factory=dict)
    dates: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)

    def tallies(self, folder: str, file: str) -> tuple[Tally, Tally]:
        kind = kind_of(file) or OTHER
        return self.kinds.setdefault(kind, Tally()), self.folders.setdefault(folder, Tally())


def survey(reading: Reading) -> Survey:
    """Count what there is: by kind of source, by folder, and by where dates and titles were found."""
    found = Survey()
    articles = t.articles.c
    by_place = (_top_folder(reading, articles.path), _suffix(articles.path))
    for folder, suffix, date, title, number in reading.counted(
        t.articles, *by_place, articles.date_origin, articles.title_origin
    ):
        for tally in found.tallies(folder, suffix):
            tally.articles += number
        found.dates[date] += number
        found.titles[title] += number
    problems = t.problems.c
    by_place = (_top_folder(reading, problems.file), _suffix(problems.file))
    of_files = [problems.file != DIRECTORY]
    for folder, suffix, fatal, number in reading.counted(t.problems, *by_place, problems.fatal, where=of_files):
        severity: Severity = "left out" if fatal > 0 else "warning" if fatal == 0 else "note"
        for tally in found.tallies(folder, suffix):
            tally.problems[severity] += number
    for problem in reading.directory_problems():
        folder, slash, _ = problem.path.partition("/")
        for tally in found.tallies(folder + slash if slash else "", problem.path):
            tally.problems[problem.severity] += 1
    return found


def _top_folder(reading: Reading, path: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """``ekonomi/`` of ``ekonomi/2026/a.md``, "" where there is no folder."""
    position = sa.func.strpos if reading.dialect == "postgresql" else sa.func.instr
    return sa.func.substr(path, 1, position(path, "/"))


def _suffix(path: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """``.md`` of ``ekonomi/a.md``: what stands behind all that ends with the last dot, and the dot."""
    stem = sa.func.rtrim(path, sa.func.replace(path, ".", ""))
    return sa.func.substr(path, sa.func.length(stem))


def future(reading: Reading, now: int) -> list[ArticleError]:
    """The articles whose date lies in the future: notes, and warnings where it is more than a year ahead.

    now: microseconds since the epoch.
    """
    return [_future(article, now) for article in reading.waiting(now)]


def _future(article: Record, now: int) -> ArticleError:
    moment: datetime = from_microseconds(article.published, article.published_offset)
    place, date = place_of(article), moment.isoformat()
    if article.published - now > YEAR:
        reason = f"its date {date} is more than a year ahead: is it a typing error? It waits until then"
        return ArticleError(place, "future", reason, fatal=False)
    return ArticleError(place, "future", f"waits for its time, {date}", fatal=False, note=True)


def articles_by_category(reading: Reading) -> dict[str, int]:
    """How many articles each category has, by slug; those of its parts are its own too."""
    categories = ~t.memberships.c.list.contains("/")
    return dict(reading.counted(t.memberships, t.memberships.c.list, where=[categories]))


def articles_by_unknown_name(reading: Reading) -> dict[str, int]:
    """How many articles use each name that means no category; the most used first."""
    kind = t.problems.c.kind == "category"
    found = [(name_in(reason), n) for reason, n in reading.counted(t.problems, t.problems.c.reason, where=[kind])]
    return dict(sorted(found, key=lambda each: (-each[1], each[0])))


def problems_by_kind(reading: Reading) -> dict[str, int]:
    """How many problems there are of each kind, also of those of which there are none."""
    return dict.fromkeys(KINDS, 0) | dict(reading.counted(t.problems, t.problems.c.kind))
