"""What people take, cite and harvest: dumps, citations, the catalogue; and a home that has nothing yet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import DCTERMS, FOAF, RDF, Graph, URIRef
from starlette.testclient import TestClient

from kg.dataset.home import Home
from kg.dataset.writer import opened
from kg.identifiers import Minter
from kg.namespaces import DCAT, ORG, RDFS
from kg.publish import publish
from tests.web.conftest import HTML, running
from tests.web.test_pages import looked_at

MINT = Minter()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a home with one organization, published with dumps."""
    home = Home(tmp_path_factory.mktemp("dumps"))
    node, graph = NamedNode(MINT.organization("alpha")), NamedNode(MINT.graph("members"))
    quads = [Quad(node, NamedNode(str(RDF.type)), NamedNode(str(ORG.Organization)), graph),
             Quad(node, NamedNode(str(RDFS.label)), Literal("Alpha"), graph)]  # fmt: skip
    with opened(home) as writer:
        writer.unpublished = True
        writer.change(quads, [], [], [])
        publish(writer, MINT, now=datetime(2026, 3, 4, tzinfo=UTC))
    with running(home.path) as client:
        yield client


def test_the_page_of_dumps_says_how_to_load_and_cite_them(client: TestClient) -> None:
    page = looked_at(client, "/dumps")
    assert "oxigraph load" in page.text
    assert "(2026)" in page.text
    assert any(link.endswith("/dumps/SHA256SUMS") for link in page.links)


def test_a_download_that_broke_off_is_resumed(client: TestClient) -> None:
    whole = client.get("/dumps/commons-kg.nq.gz").content
    rest = client.get("/dumps/commons-kg.nq.gz", headers={"Range": "bytes=10-"})
    assert rest.status_code == 206
    assert whole[10:] == rest.content


def test_the_checksums_are_those_of_the_files(client: TestClient) -> None:
    for line in client.get("/dumps/SHA256SUMS").text.splitlines():
        sum_, name = line.split("  ")
        assert hashlib.sha256(client.get(f"/dumps/{name}").content).hexdigest() == sum_


def test_a_citation_names_the_permanent_iri_of_the_version(client: TestClient) -> None:
    (item,) = json.loads(client.get("/citation.json").text)
    assert item["type"] == "dataset"
    assert item["issued"] == {"date-parts": [[2026, 3, 4]]}
    for suffix in ("txt", "bib"):
        assert item["URL"] in client.get(f"/citation.{suffix}").text
    assert client.get(item["URL"].replace(MINT.base, "/"), headers=HTML).status_code == 200
    assert client.get("/citation.doc").status_code == 404


@pytest.mark.parametrize(("suffix", "name"), [("ttl", "turtle"), ("rdf", "xml"), ("nt", "nt")])
def test_the_catalogue_has_what_dcat_ap_demands(client: TestClient, suffix: str, name: str) -> None:
    graph = Graph().parse(data=client.get(f"/catalogue.{suffix}").text, format=name)
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    demanded = {
        DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
        DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
        DCAT.Distribution: (DCAT.accessURL,),
        DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
        FOAF.Agent: (FOAF.name,),
    }
    for cls, properties in demanded.items():
        found = list(graph.subjects(RDF.type, cls))
        assert found, cls
        for thing in found:
            for prop in properties:
                assert graph.value(thing, prop) is not None, (thing, prop)
    assert graph.value(URIRef(MINT.dataset()), DCAT.hasCurrentVersion) in set(graph.objects(catalogue, DCAT.dataset))


def test_void_is_where_it_is_looked_for(client: TestClient) -> None:
    answer = client.get("/.well-known/void", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/dumps/description.ttl")
    assert "void:Dataset" in client.get("/.well-known/void").text


DATALESS = ("/problems", "/versions", "/ontology", "/shapes", "/robots.txt", "/changes.atom")


@pytest.mark.parametrize("path", [
    "/", "/browse", "/browse/goods", "/dumps", "/quality", "/quality/records", "/ontology/owner", "/dataset",
    "/shapes/RoleShape", "/id/good/x", "/catalogue.ttl", "/.well-known/void", "/sitemap.xml", "/citation.bib",
    *DATALESS,
])  # fmt: skip
def test_a_home_without_a_version_says_how_to_fill_it(tmp_path: Path, path: str) -> None:
    with running(tmp_path) as client:
        answer = client.get(path, headers=HTML)
        assert answer.status_code == (200 if path in DATALESS else 503)
        if path not in DATALESS:
            assert "commons-kg sync" in answer.text
