"""``feeds init``: a new newsroom to start from."""

from __future__ import annotations

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
        if path.exists():
            raise Failure(f"{path} exists already; nothing was written")
    try:
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_bytes(TEMPLATE.read_bytes())
        shutil.copytree(SAMPLE / "articles", articles, ignore=shutil.ignore_patterns("salah"))
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}") from error
    click.echo(f"{config}: the settings, each with its default\n{articles}: articles to start from")
    click.echo(f"Next: cd {folder} && feeds serve")
