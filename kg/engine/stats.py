"""What the pool counts; plain numbers, so that those of several processes can be added up."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the latency histogram in seconds; what is above stands in one more."""

OUTCOMES = (
    "answered", "cut", "left", "syntax", "refused", "failed", "form", "deadline", "died", "overloaded", "budget",
    "stopped", "too-large", "no-version", "service", "away",
)  # fmt: skip
"""How a query ends; ``left``: the client went away, ``cut``: at the limit that its asker had set."""


@dataclass
class Stats:
    """Counts since the start of the process."""

    outcomes: Counter[str] = field(default_factory=Counter)
    latency: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    """From the request to the end of its answer, all queries together."""
    busy: float = 0.0
    """Seconds in which workers worked."""
    kills: int = 0
    spawned: int = 0
    slowed: int = 0
    """Queries that went on in the lane of the slow ones."""

    def query(self, outcome: str, seconds: float) -> None:
        """Count a query."""
        self.outcomes[outcome] += 1
        self.latency[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds
