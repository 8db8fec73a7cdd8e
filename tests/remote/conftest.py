"""Virtuoso for all tests that want it, and homes whose versions it holds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.endpoint.virtuoso import Virtuoso, missing, running
from kg.dataset.home import Home
from kg.engine.pool import PoolOptions, VersionRef
from kg.identifiers import Minter
from tests.conformance.serving import free_port

MINT = Minter("https://w3id.org/commons-kg/")


def installed() -> None:
    """Skip where Virtuoso is not installed, and fail where CI promises that it is."""
    if not (programs := missing()):
        return
    message = f"{' and '.join(programs)} is not installed: apt-get install virtuoso-opensource-7-bin"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A server for all tests of a process, started once."""
    installed()
    with running(tmp_path_factory.mktemp("virtuoso"), free_port(), free_port()) as server:
        yield server


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
