"""Mapping of SDG concepts: the UN's classes and SKOS, under the UN's IRIs."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mapping import Context, quads
from kg.mapping.common import named
from kg.namespaces import DCTERMS, RDF, RDFS, SCHEMA, SDGO, SKOS
from kg.records import SDGConcept, Text

SCHEME = "http://metadata.un.org/sdg"
SCHEME_LABEL = Text("Sustainable Development Goals", "en")

_CLASSES = {"goal": SDGO.Goal, "target": SDGO.Target, "indicator": SDGO.Indicator}
_RELATIONS = {"target": (SDGO.isTargetOf, SDGO.hasTarget), "indicator": (SDGO.isIndicatorOf, SDGO.hasIndicator)}


@quads.register
def sdg_quads(record: SDGConcept, context: Context) -> Iterator[str]:
    """Return the quads of a goal, target or indicator, and of the scheme it is in.

    What people see as its label is the short name where there is one, else the title, else an alternative title.
    """
    out = context.statements()
    node = record.iri or context.mint.indicator(record.code)
    named(out, node, (_CLASSES[record.level], SKOS.Concept), None)
    out.value(node, RDFS.label, *(record.short_labels or record.labels or record.alternative_titles))
    out.value(node, SKOS.prefLabel, *record.labels)
    out.value(node, SKOS.altLabel, *record.short_labels)
    # No altLabel: where it equals the UN's prefLabel the two would be one label, which SKOS forbids (S13).
    out.value(node, DCTERMS.title, *record.alternative_titles)
    out.value(node, SKOS.note, *record.notes)
    for value, kind in record.notations:
        out.value(node, SKOS.notation, value, datatype=SDGO[kind])
    out.value(node, SCHEMA.color, record.colour)
    out.link(node, SKOS.exactMatch, *record.exact_matches)
    out.link(node, SDGO.tier, *(SDGO[tier] for tier in record.tiers))
    out.value(node, SDGO.custodianAgency, *record.custodians)

    out.link(SCHEME, RDF.type, SKOS.ConceptScheme)
    out.value(SCHEME, RDFS.label, SCHEME_LABEL)
    out.value(SCHEME, SKOS.prefLabel, SCHEME_LABEL)
    out.link(node, SKOS.inScheme, SCHEME)
    if record.level == "goal":
        out.link(node, SKOS.topConceptOf, SCHEME)
        out.link(SCHEME, SKOS.hasTopConcept, node)
    for parent in record.broader:
        up, down = _RELATIONS[record.level]
        out.link(node, SKOS.broader, parent)
        out.link(node, up, parent)
        out.link(parent, SKOS.narrower, node)
        out.link(parent, down, node)
    return iter(out)
