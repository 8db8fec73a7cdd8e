"""Write the dumps of a version: the whole dataset and each graph, in every format, compressed and hashed.

A folder of dumps::

    commons-kg.ttl.gz      the union of the graphs, each triple once
    commons-kg.nq.gz       every quad, graph by graph, sorted: canonical, since there are no blank nodes
    commons-kg.trig.gz  commons-kg.jsonld.gz
    graphs/<name>.{ttl,nq,jsonld}.gz       a slash in the name is written --
    tables/<table>.csv.gz
    description.ttl        VoID and DCAT, naming the files above: no part of them, since it differs by version
    SHA256SUMS  index.json  .members.json

All is written in one pass over the statements of all graphs, subject by subject: what is made of the statements of a
subject in one graph serves that graph's files and those of the whole. Reading the store costs more than all else (each
term is looked up), so the statements come from the dumps of the version before where a graph has not changed, and from
the shard that was loaded where there is one. The whole of N-Quads, TriG and JSON-LD is put together from the compressed
bodies of the graphs' files. Memory is bounded by the sorter and by what is said of one subject. After a small change
nothing is read but what has changed (``kg.export.patch``). The folder is the caller's to publish at once; a folder that
was left half written is to be removed.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from kg.dataset.canonical import canonical
from kg.dataset.description import DumpFile
from kg.dataset.subjects import graphs_of, subjects
from kg.errors import DiskFullError, StoreError
from kg.export import jsonld, members, turtle
from kg.export.files import Dump, dump, read_index, write_index
from kg.export.members import Body
from kg.export.patch import Unfit, patch_graphs, patch_tables, patch_turtle
from kg.export.pieces import Piece, Previous, Whole, write_pages
from kg.export.tables import TABLES, Tables, header, joined, path
from kg.identifiers import short_hash
from kg.namespaces import PREFIXES

NAME = "commons-kg"
WRITER = "3"
"""Goes up whenever the same graph would be written with other bytes: dumps of older writers are not taken over."""

Describe = Callable[[Sequence[DumpFile]], Iterable[Quad]]
Changes = tuple[Collection[bytes], Collection[bytes]]
"""N-Quads lines: those that are new, and those that are gone."""


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


def file_name(graph: str) -> str:
    """Return what the files of a graph are called, without extension.

    >>> file_name("https://w3id.org/commons-kg/graph/derived/goal-coverage")
    'derived--goal-coverage'
    """
    _, ours, name = graph.partition("/graph/")
    plain = name.replace("/", "--")
    return plain if ours and plain and plain.strip(".") else f"graph-{short_hash(graph)}"


@dataclass(frozen=True, slots=True)
class _Work:
    """What dumps are made of, and how."""

    store: Store
    folder: Path
    name: str
    prefixes: Mapping[str, str]
    compactor: jsonld.Compactor
    previous: Previous | None

    def pieces(self) -> dict[str, Piece]:
        """Return the files of each graph, to be written."""
        found: dict[str, Piece] = {}
        for graph in graphs_of(self.store):
            name = file_name(graph.value)
            if any(name == other.name for other in found.values()):
                name += "-" + short_hash(graph.value)
            head = turtle.header(self.prefixes)
            found[graph.value] = Piece(self.folder, name, graph.value, head, self.compactor)
        return found

    def whole(self) -> Whole:
        """Return the files of the whole, to be written."""
        return Whole(self.folder, self.name, turtle.header(self.prefixes), self.compactor)


Files = tuple[list[DumpFile], dict[str, Body]]
"""What was written, and the members of it."""


def write_dumps(
    store: Store,
    folder: Path,
    *,
    describe: Describe | None = None,
    previous: Path | None = None,
    changes: Changes | None = None,
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
        previous: dumps of another version; what has not changed is taken from there, if they are whole and by the same
            writer.
        changes: the statements that ``previous`` has not, and those that it has alone; None: many, or not known.
        unchanged_graphs: IRIs of graphs that hold the same quads as in ``previous``.
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
    with clear_errors(f"dumps into {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        old_writer, old = read_index(previous) if previous else ("", {})
        known = Previous(previous, old, members.read(previous)) if previous and old_writer == writer else None
        work = _Work(store, folder, name, prefixes, compactor, known)
        found = _patched(work, known, changes) if known and changes is not None else None
        files, bodies = found or _anew(work, unchanged_graphs, shards or {})
        if describe:
            told = sorted({f"{quad.triple} .\n".encode() for quad in describe(sorted(files, key=lambda f: f.name))})
            with dump(folder, "description.ttl", "turtle", title="VoID and DCAT description", into=files) as out:
                out.statements = turtle.write_turtle(told, out.out, prefixes)
        members.write(folder, bodies)
        write_index(folder, files, writer)
    return sorted(files, key=lambda file: file.name)


def _patched(work: _Work, previous: Previous, changes: Changes) -> Files | None:
    """Make the dumps from those of another version; None where that cannot be done."""
    pieces, whole, blocks = work.pieces(), work.whole(), turtle.Blocks(work.prefixes)
    added, removed = ({canonical(line) for line in lines} for lines in changes)
    lines = [*(added - removed), *(removed - added)]
    try:
        files = patch_graphs(previous, added - removed, removed - added, pieces, blocks)
        things = {line[: line.index(b" ")].decode() for line in lines}
        patch_turtle(previous, things, pieces.values(), whole, blocks)
        sheets = dict(patch_tables(previous, lines, work.store, work.folder))
    except Unfit:
        return None
    files += whole.close(list(pieces.values()))
    return [*files, *sheets], _bodies(pieces, whole) | {file.name: body for file, body in sheets.items()}


def _anew(work: _Work, unchanged_graphs: Collection[str], shards: Mapping[str, Path]) -> Files:
    """Make the dumps of all statements."""
    pieces, whole = work.pieces(), work.whole()
    files: list[DumpFile] = []
    read = dict(shards)
    for graph, piece in pieces.items():
        if work.previous and graph in unchanged_graphs and piece.take_over(work.previous):
            read[graph] = work.folder / piece.path("nquads")
    sheets = {table: Dump(work.folder, path(TABLES[table]), "csv", None, TABLES[table].summary) for table in TABLES}
    for table, sheet in sheets.items():
        sheet.head(header(TABLES[table]))
    tables = Tables(joined(work.store), sheets, Dump.row)
    with subjects(work.store, map(NamedNode, pieces), read, work.folder) as pages:
        write_pages(pages, pieces, whole, tables, turtle.Blocks(work.prefixes))
    for piece in pieces.values():
        files += piece.close()
    files += whole.close(list(pieces.values()))
    for sheet in sheets.values():
        sheet.tail(b"")
        files.append(sheet.file)
    return files, _bodies(pieces, whole) | {sheet.file.name: sheet.body for sheet in sheets.values()}


def _bodies(pieces: Mapping[str, Piece], whole: Whole) -> dict[str, Body]:
    found = {piece.path(format): body for piece in pieces.values() for format, body in piece.bodies.items()}
    return found | {whole.path: whole.turtle.body}
