"""Validation: both engines say the same, errors say where, nothing is fetched."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pyoxigraph
import pytest
import rdflib
from rdflib import RDF, SH, Graph

from kg import parsing
from kg.errors import EngineMismatchError, InputError, UsageError
from kg.validation import Result, Shapes, native, validate, validate_batch, validate_files

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
EX = "http://example.org/"
ENGINES = [
    "pyshacl",
    pytest.param("shacl", marks=pytest.mark.skipif(not native.installed(), reason="shacl is not installed")),
]
needs_native = pytest.mark.skipif(not native.installed(), reason="the optional engine shacl is not installed")
Engine = Literal["pyshacl", "shacl"]


def ntriples(turtle: str) -> bytes:
    return parsing.ntriples(parsing.quads((PREFIXES + turtle).encode(), parsing.TURTLE))


def shapes(turtle: str) -> Shapes:
    return Shapes.of(ntriples(turtle))


def property_shape(constraint: str) -> Shapes:
    return shapes(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; {constraint} ] .")


NAMED = """ex:S a sh:NodeShape ; sh:targetClass ex:T ;
  sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:message "Ein Name fehlt"@de, "A name is missing."@en ] ;
  sh:property [ sh:path ex:name ; sh:maxCount 1 ; sh:severity sh:Warning ; sh:message "Two names." ] ;
  sh:property [ sh:path ex:page ; sh:nodeKind sh:IRI ] ."""
DATA = 'ex:a a ex:T ; ex:page "x"@EN . ex:b a ex:T ; ex:name "1", "2" . ex:c a ex:T ; ex:name "c" .'


@pytest.mark.parametrize("engine", ENGINES)
def test_results_tell_what_where_and_why(engine: Engine) -> None:
    report = validate(ntriples(DATA), shapes(NAMED), engine=engine)
    assert not report.conforms
    component = "http://www.w3.org/ns/shacl#{}ConstraintComponent".format
    assert report.results == (
        Result(EX + "a", EX + "name", None, "A name is missing.", "Violation", EX + "S", component("MinCount")),
        Result(EX + "a", EX + "page", '"x"@en', 'sh:nodeKind is not met by "x"@en', "Violation", EX + "S",
               component("NodeKind")),
        Result(EX + "b", EX + "name", None, "Two names.", "Warning", EX + "S", component("MaxCount")),
    )  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_report_is_a_shacl_report_in_the_same_bytes_each_time(engine: Engine) -> None:
    first, second = (validate(ntriples(DATA), shapes(NAMED), engine=engine).turtle() for _ in range(2))
    assert first == second
    graph = Graph().parse(data=first, format="turtle")
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert len(list(graph.objects(report, SH.result))) == 3
    assert graph.value(report, SH.conforms) == rdflib.Literal(False)


@pytest.mark.parametrize("engine", ENGINES)
def test_data_that_breaks_nothing_conform(engine: Engine) -> None:
    report = validate(ntriples('ex:c a ex:T ; ex:name "c" .'), shapes(NAMED), engine=engine)
    assert report.conforms
    assert report.results == ()
    assert b"sh:conforms true" in report.turtle()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_warning_alone_does_not_conform(engine: Engine) -> None:
    report = validate(ntriples('ex:b a ex:T ; ex:name "1", "2" .'), shapes(NAMED), engine=engine)
    assert [r.severity for r in report.results] == ["Warning"]
    assert not report.conforms


def test_quads_and_lines_are_taken_as_well_as_bytes() -> None:
    rules, data = shapes(NAMED), ntriples(DATA)
    expected = validate(data, rules).results
    assert validate(data.decode().splitlines(), rules).results == expected
    triples = [quad.triple for quad in pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_TRIPLES)]
    graph = pyoxigraph.NamedNode("http://example.org/graph")
    quads = [pyoxigraph.Quad(t.subject, t.predicate, t.object, graph) for t in triples]
    assert validate(quads, rules).results == expected
    assert validate(triples, rules).results == expected


LITERALS = """
1 "01"^^xsd:integer 1.0 1.5 2e0 "a" "a"@en "a"@fr "b"@en-GB "" "é\\n" true "1"^^xsd:boolean "x"^^xsd:integer
"2020-01-01"^^xsd:date "2020-01-02"^^xsd:date "2020-13-01"^^xsd:date "2020-01-01Z"^^xsd:date "2020"^^xsd:gYear
"2020-01-01T00:00:00"^^xsd:dateTime "2020-01-01T00:00:00Z"^^xsd:dateTime "2020-01-01T24:00:00Z"^^xsd:dateTime
"2020-01-01"^^xsd:dateTime "1e3"^^xsd:decimal "INF"^^xsd:double "Infinity"^^xsd:double "300"^^xsd:byte ex:x ex:a
"""
CONSTRAINTS = [
    *(f"sh:datatype {d}" for d in ("xsd:string", "xsd:integer", "xsd:decimal", "xsd:double", "xsd:boolean", "xsd:date",
                                   "xsd:dateTime", "xsd:byte", "rdf:langString", "xsd:gYear")),
    *(f"sh:nodeKind sh:{kind}" for kind in ("IRI", "Literal", "BlankNode", "IRIOrLiteral")),
    *(f"sh:{bound} {value}" for bound in ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
      for value in ("1", "1.5", '"2020-01-01"^^xsd:date', '"2020-01-01T00:00:00Z"^^xsd:dateTime')),
    'sh:in ( 1 "a" "b"@en-GB ex:x true )', "sh:hasValue 1", 'sh:hasValue "01"^^xsd:integer', "sh:maxCount 3",
    'sh:pattern "^[a-z]$"', 'sh:pattern "^é$"', 'sh:pattern "^A" ; sh:flags "i"', "sh:minLength 2", "sh:maxLength 1",
    'sh:languageIn ( "en" )', "sh:uniqueLang true", "sh:not [ sh:datatype xsd:date ]", "sh:class ex:C",
    "sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:dateTime ] )", "sh:equals ex:q", "sh:disjoint ex:q",
    "sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:minLength 2 ] )", "sh:node [ sh:nodeKind sh:IRI ]",
    "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMaxCount 1",
]  # fmt: skip


@needs_native
@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_engines_agree_on_every_kind_of_value(constraint: str) -> None:
    literals = LITERALS.split()
    if constraint.startswith(("sh:min", "sh:max")):
        literals.remove('"300"^^xsd:byte')  # the native engine takes it for the number 300, which the type has not
    values = " , ".join(literals)
    data = ntriples(f'ex:n a ex:T ; ex:p {values} ; ex:q 1 , "a" , ex:x . ex:x a ex:C . ex:m a ex:T .')
    rules = property_shape(constraint)
    reference = validate(data, rules, engine="pyshacl").results
    assert validate(data, rules, engine="shacl").results == reference


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("constraint", "value", "other", "breaks"),
    [
        ("lessThan", '"2020-01-01"^^xsd:date', '"2020-01-02"^^xsd:date', False),
        ("lessThan", '"2020-01-02"^^xsd:date', '"2020-01-02"^^xsd:date', True),
        ("lessThanOrEquals", '"2020-01-02"^^xsd:date', '"2020-01-02"^^xsd:date', False),
        ("lessThanOrEquals", '"2020-01-02"^^xsd:date', '"2020-01-02Z"^^xsd:date', True),
        ("lessThanOrEquals", '"2020-01-01"^^xsd:date', '"2020-01-02T00:00:00Z"^^xsd:dateTime', True),
        ("lessThanOrEquals", '"2020-01-01"^^xsd:date', '"2020"^^xsd:gYear', True),
        ("lessThanOrEquals", '"2020-13-01"^^xsd:date', '"2021-01-01"^^xsd:date', True),
        ("lessThanOrEquals", "ex:a", "ex:b", True),
        ("lessThan", '"a"', "ex:b", True),
        ("lessThan", '"a"', '"b"', False),
        ("lessThan", "1", "1.5", False),
        ("lessThan", "1.5", "1e0", True),
        ("lessThan", "true", "1", True),
        ("lessThan", "_:b", "1", True),
        ("lessThan", '"2020-01-01T01:00:00+02:00"^^xsd:dateTime', '"2020-01-01T00:00:00Z"^^xsd:dateTime', False),
        ("lessThan", '"2020-01-01T00:00:00"^^xsd:dateTime', '"2020-01-01T01:00:00Z"^^xsd:dateTime', True),
    ],
)
def test_order_is_sparqls(engine: Engine, constraint: str, value: str, other: str, breaks: bool) -> None:
    data = ntriples(f"ex:n a ex:T ; ex:p {value} ; ex:q {other} .")
    assert validate(data, property_shape(f"sh:{constraint} ex:q"), engine=engine).conforms is not breaks


PATHS = {
    "ex:p": EX + "p",
    "[ sh:inversePath ex:p ]": f"^<{EX}p>",
    "( ex:p ex:q )": f"(<{EX}p>/<{EX}q>)",
    "[ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ]": f"(<{EX}p>|^<{EX}q>)",
    "[ sh:zeroOrMorePath ( ex:p ex:q ) ]": f"((<{EX}p>/<{EX}q>))*",
    "[ sh:oneOrMorePath ex:p ]": f"(<{EX}p>)+",
    "[ sh:zeroOrOnePath [ sh:inversePath ex:p ] ]": f"(^<{EX}p>)?",
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("path", PATHS)
def test_paths_are_written_as_in_sparql(engine: Engine, path: str) -> None:
    rules = shapes(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path {path} ; sh:minCount 9 ] .")
    (result,) = validate(ntriples("ex:n a ex:T ."), rules, engine=engine).results
    assert result.path == PATHS[path]


def test_literals_are_compared_as_written_and_rdflib_is_left_as_it_was() -> None:
    before = rdflib.NORMALIZE_LITERALS
    report = validate(
        ntriples('ex:n a ex:T ; ex:p "01"^^xsd:integer .'), property_shape("sh:in ( 1 )"), engine="pyshacl"
    )
    assert [r.value for r in report.results] == ['"01"^^<http://www.w3.org/2001/XMLSchema#integer>']
    assert before == rdflib.NORMALIZE_LITERALS


# ---- errors


def test_shapes_with_a_syntax_error_say_where(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(PREFIXES + "ex:S a sh:NodeShape ;\n  sh:property [ sh:path ex:p ;; ] é .\n")
    with pytest.raises(InputError) as caught:
        Shapes.load(tmp_path)
    assert caught.value.line == 5
    assert caught.value.column is not None
    assert str(caught.value).startswith(f"{tmp_path}/s.ttl:5:{caught.value.column}: ")
    assert str(caught.value).endswith("^")


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:minCount 1 ] .", "sh:path"),
        ("ex:S a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 'two' ] .", "#minCount"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:nodeKind ex:Iri .", "sh:in"),
        ("ex:T a rdfs:Class .", "there is no shape in it"),
    ],
)
def test_ill_formed_shapes_are_refused(turtle: str, message: str) -> None:
    with pytest.raises(InputError, match="not well-formed SHACL") as caught:
        shapes(turtle)
    assert message in str(caught.value)


def test_shapes_that_pyshacl_cannot_use_are_an_input_error() -> None:
    rules = shapes("""ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:select "SELECT nonsense" ] .""")
    with pytest.raises(InputError, match="the shapes cannot be used"):
        validate(ntriples("ex:n a ex:T ."), rules)


def test_no_shapes_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no shapes files"):
        Shapes.load(tmp_path)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Shapes.load(tmp_path / "gone.ttl")


def test_an_unknown_extension_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "data.xyz").touch()
    with pytest.raises(UsageError, match="RDF syntax"):
        parsing.file_quads(tmp_path / "data.xyz")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("offline")
def test_imports_are_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(PREFIXES + f"<> a owl:Ontology ; owl:imports <http://localhost:9/x> . {NAMED}")
    (tmp_path / "d.ttl").write_text(
        PREFIXES + f"<> owl:imports <http://localhost:9/y> ; sh:shapesGraph <http://localhost:9/z> . {DATA}"
    )
    assert len(validate_files([tmp_path / "d.ttl"], [tmp_path / "s.ttl"]).results) == 3


@pytest.mark.usefixtures("offline")
def test_remote_contexts_are_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "d.jsonld").write_text('{"@context": "http://localhost:9/c", "@id": "http://example.org/a"}')
    with pytest.raises(InputError, match="nothing is fetched"):
        parsing.file_quads(tmp_path / "d.jsonld")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("d.nt", '<http://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/T> .'),
        ("d.nq", "<http://example.org/a> a <http://example.org/T> <http://example.org/g> ."
                 .replace(" a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ")),
        ("d.trig", "<http://example.org/g> { <http://example.org/a> a <http://example.org/T> }"),
        ("d.jsonld", '{"@id": "http://example.org/a", "@type": "http://example.org/T"}'),
        ("d.rdf", '<T xmlns="http://example.org/" xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
                  ' r:about="http://example.org/a"/>'),
    ],
)  # fmt: skip
def test_data_come_in_any_syntax(tmp_path: Path, name: str, text: str) -> None:
    if name == "d.rdf":
        text = f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{text}</r:RDF>'
    (tmp_path / name).write_text(text)
    (tmp_path / "s.ttl").write_text(PREFIXES + NAMED)
    (result,) = validate_files([tmp_path / name], [tmp_path / "s.ttl"]).results
    assert result.message == "A name is missing."


# ---- SHACL-SPARQL

SPARQL = """ex:base sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:prefixes owl:imports ex:base .
ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:prefixes ex:prefixes ; sh:message "{$this} has {?value}" ;
  sh:select "SELECT $this ?value WHERE { $this ex:p ?value . FILTER(?value > 5) }" ] ."""


@pytest.mark.parametrize("engine", ENGINES)
def test_sparql_constraints_fill_in_their_messages(engine: Engine) -> None:
    rules = shapes(SPARQL)
    (result,) = validate(ntriples("ex:n a ex:T ; ex:p 1, 9 ."), rules, engine=engine).results
    assert result.value == '"9"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert result.message == f"{EX}n has 9"


def test_constraint_components_are_pyshacls_alone() -> None:
    rules = shapes("ex:C a sh:ConstraintComponent . ex:S a sh:NodeShape ; sh:targetClass ex:T .")
    with pytest.raises(UsageError, match="more than SHACL Core and sh:sparql"):
        validate(b"", rules, engine="shacl")


# ---- batches


def record(number: int, *, name: bool = True, shared: bool = True) -> bytes:
    extra = f'ex:n{number} ex:name "n" .' if name else ""
    other = 'ex:shared a ex:T ; ex:name "x" .' if shared else "ex:shared a ex:T ."
    return ntriples(f"ex:n{number} a ex:T ; ex:page ex:shared . {extra} {other}")


@pytest.mark.parametrize("engine", ENGINES)
def test_records_of_a_batch_are_looked_at_together(engine: Engine) -> None:
    records = [record(0), record(1, name=False), record(2, shared=False), record(3)]
    together = validate_batch(b"".join(records), shapes(NAMED), engine=engine)
    assert [r.focus_node.removeprefix(EX) for r in together] == ["n1"]


def test_everything_works_without_the_native_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = validate_batch(ntriples(DATA), shapes(NAMED))
    monkeypatch.setattr(native, "shacl", None)
    rules = shapes(NAMED)
    assert validate_batch(ntriples(DATA), rules) == expected
    with pytest.raises(UsageError, match="not installed"):
        validate(b"", rules, engine="shacl")
    with pytest.raises(InputError, match="not well-formed"):
        shapes("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:minCount 1 ] .")


@needs_native
def test_the_first_batch_and_a_sample_are_checked_by_both() -> None:
    rules = shapes(NAMED)
    for number in range(400):
        validate_batch(record(number), rules)
    assert 2 <= rules.cross_checked <= 20
    again = shapes(NAMED)
    for number in range(400):
        validate_batch(record(number), again)
    assert again.cross_checked == rules.cross_checked
    again.begin_load()
    validate_batch(record(1), again)
    assert again.cross_checked == 1


@needs_native
@pytest.mark.parametrize("change", [lambda found: found[1:], lambda found: found + found[:1]])
def test_engines_that_disagree_stop_the_load(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[list[Result]], list[Result]]
) -> None:
    real = native.results
    monkeypatch.setattr(native, "results", lambda *arguments: change(real(*arguments)))
    rules = property_shape("sh:minCount 1")
    with pytest.raises(EngineMismatchError, match="disagree"):
        validate_batch(ntriples("ex:n a ex:T ."), rules)
