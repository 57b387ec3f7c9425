"""The names of an article's fields in English and Indonesian, and the Draft that a record of them makes.

Every reader turns its format into a mapping of names to values and leaves the rest to this module, so that ``judul``
in a spreadsheet, ``headline`` in JSON and ``Title:`` in a Markdown header mean the same. Names are compared without
regard to case, ``-``, ``_`` and spaces. Where a record has several names of one field, the one that stands first in
``NAMES`` and has a value is taken; tags are gathered from all of them.

Sources of the names: Hugo, Jekyll, Hexo, Pelican and Eleventy front matter, Zola's ``[extra]``, JSON Feed 1.1,
schema.org NewsArticle, WordPress' REST API, the columns of PyPI's news-watch, and Indonesian newsrooms' tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from feeds.dates import months_first
from feeds.errors import ArticleError
from feeds.model import BodyFormat, DateOrigin, Draft, Image, TitleOrigin

NAMES: dict[str, str] = {
    "title": "title judul headline judul_berita judul_artikel post_title name nama",
    "date": (
        "date tanggal tanggal_terbit tgl tgl_terbit published_at published published_on publish_date pub_date"
        " date_published tanggal_publikasi tanggal_tayang terbit diterbitkan waktu_terbit waktu post_date datetime"
        " date_created created_at created timestamp"
    ),
    "updated": (
        "updated lastmod updated_at modified last_modified_at last_modified date_modified date_updated modified_at"
        " diperbarui tanggal_diperbarui tgl_diperbarui tanggal_ubah diubah post_modified"
    ),
    "body_html": "content_html body_html isi_html html content_encoded",
    "body_markdown": "body_markdown content_markdown markdown",
    "body": "body isi konten content isi_berita isi_artikel article_body artikel post_content text teks berita",
    "body_text": "content_text body_text isi_teks",
    "summary": (
        "summary ringkasan description deskripsi excerpt abstrak abstract lede lead teras cuplikan kutipan post_excerpt"
    ),
    "categories": (
        "categories category kategori kanal rubrik channel article_section section nama_kategori topic label"
    ),
    "tags": "tags tag tagar keywords keyword kata_kunci topik hashtag hashtags",
    "authors": "authors author penulis nama_penulis reporter wartawan pewarta jurnalis byline by oleh creator",
    "source": "source sumber publisher media sumber_berita penerbit nama_media",
    "link": "link url tautan permalink canonical_url canonical alamat article_url",
    "guid": "guid uuid id",
    "slug": "slug post_name",
    "image": (
        "image gambar foto thumbnail cover featured_image cover_image gambar_utama foto_utama image_url url_gambar"
        " thumbnail_url banner_image og_image images photo img"
    ),
    "image_caption": "image_caption keterangan_gambar keterangan_foto caption caption_foto caption_gambar keterangan",
    "image_credit": "image_credit kredit_foto kredit_gambar fotografer foto_oleh sumber_foto credit kredit",
    "language": "language bahasa lang in_language",
    "status": "status post_status",
    "withheld": "draft draf konsep hidden headless",
    "live": "publish tayang",
}
"""Field -> its names, the more trusted first."""

_SQUASH = str.maketrans("", "", "-_ ")


def squash(name: str) -> str:
    """A name as names are compared: without regard to case, ``-``, ``_`` and spaces."""
    return name.lower().translate(_SQUASH)


_FIELD_OF: dict[object, tuple[str, int]] = {
    squash(name): (field, rank) for field, names in NAMES.items() for rank, name in enumerate(names.split())
}

_PUBLISHED = _FIELD_OF["published"][1]
_LABEL = _FIELD_OF["label"][1]
_NESTS = frozenset({"params", "taxonomies", "extra"})  # Hugo's and Zola's tables of further fields in the front matter
_LISTS = (list, tuple)  # made once: ``list | tuple`` within a call is made at each
_NUMBERS = (int, float)
_YES = frozenset({"true", "yes", "y", "on", "1", "ya", "benar"})
_NO = frozenset({"false", "no", "n", "off", "0", "tidak", "bukan", "salah"})
_WITHHELD = frozenset({"draft", "draf", "konsep", "hidden", "pending", "private", "trash", "autodraft", "inherit"})
_NOBODY = frozenset({"", "-", "n/a", "na", "nan", "none", "null", "unknown", "undefined", "tidak diketahui"})


Names = Mapping[str, tuple[str, int]]
"""Further names of fields, as the newsroom says them: squashed name -> (field, rank), the lower the more trusted."""

_NO_NAMES: Names = {}


def further_names(said: Iterable[tuple[str, str]]) -> Names:
    """Names that the newsroom says itself, (name, field) each: they go before ours, and later ones before earlier."""
    return {squash(name): (field, -rank) for rank, (name, field) in enumerate(said, 1)}


def field_of(name: object, further: Names = _NO_NAMES) -> str:
    """The field that a column or key of this name holds, or "" where it is none of ours."""
    return (_known(name, further) or ("", 0))[0]


def _known(name: object, further: Names) -> tuple[str, int] | None:
    """(field, rank) of a name, None where it means nothing here."""
    if not further:
        return _FIELD_OF.get(name) or (_FIELD_OF.get(squash(name)) if isinstance(name, str) else None)
    squashed = squash(name) if isinstance(name, str) else ""
    return further.get(squashed) or _FIELD_OF.get(squashed)


def gather(record: Mapping[object, object], further: Names = _NO_NAMES) -> dict[str, object]:
    """A record's values by field, the most trusted name of each; names that mean nothing here are left out.

    further: names that the newsroom says itself; a dot in one leads into a mapping, as in ``meta.terbit``.
    """
    found: dict[str, object] = {}
    ranks: dict[str, int] = {}
    values = record.items() if not further else [*record.items(), *_within(record, further)]
    for name, value in values:
        if value is None or value == "":
            continue
        known = _known(name, further)
        if known is None:
            continue
        field, rank = known
        if field == "date" and rank == _PUBLISHED and flag(value) is not None:
            field = "live"  # Jekyll's ``published: false``; elsewhere it is a date
        if field == "categories" and rank == _LABEL and any(_names_category(other) for other in record):
            field = "tags"  # a label is a category only where nothing else is
        if field == "tags" and field in found:
            found[field] = names(found[field]) + names(value)
        elif field not in found or rank < ranks[field]:
            found[field] = value
            ranks[field] = rank
    if not _NESTS.isdisjoint(record):
        _gather_nested(record, found, further)
    return found


def _within(record: Mapping[object, object], further: Names) -> Iterator[tuple[str, object]]:
    """The values that names with a dot lead to."""
    for path in further:
        if "." in path:
            value: object = record
            for step in path.split("."):
                inner = value.items() if isinstance(value, Mapping) else ()
                value = next((item for key, item in inner if isinstance(key, str) and squash(key) == step), None)
            yield path, value


def _names_category(name: object) -> bool:
    field, rank = _FIELD_OF.get(squash(name), ("", 0)) if isinstance(name, str) else ("", 0)
    return field == "categories" and rank != _LABEL


def _gather_nested(record: Mapping[object, object], found: dict[str, object], further: Names) -> None:
    for name in sorted(_NESTS):
        nested = record.get(name)
        if isinstance(nested, Mapping):
            inner = gather({key: value for key, value in nested.items() if key not in _NESTS}, further)
            for field, value in inner.items():
                found.setdefault(field, value)


def is_article(found: Mapping[str, object]) -> bool:
    """Whether a gathered record can be an article at all: it has a title or a body."""
    return any(field in found for field in ("title", "body", "body_html", "body_markdown", "body_text"))


def is_withheld(found: Mapping[str, object]) -> bool:
    """Whether the record says that it is a draft, hidden, private or not to be published."""
    if "withheld" in found and flag(found["withheld"]):
        return True
    if "live" in found and flag(found["live"]) is False:
        return True
    return "status" in found and squash(text(found["status"])) in _WITHHELD


def flag(value: object) -> bool | None:
    """A yes or no in English or Indonesian, as text or boolean; ``None`` for anything else."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str) else ""
    return True if word in _YES else False if word in _NO else None


def text(value: object, depth: int = 4) -> str:
    """A value of any type as one text: a list's first, a mapping's ``rendered`` or ``name``, "" for a flag."""
    if isinstance(value, str):
        return value.strip()
    if value is None or isinstance(value, bool) or depth == 0:
        return ""
    if isinstance(value, Mapping):
        keys = ("rendered", "name", "nama", "value", "title", "text", "url")
        return next((found for key in keys if (found := text(value.get(key), depth - 1))), "")
    if isinstance(value, _LISTS):
        return next((found for item in value if (found := text(item, depth - 1))), "")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, _NUMBERS) else ""


def names(value: object) -> tuple[str, ...]:
    """Names of categories or tags, each once: a text split at ``,`` ``;`` and ``|``, or a list, perhaps nested (Hexo).

    The items of a list are kept whole. A list that a table holds as text (``['a', 'b']``) is one too.
    """
    if isinstance(value, str):
        if value[:1] == "[" and value[-1:] == "]":
            value = value[1:-1]
        parts = [part.strip(" \t\n'\"") for part in re.split(r"[,;|\n]", value)]
    else:
        parts = _flatten(value, 4)
    return _each_once(parts)


def _flatten(value: object, depth: int) -> list[str]:
    if not isinstance(value, _LISTS) or not depth:
        return [text(value)]
    parts: list[str] = []
    for item in value:
        if type(item) is str:
            parts.append(item)
        else:
            parts += _flatten(item, depth - 1)
    return parts


def _each_once(names: list[str]) -> tuple[str, ...]:
    once: dict[str, None] = {}
    for name in names:
        name = name.strip(" \t\n,")
        if name.lower() not in _NOBODY:
            once[name.removeprefix("#")] = None
    return tuple(once)


# A comma before these is part of a name: "Budi Santoso, S.H., M.Si."
_DEGREE = re.compile(r"(?:[A-Z][A-Za-z]{0,4}\.\s?)+(?:[A-Z][A-Za-z]{0,4}\.?)?(?:\s*\(.*\))?|[A-Z]{2,4}|Ph\.?D\.?")
# "Tim Ekonomi dan Bisnis" is one author.
_DESK = re.compile(r"(?:tim|redaksi|desk|biro|humas|dinas|kementerian|badan|bagian|divisi)\b", re.IGNORECASE)
_AND = re.compile(r"\s+(?:dan|and|&)\s+")
_BYLINE = re.compile(r"\A(?:(?:oleh|by)\b\s*:?|(?:penulis|reporter|pewarta|wartawan|laporan|editor|teks)\s*:)\s*", re.I)


def people(value: object) -> tuple[str, ...]:
    """Authors, each once: a text such as ``Budi, S.H. dan Ani; Tim Liputan``, a list, or mappings with a name."""
    return _each_once(_split_people(value.strip()) if isinstance(value, str) else _flatten(value, 4))


def _split_people(byline: str) -> list[str]:
    if byline[:1] == "[" and byline[-1:] == "]":
        return list(names(byline))
    byline = _BYLINE.sub("", byline, count=1)
    apart = re.split(r"[;\n]", byline)
    people: list[str] = []
    for part in apart:
        if _DESK.match(part.strip()):
            people.append(part)
        else:
            for name in _AND.split(part):
                people += [name] if len(apart) > 1 else _at_commas(name)
    return people


def _at_commas(byline: str) -> list[str]:
    people: list[str] = []
    for part in byline.split(","):
        if people and _DEGREE.fullmatch(part.strip()):
            people[-1] += "," + part
        else:
            people.append(part)
    return people


def when(value: object) -> str | datetime | None:
    """A date as the format gives it: a typed moment (TOML) stays one, a typed day becomes text."""
    if isinstance(value, datetime):
        return value
    return text(value) or None


_BLOCK = re.compile(
    r"<(?:p|div|br|hr|h[1-6]|ul|ol|li|table|blockquote|figure|img|article|section|pre|iframe)(?:\s[^<>]*)?/?>", re.I
)


def body_format(body: str) -> BodyFormat:
    """How a body without a stated format is written: ``html`` where it has a tag of a block, else ``text``.

    Plain text has its paragraphs apart by line ends; ``harga < 5 > 3`` and inline tags alone make no HTML.
    """
    return "html" if "<" in body and _BLOCK.search(body) else "text"


def _body(found: Mapping[str, object]) -> tuple[str, BodyFormat]:
    if html := text(found.get("body_html")):
        return html, "html"
    if markdown := text(found.get("body_markdown")):
        return markdown, "markdown"
    body = text(found.get("body")) or text(found.get("body_text"))
    return body, body_format(body)


def _link(value: object) -> str:
    """An address as written; a generator's pattern for one (``/:categories/:title/``, ``{{ slug }}``) is none."""
    link = text(value)
    return "" if "/:" in link.replace("://", "") or link.startswith(":") or "{" in link or flag(link) is False else link


def _guid(value: object) -> str:
    """An id that can stand for the article anywhere: a bare row number cannot, one that is said to be an id can."""
    guid = text(value)
    return "" if guid.isdigit() and not isinstance(value, Mapping) else guid


def only_count(ids: Sequence[str]) -> bool:
    """Whether ids number the records of their file (0, 1, 2 or 1, 2, 3), and would name others tomorrow."""
    return any(list(ids) == [str(number) for number in range(first, first + len(ids))] for first in (0, 1))


def _number(value: object) -> int | None:
    digits = text(value).removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def image(found: Mapping[str, object]) -> Image | None:
    """The lead image of a gathered record: an address, a mapping with one, or the first of a list of these."""
    value = found.get("image")
    while isinstance(value, _LISTS):
        value = value[0] if value else None
    parts = (
        {field_of(key) or squash(str(key)): item for key, item in value.items()} if isinstance(value, Mapping) else {}
    )
    url = next((text(parts[key]) for key in ("link", "src", "image", "contenturl", "path") if text(parts.get(key))), "")
    if not parts:
        url = text(value)
    if not url:
        return None
    return Image(
        url=url,
        caption=text(found.get("image_caption")) or text(parts.get("image_caption")) or text(parts.get("alt")),
        credit=text(found.get("image_credit")) or text(parts.get("image_credit")),
        type=text(parts.get("type")) or text(parts.get("mimetype")),
        length=_number(parts.get("length")) or _number(parts.get("size")),
        width=_number(parts.get("width")),
        height=_number(parts.get("height")),
    )


def make_draft(
    path: str,
    found: Mapping[str, object],
    *,
    position: int | None = None,
    markdown: str = "",
    title_origin: TitleOrigin = "field",
    date_origin: DateOrigin = "field",
    month_first: bool = False,
    warnings: tuple[tuple[str, str], ...] = (),
) -> Draft:
    """The Draft of a gathered record; what the record does not say stays empty, for the source layer to judge.

    markdown: the body, where the file has one beside the record.
    """
    body: str
    written: BodyFormat
    body, written = (markdown, "markdown") if markdown else _body(found)
    values: dict[str, Any] = {}
    for field, value in found.items():
        if field in _AS:
            values[field] = _AS[field](value)
    if "image" in found:
        values["image"] = image(found)
    return Draft(
        path=path,
        position=position,
        title_origin=title_origin,
        date_origin=date_origin,
        month_first=month_first,
        body=body,
        body_format=written,
        warnings=warnings,
        **values,
    )


_AS: dict[str, Callable[[object], object]] = {
    "title": text,
    "date": when,
    "updated": when,
    "summary": text,
    "authors": people,
    "categories": names,
    "tags": names,
    "source": text,
    "link": _link,
    "guid": _guid,
    "slug": text,
    "language": text,
}


Record = tuple[int, Mapping[object, object] | ArticleError]
"""A position and what stands there."""

_SLASHES = re.compile(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b")


def read_records(
    path: str, records: Iterable[Record], *, further: Names = _NO_NAMES, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    """The Drafts of a file of many records, without those that are withheld.

    The order of day and month in slash dates is one for the whole file (DATES rule 13). It takes all records to know
    it, so it is left undecided where ``only`` some are wanted.
    """
    gathered: list[tuple[int, dict[str, object] | ArticleError]] = []
    for position, record in records:
        if only is None or position in only:
            gathered.append((position, record if isinstance(record, ArticleError) else gather(record, further)))
            if only is not None and len(gathered) == len(only):
                break
    month_first = only is None and are_month_first(
        text(found.get("date")) for _, found in gathered if not isinstance(found, ArticleError)
    )
    for position, found in gathered:
        if isinstance(found, ArticleError):
            yield found
        elif not is_withheld(found):
            yield make_draft(path, found, position=position, month_first=month_first)


def are_month_first(dates: Iterable[str]) -> bool:
    """Whether the dates of one file that have slashes are month first, as they cannot be read otherwise (rule 13)."""
    slashed = [date for date in dates if _SLASHES.search(date)]
    return bool(slashed) and months_first(slashed)
