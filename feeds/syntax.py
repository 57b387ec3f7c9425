"""What parsers of TOML, JSON and YAML say, in plain words that tell a newsroom's person what to do.

Data only: a sentence of a parser, or its beginning -> ours.
"""

from __future__ import annotations

from functools import lru_cache

_MARKS = "a text needs quotation marks at both ends"

_PLAIN = {
    # Python's tomllib
    "Invalid value": f"what stands behind the = is no value; {_MARKS}",
    "Expected '=' after a key": 'the line needs an =, as in title = "Kabar"',
    "Unterminated string": "a quotation mark is not closed; put one at the end of the text",
    "Illegal character": "a text goes on over the end of the line; close it with a quotation mark",
    "Expected newline or end of document after a statement": (
        "something stands behind the value; one line is one setting, and a comment begins with #"
    ),
    "Cannot overwrite a value": "the name stands here twice; leave one of the lines out",
    "Cannot declare": "the table stands here twice; put its lines together under one",
    "Unclosed array": "a list is not closed; put ] at its end",
    "Unescaped '\\'": "a \\ must be written \\\\ between double quotation marks",
    "Invalid initial character for a key part": (
        "the line begins with none of the letters, digits and quotation marks that a name begins with"
    ),
    "Invalid statement": "the line is none of name = value, [table] and # comment",
    "Expected ']' at the end of a table declaration": "the name of a table needs ] behind it",
    # Python's json
    "Expecting property name enclosed in double quotes": (
        "a name in double quotation marks must stand here; the comma before it may be one too many"
    ),
    "Illegal trailing comma": "the last comma is one too many; leave it out",
    "Expecting ':' delimiter": "a : must stand between a name and its value",
    "Expecting ',' delimiter": (
        'a comma is missing here; or a " within a text is the cause, which must be written \\"'
    ),
    "Expecting value": f"a value is missing here; {_MARKS}",
    "Extra data": "something stands behind the end; one pair of braces too many, or a comma and [ ] missing",
    "Unterminated string starting": "a quotation mark is not closed; put one at the end of the text",
    "Invalid control character": "a text goes on over the end of the line; write \\n instead",
    "Invalid \\escape": "a \\ must be written \\\\",
    "Invalid \\uXXXX escape": "four figures or letters a to f must stand behind \\u",
    # PyYAML
    "mapping values are not allowed": "a text with `: ` in it must stand in quotation marks",
    "found unexpected end of stream": "a quotation mark is not closed; put one at the end of the text",
    "could not find expected ':'": "the line is no `key: value`",
    "did not find expected <document start>": "the line is no `key: value`",
    "found undefined alias": "a text that begins with `*` must stand in quotation marks",
    "did not find expected ',' or ']'": "a `[` list is not closed; put ] at its end",
    "did not find expected ',' or '}'": "a `{` is not closed; a text that begins with { must stand in quotation marks",
    "found character that cannot start any token": (
        "a text that begins with @, `, % or a tab must stand in quotation marks"
    ),
    "did not find expected key": "the line stands further to the left or right than those beside it, or a quotation"
    " mark within a text ends it too early",
    "did not find expected '-' indicator": "the line stands further to the left or right than its list",
    "found unknown escape character": "a \\ must be written \\\\ between double quotation marks",
    "did not find expected alphabetic": "a text that begins with & or * must stand in quotation marks",
    "unexpected end of data": "it ends too early",
}


@lru_cache(maxsize=64)  # a list of broken lines has the same to say of each
def plainly(sentence: str) -> str:
    """A parser's sentence in plain words; itself, without a capital at its start, where it is none of the known."""
    longest = max((known for known in _PLAIN if sentence.startswith(known)), key=len, default="")
    return _PLAIN.get(longest) or sentence[:1].lower() + sentence[1:]
