"""``kg.fetch`` against a server that does everything wrong."""

from __future__ import annotations

import gzip
import hashlib
import ipaddress
import logging
import socket
import struct
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest

from kg.errors import DiskFullError, FetchError
from kg.fetch import Fetched, NotModified, fetch, redact
from kg.network import is_public
from tests.misbehaving import Misbehaving, misbehaving, ok

BODY = b"<rss>" + b"commons " * 500 + b"</rss>"


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with misbehaving() as running:
        yield running


def get(url: str, into: Path, **options: Any) -> Fetched:
    """Fetch with short times from the loopback server."""
    answer = fetch(url, into=into, **{"allow_private": True, "timeout": 3.0, "backoff": 0.01, **options})
    assert isinstance(answer, Fetched)
    return answer


def fails(url: str, into: Path, **options: Any) -> str:
    """Return the message of the error; nothing is left behind."""
    with pytest.raises(FetchError) as caught:
        get(url, into, **options)
    assert not into.exists() or not list(into.iterdir())
    return str(caught.value)


def test_body_is_kept_under_its_hash(server: Misbehaving, tmp_path: Path) -> None:
    url = server.serve(
        "/feed", ok(BODY, 'ETag: "a1"', "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT",
           'Content-Type: Application/RSS+xml; Charset="UTF-8"')
    )  # fmt: skip
    found = get(url + "?page=2#top", tmp_path / "raw")
    assert found.path == tmp_path / "raw" / hashlib.sha256(BODY).hexdigest()
    assert found.path.read_bytes() == BODY
    assert (found.sha256, found.bytes) == (found.path.name, len(BODY))
    assert (found.media_type, found.charset) == ("application/rss+xml", "utf-8")
    assert (found.etag, found.last_modified) == ('"a1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert found.url == url + "?page=2"
    assert found.retrieved.tzinfo is not None
    assert server.requests[0].headers["user-agent"].startswith("commons-kg/")
    assert "+https://" in server.requests[0].headers["user-agent"]


def test_conditional_request_and_304(server: Misbehaving, tmp_path: Path) -> None:
    url = server.serve("/", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    answer = fetch(url, into=tmp_path, etag='"a1"', last_modified="yesterday", allow_private=True, timeout=3)
    assert isinstance(answer, NotModified)
    assert server.requests[0].headers["if-none-match"] == '"a1"'
    assert server.requests[0].headers["if-modified-since"] == "yesterday"


def test_304_unasked_is_an_error(server: Misbehaving, tmp_path: Path) -> None:
    assert "answers 304" in fails(server.serve("/", b"HTTP/1.1 304 Not Modified\r\n\r\n"), tmp_path)


def deflated(body: bytes, window: int) -> bytes:
    packer = zlib.compressobj(wbits=window)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("x-gzip", gzip.compress(BODY[:100], mtime=0) + gzip.compress(BODY[100:], mtime=0) + b"\0\0"),
        ("deflate", deflated(BODY, 15)),
        ("deflate", deflated(BODY, -15)),
        ("br", brotli.compress(BODY)),
        ("identity", BODY),
        ("gzip, br", brotli.compress(gzip.compress(BODY, mtime=0))),
    ],
)
def test_content_codings(server: Misbehaving, tmp_path: Path, coding: str, packed: bytes) -> None:
    url = server.serve("/", ok(packed, f"Content-Encoding: {coding}"))
    assert get(url, tmp_path).path.read_bytes() == BODY


@pytest.mark.parametrize(
    ("coding", "body", "message"),
    [
        ("gzip", b"plain text", "not valid gzip"),
        ("br", b"plain text, no brotli", "not valid br"),
        ("deflate", b"\xff\xfeplain", "not valid deflate"),
        ("zstd", BODY, "unknown content coding 'zstd'"),
        ("gzip", gzip.compress(BODY, mtime=0)[:40], "ends too early"),
        ("br", brotli.compress(BODY)[:-4], "ends too early"),
        ("gzip,gzip,gzip", BODY, "more than two"),
    ],
)
def test_broken_codings(server: Misbehaving, tmp_path: Path, coding: str, body: bytes, message: str) -> None:
    assert message in fails(server.serve("/", ok(body, f"Content-Encoding: {coding}")), tmp_path)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_bomb_is_stopped_at_the_limit_in_flat_memory(server: Misbehaving, tmp_path: Path, coding: str) -> None:
    zeros = bytes(32 << 20)
    packed: bytes = (
        brotli.compress(zeros, quality=3) if coding == "br" else deflated(zeros, 15 if coding == "deflate" else 31)
    )
    if coding == "gzip, gzip":
        packed = gzip.compress(packed, mtime=0)
    del zeros
    url = server.serve("/", ok(packed, f"Content-Encoding: {coding}"))
    tracemalloc.start()
    try:
        assert "more than 5000000 bytes" in fails(url, tmp_path, max_bytes=5_000_000)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_too_long_body_is_refused_before_it_is_read(server: Misbehaving, tmp_path: Path) -> None:
    assert "more than 1000 bytes" in fails(server.serve("/", ok(b"x", length=1001)), tmp_path, max_bytes=1000)


def test_endless_body(server: Misbehaving, tmp_path: Path) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.stopped.is_set():
            connection.sendall(b"x" * 65536)

    assert "more than 1000000 bytes" in fails(server.serve("/", endless), tmp_path, max_bytes=1_000_000)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Drip: ", b"HT"])
def test_slow_drip_ends_at_the_time_out(server: Misbehaving, tmp_path: Path, head: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        while not server.stopped.is_set():
            connection.sendall(b"x")
            time.sleep(0.02)

    began = time.monotonic()
    assert "takes longer than 0.4 s" in fails(server.serve("/", drip), tmp_path, timeout=0.4)
    assert time.monotonic() - began < 2


def test_silent_server(server: Misbehaving, tmp_path: Path) -> None:
    def silent(_: socket.socket) -> None:
        server.stopped.wait(3)

    url = server.serve("/", silent)
    assert "takes longer than 0.3 s" in fails(url, tmp_path, timeout=0.3)


def test_shorter_than_announced_is_tried_again_and_refused(server: Misbehaving, tmp_path: Path) -> None:
    message = fails(server.serve("/", ok(b"half", length=8)), tmp_path, retries=2)
    assert "ends its answer too early (tried 3 times)" in message
    assert len(server.requests) == 3


def test_longer_than_announced_is_cut_there(server: Misbehaving, tmp_path: Path) -> None:
    assert get(server.serve("/", ok(b"whole and more", length=5)), tmp_path).path.read_bytes() == b"whole"


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Busy", "429 Too Many Requests"])
def test_server_error_is_tried_again(server: Misbehaving, tmp_path: Path, status: str) -> None:
    url = server.serve("/", ok(b"no", status=status), ok(BODY))
    assert get(url, tmp_path).bytes == len(BODY)
    assert len(server.requests) == 2


def test_retry_after_is_honoured(server: Misbehaving, tmp_path: Path) -> None:
    url = server.serve("/", ok(b"", "Retry-After: 1", status="429 Too Many Requests"), ok(BODY))
    began = time.monotonic()
    get(url, tmp_path)
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("value", ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_retry_after_beyond_the_time_out_is_not_waited_for(server: Misbehaving, tmp_path: Path, value: str) -> None:
    url = server.serve("/", ok(b"", f"Retry-After: {value}", status="503 Busy"))
    began = time.monotonic()
    message = fails(url, tmp_path)
    assert "answers 503 Service Unavailable; it asks to wait" in message
    assert "(tried 1 times)" in message
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "status", ["404 Not Found", "403 Forbidden", "410 Gone", "204 No Content", "206 Partial", "299 ?"]
)
def test_other_statuses_are_errors_at_once(server: Misbehaving, tmp_path: Path, status: str) -> None:
    assert f"answers {status[:3]}" in fails(server.serve("/", ok(b"", status=status)), tmp_path)
    assert len(server.requests) == 1


def test_connection_reset_is_tried_again(server: Misbehaving, tmp_path: Path) -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert get(server.serve("/", reset, reset, ok(BODY)), tmp_path).bytes == len(BODY)
    assert "the connection broke (tried 2 times)" in fails(server.serve("/r", reset), tmp_path / "r", retries=1)


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x00\xff",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(20_000)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n0\r\n\r\n",
        b"",
    ],
)
def test_what_is_not_http(server: Misbehaving, tmp_path: Path, answer: bytes) -> None:
    assert "does not keep to HTTP" in fails(server.serve("/", answer), tmp_path, retries=0)


@pytest.mark.parametrize(
    "answer", [ok(b""), b"HTTP/1.1 200 OK\r\n\r\n", ok(gzip.compress(b"", mtime=0), "Content-Encoding: gzip")]
)
def test_missing_body(server: Misbehaving, tmp_path: Path, answer: bytes) -> None:
    assert "sends nothing" in fails(server.serve("/", answer), tmp_path)


def redirect(target: str, status: str = "302 Found") -> bytes:
    return ok(b"elsewhere", f"Location: {target}", status=status)


@pytest.mark.parametrize("status", ["301 a", "302 a", "303 a", "307 a", "308 a"])
def test_redirects_are_followed(server: Misbehaving, tmp_path: Path, status: str) -> None:
    server.serve("/new/feed", ok(BODY))
    found = get(server.serve("/old", redirect("new/feed", status)), tmp_path)
    assert found.url == server.url("/new/feed")


def test_redirect_loop(server: Misbehaving, tmp_path: Path) -> None:
    server.serve("/b", redirect("/a"))
    assert "more than 4 redirects" in fails(server.serve("/a", redirect("/b")), tmp_path, max_redirects=4)


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://example.org/x", "http://[bad", "http://", "javascript:alert(1)", "http://h:99999/"],
)
def test_redirect_to_what_is_no_http(server: Misbehaving, tmp_path: Path, target: str) -> None:
    fails(server.serve("/", redirect(target)), tmp_path, retries=0)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "224.0.0.1", "[ff02::1]", "255.255.255.255", "2130706433", "0x7f.1", "127.1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(tmp_path: Path, host: str) -> None:
    assert "not public" in fails(f"http://{host}:9/", tmp_path, allow_private=False, retries=0)


def resolve_as(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str]]) -> list[str]:
    """Let names stand for addresses; returns the list of look-ups."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        if host in answers:
            asked.append(host)
        found = answers.get(host, [host])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found.pop(0) if len(found) > 1 else found[0], port))]

    monkeypatch.setattr("kg.network.socket.getaddrinfo", look_up)
    return asked


def test_redirect_to_a_private_address_is_refused(
    server: Misbehaving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_as(monkeypatch, {"public.test": ["127.0.0.1"], "inside.test": ["10.0.0.8"]})
    monkeypatch.setattr("kg.network.is_public", lambda address: address == ipaddress.ip_address("127.0.0.1"))
    url = server.serve("/", redirect("http://inside.test/admin")).replace("127.0.0.1", "public.test")
    assert "inside.test has the address 10.0.0.8, which is not public" in fails(url, tmp_path, allow_private=False)


def test_the_checked_address_is_the_one_connected_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the name is public when it is checked, and loopback when it is asked again."""
    asked = resolve_as(monkeypatch, {"rebind.test": ["93.184.215.14", "127.0.0.1"]})
    connected: list[Any] = []

    def create_connection(address: Any, *_: Any, **__: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", create_connection)
    assert "no connection" in fails("http://rebind.test/", tmp_path, allow_private=False, retries=0)
    assert connected == [("93.184.215.14", 80)]
    assert asked == ["rebind.test"]


def test_one_private_address_among_public_ones_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in ("93.184.215.14", "192.168.0.1")]
    monkeypatch.setattr("kg.network.socket.getaddrinfo", lambda *_, **__: found)
    assert "192.168.0.1, which is not public" in fails("http://mixed.test/", tmp_path, allow_private=False)


def test_slow_name_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: Any, **__: Any) -> list[Any]:
        time.sleep(1)
        return []

    monkeypatch.setattr("kg.network.socket.getaddrinfo", slow)
    began = time.monotonic()
    assert "takes longer than 0.2 s" in fails("http://slow.test/", tmp_path, timeout=0.2)
    assert time.monotonic() - began < 0.8


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x",
        "file:///etc/passwd",
        "example.org",
        "http://",
        "",
        "http://[",
        "http://a b/",
        "http://0177.0.0.1/",
    ],
)
def test_what_is_no_address(tmp_path: Path, url: str) -> None:
    fails(url, tmp_path)


def test_refused_connection(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "no connection (tried 2 times)" in fails(f"http://127.0.0.1:{port}/", tmp_path, retries=1)


def test_https_is_verified(server: Misbehaving, tmp_path: Path) -> None:
    url = server.serve("/", ok(BODY)).replace("http:", "https:")
    fails(url, tmp_path, retries=0, timeout=0.5)
    assert not server.requests


def test_secrets_stay_out_of_errors_and_logs(
    server: Misbehaving, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    plain = server.serve("/feed", ok(BODY))
    url = plain.replace("http://", "http://me:hunter2@") + "?api_key=s3cr3t"
    found = get(url, tmp_path / "ok")
    assert "hunter2" not in found.url
    assert server.requests[0].headers["authorization"].startswith("Basic ")
    server.serve("/feed", ok(b"", status="500 no"))
    message = fails(url, tmp_path / "bad", retries=1)
    assert "/feed?api_key=…" in message
    server.serve("/feed", redirect("ftp://you:hunter2@example.org/?api_key=s3cr3t"))
    message += fails(url, tmp_path / "bad")
    for secret in ("hunter2", "s3cr3t"):
        assert secret not in message
        assert secret not in caplog.text


def test_redact_never_raises() -> None:
    assert redact("http://[") == "(an invalid URL)"
    assert redact("https://u:p@h.org:8/p?a=1&b#f") == "https://h.org:8/p?a=…&b=…"


def test_full_disk(server: Misbehaving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.fetch.os.fsync", full)
    with pytest.raises(DiskFullError):
        get(server.serve("/", ok(BODY)), tmp_path)
    assert not list(tmp_path.iterdir())


def test_unwritable_folder(server: Misbehaving, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FetchError, match="cannot write into"):
        get(server.serve("/", ok(BODY)), tmp_path / "file")
