"""For the operator: whether it lives and answers, metrics, and the running queries, which can be stopped."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.engine.errors import EngineError
from kg.engine.pool import Query
from kg.errors import StoreError
from kg.web import metrics
from kg.web.bearer import require
from kg.web.peers import Peers
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.site import Site, current, reading
from kg.web.snapshot import running, total
from kg.web.versions import manifest_of

_NO_STORE = {"Cache-Control": "no-store"}


def answer(site: Site, question: str) -> Any:
    """Answer another process of this server: ``snapshot``, ``queries`` or ``stop ID``."""
    verb, _, id = question.partition(" ")
    if verb == "queries":
        return running(site.pool)
    if verb == "stop":
        return site.pool.stop(id)
    return site.snapshot()


def router(site: Site, peers: Peers) -> APIRouter:
    """Return the routes; where there are several server processes, each answers for all."""
    routes = APIRouter(tags=["operation"])

    @reading(routes, "/metrics", "Metrics for Prometheus")
    async def metrics_text() -> Response:
        found = total(await peers.ask("snapshot"))
        version = current(site)
        manifest = None if version is None else manifest_of(site, version)
        text = metrics.exposition(found, version.id if version else None, manifest.quads if manifest else None)
        return Response(text, headers=_NO_STORE, media_type=metrics.CONTENT_TYPE)

    @reading(routes, "/healthz", "Whether the server lives")
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    @reading(routes, "/readyz", "Whether queries are answered")
    async def readyz() -> Response:
        headers = {"Cache-Control": "no-store"}
        try:
            async with site.pool.query(Query(text=bound("ready"))) as answer:
                await answer.read()
        except (EngineError, StoreError) as error:
            return JSONResponse({"status": "not ready", "why": str(error)}, 503, headers)
        return JSONResponse({"status": "ready", "version": answer.version.id}, headers=headers)

    @routes.get("/queries", summary="The running queries (needs the token)", response_class=JSONResponse)
    async def queries(request: Request) -> Response:
        _operator(site, request)
        found = [query for queries in await peers.ask("queries") for query in queries]
        return JSONResponse({"queries": sorted(found, key=lambda q: -q["seconds"])}, headers=_NO_STORE)

    @routes.delete("/queries/{id}", summary="Stop a running query (needs the token)", status_code=204)
    async def stop(request: Request, id: str) -> Response:
        _operator(site, request)
        if not re.fullmatch(r"\d+-\d+", id) or not any(await peers.ask(f"stop {id}")):
            raise Problem("not-found", f"There is no running query {id[:50]}.", "All of them: GET /queries")
        return Response(status_code=204, headers=_NO_STORE)

    return routes


def _operator(site: Site, request: Request) -> None:
    if not site.options.token:
        raise Problem(
            "operator-only", "This server was started without a token, so nobody can be known as its operator.",
            "Start it with COMMONS_KG_TOKEN set.",
        )  # fmt: skip
    require(request, site.options.token)
