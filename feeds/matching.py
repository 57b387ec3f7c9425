"""The rules that an article matches, found by one look at each of its words.

Words are compared without regard to case and accents, and as whole words: ``beras`` is in ``Beras-beras impor`` and not
in ``berasnya``. What nobody reads in an article (HTML tags, the targets of links) is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from typing import NamedTuple

from feeds.config.categories import MatchRule
from feeds.model import Draft
from feeds.words import readable, words_of

_APART = "\n"  # stands between texts that are no one phrase


def _texts(draft: Draft, field: str) -> Iterable[str]:
    """What a rule of a field looks at, each text apart from the next."""
    match field:
        case "":
            return (draft.title, draft.summary, readable(draft.body))
        case "body":
            return (readable(draft.body),)
        case "title" | "summary" | "source":
            return (getattr(draft, field),)
        case _:
            texts: tuple[str, ...] = getattr(draft, field)
            return texts


def _words(draft: Draft, field: str) -> list[str]:
    words: list[str] = []
    for text in _texts(draft, field):
        words += words_of(text)
        words.append(_APART)
    return words


class _WordRule(NamedTuple):
    """A rule over words. number: its place among all; word: one that must be there, by which the rule is found.

    wanted: what else must be there; the phrases stand between blanks.
    """

    number: int
    word: str
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]

    @classmethod
    def of(cls, number: int, rule: MatchRule) -> _WordRule:
        wanted, unwanted = map(_phrase, rule.wanted), map(_phrase, rule.unwanted)
        phrases = tuple(wanted)
        longest = max(" ".join(phrases).split(), key=len, default="")  # the one that the fewest articles have
        return cls(number, longest, tuple(p for p in phrases if p != f" {longest} "), tuple(unwanted))

    def fits(self, said: str) -> bool:
        return all(phrase in said for phrase in self.wanted) and not any(phrase in said for phrase in self.unwanted)


def _phrase(text: str) -> str:
    return f" {' '.join(words_of(text))} "


class _PlaceRule(NamedTuple):
    """A rule over the address or the path."""

    number: int
    is_link: bool
    wanted: tuple[re.Pattern[str], ...]
    unwanted: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, number: int, rule: MatchRule) -> _PlaceRule:
        is_link = rule.field == "link"
        wanted, unwanted = (
            tuple(re.compile(re.escape(text) if is_link else rf"\A{translate(text)}", re.IGNORECASE) for text in texts)
            for texts in (rule.wanted, rule.unwanted)
        )
        return cls(number, is_link, wanted, unwanted)

    def fits(self, place: str) -> bool:
        return all(each.search(place) for each in self.wanted) and not any(each.search(place) for each in self.unwanted)


class Matcher:
    """The rules of a newsroom, by the words that they ask for. rules: (category's slug, rule) of each."""

    def __init__(self, rules: Sequence[tuple[str, MatchRule]]) -> None:
        self._rules = rules
        self._by_word: dict[str, dict[str, list[_WordRule]]] = {}  # field -> word -> rules
        self._places: list[_PlaceRule] = []
        for number, (_, rule) in enumerate(rules):
            if rule.field in ("link", "path"):
                self._places.append(_PlaceRule.of(number, rule))
            else:
                made = _WordRule.of(number, rule)
                self._by_word.setdefault(rule.field, {}).setdefault(made.word, []).append(made)

    def rules_of(self, draft: Draft, link: str) -> tuple[tuple[str, MatchRule], ...]:
        """The rules that fit an article, in their order. link: its address."""
        fitting: list[int] = []
        for field, rules in self._by_word.items():
            words = _words(draft, field)
            if there := rules.keys() & words:
                said = f" {' '.join(words)} "
                fitting += [rule.number for word in there for rule in rules[word] if rule.fits(said)]
        fitting += [rule.number for rule in self._places if rule.fits(link if rule.is_link else draft.path)]
        return tuple(self._rules[number] for number in sorted(fitting))
