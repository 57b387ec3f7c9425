"""An article as a profile wants it, and the reasons for which the profile does not take it.

What can be made right without changing what is said is made right: elements of HTML, a longer summary, a short title
beside a long one, an address as the guid. All else is a reason, for the newsroom to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds import text
from feeds.config import Profile, Settings
from feeds.config.profiles import BodyRules, ImageRules
from feeds.depth import depth_of_html
from feeds.formats.common import headline, terms
from feeds.model import Entry, Image
from feeds.profiles.elements import of_item
from feeds.profiles.words import Reason

_BREAKS = re.compile(r"<br>(?:\s*<br>)+")
_SOURCE = re.compile(r'<img\b[^>]*?\ssrc="(http:[^"]*)"')


class Offer(NamedTuple):
    """entry: as the profile wants it. reasons: why it does not take it; () where it does."""

    entry: Entry
    reasons: tuple[Reason, ...]


def offer(profile: Profile, entry: Entry, settings: Settings, *, advertorial: bool) -> Offer:
    """What a profile makes of an article. How old it is, and how many are newer, is not looked at here."""
    adapted = _adapted(profile, entry, settings)
    return Offer(adapted, tuple(_reasons(profile, adapted, entry, settings, advertorial=advertorial)))


# --- as it is wanted -------------------------------------------------------------------------------------------------


def _adapted(profile: Profile, entry: Entry, settings: Settings) -> Entry:
    rules = profile.article
    content = _body(profile.body, entry.content)
    named = replace(
        entry,
        title=headline(entry),
        summary=_longer(entry.summary, content, rules.summary_min),
        content=content,
        authors=entry.authors or tuple(filter(None, [settings.author])),
    )
    long = rules.short_title and len(named.title) > rules.title_max
    further = of_item(profile, named, text.summarise(named.title, rules.short_title) if long else "", settings)
    if rules.category == "joined":
        everything = [*(category.title for category in named.categories), *terms(named)]
        named = replace(named, categories=(), tags=(", ".join(everything),) if everything else ())
    if rules.guid == "address" and not _is_address(named.id):
        named = replace(named, id=named.link, id_is_link=True)
    if any(pattern.name == "dc:language" for pattern in profile.item):
        named = replace(named, language="")  # which RSS would say once more
    return replace(named, further=further)


def _is_address(identity: str) -> bool:
    return identity.startswith(("https://", "http://"))


def _body(rules: BodyRules, content: str) -> str:
    if rules.tags:
        content = text.narrowed(content, rules.tags, rules.instead)
    return _BREAKS.sub("<br>", content) if rules.single_breaks else content


def _longer(summary: str, content: str, least: int) -> str:
    """The summary, continued from the text where it is shorter than it must be."""
    if len(summary) >= least:
        return summary
    words = text.summarise(content, 2 * least)
    if words.startswith(summary[: least // 2].rstrip(" .…")):
        return words if len(words) > len(summary) else summary
    return f"{summary} {words}".strip()


# --- why it is not taken ---------------------------------------------------------------------------------------------


def _reasons(
    profile: Profile, entry: Entry, original: Entry, settings: Settings, *, advertorial: bool
) -> Iterator[Reason]:
    rules = profile.article
    there = {
        "link": entry.link,
        "body": original.content.strip(),
        "author": entry.authors,
        "category": original.categories,
        "image": entry.image,
    }
    yield from (Reason(name) for name in rules.required if not there[name])
    if profile.feed.https:
        yield from (Reason("https", address) for address in _insecure(entry, settings.base_url))
    length = len(entry.title)
    if length < rules.title_min:
        yield Reason("title_min", length, rules.title_min)
    if rules.title_max and length > rules.title_max and not rules.short_title:
        yield Reason("title_max", length, rules.title_max)
    if len(entry.summary) < rules.summary_min:
        yield Reason("summary_min", len(entry.summary), rules.summary_min)
    if advertorial and not rules.advertorials:
        yield Reason("advertorial")
    if profile.feed.one_language and _main(original.language or settings.language) != _main(settings.language):
        yield Reason("language", original.language, settings.language)
    if entry.image:
        yield from _reasons_of_image(profile.image, entry.image)
    deep = depth_of_html(entry.content) if profile.body.levels else 0
    if deep > profile.body.levels:
        yield Reason("levels", deep, profile.body.levels)


def _insecure(entry: Entry, base_url: str) -> Iterator[str]:
    """Addresses without https. Those of our own pages begin as base_url does, which is no fault of an article."""
    image = entry.image.url if entry.image else ""
    for address in dict.fromkeys((entry.link, image, *_SOURCE.findall(entry.content))):
        if urlsplit(address).scheme == "http" and not address.startswith(base_url):
            yield address


def _main(language: str) -> str:
    return language.partition("-")[0].lower()


def _reasons_of_image(rules: ImageRules, image: Image) -> Iterator[Reason]:
    if image.type in rules.refused:
        yield Reason("image_type", image.type)
    strict = rules.unknown == "out"
    if image.width and image.height:
        measures = {
            "width": image.width,
            "longest_side": max(image.width, image.height),
            "shortest_side": min(image.width, image.height),
        }
        wanted = {"width": rules.width, "longest_side": rules.longest_side, "shortest_side": rules.shortest_side}
        yield from (Reason(name, measures[name], least) for name, least in wanted.items() if measures[name] < least)
    elif strict and (rules.width or rules.longest_side or rules.shortest_side):
        yield Reason("image_unknown")
    if rules.bytes and image.length and image.length > rules.bytes:
        yield Reason("image_bytes", image.length, rules.bytes)
    if strict and rules.enclosure and image.width and not (image.type and image.length):
        yield Reason("image_enclosure")
