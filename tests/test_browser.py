"""The pages in a real browser: for every reader, in every window, against a hostile newsroom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from feeds import pages
from feeds.model import Category
from tests.browsing import ELSEWHERE, LOOPBACK, Tab, chromium, tab, too_wide, violations
from tests.support import FEEDS, Server, article, environment, free_port, until
from tests.test_pages import make_feed, make_headlines, make_shelves

PAGES = {
    "landing": "",
    "category": "ekonomi/",
    "feed's own address": "ekonomi/rss.xml",
    "article": "artikel/muka-air-batanghari-naik/",
    "tag": "tag/banjir/",
    "author": "author/siti-khadijah/",
    "corrections": "ralat/",
    "month": "archive/2026-04/",
    "search": "search/?q=banjir",
    "search without words": "search/",
    "search that cannot be understood": "search/?q=%22",
    "not found": "tidak/ada",
}
FAILING = {"search that cannot be understood": 400, "not found": 404}
LOOKS = ((1200, "light"), (320, "dark"))

MANY = tuple(Category(slug=f"rubrik-{number}", title=f"Rubrik {number}") for number in range(5000))

every_page = pytest.mark.parametrize("name", PAGES)
every_kind = pytest.mark.parametrize("name", ["landing", "category", "article", "search", "not found"])
"""A page of each template."""

Visit = Callable[..., Tab]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def serve(folder: Path, *arguments: str) -> Server:
    """``feeds serve`` with pages for articles, at the address that its documents name."""
    port = free_port()
    env = environment(folder, base_url=f"http://{LOOPBACK}:{port}/", article_pages="true")
    command = [*FEEDS, *arguments, "serve", "--port", str(port)]
    return Server(command, port=port, log=folder / "log", cwd=folder, env=env)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The sample newsroom, once all of it can be found."""
    server = serve(tmp_path_factory.mktemp("sample"))
    try:
        server.wait(within=60)
        limits = cycle(range(1, 200))  # another search each time, as what one found may be kept
        until(lambda: b'class="entry"' in server.get(f"/search/?q=banjir&limit={next(limits)}").body, within=30)
        yield server
    finally:
        server.stop()


@pytest.fixture
def visit(browser: Browser, sample: Server) -> Iterator[Visit]:
    """Opens a page of the sample newsroom by its name or path: ``visit("landing", width=320, scheme="dark")``."""
    with ExitStack() as opened:

        def one(name: str, *, width: int = 1200, scheme: str = "light", host: str = LOOPBACK, **options: Any) -> Tab:
            ours = f"http://{host}:{sample.port}/"
            options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme} | options
            found = opened.enter_context(tab(browser, ours, **options))
            answer = found.page.goto(ours + PAGES.get(name, name))
            assert answer
            assert answer.status == FAILING.get(name, 200)
            return found

        yield one


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of a page in the folder that the option ``--screenshots`` names, if it names one."""
    folder: str | None = request.config.getoption("--screenshots")

    def keep(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{re.sub(r'[^a-z0-9]+', '-', name)}.png", full_page=True)

    return keep


class TestEveryPage:
    """What holds for each kind of page."""

    @every_page
    def test_axe_finds_nothing_in_light_and_dark_narrow_and_wide(
        self, visit: Visit, name: str, picture: Callable[[Page, str], None]
    ) -> None:
        """By axe-core's rules, those of WCAG and its best practices; contrast is one of them."""
        found = visit(name)
        for width, scheme in LOOKS:
            found.look(width=width, scheme=scheme)
            picture(found.page, f"{name} {width} {scheme}")
            assert violations(found.page) == [], (width, scheme)

    @every_kind
    def test_nothing_scrolls_sideways(self, visit: Visit, name: str) -> None:
        """On a telephone of 320 px, in a window of 1280 px at 200 %, and there with letters of twice the size too."""
        found = visit(name, width=640, device_scale_factor=2)
        assert too_wide(found.page) == []
        found.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert too_wide(found.page) == []
        found = visit(name, width=320)
        assert too_wide(found.page) == []

    @every_kind
    def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(self, visit: Visit, name: str) -> None:
        """Tab goes from one link or field to the next as they stand in the page; each has an outline and is in view."""
        page = visit(name).page
        stops = page.evaluate(STOPS)
        assert stops >= 3
        reached = []
        for _ in range(stops):
            page.keyboard.press("Tab")
            reached.append(page.evaluate(FOCUSED))
        assert [each["number"] for each in reached] == [*range(stops)]
        assert [each for each in reached if not each["outlined"] or not each["in_view"]] == []

    @every_kind
    def test_the_first_stop_leads_past_the_head_to_the_content(self, visit: Visit, name: str) -> None:
        page = visit(name).page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Langsung ke isi"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main, footer') !== null")

    @every_page
    def test_a_page_breaks_no_rule_of_its_own_and_asks_nobody_else(self, visit: Visit, name: str) -> None:
        """No report of its policy, no error in the console; beside images nothing comes from elsewhere."""
        found = visit(name)
        found.page.wait_for_load_state("networkidle")
        ours = [each for each in found.complaints if name not in FAILING or str(FAILING[name]) not in each]
        assert ours == []
        assert found.page.evaluate("window.violations") == []
        assert found.asked_elsewhere == []

    @every_kind
    def test_in_the_dark_the_page_is_dark(self, visit: Visit, name: str) -> None:
        found = visit(name, scheme="light")
        light = lightness(found)
        found.page.emulate_media(color_scheme="dark")
        dark = lightness(found)
        assert light["paper"] > 0.9 > 0.2 > light["ink"]
        assert dark["paper"] < 0.1 < 0.8 < dark["ink"]

    @every_kind
    def test_on_paper_it_is_black_on_white_without_what_can_only_be_clicked(
        self, visit: Visit, name: str, picture: Callable[[Page, str], None]
    ) -> None:
        """Also for those who have it dark."""
        found = visit(name, scheme="dark")
        found.page.emulate_media(media="print", color_scheme="dark")
        picture(found.page, f"{name} print")
        assert lightness(found) == {"paper": 1, "ink": 0}
        for selector in ("nav", "button", "form", ".skip"):
            assert not any(each.is_visible() for each in found.page.locator(selector).all()), selector
        assert found.page.locator("h1").is_visible()

    @every_kind
    def test_without_scripts_everything_can_be_read(self, visit: Visit, name: str) -> None:
        """All that scripts add are the buttons that copy."""
        with_scripts = visit(name).page
        copying = with_scripts.locator("[data-copy] button").all_inner_texts()
        without = visit(name, java_script_enabled=False).page
        assert without.locator("[data-copy] button").count() == 0
        expected = with_scripts.locator("body").inner_text().splitlines()
        for each in copying:
            expected.remove(each)
        assert [*filter(None, without.locator("body").inner_text().splitlines())] == [*filter(None, expected)]

    @every_page
    def test_a_page_is_smaller_than_50_kb(self, sample: Server, name: str) -> None:
        """Uncompressed, as a search or a feed may be the first page that somebody on the road sees."""
        asked = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document", "accept": "text/html"}
        answer = sample.get("/" + PAGES[name], **asked)
        assert answer.headers["content-type"] == pages.MEDIA_TYPE
        assert len(answer.body) < 50_000


STOPS = """() => {
  window.stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  return stops.length;
}"""

FOCUSED = """() => {
  const element = document.activeElement, style = getComputedStyle(element), place = element.getBoundingClientRect();
  return {
    number: stops.indexOf(element),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    in_view: place.width > 1 && place.height > 1 && place.bottom > 0 && place.top < innerHeight,
  };
}"""


def lightness(found: Tab) -> dict[str, float]:
    """Of the background and of the text, from 0 (black) to 1 (white)."""
    colours = {"paper": found.style("body", "backgroundColor"), "ink": found.style("body", "color")}
    return {name: sum(map(int, re.findall(r"\d+", colour)[:3])) / 765 for name, colour in colours.items()}


def test_every_page_of_the_sample_is_smaller_than_50_kb(sample: Server) -> None:
    """Those that the pages lead to, from the first on."""
    waiting, sizes = [""], {}
    while waiting:
        path = waiting.pop()
        body = sample.get(f"/{path}").body
        sizes[path] = len(body)
        links = re.findall(rb'<a [^>]*href="((?:\.\./)*)([a-z0-9/-]*/)"', body)
        waiting += {link.decode() for _, link in links} - sizes.keys() - {*waiting}
    assert len(sizes) > 60
    assert {path: size for path, size in sizes.items() if size >= 50_000} == {}


class TestSubscribing:
    """The address of a feed goes from the page into a reader."""

    @pytest.mark.parametrize("host", [LOOPBACK, ELSEWHERE])
    @pytest.mark.parametrize("name", ["landing", "category", "search"])
    def test_a_button_copies_the_address_and_says_so(self, visit: Visit, name: str, host: str) -> None:
        """By the keyboard alone; also where the browser lets no script write to the clipboard by itself."""
        page = visit(name, host=host, permissions=["clipboard-write"] if host == LOOPBACK else []).page
        assert page.evaluate("isSecureContext") == (host == LOOPBACK)
        place = page.locator("[data-copy]").first
        status = place.get_by_role("status")
        assert status.inner_text() == ""
        place.get_by_role("button", name="Salin alamat").focus()
        page.keyboard.press("Enter")
        status.get_by_text("Alamat tersalin").wait_for()
        assert pasted(page) == place.locator("code").inner_text()

    def test_without_scripts_one_click_takes_the_whole_address(self, visit: Visit) -> None:
        page = visit("landing", java_script_enabled=False).page
        address = page.locator("[data-copy] code")
        address.click()
        assert page.evaluate("getSelection().toString()") == address.inner_text()

    def test_without_scripts_a_search_finds(self, visit: Visit) -> None:
        page = visit("search without words", java_script_enabled=False).page
        page.locator("input[type=search]").fill("banjir")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=banjir")
        assert page.locator("article.entry").count() >= 1


def pasted(page: Page) -> str:
    """What the clipboard holds, as a person finds out."""
    other = page.context.new_page()
    other.goto(f"{page.url.split('/', 3)[0]}//{page.url.split('/', 3)[2]}/search/")
    field = other.locator("input[type=search]")
    field.focus()
    other.keyboard.press("Control+V")
    return field.input_value()


def test_5000_categories_are_all_there_and_scroll_down_alone(browser: Browser, sample: Server) -> None:
    """The page of a newsroom with as many, at the place of the sample's."""
    made = pages.landing(make_feed(), make_headlines(), make_shelves(MANY))
    with tab(browser, sample.address, viewport={"width": 320, "height": 700}) as found:
        found.page.route(sample.address, lambda route: route.fulfill(body=made, content_type=pages.MEDIA_TYPE))
        found.page.goto(sample.address, wait_until="load")
        assert found.page.locator("li[id^=kategori-]").count() == len(MANY)
        assert too_wide(found.page) == []


# --- a hostile newsroom ----------------------------------------------------------------------------------------------

RUN = "window.hacked = true"
ATTACKS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror='{RUN}'>",
    f"<svg onload='{RUN}'><script>{RUN}</script></svg>",
    f"<a href='javascript:{RUN}' id=jebakan>klik</a>",
    "<iframe srcdoc='<script>parent.hacked = true</script>'></iframe>",
    "<iframe src='javascript:parent.hacked = true'></iframe>",
    f"<body onload='{RUN}'><div onmouseover='{RUN}' style='position:fixed;inset:0'>x</div>",
    f"<details open ontoggle='{RUN}'><summary>x</summary></details>",
    f"<input autofocus onfocus='{RUN}'><video><source onerror='{RUN}'></video>",
    "<style>body { display: none }</style><link rel=stylesheet href='https://jahat.example/x.css'>",
    "<meta http-equiv=refresh content='0;url=https://jahat.example/'><base href='https://jahat.example/'>",
    "<form action='https://jahat.example/'><button>Masuk</button></form>",
    f"</title></textarea></style></script><script>{RUN}</script>",
    f"\"'><script>{RUN}</script>",
)
ALL = " ".join(ATTACKS)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A newsroom whose every field attacks the reader."""
    folder = tmp_path_factory.mktemp("jahat")
    data = folder / "berita"
    data.mkdir()
    for number, attack in enumerate((*ATTACKS, ALL)):
        (data / f"{number}.md").write_text(
            article(
                f"Judul {attack}",
                f"2026-05-{number + 1:02}T09:00:00+07:00",
                body=f"Isi. {attack}\n\n{attack}",
                slug=f"serangan-{number}",
                ringkasan=attack,
                penulis=[attack],
                tag=["Jebakan", attack],
                kategori=["Rubrik", attack],
                gambar=f"https://kabar.example/x.jpg?{attack}",
                keterangan_gambar=attack,
                kredit_foto=attack,
                sumber=attack,
                ralat=attack,
            ),
            encoding="utf-8",
        )
    server = serve(folder, "--data", str(data))
    try:
        server.wait(within=60)
        yield server
    finally:
        server.stop()


HOSTILE_PAGES = ("", "rubrik/", "rubrik/rss.xml", f"artikel/serangan-{len(ATTACKS)}/", "tag/jebakan/", "ralat/")


class TestHostile:
    """Two walls, each of which holds alone: what articles bring is made harmless, and the policy lets nothing run."""

    @pytest.mark.parametrize("path", HOSTILE_PAGES)
    def test_nothing_runs_even_without_the_policy(self, browser: Browser, hostile: Server, path: str) -> None:
        """The page stays where it is, is seen, opens no dialog and asks nobody; what was written is text."""
        with tab(browser, hostile.address, bypass_csp=True) as found:
            found.page.goto(hostile.address + path)
            found.page.wait_for_load_state("networkidle")
            for link in found.page.locator("main a").all()[:50]:
                assert not (link.get_attribute("href") or "").lower().startswith("javascript:")
            assert found.page.evaluate("window.hacked") is None
            assert found.page.url == hostile.address + path
            missing = "Failed to load resource"  # the picture that is none
            assert [each for each in found.complaints if not each.startswith(missing)] == []
            assert found.asked_elsewhere == []
            assert found.page.locator("h1").is_visible()
            assert found.page.locator("iframe, form, style, base, object, embed, meta[http-equiv=refresh]").count() == 0

    @pytest.mark.parametrize("attack", ATTACKS[:2])
    def test_without_both_walls_an_attack_runs(self, browser: Browser, hostile: Server, attack: str) -> None:
        """So that the tests of each wall mean something."""
        body = hostile.get("/rubrik/").body.replace(b"<h1", f"{attack}<h1".encode(), 1)
        body = re.sub(rb"<meta http-equiv[^>]*>", b"", body)
        with tab(browser, hostile.address) as found:
            found.page.route(hostile.address + "rubrik/", answering(body, {"content-type": pages.MEDIA_TYPE}))
            found.page.goto(hostile.address + "rubrik/")
            found.page.wait_for_function("window.hacked === true")

    @pytest.mark.parametrize("attack", ATTACKS[:4])
    def test_the_policy_alone_lets_nothing_run(self, browser: Browser, hostile: Server, attack: str) -> None:
        """As if an attack had got through: put into a page of ours, under the headers of our answers."""
        answer = hostile.get("/rubrik/")
        body = answer.body.replace(b"<h1", f"{attack}<h1".encode(), 1)
        of_static_host = {"content-type": answer.headers["content-type"]}
        for headers in (answer.headers, of_static_host):
            with tab(browser, hostile.address) as found:
                address = hostile.address + "rubrik/"
                found.page.route(address, answering(body, headers))
                found.page.goto(address)
                trap = found.page.locator("#jebakan")
                if trap.count():
                    trap.click()
                refused = "window.violations.some(each => each.startsWith('script-src'))"
                until(lambda page=found.page, refused=refused: page.evaluate(refused), within=10)
                assert found.page.evaluate("window.hacked") is None


def answering(body: bytes, headers: Mapping[str, str]) -> Callable[[Route], None]:
    """Answers with these bytes under these headers."""
    kept = {name: value for name, value in headers.items() if name != "content-length"}
    return lambda route: route.fulfill(body=body, headers=kept)
