"""Which format a document has, by its first bytes; and a document of each looked at as its format wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from feeds.validation import atom, json_feed, opml, page, rss, sitemap
from feeds.validation.extensions import check_namespaces
from feeds.validation.findings import Document, Fault, Finding, Reference
from feeds.validation.rules import RULES
from feeds.validation.tree import ATOM, name_of, parse

LARGE = 2_000_000  # bytes of a feed
_HEAD = 4096  # bytes that tell the format
_HTML = re.compile(rb"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)

_SIGNS = re.compile(rb"<(?:\w+:)?(?:rss|feed|entry|opml|urlset|sitemapindex|RDF)\b|jsonfeed\.org/version")


class Kind(NamedTuple):
    """A format. name: as people are told. faults, entries, references: of the parsed document."""

    name: str
    faults: Callable[[Any, datetime], Iterator[Fault]]
    entries: Callable[[Any], int]
    references: Callable[[Any], tuple[Reference, ...]]
    is_feed: bool = True


_RSS = Kind("RSS 2.0", rss.faults, rss.entries, rss.references)
_ATOM = Kind("Atom", atom.faults, atom.entries, atom.references)
_JSON = Kind("JSON Feed", json_feed.faults, json_feed.entries, json_feed.references)
_OPML = Kind("OPML", opml.faults, opml.entries, opml.references, is_feed=False)
_SITEMAP = Kind("sitemap", sitemap.faults, sitemap.entries, sitemap.references, is_feed=False)

BY_ROOT: Mapping[str, Kind] = {
    "rss": _RSS,
    f"{ATOM}feed": _ATOM,
    f"{ATOM}entry": _ATOM,
    "opml": _OPML,
    f"{sitemap.SITEMAP}urlset": _SITEMAP,
    f"{sitemap.SITEMAP}sitemapindex": _SITEMAP,
}
PAGE = "page"
UNKNOWN = "unknown"
FEEDS = frozenset(kind.name for kind in (_RSS, _ATOM, _JSON))


def examine(body: bytes, address: str, now: datetime) -> Document:
    """A document held to the rules of its format. address: of it, or its path. now: with a zone."""
    if _HTML.match(body):
        announced = page.references(body, address)
        return _document(address, PAGE, page.faults(announced), references=announced)
    is_json = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    parsed, found = json_feed.parse(body) if is_json else parse(body)
    if parsed is None:
        return _document(address, UNKNOWN, found)
    kind = _kind_of(parsed)
    if kind is None:
        root = "the root is no JSON Feed" if is_json else f"the root is <{name_of(parsed)}>"
        return _document(address, UNKNOWN, [*found, Fault("unknown", 0 if is_json else parsed.sourceline, root)])
    if not is_json:
        found += check_namespaces(parsed)
    if kind.is_feed and len(body) > LARGE:
        found.append(Fault("size", 0, f"{len(body) / 1_000_000:.1f} MB"))
    found += kind.faults(parsed, now)
    return _document(address, kind.name, found, kind.entries(parsed), kind.references(parsed))


def is_announced(body: bytes) -> bool:
    """Whether the first bytes are those of a format that is known here; pages are not."""
    return bool(_SIGNS.search(body[:_HEAD]))


def is_page(body: bytes) -> bool:
    """Whether the first bytes are those of HTML."""
    return bool(_HTML.match(body[:_HEAD]))


def findings_of(address: str, faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """Faults in words, by their lines; each once."""
    ordered = sorted(dict.fromkeys(faults), key=lambda fault: fault.line)
    return tuple(_finding(address, fault) for fault in ordered)


def _finding(address: str, fault: Fault) -> Finding:
    rule = RULES[fault.code]
    return Finding(address, fault.line, rule.code, rule.level, rule.sentence.format(fault.what), rule.source)


def _document(
    address: str, kind: str, faults: Iterable[Fault], entries: int = 0, references: tuple[Reference, ...] = ()
) -> Document:
    found = findings_of(address, faults)
    return Document(address=address, kind=kind, entries=entries, findings=found, references=references)


def _kind_of(parsed: Any) -> Kind | None:
    if isinstance(parsed, dict):
        return _JSON if "jsonfeed.org" in str(parsed.get("version", "")) or "items" in parsed else None
    return None if isinstance(parsed, list) else BY_ROOT.get(parsed.tag)
