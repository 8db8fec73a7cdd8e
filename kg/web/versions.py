"""Published versions: all of them with their trend, each with what it is made of, and what changed between two."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from kg.dataset.manifest import Manifest
from kg.engine.pool import VersionRef
from kg.errors import StoreError
from kg.identifiers import Minter
from kg.web import differences, i18n, terms
from kg.web.browse import BROWSE
from kg.web.citation import cite
from kg.web.conneg import GRAPHS, PAGE
from kg.web.differences import ADDED, CHANGED, REMOVED, Statement, Step
from kg.web.entity import page_number
from kg.web.labels import labels_of
from kg.web.problems import Problem
from kg.web.site import Site, asked_format, current, is_fresh, not_modified, reading
from kg.web.trend import Point, trend

PER_PAGE = 100
"""Statements, or things, on a page of a difference."""
SAMPLE = 8
"""Things of each kind and change that the page of a difference names."""

_FILES = {
    "changes.rdfp": "application/rdf-patch", "added.nq": "application/n-quads", "removed.nq": "application/n-quads",
    "added.trig": "application/trig", "removed.trig": "application/trig",
    "things.csv": "text/csv; charset=utf-8",
}  # fmt: skip
_BATCH = 500

_Body = Callable[[tuple[Step, ...], str, str], Iterator[bytes]]
"""The pieces of a file, of the steps between two versions and the IRIs of these."""


@dataclass(slots=True)
class Group:
    """Statements of one thing that were added or removed."""

    thing: terms.Value
    statements: list[tuple[Statement, terms.Value]] = field(default_factory=list)


@dataclass(slots=True)
class KindChange:
    """What happened to the things of one kind."""

    cls: str
    counts: dict[str, int]
    is_main: bool
    """Whether there is a list of its things."""
    named: dict[str, list[terms.Value]] = field(default_factory=dict)
    """The first of those that were added, removed, changed."""


def router(site: Site) -> APIRouter:
    """Return the routes of versions."""
    routes = APIRouter(tags=["versions"])

    @reading(routes, "/versions", "Published versions")
    async def versions() -> Response:
        found = await asyncio.to_thread(manifests, site)
        points = [
            Point(
                f"/versions/{m.id}", i18n.day(m.created), f"{i18n.day(m.created)}: {i18n.number(m.quads)}", (m.quads,)
            )
            for m in found
        ]
        return site.page(
            "versions.html", headers={"Cache-Control": "no-cache"}, manifests=found[::-1], trend=trend(points),
        )  # fmt: skip

    @reading(routes, "/versions/diff", "Between two versions", in_schema=False)
    async def chosen(request: Request) -> Response:
        old, new = (request.query_params.get(name, "") for name in ("from", "to"))
        return RedirectResponse(f"/versions/{quote(old)}...{quote(new)}", 303)

    @reading(routes, "/versions/{id}", "A version, or A...B: what changed between two")
    async def version(request: Request, id: str) -> Response:
        if "..." in id:
            return await _difference(site, request, id)
        found = manifest_or_problem(site, id)
        now = current(site)
        etag = site.etag(VersionRef(id, site.home.versions / id), "version", now.id if now else "")
        if is_fresh(request, etag):
            return not_modified(etag)
        counted = await asyncio.to_thread(_counted, site, found)
        return site.page(
            "version.html", headers={"ETag": etag, "Cache-Control": "no-cache"}, manifest=found, summary=counted,
            kinds=_kinds(counted) if counted else [], cited=cite(found, Minter(found.base)),
            iri=Minter(found.base).version(id),
        )  # fmt: skip

    @reading(routes, "/versions/{between}/{name}", "What changed between two versions, as a file", in_schema=False)
    async def file(between: str, name: str) -> Response:
        old, new = _pair(site, between)
        if name not in _FILES:
            raise Problem(
                "not-found",
                i18n.gettext("There is no %(name)s of a difference.") % {"name": name[:100]},
                i18n.gettext("There are: %(names)s.") % {"names": ", ".join(_FILES)},
            )
        walk = _steps(site, old, new)
        mint = Minter(new.base)
        body = _BODIES[name](walk, mint.version(old.id), mint.version(new.id))
        headers = {
            "Content-Disposition": f'attachment; filename="{old.id}...{new.id}-{name}"',
            "Cache-Control": "public, max-age=86400",
        }
        return StreamingResponse(_batches(body), headers=headers, media_type=_FILES[name])

    @reading(routes, "/version/{rest}", "A version as a thing: its permanent IRI")
    async def permanent(request: Request, rest: str) -> Response:
        id, dot, suffix = rest.partition(".")
        found = manifest_or_problem(site, id)
        chosen = asked_format(request, suffix if dot else "", (PAGE, *GRAPHS))
        if chosen.format is PAGE:
            return RedirectResponse(f"/versions/{id}", 303, {"Vary": "Accept"})
        of = VersionRef(id, site.home.versions / id)
        body = await site.description(Minter(found.base).version(id), chosen.format, version=of)
        headers = {"Vary": "Accept", "Content-Location": f"/version/{id}.{chosen.format.extension}"}
        return Response(body, 200, headers, chosen.content_type)

    return routes


def manifest_of(site: Site, version: VersionRef) -> Manifest | None:
    """Return the manifest of a version, None where it cannot be read: a page can do without."""
    try:
        return site.manifest(version)
    except StoreError:
        return None


def manifests(site: Site) -> list[Manifest]:
    """Return what is known of all versions, oldest first; a damaged one is left out."""
    found = (manifest_of(site, VersionRef(path.name, path)) for path in site.home.versions.glob("[!.]*"))
    return sorted((m for m in found if m is not None), key=lambda m: (m.created, m.id))


def manifest_or_problem(site: Site, id: str) -> Manifest:
    """Return the manifest of a version.

    Raises:
        Problem: 404, there is none of this id.
    """
    path = site.home.versions / id
    if re.fullmatch(r"[\w\-]{1,100}", id) and (path / "manifest.json").is_file():
        found = manifest_of(site, VersionRef(id, path))
        if found is not None:
            return found
    detail = i18n.gettext("There is no version %(id)s, or it is not kept any more.") % {"id": id[:100]}
    raise Problem("not-found", detail, i18n.gettext("All that are kept: /versions"))


def _pair(site: Site, between: str) -> tuple[Manifest, Manifest]:
    old, _, new = between.partition("...")
    return manifest_or_problem(site, old), manifest_or_problem(site, new)


def _steps(site: Site, old: Manifest, new: Manifest) -> tuple[Step, ...]:
    try:
        return differences.steps(site.home, old.id, new.id)
    except differences.UnknownError as error:
        raise Problem("not-found", str(error), f"On the server: commons-kg versions diff {old.id} {new.id}") from None


def _counted(site: Site, manifest: Manifest) -> differences.Summary | None:
    """Count what a version changed against its parent, None where it has kept nothing of it."""
    path = site.home.versions / manifest.id
    return differences.summary((Step(path, False),)) if differences.is_kept(path) else None


def _kinds(summary: differences.Summary) -> list[KindChange]:
    """Return what happened to things by kind, those first that have a list, each once.

    What one vocabulary calls org:Organization, another calls schema:Organization.
    """
    listed = [kind.cls for kind in BROWSE.values()]
    found = [KindChange(cls, counts, is_main=cls in listed) for cls, counts in summary.kinds.items()]
    found.sort(key=lambda k: (listed.index(k.cls) if k.is_main else len(listed), terms.rank_of(k.cls), k.cls))
    first: dict[tuple[str, str], KindChange] = {}
    for kind in found:
        first.setdefault((terms.label_of(kind.cls), str(kind.counts)), kind)
    return list(first.values())


async def _difference(site: Site, request: Request, between: str) -> Response:
    old, new = _pair(site, between)
    walk = await asyncio.to_thread(_steps, site, old, new)
    query = request.query_params
    wanted = {name: query.get(name, "") for name in ("graph", "change", "kind")}
    number = page_number(request)
    here = f"/versions/{old.id}...{new.id}"
    if any(wanted.values()):
        here += "?" + urlencode({name: value for name, value in wanted.items() if value})
    headers = {"ETag": site.etag(VersionRef(between, site.home.versions), "diff", request.url.query),
               "Cache-Control": "no-cache"}  # fmt: skip
    if is_fresh(request, headers["ETag"]):
        return not_modified(headers["ETag"])
    counted = await asyncio.to_thread(differences.summary, walk)
    context: dict[str, Any] = {
        "old": old,
        "new": new,
        "summary": counted,
        "number": number,
        "here": here,
        "wanted": wanted,
    }
    if wanted["kind"]:
        things = await asyncio.to_thread(_some_things, walk, wanted["kind"], wanted["change"], number)
        named = await _named(site, (thing for _, thing in things), old, new)
        return site.page(
            "version_things.html", headers=headers, more=len(things) > PER_PAGE,
            things=[(change, named[thing]) for change, thing in things[:PER_PAGE]], **context,
        )  # fmt: skip
    kinds = _kinds(counted)
    if number == 1 and not any(wanted.values()):
        await _name_some(site, walk, kinds, old, new)
    found = await asyncio.to_thread(_some_statements, walk, wanted, number)
    groups = await _groups(site, found[:PER_PAGE], old, new)
    return site.page(
        "version_diff.html", headers=headers, kinds=kinds, groups=groups, more=len(found) > PER_PAGE, **context
    )


def _some_things(walk: tuple[Step, ...], kind: str, change: str, number: int) -> list[tuple[str, str]]:
    found = ((c, thing) for c, cls, thing in differences.things(walk) if cls == kind and change in ("", c))
    return list(islice(found, (number - 1) * PER_PAGE, number * PER_PAGE + 1))


def _some_statements(walk: tuple[Step, ...], wanted: dict[str, str], number: int) -> list[Statement]:
    found: Iterable[tuple[bool, bytes]] = differences.lines(walk)
    if wanted["graph"]:
        found = differences.of_graph(found, wanted["graph"])
    if wanted["change"]:
        found = (line for line in found if line[0] == (wanted["change"] == ADDED))
    return [differences.statement(*line) for line in islice(found, (number - 1) * PER_PAGE, number * PER_PAGE + 1)]


async def _name_some(site: Site, walk: tuple[Step, ...], kinds: list[KindChange], old: Manifest, new: Manifest) -> None:
    """Name the first things of each kind."""

    def first() -> dict[tuple[str, str], list[str]]:
        some: dict[tuple[str, str], list[str]] = {}
        for change, kind, thing in differences.things(walk):
            kept = some.setdefault((kind, change), [])
            if len(kept) < SAMPLE:
                kept.append(thing)
        return some

    found = await asyncio.to_thread(first)
    named = await _named(site, (thing for things in found.values() for thing in things), old, new)
    for kind in kinds:
        kind.named = {c: [named[t] for t in found.get((kind.cls, c), [])] for c in (ADDED, REMOVED, CHANGED)}


async def _named(site: Site, things: Iterable[str], old: Manifest, new: Manifest) -> dict[str, terms.Value]:
    """Return the links to things: labels are those of the newer version, else of the older."""
    iris = set(things)
    labels = await _labels(site, iris, old, new)
    base = site.options.base
    return {iri: terms.value_of(_as_term(iri), base, labels.get(iri)) for iri in iris}


def _as_term(iri: str) -> dict[str, str]:
    return {"type": "bnode", "value": iri[2:]} if iri.startswith("_:") else {"type": "uri", "value": iri}


async def _labels(site: Site, iris: set[str], old: Manifest, new: Manifest) -> dict[str, str]:
    labels: dict[str, str] = {}
    for manifest in (new, old):
        missing = iris - set(labels)
        labels |= await labels_of(site, missing, VersionRef(manifest.id, site.home.versions / manifest.id))
    return labels


async def _groups(site: Site, found: list[Statement], old: Manifest, new: Manifest) -> list[Group]:
    base = site.options.base
    iris = {t["value"] for s in found for t in (s.subject, s.value) if t["type"] == "uri"}
    labels = await _labels(site, iris, old, new)
    groups: dict[str, Group] = {}
    for one in found:
        subject = one.subject["value"]
        group = groups.setdefault(subject, Group(terms.value_of(one.subject, base, labels.get(subject))))
        value = terms.value_of(one.value, base, labels.get(one.value["value"]))
        value.graphs = [one.graph.removeprefix(Minter(base).graph(""))] if one.graph else []
        group.statements.append((one, value))
    return list(groups.values())


def _patch(walk: tuple[Step, ...], old: str, new: str) -> Iterator[bytes]:
    yield f"H id <{new}> .\nH prev <{old}> .\nTX .\n".encode()
    for is_added, quad in differences.lines(walk):
        yield (b"A " if is_added else b"D ") + quad + b" .\n"
    yield b"TC .\n"


def _quads(is_added: bool) -> _Body:
    def body(walk: tuple[Step, ...], old: str, new: str) -> Iterator[bytes]:
        return (quad + b" .\n" for added, quad in differences.lines(walk) if added == is_added)

    return body


def _trig(is_added: bool) -> _Body:
    def body(walk: tuple[Step, ...], old: str, new: str) -> Iterator[bytes]:
        quads = (differences.parted(quad) for added, quad in differences.lines(walk) if added == is_added)
        for graph, found in groupby(quads, key=itemgetter(1)):  # a block for each run: the quads are in order of things
            yield b"%s {\n" % graph if graph else b"{\n"
            yield from (b"  %s .\n" % triple for triple, _ in found)
            yield b"}\n"

    return body


def _rows(walk: tuple[Step, ...], old: str, new: str) -> Iterator[bytes]:
    yield b"change,kind,thing\n"
    for change, kind, thing in differences.things(walk):
        yield f'{change},"{kind}","{thing}"\n'.encode()


_BODIES: dict[str, _Body] = {
    "changes.rdfp": _patch, "added.nq": _quads(True), "removed.nq": _quads(False), "added.trig": _trig(True),
    "removed.trig": _trig(False), "things.csv": _rows,
}  # fmt: skip


def _batches(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join pieces to what is worth sending."""
    while batch := b"".join(islice(pieces, _BATCH)):
        yield batch
