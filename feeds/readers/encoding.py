"""Bytes -> text: by a byte order mark, the encoding that HTML or XML declares, UTF-8, or the likeliest one.

Texts that were decoded wrongly long ago ("â€œ" for "“") are told of and left as they are.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from feeds.errors import UnreadableError

Warnings = tuple[tuple[str, str], ...]
"""As in Draft: (kind, sentence) pairs."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


_FIRST = frozenset(mark[:1] for mark, _ in _BOMS)


def decode(data: bytes, suffix: str = "") -> tuple[str, Warnings]:
    """A file's text with ``\\n`` line ends and no byte order mark, and warnings as in Draft.

    suffix: of the file's name, in lower case with its dot: HTML and XML may declare their encoding.
    Raises UnreadableError for a binary file.
    """
    text, warnings = _decoded(data, suffix)
    if "\0" in text:
        raise UnreadableError("the file is binary, not text")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff"), warnings


def _as_said(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper()
        raise UnreadableError(f"the file begins as {name} and is not {name} throughout") from error


def _decoded(data: bytes, suffix: str) -> tuple[str, Warnings]:
    if data[:1] in _FIRST:
        for mark, encoding in _BOMS:
            if data.startswith(mark):
                return _as_said(data, encoding), ()
    declared = _declared(data, suffix) if suffix in _DECLARING else ""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return _other(data, declared, error.start)
    if "\0" in text:
        return _utf16(data) or (text, ())
    if declared not in ("", "utf-8") and not data.isascii():
        if declared not in _SINGLE_BYTE:
            return _tried(data, declared) or (text, ())
        # Text in a single-byte encoding is hardly ever UTF-8 by chance; a wrong declaration is common.
        return text, (("encoding", "the file says that it is not UTF-8, and is; it was read as UTF-8"),)
    return text, ()


# --- declarations ----------------------------------------------------------------------------------------------------

_MARKUP = frozenset({".xml", ".rss", ".atom", ".rdf"})
_DECLARING = _MARKUP | {".html", ".htm", ".xhtml", ".shtml"}
_LOOKED_AT = 4096  # bytes
_XML = re.compile(rb"\s*<\?xml\s[^<>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_META = re.compile(rb"<meta\s[^<>]{0,400}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)

# By Python's names. Not among them: what only looks like an encoding (rot13, unicode_escape), UTF-7, and UTF-16, which
# a declaration that can be read byte by byte denies.
_SINGLE_BYTE = frozenset(
    {
        *("cp437", "cp850", "cp852", "cp866", "koi8-r", "koi8-u", "mac-cyrillic", "mac-roman", "tis-620"),
        *(f"cp{n}" for n in range(1250, 1259)),
        *(f"iso8859-{n}" for n in range(1, 17)),
    }
)
ENCODINGS = _SINGLE_BYTE | {"utf-8", "big5", "cp932", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "shift_jis"}
_LATIN = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
}  # as all browsers do (https://encoding.spec.whatwg.org/#names-and-labels)


def _declared(data: bytes, suffix: str) -> str:
    """Python's name of the encoding that a file declares, "" where it declares none that is known here."""
    head = data[:_LOOKED_AT]
    found = _XML.match(head) or (None if suffix in _MARKUP else _META.search(head))
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
    except LookupError:
        return ""
    name = _LATIN.get(name, name)
    return name if name in ENCODINGS else ""


def _tried(data: bytes, encoding: str) -> tuple[str, Warnings] | None:
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError:
        return None


# --- guesses ---------------------------------------------------------------------------------------------------------

_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman"}
_SEQUENCE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_SAMPLE = 65_536  # bytes


def _other(data: bytes, declared: str, start: int) -> tuple[str, Warnings]:
    """What is not all UTF-8. start: the first byte that is none."""
    if b"\0" in data:
        found = _utf16(data)
        if found is None:
            raise UnreadableError("the file is binary, not text")
        return found
    if declared and declared != "utf-8" and (tried := _tried(data, declared)):
        return tried
    line = data.count(b"\n", 0, start) + 1
    foreign = [part for part in data.splitlines() if not part.isascii()]
    if any(map(_SEQUENCE.search, foreign)) or (encoding := _likeliest(b"\n".join(foreign))) == "cp1252":
        read_as, text = "the rest was read as Windows-1252", data.decode(errors=_WINDOWS)
    else:
        read_as, text = f"it was read as {_NAMES[encoding]}", data.decode(encoding, "replace")
    return text, (("encoding", f"the text is not all UTF-8 (line {line}); {read_as}"),)


def _likeliest(lines: bytes) -> str:
    """Windows' or the old Macintosh's encoding, by how the lines that are not ASCII would look; Windows' in doubt."""
    from charset_normalizer import from_bytes

    best = from_bytes(lines[:_SAMPLE], cp_isolation=list(_NAMES)).best()
    return best.encoding if best else "cp1252"


def _utf16(data: bytes) -> tuple[str, Warnings] | None:
    """UTF-16 without its mark, told by where its zeros stand: Latin letters have one each, always on the same side."""
    head = data[:_LOOKED_AT]
    for encoding, zeros, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if zeros.count(0) > len(zeros) // 2 and not others.count(0):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                return None
            return text, (("encoding", "the text does not say how it is encoded; it was read as UTF-16"),)
    return None


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Windows-1252: whole files of it, and a line pasted into UTF-8."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - narrows for the type checker
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_WINDOWS = "feeds.windows-1252"
codecs.register_error(_WINDOWS, _as_windows)


# --- mojibake --------------------------------------------------------------------------------------------------------

# The bytes 80 to BF, which only continue a character in UTF-8, as Latin-1 and Windows-1252 show them.
_TAIL = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_QUOTES = "‘’“”–—…»"
_MOJIBAKE = re.compile(
    rf"â€[{_TAIL}]?|â[{_TAIL}]{{2}}|ðŸ[{_TAIL}]{{1,2}}|ï»¿|ï¿½"
    # A capital word may end with these letters, before a quotation mark or a dash: “MAÇÔ.
    rf"|(?:(?<![A-ZÀ-Þ])Ã[{_TAIL}]|Ã(?![{_QUOTES}])[{_TAIL}]|(?<![A-ZÀ-Þ])Â[\xa0-\xbf]|Â(?!»)[\xa0-\xbf])"
)
_MAC = re.compile("‚Ä[úùôòìî¶]|√[©®†°±ß]")
_LOST = "\ufffd"
_BEFORE, _AFTER = 24, 12  # characters


def remark_on(texts: Iterable[str], source: str = "") -> Warnings:
    """The first place of some texts that looks as if it had been decoded wrongly before; () where nothing does.

    source: the file's text, which names the line. It is only told of: to mend it could spoil what is meant so.
    """
    for text in texts:
        if not text.isascii() and _is_suspicious(text) and (found := _first(text)):
            start, shown, reason = found
            begin = max(text.rfind("\n", 0, start) + 1, start - _BEFORE)
            context = text[begin : start + _AFTER].partition("\n")[0]
            at = source.find(context)
            where = f"line {source.count(chr(10), 0, at) + 1}" if at >= 0 else f"“{context.strip()}”"
            return (("encoding", f"“{shown}” in {where} {reason}"),)
    return ()


def _is_suspicious(text: str) -> bool:
    """Whether a text has one of the characters that all of it begins with: a look for one is quick, for two is not."""
    if "â" in text or "Ã" in text or "Â" in text or "ï" in text or "ð" in text:
        return True
    return "‚" in text or "√" in text or _LOST in text


def _first(text: str) -> tuple[int, str, str] | None:
    """(where it stands, what it looks like, what it is)."""
    found = []
    for pattern, name in ((_MOJIBAKE, "Windows-1252"), (_MAC, "Mac Roman")):
        if match := pattern.search(text):
            found.append((match.start(), match[0], f"looks like UTF-8 that was read as {name}"))
    if (start := text.find(_LOST)) >= 0:
        found.append((start, _LOST, "stands for a character that was lost when the text was decoded"))
    return min(found, default=None)
