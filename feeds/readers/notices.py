"""What a record says of the article after it was published: corrections, rights of reply, a withdrawal.

A correction is a text, a mapping with text, date and link, or a list of these; a table has a column for each of the
three. What each must carry is in the "Pedoman Pemberitaan Media Siber" of Dewan Pers (2012): its time and a link to the
article (point 4, b and c), a withdrawal its reason (point 5 c).
"""

from __future__ import annotations

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
_WITHDRAWN = frozenset({"ditarik", "dicabut", "withdrawn", "retracted"})
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


def _withdrawal(found: Mapping[str, object]) -> WrittenNotice | None:
    if text(found.get("status")).lower() not in _WITHDRAWN:
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
