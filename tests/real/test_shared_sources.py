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

from tests.faults.commands import CHECKOUT, commons_kg

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]

SOURCES = CHECKOUT / "tests" / "data" / "shared-sources.toml"
ID = "https://w3id.org/commons-kg/id/"

Rows = list[dict[str, str]]
Ask = Callable[[str], Rows]


@pytest.fixture(scope="session")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all of ../shared/data that a loader exists for."""
    home = tmp_path_factory.mktemp("real") / "home"
    done = commons_kg("--home", home, "sync", SOURCES)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return home


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
    rows = ask(
        """SELECT DISTINCT ?good ?id ?by WHERE { ?good a commons:DigitalPublicGood ; schema:license ?licence .
           ?licence commons:isDeprecatedId true ; commons:spdxId ?id ; dcterms:isReplacedBy/commons:spdxId ?by }"""
    )
    assert ("GPL-3.0", "GPL-3.0-only") in {(row["id"], row["by"]) for row in rows}


def test_goods_under_noncommercial_licences_are_not_open(ask: Ask) -> None:
    rows = ask(
        """SELECT DISTINCT ?good WHERE { ?good a commons:DigitalPublicGood ; schema:license ?l .
           ?l cc:prohibits cc:CommercialUse }"""
    )
    assert rows


def test_goods_that_address_goal_13_under_a_creative_commons_tool(ask: Ask) -> None:
    rows = ask(
        """SELECT DISTINCT ?good WHERE {
           ?good a commons:DigitalPublicGood ; schema:license ?l ; commons:addresses sdg:13 .
           FILTER STRSTARTS(STR(?l), "http://creativecommons.org/") }"""
    )
    assert rows


def test_goods_that_members_own_count_one_owner_once(ask: Ask) -> None:
    rows = ask("SELECT ?o (COUNT(DISTINCT ?g) AS ?n) WHERE { ?o schema:owns ?g } GROUP BY ?o")
    assert {row["o"] for row in rows} >= {f"{ID}organization/creative-commons"}


def test_no_blank_node_and_no_invalid_language_tag_is_in_the_graph(ask: Ask) -> None:
    assert ask("SELECT ?s WHERE { ?s ?p ?o FILTER (isBlank(?s) || isBlank(?o)) } LIMIT 1") == []
    tags = {row["tag"] for row in ask("SELECT DISTINCT (LANG(?o) AS ?tag) WHERE { ?s ?p ?o FILTER (LANG(?o) != '') }")}
    assert all(langcodes.tag_is_valid(tag) for tag in tags), sorted(t for t in tags if not langcodes.tag_is_valid(t))
