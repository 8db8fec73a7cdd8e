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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import IOBase
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolutions, Store

from kg import namespaces
from kg.errors import UsageError
from kg.export.sorting import LineSorter, pages
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


Sink = TypeVar("Sink", bound=IO[bytes] | IOBase)


class Tables(Generic[Sink]):
    """Tables being written as CSV (RFC 4180, UTF-8) with a header line.

    Args:
        store: where the values of things are looked up.
        outputs: name of a table -> what takes its bytes.
    """

    def __init__(self, store: Store, outputs: Mapping[str, Sink]) -> None:
        self.rows = dict.fromkeys(outputs, 0)
        """Table -> rows written."""
        self._follow = _followed(store)
        self._outputs = outputs
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text)
        self._wanted: dict[str, list[Table]] = {}
        for name in outputs:
            table = TABLES[name]
            self._write(name, [table.key, *(column.name for column in table.columns)])
            for of in table.classes:
                self._wanted.setdefault(of, []).append(table)

    def add(self, subject: str, statements: Iterable[tuple[str, str]]) -> None:
        """Take all (predicate, object) pairs of a thing, in N-Triples form; the rows come in the order of the calls."""
        kinds = {table.name: table for p, o in statements if p == _TYPE for table in self._wanted.get(o, ())}
        if not kinds or subject[0] != "<":
            return
        values: dict[str, list[str]] = {}
        for predicate, value in statements:
            values.setdefault(predicate, []).append(value)
        for name, table in kinds.items():
            cells = (SEPARATOR.join(sorted(_cell(column, values, self._follow))) for column in table.columns)
            self._write(name, [_text(subject), *cells])
            self.rows[name] += 1

    def _write(self, name: str, row: list[str]) -> None:
        self._writer.writerow(row)
        self._outputs[name].write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


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
            tables = Tables(store, {table: output})
            for subject, statements in pages(sorter):
                tables.add(subject, statements)
            return tables.rows[table]
        finally:
            sorter.close()


Follow = Callable[[str, str], Mapping[str, frozenset[str]]]


def _cell(column: Column, values: Mapping[str, list[str]], follow: Follow) -> set[str]:
    first, *then = column.path
    found = [term for term in values.get(first, ()) if column.takes(term)]
    if not then:
        return {_text(term) for term in found}
    return {text for term in found if term[0] == "<" for text in follow(first, then[0]).get(term, ())}


def _followed(store: Store) -> Follow:
    """Return what gives, for two properties, what the IRIs that are values of the first say by the second."""

    @cache
    def follow(first: str, second: str) -> Mapping[str, frozenset[str]]:
        solutions = store.query(query("export/followed").replace("$first", first).replace("$second", second))
        assert isinstance(solutions, QuerySolutions)
        found: dict[str, frozenset[str]] = {}
        for value, text in solutions:
            if isinstance(value, NamedNode) and isinstance(text, Literal | NamedNode):
                found[str(value)] = found.get(str(value), frozenset()) | {text.value}
        return found

    return follow


def _text(term: str) -> str:
    """Return the value of a term in N-Triples form; the escapes of a literal are those of JSON."""
    if term[0] != '"':
        return term[1:-1] if term[0] == "<" else ""
    quoted = term[: term.rindex('"') + 1]
    return str(json.loads(quoted)) if "\\" in quoted else quoted[1:-1]
