"""The SPARQL 1.1 Graph Store HTTP Protocol at ``/store``: https://www.w3.org/TR/sparql11-http-rdf-update/.

A graph is named by ``?graph=IRI`` or ``?default``, or directly: ``/store/NAME`` is the graph ``<base>graph/NAME``, as
the graphs of the sources are called, and ``?graph=`` with that address of this host means the same one.
Reading is open to all; writing takes the token.
"""

from __future__ import annotations

import re
import uuid
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import quote, unquote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.engine.pool import Query
from kg.engine.updater import Document, Made
from kg.web.answering import stream
from kg.web.conneg import GRAPHS, Chosen
from kg.web.i18n import N_
from kg.web.problems import Problem
from kg.web.site import Site, asked_format, is_fresh, not_modified
from kg.web.sparql import ABSOLUTE, parameters
from kg.web.updates import authorised, body_of, headers_of, make

PATH = "/store"
_ALLOW = "GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS"
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"

ACCEPTED = {
    "text/turtle": "ttl", "application/n-triples": "nt", "application/rdf+xml": "rdf", "application/ld+json": "jsonld",
    "text/n3": "n3", "application/x-turtle": "ttl", "application/turtle": "ttl", "text/plain": "nt",
    "application/xml": "rdf", "text/xml": "rdf", "application/json": "jsonld",
}  # fmt: skip
"""Media types of the documents that are taken, those that are written first -> extension of their files."""

_ACCEPT = ", ".join([*list(ACCEPTED)[:5], "multipart/form-data"])


def router(site: Site) -> APIRouter:
    """Return the routes of the graph store."""
    routes = APIRouter(tags=["graph store"])

    async def read(request: Request, name: str = "") -> Response:
        graph = _graph(site, request, name)
        chosen = asked_format(request, "", GRAPHS)
        version = site.pool.current()
        headers = {"Vary": "Accept", "Cache-Control": "no-cache", **_link(graph)}
        etag = site.etag(version, "store", graph or "", chosen.media_type)
        if is_fresh(request, etag):
            return not_modified(etag, headers)
        if graph is not None and not await _exists(site, graph):
            raise Problem("not-found", f"There is no graph <{graph}>.", "The graphs: SELECT ?g { GRAPH ?g {} }")
        query = Query(text=_ALL, results=None, graph=chosen.format.extension,
                      default_graphs=(graph,) if graph is not None else ())  # fmt: skip
        return await stream(site, query, request, {**headers, "ETag": etag}, _content_type(chosen))

    async def write(request: Request, name: str = "") -> Response:
        updater = authorised(site, request)
        posted_new = request.method == "POST" and not name and not _pairs(request)
        if posted_new:  # https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: a new graph
            name = str(uuid.uuid4())
            graph: str | None = site.mint.graph(name)
        else:
            graph = _graph(site, request, name)
        base = graph or f"{site.options.base}store"
        documents: list[Document] = []
        wanted: dict[str, Any] = {"kind": request.method.lower(), "graph": graph, "base": base}
        if request.method in ("PUT", "POST"):
            documents = await _documents(request, base, updater.options.bytes)
        elif request.method == "PATCH":
            type_ = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if type_ != "application/sparql-update":
                raise _unsupported(type_, "application/sparql-update", "Accept-Patch")
            wanted["update"] = _text(await body_of(request, updater.options.text_bytes))
        made = await make(updater, wanted, documents)
        return _written(request, made, graph, _address(request, name) if posted_new else None)

    for path in (PATH, f"{PATH}/{{name:path}}"):
        shown = path == PATH
        for method, summary in (("GET", "Read a graph"), ("HEAD", "Look whether there is a graph")):
            routes.add_api_route(path, read, methods=[method], summary=summary, response_class=Response,
                                 include_in_schema=shown and method == "GET")  # fmt: skip
        for method, summary in (
            ("PUT", "Replace a graph"), ("POST", "Add to a graph"), ("DELETE", "Remove a graph"),
            ("PATCH", "Update a graph"),
        ):  # fmt: skip
            routes.add_api_route(
                path, write, methods=[method], summary=summary, operation_id=f"store_{method.lower()}",
                response_class=Response, include_in_schema=shown,
            )  # fmt: skip

        @routes.options(path, include_in_schema=False)
        async def options() -> Response:
            return Response(
                status_code=204,
                headers={"Allow": _ALLOW, "Accept-Post": _ACCEPT, "Accept-Patch": "application/sparql-update"},
            )

    return routes


def _pairs(request: Request) -> list[tuple[str, str]]:
    return [pair for pair in parameters(request.scope["query_string"]) if pair[0] in ("graph", "default")]


def _graph(site: Site, request: Request, name: str) -> str | None:
    """Return the IRI of the graph that a request is about; None is the default graph.

    Raises:
        Problem: 400, it names none, several, or something that is no absolute IRI.
    """
    pairs = _pairs(request)
    if name:
        if pairs:
            raise Problem("bad-request", "The address names one graph and its parameters another.")
        return site.mint.graph(name)
    if len(pairs) != 1:
        said = N_("The request names several graphs.") if pairs else N_("The request names no graph.")
        raise Problem("bad-request", said, "Ask for /store?graph=IRI or /store?default.")
    if pairs[0][0] == "default":
        return None
    iri = pairs[0][1]
    if not re.fullmatch(ABSOLUTE, iri):
        raise Problem("bad-request", f"{iri!r} is no absolute IRI.")
    here = f"{request.base_url}{PATH[1:]}/"
    return site.mint.graph(unquote(iri.removeprefix(here))) if iri.startswith(here) else iri


def _address(request: Request, name: str) -> str:
    return f"{request.base_url}{PATH[1:]}/{quote(name)}"


def _link(graph: str | None) -> dict[str, str]:
    """Say which graph it is (https://www.w3.org/TR/powder-dr/#assoc-linking)."""
    return {} if graph is None else {"Link": f'<{quote(graph, safe=_IRI_SAFE)}>; rel="describes"'}


_IRI_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


async def _exists(site: Site, graph: str) -> bool:
    # an empty graph is there as well: https://www.w3.org/TR/sparql11-query/#sparqlBasicGraphPatterns, on empty groups
    async with site.pool.query(Query(text=f"ASK {{ GRAPH <{graph}> {{}} }}", graph=None)) as answer:
        return b"true" in await answer.read()


def _content_type(chosen: Chosen) -> str:
    return chosen.content_type


async def _documents(request: Request, base: str, most: int) -> list[Document]:
    """Return the documents in the body: one, or those of a form.

    Raises:
        Problem: 400, 413 or 415.
    """
    header = request.headers.get("content-type", "")
    type_ = header.partition(";")[0].strip().lower()
    if type_ != "multipart/form-data":
        if type_ not in ACCEPTED:
            raise _unsupported(type_)
        return [Document(media_type=type_, base=base, data=await body_of(request, most))]
    body = await body_of(request, most)
    form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + header.encode("latin-1") + b"\r\n\r\n" + body)
    if form.defects or not form.is_multipart():
        raise Problem("bad-request", "The body is no multipart/form-data with the boundary of its header.")
    found = []
    for part in form.iter_parts():
        type_ = part.get_content_type()
        if "content-type" not in part:  # then the file name tells
            extension = (part.get_filename() or "").rpartition(".")[2].lower()
            type_ = next((t for t, e in ACCEPTED.items() if e == extension), type_)
        if type_ not in ACCEPTED:
            raise _unsupported(type_)
        data = part.get_payload(decode=True)
        found.append(Document(media_type=type_, base=base, data=data if isinstance(data, bytes) else b""))
    return found


def _unsupported(type_: str, accepted: str = _ACCEPT, header: str = "Accept-Post") -> Problem:
    return Problem(
        "unsupported-media-type", f"A body of type {type_ or 'none at all'} is not understood.",
        f"Send one of: {accepted}.", headers={header: accepted},
    )  # fmt: skip


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"The body is no valid UTF-8 at byte {error.start}.") from None


def _written(request: Request, made: Made, graph: str | None, location: str | None) -> Response:
    headers = headers_of(made) | _link(graph)
    if location is not None:
        headers["Location"] = location
    created = made.created and request.method in ("PUT", "POST", "PATCH")
    return Response(status_code=201 if created else 204, headers=headers)
