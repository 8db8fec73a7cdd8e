"""A goal, target or indicator: its number in its official colour, its parts, and what addresses it, by status."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from starlette.requests import Request

from kg.engine.pool import VersionRef
from kg.namespaces import DCTERMS, SDGO, SKOS
from kg.web import terms
from kg.web.charts import COLOURS
from kg.web.kinds.links import STATUSES, status_of
from kg.web.labels import labels_of
from kg.web.queries import bound
from kg.web.site import Site
from kg.web.terms import Value
from kg.web.things import Entity, link_to

TEMPLATE = "kinds/sdg.html"

CLASSES = ("DigitalPublicGood", "BlogPosting", "Commitment", "Project")

SHOWN = 150
"""Things of a class and status that the page shows, by their IRIs; the query has them all."""

OWNERS = 15
"""Organizations that the page shows, those first whose goods address it most."""


async def gather(site: Site, request: Request, entity: Entity, version: VersionRef) -> dict[str, Any]:
    """Return what the page shows."""
    query = bound("kinds/sdg", concept=entity.iri)
    rows = await site.rows(query, version=version)
    parts = entity.values(SKOS.narrower)
    parents = entity.values(SKOS.broader)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_part: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    owners: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        cls, status, thing = row["class"]["value"], status_of(row["status"]["value"]), row["thing"]["value"]
        name = re.split(r"[/#]", cls)[-1]
        found[name, status].add(thing)
        by_part[row["concept"]["value"]][name][status].add(thing)
        if "owner" in row and status != "inferred":
            owners[row["owner"]["value"]].add(thing)
    most = sorted(owners, key=lambda o: (-len(owners[o]), o))[:OWNERS]
    first = {key: sorted(things)[:SHOWN] for key, things in found.items()}
    things = {thing for group in first.values() for thing in group}
    labels = await labels_of(site, sorted({*things, *parts, *parents, *most}), version)

    def linked(iris: list[str]) -> list[Value]:
        return sorted((link_to(site, iri, labels.get(iri)) for iri in iris), key=lambda v: terms.in_order(v.text))

    table = []
    for iri in parts:
        counts = {name: {s: len(t) for s, t in by_part[iri][name].items()} for name in CLASSES}
        table.append((link_to(site, iri, labels.get(iri)), counts))
    number = goal_number(entity.iri)
    return {
        "folded": True, "number": number, "code": _code(entity), "colour": COLOURS[number - 1] if number else None,
        "ink": ink(COLOURS[number - 1]) if number else "#fff",
        "official": entity.text(DCTERMS.title) or entity.text(SKOS.prefLabel),
        "parents": [link_to(site, iri, labels.get(iri)) for iri in sorted(parents)],
        "parts": sorted(table, key=lambda row: terms.in_order(row[0].text)),
        "is_goal": str(SDGO.Goal) in entity.types,
        "addressing": [
            (name, [(status, len(found[name, status]), linked(first[name, status]))
                    for status in STATUSES if found[name, status]])
            for name in CLASSES if any(found[name, status] for status in STATUSES)
        ],
        "totals": {name: len(set().union(*(found[name, s] for s in STATUSES))) for name in CLASSES},
        "owners": [(link_to(site, iri, labels.get(iri)), len(owners[iri])) for iri in most],
        "owner_count": len(owners), "links_query": query,
    }  # fmt: skip


def goal_number(iri: str) -> int | None:
    """Return the number of the goal that a goal, target or indicator of the UN's belongs to.

    >>> goal_number("http://metadata.un.org/sdg/13.3"), goal_number("http://metadata.un.org/sdg/C130301")
    (13, 13)
    """
    code = re.search(r"/(?:sdg|indicator)/(?:C(\d\d)|(\d{1,2})(?=\.|$))", iri)
    number = int(code[1] or code[2]) if code else 0
    return number if 1 <= number <= len(COLOURS) else None


def _code(entity: Entity) -> str:
    """Return the code as people say it: 13, 13.3, 13.3.1."""
    found = [c for c in entity.values(SKOS.notation) if re.fullmatch(r"[1-9]\d?(\.\w{1,2}){0,2}", c)]
    return min(found, key=len, default=entity.iri.rpartition("/")[2])


def ink(colour: str) -> str:
    """Return the text colour, near black or white, that stands out more from a colour (WCAG 2.2, 1.4.3).

    >>> ink("#fcc30b"), ink("#19486a")
    ('#111', '#fff')
    """

    def linear(part: int) -> float:
        value = int(colour[part : part + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    luminance = 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5)
    return "#111" if (luminance + 0.05) / 0.055 > 1.05 / (luminance + 0.05) else "#fff"
