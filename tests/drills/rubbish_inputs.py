"""The inputs of the drill of rubbish: real samples, what is done to them, and what else is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from werkzeug.test import create_environ

from feeds.config.table import CATEGORY_SETTINGS, LIMIT_SETTINGS, SETTINGS
from feeds.limits import Limits
from feeds.readers import WITHDRAWN

ROOT = Path(__file__).parents[2]

# --- what is changed -------------------------------------------------------------------------------------------------

_SUFFIXES = (".md", ".mdx", ".json", ".jsonl", ".csv", ".tsv", ".txt", ".html", ".rss", ".atom", ".xml", ".wxr")


class Sample(NamedTuple):
    """A real file. name: its last part, whose suffix tells the reader."""

    name: str
    data: bytes


def samples() -> list[Sample]:
    """The files of the tests' newsrooms, and of the bundled one."""
    folders = ("tests/newsroom", "tests/readers", "tests/captures", "tests/pages", "feeds/sample/articles")
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in _SUFFIXES)
    return [Sample(file.name, data) for file in files if len(data := file.read_bytes()) < 60_000]


PIECES: tuple[bytes, ...] = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\x1b[31m", b"\x85", b"\x0c", b"\r", b"\t"),
    *("\u2028\u202e\ufeff\ufffe".encode(), "２０２４".encode(), "İıßﬁ".encode(), b"\\ud800", b"\\u0000", b"%00%ff"),
    *(b"&#1;", b"&#xD800;", b"&#99999999999;", b"&amp" * 50, b"1e999999", b"-1", b"NaN", b"Infinity", b"9" * 5000),
    *(b"0x" + b"f" * 5000, b"99999999999999", b"0000-00-00", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:60-12"),
    *(b"[" * 150, b'{"a":' * 150, b"<div>" * 150, b"> " * 150, b"- " * 150, b"(" * 150, b"![" * 150, b"`" * 150),
    *(b"<!--", b"<![CDATA[", b"]]>", b"<?xml encoding='utf-7'?>", b'<!DOCTYPE a [<!ENTITY b "c">]>', b"&b;"),
    *(b"</item>", b"---\n", b"+++\n", b"...\n", b";;;\n", b"*a", b"&a ", b"<<: *a\n", b"!!python/object:a.b x"),
    *(b"!!int x", b'"', b"'", b"|", b">", b";", b",", b":", b"\\", b"{{< x >}}", b"{% for p in site.posts %}"),
    *(b"http://[", b"javascript:alert(1)", b"data:image/png;base64,AAAA", b"//", b"../../etc/passwd", b"xn--" * 20),
    *(b"[gallery ids='1']", b"<time datetime=''>", b'<script type="application/ld+json">{"headline":[[]]}</script>'),
)
ENCODINGS = ("utf-16", "utf-32", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "utf-7", "gb18030", "cp037")


class Change(NamedTuple):
    """One change. at: where, of 1,000,000 parts of the data; size: of how many bytes or how often; piece: of PIECES."""

    kind: str
    at: int
    size: int
    piece: int


def changed(data: bytes, change: Change, other: bytes) -> bytes:
    """The data after a change; other: of another sample."""
    at, size, piece = change.at * len(data) // 1_000_000, change.size, PIECES[change.piece % len(PIECES)]
    before, part, after = data[:at], data[at : at + size], data[at + size :]
    match change.kind:
        case "flip":
            return before + bytes(byte ^ 1 << size % 8 for byte in data[at : at + 1]) + data[at + 1 :]
        case "cut":
            return before + after
        case "end":
            return before
        case "double":
            return before + part * (2 + change.piece % 40) + after
        case "splice":
            return before + other[: size * 20] + data[at:]
        case "number":
            return before + re.sub(rb"[0-9]+", lambda _: piece, data[at:], count=1)
        case "value":
            return before + re.sub(rb"(?<=[:=,>])[^\n,<]+", lambda _: piece, data[at:], count=1)
        case "encode":
            name = ENCODINGS[change.piece % len(ENCODINGS)]
            return data.decode("utf-8", "replace").encode(name, "replace")
        case _:
            return before + piece + data[at:]


_CHANGES = st.builds(
    Change,
    st.sampled_from(("flip", "cut", "end", "double", "splice", "number", "value", "insert", "insert", "encode")),
    st.integers(0, 1_000_000),
    st.integers(1, 400),
    st.integers(0, 10_000),
)


class Rubbish(NamedTuple):
    """A sample's number, that of the one that it is spliced with, and what is changed."""

    sample: int
    other: int
    changes: list[Change]

    def of(self, known: Sequence[Sample]) -> Sample:
        name, data = known[self.sample % len(known)]
        for change in self.changes:
            data = changed(data, change, known[self.other % len(known)].data)[:200_000]
        return Sample(name, data)


RUBBISH = st.builds(Rubbish, st.integers(0, 10_000), st.integers(0, 10_000), st.lists(_CHANGES, min_size=1, max_size=6))

# --- the same many times ---------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a piece stands many times. name: of the file; length: the most that is read there, in characters.

    good: the title of an article behind it, which appears whatever it is.
    """

    name: str
    before: str
    behind: str
    good: str = ""
    length: int = Limits().text


_PAGE = "<title>Harga beras turun</title><meta name=date content=2026-05-04><h1>Harga beras turun</h1><p>Isi.</p>"
_EXPORT = (
    '<?xml version="1.0" encoding="{}"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>Harga beras</title>'
    "<wp:post_date>2026-05-04 10:00:00</wp:post_date><content:encoded>"
)
_EXPORT_END = "</content:encoded></item></channel></rss>"
_GOOD = "Kabar baik"
_LONG = "x" * 530_000  # more than limits.text
_LINE = "Harga beras di pasar induk turun tiga hari"
PLACES: tuple[Place, ...] = (
    Place("a.md", "---\ntitle: '", "'\ndate: 2026-05-04\n---\nIsi.", length=Limits().header),
    Place("a.md", "---\ntitle: Harga beras\ndate: 2026-05-04\npenulis: '", "'\n---\nIsi.", length=Limits().header),
    Place("a.md", "+++\ntitle = 'Harga beras'\ndate = 2026-05-04\n", "\n+++\nIsi.", length=Limits().header),
    Place("a.md", '+++\ndate = 2026-05-04\ntitle = "', '"\n+++\nIsi.', length=Limits().header),
    Place("a.md", "+++\ntitle = 'Harga beras'\nx = [", "]\n+++\nIsi.", length=Limits().header),
    Place(WITHDRAWN, "[[withdrawn]]\narticle = 'a.md'\n", "a = 1\n"),
    Place(WITHDRAWN, "[[withdrawn]]\narticle = 'a.md'\nreason = \"", '"\n'),
    Place(WITHDRAWN, "[withdrawn.", "a]\n"),
    Place("a.md", "---\ntitle: Harga beras\ndate: 2026-05-04\n---\n", "\n"),
    Place("a.json", '{"judul": "', '", "tanggal": "2026-05-04", "isi": "Isi."}'),
    Place("a.json", '{"judul": "Harga", "tanggal": "2026-05-04", "isi": "Isi.", "hak_cipta": "data:' + _LONG, '"}'),
    Place("a.json", '{"judul": "Harga", "tanggal": "2026-05-04", "isi": "[\'a\'' + ",1" * 220_000, ']"}'),
    Place("a.jsonl", '{"judul": "', f'"}}\n{{"judul": "{_GOOD}", "tanggal": "2026-05-04", "isi": "Isi."}}\n', _GOOD),
    Place("a.csv", "judul,tanggal,isi\n", f"\n{_GOOD},2026-05-04,Isi.\n", _GOOD),
    Place("a.json", """{"judul": "Harga", "tanggal": "2026-05-04", "isi": "<img src='a.jpg' srcset='""", """ x'>"}"""),
    Place("a.html", f'{_PAGE}<div itemprop=articleBody>{_LINE}.<img srcset="', ' x">'),
    *(
        Place("a.html", f'{_PAGE}<div itemprop=articleBody>{_LINE}.{before}="', '">Isi.')
        for before in ("<p class", "<a href", "<img src=a.jpg alt", "<p title", "<p style")
    ),
    Place("a.html", f'{_PAGE}<meta property="og:description" content="', '">'),
    Place("a.json", """{"judul": "Harga", "tanggal": "2026-05-04", "isi": "<a href='/""", """'>Isi</a>"}"""),
    Place("a.json", """{"judul": "Harga", "tanggal": "2026-05-04", "isi": "<p title='""", """'>Isi"}"""),
    Place("a.html", f"{_PAGE}{'<div>' * 30}", ""),
    Place("a.html", f"{_PAGE}<div itemprop=articleBody>{'<div class=share>' * 30}", ""),
    Place("a.html", "<title>", f"</title>{_PAGE}"),
    Place("a.txt", "Harga beras turun\n\nSenin, 4 Mei 2026\n\n", "\n"),
    Place("a.rss", "<rss><channel><item><title>A</title><dc:rights>" + _LONG, "</dc:rights></item></channel></rss>"),
    Place("a.rss", "<rss><channel><item><title>A</title><description>", "</description></item></channel></rss>"),
    *(
        Place("a.xml", _EXPORT.format(encoding), _EXPORT_END)
        for encoding in ("utf-8", "punycode", "zlib", "rot13", "idna", "undefined", "gb18030")
    ),
)
_MANY: tuple[str, ...] = (
    *("a", "`a", "**a", "[a](b", "![a]", "&amp;", "&", "<b", "&lt;b", "(a", "{{<", "[a", "a,", ",1", "9", "."),
    *("\xa0", "Ã¢", "¿a", "a.", "''.", "[a]\n", "[[a]]\n", "<!", "-->", "&lt;!--", "&nbsp;", "<br>", "{a=", "[["),
    *('"a', '"', "'a'", "{}", "data:", "data:a;base64,", "<!--", "<p itemprop=articleBody>Isi", "]]>"),
    *('R,"rusak"x\n', 'R,"rusak\n', "R\n", "Baca juga: A\n", "# A\n"),
    *(f"<p class=share>{_LINE}", f"<br>{_LINE}"),
)


class Repeated(NamedTuple):
    """A piece many times at a place. blank: with a blank between each two; share: of the length that is read there."""

    place: int
    piece: int
    blank: bool
    share: float

    @property
    def good(self) -> str:
        return PLACES[self.place].good

    @property
    def file(self) -> Sample:
        place, piece = PLACES[self.place], _MANY[self.piece] + " " * self.blank
        return Sample(
            place.name, f"{place.before}{piece * int(place.length * self.share / len(piece))}{place.behind}".encode()
        )


REPEATED = st.builds(
    Repeated,
    st.integers(0, len(PLACES) - 1),
    st.integers(0, len(_MANY) - 1),
    st.booleans(),
    st.sampled_from((0.015, 0.08, 0.95)),
)

# --- what else is asked ----------------------------------------------------------------------------------------------

LIST = Sample(
    "withdrawn.toml",
    b'[[withdrawn]]\narticle = "https://kabar.example/a/"\ntitle = "Judul"\nreason = "Salah"\ndate = 2026-05-04\n'
    b'[[ditarik]]\nartikel = "a.md"\nalasan = "Keliru"\ntanggal = "4 Mei 2026 10.00 WIB"\n',
)
CONFIGURATION = Sample("newsroom.toml", re.sub(rb"(?m)^#(?=[a-z\[])", b"", (ROOT / "feeds/newsroom.toml").read_bytes()))
_WORDS = st.sampled_from((
    *("senin", "selasa", "jum'at", "3", "03", "12", "2024", "1900", "0000", "9999", "24.00", "10.30", "10:30:61"),
    *("pukul", "pkl", "desember", "des", "mei", "ramadan", "H", "WIB", "wita", "+07:00", "-99:99", "Z", "am", "pm"),
    *("lalu", "jam", "kemarin", "besok", "1e9", "٣", "/", "-", ".", ",", "(", ")", "|", "T", "W49", "3/12/24"),
    *("\n", "\t", "2024-12-03", "12/31/2024", "20241203", "&nbsp;", "%20", "İ", "–", "'", "\0", "&#55296;", "９"),
))  # fmt: skip
DATES = st.one_of(
    st.lists(_WORDS, max_size=14).map(" ".join),
    st.lists(_WORDS, max_size=14).map("".join),
    st.text(max_size=60),
    st.builds(lambda words, times: " ".join(words) * times, st.lists(_WORDS, max_size=6), st.integers(1, 400)),
)
_NAMES = (
    *(setting.variable for setting in SETTINGS.values()),
    *(f"FEEDS_LIMITS__{name.upper()}" for name in LIMIT_SETTINGS),
    *(f"FEEDS_CATEGORIES__GAYA__{name.upper()}" for name in CATEGORY_SETTINGS),
    *("FEEDS_CATEGORIES__GAYA", "FEEDS_CATEGORIES____", "FEEDS_", "FEEDS_LIMITS__", "FEEDS_LIMITS__FILE__X"),
)
_VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(("[" * 2000, '{"a":' * 2000, "9" * 5000, "1e999999", "{}", "[]", "null", '[{"a": 1}]', "\ud800")),
    st.text("ab:/@?#[]%é. {}\\\"',*+-|0\n", max_size=30),
)
VARIABLES = st.dictionaries(st.sampled_from(_NAMES), _VALUES, min_size=1, max_size=4)

_PATHS = st.sampled_from((
    *("/rss.xml", "/atom.xml", "/feed.json", "/", "/ekonomi/rss.xml", "/tag/a/", "/archive/2026-05/", "/search/"),
    *("/profil/msn/rss.xml", "/artikel/a/", "/static/gaya.css", "/readyz", "/metrics", "/page/2/", "/%2e%2e/", "//"),
))  # fmt: skip
_BYTES = st.one_of(st.binary(max_size=60), st.sampled_from(PIECES)).map(lambda data: data.decode("latin-1"))
_ASKED = st.sampled_from(("q", "limit", "page", "feed", "cat", "since", ""))
_QUERIES = st.builds("{}={}&{}".format, _ASKED, _BYTES, _BYTES)
_HEADERS = st.sampled_from((
    *("ACCEPT", "ACCEPT_ENCODING", "ACCEPT_LANGUAGE", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "IF_MATCH", "A_IM"),
    *("RANGE", "IF_UNMODIFIED_SINCE", "HOST", "COOKIE", "USER_AGENT", "REFERER", "X_FORWARDED_FOR", "X_FORWARDED_HOST"),
    *("FORWARDED", "X_REQUEST_ID", "SEC_FETCH_DEST", "CONTENT_LENGTH", "TRANSFER_ENCODING", "CACHE_CONTROL"),
))  # fmt: skip
_SAID = st.one_of(
    _BYTES,
    st.sampled_from(
        ("*", "gzip;q=0.5, br", "gzip;q=" + "9" * 5000, "text/html;q=x", '"' * 50, 'W/"a", "b"', "document")
    ),
    st.sampled_from(("Mon, 32 Foo 9999 99:99:99 GMT", "bytes=0-" + "9" * 5000, "for=" + "[" * 500, "," * 5000, "feed")),
).map(lambda said: re.sub("[\r\n\0]", " ", said))


class Request(NamedTuple):
    """A request as PEP 3333 has it: each text one character a byte."""

    method: str
    path: str
    query: str
    headers: dict[str, str]

    def ask(self, app: Any) -> None:
        """Raises AssertionError for an answer of an unforeseen mistake, or one whose headers could be split."""
        environ = create_environ("/")
        environ |= {"REQUEST_METHOD": self.method, "PATH_INFO": self.path, "QUERY_STRING": self.query}
        environ |= {f"HTTP_{name}": said for name, said in self.headers.items()}
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        answer = app(environ, lambda status, headers, *_: begun.append((status, headers)))
        try:
            b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers = begun[-1]
        assert status[:1] != "5" or status.startswith("503"), status
        assert not re.search("[\r\n\0]", "".join(name + value for name, value in headers)), headers


REQUESTS = st.builds(
    Request,
    st.sampled_from(("GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "FOO", "")),
    st.one_of(_PATHS, st.builds("{}{}".format, _PATHS, _BYTES), _BYTES.map("/".__add__)),
    st.one_of(st.just(""), _QUERIES, _BYTES),
    st.dictionaries(_HEADERS, _SAID, max_size=4),
)
