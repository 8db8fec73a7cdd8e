"""The page of errors: what each kind of problem means, and what one can do."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from kg.web.problems import KINDS
from kg.web.site import Site, reading


def router(site: Site) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(tags=["operation"])

    @reading(routes, "/problems", "The kinds of problem")
    async def problems() -> Response:
        return site.page("problems.html", kinds=KINDS)

    return routes
