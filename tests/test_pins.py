"""What CI installs is pinned byte for byte, and as pyproject.toml admits it."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
FILES = ("requirements.txt", "audit.txt")
_PIN = re.compile(r"(?m)^([a-z0-9._-]+)==(\S+) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.IGNORECASE)


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


def _text(file: str) -> str:
    return (ROOT / ".ci" / file).read_text(encoding="utf-8")


def _pins(file: str) -> dict[str, str]:
    return {_name(name): version for name, version, _ in _PIN.findall(_text(file))}


@pytest.mark.parametrize("requirement", WANTED)
def test_each_dependency_is_pinned_to_a_version_that_is_admitted(requirement: str) -> None:
    """Where this fails after a change of pyproject.toml, ``.ci/renew`` mends it."""
    name, _, least = requirement.partition(">=")
    pinned = _pins("requirements.txt")[_name(name.partition("[")[0])]
    assert _version(pinned) >= _version(least)


@pytest.mark.parametrize("file", FILES)
def test_every_line_is_a_package_with_its_hashes(file: str) -> None:
    """No address of an index, no folder, nothing without a hash."""
    left = _PIN.sub("", _text(file))
    assert [line for line in left.splitlines() if line.strip() and not line.lstrip().startswith("#")] == []
    assert not re.search(r"https?://|file:/|--index|--find-links|--extra-index", _text(file))


def test_the_workflow_runs_actions_by_their_commit_and_may_only_read() -> None:
    """A tag can be moved to other code; a commit cannot."""
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)", workflow)
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", each) for each in used)
    assert re.search(r"(?m)^permissions:\n  contents: read\n", workflow)


SKIPPED = "{}  Dependency not found on PyPI and could not be audited: {} (1.0)\n"
BOTH = SKIPPED.format("flask", "flask") + SKIPPED.format("lxml", "lxml")
AWAY = "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed\n"
HOLE = "Found 1 known vulnerability in 1 package\n"


@pytest.mark.parametrize(
    ("printed", "code", "here", "on_github"),
    [
        ("No known vulnerabilities found\n", 0, "no known vulnerability", "no known vulnerability"),
        (HOLE, 1, "", ""),
        (HOLE + AWAY, 1, "", ""),
        (SKIPPED.format("flask", "flask"), 0, "", ""),
        (BOTH, 0, "NOT audited", ""),
        (AWAY, 1, "NOT audited", ""),
        ("usage: pip-audit\n", 2, "", ""),
    ],
    ids=["sound", "a hole", "a hole and away", "one unknown", "all unknown", "away", "wrong use"],
)
@pytest.mark.parametrize("github", [False, True])
def test_what_is_not_audited_passes_only_where_no_advisories_can_be_had(
    tmp_path: Path, printed: str, code: int, here: str, on_github: str, github: bool
) -> None:
    """Behind a mirror of packages alone; never on GitHub, and never for one package among others."""
    (script,) = re.findall(r"(?s)\naudit\(\) \{.*?(?=\nsay )", (ROOT / ".ci/run").read_text(encoding="utf-8"))
    tool = tmp_path / "audit/bin/pip-audit"
    tool.parent.mkdir(parents=True)
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{printed}END\nexit {code}\n")
    tool.chmod(0o755)
    (tmp_path / "pins.txt").write_text("# two\nflask==1.0 \\\n    --hash=x\nlxml==1.0\n")
    command = f"set -euo pipefail; work={tmp_path}; {script}\naudit {tmp_path}/pins.txt"
    env = {"PATH": os.environ["PATH"]} | ({"GITHUB_ACTIONS": "true"} if github else {})
    done = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True)
    said = on_github if github else here
    assert (done.returncode == 0) == bool(said), done.stdout + done.stderr
    assert said in done.stdout


def test_the_oldest_that_is_tried_is_all_that_may_be_installed_but_for_tests() -> None:
    """Extras too; as constraints, which name no extra of a package."""
    (script,) = re.findall(r"(?ms)^(sed -n '/\^dependencies.*?) > ", (ROOT / ".ci/run").read_text(encoding="utf-8"))
    oldest = subprocess.check_output(["bash", "-c", script], cwd=ROOT, text=True).splitlines()
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(each for name in extras if name != "test" for each in extras[name])]
    assert set(oldest) == {re.sub(r"\[.*\]", "", each).replace(">=", "==") for each in wanted}
