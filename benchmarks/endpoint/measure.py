"""Clients: processes that ask one query after the other over one connection, and write down how long each took."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from urllib.parse import quote

from benchmarks.endpoint.mix import Asked

ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8"
TIMEOUT = 12.0
"""Seconds after which an answer is given up."""


@dataclass
class Result:
    """What clients measured: seconds of each answer by the query's kind, and answers that were none."""

    seconds: float = 0.0
    latencies: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0

    @property
    def answers(self) -> int:
        """How many answers came."""
        return sum(map(len, self.latencies.values()))

    @property
    def throughput(self) -> float:
        """Answers in a second."""
        return self.answers / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float, kind: str | None = None) -> float:
        """Return a latency in seconds; of an answer that never came, it is the time-out."""
        found = sorted(
            [s for k, values in self.latencies.items() if kind in (None, k) for s in values] + [TIMEOUT] * self.failed
        )
        return found[min(int(len(found) * percent / 100), len(found) - 1)] if found else float("nan")


class Connection:
    """An HTTP/1.1 connection of as little work as possible: what it takes is taken from the server under test."""

    def __init__(self, port: int, path: str, source: str = "127.0.0.1") -> None:
        self.port, self.path, self.source = port, path, source
        self._socket: socket.socket | None = None

    def ask(self, query: str) -> tuple[int, bytes]:
        """Return status and body.

        Raises:
            OSError: there is no answer, or it breaks off.
        """
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), TIMEOUT, (self.source, 0))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address = f"{self.path}{'&' if '?' in self.path else '?'}query={quote(query, safe='')}"
        head = f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept: {ACCEPT}\r\n\r\n"
        try:
            self._socket.sendall(head.encode())
            return self._answer(self._socket)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _answer(self, connection: socket.socket) -> tuple[int, bytes]:
        received = self._more(connection, b"")
        while (end := received.find(b"\r\n\r\n")) < 0:
            received = self._more(connection, received)
        head, rest = received[:end].lower(), received[end + 4 :]
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            while not rest.endswith(b"0\r\n\r\n"):
                rest = self._more(connection, rest)
        else:
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            while len(rest) < length:
                rest = self._more(connection, rest)
        if b"connection: close" in head:
            self.close()
        return status, rest

    @staticmethod
    def _more(connection: socket.socket, received: bytes) -> bytes:
        piece = connection.recv(1 << 18)
        if not piece:
            raise ConnectionError("the answer breaks off")
        return received + piece


def _client(
    port: int, path: str, source: str, queries: Sequence[Asked], seconds: float, results: Queue[Result]
) -> None:
    connection, result = Connection(port, path, source), Result()
    started = time.perf_counter()
    turn = 0
    while (now := time.perf_counter()) - started < seconds:
        query = queries[turn % len(queries)]
        turn += 1
        try:
            status, _ = connection.ask(query.text)
        except OSError:
            status = 0
        if status == 200:
            result.latencies.setdefault(query.kind, []).append(time.perf_counter() - now)
        else:
            result.failed += 1
            time.sleep(0.001)
    connection.close()
    result.seconds = time.perf_counter() - started
    results.put(result)


def run(port: int, path: str, queries: Sequence[Sequence[Asked]], seconds: float, *, network: int = 0) -> Result:
    """Let clients ask, each its own queries, and return what they measured together."""
    context = multiprocessing.get_context("fork")
    results: Queue[Result] = context.Queue()
    clients = [
        context.Process(target=_client, args=(port, path, f"127.0.{network}.{n + 1}", asked, seconds, results))
        for n, asked in enumerate(queries)
    ]
    for client in clients:
        client.start()
    found = [results.get() for _ in clients]
    for client in clients:
        client.join()
    total = Result(max(r.seconds for r in found), failed=sum(r.failed for r in found))
    for result in found:
        for kind, latencies in result.latencies.items():
            total.latencies.setdefault(kind, []).extend(latencies)
    return total
