"""Data taken apart: nothing is missed, nothing is found twice, and errors say where."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg import validation
from kg.errors import InputError
from kg.namespaces import SH
from kg.validation import Shapes, native, validate, validate_files
from kg.validation.parts import Parts
from tests.validation.engines import turtle

pytestmark = pytest.mark.skipif(not native.installed(), reason="the optional engine shacl is not installed")

PRE = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://ex/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:ns sh:declare [ sh:prefix "ex" ; sh:namespace "http://ex/"^^xsd:anyURI ] .
"""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "BIG", 100)
    monkeypatch.setattr(validation, "PART", 10_000)


@pytest.fixture(scope="module")
def generated(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten thousand made-up triples with many seeded faults, and the exact list of what must be found."""
    found = tmp_path_factory.mktemp("generated") / "data"
    command: list[str | Path] = [sys.executable, "-B", shared / "shacl" / "gen.py"]
    command += ["--triples", "10000", "--rate", "0.05", "--out", found]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return found


def wanted(data: Path) -> Counter[tuple[Any, ...]]:
    faults = json.loads(data.with_suffix(".expected.json").read_text())
    return Counter(
        (f["focus"].strip("<>"), f["path"], f"{SH}{f['component']}ConstraintComponent", f["shape"], f["severity"])
        for f in faults
    )


def found(files: list[Path], shapes: Path) -> Counter[tuple[Any, ...]]:
    results = validate_files(files, [shapes], engine="shacl").results
    return Counter((r.focus_node, r.path, r.constraint, r.source_shape, str(r.severity)) for r in results)


def test_all_seeded_faults_and_no_others_are_found(generated: Path, shared: Path) -> None:
    assert found([generated.with_suffix(".nt")], shared / "shacl" / "shapes.ttl") == wanted(generated)
    assert wanted(generated).total() > 50


def test_statements_may_come_in_any_order_in_several_files_and_graphs(
    generated: Path, shared: Path, tmp_path: Path
) -> None:
    lines = generated.with_suffix(".nt").read_text().splitlines()
    random.Random(1).shuffle(lines)
    (tmp_path / "a.ttl").write_text("\n".join(lines[::2]))
    (tmp_path / "b.nq").write_text("\n".join(f"{line[:-1]}<http://ex/graph> ." for line in lines[1::2]))
    files = [tmp_path / "a.ttl", tmp_path / "b.nq"]
    assert found(files, shared / "shacl" / "shapes.ttl") == wanted(generated)


@pytest.mark.parametrize(
    ("shapes", "data", "focus"),
    [
        ("sh:targetNode ex:ghost ; sh:property [ sh:path ex:p ; sh:minCount 1 ]", "", ["http://ex/ghost"]),
        ("sh:targetObjectsOf ex:q ; sh:nodeKind sh:IRI", 'ex:a ex:q "x", "y"@en, ex:b, _:c .', ['"x"', '"y"@en', "[]"]),
        ("sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ]", "[] a ex:T . [] a ex:T .", ["[]", "[]"]),
        ("sh:targetClass ex:T ; sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:minCount 1 ]",
         "ex:a a ex:T . ex:b a ex:T . ex:c ex:p ex:a .", ["http://ex/b"]),
        ("sh:targetClass ex:T ; sh:property [ sh:path ( ex:p ex:p ex:p ) ; sh:maxCount 0 ]",
         "ex:a a ex:T ; ex:p _:b . _:b ex:p ex:c . ex:c ex:p ex:d .", ["http://ex/a"]),
        ("sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:class ex:T ]",
         "ex:S rdfs:subClassOf ex:R . ex:R rdfs:subClassOf ex:T . ex:a a ex:S ; ex:p ex:a, ex:b . "
         "ex:b a ex:R ; ex:p 1 .",
         ["http://ex/b"]),
        ("sh:targetClass ex:T ; sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:nodeKind sh:IRI ]",
         "ex:a a ex:T ; ex:p ex:b . ex:b ex:p ex:a, ex:c . ex:c ex:p 1 .", ["http://ex/a"]),
        ("sh:targetClass ex:T ; sh:node [ sh:property [ sh:path ex:p ; sh:node [ sh:closed true ] ] ]",
         "ex:a a ex:T ; ex:p ex:b . ex:b ex:r 1 . ex:c a ex:T ; ex:p ex:d .", ["http://ex/a"]),
        ('sh:targetClass ex:T ; sh:sparql [ sh:prefixes ex:ns ; sh:select "SELECT $this { ex:limit ex:is ?n . '
         '$this ex:size ?s FILTER(?s > ?n) }" ]', "ex:limit ex:is 5 . ex:a a ex:T ; ex:size 6 . "
         "ex:b a ex:T ; ex:size 5 .",
         ["http://ex/a"]),
        ('sh:targetClass ex:T ; sh:sparql [ sh:prefixes ex:ns ; sh:select "SELECT $this { $this ex:p ?v . '
         'FILTER NOT EXISTS { ?any ex:q ?v } }" ]', "ex:a a ex:T ; ex:p 1 . ex:b ex:q 1 . ex:c a ex:T ; ex:p 2 .",
         ["http://ex/c"]),
        ('sh:targetClass ex:T ; sh:sparql [ sh:prefixes ex:ns ; sh:select "SELECT $this { $this ex:p ?v . '
         'FILTER NOT EXISTS { ?any ex:q ?w } }" ]', "ex:a a ex:T ; ex:p 1 . ex:b ex:q 1 .", []),
    ],
)  # fmt: skip
def test_shapes_see_what_they_look_at(
    shapes: str, data: str, focus: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "PART", 1)
    filler = " ".join(f"ex:other{n} ex:name {n} ." for n in range(50))
    rules = Shapes.of(turtle(f"{PRE} ex:S a sh:NodeShape ; {shapes} ."))
    report = validate(turtle(f"{PRE} {data} {filler}"), rules, engine="shacl")
    assert sorted(result.focus_node for result in report.results) == sorted(focus)
    assert report.results == validate(turtle(f"{PRE} {data}"), rules, engine="pyshacl").results


def test_terms_are_reported_as_they_stand_in_the_data() -> None:
    query = "SELECT $this ?value { $this ex:p ?value FILTER(?value > 0) }"
    rules = Shapes.of(turtle(f"{PRE} ex:S a sh:NodeShape ; sh:targetClass ex:T ; "
                             f'sh:sparql [ sh:prefixes ex:ns ; sh:select "{query}" ] .'))  # fmt: skip
    values = ['"01"^^xsd:integer', '"5"^^xsd:int', '"1.0"^^xsd:decimal', "7", '"1"^^xsd:integer']
    data = turtle(f"{PRE} ex:a a ex:T ; ex:p {', '.join(values)} .")  # "01" and "1" are two terms here
    assert validate(data, rules, engine="shacl").results == validate(data, rules, engine="pyshacl").results
    assert len(validate(data, rules, engine="shacl").results) == 5


def test_memory_holds_what_shapes_look_at_beyond_a_subject(shared: Path, generated: Path) -> None:
    """The index has classes, licences and dates of foundation, and nothing else."""
    plan = Shapes.load(shared / "shacl" / "shapes.ttl").plan
    assert plan is not None
    with Parts(plan, 8) as parts:
        parts.add([generated.with_suffix(".nt").read_bytes()])
        names = {predicate.decode().strip("<>").replace("#", "/").rpartition("/")[2] for predicate in parts.indexed}
    assert names == {"type", "subClassOf", "openLicence", "foundingDate"}


def test_an_error_in_a_big_file_says_where(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(PRE + "ex:S a sh:NodeShape ; sh:targetClass ex:T .")
    lines = [f"<http://ex/{n}> <http://ex/p> <http://ex/o> ." for n in range(200)]
    lines[150] = "<http://ex/150> <http://ex/p> é ."
    (tmp_path / "d.nt").write_text("\n".join(lines))
    with pytest.raises(InputError) as caught:
        validate_files([tmp_path / "d.nt"], [tmp_path / "s.ttl"], engine="shacl")
    assert caught.value.line == 151
    assert str(caught.value).startswith(f"{tmp_path}/d.nt:151:")
