"""Memberships as periods: who was certainly, or perhaps, a member on a day, and a timeline of them.

A list of members is known at the days of its states only. A period is certain from the first state that has the member
to the last; it may have begun after the last state before that has not, and ended before the first one after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from kg.web import charts
from kg.web.charts import Interval, Timeline
from kg.web.site import Row


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


def timeline(found: Iterable[tuple[Period, str, str, str]]) -> Timeline | None:
    """Return the picture of periods, each with its label, the address of that and its own, up to today.

    None where no day is known.
    """
    return charts.timeline((_interval(*one) for one in found if one[0].start), _today())


def _today() -> date:
    return date.today()  # noqa: DTZ011 (the day on which open intervals are drawn to)


def _interval(period: Period, label: str, href: str, part: str) -> Interval:
    start = date.fromisoformat(period.start)
    before = _known(period.absent_before)
    seen = _known(period.last_seen)
    end = _known(period.end) or (None if period.is_current or seen is None else seen)
    return Interval(
        label, start, end, href, part, before if before is not None and before < start else None,
        seen if seen is not None and (end is None or seen < end) else None,
    )  # fmt: skip


def _known(day: str) -> date | None:
    return date.fromisoformat(day) if day else None
