from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.published import publish
from tests.web.conftest import HTML

GOOD = "/id/good/GID1"
GOAL = "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13"

PAGES = [
    "/", "/questions", "/questions/member-since",
    "/browse", "/browse/goods", "/browse/posts", "/browse/indicators", "/sparql", "/api", "/dumps", "/quality",
    "/versions", "/versions/v1", "/shapes", "/shapes/MembershipShape", "/quality/members",
    "/quality/records", "/quality/doubts", "/ontology", "/ontology/addresses",
    "/ontology/DigitalPublicGood", "/problems", "/dataset", GOOD, GOAL,
    "/id/organization/creative-commons", "/id/post/example.org/hello", "/graph/members", "/graph/registry",
    "/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D", "/sparql?query=ASK+%7B%7D",
    "/sparql?query=CONSTRUCT+WHERE+%7B%3Fs+%3Fp+%3Fo%7D",
]  # fmt: skip

VOID = {"meta", "link", "br", "hr", "img", "input", "use", "rect", "path", "circle"}


DATA = ("application/json", "application/ld+json")


class Checked(HTMLParser):
    """Fails where elements are not closed in order, ids repeat, or something executable or foreign stands."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("iframe", "object", "style"), tag
        if tag == "script":  # a module of ours, or data that is not run
            assert (dict(attrs).get("src") or "").startswith("/static/") or dict(attrs)["type"] in DATA
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name != "style"
            if name == "id":
                assert value not in self.ids, value
                self.ids.add(value or "")
            if name == "href":
                assert value is not None
                assert not value.lower().startswith("javascript:")
                self.links.append(value)
            if name == "src" or (tag == "link" and name == "href"):
                assert (value or "").startswith("/"), value
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["script"]:
            self.text += data


def looked_at(client: TestClient, path: str) -> Checked:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert answer.text.count("<h1") == 1
    page = Checked()
    page.feed(re.sub(r"<!DOCTYPE html>", "", answer.text))
    assert not page.open
    assert {link[1:] for link in page.links if link.startswith("#")} <= page.ids
    return page


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_sound_and_safe(client: TestClient, path: str) -> None:
    looked_at(client, path)


def test_no_link_of_our_own_is_dead(client: TestClient) -> None:
    met: set[str] = set()
    waiting = ["/"]
    while waiting:
        for link in looked_at(client, waiting.pop()).links:
            path = link.partition("#")[0]
            # in another language: tests/web/test_language.py
            if not path.startswith("/") or path in met or "lang=" in path:
                continue
            met.add(path)
            answer = client.get(path, headers=HTML)
            assert answer.status_code == 200, path
            if answer.headers["content-type"].startswith("text/html"):
                waiting.append(path)
    assert GOOD in met
    assert GOAL in met


def test_home_tells_what_is_in_it(client: TestClient) -> None:
    page = looked_at(client, "/")
    assert "1 Digital public goods" in page.text
    assert "Hello, <b>commons</b>" in page.text
    assert "/id/post/example.org/hello" in page.links
    body = client.get("/", headers=HTML).text
    assert 'fill="#3f7e44"' in body
    assert "13 Climate action: 1 good<" in body


def test_a_good_shows_its_facts_with_labels_and_sources(client: TestClient) -> None:
    page = looked_at(client, GOOD)
    for text in ("Legal Tools", "digital public good", "Climate action", "Creative Commons", "Attribution 4.0", "GID1"):
        assert text in page.text
    assert "<script>alert('x')</script> & more" in page.text
    assert "/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13.3" in page.links
    assert "/graph/registry" in page.links
    assert "https://example.org/tools" in page.links


def test_an_organization_shows_what_points_at_it(client: TestClient) -> None:
    page = looked_at(client, "/id/organization/creative-commons")
    assert "Creative Commons in the Digital Public Goods Alliance" in page.text
    assert GOOD in page.links
    assert {"/graph/members", "/graph/registry"} <= set(page.links)


def test_a_membership_leads_to_its_evidence(client: TestClient) -> None:
    path = "/id/membership/creative-commons/digital-public-goods-alliance/2024-03-04"
    page = looked_at(client, path)
    assert "2024-03-04" in page.text
    assert "/id/evidence/1" in page.links
    assert "https://example.org/list" in looked_at(client, "/id/evidence/1").links


def test_an_incoming_link_names_its_sources(client: TestClient) -> None:
    body = client.get("/id/organization/creative-commons", headers=HTML).text
    section = re.search(r"<h3[^>]*>memberships .*?</section>", body, re.DOTALL)
    assert section is not None
    mark = re.search(r'href="#(source-\d)" title="Members of the alliance"', section[0])
    assert mark is not None
    source = re.search(rf'<li id="{mark[1]}">.*?</li>', body, re.DOTALL)
    assert source is not None
    assert 'href="/graph/members"' in source[0]


def test_incoming_links_are_listed_page_by_page(client: TestClient) -> None:
    via = "&via=http%3A%2F%2Fwww.w3.org%2F2004%2F02%2Fskos%2Fcore%23broader"
    assert "Education on climate change" in looked_at(client, GOAL + via).text
    assert client.get(GOAL + via + "&after=http%3A%2F%2Fz", headers=HTML).status_code == 404
    assert client.get(GOAL + "&via=nonsense", headers=HTML).status_code == 400


@pytest.mark.parametrize(
    ("suffix", "accept", "media_type", "expected"),
    [
        ("", None, "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("", "*/*", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("", "text/turtle", "text/turtle; charset=utf-8", "commons:dpgid \"GID1\""),
        ("", "application/rdf+xml,text/html;q=0.3", "application/rdf+xml", "<rdf:RDF"),
        ("", "application/ld+json", "application/ld+json", '"@id"'),
        (".ttl", "text/html", "text/turtle; charset=utf-8", "commons:dpgid"),
        (".nt", None, "application/n-triples", '<https://w3id.org/commons-kg/id/good/GID1> <'),
        (".jsonld", None, "application/ld+json", "Legal Tools"),
        (".rdf", None, "application/rdf+xml", "Legal Tools"),
        ("?format=ttl", None, "text/turtle; charset=utf-8", "sdg:13"),
        (".html", "text/turtle", "text/html; charset=utf-8", "Legal Tools"),
    ],
)  # fmt: skip
def test_a_thing_is_negotiated(
    client: TestClient, suffix: str, accept: str | None, media_type: str, expected: str
) -> None:
    answer = client.get(GOOD + suffix, headers={"Accept": accept or ""})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    page_also = "Accept-Language, Cookie, " if media_type.startswith("text/html") else ""
    assert answer.headers["vary"] == f"Accept, {page_also}Accept-Encoding"
    assert 'rel="alternate"' in answer.headers["link"]
    assert expected in answer.text


def test_a_foreign_thing_is_data_too(client: TestClient) -> None:
    answer = client.get(GOAL, headers={"Accept": "text/turtle"})
    assert '"Climate action"@en' in answer.text
    assert client.get(GOAL + "&format=nt").text.startswith("<")


def test_resource_of_our_own_leads_to_its_page(client: TestClient) -> None:
    answer = client.get("/resource?iri=https://w3id.org/commons-kg/id/good/GID1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, GOOD)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/id/good/none", 404), ("/id/good/none.ttl", 404), ("/nope", 404), ("/graph/none", 404), ("/browse/none", 404),
        ("/browse/goods?sort=colour", 400), ("/browse/goods.xyz", 406), ("/browse/goods?after=x", 400),
        ("/ontology/nonsense", 404), ("/dumps/none", 404),
        ("/dumps/../manifest.json", 404), ("/dumps/%2e%2e/manifest.json", 404), ("/quality/none.jsonl", 404),
        ("/resource", 400), ("/resource?iri=not+an+iri", 400), ("/resource?iri=http://e/%3Cx%3E", 400),
        ("/id/good/GID1%20%22%3E", 404), ("/versions/..%2f/dumps/x", 404),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_page_with_a_way_on(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status
    assert "Ways on" in answer.text
    assert client.get(path).headers["content-type"] == "application/problem+json"


def test_not_acceptable_lists_what_there_is(client: TestClient) -> None:
    answer = client.get(GOOD, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["available"]


def test_what_has_not_changed_is_not_sent_again(own_client: TestClient, home: Path) -> None:
    paths = ["/", GOOD, "/browse/goods", "/quality", "/dumps", "/ontology/addresses", "/sparql?query=ASK+%7B%7D"]
    etags = {path: own_client.get(path, headers=HTML).headers["etag"] for path in paths}
    for path, etag in etags.items():
        again = own_client.get(path, headers={**HTML, "If-None-Match": etag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    publish(home, "v2", "<https://w3id.org/commons-kg/id/good/GID1> <http://e/p> 1 .")
    for path, etag in etags.items():
        assert own_client.get(path, headers={**HTML, "If-None-Match": etag}).status_code == 200, path


@pytest.mark.parametrize("path", PAGES)
def test_head(client: TestClient, path: str) -> None:
    answer = client.head(path, headers=HTML)
    assert answer.status_code == 200
    assert answer.content == b""


def test_dumps_are_listed_and_taken(client: TestClient) -> None:
    page = looked_at(client, "/dumps")
    assert "commons-kg.ttl.gz" in page.text
    assert "/versions/v1/dumps/graphs/members.nq.gz" in page.links
    whole = client.get("/dumps/commons-kg.ttl.gz")
    assert whole.headers["content-type"] == "application/gzip"
    assert whole.content == b"0123456789"
    part = client.get("/dumps/commons-kg.ttl.gz", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert client.get("/versions/v1/dumps/commons-kg.ttl.gz").content == whole.content


def test_without_a_version_everything_says_so(tmp_path: Path) -> None:
    from kg.web.app import create_app
    from kg.web.options import WebOptions

    with TestClient(create_app(WebOptions(home=tmp_path))) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").status_code == 503
        answer = client.get("/", headers=HTML)
        assert answer.status_code == 503
        assert "commons-kg sync" in answer.text


def test_ready(client: TestClient) -> None:
    assert client.get("/readyz").json() == {"status": "ready", "version": "v1"}


def test_openapi_is_made_without_complaint(client: TestClient) -> None:
    assert "/sparql" in client.get("/openapi.json").json()["paths"]
