"""Let Virtuoso hold the current version of a home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.endpoint.virtuoso import Virtuoso
from kg.dataset.home import Home
from kg.engine.pool import PoolOptions, VersionRef
from kg.identifiers import DEFAULT_BASE, Minter

MINT = Minter(DEFAULT_BASE)


def current(home: Path) -> VersionRef:
    """Return the version of a home that is served."""
    id = Home(home).current_id()
    assert id is not None
    return VersionRef(id, Home(home).versions / id)


def located(home: Path) -> Callable[[], VersionRef]:
    return lambda: current(home)


def held(server: Virtuoso, home: Path) -> PoolOptions:
    """Let a server hold the current version of a home; return how to ask it."""
    version = current(home)
    server.clear()
    server.load_version(version.path / "store", MINT.version(version.id))
    return PoolOptions(remote=server.url, deadline=30)
