"""One line of JSON for each request, on stderr: who, what, how it went; without query strings, which may hold secrets.

A query is named by its hash, which is also in the list of running queries. Lines are written some at a time.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.client import Proxies
from kg.web.notes import notes_of

PAUSE = 0.2
"""Seconds that a line may wait to be written."""


class AccessLog:
    """The outermost layer; ``stream`` None writes nothing, and counts all the same."""

    def __init__(self, app: ASGIApp, proxies: Proxies, stream: TextIO | None) -> None:
        self._app, self._proxies, self._stream = app, proxies, stream
        self._lines: list[str] = []
        self.requests: Counter[tuple[str, int]] = Counter()
        """By method and status; 0 is a response that was cut or never began."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            if scope["type"] == "lifespan":
                self.write()
            return
        started = time.perf_counter()
        status = size = 0
        whole = False

        async def sending(message: Message) -> None:
            nonlocal status, size, whole
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
                whole = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.requests[method, status if whole else 0] += 1
            if self._stream is not None:
                self._add(scope, status, size, whole, time.perf_counter() - started)

    def _add(self, scope: Scope, status: int, size: int, whole: bool, seconds: float) -> None:
        notes = notes_of(scope)
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"), "client": self._proxies.of(scope) or "local",
            "method": scope["method"], "path": scope["path"][:500], "status": status, "bytes": size,
            "ms": round(seconds * 1000, 2),
        }  # fmt: skip
        if not whole:
            entry["cut"] = True
        if notes.cache:
            entry["cache"] = notes.cache
        if notes.queries:
            entry["queries"] = notes.queries[:20]
        if not self._lines:
            asyncio.get_running_loop().call_later(PAUSE, self.write)
        self._lines.append(json.dumps(entry))

    def write(self) -> None:
        """Write what waits to be written."""
        lines, self._lines = self._lines, []
        if lines and self._stream is not None:
            try:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()
            except (OSError, ValueError):
                self._stream = None  # nobody reads the log any more; that is no reason to serve nobody


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
