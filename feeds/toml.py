"""TOML in time that grows with its length: Python's parser takes the square of how many parts a name has."""

from __future__ import annotations

import re
from functools import cache

from feeds.errors import UnreadableError
from feeds.limits import Limits

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_BEFORE = r"(?:^|[\[{,])[ \t]*+"  # where a name begins: a line, a table's own, an inline table's first and its others


@cache
def _more_parts_than(most: int) -> re.Pattern[str]:
    return re.compile(rf"{_BEFORE}{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{most}}}", re.MULTILINE | re.ASCII)


def has_longer_name(source: str, most: int) -> bool:
    """Whether a name such as ``a.b.c`` has more parts than that.

    A text of several lines is not told from names: one of its lines may not begin with so many words with dots between.
    """
    return source.count(".") >= most and _more_parts_than(most).search(source) is not None


def loads(source: str, limits: Limits, what: str) -> dict[str, object]:
    """What TOML says. what: it, as ``front matter``.

    Raises UnreadableError where a name has more parts than ``limits.depth``, or values lie so deep that no parser gets
    there; else as ``tomllib.loads``, which is ValueError for all that is wrong.
    """
    import tomllib  # here, as most newsrooms have no TOML but their configuration

    if has_longer_name(source, limits.depth):
        limits.hold("depth", limits.depth + 1, f"a name in {what} has {{}} parts or more")
    try:
        return tomllib.loads(source)
    except RecursionError as error:
        raise UnreadableError(
            f"values of {what} lie deeper within each other than can be read; see limits.depth"
        ) from error
