"""The queries that are asked many times in each edition, made once: to make one takes longer than to answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from feeds import tables as t
from feeds.catalogue.values import Placed, Wanted

SHOWN = [column for column in t.articles.c if column.name != "newsroom"]
"""The columns that a record is made of."""

VALUE = sa.select(t.meta.c.value).where(
    t.meta.c.newsroom == sa.bindparam("newsroom_"), t.meta.c.name == sa.bindparam("name_")
)
"""A named value of a newsroom."""


DAY = 86_400_000_000  # microseconds


class Shape(NamedTuple):
    """What queries for articles differ in, but for values. lists: 0, 1, or 2 for several; bounds: of what is wanted."""

    lists: int
    bounds: tuple[str, ...]
    advertorials: bool


def shape_of(wanted: Wanted) -> Shape:
    """The shape of the query for what is wanted."""
    bounds = tuple(name for name in ("first", "before", "since") if getattr(wanted, name) is not None)
    return Shape(min(2, len(wanted.lists)), bounds, wanted.advertorials)


def values_of(newsroom: str, wanted: Wanted) -> dict[str, Any]:
    """The values of a query for what is wanted."""
    shape = shape_of(wanted)
    values: dict[str, Any] = {"newsroom_": newsroom, "now_": wanted.now}
    values |= {f"{name}_": getattr(wanted, name) for name in shape.bounds}
    if shape.lists:
        values["lists_"] = wanted.lists[0] if shape.lists == 1 else list(wanted.lists)
    return values


@cache
def listed(shape: Shape, *, oldest: bool, limited: bool, passed_over: bool) -> sa.Select[Any]:
    """Articles, newest first, or the oldest first. limited, passed_over: with the values ``limit_``, ``offset_``."""
    query, published = _chosen(sa.select(*SHOWN), shape)
    order = (published, published.table.c.id)
    query = query.order_by(*(order if oldest else [column.desc() for column in order]))
    if limited:
        query = query.limit(sa.bindparam("limit_"))
    return query.offset(sa.bindparam("offset_")) if passed_over else query


def placed(shape: Shape, below: Iterable[str], *, pages: bool, oldest: bool) -> sa.Select[Any]:
    """Articles by their addresses, newest first, or the oldest first. The rest as in ``Reading.placed``."""
    link = t.articles.c.link
    query, published = _chosen(sa.select(*[t.articles.c[name] for name in Placed._fields]), shape)
    places = [sa.and_(link >= address, link < after(address)) for address in below]
    query = query.where(sa.or_(*places, *([link == ""] if pages else [])))
    order = (published, t.articles.c.id)
    return query.order_by(*(order if oldest else [column.desc() for column in order]))


def after(beginning: str) -> str:
    """What comes behind all texts that begin so."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


@cache
def counted(shape: Shape) -> sa.Select[Any]:
    """How many articles there are."""
    return _chosen(sa.select(sa.func.count()).select_from(t.articles), shape)[0]


@cache
def moments(shape: Shape) -> sa.Select[Any]:
    """When the newest was published."""
    return _dated(lambda published: sa.select(published), shape, ordered=True).limit(1)


@cache
def by_day(shape: Shape) -> sa.Select[Any]:
    """How many were published each day, of those on which there were some: (ordinal, number)."""

    def days(published: sa.Column[Any]) -> sa.Select[Any]:
        # From the first day of the year 1 on, so that the division never rounds what is below zero.
        day = (published + sa.bindparam("offset_", type_=sa.BigInteger)) // DAY
        return sa.select(day, sa.func.count()).group_by(sa.text("1"))

    return _dated(days, shape, ordered=False)


def _dated(query: Callable[[sa.Column[Any]], sa.Select[Any]], shape: Shape, *, ordered: bool) -> sa.Select[Any]:
    """Of what only dates are asked: those of one list stand in an index."""
    if shape.lists == 1 and shape.advertorials and "since" not in shape.bounds:
        member = t.memberships.c
        published: sa.Column[Any] = member.published
        found = query(published).where(
            member.newsroom == sa.bindparam("newsroom_"), member.list == sa.bindparam("lists_")
        )
        found = _bounded(found, published, shape)
    else:
        published = t.memberships.c.published if shape.lists == 1 else t.articles.c.published
        found, _ = _chosen(query(published).select_from(t.articles), shape)
    return found.order_by(published.desc()) if ordered else found


def _chosen(query: sa.Select[Any], shape: Shape) -> tuple[sa.Select[Any], sa.Column[Any]]:
    """The query for what is wanted, and the date by which it is the quickest to order it."""
    article, member = t.articles.c, t.memberships.c
    published: sa.Column[Any] = article.published
    query = query.where(article.newsroom == sa.bindparam("newsroom_"))
    if shape.lists == 1:
        published = member.published
        query = query.join(t.memberships, (member.newsroom == article.newsroom) & (member.id == article.id))
        query = query.where(member.list == sa.bindparam("lists_"))
    elif shape.lists:
        named = member.list.in_(sa.bindparam("lists_", expanding=True))
        several = sa.select(member.id).where(member.newsroom == sa.bindparam("newsroom_"), named)
        query = query.where(article.id.in_(several))
    query = _bounded(query, published, shape)
    if "since" in shape.bounds:
        query = query.where(article.updated >= sa.bindparam("since_"))  # which is never before the publication
    if not shape.advertorials:
        query = query.where(article.advertorial == 0)
    return query, published


def _bounded(query: sa.Select[Any], published: sa.Column[Any], shape: Shape) -> sa.Select[Any]:
    query = query.where(published <= sa.bindparam("now_"))
    if "first" in shape.bounds:
        query = query.where(published >= sa.bindparam("first_"))
    if "before" in shape.bounds:
        query = query.where(published < sa.bindparam("before_"))
    return query
