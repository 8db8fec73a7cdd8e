"""The pages of the shapes: what must hold of each kind of thing, and how often it does not."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.engine.pool import VersionRef
from kg.web import rdf_files, shape_table
from kg.web.faults import Fault, Wanted, faults_of, records
from kg.web.i18n import gettext as _
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.shape_table import Shape, shapes
from kg.web.site import Site, current, reading, revalidation, unchanged


def router(site: Site) -> APIRouter:
    """Return the routes of the shapes."""
    routes = APIRouter(tags=["ontology"])

    async def things(version: VersionRef | None) -> dict[str, int]:
        """Count the things that shapes are about: class -> things."""
        if version is None:
            return {}
        classes = tuple(sorted({cls for shape in shapes().values() for cls in shape.targets}))
        rows = await site.rows(bound("counts", classes=classes), version=version)
        return {row["class"]["value"]: int(row["things"]["value"]) for row in rows}

    async def whole(request: Request, suffix: str = "") -> Response:
        if (body := rdf_files.represented(request, "/shapes", suffix, shape_table.graph)) is not None:
            return body
        version = current(site)
        headers = {"Vary": "Accept", "Link": rdf_files.links("/shapes"), "Cache-Control": "no-cache"}
        broken = await asyncio.to_thread(results_of, version.path / "quality") if version else Counter[str]()
        counts = await things(version)
        groups: dict[str, list[tuple[Shape, int, int]]] = {}
        for shape in shapes().values():
            about = sum(counts.get(cls, 0) for cls in shape.targets)
            results = sum(broken[rule.message] for rule in shape.rules)
            groups.setdefault(shape.file, []).append((shape, about, results))
        return site.page("shapes.html", headers=headers, groups=groups, files=shape_table.FILES)

    for path in ("/shapes", "/shapes/", "/shapes.{suffix}"):
        reading(routes, path, "The shapes: what must hold", in_schema=path == "/shapes")(whole)

    @reading(routes, "/shapes/{name}", "A shape")
    async def one(request: Request, name: str) -> Response:
        stem, dot, suffix = name.partition(".")
        shape = shapes().get(stem)
        if shape is None:
            raise Problem(
                "not-found", _("There is no shape %(name)s.") % {"name": stem[:100]}, _("All of them: /shapes")
            )
        body = rdf_files.represented(request, f"/shapes/{stem}", suffix if dot else "", lambda: shape_table.graph(stem))
        if body is not None:
            return body
        version = site.pool.current()
        headers = revalidation(site, request, version, "shape", stem) | {
            "Vary": "Accept", "Link": rdf_files.links(f"/shapes/{stem}"),
        }  # fmt: skip
        if found := unchanged(request, headers):
            return found
        broken, faults, counts = await asyncio.gather(
            asyncio.to_thread(results_of, version.path / "quality"),
            asyncio.to_thread(_faults, version.path / "quality"),
            things(version),
        )
        return site.page(
            "shape.html", headers=headers, shape=shape, broken=broken, faults=faults,
            things=sum(counts.get(cls, 0) for cls in shape.targets),
        )  # fmt: skip

    return routes


@lru_cache(2)
def results_of(folder: Path) -> Counter[str]:
    """Count the results of validation that a version has kept, by their message."""
    validated = [fault for fault in faults_of(folder) if fault.kind != "reject"]
    return Counter(result.get("message", "") for r in records(folder, validated) for result in r.get("results", ()))


def _faults(folder: Path) -> dict[str, Fault]:
    """Return what the list of records can be filtered by: message -> a fault that has it."""
    return {fault.message: fault for fault in Wanted().of(folder) if fault.kind != "reject"}
