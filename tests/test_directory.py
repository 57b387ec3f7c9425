"""Where readers, browsers and robots find the feeds: OPML, the feed menu, robots.txt, icons, lines for other pages."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree
from PIL import Image

from feeds import pages
from feeds.config import CategorySetting
from feeds.edition import Edition
from feeds.formats import feed_menu, opml
from feeds.model import RslTerms
from feeds.publish import to_folder
from feeds.web import create_app
from tests.support import BASE_URL, Desk, a_desk, article, environment, run

CATEGORIES = (
    CategorySetting(slug="ekonomi", title="Ekonomi & <Pasar>", description="Pasar, usaha."),
    CategorySetting(slug="umkm", title="UMKM", parent="ekonomi"),
    CategorySetting(slug="budaya", title='"Budaya"'),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, categories=CATEGORIES, site="https://kabar.example/") as made:
        made.write("pasar.md", "Pasar pagi ditutup", kategori="UMKM")
        yield made


def text(edition: Edition, path: str, media_type: str) -> str:
    document = edition.get(path)
    assert document, path
    assert document.media_type == media_type
    return document.body.decode()


def outline(title: str, slug: str, description: str) -> str:
    """As the document has it, one attribute a part."""
    folder = f"{slug}/" if slug else ""
    return (
        f'<outline type="rss" text="{title}" title="{title}" description="{description}" '
        f'xmlUrl="https://feeds.kabar.example/{folder}rss.xml" htmlUrl="https://kabar.example/" language="id" '
        'version="RSS"/>'
    )


class TestOpml:
    """/feeds.opml"""

    def test_it_has_the_feeds_as_categories_lie_within_each_other(self, desk: Desk) -> None:
        """That of all first; a category with others in it is a folder that holds its own feed and theirs."""
        written = text(desk.build(), "feeds.opml", "text/x-opml; charset=utf-8")
        assert [line.strip() for line in written.splitlines()] == [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<opml version="2.0">',
            "<head>",
            "<title>Kabar</title>",
            "<ownerName>Kabar</ownerName>",
            "<ownerId>https://kabar.example/</ownerId>",
            "<docs>http://opml.org/spec2.opml</docs>",
            "</head>",
            "<body>",
            outline("Kabar", "", "Berita terbaru dari Kabar"),
            '<outline text="Ekonomi &amp; &lt;Pasar&gt;">',
            outline("Ekonomi &amp; &lt;Pasar&gt; - Kabar", "ekonomi", "Pasar, usaha."),
            outline("UMKM - Kabar", "umkm", "UMKM, Kabar"),
            "</outline>",
            outline("&quot;Budaya&quot; - Kabar", "budaya", "&quot;Budaya&quot;, Kabar"),
            "</body>",
            "</opml>",
        ]

    def test_an_article_changes_it_only_where_it_brings_a_feed(self, desk: Desk) -> None:
        """A category of its own, or the first correction."""
        before = desk.build().documents["feeds.opml"]
        desk.write("kopi.md", "Panen kopi naik", kategori="Budaya")
        assert desk.build().documents["feeds.opml"] == before
        desk.set(categories=())
        desk.write("tari.md", "Tari dipentaskan", kategori="Tari", ralat="Pentasnya Sabtu.")
        tree = etree.fromstring(desk.build().documents["feeds.opml"].body)
        found = [address.removeprefix(BASE_URL) for address in tree.xpath("//@xmlUrl")]
        assert found == ["rss.xml", *(f"{slug}/rss.xml" for slug in ("budaya", "ekonomi", "tari", "umkm", "ralat"))]

    def test_a_title_with_a_control_character_does_no_harm(self, desk: Desk) -> None:
        """The character is left out."""
        desk.set(title="Ka\x0bbar")
        tree = etree.fromstring(opml.write(*_directory(desk)))
        assert tree.findtext("head/title").split() == ["Ka", "bar"] or tree.findtext("head/title") == "Kabar"

    @pytest.mark.skipif(not shutil.which("newsboat"), reason="newsboat is not installed: apt install newsboat")
    def test_newsboat_reads_every_feed(self, desk: Desk, tmp_path: Path) -> None:
        """Folders become its tags."""
        (tmp_path / "feeds.opml").write_bytes(desk.build().documents["feeds.opml"].body)
        urls = tmp_path / "urls"
        urls.touch()
        command = ["newsboat", "-u", urls, "-c", tmp_path / "cache.db", "-i", tmp_path / "feeds.opml"]
        env = environment(tmp_path) | {"LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        found = re.findall(rf"(?m)^{BASE_URL}(\S*)rss\.xml(.*)$", urls.read_text())
        assert [folder for folder, _ in found] == ["", "ekonomi/", "umkm/", "budaya/"]
        assert ["Ekonomi" in tags for _, tags in found] == [False, True, True, False]


def _directory(desk: Desk) -> Any:
    from feeds.compose import Composer
    from feeds.edition.directory import outlines_of

    composer = Composer.of(desk.settings, ())
    return composer.feed(None, ()), outlines_of(composer, notices=False)


class TestFeedMenu:
    """/.well-known/feed-menu.json"""

    def test_there_is_none_unless_the_newsroom_wants_it(self, desk: Desk, tmp_path: Path) -> None:
        """In the edition, and in the folder of a static build, where it goes again."""
        assert desk.build().get(feed_menu.FILENAME) is None
        desk.set(feed_menu=True)
        to_folder(desk.build().renditions(), tmp_path / "out")
        assert (tmp_path / "out/.well-known/feed-menu.json").is_file()
        desk.set(feed_menu=False)
        to_folder(desk.build().renditions(), tmp_path / "out")
        assert not (tmp_path / "out/.well-known").exists()

    def test_it_has_the_feeds_in_menus_that_are_categories(self, desk: Desk) -> None:
        """Each with RSS and Atom, absolute, and nothing that the draft does not know."""
        desk.set(feed_menu=True)
        menu = json.loads(text(desk.build(), feed_menu.FILENAME, "application/json"))
        feed = {"rss": f"{BASE_URL}rss.xml", "atom": f"{BASE_URL}atom.xml"}
        assert menu["feed-menu"] == "Kabar"
        assert menu["items"][0] == {"feed-title": "Kabar", "description": "Berita terbaru dari Kabar"} | feed
        folder = menu["items"][1]
        assert folder.keys() == {"feed-menu", "items"}
        assert folder["feed-menu"] == "Ekonomi & <Pasar>"
        assert [item["feed-title"] for item in folder["items"]] == ["Ekonomi & <Pasar>", "UMKM"]
        assert [item["rss"] for item in folder["items"]] == [f"{BASE_URL}ekonomi/rss.xml", f"{BASE_URL}umkm/rss.xml"]

    def test_its_texts_are_as_short_as_the_draft_recommends(self, desk: Desk) -> None:
        """50 characters of a title, 140 of a description."""
        long = "Kabar dari tepian sungai " * 20
        desk.set(feed_menu=True, title=long.strip(), description=long.strip())
        menu = json.loads(desk.build().documents[feed_menu.FILENAME].body)
        assert 30 < len(menu["items"][0]["feed-title"]) <= 50
        assert 100 < len(menu["items"][0]["description"]) <= 140


class TestRobots:
    """/robots.txt"""

    @pytest.mark.parametrize("base_url", ["https://feeds.kabar.example/", "https://kabar.example/umpan/"])
    def test_robots_may_fetch_all_but_searches_and_learn_of_the_sitemaps(self, desk: Desk, base_url: str) -> None:
        """As the parser of Python's own library reads it."""
        desk.set(base_url=base_url)
        written = text(desk.build(), "robots.txt", "text/plain; charset=utf-8")
        robots = RobotFileParser()
        robots.parse(written.splitlines())
        assert robots.can_fetch("Googlebot-News", f"{base_url}rss.xml")
        assert robots.can_fetch("Googlebot-News", f"{base_url}searching/")
        assert not robots.can_fetch("Googlebot-News", f"{base_url}search/rss.xml?q=banjir")
        assert robots.site_maps() == [f"{base_url}sitemap.xml", f"{base_url}news-sitemap.xml"]

    def test_it_names_the_terms_where_there_are_any(self, desk: Desk) -> None:
        """Behind all groups, so that they are for all robots."""
        assert "License" not in desk.build().documents["robots.txt"].body.decode()
        desk.set(rsl=RslTerms(permits=("search",)))
        written = desk.build().documents["robots.txt"].body.decode()
        assert written.endswith(f"news-sitemap.xml\nLicense: {BASE_URL}rsl.xml\n")


class TestIcons:
    """/favicon.svg and /favicon.ico"""

    def test_both_are_pictures_of_a_square(self) -> None:
        """The one in two colours for light and for dark, the other in two sizes."""
        documents = pages.static_documents()
        kind, icon = documents["favicon.ico"]
        assert kind == "image/vnd.microsoft.icon"
        assert Image.open(io.BytesIO(icon)).info["sizes"] == {(16, 16), (32, 32)}
        kind, drawing = documents["favicon.svg"]
        assert kind == "image/svg+xml"
        assert etree.fromstring(drawing).get("viewBox") == "0 0 32 32"
        assert b"prefers-color-scheme: dark" in drawing

    def test_pages_name_them_relative_to_themselves(self, desk: Desk) -> None:
        """So that they are found in a folder, too."""
        edition = desk.build()
        for path, up in (("index.html", ""), ("ekonomi/index.html", "../")):
            page = etree.HTML(edition.documents[path].body)
            icons = page.xpath("//link[@rel='icon']/@href")
            assert icons == [f"{up}favicon.svg", f"{up}favicon.ico"]
            assert all(edition.get(icon.removeprefix(up)) for icon in icons)

    def test_the_newsrooms_page_names_the_list_of_feeds(self, desk: Desk) -> None:
        """By its type and its whole address."""
        page = etree.HTML(desk.build().documents["index.html"].body)
        assert page.xpath("//link[@type='text/x-opml']/@href") == [f"{BASE_URL}feeds.opml"]


class TestService:
    """The same bytes over HTTP."""

    def test_each_is_answered_with_its_type_and_compressed_where_that_is_worth_it(self, desk: Desk) -> None:
        """And is known again by its ETag."""
        desk.set(feed_menu=True)
        desk.write("kopi.md", "Panen kopi naik", link="https://kabar.example/kopi/")
        edition = desk.build()
        app = create_app(desk.settings)
        try:
            client = app.test_client()
            paths = [
                "feeds.opml",
                feed_menu.FILENAME,
                "sitemap.xml",
                "sitemap-2026-05.xml",
                "favicon.svg",
                "robots.txt",
            ]
            for path in (*paths, "favicon.ico"):
                document = edition.get(path)
                assert document
                answer = client.get(f"/{path}", headers={"Accept-Encoding": "gzip"})
                assert (answer.status_code, answer.headers["Content-Type"]) == (200, document.media_type)
                assert ("Content-Encoding" in answer.headers) is (path in paths), path
                again = client.get(f"/{path}", headers={"If-None-Match": answer.headers["ETag"]})
                assert again.status_code == 304
                assert client.get(f"/{path}").data == document.body
        finally:
            app.extensions["feeds"].stop()


@pytest.fixture(scope="module")
def berita(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``berita`` holds articles of two categories, one with a correction."""
    folder = tmp_path_factory.mktemp("snippet")
    (folder / "berita").mkdir()
    titles = {"kopi": '"Kopi & Teh"', "tari": "Budaya"}
    for name, category in titles.items():
        (folder / f"berita/{name}.md").write_text(article(name, "2026-05-04", kategori=category, ralat="Salah."))
    return folder


class TestSnippet:
    """``feeds snippet``"""

    ADDRESS = "https://feeds.kabar.example"

    def test_it_prints_the_lines_of_the_newsrooms_page(self, berita: Path) -> None:
        """Letter for letter, in its order, and on standard output nothing else."""
        done = run("--data", "berita", "snippet", cwd=berita, base_url=self.ADDRESS, site="https://kabar.example")
        assert done.returncode == 0, done.stderr
        assert done.stderr == "Copy these lines into the <head> of the pages of https://kabar.example/.\n"
        run("--data", "berita", "build", "--output", "out", cwd=berita, base_url=self.ADDRESS)
        page = (berita / "out/index.html").read_text()
        assert done.stdout.splitlines() == re.findall(r'(?m)^<link rel="alternate" .*(?:xml|json)">$', page)
        assert len(done.stdout.splitlines()) == 3 * 4
        assert "&amp;" in done.stdout

    @pytest.mark.parametrize(
        ("options", "paths"),
        [
            (["--format", "atom"], ["atom.xml", "budaya/atom.xml", "kopi-teh/atom.xml", "ralat/atom.xml"]),
            (["--category", "kopi-teh"], ["kopi-teh/rss.xml", "kopi-teh/atom.xml", "kopi-teh/feed.json"]),
            (["--category", "semua", "--format", "json"], ["feed.json"]),
        ],
    )
    def test_it_can_be_of_one_category_and_of_one_format(
        self, berita: Path, options: list[str], paths: list[str]
    ) -> None:
        """And of the feed of all alone."""
        done = run("--data", "berita", "snippet", *options, cwd=berita, base_url=self.ADDRESS)
        assert re.findall(rf'href="{self.ADDRESS}/(\S+)">', done.stdout) == paths

    def test_a_category_that_is_none_is_a_mistake_in_one_sentence(self, berita: Path) -> None:
        """With the nearest one."""
        done = run("--data", "berita", "snippet", "--category", "budya", cwd=berita, base_url=self.ADDRESS)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "feeds: --category budya: there is no such feed; did you mean 'budaya'?\n"
