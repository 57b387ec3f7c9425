"""Dates and labels as people read them, in Indonesian and English: what the pages and the feeds have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from feeds.model import NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one language. weekdays: from Monday, as datetime counts; clock: a pattern of strftime.

    labels: what stands before the headline of a notice. notices: the title of their feed, about: what it is.
    article: before the link to the article; more: the link to a notice; withdrawn: where no reason is given.
    tag, by, search: in the title of the feed of a tag, an author, a search.
    rate: how many articles appeared in some days, with their mean: often, several a day, or rarely, one in some days.
    point: between a number and its tenths.
    """

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    clock: str
    labels: Mapping[NoticeKind, str]
    notices: str
    about: str
    article: str
    more: str
    withdrawn: str
    tag: str
    by: str
    search: str
    rate: str
    often: str
    rarely: str
    point: str


INDONESIAN = Wording(
    weekdays=("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    months=(
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    clock="%H.%M",
    labels={"ralat": "Ralat", "hak_jawab": "Hak jawab", "ditarik": "Dicabut"},
    notices="Ralat dan pencabutan",
    about="Ralat, hak jawab, dan pencabutan berita",
    article="Berita",
    more="Selengkapnya",
    withdrawn="Berita ini dicabut.",
    tag="Tag",
    by="Oleh",
    search="Cari",
    rate="{number} berita dalam {days} hari sampai {last}, {mean}; paling banyak {most}, pada {busiest}.",
    often="rata-rata {mean} sehari",
    rarely="rata-rata satu dalam {mean} hari",
    point=",",
)

ENGLISH = Wording(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    clock="%H:%M",
    labels={"ralat": "Correction", "hak_jawab": "Right of reply", "ditarik": "Withdrawn"},
    notices="Corrections and withdrawals",
    about="Corrections, rights of reply and withdrawn articles",
    article="Article",
    more="Read more",
    withdrawn="This article is withdrawn.",
    tag="Tag",
    by="By",
    search="Search",
    rate="Articles in the {days} days up to {last}: {number}, {mean}; at most {most} a day, on {busiest}.",
    often="{mean} a day on average",
    rarely="one in {mean} days on average",
    point=".",
)

_ZONES = {timedelta(hours=7): "WIB", timedelta(hours=8): "WITA", timedelta(hours=9): "WIT"}


def is_english(language: str) -> bool:
    """Whether a language tag asks for English words; Indonesian ones are for all others."""
    return language.lower().partition("-")[0] == "en"


def wording(language: str) -> Wording:
    """The words for a language tag."""
    return ENGLISH if is_english(language) else INDONESIAN


def is_date_only(moment: datetime) -> bool:
    """Whether nothing is known of the time of day: a date alone is at 00:00."""
    return not (moment.hour or moment.minute or moment.second)


def date_text(moment: datetime, words: Wording) -> str:
    """Such as ``3 Desember 2024 14.30 WIB``, the day alone where no time is known.

    Written by hand, because strftime obeys the locale.
    """
    day = day_text(moment, words)
    if is_date_only(moment):
        return day
    return f"{day} {moment.strftime(words.clock)} {_ZONES.get(moment.utcoffset() or timedelta(), moment.tzname())}"


def day_text(day: date, words: Wording) -> str:
    """Such as ``3 Desember 2024``."""
    return f"{day.day} {words.months[day.month - 1]} {day.year}"


def number_text(number: float, words: Wording) -> str:
    """A number as people write it, such as ``1,4``; whole ones without tenths."""
    return f"{number:g}".replace(".", words.point)


def date_text_with_weekday(moment: datetime, words: Wording) -> str:
    """Such as ``Selasa, 3 Desember 2024 14.30 WIB``."""
    return f"{words.weekdays[moment.weekday()]}, {date_text(moment, words)}"
