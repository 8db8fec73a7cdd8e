"""What the layers around the application tell each other about one request."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.types import Scope

_KEY = "commons_kg.notes"


@dataclass(slots=True)
class Notes:
    """Written by the layers on the request's way in and out, read by the access log."""

    cache: str = ""
    """``hit`` or ``miss`` where the cache was asked."""
    queries: list[str] = field(default_factory=list)
    """Hashes of the queries that were asked of the engine, or of those behind a cached answer."""


def notes_of(scope: Scope) -> Notes:
    """Return the notes of a request."""
    found: Notes | None = scope.get(_KEY)
    if found is None:
        found = scope[_KEY] = Notes()
    return found
