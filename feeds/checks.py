"""Dates, notices and rights as files give them, checked: a wrong one becomes a problem and costs only itself."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from feeds import text
from feeds.dates import read_date
from feeds.errors import ArticleError, DateError
from feeds.licenses import license_address, mentions_creative_commons
from feeds.model import Draft, Moment, Notice, NoticeKind, WrittenNotice

NAMES: dict[NoticeKind, str] = {"ralat": "correction", "hak_jawab": "right of reply", "ditarik": "withdrawal"}
"""How problems call notices."""


def read_moment(value: str | datetime, zone: tzinfo, *, month_first: bool = False) -> Moment:
    """A date as a file gives it; raises DateError where it is none, or none that a feed can carry."""
    if isinstance(value, datetime):  # of TOML, or of seconds since the epoch
        moment = Moment(value=value if value.tzinfo else value.replace(tzinfo=zone), origin="iso")
    else:
        moment = read_date(value, zone=zone, month_first=month_first)
    if not 1900 <= moment.value.year < 2200:  # outside, moments near the ends of time have no other zone
        raise DateError(str(value), "is out of the range of dates that a feed can carry")
    if moment.value.year in (1969, 1970) and moment.value.timestamp() == 0:
        raise DateError(str(value), "is what a machine writes that knows no date")
    return moment


def date_or_problem(
    kind: str,
    what: str,
    value: str | datetime | None,
    zone: tzinfo,
    place: str,
    problems: list[ArticleError],
    *,
    month_first: bool = False,
    instead: str = "",
) -> datetime | None:
    """A date besides that of publication, None where there is none or it is wrong.

    kind: of the problem; what: how it calls the date; instead: what is shown for it.
    """
    if value is None or value == "":
        return None
    try:
        return read_moment(value, zone, month_first=month_first).value
    except DateError as error:
        reason = f"its {what} {error.text!r} is not understood: {error.reason}{instead}"
        problems.append(ArticleError(place, kind, reason, fatal=False))
        return None


def checked_corrections(
    draft: Draft, published: datetime, zone: tzinfo, site: str, place: str, problems: list[ArticleError]
) -> tuple[Notice, ...]:
    """The corrections and rights of reply of an article, each once.

    published: when the article was; site: what their addresses are relative to.
    """
    found: dict[Notice, None] = {}
    for said in draft.corrections:
        name = NAMES[said.kind]
        statement = text.clean(said.text).strip()
        if not statement:
            problems.append(ArticleError(place, "notice", f"its {name} has no text and is left out", fatal=False))
            continue
        instead = "; the time of its file is published instead"
        what = "date", f"date of the {name}"
        when = date_or_problem(*what, said.date, zone, place, problems, month_first=draft.month_first, instead=instead)
        if when and when.astimezone(published.tzinfo).date() < published.date():
            reason = f"the date of its {name}, {when.isoformat()}, lies before its publication"
            problems.append(ArticleError(place, "notice", reason, fatal=False))
        link = text.absolute(said.link, site)
        if said.link and not link:
            reason = f"the address {said.link!r} of its {name} is none"
            problems.append(ArticleError(place, "link", reason, fatal=False))
        found[Notice(said.kind, statement, when, link)] = None
    return tuple(found)


def checked_withdrawal(
    draft: Draft, said: WrittenNotice, zone: tzinfo, place: str, problems: list[ArticleError]
) -> Notice:
    """The withdrawal of an article, which is withdrawn also where the reason is missing that the public is owed.

    Dewan Pers, "Pedoman Pemberitaan Media Siber" (2012), point 5 c.
    """
    reason = text.clean(said.text).strip()
    if not reason:
        problems.append(ArticleError(place, "notice", "is withdrawn without a reason; say it as `alasan`", fatal=False))
    when = date_or_problem(
        "date", "date of withdrawal", said.date, zone, place, problems, month_first=draft.month_first
    )
    return Notice(said.kind, reason, when)


_LIKE_AN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\S+|/\S*", re.IGNORECASE)


def checked_rights(draft: Draft, site: str, place: str, problems: list[ArticleError]) -> tuple[str, str]:
    """(the address of an article's licence or "", what it says of its rights in words).

    site: what the address is relative to. A licence that has no address is said in words, behind the copyright.
    """
    written, rights = text.one_line(draft.license), text.one_line(draft.rights)
    address = license_address(written)
    if not address and _LIKE_AN_ADDRESS.fullmatch(written):
        address = text.absolute(written, site)
        if not address:
            problems.append(ArticleError(place, "link", f"the address {written!r} of its licence is none", fatal=False))
        return address, rights
    if not address and mentions_creative_commons(written):
        reason = f"its licence {written!r} is none by name, such as `CC BY 4.0`, so that only people can read it"
        problems.append(ArticleError(place, "license", reason, fatal=False, note=True))
    return address, rights if address else "; ".join(dict.fromkeys(filter(None, (rights, written))))
