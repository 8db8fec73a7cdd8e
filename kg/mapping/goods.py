"""Digital public goods: what they are, who owns them, under which licences, and which SDGs they claim to serve."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mapping import Context, common, quads
from kg.namespaces import COMMONS, DCTERMS, SCHEMA
from kg.records import DigitalPublicGood

_TYPES = {
    "software": SCHEMA.SoftwareApplication,
    "data": SCHEMA.Dataset,
    "content": SCHEMA.CreativeWork,
    "standard": SCHEMA.CreativeWork,
    "ai-model": SCHEMA.CreativeWork,
}
"""What schema.org has for the registry's types; the type itself is ``schema:additionalType``."""


@quads.register
def _(record: DigitalPublicGood, context: Context) -> Iterator[str]:
    out = context.statements()
    good = context.mint.good(record.key)
    types = (COMMONS.DigitalPublicGood, *(_TYPES.get(kind, SCHEMA.CreativeWork) for kind in record.types))
    common.named(out, good, types, record.name)
    out.value(good, SCHEMA.name, record.name)
    out.value(good, SCHEMA.alternateName, *record.aliases)
    out.value(good, SCHEMA.additionalType, *record.types)
    out.value(good, COMMONS.dpgid, record.dpgid)
    out.value(good, SCHEMA.identifier, *record.registry_ids)
    out.value(good, SCHEMA.description, record.description)
    out.value(good, SCHEMA.keywords, *record.categories)
    out.link(good, SCHEMA.url, record.website)
    out.link(good, SCHEMA.codeRepository, *record.repositories)
    out.value(good, COMMONS.registryStatus, record.status)
    out.value(good, COMMONS.listedOn, *record.listed_on)
    out.link(good, DCTERMS.source, *record.source_urls)
    homepages = dict(record.owner_homepages)
    for stated in record.owners:
        for owner in context.links.several(stated):
            out.link(good, COMMONS.owner, common.organization(out, context, owner, homepage=homepages.get(owner)))
    common.licences(out, context, good, record.licences)
    out.link(good, SCHEMA.usageInfo, *record.licence_urls)
    for name in record.developed_in:
        out.link(good, COMMONS.developedIn, common.country(out, context, name))
    for name in record.deployed_in:
        out.link(good, COMMONS.deployedIn, common.country(out, context, name))
    common.sdg_links(out, context.mint, good, record.sdgs)
    return iter(out)
