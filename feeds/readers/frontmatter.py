"""The header of a Markdown file, as Hugo, Jekyll, Hexo, Eleventy and Pelican write it.

    ---            +++            {               ;;;                       Title: Harga beras turun
    title: x       title = "x"      "title": "x"  "title": "x",             Date: 2024-12-03
    ---            +++            }               "date": "2024-12-03"
    YAML           TOML           JSON            ;;; Hexo's JSON           Pelican: keys up to an empty line

Values of YAML, JSON and Pelican are the texts as written, or lists and mappings of these: a date stays ``2020-08-25``
and is not turned into UTC, ``no`` is a title, ``007`` keeps its noughts. Only TOML, which has no untyped values, gives
dates, numbers and booleans.

Most headers are a handful of ``key: value`` lines. For these PyYAML is not asked: ``_simple`` reads them ten times
faster, and what it reads is held to be what PyYAML would read by a property test. It declines whatever it does not
know.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from feeds import toml
from feeds.errors import UnreadableError
from feeds.limits import Limits
from feeds.readers import BEGINS_WITH_HEADER
from feeds.readers.fields import field_of
from feeds.readers.values import JSON
from feeds.syntax import plainly

Header = dict[object, object]


class Parts(NamedTuple):
    """A file cut in two. header: empty where there is none. warnings: as in Draft."""

    header: Header
    body: str
    warnings: tuple[tuple[str, str], ...] = ()


def split(text: str, limits: Limits = Limits()) -> Parts:  # noqa: B008 - a value
    """Cut a Markdown text (line ends ``\\n``, no byte order mark) into its header and its body.

    Raises UnreadableError, naming the line, where a header begins and cannot be read to its end, or is beyond a limit.
    """
    parts = _split(text, limits)
    limits.hold_values(parts.header, "front matter")
    return parts


def _split(text: str, limits: Limits) -> Parts:
    if text.startswith("---\n"):
        end = text.find("\n---\n", 3)
        _hold_header(text[4 : end + 1], limits)
        if end >= 0 and (simple := _simple(text[4 : end + 1])) is not None:
            return Parts(simple, text[end + 5 :])
        return _fenced(text, 4, "---", limits)
    text = text.lstrip("\n")
    first = text[:1]
    if first == "-" or first == "+" or first == ";":
        opened = _FENCE.match(text)
        return _fenced(text, opened.end(), opened[1], limits) if opened else Parts({}, text)
    if first == "{" and _JSON_OBJECT.match(text):
        return _json_object(text, limits)
    if first == '"' and (close := _HEXO_CLOSE.search(text)):
        return Parts(_json("{" + text[: close.start()] + "}", limits), text[close.end() :])
    return _keys_at_top(text, limits)


_FENCE = re.compile(r"(-{3,}|\+{3}|;{3,})[ \t]*\n")
_JSON_OBJECT = re.compile(r'\{\s*["}]')
_HEXO_CLOSE = re.compile(r"^;{3,}[ \t]*(?:\n|\Z)", re.MULTILINE)


def _fenced(text: str, start: int, fence: str, limits: Limits) -> Parts:
    closes = _CLOSE[fence[0]].finditer(text, start - 1)
    if close := next((close for close in closes if close[1] in (fence, "...")), None):
        source, body = text[start : close.start() + 1], text[close.end() :]
    elif fence[0] == "-" and not BEGINS_WITH_HEADER.match(text):
        return Parts({}, text)  # a rule at the top of the page
    else:
        raise UnreadableError(f"front matter is not closed: a line `{fence}` is missing")
    _hold_header(source, limits)
    if fence[0] == "+":
        return Parts(_toml(source, limits), body)
    if fence[0] == ";":
        return Parts(_json("{" + source + "}", limits), body)
    header, warnings = _yaml(source, limits)
    return Parts({}, text) if header is None else Parts(header, body, warnings)


def _hold_header(source: str, limits: Limits) -> None:
    limits.hold("header", len(source), "front matter is {} characters long")


# A closing line with spaces behind it, at the end of the file, or YAML's own ``...``.
_CLOSE = {
    "-": re.compile(r"\n(-{3,}|\.\.\.)[ \t]*(?:\n|\Z)"),
    "+": re.compile(r"\n(\+{3})[ \t]*(?:\n|\Z)"),
    ";": re.compile(r"\n(;{3,})[ \t]*(?:\n|\Z)"),
}


_SECTION = re.compile(r"\[([\w-]+)\]\s*")
_NAME = re.compile(r"([ \t]*)(?:\"([^\"\n]{1,80})\"|([A-Za-z_][\w. -]{0,80}))[ \t]*[:=]")


def line_roles(lines: Iterable[str], role_of: Mapping[str, str]) -> Iterator[str]:
    """What each line of a header gives. role_of: by the name of each key, ``params.name`` for one within another.

    A line without a key goes on with the one above it; ``header`` is what belongs to no key.
    """
    role, within, section = "header", "", ""
    for line in lines:
        if opened := _SECTION.fullmatch(line):
            role, section = "header", f"{opened[1]}."
        elif key := _NAME.match(line):
            name = (key[2] or key[3]).strip()
            if key[1] and f"{within}{name}" in role_of:
                role = role_of[f"{within}{name}"]
            elif not key[1] or name in role_of:
                role, within = role_of.get(section + name, "header"), f"{name}."
        elif _FENCE.match(line + "\n"):
            role = "header"
        yield role


# YAML


def _yaml(source: str, limits: Limits) -> tuple[Header | None, tuple[tuple[str, str], ...]]:
    """The header, or ``None`` where the text between two fences is a paragraph and no header."""
    from feeds.readers import yaml_header  # here, as most newsrooms' headers never need PyYAML

    clean = yaml_header.CONTROL.sub("", source)
    warnings = (("control", "front matter holds control characters; they were left out"),) if clean != source else ()
    return yaml_header.load(clean, limits), warnings


# The simple subset. Every quantifier that could be tried in two ways is possessive, so that no header takes long.
_START = r"[^\s\-?:,\[\]{}#&*!|>'\"%@`<=~]"
_QUOTED = r"\"[^\"\\\n]*+\"|'[^'\n]*+'"
_PLAIN = rf"{_START}[^\n:#]*+(?:(?::(?![ \n])|(?<! )#)[^\n:#]*+)*+"
_FLOW_ITEM = rf"(?:{_QUOTED}|{_START}[^\n,\[\]{{}}:#?]*+)"
_FLOW = rf"\[ *+(?:{_FLOW_ITEM} *+(?:, *+{_FLOW_ITEM} *+)*+)?\]"
_LINES = re.compile(
    rf"([A-Za-z_][A-Za-z0-9_-]{{0,99}}):(?: ++(?:({_QUOTED})|({_PLAIN})|({_FLOW})))? *+\n"  # key: value
    rf"|( *+)- ++({_QUOTED}|{_PLAIN}) *+\n"  # - item
    r"|(?:#[^\n]*+)?\n"  # nothing
    r"|(.++)"  # anything else
)
_FLOW_ITEMS = re.compile(_FLOW_ITEM)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


def _simple(source: str) -> Header | None:
    """What PyYAML would make of a header of plain lines, or ``None`` where it has anything beyond these."""
    if not source.replace("\n", "").isprintable():  # tabs, controls, YAML's other line ends
        return None
    header: Header = {}
    items: list[str | None] | None = None  # of the last key, where no value stands behind it
    last = depth = ""
    for key, quoted, plain, flow, indent, item, unknown in _LINES.findall(source):
        if key:
            if key in header or key in _NOTHING:
                return None
            items = None
            if quoted:
                header[key] = quoted[1:-1]
            elif plain:
                header[key] = _plain(plain)
            elif flow:
                header[key] = _flow_list(flow)
            else:
                header[key], last, items = None, key, []
        elif item:
            if items is None or (items and indent != depth):
                return None
            depth = indent
            items.append(item[1:-1] if item[0] in "\"'" else _plain(item))
            header[last] = items
        elif unknown:
            return None
    return header


def _plain(value: str) -> str | None:
    value = value.rstrip(" ")
    return None if value in _NOTHING else value


def _flow_list(flow: str) -> list[str | None]:
    if '"' in flow or "'" in flow:
        return [item[1:-1] if item[0] in "\"'" else _plain(item) for item in _FLOW_ITEMS.findall(flow)]
    items = flow[1:-1].strip(" ")
    return [_plain(item.strip(" ")) for item in items.split(",")] if items else []


# TOML and JSON


def _toml(source: str, limits: Limits) -> Header:
    try:
        header: Header = dict(toml.loads(source, limits, "front matter").items())
        return header
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"\(at line (\d+), column \d+\)", str(error))
        where = f" in line {int(line[1]) + 1}" if line else ""
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise UnreadableError(f"front matter cannot be read{where}: {plainly(reason)}") from error
    except ValueError as error:  # a date such as 2024-02-31
        raise UnreadableError(f"front matter holds a value that is impossible: {error}") from error


def _json(source: str, limits: Limits) -> Header:
    _hold_header(source, limits)
    return _decoded(source)[0]


def _json_object(text: str, limits: Limits) -> Parts:
    header, end = _decoded(text)
    _hold_header(text[:end], limits)
    return Parts(header, text[end:].removeprefix("\n"))


def _decoded(source: str) -> tuple[Header, int]:
    try:
        value, end = JSON.raw_decode(source)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"front matter cannot be read in line {error.lineno}: {plainly(error.msg)}") from error
    header: Header = dict(value)
    return header, end


# Keys at the top without a fence: Pelican, and Hexo's header that has only its closing `---`

_KEY = re.compile(r" {0,3}([A-Za-z][\w-]*(?: [\w-]+)?):(?:[ \t]+([^\n]*)|[ \t]*)$", re.MULTILINE)
_CLOSED_ONLY = re.compile(r"((?:[^\n]+\n)+?)-{3,}[ \t]*(?:\n|\Z)")


def _keys_at_top(text: str, limits: Limits) -> Parts:
    first = _KEY.match(text)
    if first is None or not field_of(first[1]):
        return Parts({}, text)
    warnings: tuple[tuple[str, str], ...] = ()
    if closed := _CLOSED_ONLY.match(text):
        _hold_header(closed[1], limits)
        header, warnings = _yaml(closed[1], limits)
        body = text[closed.end() :]
    else:
        header, body = _pelican(text)
    # A paragraph may begin with `Sumber: ...`; a header says what the article is called or when it was written.
    if not header or not {"title", "date"} & {field_of(key) for key in header}:
        return Parts({}, text)
    return Parts(header, body, warnings)


def _pelican(text: str) -> tuple[Header, str]:
    """The keys up to an empty line or the first that is none; indented lines go on with the value above."""
    values: dict[str, list[str]] = {}
    key = ""
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if match := _KEY.match(line):
            key = match[1]
            values[key] = [(match[2] or "").strip()]
        elif line.startswith(("    ", "\t")) and line.strip():
            values[key].append(line.strip())
        else:
            break
        at = end + 1
    return {key: " ".join(lines).strip() for key, lines in values.items()}, text[at:]
