"""A digital public good: owner, licences and how open they are, its goals with the words that claim them, countries."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request

from kg.engine.pool import VersionRef
from kg.namespaces import COMMONS, SCHEMA
from kg.web.charts import COLOURS
from kg.web.kinds.links import links
from kg.web.kinds.sdg import goal_number
from kg.web.labels import labels_of
from kg.web.queries import bound
from kg.web.site import Site
from kg.web.things import Entity, link_to

TEMPLATE = "kinds/good.html"


async def gather(site: Site, request: Request, entity: Entity, version: VersionRef) -> dict[str, Any]:
    """Return what the page shows."""
    links_query, licences_query = bound("kinds/links", thing=entity.iri), bound("kinds/good-licences", good=entity.iri)
    link_rows, licence_rows = await asyncio.gather(
        site.rows(links_query, version=version), site.rows(licences_query, version=version)
    )
    things = {row[name]["value"] for row in licence_rows for name in ("licence", "replacement") if name in row}
    things |= {row["concept"]["value"] for row in link_rows}
    labels = await labels_of(site, sorted(things), version)
    licences: dict[str, dict[str, Any]] = {}
    for row in licence_rows:
        iri = row["licence"]["value"]
        found = licences.setdefault(
            iri,
            {
                "link": link_to(site, iri, labels.get(iri)),
                "replacements": {},
                "conformance": "",
                "osi": "",
                "deprecated": "",
            },
        )
        for name in ("conformance", "osi", "deprecated"):
            if name in row:
                found[name] = row[name]["value"]
        if "replacement" in row:
            other = row["replacement"]["value"]
            found["replacements"][other] = link_to(site, other, labels.get(other))
    facts = {fact.term: fact for fact in entity.facts}
    goals = sorted({n for row in link_rows if (n := goal_number(row["concept"]["value"]))})
    return {
        "folded": True, "owner": facts.get(str(COMMONS.owner)), "state": entity.first(COMMONS.registryStatus),
        "listed": sorted(entity.values(COMMONS.listedOn)), "dpgid": entity.first(COMMONS.dpgid),
        "homes": [f for f in (facts.get(str(SCHEMA.url)), facts.get(str(SCHEMA.codeRepository))) if f],
        "licences": list(licences.values()), "licence_texts": entity.values(COMMONS.licenceText),
        "links": links(site, link_rows, labels), "links_query": links_query,
        "goals": [(n, COLOURS[n - 1]) for n in goals],
        "countries": [f for f in (facts.get(str(COMMONS.developedIn)), facts.get(str(COMMONS.deployedIn))) if f],
    }  # fmt: skip
