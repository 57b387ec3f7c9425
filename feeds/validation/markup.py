"""HTML in feeds: what readers drop, what they cannot resolve, and where tags do not fit.

Readers put the content of others on a page of their own. They drop what could do harm there, and have no address from
which a relative one would lead somewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser

from feeds.validation.values import Wrong, scheme_of, words

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


def html(text: str) -> Iterator[Wrong]:
    """A piece of HTML; each fault once, however often it is there."""
    if "<" in text or "&" in text:
        reader = _Reader()
        reader.feed(text)
        reader.close()
        yield from reader.wrong()


def tags(found: Iterable[tuple[str, Mapping[str, str]]]) -> Iterator[Wrong]:
    """The same of elements that were read already, as (name, attributes): those of XHTML."""
    reader = _Reader()
    for name, attributes in found:
        reader.handle_startendtag(name, list(attributes.items()))
    yield from reader.wrong()


class _Reader(HTMLParser):
    """Notes what is wrong as it reads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._wrong: dict[Wrong, None] = {}
        self._open: list[str] = []

    def wrong(self) -> Iterator[Wrong]:
        """All of it, once the text is at its end."""
        self._leave([tag for tag in self._open if tag not in _MAY_STAY_OPEN])
        yield from self._wrong

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not _FOREIGN.isdisjoint(self._open):
            pass
        elif tag in _DROPPED:
            self._note("html-dropped", f"<{tag}>")
        elif tag not in _KEPT:
            self._note("html-element", f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()  # as XHTML has it, which readers understand

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if tag not in self._open:
            self._note("html-balance", f"</{tag}> that closes nothing")
            return
        at = len(self._open) - 1 - self._open[::-1].index(tag)
        self._leave([inner for inner in self._open[at + 1 :] if inner not in _MAY_STAY_OPEN])
        del self._open[at:]

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self._note("html-script", name)
        elif name == "style":
            self._note("html-style", f"<{tag} style>")
        elif name in _ADDRESSES:
            self._address(f"<{tag} {name}>", value.strip())
        elif name == "srcset":
            for candidate in re.split(r",\s+", value):
                self._address(f"<{tag} {name}>", candidate.strip())

    def _address(self, where: str, address: str) -> None:
        scheme = scheme_of(address)
        if scheme in ("javascript", "vbscript") or (scheme == "data" and not _PICTURE.match(address)):
            self._note("html-script", f"{where} {scheme}:")
        elif not scheme and not address.startswith("#"):
            self._note("html-relative", f"{where} {address[:60]!r}")

    def _leave(self, tags: list[str]) -> None:
        for tag in tags:
            self._note("html-balance", f"<{tag}> that is not closed")

    def _note(self, code: str, what: str) -> None:
        self._wrong.setdefault((code, what))
