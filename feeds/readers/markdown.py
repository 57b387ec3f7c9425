"""Markdown articles, as Hugo, Jekyll, Hexo, Eleventy and Pelican keep them, and their pages of HTML with a header.

A file's name may carry what its header does not: ``2024-12-03-harga-beras.md`` a date and a slug, ``_posts`` below
folders Jekyll's categories, ``index.md`` in a folder of the article's name a page bundle. Drafts are no articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.errors import ArticleError
from feeds.model import DateOrigin, Draft, TitleOrigin
from feeds.readers import PLAIN, Line, Options, drafts, fields, frontmatter
from feeds.readers.markup import is_mdx, without_jsx, without_marks


def read(
    path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The article of a Markdown file, or of HTML below front matter; nothing for a draft or a template of a list.

    path: below the data directory; text: with ``\\n`` line ends. A file is one article, so ``only`` changes nothing.
    Raises UnreadableError where the front matter cannot be read.
    """
    del only
    if "_drafts/" in path and "_drafts" in path.split("/"):
        return
    header, body, warnings = frontmatter.split(text, options.limits)
    found = fields.gather(header, options.names)
    is_html = path.lower().endswith(_HTML)
    if fields.is_withheld(found) or (is_html and _LOOP.search(body)):
        return
    title_origin: TitleOrigin = "field"
    date_origin: DateOrigin = "field"
    body = _without_markup(path, body, header)
    if "title" not in found:
        title_origin = "heading"
        found["title"], body = _html_heading(body) if is_html else _heading(body)
    if "date" not in found or "slug" not in found:
        date, slug = _from_name(path)
        if slug:
            found.setdefault("slug", slug)
        if "date" not in found and (date := date or _from_folders(path)):
            found["date"] = date
            date_origin = "metadata"
        if "date" not in found:
            fields.with_unused(found, header, options.names)
    _as_jekyll(path, header, found)
    if "<" in body and "summary" not in found and (more := _MORE.search(body)):
        found["summary"] = plain(body[: more.start()])
    if is_html:
        found["body_html"], body = body.strip(), ""
    yield drafts.make_draft(
        path, found, markdown=body.strip(), title_origin=title_origin, date_origin=date_origin, warnings=warnings
    )


def explain(path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None) -> Iterator[Line]:
    """Each line that is not blank: of the header the field that it gives, of the body what becomes of it."""
    del only
    header, body, _ = frontmatter.split(text, options.limits)
    role_of = {name: role for name, role, _ in fields.roles(header, options.names)}
    lines = text.split("\n")
    start = text.count("\n", 0, len(text) - len(body))
    kept = _without_markup(path, body, header)
    title = ""
    if "title" not in role_of.values():
        title, _ = _html_heading(kept) if path.lower().endswith(_HTML) else _heading(kept)
    roles = [*frontmatter.line_roles(lines[:start], role_of), *_body_roles(lines[start:], kept.split("\n"), title)]
    for number, (line, role) in enumerate(zip(lines, roles, strict=True), 1):
        if line.strip():
            yield Line(number, role, line)


def _without_markup(path: str, body: str, header: frontmatter.Header) -> str:
    return without_marks(without_jsx(body) if is_mdx(path, body) else body, header)


_MANY = 1000  # lines


def _body_roles(lines: list[str], kept: list[str], title: str) -> Iterator[str]:
    """What each line becomes; kept: the lines that are left when marks of a generator are cut, some of them shorter."""
    from difflib import SequenceMatcher  # here, as only a person who asks needs it

    # Of many lines, those that occur everywhere are not compared with each other: that would take for ever.
    whole = SequenceMatcher(None, lines, kept, autojunk=len(lines) > _MANY).get_matching_blocks()
    left = set(kept)
    body = {block.a + n for block in whole for n in range(block.size)}
    for number, line in enumerate(lines):
        if title and plain(_CLOSING.sub("", line)) == title:
            title = ""
            yield "title"
        else:
            yield "body" if number in body or without_marks(line).strip() in left else "noise"


_HTML = (".html", ".htm", ".xhtml")
# Liquid, Nunjucks and Jinja that go through a site's posts: a list's template, no article.
_LOOP = re.compile(r"\{%-?\s*for\s[^%]{0,80}\bin\s+(?:site|paginator|collections|pagination|posts|articles|pages)\b")
_MORE = re.compile(r"<!--\s*(?:more|truncate|excerpt)\s*-->", re.IGNORECASE)
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[-_](.+))?$")
_LANGUAGE = re.compile(r"index\.[a-z]{2}(?:-[a-z]{2})?$")  # Hugo's index.id.md


def _from_name(path: str) -> tuple[str, str]:
    """The date and the slug that a file's name gives, each "" where it gives none."""
    folders, _, file = path.rpartition("/")
    name, _, _ = file.rpartition(".")
    bundle = name == "index" or _LANGUAGE.match(name) is not None
    if bundle:
        name = folders.rpartition("/")[2]
    dated = _DATED.match(name)
    if dated is None:
        return "", name if bundle else ""
    year, month, day, slug = dated.groups()
    return f"{year}-{month:0>2}-{day:0>2}", slug or ""


_DAY_FOLDERS = re.compile(r"(?:^|/)((?:19|20)\d\d)/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/")


def _from_folders(path: str) -> str:
    """The date of a file in folders for year, month and day; "" for any other."""
    found = _DAY_FOLDERS.search(path)
    return "-".join(found.groups()) if found else ""


_ROOTS = frozenset({"source", "src", "docs"})  # where generators keep a site's posts: of no meaning for them


def _as_jekyll(path: str, header: frontmatter.Header, found: dict[str, object]) -> None:
    """Jekyll's own rules for a post: plural names are parted at spaces, folders above ``_posts`` are categories.

    Jekyll wants dated names, Hexo's ``_posts`` have none of these rules; where the data folder is ``_posts`` itself, a
    layout tells.
    """
    folders, _, name = path.rpartition("/")
    parts = folders.split("/")
    if not ("_posts" in parts or "layout" in header) or not _DATED.match(name):
        return
    for plural in ("categories", "tags"):
        value = header.get(plural)
        if isinstance(value, str) and found.get(plural) == value and "," not in value:
            found[plural] = value.split()
    above = [folder for folder in parts[: parts.index("_posts")] if folder not in _ROOTS] if "_posts" in parts else ()
    if above:
        found["categories"] = [*above, *fields.names(found.get("categories"))]


_HEADINGS = re.compile(
    r"^[ ]{0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*+\n(?s:.*?)(?:^[ ]{0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|^[ ]{0,3}#[ \t]+(?P<atx>[^\n]+)$\n?"
    r"|^(?P<setext>[^\s\n][^\n]*)\n=+[ \t]*$\n?"
    r"|^[ ]{0,3}<h1(?:\s[^<>]*)?>(?P<html>[^\n]{1,500}?)</h1>[ \t]*$\n?",
    re.MULTILINE | re.IGNORECASE,
)


def _heading(body: str) -> tuple[str, str]:
    """The text of the first heading of the first level, and the body without it; "" where there is none."""
    for match in _HEADINGS.finditer(body):
        title = plain(_CLOSING.sub("", match["atx"]) if match["atx"] else match["setext"] or match["html"] or "")
        if title:
            return title, body[: match.start()] + body[match.end() :]
    return "", body


_H1 = re.compile(r"<h1\b[^<>]*>(.{0,1000}?)</h1\s*>\s*", re.DOTALL | re.IGNORECASE)


def _html_heading(body: str) -> tuple[str, str]:
    """The same of HTML."""
    found = _H1.search(body)
    return (plain(found[1]), body[: found.start()] + body[found.end() :]) if found else ("", body)


_CLOSING = re.compile(r"(?<=[ \t])#+[ \t]*$")  # "# Title #"
_MARKUP = re.compile(
    r"!\[[^\]\n]*\]\([^)\n]*\)"  # images
    r"|\[(?P<link>[^\]\n]*)\]\([^)\n]*\)"
    r"|^[ ]{0,3}(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+)"  # headings, quotes, list marks
    r"|(?P<mark>\*{1,3}|_{1,3}|`+)(?=\S)(?P<inner>[^\n]*?\S)(?P=mark)(?!\w)"
    r"|<[/!a-zA-Z][^>\n]*>",
    re.MULTILINE,
)


_LEAD = 4000  # characters; more is no summary


def plain(markdown: str) -> str:
    """A few lines of Markdown as one paragraph of plain text, for a title or a summary."""
    text = markdown[:_LEAD]
    for _ in range(3):  # a link within emphasis within a link
        text = _MARKUP.sub(lambda match: match["link"] or match["inner"] or "", text)
    return " ".join(text.split())
