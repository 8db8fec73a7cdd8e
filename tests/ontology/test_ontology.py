"""Every own term is documented, and every documented term is one of ours."""

from __future__ import annotations

import pytest
from rdflib import Graph, Literal, URIRef

from kg.namespaces import COMMONS, DCTERMS, OWL, RDF, RDFS, SCHEMA, SD, SKOS, VANN, XSD
from tests.ontology.vocabulary import ONTOLOGY, terms

IRI = URIRef(str(COMMONS._NS))
GRAPH = Graph().parse(ONTOLOGY / "commons.ttl")
ALIGNMENTS = Graph().parse(ONTOLOGY / "alignments.ttl")
OURS = terms(COMMONS)
PROPERTIES = {str(s) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for s in GRAPH.subjects(RDF.type, kind)}
CLASSES = {str(s) for s in GRAPH.subjects(RDF.type, OWL.Class)}
MATCHES = {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch}


def local(iri: str) -> str:
    return iri.removeprefix(IRI)


def test_documented_terms_are_the_terms_in_kg_namespaces() -> None:
    documented = {str(s) for s in GRAPH.subjects()} - {str(IRI)}
    assert documented - OURS == set(), "add them to COMMONS in kg/namespaces.py"
    assert OURS - documented == set(), "document them in ontology/commons.ttl"


def test_header_names_licence_version_and_prefix() -> None:
    assert (IRI, RDF.type, OWL.Ontology) in GRAPH
    assert GRAPH.value(IRI, DCTERMS.license) == URIRef("http://creativecommons.org/publicdomain/zero/1.0/")
    assert GRAPH.value(IRI, VANN.preferredNamespacePrefix) == Literal("commons")
    assert str(GRAPH.value(IRI, VANN.preferredNamespaceUri)) == str(IRI)
    for predicate in (DCTERMS.title, DCTERMS.description, OWL.versionInfo):
        assert (IRI, predicate, None) in GRAPH


@pytest.mark.parametrize("iri", sorted(OURS), ids=local)
def test_term_is_documented(iri: str) -> None:
    term = URIRef(iri)
    for predicate in (RDFS.label, RDFS.comment):
        texts = [t for t in GRAPH.objects(term, predicate) if isinstance(t, Literal)]
        assert [t.language for t in texts] == ["en"], f"one {predicate} in English"
        assert texts[0].strip()
    assert (term, SKOS.example, None) in GRAPH
    assert (term, RDFS.isDefinedBy, IRI) in GRAPH
    assert (term, RDF.type, None) in GRAPH


@pytest.mark.parametrize("iri", sorted(OURS), ids=local)
def test_term_relates_to_another(iri: str) -> None:
    relations = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.seeAlso, SKOS.inScheme, SKOS.hasTopConcept)
    assert any((URIRef(iri), relation, None) in GRAPH for relation in relations)


@pytest.mark.parametrize("iri", sorted(PROPERTIES), ids=local)
def test_property_says_what_has_it_and_what_it_takes(iri: str) -> None:
    term = URIRef(iri)
    assert (term, SCHEMA.domainIncludes, None) in GRAPH or (term, RDFS.domain, None) in GRAPH
    ranges = {str(o) for p in (SCHEMA.rangeIncludes, RDFS.range) for o in GRAPH.objects(term, p)}
    if (term, RDF.type, OWL.DatatypeProperty) in GRAPH:
        assert ranges
        assert all(r.startswith(str(XSD)) for r in ranges)
    else:
        assert not any(r.startswith(str(XSD)) for r in ranges)


def test_every_term_is_a_class_a_property_a_concept_or_a_service() -> None:
    concepts = {str(s) for kind in (SKOS.Concept, SKOS.ConceptScheme) for s in GRAPH.subjects(RDF.type, kind)}
    services = {str(s) for s in GRAPH.subjects(RDF.type, SD.Service)}
    assert CLASSES | PROPERTIES | concepts | services == OURS
    assert not CLASSES & PROPERTIES
    assert not (CLASSES | PROPERTIES) & concepts
    assert all(local(iri)[0].isupper() for iri in CLASSES)
    assert all(local(iri)[0].islower() for iri in PROPERTIES | concepts)


def test_concepts_are_top_concepts_of_their_scheme() -> None:
    for concept in GRAPH.subjects(RDF.type, SKOS.Concept):
        scheme = GRAPH.value(concept, SKOS.inScheme)
        assert (scheme, RDF.type, SKOS.ConceptScheme) in GRAPH
        assert (scheme, SKOS.hasTopConcept, concept) in GRAPH
        assert (concept, SKOS.topConceptOf, scheme) in GRAPH
        assert GRAPH.value(concept, SKOS.prefLabel) == GRAPH.value(concept, RDFS.label)


def test_alignments_match_documented_terms_by_skos() -> None:
    header = set(ALIGNMENTS.subjects(RDF.type, OWL.Ontology))
    for subject, predicate, target in ALIGNMENTS:
        if subject not in header:
            assert predicate in MATCHES
            assert isinstance(target, URIRef)
            assert target != subject
            if str(subject).startswith(IRI):
                assert str(subject) in OURS


def test_every_class_and_reused_idea_is_aligned() -> None:
    aligned = {str(s) for s in ALIGNMENTS.subjects()}
    assert aligned >= CLASSES
