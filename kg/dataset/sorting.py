"""Sort more lines than memory holds: chunks are sorted in memory, spilled to files and merged.

Statements travel as *wide lines*: N-Quads whose graph column is always there, empty for the default graph
(``s p o <g> .`` or ``s p o  .``, two spaces). So the graph can be cut off without parsing, and the byte order of the
lines is the order of N-Quads and of N-Triples at once: what follows a term is a space, and no term that another
begins with goes on with anything below a space.
"""

from __future__ import annotations

import os
import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, TypeVar, cast

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

CHUNK_LINES = 250_000
CHUNK_BYTES = 48 << 20
MERGED = 8 << 20
"""Bytes of all files that are held while they are merged."""
FAN_IN = 100
"""So many files are merged at once; macOS allows a process 256 open ones."""
CACHED = 200
"""Characters of a statement up to which it is remembered how a format writes it: two of three come again."""

Graph = NamedNode | DefaultGraph
Item = TypeVar("Item")


class LineSorter:
    """Takes the statements of any number of graphs and gives them back as sorted wide lines.

    Memory is bounded by ``lines`` and ``size`` (bytes), whatever comes first; the rest lies in ``folder`` until
    ``close``.
    """

    def __init__(self, folder: Path, *, lines: int = CHUNK_LINES, size: int = CHUNK_BYTES) -> None:
        self._folder, self._limit, self._size_limit = folder, lines, size
        self._lines: list[bytes] = []
        self._size = 0
        self._rest = b""
        self._tail = b".\n"
        self._runs: list[Path] = []

    def add(self, store: Store, graph: Graph) -> None:
        """Take all statements of one graph of the store."""
        self._tail = f"{graph if isinstance(graph, NamedNode) else ''} .\n".encode()
        store.dump(cast("IO[bytes]", self), RdfFormat.N_TRIPLES, from_graph=graph)

    def extend(self, lines: Iterable[bytes]) -> None:
        """Take lines as they are, each with its line feed."""
        for some in batched(lines, 1000):
            self._lines += some
            self._size += sum(map(len, some))
            if len(self._lines) >= self._limit or self._size >= self._size_limit:
                self._spill()

    def write(self, chunk: bytes) -> int:
        """Take a piece of N-Triples text from ``Store.dump``; it may end within a line."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        tail = self._tail
        self._lines += [line[:-1] + tail for line in lines]
        self._size += len(chunk)
        if len(self._lines) >= self._limit or self._size >= self._size_limit:
            self._spill()
        return len(chunk)

    def flush(self) -> None:
        """Do nothing: lines are spilled when there are enough of them."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the sorted wide lines, each with its line feed."""
        if not self._runs:
            self._lines.sort()
            yield from self._lines
            return
        if self._lines:
            self._spill()
        while len(self._runs) > FAN_IN:
            merged = self._write_run(merge_files(self._runs[:FAN_IN]))
            for run in self._runs[:FAN_IN]:
                run.unlink()
            self._runs = [*self._runs[FAN_IN:], merged]
        yield from merge_files(self._runs)

    def close(self) -> None:
        """Remove the spilled files."""
        for run in self._runs:
            run.unlink(missing_ok=True)
        self._runs, self._lines = [], []

    def _spill(self) -> None:
        self._lines.sort()
        self._runs.append(self._write_run(self._lines))
        self._lines, self._size = [], 0

    def _write_run(self, lines: Iterable[bytes]) -> Path:
        handle, name = tempfile.mkstemp(prefix=".sort-", dir=self._folder)
        with os.fdopen(handle, "wb", buffering=1 << 20) as run:
            run.writelines(lines)
        return Path(name)


def sorted_lines(store: Store, graphs: Iterable[Graph], folder: Path) -> Iterator[bytes]:
    """Yield the sorted wide lines of some graphs; what does not fit into memory lies in ``folder`` meanwhile."""
    sorter = LineSorter(folder)
    try:
        for graph in graphs:
            sorter.add(store, graph)
        yield from sorter
    finally:
        sorter.close()


class Counted:
    """Lines that are counted as they pass."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines."""
        for line in self._lines:
            self.count += 1
            yield line


def merge_files(paths: Sequence[Path], size: int = MERGED) -> Iterator[bytes]:
    """Yield the lines of sorted files in order.

    Of each file some are held. Those up to the least of their last lines are sorted together, for which Python merges
    the runs that it finds: a quarter of the time of ``heapq.merge``.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb", buffering=1 << 16)) for path in paths]
        held = [file.readlines(size // len(paths)) for file in files]
        while left := [lines[-1] for lines in held if lines]:
            least, together = min(left), list[bytes]()
            for number, lines in enumerate(held):
                end = bisect_right(lines, least)
                together += lines[:end]
                held[number] = lines[end:] or files[number].readlines(size // len(paths))
            together.sort()
            yield from together


def nquad(line: bytes) -> bytes:
    """Return the N-Quads line for a wide line."""
    return line[:-3] + b".\n" if line.endswith(b"  .\n") else line


def triple(line: bytes) -> bytes:
    """Return the N-Triples line for a wide line."""
    return line[:-3] + b".\n" if line.endswith(b"  .\n") else line[: line.rindex(b" <")] + b" .\n"


def triples(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the N-Triples lines for sorted wide lines, each once: the union of the graphs."""
    last = b""
    for line in lines:
        if (found := triple(line)) != last:
            yield found
            last = found


def pages(lines: Iterable[bytes], limit: int | None = None) -> Iterator[tuple[str, list[str]]]:
    """Yield (subject, its statements as ``predicate object``) in N-Triples form for sorted N-Triples lines.

    A subject with more statements than ``limit`` comes in several pieces.
    """
    for subject, group in groupby((line[:-3].decode().split(" ", 1) for line in lines), key=itemgetter(0)):
        statements = map(itemgetter(1), group)
        while page := list(islice(statements, limit)):
            yield subject, page


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield so many at a time."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def batches(lines: Iterable[bytes], size: int = 2000) -> Iterator[bytes]:
    """Join lines to pieces that are worth a call."""
    remaining = iter(lines)
    while batch := b"".join(islice(remaining, size)):
        yield batch
