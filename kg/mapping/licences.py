"""Mapping of licences: ccREL and Dublin Core under the stewards' own IRIs, SPDX's ids as links and literals."""

from __future__ import annotations

from collections.abc import Iterator

from kg.linking import countries, creative_commons, spdx
from kg.mapping import Context, quads
from kg.mapping.common import named, organization
from kg.namespaces import CC, COMMONS, DCTERMS, RDFS, SKOS, SPDX
from kg.quads import Statements
from kg.records import License, Text

_JURISDICTIONS = "http://creativecommons.org/international/"
_NO_COUNTRIES = {"igo": "Intergovernmental organizations", "scotland": "Scotland", "uk": "England and Wales"}


@quads.register
def licence_quads(record: License, context: Context) -> Iterator[str]:
    """Return the quads of a licence, public-domain tool or licence exception.

    A Creative Commons tool that SPDX lists is linked with SPDX's IRI both ways; that IRI gets no type of its own, so
    that each legal tool is counted once.
    """
    out = context.statements()
    node = record.iri
    types = (SPDX.ListedLicenseException,) if record.is_exception else (CC.License, DCTERMS.LicenseDocument)
    named(out, node, types, _label(record))
    out.value(node, DCTERMS.title, *record.titles)
    out.value(node, COMMONS.spdxId, record.spdx_id)
    out.value(node, SKOS.notation, *record.identifiers)
    out.value(node, DCTERMS.hasVersion, record.version)
    if record.jurisdiction:
        out.link(node, CC.jurisdiction, _jurisdiction(out, record.jurisdiction))
    out.link(node, CC.permits, *(CC[name] for name in record.permits))
    out.link(node, CC.requires, *(CC[name] for name in record.requires))
    out.link(node, CC.prohibits, *(CC[name] for name in record.prohibits))
    out.value(node, COMMONS.isDeprecatedId, record.deprecated)
    out.value(node, CC.deprecatedOn, record.deprecated_on)
    out.value(node, COMMONS.licenceStatus, record.status)
    out.link(node, DCTERMS.isReplacedBy, *record.replaced_by)
    out.link(node, DCTERMS.source, record.source_licence)
    out.value(node, COMMONS.odConformance, record.od_conformance)
    out.value(node, COMMONS.osiApproved, record.osi_approved)
    out.value(node, SPDX.isFsfLibre, record.fsf_libre)
    out.link(node, RDFS.seeAlso, *record.urls)
    for code in record.legalcodes:
        out.link(node, CC.legalcode, code.value)
        out.value(code.value, DCTERMS.language, code.language)
    if record.creator:
        is_address = record.creator.startswith(("http://", "https://"))
        out.link(node, DCTERMS.creator, record.creator if is_address else organization(out, context, record.creator))
    for other in (*record.same_as, *_spdx_iri(node)):
        out.link(node, SKOS.exactMatch, other)
        out.link(other, SKOS.exactMatch, node)
    return iter(out)


def _label(record: License) -> Text | str:
    """Return the English title, else one without a language, else any; without titles the short name."""
    for wanted in ("en", None):
        for title in record.titles:
            if title.language == wanted:
                return title
    if record.titles:
        return record.titles[0]
    tool = creative_commons.parse_address(record.iri)
    return record.spdx_id or (tool.spdx_like if tool else record.label)


def _jurisdiction(out: Statements, code: str) -> str:
    node = f"{_JURISDICTIONS}{code}/"
    name = _NO_COUNTRIES.get(code) or countries.label(code.upper())
    named(out, node, (CC.Jurisdiction,), Text(name, "en"))
    return node


def _spdx_iri(iri: str) -> tuple[str, ...]:
    """Return SPDX's IRI of a Creative Commons tool, nothing for other licences."""
    spdx_id = spdx.from_iri(iri) if iri.startswith(creative_commons.BASE) else None
    return (spdx.BASE + spdx_id,) if spdx_id else ()
