"""The endpoint, by what clients really send; names are those of the requests."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from starlette.testclient import TestClient

from kg.engine.pool import Pool
from kg.web.answering import WholeResponse
from kg.web.sparql import parameters as read_parameters
from tests.published import publish
from tests.web.conftest import HTML, make_home, running

SELECT = "SELECT ?s ?l { ?s <https://w3id.org/commons-kg/ontology/dpgid> ?l }"
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s <https://w3id.org/commons-kg/ontology/dpgid> ?l }"
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

RESULTS_JSON = "application/sparql-results+json"


@pytest.mark.parametrize(
    ("query", "suffix", "parameters", "accept", "expected"),
    [
        # pandas.read_csv: no Accept at all
        (SELECT, ".csv", {}, "", "text/csv; charset=utf-8"),
        (SELECT, "", {"format": "csv"}, "", "text/csv; charset=utf-8"),
        # SPARQLWrapper
        (SELECT, "", {"format": "json", "output": "json", "results": "json"},
         "application/sparql-results+json,application/json,text/javascript,application/javascript", RESULTS_JSON),
        (SELECT, "", {"format": "xml", "output": "xml", "results": "xml"}, "application/sparql-results+xml",
         "application/sparql-results+xml"),
        (CONSTRUCT, "", {"format": "turtle", "output": "turtle", "results": "turtle"}, "application/turtle,text/turtle",
         "text/turtle; charset=utf-8"),
        (CONSTRUCT, "", {"format": "rdf+xml", "output": "rdf+xml"}, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "", {"format": "json-ld", "output": "json-ld"}, "application/ld+json,application/x-json+ld",
         "application/ld+json"),
        # rdflib SPARQLStore, SERVICE and Graph.parse
        (SELECT, "", {}, "application/rdf+xml, application/sparql-results+xml", "application/sparql-results+xml"),
        (ASK, "", {}, "application/rdf+xml, application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "", {}, "application/rdf+xml, application/sparql-results+xml", "application/rdf+xml"),
        (SELECT, "", {}, RESULTS_JSON, RESULTS_JSON),
        (CONSTRUCT, "", {}, "application/rdf+xml, text/n3, text/turtle, application/n-triples, application/ld+json",
         "application/rdf+xml"),
        # requests, httpx, curl
        (SELECT, "", {}, "*/*", RESULTS_JSON),
        (ASK, "", {}, "*/*", RESULTS_JSON),
        (CONSTRUCT, "", {}, "*/*", "text/turtle; charset=utf-8"),
        # a browser gets a page, and files by suffix and parameter
        (SELECT, "", {}, HTML["Accept"], "text/html; charset=utf-8"),
        (SELECT, ".csv", {}, HTML["Accept"], "text/csv; charset=utf-8"),
        (SELECT, "", {"format": "tsv"}, HTML["Accept"], "text/tab-separated-values; charset=utf-8"),
        (CONSTRUCT, ".nt", {}, HTML["Accept"], "application/n-triples"),
        (CONSTRUCT, ".jsonld", {}, "", "application/ld+json"),
        (CONSTRUCT, ".json", {}, "", "application/ld+json"),
        (SELECT, ".html", {}, RESULTS_JSON, "text/html; charset=utf-8"),
    ],
)  # fmt: skip
def test_get_query(
    client: TestClient, query: str, suffix: str, parameters: dict[str, str], accept: str, expected: str
) -> None:
    answer = client.get(f"/sparql{suffix}", params={"query": query, **parameters}, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == expected
    of_page = ", Accept-Language, Cookie" if "html" in expected else ""
    assert answer.headers["vary"] == f"Accept{of_page}, Accept-Encoding"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GID1" in answer.text or query == ASK


def test_post_form(client: TestClient) -> None:
    answer = client.post("/sparql", data={"query": SELECT}, headers={"Accept": RESULTS_JSON})
    assert answer.json()["results"]["bindings"][0]["l"]["value"] == "GID1"
    assert answer.headers["x-dataset-version"] == "v1"


def test_post_direct(client: TestClient) -> None:
    headers = {"Content-Type": "application/sparql-query; charset=utf-8", "Accept": "text/csv"}
    answer = client.post("/sparql", content=SELECT, headers=headers)
    assert next(csv.reader(io.StringIO(answer.text))) == ["s", "l"]


def test_download(client: TestClient) -> None:
    pairs = {"query": CONSTRUCT, "download": "1"}
    for answer in (client.get("/sparql.ttl", params=pairs), client.post("/sparql.ttl", data=pairs)):
        assert answer.headers["content-disposition"] == 'attachment; filename="answer.ttl"'
    assert "content-disposition" not in client.get("/sparql.ttl", params={"query": CONSTRUCT}).headers


def test_post_form_with_suffix(client: TestClient) -> None:
    assert client.post("/sparql.tsv", data={"query": SELECT}).text.startswith("?s\t?l\n")


def test_percent_signs_are_decoded_once(client: TestClient) -> None:
    answer = client.get("/sparql.csv?query=" + quote('SELECT ("100%25" AS ?x) {}'))
    assert "100%25" in answer.text


def test_get_query_with_dataset(client: TestClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s a <http://creativecommons.org/ns#License> }"
    graph = "https://w3id.org/commons-kg/graph/"
    for parameters, expected in (
        ([], 1), ([("default-graph-uri", graph + "licences")], 1), ([("default-graph-uri", graph + "posts")], 0),
        ([("default-graph-uri", graph + "posts"), ("default-graph-uri", graph + "licences")], 1),
        ([("named-graph-uri", graph + "licences")], 0),
    ):  # fmt: skip
        answer = client.get("/sparql?" + urlencode([("query", count), *parameters]))
        assert int(answer.json()["results"]["bindings"][0]["n"]["value"]) == expected, parameters


Q = quote(SELECT)


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("GET", "/sparql", {"Accept": "application/sparql-results+json"}, None, 400),
        ("GET", f"/sparql?query={Q}&query={Q}", {}, None, 400),
        ("GET", "/sparql?query=%ZZ", {}, None, 400),
        ("GET", "/sparql?query=SELECT%", {}, None, 400),
        ("GET", "/sparql?query=%FF%FE", {}, None, 400),
        ("GET", "/sparql?query=SELEC", {}, None, 400),
        ("GET", f"/sparql?query={Q}&default-graph-uri=not+an+iri", {}, None, 400),
        ("GET", f"/sparql?query={Q}", {"Accept": "image/png"}, None, 406),
        ("GET", f"/sparql?query={Q}", {"Accept": "text/turtle"}, None, 406),
        ("GET", f"/sparql?query={Q}&format=nonsense", {}, None, 406),
        ("GET", f"/sparql.nonsense?query={Q}", {}, None, 406),
        ("GET", f"/sparql?query={quote(CONSTRUCT)}", {"Accept": "text/csv"}, None, 406),
        ("GET", "/sparql?update=DROP+ALL", {}, None, 400),
        ("GET", "/sparql?query=DROP+ALL", {}, None, 403),
        ("GET", "/sparql?query=SELECT+*+%7BSERVICE+%3Chttp://127.0.0.1/%3E+%7B%7D%7D", {}, None, 403),
        ("GET", "/sparql?query=" + "%7B" * 400, {}, None, 400),
        ("POST", "/sparql", {}, b"", 415),
        ("POST", "/sparql", {"Content-Type": "text/plain"}, b"ASK {}", 415),
        ("POST", "/sparql", {"Content-Type": "application/sparql-query; charset=latin-1"}, b"ASK {}", 415),
        ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"\xff", 400),
        ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"#" * 600_000, 413),
        ("POST", "/sparql", FORM, b"query=" + b"%23" * 600_000, 413),
        ("POST", "/sparql", {"Content-Type": "application/sparql-update"}, b"DROP ALL", 403),
        ("POST", "/sparql", FORM, b"update=DROP+ALL", 403),
        ("POST", "/sparql", FORM, b"", 400),
        ("PUT", "/sparql", {}, b"", 405),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    client: TestClient, method: str, path: str, headers: dict[str, str], body: bytes | None, status: int
) -> None:
    answer = client.request(method, path, headers=headers, content=body)
    assert answer.status_code == status, answer.text
    if headers.get("Accept", "").startswith("text/"):  # who wants text gets text
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text.startswith(str(status))
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert answer.json()["type"].startswith("/problems#")
    assert client.get("/sparql", params={"query": ASK}).json()["boolean"]


def test_a_syntax_error_shows_its_place_in_each_form(client: TestClient) -> None:
    params = {"query": "SELECT *\n{ ?s schema:name ?o }"}
    problem = client.get("/sparql", params=params).json()
    assert (problem["line"], problem["column"]) == (2, 6)
    assert (problem["excerpt"], problem["caret"]) == ("{ ?s schema:name ?o }", "     ^")
    assert problem["hint"] == "Add: PREFIX schema: <https://schema.org/>"
    text = client.get("/sparql", params=params, headers={"Accept": "text/plain"}).text
    assert "  { ?s schema:name ?o }\n       ^\n" in text
    page = client.get("/sparql", params=params, headers=HTML)
    assert page.status_code == 400
    assert "the prefix schema: is not declared" in page.text
    assert "{ ?s schema:name ?o }</textarea>" in page.text


def test_the_page_escapes_what_it_shows(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "SELECT ('<script>' AS ?x) {} #</textarea><script>"}, headers=HTML)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert answer.text.count("</textarea>") == 1


def test_the_page_shows_the_beginning_of_a_long_result(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": STREAM + " LIMIT 30000"}, headers=HTML)
    assert answer.status_code == 200
    assert answer.text.count("<tr ") == 1001
    assert "The first 1,000 are shown" in answer.text


def test_options_and_preflight(client: TestClient) -> None:
    answer = client.options("/sparql")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    answer = client.options("/sparql", headers={"Origin": "https://e", "Access-Control-Request-Method": "POST"})
    assert "POST" in answer.headers["access-control-allow-methods"]


def test_a_query_that_takes_too_long_is_ended(own_client: TestClient) -> None:
    started = time.monotonic()
    answer = own_client.get("/sparql", params={"query": BOMB})
    assert answer.status_code == 504
    assert answer.json()["type"] == "/problems#deadline"
    assert time.monotonic() - started < 12
    assert own_client.get("/sparql", params={"query": ASK}).json()["boolean"]


@pytest.mark.parametrize(
    "encoded",
    [
        b"query=ASK%20%7B%7D&format=csv",
        b"a+b=c+d%2B&a=&b&=x&&%3D==%3d=",
        b"=0A%0D%0A=\r\n&x=%C3%A9\xc3\xa9 \t_=\n",
        b"",
    ],
)
def test_parameters_are_read_as_urllib_reads_them(encoded: bytes) -> None:
    expected = parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict")
    assert read_parameters(encoded) == expected


def test_a_short_answer_leaves_its_worker_before_it_is_sent(own_client: TestClient) -> None:
    pool: Pool = own_client.app.state.site.pool  # type: ignore[attr-defined]
    at_work: list[int] = []
    plain = WholeResponse.__call__

    async def watched(*arguments: Any) -> None:
        at_work.append(len(pool.running))
        await plain(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WholeResponse, "__call__", watched)
        assert own_client.get("/sparql", params={"query": ASK}).json()["boolean"]
    assert at_work == [0]
    assert pool.stats.outcomes["answered"] >= 1


# --- a real server, for what a test client cannot do: hang up, kill, switch while running

SERVER = """
import sys
from kg import settings
from kg.web.server import serve
serve(settings.load({"home": sys.argv[1], "port": int(sys.argv[2]), "deadline": 4.0, "workers": 1}))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path)


@pytest.fixture
def server(home: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", SERVER, str(home), str(port)], stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 90  # on a machine that may be busy
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                if get(port, "/readyz")[0] == 200:
                    break
            time.sleep(0.1)
        yield port, process
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def workers_of(server: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        if rest.split()[1] == str(server) and rest.split()[0] != "Z":
            found.append(int(name.split()[0]))
    return found


def test_a_client_that_hangs_up_stops_its_query(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    port, process = server
    for query, wait in ((BOMB, 0.3), (STREAM, 0.3)):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"GET /sparql.csv?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(wait)
        started = time.monotonic()
        assert get(port, "/sparql?query=" + quote(ASK))[0] == 200
        assert time.monotonic() - started < 2  # there is one worker slot: it was free before the deadline
    assert process.poll() is None


def test_an_answer_that_breaks_off_is_not_taken_for_whole(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    port, _ = server
    with pytest.raises(http.client.IncompleteRead):
        get(port, "/sparql.csv?query=" + quote(STREAM))
    assert get(port, "/sparql?query=" + quote(ASK))[0] == 200


def test_killed_workers_are_replaced(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    port, process = server
    for pid in workers_of(process.pid):
        os.kill(pid, signal.SIGKILL)
    statuses = [get(port, "/sparql?query=" + quote(ASK))[0] for _ in range(4)]
    assert statuses[-1] == 200
    assert set(statuses) <= {200, 503}


def test_a_published_version_is_served_at_once(server: tuple[int, subprocess.Popen[bytes]], home: Path) -> None:
    port, _ = server
    path = "/sparql.json?query=" + quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    before = json.loads(get(port, path)[1])["results"]["bindings"][0]["n"]["value"]
    publish(home, "v2", "<http://e/a> <http://e/b> <http://e/c> .")
    assert before != "1"
    assert json.loads(get(port, path)[1])["results"]["bindings"][0]["n"]["value"] == "1"
    assert json.loads(get(port, "/readyz")[1])["version"] == "v2"


def test_sigterm_leaves_no_process_behind(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    _, process = server
    workers = workers_of(process.pid)
    assert workers
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) in (0, -signal.SIGTERM)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_several_graphs_are_merged_whichever_way_they_are_named(tmp_path: Path) -> None:
    publish(tmp_path, "v1", "@prefix : <http://e/> . :a { :x :p 1, 2 } :b { :x :p 2, 3 }")
    count = "SELECT (COUNT(*) AS ?n) %s { ?s ?p ?o }"
    graphs = [("default-graph-uri", "http://e/a"), ("default-graph-uri", "http://e/b")]
    with running(tmp_path) as client:
        for parameters in (
            [("query", count % ""), *graphs],
            [("query", count % "FROM <http://e/a> FROM <http://e/b>")],
            [("query", count % "FROM <http://e/none>"), *graphs, graphs[0]],  # the protocol's graphs win
        ):
            answer = client.get("/sparql.csv?" + urlencode(parameters))
            assert answer.text.split() == ["n", "3"]
        assert client.get("/sparql.csv?" + urlencode([("query", count % ""), *graphs[:1]])).text.split() == ["n", "2"]


MISSPELT = "PREFIX commons: <https://w3id.org/commons-kg/ontology/> SELECT * { ?s commons:adresses ?o }"
MEANT = "commons:adresses is no term of the vocabulary; did you mean commons:addresses?"


def test_a_term_that_does_not_exist_is_told_beside_the_empty_answer(client: TestClient) -> None:
    found = client.get("/sparql", params={"query": MISSPELT})
    assert found.status_code == 200
    assert found.headers["X-Unknown-Terms"] == '"commons:adresses";near="commons:addresses"'
    assert '</ontology>; rel="help"' in found.headers["Link"]
    right = client.get("/sparql", params={"query": MISSPELT.replace("adresses", "addresses")})
    assert "X-Unknown-Terms" not in right.headers


def test_the_page_and_a_problem_tell_of_terms_that_do_not_exist(client: TestClient) -> None:
    page = client.get("/sparql", params={"query": MISSPELT}, headers={"Accept": "text/html"})
    assert MEANT in page.text
    problem = client.get("/sparql", params={"query": MISSPELT + " LIMIT -1"})
    assert problem.status_code == 400
    assert MEANT in problem.json()["hint"]
