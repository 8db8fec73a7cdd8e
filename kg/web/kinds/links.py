"""Links to goals and targets as pages show them: claimed, stated and inferred, with the words that say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.web import terms
from kg.web.site import Row, Site
from kg.web.things import link_to

STATUSES = ("claimed", "stated", "inferred")


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a goal or target."""

    concept: terms.Value
    status: str
    words: str
    score: float | None
    href: str
    """Page of the link itself."""


def status_of(iri: str) -> str:
    """Return ``claimed``, ``stated`` or ``inferred``."""
    name = iri.rpartition("/")[2]
    return name if name in STATUSES else "inferred"


def links(site: Site, rows: Iterable[Row], labels: dict[str, str]) -> list[Link]:
    """Return the links of rows of ``kinds/links.rq``: what is claimed first, each in the order of the goals."""
    found: dict[str, Link] = {}
    for row in rows:
        concept = row["concept"]["value"]
        found.setdefault(
            row["link"]["value"],
            Link(
                link_to(site, concept, labels.get(concept)), status_of(row["status"]["value"]),
                row.get("words", {}).get("value", ""), number(row, "score"), link_to(site, row["link"]["value"],
                None).href or "",
            ),
        )  # fmt: skip
    return sorted(found.values(), key=lambda k: (STATUSES.index(k.status), -(k.score or 0) if k.status == "inferred"
                                                 else 0, terms.in_order(k.concept.text)))  # fmt: skip


def number(row: Row, name: str) -> float | None:
    """Return the number of a variable, None where it is unbound or none."""
    try:
        return float(row[name]["value"])
    except (KeyError, ValueError):
        return None
