"""The articles that benches are run on."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

NAMES = """
pemerintahan ekonomi hukum olahraga pendidikan kesehatan politik daerah nasional lingkungan budaya teknologi
"""
TEXT = """
warga kota desa sungai pasar harga beras cabai jalan jembatan sekolah guru murid puskesmas dokter hujan banjir rapat
anggaran wali bupati camat lurah sidang hakim jaksa perahu lomba tim gol stadion kebun kopi karet sawit nelayan ikan
pelabuhan kapal listrik air bersih sampah taman museum tari tenun batik koperasi usaha pinjaman
"""
CATEGORIES, WORDS = NAMES.split(), TEXT.split()
NEWEST = datetime(2025, 6, 30, 18, 0, tzinfo=timezone(timedelta(hours=7)))


def write_articles(folder: Path, count: int) -> None:
    """The same articles at each run, half an hour apart, a thousand in a folder."""
    chance = random.Random(1945)
    for number in range(count):
        file = folder / f"{number // 1000:03}" / f"{number:06}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(article(chance, number, NEWEST - number * timedelta(minutes=31)), encoding="utf-8")


def article(chance: random.Random, number: int, moment: datetime) -> str:
    """One article in Markdown, of about 3,500 characters and a category."""
    return (
        f'---\ntitle: "{_sentence(chance, 9)}"\ndate: {moment.isoformat()}\n'
        f'categories: ["{chance.choice(CATEGORIES)}"]\nslug: berita-{number}\n---\n' + _body(chance)
    )


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize()


def _body(chance: random.Random) -> str:
    return "\n".join(_sentence(chance, 60) + ".\n" for _ in range(8))
