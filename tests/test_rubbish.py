"""Rubbish in: what is beyond a limit, or no article at all, is refused in a sentence, and costs nothing else."""

from __future__ import annotations

import gzip
import json
import os
import re
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from feeds import text
from feeds.dates import read_date
from feeds.errors import ArticleError, DateError
from feeds.limits import Limits
from feeds.model import Draft
from feeds.readers import PLAIN, Options, explain_file, read_file
from feeds.web import create_app
from tests.conftest import Room
from tests.drills.rubbish import Drill
from tests.drills.rubbish_inputs import Sample
from tests.support import Desk, a_desk, article, run, titles, until

HEAD = "---\ntitle: Harga beras\ndate: 2024-12-03\n"
PAGE = "<title>Harga beras turun</title><meta name='date' content='2024-12-03'><h1>Harga beras turun</h1>"
TEXT = "<p>" + "Harga beras di pasar induk turun tiga hari berturut-turut. " * 6 + "</p>"
WXR = (
    '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
    "<item><title>Harga beras</title><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
    "<wp:post_date>2024-12-03 10:00:00</wp:post_date><content:encoded>{}</content:encoded></item></channel></rss>"
)
ITEM = "<rss><channel><item><title>Harga beras</title><pubDate>2024-12-03</pubDate><description>{}</description></item>"
LAUGHS = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
ENTITIES = '<!ENTITY a0 "x">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


def record(**more: Any) -> str:
    return json.dumps({"title": "Harga beras", "date": "2024-12-03", "body": "Isi.", **more})


def read(name: str, content: str | bytes, options: Options = PLAIN) -> list[Draft | ArticleError]:
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return list(read_file(name, data, options=options))


def test_generated_rubbish_costs_nothing(tmp_path: Path) -> None:
    """A few hundred inputs of the drill, always the same."""
    drill = Drill(tmp_path, second=5)  # beside other tests, on a machine that does more
    drill.run(250)
    assert drill.lost == []
    assert drill.tried.keys() == {"file", "list", "date", "setting", "request"}
    assert "24 of 24 good articles" in str(drill)


def test_the_drill_sees_what_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in a reader, and in what is not expected to raise; an article that is not found, a text too long."""
    drill = Drill(tmp_path)
    monkeypatch.setattr("feeds.readers.markdown.read", lambda *_, **__: 1 / 0)
    drill.file(next(sample for sample in drill.samples if sample.name.endswith(".md")))
    drill.hold("date", "x", lambda: read_date("x"))
    drill.file(Sample("a.csv", b"judul\nA\n"), "Kabar baik")
    monkeypatch.setattr("tests.drills.rubbish.MOST_TEXT", 3)
    drill.file(Sample("a.json", record().encode()))
    crash, mistake, missing, long = drill.lost
    assert missing.startswith("file: AssertionError: Kabar baik: ")
    assert re.match(r"file: AssertionError: \d+: ", long)
    assert crash.startswith("file: AssertionError: the file cannot be read (ZeroDivisionError: division by zero)")
    assert mistake.startswith("date: DateError: ")


INNERMOST = {"}": "1", "</div>": "x"}
DEEP = "lie 101 deep within each other"


@pytest.mark.parametrize("depth", [101, 100_000])
@pytest.mark.parametrize(
    ("name", "before", "opened", "closed", "behind"),
    [
        ("a.json", record()[:-1] + ', "meta": ', "[", "]", "}"),
        ("a.json", record()[:-1] + ', "meta": ', '{"a":', "}", "}"),
        ("a.jsonl", record()[:-1] + ', "meta": ', "[", "]", "}"),
        ("a.md", HEAD + "meta: ", "[", "]", "\n---\nIsi."),
        ("a.md", HEAD + "meta:\n ", "- ", "", "x\n---\nIsi."),
        ("a.md", "+++\ntitle='A'\ndate=2024-12-03\nmeta=", "[", "]", "\n+++\nIsi."),
        ("a.md", "+++\ntitle='A'\ndate=2024-12-03\nmeta", ".a", "", "=1\n+++\nIsi."),
        ("a.md", HEAD + "---\n", "> ", "", "Isi."),
        ("a.md", HEAD + "---\n", "- ", "", "Isi."),
        ("a.md", HEAD + "---\n", "<div>", "", "Isi."),
        ("a.html", PAGE, "<div>", "</div>", TEXT),
        ("a.rss", ITEM[:-7], "<div>", "</div>", "</item>"),
        ("a.xml", WXR.partition("{}")[0], "<div>", "</div>", WXR.partition("{}")[2]),
    ],
)
def test_what_nests_too_deep_is_refused(
    name: str, before: str, opened: str, closed: str, behind: str, depth: int
) -> None:
    """In every format, by the limit of depth, of a header or of a text, and in no time."""
    began = time.process_time()
    (found,) = read(name, f"{before}{opened * depth}{INNERMOST.get(closed, '')}{closed * depth}{behind}")
    assert isinstance(found, ArticleError)
    assert re.search(r"limits\.(?:depth|header|elements|text)\b", found.reason)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "a.md",
            HEAD + LAUGHS + "---\nIsi.",
            "front matter holds 10,001 values or more, aliases (`*name`) written out",
        ),
        ("a.md", HEAD + "tags: &a [*a]\n---\nIsi.", f"values of front matter {DEEP}, or deeper"),
        ("a.md", HEAD + "x: " + "y" * 140_000 + "\n---\nIsi.", "front matter is 140,040 characters long"),
        ("a.md", HEAD + "---\n" + "kata " * 120_000, "its text is 600,044 characters long"),
        ("a.md", HEAD + "---\n" + "[a](b) " * 11_000, "its text has 11,000 elements and links"),
        ("a.md", HEAD + "tags:\n" + "".join(f"- t{n}\n" for n in range(201)) + "---\nIsi.", "has 201 categories"),
        ("a.json", record(tags=[f"t{n}" for n in range(100_000)]), "the article holds 100,004 values or more"),
        ("a.json", record(tags=",".join(map("t{}".format, range(201)))), "has 201 categories, tags and authors"),
        ("a.json", record(isi="kata " * 120_000), "the texts of the article are 600,025 characters long, or longer"),
        ("a.html", PAGE + "<p>a" * 10_001, "the page has 10,001 elements or more"),
        ("a.html", PAGE + "<p " + " ".join(f"a{n}=b" for n in range(400)) + ">Isi.", "an element of the page has more"),
        ("a.html", PAGE + "<div>" * 4_000_000, "its text is 20,000,"),
        ("a.txt", "kata\n" * 10_001, "the capture has 10,001 lines"),
        ("a.rss", f"<!DOCTYPE rss [{ENTITIES}]>" + ITEM.format("&a9;"), "the XML declares entities of its own"),
        ("a.wxr", f"<!DOCTYPE rss [{ENTITIES}]>" + WXR.format("&a9;"), "the export has a document type"),
        ("a.rss", f'<!DOCTYPE rss [<!ENTITY a "{"x" * 99_999}">]>' + ITEM.format("&a;" * 99_999), "the XML declares"),
        (
            "a.rss",
            '<!DOCTYPE rss [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>' + ITEM.format("x"),
            "the XML declares",
        ),
        ("a.xml", gzip.compress(b"<rss/>" * 100, mtime=0), "the file is binary, not text"),
        ("a.xml", WXR.format("kata " * 120_000), "its text is 600,000 characters long"),
    ],
)
def test_what_is_too_large_is_refused_by_its_limit(name: str, content: str | bytes, reason: str) -> None:
    """Before it takes time or memory."""
    (found,) = read(name, content)
    assert isinstance(found, ArticleError)
    assert found.reason.startswith(reason)


def test_a_capture_that_is_too_long_is_not_explained_either() -> None:
    """``feeds check --explain`` says of it what is said of the article."""
    assert explain_file("a.txt", b"kata\n" * 10_001) == []
    assert len(explain_file("a.txt", b"kata\n" * 10_000)) == 10_000


LONG = "x" * 600_000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", record(hak_cipta="data:" + LONG)),
        ("a.json", record(penulis=["data:" + LONG])),
        ("a.md", f"{HEAD}gambar: 'data:{LONG[:120_000]}'\nhak_cipta: '{LONG[:1000]}'\n---\n{LONG[:410_000]}"),
        ("a.csv", f"judul,tanggal,isi,sumber\nHarga beras,2024-12-03,Isi.,data:{LONG}\n"),
        ("a.rss", ITEM.format("x").replace("</item>", f"<dc:rights>{LONG}</dc:rights></item></channel></rss>")),
        ("a.rss", ITEM.format("x").replace("</item>", f"<author>{LONG}</author></item></channel></rss>")),
        ("a.rss", ITEM.format("x").replace("</item>", f"<category>{LONG}</category></item></channel></rss>")),
        (
            "a.rss",
            ITEM.format("x").replace(
                "</item>", f"<enclosure url='http://x.id/{LONG}' type='image/png'/></item></channel></rss>"
            ),
        ),
        ("a.xml", WXR.format("x").replace("</item>", f"<guid>{LONG}</guid></item>")),
        ("a.xml", WXR.format("x").replace("</item>", f"<category domain='post_tag'>{LONG}</category></item>")),
    ],
)
def test_every_text_of_an_article_counts(name: str, content: str) -> None:
    """Wherever it stands, and though it may begin as an address of a picture does."""
    (found,) = read(name, content)
    assert isinstance(found, ArticleError)
    assert found.reason.endswith("limits.text is 524,288")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", HEAD + "kata: &a [satu, dua]\ntags: *a\n---\nIsi."),
        ("a.md", "---\ndasar: &b\n  title: Harga beras\n  date: 2024-12-03\n<<: *b\n---\nIsi."),
        ("a.md", HEAD + "---\nIsi ![x](data:image/png;base64," + "QUJD" * 500_000 + ") lagi."),
        ("a.md", HEAD + "meta: " + "[" * 99 + "]" * 99 + "\n---\nIsi."),
        ("a.json", record(meta=[[[[[[[[[["x"]]]]]]]]]], angka=1e300)),
        (
            "a.json",
            record(
                isi="Isi <img src='data:image/png;base64," + "QUJD" * 500_000 + "'>",
                foto="data:image/png;base64," + "QUJD" * 500_000,
            ),
        ),
        ("a.json", record()[:-1] + ', "views": 1e999999, "rank": NaN, "id": ' + "9" * 5000 + "}"),
        ("a.json", '{"title": "Lain", ' + record()[1:]),
        ("a.html", PAGE + TEXT + "<img src='data:image/png;base64," + "QUJD" * 2_500_000 + "'>"),
        ("a.html", PAGE + TEXT + "\x04\x0b\x12<p>a \x01<br><br>\x02 b</p>\x7f\ufffe\ud800"),
        ("a.html", PAGE + TEXT + """<p {"@context":0 {a}b="1" class="c">Isi yang lain.</p>"""),
        ("a.html", PAGE + TEXT + "<p>a &#xFFFE; &#1; &#x2; b &#0000003</p>"),
        ("a.rss", '<!DOCTYPE rss SYSTEM "file:///etc/passwd">' + ITEM.format("Isi.") + "</channel></rss>"),
    ],
)
def test_what_is_only_strange_is_read(name: str, content: str) -> None:
    """Anchors, pictures within pages, numbers and keys that say nothing, references to no character."""
    (found,) = read(name, content)
    assert isinstance(found, Draft)
    assert "Harga beras" in found.title


def test_a_cell_of_50_mb_costs_its_row() -> None:
    options = Options(limits=Limits(file=2**30))
    broken, good = read(
        "a.csv", "judul,tanggal,isi\nA,2024-12-03," + "x" * 50_000_000 + "\nB,2024-12-03,Isi\n", options
    )
    assert isinstance(broken, ArticleError)
    assert broken.reason == "line 2: a cell has more characters than 8,388,608, which is limits.record"
    assert isinstance(good, Draft)


@pytest.mark.parametrize("suffix", ["md", "json", "jsonl", "csv", "txt", "html", "rss", "atom", "xml"])
def test_a_file_of_2_gb_is_refused_unread(sqlite_room: Room, suffix: str) -> None:
    """Whatever it is called: nothing is in it, so that only reading it would take time."""
    with (sqlite_room.articles / f"x.{suffix}").open("wb") as file:
        file.truncate(2**31)
    began = time.process_time()
    sqlite_room.look()
    assert [p.reason for p in sqlite_room.problems] == ["is 2,147,483,648 bytes long; limits.file is 67,108,864"]
    assert time.process_time() - began < 2


def test_a_list_of_withdrawals_that_is_too_large_is_refused(sqlite_room: Room) -> None:
    with (sqlite_room.articles / "withdrawn.toml").open("wb") as file:
        file.truncate(2**31)
    sqlite_room.look()
    (problem,) = sqlite_room.problems
    assert problem.reason == (
        "is longer than 1,048,576 bytes; part it, as each folder may have one; what it withdrew before stays withdrawn"
    )


def test_a_file_of_too_many_records_is_refused(sqlite_room: Room) -> None:
    """A table, lines of JSON, a list of them, and a feed, which is read no further than that."""
    sqlite_room.values["limits"] = {"records": 2}
    sqlite_room.write("a.csv", "judul,tanggal,isi\n" + "A,2024-12-03,x\n" * 5)
    sqlite_room.write("b.jsonl", f"{record()}\n" * 5)
    sqlite_room.write("c.json", f"[{', '.join([record()] * 5)}]")
    sqlite_room.write(
        "d.rss", "<rss><channel>" + ITEM.format("x").removeprefix("<rss><channel>") * 5 + "</channel></rss>"
    )
    sqlite_room.look()
    assert [(p.path, p.reason) for p in sqlite_room.problems] == [
        ("a.csv", "the file holds 3 records or more; limits.records is 2"),
        ("b.jsonl", "the file holds 3 records or more; limits.records is 2"),
        ("c.json", "the file holds 5 records; limits.records is 2"),
        ("d.rss", "the feed holds 3 entries or more; limits.records is 2"),
    ]


@pytest.mark.parametrize(("name", "head", "line"), [("a.csv", "judul,isi\n", "A,b\n"), ("a.jsonl", "", "{}\n")])
def test_lines_are_taken_as_they_are_wanted(name: str, head: str, line: str) -> None:
    """Those behind limits.records take no memory; all of them at once took thirty times their size."""
    data = (head + line * 500_000).encode()
    tracemalloc.start()
    try:
        (found,) = read(name, data, Options(limits=Limits(records=10)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(found, ArticleError)
    assert most < 10 * len(data)


def test_another_limit_reads_the_files_anew(sqlite_room: Room) -> None:
    sqlite_room.article("a.md", tags=["satu", "dua", "tiga"])
    sqlite_room.look()
    assert list(sqlite_room.records) == ["a.md"]
    sqlite_room.values["limits"] = {"names": 2}
    sqlite_room.look()
    assert [p.reason for p in sqlite_room.problems] == ["has 3 categories, tags and authors; limits.names is 2"]
    del sqlite_room.values["limits"]
    sqlite_room.look()
    assert (list(sqlite_room.records), sqlite_room.problems) == (["a.md"], [])


NAMES = [
    *("baris\nbaru.md", "tab\t.md", 'kutip".md', "kutip'.md", "\x1b[31mmerah.md", "bel\x07.md", "-rf.md", "--help.md"),
    *("\u202egnp.md", "é.md", "e\u0301.md", "Besar.md", "besar.md", "spasi .md", "%2e%2e.md", "a;b|c&d.md", "$(a).md"),
    *("n" * 252 + ".md", "\u2028.md", "😀.md", "a\\b.md", "*.md", "?.md", "#1.md"),
]


def test_articles_of_every_name_are_published_and_named_so_that_they_can_be_printed(tmp_path: Path) -> None:
    """Line ends, controls, directions, options, forms of Unicode: whatever a file system takes."""
    with a_desk(tmp_path) as desk:
        for number, name in enumerate(NAMES):
            (desk.data / name).write_text(article(f"Berita {number}", "2026-05-04"), encoding="utf-8")
            (desk.data / f"r{name}"[:255]).write_bytes(b"---\ntitle: [\n---\n")
        os.close(os.open(os.fsencode(desk.data) + b"/x-\xff.md", os.O_CREAT | os.O_WRONLY))
        assert set(titles(desk.build())) == {f"Berita {number}" for number in range(len(NAMES))}
        done = run("--data", desk.data, "check", cwd=tmp_path)
    assert done.returncode == 1
    assert all(c.isprintable() for c in done.stdout.replace("\n", "") + done.stderr.replace("\n", ""))
    assert r"rbaris\nbaru.md" in done.stdout


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", "+++\ntitle = 'Harga beras'\ndate = 0x" + "f" * 9000 + "\n+++\nIsi."),
        ("a.md", "+++\ntitle = 'Harga beras'\ndate = 9999-12-31T23:59:59-12:00\n+++\nIsi."),
        ("a.md", "+++\ntitle = 'Harga beras'\ndate = 0001-01-01T00:00:00+14:00\n+++\nIsi."),
        *(("a.json", record(date=date)) for date in ("0000-01-01", "99999-01-01", 10**17, 1e300, "9" * 400)),
    ],
)
def test_a_date_out_of_all_time_costs_its_article(sqlite_room: Room, name: str, content: str) -> None:
    """It is named as one, or as none."""
    sqlite_room.write(name, content)
    sqlite_room.look()
    assert sqlite_room.kinds == [(name, "date")]


@pytest.mark.parametrize("seconds", [2**40, -(2**40)])
def test_a_file_from_out_of_all_time_costs_nothing(
    tmp_path: Path, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As some file systems have them: a time that no calendar has becomes the nearest that it has."""
    with a_desk(tmp_path, undated="mtime") as desk:
        desk.write("a.md", "Baik")
        (desk.data / "b.md").write_text("# Harga beras\n\nIsi.\n", encoding="utf-8")
        monkeypatch.setattr("feeds.scan.os.stat_result.st_mtime_ns", seconds * 10**9, raising=False)
        assert "Baik" in titles(desk.build())


@pytest.mark.parametrize("written", ["1e999999", "9" * 401, "31/12/9999 24.00 -12:00", "00/00/0000"])
def test_a_text_out_of_all_time_is_no_date(written: str) -> None:
    with pytest.raises(DateError):
        read_date(written)


def test_a_text_of_the_same_lines_is_explained_in_little_time() -> None:
    """Each was compared with all others."""
    began = time.process_time()
    lines = explain_file("a.md", f"{HEAD}---\n{'Isi.' + chr(10) * 2}".encode() + b"Sama saja.\n{{< iklan >}}\n" * 5000)
    assert [line.role for line in lines[-10_000:]] == ["body"] * 10_000
    assert time.process_time() - began < 4


BODY = 300_000  # characters


@pytest.mark.parametrize("piece", ["<!--", "<script>", "<iframe ", "<iframe src=a ", "<h1>", '<a "', "&", "&amp;"])
def test_hostile_html_is_rendered_in_linear_time(piece: str) -> None:
    """What opens and never closes costs no more for each that came before it."""
    body = piece * (BODY // 8 // len(piece))
    began = time.process_time()
    text.plain(body)
    text.render(body, "html", base="https://kabar.example/")
    assert time.process_time() - began < 4


@pytest.mark.parametrize("piece", ["`a ", "`a ` ", "**a ", "a` **", "a\n`b", "[a](", '[a](b "', "<a ", "&amp;"])
def test_a_hostile_title_is_read_in_linear_time(piece: str) -> None:
    """Marks that nothing closes, with blanks between them."""
    began = time.process_time()
    text.one_line(piece * (BODY // len(piece)))
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    ("before", "piece", "behind"),
    [
        ("", "a", " b"),
        ("a", " ", "b"),
        ("", ",", "a"),
        ("a ", "9", ""),
        ("a ", ".9", ""),
        ("a", " (", ""),
        ("", "a ", ""),
    ],
)
def test_a_hostile_srcset_is_read_in_linear_time(before: str, piece: str, behind: str) -> None:
    """In what is rendered, and in a page where a picture's address is looked for."""
    srcset = before + piece * (BODY // 4 // len(piece)) + behind
    began = time.process_time()
    text.render(f'<img src="a.jpg" srcset="{srcset}">', "html", base="https://kabar.example/")
    read("a.html", f'{PAGE}{TEXT}<img srcset="{srcset}"><img data-srcset="{srcset}">')
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", "`" * BODY),
        ("a.json", record(penulis=" " * BODY + "x")),
        ("a.html", f"<title>{'<h1>a</h1>' * 5000}</title>" + "<h1>a</h1>" * 3000),
        ("a.html", PAGE + TEXT + "<div>" * 90 + "<p itemprop=articleBody>Isi kata." * 2000),
        ("a.txt", "kata\n" * 9999),
        ("a.txt", '"a\n' * 9999),
    ],
)
def test_hostile_files_are_read_in_linear_time(name: str, content: str) -> None:
    """Each of these took minutes, or would have with ten times as much."""
    began = time.process_time()
    read(name, content)
    assert time.process_time() - began < 4


def test_boxes_within_boxes_are_read_once() -> None:
    """Each was read anew for all that it stands in, which took seven times as long."""
    body = f"<div itemprop=articleBody>{TEXT}{'<div class=share>' * 90}{('<p class=share>' + 'kata ' * 5) * 9500}"
    began = time.process_time()
    (found,) = read("a.html", PAGE + body)
    assert isinstance(found, Draft)
    assert "kata" not in found.body
    assert time.process_time() - began < 4


@pytest.mark.parametrize("query", [b"page=\xbb", b"\xff=\xfe", b"q=\x85", b"%ff=%fe"])
@pytest.mark.parametrize("path", ["/tidak-ada", "/", "/search/", "/rss.xml"])
def test_a_query_of_any_bytes_is_answered(service: Any, path: str, query: bytes) -> None:
    """As far as it is understood; it was an error of the server where nothing is found."""
    environ = create_environ("/") | {"PATH_INFO": path, "QUERY_STRING": query.decode("latin-1")}
    _, status, _ = run_wsgi_app(service, environ)
    assert status[0] in "234"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A service with an edition, as a WSGI application."""
    desk = Desk(tmp_path_factory.mktemp("layanan"))
    desk.write("a.md", "Berita")
    desk.build()
    app = create_app(desk.settings)
    live = app.extensions["feeds"]
    live.start()
    until(lambda: live.edition, within=30)
    yield app
    live.stop()
    desk.close()
