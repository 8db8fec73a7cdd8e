"""Goals inferred from words: the model of the project, its file, and training."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from benchmarks.linking import goals
from kg import operations
from kg.dataset.home import Home
from kg.dataset.writer import opened
from kg.errors import InputError
from kg.linking import goal_training
from kg.linking.goal_training import Labelled
from kg.linking.goals import GOALS, Model, model
from kg.settings import load

SMALL = Model(
    terms={"13": {"climate*": 3, "warming": 2}, "4": {"school*": 3, "pupils": 2}},
    bias=-3, amount=2, share=1, lead=1, threshold=0.5,
)  # fmt: skip


def test_a_goal_is_inferred_with_its_words() -> None:
    (found,) = SMALL.infer("Climates change; the warming goes on, climate-wise.")
    assert found.goal == "13"
    assert 0.5 <= found.score <= 1
    assert [(r.term, r.count, r.start, r.end) for r in found.reasons] == [("climate*", 2, 0, 8), ("warming", 1, 21, 28)]


def test_one_word_is_no_reason() -> None:
    assert SMALL.infer("climate climate climate climate") == []


def test_a_text_may_have_several_goals_or_none() -> None:
    assert {i.goal for i in SMALL.infer("Schools teach pupils about climate and warming")} == {"4", "13"}
    assert SMALL.infer("Nothing of that") == SMALL.infer("") == []


def test_in_a_long_text_words_weigh_less() -> None:
    words = "climate warming "
    assert SMALL.scores(words)["13"][0] > SMALL.scores(words + "and so on " * 1000)["13"][0]


def test_the_model_of_the_project_has_terms_for_every_goal_and_says_where_they_come_from() -> None:
    own = model()
    assert set(own.terms) == set(GOALS)
    assert all(len(terms) > 40 and all(0 < w <= 3 for w in terms.values()) for terms in own.terms.values())
    assert own.about["about"]
    assert own.about["licence"] == "CC0-1.0"


@pytest.mark.usefixtures("shared_data")
def test_the_numbers_of_the_project_fit_its_terms() -> None:
    assert goals.shipped().json() == model().json(), "mend it: python -m benchmarks.linking.goals"


def test_a_model_is_what_its_file_says(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(SMALL.json(), encoding="utf-8")
    text = "Schools teach pupils about climate and warming"
    assert model(path).infer(text) == SMALL.infer(text)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"bias": "x"}', json.dumps({"terms": {"18": {"a": 1}}})])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "model.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="no model"):
        model(path)


def labelled() -> list[Labelled]:
    about = {"13": "the glaciers melt because of climate and warming", "4": "pupils learn to read in schools"}
    other = {"13": "the accounts of the company were audited", "4": "the harbour has new cranes"}
    return [
        Labelled(f"{(about if label else other)[goal]} {number}", goal, label)
        for goal in about for label in (True, False) for number in range(10)
    ]  # fmt: skip


def test_training_learns_words_and_numbers() -> None:
    trained = goal_training.train(labelled(), Model(terms={}, bias=0, amount=0, share=0, lead=0, threshold=0))
    assert {"glaciers", "glaciers melt"} <= set(trained.terms["13"])
    assert "company" not in trained.terms["13"]
    assert {i.goal for i in trained.infer("Glaciers melt for warming")} == {"13"}
    assert 0 < trained.threshold < 1


def test_training_is_deterministic() -> None:
    base = Model(terms={}, bias=0, amount=0, share=0, lead=0, threshold=0)
    assert goal_training.train(labelled(), base).json() == goal_training.train(labelled(), base).json()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,sdg\nx,1\n", "lacks the columns label"),
        ("text,sdg,label\nx,18,true\n", "sdg '18'"),
        ("text,sdg,label\nx,1,perhaps\n", "label 'perhaps'"),
        ("text,sdg,label\nx,1,true\n", "labelled false"),
    ],
)
def test_labelled_texts_that_cannot_be_read_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        goal_training.read(path)


def test_the_model_of_the_home_is_used_from_the_next_publish_on(tmp_path: Path) -> None:
    path = tmp_path / "labelled.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("text", "sdg", "label"))
        rows.writerows((one.text, one.goal, one.label) for one in labelled())
    settings = load({"home": str(tmp_path / "home")}, environment={})
    written = operations.train_goals(settings, path)
    assert "glaciers" in model(written).terms["13"]
    with opened(Home(tmp_path / "home")) as writer:
        assert writer.unpublished
