"""The index of words: which articles hold the stems of a search, the newest first.

One column of stems, of letters and digits of ASCII between blanks, which both databases split alike and change no
further: SQLite by a table of FTS5 beside ``searched``, PostgreSQL by the column ``searched.words`` of
``to_tsvector('simple', ...)``. Stems are all that reaches their languages of queries, so that nobody can speak those.

FTS5 gives its rows in the order of their numbers without sorting. So a number begins with the hour in which its article
was published: of a word that every article has, the newest are found without looking at the others.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from feeds import tables as t
from feeds.query import Query, Term

_HOUR = 3_600_000_000  # microseconds
_WITHIN_HOUR = 20  # bits of a number that tell the articles of one hour apart

# columnsize=0: the lengths of texts are for an order by relevance. automerge: short transactions rather than few parts.
_MAKE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS stems USING fts5(words, content='', columnsize=0, tokenize='ascii')",
    "INSERT INTO stems(stems, rank) VALUES ('automerge', 8)",
)
_ADD = "INSERT INTO stems(rowid, words) VALUES (?, ?)"
_FORGET = "INSERT INTO stems(stems, rowid, words) VALUES ('delete', ?, ?)"


class Indexed(NamedTuple):
    """What can be searched of an article. published: as in its record; print, words: as in the table."""

    id: str
    published: int
    print: str
    words: str


def can_search(connection: sa.Connection) -> bool:
    """Whether the database has what a search needs; only an SQLite that was built without FTS5 has not."""
    if connection.dialect.name != "sqlite":
        return True
    asked = "SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'"
    return bool(connection.exec_driver_sql(asked).scalar())


def _has_index(connection: sa.Connection) -> bool:
    asked = "SELECT count(*) FROM sqlite_master WHERE name = 'stems'"
    return bool(connection.exec_driver_sql(asked).scalar())


# --- searching ------------------------------------------------------------------------------------------------------


def search(
    connection: sa.Connection, newsroom: str, query: Query, now: int, limit: int, offset: int, advertorials: bool
) -> list[str]:
    """Ids of articles, see ``Reading.search``."""
    if connection.dialect.name == "postgresql":
        return _in_postgresql(connection, newsroom, query, now, limit, offset, advertorials)
    if not _has_index(connection):
        return []
    rows = connection.execute(
        _SQLITE, {"query": _fts5(query), "newsroom": newsroom, "now": now, "advertorials": advertorials}
    )
    with rows:
        return [identity for _, identity in _newest((tuple(row) for row in rows), limit + offset)[offset:]]


_SQLITE = sa.text(
    "SELECT stems.rowid, articles.published, articles.id FROM stems"
    # CROSS JOIN: SQLite keeps to the order in which tables are named.
    " CROSS JOIN searched ON searched.number = stems.rowid"
    " CROSS JOIN articles ON articles.newsroom = searched.newsroom AND articles.id = searched.id"
    " WHERE stems MATCH :query AND searched.newsroom = :newsroom"
    " AND articles.published <= :now AND articles.advertorial <= :advertorials"
    " ORDER BY stems.rowid DESC"
)


def _newest(rows: Iterator[tuple[int, int, str]], count: int) -> list[tuple[int, str]]:
    """The newest of rows (number, published, id) that come hour by hour: of the last hour needed, all are looked at."""
    found: list[tuple[int, str]] = []
    last = None
    for number, published, identity in rows:
        if len(found) >= count and number >> _WITHIN_HOUR != last:
            break
        last = number >> _WITHIN_HOUR
        found.append((published, identity))
    return sorted(found, key=lambda each: (each[0], each[1].encode()), reverse=True)[:count]


def _in_postgresql(
    connection: sa.Connection, newsroom: str, query: Query, now: int, limit: int, offset: int, advertorials: bool
) -> list[str]:
    found, listed = t.searched.c, t.articles.c
    asked = (
        sa.select(listed.id)
        .join(t.searched, (found.newsroom == listed.newsroom) & (found.id == listed.id))
        .where(listed.newsroom == newsroom, listed.published <= now, listed.advertorial <= int(advertorials))
        .where(found.words.op("@@")(sa.cast(_tsquery(query), TSQUERY)))
        .order_by(listed.published.desc(), listed.id.desc())
    )
    return list(connection.execute(asked.limit(limit).offset(offset)).scalars())


def _fts5(query: Query) -> str:
    """The query in the language of FTS5, where what stands in quotes is a phrase and no operator."""

    def phrase(term: Term) -> str:
        return f'"{" ".join(term)}"'

    wanted = " AND ".join(map(phrase, query.wanted))
    return f"({wanted}) NOT ({' OR '.join(map(phrase, query.unwanted))})" if query.unwanted else wanted


def _tsquery(query: Query) -> str:
    """The query in the language of tsquery, where what stands in quotes is a lexeme and no operator."""

    def phrase(term: Term) -> str:
        stems = [f"'{stem}'" for stem in term]
        return f"({' <-> '.join(stems)})"

    return " & ".join((*map(phrase, query.wanted), *(f"!{phrase(term)}" for term in query.unwanted)))


# --- indexing -------------------------------------------------------------------------------------------------------


def prepare(connection: sa.Connection) -> None:
    """Make the index of words where it is missing."""
    if connection.dialect.name == "sqlite" and not _has_index(connection):
        for statement in _MAKE:
            connection.exec_driver_sql(statement)


def add(connection: sa.Connection, newsroom: str, found: Iterable[Indexed]) -> None:
    """Index articles that are not indexed."""
    if connection.dialect.name == "postgresql":
        statement = "INSERT INTO searched (newsroom, id, print, words) VALUES (%s, %s, %s, to_tsvector('simple', %s))"
        values: list[tuple[Any, ...]] = [(newsroom, each.id, each.print, each.words) for each in found]
        if values:
            connection.exec_driver_sql(statement, values)
        return
    # In the order of the numbers: FTS5 ends a part of its index at each that is smaller than the last.
    for each in sorted(found, key=lambda each: each.published):
        number = _next_number(connection, each.published // _HOUR)
        row = {"newsroom": newsroom, "id": each.id, "print": each.print, "number": number}
        connection.execute(t.searched.insert(), row | {"words": zlib.compress(each.words.encode())})
        connection.exec_driver_sql(_ADD, (number, each.words))


def _next_number(connection: sa.Connection, hour: int) -> int:
    """Behind the last of the articles of an hour, of whichever newsroom; there is room for a million."""
    first = hour << _WITHIN_HOUR
    number = t.searched.c.number
    last = connection.execute(
        sa.select(sa.func.max(number)).where(number >= first, number < first + (1 << _WITHIN_HOUR))
    ).scalar()
    return first if last is None else last + 1


def forget(connection: sa.Connection, newsroom: str, ids: Sequence[str]) -> None:
    """Take articles out of the index; those that are not in it cost nothing. ids: not more than one IN list takes."""
    chosen = t.searched.c.newsroom == newsroom, t.searched.c.id.in_(ids)
    if connection.dialect.name == "sqlite":
        rows = connection.execute(sa.select(t.searched.c.number, t.searched.c.words).where(*chosen)).all()
        if rows:
            forgotten = [(row.number, zlib.decompress(row.words).decode()) for row in sorted(rows)]
            connection.exec_driver_sql(_FORGET, forgotten)
    connection.execute(t.searched.delete().where(*chosen))
