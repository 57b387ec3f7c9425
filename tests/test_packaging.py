"""The wheel: what ``pip install`` brings is whole, and works from any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support import ROOT, environment

NOT_PACKED = shutil.ignore_patterns("__pycache__")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that nothing of an earlier build is in it and nothing is left in the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "feeds", folder / "source/feeds", ignore=NOT_PACKED)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder / "source")
    # Without the network, where the environment has what the build needs; the extra [test] brings it.
    alone = ["--no-build-isolation"] if int(version("setuptools").partition(".")[0]) >= 77 else []
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *alone, "-w", folder, folder / "source"], check=True
    )
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder with the wheel's contents: what pip puts into site-packages."""
    folder = wheel.parent / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def files_below(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """``feeds`` from the wheel, in a folder that has nothing to do with it."""
    env = environment(folder) | {"PYTHONPATH": os.fspath(installed)}
    done = subprocess.run(
        [sys.executable, "-m", "feeds", *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestWheel:
    """What is in it."""

    def test_it_carries_every_file_of_the_package_and_no_other(self, installed: Path) -> None:
        """Templates, the style sheet, the sample with its faulty articles, newsroom.toml, py.typed; no tests."""
        assert files_below(installed / "feeds") == files_below(ROOT / "feeds")
        assert {path.name.partition("-")[0] for path in installed.iterdir()} == {"feeds"}

    @pytest.mark.parametrize(
        "file", ["py.typed", "newsroom.toml", "pages/templates/landing.html", "pages/static/gaya.css"]
    )
    def test_it_carries_what_is_no_python(self, installed: Path, file: str) -> None:
        """These are named here, as the test above would not miss them from both sides."""
        assert (installed / "feeds" / file).is_file()

    def test_its_description_is_the_readme(self, installed: Path) -> None:
        """And it says which Python it needs."""
        (metadata,) = installed.glob("*.dist-info/METADATA")
        headers = Parser().parsestr(metadata.read_text(encoding="utf-8"))
        assert headers["Requires-Python"] == ">=3.11"
        assert headers["Description-Content-Type"] == "text/markdown"
        assert headers.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")

    def test_it_brings_the_command(self, installed: Path) -> None:
        """``feeds``, as README has it."""
        (entry_points,) = installed.glob("*.dist-info/entry_points.txt")
        assert "feeds = feeds.cli:main" in entry_points.read_text()


class TestInstalled:
    """What it does."""

    def test_it_builds_the_sample_from_any_folder(self, installed: Path, tmp_path: Path) -> None:
        """The articles, the style sheet and a page for each article come from the wheel."""
        where = "import feeds; print(feeds.__file__)"
        env = environment(tmp_path) | {"PYTHONPATH": os.fspath(installed)}
        found = subprocess.check_output([sys.executable, "-c", where], cwd=tmp_path, env=env, text=True)
        assert Path(found.strip()).is_relative_to(installed)
        run(installed, tmp_path, "build", "--output", "out")
        documents = files_below(tmp_path / "out")
        assert {"index.html", "rss.xml", "atom.xml", "feed.json", "static/gaya.css", "ekonomi/rss.xml"} <= documents
        assert sum(path.startswith("artikel/") for path in documents) >= 40
        assert files_below(installed / "feeds") == files_below(ROOT / "feeds"), "the installation was written to"

    def test_it_begins_a_newsroom(self, installed: Path, tmp_path: Path) -> None:
        """With the commented configuration and articles to start from."""
        run(installed, tmp_path, "init", "redaksi")
        template = ROOT / "feeds/newsroom.toml"
        assert (tmp_path / "redaksi/config/newsroom.toml").read_bytes() == template.read_bytes()
        assert (tmp_path / "redaksi/articles").is_dir()
