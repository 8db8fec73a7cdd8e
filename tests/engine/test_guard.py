from __future__ import annotations

import pytest

from kg.engine.errors import QueryRefusedError
from kg.engine.guard import Limits, check, scan


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?service ?p 'SERVICE <x> {}' }",
        "SELECT * { ?s <http://example.org/SERVICE> ?o }",
        "SELECT * { ?s ex:SERVICE ?o ; SERVICE:x ?y }",
        "# SERVICE\nSELECT * { ?s ?p '''a 'SERVICE' b''' }",
        'SELECT * { ?s ?p """SERVICE "" \\""" SERVICE""" }',
        "SELECT * { ?s ?p 'x'@service }",
    ],
)
def test_service_is_only_the_keyword(text: str) -> None:
    assert not scan(text).service


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { service silent ?x { ?s ?p ?o } }",
        "SELECT * { ?s ?p 'a' .SERVICE<http://x/>{} }",
        "SELECT * { ?s ?p '#' . SERVICE <http://x/> {} }",
        "SELECT * { ?s ?p ?o FILTER(?a<?b) SERVICE <http://x/> {} FILTER(?c>?d) }",
    ],
)
def test_service_is_refused(text: str) -> None:
    with pytest.raises(QueryRefusedError, match="SERVICE") as caught:
        check(text, Limits())
    assert caught.value.rule == "service"


@pytest.mark.parametrize("text", ["LOAD <http://127.0.0.1/>", "PREFIX x: <y> INSERT DATA { <a> <b> <c> }", "drop all"])
def test_an_update_is_refused(text: str) -> None:
    with pytest.raises(QueryRefusedError, match="SPARQL Update") as caught:
        check(text, Limits())
    assert caught.value.rule == "update"


def test_nesting_is_counted_in_every_bracket() -> None:
    for opening, closing in ("{", "}"), ("(", ")"), ("[", "]"):
        text = f"SELECT * {{ {opening * 50}{closing * 50} }}"
        assert scan(text).depth == 51
    with pytest.raises(QueryRefusedError, match="deep"):
        check("SELECT * " + "{" * 5000 + "}" * 5000, Limits())


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("SELECT * { ?s ?p ?o }", 1),
        ("SELECT * { ?s ?p ?o . ?s ?q ?r . }", 2),
        ("SELECT * { ?s ?p ?o ; ?q ?r , ?t }", 3),
        ("SELECT * { ?s <a>/<b>/<c> ?o }", 3),
        ("SELECT * { ?s ?p ?o OPTIONAL { ?s ?q ?r } FILTER(IF(?a, ?b, ?c)) }", 1),
        ("SELECT * { VALUES ?x { " + "1 2 3 " * 200 + "} ?s ?p ?x }", 1),
        ("SELECT * { VALUES (?x ?y) { " + "(1 2) " * 200 + "} ?s ?p ?x }", 1),
        ("CONSTRUCT { " + "?s ?p ?o . " * 300 + "} WHERE { ?s ?p ?o }", 1),
        ("CONSTRUCT WHERE { ?s ?p ?o . ?s ?q ?r }", 2),
        ("SELECT * { " + " UNION ".join("{ ?s ?p ?o }" for _ in range(300)) + " }", 1),
    ],
)
def test_patterns_are_counted_by_group(text: str, patterns: int) -> None:
    assert scan(text).patterns == patterns


def test_a_join_nobody_can_plan_is_refused() -> None:
    with pytest.raises(QueryRefusedError, match="200 triple patterns"):
        check("SELECT * { " + " ".join(f"?a{i} ?p ?a{i + 1} ." for i in range(200)) + " }", Limits())


def test_size() -> None:
    with pytest.raises(QueryRefusedError, match="bytes") as caught:
        check("SELECT * { ?s ?p '" + "é" * 300_000 + "' }", Limits())
    assert caught.value.rule == "size"
