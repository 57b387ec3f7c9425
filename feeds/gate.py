"""A limit for clients that fetch in full again and again though they could ask whether there is anything new.

What counts is a request without validators (``If-None-Match``, ``If-Modified-Since``; RFC 9110, 13.1). One with
validators never does, as long as they are worth anything: a client whose validators end in a full answer ten times as
often as it may fetch without counts as one that sends none.

Rates and strategy are those of the library ``limits``. In memory it counts in a store of our own: the library's looks
through all its clients up to a hundred times a second, and has no bound.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Lock
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from feeds.config import Settings
from feeds.config.values import NO_REDIS
from feeds.errors import ConfigError
from feeds.formats import FORMATS
from feeds.front.documents import SECURITY, SHARED

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.storage import Storage

    from feeds.meter import Meter

log = logging.getLogger("feeds")

COUNTED = tuple(f"/{form.FILENAME}" for form in FORMATS)  # pages are for people, who may look at many
WORTHLESS = 10  # times as many full answers in spite of validators as the limit allows without
CLIENTS = 65_536  # that are remembered in memory
HOPS = 32  # proxies that one request may have come through
REDIS_PATIENCE = 0.2  # seconds
REDIS_PAUSE = 10.0  # seconds in which a Redis that failed is not asked, and everybody passes
THIS_MACHINE = ("127.0.0.0/8", "::1/128")

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]


class Gate:
    """A WSGI application before another one. meter: what counts whom it refuses.

    Raises ConfigError where the Redis of ``rate_limit`` cannot be used.
    """

    def __init__(self, application: WSGIApplication, settings: Settings, meter: Meter) -> None:
        from limits import parse
        from limits.strategies import FixedWindowRateLimiter

        self._application = application
        self._meter = meter
        self._full = parse(settings.rate_limit.partition(" ")[0])
        self._again = type(self._full)(self._full.amount * WORTHLESS)
        self._full.namespace, self._again.namespace = f"feeds/{settings.newsroom}", f"feeds/{settings.newsroom}/again"
        self._limiter = FixedWindowRateLimiter(counting(settings.rate_limit))
        self._proxies = [ip_network(network) for network in (*THIS_MACHINE, *settings.trusted_proxies)]
        self._worthless: OrderedDict[str, float] = OrderedDict()  # client -> until when its validators are
        self._open_until = 0.0  # on the monotonic clock: what counts has failed, and is not asked for a while

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not environ["PATH_INFO"].endswith(COUNTED):
            return self._application(environ, start_response)
        if not (environ.get("HTTP_IF_NONE_MATCH") or environ.get("HTTP_IF_MODIFIED_SINCE")):
            left = self._too_often(self._full, client_of(environ, self._proxies))
            return self._refused(left, environ, start_response) if left else self._application(environ, start_response)
        if self._worthless:
            client = client_of(environ, self._proxies)
            if self._is_worthless(client) and (left := self._too_often(self._full, client)):
                return self._refused(left, environ, start_response)

        def noted(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if status.startswith("200"):
                self._note_again(client_of(environ, self._proxies))
            return start_response(status, headers, *rest)

        return self._application(environ, noted)

    def _note_again(self, client: str) -> None:
        """A client got a full answer, whatever it said that it has."""
        if left := self._too_often(self._again, client):
            self._worthless[client] = time.monotonic() + left
            if len(self._worthless) > CLIENTS:
                self._worthless.popitem(last=False)

    def _is_worthless(self, client: str) -> bool:
        until = self._worthless.get(client, 0.0)
        if 0 < until <= time.monotonic():
            self._worthless.pop(client, None)
        return until > time.monotonic()

    def _too_often(self, rate: RateLimitItem, client: str) -> int:
        """Count a request; gives the seconds until the next may come where this was one too many, else 0."""
        if not client or time.monotonic() < self._open_until:
            return 0
        try:
            if self._limiter.hit(rate, client):
                return 0
            return max(int(self._limiter.get_window_stats(rate, client).reset_time - time.time()), 0) + 1
        except Exception as error:  # of Redis; a client that fetches too often costs less than one that gets nothing
            self._open_until = time.monotonic() + REDIS_PAUSE
            log.warning("rate_limit: nobody is counted for %.0f s: %s", REDIS_PAUSE, error)
            return 0

    def _refused(self, seconds: int, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """429 (RFC 6585)."""
        text = (
            f"Terlalu sering mengambil tanpa If-None-Match atau If-Modified-Since; coba lagi dalam {seconds} detik. "
            f"(Fetched too often without If-None-Match or If-Modified-Since; try again in {seconds} seconds.)\n"
        )
        body = text.encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Retry-After", str(seconds)),
            ("Cache-Control", "no-store"),
            *SHARED,
            *SECURITY,
        ]
        status, has_body = "429 Too Many Requests", environ["REQUEST_METHOD"] != "HEAD"
        self._meter.answered(status, environ["PATH_INFO"], headers, has_body=has_body)
        start_response(status, headers)
        return [body] if has_body else []


# --- who the client is -----------------------------------------------------------------------------------------------


def client_of(environ: Mapping[str, Any], proxies: Networks) -> str:
    """The client's address, of IPv6 its network of 64 bits; "" where nothing tells it.

    What ``X-Forwarded-For`` says, where there is none ``Forwarded`` (RFC 7239), counts from its end as far as each who
    added to it is a trusted proxy: what stands further left, anybody could have sent.
    """
    client = _address(environ.get("REMOTE_ADDR", ""))
    if client is None or _is_within(client, proxies):  # None: a socket of this machine, before which only a proxy is
        for hop in _hops(environ):
            address = _address(hop)
            client = address or client
            if address is None or not _is_within(address, proxies):
                break
    if isinstance(client, IPv6Address):
        return f"{IPv6Address(int(client) >> 64 << 64)}/64"
    return str(client or "")


def _hops(environ: Mapping[str, Any]) -> list[str]:
    """Who asked whom, the last first."""
    if forwarded_for := environ.get("HTTP_X_FORWARDED_FOR", ""):
        hops = forwarded_for.rsplit(",", HOPS)[-HOPS:]
    else:
        hops = [_forwarded(element) for element in environ.get("HTTP_FORWARDED", "").rsplit(",", HOPS)[-HOPS:]]
    return [hop.strip() for hop in reversed(hops)]


def _forwarded(element: str) -> str:
    """The ``for`` of one element of ``Forwarded``."""
    for pair in element[:200].split(";"):
        name, _, value = pair.strip().partition("=")
        if name.lower() == "for":
            return value.strip('"')
    return ""


def _address(text: str) -> Address | None:
    """An address without port and brackets, in one of its many forms; None where it is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text[:100])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_within(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks)


# --- where it is counted ---------------------------------------------------------------------------------------------


def counting(rate_limit: str) -> Storage:
    """Where the requests of clients are counted. Raises ConfigError where the Redis cannot be used."""
    address = rate_limit.partition(" ")[2]
    return _redis(address) if address else _memory()


def _redis(address: str) -> Storage:
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    patience = {"socket_timeout": REDIS_PATIENCE, "socket_connect_timeout": REDIS_PATIENCE}
    try:
        found: Any = storage_from_string(address, **patience)
    except ConfigurationError as error:
        raise ConfigError("rate_limit", "needs redis, of the extra [redis]") from error
    except ValueError:  # which may quote a part of the password, so that it is not even shown as the cause
        raise ConfigError("rate_limit", NO_REDIS) from None
    storage: Storage = found
    return storage


def _memory() -> Storage:
    from limits.storage import Storage

    class Memory(Storage):
        """Counts for a bounded number of clients; whoever began the longest ago is forgotten first."""

        STORAGE_SCHEME = None

        def __init__(self) -> None:
            super().__init__()
            self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()  # key -> how often, until when
            self._lock = Lock()

        @property
        def base_exceptions(self) -> type[Exception]:
            return ValueError

        def incr(self, key: str, expiry: float, amount: int = 1) -> int:
            with self._lock:
                count, until = self._counts.get(key, (0, 0.0))
                now = time.time()
                if until <= now:
                    self._counts.pop(key, None)
                    count, until = 0, now + expiry
                self._counts[key] = (count + amount, until)
                if len(self._counts) > CLIENTS:
                    self._counts.popitem(last=False)
                return count + amount

        def get(self, key: str) -> int:
            return self._counts.get(key, (0, 0.0))[0]

        def get_expiry(self, key: str) -> float:
            return self._counts.get(key, (0, 0.0))[1]

        def check(self) -> bool:
            return True

        def reset(self) -> int:
            with self._lock:
                count = len(self._counts)
                self._counts.clear()
                return count

        def clear(self, key: str) -> None:
            with self._lock:
                self._counts.pop(key, None)

    return Memory()
