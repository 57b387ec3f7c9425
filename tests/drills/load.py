"""Many clients of all kinds while an article changes: ``python tests/drills/load.py [SECONDS [CONNECTIONS]]``.

SECONDS (1800) long, an article is published anew every two seconds; CONNECTIONS (2000) are open, to
``feeds serve --workers 2`` on this machine, which has 300 articles. Of the connections

    55 %  are idle: a request, then nothing until the server closes
    15 %  send a request a byte a second
    15 %  read an answer a byte a second
    10 %  send five requests in one segment, and read five answers
    5 %   poll: documents with and without validators, deltas, codings; what is rendered on demand; what is not there

and as many as 5 % more send a request and close their side at once.

Lost is: a connection that is refused or reset, an answer of 5xx (but the documented 503 of what is rendered on demand),
bytes that their ETag does not fit, a feed that does not show what was published more than two seconds before it was
asked for. Held besides: memory, descriptors and threads do not grow, p99 stays. The figures of each minute are printed;
p50 and p99 are those of a process of its own, asking for documents on one connection: the crowd makes itself wait.
"""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import os
import random
import re
import resource
import socket
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import TypeVar

import brotli
import zstandard

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from feeds.source import digest_of  # noqa: E402
from tests.support import Server, article, environment, free_port, server_command  # noqa: E402

ARTICLES = 300
CATEGORIES = ("ekonomi", "budaya", "olahraga", "hukum", "politik")
SETTLED = 1200.0  # seconds of a run, from which on it is judged whether anything grows
GROWTH = {"memory": (1.05, 8.0), "descriptors": (1.1, 20.0), "threads": (1.1, 4.0), "p99": (1.5, 2.0)}
"""By what each may grow: to so many times what it was, and so much (megabytes, numbers, milliseconds) besides."""
PAUSE = 0.02  # seconds between two requests of the probe
EVERY = 2.0  # seconds between two publications
FRESH = 2.0  # seconds after which a publication must be shown
PATIENCE = 15.0  # seconds for an answer, after which it is lost
SHARES = {"idle": 0.55, "sending": 0.15, "reading": 0.15, "pipelining": 0.1, "half closing": 0.05, "polling": 0.05}
MEMORY = ("/rss.xml", "/atom.xml", "/feed.json", *(f"/{name}/rss.xml" for name in CATEGORIES), "/", "/feeds.opml")
ON_DEMAND = (
    *("/tag/beras/rss.xml", "/tag/banjir/", "/author/siti-aminah/atom.xml", "/ekonomi+budaya/rss.xml"),
    *("/search/rss.xml?q=panen", "/rss.xml?limit=5", "/rss.xml?content=summary", "/tag/tidak-ada/rss.xml"),
)
MISSING = ("/tidak-ada", "/ekonomi/x.xml", "/wp-login.php", "/.env")
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.decompress,
    "br": lambda body: bytes(brotli.decompress(body)),
    "zstd": lambda body: zstandard.decompress(body),
}
VERSION = re.compile(rb"Panen versi (\d{6})")


T = TypeVar("T")


@dataclass
class Minute:
    """What was seen of the service in one span of time. memory: megabytes of all its processes."""

    memory: float
    descriptors: int
    threads: int
    p50: float
    p99: float
    on_demand: float


@dataclass
class Drill:
    """What was tried, and what was lost."""

    port: int
    article: Path
    tried: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    published: list[tuple[float, int]] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)  # by ETag
    spent_on_demand: list[float] = field(default_factory=list)  # seconds, of this minute
    minutes: list[Minute] = field(default_factory=list)
    span: float = 60.0  # seconds between two of these
    open: int = 0
    most: int = 0

    def lose(self, what: str) -> None:
        self.lost[what] += 1

    def due(self, asked: float) -> int:
        """The version that whoever asked at a moment has to see."""
        return max((version for moment, version in self.published if moment <= asked - FRESH), default=0)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One connection, and requests on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, path: str, **headers: str) -> Answer:
        self.writer.write(request(path, **headers))
        return await self.answer()

    async def answer(self) -> Answer:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        found = {name.lower(): value for name, value in pairs}
        return Answer(
            int(head[0].split()[1]), found, await self.reader.readexactly(int(found.get("content-length", 0)))
        )


async def in_time(answer: Awaitable[T]) -> T:
    """What does not come in time is lost. (wait_for of Python 3.11 may lose a cancellation.)"""
    async with asyncio.timeout(PATIENCE):
        return await answer


def request(path: str, **headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


@asynccontextmanager
async def connected(drill: Drill, *, small: bool = False) -> AsyncIterator[Connection]:
    """A connection. small: what the kernel keeps of its answers is, so that a slow reader is one for the server too."""
    bare = socket.socket()
    bare.setblocking(False)
    if small:
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    try:
        await in_time(asyncio.get_running_loop().sock_connect(bare, ("127.0.0.1", drill.port)))
        reader, writer = await asyncio.open_connection(sock=bare, limit=4096 if small else 1 << 22)
    except BaseException:
        bare.close()
        raise
    drill.open += 1
    drill.most = max(drill.most, drill.open)
    try:
        yield Connection(reader, writer)
    finally:
        drill.open -= 1
        writer.transport.abort()


# --- the kinds of clients --------------------------------------------------------------------------------------------


async def idle(drill: Drill) -> None:
    async with connected(drill) as line:
        check(drill, "/rss.xml", await in_time(line.ask("/rss.xml")), time.time(), {})
        await line.reader.read(1)  # until the server has had enough


async def sending(drill: Drill) -> None:
    async with connected(drill) as line:
        for byte in request("/rss.xml"):
            line.writer.write(bytes([byte]))
            if line.reader.at_eof():  # it waits no longer, which is its right
                return
            await asyncio.sleep(1)
        with suppress(asyncio.IncompleteReadError):  # the same, at the last byte
            await in_time(line.answer())


async def reading(drill: Drill) -> None:
    async with connected(drill, small=True) as line:
        line.writer.write(request(random.choice(("/rss.xml", "/feed.json"))))
        seen = await in_time(line.reader.readexactly(12))
        if seen != b"HTTP/1.1 200":
            drill.lose(f"a slow reader got {seen!r}")
        for _ in range(random.randrange(20, 120)):
            await line.reader.readexactly(1)
            await asyncio.sleep(1)


async def pipelining(drill: Drill) -> None:
    paths = random.choices(MEMORY, k=5)
    async with connected(drill) as line:
        asked = time.time()
        line.writer.write(b"".join(map(request, paths)))
        for path in paths:
            check(drill, path, await in_time(line.answer()), asked, {})
        await asyncio.sleep(random.uniform(5, 15))


async def half_closing(drill: Drill) -> None:
    """The server may take a client that closes its side for one that has gone (as hyper does); torn is nothing."""
    async with connected(drill) as line:
        line.writer.write(request("/rss.xml"))
        line.writer.write_eof()
        found = await in_time(line.reader.read())
        if found and (b"\r\n\r\n" not in found or not found.startswith(b"HTTP/1.1 200")):
            drill.lose("a torn answer to a half-closed connection")
        drill.tried["half-closed, " + ("answered" if found else "closed")] += 1
    await asyncio.sleep(random.uniform(5, 15))


async def polling(drill: Drill) -> None:
    """A reader's many ways to ask, on one connection; what it knows of a document is its last ETag."""
    known: dict[str, str] = {}
    async with connected(drill) as line:
        for _ in range(random.randrange(20, 200)):
            path, headers = wish(known)
            asked, began = time.time(), time.perf_counter()
            answer = await in_time(line.ask(path, **headers))
            if path in ON_DEMAND:
                drill.spent_on_demand.append(time.perf_counter() - began)
            check(drill, path, answer, asked, headers)
            if path in MEMORY and "etag" in answer.headers:
                known[path] = answer.headers["etag"]
            await asyncio.sleep(random.uniform(0.2, 1.8))


def wish(known: dict[str, str]) -> tuple[str, dict[str, str]]:
    """What is asked for, and how."""
    lot = random.random()
    if lot < 0.05:
        return random.choice(MISSING), {}
    path = random.choice(ON_DEMAND if lot < 0.15 else MEMORY)
    headers = {"Accept_Encoding": random.choice(("identity", "gzip", "br", "zstd", "gzip, br;q=0.5"))}
    if path in known and lot < 0.8:
        headers["If_None_Match"] = known[path]
        if lot > 0.6:
            headers["A_IM"] = "feed"
    return path, headers


KINDS: dict[str, Callable[[Drill], Awaitable[None]]] = {
    "idle": idle,
    "sending": sending,
    "reading": reading,
    "pipelining": pipelining,
    "half closing": half_closing,
    "polling": polling,
}


# --- what an answer must be ------------------------------------------------------------------------------------------


def check(drill: Drill, path: str, answer: Answer, asked: float, headers: dict[str, str]) -> None:
    drill.tried[f"answers {answer.status}"] += 1
    if answer.status == 503 and path in ON_DEMAND and "retry-after" in answer.headers:
        return  # as README says
    expected = {404} if path in MISSING or path == "/tag/tidak-ada/rss.xml" else {200}
    expected |= {304} if "If_None_Match" in headers else set()
    expected |= {226} if "A_IM" in headers else set()
    if answer.status not in expected:
        drill.lose(f"{path} answered {answer.status}")
    elif answer.status in (200, 226):
        check_body(drill, path, answer, asked)
    elif answer.status == 304 and path == "/rss.xml":
        check_age(drill, path, drill.versions.get(base_of(answer), 0), asked)


def base_of(answer: Answer) -> str:
    """The digest in an ETag, without the name of the coding."""
    return answer.headers.get("etag", "").strip('"').partition("-")[0]


def check_body(drill: Drill, path: str, answer: Answer, asked: float) -> None:
    body = DECODERS[answer.headers.get("content-encoding", "")](answer.body)
    if answer.status == 200 and digest_of(body) != base_of(answer):
        drill.lose(f"{path}: bytes that their ETag does not fit")
    found = VERSION.search(body)
    if path == "/rss.xml":
        version = int(found[1]) if found else 0
        drill.versions[base_of(answer)] = version
        check_age(drill, path, version, asked)
    elif found and path in MEMORY:
        check_age(drill, path, int(found[1]), asked)


def check_age(drill: Drill, path: str, version: int, asked: float) -> None:
    if version < drill.due(asked):
        drill.lose(f"{path}: older than what was published {FRESH:.0f} s before")


# --- the drill -------------------------------------------------------------------------------------------------------


async def clients(drill: Drill, kind: str) -> None:
    """One client of a kind after the other."""
    await asyncio.sleep(random.uniform(0, 5))
    while True:
        drill.tried[kind] += 1
        try:
            await KINDS[kind](drill)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            drill.lose(f"{kind}: {type(error).__name__} {error}")
            await asyncio.sleep(1)


async def publish(drill: Drill) -> None:
    version = 0
    while True:
        version += 1
        text = article(f"Panen versi {version:06d}", "2026-05-31T09:00:00+07:00", kategori="Ekonomi", tags=["beras"])
        aside = drill.article.with_name(".panen.md")
        aside.write_text(text, encoding="utf-8")
        aside.replace(drill.article)
        drill.published = [*drill.published[-10:], (time.time(), version)]
        drill.tried["publications"] += 1
        await asyncio.sleep(EVERY)


def group(leader: int) -> list[Path]:
    """What /proc has of the processes of a group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getpgid(int(folder.name)) == leader:
                found.append(folder)
    return found


def probe(port: int, heard: Pipe) -> None:
    """Ask for one document after the other, and tell how many seconds each took."""
    line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    while True:
        began = time.perf_counter()
        line.request("GET", random.choice(MEMORY), headers={"Accept-Encoding": "gzip"})
        line.getresponse().read()
        heard.send(time.perf_counter() - began)
        time.sleep(PAUSE)


@contextmanager
def probing(port: int) -> Iterator[Pipe]:
    """What the probe tells, from a process of its own."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=probe, args=(port, theirs), daemon=True)
    process.start()
    try:
        if not ours.poll(60):  # it has to load all of this, too
            raise TimeoutError("the probe does not begin")
        yield ours
    finally:
        process.kill()
        process.join()


def told(pipe: Pipe) -> list[float]:
    """What came since the last time, in order of size."""
    found = []
    while pipe.poll():
        found.append(float(pipe.recv()))
    return sorted(found)


def look(drill: Drill, leader: int, pipe: Pipe) -> Minute:
    processes = group(leader)
    status = "".join((folder / "status").read_text() for folder in processes)
    spent = told(pipe)
    if not spent:
        drill.lose("the probe got no answer")
    on_demand, drill.spent_on_demand = sorted(drill.spent_on_demand), []
    return Minute(
        memory=sum(map(int, re.findall(r"VmRSS:\s+(\d+)", status))) / 1024,
        descriptors=sum(len(list((folder / "fd").iterdir())) for folder in processes),
        threads=sum(map(int, re.findall(r"Threads:\s+(\d+)", status))),
        p50=1000 * spent[len(spent) // 2] if spent else 0.0,
        p99=1000 * spent[len(spent) * 99 // 100] if spent else 0.0,
        on_demand=1000 * on_demand[len(on_demand) * 99 // 100] if on_demand else 0.0,
    )


async def watch(drill: Drill, leader: int, pipe: Pipe, seconds: float) -> None:
    span = drill.span = min(drill.span, seconds / 10)
    for number in range(1, int(seconds / span) + 1):
        await asyncio.sleep(span)
        minute = look(drill, leader, pipe)
        drill.minutes.append(minute)
        print(
            f"{number * span:6.0f} s  {minute.memory:6.1f} MB {minute.descriptors:5d} descriptors {minute.threads:4d} "
            f"threads  p50 {minute.p50:6.2f} ms  p99 {minute.p99:7.2f} ms  on demand p99 {minute.on_demand:7.1f} ms  "
            f"{drill.open} open  {sum(drill.lost.values())} lost",
            flush=True,
        )


async def run(drill: Drill, leader: int, pipe: Pipe, seconds: float, connections: int) -> None:
    kinds = [kind for kind, share in SHARES.items() for _ in range(max(round(connections * share), 2))]
    others = [asyncio.ensure_future(clients(drill, kind)) for kind in kinds] + [asyncio.ensure_future(publish(drill))]
    try:
        await watch(drill, leader, pipe, seconds)
    finally:
        for each in others:
            each.cancel()
        ended = await asyncio.gather(*others, return_exceptions=True)
    for error in ended:
        if error and not isinstance(error, asyncio.CancelledError):
            raise error


def thirds(drill: Drill) -> dict[str, tuple[float, float]]:
    """Medians of what was seen: of the first third after the warm-up (a tenth of the time), and of the last third."""
    settled = drill.minutes[max(len(drill.minutes) // 10, 1) :] or drill.minutes
    third = max(len(settled) // 3, 1)
    parts = settled[:third], settled[-third:]
    first, last = ({name: statistics.median(getattr(m, name) for m in part) for name in GROWTH} for part in parts)
    return {name: (first[name], last[name]) for name in GROWTH}


def growth(drill: Drill) -> list[str]:
    """What grew by more than it may.

    A run of some minutes tells nothing of that: what is kept of documents rendered on demand, at most 64 MB a worker,
    fills for ten.
    """
    if not drill.minutes or len(drill.minutes) * drill.span < SETTLED:
        return []
    return [
        f"{name} grew from {before:.1f} to {after:.1f}"
        for name, (before, after) in thirds(drill).items()
        if after > before * GROWTH[name][0] + GROWTH[name][1]
    ]


def change(name: str, unit: str, before: float, after: float) -> str:
    """A figure of ``thirds`` in words."""
    return f"{name} {before:.1f} to {after:.1f} {unit} ({(after - before) / max(before, 0.1):+.0%})"


def prepare(folder: Path) -> Path:
    data = folder / "kabar"
    for number in range(ARTICLES):
        file = data / CATEGORIES[number % len(CATEGORIES)] / f"berita-{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        front = {"tags": ["beras", "banjir"][number % 2 :], "penulis": "Siti Aminah"}
        date = f"2026-0{1 + number % 5}-{1 + number % 28:02d}T08:00:00+07:00"
        file.write_text(article(f"Berita {number}", date, body="Panen di tepian sungai. " * 60, **front))
    return data / "ekonomi/panen.md"


def drill(folder: Path, seconds: float, connections: int) -> Drill:
    """Run it; gives what was tried and lost."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    changing, port = prepare(folder), free_port()
    catalogue = f"sqlite:///{folder}/catalogue.sqlite"
    env = environment(folder, data=str(folder / "kabar"), catalogue=catalogue, base_url="https://feeds.kabar.example/")
    command = server_command("feeds serve --workers 2", port)
    server = Server(command, port=port, log=folder / "log", cwd=folder, env=env)
    found = Drill(port, changing)
    try:
        server.wait()
        with probing(port) as pipe:
            asyncio.run(run(found, server.process.pid, pipe, seconds, connections))
    finally:
        server.stop()
    for line in (folder / "log").read_text().splitlines():
        if '"level": "ERROR"' in line or '"level": "CRITICAL"' in line:
            found.lose(f"the log says {line[:300]}")
    return found


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1800.0
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    with tempfile.TemporaryDirectory(prefix="feeds-load-") as name:
        found = drill(Path(name), seconds, connections)
    for what, number in found.tried.most_common():
        print(f"{number:9,} {what}")
    lost = [f"{number:,} times: {what}" for what, number in found.lost.most_common()] + growth(found)
    for line in lost:
        print(f"LOST {line}")
    answers = sum(number for what, number in found.tried.items() if what.startswith("answers"))
    tried = f"{found.most:,} connections at once, {answers:,} answers, {found.tried['publications']:,} publications"
    seen = thirds(found)
    changes = f"{change('memory', 'MB', *seen['memory'])}, {change('p99', 'ms', *seen['p99'])}"
    print(f"tried: {tried} in {seconds:.0f} s; first third to last: {changes}; lost: {'; '.join(lost) or 'nothing'}")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
