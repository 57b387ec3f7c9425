"""What the next edition has to look at: of what changed, and of what comes due."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from feeds.catalogue.reading import Reading
from feeds.config import Settings
from feeds.entries import settings_fingerprint

SWEEP_EVERY = 100  # editions after which every feed is looked at, to drop what no feed lists any more
EMBARGO = "embargo"
"""The value of the catalogue that says when the next article's time comes."""
VERSION_BEFORE = "version before"
"""The value that says how many editions there were before the catalogue was made anew; it counts on from there."""
AGED = "aged"
"""The value that says when the oldest article of the news sitemap is too old for it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look at. fingerprint: of all that documents depend on besides the articles; full: look at everything.

    sweep: look at every feed, and drop what none lists any more.
    categories: slugs, "" for the feed of all; articles: ids; moments: when articles were published, in microseconds.
    """

    fingerprint: str
    full: bool
    sweep: bool
    categories: frozenset[str]
    articles: frozenset[str]
    moments: frozenset[int]


def plan_of(reading: Reading, settings: Settings, program: str, now: int) -> Plan | None:
    """What the next edition has to look at, None for nothing; the arguments are those of ``edition.build``."""
    fingerprint = settings_fingerprint(settings, program)
    is_back = now < reading.now  # the clock, which was ahead: what was shown too early waits again
    full = is_back or bool(reading.pending("everything")) or reading.value("edition") != fingerprint
    categories, pages_of = reading.pending("category"), reading.pending("article")
    moments = set(map(int, reading.pending("published")))
    embargo, aged = reading.named_number(EMBARGO), reading.named_number(AGED)
    if embargo is not None and embargo <= now:
        articles, notices = reading.came_due(embargo, now)
        categories |= {"", *chain.from_iterable(article.categories for article in articles)}
        categories |= {slug for notice in notices for slug in notice.categories}
        pages_of |= {article.id for article in articles}
        moments |= {article.published for article in articles}
    if not categories and not full and (aged is None or aged > now):
        return None
    sweep = full or reading.version % SWEEP_EVERY == 0
    return Plan(fingerprint, full, sweep, frozenset(categories), frozenset(pages_of), frozenset(moments))


def next_due(reading: Reading) -> int | None:
    """When time alone makes the next edition due, in microseconds since the epoch; None where it never does."""
    moments = (reading.named_number(name) for name in (EMBARGO, AGED))
    return min((moment for moment in moments if moment is not None), default=None)
