"""Licences by their names: the address of what newsrooms call ``CC BY-SA 4.0``, and the name of an address.

Beside them, where the terms of RSL 1.0 are (https://rslstandard.org/rsl), which are for automated clients.

The licences of Creative Commons and their names, in English and in its official Indonesian translation:
https://creativecommons.org/share-your-work/cclicenses/
"""

from __future__ import annotations

import re

RSL_FILE = "rsl.xml"
"""The document with the terms, below base_url."""
RSL_TYPE = "application/rsl+xml"

_SITE = "https://creativecommons.org"
_CC0 = f"{_SITE}/publicdomain/zero/1.0/"
_MARK = f"{_SITE}/publicdomain/mark/1.0/"

_PARTS = {
    "by": "by",
    "attribution": "by",
    "atribusi": "by",
    "nc": "nc",
    "noncommercial": "nc",
    "nonkomersial": "nc",
    "nd": "nd",
    "noderivatives": "nd",
    "noderivs": "nd",
    "tanpaturunan": "nd",
    "sa": "sa",
    "sharealike": "sa",
    "berbagiserupa": "sa",
}
_COMBINED = frozenset({"by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"})
_VERSIONS = frozenset({"2.0", "2.5", "3.0", "4.0"})
_SAY_NOTHING = frozenset(
    {"cc", "creative", "commons", "license", "licence", "lisensi", "international", "internasional", "unported"}
)
_NAMES = {
    "cc0": _CC0,
    "cc0 1.0": _CC0,
    "cc0 1.0 universal": _CC0,
    "zero": _CC0,
    "public domain mark": _MARK,
    "public domain mark 1.0": _MARK,
}

_MENTION = re.compile(r"\b(?:cc[ -]?(?:by|0|zero)|creative[ -]commons|public domain mark)\b", re.IGNORECASE)
_SPLIT_WORD = re.compile(r"\b(non|no|share|tanpa|berbagi)[ -]")
_ADDRESS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org(?P<path>/(?P<kind>licenses|publicdomain)/(?P<code>[a-z]+(?:-[a-z]+)*)"
    r"/(?P<version>\d\.\d)(?:/(?P<port>[a-z]{2,4}))?)/?(?:(?:deed|legalcode)(?:\.[\w-]+)?)?/?",
    re.IGNORECASE,
)


def mentions_creative_commons(text: str) -> bool:
    """Whether a text speaks of one of their licences; it may still lack what tells which one."""
    return _MENTION.search(text) is not None


def license_address(written: str) -> str:
    """The address of a licence by its name, or by one of its pages; "" for any other text.

    A name without a version names no licence, but for CC0, of which there is one.
    """
    if page := _ADDRESS.fullmatch(written):
        return f"{_SITE}{page['path'].lower()}/"
    if not mentions_creative_commons(written):
        return ""
    name = _SPLIT_WORD.sub(r"\1", written.casefold())
    words = [word for word in re.sub(r"[^a-z0-9.]+", " ", name).split() if word not in _SAY_NOTHING]
    return _NAMES.get(" ".join(words)) or _combined(words)


def _combined(words: list[str]) -> str:
    versions = {word for word in words if word in _VERSIONS}
    parts = {_PARTS.get(word, "") for word in words if word not in versions}
    code = "-".join(part for part in ("by", "nc", "nd", "sa") if part in parts)
    if len(versions) != 1 or "" in parts or code not in _COMBINED:
        return ""
    return f"{_SITE}/licenses/{code}/{versions.pop()}/"


def license_name(address: str) -> str:
    """What people call a licence: ``CC BY-SA 4.0`` and the like, the address itself of any other."""
    page = _ADDRESS.fullmatch(address)
    if page is None:
        return address
    if page["kind"] == "licenses":
        return " ".join(filter(None, ("CC", page["code"].upper(), page["version"], (page["port"] or "").upper())))
    return {"zero": "CC0 1.0", "mark": "Public Domain Mark 1.0"}.get(page["code"], address)


def is_creative_commons(address: str) -> bool:
    """Whether an address is that of such a licence, for elements that are for these alone."""
    return _ADDRESS.fullmatch(address) is not None
