"""The Draft that a record of fields makes, and the Drafts of a file of many records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from feeds.dates import months_first
from feeds.errors import ArticleError, UnreadableError
from feeds.model import BodyFormat, DateOrigin, Draft, Image, TitleOrigin
from feeds.readers import PLAIN, Line, Options
from feeds.readers.fields import NO_NAMES, Names, field_of, gather, is_withheld, roles, squash, with_unused
from feeds.readers.notices import FIELDS as MAKE_NOTICES
from feeds.readers.notices import notices_of, says_yes, status_warnings
from feeds.readers.page_noise import without_page_noise
from feeds.readers.values import LISTS, address_or_text, flag, names, passages, people, text, when

_BLOCK = re.compile(
    r"<(?:p|div|br|hr|h[1-6]|ul|ol|li|table|blockquote|figure|img|article|section|pre|iframe)(?:\s[^<>]*)?/?>", re.I
)


def body_format(body: str) -> BodyFormat:
    """How a body without a stated format is written: ``html`` where it has a tag of a block, else ``text``.

    Plain text has its paragraphs apart by line ends; ``harga < 5 > 3`` and inline tags alone make no HTML.
    """
    return "html" if "<" in body and _BLOCK.search(body) else "text"


def _body(found: Mapping[str, object]) -> tuple[str, BodyFormat]:
    if html := passages(found.get("body_html")):
        return html, "html"
    if markdown := passages(found.get("body_markdown")):
        return markdown, "markdown"
    body = passages(found.get("body")) or passages(found.get("body_text"))
    written = body_format(body)
    return (without_page_noise(body) if written == "text" else body), written


def _link(value: object) -> str:
    """An address as written; a generator's pattern for one (``/:categories/:title/``, ``{{ slug }}``) is none."""
    link = text(value)
    return "" if "/:" in link.replace("://", "") or link.startswith(":") or "{" in link or flag(link) is False else link


def _license(value: object) -> str:
    """A licence as written; whether there is one (``license: true``) says nothing of which."""
    license_ = address_or_text(value)
    return "" if flag(license_) is not None else license_


def _guid(value: object) -> str:
    """An id that can stand for the article anywhere: a bare row number cannot, one that is said to be an id can."""
    guid = text(value)
    return "" if guid.isdigit() and not isinstance(value, Mapping) else guid


def only_count(ids: Sequence[str]) -> bool:
    """Whether ids number the records of their file (0, 1, 2 or 1, 2, 3), and would name others tomorrow."""
    return any(list(ids) == [str(number) for number in range(first, first + len(ids))] for first in (0, 1))


def _number(value: object) -> int | None:
    digits = text(value).removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def image(found: Mapping[str, object]) -> Image | None:
    """The lead image of a gathered record: an address, a mapping with one, or the first of a list of these."""
    value = found.get("image")
    while isinstance(value, LISTS):
        value = value[0] if value else None
    parts = (
        {field_of(key) or squash(str(key)): item for key, item in value.items()} if isinstance(value, Mapping) else {}
    )
    url = next((text(parts[key]) for key in ("link", "src", "image", "contenturl", "path") if text(parts.get(key))), "")
    if not parts:
        url = text(value)
    if not url:
        return None
    return Image(
        url=url,
        caption=text(found.get("image_caption")) or text(parts.get("image_caption")) or text(parts.get("alt")),
        credit=text(found.get("image_credit")) or text(parts.get("image_credit")),
        type=text(parts.get("type")) or text(parts.get("mimetype")),
        length=_number(parts.get("length")) or _number(parts.get("size")),
        width=_number(parts.get("width")),
        height=_number(parts.get("height")),
    )


def make_draft(
    path: str,
    found: Mapping[str, object],
    *,
    position: int | None = None,
    markdown: str = "",
    title_origin: TitleOrigin = "field",
    date_origin: DateOrigin = "field",
    month_first: bool = False,
    warnings: tuple[tuple[str, str], ...] = (),
) -> Draft:
    """The Draft of a gathered record; what the record does not say stays empty, for the source layer to judge.

    markdown: the body, where the file has one beside the record.
    """
    body: str
    written: BodyFormat
    body, written = (markdown, "markdown") if markdown else _body(found)
    values: dict[str, Any] = {}
    for field, value in found.items():
        if field in _AS:
            values[field] = _AS[field](value)
    if "image" in found:
        values["image"] = image(found)
    if "unused" in found:
        values["unused"] = found["unused"]
    if not MAKE_NOTICES.isdisjoint(found):
        values |= notices_of(found)
        warnings = (*warnings, *status_warnings(found))
    return Draft(
        path=path,
        position=position,
        title_origin=title_origin,
        date_origin=date_origin,
        month_first=month_first,
        body=body,
        body_format=written,
        warnings=warnings,
        **values,
    )


_AS: dict[str, Callable[[object], object]] = {
    "title": text,
    "date": when,
    "updated": when,
    "summary": text,
    "authors": people,
    "categories": names,
    "tags": names,
    "source": text,
    "link": _link,
    "guid": _guid,
    "slug": text,
    "language": text,
    "advertorial": says_yes,
    "license": _license,
    "rights": text,
}


Record = tuple[int, Mapping[object, object] | ArticleError]
"""A position and what stands there."""

_SLASHES = re.compile(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b")


def read_records(
    path: str, records: Iterable[Record], *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The Drafts of a file of many records, without those that are withheld. Raises UnreadableError for too many.

    The order of day and month in slash dates is one for the whole file (DATES rule 13). It takes all records to know
    it, so it is left undecided where ``only`` some are wanted.
    """
    gathered: list[tuple[int, dict[str, object] | ArticleError]] = []
    for count, (position, record) in enumerate(records, start=1):
        options.limits.hold("records", count, "the file holds {} records or more")
        if only is None or position in only:
            gathered.append((position, _gathered(f"{path}#{position + 1}", record, options)))
            if only is not None and len(gathered) == len(only):
                break
    month_first = only is None and are_month_first(
        text(found.get("date")) for _, found in gathered if not isinstance(found, ArticleError)
    )
    for position, found in gathered:
        if isinstance(found, ArticleError):
            yield found
        elif not is_withheld(found):
            yield make_draft(path, found, position=position, month_first=month_first)


def _gathered(
    place: str, record: Mapping[object, object] | ArticleError, options: Options
) -> dict[str, object] | ArticleError:
    if isinstance(record, ArticleError):
        return record
    try:
        options.limits.hold_values(record, "the record")
    except UnreadableError as error:
        return ArticleError(place, "unreadable", str(error))
    return with_unused(gather(record, options.names), record, options.names)


def explain_records(
    records: Iterable[Record], *, further: Names = NO_NAMES, only: frozenset[int] | None = None
) -> Iterator[Line]:
    """Each value of the records that are wanted, with the field that it gives; a record's number counts from 1."""
    for position, record in records:
        if only is not None and position not in only:
            continue
        if isinstance(record, ArticleError):
            yield Line(position + 1, "unreadable", record.reason)
            continue
        for name, role, value in roles(record, further):
            yield Line(position + 1, role, f"{name}: {value}")


def are_month_first(dates: Iterable[str]) -> bool:
    """Whether the dates of one file that have slashes are month first, as they cannot be read otherwise (rule 13)."""
    slashed = [date for date in dates if _SLASHES.search(date)]
    return bool(slashed) and months_first(slashed)
