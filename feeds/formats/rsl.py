"""RSL 1.0, Really Simple Licensing (https://rslstandard.org/rsl): what automated clients may do with articles.

Two forms of one vocabulary: a document of its own, in which addresses are paths as robots.txt has them (RSL 1.0,
section 3.3), and elements of an RSS item with the address of an article (section 4.7).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from feeds.formats.feedgen_extensions import RSL
from feeds.model import Feed, RslTerms


def write(feed: Feed, terms: RslTerms) -> bytes:
    """The document for all that the newsroom publishes: on the host of its feeds and, by the same paths, on its site's.

    Which host a path is meant for is told by where the document is named: by the robots.txt of either, for one.
    """
    root = etree.Element(f"{{{RSL}}}rsl", nsmap={None: RSL})
    for path in _paths(feed):
        add_content(root, terms, path, feed.license)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document


def _paths(feed: Feed) -> Iterator[str]:
    """The folders that the feeds and the site lie in, those left out that lie in the one before."""
    outer, *others = sorted({urlsplit(feed.base_url).path, urlsplit(feed.home).path})
    yield outer
    yield from (path for path in others if not path.startswith(outer))


def add_content(parent: etree._Element, terms: RslTerms, url: str, license_: str) -> None:
    """The terms for what is at an address, with the licence that they stand beside; in the prefix of the parent."""
    content = _add(parent, "content", url=url, server=terms.server)
    offered = _add(content, "license")
    for name, tokens in (("permits", terms.permits), ("prohibits", terms.prohibits)):
        if tokens:
            _add(offered, name, " ".join(tokens), type="usage")
    if terms.payment or license_ or terms.custom:
        payment = _add(offered, "payment", type=terms.payment)
        for name, address in (("standard", license_), ("custom", terms.custom)):
            if address:
                _add(payment, name, address)
    if terms.holder or terms.contact:
        kind = "contactEmail" if "@" in terms.contact else "contactUrl"
        _add(content, "copyright", terms.holder, type="organization", **{kind: terms.contact})
    if terms.terms:
        _add(content, "terms", terms.terms)


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """An element within another; attributes without a value are left out."""
    said = {key: value for key, value in attributes.items() if value}
    element = etree.SubElement(parent, f"{{{RSL}}}{name}", said)
    element.text = text or None
    return element
