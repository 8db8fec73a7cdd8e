"""Virtuoso behind the front: what it says otherwise than the standards, its limits, and its end."""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph
from starlette.testclient import TestClient

from benchmarks.endpoint.virtuoso import Virtuoso, running
from kg.engine.virtuoso import written
from kg.namespaces import SD, VOID
from kg.web.app import create_app
from kg.web.options import WebOptions
from tests.conformance.serving import free_port
from tests.published import publish
from tests.remote.conftest import installed
from tests.remote.serving import held

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("remote")]

GRAPHS = " ".join(f"e:s{n} e:p {n} ." for n in range(100))
DATA = f"""
@prefix e: <http://e/> .
e:g {{ e:a e:yes true ; e:no false ; e:one 1 ; e:zero 0 ; e:day "2024-03-04"^^<http://www.w3.org/2001/XMLSchema#date> ;
  e:text "élan \\"q\\" \\n"@fr , "plain" ; e:near _:b . _:b e:yes true . }}
e:h {{ e:a e:one 1 }}
e:many {{ {GRAPHS} }}
"""
PREFIXES = "PREFIX e: <http://e/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p . ?q ?r ?s . ?t ?u ?v }"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    publish(home, "v1", DATA)
    return home


@pytest.fixture(scope="module")
def client(virtuoso: Virtuoso, home: Path) -> Iterator[TestClient]:
    options = replace(held(virtuoso, home), deadline=5, workers=1)
    with TestClient(create_app(WebOptions(home=home, pool=options))) as client:
        yield client


def rows(client: TestClient, query: str, **parameters: str) -> list[dict[str, str]]:
    answer = client.get("/sparql.csv", params={"query": PREFIXES + query, **parameters})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("SELECT ?x { e:a e:yes|e:no|e:one|e:zero ?x }", {"true", "false", "1", "0"}),
        ("SELECT (EXISTS { e:a e:yes ?y } AS ?x) {}", {"true"}),
        ("SELECT ?x { BIND(BOUND(?nothing) AS ?x) }", {"false"}),
        ("SELECT (DATATYPE(?t) AS ?x) { e:a e:text ?t FILTER(LANG(?t) = 'fr') }",
         {"http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"}),
        ("SELECT ?x { e:a e:text ?x }", {'élan "q" \n', "plain"}),
        ("SELECT ?x { e:a e:day ?x FILTER(?x < '2024-03-05'^^xsd:date) }", {"2024-03-04"}),
        ("SELECT (COUNT(*) AS ?x) { ?s e:one ?o }", {"1"}),
        ("SELECT (COUNT(*) AS ?x) { GRAPH ?g { ?s e:one ?o } }", {"2"}),
        ("SELECT (COUNT(*) AS ?x) FROM e:g FROM e:h { ?s e:one ?o }", {"1"}),
        ("SELECT (COUNT(*) AS ?x) FROM NAMED e:g { ?s ?p ?o }", {"0"}),
        ("SELECT (COUNT(*) AS ?x) FROM <http://www.openlinksw.com/schemas/virtrdf#> { ?s ?p ?o }", {"0"}),
        ("SELECT DISTINCT ?x { GRAPH ?x { ?s ?p ?o } }", {"http://e/g", "http://e/h", "http://e/many"}),
        ("SELECT (GROUP_CONCAT(DISTINCT ?o) AS ?x) { ?s e:one ?o }", {"1"}),
    ],
)  # fmt: skip
def test_it_answers_as_the_standard_says(client: TestClient, query: str, values: set[str]) -> None:
    assert {row["x"] for row in rows(client, query)} == values


@pytest.mark.parametrize(("graph", "count"), [("http://e/g", "9"), ("http://e/h", "1"), ("http://e/none", "0")])
def test_graphs_of_the_request(client: TestClient, graph: str, count: str) -> None:
    query = "SELECT (COUNT(*) AS ?x) { ?s ?p ?o }"
    assert rows(client, query, **{"default-graph-uri": graph}) == [{"x": count}]


def test_ask_and_construct(client: TestClient) -> None:
    assert client.get("/sparql.json", params={"query": "ASK { ?s <http://e/none> ?o }"}).json()["boolean"] is False
    answer = client.get("/sparql.nt", params={"query": "CONSTRUCT { ?s ?p ?o } WHERE { ?s <http://e/yes> ?x ; ?p ?o }"})
    graph = Graph().parse(data=answer.text, format="nt")
    assert '"élan \\"q\\" \\n"@fr' in answer.text
    assert len(graph) == 9


def test_its_own_functions_are_not_open_to_clients(client: TestClient) -> None:
    for query in ("SELECT (<bif:sleep>(1) AS ?x) {}", "DEFINE get:soft 'soft' SELECT * FROM <http://127.0.0.1/> {}"):
        assert client.get("/sparql", params={"query": query}).status_code in (400, 422)


def test_every_count_of_the_service_description_is_that_of_a_query(client: TestClient) -> None:
    graph = Graph().parse(data=client.get("/sparql", headers={"Accept": "text/turtle"}).text, format="turtle")
    for node in graph.subjects(SD.name):
        query = f"SELECT (COUNT(*) AS ?x) {{ GRAPH <{graph.value(node, SD.name)}> {{ ?s ?p ?o }} }}"
        content = graph.value(node, SD.graph)
        assert rows(client, query) == [{"x": str(graph.value(content, VOID.triples))}]
    assert len(list(graph.subjects(SD.name))) == 3
    assert not list(graph.objects(None, SD.extensionFunction))


def test_an_endless_query_ends_with_the_deadline_there_too(client: TestClient, virtuoso: Virtuoso) -> None:
    answer = client.get("/sparql", params={"query": ENDLESS})
    assert answer.status_code == 504
    assert _falls_silent(virtuoso.process.pid)


def test_pages_are_there(client: TestClient) -> None:
    for page in ("/", "/browse", "/versions", "/quality", "/search?q=plain", "/resource?iri=http://e/a"):
        assert client.get(page, headers={"Accept": "text/html"}).status_code == 200, page


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A server that cuts answers at some rows, and may be killed."""
    installed()
    with running(tmp_path_factory.mktemp("small"), free_port(), free_port(), ResultSetMaxRows=50) as server:
        yield server


def test_an_answer_that_it_cuts_is_an_error_and_its_end_is_told(small: Virtuoso, home: Path) -> None:
    with TestClient(create_app(WebOptions(home=home, pool=replace(held(small, home), workers=1)))) as client:
        assert (
            client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).json()["type"]
            == "/problems#result-too-large"
        )
        assert len(rows(client, "SELECT * { ?s ?p ?o } LIMIT 20")) == 20
        assert client.get("/readyz").status_code == 200
        small.process.kill()
        small.process.wait()
        answer = client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o } LIMIT 21"})
        assert (answer.status_code, answer.json()["type"]) == (502, "/problems#engine-away")
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
        assert client.get("/healthz").status_code == 200
        assert len(rows(client, "SELECT * { ?s ?p ?o } LIMIT 20")) == 20  # kept from before


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("SELECT (COUNT(?x) AS ?n) { ?x a ?y } GROUP BY ?y ORDER BY DESC(?n)",) * 2,
        ("SELECT ?y (MIN(?x) AS ?n) { ?x a ?y } GROUP BY ?y ORDER BY LCASE(?n)",
         "SELECT ?y ?n WHERE { { SELECT ?y (MIN(?x) AS ?n) { ?x a ?y } GROUP BY ?y  } } ORDER BY LCASE(STR(?n))"),
        ("SELECT (?x = 1 AS ?y) { ?s ?p ?x FILTER(?y) }",) * 2,
        ("SELECT * { ?s ?p ?x FILTER(?x >= 1) }", "SELECT * { ?s ?p ?x FILTER(COALESCE(?x, ?x) >= 1) }"),
        ("SELECT (IF(?x, 1, 2) AS ?y) { ?s ?p ?x }",) * 2,
        ("SELECT ('FROM' AS ?from) { ?s ?p 'GROUP_CONCAT(?x)' # FROM\n}",) * 2,
    ],
)  # fmt: skip
def test_how_it_is_asked(query: str, asked: str) -> None:
    assert written(query) == asked


def _seconds(process: int) -> float:
    """Processor time that a process has had."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _falls_silent(process: int, within: float = 30) -> bool:
    """Return whether a process comes to rest; Virtuoso looks only now and then whether its client is still there."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        before = _seconds(process)
        time.sleep(2)
        if _seconds(process) - before < 0.2:
            return True
    return False
