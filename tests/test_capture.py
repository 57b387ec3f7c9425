"""Text captures: a case is a text in tests/captures and a table of the same name in captures.toml."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.dates import read_date
from feeds.errors import ArticleError, DateError
from feeds.limits import Limits
from feeds.model import Draft
from feeds.readers import Options, capture

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = tomllib.loads((HERE / "captures.toml").read_text(encoding="utf-8"))
KNOWN = frozenset(
    [
        "about",
        "title",
        "title_origin",
        "date",
        "date_text",
        "updated",
        "origin",
        "authors",
        "source",
        "starts",
        "present",
        "absent",
        "paragraphs",
        "categories",
        "summary",
    ]
)
ROLES = {"title", "date", "byline", "caption", "category", "teaser", "noise", "body", "tail"}


def text_of(name: str) -> str:
    return (HERE / "captures" / f"{name}.txt").read_text(encoding="utf-8")


def read(text: str) -> Draft:
    (draft,) = capture.read("a/b.txt", text)
    assert isinstance(draft, Draft)
    return draft


def moment(date: Any) -> str:
    try:
        return read_date(date).value.isoformat() if date else ""
    except DateError:
        return ""


def test_every_capture_has_its_table_and_every_table_its_capture() -> None:
    """A capture without expectations, or with a misspelled one, would test nothing."""
    assert {path.stem for path in (HERE / "captures").glob("*.txt")} == set(CASES)
    assert {key for case in CASES.values() for key in case} <= KNOWN
    assert [name for name, case in CASES.items() if not {"about", "title", "date"} <= set(case)] == []


@pytest.mark.parametrize("name", CASES)
def test_title(name: str) -> None:
    """The title is the article's own line, or the lede's first sentence where there is none."""
    draft = read(text_of(name))
    assert (draft.title, draft.title_origin) == (CASES[name]["title"], CASES[name].get("title_origin", "line"))


@pytest.mark.parametrize("name", CASES)
def test_date(name: str) -> None:
    """The date is the publication's, with where it stood; none where the capture gives none to be sure of."""
    case, draft = CASES[name], read(text_of(name))
    assert moment(draft.date) == case["date"]
    if case["date"]:
        assert draft.date_origin == case["origin"]
    else:
        assert draft.date == case.get("date_text")
    assert moment(draft.updated) == case.get("updated", "")


@pytest.mark.parametrize("name", CASES)
def test_body(name: str) -> None:
    """The body begins where the article begins, keeps what is the article's and has none of the page's furniture."""
    case, draft = CASES[name], read(text_of(name))
    assert draft.body_format == "text"
    assert draft.body.startswith(case.get("starts", ""))
    assert [part for part in case.get("present", []) if part not in draft.body] == []
    assert [part for part in case.get("absent", []) if part in draft.body] == []
    if "paragraphs" in case:
        assert len(draft.body.split("\n\n")) == case["paragraphs"], draft.body


@pytest.mark.parametrize("name", CASES)
def test_people_source_category_and_summary(name: str) -> None:
    """Writers before editors; the newsroom of the dateline; a category and a summary only where they are certain."""
    case, draft = CASES[name], read(text_of(name))
    assert list(draft.authors) == case.get("authors", [])
    assert list(draft.categories) == case.get("categories", [])
    assert draft.source == case.get("source", draft.source)
    assert draft.summary == case.get("summary", draft.summary)


@pytest.mark.parametrize("name", CASES)
def test_explain_gives_every_line_a_role(name: str) -> None:
    """Each line that is not blank is shown with its number, and the title's line is the title."""
    text = text_of(name)
    shown = [(line.number, line.text, line.role) for line in capture.explain("a.txt", text)]
    lines = text.split("\n")
    assert [lines[number - 1] for number, _, _ in shown] == [raw for _, raw, _ in shown]
    assert len(shown) >= sum(bool(line.strip()) for line in lines) - 1
    assert {role for _, _, role in shown} <= ROLES
    titles = [raw for _, raw, role in shown if role == "title"]
    assert len(titles) == (0 if CASES[name].get("title_origin") == "lede" else 1)


OPENING = "Pengurus koperasi nelayan menyiapkan gudang es baru di dermaga timur."


@pytest.mark.parametrize(
    ("paragraphs", "day"),
    [
        (["Perahu karam di muara, Senin (2/12/2024) pagi."], "2024-12-02"),
        (["Perahu karam di muara pada Senin (2/12/2024) pagi."], "2024-12-02"),
        (["MUARA, LEMBAHPOS - Senin (2/12/2024) pagi, hingga perahu berlabuh, angin tetap kencang."], "2024-12-02"),
        (["Hujan mengguyur dermaga pada Senin (2/12/2024) malam hingga pagi."], "2024-12-02"),
        (["Nelayan akan menerima jaring baru, kata camat, Senin (2/12/2024)."], "2024-12-02"),
        (["Bupati, Senin (2/12/2024), membuka gudang yang dibangun sejak Selasa (3/1/2023)."], "2024-12-02"),
        (["Lomba dayung disiapkan, Senin (2/12/2024).", "Lomba berlangsung pada Sabtu (25/1/2025)."], "2024-12-02"),
        ([OPENING, "Gudang itu disewa murah, kata ketuanya, Senin (2/12/2024)."], "2024-12-02"),
        ([OPENING, "Rapat digelar pada Senin (2/12/2024) di balai desa."], "2024-12-02"),
        ([OPENING, "Nelayan hilang sejak Senin (2/12/2024), kata polisi, Rabu (4/12/2024)."], "2024-12-04"),
        (
            ["Tiga nelayan dari muara hilang sejak Senin (2/12/2024).",
                "Air surut Kamis (5/12/2024), kata camat, Jumat (6/12/2024)."],
            "2024-12-06",
        ),
        ([OPENING, "Ia ditangkap pada Minggu (1/12/2024).", "Kasus itu dirilis, Selasa (3/12/2024)."], "2024-12-03"),
        ([OPENING, "Kerusuhan itu pecah pada Kamis (14/5/1998) dan berlangsung dua hari."], ""),
        ([OPENING, "Kapal itu karam di selat pada Sabtu (12/9/2009)."], ""),
        ([OPENING, "Gempa mengguncang pulau itu pada Senin (2/12/2024) lalu."], ""),
        (["Warga mengungsi dari kampung bawah di tepi sungai sejak\nSenin (2/12/2024) malam."], ""),
        ([OPENING, "Rapat pertama digelar pada Senin (2/12/2024).", "Rapat kedua digelar pada Rabu (4/12/2024)."], ""),
        ([OPENING, "Pengurus mengatakan lomba akan dibuka pada Sabtu (25/1/2025)."], ""),
        ([OPENING] + [f"Kamar pendingin nomor {n} disewakan kepada pedagang." for n in range(6)]
         + ["Rapat digelar pada Senin (2/12/2024) di balai desa."], ""),
    ],
)  # fmt: skip
def test_a_day_in_the_text_is_the_reports_only_where_it_is_told_so(paragraphs: list[str], day: str) -> None:
    """The lede's day and the one on which something was said; not an event's, a coming one's or one of several."""
    draft = read("Gudang Es Baru untuk Nelayan Muara\n\n" + "\n\n".join([*paragraphs, "Harga es tetap."]))
    assert moment(draft.date)[:10] == day


@pytest.mark.parametrize(
    "line",
    [
        "Diposting pada 4 Desember 2024 oleh Siti Aisyah",
        "Oleh Siti Aisyah pada 4 Desember 2024",
        "Oleh Siti Aisyah pada Rabu, 4 Desember 2024",
        "Diterbitkan pada 4 Desember 2024 oleh Siti Aisyah",
        "Dipublikasikan 4 Desember 2024 oleh Siti Aisyah",
        "Diunggah oleh Siti Aisyah pada 4 Desember 2024",
        "Ditulis oleh Siti Aisyah, Rabu, 4 Desember 2024",
        "4 Desember 2024 oleh Siti Aisyah",
        "by Siti Aisyah 4 Desember 2024",
    ],
)
def test_a_published_line_may_name_the_writer(line: str) -> None:
    """A date and a name in one line below the title are the publication's day and the author."""
    draft = read(f'Gudang Es Baru\n{line}\n{OPENING}\n"Sudah dipakai," kata camat, Senin (2/12/2024).\n')
    assert (draft.title, moment(draft.date)[:10], draft.authors) == ("Gudang Es Baru", "2024-12-04", ("Siti Aisyah",))


def test_no_text_is_an_error_of_its_own() -> None:
    """A capture without an article is one ArticleError that says so."""
    for text in ("", "\n \n", "Bagikan\nADVERTISEMENT\n", "(*)"):
        (error,) = capture.read("kosong.txt", text)
        assert isinstance(error, ArticleError)
        assert error.path == "kosong.txt"


def test_a_paragraph_printed_twice_is_kept_once() -> None:
    """A capture that prints a paragraph again, anywhere, keeps the first."""
    paragraph = "Warga menanam pohon trembesi di sepanjang jalan desa sejak pagi."
    draft = read(f"Warga Tanam Trembesi\n\n{paragraph}\n\nBibitnya dari sekolah dasar.\n\n{paragraph}\n")
    assert draft.body == f"{paragraph}\n\nBibitnya dari sekolah dasar."


@pytest.mark.parametrize(
    "mark",
    ["(*)", "(***)", "[ald]", "(OL-16)", "(jef/mae)", "(*/ rez/py)", "(R Pratama)", "(tomi)", "(Ant/OL-1)", "***"],
)
def test_an_end_mark_ends_the_article(mark: str) -> None:
    """The tail starts at an end mark at a paragraph's end, with or without a blank before it."""
    for blank in ("", " ", "\n\n"):
        body = "Pasar malam di alun-alun dibuka lagi mulai pekan ini oleh paguyuban pedagang."
        draft = read(f"Pasar Malam Dibuka Lagi\n\n{body}{blank}{mark}\n\nKios Buku Bekas Pindah ke Terminal\n")
        assert draft.body == body


@pytest.mark.parametrize(
    "ending",
    [
        "diserahkan kepada Badan Amil Zakat (Baznas).",
        "digelar bersama Dinas Perhubungan (Dishub)",
        "dihadiri tiga ratus orang. (tertawa)",
        "dibayar tunai. (Harga belum termasuk ongkos kirim.)",
        "dipimpin Bupati Karangan (2010-2015).",
    ],
)
def test_a_parenthesis_that_is_no_signature_stays(ending: str) -> None:
    """Acronyms, remarks and years in parentheses do not end the article."""
    draft = read(
        "Bantuan Perahu untuk Nelayan\n\nPerahu tiba kemarin sore dari galangan.\n\n"
        f"Bantuan itu {ending}\n\nNelayan menerimanya di dermaga pagi tadi.\n"
    )
    assert ending in draft.body
    assert draft.body.endswith("pagi tadi.")


@pytest.mark.parametrize(
    "line",
    [
        "Baca juga: Dermaga Lama Dibongkar",
        "BACA JUGA : Dermaga Lama Dibongkar",
        "Baca Juga Dermaga Lama Dibongkar",
        "(Baca juga: Dermaga Lama Dibongkar)",
        "Baca: Dermaga Lama Dibongkar",
        "Baca Selengkapnya: Dermaga Lama Dibongkar",
        "BACA JUGA:\nDermaga Lama Dibongkar",
        "Baca juga\n\nDermaga Lama Dibongkar",
        "Lihat juga: Dermaga Lama Dibongkar",
        "Simak Video: Dermaga Lama Dibongkar",
        "Simak juga video 'Dermaga Lama Dibongkar'",
    ],
)
def test_links_to_other_articles_are_cut(line: str) -> None:
    """``Baca juga`` in all its forms goes, with the link's text on its line or the next."""
    first, last = (
        "Nelayan menerima perahu baru di dermaga pagi tadi.",
        "Perahu itu dibuat dari kayu ulin bekas jembatan.",
    )
    draft = read(f"Nelayan Terima Perahu Baru\n\n{first}\n\n{line}\n\n{last}\n")
    assert draft.body == f"{first}\n\n{last}"


@pytest.mark.parametrize(
    "line",
    [
        "Baca terus dengan suara keras, begitu pesan guru kepada muridnya.",
        "Oleh karena itu, panitia menambah dua perahu cadangan.",
        "Laporan itu diterima bupati pada sore harinya.",
        "Editor: mengapa naskah ini terlambat?",
        "Foto itu dipasang di balai desa selama sebulan penuh.",
        "Share dan komentar warganet mencapai ribuan dalam sehari.",
        "- Saya tidak pernah meminta bayaran, kata dia.",
        "Kesaksian Warga",
        "1. Perahu Kayu",
        "Populer di kalangan anak muda, lagu itu diputar setiap sore.",
    ],
)
def test_ordinary_lines_that_look_like_furniture_stay(line: str) -> None:
    """Sentences and subheadings that begin with a page's words are the article's."""
    first, last = (
        "Nelayan menerima perahu baru di dermaga pagi tadi.",
        "Perahu itu dibuat dari kayu ulin bekas jembatan.",
    )
    draft = read(f"Nelayan Terima Perahu Baru\n\n{first}\n\n{line}\n\n{last}\n")
    assert draft.body == f"{first}\n\n{line}\n\n{last}"


@pytest.mark.parametrize(
    "dateline",
    [
        "Kabarkarangan.com - ",
        "JAKARTA - ",
        "MATARAM, KABARKARANGAN.COM – ",
        "Kabarkarangan.com, Mataram - ",
        "Mataram (ANTARA) - ",
        "KABARKARANGAN.COM,MATARAM- ",
        "MATARAM(KABARKARANGAN.COM)-",
        "KABARKARANGAN.COM | Mataram - ",
        "Mataram - SNN - ",
        "MATARAM. ",
        "JAKARTA, 3 Mei 2020 - ",
        "Jakarta -\n",
        "VIVA – ",
        "Jakarta, CNN Indonesia -- ",
    ],
)
def test_a_text_that_starts_at_the_dateline_has_its_headline_from_the_lede(dateline: str) -> None:
    """The dateline is not part of the headline; it stays in the body."""
    lede = "Perajin gerabah memakai tungku listrik bekas pabrik roti untuk membakar kendi."
    draft = read(f"{dateline}{lede} Hasilnya lebih rata.\n\nTungku itu dibeli bersama-sama oleh enam keluarga.\n")
    assert (draft.title, draft.title_origin) == (lede.rstrip("."), "lede")
    assert draft.body.startswith(dateline.replace("\n", " ") + lede)


def test_a_long_lede_is_shortened_at_a_word() -> None:
    """A headline from the lede has at most 110 characters and a sign where it was cut."""
    draft = read(
        "JAKARTA - "
        + "Perajin gerabah dan penenun di lima kampung sepakat " * 5
        + "berpameran.\n\nPameran dibuka sore.\n"
    )
    assert len(draft.title) <= 111
    assert draft.title.endswith("…")


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(sorted(text for case in CASES for text in text_of(case).split("\n"))), max_size=30).map(
        "\n".join
    )
)
@settings(max_examples=200)
def test_any_text_gives_one_draft_or_one_error(text: str) -> None:
    """No text raises; every line that is not blank has a role."""
    assert len(list(capture.read("x.txt", text))) == 1
    assert {role for _, role, _ in capture.explain("a.txt", text)} <= ROLES


@pytest.mark.parametrize(
    "hostile",
    [
        "Baca juga: " * 90_000,
        "Baca juga:\n" * 90_000,
        "(" * 1_000_000,
        "(a" * 500_000 + ")" * 500_000,
        "- " * 500_000,
        "Jakarta - " * 100_000,
        "1/" * 500_000,
        "Senin (1/" * 100_000,
        "Senin (1/2)\n" * 80_000,
        "Kamis, 1 Mei 2020 10:00 WIB\n" * 35_000,
        "Editor: A " * 100_000,
        "Editor\n" * 140_000,
        "kata demi kata.\n" * 60_000,
        "a " * 500_000,
        "Kata\n\n" * 160_000,
        "*" * 1_000_000,
        "\n" * 1_000_000,
    ],
    ids=range(17),
)
def test_a_hostile_text_is_read_in_linear_time(hostile: str) -> None:
    """A text made to be slow takes seconds at most, not minutes."""
    start = time.perf_counter()
    list(capture.read("x.txt", hostile[:300_000], options=Options(limits=Limits(elements=1_000_000))))
    assert time.perf_counter() - start < 15
