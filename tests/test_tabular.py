"""Tables: what stands between cells, and what one bad row costs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ArticleError
from feeds.limits import Limits
from feeds.model import Draft
from feeds.readers import PLAIN, Options, read_file


def read(text: str, options: Options = PLAIN) -> list[Draft | ArticleError]:
    return list(read_file("a.csv", text.encode(), options=options))


def titles(text: str) -> list[str]:
    """Titles, and for a row in error its path behind the file's."""
    return [item.title if isinstance(item, Draft) else item.path.removeprefix("a.csv") for item in read(text)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_what_stands_between_cells(delimiter: str) -> None:
    """The commonest mark of the header outside of quotes parts the cells."""
    header = delimiter.join(["judul", "isi", '"catatan, lain; lain"'])
    row = delimiter.join(["A", '"x, y; z"', ""])
    (found,) = read(f"{header}\n{row}\n")
    assert isinstance(found, Draft)
    assert (found.title, found.body) == ("A", "x, y; z")


def test_a_table_of_one_column_is_one() -> None:
    """A header without any mark is one column."""
    assert titles("judul\nA\nB\n") == ["A", "B"]


def test_excel_says_what_stands_between_cells() -> None:
    """The line ``sep=;`` is believed and is no header."""
    assert titles("sep=;\njudul;isi,x\nA;b,c\n") == ["A"]


def test_empty_rows_and_cells_behind_the_last_are_nothing() -> None:
    """Rows without any text give nothing; empty cells beyond the header are dropped."""
    assert titles("\njudul,isi\n\nA,b,,\n,,\n , \nB,c\n\n") == ["A", "B"]


def test_a_row_of_the_wrong_length_costs_itself() -> None:
    """Too few or too many cells are an error with the record's number; the others are read."""
    found = read("judul,isi\nA,b\nB\nC,d,e\nD,f\n")
    assert titles("judul,isi\nA,b\nB\nC,d,e\nD,f\n") == ["A", "#2", "#3", "D"]
    assert isinstance(found[1], ArticleError)
    assert found[1].reason == "line 3: the row has 1 cells, the header 2"
    assert [item.position for item in found if isinstance(item, Draft)] == [0, 3]


def test_an_open_quote_costs_its_row() -> None:
    """A quote that is not closed takes one row, not all that follow."""
    assert titles('judul,isi\nA,"b\nB,"c"\nC,"d\n\ne"\n') == ["#1", "B", "C"]
    assert titles('judul,isi\nA,"kata "x\nlanjut, lagi, lagi"\nB,c\n') == ["#1", "B"]


def test_quotes_within_a_cell_are_mended() -> None:
    """A row whose only fault is quotes that are not doubled is read as it was meant."""
    (found,) = read('judul,isi\nA,"kata "x" itu"\n')
    assert isinstance(found, Draft)
    assert found.body == 'kata "x" itu'


@pytest.mark.parametrize(
    "broken", ['R,"rusak"x\n', 'R,"rusak\n', 'R,rusak","\n', 'R,"' + "x" * 1001 + '"\n', "R," + "x" * 1001 + "\n"]
)
def test_however_many_rows_are_broken_the_others_are_read(broken: str) -> None:
    """Those that stand far apart from each other, and the good ones between them."""
    rows = "".join((broken if n % 10 == 5 else "") + f"Berita {n},Isi.\n" for n in range(3000))
    found = read("judul,isi\n" + rows, Options(limits=Limits(record=1000)))
    assert len([item for item in found if isinstance(item, ArticleError)]) == 300
    assert [item.title for item in found if isinstance(item, Draft)] == [f"Berita {n}" for n in range(3000)]


def test_many_open_quotes_end_the_table() -> None:
    """A table whose every row takes in all that follow is given up after a bounded time, and says so."""
    start = time.process_time()
    found = read("judul,isi\n" + 'x","\n' * 100_000)
    assert isinstance(found[-1], ArticleError)
    assert "too many rows are broken" in found[-1].reason
    assert time.process_time() - start < 4


def test_a_huge_cell_costs_its_row() -> None:
    """A cell beyond the bound is an error; one far beyond Python's own bound of 128 kB is read."""
    (found,) = read("judul,isi\nA," + "b" * 200_000 + "\n")
    assert isinstance(found, Draft)
    assert len(found.body) == 200_000
    options = Options(limits=Limits(record=100_000))
    broken, good = read("judul,isi\nA," + "b" * 200_000 + "\nB,c\n", options=options)
    assert isinstance(broken, ArticleError)
    assert broken.reason == "line 2: a cell has more characters than 100,000, which is limits.record"
    assert isinstance(good, Draft)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tanggal;penulis\n", "no column is a title; the columns are `tanggal`, `penulis`"),
        ("isi,tanggal\nA,3/12/2024\n", "no column is a title; the columns are `isi`, `tanggal`"),
        (
            "Harga cabai turun,3/12/2024\nHarga beras naik,4/12/2024\n",
            "the first line names no column that is known (such as `judul`): `Harga cabai turun`, `3/12/2024`",
        ),
    ],
)
def test_a_table_without_titles_is_refused(text: str, reason: str) -> None:
    """A table without a column of titles, or without a line of names, is one error that shows its first line."""
    (found,) = read(text)
    assert isinstance(found, ArticleError)
    assert (found.path, found.reason) == ("a.csv", reason)


def test_a_header_alone_is_an_empty_table() -> None:
    """A table without rows gives nothing."""
    assert read("judul,isi\n") == []


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=5))
def test_whatever_csv_writes_is_read(rows: list[tuple[str, str]]) -> None:
    """Cells of any text come back, but for spaces around them and other line ends."""
    rows = [(title, body) for title, body in rows if "\0" not in title + body]
    quoted = ['"{}","{}"'.format(title.replace('"', '""'), body.replace('"', '""')) for title, body in rows]
    found = list(read_file("a.csv", "\n".join(["judul,isi", *quoted]).encode("utf-8", "replace")))
    wanted = [
        tuple(
            cell.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n").strip() for cell in row
        )
        for row in rows
    ]
    assert [(item.title, item.body) for item in found if isinstance(item, Draft)] == [row for row in wanted if any(row)]
