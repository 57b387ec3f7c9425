"""What the catalogue and the ledger keep of an article, and how it becomes a row of a table.

Moments are integer microseconds since the epoch in UTC, with the offset in seconds beside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

from feeds.model import Article, Image, NoticeKind

Row = tuple[Any, ...]
"""The values of a table's columns in their order, without the newsroom."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = range(-62_135_510_400_000_000, 253_402_214_400_000_000)
"""Of the years 1 to 9999, less a day for offsets: a damaged file may hold others."""


def moment_of(value: datetime) -> tuple[int, int]:
    """(microseconds since the epoch, offset in seconds) of an aware datetime."""
    since = value - EPOCH
    offset = value.utcoffset()
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return microseconds, offset.days * 86_400 + offset.seconds if offset else 0


def from_microseconds(value: int, offset: int) -> datetime:
    """The aware datetime of microseconds since the epoch, offset seconds east of UTC."""
    return (EPOCH + timedelta(microseconds=value)).astimezone(timezone(timedelta(seconds=offset)))


class LedgerEntry(NamedTuple):
    """What never changes about an article, and when it last did: see the table ``ledger``. Times as in the table.

    address: its address as addresses are compared, see ``likeness.same_address``.
    remains: of an article that is withdrawn, see ``Remains``.
    """

    id: str
    key: str
    address: str | None
    slug: str
    published: int
    published_offset: int
    content_hash: str
    updated: int
    updated_offset: int
    withdrawn: int | None = None
    remains: str = ""


class Remains(NamedTuple):
    """What the ledger keeps of a withdrawn article, by which it is known again when its catalogue is lost.

    path, position: where it lay; named: how a list names it, "" where its own file says that it is withdrawn.
    sketch: its text as texts are compared, see ``likeness.Sketch``; "" where it is not known.
    """

    path: str = ""
    position: int | None = None
    title: str = ""
    named: str = ""
    sketch: str = ""


def remains_of(entry: LedgerEntry) -> Remains:
    """What the ledger keeps of a withdrawn article."""
    try:
        return Remains(*json.loads(entry.remains)) if entry.remains else Remains()
    except (ValueError, TypeError):  # a line of the ledger's copy that somebody has edited
        return Remains()


def with_remains(entry: LedgerEntry, remains: Remains) -> LedgerEntry:
    """The entry that keeps them."""
    return entry._replace(remains=json.dumps(remains, ensure_ascii=False))


class Correction(NamedTuple):
    """A correction or a right of reply as the record of its article has it. Times as in the tables."""

    kind: NoticeKind
    text: str
    published: int
    published_offset: int
    link: str


class NoticeRecord(NamedTuple):
    """A correction, a right of reply or a withdrawal as the catalogue keeps it: see the table ``notices``.

    id: of the notice, the same as long as its text is. path: the file that says it.
    article, title, address, slug, categories: of the article that it is about, as far as they are known.
    since: when the time of that article comes. named: how a list of withdrawals names it.
    hidden: files that hold the article, and show it again when this notice is gone.
    position: the record that is the article, of the file that says it; of a list's, of the first that is hidden.
    """

    id: str
    path: str
    position: int | None
    article: str
    kind: NoticeKind
    published: int
    published_offset: int
    text: str
    link: str
    title: str
    address: str
    slug: str
    categories: tuple[str, ...]
    since: int
    named: str = ""
    hidden: tuple[str, ...] = ()


class Record(NamedTuple):
    """An article as the catalogue keeps it: everything but the body, which stays in the source file.

    categories: slugs of its own categories, then of their ancestors.
    """

    id: str
    path: str
    position: int | None
    slug: str
    title: str
    title_origin: str
    published: int
    published_offset: int
    date_origin: str
    updated: int
    updated_offset: int
    summary: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    link: str
    source: str
    language: str
    image: Image | None
    content_hash: str
    first_mark: int
    last_mark: int
    corrections: tuple[Correction, ...] = ()
    advertorial: bool = False
    license: str = ""
    rights: str = ""


class Former(NamedTuple):
    """What is remembered of an article whose file is read again. digest: over all that its record holds."""

    id: str
    path: str
    position: int | None
    title: str
    published: int
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    digest: int


def former_of(record: Record) -> Former:
    """What to remember of a record."""
    return Former(
        id=record.id,
        path=record.path,
        position=record.position,
        title=record.title,
        published=record.published,
        categories=record.categories,
        tags=record.tags,
        authors=record.authors,
        digest=hash(record),
    )


def _text_of(values: Sequence[str]) -> str:
    return "\n".join(values)  # each is one line


def texts_of(text: str) -> tuple[str, ...]:
    """The several texts that a column holds, a line each."""
    return tuple(text.split("\n")) if text else ()


def row_of(record: Record) -> Row:
    """A row of the table of articles."""
    return (
        *record[:12],
        _text_of(record.authors),
        _text_of(record.categories),
        _text_of(record.tags),
        *record[15:18],
        json.dumps(asdict(record.image), ensure_ascii=False) if record.image else "",
        *record[19:22],
        json.dumps(record.corrections, ensure_ascii=False) if record.corrections else "",
        int(record.advertorial),
        *record[24:],
    )


def of_row(row: Sequence[Any]) -> Record:
    """The record that ``row_of`` made a row of."""
    stored = Record(*row)
    return stored._replace(
        authors=texts_of(row[12]),
        categories=texts_of(row[13]),
        tags=texts_of(row[14]),
        image=Image(**json.loads(row[18])) if row[18] else None,
        corrections=tuple(map(Correction._make, json.loads(row[22]))) if row[22] else (),
        advertorial=bool(row[23]),
    )


def record_of(article: Article, entry: LedgerEntry) -> Record:
    """What the catalogue keeps of an article, under the identity of its ledger entry."""
    published, offset = moment_of(article.published)
    return Record(
        id=entry.id,
        path=article.path,
        position=article.position,
        slug=entry.slug,
        title=article.title,
        title_origin=article.title_origin,
        published=published,
        published_offset=offset,
        date_origin=article.date_origin,
        updated=max(entry.updated, published),
        updated_offset=entry.updated_offset,
        summary=article.summary,
        authors=article.authors,
        categories=tuple([category.slug for category in article.categories]),
        tags=article.tags,
        link=article.link,
        source=article.source,
        language=article.language,
        image=article.image,
        content_hash=article.content_hash,
        first_mark=article.marks[0],
        last_mark=article.marks[1],
        corrections=_corrections(article, entry) if article.corrections else (),
        advertorial=article.advertorial,
        license=article.license,
        rights=article.rights,
    )


def _corrections(article: Article, entry: LedgerEntry) -> tuple[Correction, ...]:
    """Those of an article, the newest first; one without a date counts from the last change that the ledger knows."""
    last = entry.updated, entry.updated_offset
    found = [
        Correction(said.kind, said.text, *(moment_of(said.date) if said.date else last), said.link)
        for said in article.corrections
    ]
    return tuple(sorted(found, key=lambda said: said.published, reverse=True))


def notice_id(article: str, kind: str, text: str = "") -> str:
    """What a notice is known by: none that comes before or after it changes that."""
    return hashlib.sha256("\n".join((article, kind, text)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def notices_of(record: Record) -> list[NoticeRecord]:
    """The corrections of an article as notices."""
    return [
        NoticeRecord(
            id=notice_id(record.id, said.kind, said.text),
            path=record.path,
            position=record.position,
            article=record.id,
            kind=said.kind,
            published=said.published,
            published_offset=said.published_offset,
            text=said.text,
            link=said.link,
            title=record.title,
            address=record.link,
            slug=record.slug,
            categories=record.categories,
            since=record.published,
        )
        for said in record.corrections
    ]


def row_of_notice(notice: NoticeRecord) -> Row:
    """A row of the table of notices."""
    return (*notice[:12], _text_of(notice.categories), notice.since, notice.named, _text_of(notice.hidden))


def notice_of_row(row: Sequence[Any]) -> NoticeRecord:
    """The notice that ``row_of_notice`` made a row of."""
    return NoticeRecord(*row)._replace(categories=texts_of(row[12]), hidden=texts_of(row[15]))
