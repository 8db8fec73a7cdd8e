"""Validation by SHACL: the only module, with its ``validation_*`` siblings, that knows an engine.

pySHACL is the reference and is always there. The optional native engine ``shacl`` checks batches of records at import
time, where pySHACL would take hours, and pySHACL checks a sample of them again: where the two disagree the load stops.
Nothing is ever fetched: ``owl:imports`` and remote contexts are not followed.

``python -m kg.validation DATA... --shapes FILE --report FILE`` exits with 0 where the data conforms, else with 1.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rdflib import Graph

from kg import parsing, validation_native, validation_pyshacl
from kg.errors import EngineMismatchError, InputError, UsageError
from kg.namespaces import SH, XSD
from kg.validation_report import Messages, Report, Result, results
from kg.validation_shapes import complaints, declare_imported_prefixes, is_core

__all__ = ["Engine", "Report", "Result", "Shapes", "validate", "validate_batch", "validate_files"]

Engine = Literal["auto", "pyshacl", "shacl"]

BIG = 50_000
"""Triples from which files are validated by the native engine where it can: pySHACL would take some twenty seconds."""
SAMPLE = 64
"""One batch in so many is checked by both engines; the first one of a load always."""
WINDOW = 2_000
"""Triples of such a batch that both look at: pySHACL takes about a second for them, and thirty for a whole batch."""


@dataclass(eq=False)
class Shapes:
    """A shapes graph, read and checked once; immutable but for the count of cross-checks."""

    ntriples: bytes = field(repr=False)
    graph: Graph = field(repr=False)
    messages: Messages = field(repr=False)
    core: bool
    """Whether it is SHACL Core alone, so that the native engine can take it."""
    compiled: Any = field(repr=False)
    """For the native engine; None where that cannot take it or is not installed."""
    checked: int = 0
    """Batches or records that the native engine has checked since the load began."""
    cross_checked: int = 0
    """How many of them pySHACL has checked as well."""

    def begin_load(self) -> None:
        """Let the next batch count as the first one of a load: it is checked by both engines."""
        self.checked = self.cross_checked = 0

    @classmethod
    def load(cls, *paths: str | Path) -> Shapes:
        """Read shapes from files and from all ``.ttl`` files of folders.

        Raises:
            InputError: a file is not well-formed RDF (with line and column) or not well-formed SHACL.
            UsageError: there is no shapes file there.
        """
        files: list[Path] = []
        for path in map(Path, paths):
            found = sorted(path.glob("*.ttl")) if path.is_dir() else [path]
            files += found
        if not files:
            raise UsageError(f"no shapes files in {', '.join(map(str, paths)) or 'nothing'}")
        return cls.of(parsing.ntriples(quad for file in files for quad in parsing.file_quads(file)),
                      name=", ".join(map(str, files)))  # fmt: skip

    @classmethod
    def of(cls, ntriples: bytes, *, name: str | None = None) -> Shapes:
        """Take shapes in N-Triples; ``name`` is what errors call them.

        Raises:
            InputError: they are not well-formed SHACL.
        """
        graph = validation_pyshacl.graph(ntriples)
        if found := complaints(ntriples, graph):
            raise InputError("not well-formed SHACL:\n" + "\n".join(f"  {line}" for line in found), path=name)
        declare_imported_prefixes(graph)
        core = is_core(graph)
        compiled = validation_native.compile_shapes(ntriples) if core and validation_native.installed() else None
        return cls(ntriples, graph, Messages(graph), core, compiled)


def _engine(shapes: Shapes, engine: Engine) -> Literal["pyshacl", "shacl"]:
    if engine == "auto":
        return "pyshacl" if shapes.compiled is None else "shacl"
    if engine == "shacl" and shapes.compiled is None:
        why = "is not installed" if shapes.core else "knows SHACL Core only, and these shapes use more"
        raise UsageError(f"the SHACL engine 'shacl' {why}", hint="take pyshacl, or pip install 'commons-kg[fast]'")
    return engine


def _bytes(data: bytes | Iterable[object]) -> bytes:
    """Return N-Triples of N-Triples lines or of quads (whose graphs are forgotten)."""
    if isinstance(data, bytes):
        return data
    lines = (item if isinstance(item, str) else str(getattr(item, "triple", item)) for item in data)
    return "".join(f"{line.rstrip()}\n" if line.rstrip().endswith(".") else f"{line} .\n" for line in lines).encode()


def validate(data: bytes | Iterable[object], shapes: Shapes, *, engine: Engine = "auto") -> Report:
    """Validate N-Triples, or an iterable of N-Triples lines or pyoxigraph quads, as one graph.

    Raises:
        InputError: the shapes cannot be used, or the data are no N-Triples.
        UsageError: the engine asked for is not there or cannot take these shapes.
    """
    ntriples = _bytes(data)
    if _engine(shapes, engine) == "shacl":
        found, graph = validation_native.report(ntriples, shapes.compiled, shapes.messages)
    else:
        graph = validation_pyshacl.run(validation_pyshacl.graph(ntriples), shapes.graph)
        found = results(graph, shapes.graph, shapes.messages)
    return Report(conforms=not found, results=found, graph=graph)


def validate_files(
    data_paths: Iterable[str | Path], shapes_paths: Iterable[str | Path], *, engine: Engine | None = None
) -> Report:
    """Validate all of the files as one graph, in any RDF syntax, with any shapes.

    pySHACL does it unless the shapes are Core alone, the native engine is installed and the data are big.

    Raises:
        InputError: a file cannot be read; carries file, line and column.
        UsageError: a file's extension tells no RDF syntax, or the engine asked for cannot do it.
    """
    shapes = Shapes.load(*shapes_paths)
    quads = [quad for path in data_paths for quad in parsing.file_quads(Path(path))]
    if engine is None:
        engine = "auto" if len(quads) >= BIG else "pyshacl"
    ntriples = parsing.ntriples(quads)
    del quads
    return validate(ntriples, shapes, engine=engine)


def _results(ntriples: bytes, shapes: Shapes, engine: Literal["pyshacl", "shacl"]) -> tuple[Result, ...]:
    if engine == "shacl":
        return validation_native.results(ntriples, shapes.compiled, shapes.messages)
    report = validation_pyshacl.run(validation_pyshacl.graph(ntriples), shapes.graph)
    return results(report, shapes.graph, shapes.messages)


def _chosen(shapes: Shapes, ntriples: bytes, first: int, one_in: int) -> bool:
    """Whether both engines check this: the first ones of a load, and a sample that hangs on the bytes alone."""
    shapes.checked += 1
    return shapes.checked <= first or zlib.crc32(ntriples) % one_in == 0


_ORDERS = frozenset(
    f"{SH}{name}ConstraintComponent"
    for name in ("LessThan", "LessThanOrEquals", "MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive")
)
_ORDERED = frozenset(
    f"^^<{XSD[name]}>" for name in ("integer", "decimal", "double", "float", "boolean", "date", "dateTime")
)


def _texts_ordered(result: Result) -> bool:
    """Whether the result is of the one known kind in which the engines differ.

    The native engine orders texts in languages, xsd:anyURI, durations and numbers out of their type's bounds, which
    SPARQL's operators do not. Our shapes order numbers and dates.
    """
    value = result.value or ""
    return result.constraint in _ORDERS and value.startswith('"') and value[value.rindex('"') + 1 :] not in _ORDERED


def _window(ntriples: bytes) -> bytes:
    """Return the consecutive triples that both engines look at; where they start hangs on the bytes alone.

    A cut through a record does no harm: it is the two engines that are compared, on the same triples.
    """
    lines = ntriples.splitlines(keepends=True)
    start = zlib.crc32(ntriples) % max(1, len(lines) - WINDOW + 1)
    return b"".join(lines[start : start + WINDOW])


def _compare(ntriples: bytes, shapes: Shapes) -> None:
    shapes.cross_checked += 1
    ntriples = _window(ntriples)
    fast: Sequence[Result] = _results(ntriples, shapes, "shacl")
    reference = [result for result in _results(ntriples, shapes, "pyshacl") if not _texts_ordered(result)]
    fast = [result for result in fast if not _texts_ordered(result)]
    if fast != reference:
        only = [f"  only shacl:   {result}" for result in fast if result not in reference]
        only += [f"  only pySHACL: {result}" for result in reference if result not in fast]
        raise EngineMismatchError(
            "two SHACL engines disagree about the same data:\n"
            + "\n".join(only[:20] or ["  in how often a result occurs"]),
            hint="neither is trusted: uninstall the package 'shacl' to validate by pySHACL alone, and report the shape",
        )


def validate_batch(ntriples: bytes, shapes: Shapes, *, engine: Engine = "auto") -> list[Result]:
    """Validate the N-Triples of some hundred records as one graph.

    Statements about one thing by several records of a batch are looked at together.

    Raises:
        EngineMismatchError: pySHACL, which checks the first batch and a sample again, finds something else.
        InputError: the shapes cannot be used.
        UsageError: the engine asked for is not there or cannot take these shapes.
    """
    return _checked(ntriples, shapes, engine, first=1, one_in=SAMPLE)


def _checked(ntriples: bytes, shapes: Shapes, engine: Engine, *, first: int, one_in: int) -> list[Result]:
    chosen = _engine(shapes, engine)
    found = _results(ntriples, shapes, chosen)
    if chosen == "shacl" and _chosen(shapes, ntriples, first, one_in):
        _compare(ntriples, shapes)
    return list(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Validate files from the command line."""
    import argparse
    import sys

    from kg.errors import CommonsError

    parser = argparse.ArgumentParser(prog="python -m kg.validation", description="Validate RDF files by SHACL.")
    parser.add_argument("data", nargs="+", metavar="DATA")
    parser.add_argument("--shapes", action="append", required=True, metavar="FILE")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where the report goes (default: standard output)")
    parser.add_argument("--engine", choices=["auto", "pyshacl", "shacl"])
    options = parser.parse_args(arguments)
    try:
        report = validate_files(options.data, options.shapes, engine=options.engine)
    except CommonsError as error:
        sys.stderr.write(f"{error}\n" + (f"hint: {error.hint}\n" if error.hint else ""))
        return error.exit_code
    if options.report:
        options.report.write_bytes(report.turtle())
    else:
        sys.stdout.buffer.write(report.turtle())
    return 0 if report.conforms else 1


if __name__ == "__main__":
    raise SystemExit(main())
