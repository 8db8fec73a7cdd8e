"""A country: goods developed and deployed there, and organizations."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from starlette.requests import Request

from kg.engine.pool import VersionRef
from kg.web import terms
from kg.web.i18n import N_
from kg.web.labels import labels_of
from kg.web.queries import bound
from kg.web.site import Site
from kg.web.things import Entity, link_to

TEMPLATE = "kinds/country.html"

SHOWN = 120
"""Things of each kind that the page shows; the whole lists are a page away."""

HEADINGS = {
    "developedIn": N_("Digital public goods developed here"),
    "deployedIn": N_("Digital public goods in use here"),
    "location": N_("Organizations here"),
}


async def gather(site: Site, request: Request, entity: Entity, version: VersionRef) -> dict[str, Any]:
    """Return what the page shows."""
    query = bound("kinds/country", country=entity.iri)
    found: dict[str, list[str]] = defaultdict(list)
    for row in await site.rows(query, version=version):
        found[row["how"]["value"].rpartition("/")[2]].append(row["thing"]["value"])
    shown = {name: sorted(things)[:SHOWN] for name, things in found.items()}
    labels = await labels_of(site, dict.fromkeys(iri for things in shown.values() for iri in things), version)
    more = {group.property.rpartition("/")[2]: group.more for group in entity.incoming}
    return {
        "folded": True, "country_query": query,
        "lists": [
            (name, heading, len(found[name]), more.get(name) if len(found[name]) > SHOWN else None,
             sorted((link_to(site, iri, labels.get(iri)) for iri in shown[name]), key=lambda v: terms.in_order(v.text)))
            for name, heading in HEADINGS.items() if found[name]
        ],
    }  # fmt: skip
