"""The categories of a newsroom: a tree, each with its names and with rules for articles that name no category."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from feeds.config.values import Where, suggestion, text_value
from feeds.errors import ConfigError

# fmt: off
RESERVED = frozenset({
    "tag", "author", "search", "archive", "ralat", "profil", "audience", "artikel", "semua",
    "static", "feed", "feeds", "rss", "category", "healthz", "readyz", "metrics",
})
# fmt: on
"""First segments of addresses that belong to the service, and its name of the feed of all; see ``free_slug``."""

MATCH_FIELDS = ("title", "summary", "body", "tags", "authors", "source", "link", "path")
"""What may stand in front of a rule: ``link`` wants a part of the address, ``path`` a pattern of the file's path."""

LEVELS = 10
"""How deep the tree may be."""


class MatchRule(NamedTuple):
    """A rule that gives a category. field: one of ``MATCH_FIELDS``, "" for title, summary and body.

    wanted: texts that all must be there, at least one; unwanted: texts that must not.
    """

    field: str
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As it is written in the configuration."""
        field = f"{self.field}: " if self.field else ""
        return field + " + ".join(self.wanted) + "".join(f" -{text}" for text in self.unwanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class CategorySetting:
    """A category as the configuration declares it; aliases are the names that articles use for it.

    parent: the slug of the category that it is a part of, "" for none. match: any one of the rules is enough.
    """

    slug: str
    title: str
    description: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    match: tuple[MatchRule, ...] = ()

    @property
    def declared(self) -> str:
        """Its name in the brackets of the configuration."""
        return next((name for name in self.aliases if name in RESERVED and free_slug(name) == self.slug), self.slug)


def free_slug(slug: str) -> str:
    """The slug under which a category is published: ``tag`` is an address of the service, so it becomes ``tag-2``."""
    return f"{slug}-2" if slug in RESERVED else slug


# --- rules -----------------------------------------------------------------------------------------------------------

_FIELD = re.compile(r"(\w+)\s*:\s*(.*)")
_MARK = re.compile(r"(?:^| )[+-]|(?<=\w)\+(?=\w)")
_LETTER = re.compile(r"[^\W_]")


def match_rule(where: Where, value: object) -> MatchRule:
    """``title: beras + impor -jagung``: a field, texts that all must be there, texts that must not."""
    text = text_value(where, value)
    field, terms = "", text
    if named := _FIELD.fullmatch(text):
        field, terms = named.groups()
        if field not in MATCH_FIELDS:
            known = ", ".join(MATCH_FIELDS)
            raise where.refuse(f"the rule {text!r} asks for {field!r}, which is none of {known}")
    wanted: list[str] = []
    unwanted: list[str] = []
    for sign, term in _terms(terms):
        if not _LETTER.search(term):
            raise where.refuse(f"the rule {text!r} lacks a word; it needs one at its start and behind each + and -")
        (unwanted if sign == "-" else wanted).append(term)
    if not wanted:
        raise where.refuse(f"the rule {text!r} only says what must not be there; say first what must")
    return MatchRule(field, tuple(wanted), tuple(unwanted))


def _terms(text: str) -> Iterator[tuple[str, str]]:
    """(sign, text) of each part; a sign stands behind a blank, as ``anak-anak`` is a word."""
    sign, start = "+", 0
    if text.startswith("-"):
        sign, start = "-", 1
    for mark in _MARK.finditer(text, start):
        yield sign, text[start : mark.start()].strip()
        sign, start = mark[0].strip()[0], mark.end()
    yield sign, text[start:].strip()


# --- the tree --------------------------------------------------------------------------------------------------------


def category_settings(categories: Mapping[str, Mapping[str, Any]]) -> tuple[CategorySetting, ...]:
    """The categories as they are published, a child behind its parent, else in their order.

    Raises ConfigError where a name would mean two of them, or a parent is unknown or a descendant.
    """
    owners: dict[str, str] = {}
    found = [_category(slug, fields, owners) for slug, fields in categories.items()]
    parents = {category.slug: category.parent for category in found}
    for slug in parents:
        _check_parents(slug, parents)
    children: dict[str, list[CategorySetting]] = {}
    for category in found:
        children.setdefault(category.parent, []).append(category)
    return tuple(_in_order(children, ""))


def check_gone(gone: Iterable[str], categories: Iterable[CategorySetting]) -> None:
    """Raises ConfigError where a slug is said to be gone that is a category, or an address of the service."""
    there = {category.slug for category in categories}
    for slug in gone:
        if slug in there:
            raise ConfigError("gone", f"{slug!r} is a category; take it out of one of the two")
        if slug in RESERVED:
            raise ConfigError("gone", f"{slug!r} is an address of the service")


def _in_order(children: Mapping[str, list[CategorySetting]], parent: str) -> Iterator[CategorySetting]:
    waiting = list(reversed(children.get(parent, ())))
    while waiting:
        category = waiting.pop()
        yield category
        waiting += reversed(children.get(category.slug, ()))


def _check_parents(slug: str, parents: Mapping[str, str]) -> None:
    line, key = [slug], f"categories.{slug}.parent"
    while parent := parents[line[-1]]:
        if parent not in parents:
            raise ConfigError(key, f"no category is called {parent!r}{suggestion(parent, parents)}")
        if parent in line:
            raise ConfigError(key, f"leads in a circle: {' -> '.join((*line, parent))}")
        line.append(parent)
        if len(line) > LEVELS:
            raise ConfigError(key, f"makes more than {LEVELS} levels: {' -> '.join(line)}")


def _category(slug: str, fields: Mapping[str, Any], owners: dict[str, str]) -> CategorySetting:
    free = free_slug(slug)
    title = fields.get("title") or prettified(slug)
    # Articles go on using the name of a slug that had to give way.
    aliases = tuple(fields.get("aliases", ())) + ((slug,) if free != slug else ())
    for name in (free, title, *aliases):
        owner = owners.setdefault(_same_name(name), slug)
        if owner != slug:
            raise ConfigError(f"categories.{slug}", f"the name {name!r} already means the category '{owner}'")
    return CategorySetting(
        slug=free,
        title=title,
        description=fields.get("description", ""),
        parent=free_slug(fields.get("parent", "")),
        aliases=aliases,
        match=fields.get("match", ()),
    )


def prettified(name: str) -> str:
    """``berita-kota`` as a title: Berita Kota."""
    words = re.split(r"[\s_.-]+", name.strip("_.- "))
    return " ".join(word[:1].upper() + word[1:] for word in words) or name


def _same_name(name: str) -> str:
    """Names that people take for the same: ``Gaya Hidup``, ``gaya-hidup``."""
    return re.sub(r"[\s_-]+", " ", name.casefold()).strip()
