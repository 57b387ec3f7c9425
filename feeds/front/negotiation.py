"""What a request's headers ask for: content codings, preconditions and deltas, by RFC 9110 and RFC 3229.

Whatever a header holds, it is no error: what cannot be understood asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_date, parse_etags

from feeds.front.codings import CODINGS, Coding

UNDERSTOOD = 8190  # characters of a header, as servers commonly limit them; a longer one asks for nothing

# IMF-fixdate, RFC 850, asctime (RFC 9110, 5.6.7); also with the zone as a number, which is the same. Others are read in
# a zone that is guessed, and hours too late would be a wrong 304.
_DATE = re.compile(
    r"[A-Z][a-z]{2,8}, \d{1,2}(?: [A-Z][a-z]{2} \d{4}|-[A-Z][a-z]{2}-\d{2}) \d\d:\d\d:\d\d (?:GMT|UTC|\+0000)"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d \d{4}",
    re.ASCII | re.IGNORECASE,
)


class Asked(NamedTuple):
    """What an answer depends on. path: as in PATH_INFO; the headers as they came, None where there is none.

    page: a person asks, with a browser: what is shown of a feed is its page.
    """

    path: str
    method: str
    query: str | None
    accept_encoding: str | None
    if_none_match: str | None
    if_modified_since: str | None
    if_match: str | None
    if_unmodified_since: str | None
    a_im: str | None
    page: bool

    @classmethod
    def of(cls, environ: Mapping[str, Any], *, pages: bool) -> Asked:
        """Of a WSGI environment. pages: whether people get pages in place of feeds."""
        get = environ.get
        return cls(
            environ["PATH_INFO"],
            environ["REQUEST_METHOD"],
            get("QUERY_STRING"),
            get("HTTP_ACCEPT_ENCODING"),
            get("HTTP_IF_NONE_MATCH"),
            get("HTTP_IF_MODIFIED_SINCE"),
            get("HTTP_IF_MATCH"),
            get("HTTP_IF_UNMODIFIED_SINCE"),
            get("HTTP_A_IM"),
            pages and is_navigation(environ),
        )


def is_navigation(environ: Mapping[str, Any]) -> bool:
    """Whether a person has followed a link or typed an address in a browser: it wants a document, and takes HTML.

    Sec-Fetch-Dest by https://www.w3.org/TR/fetch-metadata/; a reader in a browser fetches with ``empty``.
    """
    return environ.get("HTTP_SEC_FETCH_DEST") == "document" and takes_html(environ.get("HTTP_ACCEPT"))


def takes_html(header: str | None) -> bool:
    """Whether Accept names HTML itself (RFC 9110, 12.5.1): ``*/*`` alone is what programs send."""
    qualities = _qualities(header)
    return any(qualities.get(name, 0.0) > 0 for name in ("text/html", "application/xhtml+xml"))


class Tags(NamedTuple):
    """A list of entity tags (RFC 9110, 13.1), without quotes and in no order. any: it is ``*``."""

    any: bool
    strong: frozenset[str]
    weak: frozenset[str]


def tags(header: str | None) -> Tags | None:
    """The entity tags of If-Match or If-None-Match; None where there is no such header."""
    if header is None:
        return None
    if header.strip() == "*":
        return Tags(True, frozenset(), frozenset())
    read = parse_etags(header if len(header) <= UNDERSTOOD else "")  # a "*" among others names nothing
    strong = frozenset(filter(None, read.as_set()))  # an empty tag is read as None
    return Tags(False, strong, frozenset(filter(None, read.as_set(include_weak=True))) - strong)


def seconds(header: str | None) -> int | None:
    """An HTTP date as seconds since the epoch; None where it is none."""
    if header is None or not _DATE.fullmatch(header.strip()):
        return None
    date = parse_date(header)
    return int(date.timestamp()) if date else None


def codings(header: str | None) -> Iterator[Coding]:
    """The codings that a client likes better than none, the best first (RFC 9110, 12.5.3).

    One that refuses everything gets the document as it is, which is kinder than 406.
    """
    qualities = _qualities(header)
    others = qualities.get("*", 0.0)
    plain = qualities.get("identity", 0.0)
    liked = [(qualities.get(coding.name, others), coding) for coding in CODINGS]
    for quality, coding in sorted(liked, key=lambda pair: -pair[0]):
        if quality > 0 and quality >= plain:
            yield coding


def wants_delta(header: str | None) -> bool:
    """Whether A-IM (RFC 3229, 10.5.3) names the instance manipulation of feeds."""
    return _qualities(header).get("feed", 0.0) > 0


def _qualities(header: str | None) -> dict[str, float]:
    if not header or len(header) > UNDERSTOOD:
        return {}
    found = {name.lower(): quality for name, quality in parse_accept_header(header, Accept)}
    if "x-gzip" in found:  # RFC 9110, 8.4.1.3
        found.setdefault("gzip", found["x-gzip"])
    return found
