"""The further elements that a profile puts into items and into the channel, with their values filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from feeds.config import Profile, Settings
from feeds.config.profiles import ElementPattern
from feeds.formats.common import rfc822, rfc3339
from feeds.formats.feedgen_extensions import NAMESPACES
from feeds.model import Element, Entry, Feed

_PLACE = re.compile(r"\{(\w+)\}")


def of_item(profile: Profile, entry: Entry, short_title: str, settings: Settings) -> tuple[Element, ...]:
    """Those of an article's item; short_title: "" where the title is short enough."""
    image = entry.image
    return tuple(_filled(profile, profile.item, {
        "id": entry.id,
        "link": entry.link,
        "title": entry.title,
        "short_title": short_title,
        "summary": entry.summary,
        "author": ", ".join(entry.authors),
        "category": ", ".join(category.title for category in entry.categories),
        "tags": ", ".join(entry.tags),
        "language": entry.language or settings.language,
        "rights": entry.rights or settings.copyright,
        "license": entry.license,
        "published": rfc3339(entry.published),
        "updated": rfc3339(entry.updated),
        "expires": rfc3339(entry.published + timedelta(profile.article.expires)) if profile.article.expires else "",
        "image": image.url if image else "",
        "image_type": image.type if image else "",
        "image_caption": image.caption if image else "",
        "image_credit": image.credit if image else "",
    }))  # fmt: skip


def of_channel(profile: Profile, feed: Feed) -> tuple[Element, ...]:
    """Those of the channel."""
    return tuple(_filled(profile, profile.channel, {
        "title": feed.title,
        "description": feed.description,
        "home": feed.home,
        "language": feed.language,
        "copyright": feed.copyright,
        "logo": feed.logo,
        "updated": rfc3339(feed.updated),
        "updated_rfc822": rfc822(feed.updated),
    }))  # fmt: skip


def _filled(profile: Profile, patterns: Sequence[ElementPattern], values: Mapping[str, str]) -> Iterator[Element]:
    namespaces = NAMESPACES | dict(profile.namespaces)

    def fill(text: str) -> str:
        return _PLACE.sub(lambda found: values[found[1]], text)

    for pattern in patterns:
        texts = (pattern.text, *(text for _, text in (*pattern.attributes, *pattern.inside)))
        if all(values[name] for text in texts for name in _PLACE.findall(text)):
            yield Element(
                _qualified(pattern.name, namespaces),
                fill(pattern.text),
                tuple((name, fill(text)) for name, text in pattern.attributes),
                tuple((_qualified(name, namespaces), fill(text)) for name, text in pattern.inside),
            )


def _qualified(name: str, namespaces: Mapping[str, str]) -> str:
    prefix, colon, local = name.rpartition(":")
    return f"{{{namespaces[prefix]}}}{local}" if colon else local
