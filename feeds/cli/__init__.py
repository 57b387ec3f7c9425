"""The command line. Exit 0: done; 1: bad articles or documents, or deaf hubs; 2: not done.

A foreseen mistake is one sentence on standard error, never a traceback.
"""

from __future__ import annotations

from pathlib import Path

import click

from feeds import __version__
from feeds.cli.build import build, watch
from feeds.cli.check import check
from feeds.cli.dates import dates
from feeds.cli.init import init
from feeds.cli.ping import ping
from feeds.cli.serve import serve
from feeds.cli.snippet import snippet
from feeds.cli.validate import validate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", type=click.Path(path_type=Path), help="The configuration; default config/newsroom.toml.")
@click.option("--data", type=click.Path(path_type=Path), help="The folder with the articles.")
@click.version_option(__version__, prog_name="feeds")
@click.pass_context
def main(context: click.Context, config: Path | None, data: Path | None) -> None:
    """RSS, Atom and JSON feeds for a newsroom, from a folder of articles."""
    context.obj = (config, data)


for command in (build, watch, serve, ping, check, validate, snippet, dates, init):
    main.add_command(command)
