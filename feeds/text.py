"""Text as feeds need it: safe for XML, sanitised as HTML, with absolute addresses, or plain.

Knows nothing of articles: texts go in, texts come out, and the same text always gives the same answer.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

import nh3
import pyromark

from feeds.characters import NOT_XML, has_many_latin, hide_latin, show_latin, show_latin_in_html

if TYPE_CHECKING:
    from feeds.model import BodyFormat

# --- characters -----------------------------------------------------------------------------------------------------

_C1_CONTROL = re.compile(b"\xc2[\x80-\x84\x86-\x9f]")  # in UTF-8: many times faster to look for than the above in text
_LINE_END = re.compile("\r\n?|\x85")
# Maps the control characters of ASCII to something else: comparing with what comes out is the quickest way to find one.
_WITHOUT_CONTROLS = bytes(c if (c >= 32 and c != 127) or c in b"\t\n\r" else 63 for c in range(256))


def has_control(text: str) -> bool:
    """Whether the text has characters that XML 1.0 cannot carry, or control characters that it should not."""
    try:
        data = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return True
    return (
        data.translate(_WITHOUT_CONTROLS) != data
        or "\ufffe" in text
        or "\uffff" in text
        or (b"\xc2" in data and _C1_CONTROL.search(data) is not None)
    )


def clean(text: str) -> str:
    """The text without the characters of ``has_control`` and with ``\\n`` as its only line end."""
    if has_control(text):
        text = NOT_XML.sub("", text)
    return _LINE_END.sub("\n", text) if "\r" in text or "\x85" in text else text


# --- titles, slugs --------------------------------------------------------------------------------------------------

_INLINE = "a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|mark|p|q|s|small|span|strike|strong|sub|sup|tt|u"
_TITLE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
_MARKDOWN_MARK = re.compile(r"(\*\*|`)(?=\S)((?:(?!\1).)++)(?<=\S)\1")  # up to the next such mark, and never further


# What nothing has to be done about: the quick way for nearly every headline and name.
_PLAIN_WORD = r"[A-Za-z0-9.,:;'\"!?()/%+-]+"
_PLAIN_LINE = re.compile(rf"(?:{_PLAIN_WORD}(?: {_PLAIN_WORD})*)?")


def one_line(text: str) -> str:
    """A title as plain text in one line: no tags, no Markdown marks, character references resolved once.

    Only tags that a headline can have are taken for tags, so that ``a < b > c`` stays; ``&lt;b&gt;`` is the text
    ``<b>``.
    """
    if _PLAIN_LINE.fullmatch(text):
        return text
    if "<" in text:
        text = _TITLE_TAG.sub("", text)
    if "](" in text:
        text = _MARKDOWN_LINK.sub(r"\1", text)
    if "**" in text or "`" in text:
        text = _MARKDOWN_MARK.sub(r"\2", text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return " ".join(clean(text).split())


_SLUG_LENGTH = 80
_NOT_DECOMPOSED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ı": "i", "œ": "oe"}
    | dict.fromkeys("'’‘ʼʻ`", "")
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slugify(text: str) -> str:
    """An address's segment for a title: ASCII, lower case, hyphens, at most 80 characters, never empty.

    A title without a Latin letter or digit is ``artikel-`` and eight hexadecimal digits of its hash.
    """
    folded = text.replace("'", "").replace("`", "")
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded.translate(_NOT_DECOMPOSED)).encode("ascii", "ignore").decode()
    slug = _NOT_SLUG.sub("-", folded.lower()).strip("-")
    if not slug:
        text = text.strip()
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        return f"artikel-{digest}" if text else "artikel"
    if len(slug) > _SLUG_LENGTH:
        head, hyphen, _ = slug[: _SLUG_LENGTH + 1].rpartition("-")
        slug = head if hyphen else slug[:_SLUG_LENGTH]
    return slug


# --- addresses ------------------------------------------------------------------------------------------------------

# RFC 3986 section 2: unreserved, reserved without brackets (they belong to the host alone), and whole percent triplets.
_FINISHED_URL = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,4})?"
    r"(?:[/?](?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?"
    r"(?:#(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?"
)
_ORIGIN = re.compile(r"https?://[^/?#]+")
_URL_SAFE = "-._~:/?@!$&'()*+,;=%"
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
_DROPPED_IN_URL = dict.fromkeys((*range(32), 127))


def absolute(url: str, base: str) -> str:
    """The absolute http(s) address of ``url`` seen from ``base``; ``""`` where there is none.

    Characters outside RFC 3986 are percent-encoded as UTF-8 (RFC 3987 section 3.1), a host's as IDNA. Tabs, line ends
    and controls are dropped first, as browsers do, so that ``java\\nscript:`` is seen for what it is.
    """
    if _FINISHED_URL.fullmatch(url):
        return url
    if not (url.isascii() and url.isprintable()):
        url = clean(url).translate(_DROPPED_IN_URL)
    url = url.strip()
    if not url:
        return ""
    try:
        joined = _joined(url, base)
        if _FINISHED_URL.fullmatch(joined):
            return joined
        parts = urlsplit(joined)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    host = f"[{host}]" if ":" in host else _ascii_host(host)
    if not _HOST.fullmatch(host):
        return ""
    user = f"{_encode(parts.netloc.rpartition('@')[0])}@" if "@" in parts.netloc else ""
    return (
        f"{parts.scheme}://{user}{host}"
        + (f":{port}" if port is not None else "")
        + _encode(parts.path)
        + (f"?{_encode(parts.query)}" if parts.query else "")
        + (f"#{_encode(parts.fragment)}" if parts.fragment else "")
    )


def _joined(url: str, base: str) -> str:
    """RFC 3986 section 5.2; the usual ``/foto/a.jpg`` without the library's taking both apart."""
    origin = _ORIGIN.match(base)
    if origin and url[0] == "/" and url[1:2] != "/" and "/." not in url:
        return origin[0] + url
    return urljoin(base or "https:", url)


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def _encode(part: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", part), safe=_URL_SAFE)


# --- HTML -----------------------------------------------------------------------------------------------------------

_TAGS = set(
    "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details "  # noqa: SIM905
    "dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p picture pre "
    "q rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr "
    "track tt u ul var video wbr".split()
)
_WITH_CONTENT = set(
    "script style template iframe object embed applet noscript noembed noframes svg math title textarea select button "  # noqa: SIM905
    "form canvas".split()
)
_ATTRIBUTES = {
    "*": {"lang", "dir", "id", "title"},
    "a": {"href", "hreflang"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "q": {"cite"},
    "source": {"src", "srcset", "sizes", "type", "media"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "poster", "controls", "width", "height"},
}
_URL_ATTRIBUTES = {"href", "src", "cite", "poster"}
_SCHEMES = {"http", "https", "mailto", "tel"}
_PASSES = 5
_MANY = 10_000
_NO_REFERENCE = re.compile(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")

_ATTRIBUTE = r'(?:\s[^\s=<>"]+="[^"]*")*'
_NO_SOURCE = re.compile(rf'<img(?!{_ATTRIBUTE}\ssrc(?:set)?="){_ATTRIBUTE}>')
_NO_TARGET = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_FRAME = re.compile(
    r"<iframe\b(?>[^<>]*?\ssrc\s*=\s*[\"']?)([^\"'\s<>]++)[^<>]*+>(?:\s*+</iframe\s*+>)?", re.IGNORECASE
)
_CANDIDATES = 1000  # of a picture, which has a dozen
_CANDIDATE = re.compile(r"([^\s,]\S*+)(?:(?<=,)|([^,]*+))")  # no place of a srcset is looked at twice
_SIZE = re.compile(r"(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)[wx]")

MARKDOWN = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
)


def markdown_as_html(body: str) -> str:
    """Markdown as its renderer gives it: HTML that is not sanitised."""
    return pyromark.html(body, options=MARKDOWN)


def render(body: str, body_format: BodyFormat, *, base: str) -> str:
    """A body as sanitised HTML with absolute addresses, those it has being seen from ``base`` (the article's address).

    Without a base, relative addresses are dropped: the link's text stays, the image goes. Rendering its own output
    again as ``html`` changes nothing.
    """
    body = clean(body)
    if body_format == "text":
        return _paragraphs(body)
    if body_format == "markdown":
        return _from_markdown(body, base)
    return _sanitise(body, base)


def _paragraphs(text: str) -> str:
    blocks = (block.strip() for block in re.split(r"\n[^\S\n]*\n", text))
    return "\n".join(f"<p>{_escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)


def _escape(text: str, *, quote: bool = False) -> str:
    """Escaped just as the sanitiser writes text, or with ``quote`` an attribute, so that it leaves it alone."""
    text = html.escape(text, quote=False).replace("\xa0", "&nbsp;")
    return text.replace('"', "&quot;") if quote else text


def _sanitise(body: str, base: str) -> str:
    """Sanitise until nothing changes: what a removed element leaves behind can be read in another way."""
    if body.count("&") > _MANY:  # a reference that is none costs the sanitiser the square of their number
        body = _NO_REFERENCE.sub("&amp;", body)
    body, allowed = _FRAME.sub(_frame_as_link, body), _attribute_filter(base)
    if has_many_latin(body, _MANY):  # as does each of these characters, for all of the text behind it
        return show_latin_in_html(_until_it_stays(hide_latin(body), _on_hidden(allowed)))
    return _until_it_stays(body, allowed)


def _until_it_stays(body: str, allowed: _Filter) -> str:
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=allowed,
        link_rel=None,
        url_schemes=_SCHEMES,
    )
    for _ in range(_PASSES):
        before, body = body, _tidy(cleaner.clean(body))
        if body == before:
            return body
    return _paragraphs(plain(body))


def narrowed(body: str, tags: Collection[str], instead: Iterable[tuple[str, str]]) -> str:
    """Sanitised HTML with these elements alone: of others the content stays.

    instead: (element, the one that it becomes), for those whose content would run into its surroundings.
    """
    for old, new in instead:
        body = re.sub(rf"(</?){old}(?=[\s>])", rf"\1{new}", body)
    attributes = {tag: names for tag, names in _ATTRIBUTES.items() if tag == "*" or tag in tags}
    many = has_many_latin(body, _MANY)
    body = hide_latin(body) if many else body
    body = _tidy(nh3.clean(body, tags=set(tags), attributes=attributes, link_rel=None, url_schemes=_SCHEMES))
    return show_latin_in_html(body) if many else body


_WITH_ATTRIBUTES = re.compile(r"<([a-z][a-z0-9]*)\s([^<>]*)>")
_ONE_ATTRIBUTE = re.compile(r'([A-Za-z-]+)="([^"]*)"')


def _from_markdown(body: str, base: str) -> str:
    """Markdown without raw HTML needs no HTML parser: its renderer escapes every text and closes every tag.

    Then only attributes are left to judge, by the sanitiser's own rules; what comes out is what the sanitiser would
    have made (a property test compares them) in a third of its time. A footnote mark can stand within a link's text,
    which makes a link within a link: that, too, is the sanitiser's.
    """
    rendered = markdown_as_html(body)
    if "<" in body or "[^" in body:
        return _sanitise(rendered, base)
    allowed = _attribute_filter(base)

    def judged(found: re.Match[str]) -> str:
        tag = found[1]
        names = _ATTRIBUTES["*"] | _ATTRIBUTES.get(tag, set())
        kept: dict[str, str] = {}
        for name, value in _ONE_ATTRIBUTE.findall(found[2]):
            lower = name.lower()
            safe = allowed(tag, lower, html.unescape(value)) if lower in names and lower not in kept else None
            if safe is not None:
                kept[lower] = f' {lower}="{_escape(safe, quote=True)}"'
        return f"<{tag}{''.join(kept.values())}>"

    rendered = rendered.replace("<br />", "<br>").replace("<hr />", "<hr>").replace("\xa0", "&nbsp;")
    return _tidy(_WITH_ATTRIBUTES.sub(judged, rendered))


def _tidy(body: str) -> str:
    """Without links that lead nowhere and images that have no source."""
    if "<img" in body:
        body = _NO_SOURCE.sub("", body)
    if "<a>" in body:
        body = _NO_TARGET.sub(r"\1", body)
    return clean(body).strip()


def _frame_as_link(found: re.Match[str]) -> str:
    """A frame (a video, a map) as a link to it: a feed may not carry frames, its reader may still want to go there."""
    address = absolute(html.unescape(found[1]), "")
    shown = html.escape(address)
    return f'<p><a href="{shown}">{shown}</a></p>' if address else ""


_Filter = Callable[[str, str, str], str | None]


def _on_hidden(allowed: _Filter) -> _Filter:
    def judged(tag: str, name: str, value: str) -> str | None:
        safe = allowed(tag, name, show_latin(value))
        return None if safe is None else hide_latin(safe)

    return judged


def _attribute_filter(base: str) -> _Filter:
    def allowed(_tag: str, name: str, value: str) -> str | None:
        if name == "srcset":
            return _srcset(value, base) or None
        if name not in _URL_ATTRIBUTES:
            return clean(value)
        if name == "href" and value.strip().lower().startswith(("mailto:", "tel:")):
            return _encode(clean(value).translate(_DROPPED_IN_URL).strip())
        return absolute(value, base) or None

    return allowed


def _srcset(value: str, base: str) -> str:
    candidates = ((absolute(url, base), size) for url, size in candidates_of(value))
    return ", ".join(f"{address.replace(',', '%2C')} {size}".rstrip() for address, size in candidates if address)


def candidates_of(srcset: str) -> Iterator[tuple[str, str]]:
    """The addresses in a ``srcset`` with their sizes (``2x``, ``640w``, "" for none), parted as browsers part them.

    One with another description than a size is left out, and all behind the first thousand.
    """
    for found in islice(_CANDIDATE.finditer(srcset), _CANDIDATES):
        size = (found[2] or "").strip()
        if not size or _SIZE.fullmatch(size):
            yield found[1].rstrip(","), size


# --- plain text -----------------------------------------------------------------------------------------------------

# One that is not closed goes on to the end, as in a browser.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*+>|\Z)", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|header|"
    r"hr|li|main|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[A-Za-z](?:[^<>\"]|\"[^\"]*\")*>")
_ASIDE = re.compile(r"<(figure|table|pre|h[1-6])\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


def plain(text: str) -> str:
    """The text of HTML in one line: no tags, references resolved, white space collapsed."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", _COMMENT.sub("", text)))
    return " ".join(clean(html.unescape(text)).split())


# A sentence's end: after a word of three letters or more that is no common abbreviation, before a capital or a figure.
# The mark comes first in the pattern, as a search for it is quick; what stands before it is looked at then.
_MARK = "[.!?…]"
_SENTENCE = re.compile(
    rf"{_MARK}(?<=[^\W_]{{3}}{_MARK})(?<!Prof{_MARK})(?<!Drs{_MARK})(?<!Kab{_MARK})(?<!Kec{_MARK})(?<!Prov{_MARK})"
    r"[\"”’)]?(?=\s+[\"“‘(]?[A-Z0-9])"
)


def summarise(text: str, length: int = 300) -> str:
    """One plain paragraph of at most ``length`` characters for an article without a summary of its own.

    Ends with a whole sentence where one ends in the second half, else after a word, with ``…``. Captions, tables,
    headings and code do not belong to it, unless there is nothing else.
    """
    start = text[: 8 * length].rpartition("<")[0]  # bodies are long, and mostly text
    short = plain(_ASIDE.sub(" ", start))
    if len(short) <= length:
        short = plain(_ASIDE.sub(" ", text)) or plain(text)
    if len(short) <= length:
        return short
    ends = [found.end() for found in _SENTENCE.finditer(short, 0, length + 2) if found.end() <= length]
    if ends and ends[-1] >= length // 2:
        return short[: ends[-1]]
    head = short[: length - 1]
    if not short[length - 1].isspace():
        head = head.rpartition(" ")[0] or head
    return head.rstrip(" ,;:–—-(") + "…"
