"""Dumps: the dataset, one graph or one table, written to a stream or as the files of a version."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from pyoxigraph import NamedNode, RdfFormat, Store

from kg.dataset.sorting import Counted, batches, nquad, sorted_lines, triple, triples
from kg.dataset.subjects import graphs_of
from kg.errors import UsageError
from kg.export import jsonld, turtle
from kg.export.dumps import clear_errors, file_name, write_dumps
from kg.export.tables import TABLES, Table, export_table
from kg.namespaces import PREFIXES

__all__ = ["FORMATS", "TABLES", "Table", "export", "export_store", "export_table", "file_name", "write_dumps"]

FORMATS = ("turtle", "nquads", "trig", "jsonld", "ntriples", "csv")
"""What ``export`` writes; ``csv`` is written by ``export_table``, which wants to know the table."""


def export(
    store: Store,
    output: IO[bytes],
    format: str,
    *,
    graph: str | None = None,
    prefixes: Mapping[str, str] = PREFIXES,
    context: Mapping[str, object] | None = None,
    temporary: Path | None = None,
) -> int:
    """Write the dataset, or one named graph, sorted; return the number of triples or quads.

    The default graph is not written: it is the union of the named ones. ``turtle`` and ``ntriples`` hold that
    union, each triple once; the others go graph by graph. One graph in ``nquads`` and ``trig`` keeps its name; in the
    other formats it is plain triples. The graph that describes the dataset is written only if it is named. Equal data
    gives equal bytes.

    Args:
        store: what to write.
        output: takes bytes; need not be seekable.
        format: one of ``FORMATS`` but ``csv``.
        graph: IRI of the one graph to write.
        prefixes: of Turtle and TriG.
        context: of JSON-LD; that of the ontology if None.
        temporary: where sorted pieces may lie for a while, about the size of the data as N-Quads.

    Raises:
        UsageError: there is no such format or graph.
        DiskFullError: no space is left.
        StoreError: the store cannot be read.
    """
    if format not in FORMATS:
        raise UsageError(f"there is no format {format!r}", hint=f"one of {', '.join(FORMATS)}")
    if format == "csv":
        raise UsageError("csv is written table by table", hint=f"name one of the tables: {', '.join(TABLES)}")
    graphs = graphs_of(store)
    if graph is not None:
        graphs = [g for g in store.named_graphs() if isinstance(g, NamedNode) and g.value == graph]
        if not graphs:
            raise UsageError(f"there is no graph <{graph}>", hint="commons-kg stats lists the graphs")
    with (
        clear_errors(f"the {format} dump"),
        tempfile.TemporaryDirectory(prefix="commons-kg-", dir=temporary) as folder,
    ):
        here = Path(folder)
        lines = Counted(sorted_lines(store, graphs, here))
        match format:
            case "turtle":
                return turtle.write_turtle(triples(lines), output, prefixes)
            case "trig":
                output.write(turtle.header(prefixes))
                return sum(_trig_graph(store, one, output, prefixes, here) for one in graphs)
            case "jsonld":
                compactor = jsonld.Compactor(jsonld.default_context() if context is None else context)
                output.write(jsonld.head(compactor))
                if graph is not None:
                    jsonld.write_nodes(jsonld.nodes(map(triple, lines), compactor), output)
                    count = lines.count
                else:
                    count = _jsonld_graphs(store, graphs, output, compactor, here)
                output.write(jsonld.CLOSE)
                return count
            case "nquads":
                return sum(_nquads_graph(store, one, output, here) for one in graphs)
            case _:
                union = Counted(triples(lines))
                for batch in batches(union):
                    output.write(batch)
                return union.count


def export_store(store: Store, output: IO[bytes]) -> int:
    """Write every quad of a store as N-Quads, unsorted; return their number.

    Raises:
        StoreError: the store cannot be read.
    """
    with clear_errors("the store"):
        store.dump(output, RdfFormat.N_QUADS)
    return len(store)


def _nquads_graph(store: Store, graph: NamedNode, output: IO[bytes], folder: Path) -> int:
    lines = Counted(sorted_lines(store, [graph], folder))
    for batch in batches(map(nquad, lines)):
        output.write(batch)
    return lines.count


def _trig_graph(store: Store, graph: NamedNode, output: IO[bytes], prefixes: Mapping[str, str], folder: Path) -> int:
    lines = map(triple, sorted_lines(store, [graph], folder))
    output.write(f"{graph} {{\n".encode())
    count = turtle.write_body(lines, output, prefixes)
    output.write(b"}\n")
    return count


def _jsonld_graphs(
    store: Store, graphs: list[NamedNode], output: IO[bytes], compactor: jsonld.Compactor, folder: Path
) -> int:
    total, first = 0, True
    for graph in graphs:
        lines = Counted(sorted_lines(store, [graph], folder))
        nodes = jsonld.nodes(map(triple, lines), compactor)
        output.write((b"" if first else b",\n") + jsonld.graph_head(graph.value))
        jsonld.write_nodes(nodes, output)
        output.write(b"\n]}")
        first = False
        total += lines.count
    return total
