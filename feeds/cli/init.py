"""``feeds init``: a new newsroom to start from."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from feeds.cli.common import Failure, foreseen
from feeds.config import SAMPLE, TEMPLATE


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@foreseen
def init(folder: Path) -> None:
    """Begin a newsroom in a new folder.

    Writes config/newsroom.toml, with every setting explained, and sample articles to start from.
    """
    config, articles = folder / "config" / "newsroom.toml", folder / "articles"
    for path in (config, articles):
        if os.path.lexists(path):  # also a link that leads nowhere yet: what is written would appear elsewhere
            raise Failure(f"{path} exists already; nothing was written")
    if config.parent.is_symlink():
        raise Failure(f"{config.parent} is a link; nothing was written")
    try:
        config.parent.mkdir(parents=True, exist_ok=True)
        with config.open("xb") as file:  # which follows no link
            file.write(TEMPLATE.read_bytes())
        shutil.copytree(SAMPLE / "articles", articles, ignore=shutil.ignore_patterns("salah"))
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}") from error
    click.echo(f"{config}: the settings, each with its default\n{articles}: articles to start from")
    click.echo(f"Next: cd {folder} && feeds serve")
