"""The forms in which a feed is written: the formats for readers, and the page for people."""

from __future__ import annotations

from feeds.formats import FORMATS, Format
from feeds.pages import feed as page

PAGE: Format = page
"""The page of a feed is written like a format, from entries that are rendered once."""

FORMS: tuple[Format, ...] = (*FORMATS, PAGE)

BY_FILENAME = {form.FILENAME: form for form in FORMS}
