from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg.engine.cache import OVERHEAD, ByteCache
from kg.engine.pool import PoolOptions
from kg.web.app import create_app
from kg.web.options import WebOptions
from tests.published import publish
from tests.web.conftest import HTML, make_home

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path)


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    options = WebOptions(home=home, pool=PoolOptions(workers=1, deadline=3), cache=1 << 20)
    with TestClient(create_app(options)) as client:
        yield client


def asked(client: TestClient) -> int:
    """How many queries the engine has been asked."""
    return sum(client.app.state.site.pool.stats.outcomes.values())  # type: ignore[attr-defined]


def n(answer: Any) -> int:
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


REPEATED: list[tuple[str, str, dict[str, Any]]] = [
    ("get_query", "GET", {"params": {"query": COUNT}}),
    ("get_query_as_csv", "GET", {"params": {"query": COUNT, "format": "csv"}}),
    ("get_query_page", "GET", {"params": {"query": COUNT}, "headers": HTML}),
    ("post_query", "POST", {"content": COUNT, "headers": {"Content-Type": "application/sparql-query"}}),
    ("post_form", "POST", {"data": {"query": COUNT}}),
]


@pytest.mark.parametrize(("method", "request_"), [r[1:] for r in REPEATED], ids=[r[0] for r in REPEATED])
def test_a_repeated_request_is_answered_from_memory(client: TestClient, method: str, request_: dict[str, Any]) -> None:
    first = client.request(method, "/sparql", **request_)
    before = asked(client)
    second = client.request(method, "/sparql", **request_)
    assert (first.status_code, second.status_code) == (200, 200)
    assert (first.content, first.headers["content-type"]) == (second.content, second.headers["content-type"])
    assert "x-cache" not in first.headers
    assert second.headers["x-cache"] == "hit"
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["content-security-policy"]
    assert asked(client) == before
    assert int(second.headers["content-length"]) > 0


def test_another_representation_is_another_answer(client: TestClient) -> None:
    for accept, start in (("text/csv", "n\r\n"), ("application/sparql-results+json", "{"), ("text/csv", "n\r\n")):
        answer = client.get("/sparql", params={"query": COUNT}, headers={"Accept": accept})
        assert answer.text.startswith(start)
        assert answer.headers["content-type"].startswith(accept)


def test_head_and_conditional_requests_are_answered_from_memory(client: TestClient) -> None:
    parameters = {"query": COUNT}
    first = client.get("/sparql", params=parameters)
    before = asked(client)
    head = client.head("/sparql", params=parameters)
    assert (head.status_code, head.content, head.headers["x-cache"]) == (200, b"", "hit")
    fresh = client.get("/sparql", params=parameters, headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (fresh.status_code, fresh.content) == (304, b"")
    assert fresh.headers["etag"] == first.headers["etag"]
    assert "content-type" not in fresh.headers
    assert client.get("/sparql", params=parameters, headers={"If-None-Match": '"x"'}).status_code == 200
    assert asked(client) == before


def test_a_new_version_is_seen_at_once(client: TestClient, home: Path) -> None:
    parameters = {"query": COUNT}
    assert n(client.get("/sparql", params=parameters)) > 1
    assert n(client.get("/sparql", params=parameters)) > 1
    publish(home, "v2", "<http://e/a> <http://e/b> <http://e/c> .")
    answer = client.get("/sparql", params=parameters)
    assert (n(answer), answer.headers["x-dataset-version"]) == (1, "v2")
    again = client.get("/sparql", params=parameters)
    assert (n(again), again.headers["x-dataset-version"], again.headers["x-cache"]) == (1, "v2", "hit")


@pytest.mark.parametrize(
    "request_",
    [
        {"params": {"query": "SELECT (NOW() AS ?t) {}"}},
        {"params": {"query": "SELECT (rand() AS ?t) {}"}},
        {"params": {"query": "SELECT (\\u004EOW() AS ?t) {}"}},
        {"params": {"query": "SELECT nonsense"}},
        {"params": {"query": COUNT}, "headers": {"Authorization": "Bearer x"}},
        {"params": {"query": COUNT}, "headers": {"Range": "bytes=0-1"}},
    ],
)
def test_what_is_not_to_be_kept_is_not(client: TestClient, request_: dict[str, Any]) -> None:
    for _ in range(2):
        answer = client.get("/sparql", **request_)
        assert "x-cache" not in answer.headers
        assert ("etag" in answer.headers) == (request_["params"]["query"] == COUNT)


def test_a_large_query_in_a_body_reaches_the_engine_whole(client: TestClient) -> None:
    query = COUNT + " #" + "x" * 200_000
    for _ in range(2):
        answer = client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
        assert n(answer) > 1
        assert "x-cache" not in answer.headers


def test_bytes_are_bounded_and_the_oldest_goes_first() -> None:
    kept: ByteCache[str] = ByteCache(3 * (OVERHEAD + 100), OVERHEAD + 150)
    for key in "abc":
        kept.put(key, key, 100)
    assert kept.get("a") == "a"
    kept.put("d", "d", 100)
    assert [kept.get(key) for key in "abcd"] == ["a", None, "c", "d"]
    kept.put("e", "e", 200)
    assert kept.get("e") is None
    kept.put("a", "A", 50)
    assert kept.get("a") == "A"
    assert kept.bytes == 3 * OVERHEAD + 250
    assert (kept.hits, kept.misses) == (5, 2)
    kept.clear()
    assert (len(kept), kept.bytes) == (0, 0)


def test_metrics_count_the_cache(client: TestClient) -> None:
    for _ in range(3):
        client.get("/sparql", params={"query": COUNT})
    text = client.get("/metrics").text
    assert 'commons_kg_cache_requests_total{outcome="hit"} 2\n' in text
    assert 'commons_kg_queries_total{outcome="answered"} 1\n' in text
    assert json.loads(client.get("/readyz").content)["status"] == "ready"
