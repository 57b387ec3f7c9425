"""RSS 2.0 by the RSS Best Practices Profile (https://www.rssboard.org/rss-profile), written by feedgen.

Deviations from plain RSS 2.0: ``content:encoded`` beside ``description``, ``dc:creator`` for authors (``author`` wants
an e-mail address), ``media:content`` for the image with its caption and credit, ``atom:link`` for self and hubs,
``atom:updated`` where an article was changed, ``atom:link rel="related"`` between an article and its corrections,
``sy:`` for readers that do not know ``ttl``. An item's own rights are ``dc:rights`` and ``dcterms:license``, with
``creativeCommons:license`` for readers that look for that; ``rsl:content`` says what automated clients may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from feeds import text
from feeds.formats import rsl
from feeds.formats.common import further, headline, own_address, related, render_clean, rfc822, rfc3339, terms
from feeds.formats.feedgen_extensions import Generator, RssElements, declaring, splice, typed, used_in
from feeds.licenses import is_creative_commons
from feeds.model import Element, Entry, Feed, Image

NAME = "rss"
FILENAME = "rss.xml"
MEDIA_TYPE = "application/rss+xml; charset=utf-8"

_OF_RIGHTS = ("creativeCommons", "dcterms", "rsl")  # prefixes that a document declares where it has need of them

Namespaces = tuple[tuple[str, str], ...]


def entries(entries: Sequence[Entry], *, base_url: str, language: str, namespaces: Namespaces = ()) -> list[bytes]:
    """Each entry as one ``<item>``; namespaces: of its further elements, as its feed has them."""

    def render(clean: Sequence[Entry]) -> list[bytes]:
        generator = Generator(declaring(RssElements, *_OF_RIGHTS, further=namespaces))
        for entry in clean:
            _item(generator.append(), entry, base_url, language)
        _required(generator)
        return generator.rss_items()

    return render_clean(render, entries)


def _required(generator: Any) -> None:
    """What feedgen demands of a channel, for one that is only made for its items."""
    generator.title(NAME)
    generator.link(href=NAME)
    generator.description(NAME)


def _item(item: Any, entry: Entry, base_url: str, language: str) -> None:
    item.title(headline(entry))
    # The description is read as HTML: plain text is escaped once for that, and by feedgen once more for XML.
    item.description(escape(text.clean(entry.summary) or headline(entry), quote=False))
    if entry.content:
        item.content(entry.content, type="CDATA")
    item.guid(entry.id, permalink=entry.id_is_link)
    if entry.link:
        item.link(href=entry.link)
    categories = [{"term": c.title, "scheme": f"{base_url}{c.slug}/"} for c in entry.categories]
    item.category(categories + [{"term": tag} for tag in terms(entry)])
    add = item.elements.add
    add("pubDate", rfc822(entry.published))
    if entry.updated > entry.published:
        add("atom:updated", rfc3339(entry.updated))
    for author in entry.authors:
        add("dc:creator", author)
    if entry.source:
        add("dc:source", entry.source)
    if entry.language and entry.language != language:
        add("dc:language", entry.language)
    for address in related(entry):
        add("atom:link", "", {"rel": "related", "href": address})
    if entry.rights:
        add("dc:rights", entry.rights)
    _add_license(item, entry.license)
    if terms_ := entry.rsl:
        item.elements.add_tree(lambda parent: rsl.add_content(parent, terms_, entry.link, entry.license))
    image = entry.image
    if image:
        if image.type and image.length:
            add("enclosure", "", {"url": image.url, "length": str(image.length), "type": image.type})
        add_media(item, image)
    _add_further(item, entry.further)


def _add_further(parent: Any, further: Sequence[Element]) -> None:
    add = parent.elements.add
    for element in further:
        add(element.name, element.text, dict(element.attributes))
        for name, value in element.inside:
            add(name, value, inside=True)


def _add_license(element: Any, address: str) -> None:
    if address:
        element.elements.add("dcterms:license", address)
    if is_creative_commons(address):
        element.elements.add("creativeCommons:license", address)


def add_media(entry: Any, image: Image) -> None:
    """The image by Media RSS (https://www.rssboard.org/media-rss), for RSS and Atom alike."""
    add = entry.elements.add
    content = {"url": image.url, "type": image.type, "medium": "image"}
    for name, number in (("fileSize", image.length), ("width", image.width), ("height", image.height)):
        content[name] = str(number or "")
    add("media:content", "", content)
    if image.caption:
        kind, caption = typed(image.caption)
        add("media:description", caption, {"type": "plain" if kind == "text" else kind}, inside=True)
    if image.credit:
        add("media:credit", image.credit, {"role": "photographer"}, inside=True)
    add("media:thumbnail", "", {"url": image.url})


def write(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """The channel of the feed around items that ``entries`` rendered."""
    prefixes = used_in(entries, *_OF_RIGHTS, behind=b"<pubDate>")
    return render_clean(lambda feeds: splice(_envelope(feeds[0], prefixes), b"</channel>", list(entries)), [feed])


def _envelope(feed: Feed, prefixes: Sequence[str]) -> bytes:
    common = is_creative_commons(feed.license)
    needed = [p for p, used in (("fh", feed.archive), ("dcterms", feed.license), ("creativeCommons", common)) if used]
    channel: Any = Generator(declaring(RssElements, *dict.fromkeys((*needed, *prefixes)), further=feed.namespaces))
    title = feed.title or feed.base_url
    channel.title(title)
    channel.link(href=feed.home)
    channel.description(feed.description or title)
    channel.language(feed.language)
    channel.generator("Feeds")
    channel.ttl(feed.ttl)
    if feed.copyright:
        channel.copyright(feed.copyright)
    if feed.logo:
        channel.image(url=feed.logo, title=title, link=feed.home)
    if feed.category:
        channel.category(term=feed.category.title, scheme=f"{feed.base_url}{feed.category.slug}/")
    add = channel.elements.add
    add("lastBuildDate", rfc822(feed.updated))
    own = {"rel": "self", "href": own_address(feed, FILENAME), "type": "application/rss+xml"}
    add("atom:link", "", own)
    for hub in feed.hubs:
        add("atom:link", "", {"rel": "hub", "href": hub})
    for attributes in further(feed, FILENAME):
        add("atom:link", "", attributes)
    if feed.archive:
        add("fh:archive")
    _add_license(channel, feed.license)
    period, frequency = _update(feed.ttl)
    add("sy:updatePeriod", period)
    add("sy:updateFrequency", str(frequency))
    _add_further(channel, feed.further)
    document: bytes = channel.rss_str(pretty=True)
    return document


def _update(ttl: int) -> tuple[str, int]:
    """Minutes to live as the syndication module says it: so many times an hour or a day."""
    return ("hourly", max(1, 60 // max(1, ttl))) if ttl <= 60 else ("daily", max(1, 1440 // ttl))
