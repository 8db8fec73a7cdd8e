"""The Graph Store Protocol, by what clients send; the W3C's tests are in ``tests/conformance``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_home
from tests.web.updating import GRAPH, TOKEN, UPDATE, ask, union_is_kept, updating

pytestmark = pytest.mark.xdist_group("updating")

TURTLE = {"Content-Type": "text/turtle"}
DATA = "<http://example.org/a> <http://example.org/b> 1 ."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with updating(make_home(tmp_path_factory.mktemp("stored"))) as client:
        yield client


def test_put_get_head_delete(client: TestClient) -> None:
    put = client.put("/store/notes", content=DATA, headers=TOKEN | TURTLE)
    assert put.status_code == 201
    assert f"<{GRAPH}notes>" in put.headers["link"]
    assert client.put("/store/notes", content=DATA, headers=TOKEN | TURTLE).status_code == 204
    got = client.get("/store", params={"graph": GRAPH + "notes"}, headers={"Accept": "application/n-triples"})
    assert got.headers["content-type"] == "application/n-triples"
    assert got.text.startswith("<http://example.org/a> <http://example.org/b> ")
    fresh = client.get("/store/notes", headers={"If-None-Match": client.get("/store/notes").headers["etag"]})
    assert fresh.status_code == 304
    head = client.head("/store/notes")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == "text/turtle; charset=utf-8"
    assert union_is_kept(client)
    assert client.delete("/store/notes", headers=TOKEN).status_code == 204
    assert client.delete("/store/notes", headers=TOKEN).status_code == 404
    assert client.get("/store/notes").status_code == 404
    assert client.head("/store/notes").status_code == 404
    assert not ask(client, "<http://example.org/a> ?p ?o")


def test_an_empty_graph_is_there(client: TestClient) -> None:
    assert client.put("/store/empty", content="", headers=TOKEN | TURTLE).status_code == 201
    assert client.get("/store/empty").status_code == 200


def test_post_merges_and_makes_new_graphs(client: TestClient) -> None:
    assert client.post("/store/more", content=DATA, headers=TOKEN | TURTLE).status_code == 201
    assert client.post("/store/more", content=DATA.replace("1", "2"), headers=TOKEN | TURTLE).status_code == 204
    assert ask(client, "GRAPH g:more { ?s ?p 1, 2 }")
    new = client.post("/store", content=DATA, headers=TOKEN | TURTLE)
    assert new.status_code == 201
    assert client.get(new.headers["location"]).status_code == 200
    assert client.get("/store", params={"graph": new.headers["location"]}).status_code == 200


@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("text/turtle; charset=utf-8", "<a> <b> 'ä' ."), ("application/n-triples", '<urn:a> <urn:b> "ä" .'),
        ("application/ld+json", '[{"@id": "urn:a", "urn:b": "ä"}]'), ("text/n3", "<a> <b> 'ä' ."),
        ("application/rdf+xml", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:x#">'
         '<rdf:Description rdf:about="urn:a"><u:b>ä</u:b></rdf:Description></rdf:RDF>'),
    ],
)  # fmt: skip
def test_every_syntax(client: TestClient, type: str, body: str) -> None:
    answer = client.put("/store/syntax", content=body.encode(), headers=TOKEN | {"Content-Type": type})
    assert answer.status_code in (201, 204), answer.text
    assert ask(client, "GRAPH g:syntax { ?s ?p 'ä' }")


def test_multipart(client: TestClient) -> None:
    files: list[tuple[str, tuple[str, str, str]]] = [
        ("a", ("a.ttl", DATA, "text/turtle")), ("b", ("b", "<urn:m> <urn:m> <urn:m> .", "application/n-triples")),
    ]  # fmt: skip
    assert client.post("/store/parts", files=files, headers=TOKEN).status_code == 201
    assert ask(client, "GRAPH g:parts { ?s ?p 1 . <urn:m> ?q ?r }")


def test_patch_sees_and_writes_its_graph_alone(client: TestClient) -> None:
    client.put("/store/patched", content=DATA, headers=TOKEN | TURTLE)
    patch = "DELETE { ?s ?p 1 } INSERT { ?s ?p 5 } WHERE { ?s ?p 1 }"
    assert client.patch("/store/patched", content=patch, headers=TOKEN | UPDATE).status_code == 204
    assert ask(client, "GRAPH g:patched { ?s ?p 5 }")
    beyond = "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }"
    assert client.patch("/store/patched", content=beyond, headers=TOKEN | UPDATE).status_code == 422
    assert client.patch("/store/patched", content="LOAD <http://127.0.0.1/>", headers=TOKEN | UPDATE).status_code == 403
    assert client.patch("/store/patched", content="x", headers=TOKEN | TURTLE).status_code == 415
    assert union_is_kept(client)


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("GET", "/store", {}, "", 400),
        ("GET", "/store?graph=relative", {}, "", 400),
        ("GET", "/store?graph=urn:a&graph=urn:b", {}, "", 400),
        ("GET", "/store?graph=urn:a&default", {}, "", 400),
        ("GET", "/store?graph=urn:a%0A%3E", {}, "", 400),
        ("GET", "/store/x?default", {}, "", 400),
        ("GET", "/store?graph=urn:not-there", {}, "", 404),
        ("GET", "/store?default", {"Accept": "image/png"}, "", 406),
        ("PUT", "/store/x", TURTLE, DATA, 401),
        ("PUT", "/store/x", TOKEN, DATA, 415),
        ("PUT", "/store/x", TOKEN | {"Content-Type": "application/n-quads"}, DATA, 415),
        ("PUT", "/store/x", TOKEN | TURTLE, "<a> <b>", 400),
        ("PUT", "/store/x", TOKEN | {"Content-Type": "application/rdf+xml"}, DATA, 400),
        ("PUT", "/store/x", TOKEN | {"Content-Type": "application/ld+json"}, '{"@context": "http://127.0.0.1/"}', 400),
        ("PUT", "/store/x", TOKEN | {"Content-Type": "multipart/form-data; boundary=x"}, "no parts", 400),
        ("PUT", "/store?default", TOKEN | TURTLE, DATA, 403),
        ("DELETE", "/store?default", TOKEN, "", 403),
        ("PUT", "/store/description", TOKEN | TURTLE, DATA, 403),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_request(
    client: TestClient, method: str, path: str, headers: dict[str, str], body: str, status: int
) -> None:
    answer = client.request(method, path, headers=headers, content=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_broken_document_is_shown_at_its_place(client: TestClient) -> None:
    answer = client.put("/store/x", content=f"{DATA}\n<a> <b> ]", headers=TOKEN | TURTLE).json()
    assert (answer["line"], answer["excerpt"]) == (2, "<a> <b> ]")


def test_options(client: TestClient) -> None:
    answer = client.options("/store/x")
    assert "PATCH" in answer.headers["allow"]
    assert "text/turtle" in answer.headers["accept-post"]


def test_the_default_graph_is_read(client: TestClient) -> None:
    assert len(client.get("/store?default", headers={"Accept": "application/n-triples"}).text.splitlines()) > 10
