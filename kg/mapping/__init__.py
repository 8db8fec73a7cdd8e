"""Records to quads: one module per kind of record, one function ``quads`` over all of them.

A mapping is pure: the same record and context give the same quads. It mints our IRIs, asks the linker which thing a
name means, and never emits a blank node. A loader that brings a record type of its own registers its mapping with
``@quads.register``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatch
from hashlib import sha256

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
    licensed: bool = False
    """Whether the source is under a licence, so that its texts may be handed on."""
    withheld: dict[str, str] = field(default_factory=dict)
    """Digest -> text that may not be, of the records so far: to be kept beside the graph."""

    def withhold(self, text: str) -> str:
        """Keep a text beside the graph; return its SHA-256, which stands in the graph.

        Raises:
            ValueError: it has no UTF-8.
        """
        digest = sha256(text.encode()).hexdigest()
        self.withheld[digest] = text
        return digest

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
