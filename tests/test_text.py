"""feeds.text: safe characters, plain titles, slugs, addresses, sanitised HTML, summaries."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pyromark
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds import text

BASE = "https://koran.id/ekonomi/beras/"
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))  # lone surrogates and controls, too

HTML = """
<p> </p> <b> </b> <i> <a href='/x'> <a/href="https://x.id/ä"> <a> </a> <button> </button> <table> <tr> <td> </table>
<pre> </pre> <svg> <math> <mi> <style> </style> <script> </script> <!-- --> <img> <img/src=x/onerror=alert(1)> <li> <ul>
<img/alt='a>b'> <iframe/src=//y.z/q> </ul> <form> <select> <option> <textarea> <title> &lt;b&gt; &amp;lt; &nbsp; &#1;
<noscript> <picture> <source/srcset='a'> ]]> <![CDATA[ <template> <h1/style='x'/title='"'> <div> </div> <dl><dt>
<figure> <details> <plaintext> <frameset> <body> <annotation-xml> <font> &#13; " ' <ruby><rt> <q/cite='javascript:x'>
<video/src=/v/poster=p> <a/href='java&#10;script:x'> <a/href='mailto:a@b.id'>
"""
MARKDOWN = r"""
{#id/.c/onclick=alert(1)/title=x/TITLE=y} ` ``` [a]( /x ) ![b]( javascript:x "t&q") [r] ~~ ** * _ &amp; &#1; > \
&lt;script&gt; " ' https://x.id &nbsp; &quot; { } mailto:a@b [^1] | ä
"""
MARKDOWN_BLOCKS = ["# ", "## ", "\n\n", "\n", "- ", "1. ", "> ", "    ", "---\n", "```\n", "\xa0", "  \n", "\n: arti"]
MARKDOWN_BLOCKS += [
    " {#i .c onclick=alert(1) title=x TITLE=y}\n",
    "\n[r]: /y 't'\n",
    "|a|b|\n|-|:-:|\n|1|2|\n",
    "\n[^1]: k\n",
]


def pieces(tokens: list[str]) -> st.SearchStrategy[str]:
    token = st.sampled_from(tokens)
    return st.lists(st.one_of(token, token, token, st.text(max_size=4)), max_size=16).map("".join)


# --- characters


def test_clean_leaves_ordinary_text_alone() -> None:
    """Tabs, line feeds, emoji, Arabic and astral characters stay."""
    ordinary = "Harga\tberas\n🎉 مرحبا 𝔘 \xa0é"
    assert text.clean(ordinary) == ordinary
    assert not text.has_control(ordinary)


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x80", "\x9f", "\ud800", "\ufffe", "\uffff"])
def test_clean_removes_what_xml_cannot_carry(bad: str) -> None:
    """Controls, lone surrogates, U+FFFE and U+FFFF go; what stands around them stays."""
    assert text.has_control(f"a{bad}b")
    assert text.clean(f"a{bad}b") == "ab"


def test_clean_writes_line_ends_as_xml_reads_them() -> None:
    """CRLF, CR and NEL become LF, and are no controls."""
    assert not text.has_control("a\r\nb")
    assert text.clean("a\r\nb\rc\x85d") == "a\nb\nc\nd"


@given(ANY_TEXT)
def test_clean_text_is_xml_and_reads_back_the_same(value: str) -> None:
    """lxml takes every cleaned text, and a parser gives it back; cleaning again changes nothing."""
    cleaned = text.clean(value)
    element = etree.Element("a")
    element.text = cleaned
    assert (etree.fromstring(etree.tostring(element)).text or "") == cleaned
    assert text.clean(cleaned) == cleaned
    assert not text.has_control(cleaned)
    assert text.has_control(value) == (re.sub("\r\n?|\x85", "\n", value) != cleaned)


# --- titles, slugs


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("  Harga \n beras\xa0naik ", "Harga beras naik"),
        ("Harga <b>beras</b> <br/>naik", "Harga beras naik"),
        ("AT&amp;T &#8211; AT&T", "AT&T – AT&T"),
        ("Tag &lt;b&gt; dipakai", "Tag <b> dipakai"),
        ("&amp;lt; sekali saja", "&lt; sekali saja"),
        ("a < b > c, x<y", "a < b > c, x<y"),
        ("**Penting**: `print` dan [tautan](https://x.id)", "Penting: print dan tautan"),
        ("`a `b` dan **c **d**", "`a b dan **c d"),
        ("2 * 3 * 4 dan snake_case_nama", "2 * 3 * 4 dan snake_case_nama"),
        ("Judul\x00 \x0bAneh\ufffe", "Judul Aneh"),
        ("&#x110000; &bukan; &copy", "\ufffd &bukan; &copy"),
    ],
)
def test_one_line_gives_plain_text(title: str, expected: str) -> None:
    """A title loses tags and marks, its references are resolved once, its white space is one space."""
    assert text.one_line(title) == expected


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Jum’at: Harga Rp1.500 & BBM — Naik!", "jumat-harga-rp1-500-bbm-naik"),
        ("Café Ørsted ﬁlm Łódź", "cafe-orsted-film-lodz"),
        ("  ---  ", "artikel-9b2a2a9b"),
        ("", "artikel"),
        ("a" * 100, "a" * 80),
        ("kata " * 30, "-".join(["kata"] * 16)),
    ],
)
def test_slug(title: str, slug: str) -> None:
    """A slug is ASCII words and hyphens, cut at a word's end, never empty."""
    assert re.sub(r"(?<=artikel-)[0-9a-f]{8}", "#", text.slugify(title)) == re.sub(r"(?<=artikel-).*", "#", slug)


def test_titles_in_another_script_have_different_slugs() -> None:
    """Without a Latin letter the title's hash tells two articles apart."""
    assert text.slugify("日本") != text.slugify("中国")


@given(ANY_TEXT)
def test_slug_is_always_a_segment(title: str) -> None:
    """Whatever the title, the slug is words of a-z and 0-9 with single hyphens, at most 80 characters."""
    slug = text.slugify(title)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 80
    assert text.slugify(slug) == slug


# --- addresses


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.id/a?b=c#d", "https://x.id/a?b=c#d"),
        ("gambar 1.jpg", BASE + "gambar%201.jpg"),
        ("/foto/é.jpg?q=ä|b#ü", "https://koran.id/foto/%C3%A9.jpg?q=%C3%A4%7Cb#%C3%BC"),
        ("//cdn.id/a.png", "https://cdn.id/a.png"),
        ("#catatan", BASE + "#catatan"),
        ("?page=2", BASE + "?page=2"),
        ("https://münchen.de/ß", "https://xn--mnchen-3ya.de/%C3%9F"),
        ("https://x.id/100%/%41", "https://x.id/100%25/%41"),
        ("HTTPS://X.ID/A", "https://x.id/A"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("https://x.id/a[1]", "https://x.id/a%5B1%5D"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:image/png;base64,AAAA", ""),
        ("mailto:a@b.id", ""),
        ("http://x.id:99999/", ""),
        ("http:///x", ""),
        ("http://[x/", ""),
        ("", ""),
    ],
)
def test_absolute(url: str, expected: str) -> None:
    """An address is made absolute and put into RFC 3986; what is no web address is none."""
    assert text.absolute(url, BASE) == expected


def test_a_relative_address_without_a_base_is_none() -> None:
    """There is nothing that it could be relative to; one that names its host is taken for https."""
    assert text.absolute("gambar.jpg", "") == ""
    assert text.absolute("//cdn.id/a.png", "") == "https://cdn.id/a.png"


@given(st.one_of(ANY_TEXT, ANY_TEXT.map("https://".__add__), ANY_TEXT.map("https://x.id/".__add__)))
def test_absolute_addresses_stay(url: str) -> None:
    """What absolute() gives is ASCII, starts with http and is its own absolute address."""
    address = text.absolute(url, BASE)
    assert address.isascii()
    assert not address or re.match(r"https?://[^/\s]+", address)
    assert text.absolute(address, "") == address


# --- HTML


def test_markdown_is_rendered_with_absolute_addresses() -> None:
    """Links and images of Markdown are seen from the article's address."""
    rendered = text.render("Lihat [grafik](/g?a=1&b=2) ![peta](peta 1.png)\n\n![peta](p.png)", "markdown", base=BASE)
    assert rendered == (
        '<p>Lihat <a href="https://koran.id/g?a=1&amp;b=2">grafik</a> ![peta](peta 1.png)</p>\n'
        f'<p><img src="{BASE}p.png" alt="peta"></p>'
    )


def test_markdown_has_tables_footnotes_and_strikethrough() -> None:
    """The extensions that newsrooms use are on."""
    rendered = text.render("~~lama~~ baru[^1]\n\n|a|b|\n|-|-|\n|1|2|\n\n[^1]: Kaki", "markdown", base=BASE)
    assert "<del>lama</del>" in rendered
    assert "<td>2</td>" in rendered
    assert f'<a href="{BASE}#1">1</a>' in rendered
    assert '<div id="1">' in rendered


def test_raw_html_in_markdown_is_sanitised() -> None:
    """Scripts go with their content; a heading's attributes are judged like any other."""
    rendered = text.render(
        "# Judul {#x onclick=alert(1)}\n\n<script>alert(1)</script><b onclick=x>a</b>", "markdown", base=BASE
    )
    assert rendered == '<h1 id="x">Judul</h1>\n<b>a</b>'


def test_text_becomes_paragraphs() -> None:
    """A blank line separates paragraphs, a single line end is a break, markup is text."""
    assert text.render("Satu\ndua\n \n\n<b>tiga</b> & ]]>", "text", base="") == (
        "<p>Satu<br>dua</p>\n<p>&lt;b&gt;tiga&lt;/b&gt; &amp; ]]&gt;</p>"
    )


def test_without_a_base_relative_addresses_are_dropped() -> None:
    """The link's text stays, the image goes, absolute addresses stay."""
    rendered = text.render('<a href="/r">teks</a><img src="a.png"><img src="https://x.id/a.png">', "html", base="")
    assert rendered == 'teks<img src="https://x.id/a.png">'


def test_figures_and_srcset_stay() -> None:
    """Figures with captions stay, and each candidate of a srcset is absolute."""
    image = '<img src="a.jpg" srcset="a.jpg 1x, /b,c.jpg 2x" style="x" class="y">'
    body = f"<figure>{image}<figcaption>K</figcaption></figure>"
    assert text.render(body, "html", base=BASE) == (
        f'<figure><img src="{BASE}a.jpg" srcset="{BASE}a.jpg 1x, https://koran.id/b%2Cc.jpg 2x">'
        "<figcaption>K</figcaption></figure>"
    )


@pytest.mark.parametrize(
    ("srcset", "candidates"),
    [
        ("a.jpg, b.jpg 2x", [("a.jpg", ""), ("b.jpg", "2x")]),
        ("a.jpg 640w,b,c.jpg 1.5x", [("a.jpg", "640w"), ("b,c.jpg", "1.5x")]),
        (", ,a.jpg,, b.jpg .5x ,", [("a.jpg", ""), ("b.jpg", ".5x")]),
        ("a.jpg besar, b.jpg 2x", [("b.jpg", "2x")]),
        (" ,, ", []),
        ("a.jpg 1w," * 1001, [("a.jpg", "1w")] * 1000),
    ],
)
def test_a_srcset_is_parted_as_browsers_part_it(srcset: str, candidates: list[tuple[str, str]]) -> None:
    """At commas behind a blank or a size; a comma within an address is part of it."""
    assert list(text.candidates_of(srcset)) == candidates


def test_frames_become_links() -> None:
    """An embedded video can still be reached, though feeds carry no frames."""
    assert text.render(
        '<iframe width="1" src="https://youtube.com/embed/a?b=1&amp;c=2"></iframe>', "html", base=BASE
    ) == ('<p><a href="https://youtube.com/embed/a?b=1&amp;c=2">https://youtube.com/embed/a?b=1&amp;c=2</a></p>')
    assert text.render("<iframe src='javascript:x'></iframe>a", "html", base=BASE) == "a"


class Seen(HTMLParser):
    """Collects each tag and attribute of a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@settings(max_examples=400)
@given(pieces(HTML.split()), st.sampled_from(["", BASE]))
def test_sanitised_html_is_harmless_and_stays(body: str, base: str) -> None:
    """No active tag, no handler, no style, every address absolute; sanitising again changes nothing."""
    rendered = text.render(body, "html", base=base)
    assert text.render(rendered, "html", base=base) == rendered
    assert not text.has_control(rendered)
    seen = Seen(rendered)
    assert not seen.tags & {
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "svg",
        "math",
        "template",
        "base",
        "meta",
    }
    for name, value in seen.attributes:
        assert not name.startswith("on")
        assert name not in {"style", "class"}
        if name in {"href", "src", "cite", "poster"}:
            assert re.match(r"(https?://|mailto:|tel:)", value)


@settings(max_examples=400)
@given(pieces(MARKDOWN.split() + MARKDOWN_BLOCKS), st.sampled_from(["", BASE]))
def test_markdown_is_what_the_sanitiser_would_make_of_it(body: str, base: str) -> None:
    """Markdown without raw HTML skips the HTML parser and still gives the same bytes."""
    rendered = text.render(body, "markdown", base=base)
    assert rendered == text.render(pyromark.html(text.clean(body), options=text.MARKDOWN), "html", base=base)


@given(ANY_TEXT)
def test_paragraphs_are_what_the_sanitiser_would_make_of_them(body: str) -> None:
    """Plain text skips the HTML parser and still gives the same bytes."""
    rendered = text.render(body, "text", base="")
    assert text.render(rendered, "html", base="") == rendered


# --- plain text


def test_plain_is_the_text_of_html() -> None:
    """Blocks are apart, inline tags are not, references are resolved, comments and scripts are gone."""
    assert text.plain("<p>A<b>B</b>&amp;C</p><p>D<!-- x --><br>E</p><script>x</script>3 < 4") == "AB&C D E 3 < 4"


def test_a_short_text_is_its_own_summary() -> None:
    """Nothing is added to what fits."""
    assert text.summarise("<p>Satu.</p>\n<p>Dua.</p>") == "Satu. Dua."


def test_a_summary_ends_with_a_sentence() -> None:
    """A full stop in the second half ends it; one behind an abbreviation or in a number does not."""
    body = "Prof. Budi membeli 1.500 ton beras. Ia menjualnya kembali kepada pedagang besar di pasar induk."
    assert text.summarise(body, 60) == "Prof. Budi membeli 1.500 ton beras."


def test_a_summary_ends_with_a_word() -> None:
    """Without a sentence's end it is cut after a word, with an ellipsis, within the length."""
    assert text.summarise("kata " * 100, 22) == "kata kata kata kata…"
    assert text.summarise("x" * 100, 10) == "x" * 9 + "…"


def test_a_summary_has_no_captions_and_headings() -> None:
    """Figures, tables, headings and code are left out, unless there is nothing else."""
    assert text.summarise("<figure><figcaption>Foto</figcaption></figure><h2>Judul</h2><p>Isi.</p>") == "Isi."
    assert text.summarise("<h2>Judul</h2>") == "Judul"


@given(ANY_TEXT, st.integers(2, 50))
def test_a_summary_keeps_to_its_length(body: str, length: int) -> None:
    """Whatever the text, the summary is one clean line of at most that many characters."""
    summary = text.summarise(body, length)
    assert len(summary) <= length
    assert summary == " ".join(text.clean(summary).split())
