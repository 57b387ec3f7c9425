"""The headline of a page: which of its titles is the article's, freed of the site's name."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from feeds.readers.capture_bylines import is_site
from feeds.readers.html_metadata import Facts, squash
from feeds.readers.html_tree import Found, line_of, text_of

_SEPARATOR = re.compile(r"\s+(?:[-–—|·•»~/]|::|\|\|)\s+|\s*[|»]\s*|:\s+(?=[\w.-]+\.(?:com|id|net)\b)")
_PAGE = re.compile(r"(?:hal(?:aman)?|page)\.?\s*(?:\d{1,3}|all|semua)(?:\s*(?:dari|of)\s*\d{1,3})?", re.IGNORECASE)
_PREFIX = re.compile(r"[^:|–—-]{2,40}?(?::|\s[|–—-])\s")
_LONGEST = 250  # characters of a headline
_MOST = 2000  # characters that are looked at for one
_CUT_OFF = re.compile(r"\s*(?:\.{3}|…)$")


def choose_title(facts: Facts, lines: Iterable[str] = ()) -> tuple[Found | None, list[Found]]:
    """The headline and the titles that were passed over: JSON-LD, Open Graph and microdata, <h1>, <title>.

    lines: what a visitor sees; a part of <title> that stands there for itself is the headline, the rest the site.

    A title that is the site's name is none. Where the first is cut short and another has the rest, the whole is taken;
    where the others agree against it, theirs.
    """
    headings = [Found(text_of(h1)[:_MOST], "h1", line_of(h1)) for h1 in facts.page.headings]
    marked = facts.values["title"]
    tag = facts.page.title
    named = [Found(" ".join((tag.text or "")[:_MOST].split()), "title", line_of(tag))] if tag is not None else []
    keys = {squash(found.value) for found in headings}
    below = {squash(text_of(heading)) for heading in facts.page.subheadings}
    if named and not _any_in(named[0].value, keys):
        if _any_in(named[0].value, below):
            marked, headings, named = [*marked, *named], headings, []  # <h1> is the section's, or the site's
        else:
            below |= {squash(line) for line in lines if len(line) < _LONGEST}
    keys = (keys | below) - {""}
    first_words = " ".join(found.value for found in (*marked, *named))
    if len(headings) > 1:  # the one that the page's other titles know
        headings = sorted(headings, key=lambda found: squash(found.value) not in squash(first_words))
    all_found = [*marked, *headings, *named]
    cleaned = [found._replace(value=without_site_name(found.value, facts.sites, keys)) for found in all_found]
    sites = facts.sites | _parted(all_found, cleaned)
    usable = [found for found in cleaned if squash(found.value) and squash(found.value) not in sites]
    if not usable:
        return None, all_found
    best = _whole(_agreed(usable), usable)
    best = best._replace(value=_decoded(best.value, usable))
    return best, [found for found in all_found if squash(found.value) != squash(best.value)]


def _any_in(title: str, keys: set[str]) -> bool:
    """Whether a heading that is no single word is the whole title or a part of it."""
    whole = squash(title)
    return any(len(key) > 10 and key in whole for key in keys)


def _parted(all_found: list[Found], cleaned: list[Found]) -> set[str]:
    """What was parted from <title> as the site's name; a blog has it as its <h1>, too."""
    whole, rest = next(
        ((squash(a.value), squash(b.value)) for a, b in zip(all_found, cleaned, strict=True) if a.where == "title"),
        ("", ""),
    )
    return {whole.removesuffix(rest), whole.removeprefix(rest)} - {whole, ""} if rest else set()


def _agreed(usable: list[Found]) -> Found:
    """The first, unless it shares no word with any other title while two of these agree."""
    first, *others = usable
    words = set(first.value.casefold().split())
    if any(words & set(other.value.casefold().split()) for other in others):
        return first
    keys = [squash(other.value) for other in others]
    return next((other for other, key in zip(others, keys, strict=True) if keys.count(key) > 1), first)


def _whole(best: Found, usable: list[Found]) -> Found:
    """The title that goes on where the best one was cut short."""
    bare = _CUT_OFF.sub("", best.value)
    cut = len(bare) < len(best.value)
    key = squash(bare)
    for other in usable:
        longer = squash(other.value)
        if longer != key and longer.startswith(key) and (cut or other.where == "h1") and len(key) > 20:
            return best if _CUT_OFF.search(other.value) else other
    return best


def _decoded(title: str, usable: list[Found]) -> str:
    """``&amp;quot;`` in a page is a mark escaped twice, where another title has it once."""
    plain = html.unescape(title)
    return plain if plain != title and any(found.value == plain for found in usable) else title


def without_site_name(title: str, sites: frozenset[str], headings: set[str]) -> str:
    """A title without the site's name, the page's number and, where the rest is the page's heading, its section."""
    title = title.strip()
    if squash(title) not in headings:
        opened = _PREFIX.match(title)
        rest = title[opened.end() :].strip() if opened else ""
        if opened and len(rest) > opened.end() and squash(rest) in headings:
            return rest
    for _ in range(4):
        parts = list(_SEPARATOR.finditer(title))
        if not parts or squash(title) in headings:
            break
        first, last = parts[0], parts[-1]
        head, tail = title[: last.start()].strip(), title[last.end() :].strip()
        if len(squash(head)) > 3 and _is_furniture(tail, head, sites, headings):
            title = head
        elif _is_name(title[: first.start()], sites) and len(title) - first.end() > 15:
            title = title[first.end() :].strip()
        else:
            break
    return title


def _is_furniture(tail: str, head: str, sites: frozenset[str], headings: set[str]) -> bool:
    return _is_name(tail, sites) or bool(_PAGE.fullmatch(tail)) or squash(head) in headings or not squash(tail)


def _is_name(text: str, sites: frozenset[str]) -> bool:
    bare = squash(text)
    return bare in sites or (len(text) < 40 and len(text.split()) < 3 and is_site(text))
