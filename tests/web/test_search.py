"""``/search``, suggestions and OpenSearch."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from kg.dataset.search_table import FILE
from tests.published import publish
from tests.web.conftest import HTML


def page(client: TestClient, query: str, **headers: str) -> BeautifulSoup:
    answer = client.get(f"/search?{query}", headers=HTML | headers)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def titles(found: BeautifulSoup) -> list[str]:
    return [name.get_text() for name in found.select(".found .name a")]


def test_a_search_lists_what_is_found_with_its_kind_and_the_match_marked(client: TestClient) -> None:
    found = page(client, "q=climate")
    assert titles(found)[0] == "13 Climate action"
    assert [mark.get_text() for mark in found.select(".found li:first-child mark")] == ["Climate"]
    first = found.select_one(".found a")
    assert first is not None
    assert first["href"] == "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13"
    assert first["lang"] == "en"


def test_a_text_is_shown_where_the_word_stands_and_nothing_of_it_is_markup(client: TestClient) -> None:
    found = page(client, "q=hello")
    assert titles(found) == ["Hello, <b>commons</b>"]
    text = page(client, "q=finally").select_one(".snippet")
    assert text is not None
    assert "finally" in [mark.get_text() for mark in text.select("mark")]
    assert len(text.get_text()) < 400


def test_results_are_counted_by_kind_and_a_kind_is_an_address(client: TestClient) -> None:
    kinds = {a.get_text(" ", strip=True): a["href"] for a in page(client, "q=climate").select(".kinds-found a")}
    assert "Goals 1" in kinds
    found = page(client, str(kinds["Targets 1"]).removeprefix("/search?"))
    assert titles(found) == ["13.3 Education on climate change"]


def test_the_label_is_in_the_language_of_the_reader_and_the_match_says_its_own(client: TestClient) -> None:
    assert titles(page(client, "q=climate&lang=ar"))[0] == "13 العمل المناخي"
    arabic = page(client, f"q={quote('المناخي')}").select_one(".snippet")
    assert arabic is not None
    assert "Arabic" in arabic.get_text()


def test_a_code_or_an_address_goes_straight_there(client: TestClient) -> None:
    for text in ("GID1", "http://metadata.un.org/sdg/13.3", "https://metadata.un.org/sdg/13.3"):
        answer = client.get(f"/search?q={quote(text)}", headers=HTML, follow_redirects=False)
        assert answer.status_code == 303, text
        assert client.get(answer.headers["location"], headers=HTML).status_code == 200
    assert client.get("/search.json?q=GID1").json()["direct"].endswith("/id/good/GID1")


def test_what_was_mistyped_is_said_and_searched_for(client: TestClient) -> None:
    found = page(client, "q=climte%20acton")
    note = found.select_one(".note a")
    assert note is not None
    assert (note.get_text(), note["href"]) == ("climate action", "/search?q=climate+action")
    assert titles(found)[0] == "13 Climate action"


def test_nothing_found_is_a_page_with_a_way_on(client: TestClient) -> None:
    found = page(client, "q=zzzzzzzz")
    assert "Nothing was found" in found.get_text()
    assert page(client, "q=").select_one("p.lead") is not None


def test_json_csv_and_atom_hold_the_same(client: TestClient) -> None:
    told = client.get("/search?q=climate", headers={"Accept": "application/json"})
    assert told.headers["content-type"] == "application/json"
    results = told.json()["results"]
    assert results[0]["iri"] == "http://metadata.un.org/sdg/13"
    rows = list(csv.DictReader(io.StringIO(client.get("/search.csv?q=climate").text)))
    assert [row["iri"] for row in rows] == [result["iri"] for result in results]
    feed = ElementTree.fromstring(client.get("/search.atom?q=climate").content)
    ids = [node.text for node in feed.iterfind("{*}entry/{*}id")]
    assert ids == [result["iri"] for result in results]


def test_get_search_xml_is_not_acceptable(client: TestClient) -> None:
    assert client.get("/search.xml?q=a").status_code == 406


def test_suggestions_are_made_for_the_beginning_of_a_word(client: TestClient) -> None:
    (first, *_) = client.get("/search/suggest?q=clim").json()
    assert first["iri"] == "http://metadata.un.org/sdg/13"
    assert first["label"] == "13 Climate action"
    assert first["href"].startswith("/resource?iri=")
    assert client.get("/search/suggest?q=").json() == []


def test_a_browser_takes_suggestions_by_opensearch(client: TestClient) -> None:
    described = ElementTree.fromstring(client.get("/opensearch.xml").content)
    addresses = {url.get("type"): str(url.get("template")) for url in described.iterfind("{*}Url")}
    address = addresses["application/x-suggestions+json"].replace("{searchTerms}", "clim")
    answer = client.get(address)
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    text, labels, kinds, links = answer.json()
    assert (text, labels[0], links[0][:4]) == ("clim", "13 Climate action", "http")
    assert len(labels) == len(kinds) == len(links)
    head = BeautifulSoup(client.get("/", headers=HTML).text, "html.parser").select_one("link[rel=search]")
    assert head is not None
    assert head["href"] == "/opensearch.xml"


@pytest.mark.parametrize("path", ["/search", "/search.json", "/search/suggest", "/search/suggestions"])
def test_an_answer_is_revalidated_by_the_version(client: TestClient, path: str) -> None:
    first = client.get(f"{path}?q=climate")
    again = client.get(f"{path}?q=climate", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert client.get(f"{path}?q=goal", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    "q", ['"', "NEAR(", "a*", "\x00", "x" * 5000, "word " * 3000, "<script>alert(1)</script>", "{x} : y", "😀"]
)
def test_whatever_is_typed_is_answered(client: TestClient, q: str) -> None:
    for path in ("/search", "/search.csv", "/search.atom", "/search/suggest", "/search/suggestions"):
        answer = client.get(path, params={"q": q}, headers=HTML if path == "/search" else {})
        assert answer.status_code == 200, path
        assert path != "/search" or "<script>alert" not in answer.text


@pytest.mark.parametrize(("query", "status"), [("q=a&kind=nonsense", 400), ("q=a&page=51", 400), ("q=a&page=x", 400)])
def test_what_cannot_be_meant_is_refused(client: TestClient, query: str, status: int) -> None:
    assert client.get(f"/search?{query}").status_code == status


def test_pages_follow_each_other(client: TestClient) -> None:
    assert client.get("/search.json?q=climate&page=2").json()["results"] == []


def test_a_version_without_an_index_says_so_and_everything_else_works(own_client: TestClient, home: Path) -> None:
    (home / "versions" / "v1" / FILE).unlink()
    answer = own_client.get("/search?q=climate", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert "has no search index" in answer.json()["detail"]
    assert own_client.get("/search/suggest?q=climate").status_code == 503
    assert own_client.get("/", headers=HTML).status_code == 200


def test_a_damaged_index_says_so(own_client: TestClient, home: Path) -> None:
    (home / "versions" / "v1" / FILE).write_bytes(b"nothing" * 1000)
    answer = own_client.get("/search.json?q=climate")
    assert (answer.status_code, "damaged" in answer.json()["detail"]) == (503, True)


def test_an_earlier_version_is_searched_and_its_things_are_shown_as_they_were(
    own_client: TestClient, home: Path
) -> None:
    publish(home, "v2", '<http://e/g> { <http://e/x> <http://www.w3.org/2000/01/rdf-schema#label> "Only this" . }')
    assert titles(page(own_client, "q=climate")) == []
    found = page(own_client, "q=climate&version=v1")
    assert titles(found)[0] == "13 Climate action"
    link = found.select_one(".found a")
    assert link is not None
    assert str(link["href"]).endswith("version=v1")
    assert own_client.get(str(link["href"]), headers=HTML).status_code == 200
    assert own_client.get("/search?q=climate&version=none", headers=HTML).status_code == 404
