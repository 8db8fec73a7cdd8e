"""What a post states of its texts, with a licence and without."""

from __future__ import annotations

from hashlib import sha256

import pytest

from kg.identifiers import Minter
from kg.linking import Linker
from kg.mapping import Context, quads
from kg.mapping.posts import QUOTED
from kg.namespaces import COMMONS, SCHEMA
from kg.quads import parsed
from kg.records import Announcement, Origin, Post, Text

MINT = Minter()
HERE = (Origin(payload="p"),)
LONG = "Word after word. " * 60
JOINS = "Creative Commons joins the Digital Public Goods Alliance as a member"


def context(*, licensed: bool = False) -> Context:
    return Context(mint=MINT, links=Linker(MINT), graph=MINT.graph("test"), licensed=licensed)


def post(summary: str = "", licence: str = "") -> Post:
    return Post(
        origins=HERE, url="https://example.org/a", title=Text(JOINS), text=Text(LONG, "en"),
        summary=Text(summary, "en") if summary else None, licences=(licence,) if licence else (),
        announcements=(
            Announcement(member="Creative Commons", organization="Digital Public Goods Alliance", quote=JOINS),
        ),
        commitments=(("Open all", LONG),),
    )  # fmt: skip


def values(record: Post, told: Context, prop: str) -> list[str]:
    return [q.object.value for q in parsed(quads(record, told)) if q.predicate.value == str(prop)]  # type: ignore[union-attr]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("licensed", "licence", "whole"),
    [
        (False, "", False), (True, "", True), (False, "CC BY 4.0", True), (False, "CC BY", True),
        (False, "All rights reserved", False),
    ],
)  # fmt: skip
def test_a_text_is_stated_where_a_licence_is(licensed: bool, licence: str, whole: bool) -> None:
    told = context(licensed=licensed)
    assert values(post(LONG, licence), told, SCHEMA.articleBody) == ([LONG] if whole else [])
    (committed,) = values(post(LONG, licence), told, SCHEMA.text)
    assert len(committed) <= QUOTED or whole
    assert LONG.startswith(committed.removesuffix(" …"))
    assert values(post(LONG, licence), told, COMMONS.textDigest) == ([] if whole else [digest(LONG)])
    assert told.withheld == ({} if whole else {digest(LONG): LONG})


@pytest.mark.parametrize(
    ("summary", "quoted"),
    [
        ("Short.", "Short."),
        ("a" * QUOTED, "a" * QUOTED),
        ("a " * QUOTED, "a " * 148 + "a …"),
        ("a" * (QUOTED + 1), "a" * (QUOTED - 2) + " …"),
    ],
)
def test_a_long_summary_is_quoted_and_the_whole_kept_beside(summary: str, quoted: str) -> None:
    told = context()
    assert values(post(summary), told, SCHEMA.description) == [quoted]
    assert len(quoted) <= QUOTED
    expected = [] if quoted == summary else [digest(summary)]
    assert values(post(summary), told, COMMONS.summaryDigest) == expected
    assert (summary in told.withheld.values()) == bool(expected)


def test_what_announces_is_quoted_whole() -> None:
    assert values(post(), context(), COMMONS.evidenceText) == [JOINS]
