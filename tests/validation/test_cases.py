"""The cases and the fuzzer of ``../shared/shacl`` against our engines as they are used: at once and in parts."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg import validation
from kg.errors import InputError
from kg.validation import Engine, Report, Shapes, crosscheck, native, validate
from tests.validation.engines import module, records, turtle

needs_native = pytest.mark.skipif(not native.installed(), reason="the optional engine shacl is not installed")
ENGINES = ["pyshacl", pytest.param("shacl", marks=needs_native)]
KNOWN: dict[str, set[str]] = {
    "pyshacl": {"dt gYear", "pattern unicode class"},  # years of two digits; Python's re has no \p{L}, which it says
    "shacl": {"dt gYear"},
}
"""What our engines are known to get wrong."""
ROUNDS = 100


@pytest.fixture(scope="module")
def cases(shared: Path) -> Any:
    return module(shared, "cases")


@pytest.fixture(scope="module")
def fuzz(shared: Path) -> Any:
    return module(shared, "fuzz")


@pytest.mark.parametrize("engine", ENGINES)
def test_cases_that_tell_engines_apart(cases: Any, shared: Path, engine: Engine) -> None:
    wrong = set()
    for name, shapes, data, expected in cases.CASES:
        try:
            report = validate(turtle(cases.PRE + data), Shapes.of(turtle(cases.PRE + shapes)), engine=engine)
        except InputError:
            wrong.add(name)
            continue
        assert len(records(shared, report)) == len(report.results)
        if cases.got_keys(records(shared, report)) != Counter(filter(None, expected.split(","))):
            wrong.add(name)
    assert wrong == KNOWN[engine]


def keys(report: Report) -> Counter[tuple[str, ...]]:
    """Count results, but for those of the kind in which the engines are known to differ."""
    return Counter(result.key for result in report.results if not crosscheck.texts_ordered(result))


QUERIES = [
    "$this ex:p ?value . ?value ex:q ?x",
    "$this ex:p ?value . ?other ex:p ?value FILTER(?other != $this)",
    "$this ex:p/ex:q* ?value . ?value a ex:C",
    "$this a ?class . FILTER NOT EXISTS { $this ex:p ?value . ?value ex:r ?x }",
    "{ $this ex:p ?value FILTER(?value = ex:e1) } UNION { $this ex:q ?y . ?y ex:r ?value }",
    "$this (ex:p|^ex:q) ?value . OPTIONAL { ?value ex:r ?z } FILTER(!bound(?z))",
    "$this ex:p ?value FILTER(isLiteral(?value) && STRLEN(STR(?value)) > 1)",
    "OPTIONAL { $this ex:p ?value } FILTER(!bound(?value))",
    "$this ?path ?value FILTER(isIRI(?value) && ?path != rdf:type)",
    "{ SELECT $this (COUNT(?v) AS ?n) WHERE { $this ex:p ?v } GROUP BY $this } FILTER(?n > 1)",
    "?other ex:p ?value FILTER(?other = $this)",
    "$this ex:p ?value . ?x a ex:C",
]
"""Conditions of sh:sparql: on and off the paths from the focus node, on terms and on their forms.

None orders values of different types, which rdflib does and SPARQL does not.
"""


@needs_native
def test_engines_agree_on_random_shapes_at_once_and_in_parts(fuzz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both engines on the same data; and the data taken apart, nearly each subject by itself."""
    out_of_bounds = '"-1"^^xsd:nonNegativeInteger'  # the native engine orders it in spite of that
    monkeypatch.setattr(fuzz, "LITS", [literal for literal in fuzz.LITS if literal != out_of_bounds])
    broken: Counter[bool] = Counter()
    for number in range(ROUNDS):
        chance = random.Random(number)
        query = f"SELECT $this ?value {'?path' if '?path' in (where := chance.choice(QUERIES)) else ''} {{ {where} }}"
        asked = f'ex:Q a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:prefixes ex:ns ; sh:select "{query}" ] .'
        data = turtle(fuzz.PRE + fuzz.data(chance))
        shapes = Shapes.of(turtle(fuzz.PRE + DECLARED + fuzz.shapes(chance) + asked))
        reference = keys(validate(data, shapes, engine="pyshacl"))
        assert keys(validate(data, shapes, engine="shacl")) == reference, f"round {number}: {query}"
        with monkeypatch.context() as patched:
            patched.setattr(validation, "BIG", 1)
            patched.setattr(validation, "PART", 100)
            assert keys(validate(data, shapes, engine="shacl")) == reference, f"round {number}, in parts: {query}"
        broken[any(result[3].endswith("SPARQLConstraintComponent") for result in reference)] += 1
    assert min(broken.values()) > ROUNDS / 10


DECLARED = 'ex:ns sh:declare [ sh:prefix "ex" ; sh:namespace "http://ex/"^^xsd:anyURI ] .\n'
