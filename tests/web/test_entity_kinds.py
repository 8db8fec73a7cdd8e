"""What the pages of kinds tell: licence, goal, organization, alliance, membership, good, post, country."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kg.web.kinds.marking import QUOTED, Span, excerpts, firsts, pieces
from kg.web.terms import Value
from tests.published import publish
from tests.web.conftest import HTML, running
from tests.web.test_pages import Checked

GOAL = "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13"
TARGET = "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13.3"
BY = "/resource?iri=http%3A%2F%2Fcreativecommons.org%2Flicenses%2Fby%2F4.0%2F"
BY_NC = "/resource?iri=http%3A%2F%2Fcreativecommons.org%2Flicenses%2Fby-nc%2F4.0%2F"
GPL = "/resource?iri=http%3A%2F%2Fspdx.org%2Flicenses%2FGPL-2.0"
MANY = 1_200
"""Goods that address one goal: three times as many as any has."""
HEAVIEST = 60_000
"""Bytes that a page may have as gzip."""

ALLIANCE, LATE = "/id/organization/alliance", "/id/organization/late"


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("kinds")
    publish(home, "v1", (Path(__file__).parent / "kinds.trig").read_text(encoding="utf-8"))
    with running(home) as client:
        yield client


def shown(client: TestClient, path: str, *, before: str = 'id="facts"') -> str:
    """Return what the page of a kind shows above the facts, as text in one line, with the links checked."""
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    page = Checked()
    page.feed(answer.text.replace("<!DOCTYPE html>", ""))
    assert not page.open
    text = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2].partition(before)[0].replace("</span>", ""))
    return " ".join(re.sub(r"&#?\w+;", "_", text).split())


@pytest.mark.parametrize("path", [GOAL, TARGET, BY, BY_NC, GPL, ALLIANCE, LATE, "/id/membership/late", "/id/good/1",
                                  "/id/post/free", "/id/post/closed", "/id/country/FR"])  # fmt: skip
def test_pages_of_kinds_are_sound_and_fold_the_facts(kinds: TestClient, path: str) -> None:
    assert shown(kinds, path)
    assert 'class="fold"' in kinds.get(path, headers=HTML).text


@pytest.mark.parametrize(
    ("day", "certain", "perhaps"),
    [
        ("2019-12-31", "", ""), ("2020-01-01", "Early", ""), ("2023-08-03", "Early", "Brief"),
        ("2023-08-07", "Brief Early", ""), ("2023-08-09", "Early", "Brief"), ("2023-08-11", "Early", ""),
        ("2024-03-04", "Early Late", ""), ("2025-01-01", "Early Late", ""),
    ],
)  # fmt: skip
def test_members_on_a_day(kinds: TestClient, day: str, certain: str, perhaps: str) -> None:
    text = shown(kinds, f"{ALLIANCE}?on={day}", before='id="changes"')
    sure, _, unsure = text.partition("Perhaps members on that day")
    assert " ".join(re.findall(r"(Early|Brief|Late) Member", sure)) == certain
    assert " ".join(re.findall(r"(Early|Brief|Late) Member", unsure)) == perhaps


def test_a_day_that_is_none_is_refused(kinds: TestClient) -> None:
    answer = kinds.get(f"{ALLIANCE}?on=yesterday", headers=HTML)
    assert answer.status_code == 400
    assert "2023-08-07" in answer.text


def test_who_joined_and_left_by_year(kinds: TestClient) -> None:
    text = shown(kinds, ALLIANCE)
    assert "2024: 1 joined, 0 left, then 2 members" in text
    assert "2023: 1 joined, 1 left, then 1 members" in text
    assert "Brief Member : left, gone by Aug 11, 2023" in text


def test_an_organization_shows_what_it_does(kinds: TestClient) -> None:
    text = shown(kinds, LATE)
    assert "also: LM · The Late Member" in text
    assert "The Alliance member Mar 4, 2024 – today Mar 4, 2024 , Mar 9, 2024" in text
    assert "A Good listed" in text
    assert "Late Member joins The Alliance Mar 9, 2024 · written by it, published by it" in text
    assert "Open all data 2024" in text
    assert text.index("A Good listed") < text.index("Posts 1") < text.index("Commitments 1")
    assert "part of Early Member" in text


def test_the_timeline_tells_what_is_sure(kinds: TestClient) -> None:
    body = kinds.get("/id/membership/brief", headers=HTML).text
    assert len(re.findall(r'class="bar unsure past"', body)) == 2
    assert "<path" not in body.partition('class="periods-chart"')[2].partition("</ol>")[0], "no arrow: it has ended"
    assert "unsure series-0" in kinds.get("/id/membership/late", headers=HTML).text


def test_evidence_of_a_membership_stands_side_by_side(kinds: TestClient) -> None:
    text = shown(kinds, "/id/membership/late")
    assert "Of 2 pieces of evidence of its beginning, 1 are of the day that is taken" in text
    assert "up to 5 days from it" in text
    assert "joins The Alliance 5 days after the beginning that is taken in Late Member joins The Alliance" in text
    assert "Early Member, Late Member agrees with the beginning" in text


def test_a_goal_counts_by_status_and_target(kinds: TestClient) -> None:
    text = shown(kinds, GOAL)
    assert "Take urgent action" in text
    assert "13.3 Improve education on climate change 1 claimed" in text
    assert re.search(r"Posts 1 stated 1 😀 On licences", text)
    assert "Late Member 1" in text
    body = kinds.get(GOAL, headers=HTML).text
    assert 'fill="#3f7e44"' in body
    assert "part of 13 Climate action" in shown(kinds, TARGET)


def test_a_licence_at_a_glance(kinds: TestClient) -> None:
    text = shown(kinds, BY)
    assert "✓ open by the Open Definition" in text
    assert "You may Reproduction making copies Derivative works" in text
    assert "You must Attribution name who made it" in text
    assert "You may not" not in text
    assert "Digital public goods 1 A Good" in text
    assert "Posts 1 😀 On licences" in text
    assert "Versions 3.0 4.0 Ports to jurisdictions 1" in text
    assert "France: 3.0" in text
    assert "✕ not open by the Open Definition" in shown(kinds, BY_NC)
    assert "You may not Commercial use" in shown(kinds, BY_NC)


def test_a_deprecated_licence_says_what_replaces_it(kinds: TestClient) -> None:
    assert "! SPDX id deprecated Use instead: GNU General Public License v2.0 only" in shown(kinds, GPL)


def test_every_condition_has_a_picture(kinds: TestClient) -> None:
    from kg.web.kinds.licence import CONDITIONS

    drawn = set(re.findall(r'<symbol id="(\w+)"', kinds.get("/static/conditions.svg").text))
    assert drawn == {iri.rpartition("#")[2] for iri in CONDITIONS} | {"other"}


def test_a_good_shows_owner_licences_goals_and_countries(kinds: TestClient) -> None:
    text = shown(kinds, "/id/good/1")
    assert "✓ listed as a digital public good GID1" in text
    assert "Owner Late Member" in text
    assert "Attribution 4.0 International ✓ open" in text
    assert "GNU General Public License v2.0 only ✓ OSI ! id deprecated → GNU General" in text
    assert "claimed 1 13.3 Improve education on climate change We teach about the climate." in text
    assert "Jun 1, 2023 · Dec 9, 2024" in text
    assert "Deployed in 2 France Spain" in text


def test_what_a_text_names_is_marked_nested_names_beside_it(kinds: TestClient) -> None:
    body = kinds.get("/id/post/free", headers=HTML).text
    text = body.partition('id="text"')[2].partition("</section>")[0]
    marks = re.findall(r'<a class="(named[^"]*|within)" href="([^"]+)"[^>]*>([^<]+)</a>', text)
    assert [(name, words) for name, _, words in marks] == [
        ("named", "Early Member BY 4.0"), ("within", "Early Member"), ("named stated", "climate action"),
    ]  # fmt: skip
    assert [href for _, href, _ in marks] == [BY, "/id/organization/early", GOAL]
    assert "<p>😀 <a" in text
    assert "Second &lt;b&gt;paragraph&lt;/b&gt;" in text


def test_stated_and_inferred_are_told_apart(kinds: TestClient) -> None:
    text = shown(kinds, "/id/post/free")
    assert "stated 1 13 Climate action climate action" in text
    assert "inferred 1 4 Quality education certainty 0.6 on schools" in text


def test_a_text_without_licence_is_quoted_around_what_it_names(kinds: TestClient) -> None:
    body = kinds.get("/id/post/closed", headers=HTML).text
    assert "No licence allows to show the whole text" in body
    assert ">Late Member</a> has joined The Alliance" in body
    assert "nobody will miss them" not in body
    assert "must therefore never be shown" not in shown(kinds, "/id/post/closed")
    assert "Late Member ×2, in the headline too" in shown(kinds, "/id/post/closed")
    body = kinds.get("/id/post/closed", headers=HTML).text
    assert re.search(r'<h1 dir="auto"><a class="named"[^>]*>Late Member</a> joins The Alliance</h1>', body)
    assert "Late Member joins The Alliance ( the membership )" in shown(kinds, "/id/post/closed")


def test_never_much_of_a_text_is_quoted() -> None:
    text = "".join(f"Thing number {n:03} is named. " for n in range(300))
    thing = [Value(f"thing {n}", f"/id/{n}") for n in range(300)]
    spans = [Span(n * 30, n * 30 + 16, thing[n % 200]) for n in range(300)]
    assert len(firsts(spans)) == 200
    quoted = excerpts(pieces(text, [*firsts(spans)[:3], *firsts(spans)[100:103], *firsts(spans)[150:190:10]]))
    assert len(quoted) > 1
    assert sum(len(piece.text) for excerpt in quoted for piece in excerpt) <= QUOTED


def test_a_country_shows_what_is_there(kinds: TestClient) -> None:
    text = shown(kinds, "/id/country/FR")
    assert "Digital public goods developed here 1 A Good Digital public goods in use here 1 A Good" in text


def test_a_page_of_many_links_stays_light(tmp_path: Path) -> None:
    lines = [
        "@prefix c: <https://w3id.org/commons-kg/ontology/> . @prefix s: <https://schema.org/> .",
        "@prefix r: <http://www.w3.org/2000/01/rdf-schema#> . <https://w3id.org/commons-kg/graph/g> {",
        '<http://metadata.un.org/sdg/13> a <http://metadata.un.org/sdg/ontology#Goal> ; r:label "Climate action" .',
    ]
    for n in range(MANY):
        good, goal = f"<https://w3id.org/commons-kg/id/good/{n}>", "<http://metadata.un.org/sdg/13>"
        owner = f"<https://w3id.org/commons-kg/id/organization/{n % 90}>"
        lines.append(f'{good} a c:DigitalPublicGood ; r:label "A good with a name of its own, the {n}th" .')
        lines.append(f"{good} c:addresses {goal} ; c:owner {owner} .")
        lines.append(f"<https://w3id.org/commons-kg/id/sdg-link/{n}> a c:SDGLink ; c:linkStatus c:claimed ; ")
        lines.append(f"<http://www.w3.org/ns/oa#hasTarget> {good} ; <http://www.w3.org/ns/oa#hasBody> {goal} .")
    publish(tmp_path, "v1", "\n".join([*lines, "}"]))
    with running(tmp_path) as client:
        answer = client.get(GOAL, headers=HTML)
        via = "http%3A%2F%2Fwww.w3.org%2Fns%2Foa%23hasBody"
        met, following = 0, f"{GOAL}&via={via}"
        while following:
            page = client.get(following, headers=HTML).text
            met += page.count("/id/sdg-link/")
            following = html.unescape((re.findall(r'rel="next" href="([^"]+)"', page) or [""])[0])
    assert f"{MANY:,}" in answer.text
    assert len(gzip.compress(answer.content)) < HEAVIEST
    assert met == MANY
