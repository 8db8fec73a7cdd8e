"""A licence: what it permits, requires and prohibits, its standing, its versions and ports, and what is under it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from kg.engine.pool import VersionRef
from kg.linking import countries, creative_commons
from kg.namespaces import CC, COMMONS, DCTERMS
from kg.web import terms
from kg.web.i18n import N_
from kg.web.labels import labels_of
from kg.web.queries import bound
from kg.web.site import Site
from kg.web.terms import Value
from kg.web.things import Entity, link_to

TEMPLATE = "kinds/licence.html"

SHOWN = 60
"""Posts that the page shows, the newest; the query has them all."""

CONDITIONS: dict[str, tuple[str, str]] = {
    str(CC.Reproduction): (N_("Reproduction"), N_("making copies")),
    str(CC.Distribution): (N_("Distribution"), N_("passing copies on, showing and performing in public")),
    str(CC.DerivativeWorks): (N_("Derivative works"), N_("changing it and building upon it")),
    str(CC.Sharing): (N_("Sharing"), N_("passing on what is derived, without commerce")),
    str(CC.Notice): (N_("Notice"), N_("keep the notices of copyright and licence")),
    str(CC.Attribution): (N_("Attribution"), N_("name who made it")),
    str(CC.ShareAlike): (N_("Share alike"), N_("give what is derived under the same terms")),
    str(CC.SourceCode): (N_("Source code"), N_("give the source code with it")),
    str(CC.Copyleft): (N_("Copyleft"), N_("derived and combined works under the same terms")),
    str(CC.LesserCopyleft): (N_("Lesser copyleft"), N_("derived works under the same terms")),
    str(CC.CommercialUse): (N_("Commercial use"), N_("using it for commercial purposes")),
    str(CC.HighIncomeNationUse): (N_("Use in high-income nations"), N_("using it in a nation with high income")),
}
"""Condition -> its name, and what it means."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A thing that a licence permits, requires or prohibits; ``icon`` is its symbol in ``static/conditions.svg``."""

    icon: str
    name: str
    meaning: str


async def gather(site: Site, request: Request, entity: Entity, version: VersionRef) -> dict[str, Any]:
    """Return what the page shows."""
    family = _family(entity.iri)
    query = bound("kinds/licence", licence=entity.iri)
    rows = await site.rows(query, version=version)
    users: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        users[row["class"]["value"]][row["thing"]["value"]] = row.get("date", {}).get("value", "")[:10]
    goods = sorted(users[str(COMMONS.DigitalPublicGood)])
    posts = sorted(users["https://schema.org/BlogPosting"].items(), key=lambda p: (p[1], p[0]), reverse=True)
    replaced = entity.values(DCTERMS.isReplacedBy)
    wanted = [*goods, *(iri for iri, _ in posts[:SHOWN]), *(tool.iri for tool in family), *replaced]
    labels = await labels_of(site, dict.fromkeys(wanted), version)

    def link(iri: str) -> Value:
        return link_to(site, iri, labels.get(iri))

    present = [tool for tool in family if tool.iri in labels or tool.iri == entity.iri]
    ported = defaultdict(list)
    for tool in present:
        if tool.jurisdiction:
            code = tool.jurisdiction.upper()
            place = countries.label(code) if len(code) == 2 else code
            ported[place].append((tool.version, link(tool.iri), tool.iri == entity.iri))
    own = creative_commons.tools().get(entity.iri)
    return {
        "folded": True,
        "conditions": [(name, heading, found) for name, heading, found in (
            ("permits", N_("You may"), _conditions(entity, CC.permits)),
            ("requires", N_("You must"), _conditions(entity, CC.requires)),
            ("prohibits", N_("You may not"), _conditions(entity, CC.prohibits))) if found],
        "conformance": entity.first(COMMONS.odConformance), "osi": entity.first(COMMONS.osiApproved),
        "state": entity.first(COMMONS.licenceStatus), "deprecated": entity.first(COMMONS.isDeprecatedId) == "true",
        "retired": entity.first(CC.deprecatedOn), "replaced": [link(iri) for iri in sorted(replaced)],
        "spdx": entity.first(COMMONS.spdxId),
        "versions": [(t.version, link(t.iri), t.iri == entity.iri) for t in present if not t.jurisdiction],
        "port": own.jurisdiction.upper() if own and own.jurisdiction else "",
        "ports": sorted(ported.items()),
        "titles": next((f for f in entity.facts if f.term == str(DCTERMS.title)), None),
        "goods": sorted((link(iri) for iri in goods), key=lambda v: terms.in_order(v.text)),
        "posts": [(link(iri), day) for iri, day in posts[:SHOWN]], "post_count": len(posts), "users_query": query,
    }  # fmt: skip


def _conditions(entity: Entity, term: str) -> list[Condition]:
    found = []
    order = list(CONDITIONS)
    for iri in sorted(entity.values(term), key=lambda i: order.index(i) if i in order else len(order)):
        name, meaning = CONDITIONS.get(iri, (terms.label_of(iri), ""))
        found.append(Condition(iri.rpartition("#")[2] if iri in CONDITIONS else "other", name, meaning))
    return found


def _family(iri: str) -> list[creative_commons.Tool]:
    """Return all versions and ports of a Creative Commons licence with the same elements, the oldest first."""
    tools = creative_commons.tools()
    own = tools.get(iri)
    if own is None:
        return []
    elements = frozenset(own.unit.split("-"))
    found = (t for t in tools.values() if t.category == own.category and frozenset(t.unit.split("-")) == elements)
    return sorted(found, key=lambda t: (terms.in_order(t.version), t.jurisdiction))
