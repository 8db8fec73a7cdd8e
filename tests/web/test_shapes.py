"""The shapes as pages and as RDF."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store
from rdflib import SH, Graph
from starlette.testclient import TestClient

from kg.web.shape_table import NAMESPACE, broken, shapes
from tests.web.test_pages import looked_at


def test_every_shape_is_listed_and_has_a_page(client: TestClient) -> None:
    page = looked_at(client, "/shapes")
    for name, shape in shapes().items():
        assert f"/shapes/{name}" in page.links
        assert all(rule.message for rule in shape.rules)


def test_a_shape_says_in_words_what_must_hold(client: TestClient) -> None:
    text = looked_at(client, "/shapes/MembershipShape").text
    for words in ("A membership has exactly one member.", "org:member", "0..1", "not after schema:endDate", "Warning",
                  "1 thing"):  # fmt: skip
        assert words in text


def test_alternatives_are_told_as_alternatives() -> None:
    rule = next(rule for rule in shapes()["EndedMembershipShape"].rules if rule.path is None)
    assert rule.constraints == ["not: commons:current: one is true or commons:goneBy: at most 0"]


def test_a_result_leads_to_the_rule_that_it_breaks() -> None:
    rule = broken({"message": "A membership has exactly one member."})
    assert rule is not None
    assert rule.shape == "MembershipShape"
    assert broken({"message": "of another release"}) is None


@pytest.mark.parametrize("suffix", ["ttl", "nt", "jsonld", "rdf"])
def test_a_shape_is_rdf_with_all_that_hangs_on_it(client: TestClient, suffix: str) -> None:
    answer = client.get(f"/shapes/RoleShape.{suffix}")
    assert answer.headers["content-location"] == f"/shapes/RoleShape.{suffix}"
    store = Store()
    format = RdfFormat.from_extension(suffix)
    assert format is not None
    store.load(answer.content, format)
    (shape,) = store.quads_for_pattern(NamedNode(f"{NAMESPACE}RoleShape"), NamedNode(str(SH.property)), None, None)
    assert isinstance(shape.object, BlankNode)
    assert list(store.quads_for_pattern(shape.object, NamedNode(str(SH.message)), None, None))


def test_all_shapes_are_one_document_by_accept(client: TestClient) -> None:
    answer = client.get("/shapes", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=answer.text, format="turtle")
    assert {str(s).removeprefix(NAMESPACE) for s in graph.subjects(None, SH.NodeShape)} == set(shapes())


def test_an_unknown_shape_is_not_found(client: TestClient) -> None:
    assert client.get("/shapes/NoShape").status_code == 404
