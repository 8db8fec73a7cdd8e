"""What the tests with ``../shared/shacl`` need: its modules, and our reports as it compares them."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from kg import parsing
from kg.validation import Report


def module(shared: Path, name: str) -> Any:
    """Import a module of ``../shared/shacl``, whose modules import each other by bare names."""
    folder = str(shared / "shacl")
    sys.path.insert(0, folder)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return importlib.import_module(name)
    finally:
        sys.dont_write_bytecode = before
        sys.path.remove(folder)


def records(shared: Path, report: Report) -> list[dict[str, Any]]:
    """Return the results of a report graph as ``engines.py`` gives them."""
    conforms, found = module(shared, "engines").records_from_rdflib(report.graph)
    assert conforms == report.conforms
    return list(found)


def turtle(text: str) -> bytes:
    """Return Turtle as N-Triples."""
    return parsing.ntriples(parsing.quads(text.encode(), parsing.TURTLE))
