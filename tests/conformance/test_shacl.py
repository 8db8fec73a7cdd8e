"""The W3C's suite for SHACL (Core and SPARQL), as ``../shared/conformance/run_shacl.py`` reads it, by both of our ways.

The files are taken as they are: the runner writes them anew by rdflib, which changes literals that two tests are about.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from rdflib import RDF, SH, Graph
from rdflib.compare import isomorphic

from kg.errors import CommonsError
from kg.validation import Engine, native, validate_files
from kg.validation.graphs import literals_as_written

KNOWN = {"sparql/pre-binding/shapesGraph-001": "pySHACL knows no $shapesGraph, and says so"}
"""What fails, and why."""


@pytest.fixture(scope="module")
def runner(shared: Path) -> Any:
    folder = str(shared / "conformance")
    sys.path.insert(0, folder)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return importlib.import_module("run_shacl")
    finally:
        sys.dont_write_bytecode = before
        sys.path.remove(folder)


@pytest.mark.parametrize("engine", ["pyshacl", pytest.param("auto", marks=pytest.mark.skipif(
    not native.installed(), reason="the optional engine shacl is not installed"))])  # fmt: skip
def test_w3c_suite(runner: Any, shared: Path, engine: Engine) -> None:
    outcomes = dict(outcome for outcome in outcomes_of(runner, shared / "conformance/w3c/shacl/tests", engine))
    assert len(outcomes) == 120
    assert {name: why for name, why in outcomes.items() if why}.keys() == KNOWN.keys()


def outcomes_of(runner: Any, root: Path, engine: Engine) -> Iterator[tuple[str, str]]:
    """Give (test, what is wrong)."""
    with literals_as_written():
        entries = list(runner.tests(root / "manifest.ttl", set()))
    for path, graph, entry in entries:
        name = f"{path.parent.relative_to(root.resolve()).as_posix()}/{path.stem}"
        action, expected = graph.value(entry, runner.MF.action), graph.value(entry, runner.MF.result)
        data, shapes = (
            Path(unquote(urlsplit(graph.value(action, part)).path))
            for part in (runner.SHT.dataGraph, runner.SHT.shapesGraph)
        )
        try:
            report = validate_files([data], [shapes], engine=engine)
        except CommonsError as error:
            yield name, "" if expected == runner.SHT.Failure else str(error)
            continue
        if expected == runner.SHT.Failure:
            yield name, "a failure is expected"
            continue
        with literals_as_written():
            found = Graph().parse(data=report.turtle(), format="turtle")
        root_of = next(found.subjects(RDF.type, SH.ValidationReport))
        same = isomorphic(runner.normal(found, root_of), runner.normal(graph, expected))
        yield name, "" if same else "another report"
