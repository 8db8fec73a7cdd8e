"""Counts of a dataset, and its description made of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store

from kg.dataset.description import describe
from kg.dataset.manifest import SourceState
from kg.dataset.statistics import PropertyUse, Statistics, statistics
from kg.export import write_dumps
from kg.identifiers import Minter
from kg.questions import questions

MINT = Minter()
A, B = MINT.graph("a"), MINT.graph("derived/b")
RDF_TYPE, LABEL = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://www.w3.org/2000/01/rdf-schema#label"
GOOD, PERSON = "https://w3id.org/commons-kg/ontology/DigitalPublicGood", "https://schema.org/Person"
OWNER = "https://w3id.org/commons-kg/ontology/owner"
CREATED = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def store() -> Store:
    found = Store()
    for s, p, o, g in (
        ("urn:1", RDF_TYPE, GOOD, A), ("urn:1", LABEL, None, A), ("urn:2", RDF_TYPE, GOOD, A),
        ("urn:1", RDF_TYPE, GOOD, B), ("urn:3", RDF_TYPE, PERSON, B), ("urn:4", LABEL, None, B),
    ):  # fmt: skip
        found.add(Quad(NamedNode(s), NamedNode(p), NamedNode(o) if o else Literal("x"), NamedNode(g)))
    found.extend([Quad(*quad.triple) for quad in found])  # the default graph is the union
    return found


def test_counts(store: Store) -> None:
    found = statistics(store)
    assert (found.quads, found.subjects, found.entities) == (6, 4, 3)
    assert found.classes == {PERSON: 1, GOOD: 2}
    assert found.properties == {RDF_TYPE: 4, LABEL: 2}
    assert list(found.graphs) == [A, B]
    assert (found.graphs[A].triples, found.graphs[A].subjects) == (3, 2)
    assert found.graphs[B].classes == {PERSON: 1, GOOD: 1}
    assert found.graphs[A].properties == {RDF_TYPE: 2, LABEL: 1}


def test_schema_tells_what_the_things_of_a_class_say_and_point_at(store: Store) -> None:
    for graph in (NamedNode(A), DefaultGraph()):
        store.add(Quad(NamedNode("urn:1"), NamedNode(OWNER), NamedNode("urn:3"), graph))
    found = statistics(store).schema
    assert found[GOOD] == {
        RDF_TYPE: PropertyUse(triples=2), LABEL: PropertyUse(triples=1),
        OWNER: PropertyUse(triples=1, objects={PERSON: 1}),
    }  # fmt: skip
    assert found[PERSON] == {RDF_TYPE: PropertyUse(triples=1)}
    described = Store()
    described.extend(Quad(*quad.triple) for quad in describe(MINT, "v1", CREATED, statistics(store)))
    assert described.query(f"""
        PREFIX void: <http://rdfs.org/ns/void#>
        ASK {{ <{MINT.version("v1")}> void:classPartition [ void:class <{GOOD}> ; void:propertyPartition
            [ void:property <{OWNER}> ; void:triples 1 ; void:classPartition [ void:class <{PERSON}> ] ] ] }}""")


def test_statistics_of_an_older_version_have_no_schema(store: Store) -> None:
    told = statistics(store).json()
    del told["schema"]
    assert Statistics.from_json(told).schema == {}


def test_statistics_are_json(store: Store) -> None:
    found = statistics(store)
    assert Statistics.from_json(json.loads(json.dumps(found.json()))) == found


def test_empty_store() -> None:
    found = statistics(Store())
    assert (found.quads, found.subjects, found.entities, found.graphs) == (0, 0, 0, {})


def source(**fields: Any) -> SourceState:
    return SourceState(
        name="a", loader="posts", graph=A, fingerprint="f", read=1, loaded=1, rejected=0, quarantined=0, warnings=0,
        quads=3, **fields,
    )  # fmt: skip


def test_description_beside_the_dumps(store: Store, tmp_path: Path) -> None:
    states = [source(title="Source A", licence="CC-BY-4.0", url="https://example.org/a", publisher="Someone")]
    files = write_dumps(
        store,
        tmp_path,
        describe=lambda files: describe(
            MINT, "v2", CREATED, statistics(store), sources=states, derived={B: 3}, files=files, previous="v1"
        ),
    )
    assert "description.ttl" in {file.name for file in files}
    found = Store()
    found.load(path=str(tmp_path / "description.ttl"), format=RdfFormat.TURTLE)
    assert not any(isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode) for quad in found)
    rows = found.query("""
        PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX spdx: <http://spdx.org/rdf/terms#>
        SELECT ?about ?url ?size ?type ?hash WHERE {
          ?about dcat:distribution ?d . ?d a dcat:Distribution ; dcat:downloadURL ?url ; dcat:byteSize ?size ;
            dcat:mediaType ?type ; spdx:checksum/spdx:checksumValue ?hash }""")
    told = {str(row["url"].value).partition("/dumps/")[2]: row for row in rows}  # type: ignore[union-attr]
    assert set(told) == {file.name for file in files} - {"description.ttl"}
    for file in files:
        if file.name in told:
            row = told[file.name]
            assert row["hash"].value.lower() == file.sha256
            assert int(row["size"].value) == file.bytes
            assert row["about"].value == (file.graph or MINT.version("v2"))
    ask = """
        PREFIX void: <http://rdfs.org/ns/void#> PREFIX dcterms: <http://purl.org/dc/terms/>
        PREFIX dcat: <http://www.w3.org/ns/dcat#>
        ASK { <https://w3id.org/commons-kg/version/v2> a void:Dataset, dcat:Dataset ; void:triples 5 ; void:entities 3 ;
            dcterms:issued ?when ; dcat:previousVersion <https://w3id.org/commons-kg/version/v1> ; void:subset ?a, ?b ;
            void:classPartition [ void:class <https://schema.org/Person> ; void:entities 1 ] .
          ?a void:triples 3 ; dcterms:license <http://creativecommons.org/licenses/by/4.0/> ; dcterms:title "Source A" .
          ?b dcterms:license <http://creativecommons.org/publicdomain/zero/1.0/> }"""
    assert found.query(ask)


def test_description_survives_what_people_write(store: Store) -> None:
    states = [source(licence="ask the author", url="no address <at> all")]
    found = list(describe(MINT, "v1", CREATED, statistics(store), sources=states))
    assert {quad.graph_name for quad in found} == {NamedNode(MINT.graph("description"))}
    values = {quad.object.value for quad in found if isinstance(quad.object, Literal)}
    assert {"ask the author", "no address <at> all"} <= values
    assert len(found) == len(set(found))


def test_the_questions_are_described_as_executables_that_can_be_run(store: Store) -> None:
    described = Store()
    described.extend(Quad(*quad.triple) for quad in describe(MINT, "v1", CREATED, statistics(store)))
    rows = described.query("""
        PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX schema: <https://schema.org/>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?question ?select WHERE { ?question a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ;
          rdfs:comment ?comment ; schema:keywords ?tag ; schema:target <https://w3id.org/commons-kg/sparql> ;
          sh:prefixes [ sh:declare [ sh:prefix "schema" ; sh:namespace ?namespace ] ] ; sh:select ?select }""")
    assert isinstance(rows, QuerySolutions)
    found = {row["question"].value.rpartition("/")[2]: row["select"].value for row in rows}
    assert set(found) == set(questions())
    for name, text in found.items():
        if "SERVICE" not in text:  # that is answered by the server's workers alone
            store.query(text)
        assert not any(f"${parameter.name}" in text for parameter in questions()[name].parameters)
