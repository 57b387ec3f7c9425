"""What is changed in the catalogue: rows of one newsroom, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import sqlalchemy as sa

from feeds import tables as t
from feeds.catalogue import search
from feeds.catalogue.migration import migrate
from feeds.catalogue.reading import CHUNK, DIRECTORY, Ping, Reading
from feeds.errors import ArticleError
from feeds.lists import lists_of
from feeds.model import Category, Rendition
from feeds.record import (
    Former,
    LedgerEntry,
    NoticeRecord,
    Record,
    Row,
    notices_of,
    of_row,
    row_of,
    row_of_notice,
    texts_of,
)

HISTORY = 256  # versions of a document that are remembered: some days of a busy feed
_MAKING_TABLES = 0x66656564  # the key of the lock under which PostgreSQL makes them
_CORRECTIONS = [column.name for column in t.articles.c].index("corrections") - 1  # in a row, which has no newsroom


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
        if self.value(name) == value:
            return
        self._delete(t.meta, "name", [name])
        self._insert(t.meta, [(name, value)])

    def put_files(self, found: Mapping[str, tuple[int, int]]) -> None:
        """Remember files: path -> (size, mtime)."""
        self._delete(t.files, "path", found)
        self._insert(t.files, ((path, *status) for path, status in sorted(found.items())))

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        self._delete(t.files, "path", paths)

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
        for table in (t.files, t.articles, t.memberships, t.notices, t.problems):
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
        ours = t.memberships.c
        one = (
            (ours.list == sa.bindparam("name"))
            & (ours.published == sa.bindparam("when"))
            & (ours.id == sa.bindparam("who"))
        )
        gone = [
            {"name": name, "when": record.published, "who": record.id}
            for record in listed
            for name in lists_of(record.categories, record.tags, record.authors)
        ]
        if gone:  # by the whole key, as a list may be very long
            self._connection.execute(t.memberships.delete().where(ours.newsroom == self._newsroom, one), gone)

    def put_categories(self, found: Iterable[Category]) -> None:
        """Add categories that are not known."""
        self._insert(t.categories, ((category.slug, category.title) for category in found))

    def put_ledger(self, added: Sequence[LedgerEntry], changed: Sequence[LedgerEntry]) -> None:
        """Write ledger entries: those that are new, and those that are known and changed."""
        self._delete(t.ledger, "id", (entry.id for entry in changed))
        self._insert(t.ledger, (*added, *changed))

    def forget_ledger(self, ids: Iterable[str]) -> None:
        """Take entries back that never stood for an article."""
        self._delete(t.ledger, "id", ids)

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
        self.drop_rendered(known - kept)

    def drop_rendered(self, ids: Iterable[str]) -> None:
        """Drop the rendered entries of some articles."""
        self._delete(t.entries, "id", ids)

    def put_documents(self, renditions: Mapping[str, tuple[Rendition, str]], version: int) -> None:
        """Write documents of an edition: path -> (rendition, fingerprint)."""
        self._delete(t.documents, "path", renditions)
        rows = (
            (r.path, r.media_type, r.etag, r.modified, print_, r.body, version, _parts(r))
            for r, print_ in renditions.values()
        )
        self._insert(t.documents, rows)

    def put_history(self, renditions: Iterable[Rendition], version: int) -> None:
        """Remember what new versions of feed documents list, the newest of each document only."""
        mine = t.history.c.newsroom == self._newsroom
        for rendition in renditions:
            same = mine & (t.history.c.path == rendition.path)
            self._connection.execute(t.history.delete().where(same, t.history.c.etag == rendition.etag))
            listing = "\n".join(part.digest for part in rendition.parts)
            self._insert(t.history, [(rendition.path, rendition.etag, version, listing)])
            versions = sa.select(t.history.c.version).where(same).order_by(t.history.c.version.desc())
            oldest = self._connection.execute(versions.offset(HISTORY).limit(1)).scalar()
            if oldest is not None:
                self._connection.execute(t.history.delete().where(same, t.history.c.version <= oldest))

    def put_pings(self, hubs: Sequence[str], paths: Collection[str], due: int) -> None:
        """Leave word that hubs have to hear of documents at once, however often that was in vain for earlier bytes.

        What hubs were to hear that are none of these any more is forgotten. due: microseconds since the epoch.
        """
        mine = t.pings.c.newsroom == self._newsroom
        self._connection.execute(t.pings.delete().where(mine, t.pings.c.hub.not_in(hubs)))
        for hub in hubs:
            self._delete(t.pings, "path", paths, t.pings.c.hub == hub)
            self._insert(t.pings, ((hub, path, 0, due) for path in sorted(paths)))

    def remove_documents(self, paths: Iterable[str]) -> None:
        self._delete(t.documents, "path", paths)

    def settle_pings(self, over: Iterable[Ping], later: Iterable[tuple[Ping, int]]) -> None:
        """Strike out what is over, and put off the rest until later: (ping, when it is due again).

        Only what still is as it was read: a document that has changed since is to be told of again.
        """
        pings = t.pings.c
        for ping in over:
            self._delete(t.pings, "path", [ping.path], pings.hub == ping.hub, pings.due == ping.due)
        for ping, due in later:
            same = (pings.newsroom == self._newsroom, pings.hub == ping.hub, pings.path == ping.path)
            changed = t.pings.update().where(*same, pings.due == ping.due)
            self._connection.execute(changed.values(attempts=ping.attempts + 1, due=due))

    def put_searched(self, found: Collection[search.Indexed]) -> None:
        """Index the words of articles, in place of what was indexed of them."""
        search.prepare(self._connection)
        self.forget_searched(each.id for each in found)
        search.add(self._connection, self._newsroom, found)

    def forget_searched(self, ids: Iterable[str]) -> None:
        """Take articles out of the index of words."""
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), CHUNK):
            search.forget(self._connection, self._newsroom, wanted[start : start + CHUNK])


def _parts(rendition: Rendition) -> str:
    return "\n".join([f"{part.digest} {part.start} {part.end}" for part in rendition.parts])


def _memberships(row: Row) -> list[Row]:
    lists = lists_of(texts_of(row[13]), texts_of(row[14]), texts_of(row[12]))
    return [(name, row[6], row[0]) for name in lists]


def _problem(file: str, number: int, problem: ArticleError) -> tuple[Any, ...]:
    return (file, number, problem.path, problem.kind, problem.reason, -1 if problem.note else int(problem.fatal))
