"""Where feeds were before: under names that their categories had, and at the addresses of other systems.

Each function gives a path below base_url, which may or may not be that of a document; nothing here shadows one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feeds.config import CategorySetting
from feeds.text import slugify

RSS, ATOM = "rss.xml", "atom.xml"

ENDS = {
    ("feed",): RSS,
    ("feed", "rss"): RSS,
    ("feed", "rss2"): RSS,
    ("feed", "rdf"): RSS,
    ("feed", "atom"): ATOM,
    ("rss",): RSS,
    ("rss2",): RSS,
    ("atom",): ATOM,
    ("index.xml",): RSS,
    ("feed.xml",): RSS,
}
"""What addresses of feeds end with: WordPress, Hugo, Jekyll, Ghost and others."""

BLOGGER = (["feeds", "posts", "default"], ["feeds", "posts", "summary"])

LISTS = {"tag": "tag", "tags": "tag", "author": "author", "authors": "author"}
PARTS = frozenset({"cat", "category_name", "tag", "author", "author_name", "s", "p", "page_id"})
"""What WordPress names in a query besides, where a feed is not that of all."""

LONGEST = 500  # characters of a path that is looked at


def aliases(categories: Sequence[CategorySetting]) -> dict[str, str]:
    """Slugs that names of categories make, and the slugs of the categories that they mean."""
    known = {category.slug for category in categories}
    named = {slugify(alias): category.slug for category in categories for alias in category.aliases}
    return {alias: slug for alias, slug in named.items() if alias not in known}


def by_alias(path: str, known: Mapping[str, str]) -> str | None:
    """The same document of the category, or of the joined ones, that have other names now."""
    first, slash, rest = path.partition("/")
    names = first[:LONGEST].split("+")
    slugs = [known.get(name) or known.get(slugify(name)) for name in names]
    joined = "+".join(slug or name for slug, name in zip(slugs, names, strict=True))
    return f"{joined}/{rest}" if slash and any(slugs) else None


def common(path: str, query: Mapping[str, str], known: Mapping[str, str]) -> str | None:
    """The feed that another system has at this address. query: the parameters, each with its first value."""
    if len(path) > LONGEST:
        return None
    parts = path.rstrip("/").split("/")
    if not path and query.get("feed"):
        return _without_permalinks(query, known)
    if parts[:3] in BLOGGER:
        file = RSS if query.get("alt") == "rss" else ATOM
        return _of_category(parts[4:5], file, known) if parts[3:4] == ["-"] else file if len(parts) == 3 else None
    for length in (2, 1):
        file_or_none = ENDS.get(tuple(parts[-length:]))
        if file_or_none and len(parts) == length + 2 and parts[0] in LISTS:
            return f"{LISTS[parts[0]]}/{slugify(parts[1])}/{file_or_none}"
        if file_or_none:
            return _of_category(_without_prefix(parts[:-length]), file_or_none, known)
    return None


def _without_permalinks(query: Mapping[str, str], known: Mapping[str, str]) -> str | None:
    """Of WordPress: the feed of all, of a category or of a tag; not of one that has only a number here."""
    file = ENDS.get(("feed", query["feed"]))
    named = query.keys() & PARTS
    if file and not named:
        return file
    if file and named == {"category_name"}:
        return _of_category(query["category_name"].split("/")[-1:], file, known)
    return f"tag/{slugify(query['tag'])}/{file}" if file and named == {"tag"} else None


def _without_prefix(parts: list[str]) -> list[str]:
    """The category of an address: the last one, where WordPress names those above it too."""
    prefixed = parts[:1] in (["category"], ["categories"])
    return parts[-1:] if not prefixed or len(parts) > 1 else [""]


def _of_category(parts: list[str], file: str, known: Mapping[str, str]) -> str | None:
    if not parts:
        return file
    if not parts[0]:
        return None
    slug = slugify(parts[0])
    return f"{known.get(slug, slug)}/{file}"
