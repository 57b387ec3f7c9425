"""WordPress exports: our reading of all posts beside pelican-import's and feedparser's of the same file, in one run.

    python tests/bench/wxr.py [COUNT]         COUNT posts (1,000 unless told) through all of them
    python tests/bench/wxr.py --size 1G       the peak memory of reading an export of that size, ours alone

    feeds            a process that reads every post: dates, authors, terms, images, the text as HTML
    pelican-import   Pelican's converter to Markdown; it starts pandoc once for each post
    .. no pandoc     the same with a pandoc that only copies: Pelican's own part, which no one can have without the rest
    feedparser       the same file as the RSS that it also is: no status, no attachments, no paragraphs

Pelican is looked for in a virtual environment that PELICAN names, else made in a temporary one from PyPI: pelican,
beautifulsoup4 and lxml, and pypandoc_binary for pandoc. Its fastest way is taken: Markdown, nothing downloaded, all
files in one folder. Times are wall clock with the start of the process: ours the slowest of three, the others' of one
run. Memory is that of the largest process.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from newsroom import CATEGORIES, WORDS

NEWEST = datetime(2025, 6, 30, 18, 0)  # noqa: DTZ001 - as WordPress writes it, in no zone
SITE = "https://kabar.example"

HEAD = f"""\
<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.5" created="2025-07-01 00:00" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Kabar</title><link>{SITE}</link><language>id</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[rina]]></wp:author_login>
<wp:author_display_name><![CDATA[Rina Hapsari]]></wp:author_display_name></wp:author>
"""
ITEM = """\
<item>
<title><![CDATA[{title}]]></title>
<link>{link}</link>
<pubDate>{rfc}</pubDate>
<dc:creator><![CDATA[rina]]></dc:creator>
<guid isPermaLink="false">{site}/?p={id}</guid>
<description></description>
<content:encoded><![CDATA[{body}]]></content:encoded>
<excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded>
<wp:post_id>{id}</wp:post_id>
<wp:post_date><![CDATA[{local}]]></wp:post_date>
<wp:post_date_gmt><![CDATA[{gmt}]]></wp:post_date_gmt>
<wp:comment_status><![CDATA[open]]></wp:comment_status>
<wp:ping_status><![CDATA[open]]></wp:ping_status>
<wp:post_name><![CDATA[{slug}]]></wp:post_name>
<wp:status><![CDATA[{status}]]></wp:status>
<wp:post_parent>0</wp:post_parent>
<wp:menu_order>0</wp:menu_order>
<wp:post_type><![CDATA[{type}]]></wp:post_type>
<wp:post_password><![CDATA[]]></wp:post_password>
<wp:is_sticky>0</wp:is_sticky>
{more}</item>
"""
META = """\
<wp:postmeta><wp:meta_key>{}</wp:meta_key><wp:meta_value><![CDATA[{}]]></wp:meta_value></wp:postmeta>
"""


class Cost(NamedTuple):
    """What a run took. memory: megabytes; count: the articles that it gave."""

    seconds: float
    memory: float
    count: int


def write_export(file: Path, count: int, *, size: int = 0) -> int:
    """The same export at each run, of some posts or of some bytes; every second post has an attachment."""
    chance = random.Random(1945)
    number = 0
    with file.open("w", encoding="utf-8") as export:
        export.write(HEAD)
        while number < count or export.tell() < size:
            for _ in range(100):
                export.writelines(_post(chance, number))
                number += 1
                if number == count:
                    break
        export.write("</channel>\n</rss>\n")
    return number


def _post(chance: random.Random, number: int) -> Iterator[str]:
    id_ = 2 * number + 10
    local = NEWEST - number * timedelta(minutes=31)
    gmt = local - timedelta(hours=7)
    name = chance.choice(CATEGORIES)
    more = f'<category domain="category" nicename="{name}"><![CDATA[{name.capitalize()}]]></category>\n'
    for word in chance.sample(WORDS, 2):
        more += f'<category domain="post_tag" nicename="{word}"><![CDATA[{word}]]></category>\n'
    more += META.format("_edit_last", "1")
    common = {"site": SITE, "gmt": gmt, "local": local, "rfc": f"{gmt:%a, %d %b %Y %H:%M:%S} +0000"}
    if number % 2:
        more += META.format("_thumbnail_id", id_ + 1)
        picture = f"{SITE}/wp-content/uploads/{local:%Y/%m}/foto-{id_}.jpg"
        yield ITEM.format(
            **common, id=id_ + 1, title=f"foto-{id_}", link=picture, body="", excerpt=_sentence(chance, 8),
            slug=f"foto-{id_}", status="inherit", type="attachment",
            more=f"<wp:attachment_url><![CDATA[{picture}]]></wp:attachment_url>\n"
            + META.format("_wp_attachment_metadata", 'a:2:{s:5:"width";i:1200;s:6:"height";i:800;}'),
        )  # fmt: skip
    body = _blocks(chance, id_) if number % 3 == 0 else _classic(chance, id_)
    title = _sentence(chance, 9)
    yield ITEM.format(
        **common, id=id_, title=title, link=f"{SITE}/{name}/berita-{id_}/", body=body, excerpt=_sentence(chance, 20),
        slug=f"berita-{id_}", status="publish", type="post", more=more,
    )  # fmt: skip


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize()


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance, chance.randint(9, 16)) + "." for _ in range(chance.randint(2, 5)))


def _classic(chance: random.Random, id_: int) -> str:
    """A text of the classic editor: no paragraphs, a picture with a caption, a heading, a list, sometimes a video."""
    image = f'<img class="wp-image-{id_}" src="{SITE}/wp-content/uploads/foto-{id_}.jpg" alt="" width="640" />'
    pieces = [_paragraph(chance) for _ in range(chance.randint(5, 10))]
    caption = f'[caption id="attachment_{id_}" align="aligncenter" width="640"]{image} {_sentence(chance, 8)}[/caption]'
    items = f"\t<li>{_sentence(chance, 6)}</li>\n" * 2
    pieces.insert(1, caption)
    pieces.insert(3, f"<h3>{_sentence(chance, 5)}</h3>\n<ul>\n{items}</ul>")
    pieces.append(f'<strong>Baca juga:</strong> <a href="{SITE}/?p={id_ - 2}">{_sentence(chance, 6)}</a>\nEditor: Rina')
    if id_ % 5 == 0:
        pieces.append("https://www.youtube.com/watch?v=abcdefghijk")
    return "\n\n".join(pieces)


def _blocks(chance: random.Random, id_: int) -> str:
    """A text of the block editor."""
    paragraphs = [f"<!-- wp:paragraph -->\n<p>{_paragraph(chance)}</p>\n<!-- /wp:paragraph -->" for _ in range(7)]
    image = f'<img src="{SITE}/foto-{id_}.jpg" alt=""/><figcaption>{_sentence(chance, 7)}</figcaption>'
    figure = f'<figure class="wp-block-image">{image}</figure>'
    paragraphs.insert(2, f'<!-- wp:image {{"id":{id_},"sizeSlug":"large"}} -->\n{figure}\n<!-- /wp:image -->')
    return "\n\n".join(paragraphs)


OURS = """
import sys
from feeds.model import Draft
from feeds.readers.wxr import read_stream
with open(sys.argv[1], "rb") as stream:
    print(sum(isinstance(found, Draft) for found in read_stream("export.xml", stream)))
"""
THEIRS = """
import sys, feedparser
print(len(feedparser.parse(sys.argv[1]).entries))
"""
NOTHING = "import feeds.readers.fields, feeds.model; print(0)"


def cost(command: list[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end; what it prints last is a count, if it is a number."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert process.stdout
    assert process.stderr
    said = process.stdout.read().decode()
    complaint = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command[:3])}: exit {process.returncode}\n{complaint}")
    last = said.split()[-1:] or [""]
    return Cost(seconds, used.ru_maxrss / 1024, int(last[0]) if last[0].isdigit() else 0)


def pelican(work: Path) -> Path | None:
    """A virtual environment with Pelican and pandoc, made where PELICAN names none; None where it cannot be had."""
    if given := os.environ.get("PELICAN"):
        return Path(given)
    environment = work / "pelican"
    packages = ["pelican", "beautifulsoup4", "lxml", "pypandoc_binary"]
    made = subprocess.run([sys.executable, "-m", "venv", environment], capture_output=True)
    install = [environment / "bin/pip", "install", "-q", *packages]
    return (
        environment if made.returncode == 0 and subprocess.run(install, capture_output=True).returncode == 0 else None
    )


def pelican_cost(environment: Path, export: Path, work: Path, *, pandoc: Path) -> Cost:
    """pelican-import to Markdown with a given pandoc; its count is that of the files that it wrote."""
    output = work / f"output-{pandoc.parent.name}"
    output.mkdir()
    path = {**os.environ, "PATH": f"{pandoc.parent}:{os.environ['PATH']}"}
    command = [str(environment / "bin/pelican-import"), "--wpfile", "-m", "markdown", "-o", str(output), str(export)]
    found = cost(command, path)
    return found._replace(count=len(list(output.rglob("*.md"))))


def compare(count: int, work: Path) -> None:
    """The table of all readers."""
    export = work / "export.xml"
    posts = write_export(export, count)
    ours = max((cost([sys.executable, "-c", OURS, str(export)]) for _ in range(3)), key=lambda each: each.seconds)
    assert ours.count == posts, (ours.count, posts)
    rows = {"feeds": ours}
    environment = pelican(work)
    if environment:
        copying = work / "copying/pandoc"
        copying.parent.mkdir()
        copying.write_text(COPY)
        copying.chmod(0o755)
        real = next(environment.glob("lib/python*/site-packages/pypandoc/files/pandoc"))
        rows["pelican-import"] = pelican_cost(environment, export, work, pandoc=real)
        rows[".. no pandoc"] = pelican_cost(environment, export, work, pandoc=copying)
    else:
        print("pelican and pandoc cannot be had from PyPI here, so there is no comparison with them")
    rows["feedparser"] = cost([sys.executable, "-c", THEIRS, str(export)])
    print(f"{posts:,} posts, {export.stat().st_size / 1e6:.1f} MB")
    print(f"{'':16s}{'seconds':>10s}{'us a post':>11s}{'ours of it':>12s}{'MB':>7s}{'articles':>10s}")
    for label, each in rows.items():
        print(
            f"{label:16s}{each.seconds:10.2f}{each.seconds / posts * 1e6:11.0f}{ours.seconds / each.seconds:12.4f}"
            f"{each.memory:7.0f}{each.count:10,}"
        )


COPY = """\
#!/bin/sh
if [ "$1" = --version ]; then echo pandoc 3.1; exit; fi
while [ $# -gt 2 ]; do if [ "$1" = -o ]; then output=$2; fi; shift; done
cp "$2" "$output"
"""


def measure_memory(size: int, work: Path) -> None:
    """The peak memory of reading an export of a given size, and of a process that reads none."""
    export = work / "export.xml"
    posts = write_export(export, 0, size=size)
    empty = cost([sys.executable, "-c", NOTHING])
    ours = cost([sys.executable, "-c", OURS, str(export)])
    assert ours.count == posts, (ours.count, posts)
    print(
        f"{posts:,} posts, {export.stat().st_size / 1e6:,.0f} MB: {ours.seconds:.1f} s, peak {ours.memory:.0f} MB",
        end="",
    )
    print(f" ({ours.memory - empty.memory:.0f} MB over a process that reads nothing)")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="feeds-wxr-") as name:
        if sys.argv[1:2] == ["--size"]:
            number, unit = sys.argv[2][:-1], sys.argv[2][-1].upper()
            measure_memory(int(number) * {"K": 10**3, "M": 10**6, "G": 10**9}[unit], Path(name))
        else:
            compare(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, Path(name))


if __name__ == "__main__":
    main()
