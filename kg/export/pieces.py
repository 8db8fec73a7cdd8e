"""The files of each graph and of the whole dataset, written together in one pass over sorted statements.

What is made of the statements of a subject in one graph serves the files of that graph and those of the whole. The
whole of TriG and of JSON-LD holds the bodies of the graphs' files, which are copied compressed.
"""

from __future__ import annotations

import heapq
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from kg.dataset.description import DumpFile
from kg.export import jsonld, turtle
from kg.export.files import Dump, body_of, sha256_of
from kg.export.tables import Tables

FORMATS = {"nquads": "nq", "turtle": "ttl", "jsonld": "jsonld"}
"""Of the files of a graph, with what their names end in."""

Statements = list[tuple[str, str]]
"""(Predicate, object) of a subject in N-Triples form, sorted."""


class Piece:
    """The three files of one graph."""

    def __init__(self, folder: Path, name: str, graph: str, head: bytes, compactor: jsonld.Compactor) -> None:
        self.name, self.graph = name, graph
        self._folder, self._compactor = folder, compactor
        self._heads = {"nquads": b"", "turtle": head, "jsonld": jsonld.head(compactor)}
        self._tails = {"nquads": b"", "turtle": b"", "jsonld": jsonld.CLOSE}
        self._dumps: dict[str, Dump] = {}
        self._taken: list[DumpFile] = []
        self._first = True
        self.bodies: dict[str, tuple[int, int]] = {}
        """Format -> where the compressed body lies in the file; known when it is closed."""

    def path(self, format: str) -> str:
        """Return the name of a file, below the folder."""
        return f"graphs/{self.name}.{FORMATS[format]}.gz"

    def take_over(self, previous: Path, old: Mapping[str, DumpFile]) -> bool:
        """Link the files from the dumps of another version; False if one is not there as it should be."""
        found = [old[self.path(format)] for format in FORMATS if self.path(format) in old]
        try:
            if len(found) < len(FORMATS) or any(sha256_of(previous / f.name) != f.sha256 for f in found):
                return False
            bodies = {f.format: body_of(previous / f.name, self._heads[f.format], self._tails[f.format]) for f in found}
        except OSError:
            return False
        self.bodies = {format: body for format, body in bodies.items() if body is not None}
        if len(self.bodies) < len(FORMATS):
            return False
        (self._folder / "graphs").mkdir(parents=True, exist_ok=True)
        for file in found:
            target = self._folder / file.name
            target.unlink(missing_ok=True)
            try:
                os.link(previous / file.name, target)
            except OSError:  # another file system, or one without hard links
                shutil.copyfile(previous / file.name, target)
        self._taken = found
        return True

    def write(self, lines: bytes, count: int, block: bytes, subject: str, statements: Statements) -> None:
        """Take what the graph says of a subject: as N-Quads, how many, as Turtle, and parted."""
        if self._taken:
            return
        if not self._dumps:
            self._open()
        self._dumps["nquads"].write(lines)
        self._dumps["turtle"].write(block)
        for start in range(0, len(statements), jsonld.NODE_LIMIT):
            node = self._compactor.node(subject, statements[start : start + jsonld.NODE_LIMIT]).encode()
            self._dumps["jsonld"].write(node if self._first else b",\n" + node)
            self._first = False
        for dump in self._dumps.values():
            dump.statements += count

    def _open(self) -> None:
        self._dumps = {format: Dump(self._folder, self.path(format), format, self.graph, "") for format in FORMATS}
        for format, dump in self._dumps.items():
            dump.write(self._heads[format])
            self.bodies[format] = (dump.cut(), 0)

    def close(self) -> list[DumpFile]:
        """End the files, and say what they are."""
        if self._taken:
            return self._taken
        if not self._dumps:
            self._open()  # an empty graph has files too
        for format, dump in self._dumps.items():
            self.bodies[format] = (self.bodies[format][0], dump.cut())
            dump.write(self._tails[format])
            dump.close()
        return [dump.file for dump in self._dumps.values()]


class Whole:
    """The four files of the whole dataset."""

    def __init__(self, folder: Path, name: str, head: bytes, compactor: jsonld.Compactor) -> None:
        self._folder, self._name = folder, name
        self._nquads = Dump(folder, f"{name}.nq.gz", "nquads", None, "All quads")
        self._turtle = Dump(folder, f"{name}.ttl.gz", "turtle", None, "All triples, each once")
        self._head, self._compactor = head, compactor
        self._turtle.write(head)

    def write(self, lines: bytes, count: int, block: bytes, triples: int) -> None:
        """Take what is said of a subject: quads and how many, Turtle and how many triples."""
        self._nquads.write(lines)
        self._nquads.statements += count
        self._turtle.write(block)
        self._turtle.statements += triples

    def close(self, pieces: Sequence[Piece]) -> list[DumpFile]:
        """End the files, put the others together of the bodies of the graphs, and say what they are."""
        trig = Dump(self._folder, f"{self._name}.trig.gz", "trig", None, "All quads")
        trig.write(self._head)
        document = Dump(self._folder, f"{self._name}.jsonld.gz", "jsonld", None, "All quads")
        document.write(jsonld.head(self._compactor))
        for number, piece in enumerate(pieces):
            trig.write(f"<{piece.graph}> {{\n".encode())
            trig.splice(self._folder / piece.path("turtle"), piece.bodies["turtle"])
            trig.write(b"}\n")
            document.write((b",\n" if number else b"") + jsonld.graph_head(piece.graph))
            document.splice(self._folder / piece.path("jsonld"), piece.bodies["jsonld"])
            document.write(b"\n]}")
        document.write(jsonld.CLOSE)
        dumps = (self._nquads, self._turtle, trig, document)
        trig.statements = document.statements = self._nquads.statements
        for dump in dumps:
            dump.close()
        return [dump.file for dump in dumps]


def _pages(stream: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    for subject, lines in groupby(stream, key=lambda line: line[: line.index(b" ")]):
        yield subject, list(lines)


def write_pages(
    streams: Iterable[Iterable[bytes]],
    pieces: Mapping[str, Piece],
    whole: Whole,
    tables: Tables[Dump],
    blocks: turtle.Blocks,
) -> None:
    """Write all that sorted streams of N-Quads lines say, subject by subject; a line may come several times."""
    by_tail = {f" <{graph}> .\n".encode(): piece for graph, piece in pieces.items()}
    subjects = heapq.merge(*map(_pages, streams), key=itemgetter(0))
    for subject, found in groupby(subjects, key=itemgetter(0)):
        parts = [lines for _, lines in found]
        lines = parts[0] if len(parts) == 1 else sorted(chain.from_iterable(parts))
        if len(set(lines)) < len(lines):
            lines = list(dict.fromkeys(lines))
        name, tail = subject.decode(), _tail(lines[0])
        if all(line.endswith(tail) for line in lines):
            data = b"".join(lines)
            statements = _parted(data, len(subject), tail)
            block = blocks.told(name, statements)
            by_tail[tail].write(data, len(lines), block, name, statements)
            whole.write(data, len(lines), block, len(statements))
        else:
            statements = _write_several(name, len(subject), lines, by_tail, blocks)
            whole.write(b"".join(lines), len(lines), blocks.told(name, statements), len(statements))
        tables.add(name, statements)


def _write_several(
    name: str, length: int, lines: list[bytes], by_tail: Mapping[bytes, Piece], blocks: turtle.Blocks
) -> Statements:
    """Write what several graphs say of a subject to the files of each; return it together, each statement once."""
    graphs: dict[bytes, list[bytes]] = {}
    together: dict[bytes, tuple[str, str]] = {}
    for line in lines:
        graphs.setdefault(_tail(line), []).append(line)
    for tail, mine in graphs.items():
        data = b"".join(mine)
        statements = _parted(data, length, tail)
        by_tail[tail].write(data, len(mine), blocks.told(name, statements), name, statements)
        together.update(zip((line[: -len(tail)] for line in mine), statements, strict=True))
    return [together[triple] for triple in sorted(together)]


def _tail(line: bytes) -> bytes:
    return line[line.rindex(b" <") :]


def _parted(lines: bytes, subject: int, tail: bytes) -> Statements:
    """Return predicates and objects of the lines of one subject in one graph."""
    start, end = subject + 1, -len(tail)
    found = []
    for line in lines.split(b"\n")[:-1]:
        predicate, _, value = line[start : end + 1].decode().partition(" ")
        found.append((predicate, value))
    return found
