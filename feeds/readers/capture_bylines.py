"""Who wrote an article, in which newsroom: the bylines of a text capture, names and sites."""

from __future__ import annotations

import re

from feeds.readers import capture_words as words

DOMAIN = re.compile(
    r"[\w-]{2,40}(?:\.[\w-]{1,30}){0,2}\.(?:com|co|id|net|news|org|tv|info|asia|press|today|online|fm|xyz|my|go)\b",
    re.I,
)
_SITE_WORD = re.compile(
    r"(?:detik|tribun|okezone|antara|kumparan|sindo|radar|rmol|suara|jpnn|ayo|jawapos|liputan6)\w*", re.I
)
# A label at a word's start, or glued to the name before it (``Penulis: AndiEditor: Budi``).
LABELLED = re.compile(rf"(?:(?<!\w)|(?-i:(?<=[a-z])(?=[A-Z])))({'|'.join(words.BYLINE_LABELS)})\s*[:：]\s*", re.I)
_LAPORAN = re.compile(r"laporan\s+(?:(?:wartawan|reporter|kontributor|jurnalis|koresponden)\s+)?(?=\S)", re.I)
_OLEH = re.compile(
    r"(?:(?:ditulis|diposting|diposkan|dipublikasikan|diterbitkan|diunggah|written|posted|published) )?"
    r"(?:oleh|by)\s+(?=\S)",
    re.I,
)
_AT_SITE = re.compile(r"(\S+(?: \S+){1,3}) (\S+\.\w+)")
# Blogger's line at an article's end: the writer, and the clock of the date above the title.
POSTED_AT = re.compile(
    r"(?:diposting|diposkan|ditulis|posted) (?:oleh|by) (\S+(?: \S+){0,4}) (?:di|at|pada|pukul|jam) "
    r"(\d{1,2}[.:]\d\d(?: [ap]m)?)(?: wi[bt]a?)?\.?",
    re.I,
)
_JOB = re.compile(
    r"(.{3,40}?)\s*[,|·-]\s*(?:jurnalis|reporter|wartawan|editor|kontributor|penulis|redaktur|pewarta)", re.I
)
_NAME = re.compile(r"[^\W\d_][\w.'’`-]*(?: [^\W\d_][\w.'’`-]*){0,4}")
STOP = re.compile(r"[.…][\"”’')\]]*$")


def is_site(text: str) -> bool:
    first, *more = text.strip(" .").split() or [""]
    if not more and DOMAIN.fullmatch(first):
        return True
    if len(more) > 2:
        return False
    return bool(_SITE_WORD.fullmatch(first)) or any(w.strip(".").casefold() in words.SITE_WORDS for w in (first, *more))


def is_domain(text: str) -> bool:
    """Whether a line is a newsroom's address alone: ``KabarNusa.com``."""
    return bool(DOMAIN.fullmatch(text.strip(" .")))


def _is_newsroom(domain: str) -> bool:
    first = domain.split(".")[0]
    return bool(DOMAIN.fullmatch(domain)) and (
        first.casefold() in words.SITE_WORDS or bool(_SITE_WORD.fullmatch(first))
    )


def is_name(text: str) -> bool:
    """Whether a text may be a person's name: up to five capitalised words that are no newsroom."""
    if not 3 <= len(text) <= 40 or not text[0].isupper() or not _NAME.fullmatch(text) or DOMAIN.fullmatch(text):
        return False
    return not all(word.casefold() in words.SITE_WORDS for word in text.split())


def names(text: str) -> list[str]:
    """The names of a byline's value: without addresses, degrees stay."""
    text = re.sub(r"\([^()]{0,60}\)|\S{1,60}@\S{1,60}", " ", text).strip()
    while (last := text.rpartition(" "))[0] and last[2].casefold().strip(":") in words.DATE_WORDS:
        text = last[0]
    found = []
    for part in re.split(r"\s*(?:[/&;|]|\bdan\b)\s*", text):
        pieces = [piece for piece in (p.strip(" -–|,.:()") for p in part.split(",")) if not is_site(piece)]
        if pieces and is_name(pieces[0]):
            found.append(pieces[0])
    return found


def bylines(text: str) -> list[tuple[str, str]]:
    """(label, value) pairs of a byline; empty for any other line, such as an interview's ``Penulis: Mengapa?``."""
    if len(text) > 150 or text.endswith(("?", "!")):
        return []
    text = text.lstrip("-–•*( ")
    if (":" in text or "：" in text) and (labels := list(LABELLED.finditer(text))) and labels[0].start() < 2:
        ends = [*(label.start() for label in labels[1:]), len(text)]
        pairs = [(m[1].casefold(), text[m.end() : end].strip(" |,-/")) for m, end in zip(labels, ends, strict=True)]
        plain = all(
            len(value.split()) < 9 and (not value or value[0].isupper() or "@" in value or is_site(value))
            for _, value in pairs
        )
        return pairs if plain and not STOP.search(text.removesuffix(".") if len(text) < 40 else text) else []
    if (m := _LAPORAN.match(text)) and not STOP.search(text):
        value = re.split(r"\s*\|\s*", text[m.end() :])[0]
        pieces = [p.strip() for p in value.split(",")]
        if len(m[0].split()) > 1 or (len(pieces) == 1 and is_name(value) and (len(value.split()) < 4 or "|" in text)):
            people = [p for p in pieces if is_name(p)] or [re.sub(r"^\S*(?:\.\w+|Tribun\w*)\s+", "", pieces[0])]
            return [("laporan", people[0])]
    if (m := _OLEH.match(text)) and is_name(text[m.end() :].strip(" -|,.")) and text[m.end()].isupper():
        return [("oleh", text[m.end() :].strip(" -|,."))]
    if (m := _JOB.fullmatch(text)) and is_name(m[1]):
        return [("jurnalis", m[1])]
    if (m := POSTED_AT.fullmatch(text)) and is_name(m[1]):
        return [("oleh", m[1])]
    if (m := _AT_SITE.fullmatch(text)) and m[1].istitle() and is_name(m[1]) and _is_newsroom(m[2]):
        return [("oleh", m[1])]
    name, dash, site = text.partition(" | " if " | " in text else " - ")
    return [("oleh", name)] if dash and is_name(name) and len(name.split()) < 5 and is_site(site) else []
