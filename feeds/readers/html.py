"""HTML pages, as saved from a site or exported by a content management system -> one Draft.

One way through, for ``read`` and ``explain`` alike: the page is parsed once (``html_tree``), its metadata gathered
(``html_metadata``), its title and date chosen from that (``html_title``, ``html_dates``), its body cut out
(``html_body``). Where a page has no metadata, the rules for text captures read what a visitor sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from feeds import text as texts
from feeds.errors import ArticleError
from feeds.model import Draft, Image, TitleOrigin
from feeds.readers import PLAIN, Line, Options
from feeds.readers.capture import headline
from feeds.readers.capture_lines import dateline, without_site
from feeds.readers.capture_page import classify
from feeds.readers.html_body import Body, body_of
from feeds.readers.html_dates import Choice, choose_date
from feeds.readers.html_head import columns_beside, find_head
from feeds.readers.html_images import with_caption
from feeds.readers.html_listing import why_no_article
from feeds.readers.html_metadata import (
    Facts,
    authors_of,
    gather,
    guid_of,
    image_of,
    language_of,
    license_of,
    rights_of,
    sections_of,
    source_of,
    summary_of,
    tags_of,
)
from feeds.readers.html_title import choose_title
from feeds.readers.html_tree import Found, drop, line_of, parse, survey, text_of, visible_lines

Row = tuple[int, str, str]
"""A line of the source (0 where there is none), a text, and what became of it."""


def read(
    path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The one article of a page, or why there is none.

    path: below the data directory; text: decoded, with ``\\n`` line ends. A page is one article, so ``only`` changes
    nothing. Raises UnreadableError where there is no HTML, and where ``options.body_selector`` is no CSS.
    """
    del only
    yield _reading(path, text, options).result


def explain(path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None) -> Iterator[Line]:
    """How a page was read: what became of which text, what dates and titles were passed over and why, what was cut.

    Roles such as ``title: json-ld headline``, ``date: meta publishdate``, ``noise``. Raises as ``read`` does.
    """
    del only
    return (Line(line, role, value) for line, value, role in _reading(path, text, options).rows)


@dataclass(slots=True)
class _Reading:
    """What ``read`` gives, and the rows that tell how it came about."""

    result: Draft | ArticleError
    rows: list[Row] = field(default_factory=list)


def _reading(path: str, text: str, options: Options) -> _Reading:
    if texts.has_control(text):  # which lxml takes from a page, and gives to none
        reading = _reading(path, texts.clean(text), options)
        if isinstance(reading.result, Draft):
            told = ("control", "the page holds control characters; they are left out")
            reading.result = reading.result._replace(warnings=(told, *reading.result.warnings))
        return reading
    root = parse(text, options.limits)
    facts = gather(survey(root))
    lines = visible_lines(root)
    if reason := why_no_article(facts, lines):
        return _Reading(ArticleError(path, "unreadable", f"is no article but {reason}"), [(0, reason, "no article")])
    rows: list[Row] = []
    title, origin = _title(facts, lines, rows)
    head = find_head(facts.page, title)
    columns = columns_beside(head)
    for column in columns:
        rows.append((line_of(column), text_of(column), "a column beside the article"))
        drop(column)
    if columns or head.strangers:
        lines = visible_lines(root, head.strangers)
    date = choose_date(facts, lines, title, head)
    _tell_dates(date, rows)
    body = body_of(root, options.body_selector, title)
    if not body.html:
        body = _from_articlebody(facts)
    if not body.html:
        return _Reading(ArticleError(path, "unreadable", "the page has no text of an article"), rows)
    draft = _draft(path, facts, title, origin, date, body, rows)
    if body.first:
        rows.append((body.first.line, body.first.value, f"body: {body.first.where}"))
    rows += body.cuts
    return _Reading(draft, sorted(rows, key=lambda row: row[0]))


def _title(facts: Facts, lines: list[tuple[str, int]], rows: list[Row]) -> tuple[str, TitleOrigin]:
    chosen, passed = choose_title(facts, (text for text, _ in lines))
    rows += [(found.line, found.value, f"title passed over: {found.where}") for found in passed]
    if chosen:
        rows.append((chosen.line, chosen.value, f"title: {chosen.where}"))
        return chosen.value, "heading" if chosen.where == "h1" else "metadata"
    page = classify("\n\n".join(text for text, _ in lines))
    if page.title is not None:
        line = page.lines[page.title]
        rows.append((next((n for text, n in lines if text == line.raw), 0), line.text, "title: line"))
        return without_site(line.text), "line"
    lede = next(iter(page.body.values()), "")
    rows.append((0, lede, "title: lede"))
    return headline(lede) if lede else "", "lede"


def _tell_dates(date: Choice, rows: list[Row]) -> None:
    if date.found:
        rows.append((date.found.line, date.found.value, f"date: {date.found.where}"))
    if date.changed:
        rows.append((date.changed.line, date.changed.value, f"updated: {date.changed.where}"))
    rows += [(found.line, found.value, f"date passed over: {found.where}: {why}") for found, why in date.passed]


def _draft(
    path: str, facts: Facts, title: str, origin: TitleOrigin, date: Choice, body: Body, rows: list[Row]
) -> Draft:
    groups = {"author": authors_of(facts), "category": sections_of(facts), "tag": tags_of(facts)}
    rows += [(f.line, f.value, f"{name}: {f.where}") for name, group in groups.items() for f in group]
    summary = summary_of(facts, title)
    if summary:
        rows.append((summary.line, summary.value, f"summary: {summary.where}"))
    license_, rights = license_of(facts), rights_of(facts)
    for name, found in (("license", license_), ("rights", rights)):
        if found:
            rows.append((found.line, found.value, f"{name}: {found.where}"))
    lede = body.first.value if body.first else ""
    return Draft(
        path=path,
        title=title,
        title_origin=origin,
        date=date.date,
        date_origin=date.origin,
        updated=date.updated,
        body=body.html,
        body_format="html",
        summary=summary.value if summary else "",
        authors=tuple(found.value for found in groups["author"]),
        categories=tuple(found.value for found in groups["category"]),
        tags=tuple(found.value for found in groups["tag"]),
        link=facts.link,
        guid=guid_of(facts),
        source=source_of(facts, [(dateline(lede) or (0, ""))[1]]),
        language=language_of(facts),
        image=_image(facts, body, rows),
        license=license_.value if license_ else "",
        rights=rights.value if rights else "",
        warnings=(("date", date.doubt),) if date.doubt else (),
    )


def _image(facts: Facts, body: Body, rows: list[Row]) -> Image | None:
    known = image_of(facts)
    if known is None:
        figure = next((figure for figure in body.figures if figure.inside), None)
        if figure is None:
            return None
        known = Image(url=figure.url), Found(figure.url, "figure", 0)
    image, found = known
    rows.append((found.line, found.value, f"image: {found.where}"))
    return with_caption(image, body.figures) if image.url else None


def _from_articlebody(facts: Facts) -> Body:
    """JSON-LD's ``articleBody``, for a page whose text is drawn by a script."""
    text = facts.article.get("articleBody") if facts.article else ""
    if not isinstance(text, str) or not text.strip():
        return Body()
    from html import escape

    parts = [part.strip() for part in text.split("\n") if part.strip()]
    html = text if "<p" in text else "\n".join(f"<p>{escape(part, quote=False)}</p>" for part in parts)
    where = Found(parts[0], "json-ld articleBody", facts.graph.lines.get(id(facts.article), 0))
    return Body(html=html, first=where, size=len(text))
