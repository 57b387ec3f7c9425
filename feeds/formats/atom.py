"""Atom 1.0 (RFC 4287), written by feedgen.

Every text construct says its type (section 3.1.1); an entry without an author has the feed's (4.1.2), which there
always is; the image is an enclosure where its type and length are known (4.2.7.2), and Media RSS for its caption and
credit. An entry has the feed's notice of copyright but for its own (4.2.10); its licence (RFC 4946) it always says
itself, as entries are read apart from their feed. A withdrawn entry leaves a tombstone with the reason (RFC 6721,
section 3).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from feeds.formats.common import (
    body,
    further,
    headline,
    in_seconds,
    own_address,
    related,
    render_clean,
    rfc3339,
    terms,
)
from feeds.formats.feedgen_extensions import AtomElements, Generator, declaring, splice, typed
from feeds.formats.rss import add_media
from feeds.model import Category, Entry, Feed

NAME = "atom"
FILENAME = "atom.xml"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")


def entries(entries: Sequence[Entry], *, base_url: str, language: str) -> list[bytes]:
    """Each entry as one ``<entry>``."""

    def render(clean: Sequence[Entry]) -> list[bytes]:
        generator: Any = Generator(AtomElements)
        for entry in clean:
            _entry(generator.append(), entry, base_url, language)
        generator.id(NAME)  # what feedgen demands of a feed, for one that is only made for its entries
        generator.title(NAME)
        return generator.atom_entries()  # type: ignore[no-any-return]

    return render_clean(render, entries)


def _entry(element: Any, entry: Entry, base_url: str, language: str) -> None:
    element.guid(_iri(entry.id))
    element.title(headline(entry))
    element.updated(in_seconds(entry.updated))
    element.published(in_seconds(entry.published))
    if entry.authors:
        element.author([{"name": author} for author in entry.authors])
    if entry.summary:
        element.summary(entry.summary)
    element.content(body(entry), type="html")
    categories = [_category(category, base_url) for category in entry.categories]
    element.category(categories + [{"term": tag} for tag in terms(entry)])
    add = element.elements.add
    if entry.link:
        add("link", "", {"rel": "alternate", "type": "text/html", "href": entry.link})
    for address in related(entry):
        add("link", "", {"rel": "related", "type": "text/html", "href": address})
    if entry.license:
        add("link", "", {"rel": "license", "href": entry.license})
    if entry.rights:
        element.rights(entry.rights)
    if entry.source:
        add("dc:source", entry.source)
    if entry.language != language:
        element.elements.language = entry.language
    image = entry.image
    if image:
        if image.type and image.length:
            known = {"type": image.type, "length": str(image.length)}
            add("link", "", {"rel": "enclosure", "href": image.url} | known)
        add_media(element, image)


def _iri(identity: str) -> str:
    """An id as the IRI that atom:id must be (section 4.2.6): a source's own bare ``1234`` becomes a UUID that stays."""
    if _SCHEME.match(identity):
        return quote(identity, safe="-._~:/?#[]@!$&'()*+,;=%")
    return uuid.uuid5(uuid.NAMESPACE_URL, identity).urn


def _category(category: Category, base_url: str) -> dict[str, str]:
    return {"term": category.slug, "scheme": base_url, "label": category.title}


def write(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """The feed around entries that ``entries`` rendered."""
    return render_clean(lambda feeds: splice(_envelope(feeds[0]), b"</feed>", list(entries)), [feed])


def _envelope(feed: Feed) -> bytes:
    prefixes = [prefix for prefix, used in (("at", feed.withdrawn), ("fh", feed.archive)) if used]
    element: Any = Generator(declaring(AtomElements, *prefixes))
    element.id(_iri(feed.id))
    element.title(feed.title or feed.base_url)
    element.updated(in_seconds(feed.updated))
    element.author({"name": feed.author or feed.title or feed.base_url})
    element.generator("Feeds")
    if feed.description:
        element.subtitle(feed.description)
    if feed.copyright:
        element.rights(feed.copyright)
    if feed.logo:
        element.logo(feed.logo)
    if feed.category:
        element.category(_category(feed.category, feed.base_url))
    element.elements.language = feed.language
    add = element.elements.add
    add("link", "", {"rel": "self", "type": "application/atom+xml", "href": own_address(feed, FILENAME)})
    add("link", "", {"rel": "alternate", "type": "text/html", "href": feed.home})
    for hub in feed.hubs:
        add("link", "", {"rel": "hub", "href": hub})
    for attributes in further(feed, FILENAME):
        add("link", "", attributes)
    if feed.license:
        add("link", "", {"rel": "license", "href": feed.license})
    if feed.archive:
        add("fh:archive")
    for withdrawn in feed.withdrawn:
        add("at:deleted-entry", "", {"ref": _iri(withdrawn.id), "when": rfc3339(withdrawn.when)})
        kind, reason = typed(withdrawn.reason)
        add("at:comment", reason, {"type": kind}, inside=True)
    document: bytes = element.atom_str(pretty=True)
    return document
