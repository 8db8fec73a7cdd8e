"""The first page: what this is, what is in it, what it can answer."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.questions import questions
from kg.web import terms
from kg.web.browse import BROWSE
from kg.web.charts import Item, goal_columns
from kg.web.charts.goals import Goals
from kg.web.queries import bound
from kg.web.site import Row, Site, reading, revalidation, unchanged
from kg.web.versions import manifest_of


def router(site: Site) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(tags=["pages"])

    @reading(routes, "/", "Home")
    async def home(request: Request) -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "home")
        if found := unchanged(request, headers):
            return found
        counts_query = bound("counts", classes=tuple(kind.cls for kind in BROWSE.values()))
        goals_query = bound("goods-per-goal")
        counts, goals, posts = await asyncio.gather(
            site.rows(counts_query, version=version),
            site.rows(goals_query, version=version),
            site.rows(bound("recent-posts"), version=version),
        )
        by_class = {row["class"]["value"]: int(row["things"]["value"]) for row in counts}
        return site.page(
            "home.html", headers=headers,
            kinds=[(kind, by_class[kind.cls]) for kind in BROWSE.values() if by_class.get(kind.cls)],
            posts=[(terms.value_of(r["post"], site.options.base, r["label"]["value"]), r["date"]["value"][:10],
                    r.get("publisher", {}).get("value", "")) for r in posts],
            goals=goals_of(goals), counts_query=counts_query, goals_query=goals_query,
            posts_query=bound("recent-posts"), questions=list(questions().values()),
            manifest=manifest_of(site, version),
        )  # fmt: skip

    return routes


def goals_of(rows: list[Row]) -> Goals | None:
    """Return the picture of goods per goal."""
    found = {}
    for row in rows:
        number = row["goal"]["value"].rpartition("/")[2]
        if number.isdecimal() and 1 <= int(number) <= 17:
            found[int(number)] = Item(
                row.get("label", {}).get("value", f"Goal {number}"), int(row["goods"]["value"]),
                f"/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F{number}", row.get("color", {}).get("value", ""),
            )  # fmt: skip
    return goal_columns(found)
