"""What each line of a text capture is by its own words, before anything is known of the page.

The words are in ``capture_words``, what a line's place makes of it is in ``capture``. Every pattern is linear, and
only lines of up to 300 characters are looked at closely: anything longer is a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from feeds.dates import FoundDate, find_dates, read_date
from feeds.errors import DateError
from feeds.readers import capture_words as words
from feeds.readers.capture_bylines import DOMAIN, LABELLED, STOP, bylines, is_site

LONG = 300  # characters from which a line can only be a paragraph

_SIGNS = " \t:;.,·|-–—•*>»›<«‹[](){}#/\\+&=_~…'\"“”"
_CLOSERS = "\"”’')]"
_GLUED_AD = re.compile("|".join(words.MARKS), re.I)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_PAGER = re.compile(
    r"(?:(?:halaman|hal|page|laman)\s*(?:ke)?\W*)?"
    r"(?:\d{1,3}\s*(?:dari|of|/)\s*\d{1,3}(?:\s*halaman)?|[\d\s.,|»>›…-]{1,40})"
    r"(?:selanjutnya|berikutnya|next|last|show all|lihat semua|tampilkan semua|semua|all|\W){0,4}"
)
_COUNTED = r"(?:kali|x|menit|min|views?|orang|pembaca)"
_COUNTER = re.compile(
    r"(?:sudah |telah )?(?:(?:waktu )?baca|dibaca|dilihat|views?|hits?|reading time|pembaca|komentar|share)\W{0,3}"
    rf"[\d.,]+\s*(?:rb|ribu|k)?\s*{_COUNTED}?"
    r"|[\d.,]+\s*(?:rb|ribu|k|m)?\s*(?:views?|komentar|comments?|shares?|kali(?: dibaca| dilihat)?|pembaca|dilihat"
    r"|dibaca|menit (?:mem)?baca|min(?:utes?)? read|likes?|suka|hits?|x dibaca|orang membaca)"
)
_COPYRIGHT = re.compile(r"copyright|hak cipta|all rights? reserved|©|\(c\) ?(?:19|20)\d\d|.{0,60}copyright ?\(c\)")
_CRUMBS = re.compile(
    r"(?:home|beranda|halaman utama|depan)\s*(?:[/›»>|•·\\]|[-–]\s|(?= [A-Z]\w+(?: [A-Z]\w+){0,4}$))", re.I
)
_COMMENTS = re.compile(r"\d{1,5} (?:komentar|comments?|tanggapan|balasan)")
_SOURCE = re.compile(r"sumber(?: berita| artikel| tulisan)?\s*:.{0,80}")
_RELATED_COLON = re.compile(r"(\w+)\s*:")
_CAPTION = re.compile(rf"(?:{'|'.join(map(re.escape, words.CAPTION_LABELS))})\s*(?:oleh|by)?\s*[:：]\s*", re.I)
_CREDITED = re.compile(rf"(?:{'|'.join(map(re.escape, words.CREDIT_WORDS))})(?!\w)")
_CREDIT_TAIL = re.compile(
    r".{5,200}(?:/(?:net|ist|istimewa|antara|dok|rmol\w*)|\|\s*fot?o\s*[:/].{0,50}"
    r"|[.,\s-](?:foto|photo|sumber foto|dok|ilustrasi)\s*[:/].{2,50})\.?",
    re.I,
)
_CREDIT_LINE = re.compile(
    r"(?:[A-Z0-9.]{3,25}(?: [A-Z0-9.]{2,15}){0,2}|ANTARA(?: FOTO)?|[\w-]+\.(?:com|id|co\.id))/[A-Z][\w.'’ /-]{1,50}"
)
TERMINAL = re.compile(r"[.!?…:;*][\"”’')\]]*$")
_SENTENCES = re.compile(r"[\w)\"”][.!?] [A-Z\"“(]")
_SEPARATOR = re.compile(r"\s+(?:-{1,3}|[–—]{1,2}|\|)\s*|(?<=\))\s*[-–—]+\s*|-{1,3}\s+|[–—]{1,2}\s*|--+\s*|(?<=\S):\s+")
_KOTA_STOP = re.compile(r"([A-Z][A-Z ]{3,30})\.\s?(?=[A-Z\"“])")
_PART = re.compile(r"[,()|/]|\s[-–—]+\s")
_SLASHED = re.compile(r"\W*[\w-]{1,12}(?: ?[/&] ?[\w-]{1,12}){1,4}\W*")
_SIGNED = re.compile(r"(?!\d+$)[\w.-]{1,12}")
_GLUED = re.compile(r"[a-z](?=[A-Z])")
_END_CODE = re.compile(r"[A-Za-z]{1,4}-\d{1,3}")
_CRAWL = re.compile(r"\s*date:?\s+(\d{4}-\d{2})(-\d{2})?(?:T[\d:.+Z-]{4,20})?(?:\s+|$)", re.I)
# Whether it is worth while to look for a date.
DATEISH = re.compile(
    r"\d[\d\s./-]{0,6}(?:[./-]\s?\d"
    r"|\s*[-–]?\s*(?:jan|[fp]eb|mar|mrt|apr|mei|may|jun|jul|ag|aug|sep|o[kc]t|no[vp]|de[sc]))"
    r"|\b(?:jan|[fp]eb|mar|mrt|apr|mei|may|jun|jul|ag|aug|sep|o[kc]t|no[vp]|de[sc])[a-z]{0,6}\.? \d",
    re.I,
)
_CLOCK = r"(?:[\s,|·/-]*(?:pukul |pkl\.? |jam )?\d{1,2}[.:]\d\d(?: wi[bt]a?)?)"
# A date line that nobody can read without knowing when it was written: an age, or a day without its year.
AGO = re.compile(
    r"(?:.{0,40}[-|,·•] ?)?(?:(?:\d{1,3}|se)\s?(?:detik|menit|jam|hari|minggu|pekan|bulan|tahun)(?: yang)? lalu"
    rf"|baru saja|(?:hari ini|kemarin),?{_CLOCK})"
    r"|(?:senin|selasa|rabu|kamis|jum.?at|sabtu|minggu|ahad),?"
    rf"(?: \(?\d{{1,2}}(?:/\d{{1,2}}| [a-z]{{3,9}})\)?)?{_CLOCK}?",
    re.I,
)
ITEM = re.compile(r"(?:\d{1,3}[.)]|[a-z][.)]|[-•*–])\s")
_TITLE_SITE = re.compile(
    r"\s+[-|–]\s+(?:[\w-]{2,40}\.(?:com|id|co\.id|net|news|org|tv)|hal(?:aman)? (?:\d{1,2}|all))$", re.I
)


@dataclass(slots=True)
class Line:
    """One line that is not blank. kind: by its own words; role: in the page; gap: a blank line stands before it."""

    number: int
    raw: str
    text: str
    gap: bool
    kind: str = ""
    role: str = ""
    dates: list[FoundDate] = field(default_factory=list)


def split_lines(text: str) -> tuple[list[Line], str]:
    """The lines that are not blank, and the date that a crawler wrote before the first."""
    lines: list[Line] = []
    gap, metadata = True, ""
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        clean = " ".join(_INVISIBLE.sub("", raw).split())
        if not lines and (crawl := _CRAWL.match(clean)):
            metadata = crawl[1] + (crawl[2] or "-01")
            clean = clean[crawl.end() :]
            if not clean:
                continue
        if clean:
            lines.append(Line(number, raw, _GLUED_AD.sub(" ", clean).strip() or "-", gap))
        gap = not clean
    known: dict[tuple[str, str], tuple[str, list[FoundDate]]] = {}
    for line, after in zip_longest(lines, lines[1:]):
        following = "" if after is None or after.gap else after.text[:1]
        if (line.text, following) not in known:
            known[line.text, following] = (_kind(line, following), line.dates)
        line.kind, line.dates = known[line.text, following]
    return lines, metadata


def kind_of(text: str) -> str:
    """What a paragraph that stands for itself is, by its own words."""
    clean = _GLUED_AD.sub(" ", " ".join(_INVISIBLE.sub("", text).split())).strip() or "-"
    return _kind(Line(0, text, clean, gap=True), "")


def _kind(line: Line, following: str) -> str:
    """What a line is by its own words; ``following`` is the line right below it."""
    text = line.text
    if len(text) <= LONG:
        low = text.casefold()
        bare = low.strip(_SIGNS)
        if not bare:
            return "end" if text[0] in "([" and "*" in text else "noise"
        kind = _kind_of_furniture(text, low, bare) or _kind_of_data(line, low)
        if kind:
            return kind
        if text[0] in "([" and text[-1] in ")]" and end_mark(text):
            return "end"
    if dateline(text, following):
        return "dateline"
    return "prose" if _is_prose(text, following) else "short"


def _kind_of_furniture(text: str, low: str, bare: str) -> str:
    if bare in words.TAIL_HEADINGS or _is_list_heading(bare) or _COMMENTS.fullmatch(bare):
        return "heading"
    if bare in words.LONE_LABELS:
        return "label"
    if bare in words.NOISE_LINES:
        return "noise"
    if low.startswith(words.TAIL_STARTS) or "©" in low[:60] or _COPYRIGHT.match(low):
        return "notice"
    opened = low.lstrip("([*-–>• ")
    if opened.startswith(words.RELATED_STARTS):
        return "related"
    if (colon := _RELATED_COLON.match(opened)) and colon[1] in words.RELATED_COLON:
        return "related"
    if text[0] in "*#" and (
        (text[0] == "#" and len(bare) < 100) or any(target in low for target in words.PROMO_TARGETS)
    ):
        return "noise"
    if _SOURCE.fullmatch(low) and not STOP.search(low):
        return "noise"
    if low.startswith(words.NOISE_STARTS) or _PAGER.fullmatch(low) or _COUNTER.fullmatch(bare):
        return "noise"
    parts = opened.split()
    if all(part.strip(_SIGNS) in words.SHARE_WORDS or not part.strip(_SIGNS) for part in parts):
        return "noise"
    if parts[0].strip(_SIGNS) in words.PROMO_VERBS and any(target in low for target in words.PROMO_TARGETS):
        return "noise"
    if _CRUMBS.match(text) or text.count("›") + text.count("»") > 1:
        return "noise"
    glued = len(_GLUED.findall(text))
    return "noise" if glued > 2 and glued * 3 > len(parts) and not STOP.search(text) else ""


def _kind_of_data(line: Line, low: str) -> str:
    text = line.text
    if _is_date_line(line):
        return "date"
    if bylines(text):
        return "byline"
    if low.strip(" -–") in ("redaksi", "tim redaksi") or (text[0] in "-–" and is_site(text.strip(" -–"))):
        return "noise"
    if _CREDIT_LINE.fullmatch(text):
        return "credit"
    return "caption" if caption_of(text) else ""


def _is_list_heading(bare: str) -> bool:
    parts = bare.split()
    return (
        1 < len(parts) < 7
        and parts[0] in words.LIST_NOUNS
        and parts[1] in words.LIST_KINDS
        and not bare.endswith((".", ","))
    )


def _is_date_line(line: Line) -> bool:
    """A date, a label, a site, a name; but no headline that has a date in it."""
    text = line.text
    if AGO.fullmatch(text):
        return True
    if len(text) > 160 or not DATEISH.search(text):
        return False
    line.dates = find_dates(text)
    if not line.dates:
        line.dates = _whole_line_date(text)
        return bool(line.dates)
    rest = without(text, line.dates)
    others = [
        w for w in re.findall(r"[^\W\d_][\w.'’-]*", DOMAIN.sub(" ", rest)) if w.casefold() not in words.DATE_WORDS
    ]
    if not others:
        return True
    if text[-1] in ".!?" or len(others) > 7:
        return False
    timed = any(found.has_time for found in line.dates)
    named = all(w[0].isupper() for w in others) and len(others) < 6
    few = line.dates[0].start < 12 and len(others) < 4
    return (named and (timed or few or _is_posted(line))) or bool(LABELLED.search(rest))


def _is_posted(line: Line) -> bool:
    """``Diposting pada 4 Desember 2024 oleh Siti Aisyah``, ``Oleh Siti Aisyah pada 4 Desember 2024``."""
    before = [word.strip(",:|-") for word in line.text[: line.dates[0].start].casefold().split()]
    if not before or before[0] not in words.POSTED_WORDS:
        return False
    return before[-1] in words.DATE_WORDS or "oleh" in before or "by" in before


def _whole_line_date(text: str) -> list[FoundDate]:
    """A date in a form that does not occur within running text, such as ISO, with labels beside it."""
    if len(text) > 80:
        return []
    try:
        moment = read_date(text)
    except DateError:
        return []
    timed = bool(moment.value.hour or moment.value.minute)
    return [FoundDate(start=0, end=len(text), text=text, moment=moment, has_time=timed, complete=True, weekday=False)]


def without(text: str, dates: list[FoundDate]) -> str:
    for found in reversed(dates):
        text = text[: found.start] + " | " + text[found.end :]
    return text


def caption_of(text: str) -> str:
    """The words of a picture's caption, "" for any other line."""
    if m := _CAPTION.match(text):
        return text[m.end() :] or text
    if ("/" in text or ":" in text) and _CREDIT_TAIL.fullmatch(text) and not text.startswith(('"', "“")):
        return re.split(r"\s*\|\s*fot", text, flags=re.I)[0]
    start = text.rfind("(")
    if start >= 0 and text.rstrip(".")[-1:] == ")" and 2 < len(text) - start <= 82:
        given = text[start + 1 :].rstrip(".)")
        inside = given.casefold()
        # Initials such as (rt/jpnn) are in small letters, the names of a credit are not.
        agency = "/" in inside and inside != given and any(DOMAIN.search(p) or is_site(p) for p in given.split("/"))
        if _CREDITED.match(inside) or agency or "@" in inside or "foto:" in inside or inside.endswith("/ist"):
            return text
    return ""


def capitals(text: str) -> float:
    """The share of capitalised words among those that a headline capitalises."""
    counted = [w for w in text.split() if (w[:1].isalnum() or len(w) > 1) and w.casefold() not in words.SMALL_WORDS]
    high = sum(not (w.lstrip(_SIGNS)[:1] or w[0]).islower() for w in counted)
    return high / len(counted) if counted else 1.0


def _is_prose(text: str, following: str) -> bool:
    if mark := end_mark(text):
        text = text[: mark[0]].rstrip() or text
    size = len(text)
    if size > 170:
        return True
    count = text.count(" ") + 1
    if STOP.search(text) and count >= 6:
        return True
    if capitals(text) >= 0.75:
        return False
    if size >= 120 or (count >= 10 and _SENTENCES.search(text)):
        return True
    if text[0] in '"“' and size >= 60 and re.search(r"[,.!?][\"”]", text):
        return True
    return size >= 40 and following[:1].islower()


def dateline(text: str, following: str = "") -> tuple[int, str] | None:
    """(where the text behind a dateline begins, the newsroom it names); None for a line without a sure dateline."""
    head = text[:100]
    if (
        (stop := _KOTA_STOP.match(head))
        and not DOMAIN.match(head)
        and stop[1].casefold() not in words.ABBREVIATIONS
        and _is_prose(text, following)
    ):
        return stop.end(), stop[1] if is_site(stop[1]) else ""
    end, sure = 0, False
    parts: list[str] = []
    for separator in _SEPARATOR.finditer(head):
        prefix = head[end : separator.start()].strip()
        if separator[0][0] == ":" and not (DOMAIN.match(prefix) or sure):
            return None
        found = [p.strip() for p in _PART.split(prefix) if p.strip()]
        if not found or separator.start() > 75 or not all(_is_place_or_site(p) for p in found):
            break
        if end and not (prefix.isupper() or is_site(prefix) or prefix.casefold() in words.PLACES):
            break
        end, parts = separator.end(), [*parts, *found]
        sure = sure or any(
            is_site(p) or p.isupper() or p.split()[0].casefold().strip(".") in words.PLACES for p in found
        )
    rest = text[end:]
    if not end or not sure or rest[:1].islower():
        return None
    if rest and not _is_prose(rest, following) and (len(rest) < 25 or capitals(rest) >= 0.75):
        wrapped = bool(following) and len(text) >= 45 and DOMAIN.match(text)
        if not wrapped:
            return None
    named = [p for p in parts if is_site(p)]
    named += [
        p for p in parts[1:] if p.isupper() and len(p.split()) == 1 and parts[0].split()[0].casefold() in words.PLACES
    ]
    return end, named[0] if named else ""


def _is_place_or_site(part: str) -> bool:
    if is_site(part):
        return True
    pieces = part.split()
    return len(pieces) <= 4 and all(p[0].isupper() or p[0].isdigit() for p in pieces) and not part.isdigit()


def end_mark(text: str) -> tuple[int, bool] | None:
    """Where an end mark begins, and whether it is beyond doubt.

    ``(*)``, ``(mdk/ray)``, ``[ald]``, ``(OL-16)`` are; ``(tomi)``, ``(R Pratama)`` may be a remark.
    """
    if text[-1:] == "*" and (bare := text.rstrip("* "))[-1:] in (".", '"', "”"):
        return len(bare), True
    if text[-1:] not in (")", "]") and text[-2:] != ").":
        return None
    start = max(text.rfind("("), text.rfind("["))
    inside = text[start + 1 :].rstrip(".)] ").strip()
    if start < 0 or not inside or len(inside) > 40 or inside.casefold().strip(" .") in words.STAGE_WORDS:
        return None
    slashed = "/" in inside and bool(_SLASHED.fullmatch(inside)) and not inside[0].isdigit()
    if (before := text[:start].rstrip()) and before[-1] not in '.!?"”…':
        return (start, True) if slashed and inside.islower() and inside.replace("/", "").isalpha() else None
    if "*" in inside or slashed or _END_CODE.fullmatch(inside):
        return start, True
    if text[-1] == ".":
        return None
    pieces = inside.split()
    if len(pieces) == 1:
        signed = bool(_SIGNED.fullmatch(inside))
        return (start, text[start] == "[" and inside.isalpha()) if signed else None
    return (start, False) if len(pieces) < 5 and all(piece[0].isupper() for piece in pieces) else None


def without_site(title: str) -> str:
    """A headline without the newsroom or the page's number that some pages put behind it."""
    while (cut := _TITLE_SITE.search(title)) and cut.start() > 15:
        title = title[: cut.start()]
    return title
