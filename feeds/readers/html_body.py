"""The body of a page: where the article's text stands, and what within it is not the article.

Where: in the elements of the configured selector, else in microdata's ``articleBody``, else around what trafilatura
finds. The page's own markup is kept there, so that lists, quotes, figures and links stay as they are; the paragraphs
that the words of ``capture_words`` tell to be the page's own voice are cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import chain, islice
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from feeds.errors import UnreadableError
from feeds.readers.capture_lines import ITEM, TERMINAL, capitals, end_mark, kind_of
from feeds.readers.capture_page import without_related
from feeds.readers.html_blocks import LEAVES, leaves, part_paragraphs
from feeds.readers.html_extract import ArticleText, by_trafilatura
from feeds.readers.html_images import Figure, figures_in, is_teaser, make_real
from feeds.readers.html_metadata import scope_of, squash
from feeds.readers.html_tree import UNSEEN, Found, drop, line_of, one_of, text_of, text_sizes

ENOUGH = 200  # characters of text that make a body; a shorter one is looked for elsewhere, too

MOST_ITEMS = 50  # of a list that are looked at, to see whether all of them are links

Cut = tuple[int, str, str]
"""A line of the source, the text that was cut there, and why."""


@dataclass(slots=True)
class Body:
    """html: as a Draft has it, "" where there is no text. first: its first words; cuts: what was left out."""

    html: str = ""
    first: Found | None = None
    size: int = 0
    figures: list[Figure] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)


def body_of(root: HtmlElement, selector: str, title: str) -> Body:
    """The body of a page; the tree is changed. selector: CSS, or ""; title: the headline, which the body repeats not.

    Raises UnreadableError where the selector is no CSS.
    """
    make_real(root)
    figures = figures_in(root)
    best = Body()
    for where, find in _ways(selector):
        elements, found = find(root)
        if not elements:
            continue
        body = _cleaned(elements, where, title, found)
        if body.size > best.size:
            best = body
        if best.size >= ENOUGH or (selector and best.size):
            break
    best.figures = figures
    return best


_Find = Callable[[HtmlElement], tuple[Sequence[HtmlElement], ArticleText | None]]


def _ways(selector: str) -> list[tuple[str, _Find]]:
    ways: list[tuple[str, _Find]] = [
        ("itemprop articleBody", lambda root: (_article_body(root), None)),
        ("trafilatura", by_trafilatura),
        ("article", lambda root: (_longest(root.iter("article")), None)),
        ("main", lambda root: (_longest(root.iter("main")), None)),
        ("body", lambda root: (_longest(root.iter("body")), None)),
    ]
    if not selector:
        return ways
    return [("body_selector", lambda root: (_selected(root, selector), None)), *ways]


def _selected(root: HtmlElement, selector: str) -> Sequence[HtmlElement]:
    from lxml.cssselect import CSSSelector, SelectorError  # here, as few newsrooms need it

    try:
        found: list[HtmlElement] = CSSSelector(selector, translator="html")(root)
    except (SelectorError, etree.XPathError) as error:
        raise UnreadableError(f"body_selector {selector!r} is no CSS selector: {error}") from error
    return _outermost(found)


def _outermost(elements: Sequence[HtmlElement]) -> Sequence[HtmlElement]:
    """Those that stand within none of the others."""
    known = set(elements)
    return [element for element in elements if known.isdisjoint(element.iterancestors())]


_MARKED = etree.XPath("//*[contains(@itemprop, 'articleBody') or contains(@itemprop, 'articlebody')]")


def _article_body(root: HtmlElement) -> Sequence[HtmlElement]:
    """The parts of the article that has the longest; a page may part one at its advertisements."""
    marked: list[HtmlElement] = _MARKED(root)
    longest = [scope_of(element) for element in _longest(marked)]
    return _outermost([element for element in marked if scope_of(element) in longest])


def _longest(elements: Any) -> Sequence[HtmlElement]:
    sized = [(len(text_of(element)), i, element) for i, element in enumerate(elements)]
    return [max(sized, key=lambda one: (one[0], -one[1]))[2]] if sized else []


# --- what is cut ---


def _drop_others(root: HtmlElement, found: ArticleText, cuts: list[Cut]) -> None:
    """What trafilatura left out goes, but for pictures, and for sentences and subheadings between its paragraphs."""
    blocks = [(leaf, text_of(leaf)) for leaf in leaves(root)]
    kept = {i for i, (_, text) in enumerate(blocks) if text and found.has(text)}
    if not kept:
        return
    first, last = min(kept), max(kept)
    for i, (leaf, text) in enumerate(blocks):
        inside = first < i < last
        if not text or i in kept or (inside and _is_part(leaf, text)) or _captions(leaf):
            continue
        cuts.append((line_of(leaf), text, "not the article's"))
        _remove(leaf, root)


def _is_part(leaf: HtmlElement, text: str) -> bool:
    if leaf.tag in ("li", "td", "th", "dd", "dt", "time"):
        return False
    if leaf.tag in ("h2", "h3", "h4", "h5", "blockquote", "figcaption", "pre"):
        return not _links_text(leaf)
    return kind_of(text) in ("prose", "dateline") and _links_text(leaf) < 0.5 * len(text)


def _captions(leaf: HtmlElement) -> bool:
    return leaf.tag == "figcaption" or next(leaf.iterancestors("figure"), None) is not None


_BOX = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|sharethis|addtoany|sosmed|social|related|terkait|bacajuga|baca|recommend\w*|rekomendasi"
    r"|popular|terpopuler|newsletter|subscribe|subscription|comments?|komentar|disqus|breadcrumbs?|ads?|advert\w*|iklan"
    r"|promo|sponsor\w*|tags?|tagar|paging|pagination|pager|sidebar|navbar|toolbar|jp-relatedposts|sharedaddy|author-?box"
    r"|screen-reader-text|cookie|modal|popup)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NEVER = one_of("script style noscript template nav aside footer form button select input textarea link meta")
_BOXES = one_of("div section ul ol table span figure p header dl")


def _cleaned(elements: Sequence[HtmlElement], where: str, title: str, found: ArticleText | None) -> Body:
    body = Body()
    parts: list[str] = []
    for element in elements:
        _drop_boxes(element, found, body.cuts)
        part_paragraphs(element)
        if found is not None:
            _drop_others(element, found, body.cuts)
        _drop_noise(element, title, body.cuts)
        for leaf in leaves(element):
            text = text_of(leaf)
            body.size += len(text)
            if body.first is None and text and leaf.tag != "figcaption":
                body.first = Found(text, where, line_of(leaf))
        parts.append(_inner(element))
    body.html = "\n".join(parts).strip() if body.size else ""
    return body


def _drop_boxes(root: HtmlElement, found: ArticleText | None, cuts: list[Cut]) -> None:
    """Scripts, forms, margins and boxes that call themselves the page's own; none with much of the article in it."""
    inner = [element for element in root.iter(etree.Element) if element is not root]
    boxes = [element for element in inner if element.tag in _BOXES and _BOX.search(_named(element))]
    going = {element for element in inner if element.tag in _NEVER} | set(boxes)
    if boxes:
        going -= _with_the_article(root, boxes, found)
    for element in _outermost([element for element in inner if element in going]):
        _cut(element, "page furniture", cuts)


def _named(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:300]


def _with_the_article(root: HtmlElement, boxes: Sequence[HtmlElement], found: ArticleText | None) -> set[HtmlElement]:
    """Those of some boxes with a paragraph of the article, or much of the page's text; each text is read once."""
    sizes = text_sizes(root)
    if not sizes[root]:  # of an article that is hidden until a script shows it
        return set(boxes)
    kept = {box for box in boxes if sizes.get(box, 0) >= 0.3 * sizes[root]}
    if found is not None:
        for leaf in chain.from_iterable(map(leaves, _outermost(boxes))):
            if _is_prose(text := text_of(leaf)) and found.has(text):
                kept |= {leaf, *leaf.iterancestors()}
    return kept & set(boxes)


def _is_prose(text: str) -> bool:
    return kind_of(text) in ("prose", "dateline")


def _cut(element: HtmlElement, why: str, cuts: list[Cut]) -> None:
    if element.tag not in UNSEEN and (text := text_of(element)):
        cuts.append((line_of(element), text, why))
    drop(element)


_HEAD = frozenset(("byline", "label", "date", "credit"))
_ALWAYS = frozenset(("noise", "related", "notice", "end"))
_TITLES = one_of("h1 h2 h3 h4 h5 h6")
_RELATED = 3  # links behind ``Baca juga`` or a list's heading that go with it


def _drop_noise(root: HtmlElement, title: str, cuts: list[Cut]) -> None:
    """Walks over the paragraphs: the head down to the first sentence, then the text, then what stands behind it."""
    blocks = [(leaf, text_of(leaf)) for leaf in leaves(root)]
    kinds = [kind_of(text) if text else "" for _, text in blocks]
    prose = [i for i, kind in enumerate(kinds) if kind in ("prose", "dateline")]
    first, last = (prose[0], prose[-1]) if prose else (0, len(blocks))
    trailing = 1 + max((i for i, (leaf, text) in enumerate(blocks) if text and leaf.tag not in _TITLES), default=last)
    own, listed, followed = squash(title), False, 0
    for i, (leaf, text) in enumerate(blocks):
        kind = kinds[i]
        if not text:
            continue
        if kind in ("prose", "dateline"):
            listed, followed = False, 0
        why = ""
        if kind in _ALWAYS:
            why = "noise"
            followed = _RELATED if kind == "related" and len(squash(text)) < 20 else 0
        elif kind == "heading":
            why, listed = "a list of other articles", True
        elif squash(text) == own or (i < first and (kind in _HEAD or _is_section(leaf, text))):
            why = "the headline's lines again"
        elif (i > last and kind in _HEAD and leaf.tag != "figcaption") or (kind == "byline" and i not in (first, last)):
            why = "byline"
        elif _is_headline_link(leaf, text) and (followed or listed or i > last or _in_list_of_links(leaf)):
            why, followed = "a link to another article", max(0, followed - 1)
        elif (i > last and (listed or _links_text(leaf) > 0.4 * len(text))) or _is_lone_link(leaf, text):
            why = "a link to another article"
        elif i >= trailing and leaf.tag in _TITLES:
            why = "a heading of nothing"
        if why:
            cuts.append((line_of(leaf), text, why))
            _remove(leaf, root)
        elif kind in ("prose", "dateline"):
            _drop_related_within(leaf, text, cuts)
    _drop_end_mark([(leaf, text) for leaf, text in blocks if leaf.getparent() is not None or leaf is root], cuts)


def _is_section(leaf: HtmlElement, text: str) -> bool:
    return leaf.tag not in ("figcaption", "h2", "h3", "h4", "li") and len(text) < 30 and leaf.find(".//a") is not None


def _links_text(leaf: HtmlElement) -> int:
    links = [leaf] if leaf.tag == "a" else list(leaf.iter("a"))
    return sum(len(text_of(link)) for link in links)


def _is_link_alone(leaf: HtmlElement, text: str) -> bool:
    parent = leaf.getparent()
    linked = _links_text(leaf) or (len(text) if parent is not None and parent.tag == "a" else 0)
    return linked >= 0.9 * len(text)


def _is_headline_link(leaf: HtmlElement, text: str) -> bool:
    return _is_link_alone(leaf, text) and len(text.split()) > 2


def _is_lone_link(leaf: HtmlElement, text: str) -> bool:
    """A paragraph that is nothing but a headline with a link: another article's."""
    if leaf.tag in ("td", "th", "li", "figcaption") or not _is_link_alone(leaf, text):
        return False
    return len(text.split()) > 4 and not TERMINAL.search(text) and capitals(text) >= 0.6 and "://" not in text


def _in_list_of_links(leaf: HtmlElement) -> bool:
    """Whether every item of the list, as far as it is looked at, is a link as long as a headline."""
    if leaf.tag != "li" or (parent := leaf.getparent()) is None:
        return False
    items = list(islice(parent.iterchildren("li"), MOST_ITEMS))
    return all(_is_link_alone(item, text_of(item)) and len(text_of(item).split()) > 3 for item in items)


def _remove(leaf: HtmlElement, root: HtmlElement) -> None:
    """Take a paragraph away, with the elements that held nothing else."""
    while leaf is not root and (parent := leaf.getparent()) is not None:
        only = leaf.getprevious() is None and leaf.getnext() is None  # lxml counts children one by one
        alone = only and not (parent.text or "").strip() and not (leaf.tail or "").strip()
        if parent is root or not alone:
            break
        leaf = parent
    if leaf is not root:
        drop(leaf)
    else:
        leaf.text = None
        del leaf[:]


def _drop_related_within(leaf: HtmlElement, text: str, cuts: list[Cut]) -> None:
    """``(Baca juga: ...)`` within a paragraph, or behind its last sentence."""
    kept = without_related(text)
    if kept == text:
        return
    cuts.append((line_of(leaf), text[len(kept) :] if text.startswith(kept) else text, "noise"))
    _cut_behind(leaf, kept) if text.startswith(kept) else _replace_text(leaf, kept)


def _replace_text(leaf: HtmlElement, text: str) -> None:
    for child in list(leaf):
        leaf.remove(child)
    leaf.text = text


def _cut_behind(leaf: HtmlElement, kept: str) -> None:
    """Keep only the beginning of a paragraph, whose links and emphasis stay."""
    left = len("".join(kept.split()))
    for event, node in list(etree.iterwalk(leaf, events=("start", "end"))):
        if event == "start":
            node.text, left = _up_to(node.text, left)
        elif node is not leaf:
            node.tail, left = _up_to(node.tail, left)
    for node in list(leaf.iter("a", "strong", "b", "em", "i", "span")):
        if node is not leaf and not len(node) and not (node.text or "").strip() and node.getparent() is not None:
            drop(node)


def _up_to(text: str | None, left: int) -> tuple[str | None, int]:
    """The beginning of a text with so many signs that are no blanks, and how many are left."""
    if not text:
        return text, left
    size = len("".join(text.split()))
    if size <= left:
        return text, left - size
    end = 0
    while left:
        left -= not text[end].isspace()
        end += 1
    return text[:end] or None, 0


def _drop_end_mark(blocks: Sequence[tuple[HtmlElement, str]], cuts: list[Cut]) -> None:
    """The reporter's initials behind the last sentence, where they are beyond doubt."""
    for leaf, _ in reversed(blocks):
        text = text_of(leaf)
        if not text or leaf.tag in ("figcaption", "td", "th") or ITEM.match(text):
            continue
        if (mark := end_mark(text)) and mark[1] and mark[0]:
            cuts.append((line_of(leaf), text[mark[0] :], "noise"))
            _cut_behind(leaf, text[: mark[0]])
        return


# --- as HTML ---

_KEPT = one_of("href src srcset alt title width height colspan rowspan cite datetime start type poster")
_SOLID = one_of("img iframe video audio br hr td th embed source")


def _inner(element: HtmlElement) -> str:
    """The element's content as HTML: without what only styles it, and without elements in which nothing is left."""
    _drop_stray_images(element)
    for inner in reversed(list(element.iter(etree.Element))):
        kept = [(name, value) for name, value in inner.items() if name in _KEPT]
        if len(kept) < len(inner.attrib):
            inner.attrib.clear()  # all of them: lxml finds none by a name such as `{"@context":`
            inner.attrib.update(kept)
        if inner is not element and _is_empty(inner):
            drop(inner)
    if element.tag in LEAVES:
        return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
    head = escape(element.text, quote=False) if element.text and element.text.strip() else ""
    return head + "".join(etree.tostring(child, encoding="unicode", method="html") for child in element).strip()


def _is_empty(element: HtmlElement) -> bool:
    if element.tag in ("table", "ul", "ol", "dl"):
        return not text_of(element) and next(element.iter("img", "iframe", "video", "audio"), None) is None
    return element.tag not in _SOLID and not len(element) and not (element.text or "").strip()


def _drop_stray_images(element: HtmlElement) -> None:
    """Pictures that lead to other articles, stand in a table or list without words, or come behind the last word."""
    last: HtmlElement | None = next((leaf for leaf in reversed(list(leaves(element))) if text_of(leaf)), None)
    behind = False
    for node in list(element.iter(etree.Element)):
        behind = behind or node is last
        if node.tag != "img":
            continue
        box = next(node.iterancestors("table", "ul", "ol"), None)
        in_last = last is not None and (node is last or any(above is last for above in node.iterancestors()))
        loose = behind and not in_last and next(node.iterancestors("figure"), None) is None
        if is_teaser(node) or loose or (box is not None and not text_of(box)):
            drop(node)
