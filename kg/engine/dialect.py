"""How a SPARQL server speaks where it does not speak as the standards say; this one does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass


class RemoteError(Exception):
    """There is no answer, or a part of it only.

    ``kind``: ``away`` (the server cannot be reached), ``gone`` (it does not hold the version), ``failed`` (it does not
    evaluate the query) or ``cut`` (it gives a part of the answer).
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _truth(body: bytes) -> bool:
    return bool(json.loads(body)["boolean"])


def _nothing(headers: Mapping[str, str]) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What differs from server to server; the defaults are those of the standards."""

    written: Callable[[str], str] = str
    """Makes of a query what the server has to be asked."""
    solutions: Callable[[Iterable[bytes]], Iterator[bytes]] = iter
    """Makes of a table in SPARQL JSON, piece by piece, what the standard says."""
    truth: Callable[[bytes], bool] = _truth
    """Reads the answer of ASK in SPARQL JSON."""
    cut: Callable[[Mapping[str, str]], str | None] = _nothing
    """Says why an answer that seems whole is not: headers (lower case) -> a reason."""
    merges: bool = True
    """Whether several default graphs are merged: each triple once, however many of them it stands in
    (https://www.w3.org/TR/sparql11-query/#specifyingDataset)."""


STANDARD = Dialect()
