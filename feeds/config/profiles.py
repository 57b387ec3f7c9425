"""Profiles: what an aggregator wants of a feed, as a TOML file says it.

Those of ``feeds/profiles/*.toml`` come with the program. A newsroom puts its own into the folder ``profil`` beside its
configuration; one of the same name stands for the bundled one. The name of the file is the name of the profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from feeds.config import values as v
from feeds.config.sources import named, read_toml
from feeds.config.table import Setting, checked, table_of
from feeds.config.values import Where
from feeds.errors import ConfigError

BUNDLED = Path(__file__).resolve().parent.parent / "profiles"
OWN_FOLDER = "profil"
"""Beside the configuration: where a newsroom keeps profiles of its own."""

ALWAYS_DECLARED = ("atom", "content", "dc", "media", "sy")
"""The prefixes that every RSS document of ours declares."""

DECLARED_WHERE_NEEDED = {"dcterms": "http://purl.org/dc/terms/", "rsl": "https://rslstandard.org/rsl"}
"""Prefixes that RSS documents of ours declare where articles need them: a profile cannot give them another meaning."""

REQUIRED = ("link", "body", "author", "category", "image")
"""What a profile can demand of every article."""

ITEM_VALUES = (
    *("id", "link", "title", "short_title", "summary", "author", "category", "tags", "language", "rights", "license"),
    *("published", "updated", "expires", "image", "image_type", "image_caption", "image_credit"),
)
"""What may stand between braces in the elements of an item; moments as RFC 3339 writes them."""

CHANNEL_VALUES = ("title", "description", "home", "language", "copyright", "logo", "updated", "updated_rfc822")
"""What may stand between braces in the elements of the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementPattern:
    """An element of XML with places for values, such as ``{logo}``. Left out where one of its values is empty.

    inside: plain elements within it, and their texts.
    """

    name: str
    text: str
    attributes: tuple[tuple[str, str], ...]
    inside: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRules:
    """Of the whole feed; 0 is no limit. fewest: below it the aggregator is not content.

    days: an article must be less than so much older than the newest.
    """

    items: int
    fewest: int
    bytes: int
    days: int
    description_max: int
    https: bool
    hub: bool
    logo: bool
    one_language: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRules:
    """Of each article; lengths in characters, 0 is no limit.

    short_title: the most that a second, shorter title has, which then makes a title longer than title_max right.
    guid: ``address`` wants an address, that of the article where its id is none. category: ``joined`` is one element.
    expires: days after which the aggregator takes the article away.
    """

    required: tuple[str, ...]
    title_min: int
    title_max: int
    short_title: int
    summary_min: int
    advertorials: bool
    guid: Literal["id", "address"]
    category: Literal["each", "joined"]
    expires: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRules:
    """Of the lead image; pixels, 0 is no limit. unknown: what becomes of one whose size nobody knows."""

    width: int
    longest_side: int
    shortest_side: int
    bytes: int
    refused: tuple[str, ...]
    enclosure: bool
    unknown: Literal["out", "in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRules:
    """Of the text: the elements that may be in it (none named: all), others that become one of these, how deep."""

    tags: tuple[str, ...]
    instead: tuple[tuple[str, str], ...]
    levels: int
    single_breaks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an aggregator wants. source: where that is written; read: when it was read there."""

    name: str
    title: str
    source: tuple[str, ...]
    read: date
    feed: FeedRules
    article: ArticleRules
    image: ImageRules
    body: BodyRules
    namespaces: tuple[tuple[str, str], ...]
    channel: tuple[ElementPattern, ...]
    item: tuple[ElementPattern, ...]


# --- what the values must be -----------------------------------------------------------------------------------------


def _day(where: Where, value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise where.expected("a date such as 2026-05-04, without quotation marks", value)
    return value


def _pairs(where: Where, value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise where.expected("a table of texts", value)
    return tuple((name, v.text_value(where / name, text)) for name, text in value.items())


_PREFIX = re.compile("[a-z]+")
_NAME = re.compile(r"(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*", re.ASCII)
_TAG = re.compile("[a-z][a-z0-9]*")

NEVER_IN_A_BODY = frozenset({"script", "style", "object", "embed", "param", "applet", "base", "meta", "link", "form"})
"""Elements that no profile may let through."""


def _namespaces(where: Where, value: object) -> tuple[tuple[str, str], ...]:
    found = _pairs(where, value)
    for prefix, address in found:
        if not _PREFIX.fullmatch(prefix):
            raise (where / prefix).refuse("a prefix is small letters alone")
        if prefix.startswith("xml"):
            raise (where / prefix).refuse("XML keeps prefixes that begin with xml for itself")
        if prefix in ALWAYS_DECLARED:
            raise (where / prefix).refuse("is declared in every feed; leave it out here")
        if not address:
            raise (where / prefix).expected("the address of a namespace", address)
        if address != DECLARED_WHERE_NEEDED.get(prefix, address):
            raise (where / prefix).refuse(f"is {DECLARED_WHERE_NEEDED[prefix]} in every feed; take another prefix")
    return found


def _patterns(known: Iterable[str]) -> v.Reader:
    def read(where: Where, value: object) -> tuple[ElementPattern, ...]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise where.expected("tables, each with a name", value)
        return tuple(_pattern(where, each, known) for each in value)

    return read


def _pattern(where: Where, value: Mapping[str, object], known: Iterable[str]) -> ElementPattern:
    found = _filled_in(ELEMENT, value, where)
    if not found["name"]:
        raise (where / "name").refuse("is missing; each element has a name, such as mi:shortTitle")
    pattern = ElementPattern(**found)
    for text in (pattern.text, *(text for _, text in (*pattern.attributes, *pattern.inside))):
        for name in re.findall(r"\{(\w*)\}", text):
            if name not in known:
                raise where.refuse(f"unknown placeholder {{{name}}}{v.suggestion(name, known, '{', '}')}")
        if "{" in re.sub(r"\{\w*\}", "", text):
            raise where.refuse(f"{text!r} has a brace without its partner")
    return pattern


_ELEMENT_NAME = re.compile(r"(?:[a-z]+:)?[A-Za-z][A-Za-z0-9-]*")


def _element_name(where: Where, value: object) -> str:
    text = v.text_value(where, value)
    if not _ELEMENT_NAME.fullmatch(text):
        raise where.expected("the name of an element such as 'mi:shortTitle'", text)
    return text


def _tag(where: Where, value: object) -> str:
    text = v.text_value(where, value)
    if not re.fullmatch("[a-z][a-z0-9]*", text):
        raise where.expected("the name of an element of HTML such as 'p'", text)
    return text


ELEMENT = table_of(
    Setting("name", "text", "", _element_name, "Its name, with the prefix of its namespace."),
    Setting("text", "text", "", v.text_value, "What it holds."),
    Setting("attributes", "table", (), _pairs, "Its attributes."),
    Setting("inside", "table", (), _pairs, "Elements within it, and their texts."),
)
_PIXELS = v.number(0, 20_000)
_CHARACTERS = v.number(0, 10_000)
_BYTES = v.number(0, 1_000_000_000)
_DAYS = v.number(0, 3_650)
FEED = table_of(
    Setting("items", "number", 50, v.number(1, 200), "How many articles the feed shows at most."),
    Setting("fewest", "number", 0, v.number(0, 200), "How many the aggregator wants to see."),
    Setting("bytes", "number", 0, _BYTES, "How large the feed may be."),
    Setting("days", "number", 0, _DAYS, "How much older than the newest article another may be."),
    Setting("description_max", "number", 0, _CHARACTERS, "How long the description of the feed may be."),
    Setting("https", "switch", False, v.switch, "Whether addresses must begin with https."),
    Setting("hub", "switch", False, v.switch, "Whether the feed should announce a WebSub hub."),
    Setting("logo", "switch", False, v.switch, "Whether the newsroom needs a logo."),
    Setting("one_language", "switch", False, v.switch, "Whether articles in another language are left out."),
)
ARTICLE = table_of(
    Setting("required", "list", (), v.list_of(v.choice(*REQUIRED)), "What every article must have."),
    Setting("title_min", "number", 0, _CHARACTERS, "How long a title must be."),
    Setting("title_max", "number", 0, _CHARACTERS, "How long a title may be."),
    Setting("short_title", "number", 0, _CHARACTERS, "How long a second title is, for a longer one."),
    Setting("summary_min", "number", 0, v.number(0, 2_000), "How long a summary must be; the text makes it longer."),
    Setting("advertorials", "switch", False, v.switch, "Whether what is paid for belongs there."),
    Setting("guid", "text", "id", v.choice("id", "address"), "Whether the guid must be an address."),
    Setting("category", "text", "each", v.choice("each", "joined"), "An element for each category, or one for all."),
    Setting("expires", "number", 0, _DAYS, "After how many days the aggregator takes an article away."),
)
IMAGE = table_of(
    Setting("width", "number", 0, _PIXELS, "How wide it must be."),
    Setting("longest_side", "number", 0, _PIXELS, "How long its longer side must be."),
    Setting("shortest_side", "number", 0, _PIXELS, "How long its shorter side must be."),
    Setting("bytes", "number", 0, _BYTES, "How large its file may be."),
    Setting("refused", "list", (), v.list_of(v.filled), "Types that are not taken, such as image/gif."),
    Setting("enclosure", "switch", False, v.switch, "Whether it must be an enclosure, with type and length."),
    Setting("unknown", "text", "out", v.choice("out", "in"), "What becomes of one whose size is not known."),
)
BODY = table_of(
    Setting("tags", "list", (), v.list_of(_tag), "The elements of HTML that it may have; none named: all."),
    Setting("instead", "table", (), _pairs, "Elements that become others."),
    Setting("levels", "number", 0, v.number(0, 100), "How deep elements may be within one another."),
    Setting("single_breaks", "switch", False, v.switch, "Whether several line breaks become one."),
)


def _section(table: Mapping[str, Setting], made: type[Any]) -> v.Reader:
    def read(where: Where, value: object) -> object:
        if not isinstance(value, dict):
            raise where.expected(f"a table with {', '.join(table)}", value)
        return made(**_filled_in(table, value, where))

    return read


PROFILE = table_of(
    Setting("title", "text", "", v.text_value, "The aggregator's name."),
    Setting("source", "list", (), v.list_of(v.text_value), "Where it is written what the aggregator wants."),
    Setting("read", "text", date.min, _day, "When that was read."),
    Setting("feed", "table", {}, _section(FEED, FeedRules), "Of the whole feed."),
    Setting("article", "table", {}, _section(ARTICLE, ArticleRules), "Of each article."),
    Setting("image", "table", {}, _section(IMAGE, ImageRules), "Of the lead image."),
    Setting("body", "table", {}, _section(BODY, BodyRules), "Of the text."),
    Setting("namespaces", "table", (), _namespaces, "Namespaces of further elements, by prefix."),
    Setting("channel", "table", (), _patterns(CHANNEL_VALUES), "Further elements of the feed."),
    Setting("item", "table", (), _patterns(ITEM_VALUES), "Further elements of each article."),
)


def _filled_in(table: Mapping[str, Setting], given: Mapping[str, object], where: Where) -> dict[str, Any]:
    """Every value of a table: as it is given, else the default."""
    found = checked(given, table, where)
    return {name: found[name] if name in found else _default(setting, where) for name, setting in table.items()}


def _default(setting: Setting, where: Where) -> Any:
    """A table that is left out is one that says nothing."""
    return setting.read(where / setting.name, {}) if setting.default == {} else setting.default


# --- files -----------------------------------------------------------------------------------------------------------


def read_profile(path: Path) -> Profile:
    """The profile of a file. Raises ConfigError, which names the file and the key."""
    if not v.SLUG.fullmatch(path.stem):
        raise ConfigError(str(path), "a profile's file is called by small letters, digits and single hyphens")
    given = read_toml(path)
    with named(path):
        where = Where((), path.parent)
        for name in ("title", "source", "read"):
            if not given.get(name):
                raise (where / name).refuse("is missing; a profile says whose it is, where that is written and when")
        profile = Profile(name=path.stem, **_filled_in(PROFILE, given, where))
        _check_prefixes(profile, where)
        _check_tags(profile.body, where / "body")
    return profile


def _check_prefixes(profile: Profile, where: Where) -> None:
    known = (*ALWAYS_DECLARED, *(prefix for prefix, _ in profile.namespaces))
    for kind, patterns in (("channel", profile.channel), ("item", profile.item)):
        for pattern in patterns:
            for name in (pattern.name, *(name for name, _ in (*pattern.inside, *pattern.attributes))):
                _check_name(name, known, where / kind)


def _check_name(name: str, known: Sequence[str], where: Where) -> None:
    if not _NAME.fullmatch(name):
        raise where.refuse(f"{name}: is no name of an element or attribute")
    prefix, colon, _ = name.rpartition(":")
    if colon and prefix not in known:
        raise where.refuse(f"{name}: no namespace has the prefix {prefix}{v.suggestion(prefix, known)}")


def _check_tags(body: BodyRules, where: Where) -> None:
    for tag in (*body.tags, *(name for pair in body.instead for name in pair)):
        if not _TAG.fullmatch(tag):
            raise (where / "tags").refuse(f"{tag!r} is no element of HTML")
        if tag in NEVER_IN_A_BODY:
            raise (where / "tags").refuse(f"{tag!r} never stands in the text of an article")
    for old, new in body.instead:
        if body.tags and new not in body.tags:
            raise (where / "instead" / old).refuse(f"becomes {new!r}, which is not among the tags")


def known_profiles(config: Path | None) -> tuple[Profile, ...]:
    """The bundled profiles, and those of the newsroom, by name. config: its file. Raises ConfigError."""
    own = sorted((config.parent / OWN_FOLDER).glob("*.toml")) if config else []
    found = {profile.name: profile for profile in (*_bundled(), *map(read_profile, own))}
    return tuple(found[name] for name in sorted(found))


@cache
def _bundled() -> tuple[Profile, ...]:
    return tuple(map(read_profile, sorted(BUNDLED.glob("*.toml"))))


def check_profile_feeds(wanted: Iterable[str], known: Iterable[Profile]) -> None:
    """Raises ConfigError where a feed is asked for of a profile that is not known."""
    names = [profile.name for profile in known]
    for feed in wanted:
        name = feed.partition("/")[0]
        if name not in names:
            raise ConfigError("profiles", f"there is no profile {name!r}{v.suggestion(name, names)}")
