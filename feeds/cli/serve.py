"""``feeds serve``: the web service."""

from __future__ import annotations

import logging
import os

import click

from feeds.cli.common import accept_loss_option, base_url_warning, first_edition, foreseen, settings_of
from feeds.config import Settings
from feeds.logs import begin_log

log = logging.getLogger("feeds")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; default the setting workers.")
@click.option("--server", type=click.Choice(["granian", "bjoern"]), default="granian", show_default=True)
@accept_loss_option
@click.pass_context
@foreseen
def serve(context: click.Context, host: str, port: int, workers: int | None, server: str, accept_loss: bool) -> None:
    """Serve the feeds over HTTP.

    A changed article is served within a second; a bad one costs no other.
    """
    from feeds.serve import check_port
    from feeds.serve import serve as run

    settings = settings_of(context)
    check_port(host, port)
    _check_rate_limit(settings)
    begin_log()
    first_edition(settings, accept_loss=accept_loss)
    _hand_on(context)
    log.info("%s: http://%s:%d/ serves %s", settings.title, host, port, settings.data)
    if warning := base_url_warning(settings):
        log.warning("%s", warning)
    run(host=host, port=port, workers=workers or settings.workers, server=server)


def _check_rate_limit(settings: Settings) -> None:
    """A Redis that cannot be used is said now, not by the workers."""
    if " " in settings.rate_limit:
        from feeds.gate import counting

        counting(settings.rate_limit)


def _hand_on(context: click.Context) -> None:
    """What was named on the command line reaches the workers through the environment."""
    config, data = context.obj
    for variable, path in (("FEEDS_CONFIG", config), ("FEEDS_DATA", data)):
        if path:
            os.environ[variable] = str(path.absolute())
