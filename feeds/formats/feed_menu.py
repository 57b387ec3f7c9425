"""The directory of feeds as a Feed Menu (draft-nottingham-feed-menu-00), by which browsers and readers offer them.

It is looked for at the root of a host only. Software should make none that its publisher does not know of: hence the
setting ``feed_menu``. A feed has an address of RSS, of Atom or both, and no other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from feeds.formats import atom, rss
from feeds.formats.common import own_address
from feeds.model import Feed, Outline

FILENAME = ".well-known/feed-menu.json"
MEDIA_TYPE = "application/json"

LONGEST_TITLE = 50  # characters, as the draft recommends
LONGEST_DESCRIPTION = 140


def write(title: str, outlines: Sequence[Outline]) -> bytes:
    """The document. title: of the whole menu."""
    return (json.dumps(_menu(title, outlines), ensure_ascii=False, indent=1) + "\n").encode()


def _menu(title: str, outlines: Sequence[Outline]) -> dict[str, object]:
    return {"feed-menu": _shortened(title, LONGEST_TITLE), "items": [_item(outline) for outline in outlines]}


def _item(outline: Outline) -> dict[str, object]:
    return _feed(outline.title, outline.feed) if outline.feed else _menu(outline.title, outline.parts)


def _feed(title: str, feed: Feed) -> dict[str, object]:
    members = {
        "feed-title": _shortened(title, LONGEST_TITLE),
        "description": _shortened(feed.description, LONGEST_DESCRIPTION),
        "rss": own_address(feed, rss.FILENAME),
        "atom": own_address(feed, atom.FILENAME),
    }
    return {name: value for name, value in members.items() if value}


def _shortened(text: str, longest: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"
