"""Pages of HTML: a case is a page in tests/pages and a table of the same name in expected.toml."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.dates import JAKARTA, read_date
from feeds.errors import ArticleError, DateError, UnreadableError
from feeds.model import Draft, Image
from feeds.readers import PLAIN, Options, html, is_source, read_file
from feeds.readers.html_images import split_credit
from feeds.readers.html_title import without_site_name
from feeds.text import render

HERE = Path(__file__).parent / "pages"
CASES: dict[str, dict[str, Any]] = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
ARTICLES = [name for name, case in CASES.items() if "title" in case]

PARAGRAPHS = "".join(
    f"<p>Paragraf ke-{n} dari berita ini cukup panjang supaya dapat dikenali sebagai isi, bukan sebagai tautan.</p>"
    for n in range(1, 5)
)


def found_in(name: str) -> Draft | ArticleError | None:
    found = list(read_file(name, (HERE / name).read_bytes()))
    assert len(found) < 2
    return found[0] if found else None


def draft_of(text: str, options: Options = PLAIN) -> Draft:
    (draft,) = html.read("a.html", text, options=options)
    assert isinstance(draft, Draft), draft
    return draft


def page(head: str = "", body: str = "", lang: str = "id") -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>Harga Beras Turun</title>{head}</head>'
        f"<body><h1>Harga Beras Turun</h1>{body}{PARAGRAPHS}</body></html>"
    )


def moment(date: str | datetime | None) -> str:
    if date is None:
        return ""
    value = read_date(date).value if isinstance(date, str) else date
    return (value if value.tzinfo else value.replace(tzinfo=JAKARTA)).isoformat()


def test_every_page_has_its_table() -> None:
    """A page without expectations would test nothing."""
    assert {path.name for path in HERE.glob("*.html")} == set(CASES)


@pytest.mark.parametrize("name", ARTICLES)
def test_page_gives_its_article(name: str) -> None:
    """Every field of the Draft is what the table says; one that is not named is empty."""
    case, draft = CASES[name], found_in(name)
    assert isinstance(draft, Draft), draft
    wanted = {
        "title": case["title"],
        "title_origin": case.get("title_origin", "field"),
        "authors": tuple(case.get("authors", ())),
        "categories": tuple(case.get("categories", ())),
        "tags": tuple(case.get("tags", ())),
        "summary": case.get("summary", ""),
        "link": case.get("link", ""),
        "guid": case.get("guid", ""),
        "language": case.get("language", ""),
        "image": Image(**case["image"]) if "image" in case else None,
        "source": case.get("source", ""),
        "body_format": "html",
    }
    assert {name: getattr(draft, name) for name in wanted} == wanted
    assert (moment(draft.date), draft.date_origin) == (case["moment"], case.get("date_origin", "metadata"))
    assert moment(draft.updated) == case.get("updated", "")


@pytest.mark.parametrize("name", ARTICLES)
def test_body_is_the_article_and_nothing_else(name: str) -> None:
    """The body has the article's own markup, and none of the page's furniture."""
    case, draft = CASES[name], found_in(name)
    assert isinstance(draft, Draft)
    assert [part for part in case.get("present", ()) if part not in draft.body] == []
    assert [part for part in case.get("absent", ()) if part in draft.body] == []


@pytest.mark.parametrize("name", [name for name in CASES if name not in ARTICLES])
def test_other_pages_are_no_articles(name: str) -> None:
    """A list and an error page are reported for what they are; a generator's template of a list gives nothing."""
    case, found = CASES[name], found_in(name)
    if "error" in case:
        assert isinstance(found, ArticleError)
        assert (found.kind, case["error"] in found.reason) == ("unreadable", True)
    else:
        assert found is None


def rows_of(name: str) -> list[tuple[int, str, str]]:
    """(line, text, role) of a page's lines."""
    shown = html.explain(name, (HERE / name).read_text(encoding="utf-8"))
    return [(line.number, line.text, line.role) for line in shown]


@pytest.mark.parametrize("name", [name for name in ARTICLES if not name.startswith("jekyll")])
def test_explain_names_what_became_of_what(name: str) -> None:
    """The rows name the title, the date and the body of the Draft that ``read`` gives, with their places."""
    draft = found_in(name)
    assert isinstance(draft, Draft)
    rows = rows_of(name)
    assert [text for _, text, role in rows if role.startswith("title: ")] == [draft.title]
    assert len([role for _, _, role in rows if role.startswith("date: ")]) == (draft.date is not None)
    assert len([role for _, _, role in rows if role.startswith("body: ")]) == 1


def test_explain_tells_what_was_passed_over_and_cut() -> None:
    """Dates that were not taken are named with the reason, and so is every line that was cut as noise."""
    rows = rows_of("og.html")
    passed = {text: role for _, text, role in rows if role.startswith("date passed over")}
    assert "numbers that belong to no date" in passed["2024-07-09T08-15-00Z"]
    assert passed["2024/07/08 21:00:00"] == "date passed over: meta createdate: another day, less trusted"
    cut = rows_of("zona.html")
    assert {"ADVERTISEMENT", "SCROLL TO CONTINUE WITH CONTENT", "Berita Terkait"} <= {text for _, text, _ in cut}


# Dates


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ('<meta name="dtk:publishdate" content="2023/11/02 20:59:53">', "", "2023-11-02T20:59:53+07:00"),
        ('<meta name="content_PublishedDate" content="2023-11-02 21:34:19">', "", "2023-11-02T21:34:19+07:00"),
        ('<meta name="parsely-pub-date" content="2023-11-02T14:34:19Z">', "", "2023-11-02T14:34:19+00:00"),
        ('<meta itemprop="datePublished" content="2023-11-02T14:34:19+07:00">', "", "2023-11-02T14:34:19+07:00"),
        ('<meta name="pubdate" content="Thu, 02 Nov 2023 14:34:19 GMT">', "", "2023-11-02T14:34:19+00:00"),
        ('<meta name="pubdate" content="November 2, 2023, 9:34 pm">', "", "2023-11-02T21:34:00+07:00"),
        ('<meta name="pubdate" content="1698922459">', "", "2023-11-02T10:54:19+00:00"),
        ('<link rel="canonical" href="https://a.example/read/2023/11/02/beras">', "", "2023-11-02T00:00:00+07:00"),
        ('<meta name="date" content="0000-00-00 00:00:00">', "", ""),
        ('<meta name="date" content="1970-01-01T00:00:00+00:00">', "", ""),
        ('<meta name="date" content="11/02/2023 9:34:19 PM">', "", ""),
        ("", "<ul><li><time datetime='2023-11-02'>2 November 2023</time> <a href='/x'>Lain</a></li></ul>", ""),
        ("", "<div>Kamis, 2 November 2023 14:34 WITA</div>", "2023-11-02T14:34:00+08:00"),
        ("", "<p>JAMBI - Harga beras di pasar turun, Kamis (2/11/2023).</p>", "2023-11-02T00:00:00+07:00"),
    ],
)
def test_date(head: str, body: str, expected: str) -> None:
    """The publication's date in whatever name a page gives it; never a change's, a list's, a placeholder or a guess."""
    assert moment(draft_of(page(head, body)).date) == expected


TIME = '<time datetime="2023-11-02T14:34:00+07:00">2 November 2023</time>'
NAMED = TIME.replace("<time", '<time class="entry-date published"')
OTHER = '<time datetime="2021-01-02T10:00:00+07:00">2 Januari 2021</time>'
TODAY = "<time>Selasa, 24 November 2026</time>"
TEASER = (
    "<p>Petani senang karena panen tiba lebih awal, sedangkan pedagang masih menunggu harga yang lebih rendah lagi.</p>"
)


def beside(before: str = "", after: str = "", behind: str = "", head: str = "") -> Draft:
    """The article of a page with something above its headline, below it, and behind its text."""
    return draft_of(
        f'<html lang="id"><head><title>Harga Beras Turun</title>{head}</head><body>{before}'
        f"<h1>Harga Beras Turun</h1>{after}{PARAGRAPHS}{behind}</body></html>"
    )


@pytest.mark.parametrize(
    "draft",
    [
        lambda: beside(after=TIME),
        lambda: beside(after=f'<span class="posted-on"><a href="/b" rel="bookmark">{NAMED}</a></span>'),
        lambda: beside(after=f'<a href="/b">{TIME}</a>'),
        lambda: beside(after=f'<ul><li><a href="/r">Rina Sari</a></li><li>{TIME}</li></ul>'),
        lambda: beside(after=TIME.replace("2 November 2023", "4 jam lalu")),
        lambda: beside(after=TIME.replace("<time", '<time class="entry-date published updated"')),
        lambda: beside(after=f"<div>Diperbarui {OTHER} Terbit {TIME}</div>"),
        lambda: beside(before="<article>", after=f"{TEASER}<div>{NAMED}</div>", behind="</article>"),
        lambda: beside(before=f"<article><div>{TIME}</div>", behind="</article>"),
        lambda: beside(before=f'<div class="post-date">{TIME}</div>'),
        lambda: beside(before='<article class="hentry">', behind=f"<footer>{NAMED}</footer></article>"),
        lambda: beside(
            before='<div class="card"><div class="card-body">', after=f'<div class="card-meta">{TIME}</div>'
        ),
        lambda: beside(after=f'<div class="related"><p>Lain</p>{OTHER}</div>{TIME}'),
    ],
)
def test_a_time_beside_the_headline_is_the_publication(draft: Callable[[], Draft]) -> None:
    """Also one that is a link, stands in a list of its own, or is called ``updated`` though never changed."""
    assert moment(draft().date) == "2023-11-02T14:34:00+07:00"


@pytest.mark.parametrize(
    "draft",
    [
        lambda: beside(before=f"<header>{TODAY}</header>"),
        lambda: beside(before=f'<div class="topbar">{TODAY}</div>'),
        lambda: beside(before=f"<div>{TODAY}</div>"),
        lambda: beside(before='<div id="topbar">Selasa, 24 November 2026</div>'),
        lambda: beside(before=f'<div class="sidebar"><div>{OTHER}</div></div>'),
        lambda: beside(behind=f'<div class="comments"><div>Budi {OTHER}<p>Bagus</p></div></div>'),
        lambda: beside(before="<article>", behind=f'<div class="comment">Budi {OTHER}</div></article>'),
        lambda: beside(behind=f'<section><article class="card"><h3>Lain</h3>{OTHER}</article></section>'),
        lambda: beside(behind=f'<div class="related"><h3>Lain</h3>{OTHER}</div>'),
        lambda: beside(behind=f"<div><div>{OTHER}</div></div>"),
    ],
)
def test_a_time_elsewhere_is_no_date_of_the_article(draft: Callable[[], Draft]) -> None:
    """The day of the call, a comment's, a teaser's: alone they give none, beside a published line they do not count."""
    assert draft().date is None


@pytest.mark.parametrize("stray", [f"<header>{TODAY}</header>", f"<div>{OTHER}</div>"])
def test_the_published_line_outweighs_a_stray_time(stray: str) -> None:
    """What stands below the headline is the article's, whatever stands above."""
    draft = beside(before=stray, after="<div>Kamis, 2 November 2023 14:34 WIB</div>")
    assert (moment(draft.date), draft.date_origin) == ("2023-11-02T14:34:00+07:00", "published")


def test_metadata_that_contradicts_the_published_line_is_doubted() -> None:
    """Metadata stays, with a warning where the page shows another day; the same moment in UTC is no other day."""
    head = '<meta property="article:published_time" content="2023-11-01T20:30:00+00:00">'
    assert beside(head=head, after="<div>Kamis, 2 November 2023 03:30 WIB</div>").warnings == ()
    draft = beside(head=head, after="<div>Rabu, 8 November 2023 03:30 WIB</div>")
    assert moment(draft.date) == "2023-11-01T20:30:00+00:00"
    assert [kind for kind, _ in draft.warnings] == ["date"]


@pytest.mark.parametrize("shown", ["2 jam lalu", "Rina Sari 4 jam yang lalu", "3 hours ago", "Kamis, 14:30 WIB"])
def test_a_published_line_without_a_day_is_not_replaced(shown: str) -> None:
    """Where the page says when but nobody can read it, no day from the text is put in its place."""
    event = "<p>Peristiwa serupa pernah terjadi di desa yang sama pada Selasa (3/12/2019), kata seorang warga.</p>"
    assert moment_or_none(beside(after=f"<p>{shown}</p>{event}", behind=event).date) is None


def moment_or_none(date: str | datetime | None) -> str | None:
    try:
        return moment(date) or None
    except DateError:
        return None


def test_only_the_first_paragraph_has_the_dateline() -> None:
    """A day in the middle of the text is an event's."""
    event = "<p>Peristiwa serupa pernah terjadi di desa yang sama pada Selasa (3/12/2019), kata seorang warga.</p>"
    assert beside(behind=event).date is None
    assert moment(beside(after=event).date) == "2019-12-03T00:00:00+07:00"


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("", "<p>Diperbarui: 2 November 2023 14:34 WIB</p>"),
        ("", "<div>Terakhir Diperbarui</div><div>2 November 2023 14:34 WIB</div>"),
        ('<meta property="og:updated_time" content="2023-11-02T14:34:00+07:00">', ""),
        ('<meta property="article:modified_time" content="2023-11-02T14:34:00+07:00">', ""),
    ],
)
def test_a_page_that_tells_only_its_change_is_doubted(head: str, after: str) -> None:
    """It is published with the day of the change, and a warning says so."""
    draft = beside(head=head, after=after)
    assert (moment(draft.date), draft.updated) == ("2023-11-02T14:34:00+07:00", None)
    assert [kind for kind, _ in draft.warnings] == ["date"]


@pytest.mark.parametrize(
    "shown",
    [
        "Kamis (2/11/2023)<br>Terakhir diperbarui Jumat, 3 Nov 2023 19:30 WIB",
        "2 November 2023 Diperbarui: Jumat, 3 Nov 2023 19:30 WIB",
    ],
)
def test_a_change_beside_the_publication_is_the_change(shown: str) -> None:
    """Of two dates the one with the word is the update."""
    draft = beside(after=f"<p>{shown}</p>")
    assert moment(draft.date) == "2023-11-02T00:00:00+07:00"
    assert moment(draft.updated) == "2023-11-03T19:30:00+07:00"


@pytest.mark.parametrize("shown", ["Diposting pada 2 November 2023 oleh Rina", "Oleh Rina Sari pada 2 November 2023"])
def test_a_byline_with_a_day_is_a_published_line(shown: str) -> None:
    """The day may stand with the words that say who wrote it."""
    assert moment(beside(after=f"<div>{shown}</div>").date) == "2023-11-02T00:00:00+07:00"


def test_json_ld_of_a_stranger_is_not_the_article() -> None:
    """The only object counts but where its headline has nothing of the page's titles."""
    script = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s",'
        '"datePublished":"2021-01-02T08:00:00+07:00"}</script>'
    )
    stranger = beside(head=script % "Resep Rendang Padang", after="<div>2 November 2023</div>")
    assert (stranger.title, moment(stranger.date)) == ("Harga Beras Turun", "2023-11-02T00:00:00+07:00")
    assert moment(beside(head=script % "Harga Beras di Pasar Turun Lagi").date) == "2021-01-02T08:00:00+07:00"


BLOG = (
    "<html><head><title>%s</title></head><body>%s<div class='date-outer'><h2 class='date-header'><span>%s</span></h2>"
    "<div class='post hentry'><h3 class='post-title entry-title'>Harga Beras di Pasar Turun</h3>"
    f"<div class='post-body entry-content'>{PARAGRAPHS}</div><div class='post-footer'>Diposting oleh Rina di %s</div>"
    "</div></div></body></html>"
)
ABBR = "<a rel='bookmark' href='/b'><abbr class='published'%s title='2023-11-02T08:42:00+07:00'>08.42</abbr></a>"


@pytest.mark.parametrize("title", ["Kabar Desa: Harga Beras di Pasar Turun", "Harga Beras di Pasar Turun - Kabar Desa"])
@pytest.mark.parametrize("top", ["", "<h1 class='title'>Kabar Desa</h1>"])
@pytest.mark.parametrize(
    ("header", "stamp", "expected"),
    [
        ("Kamis, 2 November 2023", "08.42", "2023-11-02T00:00:00+07:00"),
        ("Kamis, 2 November 2023 Diperbarui: Jumat, 3 Nov 2023", "08.42", "2023-11-02T00:00:00+07:00"),
        ("Kamis, 2 November 2023", ABBR % " itemprop='datePublished'", "2023-11-02T08:42:00+07:00"),
        ("", ABBR % "", "2023-11-02T08:42:00+07:00"),
    ],
)
def test_a_blog_page(title: str, top: str, header: str, stamp: str, expected: str) -> None:
    """A blog's headline is a lower heading, its date stands above it or in an abbreviation's title."""
    draft = draft_of(BLOG % (title, top, header, stamp))
    assert (draft.title, moment(draft.date)) == ("Harga Beras di Pasar Turun", expected)


@pytest.mark.parametrize("heading", ["<h2>%s</h2>", "<p><b><font size=5>%s</font></b></p>", "<h1>Desa</h1><h3>%s</h3>"])
def test_what_stands_alone_of_the_title_is_the_headline(heading: str) -> None:
    """Without <h1>, the part of <title> that is a line of the page is the headline, the rest the site's name."""
    text = (
        f"<title>Harga Beras di Pasar Turun - Kabar Desa</title>{heading % 'Harga Beras di Pasar Turun'}"
        f"<p>2 November 2023</p>{PARAGRAPHS}"
    )
    draft = draft_of(text)
    assert (draft.title, moment(draft.date)) == ("Harga Beras di Pasar Turun", "2023-11-02T00:00:00+07:00")


def test_an_article_that_is_hidden_until_a_script_shows_it_is_read() -> None:
    """Also where it lies in a box that is called like an advertisement."""
    text = (
        "<p>Warga kota mengikuti lari malam di tepian sungai pada hari Sabtu bersama keluarga dan teman-teman.</p>" * 4
    )
    hidden = f'<div itemprop="articleBody" style="display:none"><div class="ads content">{text}</div></div>'
    head = '<meta property="og:title" content="Lari malam">'
    head += '<meta property="article:published_time" content="2024-12-01T10:00:00+07:00">'
    draft = draft_of(page(head, f"<article><h1>Lari malam</h1>{hidden}</article>"))
    assert draft.body.count("<p>") == 4


def test_a_column_beside_the_article_is_none_of_it() -> None:
    """In a page that a table lays out, the cell beside the headline's gives neither date nor body."""
    draft = draft_of(
        "<title>Harga Beras Turun</title><table><tr><td>Arsip<br>Kucing Naik Lift<br>16/02/2022 11.17 WIB</td>"
        f"<td><h1>Harga Beras Turun</h1><i>2 November 2023</i>{PARAGRAPHS}</td></tr></table>"
    )
    assert moment(draft.date) == "2023-11-02T00:00:00+07:00"
    assert "Kucing" not in draft.body


@pytest.mark.parametrize("name", ["rekomendasi", "kotak"])
def test_a_list_of_titles_behind_the_text_is_none_of_it(name: str) -> None:
    """Headings with nothing below them are other articles', also without links."""
    others = "".join(f"<h2>{title}</h2>" for title in ("Kucing Naik Lift", "Resep Rendang Padang", "Harga Motor Bekas"))
    text = page().replace(
        PARAGRAPHS, f"<article>{PARAGRAPHS}<div class='{name}'><h4>Pilihan</h4>{others}</div></article>"
    )
    body = draft_of(text).body
    assert [word for word in ("Kucing", "Rendang", "Motor", "Pilihan") if word in body] == []


def test_a_month_first_date_is_not_guessed_at() -> None:
    """Figures of which the month may stand first are passed over in a page that is not Indonesian."""
    assert draft_of(page('<meta name="date" content="11/02/2023">', lang="en-US")).date is None
    assert moment(draft_of(page('<meta name="date" content="11/02/2023">')).date) == "2023-02-11T00:00:00+07:00"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("Kamis, 2 November 2023 14:34 WIB", "2023-11-02T14:34:00+07:00"),
        ("Kamis, 2 November 2023 21:34 WIB", "2023-11-02T14:34:00+00:00"),
        ("Diperbarui: Kamis, 2 November 2023 14:34 WIB", "2023-11-02T14:34:00+00:00"),
    ],
)
def test_a_local_clock_written_as_utc(shown: str, expected: str) -> None:
    """A clock that metadata gives as UTC and the page shows as WIB is WIB; where the moments agree, all is well."""
    text = page('<meta property="article:published_time" content="2023-11-02T14:34:00+00:00">', f"<div>{shown}</div>")
    assert moment(draft_of(text).date) == expected


def test_teasers_are_not_taken_for_the_article() -> None:
    """Of several JSON-LD articles the one with the page's address or headline counts; of strangers none does."""
    teaser = '{"@type":"NewsArticle","headline":"Berita %s","url":"https://a.example/%s","datePublished":"2020-01-0%s"}'
    own = '{"@type":"NewsArticle","headline":"Harga Beras Turun","datePublished":"2024-05-06T07:08:00+07:00"}'
    script = '<script type="application/ld+json">[%s]</script>'
    others = ",".join(teaser % (n, n, n) for n in (1, 2, 3))
    assert moment(draft_of(page(script % f"{others},{own}")).date) == "2024-05-06T07:08:00+07:00"
    assert draft_of(page(script % others)).date is None


# Titles


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Harga Beras Turun - Kabar Kota", "Harga Beras Turun"),
        ("Harga Beras Turun | kabarkota.com", "Harga Beras Turun"),
        ("Harga Beras Turun Halaman all - Kabar Kota", "Harga Beras Turun Halaman all"),
        ("Harga Beras Turun - Halaman 2 - Kabar Kota", "Harga Beras Turun"),
        ("Kabar Kota - Harga Beras Turun", "Harga Beras Turun"),
        ("Menang 3 - 1, Timnas Lolos ke Final", "Menang 3 - 1, Timnas Lolos ke Final"),
        ("Harga Beras Turun - Warga Senang", "Harga Beras Turun - Warga Senang"),
    ],
)
def test_title_is_freed_of_the_site(title: str, expected: str) -> None:
    """The site's name and the page's number go, whatever sign parts them; the headline's own dashes stay."""
    assert without_site_name(title, frozenset({"kabarkota"}), set()) == expected


def test_title_is_decoded_once() -> None:
    """References of HTML are resolved once: what a headline shows as ``&lt;`` stays."""
    text = (
        page()
        .replace("<h1>Harga Beras Turun", "<h1>Tag &amp;lt;b&amp;gt; &amp; Beras")
        .replace("<title>Harga Beras Turun</title>", "")
    )
    assert draft_of(text).title == "Tag &lt;b&gt; & Beras"


def test_a_title_cut_short_is_taken_whole() -> None:
    """Where metadata ends a headline with dots, the heading has it whole."""
    head = '<meta property="og:title" content="Harga Beras Turun di Tiga Pasar...">'
    text = page(head).replace("<h1>Harga Beras Turun", "<h1>Harga Beras Turun di Tiga Pasar Induk Kota")
    assert draft_of(text).title == "Harga Beras Turun di Tiga Pasar Induk Kota"


# Bodies


def test_selector_says_where_the_body_is() -> None:
    """With a selector the body is what it selects; a wrong selector is said."""
    text = page(body="<div class='isi'><p>Hanya ini isinya, kata petugas.</p></div>")
    assert draft_of(text, Options(body_selector="div.isi")).body == "<p>Hanya ini isinya, kata petugas.</p>"
    with pytest.raises(UnreadableError, match="no CSS selector"):
        draft_of(text, Options(body_selector="div["))


@pytest.mark.parametrize(
    "noise",
    [
        "<p>Baca juga: <a href='/x'>Harga Cabai Naik Lagi</a></p>",
        "<p>ADVERTISEMENT</p>",
        "<p>SCROLL TO CONTINUE WITH CONTENT</p>",
        "<p>Simak Video: Panen Raya</p>",
        "<p>Halaman selanjutnya</p>",
        "<div>Bagikan</div>",
        "<p>Editor: Maya Sari</p>",
        "<p>Ikuti kami di Google News</p>",
        "<p>Copyright 2024 Kabar Kota</p>",
        "<div class='tags'><a href='/t'>beras</a> <a href='/u'>pasar</a></div>",
        "<ul><li><a href='/1'>Stok Gula Masih Cukup</a></li><li><a href='/2'>Minyak Curah Lebih Murah</a></li></ul>",
        "<script>var x = 'Bagikan';</script>",
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_noise_is_no_part_of_a_body(noise: str, place: int) -> None:
    """The page's own voice is cut wherever it stands, and every paragraph of the article stays."""
    parts = PARAGRAPHS.split("</p>")[:4]
    parts.insert(place, noise.removesuffix("</p>") if noise.startswith("<p") else noise)
    joined = "".join(part + "</p>" if part.startswith("<p") else part for part in parts)
    body = draft_of(page().replace(PARAGRAPHS, f'<div itemprop="articleBody">{joined}</div>')).body
    assert body == PARAGRAPHS


def test_a_dateline_alone_joins_its_sentence() -> None:
    """``Jambi -`` before the first paragraph is the beginning of it."""
    body = draft_of(page(body="").replace(PARAGRAPHS, f"<div><b>Jambi</b> - {PARAGRAPHS}</div>")).body
    assert body.startswith("<p><b>Jambi</b> - Paragraf ke-1")


def test_related_within_a_paragraph_goes() -> None:
    """A link to another article within or behind a paragraph is cut, the paragraph's own links stay."""
    related = "<a href='/t'>tautan</a>. Baca juga: <a href='/x'>Lain Lagi</a></p>"
    parts = PARAGRAPHS.replace("sebagai tautan.</p>", related, 1)
    body = draft_of(page().replace(PARAGRAPHS, f'<div itemprop="articleBody">{parts}</div>')).body
    assert 'bukan <a href="/t">tautan</a>.</p>' in body
    assert "Lain Lagi" not in body


def test_rendering_the_body_gives_safe_html() -> None:
    """What is kept of the page's markup passes through the sanitiser like any other HTML."""
    text = page(body='<p onclick="x()">Isi <a href="javascript:x()">jahat</a> yang cukup panjang untuk kalimat.</p>')
    rendered = render(draft_of(text).body, "html", base="https://a.example/b/")
    assert "javascript" not in rendered
    assert "onclick" not in rendered


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Warga menyeberang. (Foto: Budi/Antara)", ("Warga menyeberang.", "Budi/Antara")),
        ("Warga menyeberang. ANTARA FOTO/Budi Santoso", ("Warga menyeberang.", "ANTARA FOTO/Budi Santoso")),
        ("Warga menyeberang (Dok. Humas)", ("Warga menyeberang", "Humas")),
        ("Foto lama dipajang di balai desa", ("Foto lama dipajang di balai desa", "")),
    ],
)
def test_credit_is_parted_from_its_caption(caption: str, expected: tuple[str, str]) -> None:
    """A caption's end says whose picture it is; a caption about pictures has no credit."""
    assert split_credit(caption) == expected


# Which files


@pytest.mark.parametrize("path", ["a.html", "a.HTM", "berita/a.xhtml", "berita/2024/a/index.html"])
def test_pages_are_sources(path: str) -> None:
    """HTML of any suffix is a source, and so is the index.html of an article's own folder."""
    assert is_source(path)


@pytest.mark.parametrize(
    "path",
    [
        "a.shtml",
        "index.html",
        "404.html",
        "berita/page/2/index.html",
        "berita/page/2.html",
        "layouts/a.html",
        "themes/x/a.html",
        "_layouts/a.html",
        "templates/a.html",
        "Harga Beras_files/iklan.html",
    ],
)
def test_templates_and_lists_are_no_sources(path: str) -> None:
    """Home pages, second pages of lists, templates and what a browser saved beside a page are no sources."""
    assert not is_source(path)


# Hostile pages


@pytest.mark.parametrize(
    "text",
    [
        "<" * 1_000_000,
        page(body="<div>" * 100_000),
        page(body="<b>" * 100_000),
        page(body="<table><tr><td>" * 5_000),
        page(body="Satu baris saja.<br>" * 5_000),
        page(body="<a href='x'>Berita lain yang menarik</a> " * 5_000),
        page(body="<!--" * 100_000),
        page(head=f"<script type='application/ld+json'>{'[' * 100_000}</script>"),
        page(head='<script type=\'application/ld+json\'>{"@type":"Article","a":"' + '\\"' * 200_000 + "</script>"),
        page(head=f"<script type='application/ld+json'>{chr(34) * 200_001}</script>"),
        page(head=f"<meta name='keywords' content='{'a,' * 100_000}'>"),
        page(body=f"<img srcset='{'a, ' * 100_000}'>"),
        page(body=f"<p>{'(baca juga: ' * 50_000}</p>"),
        f"<title>{' - a' * 100_000}</title>{PARAGRAPHS}",
    ],
    ids=range(14),
)
def test_hostile_pages_take_no_long_time(text: str) -> None:
    """A page of nothing but opening marks, or too deep, gives clean text or one error, in bounded time."""
    start = time.perf_counter()
    for found in read_file("a.html", text.encode()):
        assert isinstance(found, Draft | ArticleError)
        assert not isinstance(found, ArticleError) or "(" not in found.reason
    assert time.perf_counter() - start < 30


PIECES = re.findall(
    r"<[^>]+>|[^<\s]+",
    "<p></p><div></div><h1></h1><ul><li><a href=x></a><br><img><figure><table><td><!-- --> <time><script></script>"
    " &amp; Teks Baca juga: 3/12/2024 <p itemprop=articleBody><html><body><noscript>"
    "<meta name=date content=x><blockquote>",
)


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=40,
    ).map("".join)
)
def test_no_markup_raises(text: str) -> None:
    """Whatever the markup, reading ends in one Draft or one error that is a sentence, and ``explain`` agrees."""
    for found in read_file("a.html", text.encode()):
        assert isinstance(found, Draft | ArticleError)
        assert not isinstance(found, ArticleError) or "Error:" not in found.reason
