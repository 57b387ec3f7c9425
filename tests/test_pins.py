"""What CI installs is pinned byte for byte, and as pyproject.toml admits it."""

from __future__ import annotations

import re
import tomllib

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
