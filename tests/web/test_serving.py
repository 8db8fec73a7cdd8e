"""The server as it runs: several processes, a Unix socket, publishing under load, and memory while it streams."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, Store

from kg.dataset.home import Home
from tests.faults.commands import CHECKOUT
from tests.published import publish
from tests.web.conftest import make_home

pytestmark = [pytest.mark.xdist_group("serving")]

COUNT = "/sparql.json?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s }"


class Unix(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))


def tcp(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=20)


def ask(connection: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    with contextlib.closing(connection):
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(home: Path, *flags: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``commons-kg serve`` until the block ends; it then has to leave nothing behind."""
    command = [sys.executable, "-m", "kg", "--home", str(home), "serve", "--no-access-log", *flags]
    log = (home / "log").open("wb")
    with log, subprocess.Popen(command, cwd=CHECKOUT, stderr=log, env=os.environ | environment) as process:
        try:
            yield process
        finally:
            below = tree(process.pid)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            finally:
                process.kill()
            time.sleep(0.3)
            assert not [pid for pid in below if alive(pid)]


def until_ready(connect: Any) -> None:
    until = time.monotonic() + 90  # on a machine that may be busy
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ask(connect(), "/readyz")[0] == 200:
                return
        time.sleep(0.1)
    pytest.fail("the server does not become ready")


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def tree(pid: int) -> list[int]:
    """The processes below and with this one."""
    found = [pid]
    for child in (Path(f"/proc/{pid}/task") / str(pid) / "children").read_text().split():
        with contextlib.suppress(OSError):
            found += tree(int(child))
    return found


def own(pid: int) -> int:
    """Bytes of memory of a process that no file backs."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) << 10
    return 0


def resident(pid: int) -> int:
    """The same of a process and all below it."""
    return sum(own(member) for member in tree(pid))


def test_several_processes_answer_for_each_other(tmp_path: Path) -> None:
    port, token = free_port(), {"Authorization": "Bearer s3cret"}
    flags = ("--port", str(port), "--processes", "2", "--workers", "1")
    with serving(make_home(tmp_path), *flags, COMMONS_KG_TOKEN="s3cret"):
        until_ready(lambda: tcp(port))
        for _ in range(100):
            if b"\ncommons_kg_processes 2\n" in ask(tcp(port), "/metrics")[1]:
                break
            time.sleep(0.1)
        else:
            pytest.fail("the processes do not find each other")
        statuses: list[int] = []
        asking = threading.Thread(
            target=lambda: statuses.append(ask(tcp(port), "/sparql?query=" + quote(BOMB))[0]), daemon=True
        )
        asking.start()
        seen: set[str] = set()
        for _ in range(20):  # whichever process is asked
            time.sleep(0.05)
            queries = json.loads(ask(tcp(port), "/queries", **token)[1])["queries"]
            seen.update(query["id"] for query in queries)
        assert len(seen) == 1
        assert ask(tcp(port), f"/queries/{seen.pop()}", "DELETE", **token)[0] == 204
        asking.join(10)
        assert statuses == [503]


def test_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "http.sock"
    with serving(make_home(tmp_path), "--uds", str(path)):
        until_ready(lambda: Unix(path))
        assert ask(Unix(path), COUNT)[0] == 200
        assert ask(Unix(path), COUNT, **{"X-Forwarded-For": "192.0.2.1"})[0] == 200


def test_what_is_published_under_load_refuses_nobody(tmp_path: Path) -> None:
    """Versions hold 1, 2, 3 ... triples: an answer may be of any that was current while it was asked, and no other."""
    port, home = free_port(), tmp_path
    publish(home, "v0001", "<http://e/0> <http://e/p> <http://e/o> .")
    wrong: list[Any] = []
    done = threading.Event()
    counts = [0] * 3

    def client(me: int) -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            before = int((Home(home).current_id() or "")[1:])
            try:  # every other question is a new one, which the cache has not
                status, body = ask(tcp(port), COUNT + (f"%20%23{me}-{turn}" if turn % 2 else ""))
            except (OSError, http.client.HTTPException) as error:
                wrong.append(error)
                continue
            after = int((Home(home).current_id() or "")[1:])
            found = int(json.loads(body)["results"]["bindings"][0]["n"]["value"]) if status == 200 else None
            counts[me] += 1
            if found is None or not before <= found <= after:
                wrong.append((status, before, found, after, body[:200]))

    with serving(home, "--port", str(port), "--workers", "2"):
        until_ready(lambda: tcp(port))
        threads = [threading.Thread(target=client, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        for number in range(2, 22):
            triples = " ".join(f"<http://e/{n}> <http://e/p> <http://e/o> ." for n in range(number))
            publish(home, f"v{number:04}", triples)
            time.sleep(0.15)
        done.set()
        for thread in threads:
            thread.join(30)
    assert not wrong, wrong[:3]
    assert min(counts) > 20


@pytest.mark.slow
def test_a_million_rows_take_no_memory(tmp_path: Path) -> None:
    rows = 1_000_000
    publish(tmp_path, "v1", "<http://e/a> <http://e/b> <http://e/c> .")
    store = Store(tmp_path / "versions" / "v1" / "store")
    lines = "".join(f'<http://example.org/thing/{n}> <http://e/p> "value {n}" .\n' for n in range(rows))
    store.bulk_load(lines.encode(), RdfFormat.N_TRIPLES)
    store.flush()
    del store, lines
    port = free_port()
    query = "/sparql.csv?query=" + quote("SELECT ?s ?o { ?s <http://e/p> ?o }")
    # in the quick lane: else the process that takes the query's place there would be counted too
    with serving(tmp_path, "--port", str(port), "--deadline", "300", COMMONS_KG_QUICK="300") as process:
        until_ready(lambda: tcp(port))
        time.sleep(1)
        before, server, most, found = resident(process.pid), own(process.pid), 0, 0
        with contextlib.closing(tcp(port)) as connection:
            connection.request("GET", query, headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            assert answer.status == 200
            while piece := answer.read(1 << 20):
                found += piece.count(b"\n")
                most = max(most, resident(process.pid))
                assert own(process.pid) - server < 15_000_000
    assert found == rows + 1
    assert most - before < 100_000_000, (before, most)
