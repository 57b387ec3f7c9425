"""JSON and JSON Lines: where the articles are, and what one bad record costs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from feeds.errors import ArticleError
from feeds.model import Draft, Image
from feeds.readers import read_file

ARTICLE = {"judul": "A", "isi": "Isi."}


def read(value: Any, path: str = "a.json") -> list[Draft | ArticleError]:
    return list(read_file(path, (value if isinstance(value, str) else json.dumps(value)).encode()))


def drafts(value: Any, path: str = "a.json") -> list[Draft]:
    found = read(value, path)
    assert all(isinstance(item, Draft) for item in found), found
    return [item for item in found if isinstance(item, Draft)]


@pytest.mark.parametrize("key", ["articles", "items", "data", "berita", "artikel", "posts", "results", "@graph"])
def test_a_list_is_found_within_an_object(key: str) -> None:
    """A list of objects under a known key, also within ``data``, holds the articles."""
    assert [item.position for item in drafts({key: [ARTICLE, ARTICLE]})] == [0, 1]
    assert [item.title for item in drafts({"data": {key: [ARTICLE]}})] == ["A"]


def test_an_object_may_be_one_article() -> None:
    """An object with a title or a body is one article without a position, whatever lists of figures it has."""
    (found,) = drafts({**ARTICLE, "data": [1, 2]})
    assert (found.title, found.position) == ("A", None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{}", "the file holds no article"),
        ('"A"', "the file holds no articles but a single value"),
        ("[1,\n2", "line 2 is no JSON"),
        ("[" * 100_000, "values lie deeper"),
        ('{"a":' * 100_000, "values lie deeper"),
    ],
)
def test_a_file_without_articles_is_refused(text: str, reason: str) -> None:
    """A file that is no JSON, or none with articles, is one error."""
    (found,) = read(text)
    assert isinstance(found, ArticleError)
    assert found.path == "a.json"
    assert found.reason.startswith(reason)


def test_a_bad_element_costs_itself() -> None:
    """An element that is no object is an error with its number, the others are read."""
    found = read([ARTICLE, 5, ARTICLE])
    assert [item.path for item in found] == ["a.json", "a.json#2", "a.json"]


def test_a_bad_line_costs_itself() -> None:
    """A broken line is an error with its number, empty lines count and give nothing."""
    line = json.dumps(ARTICLE)
    found = read("\n".join([line, "", '{"judul": ', "[]", "[" * 5000, line]), "a.jsonl")
    assert [getattr(item, "position", item.path) for item in found] == [0, "a.jsonl#3", "a.jsonl#4", "a.jsonl#5", 5]


def test_a_line_may_hold_other_line_ends() -> None:
    """U+2028 within a text ends no line."""
    assert drafts('{"judul": "A\u2028B"}\n', "a.jsonl")[0].title == "A\u2028B"


def test_numbers_stay_as_written() -> None:
    """NaN is nothing; a number of any length is the text of its figures."""
    (found,) = drafts('[{"judul": 2024, "penulis": NaN, "slug": ' + "9" * 5000 + ', "isi": 1.50}]')
    assert (found.title, found.authors, found.body) == ("2024", (), "1.50")
    assert found.slug == "9" * 5000


def test_half_a_surrogate_pair_is_replaced() -> None:
    """A text that no encoding can write does not leave the reader; a whole pair is a character."""
    assert drafts(r'[{"judul": "A \ud800 B \ud83d\ude80"}]')[0].title == "A \ufffd B \U0001f680"


def test_drafts_are_passed_over_and_keep_their_number() -> None:
    """A record marked as a draft gives nothing; the positions of the others do not change."""
    found = drafts([{**ARTICLE, "draft": True}, {**ARTICLE, "published": False}, {**ARTICLE, "status": "publish"}])
    assert [item.position for item in found] == [2]


def test_wordpress_api_objects_are_read() -> None:
    """WordPress' REST API nests its texts under ``rendered``."""
    post = {
        "id": 7,
        "slug": "a",
        "status": "publish",
        "date": "2024-12-03T10:00:00",
        "link": "https://warta.example/a",
        "guid": {"rendered": "https://warta.example/?p=7"},
        "title": {"rendered": "A"},
        "content": {"rendered": "<p>B</p>"},
        "excerpt": {"rendered": "<p>C</p>"},
    }
    (found,) = drafts([post])
    assert (found.title, found.body, found.body_format, found.summary) == ("A", "<p>B</p>", "html", "<p>C</p>")
    assert found.guid == "https://warta.example/?p=7"


def test_wordpress_moments_are_read_in_utc() -> None:
    """``date_gmt`` says the moment, ``date`` only the clock of a site whose zone nobody names; a draft has noughts."""
    post = {
        **ARTICLE,
        "date": "2024-12-03T18:00:00",
        "date_gmt": "2024-12-03T10:00:00",
        "modified_gmt": "0000-00-00T00:00:00",
    }
    (found,) = drafts([{**post, "modified": "2024-12-04T09:00:00", "categories": [7, 12], "tags": [3], "author": 2}])
    assert (found.date, found.updated) == ("2024-12-03T10:00:00+00:00", "2024-12-04T09:00:00")
    assert (found.categories, found.tags, found.authors) == ((), (), ())


@pytest.mark.parametrize(
    ("written", "date"),
    [
        (1733196600, "2024-12-03T03:30:00+00:00"),
        ("1733196600.5", "2024-12-03T03:30:00+00:00"),
        (1733196600123, "2024-12-03T03:30:00+00:00"),
        ({"$date": 1733196600123}, "2024-12-03T03:30:00+00:00"),
        ({"$date": "2024-12-03T03:30:00Z"}, "2024-12-03T03:30:00Z"),
        ("20241203", "2024-12-03"),
        ("20241203103000", "2024-12-03 10:30:00"),
        ("202412031030", "2024-12-03 10:30:00"),
        ("20241399", "20241399"),
        ("700000000", "700000000"),
        ("45629", "45629"),
    ],
)
def test_figures_alone_can_be_a_date(written: Any, date: str) -> None:
    """Seconds and milliseconds since the epoch, and a day in figures, are dates where they lie in our time."""
    (found,) = drafts([{**ARTICLE, "timestamp": written}])
    assert (found.date.isoformat() if isinstance(found.date, datetime) else found.date) == date


def test_a_column_for_the_clock_completes_the_day() -> None:
    """A day in one column and a clock in another are one moment; a day that has its clock needs none."""
    rows = [{"tanggal": "3 Desember 2024", "jam": "10.30 WIB"}, {"tanggal": "2024-12-03 07:00:00", "waktu": "10:30"}]
    assert [item.date for item in drafts([{**ARTICLE, **row} for row in rows])] == [
        "3 Desember 2024 10.30 WIB",
        "2024-12-03 07:00:00",
    ]
    assert drafts([{**ARTICLE, "waktu": "3 Desember 2024 10:30"}])[0].date == "3 Desember 2024 10:30"


def test_an_embargo_goes_before_the_day_of_writing() -> None:
    """Hugo's ``publishDate`` is the date where it is the later one, so that nothing appears too early."""
    both = [
        ("2024-12-03", "2024-12-09"),
        ("2024-12-03", "2024-11-01"),
        ("3 Des 2024", "2024-12-09"),
        ("", "2024-12-09"),
    ]
    found = [drafts([{**ARTICLE, "date": date, "publishDate": embargo}])[0].date for date, embargo in both]
    assert found == ["2024-12-09", "2024-12-03", "3 Des 2024", "2024-12-09"]


@pytest.mark.parametrize("body", [["A", "B"], "['A', 'B']", '["A", "B"]', [{"text": "A"}, None, "B"]])
def test_a_list_of_paragraphs_is_a_body(body: Any) -> None:
    """Every paragraph of a list is kept, also of one that a table holds as text."""
    assert drafts([{"judul": "J", "content": body}])[0].body == "A\n\nB"


def test_a_long_list_of_paragraphs_is_a_body_as_well() -> None:
    paragraphs = [f"Paragraf {n}, tentang sungai, pasar dan jalan. " * 6 for n in range(400)]
    body = drafts([{"judul": "J", "isi": str(paragraphs)}])[0].body
    assert body.count("\n\n") == 399


@pytest.mark.parametrize(
    "body",
    [
        *("[Jakarta] Harga naik.", "['A', 'B'", "[1, 2]", "['A' 'B' + ]", "['a', " + "[" * 5000 + "]"),
        "['a'" + ",1" * 100_000 + "]",  # as a list it would take a hundred times its size in memory
    ],
)
def test_a_body_in_brackets_is_itself(body: str) -> None:
    """What only looks like a list stays as it is."""
    assert drafts([{"judul": "J", "isi": body}])[0].body == body


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ("Harga naik.\nMenyukai ini:\nSuka Memuat...", "Harga naik."),
        ("Harga naik.\nBagikan ini:\nStok habis.", "Harga naik.\nStok habis."),
        ("Harga naik. SCROLL TO CONTINUE WITH CONTENT Stok habis.", "Harga naik.   Stok habis."),
        ("Harga naik.\nADVERTISEMENT\nSCROLL TO RESUME CONTENT\nStok habis.", "Harga naik.\n\nStok habis."),
        ("Harga naik.\n\nBaca juga: Stok beras aman\n\nStok habis.", "Harga naik.\n\n\nStok habis."),
        ("Harga naik. Baca juga: Stok beras aman  Stok habis.", "Harga naik.   Stok habis."),
        ("Harga naik.\nSimak juga Video 'Pasar Sepi':", "Harga naik."),
        ("Harga naik. [Gambas:Video Warta]", "Harga naik."),
        ("Harga naik.\nHalaman 1 2 Selanjutnya", "Harga naik."),
        ("Harga naik. (bud/ani)", "Harga naik."),
        ("Harga naik. Pewarta: Budi Editor: Ani Copyright © WARTA 2024 Dilarang mengutip", "Harga naik."),
        ("Harga naik. Hak cipta juga naik.", "Harga naik. Hak cipta juga naik."),
        (
            "Simak juga bagaimana pedagang bertahan di pasar lama.",
            "Simak juga bagaimana pedagang bertahan di pasar lama.",
        ),
    ],
)
def test_a_page_noise_leaves_a_crawled_text(body: str, rest: str) -> None:
    """Advertisements, links to other articles, pagers, initials and the page's foot go; sentences stay."""
    assert drafts([{"judul": "J", "isi": body}])[0].body == rest


@pytest.mark.parametrize(
    "flags",
    [
        {"is_draft": True},
        {"isPublished": "false"},
        {"unlisted": True},
        {"status": "unpublished"},
    ],
)
def test_what_is_not_to_be_seen_is_passed_over(flags: dict[str, Any]) -> None:
    """Drafts, unlisted and unpublished records in every dialect give nothing."""
    assert drafts([{**ARTICLE, **flags}, ARTICLE])[0].position == 1


def test_names_of_crawlers_and_generators_are_known() -> None:
    """The commonest further names: of dates, bodies, images, and an editor where no writer is named."""
    for name in ("time_published", "waktu_publish", "tgl_publikasi", "date_added", "pubDatetime", "date_publish"):
        assert drafts([{**ARTICLE, name: "2024-12-03", "scrape_time": "2025-01-01"}])[0].date == "2024-12-03"
    for name in ("konten_berita", "narasi", "maintext", "full_text"):
        assert drafts([{"judul": "J", name: "Isi."}])[0].body == "Isi."
    (found,) = drafts([{**ARTICLE, "heroImage": "/a.jpg", "heroAlt": "Pasar", "modDatetime": "2024-12-04"}])
    assert (found.image, found.updated) == (Image(url="/a.jpg", caption="Pasar"), "2024-12-04")
    assert drafts([{**ARTICLE, "editor": "Ani"}])[0].authors == ("Ani",)
    assert drafts([{**ARTICLE, "editor": "Ani", "penulis": "Budi - wartaNews"}])[0].authors == ("Budi",)


def test_schema_org_objects_are_read() -> None:
    """schema.org's NewsArticle names are known."""
    article = {
        "@type": "NewsArticle",
        "headline": "A",
        "articleBody": "B",
        "datePublished": "2024-12-03",
        "dateModified": "2024-12-04",
        "articleSection": "Ekonomi",
        "publisher": {"name": "Warta"},
        "author": [{"name": "Eka"}],
        "inLanguage": "id",
    }
    (found,) = drafts({"@graph": [article]})
    assert (found.title, found.body, found.date, found.updated) == ("A", "B", "2024-12-03", "2024-12-04")
    assert (found.categories, found.source, found.authors, found.language) == (("Ekonomi",), "Warta", ("Eka",), "id")


def test_the_more_trusted_name_wins() -> None:
    """Of two names of a field the first of the table is taken, whatever their order; an empty one does not count."""
    assert drafts([{"created_at": "2", "date": "1", "title": "", "headline": "H", "nama": "N"}])[0].date == "1"
    assert drafts([{"created_at": "2", "date": "1", "title": "", "headline": "H", "nama": "N"}])[0].title == "H"


def test_names_are_compared_loosely() -> None:
    """Case, hyphens, underscores and spaces in a name do not matter."""
    (found,) = drafts([{"JUDUL": "A", "Tanggal-Terbit": "1", "Isi Berita": "B", "kata_kunci": "c", "Tags": ["d"]}])
    assert (found.title, found.date, found.body, sorted(found.tags)) == ("A", "1", "B", ["c", "d"])


def test_the_order_of_slash_dates_is_one_a_file() -> None:
    """A date that is impossible as day/month makes the file month first; one impossible as month/day forbids it."""
    proof, other = {**ARTICLE, "tanggal": "12/25/2024"}, {**ARTICLE, "tanggal": "25/12/2024"}
    assert [item.month_first for item in drafts([ARTICLE, proof])] == [True, True]
    assert [item.month_first for item in drafts([other, proof])] == [False, False]
    assert [item.month_first for item in drafts([other])] == [False]


def test_a_row_number_is_no_guid() -> None:
    """An id of figures alone says nothing outside of its table; any other id is kept."""
    assert [item.guid for item in drafts([{**ARTICLE, "id": 7}, {**ARTICLE, "id": "a-7"}])] == ["", "a-7"]
