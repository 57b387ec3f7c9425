"""What every format needs of an entry or a feed before it writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TypeVar

from feeds import text
from feeds.model import Entry, Feed, Part

Value = TypeVar("Value")
Result = TypeVar("Result")


def headline(entry: Entry) -> str:
    """The title, or what stands for it: RSS wants one of title and description, Atom a title (RFC 4287, 4.1.2)."""
    return entry.title.strip() or text.summarise(entry.summary or entry.content, 80) or entry.id


def body(entry: Entry) -> str:
    """The content, or the summary as HTML: an Atom entry without a link must have content (RFC 4287, 4.1.2)."""
    return entry.content.strip() or text.render(entry.summary or headline(entry), "text", base="")


def terms(entry: Entry) -> list[str]:
    """The tags that do not only repeat a category, each once."""
    known = {category.title.casefold() for category in entry.categories} | {c.slug for c in entry.categories}
    return [tag for tag in dict.fromkeys(entry.tags) if tag and tag.casefold() not in known]


def related(entry: Entry) -> tuple[str, ...]:
    """Addresses for ``rel="related"`` (RFC 4287, 4.2.7.2): an article's corrections, the article of a correction."""
    return (*entry.related, entry.about) if entry.about else entry.related


def own_address(feed: Feed, filename: str) -> str:
    """The address of a feed's document, ``rel="self"`` (RFC 4287, 4.2.7.2)."""
    return address(feed, feed.path, filename, feed.query)


def further(feed: Feed, filename: str) -> list[dict[str, str]]:
    """The links to the feed's other documents of the same format (RFC 5005), as attributes."""
    return [{"rel": rel, "href": address(feed, path, filename, query)} for rel, path, query in feed.links]


def address(feed: Feed, path: str, filename: str, query: str) -> str:
    """A document below base_url."""
    return f"{feed.base_url}{path}{filename}" + (f"?{query}" if query else "")


def parts(document: bytes, entries: Sequence[bytes]) -> Iterator[Part]:
    """Where entries lie that were spliced into a document, in their order."""
    end = 0
    for entry in entries:
        start = document.index(entry, end)
        end = start + len(entry)
        yield Part(blake2b(entry, digest_size=8).hexdigest(), start, end)


def in_seconds(moment: datetime) -> datetime:
    """The moment as RFC 822 and RFC 3339 can write it: whole seconds, an offset of whole minutes.

    Asia/Jakarta was 7 h 7 min 12 s ahead before 1924; such a moment is written in UTC.
    """
    offset = moment.utcoffset()
    moment = moment.astimezone(UTC) if offset and offset.seconds % 60 else moment
    return moment.replace(microsecond=0) if moment.microsecond else moment


def rfc3339(moment: datetime) -> str:
    """Such as ``2024-12-03T10:30:00+07:00``."""
    return in_seconds(moment).isoformat()


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc822(moment: datetime) -> str:
    """Such as ``Tue, 03 Dec 2024 10:30:00 +0700``: English whatever the locale, which is never touched.

    The same as ``email.utils.format_datetime`` in a sixth of its time.
    """
    moment = in_seconds(moment)
    iso = moment.isoformat()
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {iso[8:10]} {month} {iso[:4]} {iso[11:19]} {iso[19:22]}{iso[23:25]}"


def cleaned(value: Value) -> Value:
    """The same value with every text in it made safe for XML."""
    if isinstance(value, str):
        return text.clean(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(cleaned(part) for part in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: cleaned(getattr(value, field.name)) for field in fields(value)})
    return value


def render_clean(render: Callable[[Sequence[Value]], Result], values: Sequence[Value]) -> Result:
    """Render values that should be clean already; only where a character says otherwise they are cleaned first.

    lxml and the UTF-8 codec look at every character anyway, so looking beforehand would be paid twice.
    """
    try:
        return render(values)
    except ValueError:
        return render([cleaned(value) for value in values])
