"""WordPress exports: which items are articles, what they hold, and what a broken file costs."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ArticleError, UnreadableError
from feeds.model import Draft, Image
from feeds.readers import read_file
from feeds.readers.wxr import is_wxr, read_stream
from feeds.readers.wxr_items import Items
from tests.support import ROOT

HEAD = """\
<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.5" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Kabar Tepian</title>
<wp:author><wp:author_login><![CDATA[rina]]></wp:author_login>
<wp:author_display_name><![CDATA[Rina Hapsari]]></wp:author_display_name></wp:author>
<wp:author><wp:author_login>budi</wp:author_login><wp:author_display_name></wp:author_display_name>
<wp:author_first_name>Budi</wp:author_first_name><wp:author_last_name>Santoso</wp:author_last_name></wp:author>
"""
END = "</channel>\n</rss>\n"


def item(
    title: str = "Pasar dibuka",
    body: str = "Isi berita.",
    *,
    status: str = "publish",
    kind: str = "post",
    gmt: str = "2024-12-03 03:30:00",
    local: str = "2024-12-03 10:30:00",
    more: str = "",
) -> str:
    """An item as WordPress writes it. more: elements behind the usual ones."""
    return (
        f"<item>\n<title><![CDATA[{title}]]></title>\n<content:encoded><![CDATA[{body}]]></content:encoded>\n"
        f"<wp:post_date><![CDATA[{local}]]></wp:post_date>\n<wp:post_date_gmt>{gmt}</wp:post_date_gmt>\n"
        f"<wp:status><![CDATA[{status}]]></wp:status>\n<wp:post_type>{kind}</wp:post_type>\n{more}</item>\n"
    )


def meta(key: str, value: str) -> str:
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )


def attachment(id_: int, url: str, *, caption: str = "", parent: int = 0, more: str = "") -> str:
    ids = f"<wp:post_id>{id_}</wp:post_id><wp:post_parent>{parent}</wp:post_parent>"
    text = f"<excerpt:encoded><![CDATA[{caption}]]></excerpt:encoded><wp:attachment_url>{url}</wp:attachment_url>"
    return item(status="inherit", kind="attachment", more=ids + text + more)


def export(*items: str) -> bytes:
    return (HEAD + "".join(items) + END).encode()


def read(data: bytes, only: frozenset[int] | None = None) -> list[Draft | ArticleError]:
    return list(read_stream("ekspor.xml", io.BytesIO(data), only=only))


def drafts(*items: str) -> list[Draft]:
    found = read(export(*items))
    assert all(isinstance(each, Draft) for each in found), found
    return [each for each in found if isinstance(each, Draft)]


def titles(*items: str) -> list[str]:
    return [draft.title for draft in drafts(*items)]


class TestWhatIsAnArticle:
    """Published and planned posts, and nothing else."""

    @pytest.mark.parametrize("status", ["publish", "future"])
    def test_published_and_planned_posts_are_read(self, status: str) -> None:
        """A date in the future is an embargo, which is no matter of the reader."""
        assert titles(item("A", status=status)) == ["A"]

    @pytest.mark.parametrize("status", ["draft", "private", "pending", "trash", "auto-draft", "inherit"])
    def test_what_is_not_published_is_left_out(self, status: str) -> None:
        """Without a word: it is no mistake."""
        assert titles(item("A", status=status), item("B")) == ["B"]

    @pytest.mark.parametrize("kind", ["page", "revision", "nav_menu_item", "attachment", "custom_css", "wp_block"])
    def test_what_is_no_post_is_left_out(self, kind: str) -> None:
        """Even where the file holds nothing else."""
        assert titles(item("A", kind=kind)) == []

    def test_a_post_with_a_password_is_left_out(self) -> None:
        """An empty password is none."""
        locked = item("A", more="<wp:post_password><![CDATA[rahasia]]></wp:post_password>")
        free = item("B", more="<wp:post_password><![CDATA[]]></wp:post_password>")
        assert titles(locked, free) == ["B"]

    def test_a_type_of_the_sites_own_counts_where_there_is_no_post(self) -> None:
        """A news theme keeps its articles under ``berita``; beside posts, such types are anything."""
        assert titles(item("A", kind="berita"), item("B", kind="page")) == ["A"]
        assert titles(item("A", kind="testimoni"), item("B")) == ["B"]
        assert titles(item("A", kind="berita"), item("B", status="draft")) == ["A"]

    def test_an_item_that_says_neither_type_nor_status_is_a_post(self) -> None:
        """So do small converters write them."""
        bare = "<item><title>A</title><content:encoded>x</content:encoded></item>"
        assert titles(bare) == ["A"]

    def test_among_others_such_an_item_is_broken(self) -> None:
        """It could be a page as well; it is reported."""
        bare = "<item><title>A</title><content:encoded>x</content:encoded></item>"
        found = read(export(bare, item("B")))
        assert [each.title if isinstance(each, Draft) else each.path for each in found] == ["ekspor.xml#1", "B"]

    def test_a_text_that_quotes_an_export_does_not_change_what_it_is(self) -> None:
        """The type is that of the item's own element."""
        quote = "<pre>&lt;x <wp:post_type>page</wp:post_type> <wp:status>draft</wp:status></pre>"
        assert titles(item("A", quote), item("B", quote, kind="page")) == ["A"]

    def test_positions_count_all_items(self) -> None:
        """So that an article is found again whatever is read of the others."""
        data = export(item("A", kind="page"), item("B"), item("C", status="draft"), item("D"))
        assert [(each.position, each.title) for each in read(data) if isinstance(each, Draft)] == [(1, "B"), (3, "D")]
        (found,) = read(data, only=frozenset({3}))
        assert isinstance(found, Draft)
        assert found.title == "D"


MANY_OTHERS = """
import resource, sys, tempfile
from feeds.readers.wxr import read_stream
from tests.test_wxr import END, HEAD, item, meta
small = (
    "<item><wp:post_id>{0}</wp:post_id><wp:post_type>{1}</wp:post_type>"
    "<wp:attachment_url>https://kabar.example/{0}.jpg</wp:attachment_url>{2:400}</item>"
)
with tempfile.TemporaryFile() as file:
    file.write((HEAD + item(more=meta("_thumbnail_id", "7"))).encode())
    file.writelines(small.format(number, sys.argv[1], "").encode() for number in range(20_000))
    file.write(END.encode())
    file.seek(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (draft,) = read_stream("e.xml", file)
    assert draft.image.url.endswith("/7.jpg") if sys.argv[1] == "attachment" else draft.image is None
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


WIB = timezone(timedelta(hours=7))


class TestDates:
    """post_date_gmt, then post_date, then pubDate."""

    @pytest.mark.parametrize(
        ("gmt", "local", "expected"),
        [
            ("2024-12-03 03:30:00", "2024-12-03 10:30:00", datetime(2024, 12, 3, 10, 30, tzinfo=WIB)),
            ("2024-12-03 03:30:00", "", datetime(2024, 12, 3, 3, 30, tzinfo=UTC)),
            ("0000-00-00 00:00:00", "2024-12-03 10:30:00", datetime(2024, 12, 3, 10, 30)),  # noqa: DTZ001
            ("1970-01-01 00:00:00", "2024-12-03 10:30:00", datetime(2024, 12, 3, 10, 30)),  # noqa: DTZ001
            ("-0001-11-30 00:00:00", "2024-12-03 10:30:00", datetime(2024, 12, 3, 10, 30)),  # noqa: DTZ001
            ("", "Wed Jul 22 2015 15:05:08 GMT+0000", "Wed Jul 22 2015 15:05:08 GMT+0000"),
            ("0000-00-00 00:00:00", "0000-00-00 00:00:00", None),
        ],
    )
    def test_the_moment_is_kept_in_the_zone_of_the_site(
        self, gmt: str, local: str, expected: datetime | str | None
    ) -> None:
        """The zone is the distance of both dates; a date without one is left to the newsroom's zone."""
        (draft,) = drafts(item(gmt=gmt, local=local))
        assert draft.date == expected
        if isinstance(expected, datetime) and isinstance(draft.date, datetime):
            assert draft.date.utcoffset() == expected.utcoffset()

    def test_dates_that_contradict_each_other_are_reported(self) -> None:
        """The one in UTC stands."""
        (draft,) = drafts(item(gmt="2024-12-03 03:30:00", local="2020-01-01 00:00:00"))
        assert draft.date == datetime(2024, 12, 3, 3, 30, tzinfo=UTC)
        assert [kind for kind, _ in draft.warnings] == ["date"]

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("Tue, 03 Dec 2024 03:30:00 +0000", "Tue, 03 Dec 2024 03:30:00 +0000"),
            ("Thu, 01 Jan 1970 00:00:00 +0000", None),
            ("Wed, 30 Nov -0001 00:00:00 +0000", None),
            ("", None),
        ],
    )
    def test_pubdate_is_the_last_resort(self, written: str, expected: str | None) -> None:
        """Where a site knows no date it writes one that is none."""
        (draft,) = drafts(item(gmt="", local="", more=f"<pubDate>{written}</pubDate>"))
        assert draft.date == expected

    def test_a_change_counts_behind_the_publication(self) -> None:
        """A planned post was changed last before it was published, which says nothing."""
        change = "<wp:post_modified>2024-12-0{0} 12:00:00</wp:post_modified>"
        change += "<wp:post_modified_gmt>2024-12-0{0} 05:00:00</wp:post_modified_gmt>"
        (later,) = drafts(item(more=change.format(4)))
        (earlier,) = drafts(item(more=change.format(1)))
        assert later.updated == datetime(2024, 12, 4, 12, 0, tzinfo=WIB)
        assert earlier.updated is None


class TestFields:
    """What else an item says."""

    def test_ids_and_addresses(self) -> None:
        """The guid is kept as it is, the slug is decoded."""
        (draft,) = drafts(
            item(
                more="<link>https://kabar.example/ekonomi/pasar/</link><guid isPermaLink='false'>"
                "https://kabar.example/?p=12</guid><wp:post_name>pasar-%c3%a9</wp:post_name>"
                "<excerpt:encoded><![CDATA[Ringkasan.]]></excerpt:encoded>"
            )
        )
        assert draft.link == "https://kabar.example/ekonomi/pasar/"
        assert draft.guid == "https://kabar.example/?p=12"
        assert draft.slug == "pasar-é"
        assert draft.summary == "Ringkasan."
        assert draft.body_format == "html"

    @pytest.mark.parametrize(
        ("more", "expected"),
        [
            ("<dc:creator>rina</dc:creator>", ("Rina Hapsari",)),
            ("<dc:creator><![CDATA[budi]]></dc:creator>", ("Budi Santoso",)),
            ("<dc:creator>Ani Lestari</dc:creator>", ("Ani Lestari",)),
            (
                '<dc:creator>admin</dc:creator><category domain="author" nicename="cap-rina">rina</category>'
                '<category domain="author" nicename="cap-tamu">tamu</category>',
                ("Rina Hapsari", "Tamu Kita"),
            ),
        ],
    )
    def test_authors_have_their_display_names(self, more: str, expected: tuple[str, ...]) -> None:
        """Of the head, or of a guest's own item; several where Co-Authors Plus names them."""
        guest = item("Tamu Kita", kind="guest-author", more=meta("cap-user_login", "tamu"))
        (draft,) = drafts(item(more=more), guest)
        assert draft.authors == expected

    def test_terms_are_categories_and_tags_by_their_domain(self) -> None:
        """The one that WordPress gives where there is none is none."""
        (draft,) = drafts(
            item(
                more='<category domain="category" nicename="ekonomi"><![CDATA[Ekonomi & Bisnis]]></category>'
                '<category domain="category" nicename="uncategorized">Tak Berkategori</category>'
                '<category domain="post_tag" nicename="beras">Beras</category>'
                '<category domain="post_format" nicename="post-format-video">Video</category>'
                '<category domain="rubrik" nicename="opini">Opini</category>'
            )
        )
        assert draft.categories == ("Ekonomi & Bisnis", "Opini")
        assert draft.tags == ("Beras",)

    def test_terms_of_the_first_exports_stand_twice(self) -> None:
        """WXR 1.0 names each with and without a domain."""
        (draft,) = drafts(
            item(
                more="<category>Ekonomi</category><category domain='category' nicename='ekonomi'>Ekonomi</category>"
                "<category domain='tag'>beras</category><category domain='tag' nicename='beras'>beras</category>"
            )
        )
        assert (draft.categories, draft.tags) == (("Ekonomi",), ("beras",))
        (draft,) = drafts(item(more="<category>Ekonomi</category>"))
        assert draft.categories == ("Ekonomi",)

    @pytest.mark.parametrize("before", [True, False])
    def test_the_featured_image_is_found_wherever_it_stands(self, before: bool) -> None:
        """Before its post or behind it; with its caption, and its size as WordPress measured it."""
        sizes = 'a:4:{s:5:"width";i:1200;s:6:"height";i:800;s:4:"file";s:5:"a.jpg";s:8:"filesize";i:90210;}'
        picture = attachment(
            40, "https://kabar.example/a.jpg", caption="Pasar pagi.", more=meta("_wp_attachment_metadata", sizes)
        )
        other = attachment(7, "https://kabar.example/b.jpg")
        post = item(more=meta("_thumbnail_id", "40"))
        (draft,) = drafts(*([picture, other, post] if before else [post, picture, other]))
        assert draft.image == Image(
            url="https://kabar.example/a.jpg", caption="Pasar pagi.", width=1200, height=800, length=90210
        )

    def test_an_image_by_address_alone_counts(self) -> None:
        """As the plugin Featured Image from URL keeps it; one that the export has not is none."""
        (draft,) = drafts(item(more=meta("fifu_image_url", "https://cdn.example/c.jpg")))
        assert draft.image == Image(url="https://cdn.example/c.jpg")
        (draft,) = drafts(item(more=meta("_thumbnail_id", "99")))
        assert draft.image is None

    def test_galleries_are_made_of_attachments(self) -> None:
        """Of those that they name, or of the pictures that were uploaded to the post."""
        files = [attachment(n, f"https://kabar.example/{n}.jpg", caption=f"Foto {n}", parent=5) for n in (3, 1, 2)]
        files.append(attachment(4, "https://kabar.example/4.pdf", parent=5))
        (named,) = drafts(item(body='[gallery ids="2,1,9"]'), *files)
        (own,) = drafts(item(body="[gallery]", more="<wp:post_id>5</wp:post_id>"), *files)
        assert re.findall(r"/(\d)\.", named.body) == ["2", "1"]
        assert re.findall(r"/(\d)\.", own.body) == ["3", "1", "2"]
        assert "<figcaption>Foto 2</figcaption>" in named.body

    @pytest.mark.parametrize("kind", ["attachment", "guest-author"])
    def test_many_items_that_are_no_posts_are_no_weight(self, kind: str) -> None:
        """Of each, the place in the file is held and nothing else."""
        done = subprocess.run([sys.executable, "-c", MANY_OTHERS, kind], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) < 4_000  # kilobytes


class TestBrokenFiles:
    """What is broken costs itself alone, and is reported."""

    def test_an_export_that_is_cut_off_gives_what_is_before_the_cut(self) -> None:
        """One problem says after how many articles it ends."""
        data = export(item("A"), item("B"), item("C"))
        found = read(data[: data.index(b"<![CDATA[C]]>") + 4])
        assert [each.title for each in found[:-1] if isinstance(each, Draft)] == ["A", "B"]
        assert found[-1] == ArticleError("ekspor.xml", "unreadable", "the export is cut off: it ends after 2 articles")
        assert len(found) == 3

    @given(st.data())
    def test_wherever_it_is_cut_there_is_one_problem(self, data: st.DataObject) -> None:
        """And all articles before the cut."""
        whole = export(item("A"), item("B", "x ]]&gt; <b>y</b>"), item("C"))
        end = whole.rindex(b"</channel")
        cut = data.draw(st.integers(whole.index(b"<item>"), end))
        found = read(whole[:cut])
        ends = [place.end() for place in re.finditer(b"</item>", whole)]
        assert len(found) == sum(place <= cut for place in ends) + 1
        assert isinstance(found[-1], ArticleError)

    @pytest.mark.parametrize(
        ("broken", "title", "body", "kinds"),
        [
            ("<title>Pasar &nbsp;pagi &mdash; 5 & 6</title>", "Pasar \xa0pagi — 5 & 6", "", {"unreadable"}),
            ("<title>Tom &amp; Ani &#233;</title>", "Tom & Ani é", "", set()),
            ("<title>Pasar\x08 pagi</title>", "Pasar pagi", "", {"control"}),
            (
                "<title>A</title><content:encoded><![CDATA[satu ]]> dua <i>tiga</i> ]]></content:encoded>",
                "A", "<p>satu ]]> dua <i>tiga</i> </p>", {"unreadable"},
            ),
            (
                "<title>A</title><content:encoded><![CDATA[satu ]]]]><![CDATA[> dua]]></content:encoded>",
                "A", "<p>satu ]]> dua</p>", set(),
            ),
            ("<title>A</title><media:content url='x'/><itunes:author>x</itunes:author>", "A", "", {"unreadable"}),
            ("<title>A</title><wp:meta_key>x</wp:meta_value>", "A", "", {"unreadable"}),
        ],
    )  # fmt: skip
    def test_an_item_is_mended_where_it_is_plain_what_was_meant(
        self, broken: str, title: str, body: str, kinds: set[str]
    ) -> None:
        """With a remark; the items around it are as they were."""
        middle = f"<item>{broken}<wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>"
        first, mended, last = drafts(item("Awal"), middle, item("Akhir"))
        assert (first.title, mended.title, last.title) == ("Awal", title, "Akhir")
        assert mended.body == body
        assert {kind for kind, _ in mended.warnings} == kinds
        assert not first.warnings + last.warnings

    def test_bytes_that_are_no_utf8_are_read_as_windows_1252(self) -> None:
        """In their item alone."""
        data = export(item("A"), item("Caf@"), item("Énam")).replace(b"@", b"\xe9")
        found = [each for each in read(data) if isinstance(each, Draft)]
        assert [each.title for each in found] == ["A", "Café", "Énam"]
        assert [[kind for kind, _ in each.warnings] for each in found] == [[], ["encoding"], []]

    def test_an_item_that_cannot_be_mended_is_a_problem_of_its_own(self) -> None:
        """Named by its number in the file."""
        hopeless = item("B").replace("</title>", "</titel>").replace("<content:encoded>", "<content:encoded")
        found = read(export(item("A"), hopeless, item("C")))
        assert [each.title if isinstance(each, Draft) else each.path for each in found] == ["A", "ekspor.xml#2", "C"]

    def test_a_cdata_section_that_is_never_closed_costs_its_item_alone(self) -> None:
        """The items behind it are not swallowed."""
        unclosed = item("B", "teks").replace("teks]]>", "teks")
        found = read(export(item("A"), unclosed, item("C"), item("D")))
        assert [each.title for each in found if isinstance(each, Draft) and each.title != "B"] == ["A", "C", "D"]

    def test_an_end_of_an_item_within_cdata_ends_nothing(self) -> None:
        """An article about exports can quote one."""
        quote = "Satu </item>\n<item> dua"
        (first, second) = drafts(item("A", quote), item("B"))
        assert (first.body, second.title) == ("<p>Satu </item><br />\n<item> dua</p>", "B")

    @pytest.mark.parametrize(
        "declaration",
        [
            '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
            '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            '<!doctype rss SYSTEM "http://127.0.0.1:9/a.dtd">',
        ],
    )
    def test_a_document_type_is_refused(self, declaration: str) -> None:
        """Nothing is expanded and nothing is fetched."""
        data = export(item("&b;&x;")).replace(b"<rss", declaration.encode() + b"\n<rss")
        with pytest.raises(UnreadableError, match="document type"):
            read(data)

    def test_an_item_that_is_too_large_is_passed_over(self) -> None:
        """It is given without its bytes, and the next one is found."""
        data = export(item("A"), item("B", "x" * 5000), item("C"))
        for block in (10, 1000, 100_000):
            items = list(Items(io.BytesIO(data), block=block, max_item=2000))
            assert [bool(each.data) for each in items if b"x" * 500 not in each.data] == [True, False, True]


BROKEN = [
    b"<item>",
    b"<title><![CDATA[",
    b"<title>",
    b"</item>",
    b"<item></item",
    b"]]>",
    b"<![CDATA[",
    b"&",
    b"<wp:author>",
]
UNCLOSED = b"<item><title><![CDATA[x</title></item>"


@pytest.mark.parametrize("piece", [*BROKEN, UNCLOSED])
def test_no_export_takes_long(piece: bytes) -> None:
    """A tenth of a megabyte of the same is read in the time of any other, in the head as in an item."""
    much = piece * (100_000 // len(piece))
    for data in (HEAD.encode() + much, HEAD.encode() + b"<item><title>&</title>" + much + b"</item>"):
        start = time.process_time()
        read(data)
        assert time.process_time() - start < 5


class TestEncodings:
    """The declared one counts, where it can be true."""

    @pytest.mark.parametrize(
        ("declared", "encoding"),
        [
            ("ISO-8859-1", "cp1252"),
            ("windows-1252", "cp1252"),
            ("UTF-16", "utf-16"),
            ("UTF-16", "utf-8"),
            ("no-such", "utf-8"),
            ("utf8", "utf-8"),
        ],
    )
    def test_a_text_is_read_in_its_encoding(self, declared: str, encoding: str) -> None:
        """A declaration that is readable as ASCII is not in UTF-16."""
        text = export(item("Café “baru”"), item("B")).decode().replace("UTF-8", declared)
        data = text.encode(encoding)
        assert is_wxr(data[:4096])
        found = [each.title for each in read(data) if isinstance(each, Draft)]
        assert found == ["Café “baru”", "B"]

    @pytest.mark.parametrize(
        "name",
        ["punycode", "zlib", "bz2", "base64", "hex", "quopri", "uu", "rot13", "idna", "undefined", "utf-7", "cp037"],
    )
    def test_an_encoding_that_no_newsroom_has_is_not_believed(self, name: str) -> None:
        """Python knows them; a text in one of them is no text, or takes the square of its length to be read."""
        posts = [item("Café “baru”", "kata " * 20_000), item("B")]
        start = time.process_time()
        found = read(export(*posts).replace(b"UTF-8", name.encode(), 1))
        assert [each.title for each in found if isinstance(each, Draft)] == ["Café “baru”", "B"]
        assert time.process_time() - start < 4


class TestSplitting:
    """An export is split wherever its blocks happen to end."""

    ODD = "<item\n><title>C</title></item >"
    DATA = export(item("A", "x </item> <![CDATA[ y"), item("B", "z ]]]]><![CDATA[> z"), ODD, item("D"))

    @given(st.integers(1, 400))
    def test_any_block_size_gives_the_same_items(self, block: int) -> None:
        """Down to a byte at a time."""
        whole, pieces = Items(io.BytesIO(self.DATA)), Items(io.BytesIO(self.DATA), block=block)
        assert list(whole) == list(pieces)
        assert (whole.head, whole.cut_off) == (pieces.head, pieces.cut_off)
        assert len(list(Items(io.BytesIO(self.DATA)))) == 4

    @given(st.binary(max_size=300), st.integers(1, 40))
    def test_any_bytes_are_read_to_their_end(self, data: bytes, block: int) -> None:
        """What is no export gives nothing, or problems."""
        list(Items(io.BytesIO(data), block=block))
        with suppress(UnreadableError):
            assert all(isinstance(each, Draft | ArticleError) for each in read(HEAD.encode() + data))

    MARKS = (b"<item>", b"</item>", b"<![CDATA[", b"]]>", b"a", b"<title>", b"</title>", b"</channel>")

    @given(st.lists(st.sampled_from(MARKS)), st.integers(1, 9))
    def test_any_order_of_marks_gives_the_same_at_any_block_size(self, marks: list[bytes], block: int) -> None:
        """Items are told apart by the bytes alone, not by how they arrive."""
        data = b"".join(marks)
        assert list(Items(io.BytesIO(data))) == list(Items(io.BytesIO(data), block=block))


class TestRegistry:
    """The readers' package finds this one."""

    def test_a_file_is_an_export_by_its_first_bytes(self) -> None:
        """A feed that is no export is not taken for one."""
        assert is_wxr(export())
        assert not is_wxr(b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>')
        assert not is_wxr(b"")

    @pytest.mark.parametrize("name", ["ekspor.xml", "situs.wxr"])
    def test_it_is_read_whole_or_as_a_stream(self, name: str, tmp_path: Path) -> None:
        """A problem of the whole file is a value like any other."""
        file = tmp_path / name
        file.write_bytes(export(item("A")))
        with file.open("rb") as stream:
            streamed = list(read_file(name, stream))
        assert streamed == list(read_file(name, file.read_bytes()))
        assert [each.title for each in streamed if isinstance(each, Draft)] == ["A"]
        (refused,) = read_file(name, export().replace(b"<rss", b"<!DOCTYPE rss>\n<rss"))
        assert isinstance(refused, ArticleError)
