"""Whom a post names as its author, as quads."""

from __future__ import annotations

import pytest

from kg.identifiers import Minter
from kg.linking import Linker
from kg.mapping import Context, quads
from kg.namespaces import SCHEMA
from kg.quads import parsed
from kg.records import Origin, PersonRef, Post

MINT = Minter()


@pytest.mark.parametrize(
    ("author", "categories", "expected"),
    [
        ("Release Notes", ("Release Notes",), set()),
        ("OGC", ("OGC",), {MINT.organization("ogc")}),
        ("Harvest News", ("Harvest", "Harvest News"), {MINT.organization("harvest-news")}),
    ],
)
def test_the_part_of_a_site_that_a_post_stands_in_is_nobody_unless_it_is_known(
    author: str, categories: tuple[str, ...], expected: set[str]
) -> None:
    post = Post(
        origins=(Origin(payload="p"),),
        url="https://news.example/1",
        authors=(PersonRef(name=author, is_organization=True),),
        categories=categories,
    )
    found = parsed(quads(post, Context(mint=MINT, links=Linker(MINT), graph=MINT.graph("test"))))
    assert {q.object.value for q in found if q.predicate.value == str(SCHEMA.author)} == expected  # type: ignore[union-attr]
