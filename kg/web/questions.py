"""The questions: ``/questions`` lists them, ``/questions/NAME`` asks one with what its reader chose."""

from __future__ import annotations

import asyncio
import difflib
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.engine.pool import Query, VersionRef
from kg.namespaces import PREFIXES, absolute
from kg.questions import Parameter, Question, questions
from kg.resources import query as query_file
from kg.web import terms
from kg.web.answering import GoneError, stream
from kg.web.answers import answer_of
from kg.web.asking import GROUPS, query_of, term_of
from kg.web.conneg import GRAPHS, PAGE, RESULTS
from kg.web.i18n import gettext
from kg.web.labels import labels_of
from kg.web.pictures import picture_of
from kg.web.problems import Problem
from kg.web.queries import bound, is_iri
from kg.web.site import Site, asked_format, is_fresh, not_modified, reading, revalidation, unchanged

MENU = 300
"""Choices above which a field is typed in, with the choices as suggestions, and not a menu."""


@dataclass(slots=True)
class Field:
    """A parameter in the form."""

    parameter: Parameter
    value: str
    """What is chosen, as the address has it."""
    options: dict[str, str] = field(default_factory=dict)
    """What a thing may be: as the address has it -> label."""
    error: str = ""
    near: list[tuple[str, str]] = field(default_factory=list)
    """Choices like the one that is not there: the query of the address that makes it, and its label."""

    @property
    def is_menu(self) -> bool:
        """Whether all choices are shown at once."""
        return len(self.options) <= MENU

    @property
    def shown(self) -> str:
        """What stands in a field to type in."""
        return self.options.get(self.value, self.value)


def router(site: Site) -> APIRouter:
    """Return the routes of the questions."""
    routes = APIRouter(tags=["questions"])

    @reading(routes, "/questions", "The questions")
    async def listing(request: Request) -> Response:
        headers = revalidation(site, request, site.pool.current(), "questions")
        if found := unchanged(request, headers):
            return found
        groups = {tag: [q for q in questions().values() if q.tags[:1] == (tag,)] for tag in GROUPS}
        return site.page("questions.html", headers=headers, groups=groups, titles=GROUPS)

    @reading(routes, "/questions/{name}", "A question and its answer")
    async def question(request: Request, name: str) -> Response:
        stem, _, suffix = name.partition(".")
        asked = questions().get(stem)
        if asked is None:
            raise Problem(
                "not-found",
                gettext("There is no question %(name)s.") % {"name": stem[:100]},
                gettext("All of them: /questions"),
            )
        return await represent(site, request, asked, suffix)

    return routes


async def represent(site: Site, request: Request, question: Question, suffix: str) -> Response:
    """Return a question and its answer as page or data.

    Raises:
        Problem: 400, a value is not of its parameter's type (as data; the page says so at the field); 406.
    """
    chosen = asked_format(request, suffix, (PAGE, *RESULTS, *GRAPHS))
    version = site.pool.current()
    etag = site.etag(version, "question", question.name, chosen.media_type, request.url.query)
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if is_fresh(request, etag):
        return not_modified(etag, {"Vary": "Accept"})
    fields = [await _field(site, p, request.query_params.get(p.name), version) for p in question.parameters]
    values = {f.parameter.name: f.value for f in fields}
    if any(f.error for f in fields):
        if chosen.format is not PAGE:
            faults = "; ".join(f"{f.parameter.name}: {f.error}" for f in fields if f.error)
            raise Problem("bad-request", faults)
        return site.page("question.html", status=400, headers={"Cache-Control": "no-store", "Vary": "Accept"},
                         question=question, fields=fields, answer=None, **_around(question, values))  # fmt: skip
    if any(request.query_params.get(name) not in (None, value) for name, value in values.items()):
        return RedirectResponse(f"/questions/{question.name}{'.' if suffix else ''}{suffix}{_parameters(values)}", 303)
    query = query_of(question, values, site.options.base)
    if chosen.format in RESULTS:
        asking = Query(text=query, results=chosen.format.extension, graph=None)
        return await stream(site, asking, request, headers, chosen.content_type)
    try:
        answer = await answer_of(site, request, question, query)
    except GoneError:
        return Response(status_code=499)
    if chosen.format in GRAPHS:
        iris = {str(t["value"]) for row in answer.solutions for t in row.values() if t["type"] == "uri"}
        things = tuple(iri for iri in sorted(iris) if is_iri(iri))
        asking = Query(text=bound("things", things=things), results=None,
                       graph=chosen.format.extension, prefixes=tuple(PREFIXES.items()))  # fmt: skip
        return await stream(site, asking, request, headers, chosen.content_type)
    around = _around(question, values)
    headers["Link"] = ", ".join(
        f'<{around["address"]}.{f.extension}{around["parameters"]}>; rel="alternate"; type="{f.media_type}"'
        for f in (*RESULTS, *GRAPHS)
    )
    picture = picture_of(site, answer, question.chart) if question.chart else None
    return site.page("question.html", headers=headers, question=question, fields=fields, answer=answer, query=query,
                     picture=picture, **around)  # fmt: skip


def _around(question: Question, values: dict[str, str]) -> dict[str, Any]:
    """Return what the page of a question has around the answer."""
    like = [q for q in questions().values() if q is not question and q.tags[:1] == question.tags[:1]]
    return {
        "address": f"/questions/{question.name}", "parameters": _parameters(values),
        "like": like, "group": GROUPS[question.tags[0]],
    }  # fmt: skip


def _parameters(values: dict[str, str]) -> str:
    return f"?{urlencode(values, safe='/:')}" if values else ""


async def _field(site: Site, parameter: Parameter, given: str | None, version: VersionRef) -> Field:
    """Return a parameter with what was chosen for it, or its default, or the first of what there is."""
    value = parameter.default if given is None else given.strip()
    found = Field(parameter, value)
    if parameter.choices is not None:
        found.options = await choices_of(site, parameter.choices, version)
        if given is None and value not in found.options and found.options:
            found.value = value = next(iter(found.options))
        if value not in found.options:
            _find(found, value, site.options.base)
    if not found.error:
        try:
            term_of(parameter, found.value, site.options.base)
        except ValueError as error:
            found.error = str(error)
    return found


def _find(found: Field, value: str, base: str) -> None:
    """Find the thing that a reader has named by its label, or written as an IRI."""
    compact = terms.compact(absolute(value, base), base)
    folded = {label.casefold(): option for option, label in found.options.items()}
    if compact in found.options:
        found.value = compact
    elif value.casefold() in folded:
        found.value = folded[value.casefold()]
    elif not re.match(r"id/|[A-Za-z][A-Za-z0-9+.\-]*:\S", value):  # an IRI may be asked for that is no choice now
        found.error = gettext("Nothing here is called “%(name)s”.") % {"name": value}
        within = [label for label in folded if value.casefold() in label] if value else []
        like = dict.fromkeys([*within[:5], *difflib.get_close_matches(value.casefold(), folded, 5)])
        name = found.parameter.name
        found.near = [(_parameters({name: folded[label]}), found.options[folded[label]]) for label in like]


async def choices_of(site: Site, name: str, version: VersionRef) -> dict[str, str]:
    """Return what a thing may be, as addresses have it, with its label, by label."""
    rows = await site.rows(query_file(f"questions/choices/{name}"), version=version)
    things = [row["thing"]["value"] for row in rows]
    labels = await labels_of(site, things, version)
    shown = {iri: terms.value_of({"type": "uri", "value": iri}, site.options.base, labels.get(iri)) for iri in things}
    ordered = await asyncio.to_thread(sorted, things, key=lambda iri: terms.in_order(shown[iri].text))
    return {terms.compact(iri, site.options.base): shown[iri].text for iri in ordered}
