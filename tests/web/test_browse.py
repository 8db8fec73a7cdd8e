"""Lists are narrowed down by facets that count what is left, paged by keys, and data at the same address."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from kg.dataset.search_table import FILE
from kg.identifiers import DEFAULT_BASE
from kg.web import lists
from kg.web.lists import Kind, kinds
from kg.web.selection import Selection
from tests.published import publish
from tests.web.conftest import HTML, running
from tests.web.test_pages import Checked, looked_at

KINDS = sorted(kinds().values(), key=lambda k: k.slug)

GOODS = """
@prefix commons: <https://w3id.org/commons-kg/ontology/> .
@prefix id: <https://w3id.org/commons-kg/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sdg: <http://metadata.un.org/sdg/> .
@prefix sdgo: <http://metadata.un.org/sdg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/commons-kg/graph/x> {
sdg:13 a sdgo:Goal ; rdfs:label "Climate action"@en, "Lutte contre le changement climatique"@fr .
sdg:4 a sdgo:Goal ; rdfs:label "Quality education"@en .
sdg:13.3 a sdgo:Target ; skos:broader sdg:13 ; rdfs:label "Education on climate change"@en .
%s
}
"""


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """120 goods, of which every second has the name of the one before; a third is for goal 13, a fifth for goal 4."""
    goods = "\n".join(
        f'<{DEFAULT_BASE}id/good/{n:03}> a commons:DigitalPublicGood ; rdfs:label "Good {n // 2:02}" ; '
        f'schema:additionalType "{"data" if n % 4 == 0 else "software"}" ; '
        f'commons:listedOn "20{10 + n % 10}-01-01"^^xsd:date'
        + (" ; commons:addresses sdg:13.3" if n % 3 == 0 else "") + (" ; commons:addresses sdg:4" if n % 5 == 0 else "")
        + " ." for n in range(120)
    )  # fmt: skip
    home = tmp_path_factory.mktemp("listed")
    publish(home, "v1", GOODS % goods)
    with running(home) as client:
        yield client


def rows(page: Checked) -> list[str]:
    return [link for link in page.links if re.fullmatch(r"/id/good/\d+", link)]


def counts(client: TestClient, path: str) -> dict[str, int]:
    """Return the choices of all facets with their counts."""
    body = client.get(path, headers=HTML).text
    found = re.findall(r'<label for="[a-z]+-\d+">([^<]*)</label> <span class="count">([^<]*)</span>', body)
    return {label: int(count) for label, count in found}


def link(client: TestClient, path: str, rel: str) -> str | None:
    found = re.search(f'rel="{rel}" href="([^"]*)"', client.get(path, headers=HTML).text)
    return found[1].replace("&amp;", "&") if found else None


def walked(client: TestClient, path: str | None, rel: str) -> list[tuple[str, list[str]]]:
    """Return address and things of a page and of all that come after, or before."""
    found = []
    while path is not None:
        found.append((path, rows(looked_at(client, path))))
        path = link(client, path, rel)
    return found


def test_facets_count_what_a_choice_would_leave(listed: TestClient) -> None:
    assert counts(listed, "/browse/goods") == {
        "software": 90, "data": 30, "13 Climate action": 40, "4 Quality education": 24,
        **{str(year): 12 for year in range(2010, 2020)},
    }  # fmt: skip


def test_a_choice_narrows_down_the_other_facets_and_not_its_own(listed: TestClient) -> None:
    found = counts(listed, "/browse/goods?goal=13&kind=data")
    assert found["13 Climate action"] == 10
    assert found["4 Quality education"] == 6
    assert found["software"] == 30
    page = looked_at(listed, "/browse/goods?goal=13&kind=data")
    assert rows(page) == [f"/id/good/{n:03}" for n in range(0, 120, 12)]


def test_of_one_facet_any_of_different_facets_all(listed: TestClient) -> None:
    both = looked_at(listed, "/browse/goods?goal=13&goal=4").text
    assert "Digital public goods 56" in both
    assert "Digital public goods 14" in looked_at(listed, "/browse/goods?goal=13&goal=4&kind=data").text


def test_a_chosen_value_can_be_taken_back_by_a_link(listed: TestClient) -> None:
    assert "/browse/goods?kind=data" in looked_at(listed, "/browse/goods?goal=13&kind=data").links


def test_names_are_looked_through_and_nothing_is_pasted(listed: TestClient) -> None:
    assert rows(looked_at(listed, "/browse/goods?q=GOOD+07")) == ["/id/good/014", "/id/good/015"]
    page = looked_at(listed, "/browse/goods?q=%22%29%29+%7D+x")
    assert "Nothing is all of that." in page.text


ORGANIZATIONS = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix org: <http://www.w3.org/ns/org#> .
<https://w3id.org/commons-kg/graph/x> {
<https://w3id.org/commons-kg/id/organization/a> a org:Organization ; rdfs:label "École OpenStreetMap" ;
  skos:altLabel "Karte"@de .
<https://w3id.org/commons-kg/id/organization/b> a org:Organization ; rdfs:label "Mapping: the commons" .
<https://w3id.org/commons-kg/id/person/c> a schema:Person ; rdfs:label "Map Maker" .
}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [("map", "ab"), ("MAP, street", "a"), ("ecole", "a"), ("KART", "a"), ("the map", "b"), ("++", ""), ("maker", "")],
)
def test_any_part_of_a_name_will_do_without_accents_and_case(tmp_path: Path, text: str, found: str) -> None:
    publish(tmp_path, "v1", ORGANIZATIONS)
    with running(tmp_path) as client:
        body = client.get("/browse/organizations", params={"q": text}, headers=HTML).text
        data = client.get("/browse/organizations.csv", params={"q": text}).text
    for names in (body, data):
        assert "".join(sorted(set(re.findall(r"/id/organization/(\w)\b", names)))) == found


def test_without_an_index_names_are_looked_through_by_the_queries(tmp_path: Path) -> None:
    publish(tmp_path, "v1", ORGANIZATIONS)
    (tmp_path / "versions" / "v1" / FILE).unlink()
    with running(tmp_path) as client:
        assert "Mapping: the commons" in client.get("/browse/organizations?q=MAPPING", headers=HTML).text


def test_a_new_version_has_new_names(tmp_path: Path) -> None:
    publish(tmp_path, "v1", ORGANIZATIONS)
    with running(tmp_path) as client:
        assert "Mapping: the commons" in client.get("/browse/organizations", headers=HTML).text
        publish(tmp_path, "v2", ORGANIZATIONS.replace("the commons", "our commons"))
        assert "Mapping: our commons" in client.get("/browse/organizations", headers=HTML).text


@pytest.mark.parametrize("sort", ["name", "-name", "date", "-date", "links", "-links"])
def test_pages_tell_everything_once_there_and_back_also_where_keys_are_equal(listed: TestClient, sort: str) -> None:
    there = walked(listed, f"/browse/goods?sort={sort}", "next")
    assert [len(things) for _, things in there] == [50, 50, 20]
    assert len({thing for _, things in there for thing in things}) == 120
    back = walked(listed, there[-1][0], "prev")
    assert [things for _, things in back[::-1]] == [things for _, things in there]


def test_the_order_is_that_of_the_key(listed: TestClient) -> None:
    newest = rows(looked_at(listed, "/browse/goods?sort=-date"))
    assert {int(thing[-3:]) % 10 for thing in newest[:12]} == {9}
    assert rows(looked_at(listed, "/browse/goods?sort=-name"))[0] == "/id/good/119"


def test_a_list_is_data_all_of_it(listed: TestClient) -> None:
    answer = listed.get("/browse/goods.csv?goal=13")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(found) == 40
    assert list(found[0]) == ["thing", "label", "licence", "goal", "owner"]
    assert (found[0]["thing"], found[0]["label"]) == (f"{DEFAULT_BASE}id/good/000", "Good 00")
    assert set(found[0]["goal"].split("|")) == {"http://metadata.un.org/sdg/13", "http://metadata.un.org/sdg/4"}
    assert len(listed.get("/browse/goods.json").json()["results"]["bindings"]) == 120
    turtle = listed.get("/browse/goods?goal=13", headers={"Accept": "text/turtle"}).text
    assert turtle.count("a commons:DigitalPublicGood") == 40


def test_the_query_of_a_page_gives_that_page(listed: TestClient) -> None:
    path = link(listed, "/browse/goods?goal=13&goal=4", "next")
    assert path is not None
    page = looked_at(listed, path)
    (query,) = [found for found in page.links if found.startswith("/sparql?query=")]
    answer = listed.get(query, headers={"Accept": "application/json"}).json()["results"]["bindings"]
    assert [f"/{row['thing']['value'].removeprefix(DEFAULT_BASE)}" for row in answer] == rows(page)


def test_names_are_in_the_language_of_the_reader(listed: TestClient) -> None:
    body = listed.get("/browse/goals", headers={**HTML, "Accept-Language": "fr"}).text
    assert "13 Lutte contre le changement climatique" in body


@pytest.mark.parametrize(
    "parameters",
    [
        "goal=%3E", "goal=http://e/+x", "sort=colour", "after=x", "after=x|y z", "sort=links&after=many|id/good/001",
        "&".join(f"goal={n}" for n in range(51)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(listed: TestClient, parameters: str) -> None:
    assert listed.get(f"/browse/goods?{parameters}", headers=HTML).status_code == 400


def test_facets_of_which_nothing_was_chosen_have_one_query_together() -> None:
    selection = Selection.of(kinds()["goods"], DEFAULT_BASE, QueryParams("goal=13&kind=data"))
    assert len(selection.facet_queries()) == 3


def test_years_stand_with_the_newest_first(listed: TestClient) -> None:
    years = [label for label in counts(listed, "/browse/goods") if label.isdigit() and len(label) == 4]
    assert years == [str(year) for year in range(2019, 2009, -1)]


def test_languages_have_names(tmp_path: Path) -> None:
    post = """@prefix schema: <https://schema.org/> . <https://w3id.org/commons-kg/graph/x> {
        <https://e.org/1> a schema:BlogPosting ; schema:inLanguage "en-GB" . <https://e.org/2> a schema:BlogPosting ;
        schema:inLanguage "ru" . }"""
    publish(tmp_path, "v1", post)
    with running(tmp_path) as client:
        assert counts(client, "/browse/posts") == {"English (United Kingdom)": 1, "Russian": 1}


def test_a_value_that_nothing_has_is_shown_to_be_chosen(listed: TestClient) -> None:
    assert counts(listed, "/browse/goods?goal=17&kind=data")["sdg:17"] == 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.slug)
def test_every_query_of_every_list_is_sound(kind: Kind) -> None:
    store = Store()
    chosen = "&".join(f"{facet.name}=x&{facet.name}=y" for facet in kind.facets)
    for sort in kind.sorts:
        selection = Selection.of(kind, DEFAULT_BASE, QueryParams(f"{chosen}&sort={sort}&q=it's+%22x%22"))
        for told in (True, False):
            store.query(selection.page_query(10, told=told))
        after = selection.beside("1", "http://e/x")
        store.query(after.page_query(10))
        for query in selection.facet_queries():
            store.query(query)
        store.query(selection.count_query())
        store.query(selection.columns_query(["http://e/x"]))
        store.query(selection.describing_query())


def test_a_facet_may_not_be_called_like_another_parameter() -> None:
    row = {"slug": "x", "title": "X", "class": "org:Role", "about": "", "column": []}
    with pytest.raises(ValueError, match="taken"):
        lists.read({"kind": [row | {"facet": [{"name": "sort", "title": "", "pattern": ""}]}]})
    with pytest.raises(TypeError):
        lists.read({"kind": [row | {"facet": [{"name": "a", "title": "", "path": ""}]}]})
