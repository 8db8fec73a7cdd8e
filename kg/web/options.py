"""What the site wants to know before it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kg.engine.pool import PoolOptions
from kg.engine.updater import UpdateOptions
from kg.identifiers import DEFAULT_BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """Where the data lies, and how it is served."""

    home: Path
    base: str = DEFAULT_BASE
    """Base IRI of the data; this host's paths stand for the IRIs below it."""
    pool: PoolOptions = field(default_factory=PoolOptions)
    update: UpdateOptions | None = None
    """How updates are taken; None: they are not, the site is read-only."""
    union: bool = True
    """Whether the default graph is the union of the named graphs."""
    token: str = ""
    """What the operator sends as bearer token; without one, nobody is the operator."""
    cache: int = 64 << 20
    """Bytes of the result cache; 0: nothing is kept."""
    trusted_proxies: str = "127.0.0.1, ::1"
    """Addresses and networks whose X-Forwarded-For is believed; what comes from them without it is nobody's."""
    disallow: str = ""
    """Paths that robots.txt asks crawlers to leave alone, apart by spaces."""
    access_log: bool = False
    """Write a line of JSON per request to stderr."""
    run: Path | None = None
    """Folder in which the processes of one server meet; None: there is only one."""
    rows: int = 1_000
    """Rows of a result that the SPARQL page shows; every other format has them all."""
    per_page: int = 100
    """Things on a page of a list."""
    per_property: int = 20
    """Incoming links by one property that an entity's page shows before it refers to a list."""
