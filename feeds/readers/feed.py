"""Saved feeds: RSS 0.9x, 1.0 and 2.0, Atom and RDF files, so that an existing feed is taken over with its ids.

An id stands as it is written, also a bare one. Which of an entry's terms are its categories is told by the whole file:

- where some terms have a domain (RSS) or a scheme (Atom) and others none, those that have one are categories;
- else the first of each entry is its category, and so is a further one that comes first elsewhere. WordPress writes
  its categories before its tags and says no more; a newsroom that moves wants its sections as feeds, not its tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from urllib.parse import urljoin

from feeds import text as texts
from feeds.errors import ArticleError, UnreadableError
from feeds.model import BodyFormat, Draft, Image
from feeds.readers import PLAIN, Line, Options, drafts, feed_xml, fields
from feeds.readers.feed_xml import Fields, parse


def is_feed(head: bytes) -> bool:
    """Whether a file that begins so is a feed. A WordPress export is RSS, too: it must be told from one before."""
    return feed_xml.is_feed(head.replace(b"\0", b"").decode("utf-8", "ignore").removeprefix("\ufeff"))


def read(
    path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The articles of a feed: position is that of the entry in the file, from 0.

    An entry beyond a limit is an error of its own. Comments, drafts and a blog's other things (Blogger keeps settings
    and pages as entries) are passed over, and so is a site generator's template for a feed. Raises UnreadableError
    where the file is no feed, declares entities, or, behind the entries before it, at a fault.
    """
    if text.startswith("---\n"):
        return
    warnings: tuple[tuple[str, str], ...] = ()
    if texts.has_control(text):
        text, warnings = texts.clean(text), (("control", "the feed holds control characters; they are left out"),)
    # Some are wanted for bodies that are fetched again; which term is a category is judged by the whole file.
    parsed = parse(text, options.limits, limit=(max(only) if only else options.limits.records) + 1)
    options.limits.hold("records", len(parsed.entries), "the feed holds {} entries or more")
    feed = _Feed(path, parsed.channel, parsed.entries)
    for position, entry in enumerate(parsed.entries):
        if only is not None and position not in only:
            continue
        if sentence := parsed.beyond.get(position):
            yield ArticleError(f"{path}#{position + 1}", "unreadable", sentence)
        elif not _why_left_out(entry):
            yield feed.draft(position, entry)._replace(warnings=warnings)
            warnings = ()
    if parsed.fault:
        rest = "nothing of it was read" if not parsed.entries else "what follows was not read"
        raise UnreadableError(f"{parsed.fault}; {rest}")


def explain(path: str, text: str, *, options: Options = PLAIN, only: frozenset[int] | None = None) -> Iterator[Line]:
    """Each entry, its date and title, as an ``article`` or why it is left out; of those wanted, what they say."""
    if text.startswith("---\n"):
        return
    parsed = parse(texts.clean(text), options.limits)
    feed = _Feed(path, parsed.channel, parsed.entries)
    for position, entry in enumerate(parsed.entries):
        if only is not None and position not in only:
            continue
        why = parsed.beyond.get(position) or _why_left_out(entry)
        if why or only is None:
            line = f"{_published(entry) or _said(entry, 'updated')}  {texts.one_line(_said(entry, 'title'))}"
            yield Line(position + 1, f"left out: {why}" if why else "article", line.strip())
        if only is not None and position not in parsed.beyond:
            yield from (Line(position + 1, role, texts.one_line(value)) for role, value in feed.said(entry))


# --- what is an article ----------------------------------------------------------------------------------------------

_KIND = "http://schemas.google.com/g/2005#kind"
_COMMENT = re.compile(r"#comment-?[0-9]+\Z")


def _why_left_out(entry: Fields) -> str:
    """Comments, drafts and all but the posts of Blogger's backups are no articles; "" for one."""
    kinds = [str(tag.get("term")) for tag in entry.get("tags", ()) if tag.get("scheme") == _KIND]
    if "thr_in-reply-to" in entry or _COMMENT.search(_said(entry, "id")):
        return "comment"
    other = next((kind.rpartition("#")[2] for kind in kinds if not kind.endswith("#post")), "")
    if other or _said(entry, "blogger_type") not in ("", "POST"):
        return other or _said(entry, "blogger_type").lower()
    if _said(entry, "app_draft") == "yes":
        return "draft"
    status = _said(entry, "blogger_status")
    return "" if status in ("", "LIVE") else status.lower()


def _said(entry: Fields, name: str) -> str:
    """The text of an element; an unknown one that has attributes has none for feedparser."""
    value = entry.get(name)
    return value if isinstance(value, str) else ""


# --- one feed --------------------------------------------------------------------------------------------------------


class _Feed:
    """What the entries of one file share."""

    def __init__(self, path: str, channel: Fields, entries: Sequence[Fields]) -> None:
        self.path = path
        self.home = _said(channel, "link")
        self.language = _language(channel)
        self.numbered = drafts.only_count([_said(entry, "id") for entry in entries])
        self.month_first = drafts.are_month_first(map(_published, entries))
        every = [_terms(entry) for entry in entries]
        schemes = {bool(scheme) for terms in every for _, scheme in terms}
        self.by_scheme = len(schemes) == 2
        self.leading = {terms[0][0] for terms in every if terms}

    def draft(self, position: int, entry: Fields) -> Draft:
        published = _published(entry)
        updated = _said(entry, "updated")
        link = self._link(entry)
        body, body_format, summary = _texts(entry, link)
        language = _language(entry)
        source = entry.get("source")
        categories, tags = self._categories(_terms(entry))
        return Draft(
            path=self.path,
            position=position,
            title=_title(entry),
            date=published or updated or None,
            updated=updated if published and updated else None,
            month_first=self.month_first,
            body=body,
            body_format=body_format,
            summary=summary,
            authors=_authors(entry),
            categories=categories,
            tags=tags,
            link=link,
            guid="" if self.numbered else _said(entry, "id"),
            source=_said(source, "title") if isinstance(source, dict) else _said(entry, "dc_source"),
            language=language if language != self.language else "",
            image=_image(entry),
            license=_license(entry),
            rights=_said(entry, "rights"),
        )

    def said(self, entry: Fields) -> Iterator[tuple[str, str]]:
        """(field, text as written) of what an entry says, for ``explain``."""
        date = "published" if _published(entry) else "updated"
        named = {"title": "title", "published": "date", "created": "date", "updated": "updated", "id": "guid"} | {
            date: "date"
        }
        for name, role in named.items():
            if value := _said(entry, name):
                yield "unused" if role == "guid" and self.numbered else role, f"{name}: {value}"
        if link := self._link(entry):
            yield "link", link
        yield from (("authors", name) for name in _authors(entry))
        categories, tags = self._categories(_terms(entry))
        yield from (("categories", name) for name in categories)
        yield from (("tags", name) for name in tags)
        yield from (
            (role, value) for role, value in (("license", _license(entry)), ("rights", _said(entry, "rights"))) if value
        )
        body, _, summary = _texts(entry, "")
        yield from ((role, value) for role, value in (("summary", summary), ("body", body)) if value)

    def _link(self, entry: Fields) -> str:
        """The article's address; a guid is one where RSS says so and it is."""
        pages = (
            link.get("href", "")
            for link in entry.get("links", ())
            if link.get("rel") == "alternate" and "html" in link.get("type", "html")
        )
        link = _said(entry, "feedburner_origlink") or next(filter(None, pages), "")
        if not link and entry.get("guidislink") and _said(entry, "id").startswith(("http://", "https://")):
            link = entry["id"]
        try:
            return urljoin(self.home, str(link)) if link and self.home else str(link)
        except ValueError:
            return str(link)

    def _categories(self, terms: list[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(categories, tags), by the rule of the module."""
        if self.by_scheme:
            chosen = {name for name, scheme in terms if scheme}
        else:
            chosen = {name for number, (name, _) in enumerate(terms) if number == 0 or name in self.leading}
        named = dict.fromkeys(name for name, _ in terms if name.casefold() not in _NO_CATEGORIES)
        return tuple(n for n in named if n in chosen), tuple(n for n in named if n not in chosen)


def _published(entry: Fields) -> str:
    return _said(entry, "published") or _said(entry, "created")


_NO_CATEGORIES = frozenset({"uncategorized", "uncategorised", "tak berkategori", "tanpa kategori"})
"""WordPress' name for none, in English and Indonesian."""

_OTHER_SCHEMES = (_KIND, "http://search.yahoo.com/mrss/category_schema")


def _terms(entry: Fields) -> list[tuple[str, str]]:
    """The names of an entry's terms, each with its scheme ("" without one)."""
    found: dict[str, str] = {}
    for tag in entry.get("tags", ()):
        name, scheme = texts.one_line(tag.get("label") or tag.get("term") or ""), tag.get("scheme") or ""
        if name and scheme != _KIND:
            found.setdefault(name, "" if scheme in _OTHER_SCHEMES else scheme)
    return list(found.items())


def _language(part: Fields) -> str:
    details = (part.get(f"{name}_detail") or {} for name in ("title", "summary"))
    return _said(part, "language") or next(filter(None, (detail.get("language") for detail in details)), "")


def _title(entry: Fields) -> str:
    """The headline, escaped where it is plain text that could be taken for HTML."""
    title = _said(entry, "title")
    return escape(title, quote=False) if _type(entry, "title") == "text/plain" else title


def _type(entry: Fields, name: str) -> str:
    return str((entry.get(f"{name}_detail") or {}).get("type", "text/plain"))


def _license(entry: Fields) -> str:
    """The address of the entry's own licence: a link (RFC 4946), which feedparser makes of Creative Commons' too.

    Terms by RSL are links of the same relation, and no licence for people.
    """
    links = (
        link for link in entry.get("links", ()) if link.get("rel") == "license" and "rsl" not in link.get("type", "")
    )
    return next((str(link["href"]) for link in links if link.get("href")), "") or _said(entry, "dcterms_license")


_MAIL = re.compile(r"<?[^\s<>()@]{1,100}@[^\s<>()@]{1,200}>?")


def _authors(entry: Fields) -> tuple[str, ...]:
    """The names; RSS has an address beside it: ``redaksi@kabar.example (Rina)``."""
    written = (_MAIL.sub("", _said(author, "name")).strip() for author in entry.get("authors", ()))
    names = (name[1:-1] if name[:1] == "(" and name[-1:] == ")" else name for name in written)
    return tuple(dict.fromkeys(person for name in names if name for person in fields.people(name)))


# --- body and summary ------------------------------------------------------------------------------------------------

_HTML = ("text/html", "application/xhtml+xml")
_FOOTER = re.compile(
    r"<p>[^<>]{1,80}<a\s[^<>]*href=[\"']([^\"'<>]*)[\"'][^<>]*>(?:(?!</?(?:a|p)\b).){1,500}</a>[^<>]{1,80}"
    r"<a\s[^<>]*>[^<>]{1,200}</a>[^<>]{0,20}</p>\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_PIXEL = re.compile(
    r"<img\b(?=[^<>]*\swidth=[\"']?1[\"'\s/>])(?=[^<>]*\sheight=[\"']?1[\"'\s/>])[^<>]*>", re.IGNORECASE
)
_CUT = re.compile(r"\s*\[(?:…|\.{3}|&hellip;|&#8230;)\]\Z")


def _texts(entry: Fields, link: str) -> tuple[str, BodyFormat, str]:
    """(body, its format, summary): a feed that has only a description has it as the body."""
    description = _without_footer(_said(entry, "summary"), link)
    is_html = _type(entry, "summary") in _HTML and ("<" in description or "&" in description)
    whole = next((part for part in entry.get("content", ()) if part.get("value") and _is_text(part)), None)
    if whole is None:
        return description, "html" if is_html else "text", ""
    body = _without_footer(str(whole["value"]), link)
    if body == description:
        return body, "html" if whole.get("type") in _HTML else "text", ""
    summary = texts.plain(description) if is_html else escape(description, quote=False)
    return body, "html" if whole.get("type") in _HTML else "text", _CUT.sub("…", summary)


def _is_text(part: Fields) -> bool:
    return part.get("type") in (*_HTML, "text/plain")


def _without_footer(body: str, link: str) -> str:
    """Without tracking pixels and the last paragraph that WordPress plugins add: "The post … appeared first on …".

    Its first link is the article's own, its second the site's.
    """
    if "<" not in body:
        return body
    body = _PIXEL.sub("", body)
    start = body.rfind("<p>")
    footer = _FOOTER.match(body, start) if start >= 0 else None
    return body[:start].rstrip() if footer and link and _same(footer[1], link) else body


def _same(address: str, link: str) -> bool:
    return unescape(address).partition("?")[0].rstrip("/") == link.partition("?")[0].rstrip("/")


# --- the lead image --------------------------------------------------------------------------------------------------

_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)\Z", re.IGNORECASE)
_FIRST = re.compile(
    r"\s*(?:<(?:a|div|figure|p|span)\b[^<>]*>\s*)*<img\b[^<>]*?\ssrc\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE
)


def _image(entry: Fields) -> Image | None:
    """The lead image: an enclosure, else Media RSS, else an element of its own, else the description's first."""
    contents = [part for part in entry.get("media_content", ()) if _is_picture(part) and "gravatar." not in part["url"]]
    widest = max(contents, key=lambda part: _number(part.get("width")) or 0, default=None)
    enclosures = (link for link in entry.get("links", ()) if link.get("rel") == "enclosure")
    enclosure = next((part for link in enclosures if _is_picture(part := {**link, "url": link.get("href")})), None)
    thumbnail = next((part for part in entry.get("media_thumbnail", ()) if part.get("url")), None)
    found = enclosure or widest or thumbnail or _unnamed(entry)
    if found is None:
        return None
    said: Fields = next((p for p in contents if p["url"] == found["url"]), widest or {})
    kind = str(found.get("type") or "").replace("image/jpg", "image/jpeg")
    return Image(
        url=str(found["url"]),
        caption=_caption(said) or _caption(entry),
        credit=said.get("picture_credit") or entry.get("picture_credit") or "",
        type=kind if kind.startswith("image/") else "",
        length=_number(found.get("length") or found.get("filesize")),
        width=_number(found.get("width")),
        height=_number(found.get("height")),
    )


def _is_picture(part: Fields) -> bool:
    if not part.get("url"):
        return False
    if kind := part.get("medium") or part.get("type"):
        return str(kind).startswith("image")
    return bool(_PICTURE.search(str(part["url"]).partition("?")[0]))


def _unnamed(entry: Fields) -> Fields | None:
    """``<image>`` or ``<thumbnail>`` with an address, and the image that some feeds begin their description with."""
    for name in ("href", "image", "thumbnail"):
        if (value := _said(entry, name)).startswith(("http://", "https://", "/")):
            return {"url": value}
    found = _FIRST.match(_PIXEL.sub("", _said(entry, "summary")[:5000]))
    return {"url": unescape(found[1])} if found else None


def _caption(said: Fields) -> str:
    """A description, else a title that is more than a file's name."""
    title = str(said.get("picture_title") or "")
    return said.get("picture_caption") or (title if " " in title else "")


def _number(value: object) -> int | None:
    digits = str(value or "").strip()
    return int(digits) or None if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
