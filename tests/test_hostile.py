"""What took the square of its length is read in linear time, and is what it was where there is little of it."""

from __future__ import annotations

import html
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest

from feeds import text, toml
from feeds.config import load
from feeds.errors import ArticleError, ConfigError, UnreadableError
from feeds.limits import Limits
from feeds.model import Draft
from feeds.readers import Options, explain_file, read_file
from feeds.withdrawal_lists import LONGEST, table_of
from tests.conftest import Room

LENGTH = 150_000  # characters


@pytest.mark.parametrize("piece", ["\xa0", "Ã¢", "x\xa0", "&nbsp;", "\xa0<br>"])
@pytest.mark.parametrize("around", ["{}", '<p title="{}">Isi</p>', '<a href="/{}">Isi</a>'])
def test_blanks_that_do_not_break_and_mojibake_are_rendered_in_linear_time(piece: str, around: str) -> None:
    """The sanitiser looked through the rest of the text from each of them."""
    began = time.process_time()
    rendered = text.render(around.format(piece * (LENGTH // len(piece))), "html", base="https://kabar.example/")
    text.narrowed(rendered, ["p"], [])
    assert time.process_time() - began < 2


SOME = (
    '\xa0&nbsp;¡¿Ã¢ <b title="\xa0¿&nbsp;">b\xa0</b><a href="/\xa0¿?a=&nbsp;">a</a>'
    '<img src="¼" alt="½"><i\xa0>&amp;nbsp;&copy;'
)


@pytest.mark.parametrize("times", [1, 4000])
def test_many_blanks_that_do_not_break_are_rendered_as_few_are(times: int) -> None:
    """In texts and attributes."""
    rendered = text.render(f"<p>{SOME * times}</p>", "html", base="https://kabar.example/")
    once = text.render(f"<p>{SOME}</p>", "html", base="https://kabar.example/")[3:-4]
    assert rendered == f"<p>{once * times}</p>"
    assert text.render(rendered, "html", base="https://kabar.example/") == rendered
    assert text.narrowed(rendered, ["p"], []).count("&nbsp;") == 3 * times


PAGE = "<title>Harga beras turun</title><meta name='date' content='2024-12-03'><h1>Harga beras turun</h1>"
NAMES = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"'
TEXT = "<p>" + "Harga beras di pasar induk turun tiga hari berturut-turut. " * 6 + "</p>"


@pytest.mark.parametrize("piece", ["<!--", "&lt;!--", "<!-- a -->", "<!", "--", "<!--&#45;->"])
@pytest.mark.parametrize(
    "around",
    [
        '<p class="{}">Isi.</p>',
        '<meta property="og:description" content="{}">',
        '<a href="{}">Isi</a>',
        '<img src="a.jpg" alt="{}">',
        '<p {{"@a":="{}">Isi.</p>',
    ],
)
def test_comments_in_attributes_of_a_page_are_read_in_linear_time(piece: str, around: str) -> None:
    """What wrote the page's parts as HTML looked for the end of a comment from each beginning."""
    began = time.process_time()
    (found,) = read_file("a.html", (PAGE + TEXT + around.format(piece * (LENGTH // len(piece)))).encode())
    assert isinstance(found, Draft)
    assert found.title == "Harga beras turun"
    assert time.process_time() - began < 2


def test_comments_in_attributes_of_an_export_are_read_in_linear_time() -> None:
    """Its HTML may not be escaped, and is written anew then."""
    item = (
        "<item><title>Harga beras</title><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
        "<wp:post_date>2024-12-03 10:00:00</wp:post_date><content:encoded><p class='{}'>Isi.</p>"
        "</content:encoded></item>"
    )
    began = time.process_time()
    content = f"<rss {NAMES}><channel>{item.format('&lt;!--' * (LENGTH // 4))}</channel></rss>"
    (found,) = read_file("a.wxr", content.encode())
    assert isinstance(found, Draft)
    assert "Isi." in found.body
    assert time.process_time() - began < 2


MORE = "di lima kabupaten pada bulan ini, kata kepala dinas pertanian."


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Petani <!-- wp:image -->panen", "Petani panen"),
        ("Petani <!-- panen", "Petani panen"),
        ("Petani <!--<!-- a -->panen", "Petani panen"),
        ("Petani <!<!---- panen", "Petani &lt;! -- panen"),
        ("Petani --> panen", "Petani --&gt; panen"),
    ],
)
def test_a_comment_in_an_attribute_costs_nothing_around_it(written: str, read: str) -> None:
    """A picture's text and a page's description are the words without it; one that does not end ends at once."""
    page = f'{PAGE}<meta name=description content="{written} {MORE}">{TEXT}<p><img src="a.jpg" alt="{written}">{TEXT}'
    (found,) = read_file("a.html", page.encode())
    assert isinstance(found, Draft)
    alt = (
        text.render(found.body, found.body_format, base="https://kabar.example/")
        .partition('alt="')[2]
        .partition('"')[0]
    )
    assert " ".join(html.escape(html.unescape(alt), quote=False).split()) == read
    assert html.escape(html.unescape(found.summary), quote=False) == f"{read} {MORE}"


NAMES_IN_TOML = {
    "a dotted name": "{}a = 1\n".format("a." * 50_000),
    "a quoted one": "{}a = 1\n".format('\'\' . "\\"". ' * 9_000),
    "a table": "[{}a]\n".format("a." * 50_000),
    "a table of a list": "[[ {}a]]\n".format("a." * 50_000),
    "a name of a table in a line": "x = {{y = 1, {}a = 1}}\n".format("a." * 50_000),
    "one that does not end": "a." * 50_000,
}
NESTED_IN_TOML = {"lists": "a = " + "[" * 100_000, "tables": "a = " + "{a=" * 30_000}


@pytest.mark.parametrize(
    "written", (NAMES_IN_TOML | NESTED_IN_TOML).values(), ids=(NAMES_IN_TOML | NESTED_IN_TOML).keys()
)
def test_toml_that_nests_too_deep_is_refused_at_once(sqlite_room: Room, tmp_path: Path, written: str) -> None:
    """In front matter, in a list of withdrawals and in the configuration: 40 KB of one name took ten seconds."""
    sqlite_room.article("baik.md")
    sqlite_room.write("a.md", f"+++\n{written}\n+++\nIsi.")
    sqlite_room.write("withdrawn.toml", written)
    (tmp_path / "newsroom.toml").write_text(written, encoding="utf-8")
    began = time.process_time()
    sqlite_room.look()
    with pytest.raises(ConfigError, match="a value is too long or nested too deeply"):
        load(config=tmp_path / "newsroom.toml", environ={}, cwd=tmp_path)
    assert time.process_time() - began < 2
    article, listed = sorted(sqlite_room.problems, key=lambda problem: problem.path)
    assert re.match(r"a name in front matter has 101 parts or more; limits|values of front matter lie", article.reason)
    assert re.match(r"a name in it has more than 20 parts; those of an|values of the list lie deeper", listed.reason)
    assert list(sqlite_room.records) == ["baik.md"]


IN_TOML = (
    "a.b{n}=1\n",
    "[[a]]\n[a.b]\n",
    "x{n}={{a={{b={{}}}}}}\n",
    "#\n",
    '\'"\'."\\"".c{n}=1\n',
    " ",
    "[a{n} . b]\n",
)


@pytest.mark.parametrize("piece", [*IN_TOML, ',"\\"', "[ ", "'[a.'.", "{a."])
@pytest.mark.parametrize("before", ["", "[" + "a." * 19 + "b]\n"])
def test_a_list_of_withdrawals_is_read_in_linear_time(piece: str, before: str) -> None:
    """Of whatever it is made, at a quarter of the length that it may have."""
    repeated = "".join(piece.format(n=n) if "{n}" in piece else piece for n in range(LONGEST // 4 // len(piece)))
    began = time.process_time()
    with suppress(UnreadableError):
        table_of((before + repeated + "." * 200).encode(), Limits())
    assert time.process_time() - began < 4


def test_texts_with_dots_are_no_names() -> None:
    """In a line or several, and in a name's quotation marks."""
    dotted = ".".join(["a"] * 300)
    source = (
        f"x = '{dotted}'\n'{dotted}' = '''\nSatu \"dua\". {dotted}\n'''\n[{'.'.join(['a'] * 100)}]\ny = [0.1, 0.2]\n"
    )
    assert toml.loads(source, Limits(), "it")["x"] == dotted


ENTRY = "<title>{}</title><pubDate>2024-12-03</pubDate>{}"
FEW = Options(limits=Limits(elements=100, record=10_000))
TOO_MANY = "the entry has 101 elements or more; limits.elements is 100"
TOO_LONG = r"the entry is 1\d,\d{3} characters long, or longer; limits.record is 10,000"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("<author>" + "<h1>A</h1>" * 500 + "</author>", TOO_MANY),
        ("<category>Ekonomi</category>" * 500, TOO_MANY),
        ("<description>" + "<p><b>a</b></p>" * 500 + "</description><item><title>Dalam</title></item>", TOO_MANY),
        ("<description>" + "kata\n" * 3_000 + "</description>", TOO_LONG),
        ("<guid>1</guid>" + f"<enclosure url='{'x' * 12_000}'/><author>B</author>", TOO_LONG),
    ],
)
@pytest.mark.parametrize("names", ["item rss channel", "entry feed feed"])
def test_an_entry_of_a_feed_that_is_too_large_costs_itself_alone(names: str, more: str, reason: str) -> None:
    """Its neighbours are read, whose places stay what they are, and are listed."""
    entry, *around = names.split()
    articles = ("A", ""), ("B", more), ("C", "")
    entries = "".join(f"<{entry}>{ENTRY.format(*each)}</{entry}>" for each in articles)
    content = f"<{'><'.join(dict.fromkeys(around))}>{entries}</{'></'.join(dict.fromkeys(reversed(around)))}>".encode()
    first, large, last = read_file("a.rss", content, options=FEW)
    assert isinstance(first, Draft)
    assert isinstance(large, ArticleError)
    assert isinstance(last, Draft)
    assert (first.title, last.title, last.position) == ("A", "C", 2)
    assert (large.path, large.kind) == ("a.rss#2", "unreadable")
    assert re.fullmatch(reason, large.reason)
    assert list(read_file("a.rss", content, options=FEW, only=frozenset({2}))) == [last]
    lines = explain_file("a.rss", content, options=FEW)
    assert [line.role for line in lines] == ["article", f"left out: {large.reason}", "article"]


def test_an_entry_of_a_feed_with_more_elements_than_are_read_takes_little_time() -> None:
    """Each cost as much as a whole line of a table."""
    more = "<author>" + "<h1>A</h1>" * 160_000 + "</author>"
    began = time.process_time()
    (found,) = read_file("a.rss", f"<rss><channel><item>{ENTRY.format('A', more)}</item></channel></rss>".encode())
    assert isinstance(found, ArticleError)
    assert time.process_time() - began < 4
