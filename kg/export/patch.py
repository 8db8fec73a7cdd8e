"""The dumps of a version that differs little from another: made from those, with the members anew that have changed.

What changed is known statement by statement. A member of a graph's N-Quads is read, changed and written in all formats;
members of the whole's Turtle are made of what the graphs now say of the same subjects; rows of tables of what the store
says of the things that changed, and of those that show something of them. Everything else is copied compressed.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from kg.dataset.description import DumpFile
from kg.dataset.subjects import by_subject, together
from kg.export import tables, turtle
from kg.export.files import Dump
from kg.export.members import Body
from kg.export.pieces import Piece, Previous, Whole, by_graph, link, stated, tails, union
from kg.export.tables import TABLES, Table

PART = 0.5
"""Of the members of the whole that are made anew; if more had to be, all are."""
MOST_ROWS = 5_000
"""Rows that are made anew; for more, all tables are."""


class Unfit(Exception):  # noqa: N818
    """The other dumps are not what was changed, or too much was: all is to be written anew."""


def patch_graphs(
    previous: Previous,
    added: Collection[bytes],
    removed: Collection[bytes],
    pieces: Mapping[str, Piece],
    blocks: turtle.Blocks,
) -> list[DumpFile]:
    """Write the files of all graphs.

    Args:
        previous: the other dumps.
        added: N-Quads lines that they lack.
        removed: lines that are in them, and no longer hold.
        pieces: the graphs there are now.
        blocks: writes Turtle.

    Raises:
        Unfit: the other dumps do not hold what is to be changed.
    """
    more, less = by_graph(added), by_graph(removed)
    files: list[DumpFile] = []
    for tail, piece in tails(pieces).items():
        if tail in more or tail in less:
            if piece.path("nquads") in previous.files and not previous.holds(piece.paths):
                raise Unfit
            _patch_graph(previous, sorted(more.get(tail, ())), sorted(less.get(tail, ())), piece, tail, blocks)
        elif not piece.take_over(previous):
            raise Unfit
        files += piece.close()
    return files


def _patch_graph(
    previous: Previous, added: list[bytes], removed: list[bytes], piece: Piece, tail: bytes, blocks: turtle.Blocks
) -> None:
    name = piece.path("nquads")
    body, path = previous.bodies.get(name, Body()), previous.folder / name

    def now(first: int, last: int) -> list[bytes]:
        low, high = body.span(first, last)
        gone, new = set(_between(removed, low, high)), _between(added, low, high)
        before = body.read(path, first, last).splitlines(keepends=True)
        lines = sorted({*(line for line in before if line not in gone), *new})
        if len(lines) != len(before) - len(gone) + len(new):
            raise Unfit
        return lines

    def write(lines: Iterable[bytes]) -> None:
        for subject, mine in by_subject(lines):
            of, data = subject.decode(), b"".join(mine)
            statements = stated(data, of, tail)
            piece.write(of, data, len(mine), blocks.told(of, statements), statements)

    at = 0
    for first, last in body.runs(_subjects([*added, *removed])):
        if last < at:
            continue
        if first > at:
            piece.copy(previous, at, first - 1)
        lines = now(max(first, at), last)
        while not first and not lines and last + 1 < len(body.members):
            last += 1  # another one is the first now, and JSON-LD has no comma before it
            lines = now(0, last)
        write(lines)
        at = last + 1
    if at < len(body.members):
        piece.copy(previous, at, len(body.members) - 1)
    if not body.members:
        write(now(0, 0))


def patch_turtle(
    previous: Previous, subjects: Iterable[str], pieces: Iterable[Piece], whole: Whole, blocks: turtle.Blocks
) -> None:
    """Write the union of the graphs; their own files are there already.

    Args:
        previous: the other dumps.
        subjects: those of which something else is said now.
        pieces: the graphs.
        whole: takes the union.
        blocks: writes Turtle.

    Raises:
        Unfit: the other dumps are damaged, or more than a ``PART`` of them would be written anew.
    """
    if not previous.holds([whole.path]):
        raise Unfit
    body, at = previous.bodies[whole.path], 0
    runs = list(body.runs(subjects))
    if not body.members or sum(last - first + 1 for first, last in runs) > PART * len(body.members):
        raise Unfit
    for first, last in runs:
        if first > at:
            whole.turtle.copy(previous.folder / whole.path, body, at, first - 1)
        low, high = body.span(first, last)
        for subject, lines in together([piece.lines(low, high) for piece in pieces]):
            name = subject.decode()
            statements = union(name, lines)
            whole.write(name, blocks.told(name, statements), len(statements))
        at = last + 1
    if at < len(body.members):
        whole.turtle.copy(previous.folder / whole.path, body, at, len(body.members) - 1)


def patch_tables(
    previous: Previous, lines: Collection[bytes], store: Store, folder: Path
) -> Iterator[tuple[DumpFile, Body]]:
    """Write the tables.

    Args:
        previous: the other dumps.
        lines: N-Quads lines that were added or removed.
        store: what there is now.
        folder: where the dumps go.

    Raises:
        Unfit: the other dumps are damaged, or too many rows have changed.
    """
    things = _concerned(lines, store)
    new: dict[str, dict[str, bytes]] = {name: {} for name in TABLES}
    wanted, follow = tables.wanted(TABLES), tables.looked_up(store)
    for thing in things:
        statements = _said(store, thing)
        for name, row in tables.rows(thing, statements, (t for s in statements for t in wanted.get(s, ())), follow):
            new[name][thing] = row
    for name, table in TABLES.items():
        yield _patch_table(previous, table, things, new[name], folder)


def _patch_table(
    previous: Previous, table: Table, things: set[str], new: Mapping[str, bytes], folder: Path
) -> tuple[DumpFile, Body]:
    path = tables.path(table)
    if not previous.holds([path]):
        raise Unfit
    body, old = previous.bodies[path], previous.folder / path
    changed: list[tuple[int, int, dict[str, bytes]]] = []
    for first, last in body.runs(things):
        before = _rows(body.read(old, first, last))
        low, high = body.span(first, last)
        now = {thing: row for thing, row in before.items() if thing not in things}
        now |= {thing: row for thing, row in new.items() if low <= thing and (high is None or thing < high)}
        if now != before:
            changed.append((first, last, now))
    if not body.members and new:
        changed.append((0, -1, dict(new)))
    if not changed:
        link(old, folder / path)
        return previous.files[path], body
    sheet, at = Dump(folder, path, "csv", None, table.summary), 0
    sheet.head(tables.header(table))
    for first, last, now in changed:
        if first > at:
            sheet.copy(old, body, at, first - 1)
        for thing in sorted(now):
            sheet.row(thing, now[thing])
        at = last + 1
    if at < len(body.members):
        sheet.copy(old, body, at, len(body.members) - 1)
    sheet.tail(b"")
    return sheet.file, sheet.body


def _concerned(lines: Iterable[bytes], store: Store) -> set[str]:
    """Return the things of which a statement has changed, and those in whose rows one of theirs stands."""
    before: dict[str, set[str]] = {}
    for table in TABLES.values():
        for column in table.columns:
            if len(column.path) > 1:
                before.setdefault(column.path[1], set()).add(column.path[0])
    found = set()
    for line in lines:
        subject, predicate, _ = line.decode().split(" ", 2)
        found.add(subject)
        if subject[0] == "<":
            for first in before.get(predicate, ()):
                value, link = NamedNode(subject[1:-1]), NamedNode(first[1:-1])
                found |= {str(q.subject) for q in store.quads_for_pattern(None, link, value, DefaultGraph())}
        if len(found) > MOST_ROWS:
            raise Unfit
    return {subject for subject in found if subject[0] == "<"}


def _said(store: Store, thing: str) -> list[str]:
    """Return ``predicate object`` of all that the graphs say of a thing, but for the one that describes the dataset."""
    return sorted(
        {
            f"{quad.predicate} {quad.object}"
            for quad in store.quads_for_pattern(NamedNode(thing[1:-1]), None, None, None)
            if isinstance(graph := quad.graph_name, NamedNode) and not graph.value.endswith("/graph/description")
        }
    )


def _rows(text: bytes) -> dict[str, bytes]:
    found = csv.reader(io.StringIO(text.decode(), newline=""))
    return {f"<{row[0]}>": tables.line(row) for row in found}


def _subjects(lines: Iterable[bytes]) -> set[str]:
    return {line[: line.index(b" ")].decode() for line in lines}


def _between(lines: list[bytes], low: str, high: str | None) -> list[bytes]:
    """Return the sorted lines of the subjects from one to before another."""
    end = len(lines) if high is None else bisect_left(lines, f"{high} ".encode())
    return lines[bisect_left(lines, f"{low} ".encode()) if low else 0 : end]
