"""The store: what was read, under which id, what is wrong with it, and what was rendered from it.

SQLAlchemy Core over SQLite (WAL) or PostgreSQL; the only module that knows SQL. Every table carries the newsroom's
key, so that several newsrooms can share a database. Times are integer microseconds since the epoch in UTC with the
offset in seconds beside; texts are ordered by their bytes on both databases, never by a collation.

All but the ledger is a cache of the data directory and can be rebuilt from it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple

import sqlalchemy as sa

from feeds import tables as t
from feeds.config.values import masked
from feeds.errors import ArticleError, CatalogueError
from feeds.migration import migrate
from feeds.model import Category, Rendition
from feeds.record import (
    Former,
    LedgerEntry,
    NoticeRecord,
    Record,
    Row,
    former_of,
    notice_of_row,
    notices_of,
    of_row,
    row_of,
    row_of_notice,
    texts_of,
)

DIRECTORY = "."  # the file that problems of the directory itself are kept under
_MAKING_TABLES = 0x66656564  # the key of the lock under which PostgreSQL makes them
CHUNK = 400  # values in one IN list: below the limit of 999 variables of old SQLite builds


class KnownDocument(NamedTuple):
    """A document without its body. fingerprint: over everything that it was made of."""

    etag: str
    modified: int
    fingerprint: str


class Marked(NamedTuple):
    """An article by a mark of its headline; see ``likeness.marks``."""

    mark: int
    id: str
    title: str
    published: int
    path: str
    position: int | None
    date_origin: str


_SHOWN = [column for column in t.articles.c if column.name != "newsroom"]
_CORRECTIONS = [column.name for column in _SHOWN].index("corrections")
_NOTICE = [column for column in t.notices.c if column.name != "newsroom"]


class Catalogue:
    """One newsroom's part of the store. Open it with ``Catalogue.open``; close it with ``close``.

    Methods that write take part in the transaction of ``writing()``, which all of them need.
    """

    def __init__(self, engine: sa.Engine, newsroom: str) -> None:
        self.engine = engine
        self.newsroom = newsroom

    @classmethod
    def open(cls, address: str, newsroom: str) -> Catalogue:
        """Connect to an SQLAlchemy address and make the tables where they are missing; CatalogueError if that fails."""
        try:
            engine = _engine(address)
        except (sa.exc.ArgumentError, ValueError) as error:
            raise CatalogueError(masked(address), "is no address of a database") from error
        except ImportError as error:
            raise CatalogueError(masked(address), f"needs {error.name}, of the extra [postgres]") from error
        catalogue = cls(engine, newsroom)
        try:
            catalogue._prepare()
        except CatalogueError:
            catalogue.close()
            raise
        return catalogue

    def _prepare(self) -> None:
        """Make what is missing; asked first, as a writer may be at work for longer than one waits for it."""
        with self.reading() as reading:
            found = reading.schema()
        if found != str(t.SCHEMA):
            with self.writing() as writer:
                found = writer.make_tables()
        if found != str(t.SCHEMA):
            raise CatalogueError(self._shown, f"its schema is {found}, this program's is {t.SCHEMA}")

    @property
    def _shown(self) -> str:
        return self.engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A consistent view of the store."""
        with self.errors(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":  # each of its statements sees a state of its own otherwise
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Reading(connection, self.newsroom)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction: everything or nothing."""
        with self.errors(), self.engine.connect() as plain:
            connection = plain.execution_options(begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield Writing(connection, self.newsroom)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """What the database cannot do is a CatalogueError."""
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            raise CatalogueError(self._shown, _sentence(error)) from error


def _sentence(error: sa.exc.SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())


def _engine(address: str) -> sa.Engine:
    # Positional parameters, which drivers bind the quickest.
    engine = sa.create_engine(address, paramstyle="qmark" if address.startswith("sqlite") else "format")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes its place at once: a read that turns into a write can fail where another wrote in between.
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _prepare_sqlite(connection: Any, _: object) -> None:
    # SQLAlchemy then sends BEGIN itself, so that reads see one state and schema changes are transactional.
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "synchronous=NORMAL", "cache_size=-32768"):
        connection.execute(f"PRAGMA {pragma}")
    # Only the first of all connections changes the mode, and SQLite does not wait for those that try it with that one.
    for last_try in [False] * 200 + [True]:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if last_try or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.02)


class Reading:
    """Queries of one newsroom over one connection."""

    def __init__(self, connection: sa.Connection, newsroom: str) -> None:
        self._connection = connection
        self._newsroom = newsroom

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._connection.dialect.name

    def _rows(self, table: sa.Table, *where: sa.ColumnElement[bool], columns: Sequence[str] = ()) -> sa.Result[Any]:
        chosen = [table.c[name] for name in columns] or [c for c in table.c if c.name != "newsroom"]
        return self._connection.execute(sa.select(*chosen).where(table.c.newsroom == self._newsroom, *where))

    def _rows_in(
        self, table: sa.Table, column: str, values: Iterable[str], columns: Sequence[str] = ()
    ) -> Iterator[sa.Row[Any]]:
        wanted = sorted(set(values))
        for start in range(0, len(wanted), CHUNK):
            yield from self._rows(table, table.c[column].in_(wanted[start : start + CHUNK]), columns=columns)

    def schema(self) -> str:
        """The number of the schema of the tables that there are; "" where there are none of this newsroom."""
        there = sa.inspect(self._connection).has_table(t.meta.name)
        return self.value("schema") if there else ""

    def value(self, name: str) -> str:
        """A named value of the newsroom, "" where there is none."""
        row = self._rows(t.meta, t.meta.c.name == name, columns=["value"]).first()
        return row[0] if row else ""

    @property
    def version(self) -> int:
        """The number of the newest edition, 0 before the first."""
        return int(self.value("version") or 0)

    def listings(self) -> dict[str, str]:
        """What was found in each folder of the data directory, as it was put."""
        return {row.path: row.listing for row in self._rows(t.folders)}

    def records(self, ids: Iterable[str]) -> dict[str, Record]:
        """Articles by id."""
        return {row.id: of_row(row) for row in self._rows_in(t.articles, "id", ids)}

    def formers_of_files(self, paths: Iterable[str]) -> dict[str, list[Former]]:
        """What to remember of the articles of some files, by file."""
        found: dict[str, list[Former]] = {}
        for row in self._rows_in(t.articles, "path", paths):
            found.setdefault(row.path, []).append(former_of(of_row(row)))
        return found

    def marked(self, column: str, marks: Collection[int] | None) -> Iterator[Marked]:
        """Articles by a mark of their headlines, those of one mark together and by their date.

        column: ``first_mark`` or ``last_mark``. Of all marks that several articles have (None), or of some.
        """
        mark, mine = t.articles.c[column], t.articles.c.newsroom == self._newsroom
        shown = [t.articles.c[name] for name in Marked._fields[1:]]
        query = sa.select(mark, *shown).where(mine).order_by(mark, t.articles.c.published, t.articles.c.id)
        if marks is None:
            several = sa.select(mark).where(mine).group_by(mark).having(sa.func.count() > 1)
            yield from map(Marked._make, self._connection.execute(query.where(mark.in_(several))))
            return
        wanted = sorted(marks)
        for start in range(0, len(wanted), CHUNK):
            some = query.where(mark.in_(wanted[start : start + CHUNK]))
            yield from map(Marked._make, self._connection.execute(some))

    def id_at(self, path: str, position: int | None) -> str:
        """The id of the article at a place, "" where there is none."""
        rows = self._rows(t.articles, t.articles.c.path == path, columns=["id", "position"])
        return next((row.id for row in rows if row.position == position), "")

    def files_with_articles(self) -> set[str]:
        """Files that articles were read from."""
        return {row.path for row in self._rows(t.articles, columns=["path"])}

    def latest(self, category: str, limit: int, now: int, *, advertorials: bool = True) -> list[Record]:
        """The newest articles whose time has come, newest first; category "" is all.

        now: microseconds since the epoch; a later article is under embargo. advertorials: whether they belong to it.
        """
        query = sa.select(*_SHOWN).where(t.articles.c.newsroom == self._newsroom)
        order = t.articles
        if category:
            order = t.memberships
            same = (t.memberships.c.newsroom == t.articles.c.newsroom) & (t.memberships.c.id == t.articles.c.id)
            query = query.join(t.memberships, same).where(t.memberships.c.category == category)
        if not advertorials:
            query = query.where(t.articles.c.advertorial == 0)
        query = query.where(order.c.published <= now).order_by(order.c.published.desc(), order.c.id.desc())
        return [of_row(row) for row in self._connection.execute(query.limit(limit))]

    def without_address(self, now: int) -> Iterator[Record]:
        """Every article that has no address of its own and whose time has come."""
        for row in self._rows(t.articles, t.articles.c.link == "", t.articles.c.published <= now):
            yield of_row(row)

    def waiting(self, now: int) -> list[Record]:
        """The articles whose time has not come, the next one first."""
        published = t.articles.c.published
        query = sa.select(*_SHOWN).where(t.articles.c.newsroom == self._newsroom, published > now)
        return [of_row(row) for row in self._connection.execute(query.order_by(published, t.articles.c.id))]

    def next_embargo(self, now: int) -> int | None:
        """When the next article's time comes, also of one that is withdrawn, in microseconds since the epoch."""
        moments = (
            self._connection.execute(
                sa.select(sa.func.min(column)).where(column.table.c.newsroom == self._newsroom, column > now)
            ).scalar()
            for column in (t.articles.c.published, t.notices.c.since)
        )
        return min((moment for moment in moments if moment is not None), default=None)

    def count_notices(self, now: int) -> int:
        """How many notices there are about articles whose time has come."""
        mine = t.notices.c.newsroom == self._newsroom
        query = sa.select(sa.func.count()).select_from(t.notices).where(mine, t.notices.c.since <= now)
        return int(self._connection.execute(query).scalar_one())

    def count(self, now: int) -> tuple[int, int]:
        """How many articles there are whose time has come, and how many wait for theirs."""
        count = sa.select(sa.func.count()).select_from(t.articles).where(t.articles.c.newsroom == self._newsroom)
        everything = int(self._connection.execute(count).scalar_one())
        waiting = int(self._connection.execute(count.where(t.articles.c.published > now)).scalar_one())
        return everything - waiting, waiting

    def notices(self, now: int, limit: int | None = None) -> list[NoticeRecord]:
        """The newest notices about articles whose time has come, newest first.

        now: microseconds since the epoch.
        """
        found = t.notices
        query = sa.select(*_NOTICE).where(found.c.newsroom == self._newsroom, found.c.since <= now)
        query = query.order_by(found.c.published.desc(), found.c.id.desc()).limit(limit)
        return [notice_of_row(row) for row in self._connection.execute(query)]

    def withdrawals(self) -> list[NoticeRecord]:
        """Every withdrawal, newest first."""
        rows = self._rows(t.notices, t.notices.c.kind == "ditarik")
        return sorted(map(notice_of_row, rows), key=lambda notice: (notice.published, notice.id), reverse=True)

    def categories(self) -> list[Category]:
        """Every category that was ever published, by slug."""
        return sorted(
            (Category(slug=row.slug, title=row.title) for row in self._rows(t.categories)), key=lambda c: c.slug
        )

    def counted(
        self, table: sa.Table, *by: sa.ColumnElement[Any], where: Sequence[sa.ColumnElement[bool]] = ()
    ) -> list[tuple[Any, ...]]:
        """How many rows of a table have each combination of values: the values, then the number."""
        query = sa.select(*by, sa.func.count()).where(table.c.newsroom == self._newsroom, *where)
        places = (sa.text(str(place)) for place in range(1, len(by) + 1))
        return [tuple(row) for row in self._connection.execute(query.group_by(*places))]

    def problems(self, paths: Iterable[str] | None = None) -> list[ArticleError]:
        """What is wrong, by path, of all files or of some."""
        rows = self._rows(t.problems) if paths is None else self._rows_in(t.problems, "file", paths)
        found = sorted(rows, key=lambda row: (row.path.partition("#")[0], row.number))
        return [_article_error(row) for row in found]

    def problems_of_files(self, paths: Iterable[str]) -> dict[str, list[ArticleError]]:
        """What is wrong with some files, by file, in the order of each."""
        found: dict[str, list[ArticleError]] = {}
        for row in sorted(self._rows_in(t.problems, "file", paths), key=lambda row: (row.file, row.number)):
            found.setdefault(row.file, []).append(_article_error(row))
        return found

    def directory_problems(self) -> list[ArticleError]:
        """What is wrong with the directory itself: links that lead out of it, folders that look like files."""
        return self.problems([DIRECTORY])

    def files_with(self, kind: str) -> set[str]:
        """Files that have a problem of a kind."""
        return {row.file for row in self._rows(t.problems, t.problems.c.kind == kind, columns=["file"])}

    def ledger(self, column: str, values: Iterable[str]) -> Iterator[LedgerEntry]:
        """Ledger entries by id, key, address, slug or content_hash."""
        for row in self._rows_in(t.ledger, column, values):
            yield LedgerEntry(**row._mapping)

    def whole_ledger(self) -> Iterator[LedgerEntry]:
        """Every ledger entry, in no order."""
        for row in self._rows(t.ledger):
            yield LedgerEntry(**row._mapping)

    def ledger_is_empty(self) -> bool:
        return self._rows(t.ledger, columns=["id"]).first() is None

    def pending(self, kind: str) -> set[str]:
        """Names of categories or ids of articles that the next edition has to look at again."""
        return {row.name for row in self._rows(t.pending, t.pending.c.kind == kind, columns=["name"])}

    def rendered(self, format_name: str, wanted: Mapping[str, str]) -> dict[str, bytes]:
        """Rendered entries of a format by id, for those whose fingerprint is the wanted one."""
        rows = self._rows_in(t.entries, "id", wanted, columns=["id", "format", "fingerprint", "body"])
        return {r.id: r.body for r in rows if r.format == format_name and r.fingerprint == wanted[r.id]}

    def document(self, path: str) -> Rendition | None:
        """One finished document."""
        row = self._rows(t.documents, t.documents.c.path == path).first()
        return row and _rendition(row)

    def documents(self, *, besides: str = "") -> Iterator[Rendition]:
        """Every finished document, bodies included; besides: a folder that is left out."""
        path = t.documents.c.path
        where = [~path.startswith(besides, autoescape=True)] if besides else []
        for row in self._rows(t.documents, *where):
            yield _rendition(row)

    def document_index(self) -> dict[str, KnownDocument]:
        """What is known of every document, by path."""
        columns = ["path", *KnownDocument._fields]
        return {
            row.path: KnownDocument(etag=row.etag, modified=row.modified, fingerprint=row.fingerprint)
            for row in self._rows(t.documents, columns=columns)
        }


def _rendition(row: sa.Row[Any]) -> Rendition:
    return Rendition(path=row.path, media_type=row.media_type, body=row.body, etag=row.etag, modified=row.modified)


class Writing(Reading):
    """Changes of one newsroom in one transaction."""

    def __init__(self, connection: sa.Connection, newsroom: str) -> None:
        super().__init__(connection, newsroom)
        self._inserts: dict[sa.Table, str] = {}

    def _insert(self, table: sa.Table, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows; their values in the order of the table's columns, the newsroom left out.

        The statement is SQLAlchemy's, but it is handed to the driver as it is: with rows by the hundred thousand,
        looking at each value on the way costs more than writing it.
        """
        values = [(self._newsroom, *row) for row in rows]
        if values:
            if table not in self._inserts:
                self._inserts[table] = str(table.insert().compile(dialect=self._connection.dialect))
            self._connection.exec_driver_sql(self._inserts[table], values)

    def _delete(self, table: sa.Table, column: str, values: Iterable[str], *where: sa.ColumnElement[bool]) -> None:
        wanted = sorted(set(values))
        for start in range(0, len(wanted), CHUNK):
            chosen = table.c[column].in_(wanted[start : start + CHUNK])
            self._connection.execute(table.delete().where(table.c.newsroom == self._newsroom, chosen, *where))

    def make_tables(self) -> str:
        """Make the tables that are missing, or those of today of earlier ones, one process at a time.

        Gives the number of their schema.
        """
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING_TABLES)))
        found = self._schema_of_all()
        if found and found != str(t.SCHEMA):
            return str(t.SCHEMA) if migrate(self._connection, found) else found
        t.metadata.create_all(self._connection)
        if not self.value("schema"):
            self.set_value("schema", str(t.SCHEMA))
        return str(t.SCHEMA)

    def _schema_of_all(self) -> str:
        """The number of the schema, whichever newsroom wrote it; "" where there are no tables yet."""
        if not sa.inspect(self._connection).has_table(t.meta.name):
            return ""
        row = self._connection.execute(sa.select(t.meta.c.value).where(t.meta.c.name == "schema")).first()
        return row[0] if row else ""

    def set_value(self, name: str, value: str) -> None:
        self._delete(t.meta, "name", [name])
        self._insert(t.meta, [(name, value)])

    def put_listings(self, found: Mapping[str, str]) -> None:
        """Remember what was found in folders."""
        self._delete(t.folders, "path", found)
        self._insert(t.folders, found.items())

    def forget_listings(self, folders: Iterable[str]) -> None:
        """Forget folders that are gone."""
        self._delete(t.folders, "path", folders)

    def forget_problems(self, paths: Iterable[str]) -> None:
        """Forget what was wrong with files."""
        self._delete(t.problems, "file", paths)

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """For the first load: indexes of tables that hold nothing yet are made once, at the end."""
        # PostgreSQL would lock the tables of all newsrooms for that.
        mine_alone = self._connection.dialect.name == "sqlite"
        empty = [table for table in (t.articles, t.ledger) if mine_alone and self._is_empty(table)]
        indexes = [index for table in empty for index in table.indexes]
        for index in indexes:
            index.drop(self._connection)
        yield
        for index in indexes:
            index.create(self._connection)

    def _is_empty(self, table: sa.Table) -> bool:
        return self._connection.execute(sa.select(table.c.newsroom).limit(1)).first() is None

    def forget_everything(self) -> None:
        """Forget all that can be read anew: files, articles, notices, problems."""
        for table in (t.folders, t.articles, t.memberships, t.notices, t.problems):
            self._connection.execute(table.delete().where(table.c.newsroom == self._newsroom))

    def put_problems(self, found: Iterable[tuple[str, int, ArticleError]]) -> None:
        """Add problems: (file, number of the problem in it, from 0, problem)."""
        self._insert(t.problems, (_problem(*each) for each in found))

    def put_directory_problems(self, found: Iterable[ArticleError]) -> None:
        """Replace the problems of the directory itself."""
        self._delete(t.problems, "file", [DIRECTORY])
        self._insert(t.problems, [_problem(DIRECTORY, number, problem) for number, problem in enumerate(found)])

    def put_records(self, records: Iterable[Record]) -> None:
        """Add articles that are not in the catalogue."""
        self.put_rows([row_of(record) for record in records])

    def put_rows(self, rows: Sequence[Row]) -> None:
        """Add articles that are not in the catalogue, as ``row_of`` makes them, and their corrections."""
        self._insert(t.articles, rows)
        self._insert(t.memberships, chain.from_iterable(map(_memberships, rows)))
        self.put_notices(chain.from_iterable(notices_of(of_row(row)) for row in rows if row[_CORRECTIONS]))

    def put_notices(self, notices: Iterable[NoticeRecord]) -> None:
        """Add notices that are not in the catalogue."""
        self._insert(t.notices, map(row_of_notice, notices))

    def remove_notices(self, ids: Iterable[str]) -> None:
        self._delete(t.notices, "id", ids)

    def remove_records(self, records: Iterable[Record | Former]) -> None:
        """Take articles out; the ledger keeps them."""
        listed = list(records)
        self._delete(t.articles, "id", (r.id for r in listed))
        self._delete(t.notices, "article", (r.id for r in listed), t.notices.c.kind != "ditarik")
        by_category: dict[str, list[str]] = {}
        for record in listed:
            for slug in record.categories:
                by_category.setdefault(slug, []).append(record.id)
        for slug, ids in by_category.items():
            self._delete(t.memberships, "id", ids, t.memberships.c.category == slug)

    def put_categories(self, found: Iterable[Category]) -> None:
        """Add categories that are not known."""
        self._insert(t.categories, ((category.slug, category.title) for category in found))

    def put_ledger(self, added: Sequence[LedgerEntry], changed: Sequence[LedgerEntry]) -> None:
        """Write ledger entries: those that are new, and those that are known and changed."""
        self._delete(t.ledger, "id", (entry.id for entry in changed))
        self._insert(t.ledger, (*added, *changed))

    def add_pending(self, kind: str, names: Iterable[str]) -> None:
        fresh = sorted(set(names) - self.pending(kind))
        self._insert(t.pending, ((kind, name) for name in fresh))

    def clear_pending(self) -> None:
        self._connection.execute(t.pending.delete().where(t.pending.c.newsroom == self._newsroom))

    def put_rendered(self, format_name: str, rendered: Mapping[str, tuple[str, bytes]]) -> None:
        """Keep rendered entries of a format: id -> (fingerprint, bytes)."""
        self._delete(t.entries, "id", rendered, t.entries.c.format == format_name)
        self._insert(t.entries, ((name, format_name, *kept) for name, kept in rendered.items()))

    def keep_rendered(self, ids: Iterable[str]) -> None:
        """Drop the rendered entries of all other articles."""
        kept = set(ids)
        known = {row.id for row in self._rows(t.entries, columns=["id"])}
        self._delete(t.entries, "id", known - kept)

    def put_documents(self, renditions: Mapping[str, tuple[Rendition, str]]) -> None:
        """Write documents: path -> (rendition, fingerprint)."""
        self._delete(t.documents, "path", renditions)
        rows = ((r.path, r.media_type, r.etag, r.modified, print_, r.body) for r, print_ in renditions.values())
        self._insert(t.documents, rows)

    def remove_documents(self, paths: Iterable[str]) -> None:
        self._delete(t.documents, "path", paths)


def _memberships(row: Row) -> list[Row]:
    return [(slug, row[6], row[0]) for slug in texts_of(row[13])]


def _problem(file: str, number: int, problem: ArticleError) -> tuple[Any, ...]:
    return (file, number, problem.path, problem.kind, problem.reason, -1 if problem.note else int(problem.fatal))


def _article_error(row: sa.Row[Any]) -> ArticleError:
    return ArticleError(row.path, row.kind, row.reason, row.fatal == 1, row.fatal < 0)
