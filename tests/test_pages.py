"""The pages for people: what they say, where they point, and what they never let through."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit
from zoneinfo import ZoneInfo

import lxml.html
import pytest

from feeds import pages
from feeds.model import Calendar, Category, Entry, Feed, Image, Link
from feeds.pages import charts
from feeds.pages import feed as feed_page
from feeds.pages.layout import Page
from feeds.pages.words import words_of
from feeds.wording import wording

BASE = "https://kabar.example/feeds/"
WIB = timezone(timedelta(hours=7))
MOMENT = datetime(2024, 12, 3, 14, 30, tzinfo=WIB)
LONG_CALENDAR = Calendar(
    date(2024, 12, 3),
    tuple((date(2024, 12, 3) - timedelta(days=ago), 1 + ago % 9) for ago in reversed(range(371))),
    tuple((year, month) for year in range(2024, 2009, -1) for month in range(12, 0, -1)),
)
CALENDAR = Calendar(date(2024, 12, 3), ((date(2024, 12, 2), 1), (date(2024, 12, 3), 3)), ((2024, 12), (2023, 7)))
CATEGORIES = tuple(
    Category(slug=name.lower(), title=name, description=f"Berita {name.lower()} dari seluruh Indonesia.")
    for name in ("Ekonomi", "Politik", "Olahraga", "Budaya", "Lingkungan", "Teknologi", "Pendidikan", "Daerah")
)
FEED_FILES = ("rss.xml", "atom.xml", "feed.json")
LONG_TITLE = "Perjalanan " * 27 + "TIGA"
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt; {{ 7 * 7 }} {% raw %}"


def make_feed(category: Category | None = None, **changes: object) -> Feed:
    feed = Feed(
        id="tag:kabar.example,2024:feed",
        path=f"{category.slug}/" if category else "",
        newsroom="Kabar Nusantara",
        title=f"Kabar Nusantara: {category.title}" if category else "Kabar Nusantara",
        description="Berita dari 38 provinsi.",
        home="https://www.kabar.example/",
        base_url=BASE,
        language="id",
        author="Redaksi",
        copyright="© Kabar Nusantara",
        logo="",
        updated=MOMENT,
        ttl=60,
        category=category,
    )
    return replace(feed, **changes)


def make_entry(**changes: object) -> Entry:
    entry = Entry(
        id="tag:kabar.example,2024:panen",
        id_is_link=False,
        title="Petani Subang panen raya",
        link=f"{BASE}artikel/panen-raya/",
        published=MOMENT,
        updated=MOMENT,
        summary="Panen datang dua pekan lebih awal.",
        content="<p>Hujan turun <strong>lebih awal</strong>.</p>",
        authors=("Sari Wulandari", "Made Arta"),
        categories=CATEGORIES[:2],
        tags=("panen", "padi"),
        source="Antara",
        language="id",
        image=Image(
            url="https://kabar.example/padi.jpg", caption="Sawah di Binong.", credit="Rangga", width=1200, height=675
        ),
    )
    return replace(entry, **changes)


def make_headlines(count: int = 10) -> tuple[pages.Headline, ...]:
    links = (f"{BASE}artikel/panen-raya/", "https://www.kabar.example/2024/panen", "")
    return tuple(
        pages.Headline(title=f"Judul ke-{n}", link=links[n % 3], published=MOMENT - timedelta(hours=n))
        for n in range(count)
    )


def make_shelves(categories: tuple[Category, ...] = CATEGORIES, **changes: object) -> list[pages.Shelf]:
    return [pages.Shelf(feed=make_feed(each, **changes), headlines=make_headlines(5)) for each in categories]


def make_landing(**changes: object) -> bytes:
    feed, notices = make_feed(**changes), make_notices(**changes)
    return pages.landing(feed, make_headlines(), make_shelves(**changes), notices, CALENDAR)


def make_feed_page(count: int = 3, entry: Entry | None = None, **changes: object) -> bytes:
    """The page of Ekonomi; count: entries that its feed lists."""
    given = {"calendar": CALENDAR, "whole": CATEGORIES[1], "parts": CATEGORIES[2:4]} | changes
    feed = make_feed(CATEGORIES[0], **given)
    made = feed_page.entries([entry or make_entry()] * count, base_url=BASE, language=feed.language)
    return feed_page.write(feed, made)


def make_search(words: str, count: int) -> bytes:
    query = urlencode({"q": words}) if words else ""
    feed = make_feed(path="search/", query=query, title=f"Cari: {words} - Kabar Nusantara")
    return feed_page.write(feed, feed_page.entries([make_entry()] * count, base_url=BASE, language="id"))


def make_notices(**changes: object) -> pages.Shelf:
    feed = replace(make_feed(**changes), title="Ralat dan pencabutan", path="ralat/")
    return pages.Shelf(feed=feed, headlines=make_headlines(2))


def make_hostile_landing() -> bytes:
    category = Category(slug="ekonomi", title=HOSTILE, description=HOSTILE)
    line = pages.Headline(title=HOSTILE, link="javascript:alert(1)", published=MOMENT)
    feed = make_feed(
        title=HOSTILE, description=HOSTILE, copyright=HOSTILE, home="javascript:alert(1)", language=HOSTILE
    )
    notices = pages.Shelf(feed=replace(feed, path="ralat/"), headlines=(line,))
    shelf = pages.Shelf(feed=make_feed(category, title=HOSTILE), headlines=(line,))
    return pages.landing(feed, [line], [shelf], notices)


def make_hostile_entry() -> Entry:
    return make_entry(
        title=HOSTILE,
        link="javascript:alert(1)",
        summary=HOSTILE,
        authors=(HOSTILE,),
        categories=(Category(slug="ekonomi", title=HOSTILE),),
        tags=(HOSTILE,),
        source=HOSTILE,
        language=HOSTILE,
        image=Image(url="https://kabar.example/x.jpg?" + HOSTILE, caption=HOSTILE, credit=HOSTILE),
    )


def make_hostile_article() -> bytes:
    return pages.article(make_feed(title=HOSTILE), make_hostile_entry())


SAMPLES = {
    "landing": make_landing,
    "landing in English": lambda: make_landing(language="en-GB"),
    "landing of an empty newsroom": lambda: pages.landing(make_feed(description="", copyright=""), [], []),
    "landing, hostile": make_hostile_landing,
    "feed": make_feed_page,
    "feed in English": lambda: make_feed_page(language="en"),
    "feed without entries": lambda: make_feed_page(0, calendar=Calendar(), whole=None, parts=()),
    "feed, hostile": lambda: make_feed_page(
        2, make_hostile_entry(), title=HOSTILE, newsroom=HOSTILE, description=HOSTILE
    ),
    "page 2": lambda: make_feed_page(calendar=None, query="page=2", links=(Link("previous", "ekonomi/", "page=1"),)),
    "month": lambda: make_feed_page(
        path="ekonomi/archive/2024-12/", calendar=None, links=(Link("current", "ekonomi/"), Link("prev-archive", "x/"))
    ),
    "search": lambda: make_search("beras", 2),
    "search, empty": lambda: make_search("", 0),
    "search, hostile": lambda: make_search(HOSTILE, 0),
    "search, wrong": lambda: pages.search_again(make_feed(), HOSTILE, "Tulis kata yang dicari."),
    "message": lambda: pages.message(make_feed(), "Tidak ada di sini.", 3),
    "article": lambda: pages.article(make_feed(), make_entry()),
    "article with next to nothing": lambda: pages.article(
        make_feed(copyright="", home=""),
        make_entry(link="", summary="", content="", authors=(), categories=(), tags=(), source="", image=None),
    ),
    "article in Arabic": lambda: pages.article(make_feed(), make_entry(title="مرحبا", language="ar")),
    "article, hostile": make_hostile_article,
}


@cache
def sample(name: str) -> bytes:
    return SAMPLES[name]()


every_page = pytest.mark.parametrize("name", SAMPLES)


def parse(page: bytes) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(encoding="utf-8"))


def text_of(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


class NestingChecker(HTMLParser):
    """Fails on an element that is closed out of order, closed twice or never."""

    VOID = frozenset(("meta", "link", "img", "br", "hr", "input"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"<{tag}> has an attribute twice"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop(), f"</{tag}> closes another element"


class TestEveryPage:
    """What holds for a page whatever is in it."""

    @every_page
    def test_every_element_is_closed_in_order(self, name: str) -> None:
        checker = NestingChecker()
        checker.feed(sample(name).decode())
        checker.close()
        assert checker.open == []
        assert sample(name).startswith(b"<!doctype html>\n")

    @every_page
    def test_ids_are_unique_and_every_label_names_one(self, name: str) -> None:
        page = parse(sample(name))
        ids = page.xpath("//@id")
        assert len(set(ids)) == len(ids)
        assert set(page.xpath("//@aria-labelledby")) <= set(ids)

    @every_page
    def test_headings_start_with_the_only_h1_and_skip_no_level(self, name: str) -> None:
        levels = [int(heading.tag[1]) for heading in parse(sample(name)).xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))

    @every_page
    def test_nothing_in_the_page_needs_more_than_its_policy_allows(self, name: str) -> None:
        """No script, no inline style, no handler, no frame: default-src 'none' costs the page nothing."""
        page = parse(sample(name))
        assert page.xpath("//meta[@http-equiv]/@content") == [pages.CONTENT_SECURITY_POLICY]
        assert not page.xpath("//script[not(@src) or text()]|//style|//iframe|//object|//embed|//base")
        assert [re.sub(r"^(\.\./)*", "", src) for src in page.xpath("//script/@src")] == ["static/salin.js"]
        assert not page.xpath("//@*[name() = 'style' or starts-with(name(), 'on')]")
        assert all(src.startswith(("https://", "http://")) for src in page.xpath("//img/@src"))

    @every_page
    def test_every_link_is_relative_or_a_web_address(self, name: str) -> None:
        for href in parse(sample(name)).xpath("//@href"):
            assert re.match(r"(?:feed:)?https?://|[^:]*$", href), href

    @every_page
    def test_the_page_has_a_title_a_language_and_a_viewport(self, name: str) -> None:
        page = parse(sample(name))
        assert page.findtext(".//title").strip()
        assert page.get("lang")
        assert page.xpath("//meta[@name='viewport']")

    @every_page
    def test_the_same_input_gives_the_same_bytes(self, name: str) -> None:
        assert sample(name) == SAMPLES[name]()

    @every_page
    def test_every_image_has_an_alternative_text(self, name: str) -> None:
        """Or a caption, which says the same."""
        for image in parse(sample(name)).xpath("//img"):
            assert image.get("alt") or (image.get("alt") == "" and image.xpath("../figcaption"))


class TestAddresses:
    """Links between our pages work below any base_url and in a folder."""

    @pytest.mark.parametrize("base", ["http://127.0.0.1:8000/", BASE, "https://kabar.example/a/b/c/"])
    def test_every_link_of_ours_leads_to_a_document_of_the_edition(self, base: str) -> None:
        feed, shelves = make_feed(base_url=base), make_shelves(base_url=base)
        article = f"{base}artikel/panen-raya/"
        headlines = [pages.Headline(title="Panen", link=article, published=MOMENT)]
        documents = {
            base: pages.landing(feed, headlines, shelves),
            article: pages.article(feed, make_entry(link=article)),
        }
        folders = [base, *(f"{base}{category.slug}/" for category in CATEGORIES)]
        known = {*documents, *(base + path for path in pages.static_documents())}
        known |= {folder + file for folder in folders for file in ("", *FEED_FILES)}
        known |= {base + path for path in ("feeds.opml", "favicon.svg", "favicon.ico")}
        for address, document in documents.items():
            for href in parse(document).xpath("//@href[not(starts-with(., 'feed:'))]"):
                target, fragment = urldefrag(urljoin(address, href))
                if target.startswith(base):
                    assert target in known, href
                if fragment and target in documents:
                    assert parse(documents[target]).xpath("//*[@id=$id]", id=fragment), href

    @every_page
    def test_what_a_person_clicks_within_the_edition_is_relative(self, name: str) -> None:
        assert not [href for href in parse(sample(name)).xpath("//a/@href") if href.startswith(BASE)]

    def test_an_article_elsewhere_keeps_its_address(self) -> None:
        assert "https://www.kabar.example/2024/panen" in parse(sample("landing")).xpath("//a/@href")

    def test_a_headline_without_an_address_is_text(self) -> None:
        headline = pages.Headline(title="Tanpa alamat", link="", published=MOMENT)
        page = parse(pages.landing(make_feed(), [headline], []))
        assert [text_of(each) for each in page.xpath("//span[@class='headline']")] == ["Tanpa alamat"]

    def test_a_link_that_is_no_web_address_is_never_one_to_click(self) -> None:
        for name in ("landing, hostile", "article, hostile"):
            assert not parse(sample(name)).xpath("//@href[contains(., 'javascript')]")

    @pytest.mark.parametrize("depth", [0, 1])
    @pytest.mark.parametrize(
        "behind", ["javascript:alert(1)", "//jahat.example/", "\\\\jahat.example", "/\t/jahat.example", "data:,x", ""]
    )
    def test_what_an_article_writes_behind_base_url_is_a_path(self, depth: int, behind: str) -> None:
        """By itself it could be an address of its own (RFC 3986, 4.2); browsers take a backslash for a slash."""
        href = Page(feed=make_feed(), depth=depth).href(f"{BASE}{behind}")
        assert re.match(r"\.{1,2}/", href)
        assert urljoin(BASE + "ekonomi/" * depth, href).startswith(BASE)

    def test_the_landing_page_is_canonical_at_base_url(self) -> None:
        assert parse(sample("landing")).xpath("//link[@rel='canonical']/@href") == [BASE]

    def test_an_article_is_canonical_at_its_link(self) -> None:
        assert [f"{BASE}artikel/panen-raya/"] == parse(sample("article")).xpath("//link[@rel='canonical']/@href")


class TestAutodiscovery:
    """Readers find every feed in the head of the page."""

    def test_the_landing_page_announces_every_feed_in_three_formats_the_feed_of_all_first(self) -> None:
        links = parse(sample("landing")).xpath("//head/link[@rel='alternate' and not(contains(@type, 'opml'))]")
        folders = ["", *(f"{category.slug}/" for category in CATEGORIES), "ralat/"]
        expected = [BASE + folder + file for folder in folders for file in FEED_FILES]
        assert expected == [link.get("href") for link in links]
        assert [link.get("type") for link in links] == [
            "application/rss+xml",
            "application/atom+xml",
            "application/feed+json",
        ] * 10
        assert links[0].get("title") == "Kabar Nusantara (RSS)"
        assert links[4].get("title") == "Kabar Nusantara: Ekonomi (Atom)"

    def test_an_article_announces_the_feed_of_all_and_those_of_its_categories(self) -> None:
        links = parse(sample("article")).xpath("//head/link[@rel='alternate']/@href")
        assert [BASE + folder + file for folder in ("", "ekonomi/", "politik/") for file in FEED_FILES] == links

    def test_of_5000_categories_all_are_on_the_page_and_the_first_sixty_are_announced(self) -> None:
        categories = tuple(Category(slug=f"k-{n}", title=f"Kategori {n}") for n in range(5000))
        page = parse(pages.landing(make_feed(), make_headlines(), make_shelves(categories)))
        assert len(page.xpath("//head/link[@type='application/rss+xml']")) == 1 + pages.ANNOUNCED
        assert {f"k-{n}/" for n in range(5000)} <= set(page.xpath("//main//a/@href"))


class TestLanding:
    """The newsroom's page."""

    def test_it_names_the_newsroom_and_says_what_it_publishes(self) -> None:
        page = parse(sample("landing"))
        assert text_of(page.find(".//h1")) == "Kabar Nusantara"
        assert page.xpath("//meta[@name='description']/@content") == ["Berita dari 38 provinsi."]

    def test_it_lists_the_latest_headlines_in_the_given_order_with_their_dates(self) -> None:
        items = parse(sample("landing")).xpath("//section[@aria-labelledby='terbaru']//li")
        assert len(items) == 10
        assert text_of(items[0]) == "Judul ke-0 Selasa, 3 Desember 2024 14.30 WIB"

    def test_it_gives_the_address_of_the_feed_of_all_to_copy_and_to_open_in_readers(self) -> None:
        page = parse(sample("landing"))
        assert page.xpath("//code/text()") == [f"{BASE}rss.xml"]
        ways = page.xpath("//ul[@class='ways']//a/@href")
        assert ways[0] == f"feed:{BASE}rss.xml"
        assert all(way.endswith("https%3A%2F%2Fkabar.example%2Ffeeds%2Frss.xml") for way in ways[1:])
        assert {urlsplit(way).hostname for way in ways[1:]} == {
            *("feedly.com", "www.inoreader.com", "www.newsblur.com", "theoldreader.com")
        }

    def test_it_says_how_often_the_newsroom_publishes(self) -> None:
        """In a drawing of sixty days up to the newest article, and in words."""
        page = parse(sample("landing"))
        drawing = page.xpath("//figure[@class='chart']/svg")[0]
        assert drawing.xpath("path/@d") == ["M232 40v-13h3v13zM236 40v-40h3v40z"]
        said = page.get_element_by_id(drawing.get("aria-labelledby"))
        assert text_of(said) == (
            "4 berita dalam 60 hari sampai 3 Desember 2024, rata-rata satu dalam 15 hari; paling banyak 3, pada"
            " 3 Desember 2024."
        )

    def test_each_category_is_a_card_with_three_headlines_and_links_that_say_where_they_lead(self) -> None:
        card = parse(sample("landing")).get_element_by_id("kategori-ekonomi")
        assert text_of(card.find("h3")) == "Ekonomi"
        assert text_of(card.find("p")) == "Berita ekonomi dari seluruh Indonesia."
        assert len(card.xpath(".//ul[@class='headlines']/li")) == 3
        links = card.xpath(".//ul[@class='formats']//a")
        assert [f"ekonomi/{file}" for file in FEED_FILES] == [link.get("href") for link in links]
        assert [text_of(link) for link in links] == ["RSS: Ekonomi", "Atom: Ekonomi", "JSON: Ekonomi"]

    def test_the_newest_article_dates_the_page_wherever_it_stands_in_the_list(self) -> None:
        page = parse(pages.landing(make_feed(), make_headlines()[::-1], []))
        assert text_of(page.find_class("dateline")[0].find("p")) == "Berita terakhir: Selasa, 3 Desember 2024 14.30 WIB"

    def test_an_empty_newsroom_says_so(self) -> None:
        assert "Belum ada berita." in text_of(parse(sample("landing of an empty newsroom")))

    @pytest.mark.parametrize("count", [1, 12, 13, 40, 41, 100, 150])
    def test_it_stays_under_50_kilobytes_with_long_headlines_and_many_categories(self, count: int) -> None:
        categories = tuple(
            Category(slug=f"kategori-nomor-{n}", title=f"Kategori Nomor {n}", description=LONG_TITLE[:100])
            for n in range(count)
        )
        headlines = [replace(line, title=LONG_TITLE[:120]) for line in make_headlines(20)]
        shelves = [replace(shelf, headlines=tuple(headlines)) for shelf in make_shelves(categories)]
        page = pages.landing(make_feed(), headlines, shelves, make_notices(), LONG_CALENDAR)
        assert len(page) < 50_000
        assert {f"{category.slug}/" for category in categories} <= set(parse(page).xpath("//main//a/@href"))

    def test_it_links_to_the_newsrooms_own_site_by_its_host(self) -> None:
        link = parse(sample("landing")).find_class("imprint")[0].find(".//a")
        assert (link.get("href"), link.text) == ("https://www.kabar.example/", "kabar.example")


class TestFeedPage:
    """The page of a feed."""

    def test_it_shows_entries_as_a_reader_would(self) -> None:
        """Title, date, author, image with caption and credit, summary."""
        entry = parse(sample("feed")).xpath("//article")[0]
        assert entry.xpath("h3/a/@href") == ["../artikel/panen-raya/"]
        assert text_of(entry.find("h3")) == "Petani Subang panen raya"
        assert text_of(entry.find_class("byline")[0]) == (
            "Selasa, 3 Desember 2024 14.30 WIB · Oleh Sari Wulandari, Made Arta"
        )
        (image,) = entry.xpath("figure/img")
        assert (image.get("src"), image.get("width"), image.get("loading")) == (
            *("https://kabar.example/padi.jpg", "1200", "lazy"),
        )
        assert text_of(entry.find("figure/figcaption")) == "Sawah di Binong. Rangga"
        assert text_of(entry.find_class("summary")[0]) == "Panen datang dua pekan lebih awal."

    def test_it_leads_up_to_the_newsroom_and_the_category_above_and_down_to_those_below(self) -> None:
        page = parse(sample("feed"))
        assert [(a.get("href"), a.text) for a in page.xpath("//header[@class='running-head']//a")] == [
            *(("../", "Kabar Nusantara"), ("../politik/", "Politik")),
        ]
        assert page.xpath("//section[@aria-labelledby='bagian']//a/@href") == ["../olahraga/", "../budaya/"]

    def test_it_gives_the_feeds_addresses_in_three_formats(self) -> None:
        page = parse(sample("feed"))
        assert page.xpath("//code/text()") == [f"{BASE}ekonomi/rss.xml"]
        assert [f"../ekonomi/{file}" for file in FEED_FILES] == page.xpath("//ul[@class='formats']//a/@href")
        assert [f"{BASE}ekonomi/{file}" for file in FEED_FILES] == page.xpath("//head/link[@rel='alternate']/@href")

    def test_its_calendar_has_a_cell_for_each_day_darker_with_more_articles(self) -> None:
        """Days of a week stand below one another; what is drawn is said in words."""
        drawing = parse(sample("feed")).xpath("//figure[@class='chart']/svg")[0]
        cells = {name: drawing.xpath(f".//g/path[@class='{name}']/@d") for name in ("l1", "l2", "l3", "l4")}
        assert cells == {"l1": [], "l2": ["M624 0h10v10h-10z"], "l3": [], "l4": ["M624 12h10v10h-10z"]}
        assert "4 berita dalam 366 hari" in text_of(parse(sample("feed")).get_element_by_id("tahun"))

    def test_it_leads_to_the_archive_by_month(self) -> None:
        """Of two years, the newest first."""
        archive = parse(sample("feed")).find_class("archive")[0]
        assert [text_of(year) for year in archive.findall("dt")] == ["2024", "2023"]
        assert archive.xpath(".//a/@href") == ["../ekonomi/archive/2024-12/", "../ekonomi/archive/2023-07/"]

    def test_it_stays_under_50_kilobytes_and_says_what_it_leaves_out(self) -> None:
        """With fifty entries of 300-character headlines, in a feed with an archive of fifteen years."""
        page = make_feed_page(50, make_entry(title=LONG_TITLE, summary="Panjang sekali. " * 19), calendar=LONG_CALENDAR)
        assert len(page) < 50_000
        shown = len(parse(page).xpath("//article"))
        assert 10 < shown < 50
        assert f"{shown} berita terbaru dari 50 dalam feed ini. Yang lebih lama ada di arsip." in text_of(parse(page))

    def test_a_summary_of_many_pages_is_cut(self) -> None:
        page = make_feed_page(2, make_entry(summary="x" * 60_000))
        assert [text_of(each) for each in parse(page).find_class("summary")] == ["x" * 599 + "…"] * 2

    def test_an_entry_larger_than_the_page_is_shown_all_the_same(self) -> None:
        assert len(parse(make_feed_page(2, make_entry(title="x" * 60_000))).xpath("//article")) == 1

    def test_the_heading_is_the_title_without_the_newsrooms_name_at_its_end(self) -> None:
        page = make_feed_page(1, title="Info - Kabar - Kabar", newsroom="Kabar")
        assert parse(page).findtext(".//h1") == "Info - Kabar"

    def test_a_page_that_was_asked_for_shows_all_that_was_asked_for(self) -> None:
        page = make_feed_page(200, calendar=None, query="limit=200")
        assert len(parse(page).xpath("//article")) == 200

    def test_what_speaks_another_language_says_so(self) -> None:
        entry = parse(make_feed_page(1, make_entry(language="ar", title="مرحبا"))).xpath("//article")[0]
        assert (entry.find("h3").get("lang"), entry.find("h3").get("dir")) == ("ar", "auto")


class TestCharts:
    """A calendar as drawings."""

    @pytest.mark.parametrize(
        ("days", "said"),
        [
            ([(0, 1)], "1 berita dalam 60 hari sampai 3 Desember 2024, rata-rata satu dalam 60 hari; paling banyak 1"),
            ([(0, 60)], "60 berita dalam 60 hari sampai 3 Desember 2024, rata-rata 1 sehari; paling banyak 60"),
            (
                [(0, 100), (59, 8)],
                "108 berita dalam 60 hari sampai 3 Desember 2024, rata-rata 1,8 sehari; paling banyak",
            ),
            ([(0, 45)], "45 berita dalam 60 hari sampai 3 Desember 2024, rata-rata 0,8 sehari; paling banyak 45"),
            ([(0, 2), (60, 9)], "2 berita dalam 60 hari sampai 3 Desember 2024, rata-rata satu dalam 30 hari"),
        ],
    )
    def test_the_rate_is_said_in_words(self, days: list[tuple[int, int]], said: str) -> None:
        """Of the sixty days up to the newest article, and no day before."""
        numbers = tuple((MOMENT.date() - timedelta(days=ago), number) for ago, number in reversed(days))
        drawn = charts.rate(Calendar(MOMENT.date(), numbers), wording("id"))
        assert drawn
        assert drawn.words.startswith(said)

    def test_a_feed_without_articles_has_no_drawing(self) -> None:
        assert charts.rate(Calendar(), wording("id")) is None
        assert charts.year(Calendar(), wording("id")) is None

    def test_every_day_of_the_year_is_drawn_within_the_box(self) -> None:
        drawn = charts.year(LONG_CALENDAR, wording("id"))
        assert drawn
        places = [tuple(map(int, place)) for place in re.findall(r"M(\d+) (\d+)h10v10h-10z", "".join(drawn.cells))]
        assert len(places) == len(set(places)) == 366
        assert max(x for x, _ in places) + 10 == drawn.width == drawn.last_column + 10
        assert max(y for _, y in places) + 36 == drawn.height
        assert [name for _, name in drawn.months][:3] == ["Des", "Jan", "Feb"]


class TestArticle:
    """The page of an article that has no address of its own."""

    def test_it_shows_title_authors_and_date(self) -> None:
        page = parse(sample("article"))
        assert text_of(page.find(".//h1")) == "Petani Subang panen raya"
        assert page.findtext(".//title") == "Petani Subang panen raya | Kabar Nusantara"
        byline = text_of(page.find_class("byline")[0])
        assert byline == "Oleh Sari Wulandari, Made Arta Selasa, 3 Desember 2024 14.30 WIB"

    def test_an_update_is_shown_only_where_it_is_later(self) -> None:
        page = parse(pages.article(make_feed(), make_entry(updated=MOMENT + timedelta(days=1))))
        assert "Diperbarui Rabu, 4 Desember 2024 14.30 WIB" in text_of(page)
        assert "Diperbarui" not in text_of(parse(sample("article")))

    def test_the_body_is_the_entrys_html_as_it_is(self) -> None:
        assert b"<p>Hujan turun <strong>lebih awal</strong>.</p>" in sample("article")

    def test_the_image_stands_in_a_figure_with_caption_credit_and_size(self) -> None:
        figure = parse(sample("article")).find(".//figure")
        assert text_of(figure.find("figcaption")) == "Sawah di Binong. Rangga"
        assert dict(figure.find("img").attrib) == {
            "src": "https://kabar.example/padi.jpg",
            "alt": "Sawah di Binong.",
            "width": "1200",
            "height": "675",
        }

    def test_an_image_without_a_caption_is_described_by_the_title(self) -> None:
        page = parse(pages.article(make_feed(), make_entry(image=Image(url="https://kabar.example/a.jpg"))))
        assert page.xpath("//img/@alt") == ["Petani Subang panen raya"]
        assert not page.xpath("//figcaption")

    def test_it_names_source_and_tags(self) -> None:
        footer = text_of(parse(sample("article")).find(".//article/footer"))
        assert "Sumber: Antara Topik: panen, padi" in footer

    def test_it_leads_to_the_feeds_of_its_categories_and_back_to_the_front_page(self) -> None:
        footer = parse(sample("article")).find(".//article/footer")
        feeds = [f"../../{folder}{file}" for folder in ("ekonomi/", "politik/", "") for file in FEED_FILES]
        assert [*feeds, "../../"] == footer.xpath(".//a/@href")

    def test_the_summary_describes_the_page(self) -> None:
        page = parse(sample("article"))
        assert page.xpath("//meta[@name='description']/@content") == ["Panen datang dua pekan lebih awal."]

    def test_an_article_in_another_language_says_so_on_its_title_and_body_only(self) -> None:
        page = parse(sample("article in Arabic"))
        assert page.get("lang") == "id"
        assert [element.tag for element in page.xpath("//body//*[@lang='ar']")] == ["h1", "div"]

    @pytest.mark.parametrize(
        ("body", "shown"),
        [
            ("<h1>A</h1><h2>B</h2>", "<h2>A</h2><h3>B</h3>"),
            ("<h3>A</h3><h4>B</h4>", "<h2>A</h2><h3>B</h3>"),
            ("<h2>A</h2><h3>B</h3>", "<h2>A</h2><h3>B</h3>"),
            ("<h1>A</h1><h6>B</h6>", "<h2>A</h2><h6>B</h6>"),
            ("<p>A</p><hr>", "<p>A</p><hr>"),
        ],
    )
    def test_headings_of_the_body_begin_right_below_the_title(self, body: str, shown: str) -> None:
        assert shown.encode() in pages.article(make_feed(), make_entry(content=body))


class TestText:
    """Whatever a title holds, it is shown and nothing more."""

    def test_a_hostile_title_is_shown_as_it_was_written(self) -> None:
        for name in ("landing, hostile", "article, hostile"):
            assert parse(sample(name)).find(".//h1").text_content() == HOSTILE
        headline = parse(sample("landing, hostile")).find_class("headline")[0]
        assert headline.text_content() == HOSTILE

    @pytest.mark.parametrize("title", [LONG_TITLE, "X" * 300, "🌋 Merapi 👩🏽‍🌾 erupsi", "مرحبا", "A & B <i>"])
    def test_a_title_of_any_script_and_length_is_kept_whole(self, title: str) -> None:
        line = pages.Headline(title=title, link="", published=MOMENT)
        assert title == parse(pages.landing(make_feed(), [line], [])).find_class("headline")[0].text_content()
        assert title == parse(pages.article(make_feed(), make_entry(title=title))).find(".//h1").text_content()

    def test_a_title_runs_in_the_direction_of_its_own_script(self) -> None:
        page = parse(sample("landing"))
        assert all(heading.get("dir") == "auto" for heading in page.xpath("//h1|//h3"))
        assert all(line.get("dir") == "auto" for line in page.find_class("headline"))
        assert parse(sample("article")).find(".//h1").get("dir") == "auto"


def shown_date(moment: datetime, language: str = "id") -> tuple[str, str]:
    line = pages.Headline(title="x", link="", published=moment)
    time = parse(pages.landing(make_feed(language=language), [line], [])).find(".//main//time")
    return time.text, time.get("datetime")


class TestDates:
    """Dates are written for people in words and for machines in ISO 8601."""

    @pytest.mark.parametrize(
        ("moment", "text", "machine"),
        [
            (MOMENT, "Selasa, 3 Desember 2024 14.30 WIB", "2024-12-03T14:30:00+07:00"),
            (
                datetime(2024, 8, 17, 9, 5, 7, 999, tzinfo=ZoneInfo("Asia/Makassar")),
                "Sabtu, 17 Agustus 2024 09.05 WITA",
                "2024-08-17T09:05:07+08:00",
            ),
            (
                datetime(2025, 1, 31, 0, 1, tzinfo=timezone(timedelta(hours=9))),
                "Jumat, 31 Januari 2025 00.01 WIT",
                "2025-01-31T00:01:00+09:00",
            ),
            (datetime(2024, 5, 5, 8, 0, tzinfo=UTC), "Minggu, 5 Mei 2024 08.00 UTC", "2024-05-05T08:00:00+00:00"),
            (
                datetime(2024, 5, 6, 8, 0, tzinfo=timezone(timedelta(hours=-3))),
                "Senin, 6 Mei 2024 08.00 UTC-03:00",
                "2024-05-06T08:00:00-03:00",
            ),
        ],
    )
    def test_a_date_has_weekday_month_clock_and_zone(self, moment: datetime, text: str, machine: str) -> None:
        assert (text, machine) == shown_date(moment)

    def test_a_date_without_a_time_shows_no_clock(self) -> None:
        assert shown_date(datetime(2024, 7, 1, tzinfo=WIB)) == ("Senin, 1 Juli 2024", "2024-07-01")

    def test_an_english_date_has_english_words_and_a_colon(self) -> None:
        assert shown_date(MOMENT, "en")[0] == "Tuesday, 3 December 2024 14:30 WIB"


class TestLanguage:
    """Pages speak Indonesian unless the newsroom writes English."""

    @pytest.mark.parametrize("language", ["id", "id-ID", "jv", "ens"])
    def test_labels_are_indonesian_by_default(self, language: str) -> None:
        page = parse(make_landing(language=language))
        assert (language, "Berita terbaru") == (page.get("lang"), text_of(page.get_element_by_id("terbaru")))

    @pytest.mark.parametrize("language", ["en", "en-GB", "EN-us"])
    def test_labels_are_english_for_an_english_newsroom(self, language: str) -> None:
        page = parse(make_landing(language=language))
        assert (language, "Latest news") == (page.get("lang"), text_of(page.get_element_by_id("terbaru")))

    def test_no_label_is_left_untranslated(self) -> None:
        indonesian, english = words_of("id"), words_of("en")
        for field in fields(indonesian):
            assert getattr(indonesian, field.name) != getattr(english, field.name), field.name


@cache
def stylesheet() -> str:
    return pages.static_documents()["static/gaya.css"][1].decode()


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]+);", block))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


class TestStylesheet:
    """One stylesheet serves every page."""

    def test_it_is_a_document_of_its_own_with_its_media_type(self) -> None:
        assert pages.static_documents()["static/gaya.css"][0] == "text/css; charset=utf-8"

    def test_it_fetches_nothing(self) -> None:
        assert not re.search(r"url\(|@import|@font-face", stylesheet())

    @pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
    @pytest.mark.parametrize("text", ["ink", "quiet", "accent"])
    @pytest.mark.parametrize("ground", ["paper", "tint"])
    def test_text_has_the_contrast_of_wcag_aa(self, scheme: int, text: str, ground: str) -> None:
        palette = colours(re.findall(r":root \{(.*?)\}", stylesheet(), re.DOTALL)[scheme])
        assert contrast(palette[text], palette[ground]) >= 4.5

    def test_every_class_that_it_styles_is_on_a_page(self) -> None:
        used = {name for page in SAMPLES for value in parse(sample(page)).xpath("//@class") for name in value.split()}
        used |= {f"l{level}" for level in range(5)}  # of a day with more articles than others
        styled = set(
            re.findall(r"\.([a-z][a-z0-9-]*)(?=[^{}]*\{)", re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.DOTALL))
        )
        assert set() == styled - used


def test_importing_the_pages_does_not_import_jinja() -> None:
    """Only rendering needs the template engine, so that a command that renders nothing starts without it."""
    program = "import sys, feeds.pages; sys.exit('jinja2' in sys.modules or 'markupsafe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
