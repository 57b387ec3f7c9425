"""Settings from the file, the environment and the command line."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import config
from feeds.config import CategorySetting, Settings, load, table
from feeds.dates import JAKARTA
from feeds.errors import ConfigError
from feeds.limits import Limits
from feeds.logs import masked
from feeds.model import RslTerms
from feeds.readers.fields import NAMES

ROOT = Path(__file__).parent.parent


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """A folder of a newsroom: ``berita-kota`` with ``config/`` and ``articles/``."""
    folder = tmp_path / "berita-kota"
    (folder / "config").mkdir(parents=True)
    (folder / "articles").mkdir()
    return folder


def read(
    newsroom: Path, text: str | bytes, environ: Mapping[str, str] | None = None, data: Path | None = None
) -> Settings:
    file = newsroom / "config" / "newsroom.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load(file, data, environ or {}, newsroom)


def refused(newsroom: Path, text: str | bytes, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        read(newsroom, text, environ)
    said = f"{caught.value.key}: {caught.value.reason}" if caught.value.key else caught.value.reason
    assert str(caught.value).endswith(said)
    return said.replace(str(newsroom), "")


class TestWhichNewsroom:
    def test_with_nothing_at_all_the_bundled_sample_is_served(self, tmp_path: Path) -> None:
        settings = load(environ={}, cwd=tmp_path)
        assert config.is_sample(settings)
        assert (settings.title, settings.data) == ("Kabar Tepian", config.SAMPLE / "articles")
        assert settings.source == config.SAMPLE / "newsroom.toml"

    def test_in_a_fresh_clone_the_bundled_sample_is_served(self) -> None:
        settings = load(environ={}, cwd=ROOT)
        assert config.is_sample(settings)
        assert settings.source == ROOT / "config/newsroom.toml"
        assert replace(settings, source=None) == replace(load(environ={}, cwd=config.SAMPLE), source=None)

    def test_settings_of_the_file_and_the_environment_lie_on_top_of_the_sample(self, tmp_path: Path) -> None:
        (tmp_path / "newsroom.toml").write_text('limit = 7\n[categories.desa]\ntitle = "Desa"\n')
        settings = load(tmp_path / "newsroom.toml", environ={"FEEDS_TITLE": "Lain"}, cwd=tmp_path)
        assert config.is_sample(settings)
        assert (settings.title, settings.limit) == ("Lain", 7)
        assert settings.categories == (CategorySetting(slug="desa", title="Desa"),)

    def test_the_folder_articles_beside_the_configuration_is_the_newsrooms_own(self, newsroom: Path) -> None:
        settings = read(newsroom, "")
        assert settings.data == newsroom / "articles"
        assert (settings.title, settings.newsroom) == ("Berita Kota", "berita-kota")

    @pytest.mark.parametrize("line", ['title = "Berita Kota"', 'site = "https://kota.example"'])
    def test_a_newsroom_that_says_who_it_is_never_publishes_the_sample(self, newsroom: Path, line: str) -> None:
        (newsroom / "articles").rmdir()
        assert read(newsroom, line).data == newsroom / "articles"

    def test_a_link_of_that_name_into_nowhere_never_brings_the_sample(self, newsroom: Path) -> None:
        (newsroom / "articles").rmdir()
        (newsroom / "articles").symlink_to("release-7")
        assert read(newsroom, "").data == newsroom / "articles"

    @pytest.mark.parametrize("articles", [True, False])
    def test_an_empty_data_is_as_none(self, newsroom: Path, articles: bool) -> None:
        if not articles:
            (newsroom / "articles").rmdir()
        assert read(newsroom, 'data = ""') == read(newsroom, "")

    def test_data_alone_is_enough(self, tmp_path: Path) -> None:
        settings = load(data=Path("berita-kota"), environ={}, cwd=tmp_path)
        assert settings.data == tmp_path / "berita-kota"
        assert settings.title == "Berita Kota"
        assert settings.description == "Berita terbaru dari Berita Kota"
        assert (settings.authority, settings.newsroom) == ("127.0.0.1", "berita-kota")
        assert (settings.categories, settings.source) == ((), None)

    @pytest.mark.parametrize(
        ("folder", "title"),
        [
            ("berita-kota", "Berita Kota"),
            ("kabar_desa.id", "Kabar Desa Id"),
            ("suaraNTT", "SuaraNTT"),
            ("_posts", "Posts"),
            ("...", "..."),
            ("/", "Berita"),
            ("a\udcffb", "Ab"),
        ],
    )
    def test_a_title_is_made_from_the_folders_name(self, tmp_path: Path, folder: str, title: str) -> None:
        assert load(data=Path(folder), environ={}, cwd=tmp_path).title == title

    def test_the_default_configuration_is_that_of_the_working_directory(self, newsroom: Path) -> None:
        (newsroom / "config/newsroom.toml").write_text("limit = 9")
        assert load(environ={}, cwd=newsroom).limit == 9
        assert load(data=Path("elsewhere"), environ={}, cwd=newsroom).limit == 9

    def test_a_default_configuration_that_is_a_dangling_link_is_a_mistake(self, newsroom: Path) -> None:
        (newsroom / "config/newsroom.toml").symlink_to("nowhere")
        with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
            load(environ={}, cwd=newsroom)

    def test_a_missing_data_directory_is_left_for_the_source_to_report(self, newsroom: Path) -> None:
        assert read(newsroom, 'data = "none"').data == newsroom / "none"

    def test_a_working_directory_that_is_gone_is_one_sentence(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        with pytest.raises(ConfigError, match=r"^the working directory does not exist any more$"):
            load(environ={})


class TestPrecedence:
    def test_the_command_line_wins_over_the_environment_over_the_file(self, newsroom: Path) -> None:
        text = 'data = "file"\nlimit = 10\nmax_age = 60'
        environ = {"FEEDS_DATA": "environment", "FEEDS_LIMIT": "20"}
        settings = read(newsroom, text, environ, newsroom / "command")
        assert (settings.data.name, settings.limit, settings.max_age, settings.workers) == ("command", 20, 60, 1)
        assert read(newsroom, text, environ).data.name == "environment"
        assert read(newsroom, text).data.name == "file"

    def test_feeds_config_names_the_file_and_the_command_line_another(self, newsroom: Path) -> None:
        (newsroom / "a.toml").write_text("limit = 1")
        (newsroom / "b.toml").write_text("limit = 2")
        environ = {"FEEDS_CONFIG": "a.toml"}
        assert load(environ=environ, cwd=newsroom).limit == 1
        assert load(Path("b.toml"), environ=environ, cwd=newsroom).limit == 2

    def test_an_empty_variable_for_a_file_or_folder_counts_as_not_set(self, newsroom: Path) -> None:
        settings = read(newsroom, 'data = "berita"', {"FEEDS_CONFIG": "", "FEEDS_DATA": "", "FEEDS_OUTPUT": ""})
        assert (settings.data, settings.output) == (newsroom / "berita", None)

    def test_an_empty_text_brings_the_default_back(self, newsroom: Path) -> None:
        assert read(newsroom, 'title = "X"', {"FEEDS_TITLE": ""}).title == "Berita Kota"

    def test_a_category_is_joined_field_by_field(self, newsroom: Path) -> None:
        text = '[categories.gaya-hidup]\ntitle = "Gaya"\naliases = ["Lifestyle"]'
        environ = {
            "FEEDS_CATEGORIES__GAYA_HIDUP__TITLE": "Gaya Hidup",
            "FEEDS_CATEGORIES__DESA__ALIASES": "Kampung, Dusun",
        }
        assert read(newsroom, text, environ).categories == (
            CategorySetting(slug="gaya-hidup", title="Gaya Hidup", aliases=("Lifestyle",)),
            CategorySetting(slug="desa", title="Desa", aliases=("Kampung", "Dusun")),
        )


class TestRelativePaths:
    def test_in_config_they_start_at_the_folder_above_it(self, newsroom: Path) -> None:
        settings = read(newsroom, 'data = "berita"\noutput = "../public"\ncatalogue = "sqlite:///var/c.db"')
        assert settings.data == newsroom / "berita"
        assert settings.output == newsroom.parent / "public"
        assert settings.catalogue == f"sqlite:///{newsroom}/var/c.db"

    def test_elsewhere_they_start_at_the_files_folder(self, newsroom: Path) -> None:
        (newsroom / "my.toml").write_text('data = "berita"')
        assert load(newsroom / "my.toml", environ={}, cwd=Path("/")).data == newsroom / "berita"

    def test_in_the_environment_they_start_at_the_working_directory(self, newsroom: Path, tmp_path: Path) -> None:
        (newsroom / "my.toml").write_text("")
        environ = {"FEEDS_DATA": "a", "FEEDS_OUTPUT": "b", "FEEDS_CATALOGUE": "sqlite:///c"}
        settings = load(newsroom / "my.toml", environ=environ, cwd=tmp_path)
        assert (settings.data, settings.output) == (tmp_path / "a", tmp_path / "b")
        assert settings.catalogue == f"sqlite:///{tmp_path}/c"

    def test_links_stay_links_because_a_deploy_may_swap_them(self, newsroom: Path) -> None:
        (newsroom / "current").symlink_to("articles")
        assert read(newsroom, 'data = "current"').data == newsroom / "current"

    def test_a_tilde_is_the_home_folder(self, newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "/home/redaksi")
        assert read(newsroom, 'data = "~/berita"').data == Path("/home/redaksi/berita")


class TestEnvironment:
    @pytest.mark.parametrize(
        ("variable", "text", "name", "value"),
        [
            ("FEEDS_LIMIT", " 20 ", "limit", 20),
            ("FEEDS_ARCHIVES", "true", "archives", True),
            ("FEEDS_ARCHIVES", "On", "archives", True),
            ("FEEDS_ARCHIVES", "false", "archives", False),
            ("FEEDS_ARTICLE_PAGES", "0", "article_pages", False),
            ("FEEDS_FEED_MENU", "yes", "feed_menu", True),
            ("FEEDS_UNDATED", "mtime", "undated", "mtime"),
            ("FEEDS_ADVERTORIAL_NOT_IN", "semua,gaya-hidup", "advertorial_not_in", ("semua", "gaya-hidup")),
            ("FEEDS_BASE_URL", "https://f.example", "base_url", "https://f.example/"),
            ("FEEDS_EXCLUDE", "a/**, *.tmp,,", "exclude", ("a/**", "*.tmp")),
            ("FEEDS_EXCLUDE", '["a,b", "c"]', "exclude", ("a,b", "c")),
            ("FEEDS_EXCLUDE", "", "exclude", ()),
            ("FEEDS_TITLE", "[Kabar]", "title", "[Kabar]"),
            ("FEEDS_LIMITS__FILE", "5 MB", "limits", Limits(file=5 * 1024**2)),
            ("FEEDS_LIMITS__NAMES", "5", "limits", Limits(names=5)),
            ("FEEDS_LIMITS", '{"depth": 50}', "limits", Limits(depth=50)),
            ("FEEDS_CATEGORIES", '{"desa": {}}', "categories", (CategorySetting(slug="desa", title="Desa"),)),
            (
                "FEEDS_CATEGORIES__DESA",
                '{"title": "D", "aliases": ["Kampung"]}',
                "categories",
                (CategorySetting(slug="desa", title="D", aliases=("Kampung",)),),
            ),
        ],
    )
    def test_each_kind_of_setting_can_be_written(
        self, newsroom: Path, variable: str, text: str, name: str, value: object
    ) -> None:
        assert getattr(read(newsroom, "", {variable: text}), name) == value

    @pytest.mark.parametrize(
        ("variable", "text", "message"),
        [
            ("FEEDS_LIMTI", "5", "FEEDS_LIMTI: unknown setting; did you mean 'FEEDS_LIMIT'?"),
            ("FEEDS_limit", "5", "FEEDS_limit: unknown setting; did you mean 'FEEDS_LIMIT'?"),
            ("FEEDS_CONFG", "x", "FEEDS_CONFG: unknown setting; did you mean 'FEEDS_CONFIG'?"),
            ("FEEDS_QQ", "5", "FEEDS_QQ: unknown setting"),
            ("FEEDS_", "5", "FEEDS_: unknown setting"),
            ("FEEDS_LIMIT__A", "5", "FEEDS_LIMIT__A: unknown setting; did you mean 'FEEDS_LIMIT'?"),
            ("FEEDS_PORT", "8000", "FEEDS_PORT: unknown setting"),
            (
                "FEEDS_CATEGORIES__GAYA_HIDUP__TITEL",
                "x",
                "FEEDS_CATEGORIES__GAYA_HIDUP__TITEL: unknown setting; "
                "did you mean 'FEEDS_CATEGORIES__GAYA_HIDUP__TITLE'?",
            ),
            ("FEEDS_LIMIT", "many", "FEEDS_LIMIT: expected a whole number from 1 to 1000, found text 'many'"),
            ("FEEDS_LIMIT", "٣", "FEEDS_LIMIT: expected a whole number from 1 to 1000, found text '٣'"),
            ("FEEDS_LIMIT", "", "FEEDS_LIMIT: expected a whole number from 1 to 1000, found text ''"),
            ("FEEDS_ARCHIVES", "ja", "FEEDS_ARCHIVES: expected true or false, found text 'ja'"),
            ("FEEDS_HUBS", "[1", "FEEDS_HUBS: expected a list of texts, found text '[1'"),
            ("FEEDS_HUBS", "[null]", "FEEDS_HUBS: expected text, found nothing"),
            ("FEEDS_CATEGORIES", "x", "FEEDS_CATEGORIES: expected a table of categories, found text 'x'"),
            (
                "FEEDS_CATEGORIES__",
                "{}",
                "FEEDS_CATEGORIES__: a category is called by small letters, digits and single hyphens",
            ),
            (
                "FEEDS_CATEGORIES__DESA",
                '{"titel": "D"}',
                "FEEDS_CATEGORIES__DESA.titel: unknown setting; did you mean 'title'?",
            ),
            ("FEEDS_TITLE", "a\udcff", "FEEDS_TITLE: holds the character U+DCFF, which no feed may carry"),
        ],
    )
    def test_a_wrong_variable_is_refused_by_its_name(
        self, newsroom: Path, variable: str, text: str, message: str
    ) -> None:
        assert refused(newsroom, "", {variable: text}) == message

    def test_what_kubernetes_adds_for_a_service_called_feeds_is_passed_by(self, newsroom: Path) -> None:
        environ = {
            "FEEDS_SERVICE_HOST": "10.0.0.1",
            "FEEDS_SERVICE_PORT": "8000",
            "FEEDS_SERVICE_PORT_HTTP": "8000",
            "FEEDS_PORT": "tcp://10.0.0.1:8000",
            "FEEDS_PORT_8000_TCP": "tcp://10.0.0.1:8000",
            "FEEDS_PORT_8000_TCP_ADDR": "10.0.0.1",
        }
        assert read(newsroom, "", environ) == read(newsroom, "")

    def test_other_variables_are_nobodys_business(self, newsroom: Path) -> None:
        assert read(newsroom, "", {"PATH": "/bin", "feeds_limit": "x", "NEWSFEEDS_LIMIT": "x"}).limit == 50


NO_VALUE = "what stands behind the = is no value; a text needs quotation marks at both ends"


class TestFiles:
    def test_a_wrong_setting_names_the_file_that_it_stands_in(self, newsroom: Path) -> None:
        """Also where only the whole shows it; what the environment says is named by its variable alone."""
        file = newsroom / "config/newsroom.toml"
        circle = "categories.a.parent: leads in a circle: a -> a"
        for text, said in (
            ("limit = 0", "limit: expected a whole number from 1 to 1000, found the number 0"),
            ("permalink = '{slug}'", "permalink: needs site, the address that it is relative to"),
            ("[categories.a]\nparent = 'a'", circle),
        ):
            with pytest.raises(ConfigError) as caught:
                read(newsroom, text)
            assert str(caught.value) == f"{file}: {said}"
        for environ in ({"FEEDS_LIMIT": "0"}, {"FEEDS_CATEGORIES__A__PARENT": "a"}, {"FEEDS_PERMALINK": "{slug}"}):
            with pytest.raises(ConfigError) as caught:
                read(newsroom, "", environ)
            assert str(file) not in str(caught.value)

    @pytest.mark.parametrize(("written", "kept"), [("konsep/", "konsep"), ("./a.md", "a.md"), ("[ab]*.md", "[ab]*.md")])
    def test_a_pattern_is_meant_below_the_data_folder(self, newsroom: Path, written: str, kept: str) -> None:
        assert read(newsroom, f"exclude = ['{written}']").exclude == (kept,)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("limit = \n", f"/config/newsroom.toml: line 1, column 9: {NO_VALUE}"),
            (
                'title = "a"\nlimit = 1_\n',
                "/config/newsroom.toml: line 2, column 10: something stands behind the value; one line is one setting, "
                "and a comment begins with #",
            ),
            ("hubs = [", f"/config/newsroom.toml: line 1, column 9: {NO_VALUE}"),
            (
                'title = "a',
                "/config/newsroom.toml: line 1, column 11: "
                "a quotation mark is not closed; put one at the end of the text",
            ),
            (
                "limit = 1\nlimit = 2",
                "/config/newsroom.toml: line 2, column 10: the name stands here twice; leave one of the lines out",
            ),
            ("undated = 2024-02-31", "/config/newsroom.toml: line 1, column 11: invalid date or datetime"),
            (b'\ntitle = "caf\xe9"', "/config/newsroom.toml: line 2 is not UTF-8 text; save the file as UTF-8"),
            ("title = 'x'".encode("utf-16"), "/config/newsroom.toml: line 1 is not UTF-8 text; save the file as UTF-8"),
            (
                "limit = " + "9" * 5000,
                "/config/newsroom.toml: is no configuration: a value is too long or nested too deeply",
            ),
            (
                "hubs = " + "[" * 9999,
                "/config/newsroom.toml: is no configuration: a value is too long or nested too deeply",
            ),
        ],
        ids=range(10),
    )
    def test_a_file_that_is_no_toml_is_one_sentence_with_the_place(
        self, newsroom: Path, text: str | bytes, message: str
    ) -> None:
        assert refused(newsroom, text) == message

    def test_a_byte_order_mark_and_windows_line_ends_are_read(self, newsroom: Path) -> None:
        assert read(newsroom, b"\xef\xbb\xbflimit = 5\r\nmax_age = 6\r\n").limit == 5

    @pytest.mark.parametrize("named", [{"config": Path("none.toml")}, {"environ": {"FEEDS_CONFIG": "none.toml"}}])
    def test_a_named_file_that_is_missing_is_refused(self, tmp_path: Path, named: dict[str, object]) -> None:
        with pytest.raises(ConfigError) as caught:
            load(**({"environ": {}, "cwd": tmp_path} | named))  # type: ignore[arg-type]
        assert str(caught.value) == f"{tmp_path}/none.toml: cannot be read: No such file or directory"

    def test_a_folder_is_no_configuration(self, newsroom: Path) -> None:
        with pytest.raises(ConfigError, match=r"config: cannot be read: Is a directory$"):
            load(newsroom / "config", environ={}, cwd=newsroom)


SITE = 'site = "https://kota.example"\n'
NUMBER = "expected a whole number from 1 to 1000, found"
ADDRESS = "expected an absolute http or https address, found text"
FIVE_HOURS = (
    "expected a whole number from 0 to 18000 (seconds; five hours at most, for feed readers ask no later), found"
)
TAG = "expected a language tag such as 'id', 'jv' or 'en-US', found text"
ZONE = "expected a time zone such as 'Asia/Jakarta', 'Asia/Makassar' or 'WIT', found text"
NO_FILE = "fits no file; write the path below the data folder, as konsep/**"
DATABASE = "expected 'sqlite:///' and a path, or an address 'postgresql+psycopg://…', found"


class TestChecks:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("limti = 5", "limti: unknown setting; did you mean 'limit'?"),
            ("Limit = 5", "Limit: unknown setting; did you mean 'limit'?"),
            ("zzz = 5", "zzz: unknown setting"),
            ("timezon = 'x'", "timezon: unknown setting; did you mean 'timezone'?"),
            ("[categories.desa]\ntitel = 'D'", "categories.desa.titel: unknown setting; did you mean 'title'?"),
            ("[title]", "title: expected text, found a table"),
            ("title = 5", "title: expected text, found the number 5"),
            ("title = 2024-05-06", "title: expected text, found a date or time"),
            ('title = "a\\u0001"', "title: holds the character U+0001, which no feed may carry"),
            ('title = "a\\uFFFE"', "title: holds the character U+FFFE, which no feed may carry"),
            ("limit = '50'", f"limit: {NUMBER} text '50'"),
            ("limit = 0", f"limit: {NUMBER} the number 0"),
            ("limit = 1001", f"limit: {NUMBER} the number 1001"),
            ("limit = 5.5", f"limit: {NUMBER} the number 5.5"),
            ("limit = true", f"limit: {NUMBER} true"),
            ("max_age = -1", f"max_age: {FIVE_HOURS} the number -1"),
            ("max_age = 18001", f"max_age: {FIVE_HOURS} the number 18001"),
            ("workers = 65", "workers: expected a whole number from 1 to 64, found the number 65"),
            ("archives = 1", "archives: expected true or false, found the number 1"),
            ("article_pages = 'yes'", "article_pages: expected true or false, found text 'yes'"),
            ("undated = 'now'", "undated: expected 'skip' or 'mtime', found text 'now'"),
            ("advertorial_label = ' '", "advertorial_label: must not be empty: what is paid for has to be labelled"),
            ("advertorial_as = 'judul'", "advertorial_as: expected 'title' or 'category', found text 'judul'"),
            (
                "advertorial_not_in = ['Gaya Hidup']",
                "advertorial_not_in: expected slugs of categories such as 'gaya-hidup', or 'semua' for the feed of all,"
                " found text 'Gaya Hidup'",
            ),
            ("undated = []", "undated: expected 'skip' or 'mtime', found a list"),
            ("data = 5", "data: expected text with the path of a folder, found the number 5"),
            ('output = "a\\u0000"', "output: holds the character U+0000, which no path may carry"),
            ("exclude = 'a'", "exclude: expected a list of texts, found text 'a'"),
            ("exclude = [5]", "exclude: expected text, found the number 5"),
            ("site = 'kota.example'", f"site: {ADDRESS} 'kota.example'"),
            ("site = 'ftp://kota.example'", f"site: {ADDRESS} 'ftp://kota.example'"),
            ("site = '//kota.example'", f"site: {ADDRESS} '//kota.example'"),
            ("site = 'https:///berita'", f"site: {ADDRESS} 'https:///berita'"),
            ("site = 'https://[::1'", f"site: {ADDRESS} 'https://[::1'"),
            ("site = 'https://kota.example:99999'", f"site: {ADDRESS} 'https://kota.example:99999'"),
            ("site = 'https://a..b'", f"site: {ADDRESS} 'https://a..b'"),
            ("base_url = ''", f"base_url: {ADDRESS} ''"),
            ("base_url = 'https://a.example/?q'", "base_url: must not carry a query (what follows ?)"),
            ("site = 'https://a.example/#b'", "site: must not carry a fragment (what follows #)"),
            (
                "site = 'https://a.example/a b'",
                "site: holds ' ', which must be percent-encoded in an address (a host: in its xn-- form)",
            ),
            (
                "logo = 'https://bérita.example'",
                "logo: holds 'é', which must be percent-encoded in an address (a host: in its xn-- form)",
            ),
            ("hubs = ['https://hub.example', 'hub']", f"hubs: {ADDRESS} 'hub'"),
            (
                "authority = 'https://a.example'",
                "authority: expected a host name such as 'kabar.example', found text 'https://a.example'",
            ),
            ("language = ''", f"language: {TAG} ''"),
            ("language = 'Indonesia'", f"language: {TAG} 'Indonesia'"),
            ("language = 'id_ID'", f"language: {TAG} 'id_ID'"),
            ("timezone = ''", f"timezone: {ZONE} ''"),
            ("timezone = 'Jakarta'", f"timezone: {ZONE} 'Jakarta'"),
            ("timezone = 'Asia'", f"timezone: {ZONE} 'Asia'"),
            ("timezone = '../UTC'", f"timezone: {ZONE} '../UTC'"),
            ("permalink = '{slug}/'", "permalink: needs site, the address that it is relative to"),
            (SITE + "permalink = '{slugg}'", "permalink: unknown placeholder {slugg}; did you mean {slug}?"),
            (SITE + "permalink = '{0}'", "permalink: unknown placeholder {0}"),
            (SITE + "permalink = '{slug'", "permalink: a brace without its partner"),
            (SITE + "permalink = '{{slug}}'", "permalink: a brace without its partner"),
            (
                SITE + "permalink = '{date}'",
                "permalink: needs {slug} or {path}; without one, articles would share an address",
            ),
            (SITE + "permalink = '{slug} x'", "permalink: holds ' ', which must be percent-encoded in an address"),
            (
                SITE + "permalink = 'https://b.example/{slug}'",
                "permalink: leads away from site; write it relative to https://kota.example/",
            ),
            (SITE + "permalink = '/../{slug}'", "permalink: leads out of site; '..' has no place in it"),
            ("catalogue = 5", "catalogue: expected text with the address of a database, found the number 5"),
            ("catalogue = 'mysql://u:rahasia@h/d'", f"catalogue: {DATABASE} one that begins with 'mysql://'"),
            ("catalogue = 'postgresql://u:rahasia@h/d'", f"catalogue: {DATABASE} one that begins with 'postgresql://'"),
            ("catalogue = 'u:rahasia@h/d'", f"catalogue: {DATABASE} none of them"),
            (
                "catalogue = 'sqlite:///'",
                "catalogue: a catalogue in memory would lose the ids of the articles; name a file",
            ),
            (
                "catalogue = 'sqlite:///:memory:'",
                "catalogue: a catalogue in memory would lose the ids of the articles; name a file",
            ),
            ("newsroom = ' '", "newsroom: is empty; give it a name, or leave the setting out"),
            ("exclude = ['[']", "exclude: the pattern '[' has a [ without its ]; write [[] for the sign itself"),
            (
                "exclude = ['a/[b-/*.md']",
                "exclude: the pattern 'a/[b-/*.md' has a [ without its ]; write [[] for the sign itself",
            ),
            ("exclude = ['**/*']", "exclude: the pattern '**/*' would leave every file out"),
            ("exclude = ['/srv/konsep']", f"exclude: the pattern '/srv/konsep' {NO_FILE}"),
            ("exclude = ['../konsep']", f"exclude: the pattern '../konsep' {NO_FILE}"),
            ("exclude = ['a\\b']", f"exclude: the pattern 'a\\\\b' {NO_FILE}"),
            ("license = 'CC BY'", "license: expected an address or a name such as 'CC BY 4.0', found text 'CC BY'"),
            (
                "license = 'ftp://kota.example/'",
                "license: expected an absolute http or https address, found text 'ftp://kota.example/'",
            ),
            ("rsl = true", "rsl: expected a table of terms, found true"),
            (
                "limits = 5",
                "limits: expected a table with file, record, records, text, header, values, depth, names,"
                " elements, found the number 5",
            ),
            (
                "[limits]\nfile = '3 TB'",
                "limits.file: expected a size such as '64 MB', from 1,024 to 2,147,483,648 bytes, found text '3 TB'",
            ),
            (
                "[limits]\ndepth = 0xf" + "f" * 10_000,
                "limits.depth: expected a whole number from 10 to 500, found the number beyond 1e+60",
            ),
            ("[rsl]\npermit = ['all']", "rsl.permit: unknown setting; did you mean 'permits'?"),
            (
                "[rsl]\npermits = ['train']",
                "rsl.permits: expected 'all' or 'ai-all' or 'ai-train' or 'ai-input' or 'ai-index' or 'search',"
                " found text 'train'",
            ),
            (
                "[rsl]\npermits = ['search', 'ai-train']\nprohibits = ['ai-train']",
                "rsl: both permits and prohibits ai-train",
            ),
            ("[rsl]\nholder = 'Kota'", "rsl: says no terms; name permits, prohibits, payment or custom"),
            (
                "[rsl]\npayment = 'free'\ncontact = 'redaksi'",
                "rsl.contact: expected a mail or web address, found text 'redaksi'",
            ),
            ("categories = ['a']", "categories: expected a table of categories, found a list"),
            (
                "[categories]\na = 'A'",
                "categories.a: expected a table with title, description, parent, aliases, match, found text 'A'",
            ),
            ("[categories.Desa]", "categories.Desa: a category is called by small letters, digits and single hyphens"),
            ("[categories.a.aliases]", "categories.a.aliases: expected a list of texts, found a table"),
            (
                "[categories.a]\naliases = ['Gaya  Hidup']\n[categories.gaya-hidup]",
                "categories.gaya-hidup: the name 'gaya-hidup' already means the category 'a'",
            ),
            (
                "[categories.a]\naliases = ['X']\n[categories.b]\naliases = ['x']",
                "categories.b: the name 'x' already means the category 'a'",
            ),
            (
                "[categories.tag]\n[categories.tag-2]",
                "categories.tag-2: the name 'tag-2' already means the category 'tag'",
            ),
        ],
    )
    def test_a_wrong_setting_is_refused_with_its_path(self, newsroom: Path, text: str, message: str) -> None:
        assert refused(newsroom, text) == message

    @pytest.mark.parametrize(
        "text",
        [
            "site = 'https://redaksi:rahasia@kota.example'",
            "site = 'ftp://redaksi:rahasia@kota.example'",
            "hubs = ['https://redaksi:rahasia@kota.example']",
            "hubs = 'https://redaksi:rahasia@kota.example'",
            "logo = '//redaksi:rahasia@kota.example'",
            "title = ['https://redaksi:rahasia@kota.example']",
            "catalogue = 'mysql://redaksi:rahasia@kota.example/d'",
            "catalogue = 'postgres:redaksi:rahasia@kota.example/d'",
            "catalogue = ['postgresql+psycopg://redaksi:rahasia@kota.example/d']",
        ],
    )
    def test_an_error_never_shows_a_password(self, newsroom: Path, text: str) -> None:
        assert "rahasia" not in refused(newsroom, text)

    @pytest.mark.parametrize(
        ("text", "name", "value"),
        [
            ("title = '  Kabar \u00a0 Kota '", "title", "Kabar Kota"),
            ("site = 'HTTPS://Kota.Example:8443/Berita'", "site", "https://kota.example:8443/Berita/"),
            ("base_url = 'http://[::1]:8000'", "base_url", "http://[::1]:8000/"),
            ("logo = 'https://kota.example/logo.png?v=2'", "logo", "https://kota.example/logo.png?v=2"),
            ("hubs = ['https://a.example/', 'https://a.example/', '']", "hubs", ("https://a.example/",)),
            ("authority = 'Kota.Example'", "authority", "kota.example"),
            ("language = 'ID-latn-id'", "language", "id-Latn-ID"),
            ("timezone = 'wita'", "timezone", "Asia/Makassar"),
            ("timezone = 'Asia/Jayapura'", "timezone", "Asia/Jayapura"),
            ("max_age = 0", "max_age", 0),
            ("max_age = 18000", "max_age", 18_000),
            ("limit = 1000", "limit", 1000),
            (SITE + "permalink = '/berita/{year}/{slug}/'", "permalink", "berita/{year}/{slug}/"),
            (SITE + "permalink = '?p={slug}'", "permalink", "?p={slug}"),
            (SITE + "permalink = 'https://kota.example/b/{path}'", "permalink", "b/{path}"),
            ("catalogue = 'sqlite:////var/c.db'", "catalogue", "sqlite:////var/c.db"),
            ("catalogue = ' postgresql+psycopg://a:b@h/d '", "catalogue", "postgresql+psycopg://a:b@h/d"),
            ("exclude = ['a', ' ', 'a']", "exclude", ("a",)),
            ("license = 'cc-by-4.0'", "license", "https://creativecommons.org/licenses/by/4.0/"),
            ("license = 'https://kota.example/lisensi'", "license", "https://kota.example/lisensi"),
            ("[rsl]", "rsl", None),
            ("[limits]\nfile = '1 gb'\nnames = 50", "limits", Limits(file=1024**3, names=50)),
            (
                "title = 'Kota'\n[rsl]\npermits = ['search', 'search']\ncontact = 'redaksi@kota.example'",
                "rsl",
                RslTerms(permits=("search",), holder="Kota", contact="redaksi@kota.example"),
            ),
            ("[rsl]\npayment = 'free'\nholder = 'PT Kota'", "rsl", RslTerms(payment="free", holder="PT Kota")),
            (
                "[categories.tag]\ntitle = 'Label'",
                "categories",
                (CategorySetting(slug="tag-2", title="Label", aliases=("tag",)),),
            ),
            (
                "[categories.gaya-hidup]\naliases = ['Gaya Hidup', 'Lifestyle']",
                "categories",
                (CategorySetting(slug="gaya-hidup", title="Gaya Hidup", aliases=("Gaya Hidup", "Lifestyle")),),
            ),
        ],
    )
    def test_a_right_setting_is_normalised(self, newsroom: Path, text: str, name: str, value: object) -> None:
        assert getattr(read(newsroom, text), name) == value

    @pytest.mark.parametrize(
        ("text", "authority", "newsroom_key"),
        [
            ("", "127.0.0.1", "berita-kota"),
            ("base_url = 'https://feeds.kota.example:444'", "feeds.kota.example", "berita-kota"),
            ("base_url = 'http://[::1]:8000'", "localhost", "berita-kota"),
            (SITE, "kota.example", "kota.example"),
            (SITE + "authority = 'lama.example'", "lama.example", "lama.example"),
            (SITE + "newsroom = 'kunci'", "kota.example", "kunci"),
        ],
    )
    def test_authority_and_newsroom_follow_from_what_is_given(
        self, newsroom: Path, text: str, authority: str, newsroom_key: str
    ) -> None:
        settings = read(newsroom, text)
        assert (settings.authority, settings.newsroom) == (authority, newsroom_key)

    def test_the_description_speaks_the_language_of_the_feed(self, newsroom: Path) -> None:
        assert read(newsroom, "language = 'en'").description == "The latest from Berita Kota"

    @pytest.mark.parametrize(("zone", "hours"), [("WIB", 7), ("WITA", 8), ("WIT", 9), ("UTC", 0)])
    def test_the_zone_is_made_from_its_name(self, newsroom: Path, zone: str, hours: int) -> None:
        moment = datetime(2026, 5, 4, tzinfo=read(newsroom, f"timezone = '{zone}'").zone)
        assert moment.utcoffset() == timedelta(hours=hours)

    def test_the_default_zone_is_that_of_the_dates(self, newsroom: Path) -> None:
        assert read(newsroom, "").zone == read(newsroom, "timezone = 'WIB'").zone == JAKARTA

    def test_the_default_address_is_known_as_such(self, newsroom: Path) -> None:
        assert config.is_default_base_url(read(newsroom, ""))
        assert config.is_default_base_url(read(newsroom, "base_url = 'http://127.0.0.1:8000'"))
        assert not config.is_default_base_url(read(newsroom, "base_url = 'https://feeds.example'"))

    def test_settings_travel_to_other_processes(self, newsroom: Path) -> None:
        settings = read(newsroom, "[categories.desa]")
        assert pickle.loads(pickle.dumps(settings)) == settings

    def test_settings_are_shown_without_the_address_of_the_catalogue(self, newsroom: Path) -> None:
        assert "rahasia" not in repr(read(newsroom, "catalogue = 'postgresql+psycopg://u:rahasia@h/d'"))

    @pytest.mark.parametrize(
        ("address", "shown"),
        [
            ("postgresql+psycopg://u:rahasia@h/d", "postgresql+psycopg://u:***@h/d"),
            ("postgresql+psycopg://u:raha@sia@h/d", "postgresql+psycopg://u:***@h/d"),
            ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
            (
                "postgresql+psycopg:///d?host=/run&password=rahasia&user=u",
                "postgresql+psycopg:///d?host=/run&password=***&user=u",
            ),
            ("sqlite:////var/c.db", "sqlite:////var/c.db"),
        ],
    )
    def test_a_catalogues_address_is_shown_without_its_password(self, address: str, shown: str) -> None:
        assert masked(address) == shown

    @given(st.text(max_size=40))
    def test_any_text_for_any_setting_is_read_or_refused_as_a_mistake_of_the_configuration(self, text: str) -> None:
        for setting in table.SETTINGS.values():
            with suppress(ConfigError):
                load(data=Path("berita"), environ={setting.variable: text}, cwd=Path("/nonexistent"))

    @given(st.text(alphabet="ab:/@?#[]%é. {}", max_size=25).map("https://".__add__))
    def test_an_address_that_is_accepted_is_accepted_again_unchanged(self, text: str) -> None:
        try:
            site = load(data=Path("berita"), environ={"FEEDS_SITE": text}, cwd=Path("/nonexistent")).site
        except ConfigError:
            return
        assert load(data=Path("berita"), environ={"FEEDS_SITE": site}, cwd=Path("/nonexistent")).site == site


class TestOutput:
    @pytest.mark.parametrize("output", ["articles", ".", "..", "articles/../articles", "link", "/"])
    def test_the_articles_and_what_holds_them_are_no_output(self, newsroom: Path, output: str) -> None:
        (newsroom / "link").symlink_to("articles")
        with pytest.raises(ConfigError, match=r"^output: .* the folder with the articles"):
            config.check_output(newsroom / output, newsroom / "articles")

    def test_an_output_behind_a_link_of_the_data_is_found_out(self, newsroom: Path) -> None:
        (newsroom / "current").symlink_to("articles")
        assert refused(newsroom, 'data = "current"\noutput = "articles"') == (
            "output: /articles is the folder with the articles; name another one"
        )

    @pytest.mark.parametrize("output", ["public", "articles/public", "articles-2", "../elsewhere"])
    def test_any_other_folder_is(self, newsroom: Path, output: str) -> None:
        config.check_output(newsroom / output, newsroom / "articles")


class TestSlugs:
    @pytest.mark.parametrize("slug", sorted(config.RESERVED))
    def test_a_category_never_shadows_an_address_of_the_service(self, slug: str) -> None:
        assert config.free_slug(slug) == f"{slug}-2"

    def test_any_other_slug_stays(self) -> None:
        assert config.free_slug("ekonomi") == "ekonomi"


class TestTemplate:
    TEXT = config.TEMPLATE.read_text(encoding="utf-8")
    UNCOMMENTED = re.sub(r"(?m)^#(?=[a-z\[])", "", TEXT)

    def test_the_configuration_of_the_repository_is_the_one_that_init_writes(self) -> None:
        assert (ROOT / "config/newsroom.toml").read_bytes() == config.TEMPLATE.read_bytes()

    def test_as_it_stands_it_changes_nothing(self, newsroom: Path) -> None:
        assert read(newsroom, self.TEXT) == read(newsroom, "")

    def test_it_shows_every_setting(self) -> None:
        shown = tomllib.loads(self.UNCOMMENTED)
        assert shown.keys() == table.SETTINGS.keys()
        assert all(category.keys() == table.CATEGORY_SETTINGS.keys() for category in shown["categories"].values())
        assert shown["rsl"].keys() == table.RSL_SETTINGS.keys()
        assert shown["limits"].keys() == table.LIMIT_SETTINGS.keys()

    def test_it_shows_the_default_where_there_is_one(self, newsroom: Path) -> None:
        settings = read(newsroom, self.UNCOMMENTED)
        for name, setting in table.SETTINGS.items():
            if setting.default not in (None, "", (), {}):
                assert getattr(settings, name) == setting.default, name

    def test_the_limits_that_it_shows_are_the_defaults(self, newsroom: Path) -> None:
        assert read(newsroom, self.UNCOMMENTED).limits == Limits()

    def test_it_says_what_an_empty_default_means(self) -> None:
        for name, setting in table.SETTINGS.items():
            if setting.default in (None, "", ()):
                prose = re.search(rf"(?m)((?:^# .*\n)+)^#{name} = ", self.TEXT)
                assert prose, name
                assert "Default: " in prose[1], name

    def test_everything_in_it_can_be_switched_on(self, newsroom: Path) -> None:
        settings = read(newsroom, self.UNCOMMENTED)
        assert settings.data == newsroom / "articles"
        assert [category.slug for category in settings.categories] == ["ekonomi", "umkm"]


class TestTable:
    def test_every_setting_is_a_field_and_every_field_a_setting(self) -> None:
        derived = {"known_profiles", "zone", "source"}
        assert table.SETTINGS.keys() | derived == {field.name for field in fields(Settings)}

    def test_every_default_is_what_load_gives(self, newsroom: Path) -> None:
        settings = read(newsroom, "")
        assert settings.limits == Limits()
        for name, setting in table.SETTINGS.items():
            if setting.default is not None and name != "limits":
                assert (getattr(settings, name) or setting.default) == setting.default

    def test_every_setting_is_explained_in_a_sentence(self) -> None:
        inner = (table.CATEGORY_SETTINGS, table.RSL_SETTINGS, table.LIMIT_SETTINGS)
        for setting in chain(table.SETTINGS.values(), *(each.values() for each in inner)):
            assert re.fullmatch(r"[A-Z].+\.", setting.doc), setting.name

    def test_importing_it_loads_neither_toml_nor_zones_nor_json(self) -> None:
        code = "import sys, feeds.config; print(*{'tomllib', 'zoneinfo', 'json', 'difflib'} & sys.modules.keys())"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
        )
        assert done.stdout.split() == []


class TestFieldNames:
    """``[fields]``, whose names are the newsroom's own."""

    def test_names_stand_by_folder_the_outer_before_the_inner(self, newsroom: Path) -> None:
        text = '[fields]\nkepala = "title"\n[fields."arsip/2010/"]\nb = "date"\n[fields.arsip]\na = "date"'
        assert read(newsroom, text).fields == (
            config.FieldNames("", (("kepala", "title"),)),
            config.FieldNames("arsip/", (("a", "date"),)),
            config.FieldNames("arsip/2010/", (("b", "date"),)),
        )

    def test_a_field_that_is_none_is_refused_with_those_that_there_are(self, newsroom: Path) -> None:
        with pytest.raises(ConfigError, match=r"fields\.title: must be one of the fields title, date, .* on the left$"):
            read(newsroom, '[fields]\ntitle = "kepala"')

    def test_every_field_that_articles_have_can_be_named(self) -> None:
        assert set(table.FIELDS) == NAMES.keys()

    def test_a_selector_that_is_none_is_refused(self, newsroom: Path) -> None:
        assert read(newsroom, 'body_selector = "div.isi > p"').body_selector == "div.isi > p"
        with pytest.raises(ConfigError, match=r"body_selector: is no CSS selector: "):
            read(newsroom, 'body_selector = "div["')
