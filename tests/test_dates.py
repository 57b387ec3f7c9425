"""Dates of Indonesian news are read, and what is no date is refused. The cases are in dates.toml."""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import dates, indonesian
from feeds.dates import JAKARTA, find_dates, moments, months_first, parse_date, read_date
from feeds.errors import DateError

REFERENCE = datetime(2024, 12, 4, 15, 30, tzinfo=JAKARTA)


@dataclass(frozen=True)
class Case:
    rule: str
    text: str
    reference: datetime | None
    expected: datetime | None


def load() -> list[Case]:
    """The cases of dates.toml; a group that is not complete is a mistake, not a group without cases."""
    table = tomllib.loads((Path(__file__).parent / "dates.toml").read_text(encoding="utf-8"))
    cases = []
    for group in table["group"]:
        unknown = set(group) - {"rule", "says", "reference", "read", "refuse"}
        assert not unknown, f"{group['rule']}: {unknown}"
        assert group["says"].endswith("."), group["rule"]
        assert group.get("read") or group.get("refuse"), group["rule"]
        reference = datetime.fromisoformat(group["reference"]) if "reference" in group else None
        for text, expected in group.get("read", []):
            cases.append(Case(group["rule"], text, reference, datetime.fromisoformat(expected)))
        cases += [Case(group["rule"], text, reference, None) for text in group.get("refuse", [])]
    return cases


CASES = load()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.text}")
def test_case_table(case: Case) -> None:
    """Every text of dates.toml has its value, offset included, or is refused with the text and a reason."""
    if case.expected is None:
        with pytest.raises(DateError) as refused:
            parse_date(case.text, reference=case.reference, strict=True)
        assert case.text == refused.value.text
        assert refused.value.reason
    else:
        value = parse_date(case.text, reference=case.reference, strict=True)
        assert case.expected.isoformat() == value.isoformat()


def test_case_table_has_no_case_twice() -> None:
    """A case stands in one place only."""
    keys = [(case.text, case.reference) for case in CASES]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("2024-12-03T10:30:00Z", "iso"),
        ("2024-12-03", "iso"),
        ("2024/12/03 10.30 WIB", "iso"),
        ("Tue, 03 Dec 2024 10:30:00 +0700", "rfc2822"),
        ("Selasa, 3 Desember 2024 10:30 WIB", "full"),
        ("3/12/2024", "full"),
        ("Selasa (3/12)", "yearless"),
        ("2 jam lalu", "relative"),
    ],
)
def test_origin(text: str, origin: str) -> None:
    """A moment says how it was read."""
    assert origin == read_date(text, reference=REFERENCE).origin


def test_wrong_weekday_is_a_warning_unless_strict() -> None:
    """A weekday that contradicts the date is said in a sentence, and the date stands."""
    moment = read_date("Rabu (3/12/2024) pukul 24.00 WIB")
    assert datetime(2024, 12, 4, tzinfo=JAKARTA) == moment.value
    assert moment.warnings == ("2024-12-03 is a Selasa, not a Rabu",)
    with pytest.raises(DateError, match="2024-12-03 is a Selasa, not a Rabu"):
        read_date("Rabu (3/12/2024) pukul 24.00 WIB", strict=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Dec 03 2024", "2024-12-03T00:00+07:00"),
        ("December 3, 2024", "2024-12-03T00:00+07:00"),
        ("Desember 3, 2024 10:30 WITA", "2024-12-03T10:30+08:00"),
        ("Tuesday, December 3rd, 2024 at 5:07 PM", "2024-12-03T17:07+07:00"),
        ("Tue Dec 03 2024 10:30:00 GMT+0700 (WIB)", "2024-12-03T10:30+07:00"),
    ],
)
def test_a_months_name_may_come_first_unless_strict(text: str, value: str) -> None:
    """Month, day, year is one date only where the month has a name; strict reading keeps to the day first."""
    assert read_date(text).value == datetime.fromisoformat(value)
    with pytest.raises(DateError):
        read_date(text, strict=True)


def test_running_text_needs_a_comma_behind_month_and_day() -> None:
    """``Desember 3, 2024`` is a date within a page, ``Mei 12 2000 orang`` is none."""
    assert [found.text for found in find_dates("Posted on Desember 3, 2024 by redaksi")] == ["Desember 3, 2024"]
    assert find_dates("sejak Mei 12 2000 orang datang") == []


def test_counters_beside_a_date_are_no_part_of_it() -> None:
    """How often a page was seen and how long it takes to read are left aside."""
    for text in ("4,160 Views |\n Selasa, 3 Des 2024 10:30 WIB", "3 Des 2024 10:30 WIB · 2 menit baca"):
        assert read_date(text, strict=True).value == datetime(2024, 12, 3, 10, 30, tzinfo=JAKARTA)


def test_a_number_alone_is_called_so() -> None:
    """What is refused says why: figures without anything else are a number, not a text without a date."""
    with pytest.raises(DateError, match="a number alone is no date"):
        read_date("45629")


def test_wrong_weekday_without_a_year_is_refused() -> None:
    """Where the year is not written, a weekday that contradicts the date leaves nothing to stand on."""
    with pytest.raises(DateError):
        read_date("Rabu (3/12)", reference=REFERENCE)


def test_right_dates_have_no_warnings() -> None:
    """Nothing is said about a date that is as it should be."""
    assert read_date("Selasa (3/12/2024)").warnings == ()


def test_window_without_a_year() -> None:
    """300 days back and 60 days ahead are inside; one day more is outside on either side."""
    today = REFERENCE.replace(hour=0, minute=0)
    for days in (-300, -1, 0, 60):
        day = today + timedelta(days=days)
        assert day == parse_date(f"{day.day}/{day.month}", reference=REFERENCE)
    for days in (-301, 61):
        day = today + timedelta(days=days)
        with pytest.raises(DateError):
            parse_date(f"{day.day}/{day.month}", reference=REFERENCE)


def test_default_zone() -> None:
    """The zone of the caller holds where the text names none, and is the zone in which the reference's day is found."""
    wit = timezone(timedelta(hours=9))
    late = datetime(2024, 12, 4, 23, 30, tzinfo=JAKARTA)
    assert parse_date("3/12/2024", zone=wit).isoformat() == "2024-12-03T00:00:00+09:00"
    assert parse_date("3/12/2024 10:30 WIB", zone=wit).isoformat() == "2024-12-03T10:30:00+07:00"
    assert parse_date("hari ini", zone=wit, reference=late).isoformat() == "2024-12-05T00:00:00+09:00"


def test_naive_reference() -> None:
    """A reference without a zone is in the default zone."""
    naive = datetime(2024, 12, 4, 15, 30)  # noqa: DTZ001
    assert parse_date("2 jam lalu", reference=naive).isoformat() == "2024-12-04T13:30:00+07:00"


def test_jakarta_never_moves() -> None:
    """Archive dates have whole hours: the zone database has +07:30 for 1950 and an offset with seconds for 1900."""
    for year in (1900, 1950, 1963, 2024):
        assert timedelta(hours=7) == parse_date(f"1 Maret {year}").utcoffset()


def test_month_first() -> None:
    """Told that a column is month first, figures with the year last are read so, and nothing else is."""
    assert parse_date("9/21/2025 9:15", month_first=True) == datetime(2025, 9, 21, 9, 15, tzinfo=JAKARTA)
    assert parse_date("3-12-2025", month_first=True) == datetime(2025, 3, 12, tzinfo=JAKARTA)
    for text in ("3.12.2025", "2025-12-03", "3 Desember 2025"):
        assert parse_date(text, month_first=True) == datetime(2025, 12, 3, tzinfo=JAKARTA)
    with pytest.raises(DateError):
        parse_date("21/9/2025", month_first=True)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["9/21/2025", "10/3/2025"], True),
        (["9/21/2025 9:15", "Selasa", "", "2025-09-21"], True),
        (["9-21-25", "1-2-25"], True),
        (["3/12/2025", "4/12/2025"], False),
        (["9/21/2025", "21/9/2025"], False),
        (["9/21/2025", "30/2/2025"], False),
        (["13/13/2025"], False),
        (["2/30/2025"], False),
        (["9/21", "2025/21/09", "1/9/21/2025"], False),
        ([], False),
    ],
)
def test_months_first(texts: list[str], expected: bool) -> None:
    """A column is month first where some dates are impossible day first and none is impossible month first."""
    assert expected is months_first(texts)


def test_a_long_text_is_no_date() -> None:
    """A page is not a date field, even where a date stands in it."""
    with pytest.raises(DateError, match="too long"):
        read_date("3 Desember 2024 " + "x" * 500)


# Dates in running text


@pytest.mark.parametrize(
    ("text", "found", "value"),
    [
        ("Menteri, Selasa (03/12/2024), pergi", "Selasa (03/12/2024)", "2024-12-03T00:00+07:00"),
        ("- Rabu, 4 Juli 2018 | 12:04 WIB", "Rabu, 4 Juli 2018 | 12:04 WIB", "2018-07-04T12:04+07:00"),
        ("Selasa, 3 Desember 2024 10:30 WIB\nisi", "Selasa, 3 Desember 2024 10:30 WIB", "2024-12-03T10:30+07:00"),
        ("Diterbitkan 10 Jan 2017, 08:12 WIB oleh A", "10 Jan 2017, 08:12 WIB", "2017-01-10T08:12+07:00"),
        ("Jakarta, 3 Desember 2024 14.30\nisi", "3 Desember 2024 14.30", "2024-12-03T14:30+07:00"),
        ("Jakarta,3 Desember 2024 pukul 7 malam.", "3 Desember 2024 pukul 7 malam", "2024-12-03T19:00+07:00"),
        ("pada 3 Desember 2024 10.500 orang", "3 Desember 2024", "2024-12-03T00:00+07:00"),
        ("pada 3 Desember 2024 10.30 orang", "3 Desember 2024", "2024-12-03T00:00+07:00"),
        ("Bali, 15-16 Juli 2025.", "15-16 Juli 2025", "2025-07-15T00:00+07:00"),
        ("Senin-Selasa (2-3/12/2024)", "Senin-Selasa (2-3/12/2024)", "2024-12-02T00:00+07:00"),
        ("Kamis malam (18/04/19)", "Kamis malam (18/04/19)", "2019-04-18T00:00+07:00"),
        ("İİ Jum’at, 6\u00a0Desember 2024", "Jum’at, 6\u00a0Desember 2024", "2024-12-06T00:00+07:00"),
        ("lihat (3/12/2024).", "3/12/2024", "2024-12-03T00:00+07:00"),
    ],
)
def test_find_one(text: str, found: str, value: str) -> None:
    """A dateline or published line is found with its weekday and clock, and nothing of its neighbours."""
    (one,) = find_dates(text)
    assert found == one.text == text[one.start : one.end]
    assert datetime.fromisoformat(value).isoformat() == one.moment.value.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "UU Nomor 252 Tahun 2024, Nomor 12/10/2024, No. 3-12-2024",
        "Putusan 90/PUU-XXI/2023 dan 12/10/2024/PN.Jkt",
        "Rp1.500.000, Rp 3.500, US$ 3.12.24, 3,12 persen",
        "skor 3-1, 6/2 6/2, formasi 4-3-3 dan 4-2-31",
        "0812-3456-7890, 021-12-2024, 10.1.2.2024",
        "https://x.id/2024/12/03/judul dan foto-2024-12-03-a.jpg",
        "Covid-19 Mei 2024, pukul 10.30 WIB, Desember 2024",
        "Selasa (3/12), 3 Desember",
        "31 Februari 2024, 45/12/2024, 12/31/2024",
        "2 jam lalu, kemarin, Senin lalu",
        "",
    ],
)
def test_find_nothing(text: str) -> None:
    """Prices, scores, laws, addresses and, without a reference, dates without a year are no dates."""
    assert find_dates(text) == []


def test_find_without_a_year() -> None:
    """With a reference, a date without a year is found beside its weekday or with a month's name."""
    text = "Senin (2/12), 5 Oktober, 6 Oktober tahun lalu, 7/10, Selasa (4/12)"
    found = find_dates(text, reference=REFERENCE)
    assert [one.text for one in found] == ["Senin (2/12)", "5 Oktober"]
    assert [(f.complete, f.has_time, f.weekday) for f in found] == [(False, False, True), (False, False, False)]
    assert found[0].moment.origin == "yearless"


@pytest.mark.parametrize("reference", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_references_at_the_ends_of_time(reference: datetime) -> None:
    """A reference that cannot be moved to the zone finds nothing and refuses; it does not fail."""
    for zone in (timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))):
        assert find_dates("Selasa (3/12)", zone=zone, reference=reference) == []
        for text in ("kemarin", "9999 tahun lalu", "2 jam lagi"):
            with pytest.raises(DateError):
                read_date(text, zone=zone, reference=reference)


def test_find_in_order() -> None:
    """Dates are found in the order of the text, and a contradicting weekday is a warning."""
    found = find_dates("Rabu (3/12/2024) dan 2024-12-04 10:30; 5/12/2024")
    assert [one.moment.value.day for one in found] == [3, 4, 5]
    assert [len(one.moment.warnings) for one in found] == [1, 0, 0]
    assert [one.has_time for one in found] == [False, True, False]


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1/1/", "1-", "1", " ", "(", "senin ", "10:30 ", "pukul ", "2 jam ", "3 mei ", "3 mei 2024 | 10.30 - "],
)
def test_find_is_linear(piece: str) -> None:
    """A hostile text four times as long takes about four times as long: ten times is the failure."""

    def seconds(length: int) -> float:
        text, best = piece * (length // len(piece)), float("inf")
        for _ in range(3):
            start = time.thread_time()
            find_dates(text, reference=REFERENCE)
            best = min(best, time.thread_time() - start)
        return best

    assert seconds(80_000) < 10 * max(seconds(20_000), 0.005)


# Properties

DAYS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 30))  # noqa: DTZ001
MONTH_NAMES = st.sampled_from(sorted(indonesian.MONTHS))
NAMES_OF_DAY: dict[int, list[str]] = {}
for _name, _number in {**indonesian.WEEKDAYS, **indonesian.SHORT_WEEKDAYS}.items():
    NAMES_OF_DAY.setdefault(_number, []).append(_name)

DATE_SHAPES = [
    "{d} {F} {y}", "{d:02} {F} {y}", "{d} {F}. {y}", "{d}-{F}-{y}", "{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}.{m}.{y}",
    "{d:02}-{m:02}-{y}", "({d}/{m}/{y})", "{w}, {d} {F} {y}", "{w} ({d}/{m}/{y})", "{w} {d} {F} {y}",
    "{y}-{m:02}-{d:02}", "{y}/{m}/{d}", "Tempo.co - {w}, {d} {F} {y}", "Diterbitkan pada {d} {F} {y}",
]  # fmt: skip
CLOCK_SHAPES = [
    " {H:02}:{M:02}", ", {H:02}:{M:02}", " {H:02}.{M:02} WIB", " | {H:02}:{M:02} WIB", " / {H:02}:{M:02} wib",
    " pukul {H}.{M:02}", " jam {H:02}.{M:02} WIB", " - {H:02}:{M:02}", " {H:02}:{M:02} GMT+7", ", pkl. {H}.{M:02} WIB",
]  # fmt: skip


@given(DAYS, st.sampled_from(DATE_SHAPES), st.sampled_from(["", *CLOCK_SHAPES]), st.data())
def test_every_date_reads_back(moment: datetime, date_shape: str, clock_shape: str, data: st.DataObject) -> None:
    """Every date in every supported shape, with every name of its month and weekday, reads back as itself."""
    name = data.draw(st.sampled_from([n for n, number in indonesian.MONTHS.items() if number == moment.month]))
    weekday = data.draw(st.sampled_from(NAMES_OF_DAY[moment.weekday()]))
    case = data.draw(st.sampled_from([str.lower, str.title, str.upper]))
    text = case(
        (date_shape + clock_shape).format(
            w=weekday, d=moment.day, m=moment.month, y=moment.year, F=name, H=moment.hour, M=moment.minute
        )
    )
    clock = {"second": 0, "microsecond": 0} if clock_shape else {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    expected = moment.replace(tzinfo=JAKARTA, **clock)
    assert expected == parse_date(text, strict=True)


@given(DAYS, st.integers(-14 * 60, 14 * 60))
def test_every_iso_moment_reads_back(moment: datetime, minutes: int) -> None:
    """Every moment in ISO 8601 with any offset reads back as itself."""
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert aware == parse_date(aware.isoformat())


@given(DAYS, st.sampled_from(DATE_SHAPES), st.integers(1, 6), st.data())
def test_every_wrong_weekday_is_noticed(moment: datetime, shape: str, shift: int, data: st.DataObject) -> None:
    """Wherever a weekday is written, a wrong one is refused under strict reading and warned of otherwise."""
    if "{w}" not in shape:
        return
    name = data.draw(st.sampled_from([n for n, number in indonesian.MONTHS.items() if number == moment.month]))
    weekday = data.draw(st.sampled_from(NAMES_OF_DAY[(moment.weekday() + shift) % 7]))
    text = shape.format(w=weekday, d=moment.day, m=moment.month, y=moment.year, F=name)
    assert read_date(text).warnings
    with pytest.raises(DateError):
        read_date(text, strict=True)


WORDS = st.sampled_from(
    sorted(
        {*indonesian.MONTHS, *indonesian.WEEKDAYS, *indonesian.SHORT_WEEKDAYS, *indonesian.UNITS, *indonesian.NUMBERS}
        | {*indonesian.DAYS, *indonesian.PAST, *indonesian.DAY_PARTS, *indonesian.ZONES, *indonesian.RANGE_WORDS}
        | {"pukul", "24.00", "2024", "1/1", "31", "10:30", "/", ".", "(", ")", "|", "+0700", "T", "9999", "se", "yang"}
    )
)
ANY_TEXT = st.text(max_size=60) | st.lists(WORDS, max_size=9).map(" ".join) | st.lists(WORDS, max_size=9).map("".join)
ANY_REFERENCE = st.none() | st.datetimes(timezones=st.sampled_from([UTC, JAKARTA])) | st.datetimes()


@settings(max_examples=400)
@given(ANY_TEXT, ANY_REFERENCE, st.booleans(), st.booleans())
def test_any_text_is_a_moment_or_refused(
    text: str, reference: datetime | None, strict: bool, month_first: bool
) -> None:
    """Whatever the text and the reference: an aware moment with a known origin, or a DateError; never anything else."""
    try:
        moment = read_date(text, reference=reference, strict=strict, month_first=month_first)
    except DateError:
        return
    assert moment.value.utcoffset() is not None
    assert moment.origin in {"iso", "rfc2822", "full", "yearless", "relative"}


@settings(max_examples=400)
@given(ANY_TEXT, ANY_REFERENCE)
def test_any_text_can_be_searched(text: str, reference: datetime | None) -> None:
    """Finding never fails, and what is found lies in order inside the text."""
    end = 0
    for one in find_dates(text, reference=reference):
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        end = one.end


@settings(max_examples=400)
@given(ANY_TEXT)
def test_a_glance_agrees_with_the_long_look(text: str) -> None:
    """The short way for common shapes gives what the grammar gives."""
    assert_glance_agrees(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_a_glance_agrees_on_the_case_table(case: Case) -> None:
    """The short way for common shapes gives what the grammar gives."""
    assert_glance_agrees(case.text)


def assert_glance_agrees(text: str) -> None:
    folded = dates._folded(text)
    glance = dates._at_a_glance(folded, JAKARTA)
    if glance is not None:
        options: Any = moments.Options(JAKARTA, None, True, False)
        assert (glance, "full", ()) == dates._read(folded, options)
