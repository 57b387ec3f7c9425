"""A limit for clients that fetch feeds in full again and again though they could ask whether there is anything new.

What counts is a request without validators (``If-None-Match``, ``If-Modified-Since``; RFC 9110, 13.1). One with
validators never does, as long as they are worth anything: a client whose validators end in a full answer ten times as
often as it may fetch without counts as one that sends none.

The rates and the ways to count are those of the library ``limits``. In memory it counts here: its own memory looks
through all clients a hundred times a second, and has no bound.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from feeds.config import Settings
from feeds.errors import ConfigError

if TYPE_CHECKING:
    from limits.storage import Storage

log = logging.getLogger("feeds")

UNCOUNTED = ("/static/", "/healthz", "/readyz", "/metrics")
WORTHLESS = 10  # times as many full answers in spite of validators as the limit allows without
CLIENTS = 65_536  # that are remembered in memory: some 20 MB
HOPS = 32  # proxies that one request may have come through
REDIS_PATIENCE = 0.2  # seconds
REDIS_PAUSE = 10.0  # seconds in which a Redis that failed is not asked, and everybody passes
THIS_MACHINE = ("127.0.0.0/8", "::1/128")

Networks = Sequence[IPv4Network | IPv6Network]


class Refusal(NamedTuple):
    """An answer by WSGI: the status line, the headers, the body."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def gate_for(settings: Settings) -> Gate | None:
    """The gate of a newsroom, None where there is no limit. Raises ConfigError where Redis cannot be used."""
    return Gate(settings) if settings.rate_limit else None


class Gate:
    """Asked before a request is answered, and told of full answers that validators did not prevent."""

    def __init__(self, settings: Settings) -> None:
        from limits import parse
        from limits.strategies import FixedWindowRateLimiter

        rate, _, address = settings.rate_limit.partition(" ")
        self._rate = parse(rate)
        self._rate.namespace = f"feeds/{settings.newsroom}"
        self._storage = _redis(address) if address else _memory()
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._proxies = [ip_network(network) for network in (*THIS_MACHINE, *settings.trusted_proxies)]
        self._worthless: OrderedDict[str, float] = OrderedDict()  # client -> until when its validators are
        self._closed_until = 0.0  # on the monotonic clock: the storage has failed

    def __call__(self, environ: Mapping[str, Any]) -> Refusal | None:
        """Count a request and refuse it where it is one too many; None lets it pass."""
        if not _counts(environ):
            return None
        conditional = _is_conditional(environ)
        if conditional and not self._worthless:
            return None
        client = client_of(environ, self._proxies)
        if conditional and self._worthless.get(client, 0.0) <= time.monotonic():
            return None
        left = self._hit("full", client, 1)
        return None if left is None else _refusal(left, environ)

    def answered(self, environ: Mapping[str, Any], status: int) -> None:
        """Say how a request was answered; only 200 for one with validators matters."""
        if status != 200 or not _is_conditional(environ) or not _counts(environ):
            return
        client = client_of(environ, self._proxies)
        left = self._hit("again", client, WORTHLESS)
        if left is not None:
            self._worthless[client] = time.monotonic() + left
            if len(self._worthless) > CLIENTS:
                self._worthless.popitem(last=False)

    def _hit(self, what: str, client: str, times: int) -> float | None:
        """Count; gives the seconds until it may be done again where that was too often, times as often as the limit."""
        now = time.monotonic()
        if now < self._closed_until:
            return None
        rate = self._rate
        key = rate.key_for(what, client)
        try:
            if self._storage.incr(key, rate.get_expiry()) <= rate.amount * times:
                return None
            return max(self._storage.get_expiry(key) - time.time(), 1.0)
        except Exception as error:  # of Redis, which is not worth a feed
            self._closed_until = now + REDIS_PAUSE
            log.warning("the rate limit's storage fails, so everybody passes for %.0f s: %s", REDIS_PAUSE, error)
            return None


def _counts(environ: Mapping[str, Any]) -> bool:
    return environ["REQUEST_METHOD"] in ("GET", "HEAD") and not environ.get("PATH_INFO", "").startswith(UNCOUNTED)


def _is_conditional(environ: Mapping[str, Any]) -> bool:
    return bool(environ.get("HTTP_IF_NONE_MATCH") or environ.get("HTTP_IF_MODIFIED_SINCE"))


def _refusal(left: float, environ: Mapping[str, Any]) -> Refusal:
    seconds = int(left) + 1
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
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", "*"),
    ]
    return Refusal("429 Too Many Requests", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body)


# --- who the client is -----------------------------------------------------------------------------------------------


def client_of(environ: Mapping[str, Any], proxies: Networks) -> str:
    """The client's address, of IPv6 its network of 64 bits; "" where nothing tells it.

    What ``X-Forwarded-For`` says, where there is none ``Forwarded`` (RFC 7239), counts from its end as far as each who
    added to it is a trusted proxy: what stands further left, anybody could have sent.
    """
    client = _address(environ.get("REMOTE_ADDR", ""))
    if client and not _is_within(client, proxies):
        return _named(client)
    # "" is a socket of this machine, behind which only a proxy can be.
    for hop in _hops(environ):
        address = _address(hop)
        if not address:
            break
        client = address
        if not _is_within(address, proxies):
            break
    return _named(client)


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


def _address(text: str) -> str:
    """An address without port and brackets, in one of its many forms; "" where it is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _is_within(address: str, networks: Networks) -> bool:
    parsed = ip_address(address)
    return any(parsed in network for network in networks)


def _named(address: str) -> str:
    if ":" not in address:
        return address
    return str(ip_network((int(IPv6Address(address.partition("%")[0])) >> 64 << 64, 64)))


# --- where it is counted ---------------------------------------------------------------------------------------------


def _redis(address: str) -> Storage:
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    patience = {"socket_timeout": REDIS_PATIENCE, "socket_connect_timeout": REDIS_PATIENCE}
    try:
        found: Any = storage_from_string(address, **patience)
    except ConfigurationError as error:
        raise ConfigError("rate_limit", "needs redis, of the extra [redis]") from error
    except ValueError as error:
        raise ConfigError("rate_limit", f"has no address of a Redis: {error}") from error
    storage: Storage = found
    return storage


def _memory() -> Storage:
    from limits.storage import Storage

    class Memory(Storage):
        """Counts for a bounded number of clients; the one that began the longest ago is forgotten first."""

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
