"""The W3C's suites for SPARQL 1.1, by the runners of ``../shared/conformance``, against the server as it is run.

The default graph is an ordinary graph here, as the suites take it to be, and what their data state is not validated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.serving import Server, run, served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("conformance")]


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("conformance") / "server.log"
    # one client sends all there is: its share of the workers' time is not what is tested here
    settings = {"validate_updates": "false", "keep_versions": "2", "client_seconds": "0", "access_log": "false"}
    with served(log, "--no-union-default-graph", **settings) as server:
        yield server


def outcome(tests: list[dict[str, Any]], group: str | None = None) -> tuple[int, list[str]]:
    """Return how many tests passed, and what is said of those that failed."""
    of_group = [test for test in tests if group is None or test["group"] == group]
    assert Counter(test["outcome"] for test in of_group)["skipped"] == 0
    failed = [f"{t['short']}: {t['note']}" for t in of_group if t["outcome"] in ("failed", "xpassed")]
    return sum(test["outcome"] == "passed" for test in of_group), failed


def test_protocol(shared: Path, server: Server, tmp_path: Path) -> None:
    tests = run(shared / "conformance", "run_protocol.py", server, tmp_path / "report.json")
    assert outcome(tests) == (34, [])


def test_graph_store_protocol(shared: Path, server: Server, tmp_path: Path) -> None:
    tests = run(shared / "conformance", "run_gsp.py", server, tmp_path / "report.json")
    assert outcome(tests) == (13, [])


def test_service_description(shared: Path, server: Server, tmp_path: Path) -> None:
    tests = run(shared / "conformance", "run_service_description.py", server, tmp_path / "report.json")
    assert outcome(tests, "service-description") == (3, [])
    claims, false_ones = outcome(tests, "truth")
    assert not false_ones
    assert claims >= 7


def test_update(shared: Path, server: Server, tmp_path: Path) -> None:
    tests = run(shared / "conformance", "run_sparql.py", server, tmp_path / "report.json", "--set", "update")
    assert outcome(tests) == (157, [])


def test_query_and_results(shared: Path, server: Server, tmp_path: Path) -> None:
    """All but what the engine itself fails, each with its reason in the file."""
    known = "expected/oxigraph-0.5.13-query.txt"
    tests = run(shared / "conformance", "run_sparql.py", server, tmp_path / "report.json", "--expected-failures", known)
    passed, failed = outcome(tests)
    assert not failed
    results = [test for test in tests if test["group"] in ("csv-tsv-res", "json-res")]
    assert outcome(results)[0] >= 9
    assert passed - outcome(results)[0] >= 318
