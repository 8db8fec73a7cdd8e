"""The vocabulary's pages: all terms with a picture of the main classes, and each term with how the data uses it."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from rdflib import Graph
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.engine.pool import VersionRef
from kg.web import rdf_files, shape_table, terms
from kg.web.diagram import diagram
from kg.web.i18n import gettext as _
from kg.web.labels import labels_of
from kg.web.problems import Problem
from kg.web.queries import bound
from kg.web.site import Site, current, reading, revalidation, unchanged
from kg.web.versions import manifest_of
from kg.web.vocabulary import (
    NAMESPACE,
    Term,
    described,
    foreign,
    ontology,
    parents,
    statistics_of,
    used,
    users,
    vocabulary,
)


def router(site: Site) -> APIRouter:
    """Return the routes of the vocabulary."""
    routes = APIRouter(tags=["ontology"])

    async def whole(request: Request, suffix: str = "") -> Response:
        if (body := rdf_files.represented(request, "/ontology", suffix, ontology)) is not None:
            return body
        version = current(site)
        counted = statistics_of(manifest_of(site, version) if version else None)
        kinds = {"Classes": "class", "Properties": "property", "Individuals": "individual"}
        grouped = {title: [t for t in vocabulary().values() if t.kind == kind] for title, kind in kinds.items()}
        headers = {"Vary": "Accept", "Link": rdf_files.links("/ontology"), "Cache-Control": "no-cache"}
        return site.page(
            "ontology.html", headers=headers, groups=grouped, namespace=NAMESPACE, counted=counted,
            picture=diagram(counted.classes, counted.schema, parents()), foreign=used(counted),
        )  # fmt: skip

    for path in ("/ontology", "/ontology/", "/ontology.{suffix}"):
        reading(routes, path, "The vocabulary", in_schema=path == "/ontology")(whole)

    @reading(routes, "/ontology/{name}", "A term")
    async def term(request: Request, name: str) -> Response:
        if name.startswith("commons:"):  # as pages write it
            return RedirectResponse(f"/ontology/{name.removeprefix('commons:')}", 301)
        stem, dot, suffix = name.partition(".")
        version = current(site)
        counted = statistics_of(manifest_of(site, version) if version else None)
        found = vocabulary().get(stem) or foreign(stem, counted)
        if found is None:
            raise Problem(
                "not-found",
                _("The vocabulary has no term %(name)s.") % {"name": stem[:100]},
                _("All of them: /ontology"),
            )

        def graph() -> Graph:
            return described(found.iri)

        here = f"/ontology/{stem}"
        if (body := rdf_files.represented(request, here, suffix if dot else "", graph)) is not None:
            return body
        version = site.pool.current()
        headers = revalidation(site, request, version, found.iri)
        headers |= {"Vary": "Accept", "Link": rdf_files.links(here)}
        if same := unchanged(request, headers):
            return same
        query = bound("term-uses", term=found.iri)
        (counts,), examples = await asyncio.gather(site.rows(query, version=version), _examples(site, found, version))
        return site.page(
            "term.html", headers=headers, term=found, query=query, examples=examples,
            instances=int(counts["instances"]["value"]), subjects=int(counts["subjects"]["value"]),
            users=users(found.iri, counted), uses=_uses(counted.schema.get(found.iri, {})),
            rules=list(shape_table.rules_of_class(found.iri)),
        )  # fmt: skip

    return routes


def _uses(uses: Any) -> list[tuple[str, Any]]:
    """Return how the things of a class use properties, in the order in which pages tell them."""
    return sorted(uses.items(), key=lambda item: (terms.rank_of(item[0]), item[0]))


async def _examples(site: Site, term: Term, version: VersionRef) -> list[tuple[terms.Value, terms.Value | None]]:
    """Return some things of a class, or some things and values of a property."""
    rows = await site.rows(bound("term-examples", term=term.iri), version=version)
    named = [row[name]["value"] for row in rows for name in row if row[name]["type"] == "uri"]
    labels = await labels_of(site, named, version)
    base = site.options.base

    def value(row: dict[str, Any], name: str) -> terms.Value | None:
        return terms.value_of(row[name], base, labels.get(row[name]["value"])) if name in row else None

    return [(thing, value(row, "value")) for row in rows if (thing := value(row, "thing")) is not None]
