"""A number that changes from day to day, as a line of steps or from point to point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kg.web.charts.scales import Tick, day_ticks, round_steps, share

HEIGHT = 220
"""Pixels between the lowest and the highest line across."""


@dataclass(frozen=True, slots=True)
class Point:
    """What the number was on a day."""

    x: float
    y: float
    day: str
    value: float
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """A picture of a line."""

    points: list[Point]
    path: str
    """In a box that is 100 wide and ``height`` high."""
    area: str
    """The same, closed along the bottom."""
    ticks: list[Tick]
    levels: list[Tick]
    height: int = HEIGHT


def line(values: Sequence[tuple[date, float, str]], *, steps: bool = False) -> Line | None:
    """Return the line through days with their numbers and addresses; None where there are fewer than two days.

    ``steps`` is for a number that stays what it is until the next day that is given.
    """
    ordered = sorted(values, key=lambda v: v[0])
    if len({day for day, *_ in ordered}) < 2:
        return None
    first, last = ordered[0][0], ordered[-1][0]
    levels = round_steps(max(value for _, value, _ in ordered))
    points = [
        Point(
            share(day.toordinal(), first.toordinal(), last.toordinal()),
            round(HEIGHT - value / levels[-1] * HEIGHT, 1), day.isoformat(), value, href,
        )
        for day, value, href in ordered
    ]  # fmt: skip
    path = f"M{points[0].x} {points[0].y}"
    for point in points[1:]:
        path += f"H{point.x}V{point.y}" if steps else f"L{point.x} {point.y}"
    area = f"{path}V{HEIGHT}H{points[0].x}Z"
    across = [Tick(round(HEIGHT - level / levels[-1] * HEIGHT, 1), str(level)) for level in levels]
    return Line(points, path, area, day_ticks(first, last), across)
