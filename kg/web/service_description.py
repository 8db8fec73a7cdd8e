"""``GET /sparql`` without a query: the service described in RDF, for whoever asks for no page.

https://www.w3.org/TR/sparql11-service-description/#accessing
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from kg.engine.pool import Query, VersionRef
from kg.engine.service import describe
from kg.resources import query
from kg.web.conneg import GRAPHS, PAGE, Chosen, choose, named
from kg.web.site import Site, is_fresh, not_modified

INPUTS = ("ttl", "nt", "rdf", "jsonld")
"""Extensions of the syntaxes that the graph store takes."""


def chosen(request: Request, format: str | None) -> Chosen | None:
    """Return the syntax that the client wants the description in; None where it wants the page or no RDF at all."""
    offered = (*GRAPHS, PAGE)
    found = named(format, offered) if format else choose(request.headers.get("accept"), offered)
    return None if found is None or found.format is PAGE else found


def describer(site: Site) -> Callable[[Request, Chosen], Awaitable[Response]]:
    """Return what answers with the description; it counts each version once."""
    counted: dict[str, dict[str | None, int]] = {}

    async def counts(version: VersionRef) -> dict[str | None, int]:
        if version.id not in counted:
            asked = Query(text=query("statistics/service"), graph=None)
            async with site.pool.query(asked, version=version) as answer:
                rows = json.loads(await answer.read())["results"]["bindings"]
            counted.clear()
            counted[version.id] = {
                row["graph"]["value"] if "graph" in row else None: int(row["count"]["value"])
                for row in rows
                if row.get("graph", {"type": "uri"})["type"] == "uri"
            }
        return counted[version.id]

    async def answer(request: Request, wanted: Chosen) -> Response:
        version, endpoint = site.pool.current(), f"{request.base_url}sparql"
        etag = site.etag(version, "service", endpoint, wanted.media_type, str(site.updater is not None),
                         str(site.pool.options.limits.service), site.pool.options.remote)  # fmt: skip
        headers = {"Vary": "Accept", "Cache-Control": "no-cache", "ETag": etag, "X-Dataset-Version": version.id}
        if is_fresh(request, etag):
            return not_modified(etag, headers)
        body = describe(
            endpoint, wanted.format.extension, counts=await counts(version), union=site.options.union,
            update=site.updater is not None, inputs=INPUTS if site.updater is not None else (),
            federated=site.pool.options.limits.service, remote=bool(site.pool.options.remote),
        )  # fmt: skip
        return Response(body, headers=headers, media_type=wanted.content_type)

    return answer
