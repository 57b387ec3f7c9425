"""What a crawler took along from the page that a record's text comes from: advertisements, links, the page's foot.

Tables and records of news are often crawled. Here goes only what no newsroom writes into a text itself; a whole page
as text is another matter (``capture``), and HTML is left to the sanitiser.
"""

from __future__ import annotations

import re

from feeds.readers import capture_words as words

_MARKS = re.compile(
    rf"(?:{'|'.join(words.MARKS)})(?:\s{{1,4}}(?:{'|'.join(words.MARKS)})){{0,3}}"
    r"|\bHalaman \d{1,2} dari \d{1,2}\b"
    r"|(?<=[.!?\"”])[ \t]*\bbaca (?:juga|pula)[ \t]*:[^\n.]{5,150}?(?=[ \t]{2,}|\n|\Z|\bbaca (?:juga|pula)[ \t]*:)",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"\s(?:(?:pewarta|penulis|reporter|penyunting|editor|uploader)\s{0,2}:[^:\n]{2,60}){1,4}copyright\s{0,2}©[^\n]{0,300}\Z"
    r"|\s\(?copyright\s{0,2}©[^\n]{0,300}\Z",
    re.IGNORECASE,
)
_PAGER = re.compile(r"halaman(?: \d{1,2}){1,9}(?: selanjutnya)?|halaman selanjutnya:.*", re.IGNORECASE)
_SIGNS = " \t:;.,·|-–—•*>»<«[](){}#/_~…'\"“”"
_INITIALS = re.compile(r"\s*[(\[](?:[a-z]{2,5}/[a-z]{2,5})[)\]]\Z")
_HINTS = (
    "SCROLL TO",
    "ADVERTISEMENT",
    "[Gambas",
    "Halaman",
    "©",
    "ideo",
    "uga",
    "elengkapnya",
    "emuat",
    "agikan",
    "ercopy",
)


def without_page_noise(body: str) -> str:
    """A plain text without a page's advertisements, links to other articles, pagers and foot; its paragraphs stay."""
    if body[-1:] in (")", "]") and (signed := _INITIALS.search(body, max(0, len(body) - 20))):
        body = body[: signed.start()]
    if not any(hint in body for hint in _HINTS):
        return body
    body = _FOOT.sub("", _MARKS.sub(" ", body))
    return "\n".join(line.strip() for line in body.split("\n") if not _is_noise(line)).strip()


def _is_noise(line: str) -> bool:
    low = line.strip().lower()
    if not low or len(low) > 200:
        return False
    if low.strip(_SIGNS) in words.NOISE_LINES or _PAGER.fullmatch(low):
        return True
    # A sentence can begin with "Simak juga": a link names its kind, or is no sentence.
    return low.lstrip(_SIGNS).startswith(words.RELATED_STARTS) and (
        ":" in low[:30] or "video" in low[:30] or low[-1] != "."
    )
