"""Pages of HTML: a case is a page in tests/pages and a table of the same name in expected.toml."""

from __future__ import annotations

import re
import time
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.dates import JAKARTA, read_date
from feeds.errors import ArticleError, UnreadableError
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


@settings(max_examples=60, deadline=None)
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
