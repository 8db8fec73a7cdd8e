"""The DCAT catalogue for harvesters, and VoID at its well-known address.

Both are cut from ``description.ttl`` of the dumps, which names the files; of a version without dumps, from the graph
that describes it. See https://www.w3.org/TR/vocab-dcat-3/ and https://www.w3.org/TR/void/#well-known.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from rdflib import Graph
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.web import rdf_files
from kg.web.conneg import GRAPHS, PAGE
from kg.web.site import Site, asked_format, is_fresh, not_modified, reading

_PARTITIONS = ("#class-", "#property-")
"""Subjects of VoID's statistics, which a catalogue does without."""


def router(site: Site) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["dumps"])

    @reading(routes, "/.well-known/void", "Where the dataset is described (RFC 8615, VoID)")
    async def void() -> Response:
        described = site.pool.current().path / "dumps" / "description.ttl"
        to = "/dumps/description.ttl" if described.is_file() else "/store/description"
        return RedirectResponse(to, 302, {"Cache-Control": "no-cache"})

    async def catalogue(request: Request, suffix: str = "") -> Response:
        version = site.pool.current()
        chosen = asked_format(request, suffix, (PAGE, *GRAPHS))
        if chosen.format is PAGE:
            return RedirectResponse("/dumps", 303, {"Vary": "Accept"})
        described = version.path / "dumps" / "description.ttl"
        if not described.is_file():
            return RedirectResponse("/store/description", 302, {"Vary": "Accept"})
        etag = site.etag(version, "catalogue", chosen.media_type)
        if is_fresh(request, etag):
            return not_modified(etag, {"Vary": "Accept"})
        body = await asyncio.to_thread(_written, described, chosen.format.extension)
        headers = {"Vary": "Accept", "ETag": etag, "Cache-Control": "no-cache", "Link": rdf_files.links("/catalogue"),
                   "Content-Location": f"/catalogue.{chosen.format.extension}"}  # fmt: skip
        return Response(body, 200, headers, chosen.content_type)

    for path in ("/catalogue", "/catalogue.{suffix}"):
        reading(routes, path, "The DCAT catalogue", in_schema=path == "/catalogue")(catalogue)

    return routes


@lru_cache(8)
def _written(described: Path, extension: str) -> bytes:
    graph = Graph()
    for triple in Graph().parse(described, format="turtle"):
        if not any(part in str(term) for part in _PARTITIONS for term in triple):
            graph.add(triple)
    return rdf_files.serialised(graph, extension)
