"""The front door: what a request asks for, by its headers, and what it gets; through WSGI and through real servers."""

from __future__ import annotations

import gzip
import json
import random
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import brotli
import pytest
import zstandard
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_date
from werkzeug.test import create_environ, run_wsgi_app

from feeds.config import CategorySetting, load
from feeds.edition import Edition
from feeds.errors import CatalogueError, ConfigError
from feeds.front import door
from feeds.front.codings import CODINGS
from feeds.front.door import FrontDoor
from feeds.meter import Meter
from feeds.web import create_app
from tests.support import DEAF_HUB, FORMATS, Desk, a_desk, until

CASES = tomllib.loads((Path(__file__).parent / "front.toml").read_text(encoding="utf-8"))["case"]
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.decompress(body)),
    "zstd": lambda body: zstandard.decompress(body),
    "gzip": gzip.decompress,
}


@dataclass
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def plain(self) -> bytes:
        coding = self.headers.get("content-encoding")
        return DECODERS[coding](self.body) if coding else self.body


def ask(application: Any, path: str = "/rss.xml", method: str = "GET", **headers: str) -> Got:
    """A request by WSGI alone, whose headers may hold anything that a server lets through."""
    environ = create_environ(path, method=method)
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    body, status, found = run_wsgi_app(application, environ)
    return Got(int(status[:3]), {name.lower(): value for name, value in found}, b"".join(body))


@dataclass
class Site:
    """The application of a newsroom, and the version of its feeds before the current one."""

    desk: Desk
    app: Flask
    former: Mapping[str, str] = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        edition: Edition | None = self.app.extensions["feeds"].edition
        assert edition
        return edition

    def ask(self, path: str = "/rss.xml", method: str = "GET", **headers: str) -> Got:
        return ask(self.app, path, method, **headers)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    culture = CategorySetting(slug="budaya", title="Budaya", aliases=("Seni & Budaya", "Kebudayaan"))
    economy = CategorySetting(slug="ekonomi", title="Ekonomi", aliases=("Bisnis",))
    given = {"categories": (culture, economy), "gone": ("pemilu-2024",), "hubs": (DEAF_HUB,)}
    with a_desk(tmp_path_factory.mktemp("desk"), article_pages=True, max_age=120, **given) as opened:
        opened.write("ekonomi/kopi.md", "Panen kopi naik", "2026-05-05T09:00:00+07:00", body="Isi panjang. " * 100)
        opened.write("ekonomi/teh.md", "Teh naik kelas", "2026-05-04T09:00:00+07:00")
        yield opened


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[Site]:
    former = {path: found.etag for path, found in desk.build().documents.items()}
    desk.write("budaya/tari.md", "Tari dipentaskan", "2026-05-06T09:00:00+07:00")
    app = create_app(desk.settings)
    app.extensions["feeds"].start()
    found = Site(desk, app, former)
    until(lambda: app.extensions["feeds"].edition and b"Tari" in found.ask("/feed.json").body, within=10)
    yield found
    app.extensions["feeds"].stop()


# --- the table -------------------------------------------------------------------------------------------------------


def filled(value: str, etag: str, former: str, modified: str) -> str:
    """A header of the table, with what only the edition knows."""
    when = parse_date(modified)
    assert when
    moments = {f"modified{n:+d}": format_datetime(when + timedelta(seconds=n), usegmt=True) for n in (-1, 1)}
    values = {"etag": etag, "former": former, "modified": modified, **moments}
    for name, text in values.items():
        value = value.replace(f"<{name}>", text)
    return value


def check(case: Mapping[str, Any], asking: Callable[..., Any], edition: Edition, former: Mapping[str, str]) -> None:
    """One row: the request's headers, and of the answer the status, the coding, the tag's ending and other headers."""
    path = case.get("path", "rss.xml")
    rendition = edition.documents[path]
    modified = asking(f"/{path}").headers["last-modified"]
    sent = {n.replace("-", "_"): filled(v, rendition.etag, former[path], modified) for n, v in case["headers"].items()}
    got = asking(f"/{path}", case.get("method", "GET"), **sent)
    assert got.status == case["status"]
    if case["status"] in (200, 304):
        suffix = case.get("tag", case.get("coding", ""))
        assert got.headers["etag"] == f'"{rendition.etag}{"-" * bool(suffix)}{suffix}"'
        assert got.headers["last-modified"] == modified
        assert "max-age" in got.headers["cache-control"]
        assert got.headers["vary"] == "Accept-Encoding, A-IM, Sec-Fetch-Dest"
        assert 'rel="self"' in got.headers["link"]
        assert got.headers["access-control-allow-origin"] == "*"
    assert got.headers.get("content-encoding", "") == case.get("coding", "")
    if case["status"] == 200 and case.get("method", "GET") == "GET":
        coding = got.headers.get("content-encoding")
        assert (DECODERS[coding](got.body) if coding else got.body) == rendition.body
        assert got.headers["content-length"] == str(len(got.body))
    if case["status"] == 304 or case.get("method") == "HEAD":
        assert got.body == b""
    if case["status"] == 304:
        assert "content-type" not in got.headers


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["is"])


@each_case
def test_a_request_gets_what_its_headers_ask_for(site: Site, case: Mapping[str, Any]) -> None:
    for _ in range(2):  # decided, then remembered
        check(case, site.ask, site.edition, site.former)


def test_every_coding_is_smaller_and_has_an_etag_of_its_own(site: Site) -> None:
    for coding in CODINGS:
        got = site.ask(accept_encoding=coding.name)
        assert got.headers["etag"].endswith(f'-{coding.name}"')
        assert len(got.body) < len(got.plain) / 2


def test_head_has_the_length_that_get_has_under_each_coding(site: Site) -> None:
    for accepted in ("", "gzip", "br"):
        got, head = site.ask(accept_encoding=accepted), site.ask("/rss.xml", "HEAD", accept_encoding=accepted)
        assert (head.headers, head.body) == (got.headers, b"")


def test_a_document_is_the_same_through_flask_as_through_the_front_door(site: Site) -> None:
    """A parameter that nobody knows leads through Flask."""
    for sent in ({}, {"accept_encoding": "br"}, {"if_none_match": "*"}, {"if_match": '"lain"'}):
        assert site.ask("/rss.xml?utm_source=surat", **sent) == site.ask("/rss.xml", **sent)


def test_the_page_of_an_article_has_the_same_courtesies(site: Site) -> None:
    got = site.ask("/artikel/panen-kopi-naik/", accept_encoding="gzip")
    assert (got.status, got.headers["content-encoding"], got.headers["vary"]) == (200, "gzip", "Accept-Encoding")
    again = site.ask("/artikel/panen-kopi-naik/", if_none_match=got.headers["etag"])
    assert (again.status, again.headers["etag"]) == (304, got.headers["etag"])
    assert again.headers["last-modified"] == got.headers["last-modified"]


def test_a_page_for_people_is_no_feed(site: Site) -> None:
    headers = site.ask("/", a_im="feed").headers
    assert headers["vary"] == "Accept-Encoding"
    assert "link" not in headers


def test_a_feed_names_its_own_address_and_its_hubs(site: Site) -> None:
    link = site.ask("/ekonomi/atom.xml").headers["link"]
    assert link == '<https://feeds.kabar.example/ekonomi/atom.xml>; rel="self", <http://127.0.0.1:9/>; rel="hub"'


def test_a_server_that_changes_its_list_of_headers_changes_no_other_answer(site: Site) -> None:
    def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        headers.append(("Set-Cookie", "x=y"))

    for _ in range(2):
        list(site.app(create_environ("/rss.xml"), begin))
    assert "set-cookie" not in site.ask().headers


def test_below_a_mount_it_answers_the_same(site: Site) -> None:
    environ = create_environ("/rss.xml") | {"SCRIPT_NAME": "/umpan"}
    body, _, headers = run_wsgi_app(site.app, environ)
    assert b"".join(body) == site.ask().body
    assert 'https://feeds.kabar.example/rss.xml>; rel="self"' in headers["Link"]


# --- deltas ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_a_reader_of_an_earlier_version_gets_only_what_is_new(site: Site, name: str) -> None:
    got = site.ask(f"/{name}", if_none_match=f'"{site.former[name]}-gzip"', a_im="Feed")
    assert (got.status, got.headers["im"]) == (226, "feed")
    assert got.headers["etag"] == f'"{site.edition.documents[name].etag}"'
    assert got.headers["cache-control"] == "no-store, im"
    assert got.headers["delta-base"] == f'"{site.former[name]}-gzip"'
    assert "A-IM" in got.headers["vary"]
    assert b"Tari dipentaskan" in got.body
    assert b"Panen kopi naik" not in got.body
    if name == "feed.json":
        assert [item["title"] for item in json.loads(got.body)["items"]] == ["Tari dipentaskan"]
    else:
        entry = ".//item" if name == "rss.xml" else ".//{*}entry"
        assert len(ElementTree.fromstring(got.body).findall(entry)) == 1


def test_a_delta_is_compressed_and_head_of_it_has_no_body(site: Site) -> None:
    sent = {"if_none_match": f'"{site.former["rss.xml"]}"', "a_im": "feed", "accept_encoding": "gzip"}
    got = site.ask(**sent)
    assert (got.status, got.headers["content-encoding"]) == (226, "gzip")
    assert got.headers["etag"].endswith('-gzip"')
    assert b"Tari dipentaskan" in got.plain
    assert site.ask("/rss.xml", "HEAD", **sent) == Got(226, got.headers, b"")


@pytest.mark.parametrize("held", [{}, {"if_none_match": '"0123456789abcdef"'}, {"if_none_match": "*"}])
def test_what_a_client_of_deltas_gets_is_kept_by_no_shared_cache(site: Site, held: dict[str, str]) -> None:
    """One that kept it would revalidate it with the next client's A-IM, and hand on a delta of its own version."""
    assert site.ask(a_im="feed", **held).headers["cache-control"].startswith("private, max-age=")
    assert "private" not in site.ask(a_im="vcdiff", **held).headers["cache-control"]
    assert "private" not in site.ask("/", a_im="feed", **held).headers["cache-control"]


def test_where_nothing_is_new_but_an_entry_went_the_list_is_empty(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("a.md", "Tinggal ini", "2026-05-04")
        path = desk.write("b.md", "Pergi", "2026-05-05")
        before = desk.build()
        path.unlink()
        edition = desk.build()
        front = FrontDoor(lambda *_: [], StandIn(edition), desk.settings, Meter())
        for name in FORMATS:
            got = ask(front, f"/{name}", if_none_match=f'"{before.documents[name].etag}"', a_im="feed")
            assert got.status == 226
            assert b"Tinggal ini" not in got.body
            if name == "feed.json":
                assert json.loads(got.body)["items"] == []
            else:
                ElementTree.fromstring(got.body)


def test_a_catalogue_that_cannot_be_read_gives_the_whole_document(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise CatalogueError("sqlite:///x", "disk I/O error")

    monkeypatch.setattr(site.edition.catalogue, "reading", broken)
    got = site.ask(if_none_match=f'"{site.former["rss.xml"]}", "0123456789abcdef"', a_im="feed")
    assert (got.status, got.body) == (200, site.edition.documents["rss.xml"].body)


# --- other methods, other addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/rss.xml", "/tidak-ada", "/ekonomi/atom.xml?x=y", "/artikel/tari-dipentaskan/"])
def test_options_says_what_a_browser_may_send(site: Site, path: str) -> None:
    got = site.ask(path, "OPTIONS", origin="https://pembaca.example", access_control_request_headers="a-im")
    assert (got.status, got.body) == (204, b"")
    assert got.headers["allow"] == got.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert {"If-None-Match", "If-Modified-Since", "A-IM"} <= set(
        got.headers["access-control-allow-headers"].split(", ")
    )
    assert got.headers["access-control-allow-origin"] == "*"
    assert int(got.headers["access-control-max-age"]) > 0


@pytest.mark.parametrize("path", ["/pemilu-2024/rss.xml", "/pemilu-2024/", "/pemilu-2024", "/pemilu-2024/feed/"])
def test_what_is_listed_as_gone_is_410(site: Site, path: str) -> None:
    assert site.ask(path).status == 410


def test_a_category_that_was_published_goes_from_everywhere_when_it_is_listed(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("pemilu/a.md", "Suara dihitung")
        before = desk.build()
        assert "pemilu/rss.xml" in before.documents
        desk.set(gone=("pemilu",))
        front = FrontDoor(lambda *_: [b"Flask"], StandIn(before), desk.settings, Meter())
        assert front(create_environ("/pemilu/rss.xml"), lambda *_: None) == [b"Flask"]  # also before the next edition
        edition = desk.build()
        assert "pemilu/rss.xml" not in edition.documents
        assert b"pemilu/" not in edition.documents["index.html"].body


@pytest.mark.parametrize(("slug", "why"), [("ekonomi", "is a category"), ("search", "is an address of the service")])
def test_gone_names_neither_a_category_nor_an_address_of_the_service(slug: str, why: str, tmp_path: Path) -> None:
    given = {"FEEDS_GONE": slug, "FEEDS_CATEGORIES__EKONOMI__TITLE": "Ekonomi"}
    with pytest.raises(ConfigError, match=why):
        load(environ=given, cwd=tmp_path, data=tmp_path)


MOVED = {
    **dict.fromkeys(["/feed", "/feed/", "/rss", "/rss/", "/rss2", "/index.xml", "/feed.xml", "/feed/rss/"], "/rss.xml"),
    **dict.fromkeys(["/atom", "/atom/", "/feed/atom/", "/?feed=atom", "/feeds/posts/default"], "/atom.xml"),
    **dict.fromkeys(["/?feed=rss2", "/?feed=rss", "/feeds/posts/default?alt=rss"], "/rss.xml"),
    **dict.fromkeys(["/category/ekonomi/feed/", "/category/bisnis/feed", "/ekonomi/feed/"], "/ekonomi/rss.xml"),
    **dict.fromkeys(["/category/nusantara/ekonomi/feed/", "/ekonomi/index.xml", "/bisnis/rss.xml"], "/ekonomi/rss.xml"),
    **dict.fromkeys(["/categories/ekonomi/index.xml", "/ekonomi/feed.xml", "/Bisnis/feed"], "/ekonomi/rss.xml"),
    **dict.fromkeys(["/category/ekonomi/feed/atom/", "/feeds/posts/default/-/Ekonomi"], "/ekonomi/atom.xml"),
    "/feeds/posts/default/-/Seni%20%26%20Budaya?alt=rss": "/budaya/rss.xml",
    "/?feed=rss2&category_name=ekonomi": "/ekonomi/rss.xml",
    "/seni-budaya/atom.xml": "/budaya/atom.xml",
    "/kebudayaan/feed.json": "/budaya/feed.json",
    "/kebudayaan/rss.xml?limit=1&content=summary": "/budaya/rss.xml?limit=1&content=summary",
    "/kebudayaan/archive/2026-05/atom.xml": "/budaya/archive/2026-05/atom.xml",
}


@pytest.mark.parametrize("path", MOVED)
def test_addresses_of_other_systems_and_former_names_lead_to_the_feed(site: Site, path: str) -> None:
    got = site.ask(path)
    assert got.status == 301
    assert urljoin(f"https://kabar.example/umpan{path}", got.headers["location"]) == (
        f"https://kabar.example/umpan{MOVED[path]}"
    )
    assert site.ask(MOVED[path]).status == 200


NOWHERE = """
/x/feed/ /category/x/feed/ /category/feed/ /a/b/feed/ /feeds/posts/default/-/X /feeds/posts/ /bisnis /bisnis/
/bisnis/x.xml /feeds/posts/default/-/ /feed/x/ /category//feed/
"""


@pytest.mark.parametrize("path", NOWHERE.split())
def test_a_redirect_never_leads_nowhere(site: Site, path: str) -> None:
    got = site.ask(path)
    if got.status == 308:  # Werkzeug's, to the path with single slashes
        got = site.ask(urljoin("http://x/", got.headers["location"]))
    if got.status == 301:
        assert site.ask(urljoin(f"http://x{path}", got.headers["location"])).status == 200
    else:
        assert got.status == 404


# --- what is remembered ----------------------------------------------------------------------------------------------


@dataclass
class StandIn:
    """Something that has an edition."""

    edition: Edition | None


def test_the_next_edition_is_answered_from_at_once(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("a.md", "Satu")
        live = StandIn(desk.build())
        front = FrontDoor(lambda *_: [], live, desk.settings, Meter())
        tag = ask(front, accept_encoding="gzip").headers["etag"]
        assert ask(front, accept_encoding="gzip", if_none_match=tag).status == 304
        desk.write("b.md", "Dua", "2026-05-05")
        live.edition = desk.build()
        got = ask(front, accept_encoding="gzip", if_none_match=tag)
        assert got.status == 200
        assert b"Dua" in got.plain


def test_what_is_compressed_stays_while_the_document_does_and_what_is_new_is_compressed_ahead(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("ekonomi/a.md", "Satu")
        desk.write("budaya/b.md", "Dua", "2026-05-05")
        live = StandIn(desk.build())
        front = FrontDoor(lambda *_: [], live, desk.settings, Meter())
        before = [ask(front, f"/{folder}/rss.xml", accept_encoding="gzip").body for folder in ("ekonomi", "budaya")]
        first = front.document(live.edition.documents["budaya/rss.xml"]).bodies
        desk.write("ekonomi/c.md", "Tiga", "2026-05-06")
        live.edition = desk.build()
        ask(front, "/atom.xml")
        made = {
            folder: front.document(live.edition.documents[f"{folder}/rss.xml"]).bodies
            for folder in ("ekonomi", "budaya")
        }
        assert made["budaya"] is first
        assert made["budaya"]["gzip"] is not None
        assert made["budaya"]["gzip"] == before[1]
        until(lambda: made["ekonomi"].get("gzip") not in (None, before[0]), within=5)
        assert "br" not in made["ekonomi"]  # nobody asked for it


def test_memory_of_answers_is_bounded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "ROOM", 40_000)
    front = FrontDoor(lambda *_: [], site.app.extensions["feeds"], site.desk.settings, Meter())
    for number in range(300):
        assert ask(front, if_none_match=f'"{number:064}"').status == 200
    ask(front, if_none_match='"x",' * 1000)
    kept = front._prepared.answers
    assert 0 < len(kept) < 100
    assert all(sum(len(text or "") for text in asked) <= door.REMEMBERED for asked in kept)


# --- whatever is sent ------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "gzip",
        "br",
        "*",
        "identity",
        ";q=0",
        ";q=",
        "q=1.5",
        ",",
        '"',
        "W/",
        "feed",
        ";",
        "=",
        "-",
        " ",
        "GMT",
        "\xff",
        "2099",
    ]
)
ODD = st.one_of(
    st.lists(WORDS, max_size=12).map("".join),
    st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=60),
    st.sampled_from(
        ["kemarin", "Senin, 03 Jun 2099 10:00:00 WIB", "9" * 400, '"a",' * 30_000, "bytes=0-10", "feed;q=0"]
    ),
)
NAMES = ("accept_encoding", "if_none_match", "if_modified_since", "a_im", "range", "if_range", "te", "accept")


@example(sent={"if_none_match": '"",,"' * 20_000, "a_im": "feed"})
@example(sent={"if_none_match": "*,"})
@example(sent={"if_none_match": '"a", *'})
@example(sent={"if_modified_since": "Sun, 06 Nov 2094 08:49:37 WIB"})
@example(sent={"if_modified_since": "Sun, 06 Nov 2094 08:49:37 GMTSun, 06 Nov 2094 08:49:37 GMT"})
@given(sent=st.dictionaries(st.sampled_from(NAMES), ODD))
@settings(max_examples=250)
def test_no_header_makes_an_error_or_a_wrong_304(site: Site, sent: dict[str, str]) -> None:
    got = site.ask(**sent)
    rendition = site.edition.documents["rss.xml"]
    if got.status == 304:  # only for a tag that is a part of what was sent, for any, or for a date after its time
        tag = sent.get("if_none_match", "")
        assert rendition.etag in tag or tag.strip() == "*"
    else:
        assert got.status == 200
        assert got.plain == rendition.body


def test_thousands_of_tags_cost_little(site: Site) -> None:
    tags = [f'"{random.Random(n).getrandbits(64):016x}"' for n in range(300)]
    assert site.ask(if_none_match=", ".join(tags), a_im="feed").status == 200
    current = f'"{site.edition.documents["rss.xml"].etag}"'
    assert site.ask(if_none_match=", ".join([*tags, current])).status == 304
