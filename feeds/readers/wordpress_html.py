"""The text of a WordPress post as its database has it -> HTML, as WordPress shows it.

WordPress stores a post of its classic editor without paragraphs: an empty line parts them, a line end is a ``<br>``.
``autop`` makes them by the rules of its function wpautop (wp-includes/formatting.php). A post of the block editor has
its HTML between comments (``<!-- wp:paragraph -->``) and gets no paragraphs but outside of blocks.
"""

from __future__ import annotations

import re

from feeds.readers.shortcodes import Library, expand, link_to

_BLOCK_COMMENT = re.compile(r"<!--\s++(/?)wp:[^\s>]++((?:[^-<]++|-(?!->)|<(?!!--))*+)-->")
_BREAK_COMMENT = re.compile(r"<!--(?:more\b[^<>]*?|nextpage|noteaser)-->")


def to_html(text: str, library: Library) -> str:
    """The HTML of a post's text. library: the attachments for galleries. Not sanitised.

    Marks of the block editor and of page ends go, shortcodes become HTML, an address on a line of its own (which
    WordPress would show as a player) becomes a link.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<!--" in text:
        text = _BREAK_COMMENT.sub("", text)
    if "<!-- wp:" not in text:
        return autop(_addresses_as_links(expand(text, library)))
    return expand(_addresses_as_links(_without_block_comments(text)), library).strip()


def _without_block_comments(text: str) -> str:
    """The HTML of blocks; paragraphs are made of what stands outside of any."""
    pieces: list[str] = []
    depth = at = 0
    for comment in _BLOCK_COMMENT.finditer(text):
        between = text[at : comment.start()]
        pieces.append(between if depth or not between.strip() else autop(between))
        at = comment.end()
        if comment[1]:
            depth = max(depth - 1, 0)
        elif not comment[2].endswith("/"):
            depth += 1
    rest = text[at:]
    pieces.append(rest if depth or not rest.strip() else autop(rest))
    return "".join(pieces)


_ADDRESS = re.compile(r"(?m)^[ \t]*+(?:<p>)?(https?://[^\s<>\"\[\]]++)(?:</p>)?[ \t]*+$")


def _addresses_as_links(text: str) -> str:
    if "http" not in text or not _ADDRESS.search(text):
        return text
    text, kept = _cut_out(text, ("pre", "code", "script", "style"))
    return _put_back(_ADDRESS.sub(lambda found: link_to(found[1]).strip(), text), kept)


# --- paragraphs ------------------------------------------------------------------------------------------------------

_BLOCKS = (
    r"(?:table|thead|tfoot|caption|col|colgroup|tbody|tr|td|th|div|dl|dd|dt|ul|ol|li|pre|form|map|area|blockquote"
    r"|address|style|p|h[1-6]|hr|fieldset|legend|section|article|aside|hgroup|header|footer|nav|figure|figcaption"
    r"|details|menu|summary)"
)
_BLOCK_TAG = rf"</?{_BLOCKS}(?:[\s/][^<>]*+)?>"
_Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(*rules: tuple[str, str]) -> _Rules:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in rules)


# Blocks get empty lines around them, so that they are paragraphs of their own.
_APART = _rules(
    (r"<br\s*+/?>\s*+<br\s*+/?>", "\n\n"),
    (rf"(<{_BLOCKS}[\s/>])", r"\n\n\1"),
    (rf"(</{_BLOCKS}>)", r"\1\n\n"),
    (r"(<hr\s*+/?>)", r"\n\n\1\n\n"),
)
# Within these elements white space means nothing. Their sign -> tags without any before them, tags without any behind.
_WITHIN = {
    sign: (re.compile(f"({before})"), re.compile(f"({behind})"))
    for sign, before, behind in (
        ("<option", r"<option\b", r"</option>"),
        ("</object>", r"</object>|</?(?:param|embed)\b[^<>]*+>", r"<object\b[^<>]*+>|</?(?:param|embed)\b[^<>]*+>"),
        ("<source", r"</(?:audio|video)>|<source\b[^<>]*+>", r"<(?:audio|video|source)\b[^<>]*+>"),
        ("<track", r"</(?:audio|video)>|<track\b[^<>]*+>", r"<(?:audio|video|track)\b[^<>]*+>"),
        ("<figcaption", r"<figcaption\b[^<>]*+>", r"</figcaption>"),
    )
}
_TIDY = _rules(
    (r"<p>\s*+</p>", ""),
    (r"<p>([^<]++)</(div|address|form)>", r"<p>\1</p></\2>"),
    (rf"<p>\s*+({_BLOCK_TAG})\s*+</p>", r"\1"),
    (r"<p>(<li(?:[^<\n]|<(?!/?p>))++)</p>", r"\1"),
    (r"<p><blockquote([^<>]*+)>", r"<blockquote\1><p>"),
    (r"</blockquote></p>", "</p></blockquote>"),
    (rf"<p>\s*+({_BLOCK_TAG})", r"\1"),
    (rf"({_BLOCK_TAG})\s*+</p>", r"\1"),
)
_TIDY_BREAKS = _rules(
    (rf"({_BLOCK_TAG})\s*+<br />", r"\1"),
    (r"<br />(\s*+</?(?:p|li|div|dl|dd|dt|th|pre|td|ul|ol)(?:\s[^<>]*+)?>)", r"\1"),
)
_EMPTY_LINES = re.compile(r"\n\s*\n")
_TAG_WITH_LINE_END = re.compile(r"<[A-Za-z/!][^<>\n]*+\n[^<>]*+>")
_LINE_END_IN_TAG = "\x00"  # no text of XML can hold it
_KEPT = re.compile("<pre \x01([0-9]+)></pre>|\x01([0-9]+)\x01")


def _apply(rules: _Rules, text: str) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


def autop(text: str) -> str:
    """Paragraphs of empty lines and ``<br />`` of line ends, by the rules of wpautop.

    Blocks stay as they are, and so do ``<pre>``, ``<script>`` and ``<style>`` with all that is in them. Takes time in
    proportion to the text, whatever it holds.
    """
    text = text.replace("\x00", "").replace("\x01", "")
    if not text or text.isspace():
        return ""
    text, kept = _cut_out(text, ("pre", "script", "style", "svg", "math"))
    if "<" in text:
        text = _apply(_APART, text)
        text = _TAG_WITH_LINE_END.sub(lambda tag: tag[0].replace("\n", _LINE_END_IN_TAG), text)
        for sign, (before, behind) in _WITHIN.items():
            if sign in text:
                text = _without_space(text, before, behind)
    paragraphs = (paragraph.strip("\n") for paragraph in _EMPTY_LINES.split(text) if paragraph)
    text = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
    text = _apply(_TIDY, text)
    text = re.sub(r"<br\s*+/?>", "<br />", text)
    text = _with_breaks(text)
    text = _apply(_TIDY_BREAKS, text)
    text = text.replace("\n</p>", "</p>").replace(_LINE_END_IN_TAG, "\n")
    return _put_back(text, kept).strip()


def _without_space(text: str, before: re.Pattern[str], behind: re.Pattern[str]) -> str:
    pieces = before.split(text)
    pieces[:-1:2] = map(str.rstrip, pieces[:-1:2])
    pieces = behind.split("".join(pieces))
    pieces[2::2] = map(str.lstrip, pieces[2::2])
    return "".join(pieces)


def _with_breaks(text: str) -> str:
    """A ``<br />`` for each line end, but behind one and between paragraphs; empty lines go."""
    *lines, last = text.split("\n")
    kept = filter(None, (line.rstrip() for line in lines))
    return "".join(f"{line}\n" if line.endswith(_NO_BREAK) else f"{line}<br />\n" for line in kept) + last


_NO_BREAK = ("<br />", "</p>")
_Kept = list[str]


def _cut_out(text: str, names: tuple[str, ...]) -> tuple[str, _Kept]:
    """The text with a mark for each element of these names, and the elements."""
    kept: _Kept = []
    opening = re.compile(rf"<({'|'.join(names)})(?=[\s>])", re.IGNORECASE)
    pieces: list[str] = []
    unclosed: set[str] = set()
    at = 0
    for found in opening.finditer(text):
        if found.start() < at or found[1] in unclosed:
            continue
        closing = f"</{found[1]}>"
        end = text.find(closing, found.end())
        if end < 0:
            unclosed.add(found[1])
            continue
        mark = f"<pre \x01{len(kept)}></pre>" if found[1].lower() == "pre" else f"\x01{len(kept)}\x01"
        pieces += (text[at : found.start()], mark)
        at = end + len(closing)
        kept.append(text[found.start() : at])
    return "".join(pieces) + text[at:], kept


def _put_back(text: str, kept: _Kept) -> str:
    return _KEPT.sub(lambda mark: kept[int(mark[1] or mark[2])], text) if kept else text
