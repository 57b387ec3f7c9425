"""Drawings of a calendar: how many articles a day, and which days of a year had some. Each says its numbers in words.

Written as SVG within the page, without a style of its own: the style sheet colours its classes, light and dark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from feeds.model import Calendar
from feeds.wording import Wording, day_text, number_text

RATE_DAYS = 60
LEVELS = 4  # colours of days that have articles

_HEIGHT = 40  # of the tallest bar
_BAR, _BAR_STEP = 3, 4
_CELL, _CELL_STEP = 10, 12
_LABELS = 26  # room for the names of months


class Chart(NamedTuple):
    """An SVG drawing, without its ``<svg>``: the numbers in words, the size of its box, and what is drawn in it."""

    words: str
    width: int
    height: int
    bars: str = ""
    cells: tuple[str, ...] = ()
    months: tuple[tuple[int, str], ...] = ()
    last_column: int = 0
    last_days: int = 0


def rate(calendar: Calendar, words: Wording) -> Chart | None:
    """Articles a day in the 60 days up to the newest article; None where there is none."""
    if calendar.last is None:
        return None
    first = calendar.last - timedelta(days=RATE_DAYS - 1)
    numbers = {day: number for day, number in calendar.days if day >= first}
    most = max(numbers.values())
    drawn = []
    for day, number in sorted(numbers.items()):
        height = max(1, round(number * _HEIGHT / most))
        drawn.append(f"M{(day - first).days * _BAR_STEP} {_HEIGHT}v-{height}h{_BAR}v{height}z")
    return Chart(
        _said(numbers, RATE_DAYS, calendar.last, words), RATE_DAYS * _BAR_STEP - 1, _HEIGHT, bars="".join(drawn)
    )


def year(calendar: Calendar, words: Wording) -> Chart | None:
    """The days of the year up to the newest article, a week a column from Monday on; None where there is none."""
    if calendar.last is None:
        return None
    weeks = 53
    first = calendar.last - timedelta(days=calendar.last.weekday() + 7 * (weeks - 1))
    numbers = {day: number for day, number in calendar.days if day >= first}
    most = max(numbers.values())
    cells: dict[int, list[str]] = defaultdict(list)
    for day, number in sorted(numbers.items()):
        column, row = divmod((day - first).days, 7)
        cells[-(-number * LEVELS // most)].append(
            f"M{column * _CELL_STEP} {row * _CELL_STEP}h{_CELL}v{_CELL}h-{_CELL}z"
        )
    return Chart(
        _said(numbers, (calendar.last - first).days + 1, calendar.last, words),
        weeks * _CELL_STEP - 2,
        7 * _CELL_STEP - 2 + _LABELS,
        cells=tuple("".join(cells[level]) for level in range(1, LEVELS + 1)),
        months=tuple(_names_of_months(first, weeks, words)),
        last_column=(weeks - 1) * _CELL_STEP,
        last_days=(calendar.last.weekday() + 1) * _CELL_STEP,
    )


def _names_of_months(first: date, weeks: int, words: Wording) -> Iterator[tuple[int, str]]:
    """Where a month begins, and its name, shortened; not at the very end, where it would not fit."""
    for week in range(weeks - 2):
        monday = first + timedelta(weeks=week)
        if monday.day <= 7:
            yield week * _CELL_STEP, words.months[monday.month - 1][:3]


def _said(numbers: dict[date, int], days: int, last: date, words: Wording) -> str:
    """Such as ``84 berita dalam 60 hari sampai 3 Desember 2024, rata-rata 1,4 sehari; paling banyak 6, ...``."""
    everything = sum(numbers.values())
    most = max(numbers.values())
    busiest = min(day for day, number in numbers.items() if number == most)
    return words.rate.format(
        number=everything,
        days=days,
        last=day_text(last, words),
        mean=_mean(everything / days, words),
        most=most,
        busiest=day_text(busiest, words),
    )


def _mean(a_day: float, words: Wording) -> str:
    if a_day > 2 / 3:  # else one in one day, rounded
        return words.often.format(mean=number_text(round(a_day, 1), words))
    return words.rarely.format(mean=number_text(round(1 / a_day), words))
