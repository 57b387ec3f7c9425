"""Runs the web service under a WSGI server of the extras' choice; the process that ``feeds serve`` becomes."""

from __future__ import annotations

import logging
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any
from wsgiref.types import WSGIApplication

from feeds.errors import ServeError
from feeds.logs import begin_log
from feeds.ondemand import WAITING
from feeds.parallel import die_with_parent

if TYPE_CHECKING:
    from flask import Flask

    from feeds.front.door import FrontDoor
    from feeds.live import Live

log = logging.getLogger("feeds")

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # as feeds.meter has it, which cannot be imported before this is set
LEAVE = 5  # seconds for a worker to end; one that is told to while it starts does not hear it
GRACE = 1.0  # seconds for what bjoern is sending when it is told to end
THREADS = WAITING + 1  # of a worker: an answer is a look-up, and one thread is left while others wait for a rendering
CONNECTIONS = 8192  # of a worker that are open at once, idle and slow ones among them; further ones wait to be accepted
BACKLOG = 4096  # connections that wait for that; Linux lets no more wait, unless it is told to
PATIENCE = 30_000  # milliseconds for a request's headers, and without a request: for slow clients, and for idle ones
LARGEST_HEAD = 65_536  # bytes of a request's line and headers; more is answered by 431
DESCRIPTORS = 65_536  # that are asked for; a service has 1,024 of them where nobody says more, and a connection is one
OWN = 256  # of these that are not for connections: the catalogue, the watch, libraries

FOLDER = "feeds-metrics-"  # before the number of the process that made it
COUNTED = ("counter", "histogram")  # kinds of what feeds.meter counts: the library has a file for each in each process
ROOM = 65_536  # bytes of such a file, as the library makes it, and more than all that is counted takes

GRANIAN_LOG: dict[str, Any] = {
    "handlers": {},
    "formatters": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}
"""What the server itself has to say, said as we say it."""


def serve(*, host: str, port: int, workers: int, server: str) -> None:
    """Serve until a signal ends it; the newsroom is the one of FEEDS_CONFIG, FEEDS_DATA and the other variables.

    Raises ServeError where the server is not installed, or cannot run several processes.
    """
    if server == "bjoern":
        _bjoern(host, port, workers)
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
    # Workers are programs of their own, which hear this: threads with a heap each keep free what others could use.
    os.environ.setdefault("MALLOC_ARENA_MAX", "1")
    descriptors = _more_descriptors()
    with _counted_together(workers):
        _granian_server(host, port, workers, min(CONNECTIONS, max(descriptors - OWN, OWN))).serve()


def _more_descriptors() -> int:
    """Take as many descriptors as this process and those that it begins may have; gives how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def _granian_server(host: str, port: int, workers: int, connections: int) -> Any:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    return Granian(
        "feeds.serve:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,  # HTTP/2 wants HTTPS, which is a proxy's; without it, it is one more way in
        http1_settings=HTTP1Settings(header_read_timeout=PATIENCE, max_buffer_size=LARGEST_HEAD),
        backlog=BACKLOG,
        backpressure=connections,
        factory=True,
        workers_kill_timeout=LEAVE,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=GRANIAN_LOG,
    )


@contextmanager
def _counted_together(workers: int) -> Iterator[None]:
    """A folder in which several workers count together, as long as they serve."""
    if workers == 1 or SHARED in os.environ:
        yield
        return
    try:
        _remove_folders_of_the_dead()
        made = TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-", ignore_cleanup_errors=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ServeError(f"several workers need a temporary folder to count in (TMPDIR names one): {reason}") from error
    with made as folder:
        os.environ[SHARED] = folder
        yield


def _keep_room_for_counts() -> None:
    """Have the disk keep the room for what this process counts; where it has none, it counts for itself alone.

    The library writes into memory that files stand behind. Where such a file has no blocks yet and the disk is full,
    the process is killed (SIGBUS). Called before the library is imported, which then knows how it counts.
    """
    if SHARED not in os.environ:
        return
    try:
        for kind in COUNTED:
            file = Path(os.environ[SHARED], f"{kind}_{os.getpid()}")  # not .db yet: others read these at any time
            with file.open("wb") as opened:
                os.posix_fallocate(opened.fileno(), 0, ROOM)
            file.rename(f"{file}.db")
    except OSError as error:
        log.warning("this worker counts for itself alone: %s: %s", os.environ.pop(SHARED), error.strerror or error)


def _remove_folders_of_the_dead() -> None:
    """What services that were killed have left behind."""
    for folder in Path(gettempdir()).glob(f"{FOLDER}*"):
        owner = folder.name.removeprefix(FOLDER).partition("-")[0]
        with suppress(FileNotFoundError):  # another service removes it
            if owner.isdecimal() and folder.stat().st_uid == os.geteuid() and not Path("/proc", owner).exists():
                rmtree(folder, ignore_errors=True)


def _bjoern(host: str, port: int, workers: int) -> None:
    """One process, whose event loop lets other threads run while it waits: the watch is one of them."""
    if workers > 1:
        raise ServeError("bjoern is one process; run it with --workers 1, or granian with more")
    try:
        bjoern: Any = import_module("bjoern")
    except ImportError as error:
        raise ServeError("the server bjoern is not installed: pip install 'feeds[fast]'") from error
    app = _application()
    live: Live = app.extensions["feeds"]

    def leave(*_: object) -> None:
        # At SIGINT bjoern stops listening, and its loop ends with the last connection; idle ones are not waited for.
        signal.raise_signal(signal.SIGINT)
        end = threading.Timer(GRACE, _end, (live,))
        end.daemon = True
        end.start()

    signal.signal(signal.SIGTERM, leave)
    threading.Thread(target=_keep_date, args=(app.extensions["feeds.front"],), name="feeds-date", daemon=True).start()
    bjoern.run(app.wsgi_app, host, port)
    live.stop()


def _end(live: Live) -> None:
    live.stop()
    os._exit(0)


def _keep_date(door: FrontDoor) -> None:
    """Add the Date that every answer has to have (RFC 9110, 6.6.1), under a server that does not."""
    while True:
        door.always = [("Date", formatdate(usegmt=True))]
        time.sleep(1 - time.time() % 1)


def application() -> WSGIApplication:
    """The application of one worker, watching from its start."""
    die_with_parent()  # and leave the port
    return _application().wsgi_app


def _application() -> Flask:
    begin_log()
    _keep_room_for_counts()
    from feeds.web import create_app

    app = create_app()
    app.extensions["feeds"].start()
    return app
