from __future__ import annotations

import gzip
import re
import zlib
from typing import Any

import brotli
import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from kg.web.compression import Compression, encoding_of

ALL = {"query": "SELECT * { ?s ?p ?o }", "format": "csv"}


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("identity", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("deflate", None),
        ("gzip;q=x", None),
        ("", None),
    ],
)
def test_the_encoding_that_the_client_likes_best(accept: str, encoding: str | None) -> None:
    assert encoding_of(accept) == encoding


def raw(client: TestClient, path: str, **options: Any) -> tuple[Any, bytes]:
    """Return a response and its body as it was sent."""
    with client.stream("GET", path, **options) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_results_pages_and_graphs_are_compressed(client: TestClient, encoding: str) -> None:
    for path, parameters in (("/sparql", ALL), ("/", None), ("/sparql.ttl", {"query": "CONSTRUCT WHERE {?s ?p ?o}"})):
        plain = client.get(path, params=parameters, headers={"Accept-Encoding": "identity"})
        for _ in range(2):  # made, and kept
            answer, body = raw(client, path, params=parameters, headers={"Accept-Encoding": encoding})
            assert answer.headers["content-encoding"] == encoding
            assert "Accept-Encoding" in answer.headers["vary"]
            assert len(body) < len(plain.content)
            unpacked = brotli.decompress(body) if encoding == "br" else gzip.decompress(body)
            assert fingerprint(unpacked) == fingerprint(plain.content)
        assert "content-encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["vary"]


def test_answers_that_pass_the_layers_and_those_that_do_not_have_the_same_head(client: TestClient) -> None:
    def names(answer: Any) -> set[str]:
        return set(answer.headers) - {"content-length", "content-encoding", "transfer-encoding", "x-cache"}

    compressed, _ = raw(client, "/sparql", params=ALL, headers={"Accept-Encoding": "gzip"})
    short, body = raw(client, "/sparql", params={"query": "SELECT * {}"}, headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert int(short.headers["content-length"]) == len(body)
    assert names(short) == names(compressed)
    for name in ("vary", "cache-control", "link", "content-security-policy", "access-control-allow-origin"):
        assert short.headers[name] == compressed.headers[name]


def fingerprint(body: bytes) -> list[bytes]:
    return sorted(re.split(rb"\r?\n", body))


def test_what_is_short_or_compressed_already_is_left_alone(client: TestClient) -> None:
    for path in ("/healthz", "/sparql?query=ASK{}", "/dumps/commons-kg.ttl.gz"):
        answer, body = raw(client, path, headers={"Accept-Encoding": "gzip, br"})
        assert answer.status_code == 200
        assert "content-encoding" not in answer.headers
        assert body
    assert raw(client, "/dumps/commons-kg.ttl.gz")[1] == b"0123456789"
    assert "vary" not in client.get("/dumps/commons-kg.ttl.gz").headers


def sent(app: Any) -> list[Message]:
    """What an application's response becomes for a client that takes gzip."""
    import asyncio

    found: list[Message] = []

    async def send(message: Message) -> None:
        found.append(message)

    async def receive() -> Message:
        raise AssertionError

    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"gzip")]}
    asyncio.run(Compression(app)(scope, receive, send))
    return found


def streaming(*pieces: bytes, whole: bool = True) -> Any:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/csv"), (b"etag", b'"strong"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if whole:
            await send({"type": "http.response.body", "body": b""})

    return app


def test_a_stream_stays_one_and_is_whole() -> None:
    import random

    pieces = [random.Random(n).randbytes(100_000) for n in range(5)]
    start, *bodies = sent(streaming(*pieces))
    assert (b"etag", b'W/"strong"') in start["headers"]
    assert len(bodies) >= 5
    assert not bodies[-1].get("more_body")
    assert gzip.decompress(b"".join(m["body"] for m in bodies)) == b"".join(pieces)


def test_a_stream_that_breaks_off_has_no_end() -> None:
    _, *bodies = sent(streaming(b"x" * 5000, whole=False))
    assert all(m["more_body"] for m in bodies)
    unpack = zlib.decompressobj(wbits=31)
    unpack.decompress(b"".join(m["body"] for m in bodies))
    assert not unpack.eof
    start, *bodies = sent(streaming(b"x" * 10, whole=False))
    assert start["status"] == 200
    assert [m["more_body"] for m in bodies] == [True]
