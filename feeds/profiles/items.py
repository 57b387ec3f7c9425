"""Which articles the feed of a profile has, and its document.

The newest that the profile takes, as many as it wants, among ten times as many and as old as it allows: so much is
looked at, however few fit. Ages are measured from the newest article, never by the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from feeds import text
from feeds.archives import wanted_of
from feeds.catalogue.reading import Reading
from feeds.compose import PROFILES, Composer, newest_change
from feeds.config import Profile
from feeds.formats import rss
from feeds.model import Entry, Feed
from feeds.profiles.elements import of_channel
from feeds.profiles.offers import Offer, offer
from feeds.profiles.words import NO_FAULT, Reason
from feeds.record import Record

LOOKED_AT = 10
"""Articles that are looked at for each that the feed may have."""

_DAY = 86_400_000_000  # microseconds

Rendered = Callable[[Sequence[Record]], Mapping[str, bytes]]
"""Articles -> their items by id, empty where the profile does not take the article."""


class Asked(NamedTuple):
    """The feed that is asked for: of a profile, of a category or, with "", of all articles."""

    profile: Profile
    slug: str

    @property
    def name(self) -> str:
        """As the setting ``profiles`` has it."""
        return f"{self.profile.name}/{self.slug}" if self.slug else self.profile.name

    @property
    def folder(self) -> str:
        """Of its document, below base_url."""
        return f"{PROFILES}{self.name}/"

    @property
    def format(self) -> str:
        """The name under which the catalogue keeps its items, which are the same in all feeds of the profile."""
        return PROFILES + self.profile.name


class Verdict(NamedTuple):
    """What a profile says of an article: the reasons for which it is not in the feed, () where it is."""

    article: Record
    reasons: tuple[Reason, ...]

    @property
    def is_at_fault(self) -> bool:
        """Whether something could be done about it."""
        return any(reason.rule not in NO_FAULT for reason in self.reasons)


def asked(composer: Composer, name: str) -> Asked | None:
    """The feed of a name such as ``msn/ekonomi``; None where there is no such profile or category."""
    profile_name, _, slug = name.partition("/")
    profile = next((p for p in composer.settings.known_profiles if p.name == profile_name), None)
    return Asked(profile, slug) if profile and (not slug or slug in composer.categories) else None


class Chosen(NamedTuple):
    """The articles of a feed with their items, newest first; newest: the newest of all that were looked at, if any."""

    articles: tuple[Record, ...] = ()
    items: tuple[bytes, ...] = ()
    newest: tuple[Record, ...] = ()


def looked_at(reading: Reading, composer: Composer, wanted: Asked, now: int) -> Iterator[list[Record]]:
    """The articles among which the feed's are, newest first, some at a time. now: microseconds since the epoch."""
    everything, some = wanted_of(composer, wanted.slug, now), wanted.profile.feed.items
    for number in range(LOOKED_AT):
        found = reading.articles(everything, some, number * some)
        yield found
        if len(found) < some:
            return


def render(
    composer: Composer, profile: Profile, records: Iterable[Record], entries: Iterable[Entry]
) -> dict[str, bytes]:
    """The items of some articles by id, empty where the profile does not take the article."""
    return _items(composer, profile, _offers(composer, profile, records, entries))


def _offers(
    composer: Composer, profile: Profile, records: Iterable[Record], entries: Iterable[Entry]
) -> dict[str, Offer]:
    advertorials = {record.id: record.advertorial for record in records}
    return {entry.id: offer(profile, entry, composer.settings, advertorial=advertorials[entry.id]) for entry in entries}


def _items(composer: Composer, profile: Profile, offers: Mapping[str, Offer]) -> dict[str, bytes]:
    settings = composer.settings
    taken = {identity: made.entry for identity, made in offers.items() if not made.reasons}
    items = rss.entries(
        list(taken.values()),
        base_url=settings.base_url,
        language=settings.language,
        namespaces=profile.namespaces,
    )
    return dict.fromkeys(offers, b"") | dict(zip(taken, items, strict=True))


def choose(composer: Composer, wanted: Asked, lots: Iterable[Sequence[Record]], rendered: Rendered) -> Chosen:
    """What is in the feed; lots: of ``looked_at``, which are read as far as they are needed."""
    rules, lots = wanted.profile.feed, iter(lots)
    first = next(lots, ())
    newest = tuple(first[:1])
    everything = _taken(rules.days, newest, chain([first], lots), rendered)
    taken: Iterator[tuple[Record, bytes]] = islice(everything, rules.items)
    if rules.bytes:
        taken = _within(rules.bytes - len(document(composer, wanted, Chosen(newest=newest))), taken)
    chosen = list(taken)
    return Chosen(tuple(record for record, _ in chosen), tuple(item for _, item in chosen), newest)


def _taken(
    days: int, newest: tuple[Record, ...], lots: Iterable[Sequence[Record]], rendered: Rendered
) -> Iterator[tuple[Record, bytes]]:
    """The articles that the profile takes, and their items, until they are too old; 0 days: none is."""
    for lot in lots:
        near = [record for record in lot if not days or _age(record, newest[0]) < days]
        items = rendered(near)
        yield from ((record, items[record.id]) for record in near if items.get(record.id))
        if len(near) < len(lot):
            return


def _within(room: int, taken: Iterable[tuple[Record, bytes]]) -> Iterator[tuple[Record, bytes]]:
    """The first of them, whose items have so many bytes at most; one that alone has more costs no other."""
    left = room
    for record, item in taken:
        if len(item) > room:
            continue
        left -= len(item)
        if left < 0:
            return
        yield record, item


def _age(record: Record, newest: Record) -> int:
    """In whole days before the newest."""
    return (newest.published - record.published) // _DAY


def document(composer: Composer, wanted: Asked, chosen: Chosen) -> bytes:
    """The document of the feed."""
    return rss.write(feed(composer, wanted, chosen), chosen.items)


def feed(composer: Composer, wanted: Asked, chosen: Chosen) -> Feed:
    """The channel of the feed. Hubs hear of the feeds of editions, and these alone announce them."""
    settings, profile = composer.settings, wanted.profile
    plain = composer.feed(composer.categories.get(wanted.slug), chosen.articles)
    longest = profile.feed.description_max
    made = replace(
        plain,
        id=f"tag:{settings.authority},2026:feeds/{wanted.folder}",
        path=wanted.folder,
        description=text.summarise(plain.description, longest) if longest else plain.description,
        updated=newest_change(chosen.articles or chosen.newest),
        hubs=settings.hubs if wanted.name in settings.profiles else (),
        namespaces=profile.namespaces,
    )
    return replace(made, further=of_channel(profile, made))


# --- what is said of it ----------------------------------------------------------------------------------------------


def verdicts(
    composer: Composer, wanted: Asked, candidates: Sequence[Record], entries: Sequence[Entry]
) -> list[Verdict]:
    """Of each article that is looked at; entries: those that could be read."""
    profile = wanted.profile
    offers = _offers(composer, profile, candidates, entries)
    items = _items(composer, profile, offers)
    chosen = {record.id for record in choose(composer, wanted, [candidates], lambda some: items).articles}

    def reasons(record: Record) -> tuple[Reason, ...]:
        if record.id in chosen:
            return ()
        if record.id not in offers:
            return (Reason("unread"),)
        age, days = _age(record, candidates[0]), profile.feed.days
        old = (Reason("days", age, days),) if days and age >= days else ()
        return (*old, *offers[record.id].reasons) or (Reason("full"),)

    return [Verdict(record, reasons(record)) for record in candidates]


def remarks(composer: Composer, wanted: Asked, number: int) -> list[Reason]:
    """What is wrong with the feed as a whole, which has so many articles."""
    rules, settings = wanted.profile.feed, composer.settings
    found = []
    if rules.https and not settings.base_url.startswith("https:"):
        found.append(Reason("base_url", settings.base_url))
    if rules.hub and not (settings.hubs and wanted.name in settings.profiles):
        found.append(Reason("hub"))
    if rules.logo and not settings.logo:
        found.append(Reason("logo"))
    if number < rules.fewest:
        found.append(Reason("fewest", number, rules.fewest))
    return found
