"""``feeds check --categories``: the categories that articles name, and those that the configuration lacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import click

from feeds import text
from feeds.cli.common import columns, many, print_json
from feeds.config import CategorySetting
from feeds.errors import ArticleError
from feeds.model import Category
from feeds.newsroom import Newsroom
from feeds.survey import articles_by_category, articles_by_unknown_name

SIMILAR = 0.8  # of two slugs, from 0 to 1 as difflib measures it


class Known(NamedTuple):
    """A category and how many articles it has."""

    category: Category
    articles: int


class Unknown(NamedTuple):
    """A name that means no category, how many articles use it, and the category that is nearest to it."""

    name: str
    articles: int
    nearest: CategorySetting | None


class Listing(NamedTuple):
    """The categories of a newsroom. declared: whether the configuration says which there are."""

    declared: bool
    known: Sequence[Known]
    unknown: Sequence[Unknown]
    toml: str


def show_categories(newsroom: Newsroom, as_json: bool) -> list[ArticleError]:
    """Print them; gives the problems of that kind."""
    listing = listing_of(newsroom)
    if as_json:
        print_json(_report(listing))
    else:
        _print(listing)
    with newsroom.catalogue.reading() as reading:
        return [problem for problem in reading.problems() if problem.kind == "category"]


def listing_of(newsroom: Newsroom) -> Listing:
    settings = newsroom.settings
    with newsroom.catalogue.reading() as reading:
        counts, published = articles_by_category(reading), reading.categories()
        names = articles_by_unknown_name(reading)
    declared = [Category(slug=c.slug, title=c.title, parent=c.parent) for c in settings.categories]
    slugs = {category.slug for category in declared}
    # What was published once and is declared no more still has its feed.
    others = [c for c in published if c.slug not in slugs and (counts.get(c.slug) or declared)]
    known = [Known(category, counts.get(category.slug, 0)) for category in (*declared, *others)]
    unknown = [Unknown(name, number, nearest(name, settings.categories)) for name, number in names.items()]
    tables = with_unknown(settings.categories, unknown) if declared else in_order_of_use(known)
    return Listing(bool(declared), known, unknown, "\n\n".join(tables))


def nearest(name: str, categories: Iterable[CategorySetting]) -> CategorySetting | None:
    """The category that a name may mean: one that is written nearly so, else one of which it has all the words."""
    names = {text.slugify(known): c for c in categories for known in (c.slug, c.title, *c.aliases)}
    slug = text.slugify(name)
    for similar in get_close_matches(slug, names, n=1, cutoff=SIMILAR):
        return names[similar]
    words = set(slug.split("-"))
    within = [known for known in names if set(known.split("-")) <= words]
    return names[max(within, key=len)] if within else None


# --- TOML ------------------------------------------------------------------------------------------------------------


def in_order_of_use(known: Iterable[Known]) -> Iterator[str]:
    """Tables that declare categories which so far are only those of the articles."""
    for category, _ in sorted(known, key=lambda each: (-each.articles, each.category.slug)):
        yield _table(CategorySetting(slug=category.slug, title=category.title))


def with_unknown(categories: Sequence[CategorySetting], unknown: Iterable[Unknown]) -> Iterator[str]:
    """The tables that change or are new, so that no name is unknown any more."""
    aliases: dict[str, list[str]] = {}
    new: dict[str, CategorySetting] = {}
    for name, _, near in unknown:
        slug = text.slugify(name)
        if near:
            aliases.setdefault(near.slug, []).append(name)
        else:
            new.setdefault(slug, CategorySetting(slug=slug, title=name[:1].upper() + name[1:]))
    for category in categories:
        if added := aliases.get(category.slug):
            yield f"# In place of the table of this name: {', '.join(map(_quoted, added))} became aliases.\n" + _table(
                category, added
            )
    yield from map(_table, new.values())


def _table(category: CategorySetting, added: Sequence[str] = ()) -> str:
    lines = [f"[categories.{category.declared}]", f"title = {_quoted(category.title)}"]
    if category.description:
        lines.append(f"description = {_quoted(category.description)}")
    if category.parent:
        lines.append(f"parent = {_quoted(category.parent)}")
    aliases = [alias for alias in category.aliases if alias != category.declared]
    for name, values in (("aliases", [*aliases, *added]), ("match", list(map(str, category.match)))):
        if values:
            lines.append(f"{name} = [{', '.join(map(_quoted, values))}]")
    return "\n".join(lines)


def _quoted(value: str) -> str:
    """A text as TOML writes it: a JSON string is one, as controls never get here."""
    return json.dumps(value, ensure_ascii=False)


# --- showing ---------------------------------------------------------------------------------------------------------


def _report(listing: Listing) -> dict[str, object]:
    return {
        "categories": [
            {"slug": c.slug, "title": c.title, "parent": c.parent, "articles": articles}
            for c, articles in listing.known
        ],
        "unknown": [
            {"name": name, "articles": articles, "nearest": near.slug if near else None}
            for name, articles, near in listing.unknown
        ],
        "toml": listing.toml,
    }


def _print(listing: Listing) -> None:
    depths: dict[str, int] = {"": -1}
    rows: list[tuple[str, str, str]] = []
    for category, articles in listing.known:
        depths[category.slug] = depths[category.parent] + 1
        rows.append(("  " * depths[category.slug] + category.title, many(articles, "article"), ""))
    for name, articles, near in listing.unknown:
        rows.append((name, many(articles, "article"), f"unknown, near to {near.title}" if near else "unknown"))
    for line in columns(rows):
        click.echo(line)
    if not listing.declared:
        click.echo("\nThe configuration declares none of them. These lines would:\n")
    elif listing.unknown:
        click.echo("\nSo that the configuration knows them all:\n")
    if listing.toml:
        click.echo(listing.toml)
