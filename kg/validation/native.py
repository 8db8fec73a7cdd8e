"""The optional engine ``shacl``: SHACL Core only, some hundred times as fast as pySHACL."""

from __future__ import annotations

from typing import Any

from kg.errors import InputError
from kg.validation.graphs import graph as parse
from kg.validation.report import Messages, Result, literal, severity

shacl: Any
try:
    import shacl
except ImportError:
    shacl = None


def installed() -> bool:
    """Whether the engine is there."""
    return shacl is not None


def compile_shapes(ntriples: bytes) -> Any:
    """Return the compiled shapes.

    Raises:
        InputError: the engine finds fault with them.
    """
    try:
        return shacl.Shapes.from_text(ntriples.decode(), "ntriples")
    except ValueError as error:
        raise InputError(f"the shapes cannot be used: {error}") from error


def run(ntriples: bytes, shapes: Any) -> Any:
    """Return the engine's report on N-Triples.

    Raises:
        InputError: they are none.
    """
    try:
        return shapes.validate_text(ntriples.decode(), "ntriples")
    except ValueError as error:
        raise InputError(f"the data cannot be validated: {error}") from error


def term(text: str, plain: str | None = None) -> str:
    """Return a term of N-Triples syntax as ``kg.validation.report`` writes it."""
    if text.startswith("<"):
        return text[1:-1]
    if not text.startswith('"'):
        return "[]"
    closing = text.rindex('"')
    suffix = text[closing + 1 :]
    if plain is None:
        plain = str(next(parse(b"<x:s> <x:p> " + text.encode() + b" .\n").objects(None, None)))
    if suffix.startswith("@"):
        return literal(plain, suffix[1:], None)
    return literal(plain, None, suffix[3:-1] if suffix.startswith("^^<") else None)


def results(report: Any, messages: Messages) -> list[Result]:
    """Return the results of a report, as they come."""
    found: list[Result] = []
    for one in report.results:
        value = None if one.value is None else term(one.value, one.value_plain)
        path = one.path
        if path is not None and path.startswith("<") and path.find(">") == len(path) - 1:
            path = path[1:-1]
        found.append(Result(
            focus_node=term(one.focus_node), path=path, value=value,
            message=messages.choose(one.messages, one.component_iri, value), severity=severity(one.severity_iri),
            source_shape=term(one.root_shape), constraint=one.component_iri,
        ))  # fmt: skip
    return found
