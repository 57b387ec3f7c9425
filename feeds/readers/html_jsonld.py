"""JSON-LD within a page: the objects of schema.org, also where the JSON is broken.

Content management systems put headlines into JSON without care: raw line ends, commas before a bracket, comment or
CDATA marks around it, two objects behind each other. What cannot be mended gives its dates only, as no quotation mark
of a headline can have cut these short.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feeds.readers.html_tree import Document, line_of

Thing = Mapping[str, Any]

_DEEPEST = 12  # nested objects that are looked into
_WRAPPER = re.compile(r"/\*\s*<!\[CDATA\[\s*\*/|/\*\s*\]\]>\s*\*/|(?://\s*)?(?:<!\[CDATA\[|\]\]>)|<!--|-->")
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'  # also one that never ends, so that each is looked at once
_COMMA = re.compile(rf"({_STRING})|,(?=\s*+[}}\]])", re.DOTALL)
_DATES = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"\\\n]{8,40})"')
_ARTICLE = re.compile(r'"@type"\s*:\s*\[?\s*"[^"]{0,80}(?:Article|Posting)"')
_PAGES = frozenset({"WebPage", "ItemPage", "MediaGallery", "ImageGallery", "VideoObject"})
_LISTS = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "Blog", "ItemList"})
_OTHER_ARTICLES = frozenset({"BlogPosting", "LiveBlogPosting", "Report", "SocialMediaPosting"})
_DECODER = json.JSONDecoder(strict=False)


@dataclass(slots=True)
class Graph:
    """The objects of a page. lines: where the script of each stands, by ``id()`` of the object."""

    articles: list[Thing] = field(default_factory=list)
    pages: list[Thing] = field(default_factory=list)
    lists: list[Thing] = field(default_factory=list)
    breadcrumbs: list[Thing] = field(default_factory=list)
    site_names: list[str] = field(default_factory=list)
    known: dict[str, Thing] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)

    def resolved(self, value: object) -> object:
        """A reference (``{"@id": ...}``) as the object that it names."""
        if isinstance(value, Mapping) and len(value) <= 2 and "name" not in value:
            return self.known.get(str(value.get("@id")), value)
        return value


def read_graph(page: Document) -> Graph:
    """All objects of a page's JSON-LD scripts."""
    graph = Graph()
    for script in page.scripts:
        for thing in _things(script.text or ""):
            _sort(graph, thing, line_of(script), 0)
    return graph


def types_of(thing: Thing) -> set[str]:
    """The types of an object without schema.org's address."""
    named = thing.get("@type")
    return {str(name).rpartition("/")[2] for name in (named if isinstance(named, list) else [named]) if name}


def _is_article(types: set[str]) -> bool:
    return any(name.endswith("Article") or name in _OTHER_ARTICLES for name in types)


def _things(source: str) -> Iterator[object]:
    text = source.strip()
    if not text.startswith(("{", "[")) or text.endswith((">", "*/")):
        text = _WRAPPER.sub("", text).strip().rstrip(";")
    try:
        yield _DECODER.decode(text)
        return
    except (ValueError, RecursionError):
        pass
    if text.startswith(("{&quot;", "[{&quot;")) or "&quot;@type&quot;" in text:
        text = html.unescape(text)
    yield from _mended(_COMMA.sub(lambda match: match[1] or "", text))


def _mended(text: str) -> Iterator[object]:
    """Object after object, as far as they can be read; of the rest the dates."""
    at = 0
    while at < len(text):
        opening = re.compile(r"[\s,;]*(?=[{\[])").match(text, at)
        if opening is None:
            break
        try:
            thing, at = _DECODER.raw_decode(text, opening.end())
        except (ValueError, RecursionError):
            break
        yield thing
    rest = text[at:]
    if _ARTICLE.search(rest):
        dates: dict[str, str] = {}
        for name, value in _DATES.findall(rest):
            dates.setdefault(name, value)
        if dates:
            yield {"@type": "Article", **dates}


def _sort(graph: Graph, thing: object, line: int, depth: int) -> None:
    if depth > _DEEPEST:
        return
    if isinstance(thing, list):
        for one in thing:
            _sort(graph, one, line, depth + 1)
        return
    if not isinstance(thing, Mapping):
        return
    graph.lines[id(thing)] = line
    if isinstance(thing.get("@id"), str) and len(thing) > 1:
        graph.known.setdefault(thing["@id"], thing)
    types = types_of(thing)
    if _is_article(types):
        graph.articles.append(thing)
    elif types & _LISTS:
        graph.lists.append(thing)
    elif types & _PAGES:
        graph.pages.append(thing)
    elif "BreadcrumbList" in types:
        graph.breadcrumbs.append(thing)
    elif types & {"WebSite", "Organization", "NewsMediaOrganization"}:
        graph.site_names += [thing[key] for key in ("name", "alternateName") if isinstance(thing.get(key), str)]
    publisher = thing.get("publisher")
    if isinstance(publisher, Mapping) and isinstance(publisher.get("name"), str):
        graph.site_names.append(publisher["name"])
    for key in ("@graph", "mainEntity", "mainEntityOfPage", "breadcrumb"):
        if isinstance(thing.get(key), Mapping | list) and not (key == "mainEntity" and types & _LISTS):
            _sort(graph, thing[key], line, depth + 1)


def address_of(thing: Thing) -> str:
    """The page that an object says it is of."""
    for key in ("mainEntityOfPage", "url", "@id"):
        value = thing.get(key)
        if isinstance(value, Mapping):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value:
            return value.partition("#")[0]
    return ""


def main_article(graph: Graph, *, address: str, headings: set[str], titles: Sequence[str], squash: Any) -> Thing | None:
    """The object that the page is about: the one with its address or its headline, else the only one.

    address: the page's own; headings: its headlines, squashed; titles: these and its <title>. Teasers of other articles
    come as articles, too: the only one whose headline has nothing of any title is such a teaser.
    """
    articles = graph.articles
    for article in articles:
        if address and squash(address_of(article)) == squash(address):
            return article
    for article in articles:
        if squash(str(article.get("headline") or article.get("name") or "")) in headings:
            return article
    apart = {squash(str(article.get("headline"))) for article in articles}
    return articles[0] if articles and len(apart) == 1 and _is_like(articles[0], titles) else None


_WORD = re.compile(r"\w+")
_LIKE = 0.4  # the share of a headline's words that another wording of it has, too


def _is_like(article: Thing, titles: Sequence[str]) -> bool:
    own = set(_WORD.findall(str(article.get("headline") or "").casefold()[:500]))
    others = [set(_WORD.findall(title.casefold()[:500])) for title in titles if title]
    return not own or not others or any(len(own & words) >= _LIKE * min(len(own), len(words)) for words in others)
