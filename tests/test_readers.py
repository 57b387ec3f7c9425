"""Readers: which file is a source, how bytes become text, and what each file of tests/readers gives."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ArticleError
from feeds.model import Draft, Image
from feeds.readers import capture, feed, html, is_source, markdown, read_file, reader_for, records, tabular
from feeds.readers.drafts import body_format
from feeds.readers.fields import flag, names, people, text

FOLDER = Path(__file__).parent / "readers"
EXPECTED: dict[str, list[dict[str, Any]]] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
FILES = sorted(
    file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.*") if file.is_file() and file.suffix != ".toml"
)


def _wanted(path: str, case: dict[str, Any]) -> Draft:
    case = {"body_format": "markdown", **case}
    for field in ("authors", "categories", "tags"):
        case[field] = tuple(case.get(field, ()))
    case["warnings"] = tuple(map(tuple, case.get("warnings", ())))
    if "image" in case:
        case["image"] = Image(**case["image"])
    return Draft(path=path, **case)


@pytest.mark.parametrize("path", FILES)
def test_file_gives_what_is_expected(path: str) -> None:
    """A file of tests/readers gives the Drafts and errors that expected.toml states for it, and nothing else."""
    found = list(read_file(path, (FOLDER / path).read_bytes())) if is_source(path) else []
    assert len(found) == len(EXPECTED[path])
    for item, case in zip(found, EXPECTED[path], strict=True):
        if isinstance(item, ArticleError):
            assert item.path == path + case.get("path", "")
            assert item.kind == "unreadable"
            assert case["error"] in item.reason
        else:
            assert item == _wanted(path, case)


def test_every_file_is_expected() -> None:
    """No file of tests/readers is without a statement of what it gives, and no statement without its file."""
    assert set(EXPECTED) == set(FILES)


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith(("csv", "jsonl", "json"))])
def test_only_gives_the_same_records(path: str) -> None:
    """A record fetched by its position has the body that the full read gave it, and comes alone."""
    data = (FOLDER / path).read_bytes()
    for draft in read_file(path, data):
        if isinstance(draft, Draft):
            assert draft.position is not None
            again = list(read_file(path, data, only=frozenset({draft.position})))
            assert [(item.position, item.body) for item in again if isinstance(item, Draft)] == [
                (draft.position, draft.body)
            ]
            assert len(again) == 1


# Which files


@pytest.mark.parametrize(
    "path",
    [
        "a.md",
        "a.MARKDOWN",
        "x/y/a.json",
        "a.jsonl",
        "a.csv",
        "a.txt",
        "berita/index.md",
        "_posts/2024-1-2-a.md",
        "manifest.md",
    ],
)
def test_articles_are_sources(path: str) -> None:
    """Every suffix of a reader is a source, in any case, and so is a page bundle's index.md."""
    assert is_source(path)


@pytest.mark.parametrize(
    "path",
    [
        "a.jpg",
        "a.pdf",
        "a",
        ".a.md",
        ".git/a.md",
        "x/.obsidian/a.md",
        "_index.md",
        "ekonomi/_index.md",
        "ekonomi/_index.id.md",
        "index.md",
        "README.md",
        "x/license.txt",
        "robots.txt",
        "archetypes/default.md",
        "_includes/a.md",
        "_drafts/a.md",
        "node_modules/x/a.json",
        "package.json",
        "situs/requirements.txt",
        "scaffolds/post.md",
        "themes/indah/exampleSite/content/a.md",
    ],
)
def test_other_files_are_no_sources(path: str) -> None:
    """Images, hidden files, section indexes, the home page, READMEs and a generator's own folders are no sources."""
    assert not is_source(path)


def test_reader_is_picked_by_suffix_and_first_bytes() -> None:
    """The suffix picks the reader; a .txt with front matter is Markdown, any other a capture."""
    assert reader_for("a.md", b"") is markdown
    assert reader_for("a.JSON", b"") is records
    assert reader_for("a.tsv", b"") is tabular
    assert reader_for("a.txt", b"\xef\xbb\xbf---\ntitle: A\n---\n") is markdown
    assert reader_for("a.txt", b"---\n\nHarga naik\n") is capture
    assert reader_for("a.rss", b"") is reader_for("a.XML", b"<rss>") is feed
    assert reader_for("a.html", b"<html>") is html
    assert reader_for("a.html", b"---\ntitle: A\n---\n<p>x</p>") is markdown
    assert reader_for("a.png", b"") is None


def test_json_lines_under_another_suffix_are_read_as_lines() -> None:
    """A .json file that holds an object a line is read line by line, a .jsonl file that holds a list as that list."""
    lines = list(read_file("a.json", b'{"judul": "A"}\n{"judul": "B"}\n'))
    listed = list(read_file("a.jsonl", b'[{"judul": "A"},\n {"judul": "B"}]'))
    assert [item.title for item in lines if isinstance(item, Draft)] == ["A", "B"]
    assert [item.title for item in listed if isinstance(item, Draft)] == ["A", "B"]


@given(
    st.sampled_from(["a.md", "a.json", "a.jsonl", "a.csv", "a.tsv", "a.txt", "_posts/2024-01-02-a.md", "a.xml"]),
    st.one_of(
        st.binary(),
        st.text().map(str.encode),
        st.text(alphabet='-+{}[]":,;<>%*`#\n\t aA1').map(str.encode),
        st.text(alphabet="<>/&;=\"' \nabc!-?[]").map(lambda inner: f"<rss><channel><item>{inner}".encode()),
        st.text(alphabet="-:[]{}&*!|>\"'\n abt").map(lambda inner: f"---\n{inner}\n---\n".encode()),
    ),
)
def test_no_bytes_raise(path: str, data: bytes) -> None:
    """Whatever a file holds, reading it ends in Drafts and errors whose every text can be encoded."""
    for item in read_file(path, data):
        assert isinstance(item, Draft | ArticleError)
        repr(item).encode()


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("a.md", "{{<"),
        ("a.md", "{%"),
        ("a.md", "`` ` "),
        ("a.md", "# *"),
        ("a.md", "--- "),
        ("a.md", "```\n"),
        ("a.md", "Title: x\n    y\n"),
        ("a.md", "---\na: &a [*a, "),
        ("a.json", "["),
        ("a.json", '{"a":'),
        ("a.csv", 'judul\n"'),
        ("a.csv", '"'),
    ],
)
def test_hostile_text_takes_no_long_time(path: str, unit: str) -> None:
    """A file of nothing but opening marks is read in time that grows with its length, or refused."""
    for item in read_file(path, (unit * (300_000 // len(unit))).encode()):
        assert isinstance(item, Draft | ArticleError)


# Values


def test_values_of_any_type_become_text() -> None:
    """Numbers, lists, mappings and nothing become text without a fault; a flag is no text."""
    values = [" a ", 2024, 1.5, None, True, [], [None, "b"], {"rendered": "c"}, {"x": 1}, object()]
    assert [text(value) for value in values] == ["a", "2024", "1.5", "", "", "", "b", "c", "", ""]


def test_names_are_parted_and_given_once() -> None:
    """A text of names is parted at commas, semicolons and bars; a list is kept as it is; a table's list is a list."""
    assert names("Ekonomi, Pasar;Ekonomi|#harga") == ("Ekonomi", "Pasar", "harga")
    assert names(["Hukum, HAM", ["Dunia", None], {"name": "C#"}]) == ("Hukum, HAM", "Dunia", "C#")
    assert names("['sawit', 'harga']") == ("sawit", "harga")
    assert names("-") == ()


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("Budi Santoso, S.H., M.Si. dan Ani", ("Budi Santoso, S.H., M.Si.", "Ani")),
        ("Budi, Ani & Citra", ("Budi", "Ani", "Citra")),
        ("Oleh: Budi; Ani, S.E.", ("Budi", "Ani, S.E.")),
        ("Reporter: Budi", ("Budi",)),
        ("Oleha Putri", ("Oleha Putri",)),
        ("Tim Ekonomi dan Bisnis", ("Tim Ekonomi dan Bisnis",)),
        ([{"name": "Budi"}, {"nama": "Ani"}, "Budi"], ("Budi", "Ani")),
        ("Unknown", ()),
        (7, ()),
    ],
)
def test_bylines_are_parted_with_care(byline: object, authors: tuple[str, ...]) -> None:
    """Authors are parted at ``;``, ``,``, ``dan`` and ``&``, but not within a name's degrees or a desk's name."""
    assert people(byline) == authors


def test_flags_are_read_in_two_languages() -> None:
    """Yes and no are understood in English and Indonesian; anything else is neither."""
    assert [flag(value) for value in (True, "Yes", "ya", "1", "no", "tidak", "0", "2024-12-03", 3, None)] == [
        *[True] * 4,
        *[False] * 3,
        *[None] * 3,
    ]


def test_a_body_is_html_where_it_has_blocks() -> None:
    """A tag of a block makes a body HTML; an inline tag or a comparison does not."""
    assert body_format("<p>a</p>") == body_format("a<br/>b") == "html"
    assert body_format("5 < 6 dan <b>tebal</b>") == body_format("<pasar>") == "text"
