"""Where something changes below a folder: the kernel tells, and where it cannot, one looks every two seconds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from watchfiles import Change, watch

from feeds.state import tells_changes

log = logging.getLogger("feeds")

LOOK_EVERY = 0.1  # seconds between looks at the data directory's real path and at what comes due
POLL_EVERY = 2.0  # seconds between looks at everything, where nobody tells what changes
WATCH_AGAIN = 300.0  # seconds of looking, after which the kernel is asked again
GATHER = 300  # milliseconds in which further changes join the first
QUIET = 50  # milliseconds without a change, after which those that came are looked at: a file is written in steps

Changes = set[tuple[Change, str]]
"""What happened, and to which path; to the folder itself, where it may be anything."""


def changes_below(root: str, stop: threading.Event) -> Iterator[Changes]:
    """What changes below a folder, and at least every ``LOOK_EVERY`` seconds an empty set; until stop is set.

    inotify(7) does not tell what other machines write into a network file system: there one looks as well. Where it
    can tell nothing, as all of fs.inotify.max_user_watches are used up or a folder must not be entered (which would
    leave those after it unwatched), one looks instead, and the iterator ends after a while, so that it is asked again.
    """
    try:
        told = _told(root, stop)
        yield from told if tells_changes(Path(root)) else _polled(root, told)
    except (OSError, RuntimeError) as error:  # the latter for whatever watchfiles has no own kind of
        log.warning("changes in %s are looked for every %g s, as nobody tells them: %s", root, POLL_EVERY, error)
        yield from _polled(root, _ticks(stop))


def _told(root: str, stop: threading.Event) -> Iterator[Changes]:
    return watch(
        root,
        watch_filter=None,
        debounce=GATHER,
        step=QUIET,
        rust_timeout=int(LOOK_EVERY * 1000),
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
        ignore_permission_denied=False,
    )


def _ticks(stop: threading.Event) -> Iterator[Changes]:
    began = time.monotonic()
    while not stop.wait(LOOK_EVERY) and time.monotonic() - began < WATCH_AGAIN:
        yield set()


def _polled(root: str, told: Iterator[Changes]) -> Iterator[Changes]:
    """What is told, and now and then that anything may have changed."""
    looked = 0.0
    for found in told:
        if time.monotonic() - looked >= POLL_EVERY:
            looked = time.monotonic()
            found = found | {(Change.modified, root)}
        yield found
