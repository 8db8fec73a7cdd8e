"""The description of the service: https://www.w3.org/TR/sparql11-service-description/, with the counts of VoID.

What it claims is what the code does: the formats are those that the worker writes, the functions those that the engine
takes when it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pyoxigraph import RdfFormat, Store, serialize

from kg.engine.worker import GRAPHS, RESULTS
from kg.identifiers import short_hash
from kg.namespaces import DCTERMS, PREFIXES, RDF, RDFS, SD, VOID
from kg.quads import Statements, parsed

_GEO = "http://www.opengis.net/def/function/geosparql/"
_GEO_FUNCTIONS = """
area asGML asGeoJSON asKML asWKT boundary boundingCircle buffer centroid concaveHull convexHull coordinateDimension
difference dimension distance ehContains ehCoveredBy ehCovers ehDisjoint ehEquals ehInside ehMeet ehOverlap envelope
geometryN geometryType getSRID intersection is3D isEmpty isMeasured isSimple length maxX maxY maxZ metricArea
metricBuffer metricDistance metricLength metricPerimeter minX minY minZ numGeometries perimeter rcc8dc rcc8ec rcc8eq
rcc8ntpp rcc8ntppi rcc8po rcc8tpp rcc8tppi relate sfContains sfCrosses sfDisjoint sfEquals sfIntersects sfOverlaps
sfTouches sfWithin spatialDimension symDifference transform union
"""
"""Those of GeoSPARQL 1.1, of which the engine has some."""

_SIMPLE = "http://www.w3.org/ns/entailment/Simple"
"""Only what is stated is answered: nothing is entailed."""


@cache
def functions() -> tuple[str, ...]:
    """Return the IRIs of the functions that the engine has beyond SPARQL's."""
    found = []
    for name in _GEO_FUNCTIONS.split():
        try:
            Store().query(f"SELECT (<{_GEO}{name}>() AS ?x) {{}}")
        except (RuntimeError, ValueError, SyntaxError):
            continue  # "not supported"
        found.append(_GEO + name)
    return tuple(found)


def describe(
    endpoint: str,
    format: str,
    *,
    counts: Mapping[str | None, int],
    union: bool,
    update: bool,
    inputs: tuple[str, ...] = (),
    federated: bool = False,
    remote: bool = False,
) -> bytes:
    """Return the description as RDF.

    Args:
        endpoint: URL of the endpoint.
        format: extension of the syntax to write (``kg.engine.worker.GRAPHS``).
        counts: named graph, None for the default graph -> its triples.
        union: whether the default graph is the union of the named graphs.
        update: whether updates are taken.
        inputs: extensions of the syntaxes that the graph store takes.
        federated: whether SERVICE asks other endpoints.
        remote: whether another server answers, of which no more is claimed than the standard asks for.
    """
    out = Statements("urn:x-service")
    dataset, default = f"{endpoint}#dataset", f"{endpoint}#default-graph"
    out.link(endpoint, RDF.type, SD.Service)
    out.value(endpoint, RDFS.label, "Commons KG")
    out.link(endpoint, SD.endpoint, endpoint)
    out.link(endpoint, SD.supportedLanguage, SD.SPARQL11Query, SD.SPARQL11Update if update else None)
    written = [*(f.iri for f in RESULTS.values()), *(_iri(f) for f in GRAPHS.values())]
    out.link(endpoint, SD.resultFormat, *written)
    for extension in inputs:
        if extension in GRAPHS:
            out.link(endpoint, SD.inputFormat, _iri(GRAPHS[extension]))
    features = (
        None if remote else SD.EmptyGraphs,
        SD.UnionDefaultGraph if union else None,
        SD.BasicFederatedQuery if federated else None,
    )
    out.link(endpoint, SD.feature, *features)
    for function in () if remote else functions():
        out.link(endpoint, SD.extensionFunction, function)
        out.link(function, RDF.type, SD.Function)
    out.link(endpoint, SD.defaultEntailmentRegime, _SIMPLE)
    out.link(endpoint, SD.defaultDataset, dataset)
    out.link(dataset, RDF.type, SD.Dataset, VOID.Dataset)
    out.link(dataset, VOID.sparqlEndpoint, endpoint)
    out.value(dataset, DCTERMS.title, "Commons KG")
    out.link(dataset, SD.defaultGraph, default)
    out.link(default, RDF.type, SD.Graph, VOID.Dataset)
    out.value(default, VOID.triples, counts.get(None, 0))
    for graph, count in counts.items():
        if graph is None or not count:
            continue
        named, content = (f"{endpoint}#{kind}-{short_hash(graph)}" for kind in ("named-graph", "graph"))
        out.link(dataset, SD.namedGraph, named)
        out.link(named, RDF.type, SD.NamedGraph)
        out.link(named, SD.name, graph)
        out.link(named, SD.graph, content)
        out.link(content, RDF.type, SD.Graph, VOID.Dataset)
        out.value(content, VOID.triples, count)
    prefixes = {prefix: PREFIXES[prefix] for prefix in ("dcterms", "rdf", "rdfs", "void")} | {"sd": str(SD._NS)}
    triples = sorted((quad.triple for quad in parsed(out)), key=lambda triple: str(triple.subject))
    return serialize(triples, format=GRAPHS[format], prefixes=prefixes) or b""


def _iri(syntax: RdfFormat) -> str:
    # the engine calls JSON-LD otherwise than https://www.w3.org/ns/formats/ does
    return "http://www.w3.org/ns/formats/JSON-LD" if syntax == RdfFormat.JSON_LD else syntax.iri
