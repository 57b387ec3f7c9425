"""JSON and JSON Lines: where the articles are, and what one bad record costs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.errors import ArticleError
from feeds.model import Draft
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
        ("[" * 100_000, "values lie too deep"),
        ('{"a":' * 100_000, "values lie too deep"),
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
