"""config/*.toml and FEEDS_* -> Settings, checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Literal


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
    catalogue: str  # an SQLAlchemy address; "" means SQLite in the state folder
    newsroom: str  # the key of this newsroom in a shared catalogue
    output: Path | None
    limit: int
    max_age: int  # seconds
    permalink: str  # "" or a pattern below site
    article_pages: bool
    archives: bool
    undated: Literal["skip", "mtime"]
    hubs: tuple[str, ...]
    categories: tuple[CategorySetting, ...]
    workers: int
    source: Path | None  # the configuration file that was read
