"""Memberships as periods: who was certainly, or perhaps, a member on a day, and a timeline of them.

A list of members is known at the days of its states only. A period is certain from the first state that has the member
to the last; it may have begun after the last state before that has not, and ended before the first one after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from kg.web.site import Row

WIDTH, LABELS, ROW, AXIS = 900, 300, 26, 28
"""Pixels of the timeline: all of it, the names at its side, one line, the years below."""


@dataclass(slots=True)
class Evidence:
    """A document that says so."""

    iri: str
    url: str
    day: str


@dataclass(slots=True)
class Period:
    """A membership; days are ISO 8601, empty where nothing is known."""

    iri: str
    member: str
    organization: str
    role: str
    start: str
    end: str
    absent_before: str
    last_seen: str
    gone_by: str
    is_current: bool
    evidence: list[Evidence] = field(default_factory=list)

    def on(self, day: str) -> str:
        """Return whether the member was one on a day: ``yes``, ``perhaps`` or ``no``."""
        if self.start and day < self.start:
            return "perhaps" if self.absent_before and self.absent_before < day else "no"
        gone = self.end or self.gone_by
        if not gone or day < (self.last_seen or gone):
            return "yes"
        return "no" if day >= gone else "yes" if day == self.last_seen else "perhaps"


def periods(rows: Iterable[Row]) -> list[Period]:
    """Fold rows, which repeat a membership for each piece of evidence; those first that began first."""
    found: dict[str, Period] = {}
    for row in rows:
        text = {name: str(term["value"]) for name, term in row.items()}
        period = found.setdefault(
            text["membership"],
            Period(
                text["membership"], text["member"], text["organization"], text.get("role", ""),
                _day(text, "start", "firstSeen"), _day(text, "end"), _day(text, "absentBefore"),
                _day(text, "lastSeen"), _day(text, "goneBy"),
                text.get("current") == "true",
            ),
        )  # fmt: skip
        if "evidence" in text and text["evidence"] not in {e.iri for e in period.evidence}:
            period.evidence.append(Evidence(text["evidence"], text.get("url", ""), _day(text, "date")))
    for period in found.values():
        period.evidence.sort(key=lambda e: (e.day, e.iri))
    return sorted(found.values(), key=lambda p: (p.start, p.end or "9", p.iri))


def _day(text: dict[str, str], *names: str) -> str:
    """Return the first of some dates that is one, as a day; empty without any."""
    for name in names:
        try:
            return date.fromisoformat(text.get(name, "")[:10]).isoformat()
        except ValueError:
            continue
    return ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A period in the picture: where the certain part is, and the uncertain ones before and after."""

    label: str
    href: str
    title: str
    y: float
    x: float
    width: float
    before: tuple[float, float] | None
    after: tuple[float, float] | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the template draws."""

    height: float
    bars: list[Bar]
    years: list[tuple[int, float]]


def timeline(found: Sequence[tuple[Period, str, str]], today: str) -> Timeline | None:
    """Return the picture of periods, each with its label and address; None where no day is known."""
    dated = [(period, label, href) for period, label, href in found if period.start]
    if not dated:
        return None
    first = int(min(p.absent_before or p.start for p, _, _ in dated)[:4])
    last = int(max([today, *(p.end or p.start for p, _, _ in dated)])[:4]) + 1
    last = min(last, date.max.year)
    origin, span = date(first, 1, 1).toordinal(), date(last, 1, 1).toordinal() - date(first, 1, 1).toordinal()

    def place(day: str) -> float:
        days = date.fromisoformat(day).toordinal() - origin
        return round(LABELS + days / span * (WIDTH - LABELS - 22), 1)

    bars = []
    for number, (period, label, href) in enumerate(dated):
        is_open = period.is_current and not period.end
        end = period.end or (period.last_seen if period.last_seen and not is_open else today)
        certain = min(period.last_seen or end, end)
        start = place(period.start)
        before = (place(period.absent_before), start) if period.absent_before < period.start and period.absent_before \
            else None  # fmt: skip
        after = (place(certain), place(end)) if certain < end else None
        title = f"{period.start} – {period.end or ('' if period.is_current else '?')}"
        bars.append(
            Bar(label, href, title, number * ROW, start, max(place(certain) - start, 3), before, after,
                is_open)
        )  # fmt: skip
    every = max(1, (last - first) // 12)
    years = [(year, place(f"{year}-01-01")) for year in range(first, last + 1, every)]
    return Timeline(len(bars) * ROW + AXIS, bars, years)
