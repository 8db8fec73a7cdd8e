"""What posts announce of memberships, beside what dated lists say: agreement, conflict, the earliest evidence."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Store

from kg.dataset.derive import RULES, construct
from kg.linking.beginnings import stated_beginning
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
  <urn:a> a org:Membership ; org:member o:early ; org:organization o:all ; schema:startDate "2022-05-31"^^xsd:date ;
    commons:absentBefore "2022-05-12"^^xsd:date .
  <urn:b> a org:Membership ; org:member o:again ; org:organization o:all ; schema:startDate "2020-01-01"^^xsd:date ;
    schema:endDate "2021-01-01"^^xsd:date .
  <urn:c> a org:Membership ; org:member o:again ; org:organization o:all ; schema:startDate "2024-01-01"^^xsd:date .
  <urn:e> a org:Membership ; org:member o:early ; org:organization o:all ; org:role <urn:board> ;
    schema:startDate "2022-05-30"^^xsd:date .
  <urn:board> skos:prefLabel "board member"@en .
}
<urn:posts> {
  o:new rdfs:label "New" . o:all rdfs:label "All" . o:ministry org:subOrganizationOf o:early .
  o:agency rdfs:label "Agency" ; org:subOrganizationOf o:early .
POSTS
}
"""
POST = """<urn:{}> a commons:MembershipAnnouncement ; org:member o:{} ; org:organization o:all ;
    dcterms:date "{}"^^xsd:{}{} ."""
POSTS = (
    ("day-before", "early", "2022-05-30T15:08:05Z", "Early joins the All"),
    ("again", "again", "2024-01-01", "Again joins the All"),
    ("review", "early", "2023-03-08", "Early joined the All"),
    ("review-with-date", "early", "2022-12-11", "In May 2022, Early joined the All as a member."),
    ("late-in-first", "again", "2020-11-01", "Again, founded in 1999, joined the All"),
    ("other-month", "early", "2022-12-12", "Early joined the All as a member in June 2022."),
    ("other-year", "early", "2022-12-13", "Early se unió a All como miembro en mayo de 2021."),
    ("other-day", "early", "2022-12-14", "Early became a member of the All on 4 April 2022."),
    ("too-early", "early", "2022-05-01", "Early joins the All"),
    ("after-the-end", "again", "2021-03-01", "Again joins the All"),
    ("part", "ministry", "2022-05-31", "Early's ministry joins the All"),
    ("own-right", "agency", "2024-05-31", "Early's agency joins the All"),
    ("new-1", "new", "2024-03-05", "New joins the All"),
    ("new-2", "new", "2024-03-04", "New joins the All"),
)
AGENCY = "https://w3id.org/commons-kg/id/membership/agency/all/2024-05-31"
ALONE = "https://w3id.org/commons-kg/id/membership/new/all/2024-03-04"


def _beginning(says: str) -> str:
    stated = stated_beginning(says)
    return f' ; commons:statedBeginning "{stated}"^^xsd:gYear{"Month" * ("-" in stated)}' if stated else ""


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    posts = "\n".join(
        POST.format(i, who, day, "dateTime" if "T" in day else "date", _beginning(says)) for i, who, day, says in POSTS
    )
    made.load(DATA.replace("POSTS", posts).encode(), RdfFormat.TRIG)
    return made


def concluded(store: Store, rule: str, predicate: str) -> set[tuple[str, str]]:
    found = construct(store, RULES / f"{rule}.rq")
    return {(str(t.subject.value), t.object.value) for t in found if t.predicate.value == str(predicate)}  # type: ignore[union-attr]


AGREEING = {
    ("urn:day-before", "urn:a"), ("urn:again", "urn:c"), ("urn:review", "urn:a"), ("urn:review-with-date", "urn:a"),
    ("urn:late-in-first", "urn:b"),
}  # fmt: skip
CONFLICTING = {
    ("urn:other-month", "urn:a"), ("urn:other-year", "urn:a"), ("urn:other-day", "urn:a"), ("urn:too-early", "urn:a"),
    ("urn:after-the-end", "urn:b"),
}  # fmt: skip


def test_an_announcement_when_the_list_allows_it_and_a_later_account_agree_and_are_evidence(store: Store) -> None:
    """A review of the year recalls what began months ago: it says that the member is one by then, not since then."""
    assert concluded(store, "announced-membership", COMMONS.agreesWith) == AGREEING
    assert concluded(store, "announced-membership", COMMONS.evidence) == {(b, a) for a, b in AGREEING}


def test_one_before_the_beginning_or_after_the_end_or_that_names_another_date_conflicts(store: Store) -> None:
    assert concluded(store, "announced-membership", COMMONS.conflictsWith) == CONFLICTING


def test_the_days_between_are_told(store: Store) -> None:
    days = dict(concluded(store, "announced-membership", COMMONS.daysApart))
    assert days.keys() == {post for post, _ in AGREEING | CONFLICTING}
    assert (days["urn:day-before"], days["urn:again"], days["urn:review"]) == ("-1", "0", "281")


def test_the_earliest_sufficient_evidence_tells_since_when(store: Store) -> None:
    assert concluded(store, "member-since", COMMONS.memberSince) == {
        ("urn:a", "2022-05-30"), ("urn:b", "2020-01-01"), ("urn:c", "2024-01-01"), ("urn:e", "2022-05-30"),
    }  # fmt: skip


def test_a_membership_that_no_list_has_is_known_from_posts(store: Store) -> None:
    assert concluded(store, "membership-by-announcement", SCHEMA.startDate) == {
        (ALONE, "2024-03-04"), (AGENCY, "2024-05-31"),
    }  # fmt: skip
    assert concluded(store, "membership-by-announcement", COMMONS.evidence) == {
        (ALONE, "urn:new-1"),
        (ALONE, "urn:new-2"),
        (AGENCY, "urn:own-right"),
    }
    assert concluded(store, "membership-by-announcement", ORG.member) == {
        (ALONE, "https://w3id.org/commons-kg/id/organization/new"),
        (AGENCY, "https://w3id.org/commons-kg/id/organization/agency"),
    }


def test_a_ministry_that_joins_as_its_government_is_listed_is_one_member_and_a_later_agency_another(
    store: Store,
) -> None:
    assert concluded(store, "announced-by-part", COMMONS.agreesWith) == {("urn:part", "urn:a")}
    assert concluded(store, "announced-by-part", COMMONS.evidence) == {("urn:a", "urn:part")}
    assert concluded(store, "announced-by-part", COMMONS.daysApart) == {("urn:part", "0")}
    members = {member for _, member in concluded(store, "membership-by-announcement", ORG.member)}
    assert not any(member.endswith("/ministry") for member in members)
