"""Organizations: are two names, with what a source says beside them, one organization?

The gold set has a row for each pair: ``a``, ``b`` and, where the sources state one, ``a_homepage``, ``b_homepage``;
``same`` is ``1`` for one organization however written, ``0`` for two, also where one belongs to the other, hosts it or
succeeded it.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.linking.score import Case, Task, gold
from kg.identifiers import Minter
from kg.linking import Linker


def pairs() -> Iterator[Case]:
    """Ask the linker for both sides of each pair."""
    linker = Linker(Minter())
    for row in gold("organization-pairs"):
        a = linker.organization(row["a"], homepage=row["a_homepage"] or None)
        b = linker.organization(row["b"], homepage=row["b_homepage"] or None)
        yield Case(
            question=f"{row['a']} = {row['b']}",
            right=frozenset({"same"} if row["same"] == "1" else ()),
            given=frozenset({"same"} if a == b else ()),
            why=row["note"],
        )


TASKS = (
    Task(
        name="organization-pairs",
        title="Organizations: are two names one organization?",
        aim="P >= 0.99, R >= 0.95",
        run=pairs,
    ),
)
