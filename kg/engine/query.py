"""What is asked, and on whose behalf."""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from kg.engine import frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query and what its answer shall look like."""

    text: str
    results: str | None = "json"
    """Extension of the format for SELECT and ASK (``json xml csv tsv``); None: such an answer is not wanted."""
    graph: str | None = "ttl"
    """Extension of the format for CONSTRUCT and DESCRIBE (``ttl nt rdf jsonld``); None: it is not wanted."""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base: str | None = None
    """IRI that relative IRIs of the query are resolved against; None: there must be none."""
    prefixes: tuple[tuple[str, str], ...] = ()
    """Written into Turtle and RDF/XML; the statements are then sorted, so only for graphs of modest size."""
    limit: int | None = None
    """Bytes after which the answer may be cut; it then is not ``complete``."""
    deadline: float | None = None
    """Seconds it may take, if that is less than the pool allows."""


def packed(query: Query, version: str, limit: int | None, remote: dict[str, Any] | None) -> bytes:
    """Return the frame that asks a worker (``kg.engine.worker.Request``); ``version`` is the folder of one."""
    request: dict[str, Any] = {"version": version, "query": query.text}
    for name, value in (
        ("results", query.results), ("graph", query.graph), ("default_graphs", query.default_graphs),
        ("named_graphs", query.named_graphs), ("base", query.base), ("limit", limit), ("remote", remote),
    ):  # fmt: skip
        if value:
            request[name] = value
    if query.prefixes:
        request["prefixes"] = dict(query.prefixes)
    return frames.pack_json(frames.REQUEST, request)


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf queries are asked in the current context."""

    client: str | None = None
    """Whose time budget it is, and whose place in the queue; None is nobody in particular."""
    deadline: float | None = None
    """Seconds after which they do not want an answer any more."""
    asked: list[str] = field(default_factory=list)
    """Filled by the pool: hashes of the queries."""


NOBODY = Asker()

asker: ContextVar[Asker] = ContextVar("asker")
"""Set for each request by the web; a query asked outside of one is nobody's."""


def query_hash(text: str) -> str:
    """Return the short hash by which logs and the list of queries name a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
