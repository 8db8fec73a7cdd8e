from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kg.engine.pool import PoolOptions
from kg.web.app import create_app
from kg.web.options import WebOptions
from tests.published import publish

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
"""What a browser sends."""


def make_home(tmp_path: Path) -> Path:
    """Make a home with one version: some facts of each kind, dumps, and a quality report."""
    publish(tmp_path, "v1", (Path(__file__).parent / "commons.trig").read_text())
    version = tmp_path / "versions" / "v1"
    (version / "dumps" / "graphs").mkdir(parents=True)
    (version / "dumps" / "commons-kg.ttl.gz").write_bytes(b"0123456789")
    (version / "dumps" / "graphs" / "members.nq.gz").write_bytes(b"abc")
    (version / "quality").mkdir()
    entries = [
        {"kind": "reject", "reason": "a name is missing", "hint": "Ask the publisher.", "excerpt": "<b>excerpt</b>"},
        {"kind": "reject", "reason": "a name is missing", "label": "item 7", "origins": ["members.jsonl:7"]},
        {"kind": "quarantined", "reason": "a date is no date", "label": "x",
         "results": [{"message": "a date is no date", "path": "https://schema.org/startDate"}]},
    ]  # fmt: skip
    pair = {"verdict": "doubt", "score": 0.71, "evidence": ["similar name +0.80", "other country -0.30"],
            "organization": {"local": "creative-commons", "names": ["Creative Commons"]},
            "other": {"local": "commons-creatives", "names": ["Commons Creatives", "ComCre"]}}  # fmt: skip
    joined = pair | {"verdict": "joined", "score": 1.0, "evidence": ["same name +0.92"]}
    (version / "review.jsonl").write_text(f"{json.dumps(joined)}\n{json.dumps(pair)}\n")
    (version / "quality" / "members.jsonl").write_text("".join(json.dumps(e) + "\n" for e in entries))
    return tmp_path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of the test's own."""
    return make_home(tmp_path)


def running(home: Path) -> TestClient:
    """Return a client of an application that starts with the client's block."""
    return TestClient(create_app(WebOptions(home=home, pool=PoolOptions(workers=1, spares=1, deadline=8))))


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of one application for all tests that change nothing."""
    with running(make_home(tmp_path_factory.mktemp("home"))) as client:
        yield client


@pytest.fixture
def own_client(home: Path) -> Iterator[TestClient]:
    """A client of an application of the test's own, which serves ``home``."""
    with running(home) as client:
        yield client
