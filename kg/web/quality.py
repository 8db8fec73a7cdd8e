"""Quality: what was rejected, quarantined or warned of, by message and by source, with the records and their trend."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kg.dataset.manifest import Manifest, SourceState
from kg.engine.pool import VersionRef
from kg.web import i18n, shape_table, terms
from kg.web.entity import page_number
from kg.web.fault_files import WRITERS
from kg.web.faults import KINDS, Fault, Record, Wanted, records
from kg.web.i18n import gettext as _
from kg.web.labels import labels_of
from kg.web.problems import Problem
from kg.web.site import Site, reading, revalidation, unchanged
from kg.web.trend import Point, trend
from kg.web.versions import manifest_of, manifests

PER_PAGE = 25
"""Records on a page."""


_BLANK: Record = {
    "kind": "reject", "source": "", "label": "", "origins": (), "reason": "", "hint": "", "excerpt": "", "triples": (),
}  # fmt: skip
_RESULT = {"message": "", "path": None, "value": None, "severity": "Violation"}
"""What files leave out that is empty."""


@dataclass(slots=True)
class Shown:
    """A record as a page shows it."""

    record: Record
    results: list[tuple[dict[str, Any], terms.Value | None, shape_table.Rule | None]]
    """Each result, the thing it is about where that is in the graph, and the rule that it breaks."""


def router(site: Site) -> APIRouter:
    """Return the routes of quality."""
    routes = APIRouter(tags=["quality"])

    @reading(routes, "/quality", "Rejects, quarantine and warnings")
    async def overview(request: Request) -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "quality", str(len(list(site.home.versions.glob("[!.]*")))))
        if found := unchanged(request, headers):
            return found
        faults, kept = await asyncio.gather(
            asyncio.to_thread(Wanted().of, _folder(version)), asyncio.to_thread(manifests, site)
        )
        return site.page(
            "quality.html", headers=headers, manifest=manifest_of(site, version), faults=_merged(faults),
            trend=trend([_point(m) for m in kept]), history=[(m, _sums(m)) for m in reversed(kept)],
        )  # fmt: skip

    @reading(routes, "/quality/records", "The records, by source=, kind= and message=")
    async def found(request: Request, source: str = "", kind: str = "", message: str = "") -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "records")
        if same := unchanged(request, headers):
            return same
        wanted = Wanted(source, kind, message)
        return await _records(site, request, version, wanted, headers, "quality_records.html")

    @reading(routes, "/quality/records.{suffix}", "The same as data: jsonl, csv, or ttl as a SHACL report")
    async def data(suffix: str, source: str = "", kind: str = "", message: str = "") -> Response:
        return _file(site.pool.current(), Wanted(source, kind, message), "quality", suffix)

    @reading(routes, "/quality/{name}", "One source; .jsonl, .csv or .ttl: its records as data")
    async def of_source(request: Request, name: str) -> Response:
        version = site.pool.current()
        stem, dot, suffix = name.rpartition(".")
        if dot and suffix in WRITERS:
            if not (_folder(version) / f"{stem}.jsonl").is_file():
                raise _unknown(stem)
            return _file(version, Wanted(stem), stem, suffix)
        headers = revalidation(site, request, version, "source", name)
        if same := unchanged(request, headers):
            return same
        return await _records(site, request, version, Wanted(name), headers, "quality_source.html")

    return routes


def _folder(version: VersionRef) -> Path:
    return version.path / "quality"


def _unknown(name: str) -> Problem:
    return Problem(
        "not-found", _("This version has no source %(name)s.") % {"name": name[:100]}, _("All of them: /quality")
    )


def _sums(manifest: Manifest) -> tuple[int, int, int]:
    """Return how many records of a version were rejected, quarantined, and warned of."""
    sums = [(s.rejected, s.quarantined, s.warnings) for s in manifest.sources]
    return sum(s[0] for s in sums), sum(s[1] for s in sums), sum(s[2] for s in sums)


def _point(manifest: Manifest) -> Point:
    sums = _sums(manifest)
    told = _("%(day)s: %(rejected)s rejected, %(quarantined)s quarantined, %(warnings)s warnings") % {
        "day": i18n.day(manifest.created), "rejected": sums[0], "quarantined": sums[1], "warnings": sums[2],
    }  # fmt: skip
    return Point(f"/versions/{manifest.id}", i18n.day(manifest.created), told, sums)


@dataclass(slots=True)
class Merged:
    """A message with all its sources."""

    fault: Fault
    count: int
    sources: list[tuple[str, int]]


def _merged(faults: list[Fault]) -> list[Merged]:
    """Put the faults of all sources together that have the same message."""
    found: dict[str, Merged] = {}
    for fault in faults:
        merged = found.setdefault(fault.key, Merged(fault, 0, []))
        merged.count += fault.count
        merged.sources.append((fault.source, fault.count))
    return sorted(found.values(), key=lambda m: (KINDS.index(m.fault.kind), -m.count, m.fault.message))


async def _records(
    site: Site, request: Request, version: VersionRef, wanted: Wanted, headers: dict[str, str], template: str
) -> Response:
    faults = await asyncio.to_thread(wanted.of, _folder(version))
    manifest = manifest_of(site, version)
    source = next((s for s in manifest.sources if s.name == wanted.source), None) if manifest else None
    if not faults and (wanted.message or (wanted.source and source is None and not _has(version, wanted.source))):
        raise (
            _unknown(wanted.source)
            if wanted.source
            else Problem("not-found", _("This version has no record with that message."), _("All of them: /quality"))
        )
    number = page_number(request)
    some = await asyncio.to_thread(
        lambda: list(islice(records(_folder(version), faults, (number - 1) * PER_PAGE, PER_PAGE + 1), PER_PAGE + 1))
    )
    filters = {k: v for k, v in (("source", wanted.source), ("kind", wanted.kind), ("message", wanted.message)) if v}
    query = f"?{urlencode(filters)}" if filters else ""
    here = f"/quality/{wanted.source}" if template == "quality_source.html" else f"/quality/records{query}"
    return site.page(
        template, headers=headers, wanted=wanted, faults=faults, source=source, here=here, query=query, number=number,
        total=sum(f.count for f in faults), more=len(some) > PER_PAGE, start=(number - 1) * PER_PAGE + 1,
        shown=await _shown(site, some[:PER_PAGE], version), sources=_sources(manifest),
    )  # fmt: skip


def _has(version: VersionRef, name: str) -> bool:
    return "/" not in name and not name.startswith(".") and (_folder(version) / f"{name}.jsonl").is_file()


def _sources(manifest: Manifest | None) -> dict[str, SourceState]:
    return {source.name: source for source in manifest.sources} if manifest else {}


async def _shown(site: Site, found: list[Record], version: VersionRef) -> list[Shown]:
    results = [result for record in found for result in record.get("results", ())]
    labels = await labels_of(site, (result["focus"] for result in results if result.get("focus")), version)

    def thing(result: dict[str, Any]) -> terms.Value | None:
        focus = result.get("focus")
        if focus not in labels:
            return None
        return terms.value_of({"type": "uri", "value": focus}, site.options.base, labels[focus])

    return [
        Shown(_BLANK | record, [(_RESULT | r, thing(r), shape_table.broken(r)) for r in record.get("results", ())])
        for record in found
    ]


def _file(version: VersionRef, wanted: Wanted, name: str, suffix: str) -> Response:
    if suffix not in WRITERS:
        raise Problem("not-acceptable", f"Records are not written as {suffix}.", f"There is: {', '.join(WRITERS)}.")
    media_type, write = WRITERS[suffix]
    folder = _folder(version)
    headers = {"Content-Disposition": f'inline; filename="{name}.{suffix}"', "Cache-Control": "no-cache"}
    return StreamingResponse(write(records(folder, wanted.of(folder))), headers=headers, media_type=media_type)
