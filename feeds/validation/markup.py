"""HTML in feeds: what readers drop, what they cannot resolve, and where tags do not fit.

Readers put the content of others on a page of their own. They drop what could do harm there, and have no address from
which a relative one would lead somewhere.

Tags are read by patterns of our own: html.parser takes quadratic time for what nobody closed, and raises for "<![".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import NamedTuple

from feeds.validation.values import Wrong, scheme_of, shown, words

_KEPT = words(
    """
    a abbr acronym address area article aside audio b bdi bdo big blockquote br caption center cite code col colgroup
    data dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins
    kbd li main map mark menu meter nav ol p picture pre progress q rp rt ruby s samp section small source span strike
    strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr
    """
)
_DROPPED = words(
    """
    applet base body button canvas dialog embed fieldset form frame frameset head html iframe input label legend link
    math meta noscript object optgroup option output param script select slot style svg template textarea title
    """
)
_VOID = words("area base br col embed frame hr img input link meta param source track wbr")
_MAY_STAY_OPEN = words("p li dt dd tr td th thead tbody tfoot colgroup caption rp rt option optgroup")
_FOREIGN = frozenset({"svg", "math"})  # what is in them is no HTML
_ADDRESSES = frozenset({"href", "src", "cite", "poster", "action", "background"})
_PICTURE = re.compile(r"data:image/(?:png|gif|jpeg|webp|avif)\b", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_KEPT | _DROPPED))})(?:\s[^<>]*)?/?>", re.IGNORECASE)
# Not those of & and <, which the RSS Profile recommends for titles that have such a sign.
_REFERENCE = re.compile(
    r"&(?:#(?!x26|x3[ce]|38|60|62)x?[0-9a-f]{1,7}|quot|apos|nbsp|hellip|[lr][ds]quo|[mn]dash);", re.I
)


def plain(text: str) -> Iterator[Wrong]:
    """A text that is no HTML: tags and references in it would be shown as they are, or be taken for what they say."""
    found = _TAG.search(text) or _REFERENCE.search(text)
    if found:
        yield "text-html", found[0]


# Each alternative takes what it began to its end, or to the end of the text: so reading takes linear time.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<[!?][^>]*"
    r"|<(?P<closes>/?)(?P<name>[A-Za-z][^\s/>]*)(?P<rest>(?:[^>\"']|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))*+)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=/\"'>]+)(?:\s*=\s*(?:\"([^\"]*)|'([^']*)|([^\s\"'>]+)))?")
_RAW_END = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title")}
_INVISIBLE = re.compile(r"[\x00-\x20]+")  # browsers look past them in a scheme


class Tag(NamedTuple):
    """A tag. name: in lower case. closes: ``</p>``; empty: ``<p/>``. start: where in the text it stands."""

    name: str
    attributes: Mapping[str, str]
    closes: bool = False
    empty: bool = False
    start: int = 0


def tags_of(text: str) -> Iterator[Tag]:
    """The tags of a text of HTML, in their order."""
    at = 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        if not token["name"]:
            continue
        name, rest = token["name"].lower(), token["rest"]
        yield Tag(name, _attributes(rest), bool(token["closes"]), rest.endswith("/"), token.start())
        if name in _RAW_END and not token["closes"]:
            end = _RAW_END[name].search(text, at)
            at = end.start() if end else len(text)


def _attributes(rest: str) -> dict[str, str]:
    found = ((each[1].lower(), each[2] or each[3] or each[4] or "") for each in _ATTRIBUTE.finditer(rest))
    return {name: unescape(value) for name, value in found}


def html(text: str) -> Iterator[Wrong]:
    """A piece of HTML; each fault once, however often it is there."""
    return check_tags(tags_of(text))


def check_tags(tags: Iterable[Tag]) -> Iterator[Wrong]:
    """The same of tags that were read already."""
    reader = _Reader()
    for tag in tags:
        reader.take(tag)
    yield from reader.wrong()


class _Reader:
    """Notes what is wrong with one tag after the other."""

    def __init__(self) -> None:
        self._wrong: dict[Wrong, None] = {}
        self._open: list[str] = []
        self._counted: Counter[str] = Counter()  # of those that are open

    def take(self, tag: Tag) -> None:
        if not tag.closes:
            self._begin(tag)
        elif self._counted[tag.name]:
            self._leave(tag.name)
        elif tag.name not in _VOID:
            self._note("html-balance", f"</{tag.name}> that closes nothing")

    def wrong(self) -> Iterator[Wrong]:
        """All of it, once the text is at its end."""
        self._leave("")
        yield from self._wrong

    def _begin(self, tag: Tag) -> None:
        if not any(self._counted[name] for name in _FOREIGN):
            if tag.name in _DROPPED:
                self._note("html-dropped", f"<{tag.name}>")
            elif tag.name not in _KEPT:
                self._note("html-element", f"<{tag.name}>")
        for name, value in tag.attributes.items():
            self._attribute(tag.name, name, value)
        if tag.name not in _VOID and not tag.empty:  # as XHTML has it, which readers understand
            self._open.append(tag.name)
            self._counted[tag.name] += 1

    def _leave(self, name: str) -> None:
        """Close the innermost element of a name, and with it all that are open in it."""
        while self._open:
            inner = self._open.pop()
            self._counted[inner] -= 1
            if inner == name:
                return
            if inner not in _MAY_STAY_OPEN:
                self._note("html-balance", f"<{inner}> that is not closed")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self._note("html-script", name)
        elif name == "style":
            self._note("html-style", f"<{tag} style>")
        elif name in _ADDRESSES:
            self._address(f"<{tag} {name}>", value.strip())
        elif name == "srcset":
            for candidate in re.split(r",\s+", value.strip()):
                self._address(f"<{tag} {name}>", candidate)

    def _address(self, where: str, address: str) -> None:
        scheme = scheme_of(_INVISIBLE.sub("", address[:100]))
        if scheme in ("javascript", "vbscript") or (scheme == "data" and not _PICTURE.match(address)):
            self._note("html-script", f"{where} {scheme}:")
        elif not scheme and not address.startswith("#"):
            self._note("html-relative", f"{where} {shown(address)}")

    def _note(self, code: str, what: str) -> None:
        self._wrong.setdefault((code, what))
