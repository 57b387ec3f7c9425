"""What is asked of the catalogue: queries of one newsroom, whose answers are values of the program."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa

from feeds import tables as t
from feeds.catalogue import search
from feeds.catalogue.engine import DamagedValueError, as_asked
from feeds.catalogue.queries import SHOWN, VALUE, after, by_day, counted, listed, moments, placed, shape_of, values_of
from feeds.catalogue.values import KnownDocument as KnownDocument
from feeds.catalogue.values import Marked as Marked
from feeds.catalogue.values import Ping as Ping
from feeds.catalogue.values import Placed as Placed
from feeds.catalogue.values import Wanted as Wanted
from feeds.errors import ArticleError
from feeds.model import Category, Part, Rendition
from feeds.query import Query
from feeds.record import (
    MOMENTS,
    Former,
    LedgerEntry,
    NoticeRecord,
    Record,
    former_of,
    moment_of,
    notice_of_row,
    of_row,
    texts_of,
)

DIRECTORY = "."  # the file that problems of the directory itself are kept under
RANGES = 100  # ranges of paths in one query
BEGINNING = moment_of(datetime(1, 1, 1, tzinfo=UTC))[0]
CHUNK = 400  # values in one IN list: below the limit of 999 variables of old SQLite builds


_NOTICE = [column for column in t.notices.c if column.name != "newsroom"]


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
        self,
        table: sa.Table,
        column: str,
        values: Iterable[str],
        *where: sa.ColumnElement[bool],
        columns: Sequence[str] = (),
    ) -> Iterator[sa.Row[Any]]:
        wanted = sorted(asked := set(values))
        for start in range(0, len(wanted), CHUNK):
            some = table.c[column].in_(wanted[start : start + CHUNK])
            yield from as_asked(self._rows(table, some, *where, columns=columns), column, asked)

    def schema(self) -> str:
        """The number of the schema of the tables that there are; "" where there are none of this newsroom."""
        there = sa.inspect(self._connection).has_table(t.meta.name)
        return self.value("schema") if there else ""

    def has_all_tables(self) -> bool:
        return t.metadata.tables.keys() <= set(sa.inspect(self._connection).get_table_names())

    def value(self, name: str) -> str:
        """A named value of the newsroom, "" where there is none."""
        row = self._connection.execute(VALUE, {"newsroom_": self._newsroom, "name_": name}).first()
        return row[0] if row else ""

    def named_number(self, name: str) -> int | None:
        """A named value that is a number, None where there is none."""
        value = self.value(name)
        if value and not value.removeprefix("-").isdecimal():
            raise DamagedValueError(f"{name} is {value!r}, which is no number")
        return int(value) if value else None

    @property
    def version(self) -> int:
        """The number of the newest edition, 0 before the first."""
        return self.named_number("version") or 0

    @property
    def modified(self) -> int:
        """When the newest edition appeared, in seconds since the epoch; later than any before it."""
        return self.named_number("modified") or 0

    def files(self, paths: Collection[str] | None = None) -> dict[str, tuple[int, int]]:
        """What was found of each file of the data directory: path -> (size in bytes, mtime).

        paths: only of these, and of what lies below them as folders.
        """
        if paths is None:
            return {row.path: (row.size, row.mtime) for row in self._rows(t.files)}
        found = {row.path: (row.size, row.mtime) for row in self._rows_in(t.files, "path", paths)}
        folders = sorted(set(paths) - found.keys())  # what is known as a file is none
        path, files = t.files.c.path, sa.select(t.files).where(t.files.c.newsroom == self._newsroom)
        for start in range(0, len(folders), RANGES):
            # One query with an OR would look at all files. 0 follows / in ASCII.
            some = (files.where(path >= f"{each}/", path < f"{each}0") for each in folders[start : start + RANGES])
            rows = self._connection.execute(sa.union_all(*some))
            found |= {row.path: (row.size, row.mtime) for row in rows}
        return found

    def count_files(self, limit: int) -> int:
        """How many files are known, counted up to a limit."""
        some = sa.select(t.files.c.path).where(t.files.c.newsroom == self._newsroom).limit(limit)
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one())

    @property
    def now(self) -> int:
        """The moment of the newest edition, in microseconds since the epoch: what comes later is under embargo."""
        now = self.named_number("now") or 0
        if now not in MOMENTS:
            raise DamagedValueError(f"now is {now}, which is in no year")
        return now

    def moment(self, now: int) -> int:
        """Now, or the moment of the newest edition where the clock has been set back since; as ``now``."""
        return max(now, self.now)

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

    def ids_at(self, paths: Iterable[str]) -> dict[tuple[str, int | None], str]:
        """The ids of the articles of some files, by path and position."""
        rows = self._rows_in(t.articles, "path", paths, columns=["path", "position", "id"])
        return {(row.path, row.position): row.id for row in rows}

    def files_with_articles(self) -> set[str]:
        """Files that articles were read from."""
        return {row.path for row in self._rows(t.articles, columns=["path"])}

    def latest(self, category: str, limit: int, now: int, *, advertorials: bool = True) -> list[Record]:
        """The newest articles whose time has come, newest first; category "" is all.

        now: microseconds since the epoch; a later article is under embargo. advertorials: whether they belong to it.
        """
        return self.articles(Wanted(now, (category,) if category else (), advertorials=advertorials), limit)

    def articles(
        self, wanted: Wanted, limit: int | None = None, offset: int = 0, *, oldest: bool = False
    ) -> list[Record]:
        """The articles that are wanted, newest first, or the oldest first."""
        values = values_of(self._newsroom, wanted)
        if limit is not None:
            values["limit_"] = limit
        if offset:
            values["offset_"] = offset
        query = listed(shape_of(wanted), oldest=oldest, limited=limit is not None, passed_over=bool(offset))
        return [of_row(row) for row in self._connection.execute(query, values)]

    def placed(
        self, wanted: Wanted, below: Iterable[str], *, pages: bool, oldest: bool = False, limit: int | None = None
    ) -> list[Placed]:
        """The articles that are wanted whose addresses lie below some addresses, newest first, or the oldest first.

        below: each ends with a slash. pages: those without an address too. It takes a quarter of what whole records do.
        """
        query = placed(shape_of(wanted), below, pages=pages, oldest=oldest).limit(limit)
        return list(map(Placed._make, self._connection.execute(query, values_of(self._newsroom, wanted))))

    def number(self, wanted: Wanted) -> int:
        """How many articles there are that are wanted."""
        return int(self._connection.execute(counted(shape_of(wanted)), values_of(self._newsroom, wanted)).scalar_one())

    def newest(self, wanted: Wanted) -> int | None:
        """When the newest article that is wanted was published, None where there is none."""
        shape = shape_of(wanted)
        found: int | None = self._connection.execute(moments(shape), values_of(self._newsroom, wanted)).scalar()
        return found

    def days(self, wanted: Wanted, offset: int) -> list[tuple[date, int]]:
        """The days on which articles were published that are wanted, and how many.

        offset: of the zone whose days these are, in microseconds.
        """
        values = values_of(self._newsroom, wanted) | {"offset_": offset - BEGINNING}
        found = self._connection.execute(by_day(shape_of(wanted)), values)
        return [(date.fromordinal(1 + number), count) for number, count in found]

    @property
    def can_search(self) -> bool:
        """Whether articles can be searched: not by an SQLite without FTS5."""
        return search.can_search(self._connection)

    def search(self, query: Query, limit: int, now: int, *, offset: int = 0, advertorials: bool = True) -> list[Record]:
        """The newest articles that a search finds, newest first, of those whose time has come and that are indexed.

        now, advertorials: as of ``latest``; offset: how many of the newest are passed over.
        """
        ids = search.search(self._connection, self._newsroom, query, now, limit, offset, advertorials)
        found = self.records(ids)
        return [found[identity] for identity in ids]

    def prints_of_searched(self, ids: Iterable[str]) -> dict[str, str]:
        """What the words of articles were made of when they were indexed, by id, of those that are."""
        return {row.id: row.print for row in self._rows_in(t.searched, "id", ids, columns=["id", "print"])}

    def searched_without_article(self) -> list[str]:
        """Ids of articles that are indexed and gone."""
        mine = t.searched.c.newsroom == self._newsroom
        same = (t.articles.c.newsroom == t.searched.c.newsroom) & (t.articles.c.id == t.searched.c.id)
        query = sa.select(t.searched.c.id).where(mine, ~sa.exists().where(same))
        return list(self._connection.execute(query).scalars())

    def before(self, place: tuple[int, str] | None, limit: int) -> list[Record]:
        """All articles, the newest first, some at a time: those that come behind one (published, id)."""
        published, identity = t.articles.c.published, t.articles.c.id
        query = sa.select(*SHOWN).where(t.articles.c.newsroom == self._newsroom)
        if place:
            query = query.where(sa.tuple_(published, identity) < place)
        rows = self._connection.execute(query.order_by(published.desc(), identity.desc()).limit(limit))
        return [of_row(row) for row in rows]

    def without_address(self, now: int) -> Iterator[Record]:
        """Every article that has no address of its own and whose time has come."""
        for row in self._rows(t.articles, t.articles.c.link == "", t.articles.c.published <= now):
            yield of_row(row)

    def waiting(self, now: int) -> list[Record]:
        """The articles whose time has not come, the next one first."""
        published = t.articles.c.published
        query = sa.select(*SHOWN).where(t.articles.c.newsroom == self._newsroom, published > now)
        return [of_row(row) for row in self._connection.execute(query.order_by(published, t.articles.c.id))]

    def came_due(self, since: int, now: int) -> tuple[list[Record], list[NoticeRecord]]:
        """The articles, and the notices about articles, whose time came from one moment to another."""
        articles = self._rows(t.articles, t.articles.c.published.between(since, now))
        notices = self._rows(t.notices, t.notices.c.since.between(since, now))
        return list(map(of_row, articles)), list(map(notice_of_row, notices))

    def next_embargo(self, now: int) -> int | None:
        """When the next article's time comes, also of one that is withdrawn, in microseconds since the epoch."""
        moments = (
            self._connection.execute(
                sa.select(sa.func.min(column)).where(column.table.c.newsroom == self._newsroom, column > now)
            ).scalar()
            for column in (t.articles.c.published, t.notices.c.since)
        )
        return min((moment for moment in moments if moment is not None), default=None)

    def count_notices(self, now: int, since: int | None = None) -> int:
        """How many notices there are about articles whose time has come; since: as in ``notices``."""
        query = self._of_notices(sa.select(sa.func.count()).select_from(t.notices), now, since)
        return int(self._connection.execute(query).scalar_one())

    def _of_notices(self, query: sa.Select[Any], now: int, since: int | None) -> sa.Select[Any]:
        found = t.notices.c
        query = query.where(found.newsroom == self._newsroom, found.since <= now)
        return query if since is None else query.where(found.published >= since)

    def count(self, now: int) -> tuple[int, int]:
        """How many articles there are whose time has come, and how many wait for theirs."""
        count = sa.select(sa.func.count()).select_from(t.articles).where(t.articles.c.newsroom == self._newsroom)
        everything = int(self._connection.execute(count).scalar_one())
        waiting = int(self._connection.execute(count.where(t.articles.c.published > now)).scalar_one())
        return everything - waiting, waiting

    def holding(self) -> tuple[int, int]:
        """How many articles there are, whether their time has come or not, and how many are withdrawn."""
        articles, withdrawn = t.articles.c, t.ledger.c
        mine = sa.select(sa.func.count()).where(articles.newsroom == self._newsroom)
        gone = sa.select(sa.func.count()).where(withdrawn.newsroom == self._newsroom, withdrawn.withdrawn.is_not(None))
        return int(self._connection.execute(mine).scalar_one()), int(self._connection.execute(gone).scalar_one())

    def notices(
        self, now: int, limit: int | None = None, offset: int = 0, since: int | None = None
    ) -> list[NoticeRecord]:
        """The newest notices about articles whose time has come, newest first.

        now, since: microseconds since the epoch; since: only those that were published then or later.
        """
        query = self._of_notices(sa.select(*_NOTICE), now, since)
        found = t.notices.c
        query = query.order_by(found.published.desc(), found.id.desc()).limit(limit).offset(offset or None)
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

    def withdrawn_entries(self) -> list[LedgerEntry]:
        """The ledger's entries of all articles that are withdrawn, by id."""
        rows = self._rows(t.ledger, t.ledger.c.withdrawn.is_not(None))
        return sorted(LedgerEntry(**row._mapping) for row in rows)

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
        found = self.last_rendered(format_name, wanted)
        return {identity: body for identity, fingerprint, body in found if fingerprint == wanted[identity]}

    def last_rendered(self, format_name: str, ids: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """(id, fingerprint, bytes) of the entries of a format as they were rendered last."""
        of_format = t.entries.c.format == format_name
        for row in self._rows_in(t.entries, "id", ids, of_format, columns=["id", "fingerprint", "body"]):
            yield row.id, row.fingerprint, row.body

    def document(self, path: str) -> Rendition | None:
        """One finished document."""
        row = self._rows(t.documents, t.documents.c.path == path).first()
        return row and _rendition(row)

    def documents(self, paths: Iterable[str] | None = None) -> Iterator[Rendition]:
        """Every finished document, or some, bodies included."""
        yield from map(
            _rendition, self._rows(t.documents) if paths is None else self._rows_in(t.documents, "path", paths)
        )

    def document_index(
        self, paths: Iterable[str] | None = None, *, besides: str = "", unlike: Iterable[str] = ()
    ) -> dict[str, KnownDocument]:
        """What is known of every document, or of some, by path.

        besides: a folder that is left out; unlike: patterns of LIKE, of others beside it that are.
        """
        columns = ["path", *KnownDocument._fields]
        if paths is not None:
            rows: Iterable[sa.Row[Any]] = self._rows_in(t.documents, "path", paths, columns=columns)
        elif besides:
            path = t.documents.c.path
            sides = (path < besides, path >= after(besides))  # each by the index, as there may be many between them
            others = [path.not_like(pattern) for pattern in unlike]
            rows = chain.from_iterable(self._rows(t.documents, side, *others, columns=columns) for side in sides)
        else:
            rows = self._rows(t.documents, columns=columns)
        return {row.path: KnownDocument(row.etag, row.modified, row.fingerprint) for row in rows}

    def pings(self) -> list[Ping]:
        """What hubs have to hear of, what is due first coming first."""
        return sorted(map(Ping._make, self._rows(t.pings)), key=lambda ping: (ping.due, ping.hub, ping.path))

    def listing(self, path: str, etag: str) -> frozenset[str] | None:
        """The digests of the entries that a version of a feed document listed; None where it is not known."""
        row = self._rows(t.history, t.history.c.path == path, t.history.c.etag == etag, columns=["listing"]).first()
        return None if row is None else frozenset(texts_of(row.listing))


def _rendition(row: sa.Row[Any]) -> Rendition:
    parts = (line.split(" ") for line in texts_of(row.parts))
    return Rendition(
        path=row.path,
        media_type=row.media_type,
        body=row.body,
        etag=row.etag,
        modified=row.modified,
        parts=tuple([Part(digest, int(start), int(end)) for digest, start, end in parts]),
    )


def _article_error(row: sa.Row[Any]) -> ArticleError:
    return ArticleError(row.path, row.kind, row.reason, row.fatal == 1, row.fatal < 0)
