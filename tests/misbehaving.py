"""A loopback HTTP server that answers with whatever bytes a test wants, one script per path."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Request:
    """What a client sent."""

    path: str
    headers: dict[str, str]


Answer = bytes | Callable[[socket.socket], None]


@dataclass
class Misbehaving:
    """The server: ``answers[path]`` are given one after the other, the last one again and again."""

    port: int
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def serve(self, path: str, *answers: Answer) -> str:
        """Script a path and return its URL."""
        self.answers[path] = list(answers)
        return self.url(path)

    def handle(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            data = b""
            try:
                while b"\r\n\r\n" not in data:
                    if not (chunk := connection.recv(65536)):
                        return
                    data += chunk
                head, *lines = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
                path = head.split()[1]
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
                self.requests.append(Request(path, headers))
                script = self.answers[path.partition("?")[0]]
                answer = script.pop(0) if len(script) > 1 else script[0]
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)
            except OSError:
                pass  # the client has gone away, which is what many tests are about


@contextmanager
def misbehaving() -> Iterator[Misbehaving]:
    """Run the server in threads while the context lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Misbehaving(listener.getsockname()[1])
        listener.settimeout(0.05)

        def accept() -> None:
            while not server.stopped.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=server.handle, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server
        server.stopped.set()
        thread.join()


def ok(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return an answer with a right, or the given, Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
