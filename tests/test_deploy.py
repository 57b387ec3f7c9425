"""The example files of config/deploy, held to the programs that read them."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from feeds.front.documents import SECURITY, SHARED
from tests.support import free_port

SENT = (*SECURITY, *SHARED)  # with each answer of the service
DEPLOY = Path(__file__).parent.parent / "config/deploy"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"  # Debian keeps nginx where only root looks
NGINX = shutil.which("nginx", path=PATH)
ANALYZE = shutil.which("systemd-analyze", path=PATH)

_DECIDES = re.compile(r"(?:User|DynamicUser|StateDirectory|StateDirectoryMode|WorkingDirectory|EnvironmentFile)=")

AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    types {{ text/html html; text/xml xml; application/json json; }}
    access_log off;
    client_body_temp_path {folder}/a;
    proxy_temp_path {folder}/b;
    fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d;
    scgi_temp_path {folder}/e;
    {servers}
}}
"""

DOCUMENTS = (
    "index.html",
    "rss.xml",
    "atom.xml",
    "feed.json",
    "ekonomi/rss.xml",
    "ekonomi/index.html",
    "profil/msn/rss.xml",
)


class Nginx:
    """nginx with the example's servers, on a port of their own; what the first asks is a port where nobody listens."""

    def __init__(self, folder: Path) -> None:
        assert NGINX
        self.folder = folder
        self.body = b""  # of the last answer
        self.port = free_port()
        text = (DEPLOY / "nginx.conf").read_text()
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{free_port()}")
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        text = text.replace("/srv/newsroom/public", f"{folder}/public")
        self.config = folder / "nginx.conf"
        self.config.write_text(AROUND.format(folder=folder, servers=text))
        self.command = [NGINX, "-p", str(folder), "-e", "stderr", "-c", str(self.config)]

    def get(self, path: str, *, host: str = "static.beritakota.example", **headers: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Host": host} | headers)
        response = connection.getresponse()
        self.body = response.read()
        connection.close()
        return response

    def wait(self) -> None:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail("nginx did not start")


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    if not NGINX:
        pytest.skip("nginx is not installed: apt install nginx-light")
    folder = tmp_path_factory.mktemp("nginx")
    for name in DOCUMENTS:
        file = folder / "public" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(name.encode(), mtime=0))
    (folder / "public/.manifest.json").write_text("{}")
    server = Nginx(folder)
    process = subprocess.Popen(server.command, stderr=subprocess.DEVNULL)
    try:
        server.wait()
        yield server
    finally:
        process.terminate()
        process.wait(10)


class TestNginx:
    def test_nginx_accepts_the_example_without_a_warning(self, nginx: Nginx) -> None:
        done = subprocess.run([*nginx.command, "-t"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "[warn]" not in done.stderr

    @pytest.mark.parametrize(
        ("path", "media_type"),
        [
            ("/", "text/html; charset=utf-8"),
            ("/ekonomi/", "text/html; charset=utf-8"),
            ("/rss.xml", "application/rss+xml; charset=utf-8"),
            ("/ekonomi/rss.xml", "application/rss+xml; charset=utf-8"),
            ("/atom.xml", "application/atom+xml; charset=utf-8"),
            ("/feed.json", "application/feed+json; charset=utf-8"),
        ],
    )
    @pytest.mark.parametrize("encoding", ["identity", "gzip"])
    def test_each_document_has_its_media_type_compressed_or_not(
        self, nginx: Nginx, path: str, media_type: str, encoding: str
    ) -> None:
        response = nginx.get(path, **{"Accept-Encoding": encoding})
        assert response.status == 200
        assert response.headers["Content-Type"] == media_type
        assert response.headers.get("Content-Encoding", "identity") == encoding
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert response.headers.get_all("Vary") == ["Accept-Encoding", "Sec-Fetch-Dest, Accept"]

    @pytest.mark.parametrize("path", ["/", "/ekonomi/", "/rss.xml", "/feed.json", "/profil/msn/rss.xml", "/none.xml"])
    def test_a_document_is_as_safe_and_as_open_as_one_of_the_service(self, nginx: Nginx, path: str) -> None:
        headers = nginx.get(path).headers
        assert [(name, headers.get_all(name)) for name, _ in SENT] == [(name, [value]) for name, value in SENT]

    @pytest.mark.parametrize(
        ("path", "headers", "document"),
        [
            ("/ekonomi/rss.xml", {"Sec-Fetch-Dest": "document", "Accept": "text/html,*/*;q=0.8"}, "ekonomi/index.html"),
            ("/feed.json", {"Sec-Fetch-Dest": "document", "Accept": "application/xhtml+xml"}, "index.html"),
            ("/ekonomi/rss.xml", {"Sec-Fetch-Dest": "document", "Accept": "*/*"}, "ekonomi/rss.xml"),
            ("/ekonomi/rss.xml", {"Sec-Fetch-Dest": "empty", "Accept": "text/html"}, "ekonomi/rss.xml"),
            ("/ekonomi/rss.xml", {}, "ekonomi/rss.xml"),
            ("/profil/msn/rss.xml", {"Sec-Fetch-Dest": "document", "Accept": "text/html"}, "profil/msn/rss.xml"),
        ],
    )
    def test_a_browser_gets_the_page_of_a_feed_where_there_is_one(
        self, nginx: Nginx, path: str, headers: dict[str, str], document: str
    ) -> None:
        assert nginx.get(path, **headers).status == 200
        assert nginx.body.decode() == document

    def test_a_document_that_is_known_is_not_sent_again(self, nginx: Nginx) -> None:
        tag = nginx.get("/rss.xml").headers["ETag"]
        assert nginx.get("/rss.xml", **{"If-None-Match": tag}).status == 304

    def test_a_folder_without_its_slash_leads_to_the_folder_on_the_same_host(self, nginx: Nginx) -> None:
        response = nginx.get("/ekonomi")
        assert (response.status, response.headers["Location"]) == (301, "/ekonomi/")

    @pytest.mark.parametrize("path", ["/.manifest.json", "/none.xml"])
    def test_what_is_no_document_is_not_there(self, nginx: Nginx, path: str) -> None:
        assert nginx.get(path).status == 404

    @pytest.mark.parametrize("path", ["/metrics", "/readyz", "//metrics", "/./readyz", "/%6detrics", "/metrics?x=1"])
    def test_what_is_for_monitors_is_not_passed_on_to_visitors(self, nginx: Nginx, path: str) -> None:
        """However it is written; other addresses are, to a service that is not there: 502."""
        assert nginx.get(path, host="feeds.beritakota.example").status == 404
        assert nginx.get("/healthz", host="feeds.beritakota.example").status == 502


class TestSystemd:
    UNIT = (DEPLOY / "feeds.service").read_text()

    @pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed: apt install systemd")
    def test_systemd_accepts_the_unit(self, tmp_path: Path) -> None:
        unit = tmp_path / "feeds.service"
        unit.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", self.UNIT))
        done = subprocess.run([str(ANALYZE), "verify", str(unit)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "feeds.service" not in done.stderr

    @pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed: apt install systemd")
    @pytest.mark.parametrize(("alone", "exposure"), [(False, 1.2), (True, 1.0)])
    def test_little_is_exposed(self, tmp_path: Path, alone: bool, exposure: float) -> None:
        """By systemd's own measure, from 0 to 10; alone: with the two lines for a service that needs no network."""
        unit = tmp_path / "feeds.service"
        unit.write_text(self.UNIT.replace("#IPAddress", "IPAddress") if alone else self.UNIT)
        threshold = str(int(exposure * 10))
        done = subprocess.run(
            [str(ANALYZE), "security", "--offline=true", "--no-pager", f"--threshold={threshold}", str(unit)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-200:]

    @pytest.mark.parametrize("file", ["README.md", "config/deploy/feeds.service"])
    def test_a_command_beside_the_service_has_its_user_its_folders_and_its_settings(self, file: str) -> None:
        """Else it would have another catalogue, or leave files there that the service cannot write."""
        text = re.sub(r"(?m)^#? *|\\\n#? *", " ", (DEPLOY.parent.parent / file).read_text())
        (command,) = re.findall(r"systemd-run --pipe --wait (.*? check --accept-loss)", text, re.DOTALL)
        *options, program, _, _ = command.split()
        given, own = set(options[1::2]), {line for line in self.UNIT.splitlines() if _DECIDES.match(line)}
        assert set(options[::2]) == {"-p"}
        assert given == own
        assert f"ExecStart={program} serve " in self.UNIT

    def test_it_starts_the_command_that_the_readme_names(self) -> None:
        assert re.search(r"(?m)^ExecStart=\S+/feeds serve ", self.UNIT)
