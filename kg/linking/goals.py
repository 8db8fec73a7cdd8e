"""What a text is about: goals inferred from its words.

Transparent on purpose: a model is a file of terms with weights for each of the 17 goals, and four numbers that turn
what was found into a score. ``ontology/goal-terms.json`` says where its terms come from; ``kg.linking.goal_training``
makes another one of labelled texts.

For goal *g* of a text: ``amount`` = the sum over its terms in the text of weight x (1 + ln count), in proportion to the
length of a text that is longer than ``PLENTY`` words; ``share`` = its part of the amounts of all goals; ``lead`` = its
part of its own amount and that of the strongest other goal. The score is the logistic function of
``bias + amount' x ln(1 + amount) + share' x share + lead' x lead``.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg.errors import InputError
from kg.linking.phrases import Found, Phrases, longest
from kg.resources import folder

PLENTY = 250
"""Words of a text beyond which more words are taken to say no more about each goal, but to speak of more things."""
STRONG = 2.5
"""Weight from which on a term is hardly used of anything else."""
WORDS_SHOWN = 6
"""Terms of a text that are given as the reasons of a goal."""
GOALS = tuple(str(number) for number in range(1, 18))
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Reason:
    """A term of a goal that stands in the text, first at ``text[start:end]``."""

    term: str
    weight: float
    count: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Inference:
    """A goal that a text is taken to address, how surely (0..1), and from which words, the weightiest first."""

    goal: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Model:
    """Terms with weights for each goal, and how to weigh them up."""

    terms: Mapping[str, Mapping[str, float]]
    """Goal -> term (lower case, words parted by one blank, ``*`` at the end for any ending) -> weight."""
    bias: float
    amount: float
    share: float
    lead: float
    threshold: float
    """The score from which on a goal is inferred."""
    about: Mapping[str, object] = field(default_factory=dict)
    """Where terms and numbers come from."""

    @cached_property
    def _entries(self) -> tuple[Phrases, list[tuple[str, str, float]]]:
        """The terms of all goals, and for each its goal, itself and its weight."""
        entries = [(goal, term, weight) for goal, terms in self.terms.items() for term, weight in terms.items()]
        return Phrases(term for _, term, _ in entries), entries

    def found(self, text: str) -> dict[str, list[Reason]]:
        """Return the terms of each goal that stand in a text; of overlapping ones of a goal only the longest."""
        phrases, entries = self._entries
        places: dict[str, list[Found]] = {}
        for found in phrases.find(words_only(text)):
            places.setdefault(entries[found.number][0], []).append(found)
        result = {}
        for goal, spots in places.items():
            kept = list(longest(spots))
            first = {spot.number: spot for spot in reversed(kept)}
            counts = Counter(spot.number for spot in kept)
            result[goal] = [
                Reason(*entries[number][1:], counts[number], first[number].start, first[number].end)
                for number in counts
            ]
        return result

    def scores(self, text: str) -> dict[str, tuple[float, list[Reason]]]:
        """Return score and reasons of each goal of which a term stands in the text."""
        reasons = self.found(text)
        features = measures(reasons, len(_WORD.findall(text)))
        return {goal: (self.score(features[goal]), reasons[goal]) for goal in reasons}

    def score(self, measured: tuple[float, float, float]) -> float:
        """Return the score for ``measures`` of a goal."""
        logit = self.bias + sum(w * x for w, x in zip((self.amount, self.share, self.lead), measured, strict=True))
        return 1 / (1 + math.exp(-logit))

    def infer(self, text: str, least: float | None = None) -> list[Inference]:
        """Return the goals whose score is ``least`` (else the threshold) or more, the surest first.

        One word is no reason: there must be two terms, a strong one (``STRONG``) among them.
        """
        least = self.threshold if least is None else least
        found = [
            Inference(goal, round(score, 2), tuple(sorted(reasons, key=lambda r: -r.weight * r.count)[:WORDS_SHOWN]))
            for goal, (score, reasons) in self.scores(text).items()
            if score >= least and len(reasons) > 1 and max(reason.weight for reason in reasons) >= STRONG
        ]
        return sorted(found, key=lambda inference: (-inference.score, int(inference.goal)))

    def json(self) -> str:
        """Return the model as the text of its file."""
        numbers = {name: round(getattr(self, name), 4) for name in ("bias", "amount", "share", "lead", "threshold")}
        terms = {goal: dict(sorted(self.terms.get(goal, {}).items())) for goal in GOALS}
        return json.dumps({**self.about, **numbers, "terms": terms}, ensure_ascii=False, indent=1) + "\n"


def words_only(text: str) -> str:
    """Return a text of the same length with a blank for every mark between words."""
    return re.sub(r"[^\w]|_", " ", text)


def measures(found: Mapping[str, Sequence[Reason]], words: int) -> dict[str, tuple[float, float, float]]:
    """Return (ln(1 + amount), share, lead) of each goal, for the terms found in a text of so many words."""
    scale = min(1.0, PLENTY / max(words, 1))
    amounts = {goal: scale * sum(r.weight * (1 + math.log(r.count)) for r in rs) for goal, rs in found.items()}
    total = sum(amounts.values())
    ranked = sorted(amounts.values(), reverse=True)
    result = {}
    for goal, amount in amounts.items():
        other = ranked[1] if len(ranked) > 1 and amount == ranked[0] else ranked[0] if amount != ranked[0] else 0.0
        result[goal] = (math.log1p(amount), amount / total, amount / (amount + other))
    return result


def model(path: Path | None = None) -> Model:
    """Return the model in a file, without a path the one of ``ontology/goal-terms.json``.

    Raises:
        InputError: the file cannot be read or is no model.
    """
    file = path or folder("ontology") / "goal-terms.json"
    try:
        content = json.loads(file.read_bytes())
        numbers = {name: float(content.pop(name)) for name in ("bias", "amount", "share", "lead", "threshold")}
        terms = {str(g): {str(t): float(w) for t, w in ts.items()} for g, ts in content.pop("terms").items()}
        if unknown := set(terms) - set(GOALS):
            raise ValueError(f"no goals: {', '.join(sorted(unknown))}")
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"no model of terms and weights: {error}", path=str(file)) from error
    return Model(terms=terms, about=content, **numbers)
