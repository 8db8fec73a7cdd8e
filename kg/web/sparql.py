"""The SPARQL 1.1 Protocol at ``/sparql``: https://www.w3.org/TR/sparql11-protocol/.

Queries are answered for all, updates are made for those who have the token, and a GET without a query gives the
description of the service, or its page.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.engine.cache import is_repeatable
from kg.engine.errors import FormError
from kg.engine.pool import Query
from kg.engine.unknown_terms import unknown_terms
from kg.web import patience, service_description, sparql_page, updates
from kg.web.answering import GoneError, begun, response
from kg.web.conneg import GRAPHS, JSON, PAGE, REMEMBERED, RESULTS, TURTLE, Chosen, choose, named
from kg.web.problems import Problem, of
from kg.web.site import Site, is_fresh, not_acceptable, not_modified, reading

_ALLOW = "GET, HEAD, POST, OPTIONS"

Endpoint = Callable[..., Awaitable[Response]]
"""Takes a request, and the suffix of its path."""


ABSOLUTE = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*:[^<>"{}|^`\\\x00-\x20]*')
"""What an absolute IRI looks like."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read: a query, an update, or neither."""

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None
    update: str | None = None
    using: tuple[str, ...] = ()
    """Default graphs of the update's patterns."""
    using_named: tuple[str, ...] = ()
    timeout: tuple[str, ...] = ()
    download: bool = False
    """Whether a browser shall keep the answer as a file, and not show it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to send for an answer of either form; None where the client takes no such answer."""

    page: bool
    results: Chosen | None
    graph: Chosen | None


def endpoint(site: Site) -> Endpoint:
    """Return what answers a request to ``/sparql``, and to ``/sparql.SUFFIX``."""
    describe = service_description.describer(site)

    async def sparql(request: Request, suffix: str = "") -> Response:
        asked = await _read(site, request)
        if asked.update is not None:
            return await _update(site, request, asked, asked.update)
        if asked.query is None and request.method in ("GET", "HEAD") and not suffix:
            syntax = service_description.chosen(request, asked.format)
            if syntax is not None:
                return await describe(request, syntax)
        wanted = _wanted(request, suffix or asked.format)
        if asked.query is None or (not asked.query.strip() and wanted.page):
            if wanted.page and request.method in ("GET", "HEAD"):
                return sparql_page.empty(site)
            raise Problem("bad-request", "There is no query in this request.", "GET /sparql?query=..., or POST it.")
        patience.heed(request, asked.timeout)
        headers = {"Vary": "Accept", "Cache-Control": "no-store"}
        parts = None
        if is_repeatable(asked.query):
            headers["Cache-Control"] = "no-cache"
            parts = "page" if wanted.page else f"{_type(wanted.results)}+{_type(wanted.graph)}"
            if wanted.page or "if-none-match" in request.headers:  # else it is made of the version that was asked
                headers["ETag"] = etag = site.etag(site.pool.current(), parts)
                if request.method in ("GET", "HEAD") and is_fresh(request, etag):
                    return not_modified(etag, headers)
        try:
            if wanted.page:
                query = _query(site, asked, JSON.extension, TURTLE.extension, sparql_page.BYTES)
                return await sparql_page.answer(site, request, query, headers)
            return await _stream(site, asked, wanted, request, headers, parts)
        except FormError as error:
            offered = RESULTS if error.form == "results" else GRAPHS
            raise not_acceptable(offered, f"{error}, which none of the types asked for can hold.") from None
        except Exception as error:
            problem = error if isinstance(error, Problem) else of(error, asked.query)
            if problem.kind == "failed":
                raise
            problem.query = asked.query
            problem.hint = " ".join(
                [*filter(None, [problem.hint]), *map(sparql_page.doubt, unknown_terms(asked.query))]
            )
            raise problem from None

    return sparql


def router(site: Site) -> APIRouter:
    """Return the routes of the endpoint."""
    routes, sparql = APIRouter(tags=["SPARQL"]), endpoint(site)

    for path, name, summary in (
        ("/sparql", "query", "Answer a SPARQL query"),
        ("/sparql.{suffix}", "query_as", "Answer a SPARQL query in the format of the suffix"),
    ):
        reading(routes, path, summary)(sparql)
        routes.add_api_route(
            path, sparql, methods=["POST"], summary=summary, operation_id=f"{name}_post", response_class=Response
        )

    @routes.options("/sparql", include_in_schema=False)
    async def options() -> Response:
        return Response(status_code=204, headers={"Allow": _ALLOW, "Accept-Post": _ACCEPT_POST})

    return routes


_QUERY, _UPDATE, _FORM = "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded"
_ACCEPT_POST = f"{_QUERY}, {_UPDATE}, {_FORM}"


async def _update(site: Site, request: Request, asked: Asked, text: str) -> Response:
    updater = updates.authorised(site, request)
    try:
        made = await updates.make(updater, {
            "kind": "update", "update": text, "using": asked.using, "using_named": asked.using_named,
            "base": f"{site.options.base}sparql",
        })  # fmt: skip
    except Problem as problem:
        problem.query = text if len(text) <= 10_000 else None
        raise
    return Response(status_code=204, headers=updates.headers_of(made))


def _type(chosen: Chosen | None) -> str:
    return "-" if chosen is None else chosen.media_type


async def _read(site: Site, request: Request) -> Asked:
    """Read the request as https://www.w3.org/TR/sparql11-protocol/#query-via-get and the clauses after it say.

    Raises:
        Problem: 400, 401, 403, 413 or 415.
    """
    url = parameters(request.scope["query_string"])
    if request.method != "POST":
        if any(name == "update" for name, _ in url):
            raise Problem("bad-request", "An update is sent by POST.", "POST it as application/sparql-update.")
        return _asked(url)
    type_, _, rest = request.headers.get("content-type", "").partition(";")
    type_ = type_.strip().lower()
    charset = re.search(r'charset="?([\w\-]+)', rest, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem("unsupported-media-type", f"The charset {charset[1]} is not understood.", "Send UTF-8.")
    if type_ not in (_QUERY, _UPDATE, _FORM):
        raise Problem(
            "unsupported-media-type", f"A body of type {type_ or 'none at all'} is not understood.",
            f"Send one of: {_ACCEPT_POST}.", headers={"Accept-Post": _ACCEPT_POST},
        )  # fmt: skip
    most = site.pool.options.limits.size
    if type_ == _UPDATE or (type_ == _FORM and site.updater is not None and "authorization" in request.headers):
        most = updates.authorised(site, request).options.text_bytes
    body = await updates.body_of(request, most * 3 + 65_536 if type_ == _FORM else most)
    if type_ == _FORM:
        return _asked([*parameters(body), *(pair for pair in url if pair[0] not in ("query", "update"))])
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"The body is no valid UTF-8 at byte {error.start}.") from None
    return _asked([("query" if type_ == _QUERY else "update", text), *url])


def parameters(encoded: bytes) -> list[tuple[str, str]]:
    """Return name and value of each parameter, decoded strictly.

    Raises:
        Problem: 400, a percent sign or the UTF-8 behind it is broken.
    """
    broken = _BROKEN.search(encoded)
    if broken is not None:
        shown = broken[0].decode("ascii", "replace")
        raise Problem("bad-request", f"{shown!r} is no percent-encoding.", "A percent sign itself is written %25.")
    if encoded.count(b"&") >= 1000:
        raise Problem("bad-request", "There are more than 1000 parameters.")
    pairs = (pair.partition(b"=") for pair in encoded.split(b"&") if pair)
    try:
        return [(_decoded(name), _decoded(value)) for name, _, value in pairs]
    except UnicodeDecodeError:
        raise Problem("bad-request", "A parameter is no valid UTF-8 after percent-decoding.") from None


_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2}).{0,2}")


def _decoded(part: bytes) -> str:
    if b"+" in part:
        part = part.replace(b"+", b" ")
    if b"%" in part:  # quoted-printable is the same with another sign, and takes a tenth of what urllib takes
        part = a2b_qp(part.replace(b"=", b"=3D").replace(b"%", b"="))
    return part.decode("utf-8")


def _asked(pairs: list[tuple[str, str]]) -> Asked:
    given: dict[str, list[str]] = {}
    for key, value in pairs:
        given.setdefault(key, []).append(value)

    def all_of(name: str) -> tuple[str, ...]:
        return tuple(given.get(name, ()))

    queries, changes = all_of("query"), all_of("update")
    for name, values in (("query", queries), ("update", changes)):
        if len(values) > 1:
            raise Problem("bad-request", f"There are {len(values)} {name} parameters, and one is wanted.")
    if queries and changes:
        raise Problem("bad-request", "There are a query and an update, and one of them is wanted.")
    names = ("using-graph-uri", "using-named-graph-uri") if changes else ("default-graph-uri", "named-graph-uri")
    graphs = {name: all_of(name) for name in names}
    for name, values in graphs.items():
        for value in values:
            if not ABSOLUTE.fullmatch(value):
                raise Problem("bad-request", f"{name} is {value!r}, which is no absolute IRI.")
    if changes:
        using, named = graphs.values()
        return Asked(None, (), (), None, changes[0], using, named)
    # SPARQLWrapper sends format=, output= and results= together, all alike
    formats = [value for name in ("format", "output") for value in all_of(name) if value]
    return Asked(
        queries[0] if queries else None,
        graphs["default-graph-uri"],
        graphs["named-graph-uri"],
        formats[0] if formats else None,
        timeout=all_of("timeout"),
        download="1" in all_of("download"),
    )


def _wanted(request: Request, name: str | None) -> Wanted:
    """Return what to send: suffix or parameter, else Accept, else JSON; the family of formats by the query's form.

    Raises:
        Problem: 406, nothing of all that is offered.
    """
    accept = request.headers.get("accept")
    if len(accept or "") < REMEMBERED and len(name or "") < REMEMBERED:
        return _wanted_by(accept, name)
    return _wanted_by.__wrapped__(accept, name)


@lru_cache(1024)
def _wanted_by(accept: str | None, name: str | None) -> Wanted:
    if name:
        page = named(name, (PAGE,)) is not None
        wanted = Wanted(page, named(name, RESULTS), named(name, GRAPHS))
    else:
        results, graph = choose(accept, (*RESULTS, PAGE)), choose(accept, (*GRAPHS, PAGE))
        both = choose(accept, (*RESULTS, *GRAPHS, PAGE))
        page = both is not None and both.format is PAGE
        plain = [None if c is None or c.format is PAGE else c for c in (results, graph)]
        wanted = Wanted(page, *plain)
    if not wanted.page and wanted.results is None and wanted.graph is None:
        raise not_acceptable((*RESULTS, *GRAPHS, PAGE))
    return wanted


def _query(site: Site, asked: Asked, results: str | None, graph: str | None, limit: int | None = None) -> Query:
    return Query(
        text=asked.query or "", results=results, graph=graph, default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs, limit=limit, base=f"{site.options.base}sparql",
    )  # fmt: skip


async def _stream(
    site: Site, asked: Asked, wanted: Wanted, request: Request, headers: dict[str, str], parts: str | None
) -> Response:
    asking = site.pool.query(_query(
        site,
        asked,
        wanted.results.format.extension if wanted.results else None,
        wanted.graph.format.extension if wanted.graph else None,
    ))  # fmt: skip
    try:
        answer = await begun(asking, request.receive)
    except GoneError:
        return Response(status_code=499)
    chosen = wanted.graph if answer.form == "graph" else wanted.results
    assert chosen is not None
    headers |= {"Vary": "Accept, Accept-Encoding", "Link": '</dumps>; rel="alternate"'}
    if parts is not None:
        headers["ETag"] = site.etag(answer.version, parts)
    if unknown := unknown_terms(asking.query.text):
        headers["X-Unknown-Terms"] = ", ".join(  # a list of strings, each with a parameter (RFC 9651)
            f'"{term.name}"' + (f';near="{term.near}"' if term.near else "") for term in unknown
        )
        headers["Link"] += ', </ontology>; rel="help"'
    if asked.download:
        headers["Content-Disposition"] = f'attachment; filename="answer.{chosen.format.extension}"'
    if site.pool.options.result:
        headers["X-Result-Limit"] = str(site.pool.options.result)  # an answer of more bytes breaks off
    return response(asking, answer, chosen.content_type, headers)
