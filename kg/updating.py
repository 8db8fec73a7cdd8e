"""The process that makes updates: one after the other, each evaluated, validated, published, and then answered.

Started by ``kg.engine.updater`` as ``python -m kg.updating FD OPTIONS``: a socket's descriptor and ``Options`` as JSON.
What a client sends may do anything to this process; until the change is made, it touches copies only, and after that
the served version stays until the next one is whole. The home's lock is held while there is work and a moment longer,
so that a load from the command line gets its turn.

A version made by an update has no dumps: writing them takes the longer the larger the dataset is. The next load, or
``commons-kg publish``, makes them again.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from kg import parsing
from kg.dataset.home import Home
from kg.dataset.update import Delta, Graph, compare, copied, patched, removed, replaced
from kg.dataset.writer import Writer, opened
from kg.engine import federation, frames
from kg.engine.confinement import confine
from kg.engine.errors import QueryRefusedError
from kg.engine.guard import Limits
from kg.engine.update_text import Load, UnreadableError, Writes, read
from kg.errors import CommonsError, HomeLockedError, InputError
from kg.identifiers import Minter
from kg.ingest import shapes
from kg.publish import publish
from kg.update_validation import violations
from kg.validation import Engine

STACK = 512 << 20
IDLE = 0.5
"""Seconds after which the home's lock is given back."""
LOCK_PATIENCE = 10.0
"""Seconds to wait for another process that writes the home."""

FORMATS = {
    "text/turtle": RdfFormat.TURTLE, "application/x-turtle": RdfFormat.TURTLE, "application/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES, "text/plain": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML, "application/xml": RdfFormat.RDF_XML, "text/xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD, "application/json": RdfFormat.JSON_LD, "text/n3": RdfFormat.N3,
}  # fmt: skip
"""Media type of a document -> its syntax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the process needs to know."""

    home: str
    base: str
    union: bool
    validate: bool
    keep: int
    """Published versions to keep."""
    engine: Engine = "auto"
    """For validation."""
    service: bool = False
    """Whether updates may use SERVICE; the server process decides which endpoints it asks."""
    load: bool = False
    """Whether updates may LOAD; the server process fetches."""
    memory: int = 3 << 30
    """Bytes of address space; 0: not bounded."""


class _RefusedError(Exception):
    """The update is not made; ``error`` says why in one word, ``details`` goes to the client."""

    def __init__(self, error: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.error, self.details = error, details


class Updates:
    """Answers requests until the other side closes."""

    def __init__(self, connection: socket.socket, options: Options) -> None:
        self._connection, self._options = connection, options
        self._home, self._mint = Home(Path(options.home)), Minter(options.base)
        self._open = contextlib.ExitStack()
        self._writer: Writer | None = None

    def serve(self) -> None:
        """Serve."""
        if self._options.validate:
            shapes()  # reading them takes longer than most updates
        ready = select.poll()
        ready.register(self._connection, select.POLLIN)
        while True:
            if self._writer is not None and not ready.poll(IDLE * 1000):
                self._close()
            frame = frames.receive(self._connection)
            if frame is None:
                return
            request = json.loads(frame[1])
            documents = []
            for _ in request.get("documents", ()):
                document = frames.receive(self._connection)
                if document is None:
                    return
                documents.append(document[1])
            self._connection.sendall(self._answer(request, documents))

    def _close(self) -> None:
        self._writer = None
        self._open.close()

    def _opened(self) -> Writer:
        """Return the writer, which the current version's content is in and nothing else."""
        if self._writer is not None and self._writer.parent != self._home.current_id():  # rolled back
            self._close()
        until = time.monotonic() + LOCK_PATIENCE
        while self._writer is None:
            try:
                self._writer = self._open.enter_context(opened(self._home, union=self._options.union))
            except HomeLockedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        if self._writer.changes:
            self._close()
            raise _RefusedError("staged", "a load is staged and not yet published, and no update can pass it by")
        return self._writer

    def _answer(self, request: dict[str, Any], documents: list[bytes]) -> bytes:
        try:
            return frames.pack_json(frames.END, self._make(request, documents))
        except _RefusedError as error:
            return _failure(error.error, str(error), **error.details)
        except QueryRefusedError as error:
            return _failure("refused", str(error), rule=error.rule, hint=error.hint)
        except frames.RefusedError as error:
            return _failure("refused", str(error), rule="service", hint=None)
        except frames.UnreachableError as error:
            return _failure("service", str(error))
        except InputError as error:
            return _failure("document", error.message, line=error.line, column=error.column, excerpt=error.excerpt)
        except SyntaxError as error:
            return _failure("syntax", str(error))
        except HomeLockedError as error:
            return _failure("locked", str(error))
        except CommonsError as error:
            self._close()
            return _failure("store", str(error), hint=error.hint)
        except MemoryError:
            return _failure("memory", "out of memory")
        except Exception as error:  # whatever an update brings about is an answer, not the end of the process
            self._close()
            return _failure("failed", str(error) or type(error).__name__)

    def _make(self, request: dict[str, Any], documents: list[bytes]) -> dict[str, Any]:
        writer = self._opened()
        graph: Graph | None = None
        is_new = False
        if request["kind"] != "update":
            graph = NamedNode(request["graph"]) if request["graph"] else DefaultGraph()
            is_new = isinstance(graph, NamedNode) and not writer.store.contains_named_graph(graph)
            self._may_write([request["graph"]] if request["graph"] else [], default=not request["graph"])
        match request["kind"]:
            case "update":
                delta = self._update(writer, request)
            case ("put" | "post") as kind:
                assert graph is not None
                quads = [q for d, data in zip(request["documents"], documents, strict=True) for q in _parsed(d, data)]
                delta = replaced(writer, graph, quads, keep=kind == "post")
            case "delete":
                assert graph is not None
                if is_new:
                    raise _RefusedError("missing", "there is no such graph")
                delta = removed(writer, graph)
            case "patch":
                assert graph is not None
                found = patched(writer, graph, _read(request, Limits()).text, request["base"])
                if found is None:
                    raise _RefusedError("beyond", "the update writes named graphs, and this address stands for one")
                delta = found
            case other:
                raise ValueError(f"no such kind of request: {other}")
        self._connection.sendall(frames.pack_json(frames.HEADER, {}))  # from here on, no deadline
        if self._options.validate:
            broken = violations(writer, delta, self._options.engine)
            if broken:
                raise _RefusedError("invalid", "things would no longer conform to the shapes", results=broken)
        if delta:
            writer.change(delta.added, delta.removed, delta.created, delta.dropped)
            publish(writer, self._mint, dumps=False, keep=self._options.keep)
        return {"version": writer.parent, "created": is_new, "added": len(delta.added), "removed": len(delta.removed)}

    def _update(self, writer: Writer, request: dict[str, Any]) -> Delta:
        limits, base = Limits(service=self._options.service, load=self._options.load), request["base"]
        writes = _read(request, limits)
        self._may_write(writes.graphs or (), default=writes.default)
        with copied(writer) as copy:
            for step in writes.steps:
                if isinstance(step, Load):
                    copy.extend(self._loaded(step))
                else:
                    text = self._answered(step, base)
                    copy.update(text, base_iri=base, custom_functions=federation.functions())
            without = self._made(writer) if self._options.union else ()
            default = not self._options.union and (writes.default or writes.everything)
            return compare(writer.store, copy, writes.graphs, default=default, without=without)

    def _loaded(self, load: Load) -> list[Quad]:
        """Return what a LOAD adds; a silent one that fails adds nothing."""
        graph = NamedNode(load.graph) if load.graph else DefaultGraph()
        try:
            media_type, data = frames.fetched(self._connection, load=load.url)
            extension = Path(urlsplit(load.url).path).suffix.removeprefix(".").lower()
            syntax = FORMATS.get(media_type) or RdfFormat.from_extension(extension)
            if syntax is None or media_type == "text/plain":
                syntax = RdfFormat.from_extension(extension) or syntax
            if syntax is None:
                raise frames.UnreachableError(f"<{load.url}> is of type {media_type or 'none at all'}, which is no RDF")
            found = parsing.quads(data, syntax, name=load.url, base=load.url)
        except (frames.UnreachableError, InputError):
            if load.silent:
                return []
            raise
        return [Quad(q.subject, q.predicate, q.object, graph) for q in found]

    def _answered(self, text: str, base: str) -> str:
        """Return an update with the answers of other endpoints in place of SERVICE."""

        def ask(endpoint: str, query: str) -> tuple[str, bytes]:
            return frames.fetched(self._connection, service=endpoint, query=query)

        return federation.answered(text, ask, lambda bare: Store().update(bare, base_iri=base), base)

    def _made(self, writer: Writer) -> set[str]:
        """Return the graphs that are made by publishing, which nobody else writes."""
        return {self._mint.graph("description"), *writer.derived}

    def _may_write(self, graphs: Any, *, default: bool) -> None:
        if not self._options.union:
            return
        if default:
            raise _RefusedError("union", "the default graph is the union of the named graphs, and cannot be written")
        made = self._made(self._opened())
        for graph in graphs:
            if graph in made or graph.startswith(self._mint.graph("derived/")):
                raise _RefusedError("made", f"the graph <{graph}> is made by the server from the others")


def _read(request: dict[str, Any], limits: Limits) -> Writes:
    """Return what the update of a request writes; a text that is none raises the engine's error, which says more."""
    using = tuple(request.get("using", ())), tuple(request.get("using_named", ()))
    try:
        return read(request["update"], limits, using=using, base=request["base"])
    except UnreadableError as error:
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            Store().update(request["update"], base_iri=request["base"])
        raise _RefusedError("failed", f"the update is not understood: {error}") from None


def _parsed(document: dict[str, Any], data: bytes) -> list[Quad]:
    return parsing.quads(data, FORMATS[document["type"]], base=document["base"])


def _failure(error: str, message: str, **details: Any) -> bytes:
    return frames.pack_json(frames.FAILURE, {"error": error, "message": message, **details})


def main() -> None:
    """Serve in a thread with a large stack; watch the socket in this one."""
    connection, options = socket.socket(fileno=int(sys.argv[1])), Options(**json.loads(sys.argv[2]))
    confine(options.memory)
    threading.stack_size(STACK)
    thread = threading.Thread(target=Updates(connection, options).serve, daemon=True)
    thread.start()
    watch = select.poll()
    watch.register(connection, 0)  # hang-up alone; it is reported unasked
    while thread.is_alive():
        if watch.poll(1000):
            thread.join(10)  # what is being published is published
            os._exit(0)


if __name__ == "__main__":
    main()
