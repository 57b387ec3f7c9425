"""Elements of other namespaces that feeds hold: what they may be, and what their sets of links mean.

Media RSS (https://www.rssboard.org/media-rss); Dublin Core, content, syndication and slash
(https://web.resource.org/rss/1.0/modules/); Atom's links in RSS; threads (RFC 4685), paged and archived feeds
(RFC 5005), tombstones (RFC 6721), WebSub.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from feeds.validation.findings import Fault, Reference
from feeds.validation.markup import html, plain
from feeds.validation.tree import (
    ATOM,
    Attribute,
    Element,
    Grammar,
    check_twice,
    elements,
    name_of,
    namespace_of,
    text_of,
)
from feeds.validation.values import (
    anything,
    count,
    decimal,
    email,
    iri,
    language,
    media_type,
    one_of,
    positive,
    reference,
    rfc3339,
    scheme_of,
    shown,
    uri,
    w3cdtf,
    words,
)

MEDIA = "{http://search.yahoo.com/mrss/}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
CREATIVE_COMMONS = "{http://backend.userland.com/creativeCommonsRssModule}"
WFW = "{http://wellformedweb.org/CommentAPI/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
THREADS = "{http://purl.org/syndication/thread/1.0}"

NAMESPACES = frozenset(
    {
        *(namespace_of(each) for each in (ATOM, MEDIA, DC, CONTENT, SY, SLASH, HISTORY, TOMBSTONES, THREADS)),
        "http://purl.org/dc/terms/",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1998/Math/MathML",
        "http://www.w3.org/1999/xlink",
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "http://www.google.com/schemas/play-podcasts/1.0",
        "http://www.georss.org/georss",
        "http://www.w3.org/2003/01/geo/wgs84_pos#",
        "http://wellformedweb.org/CommentAPI/",
        "http://rssnamespace.org/feedburner/ext/1.0",
        "http://backend.userland.com/creativeCommonsRssModule",
        "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html",
        "http://creativecommons.org/ns#",
        "http://web.resource.org/cc/",
        "http://a9.com/-/spec/opensearch/1.1/",
        "http://www.w3.org/2007/app",
        "https://podcastindex.org/namespace/1.0",
        "http://source.scripting.com/",
        "http://www.sitemaps.org/schemas/sitemap/0.9",
        "http://www.google.com/schemas/sitemap-news/0.9",
        "http://www.google.com/schemas/sitemap-image/1.1",
        "http://www.google.com/schemas/sitemap-video/1.1",
        "https://rslstandard.org/rsl",
        "http://www.smartnews.be/snf",
        "http://schemas.ingestion.microsoft.com/common/",
    }
)
"""Those that readers of feeds and sitemaps know."""


def _plain_form(namespace: str) -> str:
    """A namespace without what its misspellings differ in."""
    return namespace.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/#")


_BY_FORM = {_plain_form(namespace): namespace for namespace in NAMESPACES}

# --- elements --------------------------------------------------------------------------------------------------------

_TYPE = {"type": Attribute(one_of("plain", "html"))}
_SIZE = {"width": Attribute(count), "height": Attribute(count)}
_MEDIA_CONTENT = {
    "url": Attribute(iri),
    "fileSize": Attribute(count),
    "type": Attribute(media_type),
    "medium": Attribute(one_of("image", "audio", "video", "document", "executable")),
    "isDefault": Attribute(one_of("true", "false")),
    "expression": Attribute(one_of("sample", "full", "nonstop")),
    **dict.fromkeys(("bitrate", "framerate", "samplingrate", "duration"), Attribute(decimal)),
    "channels": Attribute(count),
    "lang": Attribute(language),
    **_SIZE,
}
_MEDIA_OPTIONAL: Mapping[str, Element] = {
    f"{MEDIA}{name}": element
    for name, element in {
        "adult": Element(one_of("true", "false")),
        "rating": Element(anything, {"scheme": Attribute()}, most=None),
        "title": Element(anything, _TYPE),
        "description": Element(anything, _TYPE, blank=True),
        "keywords": Element(),
        "thumbnail": Element(
            attributes={"url": Attribute(iri, True), **_SIZE, "time": Attribute()}, blank=True, most=None
        ),
        "category": Element(anything, {"scheme": Attribute(), "label": Attribute()}, most=None),
        "hash": Element(anything, {"algo": Attribute(one_of("md5", "sha-1"))}, most=None),
        "player": Element(attributes={"url": Attribute(iri, True), **_SIZE}, blank=True),
        "credit": Element(anything, {"role": Attribute(), "scheme": Attribute()}, most=None),
        "copyright": Element(anything, {"url": Attribute(iri)}),
        "text": Element(free=True, most=None),
        "restriction": Element(free=True, blank=True, most=None),
        "license": Element(free=True, blank=True, most=None),
        "community": Element(free=True, opaque=True),
        "status": Element(
            attributes={"state": Attribute(one_of("active", "blocked", "deleted")), "reason": Attribute()},
            blank=True,
        ),
        "rights": Element(attributes={"status": Attribute(one_of("userCreated", "official"))}, blank=True),
        "price": Element(free=True, blank=True, most=None),
        "subTitle": Element(
            attributes={"href": Attribute(iri), "type": Attribute(media_type), "lang": Attribute(language)},
            blank=True,
            most=None,
        ),
        "peerLink": Element(attributes={"href": Attribute(iri), "type": Attribute(media_type)}, blank=True, most=None),
        **dict.fromkeys(
            ("embed", "comments", "responses", "backLinks", "location", "scenes"), Element(free=True, opaque=True)
        ),
    }.items()
}
_MEDIA_INSIDE = Element(attributes=_MEDIA_CONTENT, children=_MEDIA_OPTIONAL, most=None)

LINK = Element(
    attributes={
        "href": Attribute(reference, True),
        "rel": Attribute(),
        "type": Attribute(media_type),
        "hreflang": Attribute(language),
        "title": Attribute(),
        "length": Attribute(count),
    },
    opaque=True,
    most=None,
)
PERSON = Element(
    children={f"{ATOM}name": Element(plain, least=1), f"{ATOM}uri": Element(reference), f"{ATOM}email": Element(email)},
    most=None,
)

EXTENSIONS: Mapping[str, Element] = {
    **_MEDIA_OPTIONAL,
    f"{MEDIA}content": _MEDIA_INSIDE,
    f"{MEDIA}group": Element(children={f"{MEDIA}content": _MEDIA_INSIDE, **_MEDIA_OPTIONAL}, most=None),
    **{
        f"{DC}{name}": Element()
        for name in words(
            """
            title creator subject description publisher contributor type format identifier source relation coverage
            rights
            """
        )
    },
    f"{DC}date": Element(w3cdtf),
    f"{DC}language": Element(language),
    f"{CONTENT}encoded": Element(html),
    f"{SY}updatePeriod": Element(one_of("hourly", "daily", "weekly", "monthly", "yearly")),
    f"{SY}updateFrequency": Element(positive),
    f"{SY}updateBase": Element(w3cdtf),
    f"{CREATIVE_COMMONS}license": Element(uri, most=None),
    f"{WFW}comment": Element(uri),
    f"{WFW}commentRss": Element(uri),
    f"{SLASH}comments": Element(count),
    **{f"{SLASH}{name}": Element() for name in ("section", "department", "hit_parade")},
    f"{HISTORY}archive": Element(opaque=True),
    f"{HISTORY}complete": Element(opaque=True),
    f"{TOMBSTONES}deleted-entry": Element(
        attributes={"ref": Attribute(iri, True), "when": Attribute(rfc3339, True)},
        children={
            f"{TOMBSTONES}by": PERSON,
            f"{TOMBSTONES}comment": Element(anything, {"type": Attribute()}, blank=True),
            f"{ATOM}link": LINK,
            f"{ATOM}source": Element(opaque=True),
        },
    ),
    f"{THREADS}in-reply-to": Element(
        attributes={
            "ref": Attribute(iri, True),
            "href": Attribute(reference),
            "source": Attribute(reference),
            "type": Attribute(media_type),
        },
        blank=True,
    ),
    f"{THREADS}total": Element(count),
}

IN_RSS: Mapping[str, Element] = {
    **EXTENSIONS,
    f"{ATOM}link": LINK,
    f"{ATOM}updated": Element(rfc3339),
    f"{ATOM}published": Element(rfc3339),
    f"{ATOM}id": Element(iri),
    f"{ATOM}icon": Element(reference),
    f"{ATOM}logo": Element(reference),
    f"{ATOM}author": PERSON,
    f"{ATOM}contributor": PERSON,
    f"{ATOM}rights": Element(free=True, opaque=True),
    f"{ATOM}summary": Element(free=True, opaque=True),
    f"{ATOM}title": Element(free=True, opaque=True),
}
"""With the elements of Atom that RSS has no counterpart for."""


def grammar(name: str, extensions: Mapping[str, Element]) -> Grammar:
    """Of a format that holds extensions; their namespaces have no further elements."""
    return Grammar(name, extensions, frozenset(map(namespace_of, extensions)))


# --- namespaces ------------------------------------------------------------------------------------------------------


def check_namespaces(root: Any) -> Iterator[Fault]:
    """Namespaces that no reader knows, each once, of the root and of what is used; and those that are misspelled."""
    lines = dict.fromkeys(filter(None, root.nsmap.values()), root.sourceline)
    for element in root.iter("{*}*"):
        lines.setdefault(namespace_of(element.tag), element.sourceline)
    for namespace, line in lines.items():
        meant = _BY_FORM.get(_plain_form(namespace))
        if meant and meant != namespace:
            yield Fault("namespace", line, f"{namespace!r} instead of {meant!r}")
        elif namespace and not meant:
            yield Fault("namespace-unknown", line, repr(namespace))


# --- links -----------------------------------------------------------------------------------------------------------

_RELATIONS = words(
    """
    about acl alternate amphtml appendix archives author blocked-by bookmark canonical chapter collection contents
    convertedfrom copyright create-form current describedby describes disclosure duplicate edit edit-form edit-media
    enclosure external first glossary help hosts hub icon index item last latest-version license lrdd memento monitor
    next next-archive nofollow noreferrer original payment predecessor-version prev prev-archive preview previous
    privacy-policy profile related replies search section self service start stylesheet subsection successor-version
    tag terms-of-service timegate timemap type up version-history via webmention
    """
)
"""Of IANA's registry of link relations, those that feeds may have."""

_PAGED = {"first", "last", "next", "previous", "prev-archive", "next-archive"}
FOLLOWED = ("prev-archive", "next-archive", "next", "previous", "first", "last")
"""Relations of a feed to its other documents (RFC 5005)."""


def links_of(parent: Any) -> list[Any]:
    """The Atom links that stand in an element itself."""
    return [link for link in elements(parent) if link.tag == f"{ATOM}link"]


def references_of(parent: Any) -> Iterator[Reference]:
    """The documents that a feed's links name."""
    for link in links_of(parent):
        rel, href = link.get("rel", "alternate"), link.get("href", "").strip()
        if href:
            yield Reference(rel, href, link.sourceline, link.get("type", ""))


def check_links(feed: Any, entries: Iterable[Any], missing_self: str) -> Iterator[Fault]:
    """What the links of a feed must be to one another. missing_self: the rule of its format that asks for one."""
    links = {link.get("rel", "alternate"): link for link in links_of(feed)}
    if "self" not in links:
        yield Fault(missing_self, feed.sourceline)
        if "hub" in links:
            yield Fault("hub-alone", links["hub"].sourceline)
    paged = _PAGED & links.keys()
    complete, archive = feed.find(f"{HISTORY}complete"), feed.find(f"{HISTORY}archive")
    if complete is not None and paged:
        yield Fault("history-complete", complete.sourceline, ", ".join(sorted(paged)))
    if archive is not None and "current" not in links:
        yield Fault("history-current", archive.sourceline)
    yield from _check_relations(feed)
    for entry in entries:
        yield from _check_relations(entry)
        for link in links_of(entry):
            if link.get("rel") in {*_PAGED, "current"}:
                yield Fault("history-entry", link.sourceline, f"<{name_of(link)} rel={link.get('rel')}>")


def _check_relations(parent: Any) -> Iterator[Fault]:
    """A relation is a registered word, or an address; one document is no alternate of the same kind twice."""
    alternates: list[tuple[str, int]] = []
    for link in links_of(parent):
        relation = link.get("rel", "alternate").strip()
        if relation.lower() not in _RELATIONS and not scheme_of(relation):
            yield Fault("link-relation", link.sourceline, shown(relation))
        if relation == "alternate":
            alternates.append((f"{link.get('type', '')} {link.get('hreflang', '')}".strip(), link.sourceline))
    yield from check_twice(alternates, "link-alternate")


def check_media(entries: Iterable[Any]) -> Iterator[Fault]:
    """Media that have neither an address nor a player, and texts of media by their type."""
    for entry in entries:
        for content in entry.iter(f"{MEDIA}content"):
            if not content.get("url") and content.find(f"{MEDIA}player") is None:
                yield Fault("media-address", content.sourceline)
        for text in entry.iter(f"{MEDIA}title", f"{MEDIA}description"):
            check = html if text.get("type") == "html" else plain
            yield from (
                Fault(code, text.sourceline, f"<{name_of(text)}> {what}") for code, what in check(text_of(text))
            )
