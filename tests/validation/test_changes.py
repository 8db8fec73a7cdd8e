"""Validating a change: whom it concerns, and that nothing else comes out differently."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from kg.errors import EngineMismatchError, UsageError
from kg.validation import Look, Result, Shapes, combined, crosscheck, native, validate, validate_changes
from kg.validation.changes import focus_nodes
from tests.validation.engines import module, turtle

PRE = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://ex/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DECLARED = 'ex:ns sh:declare [ sh:prefix "ex" ; sh:namespace "http://ex/"^^xsd:anyURI ] .\n'
SHAPES = (
    PRE
    + DECLARED
    + """
ex:Member a sh:NodeShape ; sh:targetClass ex:Membership ;
  sh:property [ sh:path ex:organization ; sh:class ex:Organization ] ;
  sh:sparql [ sh:prefixes ex:ns ; sh:message "too early" ; sh:select
    "SELECT $this ?value { $this ex:organization ?o ; ex:start ?value . ?o ex:founded ?f FILTER(?value < ?f) }" ] .
ex:Organization a sh:NodeShape ; sh:targetClass ex:Organization ;
  sh:property [ sh:path [ sh:inversePath ex:organization ] ; sh:maxCount 1 ] .
ex:Part a sh:NodeShape ; sh:targetObjectsOf ex:part ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."""
)
DATA = (
    PRE
    + """
ex:Club rdfs:subClassOf ex:Organization . ex:o a ex:Club ; ex:founded 2000 ; ex:part ex:p . ex:p ex:name "p" .
ex:m a ex:Membership ; ex:organization ex:o ; ex:start 2001 . ex:n a ex:Membership ; ex:start 1 ."""
)


def triples(text: str) -> set[Triple]:
    return {quad.triple for quad in parse(turtle(text), RdfFormat.N_TRIPLES)}


def look_at(data: set[Triple]) -> Look:
    def look(subject: Any, predicate: Any, value: Any) -> Iterable[Triple]:
        return [
            t for t in data
            if subject in (None, t.subject) and predicate in (None, t.predicate) and value in (None, t.object)
        ]  # fmt: skip

    return look


def changed(remove: str, add: str) -> tuple[set[Triple], set[Triple]]:
    """Return the changed triples and the data after the change."""
    gone, new = triples(PRE + remove), triples(PRE + add)
    before = triples(DATA)
    assert gone <= before
    return gone | new, before - gone | new


@pytest.mark.parametrize(
    ("remove", "add", "concerned", "broken"),
    [
        ("", 'ex:o ex:label "o" .', {"o"}, set()),  # nobody looks there
        ("ex:o ex:founded 2000 .", "ex:o ex:founded 2002 .", {"o", "m"}, {"m"}),  # the query does
        ("ex:o a ex:Club .", "", {"o", "m"}, {"m"}),
        ("ex:Club rdfs:subClassOf ex:Organization .", "", {"o", "m", "Club"}, {"m"}),
        ("", "ex:n ex:organization ex:o .", {"n", "o"}, {"n", "o"}),  # back along the path, to the organization
        ('ex:p ex:name "p" .', "", {"p"}, {"p"}),
        ("", "ex:o ex:part ex:q .", {"o", "q"}, {"q"}),  # a target by what is said of it
        ("ex:m a ex:Membership ; ex:organization ex:o ; ex:start 2001 .", "", {"m", "o"}, set()),
    ],
)
def test_a_change_concerns_those_whose_shapes_look_at_it(
    remove: str, add: str, concerned: set[str], broken: set[str]
) -> None:
    shapes = Shapes.of(turtle(SHAPES))
    changes, after = changed(remove, add)
    assert shapes.plan is not None
    found = focus_nodes(changes, look_at(after), shapes.plan)
    assert {str(node)[11:-1] for node in found} == concerned
    results = validate_changes(changes, look_at(after), shapes)
    assert {result.focus_node.removeprefix("http://ex/") for result in results} == broken


def test_nothing_else_comes_out_differently(shared: Path) -> None:
    """Random shapes, data and changes: what a change breaks or mends is what validating the whole says."""
    fuzz = module(shared, "fuzz")
    compared = 0
    for number in range(60):
        chance = random.Random(number)
        shapes = Shapes.of(turtle(fuzz.PRE + fuzz.shapes(chance)))
        before, after = (triples(fuzz.PRE + fuzz.data(chance)) for _ in range(2))
        after = before ^ set(chance.sample(sorted(before ^ after, key=str), 3))

        def by_focus(data: set[Triple], shapes: Shapes = shapes) -> dict[str, Counter[Result]]:
            found: dict[str, Counter[Result]] = {}
            for result in validate(data, shapes).results:
                if not crosscheck.texts_ordered(result):
                    found.setdefault(result.focus_node, Counter())[result] += 1
            return found

        was, is_ = by_focus(before), by_focus(after)
        different = {focus for focus in was.keys() | is_.keys() if was.get(focus) != is_.get(focus)}
        assert shapes.plan is not None
        concerned = {str(n) for n in focus_nodes(before ^ after, look_at(after), shapes.plan)}
        named = {focus if focus.startswith('"') else f"<{focus}>" for focus in different}
        assert named <= concerned, f"round {number}"
        found = {r for r in validate_changes(before ^ after, look_at(after), shapes) if not crosscheck.texts_ordered(r)}
        assert {r for focus in different for r in is_.get(focus, ())} <= found, f"round {number}"
        assert found <= {r for results in is_.values() for r in results}, f"round {number}"
        compared += len(different)
    assert compared > 60


@pytest.mark.skipif(not native.installed(), reason="the optional engine shacl is not installed")
def test_pyshacl_checks_each_change(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = Shapes.of(turtle(SHAPES))
    changes, after = changed("ex:o ex:founded 2000 .", "ex:o ex:founded 2002 .")
    validate_changes(changes, look_at(after), shapes)
    assert shapes.cross_checked == 1
    monkeypatch.setattr(combined, "run", lambda *_: [])  # the query finds nothing
    with pytest.raises(EngineMismatchError, match=r"only pySHACL: .*too early"):
        validate_changes(changes, look_at(after), shapes)


def test_queries_that_look_elsewhere_are_refused() -> None:
    query = "SELECT $this { $this ex:p ?x . ?anything ex:q ?y }"
    asked = f'ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:prefixes ex:ns ; sh:select "{query}" ] .'
    with pytest.raises(UsageError, match="beyond its paths"):
        validate_changes([], look_at(set()), Shapes.of(turtle(PRE + DECLARED + asked)))
