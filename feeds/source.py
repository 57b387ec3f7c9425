"""The data directory -> Article | ArticleError: finds the files, reads what changed, checks and normalises.

Nothing here raises for an article: what is wrong with one becomes an ArticleError beside the others.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from fnmatch import translate
from functools import cached_property
from itertools import chain, islice
from re import Pattern
from re import compile as compile_pattern
from stat import S_ISREG
from typing import Literal, NamedTuple
from urllib.parse import quote

from feeds import text
from feeds.config import Settings, free_slug
from feeds.dates import read_date
from feeds.errors import ArticleError, DataDirectoryError, DateError
from feeds.model import Article, Category, DateOrigin, Draft, Image, Moment
from feeds.parallel import in_processes
from feeds.readers import is_source, read_file

MAX_FILE_SIZE = 256 * 1024 * 1024  # bytes
BATCH = 256  # files that one worker reads before it reports
PARALLEL_FROM = 1500  # changed files from which a second process is quicker than one alone

# Folders that say how a site is built, not what its articles are about.
PLAIN_FOLDERS = frozenset(
    {"_posts", "posts", "post", "content", "article", "articles", "artikel", "berita", "news", "arsip", "archive"}
    | {"blog", "data", "source", "src", "id", "en"}
)


class FoundFile(NamedTuple):
    """A file of the data directory. path: below it, forward slashes; size: bytes; mtime: microseconds."""

    path: str
    size: int
    mtime: int


class FileReading(NamedTuple):
    """What one file gave. digest: of its bytes, "" where it could not be read.

    unchanged: the bytes are those of the digest that was known, and nothing was read from them.
    """

    file: FoundFile
    digest: str
    unchanged: bool = False
    articles: tuple[Article, ...] = ()
    problems: tuple[ArticleError, ...] = ()


@dataclass(frozen=True)
class Rules:
    """What reading an article depends on besides the article: the picklable part of Settings that workers need."""

    root: str
    zone: tzinfo
    site: str
    permalink: str
    undated: Literal["skip", "mtime"]
    declared: tuple[Category, ...]
    aliases: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        names = ((name, c.slug) for c in settings.categories for name in (c.slug, c.title, *c.aliases))
        return cls(
            root=data_root(settings),
            zone=settings.zone,
            site=settings.site,
            permalink=settings.permalink,
            undated=settings.undated,
            declared=tuple(Category(slug=c.slug, title=c.title) for c in settings.categories),
            aliases=tuple((text.slugify(name), slug) for name, slug in names),
        )

    @cached_property
    def slugs(self) -> dict[str, str]:
        return dict(self.aliases)

    @cached_property
    def by_names(self) -> dict[tuple[str, ...], tuple[tuple[Category, ...], tuple[str, ...]]]:
        """The categories of the names that were asked for, so that they are worked out once."""
        return {}

    @cached_property
    def by_slug(self) -> dict[str, Category]:
        return {category.slug: category for category in self.declared}


def data_root(settings: Settings) -> str:
    """The data directory's real path, looked up anew each time, as a deployment may swap a link."""
    return os.path.realpath(settings.data)


# --- finding files ---------------------------------------------------------------------------------------------------


@dataclass
class Scan:
    """One look at the data directory: its files by path, and what cannot be followed or opened."""

    files: dict[str, FoundFile] = field(default_factory=dict)
    problems: dict[str, ArticleError] = field(default_factory=dict)


def scan(settings: Settings) -> Scan:
    """Find every source file below the data directory.

    Dot-folders, the output and what ``exclude`` names are skipped. A link that leads out of the directory is a
    problem, not a file. Raises DataDirectoryError where the directory itself cannot be listed.
    """
    root = data_root(settings)
    walk = _Walk(root, _excluded(settings.exclude), os.path.realpath(settings.output) if settings.output else None)
    try:
        walk.folder(root, "")
        walk.follow_links()
    except OSError as error:
        raise DataDirectoryError(str(settings.data), error.strerror or str(error)) from error
    return walk.found


def _excluded(globs: Sequence[str]) -> Pattern[str] | None:
    return compile_pattern("|".join(translate(glob) for glob in globs)) if globs else None


class _Walk:
    def __init__(self, root: str, excluded: Pattern[str] | None, output: str | None) -> None:
        self.root = root
        self.excluded = excluded
        self.output = output
        self.found = Scan()
        self.visited = {root}
        self.links: list[tuple[str, os.DirEntry[str]]] = []

    def folder(self, folder: str, prefix: str) -> None:
        with os.scandir(folder) as listing:
            for item in listing:
                if item.name[0] == "." or (self.excluded and self._is_excluded(prefix + item.name)):
                    continue
                if item.is_symlink():
                    self.links.append((prefix + item.name, item))
                elif item.is_dir(follow_symlinks=False):
                    self.subfolder(item.path, prefix + item.name)
                elif is_source(path := prefix + item.name):
                    self.file(item, path)

    def _is_excluded(self, path: str) -> bool:
        assert self.excluded is not None  # noqa: S101 - for the type checker; the caller has just asked
        return bool(self.excluded.match(path) or self.excluded.match(path.rpartition("/")[2]))

    def file(self, item: os.DirEntry[str], path: str) -> None:
        try:
            status = item.stat()
        except OSError as error:
            self.problem(path, error.strerror or str(error))
            return
        if not S_ISREG(status.st_mode):  # to open a pipe would wait for its other end
            self.problem(path, "is no regular file")
            return
        if not path.isascii() and not _is_text(path):
            self.problem(path, "has a name that is not UTF-8; rename it")
            return
        self.found.files[path] = FoundFile(path, status.st_size, status.st_mtime_ns // 1000)

    def subfolder(self, folder: str, path: str) -> None:
        if folder == self.output or folder in self.visited:
            return
        self.visited.add(folder)
        if is_source(path) and not path.endswith("/"):
            self.problem(path, "is a folder, not a file; what lies in it is read all the same")
        try:
            self.folder(folder, path + "/")
        except OSError as error:
            self.problem(path, error.strerror or str(error))

    def follow_links(self) -> None:
        """Links come last, by path: what they lead to is read under its own path wherever it has one."""
        while self.links:
            found, self.links = sorted(self.links, key=lambda link: link[0]), []
            for path, item in found:
                self.link(item, path)

    def link(self, item: os.DirEntry[str], path: str) -> None:
        target = os.path.realpath(item.path)
        inside = target == self.root or target.startswith(self.root + os.sep)
        is_folder = os.path.isdir(target)  # noqa: PTH112  Path.is_dir raises where a folder on the way is closed
        if not inside:
            if is_source(path) or is_folder:
                self.problem(path, "is a link that leads out of the data directory")
        elif is_folder:
            self.subfolder(target, path)
        elif is_source(path):
            self.file(item, path)

    def problem(self, path: str, reason: str) -> None:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        self.found.problems[shown] = ArticleError(shown, "unreadable", reason)


def _is_text(path: str) -> bool:
    """Whether a path can be written as UTF-8; the system gives bytes that are none as lone surrogates."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


# --- reading files ---------------------------------------------------------------------------------------------------


def read(
    rules: Rules, files: Sequence[FoundFile], *, digests: Mapping[str, str], jobs: int = 1
) -> Iterator[FileReading]:
    """Read files in their order; several processes, where they are quicker, begin at once.

    digests: what is known of the files by path; a file whose bytes have that digest is not read any further.
    """
    starts = range(0, len(files), BATCH)
    tasks = ((rules, [(f, digests.get(f.path, "")) for f in files[start : start + BATCH]]) for start in starts)
    return chain.from_iterable(in_processes(read_batch, tasks, jobs if len(files) >= PARALLEL_FROM else 1))


class Ahead(NamedTuple):
    """Everything in the data directory, of which the reading has begun."""

    scan: Scan
    rules: Rules
    readings: Iterator[FileReading]


def read_ahead(settings: Settings, jobs: int) -> Ahead:
    """Begin to read everything, for a first build: the database's library is loaded meanwhile."""
    found, rules = scan(settings), Rules.of(settings)
    return Ahead(found, rules, read(rules, in_order(found.files.values()), digests={}, jobs=jobs))


def in_order(files: Iterable[FoundFile]) -> list[FoundFile]:
    """By path, so that the first of two duplicates is the same one in every build."""
    return sorted(files, key=lambda file: file.path)


def read_batch(task: tuple[Rules, Sequence[tuple[FoundFile, str]]]) -> list[FileReading]:
    """The work of one worker: (rules, files with their known digests) -> readings."""
    rules, files = task
    return [_read_one(rules, file, digest) for file, digest in files]


def _read_one(rules: Rules, file: FoundFile, known_digest: str) -> FileReading:
    if file.size > MAX_FILE_SIZE:
        return _unreadable(file, f"is {file.size:,} bytes long; the limit is {MAX_FILE_SIZE:,}")
    try:
        data = _bytes_of(f"{rules.root}/{file.path}", file.size)
    except OSError as error:
        return _unreadable(file, error.strerror or str(error))
    digest = digest_of(data)
    if digest == known_digest:
        return FileReading(file, digest, unchanged=True)
    found: list[Article] = []
    problems: list[ArticleError] = []
    month_first = False
    for draft in read_file(file.path, data):
        if isinstance(draft, ArticleError):
            problems.append(draft)
            continue
        month_first = month_first or draft.month_first
        article = normalise(draft, rules, file.mtime, problems)
        if article:
            found.append(article)
    if month_first:
        reason = "its dates are read month first, as some of them cannot be read day first"
        problems.append(ArticleError(file.path, "order", reason, fatal=False))
    return FileReading(file, digest, articles=tuple(found), problems=tuple(problems))


def _bytes_of(path: str, size: int = 65_536) -> bytes:
    """A file's bytes by three system calls, where open() makes seven; a size that has grown is read on."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(descriptor, size + 1)
        while len(data) != size:
            more = os.read(descriptor, MAX_FILE_SIZE)
            if not more:
                break
            data += more
            size = -1
        return data
    finally:
        os.close(descriptor)


def _unreadable(file: FoundFile, reason: str) -> FileReading:
    return FileReading(file, "", problems=(ArticleError(file.path, "unreadable", reason),))


def digest_of(data: bytes) -> str:
    """A short strong digest, hexadecimal."""
    return hashlib.sha256(data).hexdigest()[:32]


def read_drafts(root: str, path: str, positions: Iterable[int | None]) -> dict[int | None, Draft]:
    """The drafts of one file again, by position, for their bodies; {} where the file cannot be read any more."""
    try:
        data = _bytes_of(f"{root}/{path}")
    except OSError:
        return {}
    wanted = frozenset(p for p in positions if p is not None)
    drafts = read_file(path, data, only=wanted or None)
    return {draft.position: draft for draft in drafts if isinstance(draft, Draft)}


# --- checking one article --------------------------------------------------------------------------------------------


def place_of(draft: Draft | Article) -> str:
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
        problems.append(ArticleError(place, "title", "has no title"))
        return None
    content = _content(draft)
    if text.has_control(content):
        problems.append(ArticleError(place, "control", "holds control characters; they are left out", fatal=False))
    published, origin = _published(draft, rules, modified, place, problems)
    if published is None:
        return None
    slug = text.slugify(draft.slug or title)
    link = _link(draft, rules, slug, published.value, place, problems)
    base = link or rules.site
    image = _image(draft.image, base)
    summary = text.one_line(draft.summary)
    return Article(
        path=draft.path,
        position=draft.position,
        key=_key(draft, slug),
        slug=slug,
        title=title,
        title_origin=draft.title_origin,
        published=published.value,
        date_origin=origin,
        updated=_updated(draft, rules, place, problems),
        summary=summary,
        authors=_names(draft.authors),
        categories=_categories(draft, rules, place, problems),
        tags=_names(draft.tags),
        link=link,
        guid=text.one_line(draft.guid),
        source=text.one_line(draft.source),
        language=text.one_line(draft.language) if draft.language else "",
        image=image,
        content_hash=_digest_of_text(content),
        modified=modified,
    )


def _names(written: tuple[str, ...]) -> tuple[str, ...]:
    """Each name once, as plain text."""
    return tuple(dict.fromkeys(filter(None, map(text.one_line, written)))) if written else ()


def content_hash(draft: Draft) -> str:
    """A digest of what an edit would change: headline, summary, body and the lead image's address and caption."""
    return _digest_of_text(_content(draft))


def _content(draft: Draft) -> str:
    image = (draft.image.url, draft.image.caption) if draft.image else ()
    return "\u241e".join((draft.title, draft.summary, draft.body, *image))


def _digest_of_text(content: str) -> str:
    return digest_of(content.encode("utf-8", "surrogatepass"))


def _key(draft: Draft, slug: str) -> str:
    """What the article is called in the newsroom, whatever its format: the path without suffix, ``#`` and its slug."""
    stem = draft.path.rpartition(".")[0] or draft.path
    return stem if draft.position is None else f"{stem}#{slug}"


def _published(
    draft: Draft, rules: Rules, modified: int, place: str, problems: list[ArticleError]
) -> tuple[Moment | None, DateOrigin]:
    if draft.date is None and rules.undated == "mtime":
        moment = datetime.fromtimestamp(modified // 1_000_000, rules.zone)
        return Moment(value=moment, origin="full"), "mtime"
    if draft.date is None:
        problems.append(ArticleError(place, "date", "has no date"))
        return None, draft.date_origin
    try:
        moment_read = _moment(draft.date, draft, rules)
    except DateError as error:
        problems.append(ArticleError(place, "date", f"its date {error.text!r} is not understood: {error.reason}"))
        return None, draft.date_origin
    if moment_read.warnings:
        problems.extend(ArticleError(place, "weekday", reason, fatal=False) for reason in moment_read.warnings)
    return moment_read, draft.date_origin


def _moment(value: str | datetime, draft: Draft, rules: Rules) -> Moment:
    if isinstance(value, datetime):
        return Moment(value=value if value.tzinfo else value.replace(tzinfo=rules.zone), origin="iso")
    moment = read_date(value, zone=rules.zone, month_first=draft.month_first)
    if moment.value.year < 1900:
        raise DateError(value, "is out of the range of dates that a feed can carry")
    return moment


def _updated(draft: Draft, rules: Rules, place: str, problems: list[ArticleError]) -> datetime | None:
    if draft.updated is None or draft.updated == "":
        return None
    try:
        return _moment(draft.updated, draft, rules).value
    except DateError as error:
        reason = f"its date of change {error.text!r} is not understood: {error.reason}"
        problems.append(ArticleError(place, "date", reason, fatal=False))
        return None


def _link(draft: Draft, rules: Rules, slug: str, published: datetime, place: str, problems: list[ArticleError]) -> str:
    if draft.link:
        link = text.absolute(draft.link, rules.site)
        if link or not rules.site:
            return link
        problems.append(ArticleError(place, "link", f"its address {draft.link!r} is none", fatal=False))
    if not rules.permalink:
        return ""
    stem = quote(draft.path.rpartition(".")[0] or draft.path)
    day = f"{published:%Y-%m-%d}"
    year, month, date = day.split("-")
    pattern = rules.permalink.format(slug=slug, date=day, path=stem, year=year, month=month, day=date)
    return text.absolute(pattern.removeprefix("/"), rules.site)


def _image(image: Image | None, base: str) -> Image | None:
    if image is None:
        return None
    url = text.absolute(image.url, base)
    if not url:
        return None
    return replace(image, url=url, caption=text.one_line(image.caption), credit=text.one_line(image.credit))


def _categories(draft: Draft, rules: Rules, place: str, problems: list[ArticleError]) -> tuple[Category, ...]:
    named = draft.categories or _folder(draft.path)
    if named not in rules.by_names:
        rules.by_names[named] = _categories_of(named, rules)
    found, unknown = rules.by_names[named]
    if unknown and draft.categories:
        reasons = (f"the category {name!r} is not known" for name in unknown)
        problems.extend(ArticleError(place, "category", reason, fatal=False) for reason in reasons)
    return found


def _categories_of(named: tuple[str, ...], rules: Rules) -> tuple[tuple[Category, ...], tuple[str, ...]]:
    """(the categories of some names, the names that are no category's)."""
    found: dict[str, Category] = {}
    unknown: list[str] = []
    for name in filter(None, map(text.one_line, named)):
        category = _category_of(name, rules)
        if category:
            found[category.slug] = category
        else:
            unknown.append(name)
    return tuple(found.values()), tuple(unknown)


def _category_of(name: str, rules: Rules) -> Category | None:
    """A declared category by slug, title or alias; where none is declared, one of that name."""
    slug = text.slugify(name)
    if rules.declared:
        return rules.by_slug.get(rules.slugs.get(slug, ""))
    # Names of folders and of front matter are shown as written, but for a lower-case first letter.
    return Category(slug=free_slug(slug), title=name[:1].upper() + name[1:])


def _folder(path: str) -> tuple[str, ...]:
    """The outermost folder that says what its articles are about, if there is one."""
    folders = path.split("/")[:-1]
    if path.rpartition("/")[2].startswith("index."):
        folders = folders[:-1]
    meaningful = (f for f in folders if f.lower() not in PLAIN_FOLDERS and any(c.isalpha() for c in f))
    return tuple(folder.replace("_", " ").replace("-", " ") for folder in islice(meaningful, 1))
