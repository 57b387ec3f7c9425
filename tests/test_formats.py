"""feeds.formats: RSS, Atom and JSON Feed, and each fault of feedgen mended."""

from __future__ import annotations

import json
import locale
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape, unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds import text
from feeds.formats import FORMATS, Format, atom, common, json_feed, rss
from feeds.formats.feedgen_extensions import NAMESPACES
from feeds.model import Category, Entry, Feed, Image, Link, Withdrawal

GOLDEN = Path(__file__).parent / "golden" / "formats"
WIB = timezone(timedelta(hours=7))
BASE_URL = "https://feeds.koran.id/"
EKONOMI = Category(slug="ekonomi", title="Ekonomi & Bisnis", description="Pasar dan harga")

FEED = Feed(
    id="tag:koran.id,2024:feed",
    path="",
    newsroom="Koran & <Kota>",
    title="Koran & <Kota>",
    description="Kabar kota",
    home="https://koran.id/",
    base_url=BASE_URL,
    language="id",
    author="Redaksi Koran",
    copyright="© 2024 Koran",
    logo="https://koran.id/logo.png",
    updated=datetime(2024, 12, 3, 11, 45, tzinfo=WIB),
    ttl=15,
    hubs=("https://hub.koran.id/", "https://hub.lain.id/"),
)
ENTRY = Entry(
    id="tag:koran.id,2024-12-03:beras",
    id_is_link=False,
    title="Harga beras & cabai naik <5 %",
    link="https://koran.id/ekonomi/beras/",
    published=datetime(2024, 12, 3, 10, 30, tzinfo=WIB),
    updated=datetime(2024, 12, 3, 11, 45, tzinfo=WIB),
    summary="Harga naik < 5 % & terus naik.",
    content='<p>Harga <b>beras</b> naik.</p>\n<p><img src="https://koran.id/b.jpg" alt="beras"></p>',
    authors=("Budi Santoso", "Siti Aminah"),
    categories=(EKONOMI,),
    tags=("beras", "ekonomi", "inflasi", "beras"),
    source="Antara",
    language="id",
    image=Image(
        url="https://koran.id/beras.jpg",
        caption="Beras di pasar & gudang",
        credit="Antara Foto",
        type="image/jpeg",
        length=123456,
        width=1200,
        height=800,
    ),
)
BARE = Entry(
    id="1234",
    id_is_link=False,
    title="",
    link="",
    published=datetime(2024, 12, 2, tzinfo=WIB),
    updated=datetime(2024, 12, 2, tzinfo=WIB),
    summary="",
    content="",
    authors=(),
    categories=(),
    tags=(),
    source="",
    language="",
    image=None,
)
STRANGE = replace(
    ENTRY,
    id="https://koran.id/?p=7",
    id_is_link=True,
    title='🎉 &amp; مرحبا "AT&T" ]]>',
    content="<p>]]&gt; ]]> &amp;amp; <i>miring</i></p>",
    language="ar",
    image=replace(ENTRY.image, length=None) if ENTRY.image else None,
)


WITHDRAWN = (
    Withdrawal(
        "tag:koran.id,2024-12-01:ikan", datetime(2024, 12, 3, 9, 0, tzinfo=WIB), "Sumbernya <b>rekaan</b> & salah."
    ),
    Withdrawal("1234", datetime(2024, 12, 2, tzinfo=WIB), "Masa depan anak."),
)


def document(module: Format, *entries: Entry, feed: Feed = FEED) -> bytes:
    """The finished document of a feed with these entries."""
    return module.write(feed, module.entries(entries, base_url=BASE_URL, language="id"))


def tree(module: Format, *entries: Entry, feed: Feed = FEED) -> etree._Element:
    """The document as lxml reads it."""
    return etree.fromstring(document(module, *entries, feed=feed))


def texts(root: etree._Element, path: str) -> list[str]:
    """The texts that an XPath finds; ``a:`` is Atom."""
    return [str(found) for found in root.xpath(path, namespaces=NAMESPACES | {"a": NAMESPACES["atom"]})]


# --- all formats alike


@pytest.mark.parametrize("module", FORMATS, ids=lambda module: module.NAME)
class TestEveryFormat:
    def test_golden(self, module: Format) -> None:
        """The bytes of a feed with a full, a bare and a strange entry are known."""
        written = document(module, ENTRY, BARE, STRANGE, feed=replace(FEED, path="ekonomi/", category=EKONOMI))
        path = GOLDEN / module.FILENAME
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written)
        assert path.read_bytes().decode() == written.decode()

    def test_golden_of_notices(self, module: Format) -> None:
        """Related addresses both ways, and what is withdrawn."""
        corrected = replace(BARE, id="urn:x:1", title="Beras", related=("https://koran.id/r/1", f"{BASE_URL}#ralat"))
        notice = replace(BARE, id="urn:x:2", title="Ralat: Beras", about="https://koran.id/beras/")
        written = document(module, corrected, notice, feed=replace(FEED, withdrawn=WITHDRAWN))
        path = GOLDEN.with_name("notices") / module.FILENAME
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written)
        assert path.read_bytes().decode() == written.decode()

    def test_entry_is_the_same_in_every_company(self, module: Format) -> None:
        """An entry's bytes do not depend on the entries rendered with it, so that they can be kept."""
        together = module.entries([ENTRY, BARE, STRANGE], base_url=BASE_URL, language="id")
        alone = [module.entries([entry], base_url=BASE_URL, language="id")[0] for entry in (ENTRY, BARE, STRANGE)]
        assert together == alone

    def test_feed_without_entries(self, module: Format) -> None:
        """A feed without entries, and with as little as a feed can have, is a feed."""
        feed = replace(FEED, title="", description="", author="", copyright="", logo="", hubs=())
        assert module.entries([], base_url=BASE_URL, language="id") == []
        parsed = feedparser.parse(document(module, feed=feed)) if module is not json_feed else None
        assert parsed is None or (not parsed.bozo and parsed.entries == [])

    def test_names(self, module: Format) -> None:
        """The feed's own address is base_url, path and file name."""
        assert f"{BASE_URL}ekonomi/{module.FILENAME}".encode() in document(module, feed=replace(FEED, path="ekonomi/"))
        assert module.MEDIA_TYPE.endswith("; charset=utf-8")

    def test_a_control_character_costs_only_itself(self, module: Format) -> None:
        """Fault 9: a control character or lone surrogate in one field leaves every entry and the feed standing."""
        entry = replace(ENTRY, title="Harga\x00 \ud800naik", content="<p>\x0b\ufffe</p>", authors=("Bu\x1fdi",))
        written = document(module, entry, BARE, feed=replace(FEED, title="Ko\x00ran", description="\udfff")).decode()
        assert "Harga" in written
        assert written.count("1234") or module is atom

    def test_the_clock_is_not_read(self, module: Format, monkeypatch: pytest.MonkeyPatch) -> None:
        """Fault 11: the same arguments give the same bytes at any time."""
        before = document(module, ENTRY, BARE)
        monkeypatch.setattr("feedgen.feed.datetime", Later)
        monkeypatch.setattr("feedgen.entry.datetime", Later)
        assert document(module, ENTRY, BARE) == before


class AnyDatetime(type(datetime)):  # type: ignore[misc]
    """Lets feedgen's isinstance checks pass for a datetime while its clock is another."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class Later(datetime, metaclass=AnyDatetime):
    """A clock that stands in 2042."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime(2042, 1, 1, tzinfo=tz)


# --- RSS


class TestRss:
    def test_channel(self) -> None:
        """The channel has what the RSS profile asks for."""
        root = tree(rss, feed=replace(FEED, path="ekonomi/", category=EKONOMI))
        assert texts(root, "channel/title/text()") == ["Koran & <Kota>"]
        assert texts(root, "channel/link/text()") == ["https://koran.id/"]
        assert texts(root, "channel/description/text()") == ["Kabar kota"]
        assert texts(root, "channel/language/text()") == ["id"]
        assert texts(root, "channel/copyright/text()") == ["© 2024 Koran"]
        assert texts(root, "channel/lastBuildDate/text()") == ["Tue, 03 Dec 2024 11:45:00 +0700"]
        assert texts(root, "channel/ttl/text()") == ["15"]
        assert texts(root, "channel/image/*/text()") == [
            "https://koran.id/logo.png",
            "Koran & <Kota>",
            "https://koran.id/",
        ]
        assert texts(root, "channel/category/text()") == ["Ekonomi & Bisnis"]
        assert texts(root, "channel/category/@domain") == [f"{BASE_URL}ekonomi/"]

    def test_item(self) -> None:
        """An item has summary and full text, authors, categories, and its image."""
        root = tree(rss, ENTRY)
        assert texts(root, "//item/title/text()") == [ENTRY.title]
        assert texts(root, "//item/link/text()") == [ENTRY.link]
        assert texts(root, "//item/description/text()") == [escape(ENTRY.summary, quote=False)]
        assert texts(root, "//item/content:encoded/text()") == [ENTRY.content]
        assert texts(root, "//item/pubDate/text()") == ["Tue, 03 Dec 2024 10:30:00 +0700"]
        assert texts(root, "//item/atom:updated/text()") == ["2024-12-03T11:45:00+07:00"]
        assert texts(root, "//item/category/text()") == ["Ekonomi & Bisnis", "beras", "inflasi"]
        assert texts(root, "//item/dc:source/text()") == ["Antara"]
        assert texts(root, "//item/media:thumbnail/@url") == ["https://koran.id/beras.jpg"]

    def test_guid_is_a_permalink_only_where_it_is(self) -> None:
        """isPermaLink is true for an id that opens the article, false for any other."""
        root = tree(rss, ENTRY, STRANGE)
        assert texts(root, "//guid/@isPermaLink") == ["false", "true"]
        assert texts(root, "//guid/text()") == [ENTRY.id, STRANGE.id]

    def test_update_hints_follow_the_ttl(self) -> None:
        """A quarter of an hour is hourly four times; two hours are daily twelve times."""
        expected = {15: ["hourly", "4"], 60: ["hourly", "1"], 120: ["daily", "12"], 9999: ["daily", "1"]}
        for ttl, hints in expected.items():
            assert texts(tree(rss, feed=replace(FEED, ttl=ttl)), "//sy:*/text()") == hints

    def test_ampersand_in_a_title_is_a_hexadecimal_reference(self) -> None:
        """Titles have ``&#x26;`` and ``&#x3C;`` as the RSS profile wants, and read back as they were."""
        written = document(rss, ENTRY, replace(ENTRY, title="&<&&<"), feed=replace(FEED, description="A & <b"))
        assert b"<title>Harga beras &#x26; cabai naik &#x3C;5 %</title>" in written
        assert b"<title>&#x26;&#x3C;&#x26;&#x26;&#x3C;</title>" in written
        assert b"<description>A &#x26; &#x3C;b</description>" in written
        assert texts(etree.fromstring(written), "//item/title/text()")[1] == "&<&&<"

    def test_description_is_there_and_is_html(self) -> None:
        """A plain summary is escaped, since readers take a description for HTML; without one the title stands in."""
        parsed = feedparser.parse(document(rss, ENTRY, replace(ENTRY, summary="")))
        assert unescape(parsed.entries[0].summary) == ENTRY.summary
        assert unescape(parsed.entries[1].summary) == ENTRY.title

    def test_cdata_end_in_content(self) -> None:
        """``]]>`` within a body is split over two CDATA sections and reads back whole."""
        assert b"]]]]><![CDATA[>" in document(rss, STRANGE)
        assert texts(tree(rss, STRANGE), "string(//content:encoded)") == list(STRANGE.content)

    def test_item_text_that_looks_like_an_item(self) -> None:
        """A body that quotes RSS stays within its item."""
        entry = replace(ENTRY, content="</item><item></channel>\n<item>")
        assert len(rss.entries([entry, ENTRY], base_url=BASE_URL, language="id")) == 2
        assert len(tree(rss, entry, ENTRY).findall("channel/item")) == 2


# --- Atom


class TestAtom:
    def test_feed(self) -> None:
        """The feed has id, author, links and types."""
        root = tree(atom, feed=replace(FEED, path="ekonomi/", category=EKONOMI))
        assert texts(root, "a:id/text()") == [FEED.id]
        assert texts(root, "a:updated/text()") == ["2024-12-03T11:45:00+07:00"]
        assert texts(root, "a:author/a:name/text()") == ["Redaksi Koran"]
        assert texts(root, "a:subtitle/text()") == ["Kabar kota"]
        assert texts(root, "a:logo/text()") == ["https://koran.id/logo.png"]
        assert texts(root, "a:category/@*") == ["ekonomi", BASE_URL, "Ekonomi & Bisnis"]
        assert texts(root, "a:link/@rel") == ["self", "alternate", "hub", "hub"]
        assert texts(root, "@xml:lang") == ["id"]

    def test_entry(self) -> None:
        """An entry has summary and content, dates, authors, categories with scheme and label."""
        root = tree(atom, ENTRY)
        assert texts(root, "a:entry/a:title/text()") == [ENTRY.title]
        assert texts(root, "a:entry/a:summary/text()") == [ENTRY.summary]
        assert texts(root, "a:entry/a:content/text()") == [ENTRY.content]
        assert texts(root, "a:entry/a:content/@type") == ["html"]
        assert texts(root, "a:entry/a:published/text()") == ["2024-12-03T10:30:00+07:00"]
        assert texts(root, "a:entry/a:updated/text()") == ["2024-12-03T11:45:00+07:00"]
        assert texts(root, "a:entry/a:author/a:name/text()") == list(ENTRY.authors)
        assert texts(root, "a:entry/a:category/@term") == ["ekonomi", "beras", "inflasi"]
        assert texts(root, "a:entry/a:category/@label") == ["Ekonomi & Bisnis"]

    def test_entry_without_a_link_has_content(self) -> None:
        """An entry without link, title, summary and content still has what RFC 4287 demands."""
        root = tree(atom, BARE)
        assert texts(root, "a:entry/a:title/text()") == ["1234"]
        assert texts(root, "a:entry/a:content/text()") == ["<p>1234</p>"]
        assert texts(root, "a:entry/a:link") == []

    def test_id_is_an_iri(self) -> None:
        """A source's bare number becomes a UUID that stays the same; an address stays an address."""
        first, second = texts(tree(atom, BARE, STRANGE), "a:entry/a:id/text()")
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", first)
        assert texts(tree(atom, BARE), "a:entry/a:id/text()") == [first]
        assert second == STRANGE.id

    def test_feed_always_has_an_author(self) -> None:
        """Without an author the feed's title is it: RFC 4287 wants one for an entry that has none."""
        assert texts(tree(atom, feed=replace(FEED, author="")), "a:author/a:name/text()") == ["Koran & <Kota>"]


# --- JSON Feed


class TestJsonFeed:
    def test_feed(self) -> None:
        """The feed has the members of JSON Feed 1.1, those without a value left out."""
        feed = json.loads(document(json_feed, feed=replace(FEED, hubs=FEED.hubs[:1], description="")))
        assert feed == {
            "version": "https://jsonfeed.org/version/1.1",
            "title": FEED.title,
            "home_page_url": FEED.home,
            "feed_url": f"{BASE_URL}feed.json",
            "icon": FEED.logo,
            "authors": [{"name": FEED.author}],
            "language": "id",
            "hubs": [{"type": "WebSub", "url": FEED.hubs[0]}],
            "_rights": {"copyright": FEED.copyright},
            "items": [],
        }

    def test_item(self) -> None:
        """An item has the members of JSON Feed 1.1; its tags are categories and tags, none twice."""
        assert json.loads(document(json_feed, ENTRY))["items"] == [
            {
                "id": ENTRY.id,
                "url": ENTRY.link,
                "title": ENTRY.title,
                "content_html": ENTRY.content,
                "summary": ENTRY.summary,
                "image": "https://koran.id/beras.jpg",
                "date_published": "2024-12-03T10:30:00+07:00",
                "date_modified": "2024-12-03T11:45:00+07:00",
                "authors": [{"name": "Budi Santoso"}, {"name": "Siti Aminah"}],
                "tags": ["Ekonomi & Bisnis", "beras", "inflasi"],
                "attachments": [
                    {"url": "https://koran.id/beras.jpg", "mime_type": "image/jpeg", "size_in_bytes": 123456}
                ],
            }
        ]

    def test_item_without_content_has_text(self) -> None:
        """One of content_html and content_text must be there."""
        assert json.loads(document(json_feed, BARE))["items"][0]["content_text"] == "1234"

    def test_no_control_characters(self) -> None:
        """JSON could carry control characters, readers could not; a backslash and u0000 are six characters."""
        item = json.loads(document(json_feed, replace(ENTRY, title="a\x00b \\u0000")))["items"][0]
        assert item["title"] == "ab \\u0000"

    def test_text_is_utf8(self) -> None:
        """Letters are written as they are, and the language only where it differs."""
        written = document(json_feed, STRANGE)
        assert "🎉 &amp; مرحبا".encode() in written
        assert json.loads(written)["items"][0]["language"] == "ar"


# --- feedgen's faults, by their number in feeds/formats/feedgen_extensions.py


class TestFaultsOfFeedgen:
    def test_01_entry_links_keep_rel_type_and_length(self) -> None:
        """An Atom enclosure is an enclosure, with its type and length."""
        links = tree(atom, ENTRY).findall("{*}entry/{*}link")
        assert [dict(link.attrib) for link in links] == [
            {"rel": "alternate", "type": "text/html", "href": ENTRY.link},
            {"rel": "enclosure", "href": "https://koran.id/beras.jpg", "type": "image/jpeg", "length": "123456"},
        ]

    def test_02_channel_link_is_the_home_page(self) -> None:
        """Hubs and the feed's own address do not become the channel's link."""
        assert texts(tree(rss), "channel/link/text()") == [FEED.home]

    def test_03_rss_has_every_atom_link(self) -> None:
        """Self and each hub are there."""
        root = tree(rss)
        assert texts(root, "channel/atom:link/@rel") == ["self", "hub", "hub"]
        assert texts(root, "channel/atom:link/@href") == [f"{BASE_URL}rss.xml", *FEED.hubs]
        assert texts(root, "channel/atom:link/@type") == ["application/rss+xml"]

    def test_04_syndication_names(self) -> None:
        """The names are updatePeriod and updateFrequency with a small u."""
        assert texts(tree(rss), "//sy:updatePeriod/text() | //sy:updateFrequency/text()") == ["hourly", "4"]

    def test_05_atom_content_is_html(self) -> None:
        """Content says ``html``, never ``CDATA``."""
        assert set(texts(tree(atom, ENTRY, BARE, STRANGE), "//a:content/@type")) == {"html"}

    def test_06_text_constructs_have_a_type(self) -> None:
        """Titles, subtitle, summary and rights say what they are; one that reads as HTML is escaped and says so."""
        root = tree(atom, replace(ENTRY, title="Q&A & lain", summary="<b> &amp;"))
        assert texts(root, "//a:title/@type") == ["html", "text"]
        assert texts(root, "a:rights/@type | a:subtitle/@type") == ["text", "text"]
        assert texts(root, "a:entry/a:title/text()") == ["Q&A & lain"]
        assert texts(root, "a:entry/a:summary/@type | a:entry/a:summary/text()") == ["html", "&lt;b&gt; &amp;amp;"]

    def test_07_authors_need_no_email(self) -> None:
        """Each author is a dc:creator, none an RSS author."""
        root = tree(rss, ENTRY)
        assert texts(root, "//item/dc:creator/text()") == list(ENTRY.authors)
        assert texts(root, "//item/author") == []

    @pytest.mark.parametrize("module", [rss, atom], ids=["rss", "atom"])
    def test_08_media(self, module: Format) -> None:
        """The image is no group; it has its numbers, caption and credit."""
        root = tree(module, ENTRY)
        assert texts(root, "//media:group") == []
        assert dict(root.findall(f".//{{{NAMESPACES['media']}}}content")[0].attrib) == {
            "url": "https://koran.id/beras.jpg",
            "type": "image/jpeg",
            "medium": "image",
            "fileSize": "123456",
            "width": "1200",
            "height": "800",
        }
        assert texts(root, "//media:content/media:description/text()") == ["Beras di pasar & gudang"]
        assert texts(root, "//media:content/media:credit/text()") == ["Antara Foto"]

    @pytest.mark.parametrize("module", FORMATS, ids=lambda module: module.NAME)
    def test_09_and_10_one_bad_entry_costs_no_other(self, module: Format) -> None:
        """A control character, or no title at all, leaves three entries three entries."""
        bad = replace(BARE, id="tag:koran.id,2024:x", title="\x00")
        assert len(module.entries([ENTRY, bad, STRANGE], base_url=BASE_URL, language="id")) == 3

    def test_10_an_entry_without_a_title_takes_its_text(self) -> None:
        """The beginning of the text stands for a missing title."""
        entry = replace(BARE, content="<p>Hujan deras turun.</p>")
        assert texts(tree(rss, entry), "//item/title/text()") == ["Hujan deras turun."]

    def test_11_dates_are_the_feeds(self) -> None:
        """lastBuildDate and updated are the feed's; docs is not written, generator is one word without a version."""
        root = tree(rss)
        assert texts(root, "channel/lastBuildDate/text()") == ["Tue, 03 Dec 2024 11:45:00 +0700"]
        assert texts(root, "channel/docs") == []
        assert texts(root, "channel/generator/text()") == ["Feeds"]

    def test_12_any_rel_can_be_written(self) -> None:
        """Relations that feedgen refuses for a feed's or an entry's link are written: here hub."""
        assert texts(tree(atom), "a:link[@rel='hub']/@href") == list(FEED.hubs)

    def test_13_formats_write_no_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A document is bytes; nobody can see half of it."""
        monkeypatch.chdir(tmp_path)
        assert all(isinstance(document(module, ENTRY), bytes) for module in FORMATS)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("module", FORMATS, ids=lambda module: module.NAME)
    def test_14_the_locale_is_not_touched(self, module: Format, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing calls setlocale."""

        def refuse(*_args: object) -> str:
            raise AssertionError("setlocale was called")

        monkeypatch.setattr(locale, "setlocale", refuse)
        document(module, ENTRY, BARE)

    def test_15_an_enclosure_has_type_and_length(self) -> None:
        """An image whose length is unknown is no enclosure, in RSS nor Atom."""
        assert texts(tree(rss, ENTRY), "//enclosure/@*") == ["https://koran.id/beras.jpg", "123456", "image/jpeg"]
        assert texts(tree(rss, STRANGE), "//enclosure") == []
        assert texts(tree(atom, STRANGE), "//a:link[@rel='enclosure']") == []

    def test_16_entries_keep_their_order(self) -> None:
        """Entries come in the order given, and their guid's isPermaLink is not reset."""
        assert texts(tree(rss, STRANGE, ENTRY, BARE), "//guid/text()") == [STRANGE.id, ENTRY.id, BARE.id]
        assert texts(tree(rss, STRANGE), "//guid/@isPermaLink") == ["true"]

    @pytest.mark.parametrize("module", [rss, atom], ids=["rss", "atom"])
    def test_17_prefixes_are_declared_once(self, module: Format) -> None:
        """The root declares each prefix; no entry declares one again, and none is made up."""
        written = document(module, ENTRY, STRANGE)
        declared = re.findall(rb'xmlns:?([a-z0-9]*)="', written)
        assert len(declared) == len(set(declared))
        assert not any(prefix.startswith(b"ns") for prefix in declared)
        assert b"xmlns" not in b"".join(module.entries([ENTRY, STRANGE], base_url=BASE_URL, language="id"))

    def test_18_the_logo_is_image_and_logo(self) -> None:
        """RSS has an image with title and link, Atom a logo; the XML declaration is in double quotes."""
        assert len(texts(tree(rss), "channel/image/*/text()")) == 3
        assert texts(tree(atom), "a:logo/text()") == [FEED.logo]
        assert document(rss).startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rss ')
        assert document(atom).startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<feed ')

    def test_19_an_entry_says_its_language_where_it_differs(self) -> None:
        """xml:lang in Atom, dc:language in RSS; its source is dc:source in both."""
        assert texts(tree(atom, ENTRY, STRANGE, BARE), "a:entry/@xml:lang") == ["ar"]
        assert texts(tree(rss, ENTRY, STRANGE, BARE), "//item/dc:language/text()") == ["ar"]
        assert texts(tree(atom, ENTRY), "a:entry/dc:source/text()") == ["Antara"]

    def test_20_nothing_is_shared_between_entries(self) -> None:
        """Rendering changes none of its arguments, and twice gives the same."""
        entries = [ENTRY, ENTRY]
        first, second = rss.entries(entries, base_url=BASE_URL, language="id")
        assert first == second
        assert entries == [ENTRY, ENTRY]


# --- dates


@given(st.datetimes(timezones=st.sampled_from([UTC, WIB, ZoneInfo("Asia/Jayapura")])))
def test_rfc822_is_that_of_the_standard_library(moment: datetime) -> None:
    """Dates are written as email.utils writes them."""
    moment = common.in_seconds(moment)
    assert common.rfc822(moment) == format_datetime(moment)


def test_an_offset_with_seconds_is_written_in_utc() -> None:
    """Local mean time before 1924 has seconds in its offset, which neither RFC 822 nor RFC 3339 can say."""
    moment = datetime(1908, 5, 20, 5, 7, 12, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert common.rfc3339(moment) == "1908-05-19T22:00:00+00:00"
    assert common.rfc822(moment) == "Tue, 19 May 1908 22:00:00 +0000"


# --- any text


ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=30)
ANY_ENTRY = st.builds(
    Entry,
    id=ANY_TEXT.map("id".__add__),
    id_is_link=st.booleans(),
    title=ANY_TEXT.map("j".__add__),
    link=ANY_TEXT,
    published=st.just(ENTRY.published),
    updated=st.just(ENTRY.updated),
    summary=ANY_TEXT,
    content=ANY_TEXT,
    authors=st.tuples(ANY_TEXT),
    categories=st.tuples(st.builds(Category, slug=ANY_TEXT, title=ANY_TEXT)),
    tags=st.tuples(ANY_TEXT, ANY_TEXT),
    source=ANY_TEXT,
    language=ANY_TEXT,
    image=st.builds(Image, url=ANY_TEXT, caption=ANY_TEXT, credit=ANY_TEXT, type=ANY_TEXT, length=st.just(1)),
)


@given(ANY_ENTRY)
def test_any_text_reads_back(entry: Entry) -> None:
    """Any text in any field gives a well-formed document that says the same, bar what XML cannot carry."""
    expected = common.cleaned(entry)
    item = tree(rss, entry).find("channel/item")
    assert text.clean(item.findtext("title")) == common.headline(expected)
    description = escape(expected.summary or common.headline(expected), quote=False)
    assert text.clean(item.findtext("description")) == description
    assert text.clean(item.findtext(f"{{{NAMESPACES['content']}}}encoded") or "") == expected.content
    creators = item.findall(f"{{{NAMESPACES['dc']}}}creator")
    assert [text.clean(creator.text or "") for creator in creators] == list(expected.authors)
    title = tree(atom, entry).find("{*}entry/{*}title")
    shown = unescape(title.text) if title.get("type") == "html" else title.text
    assert text.clean(shown) == common.headline(expected)
    loaded = json.loads(document(json_feed, entry))["items"][0]
    assert text.clean(loaded["title"]) == common.headline(expected)
    assert text.clean(loaded.get("content_html", "")) == expected.content


def feedparsers(content: str) -> str:
    """The sample's content as feedparser writes it."""
    return content.replace('src="https://koran.id/b.jpg" alt="beras">', 'alt="beras" src="https://koran.id/b.jpg" />')


@pytest.mark.parametrize("module", [rss, atom], ids=["rss", "atom"])
def test_feedparser_reads_what_was_written(module: Format) -> None:
    """A reader finds titles, texts, links, dates, authors and tags."""
    parsed = feedparser.parse(document(module, ENTRY, STRANGE, BARE))
    assert not parsed.bozo
    assert parsed.version == {"rss": "rss20", "atom": "atom10"}[module.NAME]
    first = parsed.entries[0]
    assert unescape(first.title) == ENTRY.title
    assert first.link == ENTRY.link
    assert first.content[-1 if module is rss else 0].value == feedparsers(ENTRY.content)
    assert first.published_parsed[:5] == (2024, 12, 3, 3, 30)
    assert first.updated_parsed[:5] == (2024, 12, 3, 4, 45)
    assert [author.name for author in first.authors if author] == list(ENTRY.authors)
    assert [tag.label or tag.term for tag in first.tags][1:] == ["beras", "inflasi"]
    assert first.media_content[0]["url"] == "https://koran.id/beras.jpg"
    assert first.enclosures[0].length == "123456"


IDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1)  # as the source layer gives them


@given(IDS, st.text(), st.datetimes(timezones=st.just(WIB)))
def test_a_tombstone_names_the_entry_by_the_id_that_it_had(identity: str, reason: str, when: datetime) -> None:
    """Whatever the source's id is; and no reason makes a feed unreadable."""
    root = tree(atom, replace(BARE, id=identity), feed=replace(FEED, withdrawn=(Withdrawal(identity, when, reason),)))
    assert texts(root, "at:deleted-entry/@ref") == texts(root, "a:entry/a:id/text()")
    assert len(root.findall("at:deleted-entry/at:comment", NAMESPACES)) == 1


# --- the documents before and after (RFC 5005) -----------------------------------------------------------------------

ARCHIVE = replace(
    FEED,
    path="ekonomi/archive/2026-04/",
    archive=True,
    links=(Link("current", "ekonomi/"), Link("prev-archive", "ekonomi/archive/2026-02/")),
)
PAGE = replace(FEED, path="ekonomi/", query="page=2", links=(Link("next", "ekonomi/", "page=3"),))


@pytest.mark.parametrize("module", [rss, atom])
def test_an_archive_says_what_it_is_and_where_the_others_are(module: Format) -> None:
    root = tree(module, BARE, feed=ARCHIVE)
    assert len(root.findall(".//fh:archive", NAMESPACES)) == 1
    links = {link.get("rel"): link.get("href") for link in root.iterfind(".//atom:link", NAMESPACES)}
    assert links["self"] == f"{FEED.base_url}ekonomi/archive/2026-04/{module.FILENAME}"
    assert links["current"] == f"{FEED.base_url}ekonomi/{module.FILENAME}"
    assert links["prev-archive"] == f"{FEED.base_url}ekonomi/archive/2026-02/{module.FILENAME}"


@pytest.mark.parametrize("module", [rss, atom])
def test_only_an_archive_declares_the_namespace_of_archives(module: Format) -> None:
    assert NAMESPACES["fh"].encode() not in document(module, BARE)


def test_a_page_of_a_json_feed_names_the_next() -> None:
    written = json.loads(document(json_feed, BARE, feed=PAGE))
    assert written["feed_url"] == f"{FEED.base_url}ekonomi/feed.json?page=2"
    assert written["next_url"] == f"{FEED.base_url}ekonomi/feed.json?page=3"
