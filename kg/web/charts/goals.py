"""A column for each of the 17 Sustainable Development Goals, in its own colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kg.web.charts.bars import Item
from kg.web.charts.scales import Tick, round_steps

HEIGHT = 220
COLUMN = 100 / 17
"""Per cent of the width for a goal."""

COLOURS = ("#e5243b", "#dda63a", "#4c9f38", "#c5192d", "#ff3a21", "#26bde2", "#fcc30b", "#a21942", "#fd6925",
           "#dd1367", "#fd9d24", "#bf8b2e", "#3f7e44", "#0a97d9", "#56c02b", "#00689d", "#19486a")  # fmt: skip
"""Of the goals: https://www.un.org/sustainabledevelopment/news/communications-material/; for data without them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A goal as it is drawn."""

    number: int
    item: Item
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Goals:
    """A picture of the goals."""

    columns: list[Column]
    levels: list[Tick]
    height: int = HEIGHT


def goal_columns(found: Mapping[int, Item]) -> Goals | None:
    """Return the columns of the goals by their numbers, None where all of them are empty."""
    most = max((item.value for item in found.values()), default=0)
    if most <= 0:
        return None
    levels = round_steps(most)
    columns = []
    for number, item in sorted(found.items()):
        height = round(item.value / levels[-1] * HEIGHT, 1)
        colour = item.colour if re.fullmatch(r"#[0-9A-Fa-f]{6}", item.colour) else COLOURS[number - 1]
        shown = Item(item.label, item.value, item.href, colour)
        columns.append(Column(number, shown, round((number - 1) * COLUMN + 0.5, 2), round(COLUMN - 1, 2),
                              round(HEIGHT - height, 1), height))  # fmt: skip
    across = [Tick(round(HEIGHT - level / levels[-1] * HEIGHT, 1), str(level)) for level in levels]
    return Goals(columns, across)
