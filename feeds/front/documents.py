"""A rendition under each content coding, with the headers of its answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote
from wsgiref.handlers import format_date_time

from werkzeug.urls import iri_to_uri

from feeds.config import Settings
from feeds.formats import FORMATS
from feeds.front import delta, negotiation
from feeds.front.codings import CODINGS, Coding, is_compressible
from feeds.front.negotiation import Asked, Tags
from feeds.licenses import RSL_FILE, RSL_TYPE
from feeds.model import Rendition
from feeds.pages.layout import CONTENT_SECURITY_POLICY

Headers = list[tuple[str, str]]

STALE = 86_400  # seconds for which a cache may go on serving a document that it cannot ask for anew

SECURITY: Headers = [
    ("Content-Security-Policy", f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    # Feeds are for everybody: a reader whose page is isolated (COEP: require-corp) may use them too.
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]
"""Of every answer that has a body. No Permissions-Policy: nothing of others can run in a page of ours."""

SHARED: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Last-Modified, Link, IM, Delta-Base, Retry-After"),
]
"""For readers that run in a browser, on a page of any other site (CORS)."""

FEEDS = frozenset(form.MEDIA_TYPE for form in FORMATS)
BASES = 8  # tags of an If-None-Match that are looked up as bases of a delta

_ETAG = re.compile(r"[0-9a-f]{8,64}")

History = Callable[[str, str], frozenset[str] | None]
"""(path, etag) -> the digests of the entries that this version listed, None where it is not known."""


class Answer(NamedTuple):
    """An HTTP answer, as WSGI wants it."""

    status: str
    headers: Headers
    body: bytes

    def head(self) -> Answer:
        """The answer to HEAD: everything but the body."""
        return self._replace(body=b"")

    def in_place_of_feed(self) -> Answer:
        """The same, of a page, at the address of its feed, in whose folder the page lies."""
        headers = [(name, value) for name, value in self.headers if name != "Vary"]
        varies = ("Vary", "Accept-Encoding, Sec-Fetch-Dest, Accept")
        return self._replace(headers=[*headers, varies, ("Content-Location", "./")])

    def private(self) -> Answer:
        """The same for the client alone: no shared cache keeps it.

        One that kept what a client of deltas got would ask whether that is still right when the next such client comes,
        with its own validator and the client's A-IM, and hand it a delta of a version that the client never had.
        """
        headers = [(name, f"private, {value}" if name == "Cache-Control" else value) for name, value in self.headers]
        return self._replace(headers=headers)


class Policy(NamedTuple):
    """What the answers of a newsroom have in common.

    cache: its Cache-Control; hubs: its links of rel=hub; terms: those of rel=license to its terms (RSL 1.0, 4.5).
    pages: whether a browser gets the page of a feed at the feed's own address.
    """

    base_url: str
    cache: str
    hubs: tuple[str, ...]
    terms: tuple[str, ...]
    pages: bool

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        age = settings.max_age
        cache = f"max-age={age}, stale-while-revalidate={age}, stale-if-error={STALE}"
        hubs = tuple(f'<{iri_to_uri(hub)}>; rel="hub"' for hub in settings.hubs)
        terms = (f'<{settings.base_url}{RSL_FILE}>; rel="license"; type="{RSL_TYPE}"',) if settings.rsl else ()
        return cls(settings.base_url, cache, hubs, terms, settings.pages_for_browsers)


class Document:
    """A rendition, compressed with each coding when that is first asked for.

    bodies: what is compressed already; None for a coding that makes it no smaller.
    """

    def __init__(self, rendition: Rendition, policy: Policy) -> None:
        self.rendition = rendition
        self.bodies: dict[str, bytes | None] = {}
        self.is_feed = rendition.media_type in FEEDS
        self._has_deltas = self.is_feed and bool(rendition.parts)
        self._compressible = is_compressible(rendition.media_type)
        self._validity = self._headers_of_validity(policy)
        self._whole: dict[str, Answer] = {}
        self._unchanged: dict[str, Answer] = {}
        self._etags = {self.etag(coding).strip('"') for coding in (None, *CODINGS)}

    def _headers_of_validity(self, policy: Policy) -> Headers:
        """Those that a 304 repeats, but for the ETag (RFC 9110, 15.4.5)."""
        # Not Accept: without Sec-Fetch-Dest: document it decides nothing, and caches would keep a copy for each reader.
        chosen = ["Sec-Fetch-Dest"] * (self.is_feed and policy.pages)
        varies = ["Accept-Encoding"] * self._compressible + ["A-IM"] * self._has_deltas + chosen
        found = [
            *([("Last-Modified", format_date_time(self.rendition.modified))] if self.rendition.modified else []),
            ("Cache-Control", policy.cache),
        ]
        if varies:
            found.append(("Vary", ", ".join(varies)))
        links = list(policy.terms)
        if self.is_feed:
            address = policy.base_url + quote(self.rendition.path, safe="/?=&;:@!$'()*+,~%")
            links = [f'<{address}>; rel="self"', *policy.hubs, *links]
        if links:
            found.append(("Link", ", ".join(links)))
        return found + SHARED

    # --- what there is ---

    def etag(self, coding: Coding | None) -> str:
        """The entity tag of the representation under a coding: it says which coding that is."""
        return f'"{self.rendition.etag}-{coding.name}"' if coding else f'"{self.rendition.etag}"'

    def body(self, coding: Coding) -> bytes | None:
        """The compressed body, None where that would be no smaller."""
        if coding.name not in self.bodies:
            self.bodies[coding.name] = self._compressed(self.rendition.body, coding)
        return self.bodies[coding.name]

    def _compressed(self, body: bytes, coding: Coding) -> bytes | None:
        if not self._compressible:
            return None
        compressed = coding.quick(body)
        # A copy: the compressors cut what they give off a block as large as the body, whose rest nobody could use.
        return bytes(memoryview(compressed)) if len(compressed) < len(body) else None

    def _chosen(self, asked: Asked) -> Coding | None:
        acceptable = negotiation.codings(asked.accept_encoding)
        return next((coding for coding in acceptable if self.body(coding) is not None), None)

    # --- answers ---

    def answer(self, asked: Asked, history: History) -> Answer:
        """The answer to GET or HEAD: 200, 304, 412, or 226 with what is new (RFC 9110, 13.2.2 has the order)."""
        unless = negotiation.tags(asked.if_none_match)
        if self._fails(asked):
            found = Answer("412 Precondition Failed", [("Content-Length", "0"), *SHARED], b"")
        elif unless is not None:
            matched = self._matched(unless, asked)
            found = self._not_modified(matched) if matched else self._changed(unless, asked, history)
        elif self._is_older_than(negotiation.seconds(asked.if_modified_since)):
            found = self._not_modified(self.etag(self._chosen(asked)))
        else:
            found = self._complete(self._chosen(asked))
        if self._has_deltas and found.status[:3] != "226" and negotiation.wants_delta(asked.a_im):
            found = found.private()
        return found.head() if asked.method == "HEAD" else found

    def _fails(self, asked: Asked) -> bool:
        wanted = negotiation.tags(asked.if_match)
        if wanted is not None:
            return not wanted.any and not wanted.strong & self._etags
        moment = negotiation.seconds(asked.if_unmodified_since)
        return moment is not None and not self._is_older_than(moment)

    def _is_older_than(self, moment: int | None) -> bool:
        return moment is not None and 0 < self.rendition.modified <= moment

    def _matched(self, unless: Tags, asked: Asked) -> str:
        """The current tag that a client has, whatever the coding, by weak comparison; "" where it has none.

        Of several the one that it likes best, for a cache that has them all then sends that one on.
        """
        if unless.any:
            return self.etag(self._chosen(asked))
        liked = map(self.etag, (*negotiation.codings(asked.accept_encoding), None, *CODINGS))
        return next((tag for tag in liked if tag.strip('"') in unless.weak | unless.strong), "")

    def _complete(self, coding: Coding | None) -> Answer:
        name = coding.name if coding else ""
        if name not in self._whole:
            body = self.body(coding) if coding else None
            self._whole[name] = self._with_body("200 OK", self.rendition.body if body is None else body, coding, [])
        return self._whole[name]

    def _not_modified(self, etag: str) -> Answer:
        if etag not in self._unchanged:
            self._unchanged[etag] = Answer("304 Not Modified", [("ETag", etag), *self._validity], b"")
        return self._unchanged[etag]

    def _with_body(self, status: str, body: bytes, coding: Coding | None, further: Headers) -> Answer:
        headers = [
            ("Content-Type", self.rendition.media_type),
            ("Content-Length", str(len(body))),
            ("ETag", self.etag(coding)),
            *([("Content-Encoding", coding.name)] if coding else []),
        ]
        return Answer(status, headers + further + self._validity + SECURITY, body)

    # --- deltas ---

    def _changed(self, unless: Tags, asked: Asked, history: History) -> Answer:
        """What a client gets that has another version: the document, or what is new in it where that is asked for."""
        if self._has_deltas and negotiation.wants_delta(asked.a_im):
            bases = dict(self._bases(unless, history))
            base = delta.nearest(self.rendition, bases)
            if base:
                return self._delta(base, bases[base], asked)
        return self._complete(self._chosen(asked))

    def _bases(self, unless: Tags, history: History) -> Iterator[tuple[str, frozenset[str]]]:
        """The versions that the client has and that are known, with what they listed."""
        named = sorted({_without_coding(tag): tag for tag in unless.strong | unless.weak}.items())
        for etag, tag in [(etag, tag) for etag, tag in named if _ETAG.fullmatch(etag)][:BASES]:
            known = history(self.rendition.path, etag)
            if known is not None:
                yield tag, known

    def _delta(self, base: str, known: frozenset[str], asked: Asked) -> Answer:
        """226 IM Used (RFC 3229): the entries that the base does not have, under the ETag of the whole document.

        Caches that do not know 226 keep none of it (10.8).
        """
        body = delta.without(self.rendition, known)
        for coding in negotiation.codings(asked.accept_encoding):
            compressed = self._compressed(body, coding)
            if compressed is not None:
                return self._used(self._with_body("226 IM Used", compressed, coding, []), base)
        return self._used(self._with_body("226 IM Used", body, None, []), base)

    def _used(self, answer: Answer, base: str) -> Answer:
        kept = [header for header in answer.headers if header[0] != "Cache-Control"]
        of_delta = [("IM", "feed"), ("Delta-Base", f'"{base}"'), ("Cache-Control", "no-store, im")]
        return answer._replace(headers=kept + of_delta)


def _without_coding(tag: str) -> str:
    for coding in CODINGS:
        tag = tag.removesuffix(f"-{coding.name}")
    return tag
