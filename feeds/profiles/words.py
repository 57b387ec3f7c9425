"""Reasons for which an aggregator does not take an article or a feed, as sentences in Indonesian and English."""

from __future__ import annotations

from typing import NamedTuple

from feeds.wording import is_english


class Reason(NamedTuple):
    """rule: a key of ``SENTENCES``. found: what there is; wanted: what the profile wants, as far as both are values."""

    rule: str
    found: int | str = ""
    wanted: int | str = ""

    def sentence(self, language: str) -> str:
        """For people; language: a language tag."""
        indonesian, english = SENTENCES[self.rule]
        found, wanted = (_number(value, language) for value in (self.found, self.wanted))
        return (english if is_english(language) else indonesian).format(found=found, wanted=wanted)


def _number(value: int | str, language: str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if is_english(language) else f"{value:,}".replace(",", ".")


SENTENCES = {
    "link": ("tidak punya alamat", "it has no address"),
    "body": ("tidak ada isi", "it has no text"),
    "author": ("tidak ada penulis", "it has no author"),
    "category": ("tidak ada kategori", "it has no category"),
    "image": ("tidak ada gambar", "it has no image"),
    "https": ("alamat {found} bukan https", "the address {found} is not https"),
    "title_min": ("judul {found} karakter, minimal {wanted}", "title of {found} characters, at least {wanted}"),
    "title_max": ("judul {found} karakter, maksimal {wanted}", "title of {found} characters, at most {wanted}"),
    "summary_min": (
        "ringkasan dan isi {found} karakter, minimal {wanted}",
        "summary and text of {found} characters, at least {wanted}",
    ),
    "advertorial": ("advertorial", "it is paid for"),
    "language": ("bahasa {found}, feed ini {wanted}", "its language is {found}, the feed's {wanted}"),
    "image_unknown": (
        "ukuran gambar tidak diketahui (taruh berkasnya di folder artikel)",
        "the size of its image is not known (put the file into the folder of the articles)",
    ),
    "image_enclosure": (
        "jenis atau besar berkas gambar tidak diketahui (taruh berkasnya di folder artikel)",
        "type or length of its image are not known (put the file into the folder of the articles)",
    ),
    "image_type": ("gambar {found} tidak diterima", "an image of type {found} is not taken"),
    "width": ("lebar gambar {found} px, minimal {wanted}", "image {found} px wide, at least {wanted}"),
    "longest_side": ("gambar {found} px, minimal {wanted}", "image of {found} px, at least {wanted}"),
    "shortest_side": (
        "sisi pendek gambar {found} px, minimal {wanted}",
        "shorter side of the image {found} px, at least {wanted}",
    ),
    "image_bytes": ("gambar {found} byte, maksimal {wanted}", "image of {found} bytes, at most {wanted}"),
    "levels": ("elemen isi sedalam {found} tingkat, maksimal {wanted}", "text {found} levels deep, at most {wanted}"),
    "days": (
        "{found} hari lebih lama dari artikel terbaru, harus kurang dari {wanted}",
        "{found} days older than the newest article, must be less than {wanted}",
    ),
    "full": ("feed sudah penuh", "the feed is full"),
    "unread": ("berkasnya baru saja berubah", "its file has just changed"),
    # Of a whole feed:
    "base_url": ("base_url {found} bukan https", "base_url {found} is not https"),
    "hub": ("tidak mengumumkan hub: isi hubs dan profiles", "it announces no hub: set hubs and profiles"),
    "logo": ("redaksi tidak punya logo: isi logo", "the newsroom has no logo: set logo"),
    "fewest": ("{found} artikel, diharapkan {wanted}", "{found} articles, {wanted} are wanted"),
}
"""A rule -> what is said of what does not keep it, in Indonesian and in English."""

NO_FAULT = frozenset({"days", "full"})
"""Rules that an article cannot help: it is too old, or too many are newer."""
