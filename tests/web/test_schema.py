"""``/sparql/schema.json``: what an editor completes from."""

from __future__ import annotations

from starlette.testclient import TestClient

from kg.namespaces import COMMONS, RDFS, SDGO

GOOD = str(COMMONS.DigitalPublicGood)


def test_get_schema(client: TestClient) -> None:
    answer = client.get("/sparql/schema.json")
    told = answer.json()
    good = next(of for of in told["classes"] if of["iri"] == GOOD)
    assert (good["label"], good["count"]) == ("digital public good", 1)
    uses = {told["properties"][position]["iri"]: count for position, count in good["properties"]}
    assert uses[str(RDFS.label)] == 2  # in two languages
    addresses = next(prop for prop in told["properties"] if prop["iri"] == str(COMMONS.addresses))
    assert str(SDGO.Goal) in [told["classes"][position]["iri"] for position in addresses["objects"]]
    assert told["prefixes"]["commons"] == "https://w3id.org/commons-kg/ontology/"
    etag = {"If-None-Match": answer.headers["etag"]}
    assert client.get("/sparql/schema.json", headers=etag).status_code == 304


def test_labels_are_in_the_language_of_the_reader(client: TestClient) -> None:
    tags = {
        client.get("/sparql/schema.json", headers={"Accept-Language": language}).headers["etag"]
        for language in ("en", "fr")
    }
    assert len(tags) == 2
