"""The tables of the catalogue. What each holds is told in ``catalogue``; times are microseconds since the epoch."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

SCHEMA = 4

metadata = sa.MetaData()
# SQLite orders text by its bytes; PostgreSQL has to be told to.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _table(name: str, *columns: sa.Column[Any] | sa.Index, rowid: bool = False) -> sa.Table:
    key: sa.Column[Any] = sa.Column("newsroom", _TEXT, primary_key=True)
    return sa.Table(name, metadata, key, *columns, sqlite_with_rowid=rowid)


def _index_of(name: str, *columns: str, where: sa.TextClause) -> sa.Index:
    """An index of few rows among many."""
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, primary_key=primary_key, nullable=False)


def _number(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=primary_key, nullable=False, autoincrement=False)


meta = _table("meta", _text("name", primary_key=True), _text("value"))
files = _table("files", _text("path", primary_key=True), _number("size"), _number("mtime"))
articles = _table(
    "articles",
    _text("id", primary_key=True),
    _text("path"),
    sa.Column("position", sa.Integer, nullable=True),
    _text("slug"),
    _text("title"),
    _text("title_origin"),
    _number("published"),
    _number("published_offset"),
    _text("date_origin"),
    _number("updated"),
    _number("updated_offset"),
    _text("summary"),
    _text("authors"),
    _text("categories"),
    _text("tags"),
    _text("link"),
    _text("source"),
    _text("language"),
    _text("image"),
    _text("content_hash"),
    _number("first_mark"),
    _number("last_mark"),
    _text("corrections"),
    _number("advertorial"),
    _text("license"),
    _text("rights"),
    sa.Index("articles_first_mark", "newsroom", "first_mark"),
    sa.Index("articles_last_mark", "newsroom", "last_mark"),
    sa.Index("articles_published", "newsroom", "published", "id"),
    sa.Index("articles_path", "newsroom", "path"),
    rowid=True,
)
# The lists that articles are in: those of categories, tags and authors, see ``lists``.
memberships = _table(
    "memberships",
    _text("list", primary_key=True),
    _number("published", primary_key=True),
    _text("id", primary_key=True),
)
notices = _table(
    "notices",
    _text("id", primary_key=True),
    _text("path"),
    sa.Column("position", sa.Integer, nullable=True),
    _text("article"),
    _text("kind"),
    _number("published"),
    _number("published_offset"),
    _text("text"),
    _text("link"),
    _text("title"),
    _text("address"),
    _text("slug"),
    _text("categories"),
    _number("since"),
    _text("named"),
    _text("hidden"),
    sa.Index("notices_published", "newsroom", "published", "id"),
    sa.Index("notices_article", "newsroom", "article"),
    rowid=True,
)
categories = _table("categories", _text("slug", primary_key=True), _text("title"))
problems = _table(
    "problems",
    _text("file", primary_key=True),
    _number("number", primary_key=True),
    _text("path"),
    _text("kind"),
    _text("reason"),
    _number("fatal"),  # 1: the article is left out; 0: it is published all the same; -1: only a note
    sa.Index("problems_kind", "newsroom", "kind", "file"),
)
ledger = _table(
    "ledger",
    _text("id", primary_key=True),
    _text("key"),
    sa.Column("address", _TEXT, nullable=True),
    _text("slug"),
    _number("published"),
    _number("published_offset"),
    _text("content_hash"),
    _number("updated"),
    _number("updated_offset"),
    sa.Column("withdrawn", sa.BigInteger, nullable=True),
    _text("remains"),
    sa.Index("ledger_key", "newsroom", "key"),
    sa.Index("ledger_slug", "newsroom", "slug"),
    sa.Index("ledger_hash", "newsroom", "content_hash"),
    sa.Index("ledger_address", "newsroom", "address"),
    _index_of("ledger_withdrawn", "newsroom", where=sa.text("withdrawn IS NOT NULL")),
    rowid=True,
)
# What the next edition has to look at again: ("category", slug), ("article", id).
pending = _table("pending", _text("kind", primary_key=True), _text("name", primary_key=True))
entries = _table(
    "entries",
    _text("id", primary_key=True),
    _text("format", primary_key=True),
    _text("fingerprint"),
    sa.Column("body", sa.LargeBinary, nullable=False),
    rowid=True,
)
documents = _table(
    "documents",
    _text("path", primary_key=True),
    _text("media_type"),
    _text("etag"),
    _number("modified"),
    _text("fingerprint"),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),  # of the edition that wrote it
    sa.Column("parts", _TEXT, nullable=False, server_default=""),
    sa.Index("documents_version", "newsroom", "version"),
    rowid=True,
)
# What each version of a feed document listed, for those who have that version: digests of its entries, a line each.
history = _table(
    "history",
    _text("path", primary_key=True),
    _text("etag", primary_key=True),
    _number("version"),
    _text("listing"),
    sa.Index("history_version", "newsroom", "path", "version"),
    rowid=True,
)
# The feed documents that a hub has to hear of. due: when it is to be told, attempts: how often it was in vain.
pings = _table(
    "pings",
    _text("hub", primary_key=True),
    _text("path", primary_key=True),
    _number("attempts"),
    _number("due"),
)
# What can be searched of an article. print: over all that its words were made of; words: those that are indexed,
# compressed in SQLite, whose index of words needs them to forget an article. number: its row in that index; see
# ``catalogue.search``.
searched = _table(
    "searched",
    _text("id", primary_key=True),
    _text("print"),
    sa.Column("number", sa.BigInteger, nullable=True),
    sa.Column("words", sa.LargeBinary().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    # Of all newsrooms: they share the numbers, and PostgreSQL can index no key beside the words.
    sa.Index("searched_number", "number", unique=True).ddl_if(dialect="sqlite"),
    sa.Index("searched_words", "words", postgresql_using="gin").ddl_if(dialect="postgresql"),
    rowid=True,
)
