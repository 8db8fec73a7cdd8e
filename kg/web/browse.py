"""The lists of things: ``/browse``, and ``/browse/KIND`` narrowed down by facets, as page or data."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.dataset.search import SearchError
from kg.engine.pool import Query, VersionRef
from kg.identifiers import DEFAULT_BASE
from kg.namespaces import PREFIXES
from kg.web import terms
from kg.web.answering import stream
from kg.web.conneg import GRAPHS, PAGE, RESULTS
from kg.web.i18n import N_, gettext, language_name
from kg.web.labels import labels_of
from kg.web.lists import Facet, Kind, kinds
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.selection import Selection, thing_of, value_of
from kg.web.site import Row, Site, asked_format, is_fresh, not_modified, reading, revalidation, unchanged
from kg.web.terms import Value

SHOWN = 8
"""Choices of a facet that are shown at once; the others are folded."""

CHOICES = 200
"""Choices of a facet that are offered."""

PER_PAGE = 50

NAMED = 500
"""Things that the search index may name for a text; their IRIs stand in each query."""

SORTS = {"name": N_("Name"), "date": N_("Date"), "links": N_("Links")}

BROWSE: dict[str, Kind] = kinds()


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet."""

    value: str
    """As the address has it."""
    label: str
    count: int
    is_chosen: bool
    href: str
    """The list without this value; empty where it is not chosen."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A facet with its choices."""

    facet: Facet
    choices: list[Choice]
    left: int
    """Choices that are not offered."""

    @property
    def chosen(self) -> list[Choice]:
        """What was chosen."""
        return [choice for choice in self.choices if choice.is_chosen]


@dataclass(frozen=True, slots=True)
class Listed:
    """A thing in the list, with its columns."""

    thing: Value
    cells: list[list[Value]]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of a list shows."""

    things: list[Listed]
    total: int
    previous: str
    next: str
    narrowings: list[Narrowing]
    query: str


def router(site: Site) -> APIRouter:
    """Return the routes of the lists."""
    routes = APIRouter(tags=["lists"])

    @reading(routes, "/browse", "The lists")
    async def lists(request: Request) -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "lists")
        if found := unchanged(request, headers):
            return found
        counts = await site.rows(bound("counts", classes=tuple(k.cls for k in BROWSE.values())), version=version)
        by_class = {row["class"]["value"]: int(row["things"]["value"]) for row in counts}
        return site.page("lists.html", headers=headers, kinds=[(k, by_class.get(k.cls, 0)) for k in BROWSE.values()])

    @reading(routes, "/browse/{name}", "A list")
    async def browse(request: Request, name: str) -> Response:
        slug, _, suffix = name.partition(".")
        kind = BROWSE.get(slug)
        if kind is None:
            raise unlisted(slug)
        return await represent(site, request, kind, suffix)

    return routes


def unlisted(slug: str, problem: str = "not-found") -> Problem:
    """Return what to raise where somebody names a kind of things that there is no list of."""
    return Problem(
        problem,
        gettext("There is no list of %(name)s.") % {"name": slug[:100]},
        gettext("There are: %(names)s.") % {"names": ", ".join(BROWSE)},
    )


async def represent(site: Site, request: Request, kind: Kind, suffix: str) -> Response:
    """Return a list as page, or all that is selected as data.

    Raises:
        Problem: 400, the address says what cannot be; 406.
    """
    chosen = asked_format(request, suffix, (PAGE, *RESULTS, *GRAPHS))
    version = site.pool.current()
    etag = site.etag(version, "browse", kind.slug, chosen.media_type, request.url.query)
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if is_fresh(request, etag):
        return not_modified(etag, {"Vary": "Accept"})
    try:
        selection = Selection.of(kind, site.options.base, request.query_params)
    except ValueError as error:
        raise Problem(
            "bad-request", str(error), gettext("The whole list: %(path)s") % {"path": f"/browse/{kind.slug}"}
        ) from None
    selection = await narrowed(site, selection, version)
    if chosen.format in RESULTS:
        text = selection.without_page().page_query(None)
        return await stream(site, Query(text=text, results=chosen.format.extension, graph=None), request, headers,
                            chosen.content_type)  # fmt: skip
    if chosen.format in GRAPHS:
        asking = Query(text=selection.describing_query(), results=None, graph=chosen.format.extension,
                       prefixes=tuple(PREFIXES.items()))  # fmt: skip
        return await stream(site, asking, request, headers, chosen.content_type)
    page = await look_up(site, selection, version)
    headers["Link"] = ", ".join(
        f'<{selection.href(f.extension)}>; rel="alternate"; type="{f.media_type}"' for f in (*RESULTS, *GRAPHS)
    )
    sorts = [(name, title, selection.ordered(_direction(selection, name)).href(), _arrow(selection, name))
             for name, title in SORTS.items() if name in kind.sorts]  # fmt: skip
    return site.page("browse.html", headers=headers, kind=kind, selection=selection, page=page, sorts=sorts,
                     shown=SHOWN)  # fmt: skip


async def narrowed(site: Site, selection: Selection, version: VersionRef) -> Selection:
    """Return a selection with the things that have its text in a name, where there are not too many.

    The search index finds them at once, without regard to accents; otherwise each query looks through all names.
    """
    if not selection.text:
        return selection
    try:
        found = await site.searcher.ask(version, lambda i: i.named(selection.text, selection.kind.cls, NAMED))
    except SearchError:
        return selection
    return replace(selection, among=None if found is None else tuple(found))


async def look_up(site: Site, selection: Selection, version: VersionRef) -> Page:
    """Gather what the page of a list shows: the things, how many there are, and the facets with their counts.

    What is told of the things is asked when they are known: the query that the page shows has it all in one, and takes
    some three times as long.
    """
    facets = selection.kind.facets
    rows, counts, *counted = await asyncio.gather(
        site.rows(selection.page_query(PER_PAGE + 1, told=False), version=version),
        site.rows(selection.count_query(), version=version),
        *(site.rows(query, version=version) for query in selection.facet_queries()),
    )
    by_facet: dict[str, list[Row]] = {}
    for row in chain(*counted):
        by_facet.setdefault(row["facet"]["value"], []).append(row)
    found = [by_facet.get(facet.name, []) for facet in facets]
    if selection.before:
        if len(rows) <= PER_PAGE:  # the first page, which is shown whole
            return await look_up(site, selection.without_page(), version)
        rows.reverse()
    more = len(rows) > PER_PAGE
    if more:
        rows = rows[1:] if selection.before else rows[:PER_PAGE]
    told = await site.rows(selection.columns_query(r["thing"]["value"] for r in rows), version=version) if rows else []
    labels = await labels_of(site, _iris([*rows, *told], found), version)
    narrowings = [
        _narrowing(site, selection, facet, values, labels) for facet, values in zip(facets, found, strict=True)
    ]
    previous = following = ""
    if rows and (selection.after or selection.before):
        previous = selection.beside(*_key(rows[0]), before=True).href()
    if rows and (more or selection.before):
        following = selection.beside(*_key(rows[-1])).href()
    by_thing: dict[str, dict[str, list[Value]]] = {}
    for row in told:
        value = terms.value_of(row["value"], site.options.base, labels.get(row["value"]["value"]))
        by_thing.setdefault(row["thing"]["value"], {}).setdefault(row["column"]["value"], []).append(value)
    things = [_listed(site, selection.kind, row, labels, by_thing.get(row["thing"]["value"], {})) for row in rows]
    query = replace(selection, among=None).page_query(PER_PAGE + 1)
    return Page(things, int(counts[0]["things"]["value"]), previous, following,
                [n for n in narrowings if n.chosen or len(n.choices) > 1], query)  # fmt: skip


def _key(row: Row) -> tuple[str, str]:
    return row.get("key", {}).get("value", ""), row["thing"]["value"]


def _iris(rows: Iterable[Row], facets: Iterable[list[Row]]) -> set[str]:
    """Return all things that the page names."""
    terms_of = (row[name] for row in rows for name in ("thing", "value") if name in row)
    choices = (row["value"] for values in facets for row in _most(values) if "value" in row)
    return {term["value"] for term in (*terms_of, *choices) if term["type"] == "uri"}


def _most(values: list[Row]) -> list[Row]:
    ordered = sorted(values, key=lambda row: -int(row["things"]["value"]))
    return ordered[:CHOICES]


def _narrowing(site: Site, selection: Selection, facet: Facet, values: list[Row], labels: dict[str, str]) -> Narrowing:
    base, chosen = site.options.base, selection.values(facet)
    found: dict[str, Choice] = {}
    for row in _most(values):
        if "value" not in row:
            continue
        value = value_of(facet, row["value"]["value"], base)
        label = _label(facet, row["value"]["value"], base, labels)
        href = selection.toggled(facet, value).href() if value in chosen else ""
        found[value] = Choice(value, label, int(row["things"]["value"]), value in chosen, href)
    for value in chosen:  # what was chosen stays, also where nothing has it under the other choices
        if value not in found:
            label = _label(facet, thing_of(facet, value, base), base, labels)
            found[value] = Choice(value, label, 0, True, selection.toggled(facet, value).href())
    choices = list(found.values())
    if facet.in_order or facet.newest_first:
        choices.sort(key=lambda c: terms.in_order(c.label), reverse=facet.newest_first)
    return Narrowing(facet, sorted(choices, key=lambda c: not c.is_chosen), max(len(values) - CHOICES, 0))


def _label(facet: Facet, value: str, base: str, labels: dict[str, str]) -> str:
    if facet.tags:
        return language_name(value)
    if facet.literal:
        return gettext(facet.labels.get(value, value))
    is_term = value.startswith(DEFAULT_BASE + "ontology/") or ("#" in value and not value.startswith(base))
    label = labels.get(value) or (terms.label_of(value) if is_term else None)
    return terms.value_of({"type": "uri", "value": value}, base, label).text


def _listed(site: Site, kind: Kind, row: Row, labels: dict[str, str], told: dict[str, list[Value]]) -> Listed:
    name = labels.get(row["thing"]["value"])
    cells = [sorted(told.get(column.name, []), key=lambda v: terms.in_order(v.text)) for column in kind.columns]
    return Listed(terms.value_of(row["thing"], site.options.base, name), cells)


def _direction(selection: Selection, name: str) -> str:
    """Return the order that a click asks for: the other way round where the list has it already."""
    if selection.sort.removeprefix("-") == name:
        return name if selection.sort.startswith("-") else f"-{name}"
    return name if name == "name" else f"-{name}"


def _arrow(selection: Selection, name: str) -> str:
    if selection.sort.removeprefix("-") != name:
        return ""
    return "↓" if selection.sort.startswith("-") else "↑"
