"""Requests made up from the API's own description, and queries put together from pieces, bring no server error."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests.exceptions import ChunkedEncodingError, InvalidHeader

from kg.web.app import create_app
from kg.web.options import WebOptions
from tests.faults.serving import KNOWS, THING, Server, get, make_home, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("openapi")]

BOUNDED = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

DESCRIPTION = create_app(WebOptions(home=Path(tempfile.gettempdir()) / "no-home")).openapi()
for media_type in ("application/sparql-query", "application/sparql-update", "text/turtle", "application/n-triples"):
    schemathesis.serializer.alias(media_type, "text/plain")
_SCHEMA: Any = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS = {f"{o.method.upper()} {o.path}": o for o in (found.ok() for found in _SCHEMA.get_all_operations())}
EXPECTED_5XX = {502, 503, 504}
"""Another server that has no answer, a query that needs too much: the only errors that are the request's fault and yet
of the server's class."""
NOBODY = "http://127.0.0.1:9/sparql"
"""An endpoint that SERVICE may ask, and that has no answer."""

PIECES = [
    "SELECT", "*", "DISTINCT", "WHERE", "{", "}", "(", ")", "?s ?p ?o", ".", ";", ",", "OPTIONAL {", "UNION", "MINUS {",
    "FILTER(", "BIND(1 AS ?x)", "VALUES ?x { 1 2 }", "GRAPH ?g {", f"<{THING}1>", f"<{KNOWS}>*", "a", "?x", "'text'@en",
    "1.5e3", "_:b", "[ ]", "COUNT(*)", "AS", "GROUP BY ?s", "ORDER BY ?o", "LIMIT 3", "OFFSET -1", "ASK", "CONSTRUCT",
    "DESCRIBE ?s", "FROM <x:y>", "PREFIX e: <http://e/>", "e:a", "undeclared:a", "REGEX(?o, '(')", "EXISTS {", "<<",
    ">>", "NOW()", "IF(?x, 1)", "\\u0041", "\x00", "\ud7ff", "#", "SERVICE ?s {", "LOAD <x:y>", "+", "!", "^",
    "|", "/", "\"", f"SERVICE <{NOBODY}> {{",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("openapi")
    make_home(folder / "home")
    settings = {
        "allow_update": True, "token": "a-token-that-nobody-knows", "client_seconds": 0, "allow_load": True,
        "service_endpoints": NOBODY,
    }  # fmt: skip
    with serving(folder / "home", folder / "log", deadline=4, workers=2, **settings) as server:
        yield server
        log = server.log.read_text(errors="replace")
        assert "Traceback" not in log, log[log.index("Traceback") :][:3000]


def test_the_description_is_served_and_says_what_the_protocol_takes(server: Server) -> None:
    reply = server.exchange(get("/openapi.json", "Connection: close"))
    assert reply.status == 200
    assert set(DESCRIPTION["paths"]["/sparql"]["post"]["requestBody"]["content"]) == {
        "application/sparql-query", "application/x-www-form-urlencoded",
    }  # fmt: skip
    described = {parameter["name"]: parameter["description"]
                 for parameter in DESCRIPTION["paths"]["/sparql"]["get"]["parameters"]}  # fmt: skip
    assert set(described) == {"query", "default-graph-uri", "named-graph-uri", "format", "timeout", "download"}
    assert all(described.values())


def test_a_server_that_a_query_asks_in_vain_is_the_one_to_blame(server: Server) -> None:
    assert server.select(f"SELECT * {{ SERVICE <{NOBODY}> {{ ?s ?p ?o }} }}").status == 502


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_requests_that_the_description_allows_bring_no_server_error(server: Server, name: str) -> None:
    operation: Any = OPERATIONS[name]

    @BOUNDED
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        try:
            response = case.call(base_url=f"http://127.0.0.1:{server.port}", timeout=20)
        except InvalidHeader:
            return  # the client library's own refusal
        except ChunkedEncodingError:
            return  # cut at the deadline, and seen to be cut
        assert response.status_code < 500 or response.status_code in EXPECTED_5XX, (
            case.as_curl_command(),
            response.text,
        )
        if response.status_code >= 400:
            assert response.headers["content-type"][0].split(";")[0] in (
                "application/problem+json", "text/plain", "text/html",
            )  # fmt: skip

    ask()


def test_queries_put_together_from_pieces_bring_no_server_error(server: Server) -> None:
    @settings(BOUNDED, max_examples=150)
    @given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["SELECT * {", "ASK {", ""]))
    def ask(pieces: list[str], start: str) -> None:
        query = " ".join([start, *pieces, "}" if start else ""])
        reply = server.exchange(get("/sparql?" + urlencode({"query": query}), "Connection: close", "Accept: */*"))
        assert 200 <= reply.status < 500 or reply.status in EXPECTED_5XX, (query, reply)
        assert reply.whole or reply.status == 200

    ask()
