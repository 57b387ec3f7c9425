"""config/newsroom.toml and FEEDS_* -> Settings, checked.

``SETTINGS`` is the one table of settings: it drives the file, the environment and the tests of the documentation.

What wins: the command line (``--data``), then the environment (``FEEDS_<SETTING>``, ``__`` between levels), then the
file, then the defaults. Relative paths in the file are relative to the newsroom's folder: the folder of the file, or
its parent where that is called ``config``. Relative paths elsewhere are relative to the working directory.

Which articles are read where nothing names ``data``:

1. the folder ``articles`` of the newsroom, where there is a file and either the folder exists or the file names
   ``title`` or ``site``: a newsroom that has said who it is must not publish the sample because its folder is missing;
2. else the bundled sample newsroom, with what the file says (and the environment) on top of the sample's settings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from feeds.errors import ConfigError
from feeds.indonesian import ZONES

PACKAGE = Path(__file__).resolve().parent
TEMPLATE = PACKAGE / "newsroom.toml"
"""The commented configuration that ``feeds init`` writes; config/newsroom.toml is a copy of it."""
SAMPLE = PACKAGE / "sample"
"""The bundled sample newsroom: its newsroom.toml and its articles."""

DEFAULT_BASE_URL = "http://127.0.0.1:8000/"
PREFIX = "FEEDS_"
CONFIG_VARIABLE = "FEEDS_CONFIG"
PLACEHOLDERS = frozenset({"slug", "date", "path", "year", "month", "day"})
"""What ``permalink`` may hold between braces."""

# fmt: off
RESERVED = frozenset({
    "tag", "author", "search", "archive", "ralat", "profil", "audience", "artikel",
    "static", "feed", "feeds", "rss", "category", "healthz", "readyz", "metrics",
})
# fmt: on
"""First segments of addresses that belong to the service; see ``free_slug``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategorySetting:
    """A category as the configuration declares it; aliases are the names that articles use for it."""

    slug: str
    title: str
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, checked. Paths are absolute; addresses that end a folder end with a slash."""

    title: str
    description: str
    site: str  # "" or with a trailing slash
    base_url: str  # with a trailing slash
    authority: str  # host name for tag: ids; default the host of site, else of base_url
    author: str
    copyright: str
    logo: str
    language: str
    timezone: str
    zone: tzinfo
    data: Path
    exclude: tuple[str, ...]
    catalogue: str = field(repr=False)  # an SQLAlchemy address, maybe with a password; "": SQLite in the state folder
    newsroom: str  # the key of this newsroom in a shared catalogue
    output: Path | None
    limit: int
    max_age: int  # seconds
    permalink: str  # "" or a pattern below site, without a leading slash
    article_pages: bool
    archives: bool
    undated: Literal["skip", "mtime"]
    hubs: tuple[str, ...]
    categories: tuple[CategorySetting, ...]
    workers: int
    source: Path | None  # the configuration file that was read


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a value stands: its dotted path, the folder of its relative paths, the variables of the environment."""

    path: tuple[str, ...]
    folder: Path
    variables: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    def __truediv__(self, name: str) -> _Where:
        return _Where((*self.path, name), self.folder, self.variables)

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


Reader = Callable[[_Where, object], Any]
Kind = Literal["text", "number", "switch", "list", "table"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: how it is written, what it is when nobody sets it, what it must be, and what it is for.

    default: as in ``Settings``; ``None`` where it follows from other settings.
    """

    name: str
    kind: Kind
    default: Any
    read: Reader
    doc: str

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.name.upper()


# What a value must be. Each reader takes a value as TOML or JSON gives it and returns it checked and normalised.

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_CREDENTIALS = re.compile(r"//[^/\s]*@")
_NOT_IN_ADDRESS = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHOWN = 60


def _found(value: object) -> str:
    """A wrong value in words; never with a password in it."""
    match value:
        case str():
            shown = _CREDENTIALS.sub("//***@", value)
            return f"text {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'!r}"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {str(value)[:_SHOWN]}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case date() | time():
            return "a date or time"
        case _:
            return "nothing"


def _text(where: _Where, value: object) -> str:
    if not isinstance(value, str):
        raise where.expected("text", value)
    if bad := _NOT_XML.search(value):
        raise where.refuse(f"holds the character U+{ord(bad[0]):04X}, which no feed may carry")
    return " ".join(value.split())


def _number(low: int, high: int, why: str = "") -> Reader:
    def read(where: _Where, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise where.expected(f"a whole number from {low} to {high}{why}", value)
        return value

    return read


def _switch(where: _Where, value: object) -> bool:
    if not isinstance(value, bool):
        raise where.expected("true or false", value)
    return value


def _choice(*choices: str) -> Reader:
    def read(where: _Where, value: object) -> str:
        if value not in choices:
            raise where.expected(" or ".join(f"{choice!r}" for choice in choices), value)
        return str(value)

    return read


def _list_of(read_one: Reader) -> Reader:
    def read(where: _Where, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise where.expected("a list of texts", value)
        # A dict keeps the order and drops what is named twice.
        return tuple(dict.fromkeys(item for item in (read_one(where, each) for each in value) if item))

    return read


def _path(where: _Where, value: object) -> Path | None:
    if not isinstance(value, (str, Path)):
        raise where.expected("text with the path of a folder", value)
    if "\0" in str(value):
        raise where.refuse("holds the character U+0000, which no path may carry")
    return _absolute(Path(value), where.folder) if str(value) else None


def _absolute(path: Path, folder: Path) -> Path:
    return Path(os.path.abspath(folder / os.path.expanduser(path)))  # noqa: PTH100, PTH111  links must stay links


def _address(where: _Where, value: object) -> str:
    """An absolute http or https address, or "" for none."""
    text = _text(where, value)
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


def _folder_address(where: _Where, value: object) -> str:
    """An address that others are put behind; "" for none."""
    text = _address(where, value)
    if "?" in text:
        raise where.refuse("must not carry a query (what follows ?)")
    return text if not text or text.endswith("/") else text + "/"


def _base_url(where: _Where, value: object) -> str:
    if text := _folder_address(where, value):
        return text
    raise where.expected("an absolute http or https address", value)


def _authority(where: _Where, value: object) -> str:
    text = _text(where, value).lower()
    if text and (not _HOST.fullmatch(text) or ":" in text):
        raise where.expected("a host name such as 'kabar.example'", text)
    return text


def _language(where: _Where, value: object) -> str:
    text = _text(where, value)
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


def _timezone(where: _Where, value: object) -> str:
    text = _text(where, value)
    name = _ZONE_NAMES.get(text.upper(), text)
    try:
        _zone(name)
    except (ValueError, LookupError, OSError):  # not a name at all; not a zone; a folder of zones
        raise where.expected("a time zone such as 'Asia/Jakarta', 'Asia/Makassar' or 'WIT'", text) from None
    return name


def _zone(name: str) -> tzinfo:
    if fixed := _FIXED_ZONES.get(name):
        return fixed
    from zoneinfo import ZoneInfo  # as late as tomllib: what only reads a constant of this module pays nothing

    return ZoneInfo(name)


def _permalink(where: _Where, value: object) -> str:
    text = _text(where, value)
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in PLACEHOLDERS:
            raise where.refuse(f"unknown placeholder {{{name}}}{_suggestion(name, PLACEHOLDERS, '{', '}')}")
    literal = re.sub(r"\{[^{}]*\}", "", text)
    if "{" in literal or "}" in literal:
        raise where.refuse("a brace without its partner")
    if bad := _NOT_IN_ADDRESS.search(literal):
        raise where.refuse(f"holds {bad[0]!r}, which must be percent-encoded in an address")
    if text and not ("{slug}" in text or "{path}" in text):
        raise where.refuse("needs {slug} or {path}; without one, articles would share an address")
    return text


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SQLITE = "sqlite:///"
_POSTGRESQL = "postgresql+psycopg://"


def _catalogue(where: _Where, value: object) -> str:
    """The address of a database or ""; errors name its scheme alone, for the rest may hold a password."""
    if not isinstance(value, str):
        raise where.expected("text with the address of a database", value)
    text = value.strip()
    if not text or text.startswith(_POSTGRESQL):
        return text
    if not text.startswith(_SQLITE):
        scheme = _SCHEME.match(text)
        found = f"one that begins with '{scheme[0]}'" if scheme else "none of them"
        raise where.refuse(f"expected '{_SQLITE}' and a path, or an address '{_POSTGRESQL}…', found {found}")
    path = text.removeprefix(_SQLITE)
    if not path or path.startswith(":memory:"):
        raise where.refuse("a catalogue in memory would lose the ids of the articles; name a file")
    # SQLAlchemy would read a relative path against the working directory of whichever process opens it.
    return f"{_SQLITE}{_path(where, path)}"


def masked(catalogue: str) -> str:
    """The address of a catalogue as it may be shown: without its password."""
    return re.sub(r"(://[^:/@]*):.*@", r"\1:***@", re.sub(r"(?i)\b(password=)[^&]*", r"\1***", catalogue))


def free_slug(slug: str) -> str:
    """The slug under which a category is published: ``tag`` is an address of the service, so it becomes ``tag-2``."""
    return f"{slug}-2" if slug in RESERVED else slug


def _categories(where: _Where, value: object) -> dict[str, dict[str, Any]]:
    """Each category's fields as one source gives them; ``_category_settings`` joins the sources."""
    if not isinstance(value, dict):
        raise where.expected("a table of categories", value)
    for slug, fields in value.items():
        if not _SLUG.fullmatch(slug):
            raise (where / slug).refuse("a category is called by small letters, digits and single hyphens")
        if not isinstance(fields, dict):
            raise (where / slug).expected("a table with title, description or aliases", fields)
    return {slug: _checked(fields, CATEGORY_SETTINGS, where / slug) for slug, fields in value.items()}


def _table(*settings: Setting) -> Mapping[str, Setting]:
    return {setting.name: setting for setting in settings}


CATEGORY_SETTINGS = _table(
    Setting("title", "text", None, _text, "Its name as people read it."),
    Setting("description", "text", "", _text, "One sentence on what belongs in it."),
    Setting("aliases", "list", (), _list_of(_text), "Other names that articles use for it."),
)

SETTINGS = _table(
    Setting("title", "text", None, _text, "The newsroom's name; from the folder's name where it is not set."),
    Setting("description", "text", None, _text, "One sentence about the newsroom; from the title where it is not set."),
    Setting("site", "text", "", _folder_address, "The address of the newsroom's own website."),
    Setting("base_url", "text", DEFAULT_BASE_URL, _base_url, "The address under which the feeds are published."),
    Setting("authority", "text", None, _authority, "The host name in the articles' ids; of site, else of base_url."),
    Setting("author", "text", "", _text, "The author of articles that name none."),
    Setting("copyright", "text", "", _text, "The copyright notice of the feeds."),
    Setting("logo", "text", "", _address, "The address of the newsroom's logo."),
    Setting("language", "text", "id", _language, "The language of articles that name none."),
    Setting("timezone", "text", "Asia/Jakarta", _timezone, "The zone of dates that name none."),
    Setting("data", "text", None, _path, "The folder with the articles."),
    Setting("exclude", "list", (), _list_of(_text), "Patterns of files in the data folder that are no articles."),
    Setting("catalogue", "text", "", _catalogue, "The address of the database that remembers ids and changes."),
    Setting("newsroom", "text", None, _text, "The newsroom's key in a catalogue that several newsrooms share."),
    Setting("output", "text", None, _path, "The folder that static files are written to."),
    Setting("limit", "number", 50, _number(1, 1000), "How many articles a feed shows."),
    Setting(
        "max_age",
        "number",
        300,
        _number(0, 18_000, " (seconds; five hours at most, for feed readers ask no later)"),
        "For how many seconds a reader may keep a feed before it asks again.",
    ),
    Setting("permalink", "text", "", _permalink, "How an article's address on site is made, where it names none."),
    Setting("article_pages", "switch", False, _switch, "Whether articles without an address get a plain page here."),
    Setting("archives", "switch", False, _switch, "Whether static builds hold an archive of each month."),
    Setting("undated", "text", "skip", _choice("skip", "mtime"), "What becomes of articles without a date."),
    Setting("hubs", "list", (), _list_of(_address), "The WebSub hubs that are told of changes."),
    Setting("categories", "table", {}, _categories, "The categories: their slugs, names and aliases."),
    Setting("workers", "number", 1, _number(1, 64), "How many processes serve the feeds."),
)


# The sources of settings: each gives a mapping of checked values, {name: value}.


def _checked(values: Mapping[str, object], table: Mapping[str, Setting], where: _Where) -> dict[str, Any]:
    for name in values:
        if name not in table:
            raise (where / name).refuse(f"unknown setting{_suggestion(name, table)}")
    read = {name: table[name].read(where / name, value) for name, value in values.items()}
    return {name: value for name, value in read.items() if value is not None}  # data = "" names no folder


def _suggestion(name: str, known: Iterable[str], before: str = "'", after: str = "'") -> str:
    from difflib import get_close_matches

    names = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), names, n=1)
    return f"; did you mean {before}{names[near[0]]}{after}?" if near else ""


def _from_file(path: Path) -> dict[str, Any]:
    return _checked(_toml(path), SETTINGS, _Where((), newsroom_folder(path)))


def newsroom_folder(config: Path) -> Path:
    """The folder that relative paths of a configuration file start from."""
    return config.parent.parent if config.parent.name == "config" else config.parent


def _toml(path: Path) -> dict[str, object]:
    import tomllib

    try:
        text = path.read_bytes().decode("utf-8-sig")  # Notepad writes a byte order mark, which TOML has none of
        return tomllib.loads(text)
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(str(path), f"line {line} is not UTF-8 text; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), _syntax_error(str(error), text)) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, a list in a list in a list …
        raise ConfigError(str(path), "is no configuration: a value is too long or nested too deeply") from error


def _syntax_error(message: str, text: str) -> str:
    """tomllib's message with the place in front: ``line 3, column 7: invalid value``."""
    reason, _, place = message.rpartition(" (at ")
    if numbers := re.match(r"line (\d+), column (\d+)", place):
        line, column = numbers.groups()
    else:  # "at end of document"
        lines = text.split("\n")
        line, column = str(len(lines)), str(len(lines[-1]) + 1)
    return f"line {line}, column {column}: {reason[:1].lower()}{reason[1:]}"


# Kubernetes puts these into each container beside a service that is called "feeds": no person set them.
_KUBERNETES = re.compile(r"FEEDS_(?:SERVICE_HOST|SERVICE_PORT\w*|PORT_\d+_\w+)=|FEEDS_PORT=\w+://")


def _from_environment(environ: Mapping[str, str], cwd: Path) -> dict[str, Any]:
    values: dict[str, Any] = {}
    variables: dict[tuple[str, ...], str] = {}
    for variable in sorted(environ, key=lambda name: (name.count("__"), name)):  # FEEDS_CATEGORIES before its parts
        text = environ[variable]
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE or _KUBERNETES.match(f"{variable}={text}"):
            continue
        path, kind = _named_by(variable)
        variables[path] = variable
        _put(values, path, _from_text(kind, text))
    return _checked(values, SETTINGS, _Where((), cwd, variables))


def _named_by(variable: str) -> tuple[tuple[str, ...], Kind]:
    """The dotted path that a variable names, and how its value is written; hyphens of a slug are underscores in it."""
    top, *rest = variable.removeprefix(PREFIX).split("__")
    path: tuple[str, ...] = ()
    start, table = PREFIX, SETTINGS
    if top == "CATEGORIES" and rest:
        path = ("categories", _slug_in(rest[0]))
        if len(rest) == 1:
            return path, "table"
        start, table = f"{PREFIX}CATEGORIES__{rest[0]}__", CATEGORY_SETTINGS
    name = variable.removeprefix(start)
    known = {setting.name.upper(): setting for setting in table.values()}
    if setting := known.get(name):
        return (*path, setting.name), setting.kind
    names = known if path else (*known, CONFIG_VARIABLE.removeprefix(PREFIX))
    raise ConfigError(variable, "unknown setting" + _suggestion(name, names, before=f"'{start}"))


def _slug_in(variable_part: str) -> str:
    return variable_part.lower().replace("_", "-")


def _put(values: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *folders, name = path
    for each in folders:
        inner = values.get(each)
        if not isinstance(inner, dict):
            inner = values[each] = {}
        values = inner
    values[name] = value


_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def _from_text(kind: Kind, text: str) -> object:
    """What a text of the environment says; where it is nothing of that kind, itself, for the reader to refuse."""
    text = text.strip()
    match kind:
        case "number" if re.fullmatch(r"[0-9]{1,9}", text):
            return int(text)
        case "switch":
            return _SWITCHES.get(text.lower(), text)
        case "list" if not text.startswith("["):
            return [item for item in map(str.strip, text.split(",")) if item]
        case "list" | "table":
            return _from_json(text)
        case _:
            return text


def _from_json(text: str) -> object:
    import json

    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


# The whole.


def load(
    config: Path | None = None,
    data: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    cwd: Path | None = None,
) -> Settings:
    """The settings of a newsroom, checked; see the module for what wins. Raises ConfigError.

    config: the file named on the command line; else FEEDS_CONFIG, else config/newsroom.toml where it exists.
    data: the folder named on the command line. Whether it exists is for ``scan`` to say.
    """
    cwd = cwd or _working_directory()
    path = _config_path(config, environ, cwd)
    file = _from_file(path) if path else {}
    environment = _from_environment(environ, cwd)
    command_line = {"data": _absolute(data, cwd)} if data else {}
    base: dict[str, Any] = {}
    if not any("data" in source for source in (file, environment, command_line)):
        base = _unnamed(path, file)
    values = _joined(base | file, environment, command_line)
    home = newsroom_folder(path) if path else None
    return _settings(values, home, path or (SAMPLE / "newsroom.toml" if base else None))


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigError("", "the working directory does not exist any more") from error


def _config_path(config: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    if named := config or environ.get(CONFIG_VARIABLE):
        return _absolute(Path(named), cwd)
    usual = cwd / "config" / "newsroom.toml"
    return usual if os.path.lexists(usual) else None  # a link into nowhere is a mistake to be told, not to be passed by


def _unnamed(path: Path | None, file: Mapping[str, Any]) -> dict[str, Any]:
    """The base of the settings where nothing names the articles: see the module for the rule."""
    if path is not None:
        articles = newsroom_folder(path) / "articles"
        if file.get("title") or file.get("site") or os.path.lexists(articles):  # also as a link into nowhere
            return {"data": articles}
    return {"data": SAMPLE / "articles"} | _from_file(SAMPLE / "newsroom.toml")


def _joined(*sources: Mapping[str, Any]) -> dict[str, Any]:
    """One value a setting, the last source's; of a category, one value a field."""
    values: dict[str, Any] = {}
    categories: dict[str, dict[str, Any]] = {}
    for source in sources:
        values |= source
        for slug, fields in source.get("categories", {}).items():
            categories.setdefault(slug, {}).update(fields)
    return values | {"categories": categories}


def _settings(given: Mapping[str, Any], home: Path | None, source: Path | None) -> Settings:
    """Fills in the defaults and checks what only the whole can show."""
    values = {name: setting.default for name, setting in SETTINGS.items()} | dict(given)
    data, site, base_url = values["data"], values["site"], values["base_url"]
    folder = _clean_name(home if home is not None and data == home / "articles" else data)
    identified = values["authority"] or site
    values["authority"] = values["authority"] or _host(site or base_url)
    values["newsroom"] = values["newsroom"] or (values["authority"] if identified else folder)
    values["title"] = values["title"] or _prettified(folder)
    values["description"] = values["description"] or _description(values["title"], values["language"])
    values["permalink"] = _below_site(values["permalink"], site)
    values["zone"] = _zone(values["timezone"])
    values["categories"] = _category_settings(values["categories"])
    if values["output"]:
        check_output(values["output"], data)
    return Settings(**values, source=source)


def _clean_name(folder: Path) -> str:
    return _NOT_XML.sub("", folder.name) or "berita"


def _prettified(name: str) -> str:
    """``berita-kota`` as a title: Berita Kota."""
    words = re.split(r"[\s_.-]+", name.strip("_.- "))
    return " ".join(word[:1].upper() + word[1:] for word in words) or name


def _description(title: str, language: str) -> str:
    return f"Berita terbaru dari {title}" if language.split("-")[0] == "id" else f"The latest from {title}"


def _host(address: str) -> str:
    """The host of an address as an authority of tag: ids (RFC 4151), which has no place for the colons of IPv6."""
    host = urlsplit(address).hostname or ""
    return "localhost" if ":" in host else host


def _below_site(permalink: str, site: str) -> str:
    """A permalink as a pattern below site."""
    if not permalink:
        return ""
    if not site:
        raise ConfigError("permalink", "needs site, the address that it is relative to")
    pattern = permalink.removeprefix(site)
    if _SCHEME.match(pattern):
        raise ConfigError("permalink", f"leads away from site; write it relative to {site}")
    pattern = pattern.lstrip("/")
    if ".." in pattern.split("/"):
        raise ConfigError("permalink", "leads out of site; '..' has no place in it")
    return pattern


def _category_settings(categories: Mapping[str, Mapping[str, Any]]) -> tuple[CategorySetting, ...]:
    """The categories as they are published; a name that would mean two of them is refused."""
    owners: dict[str, str] = {}
    return tuple(_category(slug, fields, owners) for slug, fields in categories.items())


def _category(slug: str, fields: Mapping[str, Any], owners: dict[str, str]) -> CategorySetting:
    free = free_slug(slug)
    title = fields.get("title") or _prettified(slug)
    # Articles go on using the name of a slug that had to give way.
    aliases = tuple(fields.get("aliases", ())) + ((slug,) if free != slug else ())
    for name in (free, title, *aliases):
        owner = owners.setdefault(_same_name(name), slug)
        if owner != slug:
            raise ConfigError(f"categories.{slug}", f"the name {name!r} already means the category '{owner}'")
    return CategorySetting(slug=free, title=title, description=fields.get("description", ""), aliases=aliases)


def _same_name(name: str) -> str:
    """Names that people take for the same: ``Gaya Hidup``, ``gaya-hidup``."""
    return re.sub(r"[\s_-]+", " ", name.casefold()).strip()


def check_output(output: Path, data: Path) -> None:
    """Refuses an output folder that is the data directory or a parent of it: a build must not write over articles."""
    real_output, real_data = Path(os.path.realpath(output)), Path(os.path.realpath(data))
    if real_output == real_data:
        raise ConfigError("output", f"{output} is the folder with the articles; name another one")
    if real_output in real_data.parents:
        raise ConfigError("output", f"{output} holds the folder with the articles ({data}); name another one")


def is_default_base_url(settings: Settings) -> bool:
    """Whether the feeds still say that they live on this machine; ``feeds`` says so loudly at start."""
    return settings.base_url == DEFAULT_BASE_URL


def is_sample(settings: Settings) -> bool:
    """Whether the bundled sample newsroom is read."""
    return settings.data == SAMPLE / "articles"
