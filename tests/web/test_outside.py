"""SERVICE to an allow-list and LOAD by a setting: real servers on loopback that answer, lead astray, or never end."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from kg.engine.guard import Limits
from kg.engine.outside import Outside, endpoints
from kg.engine.pool import PoolOptions
from kg.engine.updater import UpdateOptions
from kg.errors import UsageError
from kg.identifiers import DEFAULT_BASE
from kg.namespaces import SD
from kg.web.app import create_app
from kg.web.options import WebOptions
from tests.faults.serving import THING, serving
from tests.faults.serving import make_home as make_things
from tests.misbehaving import Misbehaving, misbehaving
from tests.web.conftest import make_home
from tests.web.test_service_description import described
from tests.web.updating import TOKEN, UPDATE, ask, update

EMPTY = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'


@pytest.fixture
def other() -> Iterator[Misbehaving]:
    with misbehaving() as server:
        yield server


@contextlib.contextmanager
def allowing(home: Path, deadline: float = 8, **allowed: Any) -> Iterator[TestClient]:
    """Serve a home that lets queries and updates fetch what ``kg.engine.outside.Outside`` is told."""
    outside = Outside(**{"timeout": 2.0, "document_timeout": 2.0} | allowed)
    service = bool(outside.services)
    process = {"home": str(home), "base": DEFAULT_BASE, "union": True, "validate": False, "keep": 3,
               "service": service, "load": outside.load}  # fmt: skip
    app = create_app(WebOptions(
        home=home, pool=PoolOptions(workers=1, deadline=deadline, limits=Limits(service=service), outside=outside),
        update=UpdateOptions(token="a-token", process=process, outside=outside),
    ))  # fmt: skip
    with TestClient(app) as client:
        yield client


def query(client: TestClient, endpoint: str, pattern: str = "?s ?p ?o", silent: str = "") -> Response:
    answer: Response = client.get(
        "/sparql.json", params={"query": f"SELECT * {{ SERVICE {silent} <{endpoint}> {{ {pattern} }} }}"}
    )
    return answer


def problem(answer: Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["type"].partition("#")[2], answer.json()["detail"]


def http(body: bytes = EMPTY, *headers: str, status: str = "200 OK", type_: str = "application/sparql-results+json"):  # type: ignore[no-untyped-def]
    head = [f"HTTP/1.1 {status}", f"Content-Type: {type_}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def test_another_endpoint_is_asked_and_its_answer_joined(tmp_path: Path) -> None:
    make_things(tmp_path / "other")
    with serving(tmp_path / "other", tmp_path / "log") as server:
        endpoint = f"http://127.0.0.1:{server.port}/sparql"
        with allowing(make_home(tmp_path / "home"), services=(endpoint,)) as client:
            pattern = f"<{THING}7> <http://www.w3.org/2000/01/rdf-schema#label> ?l"
            answer = query(client, endpoint, pattern)
            assert answer.json()["results"]["bindings"] == [{"l": {"type": "literal", "value": "Thing 7"}}]
            assert "etag" not in answer.headers  # what another server says changes without a new version here
            assert answer.headers["cache-control"] == "no-store"
            made = update(
                client,
                f"INSERT {{ GRAPH g:l {{ :x rdfs:label ?l }} }} WHERE {{ SERVICE <{endpoint}> {{ {pattern} }} }}",
            )
            assert made.status_code == 204, made.text
            assert ask(client, 'GRAPH g:l { :x rdfs:label "Thing 7" }')


def test_nothing_is_asked_that_is_not_on_the_list(tmp_path: Path, other: Misbehaving) -> None:
    allowed, secret = other.serve("/sparql", http()), other.serve("/secret", http())
    with allowing(make_home(tmp_path), services=(allowed,)) as client:
        assert query(client, allowed).status_code == 200
        for endpoint in (secret, f"{allowed}?x=1", f"{allowed}/", "http://127.0.0.1:1/", "file:///etc/passwd"):
            for silent in ("", "SILENT"):
                assert problem(query(client, endpoint, silent=silent))[:2] == (403, "service-refused")
            refused = update(
                client, f"INSERT {{ GRAPH g:l {{ ?s ?p ?o }} }} WHERE {{ SERVICE <{endpoint}> {{ ?s ?p ?o }} }}"
            )
            assert problem(refused)[:2] == (403, "service-refused")
        assert problem(client.get("/sparql", params={"query": "SELECT * { SERVICE ?x { } }"}))[:2] == (
            403,
            "service-refused",
        )
    assert [request.path for request in other.requests] == ["/sparql"]


def test_a_redirect_is_not_followed_wherever_it_leads(tmp_path: Path, other: Misbehaving) -> None:
    secret = other.serve("/secret", http())
    for status in ("301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"):
        led = other.serve("/sparql", http(b"", f"Location: {secret}", status=status))
        with allowing(make_home(tmp_path / status[:3]), services=(led,)) as client:
            status_code, kind, detail = problem(query(client, led))
            assert (status_code, kind) == (502, "service-failed")
            assert f"leads to {secret}" in detail
    assert {request.path for request in other.requests} == {"/sparql"}


def test_a_name_that_stands_for_a_private_address_is_not_asked(
    tmp_path: Path, other: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.serve("/sparql", http())
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", other.port))]
    monkeypatch.setattr("kg.network.socket.getaddrinfo", lambda *_, **__: found)
    named, itself = f"http://endpoint.test:{other.port}/sparql", f"http://localhost:{other.port}/sparql"
    with allowing(make_home(tmp_path / "a"), services=(named, itself)) as client:
        status, kind, detail = problem(query(client, named))
        assert (status, kind) == (502, "service-failed")
        assert "127.0.0.1, which is not public" in detail
        assert not other.requests
        assert query(client, itself).status_code == 200  # the operator has named loopback
    with allowing(make_home(tmp_path / "b"), services=(named,), allow_private=True) as client:
        assert query(client, named).status_code == 200


def never(connection: socket.socket) -> None:
    time.sleep(4)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n\r\n")
    connection.sendall(b'{"head": {"vars": ["s"]}, "results": {"bindings": [')
    row = b'{"s": {"type": "literal", "value": "' + b"x" * 10_000 + b'"}},'
    while True:
        connection.sendall(row)


def dripping(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n\r\n")
    for _ in range(60):
        connection.sendall(b" ")
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("answer", "said"),
    [(never, "longer than 1 s"), (dripping, "longer than 1 s"), (endless, "more than 100,000 bytes"),
     (http(b"<html>", type_="text/html"), "text/html"), (http(status="500 Oops"), "status 500"),
     (http(b'{"head": {'), "cannot be read"), (b"nonsense", "HTTP"), (b"", "HTTP")],
    ids=["never", "dripping", "endless", "page", "500", "broken", "nonsense", "nothing"],
)  # fmt: skip
def test_a_server_that_does_not_answer_well_fails_its_query_alone(
    tmp_path: Path, other: Misbehaving, answer: Any, said: str
) -> None:
    endpoint = other.serve("/sparql", answer)
    with allowing(make_home(tmp_path), services=(endpoint,), timeout=1.0, most=100_000) as client:
        started = time.monotonic()
        status, kind, detail = problem(query(client, endpoint))
        assert (status, kind) == (502, "service-failed")
        assert said in detail
        assert time.monotonic() - started < 4
        silent = query(client, endpoint, silent="SILENT")
        assert silent.json()["results"]["bindings"] == [{}]
        assert client.get("/sparql.json", params={"query": "ASK {}"}).json()["boolean"]


def test_the_deadline_of_the_query_counts_too(tmp_path: Path, other: Misbehaving) -> None:
    endpoint = other.serve("/sparql", never)
    with allowing(make_home(tmp_path), deadline=0.7, services=(endpoint,), timeout=3.0) as client:
        for _ in range(30):  # until its worker is there, however busy the machine
            answer = query(client, endpoint)
            if answer.status_code != 503:
                break
        assert problem(answer)[:2] == (504, "deadline")


def test_what_is_on_is_described_and_nothing_else(tmp_path: Path, other: Misbehaving) -> None:
    with allowing(make_home(tmp_path / "on"), services=(other.url("/sparql"),)) as client:
        assert SD.BasicFederatedQuery in set(described(client).objects(None, SD.feature))
    with allowing(make_home(tmp_path / "off")) as client:
        assert SD.BasicFederatedQuery not in set(described(client).objects(None, SD.feature))
        assert problem(query(client, other.url("/sparql")))[:2] == (403, "service-refused")


TURTLE = http(b"<#a> <http://e/p> [ <http://e/q> 'b' ] .", type_="text/turtle; charset=utf-8")


def test_load(tmp_path: Path, other: Misbehaving) -> None:
    url = other.serve("/data", TURTLE)
    led = other.serve("/led", http(b"", f"Location: {url}", status="302 Found"))
    with allowing(make_home(tmp_path), load=True, allow_private=True) as client:
        made = update(client, f"""
            INSERT DATA {{ GRAPH g:before {{ :a :b 1 }} }} ;
            LOAD <{url}> INTO GRAPH g:loaded ;
            PREFIX e: <http://e/>
            LOAD SILENT <{led}> INTO GRAPH g:led ;
            INSERT {{ GRAPH g:after {{ ?s :is ?o }} }} WHERE {{ GRAPH g:loaded {{ ?s e:p/e:q ?o }} }}
        """)  # fmt: skip
        assert made.status_code == 204, made.text
        assert ask(client, f'GRAPH g:before {{ :a :b 1 }} GRAPH g:after {{ <{url}#a> :is "b" }}')
        assert ask(client, "GRAPH g:led { ?s <http://e/p> ?o FILTER(ISBLANK(?o)) }")
        assert "text/turtle" in other.requests[0].headers["accept"]
        default = update(client, f"LOAD <{url}>")
        assert problem(default)[:2] == (403, "graph-refused")  # the union of the named graphs
        patched = client.patch("/store/x", content=f"LOAD <{url}>", headers=TOKEN | UPDATE)
        assert patched.status_code == 403


@pytest.mark.parametrize(
    ("answer", "status"),
    [(http(b"no turtle", type_="text/turtle"), 400), (http(b"x", type_="image/png"), 502), (never, 502),
     (http(b"", status="404 Not Found"), 502), (http(b"x" * 2000, type_="text/turtle"), 502)],
    ids=["malformed", "no RDF", "never", "missing", "too long"],
)  # fmt: skip
def test_a_load_that_fails_changes_nothing(tmp_path: Path, other: Misbehaving, answer: Any, status: int) -> None:
    url = other.serve("/data", answer)
    with allowing(make_home(tmp_path), load=True, allow_private=True, document_bytes=1000) as client:
        text = f"INSERT DATA {{ GRAPH g:x {{ :a :b 1 }} }} ; LOAD %s <{url}> INTO GRAPH g:x"
        assert update(client, text % "").status_code == status
        assert not ask(client, "GRAPH g:x { ?s ?p ?o }")
        assert update(client, text % "SILENT").status_code == 204
        assert ask(client, "GRAPH g:x { :a :b 1 }")


def test_load_does_not_fetch_from_private_addresses_and_is_off_by_default(
    tmp_path: Path, other: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = other.serve("/data", TURTLE)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", other.port))]
    with allowing(make_home(tmp_path / "on"), load=True) as client:
        assert "not public" in problem(update(client, f"LOAD <{url}> INTO GRAPH g:x"))[2]
        monkeypatch.setattr("kg.network.socket.getaddrinfo", lambda *_, **__: found)
        named = f"http://documents.test:{urlsplit(url).port}/data"
        assert "which is not public" in problem(update(client, f"LOAD <{named}> INTO GRAPH g:x"))[2]
    with allowing(make_home(tmp_path / "off")) as client:
        assert problem(update(client, f"LOAD <{url}> INTO GRAPH g:x"))[:2] == (403, "service-refused")
    assert not other.requests


def test_an_endpoint_that_is_no_address_is_a_mistake_of_the_settings() -> None:
    assert endpoints(" https://a.example/sparql,http://b.example/ ") == (
        "https://a.example/sparql",
        "http://b.example/",
    )
    with pytest.raises(UsageError, match="no http or https"):
        endpoints("example.org/sparql")
