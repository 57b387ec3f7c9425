"""What trafilatura takes for the article of a page, and which element of the page holds that text."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from lxml.html import HtmlElement

from feeds.readers.html_blocks import leaves, part_paragraphs
from feeds.readers.html_metadata import squash
from feeds.readers.html_tree import text_of

LARGE = 200_000  # characters of text; more would take it seconds, too
CROWDED = 10_000  # elements; a page with more of them is no newspaper's, and trafilatura would take seconds
HELD = 0.6  # the share of trafilatura's text that the body's element holds; the rest may stand in margins


class ArticleText:
    """The text that trafilatura takes for the article: whether a paragraph belongs to it."""

    def __init__(self, found: str) -> None:
        lines = [line for line in found.split("\n") if line.strip()]
        cells = [cell for line in lines if line.startswith("|") for cell in line.split("|")]
        self.lines = {squash(part) for part in (*lines, *cells)} - {""}
        self.whole = "".join(squash(line) for line in lines)[:LARGE]

    def has(self, text: str) -> bool:
        key = squash(text)
        if key in self.lines or (len(key) > 30 and key in self.whole):
            return True
        return any(len(line) > 30 and line in key for line in self.lines)  # it drops a dateline that stands alone


def by_trafilatura(root: HtmlElement) -> tuple[Sequence[HtmlElement], ArticleText | None]:
    """The smallest element that holds nearly all of the text that trafilatura takes for the article, and that text."""
    import trafilatura  # here, as it takes a third of a second

    if sum(1 for _ in root.iter()) > CROWDED or len(text_of(root)) > LARGE:
        return [], None
    source = etree.tostring(root, encoding="unicode", method="html")
    try:
        found = ArticleText(trafilatura.extract(source, output_format="txt", include_comments=False) or "")
    except Exception:  # a page that it cannot read has other ways
        return [], None
    if not found.whole:
        return [], None
    part_paragraphs(root)
    wanted: dict[HtmlElement, int] = {}
    others: dict[HtmlElement, int] = {}
    for leaf in leaves(root):
        if text := text_of(leaf):
            weights = wanted if found.has(text) else others
            for above in (leaf, *leaf.iterancestors()):
                weights[above] = weights.get(above, 0) + len(text)
    return _holding(root, wanted, others), found


def _holding(root: HtmlElement, wanted: dict[HtmlElement, int], others: dict[HtmlElement, int]) -> list[HtmlElement]:
    """The deepest element with most of the wanted text, widened where that brings more of it than of the other."""
    total = wanted.get(root, 0)
    holding = [element for element, weight in wanted.items() if weight >= HELD * total]
    if not holding:
        return []
    best = max(holding, key=_depth)
    for above in best.iterancestors():
        more = wanted[above] - wanted[best]
        if more > 0.03 * total and others.get(above, 0) - others.get(best, 0) < 2 * more:
            best = above
    return [best]


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())
