"""What the tests of pages in a browser share: a Chromium that reaches this machine alone, tabs that keep a record."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The same engine; the first does without a window's own parts, and opens a tab in half of the time."""

CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
LOOPBACK = "127.0.0.1"
ELSEWHERE = "kabar.test"
"""A name for this machine that, unlike 127.0.0.1, no browser takes for a secure context."""

ARGUMENTS = (
    "--disable-background-networking",
    "--disable-gpu",
    f"--host-resolver-rules=MAP {ELSEWHERE} {LOOPBACK}, MAP * ~NOTFOUND, EXCLUDE {LOOPBACK}",
)

RECORD = """
window.violations = [];
document.addEventListener("securitypolicyviolation", e => violations.push(e.effectiveDirective));
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of Debian or Google, without a window; a test without one is skipped."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt install chromium-headless-shell")
    sandbox = os.geteuid() != 0  # it refuses to have one as root, as in containers
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, chromium_sandbox=sandbox, args=[*ARGUMENTS], timeout=60_000
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A page in a context of its own.

    complaints: what the browser says against it: errors in its console, dialogs that it opens, scripts that fail.
    asked_elsewhere: addresses beyond our own that it asks for, images left aside.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked_elsewhere: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def look(self, *, width: int, scheme: str) -> None:
        """Make the window as wide, and the system light or dark."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    def style(self, selector: str, name: str) -> str:
        """The computed value of a CSS property of the first element that a selector finds."""
        value: str = self.page.eval_on_selector(selector, f"e => getComputedStyle(e)[{name!r}]")
        return value


@contextmanager
def tab(browser: Browser, ours: str, **options: Any) -> Iterator[Tab]:
    """A tab that loads only what lies below ``ours``; images from elsewhere are large and grey.

    options: those of Playwright's ``new_context``.
    """
    context = browser.new_context(locale="id-ID", **options)
    context.add_init_script(RECORD)
    opened = Tab(context.new_page())

    def elsewhere(route: Route) -> None:
        if route.request.resource_type == "image":
            route.fulfill(body=_PICTURE, content_type="image/png")
        else:
            opened.asked_elsewhere.append(route.request.url)
            route.abort()

    context.route(lambda url: not url.startswith(ours), elsewhere)
    opened.page.on("console", opened.hear)
    opened.page.on("pageerror", lambda error: opened.complaints.append(error.message))
    opened.page.on("dialog", lambda dialog: (opened.complaints.append(dialog.message), dialog.dismiss()))
    try:
        yield opened
    finally:
        context.close()


def _picture() -> bytes:
    written = io.BytesIO()
    Image.new("L", (2400, 1350), 160).save(written, "PNG")
    return written.getvalue()


_PICTURE = _picture()


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong: the rule, and the elements that break it."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {', '.join(str(node['target'][0]) for node in each['nodes'])}" for each in found]


TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter(
    e => e.getBoundingClientRect().right > root.clientWidth + 1);
  return [`${root.scrollWidth} of ${root.clientWidth}`, ...wide.map(e => e.outerHTML.slice(0, 80))];
}"""


def too_wide(page: Page) -> list[str]:
    """Nothing where the page cannot be scrolled sideways, else how wide it is and what sticks out."""
    found: list[str] = page.evaluate(TOO_WIDE)
    return found
