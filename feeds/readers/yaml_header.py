"""A YAML header, by PyYAML: every value as the text that stands there, and sentences where it cannot be read."""

from __future__ import annotations

import re
from typing import NoReturn

import yaml

from feeds.errors import UnreadableError
from feeds.limits import Limits
from feeds.readers.fields import field_of
from feeds.syntax import plainly

try:
    from yaml import CSafeLoader as _YamlLoader
except ImportError:  # PyYAML was built without libyaml; the same language, slower
    from yaml import SafeLoader as _YamlLoader  # type: ignore[assignment]

CONTROL = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not allow in a text."""


class _Loader(_YamlLoader):
    """PyYAML's safe loader with every value as the text that stands there, but for nothing (``~``) and merges (``<<``).

    Its own reading of ``2024-12-03T10:00:00+07:00`` loses the offset, of ``12:30:00`` makes a number, of ``no`` a flag.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - as the base class has it


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL)?\Z"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"<<\Z"), ["<"])


def load(source: str, limits: Limits = Limits()) -> dict[object, object] | None:  # noqa: B008 - a value
    """The header of a text without control characters; None where it is a paragraph and no header.

    Raises UnreadableError, naming the line.
    """
    loader = None
    try:
        loader = _Loader(source)
        node = loader.get_single_node()
        if node is None:
            return {}
        if isinstance(node, yaml.ScalarNode):
            return None
        if not isinstance(node, yaml.MappingNode):
            raise UnreadableError("front matter is a list, not lines of `key: value`")
        _check_keys(node)
        _check_size(node, limits)
        header: dict[object, object] = loader.construct_document(node)
        return header
    except yaml.YAMLError as error:
        _refuse_yaml(error, source)
    except ValueError as error:  # an explicit tag that its value denies, such as `!!int empat`
        raise UnreadableError(f"front matter holds a value that is not what its tag says: {error}") from error
    finally:
        if loader is not None:
            loader.dispose()


def _refuse_yaml(error: yaml.YAMLError, source: str) -> NoReturn:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    mark = getattr(error, "problem_mark", None)
    where = ""
    if mark is not None:
        where = f" in line {mark.line + 2}"
        if "\t" in "".join(source.split("\n")[mark.line : mark.line + 1]):
            problem = "a tab stands where only spaces may"
    raise UnreadableError(f"front matter cannot be read{where}: {plainly(problem)}") from error


def _check_keys(node: yaml.MappingNode) -> None:
    """Refuse a key that is given twice where it decides on the article: of others PyYAML takes the last."""
    seen: dict[str, object] = {}
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and field_of(key.value) in _DECISIVE:
            said = value.value if isinstance(value, yaml.ScalarNode) else value
            if seen.setdefault(key.value, said) != said:
                raise UnreadableError(
                    f"front matter gives `{key.value}` twice, in line {key.start_mark.line + 2} again"
                )


_DECISIVE = frozenset({"title", "date", "status", "withheld", "live"})


def _check_size(node: yaml.Node, limits: Limits) -> None:
    """Refuse a header whose aliases (``*name``) make it endless or huge, before anything walks through it."""
    count = 0
    waiting = [(node, 0)]
    while waiting:
        count += 1
        node, depth = waiting.pop()
        limits.hold("values", count, "front matter holds {} values or more, aliases (`*name`) written out")
        limits.hold("depth", depth, "values of front matter lie {} deep within each other, or deeper")
        if isinstance(node, yaml.SequenceNode):
            waiting += [(each, depth + 1) for each in node.value]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(each, depth + 1) for pair in node.value for each in pair]
