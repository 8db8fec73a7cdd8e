"""SPARQL Update over HTTP: who may, what it does to the union, what is refused, and what it cannot break."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kg.operations import publish
from kg.settings import load as load_settings
from tests.web.conftest import HTML, make_home
from tests.web.updating import GRAPH, PREFIXES, TOKEN, UPDATE, ask, union_is_kept, update, updating

pytestmark = pytest.mark.xdist_group("updating")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with updating(make_home(tmp_path_factory.mktemp("updated"))) as client:
        yield client


def test_a_read_only_site_takes_no_update(own_client: TestClient) -> None:
    answer = own_client.post("/sparql", content="DROP ALL", headers=TOKEN | UPDATE)
    assert answer.status_code == 403
    assert "read-only" in answer.json()["title"]


@pytest.mark.parametrize(
    ("headers", "error"),
    [({}, ""), ({"Authorization": "Basic YTpi"}, ""), ({"Authorization": "Bearer"}, ""),
     ({"Authorization": "Bearer another"}, "invalid_token"), ({"Authorization": "Bearer \xe9"}, "invalid_token")],
)  # fmt: skip
def test_an_update_needs_the_token(client: TestClient, headers: dict[str, str], error: str) -> None:
    raw = [(k.encode(), v.encode("latin-1")) for k, v in (headers | UPDATE).items()]
    answer = client.post("/sparql", content="DROP ALL", headers=raw)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert error in answer.headers["www-authenticate"]
    assert answer.json()["type"] == "/problems#unauthorized"


def test_an_update_is_visible_to_the_next_query_and_in_the_union(client: TestClient) -> None:
    before = client.get("/sparql.json", params={"query": "ASK {}"}).headers["x-dataset-version"]
    answer = update(client, "INSERT DATA { GRAPH g:one { :a :b 1 . :a :c 2 } }")
    assert answer.status_code == 204
    assert answer.headers["x-dataset-version"] != before
    assert ask(client, "GRAPH g:one { :a :b 1 }")
    assert ask(client, ":a :c 2")
    assert union_is_kept(client)
    assert update(client, "DELETE DATA { GRAPH g:one { :a :b 1 } }").status_code == 204
    assert not ask(client, ":a :b 1")
    assert union_is_kept(client)


def test_an_update_that_changes_nothing_makes_no_version(client: TestClient) -> None:
    version = update(client, "INSERT DATA { GRAPH g:same { :a :b 1 } }").headers["x-dataset-version"]
    again = update(client, "INSERT DATA { GRAPH g:same { :a :b '1'^^<http://www.w3.org/2001/XMLSchema#int> } }")
    assert again.headers["x-dataset-version"] == version


def test_a_triple_of_two_graphs_stays_in_the_union_until_both_have_lost_it(client: TestClient) -> None:
    assert update(client, "INSERT DATA { GRAPH g:x { :t :t :t } GRAPH g:y { :t :t :t } }").status_code == 204
    assert update(client, "DELETE WHERE { GRAPH g:x { :t ?p ?o } }").status_code == 204
    assert ask(client, ":t :t :t")
    assert update(client, "CLEAR GRAPH g:y").status_code == 204
    assert not ask(client, ":t :t :t")


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("WITH g:m DELETE { ?s :n ?o } INSERT { ?s :n 2 } WHERE { ?s :n ?o }", "GRAPH g:m { :m :n 2 }"),
        ("INSERT { GRAPH g:n { ?s :from ?o } } WHERE { ?s :n ?o }", "GRAPH g:n { :m :from ?o }"),
        ("INSERT { GRAPH ?g { :any :where ?g } } WHERE { GRAPH ?g { :m :n ?o } }", ":any :where g:m"),
        ("COPY g:m TO g:copied", "GRAPH g:copied { :m :n ?o }"),
        ("MOVE g:m TO g:moved", "GRAPH g:moved { :m :n ?o } FILTER NOT EXISTS { GRAPH g:m { ?s ?p ?q } }"),
        ("COPY DEFAULT TO g:all", "GRAPH g:all { :m :n ?o }"),
        ("CREATE GRAPH g:empty", "GRAPH g:empty {}"),
        ("BASE <http://example.org/> INSERT DATA { GRAPH <relative> { <a> <b> <c> } }",
         "GRAPH :relative { :a :b :c }"),
        ("DELETE { GRAPH g:m { :m :n ?o } } USING g:m WHERE { :m :n ?o } ; DROP SILENT GRAPH g:nothing",
         "FILTER NOT EXISTS { GRAPH g:m { :m ?p ?o } }"),
        ("LOAD SILENT <http://127.0.0.1:9/>", "GRAPH g:m { :m :n ?o }"),
    ],
)  # fmt: skip
def test_every_operation_keeps_the_union(client: TestClient, text: str, there: str) -> None:
    assert update(client, "DROP SILENT GRAPH g:m ; INSERT DATA { GRAPH g:m { :m :n 1 } }").status_code == 204
    answer = update(client, text)
    assert answer.status_code == 204, answer.text
    assert ask(client, there)
    assert union_is_kept(client)


def test_the_dataset_of_the_request_is_that_of_the_patterns(client: TestClient) -> None:
    assert update(client, "INSERT DATA { GRAPH g:in { :p :q 1 } GRAPH g:out { :r :q 1 } }").status_code == 204
    text = "INSERT { GRAPH g:found { ?s :found true } } WHERE { ?s :q 1 }"
    assert update(client, text, **{"using-graph-uri": GRAPH + "in"}).status_code == 204
    assert ask(client, "GRAPH g:found { :p :found true }")
    assert not ask(client, "GRAPH g:found { :r :found true }")
    both = update(client, "WITH g:in " + text, **{"using-graph-uri": GRAPH + "in"})
    assert both.status_code == 400


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("INSERT DATA { :a :b :c }", 403, "graph-refused"),
        ("DELETE WHERE { ?s ?p ?o }", 403, "graph-refused"),
        ("CLEAR DEFAULT", 403, "graph-refused"),
        ("MOVE DEFAULT TO g:x", 403, "graph-refused"),
        ("INSERT DATA { GRAPH g:description { :a :b :c } }", 403, "graph-refused"),
        ("DROP GRAPH <https://w3id.org/commons-kg/graph/derived/anything>", 403, "graph-refused"),
        ("LOAD <http://127.0.0.1/>", 403, "service-refused"),
        ("INSERT { GRAPH g:a { ?s ?p ?o } } WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 403,
         "service-refused"),
        ("INSERT DATA { GRAPH g:a { :a :b :c }", 400, "syntax-error"),
        ("SELECT * { ?s ?p ?o }", 400, "syntax-error"),
        ("DROP GRAPH g:not-there", 422, "not-evaluated"),
        ("INSERT { GRAPH g:a { ?s ?p ?o } } WHERE { " + "{" * 5000 + "?s ?p ?o" + "}" * 5000 + " }", 400,
         "too-complex"),
        ("INSERT { GRAPH g:a { ?s ?p ?o } } WHERE { " + "?s ?p ?o ." * 300 + " }", 400, "too-complex"),
        ("INSERT DATA { GRAPH g:a { organization:new a org:Organization } }", 422, "not-conforming"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(client: TestClient, text: str, status: int, kind: str) -> None:
    version = client.get("/sparql.json", params={"query": "ASK {}"}).headers["x-dataset-version"]
    answer = update(client, text)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems#{kind}"), answer.text
    assert client.get("/sparql.json", params={"query": "ASK {}"}).headers["x-dataset-version"] == version


def test_a_violation_is_told_with_the_words_of_the_shape(client: TestClient) -> None:
    text = "INSERT DATA { GRAPH g:v { organization:nameless a org:Organization } }"
    result = update(client, text).json()["results"][0]
    assert result["focus_node"].endswith("organization/nameless")
    assert "needs a name" in result["message"]
    answer = client.post("/sparql", content=PREFIXES + text, headers=TOKEN | UPDATE | {"Accept": "text/plain"})
    assert "organization/nameless>: " in answer.text


def test_what_was_broken_before_does_not_stand_in_the_way(tmp_path: Path) -> None:
    with updating(make_home(tmp_path), validate=False) as client:
        assert update(client, "INSERT DATA { GRAPH g:v { organization:bad a org:Organization } }").status_code == 204
    with updating(tmp_path) as client:
        added = update(client, "INSERT DATA { GRAPH g:v { organization:bad rdfs:seeAlso :a } }")
        assert added.status_code == 204, added.text


def test_form_and_get(client: TestClient) -> None:
    text = "INSERT DATA { GRAPH <http://example.org/form> { <urn:f> <urn:f> 1 } }"
    assert client.post("/sparql", data={"update": text}, headers=TOKEN).status_code == 204
    assert ask(client, "<urn:f> <urn:f> 1")
    assert client.get("/sparql", params={"update": text}, headers=TOKEN).status_code == 400
    assert client.post("/sparql", data={"update": text, "query": "ASK {}"}, headers=TOKEN).status_code == 400
    assert client.post("/sparql", data={"update": [text, text]}, headers=TOKEN).status_code == 400
    assert client.post("/sparql", data={"update": text}).status_code == 401


def test_an_update_that_never_ends_is_stopped_and_the_next_one_is_made(tmp_path: Path) -> None:
    bomb = "INSERT { GRAPH g:b { ?a ?b ?c } } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
    with updating(make_home(tmp_path), deadline=4) as client:
        assert update(client, "INSERT DATA { GRAPH g:b { :warm :up 1 } }").status_code == 204
        started = time.monotonic()
        answer = update(client, bomb)
        assert (answer.status_code, answer.json()["type"]) == (504, "/problems#deadline")
        assert time.monotonic() - started < 10
        assert ask(client, ":warm :up 1")
    with updating(tmp_path) as client:
        assert update(client, "INSERT DATA { GRAPH g:b { :after :that 1 } }").status_code == 204
        assert ask(client, ":warm :up 1 . :after :that 1")


def test_a_default_graph_of_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with updating(make_home(home), union=False, validate=False) as client:
        assert update(client, "INSERT DATA { :a :b 1 . GRAPH g:c { :c :d 1 } }").status_code == 204
        assert ask(client, ":a :b 1")
        assert not ask(client, ":c :d 1")
        for thing in ("a", "c"):  # what is in no graph is told as well
            page = client.get("/resource", params={"iri": f"http://example.org/{thing}"}, headers=HTML)
            assert page.status_code == 200
        assert update(client, "DELETE WHERE { ?s ?p ?o }").status_code == 204
        assert not ask(client, "?s ?p ?o")
        assert ask(client, "GRAPH g:c { :c :d 1 }")
    with updating(home) as client:  # and back again
        assert update(client, "INSERT DATA { GRAPH g:e { :e :f 1 } }").status_code == 204
        assert ask(client, ":c :d 1 . :e :f 1")
        assert union_is_kept(client)


def test_a_version_made_by_an_update_gets_its_dumps_by_publishing_it(tmp_path: Path) -> None:
    with updating(make_home(tmp_path)) as client:
        assert update(client, "INSERT DATA { GRAPH g:d { :a :b 1 } }").status_code == 204
        assert "without dumps" in client.get("/dumps", headers=HTML).text
    manifest = publish(load_settings({"home": str(tmp_path)}, environment={}))
    assert manifest is not None
    assert {"commons-kg.ttl.gz", "graphs/d.nq.gz"} & {file["name"] for file in manifest.dumps}
    assert publish(load_settings({"home": str(tmp_path)}, environment={})) is None


def test_what_an_update_says_is_found_by_search_and_what_it_takes_away_is_not(client: TestClient) -> None:
    said = 'GRAPH g:one { :a <http://www.w3.org/2000/01/rdf-schema#label> "Quokka sanctuary"@en }'
    assert client.get("/search.json?q=quokka").json()["results"] == []
    assert update(client, f"INSERT DATA {{ {said} }}").status_code == 204
    assert [r["label"] for r in client.get("/search.json?q=quokka").json()["results"]] == ["Quokka sanctuary"]
    assert client.get("/search.json?q=climate").json()["results"], "what was found before still is"
    assert update(client, f"DELETE DATA {{ {said} }}").status_code == 204
    assert client.get("/search.json?q=quokka").json()["results"] == []
