"""Validation by SHACL: the only package that knows an engine.

pySHACL is the reference and is always there. Where the optional native engine ``shacl`` is installed, it takes SHACL
Core, and pyoxigraph the queries of ``sh:sparql`` (``combined``), some hundred times as fast; big data are taken apart
first (``parts``). pySHACL checks a sample of each load again, and every change that is not too large: where the two
disagree the load stops. Shapes that need more than that (constraint components and targets of their own, functions)
are pySHACL's alone. Nothing is ever fetched: ``owl:imports`` and remote contexts are not followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pyoxigraph import Triple

from kg import parsing
from kg.errors import UsageError
from kg.validation import combined, crosscheck
from kg.validation.changes import Look, concerned_part
from kg.validation.graphs import graph
from kg.validation.parts import Parts
from kg.validation.report import Report, Result, results
from kg.validation.shapes import Shapes

__all__ = [
    "Engine", "Look", "Report", "Result", "Shapes", "validate", "validate_batch", "validate_changes", "validate_files",
]  # fmt: skip

Engine = Literal["auto", "pyshacl", "shacl"]

BIG = 4 << 20
"""Bytes of data from which files are validated the fast way where it is there: pySHACL would take some ten seconds."""
PART = 1 << 20
"""Bytes of N-Triples in a part, about."""
CHECKED = 20_000
"""Triples up to which pySHACL looks at a change as well."""


def _fast(shapes: Shapes, engine: Engine) -> bool:
    if engine == "shacl" and not shapes.fast:
        why = f"cannot take these shapes: {shapes.unfit}" if shapes.plan is None else "is not installed"
        raise UsageError(f"the SHACL engine 'shacl' {why}", hint="take pyshacl, or pip install 'commons-kg[fast]'")
    return engine != "pyshacl" and shapes.fast


def _bytes(data: bytes | Iterable[object]) -> bytes:
    """Return N-Triples of N-Triples lines or of quads (whose graphs are forgotten)."""
    if isinstance(data, bytes):
        return data
    lines = (item if isinstance(item, str) else str(getattr(item, "triple", item)) for item in data)
    return "".join(f"{line.rstrip()}\n" if line.rstrip().endswith(".") else f"{line} .\n" for line in lines).encode()


def _by_pyshacl(ntriples: bytes, shapes: Shapes, *, marked: bool = False) -> combined.Found:
    from kg.validation import reference  # it takes a moment to import

    assert shapes.plan is not None or not marked
    report = reference.run(graph(ntriples), shapes.plan.marked if marked and shapes.plan else shapes.graph)
    return results(report, shapes.graph, shapes.messages), [report]


def _in_parts(chunks: Iterable[bytes], size: int, shapes: Shapes) -> combined.Found:
    assert shapes.plan is not None
    with Parts(shapes.plan, size // PART) as parts:
        parts.add(chunks)
        return combined.together(combined.validate_part(part, shapes) for part in parts)


def _at_once(ntriples: bytes, shapes: Shapes) -> combined.Found:
    """Validate as one graph, the fast way."""
    found = combined.core(ntriples, shapes)
    assert shapes.plan is not None
    if not shapes.plan.queries:
        return found
    with Parts(shapes.plan, 1) as parts:
        parts.add([ntriples])
        return combined.together([found, *(combined.asked(part, shapes) for part in parts)])


def validate(data: bytes | Iterable[object], shapes: Shapes, *, engine: Engine = "auto") -> Report:
    """Validate N-Triples, or an iterable of N-Triples lines or pyoxigraph quads, as one graph.

    Raises:
        InputError: the shapes cannot be used, or the data are no N-Triples.
        UsageError: the engine asked for is not there or cannot take these shapes.
    """
    ntriples = _bytes(data)
    if not _fast(shapes, engine):
        return Report.of(*_by_pyshacl(ntriples, shapes))
    if len(ntriples) < BIG:
        return Report.of(*_at_once(ntriples, shapes))
    return Report.of(*_in_parts([ntriples], len(ntriples), shapes))


def validate_files(
    data_paths: Iterable[str | Path], shapes_paths: Iterable[str | Path], *, engine: Engine | None = None
) -> Report:
    """Validate all of the files as one graph, in any RDF syntax, with any shapes.

    pySHACL does it unless the data are big and can be validated the fast way.

    Raises:
        InputError: a file cannot be read; carries file, line and column.
        UsageError: a file's extension tells no RDF syntax, or the engine asked for cannot do it.
    """
    shapes, paths = Shapes.load(*shapes_paths), [Path(path) for path in data_paths]
    size = sum(parsing.size(path) for path in paths)
    if engine is None:
        engine = "auto" if size >= BIG else "pyshacl"
    chunks = (chunk for path in paths for chunk in parsing.file_ntriples(path))
    if size >= BIG and _fast(shapes, engine):
        return Report.of(*_in_parts(chunks, size, shapes))
    return validate(b"".join(chunks), shapes, engine=engine)


def validate_batch(ntriples: bytes, shapes: Shapes, *, engine: Engine = "auto") -> list[Result]:
    """Validate the N-Triples of some hundred records as one graph.

    Statements about one thing by several records of a batch are looked at together.

    Raises:
        EngineMismatchError: pySHACL, which checks the first batch and a sample again, finds something else.
        InputError: the shapes cannot be used.
        UsageError: the engine asked for is not there or cannot take these shapes.
    """
    if not _fast(shapes, engine):
        return _ordered(_by_pyshacl(ntriples, shapes)[0])
    found = _at_once(ntriples, shapes)[0]
    if crosscheck.chosen(shapes, ntriples):
        window = crosscheck.window(ntriples)
        crosscheck.compare(shapes, _at_once(window, shapes)[0], _by_pyshacl(window, shapes)[0])
    return _ordered(found)


def validate_changes(changes: Iterable[Triple], look: Look, shapes: Shapes, *, engine: Engine = "auto") -> list[Result]:
    """Validate what a change concerns: the focus nodes from which shapes look at a triple that was added or removed.

    Args:
        changes: the triples added and removed.
        look: looks up triples of the data after the change, by subject, predicate and object.
        shapes: what must hold.
        engine: by which engine.

    Raises:
        EngineMismatchError: pySHACL, which checks each change of up to ``CHECKED`` triples, finds something else.
        UsageError: the engine is not there, or what these shapes look at cannot be told from their paths.
    """
    part = concerned_part(changes, look, shapes)
    if not part.focus:
        return []
    data = b"".join(sorted({*part.text.splitlines(keepends=True), *part.asked.splitlines(keepends=True)})) + part.marks
    if not _fast(shapes, engine):
        return _ordered(_by_pyshacl(data, shapes, marked=True)[0])
    found = combined.validate_part(part, shapes)[0]
    if data.count(b"\n") <= CHECKED:
        crosscheck.compare(shapes, found, _by_pyshacl(data, shapes, marked=True)[0])
    return _ordered(found)


def _ordered(found: Sequence[Result]) -> list[Result]:
    return sorted(found, key=lambda result: result.key)
