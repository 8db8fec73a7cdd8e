"""The addresses of single things: ours at their own paths, foreign ones at ``/resource?iri=``, graphs, versions.

A thing that is no document (an organization, a goal) cannot be sent, only what is said of it: where a request asks for
the thing's IRI itself, because this host is the one of the base IRI, it is sent on by 303 to the page or file that
suits it, as https://www.w3.org/TR/cooluris/#r303gendocument asks. At any other host (the base is a redirecting name
such as w3id.org, which has given the 303 by then; or this is a copy, or a laptop) the address is that of a document
about the thing; it is answered with 200, and ``Content-Location`` names the representation that was chosen. So a
client has its answer with one redirect at most, and no client that follows redirects need know of the difference.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.dataset.manifest import SourceState
from kg.engine.pool import VersionRef
from kg.web import groups, kinds, missing, neighbourhood, statements, structured, terms
from kg.web.conneg import CSV, NQUADS, PAGE, THING, TRIG, Chosen, named
from kg.web.i18n import gettext as _
from kg.web.labels import labels_of
from kg.web.problems import Problem
from kg.web.queries import Text, bound
from kg.web.queries import iri as checked
from kg.web.site import Site, asked_format, is_fresh, not_modified, reading
from kg.web.sources import licences, notes, sources
from kg.web.things import Entity, alternate, link_to, look_up

_IRI_SAFE = "%/:=&?~#+!$,;'@()*[]"


def router(site: Site) -> APIRouter:
    """Return the routes of things."""
    routes = APIRouter(tags=["things"])

    @reading(routes, "/resource", "A thing by its IRI")
    async def resource(request: Request, iri: str = "") -> Response:
        if not iri:
            raise Problem("bad-request", _("Say which thing: /resource?iri=..."))
        if iri.startswith(site.options.base):
            return RedirectResponse("/" + iri.removeprefix(site.options.base), 303)
        known = missing.canonical(iri)
        if known != iri:
            others = [(k, v) for k, v in request.query_params.multi_items() if k != "iri"]
            return RedirectResponse("/resource?" + urlencode([("iri", known), *others]), 301)
        return await represent(site, request, iri, "/resource?" + urlencode({"iri": iri}), "")

    @reading(routes, "/id/{rest:path}", "A thing")
    async def thing(request: Request, rest: str) -> Response:
        return await at_path(site, request, "id/" + rest)

    @reading(routes, "/graph/{rest:path}", "A named graph")
    async def graph(request: Request, rest: str) -> Response:
        return await at_path(site, request, "graph/" + rest)

    @reading(routes, "/dataset", "The dataset")
    async def dataset(request: Request) -> Response:
        return await at_path(site, request, "dataset")

    @reading(routes, "/dataset.{suffix}", "The dataset as data", in_schema=False)
    async def dataset_as(request: Request, suffix: str) -> Response:
        return await at_path(site, request, f"dataset.{suffix}")

    return routes


async def at_path(site: Site, request: Request, path: str) -> Response:
    """Answer for the thing whose IRI is the base and this path; a suffix such as ``.ttl`` names a representation."""
    path, suffix = _without_suffix(path)
    # as IRIs of ours are minted: what quote leaves alone here is what kg.identifiers leaves alone
    local = quote(path, safe="/-._~,:")
    return await represent(site, request, site.options.base + local, "/" + local, suffix)


def _without_suffix(path: str) -> tuple[str, str]:
    stem, dot, suffix = path.rpartition(".")
    if dot and any(suffix == f.extension for f in (*THING, PAGE)):
        return stem, suffix
    return path, ""


async def represent(site: Site, request: Request, iri: str, path: str, suffix: str) -> Response:
    """Return a thing as page or as data.

    Raises:
        Problem: 404, nothing is known of it; 410, an earlier version knew it; 406.
    """
    try:
        checked(iri)
    except ValueError as error:
        raise Problem("bad-request", f"{error}.") from None
    chosen = asked_format(request, suffix, (PAGE, *THING))
    if _is_the_thing(request, iri, path, suffix):
        return RedirectResponse(alternate(path, chosen.format.extension), 303, {"Vary": "Accept"})
    asked = request.query_params.get("version")
    version = missing.version_named(site, asked) if asked else site.pool.current()
    etag = site.etag(version, iri, chosen.media_type, request.url.query)
    if is_fresh(request, etag):
        return not_modified(etag, {"Vary": "Accept"})
    headers = {"Vary": "Accept", "ETag": etag, "Cache-Control": "no-cache", "X-Dataset-Version": version.id}
    if chosen.format is not PAGE:
        return await _data(site, request, iri, path, chosen, version, headers)
    via = request.query_params.get("via")
    if via:
        return await _list(site, request, iri, path, via, version, headers)
    entity = await look_up(site, iri, path, version)
    if entity is None and path.startswith("/graph/"):
        entity = await _bare_graph(site, iri, path, version)
    if entity is None:
        raise await missing.problem(site, iri, path, version)
    return await _page(site, request, entity, version, headers)


def _is_the_thing(request: Request, iri: str, path: str, suffix: str) -> bool:
    """Whether the request is for the very IRI of something that is no document."""
    is_plain = not suffix and not request.url.query
    return is_plain and path.startswith("/id/") and f"{request.url.scheme}://{request.url.netloc}{path}" == iri


def _links(request: Request, iri: str, path: str, found: list[str]) -> str:
    """Return the Link header: https://www.rfc-editor.org/rfc/rfc8288, relations as IANA registers them."""
    here = str(request.base_url).rstrip("/")
    links = [f'<{alternate(path, f.extension)}>; rel="alternate"; type="{f.media_type}"' for f in THING]
    links.append(f'<{alternate(path, "ttl")}>; rel="describedby"; type="text/turtle"')
    links.append(f'<{here}{path}>; rel="canonical"')
    links.append(f'<{quote(iri, safe=_IRI_SAFE)}>; rel="describes"')
    links += [f'<{quote(licence, safe=_IRI_SAFE)}>; rel="license"' for licence in found]
    return ", ".join(links)


async def _data(
    site: Site, request: Request, iri: str, path: str, chosen: Chosen, version: VersionRef, headers: dict[str, str]
) -> Response:
    """Return the representation of a thing that is no page."""
    rows = await site.rows(bound("things/graphs", thing=iri), version=version)
    known = await sources(site, version)
    if chosen.format in (TRIG, NQUADS):
        found = await statements.quads(site, iri, version)
        body = (statements.trig if chosen.format is TRIG else statements.nquads)(found)
    elif chosen.format is CSV:
        body = await statements.table(site, iri, version)
    else:
        body = await site.description(iri, chosen.format, version=version)
    if not rows and await _is_empty(site, iri, version):
        if path.startswith("/graph/") and await _bare_graph(site, iri, path, version):  # what it says, then
            asking = urlencode({"graph": iri, "format": chosen.format.extension})
            return RedirectResponse(f"/store?{asking}", 303, {"Vary": "Accept"})
        raise await missing.problem(site, iri, path, version)
    names = [row["graph"]["value"].partition("/graph/")[2] for row in rows]
    headers["Link"] = _links(request, iri, path, licences(known, names))
    headers["Content-Location"] = alternate(path, chosen.format.extension)
    return Response(body, 200, headers, chosen.content_type)


async def _is_empty(site: Site, iri: str, version: VersionRef) -> bool:
    chosen = named("nt", THING)
    assert chosen is not None
    return not await site.description(iri, chosen.format, version=version)  # in N-Triples, nothing is nothing


async def _bare_graph(site: Site, iri: str, path: str, version: VersionRef) -> Entity | None:
    """Return a graph of which nothing is stated, but that has statements."""
    query = bound("things/graph-contents", graph=iri)
    if not await site.rows(query, version=version):
        return None
    return Entity(iri, path, path.removeprefix("/graph/"), {}, frozenset(), [], None, [], [], query)


async def _page(site: Site, request: Request, entity: Entity, version: VersionRef, headers: dict[str, str]) -> Response:
    """Return the page of a thing: what its kind shows, all facts, what points at it, its neighbours, the sources."""
    known = await sources(site, version)
    numbered = notes(known, entity.graphs)
    headers["Link"] = _links(request, entity.iri, entity.path, licences(known, numbered))
    headers["Content-Location"] = alternate(entity.path, "html")
    is_old = version.id != site.pool.current().id
    context: dict[str, Any] = {
        "entity": entity, "formats": THING, "groups": groups.grouped(entity.facts), "notes": numbered,
        "old": version.id if is_old else None, "json_ld": structured.data(site, entity),
    }  # fmt: skip
    if entity.path.startswith("/graph/"):
        return site.page("graph.html", headers=headers, **context, **await _graph(site, entity, version))
    kind = kinds.of(entity)
    shown = await kind.gather(site, request, entity, version) if kind else {}
    picture = neighbourhood.draw(entity)
    template = kind.template if kind else "entity.html"
    return site.page(template, headers=headers, **context, picture=picture, **shown)


async def _list(
    site: Site, request: Request, iri: str, path: str, via: str, version: VersionRef, headers: dict[str, str]
) -> Response:
    """Return the page with the things that point at a thing by one property, from ``?after=`` on."""
    try:
        checked(via)
    except ValueError as error:
        raise Problem("bad-request", f"{error}.") from None
    after, limit = request.query_params.get("after", ""), site.options.per_page
    query = bound("things/pointing", object=iri, property=via, after=Text(after), limit=limit + 1)
    rows = await site.rows(query, version=version)
    if not rows:
        raise Problem(
            "not-found",
            (
                _("Nothing more points at %(iri)s by %(property)s.")
                if after
                else _("Nothing points at %(iri)s by %(property)s.")
            )
            % {"iri": iri, "property": via},
        )
    things = [row["thing"]["value"] for row in rows[:limit]]
    labels = await labels_of(site, (iri, *things), version)
    here = f"{path}{'&' if '?' in path else '?'}{urlencode({'via': via})}"
    return site.page(
        "incoming.html", headers=headers, title=terms.with_code(iri, labels.get(iri) or iri), path=path, via=via,
        things=[link_to(site, thing, labels.get(thing)) for thing in things],
        first=here if after else None, query=bound("things/pointing", object=iri, property=via, after=Text(""),
        limit=10_000), following=f"{here}&{urlencode({'after': things[-1]})}" if len(rows) > limit else None,
    )  # fmt: skip


def page_number(request: Request) -> int:
    """Return ``?page=``, from 1.

    Raises:
        Problem: 400, it is no number from 1 to 100,000.
    """
    text = request.query_params.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 100_000:
        raise Problem("bad-request", _("page is “%(value)s”, and not a number from 1.") % {"value": text[:50]})
    return int(text)


async def _graph(site: Site, entity: Entity, version: VersionRef) -> dict[str, Any]:
    """Return what the page of a graph shows beside its facts."""
    contents = await site.rows(bound("things/graph-contents", graph=entity.iri), version=version)
    manifest = site.manifest(version)
    source: SourceState | None = next((s for s in manifest.sources if s.graph == entity.iri), None)
    classes = [(terms.value_of(r["class"], site.options.base), r["class"]["value"], int(r["things"]["value"]))
               for r in contents]  # fmt: skip
    dumps = [d for d in manifest.dumps if d.get("graph") == entity.iri]
    return {"contents": classes, "source": source, "dumps": dumps}
