"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): one key a line, in the order of the specification."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from feeds.formats.common import cleaned, further, headline, own_address, render_clean, rfc3339, terms
from feeds.model import Entry, Feed, Image

NAME = "json"
FILENAME = "feed.json"
MEDIA_TYPE = "application/feed+json; charset=utf-8"

_VERSION = "https://jsonfeed.org/version/1.1"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",\n  ", ": ")).encode


def entries(entries: Sequence[Entry], *, base_url: str, language: str) -> list[bytes]:
    """Each entry as one item. Categories have no addresses in JSON Feed: ``base_url`` is for the other formats."""
    del base_url
    return render_clean(lambda clean: [_whole(entry, language).encode() for entry in clean], entries)


def _whole(entry: Entry, language: str) -> str:
    written = _object(_item(entry, language))
    if "\\u00" in written:  # a control character, which JSON could carry, or a text about its escape
        written = _object(_item(cleaned(entry), language))
    return written


def _item(entry: Entry, language: str) -> dict[str, object]:
    content = {"content_html": entry.content} if entry.content else {"content_text": entry.summary or headline(entry)}
    return {
        "id": entry.id,
        "url": entry.link,
        "external_url": entry.about,
        "title": headline(entry),
        **content,
        "summary": entry.summary,
        "image": entry.image.url if entry.image else "",
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "authors": [{"name": author} for author in entry.authors],
        "tags": [category.title for category in entry.categories] + terms(entry),
        "language": entry.language if entry.language != language else "",
        "attachments": _attachments(entry.image),
        "_rights": _rights(entry.license, entry.rights),
    }


def _rights(license_: str, copyright_: str) -> dict[str, str]:
    """An extension, as the format has no word for it ("Extensions": a key that begins with ``_``)."""
    return {name: said for name, said in (("license", license_), ("copyright", copyright_)) if said}


def _attachments(image: Image | None) -> list[dict[str, object]]:
    if not image or not image.type:
        return []
    size = {"size_in_bytes": image.length} if image.length else {}
    return [{"url": image.url, "mime_type": image.type, **size}]


def _object(members: Mapping[str, object]) -> str:
    """A JSON object with one member a line; members that say nothing (``""``, ``[]``) are left out."""
    return "{\n  " + _encode({key: value for key, value in members.items() if value})[1:-1] + "\n}"


def write(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """The feed around items that ``entries`` rendered."""
    head = render_clean(lambda feeds: _object(_envelope(feeds[0])).encode(), [feed])
    return b"".join([head.removesuffix(b"\n}"), b',\n"items": [\n', b",\n".join(entries), b"\n]\n}\n"])


def _envelope(feed: Feed) -> dict[str, object]:
    return {
        "version": _VERSION,
        "title": feed.title or feed.base_url,
        "home_page_url": feed.home,
        "feed_url": own_address(feed, FILENAME),
        "next_url": next((link["href"] for link in further(feed, FILENAME) if link["rel"] == "next"), ""),
        "description": feed.description,
        "icon": feed.logo,
        "authors": [{"name": feed.author}] if feed.author else [],
        "language": feed.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs],
        "_rights": _rights(feed.license, feed.copyright),
    }
