"""Numbers of one version after the other as columns: the geometry of an SVG, each column a link."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 760, 220
LEFT, BOTTOM, TOP = 64, 28, 14
MOST = 60
"""Columns that are drawn: the newest."""


@dataclass(frozen=True, slots=True)
class Point:
    """What there is to tell of one version."""

    href: str
    label: str
    """What stands below the column."""
    title: str
    """What is read out for it."""
    values: tuple[int, ...]
    """The parts that are stacked."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a column, in pixels; ``series`` counts from 1."""

    series: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    point: Point
    x: float
    width: float
    parts: tuple[Part, ...]
    labelled: bool
    """Whether there is room for its label."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The whole picture."""

    columns: tuple[Column, ...]
    ticks: tuple[tuple[float, int], ...]
    """Lines across: (y, what it stands for)."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def trend(points: Sequence[Point]) -> Trend | None:
    """Draw columns from the oldest to the newest; nothing where all are zero."""
    shown = points[-MOST:]
    most = max((sum(point.values) for point in shown), default=0)
    if most == 0:
        return None
    step = _step(most)
    top = step * math.ceil(most / step)
    room = HEIGHT - BOTTOM - TOP
    width = min((WIDTH - LEFT) / len(shown), 90)
    every = max(1, math.ceil(80 / width))
    columns = []
    for number, point in enumerate(shown):
        y, parts = float(HEIGHT - BOTTOM), []
        for series, value in enumerate(point.values, 1):
            height = round(value / top * room, 2)
            y = round(y - height, 2)
            parts.append(Part(series, y, height))
        labelled = (len(shown) - 1 - number) % every == 0
        columns.append(Column(point, round(LEFT + number * width + width * 0.12, 2), round(width * 0.76, 2),
                              tuple(parts), labelled))  # fmt: skip
    ticks = tuple((round(HEIGHT - BOTTOM - room * n * step / top, 2), n * step) for n in range(top // step + 1))
    return Trend(tuple(columns), ticks)


def _step(most: int) -> int:
    """Return the distance of lines: 1, 2 or 5 times a power of ten, so that there are two to five.

    >>> [_step(most) for most in (1, 7, 40, 173_551)]
    [1, 2, 10, 50000]
    """
    rough = most / 4
    power = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    return next((int(power * n) for n in (1, 2, 5, 10) if power * n >= rough), 1)
