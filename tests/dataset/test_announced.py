"""What posts announce of memberships, beside what dated lists say: agreement, conflict, the earliest evidence."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Store

from kg.dataset.derive import RULES, construct
from kg.namespaces import COMMONS, ORG, SCHEMA

DATA = """
@prefix commons: <https://w3id.org/commons-kg/ontology/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix o: <https://w3id.org/commons-kg/id/organization/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<urn:lists> {
  <urn:a> a org:Membership ; org:member o:early ; org:organization o:all ; schema:startDate "2022-05-31"^^xsd:date .
  <urn:b> a org:Membership ; org:member o:again ; org:organization o:all ; schema:startDate "2020-01-01"^^xsd:date .
  <urn:c> a org:Membership ; org:member o:again ; org:organization o:all ; schema:startDate "2024-01-01"^^xsd:date .
  <urn:d> a org:Membership ; org:member o:late ; org:organization o:all ; schema:startDate "2021-01-01"^^xsd:date .
  <urn:e> a org:Membership ; org:member o:early ; org:organization o:all ; org:role <urn:board> ;
    schema:startDate "2022-05-30"^^xsd:date .
  <urn:board> skos:prefLabel "board member"@en .
}
<urn:posts> {
  o:new rdfs:label "New" . o:all rdfs:label "All" .
  <urn:1> a commons:MembershipAnnouncement ; org:member o:early ; org:organization o:all ;
    dcterms:date "2022-05-30T15:08:05Z"^^xsd:dateTime .
  <urn:2> a commons:MembershipAnnouncement ; org:member o:again ; org:organization o:all ;
    dcterms:date "2024-01-01"^^xsd:date .
  <urn:3> a commons:MembershipAnnouncement ; org:member o:late ; org:organization o:all ;
    dcterms:date "2024-01-01"^^xsd:date .
  <urn:4> a commons:MembershipAnnouncement ; org:member o:new ; org:organization o:all ;
    dcterms:date "2024-03-05"^^xsd:date .
  <urn:5> a commons:MembershipAnnouncement ; org:member o:new ; org:organization o:all ;
    dcterms:date "2024-03-04"^^xsd:date .
}
"""
ALONE = "https://w3id.org/commons-kg/id/membership/new/all/2024-03-04"


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    made.load(DATA.encode(), RdfFormat.TRIG)
    return made


def concluded(store: Store, rule: str, predicate: str) -> set[tuple[str, str]]:
    found = construct(store, RULES / f"{rule}.rq")
    return {(str(t.subject.value), t.object.value) for t in found if t.predicate.value == str(predicate)}  # type: ignore[union-attr]


def test_an_announcement_near_the_beginning_agrees_and_is_evidence(store: Store) -> None:
    agreeing = {("urn:1", "urn:a"), ("urn:2", "urn:c")}
    assert concluded(store, "announced-membership", COMMONS.agreesWith) == agreeing
    assert concluded(store, "announced-membership", COMMONS.evidence) == {(b, a) for a, b in agreeing}


def test_one_that_is_far_from_it_conflicts(store: Store) -> None:
    assert concluded(store, "announced-membership", COMMONS.conflictsWith) == {("urn:3", "urn:d")}


def test_the_days_between_are_told(store: Store) -> None:
    assert concluded(store, "announced-membership", COMMONS.daysApart) == {
        ("urn:1", "-1"), ("urn:2", "0"), ("urn:3", "1095"),
    }  # fmt: skip


def test_the_earliest_sufficient_evidence_tells_since_when(store: Store) -> None:
    assert concluded(store, "member-since", COMMONS.memberSince) == {
        ("urn:a", "2022-05-30"), ("urn:b", "2020-01-01"), ("urn:c", "2024-01-01"), ("urn:d", "2021-01-01"),
        ("urn:e", "2022-05-30"),
    }  # fmt: skip


def test_a_membership_that_no_list_has_is_known_from_posts(store: Store) -> None:
    assert concluded(store, "membership-by-announcement", SCHEMA.startDate) == {(ALONE, "2024-03-04")}
    assert concluded(store, "membership-by-announcement", COMMONS.evidence) == {(ALONE, "urn:4"), (ALONE, "urn:5")}
    assert concluded(store, "membership-by-announcement", ORG.member) == {
        (ALONE, "https://w3id.org/commons-kg/id/organization/new")
    }
