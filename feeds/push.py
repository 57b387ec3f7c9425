"""WebSub: tells hubs which feed documents have changed, so that they fetch them for their subscribers.

What a hub has to hear of stands in the catalogue, written in the transaction that writes the documents, and is struck
out when the hub has heard. Hubs are told each in a thread of its own: one that is down delays no other, and nothing
else either.

WebSub leaves to publisher and hub how one tells the other. Hubs want ``hub.url`` (PubSubHubbub 0.3 and 0.4) or
``hub.topic``, and not all understand several in one request: so one request a document, with both.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from math import inf
from queue import Empty, SimpleQueue
from socket import SHUT_RDWR, socket
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit
from zlib import crc32

from feeds import __version__
from feeds.catalogue import Catalogue
from feeds.catalogue.reading import Ping
from feeds.config import Settings
from feeds.errors import CatalogueError

if TYPE_CHECKING:
    from feeds.meter import Meter

log = logging.getLogger("feeds")

PATIENCE = 5.0  # seconds that a hub may take to connect, and for each piece of its answer
LONGEST = 3  # times as long for all of it, in however many pieces it comes
GATHER = 1.0  # seconds in which further changes join the first, and other processes swap to the edition that is told of
FIRST_RETRY = 10.0  # seconds; the wait doubles with every attempt
LAST_RETRY = 3600.0  # seconds; as long as it grows
ATTEMPTS = 32  # then it is given up: after a day, mostly
LONGEST_WISH = 86_400.0  # seconds that a hub may ask to be left alone (Retry-After)
BUSY = (429, 503)
AT_ONCE = 50  # documents that a hub is told of before it is kept that it has heard
ASK_AGAIN = 30.0  # seconds until a catalogue that could not be read is asked again


class Answer(NamedTuple):
    """What came of telling a hub of a document.

    status: of HTTP, 0 where no answer came. said: that in words. wish: seconds for which the hub wants no more of it.
    """

    ping: Ping
    status: int
    said: str
    wish: float = 0.0

    @property
    def heard(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_last(self) -> bool:
        """Whether the hub is not told again."""
        return not self.heard and self.ping.attempts + 1 >= ATTEMPTS


def tell_hubs(settings: Settings, pings: Iterable[Ping], *, within: float) -> list[Answer]:
    """Tell all hubs at once, those that the settings name; within: seconds after which nothing is waited for any more.

    What got no answer by then is not among the answers, and to be told of another time.
    """
    answers: SimpleQueue[Answer | None] = SimpleQueue()
    deadline = time.monotonic() + within
    at_work = 0
    for hub, waiting in _by_hub(settings, pings).items():
        arguments = (answers, hub, waiting, settings.base_url, deadline)
        threading.Thread(target=_tell_into, args=arguments, name=f"feeds-tell {hub}", daemon=True).start()
        at_work += 1
    found: list[Answer] = []
    while at_work:
        try:
            answer = answers.get(timeout=max(deadline - time.monotonic(), 0))
        except Empty:
            break
        if answer is None:
            at_work -= 1
        else:
            found.append(answer)
    return found


def _by_hub(settings: Settings, pings: Iterable[Ping]) -> dict[str, list[Ping]]:
    found: dict[str, list[Ping]] = {hub: [] for hub in settings.hubs}
    for ping in pings:
        if ping.hub in found:
            found[ping.hub].append(ping)
    return {hub: waiting for hub, waiting in found.items() if waiting}


def _tell_into(
    answers: SimpleQueue[Answer | None], hub: str, pings: Sequence[Ping], base_url: str, deadline: float
) -> None:
    try:
        for answer in tell(hub, pings, base_url, deadline=deadline):
            answers.put(answer)
    finally:
        answers.put(None)


def tell(hub: str, pings: Iterable[Ping], base_url: str, *, deadline: float = inf) -> Iterator[Answer]:
    """Tell one hub of one document after the other.

    Where it gives no answer or says that it is busy, it is asked no more, and that holds for the rest. deadline: on the
    monotonic clock; what would be told later is left out.
    """
    with closing(_Line(hub)) as line:
        trouble: Answer | None = None
        for ping in pings:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            answer = trouble._replace(ping=ping) if trouble else line.tell(ping, base_url, min(PATIENCE, left))
            if answer.status == 0 or answer.status in BUSY:
                trouble = answer
            yield answer


class _Line:
    """A connection to a hub, kept open from one request to the next. It follows no redirect and knows no proxy."""

    def __init__(self, hub: str) -> None:
        address = urlsplit(hub)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._connection = kind(address.hostname or "", address.port)
        self._socket: socket | None = None
        self._target = f"{address.path or '/'}{'?' if address.query else ''}{address.query}"

    def close(self) -> None:
        self._connection.close()

    def tell(self, ping: Ping, base_url: str, patience: float) -> Answer:
        reused = self._connection.sock is not None
        end = threading.Timer(patience * LONGEST, self._hang_up)
        end.daemon = True
        end.start()
        try:
            return self._post(ping, base_url, patience)
        except (OSError, HTTPException, ValueError) as error:  # ValueError: a host that is no name
            self.close()
            if reused and not isinstance(error, TimeoutError):  # it has just closed a connection that it had kept
                return self.tell(ping, base_url, patience)
            return Answer(ping, 0, _sentence(error))
        finally:
            end.cancel()

    def _hang_up(self) -> None:
        """End what is being read, from another thread: it is at its end then."""
        with suppress(OSError):
            if self._socket:
                self._socket.shutdown(SHUT_RDWR)

    def _post(self, ping: Ping, base_url: str, patience: float) -> Answer:
        topic = base_url + ping.path  # as it names itself (rel=self)
        form = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": f"feeds/{__version__}"}
        self._connection.timeout = patience
        if not self._connection.sock:
            self._connection.connect()
        self._socket = self._connection.sock  # which the connection lets go of before the last piece is read
        self._socket.settimeout(patience)
        self._connection.request("POST", self._target, form, headers)
        response = self._connection.getresponse()
        response.read(65_536)
        if not response.isclosed():
            self.close()  # whatever else it has to say
        busy = response.status in BUSY
        wish = _seconds(response.getheader("Retry-After", ""), response.getheader("Date", "")) if busy else 0.0
        reason = "".join(c for c in response.reason[:60] if c.isprintable())
        return Answer(ping, response.status, f"{response.status} {reason}".rstrip(), wish)


def _sentence(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:200]


def _seconds(retry_after: str, date: str) -> float:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a date, which counts from the answer's own."""
    if retry_after.isdecimal():
        return min(float(retry_after[:9]), LONGEST_WISH)
    try:
        wish = (parsedate_to_datetime(retry_after) - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError):  # no date, or one with a zone and one without
        return 0.0
    return min(max(wish, 0.0), LONGEST_WISH)


def settle(catalogue: Catalogue, answers: Sequence[Answer], now: int) -> None:
    """Keep what came of it: what a hub has heard is over, the rest is due again later, until it is given up.

    now: microseconds since the epoch.
    """
    heard = [answer.ping for answer in answers if answer.heard]
    lost = [answer for answer in answers if answer.is_last]
    over = {*heard, *(answer.ping for answer in lost)}
    later = [(a.ping, now + int(wait(a) * 1_000_000)) for a in answers if a.ping not in over]
    with catalogue.writing() as writer:
        writer.settle_pings(over, later)
    for hub in sorted({answer.ping.hub for answer in lost}):
        said = [answer.said for answer in lost if answer.ping.hub == hub]
        log.error(
            "hub %s: given up to tell it of %d documents, at last: %s", hub, len(said), said[-1], extra={"hub": hub}
        )


def wait(answer: Answer) -> float:
    """Seconds until a hub is told again: they double with each attempt, and are what the hub wishes at least.

    Newsrooms that one hub failed do not all come back at the same moment: each adds up to half, always the same.
    """
    doubled = min(FIRST_RETRY * 2.0 ** min(answer.ping.attempts, 30), LAST_RETRY)
    share = crc32(f"{answer.ping.hub} {answer.ping.due} {answer.ping.attempts}".encode()) / 2**32
    return max(doubled * (1 + share / 2), answer.wish)


class Hubs:
    """Tells hubs of what has changed from ``wake`` on until ``rest``, also what an earlier process left untold."""

    def __init__(self, catalogue: Catalogue, settings: Settings, meter: Meter | None = None) -> None:
        self._callers = [_Caller(catalogue, settings.base_url, hub, meter) for hub in settings.hubs]

    def wake(self) -> None:
        """This process writes the catalogue, and there may be something new."""
        for caller in self._callers:
            caller.wake()

    def rest(self) -> None:
        """Another process writes it, and tells."""
        for caller in self._callers:
            caller.rest()

    def stop(self) -> None:
        """End the threads, all at once; what is not told stays in the catalogue."""
        for caller in self._callers:
            caller.end()
        deadline = time.monotonic() + GATHER
        for caller in self._callers:
            caller.join(max(deadline - time.monotonic(), 0))


class _Caller:
    """The thread that tells one hub."""

    def __init__(self, catalogue: Catalogue, base_url: str, hub: str, meter: Meter | None) -> None:
        self._catalogue = catalogue
        self._meter = meter
        self._base_url = base_url
        self._hub = hub
        self._awake = False
        self._news = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._silent_until = 0  # microseconds since the epoch: as the hub wished
        self._trouble = ""  # what was logged last

    def wake(self) -> None:
        self._awake = True
        self._news.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"feeds-tell {self._hub}", daemon=True)
            self._thread.start()

    def rest(self) -> None:
        self._awake = False

    def end(self) -> None:
        self._ended.set()
        self._news.set()

    def join(self, within: float) -> None:
        if self._thread is not None:
            self._thread.join(within)  # it may be waiting for a hub; that is left behind

    def _run(self) -> None:
        pause: float | None = 0.0
        while not self._ended.is_set():
            self._news.wait(pause)
            self._news.clear()
            if self._ended.wait(GATHER):
                return
            try:
                pause = self._round() if self._awake else None
            except CatalogueError as error:
                self._say(str(error))
                pause = ASK_AGAIN

    def _round(self) -> float | None:
        """Tell what is due; gives the seconds until more is, None where nothing waits."""
        now = _now()
        due = [ping for ping in self._waiting() if _due(ping) <= now][:AT_ONCE]
        if due and now >= self._silent_until:
            answers = []
            for answer in tell(self._hub, due, self._base_url):
                answers.append(answer)
                if self._ended.is_set():  # what the hub has heard is kept all the same
                    break
            now = _now()
            self._silent_until = now + int(max(answer.wish for answer in answers) * 1_000_000)
            settle(self._catalogue, answers, now)
            self._report(answers)
        waiting = self._waiting()
        if not waiting:
            return None
        return max(max(min(map(_due, waiting)), self._silent_until) - _now(), 0) / 1_000_000

    def _waiting(self) -> list[Ping]:
        with self._catalogue.reading() as reading:
            return [ping for ping in reading.pings() if ping.hub == self._hub]

    def _report(self, answers: Sequence[Answer]) -> None:
        deaf = [answer for answer in answers if not answer.heard]
        if heard := len(answers) - len(deaf):
            fields = {"hub": self._hub, "documents": heard}
            log.info("hub %s: told of %d changed documents", self._hub, heard, extra=fields)
        if self._meter:
            lost = sum(answer.is_last for answer in deaf)
            for result, number in (("heard", heard), ("later", len(deaf) - lost), ("given_up", lost)):
                self._meter.told(result, number)
        self._say(f"{deaf[-1].said}; it is told again later" if deaf else "")

    def _say(self, trouble: str) -> None:
        """Log a trouble when it begins, not as long as it lasts."""
        if trouble and trouble != self._trouble:
            log.warning("hub %s: %s", self._hub, trouble, extra={"hub": self._hub})
        self._trouble = trouble


def _due(ping: Ping) -> int:
    """When a hub is to be told: of what is new at once, whatever the clock said when that was written."""
    return ping.due if ping.attempts else 0


def _now() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000
