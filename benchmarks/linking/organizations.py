"""Organizations: are two names, with what a source says beside them, one organization?

The gold set has a row for each pair: ``a``, ``b`` and, where the sources state one, ``a_homepage``, ``b_homepage``;
``same`` is ``1`` for one organization however written, ``0`` for two, also where one belongs to the other, hosts it or
succeeded it. All pairs are linked together, as if one source named them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.linking.score import Case, Task, gold
from kg.identifiers import Minter
from kg.linking import Linker, register
from kg.linking.mentions import Mentions


def pairs(name: str = "organization-pairs") -> Iterator[Case]:
    """Ask the linker for both sides of each pair."""
    rows = gold(name)
    mentions = Mentions(Minter())
    for row in rows:
        for side in "ab":
            mentions.organization(row[side], homepage=row[f"{side}_homepage"] or None)
    linker = Linker(Minter(), register=register.build(mentions.parties(), mentions.authority))
    why = {frozenset({m.a.local, m.b.local}): f"{m.verdict}: {m.score}" for m in linker.register.matches}
    for row in rows:
        a, b = (mentions.local(row[side], homepage=row[f"{side}_homepage"] or None) for side in "ab")
        same = linker.register.resolve(a) == linker.register.resolve(b)
        yield Case(
            question=f"{row['a']} = {row['b']}",
            right=frozenset({"same"} if row["same"] == "1" else ()),
            given=frozenset({"same"} if same else ()),
            why=f"{row['note']}; {why.get(frozenset({a, b}), 'no candidate')}",
        )


TASKS = (
    Task(
        name="organization-pairs",
        title="Organizations: are two names one organization?",
        aim="P >= 0.99, R >= 0.95",
        run=pairs,
    ),
    Task(
        name="organization-pairs-unseen",
        title="Organizations, second set: measured when the rules were done",
        aim="P >= 0.99, R >= 0.95",
        run=partial(pairs, "organization-pairs-unseen"),
        split=False,
    ),
)
