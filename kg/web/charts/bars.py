"""Bars beside their labels, whole or in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.web.charts.scales import Tick, round_steps, share

MOST = 40
"""Bars that are drawn; the table has the others."""


@dataclass(frozen=True, slots=True)
class Item:
    """A number with its name, and where its bar leads."""

    label: str
    value: float
    href: str = ""
    colour: str = ""
    """Such as ``#3f7e44``, where the thing has a colour of its own."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An item as it is drawn."""

    item: Item
    width: float
    """Per cent."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture of bars that lie one below the other."""

    bars: list[Bar]
    ticks: list[Tick]
    left: int
    """Items that are not drawn."""


def bars(items: Sequence[Item], most: int = MOST) -> Bars | None:
    """Return the bars of the first items, None where there is nothing to draw."""
    longest = max((item.value for item in items), default=0)
    if longest <= 0:
        return None
    steps = round_steps(longest)
    drawn = [Bar(item, share(max(item.value, 0), 0, steps[-1])) for item in items[:most]]
    return Bars(drawn, [Tick(share(s, 0, steps[-1]), str(s)) for s in steps], max(len(items) - most, 0))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar."""

    series: int
    """Index of its name among ``Stacked.names``; its class is ``series-N``."""
    value: float
    x: float
    width: float
    """Per cent."""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar in parts."""

    label: str
    total: float
    parts: list[Part]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Stacked:
    """A picture of bars in parts, each as long as the others: shares of a whole."""

    names: list[str]
    stacks: list[Stack]


def stacked(rows: Iterable[tuple[Item, Mapping[str, Item]]], names: Sequence[str]) -> Stacked | None:
    """Return bars in parts: each row is what the bar stands for, and name of a part -> its number.

    >>> picture = stacked([(Item("software", 4), {"open": Item("open", 3), "not": Item("not", 1)})], ["open", "not"])
    >>> [(part.x, part.width) for part in picture.stacks[0].parts]
    [(0.0, 75.0), (75.0, 25.0)]
    """
    stacks = []
    for whole, parts in rows:
        total, before, drawn = sum(max(p.value, 0) for p in parts.values()), 0.0, []
        for series, name in enumerate(names):
            part = parts.get(name)
            if part is not None and part.value > 0:
                width = share(part.value, 0, total)
                drawn.append(Part(series, part.value, share(before, 0, total), width, part.href))
                before += part.value
        if drawn:
            stacks.append(Stack(whole.label, whole.value, drawn, whole.href))
    return Stacked(list(names), stacks) if stacks else None
