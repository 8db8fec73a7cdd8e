"""Organizations that may be one: the pairs of a version that scores leave in doubt, with what was joined and why."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.review import Pair, pairs
from kg.web.entity import page_number
from kg.web.evidence import said
from kg.web.labels import labels_of
from kg.web.problems import Problem
from kg.web.site import Site, reading, revalidation, unchanged
from kg.web.things import link_to

PER_PAGE = 50
"""Pairs on a page."""

COLUMNS = ("verdict", "score", "organization", "organization_names", "other", "other_names", "evidence")


@dataclass(frozen=True, slots=True)
class Side:
    """One of two organizations as a page shows it."""

    local: str
    href: str | None
    """Its page; None where it has none, such as one that was joined to another."""
    names: list[str]
    addresses: list[str]
    """Its homepages, and its entry in ROR."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair as a page shows it."""

    pair: Pair
    sides: tuple[Side, Side]
    evidence: list[tuple[str, str]]
    """What speaks for or against their being one, and its weight with a sign."""
    command: str
    """What decides, with ``--same`` or ``--different`` after it."""


def router(site: Site) -> APIRouter:
    """Return the routes of doubtful matches."""
    routes = APIRouter(tags=["quality"])

    @reading(routes, "/quality/doubts", "Organizations that may be one; ?joined=true: those that were joined")
    async def overview(request: Request, joined: bool = False) -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "doubts")
        if found := unchanged(request, headers):
            return found
        every = await asyncio.to_thread(pairs, version.path, joined=joined)
        number = page_number(request)
        some = every[(number - 1) * PER_PAGE : number * PER_PAGE]
        iris = {site.mint.organization(side["local"]) for pair in some for side in (pair.organization, pair.other)}
        labels = await labels_of(site, sorted(iris), version)

        def side(stated: dict[str, Any]) -> Side:
            iri = site.mint.organization(stated["local"])
            addresses = [*stated.get("homepages", ()), *([stated["ror"]] if "ror" in stated else ())]
            href = link_to(site, iri, None).href if iri in labels else None
            return Side(stated["local"], href, stated.get("names") or [stated["local"]], addresses)

        shown = [
            Shown(pair, (side(pair.organization), side(pair.other)), _evidence(pair), _command(pair)) for pair in some
        ]
        return site.page(
            "doubts.html", headers=headers, joined=joined, shown=shown, total=len(every), number=number,
            more=len(every) > number * PER_PAGE, start=(number - 1) * PER_PAGE + 1,
        )  # fmt: skip

    @reading(routes, "/quality/doubts.{suffix}", "The same as data: jsonl or csv")
    async def data(suffix: str, joined: bool = False) -> Response:
        if suffix not in ("jsonl", "csv"):
            raise Problem("not-acceptable", f"Pairs are not written as {suffix}.", "There is: jsonl, csv.")
        found = await asyncio.to_thread(pairs, site.pool.current().path, joined=joined)
        headers = {"Content-Disposition": f'inline; filename="doubts.{suffix}"', "Cache-Control": "no-cache"}
        if suffix == "csv":
            return Response(_table(found), 200, headers, "text/csv; charset=utf-8")
        return Response(_lines(found), 200, headers, "application/x-ndjson")

    return routes


def _evidence(pair: Pair) -> list[tuple[str, str]]:
    return [(said(what), weight.replace("-", "−")) for what, _, weight in (e.rpartition(" ") for e in pair.evidence)]


def _command(pair: Pair) -> str:
    return shlex.join(["commons-kg", "review", pair.organization["local"], pair.other["local"]])


def _lines(found: Sequence[Pair]) -> str:
    return "".join(json.dumps(pair._asdict(), ensure_ascii=False) + "\n" for pair in found)


def _table(found: Sequence[Pair]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for pair in found:
        sides = [("" if value is None else value) for side in (pair.organization, pair.other)
                 for value in (side["local"], "; ".join(side.get("names", ())))]  # fmt: skip
        rows.writerow((pair.verdict, pair.score, *sides, "; ".join(pair.evidence)))
    return out.getvalue()
