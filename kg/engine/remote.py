"""A SPARQL 1.1 server that answers in place of a version's own store: ``serve --engine URL``.

It is asked by the workers (``kg.engine.worker``), so what holds of queries holds of these: lanes, deadlines, limits,
formats, and that only what the version's engine can parse is asked at all. It holds the quads of the version: the named
graphs under their names, and the default graph in one that is called as the version itself, since servers differ in
what they take for the default graph. Every request names all its graphs.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore2
import pyoxigraph as ox

from kg.engine.dialect import STANDARD, Dialect, RemoteError
from kg.engine.federation import functions
from kg.engine.merge import Graphs, merged
from kg.engine.virtuoso import VIRTUOSO

NOTHING = "urn:x-commons-kg:nothing"
"""A graph that nobody has, where there is to be none."""
DIALECTS = {"virtuoso": VIRTUOSO}
"""First word of the Server header, in lower case -> what is special about it."""
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

_JSON = "application/sparql-results+json"
_ACCEPT = {
    "select": _JSON, "ask": _JSON,
    "graph": "application/n-triples, text/turtle;q=0.5, application/rdf+xml;q=0.3",
}  # fmt: skip
_BASE = re.compile(r"\bBASE\s*<", re.IGNORECASE)
_TOLD = 2000
"""Bytes of what a server says of an error that are read."""

Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | Iterator[ox.Triple]


class Remote:
    """The server; every query has a connection of its own, by whose end it is stopped."""

    def __init__(self, url: str, relay: str) -> None:
        self._url, self._host = url, urlsplit(url).netloc.rpartition("@")[2]
        self._connections = httpcore2.ConnectionPool(uds=relay, max_keepalive_connections=0)
        self.dialect: Dialect = STANDARD
        """Known after the first answer."""
        self._default, self._named = NOTHING, list[str]()

    def check(self, graph: str, store: ox.Store, *, known: bool) -> None:
        """Get to know the server, and look whether it holds a version, all of it: ``graph`` is its default graph there.

        Args:
            graph: IRI of the graph.
            store: the version's own store.
            known: it is known to; counting takes time where there is much.

        Raises:
            RemoteError: it does not, or gives no answer.
        """
        if known:
            self.query("ASK {}", "ask", [graph], [NOTHING])
        else:
            found, expected = _count(self.query(COUNT, "select", [graph], [NOTHING])), _count(store.query(COUNT))
            if found != expected:
                raise RemoteError(
                    "gone", f"the server with the data has {found:,} of the {expected:,} triples of <{graph}>"
                )
        self._default = graph
        self._named = [name.value for name in store.named_graphs() if isinstance(name, ox.NamedNode)]

    def answer(self, text: str, form: str, graphs: Graphs, store: ox.Store, base: str | None) -> Result:
        """Ask a query of the version that was checked last.

        Args:
            text: the query, which is valid.
            form: ``select``, ``ask`` or ``graph``.
            graphs: the dataset; without any, it is the version's.
            store: the version's own store, which is asked about graphs that the server would not merge.
            base: what relative IRIs are resolved against.

        Raises:
            RemoteError: there is no answer, or a part only.
        """
        default, named = [self._default], self._named
        if any(graphs):
            default, named = ([g for g in dict.fromkeys(given) if g in self._named] for given in graphs)
        if len(default) > 1 and not self.dialect.merges:
            copy, options = merged(store, (default, named))
            if copy is not store:
                return copy.query(text, base_iri=base, custom_functions=functions(), **options)
        if base and not _BASE.search(text):  # a second one is more than some take
            text = f"BASE <{base}>\n{text}"
        return self.query(self.dialect.written(text), form, default or [NOTHING], named or [NOTHING])

    def query(self, text: str, form: str, default: Iterable[str], named: Iterable[str]) -> Result:
        """Send a query as it is; what is returned is read while it comes.

        Args:
            text: the query.
            form: ``select``, ``ask`` or ``graph``.
            default: the graphs that the default graph is made of.
            named: those that GRAPH may name.

        Raises:
            RemoteError: there is no answer, or a part only.
        """
        fields = [("query", text), *(("default-graph-uri", g) for g in default),
                 *(("named-graph-uri", g) for g in named)]  # fmt: skip
        content = urlencode(fields).encode()
        headers: list[tuple[bytes | str, bytes | str]] = [
            ("Host", self._host), ("Accept", _ACCEPT[form]), ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", str(len(content))),
        ]  # fmt: skip
        request = httpcore2.Request("POST", self._url, headers=headers, content=content)
        try:
            response = self._connections.handle_request(request)
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            raise RemoteError("away", f"the server with the data gives no answer: {error}") from None
        found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        self.dialect = DIALECTS.get(found.get("server", "").partition("/")[0].lower(), STANDARD)
        body = _pieces(response)
        if response.status != 200:
            told = b"".join(_first(body)).decode("utf-8", "replace").strip().splitlines()
            kind = "away" if response.status in (401, 403, 404, 502, 503, 504) else "failed"
            raise RemoteError(kind, f"the server with the data says: {told[0][:300] if told else response.status}")
        if (reason := self.dialect.cut(found)) is not None:
            response.close()
            raise RemoteError("cut", reason)
        return self._read(found.get("content-type", "").partition(";")[0].strip(), form, body)

    def _read(self, media_type: str, form: str, body: Iterator[bytes]) -> Result:
        if form == "graph":
            syntax = ox.RdfFormat.from_media_type(media_type)
            if syntax is None:
                raise RemoteError(
                    "failed", f"the server with the data answers with {media_type}, and a graph was asked for"
                )
            return (quad.triple for quad in ox.parse(_Stream(body), syntax))  # type: ignore[arg-type]
        format = ox.QueryResultsFormat.from_media_type(media_type)
        if format != ox.QueryResultsFormat.JSON:
            raise RemoteError("failed", f"the server with the data answers with {media_type}, and JSON was asked for")
        if form == "ask":
            truth = json.dumps({"head": {}, "boolean": self.dialect.truth(b"".join(body))})
            return ox.parse_query_results(truth, format)
        return ox.parse_query_results(_Stream(self.dialect.solutions(body)), format)  # type: ignore[arg-type]


class _Stream(io.RawIOBase):
    """A binary file whose content comes in pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        if size < 0:
            return b"".join([self._rest, *self._pieces])
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def _count(solutions: object) -> int:
    assert isinstance(solutions, ox.QuerySolutions)
    return int(next(solutions)["n"].value)


def _pieces(response: Any) -> Iterator[bytes]:
    try:
        yield from response.iter_stream()
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
        raise RemoteError("away", f"the answer of the server with the data breaks off: {error}") from None
    finally:
        response.close()


def _first(body: Iterator[bytes]) -> Iterator[bytes]:
    left = _TOLD
    for piece in body:
        yield piece
        left -= len(piece)
        if left <= 0:
            return
