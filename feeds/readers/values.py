"""Values of any type, as JSON, YAML, TOML and tables give them, as the texts, names and dates that a Draft wants."""

from __future__ import annotations

import json
import re
from ast import literal_eval
from collections.abc import Mapping
from datetime import UTC, date, datetime

JSON = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _: None)
"""Numbers as they are written, NaN and the like as nothing; made once, as ``json.loads`` makes one at each call."""

LISTS = (list, tuple)
"""What is a list here: made once, as ``list | tuple`` within a call is made at each."""

_NUMBERS = (int, float)
_LARGEST = 10_000  # bits of a number
_MOST_ITEMS = 10_000  # commas and brackets of a list in a text: each value takes some hundred times its size
_YES = frozenset({"true", "yes", "y", "on", "1", "ya", "benar"})
_NO = frozenset({"false", "no", "n", "off", "0", "tidak", "bukan", "salah"})
_NOBODY = frozenset({"", "-", "n/a", "na", "nan", "none", "null", "unknown", "undefined", "tidak diketahui"})


def flag(value: object) -> bool | None:
    """A yes or no in English or Indonesian, as text or boolean; ``None`` for anything else."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str) else ""
    return True if word in _YES else False if word in _NO else None


def text(value: object, depth: int = 4) -> str:
    """A value of any type as one text: a list's first, a mapping's ``rendered`` or ``name``, "" for a flag."""
    if isinstance(value, str):
        return value.strip()
    if value is None or isinstance(value, bool) or depth == 0:
        return ""
    if isinstance(value, Mapping):
        keys = ("rendered", "name", "nama", "value", "title", "text", "url", "$date", "$numberLong")
        return next((found for key in keys if (found := text(value.get(key), depth - 1))), "")
    if isinstance(value, LISTS):
        return next((found for item in value if (found := text(item, depth - 1))), "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and value.bit_length() > _LARGEST:
        return ""  # Python writes no number of thousands of digits, and it means nothing
    return str(value) if isinstance(value, _NUMBERS) else ""


def address_or_text(value: object) -> str:
    """The address of a mapping that has one, or of the first in a list; else the value's text."""
    if isinstance(value, LISTS):
        value = value[0] if value else None
    named = [value.get(key) for key in ("url", "@id", "href")] if isinstance(value, Mapping) else []
    return next((address for address in map(text, named) if address), "") or text(value)


def names(value: object) -> tuple[str, ...]:
    """Names of categories or tags, each once: a text split at ``,`` ``;`` and ``|``, or a list, perhaps nested (Hexo).

    The items of a list are kept whole. A list that a table holds as text (``['a', 'b']``) is one too.
    """
    if isinstance(value, str):
        if value[:1] == "[" and value[-1:] == "]":
            value = value[1:-1]
        parts = [part.strip(" \t\n'\"") for part in re.split(r"[,;|\n]", value)]
    else:
        parts = _flatten(value, 4)
    return _each_once(parts)


def _flatten(value: object, depth: int) -> list[str]:
    if not isinstance(value, LISTS) or not depth:
        return [text(value)]
    parts: list[str] = []
    for item in value:
        if type(item) is str:
            parts.append(item)
        else:
            parts += _flatten(item, depth - 1)
    return parts


def _each_once(names: list[str]) -> tuple[str, ...]:
    once: dict[str, None] = {}
    for name in names:
        name = name.strip(" \t\n,")
        if name.lower() not in _NOBODY and not _KEY.fullmatch(name):
            once[name.removeprefix("#")] = None
    return tuple(once)


_KEY = re.compile(r"(?!(?:19|20)\d\d$)-?\d+(?:\.\d+)?")  # a row of another table, which names nothing; a year does


# A comma before these is part of a name: "Budi Santoso, S.H., M.Si."
_DEGREE = re.compile(r"(?:[A-Z][A-Za-z]{0,4}\.\s?)+(?:[A-Z][A-Za-z]{0,4}\.?)?(?:\s*\(.*\))?|[A-Z]{2,4}|Ph\.?D\.?")
# "Tim Ekonomi dan Bisnis" is one author.
_DESK = re.compile(r"(?:tim|redaksi|desk|biro|humas|dinas|kementerian|badan|bagian|divisi)\b", re.IGNORECASE)
_AND = re.compile(r"\s+(?:dan|and|&)\s+")
_OUTLET = re.compile(r"\s+[-–|]\s+[\w.]{3,30}\s*$")  # "Budi Santoso - detikNews"
_BYLINE = re.compile(r"\A(?:(?:oleh|by)\b\s*:?|(?:penulis|reporter|pewarta|wartawan|laporan|editor|teks)\s*:)\s*", re.I)


def people(value: object) -> tuple[str, ...]:
    """Authors, each once: a text such as ``Budi, S.H. dan Ani; Tim Liputan``, a list, or mappings with a name."""
    return _each_once(_split_people(value.strip()) if isinstance(value, str) else _flatten(value, 4))


def _split_people(byline: str) -> list[str]:
    if byline[:1] == "[" and byline[-1:] == "]":
        return list(names(byline))
    byline = _BYLINE.sub("", byline, count=1)
    apart = re.split(r"[;\n]", byline)
    people: list[str] = []
    for part in apart:
        if _DESK.match(part.strip()):
            people.append(part)
        else:
            for name in _AND.split(_OUTLET.sub("", " ".join(part.split()))):  # of one blank, no pattern takes long
                people += [name] if len(apart) > 1 else _at_commas(name)
    return people


def _at_commas(byline: str) -> list[str]:
    people: list[str] = []
    for part in byline.split(","):
        if people and _DEGREE.fullmatch(part.strip()):
            people[-1] += "," + part
        else:
            people.append(part)
    return people


def when(value: object) -> str | datetime | None:
    """A date as the format gives it: a typed moment (TOML) stays one, a typed day becomes text.

    A number is seconds, milli- or microseconds since the epoch, or a day as in ``20241203``, where these are between
    1995 and 2100; any other stays as it is, for nobody can tell.
    """
    if isinstance(value, datetime):
        return value
    written = text(value)
    number = _DATE_IN_FIGURES.fullmatch(written)
    if number is None:
        return written or None
    if number["year"]:
        clock = f" {number['hour']}:{number['minute']}:{number['second'] or '00'}" if number["hour"] else ""
        return f"{number['year']}-{number['month']}-{number['day']}{clock}"
    seconds = int(number["epoch"])
    while seconds > _EPOCH[1]:
        seconds //= 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds in range(*_EPOCH) else written


_DATE_IN_FIGURES = re.compile(
    r"(?P<year>19\d\d|20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?"
    r"|(?P<epoch>\d{9,10}|\d{12,13}|\d{15,16})(?:\.\d+)?"
)
_EPOCH = (788_918_400, 4_102_444_800)  # 1995 and 2100 in seconds


def passages(value: object) -> str:
    """A body of any type as one text: of a list, perhaps one that a table holds as text, every paragraph."""
    if isinstance(value, str) and (body := value.strip())[:1] == "[" and body[-1:] == "]":
        value = _written_list(body)
    if not isinstance(value, LISTS):
        return text(value)
    return "\n\n".join(part for item in value if (part := text(item)))


def _written_list(body: str) -> object:
    """The list that a text writes in JSON or as Python does; itself where it is none, or has far too many values."""
    if body.count(",") + body.count("[") > _MOST_ITEMS or body[1:].lstrip()[:1] not in ('"', "'"):
        return body
    try:
        return literal_eval(body)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return body
