"""A client of an application that takes updates, and what to send it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from kg.engine.pool import PoolOptions
from kg.engine.updater import UpdateOptions
from kg.identifiers import DEFAULT_BASE
from kg.web.app import create_app
from kg.web.options import WebOptions

TOKEN = {"Authorization": "Bearer a-token"}
GRAPH = DEFAULT_BASE + "graph/"
UPDATE = {"Content-Type": "application/sparql-update"}
PREFIXES = f"""
PREFIX : <http://example.org/>
PREFIX g: <{GRAPH}>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX organization: <{DEFAULT_BASE}id/organization/>
"""


@contextlib.contextmanager
def updating(home: Path, *, deadline: float = 30, **process: Any) -> Iterator[TestClient]:
    """Serve a home that takes updates; ``process``: other values of ``kg.updating.Options``."""
    options = {"home": str(home), "base": DEFAULT_BASE, "union": True, "validate": True, "keep": 3} | process
    app = create_app(WebOptions(
        home=home, pool=PoolOptions(workers=1, spares=1, deadline=10), union=bool(options["union"]),
        update=UpdateOptions(token="a-token", process=options, deadline=deadline),
    ))  # fmt: skip
    with TestClient(app) as client:
        yield client


def update(client: TestClient, text: str, **parameters: str) -> Response:
    answer: Response = client.post("/sparql", params=parameters, content=PREFIXES + text, headers=TOKEN | UPDATE)
    return answer


def ask(client: TestClient, pattern: str) -> bool:
    answer = client.get("/sparql.json", params={"query": f"{PREFIXES} ASK {{ {pattern} }}"})
    assert answer.status_code == 200, answer.text
    found: bool = answer.json()["boolean"]
    return found


def union_is_kept(client: TestClient) -> bool:
    """Whether the default graph has what the named graphs have, each triple once, and nothing else."""
    missing = "GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o }"
    beyond = "?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } }"
    return not ask(client, missing) and not ask(client, beyond)
