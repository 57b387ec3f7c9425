"""When addresses, headlines and texts are the same in other words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.likeness import Sketch, alike, marks, same_address, same_text, words_of

WORDS = st.from_regex(r"[a-z]{1,9}", fullmatch=True)
PAGE = "kabar.example/berita/2024/harga-beras"


class TestAddresses:
    """What all addresses of one page have in common."""

    @pytest.mark.parametrize(
        "url",
        [
            "https://kabar.example/berita/2024/harga-beras",
            "https://kabar.example/berita/2024/harga-beras/",
            "http://www.kabar.example/berita/2024/harga-beras",
            "https://Kabar.Example/berita/2024/harga-beras",
            "https://kabar.example:443/berita/2024/harga-beras/",
            "https://m.kabar.example/berita/2024/harga-beras",
            "https://amp.kabar.example/berita/2024/harga-beras",
            "https://kabar.example/berita/2024/harga-beras/amp",
            "https://kabar.example/berita/2024/harga-beras/amp/",
            "https://kabar.example/berita/2024/harga-beras/?amp=1",
            "https://kabar.example/berita/2024/harga-beras/index.html",
            "https://kabar.example/berita/2024/harga-beras?utm_source=rss&utm_medium=feed&fbclid=x",
            "https://kabar.example/berita/2024/harga-beras#komentar",
        ],
    )
    def test_addresses_of_one_page_are_the_same(self, url: str) -> None:
        assert same_address(url) == PAGE

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("https://kabar.example/?p=12", "https://kabar.example/?p=13"),
            ("https://kabar.example/Berita", "https://kabar.example/berita"),
            ("https://jambi.kabar.example/a", "https://kabar.example/a"),
            ("https://kabar.example:8080/a", "https://kabar.example/a"),
            ("https://m.example/a", "https://example/a"),
            ("https://kabar.example/kampung", "https://kabar.example/k"),
            ("https://kabar.example/a?page=2", "https://kabar.example/a"),
        ],
    )
    def test_addresses_of_two_pages_are_not(self, one: str, other: str) -> None:
        assert same_address(one) != same_address(other)

    @given(st.text())
    def test_any_text_has_one_and_it_is_not_empty_where_the_text_is_not(self, url: str) -> None:
        assert same_address(url) == same_address(url)
        assert same_address("") == ""


class TestHeadlines:
    """Which headlines hardly differ."""

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("Harga Beras di Pasar Angso Duo Turun", "HARGA BERAS DI PASAR ANGSO DUO TURUN", True),
            ("Harga Beras di Pasar Angso Duo Turun", "Harga Beras di Pasar Angso Duo Turun!", True),
            ("Harga Beras di Pasar Angso Duo Jambi Turun", "Harga Beras di Pasar Angso Duo Turun", True),
            ("Harga Beras Turun", "Harga Cabai Turun", False),
            ("Jadwal Salat Jambi 3 Desember", "Jadwal Salat Jambi 4 Desember", False),
            ("Persija Menang 2-1 atas Persib Bandung", "Persija Menang 1-2 atas Persib Bandung", True),
            ("", "", True),
        ],
    )
    def test_most_words_and_all_numbers_are_the_same(self, one: str, other: str, same: bool) -> None:
        first, second = words_of(one), words_of(other)
        assert alike(first, second) is alike(second, first) is same

    def test_headlines_that_are_the_same_but_for_marks_and_case_share_both_marks(self) -> None:
        assert marks("Harga Beras: Turun Lagi") == marks("HARGA BERAS TURUN, LAGI!")

    @given(
        st.sets(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=8), st.from_regex(r"[a-z]{1,9}", fullmatch=True)
    )
    def test_a_word_more_leaves_one_of_the_marks_of_a_headline_of_eight_words(self, words: set[str], more: str) -> None:
        title = " ".join(words)
        assert {*marks(title)} & {*marks(f"{title} {more}")}

    @given(st.text())
    def test_marks_of_any_text_fit_into_a_column(self, title: str) -> None:
        assert all(0 <= mark < 2**32 for mark in marks(title))


TEXT = (
    "Harga beras medium di Pasar Angso Duo turun menjadi Rp12.500 per kilogram sejak Senin pagi. Pedagang menyebut "
    "pasokan dari Kerinci dan Sumatera Selatan sudah kembali lancar setelah jembatan selesai diperbaiki dua pekan lalu."
)


class TestTexts:
    """Which texts hardly differ."""

    @pytest.mark.parametrize(
        ("other", "same"),
        [
            (TEXT, True),
            (TEXT.upper(), True),
            (TEXT + " Warga berharap harga bertahan sampai akhir tahun, kata seorang pembeli di pasar itu.", True),
            (TEXT.replace("dua pekan lalu", "pekan lalu"), True),
            (TEXT.replace("12.500", "13.000"), False),
            (
                "Harga cabai merah naik tajam di sejumlah pasar karena hujan yang turun terus sejak awal bulan ini.",
                False,
            ),
            ("", False),
        ],
        ids=["itself", "in capitals", "longer", "a word changed", "another price", "another text", "none"],
    )
    def test_nearly_all_of_the_shorter_is_in_the_longer_with_its_numbers(self, other: str, same: bool) -> None:
        assert same_text(Sketch(TEXT), Sketch(other)) is same_text(Sketch(other), Sketch(TEXT)) is same

    def test_a_few_words_are_too_little_to_tell(self) -> None:
        assert not same_text(Sketch("Pasar buka pukul delapan."), Sketch("Pasar buka pukul delapan."))
