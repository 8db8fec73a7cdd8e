"""Virtuoso behind the front answers the project's own queries on the real data as the version's own store does."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.endpoint.virtuoso import Virtuoso
from tests.remote.comparing import compared

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]


def test_its_answers_are_the_same(virtuoso: Virtuoso, home: Path) -> None:
    assert compared(virtuoso, home, "real") == {}
