"""WordPress shortcodes in the text of a post -> HTML: captions, galleries, media; others leave their content.

The grammar is that of https://codex.wordpress.org/Shortcode_API: ``[name a="b"]``, ``[name/]``, ``[name]text[/name]``,
and ``[[name]]`` for a shortcode that is spoken of. A reader of exports does not know which names the site's plugins
have claimed, so a bracket is a shortcode where it has an attribute with a value, a closing bracket of its own, a name
with ``_``, or a name that WordPress or a widespread plugin has claimed. ``[sic]``, ``[...]``, ``[1]`` and ``[Update]``
have none of these and stay, as does everything in ``<pre>`` and ``<code>``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Attachment(NamedTuple):
    """A file of the site's media library. length: bytes; width, height: pixels."""

    url: str
    caption: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None
    length: int | None = None


Library = Callable[[tuple[int, ...]], list[Attachment]]
"""The attachments of some ids, in their order; of none, those that belong to the post itself."""

# What stands between these is code and is shown as it is.
_CODE = frozenset({
    "code", "sourcecode", "php", "python", "css", "html", "javascript", "js", "java", "sql", "xml", "bash", "shell",
    "cpp", "csharp", "ruby",
})  # fmt: skip
_CAPTIONS = frozenset({"caption", "wp_caption"})
_GALLERIES = frozenset({"gallery", "playlist"})
_MEDIA = frozenset({
    "embed", "video", "audio", "wpvideo", "videopress", "youtube", "vimeo", "dailymotion", "soundcloud", "spotify",
    "tiktok", "instagram", "facebook", "fb", "twitter", "tweet", "googlevideo", "ted", "slideshare", "scribd", "gist",
    "flickr", "bandcamp", "mixcloud", "archiveorg", "iframe", "vine",
})  # fmt: skip
# Forms, encoded scripts and the like: what they enclose is no text for a reader either.
_MACHINERY = frozenset({
    "contact-form", "contact-form-7", "contact-field", "gravityform", "mc4wp_form", "wpforms", "vc_raw_html",
    "vc_raw_js", "poll", "polldaddy", "crowdsignal", "jetpack_subscription_form",
})  # fmt: skip
# Names that are written without any attribute.
_BARE = frozenset({
    "sitemap", "archives", "toc", "adsense", "ads", "ad", "divider", "spacer", "clear", "hr", "br", "social_share",
    "adrotate", "recent-posts", "instagram-feed", "contact-form", "ez-toc", "toc_container", "related-posts",
    "nextpage", "raw", "tabs", "subscribe2", "blog_subscription_form",
})  # fmt: skip
_KNOWN = _CODE | _CAPTIONS | _GALLERIES | _MEDIA | _MACHINERY | _BARE

_ATTRIBUTES = r"""(?:[^\[\]"']++|"[^"\[]*+"|'[^'\[]*+'|["'])*+"""
# A tag or the begin of code, which are passed over, or a bracket.
_TOKEN = re.compile(
    rf"""<(?P<code>pre|code|script|style)\b|<!--|</?[A-Za-z][^<>]*>"""
    rf"""|\[(?P<close>/?)(?P<name>[A-Za-z][\w-]*+)(?=[\s=/\]"'])(?P<attributes>{_ATTRIBUTES})\]""",
    re.IGNORECASE,
)
_PAIR = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=]+))""")
_QUOTED_PAIR = re.compile(r"""[\w-]\s*=\s*["']""")
_CURLY = re.compile("[“”″„]|&#(?:8220|8221|8243|34);|&[lr]dquo;|&quot;")


class _Bracket(NamedTuple):
    """A shortcode's opening or closing bracket, or code from its begin to its end (then it has a result)."""

    start: int
    end: int
    name: str
    attributes: str
    closes: bool
    result: str | None = None


def expand(text: str, library: Library) -> str:
    """The text with its shortcodes as HTML: figures of images, links to other media, the content of unknown ones."""
    if "[" not in text:
        return text
    brackets = list(_brackets(text))
    if not brackets:
        return text
    partner = _partners(brackets)
    frames: list[tuple[_Bracket | None, list[str]]] = [(None, [])]
    at = 0
    for number, bracket in enumerate(brackets):
        if bracket.start < at:
            continue  # within a shortcode that is spoken of
        out = frames[-1][1]
        spoken = _spoken_of(text, bracket, brackets[partner[number]] if number in partner else bracket)
        if spoken:
            out += (text[at : bracket.start - 1], text[bracket.start : spoken])
            at = spoken + 1
            continue
        out.append(text[at : bracket.start])
        at = bracket.end
        if bracket.result is not None:
            out.append(bracket.result)
        elif not bracket.closes and number in partner:
            frames.append((bracket, []))
        elif bracket.closes and number in partner:
            opening, inner = frames.pop()
            assert opening is not None  # noqa: S101 - partners nest, so the frame is its own
            frames[-1][1].append(_html_of(opening, "".join(inner), library))
        elif bracket.closes:
            out.append("" if bracket.name.islower() else text[bracket.start : bracket.end])
        elif _is_shortcode(bracket):
            out.append(_html_of(bracket, "", library))
        else:
            out.append(text[bracket.start : bracket.end])
    return "".join(frames[0][1]) + text[at:]


def _brackets(text: str) -> Iterator[_Bracket]:
    absent: set[str] = set()  # what closes nothing any more, so that the rest is searched for it but once
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        name = found["name"]
        if found["code"]:
            at = _behind(text, f"</{found['code']}>", at, absent)
        elif name is None:
            if found[0] == "<!--":
                at = _behind(text, "-->", at, absent)
        elif name in _CODE and not found["close"]:
            begin, at = at, _behind(text, f"[/{name}]", at, absent)
            if at > begin:
                inner = text[begin : at - len(name) - 3].strip("\n").replace("<", "&lt;").replace(">", "&gt;")
                yield _Bracket(found.start(), at, name, "", False, f"\n\n<pre><code>{inner}</code></pre>\n\n")
        else:
            yield _Bracket(found.start(), at, name, _straight(found["attributes"]), bool(found["close"]))


def _behind(text: str, closing: str, at: int, absent: set[str]) -> int:
    """Where the text goes on behind a closing tag; right here where there is none."""
    end = -1 if closing in absent else text.find(closing, at)
    if end < 0:
        absent.add(closing)
        return at
    return end + len(closing)


def _straight(attributes: str) -> str:
    """Attributes whose quotation marks an editor made curly, as they were meant."""
    return attributes if '"' in attributes or "'" in attributes else _CURLY.sub('"', attributes)


def _partners(brackets: list[_Bracket]) -> dict[int, int]:
    """The number of each opening bracket -> that of its closing one, and back; pairs that would cross are none."""
    partner: dict[int, int] = {}
    open_ones: list[int] = []
    by_name: dict[str, list[int]] = {}
    for number, bracket in enumerate(brackets):
        if bracket.result is not None or (not bracket.closes and bracket.attributes.endswith("/")):
            continue
        if not bracket.closes:
            open_ones.append(number)
            by_name.setdefault(bracket.name, []).append(number)
        elif by_name.get(bracket.name):
            opening = by_name[bracket.name][-1]
            while open_ones and open_ones[-1] >= opening:
                by_name[brackets[open_ones.pop()].name].pop()
            partner[opening], partner[number] = number, opening
    return partner


def _spoken_of(text: str, bracket: _Bracket, last: _Bracket) -> int:
    """Where ``[[name]]`` or ``[[name]..[/name]]`` has its last bracket but one; 0 where the brackets are single."""
    before, behind = text[max(bracket.start - 1, 0) : bracket.start], text[last.end : last.end + 1]
    doubled = not bracket.closes and before == "[" and behind == "]"
    return last.end if doubled and (last is not bracket or _is_shortcode(bracket)) else 0


def _is_shortcode(bracket: _Bracket) -> bool:
    """Whether a lone bracket is one: see the head of this module."""
    name, attributes = bracket.name, bracket.attributes.strip()
    if name in _CODE:
        return False  # "[php]" that nothing closes
    if name in _KNOWN or ("_" in name and name.islower()):
        return True
    if attributes in ("", "/"):
        return attributes == "/"
    return (
        attributes.startswith("=http")
        or bool(_QUOTED_PAIR.search(attributes))
        or not _PAIR.sub("", attributes).strip(" /\t\n")
    )


def _html_of(bracket: _Bracket, content: str, library: Library) -> str:
    name = bracket.name
    if name in _CAPTIONS:
        return _caption(_attributes(bracket.attributes), content)
    if name in _GALLERIES:
        return _gallery(_attributes(bracket.attributes), library)
    if name in _MEDIA:
        return _media(name, bracket.attributes, content)
    return "" if name in _MACHINERY else content


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): a or b or c for name, a, b, c in _PAIR.findall(text)}


_IMAGE = re.compile(r"\s*((?:<a\s[^<>]*>\s*)?<img\s[^<>]*>(?:\s*</a>)?)", re.IGNORECASE)


def _caption(attributes: dict[str, str], content: str) -> str:
    """Both forms: the caption behind the image (WordPress 3.4), or as an attribute of its own."""
    image = _IMAGE.match(content)
    if not image:
        return content
    caption = " ".join((content[image.end() :].strip() or attributes.get("caption", "")).split())
    return figure(image[1], caption)


def figure(image: str, caption: str) -> str:
    """An image's tag with a caption in HTML, as a block of its own."""
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"\n\n<figure>{image}{below}</figure>\n\n"


def _gallery(attributes: dict[str, str], library: Library) -> str:
    ids = tuple(int(id_) for id_ in re.findall(r"[0-9]{1,18}", attributes.get("ids") or attributes.get("include", "")))
    left_out = set(re.findall(r"[0-9]{1,18}", attributes.get("exclude", "")))
    found = library(tuple(id_ for id_ in ids if str(id_) not in left_out))
    return "".join(map(_shown, found))


_IMAGE_ADDRESS = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|heic)(?:[?#]|\Z)", re.IGNORECASE)


def is_image(url: str) -> bool:
    """Whether an address names a picture, by its suffix."""
    return bool(_IMAGE_ADDRESS.search(url))


def _shown(attachment: Attachment) -> str:
    if not is_image(attachment.url):
        return link_to(attachment.url, attachment.caption)
    alt = html.escape(html.unescape(attachment.alt))
    return figure(f'<img src="{_address(attachment.url)}" alt="{alt}">', attachment.caption)


def _address(url: str) -> str:
    return html.escape(html.unescape(url.strip()))


def link_to(url: str, words: str = "") -> str:
    """A link as a paragraph of its own. words: HTML; the address where there are none."""
    address = _address(url)
    return f'\n\n<p><a href="{address}">{words or address}</a></p>\n\n'


_URL = re.compile(r"""https?://[^\s"'<>\[\]|]+""", re.IGNORECASE)
_BY_ID = {
    "youtube": (re.compile(r"[\w-]{11}"), "https://www.youtube.com/watch?v="),
    "vimeo": (re.compile(r"[0-9]{5,12}"), "https://vimeo.com/"),
    "tweet": (re.compile(r"[0-9]{8,20}"), "https://twitter.com/i/status/"),
}


def _media(name: str, attributes: str, content: str) -> str:
    """A link to what is shown or played: its address stands in an attribute or is enclosed; of some, only an id."""
    if found := _URL.search(attributes) or _URL.search(content):
        return link_to(found[0])
    if name in _BY_ID:
        pattern, site = _BY_ID[name]
        values = [*_attributes(attributes).values(), *attributes.strip(" =/").split(), content.strip()]
        for value in values:
            if pattern.fullmatch(value):
                return link_to(site + value)
    return ""
