"""A home with the real data, made once for all tests of a process, and Virtuoso to hold it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.commands import CHECKOUT, commons_kg
from tests.remote.conftest import virtuoso

__all__ = ["virtuoso"]

SOURCES = CHECKOUT / "tests" / "data" / "shared-sources.toml"


@pytest.fixture(scope="session")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all of ../shared/data that a loader exists for."""
    home = tmp_path_factory.mktemp("real") / "home"
    done = commons_kg("--home", home, "sync", SOURCES)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return home
