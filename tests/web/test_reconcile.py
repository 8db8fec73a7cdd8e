"""``/reconcile`` answers as the Reconciliation Service API 0.2 says, to the requests that OpenRefine 3 sends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from kg.dataset.search_table import FILE
from kg.web.reconcile import _cell
from tests.web.conftest import HTML

CREATIVE_COMMONS = "https://w3id.org/commons-kg/id/organization/creative-commons"
BY = "http://creativecommons.org/licenses/by/4.0/"
CLIMATE = "http://metadata.un.org/sdg/13"


def asked(client: TestClient, queries: dict[str, Any]) -> dict[str, Any]:
    """Send a batch as OpenRefine does: a form by POST."""
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def best(client: TestClient, text: str, **more: Any) -> dict[str, Any]:
    """Return the first candidate."""
    found: dict[str, Any] = asked(client, {"q0": {"query": text, **more}})["q0"]["result"][0]
    return found


def test_get_reconcile_is_the_manifest(client: TestClient) -> None:
    manifest = client.get("/reconcile").json()
    assert {"versions", "name", "identifierSpace", "schemaSpace"} <= set(manifest), "the required members"
    assert "0.2" in manifest["versions"]
    assert all(set(of) == {"id", "name"} for of in manifest["defaultTypes"])
    assert "{{id}}" in manifest["view"]["url"]
    assert "{{id}}" in manifest["preview"]["url"]
    for service in manifest["suggest"].values():
        assert service["service_url"].startswith("http")
        assert service["service_path"].startswith("/")
        assert "${id}" in service["flyout_service_path"]
    assert manifest["extend"]["propose_properties"]["service_path"] == "/reconcile/properties"
    assert isinstance(manifest["batchSize"], int)


def test_a_browser_is_told_how_to_use_it(client: TestClient) -> None:
    page = client.get("/reconcile", headers=HTML)
    assert page.headers["content-type"].startswith("text/html")
    assert "http://testserver/reconcile" in page.text
    assert client.get("/reconcile?manifest", headers=HTML).json()["name"] == "Commons KG"


def test_openrefine_guesses_the_type_from_a_batch_without_one(client: TestClient) -> None:
    found = asked(client, {"q0": {"query": "Creative Commons", "limit": 3}, "q1": {"query": "Kenya", "limit": 3}})
    assert set(found) == {"q0", "q1"}
    first = found["q0"]["result"][0]
    assert (first["id"], first["name"], first["match"], first["score"]) == (
        CREATIVE_COMMONS, "Creative Commons", True, 100.0
    )  # fmt: skip
    assert first["type"] == [{"id": "org:Organization", "name": "organization"}]


def test_openrefine_reconciles_a_column_with_a_type_and_columns_as_properties(client: TestClient) -> None:
    query = {"query": "Creative Commons", "type": "org:Organization", "type_strict": "should",
             "properties": [{"pid": "schema:url", "v": "https://creativecommons.org"}]}  # fmt: skip
    found = asked(client, {f"q{n}": query for n in range(10)})
    assert len(found) == 10
    for answer in found.values():
        for candidate in answer["result"]:
            assert {"id", "name", "score", "match", "type"} <= set(candidate)
            assert 0 <= candidate["score"] <= 100


@pytest.mark.parametrize("text", ["CC BY 4.0", "cc-by-4.0", BY, "https://creativecommons.org/licenses/by/4.0/deed.fr"])
def test_an_exact_licence_string_reconciles_to_the_licence(client: TestClient, text: str) -> None:
    found = best(client, text, type="cc:License")
    assert (found["id"], found["match"]) == (BY, True)


@pytest.mark.parametrize(
    ("text", "of", "iri"),
    [
        ("climate action", "sdgo:Goal", CLIMATE), ("العمل المناخي", "sdgo:Goal", CLIMATE),
        ("Creative Commons", "http://www.w3.org/ns/org#Organization", CREATIVE_COMMONS),
    ],
)  # fmt: skip
def test_a_name_in_any_language_is_sure(client: TestClient, text: str, of: str, iri: str) -> None:
    found = best(client, text, type=of)
    assert (found["id"], found["match"]) == (iri, True)


def test_what_is_only_like_a_name_is_a_candidate_and_never_a_match(client: TestClient) -> None:
    found = best(client, "Creativ Comons", type="org:Organization")
    assert found["id"] == CREATIVE_COMMONS
    assert 80 < found["score"] < 100
    assert not found["match"]
    assert asked(client, {"q0": {"query": "Zzyzx Qwrt"}})["q0"]["result"] == []


def test_a_property_that_speaks_against_it_takes_the_match_away(client: TestClient) -> None:
    right = best(client, "Attribution 4.0 International", properties=[{"pid": "cc:permits", "v": {"id": "Sharing"}}])
    assert (right["id"], right["match"]) == (BY, True)
    wrong = best(client, "Attribution 4.0 International", properties=[{"pid": "cc:permits", "v": ["Nothing at all"]}])
    assert not wrong["match"]
    assert wrong["score"] < right["score"]
    assert {feature["id"] for feature in wrong["features"]} == {"name", "cc:permits"}


def test_without_a_name_a_thing_is_found_by_what_it_has(client: TestClient) -> None:
    found = best(client, "", type="org:Organization", properties=[{"pid": "schema:url", "v": "creativecommons.org"}])
    assert (found["id"], found["match"], found["score"]) == (CREATIVE_COMMONS, True, 100.0), "a homepage is one's own"
    licensed = best(client, "", properties=[{"pid": "schema:license", "v": "CC-BY-4.0"}])
    assert not licensed["match"], "other goods may have the same licence"
    nobody = [{"pid": "schema:url", "v": "https://example.net/nobody"}]
    assert asked(client, {"q0": {"properties": nobody}})["q0"]["result"] == []


def test_queries_by_get_and_the_single_query_of_old_clients_are_answered(client: TestClient) -> None:
    batch = client.get("/reconcile", params={"queries": json.dumps({"q0": {"query": "Climate action"}})}).json()
    assert batch["q0"]["result"][0]["id"] == CLIMATE
    for query in ("Climate action", json.dumps({"query": "Climate action", "limit": 1})):
        assert client.get("/reconcile", params={"query": query}).json()["result"][0]["id"] == CLIMATE


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"queries": "{"}, 400, "is no JSON"), ({"queries": "[]"}, 400, "no JSON object"),
        ({"queries": '{"q0": {"query": 3}}'}, 400, "has no text"),
        ({"queries": '{"q0": {"query": "a", "type": "x y"}}'}, 400, "no type or property"),
        ({"queries": '{"q0": {"query": "a", "limit": 0}}'}, 400, "limit"),
        ({"queries": json.dumps({f"q{n}": {"query": "a"} for n in range(51)})}, 413, "at most 50"),
        ({"extend": '{"ids": "x"}'}, 400, "no ids"),
        ({"queries": "[" * 100_000}, 400, "is no JSON"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said(client: TestClient, form: dict[str, str], status: int, words: str) -> None:
    answer = client.post("/reconcile", data=form)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True)


def test_any_page_may_ask_it(client: TestClient) -> None:
    assert client.get("/reconcile", headers={"Origin": "https://example.org"}).headers["access-control-allow-origin"]


def test_openrefine_suggests_entities_while_somebody_types(client: TestClient) -> None:
    found = client.get("/reconcile/suggest/entity", params={"prefix": "clim", "type": "sdgo:Goal"}).json()["result"]
    assert [entity["id"] for entity in found] == [CLIMATE]
    assert found[0]["notable"] == [{"id": "sdgo:Goal", "name": "Sustainable Development Goal"}]


def test_an_identifier_is_suggested_as_its_entity(client: TestClient) -> None:
    found = client.get("/reconcile/suggest/entity", params={"prefix": BY}).json()["result"]
    assert [entity["id"] for entity in found] == [BY]
    terms = client.get("/reconcile/suggest/type", params={"prefix": "http://creativecommons.org/ns#License"}).json()
    assert [of["id"] for of in terms["result"]] == ["cc:License"]


@pytest.mark.parametrize("of", ["entity", "type", "property"])
def test_more_suggestions_come_after_the_cursor(client: TestClient, of: str) -> None:
    def suggested(cursor: int) -> list[str]:
        answer = client.get(f"/reconcile/suggest/{of}", params={"prefix": "c", "cursor": cursor}).json()
        return [found["id"] for found in answer["result"]]

    assert len(suggested(0)) > 1
    assert suggested(1)[: len(suggested(0)) - 1] == suggested(0)[1:]


def test_types_may_be_objects_and_numbers_have_a_point(client: TestClient) -> None:
    found = asked(client, {"q0": {"query": "CC BY 4.0", "type": [{"id": "cc:License"}], "limit": 1.0}})
    assert [candidate["id"] for candidate in found["q0"]["result"]] == [BY]


def test_a_day_has_a_time_as_the_schema_of_answers_wants_it() -> None:
    assert _cell("2024-03-04", "date") == {"date": "2024-03-04T00:00:00Z"}
    assert _cell("2024-03-04T10:00:00Z", "dateTime") == {"date": "2024-03-04T10:00:00Z"}
    assert _cell("2024", "gYear") == {"str": "2024"}


def test_openrefine_suggests_types_and_properties(client: TestClient) -> None:
    assert {"id": "cc:License", "name": "licence"} in client.get(
        "/reconcile/suggest/type", params={"prefix": "lic"}
    ).json()["result"]
    found = client.get("/reconcile/suggest/property", params={"prefix": "ror"}).json()["result"]
    assert "commons:ror" in {prop["id"] for prop in found}


@pytest.mark.parametrize(("of", "id"), [("entity", CLIMATE), ("type", "cc:License"), ("property", "schema:url")])
def test_a_fly_out_says_what_it_is(client: TestClient, of: str, id: str) -> None:
    told = client.get(f"/reconcile/flyout/{of}", params={"id": id}).json()
    assert told["id"] == id
    assert "<strong>" in told["html"]


def test_a_preview_may_stand_in_a_frame_and_nothing_else_may(client: TestClient) -> None:
    answer = client.get("/reconcile/preview", params={"id": CLIMATE})
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.h1 is not None
    assert page.h1.get_text(strip=True) == "13 Climate action"
    assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]
    assert client.get("/reconcile/preview", params={"id": "urn:nothing"}).status_code == 404


def test_openrefine_extends_a_table_with_properties(client: TestClient) -> None:
    proposed = client.get("/reconcile/properties", params={"type": "cc:License"}).json()
    assert (proposed["type"], {"id": "cc:permits", "name": "permits"} in proposed["properties"]) == ("cc:License", True)
    wanted = {"ids": [BY, "urn:nothing"], "properties": [{"id": "cc:permits", "settings": {}}, {"id": "rdfs:label"}]}
    found = client.post("/reconcile", data={"extend": json.dumps(wanted)}).json()
    assert [of["id"] for of in found["meta"]] == ["cc:permits", "rdfs:label"]
    assert all("name" in of for of in found["meta"])
    assert found["rows"][BY]["rdfs:label"] == [{"str": "Attribution 4.0 International"}]
    assert len(found["rows"][BY]["cc:permits"]) == 1
    assert found["rows"]["urn:nothing"] == {"cc:permits": [], "rdfs:label": []}


def test_a_version_without_an_index_says_so(own_client: TestClient, home: Path) -> None:
    (home / "versions" / "v1" / FILE).unlink()
    assert own_client.get("/reconcile").status_code == 200
    answer = own_client.get("/reconcile", params={"query": "a"})
    assert (answer.status_code, "no search index" in answer.json()["detail"]) == (503, True)
