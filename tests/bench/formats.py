"""How fast entries are rendered and documents written: ``python tests/bench/formats.py``.

Prints, for each format, microseconds an entry and entries a second in batches of 600, and microseconds a document of 50
entries; then microseconds a body for Markdown, HTML and plain text of some 3 kB.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from feeds import text
from feeds.formats import FORMATS
from feeds.model import Category, Entry, Feed, Image

BATCH = 600
ROUNDS = 7
BASE_URL = "https://feeds.koran.id/"
WIB = timezone(timedelta(hours=7))

SENTENCE = "Pemerintah menyatakan harga beras di pasar induk akan turun menjelang akhir tahun ini. "
MARKDOWN = "\n\n".join([SENTENCE * 5, f"## Panen raya\n\n- {SENTENCE}\n- {SENTENCE}", "[Data](/data) **resmi**. "] * 4)
HTML = text.render(MARKDOWN, "markdown", base="https://koran.id/ekonomi/")

FEED = Feed(
    id="tag:koran.id,2024:feed",
    path="",
    newsroom="Koran",
    title="Koran",
    description="Kabar kota",
    home="https://koran.id/",
    base_url=BASE_URL,
    language="id",
    author="Redaksi",
    copyright="© 2024 Koran",
    logo="https://koran.id/logo.png",
    updated=datetime(2024, 12, 3, 11, 45, tzinfo=WIB),
    ttl=15,
    hubs=("https://hub.koran.id/",),
)


def entry(number: int) -> Entry:
    """A usual article: one author, one category, two tags, an image with caption and credit, 3 kB of text."""
    moment = datetime(2024, 12, 3, 10, tzinfo=WIB) + timedelta(minutes=number)
    return Entry(
        id=f"tag:koran.id,2024-12-03:beras-{number}",
        id_is_link=False,
        title=f"Harga beras di pasar induk turun menjelang akhir tahun {number}",
        link=f"https://koran.id/ekonomi/beras-{number}/",
        published=moment,
        updated=moment,
        summary=SENTENCE * 2,
        content=HTML,
        authors=("Budi Santoso",),
        categories=(Category(slug="ekonomi", title="Ekonomi"),),
        tags=("beras", "inflasi"),
        source="",
        language="id",
        image=Image(
            url=f"https://koran.id/foto/beras-{number}.jpg",
            caption="Pedagang beras di pasar induk",
            credit="Antara Foto",
            type="image/jpeg",
            length=123456,
        ),
    )


def best(work: Callable[[], object]) -> float:
    """The shortest of some rounds, in microseconds of this process."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1e6


def main() -> None:
    batch = [entry(number) for number in range(BATCH)]
    for module in FORMATS:
        each = best(lambda: module.entries(batch, base_url=BASE_URL, language="id")) / BATCH  # noqa: B023
        rendered = module.entries(batch[:50], base_url=BASE_URL, language="id")
        document = best(lambda: module.write(FEED, rendered))  # noqa: B023
        print(f"{module.NAME:5} {each:7.1f} us/entry {1e6 / each:8.0f} entries/s {document:7.0f} us/document of 50")
    for body_format, body in (("markdown", MARKDOWN), ("html", HTML), ("text", SENTENCE * 36)):
        each = best(lambda: [text.render(body, body_format, base=FEED.home) for _ in range(100)]) / 100  # noqa: B023
        print(f"{body_format:8} {each:7.1f} us/body of {len(body)} characters")


if __name__ == "__main__":
    main()
