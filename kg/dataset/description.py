"""DumpFile placeholder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpFile:
    """A file of a version's dumps."""

    name: str
    """Path below the dumps folder, with ``/``."""
    format: str
    """``turtle``, ``nquads``, ``trig``, ``jsonld`` or ``csv``."""
    graph: str | None
    """IRI of the one named graph it holds; None for the whole dataset and for tables."""
    bytes: int
    sha256: str
    statements: int
    """Triples or quads; rows of a table."""
    title: str = ""
