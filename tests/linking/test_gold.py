"""No link of the gold sets is wrong, and no fewer are found than ``docs/benchmarks/linking.md`` says."""

from __future__ import annotations

import json

import pytest

from benchmarks.linking import countries, licences, memberships, organizations
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


@pytest.mark.usefixtures("shared_data")
def test_the_events_are_those_that_the_words_of_the_states_show() -> None:
    """Read without the loader: what joins is named in its state and not in the one before; what leaves, otherwise."""
    lines = memberships.STATES.read_text(encoding="utf-8").splitlines()
    states = [{"date": "", "members": "", "board": ""}, *map(json.loads, lines)]
    assert len(lines) == 45
    for event in gold("membership-events"):
        number, field = int(event["state"]), "members" if event["role"] == "member" else "board"
        then, before = (
            [text for f in ("members", "board") if f == field or (field == "members" and _includes_board(states[n]))
             for text in (states[n][f] or "",)]
            for n in (number, number - 1)
        )  # fmt: skip
        assert states[number]["date"][:10] == event["day"]
        if event["state_before"]:
            assert states[number - 1]["date"][:10] == event["state_before"]
        is_there, was_there = (any(event["words"] in text for text in texts) for texts in (then, before))
        if event["role"] != "member":  # the board and the group before it stand in the same place
            group = event["role"].startswith("interim")
            is_there &= ("Interim" in states[number]["board"]) is group
            was_there &= ("Interim" in states[number - 1]["board"]) is group
        assert (was_there, is_there) == ((False, True) if event["event"] == "joins" else (True, False)), event


def _includes_board(state: dict[str, str]) -> bool:
    return any(words in (state["members"] or "") for words in ("members of the board", "members of the ISG"))


def test_a_question_stands_once() -> None:
    for task in TASKS:
        questions = [case.question for case in task.run()]
        assert task.name.startswith("organization-pairs") or len(set(questions)) == len(questions)
