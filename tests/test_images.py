"""The lead image: which file an address means, and what that file says."""

from __future__ import annotations

import os
import time
import timeit
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow

from feeds import images
from feeds.errors import ArticleError
from feeds.model import Image
from feeds.source import Rules, normalise, read_drafts
from feeds.text import absolute
from tests.support import Desk, a_desk

SITE = "https://kabar.example/"
MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "AVIF": "image/avif"}


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), orientation: int = 0) -> bytes:
    """An image's file."""
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    file = BytesIO()
    Pillow.new("RGB", size, (20, 90, 60)).save(file, kind, **({"exif": exif} if orientation else {}))
    return file.getvalue()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def put(root: Path, path: str, content: bytes | None = None) -> int:
    """Write a file; its length."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.write_bytes(picture() if content is None else content)


def resolve(root: Path, written: str, *, article: str = "a.md", site: str = SITE) -> tuple[Image | None, str]:
    image = Image(url=absolute(written, site or SITE))
    return images.resolve(os.path.realpath(root), article, written, image, site)


class TestFile:
    """What an image's file says."""

    @pytest.mark.parametrize("kind", MEDIA)
    def test_type_length_and_size_are_the_files_own(self, root: Path, kind: str) -> None:
        """For the formats that browsers show; what the article said of them counts less."""
        length = put(root, "foto", picture(kind))
        image = Image(url=SITE + "foto", caption="Foto", type="image/x", length=7, width=1)
        found = Image(url=SITE + "foto", caption="Foto", type=MEDIA[kind], length=length, width=64, height=48)
        assert images.resolve(str(root), "a.md", "foto", image, SITE) == (found, "")

    @pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
    @pytest.mark.parametrize(("orientation", "size"), [(1, (64, 48)), (3, (64, 48)), (6, (48, 64)), (8, (48, 64))])
    def test_a_picture_taken_upright_is_upright(
        self, root: Path, kind: str, orientation: int, size: tuple[int, int]
    ) -> None:
        """Width and height are those that a reader sees (EXIF orientation)."""
        put(root, "foto", picture(kind, orientation=orientation))
        found, _ = resolve(root, "foto")
        assert found
        assert (found.width, found.height) == size

    def test_no_pixel_is_decoded(self, root: Path) -> None:
        """The head of a file is enough: one that is cut off behind it still says its size."""
        put(root, "foto.jpg", picture(size=(640, 480))[:700])
        found, reason = resolve(root, "foto.jpg")
        assert (found and found.width, reason) == (640, "")

    def test_an_image_of_another_type_than_its_name_says_has_its_real_type(self, root: Path) -> None:
        """And the newsroom is told."""
        put(root, "foto.jpg", picture("PNG"))
        found, reason = resolve(root, "foto.jpg")
        assert found
        assert found.type == "image/png"
        assert reason == "its image foto.jpg is PNG, not JPEG as its name says"

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"<!DOCTYPE html><title>404</title>", "is no image"),
            (b"bukan gambar", "is no image"),
            (b"\xff\xd8\xff", "is no image"),
            (b"", "is empty"),
            (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\1\0\0" * 2 + b"\x08\2\0\0\0" + b"\0" * 4, "is no image"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no image"),
        ],
        ids=["HTML", "text", "cut off", "empty", "broken", "SVG"],
    )
    def test_a_file_that_is_no_image_is_no_lead_image(self, root: Path, content: bytes, reason: str) -> None:
        """Whatever its name says; the newsroom is told."""
        put(root, "foto.jpg", content)
        assert resolve(root, "foto.jpg") == (None, f"its image foto.jpg {reason}; it is left out")

    @pytest.mark.parametrize("side", [12_000, 60_000])
    def test_a_decompression_bomb_is_no_lead_image(self, root: Path, side: int) -> None:
        """A small file may ask for gigabytes of whoever shows it."""
        put(root, "foto.gif", b"GIF89a" + side.to_bytes(2, "little") * 2 + b"\0\0\0" + b",\0\0\0\0\1\0\1\0\0\2\2D\1\0;")
        found, reason = resolve(root, "foto.gif")
        assert found is None
        assert "pixels" in reason

    @pytest.mark.parametrize("name", ["logo.svg", "foto.bmp", "foto.heic"])
    def test_svg_and_what_browsers_do_not_show_is_no_enclosure(self, root: Path, name: str) -> None:
        """Without type and length no format writes one; with the file or without it."""
        assert resolve(root, name) == (Image(url=SITE + name), "")
        put(root, name, b"<svg/>")
        assert resolve(root, name) == (Image(url=SITE + name), "")

    def test_a_pointer_of_git_lfs_is_no_file(self, root: Path) -> None:
        """The image itself is elsewhere, and is none the worse for it."""
        put(root, "foto.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
        assert resolve(root, "foto.jpg") == (Image(url=SITE + "foto.jpg", type="image/jpeg"), "")

    @pytest.mark.parametrize(
        ("url", "stated", "kind"),
        [
            ("https://cdn.example/a.JPG?w=800", "", "image/jpeg"),
            ("https://cdn.example/a.avif", "", "image/avif"),
            ("https://cdn.example/a", "image/png", "image/png"),
            ("https://cdn.example/a", "image/jpg", "image/jpeg"),
            ("https://cdn.example/a.jpg", "text/html", "image/jpeg"),
            ("https://cdn.example/a.svg", "image/svg+xml", ""),
            ("https://cdn.example/a", "", ""),
        ],
    )
    def test_without_a_file_the_article_or_the_address_says_the_type(
        self, root: Path, url: str, stated: str, kind: str
    ) -> None:
        """Of the raster formats of the web."""
        found, reason = images.resolve(str(root), "a.md", url, Image(url=url, type=stated, length=5), SITE)
        assert (found and found.type, found and found.length, reason) == (kind, 5, "")


class TestPlace:
    """Where the file of an address may lie."""

    @pytest.mark.parametrize(
        ("written", "article", "file"),
        [
            ("foto.jpg", "ekonomi/beras.md", "ekonomi/foto.jpg"),
            ("./foto.jpg", "ekonomi/beras.md", "ekonomi/foto.jpg"),
            ("../foto/a.jpg", "ekonomi/beras.md", "foto/a.jpg"),
            ("foto.jpg", "content/berita/beras/index.md", "content/berita/beras/foto.jpg"),
            ("foto.jpg", "source/_posts/beras.md", "source/_posts/beras/foto.jpg"),
            ("foto/a%20b.jpg?w=3#x", "beras.md", "foto/a b.jpg"),
            ("foto/a.jpg", "ekonomi/beras.md", "foto/a.jpg"),
            ("/foto/a.jpg", "ekonomi/beras.md", "foto/a.jpg"),
            ("/foto/a.jpg", "content/berita/beras.md", "static/foto/a.jpg"),
            ("/foto/a.jpg", "situs/content/berita/beras.md", "situs/static/foto/a.jpg"),
            ("/foto/a.jpg", "situs/content/berita/beras.md", "situs/assets/foto/a.jpg"),
            ("/assets/a.jpg", "blog/_posts/beras.md", "blog/assets/a.jpg"),
            ("/a.jpg", "situs/source/_posts/beras.md", "situs/source/a.jpg"),
            ("/a.jpg", "src/beras.md", "public/a.jpg"),
            ("https://kabar.example/foto/a.jpg", "beras.md", "foto/a.jpg"),
            ("https://www.kabar.example/foto/a.jpg", "beras.md", "static/foto/a.jpg"),
            ("//kabar.example/foto/a.jpg", "beras.md", "foto/a.jpg"),
            ("https://lama.example/wp-content/uploads/2024/01/a.jpg", "e/x.xml", "e/wp-content/uploads/2024/01/a.jpg"),
            ("https://lama.example/wp-content/uploads/2024/01/a.jpg", "e/x.xml", "e/uploads/2024/01/a.jpg"),
            ("https://lama.example/b/wp-content/uploads/a.jpg", "e/x.xml", "wp-content/uploads/a.jpg"),
            ("/wp-content/uploads/a.jpg", "e/x.xml", "uploads/a.jpg"),
        ],
    )
    def test_the_file_is_found_where_generators_keep_it(
        self, root: Path, written: str, article: str, file: str
    ) -> None:
        """Beside the article, in its bundle, in the folder, in static files; below a WordPress export."""
        length = put(root, file)
        found, reason = resolve(root, written, article=article)
        assert (found and found.length, reason) == (length, "")

    def test_the_sites_own_folder_is_left_away(self, root: Path) -> None:
        """The website https://kabar.example/blog/ has its files below that."""
        length = put(root, "foto/a.jpg")
        found, _ = resolve(root, "/foto/a.jpg", site=SITE + "blog/")
        other, _ = resolve(root, SITE + "blog/foto/a.jpg", site=SITE + "blog/")
        assert found
        assert other
        assert found.length == other.length == length

    @pytest.mark.parametrize(
        ("written", "article"),
        [
            ("../rahasia.jpg", "a.md"),
            ("../../rahasia.jpg", "ekonomi/a.md"),
            ("/../rahasia.jpg", "a.md"),
            ("%2e%2e/rahasia.jpg", "a.md"),
            ("/wp-content/uploads/../../../rahasia.jpg", "a.md"),
            ("tautan.jpg", "a.md"),
            ("luar/rahasia.jpg", "a.md"),
            ("file:///rahasia.jpg", "a.md"),
            ("rahasia.jpg%00", "a.md"),
            ("..\\rahasia.jpg", "a.md"),
            ("https://lain.example/foto.jpg", "a.md"),
            ("pipa.jpg", "a.md"),
            ("", "a.md"),
            ("/", "a.md"),
            ("https://[", "a.md"),
        ],
    )
    def test_nothing_outside_of_the_data_directory_is_looked_at(self, root: Path, written: str, article: str) -> None:
        """Neither by ``..`` nor through a link; nor a pipe, nor a file of another site's address."""
        put(root.parent, "rahasia.jpg")
        put(root, "foto.jpg")
        (root / "tautan.jpg").symlink_to(root.parent / "rahasia.jpg")
        (root / "luar").symlink_to(root.parent)
        os.mkfifo(root / "pipa.jpg")
        image = Image(url="https://lain.example/x.jpg")
        found, reason = images.resolve(os.path.realpath(root), article, written, image, SITE)
        assert (found and found.length, reason) == (None, "")


class TestArticle:
    """The lead image of an article, and the feeds that show it."""

    def test_a_feed_has_an_enclosure_for_a_file(self, tmp_path: Path) -> None:
        """With the type and the length that RSS and Atom demand, and the size of Media RSS."""
        with a_desk(tmp_path, site=SITE) as desk:
            length = put(desk.data, "foto/beras.jpg")
            desk.write("beras.md", "Beras", image="/foto/beras.jpg")
            feed = desk.build().get("rss.xml")
            assert feed
            url = f'url="{SITE}foto/beras.jpg"'.encode()
            enclosure = next(line for line in feed.body.splitlines() if b"<enclosure" in line)
            content = next(line for line in feed.body.splitlines() if b"<media:content" in line)
            assert url in enclosure
            assert f'length="{length}"'.encode() in enclosure
            assert b'type="image/jpeg"' in enclosure
            assert b'width="64"' in content
            assert b'height="48"' in content

    def test_a_file_that_lies_is_a_problem_and_costs_no_article(self, tmp_path: Path) -> None:
        """It is published without its image."""
        with a_desk(tmp_path, site=SITE) as desk:
            put(desk.data, "foto.jpg", b"<html>")
            desk.write("beras.md", "Beras", image="foto.jpg")
            problems = self.problems(desk)
            assert problems == [
                ArticleError("beras.md", "image", "its image foto.jpg is no image; it is left out", False)
            ]
            assert b"foto.jpg" not in desk.build().get("rss.xml").body  # type: ignore[union-attr]

    def problems(self, desk: Desk) -> list[ArticleError]:
        problems: list[ArticleError] = []
        rules = Rules.of(desk.settings)
        for draft in read_drafts(rules, "beras.md", [None]).values():
            normalise(draft, rules, 0, problems)
        return problems

    def test_an_exchanged_file_is_no_edit_of_the_article(self, tmp_path: Path) -> None:
        """What the file says is no part of the digest that tells an edit."""
        with a_desk(tmp_path, site=SITE) as desk:
            put(desk.data, "foto.jpg")
            desk.write("beras.md", "Beras", image="foto.jpg")
            rules = Rules.of(desk.settings)
            (draft,) = read_drafts(rules, "beras.md", [None]).values()
            before = normalise(draft, rules, 0, [])
            put(desk.data, "foto.jpg", picture("PNG", (9, 9)))
            after = normalise(draft, rules, 0, [])
            assert before
            assert after
            assert before.image != after.image
            assert before.content_hash == after.content_hash


def test_looking_for_an_image_is_quick(root: Path) -> None:
    """It is done for each article: a millisecond of the processor or two with a file, a fraction without one."""
    put(root, "content/foto.jpg", picture(size=(1600, 900), orientation=6))

    def cost(written: str) -> float:
        found = Image(url=SITE + written)
        timer = timeit.Timer(
            lambda: images.resolve(str(root), "content/a.md", written, found, SITE), timer=time.process_time
        )
        return min(timer.repeat(5, 50)) / 50

    assert cost("foto.jpg") < 0.002
    assert cost("tiada.jpg") < 0.0002
