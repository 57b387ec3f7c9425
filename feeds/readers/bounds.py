"""The limits of what a reader gives: one article too large, too deep or with too many names costs itself alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.depth import depth_as_written
from feeds.errors import ArticleError, UnreadableError
from feeds.limits import Limits
from feeds.model import Draft

TOO_DEEP = "values lie deeper within each other than can be read; see limits.depth"
"""What is said of a value for which the interpreter's own stack is too small."""

_EMBEDDED = re.compile(r"data:[\w.+/;=-]{1,160};base64,[A-Za-z0-9+/=%]++", re.ASCII)


def without_embedded(source: str) -> str:
    """A text without the files that stand in it as addresses (``data:image/png;base64,…``), which no feed carries."""
    return _EMBEDDED.sub("data:,", source)


def within(found: Iterator[Draft | ArticleError], limits: Limits) -> Iterator[Draft | ArticleError]:
    """The articles within the limits, and a sentence for each of the others."""
    for each in found:
        if isinstance(each, Draft):
            try:
                _hold(each, limits)
            except UnreadableError as error:
                place = each.path if each.position is None else f"{each.path}#{each.position + 1}"
                each = ArticleError(place, "unreadable", str(error))
        yield each


def _hold(draft: Draft, limits: Limits) -> None:
    """Raises UnreadableError for an article beyond the limits."""
    body = draft.body
    size = len(draft.title) + len(draft.summary) + len(body)
    if size > limits.text:
        size -= len(body) - len(without_embedded(body))
        limits.hold("text", size, "its text is {} characters long")
    names = len(draft.authors) + len(draft.categories) + len(draft.tags)
    limits.hold("names", names, "has {} categories, tags and authors")
    if draft.body_format != "text":
        if len(body) > limits.elements:  # what the sanitiser's time grows with
            links = body.count("[") if draft.body_format == "markdown" else 0
            marks = body.count("<") // 2 + body.count("&") // 4 + links
            limits.hold("elements", marks, "its text has {} elements and links")
        levels = depth_as_written(body, draft.body_format, limits.depth)
        limits.hold("depth", levels, "elements of its text lie {} deep within each other")
