"""The page of ``/sparql``: the form with a query, and its result as a table or text, with labels and code to take away.

It is whole without scripts. ``static/sparql/page.js`` fetches this very page when a query is run, takes the part
``#answer`` from it, and sorts, draws and maps what stands in its table; so there is one way to show a result.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.engine.pool import Query
from kg.engine.unknown_terms import UnknownTerm, unknown_terms
from kg.namespaces import XSD
from kg.web import terms
from kg.web.answering import GoneError, whole
from kg.web.conneg import GRAPHS, RESULTS, Format
from kg.web.i18n import gettext
from kg.web.labels import labels_of
from kg.web.site import Row, Site, sparql_context
from kg.web.snippets import Snippet, snippets

BYTES = 4 << 20
"""Of a result, read for its page."""

TURTLE = 200_000
"""Characters of a graph that the page shows."""

NUMBERS = {str(XSD[name]) for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}
DATES = {str(XSD[name]) for name in ("date", "dateTime", "gYear", "gYearMonth")}


@dataclass(frozen=True, slots=True)
class Column:
    """A variable of a result."""

    name: str
    kind: str
    """What all its values are: ``number``, ``date``, ``thing`` or else ``text``; right-aligned, sorted, drawn by it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a result: as people read it, and as it is."""

    shown: terms.Value
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the page shows of an answer."""

    form: str
    """``select``, ``ask`` or ``graph``."""
    is_complete: bool
    formats: tuple[Format, ...]
    """In which the whole answer can be downloaded."""
    snippets: tuple[Snippet, ...]
    count: int = 0
    """Solutions that were read, of which ``rows`` are the first."""
    is_counted: bool = True
    """Whether there are no more than these."""
    columns: list[Column] = field(default_factory=list)
    rows: list[list[Cell | None]] = field(default_factory=list)
    boolean: bool = False
    turtle: str = ""
    doubts: tuple[str, ...] = ()
    """What is told of terms that do not exist."""


def empty(site: Site) -> Response:
    """Return the page without a query."""
    return site.page("sparql.html", headers={"Vary": "Accept"}, **sparql_context(site.options.base))


async def answer(site: Site, request: Request, query: Query, headers: dict[str, str]) -> Response:
    """Return the page with a query that asks for JSON or Turtle, and its result."""
    try:
        answer, body = await whole(site, query, request)
    except GoneError:
        return Response(status_code=499)
    dataset = [*(("default-graph-uri", iri) for iri in query.default_graphs),
               *(("named-graph-uri", iri) for iri in query.named_graphs)]  # fmt: skip
    told: dict[str, Any] = {
        "form": answer.form, "is_complete": answer.complete,
        "formats": {"graph": GRAPHS, "ask": RESULTS[:2]}.get(answer.form, RESULTS),
        "snippets": snippets(f"{request.base_url}sparql", query.text, answer.form, dataset),
        "doubts": tuple(map(doubt, unknown_terms(query.text))),
    }  # fmt: skip
    if answer.form == "graph":
        text = body.decode("utf-8", "replace")
        told |= {"turtle": text[:TURTLE], "is_complete": answer.complete and len(text) <= TURTLE}
    elif answer.form == "ask":
        told["boolean"] = json.loads(body)["boolean"]
    else:
        names, solutions = table(body, complete=answer.complete)
        shown = solutions[: site.options.rows]
        iris = (term["value"] for row in shown for term in row.values() if term["type"] == "uri")
        labels = await labels_of(site, iris, answer.version)
        told |= {
            "count": len(solutions), "is_counted": answer.complete,
            "is_complete": answer.complete and len(shown) == len(solutions),
            "columns": [Column(name, _kind(row[name] for row in shown if name in row)) for name in names],
            "rows": [[_cell(site, row[name], labels) if name in row else None for name in names] for row in shown],
        }  # fmt: skip
    if "ETag" in headers:
        headers["ETag"] = site.etag(answer.version, "page")
    context = {"result": Result(**told), **sparql_context(site.options.base, query.text, dataset)}
    return await asyncio.to_thread(site.page, "sparql.html", headers=headers, **context)  # it takes some 70 ms


def doubt(term: UnknownTerm) -> str:
    """Return what a reader is told of a term that does not exist."""
    if term.near is None:
        return gettext("%(name)s is no term of the vocabulary.") % {"name": term.name}
    said = gettext("%(name)s is no term of the vocabulary; did you mean %(near)s?")
    return said % {"name": term.name, "near": term.near}


def _cell(site: Site, term: dict[str, Any], labels: dict[str, str]) -> Cell:
    return Cell(terms.value_of(term, site.options.base, labels.get(term["value"])), term["value"])


def _kind(found: Iterable[dict[str, Any]]) -> str:
    kinds = {_kind_of(term) for term in found}
    return kinds.pop() if len(kinds) == 1 else "text"


def _kind_of(term: dict[str, Any]) -> str:
    if term["type"] == "uri":
        return "thing"
    datatype = term.get("datatype")
    return "number" if datatype in NUMBERS else "date" if datatype in DATES else "text"


def table(body: bytes, *, complete: bool) -> tuple[list[str], list[Row]]:
    """Return variables and solutions of JSON results, of a cut one as many as are whole."""
    if complete:
        found = json.loads(body)
        return found["head"]["vars"], found["results"]["bindings"]
    text = body.decode("utf-8", "ignore")
    head, _, rest = text.partition('"bindings":[')
    names = json.loads(head.partition('"vars":')[2].partition("]")[0] + "]")
    decoder, rows, position = json.JSONDecoder(), [], 0
    with contextlib.suppress(ValueError):  # the row that was cut
        while True:
            row, position = decoder.raw_decode(rest, position)
            rows.append(row)
            position += 1  # the comma
    return names, rows
