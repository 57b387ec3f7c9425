"""The characters that no feed may carry, and those that a parser is given instead of others."""

from __future__ import annotations

import re

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 forbids (section 2.2) and, of what it discourages, DEL and the C1 controls: in a newsroom's text these
are always a wrong decoding. Line ends are no fault.
"""

# U+00A0 to U+00BF as noncharacters, which Unicode has for a program's own use (section 23.7).
_INSTEAD = {0xA0 + number: 0xFDD0 + number for number in range(32)}
_IN_HTML = {instead: "&nbsp;" if code == 0xA0 else chr(code) for code, instead in _INSTEAD.items()}
_IN_TEXT = {instead: code for code, instead in _INSTEAD.items()}
_HIDDEN: dict[int, int | None] = {**_INSTEAD, **dict.fromkeys(_IN_TEXT)}


def has_many_latin(html: str, enough: int) -> bool:
    """Whether more than ``enough`` of the characters U+00A0 to U+00BF stand in HTML, no-break spaces above all."""
    return len(html) > enough and html.encode().count(b"\xc2") + html.count("&nbsp;") > enough


def hide_latin(html: str) -> str:
    """Text or HTML with others in the place of U+00A0 to U+00BF; what stands for them itself is left out."""
    return html.replace("&nbsp;", "\xa0").translate(_HIDDEN)


def show_latin(text: str) -> str:
    """Text as it was before ``hide_latin``."""
    return text.translate(_IN_TEXT)


def show_latin_in_html(html: str) -> str:
    """HTML as it was before ``hide_latin``, no-break spaces as the sanitiser writes them."""
    return html.translate(_IN_HTML)
