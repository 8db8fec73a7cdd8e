"""The facts of a thing under headings that people look for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from kg.web import terms
from kg.web.i18n import N_
from kg.web.things import Fact

GROUPS: tuple[tuple[str, str, str], ...] = (
    ("names", N_("Names and identifiers"),
     "rdfs:label skos:prefLabel skos:altLabel schema:headline schema:name dcterms:title schema:alternateName "
     "commons:dpgid commons:ror commons:spdxId skos:notation dcterms:identifier schema:identifier commons:guid "
     "sdgo:SDGCode sdgo:SDGCodeCompact"),
    ("what", N_("What it is"),
     "schema:description dcterms:description skos:definition rdfs:comment schema:additionalType schema:keywords "
     "org:classification commons:registryStatus commons:organizationStatus commons:current schema:inLanguage "
     "schema:articleBody schema:text skos:note schema:color sdgo:tier schema:jobTitle commons:announces schema:about "
     "schema:mentions commons:evidenceText"),
    ("people", N_("People and organizations"),
     "commons:owner schema:owns schema:author schema:publisher dcterms:publisher dcterms:creator schema:worksFor "
     "org:member org:organization org:role org:hasMembership commons:committedBy commons:committedTo "
     "schema:sourceOrganization org:subOrganizationOf org:hasSubOrganization schema:isRelatedTo commons:successor "
     "org:changedBy org:resultedFrom org:originalOrganization org:resultingOrganization commons:formerName "
     "dcterms:replaces sdgo:custodianAgency"),
    ("licences", N_("Licences"),
     "schema:license commons:licenceText schema:usageInfo cc:permits cc:requires cc:prohibits dcterms:hasVersion "
     "cc:jurisdiction commons:odConformance commons:osiApproved spdx:isFsfLibre commons:licenceStatus "
     "commons:isDeprecatedId cc:deprecatedOn dcterms:isReplacedBy cc:legalcode dcterms:license dcterms:rights"),
    ("goals", N_("Goals"),
     "commons:addresses oa:hasBody commons:linkStatus commons:score sdgo:isTargetOf sdgo:hasTarget sdgo:isIndicatorOf "
     "sdgo:hasIndicator skos:broader skos:narrower skos:inScheme skos:topConceptOf skos:hasTopConcept"),
    ("dates", N_("Dates"),
     "schema:datePublished schema:dateModified dcterms:date schema:startDate schema:endDate commons:firstSeen "
     "commons:lastSeen commons:absentBefore commons:goneBy org:memberDuring commons:listedOn schema:foundingDate "
     "time:hasBeginning time:hasEnd time:inXSDDate"),
    ("places", N_("Places"), "schema:location commons:developedIn commons:deployedIn"),
    ("elsewhere", N_("Links elsewhere"),
     "schema:url schema:codeRepository schema:sameAs skos:exactMatch skos:closeMatch rdfs:seeAlso dcterms:references "
     "schema:image schema:contentUrl"),
    ("provenance", N_("Where it comes from"),
     "dcterms:source commons:evidence commons:inFeed schema:isPartOf schema:isBasedOn prov:wasDerivedFrom "
     "prov:wasGeneratedBy prov:used prov:wasAssociatedWith prov:generatedAtTime commons:sha256 commons:textDigest "
     "commons:summaryDigest schema:contentSize schema:encodingFormat oa:hasTarget oa:motivatedBy commons:inProperty "
     "commons:startOffset commons:endOffset"),
)  # fmt: skip
"""Name, heading, properties; what is in none stands under the last heading."""

OTHER = ("other", N_("Other facts"))


@dataclass(slots=True)
class Group:
    """Facts under a heading."""

    name: str
    heading: str
    facts: list[Fact] = field(default_factory=list)


@cache
def _places() -> dict[str, int]:
    return {
        terms.expand(curie): place for place, (_, _, curies) in enumerate(GROUPS) for curie in curies.split()
    }  # fmt: skip


def grouped(facts: Iterable[Fact]) -> list[Group]:
    """Return the groups that have facts, in their order."""
    groups = [Group(name, heading) for name, heading, _ in GROUPS] + [Group(*OTHER)]
    for fact in facts:
        groups[_places().get(fact.term, len(GROUPS))].facts.append(fact)
    return [group for group in groups if group.facts]
