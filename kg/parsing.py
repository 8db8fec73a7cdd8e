"""Reading RDF in any syntax, with errors that say where. Nothing is ever fetched: no imports, no remote contexts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse, serialize

from kg.errors import InputError, UsageError

TURTLE = RdfFormat.TURTLE
AT_ONCE = 20_000
"""Statements that are read and written together."""


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


def _line(path: Path, number: int | None) -> str | None:
    with path.open("rb") as lines:
        line = next(islice(lines, number - 1, None), None) if number else None
    return line.decode("utf-8", "replace").rstrip("\r\n")[:200] if line is not None else None


def _input_error(error: SyntaxError, name: str | None, excerpt: str | None) -> InputError:
    line, column = error.lineno, error.offset
    message = str(error.msg).partition("columns")[2].partition(": ")[2] or str(error.msg)
    message = message.removesuffix(f" (line {line})")
    if "LoadDocumentCallback" in message:
        message = "the JSON-LD context stands at another address, and nothing is fetched"
    return InputError(message, path=name, line=line, column=column, excerpt=excerpt if column is not None else None)


def quads(data: bytes, syntax: RdfFormat, *, name: str | None = None, base: str | None = None) -> list[Quad]:
    """Return the quads of a document. Blank nodes get fresh labels, so documents can be put together.

    Raises:
        InputError: it is not well-formed; carries ``name`` as path, line, column and the line itself.
    """
    try:
        return list(parse(data, syntax, base_iri=base, rename_blank_nodes=True))
    except SyntaxError as error:
        raise _input_error(error, name, _excerpt(data, error.lineno)) from None
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


def file_ntriples(path: Path) -> Iterator[bytes]:
    """Return the statements of a file as N-Triples, piece by piece, without their graphs; as ``file_quads`` else."""
    syntax = format_of(path)
    try:
        found = parse(path=path, format=syntax, base_iri=path.resolve().as_uri(), rename_blank_nodes=True)
        while True:
            some = islice(found, AT_ONCE)
            if syntax.supports_datasets:
                piece = serialize((quad.triple for quad in some), format=RdfFormat.N_TRIPLES)
            else:  # quads of the default graph are written as triples, and making these takes a while
                piece = serialize(some, format=RdfFormat.N_QUADS)
            if not piece:
                return
            yield piece
    except SyntaxError as error:
        raise _input_error(error, str(path), _line(path, error.lineno)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=str(path)) from error


def size(path: Path) -> int:
    """Return about how many bytes of N-Triples a file has; nothing where it cannot be read.

    Turtle and its like are some four times as short.
    """
    try:
        found = path.stat().st_size
    except OSError:
        return 0
    return found if format_of(path) in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS) else 4 * found


def ntriples(statements: Iterable[Quad]) -> bytes:
    """Return quads as N-Triples: their graphs are forgotten."""
    return serialize((quad.triple for quad in statements), format=RdfFormat.N_TRIPLES) or b""
