"""Search: the page and its data at ``/search``, what is suggested while somebody types, and OpenSearch.

https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md: the description, the elements that it has
for results in Atom, and the suggestions that browsers take as ``application/x-suggestions+json``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from html import escape
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.dataset.search import MOST, Found, Hit
from kg.dataset.search_text import spans
from kg.engine.pool import VersionRef
from kg.web import terms
from kg.web.browse import BROWSE, unlisted
from kg.web.conneg import PAGE, Format
from kg.web.entity import page_number
from kg.web.feed import Entry, feed
from kg.web.i18n import gettext as _
from kg.web.i18n import language
from kg.web.missing import version_named
from kg.web.problems import Problem
from kg.web.site import Site, asked_format, reading, revalidation, unchanged

JSON = Format("json", "application/json", "JSON", (), ("text/json",))
CSV = Format("csv", "text/csv", "CSV")
ATOM = Format("atom", "application/atom+xml", "Atom", ("rss",), ("application/rss+xml",))
FORMATS = (PAGE, JSON, CSV, ATOM)

PER_PAGE = 20
SUGGESTED = 8
AROUND = 110
"""Characters of a text that are shown before and after the first word that was found."""

Pieces = list[tuple[str, bool]]
"""A text in pieces, and which of them are marked."""


@dataclass(frozen=True, slots=True)
class Result:
    """A hit as people read it."""

    hit: Hit
    title: Pieces
    lang: str
    kind: str
    """What its class is called."""
    href: str
    snippet: Pieces
    """What was found, where the title does not say it."""
    snippet_lang: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind, how many of it were found, and the address of these alone."""

    name: str
    count: int
    href: str
    chosen: bool


def router(site: Site) -> APIRouter:
    """Return the routes of search."""
    routes = APIRouter(tags=["search"])

    async def search(request: Request, q: str = "", suffix: str = "") -> Response:
        chosen = asked_format(request, suffix, FORMATS)
        asked, number = request.query_params.get("version", ""), page_number(request)
        version = version_named(site, asked) if asked else site.pool.current()
        headers = revalidation(site, request, version, "search", chosen.media_type)
        headers |= {"Vary": "Accept", "X-Dataset-Version": version.id}
        if found := unchanged(request, headers):
            return found
        if number > MOST // PER_PAGE:
            raise Problem(
                "bad-request",
                _("Only the first %(most)s results are listed.") % {"most": MOST},
                _("Search for more words."),
            )
        slugs, lang = request.query_params.getlist("kind"), request.query_params.get("in", "")
        kinds = [_class(slug) for slug in slugs if slug]
        wanted = language().wanted
        direct, answer = await site.searcher.ask(
            version,
            lambda index: (
                index.direct(q),
                index.find(q, kinds=kinds, lang=lang, languages=wanted, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
            ),
        )
        if chosen.format is PAGE and direct and not set(request.query_params) - {"q", "lang", "version"}:
            return RedirectResponse(_at(terms.href(direct, site.options.base, known=True) or "/", asked), 303, headers)
        results = [_result(site, hit, answer, asked) for hit in answer.hits]
        match chosen.format.extension:
            case "json":
                body = _json(site, q, direct, answer, results)
            case "csv":
                body = _csv(results)
            case "atom":
                body = _atom(site, request, version, q, asked, results)
            case _:
                return _page(site, q, kinds, lang, asked, number, answer, results, headers)
        return Response(body, 200, headers, chosen.content_type)

    reading(routes, "/search", "Full-text search: ?q=, ?kind=, ?in= a language, ?version=, ?page=")(search)
    reading(routes, "/search.{suffix}", "The same as data")(search)

    @reading(routes, "/search/suggest", "What is suggested while somebody types")
    async def suggest(request: Request, q: str = "") -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "suggest")
        if found := unchanged(request, headers):
            return found
        results = await _suggested(site, version, q)
        told = [
            {"iri": r.hit.iri, "label": _plain(r.title), "lang": r.lang, "kind": r.kind, "href": r.href,
             "matched": _plain(r.snippet), "matched_lang": r.snippet_lang}
            for r in results
        ]  # fmt: skip
        return Response(json.dumps(told, ensure_ascii=False).encode(), 200, headers, JSON.media_type)

    @reading(routes, "/search/suggestions", "The same as OpenSearch suggestions")
    async def suggestions(request: Request, q: str = "") -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "suggestions")
        if found := unchanged(request, headers):
            return found
        results = await _suggested(site, version, q)
        base = str(request.base_url).rstrip("/")
        lists = [[_plain(r.title) for r in results], [r.kind for r in results], [base + r.href for r in results]]
        body = json.dumps([q, *lists], ensure_ascii=False).encode("utf-8", "replace")
        return Response(body, 200, headers, "application/x-suggestions+json")

    @reading(routes, "/opensearch.xml", "OpenSearch description", in_schema=False)
    async def opensearch(request: Request) -> Response:
        here = escape(str(request.base_url), quote=True)
        body = site.templates.get_template("opensearch.xml").render(here=here)
        return Response(body, media_type="application/opensearchdescription+xml")

    return routes


def _class(slug: str) -> str:
    """Return the class that ``?kind=`` names: a list's name, a CURIE or an IRI."""
    if slug in BROWSE:
        return BROWSE[slug].cls
    try:
        return terms.expand(slug)
    except KeyError:
        if slug.partition(":")[2].startswith("//"):
            return slug
    raise unlisted(slug[:80], "bad-request")


def _slug(of: str) -> str:
    return next((slug for slug, kind in BROWSE.items() if kind.cls == of), None) or terms.curie(of) or of


async def _suggested(site: Site, version: VersionRef, text: str) -> list[Result]:
    wanted = language().wanted
    answer = await site.searcher.ask(
        version, lambda index: index.find(text, languages=wanted, limit=SUGGESTED, typing=True)
    )
    return [_result(site, hit, answer) for hit in answer.hits]


def _at(href: str, version: str) -> str:
    """Return the address of a thing's page as a version had it; the present one where none was asked for."""
    return f"{href}{'&' if '?' in href else '?'}{urlencode({'version': version})}" if version else href


def _result(site: Site, hit: Hit, answer: Found, version: str = "") -> Result:
    said = hit.matched
    label = terms.with_code(hit.iri, hit.label)
    other = said is not None and said.role != "link" and said.text not in label
    return Result(
        hit=hit,
        title=marked(label, answer),
        lang=hit.lang,
        kind=terms.label_of(hit.kind) if hit.kind else "",
        href=_at(terms.href(hit.iri, site.options.base, known=True) or "", version),
        snippet=marked(said.text, answer, around=AROUND) if said is not None and other else [],
        snippet_lang=said.lang if said is not None and other else "",
    )


def marked(text: str, answer: Found, *, around: int = 0) -> Pieces:
    """Return a text, or what stands around the first of the words that were found, with these words marked."""
    found = spans(text, answer.words, answer.beginning)
    first = next(found, None)
    start, end = 0, len(text)
    if around:
        start = max(0, (first[0] if first else 0) - around // 2)
        end = min(len(text), start + 2 * around)
        start = text.rfind(" ", 0, start) + 1 if start else 0
        end = max(text.rfind(" ", start, end), start + around) if end < len(text) else end
    pieces: Pieces = [("… ", False)] if start else []
    at = start
    for left, right in chain([first] if first else (), found):
        if right > end:
            break
        pieces += [(text[at:left], False), (text[left:right], True)]
        at = right
    pieces.append((text[at:end] + (" …" if end < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]


def _plain(pieces: Pieces) -> str:
    return "".join(text for text, _ in pieces)


def _json(site: Site, q: str, direct: str | None, answer: Found, results: Sequence[Result]) -> bytes:
    told: dict[str, Any] = {
        "query": q, "meant": answer.meant, "direct": direct, "total": answer.total,
        "kinds": [{"kind": _slug(of), "class": of, "count": count} for of, count in answer.counts.items()],
        "results": [asdict(r.hit) | {"href": r.href} for r in results],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _csv(results: Sequence[Result]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("iri", "label", "lang", "class", "links", "tier", "matched"))
    table.writerows(
        (
            r.hit.iri,
            r.hit.label,
            r.hit.lang,
            r.hit.kind,
            r.hit.links,
            r.hit.tier,
            r.hit.matched.text[:300] if r.hit.matched else "",
        )
        for r in results
    )
    return out.getvalue().encode("utf-8", "replace")


def _atom(
    site: Site, request: Request, version: VersionRef, q: str, asked: str, results: Sequence[Result]
) -> bytes:  # fmt: skip
    base = str(request.base_url).rstrip("/")
    updated = site.manifest(version).created
    entries = (Entry(r.hit.iri, _plain(r.title), updated, r.href, escape(_plain(r.snippet) or r.kind)) for r in results)
    here = _at(f"/search.atom?{urlencode({'q': q})}", asked)
    return feed(_("Search: %(text)s") % {"text": q}, base, here, base + here, entries)


def _page(
    site: Site, q: str, kinds: list[str], lang: str, version: str, number: int, answer: Found,
    results: list[Result], headers: dict[str, str],
) -> Response:  # fmt: skip
    def address(**other: str) -> str:
        slugs = [("kind", _slug(of)) for of in kinds] if "kind" not in other else []
        fixed = [(name, value) for name, value in (("in", lang), ("version", version)) if value]
        return urlencode([("q", q), *slugs, *fixed, *((k, v) for k, v in other.items() if v)])

    facets = list(_facets(answer, kinds, address))
    here = f"/search?{address()}"
    return site.page(
        "search.html", headers=headers, q=q, found=answer, results=results, facets=facets, here=here, number=number,
        more=answer.total > number * PER_PAGE and number < MOST // PER_PAGE, all_kinds=f"/search?{address(kind='')}",
        formats=[(f.title, f"/search.{f.extension}?{address()}") for f in (JSON, CSV, ATOM)], kinds=kinds,
        start=(number - 1) * PER_PAGE + 1, old=version,
    )  # fmt: skip


def _facets(answer: Found, kinds: list[str], address: Any) -> Iterator[Facet]:
    for of, count in answer.counts.items():
        name = _(BROWSE[slug].title) if (slug := _slug(of)) in BROWSE else terms.inverse_of(of) if of else _("Others")
        yield Facet(name, count, f"/search?{address(kind=slug)}" if of else "", of in kinds)
