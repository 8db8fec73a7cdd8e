"""From when to when: intervals on a common axis, a row for each name; what is not sure of them is drawn thin."""

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
    before: date | None = None
    """A day before the start from which on it may have begun; None where the start is sure."""
    sure: date | None = None
    """The last day on which it surely lasted; None where it did until its end."""


@dataclass(frozen=True, slots=True)
class Span:
    """An interval as it is drawn."""

    interval: Interval
    x: float
    width: float
    """Of what is sure."""
    before: tuple[float, float] | None = None
    """Beginning and width of what comes before that and is not sure."""
    after: tuple[float, float] | None = None
    """The same for what comes after."""


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

    @property
    def is_unsure(self) -> bool:
        """Whether a part of it is drawn thin."""
        return any(span.before or span.after for row in self.rows for span in row.spans)


def timeline(intervals: Iterable[Interval], until: date | None = None) -> Timeline | None:
    """Return the rows of intervals in the order of their beginnings; None where there are none.

    The axis begins with the first interval and ends with ``until``, else some days after the last day that is known.
    """
    known = sorted(intervals, key=lambda i: i.start)
    if not known:
        return None
    first = min(i.before or i.start for i in known).replace(day=1)
    last = max(d for i in known for d in (i.start, i.end, until) if d is not None)
    last = until if until is not None and until >= last else date.fromordinal(last.toordinal() + 30)

    def place(day: date) -> float:
        return share(day.toordinal(), first.toordinal(), last.toordinal())

    rows: dict[str, Row] = {}
    for interval in known:
        start, end = place(interval.start), place(interval.end or last)
        sure = max(start, min(place(interval.sure), end)) if interval.sure else end
        width = round(max(sure - start, NARROWEST), 2)
        x = min(start, 100 - NARROWEST)
        span = Span(
            interval, x, width,
            (place(interval.before), round(x - place(interval.before), 2)) if interval.before else None,
            (round(x + width, 2), round(max(end - x - width, NARROWEST), 2)) if sure < end else None,
        )  # fmt: skip
        rows.setdefault(interval.label, Row(interval.label, interval.href)).spans.append(span)
    return Timeline(list(rows.values()), day_ticks(first, last), last)
