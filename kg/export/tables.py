"""CSV tables, one per kind of thing, made in one pass over the sorted triples; ``tables.toml`` says what they hold.

The triples of a thing come one after the other, so each thing makes its rows as it passes and memory does not grow
with the tables. (A query for each table takes some 25 us a cell, this some 2.) Only what a thing's value says of
itself, as the label of its country, is asked of the store, once for all things, and kept in memory. The different
values of a cell are sorted and joined with `` | ``.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import IOBase
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolutions, Store

from kg import namespaces
from kg.dataset.sorting import LineSorter, pages
from kg.errors import UsageError
from kg.namespaces import RDF, XSD
from kg.resources import query

SEPARATOR = " | "
_TYPE = f"<{RDF.type}>"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: which values of a thing it holds. Terms are in N-Triples form."""

    name: str
    path: tuple[str, ...]
    """One property, or two: the second is of the first one's values."""
    languages: frozenset[str] | None = None
    """Takes only literals in these languages; the empty string is none."""
    datatype: str | None = None
    """Takes only literals of this datatype."""
    among: frozenset[str] | None = None
    """Takes only these IRIs."""

    @property
    def is_choosy(self) -> bool:
        """Whether it takes some values only."""
        return (self.among, self.languages, self.datatype) != (None, None, None)

    def takes(self, term: str) -> bool:
        """Whether a value, in N-Triples form, belongs into the column."""
        if self.among is not None:
            return term in self.among
        if self.languages is None and self.datatype is None:
            return True
        _, quote, suffix = term.rpartition('"')
        if self.languages is not None:
            return quote == '"' and (suffix[1:] if suffix[:1] == "@" else "") in self.languages
        return quote == '"' and (suffix[2:] or f"<{XSD.string}>") == self.datatype


@dataclass(frozen=True, slots=True)
class Table:
    """A table as ``tables.toml`` describes it. Terms are in N-Triples form."""

    name: str
    summary: str
    description: str
    key: str
    """Column with the IRI of the thing that a row is about."""
    classes: tuple[str, ...]
    """The things of any of these classes have a row."""
    columns: tuple[Column, ...]


def _term(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"<{getattr(namespaces, prefix.upper())[local]}>"


def _column(name: str, stated: str | Mapping[str, Any]) -> Column:
    options = {"path": stated} if isinstance(stated, str) else stated
    return Column(
        name,
        path=tuple(map(_term, options["path"].split("/"))),
        languages=frozenset(options["language"]) if "language" in options else None,
        datatype=_term(options["datatype"]) if "datatype" in options else None,
        among=frozenset(map(_term, options["among"])) if "among" in options else None,
    )


def _read() -> Iterator[Table]:
    for name, table in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items():
        of = table["class"]
        yield Table(
            name,
            summary=table["summary"],
            description=table["description"],
            key=table["key"],
            classes=tuple(map(_term, [of] if isinstance(of, str) else of)),
            columns=tuple(_column(name, stated) for name, stated in table["columns"].items()),
        )


TABLES: dict[str, Table] = {table.name: table for table in _read()}


Follow = Callable[[str, str, str], frozenset[str]]
"""Two properties and a value of the first -> what it says of itself by the second. Terms are in N-Triples form."""

Sink = TypeVar("Sink", bound=IO[bytes] | IOBase)


def _write(output: IO[bytes] | IOBase, _: str, row: bytes) -> None:
    output.write(row)


class Tables(Generic[Sink]):
    """Rows of tables being written as CSV (RFC 4180, UTF-8); the header lines stand there already.

    Args:
        follow: what the values of things say of themselves.
        outputs: name of a table -> what takes its bytes.
        write: gives an output a row about a thing.
    """

    def __init__(
        self, follow: Follow, outputs: Mapping[str, Sink], write: Callable[[Sink, str, bytes], object] = _write
    ) -> None:
        self.rows = dict.fromkeys(outputs, 0)
        """Table -> rows written."""
        self._follow, self._outputs, self._write = follow, outputs, write
        self._wanted = wanted(outputs)

    def add(self, subject: str, statements: Sequence[str]) -> None:
        """Take ``predicate object`` of all that is said of a thing, in N-Triples form; rows keep the order of calls."""
        found = [table for statement in statements if statement in self._wanted for table in self._wanted[statement]]
        for name, row in rows(subject, statements, found, self._follow) if found else ():
            self._write(self._outputs[name], subject, row)
            self.rows[name] += 1


def wanted(names: Iterable[str]) -> dict[str, list[Table]]:
    """Return, for the statements that give something its class, the tables that have a row for it."""
    found: dict[str, list[Table]] = {}
    for name in names:
        for of in TABLES[name].classes:
            found.setdefault(f"{_TYPE} {of}", []).append(TABLES[name])
    return found


def path(table: Table) -> str:
    """Return the name of the file of a table among the dumps."""
    return f"tables/{table.name}.csv.gz"


def header(table: Table) -> bytes:
    """Return the first line of a table."""
    return line([table.key, *(column.name for column in table.columns)])


def rows(
    subject: str, statements: Iterable[str], tables: Iterable[Table], follow: Follow
) -> Iterator[tuple[str, bytes]]:
    """Yield (table, line) for a thing that has a row in some tables; they may be named several times."""
    if subject[0] != "<":
        return
    values: dict[str, list[str]] = {}
    for statement in statements:
        predicate, _, value = statement.partition(" ")
        values.setdefault(predicate, []).append(value)
    for name, table in {table.name: table for table in tables}.items():
        cells = (_cell(c, values[c.path[0]], follow) if c.path[0] in values else "" for c in table.columns)
        yield name, line([_text(subject), *cells])


def line(cells: Sequence[str]) -> bytes:
    """Return a row as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def export_table(store: Store, output: IO[bytes], table: str, *, temporary: Path | None = None) -> int:
    """Write one table as CSV with a header line; return the number of rows.

    Raises:
        UsageError: there is no such table.
    """
    if table not in TABLES:
        raise UsageError(f"there is no table {table!r}", hint=f"one of {', '.join(TABLES)}")
    with tempfile.TemporaryDirectory(prefix="commons-kg-", dir=temporary) as folder:
        sorter, union = LineSorter(Path(folder)), DefaultGraph()
        try:
            for of in TABLES[table].classes:
                for found in store.quads_for_pattern(None, NamedNode(str(RDF.type)), NamedNode(of[1:-1]), union):
                    for quad in store.quads_for_pattern(found.subject, None, None, union):
                        sorter.write(f"{quad.triple} .\n".encode())
            output.write(header(TABLES[table]))
            tables = Tables(joined(store), {table: output})
            for subject, statements in pages(sorter):
                tables.add(subject, statements)
            return tables.rows[table]
        finally:
            sorter.close()


def _cell(column: Column, values: Sequence[str], follow: Follow) -> str:
    found = [term for term in values if column.takes(term)] if column.is_choosy else values
    if len(column.path) == 1:
        if len(found) == 1:
            return _text(found[0])
        texts = set(map(_text, found))
    else:
        texts = {text for term in found if term[0] == "<" for text in follow(column.path[0], column.path[1], term)}
    return SEPARATOR.join(sorted(texts))


def joined(store: Store) -> Follow:
    """Return what follows two properties; it asks once for all values of the first."""

    @cache
    def ask(first: str, second: str) -> Mapping[str, frozenset[str]]:
        solutions = store.query(query("export/followed").replace("$first", first).replace("$second", second))
        assert isinstance(solutions, QuerySolutions)
        found: dict[str, frozenset[str]] = {}
        for value, text in solutions:
            if isinstance(value, NamedNode) and isinstance(text, Literal | NamedNode):
                found[str(value)] = found.get(str(value), frozenset()) | {text.value}
        return found

    return lambda first, second, term: ask(first, second).get(term, frozenset())


def looked_up(store: Store) -> Follow:
    """Return what follows two properties; it asks for each value, which takes longer for more than some hundred."""

    @cache
    def ask(term: str, second: str) -> frozenset[str]:
        quads = store.quads_for_pattern(NamedNode(term[1:-1]), NamedNode(second[1:-1]), None, DefaultGraph())
        return frozenset(quad.object.value for quad in quads if isinstance(quad.object, Literal | NamedNode))

    return lambda _, second, term: ask(term, second)


def _text(term: str) -> str:
    """Return the value of a term in N-Triples form; the escapes of a literal are those of JSON."""
    if term[0] != '"':
        return term[1:-1] if term[0] == "<" else ""
    quoted = term[: term.rindex('"') + 1]
    return str(json.loads(quoted)) if "\\" in quoted else quoted[1:-1]
