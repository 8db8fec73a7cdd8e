"""Goals of posts are inferred from several words, never of names, nor where a source states them."""

from __future__ import annotations

from collections import defaultdict

import pytest
from pyoxigraph import Store

from kg.dataset import derived_goals
from kg.dataset.texts import PostTexts, Staged
from kg.identifiers import Minter
from kg.linking.goals import Model
from kg.namespaces import OA
from kg.quads import parsed
from kg.records import Span

MODEL = Model(
    terms={"14": {"ocean": 3.0, "marine": 3.0, "reef*": 3.0}}, bias=9.0, amount=0.0, share=0.0, lead=0.0, threshold=0.5
)
POST = "https://example.org/post"
GOAL = "http://metadata.un.org/sdg/14"


@pytest.mark.parametrize(
    ("text", "named", "addresses", "expected"),
    [
        ("The ocean, marine life and reefs.", [], (), {GOAL}),
        ("The ocean, marine life and ocean again.", [], (), set()),
        ("The Ocean Institute on marine life and reefs.", [Span("articleBody", 4, 19, "Ocean Institute")], (), set()),
        ("The ocean, marine life and reefs.", [], (f"{GOAL}.2",), set()),
    ],
)
def test_three_words_are_needed_that_are_no_names_and_no_statement(
    text: str, named: list[Span], addresses: tuple[str, ...], expected: set[str]
) -> None:
    staged = Staged(Store(), Minter())
    staged.posts = [PostTexts(POST, (("articleBody", text),), (), (), addresses)]
    staged.named = defaultdict(list, {POST: [("thing", span) for span in named]})
    found = parsed(derived_goals.derive(staged, "https://example.org/graph", MODEL))
    assert {q.object.value for q in found if q.predicate.value == str(OA.hasBody)} == expected  # type: ignore[union-attr]
