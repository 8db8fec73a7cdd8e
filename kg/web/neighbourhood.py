"""The picture of a thing among its neighbours: what points at it on the left, what it points at on the right.

Numbers in, the geometry of an SVG out. The layout hangs on the data alone, so the same page has the same picture;
columns with a heading for each relation can be read where a cloud of nodes cannot.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.web import terms
from kg.web.charts import COLOURS
from kg.web.terms import Value
from kg.web.things import Entity

WIDTH, NODE, GAP = 900, 262, 14
ROW, HEADING = 30, 24
GROUPS, NODES, ROWS = 5, 4, 12
"""At most so many relations a side, things of each, and rows of both together."""

LETTERS = 31
"""Letters of a label that fit into a node; a wide one, such as a Chinese one, counts twice."""

LEFT_OUT = (
    "rdf:type skos:inScheme skos:topConceptOf skos:hasTopConcept skos:narrower skos:broader oa:motivatedBy "
    "oa:hasTarget oa:hasBody commons:linkStatus commons:inProperty commons:inFeed org:memberDuring prov:wasGeneratedBy "
    "prov:used cc:permits cc:requires cc:prohibits cc:legalcode dcterms:hasVersion dcterms:license schema:inLanguage"
)
"""Relations that say little, or what another says already."""


@dataclass(frozen=True, slots=True)
class Node:
    """A neighbour, with the edge from the thing to it."""

    text: str
    title: str
    href: str
    x: float
    y: float
    edge: str
    """Path of the edge."""
    colour: str | None
    """Official colour of a goal or target."""


@dataclass(slots=True)
class Relation:
    """The neighbours by one property."""

    label: str
    is_incoming: bool
    count: int
    x: float
    y: float = 0
    nodes: list[Node] = field(default_factory=list)
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws."""

    height: float
    centre: tuple[float, float, float]
    """Left edge, top and height of the thing's own box."""
    title: list[str]
    relations: list[Relation]


def draw(entity: Entity) -> Picture | None:
    """Return the picture of a thing; None where it would show fewer than two neighbours."""
    outgoing = [(f.term, terms.label_of(f.term), f.count, _things(f.values)) for f in entity.facts]
    incoming = [(i.property, terms.inverse_of(i.property), i.count, _things(i.things)) for i in entity.incoming]
    told = {thing.href for *_, things in outgoing for thing in things}
    # what both say of each other is drawn once: a goal has targets, and each target is of the goal
    incoming = [relation for relation in incoming if not all(thing.href in told for thing in relation[3])]
    left, right = _chosen(incoming), _chosen(outgoing)
    if sum(len(things) for _, _, things in (*left, *right)) < 2:
        return None
    tall = max(_height(left), _height(right))
    title = textwrap.wrap(entity.title, 25)[:4]
    if len(" ".join(title)) < len(entity.title):
        title[-1] = _cut(title[-1] + "…………", 25)
    box = 26 + 20 * len(title)
    height = max(tall, box + 20)
    centre = ((WIDTH - 220) / 2, (height - box) / 2, box)
    relations = [
        *_column(left, True, 0, (height - _height(left)) / 2, centre),
        *_column(right, False, WIDTH - NODE, (height - _height(right)) / 2, centre),
    ]
    return Picture(height, centre, title, relations)


def _things(values: Iterable[Value]) -> list[Value]:
    return [v for v in values if v.href is not None and not v.external and not v.href.startswith("/ontology")]


Chosen = list[tuple[str, int, list[Value]]]


def _chosen(found: Iterable[tuple[str, str, int, list[Value]]]) -> Chosen:
    """Take the first relations, and the first things of each, that fit."""
    said = LEFT_OUT.split()
    kept = [(label, count, things) for name, label, count, things in found if things and terms.curie(name) not in said][
        :GROUPS
    ]
    each = max(1, min(NODES, ROWS // len(kept))) if kept else 0
    return [(label, count, things[:each]) for label, count, things in kept]


def _height(chosen: Chosen) -> float:
    return sum(HEADING + ROW * len(things) + GAP for _, _, things in chosen)


def _column(
    chosen: Chosen, is_incoming: bool, x: float, top: float, centre: tuple[float, float, float]
) -> list[Relation]:
    found, y = [], top
    left, box_top, box_height = centre
    start, end = (left, x + NODE) if is_incoming else (left + 220, x)
    middle = (start + end) / 2
    for label, count, things in chosen:
        relation = Relation(label, is_incoming, count, x, y + 15, rest=count - len(things))
        y += HEADING
        for thing in things:
            at = y + ROW / 2
            from_ = min(max(at, box_top + 14), box_top + box_height - 14)
            edge = f"M{start:g} {from_:g}C{middle:g} {from_:g} {middle:g} {at:g} {end:g} {at:g}"
            relation.nodes.append(
                Node(
                    _cut(re.sub(r"^https?://", "", thing.text), LETTERS),
                    thing.text,
                    thing.href or "",
                    x,
                    y + 2,
                    edge,
                    _colour(thing),
                )
            )
            y += ROW
        y += GAP
        found.append(relation)
    return found


def _cut(text: str, most: int) -> str:
    """Return a text that is no wider than ``most`` letters."""
    width, kept = 0, ""
    for letter in text:
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width > most:
            return kept[:-1].rstrip() + "…"
        kept += letter
    return kept


def _colour(value: Value) -> str | None:
    goal = re.search(r"metadata\.un\.org%2Fsdg%2F(\d{1,2})(?:\.|$)", value.href or "")
    return COLOURS[int(goal[1]) - 1] if goal and 1 <= int(goal[1]) <= len(COLOURS) else None
