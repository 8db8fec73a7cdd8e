"""The embedded sample: enough of everything, nothing rejected, every name resolved, every fact with its source."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
import rdflib

from kg.identifiers import Minter
from kg.linking import Linker
from kg.linking.sdg_codes import goals
from kg.loader import get
from kg.records import (
    Commitment,
    DigitalPublicGood,
    License,
    Membership,
    Organization,
    Person,
    Post,
    Programme,
    Record,
    Reject,
    SDGConcept,
)  # fmt: skip
from kg.sources import read_sources
from tests.loaders.run import nquads

SAMPLE = Path(__file__).parent.parent.parent / "loaders" / "sample"
R = TypeVar("R", bound=Record)


@pytest.fixture(scope="module")
def read() -> dict[str, list[Record | Reject]]:
    """What each source of the sample gives."""
    return {
        config.name: list(get(config.loader).read(config.with_payloads(config.local_payloads())))
        for config in read_sources(SAMPLE / "sources.toml")
    }


@pytest.fixture(scope="module")
def records(read: dict[str, list[Record | Reject]]) -> list[Record]:
    return [item for items in read.values() for item in items if isinstance(item, Record)]


@pytest.fixture(scope="module")
def links() -> Linker:
    return Linker(Minter())


def of(records: list[Record], kind: type[R]) -> list[R]:
    return [r for r in records if isinstance(r, kind)]


def rows(name: str) -> Iterator[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def test_nothing_is_rejected(read: dict[str, list[Record | Reject]]) -> None:
    assert [str(item) for items in read.values() for item in items if isinstance(item, Reject)] == []
    assert all(items for items in read.values())


@pytest.mark.parametrize(
    ("kind", "least"),
    [(Post, 12), (DigitalPublicGood, 40), (Membership, 40), (Organization, 60), (Person, 10), (Programme, 10),
     (Commitment, 8), (License, 100), (SDGConcept, 186)],
)  # fmt: skip
def test_there_is_enough_of_everything(records: list[Record], kind: type[Record], least: int) -> None:
    assert len(of(records, kind)) >= least


def test_all_records_of_the_files_are_there(read: dict[str, list[Record | Reject]]) -> None:
    def held(name: str) -> int:
        return sum(len(item.origins) for item in read[name] if isinstance(item, Record))

    tables = ("organizations.csv", "people.csv", "programmes.csv", "commitments.csv")
    assert held("sample-memberships") == len(list(rows("memberships.csv")))
    assert held("sample-organizations") == sum(len(list(rows(name))) for name in tables)
    assert held("sample-registry") == len(goods_json())
    assert held("sample-posts") == (SAMPLE / "posts.rss").read_text(encoding="utf-8").count("<item>")


def goods_json() -> list[dict[str, Any]]:
    (file,) = (SAMPLE / "registry").glob("*.json")
    content: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return content


# --- goals and targets


def test_17_goals_and_169_targets_with_their_labels(records: list[Record]) -> None:
    concepts = of(records, SDGConcept)
    assert sum(c.level == "goal" for c in concepts) == 17
    assert sum(c.level == "target" for c in concepts) == 169
    for concept in concepts:
        wanted = ["en", "es", "fr"] if concept.level == "goal" else ["en"]
        assert [label.language for label in concept.labels] == wanted
    assert {c.code: c.colour for c in concepts if c.level == "goal"} == {k: g.colour for k, g in goals().items()}


def test_targets_and_matches_are_those_of_the_un(records: list[Record], shared_data: Path) -> None:
    scheme = rdflib.Graph().parse(shared_data / "un-sdg-lod" / "sdg-kos-goals-targets-indicators.ttl")
    of_un = set(scheme.subjects(rdflib.RDF.type, rdflib.URIRef("http://metadata.un.org/sdg/ontology#Target")))
    targets = {c.iri: c for c in of(records, SDGConcept) if c.level == "target"}
    assert targets.keys() == {str(target) for target in of_un}
    matches = {str(o) for s in of_un for o in scheme.objects(s, rdflib.SKOS.exactMatch)}
    assert {m for c in targets.values() for m in c.exact_matches} == matches


def test_labels_of_targets_are_our_own_words(records: list[Record], shared_data: Path) -> None:
    scheme = rdflib.Graph().parse(shared_data / "un-sdg-lod" / "sdg-kos-goals-targets-indicators.ttl")
    official = {str(o).casefold() for o in scheme.objects(None, rdflib.SKOS.prefLabel)}
    targets = [c for c in of(records, SDGConcept) if c.level == "target"]
    assert [c.code for c in targets if c.labels[0].value.casefold() in official] == []


def test_every_goal_and_target_that_is_claimed_exists(records: list[Record]) -> None:
    known = {c.code for c in of(records, SDGConcept)}
    claimed = {claim.code for good in of(records, DigitalPublicGood) for claim in good.sdgs}
    assert claimed <= known
    assert sum("." in code for code in claimed) >= 40, "targets, not only goals"
    assert {f"{n}" for n in range(1, 18)} <= claimed, "every goal has a good that claims it"


# --- goods


def test_creative_commons_legal_tools_is_told_exactly(records: list[Record]) -> None:
    (good,) = (g for g in of(records, DigitalPublicGood) if g.dpgid == "GID0091413")
    assert good.name.value == "Creative Commons Legal Tools"
    assert good.owners == ("Creative Commons",)
    assert sorted(good.licences) == ["CC-BY-4.0", "CC0-1.0"]
    targets = {claim.code for claim in good.sdgs if "." in claim.code}
    assert targets == {"4.3", "4.7", "9.5", "9.c", "10.2", "16.10", "17.6", "17.8"}
    assert {claim.code for claim in good.sdgs} - targets == {"4", "9", "10", "16", "17"}
    assert good.listed_on == (date(2024, 12, 9),)


def test_goods_state_what_the_registry_states(records: list[Record], shared_data: Path) -> None:
    snapshot = shared_data / "dpga-registry-api" / "dpgs-api-v2_2024-12-09.json"
    registry = {g["dpgid"]: g for g in json.loads(snapshot.read_text(encoding="utf-8"))}
    for ours in goods_json():
        theirs = registry[ours["dpgid"]]
        assert ours["name"] == theirs["name"].strip()
        assert [x["openLicense"] for x in ours["openlicenses"]] == [x["openLicense"] for x in theirs["openlicenses"]]
        goals_of = [[label.split(":")[0] for label in g["sdgs"]["sdg"]] for g in (ours, theirs)]
        assert goals_of[0] == goals_of[1]
        assert ours["description"] != theirs["description"]
    for good in of(records, DigitalPublicGood):
        assert good.dpgid is not None
        prose = registry[good.dpgid]["sdgs"]["relevance"].casefold()
        assert [c.code for c in good.sdgs if "." in c.code and c.code not in prose] == [], good.name.value


def test_every_good_has_an_owner_a_licence_and_evidence_by_address(records: list[Record]) -> None:
    for good in of(records, DigitalPublicGood):
        assert good.owners, good.name.value
        assert good.licences, good.name.value
        assert good.website, good.name.value
        assert good.description, good.name.value
    for raw in goods_json():
        assert all(owner["clearOwnershipURL"].startswith("http") for owner in raw["clearOwnership"]), raw["name"]


def test_every_licence_and_country_is_resolved(records: list[Record], links: Linker) -> None:
    for good in of(records, DigitalPublicGood):
        for text in good.licences:
            assert links.licences(text), (good.name.value, text)
        for country in good.developed_in + good.deployed_in:
            assert links.country(country), (good.name.value, country)
    for organization in of(records, Organization):
        assert organization.country is None or links.country(organization.country), organization.name.value
    assert not [key for key in links.unresolved if key[0] in ("licence", "country")]


def test_the_licences_that_goods_use_are_described(records: list[Record], links: Linker) -> None:
    described = {licence.iri for licence in of(records, License)}
    used = {iri for good in of(records, DigitalPublicGood) for text in good.licences for iri in links.licences(text)}
    assert used <= described


# --- members, organizations, people


def test_creative_commons_joined_on_2024_03_04_and_five_sources_say_so(records: list[Record]) -> None:
    (membership,) = (m for m in of(records, Membership) if m.member == "Creative Commons")
    assert membership.start == date(2024, 3, 4)
    assert membership.end is None
    assert membership.current is True
    assert len({e.url for e in membership.evidence}) == 5


def test_togo_was_listed_for_some_days(records: list[Record]) -> None:
    (togo,) = (m for m in of(records, Membership) if "Togo" in m.member)
    assert (togo.start, togo.end, togo.current) == (date(2023, 8, 7), date(2023, 8, 11), False)


def test_members_stand_in_the_list_of_the_day_they_are_dated(shared_data: Path) -> None:
    history = shared_data / "dpga-members" / "memberlist-history.jsonl"
    states = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    known = {state["commit"]: state["date"][:10] for state in states}
    commits = "https://github.com/DPGAlliance/publicgoods-website/commit/"
    dated = 0
    for row in rows("memberships.csv"):
        if row["source_url"].startswith(commits):
            assert known[row["source_url"].removeprefix(commits)] in (row["start"], row["end"])
            dated += 1
    assert dated >= 43


def test_every_row_has_its_source(records: list[Record]) -> None:
    for name in ("memberships.csv", "organizations.csv", "people.csv", "programmes.csv", "commitments.csv"):
        for row in rows(name):
            assert row["source_url"].startswith(("https://", "http://")), row
    for post in of(records, Post):
        assert post.url.startswith(("https://", "http://"))
        assert post.title is not None
        assert post.published is not None
    for membership in of(records, Membership):
        assert all(e.url for e in membership.evidence)


def test_members_and_owners_are_described_once(records: list[Record], links: Linker) -> None:
    described = [links.organization(o.name.value, homepage=o.homepage) for o in of(records, Organization)]
    assert len(described) == len(set(described))
    members = {links.organization(m.member) for m in of(records, Membership)}
    owners = {links.organization(owner) for good in of(records, DigitalPublicGood) for owner in good.owners}
    assert len(members) >= 40
    assert members <= set(described)
    assert owners <= set(described)
    assert members & owners, "members that own goods"


def test_commitments_name_programmes_that_are_there(records: list[Record]) -> None:
    programmes = {(p.name.value, p.organization) for p in of(records, Programme)}
    for commitment in of(records, Commitment):
        assert (commitment.programme, commitment.member) in programmes
        assert commitment.organization == "Digital Public Goods Alliance"
    assert sum(c.member == "Creative Commons" for c in of(records, Commitment)) == 3


# --- licences


def test_licences_of_creative_commons_say_what_they_permit(records: list[Record]) -> None:
    licences = {licence.iri.removeprefix("http://creativecommons.org/"): licence for licence in of(records, License)}
    assert licences["licenses/by-nc-sa/4.0/"].prohibits == ("CommercialUse",)
    assert set(licences["licenses/by-nc-sa/4.0/"].requires) == {"Attribution", "Notice", "ShareAlike"}
    assert "DerivativeWorks" not in licences["licenses/by-nd/3.0/"].permits
    assert not licences["publicdomain/zero/1.0/"].requires
    assert licences["licenses/by/1.0/"].replaced_by == ("http://creativecommons.org/licenses/by/2.0/",)
    assert licences["licenses/nc/1.0/"].deprecated_on == date(2004, 5, 25)
    units = [f"licenses/{u}/{v}/" for u in ("by", "by-nc", "by-nc-nd", "by-nc-sa", "by-nd", "by-sa")
             for v in ("4.0", "3.0", "2.5", "2.0")]  # fmt: skip
    assert set(units) | {"publicdomain/zero/1.0/", "publicdomain/mark/1.0/"} <= licences.keys()


def test_licences_of_creative_commons_agree_with_their_own_data(records: list[Record], shared_data: Path) -> None:
    licences = {licence.iri: licence for licence in of(records, License)}
    cc = rdflib.Namespace("http://creativecommons.org/ns#")
    compared = 0
    for file in (shared_data / "cc-licenserdf" / "cc" / "licenserdf" / "licenses").glob("*.rdf"):
        if (iri := "http://" + file.stem.removesuffix("_").replace("_", "/") + "/") not in licences:
            continue
        graph, node = rdflib.Graph().parse(file), rdflib.URIRef(iri)
        for term, ours in (("permits", licences[iri].permits), ("requires", licences[iri].requires),
                           ("prohibits", licences[iri].prohibits)):  # fmt: skip
            assert set(ours) == {str(o).removeprefix(cc) for o in graph.objects(node, cc[term])}, (iri, term)
        compared += 1
    assert compared >= 20


def test_deprecated_identifiers_and_conformance_are_there(records: list[Record]) -> None:
    by_id = {licence.spdx_id: licence for licence in of(records, License) if licence.spdx_id}
    assert by_id["AGPL-3.0"].deprecated is True
    assert by_id["MIT"].osi_approved is True
    assert by_id["CC-BY-4.0"].od_conformance == "approved"
    assert by_id["CC-BY-NC-4.0"].od_conformance == "rejected"
    assert sum(bool(licence.deprecated) for licence in by_id.values()) == 10


def test_all_records_map_to_quads(records: list[Record]) -> None:
    lines = nquads(records)
    assert len(lines) > 8_000
    assert not any("_:" in line.split('"')[0] for line in lines)
