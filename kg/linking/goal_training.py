"""Make a model of goals from labelled texts: terms that tell a goal's texts from the others, and the five numbers.

What is learnt stays readable: a term's weight is the logarithm of how much more often it stands in a goal's texts than
in the other texts, and it joins the terms of the model that one starts from. The numbers are then fitted by logistic
regression on folds that their terms were not learnt from, and the threshold is the one with the best F1 there.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import InputError
from kg.identifiers import short_hash
from kg.linking.goals import GOALS, Model, measures, words_only
from kg.linking.phrases import folded

FOLDS = 5
LEAST_TEXTS = 4
"""Texts of a goal in which a term must stand to be learnt."""
LEAST_WEIGHT, MOST_WEIGHT = 1.5, 3.0
_STEPS = 25
_RIDGE = 0.5
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, and whether it is about a goal."""

    text: str
    goal: str
    label: bool


def read(path: Path) -> list[Labelled]:
    """Read a CSV file with the columns ``text``, ``sdg`` (1 to 17) and ``label`` (true or false).

    Raises:
        InputError: it cannot be read, a column is missing or a value is none of these.
    """
    found = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, strict=True)
            if missing := {"text", "sdg", "label"} - set(rows.fieldnames or ()):
                raise InputError(f"the file lacks the columns {', '.join(sorted(missing))}", path=str(path), line=1)
            for row in rows:
                label, goal = row["label"].strip().lower(), row["sdg"].strip()
                if goal not in GOALS or label not in ("true", "false", "1", "0"):
                    raise InputError(f"sdg {goal!r} or label {label!r} is wrong", path=str(path), line=rows.line_num)
                found.append(Labelled(row["text"], goal, label in ("true", "1")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the labelled texts cannot be read: {error}", path=str(path)) from error
    if len({one.label for one in found}) < 2:
        raise InputError("there must be texts labelled true and texts labelled false", path=str(path))
    return found


def train(labelled: Sequence[Labelled], base: Model, *, learn: bool = True) -> Model:
    """Return a model with the terms of ``base``, those learnt from the texts unless ``learn`` is false, and numbers."""
    parts = folds(labelled)
    measured: list[tuple[tuple[float, float, float], bool]] = []
    for held in range(FOLDS):
        rest = [one for one, fold in zip(labelled, parts, strict=True) if fold != held]
        trial = with_terms(base, rest) if learn else base
        measured += [(measure(trial, o), o.label) for o, fold in zip(labelled, parts, strict=True) if fold == held]
    fitted = fit(measured, with_terms(base, labelled) if learn else base)
    scored = [(fitted.score(x), label) for x, label in measured]
    return replace(fitted, threshold=best_threshold(scored))


def folds(labelled: Sequence[Labelled], *, seed: int = 0) -> list[int]:
    """Return the fold of each text: those of a goal and label are dealt out in the order of a hash of the text."""
    order = sorted(range(len(labelled)), key=lambda i: short_hash(str(seed), labelled[i].text))
    dealt: Counter[tuple[str, bool]] = Counter()
    result = [0] * len(labelled)
    for index in order:
        kind = (labelled[index].goal, labelled[index].label)
        result[index] = (dealt[kind] + int(kind[0])) % FOLDS
        dealt[kind] += 1
    return result


def measure(model: Model, one: Labelled) -> tuple[float, float, float]:
    """Return what the model measures of the labelled goal in the text."""
    return measures(model.found(one.text), len(one.text.split())).get(one.goal, (0.0, 0.0, 0.0))


def with_terms(base: Model, labelled: Sequence[Labelled]) -> Model:
    """Return the model with the terms that are typical of each goal's texts."""
    texts = [(one.goal if one.label else "", set(_terms(one.text))) for one in labelled]
    everywhere = Counter(term for _, terms in texts for term in terms)
    learnt: dict[str, dict[str, float]] = {}
    for goal in GOALS:
        mine = [terms for g, terms in texts if g == goal]
        here = Counter(term for terms in mine for term in terms)
        learnt[goal] = dict(base.terms.get(goal, {}))
        for term, count in sorted(here.items()):
            others, rest = everywhere[term] - count, len(texts) - len(mine)
            weight = math.log((count + 0.5) / (len(mine) + 1)) - math.log((others + 0.5) / (rest + 1))
            if count >= LEAST_TEXTS and weight >= LEAST_WEIGHT:
                learnt[goal].setdefault(term, round(min(weight, MOST_WEIGHT), 2))
    return replace(base, terms=learnt)


def _terms(text: str) -> Iterator[str]:
    """Yield words and pairs of neighbouring words."""
    words = folded(words_only(text)).split()
    for index, word in enumerate(words):
        if _WORD.fullmatch(word):
            yield word
            if index + 1 < len(words) and _WORD.fullmatch(words[index + 1]):
                yield f"{word} {words[index + 1]}"


def fit(measured: Sequence[tuple[tuple[float, float, float], bool]], model: Model) -> Model:
    """Return the model with the numbers of a logistic regression (Newton's method, a small ridge)."""
    weights = [0.0] * 4
    for _ in range(_STEPS):
        gradient = [-_RIDGE * w if i else 0.0 for i, w in enumerate(weights)]
        curvature = [[_RIDGE * (i == j and i > 0) + 1e-9 * (i == j) for j in range(4)] for i in range(4)]
        for values, label in measured:
            x = (1.0, *values)
            p = 1 / (1 + math.exp(-sum(w * v for w, v in zip(weights, x, strict=True))))
            for i in range(4):
                gradient[i] += (label - p) * x[i]
                for j in range(4):
                    curvature[i][j] += p * (1 - p) * x[i] * x[j]
        weights = [w + step for w, step in zip(weights, _solved(curvature, gradient), strict=True)]
    bias, amount, share, lead = weights
    return replace(model, bias=bias, amount=amount, share=share, lead=lead)


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return x with ``matrix`` x = ``right`` (Gaussian elimination; the matrix is positive definite)."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        for j in range(i + 1, len(rows)):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    x = [0.0] * len(rows)
    for i in reversed(range(len(rows))):
        x[i] = (rows[i][-1] - sum(rows[i][k] * x[k] for k in range(i + 1, len(rows)))) / rows[i][i]
    return x


def best_threshold(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the threshold (two decimals) with the best F1; of several the one in their middle."""
    wanted = sum(label for _, label in scored)

    def f1(threshold: float) -> float:
        given = [label for score, label in scored if score >= threshold]
        return 2 * sum(given) / (len(given) + wanted)

    thresholds = [step / 100 for step in range(5, 96)]
    best = max(map(f1, thresholds))
    equal = [t for t in thresholds if f1(t) == best]
    return equal[len(equal) // 2]
