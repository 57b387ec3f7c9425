"""What generators know beside Markdown, taken out of a body: it would stand in a feed as it is written.

Hugo's and Zola's shortcodes, Liquid and Nunjucks (Jekyll, Hexo, Eleventy), kramdown's attributes, Pelican's
``{static}``, the JSX and the imports of MDX (Astro, Docusaurus, Gatsby, Next), Obsidian's links, admonitions, marks for
a table of contents. What stands in code stays, for it is what the article shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Code first, so that what stands in it is passed over: fenced blocks, then spans of backticks within a paragraph.
_FENCE = (
    r"(?:^|(?<=\n))[ \t>]*(?:[-*+][ \t]+|[0-9]{1,3}[.)][ \t]+)?(?P<fence>`{3,}|~{3,})[^\n`]*\n"
    r"(?s:.*?)(?:\n[ \t>]*(?P=fence)[`~]*[ \t]*(?=\n|\Z)|\Z)"
)
_TICKS = r"(?<!`)(?P<ticks>`+)(?!`)(?:[^\n]|\n(?![ \t]*\n)){1,1000}?(?<!`)(?P=ticks)(?!`)"

# No tag reaches over the beginning of another and a span has a bound, so that a body of opening marks alone does not
# take for ever.
_MARKS = re.compile(
    rf"{_FENCE}"
    r"|\{%-?\s*raw\s*-?%\}(?P<raw>(?:[^{]|\{(?!%-?\s*(?:end)?raw\b))*+)\{%-?\s*endraw\s*-?%\}"
    r"|\{%-?\s*(?P<tag>highlight|codeblock)\b(?:[^%\n]|%(?!\}))*+%\}\n?"
    r"(?P<code>(?:[^{]|\{(?!%-?\s*(?:end)?(?P=tag)\b))*+)\{%-?\s*end(?P=tag)\s*-?%\}"
    r"|\{\{<\s*highlight\b[^\n>]*>\}\}\n?(?P<shown_code>(?:[^{]|\{(?!\{<\s*/?\s*highlight))*+)\{\{<\s*/\s*highlight\s*>\}\}"
    r"|\{%-?\s*comment\s*-?%\}(?:[^{]|\{(?!%-?\s*(?:end)?comment\b))*+\{%-?\s*endcomment\s*-?%\}"
    rf"|{_TICKS}"
    r"|\{\{<\s*/\*(?P<shown>[^\n]{0,1000}?)\*/\s*>\}\}"
    r"|\{\{[<%](?:[^{]|\{(?!\{))*?[>%]\}\}"
    r"|\{%(?:[^{]|\{(?!%))*?%\}"
    r"|\{\{-?(?=[ \t]|\w+\.)[ \t]*(?:(?:page|post|this)\.)?(?P<name>[A-Za-z_]\w*)[ \t]*(?:\|[^{}\n]{0,300})?-?\}\}"
    r"|\{\{-?(?=[ \t]|\w+\.)[ \t]*[A-Za-z_\"'][^{}\n]{0,300}\}\}"
    r"|\{#[^{}\n]{0,300}#\}"  # a comment of Nunjucks
    r"|^(?:[*+-]|1\.) [^\n]*\n\{:[ \t]*toc[^{}\n]*\}"  # kramdown replaces the list by a table of contents
    r"|\{:{1,2}[^{}\n]{0,300}\}"  # its attributes and extensions
    r"|(?<=\))\{[ \t]*(?:[.#:][\w-]+|[\w-]+=[^{}\n]{1,100}?)(?:[ \t]+[^{}\n]{1,200})?\}"  # attributes of an image
    r"|^[ \t]*(?:@?\[toc\]|\[\[_?toc_?\]\]|\$\{toc\})[ \t]*$"
    r"|(?<=\]\()\{(?:static|filename|attach|photo|tag|category|author|index)\}"
    r"|^(?P<quote>[ \t]*>[ \t]*)\[![A-Za-z-]{2,20}\][+-]?[ \t]*"  # a callout
    r"|^[ \t]*:{3,}(?:[ \t]*\{[^{}\n]*\}|[ \t]*[A-Za-z][\w-]*)?"  # an admonition's first and last line
    r"(?:[ \t]*\[(?P<label>[^\]\n]*)\]|(?P<heading>[ \t]+[^\n:]+))?[ \t]*:*[ \t]*$"
    r"|!\[\[[^\[\]\n]{1,300}\]\]"  # what Obsidian embeds
    r"|\[\[(?![ \t])(?:[^\[\]|\n]{1,300}\|)?(?P<link>[^\[\]|\n]{1,300})(?<![ \t])\]\](?![\[(])",
    re.MULTILINE | re.IGNORECASE,
)
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}\n?")


def without_marks(body: str, header: Mapping[object, object] | None = None) -> str:
    """The body without what is no Markdown, outside of code; what stands between two tags stays.

    ``{{ page.description }}`` becomes what the header says; ``{{</* tag */>}}``, which shows a tag, becomes that tag.
    """
    if "#" in body and "## " in body:  # a look for one character is many times quicker than for two
        body = _EMPTY_CONTENTS.sub("", body)
    if not _may_have_marks(body):
        return body
    values = header or {}

    def replace(match: re.Match[str]) -> str:
        if match["fence"] or match["ticks"]:
            return _RAW.sub("", match[0]) if "raw" in match[0] else match[0]
        if match["raw"] is not None:
            return match["raw"]
        if match["tag"] or match["shown_code"] is not None:
            return f"\n```\n{(match['code'] or match['shown_code'] or '').strip(chr(10))}\n```\n"
        if match["shown"] is not None:
            return "{{<" + match["shown"] + ">}}"
        if match["name"]:
            value = values.get(match["name"], "")
            return value if isinstance(value, str) else ""
        if title := match["label"] or match["heading"]:
            return f"**{title.strip()}**\n"
        return match["quote"] or match["link"] or ""

    return _MARKS.sub(replace, body)


# A heading under which a generator writes the table of contents itself.
_EMPTY_CONTENTS = re.compile(
    r"^#{2,6}[ \t]+(?:table of contents|contents|toc|daftar isi)[ \t:]*\n\s*(?=#{1,6}[ \t])",
    re.MULTILINE | re.IGNORECASE,
)


def _may_have_marks(body: str) -> bool:
    """What most bodies are told by: looking for the marks themselves takes many times as long."""
    if "{" in body or (":" in body and ":::" in body):
        return True
    return "[" in body and ("[[" in body or "[!" in body or "[toc]" in body.lower())


# MDX

_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\})*+\}"
_ATTRIBUTES = rf"(?:\s++(?:[A-Za-z_:@][\w:.@-]*+(?:\s?=\s?(?:\"[^\"]*+\"|'[^']*+'|{_BRACES}))?+|{_BRACES}))*+\s*+"
_ESM_IMPORT = r"import\s(?:[^'\"\n;]|\n(?!\s*\n|import\s)){0,2000}?['\"][^'\"\n]+['\"][ \t]*;?[ \t]*$"
_JSX = re.compile(
    rf"{_FENCE}|{_TICKS}"
    r"|\$\$(?s:.{1,2000}?)\$\$|\$(?! )[^$\n]{1,300}(?<! )\$(?![0-9])"  # formulas have braces of their own
    rf"|^{_ESM_IMPORT}"
    r"|(?P<export>^export\s(?:const|let|var|default|function|async|class|\{|\*))"
    r"|\{\s*/\*\s*(?P<more>truncate|more)\s*\*/\s*\}"
    rf"|</?(?:[A-Z][\w.]*{_ATTRIBUTES})?/?>"
    rf"|<(?P<element>[a-z][\w-]*+)(?P<attributes>{_ATTRIBUTES})(?P<end>/?>)"
    r"|\{\s*(?P<mark>[\"'`])(?P<string>[^\"'`{}\n]*)(?P=mark)\s*\}"
    rf"|(?<!\\){_BRACES}",
    re.MULTILINE,
)
_BRACED = re.compile(rf"\s++(?:[A-Za-z_:@][\w:.@-]*+\s?=\s?)?+{_BRACES}")


def is_mdx(path: str, body: str) -> bool:
    """Whether a body is MDX: by its suffix, or because it begins with an import (Docusaurus reads .md so too)."""
    return path.lower().endswith(".mdx") or _BEGINS_WITH_IMPORT.match(body) is not None


_BEGINS_WITH_IMPORT = re.compile(rf"\s*{_ESM_IMPORT}", re.MULTILINE)


def without_jsx(body: str) -> str:
    """The body of an MDX file without imports, exports, components and expressions; their children stay.

    Formulas and code are left alone. ``{/* truncate */}`` becomes ``<!--more-->``.
    """
    parts: list[str] = []
    at = 0
    while match := _JSX.search(body, at):
        parts.append(body[at : match.start()])
        at = match.end()
        if match["export"]:
            at = _end_of_export(body, match.start())
        elif match["more"]:
            parts.append("<!--more-->")
        elif match["element"]:
            parts.append(f"<{match['element']}{_BRACED.sub('', match['attributes'])}{match['end']}")
        elif match["string"] is not None:
            parts.append(match["string"])
        elif match["fence"] or match["ticks"] or match[0].startswith("$"):
            parts.append(match[0])
    return "".join(parts) + body[at:]


def _end_of_export(body: str, start: int) -> int:
    """Where a statement ends: at the first line's end behind which no bracket is open."""
    depth, at = 0, start
    while at < len(body):
        end = body.find("\n", at)
        end = len(body) if end < 0 else end + 1
        line = body[at:end]
        depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        at = end
        following = body[at : at + 1]
        if depth <= 0 and (line.rstrip().endswith((";", "}", ")", "]")) or following in ("", "\n")):
            return at
    return len(body)
