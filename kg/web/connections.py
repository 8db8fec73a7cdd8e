"""Connections that cannot be held open for nothing: a request's head is bounded in size, and has to come in time.

uvicorn bounds neither: endless headers would fill the memory, and a client that says nothing would keep its socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 256 << 10
"""Bytes of request line and headers; a query in the address is part of it. What comes in one piece is not cut."""
HEAD_SECONDS = 20.0
"""Seconds until the head of the first request has come whole, and of each later one from its first byte."""
PAUSE_SECONDS = 30.0
"""Seconds between two pieces of a body."""

JOINED = 16 << 10
"""Bytes of a piece that is written for itself: copying it would cost more than another write."""

_REFUSAL = b"The head of this request is too large. A long query can be sent by POST.\n"


class _Joined:
    """A transport that writes the pieces of one moment at once: uvicorn writes a response's head and body apart."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if len(data) > JOINED:
            self._flush()
            self._transport.write(data)
            return
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._pieces:
            pieces, self._pieces = self._pieces, []
            self._transport.write(b"".join(pieces))


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with the bounds above."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head = 0
        self._in_head = False
        self._in_body = False
        self._seconds = 0.0
        self._until = 0.0
        """When patience ends; 0: nothing is waited for."""
        self._impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(cast("asyncio.Transport", _Joined(transport, self.loop)))
        self._expect(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        if self._impatience is not None:
            self._impatience.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a piece; refuse it where the head has become too long."""
        continued = self._in_head
        super().data_received(data)
        if self._in_body:
            self._expect(PAUSE_SECONDS)
        if self._in_head and continued:
            self._head += len(data)
            if self._head > HEAD_BYTES and not self.transport.is_closing():
                self._refuse()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head, self._in_head = 0, True
        self._expect(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """Its head has come."""
        self._in_head, self._in_body = False, True
        self._expect(None)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Its body has come."""
        self._in_body = False
        self._expect(None)
        super().on_message_complete()

    def _expect(self, seconds: float | None) -> None:
        """Be patient for so long; a timer that is there already stays, and looks whether it is time."""
        if seconds is None:
            self._until = 0.0
            return
        self._seconds, self._until = seconds, self.loop.time() + seconds
        if self._impatience is not None:
            if self._impatience.when() <= self._until:
                return
            self._impatience.cancel()
        self._impatience = self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        self._impatience = None
        if not self._until:
            return
        if (left := self._until - self.loop.time()) > 0:
            self._impatience = self.loop.call_later(left, self._look)
        elif self.flow.read_paused:  # it is not the client who dawdles
            self._expect(self._seconds)
        else:
            self.transport.close()

    def _refuse(self) -> None:
        head = (
            "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(_REFUSAL)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + _REFUSAL)
        self.transport.close()


def allow_many() -> None:
    """Let this process hold as many connections as the system allows it."""
    with contextlib.suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
