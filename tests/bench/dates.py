"""How many different dates are read a second: ``python tests/bench/dates.py [COUNT]``.

Every text is different, so that nothing could be answered from a memory of results.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta

from feeds.dates import JAKARTA, find_dates, read_date
from feeds.indonesian import WEEKDAY_NAMES

MONTHS = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"]
MONTHS += ["Agustus", "September", "Oktober", "November", "Desember"]
SHAPES = {
    "header": "{w}, {d:02} {b} {y} {H:02}:{M:02} WIB",
    "dateline": "{w} ({d}/{m}/{y}) pukul {H}.{M:02} WIB",
    "site": "Kompas.com - {d:02}/{m:02}/{y}, {H:02}:{M:02} WIB",
    "words": "{d} {F} {y} {H:02}:{M:02}",
    "iso": "{y}-{m:02}-{d:02}T{H:02}:{M:02}:00+07:00",
    "byline": "Oleh Redaksi | {w}, {d} {F} {y} - {H:02}.{M:02} WITA",
    "range": "{w}, {d} {F} {y} pukul {H}.{M:02}-23.59 WIB",
    "mail": "{d:02} {b} {y} {H:02}:{M:02}:00 +0700",
}


def texts(shape: str, count: int) -> list[str]:
    """Different moments, an hour and a minute apart, in one shape."""
    moments = (datetime(2015, 1, 1, tzinfo=JAKARTA) + n * timedelta(minutes=61) for n in range(count))
    return [
        shape.format(
            w=WEEKDAY_NAMES[t.weekday()],
            d=t.day,
            m=t.month,
            y=t.year,
            F=MONTHS[t.month - 1],
            b=MONTHS[t.month - 1][:3],
            H=t.hour,
            M=t.minute,
        )
        for t in moments
    ]


def rate(batch: list[str]) -> float:
    """The best of three rounds, in texts a second."""
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        for text in batch:
            read_date(text, strict=True)
        best = max(best, len(batch) / (time.perf_counter() - start))
    return best


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for name, shape in SHAPES.items():
        print(f"{name:10s} {rate(texts(shape, count)):>10,.0f} texts/s   {texts(shape, 1)[0]}")
    page = "\n".join([*texts(SHAPES["header"], 2), "Kata demi kata, angka 1.500 dan 3-1, tanpa tanggal. " * 20])
    start = time.perf_counter()
    rounds = 200
    for _ in range(rounds):
        find_dates(page)
    print(f"find_dates {rounds * len(page) / (time.perf_counter() - start) / 1e6:>10.1f} million characters/s")


if __name__ == "__main__":
    main()
