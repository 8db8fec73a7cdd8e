"""The optional engine ``shacl``: SHACL Core only, some fifty times as fast as pySHACL."""

from __future__ import annotations

from typing import Any

from rdflib import Graph

from kg.errors import InputError
from kg.validation_pyshacl import graph as parse
from kg.validation_report import Messages, Result, literal, severity

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


def _run(ntriples: bytes, shapes: Any) -> Any:
    try:
        return shapes.validate_text(ntriples.decode(), "ntriples")
    except ValueError as error:
        raise InputError(f"the data cannot be validated: {error}") from error


def _term(text: str, plain: str | None = None) -> str:
    """Return a term in N-Triples syntax as ``kg.validation_report`` writes it."""
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


def results(ntriples: bytes, shapes: Any, messages: Messages) -> tuple[Result, ...]:
    """Return the results of validating N-Triples, in order."""
    return _results(_run(ntriples, shapes), messages)


def report(ntriples: bytes, shapes: Any, messages: Messages) -> tuple[tuple[Result, ...], Graph]:
    """Return the results of validating N-Triples, and the report graph."""
    found = _run(ntriples, shapes)
    return _results(found, messages), parse(found.serialize("ntriples").encode())


def _results(report: Any, messages: Messages) -> tuple[Result, ...]:
    found: list[Result] = []
    for one in report.results:
        value = None if one.value is None else _term(one.value, one.value_plain)
        path = one.path
        if path is not None and path.startswith("<") and path.find(">") == len(path) - 1:
            path = path[1:-1]
        found.append(Result(
            focus_node=_term(one.focus_node), path=path, value=value,
            message=messages.choose(one.messages, one.component_iri, value), severity=severity(one.severity_iri),
            source_shape=_term(one.root_shape), constraint=one.component_iri,
        ))  # fmt: skip
    return tuple(sorted(found, key=lambda result: result.key))
