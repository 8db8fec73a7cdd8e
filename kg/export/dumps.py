"""Write the dumps of a version: the whole dataset and each graph, in every format, compressed and hashed.

A folder of dumps::

    commons-kg.ttl.gz      the union of the graphs, each triple once
    commons-kg.nq.gz       every quad, sorted: canonical, since there are no blank nodes
    commons-kg.trig.gz  commons-kg.jsonld.gz
    graphs/<name>.{ttl,nq,jsonld}.gz       a slash in the name is written --
    tables/<table>.csv.gz
    description.ttl        VoID and DCAT, naming the files above: no part of them, since it differs by version
    SHA256SUMS  index.json

All is written in one pass over the statements of all graphs, subject by subject: what is made of the statements of a
subject in one graph serves that graph's files and those of the whole. Reading the store costs more than all else (each
term is looked up), so the statements come from the dumps of the version before where a graph has not changed, and from
the shard that was loaded where there is one. The whole of TriG and JSON-LD is put together from the compressed
bodies of the graphs' files. Memory is bounded by the sorter and by what is said of one subject. The folder is the
caller's to publish at once; a folder that was left half written is to be removed.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from kg.dataset.description import DumpFile
from kg.errors import DiskFullError, StoreError
from kg.export import jsonld, turtle
from kg.export.files import Dump, dump, read_index, unpacked, write_index
from kg.export.pieces import Piece, Whole, write_pages
from kg.export.shards import canonical_lines, is_canonical
from kg.export.sorting import LineSorter
from kg.export.tables import TABLES, Tables
from kg.identifiers import short_hash
from kg.namespaces import PREFIXES

NAME = "commons-kg"
WRITER = "2"
"""Goes up whenever the same graph would be written with other bytes: dumps of older writers are not taken over."""

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
    shards: Mapping[str, Path] | None = None,
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
        shards: graph IRI -> N-Quads file of all it holds, as pyoxigraph writes them; read in place of the store.
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
    with clear_errors(f"dumps into {folder}"), ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        old_writer, old = read_index(previous) if previous else ("", {})
        kept = unchanged_graphs if old_writer == writer else ()
        changed = LineSorter(folder)
        stack.callback(changed.close)
        streams: list[Iterable[bytes]] = [changed]
        pieces: dict[str, Piece] = {}
        for graph in graphs_of(store):
            piece = file_name(graph.value)
            if any(piece == other.name for other in pieces.values()):
                piece += "-" + short_hash(graph.value)
            made = pieces[graph.value] = Piece(folder, piece, graph.value, turtle.header(prefixes), compactor)
            if previous and graph.value in kept and made.take_over(previous, old):
                streams.append(stack.enter_context(unpacked(folder / made.path("nquads"))))
            elif (shard := (shards or {}).get(graph.value)) and is_canonical(shard, graph):
                changed.extend(canonical_lines(shard))
            else:
                changed.add(store, graph)
        sheets = {t: Dump(folder, f"tables/{t}.csv.gz", "csv", None, TABLES[t].summary) for t in TABLES}
        tables = Tables(store, sheets)
        whole = Whole(folder, name, turtle.header(prefixes), compactor)
        write_pages(streams, pieces, whole, tables, turtle.Blocks(prefixes))
        for made in pieces.values():
            files += made.close()
        files += whole.close(list(pieces.values()))
        for table, sheet in sheets.items():
            sheet.statements = tables.rows[table]
            sheet.close()
            files.append(sheet.file)
        if describe:
            lines = sorted({f"{quad.triple} .\n".encode() for quad in describe(sorted(files, key=lambda f: f.name))})
            with dump(folder, "description.ttl", "turtle", title="VoID and DCAT description", into=files) as out:
                out.statements = turtle.write_turtle(lines, out.out, prefixes)
        write_index(folder, files, writer)
    return sorted(files, key=lambda file: file.name)
