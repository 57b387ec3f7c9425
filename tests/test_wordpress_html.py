"""The text of WordPress posts as HTML: paragraphs, shortcodes, blocks, and that no text takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.readers.shortcodes import Attachment, expand
from feeds.readers.wordpress_html import autop, to_html


def library(ids: tuple[int, ...]) -> list[Attachment]:
    """A media library in which every number has a picture, and number 9 a recording."""
    return [Attachment(f"https://kabar.example/{n}.{'mp3' if n == 9 else 'jpg'}", f"Foto {n}", "a & b") for n in ids]


def html(text: str) -> str:
    return to_html(text, library)


class TestParagraphs:
    """The rules of wpautop."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", ""),
            (" \n \t\n", ""),
            ("satu", "<p>satu</p>"),
            ("satu\n\ndua", "<p>satu</p>\n<p>dua</p>"),
            ("satu\ndua", "<p>satu<br />\ndua</p>"),
            ("satu  \n \n\n dua\n", "<p>satu  </p>\n<p> dua</p>"),
            ("satu<br /><br>dua", "<p>satu</p>\n<p>dua</p>"),
            ("satu<br>\ndua", "<p>satu<br />\ndua</p>"),
            ("satu <b>dua</b>\n\n<i>tiga</i>", "<p>satu <b>dua</b></p>\n<p><i>tiga</i></p>"),
            ("<p>satu</p>\n\n<p>dua</p>", "<p>satu</p>\n<p>dua</p>"),
            ("<h2>Judul</h2>\nteks", "<h2>Judul</h2>\n<p>teks</p>"),
            ("teks\n<h2>Judul</h2>\n\nlagi", "<p>teks</p>\n<h2>Judul</h2>\n<p>lagi</p>"),
            ("<div>satu\n\ndua</div>", "<div>satu</p>\n<p>dua</p></div>"),
            ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nc", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>c</p>"),
            ("<blockquote>satu\n\ndua</blockquote>", "<blockquote><p>satu</p>\n<p>dua</p></blockquote>"),
            ("a<hr />b", "<p>a</p>\n<hr />\n<p>b</p>"),
            ("a\n\n<!-- catatan -->\n\nb", "<p>a</p>\n<p><!-- catatan --></p>\n<p>b</p>"),
            ("a <span\nclass='x'>b</span>", "<p>a <span\nclass='x'>b</span></p>"),
            ("<pre>a\n\n<b>b</b>\n</pre>", "<pre>a\n\n<b>b</b>\n</pre>"),
            ("x\n<pre class='k'>a\n\nb</pre>\ny", "<p>x</p>\n<pre class='k'>a\n\nb</pre>\n<p>y</p>"),
            ("<table><tr>\n<td>a</td>\n</tr></table>", "<table>\n<tr>\n<td>a</td>\n</tr>\n</table>"),
            (
                "<select>\n<option>a</option>\n<option>b</option>\n</select>",
                "<p><select><option>a</option><option>b</option></select></p>",
            ),
            (
                "<video>\n<source src='a.mp4'>\n\n<track src='a.vtt'>\n</video>",
                "<p><video><source src='a.mp4'><track src='a.vtt'></video></p>",
            ),
            (
                "<figure>\n<img src='a.jpg'>\n<figcaption>Foto</figcaption>\n</figure>",
                "<figure>\n<img src='a.jpg'><figcaption>Foto</figcaption></figure>",
            ),
            ("a\n\n<script>x();\n\ny();</script>\n\nb", "<p>a</p>\n<p><script>x();\n\ny();</script></p>\n<p>b</p>"),
            ("\r\n".join(["a", "", "b"]).replace("\r\n", "\n"), "<p>a</p>\n<p>b</p>"),
        ],
    )
    def test_empty_lines_part_paragraphs_and_blocks_stay(self, text: str, expected: str) -> None:
        """A line end is a break, but around blocks."""
        assert autop(text) == expected

    @given(st.text(alphabet="ab \n", max_size=60))
    def test_paragraphs_of_plain_text_are_not_made_twice(self, text: str) -> None:
        """What is HTML already stays as it is, and no word is lost."""
        once = autop(text)
        assert autop(once) == once
        assert once.replace("<p>", " ").replace("</p>", " ").replace("<br />", " ").split() == text.split()

    TAGS = ("<p>", "</p>", "<div>", "</div>", "<pre>", "</pre>", "<br>", "<li>", "<blockquote>", "</blockquote>")

    OTHERS = ("\n", "\n\n", " ", "kata", "<", "[x]", "[b y='z']", "[/b]", "<!--", "-->")

    @given(st.lists(st.sampled_from(TAGS + OTHERS)))
    def test_any_order_of_tags_is_read_and_loses_no_word(self, pieces: list[str]) -> None:
        """Broken HTML is for the sanitiser, which sees all of it."""
        text = "".join(pieces)
        assert autop(text).count("kata") == text.count("kata")
        html(text)


class TestShortcodes:
    """What is one becomes HTML or goes; what is none stays."""

    @pytest.mark.parametrize(
        "text",
        [
            "[sic]", "[...]", "[1]", "[Update]", "[UPDATE] Jalan dibuka", "[ke-2]", "[bersambung]", "[Foto: Budi]",
            "[dari kiri] Ani", "[a", "a] b", "[]", "[[2]]", "kata [yang dimaksud: pasar] lagi", "[/]", "[php]",
            "<a title='[gallery]'>x</a>", "<code>[gallery ids=\"1\"]</code>", "<pre>[caption]x[/caption]</pre>",
            "<!-- [gallery] -->",
        ],
    )  # fmt: skip
    def test_brackets_of_a_writer_stay(self, text: str) -> None:
        """So do shortcodes in code, in comments and in tags."""
        assert expand(text, library) == text

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('a [iklan id="3"] b', "a  b"),
            ("a [iklan id=3 /] b", "a  b"),
            ("a [su_divider] b", "a  b"),
            ("a [contact-form-7 id='5' title='Kontak'] b", "a  b"),
            ("[kotak]teks [sic] lagi[/kotak]", "teks [sic] lagi"),
            ('[vc_row][vc_column width="1/2"]teks[/vc_column][/vc_row]', "teks"),
            ('[tombol url="https://kabar.example/"]Baca[/tombol]', "Baca"),
            ("[vc_raw_html]JTNDZGl2JTNF[/vc_raw_html]", ""),
            ("[a][b]x[/a][/b]", "[b]x"),
            ("teks [/kotak]", "teks "),
            ("[iklan judul=”satu dua”]", ""),
            ('[iklan judul="a ] b"]x', "x"),
            ("[digg=http://kabar.example/x]", ""),
        ],
    )
    def test_an_unknown_one_leaves_what_it_encloses(self, text: str, expected: str) -> None:
        """It is known by an attribute, a closing bracket of its own or an underscore."""
        assert expand(text, library) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[[gallery]]", "[gallery]"),
            ('[[iklan id="3"]]', '[iklan id="3"]'),
            ("[[caption]foto[/caption]]", "[caption]foto[/caption]"),
        ],
    )
    def test_one_that_is_spoken_of_is_shown(self, text: str, expected: str) -> None:
        """Doubled brackets become single ones."""
        assert expand(text, library) == expected

    IMAGE = '<img src="a.jpg" alt="" />'

    @pytest.mark.parametrize(
        "text",
        [
            f'[caption id="attachment_6" align="alignright" width="300"]{IMAGE} Pasar <i>pagi</i>[/caption]',
            f'[caption id="" width="300" caption="Pasar <i>pagi</i>"]{IMAGE}[/caption]',
            f'[wp_caption width="300"]{IMAGE}\nPasar\n\n<i>pagi</i>\n[/wp_caption]',
        ],
    )
    def test_a_caption_is_a_figure(self, text: str) -> None:
        """In the new form, behind the image, and in the old one, as an attribute."""
        assert html(text) == f"<figure>{self.IMAGE}<figcaption>Pasar <i>pagi</i></figcaption></figure>"

    def test_a_captions_image_keeps_its_link(self) -> None:
        """What has no image is no figure."""
        link = f'<a href="https://kabar.example/a.jpg">{self.IMAGE}</a>'
        assert html(f"[caption width='3']{link}Pasar[/caption]").startswith(f"<figure>{link}<figcaption>Pasar")
        assert html("[caption width='3']Pasar[/caption]") == "<p>Pasar</p>"

    def test_a_gallery_is_its_pictures(self) -> None:
        """Each a figure with its caption; a recording is a link."""
        found = html('satu\n[gallery ids="2, 1,9" columns="2"]\ndua')
        assert found == (
            "<p>satu</p>\n"
            '<figure><img src="https://kabar.example/2.jpg" alt="a &amp; b"><figcaption>Foto 2</figcaption></figure>\n'
            '<figure><img src="https://kabar.example/1.jpg" alt="a &amp; b"><figcaption>Foto 1</figcaption></figure>\n'
            '<p><a href="https://kabar.example/9.mp3">Foto 9</a></p>\n'
            "<p>dua</p>"
        )

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("[embed width='3']https://video.example/a?b=1&c=2[/embed]", "https://video.example/a?b=1&amp;c=2"),
            ('[video mp4="https://kabar.example/a.mp4"][/video]', "https://kabar.example/a.mp4"),
            ("[audio https://kabar.example/a.mp3]", "https://kabar.example/a.mp3"),
            ("[youtube=http://www.youtube.com/watch?v=abcdefghijk&w=320]",
             "http://www.youtube.com/watch?v=abcdefghijk&amp;w=320"),
            ("[youtube abcdefghijk]", "https://www.youtube.com/watch?v=abcdefghijk"),
            ('[vimeo id="1234567"]', "https://vimeo.com/1234567"),
            ("https://video.example/a?b=1&c=2", "https://video.example/a?b=1&amp;c=2"),
        ],
    )  # fmt: skip
    def test_media_are_links(self, text: str, address: str) -> None:
        """So is an address on a line of its own, which WordPress shows as a player."""
        assert html(f"satu\n\n{text}\n\ndua") == f'<p>satu</p>\n<p><a href="{address}">{address}</a></p>\n<p>dua</p>'

    def test_code_is_shown_as_it_is(self) -> None:
        """Neither paragraphs nor shortcodes are made of it."""
        text = '[code lang="php"]\nif (a < b) {\n\n echo [gallery]; }\n[/code]'
        assert html(text) == "<pre><code>if (a &lt; b) {\n\n echo [gallery]; }</code></pre>"


class TestBlocks:
    """The block editor's marks go; what they hold is HTML already."""

    def test_marks_go_and_no_paragraph_is_made(self) -> None:
        """Not even of a line end within a block."""
        text = (
            "<!-- wp:paragraph -->\n<p>satu\ndua</p>\n<!-- /wp:paragraph -->\n\n"
            '<!-- wp:image {"id":6,"alt":"a - b"} -->\n<figure><img src="a.jpg"/></figure>\n<!-- /wp:image -->\n\n'
            '<!-- wp:latest-posts {"postsToShow":3} /-->\n<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->'
        )
        assert " ".join(html(text).split()) == '<p>satu dua</p> <figure><img src="a.jpg"/></figure>'

    def test_what_stands_outside_of_blocks_gets_paragraphs(self) -> None:
        """As a post has that was begun in the classic editor."""
        text = "satu\n\ndua\n<!-- wp:paragraph -->\n<p>tiga</p>\n<!-- /wp:paragraph -->"
        assert " ".join(html(text).split()) == "<p>satu</p> <p>dua</p> <p>tiga</p>"

    def test_a_player_is_a_link_and_a_shortcode_is_one_still(self) -> None:
        """In blocks as elsewhere."""
        text = (
            '<!-- wp:embed {"url":"https://video.example/a"} -->\n<figure><div class="wp-block-embed__wrapper">\n'
            "https://video.example/a\n</div></figure>\n<!-- /wp:embed -->\n"
            "<!-- wp:shortcode -->\n[iklan id='3']\n<!-- /wp:shortcode -->"
        )
        assert '<p><a href="https://video.example/a">https://video.example/a</a></p>' in html(text)
        assert "[iklan" not in html(text)

    def test_ends_of_pages_and_teasers_go(self) -> None:
        """A post is read whole."""
        assert html("satu<!--more Lanjut-->\n\n<!--nextpage-->\n\ndua") == "<p>satu</p>\n<p>dua</p>"


HOSTILE = [
    " ", "\n", " \n", "<", "<p>", "<p><li", "<pre>", "<code>", "<script", "<!--", "<!-- wp:x ", "<!-- wp:x -->",
    "[", "[[", "[a b='", '[a b="', "[a]", "[/a]", "[a][b]", "[code]", "[caption]<img ", "<table ", "<option", "&",
    "<figcaption", "\n<a", "<br>", "<object>", "<source", "http://", "\nhttp://a", "<blockquote>", "[a b=c ", "'\"",
    "<a ", "[embed",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long(piece: str) -> None:
    """A quarter of a megabyte of the same is read in the time of any other, not in its square."""
    much = piece * (250_000 // len(piece))
    for text in (much, "<option></object><source><figcaption>" + much):
        start = time.process_time()
        html(text)
        assert time.process_time() - start < 5
