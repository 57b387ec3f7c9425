"""Runs the web service under a WSGI server of the extras' choice; the process that ``feeds serve`` becomes."""

from __future__ import annotations

import logging
import os
import socket
from importlib import import_module
from typing import Any

from feeds.errors import ServeError

LEAVE = 5  # seconds for a worker to end; one that is told to while it starts does not hear it
THREADS = 4  # of a worker: an answer is a look-up, and granian itself waits for slow clients


def serve(*, host: str, port: int, workers: int, server: str) -> None:
    """Serve until a signal ends it; the newsroom is the one of FEEDS_CONFIG, FEEDS_DATA and the other variables.

    Raises ServeError where the server is not installed.
    """
    if server == "bjoern":
        _bjoern(host, port)
    else:
        _granian(host, port, workers)


def check_port(host: str, port: int) -> None:
    """Raise ServeError where nobody can listen there: the port is taken, or the address is another machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ServeError(f"cannot listen on {host}:{port}: {reason}") from error


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "feeds.serve:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        factory=True,
        workers_kill_timeout=LEAVE,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


def _bjoern(host: str, port: int) -> None:
    try:
        bjoern: Any = import_module("bjoern")
    except ImportError as error:
        raise ServeError("the server bjoern is not installed: pip install 'feeds[fast]'") from error
    bjoern.run(application(), host, port)


def application() -> Any:
    """The application of one worker, watching from its start."""
    from feeds.web import create_app

    begin_log()
    app = create_app()
    app.extensions["feeds"].start()
    return app


def begin_log() -> None:
    """Log to standard error, from the level on that LOGLEVEL names; INFO where it names none."""
    level = logging.getLevelNamesMapping().get(os.environ.get("LOGLEVEL", "").upper(), logging.INFO)
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
