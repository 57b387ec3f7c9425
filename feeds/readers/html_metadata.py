"""What a page's markup says of its article: JSON-LD, Open Graph, the names that portals use, microdata, links.

``gather`` gives every field's values in their order of trust. Nothing is decided here but which JSON-LD object is the
article's; the title and the date are chosen in ``html_title`` and ``html_dates``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from feeds.model import Image
from feeds.readers import capture_words as words
from feeds.readers import drafts, fields
from feeds.readers.capture_bylines import is_site
from feeds.readers.html_jsonld import Graph, Thing, main_article, read_graph
from feeds.readers.html_tree import Document, Found, in_order, line_of, one_of, text_of

# Names of <meta> for each field, the more trusted first.
METAS = {
    "title": in_order("og:title originaltitle twitter:title dc.title dcterms.title parsely-title sailthru.title title"),
    "published": in_order(
        "article:published_time og:article:published_time og:published_time article:published datepublished"
        " content_publisheddate content_published_date dtk:publishdate publishdate publish-date publish_date"
        " publisheddate published-date published_date published_time published_at pubdate pub_date"
        " parsely-pub-date sailthru.date dc.date.issued dcterms.issued dcterms.date dc.date"
        " article_date_original cxenseparse:recs:publishtime displaydate releasedate date"
    ),
    "created": in_order("datecreated createdate dtk:createddate article:created dc.date.created dcterms.created"),
    "modified": in_order(
        "article:modified_time og:updated_time datemodified dcterms.modified lastmod last-modified updated_time"
        " article:modified"
    ),
    "authors": in_order("content_author dtk:author content_reporter"),
    "bylines": in_order(
        "author article:author og:article:author parsely-author sailthru.author dc.creator dcterms.creator"
        " dc.contributor byl byline citation_author"
    ),
    "section": in_order(
        "article:section content_category dtk:kanal parsely-section og:article:section articlesection section"
        " dc.subject category kanal"
    ),
    "tags": in_order("article:tag content_tags content_tag parsely-tags news_keywords dtk:keywords keywords"),
    "summary": in_order("og:description description twitter:description dc.description dcterms.description"),
    "image": in_order("og:image:secure_url og:image:url og:image twitter:image twitter:image:src thumbnailurl"),
    "site": in_order(
        "og:site_name application-name apple-mobile-web-app-title al:android:app_name twitter:app:name:iphone"
    ),
    "source": in_order("content_source original-source"),
    "license": in_order("dcterms.license"),
    "rights": in_order("dcterms.rights dc.rights"),
}


@dataclass(slots=True)
class Facts:
    """A page's values by field, the more trusted first. sites: what the page's own site is called, squashed."""

    page: Document
    graph: Graph
    article: Thing | None = None
    values: dict[str, list[Found]] = field(default_factory=dict)
    link: str = ""
    sites: frozenset[str] = frozenset()

    def first(self, name: str) -> str:
        return next((found.value for found in self.values.get(name, ())), "")


_SIGNS = re.compile(r"[\W_]+")


def squash(text: str) -> str:
    """A text without case, signs and blanks, to compare headlines, names and addresses."""
    return _SIGNS.sub("", text.casefold())


def gather(page: Document) -> Facts:
    """Every value of a page, and which JSON-LD object is its article."""
    facts = Facts(page, read_graph(page))
    facts.link = _address(page)
    titles = [*map(text_of, page.headings), page.meta("og:title")]
    headings = set(map(squash, titles)) - {""}
    titles.append(text_of(page.title) if page.title is not None else "")
    facts.article = main_article(facts.graph, address=facts.link, headings=headings, titles=titles, squash=squash)
    facts.sites = _site_names(facts)
    for name in METAS:
        facts.values[name] = [
            *_from_article(facts, name),
            *_from_metas(page, name),
            *_from_items(facts, name),
        ]
    return facts


def _address(page: Document) -> str:
    """The page's own address: canonical, else og:url; of an AMP page, too, as its canonical is the article's."""
    for address in (page.href("canonical"), page.meta("og:url"), page.meta("parsely-link"), page.meta("twitter:url")):
        if address and not address.startswith(("data:", "javascript:", "about:", "file:", "blob:")):
            return address
    return ""


def _site_names(facts: Facts) -> frozenset[str]:
    names = [found.value for name in METAS["site"] for found in facts.page.metas.get(name, ())]
    names += facts.graph.site_names
    host = urlsplit(facts.link).hostname or "" if facts.link.startswith("http") else ""
    names += [host, host.removeprefix("www."), _own_label(host)]
    return frozenset(filter(None, map(squash, names)))


_ENDINGS = one_of("com co id go or ac sch desa web my net org news tv info biz press media asia online www")


def _own_label(host: str) -> str:
    """``kompas`` of ``money.kompas.com`` and ``jambi.antaranews.com``'s ``antaranews``."""
    return next((label for label in reversed(host.split(".")) if label not in _ENDINGS and len(label) > 3), "")


# --- JSON-LD ---

_KEYS = {
    "title": ("headline", "name", "alternativeHeadline"),
    "published": ("datePublished",),
    "created": ("dateCreated", "uploadDate"),
    "modified": ("dateModified",),
    "authors": ("author", "creator"),
    "section": ("articleSection",),
    "tags": ("keywords",),
    "summary": ("description", "abstract"),
    "rights": ("copyrightNotice",),
}


def _from_article(facts: Facts, name: str) -> Iterator[Found]:
    things = [facts.article] if facts.article else []
    if name in ("title", "published", "modified"):
        things += [page for page in facts.graph.pages if name != "title" or "headline" in page]
    for thing in things:
        for key in _KEYS.get(name, ()):
            where = f"json-ld {key}"
            if name == "title" and key == "name" and "headline" in thing:
                continue
            for text in _texts(facts.graph, thing.get(key), people=name == "authors"):
                yield Found(text, where, facts.graph.lines.get(id(thing), 0))


def _texts(graph: Graph, value: object, *, people: bool) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        one = graph.resolved(one)
        if people and isinstance(one, Mapping) and "Person" not in str(one.get("@type", "Person")):
            continue
        text = fields.text(one)
        if text := " ".join(html.unescape(text).split()):
            yield text


# --- meta and microdata ---


def _from_metas(page: Document, name: str) -> Iterator[Found]:
    for meta in METAS[name]:
        if name == "tags" and (listed := page.metas.get(meta)):
            yield from listed
            return
        yield from page.metas.get(meta, ())


_ITEMS = {
    "title": "headline",
    "published": "datepublished",
    "created": "datecreated",
    "modified": "datemodified",
    "authors": "author",
    "section": "articlesection",
    "summary": "description",
}


def _from_items(facts: Facts, name: str) -> Iterator[Found]:
    """Microdata of the article; a page with teasers has several headlines, of which none is sure."""
    items = facts.page.items.get(_ITEMS.get(name, ""), [])
    if name in ("title", "published", "modified") and len({scope_of(item.element) for item in items}) > 1:
        items = [item for item in items if any(scope_of(item.element) is scope_of(h1) for h1 in facts.page.headings)]
    for item in items:
        if item.element.tag == "meta":
            continue  # already among the metas
        value = item.value or text_of(item.element)
        if name == "authors" and (named := item.element.find('.//*[@itemprop="name"]')) is not None:
            value = text_of(named) or named.get("content") or ""
        if value:
            yield Found(value, f"itemprop {_ITEMS[name]}", line_of(item.element))


def scope_of(element: HtmlElement) -> HtmlElement | None:
    """The microdata item that an element belongs to."""
    return next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)


# --- what a Draft takes of it ---

_NOBODY = one_of(
    "admin administrator redaksi editor developer webmaster root user penulis reporter wartawan timredaksi"
)
_NOT_A_NAME = re.compile(r"https?:|www\.|@|\b[\w-]+\.(?:com|id|net|org|co|tv|news)\b|\d{3}", re.IGNORECASE)


def authors_of(facts: Facts) -> tuple[Found, ...]:
    """The persons who wrote the article, from the first place that names any; neither the site nor its staff.

    A portal's own ``content_author`` comes before its JSON-LD, which may name the editor.
    """
    by_link = (Found(text_of(a), "rel=author", line_of(a)) for a in facts.page.links.get("a author", ()))
    bylines = facts.values["bylines"]
    for group in (facts.values["authors"], bylines, list(by_link)):
        portal = [found for found in group if found.where.startswith("meta content_") or "dtk:" in found.where]
        for some in (portal, group):
            people = {name: found for found in some for name in fields.people(found.value) if _is_person(name, facts)}
            if people:
                return tuple(Found(name, found.where, found.line) for name, found in people.items())
    return ()


def _is_person(name: str, facts: Facts) -> bool:
    bare = squash(name)
    if not bare or bare in facts.sites or bare in _NOBODY or len(name) > 80 or _NOT_A_NAME.search(name):
        return False
    return not (is_site(name) or all(word.casefold() in words.SITE_WORDS for word in name.split()))


def sections_of(facts: Facts) -> tuple[Found, ...]:
    """The section: as said, else the breadcrumb behind ``Home`` that is not the article itself."""
    for found in facts.values["section"]:
        names = [name for name in fields.names(found.value) if squash(name) not in facts.sites and len(name) < 60]
        if names:
            return tuple(Found(name, found.where, found.line) for name in names[:3])
    title = squash(facts.first("title"))
    for crumbs in facts.graph.breadcrumbs:
        general = facts.sites | {"home", "beranda", "berita", "news", title, ""}
        name = next((name for name in _crumbs(crumbs) if squash(name) not in general and len(name) < 40), "")
        if name:
            return (Found(name, "json-ld BreadcrumbList", facts.graph.lines.get(id(crumbs), 0)),)
    return ()


def _crumbs(thing: Thing) -> Iterator[str]:
    items = thing.get("itemListElement")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            inner = item.get("item")
            yield " ".join(html.unescape(fields.text(item.get("name")) or _name_of(inner)).split())


def _name_of(value: object) -> str:
    return fields.text(value.get("name")) if isinstance(value, Mapping) else ""


def tags_of(facts: Facts) -> tuple[Found, ...]:
    """The tags, from the first place that has any; each once."""
    by_link = [Found(text_of(a), "rel=tag", line_of(a)) for a in facts.page.links.get("a tag", ())]
    named = facts.values["tags"]
    said = [found for found in named if found.where != "meta keywords"]
    for group in (said, by_link, named):
        once: dict[str, Found] = {}
        for found in group:
            for name in fields.names(found.value):
                if len(name) < 80:
                    once.setdefault(name.casefold(), Found(name, found.where, found.line))
        if once:
            return tuple(once.values())
    return ()


def summary_of(facts: Facts, title: str) -> Found | None:
    """The first description that is not the title again."""
    return next((f for f in facts.values["summary"] if squash(f.value) != squash(title) and len(f.value) > 20), None)


def language_of(facts: Facts) -> str:
    """The page's language: ``lang`` of the page, its own hreflang, JSON-LD's, Open Graph's."""
    root = facts.page.root
    said = root.get("lang") or root.get("xml:lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    if not said and facts.link:
        alternates = facts.page.links.get("alternate", ())
        same = (link.get("hreflang") or "" for link in alternates if (link.get("href") or "") == facts.link)
        said = next((tag for tag in same if tag and tag != "x-default"), "")
    if not said and facts.article:
        said = fields.text(facts.article.get("inLanguage"))
    said = said or facts.page.meta("og:locale") or facts.page.meta("content-language")
    said = said.strip().replace("_", "-")
    return said if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", said) else ""


def image_of(facts: Facts) -> tuple[Image, Found] | None:
    """The lead image: JSON-LD's, else Open Graph's with its size."""
    if facts.article:
        value = facts.article.get("image") or facts.article.get("thumbnailUrl")
        value = facts.graph.resolved(value[0] if isinstance(value, list) and value else value)
        if isinstance(value, Mapping) and "url" not in value and "contentUrl" in value:
            value = {**value, "url": value["contentUrl"]}
        image = drafts.image({"image": value}) if value else None
        if image and image.url and not image.url.startswith("data:"):
            caption = fields.text(value.get("caption")) if isinstance(value, Mapping) else ""
            where = Found(image.url, "json-ld image", facts.graph.lines.get(id(facts.article), 0))
            return Image(url=image.url, caption=caption, width=image.width, height=image.height), where
    for found in facts.values["image"]:
        if not found.value.startswith("data:"):
            size = (_pixels(facts.page.meta(f"og:image:{side}")) for side in ("width", "height"))
            width, height = size if found.where.startswith("meta og:") else (None, None)
            return Image(url=found.value, width=width, height=height), found
    return None


def _pixels(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 else None


def source_of(facts: Facts, named: Iterable[str]) -> str:
    """Another newsroom or agency that the page names as the article's source; never the page's own site."""
    said = [found.value for found in facts.values["source"]]
    return next((name for name in (*said, *named) if name and not _is_own(name, facts.sites)), "")


def _is_own(name: str, sites: frozenset[str]) -> bool:
    bare = squash(name)
    return any(bare in site or (len(site) > 3 and site in bare) for site in sites)


def guid_of(facts: Facts) -> str:
    """WordPress' own id of a post (``https://situs/?p=123``), by which its export and its feeds call it, too."""
    short = facts.page.href("shortlink")
    return short if re.fullmatch(r"https?://[^/?#]{3,100}/\?p=\d{1,12}", short) else ""


def license_of(facts: Facts) -> Found | None:
    """The licence: JSON-LD's, else the page's ``<link>``, a ``<meta>``, or where all links of it in the text agree.

    Where they do not, one may be a picture's. Terms by RSL are links of the same relation, and no licence for people.
    """
    if facts.article and (said := fields.address_or_text(facts.graph.resolved(facts.article.get("license")))):
        return Found(said, "json-ld license", facts.graph.lines.get(id(facts.article), 0))
    for link in facts.page.links.get("license", ()):
        if link.get("href") and "rsl" not in (link.get("type") or "").lower():
            return Found(link.get("href", "").strip(), "link rel=license", line_of(link))
    if named := facts.values["license"]:
        return named[0]
    links = {(a.get("href") or "").strip(): a for a in facts.page.links.get("a license", ())}
    return next((Found(href, "rel=license", line_of(a)) for href, a in links.items() if href and len(links) == 1), None)


def rights_of(facts: Facts) -> Found | None:
    """The notice of copyright, or one of the holder and year that JSON-LD names; never that of the whole site."""
    if named := facts.values["rights"]:
        return named[0]
    if not facts.article or not (holder := fields.text(facts.graph.resolved(facts.article.get("copyrightHolder")))):
        return None
    notice = " ".join(filter(None, ("©", fields.text(facts.article.get("copyrightYear")), html.unescape(holder))))
    return Found(notice, "json-ld copyrightHolder", facts.graph.lines.get(id(facts.article), 0))
