"""Cases, and what is counted over them.

A *case* is one question with its right answers and those that were given; an answer is a short text. A question whose
right answer is "nothing" has none. Precision is the share of the given answers that are right, recall the share of the
right ones that were given, over all cases (micro-averaged); a case is *exact* if both are the same.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
GOLD = CHECKOUT / "tests" / "linking" / "gold"
SHARED = CHECKOUT.parent / "shared" / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question."""

    question: str
    right: frozenset[str]
    given: frozenset[str]
    why: str = ""
    """What the answer rests on, for the list of errors."""

    @property
    def held_out(self) -> bool:
        """Whether it is in the half that nothing may be tuned on: by a hash of the question."""
        return held_out(self.question)

    @property
    def exact(self) -> bool:
        """Whether all right answers were given, and no other."""
        return self.right == self.given


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task: ``run`` asks the questions of its gold set."""

    name: str
    title: str
    aim: str
    """What is aimed at, in words: ``P >= 0.99``."""
    run: Callable[[], Iterable[Case]]
    errors: bool = True
    """Whether its errors are listed; those of a baseline tell nothing."""
    split: bool = True
    """Whether its numbers are shown for the development half and the held-out half apart."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over cases, and the numbers that follow."""

    cases: int
    exact: int
    right: int
    """Right answers there are."""
    given: int
    both: int

    @property
    def precision(self) -> float:
        """1 where nothing was given."""
        return self.both / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        """1 where there is nothing to find."""
        return self.both / self.right if self.right else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score(cases: Sequence[Case]) -> Score:
    """Count.

    >>> one = Case(question="a", right=frozenset({"x"}), given=frozenset({"x", "y"}))
    >>> score([one]).precision, score([one]).recall
    (0.5, 1.0)
    """
    return Score(
        cases=len(cases),
        exact=sum(case.exact for case in cases),
        right=sum(len(case.right) for case in cases),
        given=sum(len(case.given) for case in cases),
        both=sum(len(case.right & case.given) for case in cases),
    )


def held_out(question: str) -> bool:
    """Whether a question is in the held-out half: by the first bit of its SHA-256, so that no one chooses."""
    return hashlib.sha256(question.encode()).digest()[0] >= 128


def gold(name: str) -> list[dict[str, str]]:
    """Return the rows of a gold set, ``tests/linking/gold/<name>.csv``."""
    with (GOLD / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))
