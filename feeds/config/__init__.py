"""config/newsroom.toml and FEEDS_* -> Settings, checked.

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
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from feeds.characters import NOT_XML
from feeds.config.categories import RESERVED as RESERVED
from feeds.config.categories import CategorySetting as CategorySetting
from feeds.config.categories import category_settings, check_gone, prettified
from feeds.config.categories import free_slug as free_slug
from feeds.config.profiles import Profile as Profile
from feeds.config.profiles import check_profile_feeds, known_profiles
from feeds.config.sources import CONFIG_VARIABLE, from_environment, from_file, newsroom_folder
from feeds.config.table import DEFAULT_BASE_URL, SETTINGS
from feeds.config.values import SCHEME, absolute_path, zone_of
from feeds.errors import ConfigError
from feeds.limits import Limits
from feeds.model import RslTerms

PACKAGE = Path(__file__).resolve().parent.parent
TEMPLATE = PACKAGE / "newsroom.toml"
"""The commented configuration that ``feeds init`` writes; config/newsroom.toml is a copy of it."""
SAMPLE = PACKAGE / "sample"
"""The bundled sample newsroom: its newsroom.toml and its articles."""


class FieldNames(NamedTuple):
    """What the fields of the articles in a folder are called. folder: "" for all, else with a slash at its end.

    names: (a name as the newsroom writes it, a field of ``readers.fields.NAMES``).
    """

    folder: str
    names: tuple[tuple[str, str], ...]


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
    license: str  # an address, or ""
    rsl: RslTerms | None
    logo: str
    language: str
    timezone: str
    zone: tzinfo
    data: Path
    exclude: tuple[str, ...]
    fields: tuple[FieldNames, ...]  # all articles first, then folders, the outer before the inner
    body_selector: str
    limits: Limits
    catalogue: str = field(repr=False)  # an SQLAlchemy address, maybe with a password; "": SQLite in the state folder
    newsroom: str  # the key of this newsroom in a shared catalogue
    output: Path | None
    limit: int
    max_age: int  # seconds
    permalink: str  # "" or a pattern below site, without a leading slash
    article_pages: bool
    archives: bool | None  # static builds hold them; None: the service alone renders them; False: there are none
    pages_for_browsers: bool
    feed_menu: bool
    undated: Literal["skip", "mtime"]
    advertorial_label: str
    advertorial_as: Literal["title", "category"]
    advertorial_not_in: tuple[str, ...]  # slugs of categories, "semua" for the feed of all
    hubs: tuple[str, ...]
    profiles: tuple[str, ...]  # feeds of the edition: a profile, or a profile, a slash and the slug of a category
    known_profiles: tuple[Profile, ...]  # by name
    categories: tuple[CategorySetting, ...]
    gone: tuple[str, ...]  # slugs
    rate_limit: str = field(repr=False)  # "" or such as 60/hour, maybe with a Redis's address and password behind it
    trusted_proxies: tuple[str, ...]  # networks, beside this machine's own
    workers: int
    source: Path | None  # the configuration file that was read


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
    file = from_file(path) if path else {}
    environment = from_environment(environ, cwd)
    command_line = {"data": absolute_path(data, cwd)} if data else {}
    base: dict[str, Any] = {}
    if not any("data" in source for source in (file, environment, command_line)):
        base = _unnamed(path, file)
    values = _joined(base | file, environment, command_line)
    home = newsroom_folder(path) if path else None
    values["known_profiles"] = known_profiles(path)
    try:
        return _settings(values, home, path or (SAMPLE / "newsroom.toml" if base else None))
    except ConfigError as error:
        setting = error.key.partition(".")[0]
        if path is None or setting not in file or setting in environment:
            raise
        raise ConfigError(error.key, error.reason, str(path)) from None


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigError("", "the working directory does not exist any more") from error


def _config_path(config: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    if named := config or environ.get(CONFIG_VARIABLE):
        return absolute_path(Path(named), cwd)
    usual = cwd / "config" / "newsroom.toml"
    return usual if os.path.lexists(usual) else None  # a link into nowhere is a mistake to be told, not to be passed by


def _unnamed(path: Path | None, file: Mapping[str, Any]) -> dict[str, Any]:
    """The base of the settings where nothing names the articles: see the module for the rule."""
    if path is not None:
        articles = newsroom_folder(path) / "articles"
        if file.get("title") or file.get("site") or os.path.lexists(articles):  # also as a link into nowhere
            return {"data": articles}
    return {"data": SAMPLE / "articles"} | from_file(SAMPLE / "newsroom.toml")


def _joined(*sources: Mapping[str, Any]) -> dict[str, Any]:
    """One value a setting, the last source's; of a category and of the limits, one value a field."""
    values: dict[str, Any] = {}
    categories: dict[str, dict[str, Any]] = {}
    limits: dict[str, int] = {}
    for source in sources:
        values |= source
        limits |= source.get("limits", {})
        for slug, fields in source.get("categories", {}).items():
            categories.setdefault(slug, {}).update(fields)
    return values | {"categories": categories, "limits": limits}


def _settings(given: Mapping[str, Any], home: Path | None, source: Path | None) -> Settings:
    """Fills in the defaults and checks what only the whole can show."""
    values = {name: setting.default for name, setting in SETTINGS.items()} | dict(given)
    data, site, base_url = values["data"], values["site"], values["base_url"]
    folder = _clean_name(home if home is not None and data == home / "articles" else data)
    identified = values["authority"] or site
    values["authority"] = values["authority"] or _host(site or base_url)
    values["newsroom"] = values["newsroom"] or (values["authority"] if identified else folder)
    values["title"] = values["title"] or prettified(folder)
    values["description"] = values["description"] or _description(values["title"], values["language"])
    values["rsl"] = _held_by(values["title"], values["rsl"] or None)
    values["permalink"] = _below_site(values["permalink"], site)
    values["zone"] = zone_of(values["timezone"])
    values["categories"] = category_settings(values["categories"])
    values["limits"] = Limits(**values["limits"])
    check_gone(values["gone"], values["categories"])
    check_profile_feeds(values["profiles"], values["known_profiles"])
    values["fields"] = tuple(
        FieldNames(folder, tuple(names.items())) for folder, names in sorted(values["fields"].items())
    )
    if values["output"]:
        check_output(values["output"], data)
    return Settings(**values, source=source)


def _clean_name(folder: Path) -> str:
    return NOT_XML.sub("", folder.name) or "berita"


def _description(title: str, language: str) -> str:
    return f"Berita terbaru dari {title}" if language.split("-")[0] == "id" else f"The latest from {title}"


def _host(address: str) -> str:
    """The host of an address as an authority of tag: ids (RFC 4151), which has no place for the colons of IPv6."""
    host = urlsplit(address).hostname or ""
    return "localhost" if ":" in host else host


def _held_by(title: str, terms: RslTerms | None) -> RslTerms | None:
    """The terms with whose articles they are for."""
    return replace(terms, holder=terms.holder or title) if terms else None


def _below_site(permalink: str, site: str) -> str:
    """A permalink as a pattern below site."""
    if not permalink:
        return ""
    if not site:
        raise ConfigError("permalink", "needs site, the address that it is relative to")
    pattern = permalink.removeprefix(site)
    if SCHEME.match(pattern):
        raise ConfigError("permalink", f"leads away from site; write it relative to {site}")
    pattern = pattern.lstrip("/")
    if ".." in pattern.split("/"):
        raise ConfigError("permalink", "leads out of site; '..' has no place in it")
    return pattern


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
