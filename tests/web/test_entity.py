"""What a thing's address answers: representations, redirects, what is not there; what its page tells of sources."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

from kg.engine.pool import PoolOptions
from kg.web.app import create_app
from kg.web.options import WebOptions
from tests.published import publish
from tests.web.conftest import HTML, running
from tests.web.test_pages import looked_at

GOOD = "/id/good/GID1"
GOAL = "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13"


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("ttl", "text/turtle; charset=utf-8"), ("jsonld", "application/ld+json"), ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"), ("csv", "text/csv; charset=utf-8"), ("trig", "application/trig"),
        ("nq", "application/n-quads"), ("html", "text/html; charset=utf-8"),
    ],
)  # fmt: skip
def test_each_representation_says_which_it_is(client: TestClient, suffix: str, media_type: str) -> None:
    answer = client.get(f"{GOOD}.{suffix}")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-location"] == f"{GOOD}.{suffix}"
    links = answer.headers["link"]
    assert f'<{GOOD}.ttl>; rel="alternate"; type="text/turtle"' in links
    assert f'<{GOOD}.ttl>; rel="describedby"' in links
    assert f'<http://testserver{GOOD}>; rel="canonical"' in links
    assert '<https://w3id.org/commons-kg/id/good/GID1>; rel="describes"' in links


@pytest.mark.parametrize(("suffix", "format"), [("trig", RdfFormat.TRIG), ("nq", RdfFormat.N_QUADS)])
def test_statements_keep_their_graphs(client: TestClient, suffix: str, format: RdfFormat) -> None:
    quads = list(parse(client.get(f"/id/organization/creative-commons.{suffix}").content, format=format))
    graphs = {str(quad.graph_name) for quad in quads if "label" in quad.predicate.value}
    assert graphs == {"<https://w3id.org/commons-kg/graph/members>", "<https://w3id.org/commons-kg/graph/registry>"}


def test_quads_can_hold_anything(client: TestClient) -> None:
    (found,) = (q for q in parse(client.get(f"{GOOD}.nq").content, format=RdfFormat.N_QUADS) if "descr" in str(q))
    assert found.object.value == "<script>alert('x')</script> & more"


def test_csv_has_a_row_for_each_statement_and_graph(client: TestClient) -> None:
    lines = client.get(f"{GOOD}.csv").text.splitlines()
    assert lines[0] == "property,value,language,datatype,graph"
    assert any(",Outils juridiques,fr," in line and line.endswith("/graph/registry") for line in lines)


@pytest.mark.parametrize("suffix", ["ttl", "nq", "csv", "trig"])
def test_no_representation_of_nothing(client: TestClient, suffix: str) -> None:
    assert client.get(f"/id/good/none.{suffix}").status_code == 404


@pytest.mark.parametrize(
    "iri",
    [
        "https://creativecommons.org/licenses/by/4.0/", "https://www.creativecommons.org/licenses/by/4.0/deed.fr",
        "http://creativecommons.org/licenses/by/4.0",
    ],
)  # fmt: skip
def test_another_spelling_of_a_foreign_iri_leads_to_the_one_that_is_known(client: TestClient, iri: str) -> None:
    answer = client.get("/resource", params={"iri": iri, "format": "ttl"}, follow_redirects=False)
    assert answer.status_code == 301
    known = "http%3A%2F%2Fcreativecommons.org%2Flicenses%2Fby%2F4.0%2F"
    assert answer.headers["location"] == f"/resource?iri={known}&format=ttl"


def test_the_iri_of_a_thing_at_its_own_host_leads_to_the_document(home: Path) -> None:
    publish(home, "v2", "<https://kg.example.org/id/good/1> <http://e/p> 1 .")
    options = WebOptions(home=home, base="https://kg.example.org/", pool=PoolOptions(workers=1, spares=0))
    with TestClient(create_app(options), base_url="https://kg.example.org", follow_redirects=False) as client:
        page = client.get("/id/good/1", headers=HTML)
        assert (page.status_code, page.headers["location"]) == (303, "/id/good/1.html")
        turtle = client.get("/id/good/1", headers={"Accept": "text/turtle"})
        assert (turtle.status_code, turtle.headers["location"]) == (303, "/id/good/1.ttl")
        assert turtle.headers["vary"].startswith("Accept")
        assert client.get("/id/good/1.ttl").status_code == 200


def test_what_an_earlier_version_had_is_gone_and_found_there(own_client: TestClient, home: Path) -> None:
    publish(home, "v2", "<http://e/s> <http://e/p> 1 .")
    answer = own_client.get(GOOD)
    assert answer.status_code == 410
    assert answer.json()["version"] == "v1"
    there = answer.json()["see"]
    page = own_client.get(there, headers=HTML)
    assert "Legal Tools" in page.text
    assert "This is what version v1 said." in page.text
    assert own_client.get(f"{GOOD}?version=none").status_code == 404
    assert own_client.get("/id/good/never").status_code == 404


def test_the_page_carries_itself_for_search_engines(client: TestClient) -> None:
    body = client.get(GOOD, headers=HTML).text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    assert block is not None
    data = json.loads(block[1])
    assert data["@type"] == "SoftwareApplication"
    assert data["name"] == "Legal Tools"
    assert data["description"] == "<script>alert('x')</script> & more"
    assert f'<link rel="canonical" href="{GOOD}">' in body


def test_sources_are_numbered_where_there_are_several(client: TestClient) -> None:
    alone = client.get(GOOD, headers=HTML).text
    assert "Every statement on this page comes from one source." in alone
    assert 'class="mark"' not in alone
    several = client.get("/id/organization/creative-commons", headers=HTML).text
    assert several.count('<li id="source-') == 2
    assert 'class="mark" href="#source-2"' in several


def test_names_in_other_languages_are_folded(client: TestClient) -> None:
    body = client.get(GOAL, headers=HTML).text
    folded = re.search(r"<summary>in one other language</summary>.*?</details>", body, re.DOTALL)
    assert folded is not None
    assert 'lang="ar"' in folded[0]
    assert "Arabic" in folded[0]
    arabic = client.get(GOAL, headers=HTML | {"Accept-Language": "ar"}).text
    assert "العمل المناخي</h1>" in arabic


def test_neighbours_are_drawn_and_tabled(client: TestClient) -> None:
    body = client.get(GOOD, headers=HTML).text
    picture = re.search(r"<svg viewBox=[^>]*role=\"group\".*?</svg>", body, re.DOTALL)
    assert picture is not None
    assert 'aria-label="owner: Creative Commons"' in picture[0]
    table = body[body.index("The same as a table") :]
    assert '<td>owner</td><td><a href="/id/organization/creative-commons">' in table
    assert client.get(GOOD, headers=HTML).text == body


def test_facts_stand_under_headings(client: TestClient) -> None:
    headings = re.findall(r'<h3 id="group-\w+">([^<]+)<', client.get(GOOD, headers=HTML).text)
    assert headings == ["Names and identifiers", "What it is", "People and organizations", "Licences", "Goals", "Dates",
                        "Links elsewhere"]  # fmt: skip


def test_what_is_not_there_names_what_is_most_like_it(client: TestClient) -> None:
    answer = client.get("/id/organization/creative-comons", headers=HTML)
    assert answer.status_code == 404
    assert '<a href="/id/organization/creative-commons">Creative Commons</a>' in answer.text
    as_data = client.get("/id/organization/creative-comons.ttl", headers={"Accept": "application/json"})
    assert "https://w3id.org/commons-kg/id/organization/creative-commons" in as_data.json()["nearest"]


def test_what_only_says_the_words_somewhere_is_not_named_as_what_may_be_meant(client: TestClient) -> None:
    assert client.get("/search.json?q=alert").json()["total"] > 0, "a good has the word in its description"
    assert "nearest" not in client.get("/id/organization/alert", headers={"Accept": "application/json"}).json()


def test_page_of_a_graph_lists_the_sources_that_its_marks_point_at(tmp_path: Path) -> None:
    described = "<https://w3id.org/commons-kg/graph/a> <http://www.w3.org/2000/01/rdf-schema#label> "
    publish(tmp_path, "v1", "".join(f'<https://w3id.org/commons-kg/graph/{g}> {{ {described} "{g}" }}' for g in "ab"))
    with running(tmp_path) as client:
        assert "#source-2" in looked_at(client, "/graph/a").links


def test_data_of_a_graph_of_which_nothing_is_stated_is_what_it_states(tmp_path: Path) -> None:
    publish(tmp_path, "v1", "<https://w3id.org/commons-kg/graph/a> { <http://e.org/s> a <http://e.org/C> }")
    with running(tmp_path) as client:
        assert "<http://e.org/s>" in client.get("/graph/a.nt").text
        assert client.get("/graph/b.nt").status_code == 404


def test_how_a_graph_was_derived_is_what_it_says_itself_and_not_its_description(tmp_path: Path) -> None:
    terms = "@prefix dcterms: <http://purl.org/dc/terms/> . @prefix prov: <http://www.w3.org/ns/prov#> . "
    graph = "<https://w3id.org/commons-kg/graph/derived/a>"
    said = (
        f'{graph} {{ {graph} a prov:Entity ; dcterms:description "By a rule." . <http://e.org/s> a <http://e.org/C> }}'
    )
    counted = f'<https://w3id.org/commons-kg/graph/description> {{ {graph} dcterms:description "What it says." }}'
    publish(tmp_path, "v1", terms + said + counted)
    with running(tmp_path) as client:
        listed = looked_at(client, "/resource?iri=http%3A%2F%2Fe.org%2Fs").text.partition("Sources")[2]
    assert "By a rule." in listed
    assert "What it says." not in listed


def test_what_two_things_say_of_each_other_is_drawn_once(tmp_path: Path) -> None:
    both = "e:org commons:owns e:good . e:good commons:owner e:org . e:post e:about e:org . "
    prefixes = "@prefix e: <http://e.org/> . @prefix commons: <https://w3id.org/commons-kg/ontology/> . "
    labels = " ".join(
        f'e:{name} <http://www.w3.org/2000/01/rdf-schema#label> "{name}" .' for name in ("org", "good", "post")
    )
    publish(tmp_path, "v1", prefixes + "<https://w3id.org/commons-kg/graph/a> { " + both + labels + " }")
    with running(tmp_path) as client:
        page = client.get("/resource?iri=http%3A%2F%2Fe.org%2Forg", headers=HTML).text
    drawn = re.findall(r'<text class="relation"[^>]*>([^<]*)', page)
    assert len(drawn) == 2
    assert [text for text in drawn if text.startswith("→")] == ["→ owns"]
