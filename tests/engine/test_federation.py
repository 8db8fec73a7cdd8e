from __future__ import annotations

import json

import pytest
from pyoxigraph import QuerySolutions, Store

from kg.engine.federation import MOST, answered, functions
from kg.engine.frames import RefusedError, UnreachableError

JSON = "application/sparql-results+json"
BASE = "http://base.example/"


def solutions(*rows: dict[str, object], names: str = "s o") -> tuple[str, bytes]:
    return JSON, json.dumps({"head": {"vars": names.split()}, "results": {"bindings": rows}}).encode()


def uri(value: str) -> dict[str, str]:
    return {"type": "uri", "value": value}


def run(text: str, answer: tuple[str, bytes]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the rows of a query on no data, and what the endpoints were asked."""
    asked = []

    def ask(endpoint: str, query: str) -> tuple[str, bytes]:
        asked.append((endpoint, query))
        return answer

    made = answered(text, ask, lambda bare: Store().query(bare, base_iri=BASE), BASE)
    found = Store().query(made, base_iri=BASE, custom_functions=functions())
    assert isinstance(found, QuerySolutions)
    return [" ".join(str(term) for term in row) for row in found], asked


def test_an_answer_is_joined_with_the_rest() -> None:
    literal = {"type": "literal", "value": 'a "b"\n', "xml:lang": "en"}
    rows, asked = run(
        "PREFIX e: <http://e/> SELECT ?s ?o { VALUES ?s { e:a e:b } SERVICE e:sparql { ?s e:p ?o } }",
        solutions({"s": uri("http://e/a"), "o": literal}, {"s": uri("http://e/c"), "o": literal}),
    )
    assert rows == ['<http://e/a> "a \\"b\\"\\n"@en']
    assert asked == [("http://e/sparql", f"BASE <{BASE}>\nPREFIX e: <http://e/>\nSELECT * {{ ?s e:p ?o }}")]


def test_what_is_unbound_stays_unbound() -> None:
    rows, _ = run("SELECT (BOUND(?o) AS ?b) { SERVICE <x> { ?s ?p ?o } }", solutions({"s": uri("http://e/a")}))
    assert rows == ['"false"^^<http://www.w3.org/2001/XMLSchema#boolean>']


def test_blank_nodes_are_blank_nodes_and_those_of_two_calls_are_not_the_same() -> None:
    blank = {"type": "bnode", "value": "b0"}
    answer = solutions({"s": blank, "o": uri("http://e/o")})
    rows, _ = run("SELECT (ISBLANK(?s) AS ?b) ?o { SERVICE <x> { ?s ?p ?o } }", answer)
    assert rows == ['"true"^^<http://www.w3.org/2001/XMLSchema#boolean> <http://e/o>']
    rows, _ = run("SELECT ?o { SERVICE <x> { ?s ?p ?o } SERVICE <y> { ?s ?q ?o } }", answer)
    assert rows == []


def test_variables_that_nobody_asked_for_bind_nothing() -> None:
    rows, _ = run("SELECT ?s ?z { VALUES ?z { 1 } SERVICE <x> { ?s ?p ?o } }",
                  solutions({"s": uri("http://e/a"), "z": uri("http://e/z")}, names="s z"))  # fmt: skip
    assert len(rows) == 1


def test_no_variables_at_all_are_as_many_solutions() -> None:
    rows, _ = run("SELECT (1 AS ?one) { SERVICE <x> { <a> <b> <c> } }", solutions({}, {}, names=""))
    assert len(rows) == 2


def test_a_call_within_a_call_is_sent_along() -> None:
    _, asked = run("SELECT * { SERVICE <x> { ?s ?p ?o SERVICE <y> { ?o ?q ?r } } }", solutions())
    assert [endpoint for endpoint, _ in asked] == [f"{BASE}x"]
    assert "SERVICE <y>" in asked[0][1]


@pytest.mark.parametrize(
    "answer", [("text/html", b"<html>"), (JSON, b'{"boolean": true}'), (JSON, b"{"), ("", b""),
               (JSON, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri"}}]}}')],
)  # fmt: skip
def test_an_answer_that_is_none_is_an_error_unless_it_is_silent(answer: tuple[str, bytes]) -> None:
    with pytest.raises(UnreachableError):
        run("SELECT * { SERVICE <x> { ?s ?p ?o } }", answer)
    rows, _ = run("SELECT (BOUND(?s) AS ?b) { SERVICE SILENT <x> { ?s ?p ?o } }", answer)
    assert rows == ['"false"^^<http://www.w3.org/2001/XMLSchema#boolean>']


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { VALUES ?x { <http://e/> } SERVICE ?x { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT ?x { } }",
        "SELECT * { SERVICE <x> ?s",
        "SELECT * { SERVICE <x> { ?s",
        "SELECT * { SERVICE",
        "SELECT * {" + "SERVICE <x> {}" * (MOST + 1) + "}",
    ],
)
def test_what_cannot_be_called_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        run(text, solutions())


def test_a_mistake_is_found_at_its_place_and_before_anything_is_asked() -> None:
    text = "SELECT * { SERVICE\nSILENT <x> { ?s ?p ?o }\n FILTER( }"
    with pytest.raises(SyntaxError, match="3:11"):
        answered(text, lambda *_: pytest.fail("it was asked"), lambda bare: Store().query(bare, base_iri=BASE), BASE)


def test_a_query_without_calls_is_left_alone() -> None:
    text = "SELECT * { ?service ?p 'SERVICE <x> {}' }"
    assert answered(text, lambda *_: pytest.fail("it was asked"), lambda _: pytest.fail("parsed")) is text
