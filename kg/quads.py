"""Making quads: the one place where our strings, dates and texts become pyoxigraph terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Quad

from kg.namespaces import XSD
from kg.records import Text

_STRING = NamedNode(str(XSD.string))

Value = str | bool | int | float | date | datetime


@lru_cache(maxsize=65_536)
def iri(value: str) -> NamedNode:
    """Return the term for an absolute IRI; the same object for the same IRI.

    Raises:
        ValueError: it is no valid IRI.
    """
    return NamedNode(value)


@lru_cache(maxsize=64)
def _datatype(name: str) -> NamedNode:
    return NamedNode(str(XSD[name]))


def literal(value: Value | Text, datatype: str | None = None) -> Literal:
    """Return the literal for a Python value: dates typed, ``Text`` with its language."""
    if isinstance(value, Text):
        return Literal(value.value, language=value.language) if value.language else Literal(value.value)
    if datatype is not None:
        return Literal(str(value), datatype=iri(datatype))
    if isinstance(value, str):
        return Literal(value)
    if isinstance(value, bool):
        return Literal("true" if value else "false", datatype=_datatype("boolean"))
    if isinstance(value, datetime):
        return Literal(value.isoformat(), datatype=_datatype("dateTime"))
    if isinstance(value, date):
        return Literal(value.isoformat(), datatype=_datatype("date"))
    if isinstance(value, int):
        return Literal(str(value), datatype=_datatype("integer"))
    return Literal(repr(value), datatype=_datatype("double"))


class Statements:
    """Collects the quads of one record in one graph, each once, in the order of telling.

    What is None or empty is left out, so mappings need no ``if`` for missing fields.
    """

    __slots__ = ("_graph", "_quads")

    def __init__(self, graph: str) -> None:
        self._graph = iri(graph)
        self._quads: dict[Quad, None] = {}

    def link(self, subject: str, predicate: str, *objects: str | None) -> None:
        """State that ``subject`` is related to each of the IRIs."""
        s, p = iri(subject), iri(predicate)
        for value in objects:
            if value:
                self._quads[Quad(s, p, iri(value), self._graph)] = None

    def value(self, subject: str, predicate: str, *values: Value | Text | None, datatype: str | None = None) -> None:
        """State literals of ``subject``; ``datatype`` overrides what the Python type implies."""
        s, p = iri(subject), iri(predicate)
        for value in values:
            if value is None or value == "" or (isinstance(value, Text) and not value.value):
                continue
            self._quads[Quad(s, p, literal(value, datatype), self._graph)] = None

    def __iter__(self) -> Iterator[Quad]:
        """Iterate over the quads."""
        return iter(self._quads)

    def __len__(self) -> int:
        return len(self._quads)
