"""A real ``commons-kg serve`` on a home made here, requests byte by byte, and a look at the processes behind it."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.faults.commands import CHECKOUT
from tests.published import publish

THING = "https://w3id.org/commons-kg/id/organization/thing-"
KNOWS = "https://schema.org/knows"
THINGS, PEOPLE, KNOWN = 5000, 120, 60
TICK = os.sysconf("SC_CLK_TCK")


def make_home(home: Path) -> None:
    """Publish some 30,000 triples: things with labels, and people who know each other densely."""
    lines = ["@prefix s: <https://schema.org/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> . <http://e/g> {"]
    for n in range(THINGS):
        text = "a" * (n % 60) + "b"
        lines.append(f'<{THING}{n}> a s:Organization ; r:label "Thing {n}" ; s:position {n} ; s:text "{text}" .')
    for n in range(PEOPLE):
        known = ", ".join(f"<http://e/{(n * 7 + k + 1) % PEOPLE}>" for k in range(KNOWN))
        lines.append(f"<http://e/{n}> s:knows {known} .")
    publish(home, "v1", "\n".join([*lines, "}"]))
    dumps = home / "versions" / "v1" / "dumps"
    dumps.mkdir()
    (dumps / "commons-kg.nq.gz").write_bytes(b"0123456789" * 1000)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; ``status`` 0: the connection was closed without an answer."""

    status: int
    body: bytes = b""
    whole: bool = True
    headers: dict[str, str] = field(default_factory=dict)


def receive(connection: socket.socket, method: str = "GET") -> Reply:
    """Read one answer, to its end or to where it breaks off."""
    answer = http.client.HTTPResponse(connection, method=method)
    try:
        answer.begin()
    except (http.client.HTTPException, ConnectionError):
        return Reply(0)
    headers = {name.lower(): value for name, value in answer.getheaders()}
    pieces = bytearray()
    try:
        while piece := answer.read1(1 << 16):
            pieces += piece
        whole = answer.length in (None, 0)
        if answer.chunked and answer.chunk_left is not None:
            whole = False
    except (http.client.HTTPException, ConnectionError, ValueError):
        whole = False
    return Reply(answer.status, bytes(pieces), whole, headers)


def get(path: str, *headers: str) -> bytes:
    """Return a GET request."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode("utf-8", "surrogateescape")


def post(body: bytes, type_: str, *headers: str, path: str = "/sparql") -> bytes:
    """Return a POST request."""
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {type_}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


@dataclass
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self, source: str = "127.0.0.1", timeout: float = 30) -> socket.socket:
        """Open a connection from an address of the loopback network."""
        return socket.create_connection(("127.0.0.1", self.port), timeout, (source, 0))

    def exchange(self, request: bytes, source: str = "127.0.0.1") -> Reply:
        """Send bytes and read one answer."""
        with self.connect(source) as connection:
            with contextlib.suppress(
                ConnectionError
            ):  # the answer may come, and the connection end, before all is sent
                connection.sendall(request)
            return receive(connection, request.split(b" ", 1)[0].decode("latin-1"))

    def select(self, query: str, source: str = "127.0.0.1") -> Reply:
        """Ask a query, for CSV."""
        return self.exchange(get("/sparql.csv?" + urlencode({"query": query}), "Connection: close"), source)

    def tree(self) -> dict[int, str]:
        """The processes of the server: id -> command line."""
        parents, commands = {}, {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if state != "Z":
                parents[int(path.name)], commands[int(path.name)] = int(parent), command
        found, grown = {self.process.pid}, True
        while grown:
            more = {pid for pid, parent in parents.items() if parent in found} - found
            grown = bool(more)
            found |= more
        return {pid: commands[pid] for pid in found if pid in commands}

    def workers(self) -> int:
        """How many query workers there are."""
        return sum("kg.engine.worker" in command for command in self.tree().values())

    def memory(self) -> int:
        """Bytes of memory of all its processes, what they share counted once."""
        total = 0
        for pid in self.tree():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    total += int(line.split()[1]) * 1024 if line.startswith("Pss:") else 0
        return total

    def cpu(self) -> dict[int, float]:
        """Seconds of CPU that each of its processes has used."""
        used = {}
        for pid in self.tree():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                used[pid] = (int(fields[11]) + int(fields[12])) / TICK
        return used


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def serving(home: Path, log: Path, **settings: object) -> Iterator[Server]:
    """Run ``commons-kg serve`` until the block ends; it must stop by itself when asked to."""
    port = free_port()
    environment = os.environ | {f"COMMONS_KG_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "kg", "--home", str(home), "serve", "--port", str(port)]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=stream, stderr=stream)
    server = Server(port, process, log)
    try:
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(OSError):
                if server.exchange(get("/readyz", "Connection: close")).status == 200:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")
        yield server
        tree = server.tree()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        left = [command for pid, command in tree.items() if Path(f"/proc/{pid}/cmdline").exists()]
        assert not left, f"processes were left behind: {left}"
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
