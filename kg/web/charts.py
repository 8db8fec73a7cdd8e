"""Pictures drawn on the server: numbers in, the geometry of an SVG out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

HEIGHT = 220
STEP, WIDTH = 44, 36

COLOURS = ("#e5243b", "#dda63a", "#4c9f38", "#c5192d", "#ff3a21", "#26bde2", "#fcc30b", "#a21942", "#fd6925",
           "#dd1367", "#fd9d24", "#bf8b2e", "#3f7e44", "#0a97d9", "#56c02b", "#00689d", "#19486a")  # fmt: skip
"""Of the 17 goals: https://www.un.org/sustainabledevelopment/news/communications-material/; for data without them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart of goals, in pixels."""

    number: int
    label: str
    count: int
    colour: str
    x: int
    y: float
    height: float
    href: str


def goals(rows: list[dict[str, dict[str, Any]]]) -> list[Bar]:
    """Return the bars of goods per goal, by the number of the goal; none where there are no goods."""
    found = {}
    for row in rows:
        match = re.fullmatch(r"http://metadata\.un\.org/sdg/(\d{1,2})", row["goal"]["value"])
        if match and 1 <= int(match[1]) <= 17:
            found[int(match[1])] = row
    most = max((int(row["goods"]["value"]) for row in found.values()), default=0)
    if most == 0:
        return []
    bars = []
    for number, row in sorted(found.items()):
        count = int(row["goods"]["value"])
        height = round(count / most * (HEIGHT - 30), 1)
        stated = row.get("color", {}).get("value", "")
        colour = stated if re.fullmatch(r"#[0-9A-Fa-f]{6}", stated) else COLOURS[number - 1]
        label = row.get("label", {}).get("value", f"Goal {number}")
        href = f"/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F{number}"
        bars.append(Bar(number, label, count, colour, (number - 1) * STEP, HEIGHT - height, height, href))
    return bars
