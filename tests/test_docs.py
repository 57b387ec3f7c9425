"""README is held to the program: its examples run, its tables are complete, and what it names is there."""

from __future__ import annotations

import re
import shlex
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from feeds import cli
from feeds.config import load
from feeds.config.profiles import ARTICLE, BODY, ELEMENT, FEED, IMAGE, PROFILE
from feeds.config.table import CATEGORY_SETTINGS, RSL_SETTINGS, SETTINGS, USAGES
from feeds.errors import KINDS
from feeds.readers import WITHDRAWN, is_source
from feeds.readers.fields import NAMES, field_of
from feeds.web import create_app
from tests.support import ROOT, environment, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


class Block(NamedTuple):
    """A fenced block. kind: the first word behind the fence; path: the second, of a file that the block shows."""

    kind: str
    path: str
    text: str


FENCED = re.compile(r"(?ms)^```(\w+) ?(\S*)\n(.*?)^```$")
BLOCKS = [Block(*found) for found in FENCED.findall(README)]
PROSE = FENCED.sub("", README)


def shell_commands() -> Iterator[list[str]]:
    """The words of each command in the blocks that are not run, without variables before it."""
    lines = "".join(block.text for block in BLOCKS if block.kind == "sh").splitlines()
    for command in (command for line in lines for command in line.split(" && ")):
        yield shlex.split(re.sub(r"^(?:[A-Z_]+=\S+ )+", "", command))


def rows(first_heading: str) -> list[list[str]]:
    """The cells of the table whose first column has this heading."""
    table = re.search(rf"(?m)^\| {re.escape(first_heading)} \|.*\n\|[- |]+\n((?:\|.*\n)+)", README)
    assert table, f"no table begins with {first_heading!r}"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[1].splitlines()]


def codes(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


class TestStart:
    """The first two blocks are commands to be copied; continuous integration runs them in a fresh clone."""

    def test_the_first_two_blocks_are_one_line_each(self) -> None:
        """One serves the sample, the other passes the tests; both make the same environment."""
        serving, testing = BLOCKS[:2]
        assert serving.kind == testing.kind == "sh"
        assert serving.text.count("\n") == testing.text.count("\n") == 1
        for block in (serving, testing):
            assert block.text.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
        assert serving.text.endswith("&& .venv/bin/feeds serve\n")
        assert testing.text.endswith("&& .venv/bin/pytest\n")

    def test_continuous_integration_takes_the_test_command_from_the_readme(self) -> None:
        """By the same words that .ci/run uses."""
        script = (ROOT / ".ci/run").read_text(encoding="utf-8")
        (program,) = re.findall(r"awk '([^']+)' README.md", script)
        taken = subprocess.check_output(["awk", program, ROOT / "README.md"], text=True)
        assert taken == BLOCKS[1].text
        assert (ROOT / ".ci/run").stat().st_mode & stat.S_IXUSR

    def test_a_picture_is_on_the_first_screen(self) -> None:
        """Of the whole, before anything is explained."""
        assert "catalogue" in BLOCKS[2].text
        assert README.index(BLOCKS[2].text) + len(BLOCKS[2].text) < 3000


class Example(NamedTuple):
    """A command behind ``$`` and what it prints, standard error included."""

    command: str
    output: str


def examples() -> list[Example]:
    text = "".join(block.text for block in BLOCKS if block.kind == "console")
    return [Example(*found) for found in re.findall(r"(?m)^\$ (.*)\n((?:(?!\$ ).*\n)*)", text)]


MARK = "=== the next example ===\n"
AFTERWARDS = f"\nstatus=$?; echo '{MARK.strip()}'; (exit $status)"  # so that the next can look at $?


def plain(output: str) -> list[str]:
    """Lines without what differs from run to run: blanks at their ends, and seconds."""
    return [re.sub(r"\d+\.\d\d s$", "... s", line.rstrip()) for line in output.splitlines()]


class TestExamples:
    """What README shows is what happens."""

    def test_every_example_prints_what_it_shows(self, tmp_path: Path) -> None:
        """All in one shell and one folder, in their order, with the files that README shows."""
        for block in BLOCKS:
            if block.path:
                file = tmp_path / block.path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text, encoding="utf-8")
        env = environment(tmp_path, base_url="http://127.0.0.1:8000") | {"LC_ALL": "C.UTF-8"}
        del env["FEEDS_BASE_URL"]
        program = f'feeds() {{ {shlex.quote(sys.executable)} -m feeds "$@"; }}\n'
        shown = examples()
        assert len(shown) >= 8
        done = subprocess.run(
            ["bash", "-c", program + "\n".join(each.command + AFTERWARDS for each in shown)],
            cwd=tmp_path,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        found = done.stdout.split(MARK)[:-1]
        for example, output in zip(shown, found, strict=True):
            assert plain(output) == plain(example.output), example.command


COMMANDS: dict[str, click.Command] = dict(cli.main.commands)


def options(command: click.Command) -> set[str]:
    return {name for p in command.params if isinstance(p, click.Option) for name in p.opts if name.startswith("--")}


class TestCommands:
    """The command line."""

    def test_the_table_names_every_command_and_option(self) -> None:
        """And none that is not there; ``--help`` is named once, beside the table."""
        table = {
            codes(row[0])[0].removeprefix("feeds "): set(re.findall(r"--[a-z][a-z-]+", row[2]))
            for row in rows("Command")
        }
        assert table == {name: options(command) for name, command in COMMANDS.items()}

    def test_it_names_the_options_before_the_command(self) -> None:
        """They are few."""
        assert options(cli.main) <= set(codes(PROSE))

    def test_commands_that_are_not_run_would_be_understood(self) -> None:
        """They name commands and options that exist."""
        lines = [words for words in shell_commands() if words[0].rpartition("/")[2] == "feeds"]
        assert len(lines) >= 4
        for _, *words in lines:
            (name,) = COMMANDS.keys() & set(words)
            at = words.index(name)
            assert {word for word in words[:at] if word.startswith("--")} <= options(cli.main), words
            assert {word for word in words[at:] if word.startswith("--")} <= options(COMMANDS[name]), words

    def test_exit_codes_are_as_the_table_says(self, tmp_path: Path) -> None:
        """One case for each row, and the sentence for the last."""
        (tmp_path / "berita").mkdir()
        (tmp_path / "berita/rusak.md").write_text("Tanpa judul dan tanggal.")
        found = {
            run("--data", "berita", "build", "--output", "situs", cwd=tmp_path).returncode,
            run("--data", "berita", "check", cwd=tmp_path).returncode,
        }
        missing = run("--data", "nirwana", "check", cwd=tmp_path)
        assert [row[0] for row in rows("Exit code")] == [*map(str, sorted({*found, missing.returncode}))]
        assert missing.stderr.count("\n") == 1

    def test_the_table_of_problems_has_words_that_exist(self) -> None:
        """Each kind that ``check`` can name is explained, but for those that nothing reports."""
        named = {codes(row[0])[0] for row in rows("What") if codes(row[0])}
        assert named <= KINDS.keys()
        sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "feeds").rglob("*.py"))
        reported = {kind for kind in KINDS if re.search(rf'(?:ArticleError\([^()]*?|\(\()"{kind}", ', sources)}
        assert reported <= named


class TestSettings:
    """The settings."""

    def test_the_table_has_every_setting_in_order_with_its_variable(self) -> None:
        """As in ``SETTINGS``, which drives the file and the environment."""
        named = [(codes(row[0])[0], codes(row[1])[0]) for row in rows("Setting")]
        assert named == [(setting.name, setting.variable) for setting in SETTINGS.values()]

    @pytest.mark.parametrize("row", rows("Setting"), ids=lambda row: row[0].strip("`"))
    def test_the_default_is_the_one_of_the_program(self, row: list[str]) -> None:
        """A value as the configuration has it; ``none`` for an empty one; words where it follows from others."""
        setting = SETTINGS[codes(row[0])[0]]
        default, shown = setting.default, row[2]
        if default is None:
            assert shown
        elif isinstance(default, bool):
            assert shown == f"`{str(default).lower()}`"
        elif default:
            assert shown == f"`{default}`"
        else:
            assert shown.startswith(("none", "those of"))

    def test_what_a_category_has_is_named(self) -> None:
        """And how the environment names it."""
        assert CATEGORY_SETTINGS.keys() <= set(codes(PROSE))
        variables = re.findall(r"FEEDS_CATEGORIES__\w+", README)
        assert variables
        for variable in variables:
            assert load(environ={variable: "Gaya"}, cwd=ROOT / "tests").categories

    def test_what_the_terms_for_machines_have_is_named(self) -> None:
        """Every name and every word."""
        assert {*RSL_SETTINGS, *USAGES} <= set(codes(PROSE))

    def test_the_categories_and_rules_that_are_shown_would_be_accepted(self, tmp_path: Path) -> None:
        """The block of TOML as it stands, and each rule of the table."""
        (block,) = [block for block in BLOCKS if block.kind == "toml" and "[categories." in block.text]
        rules = [rule for row in rows("Rule") for rule in codes(row[0])]
        config = tmp_path / "newsroom.toml"
        config.write_text(f"{block.text}\n[categories.segala]\nmatch = {rules!r}\n", encoding="utf-8")
        found = load(config=config, environ={}).categories
        assert [(category.slug, len(category.match)) for category in found][1:] == [("sepak-bola", 2), ("segala", 6)]

    def test_the_profiles_and_what_they_consist_of_are_named(self) -> None:
        """Each bundled one with the number of its articles, and each key that its file can have."""
        known = {profile.name: profile.feed.items for profile in load(environ={}, cwd=ROOT / "tests").known_profiles}
        assert {codes(row[0])[0]: int(row[1]) for row in rows("Profile")} == known
        keys = {key for table in (PROFILE, FEED, ARTICLE, IMAGE, BODY, ELEMENT) for key in table}
        assert keys <= set(codes("".join(part for row in rows("Part") for part in row)))

    def test_every_variable_that_is_named_is_one(self) -> None:
        """Wherever it stands."""
        known = {setting.variable for setting in SETTINGS.values()} | {"FEEDS_CONFIG"}
        assert {name for name in re.findall(r"FEEDS_[A-Z_]+", README) if "__" not in name} == known


ADDRESSES = [address for row in rows("Address") for address in codes(row[0])]


class TestAddresses:
    """The addresses of the service."""

    def test_each_is_answered_and_each_document_has_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the sample, where ``<category>`` is a category and ``<slug>`` an article, and so on."""
        for name, value in environment(tmp_path, archives="true").items():
            monkeypatch.setenv(name, value)
        built = run("build", "--output", "out", cwd=tmp_path, archives="true")
        assert built.returncode == 0, built.stderr
        documents = {f"/{path.relative_to(tmp_path / 'out').as_posix()}" for path in _files(tmp_path / "out")}
        paths = {re.sub(r"/index\.html$", "/", path) for path in documents}
        patterns = {address: re.sub(r"<\w+>", "[a-z0-9-]+", re.escape(address)) for address in ADDRESSES}
        unnamed = [path for path in paths if not any(re.fullmatch(p, path) for p in patterns.values())]
        assert not unnamed
        app = create_app(load(environ={}, cwd=tmp_path))
        try:
            client = app.test_client()
            for address, pattern in patterns.items():
                path = min((path for path in paths if re.fullmatch(pattern, path)), default=_example(address))
                assert client.get(path).status_code == 200, address
        finally:
            app.extensions["feeds"].stop()


def _example(address: str) -> str:
    """One that the service alone has, of the sample."""
    names = {"tag": "banjir", "author": "siti-khadijah", "profile": "mitra", "category": "ekonomi"}
    return re.sub(r"<(\w+)>", lambda name: names.get(name[1], name[0]), address.replace("+<category>", "+budaya"))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


class TestNames:
    """Files, fields, formats and packages."""

    def test_files_of_the_project_are_there(self) -> None:
        """Every path of ours between backticks."""
        named = {code for code in codes(PROSE) if re.match(r"(?:feeds|tests|config/deploy|\.ci)/[\w./-]+$", code)}
        assert len(named) >= 12
        assert [path for path in named if not (ROOT / path).exists()] == []

    @pytest.mark.parametrize("line", re.findall(r"`(python tests/[^`]+)`", PROSE))
    def test_benches_are_there(self, line: str) -> None:
        """Each bench that is named, and each that there is."""
        assert (ROOT / line.split()[1]).is_file()

    def test_every_bench_is_named(self) -> None:
        """So that a figure can be measured by whoever doubts it."""
        benches = {f"tests/bench/{path.name}" for path in (ROOT / "tests/bench").glob("*.py")}
        benches.remove("tests/bench/newsroom.py")  # what they are run on
        assert benches == set(re.findall(r"python (tests/bench/\w+\.py)", README))

    def test_names_of_fields_mean_what_the_table_says(self) -> None:
        """The table shows some names of each field that a newsroom writes."""
        for field, names in rows("Field"):
            assert field in NAMES
            expected = {field, "body_text"} if field == "body" else {field}
            for name in codes(names):
                assert field_of(name) in expected, name

    def test_suffixes_are_those_of_the_readers(self) -> None:
        """Each that is named can hold articles, and a suffix of another kind cannot."""
        suffixes = [code for row in rows("Files") for code in codes(row[0]) if code != WITHDRAWN]
        assert [suffix for suffix in suffixes if not is_source(f"ekonomi/berita{suffix}")] == []
        assert not is_source("ekonomi/berita.docx")

    def test_each_dependency_has_its_reason(self) -> None:
        """One line each, and none for what is not there."""
        wanted = {re.split(r"[\[<>=]", requirement)[0] for requirement in PROJECT["dependencies"]}
        assert {codes(row[0])[0] for row in rows("Package")} == wanted
        assert {code for code in codes(PROSE) if re.fullmatch(r"\[\w+\]", code)} == {
            f"[{extra}]" for extra in PROJECT["optional-dependencies"]
        }

    def test_links_within_the_page_lead_somewhere(self) -> None:
        """To a heading, by the name that its words make."""
        headings = re.findall(r"(?m)^#+ (.*)$", README)
        anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors
