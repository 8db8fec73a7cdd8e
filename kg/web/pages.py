"""The pages about the whole: home, lists, versions, quality, problems; and the checks of an operator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.dataset.manifest import Manifest
from kg.engine.errors import EngineError
from kg.engine.pool import Query, VersionRef
from kg.errors import StoreError
from kg.namespaces import CC, COMMONS, ORG, SCHEMA, SDGO
from kg.web import charts, terms
from kg.web.entity import page_number, thing_value
from kg.web.problems import KINDS, Problem
from kg.web.queries import bound
from kg.web.site import Site, examples, is_fresh, not_modified, reading

SAMPLES = 5
"""Records that the quality page shows of one message."""


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

    def page(request: Request, template: str, version: VersionRef, **context: Any) -> Response:
        etag = site.etag(version, template, str(request.url.query))
        return site.page(template, headers={"ETag": etag, "Cache-Control": "no-cache"}, **context)

    def cached(request: Request, template: str, version: VersionRef) -> Response | None:
        etag = site.etag(version, template, str(request.url.query))
        return not_modified(etag) if is_fresh(request, etag) else None

    @reading(routes, "/", "Home")
    async def home(request: Request) -> Response:
        version = site.pool.current()
        if found := cached(request, "home.html", version):
            return found
        counts_query = bound("counts", classes=tuple(kind.cls for kind in BROWSE.values()))
        goals_query = bound("goods-per-goal")
        counts, goals, posts = await asyncio.gather(
            site.rows(counts_query, version=version),
            site.rows(goals_query, version=version),
            site.rows(bound("recent-posts"), version=version),
        )
        by_class = {row["class"]["value"]: int(row["things"]["value"]) for row in counts}
        return page(
            request, "home.html", version,
            kinds=[(kind, by_class[kind.cls]) for kind in BROWSE.values() if by_class.get(kind.cls)],
            posts=[(terms.value_of(r["post"], site.options.base, r["label"]["value"]), r["date"]["value"][:10],
                    r.get("publisher", {}).get("value", "")) for r in posts],
            chart=charts.goals(goals), counts_query=counts_query, goals_query=goals_query,
            posts_query=bound("recent-posts"), examples=examples(), manifest=manifest_of(site, version),
        )  # fmt: skip

    @reading(routes, "/browse", "The lists")
    async def lists(request: Request) -> Response:
        version = site.pool.current()
        counts = await site.rows(bound("counts", classes=tuple(k.cls for k in BROWSE.values())), version=version)
        by_class = {row["class"]["value"]: int(row["things"]["value"]) for row in counts}
        return page(request, "lists.html", version, kinds=[(k, by_class.get(k.cls, 0)) for k in BROWSE.values()])

    @reading(routes, "/browse/{slug}", "A list")
    async def browse(request: Request, slug: str) -> Response:
        kind = BROWSE.get(slug)
        if kind is None:
            raise Problem("not-found", f"There is no list of {slug}.", f"There are: {', '.join(BROWSE)}.")
        number, version = page_number(request), site.pool.current()
        if found := cached(request, "browse.html", version):
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
        return page(
            request, "browse.html", version, kind=kind, things=things, number=number, total=total,
            more=len(rows) > per_page, start=(number - 1) * per_page + 1,
            query=bound(kind.query, **{"class": kind.cls}, limit=10_000, offset=0),
        )  # fmt: skip

    @reading(routes, "/quality", "Rejects and quarantine")
    async def quality(request: Request) -> Response:
        version = site.pool.current()
        if found := cached(request, "quality.html", version):
            return found
        faults = await asyncio.to_thread(faults_of, version.path / "quality")
        return page(request, "quality.html", version, faults=faults, manifest=manifest_of(site, version))

    @reading(routes, "/quality/{name}.jsonl", "The same as data")
    async def quality_data(name: str) -> Response:
        path = site.pool.current().path / "quality" / f"{name}.jsonl"
        if "/" in name or name.startswith(".") or not path.is_file():
            raise Problem("not-found", f"There is no quality report of {name} in this version.")
        return Response(await asyncio.to_thread(path.read_bytes), media_type="application/x-ndjson")

    @reading(routes, "/versions", "Published versions")
    async def versions() -> Response:
        found = await asyncio.to_thread(lambda: list(_manifests(site)))
        return site.page("versions.html", manifests=found, headers={"Cache-Control": "no-cache"})

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


def manifest_of(site: Site, version: VersionRef) -> Manifest | None:
    """Return the manifest of a version, None where it cannot be read: a page can do without."""
    try:
        return site.manifest(version)
    except StoreError:
        return None


def _manifests(site: Site) -> Iterator[Manifest]:
    for path in sorted(site.home.versions.glob("[!.]*"), reverse=True):
        manifest = manifest_of(site, VersionRef(path.name, path))
        if manifest is not None:
            yield manifest


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
