"""Each rule in kg/queries/derive concludes what it should from small data, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, Triple

from kg.dataset.derive import RULES, construct
from kg.namespaces import COMMONS, ORG, PROV, RDF, RDFS, SCHEMA
from kg.resources import folder
from kg.validation import Shapes, validate

DATA = Path(__file__).with_name("commons-derived.trig")
ID = "https://w3id.org/commons-kg/id/"


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    made.load(path=DATA, format=RdfFormat.TRIG)
    return made


def concluded(store: Store, rule: str, predicate: str) -> set[tuple[str, str]]:
    """Return (subject, object) of what a rule concludes with a predicate, without the common start of our IRIs."""
    triples = construct(store, RULES / f"{rule}.rq")
    return {(value(t.subject), value(t.object)) for t in triples if t.predicate.value == str(predicate)}


def value(term: object) -> str:
    text = str(getattr(term, "value", term))
    for start in (ID, str(COMMONS._NS), "http://spdx.org/licenses/", "http://creativecommons.org/"):
        text = text.removeprefix(start)
    return text


def test_members_own_their_goods_also_those_who_left(store: Store) -> None:
    assert concluded(store, "member-owns-good", SCHEMA.owns) == {
        ("organization/member", "good/a"), ("organization/member", "good/b"), ("organization/left", "good/c"),
    }  # fmt: skip


def test_a_goal_is_covered_in_the_years_of_listing_and_membership(store: Store) -> None:
    assert concluded(store, "goal-coverage", COMMONS.goodCount) == {
        ("goal-coverage/alliance/2024/13", "2"), ("goal-coverage/alliance/2024/4", "1"),
    }  # fmt: skip
    assert concluded(store, "goal-coverage", COMMONS.memberCount) == {
        ("goal-coverage/alliance/2024/13", "1"), ("goal-coverage/alliance/2024/4", "1"),
    }  # fmt: skip


def test_what_an_organization_became_is_one_change_told_by_both_sides(store: Store) -> None:
    change = "organization-change/merged/member"
    assert concluded(store, "organization-change", ORG.changedBy) == {
        ("organization/merged", change), ("organization/gone", "organization-change/gone/merged"),
    }  # fmt: skip
    assert (change, "organization/member") in concluded(store, "organization-change", ORG.resultingOrganization)
    assert (change, "Merged → Member") in concluded(store, "organization-change", RDFS.label)
    graphs = {graph for told, graph in concluded(store, "organization-change", PROV.wasDerivedFrom) if told == change}
    assert {graph.rpartition("/")[2] for graph in graphs} == {"register", "other-register"}


def test_openness_follows_from_all_licences(store: Store) -> None:
    assert concluded(store, "licence-openness", COMMONS.openness) == {
        ("good/a", "open"), ("good/b", "open"), ("good/c", "partlyOpen"), ("good/d", "notOpen"),
        ("good/e", "undetermined"), ("good/f", "open"), ("good/g", "notOpen"), ("good/h", "open"),
    }  # fmt: skip


def test_a_deprecated_id_has_its_replacement(store: Store) -> None:
    assert concluded(store, "deprecated-licence", COMMONS.usesDeprecatedId) == {("good/b", "GPL-3.0")}
    assert concluded(store, "deprecated-licence", COMMONS.replacementLicence) == {("good/b", "GPL-3.0-only")}


def test_two_licences_conflict_for_a_post_and_between_sources_for_a_good(store: Store) -> None:
    conflicts = concluded(store, "licence-conflict", COMMONS.conflictingLicence)
    assert conflicts == {
        ("licence-conflict/post/one", "licenses/by/4.0/"), ("licence-conflict/post/one", "publicdomain/zero/1.0/"),
        ("licence-conflict/post/three", "licenses/by/4.0/"), ("licence-conflict/post/three", "licenses/by/3.0/"),
        ("licence-conflict/good/b", "GPL-3.0"), ("licence-conflict/good/b", "licenses/by/4.0/"),
    }  # fmt: skip
    sources = concluded(store, "licence-conflict", PROV.wasDerivedFrom)
    assert {there.rpartition("/")[2] for where, there in sources if where.endswith("three")} == {"posts", "more-posts"}


@pytest.mark.parametrize("rule", sorted(RULES.glob("*.rq")), ids=lambda path: path.stem)
def test_what_a_rule_concludes_keeps_the_shapes(store: Store, rule: Path) -> None:
    made: list[Triple] = construct(store, rule)
    ours = {t.subject for t in made if t.predicate.value == str(RDF.type)}
    told = "".join(f"{t} .\n" for t in made if t.subject in ours).encode()
    results = validate(told, Shapes.load(folder("shapes"))).results
    assert not [result for result in results if result.severity == "Violation"]
