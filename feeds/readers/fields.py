"""The names of an article's fields in English and Indonesian, and the Draft that a record of them makes.

Every reader turns its format into a mapping of names to values and leaves the rest to this module, so that ``judul``
in a spreadsheet, ``headline`` in JSON and ``Title:`` in a Markdown header mean the same. Names are compared without
regard to case, ``-``, ``_`` and spaces. Where a record has several names of one field, the one that stands first in
``NAMES`` and has a value is taken; tags are gathered from all of them.

Sources of the names: Hugo, Jekyll, Hexo, Pelican, Eleventy and Astro front matter, Zola's ``[extra]``, JSON Feed 1.1,
schema.org NewsArticle, WordPress' REST API, the columns of PyPI's news-watch and news-please, and of published data
sets of Indonesian news.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from feeds.readers.notices import is_not_yet
from feeds.readers.values import address_or_text as address_or_text
from feeds.readers.values import flag as flag
from feeds.readers.values import names as names
from feeds.readers.values import people as people
from feeds.readers.values import text as text

NAMES: dict[str, str] = {
    "title": (
        "title judul headline judul_berita judul_artikel news_title article_title post_title title_berita kepala_berita"
        " nama_berita name nama"
    ),
    "date": (
        "date tanggal tanggal_terbit tgl tgl_terbit published_at published published_on publish_date pub_date"
        " pub_datetime date_published published_date publication_date date_publish time_published published_time"
        " publish_time publish_at tanggal_publikasi tgl_publikasi tanggal_publish tanggal_tayang tgl_tayang"
        " tanggal_berita tanggal_dan_waktu tanggal&waktu"
        " tgl_berita tanggal_artikel tanggal_posting tanggal_rilis terbit diterbitkan waktu_terbit waktu_publish"
        " waktu_publikasi waktu_tayang waktu post_date posted_at date_posted posted_on datetime date_time date_added"
        " date_created created_at created_date created created_on timestamp dibuat time jam pukul"
    ),
    "updated": (
        "updated lastmod updated_at modified last_modified_at last_modified date_modified date_modify date_updated"
        " updated_date updated_on modified_at modified_date mod_datetime time_updated diperbarui tanggal_diperbarui"
        " tgl_diperbarui tanggal_ubah diubah post_modified"
    ),
    "body_html": "content_html body_html isi_html html content_encoded",
    "body_markdown": "body_markdown content_markdown markdown",
    "body": (
        "body isi konten content isi_berita isi_artikel isi_konten konten_berita konten_artikel article_body artikel"
        " article article_text article_content news_content full_content full_text maintext post_content text teks"
        " narasi naskah paragraf paragraphs berita"
    ),
    "body_text": "content_text body_text isi_teks",
    "summary": (
        "summary ringkasan description deskripsi excerpt abstrak abstract lede lead teras cuplikan kutipan post_excerpt"
        " snippet"
    ),
    "categories": (
        "categories category kategori kategori_berita news_category kanal rubrik channel article_section section"
        " nama_kategori desk topic label"
    ),
    "tags": "tags tag tagar keywords keyword kata_kunci topik hashtag hashtags",
    "authors": (
        "authors author penulis nama_penulis author_name reporter wartawan pewarta jurnalis byline by oleh creator"
        " editor"
    ),
    "source": "source sumber publisher media sumber_berita penerbit nama_media",
    "link": (
        "link url tautan permalink canonical_url canonical alamat article_url news_url link_berita url_berita"
        " link_artikel url_artikel source_url href"
    ),
    "guid": "guid uuid id",
    "slug": "slug post_name",
    "image": (
        "image gambar foto thumbnail cover featured_image feature_image hero_image cover_image gambar_utama foto_utama"
        " gambar_berita foto_berita image_url img_url url_gambar thumbnail_url banner_image og_image top_image images"
        " photo img"
    ),
    "image_caption": (
        "image_caption hero_image_caption keterangan_gambar keterangan_foto caption caption_foto caption_gambar"
        " keterangan image_alt hero_image_alt hero_alt"
    ),
    "image_credit": "image_credit kredit_foto kredit_gambar fotografer foto_oleh sumber_foto credit kredit",
    "language": "language bahasa lang in_language",
    "license": "license licence lisensi license_url licence_url url_lisensi",
    "rights": ("rights copyright hak_cipta copyright_notice copyright_holder pemegang_hak_cipta dc_rights"),
    "status": "status post_status",
    "withheld": "draft draf konsep is_draft hidden headless unlisted",
    "live": "publish tayang is_published",
    "corrections": "ralat koreksi corrections correction errata",
    "correction_date": "tanggal_ralat tgl_ralat tanggal_koreksi tgl_koreksi correction_date",
    "correction_link": "tautan_ralat link_ralat tautan_koreksi link_koreksi correction_link correction_url",
    "replies": "hak_jawab right_of_reply rights_of_reply",
    "reply_date": "tanggal_hak_jawab tgl_hak_jawab right_of_reply_date",
    "reply_link": "tautan_hak_jawab link_hak_jawab right_of_reply_link right_of_reply_url",
    "withdrawal_reason": (
        "alasan_ditarik alasan_dicabut alasan_penarikan alasan_pencabutan withdrawal_reason alasan reason"
    ),
    "withdrawal_date": (
        "tanggal_ditarik tgl_ditarik tanggal_dicabut tanggal_penarikan tanggal_pencabutan withdrawn_at withdrawal_date"
        " retracted_at retraction_date"
    ),
    "advertorial": "advertorial is_advertorial iklan sponsored is_sponsored berbayar",
}
"""Field -> its names, the more trusted first."""

_SQUASH = str.maketrans("", "", "-_ ")


def squash(name: str) -> str:
    """A name as names are compared: without regard to case, ``-``, ``_`` and spaces."""
    return name.lower().translate(_SQUASH)


_FIELD_OF: dict[object, tuple[str, int]] = {
    squash(name): (field, rank) for field, names in NAMES.items() for rank, name in enumerate(names.split())
}

_BODIES = frozenset({"body", "body_html", "body_markdown", "body_text", "summary"})
MOST_UNUSED = 12  # names that a sentence about a record holds

_PUBLISHED = _FIELD_OF["published"][1]
# WordPress says each moment twice: in the site's zone, which only the site knows, and in UTC.
_IN_UTC = {"date_gmt": "date", "post_date_gmt": "date", "modified_gmt": "updated", "post_modified_gmt": "updated"}
_LABEL = _FIELD_OF["label"][1]
_NESTS = frozenset({"params", "taxonomies", "extra"})  # Hugo's and Zola's tables of further fields in the front matter
_WITHHELD = frozenset(
    {"draft", "draf", "konsep", "hidden", "pending", "private", "trash", "autodraft", "inherit"}
).union(
    {"skip", "unpublished"}  # Pelican's; a CMS's
)


Names = Mapping[str, tuple[str, int]]
"""Further names of fields, as the newsroom says them: squashed name -> (field, rank), the lower the more trusted."""

NO_NAMES: Names = {}


def further_names(said: Iterable[tuple[str, str]]) -> Names:
    """Names that the newsroom says itself, (name, field) each: they go before ours, and later ones before earlier."""
    return {squash(name): (field, -rank) for rank, (name, field) in enumerate(said, 1)}


def field_of(name: object, further: Names = NO_NAMES) -> str:
    """The field that a column or key of this name holds, or "" where it is none of ours."""
    return (_known(name, further) or ("", 0))[0]


def _known(name: object, further: Names) -> tuple[str, int] | None:
    """(field, rank) of a name, None where it means nothing here."""
    if not further:
        return _FIELD_OF.get(name) or (_FIELD_OF.get(squash(name)) if isinstance(name, str) else None)
    squashed = squash(name) if isinstance(name, str) else ""
    return further.get(squashed) or _FIELD_OF.get(squashed)


def gather(record: Mapping[object, object], further: Names = NO_NAMES) -> dict[str, object]:
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
        elif field == "date" and isinstance(value, str) and _CLOCK.fullmatch(value):
            field = "clock"  # a column beside the one with the day
        if field == "categories" and rank == _LABEL and any(_names_category(other) for other in record):
            field = "tags"  # a label is a category only where nothing else is
        if field == "tags" and field in found:
            found[field] = names(found[field]) + names(value)
        elif field not in found or rank < ranks[field]:
            found[field] = value
            ranks[field] = rank
    if not _NESTS.isdisjoint(record):
        _gather_nested(record, found, further)
    if "clock" in found and isinstance(day := found.get("date"), str) and not _HAS_CLOCK.search(day):
        found["date"] = f"{day} {found['clock']}"
    if not _IN_UTC.keys().isdisjoint(record):
        _gather_utc(record, found)
    if not _EMBARGOES.isdisjoint(record):
        found["date"] = _later(found.get("date"), record.get("publishDate") or record.get("publishdate"))
    return found


_EMBARGOES = frozenset({"publishDate", "publishdate"})


def _later(date: object, embargo: object) -> object:
    """Hugo shows an article from ``publishDate`` on; the earlier ``date`` beside it is the day of writing."""
    if isinstance(date, str) and isinstance(embargo, str) and _DAY.match(date) and _DAY.match(embargo):
        return max(date, embargo)
    if isinstance(date, datetime) and isinstance(embargo, datetime) and bool(date.tzinfo) == bool(embargo.tzinfo):
        return max(date, embargo)
    return date or embargo


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


_CLOCK = re.compile(r"\s*\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s*(?:WIB|WITA|WIT)?\s*", re.IGNORECASE)
_HAS_CLOCK = re.compile(r"\d[:T]\d|\d\.\d\d(?:\D|$)(?!\d)")
_NAIVE = re.compile(r"[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")


def _gather_utc(record: Mapping[object, object], found: dict[str, object]) -> None:
    for name, field in _IN_UTC.items():
        moment = text(record.get(name))
        if _NAIVE.fullmatch(moment):  # a draft has noughts there
            found[field] = f"{moment}+00:00"


def with_unused(found: dict[str, object], record: Mapping[object, object], further: Names) -> dict[str, object]:
    """The gathered record; where it lacks a title, a date or a text, with the names of its values that mean nothing."""
    if "title" not in found or "date" not in found or _BODIES.isdisjoint(found):
        unused = [name for name in record if isinstance(name, str) and not _known(name, further)]
        found["unused"] = tuple(unused[:MOST_UNUSED])
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


def roles(record: Mapping[object, object], further: Names = NO_NAMES) -> Iterator[tuple[str, str, object]]:
    """(name, role, value) of each: the field that it gives, ``unused`` where it means nothing or another is taken.

    Of a mapping that holds fields (``params``) each value stands by itself.
    """
    found = gather(record, further)
    heads = {path.partition(".")[0] for path in further if "." in path}
    for name, value in record.items():
        if isinstance(value, Mapping) and (name in _NESTS or squash(str(name)) in heads):
            for inner, item in value.items():
                path = f"{name}.{inner}"
                yield path, field_of(path, further) or _role(inner, item, found, further), item
        else:
            yield str(name), _role(name, value, found, further), value


_ALSO = {"date": "live", "categories": "tags"}  # what a name may mean beside its own field


def _role(name: object, value: object, found: Mapping[str, object], further: Names) -> str:
    own = field_of(name, further)
    for field in (own, _ALSO.get(own, "")):
        if field == "tags" and set(names(value)) <= set(names(found.get(field))):
            return field
        if field in found and found[field] == value:
            return field
    return "unused"


def is_article(found: Mapping[str, object]) -> bool:
    """Whether a gathered record can be an article at all: it has a title or a body."""
    return any(field in found for field in ("title", "body", "body_html", "body_markdown", "body_text"))


def is_withheld(found: Mapping[str, object]) -> bool:
    """Whether the record says that it is a draft, hidden, private or not to be published."""
    if "withheld" in found and flag(found["withheld"]):
        return True
    if "live" in found and flag(found["live"]) is False:
        return True
    status = found.get("status")
    return status is not None and (squash(text(status)) in _WITHHELD or is_not_yet(status))
