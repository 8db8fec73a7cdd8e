"""Organizations: names, identifiers, and what they were merged into, belong to or are related to.

An organization that the authority file knows is labelled with its preferred name there, whatever a source calls it;
all that sources call it are other labels. Relations lead to our IRIs too, so that they join up with what other sources
say; one that names a ROR id is matched to it, even if no source has told us more about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.identifiers import short_hash, slug
from kg.mapping import Context, common, quads
from kg.namespaces import COMMONS, DCTERMS, ORG, PREFIXES, RDFS, SCHEMA, SKOS, XSD
from kg.quads import Statements
from kg.records import FormerName, Organization, Text

_RELATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("successors", (DCTERMS.isReplacedBy, COMMONS.successor)),
    ("predecessors", (DCTERMS.replaces,)),
    ("parents", (ORG.subOrganizationOf,)),
    ("children", (ORG.hasSubOrganization,)),
    ("related", (SCHEMA.isRelatedTo,)),
)
"""Field of the record -> the properties that state it."""


@quads.register
def _(record: Organization, context: Context) -> Iterator[str]:
    out = context.statements()
    name = record.name.value
    node = context.links.organization(
        name,
        homepage=record.homepage,
        ror=record.ror,
        wikidata=record.wikidata,
        country=record.country,
        other_names=(text.value for text in record.names),
    )
    common.named(out, node, (ORG.Organization, SCHEMA.Organization), None)
    known = common.preferred_name(context, name, homepage=record.homepage, ror=record.ror)
    preferred = Text(known) if known else record.name  # the same for all sources, and so without a language
    out.value(node, RDFS.label, preferred)
    out.value(node, SKOS.prefLabel, preferred)
    former = (Text(old.name) for old in record.former_names)
    others = dict.fromkeys((record.name, *record.names, *former, *(Text(acronym) for acronym in record.acronyms)))
    out.value(node, SKOS.altLabel, *_other_labels(preferred, others))
    out.link(node, COMMONS.ror, record.ror)
    out.link(node, SKOS.exactMatch, record.ror, f"{PREFIXES['wd']}{record.wikidata}" if record.wikidata else None)
    out.link(node, SCHEMA.sameAs, *record.identifiers)
    out.link(node, SCHEMA.url, record.homepage)
    if record.country:
        out.link(node, SCHEMA.location, common.country(out, context, record.country))
    out.value(node, SCHEMA.keywords, *record.types)
    out.value(node, SCHEMA.description, record.description)
    out.value(node, SCHEMA.foundingDate, f"{record.founded:04}" if record.founded else None, datatype=XSD.gYear)
    out.value(node, COMMONS.organizationStatus, record.status)
    out.link(node, DCTERMS.source, record.source_url)
    for field, properties in _RELATIONS:
        for other in _others(out, context, getattr(record, field)):
            if other != node:
                for stated in properties:
                    out.link(node, stated, other)
    for old in record.former_names:
        _renaming(out, context, node, preferred, old)
    return iter(out)


def _renaming(out: Statements, context: Context, node: str, preferred: Text, old: FormerName) -> None:
    """State that an organization bore another name: a change of which it is both the original and the result."""
    change = context.mint.organization_change(node, slug(old.name) or short_hash(old.name))
    when = f" ({old.until})" if old.until else ""
    common.named(out, change, (ORG.ChangeEvent,), f"{old.name} → {preferred.value}{when}")
    out.link(change, ORG.originalOrganization, node)
    out.link(change, ORG.resultingOrganization, node)
    out.value(change, COMMONS.formerName, old.name)
    if old.until:
        precision = (XSD.gYear, XSD.gYearMonth, XSD.date)[old.until.count("-")]
        out.value(change, DCTERMS.date, old.until, datatype=precision)
    out.link(node, ORG.changedBy, change)


def _other_labels(preferred: Text, others: Iterable[Text]) -> Iterator[Text]:
    """Yield the labels that say more than the preferred one, and those without a language that say more than others."""
    labels = list(others)
    tagged = {label.value for label in (preferred, *labels) if label.language}
    for label in labels:
        if label != preferred and (label.language or label.value not in tagged | {preferred.value}):
            yield label


def _others(out: Statements, context: Context, stated: Iterable[str]) -> Iterator[str]:
    for text in stated:
        if text.startswith("https://ror.org/"):
            other = context.links.organization("", ror=text)
            out.link(other, COMMONS.ror, text)
            yield other
        else:
            yield common.organization(out, context, text)
