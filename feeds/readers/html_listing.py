"""Pages that are no article: a home page, a section's list, a tag's, an author's, a search, an error page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from feeds.readers.html_metadata import Facts, squash
from feeds.readers.html_tree import text_of

HEADLINES = 5  # linked headings that make a list
PARAGRAPH = 120  # characters of a line that is a paragraph

# WordPress' body_class; Yoast's and others' types of JSON-LD.
_CLASSES = {
    "home": "the home page",
    "blog": "a list of articles",
    "archive": "a list of articles",
    "category": "a section's list",
    "tag": "a tag's list",
    "author": "an author's list",
    "search": "a search",
    "search-results": "a search",
    "search-no-results": "a search",
    "error404": "an error page",
}
_LOST = re.compile(r"\b404\b|(?:halaman|laman) (?:tidak|tak) (?:dapat )?ditemukan|page not found", re.IGNORECASE)
_LIST_PATH = re.compile(
    r"^/(?:(?:tags?|topik|topic|category|kategori|author|penulis|search|indeks|index)(?:/[^/]*)?)?/?$|/page/\d+/?$",
    re.IGNORECASE,
)


def why_no_article(facts: Facts, lines: Sequence[tuple[str, int]]) -> str:
    """What a page is where it is no article ("a list of articles"), else ""."""
    if facts.article is not None:
        return ""
    body = facts.page.root.find("body")
    classes = set((body.get("class") or "").split()) if body is not None else set()
    if classes and not any(name.startswith("single") for name in classes):
        for name, what in _CLASSES.items():
            if name in classes:
                return what
        if not facts.values["published"] and any(re.fullmatch(r"page-id-\d+", name) for name in classes):
            return "a page of the site itself"
    title = text_of(facts.page.title) if facts.page.title is not None else ""
    if _LOST.search(title[:200]) and not facts.values["published"]:
        return "an error page"
    if facts.graph.lists and not facts.values["published"]:
        return "a list of articles"
    if _is_marked(facts):
        return ""
    path = urlsplit(facts.link).path if facts.link else "-"
    if facts.page.linked >= HEADLINES and (_LIST_PATH.search(path) or _reads_like_a_list(facts, lines)):
        return "a list of articles"
    return ""


def _is_marked(facts: Facts) -> bool:
    """Whether the markup says that this is an article."""
    page = facts.page
    if facts.values["published"] or "articlebody" in page.items:
        return True
    return page.meta("og:type").lower() == "article" and facts.page.linked < 4 * HEADLINES


def _reads_like_a_list(facts: Facts, lines: Sequence[tuple[str, int]]) -> bool:
    """Headline after headline, with never two paragraphs between them."""
    linked = {
        squash(text_of(heading))
        for heading in facts.page.root.iter("h2", "h3", "h4", "h5")
        if heading.find(".//a") is not None or any(above.tag == "a" for above in heading.iterancestors())
    }
    run = longest = 0
    for text, _ in lines:
        if squash(text) in linked:
            run = 0
        elif len(text) > PARAGRAPH:
            run += 1
            longest = max(longest, run)
    return longest < 2
