"""The terms of our own vocabulary, and those of others that the data uses, as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.term import Identifier

from kg.dataset.manifest import Manifest
from kg.dataset.statistics import PropertyUse, Statistics
from kg.namespaces import COMMONS, PREFIXES, SCHEMA
from kg.resources import folder
from kg.web import shape_table, terms
from kg.web.i18n import N_

NAMESPACE = str(COMMONS._NS)

_SHOWN = {
    N_("sub-class of"): RDFS.subClassOf,
    N_("sub-property of"): RDFS.subPropertyOf,
    N_("used on"): SCHEMA.domainIncludes,
    N_("domain"): RDFS.domain,
    N_("values"): SCHEMA.rangeIncludes,
    N_("range"): RDFS.range,
    N_("see also"): RDFS.seeAlso,
}
_ALIGNED = {
    N_("the same as"): SKOS.exactMatch,
    N_("close to"): SKOS.closeMatch,
    N_("narrower than"): SKOS.broadMatch,
    N_("wider than"): SKOS.narrowMatch,
    N_("related to"): SKOS.relatedMatch,
}

Relations = tuple[tuple[str, tuple[str, ...]], ...]
"""(what relates, IRIs)."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a vocabulary as its page shows it."""

    iri: str
    name: str
    """Local name of ours, else the CURIE: the last part of its page's address."""
    label: str
    comment: str
    kind: str
    """``class``, ``property`` or ``individual``."""
    examples: tuple[str, ...] = ()
    relations: Relations = ()

    @property
    def alignments(self) -> Relations:
        """What it corresponds to in other vocabularies."""
        found = ((label, tuple(sorted(str(o) for o in alignments().objects(URIRef(self.iri), p))))
                 for label, p in _ALIGNED.items())  # fmt: skip
        return tuple((label, iris) for label, iris in found if iris)


@cache
def ontology() -> Graph:
    """Return ``ontology/commons.ttl``."""
    return Graph().parse(folder("ontology") / "commons.ttl", format="turtle")


@cache
def alignments() -> Graph:
    """Return ``ontology/alignments.ttl``."""
    return Graph().parse(folder("ontology") / "alignments.ttl", format="turtle")


def described(term: str) -> Graph:
    """Return what is said of one term, its alignments included."""
    return ontology().cbd(URIRef(term)) + alignments().cbd(URIRef(term))


@cache
def vocabulary() -> dict[str, Term]:
    """Return our terms by local name, in the order of their names."""
    graph = ontology()
    found = [_term(graph, s) for s in set(graph.subjects(RDF.type)) if isinstance(s, URIRef) and s != URIRef(NAMESPACE)]
    return {t.name: t for t in sorted(found, key=lambda t: t.name.casefold()) if t.iri.startswith(NAMESPACE) and t.name}


def _term(graph: Graph, iri: URIRef) -> Term:
    types = set(graph.objects(iri, RDF.type))
    kind = N_("class") if types & {OWL.Class, RDFS.Class} else N_("individual")
    if types & {OWL.ObjectProperty, OWL.DatatypeProperty, RDF.Property, OWL.AnnotationProperty}:
        kind = N_("property")

    def texts(property: Identifier) -> tuple[str, ...]:
        return tuple(sorted(str(o) for o in graph.objects(iri, property)))

    relations = tuple((label, texts(p)) for label, p in _SHOWN.items() if texts(p))
    name = str(iri).removeprefix(NAMESPACE)
    return Term(str(iri), name, next(iter(texts(RDFS.label)), name), " ".join(texts(RDFS.comment)), kind,
                texts(SKOS.example), relations)  # fmt: skip


@cache
def parents() -> dict[str, frozenset[str]]:
    """Return the super-classes of each of our classes."""
    found: dict[str, frozenset[str]] = {}
    for sub in ontology().subjects(RDFS.subClassOf):
        found[str(sub)] = frozenset(str(o) for o in ontology().transitive_objects(sub, RDFS.subClassOf)) - {str(sub)}
    return found


def foreign(name: str, counted: Statistics) -> Term | None:
    """Return a term of another vocabulary by its CURIE, if the data uses it or vocabulary or shapes refer to it."""
    prefix, colon, local = name.partition(":")
    if not colon or not local or prefix not in PREFIXES or prefix == "commons":
        return None
    iri = PREFIXES[prefix] + local
    kind = "class" if iri in counted.classes else "property" if iri in counted.properties else ""
    if not kind:
        node = URIRef(iri)
        if not any(next(iter(g.triples(t)), None) for g in (ontology(), alignments(), shape_table.graph())
                   for t in ((node, None, None), (None, None, node))):  # fmt: skip
            return None
        kind = "class" if local[:1].isupper() else "property"
    return Term(iri, name, terms.label_of(iri), "", kind)


def used(counted: Statistics) -> dict[str, dict[str, list[tuple[str, int]]]]:
    """Return the foreign terms that the data uses: vocabulary -> ``class`` or ``property`` -> (IRI, count)."""
    found: dict[str, dict[str, list[tuple[str, int]]]] = {}
    for kind, counts in (("class", counted.classes), ("property", counted.properties)):
        for iri, count in counts.items():
            curie = terms.curie(iri)
            if curie is not None and not iri.startswith(NAMESPACE):
                found.setdefault(curie.partition(":")[0], {}).setdefault(kind, []).append((iri, count))
    return dict(sorted(found.items()))


def statistics_of(manifest: Manifest | None) -> Statistics:
    """Return what a version has counted; of one that has not, nothing."""
    if manifest is None or "graphs" not in manifest.statistics:
        return Statistics(quads=0, subjects=0, entities=0, classes={}, properties={}, graphs={})
    return Statistics.from_json(manifest.statistics)


def users(property: str, counted: Statistics) -> list[tuple[str, PropertyUse]]:
    """Return the classes whose things have a property, those first that use it most."""
    found = [(cls, uses[property]) for cls, uses in counted.schema.items() if property in uses]
    return sorted(found, key=lambda item: (-item[1].triples, item[0]))
