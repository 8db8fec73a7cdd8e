"""The pages about the whole: quality, problems; and the checks of an operator."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.engine.errors import EngineError
from kg.engine.pool import Query
from kg.errors import StoreError
from kg.web.problems import KINDS, Problem
from kg.web.queries import bound
from kg.web.site import Site, reading, revalidation, unchanged
from kg.web.versions import manifest_of

SAMPLES = 5
"""Records that the quality page shows of one message."""


@dataclass
class Fault:
    """What the quality page says of one message of one source."""

    source: str
    kind: str
    reason: str
    hint: str = ""
    count: int = 0
    samples: list[dict[str, Any]] = field(default_factory=list)


def router(site: Site) -> APIRouter:
    """Return the routes of these pages."""
    routes = APIRouter(tags=["pages"])

    @reading(routes, "/quality", "Rejects and quarantine")
    async def quality(request: Request) -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "quality")
        if found := unchanged(request, headers):
            return found
        faults = await asyncio.to_thread(faults_of, version.path / "quality")
        return site.page("quality.html", headers=headers, faults=faults, manifest=manifest_of(site, version))

    @reading(routes, "/quality/{name}.jsonl", "The same as data")
    async def quality_data(name: str) -> Response:
        path = site.pool.current().path / "quality" / f"{name}.jsonl"
        if "/" in name or name.startswith(".") or not path.is_file():
            raise Problem("not-found", f"There is no quality report of {name} in this version.")
        return Response(await asyncio.to_thread(path.read_bytes), media_type="application/x-ndjson")

    @reading(routes, "/problems", "The kinds of problem")
    async def problems() -> Response:
        return site.page("problems.html", kinds=KINDS)

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

    return routes


def faults_of(folder: Path) -> list[Fault]:
    """Return the rejects and quarantined records of a version by source and message, the most frequent first."""
    found: dict[tuple[str, str, str], Fault] = {}
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                entry = json.loads(line)
                kind, reason = entry.get("kind", "reject"), entry.get("reason", "no reason is given")
                fault = found.setdefault((path.stem, kind, reason), Fault(path.stem, kind, reason))
                fault.count += 1
                fault.hint = fault.hint or entry.get("hint", "")
                if len(fault.samples) < SAMPLES:
                    fault.samples.append(entry)
    return sorted(found.values(), key=lambda f: (f.source, -f.count, f.reason))
