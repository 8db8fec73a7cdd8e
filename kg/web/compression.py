"""Bodies compressed as the client takes them: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Protocol

import brotli
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.layers import for_requests

MINIMUM = 1000
"""Bytes of a body that is worth it: less fits into one packet anyway."""

OFFERED = ("br", "gzip")
"""In the order of our preference among what a client likes equally."""

_TYPES = re.compile(
    r"text/|application/(?:(?:[\w.\-]+\+)?(?:json|xml)|n-triples|n-quads|trig|javascript|x-ndjson)\b|image/svg\+xml"
)


class _Encoder(Protocol):
    def add(self, data: bytes) -> bytes: ...
    def end(self) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
        self._compress = zlib.compressobj(5, wbits=31)

    def add(self, data: bytes) -> bytes:
        return self._compress.compress(data)

    def end(self) -> bytes:
        return self._compress.flush()


class _Brotli:
    def __init__(self) -> None:
        self._compress = brotli.Compressor(quality=4)

    def add(self, data: bytes) -> bytes:
        return bytes(self._compress.process(data))

    def end(self) -> bytes:
        return bytes(self._compress.finish())


_ENCODERS: dict[str, type[_Encoder]] = {"br": _Brotli, "gzip": _Gzip}


@lru_cache(1024)
def encoding_of(accept: str) -> str | None:
    """Return the encoding to send; None is none at all.

    >>> encoding_of("gzip, deflate, br"), encoding_of("gzip;q=1.0, br;q=0.5"), encoding_of("identity"), encoding_of("")
    ('br', 'gzip', None, None)
    """
    given: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (p.strip() for p in part.split(";"))
        q = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    q = float(parameter[2:])
                except ValueError:
                    q = 0.0
        given["gzip" if name == "x-gzip" else name] = q
    found = [(given.get(name, given.get("*", 0.0)), -place, name) for place, name in enumerate(OFFERED)]
    q, _, best = max(found)
    return best if q > 0 and q >= given.get("identity", 0.0) else None


def _encoding(scope: Scope) -> str | None:
    accept = b",".join([value for name, value in scope["headers"] if name == b"accept-encoding"])
    return encoding_of(accept.decode("latin-1")) if scope["method"] != "HEAD" else None


def is_worth_it(scope: Scope, size: int) -> bool:
    """Whether a text of so many bytes is sent compressed to who asks."""
    return size >= MINIMUM and _encoding(scope) is not None


class Compression:
    """Compresses what is text, long enough and not compressed yet; streams stay streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @for_requests
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, compressed."""
        sender = _Sender(send, _encoding(scope))
        await self._app(scope, receive, sender)
        await sender.cut()


class _Sender:
    """Holds the head of a response back until it is known whether its body is worth it."""

    def __init__(self, send: Send, encoding: str | None) -> None:
        self._send, self._encoding = send, encoding
        self._start: Message | None = None
        self._pending = bytearray()
        self._encoder: _Encoder | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if self._is_eligible(message, headers):
                if "Accept-Encoding" not in headers.get("vary", ""):
                    headers.add_vary_header("Accept-Encoding")
                if self._encoding is not None:
                    self._start = message
                    return
            await self._send(message)
        elif message["type"] == "http.response.body" and (self._start or self._encoder):
            await self._body(message.get("body", b""), more=message.get("more_body", False))
        else:
            await self._send(message)

    @staticmethod
    def _is_eligible(message: Message, headers: MutableHeaders) -> bool:
        return (
            message["status"] not in (204, 206, 304)
            and "content-encoding" not in headers
            and "no-transform" not in headers.get("cache-control", "")
            and _TYPES.match(headers.get("content-type", "")) is not None
        )

    async def _body(self, data: bytes, *, more: bool) -> None:
        if self._encoder is None:
            assert self._start is not None
            assert self._encoding is not None
            self._pending += data
            if len(self._pending) < MINIMUM:
                if more:
                    return
                await self._send(self._start)
                await self._send({"type": "http.response.body", "body": bytes(self._pending)})
                self._start = None
                return
            data, self._encoder = bytes(self._pending), _ENCODERS[self._encoding]()
            await self._send(self._head(self._start, self._encoding))
            self._start = None
            self._pending.clear()
        body = self._encoder.add(data) + (b"" if more else self._encoder.end())
        if body or not more:
            await self._send({"type": "http.response.body", "body": body, "more_body": more})

    @staticmethod
    def _head(start: Message, encoding: str) -> Message:
        headers = MutableHeaders(scope=start)
        headers["Content-Encoding"] = encoding
        del headers["content-length"]
        del headers["accept-ranges"]
        if headers.get("etag", "").startswith('"'):  # other bytes, so only the weak comparison holds
            headers["ETag"] = "W/" + headers["etag"]
        return start

    async def cut(self) -> None:
        """Hand on what was held back of a response that its application has left unfinished."""
        if self._start is not None:
            await self._send(self._start)
            if self._pending:
                await self._send({"type": "http.response.body", "body": bytes(self._pending), "more_body": True})
