"""Files -> Article | ArticleError: reads them, checks and normalises what they hold.

Nothing here raises for an article: what is wrong with one becomes an ArticleError beside the others.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cached_property
from itertools import chain
from typing import BinaryIO, Literal, NamedTuple, Protocol
from urllib.parse import quote

from feeds import images, text
from feeds.categories import Classified, Classifier, unknown_category
from feeds.checks import checked_corrections, checked_rights, checked_withdrawal, date_or_problem, read_moment
from feeds.config import CategorySetting, FieldNames, Settings
from feeds.confined import open_below, open_file_below
from feeds.errors import ArticleError, DateError
from feeds.likeness import marks, same_address
from feeds.limits import Limits
from feeds.model import Article, DateOrigin, Draft, Image, Moment, Notice
from feeds.readers import Options, may_stream, read_file
from feeds.readers.fields import further_names
from feeds.scan import FoundFile, data_root

TOGETHER = 64  # files of which it holds the contents at once
MAX_TOGETHER = 512 * 1024  # bytes; a larger file is held alone
PART = 1000  # articles of a stream that are held at once


@dataclass(frozen=True)
class Rules:
    """What reading an article depends on besides the article: the picklable part of Settings that workers need."""

    root: str
    authority: str
    zone: tzinfo
    site: str
    permalink: str
    undated: Literal["skip", "mtime"]
    slugs_needed: bool
    categories: tuple[CategorySetting, ...]
    fields: tuple[FieldNames, ...]
    body_selector: str
    limits: Limits

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        return cls(
            root=data_root(settings),
            authority=settings.authority,
            zone=settings.zone,
            site=settings.site,
            permalink=settings.permalink,
            undated=settings.undated,
            slugs_needed=settings.article_pages or "{slug}" in settings.permalink,
            categories=tuple(replace(category, description="") for category in settings.categories),
            fields=settings.fields,
            body_selector=settings.body_selector,
            limits=settings.limits,
        )

    def options(self, path: str) -> Options:
        """How the file at a path is to be read: what is said for its folder goes before what is said for all."""
        said = tuple([each for each in self.fields if path.startswith(each.folder)]) if self.fields else ()
        if said not in self._by_folders:
            names = chain.from_iterable(each.names for each in said)
            self._by_folders[said] = Options(further_names(names), self.body_selector, self.limits)
        return self._by_folders[said]

    @cached_property
    def _by_folders(self) -> dict[tuple[FieldNames, ...], Options]:
        """Made once for each combination of folders."""
        return {}

    @cached_property
    def classifier(self) -> Classifier:
        return Classifier(self.categories)


# --- reading files ---------------------------------------------------------------------------------------------------


def in_order(files: Iterable[FoundFile]) -> list[FoundFile]:
    """By path, so that the first of two duplicates is the same one in every build."""
    return sorted(files)


class Checked(NamedTuple):
    """What one file gave, or a part of it. opened: whether it could be opened; where not, it may be another time.

    last: whether the file ends here.
    """

    articles: list[Article]
    problems: list[ArticleError]
    opened: bool
    last: bool = True


def read_batch(rules: Rules, files: Sequence[FoundFile]) -> list[Checked]:
    """Read files: step by step over some at once, as a processor does one thing many times a fifth quicker."""
    results: list[Checked] = []
    for start in range(0, len(files), TOGETHER):
        some = files[start : start + TOGETHER]
        contents = [_content_of(rules, file) for file in some]
        drafts = [_drafts_of(rules, file, data) for file, data in zip(some, contents, strict=True)]
        opened = (not isinstance(data, OSError) for data in contents)
        for each in zip(some, drafts, opened, strict=True):
            results += _checked(rules, *each)
    return results


def read_stream(rules: Rules, file: FoundFile) -> Iterator[Checked]:
    """Read a file that may be larger than memory, part by part."""
    content = _content_of(rules, file)
    yield from _checked(rules, file, _drafts_of(rules, file, content), not isinstance(content, OSError), PART)


Content = bytes | BinaryIO | ArticleError | OSError
"""All of a file, the file opened, or why it cannot be read: for good, or just now."""


def _content_of(rules: Rules, file: FoundFile) -> Content:
    try:
        if is_stream(file):
            return open_file_below(rules.root, file.path)  # closed where it is read
        if sentence := rules.limits.excess("file", file.size, "is {} bytes long"):
            return ArticleError(file.path, "unreadable", sentence)
        return _bytes_of(rules, file.path, file.size)
    except OSError as error:
        return error


def is_stream(file: FoundFile) -> bool:
    """Whether a file is read part by part, as it may be larger than memory."""
    return file.size > MAX_TOGETHER and may_stream(file.path)


def _drafts_of(rules: Rules, file: FoundFile, content: Content) -> Iterable[Draft | ArticleError]:
    if isinstance(content, OSError):
        return [ArticleError(file.path, "unreadable", content.strerror or str(content))]
    if isinstance(content, ArticleError):
        return [content]
    drafts = _read(rules, file.path, content)
    return drafts if file.size > MAX_TOGETHER else list(drafts)


def _read(
    rules: Rules, path: str, content: bytes | BinaryIO, only: frozenset[int] | None = None
) -> Iterator[Draft | ArticleError]:
    drafts = read_file(path, content, options=rules.options(path), only=only)
    return drafts if isinstance(content, bytes) else _closing(content, drafts)


def _closing(stream: BinaryIO, drafts: Iterator[Draft | ArticleError]) -> Iterator[Draft | ArticleError]:
    with stream:
        yield from drafts


def _checked(
    rules: Rules, file: FoundFile, drafts: Iterable[Draft | ArticleError], opened: bool, part: int | None = None
) -> Iterator[Checked]:
    found: list[Article] = []
    problems: list[ArticleError] = []
    month_first = False
    for draft in drafts:
        if isinstance(draft, ArticleError):
            problems.append(draft)
            continue
        if part and len(found) + len(problems) >= part:
            yield Checked(found, problems, opened, last=False)
            found, problems = [], []
        month_first = month_first or draft.month_first
        article = normalise(draft, rules, file.mtime, problems)
        if article:
            found.append(article)
    if month_first:
        reason = "its dates are read month first, as some of them cannot be read day first"
        problems.append(ArticleError(file.path, "order", reason, fatal=False))
    yield Checked(found, problems, opened)


def _bytes_of(rules: Rules, path: str, size: int = 65_536) -> bytes:
    """A file's bytes by few system calls, where open() makes many; a size that has grown is read on.

    Where there are more than the limit of a file, some of them are given, for the reader to refuse.
    """
    limit = rules.limits.file
    descriptor = open_below(rules.root, path)
    try:
        data = os.read(descriptor, size + 1)
        while len(data) != size and len(data) <= limit:
            more = os.read(descriptor, limit)
            if not more:
                break
            data += more
            size = -1
        return data
    finally:
        os.close(descriptor)


def digest_of(data: bytes) -> str:
    """A short strong digest, hexadecimal."""
    return hashlib.sha256(data).hexdigest()[:32]


def drafts_at(rules: Rules, path: str, positions: Iterable[int | None]) -> Iterator[Draft]:
    """The drafts of one file again, for their bodies; none where the file cannot be read any more."""
    try:
        content = open_file_below(rules.root, path) if may_stream(path) else _bytes_of(rules, path)
    except OSError:
        return
    wanted = frozenset(p for p in positions if p is not None)
    for draft in _read(rules, path, content, only=wanted or None):
        if isinstance(draft, Draft):
            yield draft


def read_drafts(rules: Rules, path: str, positions: Iterable[int | None]) -> dict[int | None, Draft]:
    """The drafts of one file by position, as ``drafts_at`` gives them."""
    return {draft.position: draft for draft in drafts_at(rules, path, positions)}


# --- checking one article --------------------------------------------------------------------------------------------


class Placed(Protocol):
    """What was read from a place in the data directory. position: of a record of a file, from 0."""

    @property
    def path(self) -> str: ...

    @property
    def position(self) -> int | None: ...


def place_of(draft: Placed) -> str:
    """How a problem names the article: its path, and ``#n`` for the n-th record."""
    return draft.path if draft.position is None else f"{draft.path}#{draft.position + 1}"


def normalise(draft: Draft, rules: Rules, modified: int, problems: list[ArticleError]) -> Article | None:
    """Check one draft; what is wrong is added to problems, and None is given where it cannot be published.

    modified: the file's mtime in microseconds since the epoch.
    """
    place = place_of(draft)
    if draft.warnings:
        problems.extend(ArticleError(place, kind, reason, fatal=False) for kind, reason in draft.warnings)
    title = text.one_line(draft.title)
    if not title:
        problems.append(ArticleError(place, "title", f"has no title{_unused(draft)}"))
        return None
    content = _content(draft)
    if text.has_control(content):
        problems.append(ArticleError(place, "control", "holds control characters; they are left out", fatal=False))
    published, origin = _published(draft, rules, modified, place, problems)
    if published is None:
        return None
    corrections: tuple[Notice, ...] = ()
    if draft.corrections:
        corrections = checked_corrections(draft, published.value, rules.zone, rules.site, place, problems)
    slug = text.slugify(draft.slug or title) if rules.slugs_needed or draft.position is not None else ""
    link = _link(draft, rules, slug, published.value, place, problems)
    classified = _classified(draft, rules, link, place, problems)
    base = link or rules.site
    image = _image(draft, rules, base, place, problems)
    license_, rights = checked_rights(draft, rules.site, place, problems) if draft.license or draft.rights else ("", "")
    summary = text.one_line(draft.summary)
    if not (summary or draft.withdrawn or draft.body.strip()):
        problems.append(ArticleError(place, "body", f"has neither a text nor a summary{_unused(draft)}", fatal=False))
    return Article(
        path=draft.path,
        position=draft.position,
        key=_key(draft, slug),
        slug=slug,
        title=title,
        title_origin=draft.title_origin,
        published=published.value,
        date_origin=origin,
        updated=_updated(draft, rules, published.value, corrections, place, problems),
        summary=summary,
        authors=_names(draft.authors),
        categories=classified.found,
        tags=_names(draft.tags),
        link=link,
        guid=text.one_line(draft.guid),
        source=text.one_line(draft.source),
        language=text.one_line(draft.language) if draft.language else "",
        image=image,
        content_hash=_digest_of_text(content),
        modified=modified,
        address=same_address(link) if draft.link and not _HOME.fullmatch(draft.link) else "",
        marks=marks(title),
        corrections=corrections,
        withdrawn=checked_withdrawal(draft, draft.withdrawn, rules.zone, place, problems) if draft.withdrawn else None,
        advertorial=draft.advertorial or classified.advertorial,
        license=license_,
        rights=rights,
    )


def _names(written: tuple[str, ...]) -> tuple[str, ...]:
    """Each name once, as plain text."""
    return tuple(dict.fromkeys(filter(None, map(text.one_line, written)))) if written else ()


def content_hash(draft: Draft) -> str:
    """A digest of what an edit changes: headline, summary, body, the lead image's address and caption, corrections.

    Rights are none of it: a licence for a whole archive edits no story, and must not show it to readers as new.
    """
    return _digest_of_text(_content(draft))


def _content(draft: Draft) -> str:
    image = (draft.image.url, draft.image.caption) if draft.image else ()
    said = chain.from_iterable((said.kind, said.text, said.link) for said in draft.corrections)
    return "\u241e".join((draft.title, draft.summary, draft.body, *image, *said))


def _digest_of_text(content: str) -> str:
    return digest_of(content.encode("utf-8", "surrogatepass"))


def _key(draft: Draft, slug: str) -> str:
    """What the article is called in the newsroom, whatever its format: the path without suffix, ``#`` and its slug."""
    stem = draft.path.rpartition(".")[0] or draft.path
    return stem if draft.position is None else f"{stem}#{slug}"


def _unused(draft: Draft) -> str:
    """What may hold it, where the article has fields that mean nothing here."""
    names = ", ".join(f"`{name}`" for name in draft.unused)
    return f"; {names} mean nothing here, and [fields] in the configuration can say what they hold" if names else ""


def _published(
    draft: Draft, rules: Rules, modified: int, place: str, problems: list[ArticleError]
) -> tuple[Moment | None, DateOrigin]:
    if draft.date is None and (rules.undated == "mtime" or draft.withdrawn):
        moment = datetime.fromtimestamp(modified // 1_000_000, rules.zone)
        return Moment(value=moment, origin="full"), "mtime"
    if draft.date is None:
        problems.append(ArticleError(place, "date", f"has no date{_unused(draft)}"))
        return None, draft.date_origin
    try:
        moment_read = read_moment(draft.date, rules.zone, month_first=draft.month_first)
    except DateError as error:
        problems.append(ArticleError(place, "date", f"its date {error.text!r} is not understood: {error.reason}"))
        return None, draft.date_origin
    if moment_read.warnings:
        problems.extend(ArticleError(place, "weekday", reason, fatal=False) for reason in moment_read.warnings)
    return moment_read, draft.date_origin


def _updated(
    draft: Draft,
    rules: Rules,
    published: datetime,
    corrections: Sequence[Notice],
    place: str,
    problems: list[ArticleError],
) -> datetime | None:
    """When the article says that it last changed; a correction is a change."""
    what = "updated", "date of change"
    updated = date_or_problem(*what, draft.updated, rules.zone, place, problems, month_first=draft.month_first)
    # A day without a time may well be the day of publication.
    if updated and updated < published and not (updated.date() == published.date() and updated == _midnight(updated)):
        reason = f"its date of change, {updated.isoformat()}, lies before its publication, {published.isoformat()}"
        problems.append(ArticleError(place, "updated", reason, fatal=False))
    if not corrections:
        return updated
    return max((moment for moment in (updated, *(said.date for said in corrections)) if moment), default=None)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


_HOME = re.compile(r"https?://[^/?#]+/?")


def _link(draft: Draft, rules: Rules, slug: str, published: datetime, place: str, problems: list[ArticleError]) -> str:
    if draft.link:
        link = text.absolute(draft.link, rules.site)
        if _HOME.fullmatch(link):
            problems.append(ArticleError(place, "link", f"its address {link} is that of a home page", fatal=False))
        elif link or (not rules.site and ":" not in draft.link):
            return link  # one below a site that no setting names is no mistake of the article
        else:
            problems.append(ArticleError(place, "link", f"its address {draft.link!r} is none", fatal=False))
    if not rules.permalink:
        return ""
    stem = quote(draft.path.rpartition(".")[0] or draft.path)
    day = f"{published:%Y-%m-%d}"
    year, month, date = day.split("-")
    pattern = rules.permalink.format(slug=slug, date=day, path=stem, year=year, month=month, day=date)
    return text.absolute(pattern.removeprefix("/"), rules.site)


def _image(draft: Draft, rules: Rules, base: str, place: str, problems: list[ArticleError]) -> Image | None:
    if draft.image is None:
        return None
    written = draft.image
    url = text.absolute(written.url, base)
    if not url:
        return None
    image = replace(written, url=url, caption=text.one_line(written.caption), credit=text.one_line(written.credit))
    found, reason = images.resolve(rules.root, draft.path, written.url, image, rules.site)
    if reason:
        problems.append(ArticleError(place, "image", reason, fatal=False))
    return found


def _classified(draft: Draft, rules: Rules, link: str, place: str, problems: list[ArticleError]) -> Classified:
    classified = rules.classifier.of(draft, link or draft.link)
    if classified.unknown:
        reasons = map(unknown_category, classified.unknown)
        problems.extend(ArticleError(place, "category", reason, fatal=False) for reason in reasons)
    return classified
