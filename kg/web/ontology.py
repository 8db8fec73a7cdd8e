"""The vocabulary's pages, read from ``ontology/commons.ttl``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.term import Identifier
from starlette.requests import Request
from starlette.responses import Response

from kg.namespaces import COMMONS, SCHEMA
from kg.resources import folder
from kg.web import terms
from kg.web.conneg import PAGE, TURTLE
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.site import Site, asked_format, is_fresh, not_modified, reading

NAMESPACE = str(COMMONS._NS)
_SHOWN = {
    "sub-class of": RDFS.subClassOf,
    "sub-property of": RDFS.subPropertyOf,
    "used on": SCHEMA.domainIncludes,
    "domain": RDFS.domain,
    "values": SCHEMA.rangeIncludes,
    "range": RDFS.range,
    "see also": RDFS.seeAlso,
}


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the vocabulary as its page shows it."""

    iri: str
    name: str
    label: str
    comment: str
    kind: str
    """``class``, ``property`` or ``individual``."""
    examples: tuple[str, ...]
    relations: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def vocabulary() -> dict[str, Term]:
    """Return the terms by local name, in the order of their names."""
    path = folder("ontology") / "commons.ttl"
    graph = Graph().parse(path, format="turtle")
    found = [_term(graph, s) for s in set(graph.subjects(RDF.type)) if isinstance(s, URIRef) and s != URIRef(NAMESPACE)]
    return {t.name: t for t in sorted(found, key=lambda t: t.name.casefold()) if t.iri.startswith(NAMESPACE) and t.name}


def _term(graph: Graph, iri: URIRef) -> Term:
    types = set(graph.objects(iri, RDF.type))
    kind = "class" if types & {OWL.Class, RDFS.Class} else "individual"
    if types & {OWL.ObjectProperty, OWL.DatatypeProperty, RDF.Property, OWL.AnnotationProperty}:
        kind = "property"

    def texts(property: Identifier) -> tuple[str, ...]:
        return tuple(sorted(str(o) for o in graph.objects(iri, property)))

    relations = tuple((label, texts(p)) for label, p in _SHOWN.items() if texts(p))
    name = str(iri).removeprefix(NAMESPACE)
    return Term(str(iri), name, next(iter(texts(RDFS.label)), name), " ".join(texts(RDFS.comment)), kind,
                texts(SKOS.example), relations)  # fmt: skip


def router(site: Site) -> APIRouter:
    """Return the routes of the vocabulary."""
    routes = APIRouter(tags=["ontology"])

    def turtle(request: Request, suffix: str) -> Response | None:
        """Return the whole file where Turtle is wanted: it is small, and a term means little without the others."""
        chosen = asked_format(request, suffix, (PAGE, TURTLE))
        if chosen.format is PAGE:
            return None
        body = (folder("ontology") / "commons.ttl").read_bytes()
        return Response(body, headers={"Vary": "Accept"}, media_type=chosen.content_type)

    async def whole(request: Request, suffix: str = "") -> Response:
        headers = {"Vary": "Accept", "Link": '</ontology.ttl>; rel="alternate"; type="text/turtle"'}
        kinds = {"Classes": "class", "Properties": "property", "Individuals": "individual"}
        grouped = {title: [t for t in vocabulary().values() if t.kind == kind] for title, kind in kinds.items()}
        if (body := turtle(request, suffix)) is not None:
            return body
        return site.page("ontology.html", headers=headers, groups=grouped, namespace=NAMESPACE)

    for path in ("/ontology", "/ontology/", "/ontology.{suffix}"):
        reading(routes, path, "The vocabulary", in_schema=path == "/ontology")(whole)

    @reading(routes, "/ontology/{name}", "A term")
    async def term(request: Request, name: str) -> Response:
        stem, dot, suffix = name.partition(".")
        found = vocabulary().get(stem)
        if found is None:
            raise Problem("not-found", f"The vocabulary has no term {stem}.", "All its terms: /ontology")
        if (body := turtle(request, suffix if dot else "")) is not None:
            return body
        version = site.pool.current()
        etag = site.etag(version, found.iri)
        if is_fresh(request, etag):
            return not_modified(etag, {"Vary": "Accept"})
        query = bound("term-uses", term=found.iri)
        (uses,) = await site.rows(query, version=version)
        relations = [(label, [(iri, terms.curie(iri) or iri) for iri in iris]) for label, iris in found.relations]
        headers = {"Vary": "Accept", "ETag": etag, "Cache-Control": "no-cache"}
        return site.page(
            "term.html", headers=headers, term=found, relations=relations, query=query,
            instances=int(uses["instances"]["value"]), subjects=int(uses["subjects"]["value"]),
        )  # fmt: skip

    return routes
