"""From when to when: intervals on a common axis, a row for each name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from kg.web.charts.scales import Tick, day_ticks, share

NARROWEST = 0.6
"""Per cent of the width that an interval of a day still has."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What lasted from one day to another; ``end`` is None where it lasts still."""

    label: str
    start: date
    end: date | None = None
    href: str = ""
    """Where the label leads."""
    part: str = ""
    """Where the interval itself leads."""


@dataclass(frozen=True, slots=True)
class Span:
    """An interval as it is drawn."""

    interval: Interval
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """The intervals of one name."""

    label: str
    href: str
    spans: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A picture of intervals."""

    rows: list[Row]
    ticks: list[Tick]
    last: date
    """Where the axis ends: what lasts still is drawn up to here."""


def timeline(intervals: Iterable[Interval], until: date | None = None) -> Timeline | None:
    """Return the rows of intervals in the order of their beginnings; None where there are none.

    The axis begins with the first interval and ends with ``until``, else some days after the last day that is known.
    """
    known = sorted(intervals, key=lambda i: i.start)
    if not known:
        return None
    first = known[0].start.replace(day=1)
    last = max(d for i in known for d in (i.start, i.end, until) if d is not None)
    last = until if until is not None and until >= last else date.fromordinal(last.toordinal() + 30)
    rows: dict[str, Row] = {}
    for interval in known:
        x = share(interval.start.toordinal(), first.toordinal(), last.toordinal())
        end = share((interval.end or last).toordinal(), first.toordinal(), last.toordinal())
        span = Span(interval, min(x, 100 - NARROWEST), round(max(end - x, NARROWEST), 2))
        rows.setdefault(interval.label, Row(interval.label, interval.href)).spans.append(span)
    return Timeline(list(rows.values()), day_ticks(first, last), last)
