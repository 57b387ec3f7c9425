"""The head of an article within its page: its headline's element, what beside it is its own, and what is not.

A page shows other articles, comments and the day of its call, too. What names them is their place and their class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from feeds.readers.capture_lines import kind_of
from feeds.readers.html_blocks import leaves
from feeds.readers.html_metadata import squash
from feeds.readers.html_tree import Document, one_of, text_of

LINE = 40  # characters up to which a text is no paragraph
COLUMN = 300  # characters of a table's cell that may hold an article

_HEADINGS = one_of("h1 h2 h3 h4 h5")
_STRANGE = re.compile(
    r"(?:^|[\s_-])(?:comments?|komentar|disqus|related\w*|terkait|rekomendasi|recommend\w*|sidebar|topbar|top-?bar|today"
    r"|popular|terpopuler|terbaru|terkini|latest|trending|ticker|masthead|lainnya|read-?more|next-?post|prev-?post"
    r"|teasers?)(?:$|[\s_-])"
    r"|(?:^|[\s_-])cards?(?:$|\s)|(?:^|\s)widget(?:s|-area|_\w{1,40})?(?:$|\s)",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:^|[\s_-])(?:published|datepublished|entry-date|posted-on|post-date|date-header|publish-?date)(?:$|[\s_-])",
    re.IGNORECASE,
)
CHANGED = re.compile(r"updat|modif|diperbarui|revis|disunting|diubah", re.IGNORECASE)


class Head(NamedTuple):
    """headline: its element, None where the page has none; above: what holds it; strangers: what is not the article."""

    headline: HtmlElement | None
    above: frozenset[HtmlElement]
    strangers: frozenset[HtmlElement]


def find_head(page: Document, title: str) -> Head:
    """Where the headline of a page stands. title: the headline that was chosen."""
    headline = _headline(page, squash(title))
    if headline is None:
        return Head(None, frozenset(), frozenset())
    above = frozenset((headline, *headline.iterancestors()))
    return Head(headline, above, frozenset(_strangers(page.root, above)))


def _headline(page: Document, key: str) -> HtmlElement | None:
    if not key:
        return None
    for element in (*page.headings, *page.subheadings):
        if squash(text_of(element)) == key:
            return element
    found = next((leaf for leaf in leaves(page.root) if len(leaf) < 5 and squash(text_of(leaf)) == key), None)
    return found if found is not None else next(iter(page.headings), None)


_NAMED = etree.XPath("//*[@class or @id or self::header]")


def _strangers(root: HtmlElement, above: frozenset[HtmlElement]) -> Iterator[HtmlElement]:
    for element in _NAMED(root):
        if element in above:
            continue
        own = element.tag in ("time", "abbr") or _PUBLISHED.search(classes_of(element))
        if element.tag == "header" and not any(node.tag in ("article", "main") for node in element.iterancestors()):
            yield element  # the site's
        elif not own and _STRANGE.search(f"{classes_of(element)} {element.get('id') or ''}"):
            yield element


def columns_beside(head: Head) -> list[HtmlElement]:
    """The cells beside the article's in a table that only lays out the page."""
    if head.headline is None:
        return []
    cells = list(islice(head.headline.iterancestors("td"), 3))
    cells = [cell for cell in cells if len(text_of(cell)) > COLUMN]
    own = len(text_of(cells[0])) if cells else 0
    beside = [other for cell in cells for other in (*cell.itersiblings("td"), *cell.itersiblings("td", preceding=True))]
    return [other for other in beside if 2 * len(text_of(other)) < own]


def classes_of(element: HtmlElement) -> str:
    """Its class and its microdata property, as far as anybody reads them."""
    return f"{element.get('class') or ''} {element.get('itemprop') or ''}"[:300]


# --- dates beside the headline ---


class _Place(NamedTuple):
    element: HtmlElement
    behind: bool  # the headline
    paragraphs: int  # between the headline and it; 1 for any number
    headings: int


def own_dates(page: Document, head: Head, most: int) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """The elements that hold the day of the article's publication, the surest first, and the ones passed over.

    most: how many are looked at.
    """
    dates = page.times[:most]
    places = list(_places(page.root, head, frozenset(dates)))
    own = [place for place in places if _is_own(place, head)]
    own.sort(key=lambda place: (not _speaks(place.element), not place.behind))
    chosen = [place.element for place in own]
    return chosen, [element for element in dates if element not in chosen]


def _places(root: HtmlElement, head: Head, dates: frozenset[HtmlElement]) -> Iterator[_Place]:
    before: list[HtmlElement] = []
    left = len(dates)
    behind, paragraphs, headings = False, 0, 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not left and not before:
            return
        text = node.text if event == "start" else node.tail
        if event == "start":
            if node is head.headline:
                yield from (_Place(element, False, 0, 0) for element in before)
                before.clear()
                behind, paragraphs, headings = True, 0, 0
            elif node in dates:
                left -= 1
                if behind or head.headline is None:
                    yield _Place(node, behind, paragraphs, headings)
                else:
                    before.append(node)
            elif node.tag in _HEADINGS and not behind:
                before.clear()
            elif node.tag in _HEADINGS:
                headings += 1
            if node.tag == "p":
                text = text_of(node)
        if text and not paragraphs and len(text.strip()) > LINE and kind_of(text) in ("prose", "dateline"):
            paragraphs = 1


def _speaks(element: HtmlElement) -> bool:
    """Whether its class, or that of what holds nothing else, calls it the day of publication."""
    return any(_PUBLISHED.search(classes_of(node)) for node in (element, *_near(element)))


def _near(element: HtmlElement) -> list[HtmlElement]:
    return list(islice(element.iterancestors(), 2))


def _is_own(place: _Place, head: Head) -> bool:
    element = place.element
    above = list(element.iterancestors())
    if _is_elsewhere(element, above, head) or is_change(element):
        return False
    if head.headline is None:
        return _speaks(element) and place.paragraphs == 0
    if any(node.tag == "header" and node in head.above for node in above):
        return True
    together = any(node.tag == "article" or "hentry" in classes_of(node) for node in above if node in head.above)
    if place.behind:
        return (place.paragraphs == 0 and place.headings == 0) or (_speaks(element) and together)
    return _speaks(element) or together


def _is_elsewhere(element: HtmlElement, above: list[HtmlElement], head: Head) -> bool:
    articles = [node for node in above if node.tag == "article"]
    if articles and head.headline is not None and head.above.isdisjoint(articles):
        return True
    between = list(takewhile(lambda node: node not in head.above, above))
    if any(
        node in head.strangers or node.tag in _MARGINS or (node.tag == "footer" and not articles) for node in between
    ):
        return True
    link = next((node for node in between if node.tag == "a"), None)
    if link is not None:
        dates = sum(len(text_of(date)) for date in islice(link.iter("time", "abbr"), 4))
        return len(text_of(link)) > dates + _LABEL
    item = next((node for node in between if node.tag == "li"), None)
    return item is not None and item.find(".//a") is not None


_MARGINS = one_of("nav aside dl table")
_LABEL = 12  # characters beside a date in its own link


def is_change(element: HtmlElement) -> bool:
    """Whether a date is called that of a change, by its class or by the word before it."""
    if CHANGED.search(_label_of(element)):
        return True
    if _PUBLISHED.search(classes_of(element)):
        return False  # ``published updated`` is a post that was never changed
    return any(CHANGED.search(classes_of(node)) for node in (element, *_near(element)))


def _label_of(element: HtmlElement) -> str:
    previous, parent = element.getprevious(), element.getparent()
    text = previous.tail if previous is not None else parent.text if parent is not None else ""
    if previous is not None and not (text or "").strip() and previous.tag not in ("time", "abbr"):
        text = text_of(previous)
    return (text or "")[-60:]
