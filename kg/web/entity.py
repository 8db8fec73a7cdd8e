"""The pages of single things: ours at their own paths, foreign ones at ``/resource?iri=``, graphs at ``/graph/...``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.dataset.manifest import SourceState
from kg.engine.pool import VersionRef
from kg.namespaces import DCTERMS, RDF, RDFS, SCHEMA, SKOS
from kg.web import i18n, terms
from kg.web.conneg import GRAPHS, PAGE, named
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.queries import iri as checked
from kg.web.site import Row, Site, asked_format, is_fresh, not_modified, reading
from kg.web.terms import Value

_NAMES = (str(SKOS.prefLabel), str(DCTERMS.title), str(SCHEMA.name), str(SCHEMA.headline))
_LABELS = (str(RDFS.label), str(SKOS.prefLabel), str(DCTERMS.title))

_VOCABULARIES = frozenset({"cc", "commons", "oa", "sdgo", "spdx"})


@dataclass(slots=True)
class Fact:
    """A property of the thing with its values."""

    property: str
    values: list[Value]


@dataclass(slots=True)
class Incoming:
    """The things that point at the thing by one property; ``things`` are the first of ``count``."""

    property: str
    count: int
    things: list[Value]
    more: str | None
    """Address of the whole list, where there are more than are shown."""


@dataclass(slots=True)
class Entity:
    """What the page of a thing shows."""

    iri: str
    title: str
    kinds: list[Value]
    facts: list[Fact]
    incoming: list[Incoming]
    graphs: list[str]
    """Names of all graphs that state something of it."""
    path: str
    """Address of its page, without suffix."""
    query: str
    """What asks for its facts."""

    def alternate(self, extension: str) -> str:
        """Return the address of another representation."""
        return f"{self.path}&format={extension}" if "?" in self.path else f"{self.path}.{extension}"


def router(site: Site) -> APIRouter:
    """Return the routes of things."""
    routes = APIRouter(tags=["things"])

    @reading(routes, "/resource", "A thing by its IRI")
    async def resource(request: Request, iri: str = "") -> Response:
        if not iri:
            raise Problem("bad-request", "Say which thing: /resource?iri=...")
        if iri.startswith(site.options.base):
            return RedirectResponse("/" + iri.removeprefix(site.options.base), 303)
        return await represent(site, request, iri, "/resource?" + urlencode({"iri": iri}), "")

    @reading(routes, "/id/{rest:path}", "A thing")
    async def thing(request: Request, rest: str) -> Response:
        return await at_path(site, request, "id/" + rest)

    @reading(routes, "/graph/{rest:path}", "A named graph")
    async def graph(request: Request, rest: str) -> Response:
        return await at_path(site, request, "graph/" + rest)

    @reading(routes, "/version/{rest}", "A version")
    async def version(request: Request, rest: str) -> Response:
        return await at_path(site, request, "version/" + rest)

    @reading(routes, "/dataset", "The dataset")
    async def dataset(request: Request) -> Response:
        return await at_path(site, request, "dataset")

    return routes


async def at_path(site: Site, request: Request, path: str) -> Response:
    """Answer for the thing whose IRI is the base and this path; a suffix such as ``.ttl`` names a representation."""
    path, suffix = _without_suffix(path)
    # as IRIs of ours are minted: what quote leaves alone here is what kg.identifiers leaves alone
    local = quote(path, safe="/-._~,:")
    return await represent(site, request, site.options.base + local, "/" + local, suffix)


def _without_suffix(path: str) -> tuple[str, str]:
    stem, dot, suffix = path.rpartition(".")
    if dot and any(suffix == f.extension for f in (*GRAPHS, PAGE)):
        return stem, suffix
    return path, ""


async def represent(site: Site, request: Request, iri: str, path: str, suffix: str) -> Response:
    """Return a thing as page or as RDF.

    Raises:
        Problem: 404, nothing is known of it; 406.
    """
    try:
        checked(iri)
    except ValueError as error:
        raise Problem("bad-request", f"{error}.") from None
    version = site.pool.current()
    chosen = asked_format(request, suffix, (PAGE, *GRAPHS))
    etag = site.etag(version, iri, chosen.media_type, request.url.query)
    links = ", ".join(f'<{_alternate(path, f.extension)}>; rel="alternate"; type="{f.media_type}"' for f in GRAPHS)
    headers = {"Vary": "Accept", "ETag": etag, "Cache-Control": "no-cache", "Link": links}
    if is_fresh(request, etag):
        return not_modified(etag, {"Vary": "Accept"})
    if chosen.format is not PAGE:
        # in N-Triples, nothing is nothing
        if not await site.description(iri, named("nt", GRAPHS).format, version=version):  # type: ignore[union-attr]
            raise _unknown(iri)
        body = await site.description(iri, chosen.format, version=version)
        headers["Content-Location"] = _alternate(path, chosen.format.extension)
        return Response(body, 200, headers, chosen.content_type)
    via = request.query_params.get("via")
    if via:
        return await _list(site, request, iri, path, via, version, headers)
    entity = await look_up(site, iri, path, version)
    if path.startswith("/graph/"):
        return await _graph_page(site, entity, version, headers)
    return site.page("entity.html", headers=headers, entity=entity, formats=GRAPHS)


def _alternate(path: str, extension: str) -> str:
    return f"{path}&format={extension}" if "?" in path else f"{path}.{extension}"


def _unknown(iri: str) -> Problem:
    return Problem(
        "not-found", f"Nothing is known of {iri} in this version.", "It may be written differently: look in the lists."
    )


async def look_up(site: Site, iri: str, path: str, version: VersionRef) -> Entity:
    """Gather what the page of a thing shows.

    Raises:
        Problem: 404, nothing is known of it.
    """
    query = bound("facts", thing=iri)
    rows, pointing = await asyncio.gather(
        site.rows(query, version=version), site.rows(bound("incoming", thing=iri), version=version)
    )
    if not rows and not pointing:
        if path.startswith("/graph/") and await site.rows(bound("graph-contents", graph=iri), version=version):
            return Entity(iri, path.removeprefix("/graph/"), [], [], [], [], path, bound("graph-contents", graph=iri))
        raise _unknown(iri)
    facts, labels, graphs = _facts(site, rows)
    title = i18n.best(labels) or terms.curie(iri) or iri
    kinds = {v.text: v for fact in facts if fact.property == str(RDF.type) for v in fact.values}
    incoming = await asyncio.gather(*(_pointing(site, iri, path, row, version) for row in pointing))
    incoming.sort(key=lambda i: terms.rank_of(i.property))
    shown = [f for f in facts if f.property != str(RDF.type) and not _repeats(f, facts)]
    return Entity(iri, title, list(kinds.values()), shown, incoming, graphs, path, query)


def _repeats(fact: Fact, facts: list[Fact]) -> bool:
    """Whether a fact says again what the name of the thing has said."""
    names = next((f for f in facts if f.property == str(RDFS.label)), None)
    return (
        names is not None
        and fact.property in _NAMES
        and {(v.text, v.lang) for v in fact.values} == {(v.text, v.lang) for v in names.values}
    )


def _facts(site: Site, rows: list[Row]) -> tuple[list[Fact], dict[str, str], list[str]]:
    """Fold rows, which repeat a value for each of its graphs and labels."""
    base = site.options.base
    values: dict[str, dict[str, tuple[Row, dict[str, str], dict[str, None]]]] = {}
    own: dict[str, dict[str, str]] = {}
    for row in rows:
        name, term = row["property"]["value"], row["value"]
        key = f"{term['type']} {term['value']} {term.get('xml:lang')} {term.get('datatype')}"
        _, labels, graphs = values.setdefault(name, {}).setdefault(key, (row, {}, {}))
        if "label" in row:
            labels[row["label"].get("xml:lang", "")] = row["label"]["value"]
        if "graph" in row:
            graphs[row["graph"]["value"].removeprefix(base + "graph/")] = None
        if name in _LABELS and term["type"] == "literal":
            own.setdefault(name, {})[term.get("xml:lang", "")] = term["value"]
    facts = []
    for name in sorted(values, key=lambda n: (terms.rank_of(n), n)):
        found = []
        for row, labels, graphs in values[name].values():
            label = i18n.best(labels)
            if name == str(RDF.type):
                label = terms.label_of(row["value"]["value"])
            value = terms.value_of(row["value"], base, label)
            value.graphs = sorted(graphs)
            if label is None and _speaks_for_itself(row["value"]):
                value.text = terms.label_of(row["value"]["value"])
            found.append(value)
        found.sort(key=lambda v: (v.lang not in (None, "en"), v.lang or "", terms.in_order(v.text)))
        facts.append(Fact(name, found))
    all_graphs = sorted({g for fact in facts for value in fact.values for g in value.graphs})
    return facts, next((own[name] for name in _LABELS if name in own), {}), all_graphs


def _speaks_for_itself(term: dict[str, Any]) -> bool:
    """Whether a term without a label is one of a vocabulary, whose local name says what it means."""
    return term["type"] == "uri" and (terms.curie(term["value"]) or "").partition(":")[0] in _VOCABULARIES


async def _pointing(site: Site, iri: str, path: str, row: Row, version: VersionRef) -> Incoming:
    name, count = row["property"]["value"], int(row["subjects"]["value"])
    limit = site.options.per_property
    things = await _things(site, iri, name, limit, 0, version)
    more = f"{path}{'&' if '?' in path else '?'}{urlencode({'via': name})}" if count > limit else None
    return Incoming(name, count, things, more)


async def _things(site: Site, iri: str, name: str, limit: int, offset: int, version: VersionRef) -> list[Value]:
    query = bound("incoming-things", object=iri, property=name, limit=limit, offset=offset)
    found = []
    for row in await site.rows(query, version=version):
        value = thing_value(site, row)
        graphs = row.get("graphs", {}).get("value", "").split()
        value.graphs = sorted(g.removeprefix(site.options.base + "graph/") for g in graphs)
        found.append(value)
    return found


def thing_value(site: Site, row: Row) -> Value:
    """Return the link to ``?thing`` of a row with ``?label``."""
    return terms.value_of(row["thing"], site.options.base, row["label"]["value"])


async def _list(
    site: Site, request: Request, iri: str, path: str, via: str, version: VersionRef, headers: dict[str, str]
) -> Response:
    """Return the page with all things that point at a thing by one property."""
    try:
        checked(via)
    except ValueError as error:
        raise Problem("bad-request", f"{error}.") from None
    number = page_number(request)
    per_page = site.options.per_page
    found, facts = await asyncio.gather(
        _things(site, iri, via, per_page + 1, (number - 1) * per_page, version),
        site.rows(bound("facts", thing=iri), version=version),
    )
    if not found:
        raise Problem("not-found", f"Nothing points at {iri} by {via} here.")
    title = i18n.best(_facts(site, facts)[1]) or iri
    here = f"{path}{'&' if '?' in path else '?'}{urlencode({'via': via})}"
    return site.page(
        "incoming.html", headers=headers, title=title, path=path, via=via, things=found[:per_page], number=number,
        here=here, more=len(found) > per_page, start=(number - 1) * per_page + 1,
        query=bound("incoming-things", object=iri, property=via, limit=10_000, offset=0),
    )  # fmt: skip


def page_number(request: Request) -> int:
    """Return ``?page=``, from 1.

    Raises:
        Problem: 400, it is no number from 1 to 100,000.
    """
    text = request.query_params.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 100_000:
        raise Problem("bad-request", f"page is {text!r}, and not a number from 1.")
    return int(text)


async def _graph_page(site: Site, entity: Entity, version: VersionRef, headers: dict[str, str]) -> Response:
    contents = await site.rows(bound("graph-contents", graph=entity.iri), version=version)
    manifest = site.manifest(version)
    source: SourceState | None = next((s for s in manifest.sources if s.graph == entity.iri), None)
    classes = [(terms.value_of(r["class"], site.options.base), r["class"]["value"], int(r["things"]["value"]))
               for r in contents]  # fmt: skip
    dumps = [d for d in manifest.dumps if d.get("graph") == entity.iri]
    return site.page("graph.html", headers=headers, entity=entity, formats=GRAPHS, contents=classes, source=source,
                     dumps=dumps)  # fmt: skip
