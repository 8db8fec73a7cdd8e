"""Query a version from the command line: one query, one process, no limits but the user's patience."""

from __future__ import annotations

import re
import threading
import traceback
from collections.abc import Callable
from typing import IO

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Store, serialize

from kg.errors import InputError
from kg.namespaces import PREFIXES

STACK = 512 * 1024 * 1024
"""Deeply nested queries overflow a usual stack, and with it the process."""

RESULT_FORMATS = {
    f.file_extension: f
    for f in (QueryResultsFormat.CSV, QueryResultsFormat.TSV, QueryResultsFormat.JSON, QueryResultsFormat.XML)
}
GRAPH_FORMATS = {
    f.file_extension: f for f in (RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.JSON_LD, RdfFormat.RDF_XML)
}
_EXTENSIONS = {"json": "srj", "xml": "srx", "turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf"}

FORMATS = ("csv", "tsv", "json", "xml", "turtle", "ntriples", "jsonld", "rdfxml")


def query(
    store: Store, text: str, format: str, output: IO[bytes], prepare: Callable[[str], str] | None = None
) -> bool | None:
    """Write the answer of a query over the union of all graphs; return the boolean of an ASK, else None.

    The project's prefixes need not be declared. ``format`` is one of ``FORMATS``; what ``prepare`` makes of the text is
    asked.

    Raises:
        InputError: the text is no SPARQL query (with line and column), or its answer has no such format.
    """

    def answer() -> bool | None:
        result = store.query(prepare(text) if prepare else text, prefixes=PREFIXES)
        extension = _EXTENSIONS.get(format, format)
        if isinstance(result, QueryTriples):
            if extension not in GRAPH_FORMATS:
                raise InputError(f"this query's answer is a graph, which {format} cannot hold", hint="--format turtle")
            serialize(result, output, GRAPH_FORMATS[extension], prefixes=PREFIXES)
            return None
        if extension not in RESULT_FORMATS:
            raise InputError(f"this query's answer is a table, which {format} cannot hold", hint="--format csv")
        assert isinstance(result, QuerySolutions | QueryBoolean)
        result.serialize(output, RESULT_FORMATS[extension])
        return bool(result) if isinstance(result, QueryBoolean) else None

    return on_large_stack(answer)


def on_large_stack(work: Callable[[], bool | None]) -> bool | None:
    """Run ``work`` in a thread with a large stack, and return or raise what it does."""
    outcome: list[bool | None] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)  # results must not outlive the thread that made them
            failure.append(error)

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failure:
        raise syntax_error(failure[0]) if isinstance(failure[0], SyntaxError) else failure[0]
    return outcome[0]


def syntax_error(error: SyntaxError) -> InputError:
    """Turn the engine's ``error at LINE:COLUMN: ...`` into an error with a place."""
    match = re.search(r"error at (\d+):(\d+): (.*)", str(error), re.DOTALL)
    if not match:
        return InputError(f"no valid SPARQL: {error}", path="query")
    return InputError(f"no valid SPARQL: {match[3]}", path="query", line=int(match[1]), column=int(match[2]))
