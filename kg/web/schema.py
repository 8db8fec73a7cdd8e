"""``/sparql/schema.json``: classes and properties of the data with labels and counts, for who completes queries.

The same is in the store as VoID partitions (``kg.dataset.description``); this is it in one small file, by version.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.dataset.statistics import Statistics
from kg.namespaces import PREFIXES
from kg.web import terms
from kg.web.site import Site, is_fresh, not_modified, reading

MOST = 2_000
"""Classes, and properties, that are told, those first that are used most: data with more of them is rare."""


def router(site: Site) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["SPARQL"])

    @reading(routes, "/sparql/schema.json", "Classes and properties of the data, with labels and counts")
    async def schema(request: Request) -> Response:
        version = site.pool.current()
        etag = site.etag(version, "schema")
        headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie",
                   "X-Dataset-Version": version.id}  # fmt: skip
        if is_fresh(request, etag):
            return not_modified(etag, headers)
        counted = Statistics.from_json(site.manifest(version).statistics)
        body = json.dumps({"version": version.id, **told(counted)}, ensure_ascii=False, separators=(",", ":"))
        return Response(body, headers=headers, media_type="application/json")

    return routes


def told(counted: Statistics) -> dict[str, Any]:
    """Return what is sent.

    ``classes`` have ``iri``, ``label``, ``count`` of things, and ``properties``: pairs of the position of a property in
    the other list and the number of statements that things of the class make with it; ``properties`` have ``iri``,
    ``label``, ``count`` of statements, and ``objects``: positions of the classes that they point at.
    """
    classes = sorted(counted.classes, key=lambda iri: -counted.classes[iri])[:MOST]
    properties = sorted(counted.properties, key=lambda iri: -counted.properties[iri])[:MOST]
    of_class = {iri: position for position, iri in enumerate(classes)}
    of_property = {iri: position for position, iri in enumerate(properties)}
    objects: dict[str, set[int]] = {}
    for uses in counted.schema.values():
        for iri, use in uses.items():
            objects.setdefault(iri, set()).update(of_class[of] for of in use.objects if of in of_class)
    return {
        "prefixes": PREFIXES,
        "classes": [
            {
                "iri": iri, "label": terms.label_of(iri), "count": counted.classes[iri],
                "properties": [
                    [of_property[prop], use.triples]
                    for prop, use in counted.schema.get(iri, {}).items() if prop in of_property
                ],
            }
            for iri in classes
        ],
        "properties": [
            {
                "iri": iri, "label": terms.label_of(iri), "count": counted.properties[iri],
                "objects": sorted(objects.get(iri, ())),
            }
            for iri in properties
        ],
    }  # fmt: skip
