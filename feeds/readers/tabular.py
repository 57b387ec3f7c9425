"""Tables (CSV): one article a row, the first line names the columns.

Commas, semicolons or tabs, as Excel and LibreOffice write them; Excel's ``sep=;`` line is understood.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from feeds.errors import ArticleError, UnreadableError
from feeds.limits import MB
from feeds.model import Draft
from feeds.readers import PLAIN, Line, Options, drafts, fields

_READ_IN_VAIN = 16 * MB
"""Characters that broken rows may take in and give back, beside four times the table's own: a quote opened in each
line could take in all the lines behind it.
"""


def read(
    path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The articles of a table; rows marked as drafts are passed over.

    A position counts the rows under the header, from 0, without empty ones. A row with too few or too many cells
    costs itself alone.

    Raises UnreadableError where no column is a title or a body.
    """
    delimiter, start = _delimiter(text)
    return drafts.read_records(path, _rows(path, text[start:], delimiter, options), options=options, only=only)


def explain(path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None) -> Iterator[Line]:
    """Each cell of the rows that are wanted, with its column's name and the field that it gives."""
    delimiter, start = _delimiter(text)
    rows = _rows(path, text[start:], delimiter, options)
    return drafts.explain_records(rows, further=options.names, only=only)


def _delimiter(text: str) -> tuple[str, int]:
    """What stands between the cells, and where the header begins: told by ``sep=``, else most in the header."""
    told = re.match(r'"?sep=([,;\t|])"?\n', text, re.IGNORECASE)
    if told:
        return told[1], told.end()
    start = len(text) - len(text.lstrip("\n"))
    header = re.sub(r'"[^"]*"', "", text[start : text.find("\n", start) if "\n" in text[start:] else None])
    return max(",;\t|", key=header.count), start


def _rows(path: str, text: str, delimiter: str, options: Options) -> Iterator[drafts.Record]:
    rows = _cells(text, delimiter, options.limits.record)
    _, header = next(rows, (0, []))
    if isinstance(header, str):
        raise UnreadableError(f"the line with the names of the columns cannot be read: {header}")
    options.limits.hold("values", len(header), "the first line has {} cells")
    names = [name.strip().strip("\ufeff") for name in header]
    known = {fields.field_of(name, options.names) for name in names} - {""}
    if "title" not in known:
        columns = ", ".join(f"`{name}`" for name in names if name)[:500] or "without names"
        if known:
            raise UnreadableError(f"no column is a title; the columns are {columns}")
        raise UnreadableError(f"the first line names no column that is known (such as `judul`): {columns}")
    for position, (line, cells) in enumerate(rows):
        if isinstance(cells, list) and len(cells) == len(names):
            yield position, dict(zip(names, cells, strict=True))
        else:
            wrong = cells if isinstance(cells, str) else f"the row has {len(cells)} cells, the header {len(names)}"
            yield position, ArticleError(f"{path}#{position + 1}", "unreadable", f"line {line}: {wrong}")


def _cells(text: str, delimiter: str, limit: int) -> Iterator[tuple[int, list[str] | str]]:
    """The rows that are not empty, each with the number of its first line; a sentence for a row that is broken.

    A quote that is not closed would take all that follows into one cell: reading begins again at the next line, and
    what does not fit the header there is taken for the rest of the broken row. limit: of a cell's characters.
    """
    csv.field_size_limit(limit)
    lines = io.StringIO(text, newline="\n")
    line, place, width, mending = 1, 0, 0, False
    left = _READ_IN_VAIN + 4 * len(text)
    while left > 0:
        begin = line
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                row = _trimmed(cells, width)
                if row and not (mending and len(row) != width):
                    width = width or len(row)
                    mending = False
                    yield line, row
                line, place = begin + reader.line_num, lines.tell()
            return
        except csv.Error as error:
            left -= lines.tell() - place
            lines.seek(place)
            first = lines.readline()
            too_large = "field larger" in str(error)
            found = None if too_large else _alone(first, delimiter, width)
            yield line, found or (_TOO_LARGE.format(f"{limit:,}") if too_large else _UNCLOSED)
            line, place, mending = line + 1, lines.tell(), True
    yield line, "too many rows are broken; the rest of the table was not read"


def _trimmed(cells: list[str], width: int) -> list[str]:
    """The row without the empty cells that a spreadsheet leaves behind its last column; [] for an empty row."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells if any(map(str.strip, cells)) else []


def _alone(line: str, delimiter: str, width: int) -> list[str] | None:
    """The line as a row of its own, a quote within a cell taken as such, where it is a row then."""
    loose = rf'(?<![{delimiter}"\n])(?<!^)"(?![{delimiter}"\n])'
    try:
        cells = next(csv.reader([re.sub(loose, '""', line)], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return cells if len(cells) == width > 1 else None


_TOO_LARGE = "a cell has more characters than {}, which is limits.record"
_UNCLOSED = "a quotation mark is not closed, or one within a cell is not doubled"
