"""What an operator sees and does: limits as a client meets them, metrics, running queries, the access log."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg.engine.pool import PoolOptions
from kg.errors import UsageError
from kg.web.app import create_app
from kg.web.client import Proxies
from kg.web.options import WebOptions
from kg.web.snapshot import total
from tests.web.conftest import make_home

BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s }"
TOKEN = {"Authorization": "Bearer secret-token"}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr("kg.web.app.sys.stderr", stream)
    return stream


@pytest.fixture
def client(tmp_path: Path, log: io.StringIO) -> Iterator[TestClient]:
    options = WebOptions(
        home=make_home(tmp_path), token="secret-token", access_log=True,
        pool=PoolOptions(workers=1, deadline=2, budget=1, quick=0.2, result=100_000),
    )  # fmt: skip
    with TestClient(create_app(options), client=("192.0.2.1", 1)) as client:
        yield client


def test_a_client_that_takes_too_much_is_told_when_to_come_back(client: TestClient) -> None:
    assert client.get("/sparql", params={"query": BOMB}).status_code == 504
    refused = client.get("/sparql", params={"query": "ASK {}"})
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems#over-budget")
    assert 1 <= int(refused.headers["retry-after"]) <= 66
    pretending = {"X-Forwarded-For": "198.51.100.7"}
    assert client.get("/sparql", params={"query": "ASK {}"}, headers=pretending).status_code == 429


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"params": {"query": BOMB, "timeout": "0.3"}}, 504),
        ({"params": {"query": BOMB}, "headers": {"Prefer": "respond-async, wait=1"}}, 504),
        ({"params": {"query": "ASK {}", "timeout": "5000"}}, 200),
        ({"params": {"query": "ASK {}", "timeout": "soon"}}, 400),
        ({"params": {"query": "ASK {}", "timeout": "-1"}}, 400),
        ({"params": {"query": "ASK {}"}, "headers": {"Prefer": "wait=soon"}}, 200),
    ],
)
def test_a_client_says_how_long_it_waits(client: TestClient, options: dict[str, Any], status: int) -> None:
    client.get("/readyz")  # a worker is there
    started = time.monotonic()
    assert client.get("/sparql", **options).status_code == status
    assert time.monotonic() - started < 1.8
    if "params" in options:
        form = {"data": options["params"], "headers": options.get("headers")}
        assert client.post("/sparql", **form).status_code in (status, 429)


def test_the_limit_of_results_is_stated_with_a_link_to_all(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "ASK {}"})
    assert answer.headers["x-result-limit"] == "100000"
    assert answer.headers["link"] == '</dumps>; rel="alternate"'


def test_the_operator_lists_and_stops_queries(client: TestClient) -> None:
    assert client.get("/queries").status_code == 401
    assert client.get("/queries", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.delete("/queries/1-1").status_code == 401
    assert client.delete("/queries/1-1", headers=TOKEN).status_code == 404
    found: list[int] = []
    asking = threading.Thread(target=lambda: found.append(client.get("/sparql", params={"query": BOMB}).status_code))
    asking.start()
    for _ in range(100):
        if queries := client.get("/queries", headers=TOKEN).json()["queries"]:
            break
        time.sleep(0.02)
    (query,) = queries
    assert (query["query"], query["client"], query["version"]) == (BOMB, "192.0.2.1", "v1")
    assert client.delete(f"/queries/{query['id']}", headers=TOKEN).status_code == 204
    asking.join()
    assert found == [503]
    assert client.get("/queries", headers=TOKEN).json() == {"queries": []}


def test_without_a_token_nobody_is_the_operator(tmp_path: Path) -> None:
    with TestClient(create_app(WebOptions(home=make_home(tmp_path)))) as client:
        for token in ("", "x"):
            assert client.get("/queries", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_metrics_are_text_that_prometheus_reads(client: TestClient) -> None:
    client.get("/sparql", params={"query": "ASK {}"})
    client.get("/sparql", params={"query": "nonsense"})
    client.get("/sparql", params={"query": BOMB})
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    for line in lines:
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+\-]+', line), line
    for line in (
        'commons_kg_queries_total{outcome="answered"} 1', 'commons_kg_queries_total{outcome="syntax"} 1',
        'commons_kg_queries_total{outcome="deadline"} 1', "commons_kg_worker_kills_total 1",
        'commons_kg_query_seconds_bucket{le="+Inf"} 3', "commons_kg_query_seconds_count 3",
        'commons_kg_version_info{version="v1"} 1', 'commons_kg_requests_total{method="GET",status="504"} 1',
    ):  # fmt: skip
        assert line in lines
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    names = {re.split(r"[{ ]", line)[0] for line in lines if not line.startswith("#")}
    assert {re.sub(r"(?<=query_seconds)_(bucket|sum|count)$", "", name) for name in names} == typed


def test_the_log_names_queries_by_their_hash_and_holds_no_secrets(client: TestClient, log: io.StringIO) -> None:
    for _ in range(2):
        client.get("/sparql", params={"query": "ASK {}", "token": "in-the-address"})
    client.get("/queries", headers=TOKEN)
    time.sleep(0.4)
    entries = [json.loads(line) for line in log.getvalue().splitlines() if line.startswith("{")]
    made, kept, operator = entries
    assert (made["status"], made["cache"], made["client"], made["path"]) == (200, "miss", "192.0.2.1", "/sparql")
    assert (kept["cache"], kept["queries"]) == ("hit", made["queries"])
    assert re.fullmatch("[0-9a-f]{12}", made["queries"][0])
    assert (operator["path"], operator["status"]) == ("/queries", 200)
    assert "secret-token" not in log.getvalue()
    assert "in-the-address" not in log.getvalue()


def test_only_trusted_proxies_name_the_client() -> None:
    proxies = Proxies("127.0.0.1, 10.0.0.0/8 ::1")
    assert proxies.client("192.0.2.1", "198.51.100.1") == "192.0.2.1"
    assert proxies.client("127.0.0.1", "198.51.100.1, 192.0.2.2") == "192.0.2.2"
    assert proxies.client("10.1.1.1", "198.51.100.1, 127.0.0.1") == "198.51.100.1"
    assert proxies.client("127.0.0.1", None) is None
    assert proxies.client(None, "198.51.100.1") == "198.51.100.1"
    assert proxies.client("::ffff:192.0.2.1", None) == "192.0.2.1"
    assert proxies.client("2001:db8:1:2:3:4:5:6", None) == "2001:db8:1:2::/64"
    assert proxies.client("127.0.0.1", "<script>") == "unknown"
    with pytest.raises(UsageError, match=r"300\.1"):
        Proxies("300.1.1.1")


def test_counts_of_several_processes_are_added_up() -> None:
    assert total([{"a": 1, "l": [1, 2], "d": {"x": 1}}, {"a": 2, "l": [0, 1], "d": {"y": 2}}]) == {
        "a": 3, "l": [1, 3], "d": {"x": 1, "y": 2},
    }  # fmt: skip
