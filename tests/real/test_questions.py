"""Each question's answer on the real data, where it is known from the sources themselves."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg.identifiers import DEFAULT_BASE
from kg.questions import questions
from kg.web.asking import query_of
from tests.faults.commands import commons_kg
from tests.real.test_shared_sources import home

__all__ = ["home"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]


def answer(home: Path, name: str, **values: str) -> list[dict[str, str]]:
    text = query_of(questions()[name], values, DEFAULT_BASE)
    done = commons_kg("--home", home, "query", "--format", "csv", text)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_creative_commons_is_a_member_since_2024_03_04_and_documents_say_so(home: Path) -> None:
    rows = answer(home, "member-since")
    assert {row["since"] for row in rows} == {"2024-03-04"}
    assert len({row["document"] for row in rows}) >= 3


@pytest.mark.parametrize(("day", "is_member"), [("2024-03-03", False), ("2024-03-04", True)])
def test_the_day_decides_who_was_a_member(home: Path, day: str, is_member: bool) -> None:
    rows = answer(home, "members-on-a-day", day=day)
    assert ("Creative Commons" in {row["memberLabel"] for row in rows}) is is_member


def test_togo_has_left(home: Path) -> None:
    gone = {row["memberLabel"]: row for row in answer(home, "members-left")}
    assert gone["Government of Togo"]["goneBy"] == "2023-08-11"


def test_the_legal_tools_claim_eight_targets_in_these_words(home: Path) -> None:
    rows = answer(home, "targets-of-a-good")
    targets = {row["concept"].rpartition("/")[2] for row in rows if "." in row["concept"].rpartition("/")[2]}
    assert targets == {"4.3", "4.7", "9.5", "9.c", "10.2", "16.10", "17.6", "17.8"}
    assert all(row["words"] for row in rows if row["concept"].endswith("9.c"))


def test_17_goals_are_served_most_of_all_health(home: Path) -> None:
    rows = answer(home, "goods-per-goal")
    assert len(rows) == 17
    assert rows[0]["goal"] == "http://metadata.un.org/sdg/3"


def test_the_deprecated_gpl_is_replaced(home: Path) -> None:
    replaced = {(row["id"], row["replacement"].rpartition("/")[2]) for row in answer(home, "deprecated-licences")}
    assert ("GPL-3.0", "GPL-3.0-only") in replaced


def test_fedora_names_the_most_licences(home: Path) -> None:
    first = answer(home, "goods-with-many-licences")[0]
    assert (first["goodLabel"], int(first["licences"])) == ("Fedora Linux", 93)


def test_fao_owns_goods_and_counts_once(home: Path) -> None:
    rows = answer(home, "goods-of-members")
    assert len({row["member"] for row in rows}) == len(rows)
    assert rows[0]["memberLabel"].startswith("Food and Agriculture Organization")


def test_the_registry_listed_180_goods_in_december_2024(home: Path) -> None:
    assert {row["day"]: row["goods"] for row in answer(home, "goods-listed")}["2024-12-09"] == "180"


def test_goods_for_climate_under_a_creative_commons_tool(home: Path) -> None:
    rows = answer(home, "goods-of-a-goal")
    assert rows
    assert all(row["licence"].startswith("http://creativecommons.org/") for row in rows)
