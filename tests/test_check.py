"""``feeds check``, the newsroom's mirror: what is wrong, what there is, and how one article is read."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.categories import unknown_category
from feeds.errors import KINDS, ArticleError
from feeds.readers import Line, explain_file, fields
from feeds.survey import Tally, future, survey
from tests.conftest import Room
from tests.support import COLOURS, Call, add_bad, article, on_a_terminal

CAPTURE = """Home
Pasar Dibuka Lagi di Kota
Minggu, 1 Des 2024 07:15 WIB
JAMBI - Pasar itu dibuka lagi oleh wali kota, kemarin.
"""

# --- problems --------------------------------------------------------------------------------------------------------


def test_check_of_good_articles_exits_0_and_says_what_there_is(feeds: Call, kabar: Path) -> None:
    done = feeds("--data", kabar, "check")
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        [
            "Source    Articles  Left out  Warnings",
            "Markdown         2         0         0",
            "",
            "Folder         Articles  Left out  Warnings",
            "(beside them)         1         0         0",
            "ekonomi/              1         0         0",
            "",
            "Dates from a field: 2",
            "Titles from a field: 2",
            "2 articles published, 0 problems, 0 left out",
        ],
    )


def problem_lines(feeds: Call, kabar: Path) -> list[list[str]]:
    shown = feeds("--data", kabar, "check").stdout.partition("\n\n")[0]
    return [line.split("  ", 3) for line in shown.splitlines()]


def test_check_names_each_problem_in_a_line_and_exits_1(feeds: Call, kabar: Path) -> None:
    """Through a pipe: path, weight, kind and reason with two blanks between them, however long they are."""
    add_bad(kabar)
    path = "/".join(["x" * 100] * 6 + ["tanpa-tanggal.md"])
    (kabar / path).parent.mkdir(parents=True)
    (kabar / path).write_text("---\ntitle: Tanpa tanggal\n---\n")
    assert feeds("--data", kabar, "check").exit_code == 1
    assert problem_lines(feeds, kabar) == [
        ["hari-salah.md", "warning", "weekday", "2025-12-03 is a Rabu, not a Senin"],
        ["tanpa-tanggal.md", "left out", "date", "has no date"],
        [path, "left out", "date", "has no date"],
    ]


def test_names_of_files_are_shown_as_they_are_but_control_characters_do_nothing(feeds: Call, kabar: Path) -> None:
    for name in ("[red]x[-].md", "a\nb\x1b[31m.md"):
        (kabar / name).write_text("---\ntitle: Tanpa tanggal\n---\n")
    assert [line[0] for line in problem_lines(feeds, kabar)] == ["[red]x[-].md", r"a\nb\x1b[31m.md"]
    built = feeds("--data", kabar, "build", "--output", "umum").stderr
    assert r"a\nb\x1b[31m.md: has no date" in built.splitlines()


def test_check_tells_machines_what_is_wrong_and_what_there_is(feeds: Call, kabar: Path) -> None:
    add_bad(kabar)
    done = feeds("--data", kabar, "check", "--json")
    assert done.exit_code == 1
    numbers = {"left out": 0, "warnings": 0, "notes": 0}
    assert json.loads(done.stdout) == {
        "articles": 3,
        "waiting": 0,
        "notices": 0,
        "withdrawn": 0,
        "problems": [
            {
                "path": "hari-salah.md",
                "kind": "weekday",
                "reason": "2025-12-03 is a Rabu, not a Senin",
                "published": True,
                "severity": "warning",
            },
            {
                "path": "tanpa-tanggal.md",
                "kind": "date",
                "reason": "has no date",
                "published": False,
                "severity": "left out",
            },
        ],
        "summary": {
            "sources": {"Markdown": {"articles": 3, "left out": 1, "warnings": 1, "notes": 0}},
            "folders": {
                "": {"articles": 2, "left out": 1, "warnings": 1, "notes": 0},
                "ekonomi/": {"articles": 1, **numbers},
            },
            "dates": {"field": 3},
            "titles": {"field": 3},
        },
    }


def test_check_of_the_sample_shows_its_faults(feeds: Call) -> None:
    done = feeds("check")
    assert done.exit_code == 1
    assert "salah/tanggal-mustahil.md" in done.stdout


def test_a_problem_that_is_mended_is_gone_from_check(feeds: Call, kabar: Path) -> None:
    add_bad(kabar)
    assert feeds("--data", kabar, "check").exit_code == 1
    (kabar / "hari-salah.md").unlink()
    (kabar / "tanpa-tanggal.md").write_text(article("Bertanggal", "2026-05-07"))
    assert feeds("--data", kabar, "check").exit_code == 0


def test_check_on_a_narrow_terminal_folds_and_loses_nothing(here: Path, kabar: Path) -> None:
    """No line is longer than the terminal is wide, whatever the length of a name or a reason."""
    name = "nama-berkas-yang-panjang-sekali-sehingga-tidak-muat.md"
    (kabar / name).write_text("---\ntitle: Tanpa tanggal\n---\n")
    (kabar / "b.md").write_text(f"---\ntitle: Salah\ndate: {'entah ' * 50}\n---\n")
    shown = COLOURS.sub("", on_a_terminal("check", cwd=here, columns=60, data=str(kabar)))
    table = shown.partition("\r\n\r\n")[0].splitlines()
    assert max(map(len, table)) <= 60
    column = "".join(line.partition(" ")[0] for line in table[1:])
    assert name in column


# --- the exit code ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [
        ([], 1),
        (["weekday"], 1),
        (["date"], 1),
        (["left-out"], 1),
        (["warning"], 1),
        (["any"], 1),
        (["category"], 0),
        (["category", "link"], 0),
        (["category", "weekday"], 1),
    ],
)
def test_fail_on_says_which_problems_fail(feeds: Call, kabar: Path, fail_on: list[str], code: int) -> None:
    add_bad(kabar)
    options = [word for kind in fail_on for word in ("--fail-on", kind)]
    assert feeds("--data", kabar, "check", *options).exit_code == code
    assert feeds("--data", kabar, "check", "--json", *options).exit_code == code


@pytest.mark.parametrize(("fail_on", "code"), [([], 0), (["warning"], 0), (["future"], 1), (["any"], 1)])
def test_a_note_alone_is_no_fault(feeds: Call, kabar: Path, fail_on: list[str], code: int) -> None:
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    (kabar / "nanti.md").write_text(article("Nanti", tomorrow.isoformat()))
    done = feeds("--data", kabar, "check", *(word for kind in fail_on for word in ("--fail-on", kind)))
    assert done.exit_code == code
    assert f"nanti.md  note  future  waits for its time, {tomorrow.isoformat()}" in done.stdout
    assert done.stdout.endswith("published, 0 problems, 0 left out, 1 note\n")


def test_a_date_more_than_a_year_ahead_may_be_an_error_of_typing(feeds: Call, kabar: Path) -> None:
    (kabar / "nanti.md").write_text("---\ntitle: Nanti\ndate: 2190-01-01\n---\nIsi.\n")
    done = feeds("--data", kabar, "check")
    assert done.exit_code == 1
    assert "nanti.md  warning  future  its date 2190-01-01T00:00:00+07:00 is more than a year ahead" in done.stdout
    assert "2 articles (1 more waits for the time that is their date) published, 1 problem" in done.stdout


def test_an_unknown_kind_is_refused_with_those_that_there_are(feeds: Call, kabar: Path) -> None:
    done = feeds("--data", kabar, "check", "--fail-on", "weekdy")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert all(kind in done.stderr for kind in (*KINDS, "left-out", "warning", "any"))
    assert done.stderr.endswith("; did you mean 'weekday'?\n")


# --- the survey ------------------------------------------------------------------------------------------------------


def test_both_databases_count_by_kind_folder_and_origin(room: Room) -> None:
    room.values["categories"] = {"ekonomi": {}}
    room.article("a.md", date="2025-02-03")
    room.article("ekonomi/2025/b.MD", "Lain.", category="Entah")
    room.write("ekonomi/c.csv", "judul,tanggal,isi\nSatu,2025-01-02,A\nDua,2025-01-03,B\nTiga,entah,C\n")
    room.write("_posts/2025-03-04-d.v2.md", "# Judul di badan\n\nIsi.\n")
    room.write("x.y/e.txt", CAPTURE)
    (room.articles / "luar.md").symlink_to("/etc/hostname")
    room.look()
    found = room.read(survey)
    counted = {name: (t.articles, t.problems["left out"], t.problems["warning"]) for name, t in found.kinds.items()}
    assert counted == {"Markdown": (3, 1, 1), "table": (2, 1, 0), "text capture": (1, 0, 0)}
    folders = {name: (t.articles, t.problems["left out"], t.problems["warning"]) for name, t in found.folders.items()}
    assert folders == {"": (1, 1, 0), "ekonomi/": (3, 1, 1), "_posts/": (1, 0, 0), "x.y/": (1, 0, 0)}
    assert found.dates == {"field": 4, "metadata": 1, "published": 1}
    assert found.titles == {"field": 4, "heading": 1, "line": 1}


def test_both_databases_keep_the_weight_of_a_problem(room: Room) -> None:
    said = [
        ArticleError("a.md", "title", "has no title"),
        ArticleError("a.md", "category", unknown_category("Entah"), fatal=False),
        ArticleError("a.md", "future", "waits", fatal=False, note=True),
    ]
    with room.catalogue.writing() as writer:
        writer.put_problems(("a.md", number, problem) for number, problem in enumerate(said))
    assert room.problems == said
    assert [problem.severity for problem in said] == ["left out", "warning", "note"]
    assert room.read(survey).kinds["Markdown"] == Tally(0, dict.fromkeys(("left out", "warning", "note"), 1))  # type: ignore[arg-type]


def test_articles_that_wait_are_told_in_the_order_of_their_time(room: Room) -> None:
    room.article("b.md", date="2026-03-01T00:00:00+07:00")
    room.article("a.md", "Lain.", date="2026-06-01T00:00:00+07:00")
    room.write("c.jsonl", '{"judul": "Nanti", "tanggal": "2026-04-01T08:00:00+08:00", "isi": "x"}\n')
    room.article("d.md", "Dulu.", date="2026-01-01T00:00:00+07:00")
    room.look()
    now = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp() * 1_000_000)
    assert [(p.path, p.reason) for p in room.read(lambda r: future(r, now))] == [
        ("b.md", "waits for its time, 2026-03-01T00:00:00+07:00"),
        ("c.jsonl#1", "waits for its time, 2026-04-01T08:00:00+08:00"),
        ("a.md", "waits for its time, 2026-06-01T00:00:00+07:00"),
    ]


# --- how an article is read ------------------------------------------------------------------------------------------

HUGO = """---
title: "Panen kopi naik"
tanggal: 3 Desember 2024
layout: berita
categories:
  - Ekonomi
  - Kebun
params:
  author: Rina
  warna: merah
judul: Yang lain
---

Panen **naik**.

{{< iklan
  id="7" >}}
Tamat.
"""


def post(title: str, more: str = "", *, kind: str = "post", status: str = "publish") -> str:
    return (
        f"<item><title>{title}</title><wp:post_date>2024-12-03 10:30:00</wp:post_date>"
        f"<wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status>{more}</item>"
    )


EXPORT = (
    '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
    + post("Satu")
    + post(
        "Dua",
        '<category domain="category">Ekonomi</category><wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>'
        "<wp:meta_value>7</wp:meta_value></wp:postmeta>",
        status="draft",
    )
    + post("Tiga", kind="page")
    + post("Empat", "<wp:post_password>rahasia</wp:post_password>")
    + post("Lima", kind="berita")
    + "<item><title>Enam</item></channel></rss>"
).encode()
RSS = (
    b'<rss version="2.0"><channel><item><title>Satu</title><pubDate>Tue, 03 Dec 2024 10:30:00 +0700</pubDate>'
    b'<guid isPermaLink="false">kabar-1</guid><category>Ekonomi</category><description>Isi.</description></item>'
    b'<item><title>Dua</title><guid isPermaLink="false">kabar-1#comment-7</guid></item></channel></rss>'
)


def roles(path: str, text: str, position: int | None = None) -> list[tuple[int, str]]:
    return [(line.number, line.role) for line in explain_file(path, text.encode(), position=position)]


class TestLines:
    """Each reader says what it takes a line for."""

    def test_of_front_matter_each_line_has_the_field_that_it_gives(self) -> None:
        found = roles("a.md", HUGO)
        header = ["header", "title", "date", "unused", *["categories"] * 3, "header", "authors", "unused", "unused"]
        assert [role for _, role in found] == [*header, "header", "body", "noise", "noise", "body"]
        assert [number for number, _ in found] == [*range(1, 13), 14, 16, 17, 18]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                '+++\ntitle = "A"\n[extra]\nauthor = "B"\n+++\nIsi.',
                ["header", "title", "header", "authors", "header", "body"],
            ),
            ('{\n  "title": "A",\n  "date": "2024-01-01"\n}\nIsi.', ["header", "title", "date", "date", "body"]),
            ("Title: A\nDate: 2024-01-01\n\nIsi.", ["title", "date", "body"]),
            ("# Judul #\n\nIsi.\n", ["title", "body"]),
            ("\n\nJudul\n=====\nIsi.\n", ["title", "body", "body"]),
            ("Isi saja.", ["body"]),
            ("```\n{{< contoh >}}\n```\n", ["body", "body", "body"]),
        ],
    )
    def test_of_every_kind_of_header(self, text: str, expected: list[str]) -> None:
        assert [role for _, role in roles("a.md", text)] == expected

    def test_of_a_capture_each_line_has_its_role(self) -> None:
        text = (
            "Home\nPasar Dibuka Lagi di Kota\nMinggu, 1 Des 2024 07:15 WIB\nJAMBI - Pasar itu dibuka lagi, kemarin.\n"
        )
        assert roles("a.txt", text) == [(1, "noise"), (2, "title"), (3, "date"), (4, "body")]

    def test_of_a_table_each_cell_stands_with_its_column(self) -> None:
        text = "judul;kode;tgl;tanggal\nSatu;7;;1/2/2024\nDua;8;2 Mei 2024;3/2/2024\n"
        assert [*explain_file("a.csv", text.encode(), position=1)] == [
            Line(2, "title", "judul: Dua"),
            Line(2, "unused", "kode: 8"),
            Line(2, "unused", "tgl: 2 Mei 2024"),
            Line(2, "date", "tanggal: 3/2/2024"),
        ]

    def test_of_records_each_key_stands_with_its_field(self) -> None:
        assert roles("a.json", '[{"judul": "A"}, {"title": "B", "judul": "C", "tag": ["x"]}]', 1) == [
            (2, "title"),
            (2, "unused"),
            (2, "tags"),
        ]
        assert roles("a.json", '{"judul": "A", "x": 1}') == [(1, "title"), (1, "unused")]
        assert roles("a.jsonl", '{"judul": "A"}\n{rusak\n', 1) == [(2, "unreadable")]

    def test_of_an_export_and_a_feed_each_entry_stands_with_why_it_is_left_out(self) -> None:
        assert [*explain_file("a.xml", EXPORT)] == [
            Line(1, "article", "2024-12-03 10:30:00  Satu"),
            Line(2, "left out: draft", "2024-12-03 10:30:00  Dua"),
            Line(3, "left out: page", "2024-12-03 10:30:00  Tiga"),
            Line(4, "left out: password", "2024-12-03 10:30:00  Empat"),
            Line(5, "left out: berita", "2024-12-03 10:30:00  Lima"),
            Line(6, "unreadable", "the item does not say of which type it is (wp:post_type)"),
        ]
        assert [*explain_file("a.rss", RSS)] == [
            Line(1, "article", "Tue, 03 Dec 2024 10:30:00 +0700  Satu"),
            Line(2, "left out: comment", "Dua"),
        ]

    def test_of_one_entry_of_these_each_element_stands_with_its_field(self) -> None:
        assert [*explain_file("a.xml", io.BytesIO(EXPORT), position=1)] == [
            Line(2, "left out: draft", "2024-12-03 10:30:00  Dua"),
            Line(2, "title", "title: Dua"),
            Line(2, "date", "wp:post_date: 2024-12-03 10:30:00"),
            Line(2, "type", "wp:post_type: post"),
            Line(2, "status", "wp:status: draft"),
            Line(2, "image", "_thumbnail_id: 7"),
            Line(2, "categories", "category category: Ekonomi"),
        ]
        assert [*explain_file("a.rss", RSS, position=0)] == [
            Line(1, "title", "title: Satu"),
            Line(1, "date", "published: Tue, 03 Dec 2024 10:30:00 +0700"),
            Line(1, "guid", "id: kabar-1"),
            Line(1, "categories", "Ekonomi"),
            Line(1, "body", "Isi."),
        ]

    def test_a_long_list_ends_with_where_it_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("feeds.readers.MAX_LISTED", 2)
        lines = explain_file("a.xml", EXPORT)
        assert [(line.number, line.role) for line in lines][1:] == [(2, "left out: draft"), (3, "not shown")]

    def test_names_that_the_newsroom_says_itself_count(self) -> None:
        names = fields.further_names([("kepala", "title"), ("meta.terbit", "date")])
        record: dict[object, object] = {"kepala": "A", "meta": {"terbit": "2024-01-01", "lain": 1}, "title": "B"}
        assert [(name, role) for name, role, _ in fields.roles(record, names)] == [
            ("kepala", "title"),
            ("meta.terbit", "date"),
            ("meta.lain", "unused"),
            ("title", "unused"),
        ]

    @pytest.mark.parametrize(("path", "text"), [("a.md", "---\ntitle: 'x\n---\n"), ("a.csv", "x\n1"), ("a.json", "[")])
    def test_a_file_that_cannot_be_read_has_none(self, path: str, text: str) -> None:
        assert roles(path, text) == []


@pytest.fixture
def explained(feeds: Call, kabar: Path) -> Callable[[str | Path], str]:
    (kabar / "hugo.md").write_text(HUGO)
    (kabar / "kawat.jsonl").write_text(
        '{"judul": "Satu", "tanggal": "2024-01-02", "isi": "A"}\n{"judul": "Dua", "tanggal": "entah", "isi": "B"}\n'
        '{"judul": "Satu", "tanggal": "2024-01-02", "isi": "A"}\n'
    )

    def explain(place: str | Path) -> str:
        done = feeds("--data", kabar, "check", "--explain", place)
        assert done.exit_code == 0, done.stderr
        return str(done.stdout)

    return explain


class TestExplain:
    """``feeds check --explain PATH``."""

    def test_a_file_is_shown_line_by_line_and_then_what_became_of_it(self, explained: Callable[[str], str]) -> None:
        lines = explained("hugo.md").splitlines()
        assert lines[0] == "hugo.md: Markdown"
        assert lines[2] == '    2  title       title: "Panen kopi naik"'
        facts = dict(line.split(": ", 1) for line in lines[lines.index("") + 1 :])
        assert {name: value.strip() for name, value in facts.items()} == {
            "title": "Panen kopi naik (from: field)",
            "date": "3 Desember 2024 -> 2024-12-03T00:00:00+07:00 (from: field)",
            "authors": "Rina",
            "categories": "Ekonomi; Kebun (its own)",
            "body": "Panen **naik**. Tamat.",
            "cut": "2 lines",
            "id": "tag:127.0.0.1,2024-12-03:hugo",
        }

    def test_a_record_is_named_by_its_number(self, explained: Callable[[str], str]) -> None:
        assert explained("kawat.jsonl").startswith("kawat.jsonl#1: JSON; the file holds 2 articles\n")
        shown = explained("kawat.jsonl#2")
        assert shown.startswith("kawat.jsonl#2: JSON")
        assert "date:       entah -> nothing (from: field)\n" in shown
        assert "left out:   its date 'entah' is not understood" in shown
        assert "left out:   is the same article as kawat.jsonl#1 (duplicate)" in explained("kawat.jsonl#3")
        assert "It holds no such article" in explained("kawat.jsonl#9")

    def test_a_file_is_found_below_the_folder_and_on_disk(
        self, explained: Callable[[str | Path], str], kabar: Path
    ) -> None:
        assert (
            explained("ekonomi/kopi.md") == explained(kabar / "ekonomi/kopi.md") == explained("kabar/ekonomi/kopi.md")
        )
        (kabar / "c#1.md").write_text(article("Bertanda", "2024-01-01"))
        assert explained("c#1.md").startswith("c#1.md: Markdown\n")

    @pytest.mark.parametrize("place", ["nirwana.md", "../luar.md", "kopi\0.md", "", "ekonomi"])
    def test_a_file_that_is_not_there_is_one_sentence(self, feeds: Call, kabar: Path, place: str) -> None:
        (kabar.parent / "luar.md").write_text(article("Luar", "2024-01-01"))
        done = feeds("--data", kabar, "check", "--explain", place)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)

    def test_a_file_that_is_not_read_has_its_reason(
        self, explained: Callable[[str], str], kabar: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FEEDS_EXCLUDE", "tari.md")
        (kabar / "README.md").write_text("x")
        (kabar / "draf.md").write_text("---\ntitle: A\ndraft: true\n---\n")
        assert "It is not read: exclude names it" in explained("tari.md")
        assert "It is not read: no reader knows such files" in explained("README.md")
        assert "It holds no such article, or one that is not to be published." in explained("draf.md")

    def test_a_rule_that_gave_a_category_is_named(
        self, explained: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        table = {"kebun": {"match": ["title: kopi + panen"]}, "budaya": {}}
        monkeypatch.setenv("FEEDS_CATEGORIES", json.dumps(table))
        assert "categories: Kebun (by a rule, kebun: 'title: kopi + panen')\n" in explained("ekonomi/kopi.md")
        assert "categories: none (its own); unknown: Ekonomi; unknown: Kebun" not in explained("hugo.md")

    def test_an_export_is_listed_with_what_was_left_out_behind_its_reader(
        self, explained: Callable[[str], str], feeds: Call, kabar: Path
    ) -> None:
        (kabar / "ekspor.xml").write_bytes(EXPORT.replace(b"</channel>", post("Satu").encode() + b"</channel>", 1))
        lines = explained("ekspor.xml").splitlines()
        assert lines[0] == "ekspor.xml: WordPress export; the file holds 2 articles"
        assert [line.split("  ")[3] for line in lines[1:5]] == [
            "article", "left out: draft", "left out: page", "left out: password"
        ]  # fmt: skip
        assert "left out: duplicate " in lines[7]
        report = json.loads(feeds("--data", kabar, "check", "--explain", "ekspor.xml", "--json").stdout)
        assert (report["published"], len(report["lines"])) == (True, 7)
        assert "It holds no such article" in explained("ekspor.xml#2")
        assert "left out: draft" in explained("ekspor.xml#2")

    def test_machines_are_told_the_same(self, explained: Callable[[str], str], feeds: Call, kabar: Path) -> None:
        report = json.loads(feeds("--data", kabar, "check", "--explain", "kawat.jsonl#2", "--json").stdout)
        assert report["lines"][0] == {"number": 2, "role": "title", "text": "judul: Dua"}
        assert report["date"] == {"written": "entah", "understood": None, "from": "field"}
        assert (report["published"], report["id"], report["place"]) == (False, "", "kawat.jsonl#2")
        assert [problem["kind"] for problem in report["problems"]] == ["date"]
