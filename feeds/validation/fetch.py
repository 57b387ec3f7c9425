"""Fetches documents as a subscriber does: by http or https, within a time and a size, and nothing that nobody named."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from socket import socket
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPErrorProcessor, HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from feeds import __version__
from feeds.errors import FetchError
from feeds.validation.values import joined

PATIENCE = 20.0  # seconds for a whole answer
LARGEST = 20_000_000  # bytes of a document, compressed or not
REDIRECTS = 10
_PIECE = 65_536
_REDIRECTS = (301, 302, 303, 307, 308)
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, text/html;q=0.7, */*;q=0.5"
)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came. asked, address: where it was asked for, and where it was found behind redirects (their statuses).

    headers: by lower-case name. body: decompressed. inner: it came from this machine or a network of one's own.
    """

    asked: str
    address: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    redirects: tuple[int, ...] = ()
    inner: bool = False

    @property
    def host(self) -> str:
        """Where it came from at last."""
        return host_of(self.address)


def host_of(address: str) -> str:
    """The host and port of an address, "" where it has none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


class Fetcher:
    """Fetches; patience: seconds, largest: bytes that one document may take."""

    def __init__(self, patience: float = PATIENCE, largest: int = LARGEST) -> None:
        self._patience = patience
        self._largest = largest

    def fetch(
        self, address: str, *, method: str = "GET", host: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to a request, behind redirects. host: the only one that is asked, "" for any.

        Raises FetchError, also for an answer that is neither 2xx nor 304.
        """
        found = address
        statuses: list[int] = []
        inner = True  # whether an address of a network of one's own may be asked: as long as only the user named it
        while True:
            if host and host_of(found) != host:
                raise FetchError(address, f"it leads to another host, {found}, which is not asked")
            answer = self._once(found, method, headers or {}, inner)
            if answer.status not in _REDIRECTS or not answer.headers.get("location"):
                break
            statuses.append(answer.status)
            inner = inner and answer.inner
            found = joined(found, answer.headers["location"])
            if len(statuses) > REDIRECTS:
                raise FetchError(address, f"more than {REDIRECTS} redirects, the last to {found}")
        if not 200 <= answer.status < 300 and answer.status != 304:
            raise FetchError(found, f"it is answered with the status {answer.status}", answer.status)
        return Answer(
            asked=address,
            address=found,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            redirects=tuple(statuses),
        )

    def _once(self, address: str, method: str, headers: Mapping[str, str], inner: bool) -> Answer:
        if not _is_web(address):
            raise FetchError(address, "it is no address of http or https")
        given = {"Accept": ACCEPT, "Accept-Encoding": "gzip", "User-Agent": f"feeds/{__version__} (validate)"}
        try:
            request = Request(address, method=method, headers=given | dict(headers))  # noqa: S310  # http and https alone
            return _within(self._patience, lambda: self._read(request, inner))
        except TimeoutError:
            raise FetchError(address, f"no answer within {self._patience:g} s") from None
        except (OSError, HTTPException, ValueError, zlib.error) as error:  # ValueError: a host that is no name
            raise FetchError(address, _reason(error)) from error

    def _read(self, request: Request, inner: bool) -> Answer:
        places = _Places(inner)
        with _opener(places).open(request, timeout=self._patience) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            address = request.full_url
            redirected = response.status in _REDIRECTS
            body = b"" if redirected else self._body(response, address, headers.get("content-encoding", ""))
            return Answer(
                asked=address,
                address=address,
                status=response.status,
                headers=headers,
                body=body,
                inner=places.inner,
            )

    def _body(self, response: Any, address: str, coding: str) -> bytes:
        coding = coding.strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise FetchError(address, f"it is compressed with {coding}, though only gzip was asked for")
        decompressor = zlib.decompressobj(wbits=31) if "gzip" in coding else None
        body = bytearray()
        while piece := response.read1(_PIECE):
            body += decompressor.decompress(piece, self._largest + 1 - len(body)) if decompressor else piece
            if len(body) > self._largest:
                raise FetchError(address, f"it is longer than {self._largest / 1_000_000:g} MB")
        return bytes(body)


def _is_web(address: str) -> bool:
    """Whether an address is one of http or https, with a host and a port that can be.

    A host with ``%`` is none: urllib decodes it, so that it would be another one than who looks at the address sees.
    """
    try:
        parts = urlsplit(address)
        is_named = bool(parts.hostname) and "%" not in parts.netloc
        return parts.scheme.lower() in ("http", "https") and is_named and parts.port != 0
    except ValueError:
        return False


class _EveryStatus(HTTPErrorProcessor):
    """An answer is one whatever its status: who asks decides what follows from it, redirects too."""

    def http_response(self, request: Request, response: Any) -> Any:
        return response

    https_response = http_response


class _Places:
    """Where a request connects to. A redirect must not lead from outside to this machine or its neighbours.

    inner: whether these may be asked at all, and then whether one was. What counts is the address that a connection
    has, as names can mean another one the next time that they are looked up.
    """

    def __init__(self, inner: bool) -> None:
        self._allowed = inner
        self.inner = False

    def check(self, peer: str) -> None:
        """Raises OSError for an address that must not be asked; nothing has been sent there yet."""
        self.inner = is_inner(peer)
        if self.inner and not self._allowed:
            raise OSError(f"it leads to {peer}, on this machine or a network of its own, which is not asked")


def is_inner(peer: str) -> bool:
    """Whether an IP address is none of the Internet: this machine's, a private network's, a cloud's own service's."""
    address = ip_address(peer.partition("%")[0])
    return not (getattr(address, "ipv4_mapped", None) or address).is_global


class _Http(HTTPHandler):
    def __init__(self, places: _Places) -> None:
        super().__init__()
        self._places = places

    def http_open(self, request: Request) -> Any:
        return self.do_open(_checked(HTTPConnection, self._places, request), request)


class _Https(HTTPSHandler):
    def __init__(self, places: _Places) -> None:
        super().__init__()
        self._places = places

    def https_open(self, request: Request) -> Any:
        return self.do_open(_checked(HTTPSConnection, self._places, request), request)


def _checked(kind: type[HTTPConnection], places: _Places, request: Request) -> Callable[..., HTTPConnection]:
    """Connections that tell where they lead to before anything is sent; a proxy, which the user named, may be near."""

    def make(host: str, **options: Any) -> HTTPConnection:
        connection = kind(host, **options)
        is_proxy = request.has_proxy() or bool(request._tunnel_host)  # type: ignore[attr-defined]
        open_socket = connection._create_connection  # type: ignore[attr-defined]

        def create(*arguments: Any, **named: Any) -> socket:
            opened: socket = open_socket(*arguments, **named)
            try:
                if not is_proxy:
                    places.check(opened.getpeername()[0])
            except OSError:
                opened.close()
                raise
            return opened

        connection._create_connection = create  # type: ignore[attr-defined]
        return connection

    return make


def _opener(places: _Places) -> OpenerDirector:
    """Knows http, https and the proxies of the environment, and neither files nor anything else."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), _Http(places), _Https(places), _EveryStatus()):
        opener.add_handler(handler)
    return opener


def _within(seconds: float, call: Callable[[], Value]) -> Value:
    """What a call gives; TimeoutError after so long, whatever it is waiting for: a name, a line, the last piece."""
    outcome: SimpleQueue[tuple[Value | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put((call(), None))
        except Exception as error:
            outcome.put((None, error))

    threading.Thread(target=run, name="feeds-fetch", daemon=True).start()
    try:
        value, error = outcome.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]


def _reason(error: Exception) -> str:
    """Why a request failed, in a few words of one line."""
    inner = error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error
    said = getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
    return " ".join(str(said).split())[:200]
