"""Pictures of a page: the real address of one that is loaded late, its caption and its credit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from feeds.model import Image
from feeds.readers.capture_lines import caption_of
from feeds.readers.html_tree import drop, in_order, text_of
from feeds.text import candidates_of

_LATE = in_order(
    "data-src data-lazy-src data-original data-lazy data-srcset data-lazy-srcset data-original-src data-url"
    " data-image data-img data-hi-res-src data-full data-large_image data-orig-file"
)
_PLACEHOLDER = re.compile(
    r"^(?:data:|about:|#|$)|(?:blank|placeholder|spacer|pixel|loading|loader|lazy|transparent|1x1|default-?image|grey)"
    r"[\w.-]*\.(?:gif|png|svg|jpe?g|webp)\b",
    re.IGNORECASE,
)
_PIXEL = frozenset({"0", "1", "0px", "1px"})


def make_real(root: HtmlElement) -> None:
    """Give every picture below an element its real address; a copy for browsers without scripts is not kept.

    Pictures without any address, and tracking pixels, go.
    """
    for noscript in list(root.iter("noscript")):
        _from_noscript(noscript)
    for image in list(root.iter("img", "amp-img", "amp-anim")):
        image.tag = "img"
        source = address_of(image)
        if not source or (image.get("width") in _PIXEL and image.get("height") in _PIXEL):
            drop(image)
            continue
        for name in ("srcset", *_LATE):
            image.attrib.pop(name, None)
        image.set("src", source)


def address_of(image: HtmlElement) -> str:
    """The address of the picture itself, not of what stands in its place until it is loaded."""
    for name in _LATE:
        if (value := (image.get(name) or "").strip()) and not _PLACEHOLDER.search(value[:500]):
            return _largest(value) if "srcset" in name else value
    source = (image.get("src") or "").strip()
    if source and not _PLACEHOLDER.search(source[:500]):
        return source
    for srcset in (image.get("srcset") or "", *_sources(image)):
        if (best := _largest(srcset)) and not _PLACEHOLDER.search(best[:500]):
            return best
    return ""


def _sources(image: HtmlElement) -> Iterator[str]:
    """The <source>s of the <picture> that an image stands in."""
    parent = image.getparent()
    if parent is not None and parent.tag == "picture":
        for source in parent.iter("source"):
            yield source.get("srcset") or source.get("data-srcset") or ""


def _largest(srcset: str) -> str:
    sized = [(float(size[:-1] or 1), address) for address, size in candidates_of(srcset)]
    return max(sized, key=lambda pair: pair[0])[1] if sized else ""


def _from_noscript(noscript: HtmlElement) -> None:
    """A picture in <noscript> takes the place of one before it that has no address of its own."""
    copy = noscript.find(".//img")
    before = noscript.getprevious()
    if copy is not None and before is not None:
        lazy = before if before.tag == "img" else before.find(".//img")
        if lazy is not None and not address_of(lazy):
            lazy.set("src", address_of(copy))
            drop(noscript)
            return
        if lazy is None and noscript.getparent() is not None and address_of(copy):
            noscript.addprevious(copy)
    drop(noscript)


_CREDIT = re.compile(
    r"[\s(|/,;–-]*\b(?:(?:foto|photo|fotografer|dokumentasi|sumber(?: foto| gambar)?|kredit|credit|courtesy)"
    r"\s*(?:oleh|by|of)?\s*[:/]|dok(?:\.|umentasi\b|\s*[:/]))\s*([^()|]{2,80}?)\s*\)?\.?\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\(?\b(?:foto|photo|sumber|kredit|dok)\b\.?\s*:?\s*$", re.IGNORECASE)
_AGENCY = re.compile(r"\s*\(?((?:ANTARA(?: FOTO)?|AFP|AP|REUTERS|Getty Images|[\w-]+\.com)/[\w.'’ /-]{2,60})\)?\.?\s*$")


def split_credit(caption: str) -> tuple[str, str]:
    """A caption's own words, and whose picture it is ("" where it does not say)."""
    caption = " ".join(caption.split())[:1000]
    for pattern in (_AGENCY, _CREDIT):
        if found := pattern.search(caption):
            return _LABEL.sub("", caption[: found.start()]).strip(" -–|,;("), found[1].strip()
    return caption, ""


class Figure(NamedTuple):
    """A picture with what is written under it. inside: it stands in the article's own part of the page."""

    url: str
    caption: str
    inside: bool


def with_caption(image: Image, figures: Iterable[Figure]) -> Image:
    """The lead image with the caption of the figure that shows it, else of the article's first, else its own."""
    name = _name(image.url)
    captioned = [figure for figure in figures if figure.caption]
    own = next((figure for figure in captioned if _name(figure.url) == name), None)
    own = own or next((figure for figure in captioned if figure.inside), None)
    words, credit = split_credit(own.caption if own else image.caption)
    return replace(image, caption=words, credit=credit)


_FIGURES = etree.XPath("//figure[.//img] | //*[self::div or self::p][contains(@class, 'caption')][.//img]")


def figures_in(root: HtmlElement) -> list[Figure]:
    """Every <figure> and whatever calls itself a caption's box, with a picture in it, in order."""
    found = []
    for element in _FIGURES(root):
        image = element.find(".//img")
        if image is not None and not is_teaser(image):
            inside = next(element.iterancestors("article", "main"), None) is not None
            found.append(Figure(address_of(image), _caption_in(element), inside))
    return found


def _caption_in(figure: HtmlElement) -> str:
    caption = figure.find(".//figcaption")
    if caption is None:
        boxes = figure.iter("p", "div", "span")
        caption = next((e for e in boxes if e is not figure and "caption" in (e.get("class") or "").lower()), None)
    if caption is None:
        return ""
    text = text_of(caption)
    return caption_of(text) if text.lower().startswith(("keterangan", "ket.", "caption")) else text


_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:[?#\s]|$)|attachment", re.IGNORECASE)


def is_teaser(image: HtmlElement) -> bool:
    """Whether a picture only leads to another page: it is a link's, in no figure, and the link is to no picture."""
    for above in image.iterancestors():
        if above.tag == "figure":
            return False
        if above.tag == "a":
            lead = f"{above.get('href') or ''} {above.get('rel') or ''}"
            return not _PICTURE.search(lead) and next(above.iterancestors("figure"), None) is None
    return False


def _name(address: str) -> str:
    """The file's own name, without the size that a system adds to it."""
    file = address.partition("?")[0].rpartition("/")[2].lower()
    return re.sub(r"(?:[-_](?:\d{2,4}x\d{2,4}|\d{3,4}|scaled|169|43))*(?=\.\w{2,5}$)", "", file)
