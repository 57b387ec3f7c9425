"""What took the square of its length is read in linear time, and is what it was where there is little of it."""

from __future__ import annotations

import html
import time

import pytest

from feeds import text
from feeds.model import Draft
from feeds.readers import read_file

LENGTH = 150_000  # characters


@pytest.mark.parametrize("piece", ["\xa0", "Ã¢", "x\xa0", "&nbsp;", "\xa0<br>"])
@pytest.mark.parametrize("around", ["{}", '<p title="{}">Isi</p>', '<a href="/{}">Isi</a>'])
def test_blanks_that_do_not_break_and_mojibake_are_rendered_in_linear_time(piece: str, around: str) -> None:
    """The sanitiser looked through the rest of the text from each of them."""
    began = time.process_time()
    rendered = text.render(around.format(piece * (LENGTH // len(piece))), "html", base="https://kabar.example/")
    text.narrowed(rendered, ["p"], [])
    assert time.process_time() - began < 2


SOME = (
    '\xa0&nbsp;¡¿Ã¢ <b title="\xa0¿&nbsp;">b\xa0</b><a href="/\xa0¿?a=&nbsp;">a</a>'
    '<img src="¼" alt="½"><i\xa0>&amp;nbsp;&copy;'
)


@pytest.mark.parametrize("times", [1, 4000])
def test_many_blanks_that_do_not_break_are_rendered_as_few_are(times: int) -> None:
    """In texts and attributes."""
    rendered = text.render(f"<p>{SOME * times}</p>", "html", base="https://kabar.example/")
    once = text.render(f"<p>{SOME}</p>", "html", base="https://kabar.example/")[3:-4]
    assert rendered == f"<p>{once * times}</p>"
    assert text.render(rendered, "html", base="https://kabar.example/") == rendered
    assert text.narrowed(rendered, ["p"], []).count("&nbsp;") == 3 * times


PAGE = "<title>Harga beras turun</title><meta name='date' content='2024-12-03'><h1>Harga beras turun</h1>"
NAMES = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"'
TEXT = "<p>" + "Harga beras di pasar induk turun tiga hari berturut-turut. " * 6 + "</p>"


@pytest.mark.parametrize("piece", ["<!--", "&lt;!--", "<!-- a -->", "<!", "--", "<!--&#45;->"])
@pytest.mark.parametrize(
    "around",
    [
        '<p class="{}">Isi.</p>',
        '<meta property="og:description" content="{}">',
        '<a href="{}">Isi</a>',
        '<img src="a.jpg" alt="{}">',
        '<p {{"@a":="{}">Isi.</p>',
    ],
)
def test_comments_in_attributes_of_a_page_are_read_in_linear_time(piece: str, around: str) -> None:
    """What wrote the page's parts as HTML looked for the end of a comment from each beginning."""
    began = time.process_time()
    (found,) = read_file("a.html", (PAGE + TEXT + around.format(piece * (LENGTH // len(piece)))).encode())
    assert isinstance(found, Draft)
    assert found.title == "Harga beras turun"
    assert time.process_time() - began < 2


def test_comments_in_attributes_of_an_export_are_read_in_linear_time() -> None:
    """Its HTML may not be escaped, and is written anew then."""
    item = (
        "<item><title>Harga beras</title><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
        "<wp:post_date>2024-12-03 10:00:00</wp:post_date><content:encoded><p class='{}'>Isi.</p>"
        "</content:encoded></item>"
    )
    began = time.process_time()
    content = f"<rss {NAMES}><channel>{item.format('&lt;!--' * (LENGTH // 4))}</channel></rss>"
    (found,) = read_file("a.wxr", content.encode())
    assert isinstance(found, Draft)
    assert "Isi." in found.body
    assert time.process_time() - began < 2


MORE = "di lima kabupaten pada bulan ini, kata kepala dinas pertanian."


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Petani <!-- wp:image -->panen", "Petani panen"),
        ("Petani <!-- panen", "Petani panen"),
        ("Petani <!--<!-- a -->panen", "Petani panen"),
        ("Petani <!<!---- panen", "Petani &lt;! -- panen"),
        ("Petani --> panen", "Petani --&gt; panen"),
    ],
)
def test_a_comment_in_an_attribute_costs_nothing_around_it(written: str, read: str) -> None:
    """A picture's text and a page's description are the words without it; one that does not end ends at once."""
    page = f'{PAGE}<meta name=description content="{written} {MORE}">{TEXT}<p><img src="a.jpg" alt="{written}">{TEXT}'
    (found,) = read_file("a.html", page.encode())
    assert isinstance(found, Draft)
    alt = (
        text.render(found.body, found.body_format, base="https://kabar.example/")
        .partition('alt="')[2]
        .partition('"')[0]
    )
    assert " ".join(html.escape(html.unescape(alt), quote=False).split()) == read
    assert html.escape(html.unescape(found.summary), quote=False) == f"{read} {MORE}"
