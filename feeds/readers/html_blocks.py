"""Paragraphs of a page: the innermost blocks, and text without any block parted at its line ends."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import Element, HtmlElement

from feeds.readers.html_tree import BLOCKS, UNSEEN, drop, one_of

LEAVES = one_of("p h1 h2 h3 h4 h5 h6 li dt dd blockquote figcaption caption pre td th summary time")
_PARTING = BLOCKS - {"time"}  # which stands in a line of its own in a page's head, and within a sentence in its text
_BLOCKS = _PARTING - UNSEEN - {"br", "iframe", "video"}
_HOLDERS = one_of("div section article main body td blockquote center header li figure details")


def leaves(root: HtmlElement) -> list[HtmlElement]:
    """The innermost blocks below an element, itself included, in order."""
    return [element for element in root.iter(etree.Element) if element.tag in _BLOCKS and not _has_block(element)]


def _has_block(element: HtmlElement) -> bool:
    inner = element.iterdescendants(etree.Element)
    return any(child.tag in _BLOCKS for child in inner)


def part_paragraphs(root: HtmlElement) -> None:
    """Give text that stands loose in a <div>, or that two <br> part within a <p>, paragraphs of its own."""
    for element in list(root.iter(etree.Element)):
        if element.tag in _HOLDERS:
            _wrap_loose(element)
        elif element.tag == "p" and element.find("br") is not None:
            _split(element)
    for paragraph in list(root.iter("p")):
        _join_dateline(paragraph)


_DATELINE = re.compile(r"[A-Z][^\n]{1,60}[-–—]\s*$")


def _join_dateline(paragraph: HtmlElement) -> None:
    """``Jakarta -`` alone is the beginning of the paragraph behind it."""
    behind = paragraph.getnext()
    if behind is None or behind.tag != "p" or (paragraph.tail or "").strip():
        return
    if not _DATELINE.match("".join(paragraph.itertext()).strip()[:100]):
        return
    inner = list(paragraph)
    first = behind.text or ""
    behind.text = (paragraph.text or "").lstrip()
    if inner:
        inner[-1].tail = " ".join((inner[-1].tail or "").split()).join("  ") + first.lstrip()
    else:
        behind.text += first.lstrip()
    for place, child in enumerate(inner):
        behind.insert(place, child)
    drop(paragraph)


def _runs(element: HtmlElement) -> list[list[HtmlElement | str]]:
    """The children in runs of inline content; a block and a line end are runs of their own."""
    runs: list[list[HtmlElement | str]] = [[element.text or ""]]
    for child in list(element):
        if isinstance(child.tag, str) and (child.tag in _PARTING or child.tag in UNSEEN or _has_block(child)):
            runs += [[child], [child.tail or ""]]
        else:
            runs[-1] += [child, child.tail or ""]
    return runs


def _wrap_loose(element: HtmlElement) -> None:
    """Every run of loose text becomes a <p>; an element of one line without blocks stays as it is."""
    runs = _runs(element)
    if len(runs) == 1 and element.tag != "body":
        return
    blocks = [run for run in runs if not isinstance(run[0], str)]
    if element.tag in ("li", "td", "figure") and all(run[0].tag == "br" for run in blocks):  # type: ignore[union-attr]
        return
    _rebuild(element, runs)


def _rebuild(element: HtmlElement, runs: list[list[HtmlElement | str]]) -> None:
    element.text = None
    for child in list(element):
        child.tail = None
        element.remove(child)
    for run in runs:
        first = run[0]
        if not isinstance(first, str):
            if first.tag != "br":
                element.append(first)
            continue
        if not _says(run):
            element.extend([child for child in run if not isinstance(child, str)])
            continue
        element.append(_paragraph(run))


def _says(run: list[HtmlElement | str]) -> bool:
    return any((part if isinstance(part, str) else "".join(part.itertext())).strip() for part in run)


def _paragraph(run: list[HtmlElement | str]) -> HtmlElement:
    paragraph = Element("p")
    paragraph.sourceline = next((part.sourceline or 0 for part in run if not isinstance(part, str)), 0)
    last: HtmlElement | None = None
    while run and (run[-1] == "" or (not isinstance(run[-1], str) and run[-1].tag == "br")):
        run.pop()
    for part in run:
        if not isinstance(part, str):
            part.tail = None
            paragraph.append(part)
            last = part
        elif last is None:
            paragraph.text = ((paragraph.text or "") + part).lstrip()
        else:
            last.tail = (last.tail or "") + part
    return paragraph


def _split(paragraph: HtmlElement) -> None:
    """Part a <p> at two or more <br>, the parts standing behind each other in its place."""
    runs: list[list[HtmlElement | str]] = [[paragraph.text or ""]]
    breaks = 0
    for child in list(paragraph):
        if child.tag == "br":
            breaks += 1
            if breaks > 1:
                runs.append([child.tail or ""])
            else:
                runs[-1] += [child, child.tail or ""]
            if (child.tail or "").strip():
                breaks = 0
        else:
            breaks = 0
            runs[-1] += [child, child.tail or ""]
    runs = [run for run in runs if _says(run) or any(not isinstance(p, str) and p.tag != "br" for p in run)]
    parent = paragraph.getparent()
    if len(runs) < 2 or parent is None:
        return
    tail, paragraph.tail = paragraph.tail, None
    place = paragraph
    for run in runs:
        part = _paragraph(run)
        part.sourceline = paragraph.sourceline
        place.addnext(part)
        place = part
    place.tail = tail
    parent.remove(paragraph)
