"""Records to quads: one module per kind of record, one function ``quads`` over all of them.

A mapping is pure: the same record and context give the same quads. It mints our IRIs, asks the linker which thing a
name means, and never emits a blank node. A loader that brings a record type of its own registers its mapping with
``@quads.register``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from kg.identifiers import Minter
from kg.linking import Linker
from kg.quads import Statements
from kg.records import Record


@dataclass(frozen=True, slots=True)
class Context:
    """What a mapping needs beside the record."""

    mint: Minter
    links: Linker
    graph: str
    """IRI of the named graph the quads go to."""
    kept: type[Statements] = Statements

    def statements(self) -> Statements:
        """Return what a mapping tells its statements to."""
        return self.kept(self.graph)


@singledispatch
def quads(record: Record, context: Context) -> Iterator[str]:
    """Return the quads of a record, in N-Quads without the final dots (``kg.quads.Statements``).

    Raises:
        TypeError: no mapping is registered for this type of record.
        ValueError: a field makes no valid IRI; the record is then rejected with this message.
    """
    raise TypeError(f"no mapping is registered for {type(record).__name__}")


from kg.mapping import goods, licences, memberships, organizations, people, posts, sdgs  # noqa: E402, F401 (registers them)
