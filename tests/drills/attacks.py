"""Attacks by what is written and asked: each of tests/xss.toml in every field, in every format, against every output.

    python tests/drills/attacks.py [N]      with the first N of each kind; all of them without

A newsroom is written whose every field attacks whoever reads it. All that is made of it is parsed as its readers parse
it, and searched for what could run, load or lead astray: elements, handlers, addresses, styles, headers.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).parents[2]))  # as a script it begins in its own folder

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from feeds.model import Rendition
from feeds.text import clean, slugify
from feeds.web import create_app
from tests.support import BASE_URL, ROOT, Desk, a_desk, article

DATE = "2026-05-04T09:00:00+07:00"
NEWER = "2026-05-05T09:00:00+07:00"
SITE = "https://kabar.example/"


def vectors(most: int | None = None) -> list[str]:
    """The attacks, at most so many of each kind."""
    kinds: dict[str, list[str]] = tomllib.loads((ROOT / "tests/xss.toml").read_text(encoding="utf-8"))
    return list(chain.from_iterable(kind[:most] for kind in kinds.values()))


# --- a newsroom that attacks -----------------------------------------------------------------------------------------


def _fields(form: str, number: int, attack: str) -> dict[str, Any]:
    """All that an article can say, by the names of fields."""
    return {
        "title": f"{form} {number} {attack}",
        "date": DATE,
        "ringkasan": attack,
        "penulis": [attack, f"Rina {attack}"],
        "kategori": [f"Serangan {form}", attack],
        "tag": ["Jebakan", attack],
        "guid": f"{form}-{number}-{attack}",
        "slug": f"{form}-{number}-{attack}",
        "gambar": attack if number % 2 else f"https://kabar.example/x.jpg?{attack}",
        "keterangan_gambar": attack,
        "kredit_foto": attack,
        "sumber": attack,
        "lisensi": attack,
        "hak_cipta": attack,
        "bahasa": attack if number % 5 == 0 else "id",
        **({"link": f"{attack}?{form}"} if number % 3 == 0 else {}),  # else all are the same article
    }


def _markdown(folder: Path, attacks: Sequence[str]) -> None:
    for number, attack in enumerate(attacks):
        said = _fields("md", number, attack)
        more = {"ralat": {"teks": attack, "tautan": attack}, "hak_jawab": attack}
        title, date = said.pop("title"), said.pop("date")
        written = article(title, date, body=f"Isi. {attack}\n\n{attack}\n", **said, **more)
        (folder / f"{number}.md").write_text(written, encoding="utf-8")
        gone = article(f"tarik {title}", date, status="ditarik", alasan=attack, guid=f"tarik-{number}")
        (folder / f"{number}-tarik.md").write_text(gone, encoding="utf-8")
        # Pages write it without base_url; the newest are those that could then be addresses by themselves.
        behind = article(f"sini {title}", NEWER if scheme_of(attack) else date, link=f"{BASE_URL}{attack}")
        (folder / f"{number}-sini.md").write_text(behind, encoding="utf-8")


def _json(folder: Path, attacks: Sequence[str]) -> None:
    records = [_fields("json", n, a) | {"body": f"<p>Isi.</p>{a}", "format": "html"} for n, a in enumerate(attacks)]
    lines = "\n".join(map(json.dumps, records))
    (folder / "kawat.jsonl").write_text(lines, encoding="utf-8")


def _json_feed(folder: Path, attacks: Sequence[str]) -> None:
    items = [
        {
            "id": f"jf-{number}-{attack}",
            "url": attack if number % 3 == 0 else f"{SITE}jf/{number}/?{attack}",
            "title": f"jf {number} {attack}",
            "content_html": f"<p>Isi.</p>{attack}",
            "summary": attack,
            "image": attack,
            "date_published": DATE,
            "authors": [{"name": attack, "url": attack}],
            "tags": ["Serangan jf", attack],
            "language": attack,
            "attachments": [{"url": attack, "mime_type": attack}],
        }
        for number, attack in enumerate(attacks)
    ]
    said = {"version": "https://jsonfeed.org/version/1.1", "title": attacks[0], "items": items}
    (folder / "umpan.json").write_text(json.dumps(said), encoding="utf-8")


def _csv(folder: Path, attacks: Sequence[str]) -> None:
    rows = [_fields("csv", number, attack) | {"isi": f"Isi. {attack}"} for number, attack in enumerate(attacks)]
    names = list(rows[0])  # the first has a link
    written = io.StringIO()
    table = csv.DictWriter(written, names)
    table.writeheader()
    for row in rows:
        flat = {name: ", ".join(value) if isinstance(value, list) else value for name, value in row.items()}
        table.writerow({name: value.replace("\0", "") for name, value in flat.items()})
    (folder / "rapat.csv").write_text(written.getvalue(), encoding="utf-8")


def _html(folder: Path, attacks: Sequence[str]) -> None:
    for number, attack in enumerate(attacks):
        quoted = attack.replace('"', "&quot;")
        linked = json.dumps(
            {"@type": "NewsArticle", "headline": attack, "author": {"name": attack}, "image": attack, "url": attack}
        ).replace("</", "<\\/")
        (folder / f"{number}.html").write_text(
            f"<!doctype html><html><head><title>html {number}</title>"
            f'<meta property="og:title" content="html {number} {quoted}"><meta name="description" content="{quoted}">'
            f'<meta property="article:published_time" content="{DATE}"><meta property="og:image" content="{quoted}">'
            f'<meta name="keywords" content="{quoted}"><meta name="author" content="{quoted}">'
            f'<meta property="article:section" content="Serangan html">'
            f'<script type="application/ld+json">{linked}</script></head><body><article><h1>html {number} {attack}</h1>'
            f"<p>Isi berita yang cukup panjang untuk sebuah berita, dengan beberapa kata lagi. {attack}</p>{attack}"
            f'<p>Penutup.</p><figure><img src="{quoted}" alt="{quoted}"></figure></article></body></html>',
            encoding="utf-8",
        )


def _cdata(attack: str) -> str:
    return "<![CDATA[" + clean(attack).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _rss(items: Iterator[str]) -> str:
    spaces = {
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "excerpt": "http://wordpress.org/export/1.2/excerpt/",
        "wp": "http://wordpress.org/export/1.2/",
        "media": "http://search.yahoo.com/mrss/",
    }
    declared = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in spaces.items())
    return (
        f'<?xml version="1.0"?><rss version="2.0"{declared}><channel><title>x</title>{"".join(items)}</channel></rss>'
    )


def _item(form: str, number: int, attack: str, further: str) -> str:
    text, plain = _cdata(attack), escape(clean(attack), {'"': "&quot;"})
    link = text if number % 3 == 0 else f"{SITE}{form}/{number}/"
    return (
        f"<item><title>{form} {number} {text}</title><link>{link}</link><guid>{form}-{number}-{plain}</guid>"
        f"<pubDate>Mon, 04 May 2026 09:00:00 +0700</pubDate><dc:creator>{text}</dc:creator>"
        f"<description>{text}</description><content:encoded><![CDATA[<p>Isi.</p>]]>{text}</content:encoded>"
        f'<category domain="category">Serangan {form}</category><category domain="category">{text}</category>'
        f'<category domain="post_tag">{text}</category><media:content url="{plain}" medium="image"/>{further}</item>'
    )


def _wxr(folder: Path, attacks: Sequence[str]) -> None:
    def further(number: int, attack: str) -> str:
        return (
            f"<wp:post_id>{number + 1}</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
            f"<wp:post_name>{_cdata(f'wxr-{number}-{attack}')}</wp:post_name>"
            f"<excerpt:encoded>{_cdata(attack)}</excerpt:encoded><wp:post_date>2026-05-04 09:00:00</wp:post_date>"
        )

    items = (_item("wxr", number, attack, further(number, attack)) for number, attack in enumerate(attacks))
    head = '<?xml version="1.0"?><!-- generator="WordPress/6.5" -->'
    (folder / "ekspor.wxr").write_text(_rss(items).replace('<?xml version="1.0"?>', head), encoding="utf-8")


def _feed(folder: Path, attacks: Sequence[str]) -> None:
    items = (
        _item(
            "rss", number, attack, f'<enclosure url="{escape(clean(attack), {chr(34): "&quot;"})}" type="image/jpeg"/>'
        )
        for number, attack in enumerate(attacks)
    )
    (folder / "kita.rss").write_text(_rss(items), encoding="utf-8")


def _text(folder: Path, attacks: Sequence[str]) -> None:
    (folder / "teks").mkdir()
    for number, attack in enumerate(attacks):
        flat = " ".join(attack.split())
        (folder / "teks" / f"{number}.txt").write_text(
            f"Home\nSerangan\ntxt {number} {flat}\nSenin, 4 Mei 2026 09:00 WIB\n"
            f"JAMBI - Isi berita yang cukup panjang untuk sebuah berita. {flat}\n\n{attack}\n\nEditor: {flat}\n",
            encoding="utf-8",
        )


FORMATS: dict[str, Callable[[Path, Sequence[str]], None]] = {
    "Markdown": _markdown,
    "JSON": _json,
    "JSON Feed": _json_feed,
    "table": _csv,
    "HTML": _html,
    "WordPress export": _wxr,
    "saved feed": _feed,
    "text capture": _text,
}


def _withdrawn(folder: Path, attacks: Sequence[str]) -> None:
    entries = (
        f"[[withdrawn]]\narticle = {json.dumps(f'{SITE}hilang/{n}/')}\ntitle = {_toml(a)}\nreason = {_toml(a)}\n"
        f"date = 2026-05-05\n"
        for n, a in enumerate(attacks)
    )
    (folder / "withdrawn.toml").write_text("\n".join(entries), encoding="utf-8")


def _toml(text: str) -> str:
    return json.dumps(clean(text))


def write(folder: Path, attacks: Sequence[str]) -> None:
    """Articles that attack, in every format, and a list of withdrawn ones."""
    for form in FORMATS.values():
        form(folder, attacks)
    _withdrawn(folder, attacks)


# --- what is dangerous -----------------------------------------------------------------------------------------------

# What can run, load or change how a page is read; a feed's text needs none of it.
DANGEROUS = frozenset(
    "script iframe frame frameset object embed applet base link meta style template noscript portal form input button "  # noqa: SIM905
    "select textarea isindex svg math foreignobject animate set use image plaintext xmp listing noembed noframes title "
    "marquee bgsound layer ilayer canvas dialog slot".split()
)
ADDRESSES = frozenset(
    "href src srcset poster cite action formaction background data xlink:href ping longdesc usemap manifest icon "  # noqa: SIM905
    "dynsrc lowsrc profile classid codebase archive srcdoc".split()
)
HARMLESS = frozenset({"http", "https", "mailto", "tel"})
_IGNORED = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202f\ufeff]")  # by some browser, in an address
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_OWN = re.compile(rf"(?:{re.escape(BASE_URL)}|\.?/?(?:\.\./)*)static/salin\.js")  # whole on a page that lies too deep


def scheme_of(address: str) -> str:
    """The scheme that a browser finds, "" for none: an address is then a path, and harmless."""
    found = _SCHEME.match(_IGNORED.sub("", address))
    return found[1].lower() if found else ""


def _addresses(name: str, value: str) -> list[str]:
    return [part.strip() for part in value.split(",")] if name == "srcset" else [value]


def faults_of_html(html: str, *, page: bool = False) -> Iterator[str]:
    """What a browser would run, load or follow. page: a whole page of ours, which has some elements of its own."""
    parser = LexborHTMLParser(html) if page else LexborHTMLParser(f"<body><div>{html}</div>")
    for node in parser.css("*"):
        tag = (node.tag or "").lower()
        attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
        ours = page and _is_ours(tag, attributes)
        if tag in DANGEROUS and not ours and not (not page and tag == "title"):
            yield f"<{tag}> {attributes}"
        for name, value in attributes.items():
            if name.startswith("on") or name in ("style", "srcdoc", "autofocus", "popovertarget"):
                yield f"<{tag} {name}={value!r}>"
            elif name in ADDRESSES:
                bad = [each for each in _addresses(name, value) if scheme_of(each) not in {*HARMLESS, ""}]
                if bad and not (ours or (page and tag == "a" and value.startswith("feed:http"))):
                    yield f"<{tag} {name}={value!r}>"


def _is_ours(tag: str, attributes: dict[str, str]) -> bool:
    """Whether an element is one that our own templates have."""
    match tag:
        case "script":
            return bool(_OWN.fullmatch(attributes.get("src", "")))
        case "meta":
            return attributes.get("http-equiv", "").lower() in ("", "content-security-policy")
        case "link":
            known = {"stylesheet", "icon", "alternate", "canonical", "license", "prev", "next", "search"}
            own = attributes.get("rel") != "stylesheet" or attributes["href"].endswith("static/gaya.css")
            return attributes.get("rel") in known and own
        case "form":
            return attributes.get("role") == "search"
        case "input":
            return attributes.get("name") == "q"
        case "svg":
            return set(attributes) <= {"viewbox", "role", "aria-labelledby", "preserveaspectratio", "width", "height"}
    return tag in ("title", "button")


_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
_PLACES = frozenset({"link", "comments", "docs", "url", "icon", "logo", "uri", "loc"})


def faults_of_xml(body: bytes) -> Iterator[str]:
    """What is dangerous in RSS, Atom, OPML, a sitemap: the elements that are HTML, and addresses."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    tree = etree.fromstring(body, parser)
    if tree.getroottree().docinfo.doctype:
        yield "a document type"
    for element in tree.iter():
        if not isinstance(element.tag, str):
            if isinstance(element, etree._ProcessingInstruction):
                yield f"<?{element.target}?>"
            continue
        yield from _faults_of_element(element)


def _faults_of_element(element: Any) -> Iterator[str]:
    tag = etree.QName(element).localname
    text = element.text or ""
    if "1999/xhtml" in element.tag:
        yield f"<{element.tag}>"
    # Of RSS, readers take the description of an item for HTML; that of a channel, and all titles, are plain text.
    of_item = element.tag == "description" and element.getparent().tag == "item"
    if of_item or element.tag == _ENCODED or element.get("type") == "html":
        yield from (f"{tag}: {fault}" for fault in faults_of_html(text))
    if tag in _PLACES and scheme_of(text) not in {*HARMLESS, ""}:
        yield f"<{tag}>{text[:80]!r}"
    if tag == "guid" and element.get("isPermaLink") != "false" and scheme_of(text) not in HARMLESS:
        yield f"<guid>{text[:80]!r}"
    for name, value in element.attrib.items():
        is_address = etree.QName(name).localname in ("href", "url", "src", "xmlUrl", "htmlUrl", "scheme", "domain")
        if is_address and scheme_of(value) not in {*HARMLESS, "", "tag"}:
            yield f"<{tag} {name}={value[:80]!r}>"


def faults_of_json(body: bytes) -> Iterator[str]:
    """What is dangerous in a JSON Feed: its HTML, and addresses."""

    def walk(value: Any, name: str) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(inner, key)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner, name)
        elif isinstance(value, str) and name == "content_html":
            yield from (f"{name}: {fault}" for fault in faults_of_html(value))
        elif isinstance(value, str) and (name.endswith("url") or name in ("image", "icon", "license", "favicon")):
            yield from () if scheme_of(value) in {*HARMLESS, ""} else (f"{name}: {value[:80]!r}",)

    yield from walk(json.loads(body), "")


def faults_of(media_type: str, body: bytes) -> Iterator[str]:
    """What is dangerous in a document, by its media type."""
    kind = media_type.partition(";")[0]
    if kind == "text/html":
        yield from faults_of_html(body.decode(), page=True)
    elif kind.endswith("json"):
        yield from faults_of_json(body)
    elif kind.endswith(("xml", "opml")) and kind != "image/svg+xml":
        yield from faults_of_xml(body)


# --- the drill -------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What was tried: attacks, articles that were published, documents and answers parsed; what got through."""

    attacks: int
    articles: int = 0
    documents: int = 0
    answers: int = 0
    faults: list[str] = field(default_factory=list)

    def look_at(self, where: str, media_type: str, body: bytes) -> None:
        self.faults += [f"{where}: {fault}" for fault in faults_of(media_type, body)]

    def __str__(self) -> str:
        return (
            f"{self.attacks} attacks in every field of {len(FORMATS)} formats: {self.articles:,} articles, "
            f"{self.documents:,} documents and {self.answers:,} answers parsed; got through: {len(self.faults)}"
        )


def desk_of(folder: Path, attacks: Sequence[str]) -> Any:
    """A desk over a newsroom that attacks, by its settings too."""
    (folder / "kabar").mkdir()
    write(folder / "kabar", attacks)
    said = clean(" ".join(attacks))
    return a_desk(
        folder, site=SITE, article_pages=True, limit=250, archives=True, license="", description=said, copyright=said
    )


def drill(folder: Path, attacks: Sequence[str]) -> Report:
    """Write, build, ask, parse."""
    report = Report(len(attacks))
    with desk_of(folder, attacks) as desk:
        desk.set(title=clean(f"Kabar {' '.join(attacks[:20])}"))
        edition = desk.build()
        with desk.newsroom.catalogue.reading() as reading:
            report.articles = sum(reading.count(reading.now))
        for document in edition.renditions():
            _look_at(report, document)
        _ask(report, desk, attacks)
    return report


def _look_at(report: Report, document: Rendition) -> None:
    report.documents += 1
    report.look_at(document.path, document.media_type, document.body)


def _ask(report: Report, desk: Desk, attacks: Sequence[str]) -> None:
    """By HTTP: what is rendered on demand, searches, errors, hosts, methods; as a browser and as a program."""
    app = create_app(desk.settings)
    try:
        app.extensions["feeds"].start()
        deadline = time.monotonic() + 60
        while app.extensions["feeds"].edition is None and time.monotonic() < deadline:
            time.sleep(0.02)
        client = app.test_client(use_cookies=False)
        for number, attack in enumerate(attacks):
            for path in _paths(attack):
                _answer(report, client, path, attack, number)
    finally:
        app.extensions["feeds"].stop()


def _paths(attack: str) -> Iterator[str]:
    asked, slug = quote(attack, safe=""), slugify(attack)
    yield from (f"/tag/{slug}/", f"/tag/{slug}/rss.xml", f"/author/{slug}/", f"/author/{slug}/feed.json")
    yield from (
        f"/search/?q={asked}",
        f"/search/atom.xml?q={asked}",
        f"/{asked}",
        f"/artikel/{asked}/",
        f"/{asked}/feed",
    )
    yield from (
        f"/?feed={asked}",
        f"/rss.xml?n={asked}",
        f"/?{asked}",
        f"/ekonomi?{asked}",
        f"/feed/?category_name={asked}",
    )


def _answer(report: Report, client: Any, path: str, attack: str, number: int) -> None:
    browser = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"} if number % 2 else {}
    line = re.sub(r"[^\x20-\x7e]", "", attack)
    headers = browser | {"Referer": line, "User-Agent": line, "X-Forwarded-Host": line, "X-Forwarded-Prefix": line}
    environ = {"HTTP_HOST": line, "SERVER_NAME": "kabar.example"}
    answer = client.get(path, headers=headers, environ_overrides=environ)
    report.answers += 1
    where = f"GET {path} ({answer.status_code})"
    report.look_at(where, answer.headers.get("Content-Type", ""), answer.data)
    if answer.status_code >= 500:
        report.faults.append(where)
    for name, value in answer.headers:
        if re.search(r"[\r\n\0]", name + value):
            report.faults.append(f"{where}: header {name}: {value!r}")
    if scheme_of(answer.headers.get("Location", "")) or answer.headers.get("Location", "").startswith(("//", "\\")):
        report.faults.append(f"{where}: Location {answer.headers['Location']!r}")
    if answer.data and "default-src 'none'" not in answer.headers.get("Content-Security-Policy", ""):
        report.faults.append(f"{where}: no policy")


def main() -> None:
    """Run it, and say what got through."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = drill(Path(folder), vectors(most))
    for fault in report.faults[:50]:
        print(fault)
    print(f"{report}, {time.monotonic() - began:.0f} s")
    raise SystemExit(bool(report.faults))


if __name__ == "__main__":
    main()
