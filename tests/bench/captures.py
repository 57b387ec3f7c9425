"""How text captures are read, and how fast: ``python tests/bench/captures.py [ROUNDS]``.

The captures are those of tests/captures with their expectations in tests/captures.toml. Each field is counted right or
wrong by itself, and what is wrong is named; ``tests/test_capture.py`` holds more of each capture than is counted here.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from feeds.dates import read_date
from feeds.errors import ArticleError, DateError
from feeds.model import Draft
from feeds.readers import capture

TESTS = Path(__file__).parent.parent
FIELDS = ("title", "date", "noise")


def read(text: str) -> Draft | ArticleError:
    (found,) = capture.read("kawat/bench.txt", text)
    return found


def wrong_in(found: Draft | ArticleError, expected: dict[str, Any]) -> dict[str, str]:
    """Field -> what stands there instead, of the fields that are wrong."""
    if isinstance(found, ArticleError):
        return dict.fromkeys(FIELDS, found.reason)
    wrong = {}
    if found.title != expected["title"]:
        wrong["title"] = found.title
    if "date" in expected and (date := _moment(found.date)) != expected["date"]:
        wrong["date"] = date
    noise = [text for text in expected.get("absent", ()) if text in found.body]
    if noise:
        wrong["noise"] = ", ".join(noise)
    return wrong


def _moment(date: Any) -> str:
    try:
        return read_date(date).value.isoformat() if date else ""
    except DateError:
        return ""  # such as a date without a year, which nobody can place without a reference


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    cases: dict[str, dict[str, Any]] = tomllib.loads((TESTS / "captures.toml").read_text(encoding="utf-8"))
    texts = {name: (TESTS / f"captures/{name}.txt").read_text(encoding="utf-8") for name in cases}
    wrong: Counter[str] = Counter()
    for name, text in texts.items():
        for field, instead in wrong_in(read(text), cases[name]).items():
            wrong[field] += 1
            print(f"{name}: {field}: {instead!r}")
    for field in FIELDS:
        print(f"{field:6s} {len(cases) - wrong[field]} of {len(cases)} right")
    start = time.perf_counter()
    for _ in range(rounds):
        for text in texts.values():
            read(text)
    seconds = time.perf_counter() - start
    characters = rounds * sum(map(len, texts.values()))
    print(f"{rounds * len(texts) / seconds:,.0f} captures/s, {characters / seconds / 1e6:.1f} million characters/s")


if __name__ == "__main__":
    main()
