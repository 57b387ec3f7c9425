"""Which article is which: ids are fixed at first sight and kept through edits.

The ledger knows an article by its own id, its address, its content or its key (the path without suffix, so that the
file format may change). Content comes before the key: files that are renamed or numbered anew take their ids along.
A headline, slug, category or date may change without a new id.

Where two files hold one article, the better source stands: the one whose date is more to be trusted, then the one of
the better format, then the one that came first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import count
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from feeds.likeness import alike, same_address, words_of
from feeds.model import Article
from feeds.record import Former, LedgerEntry, moment_of
from feeds.source import Placed, digest_of, place_of

if TYPE_CHECKING:  # an article's first sight is worked out where no database is
    from feeds.catalogue.reading import Reading

_TRUST = {"field": 0, "metadata": 1, "published": 2, "dateline": 3, "mtime": 4}
_FORMATS = {
    "md": 0,
    "markdown": 0,
    "xml": 0,
    "wxr": 0,
    "json": 1,
    "jsonl": 1,
    "csv": 1,
    "rss": 2,
    "atom": 2,
    "html": 3,
    "htm": 3,
    "txt": 4,
}


def rank(path: str, date_origin: str) -> int:
    """How good a source of its article a file is: 0 for the best."""
    return 10 * _TRUST.get(date_origin, 0) + _FORMATS.get(path[path.rfind(".") + 1 :].lower(), 1)


_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_.~/-]*")


class Source(Placed, Protocol):
    """What was read from a file, and how its date was found."""

    @property
    def date_origin(self) -> str: ...


class Identities:
    """The identities of one run. authority: the host name of tags; zone: of the times of files.

    Call ``look_up`` before ``of`` where the ledger may know the articles, and ``claim`` for each that is taken in.
    """

    def __init__(self, authority: str, zone: tzinfo) -> None:
        self._authority = authority
        self._zone = zone
        self._places: dict[str, str] = {}  # id -> where its article stands: of this run, or in the catalogue
        self._ranks: dict[str, int] = {}  # id -> rank of its source, but for the best
        self._contents: dict[tuple[str, int], str] = {}  # (content hash, published) -> id, likewise
        self._addresses: dict[str, str] = {}  # address -> id, likewise
        self._slugs: set[str] = set()
        self._by_id: dict[str, LedgerEntry] = {}
        self._by_address: dict[str, LedgerEntry] = {}
        self._by_key: dict[str, LedgerEntry] = {}
        self._by_content: dict[str | tuple[str, int], LedgerEntry] = {}  # by the hash, and with the moment
        self._by_place: dict[str, LedgerEntry] = {}
        self._formers: dict[str, Former] = {}  # by id, of the files that are read again
        self._heirs: dict[str, LedgerEntry] = {}  # place of a near copy -> what stood instead of it
        self._began: dict[str, LedgerEntry] = {}  # id -> the entry before this run, of those that it has edited
        self._keys: dict[str, str] = {}  # id -> key, likewise, as edited
        self._named: set[str] = set()  # ids that an article among those that were looked up names itself
        self._moved: set[str] = set()  # ids whose content stands somewhere among the articles that were looked up

    def look_up(self, reading: Reading, articles: Sequence[Article], duplicates: Collection[str] = ()) -> None:
        """Learn what the ledger and the catalogue know about some articles. duplicates: places that held one."""
        names = {name for a in articles for name in (a.guid or a.link, *(tag for tag, _ in self._tags(a)))}
        keys = {key for a in articles for key in (a.key, place_of(a))}
        self._by_id = {entry.id: entry for entry in reading.ledger("id", names)}
        addresses = (article.address for article in articles if article.address)
        self._by_address = {e.address: e for e in sorted(reading.ledger("address", addresses)) if e.address}
        self._by_key = {entry.key: entry for entry in sorted(reading.ledger("key", keys))}
        contents = reading.ledger("content_hash", (article.content_hash for article in articles))
        self._by_content = {}
        for entry in sorted(contents):
            self._by_content[entry.content_hash] = self._by_content[entry.content_hash, entry.published] = entry
        originals = (self._of_content(article) for article in articles if place_of(article) not in duplicates)
        self._moved = {entry.id for entry in originals if entry}
        named = (entry for a in articles for entry in self._by_name(a) if entry)
        self._named = {entry.id for entry in named}
        slugs = {article.slug for article in articles if article.slug}
        self._slugs |= {entry.slug for entry in reading.ledger("slug", slugs)}
        known = (self._by_id, self._by_address, self._by_key, self._by_content)
        for record in reading.records({e.id for found in known for e in found.values()}).values():
            self._stands(record, same_address(record.link), record.content_hash, record.published, record.id)

    def _stands(self, source: Source, address: str, content_hash: str, published: int, identity: str) -> None:
        self._places[identity] = place_of(source)
        self._contents[content_hash, published] = identity
        if address:
            self._addresses[address] = identity
        if worse := rank(source.path, source.date_origin):
            self._ranks[identity] = worse

    def remember(self, formers: Iterable[Former]) -> None:
        """Learn what was read before from the files that are read again."""
        self._formers |= {former.id: former for former in formers}

    def inherit(self, heirs: Mapping[str, LedgerEntry]) -> None:
        """Learn which articles stood instead of near copies: where one goes, its copy takes its id. By place."""
        self._heirs |= heirs

    def pair(self, reading: Reading, before: Sequence[Former], now: Sequence[Article]) -> None:
        """Find the records of one file whose headlines were edited: nothing else names a record without an id.

        A record that nothing knows is the one of the same moment that nothing claims any more, where there is but one.
        """
        claimed = {entry.id for article in now if (entry := self._known(article))}
        free = Counter(record.published for record in before if record.id not in claimed)
        unknown = [article for article in now if article.position is not None and not self._known(article)]
        moments = Counter(moment_of(article.published)[0] for article in unknown)
        places = {
            place_of(article): record.id
            for article in unknown
            for record in before
            if record.id not in claimed
            and record.published == moment_of(article.published)[0]
            and free[record.published] == moments[record.published] == 1
        }
        entries = {entry.id: entry for entry in reading.ledger("id", places.values())}
        self._by_place |= {place: entries[identity] for place, identity in places.items()}

    def of(self, article: Article) -> tuple[LedgerEntry | None, LedgerEntry]:
        """(what the ledger knew, what it has to know now) of an article."""
        known = self._known(article)
        return known, self._edited(article, known) if known else self._first_sight(article)

    def standing(self, article: Article, entry: LedgerEntry) -> str | None:
        """The id of the same article where it stands already: of one id, one address, or one content and moment."""
        same_content = self._contents.get((article.content_hash, moment_of(article.published)[0]), "")
        ids = (entry.id, self._addresses.get(article.address, ""), same_content)
        found = next((identity for identity in ids if identity in self._places), None)
        if found and found not in (entry.id, same_content) and article.guid and self._is_in_same_file(article, found):
            return None  # a file that names two articles means two, though they have one address
        return found

    def _is_in_same_file(self, article: Article, identity: str) -> bool:
        return self._places[identity].rpartition("#")[0] == article.path

    def place(self, identity: str) -> str:
        """Where an article stands: its path, and ``#n`` for the n-th record."""
        return self._places[identity]

    def is_better(self, article: Article, identity: str) -> bool:
        """Whether an article's source is a better one than that of the same article that stands.

        Of two that are as good it is the one that stood before this run, whichever was read first.
        """
        mine, theirs = rank(article.path, article.date_origin), self._ranks.get(identity, 0)
        if mine != theirs:
            return mine < theirs
        began = self._began.get(identity)
        return began is not None and self._keys[identity] != began.key and self._has_key(article, began.key)

    def _has_key(self, article: Article, key: str) -> bool:
        return key in (article.key, place_of(article))

    def taking_over(self, article: Article, known: LedgerEntry) -> LedgerEntry:
        """The entry of an article that takes the place of the same one from another source.

        That is no edit of it; and where it stood before this run, all is as if the other had not been read.
        """
        self.release(known.id)
        began = self._began.get(known.id, known)
        if not self._has_key(article, began.key):
            began = began._replace(content_hash=article.content_hash)
        return self._edited(article, began)

    def release(self, identity: str) -> None:
        """The article of an id stands no more where it stood."""
        self._places.pop(identity, None)
        self._ranks.pop(identity, None)

    def edits(self, known: LedgerEntry, entry: LedgerEntry) -> None:
        """The ledger says something else of an article than before."""
        self._began.setdefault(known.id, known)
        self._keys[entry.id] = entry.key

    def claim(self, article: Article, entry: LedgerEntry, published: int) -> None:
        """The article is taken in under this entry. published: in microseconds."""
        self._stands(article, article.address, article.content_hash, published, entry.id)
        self._slugs.add(entry.slug)

    def kept(self, article: Article, entry: LedgerEntry) -> str:
        """A sentence where the article's id would be another by what it says now; "" where it would not."""
        own = article.guid or article.link
        names = [own] if own else [tag for tag, _ in self._tags(article)]
        # Another authority is another setting, and no change of the article.
        kept = entry.id if own else _tail(entry.id)
        if any(
            kept == name or (not own and kept.startswith(f"{name}-")) for name in (names if own else map(_tail, names))
        ):
            return ""
        what = "guid" if article.guid else "address" if article.link else "path, headline or day"
        return f"keeps its id {entry.id}, though its {what} would now make it {names[0]}"

    def _known(self, article: Article) -> LedgerEntry | None:
        if not (self._by_id or self._by_address or self._by_key or self._by_content or self._heirs):
            return None  # a first build
        own = next(filter(None, self._by_name(article)), None)
        if own:
            return own
        # A key or a content leads to no article that stands elsewhere: that one is another, or a duplicate.
        others = (
            self._by_key.get(place_of(article)),
            self._by_key.get(article.key),
            self._of_content(article),
            self._by_place.get(place_of(article)),
            self._heirs.get(place_of(article)),
        )
        free = [entry for entry in others if entry and entry.id not in self._places and self._may_be(article, entry)]
        same = (entry for entry in free if entry.content_hash == article.content_hash)
        edited = (entry for entry in free if entry.id not in self._moved)
        return next(same, None) or next(edited, None)

    def _by_name(self, article: Article) -> tuple[LedgerEntry | None, LedgerEntry | None]:
        """What the ledger knows under the id and under the address that an article names itself."""
        return self._by_id.get(article.guid or article.link), self._by_address.get(article.address)

    def _may_be(self, article: Article, entry: LedgerEntry) -> bool:
        """No: where the article stands in the file of the entry's, but has another headline and another address.

        Or another article names the entry as its own.
        """
        former = self._formers.get(entry.id)
        if entry.content_hash == article.content_hash or former is None:
            return True
        moved = bool(article.address and entry.address and article.address != entry.address)
        if entry.id not in self._named and not moved:
            return True
        return alike(words_of(former.title), words_of(article.title))

    def _of_content(self, article: Article) -> LedgerEntry | None:
        """The article of the same words, best of the same moment."""
        moment = article.content_hash, moment_of(article.published)[0]
        return self._by_content.get(moment) or self._by_content.get(article.content_hash)

    def displaced(self, entry: LedgerEntry) -> LedgerEntry | None:
        """One that is gone, and whose key another article has now: a key must not lead to two."""
        other = self._by_key.get(entry.key)
        if other and other.id != entry.id and other.id not in self._places and other.id not in self._moved:
            return other._replace(key="")
        return None

    def _edited(self, article: Article, known: LedgerEntry) -> LedgerEntry:
        updated, offset = self._updated(article, known)
        return known._replace(
            key=known.key if known.key == place_of(article) else article.key,
            address=article.address or known.address,
            slug=known.slug or self._free_slug(article.slug, known.id),
            content_hash=article.content_hash,
            updated=updated,
            updated_offset=offset,
        )

    def _updated(self, article: Article, known: LedgerEntry) -> tuple[int, int]:
        """When the article last changed: what it says itself, else the file's mtime once its content differs."""
        moment, offset = moment_of(article.updated) if article.updated else (known.updated, known.updated_offset)
        if self._is_other_format(article, known):
            return max(moment, moment_of(article.published)[0]), offset
        # An edit that left the date of change as it was counts from the file's time, too.
        if article.content_hash != known.content_hash and moment <= known.updated:
            moment, offset = moment_of(datetime.fromtimestamp(article.modified // 1_000_000, self._zone))
            moment = max(moment, known.updated)
        return max(moment, moment_of(article.published)[0]), offset

    def _is_other_format(self, article: Article, known: LedgerEntry) -> bool:
        """Whether the article was read from a file of another format before: the same words are written otherwise."""
        former = self._formers.get(known.id)
        if former is None or former.title != article.title:
            return False
        return former.path[former.path.rfind(".") :] != article.path[article.path.rfind(".") :]

    def is_first(self, entry: LedgerEntry) -> bool:
        """Whether an entry of first sight stands as it is: nothing of this run has its id, its content or its slug."""
        taken = (
            entry.id in self._places
            or (entry.content_hash, entry.published) in self._contents
            or entry.address in self._addresses
        )
        return not taken and (not entry.slug or entry.slug not in self._slugs)

    def _first_sight(self, article: Article) -> LedgerEntry:
        identity, key = self._identity(article)
        entry = first_sight(article, self._authority)
        return entry._replace(id=identity, key=key, slug=self._free_slug(article.slug, identity))

    def _identity(self, article: Article) -> tuple[str, str]:
        """(id, key) at first sight, where those of ``first_sight`` may be another's."""
        own = article.guid or article.link
        if own:
            return own, article.key
        for tag, key in self._tags(article):
            if self._is_free(tag):
                return tag, key
        numbered = (f"{tag}-{number}" for number in count(2))
        return next(filter(self._is_free, numbered)), key

    def _tags(self, article: Article) -> Iterator[tuple[str, str]]:
        """(id, key) by which an article may be known, the best first."""
        yield _tag(self._authority, article, article.key), article.key
        # Two paths that differ in the suffix alone, two records of one headline.
        place = place_of(article)
        yield _tag(self._authority, article, place), place
        # A file that is moved away and followed by another, again and again on one day.
        yield f"{_tag(self._authority, article, place)}-{article.content_hash[:8]}", place

    def _is_free(self, tag: str) -> bool:
        return tag not in self._places and tag not in self._by_id

    def _free_slug(self, slug: str, identity: str) -> str:
        """The slug of the article's page: fixed at first sight; a second of that name gets a tail."""
        if slug and slug in self._slugs:
            return f"{slug}-{digest_of(identity.encode())[:6]}"
        return slug


def first_sight(article: Article, authority: str) -> LedgerEntry:
    """What the ledger says of an article that nothing is known of.

    Its id is its own, else its address, else a tag (RFC 4151) of the authority, its day and its key.
    """
    published, offset = moment_of(article.published)
    updated, updated_offset = published, offset
    if article.updated and article.updated > article.published:
        updated, updated_offset = moment_of(article.updated)
    if any(said.date is None for said in article.corrections):  # each counts from the time of its file
        updated = max(updated, article.modified // 1_000_000 * 1_000_000)
    return LedgerEntry(
        id=article.guid or article.link or _tag(authority, article, article.key),
        key=article.key,
        address=article.address or None,
        slug=article.slug,
        published=published,
        published_offset=offset,
        content_hash=article.content_hash,
        updated=updated,
        updated_offset=updated_offset,
    )


def _tail(tag: str) -> str:
    """What stands in a tag behind its authority."""
    return tag.partition(",")[2]


def _tag(authority: str, article: Article, name: str) -> str:
    quoted = name if _NEEDS_NO_QUOTES.fullmatch(name) else quote(name)
    return f"tag:{authority},{article.published.date().isoformat()}:{quoted}"
