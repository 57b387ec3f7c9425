"""What a service logs: a JSON object a line for programs, a sentence a line for people at a terminal.

Whatever an event holds (a file's name with a newline, a traceback), its JSON is one line. Passwords are never logged.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
from datetime import datetime
from types import TracebackType

log = logging.getLogger("feeds")

FORMATS = ("json", "text")
TEXT = "%(asctime)s %(levelname)s %(message)s"

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Bounded, as a request may bring 64 KB of what looks like the beginning of an address.
_OF_ADDRESS = re.compile(r"(://[^\s:/@]{0,256}:)\S{0,2048}@")
_WITH_BLANKS = re.compile(
    r"(://[^\s:/@\[]{0,256}:)"
    r"(?!\d{1,5}[\s/?#,;.)])"  # a port, behind which a mail address may follow somewhere
    r"[^\s@]{1,256}[^\S\n][^\n]{0,256}@"
)
_NAMED = re.compile(r"""(?i)(password=)(?!\*\*\*)(?:'(?:[^'\\]|\\.)*'|"[^"]*"|[^\s;&]+)""")


def masked(text: str) -> str:
    """A text without the passwords of addresses (RFC 3986, 3.2.1) and of ``password=…``, as libraries quote them.

    A password may hold what an address may not, blanks among it: what follows ``://user:`` is masked up to the last @
    before a blank, and where there is none, up to the last one of the line. A port and a blank begin no password.
    """
    for pattern in (_OF_ADDRESS, _WITH_BLANKS):
        text = pattern.sub(r"\1***@", text)
    return _NAMED.sub(r"\1***", text)


def printable(text: str) -> str:
    """A text of others on one line of a terminal: control characters are shown as ``\\x1b`` and do nothing there."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class JsonLines(logging.Formatter):
    """One JSON object an event: ``time`` (RFC 3339), ``level``, ``logger``, ``message``, and the fields of ``extra``.

    exception: the traceback, where there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).astimezone()
        event: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        extra = {name: value for name, value in vars(record).items() if name not in _OWN and name not in event}
        event |= {name: masked(value) if isinstance(value, str) else value for name, value in extra.items()}
        if record.exc_info:
            event["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(event, default=str)  # in ASCII, so that no character of Unicode ends the line either


class Sentences(logging.Formatter):
    """The time, the level and the sentence; a traceback on indented lines below, none of which looks like an event."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - of logging
        record.message = printable(masked(record.message))
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - of logging
        lines = masked(super().formatException(ei)).split("\n")  # type: ignore[arg-type]
        return "\n".join(f"  {printable(line)}" for line in lines)


def begin_log() -> None:
    """Log to standard error, from the level on that LOGLEVEL names; INFO where it names none.

    As LOGFORMAT names: ``json`` or ``text``; where it names none, text on a terminal and JSON elsewhere. What Python
    itself would write there between the lines is an event as well: what ends the program or a thread, what cannot be
    raised, warnings.
    """
    level = logging.getLevelNamesMapping().get(os.environ.get("LOGLEVEL", "").upper(), logging.INFO)
    wanted = os.environ.get("LOGFORMAT", "").lower()
    as_text = wanted == "text" or (wanted not in FORMATS and sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(Sentences(TEXT) if as_text else JsonLines())
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_of_program
    sys.unraisablehook = _log_of_unraisable
    threading.excepthook = _log_of_thread


def _log_of_program(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """A program that ends by an error says so in an event; one that is interrupted ends as any other."""
    if issubclass(kind, Exception):
        log.critical("the program ended", exc_info=(kind, error, traceback))
    else:
        sys.__excepthook__(kind, error, traceback)


def _log_of_unraisable(ignored: sys.UnraisableHookArgs) -> None:
    """An error that nothing can catch, as of ``__del__``."""
    if issubclass(ignored.exc_type, Exception):
        error = ignored.exc_value or ignored.exc_type()
        name = getattr(ignored.object, "__qualname__", type(ignored.object).__name__)  # its repr may fail as well
        log.error("an exception is ignored in %s", name, exc_info=(ignored.exc_type, error, ignored.exc_traceback))
    else:
        sys.__unraisablehook__(ignored)


def _log_of_thread(ended: threading.ExceptHookArgs) -> None:
    """A thread that ends by an error is an event like any other."""
    if ended.exc_type is SystemExit:
        return
    name = ended.thread.name if ended.thread else "?"
    error = ended.exc_value or ended.exc_type()
    log.critical("the thread %s ended", name, exc_info=error)
