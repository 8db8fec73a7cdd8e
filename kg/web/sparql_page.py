"""The page of ``/sparql``: the form with a query, and its result."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.engine.pool import Query
from kg.web import terms
from kg.web.answering import GoneError, whole
from kg.web.site import Site, sparql_context

BYTES = 4 << 20
"""Of a result, read for its page."""


def empty(site: Site) -> Response:
    """Return the page without a query."""
    return site.page("sparql.html", query="", headers={"Vary": "Accept"}, **sparql_context())


async def result(site: Site, request: Request, query: Query, headers: dict[str, str]) -> Response:
    """Return the page with a query that asks for JSON or Turtle, and its result as a table or text."""
    try:
        answer, body = await whole(site, query, request)
    except GoneError:
        return Response(status_code=499)
    context: dict[str, Any] = {"form": answer.form, "complete": answer.complete}
    if answer.form == "graph":
        text = body.decode("utf-8", "replace")
        context |= {"turtle": text[:200_000], "complete": answer.complete and len(text) <= 200_000}
    elif answer.form == "ask":
        context["boolean"] = json.loads(body)["boolean"]
    else:
        names, rows = _table(body, complete=answer.complete)
        shown = [[terms.value_of(row[n], site.options.base) if n in row else None for n in names]
                 for row in rows[: site.options.rows]]  # fmt: skip
        context |= {"names": names, "rows": shown, "count": len(rows)}
        context["complete"] = answer.complete and len(shown) == len(rows)
    if "ETag" in headers:
        headers["ETag"] = site.etag(answer.version, "page")
    return site.page("sparql.html", headers=headers, query=query.text, result=context, **sparql_context())


def _table(body: bytes, *, complete: bool) -> tuple[list[str], list[dict[str, Any]]]:
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
