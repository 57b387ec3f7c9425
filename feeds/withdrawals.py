"""Which articles are withdrawn: those whose files say so, and those that a ``withdrawn.toml`` names.

Dewan Pers, "Pedoman Pemberitaan Media Siber" (2012), point 5: what was published is withdrawn for stated reasons only,
and the withdrawal is announced to the public with its reason. So a withdrawn article leaves the table of articles and
becomes a notice; the ledger keeps its id, and when it was withdrawn.

A list is for articles whose files are gone; one whose file is still there is kept out of the catalogue for as long as
the list names it. A list that cannot be read just now withdraws what it withdrew before.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

from feeds import text
from feeds.catalogue.reading import Reading
from feeds.catalogue.writing import Writing
from feeds.checks import date_or_problem
from feeds.compose import ARTICLE_PAGES
from feeds.config import Settings
from feeds.errors import ArticleError, UnreadableError
from feeds.likeness import same_address
from feeds.model import Article
from feeds.readers.fields import squash
from feeds.readers.values import when
from feeds.record import LedgerEntry, NoticeRecord, Record, moment_of, notice_id
from feeds.scan import FoundFile, Scan
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
    """What all lists of the data directory say. unread: lists, and folders of lists, that could not be read."""

    entries: list[Listed] = field(default_factory=list)
    problems: dict[str, list[ArticleError]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    unopened: list[FoundFile] = field(default_factory=list)

    def hold(self, notice: NoticeRecord) -> bool:
        """Whether a notice that came from a list still does."""
        named = bool(notice.named) and any(entry.article == notice.named for entry in self.entries)
        return named or self.left_unread(notice)

    def left_unread(self, notice: NoticeRecord) -> bool:
        """Whether the list that a notice came from could not be read just now."""
        return bool(notice.named) and notice.path.startswith(tuple(self.unread))


def read_lists(rules: Rules, found: Scan) -> Lists:
    """Read every ``withdrawn.toml``; what is wrong with one is a problem of that file."""
    lists = Lists(unread=list(found.unlisted))
    for file in found.lists():
        problems = lists.problems.setdefault(file.path, [])
        try:
            data = Path(rules.root, file.path).read_bytes()
            lists.entries.extend(_entries(file, data, rules.zone, problems))
        except OSError as error:
            problems.append(ArticleError(file.path, "unreadable", error.strerror or str(error)))
            lists.unread.append(file.path)
            lists.unopened.append(file)
        except UnreadableError as error:
            problems.append(ArticleError(file.path, "unreadable", f"{error}; what it withdrew before stays withdrawn"))
            lists.unread.append(file.path)
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
        problems.append(ArticleError(place, "notice", "gives no reason for the withdrawal; say it as `reason`"))
    title = text.one_line(_text(said["title"]))
    article = text.clean(_text(said["article"])).removeprefix("./").removeprefix("/")
    return Listed(file.path, place, article, title, reason, date, file.mtime)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


@dataclass
class Settled:
    """What the withdrawals of one look changed.

    removed: articles that were taken out; notices: those that are new, gone or different; ledger: entries likewise.
    problems: whether other things are wrong with the lists. standing: the withdrawals of articles that a file holds.
    """

    removed: list[Record] = field(default_factory=list)
    notices: list[NoticeRecord] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    problems: bool = False
    standing: list[NoticeRecord] = field(default_factory=list)


class Withdrawals:
    """The withdrawals of one look at the data directory.

    Call ``begin`` before articles are taken in, ``add`` for each that is withdrawn, ``holding`` for each other, and
    ``settle`` at the end.
    """

    def __init__(self, reading: Reading, lists: Lists, settings: Settings) -> None:
        self.lists = lists
        self._settings = settings
        self._before = {notice.id: notice for notice in reading.withdrawals()}
        self._standing: dict[str, NoticeRecord] = {}  # by the article's id
        self._again: set[str] = set()  # ids of articles that were withdrawn and are taken in
        known = _known(reading, lists.entries, settings)
        # As they were before this look: a file may go in the same moment in which the list names its article.
        self._originals = reading.records(entry.id for entry in known.values())
        self._problems_before = reading.problems_of_files(self._lists())

    def _lists(self) -> set[str]:
        return {*self.lists.problems, *(notice.path for notice in self._before.values() if notice.named)}

    def files(self, touched: Collection[str]) -> set[str]:
        """Files to read again, as a withdrawal that kept their articles out may be over. touched: changed or gone."""
        return {
            path
            for notice in self._before.values()
            if notice.hidden and notice.path in touched and not self.lists.hold(notice)
            for path in notice.hidden
        }

    def begin(self, paths: Collection[str] | None) -> None:
        """Some files are to be read again; all of them, where paths is None."""
        for notice in self._before.values():
            stays = self.lists.hold(notice) if notice.named else paths is not None and notice.path not in paths
            if stays and notice.article:
                self._standing[notice.article] = notice

    def holding(self, article: Article, entry: LedgerEntry) -> NoticeRecord | None:
        """The withdrawal that keeps out an article whose own file knows nothing of it: by a list, by another file."""
        notice = self._standing.get(entry.id)
        if notice is None:
            if entry.withdrawn is not None:
                self._again.add(entry.id)
            return None
        self._standing[entry.id] = _hiding(notice, article.path, article.position)
        return notice

    def add(self, article: Article, known: LedgerEntry | None, entry: LedgerEntry) -> LedgerEntry:
        """An article whose file says that it is withdrawn; gives what the ledger has to know of it.

        That keeps the content with which it was published, so that a copy of it is known for what it is.
        """
        said = article.withdrawn
        reason, date = (said.text, said.date) if said else ("", None)
        moment, offset = self._moment(date, known.withdrawn if known else None, article.modified)
        self._standing[entry.id] = NoticeRecord(
            id=notice_id(entry.id, "ditarik"),
            path=article.path,
            position=article.position,
            article=entry.id,
            kind="ditarik",
            published=moment,
            published_offset=offset,
            text=reason,
            link="",
            title=article.title,
            address=article.link,
            slug="",
            categories=tuple(category.slug for category in article.categories),
            since=moment_of(article.published)[0],
        )
        if known:
            entry = entry._replace(
                content_hash=known.content_hash, updated=known.updated, updated_offset=known.updated_offset
            )
        return entry._replace(withdrawn=moment)

    def _moment(self, date: datetime | None, before: int | None, modified: int) -> tuple[int, int]:
        """When something was withdrawn: as it says itself, else as the ledger knows it, else by its file's mtime."""
        if date:
            return moment_of(date)
        seconds = (before if before is not None else modified) // 1_000_000
        return moment_of(datetime.fromtimestamp(seconds, self._settings.zone))

    def settle(self, writer: Writing) -> Settled:
        """Take out of the catalogue what is withdrawn, and keep its notices there instead."""
        own = {n.id: n for n in self._standing.values() if not n.named}
        listed = self._of_lists(writer, own)
        unread = {n.id: self._standing.get(n.article, n) for n in self._before.values() if self.lists.left_unread(n)}
        now = unread | listed | own
        settled = Settled(problems=self._put_problems(writer))
        articles = {notice.article: notice for notice in now.values() if notice.article}
        for record in writer.records(articles).values():
            settled.removed.append(record)
            notice = articles[record.id]
            if record.path != notice.path:
                now[notice.id] = _hiding(notice, record.path, record.position)
        writer.remove_records(settled.removed)
        settled.ledger = list(self._ledger(writer, articles))
        writer.put_ledger((), settled.ledger)
        self._put(writer, now, settled)
        settled.standing = [notice for notice in now.values() if notice.article and (notice.hidden or not notice.named)]
        return settled

    def _put(self, writer: Writing, now: Mapping[str, NoticeRecord], settled: Settled) -> None:
        stored = {notice.id: notice for notice in writer.withdrawals()}
        writer.remove_notices(name for name, notice in stored.items() if now.get(name) != notice)
        writer.put_notices(notice for name, notice in now.items() if stored.get(name) != notice)
        for name in self._before.keys() | now.keys():
            both = [found[name] for found in (self._before, now) if name in found]
            shown = {notice._replace(path="", position=None, named="", hidden=()) for notice in both}
            if len(both) == 1 or len(shown) == 2:
                settled.notices += both

    def _ledger(self, writer: Writing, articles: Mapping[str, NoticeRecord]) -> Iterator[LedgerEntry]:
        """Entries of articles that are withdrawn, or are so no longer, where the ledger does not know it yet."""
        for entry in writer.ledger("id", {*articles, *self._again}):
            withdrawn = articles[entry.id].published if entry.id in articles else None
            if entry.withdrawn != withdrawn:
                yield entry._replace(withdrawn=withdrawn)

    def _put_problems(self, writer: Writing) -> bool:
        """Replace what is wrong with the lists; gives whether that is new."""
        writer.forget_problems(self._lists())
        found = {path: listed for path, listed in self.lists.problems.items() if listed}
        writer.put_problems((path, n, p) for path, listed in found.items() for n, p in enumerate(listed))
        return found != self._problems_before

    def _of_lists(self, writer: Writing, own: Collection[str]) -> dict[str, NoticeRecord]:
        """The notices that the lists make, but for articles whose own files say the same."""
        known = _known(writer, self.lists.entries, self._settings)
        records = self._originals | writer.records(entry.id for entry in known.values())
        notices: dict[str, NoticeRecord] = {}
        for entry in self.lists.entries:
            ledger = known.get(entry.article)
            notice = self._of_list(entry, ledger, records.get(ledger.id) if ledger else None)
            announced = bool(notice.title or notice.address)
            if ledger is None:
                reason = f"names no article that is known: {entry.article!r}" if entry.article else "names no article"
                self.lists.problems[entry.path].append(ArticleError(entry.place, "notice", reason, fatal=not announced))
            if (ledger or announced) and notice.id not in own:
                notices.setdefault(notice.id, notice)
        return notices

    def _of_list(self, entry: Listed, ledger: LedgerEntry | None, record: Record | None) -> NoticeRecord:
        identity = ledger.id if ledger else ""
        name = notice_id(identity or entry.article or entry.title, "ditarik")
        before = self._before.get(name)
        standing = self._standing.get(identity, before)
        moment, offset = self._moment(entry.when, ledger.withdrawn if ledger else None, entry.modified)
        own = (record.link if record else "", before.address if before else "", entry.article, identity)
        return NoticeRecord(
            id=name,
            path=entry.path,
            position=standing.position if standing else None,
            article=identity,
            kind="ditarik",
            published=moment,
            published_offset=offset,
            text=entry.reason,
            link="",
            title=entry.title or (record.title if record else before.title if before else ""),
            address=next((link for link in own if link.startswith(("https://", "http://"))), ""),
            slug="",
            categories=record.categories if record else before.categories if before else (),
            since=record.published if record else ledger.published if ledger else 0,
            named=entry.article or entry.title,
            hidden=standing.hidden if standing else (),
        )


def _hiding(notice: NoticeRecord, path: str, position: int | None) -> NoticeRecord:
    """A withdrawal that keeps one more file out."""
    if notice.named and notice.hidden[:1] in ((), (path,)):
        notice = notice._replace(position=position)
    return notice._replace(hidden=tuple(dict.fromkeys((*notice.hidden, path))))


def _known(reading: Reading, entries: Iterable[Listed], settings: Settings) -> dict[str, LedgerEntry]:
    """What the ledger knows of the articles that lists name: by id, address, page or path without suffix."""
    names = {entry.article for entry in entries if entry.article}
    addresses = {name: text.absolute(name, settings.site) for name in names}
    pages = f"{settings.base_url}{ARTICLE_PAGES}"
    slugs = {name: name.removeprefix(pages).strip("/") for name in names if name.startswith(pages)}
    keys = {name: name.rpartition(".")[0] or name for name in names}
    by_id = {entry.id: entry for entry in reading.ledger("id", {*names, *addresses.values()})}
    same = {name: same_address(address) for name, address in addresses.items()}
    by_address = {entry.address: entry for entry in reading.ledger("address", filter(None, same.values()))}
    by_slug = {entry.slug: entry for entry in reading.ledger("slug", slugs.values())}
    by_key = {entry.key: entry for entry in sorted(reading.ledger("key", {*names, *keys.values()}))}
    found = {
        name: by_id.get(name)
        or by_id.get(addresses[name])
        or by_address.get(same[name])
        or by_slug.get(slugs.get(name, ""))
        or by_key.get(keys[name])
        or by_key.get(name)
        for name in names
    }
    return {name: entry for name, entry in found.items() if entry}
