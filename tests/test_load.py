"""A short piece of the drill of load; the whole of it is ``python tests/drills/load.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills import load

SECONDS = 15.0
CONNECTIONS = 300


def test_a_crowd_of_slow_idle_and_busy_clients_gets_whole_and_fresh_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an article changes every two seconds; beside other tests a change may take longer than alone."""
    monkeypatch.setattr(load, "FRESH", 6.0)
    found = load.drill(tmp_path, SECONDS, CONNECTIONS)
    assert dict(found.lost) == {}
    assert found.most >= CONNECTIONS
    assert found.tried["publications"] >= SECONDS / load.EVERY - 1
    assert {name for name in load.KINDS if not found.tried[name]} == set()
    assert {f"answers {status}" for status in (200, 226, 304, 404)} <= found.tried.keys()
