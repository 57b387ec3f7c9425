"""What the value of a setting must be: each function takes one as TOML or JSON gives it, checks and normalises it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from feeds.characters import NOT_XML
from feeds.errors import ConfigError
from feeds.indonesian import ZONES
from feeds.licenses import license_address

PLACEHOLDERS = frozenset({"slug", "date", "path", "year", "month", "day"})
"""What ``permalink`` may hold between braces."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a value stands: its dotted path, the folder of its relative paths, the variables of the environment."""

    path: tuple[str, ...]
    folder: Path
    variables: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    def __truediv__(self, name: str) -> Where:
        return Where((*self.path, name), self.folder, self.variables)

    @property
    def key(self) -> str:
        """The name that a person wrote: ``categories.ekonomi.title`` or ``FEEDS_CATEGORIES__EKONOMI__TITLE``."""
        for length in range(len(self.path), 0, -1):
            if variable := self.variables.get(self.path[:length]):
                return ".".join((variable, *self.path[length:]))
        return ".".join(self.path)

    def refuse(self, reason: str) -> ConfigError:
        return ConfigError(self.key, reason)

    def expected(self, what: str, value: object) -> ConfigError:
        return self.refuse(f"expected {what}, found {_found(value)}")


Reader = Callable[[Where, object], Any]


_CREDENTIALS = re.compile(r"([:/]+).*@", re.DOTALL)  # slashes may be missing, blanks and more may be in a password
_NOT_IN_ADDRESS = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_MAIL = re.compile(r"[^\s@:/<>]+@[^\s@:/<>]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHOWN = 60


def _found(value: object) -> str:
    """A wrong value in words; never with a password in it."""
    match value:
        case str():
            shown = _CREDENTIALS.sub(r"\1***@", value)
            return f"text {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'!r}"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}" if abs(value) < 10**_SHOWN else f"the number beyond 1e+{_SHOWN}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case date() | time():
            return "a date or time"
        case _:
            return "nothing"


def text_value(where: Where, value: object) -> str:
    if not isinstance(value, str):
        raise where.expected("text", value)
    if bad := NOT_XML.search(value):
        raise where.refuse(f"holds the character U+{ord(bad[0]):04X}, which no feed may carry")
    return " ".join(value.split())


def filled(where: Where, value: object) -> str:
    """A text that must not be empty where it is given at all."""
    if text := text_value(where, value):
        return text
    raise where.refuse("is empty; give it a name, or leave the setting out")


def pattern(where: Where, value: object) -> str:
    """A pattern of paths below the data folder; one that could fit nothing, or everything, is refused."""
    text = text_value(where, value).removeprefix("./").rstrip("/")
    if "[" in re.sub(r"\[!?\]?[^\]]*\]", "", text):
        raise where.refuse(f"the pattern {text!r} has a [ without its ]; write [[] for the sign itself")
    if "\\" in text or text.startswith("/") or ".." in text.split("/"):
        raise where.refuse(f"the pattern {text!r} fits no file; write the path below the data folder, as konsep/**")
    if text and not text.strip("*/"):
        raise where.refuse(f"the pattern {text!r} would leave every file out")
    return text


def label(where: Where, value: object) -> str:
    if text := text_value(where, value):
        return text
    raise where.refuse("must not be empty: what is paid for has to be labelled")


def feed_name(where: Where, value: object) -> str:
    """The slug of a category, which may be one that articles bring, or the name of the feed of all."""
    text = text_value(where, value)
    if not SLUG.fullmatch(text):
        raise where.expected("slugs of categories such as 'gaya-hidup', or 'semua' for the feed of all", text)
    return text


def slug(where: Where, value: object) -> str:
    """The slug of a category."""
    text = text_value(where, value)
    if not SLUG.fullmatch(text):
        raise where.expected("slugs of categories such as 'gaya-hidup'", text)
    return text


def profile_feed(where: Where, value: object) -> str:
    """The feed of a profile, ``msn``, or of a category in it, ``msn/ekonomi``."""
    text = text_value(where, value)
    if not all(map(SLUG.fullmatch, text.split("/", 1))):
        raise where.expected("profiles such as 'msn', or a profile and a category such as 'msn/ekonomi'", text)
    return text


def number(low: int, high: int, why: str = "") -> Reader:
    def read(where: Where, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise where.expected(f"a whole number from {low} to {high}{why}", value)
        return value

    return read


_SIZE = re.compile(r"([0-9]{1,12}) ?(KB|MB|GB)?", re.IGNORECASE)
_UNITS = {"": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


def size(low: int, high: int) -> Reader:
    """A size in bytes, also as text with a unit: ``64 MB``."""

    def read(where: Where, value: object) -> int:
        written = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
        found = int(written[1]) * _UNITS[(written[2] or "").upper()] if written else value
        if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
            raise where.expected(f"a size such as '64 MB', from {low:,} to {high:,} bytes", value)
        return found

    return read


def switch(where: Where, value: object) -> bool:
    if not isinstance(value, bool):
        raise where.expected("true or false", value)
    return value


def choice(*choices: str) -> Reader:
    def read(where: Where, value: object) -> str:
        if value not in choices:
            raise where.expected(" or ".join(f"{choice!r}" for choice in choices), value)
        return str(value)

    return read


def list_of(read_one: Reader) -> Reader:
    def read(where: Where, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise where.expected("a list of texts", value)
        # A dict keeps the order and drops what is named twice.
        return tuple(dict.fromkeys(item for item in (read_one(where, each) for each in value) if item))

    return read


def selector(where: Where, value: object) -> str:
    """A CSS selector; whether it is one is seen as far as that can be without a page."""
    text = text_value(where, value)
    if text:
        from cssselect import SelectorSyntaxError, parse  # here, as only few newsrooms name one

        try:
            parse(text)
        except SelectorSyntaxError as error:
            raise where.refuse(f"is no CSS selector: {error}") from None
    return text


def path(where: Where, value: object) -> Path | None:
    if not isinstance(value, (str, Path)):
        raise where.expected("text with the path of a folder", value)
    if "\0" in str(value):
        raise where.refuse("holds the character U+0000, which no path may carry")
    return absolute_path(Path(value), where.folder) if str(value) else None


def absolute_path(path: Path, folder: Path) -> Path:
    return Path(os.path.abspath(folder / os.path.expanduser(path)))  # noqa: PTH100, PTH111  links must stay links


def address(where: Where, value: object) -> str:
    """An absolute http or https address, or "" for none."""
    text = text_value(where, value)
    if not text:
        return ""
    wrong = where.expected("an absolute http or https address", text)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not host:
        raise wrong
    if "@" in parts.netloc:
        raise where.refuse("must not carry a user name or a password; everybody can read it in the feeds")
    if bad := _NOT_IN_ADDRESS.search(text):
        raise where.refuse(f"holds {bad[0]!r}, which must be percent-encoded in an address (a host: in its xn-- form)")
    if not _HOST.fullmatch(host):
        raise wrong
    if "#" in text:
        raise where.refuse("must not carry a fragment (what follows #)")
    return parts._replace(netloc=parts.netloc.lower()).geturl()


def licence(where: Where, value: object) -> str:
    """The address of a licence, also by its name; "" for none."""
    text = text_value(where, value)
    if found := license_address(text):
        return found
    if text and not SCHEME.match(text):
        raise where.expected("an address or a name such as 'CC BY 4.0'", text)
    return address(where, text)


def contact(where: Where, value: object) -> str:
    """A mail address or a web address; "" for none."""
    text = text_value(where, value)
    if _MAIL.fullmatch(text):
        return text
    if text and not SCHEME.match(text):
        raise where.expected("a mail or web address", text)
    return address(where, text)


def folder_address(where: Where, value: object) -> str:
    """An address that others are put behind; "" for none."""
    text = address(where, value)
    if "?" in text:
        raise where.refuse("must not carry a query (what follows ?)")
    return text if not text or text.endswith("/") else text + "/"


def base_url(where: Where, value: object) -> str:
    if text := folder_address(where, value):
        return text
    raise where.expected("an absolute http or https address", value)


def authority(where: Where, value: object) -> str:
    text = text_value(where, value).lower()
    if text and (not _HOST.fullmatch(text) or ":" in text):
        raise where.expected("a host name such as 'kabar.example'", text)
    return text


def language(where: Where, value: object) -> str:
    text = text_value(where, value)
    if not _LANGUAGE.fullmatch(text):
        raise where.expected("a language tag such as 'id', 'jv' or 'en-US'", text)
    first, *rest = text.split("-")
    return "-".join((first.lower(), *map(_subtag, rest)))


def _subtag(text: str) -> str:
    """A subtag as BCP 47 recommends to write it: Latn (a script), ID (a region), else lower case."""
    if len(text) == 4 and text.isalpha():
        return text.title()
    return text.upper() if len(text) == 2 else text.lower()


_ZONE_NAMES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
# As dates.JAKARTA: fixed, for the zone database has odd minutes for Jakarta before 1964.
_FIXED_ZONES = {_ZONE_NAMES[word]: timezone(timedelta(hours=ZONES[word.lower()]), word) for word in _ZONE_NAMES}


def time_zone(where: Where, value: object) -> str:
    text = text_value(where, value)
    name = _ZONE_NAMES.get(text.upper(), text)
    try:
        zone_of(name)
    except (ValueError, LookupError, OSError):  # not a name at all; not a zone; a folder of zones
        raise where.expected("a time zone such as 'Asia/Jakarta', 'Asia/Makassar' or 'WIT'", text) from None
    return name


def zone_of(name: str) -> tzinfo:
    if fixed := _FIXED_ZONES.get(name):
        return fixed
    from zoneinfo import ZoneInfo  # as late as tomllib: what only reads a constant of this module pays nothing

    return ZoneInfo(name)


def permalink(where: Where, value: object) -> str:
    text = text_value(where, value)
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in PLACEHOLDERS:
            raise where.refuse(f"unknown placeholder {{{name}}}{suggestion(name, PLACEHOLDERS, '{', '}')}")
    literal = re.sub(r"\{[^{}]*\}", "", text)
    if "{" in literal or "}" in literal:
        raise where.refuse("a brace without its partner")
    if bad := _NOT_IN_ADDRESS.search(literal):
        raise where.refuse(f"holds {bad[0]!r}, which must be percent-encoded in an address")
    if text and not ("{slug}" in text or "{path}" in text):
        raise where.refuse("needs {slug} or {path}; without one, articles would share an address")
    return text


_RATE = re.compile(r"([1-9][0-9]{0,8}) ?/ ?(second|minute|hour|day)(?: (.*))?")
_REDIS = re.compile(r"(?:rediss?://|redis\+unix:///)\S+")
NO_REDIS = (
    "has no address of a Redis behind its rate; write a blank, / or @ in a password as %20, %2F or %40 "
    "(it is not shown, as it may hold one)"
)


def rate_limit(where: Where, value: object) -> str:
    """How often, and behind a space the address of the Redis that counts, if any; "" for no limit.

    Errors show nothing of that address, for any part of it may be one of a password.
    """
    text = text_value(where, value)
    if not text:
        return ""
    found = _RATE.fullmatch(text)
    if not found:
        what = "a number of requests and a time such as '60/hour' (second, minute, hour, day)"
        raise where.expected(f"{what}, with or without the address of a Redis behind it", re.split("[ :@]", text)[0])
    count, unit, redis = found.groups()
    if redis and not _is_redis(redis):
        raise where.refuse(NO_REDIS)
    return f"{count}/{unit} {redis}" if redis else f"{count}/{unit}"


def _is_redis(address: str) -> bool:
    """Whether an address can be one of a Redis; where its password has a /, its port or the rest shows that."""
    if not _REDIS.fullmatch(address):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return not parts.netloc or "@" not in f"{parts.path}{parts.query}{parts.fragment}"


def network(where: Where, value: object) -> str:
    """A network or one address, of IPv4 or IPv6."""
    text = text_value(where, value)
    from ipaddress import ip_network  # as late as tomllib

    try:
        return str(ip_network(text, strict=False)) if text else ""
    except ValueError:
        raise where.expected("a network such as '10.0.0.0/8' or an address such as '::1'", text) from None


SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SQLITE = "sqlite:///"
_POSTGRESQL = "postgresql+psycopg://"


def catalogue(where: Where, value: object) -> str:
    """The address of a database or ""; errors name its scheme alone, for the rest may hold a password."""
    if not isinstance(value, str):
        raise where.expected("text with the address of a database", value)
    text = value.strip()
    if not text or text.startswith(_POSTGRESQL):
        return text
    if not text.startswith(_SQLITE):
        scheme = SCHEME.match(text)
        found = f"one that begins with '{scheme[0]}'" if scheme else "none of them"
        raise where.refuse(f"expected '{_SQLITE}' and a path, or an address '{_POSTGRESQL}…', found {found}")
    file = text.removeprefix(_SQLITE)
    if not file or file.startswith(":memory:"):
        raise where.refuse("a catalogue in memory would lose the ids of the articles; name a file")
    # SQLAlchemy would read a relative path against the working directory of whichever process opens it.
    return f"{_SQLITE}{path(where, file)}"


def suggestion(name: str, known: Iterable[str], before: str = "'", after: str = "'") -> str:
    from difflib import get_close_matches

    names = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), names, n=1)
    return f"; did you mean {before}{names[near[0]]}{after}?" if near else ""
