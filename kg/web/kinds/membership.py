"""A membership: its interval, how sure its ends are, and all evidence side by side, with what agrees and what not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request

from kg.engine.pool import VersionRef
from kg.namespaces import COMMONS, ORG, SCHEMA
from kg.web.kinds.periods import periods, timeline
from kg.web.labels import labels_of
from kg.web.queries import bound
from kg.web.site import Site
from kg.web.terms import Value
from kg.web.things import Entity, link_to

TEMPLATE = "kinds/membership.html"
NEWS = 60
"""Days after the beginning for which an announcement is news of it; one that is older recalls it."""


@dataclass(slots=True)
class Piece:
    """A document that says so; ``days`` is how long after the membership's beginning it is dated."""

    link: Value
    is_announcement: bool
    url: str
    title: str
    day: str
    words: str
    revision: str
    post: Value | None
    graph: str
    days: int | None
    place: str
    """What it tells: ``begins``, ``during`` or ``ends``."""


async def gather(site: Site, request: Request, entity: Entity, version: VersionRef) -> dict[str, Any]:
    """Return what the page shows."""
    rows = await site.rows(bound("kinds/evidence", membership=entity.iri), version=version)
    member, organization = entity.first(ORG.member), entity.first(ORG.organization)
    things = [iri for iri in (member, organization, *(r["post"]["value"] for r in rows if "post" in r)) if iri]
    labels = await labels_of(site, dict.fromkeys((*things, *(r["evidence"]["value"] for r in rows))), version)
    facts = {name: {"type": "literal", "value": entity.first(term) or ""} for name, term in (
        ("start", SCHEMA.startDate), ("end", SCHEMA.endDate), ("firstSeen", COMMONS.firstSeen),
        ("lastSeen", COMMONS.lastSeen), ("absentBefore", COMMONS.absentBefore), ("goneBy", COMMONS.goneBy),
        ("current", COMMONS.current), ("member", ORG.member), ("organization", ORG.organization))}  # fmt: skip
    (period,) = periods([{"membership": {"type": "uri", "value": entity.iri}, **facts}])
    found: dict[str, Piece] = {}
    for row in rows:
        text = {name: str(term["value"]) for name, term in row.items()}
        is_announcement = text["class"] == str(COMMONS.MembershipAnnouncement)
        iri, day = text["evidence"], text.get("date", "")[:10]
        if iri in found:
            found[iri].is_announcement |= is_announcement
            continue
        post = link_to(site, text["post"], labels.get(text["post"])) if "post" in text else None
        found[iri] = Piece(
            link_to(site, iri, labels.get(iri)), is_announcement, text.get("url", ""), text.get("title", ""), day,
            text.get("words", ""), text.get("revision", ""), post, text["graph"].partition("/graph/")[2],
            _days(period.start, day), "ends" if period.end and day >= period.end else
            "begins" if period.start and _is_news(is_announcement, _days(period.start, day)) else "during",
        )  # fmt: skip
    pieces = sorted(found.values(), key=lambda p: (p.day, p.link.text))
    begins = [p for p in pieces if p.place == "begins" and p.days is not None]
    name = labels.get(member or "") or entity.title
    return {
        "folded": True, "period": period, "pieces": pieces,
        "member": link_to(site, member, labels.get(member)) if member else None,
        "organization": link_to(site, organization, labels.get(organization)) if organization else None,
        "agreeing": sum(1 for p in begins if p.days == 0), "begins": len(begins),
        "apart": max((abs(p.days or 0) for p in begins), default=0),
        "timeline": timeline([(period, name, "", "")]),
    }  # fmt: skip


def _is_news(is_announcement: bool, days: int | None) -> bool:
    return days is None or days <= (NEWS if is_announcement else 0)


def _days(start: str, day: str) -> int | None:
    try:
        return (date.fromisoformat(day) - date.fromisoformat(start)).days
    except ValueError:
        return None
