"""The application: a factory, no module-level state."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg import __version__
from kg.engine.cache import ByteCache
from kg.engine.errors import EngineError
from kg.engine.pool import Pool
from kg.engine.updater import Updater
from kg.errors import CommonsError
from kg.web import (
    api,
    browse,
    catalogue,
    doubts,
    dumps,
    entity,
    feed,
    graph_store,
    home,
    ontology,
    operation,
    problem_page,
    quality,
    questions,
    reconcile,
    schema,
    search,
    shapes,
    sitemap,
    sparql,
    versions,
)
from kg.web.access_log import AccessLog
from kg.web.answering import WholeResponse
from kg.web.cache import Cache, Kept
from kg.web.client import Clients, Proxies
from kg.web.compression import Compression, is_worth_it
from kg.web.description import described
from kg.web.i18n import Languages, speak
from kg.web.layers import for_requests
from kg.web.options import WebOptions
from kg.web.peers import Peers
from kg.web.problems import Problem, of
from kg.web.site import HERE, Site, current, fingerprint
from kg.web.snapshot import take

logger = logging.getLogger(__name__)

_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",  # noqa: E501
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # open to every page: the only cookie names the reader's language, and nothing here is not public
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Content-Location, X-Dataset-Version, X-Unknown-Terms, Location",
}
"""On every response."""
_RAW = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

ROUTERS = (
    sparql,
    reconcile,
    schema,
    search,
    shapes,
    graph_store,
    home,
    questions,
    browse,
    versions,
    problem_page,
    doubts,
    quality,
    entity,
    ontology,
    dumps,
    catalogue,
    feed,
    sitemap,
    api,
)
"""Modules whose ``router(site)`` gives routes for everybody."""

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Range, Authorization",
    "Access-Control-Max-Age": "86400",
}
"""On answers to a browser that asks whether it may ask: https://fetch.spec.whatwg.org/#cors-preflight-request."""


def create_app(options: WebOptions) -> FastAPI:
    """Return the application that serves a home; its workers live from start-up to shutdown."""
    pool = Pool(lambda: current(site), options.pool)
    site = Site(options, pool, Updater(options.update) if options.update else None)
    peers = Peers(options.run, lambda question: operation.answer(site, question))

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool, site.updater or contextlib.nullcontext(), peers.listening():
            yield

    app = _Application(
        title="Commons KG", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.site = site
    app.openapi = partial(described, app)  # type: ignore[method-assign]  # as FastAPI documents it
    app.mount("/static", _Static(directory=HERE / "static"), name="static")
    for module in ROUTERS:
        app.include_router(module.router(site))
    app.include_router(operation.router(site, peers))

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return RedirectResponse("/static/icon.svg", 301)

    async def failed(request: Request, error: Exception) -> Response:
        return _failed(site, request, error)

    for kind in (ClientDisconnect, Problem, CommonsError, EngineError, HTTPException, Exception):
        app.add_exception_handler(kind, failed)
    app.surround(site)
    return app


def _failed(site: Site, request: Request, error: Exception) -> Response:
    """Return the response to a request that an error has ended."""
    match error:
        case ClientDisconnect():
            return Response(status_code=499)  # nobody reads it: the client went away while its request was being read
        case HTTPException():
            kind = _BY_STATUS.get(error.status_code, "bad-request")
            details = {404: f"There is no page {request.url.path}.", 405: f"{request.method} is not taken here."}
            detail = details.get(error.status_code, str(error.detail))
            return site.problem(request, Problem(kind, detail, headers=dict(error.headers or {})))
        case Problem():
            return site.problem(request, error)
        case CommonsError() | EngineError():
            return site.problem(request, of(error))
    logger.exception("%s %s failed", request.method, request.url.path, exc_info=error)
    return site.problem(request, of(error))


class _Application(FastAPI):
    """The application with its layers around it, outside of all that FastAPI does."""

    _front: ASGIApp | None = None

    def surround(self, site: Site) -> None:
        """Put log, cache, client and compression in front."""
        options = site.options
        kept: ByteCache[Kept] = ByteCache(options.cache, options.cache // 16)
        proxies = Proxies(options.trusted_proxies)
        cache = Cache(Clients(_Endpoint(super().__call__, site), proxies), site.home.current, kept)
        log = AccessLog(cache, proxies, sys.stderr if options.access_log else None)
        site.snapshot = lambda: take(site.pool, kept, log)
        self._front = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        await (self._front or super().__call__)(scope, receive, send)


class _Endpoint:
    """Answers ``/sparql`` before all routing and, where the answer is short, with no layer around it: they would take
    half of the time of a look-up."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app, self._site, self._answer = _dressed(app), site, sparql.endpoint(site)

    @for_requests
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at, dot, suffix = scope["path"].partition(".")
        is_endpoint = at == "/sparql" and bool(dot) == bool(suffix) and "/" not in suffix
        if not is_endpoint or scope["method"] not in ("GET", "HEAD", "POST"):
            await self._app(scope, receive, send)
            return
        speak(scope)
        request = Request(scope, receive, send)
        try:
            response = await self._answer(request, suffix)
        except Exception as error:
            response = _failed(self._site, request, error)
        if isinstance(response, WholeResponse) and not is_worth_it(scope, len(response.body)):
            response.raw_headers += _RAW
            await response(scope, receive, send)
        else:
            await _dressed(response)(scope, receive, send)


def _dressed(app: ASGIApp) -> ASGIApp:
    """Return an application with what every response gets: headers, a language if it is a page, compression."""
    return Compression(_Headers(Languages(app)))


class _Static(StaticFiles):
    """Files that are kept for good where their address names this release; modules import one another without it."""

    def file_response(self, *arguments: Any, **more: Any) -> Response:
        """Return a file, or that it has not changed."""
        answer = super().file_response(*arguments, **more)
        scope: Scope = more["scope"] if "scope" in more else arguments[2]
        named = scope["query_string"].decode("latin-1") == fingerprint()
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
        return answer


class _Headers:
    """Adds ``HEADERS`` to every response; plain ASGI, so that streaming and hang-ups pass through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @for_requests
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
            await Response(status_code=204, headers=HEADERS | PREFLIGHT)(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(header for header in _RAW if header[0] not in own)]
            await send(message)

        await self._app(scope, receive, sending)
