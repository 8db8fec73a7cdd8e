"""The lists of things: ``/browse`` and ``/browse/KIND``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.namespaces import CC, COMMONS, ORG, SCHEMA, SDGO
from kg.web.entity import page_number
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.site import Site, reading, revalidation, unchanged
from kg.web.things import thing_value


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that has a list."""

    slug: str
    title: str
    cls: str
    about: str
    query: str = "browse"


BROWSE: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind("goods", "Digital public goods", str(COMMONS.DigitalPublicGood),
             "Open software, data, content, standards and AI models that a registry lists."),
        Kind("organizations", "Organizations", str(ORG.Organization), "Members, owners, publishers and their like."),
        Kind("memberships", "Memberships", str(ORG.Membership), "Who belongs to what, since when, and who says so."),
        Kind("licences", "Licences", str(CC.License), "What one may do with a work, and under which conditions."),
        Kind("posts", "Posts", str(SCHEMA.BlogPosting), "News and blog posts, the newest first.", "browse-by-date"),
        Kind("goals", "Goals", str(SDGO.Goal), "The 17 Sustainable Development Goals of the United Nations."),
        Kind("targets", "Targets", str(SDGO.Target), "The targets of the goals."),
        Kind("indicators", "Indicators", str(SDGO.Indicator), "How the targets are measured."),
        Kind("commitments", "Commitments", str(COMMONS.Commitment), "What members have announced that they will do."),
        Kind("people", "People", str(SCHEMA.Person), "Authors, and people in public roles."),
        Kind("programmes", "Programmes", str(SCHEMA.Project), "Programmes and campaigns of organizations."),
        Kind("countries", "Countries", str(SCHEMA.Country), "Where goods are made and used, and organizations are."),
    )
}  # fmt: skip


def router(site: Site) -> APIRouter:
    """Return the routes of the lists."""
    routes = APIRouter(tags=["lists"])

    @reading(routes, "/browse", "The lists")
    async def lists(request: Request) -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "lists")
        if found := unchanged(request, headers):
            return found
        counts = await site.rows(bound("counts", classes=tuple(k.cls for k in BROWSE.values())), version=version)
        by_class = {row["class"]["value"]: int(row["things"]["value"]) for row in counts}
        return site.page("lists.html", headers=headers, kinds=[(k, by_class.get(k.cls, 0)) for k in BROWSE.values()])

    @reading(routes, "/browse/{slug}", "A list")
    async def browse(request: Request, slug: str) -> Response:
        kind = BROWSE.get(slug)
        if kind is None:
            raise Problem("not-found", f"There is no list of {slug}.", f"There are: {', '.join(BROWSE)}.")
        number, version = page_number(request), site.pool.current()
        headers = revalidation(site, request, version, "browse", slug)
        if found := unchanged(request, headers):
            return found
        per_page = site.options.per_page
        query = bound(kind.query, **{"class": kind.cls}, limit=per_page + 1, offset=(number - 1) * per_page)
        rows, counts = await asyncio.gather(
            site.rows(query, version=version), site.rows(bound("counts", classes=(kind.cls,)), version=version)
        )
        total = int(counts[0]["things"]["value"]) if counts else 0
        if not rows and number > 1:
            raise Problem("not-found", f"The list of {kind.title.lower()} has no page {number}.")
        things = [(thing_value(site, row), row.get("date", {}).get("value", "")[:10]) for row in rows[:per_page]]
        return site.page(
            "browse.html", headers=headers, kind=kind, things=things, number=number, total=total,
            more=len(rows) > per_page, start=(number - 1) * per_page + 1,
            query=bound(kind.query, **{"class": kind.cls}, limit=10_000, offset=0),
        )  # fmt: skip

    return routes
