"""JSON: a list of articles, one article, a list within an object (JSON Feed among these), or an article a line.

Numbers stay as written and NaN is nothing, so that an ``id`` of a hundred digits and pandas' gaps are both harmless.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from feeds.errors import ArticleError, UnreadableError
from feeds.limits import Limits
from feeds.model import Draft
from feeds.readers import PLAIN, Line, Options, drafts, fields
from feeds.readers.bounds import TOO_DEEP
from feeds.readers.values import JSON
from feeds.syntax import plainly

LISTS = ("articles", "items", "data", "berita", "artikel", "posts", "results", "@graph")
"""The keys under which an object may hold its articles."""

_LINES = (".jsonl", ".ndjson")


def read(
    path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The articles of a JSON or JSON Lines file; drafts are passed over.

    A position is the index in the list, or of the line; an object that is one article has none. A line or an element
    that is no article costs itself alone.

    Raises UnreadableError where the file as a whole is no JSON or holds no article.
    """
    found = _value(path, text)
    if isinstance(found, Mapping):
        options.limits.hold_values(found, "the article")
        if not fields.is_article(record := fields.gather(found, options.names)):
            raise UnreadableError("the file holds no article: neither a title nor a body, nor a list of articles")
        return iter(_single(path, fields.with_unused(record, found, options.names)))
    records = _records(path, text, found, only, options.limits)
    return drafts.read_records(path, records, options=options, only=only)


def explain(path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None) -> Iterator[Line]:
    """Each value of the records that are wanted, with its name and the field that it gives."""
    found = _value(path, text)
    records = [(0, found)] if isinstance(found, Mapping) else _records(path, text, found, only, options.limits)
    return drafts.explain_records(records, further=options.names, only=only)


def _records(
    path: str, text: str, found: list[object] | None, only: frozenset[int] | None, limits: Limits
) -> Iterator[drafts.Record]:
    if found is None:
        return _lines(path, text, only, limits.record)
    limits.hold("records", len(found), "the file holds {} records")
    return _elements(path, found)


def _single(path: str, record: Mapping[str, object]) -> list[Draft]:
    return [] if fields.is_withheld(record) else [drafts.make_draft(path, record)]


def _value(path: str, text: str) -> Mapping[object, object] | list[object] | None:
    """The article or the list of articles that the file is; ``None`` where it is one article a line."""
    if path.lower().endswith(_LINES) and not text.lstrip().startswith("["):
        return None
    try:
        value = _loads(text)
    except json.JSONDecodeError as error:
        if _OBJECT_A_LINE.match(text):
            return None
        raise UnreadableError(f"line {error.lineno} is no JSON: {plainly(error.msg)}") from error
    inner = _list_in(value, 3)
    if inner is not None:
        return _items(inner) if _is_json_feed(value) else inner
    if isinstance(value, Mapping):
        return value
    raise UnreadableError("the file holds no articles but a single value")


def _is_json_feed(value: object) -> bool:
    return isinstance(value, Mapping) and fields.text(value.get("version")).startswith("https://jsonfeed.org/")


def _items(items: list[object]) -> list[object]:
    """The items of a JSON Feed under names that say more: an id is one even if it is a number (but not of the item)."""
    ids = [fields.text(item.get("id")) if isinstance(item, Mapping) else "" for item in items]
    numbered = drafts.only_count(ids)
    return [
        {
            **item,
            "guid": None if numbered else {"value": identity},
            "url": item.get("url") or item.get("external_url"),
            "image": _picture(item),
            **_rights(item),
        }
        if isinstance(item, Mapping)
        else item
        for item, identity in zip(items, ids, strict=True)
    ]


def _rights(item: Mapping[object, object]) -> dict[object, object]:
    """What an extension says of an item's rights (JSON Feed 1.1 has no word for them), as our own feeds write it."""
    said = item.get("_rights")
    if not isinstance(said, Mapping):
        return {}
    return {"_rights": None, "license": said.get("license"), "copyright": said.get("copyright")}


def _picture(item: Mapping[object, object]) -> object:
    """The image of an item, with the type and length of the attachment that it is."""
    attachments = item.get("attachments")
    attached = attachments if isinstance(attachments, list) else []
    pictures = [each for each in attached if isinstance(each, Mapping) and _is_picture(each)]
    url = item.get("image") or item.get("banner_image") or (pictures[0].get("url") if pictures else None)
    for picture in pictures:
        if picture.get("url") == url:
            return {"url": url, "type": picture.get("mime_type"), "length": picture.get("size_in_bytes")}
    return url


def _is_picture(attachment: Mapping[object, object]) -> bool:
    return fields.text(attachment.get("mime_type")).startswith("image/")


_OBJECT_A_LINE = re.compile(r"\s*\{[^\n]*\n\s*\{")  # no single JSON object has a line that begins so


def _list_in(value: object, depth: int) -> list[object] | None:
    """The list of articles that a value is or holds; an article's own list (``data`` of a chart) does not count."""
    if isinstance(value, list):
        return value
    if not isinstance(value, Mapping) or depth == 0:
        return None
    for key in LISTS:
        inner = _list_in(value.get(key), depth - 1)
        if inner is not None and any(isinstance(item, Mapping) for item in inner):
            return inner
    return None


def _elements(path: str, elements: Iterable[object]) -> Iterator[drafts.Record]:
    for position, element in enumerate(elements):
        if isinstance(element, Mapping):
            yield position, element
        else:
            yield position, ArticleError(f"{path}#{position + 1}", "unreadable", "the element is no object")


def _lines(path: str, text: str, only: frozenset[int] | None, limit: int) -> Iterator[drafts.Record]:
    for position, line in enumerate(io.StringIO(text, newline="\n")):  # each as it is wanted
        if (only is None or position in only) and line.strip():
            yield position, _line(f"{path}#{position + 1}", line.rstrip("\n"), limit)


def _line(name: str, line: str, limit: int) -> Mapping[object, object] | ArticleError:
    if len(line) > limit:
        reason = f"the line has {len(line):,} characters; limits.record is {limit:,}"
        return ArticleError(name, "unreadable", reason)
    try:
        value = _loads(line)
    except json.JSONDecodeError as error:
        return ArticleError(
            name, "unreadable", f"the line is no JSON at character {error.pos + 1}: {plainly(error.msg)}"
        )
    except RecursionError:
        return ArticleError(name, "unreadable", TOO_DEEP)
    return value if isinstance(value, Mapping) else ArticleError(name, "unreadable", "the line is no object")


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _loads(text: str) -> object:
    value: object = JSON.decode(text)
    return _whole(value) if _SURROGATE.search(text) else value


def _whole(value: object) -> object:
    """The value without halves of surrogate pairs, which JSON can write and no encoding can."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value
