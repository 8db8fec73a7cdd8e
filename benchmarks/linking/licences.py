"""Licences: what does a string or URL that somebody wrote mean?

Gold: ``text`` and ``licences``: ``spdx:MIT``, ``cc:licenses/by/4.0/``, ``od:Talis``, ``family:GPL`` where no version is
stated, several with blanks between, none for an honest unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.linking.score import Case, Task, gold
from kg.linking import licences

BASES = {
    "cc": "http://creativecommons.org/",
    "spdx": "http://spdx.org/licenses/",
    "od": "https://licenses.opendefinition.org/licenses/",
}


def strings(name: str = "licence-strings") -> Iterator[Case]:
    """Resolve each string."""
    for row in gold(name):
        yield Case(
            question=row["text"],
            right=frozenset(row["licences"].split()),
            given=frozenset(map(short, licences.meaning(row["text"]))),
            why=row["note"],
        )


def short(iri: str) -> str:
    """Return ``spdx:MIT`` for the IRI of a licence."""
    for prefix, base in BASES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


TASKS = (
    Task(
        name="licence-strings",
        title="Licences: what does a string mean?",
        aim="0.98 exact, never a wrong version",
        run=strings,
    ),
    Task(
        name="licence-strings-unseen",
        title="Licences, second set: measured when the rules were done",
        aim="0.98 exact, never a wrong version",
        run=partial(strings, "licence-strings-unseen"),
        split=False,
    ),
)
