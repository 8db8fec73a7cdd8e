"""Inferred goals: is a text about the goal that people were asked about?

The 622 texts of sdgclassification-benchmark 1.0.0 (MIT) in ``../shared/data/sdg-labelled``, each labelled true or false
for one goal. Five folds: what is fitted (numbers and threshold of ours, everything of the baseline by training) sees
four of them and is asked about the fifth. The terms of ours were written by hand and are the same in all folds;
the development texts of goals 1, 7, 13 and 16 were read before they were written.

``python -m benchmarks.linking.goals`` fits the numbers of ``ontology/goal-terms.json`` anew to all texts, as must be
done when its terms have changed.
"""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from benchmarks.linking import aurora
from benchmarks.linking.score import SHARED, Case, Task
from kg.linking import goal_training
from kg.linking.goal_training import FOLDS, Labelled
from kg.linking.goals import GOALS, Model, model
from kg.resources import folder

Answer = Callable[[Labelled], bool]
_FILE = SHARED / "sdg-labelled" / "benchmark.csv"


@cache
def texts() -> tuple[tuple[str, Labelled], ...]:
    """Return each text with its id."""
    with _FILE.open(encoding="utf-8-sig", newline="") as stream:
        ids = [row["id"] for row in csv.DictReader(stream)]
    return tuple(zip(ids, goal_training.read(_FILE), strict=True))


def shipped() -> Model:
    """Return the model of the project with its numbers fitted to all texts."""
    return goal_training.train([one for _, one in texts()], model(), learn=False)


def in_folds(fit: Callable[[Sequence[Labelled]], Answer]) -> Iterator[Case]:
    """Fit on four folds, ask about the fifth."""
    labelled = [one for _, one in texts()]
    parts = goal_training.folds(labelled)
    answers = [
        fit([one for one, fold in zip(labelled, parts, strict=True) if fold != held]) for held in range(FOLDS)
    ]  # fmt: skip
    for (name, one), fold in zip(texts(), parts, strict=True):
        goal = frozenset({one.goal})
        nothing: frozenset[str] = frozenset()
        yield Case(
            question=f"{name}, goal {one.goal}",
            right=goal if one.label else nothing,
            given=goal if answers[fold](one) else nothing,
        )


def ours(rest: Sequence[Labelled]) -> Answer:
    """Fit the five numbers of our model."""
    fitted = goal_training.train(rest, model(), learn=False)
    return lambda one: fitted.score(goal_training.measure(fitted, one)) >= fitted.threshold


def learnt(rest: Sequence[Labelled]) -> Answer:
    """Fit the numbers, and learn further terms, as ``commons-kg train-goals`` does."""
    fitted = goal_training.train(rest, model())
    return lambda one: fitted.score(goal_training.measure(fitted, one)) >= fitted.threshold


def keywords(rest: Sequence[Labelled]) -> Answer:
    """Ask Aurora's queries, which need no fitting."""
    return lambda one: aurora.is_about(one.text, one.goal)


def regression(rest: Sequence[Labelled]) -> Answer:
    """Fit a logistic regression over TF-IDF of words and pairs for each goal, the true texts of others as negatives."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, stop_words="english")
    rows = vectors.fit_transform([one.text for one in rest])
    fitted, scored = {}, []
    for goal in GOALS:
        mine = [i for i, one in enumerate(rest) if one.goal == goal or one.label]
        labels = [rest[i].goal == goal and rest[i].label for i in mine]
        fitted[goal] = LogisticRegression(C=10, class_weight="balanced", solver="liblinear")  # lbfgs takes minutes
        within = cross_val_predict(fitted[goal], rows[mine], labels, cv=3, method="predict_proba")[:, 1]
        scored += [(float(p), rest[i].label) for i, p in zip(mine, within, strict=True) if rest[i].goal == goal]
        fitted[goal].fit(rows[mine], labels)
    threshold = goal_training.best_threshold(scored)
    return lambda one: fitted[one.goal].predict_proba(vectors.transform([one.text]))[0, 1] >= threshold


TASKS = tuple(
    Task(name=name, title=title, aim=aim, run=lambda fit=fit: in_folds(fit), split=False, errors=fit is ours)  # type: ignore[misc]
    for name, title, aim, fit in (
        ("inferred-goals", "Goals inferred from words: ours", "F1 >= 0.80, the best", ours),
        ("inferred-goals-learnt", "Goals inferred from words: ours, with learnt terms", "", learnt),
        ("inferred-goals-keywords", "Goals inferred from words: Aurora's queries", "baseline", keywords),
        ("inferred-goals-tfidf", "Goals inferred from words: TF-IDF, logistic regression", "baseline", regression),
    )
    if fit is not regression or importlib.util.find_spec("sklearn")
)

if __name__ == "__main__":
    (folder("ontology") / "goal-terms.json").write_text(shipped().json(), encoding="utf-8")
