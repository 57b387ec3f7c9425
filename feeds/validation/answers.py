"""The HTTP answer that brings a document: whether polling it is cheap, and whether readers learn what it is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from email.message import Message
from urllib.parse import urlsplit

from feeds.errors import FetchError
from feeds.validation.fetch import Answer, Fetcher
from feeds.validation.findings import Document, Fault
from feeds.validation.kinds import PAGE

_TYPES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "RSS 2.0": (("application/rss+xml",), ("application/xml", "text/xml")),
    "Atom": (("application/atom+xml",), ("application/xml", "text/xml")),
    "JSON Feed": (("application/feed+json",), ("application/json",)),
    "OPML": (("text/x-opml", "text/x-opml+xml", "application/xml", "text/xml"), ()),
    "sitemap": (("application/xml", "text/xml"), ()),
    PAGE: (("text/html", "application/xhtml+xml"), ()),
}
"""Media types of a kind of document: those that fit, and those that are right and say too little."""

_PERMANENT = (301, 308)
_WORTH_COMPRESSING = 1400  # bytes: what a packet carries anyway
LONGEST_AGE = 5 * 3600  # seconds; news that is older is none
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)")


def faults(answer: Answer, document: Document, fetcher: Fetcher) -> Iterator[Fault]:
    """What is wrong with the answer; asks twice more: whether it is still the same, and for its headers alone."""
    for status in answer.redirects:
        code = "http-redirect" if status in _PERMANENT else "http-redirect-temporary"
        yield Fault(code, 0, f"{status} to {answer.address}")
    yield from _check_type(answer, document.kind)
    if document.kind != PAGE:
        yield from _check_caching(answer)
        yield from _check_coding(answer)
        yield from _check_conditional(answer, fetcher)
        yield from _check_head(answer, fetcher)
        if "access-control-allow-origin" not in answer.headers:
            yield Fault("http-cors")
    own = document.named("self")
    if own and _normal(own) not in (_normal(answer.asked), _normal(answer.address)):
        yield Fault("self", 0, own)


def _check_type(answer: Answer, kind: str) -> Iterator[Fault]:
    message = Message()
    message["Content-Type"] = answer.headers.get("content-type", "")
    media_type, charset = message.get_content_type(), message.get_content_charset()
    fitting, general = _TYPES.get(kind, ((), ()))
    if not answer.headers.get("content-type"):
        yield Fault("http-type", 0, "nothing: there is no Content-Type")
    elif media_type in general:
        yield Fault("http-type-general", 0, media_type)
    elif fitting and media_type not in fitting:
        yield Fault("http-type", 0, media_type)
    declared = _DECLARED.match(answer.body)
    written = declared[1].decode() if declared else "utf-8"
    if charset and kind != PAGE and _codec(charset) != _codec(written):
        yield Fault("http-charset", 0, charset)


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()


def _check_caching(answer: Answer) -> Iterator[Fault]:
    control = answer.headers.get("cache-control", "").lower()
    directives = dict(part.strip().partition("=")[::2] for part in control.split(","))
    if "no-store" in directives:
        yield Fault("http-no-store")
    age = directives.get("max-age", "").strip('"')
    if age.isdecimal() and int(age[:12]) > LONGEST_AGE:
        yield Fault("http-max-age", 0, f"{int(age[:12]) / 3600:.0f} h")


def _check_coding(answer: Answer) -> Iterator[Fault]:
    if "gzip" not in answer.headers.get("content-encoding", ""):
        if len(answer.body) > _WORTH_COMPRESSING:
            yield Fault("http-plain")
    elif not {"accept-encoding", "*"} & _words(answer.headers.get("vary", "")):
        yield Fault("http-vary")


def _words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


def _check_conditional(answer: Answer, fetcher: Fetcher) -> Iterator[Fault]:
    """Ask again with what the answer was marked with."""
    marks = {"If-None-Match": answer.headers.get("etag"), "If-Modified-Since": answer.headers.get("last-modified")}
    given = {name: value for name, value in marks.items() if value}
    if not given:
        yield Fault("http-validator")
    for name, value in given.items():
        try:
            again = fetcher.fetch(answer.address, host=answer.host, headers={name: value})
        except FetchError as error:
            yield Fault("http-conditional", 0, f"{name}: {error.reason}")
            continue
        if again.status != 304 and again.body == answer.body:
            yield Fault("http-conditional", 0, name)


def _check_head(answer: Answer, fetcher: Fetcher) -> Iterator[Fault]:
    try:
        head = fetcher.fetch(answer.address, method="HEAD", host=answer.host)
    except FetchError as error:
        yield Fault("http-head", 0, error.reason)
        return
    for name in ("Content-Type", "ETag", "Last-Modified"):
        if head.headers.get(name.lower()) != answer.headers.get(name.lower()):
            yield Fault("http-head", 0, name)


def _normal(address: str) -> str:
    """An address without what makes no difference: case of its host, the port of its scheme, a path that is empty."""
    try:
        parts = urlsplit(address)
        port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
        host = parts.netloc.lower().removesuffix(port) if port else parts.netloc.lower()
    except ValueError:
        return address
    return parts._replace(netloc=host, path=parts.path or "/", fragment="").geturl()
