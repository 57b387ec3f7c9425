"""Feeds for aggregators: which articles a profile takes, why not others, and what it makes of them."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from feeds.config import Profile, Settings, load
from feeds.config.profiles import (
    ALWAYS_DECLARED,
    ARTICLE,
    BODY,
    BUNDLED,
    DECLARED_WHERE_NEEDED,
    FEED,
    IMAGE,
    PROFILE,
    read_profile,
)
from feeds.errors import ConfigError
from feeds.formats import rss
from feeds.formats.feedgen_extensions import NAMESPACES
from feeds.model import Category, Entry, Image
from feeds.profiles import items
from feeds.profiles.elements import of_channel
from feeds.profiles.offers import offer
from feeds.profiles.words import SENTENCES, Reason
from feeds.selection import read_selection
from tests.support import NOW, Call, Desk, a_desk, article, titles

CASES = tomllib.loads((Path(__file__).parent / "profiles.toml").read_text(encoding="utf-8"))
GOLDEN = Path(__file__).parent / "golden" / "profiles"
SETTINGS: Settings = load(
    data=Path("koran"),
    environ={"FEEDS_TITLE": "Koran Kota", "FEEDS_AUTHORITY": "koran.example"},
    cwd=Path(__file__).parent,
)
PROFILES = {profile.name: profile for profile in SETTINGS.known_profiles}
IMAGE_OF_ALL = Image(
    url="https://koran.example/beras.jpg", type="image/jpeg", length=180_000, width=1200, height=800, caption="Beras"
)
TEXT = (
    "<p>Harga beras medium di pasar induk kota kembali naik setelah hujan tiga pekan merendam sawah di tujuh "
    "kecamatan. Pedagang menyebut pasokan dari kabupaten tetangga belum juga datang.</p>\n<p>Stok di gudang tinggal "
    "cukup untuk sepekan, kata kepala gudang. Pemerintah kota berjanji membuka operasi pasar mulai Senin pekan depan "
    "di empat tempat yang paling jauh dari pasar induk.</p>"
)
ENTRY = Entry(
    id="tag:koran.example,2026:beras",
    id_is_link=False,
    title="Harga beras naik setelah hujan tiga pekan",
    link="https://koran.example/beras/",
    published=datetime.fromisoformat("2026-05-04T09:00:00+07:00"),
    updated=datetime.fromisoformat("2026-05-04T10:00:00+07:00"),
    summary="Stok di gudang tinggal cukup untuk sepekan.",
    content=TEXT,
    authors=("Rina Hapsari",),
    categories=(Category(slug="ekonomi", title="Ekonomi"),),
    tags=("beras",),
    source="",
    language="id",
    image=IMAGE_OF_ALL,
)


def changed(change: Mapping[str, Any]) -> Entry:
    """The article that all profiles take, with a change of profiles.toml."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in change.items()}
    values.pop("advertorial", None)
    image = values.pop("image", None)
    if image is not None:
        values["image"] = replace(IMAGE_OF_ALL, **{k: v or None for k, v in image.items()}) if image else None
    more = values.pop("more", "")
    return replace(replace(ENTRY, **values), content=values.get("content", TEXT) + more)


def reasons(profile: Profile, case: Mapping[str, Any], settings: Settings = SETTINGS) -> list[str]:
    change = case.get("change", {})
    made = offer(profile, changed(change), settings, advertorial=change.get("advertorial", False))
    return [reason.sentence(settings.language) for reason in made.reasons]


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["what"])
def test_a_profile_says_why_it_does_not_take_an_article(case: Mapping[str, Any]) -> None:
    """Each profile its own reasons; those that a case does not name take the article."""
    found = {name: reasons(profile, case) for name, profile in PROFILES.items()}
    assert {name: said for name, said in found.items() if said} == case.get("reasons", {})


def test_reasons_are_said_in_the_language_of_the_newsroom() -> None:
    case = {"change": {"image": {"width": 640, "height": 480}}}
    english = replace(SETTINGS, language="en-US")
    assert "image of 640 px, at least 720" in reasons(PROFILES["msn"], case, english)
    assert Reason("image_bytes", 16_000_000, 15_000_000).sentence("en") == (
        "image of 16,000,000 bytes, at most 15,000,000"
    )


def test_every_sentence_is_there_in_both_languages_with_the_same_values() -> None:
    for rule, sentences in SENTENCES.items():
        places = [{name for name in ("{found}", "{wanted}") if name in sentence} for sentence in sentences]
        assert places[0] == places[1], rule


@pytest.mark.parametrize("case", CASES["made"], ids=lambda case: case["what"])
def test_a_profile_makes_right_what_changes_nothing_that_is_said(case: Mapping[str, Any]) -> None:
    item = item_of(PROFILES[case["profile"]], changed(case.get("change", {})))
    found = [] if item is None else item.xpath(case["at"], namespaces=namespaces(PROFILES[case["profile"]]))
    assert [element.text for element in found] == case["is"]


def namespaces(profile: Profile) -> dict[str, str]:
    return NAMESPACES | dict(profile.namespaces)


def document_of(profile: Profile, *entries: Entry) -> bytes:
    """A document with those of the entries that the profile takes."""
    offers = [offer(profile, entry, SETTINGS, advertorial=False) for entry in entries]
    written = rss.entries(
        [made.entry for made in offers if not made.reasons],
        base_url=SETTINGS.base_url,
        language=SETTINGS.language,
        namespaces=profile.namespaces,
    )
    composer = items.Composer.of(replace(SETTINGS, logo="https://koran.example/logo.png"), ())
    channel = replace(items.feed(composer, items.Asked(profile, ""), items.Chosen()), updated=ENTRY.updated)
    return rss.write(replace(channel, further=of_channel(profile, channel)), written)


def item_of(profile: Profile, entry: Entry) -> Any:
    """The ``<item>`` of an article, None where the profile does not take it."""
    return etree.fromstring(document_of(profile, entry)).find("channel/item")


@pytest.mark.parametrize("name", PROFILES)
def test_golden(name: str) -> None:
    """The bytes of each profile's document are known: one article, with all that the profile adds."""
    written = document_of(PROFILES[name], ENTRY)
    path = GOLDEN / f"{name}.xml"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written)
    assert path.read_bytes().decode() == written.decode()


@pytest.mark.parametrize("name", PROFILES)
def test_every_prefix_is_declared_once_and_the_document_is_read_as_it_was_meant(name: str) -> None:
    """Items that were rendered by themselves stand in the document's namespaces."""
    free = replace(ENTRY, id="tag:koran.example,2026:lain", license="https://creativecommons.org/licenses/by/4.0/")
    written = document_of(PROFILES[name], ENTRY, free)
    root = etree.fromstring(written)
    assert not [element for element in root.iter("{*}*") if element.nsmap != root.nsmap]
    assert written.count(b"xmlns:") == len(root.nsmap)
    read = feedparser.parse(written)
    assert (read.bozo, [entry.link for entry in read.entries]) == (False, [ENTRY.link, ENTRY.link])
    assert [item.tag for item in root.iterchildren()] == ["channel"]


def test_a_summary_is_continued_from_the_text() -> None:
    """It is at least as long as the profile wants, in whole sentences; one that begins the text is not repeated."""
    flipboard = PROFILES["flipboard"]
    own = "Stok di gudang tinggal cukup untuk sepekan."
    longer = offer(flipboard, replace(ENTRY, summary=own), SETTINGS, advertorial=False).entry.summary
    assert longer.startswith(f"{own} Harga beras medium di pasar induk")
    lede = "Harga beras medium di pasar induk kota kembali naik setelah hujan tiga pekan merendam sawah."
    begun = offer(flipboard, replace(ENTRY, summary=lede), SETTINGS, advertorial=False).entry.summary
    assert begun.count("Harga beras medium") == 1
    assert min(len(longer), len(begun)) >= 300
    long = "Ringkasan yang panjang. " * 20
    assert offer(flipboard, replace(ENTRY, summary=long), SETTINGS, advertorial=False).entry.summary == long


def test_the_author_of_articles_that_name_none_is_the_one_of_the_settings() -> None:
    made = offer(
        PROFILES["flipboard"], replace(ENTRY, authors=()), replace(SETTINGS, author="Redaksi"), advertorial=False
    )
    assert (made.entry.authors, made.reasons) == (("Redaksi",), ())


# --- feeds -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, article_pages=True, profiles=("mitra", "msn/ekonomi"), hubs=("https://hub.example/",)) as it:
        yield it


PICTURE = {"url": "https://kabar.example/a.jpg", "type": "image/jpeg", "width": 1200, "height": 800, "length": 9}


def write(desk: Desk, path: str, title: str, date: str = "2026-05-04T09:00:00+07:00", **rest: Any) -> None:
    """An article that every profile takes, but for the rest."""
    body = f"{title}. " + "Warga menunggu kabar dari kelurahan sampai sore hari. " * 8
    desk.write(path, title, date, **{"body": body, "image": PICTURE, "author": "Rina"} | rest)


def shown(document: Any) -> list[str]:
    return [entry.title for entry in feedparser.parse(document.body).entries]


GOOD, SMALL = "Jembatan gantung dibuka lagi", "Jembatan layang ditutup dulu"


def test_an_article_that_fails_is_left_out_of_that_feed_alone(desk: Desk) -> None:
    write(desk, "ekonomi/baik.md", GOOD)
    write(desk, "ekonomi/kecil.md", SMALL, "2026-05-05T09:00:00+07:00", image=PICTURE | {"width": 300, "height": 310})
    edition = desk.build()
    assert titles(edition) == titles(edition, "ekonomi/") == [SMALL, GOOD]
    for path in ("profil/mitra/rss.xml", "profil/msn/ekonomi/rss.xml"):
        assert shown(edition.get(path)) == [GOOD]
    assert edition.get("profil/msn/rss.xml") is None
    assert shown(desk.on_demand("profil/msn/rss.xml")) == [GOOD]
    assert shown(desk.on_demand("profil/kurio/ekonomi/rss.xml")) == [SMALL, GOOD]


def test_what_is_rendered_on_demand_is_what_an_edition_holds(desk: Desk) -> None:
    """But for the hubs, which hear of the feeds of editions alone."""
    write(desk, "ekonomi/baik.md", GOOD)
    desk.build()
    asked = desk.on_demand("profil/msn/ekonomi/rss.xml")
    desk.set(profiles=())
    desk.build()
    alone = desk.on_demand("profil/msn/ekonomi/rss.xml")
    assert asked
    assert alone
    assert b'rel="hub"' in asked.body
    assert alone.body == asked.body.replace(b'    <atom:link rel="hub" href="https://hub.example/"/>\n', b"")
    assert desk.render().get("profil/mitra/rss.xml") is None


def test_the_public_feeds_are_the_same_with_profiles_and_without(desk: Desk) -> None:
    write(desk, "ekonomi/baik.md", GOOD)
    with_profiles = {path: made.body for path, made in desk.build().documents.items()}
    desk.set(profiles=())
    without = {path: made.body for path, made in desk.build().documents.items()}
    assert {path: body for path, body in with_profiles.items() if not path.startswith("profil/")} == without


def test_a_change_renders_the_feeds_that_it_changes_alone(desk: Desk) -> None:
    """And an article that comes to fit comes in; one that is withdrawn goes, and never comes again."""
    write(desk, "ekonomi/baik.md", GOOD)
    write(desk, "budaya/tari.md", "Tari tepian dipentaskan lagi", image=PICTURE | {"width": 10, "height": 10})
    before = desk.build()
    write(desk, "budaya/tari.md", "Tari tepian dipentaskan lagi")
    after = desk.build()
    assert sorted(shown(after.get("profil/mitra/rss.xml"))) == [GOOD, "Tari tepian dipentaskan lagi"]
    assert after.get("profil/msn/ekonomi/rss.xml") == before.get("profil/msn/ekonomi/rss.xml")
    write(desk, "ekonomi/baik.md", GOOD, status="ditarik", alasan="Keliru.")
    last = desk.build()
    assert shown(last.get("profil/mitra/rss.xml")) == ["Tari tepian dipentaskan lagi"]
    assert shown(last.get("profil/msn/ekonomi/rss.xml")) == []
    assert desk.on_demand("profil/msn/rss.xml")


def test_an_article_is_judged_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that the profile does not take, and in the feeds of several categories."""
    judged: list[tuple[str, str]] = []

    def counting(profile: Profile, entry: Entry, *rest: Any, **named: Any) -> Any:
        judged.append((profile.name, entry.title))
        return offer(profile, entry, *rest, **named)

    monkeypatch.setattr(items, "offer", counting)
    desk.set(profiles=("msn", "msn/ekonomi"))
    write(desk, "ekonomi/baik.md", GOOD)
    write(desk, "ekonomi/kecil.md", SMALL, image=PICTURE | {"width": 300, "height": 310})
    desk.build()
    assert sorted(judged) == [("msn", GOOD), ("msn", SMALL)]
    write(desk, "ekonomi/baru.md", "Pasar pagi pindah ke tepian")
    desk.build()
    assert judged[2:] == [("msn", "Pasar pagi pindah ke tepian")]
    assert len(shown(desk.on_demand("profil/msn/rss.xml"))) == 2
    assert len(judged) == 3


def test_an_article_larger_than_the_whole_feed_may_be_costs_no_other(desk: Desk) -> None:
    write(desk, "ekonomi/panjang.md", "Laporan tahunan lengkap", "2026-05-09T09:00:00+07:00", body="Panjang. " * 9_000)
    write(desk, "ekonomi/baik.md", GOOD)
    own = PROFILES["newsbreak"]
    desk.set(known_profiles=(replace(own, feed=replace(own.feed, bytes=50_000)),), profiles=())
    desk.build()
    assert shown(desk.on_demand("profil/newsbreak/rss.xml")) == [GOOD]


def test_a_feed_has_so_many_articles_and_so_many_bytes_as_the_profile_allows(desk: Desk) -> None:
    """And articles that are too old for it are out, measured from the newest and not by the clock."""
    newest = ["Kabar lima", "Kabar empat", "Kabar tiga", "Kabar dua", "Kabar satu"]
    for day in range(1, 6):
        write(
            desk,
            f"ekonomi/{day}.md",
            newest[5 - day],
            f"2026-05-0{day}T09:00:00+07:00",
        )
    desk.build()
    whole = desk.on_demand("profil/newsbreak/rss.xml")
    assert whole
    assert shown(whole) == newest
    size = len(whole.body)
    own = PROFILES["newsbreak"]
    rules = {
        "sedikit": replace(own.feed, items=2),
        "muda": replace(own.feed, days=2),
        "ringan": replace(own.feed, bytes=size - 100),
    }
    desk.set(known_profiles=tuple(replace(own, name=name, feed=feed) for name, feed in rules.items()), profiles=())
    desk.build(NOW.replace(year=2027))
    found = {name: shown(desk.on_demand(f"profil/{name}/rss.xml")) for name in rules}
    assert found == {"sedikit": newest[:2], "muda": newest[:2], "ringan": newest[: len(found["ringan"])]}
    assert 2 <= len(found["ringan"]) < 5
    for name in rules:
        assert len(desk.on_demand(f"profil/{name}/rss.xml").body) < size  # type: ignore[union-attr]


def test_hubs_hear_of_the_feeds_of_an_edition(desk: Desk) -> None:
    write(desk, "ekonomi/baik.md", GOOD)
    desk.build()
    with desk.newsroom.catalogue.reading() as reading:
        told = {ping.path for ping in reading.pings()}
    assert {"profil/mitra/rss.xml", "profil/msn/ekonomi/rss.xml"} <= told


@pytest.mark.parametrize(
    "address",
    [
        *("profil/rss.xml", "profil/tidak-ada/rss.xml", "profil/msn/atom.xml", "profil/msn/feed.json"),
        *("profil/msn/tidak-ada/rss.xml", "profil/msn/ekonomi/budaya/rss.xml", "profil/msn//rss.xml", "msn/rss.xml"),
        *("profil/msn/ekonomi+budaya/rss.xml", "profil/msn/archive/2026-05/rss.xml"),
    ],
)
def test_what_is_no_feed_of_a_profile_is_not_there(desk: Desk, address: str) -> None:
    write(desk, "ekonomi/baik.md", GOOD)
    write(desk, "budaya/tari.md", "Tari tepian dipentaskan lagi")
    desk.build()
    assert desk.on_demand(address) is None


def test_nothing_can_be_chosen_in_the_feed_of_a_profile() -> None:
    """Its address with parameters is the address without them."""
    found = read_selection("profil/msn/rss.xml", "limit=abc&page=0", SETTINGS)
    assert found
    assert (found.path, found.query) == ("profil/msn/rss.xml", "")


# --- check -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def newsroom(kabar: Path) -> Path:
    """Two articles that have no image, and one that MSN takes."""
    (kabar / "ekonomi/jembatan.md").write_text(article(GOOD, "2026-05-07T09:00:00+07:00", image=PICTURE))
    return kabar


def test_check_says_of_each_article_why_it_is_in_or_out(feeds: Call, newsroom: Path) -> None:
    done = feeds("--data", newsroom, "check", "--profile", "msn")
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        [
            "ekonomi/jembatan.md  out  tidak punya alamat",
            "tari.md              out  tidak punya alamat; tidak ada gambar; judul 16 karakter, minimal 21",
            "ekonomi/kopi.md      out  tidak punya alamat; tidak ada gambar; judul 15 karakter, minimal 21",
            "",
            "msn: base_url http://127.0.0.1:8000/ bukan https",
            "MSN, by support.microsoft.com; helpcenter.microsoftstart.com, kb 51, 58, 59 and feed specifications, "
            "read 2026-11-28",
            "0 of 3 articles in profil/msn/rss.xml, at most 20",
        ],
    )


def test_check_tells_machines_of_a_category(feeds: Call, newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDS_ARTICLE_PAGES", "true")
    monkeypatch.setenv("FEEDS_BASE_URL", "https://feeds.kabar.example/")
    done = feeds("--data", newsroom, "check", "--profile", "msn/ekonomi", "--json")
    report = json.loads(done.stdout)
    assert (report["profile"], report["category"], report["read"], report["feed"]) == (
        *("msn", "ekonomi", "2026-11-28"),
        [],
    )
    good, coffee = report["articles"]
    assert good.items() >= {"path": "ekonomi/jembatan.md", "title": GOOD, "in": True, "reasons": []}.items()
    assert coffee["reasons"] == [
        {"rule": "image", "found": "", "wanted": "", "sentence": "tidak ada gambar"},
        {"rule": "title_min", "found": 15, "wanted": 21, "sentence": "judul 15 karakter, minimal 21"},
    ]


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--fail-on", "profile"], 1), (["--fail-on", "date"], 0)])
def test_what_a_profile_does_not_take_is_no_fault_unless_asked(
    feeds: Call, newsroom: Path, options: list[str], code: int
) -> None:
    assert feeds("--data", newsroom, "check", "--profile", "kurio", *options).exit_code == code


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("msm", "the profiles are flipboard, kurio, mitra, msn, newsbreak, smartnews; did you mean 'msn'?"),
        ("msn/ekonom", "there is no category 'ekonom'; did you mean 'ekonomi'?"),
    ],
)
def test_a_profile_that_is_none_is_named(feeds: Call, newsroom: Path, name: str, sentence: str) -> None:
    done = feeds("--data", newsroom, "check", "--profile", name)
    assert (done.exit_code, done.stderr) == (2, f"feeds: --profile {name}: {sentence}\n")


def test_too_old_and_too_many_are_no_faults_of_an_article(desk: Desk) -> None:
    """But they are said, and what the feed as a whole lacks."""
    for number, date in enumerate(("2026-05-04", "2026-05-03", "2025-05-02"), start=1):
        write(desk, f"ekonomi/{number}.md", f"Kabar panjang {'abc'[number - 1]} dari dusun", f"{date}T09:00:00+07:00")
    desk.build()
    own = PROFILES["msn"]
    settings = replace(desk.settings, known_profiles=(replace(own, feed=replace(own.feed, items=1, fewest=2)),))
    with desk.newsroom.catalogue.reading() as reading:
        composer = items.Composer.of(settings, reading.categories())
        wanted = items.asked(composer, "msn")
        assert wanted
        candidates = [record for lot in items.looked_at(reading, composer, wanted, reading.now) for record in lot]
    entries = [replace(ENTRY, id=record.id, title=record.title) for record in candidates]
    found = items.verdicts(composer, wanted, candidates, entries)
    assert [[reason.sentence("id") for reason in verdict.reasons] for verdict in found] == [
        [],
        ["feed sudah penuh"],
        ["367 hari lebih lama dari artikel terbaru, harus kurang dari 365"],
    ]
    assert not any(verdict.is_at_fault for verdict in found)
    unread = items.verdicts(composer, wanted, candidates, entries[1:])
    assert [reason.rule for reason in unread[0].reasons] == ["unread"]
    assert [reason.sentence("id") for reason in items.remarks(composer, wanted, 1)] == ["1 artikel, diharapkan 2"]


# --- files -----------------------------------------------------------------------------------------------------------

HEAD = 'title = "Koran lain"\nsource = ["kerja sama"]\nread = 2026-05-04\n'


def own_profile(folder: Path, text: str, name: str = "lain") -> Path:
    """A newsroom with a profile of its own; gives its configuration."""
    (folder / "config/profil").mkdir(parents=True)
    (folder / "articles").mkdir()
    (folder / f"config/profil/{name}.toml").write_text(text, encoding="utf-8")
    config = folder / "config/newsroom.toml"
    config.write_text('profiles = ["lain/ekonomi", "mitra"]\n', encoding="utf-8")
    return config


def test_a_newsroom_can_have_profiles_of_its_own(tmp_path: Path) -> None:
    """Beside those that come with the program; what a file does not say is no rule."""
    settings = load(own_profile(tmp_path, HEAD + "[feed]\nitems = 7\n"), environ={})
    assert [profile.name for profile in settings.known_profiles] == sorted((*PROFILES, "lain"))
    own = next(profile for profile in settings.known_profiles if profile.name == "lain")
    assert (own.feed.items, own.title, own.article.required, own.namespaces) == (7, "Koran lain", (), ())
    assert offer(own, replace(ENTRY, image=None, authors=(), title="x"), SETTINGS, advertorial=False).reasons == ()


def test_a_profile_of_the_same_name_stands_for_the_bundled_one(tmp_path: Path) -> None:
    config = own_profile(tmp_path, HEAD, "mitra")
    config.write_text("", encoding="utf-8")
    settings = load(config, environ={})
    assert [profile.title for profile in settings.known_profiles if profile.name == "mitra"] == ["Koran lain"]
    assert len(settings.known_profiles) == len(PROFILES)


WRONG = [
    ("", "title: is missing; a profile says whose it is, where that is written and when"),
    (HEAD.replace("2026-05-04", '"kemarin"'), "read: expected a date such as 2026-05-04, without quotation marks"),
    (f"{HEAD}[feed]\nitem = 5", "feed.item: unknown setting; did you mean 'items'?"),
    (f"{HEAD}[feed]\nitems = 0", "feed.items: expected a whole number from 1 to 200, found the number 0"),
    (f"{HEAD}[artikel]", "artikel: unknown setting; did you mean 'article'?"),
    (f"{HEAD}feed = 5", "feed: expected a table with items, fewest,"),
    (f"{HEAD}[article]\nrequired = ['penulis']", "article.required: expected 'link' or 'body' or 'author' or"),
    (f"{HEAD}[image]\nunknown = 'maybe'", "image.unknown: expected 'out' or 'in', found text 'maybe'"),
    (f"{HEAD}[body]\ntags = ['<p>']", "body.tags: expected the name of an element of HTML such as 'p'"),
    (f"{HEAD}[body]\ntags = ['p']\ninstead = {{pre = 'div'}}", "body.instead.pre: becomes 'div', which is not among"),
    (f"{HEAD}[namespaces]\nMi = 'http://a.example/'", "namespaces.Mi: a prefix is small letters alone"),
    (f"{HEAD}[namespaces]\nmedia = 'http://a.example/'", "namespaces.media: is declared in every feed; leave it out"),
    (f"{HEAD}[namespaces]\nrsl = 'http://a.example/'", "namespaces.rsl: is https://rslstandard.org/rsl in every feed"),
    (f"{HEAD}[namespaces]\nmi = ''", "namespaces.mi: expected the address of a namespace, found text ''"),
    (f"{HEAD}[[item]]\ntext = 'x'", "item.name: is missing; each element has a name, such as mi:shortTitle"),
    (f"{HEAD}[[item]]\nname = 'a b'", "item.name: expected the name of an element such as 'mi:shortTitle'"),
    (f"{HEAD}[[item]]\nname = 'mi:a'", "item: mi:a: no namespace has the prefix mi"),
    (f"{HEAD}[[item]]\nname = 'a'\ntext = '{{titel}}'", "item: unknown placeholder {titel}; did you mean {title}?"),
    (f"{HEAD}[[item]]\nname = 'a'\ntext = '{{title'", "item: '{title' has a brace without its partner"),
    (f"{HEAD}[[item]]\nname = 'a'\nattributes = 5", "item.attributes: expected a table of texts, found the number 5"),
    (f"{HEAD}[[item]]\nname = 'a'\ninside = {{'zz:b' = 'x'}}", "item: zz:b: no namespace has the prefix zz"),
    (f"{HEAD}[[item]]\nname = 'a'\nattributes = {{'a b' = 'x'}}", "item: a b: is no name of an element or attribute"),
    (f"{HEAD}[body]\ntags = ['p', 'script']", "body.tags: 'script' never stands in the text of an article"),
    (f"{HEAD}[body]\ntags = ['p']\ninstead = {{'(' = 'p'}}", "body.tags: '(' is no element of HTML"),
    (f"{HEAD}[namespaces]\nxmlns = 'http://a.example/'", "namespaces.xmlns: XML keeps prefixes that begin with xml"),
    (f"{HEAD}[item]\nname = 'a'", "item: expected tables, each with a name, found a table"),
    (f"{HEAD}[[channel]]\nname = 'a'\ninside = {{b = '{{image}}'}}", "channel: unknown placeholder {image}"),
    (HEAD.replace('"Koran lain"', "5"), "title: expected text, found the number 5"),
    ("title", "line 1, column 6: "),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_a_wrong_profile_stops_the_start_with_its_file_and_the_key(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(own_profile(tmp_path, text), environ={})
    assert str(refused.value).startswith(f"{tmp_path}/config/profil/lain.toml: {sentence}")


def test_a_file_whose_name_could_be_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Koran Lain\.toml: a profile's file is called by small letters"):
        load(own_profile(tmp_path, HEAD, "Koran Lain"), environ={})


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("mitr", "profiles: there is no profile 'mitr'; did you mean 'mitra'?"),
        ("Mitra Umum", "profiles: expected profiles such as 'msn', or a profile and a category such as 'msn/ekonomi'"),
        ("msn/a/b", "profiles: expected profiles such as"),
    ],
)
def test_a_feed_of_a_profile_that_is_not_there_is_refused(tmp_path: Path, value: str, sentence: str) -> None:
    config = own_profile(tmp_path, HEAD)
    config.write_text(f"profiles = ['{value}']")
    with pytest.raises(ConfigError) as refused:
        load(config, environ={})
    assert str(refused.value).startswith(f"{config}: {sentence}")


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.toml")), ids=lambda path: path.stem)
def test_a_bundled_profile_says_where_it_is_from_and_when_that_was_read(path: Path) -> None:
    profile = read_profile(path)
    assert profile.source
    assert profile.read.year >= 2026
    assert {"link", "body"} <= set(profile.article.required)
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_the_prefixes_that_every_feed_declares_are_those_of_rss() -> None:
    root = etree.fromstring(document_of(PROFILES["kurio"], ENTRY))
    assert set(ALWAYS_DECLARED) == root.nsmap.keys()
    assert NAMESPACES.items() >= DECLARED_WHERE_NEEDED.items()


def test_a_profile_can_say_whose_the_rights_are(tmp_path: Path) -> None:
    """The article's own, else the newsroom's; where there are none, the element is left out."""
    text = "[[item]]\nname = 'dc:rights'\ntext = '{rights}'\n[[item]]\nname = 'a'\nattributes = {href = '{license}'}"
    own = read_profile(own_profile(tmp_path, HEAD + text).parent / "profil/lain.toml")
    settings = replace(SETTINGS, copyright="© Koran")
    found = offer(own, replace(ENTRY, license="https://koran.example/lisensi"), settings, advertorial=False).entry
    assert [(each.text, each.attributes) for each in found.further] == [
        ("© Koran", ()),
        ("", (("href", "https://koran.example/lisensi"),)),
    ]
    assert [each.text for each in offer(own, ENTRY, settings, advertorial=False).entry.further] == ["© Koran"]
    assert offer(own, ENTRY, SETTINGS, advertorial=False).entry.further == ()


def test_every_key_of_a_profile_is_explained_in_a_sentence() -> None:
    for table in (PROFILE, FEED, ARTICLE, IMAGE, BODY):
        assert all(setting.doc.endswith(".") for setting in table.values())
