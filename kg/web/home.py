"""The first page: what this is, what is in it, what it answers, what changed last."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.engine.pool import VersionRef
from kg.namespaces import COMMONS, XSD, absolute
from kg.questions import Question, questions
from kg.web import charts, terms
from kg.web.asking import query_of
from kg.web.browse import BROWSE
from kg.web.i18n import N_, gettext
from kg.web.labels import labels_of
from kg.web.queries import bound
from kg.web.site import Row, Site, reading, revalidation, unchanged
from kg.web.versions import manifest_of

TEASED = ("member-since", "goods-of-a-goal", "goods-noncommercial", "members-left", "deprecated-licences",
          "targets-of-a-good")  # fmt: skip
"""Questions whose answers begin on this page."""

OTHERS = ("members-on-a-day", "goods-in-a-country", "goods-of-members", "posts-of-a-goal", "owners", "licences-used")
"""Questions that this page names besides."""

NAMED = 3
"""Things of an answer that are named."""
LONG = 60
"""Characters of such a name."""

OPENNESS = {
    str(COMMONS.open): N_("open"), str(COMMONS.partlyOpen): N_("partly open"), str(COMMONS.notOpen): N_("not open"),
    str(COMMONS.undetermined): N_("undetermined"),
}  # fmt: skip

KINDS = {"software": N_("software"), "data": N_("data"), "content": N_("content"), "standard": N_("standard"),
         "ai-model": N_("AI model")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Teaser:
    """A question with the beginning of its answer."""

    question: Question
    chosen: list[str]
    """What stands for its parameters."""
    count: int
    day: str
    """For an answer that is a day."""
    named: list[terms.Value]


def router(site: Site) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(tags=["pages"])

    @reading(routes, "/", "Home")
    async def home(request: Request) -> Response:
        version = site.pool.current()
        headers = revalidation(site, request, version, "home")
        if found := unchanged(request, headers):
            return found
        queries = {
            "counts": bound("counts", classes=tuple(kind.cls for kind in BROWSE.values())),
            "goals": bound("goods-per-goal"), "openness": bound("openness"), "posts": bound("recent-posts"),
            "members": query_of(questions()["members-over-time"], {}, site.options.base),
        }  # fmt: skip
        answers, teasers = await asyncio.gather(
            asyncio.gather(*(site.rows(query, version=version) for query in queries.values())),
            asyncio.gather(*(_teaser(site, questions()[name], version) for name in TEASED)),
        )
        rows = dict(zip(queries, answers, strict=True))
        by_class = {row["class"]["value"]: int(row["things"]["value"]) for row in rows["counts"]}
        labels = await labels_of(site, (row["goal"]["value"] for row in rows["goals"]), version)
        return site.page(
            "home.html", headers=headers, queries=queries,
            kinds=[(kind, by_class[kind.cls]) for kind in BROWSE.values() if by_class.get(kind.cls)],
            posts=[(terms.value_of(r["post"], site.options.base, r["label"]["value"]), r["date"]["value"][:10],
                    r.get("publisher", {}).get("value", "")) for r in rows["posts"]],
            goals=goals_of(rows["goals"], labels), members=members_of(rows["members"]),
            openness=openness_of(rows["openness"]), teasers=[t for t in teasers if t.count],
            others=[questions()[name] for name in OTHERS], manifest=manifest_of(site, version),
        )  # fmt: skip

    return routes


async def _teaser(site: Site, question: Question, version: VersionRef) -> Teaser:
    """Return the beginning of an answer: its first things, or the day that it is."""
    base = site.options.base
    defaults = [absolute(p.default, base) if p.type == "thing" else p.default for p in question.parameters]
    rows = await site.rows(query_of(question, {}, base), version=version)
    first = next(iter(rows[0]), "") if rows else ""
    days = {row[first]["value"] for row in rows if row[first].get("datatype") == str(XSD.date)} if first else set()
    if days:
        labels = await labels_of(site, defaults, version)
        return Teaser(question, _shown(base, defaults, labels), len(rows), min(days), [])
    variable = next((name for name in ("good", "member", "concept") if rows and name in rows[0]), first)
    found = {row[variable]["value"]: row for row in rows if variable in row}
    labels = await labels_of(site, [*list(found)[:NAMED], *defaults], version)
    named = [terms.value_of(row[variable], base, labels.get(iri)) for iri, row in list(found.items())[:NAMED]]
    for value in named:
        value.text = textwrap.shorten(value.text, LONG, placeholder=" …")
    return Teaser(question, _shown(base, defaults, labels), len(found), "", named)


def _shown(base: str, values: list[str], labels: dict[str, str]) -> list[str]:
    return [terms.value_of({"type": "uri", "value": v}, base, labels[v]).text if v in labels else v for v in values]


def goals_of(rows: Iterable[Row], labels: dict[str, str]) -> charts.Goals | None:
    """Return the picture of goods per goal."""
    found = {}
    for row in rows:
        iri = row["goal"]["value"]
        number = iri.rpartition("/")[2]
        if number.isdecimal() and 1 <= int(number) <= 17:
            label = labels.get(iri) or row.get("label", {}).get("value", number)
            colour = row.get("color", {}).get("value", "")
            found[int(number)] = charts.Item(label, int(row["goods"]["value"]), f"/browse/goods?goal={number}", colour)
    return charts.goal_columns(found)


def members_of(rows: Iterable[Row]) -> charts.Line | None:
    """Return the picture of how many members the alliance had; each point leads to who they were."""
    values = []
    for row in rows:
        day = row["day"]["value"][:10]
        href = f"/questions/members-on-a-day?{urlencode({'day': day})}"
        values.append((date.fromisoformat(day), float(row["members"]["value"]), href))
    return charts.line(values, steps=True)


def openness_of(rows: Iterable[Row]) -> charts.Stacked | None:
    """Return the picture of how open goods are, by their kind; each part leads to the goods."""
    found: dict[str, dict[str, charts.Item]] = {}
    for row in rows:
        kind, openness = row["kind"]["value"], row["openness"]["value"]
        if openness in OPENNESS:
            local = openness.rpartition("/")[2]
            href = f"/browse/goods?{urlencode({'kind': kind, 'openness': local})}"
            name = OPENNESS[openness]
            found.setdefault(kind, {})[name] = charts.Item(name, int(row["goods"]["value"]), href)
    stacks = []
    for kind, parts in found.items():
        total = sum(part.value for part in parts.values())
        label = gettext(KINDS[kind]) if kind in KINDS else kind
        stacks.append((charts.Item(label, total, f"/browse/goods?{urlencode({'kind': kind})}"), parts))
    stacks.sort(key=lambda stack: -stack[0].value)
    return charts.stacked(stacks, list(OPENNESS.values()))
