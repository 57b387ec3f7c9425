"""The words of Indonesian news dates: data only, all in lower case. What is done with them is in ``feeds.dates``.

A word is spelled as it stands after folding: lower case, every apostrophe ``'``, every dash ``-``.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


FOLDED = {
    "’": "'",
    "‘": "'",
    "‛": "'",
    "`": "'",
    "´": "'",
    "ʼ": "'",
    "ʻ": "'",
    "′": "'",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "⁄": "/",
    "∕": "/",
    "：": ":",
    "·": "|",
    "•": "|",
    "\u00ad": " ",
    "\u200b": " ",
    "\u200c": " ",
    "\u200d": " ",
    "\u200e": " ",
    "\u200f": " ",
    "\u2060": " ",
    "\ufeff": " ",
}
"""One character for one, so that places in the text stay where they are."""

_MONTH_NAMES: tuple[tuple[str, ...], ...] = (
    ("januari", "jan", "january"),
    ("februari", "feb", "pebruari", "peb", "february"),
    ("maret", "mar", "mrt", "march"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "jun", "june"),
    ("juli", "jul", "july"),
    ("agustus", "agu", "agt", "ags", "agust", "ag", "august", "aug"),
    ("september", "sep", "sept"),
    ("oktober", "okt", "october", "oct"),
    ("november", "nov", "nopember", "nop"),
    ("desember", "des", "december", "dec"),
)
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
"""Every spelling of a month -> 1 to 12; the spellings before 1972 (Pebruari, Nopember) are still met."""

HIJRI_MONTHS = (
    r"muharr?am",
    r"s[hy]?afar",
    r"rab[iy]'?ul (?:aww?al|akh?ir)",
    r"jumadil (?:aww?al|akh?ir|ula|tsani)",
    r"raja?b",
    r"sy?[ay]'?ban",
    r"ramadh?an",
    r"sya?wal",
    r"[dz]h?z?ul ?[qk]h?a'?[ie]?dah?",
    r"d?zh?ul ?hij+ah",
)
"""Patterns of the months of the Islamic calendar, which newspapers print beside the civil date."""

WEEKDAYS: dict[str, int] = {
    **dict.fromkeys(("senin", "monday"), 0),
    **dict.fromkeys(("selasa", "tuesday"), 1),
    **dict.fromkeys(("rabu", "wednesday"), 2),
    **dict.fromkeys(("kamis", "thursday"), 3),
    **dict.fromkeys(("jumat", "jum'at", "friday"), 4),
    **dict.fromkeys(("sabtu", "saturday"), 5),
    **dict.fromkeys(("minggu", "ahad", "sunday"), 6),
}
"""Full names -> 0 (Monday) to 6 (Sunday). They are taken for a weekday wherever they stand in a date's text."""

SHORT_WEEKDAYS: dict[str, int] = {
    **dict.fromkeys(("sen", "mon"), 0),
    **dict.fromkeys(("sel", "tue", "tues"), 1),
    **dict.fromkeys(("rab", "wed", "weds"), 2),
    **dict.fromkeys(("kam", "thu", "thur", "thurs"), 3),
    **dict.fromkeys(("jum", "fri"), 4),
    **dict.fromkeys(("sab", "sat"), 5),
    **dict.fromkeys(("min", "ming", "mgg", "ahd", "sun"), 6),
}
"""Short names; words of other meanings too (sen: cent, Sun: a newspaper), so they count only right beside a date."""

WEEKDAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
"""From Monday, as messages write them."""

LOCAL_ZONES = ("wib", "wita", "wit")
"""Western, central and eastern Indonesian time."""

ZONES: dict[str, float] = {
    "wib": 7,
    "wita": 8,
    "wit": 9,
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "ut": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "sgt": 8,
    "myt": 8,
    "jst": 9,
    "kst": 9,
    "hkt": 8,
}
"""Zone words -> hours east of UTC: Indonesia's three, those of RFC 2822 section 4.3, and the neighbours' clear ones."""

UNCLEAR_ZONES = _set("ist bst cet cest eet eest msk ast aest aedt awst acst acdt nzst nzdt ict pht pkt")
"""Zone words that are not read; a clock in front of one is refused rather than taken for Jakarta's."""

FORENOON, MIDDAY, AFTERNOON, EVENING, NIGHT = "pagi", "siang", "sore", "malam", "dini hari"
DAY_PARTS: dict[str, str] = {
    "dini hari": NIGHT,
    "dinihari": NIGHT,
    "subuh": NIGHT,
    "pagi": FORENOON,
    "siang": MIDDAY,
    "sore": AFTERNOON,
    "petang": AFTERNOON,
    "malam": EVENING,
}
TWELVE_HOURS: dict[str, tuple[int, ...]] = {
    NIGHT: tuple(range(7)),
    FORENOON: tuple(range(1, 12)),
    MIDDAY: (9, 10, 11, 12, 13, 14, 15, 16),
    AFTERNOON: (13, 14, 15, 16, 17, 18, 19),
    EVENING: (0, 18, 19, 20, 21, 22, 23, 24),
}
"""The hours of the day that a clock can mean beside each part of the day: 2.30 siang is 14.30, 7 malam is 19.00."""

UNITS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("detik", "dtk", "second", "seconds", "sec", "secs"), ("seconds", 1)),
    **dict.fromkeys(("menit", "mnt", "minute", "minutes", "min", "mins"), ("minutes", 1)),
    **dict.fromkeys(("jam", "hour", "hours", "hr", "hrs"), ("hours", 1)),
    **dict.fromkeys(("hari", "day", "days"), ("days", 1)),
    **dict.fromkeys(("pekan", "minggu", "mgg", "week", "weeks"), ("days", 7)),
    **dict.fromkeys(("bulan", "bln", "month", "months"), ("months", 1)),
    **dict.fromkeys(("tahun", "thn", "year", "years"), ("years", 1)),
}
"""Units of relative dates -> the calendar's step and how many of it."""

CLOCK_STEPS = frozenset({"seconds", "minutes", "hours"})
"""Steps that keep the clock; the others give the day."""

NUMBERS: dict[str, int] = {
    "satu": 1,
    "dua": 2,
    "tiga": 3,
    "empat": 4,
    "lima": 5,
    "enam": 6,
    "tujuh": 7,
    "delapan": 8,
    "sembilan": 9,
    "sepuluh": 10,
    "sebelas": 11,
}
TENS: dict[str, tuple[int, int]] = {"belas": (1, 10), "puluh": (10, 0), "ratus": (100, 0)}
"""The word behind a digit's word -> (factor, addend): dua belas 12, dua puluh 20, dua ratus 200."""
HUNDRED = "seratus"

FRACTIONS: dict[str, tuple[int, int]] = {"setengah": (1, 2), "seperempat": (1, 4)}

MOVED_YEAR = frozenset({"tahun", "thn", "year"}) | frozenset(MONTHS)
"""Beside a date without a year, these move it: 3 Desember tahun lalu."""

PAST, FUTURE = ("lalu", "silam", "ago"), ("lagi", "mendatang", "ke depan")

DAYS: dict[str, int] = {
    "kemarin lusa": -2,
    "kemarin dulu": -2,
    "kemarin malam": -1,
    "kemarin": -1,
    "yesterday": -1,
    "semalam": -1,
    "tadi malam": -1,
    "hari ini": 0,
    "today": 0,
    "tadi pagi": 0,
    "tadi siang": 0,
    "tadi sore": 0,
    "tadi petang": 0,
    "pagi ini": 0,
    "siang ini": 0,
    "sore ini": 0,
    "malam ini": 0,
    "nanti sore": 0,
    "nanti malam": 0,
    "besok": 1,
    "esok": 1,
    "tomorrow": 1,
    "lusa": 2,
    "pekan lalu": -7,
    "minggu lalu": -7,
    "pekan depan": 7,
    "minggu depan": 7,
}
"""Words for a day -> days from the reference. ``bulan lalu`` and ``pekan ini`` are too vague to stand here."""

NIGHTS = frozenset({"semalam", "tadi malam", "kemarin malam"})
"""Days whose hours after midnight belong to the next date: a clock before noon beside one is refused."""

JUST_NOW = ("baru saja", "barusan", "just now")

CLOCK_WORDS = ("pukul", "pkl", "jam")
"""What announces a clock."""

RANGE_WORDS = ("sampai dengan", "sampai", "hingga", "s/d", "s.d.", "s.d", "sd", "to", "-", "~")

WEEK_MARKS = frozenset({"lalu", "ini", "depan"})
"""Behind Minggu, these make it a week instead of Sunday."""

SHIFTING = _set("sebelum setelah sesudah sebelumnya setelahnya bukan selain ke lewat kurang before after except")
"""A date beside one of these is not the date that is meant."""

NUMBERED = _set("no nomor nomer pasal perkara register versi halaman hlm skor")
"""Figures behind one of these are the number of a law, a case or a page."""

BESIDE_CLOCK = _set("pada sekitar tanggal tgl hari")
"""Words that may stand between a date and its clock, beside weekdays, zones and parts of the day."""

PUBLISHED = _set("diterbitkan terbit terbitan dipublikasikan publikasi tayang ditayangkan published posted")
UPDATED = _set("diperbarui diperbaharui pembaruan dimutakhirkan diubah update updated modified")

FILLERS = (
    PUBLISHED
    | UPDATED
    | _set(
        "pada di yang yg terakhir last tanggal tgl hari waktu dibuat dirilis rilis diunggah diposting dimuat ditulis "
        "oleh on at sekitar com id co net news redaksi penulis reporter editor tim jakarta berita"
    )
)
"""Words that may stand beside a relative date without changing it."""
