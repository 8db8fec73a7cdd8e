"""What the real posts mention is what their readers found, as ``docs/benchmarks/linking.md`` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.linking import mentions
from benchmarks.linking.score import score

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]


def test_mentions_are_right_and_few_are_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(mentions.HOME, str(home))
    counted = score(list(mentions.cases()))
    assert counted.cases >= 40
    assert counted.precision >= 0.99
    assert counted.recall >= 0.97
