"""What a record says of the article after it was published: corrections, rights of reply, a withdrawal.

A correction is a text, a mapping with text, date and link, or a list of these; a table has a column for each of the
three. What each must carry is in the "Pedoman Pemberitaan Media Siber" of Dewan Pers (2012): its time and a link to the
article (point 4, b and c), a withdrawal its reason (point 5 c).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from feeds.model import NoticeKind, WrittenNotice
from feeds.readers.values import LISTS, text, when

FIELDS = frozenset({"corrections", "replies", "status"})
"""The fields that may make a notice; the others of this module only add to them."""

_CORRECTIONS: tuple[tuple[NoticeKind, str, str, str], ...] = (
    ("ralat", "corrections", "correction_date", "correction_link"),
    ("hak_jawab", "replies", "reply_date", "reply_link"),
)
# By the first word of a status; what stands behind it says more: "Ditarik karena hoaks", "dicabut redaksi".
_WITHDRAWN = frozenset(
    {"ditarik", "tarik", "dicabut", "cabut", "dihapus", "hapus", "diturunkan", "takedown", "withdrawn", "retracted"}
).union({"withdraw", "retract", "removed", "deleted", "takendown"})
_BEFORE = frozenset({"telah", "sudah", "berita", "artikel"})
# Not, or not yet, for the public: nobody would call a published article so. An archive ("arsip") is public.
_NOT_YET = frozenset(
    {"menunggu", "tunggu", "review", "ditinjau", "peninjauan", "moderasi", "belum", "ditolak", "ditunda", "antre"}
).union({"antrean", "rejected", "waiting", "inreview"})
_PUBLISHED = frozenset(
    {"terbit", "diterbitkan", "tayang", "ditayangkan", "publik", "public", "publish", "published", "publikasi", "live"}
).union({"dipublikasikan", "online", "aktif", "active", "final", "selesai", "ok", "approved", "disetujui", "future"})
_WORDS = re.compile(r"[^\W_]+")
_TEXT = ("text", "teks", "isi", "body", "content", "keterangan", "description")
_DATE = ("date", "tanggal", "tgl", "waktu")
_LINK = ("link", "tautan", "url")
# A cell of a table, or a template's field, that says that there is none.
_NONE = frozenset({"", "-", "n/a", "nan", "none", "null", "false", "no", "n", "0", "tidak", "tidak ada", "nihil"})
_THERE_IS = frozenset({"true", "yes", "y", "1", "ya", "ada"})


def notices_of(found: Mapping[str, object]) -> dict[str, Any]:
    """The notices of a gathered record, as the fields ``corrections`` and ``withdrawn`` of a Draft."""
    corrections: list[WrittenNotice] = []
    for kind, field, date_field, link_field in _CORRECTIONS:
        listed = list(_statements(kind, found.get(field)))
        if len(listed) == 1:  # whose date a field beside a list gives, nobody knows
            said = listed[0]
            listed[0] = said._replace(
                date=said.date or when(found.get(date_field)), link=said.link or text(found.get(link_field))
            )
        corrections += listed
    return {"corrections": tuple(corrections), "withdrawn": _withdrawal(found)}


def is_not_yet(status: object) -> bool:
    """Whether a status says that the article is not for the public, or not yet."""
    return _first_word(status) in _NOT_YET


def status_warnings(found: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """What is to be said of a status that is not known, and of a reason for a withdrawal beside one that is none."""
    status = found.get("status")
    word = _first_word(status)
    if not word or word in _WITHDRAWN:
        return ()
    said: list[str] = []
    if word not in _PUBLISHED and word not in _NONE | _THERE_IS and not word.isdigit():
        said.append(f"its status {text(status)!r} is not known; it is published all the same")
    if text(found.get("withdrawal_reason")).lower() not in _NONE:
        said.append(f"gives a reason for a withdrawal, but its status {text(status)!r} is none; say `status: ditarik`")
    return tuple(("notice", reason) for reason in said)


def _first_word(status: object) -> str:
    words = _WORDS.findall(text(status).lower())
    while len(words) > 1 and words[0] in _BEFORE:
        words = words[1:]
    together = "".join(words[:2])  # "take down", "in review"
    return together if together in _WITHDRAWN | _NOT_YET else next(iter(words), "")


def says_yes(value: object) -> bool:
    """Whether a field says that something is there: by yes, or by any text but one that says no."""
    return value is True or text(value).lower() not in _NONE


def _withdrawal(found: Mapping[str, object]) -> WrittenNotice | None:
    if _first_word(found.get("status")) not in _WITHDRAWN:
        return None
    reason, date = text(found.get("withdrawal_reason")), when(found.get("withdrawal_date"))
    return WrittenNotice("ditarik", "" if reason.lower() in _NONE else reason, date)


def _statements(kind: NoticeKind, value: object) -> Iterator[WrittenNotice]:
    """Each notice of a value; one that is said to be there and says nothing has no text."""
    if isinstance(value, LISTS):
        for item in value:
            if not isinstance(item, LISTS):
                yield from _statements(kind, item)
    elif isinstance(value, Mapping):
        inner = {str(key).strip().lower(): item for key, item in value.items()}
        said = text(_first(inner, _TEXT)), when(_first(inner, _DATE)), text(_first(inner, _LINK))
        if any(said):
            yield WrittenNotice(kind, *said)
    elif (said_so := "ya" if value is True else text(value)).lower() not in _NONE:
        yield WrittenNotice(kind, "" if said_so.lower() in _THERE_IS else said_so)


def _first(values: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((values[name] for name in names if values.get(name)), None)
