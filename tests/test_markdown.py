"""Markdown: headers of every generator, what a path says, shortcodes, and headers that cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.errors import ArticleError
from feeds.model import Draft
from feeds.readers import frontmatter, read_file, yaml_header
from feeds.readers.markdown import plain
from feeds.readers.markup import without_marks


def draft(text: str, path: str = "a.md") -> Draft:
    (found,) = read_file(path, text.encode())
    assert isinstance(found, Draft), found
    return found


def refusal(text: str) -> str:
    (found,) = read_file("a.md", text.encode())
    assert isinstance(found, ArticleError), found
    assert (found.path, found.kind, found.fatal) == ("a.md", "unreadable", True)
    return found.reason


# Headers


@pytest.mark.parametrize(
    "header",
    [
        "---\ntitle: A\ndate: 2024-01-02\n---\n",
        "--- \ntitle: A\ndate: 2024-01-02\n---  \n",
        "---\ntitle: A\ndate: 2024-01-02\n...\n",
        "-----\ntitle: A\ndate: 2024-01-02\n-----\n",
        "\n\n---\ntitle: A\ndate: 2024-01-02\n---\n",
        "title: A\ndate: 2024-01-02\n---\n",
        '+++\ntitle = "A"\ndate = 2024-01-02\n+++\n',
        '{"title": "A", "date": "2024-01-02"}\n',
        ';;;\n"title": "A", "date": "2024-01-02"\n;;;\n',
        '"title": "A", "date": "2024-01-02"\n;;;\n',
        "Title: A\nDate: 2024-01-02\n\n",
    ],
)
def test_every_kind_of_header_is_cut_off(header: str) -> None:
    """YAML, TOML, JSON, Hexo's JSON and Pelican's lines give the same article, the header no part of the body."""
    found = draft(header + "Isi.\n")
    assert (found.title, found.date, found.body) == ("A", "2024-01-02", "Isi.")


@pytest.mark.parametrize(
    "text",
    [
        "Isi saja.",
        "---\n\nIsi di bawah garis.",
        "Sumber: Antara\n\nIsi.",
        "Jakarta: kota besar",
        "{Kurung} kurawal",
        "+ butir\n+ butir",
        "---\nSatu paragraf di antara garis.\n---\nIsi.",
    ],
)
def test_no_header_is_fine(text: str) -> None:
    """A text that only looks a little like a header is all body."""
    assert draft(text).body == text


def test_the_first_closing_line_closes() -> None:
    """Blanks behind ``---`` do not make a rule further down the end of the header."""
    found = draft("---\ntitle: A\ntags: [b]\n--- \nIsi.\n\n---\nLagi.\n")
    assert (found.title, found.body) == ("A", "Isi.\n\n---\nLagi.")


def test_a_key_twice_is_no_matter_where_it_decides_nothing() -> None:
    """An editor's slip such as ``images:`` twice costs no article; two titles do, as nobody knows which is meant."""
    assert draft("---\ntitle: A\nimages:\nimages: [b.jpg]\nweight: 1\nweight: 2\n---\n").title == "A"
    assert draft("---\ntitle: A\ntitle: A\n---\n").title == "A"


def test_yaml_values_stay_as_written() -> None:
    """YAML's dates, numbers, noes and noughts are texts: nothing becomes UTC, a flag or another number."""
    header, _, _ = frontmatter.split(
        "---\na: 2020-08-25\nb: 2024-12-03T10:30:00+07:00\nc: no\nd: 007\ne: 12:30:45\nf: ~\ng: {h: 1_000}\n---\n"
    )
    assert header == {
        "a": "2020-08-25",
        "b": "2024-12-03T10:30:00+07:00",
        "c": "no",
        "d": "007",
        "e": "12:30:45",
        "f": None,
        "g": {"h": "1_000"},
    }


def test_toml_moments_stay_typed() -> None:
    """TOML's offset date-time is an aware moment; its day is a text without a time."""
    assert draft('+++\ntitle = "A"\ndate = 2024-12-03T10:30:00Z\nlastmod = 2024-12-04\n+++\n').date == datetime(
        2024, 12, 3, 10, 30, tzinfo=UTC
    )


def test_values_of_any_type_are_read() -> None:
    """Numbers, mappings and lists where a text is expected cost nothing but, at worst, that field."""
    found = draft(
        "---\ntitle: 2024\ndate: [2024-01-02]\ncategories: {a: b}\ntags: 5\nauthor: [[x], {y: z}]\nimage: {}\n---\n"
    )
    assert (found.title, found.date, found.categories, found.tags) == ("2024", "2024-01-02", (), ())
    assert (found.authors, found.image) == (("x",), None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: A\n", "front matter is not closed: a line `---` is missing"),
        ("+++\ntitle = 1\n", "front matter is not closed: a line `+++` is missing"),
        ("---\ntitle: A\ntitle: B\n---\n", "front matter gives `title` twice, in line 3 again"),
        ("---\ntitle: A\n\tdate: B\n---\n", "front matter cannot be read in line 3: a tab stands where"),
        ("---\ntitle: A: B\n---\n", "front matter cannot be read in line 2: a text with `: ` in it"),
        ('---\ntitle: "A\n---\n', "front matter cannot be read in line 3: a quotation mark is not closed"),
        ("---\n- A\n---\n", "front matter is a list, not lines of `key: value`"),
        ("---\na: *b\n---\n", "front matter cannot be read in line 2: a text that begins with `*` must stand in"),
        ("---\na: !!int x\n---\n", "front matter holds a value that is not what its tag says"),
        ("+++\ntitle = A\n+++\n", "front matter cannot be read in line 2: what stands"),
        ("+++\ndate = 2024-02-31\n+++\n", "front matter"),
        ('{"title": "A",\n}\n', "front matter cannot be read in line 2"),
        ("   \n", "the file is empty"),
    ],
)  # fmt: skip
def test_a_broken_header_is_named_with_its_line(text: str, reason: str) -> None:
    """A header that cannot be read costs the article, in one sentence that names the line."""
    assert refusal(text).startswith(reason)
    assert "\n" not in refusal(text)


def _bomb(first: str, one: str) -> str:
    """Nine keys, each of which stands nine times for the one before it."""
    lines = [f"a: &a {first}"]
    for before, key in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{key}: &{key} " + one.replace("*", ", ".join([f"*{before}"] * 9)))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "bomb", [_bomb("[x]", "[*]"), _bomb("{x: 1}", "{<<: [*]}"), "a: &a [*a]\n", "a: " + "[" * 2000 + "]" * 2000 + "\n"]
)
def test_yaml_bombs_are_refused(bomb: str) -> None:
    """Aliases that would write out to billions of values, or for ever, are refused at once."""
    assert refusal(f"---\n{bomb}---\n")


def test_control_characters_in_a_header_are_left_out_and_said() -> None:
    """A control character costs itself, not the article."""
    found = draft("---\ntitle: Harga\x08 naik\n---\nIsi")
    assert found.title == "Harga naik"
    assert found.warnings[0][0] == "control"


WORDS = st.text(alphabet="abN1~- :#,'\"[]{}?&*!|>%@`=.\\é—\u200d\U0001f680\t", max_size=8)
SCALARS = st.one_of(
    WORDS,
    WORDS.map(lambda word: f'"{word}"'),
    WORDS.map(lambda word: f"'{word}'"),
    st.sampled_from(
        ["null", "~", "<<", "yes", "2024-12-03", "10:30", "Rabu, 4 Desember 2024", "Jum'at", "a #b", "a# b"]
    ),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
    st.tuples(st.sampled_from(["", " ", "  "]), st.lists(SCALARS, max_size=3)).map(
        lambda block: "".join(f"\n{block[0]}- {item}" for item in block[1])
    ),
)
KEYS = st.sampled_from(["title", "date", "tags", "a-b", "null", "N", "x y", "1a", "- a", "# c", ""])
HEADERS = st.lists(st.tuples(KEYS, st.sampled_from([": ", ":", ":  ", " : "]), VALUES), max_size=4).map(
    lambda lines: "".join(key + colon + value + "\n" for key, colon, value in lines)
)


@given(HEADERS)
@example("a:\n- b\n\n- c\n# d\n- e\n")
@example("a: [b , 'c', \"d\"]\n")
@example("a: b\n- c\n")
@example("a: ''\nb: []\nc:\n")
def test_the_fast_path_reads_what_pyyaml_reads(header: str) -> None:
    """Whatever the fast path accepts, PyYAML reads to the same keys and values; it accepts no more than PyYAML."""
    simple = frontmatter._simple(header)
    if simple is not None:
        assert simple == yaml_header.load(header)


def test_the_fast_path_takes_ordinary_headers() -> None:
    """The lines that newsrooms write most do not wait for PyYAML."""
    header = "title: \"A: b\"\ndate: 2024-12-03 10:30:00 +0700\n# x\ntags: [a, 'b c']\ncategories:\n  - d\ndraft:\n"
    assert frontmatter._simple(header) == {
        "title": "A: b",
        "date": "2024-12-03 10:30:00 +0700",
        "tags": ["a", "b c"],
        "categories": ["d"],
        "draft": None,
    }


# Drafts


@pytest.mark.parametrize(
    "line",
    ["draft: true", "draft: yes", "published: false", "status: Draft", "status: hidden", "status: private",
     "status: pending", "headless: true", "hidden: true", "publish: tidak"],
)  # fmt: skip
def test_withheld_articles_are_none(line: str) -> None:
    """A draft, hidden, private or unpublished article gives nothing, not even an error."""
    assert list(read_file("a.md", f"---\ntitle: A\n{line}\n---\nIsi".encode())) == []


@pytest.mark.parametrize("line", ["draft: false", "published: true", "status: published", "hidden: no", "draft:"])
def test_published_articles_are_not_withheld(line: str) -> None:
    """The same fields with the other answer withhold nothing, and are no dates."""
    found = draft(f"---\ntitle: A\n{line}\n---\nIsi")
    assert (found.title, found.date) == ("A", None)


def test_published_may_be_a_date() -> None:
    """``published`` is a date where it is no yes or no."""
    assert draft("---\ntitle: A\npublished: 2024-01-02\n---\n").date == "2024-01-02"


# What the path says


@pytest.mark.parametrize(
    ("path", "date", "slug"),
    [
        ("_posts/2024-12-03-harga-beras.md", "2024-12-03", "harga-beras"),
        ("blog/2024-1-3-harga.md", "2024-01-03", "harga"),
        ("2024-12-03.md", "2024-12-03", ""),
        ("berita/harga-beras/index.md", None, "harga-beras"),
        ("berita/harga-beras/index.id.md", None, "harga-beras"),
        ("2024-12-03-harga/index.md", "2024-12-03", "harga"),
        ("berita/harga.md", None, ""),
        ("berita/2024-beras.md", None, ""),
    ],
)
def test_a_name_gives_date_and_slug(path: str, date: str | None, slug: str) -> None:
    """A date before the name, and a page bundle's folder, count where the header has neither date nor slug."""
    found = draft("# A\n\nIsi", path)
    assert (found.date, found.slug) == (date, slug)
    assert found.date_origin == ("metadata" if date else "field")


def test_the_header_wins_over_the_name() -> None:
    """A date and a slug of the header stand, whatever the file is called."""
    found = draft("---\ntitle: A\ndate: 2023-01-01\nslug: b\n---\n", "_posts/2024-12-03-harga.md")
    assert (found.date, found.date_origin, found.slug) == ("2023-01-01", "field", "b")


def test_jekyll_parts_plural_names_at_spaces() -> None:
    """Below ``_posts`` a text of categories is parted at spaces, a ``category`` is one, and folders come first."""
    assert draft("---\ntitle: A\ncategories: a b\n---\n", "_posts/2024-12-03-x.md").categories == ("a", "b")
    assert draft("---\ntitle: A\ncategory: a b\n---\n", "x/_posts/2024-12-03-x.md").categories == ("x", "a b")
    assert draft("---\ntitle: A\ncategories: a b\n---\n", "x.md").categories == ("a b",)


@pytest.mark.parametrize("permalink", ["/:categories/:title/", "/{{ title | slug }}/", "false"])
def test_patterns_of_addresses_are_no_addresses(permalink: str) -> None:
    """A generator's pattern for an address, or Eleventy's ``false``, gives no link."""
    assert draft(f'---\ntitle: A\npermalink: "{permalink}"\n---\n').link == ""


# Body


@pytest.mark.parametrize(
    ("body", "title", "rest"),
    [
        ("# Harga **naik** lagi #\n\nIsi", "Harga naik lagi", "Isi"),
        ("Harga naik\n==========\nIsi", "Harga naik", "Isi"),
        ("```\n# bukan\n```\n\n# Judul C#\n", "Judul C#", "```\n# bukan\n```"),
        ("## Anak judul\nIsi", "", "## Anak judul\nIsi"),
        ("# [Harga](http://a.example/)\n", "Harga", ""),
    ],
)
def test_the_first_heading_is_the_title_where_none_is_given(body: str, title: str, rest: str) -> None:
    """The first heading of the first level outside of code becomes the title and leaves the body."""
    found = draft(body)
    assert (found.title, found.title_origin, found.body) == (title, "heading", rest)


def test_a_heading_in_html_is_one() -> None:
    """``<h1>`` is as good as ``#``."""
    found = draft('<h1 class="judul">Harga <b>cabai</b></h1>\n\nIsi.')
    assert (found.title, found.body) == ("Harga cabai", "Isi.")


def test_a_title_of_the_header_leaves_headings_alone() -> None:
    """With a title in the header the body keeps its headings."""
    assert draft("---\ntitle: A\n---\n# B\n").body == "# B"


def test_an_excerpt_becomes_the_summary() -> None:
    """What stands before the marker is the summary, as plain text, where none is given."""
    body = "**Harga** [cabai](/x) naik.\n\n<!-- more -->\nIsi."
    assert draft(f"---\ntitle: A\n---\n{body}").summary == "Harga cabai naik."
    assert draft(f"---\ntitle: A\nringkasan: R\n---\n{body}").summary == "R"


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ("a {{< x y=\"z\" >}} b", "a  b"),
        ("{{% kotak %}}isi **tebal**{{% /kotak %}}", "isi **tebal**"),
        ("{% include x.html %}a", "a"),
        ("`{{< x >}}` dan {{< y >}}", "`{{< x >}}` dan "),
        ("~~~\n{{< x >}}\n~~~\n{{< y >}}", "~~~\n{{< x >}}\n~~~\n"),
        ("```\n{{< x >}}", "```\n{{< x >}}"),
        ("{{</* x */>}}", "{{< x >}}"),
        ("harga { 5 } {{ x }}", "harga { 5 } "),
        ("{{< x\ny >}}z", "z"),
        ("- butir\n\n    ```sh\n    {% x %}\n    ```\n\n{% y %}", "- butir\n\n    ```sh\n    {% x %}\n    ```\n\n"),
        ("`a\n\n{% x %}` b", "`a\n\n` b"),
        ("{% raw %}{{ a }} {% b %}{% endraw %}", "{{ a }} {% b %}"),
        ("```\n{% raw %}\n{{ a }}\n{% endraw %}\n```", "```\n{{ a }}\n```"),
        ("{% highlight sh %}\nls -l\n{% endhighlight %}", "\n```\nls -l\n```\n"),
        ("{% codeblock %}\nls\n{% endcodeblock %}", "\n```\nls\n```\n"),
        ("{{< highlight go >}}\nx := 1\n{{< /highlight >}}", "\n```\nx := 1\n```\n"),
        ("{% comment %}nanti{% endcomment %}a", "a"),
        ("{# catatan #}a", "a"),
        ("![f]({{ site.url }}/f.jpg)", "![f](/f.jpg)"),
        ("![f]({static}/f.jpg)", "![f](/f.jpg)"),
        ("[a](/b){:target=\"_blank\"} c\n{: .kotak}", "[a](/b) c\n"),
        ("* isi\n{:toc}\nA", "\nA"),
        ("[[toc]]\nA\n[TOC]", "\nA\n"),
        ("![f](/f.jpg){width=300 .kiri}", "![f](/f.jpg)"),
        ("![[foto.png]] lihat [[Pasar Baru|pasar]] dan [[Kota]]", " lihat pasar dan Kota"),
        ("[[1]](/catatan)", "[[1]](/catatan)"),
        ("[[ $a == b ]]", "[[ $a == b ]]"),
        (":::tip Ingat\nBawa payung.\n:::", "**Ingat**\n\nBawa payung.\n"),
        ("::: warning\nHujan.\n:::", "\nHujan.\n"),
        ("> [!NOTE]\n> Hujan.", "> \n> Hujan."),
        ("rumus x^{{2}} dan {a}", "rumus x^{{2}} dan {a}"),
        ("## Daftar Isi\n\n## Harga\nNaik.", "## Harga\nNaik."),
        ("## Daftar isi\n- Harga", "## Daftar isi\n- Harga"),
    ],
)  # fmt: skip
def test_marks_of_generators_leave_the_body(body: str, rest: str) -> None:
    """Shortcodes, Liquid, attributes and the like go, what they enclose stays, and code is not touched."""
    assert without_marks(body) == rest


def test_liquid_shows_what_the_header_says() -> None:
    """``{{ page.x }}`` in a body is the header's value, where it has one."""
    found = draft("---\ntitle: A\ndescription: Harga turun.\n---\n{{ page.description }} {{ page.tidak_ada }}\n")
    assert found.body == "Harga turun."


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ("import A from '../a.astro';\nimport {\n  B,\n} from \"b\";\n\nIsi.", "Isi."),
        ("export const meta = {\n  a: [1],\n\n  b: 2,\n};\n\nIsi.", "Isi."),
        ("<Kotak tipe={{ a: [1] }} besar>\nIsi **tebal**.\n</Kotak>\n<Iklan />", "Isi **tebal**."),
        ("Isi {/* catatan */}{'teks'}{frontmatter.x} lagi.", "Isi teks lagi."),
        ("<div style={{ color: 'red' }} id=\"a\">Isi</div>", '<div id="a">Isi</div>'),
        ("```js\nimport a from 'b';\n<A b={c} />\n```", "```js\nimport a from 'b';\n<A b={c} />\n```"),
        ("Tulis `<A b={c} />`.", "Tulis `<A b={c} />`."),
        ("Rumus $\\frac{a}{b}$ tetap.", "Rumus $\\frac{a}{b}$ tetap."),
        ("harga 5 < 6 dan 7 > 6", "harga 5 < 6 dan 7 > 6"),
    ],
)  # fmt: skip
def test_mdx_is_read_as_markdown(body: str, rest: str) -> None:
    """Imports, exports, components and expressions of an .mdx file go; their children, code and formulas stay."""
    assert draft(f"---\ntitle: A\n---\n{body}\n", "a.mdx").body == rest


def test_markdown_with_imports_is_mdx() -> None:
    """A .md that begins with an import is MDX, as in Docusaurus; an import further down is a text."""
    assert draft("---\ntitle: A\n---\nimport B from 'b';\n\n<B />Isi.\n").body == "Isi."
    assert "import B from 'b'" in draft("---\ntitle: A\n---\nIsi.\n\nimport B from 'b'\n").body


@pytest.mark.parametrize(
    "mark", ["{% raw %}", "{% highlight a %}", "{{", "{% comment %}", "[[a", ":::", "`", "{: ", "{#"]
)
def test_a_body_of_opening_marks_is_read_at_once(mark: str) -> None:
    """No mark that is never closed takes long, however often it stands there."""
    assert isinstance(without_marks(mark * 20_000), str)


@pytest.mark.parametrize("mark", ["import a\n", "export const a = {\n", "<A b={", "{", "<A b ", "$$", "{/*"])
def test_a_body_of_opening_jsx_is_read_at_once(mark: str) -> None:
    """The same for what MDX adds."""
    assert isinstance(draft("---\ntitle: A\n---\nx" + mark * 20_000, "a.mdx"), Draft)


def test_plain_text_of_markdown() -> None:
    """Marks, images and tags leave a line; snake_case and a lone star stay."""
    assert plain("> **a** _b_ `c` ![d](e) [f *g*](h) <b>i</b> j_k_l 2 * 3") == "a b c f g i j_k_l 2 * 3"
