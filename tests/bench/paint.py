"""How long a browser takes to paint a page of the sample newsroom that it has never seen, and how large the pages are.

    python tests/bench/paint.py [VISITS]

A service of its own on loopback, Chromium, a new profile for each visit: the first contentful paint (Paint Timing) in
milliseconds, median and worst, beside that of a line of text, which is what the browser and the network take.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser  # noqa: E402

from tests.browsing import chromium  # noqa: E402
from tests.support import FEEDS, Server, environment, free_port  # noqa: E402

PAGES = ("healthz", "", "ekonomi/", "ekonomi/rss.xml", "artikel/muka-air-batanghari-naik/", "search/?q=banjir")
FIRST_PAINT = """() => new Promise(painted => new PerformanceObserver(
  list => list.getEntriesByName("first-contentful-paint").forEach(entry => painted(entry.startTime))
).observe({type: "paint", buffered: true}))"""


def main() -> None:
    visits = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder, port = Path(name), free_port()
        env = environment(folder, base_url=f"http://127.0.0.1:{port}/", article_pages="true")
        server = Server([*FEEDS, "serve", "--port", str(port)], port=port, log=folder / "log", cwd=folder, env=env)
        try:
            server.wait(within=60)
            print(f"{'page':40} {'bytes':>7} {'median':>7} {'worst':>7}  ms to the first contentful paint")
            for path in PAGES:
                asked = {"sec_fetch_dest": "document", "accept": "text/html"}
                size = len(server.get(f"/{path}", **asked).body)
                show(f"/{path}", size, [paint(browser, server.address + path) for _ in range(visits)])
        finally:
            server.stop()


def paint(browser: Browser, address: str) -> float:
    """Milliseconds from the navigation to the first contentful paint, in a new profile."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(address)
        return float(page.evaluate(FIRST_PAINT))
    finally:
        context.close()


def show(name: str, size: int, paints: list[float]) -> None:
    print(f"{name:40} {size:>7,} {median(paints):>7.0f} {max(paints):>7.0f}")


if __name__ == "__main__":
    main()
