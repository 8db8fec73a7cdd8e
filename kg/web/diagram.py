"""The main classes and how properties join them, as an SVG: where each class stands is a table, ``diagram.csv``.

Mentions have no box: what a post mentions is an arrow of the post.
"""

from __future__ import annotations

import csv
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.dataset.statistics import PropertyUse
from kg.web import terms

WIDTH, HEIGHT = 920, 620
BOX_WIDTH, BOX_HEIGHT = 150, 72

LETTER, LINE = 6.4, 16
"""Width of a letter of a name, and height of its line."""

ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8)
"""Where on its line the name of an arrow may stand, the best place first."""


Rectangle = tuple[float, float, float, float]
"""Left, top, width, height."""


@dataclass(frozen=True, slots=True)
class Box:
    """A class, by the middle of its box."""

    cls: str
    x: int
    y: int
    things: int

    @property
    def lines(self) -> list[str]:
        """What it is called, in lines that the box has room for."""
        return textwrap.wrap(terms.label_of(self.cls), 20)[:3]

    @property
    def left(self) -> float:
        """Of the box."""
        return self.x - BOX_WIDTH / 2

    @property
    def top(self) -> float:
        """Of the box."""
        return self.y - BOX_HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from box to box, for the properties that join their things; the most used names it."""

    source: str
    target: str
    properties: tuple[tuple[str, int], ...]
    """(property, statements), the most used first."""
    line: tuple[float, float, float, float]
    label: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Diagram:
    """The picture; ``edges`` is the table that says the same."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    width: int = WIDTH
    height: int = HEIGHT
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


@cache
def _places() -> dict[str, tuple[int, int]]:
    with (Path(__file__).parent / "diagram.csv").open(encoding="utf-8", newline="") as rows:
        return {terms.expand(row["class"]): (int(row["x"]), int(row["y"])) for row in csv.DictReader(rows)}


def diagram(
    classes: Mapping[str, int], schema: Mapping[str, Mapping[str, PropertyUse]],
    parents: Mapping[str, frozenset[str]] | None = None,
) -> Diagram | None:  # fmt: skip
    """Draw the classes that a dataset has things of; None where it has none of the main ones.

    What the things of a class do as things of one of its sub-classes is drawn once, with the sub-class: ``parents``
    are the super-classes of each class.
    """
    boxes = {cls: Box(cls, *place, classes[cls]) for cls, place in _places().items() if classes.get(cls)}
    joined: dict[tuple[str, str], dict[str, int]] = {}
    for cls in boxes:
        for prop, use in schema.get(cls, {}).items():
            for target, count in use.objects.items():
                if (
                    target in boxes
                    and target != cls
                    and not any(
                        cls in above
                        and prop in schema.get(below, {})
                        and schema[below][prop].objects.get(target) == count
                        for below, above in (parents or {}).items()
                    )
                ):
                    joined.setdefault((cls, target), {})[prop] = count
    edges = []
    taken: list[Rectangle] = [(box.left, box.top, BOX_WIDTH, BOX_HEIGHT) for box in boxes.values()]
    for (source, target), properties in joined.items():
        back = joined.get((target, source), {})
        # one arrow for a property and its inverse: the way that says more, else the way of the table
        if (-max(back.values(), default=0), list(boxes).index(target)) < (
            -max(properties.values()), list(boxes).index(source),
        ):  # fmt: skip
            continue
        ordered = tuple(sorted(properties.items(), key=lambda item: (-item[1], item[0])))
        line = _line(boxes[source], boxes[target])
        edges.append(Edge(source, target, ordered, line, _label(line, ordered, taken)))
    return Diagram(tuple(boxes.values()), tuple(edges)) if boxes else None


def _label(
    line: tuple[float, float, float, float], properties: Sequence[tuple[str, int]], taken: list[Rectangle]
) -> tuple[float, float]:
    """Return the middle of the name of an arrow: where it covers least of what is ``taken``, which its space joins."""
    (x1, y1, x2, y2), rest = line, len(properties) > 1
    width = LETTER * (len(terms.label_of(properties[0][0])) + 3 * rest) + 6
    places = [(x1 + (x2 - x1) * at, y1 + (y2 - y1) * at) for at in ALONG]
    spaces = [(x - width / 2, y - LINE / 2, width, LINE) for x, y in places]
    best = min(range(len(places)), key=lambda n: (sum(_shared(spaces[n], other) for other in taken), n))
    taken.append(spaces[best])
    return round(places[best][0], 1), round(places[best][1], 1)


def _shared(one: Rectangle, other: Rectangle) -> float:
    """Return the area that two rectangles have in common."""
    sides = (min(one[i] + one[i + 2], other[i] + other[i + 2]) - max(one[i], other[i]) for i in (0, 1))
    return math.prod(max(side, 0) for side in sides)


def _line(source: Box, target: Box) -> tuple[float, float, float, float]:
    """Return where the straight line between two boxes leaves one and meets the other."""
    dx, dy = target.x - source.x, target.y - source.y
    x1, y1 = _edge(source, dx, dy, 0)
    x2, y2 = _edge(target, -dx, -dy, 4)  # some room for the head of the arrow
    return x1, y1, x2, y2


def _edge(box: Box, dx: float, dy: float, room: float) -> tuple[float, float]:
    half_width, half_height = BOX_WIDTH / 2 + room, BOX_HEIGHT / 2 + room
    scale = min(half_width / abs(dx) if dx else math.inf, half_height / abs(dy) if dy else math.inf)
    return round(box.x + dx * scale, 1), round(box.y + dy * scale, 1)
