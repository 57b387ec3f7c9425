"""``feeds ping``: tells the WebSub hubs what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from feeds.cli.common import (
    Failure,
    columns,
    foreseen,
    json_option,
    many,
    now,
    open_newsroom,
    print_json,
    printable,
    settings_of,
)
from feeds.errors import ConfigError

if TYPE_CHECKING:
    from feeds.newsroom import Newsroom
    from feeds.push import Answer

WITHIN = 300.0  # seconds that "feeds ping" takes at most
BUILD_WITHIN = 5.0  # seconds that a build takes longer at most


@click.command()
@click.option("--all", "everything", is_flag=True, help="Tell of every feed, not only of those that have changed.")
@json_option
@click.pass_context
@foreseen
def ping(context: click.Context, everything: bool, as_json: bool) -> None:
    """Tell the hubs which feeds have changed; after an upload, say."""
    settings = settings_of(context)
    if not settings.hubs:
        raise ConfigError("hubs", "no hub is set, so there is nobody to tell")
    newsroom = open_newsroom(settings)
    try:
        if everything:
            _tell_of_all(newsroom)
        answers, untold = tell_hubs(newsroom, within=WITHIN)
    finally:
        newsroom.close()
    if as_json:
        print_json({"answers": [_report(answer) for answer in answers], "untold": untold})
    else:
        _print(answers, untold)
    if untold:
        raise SystemExit(1)


def _tell_of_all(newsroom: Newsroom) -> None:
    from feeds.edition import FEED_FILES

    with newsroom.catalogue.writing() as writer:
        feeds = [path for path in writer.document_index() if path.rpartition("/")[2] in FEED_FILES]
        writer.put_pings(newsroom.settings.hubs, feeds, now())
    if not feeds:
        raise Failure("there is no edition to tell of yet")


def tell_hubs(newsroom: Newsroom, *, within: float = BUILD_WITHIN) -> tuple[list[Answer], int]:
    """Tell all hubs of what they have not heard; gives their answers, and how often one is not heard all the same."""
    from feeds.push import settle, tell_hubs

    catalogue, settings = newsroom.catalogue, newsroom.settings
    if not settings.hubs:
        return [], 0
    with catalogue.reading() as reading:
        waiting = [ping for ping in reading.pings() if ping.hub in settings.hubs]
    if not waiting:
        return [], 0
    answers = tell_hubs(settings, waiting, within=within)
    settle(catalogue, answers, now())
    return answers, len(waiting) - sum(answer.heard for answer in answers)


def told(answers: Sequence[Answer], untold: int) -> Iterator[str]:
    """What a build says of it, in lines."""
    heard = [answer for answer in answers if answer.heard]
    if heard:
        yield f"{many(len({answer.ping.hub for answer in heard}), 'hub')} told of {_documents(heard)}"
    if untold:
        said = {f"{a.ping.hub}: {printable(a.said)}" for a in answers if not a.heard}
        why = f" ({'; '.join(sorted(said))})" if said else ""
        yield f"hubs have not heard of everything{why}; feeds ping tells them again"


def _documents(answers: Sequence[Answer]) -> str:
    return many(len({answer.ping.path for answer in answers}), "changed document")


def _report(answer: Answer) -> dict[str, object]:
    ping = answer.ping
    return {"hub": ping.hub, "path": ping.path, "status": answer.status, "said": answer.said, "heard": answer.heard}


def _print(answers: Sequence[Answer], untold: int) -> None:
    if not answers and not untold:
        click.echo("the hubs have heard of everything; --all tells them of every feed")
        return
    if answers:
        for line in columns([(a.ping.hub, a.ping.path, printable(a.said)) for a in answers]):
            click.echo(line)
    click.echo(f"{many(sum(a.heard for a in answers), 'document')} heard of, {untold} not")
