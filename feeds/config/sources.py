"""Where settings come from: the file and the environment, each as checked values by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from feeds import toml
from feeds.config import values
from feeds.config.table import CATEGORY_SETTINGS, LIMIT_SETTINGS, PREFIX, SETTINGS, Kind, checked
from feeds.config.values import Where
from feeds.errors import ConfigError, UnreadableError
from feeds.limits import Limits
from feeds.syntax import plainly

CONFIG_VARIABLE = "FEEDS_CONFIG"


def from_file(path: Path) -> dict[str, Any]:
    """The settings of a configuration file; a ConfigError names the file."""
    values = read_toml(path)
    with named(path):
        return checked(values, SETTINGS, Where((), newsroom_folder(path)))


@contextmanager
def named(path: Path) -> Iterator[None]:
    """What is wrong within is so in this file, and says so."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(error.key, error.reason, str(path)) from error.__cause__


def newsroom_folder(config: Path) -> Path:
    """The folder that relative paths of a configuration file start from."""
    return config.parent.parent if config.parent.name == "config" else config.parent


def read_toml(path: Path) -> dict[str, object]:
    """What a file of TOML says. Raises ConfigError, with the place in plain words."""
    import tomllib

    try:
        text = path.read_bytes().decode("utf-8-sig")  # Notepad writes a byte order mark, which TOML has none of
        return toml.loads(text, Limits(), "it")
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(str(path), f"line {line} is not UTF-8 text; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), _syntax_error(str(error), text)) from error
    except (ValueError, UnreadableError) as error:  # a number of thousands of digits, a list in a list in a list …
        raise ConfigError(str(path), "is no configuration: a value is too long or nested too deeply") from error


def _syntax_error(message: str, text: str) -> str:
    """tomllib's message in plain words with the place in front: ``line 3, column 7: a quotation mark ...``."""
    reason, _, place = message.rpartition(" (at ")
    if numbers := re.match(r"line (\d+), column (\d+)", place):
        line, column = numbers.groups()
    else:  # "at end of document"
        lines = text.split("\n")
        line, column = str(len(lines)), str(len(lines[-1]) + 1)
    return f"line {line}, column {column}: {plainly(reason)}"


# Kubernetes puts these into each container beside a service that is called "feeds": no person set them.
_KUBERNETES = re.compile(r"FEEDS_(?:SERVICE_HOST|SERVICE_PORT\w*|PORT_\d+_\w+)=|FEEDS_PORT=\w+://")


def from_environment(environ: Mapping[str, str], cwd: Path) -> dict[str, Any]:
    values: dict[str, Any] = {}
    variables: dict[tuple[str, ...], str] = {}
    for variable in sorted(environ, key=lambda name: (name.count("__"), name)):  # FEEDS_CATEGORIES before its parts
        text = environ[variable]
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE or _KUBERNETES.match(f"{variable}={text}"):
            continue
        path, kind = _named_by(variable)
        variables[path] = variable
        _put(values, path, _from_text(kind, text))
    return checked(values, SETTINGS, Where((), cwd, variables))


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
    elif top == "LIMITS" and rest:
        path, start, table = ("limits",), f"{PREFIX}LIMITS__", LIMIT_SETTINGS
    name = variable.removeprefix(start)
    known = {setting.name.upper(): setting for setting in table.values()}
    if setting := known.get(name):
        return (*path, setting.name), setting.kind
    names = known if path else (*known, CONFIG_VARIABLE.removeprefix(PREFIX))
    raise ConfigError(variable, "unknown setting" + values.suggestion(name, names, before=f"'{start}"))


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
