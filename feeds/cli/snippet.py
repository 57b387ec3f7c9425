"""``feeds snippet``: what the newsroom's own pages need so that readers find the feeds."""

from __future__ import annotations

import click

from feeds.cli.common import Failure, foreseen, open_newsroom, processes, settings_of, warn_of_base_url
from feeds.config import Settings
from feeds.config.values import suggestion
from feeds.model import Feed


@click.command()
@click.option("--category", metavar="SLUG", help='Of this category alone; "semua" is the feed of all articles.')
@click.option(
    "--format", "form", type=click.Choice(["all", "rss", "atom", "json"]), default="all", help="In this format alone."
)
@click.pass_context
@foreseen
def snippet(context: click.Context, category: str | None, form: str) -> None:
    """Print the <link> tags by which readers find the feeds from the newsroom's own pages."""
    from feeds.pages.layout import FORMATS, Page

    settings = settings_of(context)
    formats = [each for each in FORMATS if form in ("all", each.name.lower())]
    for feed in _chosen(_feeds(settings), category):
        for alternate in Page(feed=feed, depth=0).alternates(feed, formats):
            click.echo(alternate.tag())
    pages = f"the pages of {settings.site}" if settings.site else "your pages"
    click.echo(f"Copy these lines into the <head> of {pages}.", err=True)
    warn_of_base_url(settings)


def _feeds(settings: Settings) -> list[Feed]:
    """Every feed, once what changed is taken in: articles may have brought categories."""
    from feeds.compose import Composer
    from feeds.edition.directory import feeds_of, outlines_of
    from feeds.edition.feeds import NOTICES_KNOWN

    newsroom = open_newsroom(settings)
    try:
        newsroom.update_alone(jobs=processes(None))
        with newsroom.catalogue.reading() as reading:
            composer = Composer.of(settings, reading.categories())
            notices = bool(reading.document_index([NOTICES_KNOWN]))
    finally:
        newsroom.close()
    return list(feeds_of(outlines_of(composer, notices=notices)))


def _chosen(feeds: list[Feed], category: str | None) -> list[Feed]:
    """Those of one category, or all."""
    from feeds.compose import ALL

    if category is None:
        return feeds
    named = {feed.path.rstrip("/") or ALL: feed for feed in feeds}
    if category not in named:
        raise Failure(f"--category {category}: there is no such feed{suggestion(category, named)}")
    return [named[category]]
