"""No link of the gold sets is wrong, and no fewer are found than ``docs/benchmarks/linking.md`` says."""

from __future__ import annotations

import pytest

from benchmarks.linking import countries, licences, organizations
from benchmarks.linking.score import Task, gold, score

FOUND = {
    "organization-pairs": 0.97,
    "organization-pairs-unseen": 0.75,
    "licence-strings": 0.99,
    "licence-strings-unseen": 0.98,
    "countries": 1.0,
}
"""Task -> recall that it does not fall below."""
TASKS = (*organizations.TASKS, *licences.TASKS, *countries.TASKS)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_no_link_is_wrong_and_few_are_missing(task: Task) -> None:
    cases = list(task.run())
    wrong = [f"{case.question}: {case.given - case.right}" for case in cases if case.given - case.right]
    assert not wrong
    assert score(cases).recall >= FOUND[task.name]


def test_gold_sets_are_as_large_as_promised() -> None:
    pairs = gold("organization-pairs")
    assert len(pairs) >= 300
    assert sum(row["same"] == "0" for row in pairs) >= 150
    assert len(gold("licence-strings")) >= 200
    assert len(gold("countries")) >= 200


def test_a_question_stands_once() -> None:
    for task in TASKS:
        questions = [case.question for case in task.run()]
        assert task.name.startswith("organization-pairs") or len(set(questions)) == len(questions)
