"""Reading RDF in any syntax, with errors that say where. Nothing is ever fetched: no imports, no remote contexts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse, serialize

from kg.errors import InputError, UsageError

TURTLE = RdfFormat.TURTLE


def format_of(path: Path) -> RdfFormat:
    """Return the syntax that a file name's extension stands for; a final ``.gz`` is none of our business.

    Raises:
        UsageError: no RDF syntax has this extension.
    """
    found = RdfFormat.from_extension(path.suffix.removeprefix(".").lower())
    if found is None:
        raise UsageError(
            f"{path}: cannot tell the RDF syntax from the file name",
            hint="known extensions: .ttl .nt .nq .trig .rdf .jsonld .n3",
        )
    return found


def _excerpt(data: bytes, line: int | None) -> str | None:
    lines = data.decode("utf-8", "replace").splitlines()
    return lines[line - 1][:200] if line is not None and 0 < line <= len(lines) else None


def quads(data: bytes, syntax: RdfFormat, *, name: str | None = None, base: str | None = None) -> list[Quad]:
    """Return the quads of a document. Blank nodes get fresh labels, so documents can be put together.

    Raises:
        InputError: it is not well-formed; carries ``name`` as path, line, column and the line itself.
    """
    try:
        return list(parse(data, syntax, base_iri=base, rename_blank_nodes=True))
    except SyntaxError as error:
        line, column = error.lineno, error.offset
        message = str(error.msg).partition("columns")[2].partition(": ")[2] or str(error.msg)
        message = message.removesuffix(f" (line {line})")
        if "LoadDocumentCallback" in message:
            message = "the JSON-LD context stands at another address, and nothing is fetched"
        raise InputError(
            message, path=name, line=line, column=column, excerpt=_excerpt(data, line) if column is not None else None
        ) from None
    except ValueError as error:  # a base IRI that is none
        raise InputError(str(error), path=name) from None


def file_quads(path: Path) -> list[Quad]:
    """Return the quads of a file; its own address is the base of relative IRIs.

    Raises:
        InputError: it cannot be read or is not well-formed.
        UsageError: its extension tells no RDF syntax.
    """
    syntax = format_of(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=str(path)) from error
    return quads(data, syntax, name=str(path), base=path.resolve().as_uri())


def ntriples(statements: Iterable[Quad]) -> bytes:
    """Return quads as N-Triples: their graphs are forgotten."""
    return serialize((quad.triple for quad in statements), format=RdfFormat.N_TRIPLES) or b""
