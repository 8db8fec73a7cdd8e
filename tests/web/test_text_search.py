"""``SERVICE commons:search`` through the endpoint: by GET and POST, joined, cached, with errors at their place."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

QUERY = """PREFIX commons: <https://w3id.org/commons-kg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing ?label ?score {
  SERVICE commons:search { ?thing commons:matches "climate" ; commons:score ?score }
  ?thing a <http://metadata.un.org/sdg/ontology#Goal> ; rdfs:label ?label FILTER(LANG(?label) = "en")
}"""


@pytest.mark.parametrize("method", ["GET", "POST", "form"])
def test_what_is_found_is_joined_with_the_rest(client: TestClient, method: str) -> None:
    if method == "GET":
        answer = client.get("/sparql.csv", params={"query": QUERY})
    elif method == "POST":
        answer = client.post("/sparql.csv", content=QUERY, headers={"Content-Type": "application/sparql-query"})
    else:
        answer = client.post("/sparql.csv", data={"query": QUERY})
    assert answer.status_code == 200, answer.text
    assert answer.text.splitlines() == ["thing,label,score", "http://metadata.un.org/sdg/13,Climate action,0.71"]


def test_the_answer_is_kept_as_any_other(client: TestClient) -> None:
    first, second = (client.get("/sparql.json", params={"query": QUERY}) for _ in range(2))
    assert "etag" in first.headers
    assert second.headers["x-cache"] == "hit"


def test_an_error_is_shown_at_its_place(client: TestClient) -> None:
    answer = client.get("/sparql.json", params={"query": QUERY.replace("FILTER(LANG", "FILTER(LNG")})
    assert answer.status_code == 400
    assert answer.json()["line"] == 5


def test_a_service_without_a_text_says_what_is_missing(client: TestClient) -> None:
    answer = client.get("/sparql.json", params={"query": QUERY.replace('"climate"', "?text")})
    assert (answer.status_code, "takes one text" in answer.json()["detail"]) == (403, True)


def test_other_endpoints_stay_refused(client: TestClient) -> None:
    query = QUERY.replace(
        "PREFIX commons: <https://w3id.org/commons-kg/ontology/>", "PREFIX commons: <http://x.example/>"
    )
    assert client.get("/sparql.json", params={"query": query}).status_code == 403
