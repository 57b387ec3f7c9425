"""The drills of kills and faults, as anyone runs them, in small."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills import desk as module
from tests.drills import faults, kills, tracing


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ARTICLES", 12)


def test_nothing_is_lost_to_kills(tmp_path: Path) -> None:
    drill = kills.Drill(tmp_path, seed=1)
    drill.run(2, ("build",))
    assert (drill.kills.total(), drill.lost) == (2, [])


def test_nothing_is_lost_to_calls_that_fail_and_to_faults_of_the_machine() -> None:
    """Where processes must not be traced, no call can be made to fail."""
    lost, unable, _ = faults.run(1, 1, (faults.unreadable_article, faults.clock_set_back))
    assert lost == []
    assert len(unable) == (not tracing.can_trace())


def test_what_is_cut_left_over_changed_or_damaged_is_found(tmp_path: Path) -> None:
    """So that the drills are no drills that cannot fail."""
    desk = faults.begin(tmp_path, "meja", 1)
    before = desk.manifest()
    rss = desk.output / "rss.xml"
    whole = rss.read_bytes()
    rss.write_bytes(whole[:-9])
    with pytest.raises(module.LostError, match=r"rss\.xml is neither"):
        module.check_remains(desk, before, strict=True)
    rss.write_bytes(whole)
    module.check_remains(desk, before, strict=True)
    (desk.output / "rss.xml.tmp").write_bytes(b"")
    with pytest.raises(module.LostError, match=r"rss\.xml\.tmp"):
        module.check_finished(desk)
    (desk.output / "rss.xml.tmp").unlink()
    desk.ids["Berita 1"] = "tag:kabar.example,2026:lain"
    with pytest.raises(module.LostError, match="the id of 'Berita 1' was"):
        module.check_finished(desk)
    catalogue = desk.state / "catalogue.sqlite"
    catalogue.write_bytes(catalogue.read_bytes()[:12_288] + bytes(8192))
    with pytest.raises((module.LostError, module.sqlite3.DatabaseError)):
        module.check_catalogue(desk)
