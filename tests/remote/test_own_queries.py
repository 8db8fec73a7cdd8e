"""Virtuoso behind the front answers the project's own queries as the version's own store does."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.endpoint.virtuoso import Virtuoso
from tests.faults.commands import CHECKOUT, commons_kg
from tests.remote.comparing import EXCEPTIONS, compared, own_queries

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("remote")]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the embedded sources."""
    home = tmp_path_factory.mktemp("sample") / "home"
    done = commons_kg("--home", home, "sync", CHECKOUT / "loaders" / "sample" / "sources.toml")
    assert done.returncode == 0, done.stderr
    return home


def test_the_sample(virtuoso: Virtuoso, sample: Path) -> None:
    assert compared(virtuoso, sample, "sample") == {}


def test_every_exception_is_of_a_query_and_says_why() -> None:
    names = set(own_queries("sample"))
    for kind, table in EXCEPTIONS.items():
        for name, entry in _leaves(kind, table):
            assert name in names
            assert entry["why"]


def _leaves(name: str, table: dict[str, object]) -> list[tuple[str, dict[str, object]]]:
    if "why" in table:
        return [(name, table)]
    return [leaf for key, inner in table.items() if isinstance(inner, dict) for leaf in _leaves(f"{name}.{key}", inner)]
