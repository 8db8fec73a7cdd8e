"""Goals that posts are taken to address, from their words (``kg.linking.goals``).

An inferred link has its score and the words that caused it, and no plain triple: nobody said it. A goal that the post
states, itself or by one of its targets, is not inferred again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.dataset.texts import Staged
from kg.linking.goals import Inference, Model, Reason
from kg.linking.sdgs import QUOTE_LIMIT
from kg.mapping import common
from kg.quads import Statements
from kg.records import SDGClaim, Span, TextProperty

SUMMARY = "Goals inferred from the words of posts"
DESCRIPTION = (
    "Nobody states these links: a model of terms and weights concludes them. Each has a score from 0 to 1 and the "
    "words that caused it."
)
LEAST = 0.8
"""Score from which on a link is made: few posts speak of a goal, while of the texts that models learn from half do."""
LEAST_TERMS = 3
"""Different words that must speak of it: "innovation" and "infrastructure" are in any post about software."""
_PARTED = "\n\n"


def derive(staged: Staged, graph: str, model: Model) -> Statements:
    """Return the inferred links of the posts whose score is ``LEAST``, or the model's threshold, or more.

    There must be ``LEAST_TERMS`` words for each.

    The words of a name say nothing of what a post is about: a ministry of health also buys software.
    """
    out = Statements(graph)
    for post in staged.posts:
        whole = _PARTED.join(_without_names(name, text, staged.named[post.post]) for name, text in post.texts)
        stated = {iri.rpartition("/")[2].partition(".")[0] for iri in post.addresses}
        claims = [
            _claim(i, whole, post.texts)
            for i in model.infer(whole, max(LEAST, model.threshold))
            if i.goal not in stated and len(i.reasons) >= LEAST_TERMS
        ]
        common.sdg_links(out, staged.mint, post.post, claims)
    return out


def _without_names(name: TextProperty, text: str, named: Iterable[tuple[str, Span]]) -> str:
    for _, span in named:
        if span.property == name:
            text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def _claim(inference: Inference, whole: str, parts: Sequence[tuple[TextProperty, str]]) -> SDGClaim:
    """Return the link: as evidence the words of its terms as they stand, the weightiest first."""
    words = ", ".join(dict.fromkeys(" ".join(whole[r.start : r.end].split()) for r in inference.reasons))
    return SDGClaim(
        code=inference.goal,
        status="inferred",
        evidence=words[:QUOTE_LIMIT],
        score=inference.score,
        spans=tuple(span for reason in inference.reasons if (span := _span(reason, whole, parts))),
    )


def _span(reason: Reason, whole: str, parts: Sequence[tuple[TextProperty, str]]) -> Span | None:
    """Return where the words of a reason stand in one of the texts that were joined; None where they span two."""
    begin = 0
    for name, text in parts:
        if begin <= reason.start and reason.end <= begin + len(text):
            return Span(name, reason.start - begin, reason.end - begin, whole[reason.start : reason.end])
        begin += len(text) + len(_PARTED)
    return None
