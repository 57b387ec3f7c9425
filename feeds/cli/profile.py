"""``feeds check --profile NAME``: which articles are in the feed of an aggregator, and why others are not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import click

from feeds.cli.common import Failure, many, print_json, printable
from feeds.compose import Composer
from feeds.config.values import suggestion
from feeds.entries import compose_entries
from feeds.newsroom import Newsroom
from feeds.profiles.items import Asked, Verdict, asked, looked_at, remarks, verdicts
from feeds.profiles.words import Reason
from feeds.source import Rules


def show_profile(newsroom: Newsroom, name: str, as_json: bool) -> bool:
    """Print what the profile says of each article that it looks at; gives whether something could be done better.

    Failure where there is no such profile or category.
    """
    with newsroom.catalogue.reading() as reading:
        composer = Composer.of(newsroom.settings, reading.categories())
        wanted = asked(composer, name)
        if wanted is None:
            raise Failure(_unknown(composer, name))
        candidates = list(chain.from_iterable(looked_at(reading, composer, wanted, reading.now)))
    entries = compose_entries(composer, Rules.of(newsroom.settings), candidates)
    found = verdicts(composer, wanted, candidates, entries)
    shown = sum(not verdict.reasons for verdict in found)
    said = remarks(composer, wanted, shown)
    if as_json:
        print_json(_report(composer, wanted, found, said))
    else:
        _print(composer, wanted, found, said)
    return bool(said) or any(verdict.is_at_fault for verdict in found)


def _unknown(composer: Composer, name: str) -> str:
    profile, _, slug = name.partition("/")
    known = [each.name for each in composer.settings.known_profiles]
    if profile not in known:
        return f"--profile {name}: the profiles are {', '.join(known)}{suggestion(profile, known)}"
    return f"--profile {name}: there is no category {slug!r}{suggestion(slug, composer.categories)}"


def _place(verdict: Verdict) -> str:
    """Where the article is, as ``check`` names it."""
    article = verdict.article
    return article.path if article.position is None else f"{article.path}#{article.position + 1}"


def _sentences(composer: Composer, reasons: Sequence[Reason]) -> list[str]:
    return [reason.sentence(composer.settings.language) for reason in reasons]


def _print(composer: Composer, wanted: Asked, found: Sequence[Verdict], said: Sequence[Reason]) -> None:
    width = max((len(printable(_place(verdict))) for verdict in found), default=0)
    for verdict in found:
        state = click.style("out", fg="red") if verdict.reasons else click.style("in", fg="green")
        why = [printable("; ".join(_sentences(composer, verdict.reasons)))] if verdict.reasons else []
        click.echo("  ".join((printable(_place(verdict)).ljust(width), state, *why)))
    click.echo()
    for sentence in _sentences(composer, said):
        click.echo(f"{wanted.name}: {sentence}")
    shown = sum(not verdict.reasons for verdict in found)
    profile = wanted.profile
    click.echo(f"{profile.title}, by {'; '.join(profile.source)}, read {profile.read}")
    click.echo(f"{shown} of {many(len(found), 'article')} in {wanted.folder}rss.xml, at most {profile.feed.items}")


def _report(composer: Composer, wanted: Asked, found: Sequence[Verdict], said: Sequence[Reason]) -> dict[str, object]:
    def of(reasons: Sequence[Reason]) -> list[dict[str, object]]:
        sentences = _sentences(composer, reasons)
        return [{**reason._asdict(), "sentence": sentence} for reason, sentence in zip(reasons, sentences, strict=True)]

    return {
        "profile": wanted.profile.name,
        "category": wanted.slug,
        "source": wanted.profile.source,
        "read": wanted.profile.read.isoformat(),
        "feed": of(said),
        "articles": [
            {
                "path": _place(verdict),
                "id": verdict.article.id,
                "title": verdict.article.title,
                "in": not verdict.reasons,
                "reasons": of(verdict.reasons),
            }
            for verdict in found
        ],
    }
