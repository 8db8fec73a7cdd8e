"""A door before the front by which the conformance runners load their data: updates make versions that Virtuoso holds.

The front is read-only where another server answers. So the door evaluates updates on a store of its own; the next query
makes of it the current version of the home, loads that into the other server, and goes on to the front as it came.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from benchmarks.endpoint.virtuoso import Virtuoso
from kg.dataset.home import Home
from tests.remote.serving import MINT

_NOT_SENT_ON = frozenset({"host", "connection", "transfer-encoding", "content-length"})


class Loading:
    """The data, as it is and as it is served."""

    def __init__(self, home: Path, server: Virtuoso) -> None:
        self._home, self._server = home, server
        self._store = ox.Store()
        self._served: bytes | None = None
        self._number = 0
        self._lock = threading.Lock()

    def update(self, text: str) -> None:
        with self._lock:
            self._store.update(text)

    def publish(self) -> None:
        """Make what was loaded the current version, unless it is."""
        with self._lock:
            data = b"".join(sorted((self._store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))
            if data == self._served:
                return
            self._number += 1
            version = self._home / "versions" / f"v{self._number}"
            version.mkdir(parents=True)
            store = ox.Store(version / "store")
            store.extend(self._store)
            store.flush()
            del store
            (version / "manifest.json").write_text(json.dumps({
                "id": version.name, "created": "2026-11-20T10:00:00Z", "parent": None, "software": "0.1.0",
                "base": MINT.base, "quads": 0, "sources": [], "derived": {}, "changes": [], "statistics": {},
                "dumps": [], "union_default_graph": False,
            }))  # fmt: skip
            self._server.clear()
            self._server.load_version(version / "store", MINT.version(version.name))
            Home(self._home).switch(version.name)
            shutil.rmtree(self._home / "versions" / f"v{self._number - 2}", ignore_errors=True)
            self._served = data


@contextlib.contextmanager
def door(loading: Loading, front: str) -> Iterator[str]:
    """Open the door before a front; yield its address."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kind = self.headers.get("Content-Type", "").partition(";")[0]
            text = (
                body.decode()
                if kind == "application/sparql-update"
                else parse_qs(body.decode("latin-1")).get("update", [""])[0]
            )
            if text:
                loading.update(text)
                self._answer(204, [], b"")
            else:
                self._send_on(body)

        def do_GET(self) -> None:
            self._send_on(None)

        def _send_on(self, body: bytes | None) -> None:
            loading.publish()
            connection = http.client.HTTPConnection(urlsplit(front).netloc, timeout=60)
            connection.putrequest(self.command, self.path, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _NOT_SENT_ON:
                    connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            self._answer(answer.status, answer.getheaders(), answer.read())
            connection.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in _NOT_SENT_ON:
                    self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._send_on(None)

        do_PUT = do_POST  # noqa: N815 (http.server looks for this name)

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
