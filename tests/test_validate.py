"""``feeds validate``: what a subscriber gets, held to the standards. Its cases are in ``tests/validate.toml``."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from threading import Event, Thread
from typing import Any

import pytest

from feeds.errors import FetchError
from feeds.validation import fetch, sitemap, walk
from feeds.validation import folder as folders
from feeds.validation.fetch import Fetcher, is_inner
from feeds.validation.findings import Document
from feeds.validation.folder import validate_folder
from feeds.validation.kinds import examine
from feeds.validation.rules import RULES, SPECIFICATIONS, specification
from feeds.validation.values import language, moment_of_rfc822, moment_of_rfc3339
from feeds.validation.walk import validate_address
from tests.support import ROOT, Call, Server, environment, free_port, on_a_terminal, run, server_command

NOW = datetime.fromisoformat("2026-06-01T12:00:00+07:00")
DATA = tomllib.loads((ROOT / "tests/validate.toml").read_text(encoding="utf-8"))
DOCUMENTS: Mapping[str, str] = DATA["documents"]
CASES: list[dict[str, Any]] = DATA["case"]
ANSWERS: list[dict[str, Any]] = DATA["answer"]
SUFFIXES = {"json": "json", "opml": "opml", "page": "html"}


def document_of(case: Mapping[str, Any]) -> bytes:
    """The document of a case, with its fault."""
    whole = DOCUMENTS[case["of"]]
    assert case["old"] in whole, case["old"]
    new = "".join(case["new"].replace("{n}", str(n)) for n in range(case.get("times", 1)))
    changed = whole.replace(case["old"], new + case["old"] * case.get("keep", False))
    return changed.encode("iso-8859-1" if case.get("latin") else "utf-8")


def codes(*documents: Document) -> set[str]:
    return {finding.code for document in documents for finding in document.findings}


class TestRules:
    """Each rule by itself."""

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_a_document_without_a_fault_has_no_finding(self, name: str) -> None:
        """Not even a note."""
        assert examine(DOCUMENTS[name].encode(), name, NOW).findings == ()

    @pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['codes'][0]} {case['of']} {case['new'][:20]}")
    def test_a_fault_breaks_its_rule_and_no_other(self, case: dict[str, Any]) -> None:
        """Each case is a sound document with one thing changed."""
        found = examine(document_of(case), "kabar", NOW)
        assert codes(found) == set(case["codes"])
        assert all("{" not in finding.sentence for finding in found.findings)

    def test_a_sitemap_has_its_most(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of addresses: 50,000, and here none."""
        assert sitemap.MOST == 50_000
        monkeypatch.setattr(sitemap, "MOST", 0)
        assert codes(examine(DOCUMENTS["sitemap"].encode(), "sitemap.xml", NOW)) == {"sitemap-many"}

    def test_every_rule_has_a_case(self) -> None:
        """In the data, or in a test that names it; and no case names a rule that is none."""
        given = {code for case in CASES + ANSWERS for code in case["codes"]}
        named = set(re.findall(r'"([a-z]+(?:-[a-z0-9]+)*)"', Path(__file__).read_text(encoding="utf-8")))
        assert given <= RULES.keys()
        assert RULES.keys() - given <= named

    def test_every_rule_says_who_says_so(self) -> None:
        """A document that can be opened, or that it is only practice."""
        assert all(specification(rule.source) for rule in RULES.values() if rule.source != "practice")
        sources = {rule.source.partition(",")[0] for rule in RULES.values()}
        assert SPECIFICATIONS.keys() <= sources

    def test_every_rule_is_used(self) -> None:
        """Grammars make the codes of five of theirs."""
        package = ROOT / "feeds/validation"
        text = "".join(path.read_text(encoding="utf-8") for path in package.glob("*.py") if path.name != "rules.py")
        made = {f"{name}-{what}" for name in ("rss", "atom", "extension", "opml", "sitemap") for what in GRAMMATICAL}
        assert [code for code in RULES if f'"{code}"' not in text and code not in made] == []

    def test_a_finding_stands_on_the_line_of_its_fault(self) -> None:
        """As an editor counts them."""
        body = document_of(next(case for case in CASES if case["codes"] == ["date-weekday"]))
        (finding,) = examine(body, "rss.xml", NOW).findings
        assert "2 Dec 2024" in body.decode().splitlines()[finding.line - 1]
        assert finding.sentence == "<pubDate> 'Tue, 2 Dec 2024 10:30 GMT' is another day of the week"

    def test_json_is_located_by_its_path(self) -> None:
        """As JSON Feed has no lines of its own."""
        body = DOCUMENTS["json"].replace('"mime_type": "audio/mpeg"', '"mime_type": "mp3"')
        (finding,) = examine(body.encode(), "feed.json", NOW).findings
        assert finding.sentence.startswith("items[0].attachments[0].mime_type 'mp3'")


GRAMMATICAL = ("unknown", "twice", "missing", "text", "attribute")


class TestValues:
    """Dates and words that are right."""

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("Tue, 03 Dec 2024 10:30:00 +0700", "2024-12-03T10:30:00+07:00"),
            ("3 Dec 2024 10:30 EST", "2024-12-03T10:30:00-05:00"),
            ("Tue,03 Dec 2024 10:30:00 Z", "2024-12-03T10:30:00+00:00"),
            ("03 Dec 24 10:30:60 GMT", "2024-12-03T10:30:59+00:00"),
            ("03 Dec 99 10:30 UT", "1999-12-03T10:30:00+00:00"),
            ("03 Dec 2024 10:30:00 +0760", None),
            ("03 Dec 2024 24:00:00 GMT", None),
            ("03 des 2024 10:30:00 GMT", None),
            ("01 Jan 0001 00:00:00 +0700", None),
        ],
    )
    def test_rfc822(self, text: str, moment: str | None) -> None:
        """English names, whole days, zones by name or by offset."""
        assert moment_of_rfc822(text) == (datetime.fromisoformat(moment) if moment else None)

    @pytest.mark.parametrize(
        ("text", "right"),
        [
            ("2024-12-03T10:30:00.123456789+07:00", True),
            ("2016-12-31T23:59:60Z", True),
            ("2024-12-03t10:30:00z", False),
            ("2024-12-03", False),
            ("2024-02-30T10:30:00Z", False),
            ("٢٠٢٤-12-03T10:30:00Z", False),
        ],
    )
    def test_rfc3339(self, text: str, right: bool) -> None:
        """RFC 4287, section 3.3: capital letters, seconds, a zone."""
        assert (moment_of_rfc3339(text) is not None) == right

    @pytest.mark.parametrize("text", ["id", "jv-Latn", "min", "en-US", "zh-Hant-TW", "x-kabar", "de-1996", "ID-id"])
    def test_tags_of_languages(self, text: str) -> None:
        """By their form, in any case of letters."""
        assert list(language(text)) == []


class TestHostileDocuments:
    """Nothing that a document declares is fetched, expanded or run, and none ends in a traceback."""

    def test_entities_are_neither_expanded_nor_read(self, tmp_path: Path) -> None:
        """Not from a file, and not ten to the power of ten times."""
        (tmp_path / "rahasia").write_text("RAHASIA")
        declared = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{(tmp_path / "rahasia").as_uri()}">]><rss '
        body = DOCUMENTS["rss"].replace("<rss ", declared).replace("Berita warga", "Berita &x;")
        found = examine(body.encode(), "rss.xml", NOW)
        assert codes(found) == {"xml-doctype"}
        assert "RAHASIA" not in str(found)

    def test_a_bomb_of_entities_is_a_finding(self) -> None:
        """In an attribute, where a parser replaces them."""
        lines = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
        body = f'<!DOCTYPE rss [<!ENTITY x0 "lol">{lines}]><rss version="&x11;"/>'
        assert "xml" in codes(examine(body.encode(), "rss.xml", NOW))

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"\x00\xff\xfe",
            b"<",
            b"<rss>" * 5000,
            b"<rss/>",
            b"<rss><channel><item/></channel></rss>",
            b"{}",
            b"[" * 100_000,
            b'{"a": ' * 100_000,
            b'{"items": ' + b"9" * 5000 + b"}",
            b'{"version": "https://jsonfeed.org/version/1.1", "items": [1, null, {"authors": [2]}], "authors": 3}',
            b'{"items": {"id": []}, "hubs": [[]]}',
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>',
            b"<opml><body><outline/></body></opml>",
            b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://[</loc></url></urlset>',
            b'<rss version="2.0"><channel><link>http://a:99999/</link></channel></rss>',
            b"\xff\xfe<\x00r\x00s\x00s\x00/\x00>\x00",
            "<?xml version='1.0' encoding='utf-16'?><rss/>".encode("utf-16"),
            b"<?xml version='1.0' encoding='klingon'?><rss/>",
        ],
    )
    def test_whatever_comes_is_a_document_with_findings(self, body: bytes) -> None:
        """And every finding is a sentence of one line."""
        found = examine(body, "kabar", NOW)
        assert found.findings
        assert all("\n" not in finding.sentence for finding in found.findings)

    @pytest.mark.parametrize(
        "piece", ["<!--", "<a ", "<a b='", "</a", "<![", "&", "<b>", "<x>", "<?", "<script>", "</b>", "<a href=x>\n"]
    )
    def test_time_grows_with_the_length_alone(self, piece: str) -> None:
        """Of what nobody closed: a square of it would take minutes here."""
        text = piece * 40_000
        began = time.process_time()
        page = examine(f"<html>{text}".encode(), "index.html", NOW)
        feed = examine(DOCUMENTS["rss"].replace("Turun &lt;", escape(text)).encode(), "rss.xml", NOW)
        assert time.process_time() - began < 10
        assert (page.kind, feed.kind) == ("page", "RSS 2.0")


# --- folders ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def situs(tmp_path: Path) -> Path:
    """A static site whose feeds, list and pages lead to one another."""
    files = {
        "rss.xml": DOCUMENTS["rss"],
        "atom.xml": DOCUMENTS["atom"],
        "feed.json": DOCUMENTS["json"],
        "ekonomi/rss.xml": DOCUMENTS["rss"].replace("/rss.xml", "/ekonomi/rss.xml"),
        "daftar.opml": DOCUMENTS["opml"],
        "sitemap.xml": DOCUMENTS["index"],
        "sitemap-2024.xml": DOCUMENTS["sitemap"],
        "index.html": DOCUMENTS["page"],
        "ekonomi/index.html": DOCUMENTS["page"].replace("rss.xml", "../ekonomi/rss.xml"),
        "lain.html": "bukan HTML",
        "data.json": "{}",
        ".feeds/rss.xml": "rusak",
    }
    for path, text in files.items():
        target = tmp_path / "situs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return tmp_path / "situs"


def findings(situs: Path) -> set[tuple[str, str]]:
    """(path, code) of each finding in a folder."""
    return {(each.address, finding.code) for each in validate_folder(situs, NOW) for finding in each.findings}


class TestFolder:
    """A folder as a static host sends it."""

    def test_every_document_is_found_and_nothing_else(self, situs: Path) -> None:
        """By name and by first bytes; what a dot hides, what is no feed and what is no page are passed over."""
        documents = list(validate_folder(situs, NOW))
        assert [(each.address, each.kind, each.entries) for each in documents] == [
            ("atom.xml", "Atom", 2),
            ("daftar.opml", "OPML", 1),
            ("ekonomi/rss.xml", "RSS 2.0", 2),
            ("feed.json", "JSON Feed", 2),
            ("rss.xml", "RSS 2.0", 2),
            ("sitemap-2024.xml", "sitemap", 1),
            ("sitemap.xml", "sitemap", 1),
            ("ekonomi/index.html", "page", 0),
            ("index.html", "page", 0),
        ]
        assert codes(*documents) == set()

    def test_what_is_named_and_not_there_is_found(self, situs: Path) -> None:
        """By pages, lists of subscriptions and indexes of sitemaps."""
        (situs / "ekonomi/rss.xml").unlink()
        (situs / "sitemap-2024.xml").unlink()
        assert findings(situs) == {
            ("daftar.opml", "reference-missing"),
            ("ekonomi/index.html", "reference-missing"),
            ("sitemap.xml", "reference-missing"),
        }

    def test_an_archive_that_is_not_there_is_a_warning(self, situs: Path) -> None:
        """As a server may answer for it; what follows ? in its address makes no other file of it."""
        link = '<link rel="prev-archive" href="https://kabar.example/archive/2024-11/atom.xml?growing=1"/>'
        (situs / "atom.xml").write_text(DOCUMENTS["atom"].replace("<entry>", f"{link}<entry>", 1), encoding="utf-8")
        assert findings(situs) == {("atom.xml", "archive-missing")}
        (situs / "archive/2024-11").mkdir(parents=True)
        (situs / "archive/2024-11/atom.xml").write_text(
            DOCUMENTS["atom"].replace("/atom.xml", "/archive/2024-11/atom.xml"), encoding="utf-8"
        )
        assert findings(situs) == set()

    def test_a_feed_that_calls_itself_otherwise_than_its_place_is_found(self, situs: Path) -> None:
        """The address of the folder is what most feeds say."""
        shutil.copy(situs / "rss.xml", situs / "ekonomi/rss.xml")
        assert findings(situs) == {("ekonomi/rss.xml", "self")}

    def test_a_page_in_the_place_of_a_feed_is_found(self, situs: Path) -> None:
        """An error page that somebody saved."""
        shutil.copy(situs / "index.html", situs / "rss.xml")
        assert ("rss.xml", "unknown") in findings(situs)

    def test_a_file_that_is_too_long_is_not_looked_at(self, situs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The others are."""
        monkeypatch.setattr(folders, "LARGEST", 1000)
        (situs / "kecil.xml").write_text(DOCUMENTS["index"].replace("sitemap-2024.xml", "nihil.xml"), encoding="utf-8")
        assert {("rss.xml", "size-limit"), ("atom.xml", "size-limit")} <= findings(situs)

    def test_a_folder_without_feeds_has_no_findings(self, tmp_path: Path) -> None:
        """And no documents."""
        assert list(validate_folder(tmp_path, NOW)) == []


# --- servers ---------------------------------------------------------------------------------------------------------


@dataclass
class Site:
    """What a server of the test answers: path -> (media type, body), and how it behaves.

    headers: in place of the usual ones, "" for none. redirects: path -> (status, location). asked: (method, path).
    """

    files: dict[str, tuple[str, bytes]]
    headers: dict[str, str] = field(default_factory=dict)
    behaviour: str = ""
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    end: Event = field(default_factory=Event)

    def put(self, path: str, name: str, media_type: str, own: str = "") -> None:
        """A document of the data, with its addresses those of this server."""
        text = DOCUMENTS[name].replace("https://kabar.example/", self.address)
        own = own or f"{'rss' if name == 'rss' else name}.{SUFFIXES.get(name, 'xml')}"
        self.files[path] = (media_type, text.replace(f"{self.address}{own}", f"{self.address}{path[1:]}").encode())


class _Handler(BaseHTTPRequestHandler):
    """A well-behaved server, but for what the site says."""

    site: Site

    def do_GET(self) -> None:
        site = self.site
        site.asked.append((self.command, self.path))
        if site.behaviour == "slow":
            self.wfile.write(b"HTTP/1.0 200 OK\r\n")
            while not site.end.wait(0.05):
                self.wfile.write(b"X")
            return
        if self.path in site.redirects:
            status, location = site.redirects[self.path]
            self._send(status, {"Location": location}, b"")
        elif self.path not in site.files or (self.command == "HEAD" and site.behaviour == "no HEAD"):
            self._send(404, {}, b"")
        else:
            self._document(*site.files[self.path])

    def do_HEAD(self) -> None:
        self.do_GET()

    def _document(self, media_type: str, body: bytes) -> None:
        site = self.site
        headers = {
            "Content-Type": media_type,
            "ETag": '"1"',
            "Last-Modified": "Tue, 03 Dec 2024 03:30:00 GMT",
            "Vary": "Accept-Encoding",
            "Cache-Control": "max-age=300",
            "Access-Control-Allow-Origin": "*",
        } | site.headers
        marks = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        same = any(self.headers.get(asked) == headers[mark] for asked, mark in marks.items() if headers[mark])
        if same and site.behaviour != "unconditional":
            self._send(304, headers, b"")
            return
        if self.headers.get("Accept-Encoding") == "gzip" and site.behaviour != "no gzip":
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body)
        self._send(200, headers, body)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


Serve = Callable[..., Site]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts servers of sites; whatever proxy the environment names is not asked."""
    monkeypatch.setenv("no_proxy", "*")
    running: list[tuple[ThreadingHTTPServer, Site]] = []

    def start(**rest: Any) -> Site:
        site = Site({}, **rest)
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
        server.daemon_threads = True
        site.address = f"http://127.0.0.1:{server.server_port}/"
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.append((server, site))
        return site

    yield start
    for server, site in running:
        site.end.set()
        server.shutdown()
        server.server_close()


RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"


def validated(
    address: str, *, everything: bool = False, patience: float = 10, largest: int = 1_000_000
) -> list[Document]:
    return validate_address(address, Fetcher(patience, largest), NOW, everything=everything)


class TestAnswers:
    """The answer that brings a document."""

    def test_an_answer_without_a_fault_has_no_finding(self, serve: Serve) -> None:
        """Not even a note."""
        site = serve()
        site.put("/rss.xml", "rss", RSS)
        (found,) = validated(f"{site.address}rss.xml")
        assert (found.kind, found.entries, found.findings) == ("RSS 2.0", 2, ())

    @pytest.mark.parametrize("case", ANSWERS, ids=lambda case: f"{case['codes'][0]} {case.get('headers', '')}")
    def test_a_fault_breaks_its_rule_and_no_other(self, serve: Serve, case: dict[str, Any]) -> None:
        """Each case is a sound answer with one thing changed."""
        site = serve(headers=case.get("headers", {}), behaviour=case.get("behaviour", ""))
        site.put("/rss.xml", "rss", RSS)
        assert codes(*validated(f"{site.address}rss.xml")) == set(case["codes"])

    @pytest.mark.parametrize(("status", "code"), [(301, "http-redirect"), (302, "http-redirect-temporary")])
    def test_redirects_are_followed_and_told(self, serve: Serve, status: int, code: str) -> None:
        """One that is for good is a note, one that is for now a warning."""
        site = serve(redirects={"/feed": (status, "rss.xml")})
        site.put("/rss.xml", "rss", RSS)
        (found,) = validated(f"{site.address}feed")
        assert [(finding.code, site.address in finding.sentence) for finding in found.findings] == [(code, True)]

    def test_a_feed_under_another_address_than_it_says_is_found(self, serve: Serve) -> None:
        """The host in another case is the same address."""
        site = serve()
        site.put("/rss.xml", "rss", RSS)
        site.files["/lain.xml"] = site.files["/rss.xml"]
        assert codes(*validated(f"{site.address}lain.xml")) == {"self"}


class TestFetching:
    """What cannot be had is one sentence."""

    def test_a_status_that_is_no_success(self, serve: Serve) -> None:
        site = serve()
        with pytest.raises(FetchError, match=r"/rss\.xml: it is answered with the status 404"):
            validated(f"{site.address}rss.xml")

    def test_nobody_there(self) -> None:
        with pytest.raises(FetchError, match="Connection refused"):
            validated(f"http://127.0.0.1:{free_port()}/rss.xml")

    def test_an_answer_that_never_ends_is_left_in_time(self, serve: Serve) -> None:
        """A server that sends a letter now and then."""
        site = serve(behaviour="slow")
        with pytest.raises(FetchError, match=r"no answer within 0\.3 s"):
            validated(f"{site.address}rss.xml", patience=0.3)

    def test_a_server_that_says_nothing_is_left_in_time(self) -> None:
        with closing(create_server(("127.0.0.1", 0))) as silent, pytest.raises(FetchError, match="no answer within"):
            validated(f"http://127.0.0.1:{silent.getsockname()[1]}/rss.xml", patience=0.3)

    def test_what_is_too_long_is_not_read_to_its_end(self, serve: Serve) -> None:
        """Compressed a thousandfold or not at all."""
        site = serve()
        site.files["/rss.xml"] = (RSS, b"<rss>" + b" " * 3_000_000)
        for behaviour in ("", "no gzip"):
            site.behaviour = behaviour
            with pytest.raises(FetchError, match="longer than 1 MB"):
                validated(f"{site.address}rss.xml")

    def test_redirects_in_a_circle_end(self, serve: Serve) -> None:
        site = serve(redirects={"/a": (302, "/b"), "/b": (302, "/a")})
        with pytest.raises(FetchError, match="more than 10 redirects"):
            validated(f"{site.address}a")

    @pytest.mark.parametrize(
        "location",
        [
            *("file:///etc/hostname", "ftp://127.0.0.1/rss.xml", "data:,rss", "http://[", "http://127.0.0.1:0/"),
            *("http://%31%32%37.0.0.1/", "https://a%2eexample/", "http://a%40127.0.0.1/", "http://[fe80::1%25lo]/"),
        ],
    )
    def test_redirects_lead_to_the_web_alone(self, serve: Serve, location: str) -> None:
        """Neither to files nor to anything else."""
        site = serve(redirects={"/rss.xml": (302, location)})
        with pytest.raises(FetchError, match="no address of http or https"):
            validated(f"{site.address}rss.xml")

    @pytest.mark.parametrize("address", ["file:///etc/hostname", "http://", "http://\x00/", "https://a b/"])
    def test_addresses_of_nothing(self, address: str) -> None:
        with pytest.raises(FetchError):
            validated(address)

    def test_compression_that_nobody_asked_for(self, serve: Serve) -> None:
        site = serve(headers={"Content-Encoding": "br"}, behaviour="no gzip")
        site.put("/rss.xml", "rss", RSS)
        with pytest.raises(FetchError, match="compressed with br"):
            validated(f"{site.address}rss.xml")

    def test_compression_that_is_none(self, serve: Serve) -> None:
        site = serve(headers={"Content-Encoding": "gzip"}, behaviour="no gzip")
        site.put("/rss.xml", "rss", RSS)
        with pytest.raises(FetchError, match="incorrect header check"):
            validated(f"{site.address}rss.xml")


class TestWalk:
    """From one address to others."""

    def test_a_page_leads_to_its_feeds(self, serve: Serve) -> None:
        """Also where their addresses are relative."""
        site = serve()
        site.put("/rss.xml", "rss", RSS)
        site.put("/", "page", HTML)
        found = validated(site.address)
        assert [(each.kind, each.findings) for each in found] == [("page", ()), ("RSS 2.0", ())]

    def test_a_page_that_announces_what_is_not_there(self, serve: Serve) -> None:
        site = serve()
        site.put("/", "page", HTML)
        assert codes(*validated(site.address)) == {"reference-missing"}

    def test_a_page_that_announces_another_format(self, serve: Serve) -> None:
        site = serve()
        site.put("/", "page", HTML)
        site.put("/rss.xml", "atom", ATOM, own="atom.xml")
        assert codes(*validated(site.address)) == {"page-type"}

    def test_a_page_that_announces_a_page(self, serve: Serve) -> None:
        site = serve()
        site.put("/", "page", HTML)
        site.put("/rss.xml", "page", HTML)
        assert codes(*validated(site.address)) == {"reference-kind"}

    def test_another_host_is_not_asked(self, serve: Serve) -> None:
        """A page could make the machine ask its neighbours: neither by a link nor by a redirect behind one."""
        site, neighbour = serve(), serve()
        neighbour.put("/rss.xml", "rss", RSS)
        site.files["/"] = (HTML, DOCUMENTS["page"].replace('href="', f'href="{neighbour.address}').encode())
        assert codes(*validated(site.address)) == {"reference-host"}
        site.put("/", "page", HTML)
        site.redirects["/rss.xml"] = (302, f"{neighbour.address}rss.xml")
        (page,) = validated(site.address)
        assert "another host" in page.findings[0].sentence
        assert neighbour.asked == []

    def test_what_the_user_names_may_lead_to_another_host(self, serve: Serve) -> None:
        """As a newsroom that moved does."""
        site, other = serve(), serve()
        other.put("/rss.xml", "rss", RSS)
        site.redirects["/rss.xml"] = (301, f"{other.address}rss.xml")
        assert codes(*validated(f"{site.address}rss.xml")) == {"http-redirect"}

    def test_no_redirect_leads_from_outside_to_this_machine(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever name it has, and however many redirects lie between: what counts is where a connection leads."""
        site, neighbour = serve(), serve()
        neighbour.put("/rss.xml", "rss", RSS)
        site.redirects["/rss.xml"] = (302, f"{neighbour.address}rss.xml".replace("127.0.0.1", "localhost"))
        outside = iter([True])  # the first, as if it were none of this machine
        monkeypatch.setattr(fetch, "is_inner", lambda peer, real=is_inner: not next(outside, not real(peer)))
        with pytest.raises(
            FetchError, match=r"it leads to (127\.0\.0\.1|::1), on this machine or a network of its own"
        ):
            validated(f"{site.address}rss.xml")
        assert neighbour.asked == []

    def test_a_host_that_is_written_in_another_way_is_no_proxy(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A proxy may be on this machine, as the user named it; urllib itself says which requests go to one."""
        site = serve()
        site.put("/rss.xml", "rss", RSS)
        places = fetch._Places(False)
        encoded = site.address.replace("127", "%31%32%37")
        with pytest.raises(OSError, match="it leads to 127"):
            fetch._opener(places).open(fetch.Request(f"{encoded}rss.xml"), timeout=10)
        assert site.asked == []

    def test_a_proxy_that_the_user_named_may_be_on_this_machine(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = serve()
        proxy.put("http://kabar.example/rss.xml", "rss", RSS)
        monkeypatch.delenv("no_proxy")
        monkeypatch.setenv("http_proxy", proxy.address)
        answer = Fetcher().fetch("http://kabar.example/rss.xml")
        assert (answer.status, answer.inner) == (200, False)

    @pytest.mark.parametrize(
        ("peer", "inner"),
        [
            *(("127.0.0.1", True), ("10.1.2.3", True), ("192.168.1.1", True), ("172.16.0.1", True), ("0.0.0.0", True)),
            *(
                ("169.254.169.254", True),
                ("100.64.0.1", True),
                ("::1", True),
                ("fe80::1%eth0", True),
                ("fd00::1", True),
            ),
            *(("::ffff:127.0.0.1", True), ("::ffff:169.254.169.254", True)),
            *(("93.184.215.14", False), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", False)),
        ],
    )
    def test_addresses_of_ones_own_networks_are_known(self, peer: str, inner: bool) -> None:
        assert is_inner(peer) == inner

    def test_archives_are_followed_where_everything_is_wanted(self, serve: Serve) -> None:
        """To the first month, each once; one that is not there is told."""
        site = serve()
        site.put("/atom.xml", "atom", ATOM)
        media_type, body = site.files["/atom.xml"]
        for path, rel, target in (("/atom.xml", "prev-archive", "1.xml"), ("/1.xml", "next-archive", "atom.xml")):
            link = f'<link rel="{rel}" href="{target}"/><entry>'
            further = '<link rel="prev-archive" href="0.xml"/>' if path == "/1.xml" else ""
            whole = body.decode().replace("<entry>", f"{further}{link}", 1).replace("/atom.xml", path)
            site.files[path] = (media_type, whole.encode())
        assert [each.address for each in validated(f"{site.address}atom.xml")] == [f"{site.address}atom.xml"]
        found = validated(f"{site.address}atom.xml", everything=True)
        assert [each.address for each in found] == [f"{site.address}atom.xml", f"{site.address}1.xml"]
        assert codes(found[1]) == {"archive-missing", "atom-relative"}

    def test_lists_are_followed_where_everything_is_wanted(self, serve: Serve) -> None:
        """The feeds of an OPML document, the sitemaps of an index."""
        site = serve()
        site.put("/daftar.opml", "opml", "text/x-opml")
        site.put("/ekonomi/rss.xml", "rss", RSS, own="rss.xml")
        site.put("/sitemap.xml", "index", "application/xml")
        site.put("/sitemap-2024.xml", "sitemap", "application/xml")
        for path, kind in (("daftar.opml", "RSS 2.0"), ("sitemap.xml", "sitemap")):
            assert len(validated(f"{site.address}{path}")) == 1
            found = validated(f"{site.address}{path}", everything=True)
            assert (found[1].kind, codes(*found)) == (kind, set())

    def test_there_is_a_bound(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        """Which is told."""
        monkeypatch.setattr(walk, "MOST", 1)
        site = serve()
        site.put("/rss.xml", "rss", RSS)
        site.put("/", "page", HTML)
        assert codes(*validated(site.address)) == {"reference-bound"}


# --- the command -----------------------------------------------------------------------------------------------------


class TestCommand:
    """``feeds validate``."""

    @pytest.fixture
    def faulty(self, situs: Path) -> Path:
        """The site with a warning and an error."""
        text = DOCUMENTS["rss"].replace("2 Dec 2024 10:30 GMT", "kemarin")
        (situs / "rss.xml").write_text(text.replace("<ttl>5</ttl>", '<ttl a="">5</ttl>'), encoding="utf-8")
        (situs / "atom.xml").write_text(DOCUMENTS["atom"].replace('rel="self"', 'rel="up"'), encoding="utf-8")
        return situs

    def test_people_get_lines_by_document_and_a_sum(self, feeds: Call, faulty: Path) -> None:
        """With the line, the sentence, the rule and its source."""
        done = feeds("validate", faulty)
        assert done.exit_code == 1
        lines = done.output.splitlines()
        assert lines[0] == "atom.xml: Atom"
        assert lines[1] == "  warning  line 2     has no link to itself (rel=self)  [atom-self; RFC 4287, 4.1.1]"
        assert (
            "  error    line 31    <pubDate> 'kemarin' is no date such as Tue, 03 Dec 2024 10:30:00 +0700"
            in done.output
        )
        assert lines[-1] == (
            "9 documents (2 RSS 2.0, 2 sitemap, 2 page, 1 Atom, 1 OPML, 1 JSON Feed): 2 errors, 1 warning, 0 notes"
        )

    def test_machines_get_json(self, feeds: Call, faulty: Path) -> None:
        """Everything, with the address of each standard."""
        report = json.loads(feeds("validate", "--json", faulty).stdout)
        (atom, *_) = report["documents"]
        assert (report["errors"], report["warnings"], report["notes"]) == (2, 1, 0)
        assert (atom["address"], atom["kind"], atom["entries"]) == ("atom.xml", "Atom", 2)
        assert atom["findings"] == [
            {
                "line": 2,
                "level": "warning",
                "code": "atom-self",
                "sentence": "has no link to itself (rel=self)",
                "source": "RFC 4287, 4.1.1",
                "specification": "https://www.rfc-editor.org/rfc/rfc4287",
            }
        ]

    def test_warnings_fail_where_it_is_strict(self, feeds: Call, situs: Path) -> None:
        """Notes never do."""
        assert feeds("validate", "--strict", situs).exit_code == 0
        (situs / "atom.xml").write_text(DOCUMENTS["atom"].replace('rel="self"', 'rel="up"'), encoding="utf-8")
        assert feeds("validate", situs).exit_code == 0
        assert feeds("validate", "--strict", situs).exit_code == 1

    def test_one_file_can_be_named(self, feeds: Call, faulty: Path) -> None:
        assert feeds("validate", faulty / "rss.xml").exit_code == 1
        assert (
            feeds("validate", faulty / "feed.json").output
            == "1 document (1 JSON Feed): 0 errors, 0 warnings, 0 notes\n"
        )

    @pytest.mark.parametrize("where", ["nirwana", "file:///etc/hostname", "http://127.0.0.1:1/rss.xml"])
    def test_what_cannot_be_had_is_one_sentence(self, feeds: Call, where: str) -> None:
        """And exit 2."""
        done = feeds("validate", where)
        assert (done.exit_code, done.stderr.count("\n"), done.stdout) == (2, 1, "")
        assert done.stderr.startswith(f"feeds: {where}")

    def test_many_faults_of_one_kind_are_counted(self, feeds: Call, situs: Path) -> None:
        """People are shown five."""
        items = "".join(f"<item><title>{n}</title></item>\n" for n in range(9))
        (situs / "rss.xml").write_text(DOCUMENTS["rss"].replace("</channel>", f"{items}</channel>"), encoding="utf-8")
        output = feeds("validate", situs).output
        assert output.count("[rss-guid;") == 5
        assert "... and 4 more of rss-guid; --json has them all" in output

    def test_what_others_write_does_nothing_to_a_terminal(self, feeds: Call, situs: Path) -> None:
        text = DOCUMENTS["json"].replace('"id": "tag:kabar.example,2024:tari"', '"id": "a", "\\u001b[2J": 1')
        (situs / "feed.json").write_text(text, encoding="utf-8")
        output = feeds("validate", situs).output
        assert "\x1b" not in output
        assert "\\x1b[2J" in output

    def test_progress_is_shown_on_a_terminal_alone(self, situs: Path) -> None:
        assert "documents" in on_a_terminal("validate", "situs", cwd=situs.parent)
        assert run("validate", "situs", cwd=situs.parent).stderr == ""


class TestOurOwn:
    """What the program itself makes keeps to the rules."""

    @pytest.mark.parametrize("data", ["", str(ROOT / "tests/newsroom")], ids=["sample", "broken files"])
    def test_a_static_build_has_nothing_to_be_ashamed_of(self, tmp_path: Path, data: str) -> None:
        """The sample, and a newsroom of broken files: neither an error nor a warning."""
        chosen = {"archives": "true", "base_url": "https://feeds.kabar.example/", "article_pages": "true"}
        options = ["--data", shutil.copytree(data, tmp_path / "berita")] if data else []
        built = run(*options, "build", "--output", "situs", cwd=tmp_path, **chosen)
        assert built.returncode == 0, built.stderr
        done = run("validate", "--strict", "--json", "situs", cwd=tmp_path)
        report = json.loads(done.stdout)
        found = [(d["address"], f) for d in report["documents"] for f in d["findings"] if f["level"] != "note"]
        assert found == []
        assert {"RSS 2.0", "Atom", "JSON Feed", "page"} <= {d["kind"] for d in report["documents"]}
        assert done.returncode == 0

    @pytest.mark.usefixtures("serve")
    def test_the_service_has_nothing_to_be_ashamed_of(self, tmp_path: Path) -> None:
        """From its page to every feed that this announces, and from the feed of all to its first archive."""
        port = free_port()
        env = environment(tmp_path, base_url=f"http://127.0.0.1:{port}/")
        server = Server(server_command("feeds serve", port), port=port, log=tmp_path / "log", cwd=tmp_path, env=env)
        try:
            server.wait()
            for path, everything in (("", False), ("atom.xml", True)):
                found = validate_address(f"{server.address}{path}", Fetcher(), datetime.now(UTC), everything=everything)
                assert len(found) > 2
                assert [f for each in found for f in each.findings if f.level != "note"] == []
        finally:
            server.stop()
