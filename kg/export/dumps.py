"""Write the dumps of a version: the whole dataset and each graph, in every format, compressed and hashed.

A folder of dumps::

    commons-kg.ttl.gz      the union of the graphs, each triple once
    commons-kg.nq.gz       every quad, sorted: canonical, since there are no blank nodes
    commons-kg.trig.gz  commons-kg.jsonld.gz
    graphs/<name>.{ttl,nq,jsonld}.gz       a slash in the name is written --
    tables/<table>.csv.gz
    description.ttl        VoID and DCAT, naming the files above: no part of them, since it differs by version
    SHA256SUMS  index.json

The statements of a graph are sorted once (``sorting``) and streamed into its three files; the whole dumps are merged
out of those of the graphs. Memory is bounded by the sorter, whatever the size of the dataset. The folder is the
caller's to publish at once; a folder that was left half written is to be removed.
"""

from __future__ import annotations

import errno
import hashlib
import heapq
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from kg.dataset.description import DumpFile
from kg.errors import DiskFullError, StoreError
from kg.export import jsonld, turtle
from kg.export.files import dump, read_index, sha256_of, unpacked, write_index
from kg.export.sorting import Counted, batches, nquad, sorted_lines, triple, triples
from kg.export.tables import TABLES, write_tables
from kg.identifiers import short_hash
from kg.namespaces import PREFIXES

NAME = "commons-kg"
WRITER = "1"
"""Goes up whenever the same graph would be written with other bytes: dumps of older writers are not taken over."""
_GRAPH_FORMATS = {"nquads": "nq", "turtle": "ttl", "jsonld": "jsonld"}

Describe = Callable[[Sequence[DumpFile]], Iterable[Quad]]


@contextmanager
def clear_errors(what: str) -> Iterator[None]:
    """Turn the machine's errors into ours.

    Raises:
        DiskFullError: no space is left.
        StoreError: the store or a file cannot be read or written.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
            raise DiskFullError(
                f"no space is left while writing {what}", hint="free some space and run again"
            ) from error
        raise StoreError(f"cannot write {what}: {error}") from error


def graphs_of(store: Store) -> list[NamedNode]:
    """Return the named graphs, sorted by IRI, but for the one that describes the dataset: it differs by version."""
    named = (g for g in store.named_graphs() if isinstance(g, NamedNode))
    return sorted((g for g in named if not g.value.endswith("/graph/description")), key=lambda g: g.value)


def file_name(graph: str) -> str:
    """Return what the files of a graph are called, without extension.

    >>> file_name("https://w3id.org/commons-kg/graph/derived/goal-coverage")
    'derived--goal-coverage'
    """
    _, ours, name = graph.partition("/graph/")
    plain = name.replace("/", "--")
    return plain if ours and plain and plain.strip(".") else f"graph-{short_hash(graph)}"


def write_dumps(
    store: Store,
    folder: Path,
    *,
    describe: Describe | None = None,
    previous: Path | None = None,
    unchanged_graphs: Collection[str] = (),
    prefixes: Mapping[str, str] = PREFIXES,
    context: Mapping[str, object] | None = None,
    name: str = NAME,
) -> list[DumpFile]:
    """Write all dumps of a store into ``folder`` and return what was written, sorted by name.

    Args:
        store: opened read-only.
        folder: is made; what it holds of an earlier attempt is overwritten.
        describe: gives the quads of ``description.ttl`` for the files written before it.
        previous: dumps of another version; of ``unchanged_graphs`` (IRIs) the files are linked from there, if they
            are whole and by the same writer.
        unchanged_graphs: graphs that hold the same quads as in ``previous``.
        prefixes: of Turtle and TriG.
        context: of JSON-LD; that of the ontology if None.
        name: what the files of the whole dataset are called.

    Raises:
        DiskFullError: no space is left.
        StoreError: the store cannot be read or the folder not written.
    """
    compactor = jsonld.Compactor(jsonld.default_context() if context is None else context)
    settings = json.dumps([WRITER, sorted(prefixes.items()), compactor.context], ensure_ascii=False)
    writer = hashlib.sha256(settings.encode()).hexdigest()[:16]
    files: list[DumpFile] = []
    with clear_errors(f"dumps into {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        old_writer, old = read_index(previous) if previous else ("", {})
        pieces: list[tuple[str, str]] = []
        for graph in graphs_of(store):
            piece = file_name(graph.value)
            if any(piece == other for other, _ in pieces):
                piece += "-" + short_hash(graph.value)
            pieces.append((piece, graph.value))
            reusable = previous is not None and old_writer == writer and graph.value in unchanged_graphs
            if not (previous and reusable and _take_over(previous, folder, piece, old, files)):
                _write_graph(store, graph, folder, piece, prefixes, compactor, files)
        _write_whole(folder, name, pieces, prefixes, compactor, files)
        _write_tables(store, folder, name, files)
        if describe:
            lines = sorted({f"{quad.triple} .\n".encode() for quad in describe(sorted(files, key=lambda f: f.name))})
            with dump(folder, "description.ttl", "turtle", title="VoID and DCAT description", into=files) as out:
                out.statements = turtle.write_turtle(lines, out.out, prefixes)
        write_index(folder, files, writer)
    return sorted(files, key=lambda file: file.name)


def _take_over(previous: Path, folder: Path, piece: str, old: Mapping[str, DumpFile], files: list[DumpFile]) -> bool:
    """Link the files of a graph from the dumps of another version; False if one is not there as it should be."""
    names = [f"graphs/{piece}.{extension}.gz" for extension in _GRAPH_FORMATS.values()]
    found = [old[name] for name in names if name in old]
    if len(found) < len(names):
        return False
    try:
        if any(sha256_of(previous / file.name) != file.sha256 for file in found):
            return False
    except OSError:
        return False
    (folder / "graphs").mkdir(parents=True, exist_ok=True)
    for file in found:
        target = folder / file.name
        target.unlink(missing_ok=True)
        try:
            os.link(previous / file.name, target)
        except OSError:  # another file system, or one without hard links
            shutil.copyfile(previous / file.name, target)
    files += found
    return True


def _write_graph(
    store: Store,
    graph: NamedNode,
    folder: Path,
    piece: str,
    prefixes: Mapping[str, str],
    compactor: jsonld.Compactor,
    files: list[DumpFile],
) -> None:
    """Sort one graph and write its three files, each streamed from the one before."""
    path = {format: f"graphs/{piece}.{extension}.gz" for format, extension in _GRAPH_FORMATS.items()}
    with dump(folder, path["nquads"], "nquads", graph.value, into=files) as nquads:
        counted = Counted(sorted_lines(store, [graph], folder))
        for batch in batches(counted):
            nquads.out.write(batch)
        nquads.statements = counted.count
    with (
        unpacked(folder / path["nquads"]) as lines,
        dump(folder, path["turtle"], "turtle", graph.value, into=files) as out,
    ):
        out.statements = turtle.write_turtle(map(triple, lines), out.out, prefixes)
    with (
        unpacked(folder / path["nquads"]) as lines,
        dump(folder, path["jsonld"], "jsonld", graph.value, into=files) as out,
    ):
        out.out.write(jsonld.head(compactor))
        jsonld.write_nodes(jsonld.nodes(map(triple, lines), compactor), out.out)
        out.out.write(jsonld.CLOSE)
        out.statements = nquads.statements


def _write_whole(
    folder: Path,
    name: str,
    pieces: Sequence[tuple[str, str]],
    prefixes: Mapping[str, str],
    compactor: jsonld.Compactor,
    files: list[DumpFile],
) -> None:
    """Put the dumps of the graphs together; the default graph is their union and has none of its own."""
    with ExitStack() as stack, dump(folder, f"{name}.nq.gz", "nquads", title="All quads", into=files) as nquads:
        streams = [stack.enter_context(unpacked(folder / f"graphs/{p}.nq.gz")) for p, _ in pieces]

        def tee() -> Iterator[bytes]:
            for line in heapq.merge(*streams):
                nquads.out.write(nquad(line))
                nquads.statements += 1
                yield line

        with dump(folder, f"{name}.ttl.gz", "turtle", title="All triples, each once", into=files) as out:
            out.statements = turtle.write_turtle(triples(tee()), out.out, prefixes)
    total = nquads.statements
    with dump(folder, f"{name}.trig.gz", "trig", title="All quads", into=files) as out:
        out.statements = total
        out.out.write(turtle.header(prefixes))
        for piece, graph in pieces:
            out.out.write(f"<{graph}> {{\n".encode())
            with unpacked(folder / f"graphs/{piece}.ttl.gz") as body:
                turtle.copy_body(body, out.out)
            out.out.write(b"}\n")
    with dump(folder, f"{name}.jsonld.gz", "jsonld", title="All quads", into=files) as out:
        out.statements = total
        out.out.write(jsonld.head(compactor))
        first = True
        for piece, graph in pieces:
            out.out.write((b"" if first else b",\n") + jsonld.graph_head(graph))
            with unpacked(folder / f"graphs/{piece}.jsonld.gz") as document:
                jsonld.write_nodes(jsonld.copy_nodes(document), out.out)
            out.out.write(b"\n]}")
            first = False
        out.out.write(jsonld.CLOSE)


def _write_tables(store: Store, folder: Path, name: str, files: list[DumpFile]) -> None:
    with ExitStack() as stack, unpacked(folder / f"{name}.nq.gz") as lines:
        outs = {
            table: stack.enter_context(
                dump(folder, f"tables/{table}.csv.gz", "csv", title=TABLES[table].summary, into=files)
            )
            for table in TABLES
        }
        rows = write_tables(store, triples(lines), {table: csv.out for table, csv in outs.items()})
        for table, csv in outs.items():
            csv.statements = rows[table]
