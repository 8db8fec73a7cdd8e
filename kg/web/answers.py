"""The answer of a SELECT query as a table for people: headings, labels, links, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from kg.engine.pool import Query, VersionRef
from kg.namespaces import XSD
from kg.questions import Question
from kg.web import terms
from kg.web.answering import whole
from kg.web.i18n import gettext
from kg.web.labels import labels_of
from kg.web.queries import is_iri
from kg.web.site import Row, Site
from kg.web.sparql_page import BYTES, DATES, NUMBERS, table
from kg.web.terms import Value

SOURCES = "sources"
"""The variable whose value is the IRIs, with blanks between them, of the graphs that say what its row says."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    variable: str
    heading: str
    kind: str
    """What all its values are: ``number``, ``date``, ``boolean``, ``sources``, or else ``text``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as its page shows it."""

    columns: list[Column]
    rows: list[list[list[Value]]]
    """The values of each cell: none, one, or several sources."""
    solutions: list[Row]
    """The shown rows as they came."""
    labels: dict[str, str]
    """IRI -> label in the reader's language, of all things in the shown rows."""
    count: int
    is_complete: bool
    """Whether all rows are shown."""
    version: VersionRef

    def text(self, row: Row, variable: str) -> str:
        """Return what a row has for a variable, in the reader's language where it is the label of a thing."""
        thing = row.get(variable.removesuffix("Label"), {}).get("value", "")
        return self.labels.get(thing) or row.get(variable, {}).get("value", "")


async def answer_of(site: Site, request: Request, question: Question, query: str) -> Answer:
    """Ask a query; return its answer, of which the first rows are shown.

    Raises:
        GoneError: the client went away meanwhile.
    """
    found, body = await whole(site, Query(text=query, graph=None, limit=BYTES), request)
    names, solutions = table(body, complete=found.complete)
    shown = solutions[: site.options.rows]
    named = {iri for row in shown for name, term in row.items() for iri in _iris(name, term)}
    labels = await labels_of(site, named, found.version)
    columns = [
        Column(name, gettext(question.heading(name)), _kind(name, shown))
        for name in names
        if not (name.endswith("Label") and name.removesuffix("Label") in names)
    ]
    rows = [[_cell(site, column, row, labels) for column in columns] for row in shown]
    return Answer(
        columns, rows, shown, labels, len(solutions), found.complete and len(shown) == len(solutions), found.version
    )


def _iris(name: str, term: dict[str, Any]) -> Iterable[str]:
    if name == SOURCES:
        return str(term["value"]).split()
    return (term["value"],) if term["type"] == "uri" else ()


def _kind(name: str, rows: Sequence[Row]) -> str:
    if name == SOURCES:
        return "sources"
    kinds = {row[name].get("datatype") for row in rows if name in row}
    if kinds and kinds <= NUMBERS:
        return "number"
    if kinds == {str(XSD.boolean)}:
        return "boolean"
    return "date" if kinds and kinds <= DATES else "text"


def _cell(site: Site, column: Column, row: Row, labels: dict[str, str]) -> list[Value]:
    term, base = row.get(column.variable), site.options.base
    if term is None:
        return []
    if column.kind == "sources":
        return [_source(iri, base, labels) for iri in sorted(str(term["value"]).split()) if is_iri(iri)]
    label = labels.get(term["value"]) or row.get(f"{column.variable}Label", {}).get("value")
    return [terms.value_of(term, base, label if term["type"] == "uri" else None)]


def _source(iri: str, base: str, labels: dict[str, str]) -> Value:
    return terms.value_of({"type": "uri", "value": iri}, base, labels.get(iri) or iri.removeprefix(base + "graph/"))
