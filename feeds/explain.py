"""How one article is read: what a reader makes of each line of its file, and what becomes of it after that."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from feeds.catalogue.reading import Reading
from feeds.categories import Classified
from feeds.confined import open_file_below
from feeds.errors import ArticleError
from feeds.model import Article, Draft
from feeds.readers import HEAD, WITHDRAWN, Line, explain_file, is_listed, is_source, kind_of
from feeds.record import NoticeRecord
from feeds.scan import FoundFile, Scan
from feeds.source import Rules, is_stream, read_batch, read_drafts, read_stream
from feeds.withdrawal_lists import Lists, read_lists


class Explanation(NamedTuple):
    """What is known of one place. kind: of its file, in words; articles: how many the file holds.

    listed: whether the lines are the entries of an export or a feed, and the place is all of it.
    draft: as the reader gives it; article: what it becomes, None where it is left out. id: in the ledger, "" for none.
    refusal: why the file is not read, or gives nothing; "" where it does. withdrawn: by what it is, "" where it is not.
    """

    place: str
    kind: str
    articles: int = 0
    listed: bool = False
    lines: tuple[Line, ...] = ()
    draft: Draft | None = None
    article: Article | None = None
    categories: Classified | None = None
    problems: tuple[ArticleError, ...] = ()
    id: str = ""
    refusal: str = ""
    withdrawn: str = ""


def locate(root: str, written: str, cwd: Path) -> tuple[str, int | None]:
    """(path below the data directory, position or None) of what a person wrote: ``kawat.jsonl#3``, or a file on disk.

    Raises LookupError, with a sentence, where there is no such file.
    """
    name, mark, number = written.rpartition("#")
    tries: list[tuple[str, int | None]] = [(written, None)]
    if mark and number.isascii() and number.isdigit() and int(number):
        tries.append((name, int(number) - 1))
    for path, position in tries if "\0" not in written else ():
        for file in (Path(root, path), cwd / path):
            real = file.resolve()
            if real.is_file():
                if not real.is_relative_to(root):
                    raise LookupError(f"{written} lies outside of the folder with the articles")
                return (file if file.is_relative_to(root) else real).relative_to(root).as_posix(), position
    raise LookupError(f"{written}: there is no such file in the folder with the articles")


def explain(
    rules: Rules,
    found: Scan,
    path: str,
    position: int | None,
    *,
    reading: Reading,
) -> Explanation:
    """Read one file anew. position: of the record that is asked for, ``None`` for the first.

    An export or a saved feed without a position is shown as the list of what it holds.

    reading: of the catalogue, which knows the article's id and what is wrong with it.
    """
    blank = Explanation(path, kind_of(path))
    file = found.file(path)
    if file and path.rpartition("/")[2] == WITHDRAWN:
        return _of_list(rules, found, path, reading)
    if not is_source(path):
        return blank._replace(refusal="is not read: no reader knows such files, or it is hidden, a README or an index")
    if file is None:
        return blank._replace(refusal="is not read: exclude names it, or its folder is no part of the articles")
    kind = kind_of(path, _head_of(rules, path))
    count, article = _count(rules, file, position)
    problems = reading.problems([path])
    if position is None and is_listed(path):
        lines = _as_checked(_lines(rules, path, None), problems)
        said = tuple(problem for problem in problems if problem.path == path)
        return Explanation(path, kind, count, listed=True, lines=lines, problems=said)
    if position is None and article:
        position = article.position
    place = path if position is None else f"{path}#{position + 1}"
    said = tuple(problem for problem in problems if problem.path in (place, path))
    draft = read_drafts(rules, path, [position]).get(position)
    notice = _withdrawal_of(path, position, article, reading)
    return Explanation(
        place,
        kind,
        articles=count,
        lines=_lines(rules, path, position),
        draft=draft,
        article=article,
        categories=rules.classifier.of(draft, article.link if article else "") if draft else None,
        problems=said,
        id=notice.article if notice else reading.ids_at([path]).get((path, position), ""),
        withdrawn=_by_what(notice, read_lists(rules, found)) if notice else "",
        refusal="" if draft or said else "holds no such article, or one that is not to be published",
    )


def _withdrawal_of(path: str, position: int | None, article: Article | None, reading: Reading) -> NoticeRecord | None:
    """The withdrawal that keeps the article of a place out."""
    for notice in reading.withdrawals():
        own = not notice.named and (notice.path, notice.position) == (path, position)
        kept = notice.named and path in notice.hidden and (position is None or notice.position == position)
        if article and notice.article and (own or kept):
            return notice
    return None


def _by_what(notice: NoticeRecord, lists: Lists) -> str:
    if not notice.named:
        return "its status"
    places = (entry.place for entry in lists.entries if notice.named in (entry.article, entry.title))
    return next(places, notice.path)


def _of_list(rules: Rules, found: Scan, path: str, reading: Reading) -> Explanation:
    """What a list says, entry by entry, and the articles that are withdrawn by it."""
    ids = {notice.named: notice.article for notice in reading.withdrawals()}
    listed = [entry for entry in read_lists(rules, found).entries if entry.path == path]
    lines = []
    for number, entry in enumerate(listed, 1):
        article = ids.get(entry.article or entry.title)
        role = "withdrawn" if article else "unknown" if article is None else "announced"
        named = article or entry.article or entry.title
        lines.append(Line(number, role, f"{named}: {entry.reason or 'no reason'}"))
    problems = tuple(reading.problems([path]))
    return Explanation(path, "a list of withdrawn articles", lines=tuple(lines), problems=problems)


def _head_of(rules: Rules, path: str) -> bytes:
    try:
        with open_file_below(rules.root, path) as file:
            return file.read(HEAD)
    except OSError:
        return b""


def _count(rules: Rules, file: FoundFile, position: int | None) -> tuple[int, Article | None]:
    """How many articles a file holds, and the one at a position, or the first; no more than a part of it is held."""
    count, article = 0, None
    for part in read_stream(rules, file) if is_stream(file) else read_batch(rules, [file]):
        count += len(part.articles)
        wanted = (each for each in part.articles if position in (None, each.position))
        article = article or next(wanted, None)
    return count, article


def _lines(rules: Rules, path: str, position: int | None) -> tuple[Line, ...]:
    try:
        with open_file_below(rules.root, path) as file:
            return tuple(explain_file(path, file, options=rules.options(path), position=position))
    except OSError:
        return ()


def _as_checked(lines: tuple[Line, ...], problems: list[ArticleError]) -> tuple[Line, ...]:
    """The list of a file's entries, with what was left out behind the reader."""
    faults = {problem.path.rpartition("#")[2]: problem.kind for problem in problems if problem.fatal}
    kinds = ((line, faults.get(str(line.number))) for line in lines)
    return tuple(line._replace(role=f"left out: {kind}") if kind else line for line, kind in kinds)
