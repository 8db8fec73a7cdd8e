"""Virtuoso for all tests that want it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from benchmarks.endpoint.virtuoso import Virtuoso, missing, running
from tests.conformance.serving import free_port


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
