"""Feeds that no edition holds are rendered when they are first asked for, within bounds of time and memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from flask.testing import FlaskClient

from feeds import ondemand
from feeds.edition import Edition
from feeds.errors import BusyError
from feeds.front.codings import Coding
from feeds.front.documents import Document
from feeds.indexing import Indexer
from feeds.live import Live
from feeds.model import Rendition
from feeds.ondemand import OnDemand
from feeds.selection import read_selection
from feeds.web import create_app
from tests.conftest import DATABASES
from tests.support import BASE_URL, DEAF_HUB, FORMATS, NOW, Desk, a_desk, until


@pytest.fixture(scope="module", params=DATABASES)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Articles on SQLite and on PostgreSQL; feeds list three."""
    folder = tmp_path_factory.mktemp("desk")
    address = "" if request.param == "sqlite" else request.getfixturevalue("postgresql")()
    with a_desk(folder, address, limit=3, site="https://kabar.example/", advertorial_not_in=("ekonomi",)) as opened:
        write_articles(opened)
        opened.build()
        yield opened


def write_articles(desk: Desk) -> None:
    """Seven articles from the first to the seventh of May, and what must not be seen."""
    rows = [
        ("politik", "Sidang dewan dimulai", ["Banjir"], "Rina Hapsari"),
        ("politik", "Anggaran tanggul disahkan", ["banjir", "Anggaran"], "Rina Hapsari"),
        ("ekonomi", "Harga karet turun", ["Karet"], "Budi Santoso"),
        ("ekonomi", "Pasar terendam", ["Banjir"], "BUDI SANTOSO"),
        ("budaya", "Lomba perahu ditunda", ["banjir", "Banjir"], "Rina Hapsari"),
        ("budaya", "Tari hujan", ["新聞"], "Siti"),
        ("ekonomi", "Kredit usaha kecil", [], "Siti"),
    ]
    for day, (desk_name, title, tags, author) in enumerate(rows, start=1):
        desk.write(f"{desk_name}/{day}.md", title, f"2026-05-0{day}T09:00:00+07:00", tags=tags, author=author)
    desk.write("ekonomi/besok.md", "Harga esok", "2026-06-02T09:00:00+07:00", tags=["Banjir", "Rahasia"])
    desk.write("ekonomi/iklan.md", "Kredit tanpa bunga", "2026-05-08T09:00:00+07:00", tags=["Promo"], advertorial=True)
    desk.write("budaya/cabut.md", "Panggung roboh", tags=["Roboh"], status="ditarik", alasan="Keliru.")


def shown(desk: Desk, address: str) -> list[str]:
    """The headlines of a feed."""
    path, question, query = address.partition("?")
    found = desk.on_demand(f"{path}/feed.json".lstrip("/") + question + query)
    assert found, address
    return [item["title"] for item in json.loads(found.body)["items"]]


CONTENTS = [
    ("tag/banjir", ["Lomba perahu ditunda", "Pasar terendam", "Anggaran tanggul disahkan"]),
    ("tag/Banjir?page=2", ["Sidang dewan dimulai"]),
    ("tag/新聞", ["Tari hujan"]),
    ("tag/promo", ["[Advertorial] Kredit tanpa bunga"]),
    ("author/budi-santoso", ["Pasar terendam", "Harga karet turun"]),
    ("politik+ekonomi?limit=9", [
        *("Kredit usaha kecil", "Pasar terendam", "Harga karet turun"),
        *("Anggaran tanggul disahkan", "Sidang dewan dimulai"),
    ]),
    ("?limit=2", ["[Advertorial] Kredit tanpa bunga", "Kredit usaha kecil"]),
    ("?page=3", ["Anggaran tanggul disahkan", "Sidang dewan dimulai"]),
    ("ekonomi?limit=2&page=2", ["Harga karet turun"]),
    ("budaya?since=6 Mei 2026", ["Tari hujan"]),
    ("politik?since=2026-05-31", []),
    ("ralat?content=summary", ["Dicabut: Panggung roboh"]),
]  # fmt: skip


@pytest.mark.parametrize(("address", "expected"), CONTENTS, ids=[address for address, _ in CONTENTS])
def test_a_feed_lists_what_its_address_asks_for(desk: Desk, address: str, expected: list[str]) -> None:
    """Newest first; nothing under embargo, withdrawn, or paid for where the settings leave that out."""
    assert shown(desk, address) == expected


MISSING = [
    *("tag/tidak-ada/rss.xml", "tag/rahasia/rss.xml", "tag/roboh/rss.xml", "author/tidak-ada/rss.xml", "tag/rss.xml"),
    *("tidak-ada/rss.xml?limit=5", "ekonomi+tidak-ada/rss.xml", "ekonomi+tag/rss.xml", "archive/2026-04/rss.xml"),
    *("tag/banjir/rss.xml?page=3", "rss.xml?page=999999999", "ralat/rss.xml?page=2", "ekonomi/archive/2026-06/rss.xml"),
]


@pytest.mark.parametrize("address", MISSING)
def test_what_is_not_known_is_not_there(desk: Desk, address: str) -> None:
    """Neither a name that only an article under embargo, or one that is withdrawn, has."""
    assert desk.on_demand(address) is None


HEADS = [
    ("tag/Banjir/rss.xml", "Tag: banjir - Kabar", "tag/banjir/"),
    ("author/budi-santoso/rss.xml", "Oleh BUDI SANTOSO - Kabar", "author/budi-santoso/"),
    ("politik+ekonomi/rss.xml", "Ekonomi, Politik - Kabar", "ekonomi+politik/"),
    ("ekonomi/rss.xml?limit=1", "Ekonomi - Kabar", "ekonomi/"),
    ("rss.xml?page=1", "Kabar", ""),
    ("ralat/rss.xml?limit=1", "Ralat dan pencabutan - Kabar", "ralat/"),
]


@pytest.mark.parametrize(("address", "title", "folder"), HEADS, ids=[address for address, *_ in HEADS])
def test_a_feed_has_a_title_an_id_that_stays_and_its_own_address(
    desk: Desk, address: str, title: str, folder: str
) -> None:
    """As the newest article spells the name; every page of a feed has the id of the feed."""
    for filename in FORMATS:
        document = desk.on_demand(address.replace("rss.xml", filename))
        assert document
        own = BASE_URL + document.path
        if filename == "feed.json":
            feed = json.loads(document.body)
            assert (feed["title"], feed["feed_url"]) == (title, own)
            continue
        found = feedparser.parse(document.body, response_headers={"content-type": document.media_type})
        assert not found.bozo
        assert found.feed.title == title
        assert [link.href for link in found.feed.links if link.rel == "self"] == [own]
        if filename == "atom.xml":
            assert found.feed.id == f"tag:kabar.example,2026:feeds/{folder}"


def links(desk: Desk, address: str) -> dict[str, str]:
    document = desk.on_demand(address)
    assert document
    found = feedparser.parse(document.body).feed.links
    rels = ("first", "previous", "next", "last")
    return {link.rel: link.href.removeprefix(BASE_URL) for link in found if link.rel in rels}


@pytest.mark.parametrize("filename", ["rss.xml", "atom.xml"])
def test_pages_lead_from_one_to_the_next(desk: Desk, filename: str) -> None:
    """RFC 5005, section 3; what else is asked for stays."""
    page = f"tag/banjir/{filename}?limit=1&page="
    assert links(desk, f"tag/banjir/{filename}?limit=1") == {
        "first": page + "1",
        "next": page + "2",
        "last": page + "4",
    }
    assert links(desk, page + "2") == {
        "first": page + "1", "previous": page + "1", "next": page + "3", "last": page + "4",
    }  # fmt: skip
    assert links(desk, page + "4") == {"first": page + "1", "previous": page + "3", "last": page + "4"}
    assert links(desk, f"tag/karet/{filename}") == {}


def test_a_json_feed_leads_to_the_next_page(desk: Desk) -> None:
    document = desk.on_demand("feed.json?page=2")
    assert document
    assert json.loads(document.body)["next_url"] == f"{BASE_URL}feed.json?page=3"


def test_summaries_alone_can_be_asked_for(desk: Desk) -> None:
    whole, short = desk.on_demand("ekonomi/rss.xml"), desk.on_demand("ekonomi/rss.xml?content=summary")
    assert whole
    assert short
    assert b"content:encoded>" in whole.body
    assert b"content:encoded>" not in short.body
    assert b"Isi berita Pasar terendam." in short.body


def test_a_feed_of_the_edition_under_another_address_is_that_of_the_edition(desk: Desk) -> None:
    for address in ("ekonomi/rss.xml?limit=3", "ekonomi+ekonomi/rss.xml", "ekonomi/rss.xml?utm_source=x"):
        found = desk.on_demand(address)
        assert found
        assert found.path == "ekonomi/rss.xml"


def test_an_entry_is_the_same_in_every_feed(desk: Desk) -> None:
    """Byte for byte, be it taken from the edition or rendered now."""
    everything, tagged = desk.on_demand("rss.xml?limit=200"), desk.on_demand("tag/banjir/rss.xml?limit=200")
    assert everything
    assert tagged
    for item in tagged.body.split(b"<item>")[1:]:
        assert item.partition(b"</item>")[0] in everything.body


def test_a_search_is_a_feed_of_its_own_page_by_page(tmp_path: Path) -> None:
    """Under an id of its own; what is under embargo or withdrawn is not found."""
    with a_desk(tmp_path, limit=1) as desk:
        write_articles(desk)
        desk.build()
        indexer = Indexer(desk.newsroom.catalogue, desk.settings)
        indexer.changed(None)
        while indexer.index_some():
            pass
        assert shown(desk, "search?q=kredit") == ["[Advertorial] Kredit tanpa bunga"]
        assert shown(desk, "search?q=kredit&page=2") == ["Kredit usaha kecil"]
        assert shown(desk, "search?q=kredit&since=2026-05-08") == ["[Advertorial] Kredit tanpa bunga"]
        assert shown(desk, "search?q=esok") == shown(desk, "search?q=panggung") == []
        assert desk.on_demand("search/rss.xml?q=kredit&page=3") is None
        assert links(desk, "search/atom.xml?q=kredit&page=2") == {
            "first": "search/atom.xml?q=kredit&page=1",
            "previous": "search/atom.xml?q=kredit&page=1",
        }
        document = desk.on_demand('search/atom.xml?q="usaha kecil"')
        assert document
        feed = feedparser.parse(document.body).feed
        assert feed.title == 'Cari: "usaha kecil" - Kabar'
        assert feed.id == "tag:kabar.example,2026:feeds/search/?q=%22usaha+kecil%22"


def test_hubs_are_named_by_feeds_of_the_edition_alone(tmp_path: Path) -> None:
    """They would never hear of another."""
    with a_desk(tmp_path, hubs=(DEAF_HUB,)) as desk:
        desk.write("a.md", "Sungai naik", tags=["Banjir"])
        desk.build()
        for address, named in (("atom.xml", True), ("atom.xml?limit=5", False), ("tag/banjir/atom.xml", False)):
            document = desk.on_demand(address)
            assert document
            assert (DEAF_HUB.encode() in document.body) == named
        app = create_app(desk.settings)
        app.extensions["feeds"].start()
        client = app.test_client()
        until(lambda: client.get("/atom.xml").status_code == 200, within=10)
        for address, named in (("/atom.xml", True), ("/atom.xml?limit=5", False), ("/tag/banjir/atom.xml", False)):
            headers = client.get(address).headers
            assert (DEAF_HUB in headers["Link"]) == named
            assert ("A-IM" in headers["Vary"]) == named, "what is rendered on demand has no deltas"
        app.extensions["feeds"].stop()


def test_a_search_that_finds_nothing_is_as_old_as_the_newest_article(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("a.md", "Sungai naik", "2026-05-04T09:00:00+07:00")
        desk.build()
        document = desk.on_demand("search/atom.xml?q=gempa")
        assert document
        assert b"<updated>2026-05-04T09:00:00+07:00</updated>" in document.body


def test_a_tag_that_an_article_loses_has_no_feed_any_more(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.write("a.md", "Sungai naik", tags=["Banjir"], author="Rina")
        desk.build()
        desk.write("a.md", "Sungai naik", tags=["Hujan"], author="Budi")
        desk.build(NOW + timedelta(minutes=1))
        assert desk.on_demand("tag/banjir/rss.xml") is None
        assert desk.on_demand("author/rina/rss.xml") is None
        assert shown(desk, "tag/hujan") == shown(desk, "author/budi") == ["Sungai naik"]


# --- what is kept, and what is done at once --------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, limit=3) as opened:
        write_articles(opened)
        opened.build()
        yield opened


class Service:
    """One that counts what it composes."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.composed = 0
        self.on_demand = OnDemand(desk.newsroom.catalogue, desk.settings, "test")
        compose: Callable[..., list[object]] = ondemand.compose_entries

        def counted(*given: object) -> list[object]:
            found = compose(*given)
            self.composed += len(found)
            return found

        monkeypatch.setattr(ondemand, "compose_entries", counted)

    @property
    def edition(self) -> Edition:
        newest = self.desk.newsroom.edition()
        assert newest
        return newest

    def get(self, address: str) -> Rendition | None:
        path, _, query = address.partition("?")
        selection = read_selection(path, query, self.desk.settings)
        assert selection
        return self.on_demand.get(selection, self.edition)


@pytest.fixture
def service(small: Desk, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(ondemand, "LONGEST_REST", 0.0)
    return Service(small, monkeypatch)


def test_a_document_is_rendered_once_an_edition(service: Service) -> None:
    first = service.get("tag/banjir/rss.xml?limit=9")
    assert service.get("tag/banjir/rss.xml?limit=9") is first
    service.desk.write("baru.md", "Berita baru", "2026-05-09T09:00:00+07:00")
    service.desk.build(NOW + timedelta(minutes=1))
    second = service.get("tag/banjir/rss.xml?limit=9")
    assert first
    assert second
    assert second.etag == first.etag
    assert second.modified > first.modified


def test_what_is_ahead_of_its_edition_has_no_date_and_is_not_kept(service: Service) -> None:
    """While the next edition is made, two processes may render other bytes for the same one."""
    edition = service.edition
    service.desk.write("baru.md", "Berita baru", "2026-05-09T09:00:00+07:00", tags=["Banjir"])
    service.desk.take_in()
    ahead = service.get("tag/banjir/rss.xml")
    assert ahead
    assert ahead.modified == 0
    settled = service.desk.render(NOW + timedelta(minutes=1))
    found = service.get("tag/banjir/rss.xml")
    assert found
    assert found.modified == settled.modified > edition.modified


def test_an_entry_is_rendered_once_for_all_editions_and_feeds(service: Service) -> None:
    """Those of the edition are not rendered at all."""
    service.get("ekonomi/rss.xml?limit=2")
    assert service.composed == 0
    service.get("rss.xml?limit=200")
    once = service.composed
    assert 0 < once < 8
    service.desk.write("baru.md", "Berita baru", "2026-05-09T09:00:00+07:00")
    service.desk.build(NOW + timedelta(minutes=1))
    service.get("rss.xml?limit=200")
    service.get("author/rina-hapsari/rss.xml")
    assert service.composed == once


def test_nothing_is_written_to_the_catalogue(service: Service) -> None:
    """Another process may be its writer."""
    with service.desk.newsroom.catalogue.reading() as reading:
        before = reading.document_index()
    service.get("rss.xml?limit=200")
    with service.desk.newsroom.catalogue.reading() as reading:
        assert reading.document_index() == before


def test_memory_is_bounded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many addresses are asked for, and however large a document is."""
    monkeypatch.setattr(ondemand, "MEMORY", 20_000)
    bounded = Service(service.desk, monkeypatch)
    for limit in range(1, 201):
        if limit != 3:
            assert bounded.get(f"rss.xml?limit={limit}")
    documents, entries = bounded.on_demand._documents, bounded.on_demand._entries
    assert 0 < documents.currsize <= 20_000
    assert entries.currsize <= 20_000
    assert len(documents) < 20
    monkeypatch.setattr(ondemand, "MEMORY", 1_500)
    assert Service(service.desk, monkeypatch).get("rss.xml?limit=200")


def test_who_asks_for_the_same_waits_for_one_rendering_and_a_crowd_is_sent_away(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is still answered meanwhile, and afterwards all is as before."""
    kept = service.get("tag/karet/rss.xml")
    begun, go_on = threading.Event(), threading.Event()
    compose: Callable[..., list[object]] = ondemand.compose_entries

    def slow(*given: object) -> list[object]:
        begun.set()
        assert go_on.wait(10)
        return compose(*given)

    monkeypatch.setattr(ondemand, "compose_entries", slow)
    found: list[Rendition | None] = []
    askers = [
        threading.Thread(target=lambda: found.append(service.get("rss.xml?limit=100"))) for _ in range(ondemand.WAITING)
    ]
    for asker in askers:
        asker.start()
    assert begun.wait(10)
    until(lambda: service.on_demand._places._value == 0, within=10)  # type: ignore[attr-defined]
    with pytest.raises(BusyError):
        service.get("rss.xml?limit=99")
    assert service.get("tag/karet/rss.xml") is kept
    assert service.get("tag/tidak-ada/rss.xml") is None
    go_on.set()
    for asker in askers:
        asker.join(10)
    assert len(found) == ondemand.WAITING
    assert len({id(each) for each in found}) == 1
    assert service.get("rss.xml?limit=99")


# --- over HTTP -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with a_desk(tmp_path_factory.mktemp("web")) as desk:
        write_articles(desk)
        app = create_app(desk.settings)
        live: Live = app.extensions["feeds"]
        live.start()
        until(lambda: live.edition, within=10)
        yield app.test_client()
        live.stop()


def test_what_is_rendered_on_demand_has_the_validators_of_all_documents(client: FlaskClient) -> None:
    answer = client.get("/tag/Banjir/atom.xml")
    assert (answer.status_code, answer.content_type) == (200, "application/atom+xml; charset=utf-8")
    tag, moment = answer.headers["ETag"], answer.headers["Last-Modified"]
    for condition in ({"If-None-Match": tag}, {"If-Modified-Since": moment}):
        assert client.get("/tag/banjir/atom.xml", headers=condition).status_code == 304
    assert client.head("/tag/banjir/atom.xml").data == b""


def test_what_is_rendered_on_demand_is_compressed_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[int] = []
    original = Document._compressed

    def counted(self: Document, body: bytes, coding: Coding) -> bytes | None:
        compressed.append(len(body))
        return original(self, body, coding)

    monkeypatch.setattr(Document, "_compressed", counted)
    answers = [client.get("/tag/banjir/rss.xml?limit=4", headers={"Accept-Encoding": "gzip"}) for _ in range(3)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert len(compressed) == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/rss.xml?limit=abc", 400),
        ("/ekonomi/rss.xml?since=besok-besok", 400),
        ("/tag/banjir/rss.xml?page=0", 400),
        ("/search/rss.xml", 400),
        ("/search/rss.xml?q=-banjir", 400),
        ("/search/rss.xml?q=%00", 400),
        ("/tag/%E6%96%B0%E8%81%9E/rss.xml", 200),
        ("/politik%2Bekonomi/rss.xml", 200),
        ("/tag/a%2Fb/rss.xml", 404),
        ("/tag/%00/rss.xml", 404),
        ("/tag/%FF%FE/rss.xml", 404),
        (f"/tag/{'a' * 10_000}/rss.xml", 404),
        (f"/{'a+' * 5_000}a/rss.xml", 404),
        ("/rss.xml?%00=%FF&limit=5", 200),
        ("/artikel/tidak-ada/?page=2", 404),
        ("/?limit=abc", 400),
    ],
    ids=lambda value: str(value)[:40],
)
def test_every_address_gets_an_answer(client: FlaskClient, address: str, status: int) -> None:
    """Never a 5xx; a refusal is one sentence in Indonesian and English."""
    answer = client.get(address)
    assert answer.status_code == status
    if status >= 400:
        assert answer.text.count("\n") == 1
