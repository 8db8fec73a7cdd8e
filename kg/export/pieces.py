"""The files of each graph and of the whole dataset, written together in one pass over sorted statements.

What is made of the statements of a subject in one graph serves the files of that graph and those of the whole. The
whole of N-Quads, TriG and JSON-LD holds the bodies of the graphs' files, which are copied compressed.
"""

from __future__ import annotations

import os
import shutil
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.dataset.description import DumpFile
from kg.dataset.subjects import Page
from kg.export import jsonld, turtle
from kg.export.files import Dump, sha256_of
from kg.export.members import Body
from kg.export.tables import Tables

FORMATS = {"nquads": "nq", "turtle": "ttl", "jsonld": "jsonld"}
"""Of the files of a graph, with what their names end in."""


@dataclass(frozen=True, slots=True)
class Previous:
    """Dumps of another version, by the same writer."""

    folder: Path
    files: Mapping[str, DumpFile]
    bodies: Mapping[str, Body]

    def holds(self, paths: Iterable[str]) -> bool:
        """Whether files are there as they should be."""
        try:
            return all(
                path in self.files and path in self.bodies and sha256_of(self.folder / path) == self.files[path].sha256
                for path in paths
            )
        except OSError:
            return False


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
        self.bodies: dict[str, Body] = {}
        """Format -> what stands in the file; known when it is closed."""

    def path(self, format: str) -> str:
        """Return the name of a file, below the folder."""
        return f"graphs/{self.name}.{FORMATS[format]}.gz"

    @property
    def paths(self) -> list[str]:
        """The names of its files."""
        return [self.path(format) for format in FORMATS]

    def take_over(self, previous: Previous) -> bool:
        """Link the files from the dumps of another version; False if one is not there as it should be."""
        if not previous.holds(self.paths):
            return False
        self._taken = [previous.files[path] for path in self.paths]
        self.bodies = {format: previous.bodies[self.path(format)] for format in FORMATS}
        for path in self.paths:
            link(previous.folder / path, self._folder / path)
        return True

    def write(self, subject: str, lines: bytes, count: int, block: bytes, statements: Sequence[str]) -> None:
        """Take what the graph says of a subject: as N-Quads, how many, as Turtle, and ``predicate object``."""
        if self._taken:
            return
        dumps = self._opened()
        for dump in dumps.values():
            dump.begin(subject)
        dumps["nquads"].write(lines)
        dumps["turtle"].write(block)
        for start in range(0, len(statements), jsonld.NODE_LIMIT):
            node = self._compactor.node(subject, statements[start : start + jsonld.NODE_LIMIT]).encode()
            dumps["jsonld"].write(node if self._first else b",\n" + node)
            self._first = False
        for dump in dumps.values():
            dump.statements += count

    def copy(self, previous: Previous, first: int, last: int) -> None:
        """Take members of the files of another version, from the first to the last."""
        for format, dump in self._opened().items():
            path = self.path(format)
            dump.copy(previous.folder / path, previous.bodies[path], first, last)
        self._first = False

    def lines(self, low: str, high: str | None) -> list[bytes]:
        """Return the N-Quads of the subjects from one to before another; to be asked for when it is closed."""
        body = self.bodies["nquads"]
        data = body.read(self._folder / self.path("nquads"), body.at(low), body.at(high) if high else -1)
        lines = data.splitlines(keepends=True)
        end = len(lines) if high is None else bisect_left(lines, f"{high} ".encode())
        return lines[bisect_left(lines, f"{low} ".encode()) if low else 0 : end]

    def _opened(self) -> dict[str, Dump]:
        if not self._dumps:
            self._dumps = {format: Dump(self._folder, self.path(format), format, self.graph, "") for format in FORMATS}
            for format, dump in self._dumps.items():
                dump.head(self._heads[format])
                self.bodies[format] = dump.body
        return self._dumps

    def close(self) -> list[DumpFile]:
        """End the files, and say what they are."""
        if self._taken:
            return self._taken
        for format, dump in self._opened().items():  # an empty graph has files too
            dump.tail(self._tails[format])
        return [dump.file for dump in self._dumps.values()]


def link(source: Path, target: Path) -> None:
    """Make a file the same as another."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target)


class Whole:
    """The four files of the whole dataset."""

    def __init__(self, folder: Path, name: str, head: bytes, compactor: jsonld.Compactor) -> None:
        self._folder, self._name = folder, name
        self.path = f"{name}.ttl.gz"
        self.turtle = Dump(folder, self.path, "turtle", None, "All triples, each once")
        self._head, self._compactor = head, compactor
        self.turtle.head(head)

    def write(self, subject: str, block: bytes, triples: int) -> None:
        """Take what is said of a subject: as Turtle, and how many triples."""
        self.turtle.begin(subject)
        self.turtle.write(block)
        self.turtle.statements += triples

    def close(self, pieces: Sequence[Piece]) -> list[DumpFile]:
        """End the files, put the others together of the bodies of the graphs, and say what they are."""
        self.turtle.tail(b"")
        names = {"nquads": "nq", "trig": "trig", "jsonld": "jsonld"}
        dumps = {of: Dump(self._folder, f"{self._name}.{end}.gz", of, None, "All quads") for of, end in names.items()}
        dumps["trig"].write(self._head)
        dumps["jsonld"].write(jsonld.head(self._compactor))
        for number, piece in enumerate(pieces):
            self._splice(dumps["nquads"], piece, "nquads")
            dumps["trig"].write(f"<{piece.graph}> {{\n".encode())
            self._splice(dumps["trig"], piece, "turtle")
            dumps["trig"].write(b"}\n")
            dumps["jsonld"].write((b",\n" if number else b"") + jsonld.graph_head(piece.graph))
            self._splice(dumps["jsonld"], piece, "jsonld")
            dumps["jsonld"].write(b"\n]}")
        dumps["jsonld"].write(jsonld.CLOSE)
        for dump in dumps.values():
            dump.statements = sum(piece.bodies["nquads"].statements for piece in pieces)
            dump.close()
        return [dump.file for dump in (self.turtle, *dumps.values())]

    def _splice(self, dump: Dump, piece: Piece, format: str) -> None:
        body = piece.bodies[format]
        dump.splice(self._folder / piece.path(format), body.begin, body.end)


def write_pages(
    subjects: Iterable[Page], pieces: Mapping[str, Piece], whole: Whole, tables: Tables[Dump], blocks: turtle.Blocks
) -> None:
    """Write all that is said of some subjects, one after the other."""
    by_tail = tails(pieces)
    for subject, lines in subjects:
        name, tail, data = subject.decode(), _tail(lines[0]), b"".join(lines)
        if data.count(tail) == len(lines):
            statements = stated(data, name, tail)
            block = blocks.told(name, statements)
            by_tail[tail].write(name, data, len(lines), block, statements)
        else:
            for tail, mine in by_graph(lines).items():
                statements, data = stated(b"".join(mine), name, tail), b"".join(mine)
                by_tail[tail].write(name, data, len(mine), blocks.told(name, statements), statements)
            statements = union(name, lines)
            block = blocks.told(name, statements)
        whole.write(name, block, len(statements))
        tables.add(name, statements)


def tails(pieces: Mapping[str, Piece]) -> dict[bytes, Piece]:
    """Return the pieces by what the lines of their graphs end in."""
    return {f" <{graph}> .\n".encode(): piece for graph, piece in pieces.items()}


def by_graph(lines: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    """Return lines by what they end in."""
    graphs: dict[bytes, list[bytes]] = {}
    for line in lines:
        graphs.setdefault(_tail(line), []).append(line)
    return graphs


def union(subject: str, lines: Iterable[bytes]) -> list[str]:
    """Return ``predicate object`` of what several graphs say of a subject, sorted, each once."""
    start = len(subject.encode()) + 1
    return [each.decode() for each in sorted({line[start : line.rindex(b" <")] for line in lines})]


def stated(lines: bytes, subject: str, tail: bytes) -> list[str]:
    """Return ``predicate object`` of the lines of one subject in one graph."""
    end = tail.decode()
    return lines.decode()[len(subject) + 1 : -len(end)].split(f"{end}{subject} ")


def _tail(line: bytes) -> bytes:
    return line[line.rindex(b" <") :]
