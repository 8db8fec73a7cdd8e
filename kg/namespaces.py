"""The vocabularies this project speaks, as closed namespaces: a misspelt term fails.

What rdflib ships closed is taken from there; what it lacks, or keeps open, stands here with the terms we use.
Terms are ``str`` (rdflib's ``URIRef``), so any library can take them.
"""

from __future__ import annotations

import re

from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VOID, XSD, URIRef
from rdflib.namespace import DefinedNamespace, Namespace

__all__ = [
    "CC", "COMMONS", "DCAT", "DCTERMS", "FOAF", "OA", "ORG", "OWL", "PREFIXES", "PROV", "RDF", "RDFS", "SCHEMA",
    "SD", "SDG", "SDGO", "SH", "SKOS", "SPDX", "TIME", "VANN", "VOID", "XSD", "absolute",
]  # fmt: skip


class COMMONS(DefinedNamespace):
    """Our own terms, for what no vocabulary has; ``ontology/commons.ttl`` documents each (a test compares the two)."""

    _NS = Namespace("https://w3id.org/commons-kg/ontology/")
    _fail = True

    # classes
    DigitalPublicGood: URIRef
    SDGLink: URIRef
    Evidence: URIRef
    Commitment: URIRef
    MembershipAnnouncement: URIRef
    LicenceFamily: URIRef
    Mention: URIRef
    Payload: URIRef

    # goods
    dpgid: URIRef
    registryStatus: URIRef
    listedOn: URIRef
    addresses: URIRef
    owner: URIRef
    developedIn: URIRef
    deployedIn: URIRef
    licenceText: URIRef
    licenceExpression: URIRef

    # SDG links
    linkStatus: URIRef
    linkStatuses: URIRef
    claimed: URIRef
    stated: URIRef
    inferred: URIRef
    score: URIRef
    evidenceText: URIRef

    # memberships
    evidence: URIRef
    firstSeen: URIRef
    lastSeen: URIRef
    absentBefore: URIRef
    goneBy: URIRef
    current: URIRef
    announces: URIRef
    committedBy: URIRef
    committedTo: URIRef
    memberSince: URIRef
    agreesWith: URIRef
    conflictsWith: URIRef
    daysApart: URIRef
    statedBeginning: URIRef
    formerName: URIRef

    # licences
    spdxId: URIRef
    isDeprecatedId: URIRef
    licenceStatus: URIRef
    odConformance: URIRef
    osiApproved: URIRef

    # organizations
    ror: URIRef
    successor: URIRef
    organizationStatus: URIRef

    # posts
    guid: URIRef
    inFeed: URIRef
    textDigest: URIRef
    summaryDigest: URIRef

    # what is found in texts
    inProperty: URIRef
    startOffset: URIRef
    endOffset: URIRef

    # provenance
    sha256: URIRef

    # search
    search: URIRef
    matches: URIRef
    matchedText: URIRef

    # derived knowledge
    GoalCoverage: URIRef
    LicenceConflict: URIRef
    coveredGoal: URIRef
    coveredYear: URIRef
    goodCount: URIRef
    memberCount: URIRef
    openness: URIRef
    opennesses: URIRef
    open: URIRef
    partlyOpen: URIRef
    notOpen: URIRef
    undetermined: URIRef
    usesDeprecatedId: URIRef
    replacementLicence: URIRef
    conflictingLicence: URIRef


class SCHEMA(DefinedNamespace):
    """https://schema.org/, the terms in use."""

    _NS = Namespace("https://schema.org/")
    _fail = True

    Action: URIRef
    AdministrativeArea: URIRef
    BlogPosting: URIRef
    Country: URIRef
    CreativeWork: URIRef
    DataDownload: URIRef
    DataFeed: URIRef
    Dataset: URIRef
    DefinedTerm: URIRef
    JoinAction: URIRef
    LearningResource: URIRef
    Organization: URIRef
    Person: URIRef
    Project: URIRef
    Quotation: URIRef
    SoftwareApplication: URIRef
    about: URIRef
    agent: URIRef
    additionalType: URIRef
    alternateName: URIRef
    articleBody: URIRef
    author: URIRef
    citation: URIRef
    codeRepository: URIRef
    color: URIRef
    contentSize: URIRef
    contentUrl: URIRef
    copyrightHolder: URIRef
    countryOfOrigin: URIRef
    creativeWorkStatus: URIRef
    dateCreated: URIRef
    dateModified: URIRef
    datePublished: URIRef
    description: URIRef
    domainIncludes: URIRef
    email: URIRef
    encodingFormat: URIRef
    endDate: URIRef
    foundingDate: URIRef
    headline: URIRef
    identifier: URIRef
    image: URIRef
    inLanguage: URIRef
    isBasedOn: URIRef
    isPartOf: URIRef
    isRelatedTo: URIRef
    jobTitle: URIRef
    keywords: URIRef
    license: URIRef
    location: URIRef
    logo: URIRef
    mainEntityOfPage: URIRef
    mentions: URIRef
    name: URIRef
    owns: URIRef
    provider: URIRef
    publisher: URIRef
    rangeIncludes: URIRef
    ratingValue: URIRef
    recipient: URIRef
    sameAs: URIRef
    startDate: URIRef
    sourceOrganization: URIRef
    spatialCoverage: URIRef
    target: URIRef
    text: URIRef
    url: URIRef
    usageInfo: URIRef
    worksFor: URIRef


class CC(DefinedNamespace):
    """http://creativecommons.org/ns# (ccREL), the terms in use."""

    _NS = Namespace("http://creativecommons.org/ns#")
    _fail = True

    License: URIRef
    Jurisdiction: URIRef
    permits: URIRef
    requires: URIRef
    prohibits: URIRef
    jurisdiction: URIRef
    legalcode: URIRef
    licenseClass: URIRef
    deprecatedOn: URIRef
    DerivativeWorks: URIRef
    Distribution: URIRef
    Reproduction: URIRef
    Sharing: URIRef
    Attribution: URIRef
    Notice: URIRef
    ShareAlike: URIRef
    SourceCode: URIRef
    Copyleft: URIRef
    LesserCopyleft: URIRef
    CommercialUse: URIRef
    HighIncomeNationUse: URIRef


class SDGO(DefinedNamespace):
    """http://metadata.un.org/sdg/ontology#, the UN's SDG ontology, the terms in use."""

    _NS = Namespace("http://metadata.un.org/sdg/ontology#")
    _fail = True

    Goal: URIRef
    Target: URIRef
    Indicator: URIRef
    Series: URIRef
    SDGCode: URIRef
    SDGCodeCompact: URIRef
    SDGCodePerm: URIRef
    hasTarget: URIRef
    isTargetOf: URIRef
    hasIndicator: URIRef
    isIndicatorOf: URIRef
    tier: URIRef
    tier_I: URIRef
    tier_II: URIRef
    tier_III: URIRef
    custodianAgency: URIRef


class SPDX(DefinedNamespace):
    """http://spdx.org/rdf/terms#, the terms in use."""

    _NS = Namespace("http://spdx.org/rdf/terms#")
    _fail = True

    Checksum: URIRef
    File: URIRef
    ListedLicense: URIRef
    algorithm: URIRef
    checksum: URIRef
    checksumAlgorithm_sha256: URIRef
    checksumValue: URIRef
    ListedLicenseException: URIRef
    ConjunctiveLicenseSet: URIRef
    DisjunctiveLicenseSet: URIRef
    WithExceptionOperator: URIRef
    member: URIRef
    licenseException: URIRef
    licenseId: URIRef
    licenseExceptionId: URIRef
    isOsiApproved: URIRef
    isFsfLibre: URIRef
    isDeprecatedLicenseId: URIRef


class VANN(DefinedNamespace):
    """http://purl.org/vocab/vann/, what our ontology says about its own prefix."""

    _NS = Namespace("http://purl.org/vocab/vann/")
    _fail = True

    preferredNamespacePrefix: URIRef
    preferredNamespaceUri: URIRef


class SD(DefinedNamespace):
    """http://www.w3.org/ns/sparql-service-description#, what an endpoint says of itself."""

    _NS = Namespace("http://www.w3.org/ns/sparql-service-description#")
    _fail = True

    Dataset: URIRef
    BasicFederatedQuery: URIRef
    EmptyGraphs: URIRef
    Function: URIRef
    Graph: URIRef
    NamedGraph: URIRef
    SPARQL11Query: URIRef
    SPARQL11Update: URIRef
    Service: URIRef
    UnionDefaultGraph: URIRef
    defaultDataset: URIRef
    defaultEntailmentRegime: URIRef
    defaultGraph: URIRef
    endpoint: URIRef
    extensionFunction: URIRef
    feature: URIRef
    graph: URIRef
    inputFormat: URIRef
    name: URIRef
    namedGraph: URIRef
    resultFormat: URIRef
    supportedLanguage: URIRef


class OA(DefinedNamespace):
    """http://www.w3.org/ns/oa#, Web Annotation, the terms in use."""

    _NS = Namespace("http://www.w3.org/ns/oa#")
    _fail = True

    Annotation: URIRef
    SpecificResource: URIRef
    TextQuoteSelector: URIRef
    hasBody: URIRef
    hasTarget: URIRef
    hasSource: URIRef
    hasSelector: URIRef
    motivatedBy: URIRef
    classifying: URIRef
    identifying: URIRef
    exact: URIRef
    start: URIRef
    end: URIRef


class TIME(DefinedNamespace):
    """http://www.w3.org/2006/time#, OWL-Time, the terms in use."""

    _NS = Namespace("http://www.w3.org/2006/time#")
    _fail = True

    ProperInterval: URIRef
    Instant: URIRef
    hasBeginning: URIRef
    hasEnd: URIRef
    inXSDDate: URIRef


class DCAT(DefinedNamespace):
    """http://www.w3.org/ns/dcat#, DCAT 3, the terms in use."""

    _NS = Namespace("http://www.w3.org/ns/dcat#")
    _fail = True

    Catalog: URIRef
    Dataset: URIRef
    Distribution: URIRef
    DataService: URIRef
    Resource: URIRef
    accessURL: URIRef
    byteSize: URIRef
    compressFormat: URIRef
    dataset: URIRef
    distribution: URIRef
    downloadURL: URIRef
    endpointDescription: URIRef
    endpointURL: URIRef
    hasCurrentVersion: URIRef
    hasVersion: URIRef
    keyword: URIRef
    landingPage: URIRef
    mediaType: URIRef
    packageFormat: URIRef
    previousVersion: URIRef
    servesDataset: URIRef
    service: URIRef
    version: URIRef


SDG = Namespace("http://metadata.un.org/sdg/")
"""Goals, targets and indicators: ``SDG["13"]``, ``SDG["13.3"]``, ``SDG["C130301"]``; open, the UN scheme lists them."""

for _vocabulary in (CC, COMMONS, DCAT, DCTERMS, OA, ORG, PROV, RDF, RDFS, SCHEMA, SDGO, SKOS, SPDX, TIME, XSD):
    for _name in _vocabulary.__annotations__:
        if not _name.startswith("_"):
            setattr(_vocabulary, _name, _vocabulary[_name])  # else rdflib's metaclass is asked at each use

PREFIXES: dict[str, str] = {
    "cc": str(CC._NS),
    "commons": str(COMMONS._NS),
    "dcat": str(DCAT._NS),
    "dcterms": str(DCTERMS),
    "foaf": str(FOAF),
    "oa": str(OA._NS),
    "org": str(ORG),
    "owl": str(OWL),
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": str(SCHEMA._NS),
    "sd": str(SD._NS),
    "sdg": str(SDG),
    "sdgo": str(SDGO._NS),
    "sh": str(SH),
    "skos": str(SKOS),
    "spdx": str(SPDX._NS),
    "time": str(TIME._NS),
    "void": str(VOID),
    "wd": "http://www.wikidata.org/entity/",
    "xsd": str(XSD),
}
"""Prefix -> namespace, used in dumps, pages, queries and hints alike."""


def absolute(name: str, base: str) -> str:
    """Return the IRI that a CURIE, a path below the base, or the IRI itself stands for.

    >>> absolute("id/country/KE", "https://w3id.org/commons-kg/"), absolute("sdg:13", "")
    ('https://w3id.org/commons-kg/id/country/KE', 'http://metadata.un.org/sdg/13')
    """
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return name if re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", name) else base + name
