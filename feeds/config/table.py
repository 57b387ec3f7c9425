"""The one table of settings: it drives the file, the environment and the tests of the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from feeds.config import values as v
from feeds.config.categories import match_rule
from feeds.config.values import Reader, Where
from feeds.limits import KB, MB, Limits
from feeds.model import RslTerms

DEFAULT_BASE_URL = "http://127.0.0.1:8000/"
PREFIX = "FEEDS_"

FIELDS = (
    "title",
    "date",
    "updated",
    "body",
    "body_html",
    "body_markdown",
    "body_text",
    "summary",
    "categories",
    "tags",
    "authors",
    "source",
    "link",
    "guid",
    "slug",
    "image",
    "image_caption",
    "image_credit",
    "language",
    "status",
    "withheld",
    "live",
    "corrections",
    "correction_date",
    "correction_link",
    "replies",
    "reply_date",
    "reply_link",
    "withdrawal_reason",
    "withdrawal_date",
    "advertorial",
    "license",
    "rights",
)
"""What a field of an article can be; ``readers.fields.NAMES`` knows each by many names."""

Kind = Literal["text", "number", "switch", "list", "table"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: how it is written, what it is when nobody sets it, what it must be, and what it is for.

    default: as in ``Settings``; ``None`` where it follows from other settings.
    """

    name: str
    kind: Kind
    default: Any
    read: Reader
    doc: str

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.name.upper()


def checked(values: Mapping[str, object], table: Mapping[str, Setting], where: Where) -> dict[str, Any]:
    for name in values:
        if name not in table:
            raise (where / name).refuse(f"unknown setting{v.suggestion(name, table)}")
    read = {name: table[name].read(where / name, value) for name, value in values.items()}
    return {name: value for name, value in read.items() if value is not None}  # data = "" names no folder


def categories(where: Where, value: object) -> dict[str, dict[str, Any]]:
    """Each category's fields as one source gives them; ``category_settings`` joins the sources."""
    if not isinstance(value, dict):
        raise where.expected("a table of categories", value)
    for slug, fields in value.items():
        if not v.SLUG.fullmatch(slug):
            raise (where / slug).refuse("a category is called by small letters, digits and single hyphens")
        if not isinstance(fields, dict):
            raise (where / slug).expected(f"a table with {', '.join(CATEGORY_SETTINGS)}", fields)
    return {slug: checked(fields, CATEGORY_SETTINGS, where / slug) for slug, fields in value.items()}


def field_names(where: Where, value: object) -> dict[str, dict[str, str]]:
    """The names of fields by folder, "" for all articles; a folder's path ends with a slash."""
    if not isinstance(value, dict):
        raise where.expected("a table of names", value)
    found: dict[str, dict[str, str]] = {}
    for name, meaning in value.items():
        if isinstance(meaning, dict):
            folder = name.strip("/") + "/"
            found[folder] = {inner: _field(where / name / inner, field) for inner, field in meaning.items()}
        else:
            found.setdefault("", {})[name] = _field(where / name, meaning)
    return found


def rsl_terms(where: Where, value: object) -> RslTerms | None:
    """The terms of a table that says any; None for an empty one."""
    if not isinstance(value, dict):
        raise where.expected("a table of terms", value)
    terms = RslTerms(**checked(value, RSL_SETTINGS, where))
    if both := set(terms.permits) & set(terms.prohibits):
        raise where.refuse(f"both permits and prohibits {', '.join(sorted(both))}")
    if value and not (terms.permits or terms.prohibits or terms.payment or terms.custom):
        raise where.refuse("says no terms; name permits, prohibits, payment or custom")
    return terms if value else None


def _field(where: Where, value: object) -> str:
    if value in FIELDS:
        return str(value)
    raise where.refuse(
        f"must be one of the fields {', '.join(FIELDS)}; it stands on the right, the name that articles use on the left"
    )


def table_of(*settings: Setting) -> Mapping[str, Setting]:
    """Settings by name."""
    return {setting.name: setting for setting in settings}


CATEGORY_SETTINGS = table_of(
    Setting("title", "text", None, v.text_value, "Its name as people read it."),
    Setting("description", "text", "", v.text_value, "One sentence on what belongs in it."),
    Setting("parent", "text", "", v.text_value, "The category that it is a part of, by its name in brackets."),
    Setting("aliases", "list", (), v.list_of(v.text_value), "Other names that articles use for it."),
    Setting("match", "list", (), v.list_of(match_rule), "Rules that give it to articles that name no category."),
)

USAGES = ("all", "ai-all", "ai-train", "ai-input", "ai-index", "search")
"""What automated clients may want an article for (RSL 1.0, section 3.5)."""

PAYMENTS = ("free", "attribution", "contribution", "purchase", "subscription", "training", "crawl", "use")
"""What a licence costs, or each time that something is done (RSL 1.0, section 3.7)."""

RSL_SETTINGS = table_of(
    Setting("permits", "list", (), v.list_of(v.choice(*USAGES)), "What they may use articles for, and nothing else."),
    Setting("prohibits", "list", (), v.list_of(v.choice(*USAGES)), "What they may not use them for."),
    Setting("payment", "text", "", v.choice(*PAYMENTS), "What it costs."),
    Setting("custom", "text", "", v.address, "The page on which a licence is asked for."),
    Setting("server", "text", "", v.address, "The licence server (Open License Protocol) that clients must ask."),
    Setting("terms", "text", "", v.address, "The page with the terms for people."),
    Setting("holder", "text", "", v.text_value, "Who holds the rights; the title where it is not set."),
    Setting("contact", "text", "", v.contact, "The mail address or the page of whom to ask."),
)

_DEFAULT = Limits()
LIMIT_SETTINGS = table_of(
    Setting("file", "text", _DEFAULT.file, v.size(KB, 2048 * MB), "Bytes of a file, but for a WordPress export."),
    Setting("record", "text", _DEFAULT.record, v.size(KB, 512 * MB), "Bytes of one post, line or cell of a file."),
    Setting("records", "number", _DEFAULT.records, v.number(1, 10_000_000), "Records of a file, but for an export."),
    Setting("text", "text", _DEFAULT.text, v.size(KB, 64 * MB), "Characters of one article, pictures in it apart."),
    Setting("header", "text", _DEFAULT.header, v.size(KB, 16 * MB), "Characters of the front matter of a file."),
    Setting("values", "number", _DEFAULT.values, v.number(10, 1_000_000), "Values of a header or a record."),
    Setting("depth", "number", _DEFAULT.depth, v.number(10, 500), "How deep values or elements are in each other."),
    Setting("names", "number", _DEFAULT.names, v.number(1, 10_000), "Categories, tags and authors of one article."),
    Setting("elements", "number", _DEFAULT.elements, v.number(100, 1_000_000), "Elements of an HTML page."),
)


def limits(where: Where, value: object) -> dict[str, int]:
    """The limits that one source sets; the sources are joined."""
    if not isinstance(value, dict):
        raise where.expected(f"a table with {', '.join(LIMIT_SETTINGS)}", value)
    return checked(value, LIMIT_SETTINGS, where)


SETTINGS = table_of(
    Setting("title", "text", None, v.text_value, "The newsroom's name; from the folder's name where it is not set."),
    Setting(
        "description",
        "text",
        None,
        v.text_value,
        "One sentence about the newsroom; from the title where it is not set.",
    ),
    Setting("site", "text", "", v.folder_address, "The address of the newsroom's own website."),
    Setting("base_url", "text", DEFAULT_BASE_URL, v.base_url, "The address under which the feeds are published."),
    Setting("authority", "text", None, v.authority, "The host name in the articles' ids; of site, else of base_url."),
    Setting("author", "text", "", v.text_value, "The author of articles that name none."),
    Setting("copyright", "text", "", v.text_value, "The copyright notice of the feeds."),
    Setting("license", "text", "", v.licence, "The licence of articles that say nothing of their rights."),
    Setting("rsl", "table", {}, rsl_terms, "What automated clients may do with the articles (RSL 1.0)."),
    Setting("logo", "text", "", v.address, "The address of the newsroom's logo."),
    Setting("language", "text", "id", v.language, "The language of articles that name none."),
    Setting("timezone", "text", "Asia/Jakarta", v.time_zone, "The zone of dates that name none."),
    Setting("data", "text", None, v.path, "The folder with the articles."),
    Setting(
        "exclude",
        "list",
        (),
        v.list_of(v.pattern),
        "Patterns of files in the data folder that are no articles.",
    ),
    Setting("fields", "table", {}, field_names, "Further names of fields, for all articles or for those of a folder."),
    Setting(
        "body_selector", "text", "", v.selector, "The CSS selector of the element that holds the text of an HTML page."
    ),
    Setting("limits", "table", {}, limits, "The most that is read: of a file, an article, a record."),
    Setting("catalogue", "text", "", v.catalogue, "The address of the database that remembers ids and changes."),
    Setting("newsroom", "text", None, v.filled, "The newsroom's key in a catalogue that several newsrooms share."),
    Setting("output", "text", None, v.path, "The folder that static files are written to."),
    Setting("limit", "number", 50, v.number(1, 1000), "How many articles a feed shows."),
    Setting(
        "max_age",
        "number",
        300,
        v.number(0, 18_000, " (seconds; five hours at most, for feed readers ask no later)"),
        "For how many seconds a reader may keep a feed before it asks again.",
    ),
    Setting("permalink", "text", "", v.permalink, "How an article's address on site is made, where it names none."),
    Setting("article_pages", "switch", False, v.switch, "Whether articles without an address get a plain page here."),
    Setting("archives", "switch", None, v.switch, "Whether static builds hold archives too; false: there are none."),
    Setting("pages_for_browsers", "switch", True, v.switch, "Whether a browser gets a feed's page at its address."),
    Setting("feed_menu", "switch", False, v.switch, "Whether the feeds are listed for /.well-known/feed-menu.json."),
    Setting("undated", "text", "skip", v.choice("skip", "mtime"), "What becomes of articles without a date."),
    Setting("advertorial_label", "text", "Advertorial", v.label, "The word that marks articles that are paid for."),
    Setting(
        "advertorial_as",
        "text",
        "title",
        v.choice("title", "category"),
        "Where that word stands: before the title, or among the categories.",
    ),
    Setting(
        "advertorial_not_in",
        "list",
        (),
        v.list_of(v.feed_name),
        "The feeds that leave them out: slugs of categories, semua for the feed of all.",
    ),
    Setting("hubs", "list", (), v.list_of(v.address), "The WebSub hubs that are told of changes."),
    Setting(
        "profiles",
        "list",
        (),
        v.list_of(v.profile_feed),
        "The feeds for aggregators that an edition holds: profiles, or a profile and a category.",
    ),
    Setting("categories", "table", {}, categories, "The categories: their slugs, names and aliases."),
    Setting("gone", "list", (), v.list_of(v.slug), "Slugs of categories that are no more, and answer so."),
    Setting("rate_limit", "text", "", v.rate_limit, "How often a client may fetch without validators."),
    Setting(
        "trusted_proxies",
        "list",
        (),
        v.list_of(v.network),
        "The networks of proxies whose word on who the client is counts.",
    ),
    Setting("workers", "number", 1, v.number(1, 64), "How many processes serve the feeds."),
)
