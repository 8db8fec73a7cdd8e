"""What can go wrong with a request, as RFC 9457 problems: JSON, text or a page, by negotiation.

``KINDS`` is the table of all of them; errors of the engine become problems in ``of``, and nowhere else.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from kg import errors as base
from kg.dataset.search import SearchError
from kg.engine import errors
from kg.web.conneg import Format
from kg.web.i18n import N_, gettext

PROBLEM_JSON = Format("json", "application/problem+json", "JSON", (), ("application/json", "application/ld+json",
                      "application/sparql-results+json"))  # fmt: skip
TEXT = Format("txt", "text/plain", "text", (), ("text/csv", "text/tab-separated-values", "text/turtle",
              "application/n-triples"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its status, title, and what one can do."""

    status: int
    title: str
    advice: str


KINDS: dict[str, Kind] = {
    "syntax-error": Kind(400, N_("The query cannot be read"), N_("Correct it at the place that is shown.")),
    "not-evaluated": Kind(
        422, N_("The query cannot be answered"), N_("It asks for something that the engine does not know.")
    ),
    "too-complex": Kind(400, N_("The query is too complex to be planned"), N_("Ask in several simpler queries.")),
    "bad-request": Kind(400, N_("The request cannot be understood"), N_("See what the detail says.")),
    "document-error": Kind(400, N_("The document cannot be read"), N_("Correct it at the place that is shown.")),
    "unauthorized": Kind(
        401, N_("Only those who have the token may write here"), N_("Send it: Authorization: Bearer ...")
    ),
    "graph-refused": Kind(
        403, N_("That graph cannot be written"), N_("Name another graph, by GRAPH, WITH or ?graph=.")
    ),
    "operator-only": Kind(403, N_("Only the operator may do this"), N_("See the detail.")),
    "service-refused": Kind(403, N_("That may not be fetched here"), N_("Ask the other endpoint directly.")),
    "update-refused": Kind(
        403, N_("This endpoint is read-only"), N_("Send queries: SELECT, ASK, CONSTRUCT or DESCRIBE.")
    ),
    "not-found": Kind(404, N_("There is nothing here"), N_("Look for it in the lists, or ask by SPARQL.")),
    "method-not-allowed": Kind(405, N_("This address does not take that method"), N_("See the Allow header.")),
    "not-acceptable": Kind(
        406, N_("There is no representation of that type"), N_("Ask for one of those that are listed.")
    ),
    "gone": Kind(410, N_("This is not there any more"), N_("See the version that had it.")),
    "conflict": Kind(409, N_("The dataset is in a state that does not let it be written"), N_("See the detail.")),
    "too-large": Kind(413, N_("The request is too large"), N_("Ask in several smaller queries.")),
    "unsupported-media-type": Kind(415, N_("The body is of a type that is not understood"), N_("See the detail.")),
    "result-too-large": Kind(422, N_("The result is too large"), N_("Ask for less, or take the dump.")),
    "over-budget": Kind(429, N_("You have asked for a lot"), N_("Ask again when the time in Retry-After is over.")),
    "not-conforming": Kind(422, N_("Things would no longer conform to the shapes"), N_("Mend what the results say.")),
    "beyond-graph": Kind(422, N_("The update writes more than the one graph"), N_("Send it to /sparql.")),
    "failed": Kind(500, N_("Something went wrong on this side"), N_("Tell the operator; the log says more.")),
    "service-failed": Kind(502, N_("Another server has no answer"), N_("Ask again later, or write SERVICE SILENT.")),
    "engine-away": Kind(502, N_("The server with the data gives no answer"), N_("Ask again later, or take the dump.")),
    "worker-died": Kind(503, N_("The query needed more than it may have"), N_("Ask for less, or take the dump.")),
    "stopped": Kind(503, N_("The query was stopped by the operator"), N_("Ask for less, or ask the operator why.")),
    "overloaded": Kind(503, N_("Too many queries are being answered"), N_("Ask again in some seconds.")),
    "no-data": Kind(503, N_("There is no data to ask"), N_("The operator has to publish a version first.")),
    "not-searchable": Kind(503, N_("This version cannot be searched"), N_("Look in the lists, or ask by SPARQL.")),
    "deadline": Kind(504, N_("The query took too long"), N_("Ask for less, or take the dump and query it at home.")),
}


@dataclass
class Problem(Exception):  # noqa: N818 (it is what RFC 9457 calls it)
    """A problem of one of the kinds; ``extra`` are further members of its JSON."""

    kind: str
    detail: str
    hint: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    query: str | None = None
    """The query it is about, for the page that shows both."""
    ways: tuple[tuple[str, str], ...] = ()
    """What its page offers instead: names and addresses."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.kind].status

    @property
    def title(self) -> str:
        """The title of its kind."""
        return KINDS[self.kind].title

    @property
    def caret(self) -> str | None:
        """A line that points at the column of ``excerpt``."""
        if self.excerpt is None or self.column is None:
            return None
        before = self.excerpt[: self.column - 1]
        return "".join(c if c == "\t" else " " for c in before) + "^"

    def json(self) -> bytes:
        """Return the problem as JSON (RFC 9457)."""
        members = {
            "type": f"/problems#{self.kind}", "title": self.title, "status": self.status, "detail": self.detail,
            "hint": self.hint, "line": self.line, "column": self.column, "excerpt": self.excerpt, "caret": self.caret,
        }  # fmt: skip
        found = {k: v for k, v in members.items() if v is not None} | self.extra
        return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")

    def text(self) -> str:
        """Return the problem as text."""
        place = f"line {self.line}, column {self.column}: " if self.line is not None else ""
        lines = [f"{self.status} {self.title}", f"{place}{self.detail}"]
        if self.caret is not None:
            lines += [f"  {self.excerpt}", f"  {self.caret}"]
        lines += [self.hint] if self.hint else []
        for key, value in self.extra.items():
            if key == "results":
                lines += [f"<{r['focus_node']}>: {r['message']}" for r in value]
            else:
                lines.append(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
        return "\n".join(lines) + "\n"


_NOT_MADE = {
    "union": "graph-refused", "made": "graph-refused", "missing": "not-found", "invalid": "not-conforming",
    "beyond": "beyond-graph", "staged": "conflict", "document": "document-error", "store": "no-data",
}  # fmt: skip
"""``UpdateRefusedError.rule`` -> kind."""

_REFUSED = {"dataset": "bad-request", "service": "service-refused", "update": "update-refused", "size": "too-large"}


def of(error: Exception, query: str | None = None) -> Problem:
    """Return the problem that an error of the engine is to a client."""
    hint = getattr(error, "hint", None)
    match error:
        case errors.QuerySyntaxError():
            return Problem("syntax-error", error.message, hint, error.line, error.column, error.excerpt, query=query)
        case errors.QueryRefusedError():
            return Problem(_REFUSED.get(error.rule, "too-complex"), error.message, hint, query=query)
        case errors.UpdateRefusedError():
            told = error.details
            return Problem(_NOT_MADE.get(error.rule, "failed"), str(error), hint, told.get("line"), told.get("column"),
                           told.get("excerpt"), {k: v for k, v in told.items() if k == "results"})  # fmt: skip
        case errors.QueryFailedError():
            return Problem("not-evaluated", str(error), hint, query=query)
        case errors.DeadlineError():
            return Problem("deadline", str(error), hint, query=query)
        case errors.WorkerDiedError():
            return Problem("worker-died", str(error), hint, query=query)
        case errors.OverloadedError():
            return Problem("overloaded", str(error), hint, query=query, headers={"Retry-After": "5"})
        case errors.BudgetError():
            retry = {"Retry-After": str(math.ceil(error.wait))}
            return Problem("over-budget", str(error), hint, query=query, headers=retry)
        case errors.StoppedError():
            return Problem("stopped", str(error), hint, query=query)
        case errors.ServiceError():
            return Problem("service-failed", str(error), hint, query=query)
        case errors.AwayError():
            return Problem("engine-away", str(error), hint, query=query, headers={"Retry-After": "10"})
        case errors.ResultTooLargeError():
            return Problem("result-too-large", str(error), hint, query=query)
        case SearchError():
            return Problem("not-searchable", str(error), hint)
        case errors.NoVersionError() | base.StoreError():
            return Problem("no-data", str(error), hint, query=query, headers={"Retry-After": "30"})
    return Problem("failed", gettext("An error that nobody has foreseen."), query=query)
