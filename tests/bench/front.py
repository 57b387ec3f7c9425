"""The front door beside nginx, with wrk, in one run: ``python tests/bench/front.py [SECONDS]``.

One worker each, 32 connections, the best of three rounds of SECONDS (3), in which all take turns. What is asked for is
the feed of all articles, of 50 items: compressed with gzip (200), and with its current ETag (304).

    nginx       Debian's, with gzip_static over what ``feeds build --precompress`` writes
    feeds       the front door, under each WSGI server
    constant    a WSGI application that gives the same answer to everybody: same status, headers and body
    plain       Flask and feedgen, which make the feed at each request, under gunicorn

p99 is that of 200 with 64 connections. Memory is that of the largest process, with 61 feeds in three formats, after
each document was asked for with each content coding. Where the machine is busy with other things the ratios swing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from wsgiref.util import setup_testing_defaults

from newsroom import CATEGORIES, write_articles

ROOT = Path(__file__).parents[2]
ARTICLES, PARTS = 4_000, 5  # of each category: 60 of them, and the feed of all
ROUNDS, CONNECTIONS, CROWD = 3, 32, 64
SERVERS = ("granian", "bjoern", "gunicorn")
PYTHON = [sys.executable, "-m"]

NGINX = """\
worker_processes 1; daemon off; error_log stderr; pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; gzip_static on; types {{ application/rss+xml xml; }}
    server {{ listen 127.0.0.1:{port}; root {output}; }}
}}
"""

CONSTANT = """\
import json, sys
from pathlib import Path

whole, unchanged = json.loads(Path("answers.json").read_text())
whole, unchanged = ((status, [tuple(h) for h in headers]) for status, headers in (whole, unchanged))
body = Path("body").read_bytes()

def application(environ, start_response):
    if "HTTP_IF_NONE_MATCH" in environ:
        start_response(*unchanged)
        return [b""]
    start_response(*whole)
    return [body]

if __name__ == "__main__":
    import bjoern
    bjoern.run(application, "127.0.0.1", int(sys.argv[1]))
"""

PLAIN = """\
import json
from pathlib import Path
from feedgen.feed import FeedGenerator
from flask import Flask, Response

items = json.loads(Path("feed.json").read_text())["items"]
application = Flask(__name__)

@application.get("/rss.xml")
def rss():
    feed = FeedGenerator()
    feed.title("Kabar")
    feed.link(href="https://kabar.example/", rel="alternate")
    feed.description("Kabar")
    for item in items:
        entry = feed.add_entry(order="append")
        entry.guid(item["id"])
        entry.title(item["title"])
        entry.pubDate(item["date_published"])
        entry.description(item.get("summary", ""))
        entry.content(item["content_html"], type="CDATA")
    return Response(feed.rss_str(), content_type="application/rss+xml")
"""


@dataclass
class Candidate:
    """A server under measure. pid: of its process group."""

    name: str
    address: str
    pid: int
    tag: str = ""
    rates: dict[int, float] = field(default_factory=dict)
    p99: float = 0.0
    memory: float = 0.0


def get(address: str, **headers: str) -> tuple[dict[str, str], bytes]:
    request = urllib.request.Request(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def wrk(candidate: Candidate, seconds: int, connections: int, *headers: str) -> tuple[float, float]:
    """Requests a second, and the 99th percentile of their milliseconds."""
    sent = [part for header in ("Accept-Encoding: gzip", *headers) for part in ("-H", header)]
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        "--timeout=20s",
        *sent,
        f"{candidate.address}rss.xml",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"{candidate.name}: {said}")
    rate, late = re.search(r"Requests/sec: +([\d.]+)", said), re.search(r"99% +([\d.]+)(us|ms|s)", said)
    assert rate, said
    assert late, said
    return float(rate[1]), float(late[1]) * {"us": 0.001, "ms": 1, "s": 1000}[late[2]]


def processes(group: int) -> Iterator[Path]:
    """What /proc has of the processes of a group."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getpgid(int(folder.name)) == group:
                yield folder


def memory(group: int) -> float:
    """Megabytes of the largest process of a group."""
    found = (re.search(r"VmRSS:\s+(\d+) kB", (folder / "status").read_text()) for folder in processes(group))
    return max(int(size[1]) / 1024 for size in found if size)


def settle(group: int) -> None:
    """Wait until nobody of a group works: a service indexes for the search after its start."""
    before = -1
    while True:
        fields = [(folder / "stat").read_text().rpartition(")")[2].split() for folder in processes(group)]
        spent = sum(int(each[11]) + int(each[12]) for each in fields)  # hundredths of a second
        if spent - before < 5:
            return
        before = spent
        time.sleep(1)


@contextmanager
def running(name: str, command: list[str], port: int, folder: Path, **environment: str) -> Iterator[Candidate]:
    log = folder / f"{name.replace(' ', '-')}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | environment, stdout=file, stderr=file, start_new_session=True
        )
    candidate = Candidate(name, f"http://127.0.0.1:{port}/", process.pid)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                headers, _ = get(f"{candidate.address}rss.xml", Accept_Encoding="gzip")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"{name} does not answer:\n{log.read_text()}")
                time.sleep(0.1)
        settle(process.pid)
        candidate.tag = headers.get("etag", '"none"')
        yield candidate
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def prepare(folder: Path) -> Path:
    """Articles, a static build of them, and the answers of the front door for the constant applications."""
    articles, output = folder / "articles", folder / "output"
    write_articles(articles, ARTICLES)
    for number, file in enumerate(sorted(articles.rglob("*.md"))):
        text = re.sub(r'categories: \["(\w+)"\]', rf'categories: ["\1-{number % PARTS}"]', file.read_text())
        file.write_text(text)
    build = [*PYTHON, "feeds", "--data", str(articles), "build", "--output", str(output), "--precompress"]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    shutil.copy(output / "feed.json", folder)
    (folder / "constant.py").write_text(CONSTANT)
    (folder / "plain.py").write_text(PLAIN)

    from feeds.config import load
    from feeds.web import create_app

    app = create_app(load(data=articles, environ={}, cwd=folder))
    app.extensions["feeds"].start()
    answers: list[tuple[str, list[tuple[str, str]]]] = []
    asked = {"PATH_INFO": "/rss.xml", "HTTP_ACCEPT_ENCODING": "gzip"}
    setup_testing_defaults(asked)
    (folder / "body").write_bytes(b"".join(app.wsgi_app(asked, lambda *a: answers.append(a[:2]))))
    app.wsgi_app(asked | {"HTTP_IF_NONE_MATCH": "*"}, lambda *a: answers.append(a[:2]))
    (folder / "answers.json").write_text(json.dumps(answers))
    app.extensions["feeds"].stop()
    return articles


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def candidates(folder: Path, articles: Path, stack: ExitStack) -> list[Candidate]:
    def start(name: str, command: list[str], port: int, **more: str) -> Candidate:
        return stack.enter_context(running(name, command, port, folder, PYTHONPATH=f"{ROOT}:{folder}", **more))

    ports = {(kind, server): free_port() for kind in ("feeds", "constant") for server in SERVERS}
    nginx, plain = free_port(), free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=nginx, output=folder / "output"))
    serve = [*PYTHON, "feeds", "--data", str(articles), "serve", "--port"]
    gunicorn = [*PYTHON, "gunicorn", "--no-control-socket", "-b"]
    granian = [*PYTHON, "granian", "--interface", "wsgi", "--blocking-threads", "4", "--log-level", "warning", "--port"]
    mine = {
        "granian": lambda port: [*serve, port],
        "bjoern": lambda port: [*serve, port, "--server", "bjoern"],
        "gunicorn": lambda port: [*gunicorn, f"127.0.0.1:{port}", "feeds.web:create_app()"],
    }
    constant = {
        "granian": lambda port: [*granian, port, "constant:application"],
        "bjoern": lambda port: [sys.executable, "constant.py", port],
        "gunicorn": lambda port: [*gunicorn, f"127.0.0.1:{port}", "constant:application"],
    }
    found = [start("nginx", ["nginx", "-c", str(folder / "nginx.conf")], nginx)]
    for server in SERVERS:
        found.append(
            start(
                f"feeds {server}",
                mine[server](str(ports["feeds", server])),
                ports["feeds", server],
                FEEDS_DATA=str(articles),
            )
        )
        found.append(
            start(f"constant {server}", constant[server](str(ports["constant", server])), ports["constant", server])
        )
    return [*found, start("plain", [*gunicorn, f"127.0.0.1:{plain}", "plain:application"], plain)]


def measure(found: list[Candidate], seconds: int, documents: list[str]) -> None:
    for _ in range(ROUNDS):
        for one in found:
            rate, _ = wrk(one, seconds, CONNECTIONS)
            one.rates[200] = max(one.rates.get(200, 0.0), rate)
            if one.name != "plain":
                rate, _ = wrk(one, seconds, CONNECTIONS, f"If-None-Match: {one.tag}")
                one.rates[304] = max(one.rates.get(304, 0.0), rate)
            _, late = wrk(one, seconds, CROWD)
            one.p99 = min(one.p99 or late, late)
    for one in found:
        if one.name.startswith("feeds"):
            for path in documents:
                for coding in ("identity", "gzip", "br", "zstd"):
                    get(one.address + path, Accept_Encoding=coding)
            one.memory = memory(one.pid)


def main() -> None:
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not installed: apt-get install nginx-light wrk")
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="feeds-front-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker is another user
        articles = prepare(folder)
        output = folder / "output"
        names = ("rss.xml", "atom.xml", "feed.json")
        documents = [path.relative_to(output).as_posix() for n in names for path in sorted(output.rglob(n))]
        assert len(documents) == 3 * (1 + len(CATEGORIES) * PARTS), len(documents)
        found = candidates(folder, articles, stack)
        measure(found, seconds, documents)
        size = (folder / "body").stat().st_size
    show({one.name: one for one in found}, size)


def show(found: dict[str, Candidate], size: int) -> None:
    print(f"one worker, {CONNECTIONS} connections, {size:,} bytes; load of the machine {os.getloadavg()[0]:.1f}")
    print(
        f"{'':18s}{'200/s':>9s}{'nginx':>7s}{'const':>7s}{'plain':>7s}{'304/s':>9s}{'nginx':>7s}{'const':>7s}"
        f"{'p99 ms':>8s}{'MB':>6s}"
    )
    nginx, plain = found["nginx"], found["plain"]
    for one in found.values():
        constant = found.get(one.name.replace("feeds", "constant"))
        cells = [f"{one.name:18s}{one.rates[200]:9,.0f}{one.rates[200] / nginx.rates[200]:7.2f}"]
        cells.append(f"{one.rates[200] / constant.rates[200]:7.2f}" if constant else " " * 7)
        cells.append(f"{one.rates[200] / plain.rates[200]:7,.0f}")
        if 304 in one.rates:
            cells.append(f"{one.rates[304]:9,.0f}{one.rates[304] / nginx.rates[304]:7.2f}")
            cells.append(f"{one.rates[304] / constant.rates[304]:7.2f}" if constant else " " * 7)
        else:
            cells.append(" " * 23)
        cells.append(f"{one.p99:8.2f}" + (f"{one.memory:6.0f}" if one.memory else ""))
        print("".join(cells))


if __name__ == "__main__":
    main()
