"""Why a query has no answer.

::

    InputError
    ├── QuerySyntaxError    the text is no SPARQL query; knows line, column and what was expected
    └── QueryRefusedError   the text asks for what is not allowed, or is too large
    OperationError
    └── EngineError
        ├── QueryFailedError    the engine gave up: a function it does not know, a broken store
        ├── FormError           the answer has no representation in the formats that were asked for
        ├── DeadlineError       it took too long and was stopped
        ├── WorkerDiedError     its worker ended: out of memory or stack, or killed
        ├── OverloadedError     too many queries are waiting
        ├── BudgetError         its client has had more of the workers' time than one may have
        ├── StoppedError        the operator has stopped it
        ├── ServiceError        another server that the query asks has no answer
        ├── AwayError           the server that holds the data gives no answer
        ├── UpdateRefusedError  an update is not made: what it would write is not allowed or does not conform
        ├── ResultTooLargeError the answer is larger than answers may be
        └── NoVersionError      nothing was published yet, or what was asked for is gone
"""

from __future__ import annotations

from typing import Any

from kg.errors import InputError, OperationError


class QuerySyntaxError(InputError):
    """The text is no SPARQL query. ``column`` is where the mistake is, as far as the parser can tell."""


class QueryRefusedError(InputError):
    """The text asks for what is not allowed; ``rule``: ``service``, ``update``, ``size``, ``depth`` or ``patterns``."""

    def __init__(self, message: str, *, rule: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.rule = rule


class EngineError(OperationError):
    """A query has no answer, and its text is not to blame."""


class QueryFailedError(EngineError):
    """The engine gave up while it evaluated the query."""


class AwayError(EngineError):
    """The server that holds the data gives no answer."""


class UpdateRefusedError(EngineError):
    """An update is not made; nothing was changed.

    ``rule``: ``union`` (the default graph cannot be written), ``made`` (the server makes that graph), ``missing`` (no
    such graph), ``invalid`` (shapes would be broken; ``details["results"]``), ``beyond`` (a patch of one graph writes
    another), ``staged`` (a load waits to be published), ``document`` (not well-formed; with line and column) or
    ``store``.
    """

    def __init__(self, message: str, *, rule: str, hint: str | None = None, details: dict[str, Any]) -> None:
        super().__init__(message, hint=hint)
        self.rule, self.details = rule, details


class FormError(EngineError):
    """The answer has no representation in the formats asked for; ``form`` is ``results`` or ``graph``."""

    def __init__(self, form: str) -> None:
        super().__init__(f"the answer of this query is a {'table' if form == 'results' else 'graph'}")
        self.form = form


class DeadlineError(EngineError):
    """The query took too long and was stopped."""


class WorkerDiedError(EngineError):
    """The worker process that had the query ended."""


class OverloadedError(EngineError):
    """Too many queries are waiting."""


class BudgetError(EngineError):
    """A client has had more of the workers' time than one may have; ``wait``: seconds until it may ask again."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message, hint=f"Ask again in {wait:.0f} seconds, or take the dump and query it at home.")
        self.wait = wait


class StoppedError(EngineError):
    """The operator has stopped the query."""


class ServiceError(EngineError):
    """Another server that the query asks, or the update loads from, has no answer."""


class ResultTooLargeError(EngineError):
    """The answer is larger than answers may be."""


class NoVersionError(EngineError):
    """There is no published version to ask."""


_OUTCOMES: dict[type[Exception], str] = {
    QuerySyntaxError: "syntax", QueryRefusedError: "refused", QueryFailedError: "failed", FormError: "form",
    DeadlineError: "deadline", WorkerDiedError: "died", OverloadedError: "overloaded", BudgetError: "budget",
    StoppedError: "stopped", ResultTooLargeError: "too-large", NoVersionError: "no-version",
    ServiceError: "service", AwayError: "away",
}  # fmt: skip


def outcome(error: Exception) -> str:
    """Return the word by which an error is counted: one of ``kg.engine.stats.OUTCOMES``."""
    return _OUTCOMES.get(type(error), "failed")
