"""``feeds serve`` writes nowhere but beside its catalogue and, with several workers, in the temporary folder.

It needs no privilege; its system calls tell.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import FEEDS, Server, article, environment, free_port, until, write_newsroom

STRACE = shutil.which("strace")
SETPRIV = shutil.which("setpriv")
# Root of this machine with none of root's rights: what a test can be of an ordinary user, in whatever folder it lies.
UNPRIVILEGED = (SETPRIV, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
CHANGES = "mkdir,mkdirat,unlink,unlinkat,rmdir,rename,renameat,renameat2,link,linkat,symlink,symlinkat,truncate,chmod"
WATCHED = f"open,openat,creat,{CHANGES},fchmodat,chown,fchownat,mknod,mknodat,setxattr"
RESOURCES = "setrlimit,setpriority,sched_setscheduler,sched_setaffinity,sched_setattr,ioprio_set,mbind,set_mempolicy"
_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)(?: (\w+))?")
_PATH = re.compile(r'(?:<([^<>]*)>, )?"((?:[^"\\]|\\.)*)"')


def _calls(trace: Path) -> Iterator[tuple[str, str, str, str]]:
    """(name, arguments, result, error) of each system call that strace saw end."""
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if found := _CALL.match(line):
            yield found[1], found[2], found[3], found[4] or ""


def _written(trace: Path, cwd: Path) -> set[str]:
    """The paths that were opened for writing, made, moved or removed, or tried to be."""
    found = set()
    for name, arguments, _, _ in _calls(trace):
        if name in RESOURCES.split(","):
            continue
        if name in ("open", "openat") and not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments):
            continue
        for folder, path in _PATH.findall(arguments):
            found.add(os.path.normpath(Path(folder or cwd, path)))
    return found


@pytest.mark.skipif(not STRACE, reason="strace is not installed: apt install strace")
@pytest.mark.skipif(os.geteuid() == 0 and not SETPRIV, reason="setpriv is not installed: apt install util-linux")
@pytest.mark.parametrize("workers", [1, 2])
def test_serve_writes_only_where_the_readme_says_and_needs_no_privilege(tmp_path: Path, workers: int) -> None:
    """From its start over a change, a withdrawal, requests of every kind to its end, every system call is looked at."""
    kabar = write_newsroom(tmp_path / "kabar")
    state, counts, trace, port = tmp_path / "negara", tmp_path / "sementara", tmp_path / "jejak", free_port()
    state.mkdir()
    counts.mkdir()
    before = set(kabar.rglob("*"))
    command = [*FEEDS, "--data", str(kabar), "serve", "--port", str(port), "--workers", str(workers)]
    traced = [str(STRACE), "-f", "-y", "-s", "4096", "-o", str(trace), "-e", f"trace={WATCHED},{RESOURCES}"]
    env = environment(tmp_path, catalogue=f"sqlite:///{state}/catalogue.sqlite")
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(counts)}
    whole = [*traced, *map(str, UNPRIVILEGED), *command]
    server = Server(whole, port=port, log=tmp_path / "log", cwd=tmp_path, env=env)
    try:
        server.wait(within=60)
        (kabar / "baru.md").write_text(article("Kabar baru", "2026-05-07T09:00:00+07:00", tag=["panen"]))
        until(lambda: b"Kabar baru" in server.get("/rss.xml").body, within=30)
        for path in ("/", "/tag/panen/", "/search/?q=kabar", "/tidak-ada", "/rss.xml?n=x", "/healthz"):
            assert server.get(path).status in (200, 400, 404)
    finally:
        server.stop()
    written = _written(trace, tmp_path)
    assert f"{state}/catalogue.sqlite-wal" in written, "the watch over writes saw none"
    allowed = tuple(f"{folder}/" for folder in (state, counts)[:workers])
    assert {path for path in written if not path.startswith(allowed)} - {"/dev/null"} == set()
    assert set(kabar.rglob("*")) == before | {kabar / "baru.md"}
    refused = [call for call in _calls(trace) if call[3] in ("EPERM", "EACCES", "EROFS")]
    assert refused == []
    assert [call for call in _calls(trace) if call[0] in RESOURCES.split(",")] == []
