"""Names in texts: capitals, boundaries, the longest, and evidence for what may be an ordinary word."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking import licence_mentions, phrases
from kg.linking.named_things import Name, Names
from kg.linking.phrases import folded

ALLIANCE, OKF, OK, CC, CARE, CRVS, SIMPLE, NORWAY, MOH, XROAD = (
    "alliance", "okf", "ok", "cc", "care", "crvs", "simple", "norway", "moh", "x-road"
)  # fmt: skip
NAMES = [
    Name(ALLIANCE, "Digital Public Goods Alliance", 3), Name(ALLIANCE, "DPGA", 3),
    Name(OKF, "Open Knowledge Foundation", 3), Name(OK, "Open Knowledge", 1),
    Name(CC, "Creative Commons", 3), Name(CC, "CC", 3), Name(CARE, "Care", 1), Name(CARE, "Care International", 1),
    Name(CRVS, "OpenCRVS", 2), Name(SIMPLE, "Simple", 2), Name(NORWAY, "Norway", 3),
    Name(NORWAY, "Government of Norway", 3), Name(MOH, "Ministry of Health", 1), Name(XROAD, "X-Road®", 2),
    Name(CARE, "Care International Foundation", 1),
    Name("one", "Twin Works", 1), Name("two", "Twin Works", 1),
    Name("maker", "MADE", 3), Name("maker", "Made Platform", 3), Name("platform", "Made Platform", 2, is_work=True),
    Name("platform", "MADE", 2, is_work=True), Name("other", "MADE", 2, is_work=True),
    Name("owner", "OWN", 3), Name("owned", "OWN", 2, is_work=True),
]  # fmt: skip
SITES = {
    "maker": ["https://made.example.org"],
    CARE: ["https://care.example.org"],
    "two": ["https://github.com/twins/works"],
}
MATCHER = Names(NAMES, SITES, ["It is simple. Simple as that."])


def found(text: str, links: tuple[str, ...] = (), about: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(named.thing, text[named.start : named.end]) for named in MATCHER.find(text, links=links, about=about)]


@pytest.mark.parametrize("module", [phrases, licence_mentions])
def test_examples_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Digital Public Goods Alliance (DPGA)", [(ALLIANCE, "Digital Public Goods Alliance"), (ALLIANCE, "DPGA")]),
        ("the DPGA’s members", [(ALLIANCE, "DPGA")]),
        ("DPGAs, the dpga and @DPGA", []),
        ("see dpga.example.org/DPGA and https://DPGA.example.org", []),
        ("the Open Knowledge Foundation", [(OKF, "Open Knowledge Foundation")]),
        ("the Open Knowledge Festival", []),
        ("a Care International Report, a Care International Festival", [(CARE, "Care International")]),
        ("its Director of Open Knowledge", []),
        ("its Director of Open Knowledge at Open Knowledge", [(OK, "Open Knowledge"), (OK, "Open Knowledge")]),
        ("DPGA/GovStack, WHO/DPGA, src/DPGA and DPGA/src", [(ALLIANCE, "DPGA"), (ALLIANCE, "DPGA")]),
        ("the Open\u00a0Knowledge\nFoundation", [(OKF, "Open\u00a0Knowledge\nFoundation")]),
        ("open knowledge foundation", []),
        ("OpenCRVS-based, Opencrvs, not opencrvs", [(CRVS, "OpenCRVS"), (CRVS, "Opencrvs")]),
        ("the government of Norway", [(NORWAY, "government of Norway")]),
        ("X-Road and X‑Road", [(XROAD, "X-Road"), (XROAD, "X‑Road")]),
        ("Simple is an ordinary word", []),
        ("Norway is no government, the Government of Norway is", [(NORWAY, "Government of Norway")]),
        ("the Ministry of Health", []),
        ("Twin Works", []),
        ("CC me, please", []),
        ("Creative Commons and CC", [(CC, "Creative Commons"), (CC, "CC")]),
        ("", []),
    ],
)
def test_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_weak_name_counts_with_evidence() -> None:
    assert found("Care helps") == []
    assert found("Care International helps. Care helps.") == [(CARE, "Care International"), (CARE, "Care")]
    assert found("Care helps", links=("https://care.example.org/news",)) == [(CARE, "Care")]
    assert found("CC is here", about=(CC,)) == [(CC, "CC")]


def test_a_name_of_two_things_means_the_one_that_is_linked() -> None:
    assert found("Twin Works", links=("https://github.com/twins/works/issues",)) == [("two", "Twin Works")]


def test_a_platform_and_its_maker_of_one_name_mean_the_platform_unless_the_text_is_the_makers() -> None:
    assert found("open-source tools like MADE") == [("platform", "MADE")]
    assert found("MADE thanks all", about=("maker",)) == [("maker", "MADE")]
    assert found("OWN has only the acronym in common with what it owns") == [("owner", "OWN")]


def test_an_acronym_counts_after_the_words_it_stands_for() -> None:
    assert found("OKF? The Open Knowledge Foundation (OKF).") == [
        (OKF, "OKF"), (OKF, "Open Knowledge Foundation"), (OKF, "OKF"),
    ]  # fmt: skip
    assert found("Open Knowledge Foundation (UK)") == [(OKF, "Open Knowledge Foundation")]


def test_a_name_with_capitals_inside_is_no_ordinary_word_however_many_write_it_small() -> None:
    names = Names([Name("maker", "InTell", 3), Name("good", "InVest", 2)], {}, ["intell and invest", "intell, invest"])
    assert [named.thing for named in names.find("InTell and InVest")] == ["maker"]


def test_what_is_taken_is_no_name() -> None:
    text = "Creative Commons BY"
    assert [n.thing for n in MATCHER.find(text, taken=[(0, len(text))])] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("under CC BY 4.0.", ["http://creativecommons.org/licenses/by/4.0/"]),
        ("(CC0 1.0).", ["http://creativecommons.org/publicdomain/zero/1.0/"]),
        ("Creative Commons Attribution-ShareAlike 3.0 Unported", ["http://creativecommons.org/licenses/by-sa/3.0/"]),
        ("departed Creative Commons by the end", []),
        ("a CC-BY license", ["family:CC-BY"]),
        ("the Apache License 2.0 and GPL-3.0-or-later",
         ["http://spdx.org/licenses/Apache-2.0", "http://spdx.org/licenses/GPL-3.0-or-later"]),
        ("MIT and Zlib are places", []),
        ("such as ODbL by the", ["http://spdx.org/licenses/ODbL-1.0"]),
        ("built with OpenSSL", []),
        ("licensed under MIT", ["http://spdx.org/licenses/MIT"]),
    ],
)  # fmt: skip
def test_licences(text: str, expected: list[str]) -> None:
    named, _ = licence_mentions.licence_mentions(text)
    assert [n.thing for n in named] == expected


@given(st.text(alphabet="DPGA digtalPubcGosAn OKF(CRVS) ßİǅ’\u00a0-.@/", max_size=60))
def test_places_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    assert len(folded(text)) == len(text)
    last = 0
    for named in MATCHER.find(text):
        assert last <= named.start < named.end <= len(text)
        last = named.end
