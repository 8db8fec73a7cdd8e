"""The pages of the vocabulary: the picture, a term with how the data uses it, and terms of others."""

from __future__ import annotations

import pytest
from rdflib import RDFS, SKOS, Graph, URIRef
from starlette.testclient import TestClient

from kg.dataset.statistics import PropertyUse, Statistics
from kg.namespaces import COMMONS, ORG, SCHEMA
from kg.web.diagram import BOX_HEIGHT, BOX_WIDTH, HEIGHT, WIDTH, _label, _places, diagram
from kg.web.terms import value_of
from kg.web.vocabulary import foreign, used
from tests.web.conftest import HTML
from tests.web.test_pages import looked_at

GOOD, ORGANIZATION, OWNER = str(COMMONS.DigitalPublicGood), str(ORG.Organization), str(COMMONS.owner)
SCHEMA_OF = {
    GOOD: {OWNER: PropertyUse(triples=9, objects={ORGANIZATION: 9})},
    ORGANIZATION: {str(SCHEMA.owns): PropertyUse(triples=4, objects={GOOD: 4})},
}
COUNTED = Statistics(quads=9, subjects=3, entities=3, classes={ORGANIZATION: 2, GOOD: 1},
                     properties={str(SCHEMA.owns): 4}, graphs={}, schema=SCHEMA_OF)  # fmt: skip


def test_the_picture_joins_classes_by_the_way_that_says_more() -> None:
    picture = diagram(COUNTED.classes, COUNTED.schema)
    assert picture is not None
    assert {box.cls for box in picture.boxes} == {GOOD, ORGANIZATION}
    (edge,) = picture.edges
    assert (edge.source, edge.target, edge.properties) == (GOOD, ORGANIZATION, ((OWNER, 9),))
    assert diagram({}, {}) is None


def test_no_two_boxes_of_the_picture_touch_and_all_are_inside() -> None:
    places = list(_places().values())
    for number, (x, y) in enumerate(places):
        assert BOX_WIDTH / 2 <= x <= WIDTH - BOX_WIDTH / 2
        assert BOX_HEIGHT / 2 <= y <= HEIGHT - BOX_HEIGHT / 2
        assert all(abs(x - a) > BOX_WIDTH or abs(y - b) > BOX_HEIGHT for a, b in places[:number])


def test_the_name_of_an_arrow_moves_along_it_to_where_nothing_is() -> None:
    taken = [(40.0, 0.0, 20.0, 20.0)]
    assert _label((0, 10, 100, 10), [(OWNER, 1)], taken) == (20, 10)
    assert _label((0, 10, 100, 10), [(OWNER, 1)], taken) == (80, 10)


def test_a_term_shows_examples_from_the_data_and_what_must_hold(client: TestClient) -> None:
    page = looked_at(client, "/ontology/DigitalPublicGood")
    assert "/id/good/GID1" in page.links
    assert "/shapes/DigitalPublicGoodShape#rule-" in " ".join(page.links)
    assert "1 thing of this kind" in page.text


def test_a_property_shows_what_has_it_and_its_values(client: TestClient) -> None:
    page = looked_at(client, "/ontology/owner")
    assert {"/id/good/GID1", "/id/organization/creative-commons"} <= set(page.links)
    assert "dcterms:rightsHolder" in page.text


def test_terms_of_other_vocabularies_have_a_page_where_the_data_or_ours_uses_them(client: TestClient) -> None:
    assert "schema:owns" in {term.name for term in [foreign("schema:owns", COUNTED)] if term}
    assert foreign("schema:noSuchTerm", COUNTED) is None
    assert used(COUNTED) == {
        "org": {"class": [(ORGANIZATION, 2)]}, "schema": {"property": [(str(SCHEMA.owns), 4)]},
    }  # fmt: skip
    assert looked_at(client, "/ontology/dcterms:rightsHolder")
    assert client.get("/ontology/schema:noSuchTerm", headers=HTML).status_code == 404


@pytest.mark.parametrize("suffix", ["ttl", "nt", "rdf"])
def test_a_term_as_data_is_that_term_with_its_alignments(client: TestClient, suffix: str) -> None:
    answer = client.get(f"/ontology/owner.{suffix}")
    graph = Graph().parse(data=answer.text, format={"ttl": "turtle", "nt": "nt", "rdf": "xml"}[suffix])
    assert set(graph.subjects()) == {URIRef(OWNER)}
    assert graph.value(URIRef(OWNER), RDFS.comment) is not None
    assert graph.value(URIRef(OWNER), SKOS.closeMatch) is not None


def test_the_whole_vocabulary_is_one_document(client: TestClient) -> None:
    answer = client.get("/ontology", headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert len(Graph().parse(data=answer.text, format="turtle")) > 300


def test_a_term_of_ours_is_found_by_the_name_that_pages_give_it(client: TestClient) -> None:
    answer = client.get("/ontology/commons:addresses", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/ontology/addresses")


def test_a_term_of_ours_without_a_label_has_its_short_name() -> None:
    term = {"type": "uri", "value": "https://w3id.org/commons-kg/ontology/partlyOpen"}
    assert value_of(term, "https://w3id.org/commons-kg/").text == "commons:partlyOpen"
