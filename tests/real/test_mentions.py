"""What the real posts mention is what their readers found, as ``docs/benchmarks/linking.md`` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.linking import mentions
from benchmarks.linking.score import score

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]


@pytest.mark.parametrize(
    ("gold_set", "posts", "precision", "recall"), [("mentions", 40, 0.99, 0.97), ("mentions-unseen", 8, 0.99, 0.98)]
)
def test_mentions_are_right_and_few_are_missing(
    home: Path, monkeypatch: pytest.MonkeyPatch, gold_set: str, posts: int, precision: float, recall: float
) -> None:
    monkeypatch.setenv(mentions.HOME, str(home))
    counted = score(list(mentions.cases(gold_set)))
    assert counted.cases >= posts
    assert counted.precision >= precision
    assert counted.recall >= recall
