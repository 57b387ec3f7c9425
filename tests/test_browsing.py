"""What a person with a browser gets: pages, also at the addresses of feeds, and sentences that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import lxml.html
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feeds.live import Live
from feeds.web import create_app
from tests.support import BASE_URL, Desk, a_desk, until
from tests.test_ondemand import write_articles

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BROWSER = {"Sec-Fetch-Dest": "document", "Accept": HTML}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("desk"), limit=3, gone=("lama",)) as opened:
        write_articles(opened)
        yield opened


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[FlaskClient]:
    yield from serving(desk)


def serving(desk: Desk) -> Iterator[FlaskClient]:
    """A client of a service that has an edition and whose search finds everything."""
    app = create_app(desk.settings)
    live: Live = app.extensions["feeds"]
    live.start()
    client = app.test_client()
    until(lambda: live.edition and "Last-Modified" in client.get("/search/feed.json?q=pasar").headers, within=20)
    yield client
    live.stop()


def parse(answer: TestResponse) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(answer.get_data(as_text=True))


PAGES = [
    ("/rss.xml", "/"),
    ("/ekonomi/atom.xml", "/ekonomi/"),
    ("/ralat/feed.json", "/ralat/"),
    ("/tag/banjir/rss.xml", "/tag/banjir/"),
    ("/author/siti/rss.xml", "/author/siti/"),
    ("/budaya+ekonomi/atom.xml", "/budaya+ekonomi/"),
    ("/archive/2026-05/rss.xml", "/archive/2026-05/"),
    ("/ekonomi/archive/2026-05/atom.xml", "/ekonomi/archive/2026-05/"),
    ("/search/rss.xml?q=pasar", "/search/?q=pasar"),
    ("/rss.xml?page=2", "/?page=2"),
    ("/ekonomi/rss.xml?limit=1", "/ekonomi/?limit=1"),
]


@pytest.mark.parametrize(("feed", "page"), PAGES)
def test_a_browser_gets_the_page_of_a_feed_at_the_feeds_own_address(client: FlaskClient, feed: str, page: str) -> None:
    """The same bytes under the same validators, and the answer says where the page itself is."""
    there, here = client.get(feed, headers=BROWSER), client.get(page)
    assert (there.status_code, here.status_code) == (200, 200)
    assert there.content_type == here.content_type == "text/html; charset=utf-8"
    assert there.data == here.data
    for name in ("ETag", "Last-Modified"):
        assert there.headers[name] == here.headers[name]
    assert there.headers["Content-Location"] == "./"
    assert there.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest, Accept"


@pytest.mark.parametrize(("feed", "page"), PAGES)
def test_a_reader_gets_the_feed_whatever_it_accepts(client: FlaskClient, feed: str, page: str) -> None:
    """Accept decides nothing for it, so caches need not keep a copy for each: only Sec-Fetch-Dest is in Vary."""
    for headers in ({}, {"Accept": "*/*"}, {"Accept": HTML}, {"Sec-Fetch-Dest": "empty", "Accept": HTML}):
        answer = client.get(feed, headers=headers)
        assert answer.mimetype in {"application/rss+xml", "application/atom+xml", "application/feed+json"}
        assert "Sec-Fetch-Dest" in answer.headers["Vary"]
        assert "Accept," not in f"{answer.headers['Vary']},".replace("Accept-Encoding,", "")


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (HTML, True),
        ("text/html", True),
        ("application/xhtml+xml;q=0.5", True),
        ("application/rss+xml, text/html;q=0", False),
        ("*/*", False),
        ("", False),
        ("text/html;q=" + "9" * 10_000, False),
    ],
)
def test_only_who_takes_html_gets_a_page(client: FlaskClient, accept: str, is_page: bool) -> None:
    answer = client.get("/rss.xml", headers={"Sec-Fetch-Dest": "document", "Accept": accept})
    assert (answer.mimetype == "text/html") == is_page


@pytest.mark.parametrize("feed", ["/ekonomi/rss.xml", "/tag/banjir/rss.xml"])
def test_the_page_has_conditions_of_its_own(client: FlaskClient, feed: str) -> None:
    """Its tag gives 304; that of the feed, which the browser's cache may still hold, gives the page."""
    page, xml = client.get(feed, headers=BROWSER), client.get(feed)
    unchanged = client.get(feed, headers={**BROWSER, "If-None-Match": page.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["Vary"] == page.headers["Vary"]
    assert client.get(feed, headers={**BROWSER, "If-None-Match": xml.headers["ETag"]}).data == page.data
    assert client.get(feed, headers={"If-None-Match": page.headers["ETag"]}).data == xml.data
    head = client.head(feed, headers=BROWSER)
    assert (head.status_code, head.data, head.content_type) == (200, b"", page.content_type)


def test_a_setting_turns_pages_at_the_addresses_of_feeds_off(tmp_path_factory: pytest.TempPathFactory) -> None:
    with a_desk(tmp_path_factory.mktemp("desk"), pages_for_browsers=False) as desk:
        write_articles(desk)
        for client in serving(desk):
            for feed in ("/ekonomi/rss.xml", "/tag/banjir/rss.xml"):
                answer = client.get(feed, headers=BROWSER)
                assert answer.mimetype == "application/rss+xml"
                assert "Sec-Fetch-Dest" not in answer.headers["Vary"]
            assert client.get("/ekonomi/").mimetype == "text/html"


def test_pages_on_demand_show_what_their_feeds_list(client: FlaskClient) -> None:
    """And lead from one to the next, as the feeds do."""
    first = parse(client.get("/tag/banjir/"))
    assert [h.text_content() for h in first.xpath("//article//h3")] == [
        *("Harga esok", "Lomba perahu ditunda", "Pasar terendam")
    ]
    assert first.findtext(".//h1") == "Tag: Banjir"
    (older,) = first.xpath("//a[@rel='next']/@href")
    second = parse(client.get("/" + older.removeprefix("../../")))
    assert [h.text_content() for h in second.xpath("//article//h3")] == [
        *("Anggaran tanggul disahkan", "Sidang dewan dimulai")
    ]
    assert second.xpath("//a[@rel='prev']/@href") == ["../../tag/banjir/?page=1"]
    assert first.xpath("//code/text()") == [f"{BASE_URL}tag/banjir/rss.xml"]


def test_a_month_is_shown_by_its_headlines_and_leads_to_its_feed(client: FlaskClient) -> None:
    page = parse(client.get("/archive/2026-05/"))
    assert len(page.xpath("//article")) == 8
    assert not page.xpath("//article//img|//article//p[@class='summary']")
    assert "../../" in page.xpath("//h1/following-sibling::p/a/@href")
    assert not page.xpath("//section[@aria-labelledby='langganan']")


@pytest.mark.parametrize("path", ["/tag/banjir", "/author/siti", "/archive/2026-05", "/search", "/ekonomi"])
def test_a_folder_without_its_slash_leads_to_its_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{path.rpartition('/')[2]}/"


# --- search ----------------------------------------------------------------------------------------------------------


def test_the_search_is_a_form_that_needs_no_script(client: FlaskClient) -> None:
    answer = client.get("/search/")
    page = parse(answer)
    (form,) = page.forms
    assert (form.method, form.action, [field.name for field in form.inputs if field.name]) == (
        "GET",
        "../search/",
        ["q"],
    )
    assert page.xpath("//label/@for") == ["q"]
    assert not page.xpath("//article|//code")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_what_is_found_can_be_followed(client: FlaskClient) -> None:
    page = parse(client.get("/search/?q=pasar"))
    assert [h.text_content() for h in page.xpath("//article//h3")] == ["Pasar terendam"]
    assert page.xpath("//code/text()") == [f"{BASE_URL}search/rss.xml?q=pasar"]
    assert page.xpath("//input/@value") == ["pasar"]
    assert "Tidak ada berita yang ditemukan." in parse(client.get("/search/?q=tidakada")).text_content()


@pytest.mark.parametrize("words", ['"><script>alert(1)</script>', "'; DROP TABLE articles; --", "kopi OR teh*", "ﷺ"])
def test_what_is_searched_for_is_text_and_nothing_else(client: FlaskClient, words: str) -> None:
    answer = client.get("/search/", query_string={"q": words}, headers=BROWSER)
    assert answer.status_code in {200, 400}
    page = parse(answer)
    assert page.xpath("//input/@value") == [words]
    assert len(page.xpath("//script")) == 1


def test_a_search_that_cannot_be_understood_can_be_mended_on_the_spot(client: FlaskClient) -> None:
    answer = client.get("/search/?q=-kopi", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    page = parse(answer)
    assert page.xpath("//input/@aria-describedby") == ["salah"]
    assert "Tulis juga kata yang dicari" in page.get_element_by_id("salah").text_content()
    assert client.get("/search/?q=-kopi").mimetype == "text/plain"


def test_pages_of_the_service_alone_lead_to_the_search_and_others_do_not(client: FlaskClient) -> None:
    """Others are the same in a static build, which has none."""
    for path, leads in (("/tag/banjir/", True), ("/search/", True), ("/", False), ("/ekonomi/", False)):
        assert bool(parse(client.get(path)).xpath("//form[@role='search']|//a[contains(@href, 'search/')]")) == leads


# --- what is not there -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [("/tidak/ada", 404), ("/lama/rss.xml", 410), ("/rss.xml?limit=banyak", 400), ("/tag/tidak-ada/rss.xml", 404)],
)
def test_a_person_reads_a_page_where_a_program_gets_a_sentence(client: FlaskClient, path: str, status: int) -> None:
    page, sentence = client.get(path, headers=BROWSER), client.get(path)
    assert (page.status_code, sentence.status_code) == (status, status)
    assert (page.mimetype, sentence.mimetype) == ("text/html", "text/plain")
    assert sentence.get_data(as_text=True).strip() in parse(page).text_content()
    assert page.headers["Cache-Control"] == "no-store"
    up = "../" * (path.count("/") - 1)
    assert f"{up}static/gaya.css" in parse(page).xpath("//link/@href")


def test_settings_of_a_newsroom_in_english_give_pages_in_english(tmp_path_factory: pytest.TempPathFactory) -> None:
    with a_desk(tmp_path_factory.mktemp("desk")) as desk:
        desk.settings = replace(desk.settings, language="en")
        write_articles(desk)
        for client in serving(desk):
            page = parse(client.get("/ekonomi/rss.xml", headers=BROWSER))
            assert page.get("lang") == "en"
            assert "Subscribe" in page.text_content()
