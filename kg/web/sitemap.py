"""What search engines ask for: ``robots.txt``, and a sitemap of the things of each list, in parts.

https://www.sitemaps.org/protocol.html: a part has at most 50,000 addresses. A part begins behind the thing that ends
the one before (keyset paging), so that each is one query of a bounded size; where they end is asked once per version.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.engine.pool import VersionRef
from kg.web import terms
from kg.web.browse import BROWSE
from kg.web.problems import Problem
from kg.web.queries import bound, is_iri
from kg.web.site import Site, reading

PART = 20_000
"""Addresses in a part."""

PAGES = ("/", "/browse", "/sparql", "/ontology", "/shapes", "/dumps", "/versions", "/quality", "/api")
"""Pages that are about no single thing."""

_XML = "application/xml"
_HEADERS = {"Cache-Control": "max-age=3600"}


def router(site: Site) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["operation"])
    ends: dict[str, list[tuple[str, str]]] = {}
    """Version -> (slug of the list, the thing after which a part begins) of each part."""

    @reading(routes, "/robots.txt", "What crawlers may do", in_schema=False)
    async def robots(request: Request) -> Response:
        refused = [path for path in site.options.disallow.split() if path.startswith("/")]
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in refused)] + ([] if refused else ["Disallow:"])
        text = "\n".join([*lines, "", f"Sitemap: {request.base_url}sitemap.xml", ""])
        return Response(text, headers=_HEADERS, media_type="text/plain; charset=utf-8")

    @reading(routes, "/sitemap.xml", "The index of the parts of the sitemap")
    async def index(request: Request) -> Response:
        version = site.pool.current()
        if version.id not in ends:
            found = await _parts(site, version)
            ends.clear()
            ends[version.id] = found
        day = site.manifest(version).created[:10]
        parts = [
            "pages",
            *(f"{slug}?{urlencode({'after': after})}" if after else slug for slug, after in ends[version.id]),
        ]
        body = "".join(
            f"<sitemap><loc>{escape(f'{request.base_url}sitemap/{part}')}</loc><lastmod>{day}</lastmod></sitemap>\n"
            for part in parts
        )
        return _document("sitemapindex", body)

    @reading(routes, "/sitemap/{slug}", "A part of the sitemap", in_schema=False)
    async def part(request: Request, slug: str, after: str = "") -> Response:
        version = site.pool.current()
        day = site.manifest(version).created[:10]
        if slug == "pages":
            return _document("urlset", _addresses(request, PAGES, day))
        if slug not in BROWSE or (after and not is_iri(after)):
            raise Problem("not-found", f"The sitemap has no part {slug}.", "All its parts: /sitemap.xml")
        things = await _things(site, BROWSE[slug].cls, after, version)
        paths = (terms.href(thing, site.options.base, known=True) or "" for thing in things)
        return _document("urlset", _addresses(request, paths, day))

    return routes


async def _parts(site: Site, version: VersionRef) -> list[tuple[str, str]]:
    found = []
    for slug, kind in BROWSE.items():
        after = ""
        while things := await _things(site, kind.cls, after, version):
            found.append((slug, after))
            if len(things) < PART:
                break
            after = things[-1]
    return found


async def _things(site: Site, cls: str, after: str, version: VersionRef) -> list[str]:
    query = bound("sitemap", **{"class": cls}, after=after or "a:", limit=PART)
    return [row["thing"]["value"] for row in await site.rows(query, version=version)]


def _addresses(request: Request, paths: Iterable[str], day: str) -> str:
    base = str(request.base_url).rstrip("/")
    return "".join(
        f"<url><loc>{escape(base + path)}</loc><lastmod>{day}</lastmod></url>\n" for path in paths if path[:1] == "/"
    )


def _document(root: str, body: str) -> Response:
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</{root}>\n'
    )
    return Response(text, headers=_HEADERS, media_type=_XML)
