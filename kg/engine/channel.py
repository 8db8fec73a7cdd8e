"""The socket to a worker, as frames: those that have come wait here, and one reader waits for the next."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import cast

from kg.engine import frames

MOST = 256 << 10
"""Bytes of frames that may wait to be read; then the worker has to wait."""


class Channel(asyncio.Protocol):
    """Made by ``connected``. asyncio's streams would cost a look-up a third of its time."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._frames: deque[frames.Frame] = deque()
        self._waiting = 0
        """Bytes of these."""
        self._wanted: asyncio.Future[None] | None = None
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take a piece of what the worker says."""
        self._received += data
        for frame in frames.split(self._received):
            self._frames.append(frame)
            self._waiting += len(frame[1])
        if self._frames:
            self._wake(None)
        if self._waiting + len(self._received) > MOST and self._frames and self._transport is not None:
            self._transport.pause_reading()
            self._is_paused = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the reader that nothing will come any more."""
        if not self._closed.done():
            self._closed.set_result(None)
        self._wake(ConnectionResetError())

    def _wake(self, error: BaseException | None) -> None:
        if self._wanted is not None and not self._wanted.done():
            if error is None:
                self._wanted.set_result(None)
            else:
                self._wanted.set_exception(error)

    async def read(self, seconds: float | None = None) -> frames.Frame:
        """Return the next frame.

        Raises:
            TimeoutError: none has come within ``seconds``.
            ConnectionResetError: the worker has closed.
        """
        if not self._frames:
            await self._wait(seconds)
        frame = self._frames.popleft()
        self._waiting -= len(frame[1])
        if self._is_paused and self._waiting < MOST // 2 and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()
        return frame

    async def _wait(self, seconds: float | None) -> None:
        if self._closed.done():
            raise ConnectionResetError
        loop = asyncio.get_running_loop()
        self._wanted = loop.create_future()
        timer = loop.call_later(seconds, self._wake, TimeoutError()) if seconds is not None else None
        try:
            await self._wanted
        finally:
            self._wanted = None
            if timer is not None:
                timer.cancel()

    def write(self, data: bytes) -> None:
        """Send; to a worker that is gone, nothing: that is noticed when its answer is read."""
        if self._transport is not None and not self._closed.done():
            self._transport.write(data)

    async def close(self) -> None:
        """Say that nothing will be sent any more, and wait until the socket is closed."""
        if self._transport is not None:
            self._transport.close()
            await self._closed


async def connected(ours: socket.socket) -> Channel:
    """Return the channel over a connected socket, which it takes over."""
    _, channel = await asyncio.get_running_loop().create_connection(Channel, sock=ours)
    return channel
