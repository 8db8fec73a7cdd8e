"""The process in which queries run: opens versions read-only, answers one request at a time, may die of it.

Started as ``python -m kg.engine.worker FD MEMORY``: a socket's descriptor and a limit on address space in bytes. It
ends when the other side of the socket closes, in the middle of a query too.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import pyoxigraph as ox

from kg.dataset.home import hold
from kg.engine import federation, frames
from kg.engine.columns import written_out
from kg.engine.confinement import confine
from kg.engine.dialect import RemoteError
from kg.engine.guard import SEARCH
from kg.engine.merge import Graphs, merged, named_in

if TYPE_CHECKING:
    from kg.engine.remote import Remote, Result

STACK = 512 << 20
"""Bytes of stack of the thread that queries: 10,000 nested braces pass; the default dies of some hundred."""

CHUNK = 32 << 10

RESULTS = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML, "csv": ox.QueryResultsFormat.CSV,
           "tsv": ox.QueryResultsFormat.TSV}  # fmt: skip
GRAPHS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML,
          "jsonld": ox.RdfFormat.JSON_LD}  # fmt: skip


class Request(TypedDict, total=False):
    """What the pool asks; only ``version`` is required, and without ``query`` it is opened and nothing more."""

    version: str
    """Folder of the version."""
    query: str
    results: str | None
    """Extension of the format for SELECT and ASK; None accepts no such answer."""
    graph: str | None
    """Extension of the format for CONSTRUCT and DESCRIBE; None accepts no such answer."""
    default_graphs: list[str]
    named_graphs: list[str]
    base: str | None
    """IRI that relative IRIs of the query are resolved against."""
    prefixes: dict[str, str] | None
    """Written into Turtle and RDF/XML."""
    limit: int | None
    """Bytes after which the answer is cut and marked incomplete."""
    remote: RemoteRequest | None
    """The server that answers in place of the version's store."""


class RemoteRequest(TypedDict):
    """A server that holds a version."""

    url: str
    """Of its endpoint."""
    relay: str
    """Unix socket by which it is reached."""
    graph: str
    """The version's default graph there."""
    known: bool
    """It was seen to hold the version."""


class _FullError(Exception):
    """The answer has reached its limit."""


class _Output:
    """A binary file whose content is sent in frames of some size; what is short is one frame."""

    def __init__(self, connection: socket.socket, form: str, format: str, limit: int | None) -> None:
        self._connection, self._form, self._format, self._limit = connection, form, format, limit
        self._pending, self._written, self._is_sent = bytearray(), 0, False

    def write(self, data: bytes) -> int:
        self._pending += data
        self._written += len(data)
        if len(self._pending) >= CHUNK:
            self._connection.sendall(self._head() + frames.pack(frames.DATA, bytes(self._pending)))
            self._pending.clear()
        if self._limit is not None and self._written > self._limit:
            raise _FullError
        return len(data)

    def flush(self) -> None:
        """Do nothing: the engine flushes at the end, and then all that is left is sent with the last frame."""

    def end(self, *, complete: bool) -> None:
        """Send what is left, and that it is the last."""
        if complete and not self._is_sent:
            head = f"{self._form} {self._format}\n".encode()
            self._connection.sendall(frames.pack(frames.WHOLE, head + self._pending))
            return
        left = frames.pack(frames.DATA, bytes(self._pending)) if self._pending else b""
        self._connection.sendall(self._head() + left + _end(complete=complete))

    def _head(self) -> bytes:
        if self._is_sent:
            return b""
        self._is_sent = True
        return frames.pack_json(frames.HEADER, {"form": self._form, "format": self._format})


class Worker:
    """Holds one version open and answers requests about it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._path: str | None = None
        self._store: ox.Store | None = None
        self._held = contextlib.ExitStack()
        self._remote: Remote | None = None
        self._checked = ""
        """Default graph of the version that the other server was seen to hold."""

    def serve(self) -> None:
        """Answer requests until the other side closes."""
        while (frame := frames.receive(self._connection)) is not None:
            request: Request = json.loads(frame[1])
            try:
                self._answer(request)
                continue
            except (BrokenPipeError, ConnectionResetError):
                return
            except SyntaxError as error:
                end = _failure("syntax", str(error))
            except _FormError as error:
                end = _failure("form", str(error))
            except frames.RefusedError as error:
                end = _failure("refused", str(error))
            except frames.UnreachableError as error:
                end = _failure("service", str(error))
            except RemoteError as error:
                end = _failure(error.kind, str(error))
            except FileNotFoundError as error:
                end = _failure("gone", str(error))
            except MemoryError:
                end = _failure("memory", "out of memory")
            except Exception as error:  # whatever a query brings about is an answer, not the end of the worker
                end = _failure("failed", str(error) or type(error).__name__)
            self._connection.sendall(end)

    def _open(self, path: str) -> ox.Store:
        if self._store is None or self._path != path:
            self._store, self._path = None, None
            self._held.close()
            try:
                self._held.enter_context(hold(Path(path)))
                self._store = ox.Store.read_only(str(Path(path) / "store"))
            except OSError as error:
                raise FileNotFoundError(f"version {Path(path).name} cannot be opened: {error}") from error
            self._path = path
        return self._store

    def _answer(self, request: Request) -> None:
        store = self._open(request["version"])
        if "query" not in request:
            self._connection.sendall(_end(complete=True))
            return
        base, functions = request.get("base"), federation.functions()
        text = federation.answered(
            request["query"], self._ask, lambda bare: ox.Store().query(bare, base_iri=base), base
        )
        text = written_out(text, base_iri=base, custom_functions=functions)
        graphs = _graphs(request, text)
        remote = request.get("remote")
        # the default graph of a version is the union of its graphs, each triple once
        asked, dataset = (ox.Store(), {}) if remote else merged(store, graphs) if any(graphs) else (store, {})
        # of no data where another server has them: the engine says what is wrong, and of which form the answer is
        result: Result = asked.query(text, base_iri=base, custom_functions=functions, **dataset)
        is_graph = isinstance(result, ox.QueryTriples)
        form = "graph" if is_graph else "results"
        extension = request.get("graph") if is_graph else request.get("results")
        if extension is None:
            raise _FormError(form)
        kind = "ask" if isinstance(result, ox.QueryBoolean) else "select" if form == "results" else "graph"
        if remote:
            result = self._at(remote, store).answer(text, kind, graphs, store, base)
        output, complete = _Output(self._connection, kind, extension, request.get("limit")), True
        try:
            if not isinstance(result, ox.QuerySolutions | ox.QueryBoolean):
                prefixes = request.get("prefixes")
                if prefixes and extension in ("ttl", "rdf"):
                    _write_graph(result, output, GRAPHS[extension], prefixes)
                elif isinstance(result, ox.QueryTriples):
                    result.serialize(output, GRAPHS[extension])  # type: ignore[arg-type]
                else:
                    ox.serialize(result, output, GRAPHS[extension])  # type: ignore[arg-type]
            else:
                result.serialize(output, RESULTS[extension])  # type: ignore[arg-type]
        except _FullError:
            complete = False
        output.end(complete=complete)

    def _at(self, request: RemoteRequest, store: ox.Store) -> Remote:
        from kg.engine.remote import Remote  # most workers ask none, and they shall start quickly

        if self._remote is None:
            self._remote = Remote(request["url"], request["relay"])
        if request["graph"] != self._checked:
            self._remote.check(request["graph"], store, known=request["known"])
            self._checked = request["graph"]
        return self._remote

    def _ask(self, endpoint: str, query: str) -> tuple[str, bytes]:
        if endpoint == SEARCH:
            from kg.engine.text_search import answer  # few queries want it, and workers shall start quickly

            return answer(Path(self._path or ""), query)
        return frames.fetched(self._connection, service=endpoint, query=query)


class _FormError(Exception):
    """The answer is of a form that the request has no format for."""


def _write_graph(triples: Iterable[ox.Triple], output: _Output, format: ox.RdfFormat, prefixes: dict[str, str]) -> None:
    # Turtle is only readable with the statements of a subject together; these graphs are descriptions, not dumps
    found = sorted({str(triple): triple for triple in triples}.items())
    text = "\n".join(line for line, _ in found)
    used = {prefix: namespace for prefix, namespace in prefixes.items() if f"<{namespace}" in text}
    ox.serialize((triple for _, triple in found), output, format, prefixes=used)  # type: ignore[arg-type]


def _graphs(request: Request, text: str) -> Graphs:
    """Return the dataset: the protocol's graphs, else the query's own, else all there is.

    See https://www.w3.org/TR/sparql11-protocol/#dataset: graphs named in the request win over FROM in the query.
    """
    given = request.get("default_graphs") or [], request.get("named_graphs") or []
    return given if any(given) else named_in(text, request.get("base"))


def _end(*, complete: bool) -> bytes:
    return frames.pack_json(frames.END, {"complete": complete})


def _failure(error: str, message: str) -> bytes:
    return frames.pack_json(frames.FAILURE, {"error": error, "message": message})


def main() -> None:
    """Serve in a thread with a large stack; watch the socket in this one."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    confine(int(sys.argv[2]))
    threading.stack_size(STACK)
    thread = threading.Thread(target=Worker(connection).serve, daemon=True)
    thread.start()
    watch = select.poll()
    watch.register(connection, 0)  # hang-up alone; it is reported unasked
    while thread.is_alive():
        if watch.poll(1000):
            os._exit(0)


if __name__ == "__main__":
    main()
