"""The lists of withdrawn articles: what each ``withdrawn.toml`` of the data directory says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property, lru_cache
from typing import NamedTuple

from feeds import text, toml
from feeds.checks import date_or_problem
from feeds.confined import open_file_below
from feeds.errors import ArticleError, UnreadableError
from feeds.likeness import same_address
from feeds.limits import MB, Limits
from feeds.readers import WITHDRAWN
from feeds.readers.fields import squash
from feeds.readers.values import when
from feeds.record import NoticeRecord
from feeds.scan import FoundFile, Scan, is_among
from feeds.source import Rules

LONGEST = 1 * MB
"""Bytes of a list, which are thousands of entries: the parser takes seconds for more."""
_MOST_PARTS = 20  # of a name: those of an entry have one, but a line of a reason may be words with dots between
_LISTS = ("withdrawn", "ditarik", "dicabut")
_NAMES = {
    "article": ("article", "artikel"),
    "title": ("title", "judul"),
    "reason": ("reason", "alasan"),
    "date": ("date", "tanggal"),
}


class Listed(NamedTuple):
    """One entry of a list. article: the address, id or path of the article; modified: the list's mtime."""

    path: str
    place: str
    article: str
    title: str
    reason: str
    when: datetime | None
    modified: int


@dataclass(frozen=True)  # without slots: each notice asks what is named, and that is put together once
class Lists:
    """What all lists of the data directory say.

    unread: lists that could not be read just now, and folders that may hold some, with a slash at their end.
    """

    entries: tuple[Listed, ...] = ()
    problems: dict[str, list[ArticleError]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    unopened: tuple[FoundFile, ...] = ()

    def hold(self, notice: NoticeRecord) -> bool:
        """Whether a notice that came from a list still does."""
        return self.name(notice.named) or self.left_unread(notice)

    def name(self, article: str) -> bool:
        """Whether a list names an article like this."""
        return article in self._named

    def name_any(self, names: Iterable[str]) -> bool:
        """Whether a list names an article by one of its names: its id, its address however written, its place."""
        return any((same_address(name) or name) in self._alike for name in names)

    def left_unread(self, notice: NoticeRecord) -> bool:
        """Whether the list that a notice came from could not be read just now."""
        return bool(notice.named) and is_among(notice.path, self.unread)

    @cached_property
    def _named(self) -> frozenset[str]:
        """The articles that entries name, as they are written."""
        return frozenset(entry.article for entry in self.entries if entry.article)

    @cached_property
    def _alike(self) -> frozenset[str]:
        """The same, so that addresses are the same however written."""
        return frozenset(same_address(article) or article for article in self._named)


def read_lists(rules: Rules, found: Scan) -> Lists:
    """Read every ``withdrawn.toml``; what is wrong with one is a problem of that file."""
    entries: list[Listed] = []
    problems: dict[str, list[ArticleError]] = {}
    unopened: list[FoundFile] = []
    files = list(found.lists())  # which may find that some cannot be seen
    unread = {path for path in found.unlisted if path.endswith(("/", WITHDRAWN))}
    for file in files:
        problems[file.path] = []
        try:
            with open_file_below(rules.root, file.path) as opened:
                data = opened.read(LONGEST + 1)
            listed, wrong = _said(file, data, rules.zone, rules.limits)
            entries += listed
            problems[file.path] += wrong
        except OSError as error:
            problems[file.path].append(ArticleError(file.path, "unreadable", error.strerror or str(error)))
            unread.add(file.path)
            unopened.append(file)
        except UnreadableError as error:
            reason = f"{error}; what it withdrew before stays withdrawn"
            problems[file.path].append(ArticleError(file.path, "unreadable", reason))
            unread.add(file.path)
    return Lists(tuple(entries), problems, frozenset(unread), tuple(unopened))


@lru_cache(maxsize=4)  # a service looks again whenever an article changes, which lists seldom do
def _said(
    file: FoundFile, data: bytes, zone: tzinfo, limits: Limits
) -> tuple[tuple[Listed, ...], tuple[ArticleError, ...]]:
    """The entries of a list, and what is wrong with them; raises as ``table_of`` does."""
    problems: list[ArticleError] = []
    return tuple(_entries(file, table_of(data, limits), zone, problems)), tuple(problems)


def table_of(data: bytes, limits: Limits) -> dict[str, object]:
    """What a list says. Raises UnreadableError where it is no TOML, or more than a list can be."""
    if len(data) > LONGEST:
        raise UnreadableError(f"is longer than {LONGEST:,} bytes; part it, as each folder may have one")
    try:
        source = data.decode("utf-8-sig")
        if toml.has_longer_name(source, _MOST_PARTS):
            raise UnreadableError(f"a name in it has more than {_MOST_PARTS} parts; those of an entry have one")
        return toml.loads(source, limits, "the list")
    except UnicodeDecodeError as error:
        raise UnreadableError("is not UTF-8 text") from error
    except ValueError as error:
        raise UnreadableError(f"is no TOML: {error}") from error


def _entries(
    file: FoundFile, table: Mapping[str, object], zone: tzinfo, problems: list[ArticleError]
) -> Iterator[Listed]:
    listed: object = next((table[name] for name in _LISTS if name in table), [])
    if not isinstance(listed, list) or not (listed or not table):
        raise UnreadableError("has no entries; each begins with a line [[withdrawn]]")
    for number, entry in enumerate(listed, start=1):
        place = f"{file.path}#{number}"
        if isinstance(entry, dict):
            yield _entry(file, place, entry, zone, problems)
        else:
            problems.append(ArticleError(place, "notice", "is no entry; each begins with a line [[withdrawn]]"))


def _entry(
    file: FoundFile, place: str, entry: Mapping[str, object], zone: tzinfo, problems: list[ArticleError]
) -> Listed:
    values = {squash(name): value for name, value in entry.items()}
    said = {name: next((values[n] for n in names if n in values), None) for name, names in _NAMES.items()}
    date = date_or_problem("date", "date of withdrawal", when(said["date"]), zone, place, problems)
    reason = text.clean(_text(said["reason"]))
    if not reason:
        problems.append(
            ArticleError(place, "notice", "gives no reason for the withdrawal; say it as `reason`", fatal=False)
        )
    title = text.one_line(_text(said["title"]))
    article = text.clean(_text(said["article"])).removeprefix("./").removeprefix("/")
    return Listed(file.path, place, article, title, reason, date, file.mtime)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
