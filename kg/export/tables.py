"""CSV tables, one per kind of thing, each the result of a query in ``queries/tables``.

A table's query runs as it stands on any SPARQL endpoint of the dataset. Here it runs for some hundred things at a
time, so that memory does not grow with the table: its header names the variable (``#+ key:``) and the class
(``#+ class:``) of the things, and ``VALUES ?key { UNDEF }`` in it is filled with the batch. The solutions of one thing
are folded into one row: the different values of a column are sorted and joined with `` | ``.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolutions, Store

from kg.errors import UsageError
from kg.export.sorting import LineSorter
from kg.namespaces import RDF
from kg.resources import PACKAGE, query

BATCH = 500
SEPARATOR = " | "
_HEADER = re.compile(r"^#\+ (key|class|summary): *(.*?) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its query and what its header says."""

    name: str
    summary: str
    key: str
    """Variable of the thing that a row, or several, is about."""
    of: str
    """IRI of the class of the things."""
    query: str

    def for_batch(self, things: list[str]) -> str:
        """Return the query for some things, given as N-Triples terms."""
        return self.query.replace(f"VALUES ?{self.key} {{ UNDEF }}", f"VALUES ?{self.key} {{ {' '.join(things)} }}")


def _read(name: str) -> Table:
    text = query(f"tables/{name}")
    header = dict(_HEADER.findall(text))
    return Table(name, header["summary"], header["key"], header["class"], text)


TABLES: dict[str, Table] = {
    path.stem: _read(path.stem) for path in sorted((PACKAGE / "queries" / "tables").glob("*.rq"))
}


def export_table(store: Store, output: IO[bytes], table: str, *, temporary: Path | None = None) -> int:
    """Write a table as CSV (RFC 4180, UTF-8) with a header line, sorted by its things; return the number of rows.

    Raises:
        UsageError: there is no such table.
    """
    if table not in TABLES:
        raise UsageError(f"there is no table {table!r}", hint=f"one of {', '.join(TABLES)}")
    found = TABLES[table]
    text = io.TextIOWrapper(output, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        rows = 0
        for number, batch in enumerate(_batches(store, found.of, temporary)):
            solutions = store.query(found.for_batch(batch))
            assert isinstance(solutions, QuerySolutions)
            names = [variable.value for variable in solutions.variables]
            if number == 0:
                writer.writerow(names)
            block = _fold(found.key, names, solutions)
            writer.writerows(block)
            rows += len(block)
        return rows
    finally:
        text.detach()


def _batches(store: Store, of: str, temporary: Path | None) -> Iterator[list[str]]:
    """Yield the things of a class, sorted, each once, in batches; an empty one where there are none."""
    with tempfile.TemporaryDirectory(prefix="commons-kg-", dir=temporary) as folder:
        sorter = LineSorter(Path(folder))
        last = b""
        try:
            for quad in store.quads_for_pattern(None, NamedNode(str(RDF.type)), NamedNode(of), DefaultGraph()):
                if isinstance(quad.subject, NamedNode):
                    sorter.write(f"{quad.subject} .\n".encode())
            things = (line for line in sorter)

            def once() -> Iterator[str]:
                nonlocal last
                for line in things:
                    if line != last:
                        yield line.split(b" ", 1)[0].decode()
                    last = line

            distinct = once()
            batch = list(islice(distinct, BATCH))
            yield batch
            while batch := list(islice(distinct, BATCH)):
                yield batch
        finally:
            sorter.close()


def _fold(key: str, names: list[str], solutions: QuerySolutions) -> list[list[str]]:
    """Return one row for each thing, sorted by its IRI."""
    things: dict[str, list[set[str]]] = {}
    for solution in solutions:
        cells = things.setdefault(_text(solution[key]), [set() for _ in names])
        for cell, name in zip(cells, names, strict=True):
            if (value := solution[name]) is not None:
                cell.add(_text(value))
    return [[SEPARATOR.join(sorted(cell)) for cell in cells] for _, cells in sorted(things.items())]


def _text(value: object) -> str:
    return value.value if isinstance(value, Literal | NamedNode) else ""
