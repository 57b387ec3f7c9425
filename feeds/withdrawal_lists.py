"""The lists of withdrawn articles: what each ``withdrawn.toml`` of the data directory says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import NamedTuple

from feeds import text
from feeds.checks import date_or_problem
from feeds.confined import open_file_below
from feeds.errors import ArticleError, UnreadableError
from feeds.likeness import same_address
from feeds.readers import WITHDRAWN
from feeds.readers.fields import squash
from feeds.readers.values import when
from feeds.record import NoticeRecord
from feeds.scan import FoundFile, Scan, is_among
from feeds.source import Rules

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


@dataclass(frozen=True, slots=True)
class Lists:
    """What all lists of the data directory say.

    unread: lists that could not be read just now, and folders that may hold some, with a slash at their end.
    """

    entries: list[Listed] = field(default_factory=list)
    problems: dict[str, list[ArticleError]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    unopened: list[FoundFile] = field(default_factory=list)

    def hold(self, notice: NoticeRecord) -> bool:
        """Whether a notice that came from a list still does."""
        return self.name(notice.named) or self.left_unread(notice)

    def name(self, article: str) -> bool:
        """Whether a list names an article like this."""
        return bool(article) and any(entry.article == article for entry in self.entries)

    def name_any(self, names: Iterable[str]) -> bool:
        """Whether a list names an article by one of its names: its id, its address however written, its place."""
        known = {same_address(name) or name for name in names}
        return any((same_address(entry.article) or entry.article) in known for entry in self.entries)

    def left_unread(self, notice: NoticeRecord) -> bool:
        """Whether the list that a notice came from could not be read just now."""
        return bool(notice.named) and is_among(notice.path, self.unread)


def read_lists(rules: Rules, found: Scan) -> Lists:
    """Read every ``withdrawn.toml``; what is wrong with one is a problem of that file."""
    files = list(found.lists())  # which may find that some cannot be seen
    lists = Lists(unread={path for path in found.unlisted if path.endswith(("/", WITHDRAWN))})
    for file in files:
        problems = lists.problems.setdefault(file.path, [])
        try:
            with open_file_below(rules.root, file.path) as opened:
                data = opened.read(rules.limits.record + 1)
            rules.limits.hold("record", len(data), "is {} bytes long or longer")
            lists.entries.extend(_entries(file, data, rules.zone, problems))
        except OSError as error:
            problems.append(ArticleError(file.path, "unreadable", error.strerror or str(error)))
            lists.unread.add(file.path)
            lists.unopened.append(file)
        except UnreadableError as error:
            problems.append(ArticleError(file.path, "unreadable", f"{error}; what it withdrew before stays withdrawn"))
            lists.unread.add(file.path)
    return lists


def _entries(file: FoundFile, data: bytes, zone: tzinfo, problems: list[ArticleError]) -> Iterator[Listed]:
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError("is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"is no TOML: {error}") from error
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
