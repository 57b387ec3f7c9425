"""WordPress exports (WXR 1.0 to 1.2), of any size: read as a stream, an item at a time.

Read are items of the type ``post`` whose status is ``publish``, or ``future`` (their date is the embargo). Where an
export has no such post, the site keeps its articles under a type of its own (``berita``, ``artikel``): then every type
counts that is not WordPress' own. Left out without a word: drafts, private and pending ones, the trash, whatever asks
for a password, pages, revisions, attachments, menus and the other machinery, comments.

A first pass finds where posts and attachments lie, and holds nothing of them but that; the second reads the posts.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import IO, BinaryIO, NamedTuple
from urllib.parse import unquote

from feeds.errors import ArticleError, UnreadableError
from feeds.limits import Limits, without_embedded
from feeds.model import Draft, Image
from feeds.readers import PLAIN, Line, Options
from feeds.readers.fields import field_of
from feeds.readers.shortcodes import Attachment, is_image
from feeds.readers.wordpress_html import to_html
from feeds.readers.wxr_dates import published, updated
from feeds.readers.wxr_items import Items, Parser, Record, as_utf8, encoding_of
from feeds.text import one_line

_LIVE = frozenset({"publish", "future"})
_MACHINERY = frozenset({
    "page", "revision", "attachment", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache",
    "user_request", "wp_block", "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation",
    "wp_font_family", "wp_font_face", "guest-author", "feedback", "acf-field", "acf-field-group", "wpcf7_contact_form",
    "elementor_library", "product", "shop_order", "jp_pay_order", "jp_pay_product",
})  # fmt: skip
_NO_CATEGORY = frozenset(
    {"uncategorized", "uncategorised", "tak berkategori", "tidak berkategori", "tanpa kategori", "belum dikategorikan"}
)

_EXPORT = re.compile(r"<rss\b[^<>]*https?://(?:www\.)?wordpress\.org/export/")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def is_wxr(head: bytes) -> bool:
    """Whether a file is a WordPress export, by its first some thousand bytes: RSS that names WordPress' namespace."""
    text = head.decode("utf-16" if encoding_of(head) == "utf-16" else "latin-1", "ignore")
    return bool(_EXPORT.search(text))


def read_stream(
    path: str, stream: BinaryIO, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The articles of an export, by their order in the file. stream: seekable; it stays open.

    The position of a Draft is the number of its item among all of the file, from 0. An item that cannot be read is an
    ArticleError of its own; an export that ends in its middle gives one behind all articles before that.

    Raises UnreadableError for an export with a document type, which could name other files.
    """
    encoding = encoding_of(stream.read(1024))
    with as_utf8(stream, encoding) as text:
        contents = _look_through(text, options.limits)
        count = 0
        for found in _Posts(path, text, contents, options.limits).read(only):
            count += isinstance(found, Draft)
            yield found
    if only is None and contents.cut_off:
        reason = f"the export is cut off: it ends after {count:,} article{'s' * (count != 1)}"
        yield ArticleError(path, "unreadable", reason)


def explain(
    path: str, stream: BinaryIO, *, options: Options = PLAIN, only: frozenset[int] | None = None
) -> Iterator[Line]:
    """Each item, its date and title, as an ``article`` or why it is left out; of those wanted, each element.

    stream: seekable; no more of it than one item is held.
    """
    del path
    with as_utf8(stream, encoding_of(stream.read(1024))) as text:
        contents = _look_through(text, options.limits)
        parser = Parser(contents.head)
        text.seek(0)
        for position, _, data in Items(text, max_item=options.limits.record):
            if not data:
                yield Line(position + 1, "unreadable", _too_large(options.limits))
            elif only is None or position in only:
                yield from _shown(parser, data, position, contents, whole=only is not None)
            if only and position >= max(only):
                return


def _shown(parser: Parser, data: bytes, position: int, contents: _Contents, *, whole: bool) -> Iterator[Line]:
    try:
        record = parser.read(data)
    except UnreadableError as error:
        yield Line(position + 1, "unreadable", str(error))
        return
    if contents.lacks_type(record):
        yield Line(position + 1, "unreadable", _NO_TYPE)
        return
    values = record.values
    why = _why_left_out(record)
    if not why and not contents.posts.find(position):
        why = values.get("wp:post_type", "").strip() or "its type is in doubt"
    if why or not whole:
        date = (values.get(name, "").strip() for name in ("wp:post_date", "pubDate"))
        text = f"{next(filter(None, date), '')}  {one_line(values.get('title', ''))}".strip()
        yield Line(position + 1, f"left out: {why}" if why else "article", text)
    if whole:
        for name, value in (*values.items(), *record.meta.items()):
            if text := one_line(value):
                yield Line(position + 1, _ROLES.get(name, "unused"), f"{name}: {text}")
        for domain, nicename, name in record.categories:
            role = "tags" if domain == "post_tag" else field_of(domain) or "unused"
            yield Line(position + 1, role, f"category {domain}: {name.strip() or nicename}")


_NO_TYPE = "the item does not say of which type it is (wp:post_type)"


def _too_large(limits: Limits) -> str:
    return f"the item has more bytes than {limits.record:,}, which is limits.record"


_ROLES = {
    "title": "title", "content": "body", "excerpt": "summary", "creator": "authors", "link": "link", "guid": "guid",
    "pubDate": "date", "wp:post_date": "date", "wp:post_date_gmt": "date", "wp:post_modified": "updated",
    "wp:post_modified_gmt": "updated", "wp:post_name": "slug", "wp:post_type": "type", "wp:status": "status",
    "wp:post_password": "password", "_thumbnail_id": "image", "fifu_image_url": "image", "fifu_image_alt": "image",
}  # fmt: skip
"""What an element or a custom field of an item gives."""


# --- the first pass --------------------------------------------------------------------------------------------------


class _Places:
    """Where some items lie: (key, start, length) of each, 20 bytes an item."""

    def __init__(self) -> None:
        self.keys, self._starts, self._lengths = array("Q"), array("Q"), array("I")

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, key: int, start: int, length: int) -> None:
        self.keys.append(key)
        self._starts.append(start)
        self._lengths.append(length)

    def data(self, stream: IO[bytes], number: int) -> bytes:
        """The bytes of the item that was added as the given one."""
        stream.seek(self._starts[number])
        return stream.read(self._lengths[number])

    def is_empty(self, number: int) -> bool:
        return not self._lengths[number]

    def find(self, key: int) -> range:
        """The numbers of the items of a key, where keys ascend."""
        return range(bisect_left(self.keys, key), bisect_right(self.keys, key))

    def sorted(self) -> _Places:
        """The same by ascending keys, as an export has them but for one that was put together."""
        if all(map(int.__le__, self.keys, self.keys[1:])):
            return self
        places = _Places()
        for number in sorted(range(len(self)), key=self.keys.__getitem__):
            places.add(self.keys[number], self._starts[number], self._lengths[number])
        return places


class _Contents(NamedTuple):
    """What the first pass finds. posts, guests: by position; attachments: by id; children: those by their post's id.

    typed: whether items say of what type they are, as they do in all exports of WordPress itself.
    """

    head: bytes
    posts: _Places
    attachments: _Places
    children: _Places
    guests: _Places
    typed: bool
    cut_off: bool

    def lacks_type(self, record: Record) -> bool:
        return self.typed and not record.values.get("wp:post_type", "").strip()


_FACT = re.compile(rb":(post_type|status|post_id|post_parent)>\s*+(?:<!\[CDATA\[\s*+)?([\w-]++)")


def _look_through(stream: IO[bytes], limits: Limits) -> _Contents:
    stream.seek(0)
    items = Items(stream, max_item=limits.record)
    posts, others, attachments, children, guests = _Places(), _Places(), _Places(), _Places(), _Places()
    typed = False
    for position, start, data in items:
        if not position:
            _refuse_document_type(items.head)
        facts = _facts_of(data)
        kind = facts.get(b"post_type", b"post")
        typed = typed or b"post_type" in facts
        if kind == b"attachment":
            attachments.add(_number(facts.get(b"post_id", b"")), start, len(data))
            children.add(_number(facts.get(b"post_parent", b"")), start, len(data))
        elif kind == b"guest-author":
            guests.add(position, start, len(data))
        elif kind not in _MACHINERY_BYTES and facts.get(b"status", b"publish") in _LIVE_BYTES:
            (posts if kind == b"post" else others).add(position, start, len(data))
    if not items.head.strip():
        raise UnreadableError("the export is empty")
    _refuse_document_type(items.head)
    chosen = posts if len(posts) else others
    return _Contents(items.head, chosen, attachments.sorted(), children, guests, typed, items.cut_off)


_LIVE_BYTES = frozenset(status.encode() for status in _LIVE)
_MACHINERY_BYTES = frozenset(kind.encode() for kind in _MACHINERY)


def _facts_of(data: bytes) -> dict[bytes, bytes]:
    """What an item says of itself, without parsing it. As a text can quote an export, two values of a name are none."""
    found = _FACT.findall(data)
    facts = dict(found)
    if len(facts) == len(found):
        return facts
    values = set(found)
    names = [name for name, _ in values]
    return {name: value for name, value in values if names.count(name) == 1}


def _number(digits: bytes | str) -> int:
    return int(digits) if digits.isdigit() and len(digits) < 19 else 0


def _refuse_document_type(head: bytes) -> None:
    """No export has one; what is declared there could be expanded without end or fetch other files."""
    if _DOCTYPE.search(head[: head.find(b"<rss") + 1 or None]):
        raise UnreadableError(
            "the export has a document type (<!DOCTYPE>), which no WordPress export has; it is not read"
        )


# --- the second pass -------------------------------------------------------------------------------------------------


class _Posts:
    """Reads the posts of one export."""

    def __init__(self, path: str, stream: IO[bytes], contents: _Contents, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._stream = stream
        self._contents = contents
        self._parser = Parser(contents.head)
        self._names = self._display_names()

    def read(self, only: frozenset[int] | None) -> Iterator[Draft | ArticleError]:
        posts = self._contents.posts
        for number, position in enumerate(posts.keys):
            if only is None or position in only:
                found = self._read(number, position)
                if found:
                    yield found

    def _read(self, number: int, position: int) -> Draft | ArticleError | None:
        place = f"{self._path}#{position + 1}"
        if self._contents.posts.is_empty(number):
            return ArticleError(place, "unreadable", _too_large(self._limits))
        try:
            record = self._parser.read(self._contents.posts.data(self._stream, number))
        except UnreadableError as error:
            return ArticleError(place, "unreadable", str(error))
        if self._contents.lacks_type(record):
            return ArticleError(place, "unreadable", _NO_TYPE)
        if _why_left_out(record):
            return None
        size = len(without_embedded(record.values.get("content", "")))
        if sentence := self._limits.excess("text", size, "its text is {} characters long"):
            return ArticleError(place, "unreadable", sentence)
        return self._draft(position, record)

    def _draft(self, position: int, record: Record) -> Draft:
        values = record.values
        date, remarks = published(values)
        names = _Terms.of(record.categories)
        own_id = _number(values.get("wp:post_id", "").strip())
        return Draft(
            path=self._path,
            position=position,
            title=values.get("title", "").strip(),
            date=date,
            updated=updated(values, date),
            body=to_html(values.get("content", ""), lambda ids: self._library(ids, own_id)),
            body_format="html",
            summary=values.get("excerpt", "").strip(),
            authors=self._authors(names.authors or [values.get("creator", "")]),
            categories=tuple(dict.fromkeys(names.categories)),
            tags=tuple(dict.fromkeys(names.tags)),
            link=values.get("link", "").strip(),
            guid=values.get("guid", "").strip(),
            slug=unquote(values.get("wp:post_name", "").strip()),
            image=self._image(record.meta),
            warnings=record.warnings + remarks,
        )

    def _authors(self, logins: list[str]) -> tuple[str, ...]:
        names = (self._names.get(login.strip().lower(), login.strip()) for login in logins)
        return tuple(dict.fromkeys(filter(None, names)))

    def _display_names(self) -> dict[str, str]:
        """Login in small letters -> name, of the authors in the head and of guest authors (Co-Authors Plus)."""
        found: dict[str, str] = {}
        for element in _AUTHOR.findall(self._contents.head):
            values = self._values(element)
            full_name = f"{values.get('wp:author_first_name', '')} {values.get('wp:author_last_name', '')}".strip()
            name = values.get("wp:author_display_name", "").strip() or full_name
            found[values.get("wp:author_login", "").strip().lower()] = name or values.get("wp:author_login", "")
        for number in range(len(self._contents.guests)):
            try:
                record = self._parser.read(self._contents.guests.data(self._stream, number))
            except UnreadableError:
                continue
            name = record.meta.get("cap-display_name", "").strip() or record.values.get("title", "").strip()
            found[record.meta.get("cap-user_login", "").strip().lower()] = name
        return {login: name for login, name in found.items() if login and name}

    def _values(self, element: bytes) -> dict[str, str]:
        try:
            return self._parser.read(element).values
        except UnreadableError:
            return {}

    # --- attachments ---

    def _image(self, meta: dict[str, str]) -> Image | None:
        """The featured image; that of an address alone is one of the plugin Featured Image from URL."""
        attachment = self._attachment(_number(meta.get("_thumbnail_id", "").strip()))
        if attachment is None and meta.get("fifu_image_url", "").strip():
            attachment = Attachment(meta["fifu_image_url"].strip(), meta.get("fifu_image_alt", "").strip())
        if attachment is None:
            return None
        return Image(
            url=attachment.url,
            caption=attachment.caption,
            length=attachment.length,
            width=attachment.width,
            height=attachment.height,
        )

    def _library(self, ids: tuple[int, ...], own_id: int) -> list[Attachment]:
        """The attachments of these ids; of none, the pictures that were uploaded to the post."""
        found = map(self._attachment, ids) if ids else self._at(self._children, own_id)
        return [attachment for attachment in found if attachment and (ids or is_image(attachment.url))]

    @cached_property
    def _children(self) -> _Places:
        return self._contents.children.sorted()

    def _attachment(self, id_: int) -> Attachment | None:
        return next(self._at(self._contents.attachments, id_), None)

    def _at(self, places: _Places, key: int) -> Iterator[Attachment]:
        for number in places.find(key) if key else ():
            try:
                record = self._parser.read(places.data(self._stream, number))
            except UnreadableError:
                continue
            if attachment := _attachment_of(record):
                yield attachment


def _attachment_of(record: Record) -> Attachment | None:
    values, meta = record.values, record.meta
    url = values.get("wp:attachment_url", "").strip() or values.get("guid", "").strip()
    sizes = _SIZES.search(meta.get("_wp_attachment_metadata", ""))
    width, height, length = (int(size) if size else None for size in (sizes.groups() if sizes else (None,) * 3))
    if not url:
        return None
    return Attachment(
        url=url,
        caption=values.get("excerpt", "").strip(),
        alt=meta.get("_wp_attachment_image_alt", "").strip(),
        width=width,
        height=height,
        length=length,
    )


_AUTHOR = re.compile(
    rb"<(?:[\w.-]{1,40}:)?author>(?:[^<]++|<(?!/?(?:[\w.-]{1,40}:)?author>))*+</(?:[\w.-]{1,40}:)?author>"
)
# PHP's serialised array: a:6:{s:5:"width";i:900;s:6:"height";i:600;s:4:"file";s:9:"a/foto.jpg";s:8:"filesize";i:90210;
_SIZES = re.compile(
    r's:5:"width";i:([0-9]{1,6});s:6:"height";i:([0-9]{1,6});'
    r'(?:s:4:"file";s:[0-9]+:"[^"]*";s:8:"filesize";i:([0-9]{1,12});)?'
)


def _why_left_out(record: Record) -> str:
    """The type, status or password for which an item is no article, by its own elements; "" where it is one."""
    values = record.values
    kind, status = values.get("wp:post_type", "post").strip(), values.get("wp:status", "publish").strip()
    if kind in _MACHINERY:
        return kind
    return (
        (status or "without a status")
        if status not in _LIVE
        else "password" * bool(values.get("wp:post_password", "").strip())
    )


class _Terms(NamedTuple):
    """The names of a post's terms."""

    categories: list[str]
    tags: list[str]
    authors: list[str]

    @classmethod
    def of(cls, terms: list[tuple[str, str, str]]) -> _Terms:
        """By their domain, which for a type of the site's own can be ``kanal`` or ``rubrik``.

        WXR 1.0 names each term twice, once without a domain: that counts where nothing else is there.
        """
        names = cls([], [], [])
        lists = {"categories": names.categories, "tags": names.tags, "authors": names.authors}
        for domain, nicename, name in terms:
            field = "tags" if domain == "post_tag" else field_of(domain)
            if field in lists and (name := name.strip() or nicename):
                lists[field].append(name)
        if not names.categories:
            tags = set(names.tags)
            names.categories.extend(
                name for domain, _, text in terms if not domain and (name := text.strip()) not in tags
            )
        names.categories[:] = [name for name in names.categories if name and name.lower() not in _NO_CATEGORY]
        return names
