"""What the address of a feed asks for: which articles, how many, how much of each.

Read from the path and the query alone; whether there is such a category or tag is for the catalogue to say. Whatever
asks for the same has one canonical address, under which the document is kept and which it names as its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from feeds.compose import ARCHIVE, NOTICES, PROFILES, SEARCH
from feeds.config import Settings
from feeds.dates import read_date
from feeds.errors import DateError, SelectionError
from feeds.formats import Format, rss
from feeds.forms import BY_FILENAME, PAGE
from feeds.lists import KINDS, list_of
from feeds.query import read_query

MOST = 200
"""Articles that ``?limit=`` may ask for."""

JOINED = 10
"""Categories that one feed may join."""

PARAMETERS = frozenset({"limit", "since", "content", "page", "q"})
"""What the query of a feed may hold; all else in it is another program's business."""

_LONGEST = 400  # characters of a path, and of a value in a query
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MONTH = re.compile(r"(?!0000|9999)[0-9]{4}-(?:0[1-9]|1[0-2])")
_PLUS_AS_SPACE = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:?[0-9]{2}$)")  # 10:30+07:00 as a query is decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is asked for.

    folder: of the feed, below base_url: "" for all articles, ``ekonomi/``, ``ekonomi+politik/``, ``tag/banjir/``.
    lists: of the catalogue, in any of which an article may be; () is all articles.
    profile: the feed of an aggregator, such as ``msn`` or ``msn/ekonomi``, "" for others.
    month: of an archive, such as ``2026-05``, "" for none. words: what is searched for.
    limit: articles in one document, None for as many as the settings say. page: from 1, None where none is named.
    since: only what was published or updated then or later. summary_only: entries without their texts.
    """

    folder: str
    filename: str
    lists: tuple[str, ...] = ()
    profile: str = ""
    month: str = ""
    words: str = ""
    limit: int | None = None
    page: int | None = None
    since: datetime | None = None
    summary_only: bool = False

    @property
    def form(self) -> Format:
        """The form of the document."""
        return BY_FILENAME[self.filename]

    @property
    def is_bare(self) -> bool:
        """Whether entries are shown by what the catalogue holds of them alone: there may be very many in a month."""
        return bool(self.month) and self.form is PAGE

    @property
    def path(self) -> str:
        """The document below base_url, without its query."""
        return self.folder + (f"{ARCHIVE}{self.month}/" if self.month else "") + self.filename

    @property
    def query(self) -> str:
        """What follows ``?`` in its canonical address."""
        given = {
            "q": self.words,
            "limit": self.limit,
            "since": self.since and self.since.isoformat().replace("+00:00", "Z"),
            "content": "summary" if self.summary_only else "",
            "page": self.page,
        }
        return urlencode({name: value for name, value in given.items() if value}, safe=":")


def read_selection(path: str, query: str, settings: Settings) -> Selection | None:
    """What an address asks for; None where it cannot be the address of a feed.

    path: below base_url, decoded. query: as it was sent.
    Raises SelectionError for a parameter that is wrong, QueryError for words that nothing can be found by.
    """
    if len(path) > _LONGEST or "\0" in path:
        return None
    *folders, filename = path.split("/")
    selection = _of_folders(folders, filename) if filename in BY_FILENAME else None
    if folders[:1] == [PROFILES.rstrip("/")] and filename == rss.FILENAME:
        selection = _of_profile(folders[1:], settings)
    if selection is None or selection.month or selection.profile:  # which are whole: there is nothing to choose
        return selection
    return _with_parameters(selection, query, settings)


def _of_folders(folders: list[str], filename: str) -> Selection | None:
    match folders:
        case []:
            return Selection(folder="", filename=filename)
        case [name] if f"{name}/" in (NOTICES, SEARCH):
            return Selection(folder=f"{name}/", filename=filename)
        case [name]:
            return _joined(name, filename)
        case [kind, name] if f"{kind}/" in KINDS and name.strip():
            listed = list_of(f"{kind}/", name)
            return Selection(folder=f"{listed}/", filename=filename, lists=(listed,))
        case [*category, archive, month] if f"{archive}/" == ARCHIVE and _MONTH.fullmatch(month) and len(category) < 2:
            selection = _of_folders(category, filename)
            return selection and (replace(selection, month=month) if _has_archives(selection) else None)
    return None


def _of_profile(names: list[str], settings: Settings) -> Selection | None:
    """The feed of a known profile, or of a category in it."""
    if len(names) not in (1, 2) or names[0] not in [profile.name for profile in settings.known_profiles]:
        return None
    lists = tuple(names[1:])
    name = "/".join(names)
    if not all(map(_SLUG.fullmatch, lists)):
        return None
    return Selection(folder=f"{PROFILES}{name}/", filename=rss.FILENAME, lists=lists, profile=name)


def _joined(name: str, filename: str) -> Selection | None:
    """A category, or several in any order, each named as often as one likes."""
    slugs = tuple(sorted(set(name.split("+"))))
    if len(slugs) > JOINED or not all(map(_SLUG.fullmatch, slugs)):
        return None
    return Selection(folder=f"{'+'.join(slugs)}/", filename=filename, lists=slugs)


def _has_archives(selection: Selection) -> bool:
    """The feed of all, and each of one category."""
    return not selection.folder or (len(selection.lists) == 1 and selection.folder.count("/") == 1)


# --- parameters ------------------------------------------------------------------------------------------------------


def _with_parameters(selection: Selection, query: str, settings: Settings) -> Selection:
    given = _given(query)
    limit = _number("limit", given["limit"], MOST) if "limit" in given else None
    if "content" in given and given["content"] != "summary":
        raise SelectionError("Parameter content hanya boleh berisi summary.", "content may only be summary.")
    if "since" in given:
        selection = replace(selection, since=_moment(given["since"], settings))
    if selection.folder == SEARCH:
        words = given.get("q", "").strip()
        if words or selection.form is not PAGE:  # whose form can be empty
            selection = replace(selection, words=_words(words))
    return replace(
        selection,
        limit=None if limit == settings.limit else limit,
        page=_number("page", given["page"]) if "page" in given else None,
        summary_only="content" in given,
    )


def _given(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, max_num_fields=100)
    except ValueError:
        raise SelectionError("Parameter terlalu banyak.", "Too many parameters.") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given and name in PARAMETERS:
            raise SelectionError(f"Parameter {name} hanya boleh disebut sekali.", f"{name} may be given only once.")
        if name in PARAMETERS and len(value) > _LONGEST:
            raise SelectionError(f"Parameter {name} terlalu panjang.", f"{name} is too long.")
        given[name] = value
    return given


def _number(name: str, value: str, most: int | None = None) -> int:
    if not re.fullmatch("[0-9]{1,9}", value) or int(value) < 1 or (most and int(value) > most):
        span = ("dari 1 sampai", "from 1 to") if most else ("mulai dari 1", "from 1 on")
        end = f" {most}" if most else ""
        raise SelectionError(
            f"Parameter {name} harus berupa angka {span[0]}{end}.", f"{name} must be a number {span[1]}{end}."
        )
    return int(value)


def _moment(value: str, settings: Settings) -> datetime:
    try:
        return read_date(_PLUS_AS_SPACE.sub("+", value), zone=settings.zone).value.astimezone(UTC)
    except DateError:
        raise SelectionError("Tanggal pada since tidak dimengerti.", "The date in since is not understood.") from None


def _words(value: str) -> str:
    words = " ".join(value.replace("\0", " ").split())
    read_query(words)
    return words
