"""What every page needs: the options, the pool of workers, the templates, and ways to ask and to answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg import __version__
from kg.dataset.home import Home
from kg.dataset.manifest import Manifest
from kg.engine.pool import Pool, Query, VersionRef
from kg.engine.updater import Updater
from kg.identifiers import Minter
from kg.namespaces import PREFIXES
from kg.web import charts, i18n, markup, terms
from kg.web.asking import examples, sparql_href
from kg.web.conneg import PAGE, Chosen, Format, choose, named
from kg.web.options import WebOptions
from kg.web.problems import PROBLEM_JSON, TEXT, Problem
from kg.web.queries import bound
from kg.web.searcher import Searcher

HERE = Path(__file__).parent

Row = dict[str, dict[str, Any]]
"""A solution: variable -> term, as in SPARQL JSON results."""


@dataclass
class Site:
    """The served dataset; made by the app, shared by its routers."""

    options: WebOptions
    pool: Pool
    updater: Updater | None = None
    """None where the site is read-only."""
    templates: jinja2.Environment = field(init=False)
    searcher: Searcher = field(default_factory=Searcher)

    snapshot: Callable[[], dict[str, Any]] = dict
    """What this process counts: ``kg.web.snapshot``."""

    def __post_init__(self) -> None:
        self.home = Home(self.options.home)
        self.mint = Minter(self.options.base)
        self.templates = _environment(self)

    async def rows(self, query: str, *, version: VersionRef | None = None) -> list[Row]:
        """Ask a SELECT query; return its solutions."""
        async with self.pool.query(Query(text=query, graph=None), version=version) as answer:
            rows: list[Row] = json.loads(await answer.read())["results"]["bindings"]
            return rows

    async def description(self, iri: str, format: Format, *, version: VersionRef | None = None) -> bytes:
        """Return a thing as RDF, which is empty where nothing is known of it."""
        text = bound("things/describe", thing=iri)
        query = Query(text=text, results=None, graph=format.extension, prefixes=tuple(PREFIXES.items()))
        async with self.pool.query(query, version=version) as answer:
            return await answer.read()

    def manifest(self, version: VersionRef) -> Manifest:
        """Return the manifest of a version.

        Raises:
            StoreError: it cannot be read.
        """
        return _manifest(version.path)

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> Response:
        """Return a page."""
        text = self.templates.get_template(template).render(**context)
        return Response(text, status, dict(headers or {}), "text/html; charset=utf-8")

    def etag(self, version: VersionRef, *parts: str) -> str:
        """Return the entity tag of what is made of a version, the reader's languages and nothing else."""
        return _etag((version.id, fingerprint(), *i18n.language().wanted, *parts))

    def problem(self, request: Request, problem: Problem) -> Response:
        """Return a problem in the form that the client prefers."""
        chosen = choose(request.headers.get("accept"), (PROBLEM_JSON, TEXT, PAGE))
        headers = {"Vary": "Accept", "Cache-Control": "no-store", **problem.headers}
        if chosen is not None and chosen.format is PAGE:
            if problem.query is not None:
                return self.page("sparql.html", status=problem.status, headers=headers, problem=problem,
                                 **sparql_context(self.options.base, problem.query))  # fmt: skip
            return self.page("problem.html", status=problem.status, headers=headers, problem=problem)
        if chosen is not None and chosen.format is TEXT:
            return Response(problem.text(), problem.status, headers, "text/plain; charset=utf-8")
        return Response(problem.json(), problem.status, headers, PROBLEM_JSON.media_type)


@lru_cache(64)
def _etag(made_of: tuple[str, ...]) -> str:
    return f'W/"{hashlib.sha256(":".join(made_of).encode("utf-8", "replace")).hexdigest()[:20]}"'


@cache
def _manifest(path: Path) -> Manifest:
    return Manifest.read(path)


def reading(
    routes: APIRouter, path: str, summary: str, *, in_schema: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a page for GET, and for HEAD, which the API's description need not name."""

    def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        for method in ("GET", "HEAD"):
            routes.add_api_route(
                path, endpoint, methods=[method], summary=summary, response_class=Response,
                include_in_schema=in_schema and method == "GET",
            )  # fmt: skip
        return endpoint

    return register


def current(site: Site) -> VersionRef | None:
    """Return the version that is served now."""
    found = site.home.current_id()
    return None if found is None else _version(site.home.versions, found)


@lru_cache(64)
def _version(versions: Path, id: str) -> VersionRef:
    return VersionRef(id, versions / id)


def is_fresh(request: Request, etag: str) -> bool:
    """Whether the client has this already (RFC 9110, 13.1.2: a weak comparison)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or etag.removeprefix("W/") in (t.strip().removeprefix("W/") for t in given.split(","))


def not_modified(etag: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return 304."""
    return Response(status_code=304, headers={"ETag": etag, **(headers or {})})


def revalidation(site: Site, request: Request, version: VersionRef, *parts: str) -> dict[str, str]:
    """Return the headers of a page that is made of a version and the request's query: ask again, each time."""
    return {"ETag": site.etag(version, *parts, request.url.query), "Cache-Control": "no-cache"}


def unchanged(request: Request, headers: Mapping[str, str]) -> Response | None:
    """Return 304 where the client has the page already."""
    return not_modified(headers["ETag"]) if is_fresh(request, headers["ETag"]) else None


def asked_format(request: Request, suffix: str, offered: Sequence[Format]) -> Chosen:
    """Return what to send: suffix, else ``format=`` or ``output=``, else Accept.

    Raises:
        Problem: 406.
    """
    names = [suffix] if suffix else [v for k in ("format", "output") for v in request.query_params.getlist(k) if v]
    chosen = named(names[0], offered) if names else choose(request.headers.get("accept"), offered)
    if chosen is None:
        raise not_acceptable(offered)
    return chosen


def not_acceptable(offered: Sequence[Format], detail: str = "") -> Problem:
    """Return the 406 that lists what there is."""
    return Problem(
        "not-acceptable", detail or i18n.gettext("None of the types that are asked for is offered."),
        i18n.gettext("Name one in the Accept header, or by ?format=."),
        extra={"available": [f.media_type for f in offered], "formats": [f.extension for f in offered]},
        headers={"Vary": "Accept"},
    )  # fmt: skip


@cache
def fingerprint() -> str:
    """Return a hash of the code and templates that make pages: a new release makes new pages of the same data."""
    digest = hashlib.sha256(__version__.encode())
    made_of = (
        (HERE / "templates").rglob("*"), (HERE / "static").rglob("*"), HERE.rglob("*.py"), HERE.glob("*.csv"),
        HERE.glob("*.toml"), i18n.LOCALE.rglob("*.po"), (HERE.parent / "queries").rglob("*.rq"),
    )  # fmt: skip
    for path in sorted(path for paths in made_of for path in paths if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


LONG = 6_000
"""Characters of a query above which it is sent by POST: many servers and proxies cut an address at 8 KB."""


def sparql_context(base: str, query: str = "", dataset: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """Return what the SPARQL page always shows; ``dataset`` are the parameters that name the graphs that are asked."""
    return {"query": query, "dataset": dataset, "examples": examples(base), "prefixes": PREFIXES, "long": LONG,
            "editor": built("editor.js"), "world": built("world.json"), "colours": charts.COLOURS}  # fmt: skip


def built(name: str) -> str | None:
    """Return the address of a file that ``make frontend`` makes, None where that was not done."""
    return f"/static/built/{name}?{fingerprint()}" if (HERE / "static" / "built" / name).is_file() else None


def _environment(site: Site) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    base = site.options.base
    environment.filters |= i18n.filters() | markup.FILTERS
    environment.filters["term_label"] = terms.label_of
    environment.filters["term_page"] = terms.page_of
    environment.filters["plural"] = terms.inverse_of
    environment.filters["curie"] = lambda iri: terms.curie(iri) or iri
    environment.filters["href"] = lambda iri, known=True: terms.href(iri, base, known=known)
    environment.filters["sparql_href"] = sparql_href
    environment.globals |= {
        "base": base,
        "software": __version__,
        "static_hash": fingerprint(),
        "current": lambda: current(site),
        "language": i18n.language,
    }
    return environment
