"""The address of a feed says which articles it lists, how many and how much of each."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.config import Settings, load
from feeds.errors import QueryError, SelectionError
from feeds.selection import JOINED, Selection, read_selection

SETTINGS: Settings = load(environ={"FEEDS_LIMIT": "30"})


def read(address: str) -> Selection | None:
    path, _, query = address.partition("?")
    return read_selection(path, query, SETTINGS)


CANONICAL = [
    ("rss.xml", "rss.xml"),
    ("ekonomi/atom.xml", "ekonomi/atom.xml"),
    ("ralat/feed.json?limit=5", "ralat/feed.json?limit=5"),
    ("tag/banjir-bandang/rss.xml", "tag/banjir-bandang/rss.xml"),
    ("tag/Banjir Bandang/rss.xml", "tag/banjir-bandang/rss.xml"),
    ("author/Siti Nurbaya/rss.xml", "author/siti-nurbaya/rss.xml"),
    ("tag/Café/rss.xml", "tag/cafe/rss.xml"),
    ("politik+ekonomi/rss.xml", "ekonomi+politik/rss.xml"),
    ("politik+ekonomi+politik/rss.xml", "ekonomi+politik/rss.xml"),
    ("politik+politik/rss.xml", "politik/rss.xml"),
    ("archive/2026-05/rss.xml", "archive/2026-05/rss.xml"),
    ("ekonomi/archive/2026-05/atom.xml?limit=abc&growing=0", "ekonomi/archive/2026-05/atom.xml"),
    ("rss.xml?limit=30", "rss.xml"),
    ("rss.xml?limit=007", "rss.xml?limit=7"),
    ("rss.xml?utm_source=surat&utm_source=lain", "rss.xml"),
    ("rss.xml?limit=&since=", "rss.xml"),
    ("rss.xml?page=2&content=summary&limit=200", "rss.xml?limit=200&content=summary&page=2"),
    ("rss.xml?since=3 Desember 2024 10:30 WIB", "rss.xml?since=2024-12-03T03:30:00Z"),
    ("rss.xml?since=2024-12-03T10:30:00%2B07:00", "rss.xml?since=2024-12-03T03:30:00Z"),
    ("rss.xml?since=2024-12-03T10:30:00+07:00", "rss.xml?since=2024-12-03T03:30:00Z"),
    ("rss.xml?since=2024-12-03", "rss.xml?since=2024-12-02T17:00:00Z"),
    ("search/rss.xml?q=  banjir+bandang&page=1", "search/rss.xml?q=banjir+bandang&page=1"),
]


@pytest.mark.parametrize(("address", "canonical"), CANONICAL)
def test_an_address_has_one_canonical_form(address: str, canonical: str) -> None:
    """Whatever asks for the same is the same, and the canonical form asks for it too."""
    found = read(address)
    assert found
    assert "?".join(filter(None, (found.path, found.query))) == canonical
    assert read(canonical) == found


NO_FEEDS = [
    *("", "feed.xml", "ekonomi", "ekonomi/", "ekonomi/rss.XML", "artikel/beras/index.html", "/rss.xml"),
    *("tag//rss.xml", "tag/ /rss.xml", "tag/a/b/rss.xml", "profil/a/rss.xml", "../rss.xml"),
    *("Ekonomi/rss.xml", "ekonomi+/rss.xml", "+/rss.xml", "ekonomi+tag/banjir/rss.xml", "eko\0nomi/rss.xml"),
    *("archive/2026-13/rss.xml", "archive/2026-5/rss.xml", "archive/0000-01/rss.xml", "archive/9999-12/rss.xml"),
    *("ralat/archive/2026-05/rss.xml", "search/archive/2026-05/rss.xml", "tag/a/archive/2026-05/rss.xml"),
    *("a+b/archive/2026-05/rss.xml", "archive/2026-05/archive/2026-05/rss.xml", "archive/٢٠٢٦-05/rss.xml"),
    "+".join(f"desk{number}" for number in range(JOINED + 1)) + "/rss.xml",
    f"tag/{'a' * 10_000}/rss.xml",
]


@pytest.mark.parametrize("address", NO_FEEDS, ids=lambda address: repr(address)[:40])
def test_what_cannot_be_a_feed_is_none(address: str) -> None:
    assert read(address) is None


WRONG = {
    "Parameter limit harus berupa angka dari 1 sampai 200. (limit must be a number from 1 to 200.)": [
        *("limit=-1", "limit=abc", "limit=500", "limit=0", "limit=1.5", "limit=٣", "limit=+5", "limit=99999999999"),
    ],
    "Parameter page harus berupa angka mulai dari 1. (page must be a number from 1 on.)": ["page=0", "page=dua"],
    "Tanggal pada since tidak dimengerti. (The date in since is not understood.)": [
        *("since=besok-besok", "since=2 jam lalu", "since=31 Februari 2024", "since=%00"),
    ],
    "Parameter content hanya boleh berisi summary. (content may only be summary.)": ["content=x", "content=full"],
    "Parameter limit hanya boleh disebut sekali. (limit may be given only once.)": ["limit=5&limit=5"],
    "Parameter since terlalu panjang. (since is too long.)": [f"since={'1' * 10_000}"],
    "Parameter terlalu banyak. (Too many parameters.)": ["&".join(f"p{number}=1" for number in range(500))],
}


@pytest.mark.parametrize(("sentence", "query"), [(s, query) for s, queries in WRONG.items() for query in queries])
def test_a_wrong_parameter_gets_a_sentence_in_two_languages(sentence: str, query: str) -> None:
    with pytest.raises(SelectionError) as refused:
        read(f"ekonomi/rss.xml?{query}")
    assert str(refused.value) == sentence


def test_a_search_wants_words() -> None:
    with pytest.raises(QueryError, match="Tulis kata yang dicari"):
        read("search/rss.xml?q=%20")


def test_a_date_without_a_zone_is_in_that_of_the_newsroom() -> None:
    found = read("rss.xml?since=3 Desember 2024 10:30")
    assert found
    assert found.since == datetime.fromisoformat("2024-12-03T10:30:00+07:00")


@given(path=st.text(max_size=60), query=st.text(max_size=60))
def test_nothing_that_is_asked_makes_it_fail(path: str, query: str) -> None:
    """It is a selection whose canonical address means the same, none, or a sentence."""
    for address in (path, f"{path}/rss.xml", f"tag/{path}/rss.xml", f"archive/{path}/rss.xml"):
        try:
            found = read_selection(address, query, SETTINGS)
        except (SelectionError, QueryError):
            continue
        assert found is None or read_selection(found.path, found.query, SETTINGS) == found
