"""Saved feeds as a source: every dialect gives the same Drafts, ids stand as written, nothing hostile is believed."""

from __future__ import annotations

import json
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from feeds.config import SAMPLE, load
from feeds.dates import read_date
from feeds.edition import Edition
from feeds.errors import ArticleError, UnreadableError
from feeds.model import Draft, Image
from feeds.readers import is_source, read_file
from feeds.readers.feed import is_feed, read
from feeds.text import one_line
from tests.support import FORMATS, a_desk

ITEM = "<title>Beras turun</title><link>https://kabar.example/beras/</link>"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "atom": "http://www.w3.org/2005/Atom",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "media": "http://search.yahoo.com/mrss/",
        "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        "app": "http://www.w3.org/2007/app",
        "blogger": "http://schemas.google.com/blogger/2018",
        "thr": "http://purl.org/syndication/thread/1.0",
    }.items()
)


def rss(*items: str, channel: str = "<title>Kabar</title><link>https://kabar.example/</link>") -> str:
    listed = "\n".join(f"<item>{item}</item>" for item in items)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<rss version="2.0" {NAMESPACES}><channel>{channel}\n{listed}\n</channel></rss>\n'


def atom(*entries: str, attributes: str = "", head: str = '<link href="https://kabar.example/"/>') -> str:
    listed = "\n".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES} {attributes}>{head}\n{listed}\n</feed>\n'


def drafts(text: str, path: str = "a.xml") -> list[Draft]:
    return [found for found in read(path, text) if isinstance(found, Draft)]


def one(text: str) -> Draft:
    (found,) = drafts(text)
    return found


def until_fault(text: str) -> tuple[list[Draft], str]:
    """(the drafts before it, its sentence)."""
    *found, problem = read_file("a.xml", text.encode())
    assert isinstance(problem, ArticleError)
    assert (problem.path, problem.kind, problem.fatal) == ("a.xml", "unreadable", True)
    return [draft for draft in found if isinstance(draft, Draft)], problem.reason


DIALECTS = {
    "RSS 2.0": rss(
        f"{ITEM}<guid isPermaLink='false'>kabar-1</guid><pubDate>Tue, 03 Dec 2024 10:30:00 +0700</pubDate>"
        "<dc:creator>Rina</dc:creator><category>Ekonomi</category><description>&lt;p&gt;Isi.&lt;/p&gt;</description>"
    ),
    "RSS 0.92": '<rss version="0.92"><channel><title>Kabar</title>'
    f"<item>{ITEM}<guid>kabar-1</guid><pubDate>Tue, 03 Dec 2024 10:30:00 +0700</pubDate>"
    "<author>r@k.example (Rina)</author>"
    "<category>Ekonomi</category><description>&lt;p&gt;Isi.&lt;/p&gt;</description></item></channel></rss>",
    "RSS 1.0": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://kabar.example/"><title>Kabar</title></channel>'
    f'<item rdf:about="kabar-1">{ITEM}<dc:date>2024-12-03T10:30:00+07:00</dc:date><dc:creator>Rina</dc:creator>'
    "<dc:subject>Ekonomi</dc:subject><description>&lt;p&gt;Isi.&lt;/p&gt;</description></item></rdf:RDF>",
    "Atom 1.0": atom(
        "<title>Beras turun</title><id>kabar-1</id><link rel='self' type='application/atom+xml' href='/x.atom'/>"
        "<link href='https://kabar.example/beras/'/><published>2024-12-03T10:30:00+07:00</published>"
        "<author><name>Rina</name></author><category term='Ekonomi'/>"
        "<content type='html'>&lt;p&gt;Isi.&lt;/p&gt;</content>"
    ),
    "Atom 1.0 with XHTML": atom(
        "<title type='text'>Beras turun</title><id>kabar-1</id><link rel='alternate' href='/beras/'/>"
        "<published>2024-12-03T10:30:00+07:00</published><author><name>Rina</name></author>"
        "<category term='ekonomi' label='Ekonomi'/>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Isi.</p></div></content>"
    ),
    "Atom 0.3": '<feed version="0.3" xmlns="http://purl.org/atom/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<entry><title>Beras turun</title><id>kabar-1</id><link rel='alternate' type='text/html' "
    "href='https://kabar.example/beras/'/><issued>2024-12-03T10:30:00+07:00</issued><author><name>Rina</name></author>"
    "<dc:subject>Ekonomi</dc:subject><content type='text/html' mode='escaped'>&lt;p&gt;Isi.&lt;/p&gt;</content>"
    "</entry></feed>",
}


class TestDialects:
    """One article in all of them."""

    @pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS)
    def test_every_dialect_gives_the_same_article(self, text: str) -> None:
        """Title, id, address, date, author, category and body."""
        found = one(text)
        assert is_feed(text[:1000].encode())
        assert is_feed(text[:1000].encode("utf-16"))
        assert read_date(str(found.date)).value.isoformat() == "2024-12-03T10:30:00+07:00"
        assert found._replace(date=None) == Draft(
            path="a.xml",
            position=0,
            title="Beras turun",
            body="<p>Isi.</p>",
            body_format="html",
            authors=("Rina",),
            categories=("Ekonomi",),
            link="https://kabar.example/beras/",
            guid="kabar-1",
        )

    @pytest.mark.parametrize("suffix", ["xml", "rss", "atom", "rdf"])
    def test_every_suffix_of_feeds_is_read(self, suffix: str) -> None:
        """In the folder of articles as anywhere below it."""
        assert is_source(f"lama/feed.{suffix}")
        assert len(list(read_file(f"lama/feed.{suffix}", rss(ITEM).encode()))) == 1

    @pytest.mark.parametrize(
        "path", ["sitemap.xml", "sitemap-2024.xml", "sitemap_index.xml", "opml.xml", "browserconfig.xml"]
    )
    def test_xml_for_machines_is_no_source(self, path: str) -> None:
        """It lies in most folders of a website."""
        assert not is_source(path)

    def test_an_article_that_is_called_so_is_one(self) -> None:
        """Only XML is meant."""
        assert is_source("sitemap-baru-pemkot.md")


class TestIds:
    """An existing feed is taken over with its ids."""

    @pytest.mark.parametrize(
        "guid", ["kabar-1", "4711", "https://kabar.example/?p=12", "urn:uuid:1-2", "tag:k.example,2024:1"]
    )
    @pytest.mark.parametrize("permalink", ["true", "false"])
    def test_an_id_stands_as_it_is_written(self, guid: str, permalink: str) -> None:
        """Bare ones, too, whatever isPermaLink says and wherever xml:base points."""
        item = f"{ITEM}<guid isPermaLink='{permalink}'>{guid}</guid>"
        assert one(rss(item).replace("<channel>", "<channel xml:base='https://lain.example/'>")).guid == guid
        assert one(atom(f"<id> {guid}\n</id><title>A</title>", attributes="xml:base='https://x.example/'")).guid == guid

    def test_a_guid_is_the_address_where_it_is_one(self) -> None:
        """isPermaLink is true by default; a bare id is no address whatever it says."""
        assert one(rss("<title>A</title><guid>https://kabar.example/a/</guid>")).link == "https://kabar.example/a/"
        assert one(rss("<title>A</title><guid>4711</guid>")).link == ""
        assert one(rss("<title>A</title><guid isPermaLink='false'>https://kabar.example/a/</guid>")).link == ""
        assert one(atom("<title>A</title><id>tag:k.example,2024:1</id>")).link == ""

    @pytest.mark.parametrize("first", [0, 1])
    def test_numbers_of_the_entries_are_no_ids(self, first: int) -> None:
        """They would name other articles tomorrow, and the same ones in two feeds."""
        items = [f"<title>{letter}</title><guid>{first + n}</guid>" for n, letter in enumerate("ABC")]
        assert [draft.guid for draft in drafts(rss(*items))] == ["", "", ""]

    def test_feedburner_keeps_the_real_address(self) -> None:
        """Its own redirects lead nowhere one day."""
        item = "<title>A</title><link>http://feedproxy.example/~r/x</link><feedburner:origLink>https://k.example/a</feedburner:origLink>"
        assert one(rss(item)).link == "https://k.example/a"

    def test_a_relative_address_is_seen_from_the_feeds_home(self) -> None:
        """Or from xml:base, where there is one."""
        assert one(rss("<title>A</title><link>/a/</link>")).link == "https://kabar.example/a/"
        entry = "<title>A</title><link href='a/'/><content type='html'>&lt;img src=\"b.jpg\"&gt;</content>"
        found = one(atom(entry, attributes='xml:base="https://lain.example/x/"'))
        assert found.link == "https://lain.example/x/a/"
        assert "https://lain.example/x/b.jpg" in found.body


class TestDates:
    """Dates go on as they are written, and are understood there."""

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("Tue, 03 Dec 2024 10:30:00 +0700", "2024-12-03T10:30:00+07:00"),
            ("Tue, 03 Dec 2024 03:30:00 GMT", "2024-12-03T03:30:00+00:00"),
            ("Tue, 3 Dec 2024 10:30 +0700", "2024-12-03T10:30:00+07:00"),
            ("03 Dec 24 10:30:00 Z", "2024-12-03T10:30:00+00:00"),
            ("Tue, 03 Dec 2024 10:30:00 WIB", "2024-12-03T10:30:00+07:00"),
            ("Sel, 03 Des 2024 10:30:00 +0700", "2024-12-03T10:30:00+07:00"),
            ("Selasa, 3 Desember 2024 10:30 WIB", "2024-12-03T10:30:00+07:00"),
            ("2024-12-03T10:30:00.023+07:00", "2024-12-03T10:30:00.023000+07:00"),
            ("2024-12-03 10:30:00", "2024-12-03T10:30:00+07:00"),
            ("2024-12-03T03:30:00Z", "2024-12-03T03:30:00+00:00"),
            ("03/12/2024 10:30", "2024-12-03T10:30:00+07:00"),
        ],
    )
    def test_dates_of_real_feeds_are_understood(self, written: str, meant: str) -> None:
        """English or Indonesian, also where a generator's locale made them so."""
        found = one(rss(f"{ITEM}<pubDate> {written} </pubDate>"))
        assert found.date == written
        assert read_date(written).value.isoformat() == meant

    def test_slashes_are_read_as_the_whole_file_has_them(self) -> None:
        """Day first, unless one of them can only be month first."""
        dates = ("12/03/2024 10:30", "12/25/2024 10:30")
        items = [f"{ITEM}<pubDate>{date}</pubDate>" for date in dates]
        assert [draft.month_first for draft in drafts(rss(*items))] == [True, True]
        assert [draft.month_first for draft in drafts(rss(items[0]))] == [False]

    def test_a_date_of_change_is_one_beside_a_date(self) -> None:
        """Alone it is the date: RSS 1.0 has no other, and an Atom entry need not have another."""
        both = one(atom("<title>A</title><published>2024-12-03</published><updated>2024-12-04</updated>"))
        alone = one(atom("<title>A</title><updated>2024-12-04</updated>"))
        assert (both.date, both.updated) == ("2024-12-03", "2024-12-04")
        assert (alone.date, alone.updated) == ("2024-12-04", None)


class TestTexts:
    """Headline, body, summary."""

    @pytest.mark.parametrize(
        ("title", "read"),
        [
            ("Beras &amp; gula", "Beras & gula"),
            ("<![CDATA[Beras & gula]]>", "Beras & gula"),
            ("Beras &amp;amp; gula", "Beras & gula"),
            ("Beras &amp;#8220;turun&amp;#8221;", "Beras “turun”"),
            ("&lt;b&gt;Beras&lt;/b&gt; turun", "Beras turun"),
            ("5 &lt; 6", "5 < 6"),
        ],
    )
    def test_a_headline_is_plain_text_whatever_it_was(self, title: str, read: str) -> None:
        """RSS does not say whether a title is HTML."""
        assert one_line(one(rss(f"<title>{title}</title>")).title) == read

    def test_an_atom_title_is_what_it_says(self) -> None:
        """Plain text that looks like HTML is shown as it is."""
        assert one_line(one(atom("<title type='text'>Tag &lt;b&gt; itu</title>")).title) == "Tag <b> itu"
        assert one_line(one(atom("<title type='html'>Tag &amp;lt;b&gt; itu</title>")).title) == "Tag <b> itu"

    def test_the_content_is_the_body_and_the_description_the_summary(self) -> None:
        """The sign that WordPress cuts a summary with becomes an ellipsis."""
        item = f"{ITEM}<description><![CDATA[<p>Harga beras turun [&hellip;]</p>]]></description>"
        found = one(rss(f"{item}<content:encoded><![CDATA[<p>Harga beras turun lagi.</p>]]></content:encoded>"))
        assert (found.body, found.body_format) == ("<p>Harga beras turun lagi.</p>", "html")
        assert found.summary == "Harga beras turun…"
        assert one(rss(item)).summary == ""

    @pytest.mark.parametrize(
        ("description", "body", "body_format"),
        [
            ("Harga beras\nturun.", "Harga beras\nturun.", "text"),
            ("<![CDATA[Harga &amp; <b>beras</b>.]]>", "Harga &amp; <b>beras</b>.", "html"),
        ],
    )
    def test_a_description_alone_is_the_body(self, description: str, body: str, body_format: str) -> None:
        """As HTML only where it has some."""
        found = one(rss(f"{ITEM}<description>{description}</description>"))
        assert (found.body, found.body_format, found.summary) == (body, body_format, "")

    @pytest.mark.parametrize(
        "footer",
        [
            '<p>The post <a href="https://kabar.example/beras/">Beras</a> appeared first on '
            '<a href="https://kabar.example">Kabar</a>.</p>',
            '<p>Artikel <a rel="nofollow" href="https://kabar.example/beras">Beras <b>X</b></a> pertama kali tampil '
            'pada <a rel="nofollow" href="https://kabar.example">Kabar</a>.</p>\n',
            '<img src="https://s.example/p.gif" height="1" width="1" alt=""/>',
        ],
    )
    def test_what_a_plugin_adds_to_every_body_is_left_out(self, footer: str) -> None:
        """The line about where the post appeared, in any language, and pixels that count readers."""
        for kept in (
            "<p>Harga turun.</p>",
            '<p>Baca <a href="https://kabar.example/gula/">Gula</a> di <a href="#">X</a> ya.</p>',
        ):
            item = f"{ITEM}<content:encoded><![CDATA[{kept}{footer}]]></content:encoded>"
            assert one(rss(item)).body == kept

    def test_the_languages_that_differ_are_kept(self) -> None:
        """A feed's own says little: WordPress writes en-US for every newsroom that never set it."""
        channel = "<title>K</title><language>en-US</language>"
        found = drafts(rss(ITEM, ITEM + "<dc:language>jv</dc:language>", channel=channel))
        assert [draft.language for draft in found] == ["", "jv"]
        entries = ("<title>A</title>", "<title xml:lang='su'>B</title>")
        assert [d.language for d in drafts(atom(*entries, attributes="xml:lang='id'"))] == ["", "su"]

    @pytest.mark.parametrize(
        ("written", "names"),
        [
            ("<dc:creator>Rina</dc:creator><dc:creator>Budi, S.H.</dc:creator>", ("Rina", "Budi, S.H.")),
            ("<author>redaksi@k.example (Rina dan Budi)</author>", ("Rina", "Budi")),
            ("<author>redaksi@k.example</author>", ()),
        ],
    )
    def test_authors_are_people(self, written: str, names: tuple[str, ...]) -> None:
        """Addresses of mail are none."""
        assert one(rss(ITEM + written)).authors == names

    @pytest.mark.parametrize(
        "written", ["<source url='https://antara.example/rss'>Antara</source>", "<dc:source>Antara</dc:source>"]
    )
    def test_the_source_is_kept(self, written: str) -> None:
        """Of RSS and of Dublin Core."""
        assert one(rss(ITEM + written)).source == "Antara"


def categories(*each: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    items = [ITEM + "".join(f"<category>{name}</category>" for name in names.split()) for names in each]
    return [(draft.categories, draft.tags) for draft in drafts(rss(*items))]


class TestCategories:
    """Which of its terms are an entry's categories."""

    def test_the_first_term_of_an_entry_is_its_category(self) -> None:
        """WordPress writes categories before tags; one that comes first elsewhere is a category here, too."""
        assert categories("Ekonomi Nasional beras", "Nasional gula", "Ekonomi") == [
            (("Ekonomi", "Nasional"), ("beras",)),
            (("Nasional",), ("gula",)),
            (("Ekonomi",), ()),
        ]

    @pytest.mark.parametrize("name", ["Uncategorized", "Tak&#160;Berkategori"])
    def test_no_category_is_none(self, name: str) -> None:
        """And does not make one of the tag behind it."""
        assert categories(f"{name} beras") == [((), ("beras",))]

    def test_terms_with_a_domain_are_categories_where_others_have_none(self) -> None:
        """So our own feeds say it."""
        found = one(rss(ITEM + "<category>beras</category><category domain='https://k.example/'>Ekonomi</category>"))
        assert (found.categories, found.tags) == (("Ekonomi",), ("beras",))

    def test_keywords_of_media_are_tags(self) -> None:
        """Their scheme is everybody's."""
        item = (
            ITEM + "<category>Ekonomi</category><media:category>x</media:category>"
            "<media:keywords>beras, gula</media:keywords>"
        )
        assert one(rss(item)).tags == ("x", "beras", "gula")


class TestImages:
    """The lead image, from the best place that has one."""

    @pytest.mark.parametrize(
        ("written", "image"),
        [
            (
                "<enclosure url='/a.jpg' type='image/jpg' length='1234'/>",
                Image(url="/a.jpg", type="image/jpeg", length=1234),
            ),
            ("<enclosure url='/a.png' length='0'/>", Image(url="/a.png")),
            ("<enclosure url='/a.mp3' type='audio/mpeg' length='9'/>", None),
            (
                "<media:content url='/a.jpg' medium='image' type='image/jpeg' width='640' height='480' fileSize='99'>"
                "<media:description type='plain'>Pasar pagi</media:description><media:credit role='photographer'>Sari"
                "</media:credit></media:content>",
                Image(
                    url="/a.jpg",
                    caption="Pasar pagi",
                    credit="Sari",
                    type="image/jpeg",
                    length=99,
                    width=640,
                    height=480,
                ),
            ),
            (
                "<media:content url='/a.jpg'><media:credit>Ist</media:credit>"
                "<media:title>Pasar (Ist)</media:title></media:content>",
                Image(url="/a.jpg", caption="Pasar (Ist)", credit="Ist"),
            ),
            (
                "<media:group><media:content url='/k.jpg' width='90'/>"
                "<media:content url='/b.jpg' width='900'/></media:group>",
                Image(url="/b.jpg", width=900),
            ),
            ("<media:content url='https://0.gravatar.com/avatar/1' medium='image'/>", None),
            ("<media:content url='/a.mp4' medium='video'/><media:thumbnail url='/a.jpg'/>", Image(url="/a.jpg")),
            ("<thumbnail>https://k.example/a.jpg</thumbnail>", Image(url="https://k.example/a.jpg")),
            ("<image><url>https://k.example/a.jpg</url></image>", Image(url="https://k.example/a.jpg")),
            (
                "<description>&lt;a href='/x'&gt;"
                "&lt;img src='/a.jpg?x=1&amp;amp;y=2'&gt;&lt;/a&gt; Harga</description>",
                Image(url="/a.jpg?x=1&y=2"),
            ),
            ("<description>Harga &lt;img src='/iklan.gif'&gt;</description>", None),
        ],
    )
    def test_the_image_is_found(self, written: str, image: Image | None) -> None:
        """Enclosure, Media RSS, an element of its own, or what a description begins with."""
        assert one(rss(ITEM + written)).image == image

    def test_a_caption_is_no_body(self) -> None:
        """What Media RSS says of a picture is kept apart from what the article says."""
        said = "<media:title>A b</media:title><media:description>Foto</media:description>"
        media = f"<media:content url='/a.jpg'>{said}</media:content>"
        found = one(rss(f"{media}<title>Beras</title><description>Isi.</description>{media}"))
        assert (found.title, found.body, found.summary) == ("Beras", "Isi.", "")
        assert one(rss(f"<title>Beras</title>{media}")).body == ""


class TestNoArticles:
    """What stands in a feed and is none."""

    @pytest.mark.parametrize(
        "text",
        [
            rss(
                "<title>Re: Beras</title><link>https://k.example/a/#comment-12</link><guid>https://k.example/?p=1#comment-12</guid>"
            ),
            atom("<title>A</title><category scheme='http://schemas.google.com/g/2005#kind' term='http://x#settings'/>"),
            atom("<title>A</title><blogger:type>PAGE</blogger:type>"),
            atom("<title>A</title><blogger:status>DRAFT</blogger:status>"),
            atom("<title>A</title><app:control><app:draft>yes</app:draft></app:control>"),
            atom("<title>A</title><thr:in-reply-to ref='x'/>"),
            rss(),
            "---\nlayout: null\n---\n<rss>{% for post in site.posts %}<item>{% endfor %}</rss>",
        ],
        ids=["comment", "setting", "page", "draft", "Atom draft", "reply", "empty", "template"],
    )
    def test_it_is_passed_over(self, text: str) -> None:
        """Comments, drafts, pages and settings of Blogger's backups, a generator's template; without a problem."""
        assert list(read_file("a.xml", text.encode())) == []

    def test_a_post_of_blogger_is_one(self) -> None:
        """And its kind is no category."""
        kind = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/>"
        term = "<category scheme='http://www.blogger.com/atom/ns#' term='Ekonomi'/>"
        found = one(
            atom(f"<title>A</title>{kind}{term}<blogger:type>POST</blogger:type><blogger:status>LIVE</blogger:status>")
        )
        assert found.categories == ("Ekonomi",)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("<urlset xmlns='x'><url/></urlset>", "its root element is <urlset>"),
            ("<?xml version='1.0'?><!-- a --><html><body/></html>", "its root element is <html>"),
            ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "its root element is <RDF>"),
            ("bukan XML", "it does not begin with an element"),
        ],
    )
    def test_other_xml_is_a_problem(self, text: str, told: str) -> None:
        """One that says what it is instead."""
        (problem,) = read_file("a.xml", text.encode())
        reason = f"the file is neither a feed nor a WordPress export: {told}"
        assert problem == ArticleError("a.xml", "unreadable", reason)
        assert not is_feed(text.encode())


class TestBroken:
    """Feeds that are no XML, or not all of it."""

    @pytest.mark.parametrize("end", ["<item><tit", "<item><title>3</title>", "nomor 3.", "nomor 3.</desc", "<item"])
    def test_a_feed_that_is_cut_off_gives_the_entries_before(self, end: str) -> None:
        """The one that it is cut in is not whole, and is left out."""
        text = rss(*(f"<title>{n}</title><description>Isi berita nomor {n}.</description>" for n in range(5)))
        start = text.index("<item><title>3")
        found, reason = until_fault(text[: text.index(end, start) + len(end)])
        assert [draft.title for draft in found] == ["0", "1", "2"]
        assert reason == "the feed is cut off in line 6; what follows was not read"

    def test_a_feed_that_is_cut_off_between_two_entries_gives_all_before(self) -> None:
        """And says so."""
        text = rss("<title>A</title>", "<title>B</title>")
        found, reason = until_fault(text[: text.index("\n</channel>")])
        assert [draft.title for draft in found] == ["A", "B"]
        assert reason == "the feed is cut off in line 4; what follows was not read"

    def test_a_fault_in_the_middle_ends_it(self) -> None:
        """With its line."""
        found, reason = until_fault(rss("<title>A</title>", "<title>B</titel>", "<title>C</title>"))
        assert [draft.title for draft in found] == ["A"]
        assert reason == "line 4 is no well-formed XML: mismatched tag; what follows was not read"

    def test_nothing_before_a_fault_is_said(self) -> None:
        """So that nobody looks for what was read."""
        assert until_fault("<rss><channel><item><title>A")[1].endswith("; nothing of it was read")

    @pytest.mark.parametrize(
        ("broken", "title"),
        [
            (
                rss("<title>Beras & gula&nbsp;&ldquo;murah&rdquo; &tiada; &#8;&#x1F600;</title>"),
                "Beras & gula\xa0“murah” &tiada; 😀",
            ),
            ("\n\n " + rss("<title>A</title>"), "A"),
            (rss("<title>A</title>").replace("<?xml", "\ufeff<?xml"), "A"),
            ("<rss><channel><item><title>A</title><dc:creator>B</dc:creator></item></channel></rss>", "A"),
            (rss("<title>A\x0b\x08</title>"), "A"),
            (rss("<title><![CDATA[A & B &nbsp;]]></title>&nbsp;"), "A & B &nbsp;"),
            (
                '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss.dtd">'
                + rss("<title>A</title>")[38:],
                "A",
            ),
        ],
    )
    def test_what_many_feeds_have_and_xml_may_not_is_mended(self, broken: str, title: str) -> None:
        """References of HTML, a bare ampersand, white space at the start, undeclared prefixes, control characters."""
        (found,) = (item for item in read_file("a.xml", broken.encode()) if isinstance(item, Draft))
        assert found.title.replace("&amp;", "&") == title or unescape(found.title) == unescape(title)

    def test_control_characters_are_told_of(self) -> None:
        """Once a file."""
        found = drafts(rss("<title>A\x0b</title>", "<title>B</title>"))
        assert [[kind for kind, _ in draft.warnings] for draft in found] == [["control"], []]

    def test_a_declared_encoding_is_believed(self) -> None:
        """As the decoder of all files does."""
        text = rss("<title>“Beras”</title>").replace("UTF-8", "windows-1252")
        (found,) = read_file("a.xml", text.encode("cp1252"))
        assert isinstance(found, Draft)
        assert found.title == "“Beras”"

    def test_mojibake_is_told_of_and_stays(self) -> None:
        """A reader that mended it would not be believed where it is meant so."""
        (found,) = read_file("a.xml", rss("<title>JosÃ©</title>").encode())
        assert isinstance(found, Draft)
        assert found.title == "JosÃ©"
        assert [kind for kind, _ in found.warnings] == ["encoding"]


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


class TestHostile:
    """Nothing is expanded, fetched or opened."""

    @pytest.mark.parametrize(
        "doctype",
        [
            f'<!DOCTYPE rss [<!ENTITY a0 "ha">{BOMB}]>',
            '<!DOCTYPE rss [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
            '<!DOCTYPE rss [<!-- <rss> --><!ENTITY a11 "ha">]>',
            '<!-- <rss> --><!DOCTYPE rss [<!ENTITY a11 "<rss>">]>',
        ],
        ids=["bomb", "external", "parameter", "comment", "hidden"],
    )
    def test_declared_entities_are_refused(self, doctype: str) -> None:
        """At once, whatever they are."""
        text = f"<?xml version='1.0'?>{doctype}<rss><channel><item><title>&a11;</title></item></channel></rss>"
        began = time.monotonic()
        (problem,) = read_file("a.xml", text.encode())
        assert time.monotonic() - began < 5
        assert isinstance(problem, ArticleError)
        assert problem.reason == "the XML declares entities of its own, which are never expanded"

    def test_a_second_document_type_is_a_fault(self) -> None:
        """One that stands where it may not cannot declare anything either."""
        text = rss('<title>A</title><!DOCTYPE rss [<!ENTITY x "ha">]>', "<title>&x;</title>")
        assert until_fault(text)[0] == []

    def test_an_address_as_a_file_is_not_opened(self, tmp_path: Path) -> None:
        """feedparser's own function would."""
        (tmp_path / "a").write_text(rss(ITEM))
        for text in (f"{tmp_path}/a", f"file://{tmp_path}/a", "http://127.0.0.1:9/"):
            with pytest.raises(UnreadableError):
                list(read("a.xml", text))

    @pytest.mark.parametrize(
        "text",
        [
            "<rss><channel>" + "<item>" * 20_000,
            rss(ITEM + "<description>" + "&lt;p&gt;" * 100_000 + "</description>"),
            rss(ITEM + "<description><![CDATA[" + "<img width=" * 50_000 + "]]></description>"),
            rss(ITEM + "&" * 100_000),
            "<?xml " + "<?" * 100_000,
            "<!--" * 100_000,
            "<!DOCTYPE a [" + "]" * 100_000,
            rss(ITEM + "<guid>" + "#comment" * 50_000 + "</guid>"),
        ],
        ids=["deep", "paragraphs", "images", "ampersands", "prolog", "comments", "document type", "id"],
    )
    def test_hostile_length_costs_little(self, text: str) -> None:
        """No pattern takes more than its share."""
        began = time.monotonic()
        list(read_file("a.xml", text.encode()))
        assert time.monotonic() - began < 5


class TestRecords:
    """A feed's file as many records."""

    def test_only_the_wanted_are_built(self) -> None:
        """By the same positions and with the same words."""
        text = rss(*(f"<title>{n}</title><category>K{n}</category>" for n in range(4)))
        every = drafts(text)
        assert list(read("a.xml", text, only=frozenset({1, 3}))) == [every[1], every[3]]

    def test_a_json_feed_keeps_ids_and_images(self) -> None:
        """Ids that are numbers, the address of a linked story, the attachment that is the image."""
        image = "https://k.example/a.jpg"
        attached = [
            {"url": "https://k.example/a.mp3", "mime_type": "audio/mpeg"},
            {"url": image, "mime_type": "image/jpeg", "size_in_bytes": 1234},
        ]
        items: list[dict[str, Any]] = [
            {"id": "4711", "url": "https://k.example/a", "title": "A", "image": image, "attachments": attached},
            {"id": 4712, "external_url": "https://lain.example/b", "title": "B", "attachments": attached},
            {"id": "x", "title": "C", "banner_image": image, "authors": [{"name": "Rina"}, {"name": "Budi"}]},
        ]
        document = {"items": items, "version": "https://jsonfeed.org/version/1.1", "title": "Kabar"}
        found = [item for item in read_file("a.json", json.dumps(document).encode()) if isinstance(item, Draft)]
        whole = Image(url=image, type="image/jpeg", length=1234)
        assert [draft.guid for draft in found] == ["4711", "4712", "x"]
        assert [draft.link for draft in found] == ["https://k.example/a", "https://lain.example/b", ""]
        assert [draft.image for draft in found] == [whole, whole, Image(url=image)]
        assert found[2].authors == ("Rina", "Budi")

    def test_numbers_of_the_items_of_a_json_feed_are_no_ids(self) -> None:
        """As in the other formats."""
        document = {"version": "https://jsonfeed.org/version/1", "items": [{"id": n, "title": "A"} for n in (1, 2)]}
        found = read_file("a.json", json.dumps(document).encode())
        assert [item.guid for item in found if isinstance(item, Draft)] == ["", ""]


def stored(name: str, document: bytes) -> list[tuple[Any, ...]]:
    """What a feed of ours says of its articles, as the reader has it."""
    found = [item for item in read_file(f"lama.{name.rpartition('.')[2]}", document) if isinstance(item, Draft)]
    dates = (read_date(str(draft.date)).value.replace(microsecond=0) for draft in found)
    return [(d.guid, d.title, d.link, date, d.authors, d.image) for d, date in zip(found, dates, strict=True)]


def bodies(edition: Edition) -> dict[str, bytes]:
    return {document.path: document.body for document in edition.renditions()}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The documents of the bundled sample newsroom."""
    folder = tmp_path_factory.mktemp("contoh")
    given = load(data=SAMPLE / "articles", environ={}, cwd=folder)
    with a_desk(folder, data=given.data, site="https://kabar.example/", limit=1000) as desk:
        return bodies(desk.build())


@pytest.mark.parametrize("name", FORMATS)
def test_our_own_feeds_are_read_back_as_they_were_written(sample: dict[str, bytes], name: str, tmp_path: Path) -> None:
    """Ids, headlines, addresses, dates, authors and images are those of the feed among the articles."""
    with a_desk(tmp_path, site="https://kabar.example/", limit=1000) as desk:
        (desk.data / name).write_bytes(sample[name])
        again = bodies(desk.build())
    for other in FORMATS if name != "feed.json" else ["feed.json"]:  # it knows an image by its address alone
        assert stored(other, again[other]) == stored(other, sample[other])
    if name != "feed.json":  # it tells no categories from tags
        assert _with_articles(again) == _with_articles(sample)


def _with_articles(documents: dict[str, bytes]) -> set[str]:
    """The feeds of articles that are not empty: some articles of the sample are still to come, which no feed shows."""
    feeds = {path for path, body in documents.items() if path.endswith("rss.xml") and b"<item>" in body}
    return feeds - {"ralat/rss.xml"}  # of notices, which no feed of articles can give back


def test_a_feed_of_many_entries_is_read_quickly() -> None:
    """A thousand in a few seconds on a busy machine."""
    body = "<content:encoded><![CDATA[" + "<p>Harga beras turun lagi pekan ini.</p>" * 50 + "]]></content:encoded>"
    text = rss(*(f"<title>Berita {n}</title><guid>k-{n}</guid>{body}" for n in range(1000)))
    began = time.monotonic()
    assert len(drafts(text)) == 1000
    assert time.monotonic() - began < 5
