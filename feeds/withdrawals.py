"""Which articles are withdrawn: those whose files say so, and those that a ``withdrawn.toml`` names.

Dewan Pers, "Pedoman Pemberitaan Media Siber" (2012), point 5: what was published is withdrawn for stated reasons only,
and the withdrawal is announced to the public with its reason. So a withdrawn article leaves the table of articles and
becomes a notice; the ledger keeps its id, and when it was withdrawn.

A list is for articles whose files are gone; one whose file is still there is kept out of the catalogue for as long as
the list names it. A list that cannot be read just now withdraws what it withdrew before.

What the ledger calls withdrawn stays so: no other file is published in its place, whatever has been lost or deleted.
Only the very file that said it, or the list, may say otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from feeds import text
from feeds.catalogue.reading import Reading
from feeds.catalogue.writing import Writing
from feeds.compose import ARTICLE_PAGES
from feeds.config import Settings
from feeds.errors import ArticleError
from feeds.likeness import same_address
from feeds.model import Article
from feeds.record import (
    LedgerEntry,
    NoticeRecord,
    Record,
    Remains,
    moment_of,
    notice_id,
    record_of,
    remains_of,
    with_remains,
)
from feeds.scan import Scan
from feeds.source import place_of
from feeds.withdrawal_lists import Listed, Lists


@dataclass
class Settled:
    """What the withdrawals of one look changed.

    removed: articles that were taken out; notices: those that are new, gone or different; ledger: entries likewise.
    problems: whether other things are wrong with the lists. standing: the withdrawals of all known articles.
    """

    removed: list[Record] = field(default_factory=list)
    notices: list[NoticeRecord] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    problems: bool = False
    standing: list[NoticeRecord] = field(default_factory=list)


class Held(NamedTuple):
    """That an article is kept out.

    reason: why, "" where its newsroom knows; entry: what the ledger has to know of it, None for nothing new.
    """

    reason: str
    entry: LedgerEntry | None


class Withdrawals:
    """The withdrawals of one look at the data directory.

    Call ``begin`` before articles are taken in, ``add`` for each that is withdrawn, ``holding`` for each other, and
    ``settle`` at the end.
    """

    def __init__(self, reading: Reading, lists: Lists, settings: Settings, found: Scan) -> None:
        self.lists = lists
        self._settings = settings
        self._found = found
        self._before = {notice.id: notice for notice in reading.withdrawals()}
        self._standing: dict[str, NoticeRecord] = {}  # by the article's id
        self._former = {notice.article: notice for notice in self._before.values() if notice.article}
        self._again: set[str] = set()  # ids of articles that were withdrawn and are so no longer
        self._folders: dict[str, dict[str, list[str]]] = {}  # what is in them, as far as lists name it
        self._hidden: dict[str, list[tuple[str, int | None]]] = {}  # what is kept out, by the article's id
        # As they were before this look: a file may go in the same moment in which the list names its article.
        self._places = _at_places(reading, lists.entries)
        known, _ = self._named(reading)
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

    def holding(self, article: Article, known: LedgerEntry | None, entry: LedgerEntry) -> Held | None:
        """Whether an article whose own file does not withdraw it is kept out: by a list, a file or the ledger.

        known, entry: what the ledger knows of it, and what it has to know now.
        """
        notice = self._standing.get(entry.id)
        listed = bool(notice.named) if notice else bool(entry.remains) and self.lists.name(remains_of(entry).named)
        if not (notice or listed) and (entry.withdrawn is None or self._says_otherwise(article, entry)):
            if entry.withdrawn is not None:
                self._again.add(entry.id)
            return None
        self._hidden.setdefault(entry.id, []).append((article.path, article.position))
        if listed:
            # Its own file may be renamed or edited meanwhile, and is the same article still.
            own = known is not None and self._is_owner(article, known, notice)
            if own:
                self._originals.setdefault(entry.id, record_of(article, entry))
            return Held("", entry if own and entry != known else None)
        place = place_of(notice or self._former.get(entry.id) or remains_of(entry)) or entry.id
        return Held(f"is the same article as {place}, which is withdrawn", None)

    def _is_owner(self, article: Article, known: LedgerEntry, notice: NoticeRecord | None) -> bool:
        """Whether a file is the one that the article of a list lies in, and no copy."""
        owner = notice.hidden[0] if notice and notice.hidden else remains_of(known).path
        return article.path == owner or not self._is_there(owner)

    def _says_otherwise(self, article: Article, entry: LedgerEntry) -> bool:
        """Whether this is the very article that was withdrawn, as only that says that it is so no longer."""
        notice, remains = self._former.get(entry.id), remains_of(entry)
        if notice and notice.named:
            return self._is_owner(article, entry, notice)
        if self.lists.unread and (remains.named or not remains.path):
            return False  # the list may name it still
        said = notice.path if notice else remains.path
        if not said:
            return article.key == entry.key
        if article.path == said:
            return article.position is None or self._is_record(article, entry, remains)
        # Written anew in another format.
        stem = said.rpartition(".")[0] == article.path.rpartition(".")[0]
        return bool(notice and stem and article.path not in notice.hidden and not self._is_there(said))

    @staticmethod
    def _is_record(article: Article, entry: LedgerEntry, remains: Remains) -> bool:
        """Whether a record of the same file is the same one, and no copy of it."""
        own = article.key == entry.key or article.guid == entry.id or article.link == entry.id
        return own or article.position == remains.position

    def _is_there(self, path: str) -> bool:
        """Whether a file is there, as far as can be seen just now."""
        return bool(path) and (self._found.file(path) is not None or self._found.is_unlisted(path))

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
        now = self._left(own.values()) | unread | listed | own
        self._again |= {n.article for n in self._former.values() if n.named and n.id not in now}
        settled = Settled(problems=self._put_problems(writer))
        articles = {notice.article: notice.id for notice in now.values() if notice.article}
        for record in writer.records(articles).values():
            settled.removed.append(record)
            self._hidden.setdefault(record.id, []).append((record.path, record.position))
        for name in articles.values():
            now[name] = self._hiding(now[name])
        writer.remove_records(settled.removed)
        settled.standing = [notice for notice in now.values() if notice.article]
        settled.ledger = list(self._ledger(writer, {notice.article: notice for notice in settled.standing}))
        writer.put_ledger((), settled.ledger)
        self._put(writer, now, settled)
        return settled

    def _left(self, own: Collection[NoticeRecord]) -> dict[str, NoticeRecord]:
        """Withdrawals by files that do not say so any more, as they are gone, and that nothing has taken back."""
        said = {(notice.title, notice.since) for notice in own}  # a file that was renamed and edited
        return {
            notice.id: notice
            for notice in self._former.values()
            if not notice.named and notice.article not in self._again and (notice.title, notice.since) not in said
        }

    def _hiding(self, notice: NoticeRecord) -> NoticeRecord:
        """A withdrawal with all files that it keeps out now: of a list's, the article's own comes first."""
        fresh = [each for each in self._hidden.get(notice.article, ()) if notice.named or each[0] != notice.path]
        kept = [path for path in notice.hidden if self._is_there(path)]
        hidden = tuple(dict.fromkeys((*kept, *(path for path, _ in fresh))))
        if notice.named:
            position = next((position for path, position in fresh if path == hidden[0]), notice.position)
            notice = notice._replace(position=position)
        return notice._replace(hidden=hidden)

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
            if notice := articles.get(entry.id):
                remains = self._remains(notice, remains_of(entry))
                now = with_remains(entry, remains)._replace(withdrawn=notice.published)
            else:
                now = entry._replace(withdrawn=None, remains="")
            if entry != now:
                yield now

    def _remains(self, notice: NoticeRecord, before: Remains) -> Remains:
        """What the ledger keeps of an article. before: what it kept; its sketch is of what was published."""
        places: tuple[Remains, ...] = (Remains(notice.path, notice.position), before)
        if notice.named:
            hidden = (Remains(path, notice.position) for path in notice.hidden[:1])
            record = self._originals.get(notice.article)
            places = *hidden, before, *([Remains(record.path, record.position)] if record else ())
        lay = next((place for place in places if place.path), before)
        title = notice.title or before.title
        return Remains(lay.path, lay.position, title, notice.named, before.sketch)

    def _put_problems(self, writer: Writing) -> bool:
        """Replace what is wrong with the lists; gives whether that is new."""
        writer.forget_problems(self._lists())
        found = {path: listed for path, listed in self.lists.problems.items() if listed}
        writer.put_problems((path, n, p) for path, listed in found.items() for n, p in enumerate(listed))
        return found != self._problems_before

    def _of_lists(self, writer: Writing, own: Collection[str]) -> dict[str, NoticeRecord]:
        """The notices that the lists make, but for articles whose own files say the same."""
        self._places = _at_places(writer, self.lists.entries) | self._places
        known, unclear = self._named(writer)
        records = self._originals | writer.records(entry.id for entry in known.values())
        notices: dict[str, NoticeRecord] = {}
        for entry in self.lists.entries:
            ledger = known.get(entry.article)
            notice = self._of_list(entry, ledger, records.get(ledger.id) if ledger else None)
            announced = bool(notice.title or notice.address)
            if ledger is None:
                self.lists.problems[entry.path].append(_unknown(entry, unclear.get(entry.article, ""), announced))
            if (ledger or announced) and notice.id not in own:
                notices.setdefault(notice.id, notice)
        return notices

    def _named(self, reading: Reading) -> tuple[dict[str, LedgerEntry], dict[str, str]]:
        """What the ledger knows of the articles that lists name, and why a name leads to none, by name.

        By the name that withdrew it, its id, address or page, its place, its key, or by its path without the suffix.
        """
        names = {entry.article for entry in self.lists.entries if entry.article}
        addresses = {name: text.absolute(name, self._settings.site) for name in names}
        pages = f"{self._settings.base_url}{ARTICLE_PAGES}"
        slugs = {name: name.removeprefix(pages).strip("/") for name in names if name.startswith(pages)}
        stems = {name: name.rpartition(".")[0] for name in names if "." in name and "#" not in name}
        by_id = {e.id: e for e in reading.ledger("id", {*names, *addresses.values(), *self._places.values()})}
        same = {name: same_address(address) for name, address in addresses.items()}
        by_address = {entry.address: entry for entry in reading.ledger("address", filter(None, same.values()))}
        by_slug = {entry.slug: entry for entry in reading.ledger("slug", slugs.values())}
        by_key: dict[str, list[LedgerEntry]] = {}
        for entry in sorted(reading.ledger("key", {*names, *stems.values()} - {""})):
            by_key.setdefault(entry.key, []).append(entry)
        withdrawn = {remains_of(entry).named: entry for entry in reading.withdrawn_entries()}
        found: dict[str, LedgerEntry] = {}
        unclear: dict[str, str] = {}
        for name in names:
            sure = (
                withdrawn.get(name)
                or by_id.get(name)
                or by_id.get(addresses[name])
                or by_address.get(same[name])
                or by_slug.get(slugs.get(name, ""))
                or by_id.get(self._places.get(name, ""))
            )
            of_key = [sure] if sure else by_key.get(name) or by_key.get(stems.get(name, ""), [])
            others: list[str] = [] if sure or name in by_key else self._beside(name)
            if len(of_key) == 1 and not others:
                found[name] = of_key[0]
            elif of_key:
                unclear[name] = f"; it may mean {others[0]}" if others else "; it may mean several"
        return found, unclear

    def _beside(self, path: str) -> list[str]:
        """Files that differ from a path in the suffix alone."""
        folder, slash, name = path.rpartition("/")
        alike = self._alike_in(folder + slash).get(name.rpartition(".")[0], ())
        beside = (folder + slash + other for other in sorted(alike) if other != name)
        return [other for other in beside if self._found.file(other)]

    def _alike_in(self, folder: str) -> dict[str, list[str]]:
        """The names in a folder by what they are without the suffix; each folder is looked at once."""
        if folder not in self._folders:
            alike = self._folders[folder] = {}
            for name in self._found.names(folder):
                alike.setdefault(name.rpartition(".")[0], []).append(name)
        return self._folders[folder]

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


def _unknown(entry: Listed, unclear: str, announced: bool) -> ArticleError:
    """What is wrong with an entry of a list that withdraws nothing."""
    reason = f"names no article that is known: {entry.article!r}{unclear}" if entry.article else "names no article"
    if announced:
        reason += "; it is announced all the same"
    return ArticleError(entry.place, "notice", reason, fatal=not announced)


def _at_places(reading: Reading, entries: Iterable[Listed]) -> dict[str, str]:
    """The ids of the articles that lie where lists say, as ``path`` or ``path#n``."""
    places = {entry.article: _place(entry.article) for entry in entries if entry.article}
    ids = reading.ids_at(path for path, _ in places.values())
    return {name: ids[place] for name, place in places.items() if place in ids}


def _place(name: str) -> tuple[str, int | None]:
    """The path and the position of an article that lies where a name says, if anywhere."""
    path, mark, number = name.rpartition("#")
    is_record = bool(mark) and number.isascii() and number.isdigit() and len(number) < 10
    return (path, int(number) - 1) if is_record else (name, None)
