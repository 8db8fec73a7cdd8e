"""Where a number or a day stands on an axis, and at which round ones the axis has ticks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across a picture, and what is written at it."""

    at: float
    """Per cent of the width, or pixels from the top."""
    value: str
    """A number, or an ISO 8601 day, month or year."""


def round_steps(most: float, about: int = 4) -> list[int]:
    """Return round numbers from 0 to the first that is not below ``most``: steps of 1, 2 or 5 times a power of ten.

    >>> round_steps(288), round_steps(3), round_steps(0)
    ([0, 100, 200, 300], [0, 1, 2, 3], [0, 1])
    """
    if most <= 0:
        return [0, 1]
    rough = max(most / about, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(int(power * f) for f in (1, 2, 5, 10) if power * f >= rough)
    return [step * n for n in range(math.ceil(most / step) + 1)]


def share(value: float, least: float, most: float) -> float:
    """Return where a value stands between two others, in per cent."""
    return round((value - least) / (most - least) * 100, 2) if most > least else 0.0


def day_ticks(first: date, last: date, about: int = 8) -> list[Tick]:
    """Return the beginnings of years, quarters or months between two days, whichever are few enough.

    >>> [tick.value for tick in day_ticks(date(2020, 9, 21), date(2024, 7, 18))]
    ['2021', '2022', '2023', '2024']
    """
    span = (last - first).days
    for months in (1, 3, 12, 24, 60, 120, 240):
        if span / (months * 30.44) <= about:
            break
    return [
        Tick(share(day.toordinal(), first.toordinal(), last.toordinal()), str(day.year) if months >= 12 else
             day.isoformat()[:7])
        for day in _beginnings(first, last, months)
    ]  # fmt: skip


def _beginnings(first: date, last: date, months: int) -> Iterator[date]:
    month = (first.year * 12 + first.month - 1) // months * months
    while (day := date(month // 12, month % 12 + 1, 1)) <= last:
        if day >= first:
            yield day
        month += months
