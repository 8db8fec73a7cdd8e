"""Countries: which ISO 3166-1 code does a name have that stands in the data, however dirty?

Gold: ``name``, ``alpha2`` (empty: no country, or it cannot be known which).
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.linking.score import Case, Task, gold
from kg.linking import countries


def names() -> Iterator[Case]:
    """Resolve each name."""
    for row in gold("countries"):
        code = countries.resolve(row["name"])
        yield Case(
            question=row["name"],
            right=frozenset({row["alpha2"]} - {""}),
            given=frozenset({code} if code else ()),
            why=row["note"],
        )


TASKS = (Task(name="countries", title="Countries: which ISO 3166-1 code?", aim="none wrong", run=names),)
