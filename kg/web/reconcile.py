"""The reconciliation service at ``/reconcile``: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/.

It answers what OpenRefine sends: the manifest, batches of queries by GET and POST, suggestions with fly-outs, previews,
data extension. Entities are identified by their IRIs, types and properties by CURIEs.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg import __version__
from kg.dataset.search import Hit, Search
from kg.namespaces import PREFIXES
from kg.web import i18n, terms
from kg.web.browse import BROWSE
from kg.web.conneg import PAGE, Format, choose
from kg.web.problems import Problem
from kg.web.queries import is_iri
from kg.web.reconciling import Question, Scored, answers, values
from kg.web.site import Row, Site, reading
from kg.web.updates import body_of

BATCH = 50
"""Queries, or things to extend, in one request."""
LIMIT = 10
"""Candidates of a query that does not say how many."""
MOST = 50
"""Candidates of a query, whatever it says."""
BODY = 1 << 20
"""Bytes of a request."""

CSP = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors *"
"""A preview is shown in a frame of the client's, which may stand anywhere."""

_HEADERS = {"Cache-Control": "no-store"}

_MANIFEST = Format("json", "application/json", "JSON", ())


@cache
def types() -> dict[str, tuple[str, ...]]:
    """Return class -> properties, as IRIs: ``reconcile.toml``."""
    found = tomllib.loads((Path(__file__).parent / "reconcile.toml").read_text(encoding="utf-8"))
    return {terms.expand(of): tuple(map(terms.expand, properties)) for of, properties in found.items()}


def router(site: Site) -> APIRouter:
    """Return the routes of the service."""
    routes = APIRouter(tags=["reconciliation"])

    async def reconcile(request: Request) -> Response:
        given = await _parameters(request)
        if "queries" in given:
            return _json(await _reconciled(site, _object(given["queries"], "queries")))
        if "query" in given:  # the single query of the first versions of the protocol
            text = given["query"]
            one = _object(text, "query") if text.lstrip().startswith("{") else {"query": text}
            return _json((await _reconciled(site, {"q0": one}))["q0"])
        if "extend" in given:
            return _json(await _extended(site, _object(given["extend"], "extend")))
        here = str(request.base_url).rstrip("/")
        chosen = choose(request.headers.get("accept"), (_MANIFEST, PAGE))
        if not str(request.url.query) and request.method != "POST" and chosen is not None and chosen.format is PAGE:
            return site.page("reconcile.html", headers=_HEADERS | {"Vary": "Accept"}, here=here, types=types())
        return _json(manifest(here, site.options.base))

    reading(routes, "/reconcile", "Reconciliation service: its manifest, or ?queries= or ?extend=")(reconcile)
    routes.add_api_route("/reconcile", reconcile, methods=["POST"], summary="The same by form", response_class=Response,
                         operation_id="reconcile_post")  # fmt: skip

    @reading(routes, "/reconcile/suggest/entity", "Entities by the beginning of a name")
    async def suggest_entity(prefix: str = "", type: str = "", cursor: str = "") -> Response:
        offset = _skipped(cursor)
        kinds, wanted = _classes([type] if type else []) or tuple(types()), i18n.language().wanted

        def look(index: Search) -> list[Hit]:
            known = index.thing(prefix.strip(), wanted) if is_iri(prefix.strip()) else None
            if known is not None:  # an identifier, as the specification expects it of suggestions
                return [known[0]] if known[0].kind in kinds and not offset else []
            return index.find(
                prefix, kinds=kinds, languages=wanted, limit=LIMIT, offset=offset, typing=True
            ).hits  # fmt: skip

        return _json({"result": [
            {"id": h.iri, "name": terms.with_code(h.iri, h.label), "description": terms.label_of(h.kind),
             "notable": [_named(h.kind)]} for h in await site.searcher.ask(site.pool.current(), look)
        ]})  # fmt: skip

    @reading(routes, "/reconcile/suggest/type", "Types by a part of their name")
    async def suggest_type(prefix: str = "", cursor: str = "") -> Response:
        return _json({"result": _suggested(types(), prefix)[_skipped(cursor) :]})

    @reading(routes, "/reconcile/suggest/property", "Properties by a part of their name")
    async def suggest_property(prefix: str = "", cursor: str = "") -> Response:
        found = dict.fromkeys(p for found in types().values() for p in found)
        return _json({"result": _suggested(found, prefix)[_skipped(cursor) :]})

    @reading(routes, "/reconcile/properties", "Properties that a table can be extended by")
    async def propose(type: str = "", limit: str = "") -> Response:
        (of,) = _classes([type]) if type else ("",)
        found = types().get(of) or tuple(dict.fromkeys(p for properties in types().values() for p in properties))
        most = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 5 else len(found)
        return _json({"type": type, "limit": most, "properties": [_named(prop) for prop in found[:most]]})

    @reading(routes, "/reconcile/flyout/{of}", "What a type, property or entity is, in short")
    async def flyout(of: str, id: str = "") -> Response:
        if of == "entity":
            facts = await _preview(site, id)
            html = f"<p><strong>{escape(facts['title'])}</strong></p><p>{escape(facts['text'] or facts['kind'])}</p>"
        elif of in ("type", "property"):
            term = _term(id)
            html = f"<p><strong>{escape(terms.label_of(term))}</strong></p><p>{escape(term)}</p>"
        else:
            raise Problem("not-found", f"There are no fly-outs of {of}.")
        return _json({"id": id, "html": html})

    @reading(routes, "/reconcile/preview", "A small page of an entity, to be shown in a frame")
    async def preview(id: str = "") -> Response:
        headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-cache"}
        return site.page("preview.html", headers=headers, **await _preview(site, id))

    return routes


def manifest(here: str, base: str) -> dict[str, Any]:
    """Return the service manifest (section 4.1 of the specification)."""

    def suggestion(of: str) -> dict[str, str]:
        return {"service_url": here, "service_path": f"/reconcile/suggest/{of}", "flyout_service_url": here,
                "flyout_service_path": f"/reconcile/flyout/{of}?id=${{id}}"}  # fmt: skip

    return {
        "versions": ["0.1", "0.2"],
        "name": "Commons KG",
        "serviceVersion": __version__,
        "identifierSpace": base,
        "schemaSpace": "https://www.w3.org/2000/01/rdf-schema#",
        "documentation": f"{here}/api",
        "logo": f"{here}/static/icon.svg",
        "defaultTypes": [_named(of) for of in types()],
        "view": {"url": f"{here}/resource?iri={{{{id}}}}"},
        "preview": {"url": f"{here}/reconcile/preview?id={{{{id}}}}", "width": 430, "height": 220},
        "suggest": {of: suggestion(of) for of in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/reconcile/properties"},
            "property_settings": [],
        },
        "batchSize": BATCH,
    }


def _skipped(cursor: str) -> int:
    """Return how many suggestions a client has already."""
    return int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 5 else 0


def _json(body: Mapping[str, Any]) -> Response:
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(text, 200, _HEADERS | {"Vary": "Accept"}, "application/json")


def _named(term: str) -> dict[str, str]:
    return {"id": terms.curie(term) or term, "name": terms.label_of(term)}


def _term(name: str) -> str:
    """Return the IRI of a class or property that is named by CURIE or IRI.

    Raises:
        Problem: 400, it is neither.
    """
    prefix, _, local = name.partition(":")
    if prefix in PREFIXES and local:
        return PREFIXES[prefix] + local
    if is_iri(name):
        return name
    raise Problem("bad-request", f"{name[:80]!r} is no type or property.", "See /reconcile/suggest/type.")


def _classes(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(_term(name) for name in names)


async def _parameters(request: Request) -> dict[str, str]:
    if request.method != "POST":
        return dict(request.query_params)
    body = await body_of(request, BODY)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Problem("unsupported-media-type", "Queries are sent as a form.", "application/x-www-form-urlencoded")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=100))
    except ValueError:
        raise Problem("bad-request", "The form is no valid UTF-8.") from None


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem("bad-request", f"{name} is no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise Problem("bad-request", f"{name} is no JSON object.")
    return found


def _few(count: int, what: str) -> None:
    if count > BATCH:
        raise Problem("too-large", f"There are {count} {what}, and at most {BATCH} are answered at once.",
                      "The manifest says how many: batchSize.", extra={"batchSize": BATCH})  # fmt: skip


async def _reconciled(site: Site, queries: dict[str, Any]) -> dict[str, Any]:
    _few(len(queries), "queries")
    asked = {name: _question(name, query) for name, query in queries.items()}
    found = await answers(site, site.pool.current(), list(asked.values()), tuple(types()))
    return {name: {"result": [_candidate(s) for s in scored]} for name, scored in zip(asked, found, strict=True)}


def _question(name: str, query: Any) -> Question:
    """Read a query (section 5.1).

    Raises:
        Problem: 400, it is none.
    """
    if not isinstance(query, dict) or not isinstance(query.get("query", ""), str):
        raise Problem("bad-request", f"The query {name[:80]} has no text.", 'For example: {"q0": {"query": "WHO"}}')
    asked = query.get("type") or []
    asked = [of.get("id") if isinstance(of, dict) else of for of in (asked if isinstance(asked, list) else [asked])]
    limit = query.get("limit", LIMIT)
    limit = int(limit) if isinstance(limit, float) and limit.is_integer() else limit
    given = query.get("properties") or []
    if (
        not all(isinstance(of, str) for of in asked)
        or isinstance(limit, bool) or not isinstance(limit, int) or limit < 1
        or not isinstance(given, list) or not all(isinstance(p, dict) and isinstance(p.get("pid"), str) for p in given)
    ):  # fmt: skip
        raise Problem("bad-request", f"The query {name[:80]} has a type, limit or properties that are none.")
    properties = tuple((_term(p["pid"]), tuple(_given(p.get("v")))) for p in given[:20])
    return Question(query.get("query", ""), _classes(asked), min(limit, MOST), properties)


def _given(value: Any) -> Iterable[str]:
    """Yield the values of a property: texts, numbers, booleans, entities, or a list of them."""
    for one in value if isinstance(value, list) else [value]:
        one = one.get("id") or one.get("name") if isinstance(one, dict) else one
        if one is not None and str(one).strip():
            yield str(one)[:2000]


def _candidate(scored: Scored) -> dict[str, Any]:
    found = scored.candidate
    return {
        "id": found.iri, "name": terms.with_code(found.iri, found.label), "type": [_named(found.kind)],
        "score": round(scored.score, 1), "match": scored.match,
        "description": found.name if found.name != found.label else "",
        "features": [{"id": name, "value": value} for name, value in scored.features.items()],
    }  # fmt: skip


def _suggested(found: Iterable[str], prefix: str) -> list[dict[str, str]]:
    return [
        named
        for term in found
        if prefix.casefold() in f"{(named := _named(term))['name']} {named['id']} {term}".casefold()
    ]


async def _extended(site: Site, wanted: dict[str, Any]) -> dict[str, Any]:
    """Answer a data extension query (section 8)."""
    ids, properties = wanted.get("ids"), wanted.get("properties")
    if (
        not isinstance(ids, list) or not all(isinstance(id, str) for id in ids) or not isinstance(properties, list)
        or not all(isinstance(p, dict) and isinstance(p.get("id"), str) for p in properties)
    ):  # fmt: skip
        raise Problem("bad-request", "extend has no ids, or no properties.", 'As {"ids": [...], "properties": [...]}.')
    _few(len(ids), "things")
    _few(len(properties), "properties")
    asked = {p["id"]: _term(p["id"]) for p in properties}
    found = await values(site, site.pool.current(), {id for id in ids if is_iri(id)}, set(asked.values()))
    return {
        "meta": [_named(term) | {"id": name} for name, term in asked.items()],
        "rows": {id: {name: _cells(found.get(id, {}).get(term, ())) for name, term in asked.items()} for id in ids},
    }


def _cells(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the values of one property, each once and texts in the language of the reader."""
    named: dict[str, dict[str, str]] = {}
    told: dict[str, dict[str, str]] = {}
    cells: dict[str, dict[str, Any]] = {}
    for row in rows:
        term = row["value"]
        value = term["value"]
        if term["type"] == "uri":
            names = named.setdefault(value, {})
            if "label" in row:
                names[row["label"].get("xml:lang", "")] = row["label"]["value"]
        elif "xml:lang" in term:
            told.setdefault("", {})[term["xml:lang"]] = value
        else:
            cells[value] = _cell(value, term.get("datatype", "").rpartition("#")[2])
    for iri, names in named.items():
        name = i18n.best(names)
        cells[iri] = {"id": iri, "name": name} if name else {"str": iri}
    for texts in told.values():
        text = i18n.best(texts)
        if text:
            cells.setdefault(text, {"str": text})
    return [cells[value] for value in sorted(cells)]


def _cell(value: str, datatype: str) -> dict[str, Any]:
    if datatype == "dateTime" or (datatype == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        return {"date": value if "T" in value else f"{value}T00:00:00Z"}  # the schema of answers wants a time too
    if datatype == "boolean":
        return {"bool": value in ("true", "1")}
    try:
        if datatype == "integer":
            return {"int": int(value)}
        if datatype in ("decimal", "double", "float"):
            return {"float": float(value)}
    except ValueError:
        pass
    return {"str": value}


async def _preview(site: Site, id: str) -> dict[str, Any]:
    """Return what is told of an entity in short.

    Raises:
        Problem: 404, nothing is known of it.
    """
    wanted = i18n.language().wanted
    found = await site.searcher.ask(site.pool.current(), lambda index: index.thing(id, wanted))
    if found is None:
        raise Problem("not-found", f"Nothing is known of {id[:200]} in this version.")
    hit, text = found
    kind = next((_title(k.title) for k in BROWSE.values() if k.cls == hit.kind), terms.label_of(hit.kind))
    return {"title": terms.with_code(hit.iri, hit.label), "text": text[:400] + ("…" if len(text) > 400 else ""),
            "lang": hit.lang, "kind": kind, "iri": hit.iri,
            "href": terms.href(hit.iri, site.options.base, known=True)}  # fmt: skip


def _title(text: str) -> str:
    return i18n.gettext(text)
