"""Atom (RFC 4287), with paged and archived feeds (RFC 5005) and tombstones (RFC 6721)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feeds.validation.extensions import (
    EXTENSIONS,
    LINK,
    PERSON,
    check_links,
    check_media,
    grammar,
    links_of,
    references_of,
)
from feeds.validation.findings import Fault, Reference
from feeds.validation.markup import Tag, check_tags, html, plain
from feeds.validation.tree import (
    ATOM,
    XML,
    Attribute,
    Element,
    check,
    check_future,
    check_twice,
    elements,
    name_of,
    text_at,
    text_of,
)
from feeds.validation.values import Wrong, iri, media_type, one_of, reference, rfc3339, scheme_of, shown

XHTML = "{http://www.w3.org/1999/xhtml}"

_TEXT = Element(attributes={"type": Attribute(one_of("text", "html", "xhtml"))}, opaque=True)
_CATEGORY = Element(
    attributes={"term": Attribute(required=True), "scheme": Attribute(iri), "label": Attribute(plain)},
    opaque=True,
    most=None,
)


def _named(**known: Element) -> dict[str, Element]:
    return {f"{ATOM}{name}": element for name, element in known.items()}


_COMMON = _named(
    author=PERSON,
    category=_CATEGORY,
    contributor=PERSON,
    id=Element(iri, least=1),
    link=LINK,
    rights=_TEXT,
    title=_TEXT._replace(least=1),
    updated=Element(rfc3339, least=1),
)
_SOURCE = {
    **_COMMON,
    **_named(
        generator=Element(plain, attributes={"uri": Attribute(reference), "version": Attribute()}),
        icon=Element(reference),
        logo=Element(reference),
        subtitle=_TEXT,
    ),
}
_ENTRY = {
    **_COMMON,
    **_named(
        content=Element(attributes={"type": Attribute(), "src": Attribute(reference)}, opaque=True),
        published=Element(rfc3339),
        source=Element(children={name: element._replace(least=0) for name, element in _SOURCE.items()}),
        summary=_TEXT,
    ),
}
_FEED = Element(children={**_SOURCE, **_named(entry=Element(children=_ENTRY, most=None))})
_GRAMMAR = grammar("atom", EXTENSIONS)
_ALONE = Element(children=_ENTRY)  # a document may be an entry (section 2)

_TEXTS = tuple(_named(title=_TEXT, subtitle=_TEXT, summary=_TEXT, rights=_TEXT))


def faults(root: Any, now: datetime) -> Iterator[Fault]:
    """What is wrong with a document whose root is ``<feed>`` or ``<entry>`` of Atom."""
    alone = root.tag == f"{ATOM}entry"
    listed = [root] if alone else root.findall(f"{ATOM}entry")
    yield from check(root, _ALONE if alone else _FEED, _GRAMMAR)
    yield from check_future(root, now)
    yield from check_media(listed)
    if not alone:
        yield from _check_feed(root, listed)
    for text in root.iter(*_TEXTS):
        yield from _check_text(text)
    for link in root.iter(f"{ATOM}link"):
        yield from _check_relative(link, "href")
    for entry in listed:
        yield from _check_entry(entry, has_author=root.find(f"{ATOM}author") is not None)


def entries(root: Any) -> int:
    """How many entries it has."""
    return len(root.findall(f"{ATOM}entry"))


def references(root: Any) -> tuple[Reference, ...]:
    """The documents that the feed names."""
    return tuple(references_of(root))


def _check_feed(feed: Any, listed: list[Any]) -> Iterator[Fault]:
    if not listed:
        yield Fault("feed-empty", feed.sourceline)
    yield from check_links(feed, listed, "atom-self")
    stated = [(text_at(entry, f"{ATOM}id"), text_at(entry, f"{ATOM}updated"), entry.sourceline) for entry in listed]
    changes = [(identity, updated, line) for identity, updated, line in stated if identity and updated]
    yield from check_twice([(f"{identity} {updated}", line) for identity, updated, line in changes], "atom-id-twice")
    different = {(identity, updated): line for identity, updated, line in changes}
    yield from check_twice([(identity, line) for (identity, _), line in different.items()], "atom-id-again")
    moments = {updated: line for identity, updated, line in changes}
    if len(moments) < len({identity for identity, _, _ in changes}):
        yield Fault("atom-updated-same", feed.sourceline)


def _check_entry(entry: Any, *, has_author: bool) -> Iterator[Fault]:
    line, content = entry.sourceline, entry.find(f"{ATOM}content")
    source = entry.find(f"{ATOM}source")
    authors = [each.find(f"{ATOM}author") for each in (entry, source) if each is not None]
    if not has_author and not any(author is not None for author in authors):
        yield Fault("atom-author", line)
    if content is None and not any(link.get("rel", "alternate") == "alternate" for link in links_of(entry)):
        yield Fault("atom-alternate", line)
    summary = text_at(entry, f"{ATOM}summary")
    if content is None and not summary:
        yield Fault("atom-no-text", line)
    if content is not None:
        yield from _check_content(content)
        if not summary and (content.get("src") or _is_base64(content.get("type", "text"))):
            yield Fault("atom-summary", line)


# --- text and content ------------------------------------------------------------------------------------------------


def _check_text(text: Any) -> Iterator[Fault]:
    """A text construct (section 3.1)."""
    name = name_of(text)
    kind = text.get("type", "text")
    if kind == "xhtml":
        yield from _check_xhtml(text)
    elif elements(text):
        yield Fault("atom-markup", elements(text)[0].sourceline, f"<{name} type={kind}>")
    elif kind == "html":
        yield from _check_html(text, html(text_of(text)))
    else:
        yield from (Fault(code, text.sourceline, f"<{name}> {what}") for code, what in plain(text_of(text)))
    if not text_of(text).strip() and text.find(".//*") is None:
        yield Fault("empty", text.sourceline, f"<{name}>")


def _check_content(content: Any) -> Iterator[Fault]:
    """Content (section 4.1.3), by the kinds of its type."""
    kind, line = content.get("type", "text"), content.sourceline
    if content.get("src") is not None:
        if text_of(content).strip() or elements(content):
            yield Fault("atom-content-src", line)
        if kind in ("text", "html", "xhtml") and content.get("type"):
            yield Fault("atom-content-type", line, shown(kind))
    elif kind in ("text", "html", "xhtml"):
        yield from _check_text(content)
    elif next(media_type(kind), None) or kind.lower().startswith(("multipart/", "message/")):
        yield Fault("atom-content-type", line, shown(kind))
    elif kind.lower().startswith("text/") and elements(content):
        yield Fault("atom-markup", line, f"<{name_of(content)} type={kind}>")
    elif _is_base64(kind):
        yield from _check_base64(content)


def _is_base64(kind: str) -> bool:
    """Whether content of a media type is binary (section 4.1.3.3, rule 6)."""
    kind = kind.lower().partition(";")[0].strip()
    return "/" in kind and not kind.startswith("text/") and not kind.endswith(("/xml", "+xml"))


def _check_base64(content: Any) -> Iterator[Fault]:
    try:
        b64decode("".join(text_of(content).split()), validate=True)
    except ValueError:
        yield Fault("atom-base64", content.sourceline)


def _check_xhtml(text: Any) -> Iterator[Fault]:
    """One div of XHTML and nothing beside it (section 3.1.1.3)."""
    inside = elements(text)
    beside = (text.text or "") + "".join(child.tail or "" for child in inside)
    if len(inside) != 1 or inside[0].tag != f"{XHTML}div" or beside.strip():
        yield Fault("atom-xhtml", text.sourceline, f"<{name_of(text)}>")
        return
    inner = (each for each in inside[0].iter() if isinstance(each.tag, str))
    found = (Tag(each.tag.removeprefix(XHTML), each.attrib, empty=True) for each in inner)
    yield from _check_html(text, check_tags(found))


def _check_html(text: Any, wrong: Iterator[Wrong]) -> Iterator[Fault]:
    for code, what in wrong:
        if code != "html-relative" or not _has_base(text):
            yield Fault(code, text.sourceline, f"{what} in <{name_of(text)}>")


def _check_relative(element: Any, attribute: str) -> Iterator[Fault]:
    """Relative addresses are allowed; without xml:base, readers do not agree where they lead."""
    address = element.get(attribute, "").strip()
    if address and not scheme_of(address) and not _has_base(element):
        yield Fault("atom-relative", element.sourceline, f"<{name_of(element)} {attribute}> {shown(address)}")


def _has_base(element: Any) -> bool:
    return any(each.get(f"{XML}base") for each in (element, *element.iterancestors()))
