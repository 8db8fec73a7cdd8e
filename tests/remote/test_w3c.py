"""The W3C's suites for SPARQL 1.1 against Virtuoso behind the front, by the runners of ``../shared/conformance``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.endpoint.virtuoso import Virtuoso
from tests.conformance.serving import Server, run, served_home
from tests.conformance.test_w3c import outcome
from tests.remote.loading import Loading, door

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("remote")]

KNOWN = Path(__file__).parent / "virtuoso-7.2.5-query.txt"


@pytest.fixture(scope="module")
def server(shared: Path, virtuoso: Virtuoso, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("remote") / "home"
    loading = Loading(home, virtuoso)
    loading.publish()
    settings = {"client_seconds": "0", "access_log": "false", "engine": virtuoso.url}
    with (
        served_home(home, home.with_suffix(".log"), "--no-union-default-graph", **settings) as front,
        door(loading, front.url) as url,
    ):
        yield Server(url, home)


def test_protocol(shared: Path, server: Server, tmp_path: Path) -> None:
    """All that is asked; updates are refused where another server answers."""
    tests = run(shared / "conformance", "run_protocol.py", server, tmp_path / "report.json", "--only", "^(?!.*update)")
    assert outcome(tests) == (20, [])


def test_query_and_results(shared: Path, server: Server, tmp_path: Path) -> None:
    """All but what Virtuoso itself fails, each with its reason in the file."""
    known = ("--expected-failures", str(KNOWN))
    tests = run(shared / "conformance", "run_sparql.py", server, tmp_path / "report.json", *known)
    assert outcome(tests)[1] == []
