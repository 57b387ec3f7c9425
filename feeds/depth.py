"""How deep the elements of a text lie within one another: of one that is to be sanitised, and of sanitised HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feeds import text

if TYPE_CHECKING:
    from feeds.model import BodyFormat

_DEEP_LIST = r"\n(?:[ \t>]|(?:[-+*]|[0-9]{1,9}[.)])(?=[ \t])){%d}"  # of a line's indentation and marks
_DEEP_QUOTE = r"\n(?: {0,3}>){%d}[ >]*+"
_ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_OPENED_OR_CLOSED = re.compile(r"<(/?)([a-z][a-z0-9]*)\b(?:[^<>\"]|\"[^\"]*\")*>")
_EMPTY = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})
# Elements that are empty, or that end where the next one begins: old pages close none of them.
_ENDED_BY_OTHERS = _EMPTY | frozenset(
    "area base colgroup dd dt embed input li link meta option p param rp rt tbody td tfoot th thead tr".split()  # noqa: SIM905
)


def depth_as_written(body: str, body_format: BodyFormat, enough: int) -> int:
    """How deep elements are within one another in a body as it is written: 0 where a look tells that ``enough`` is not
    reached, and never less than they are.

    The sanitiser's time grows with the square of the depth, so that this is to be known before.
    """
    if body_format == "markdown":
        lines = "\n" + body  # for patterns that begin with a line's end are looked for quickly
        if body.count(">") > enough and (quotes := re.search(_DEEP_QUOTE % enough, lines)):
            return quotes[0].count(">")
        if body.count("<") <= enough and not re.search(_DEEP_LIST % enough, lines):
            return 0
        body = text.markdown_as_html(body)
    if body.count("<") <= enough:
        return 0
    depth = deepest = 0
    for end, name in _ANY_TAG.findall(body):
        if (name := name.lower()) not in _ENDED_BY_OTHERS:
            depth = max(0, depth - 1) if end else depth + 1
            deepest = max(deepest, depth)
    return deepest


def depth_of_html(body: str) -> int:
    """How deep the elements of sanitised HTML are within one another; 0 for plain text."""
    depth = deepest = 0
    for end, name in _OPENED_OR_CLOSED.findall(body):
        if name not in _EMPTY:
            depth += -1 if end else 1
        deepest = max(deepest, depth + (name in _EMPTY))
    return deepest
