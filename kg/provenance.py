"""PROV for the graph of a source: which bytes, from where, when, under which licence, read by which loader."""

from __future__ import annotations

from collections.abc import Iterator

from kg.identifiers import Minter
from kg.linking import licences
from kg.loader import Loader, Source
from kg.namespaces import COMMONS, DCTERMS, PROV, RDF, RDFS, SCHEMA
from kg.quads import Statements


def is_licensed(source: Source) -> bool:
    """Whether a source is under a licence that is known; "all rights reserved" is none."""
    return bool(source.licence and licences.resolve(source.licence))


def provenance(source: Source, loader: Loader, mint: Minter, fingerprint: str) -> Iterator[str]:
    """Return the statements about a source's graph, in that very graph.

    They hold no time of loading: the same payloads give the same statements.
    """
    graph = mint.graph(source.name)
    out = Statements(graph)
    activity, agent = mint.load(source.name, fingerprint), mint.loader(loader.name, loader.version)
    out.link(graph, RDF.type, PROV.Entity)
    out.value(graph, RDFS.label, source.title or source.name)
    out.value(graph, DCTERMS.title, source.title)
    out.link(graph, DCTERMS.source, source.url)
    out.value(graph, DCTERMS.publisher, source.publisher)
    if source.licence:
        found = licences.resolve(source.licence)
        out.link(graph, DCTERMS.license, *found)
        if not found:
            out.value(graph, DCTERMS.rights, source.licence)
    out.link(graph, PROV.wasGeneratedBy, activity)
    out.link(activity, RDF.type, PROV.Activity)
    out.value(activity, RDFS.label, f"load of {source.name}")
    out.link(activity, PROV.wasAssociatedWith, agent)
    out.link(agent, RDF.type, PROV.SoftwareAgent)
    out.value(agent, RDFS.label, f"loader {loader.name} {loader.version}")
    out.value(agent, DCTERMS.hasVersion, loader.version)
    for payload in source.payloads:
        node = mint.payload(payload.sha256)
        out.link(graph, PROV.wasDerivedFrom, node)
        out.link(activity, PROV.used, node)
        out.link(node, RDF.type, COMMONS.Payload, PROV.Entity)
        out.value(node, RDFS.label, payload.name)
        out.value(node, COMMONS.sha256, payload.sha256)
        out.value(node, SCHEMA.contentSize, payload.path.stat().st_size if payload.path.exists() else 0)
        out.value(node, SCHEMA.encodingFormat, payload.media_type)
        out.link(node, SCHEMA.contentUrl, payload.url)
        out.value(node, PROV.generatedAtTime, payload.retrieved)
    return iter(out)
