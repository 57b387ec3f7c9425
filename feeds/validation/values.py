"""The values of elements and attributes: what is wrong with a text that should be a date, an address, a number.

A check takes a text and yields the codes of the rules that it breaks, each with its subject, "" for the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urljoin, urlsplit

Wrong = tuple[str, str]
Check = Callable[[str], Iterator[Wrong]]


def words(text: str) -> frozenset[str]:
    """The words of a list that is written with blanks and line ends."""
    return frozenset(text.split())


def anything(text: str) -> Iterator[Wrong]:
    """A text of which nothing is asked."""
    yield from ()


# --- dates -----------------------------------------------------------------------------------------------------------

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_RFC822 = re.compile(
    rf"(?:({'|'.join(_DAYS)}),\s*)?(\d{{1,2}})\s+({'|'.join(_MONTHS)})\s+(\d{{4}}|\d\d)\s+"
    rf"(\d\d):(\d\d)(?::(\d\d))?\s+({'|'.join(_ZONES)}|UT|GMT|Z|[+-]\d{{4}})",
    re.ASCII,
)
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_NO_SECONDS = re.compile(r"(T\d\d:\d\d)(?=[Z+-])")
_W3CDTF = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII)


def moment_of_rfc822(text: str) -> datetime | None:
    """The moment of such as ``Tue, 03 Dec 2024 10:30:00 +0700``, also with two figures of the year; None for others."""
    found = _RFC822.fullmatch(text.strip())
    if not found:
        return None
    _, day, month, year, hour, minute, second, zone = found.groups()
    century = 0 if len(year) == 4 else 1900 if int(year) >= 50 else 2000  # RFC 2822, 4.3
    return _moment(century + int(year), _MONTHS.index(month) + 1, int(day), hour, minute, second or "0", zone)


def moment_of_rfc3339(text: str) -> datetime | None:
    """The moment of such as ``2024-12-03T10:30:00+07:00``; None for others."""
    found = _RFC3339.fullmatch(text.strip())
    if not found:
        return None
    year, month, day, *clock = found.groups()
    return _moment(int(year), int(month), int(day), *clock)


def _moment(year: int, month: int, day: int, hour: str, minute: str, second: str, zone: str) -> datetime | None:
    try:
        zoned = timezone(_offset(zone))
        # A leap second counts as the one before it.
        moment = datetime(
            year, month, day, int(hour), int(minute), min(int(second), 60) - (second == "60"), tzinfo=zoned
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta(hours=_ZONES.get(zone, 0))
    figures = zone[1:].replace(":", "")
    if int(figures[2:]) > 59:
        raise ValueError(zone)
    ahead = timedelta(hours=int(figures[:2]), minutes=int(figures[2:]))
    return -ahead if zone[0] == "-" else ahead


def rfc822(text: str) -> Iterator[Wrong]:
    """A date of RSS and OPML (RFC 822, section 5, with years of four figures)."""
    found = _RFC822.fullmatch(text.strip())
    if not found or moment_of_rfc822(text) is None:
        yield "date-rfc822", ""
        return
    weekday, day, month, year = found.groups()[:4]
    if len(year) == 2:
        yield "date-year", ""
    elif weekday and _DAYS[datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC).weekday()] != weekday:
        yield "date-weekday", ""


def rfc3339(text: str) -> Iterator[Wrong]:
    """A date of Atom and JSON Feed."""
    if moment_of_rfc3339(text) is None or text != text.strip():
        yield "date-rfc3339", ""


def w3cdtf(text: str) -> Iterator[Wrong]:
    """A date of sitemaps and Dublin Core: a year, a month, a day, or a moment with its zone."""
    text = text.strip()
    if _W3CDTF.fullmatch(text):
        whole = text if "T" in text else text + "-01-01"[len(text) - 4 :] + "T00:00Z"
        if moment_of_rfc3339(_NO_SECONDS.sub(r"\1:00", whole)):
            return
    yield "date-w3cdtf", ""


# --- addresses -------------------------------------------------------------------------------------------------------

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NO_ADDRESS = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f\x7f]|%(?![0-9A-Fa-f]{2})")
DANGEROUS = frozenset({"javascript", "vbscript", "data", "file"})


def scheme_of(address: str) -> str:
    """In lower case, without the colon; "" of a relative address."""
    found = _SCHEME.match(address)
    return found[1].lower() if found else ""


def joined(base: str, address: str) -> str:
    """Where an address leads from another one; itself where it is none."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def iri(text: str) -> Iterator[Wrong]:
    """An absolute address that may have letters of any script (RFC 3987)."""
    scheme = scheme_of(text.strip())
    if not scheme:
        yield "address-relative", ""
    elif scheme in DANGEROUS:
        yield "address-scheme", ""
    else:
        yield from reference(text)


def uri(text: str) -> Iterator[Wrong]:
    """An absolute address of ASCII alone (RFC 3986)."""
    yield from iri(text)
    if not text.isascii():
        yield "address-iri", ""


def web(text: str) -> Iterator[Wrong]:
    """An absolute address that a reader can fetch: http or https."""
    yield from uri(text)
    if scheme_of(text.strip()) not in {"http", "https", "", *DANGEROUS}:
        yield "address-web", ""


def reference(text: str) -> Iterator[Wrong]:
    """An address, absolute or relative (RFC 3986, section 4.1)."""
    if text != text.strip():
        yield "address-blank", ""
    text = text.strip()
    if scheme_of(text) in DANGEROUS:
        yield "address-scheme", ""
    elif _NO_ADDRESS.search(text) or not _has_place(text):
        yield "address", ""


def _has_place(address: str) -> bool:
    """Whether an address of the web names a host, and a port that is one."""
    try:
        parts = urlsplit(address)
        return parts.scheme.lower() not in ("http", "https") or (bool(parts.hostname) and parts.port != 0)
    except ValueError:
        return False


# --- words and numbers -----------------------------------------------------------------------------------------------

_LANGUAGE = re.compile(
    r"([a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z]{2,8}",
    re.ASCII,
)
_OF_TWO_LETTERS = words(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
    et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki
    kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no
    nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta
    te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """
)
"""ISO 639-1, without the codes that it gave up: ``in`` is no longer Indonesian, nor ``jw`` Javanese."""

_MEDIA_TYPE = re.compile(
    r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*(\s*;\s*[\w.-]+=(\"[^\"]*\"|[^\s;\"]+))*", re.A
)
_EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>().]+(?:\.[^\s@<>().]+)*\.?")
_NAMED_EMAIL = re.compile(rf"({_EMAIL.pattern})(\s+\([^()]+\))?")


def language(text: str) -> Iterator[Wrong]:
    """A tag of a language (RFC 5646), by its form; codes of two letters are looked up."""
    found = _LANGUAGE.fullmatch(text.strip().lower())
    if not found or (found[1] and len(found[1]) == 2 and found[1] not in _OF_TWO_LETTERS):
        yield "language", ""


def media_type(text: str) -> Iterator[Wrong]:
    """A media type (RFC 6838, section 4.2), parameters behind it."""
    if not _MEDIA_TYPE.fullmatch(text.strip()):
        yield "media-type", ""


def email(text: str) -> Iterator[Wrong]:
    """An e-mail address alone."""
    if not _EMAIL.fullmatch(text.strip()):
        yield "email", ""


def rss_person(text: str) -> Iterator[Wrong]:
    """An e-mail address with a name in brackets behind it, as RSS has its authors."""
    found = _NAMED_EMAIL.fullmatch(text.strip())
    if not found:
        yield "rss-person", ""
    elif not found[2]:
        yield "rss-person-name", ""


def count(text: str) -> Iterator[Wrong]:
    """A whole number, 0 too."""
    if not re.fullmatch(r"[0-9]+", text.strip()):
        yield "number", ""


def positive(text: str) -> Iterator[Wrong]:
    """A whole number above 0."""
    if not re.fullmatch(r"0*[1-9][0-9]*", text.strip()):
        yield "number", ""


def decimal(text: str) -> Iterator[Wrong]:
    """A number with a fraction, or without one."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text.strip()):
        yield "number", ""


def one_of(*known: str) -> Check:
    """One of some words."""

    def check(text: str) -> Iterator[Wrong]:
        if text.strip() not in known:
            yield "word", ""

    return check


def at_most(most: int, check: Check) -> Check:
    """A number that is not above another, and as ``check`` wants it."""

    def limited(text: str) -> Iterator[Wrong]:
        wrong = list(check(text))
        yield from wrong
        if not wrong and float(text) > most:
            yield "number", ""

    return limited


def shown(text: str) -> str:
    """A text as findings quote it: in one line, cut where it is long."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else f"{line[:59]}…")
