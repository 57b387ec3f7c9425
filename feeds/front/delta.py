"""A feed without the entries that its reader has (RFC 3229, with the instance manipulation ``feed``).

Nothing is rendered for it: the document is cut at the places where its entries lie.
"""

from __future__ import annotations

from collections.abc import Mapping

from feeds.model import Rendition


def nearest(rendition: Rendition, bases: Mapping[str, frozenset[str]]) -> str:
    """The base that leaves the fewest entries to send; "" where none leaves out any.

    bases: what each version listed, the digests of its entries.
    """
    current = {part.digest for part in rendition.parts}
    has = {base: len(current & known) for base, known in bases.items()}
    best = max(has, key=lambda base: has[base], default="")
    return best if best and has[best] else ""


def without(rendition: Rendition, known: frozenset[str]) -> bytes:
    """The document with those of its entries alone that are not known; it has at least one entry."""
    body, parts = rendition.body, rendition.parts
    separator = body[parts[0].end : parts[1].start] if len(parts) > 1 else b""
    entries = separator.join(body[part.start : part.end] for part in parts if part.digest not in known)
    return body[: parts[0].start] + entries + body[parts[-1].end :]
