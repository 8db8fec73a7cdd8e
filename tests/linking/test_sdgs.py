from __future__ import annotations

import csv
import html
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking.sdgs import QUOTE_LIMIT, code_of, codes, goal_of_label, mentions
from kg.resources import folder


def found(text: str, *, about_sdgs: bool = False) -> list[str]:
    return [mention.code for mention in mentions(text, about_sdgs=about_sdgs)]


def test_table_holds_17_goals_and_169_targets() -> None:
    assert len([code for code in codes() if "." not in code]) == 17
    assert len([code for code in codes() if "." in code]) == 169


def test_table_holds_the_codes_of_the_un_scheme(shared_data: Path) -> None:
    texts = [p.read_text(encoding="utf-8", errors="replace") for p in (shared_data / "un-sdg-lod").rglob("*.ttl")]
    stated = {code for text in texts for code in re.findall(r'"([^"]+)"\^\^\S*SDGCodeCompact', text)}
    assert {code for code in stated if code.count(".") < 2} == codes()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13", "13"), ("013", "13"), ("9.C", "9.c"), ("9c", "9.c"), ("04.03", "4.3"), ("4.3.1", "4.3"),
        ("5. B", "5.b"), ("16.10", "16.10"), ("4.8", None), ("18", None), ("0", None), ("3.e", None), ("", None),
    ],
)  # fmt: skip
def test_code_of(text: str, code: str | None) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("label", "goal"),
    [
        ("SDG4: Quality Education", "4"),
        ("SDG9: Industry\u00b8 Innovation and Infrastructure", "9"),
        ("SDG16: Peace&#184; Justice and Strong Institutions", "16"),
        ("SDG1: End Poverty in all its forms everywhere", "1"),
        ("SDG5: Gender Equity", "5"),
        ("SDG 17 - Partnerships to achieve the Goal", "17"),
        ("4", "4"),
        (" 04 ", "4"),
        ("Goal 4", "4"),
        ("goal 13. Climate action", "13"),
        ("SDG #7", "7"),
        ("ODS 6", "6"),
        ("3. Good health & wellbeing", "3"),
        ("Sustainable Development Goal 2", "2"),
        ("Zero hunger", "2"),
        ("Industry, innovation & infrastructure", "9"),
        ("Reduced Inequality", "10"),
        ("SDG4: Gender Equality", None),
        ("4.3", None),
        ("SDG 4.3", None),
        ("18", None),
        ("SDG 2030", None),
        ("Health", None),
        ("", None),
    ],
)
def test_goal_of_label(label: str, goal: str | None) -> None:
    assert goal_of_label(label) == goal


def test_every_title_in_the_table_gives_its_goal() -> None:
    for row in csv.DictReader((folder("ontology") / "sdg-codes.csv").read_text(encoding="utf-8").splitlines()):
        for title in row["titles"].split("|"):
            assert goal_of_label(title) == goal_of_label(f"SDG{row['goal']}: {title}") == row["goal"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It serves SDG 13.", ["13"]),
        ("It serves SDG13, #SDG14 and SDG-15", ["13", "14", "15"]),
        ("the SDGs 1, 2 and 3 are served", ["1", "2", "3"]),
        ("Goals 4, 8, and 10 of the SDGs", ["4", "8", "10"]),
        ("SDG 1-5", ["1", "2", "3", "4", "5"]),
        ("SDGs 4 (Quality Education) and 10 (Reduced Inequalities)", ["4", "10"]),
        ("SDG 4,9,10,16,17, targets 4.3 4.7 9.c 16.10", ["4", "9", "10", "16", "17", "4.3", "4.7", "9.c", "16.10"]),
        ("SDG 16.10", ["16.10"]),
        ("targets 9.1, 9.a and 9.b of the 2030 Agenda", ["9.1", "9.a", "9.b"]),
        ("SDG Target 9.C: access", ["9.c"]),
        ("SDG targets 1.3-1.5", ["1.3", "1.4", "1.5"]),
        ("SDG16 target 16.4 and SDG Goal/Target 17.18", ["16", "16.4", "17.18"]),
        ("Sustainable Development Goal (SDG) 1.3", ["1.3"]),
        ("the SDG indicator 4.3.1 measures", ["4.3"]),
        ("SDG4-4.4.1", ["4", "4.4"]),
        ("SDG 5: 5.5 and 5.b matter", ["5", "5.5", "5.b"]),
        ("our work on the SDGs, above all Goal 13.3", ["13.3"]),
        ("Los ODS 13 y 14 y la meta 4.3 de los ODS", ["13", "14", "4.3"]),
        ("the 6th Sustainable Development Goal", ["6"]),
        ("SDG 16's aims; SDG 16+", ["16", "16"]),
        # no mentions
        ("Goal 4 of our strategy: target 4.3 members", []),
        ("the 17 SDGs; SDGs (17 goals); the SDGs 2030", []),
        ("SDG 18, SDG 4.8, SDG 3.10", []),
        ("SDG 13, 15 countries joined", ["13"]),
        ("SDG 4 and 5 million children", ["4"]),
        ("the SDGs with Python 3.9, CC BY 4.0 and version 2.3", []),
        ("SDG 4 (v4.3)", ["4"]),
        ("to meet the SDGs, targets 1.5 °C and 2.5% of the budget, US$ 4.3", []),
        ("an ODS 1.2 spreadsheet", []),
        ("https://sdgs.un.org/goals/SDG13/target-13.3", []),
        ("4.3", []),
        ("indicator 4.3.1 of our own scheme", []),
        ("SDG4All, SDG 3rd party", []),
    ],
)
def test_mentions_in_free_text(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.4 Equal rights to resources\n5.B Enhance technology", ["1.4", "5.b"]),
        ("social protection (1.3) and access to services (1.4).", ["1.3", "1.4"]),
        ("In line with target 3.8 Achieve coverage and 3.C Increase financing", ["3.8", "3.c"]),
        ("(targets: 5.1, 5.2, 5a, 5b).", ["5.1", "5.2", "5.a", "5.b"]),
        ("(Target:12.2,12.A)", ["12.2", "12.a"]),
        ("the target it contributes to most is 16.10 (access)", ["16.10"]),
        ("SD8 Target 8.10", ["8", "8.10"]),
        ("Target’s 3.7 and 3.8", ["3.7", "3.8"]),
        ("a rating of 4.6 out of 5, CC BY SA 4.0, only 12.5% are women", []),
        ("uses QTI Specification 2.2 and web 3.0", []),
        ("5. A new tool", []),
    ],
)
def test_mentions_in_an_answer_about_sdgs(text: str, expected: list[str]) -> None:
    assert found(text, about_sdgs=True) == expected


def test_mention_says_where_it_is_and_quotes_its_sentence() -> None:
    text = "First things first. It serves\n Target 4.3 of the SDGs: access\tfor all. More."
    (mention,) = mentions(text)
    assert text[mention.start : mention.end] == "Target 4.3"
    assert mention.quote == "Target 4.3 of the SDGs: access for all."
    assert mention.is_target


def test_long_sentences_are_quoted_around_the_mention() -> None:
    (mention,) = mentions("word " * 400 + "SDG 4.3 " + "word " * 400)
    assert len(mention.quote) <= QUOTE_LIMIT
    assert "SDG 4.3" in mention.quote
    assert mention.quote[0] == mention.quote[-1] == "…"


@given(st.text(alphabet=" .,;:-–()0123456789abcdSDGsTargets/\nand", max_size=80), st.booleans())
def test_any_text_gives_codes_that_exist_where_they_stand(text: str, about: bool) -> None:
    last = 0
    for mention in mentions(text, about_sdgs=about):
        assert mention.code in codes()
        assert last <= mention.start < mention.end <= len(text)
        assert len(mention.quote) <= QUOTE_LIMIT
        last = mention.start


@pytest.mark.parametrize("text", ["SDG 4, " * 3_000, "target " * 5_000, " " * 50_000 + "SDG 4", "4.3, " * 3_000])
def test_hostile_text_takes_no_more_than_its_length_is_worth(text: str) -> None:
    started = time.perf_counter()
    mentions(text, about_sdgs=True)
    assert time.perf_counter() - started < 5


TARGETS = {
    "DIGIT": "9.1 9.c",
    "Lexsitus": "16.3",
    "OpenCRVS": "16.9 17.18 17.19",
    "Product Catalog Management Tool": "3.7 3.8",
    "Querido Diário": "16.6 16.7 16.10",
    "Jellow AAC Communicator": "4.2 4.5 4.7 4.a",
    "Tilli": "4.2 4.a 4.c",
    "Boxtribute": "1.3 1.4 1.5",
    "E-Heza": "2.2 3.1 3.2 3.3 3.4 3.8",
    "NotesMaster": "",
    "Modular Open Source Identity Platform": "1.3 1.4 2.1 2.3 3.7 3.8 10.2 10.4 10.7 16.5 16.9",
    "Safe YOU": "5.1 5.2 5.3 5.5 5.6 5.a 5.b 5.c",
    "ekShop Marketplace": "8.1 8.2 8.3 8.6 8.7 8.8 9.1 9.2 9.3 9.a 9.b 9.c 10.3 10.4 12.2 12.a",
    "FAO Digital Services Portfolio": "1.4 5.b 9.c 17.8",
    "Code Your Future": "4.3 4.4 4.5 5.5 8.5 10.2",
    "Kindly": "3.4 4.7 16.2",
    "CKAN": "10.7 16.6 16.10",
    "Creative Commons Legal Tools": "4.3 4.7 9.5 9.c 10.2 16.10 17.6 17.8",
}
"""Read by a person in the registry's answers of 2024-12-09."""


def test_targets_in_real_answers(shared_data: Path) -> None:
    file = shared_data / "dpga-registry-api" / "dpgs-api-v2_2024-12-09.json"
    goods = {good["name"]: good for good in json.loads(file.read_text(encoding="utf-8"))}
    for name, expected in TARGETS.items():
        text = re.sub(r"(?i)<br\s*/?>", "\n", html.unescape(goods[name]["sdgs"]["relevance"]))
        targets = {mention.code for mention in mentions(text, about_sdgs=True) if mention.is_target}
        assert targets == set(expected.split()), name
