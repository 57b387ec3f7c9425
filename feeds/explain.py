"""How one article is read: what a reader makes of each line of its file, and what becomes of it after that."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from feeds.catalogue.reading import Reading
from feeds.categories import Classified
from feeds.errors import ArticleError
from feeds.model import Article, Draft
from feeds.readers import Line, explain_file, is_source, kind_of, may_stream
from feeds.scan import Scan
from feeds.source import Rules, read_batch, read_drafts


class Explanation(NamedTuple):
    """What is known of one place. kind: of its file, in words; articles: how many the file holds.

    draft: as the reader gives it; article: what it becomes, None where it is left out. id: in the ledger, "" for none.
    refusal: why the file is not read, or gives nothing; "" where it does.
    """

    place: str
    kind: str
    articles: int = 0
    lines: tuple[Line, ...] = ()
    draft: Draft | None = None
    article: Article | None = None
    categories: Classified | None = None
    problems: tuple[ArticleError, ...] = ()
    id: str = ""
    refusal: str = ""


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

    reading: of the catalogue, which knows the article's id and what is wrong with it.
    """
    blank = Explanation(path, kind_of(path))
    file = found.file(path)
    if not is_source(path):
        return blank._replace(refusal="is not read: no reader knows such files, or it is hidden, a README or an index")
    if file is None:
        return blank._replace(refusal="is not read: exclude names it, or its folder is no part of the articles")
    (checked,) = read_batch(rules, [file])
    articles = {article.position: article for article in checked.articles}
    if position is None and None not in articles:
        position = min((p for p in articles if p is not None), default=None)
    place = path if position is None else f"{path}#{position + 1}"
    said = tuple(problem for problem in reading.problems([path]) if problem.path in (place, path))
    draft = read_drafts(rules, path, [position]).get(position)
    article = articles.get(position)
    return Explanation(
        place,
        kind_of(path),
        articles=len(articles),
        lines=_lines(rules, path, position),
        draft=draft,
        article=article,
        categories=rules.classifier.of(draft, article.link if article else "") if draft else None,
        problems=said,
        id=reading.id_at(path, position),
        refusal="" if draft or said else "holds no such article, or one that is not to be published",
    )


def _lines(rules: Rules, path: str, position: int | None) -> tuple[Line, ...]:
    if may_stream(path):  # it may be larger than memory
        return ()
    try:
        data = Path(rules.root, path).read_bytes()
    except OSError:
        return ()
    return tuple(explain_file(path, data, options=rules.options(path), position=position))
