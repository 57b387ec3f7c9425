"""The limits of what a reader gives: one article too large, too deep or with too many names costs itself alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from feeds.depth import depth_as_written
from feeds.errors import ArticleError, UnreadableError
from feeds.limits import Limits, size_of
from feeds.model import Draft

TOO_DEEP = "values lie deeper within each other than can be read; see limits.depth"
"""What is said of a value for which the interpreter's own stack is too small."""


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
    limits.hold("text", size_of(_values(draft)), "its text is {} characters long")
    names = len(draft.authors) + len(draft.categories) + len(draft.tags)
    limits.hold("names", names, "has {} categories, tags and authors")
    if draft.body_format != "text":
        if len(body) > limits.elements:  # what the sanitiser's time grows with
            links = body.count("[") if draft.body_format == "markdown" else 0
            marks = body.count("<") // 2 + body.count("&") // 4 + links
            limits.hold("elements", marks, "its text has {} elements and links")
        levels = depth_as_written(body, draft.body_format, limits.depth)
        limits.hold("depth", levels, "elements of its text lie {} deep within each other")


def _values(draft: Draft) -> Iterator[object]:
    """All that an article says, whatever says it: each of its texts is among them."""
    image = draft.image
    notices = (*draft.corrections, draft.withdrawn) if draft.withdrawn else draft.corrections
    of_image = (image.url, image.caption, image.credit, image.type) if image else ()
    return chain(draft, draft.authors, draft.categories, draft.tags, of_image, *notices, *draft.warnings, draft.unused)
