"""Answers from memory, in front of all routing: a request that was answered on this version is not answered twice.

Kept is what is whole, has status 200 and an entity tag, since that is made from the version (``Site.etag``) and so says
that nothing but version and request has gone into the answer.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.engine.cache import ByteCache
from kg.web.compression import encoding_of
from kg.web.layers import for_requests
from kg.web.notes import notes_of

BODY = 64 << 10
"""Bytes of a query in a request's body, above which nobody asks for it a second time."""
HEAD = 2_000
"""Bytes that the heads of request and response take, about, beside the query."""

_Raw = list[tuple[bytes, bytes]]
_NOT_IN_304 = frozenset({b"content-length", b"content-type", b"content-encoding"})
_UPDATES = (b"update=", b"application/sparql-update")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer."""

    start: Message
    etag: bytes
    body: bytes
    queries: list[str]

    @property
    def not_modified(self) -> Message:
        """The head of a response to who has the answer already."""
        return {**self.start, "status": 304, "headers": [h for h in self.start["headers"] if h[0] not in _NOT_IN_304]}


class Cache:
    """The layer. ``current`` is the link to the current version, which is read for each request: it costs 2 us."""

    def __init__(self, app: ASGIApp, current: Path, kept: ByteCache[Kept]) -> None:
        self._app, self._current, self._kept = app, os.fspath(current), kept
        self._version = ""

    def _follow(self) -> str:
        """Return the current version; all that was kept of another is forgotten."""
        try:
            version = os.readlink(self._current)  # noqa: PTH115 (a Path costs three times as much)
        except OSError:
            version = ""
        if version != self._version:
            self._version = version
            self._kept.clear()
        return version

    @for_requests
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or keep the answer."""
        if self._kept.most <= 0:
            await self._app(scope, receive, send)
            return
        raw: _Raw = scope["headers"]
        headers = dict(raw)
        version, method = self._follow(), scope["method"]
        if not version or len(headers) != len(raw) or b"authorization" in headers or b"range" in headers:
            await self._app(scope, receive, send)
            return
        body = b""
        if method == "POST":
            if not _is_query(scope, headers):
                await self._app(scope, receive, send)
                return
            body, receive = await _read(receive)
            if not body:
                await self._app(scope, receive, send)
                return
        elif method not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        key = _key(scope, headers, body, version)
        kept = self._kept.get(key)
        notes = notes_of(scope)
        if kept is None:
            notes.cache = "miss"
            if method == "HEAD":
                await self._app(scope, receive, send)
                return
            recorder = _Recorder(send, self._kept.entry)
            await self._app(scope, receive, recorder)
            if recorder.is_whole and self._version == version and _is_kept(recorder, version):
                self._keep(key, len(scope["query_string"]), recorder, notes.queries)
            return
        notes.cache, notes.queries = "hit", kept.queries
        if method != "POST" and _is_fresh(headers.get(b"if-none-match", b""), kept.etag):
            await send(kept.not_modified)
            await send({"type": "http.response.body", "body": b""})
            return
        await send(kept.start)
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else kept.body})

    def _keep(self, key: Hashable, asked: int, recorder: _Recorder, queries: list[str]) -> None:
        body = b"".join(recorder.pieces)
        raw: _Raw = [h for h in recorder.raw if h[0] != b"content-length"]
        raw += [(b"x-cache", b"hit"), (b"content-length", b"%d" % len(body))]
        start = {"type": "http.response.start", "status": 200, "headers": raw}
        kept = Kept(start, dict(raw)[b"etag"].removeprefix(b"W/"), body, list(queries))
        self._kept.put(key, kept, len(body) + HEAD + asked)


def _is_query(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    if not scope["path"].startswith("/sparql") or _UPDATES[0] in scope["query_string"]:
        return False
    type_ = headers.get(b"content-type", b"").lower()
    if type_.startswith(b"application/sparql-query"):
        return True
    return type_.startswith(b"application/x-www-form-urlencoded")


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Read a body; return it, empty where it is not to be kept, and a channel that begins with it again."""
    met: list[Message] = []
    size = 0
    while True:
        message = await receive()
        met.append(message)
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False) or size > BODY:
            break
    whole = met[-1]["type"] == "http.request" and not met[-1].get("more_body", False) and size <= BODY
    body = b"".join(m.get("body", b"") for m in met) if whole else b""
    if _UPDATES[0] in body:
        body = b""

    async def again() -> Message:
        return met.pop(0) if met else await receive()

    return body, again


def _key(scope: Scope, headers: dict[bytes, bytes], body: bytes, version: str) -> Hashable:
    return (
        version, scope["method"] == "POST", scope["path"], scope["query_string"], headers.get(b"accept"),
        encoding_of(headers.get(b"accept-encoding", b"").decode("latin-1")), headers.get(b"host"),
        headers.get(b"x-forwarded-proto"), scope["scheme"], headers.get(b"accept-language"), headers.get(b"cookie"),
        body and (headers.get(b"content-type"), hashlib.sha256(body).digest()),
    )  # fmt: skip


def _is_fresh(given: bytes, etag: bytes) -> bool:
    if not given:
        return False
    return given.strip() == b"*" or etag in (tag.strip().removeprefix(b"W/") for tag in given.split(b","))


def _is_kept(recorder: _Recorder, version: str) -> bool:
    headers = dict(recorder.raw)
    control, named = headers.get(b"cache-control", b""), headers.get(b"x-dataset-version")
    return (
        b"etag" in headers
        and b"set-cookie" not in headers
        and b"no-store" not in control
        and b"private" not in control
        and (named is None or version.endswith("/" + named.decode("latin-1")))
    )


class _Recorder:
    """Hands a response on, and keeps its pieces as long as they may be worth it."""

    def __init__(self, send: Send, most: int) -> None:
        self._send, self._most = send, most
        self.raw: _Raw = []
        self.pieces: list[bytes] = []
        self.is_whole = False
        self._size = 0
        self._status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self.raw = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body" and self._status == 200:
            piece = message.get("body", b"")
            self._size += len(piece)
            if self._size <= self._most:
                self.pieces.append(piece)
                self.is_whole = not message.get("more_body", False)
            else:
                self.pieces.clear()
        await self._send(message)
