"""Each question's answer on the real data, with its evidence, where it is known from the sources themselves."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg.identifiers import DEFAULT_BASE
from kg.questions import questions
from kg.web.asking import query_of
from tests.faults.commands import commons_kg

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]


DPGA = "id/post/digitalpublicgoods.net/blog-"


def answer(home: Path, name: str, **values: str) -> list[dict[str, str]]:
    text = query_of(questions()[name], values, DEFAULT_BASE)
    done = commons_kg("--home", home, "query", "--format", "csv", text)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def evidence(home: Path, membership: str) -> list[dict[str, str]]:
    """Return what the page of a membership gives as evidence."""
    pattern = f"<{membership}> commons:evidence ?e . ?e schema:url ?document ; dcterms:date ?dated"
    text = f"SELECT ?document ?dated {{ {pattern} }}"
    done = commons_kg("--home", home, "query", "--format", "csv", text)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_creative_commons_is_a_member_since_2024_03_04_and_documents_say_so(home: Path) -> None:
    rows = answer(home, "member-since")
    assert {row["since"] for row in rows} == {"2024-03-04"}
    told = {row["document"]: row["words"] for row in rows}
    assert len(told) >= 3
    assert all("Cr" in words for words in told.values()), "each document in its own words"


@pytest.mark.parametrize(("day", "is_member"), [("2024-03-03", False), ("2024-03-04", True)])
def test_the_day_decides_who_was_a_member(home: Path, day: str, is_member: bool) -> None:
    rows = answer(home, "members-on-a-day", day=day)
    assert ("Creative Commons" in {row["memberLabel"] for row in rows}) is is_member
    assert all(row["sources"] and evidence(home, row["membership"]) for row in rows[:3])


def test_togo_and_norway_have_left_and_who_changed_its_role_has_not(home: Path) -> None:
    gone = {row["memberLabel"]: row for row in answer(home, "members-left")}
    assert {name: row["goneBy"] for name, row in gone.items()} == {
        "Government of Norway": "2022-01-11", "Government of Togo": "2023-08-11",
    }  # fmt: skip
    dates = {row["dated"][:10] for row in evidence(home, gone["Government of Togo"]["membership"])}
    assert dates >= {"2023-08-07"}


def test_the_legal_tools_claim_eight_targets_in_these_words(home: Path) -> None:
    rows = answer(home, "targets-of-a-good")
    targets = {row["concept"].rpartition("/")[2] for row in rows if "." in row["concept"].rpartition("/")[2]}
    assert targets == {"4.3", "4.7", "9.5", "9.c", "10.2", "16.10", "17.6", "17.8"}
    assert all(row["words"] for row in rows if row["concept"].endswith("9.c"))


def test_17_goals_are_served_most_of_all_health(home: Path) -> None:
    rows = answer(home, "goods-per-goal")
    assert len(rows) == 17
    assert rows[0]["goal"] == "http://metadata.un.org/sdg/3"


def test_the_deprecated_gpl_is_replaced_and_the_registry_declares_it(home: Path) -> None:
    rows = answer(home, "deprecated-licences")
    replaced = {(row["id"], row["replacement"].rpartition("/")[2]) for row in rows}
    assert {("GPL-3.0", "GPL-3.0-only"), ("AGPL-3.0", "AGPL-3.0-only")} <= replaced
    assert {row["stated"].rpartition("/")[2] for row in rows} == {"dpga-registry"}


def test_goods_that_may_not_be_changed(home: Path) -> None:
    rows = answer(home, "goods-without-derivatives")
    assert {(row["goodLabel"], row["licence"].partition("/licenses/")[2].rstrip("/")) for row in rows} >= {
        ("Cold Chain and Vaccination Management System", "by-nc-nd/3.0"), ("TED", "by-nc-nd/4.0"),
    }  # fmt: skip


def test_goods_under_noncommercial_licences_and_who_states_them(home: Path) -> None:
    rows = answer(home, "goods-noncommercial")
    assert ("FAO Agricultural Stress Index System", "by-nc-sa/3.0") in {
        (row["goodLabel"], row["licence"].rstrip("/").partition("/licenses/")[2]) for row in rows
    }
    assert all("-nc" in row["licence"] and row["stated"] for row in rows)
    assert {"CK-12", "Curriki", "JHSPH OpenCourseware", "Safecast", "TED"} <= {row["goodLabel"] for row in rows}, (
        "licences whose RDF no source has, and a part of a good whose other parts are open"
    )
    assert len({row["good"] for row in rows}) == 36


def test_what_posts_state_of_goals_and_what_is_inferred_from_which_words_how_surely(home: Path) -> None:
    stated = answer(home, "post-and-goals", post=f"{DPGA}launching-dhis2-pathfinding-pilots")
    assert {(row["concept"].rpartition("/")[2], row["status"].rpartition("/")[2]) for row in stated} >= {
        ("3", "stated"), ("4", "stated"),
    }  # fmt: skip
    assert all("Goals 3 (Good Health" in row["words"] for row in stated if row["status"].endswith("/stated"))
    (inferred,) = answer(home, "post-and-goals", post=f"{DPGA}dpgs-information-integrity")
    assert inferred["concept"] == "http://metadata.un.org/sdg/16"
    assert inferred["status"].endswith("/inferred")
    assert {"disinformation", "human rights"} <= set(inferred["words"].split(", "))
    assert 0.8 < float(inferred["certainty"]) < 1


def test_renamed_organizations_stay_one_and_merged_ones_lead_to_another(home: Path) -> None:
    rows = answer(home, "organizations-changed")
    renamed = {row["former"]: row for row in rows if row["former"]}
    gates = renamed["Bill & Melinda Gates Foundation"]
    assert (gates["original"], gates["since"]) == (gates["result"], "2025")
    assert renamed["Office of the Secretary-General's Envoy on Technology"]["since"] == "2025-01-01"
    became = [row for row in rows if not row["former"]]
    assert len(became) >= 100
    assert all(row["original"] != row["result"] and row["source"].endswith("/graph/ror") for row in became)


def test_the_goals_that_the_alliance_covered_in_2024_and_by_which_goods(home: Path) -> None:
    rows = answer(home, "goal-coverage")
    assert len(rows) == 17
    assert all(len(row["names"].split("; ")) <= int(row["goods"]) for row in rows)
    assert any("Creative Commons Legal Tools" in row["names"] for row in rows if row["goal"].endswith("/9"))


def test_posts_of_openglam_state_two_licences(home: Path) -> None:
    rows = answer(home, "licence-conflicts")
    mine = [row for row in rows if row["workLabel"] == "Culture Must Always Be a Commons"]
    assert len({row["licence"] for row in mine}) == 2
    assert {row["stated"].rpartition("/")[2] for row in mine} == {"openglam"}
    assert all(row["page"].startswith("https://openglam.org/2012/11/07/") for row in mine)


def test_fedora_names_the_most_licences(home: Path) -> None:
    first = answer(home, "goods-with-many-licences")[0]
    assert (first["goodLabel"], int(first["licences"])) == ("Fedora Linux", 93)


def test_fao_owns_goods_and_counts_once(home: Path) -> None:
    rows = answer(home, "goods-of-members")
    assert len({row["member"] for row in rows}) == len(rows)
    assert rows[0]["memberLabel"].startswith("Food and Agriculture Organization")
    assert rows[0]["goods"] == "13"
    assert {"FAO", "Food and Agriculture Organization (FAO) of the United Nations"} <= set(
        rows[0]["spellings"].split("; ")
    )


def test_the_registry_listed_180_goods_in_december_2024(home: Path) -> None:
    assert {row["day"]: row["goods"] for row in answer(home, "goods-listed")}["2024-12-09"] == "180"


def test_goods_for_climate_under_a_creative_commons_tool(home: Path) -> None:
    rows = answer(home, "goods-of-a-goal")
    assert rows
    assert all(row["licence"].startswith("http://creativecommons.org/") for row in rows)
    assert any("13.3" in row["words"] for row in rows if row["concept"].endswith("/13.3"))
