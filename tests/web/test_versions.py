"""Versions as pages, what changed between two of them, the Atom feed, sitemap and robots.txt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from starlette.testclient import TestClient

from kg.dataset.home import Home
from kg.dataset.writer import opened
from kg.identifiers import Minter
from kg.namespaces import ORG, RDF, RDFS
from kg.publish import publish
from tests.web.conftest import HTML, running
from tests.web.test_pages import looked_at

Ids = tuple[Path, list[str]]
"""The home and the ids of its versions."""
MINT = Minter()
GRAPH = NamedNode(MINT.graph("members"))
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def organization(name: str) -> list[Quad]:
    node = NamedNode(MINT.organization(name.lower()))
    return [Quad(node, NamedNode(str(RDF.type)), NamedNode(str(ORG.Organization)), GRAPH),
            Quad(node, NamedNode(str(RDFS.label)), Literal(name, language="en"), GRAPH)]  # fmt: skip


@pytest.fixture(scope="module")
def ids(tmp_path_factory: pytest.TempPathFactory) -> Ids:
    """A home with three versions after an empty one: Alpha and Beta; Beta gone, Gamma new; Beta back, Delta new."""
    home = Home(tmp_path_factory.mktemp("versions"))
    found: list[str] = []
    with opened(home) as writer:
        writer.unpublished = True
        steps = [([], []), (["Alpha", "Beta"], []), (["Gamma"], ["Beta"]), (["Beta", "Delta"], [])]
        for day, (added, removed) in enumerate(steps):
            if added:
                quads = [[quad for name in names for quad in organization(name)] for names in (added, removed)]
                writer.change(quads[0], quads[1], [], [])
            manifest = publish(writer, MINT, dumps=False, now=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(day))
            assert manifest is not None
            found.append(manifest.id)
    return home.path, found


@pytest.fixture(scope="module")
def client(ids: Ids) -> Iterator[TestClient]:
    with running(ids[0]) as client:
        yield client


def rows(client: TestClient, path: str) -> set[tuple[str, str]]:
    table = list(csv.reader(io.StringIO(client.get(path).text)))
    assert table[0] == ["change", "kind", "thing"]
    return {(change, thing.rpartition("/")[2]) for change, _, thing in table[1:]}


def test_all_versions_are_listed_with_a_picture_that_links_to_each(client: TestClient, ids: Ids) -> None:
    page = looked_at(client, "/versions")
    assert {f"/versions/{id}" for id in ids[1]} <= set(page.links)
    assert "<svg" in client.get("/versions", headers=HTML).text


def test_a_version_tells_what_it_changed_by_kind_and_how_to_cite_it(client: TestClient, ids: Ids) -> None:
    page = looked_at(client, f"/versions/{ids[1][2]}")
    assert f"https://w3id.org/commons-kg/version/{ids[1][2]}" in page.text
    assert "@misc{" in page.text
    assert f"/versions/{ids[1][1]}...{ids[1][2]}" in page.links


def test_a_difference_names_what_is_new_and_what_is_gone(client: TestClient, ids: Ids) -> None:
    _, first, second, _ = ids[1]
    page = looked_at(client, f"/versions/{first}...{second}")
    assert {"/id/organization/beta", "/id/organization/gamma"} <= set(page.links)
    assert "/id/organization/alpha" not in page.links
    assert "Beta" in page.text  # its label is known to the older version alone


def test_a_difference_over_several_versions_leaves_out_what_came_back(client: TestClient, ids: Ids) -> None:
    _, first, _, third = ids[1]
    assert rows(client, f"/versions/{first}...{third}/things.csv") == {("added", "gamma"), ("added", "delta")}
    assert client.get(f"/versions/{first}...{third}/removed.nq").text == ""
    added = client.get(f"/versions/{first}...{third}/added.nq").text
    assert added.count("\n") == 4
    trig = client.get(f"/versions/{first}...{third}/added.trig")
    assert trig.headers["content-type"].startswith("application/trig")
    assert set(parse(trig.text, RdfFormat.TRIG)) == set(parse(added, RdfFormat.N_QUADS))


def test_a_difference_can_be_read_backwards(client: TestClient, ids: Ids) -> None:
    _, first, _, third = ids[1]
    assert rows(client, f"/versions/{third}...{first}/things.csv") == {("removed", "gamma"), ("removed", "delta")}


def test_a_patch_is_rdf_patch(client: TestClient, ids: Ids) -> None:
    answer = client.get(f"/versions/{ids[1][1]}...{ids[1][2]}/changes.rdfp")
    assert answer.headers["content-type"] == "application/rdf-patch"
    assert [line[0] for line in answer.text.splitlines()] == ["H", "H", "T", "D", "D", "A", "A", "T"]


def test_statements_can_be_filtered_by_sign_source_and_kind(client: TestClient, ids: Ids) -> None:
    here = f"/versions/{ids[1][1]}...{ids[1][2]}"
    assert "/id/organization/beta" not in looked_at(client, f"{here}?change=added").links
    assert "/id/organization/gamma" in looked_at(client, f"{here}?graph={GRAPH.value}").links
    gone = looked_at(client, f"{here}?kind={quote(str(ORG.Organization))}&change=removed")
    assert "/id/organization/beta" in gone.links


def test_a_version_with_itself_differs_in_nothing(client: TestClient, ids: Ids) -> None:
    assert "both hold the same statements" in looked_at(client, f"/versions/{ids[1][1]}...{ids[1][1]}").text


@pytest.mark.parametrize(
    "path", ["/versions/none", "/versions/a...b", "/versions/..%2f", "/versions/a...b/changes.rdfp"]
)
def test_what_is_no_version_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"/versions/{path}", headers=HTML).status_code == 404


def test_the_form_leads_to_the_difference(client: TestClient, ids: Ids) -> None:
    answer = client.get(f"/versions/diff?from={ids[1][1]}&to={ids[1][2]}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/versions/{ids[1][1]}...{ids[1][2]}")


def test_the_permanent_iri_leads_to_the_page_or_to_rdf_of_that_version(client: TestClient, ids: Ids) -> None:
    old = ids[1][1]
    assert client.get(f"/version/{old}", headers=HTML, follow_redirects=False).headers["location"] == f"/versions/{old}"
    answer = client.get(f"/version/{old}", headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"].startswith("text/turtle")
    assert old in answer.text
    assert client.get(f"/version/{old}.nt").status_code == 200


def test_the_feed_is_valid_and_tells_of_every_version(client: TestClient, ids: Ids) -> None:
    answer = client.get("/changes.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert read.version == "atom10"
    assert [entry.id for entry in read.entries] == [MINT.version(id) for id in reversed(ids[1])]
    assert "Delta" in read.entries[0].content[0].value
    assert read.entries[1].link == f"http://testserver/versions/{ids[1][2]}"
    for entry in ElementTree.fromstring(answer.content).findall("a:entry", ATOM):
        for name in ("id", "title", "updated"):  # RFC 4287, 4.1.2: an entry must have them
            assert entry.findtext(f"a:{name}", namespaces=ATOM)


def test_the_feed_of_a_kind_has_an_entry_for_each_new_thing(client: TestClient) -> None:
    read = feedparser.parse(client.get("/changes.atom?kind=organizations").content)
    assert [entry.title for entry in read.entries] == ["Beta", "Delta", "Gamma", "Alpha", "Beta"]
    assert len({entry.id for entry in read.entries}) == 5
    assert client.get("/changes.atom?kind=nothing").status_code == 404


def test_the_sitemap_names_every_page_of_a_thing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.web.sitemap.PART", 3)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    parts = [loc.text or "" for loc in index.iterfind("s:sitemap/s:loc", space)]
    assert len(parts) == 3
    found = [
        loc.text
        for part in parts
        for loc in ElementTree.fromstring(client.get(part).content).iterfind("s:url/s:loc", space)
    ]
    assert len(found) == len(set(found))
    assert {f"http://testserver/id/organization/{n}" for n in ("alpha", "beta", "gamma", "delta")} <= set(found)


def test_robots_are_told_of_the_sitemap(client: TestClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow:\n\nSitemap: http://testserver/sitemap.xml\n"
