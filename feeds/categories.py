"""Which categories an article has: those that it names, else those of the rules that it matches, else its folder's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from feeds import text
from feeds.config import CategorySetting, free_slug
from feeds.config.categories import MatchRule
from feeds.matching import Matcher
from feeds.model import Category, Draft

Origin = Literal["own", "match", "folder"]

# Folders that say how a site is built, not what its articles are about.
PLAIN_FOLDERS = frozenset(
    {"_posts", "posts", "post", "content", "article", "articles", "artikel", "berita", "news", "arsip", "archive"}
    | {"blog", "data", "source", "src", "id", "en"}
)
ADVERTORIALS = frozenset(
    {"advertorial", "advetorial", "adv", "pariwara", "iklan", "ads", "sponsored"}
    | {"kerja-sama", "kerjasama", "konten-berbayar"}
)
"""Names of categories that hold what is paid for: the words of the guideline of Dewan Pers (2012), point 6 b."""


class Classified(NamedTuple):
    """The categories of an article. found: its own first, then their ancestors; unknown: names that mean none.

    origin: where they come from; rules: those that it matched, by the slug of their category.
    advertorial: whether the name of one says that it is paid for.
    """

    found: tuple[Category, ...]
    origin: Origin
    unknown: tuple[str, ...] = ()
    rules: tuple[tuple[str, MatchRule], ...] = ()
    advertorial: bool = False


class Classifier:
    """Knows the categories of a newsroom. What it has worked out for names and folders it keeps."""

    def __init__(self, declared: Sequence[CategorySetting]) -> None:
        self.declared = {c.slug: Category(slug=c.slug, title=c.title, parent=c.parent) for c in declared}
        self._slugs = {text.slugify(name): c.slug for c in declared for name in (c.slug, c.title, *c.aliases)}
        self._rules = [(c.slug, rule) for c in declared for rule in c.match]
        self._by_names: dict[tuple[str, ...], Classified] = {}
        self._by_folder: dict[str, Classified] = {}

    def of(self, draft: Draft, link: str) -> Classified:
        """The categories of an article. link: its address, absolute where it has one."""
        if draft.categories:
            return self._named(draft.categories)
        if self._rules:
            matched = self._matcher.rules_of(draft, link)
            if matched:
                slugs = dict.fromkeys(slug for slug, _ in matched)
                return Classified(self._with_ancestors(self.declared[slug] for slug in slugs), "match", (), matched)
        return self._of_folder(draft.path)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._rules)

    def _named(self, names: tuple[str, ...]) -> Classified:
        if names not in self._by_names:
            cleaned = list(filter(None, map(text.one_line, names)))
            found = {name: self.category(name) for name in cleaned}
            known = self._with_ancestors(filter(None, found.values()))
            unknown = tuple(name for name, category in found.items() if not category)
            self._by_names[names] = Classified(known, "own", unknown, advertorial=_are_paid_for(cleaned))
        return self._by_names[names]

    def category(self, name: str) -> Category | None:
        """A declared category by slug, title or alias; where none is declared, one of that name."""
        slug = text.slugify(name)
        if self.declared:
            return self.declared.get(self._slugs.get(slug, ""))
        # Names of folders and of front matter are shown as written, but for a lower-case first letter.
        return Category(slug=free_slug(slug), title=name[:1].upper() + name[1:])

    def _with_ancestors(self, own: Iterable[Category]) -> tuple[Category, ...]:
        found = {category.slug: category for category in own}
        for category in list(found.values()):
            for ancestor in self.ancestors(category):
                found.setdefault(ancestor.slug, ancestor)
        return tuple(found.values())

    def ancestors(self, category: Category) -> Iterator[Category]:
        """The category that it is a part of, the one that this is a part of, and so on."""
        while category.parent:
            category = self.declared[category.parent]
            yield category

    def _of_folder(self, path: str) -> Classified:
        folder, _, name = path.rpartition("/")
        if name.startswith("index."):
            folder = folder.rpartition("/")[0]
        if folder not in self._by_folder:
            category = self._category_of_folder(folder)
            found = self._with_ancestors([category] if category else ())
            self._by_folder[folder] = Classified(found, "folder", advertorial=_are_paid_for(folder.split("/")))
        return self._by_folder[folder]

    def _category_of_folder(self, folder: str) -> Category | None:
        """That of the outermost folder that says what its articles are about, and of its parts below that."""
        names = [f for f in folder.split("/") if f.lower() not in PLAIN_FOLDERS and any(c.isalpha() for c in f)]
        found = [self.category(name.replace("_", " ").replace("-", " ")) for name in names[: 9 if self.declared else 1]]
        category = found[0] if found else None
        for inner in filter(None, found[1:]):
            if category and category in self.ancestors(inner):
                category = inner
        return category


def _are_paid_for(names: Iterable[str]) -> bool:
    return any(text.slugify(name) in ADVERTORIALS for name in names)


_PREFIX, _SUFFIX = "the category '", "' is not known"


def unknown_category(name: str) -> str:
    """The sentence about a name that means no category."""
    return f"{_PREFIX}{name}{_SUFFIX}"


def name_in(sentence: str) -> str:
    """The name that ``unknown_category`` made the sentence of."""
    return sentence.removeprefix(_PREFIX).removesuffix(_SUFFIX)
