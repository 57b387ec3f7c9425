"""Licences, copyright and RSL: from what a file or the settings say to feeds, pages and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import pytest
from lxml import etree

from feeds.config import Settings
from feeds.edition import Edition
from feeds.errors import ArticleError
from feeds.formats import FORMATS as FORMS
from feeds.formats.feedgen_extensions import NAMESPACES
from feeds.front.documents import Document, Policy
from feeds.licenses import RSL_FILE, RSL_TYPE, is_creative_commons, license_address, license_name
from feeds.model import Draft, RslTerms
from feeds.readers import read_file
from tests.support import BASE_URL, FORMATS, NOW, Desk, a_desk

LATER = NOW + timedelta(minutes=5)
NAMES = NAMESPACES | {"a": NAMESPACES["atom"]}
BY = "https://creativecommons.org/licenses/by/4.0/"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
OWN = "https://kabar.example/lisensi/"
TERMS = RslTerms(permits=("search", "ai-index"), prohibits=("ai-train",), payment="attribution", holder="Kabar")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, article_pages=True) as opened:
        yield opened


def body(edition: Edition, path: str) -> bytes:
    document = edition.get(path)
    assert document, path
    return document.body


def found(edition: Edition, path: str, xpath: str) -> list[str]:
    return [str(each) for each in etree.fromstring(body(edition, path)).xpath(xpath, namespaces=NAMES)]


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ("CC BY 4.0", BY, "CC BY 4.0"),
        ("cc-by-4.0", BY, "CC BY 4.0"),
        ("Lisensi CC BY 4.0", BY, "CC BY 4.0"),
        ("Creative Commons Attribution 4.0 International (CC BY 4.0)", BY, "CC BY 4.0"),
        ("Creative Commons Atribusi-BerbagiSerupa 4.0 Internasional", BY_SA, "CC BY-SA 4.0"),
        ("Creative Commons Attribution-Share Alike 4.0", BY_SA, "CC BY-SA 4.0"),
        ("CC BY-NC-ND 3.0", "https://creativecommons.org/licenses/by-nc-nd/3.0/", "CC BY-NC-ND 3.0"),
        ("CC0", CC0, "CC0 1.0"),
        ("CC0-1.0", CC0, "CC0 1.0"),
        ("CC Zero", CC0, "CC0 1.0"),
        ("Public Domain Mark 1.0", "https://creativecommons.org/publicdomain/mark/1.0/", "Public Domain Mark 1.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.id", BY, "CC BY 4.0"),
        ("http://www.creativecommons.org/licenses/by/4.0", BY, "CC BY 4.0"),
        (
            "https://creativecommons.org/licenses/by/3.0/us/",
            "https://creativecommons.org/licenses/by/3.0/us/",
            "CC BY 3.0 US",
        ),
    ],
)
def test_a_licence_of_creative_commons_is_known_by_its_name_and_has_one_address(
    written: str, address: str, name: str
) -> None:
    assert license_address(written) == address
    assert license_address(address) == address
    assert license_name(address) == name
    assert is_creative_commons(address)


@pytest.mark.parametrize(
    "written",
    [
        *("", "CC", "CC BY", "CC BY 5.0", "CC BY 3.0 4.0", "CC BY-ND-SA 4.0", "CC BY 4.0 kecuali foto"),
        *("Attribution 4.0", "Hak cipta dilindungi", "domain publik", OWN, "https://creativecommons.org/about/"),
    ],
)
def test_nothing_else_is_taken_for_one(written: str) -> None:
    """A wrong licence gives rights away that nobody meant to give."""
    assert license_address(written) == ""
    assert license_name(written) == written
    assert not is_creative_commons(written)


# --- what an article says, and what becomes of it --------------------------------------------------------------------


def rights_in(edition: Edition) -> dict[str, tuple[list[str], list[str]]]:
    """(licences, notices) of the only entry, by document; two elements for one licence count once."""
    item = json.loads(body(edition, "feed.json"))["items"][0].get("_rights", {})
    return {
        "rss.xml": (
            list(dict.fromkeys(found(edition, "rss.xml", "//item/*[local-name()='license']/text()"))),
            found(edition, "rss.xml", "//item/dc:rights/text()"),
        ),
        "atom.xml": (
            found(edition, "atom.xml", "//a:entry/a:link[@rel='license']/@href"),
            found(edition, "atom.xml", "//a:entry/a:rights/text()"),
        ),
        "feed.json": (
            [item["license"]] if "license" in item else [],
            [item["copyright"]] if "copyright" in item else [],
        ),
    }


@pytest.mark.parametrize(
    ("header", "license_", "rights"),
    [
        ({}, BY, ""),  # the newsroom's
        ({"lisensi": "CC BY-SA 4.0"}, BY_SA, ""),
        ({"license": CC0}, CC0, ""),
        ({"license": {"name": "Lisensi kami", "url": OWN}}, OWN, ""),
        ({"license": [BY_SA, CC0]}, BY_SA, ""),
        ({"lisensi": "/lisensi/"}, OWN, ""),
        ({"hak_cipta": "© 2026 ANTARA"}, "", "© 2026 ANTARA"),
        ({"copyright": "© 2026 <b>ANTARA</b> & mitra"}, "", "© 2026 ANTARA & mitra"),
        ({"lisensi": "Hanya pelanggan", "copyright": "© ANTARA"}, "", "© ANTARA; Hanya pelanggan"),
        ({"lisensi": "Hanya pelanggan"}, "", "Hanya pelanggan"),
        ({"lisensi": "CC BY-SA 4.0", "rights": "© Siti"}, BY_SA, "© Siti"),
        ({"lisensi": "javascript:alert(1)"}, BY, ""),  # reported, and as if it said nothing
        ({"lisensi": True}, BY, ""),
    ],
)
def test_an_entry_says_its_own_rights_else_the_licence_of_the_newsroom(
    desk: Desk, header: dict[str, Any], license_: str, rights: str
) -> None:
    """Never a licence of the newsroom for what names a copyright of its own: it may be an agency's."""
    desk.set(license=BY, copyright="© Kabar", site="https://kabar.example/")
    desk.write("a.md", "Harga beras", **header)
    expected = ([license_] if license_ else [], [rights] if rights else [])
    assert rights_in(desk.build()) == dict.fromkeys(FORMATS, expected)


def test_creative_commons_own_element_is_for_its_licences_alone(desk: Desk) -> None:
    desk.write("a.md", "Beras", "2026-05-04", lisensi=OWN)
    desk.write("b.md", "Cabai", "2026-05-03", lisensi=BY)
    edition = desk.build()
    assert found(edition, "rss.xml", "//item/dcterms:license/text()") == [OWN, BY]
    assert found(edition, "rss.xml", "//item/creativeCommons:license/text()") == [BY]


def test_the_feed_says_the_licence_and_the_copyright_of_the_newsroom(desk: Desk) -> None:
    desk.set(license=BY, copyright="© Kabar")
    desk.write("a.md", "Harga beras")
    edition = desk.build()
    assert found(edition, "rss.xml", "/rss/channel/copyright/text()") == ["© Kabar"]
    assert found(edition, "rss.xml", "/rss/channel/dcterms:license/text()") == [BY]
    assert found(edition, "atom.xml", "/a:feed/a:rights/text()") == ["© Kabar"]
    assert found(edition, "atom.xml", "/a:feed/a:link[@rel='license']/@href") == [BY]
    assert json.loads(body(edition, "feed.json"))["_rights"] == {"license": BY, "copyright": "© Kabar"}


def test_where_nobody_says_anything_no_document_has_a_word_of_it(desk: Desk) -> None:
    """Neither an element nor a namespace."""
    desk.write("a.md", "Harga beras")
    for rendition in desk.build().renditions():
        assert not re.search(rb"license|dcterms|creativeCommons|rights|rsl", rendition.body), rendition.path


@pytest.mark.parametrize(
    ("written", "kind", "severity"),
    [
        ("CC BY", "license", "note"),
        ("Creative Commons", "license", "note"),
        ("javascript:alert(1)", "link", "warning"),
        ("Hanya pelanggan", "", ""),
        ("CC BY 4.0", "", ""),
    ],
)
def test_check_names_a_licence_that_no_machine_can_read(desk: Desk, written: str, kind: str, severity: str) -> None:
    desk.write("a.md", "Harga beras", lisensi=written)
    desk.take_in()
    with desk.newsroom.catalogue.reading() as reading:
        problems = [(problem.kind, problem.severity) for problem in reading.problems()]
    assert problems == ([(kind, severity)] if kind else [])


def test_a_change_of_rights_renders_an_article_anew_and_is_no_edit(desk: Desk) -> None:
    """A licence for a whole archive must not bring it all back to the readers as new."""
    desk.write("a.md", "Harga beras")
    before = desk.build()
    known = desk.record("Harga beras")
    desk.write("a.md", "Harga beras", lisensi="CC BY 4.0")
    after = desk.build(LATER)
    assert rights_in(after)["atom.xml"] == ([BY], [])
    assert desk.record("Harga beras").updated == known.updated
    updated = [found(edition, "atom.xml", "//a:updated/text()") for edition in (before, after)]
    assert updated[0] == updated[1]


def test_a_page_says_the_rights_of_its_article(desk: Desk) -> None:
    """Once, and not those of the newsroom beside them."""
    desk.set(license=BY, copyright="© Kabar")
    desk.write("a.md", "Beras")
    desk.write("b.md", "Cabai", lisensi="CC BY-SA 4.0", hak_cipta="© Siti & <i>Ujang</i>")
    desk.write("c.md", "Ikan", hak_cipta="© ANTARA")
    edition = desk.build()
    said = {}
    for slug in ("beras", "cabai", "ikan"):
        page = lxml.html.fromstring(body(edition, f"artikel/{slug}/index.html"))
        links = [(a.get("href"), a.text) for a in page.xpath("//a[@rel='license']")]
        said[slug] = (links, [p.text for p in page.xpath("//p[starts-with(., '©')]")])
    assert said == {
        "beras": ([(BY, "CC BY 4.0")], ["© Kabar"]),
        "cabai": ([(BY_SA, "CC BY-SA 4.0")], ["© Siti & Ujang"]),
        "ikan": ([], ["© ANTARA"]),
    }
    front = lxml.html.fromstring(body(edition, "index.html"))
    assert front.xpath("//footer//a[@rel='license']/@href") == [BY]


# --- sources ---------------------------------------------------------------------------------------------------------


def draft(path: str, text: str) -> Draft:
    (only,) = read_file(path, text.encode())
    assert not isinstance(only, ArticleError)
    return only


def rss_of(item: str) -> str:
    spaces = " ".join(
        f'xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in ("creativeCommons", "dc", "dcterms", "rsl")
    )
    return (
        f'<rss version="2.0" {spaces} xmlns:cc="http://web.resource.org/cc/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel><title>Kabar</title>'
        f"<item><title>Beras</title><description>Isi.</description>{item}</item></channel></rss>"
    )


def atom_of(entry: str) -> str:
    return f'<feed xmlns="{NAMESPACES["atom"]}"><entry><title>Beras</title><id>urn:x:1</id>{entry}</entry></feed>'


def page_of(head: str = "", ld: str = "", foot: str = "") -> str:
    graph = f'{{"@type": "NewsArticle", "headline": "Harga beras turun", {ld} "datePublished": "2024-12-03"}}'
    return (
        f'<html lang="id"><head>{head}<script type="application/ld+json">{graph}</script></head>'
        "<body><article><h1>Harga beras turun</h1><p>Harga beras medium turun menjadi Rp13.200 per kilogram di pasar"
        f" induk, kata pedagang.</p><p>Pasokan dari Kerinci lancar.</p></article><footer>{foot}</footer></body></html>"
    )


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.csv", f"judul;tanggal;isi;lisensi;hak cipta\nBeras;2024-12-03;Isi;{BY};© Siti\n", (BY, "© Siti")),
        ("a.jsonl", f'{{"title": "Beras", "license": {{"@id": "{BY}"}}, "copyrightHolder": "Siti"}}\n', (BY, "Siti")),
        ("a.md", "Title: Beras\nDate: 2024-12-03\nCopyright: © Siti\n\nIsi.\n", ("", "© Siti")),
        ("a.rss", rss_of(f"<dcterms:license>{BY}</dcterms:license><dc:rights>© Siti</dc:rights>"), (BY, "© Siti")),
        ("a.rss", rss_of(f"<creativeCommons:license>{BY}</creativeCommons:license>"), (BY, "")),
        ("a.rss", rss_of(f'<cc:license rdf:resource="{BY}"/>'), (BY, "")),
        ("a.rss", rss_of("<rsl:content url=''><rsl:license><rsl:payment/></rsl:license></rsl:content>"), ("", "")),
        ("a.atom", atom_of(f'<link rel="license" href="{BY}"/><rights>© Siti</rights>'), (BY, "© Siti")),
        ("a.atom", atom_of(f'<link rel="license" type="{RSL_TYPE}" href="{OWN}"/>'), ("", "")),
        ("a.html", page_of(ld=f'"license": "{BY}", "copyrightNotice": "© Siti",'), (BY, "© Siti")),
        (
            "a.html",
            page_of(ld=f'"license": {{"name": "CC", "url": "{BY}"}}, "copyrightHolder": {{"name": "Siti"}},'),
            (BY, "© Siti"),
        ),
        ("a.html", page_of(ld='"copyrightHolder": {"name": "Siti"}, "copyrightYear": 2024,'), ("", "© 2024 Siti")),
        (
            "a.html",
            page_of(f'<link rel="license" type="{RSL_TYPE}" href="/x"><link rel="license" href="{BY}">'),
            (BY, ""),
        ),
        (
            "a.html",
            page_of(f'<meta name="dcterms.license" content="{BY}"><meta name="copyright" content="Kabar">'),
            (BY, ""),
        ),
        ("a.html", page_of('<meta name="DC.rights" content="© Siti">'), ("", "© Siti")),
        ("a.html", page_of(foot=f'<a rel="license" href="{BY}">CC</a> <a rel="license" href="{BY}">BY</a>'), (BY, "")),
        ("a.html", page_of(foot=f'<a rel="license" href="{BY}">CC</a> <a rel="license" href="{CC0}">0</a>'), ("", "")),
    ],
)
def test_every_kind_of_file_may_say_the_rights_of_its_article(path: str, text: str, expected: tuple[str, str]) -> None:
    """Terms by RSL are no licence for people, and a site's own notice is no article's."""
    read = draft(path, text)
    assert (read.license, read.rights) == expected


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_of_ours_gives_its_articles_rights_back(desk: Desk, name: str) -> None:
    """A newsroom that is taken over from its feed keeps the licences of its articles."""
    desk.set(license=BY, rsl=TERMS)
    desk.write("a.md", "Beras", "2026-05-04")
    desk.write("b.md", "Cabai", "2026-05-03", lisensi="CC BY-SA 4.0", hak_cipta="© Siti")
    desk.write("c.md", "Ikan", "2026-05-02", lisensi="Hanya pelanggan")
    drafts = list(read_file(name, body(desk.build(), name)))
    assert [(d.license, d.rights) for d in drafts if isinstance(d, Draft)] == [
        (BY, ""),
        (BY_SA, "© Siti"),
        ("", "Hanya pelanggan"),
    ]


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_a_reader_finds_the_licence(desk: Desk, name: str) -> None:
    desk.set(license=BY)
    desk.write("a.md", "Beras", lisensi="CC BY-SA 4.0", hak_cipta="© Siti")
    parsed = feedparser.parse(body(desk.build(), name))
    assert not parsed.bozo
    assert (parsed.feed.license, parsed.entries[0].license, parsed.entries[0].rights) == (BY, BY_SA, "© Siti")


# --- RSL -------------------------------------------------------------------------------------------------------------

FULL = RslTerms(
    permits=("search",),
    prohibits=("ai-train", "ai-input"),
    payment="crawl",
    custom="https://kabar.example/lisensi/?a=1&b=2",
    server="https://lisensi.kabar.example/",
    terms="https://kabar.example/ketentuan/",
    holder="PT Kabar & Mitra",
    contact="lisensi@kabar.example",
)


def test_the_document_says_the_terms_in_the_words_of_the_standard(desk: Desk) -> None:
    desk.set(rsl=FULL, license=BY)
    desk.write("a.md", "Beras")
    document = desk.build().get(RSL_FILE)
    assert document
    assert document.media_type == "application/rsl+xml"
    assert document.body.decode().splitlines()[1:] == [
        '<rsl xmlns="https://rslstandard.org/rsl">',
        '  <content url="/" server="https://lisensi.kabar.example/">',
        "    <license>",
        '      <permits type="usage">search</permits>',
        '      <prohibits type="usage">ai-train ai-input</prohibits>',
        '      <payment type="crawl">',
        f"        <standard>{BY}</standard>",
        "        <custom>https://kabar.example/lisensi/?a=1&amp;b=2</custom>",
        "      </payment>",
        "    </license>",
        '    <copyright type="organization" contactEmail="lisensi@kabar.example">PT Kabar &amp; Mitra</copyright>',
        "    <terms>https://kabar.example/ketentuan/</terms>",
        "  </content>",
        "</rsl>",
    ]


def test_what_is_not_said_has_no_element(desk: Desk) -> None:
    desk.set(rsl=RslTerms(prohibits=("ai-all",), holder="Kabar", contact="https://kabar.example/kontak/"))
    desk.write("a.md", "Beras")
    root = etree.fromstring(body(desk.build(), RSL_FILE))
    assert [etree.QName(element).localname for element in root.iter()] == [
        *("rsl", "content", "license", "prohibits", "copyright"),
    ]
    assert root.xpath("//@contactUrl") == ["https://kabar.example/kontak/"]


@pytest.mark.parametrize(
    ("base_url", "site", "paths"),
    [
        ("https://feeds.kabar.example/", "", ["/"]),
        ("https://feeds.kabar.example/", "https://kabar.example/", ["/"]),
        ("https://kabar.example/feeds/", "", ["/feeds/"]),
        ("https://kabar.example/feeds/", "https://kabar.example/", ["/"]),
        ("https://kabar.example/feeds/", "https://kabar.example/berita/", ["/berita/", "/feeds/"]),
    ],
)
def test_the_terms_are_for_the_folders_of_the_feeds_and_of_the_site(
    desk: Desk, base_url: str, site: str, paths: list[str]
) -> None:
    """And for nothing of another's on the same host."""
    desk.set(rsl=TERMS, base_url=base_url, site=site)
    desk.write("a.md", "Beras")
    root = etree.fromstring(body(desk.build(), RSL_FILE))
    assert root.xpath("/*/*/@url") == paths


def test_an_item_says_the_terms_for_an_article_on_the_host_of_the_feeds(desk: Desk) -> None:
    """RSL 1.0, section 4.7: for no other; and for none whose rights may be somebody else's."""
    desk.set(rsl=TERMS, license=BY)
    here = f"{BASE_URL}berita/beras/"
    desk.write("a.md", "Beras", "2026-05-04", link=here)
    desk.write("b.md", "Cabai", "2026-05-03", link="https://feeds.kabar.example.jahat.example/cabai/")
    desk.write("c.md", "Ikan", "2026-05-02", link=f"{BASE_URL}berita/ikan/", hak_cipta="© ANTARA")
    edition = desk.build()
    assert found(edition, "rss.xml", "//item/rsl:content/@url") == [here]
    assert found(edition, "rss.xml", "//item/rsl:content/rsl:license/rsl:payment/rsl:standard/text()") == [BY]
    written = body(edition, "rss.xml").decode()
    assert written.count('xmlns:rsl="https://rslstandard.org/rsl"') == 1
    assert re.search(r'<rss [^>]*xmlns:rsl="https://rslstandard.org/rsl"', written)
    assert (
        len(re.findall(r"</?rsl:", written))
        == len(re.findall(r"</?(?:rsl:)?(?:content|permits|prohibits|payment|standard|copyright)\b(?!:)", written)) + 2
    )


def test_pages_and_answers_name_the_document(desk: Desk) -> None:
    """RSL 1.0, sections 4.5 and 4.6; a feed's own links stand before."""
    desk.set(rsl=TERMS, hubs=("https://hub.example/",))
    desk.write("a.md", "Beras")
    edition = desk.build()
    address = f"{BASE_URL}rsl.xml"
    for path in ("index.html", "artikel/beras/index.html"):
        page = lxml.html.fromstring(body(edition, path))
        assert page.xpath("/html/head/link[@rel='license']/@href") == [address]
        assert page.xpath("/html/head/link[@rel='license']/@type") == ["application/rsl+xml"]
    ours = f'<{address}>; rel="license"; type="application/rsl+xml"'
    assert link_of(edition, desk.settings, "static/gaya.css") == ours
    assert link_of(edition, desk.settings, "rss.xml").endswith(f', <https://hub.example/>; rel="hub", {ours}')


def link_of(edition: Edition, settings: Settings, path: str) -> str:
    rendition = edition.get(path)
    assert rendition
    headers = dict(Document(rendition, Policy.of(settings))._validity)
    return headers.get("Link", "")


def test_terms_that_are_taken_back_are_gone(desk: Desk) -> None:
    desk.set(rsl=TERMS)
    desk.write("a.md", "Beras", link=f"{BASE_URL}beras/")
    assert b"<rsl:content" in body(desk.build(), "rss.xml")
    desk.set(rsl=None)
    edition = desk.build(LATER)
    assert edition.get(RSL_FILE) is None
    assert link_of(edition, desk.settings, "index.html") == ""
    assert b"rsl" not in body(edition, "rss.xml")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.NAME)
def test_a_text_about_an_element_is_none(desk: Desk, form: Any) -> None:
    """Escaped or not, it makes no document unreadable."""
    desk.write("a.md", "Beras", body="`<rsl:content>` dan `<dcterms:license>` adalah elemen.")
    written = body(desk.build(), form.FILENAME)
    assert json.loads(written) if form.NAME == "json" else etree.fromstring(written) is not None
