"""``sync`` fetches what a sources file names, only when it may have changed, and publishes only what is new."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import operations, settings
from kg.errors import FetchError
from kg.operations import Outcome
from tests.misbehaving import Misbehaving, misbehaving

CSV = b"name\nAye\nBee\n"


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with misbehaving() as running:
        yield running


def sync(tmp_path: Path, url: str, *, every: str = "", allow_private: bool = True, force: bool = False) -> Outcome:
    file = tmp_path / "sources.toml"
    file.write_text(
        f'[[source]]\nname = "remote"\nloader = "organizations"\nfetch = ["{url}"]\n'
        + (f'every = "{every}"\n' if every else "")
    )
    flags = {
        "home": str(tmp_path / "home"),
        "dumps": False,
        "allow_private": allow_private,
        "timeout": 5.0,
        "retries": 1,
    }
    return operations.sync(settings.load(flags, environment={}), file, force=force)


def test_a_fetched_payload_is_kept_by_its_hash_and_loaded(tmp_path: Path, server: Misbehaving) -> None:
    outcome = sync(tmp_path, server.serve("/o.csv", answer(CSV, 'ETag: "1"')))
    assert outcome.manifest is not None
    assert outcome.states[0].loaded == 2
    (kept,) = (p for p in (tmp_path / "home/raw/remote").iterdir() if p.name != "fetched.json")
    assert kept.read_bytes() == CSV


def test_an_unchanged_address_is_asked_conditionally_and_publishes_nothing(tmp_path: Path, server: Misbehaving) -> None:
    url = server.serve("/o.csv", answer(CSV, 'ETag: "1"'), answer(b"", status="304 Not Modified"))
    assert sync(tmp_path, url).manifest is not None
    assert sync(tmp_path, url).manifest is None
    assert server.requests[-1].headers["if-none-match"] == '"1"'


def test_the_same_bytes_without_an_etag_publish_nothing_either(tmp_path: Path, server: Misbehaving) -> None:
    url = server.serve("/o.csv", answer(CSV))
    assert sync(tmp_path, url).manifest is not None
    assert sync(tmp_path, url).manifest is None
    assert len(server.requests) == 2


def test_gzip_and_redirects_are_followed(tmp_path: Path, server: Misbehaving) -> None:
    server.serve("/moved.csv", answer(gzip.compress(CSV), "Content-Encoding: gzip"))
    url = server.serve("/o.csv", answer(b"", "Location: /moved.csv", status="302 Found"))
    assert sync(tmp_path, url).states[0].loaded == 2


def test_within_every_nothing_is_asked_unless_forced(tmp_path: Path, server: Misbehaving) -> None:
    url = server.serve("/o.csv", answer(CSV))
    for force in (False, False, True):
        sync(tmp_path, url, every="1d", force=force)
    assert len(server.requests) == 2


def test_a_server_that_fails_leaves_the_graph_as_it_was(tmp_path: Path, server: Misbehaving) -> None:
    url = server.serve("/o.csv", answer(CSV), answer(b"", status="500 Internal Server Error"))
    first = sync(tmp_path, url)
    again = sync(tmp_path, url)
    assert first.manifest is not None
    assert again.manifest is None
    ((name, error),) = again.failures
    assert name == "remote"
    assert isinstance(error, FetchError)
    assert error.exit_code == 4
    assert (tmp_path / "home/current").readlink().name == first.manifest.id


def test_a_private_address_is_refused_unless_allowed(tmp_path: Path, server: Misbehaving) -> None:
    outcome = sync(tmp_path, server.serve("/o.csv", answer(CSV)), allow_private=False)
    ((_, error),) = outcome.failures
    assert "is not public" in str(error)
    assert not server.requests


def test_secrets_of_an_address_are_not_published(tmp_path: Path, server: Misbehaving) -> None:
    url = server.serve("/o.csv", answer(CSV)).replace("http://", "http://me:hush@") + "?page=2&api_key=hush"
    outcome = sync(tmp_path, url)
    assert outcome.manifest is not None
    manifest = json.dumps([s.name for s in outcome.manifest.sources])
    assert "hush" not in manifest
    store = b"".join(p.read_bytes() for p in (tmp_path / "home/versions").rglob("*") if p.is_file())
    assert b"hush" not in store
