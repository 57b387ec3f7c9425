"""What search engines are told of: which articles, under which addresses, until when; and what a change costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from feeds.catalogue.reading import KnownDocument
from feeds.config import CategorySetting
from feeds.edition import Edition, is_current
from feeds.formats import sitemap
from feeds.formats.sitemap import News, Place
from tests.support import BASE_URL, NOW, Desk, a_desk, living, until

SITE = "https://kabar.example/"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
TWO_DAYS = timedelta(days=2)
SOON = timedelta(seconds=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, site=SITE) as made:
        yield made


@pytest.fixture
def shared(tmp_path: Path, catalogue_address: str, newsroom_names: Iterator[str]) -> Iterator[Desk]:
    """On SQLite and on PostgreSQL."""
    with a_desk(tmp_path, catalogue_address, site=SITE, newsroom=next(newsroom_names)) as made:
        yield made


def write(desk: Desk, name: str, date: datetime, link: str = "", **rest: object) -> None:
    desk.write(f"{name}.md", name.title(), date.isoformat(), link=link or f"{SITE}{name}/", **rest)


def body(edition: Edition, path: str) -> bytes:
    document = edition.get(path)
    assert document, path
    assert document.media_type == "application/xml; charset=utf-8"
    return document.body


def told(document: bytes, what: str = "//s:loc") -> list[str]:
    return [str(element.text) for element in etree.fromstring(document).xpath(what, namespaces=NAMES)]


def news(edition: Edition) -> list[str]:
    """The headlines of the news sitemap."""
    return told(body(edition, sitemap.NEWS), "//n:title")


def months(edition: Edition) -> list[str]:
    """The sitemaps of months, as the index has them."""
    found = [address.removeprefix(BASE_URL) for address in told(body(edition, sitemap.INDEX))]
    return [path for path in found if path not in (sitemap.NEWS, sitemap.PAGES)]


def known(desk: Desk) -> dict[str, KnownDocument]:
    with desk.newsroom.catalogue.reading() as reading:
        return reading.document_index()


class TestDocuments:
    """What the documents look like, letter for letter."""

    def test_a_sitemap_has_addresses_and_their_changes(self) -> None:
        """Addresses are percent-encoded, then escaped; one of 2,048 characters or more is left out."""
        places = [
            Place(f"{SITE}a?b=1&c='"),
            Place(f"{SITE}pasar pagi/café", NOW),
            Place(SITE + "x" * (2048 - len(SITE))),
        ]
        ((listed, written),) = sitemap.split(places)
        assert listed == places[:2]
        assert written.decode() == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            "<url><loc>https://kabar.example/a?b=1&amp;c=&#x27;</loc></url>\n"
            "<url><loc>https://kabar.example/pasar%20pagi/caf%C3%A9</loc>"
            "<lastmod>2026-06-01T12:00:00+07:00</lastmod></url>\n"
            "</urlset>\n"
        )

    def test_the_news_sitemap_has_what_google_requires(self) -> None:
        """The publication's name and language, the moment and the headline."""
        written = sitemap.news("Kabar & Kota", "en-US", [News(f"{SITE}a/", "Naik <5%> & turun", NOW)])
        assert written.decode() == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
            ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n'
            "<url><loc>https://kabar.example/a/</loc><news:news><news:publication>"
            "<news:name>Kabar &amp; Kota</news:name><news:language>en</news:language></news:publication>"
            "<news:publication_date>2026-06-01T12:00:00+07:00</news:publication_date>"
            "<news:title>Naik &lt;5%&gt; &amp; turun</news:title></news:news></url>\n"
            "</urlset>\n"
        )

    @pytest.mark.parametrize(("tag", "shown"), [("id", "id"), ("jv", "jv"), ("zh-TW", "zh-tw"), ("zh-Hant", "zh")])
    def test_the_language_is_one_of_iso_639(self, tag: str, shown: str) -> None:
        """Chinese alone may have its region."""
        assert told(sitemap.news("Kabar", tag, [News(SITE, "A", NOW)]), "//n:language") == [shown]

    def test_a_full_sitemap_is_followed_by_another(self) -> None:
        """By the number of addresses, and by the number of bytes."""
        places = [Place(f"{SITE}{number}/") for number in range(5)]
        by_number = [listed for listed, _ in sitemap.split(places, most=2)]
        assert by_number == [places[:2], places[2:4], places[4:]]
        entry = len(f"<url><loc>{SITE}0/</loc></url>\n")
        assert [listed for listed, _ in sitemap.split(places, largest=3 * entry)] == [places[:3], places[3:]]

    def test_the_limits_are_those_of_the_protocol(self) -> None:
        """50,000 addresses and 50 MB a file, the first and the last line among them."""
        largest = max(len(written) for _, written in sitemap.split(Place(SITE + "x" * 2000) for _ in range(30_000)))
        assert 52_000_000 < largest <= 52_428_800
        assert [len(listed) for listed, _ in sitemap.split(Place(SITE) for _ in range(50_001))] == [50_000, 1]


class TestNews:
    """The news sitemap, which is the only document that the clock changes."""

    def test_it_has_the_last_two_days_the_newest_first(self, shared: Desk) -> None:
        """With the moment and the headline of each."""
        for name, age in (("kemarin", 24), ("tadi", 1), ("lama", 49)):
            write(shared, name, NOW - timedelta(hours=age))
        edition = shared.build()
        assert news(edition) == ["Tadi", "Kemarin"]
        assert told(body(edition, sitemap.NEWS)) == [f"{SITE}tadi/", f"{SITE}kemarin/"]
        assert told(body(edition, sitemap.NEWS), "//n:publication_date") == [
            "2026-06-01T11:00:00+07:00",
            "2026-05-31T12:00:00+07:00",
        ]

    def test_an_article_leaves_it_when_it_is_two_days_old(self, desk: Desk) -> None:
        """Not a microsecond before; then it is empty."""
        write(desk, "tadi", NOW)
        assert news(desk.build(NOW + TWO_DAYS - timedelta(microseconds=1))) == ["Tadi"]
        assert news(desk.build(NOW + TWO_DAYS)) == []

    def test_time_alone_makes_the_next_edition_due_and_changes_nothing_else(self, desk: Desk) -> None:
        """Once for each article that grows too old, and never again."""
        write(desk, "satu", NOW - timedelta(hours=2))
        write(desk, "dua", NOW - timedelta(hours=1))
        version = desk.build().version
        for due, left in ((NOW - timedelta(hours=2) + TWO_DAYS, ["Dua"]), (NOW - timedelta(hours=1) + TWO_DAYS, [])):
            before = known(desk)
            assert desk.build(due - SOON).version == version
            edition = desk.build(due)
            version += 1
            assert (edition.version, news(edition)) == (version, left)
            after = known(desk)
            assert after.keys() == before.keys()
            assert {path for path in after if after[path] != before[path]} == {sitemap.NEWS}
        moment = int((NOW + timedelta(days=900)).timestamp() * 1_000_000)
        assert is_current(desk.newsroom.catalogue, desk.settings, program="test", now=moment)

    def test_the_same_moment_gives_the_same_bytes_and_another_one_no_other_document(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        """Of two newsrooms with the same articles."""
        (tmp_path / "other").mkdir()
        with a_desk(tmp_path / "other", site=SITE) as other:
            for each in (desk, other):
                write(each, "kopi", NOW)
                write(each, "tari", NOW - timedelta(hours=30))
            one = {r.path: r.body for r in desk.build().renditions()}
            assert {r.path: r.body for r in other.build().renditions()} == one
            later = {r.path: r.body for r in desk.build(NOW + timedelta(days=1)).renditions()}
            assert {path for path in one if one[path] != later[path]} == {sitemap.NEWS}

    def test_what_is_paid_for_withdrawn_planned_or_elsewhere_is_not_in_it(self, desk: Desk) -> None:
        """Nor what has no address."""
        write(desk, "kopi", NOW)
        write(desk, "iklan", NOW, advertorial=True)
        write(desk, "hoaks", NOW, status="ditarik", alasan="Rekaan.")
        write(desk, "nanti", NOW + SOON)
        write(desk, "asing", NOW, link="https://lain.example/asing/")
        write(desk, "mirip", NOW, link="https://kabar.example.lain.example/mirip/")
        desk.write("tanpa.md", "Tanpa alamat", NOW.isoformat())
        assert news(desk.build()) == ["Kopi"]
        assert news(desk.build(NOW + SOON)) == ["Nanti", "Kopi"]

    def test_an_article_with_a_page_here_is_in_it(self, desk: Desk) -> None:
        """Under the address of that page."""
        desk.set(article_pages=True)
        desk.write("kopi.md", "Panen kopi naik", NOW.isoformat())
        (address,) = told(body(desk.build(), sitemap.NEWS))
        assert desk.build().get(f"{address.removeprefix(BASE_URL)}index.html")

    def test_it_has_a_thousand_at_most(self, desk: Desk) -> None:
        """The newest, of those with an address of the site."""
        lines = [
            f'{{"judul": "Berita {n}", "tanggal": "{(NOW - timedelta(seconds=n)).isoformat()}", '
            f'"tautan": "{SITE if n % 50 else "https://lain.example/"}{n}/", "isi": "Isi {n}."}}'
            for n in range(1100)
        ]
        (desk.data / "kawat.jsonl").write_text("\n".join(lines))
        found = news(desk.build())
        assert found == [f"Berita {n}" for n in range(1100) if n % 50][:1000]

    def test_a_service_renews_it_when_its_time_has_come(self, desk: Desk) -> None:
        """Without a change of any file, and no sooner."""
        due = datetime.now().astimezone() + timedelta(seconds=2)
        write(desk, "kopi", due - TWO_DAYS)
        with living(desk) as live:
            assert live.edition
            assert news(live.edition) == ["Kopi"]
            until(lambda: live.edition and not news(live.edition), within=10)
            assert datetime.now().astimezone() >= due


class TestMonths:
    """The sitemaps of all articles, a month each."""

    def test_each_month_that_has_articles_has_one_the_oldest_first(self, shared: Desk) -> None:
        """By the zone of the newsroom; the index leads to them, with the newest change of each."""
        write(shared, "mei", datetime.fromisoformat("2026-04-30T17:00:00Z"))
        write(shared, "juni", datetime.fromisoformat("2026-06-01T00:00:00+07:00"), updated="2026-06-01T10:00:00+07:00")
        write(shared, "lama", datetime.fromisoformat("2026-05-31T23:59:59+07:00"))
        edition = shared.build()
        assert months(edition) == ["sitemap-2026-06.xml", "sitemap-2026-05.xml"]
        assert told(body(edition, "sitemap-2026-05.xml")) == [f"{SITE}mei/", f"{SITE}lama/"]
        assert told(body(edition, sitemap.INDEX), "//s:lastmod") == [
            "2026-06-01T10:00:00+07:00",
            "2026-05-31T23:59:59+07:00",
        ]
        assert told(body(edition, "sitemap-2026-06.xml"), "//s:lastmod") == ["2026-06-01T10:00:00+07:00"]

    def test_a_change_writes_the_sitemap_of_its_month_alone(self, desk: Desk) -> None:
        """A new article, a changed one, one that goes to another month, and the last one of a month that goes."""
        may, april, hour = NOW - timedelta(days=10), NOW - timedelta(days=40), timedelta(hours=1)
        write(desk, "kopi", may)
        write(desk, "tari", april)
        desk.build()
        changes = [("teh", may + hour, {"05"}), ("kopi", april + hour, {"05", "04"}), ("teh", april, {"05", "04"})]
        for name, date, changed in changes:
            before = known(desk)
            write(desk, name, date)
            desk.build()
            after = known(desk)
            sitemaps = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
            expected = {sitemap.INDEX, *(f"sitemap-2026-{month}.xml" for month in changed)}
            assert {path for path in sitemaps if "sitemap" in path} == expected
        edition = desk.build()
        assert months(edition) == ["sitemap-2026-04.xml"]
        assert edition.get("sitemap-2026-05.xml") is None

    def test_a_build_of_everything_gives_the_same(self, desk: Desk) -> None:
        """As one that came about change by change."""
        for number in range(6):
            write(desk, f"berita-{number}", NOW - timedelta(days=20 * number))
            desk.build()
        (desk.data / "berita-3.md").unlink()
        step_by_step = {r.path: r.body for r in desk.build().renditions()}
        assert {r.path: r.body for r in desk.build(program="another").renditions()} == step_by_step

    def test_they_stay_in_the_catalogue(self, desk: Desk) -> None:
        """As there may be as many addresses as articles; they are answered all the same."""
        write(desk, "kopi", NOW)
        edition = desk.build()
        assert "sitemap-2026-06.xml" not in edition.documents
        assert {sitemap.INDEX, sitemap.NEWS, sitemap.PAGES} <= edition.documents.keys()
        assert edition.get("sitemap-2026-06.xml")
        assert desk.on_demand("sitemap-2026-06.xml")
        assert edition.get("sitemap-2026-07.xml") is None

    def test_a_month_that_one_does_not_hold_has_several(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A new article changes the last one alone; those that are needed no more go."""
        split = sitemap.split
        monkeypatch.setattr(sitemap, "split", lambda places: split(places, most=2))
        dates = [NOW - timedelta(hours=hours) for hours in (5, 4, 3)]
        for number, date in enumerate(dates):
            write(desk, f"berita-{number}", date)
        desk.set(categories=())
        first = desk.build()
        assert months(first) == ["sitemap-2026-06.xml", "sitemap-2026-06-2.xml"]
        before = known(desk)
        write(desk, "berita-3", NOW)
        desk.build()
        changed = {path for path, document in known(desk).items() if before.get(path) != document}
        assert changed & set(months(first)) == {"sitemap-2026-06-2.xml"}
        for number in (1, 2, 3):
            (desk.data / f"berita-{number}.md").unlink()
        edition = desk.build()
        assert months(edition) == ["sitemap-2026-06.xml"]
        assert edition.get("sitemap-2026-06-2.xml") is None


def test_the_sitemap_of_our_pages_has_the_newsrooms_page_and_those_of_feeds(desk: Desk) -> None:
    """Whatever host the articles are on."""
    desk.set(categories=(CategorySetting(slug="ekonomi", title="Ekonomi"),))
    write(desk, "hoaks", NOW, status="ditarik", alasan="Rekaan.")
    edition = desk.build()
    found = told(body(edition, sitemap.PAGES))
    assert found == [BASE_URL, f"{BASE_URL}ekonomi/", f"{BASE_URL}ralat/"]
    assert all(edition.get(f"{address.removeprefix(BASE_URL)}index.html") for address in found)


def test_without_articles_there_are_an_index_and_an_empty_news_sitemap(desk: Desk) -> None:
    """Which Google allows."""
    (desk.data / "tanpa-tanggal.md").write_text("---\ntitle: Tanpa tanggal\n---\nIsi.\n")
    edition = desk.build()
    assert told(body(edition, sitemap.INDEX)) == [BASE_URL + sitemap.NEWS, BASE_URL + sitemap.PAGES]
    assert (news(edition), months(edition)) == ([], [])
