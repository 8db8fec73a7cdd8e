"""All real sources load in one command, and the graph answers what it was made for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import langcodes
import pytest

from tests.faults.commands import commons_kg
from tests.real.conftest import SOURCES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]

ID = "https://w3id.org/commons-kg/id/"

Rows = list[dict[str, str]]
Ask = Callable[[str], Rows]


@pytest.fixture(scope="session")
def ask(home: Path) -> Ask:
    """Query the home as a user does."""

    def run(text: str) -> Rows:
        done = commons_kg("--home", home, "query", "--format", "csv", text)
        assert done.returncode == 0, done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout)))

    return run


@pytest.fixture(scope="session")
def sources(home: Path) -> dict[str, dict[str, Any]]:
    done = commons_kg("--home", home, "stats", "--format", "json")
    assert done.returncode == 0, done.stderr
    return {source["name"]: source for source in json.loads(done.stdout)["sources"]}


def test_every_record_is_loaded_rejected_or_quarantined(sources: dict[str, dict[str, Any]]) -> None:
    assert len(sources) == SOURCES.read_text().count("[[source]]")
    for source in sources.values():
        assert source["read"] == source["loaded"] + source["rejected"] + source["quarantined"]
        assert source["loaded"] > 0


def test_the_counts_are_those_of_the_source_files(sources: dict[str, dict[str, Any]], shared_data: Path) -> None:
    ror = sum(len(json.loads(file.read_bytes())) for file in (shared_data / "ror").glob("*.json"))
    assert sources["ror"]["read"] == ror
    with (shared_data / "cc-quantifying/data/cc-legal-tools.csv").open(encoding="utf-8") as file:
        assert sources["cc-legal-tools"]["loaded"] == sum(1 for _ in csv.DictReader(file)) == 639
    rdf = len(list((shared_data / "cc-licenserdf/cc/licenserdf/licenses").glob("*.rdf")))
    assert sources["cc-rdf-2020"]["read"] == rdf
    with (shared_data / "open-sustainable-technology/organizations.csv").open(encoding="utf-8") as file:
        assert sources["open-sustainable-technology"]["read"] == sum(1 for _ in csv.DictReader(file))


def test_every_reject_is_kept_with_its_reason(home: Path, sources: dict[str, dict[str, Any]]) -> None:
    for name, source in sources.items():
        text = (home / "current" / "quality" / f"{name}.jsonl").read_text(encoding="utf-8")
        kept = [json.loads(line) for line in text.splitlines()]
        assert sum(1 for k in kept if k["kind"] == "reject") == source["rejected"]
        assert sum(len(k["origins"]) for k in kept if k["kind"] == "quarantine") == source["quarantined"]
        assert all(k["reason"] and k["origins"] for k in kept)


def test_loading_it_all_again_publishes_nothing_new(home: Path) -> None:
    done = commons_kg("--home", home, "sync", SOURCES)
    assert done.returncode == 0, done.stderr
    assert "nothing new to publish" in done.stdout
    assert len(list((home / "versions").iterdir())) == 1


def test_creative_commons_joined_on_2024_03_04_and_these_sources_say_so(ask: Ask) -> None:
    rows = ask(
        f"""SELECT ?start ?page ?said WHERE {{
          ?m a org:Membership ; org:member <{ID}organization/creative-commons> ; schema:startDate ?start ;
             org:organization <{ID}organization/digital-public-goods-alliance> ; commons:evidence ?e .
          ?e a commons:Evidence ; schema:url ?page ; dcterms:date ?said }}"""
    )
    assert {row["start"] for row in rows} == {"2024-03-04"}
    pages = {row["page"] for row in rows}
    assert "https://digitalpublicgoods.net/who-we-are/" in pages
    assert "https://digitalpublicgoods.net/blog/creative-commons-joins-the-digital-public-goods-alliance/" in pages
    assert any(row["said"].startswith("2024-03-04") for row in rows)


def test_togo_was_listed_from_2023_08_07_and_gone_by_2023_08_11(ask: Ask) -> None:
    assert ask(
        """SELECT ?first ?gone WHERE { ?m a org:Membership ; org:member/rdfs:label "Government of Togo" ;
           commons:firstSeen ?first ; commons:goneBy ?gone ; commons:current false }"""
    ) == [{"first": "2023-08-07", "gone": "2023-08-11"}]


def test_who_was_a_member_on_a_day(ask: Ask) -> None:
    rows = ask(
        f"""SELECT DISTINCT ?member WHERE {{
          ?m a org:Membership ; org:organization <{ID}organization/digital-public-goods-alliance> ; org:member ?member ;
             schema:startDate ?start . OPTIONAL {{ ?m schema:endDate ?end }}
          FILTER (?start <= "2023-08-08"^^xsd:date && (!BOUND(?end) || ?end > "2023-08-08"^^xsd:date)) }}"""
    )
    members = {row["member"].removeprefix(f"{ID}organization/") for row in rows}
    assert "github" in members
    assert "creative-commons" not in members
    assert any("togo" in member for member in members)


def test_the_creative_commons_legal_tools_are_a_digital_public_good(ask: Ask) -> None:
    good = f"<{ID}good/GID0091413>"
    assert ask(f"SELECT ?name WHERE {{ {good} a commons:DigitalPublicGood ; rdfs:label ?name }}") == [
        {"name": "Creative Commons Legal Tools"}
    ]
    licences = ask(f"SELECT DISTINCT ?id WHERE {{ {good} schema:license/commons:spdxId ?id }} ORDER BY ?id")
    assert [row["id"] for row in licences] == ["CC-BY-4.0", "CC0-1.0"]
    targets = ask(f"SELECT DISTINCT ?t WHERE {{ {good} commons:addresses ?t . ?t a sdgo:Target }}")
    assert {row["t"].rpartition("/")[2] for row in targets} == {
        "4.3", "4.7", "9.5", "9.c", "10.2", "16.10", "17.6", "17.8",
    }  # fmt: skip
    assert ask(f"SELECT ?o WHERE {{ {good} commons:owner ?o }}") == [{"o": f"{ID}organization/creative-commons"}]


def test_each_target_link_has_the_words_that_claim_it(ask: Ask) -> None:
    rows = ask(
        f"""SELECT ?target ?words ?status WHERE {{ ?link a commons:SDGLink ; oa:hasTarget <{ID}good/GID0091413> ;
            oa:hasBody ?target ; commons:linkStatus ?status ; commons:evidenceText ?words . ?target a sdgo:Target }}"""
    )
    assert len(rows) == 8
    assert all(row["target"].rpartition("/")[2] in row["words"].lower() for row in rows)


def test_639_legal_tools_of_which_55_have_an_spdx_id(ask: Ask) -> None:
    assert ask(
        """SELECT (COUNT(DISTINCT ?tool) AS ?tools) (COUNT(DISTINCT ?id) AS ?ids) WHERE {
           GRAPH <https://w3id.org/commons-kg/graph/cc-legal-tools> {
             ?tool a cc:License OPTIONAL { ?tool commons:spdxId ?id } } }"""
    ) == [{"tools": "639", "ids": "55"}]


def test_17_goals_and_169_targets_with_labels_in_the_six_un_languages(ask: Ask) -> None:
    assert ask("SELECT (COUNT(DISTINCT ?g) AS ?n) { ?g a sdgo:Goal }") == [{"n": "17"}]
    assert ask("SELECT (COUNT(DISTINCT ?t) AS ?n) { ?t a sdgo:Target }") == [{"n": "169"}]
    rows = ask("SELECT DISTINCT (LANG(?l) AS ?lang) WHERE { sdg:13 skos:prefLabel ?l }")
    assert {"ar", "en", "es", "fr", "ru", "zh-hans"} <= {row["lang"].lower() for row in rows}


def test_goods_under_a_deprecated_spdx_id_and_what_replaces_it(ask: Ask) -> None:
    """Each good states the id itself; that it is deprecated, and what SPDX names instead, is told of the licence."""
    rows = ask(
        """SELECT DISTINCT ?good ?id ?by WHERE { ?good commons:usesDeprecatedId ?licence ; schema:license ?licence ;
             commons:replacementLicence ?new .
           ?licence commons:spdxId ?id ; dcterms:isReplacedBy ?new . ?new commons:spdxId ?by }"""
    )
    replaced: dict[str, set[str]] = {}
    for row in rows:
        replaced.setdefault(row["id"], set()).add(row["by"])
    assert replaced["GPL-3.0"] == {"GPL-3.0-only"}
    assert replaced["AGPL-3.0"] == {"AGPL-3.0-only"}
    assert {"GPL-2.0", "LGPL-2.1", "LGPL-3.0"} <= set(replaced)
    assert len({row["good"] for row in rows}) > 250
    assert not ask(
        """SELECT ?good WHERE { ?good a commons:DigitalPublicGood ; schema:license/commons:isDeprecatedId true .
           FILTER NOT EXISTS { ?good commons:usesDeprecatedId ?id } }"""
    )


def test_goods_under_noncommercial_licences_are_not_open(ask: Ask) -> None:
    """Not open by the Open Definition: what prohibits commercial use; partly, where another licence is open."""
    rows = ask(
        """SELECT DISTINCT ?good ?licence ?openness WHERE {
           ?good a commons:DigitalPublicGood ; schema:license ?licence ; commons:openness ?openness .
           ?licence cc:prohibits cc:CommercialUse }"""
    )
    assert {row["openness"].rpartition("/")[2] for row in rows} == {"notOpen", "partlyOpen"}
    told = {(row["good"].removeprefix(ID), row["licence"], row["openness"].rpartition("/")[2]) for row in rows}
    assert ("good/GID0091175", "http://creativecommons.org/licenses/by-nc-sa/3.0/", "notOpen") in told
    assert len({row["good"] for row in rows}) >= 30
    openness = ask("SELECT ?o WHERE { <" + ID + "good/GID0091413> commons:openness ?o }")
    assert [row["o"].rpartition("/")[2] for row in openness] == ["open"]


def test_goods_that_address_goal_13_under_a_creative_commons_tool(ask: Ask) -> None:
    """Each with the tool, and the link that claims the goal, where the source gives its words."""
    rows = ask(
        """SELECT DISTINCT ?good ?tool ?status ?words WHERE {
           ?good a commons:DigitalPublicGood ; schema:license ?tool ; commons:addresses sdg:13 .
           ?link oa:hasTarget ?good ; oa:hasBody sdg:13 ; commons:linkStatus ?status .
           OPTIONAL { ?link commons:evidenceText ?words }
           FILTER STRSTARTS(STR(?tool), "http://creativecommons.org/") }"""
    )
    found = {row["good"].removeprefix(ID): row for row in rows if row["status"].endswith("/claimed")}
    assert found["good/GID0091516"]["tool"] == "http://creativecommons.org/licenses/by-sa/3.0/"
    assert "13.3" in found["good/GID0091516"]["words"]
    assert len(found) >= 20


def test_goods_that_members_own_count_one_owner_once(ask: Ask) -> None:
    """The owners are named in the registry in several spellings each; all are labels of one organization."""
    rows = ask("SELECT ?o (COUNT(DISTINCT ?g) AS ?n) WHERE { ?o schema:owns ?g } GROUP BY ?o")
    owned = {row["o"].removeprefix(f"{ID}organization/"): int(row["n"]) for row in rows}
    assert {name: owned.get(name) for name in ("creative-commons", "data-org", "thoughtworks")} == {
        "creative-commons": 1, "data-org": 2, "thoughtworks": 1,
    }  # fmt: skip
    fao = "food-and-agriculture-organization-of-the-united-nations"
    assert owned[fao] == 13
    assert owned["unicef"] >= 11
    spellings = ask(f"SELECT DISTINCT ?name WHERE {{ <{ID}organization/{fao}> skos:altLabel ?name }}")
    assert {
        "FAO", "Food and Agriculture Organization (FAO) of the United Nations",
        "Food and Agriculture Organization of the United Nations (FAO)",
    } <= {row["name"] for row in spellings}  # fmt: skip
    assert not ask(
        f"""SELECT ?o WHERE {{ ?o a org:Organization ; rdfs:label ?name .
            FILTER (?o != <{ID}organization/{fao}>)
            FILTER REGEX(?name, "^(UN )?(FAO$|FAO [(]|Food and Agriculture Organi[sz]ation)") }}"""
    )


def test_one_organization_in_two_sources_has_one_iri(ask: Ask) -> None:
    """CICERO is in the list of sustainable technology and, by another spelling, in ROR."""
    rows = ask(
        """SELECT DISTINCT ?o ?graph WHERE {
           GRAPH ?graph { ?o schema:url ?page FILTER CONTAINS(STR(?page), "cicero.oslo.no") } }"""
    )
    assert {row["o"] for row in rows} == {f"{ID}organization/ror-01gw5dy53"}
    assert {row["graph"].rpartition("/")[2] for row in rows} == {"ror", "open-sustainable-technology"}


def test_a_part_is_not_its_parent(ask: Ask) -> None:
    """Programmes, offices and hosted bodies are organizations of their own that say where they belong."""
    rows = ask("SELECT ?part ?whole WHERE { ?part org:subOrganizationOf ?whole }")
    found = {tuple(row[side].removeprefix(f"{ID}organization/") for side in ("part", "whole")) for row in rows}
    assert {
        ("digital-square", "path"), ("mosip", "international-institute-of-information-technology-bangalore"),
        ("un-global-pulse", "united-nations"), ("unicef-venture-fund", "unicef"),
        ("norwegian-agency-for-development-cooperation", "government-of-norway"),
    } <= found  # fmt: skip


def test_goal_coverage_of_the_alliance_in_2024_adds_up(ask: Ask) -> None:
    """What the rule tells is what can be counted from memberships, owners, listings and links."""
    alliance = f"<{ID}organization/digital-public-goods-alliance>"
    told = ask(
        f"""SELECT ?goal ?n WHERE {{
            ?c a commons:GoalCoverage ; org:organization {alliance} ; commons:coveredGoal ?goal ;
            commons:coveredYear "2024"^^xsd:gYear ; commons:goodCount ?n }} ORDER BY ?goal"""
    )
    counted = ask(
        f"""SELECT ?goal (COUNT(DISTINCT ?good) AS ?n) WHERE {{
            ?m a org:Membership ; org:organization {alliance} ; org:member ?member .
            OPTIONAL {{ ?m schema:startDate ?start }}
            OPTIONAL {{ ?m schema:endDate ?end }}
            FILTER ((!BOUND(?start) || YEAR(?start) <= 2024) && (!BOUND(?end) || YEAR(?end) >= 2024))
            ?good a commons:DigitalPublicGood ; commons:owner ?member ; commons:listedOn ?day .
            ?good commons:addresses ?concept .
            FILTER (YEAR(?day) = 2024)
            BIND (IRI(REPLACE(STR(?concept), "(/sdg/[0-9]+).*$", "$1")) AS ?goal) }} GROUP BY ?goal ORDER BY ?goal"""
    )
    assert told == counted
    assert len(told) == 17


def test_posts_with_two_licences_are_told(ask: Ask) -> None:
    """openglam.org states CC0 at one place of a page and CC BY at another."""
    rows = ask(
        """SELECT DISTINCT ?post ?licence ?graph WHERE { ?c a commons:LicenceConflict ; schema:about ?post ;
           commons:conflictingLicence ?licence ; prov:wasDerivedFrom ?graph . ?post a schema:BlogPosting }"""
    )
    assert len({row["post"] for row in rows}) >= 20
    assert {row["licence"].removeprefix("http://creativecommons.org/") for row in rows} >= {
        "licenses/by/4.0/", "publicdomain/zero/1.0/",
    }  # fmt: skip
    assert any(row["graph"].endswith("/graph/openglam") for row in rows)


def test_who_has_left(ask: Ask) -> None:
    """Gone and not back in any role, with the last state that has them and the first that has them not."""
    rows = ask(
        f"""SELECT DISTINCT ?member ?last ?gone WHERE {{
          ?m a org:Membership ; org:organization <{ID}organization/digital-public-goods-alliance> ; org:member ?member ;
             commons:current false ; commons:lastSeen ?last ; commons:goneBy ?gone .
          FILTER NOT EXISTS {{ ?other a org:Membership ; org:member ?member ; commons:current true }} }}"""
    )
    left = {row["member"].removeprefix(f"{ID}organization/"): (row["last"], row["gone"]) for row in rows}
    assert left["government-of-togo"] == ("2023-08-07", "2023-08-11")
    assert set(left) == {"government-of-togo", "government-of-norway"}


def test_no_blank_node_and_no_invalid_language_tag_is_in_the_graph(ask: Ask) -> None:
    assert ask("SELECT ?s WHERE { ?s ?p ?o FILTER (isBlank(?s) || isBlank(?o)) } LIMIT 1") == []
    tags = {row["tag"] for row in ask("SELECT DISTINCT (LANG(?o) AS ?tag) WHERE { ?s ?p ?o FILTER (LANG(?o) != '') }")}
    assert all(langcodes.tag_is_valid(tag) for tag in tags), sorted(t for t in tags if not langcodes.tag_is_valid(t))
