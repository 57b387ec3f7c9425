"""What attacks whoever reads: nothing of it gets into feeds, pages, answers or headers; no browser runs any of it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from tests.browsing import chromium, tab
from tests.drills.attacks import DANGEROUS, FORMATS, desk_of, drill, faults_of_html, scheme_of, vectors
from tests.support import ROOT, Desk

SHARE = 1  # of each kind; the drill takes all
KINDS: dict[str, list[str]] = tomllib.loads((ROOT / "tests/xss.toml").read_text(encoding="utf-8"))
CONTEXTS = ("{}", '<img alt="{}">', "<img alt='{}'>", '<a href="{}">x</a>', "<a href='{}'>x</a>")

FOR_FILTERS = (
    *("<scr<script>", "<frameset", "<img/src", "<img src=x\x0bon", '<img src="x` `', "`on", "<!--[if IE]"),
    "<![CDATA[",
)
"""What parsers of today take for text; dangerous once a filter has cut something out of it, or in XML."""


def test_there_are_hundreds_of_attacks_and_none_twice() -> None:
    assert len(vectors()) == len(set(vectors())) > 200


@pytest.mark.parametrize("kind", ["tags", "handlers", "styles", "mutations"])
def test_the_drill_sees_each_attack_that_is_let_through(kind: str) -> None:
    """So that finding none means something: as it is written, each is dangerous in some place of a page."""
    for attack in KINDS[kind]:
        seen = any(list(faults_of_html(context.replace("{}", attack))) for context in CONTEXTS)
        assert seen or attack.startswith(FOR_FILTERS), attack


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("javascript:alert(1)", "javascript"),
        (" jAva\tscr\nipt:alert(1)", "javascript"),
        ("\x01data:text/html,x", "data"),
        ("\u200bvbscript:x", "vbscript"),
        ("https://kabar.example/", "https"),
        ("//kabar.example/javascript:x", ""),
        ("ekonomi/?a:b", ""),
    ],
)
def test_the_drill_reads_an_address_as_browsers_do(address: str, scheme: str) -> None:
    assert scheme_of(address) == scheme


def test_no_attack_in_any_field_gets_into_a_document_or_an_answer(tmp_path: Path) -> None:
    """Some of each kind in every field of every format, against every document, page, search, error and header."""
    report = drill(tmp_path, vectors(SHARE))
    assert report.faults == []
    assert report.articles > len(FORMATS) * report.attacks * 0.7
    assert report.answers > 10 * report.attacks


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_of(tmp_path_factory.mktemp("jahat"), KINDS["mutations"][::3] + KINDS["links"][::3]) as desk:
        yield desk


def test_a_browser_runs_nothing_of_what_feeds_carry(desk: Desk) -> None:
    """Their HTML in Chromium, without any policy: nothing is called, nobody asked, nothing opened."""
    document = desk.build().get("feed.json")
    assert document
    items = json.loads(document.body)["items"]
    contents = [item.get("content_html", escape(item.get("content_text", ""))) for item in items]
    page = "".join(f"<section>{content}</section>" for content in contents)
    with chromium() as browser, tab(browser, "http://127.0.0.1/", bypass_csp=True) as found:
        found.page.route("http://127.0.0.1/", lambda route: route.fulfill(body=page, content_type="text/html"))
        found.page.goto("http://127.0.0.1/", wait_until="load")
        assert found.page.locator("section").count() == len(contents) > 100
        hidden = found.page.evaluate(
            "names => [...document.body.querySelectorAll('*')].filter(e => names.includes(e.localName)).length",
            sorted(DANGEROUS),
        )
        handlers = found.page.evaluate(
            "() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
            ".filter(a => /^(on|style)/.test(a.name) || /^\\s*(javascript|data|vbscript):/i.test(a.value))"
            ".filter(a => !['title', 'alt', 'id'].includes(a.name)).map(a => a.name + '=' + a.value)"
        )
        assert (hidden, handlers, found.asked_elsewhere) == (0, [], [])
        assert [each for each in found.complaints if "Failed to load resource" not in each] == []
