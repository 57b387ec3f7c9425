"""The rules that documents are held to: what is said where one is broken, how much it weighs, and who says so."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.validation.findings import Rule

SPECIFICATIONS: Mapping[str, str] = {
    "RSS 2.0": "https://www.rssboard.org/rss-specification",
    "RSS Profile": "https://www.rssboard.org/rss-profile",
    "Autodiscovery": "https://www.rssboard.org/rss-autodiscovery",
    "Media RSS": "https://www.rssboard.org/media-rss",
    "JSON Feed": "https://www.jsonfeed.org/version/1.1/",
    "OPML 2.0": "http://opml.org/spec2.opml",
    "Sitemaps": "https://www.sitemaps.org/protocol.html",
    "News sitemaps": "https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap",
    "Image sitemaps": "https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps",
    "XML 1.0": "https://www.w3.org/TR/xml/",
    "XML Names": "https://www.w3.org/TR/xml-names/",
    "W3C Dates": "https://www.w3.org/TR/NOTE-datetime",
    "WebSub": "https://www.w3.org/TR/websub/",
    "HTML": "https://html.spec.whatwg.org/multipage/",
    "Fetch": "https://fetch.spec.whatwg.org/",
    "Link relations": "https://www.iana.org/assignments/link-relations/",
}
"""Where the documents stand that rules name; those of RFCs follow from their numbers."""


def specification(source: str) -> str:
    """The address of the document that a rule's source names, "" where it is practice alone."""
    name = source.partition(",")[0]
    number = name.removeprefix("RFC ")
    return f"https://www.rfc-editor.org/rfc/rfc{number}" if number.isdecimal() else SPECIFICATIONS.get(name, "")


_DOCUMENTS = (
    Rule("xml", "error", "is no well-formed XML: {}", "XML 1.0, 2.1"),
    Rule("xml-encoding", "warning", "is written in {}; UTF-8 is what every reader knows", "RFC 7303, 3"),
    Rule("xml-doctype", "warning", "declares a document type, which readers do not look at: {}", "XML 1.0, 5.1"),
    Rule("characters", "warning", "has characters of a text that was decoded wrongly", "XML 1.0, 2.2"),
    Rule("unknown", "error", "is in no format that is known here: {}", "practice"),
    Rule("size", "warning", "is {} long; some readers give up at 2 MB", "practice"),
    Rule("size-limit", "error", "is longer than {}, and was not looked at", "practice"),
    Rule("namespace", "error", "has the namespace {}", "XML Names, 2.3"),
    Rule("namespace-unknown", "note", "has a namespace that is not known here: {}", "XML Names, 2"),
    Rule("empty", "warning", "{} is empty; leave it out", "practice"),
    Rule("feed-empty", "warning", "has no entries", "practice"),
)

_VALUES = (
    Rule("date-rfc822", "error", "{} is no date such as Tue, 03 Dec 2024 10:30:00 +0700", "RFC 822, 5"),
    Rule("date-year", "warning", "{} has a year of two figures", "RSS 2.0, comments"),
    Rule("date-weekday", "error", "{} is another day of the week", "RFC 822, 5.2"),
    Rule("date-rfc3339", "error", "{} is no date such as 2024-12-03T10:30:00+07:00", "RFC 3339, 5.6"),
    Rule("date-w3cdtf", "error", "{} is no date such as 2024-12-03 or 2024-12-03T10:30:00+07:00", "W3C Dates, formats"),
    Rule("date-future", "warning", "{} has not come yet", "practice"),
    Rule("address", "error", "{} is no address", "RFC 3986, 3"),
    Rule("address-relative", "error", "{} is no absolute address", "RFC 3986, 4.3"),
    Rule("address-scheme", "error", "{} is an address that no reader follows", "RFC 4287, 8.1"),
    Rule("address-blank", "warning", "{} has blanks around it", "RFC 3986, C"),
    Rule("address-iri", "warning", "{} has letters that an address must write as %XX", "RFC 3986, 2"),
    Rule("address-web", "error", "{} is no address of http or https", "RSS 2.0, enclosure"),
    Rule("language", "error", "{} is no tag of a language", "RFC 5646, 2.1"),
    Rule("media-type", "error", "{} is no media type", "RFC 6838, 4.2"),
    Rule("email", "error", "{} is no e-mail address", "RFC 5322, 3.4.1"),
    Rule("number", "error", "{} is not a number as it should be", "XML 1.0, 2.2"),
    Rule("word", "error", "{} is none of the words that may stand there", "practice"),
)

_HTML = (
    Rule("text-html", "warning", "{} is HTML where plain text belongs", "RSS Profile, character data"),
    Rule("html-dropped", "warning", "{} is dropped by readers, or their pages are hurt by it", "RFC 4287, 8.1"),
    Rule("html-script", "warning", "{} is a script, which readers take out", "RFC 4287, 8.1"),
    Rule("html-style", "note", "{} is a style of its own, which many readers take out", "practice"),
    Rule("html-element", "warning", "{} is no element of HTML", "HTML, semantics"),
    Rule("html-balance", "warning", "{}", "HTML, parsing"),
    Rule("html-relative", "warning", "{} is relative, and leads nowhere in most readers", "RSS Profile, description"),
)

_RSS = (
    Rule("rss-version", "error", "is RSS {}, not 2.0", "RSS 2.0, rss"),
    Rule("rss-unknown", "error", "{} is no element of RSS", "RSS 2.0, extending RSS"),
    Rule("rss-twice", "error", "{} is there more often than it may be", "RSS 2.0, elements"),
    Rule("rss-missing", "error", "{}", "RSS 2.0, required elements"),
    Rule("rss-text", "error", "{} has text between its elements", "RSS 2.0, elements"),
    Rule("rss-attribute", "error", "{} is no attribute of RSS", "RSS 2.0, extending RSS"),
    Rule("rss-item", "error", "is an item with neither a title nor a description", "RSS 2.0, item"),
    Rule("rss-person", "error", "{} is no e-mail address; dc:creator takes a name alone", "RSS 2.0, author"),
    Rule("rss-person-name", "note", "{} has no name in brackets behind the e-mail address", "RSS Profile, author"),
    Rule("rss-guid", "warning", "is an item without a guid, whose changes look like new items", "RSS Profile, guid"),
    Rule("rss-guid-link", "error", "{} is no address; isPermaLink must be false", "RSS 2.0, guid"),
    Rule("rss-guid-twice", "error", "has a guid twice: {}", "RSS 2.0, guid"),
    Rule("rss-enclosures", "warning", "is an item with several enclosures; readers take one", "RSS Profile, enclosure"),
    Rule(
        "rss-content", "warning", "has content:encoded without a description before it", "RSS Profile, content:encoded"
    ),
    Rule("rss-again", "warning", "{} says the same once more in another vocabulary", "RSS Profile, namespace elements"),
    Rule("rss-order", "warning", "{} stands behind an item", "RSS Profile, item"),
    Rule("rss-image", "warning", "the image has another {} than the channel", "RSS Profile, image"),
    Rule("rss-skip-twice", "error", "names an hour or a day twice that readers may skip: {}", "RSS Profile, skipHours"),
    Rule("rss-text-input", "warning", "has a textInput, which readers ignore", "RSS Profile, textInput"),
    Rule("rss-self", "warning", "has no atom:link to itself (rel=self)", "RSS Profile, atom:link"),
)

_ATOM = (
    Rule("atom-unknown", "error", "{} is no element of Atom in this place", "RFC 4287, 4"),
    Rule("atom-twice", "error", "{} is there more often than it may be", "RFC 4287, 4.1"),
    Rule("atom-missing", "error", "{}", "RFC 4287, 4"),
    Rule("atom-text", "error", "{} has text between its elements", "RFC 4287, 4"),
    Rule("atom-markup", "error", "{} must not hold elements", "RFC 4287, 3.1.1"),
    Rule("atom-attribute", "error", "{} is no attribute of Atom", "RFC 4287, 6.1"),
    Rule("atom-author", "error", "is an entry without an author, in a feed without one", "RFC 4287, 4.1.1"),
    Rule("atom-alternate", "error", "is an entry with neither content nor an alternate link", "RFC 4287, 4.1.2"),
    Rule("atom-no-text", "note", "is an entry with neither content nor a summary", "RFC 4287, 4.1.1.1"),
    Rule(
        "atom-summary",
        "error",
        "is an entry whose content is elsewhere or binary, without a summary",
        "RFC 4287, 4.1.2",
    ),
    Rule("atom-xhtml", "error", "{} must hold one div of XHTML and nothing else", "RFC 4287, 3.1.1.3"),
    Rule("atom-content-type", "error", "content cannot have the type {}", "RFC 4287, 4.1.3.1"),
    Rule("atom-content-src", "error", "content that is elsewhere (src) must be empty", "RFC 4287, 4.1.3.2"),
    Rule("atom-base64", "error", "content of a binary type is no Base64", "RFC 4287, 4.1.3.3"),
    Rule("atom-id-twice", "error", "has an entry twice, with the same date of change: {}", "RFC 4287, 4.1.1"),
    Rule("atom-id-again", "warning", "has an entry twice, changed at different times: {}", "RFC 4287, 4.1.1"),
    Rule("atom-updated-same", "note", "has several entries that changed at the same moment", "RFC 4287, 4.2.15"),
    Rule("atom-relative", "warning", "{} is relative, and there is no xml:base", "RFC 4287, 2"),
    Rule("atom-self", "warning", "has no link to itself (rel=self)", "RFC 4287, 4.1.1"),
)

_EXTENSIONS = (
    Rule("extension-unknown", "warning", "{} is no element of its namespace", "XML Names, 2"),
    Rule("extension-twice", "error", "{} is there more often than it may be", "Media RSS, elements"),
    Rule("extension-missing", "error", "{}", "Media RSS, elements"),
    Rule("extension-text", "error", "{} has text between its elements", "Media RSS, elements"),
    Rule("extension-attribute", "warning", "{} is no attribute of its namespace", "Media RSS, elements"),
    Rule("media-address", "error", "media:content has neither an address nor a player", "Media RSS, media:content"),
    Rule("link-relation", "warning", "the relation {} is neither registered nor an address", "Link relations"),
    Rule("link-alternate", "error", "has two alternate links of the same type and language: {}", "RFC 4287, 4.1.1"),
    Rule("hub-alone", "error", "names a hub and not itself, so nobody can subscribe", "WebSub, 4"),
    Rule("history-complete", "error", "is complete, and yet has links to more: {}", "RFC 5005, 2"),
    Rule("history-current", "warning", "is an archive without a link to the feed (rel=current)", "RFC 5005, 4"),
    Rule("history-entry", "warning", "{} belongs into the feed, not into an entry", "RFC 5005, 4"),
)

_JSON_FEED = (
    Rule("json", "error", "is no JSON: {}", "RFC 8259, 2"),
    Rule("json-encoding", "error", "is not all UTF-8", "RFC 8259, 8.1"),
    Rule("json-bom", "error", "begins with a byte order mark", "RFC 8259, 8.1"),
    Rule("json-key-twice", "warning", "{} is there twice", "RFC 8259, 4"),
    Rule("json-unknown", "warning", "{} is no key of JSON Feed, and does not begin with _", "JSON Feed, extensions"),
    Rule("json-missing", "error", "{} is not there", "JSON Feed, top-level"),
    Rule("json-type", "error", "{}", "JSON Feed, items"),
    Rule("json-version", "error", "has the version {}, not https://jsonfeed.org/version/1.1", "JSON Feed, top-level"),
    Rule("json-version-1", "note", "has the version {}, before 1.1", "JSON Feed, top-level"),
    Rule("json-self", "warning", "has no feed_url, its own address", "JSON Feed, top-level"),
    Rule("json-content", "error", "{} has neither content_html nor content_text", "JSON Feed, items"),
    Rule("json-id", "warning", "{} is a number; readers make a text of it", "JSON Feed, items"),
    Rule("json-id-twice", "error", "has an id twice: {}", "JSON Feed, items"),
    Rule("json-author", "error", "{} has neither a name nor an address nor an avatar", "JSON Feed, top-level"),
    Rule("json-author-old", "note", "{} is of version 1; authors is its name now", "JSON Feed, top-level"),
)

_OPML = (
    Rule("opml-unknown", "error", "{} is no element of OPML in this place", "OPML 2.0, extending OPML"),
    Rule("opml-twice", "error", "{} is there more often than it may be", "OPML 2.0, what is an <opml>"),
    Rule("opml-missing", "error", "{}", "OPML 2.0, what is an <opml>"),
    Rule("opml-text", "error", "{} has text between its elements", "OPML 2.0, what is an <opml>"),
    Rule("opml-attribute", "error", "{} is no attribute of OPML", "OPML 2.0, extending OPML"),
    Rule("opml-title", "warning", "has no title", "OPML 2.0, what is a <head>"),
    Rule("opml-feed", "error", "the subscription {} has no xmlUrl", "OPML 2.0, subscription lists"),
    Rule("opml-link", "error", "the link {} has no url", "OPML 2.0, inclusion"),
    Rule("opml-feed-twice", "warning", "lists a feed twice: {}", "practice"),
    Rule("opml-type", "warning", "the subscription {} is not of the type rss", "OPML 2.0, subscription lists"),
)

_SITEMAPS = (
    Rule("sitemap-unknown", "error", "{} is no element of a sitemap", "Sitemaps, XML tag definitions"),
    Rule("sitemap-twice", "error", "{} is there more often than it may be", "Sitemaps, XML tag definitions"),
    Rule("sitemap-missing", "error", "{}", "Sitemaps, XML tag definitions"),
    Rule("sitemap-text", "error", "{} has text between its elements", "Sitemaps, XML tag definitions"),
    Rule("sitemap-attribute", "error", "{} is no attribute of a sitemap", "Sitemaps, XML tag definitions"),
    Rule("sitemap-empty", "note", "lists nothing", "Sitemaps, XML tag definitions"),
    Rule("sitemap-url-twice", "warning", "lists an address twice: {}", "practice"),
    Rule("sitemap-many", "error", "lists {} addresses; 50,000 are the most", "Sitemaps, index files"),
    Rule("sitemap-long", "error", "has an address of {} characters; 2,047 are the most", "Sitemaps, loc"),
    Rule("sitemap-news", "error", "lists {} news; 1,000 are the most", "News sitemaps"),
    Rule("sitemap-images", "error", "has a page with {} images; 1,000 are the most", "Image sitemaps"),
)

_PAGES = (
    Rule("page-none", "warning", "announces no feed", "Autodiscovery, link"),
    Rule("page-type", "warning", "announces a feed as another format than it is: {}", "Autodiscovery, type"),
)

_BETWEEN = (
    Rule("reference-missing", "error", "names a document that is not there: {}", "RFC 9110, 15.5.5"),
    Rule("archive-missing", "warning", "leads to an archive that is not there: {}", "RFC 5005, 4"),
    Rule("reference-kind", "error", "names as a feed what is none: {}", "RFC 9110, 8.3"),
    Rule("reference-host", "note", "names a document of another host, which was not fetched: {}", "practice"),
    Rule("reference-bound", "note", "leads to more documents than are followed: {}", "practice"),
    Rule("self", "warning", "calls itself {}", "RFC 4287, 4.2.7.2"),
)

_HTTP = (
    Rule("http-redirect", "note", "is reached by a redirect: {}", "RFC 9110, 15.4"),
    Rule("http-redirect-temporary", "warning", "is reached by a redirect that is only for now: {}", "RFC 9110, 15.4.3"),
    Rule("http-type", "error", "is sent as {}", "RFC 9110, 8.3"),
    Rule("http-type-general", "note", "is sent as {}, which does not say that it is a feed", "RFC 9110, 8.3"),
    Rule("http-charset", "error", "is sent as {}, and is written otherwise", "RFC 7303, 3"),
    Rule(
        "http-validator",
        "warning",
        "has neither ETag nor Last-Modified: each poll costs a whole answer",
        "RFC 9110, 8.8",
    ),
    Rule("http-conditional", "warning", "is sent again though it has not changed: {}", "RFC 9110, 13.1"),
    Rule("http-head", "warning", "HEAD is answered otherwise than GET: {}", "RFC 9110, 9.3.2"),
    Rule("http-plain", "warning", "is not compressed for readers that ask for gzip", "RFC 9110, 12.5.3"),
    Rule("http-vary", "warning", "is compressed without Vary: Accept-Encoding", "RFC 9110, 12.5.5"),
    Rule("http-no-store", "warning", "must not be kept by readers and caches (no-store)", "RFC 9111, 5.2.2.5"),
    Rule("http-max-age", "warning", "may be kept {} before anybody asks anew", "RFC 9111, 5.2.2.1"),
    Rule("http-cors", "note", "cannot be read by a reader that runs in a browser (CORS)", "Fetch, CORS protocol"),
)

RULES: Mapping[str, Rule] = {
    rule.code: rule
    for rules in (
        *(_DOCUMENTS, _VALUES, _HTML, _RSS, _ATOM, _EXTENSIONS, _JSON_FEED, _OPML, _SITEMAPS, _PAGES, _BETWEEN),
        _HTTP,
    )
    for rule in rules
}
