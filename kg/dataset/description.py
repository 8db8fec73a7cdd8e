"""The dataset's description in VoID, DCAT 3 and PROV: what it is, what it holds, under which licences, where to get it.

https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/. Every node has an IRI: the dataset, its version, each
graph (the named graph's own IRI), each distribution (``<version>/dumps/<file>``, where it is downloaded as well).

The size and hash of a dump can stand in no graph that the dump holds. So ``describe`` is called twice: without files
for the graph ``graph/description`` of the store, with them for ``description.ttl`` beside the dumps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Quad

from kg.dataset.examples import describe_examples
from kg.dataset.manifest import SourceState
from kg.dataset.statistics import PropertyUse, Statistics
from kg.identifiers import Minter, short_hash
from kg.linking import licences
from kg.namespaces import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, SPDX, VOID
from kg.quads import Statements, parsed
from kg.records import Text

TITLE = "Commons KG"
DESCRIPTION = (
    "A knowledge graph of the commons ecosystem: organizations, memberships, digital public goods, licences, "
    "Sustainable Development Goals and posts, linked and with their evidence."
)
CONTRIBUTORS = f"{TITLE} contributors"
RIGHTS = (
    "Each named graph has the licence of its source, stated of the graph. What is derived from them, and this "
    "description, is in the public domain (CC0 1.0)."
)
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"
MEDIA_TYPES = {
    "turtle": "text/turtle",
    "nquads": "application/n-quads",
    "trig": "application/trig",
    "jsonld": "application/ld+json",
    "csv": "text/csv",
}
_IANA = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpFile:
    """A file of a version's dumps."""

    name: str
    """Path below the dumps folder, with ``/``."""
    format: str
    """``turtle``, ``nquads``, ``trig``, ``jsonld`` or ``csv``."""
    graph: str | None
    """IRI of the one named graph it holds; None for the whole dataset and for tables."""
    bytes: int
    """Size as it lies there, compressed."""
    sha256: str
    statements: int
    """Triples or quads; rows of a table."""
    title: str = ""

    @property
    def media_type(self) -> str:
        """Media type of the uncompressed content."""
        return MEDIA_TYPES[self.format]

    @property
    def compressed(self) -> bool:
        """Whether it is a gzip file."""
        return self.name.endswith(".gz")


def describe(
    mint: Minter,
    version_id: str,
    created: datetime,
    counted: Statistics,
    *,
    sources: Iterable[SourceState] = (),
    derived: Mapping[str, int] | None = None,
    files: Sequence[DumpFile] = (),
    previous: str | None = None,
) -> Iterator[Quad]:
    """Yield the description as quads of the graph ``graph/description``.

    Args:
        mint: gives the IRIs; their base is also where the dataset is served.
        version_id: of the version that is described.
        created: when it was made.
        counted: what it holds.
        sources: what is known of the graphs of sources.
        derived: graphs of derived knowledge, IRI -> quads.
        files: the dumps, if there are any yet; the one of all Turtle tells the number of different triples.
        previous: id of the version before.
    """
    out = Statements(mint.graph("description"))
    dataset, version = mint.dataset(), mint.version(version_id)
    _catalogue(out, mint, version)
    out.link(dataset, RDF.type, DCAT.Dataset)
    out.link(dataset, DCTERMS.publisher, f"{mint.base}catalogue#publisher")
    out.value(dataset, RDFS.label, TITLE)
    out.value(dataset, DCTERMS.title, Text(TITLE, "en"))
    out.value(dataset, DCTERMS.description, Text(DESCRIPTION, "en"))
    out.link(dataset, DCAT.landingPage, mint.base)
    out.link(dataset, DCAT.hasVersion, version)
    out.link(dataset, DCAT.hasCurrentVersion, version)

    out.link(version, RDF.type, DCAT.Dataset, VOID.Dataset, PROV.Entity)
    out.value(version, RDFS.label, f"{TITLE}, version {version_id}")
    out.value(version, DCTERMS.title, Text(f"{TITLE}, version {version_id}", "en"))
    out.value(version, DCTERMS.description, Text(DESCRIPTION, "en"))
    out.value(version, DCTERMS.rights, Text(RIGHTS, "en"))
    out.value(version, DCAT.version, version_id)
    out.value(version, DCTERMS.issued, created)
    out.value(version, PROV.generatedAtTime, created)
    out.link(version, DCTERMS.isVersionOf, dataset)
    out.link(version, PROV.specializationOf, dataset)
    if previous:
        out.link(version, DCAT.previousVersion, mint.version(previous))
        out.link(version, PROV.wasRevisionOf, mint.version(previous))
    out.link(version, FOAF.homepage, mint.base)
    out.link(version, VOID.sparqlEndpoint, f"{mint.base}sparql")
    out.value(version, VOID.uriSpace, f"{mint.base}id/")
    _counts(out, version, counted)
    describe_examples(out, mint)
    whole = (file.statements for file in files if file.format == "turtle" and file.graph is None)
    out.value(version, VOID.triples, next(whole, None))
    _graphs(out, mint, version, counted, sources, derived or {})
    for file in files:
        _distribution(out, version, file)
    yield from parsed(out)


def _catalogue(out: Statements, mint: Minter, version: str) -> None:
    """State the catalogue and the service, with what DCAT-AP demands: https://semiceu.github.io/DCAT-AP/releases/3.0.0/."""
    catalogue, service, publisher = (mint.base + name for name in ("catalogue", "sparql", "catalogue#publisher"))
    out.link(catalogue, RDF.type, DCAT.Catalog)
    out.value(catalogue, RDFS.label, f"{TITLE}: catalogue")
    out.value(catalogue, DCTERMS.title, Text(f"{TITLE}: catalogue", "en"))
    out.value(catalogue, DCTERMS.description, Text(DESCRIPTION, "en"))
    out.link(catalogue, DCTERMS.publisher, publisher)
    out.link(catalogue, DCTERMS.license, CC0)
    out.link(catalogue, FOAF.homepage, mint.base)
    out.link(catalogue, DCAT.dataset, mint.dataset(), version)
    out.link(catalogue, DCAT.service, service)
    out.link(publisher, RDF.type, FOAF.Agent)
    out.value(publisher, RDFS.label, CONTRIBUTORS)
    out.value(publisher, FOAF.name, CONTRIBUTORS)
    out.link(service, RDF.type, DCAT.DataService)
    out.value(service, RDFS.label, f"{TITLE}: SPARQL endpoint")
    out.value(service, DCTERMS.title, Text(f"{TITLE}: SPARQL endpoint", "en"))
    out.link(service, DCAT.endpointURL, service)
    out.link(service, DCAT.endpointDescription, service)
    out.link(service, DCAT.servesDataset, mint.dataset(), version)


def _counts(out: Statements, version: str, counted: Statistics) -> None:
    out.value(version, VOID.entities, counted.entities)
    out.value(version, VOID.distinctSubjects, counted.subjects)
    out.value(version, VOID.classes, len(counted.classes))
    out.value(version, VOID.properties, len(counted.properties))
    out.link(version, VOID.vocabulary, *sorted({_vocabulary(term) for term in (*counted.classes, *counted.properties)}))
    for of, count in counted.classes.items():
        part = f"{version}#class-{short_hash(of)}"
        out.link(version, VOID.classPartition, part)
        out.link(part, VOID["class"], of)
        out.value(part, VOID.entities, count)
        _uses(out, part, counted.schema.get(of, {}))
    for of, count in counted.properties.items():
        part = f"{version}#property-{short_hash(of)}"
        out.link(version, VOID.propertyPartition, part)
        out.link(part, VOID.property, of)
        out.value(part, VOID.triples, count)


def _uses(out: Statements, of: str, uses: Mapping[str, PropertyUse]) -> None:
    """State which properties the things of a class have, and which classes those point at: what an editor can offer."""
    for prop, use in uses.items():
        part = f"{of}-property-{short_hash(prop)}"
        out.link(of, VOID.propertyPartition, part)
        out.link(part, VOID.property, prop)
        out.value(part, VOID.triples, use.triples)
        for object_class, count in use.objects.items():
            objects = f"{part}-class-{short_hash(object_class)}"
            out.link(part, VOID.classPartition, objects)
            out.link(objects, VOID["class"], object_class)
            out.value(objects, VOID.triples, count)


def _vocabulary(term: str) -> str:
    """Return the namespace of a term: up to its ``#``, else its last slash."""
    head, separator, _ = term.rpartition("#" if "#" in term else "/")
    return head + separator if separator else term


def _graphs(
    out: Statements,
    mint: Minter,
    version: str,
    counted: Statistics,
    sources: Iterable[SourceState],
    derived: Mapping[str, int],
) -> None:
    known = {source.graph: source for source in sources}
    for graph, counts in counted.graphs.items():
        out.link(version, VOID.subset, graph)
        out.link(version, DCTERMS.hasPart, graph)
        out.link(graph, RDF.type, VOID.Dataset, DCAT.Dataset, PROV.Entity)
        out.value(graph, VOID.triples, counts.triples)
        out.value(graph, VOID.distinctSubjects, counts.subjects)
        out.value(graph, VOID.classes, len(counts.classes))
        out.value(graph, VOID.properties, len(counts.properties))
        source = known.get(graph)
        name = graph.removeprefix(mint.graph(""))
        out.value(graph, DCTERMS.description, Text(f"What {source.title or name if source else name} says.", "en"))
        if source is None:
            out.value(graph, RDFS.label, name)
            out.value(graph, DCTERMS.title, name)
            if graph in derived:
                out.link(graph, DCTERMS.license, CC0)
            continue
        out.value(graph, RDFS.label, source.title or source.name)
        out.value(graph, DCTERMS.title, source.title or source.name)
        out.value(graph, DCTERMS.publisher, source.publisher)
        _link(out, graph, DCTERMS.source, source.url)
        if source.licence:
            found = licences.resolve(source.licence)
            out.link(graph, DCTERMS.license, *found)
            if not found:
                out.value(graph, DCTERMS.rights, source.licence)


def _link(out: Statements, subject: str, predicate: str, url: str | None) -> None:
    """State a link to an address that somebody wrote by hand; what is no IRI is left out."""
    try:
        out.link(subject, predicate, url)
    except ValueError:
        out.value(subject, predicate, url)


def _distribution(out: Statements, version: str, file: DumpFile) -> None:
    node = f"{version}/dumps/{file.name}"
    about = file.graph or version
    out.link(about, DCAT.distribution, node)
    if file.format != "csv":
        out.link(about, VOID.dataDump, node)
    out.link(node, RDF.type, DCAT.Distribution)
    out.value(node, RDFS.label, file.name)
    out.value(node, DCTERMS.title, Text(file.title or file.name, "en"))
    out.link(node, DCAT.downloadURL, node)
    out.link(node, DCAT.accessURL, version)
    out.link(node, DCAT.mediaType, _IANA + file.media_type)
    if file.compressed:
        out.link(node, DCAT.compressFormat, f"{_IANA}application/gzip")
    out.value(node, DCAT.byteSize, file.bytes, datatype="http://www.w3.org/2001/XMLSchema#nonNegativeInteger")
    checksum = f"{node}#sha256"
    out.link(node, SPDX.checksum, checksum)
    out.link(checksum, RDF.type, SPDX.Checksum)
    out.link(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    out.value(checksum, SPDX.checksumValue, file.sha256, datatype="http://www.w3.org/2001/XMLSchema#hexBinary")
