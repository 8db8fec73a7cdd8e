"""What the endpoint says of itself, and that it is true."""

from __future__ import annotations

import pytest
from rdflib import Graph, URIRef
from starlette.testclient import TestClient

from kg.engine.service import functions
from kg.namespaces import SD, VOID
from tests.web.conftest import HTML


def described(client: TestClient, accept: str = "text/turtle") -> Graph:
    answer = client.get("/sparql", headers={"Accept": accept})
    assert answer.status_code == 200
    return Graph().parse(data=answer.text, format=answer.headers["content-type"].partition(";")[0])


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/n-triples", "*/*"])
def test_get_without_a_query(client: TestClient, accept: str) -> None:
    graph = described(client, accept)
    assert (None, SD.endpoint, URIRef("http://testserver/sparql")) in graph


def test_a_browser_gets_the_page(client: TestClient) -> None:
    assert "<textarea" in client.get("/sparql", headers=HTML).text


def test_every_count_is_that_of_a_query(client: TestClient) -> None:
    graph = described(client)
    named = list(graph.subjects(SD.name))
    assert named
    for node in named:
        name, content = graph.value(node, SD.name), graph.value(node, SD.graph)
        query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
        counted = client.get("/sparql.json", params={"query": query}).json()["results"]["bindings"][0]["n"]["value"]
        assert str(graph.value(content, VOID.triples)) == counted
    default = next(graph.objects(None, SD.defaultGraph))
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    counted = client.get("/sparql.json", params={"query": query}).json()["results"]["bindings"][0]["n"]["value"]
    assert str(graph.value(default, VOID.triples)) == counted


def test_every_function_is_known_and_no_other(client: TestClient) -> None:
    claimed = {str(f) for f in described(client).objects(None, SD.extensionFunction)}
    assert claimed == set(functions())
    assert len(claimed) > 20
    for function in sorted(claimed):
        query = f"SELECT (<{function}>('x') AS ?y) {{}}"
        assert client.get("/sparql.json", params={"query": query}).status_code == 200, function
    unknown = client.get("/sparql.json", params={"query": "SELECT (<http://example.org/f>(1) AS ?y) {}"})
    assert unknown.status_code == 422


def test_a_read_only_endpoint_claims_no_update(client: TestClient) -> None:
    graph = described(client)
    assert set(graph.objects(None, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert set(graph.objects(None, SD.feature)) == {SD.EmptyGraphs, SD.UnionDefaultGraph}
    assert not set(graph.objects(None, SD.inputFormat))


def test_it_is_fresh_until_the_next_version(client: TestClient) -> None:
    etag = client.get("/sparql", headers={"Accept": "text/turtle"}).headers["etag"]
    again = client.get("/sparql", headers={"Accept": "text/turtle", "If-None-Match": etag})
    assert again.status_code == 304


def test_get_without_a_query_format_ttl(client: TestClient) -> None:
    answer = client.get("/sparql?format=ttl", headers=HTML)
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert "ServiceDescription" in answer.text or "sd:Service" in answer.text
