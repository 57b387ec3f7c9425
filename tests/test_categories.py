"""Categories: a tree, rules that give them to articles which name none, and the listing of names that mean none."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from click.testing import CliRunner

from feeds import config
from feeds.categories import name_in, unknown_category
from feeds.cli import main
from feeds.cli.categories import nearest
from feeds.config import CategorySetting, load
from feeds.config.categories import LEVELS, MatchRule, match_rule
from feeds.config.values import Where
from feeds.edition import Edition
from feeds.errors import ConfigError
from feeds.matching import Matcher
from feeds.model import Draft
from feeds.source import Rules
from feeds.words import words_of
from tests.conftest import Room
from tests.support import a_desk, article, titles

SPORT = {
    "ekonomi": {"title": "Ekonomi"},
    "sepak-bola": {"title": "Sepak Bola", "parent": "olahraga", "aliases": ["Bola"]},
    "olahraga": {"title": "Olahraga"},
    "liga-1": {"title": "Liga 1", "parent": "sepak-bola"},
}

# --- the tree --------------------------------------------------------------------------------------------------------


def categories_of(text: str, folder: Path) -> tuple[CategorySetting, ...]:
    (folder / "newsroom.toml").write_text(text, encoding="utf-8")
    return load(config=folder / "newsroom.toml", data=folder, environ={}).categories


class TestTree:
    """A category may be a part of another one."""

    @pytest.mark.parametrize(
        ("toml", "sentence"),
        [
            (
                "[categories.a]\nparent = 'olahrag'\n[categories.olahraga]",
                "categories.a.parent: no category is called 'olahrag'; did you mean 'olahraga'?",
            ),
            ("[categories.a]\nparent = 'a'", "categories.a.parent: leads in a circle: a -> a"),
            (
                "[categories.a]\nparent = 'b'\n[categories.b]\nparent = 'c'\n[categories.c]\nparent = 'b'",
                "categories.a.parent: leads in a circle: a -> b -> c -> b",
            ),
            ("[categories.a]\nparent = ['b']", "categories.a.parent: expected text, found a list"),
        ],
    )
    def test_a_parent_that_cannot_be_is_refused(self, tmp_path: Path, toml: str, sentence: str) -> None:
        with pytest.raises(ConfigError) as refused:
            categories_of(toml, tmp_path)
        assert str(refused.value).endswith(sentence)

    def test_a_tree_has_a_depth_that_a_page_can_show(self, tmp_path: Path) -> None:
        tables = [f"[categories.c{n}]\nparent = 'c{n + 1}'" for n in range(LEVELS - 1)]
        deepest = f"[categories.c{LEVELS - 1}]"
        assert len(categories_of("\n".join([*tables, deepest]), tmp_path)) == LEVELS
        with pytest.raises(ConfigError, match="makes more than 10 levels"):
            categories_of("\n".join([*tables, f"{deepest}\nparent = 'dasar'", "[categories.dasar]"]), tmp_path)

    def test_children_come_behind_their_parent_and_else_the_order_stays(self, tmp_path: Path) -> None:
        tables = ["anak]\nparent = 'b'", "a]", "b]", "cucu]\nparent = 'anak'", "c]"]
        toml = "\n".join(f"[categories.{table}" for table in tables)
        assert [c.slug for c in categories_of(toml, tmp_path)] == ["a", "b", "anak", "cucu", "c"]

    def test_a_parent_whose_name_is_reserved_is_found_under_both_of_its_names(self, tmp_path: Path) -> None:
        for name in ("tag", "tag-2"):
            toml = f"[categories.tag]\n[categories.a]\nparent = '{name}'"
            assert [(c.slug, c.parent) for c in categories_of(toml, tmp_path)] == [("tag-2", ""), ("a", "tag-2")]

    def test_the_environment_can_say_it(self, tmp_path: Path) -> None:
        environ = {"FEEDS_CATEGORIES": '{"olahraga": {}}', "FEEDS_CATEGORIES__SEPAK_BOLA__PARENT": "olahraga"}
        assert load(data=tmp_path, environ=environ).categories[1].parent == "olahraga"

    def test_an_article_is_in_the_feed_of_its_category_and_of_each_above(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories=SPORT)
        room.article("a.md", category="Liga 1")
        room.article("b.md", "Lain.", categories=["Olahraga", "Ekonomi", "Bola"])
        room.look()
        assert room.records["a.md"].categories == ("liga-1", "sepak-bola", "olahraga")
        assert room.records["b.md"].categories == ("olahraga", "ekonomi", "sepak-bola")
        assert [len(room.titles(slug)) for slug in ("olahraga", "sepak-bola", "liga-1", "ekonomi")] == [2, 2, 1, 1]

    @pytest.mark.parametrize(
        ("path", "slugs"),
        [
            ("olahraga/a.md", ("olahraga",)),
            ("olahraga/sepak-bola/a.md", ("sepak-bola", "olahraga")),
            ("olahraga/2026/liga-1/a.md", ("liga-1", "sepak-bola", "olahraga")),
            ("olahraga/ekonomi/a.md", ("olahraga",)),
            ("sepak-bola/olahraga/a.md", ("sepak-bola", "olahraga")),
            ("lain/liga-1/a.md", ()),
        ],
    )
    def test_a_folder_within_a_folder_is_a_part_of_its_category(
        self, make_room: Callable[..., Room], path: str, slugs: tuple[str, ...]
    ) -> None:
        """Where it is one; a folder of another name changes nothing."""
        room = make_room(categories=SPORT)
        room.article(path)
        room.look()
        assert room.records[path].categories == slugs

    def test_another_parent_moves_its_articles(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories=SPORT)
        room.article("a.md", category="Bola")
        room.look()
        room.values["categories"] = SPORT | {"sepak-bola": {"title": "Sepak Bola", "aliases": ["Bola"]}}
        room.look()
        assert (room.titles("olahraga"), room.titles("sepak-bola")) == ([], ["Berita a"])


def settings_of(tmp_path: Path, table: dict[str, Any]) -> tuple[CategorySetting, ...]:
    return load(data=tmp_path, environ={"FEEDS_CATEGORIES": json.dumps(table)}).categories


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    with a_desk(tmp_path, categories=settings_of(tmp_path, SPORT)) as desk:
        desk.write("a.md", "Gol di menit akhir", category="Liga 1")
        desk.write("b.md", "Harga kopi naik", category="Ekonomi")
        return desk.build()


class TestFeeds:
    """What feeds and pages say of the tree."""

    def test_a_change_writes_the_feeds_of_all_categories_above(self, tmp_path: Path) -> None:
        with a_desk(tmp_path, categories=settings_of(tmp_path, SPORT)) as desk:
            desk.write("b.md", "Harga kopi naik", category="Ekonomi")
            desk.build()
            desk.write("a.md", "Gol di menit akhir", category="Liga 1")
            edition = desk.build()
            assert [titles(edition, folder) for folder in ("liga-1/", "sepak-bola/", "olahraga/", "ekonomi/")] == [
                *[["Gol di menit akhir"]] * 3,
                ["Harga kopi naik"],
            ]

    def test_an_entry_names_its_categories_and_those_above_each_once_and_apart(self, edition: Edition) -> None:
        """RSS 2.0 would allow Olahraga/Sepak Bola, but readers show and compare a category as it is written."""
        base = "https://feeds.kabar.example/"
        rss, atom = (feedparser.parse(edition.documents[f"liga-1/{name}"].body) for name in ("rss.xml", "atom.xml"))
        assert [(tag.term, tag.scheme) for tag in rss.entries[0].tags] == [
            ("Liga 1", f"{base}liga-1/"),
            ("Sepak Bola", f"{base}sepak-bola/"),
            ("Olahraga", f"{base}olahraga/"),
        ]
        assert [(tag.term, tag.scheme, tag.label) for tag in atom.entries[0].tags] == [
            ("liga-1", base, "Liga 1"),
            ("sepak-bola", base, "Sepak Bola"),
            ("olahraga", base, "Olahraga"),
        ]
        item = json.loads(edition.documents["liga-1/feed.json"].body)["items"][0]
        assert item["tags"] == ["Liga 1", "Sepak Bola", "Olahraga"]

    def test_the_landing_page_shows_children_below_their_parents(self, edition: Edition) -> None:
        from lxml import html

        page = html.fromstring(edition.documents["index.html"].body)
        outer = page.xpath('//section[@class="categories"]/ul/li')
        assert [item.get("id") for item in outer] == ["kategori-ekonomi", "kategori-olahraga"]
        within = outer[1].xpath(".//li[starts-with(@id, 'kategori-')]")
        assert [item.get("id") for item in within] == ["kategori-sepak-bola", "kategori-liga-1"]
        headings = [
            (item.tag, item.text_content()) for item in outer[1].xpath(".//*[self::h3 or self::h4 or self::h5]")
        ]
        assert headings == [("h3", "Olahraga"), ("h4", "Sepak Bola"), ("h5", "Liga 1")]
        announced = page.xpath('//link[@type="application/rss+xml"]/@href')
        assert [href.rpartition("example/")[2] for href in announced] == [
            *["rss.xml", "ekonomi/rss.xml", "olahraga/rss.xml", "sepak-bola/rss.xml", "liga-1/rss.xml"]
        ]


# --- rules -----------------------------------------------------------------------------------------------------------

HERE = Where(("categories", "x", "match"), Path())
DRAFT = Draft(
    path="arsip/ekonomi/2024/beras.md",
    title="Harga Pangan Naik Jelang Lebaran",
    summary="Bulog menambah pasokan.",
    body="<p class='olahraga'>Beras impor tiba hari Jum’at di Café Élan, kata Budi. [Foto](https://a.example/pilkada)</p>"
    "\nBeras-beras lokal\nmasih langka &amp; mahal. https://b.example/korupsi",
    tags=("harga beras", "impor gula"),
    authors=("Ani Wijaya",),
    source="Antara",
)


class TestRules:
    """A rule is words, with a field in front or without."""

    @pytest.mark.parametrize(
        "rule",
        [
            "harga pangan",
            "HARGA   pangan",
            "bulog",
            "beras impor",
            "jumat",
            "Jum'at",
            "cafe élan",
            "lokal masih langka mahal",
            "beras + bulog",
            "beras+bulog",
            "bulog + harga pangan + langka",
            "beras -gula",
            "beras - kasur",
            "title: pangan",
            "title:pangan -beras",
            "summary: bulog",
            "body: langka",
            "tags: beras",
            "tags: impor gula",
            "authors: wijaya",
            "source: ANTARA",
            "link: /Ekonomi/",
            "link: https://kabar.example/ -/olahraga/",
            "path: arsip/ekonomi/**",
            "path: *.md",
            "path: arsip/*/beras.md",
        ],
    )
    def test_it_finds_what_stands_there(self, rule: str) -> None:
        assert matches(rule)

    @pytest.mark.parametrize(
        "rule",
        [
            "pangan harga",
            "berasny",
            "era",
            "lebaran bulog",
            "olahraga",
            "pilkada",
            "korupsi",
            "beras + kasur",
            "beras -impor",
            "beras -tiba hari",
            "title: beras",
            "summary: pangan",
            "body: bulog",
            "tags: beras impor",
            "authors: antara",
            "source: ani",
            "link: /olahraga/",
            "path: ekonomi/**",
            "path: arsip",
        ],
    )
    def test_it_finds_nothing_else(self, rule: str) -> None:
        """Not across texts that stand apart, nor in what nobody reads: tags, attributes, addresses."""
        assert not matches(rule)

    @pytest.mark.parametrize(
        ("rule", "reason"),
        [
            ("", "lacks a word"),
            (" ", "lacks a word"),
            ("title:", "lacks a word"),
            ("+ beras", "lacks a word"),
            ("beras +", "lacks a word"),
            ("beras + + impor", "lacks a word"),
            ("-", "lacks a word"),
            ("&", "lacks a word"),
            ("-kasur", "only says what must not be there"),
            (
                "judul: beras",
                "asks for 'judul', which is none of title, summary, body, tags, authors, source, link, path",
            ),
            (5, "expected text, found the number 5"),
        ],
    )
    def test_one_that_says_nothing_is_refused(self, rule: object, reason: str) -> None:
        with pytest.raises(ConfigError, match=r"^categories\.x\.match: ") as refused:
            match_rule(HERE, rule)
        assert reason in str(refused.value)

    @pytest.mark.parametrize("rule", ["beras + harga pangan -kasur -timah hitam", "title: beras", "link: /a-b/"])
    def test_it_can_be_written_again(self, rule: str) -> None:
        assert str(match_rule(HERE, rule)) == rule

    def test_rules_with_all_fields_agree_with_looking_for_each_alone(self) -> None:
        rules = ["beras", "harga pangan", "title: naik", "tags: gula", "beras -impor", "tiada", "path: *.txt", "cafe"]
        matcher = Matcher([(rule, match_rule(HERE, rule)) for rule in rules])
        assert [slug for slug, _ in matcher.rules_of(DRAFT, "")] == [rule for rule in rules if matches(rule)]

    def test_words_of_other_scripts_and_broken_text_cost_nothing(self) -> None:
        assert words_of("مرحبا \ud800 Ünïcode—x_y") == ["مرحبا", "unicode", "x", "y"]
        assert words_of("ʼ") == []
        assert Matcher([("a", MatchRule("", ("ʼ",)))]).rules_of(DRAFT, "") == ()

    @pytest.mark.parametrize("part", ["<a", "](", "http://", "&", "a ", "é"])
    def test_no_body_takes_long(self, part: str) -> None:
        matcher = Matcher([("a", match_rule(HERE, "beras impor"))])
        began = time.process_time()
        assert matcher.rules_of(DRAFT._replace(title="", body=part * 200_000), "") == ()
        assert time.process_time() - began < 2


def matches(rule: str) -> bool:
    found = Matcher([("x", match_rule(HERE, rule))]).rules_of(DRAFT, "https://kabar.example/ekonomi/beras")
    return [slug for slug, _ in found] == ["x"]


class TestMatching:
    """Articles that name no category get those of the rules that they match."""

    TABLE = {  # noqa: RUF012
        "pangan": {"title": "Pangan", "parent": "ekonomi", "match": ["beras", "tags: gula"]},
        "ekonomi": {"title": "Ekonomi"},
        "kota": {"title": "Kota", "match": ["pasar", "path: kawat.json*"]},
    }

    def test_own_category_then_rules_then_folder(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories=self.TABLE)
        room.article("kota/sendiri.md", "Beras di pasar.", category="Ekonomi")
        room.article("kota/asing.md", "Beras di pasar lagi.", category="Entah")
        room.article("kota/cocok.md", "Beras datang.", tags=["x"])
        room.article("kota/banyak.md", "Beras di PASAR pagi.")
        room.article("kota/folder.md", "Jalan ditutup.")
        room.article("x/tiada.md", "Jalan dibuka.")
        room.write("kawat.jsonl", '{"judul": "Gula", "tanggal": "2026-01-01", "tags": "gula", "isi": "Turun."}\n')
        room.look()
        found = {place: record.categories for place, record in room.records.items()}
        assert found == {
            "kota/sendiri.md": ("ekonomi",),
            "kota/asing.md": (),
            "kota/cocok.md": ("pangan", "ekonomi"),
            "kota/banyak.md": ("pangan", "kota", "ekonomi"),
            "kota/folder.md": ("kota",),
            "x/tiada.md": (),
            "kawat.jsonl#1": ("pangan", "kota", "ekonomi"),
        }
        assert room.kinds == [("kota/asing.md", "category")]

    def test_an_edited_body_may_change_the_category(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories=self.TABLE)
        room.article("a.md", "Beras datang.")
        room.look()
        room.article("a.md", "Pasar ramai.")
        room.look()
        assert (room.titles("pangan"), room.titles("kota")) == ([], ["Berita a"])

    def test_another_rule_reads_every_article_anew(self, make_room: Callable[..., Room]) -> None:
        room = make_room(categories=self.TABLE)
        room.article("a.md", "Sungai meluap.")
        room.look()
        room.values["categories"] = self.TABLE | {"banjir": {"match": ["sungai"]}}
        room.look()
        assert room.titles("banjir") == ["Berita a"]

    def test_rules_travel_to_other_processes(self, tmp_path: Path) -> None:
        settings = load(data=tmp_path, environ={"FEEDS_CATEGORIES": json.dumps(self.TABLE)})
        rules = Rules.of(settings)
        assert pickle.loads(pickle.dumps(rules)) == rules
        assert {rule.field for category in rules.categories for rule in category.match} == {"", "tags", "path"}

    def test_where_no_rule_is_written_nothing_is_looked_for(
        self, make_room: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Matcher, "__init__", lambda *_: pytest.fail("a matcher was made"))
        room = make_room(categories=SPORT)
        room.article("a.md")
        room.look()
        assert room.titles() == ["Berita a"]


# --- the listing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Politik", "Pasar 'Baru'", "' is not known", 'Hukum & "Kriminal"', "x\\y"])
def test_the_name_can_be_read_from_the_sentence(name: str) -> None:
    assert name_in(unknown_category(name)) == name


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Sepakbola", "sepak-bola"),
        ("Olah-Raga", "olahraga"),
        ("Olahraga Nasional", "olahraga"),
        ("Berita Sepak Bola", "sepak-bola"),
        ("bolah", "sepak-bola"),
        ("Politik", None),
        ("Raga", None),
        ("Ekologi", None),
    ],
)
def test_the_nearest_category_is_one_that_is_written_nearly_so(tmp_path: Path, name: str, slug: str | None) -> None:
    near = nearest(name, settings_of(tmp_path, SPORT))
    assert (near and near.slug) == slug


class TestListing:
    """``feeds check --categories``, and the lines for the configuration that it shows."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        names = ["Ekonomi", "Sepakbola", "SEPAKBOLA", 'Hukum & "Kriminal"', "hukum kriminal", "tag", "Café", "新聞"]
        for number, name in enumerate([*names, names[1]]):
            path = tmp_path / "articles" / f"{number}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(article(f"Berita {number}", "2026-01-01", kategori=[name]), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def check(self, toml: str) -> tuple[int, dict[str, Any]]:
        Path("config").mkdir(exist_ok=True)
        Path("config/newsroom.toml").write_text(toml, encoding="utf-8")
        done = CliRunner().invoke(main, ["check", "--categories", "--json"])
        return done.exit_code, json.loads(done.stdout)

    BEFORE = 'title = "Kabar"\n\n'
    TABLES = (
        '[categories.ekonomi]\ntitle = "Ekonomi"\n',
        '[categories.sepak-bola]\ntitle = "Sepak \\"Bola\\""\ndescription = "Bola: \\\\"\nparent = "olahraga"\n'
        'aliases = ["Bola"]\nmatch = ["gol + menit -iklan"]\n',
        "[categories.olahraga]\n",
    )

    def test_unknown_names_are_counted_with_the_category_that_they_may_mean(self, folder: Path) -> None:
        code, report = self.check(self.BEFORE + "\n".join(self.TABLES))
        assert code == 1
        assert report["unknown"][:1] == [{"name": "Sepakbola", "articles": 2, "nearest": "sepak-bola"}]
        assert {each["name"] for each in report["unknown"][1:]} == {
            *("SEPAKBOLA", 'Hukum & "Kriminal"', "hukum kriminal", "tag", "Café", "新聞")
        }
        assert report["categories"][0] == {"slug": "ekonomi", "title": "Ekonomi", "parent": "", "articles": 1}

    def test_the_lines_load_and_no_name_is_unknown_then(self, folder: Path) -> None:
        """Tables of a name that stands there already take its place; the others go to the end."""
        _, report = self.check(self.BEFORE + "\n".join(self.TABLES))
        kept = [table for table in self.TABLES if table.partition("\n")[0] not in report["toml"]]
        assert len(kept) == 2
        before = load(environ={}).categories
        code, after = self.check(self.BEFORE + "\n".join(kept) + "\n" + report["toml"])
        assert (code, after["unknown"], after["toml"]) == (0, [], "")
        (old,), (new,) = ([c for c in each if c.slug == "sepak-bola"] for each in (before, load(environ={}).categories))
        assert {*new.aliases} == {"Bola", "Sepakbola", "SEPAKBOLA"}
        assert replace(new, aliases=()) == replace(old, aliases=())

    def test_where_none_is_declared_all_are_listed_and_the_lines_declare_them(self, folder: Path) -> None:
        code, report = self.check(self.BEFORE)
        assert (code, report["unknown"]) == (0, [])
        found = {each["slug"]: each["articles"] for each in report["categories"]}
        assert found.pop("sepakbola") == 3
        assert {"ekonomi": 1, "hukum-kriminal": 2, "tag-2": 1, "cafe": 1}.items() <= found.items()
        code, after = self.check(self.BEFORE + report["toml"])
        assert (code, after["unknown"]) == (0, [])
        assert {each["slug"]: each["articles"] for each in after["categories"]} == found | {"sepakbola": 3}

    def test_people_see_a_table_and_the_lines_below_it(self, folder: Path) -> None:
        (folder / "config").mkdir()
        (folder / "config/newsroom.toml").write_text(self.BEFORE + "\n".join(self.TABLES), encoding="utf-8")
        shown = CliRunner().invoke(main, ["check", "--categories"]).stdout.splitlines()
        assert shown[:3] == [
            "Ekonomi             1 article",
            "Olahraga            0 articles",
            '  Sepak "Bola"      0 articles',
        ]
        assert shown[3] == 'Sepakbola           2 articles  unknown, near to Sepak "Bola"'
        assert '# In place of the table of this name: "Sepakbola", "SEPAKBOLA" became aliases.' in shown
        assert "[categories.cafe]" in shown

    def test_both_databases_count_alike(self, room: Room) -> None:
        from feeds.survey import articles_by_category, articles_by_unknown_name

        room.values["categories"] = SPORT
        for number, name in enumerate(["Bola", "Politik", "Politik", "Agama", "Liga 1"]):
            room.article(f"{number}.md", f"Isi {number}.", category=name)
        room.look()
        assert room.read(articles_by_category) == {"olahraga": 2, "sepak-bola": 2, "liga-1": 1}
        assert list(room.read(articles_by_unknown_name).items()) == [("Politik", 2), ("Agama", 1)]


def test_the_sample_declares_flat_categories() -> None:
    assert not any(category.parent for category in load(environ={}, cwd=config.SAMPLE).categories)
