"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). Places are named as in ``items[3].id``, counted from 0."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from feeds.syntax import plainly
from feeds.validation.findings import Fault, Reference
from feeds.validation.markup import html, plain
from feeds.validation.tree import AHEAD, check_twice
from feeds.validation.values import (
    Check,
    anything,
    language,
    media_type,
    moment_of_rfc3339,
    rfc3339,
    shown,
    uri,
)

VERSION = "https://jsonfeed.org/version/1.1"
_VERSION_1 = "https://jsonfeed.org/version/1"


class Field(NamedTuple):
    """What a key may hold. kind: its type; check: of a text. fields: of an object, and of each object in a list.

    each: of a list, what its parts are.
    """

    kind: type | tuple[type, ...] = str
    check: Check = anything
    required: bool = False
    fields: Mapping[str, Field] | None = None
    each: type = dict


_NUMBER = (int, float)
_AUTHOR = {"name": Field(), "url": Field(check=uri), "avatar": Field(check=uri)}
_AUTHORS = {"authors": Field(list, fields=_AUTHOR), "author": Field(dict, fields=_AUTHOR)}
_ATTACHMENT = {
    "url": Field(check=uri, required=True),
    "mime_type": Field(check=media_type, required=True),
    "title": Field(),
    "size_in_bytes": Field(_NUMBER),
    "duration_in_seconds": Field(_NUMBER),
}
_ITEM = {
    "id": Field((str, int, float), required=True),
    "url": Field(check=uri),
    "external_url": Field(check=uri),
    "title": Field(check=plain),
    "content_html": Field(check=html),
    "content_text": Field(),
    "summary": Field(check=plain),
    "image": Field(check=uri),
    "banner_image": Field(check=uri),
    "date_published": Field(check=rfc3339),
    "date_modified": Field(check=rfc3339),
    "tags": Field(list, each=str),
    "language": Field(check=language),
    "attachments": Field(list, fields=_ATTACHMENT),
    **_AUTHORS,
}
_FEED = {
    "version": Field(required=True),
    "title": Field(check=plain, required=True),
    "home_page_url": Field(check=uri),
    "feed_url": Field(check=uri),
    "description": Field(),
    "user_comment": Field(),
    "next_url": Field(check=uri),
    "icon": Field(check=uri),
    "favicon": Field(check=uri),
    "language": Field(check=language),
    "expired": Field(bool),
    "hubs": Field(list, fields={"type": Field(required=True), "url": Field(check=uri, required=True)}),
    "items": Field(list, required=True, fields=_ITEM),
    **_AUTHORS,
}
_TYPES = {str: "a text", bool: "true or false", list: "a list", dict: "an object", int: "a number", float: "a number"}


class _Object(dict[str, Any]):
    """An object of JSON that remembers the keys that it had twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = Counter(key for key, _ in pairs) if len(self) < len(pairs) else {}
        self.twice = sorted(key for key, number in keys.items() if number > 1)


def parse(body: bytes) -> tuple[Any, list[Fault]]:
    """The document, None where it is no JSON; and what is wrong with it as JSON (RFC 8259)."""
    found = [Fault("json-bom", 1)] if body.startswith(b"\xef\xbb\xbf") else []
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_Object), found
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        return None, [Fault("json-encoding", line)]
    except json.JSONDecodeError as error:
        return None, [Fault("json", error.lineno, f"column {error.colno}: {plainly(error.msg)}")]
    except (RecursionError, ValueError):  # ValueError: a number of thousands of figures
        return None, [Fault("json", 0, "it is nested too deeply, or has a number that is too long")]


def faults(feed: Any, now: datetime) -> Iterator[Fault]:
    """What is wrong with a document that says to be a JSON Feed."""
    yield from _check(feed, _FEED, "")
    version = feed.get("version")
    if version != VERSION:
        old = str(version).rstrip("/") == _VERSION_1
        yield Fault("json-version-1" if old else "json-version", 0, shown(str(version)))
    if not feed.get("feed_url"):
        yield Fault("json-self")
        if feed.get("hubs"):
            yield Fault("hub-alone")
    yield from _check_authors(feed, "")
    items = _items(feed)
    if not items:
        yield Fault("feed-empty")
    ids = [(str(item["id"]), 0) for item in items if item.get("id") not in (None, "")]
    yield from check_twice(ids, "json-id-twice")
    for number, item in enumerate(items):
        yield from _check_item(item, f"items[{number}]", now)


def entries(feed: Any) -> int:
    """How many items it has."""
    return len(_items(feed))


def references(feed: Any) -> tuple[Reference, ...]:
    """The documents that the feed names."""
    named = {"self": feed.get("feed_url"), "next": feed.get("next_url")}
    return tuple(Reference(rel, address) for rel, address in named.items() if isinstance(address, str) and address)


def _items(feed: Any) -> list[Any]:
    items = feed.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


# --- the description -------------------------------------------------------------------------------------------------


def _check(found: Mapping[str, Any], fields: Mapping[str, Field], place: str) -> Iterator[Fault]:
    """An object held to its fields. place: of the object, "" for the document."""
    for key in found.twice if isinstance(found, _Object) else ():
        yield Fault("json-key-twice", 0, _place(place, key))
    for key, value in found.items():
        if key in fields:
            yield from _check_value(value, fields[key], _place(place, key))
        elif not key.startswith("_"):
            yield Fault("json-unknown", 0, _place(place, key))
    for key, field in fields.items():
        if field.required and found.get(key) in (None, ""):
            yield Fault("json-missing", 0, _place(place, key))


def _place(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _check_value(value: Any, field: Field, place: str) -> Iterator[Fault]:
    if not _is(value, field.kind):
        kind = field.kind if isinstance(field.kind, type) else field.kind[0]
        yield Fault("json-type", 0, f"{place} is not {_TYPES[kind]}")
    elif isinstance(value, str):
        yield from _check_text(value, field, place)
    elif isinstance(value, dict) and field.fields:
        yield from _check(value, field.fields, place)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _check_value(part, Field(field.each, fields=field.fields), f"{place}[{number}]")


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    """Whether a value has a type of JSON; true and false are no numbers."""
    return isinstance(value, bool) == (kind is bool) and isinstance(value, kind)


def _check_text(text: str, field: Field, place: str) -> Iterator[Fault]:
    if not text.strip():
        yield Fault("empty", 0, place)
        return
    for code, what in field.check(text):
        yield Fault(code, 0, f"{place} {what or shown(text)}")


def _check_item(item: Mapping[str, Any], place: str, now: datetime) -> Iterator[Fault]:
    if not item.get("content_html") and not item.get("content_text"):
        yield Fault("json-content", 0, place)
    if isinstance(item.get("id"), int | float):
        yield Fault("json-id", 0, f"{place}.id {item['id']}")
    for key in ("date_published", "date_modified"):
        moment = moment_of_rfc3339(str(item.get(key, "")))
        if moment and moment > now + AHEAD:
            yield Fault("date-future", 0, f"{place}.{key} {shown(item[key])}")
    yield from _check_authors(item, place)


def _check_authors(owner: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """An author has a name, an address or a picture; ``author`` is that of version 1."""
    if "author" in owner:
        yield Fault("json-author-old", 0, _place(place, "author"))
    authors = owner.get("authors")
    for number, author in enumerate(authors if isinstance(authors, list) else ()):
        if isinstance(author, dict) and not any(author.get(key) for key in _AUTHOR):
            yield Fault("json-author", 0, _place(place, f"authors[{number}]"))
