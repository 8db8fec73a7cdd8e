"""An organization: its names, memberships, goods, posts, commitments and kin; an alliance: its members, on any day."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from functools import cache
from typing import Any

from starlette.requests import Request

from kg.engine.pool import VersionRef
from kg.namespaces import DCTERMS, ORG, SCHEMA, SKOS
from kg.web import i18n, terms
from kg.web.kinds.periods import Period, periods, timeline
from kg.web.labels import labels_of
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.site import Row, Site
from kg.web.terms import Value
from kg.web.things import Entity, link_to

TEMPLATE = "kinds/organization.html"

POSTS = 15
"""Posts that the page shows, the newest."""

ROLES = ("author", "publisher", "mentions")
"""What a post may be to an organization, in the order of telling."""

GOODS = 150
"""Goods that the page shows."""

KIN = (
    ORG.subOrganizationOf, ORG.hasSubOrganization, ORG.changedBy, ORG.resultedFrom, DCTERMS.isReplacedBy,
    DCTERMS.replaces, SCHEMA.isRelatedTo,
)  # fmt: skip
"""What relates an organization to others like it."""


async def gather(site: Site, request: Request, entity: Entity, version: VersionRef) -> dict[str, Any]:
    """Return what the page shows.

    Raises:
        Problem: 400, ``?on=`` is no date.
    """
    pointing = {group.property for group in entity.incoming}
    own_query = bound("kinds/memberships", property=str(ORG.member), organization=entity.iri)
    members_query = bound("kinds/memberships", property=str(ORG.organization), organization=entity.iri)
    rows, own, members = await asyncio.gather(
        site.rows(bound("kinds/organization", organization=entity.iri), version=version),
        site.rows(own_query, version=version) if str(ORG.member) in pointing else _none(),
        site.rows(members_query, version=version) if str(ORG.organization) in pointing else _none(),
    )
    own_periods, member_periods = periods(own), periods(members)
    things = {p.organization for p in own_periods} | {p.member for p in member_periods}
    things |= {p.role for p in (*own_periods, *member_periods) if p.role}
    owned = {row["thing"]["value"]: row.get("status", {}).get("value", "") for row in rows if _how(row) == "owner"}
    commitments = {row["thing"]["value"]: _day(row) for row in rows if _how(row) == "committedBy"}
    posts: dict[str, list[str]] = {}
    for row in rows:  # the newest first
        if _how(row) in ("publisher", "author", "mentions"):
            posts.setdefault(row["thing"]["value"], []).append(_how(row))
    days = {row["thing"]["value"]: _day(row) for row in rows}
    newest = list(posts)[:POSTS]
    labels = await labels_of(site, (*things, *list(owned)[:GOODS], *commitments, *newest), version)

    @cache
    def link(iri: str) -> Value:
        return link_to(site, iri, labels.get(iri))

    goods = [(link(iri), owned[iri]) for iri in list(owned)[:GOODS]]
    today = date.today().isoformat()  # noqa: DTZ011 (the day on which open intervals are drawn to)
    context: dict[str, Any] = {
        "folded": True,
        "spellings": next((f for f in entity.facts if f.term == str(SKOS.altLabel)), None),
        "memberships": [(p, link(p.iri), link(p.organization), link(p.role) if p.role else None) for p in own_periods],
        "timeline": timeline(_named(p, link(p.organization), link(p.iri)) for p in own_periods),
        "own_query": own_query,
        "goods": sorted(goods, key=lambda g: terms.in_order(g[0].text)), "good_count": len(owned),
        "posts": [(link(iri), days[iri], sorted(posts[iri], key=ROLES.index)) for iri in newest],
        "post_count": len(posts),
        "commitments": [(link(iri), day) for iri, day in commitments.items()],
        "kin": [fact for fact in entity.facts if fact.term in {str(term) for term in KIN}],
    }  # fmt: skip
    if member_periods:
        context |= _alliance(request, member_periods, link, today)
        context["members_query"] = members_query
    return context


def _named(period: Period, thing: Value, membership: Value) -> tuple[Period, str, str, str]:
    return period, thing.text, thing.href or "", membership.href or ""


def _how(row: Row) -> str:
    """Return the local name of the property by which a thing points at the organization."""
    return str(row["how"]["value"].rpartition("/")[2])


def _day(row: Row) -> str:
    return str(row.get("date", {}).get("value", ""))[:10]


async def _none() -> list[Any]:
    return []


def _alliance(request: Request, found: list[Period], link: Any, today: str) -> dict[str, Any]:
    """Return who is a member on the day that is asked for, and who joined and left in each year."""
    asked = request.query_params.get("on", "").strip()
    try:
        day = date.fromisoformat(asked).isoformat() if asked else today
    except ValueError:
        raise Problem(
            "bad-request",
            i18n.gettext("“%(value)s” is no date.") % {"value": asked[:50]},
            i18n.gettext("Write it as 2023-08-07."),
        ) from None
    table = sorted(
        ((p, p.on(day), link(p.member), link(p.iri), link(p.role) if p.role else None) for p in found),
        key=lambda row: terms.in_order(row[2].text),
    )
    joined = Counter(p.start[:4] for p in found if p.start)
    left = Counter(p.end[:4] for p in found if p.end)
    years = range(int(min(joined, default=today[:4])), int(max([*joined, *left], default=today[:4])) + 1)
    changes = [
        (
            str(year), [(p.start, link(p.member), link(p.iri)) for p in found if p.start[:4] == str(year)],
            [(p.end, link(p.member), link(p.iri)) for p in found if p.end[:4] == str(year)],
            len({p.member for p in found if p.on(min(f"{year}-12-31", today)) == "yes"}),
        )
        for year in years
    ]  # fmt: skip
    return {
        "on": day, "is_today": not asked,
        "members": [row for row in table if row[1] == "yes"],
        "member_count": len({p.member for p in found if p.on(day) == "yes"}),
        "newest": max((p.last_seen for p in found), default=""),
        "perhaps": [row for row in table if row[1] == "perhaps"],
        "changes": changes,
        "most": max((max(len(j), len(g)) for _, j, g, _ in changes), default=1) or 1,
        "all_members": timeline(_named(p, link(p.member), link(p.iri)) for p in found),
        "number": i18n.number,
    }  # fmt: skip
