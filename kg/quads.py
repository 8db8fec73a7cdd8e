"""Making quads: the one place where our strings, dates and texts become terms, as pyoxigraph has and writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import ClassVar

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.namespaces import XSD
from kg.records import Text

Value = str | bool | int | float | date | datetime


@lru_cache(maxsize=65_536)
def iri(value: str) -> NamedNode:
    """Return the term for an absolute IRI; the same object for the same IRI.

    Raises:
        ValueError: it is no valid IRI.
    """
    return NamedNode(value)


def literal(value: Value | Text, datatype: str | None = None) -> Literal:
    """Return the literal for a Python value: dates typed, ``Text`` with its language."""
    if isinstance(value, Text):
        return Literal(value.value, language=value.language) if value.language else Literal(value.value)
    form, implied = _form(value)
    datatype = datatype or implied
    return Literal(form, datatype=iri(datatype)) if datatype else Literal(form)


def _form(value: Value) -> tuple[str, str | None]:
    """Return the lexical form of a value, and the datatype that its type implies."""
    if isinstance(value, str):
        return str(value), None
    if isinstance(value, bool):
        return ("true" if value else "false"), _BOOLEAN
    if isinstance(value, datetime):
        return value.isoformat(), _DATE_TIME
    if isinstance(value, date):
        return value.isoformat(), _DATE
    return (str(value), _INTEGER) if isinstance(value, int) else (repr(value), _DOUBLE)


_BOOLEAN, _DATE_TIME, _DATE, _INTEGER, _DOUBLE = map(
    str, (XSD.boolean, XSD.dateTime, XSD.date, XSD.integer, XSD.double)
)


@lru_cache(maxsize=65_536)
def _iri_text(value: str) -> str:
    return str(NamedNode(value))


@lru_cache(maxsize=1024)
def _typed(datatype: str) -> str:
    """Return what is written behind the quotation marks of a literal of this datatype."""
    return str(Literal("", datatype=iri(datatype)))[2:]


@lru_cache(maxsize=1024)
def _tagged(language: str) -> str:
    return str(Literal("", language=language))[2:]


def _quoted(form: str) -> str:
    """Return a lexical form between quotation marks, as pyoxigraph writes it; most need no escapes."""
    if form.isprintable() and '"' not in form and "\\" not in form:
        return f'"{form}"'
    return str(Literal(form))


class Statements:
    """Collects the quads of one record in one graph, each once, in the order of telling.

    What is None or empty is left out, so mappings need no ``if`` for missing fields. A quad is text, as ``str`` of
    pyoxigraph's gives it (N-Quads without the final dot): that is what validation, shards and files take.
    """

    __slots__ = ("_end", "_lines")
    kept: ClassVar[bool] = True

    def __init__(self, graph: str) -> None:
        self._end = f" {_iri_text(graph)}"
        self._lines: dict[str, None] = {}

    def link(self, subject: str, predicate: str, *objects: str | None) -> None:
        """State that ``subject`` is related to each of the IRIs.

        Raises:
            ValueError: one is no valid IRI.
        """
        start = f"{_iri_text(subject)} {_iri_text(str(predicate))} "  # plain text is looked up faster than URIRef
        for value in objects:
            if value:
                self._lines[f"{start}{_iri_text(str(value))}{self._end}"] = None

    def value(self, subject: str, predicate: str, *values: Value | Text | None, datatype: str | None = None) -> None:
        """State literals of ``subject``; ``datatype`` overrides what the Python type implies.

        Raises:
            ValueError: subject or predicate is no valid IRI, or a literal has no UTF-8 or no such language.
        """
        start = f"{_iri_text(subject)} {_iri_text(str(predicate))} "
        for value in values:
            if isinstance(value, Text):
                form, tail = value.value, _tagged(value.language) if value.language else ""
            elif value is None:
                continue
            else:
                form, implied = _form(value)
                kind = datatype or implied
                tail = _typed(str(kind)) if kind else ""
            if form:
                self._lines[f"{start}{_quoted(form)}{tail}{self._end}"] = None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the quads."""
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


class Unwritten(Statements):
    """Takes statements and keeps none, for who only wants to know whom a record names."""

    __slots__ = ()
    kept = False

    def link(self, subject: str, predicate: str, *objects: str | None) -> None:
        """Keep nothing."""

    def value(self, subject: str, predicate: str, *values: Value | Text | None, datatype: str | None = None) -> None:
        """Keep nothing."""


def nquads(lines: Iterable[str]) -> bytes:
    """Return quads as a document."""
    return " .\n".join([*lines, ""]).encode()


def parsed(lines: Iterable[str]) -> Iterator[Quad]:
    """Return quads as pyoxigraph's."""
    return parse(nquads(lines), RdfFormat.N_QUADS)
