"""The architecture as a test: who may import whom, which module may import which library, who may look at the clock."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import feeds

PACKAGE = Path(feeds.__file__).parent
ROOT = Path(__file__).parent.parent

LIBRARIES = {
    "PIL": ["images"],
    "brotli": ["front.codings"],
    "cachetools": ["front.door", "ondemand"],
    "charset_normalizer": ["readers.encoding"],
    "click": [
        "cli",
        "cli.build",
        "cli.categories",
        "cli.check",
        "cli.common",
        "cli.dates",
        "cli.explain",
        "cli.init",
        "cli.ping",
        "cli.profile",
        "cli.serve",
        "cli.snippet",
        "cli.validate",
    ],
    "cssselect": ["config.values"],
    "dateutil": ["dates.moments", "dates.relative"],
    "feedparser": ["readers.feed_xml"],
    "feedgen": ["formats.feedgen_extensions"],
    "flask": ["serve", "web", "web.identified", "web.outside"],
    "granian": ["serve"],
    "jinja2": ["pages.layout"],
    "limits": ["gate"],
    "lxml": [
        "formats.feedgen_extensions",
        "formats.opml",
        "formats.rsl",
        *(
            f"readers.html_{part}"
            for part in ("blocks", "body", "dates", "extract", "head", "images", "metadata", "tree")
        ),
        "readers.wxr_items",
        "validation.tree",
    ],
    "markupsafe": ["pages.layout"],
    "nh3": ["text"],
    "platformdirs": ["state"],
    "prometheus_client": ["meter"],
    "pyromark": ["text"],
    "rich": ["cli.check", "cli.common"],
    "snowballstemmer": ["words"],
    "sqlalchemy": [
        *(
            "catalogue",
            "catalogue.engine",
            "catalogue.migration",
            "catalogue.queries",
            "catalogue.reading",
            "catalogue.search",
        ),
        "catalogue.writing",
        *("lock", "survey", "tables"),
    ],
    "trafilatura": ["readers.html_extract"],
    "watchfiles": ["watching"],
    "werkzeug": ["front.documents", "front.negotiation", "web"],
    "yaml": ["readers.yaml_header"],
    "zstandard": ["front.codings"],
}
"""Library -> the modules that import it."""

IMPORT_NAMES = {
    "charset-normalizer": "charset_normalizer",
    "pillow": "PIL",
    "prometheus-client": "prometheus_client",
    "python-dateutil": "dateutil",
    "pyyaml": "yaml",
}
PART_OF_ANOTHER = {"markupsafe"}  # the strings of Jinja
ONLY_DATA = {"tzdata"}  # zoneinfo reads it where the system has no time zones
ANOTHERS = {"lxml-html-clean"}  # trafilatura imports it by lxml

CLOCK = re.compile(r"datetime\.(?:now|utcnow|today)|date\.today|time\.(?:time|time_ns|localtime|gmtime|ctime)")
MAY_ASK_THE_CLOCK = {"cli.build", "cli.common", "gate", "live", "newsroom", "push", "serve", "web.outside"}

MUTATORS = {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


@dataclass(frozen=True)
class Module:
    """A module of the package by its name below ``feeds``: ``readers.fields``, ``readers`` for the package itself."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def imports(self) -> set[str]:
        """Every module that it imports, anywhere in it, by its full name."""
        return set(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}: line {node.lineno} imports relatively"
                module = node.module or ""
                inner = {f"{module}.{alias.name}" for alias in node.names} & FULL_NAMES
                yield from inner
                if len(inner) < len(node.names):
                    yield module

    @cached_property
    def inner(self) -> set[str]:
        """What it imports of this package, by the names below ``feeds``."""
        return {name.removeprefix("feeds.") for name in self.imports if name.startswith("feeds.")}

    @cached_property
    def libraries(self) -> set[str]:
        """The top names of what it imports from neither this package nor the standard library."""
        tops = {name.partition(".")[0] for name in self.imports}
        return tops - sys.stdlib_module_names - {"feeds"}


def _modules() -> Iterator[Module]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if name := ".".join(parts).removesuffix("__init__").rstrip("."):
            yield Module(name, path)


MODULES = {module.name: module for module in _modules()}
FULL_NAMES = {f"feeds.{name}" for name in MODULES}

each_module = pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)


def _layers() -> list[list[str]]:
    """The table of ``feeds/__init__.py``: the names of each line, up to the two spaces before what they are."""
    table = re.findall(r"(?m)^    (\S.*?)  +\S", feeds.__doc__ or "")
    return [line.split(", ") for line in table]


LEVELS = {name: level for level, names in enumerate(_layers()) for name in names}


def layer(name: str) -> str:
    """The name by which the table knows a module: its own, or its package's."""
    return name if name in LEVELS else name.partition(".")[0]


class TestLayers:
    """The table in the docstring of the package."""

    def test_the_table_names_every_module_once(self) -> None:
        """A module that nobody gave a place has none, and the table names no module that is not there."""
        named = [name for names in _layers() for name in names]
        assert sorted(named) == sorted({layer(name) for name in MODULES} - {"__main__"})

    @each_module
    def test_imports_point_downward(self, module: Module) -> None:
        """A module imports from the lines above its own in the table, or from its own package."""
        own = layer(module.name)
        level = LEVELS.get(own, len(LEVELS))  # __main__ is above them all
        upward = {name for name in module.inner if layer(name) != own and LEVELS.get(layer(name), level) >= level}
        assert not upward, f"{module.name} must not import {', '.join(sorted(upward))}"

    def test_nothing_imports_in_a_circle(self) -> None:
        """Not within a package, and not by an import that hides in a function."""
        tuple(TopologicalSorter({name: module.inner for name, module in MODULES.items()}).static_order())

    @each_module
    def test_the_package_imports_nothing_from_beside_it(self, module: Module) -> None:
        """No test, no tool, no application file: the installed package is whole."""
        assert module.libraries <= LIBRARIES.keys()

    def test_the_entry_point_imports_the_web_alone(self) -> None:
        """``app.py`` is a door, and has no rooms of its own."""
        assert Module("app", ROOT / "app.py").imports == {"__future__", "feeds.web"} - {"__future__"}


class TestLibraries:
    """Each library stays behind the module that knows its ways."""

    @pytest.mark.parametrize("library", LIBRARIES)
    def test_a_library_is_imported_where_the_table_says(self, library: str) -> None:
        """Neither by another module nor by none."""
        users = [module.name for module in MODULES.values() if library in module.libraries]
        assert users == LIBRARIES[library]

    def test_each_dependency_is_imported(self) -> None:
        """What nobody imports need not be installed."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        names = {re.split(r"[\[<>=]", requirement)[0] for requirement in project["dependencies"]}
        imported = {IMPORT_NAMES.get(name, name) for name in names} - ONLY_DATA - ANOTHERS
        assert imported == LIBRARIES.keys() - PART_OF_ANOTHER

    def test_a_build_imports_no_server(self) -> None:
        """``feeds build`` starts without what only other commands, or other newsrooms' files, need."""
        heavy = {"flask", "werkzeug", "granian", "rich", "watchfiles", "yaml", "jinja2", "prometheus_client"}
        heavy |= {"trafilatura", "feedparser", "PIL", "charset_normalizer", "cssselect"}
        heavy |= {"charset_normalizer", "feedparser", "PIL", "snowballstemmer"}
        code = f"import sys, feeds.cli; print(*sorted({heavy!r} & sys.modules.keys()))"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.split() == []


class TestState:
    """No state but what is passed along: bytes depend on the articles, and two newsrooms fit into one process."""

    @each_module
    def test_only_the_outermost_modules_ask_the_clock(self, module: Module) -> None:
        """Everybody else is given the moment, or needs none."""
        calls = (ast.unparse(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call))
        asked = [call for call in calls if CLOCK.fullmatch(call)]
        assert not asked or module.name in MAY_ASK_THE_CLOCK

    @each_module
    def test_no_function_changes_a_value_of_its_module(self, module: Module) -> None:
        """Neither by ``global`` nor by filling a list or a dictionary that every caller shares."""
        shared = {
            target.id
            for node in module.tree.body
            if isinstance(node, (ast.Assign, ast.AnnAssign))
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        functions = [node for node in ast.walk(module.tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
        changed = {name for function in functions for name in _changed_by(function)}
        assert not shared & changed

    @each_module
    def test_nobody_touches_the_locale(self, module: Module) -> None:
        """The locale belongs to the whole process; dates are written without it."""
        assert not {"locale"} & {name.partition(".")[0] for name in module.imports}


def _changed_by(function: ast.FunctionDef | ast.Lambda) -> Iterator[str]:
    """Names that a function changes and does not make itself."""
    nodes = list(ast.walk(function))
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own = arguments | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        if isinstance(node, ast.Global):
            yield from node.names
            continue
        changed: ast.expr | None = None
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            changed = node.func.value
        if isinstance(changed, ast.Name) and changed.id not in own:
            yield changed.id
