"""What the site wants to know before it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kg.engine.pool import PoolOptions
from kg.identifiers import DEFAULT_BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """Where the data lies, and how it is served."""

    home: Path
    base: str = DEFAULT_BASE
    """Base IRI of the data; this host's paths stand for the IRIs below it."""
    pool: PoolOptions = field(default_factory=PoolOptions)
    rows: int = 500
    """Rows of a result that the SPARQL page shows; every other format has them all."""
    per_page: int = 100
    """Things on a page of a list."""
    per_property: int = 20
    """Incoming links by one property that an entity's page shows before it refers to a list."""
