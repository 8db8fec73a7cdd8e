"""Bytes carried between a Unix socket and one server: all that query workers, which have no network, can reach of it.

What closes at one end is closed at the other, so that a worker that is killed leaves no query behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

PIECE = 256 << 10
CONNECTING = 5.0
"""Seconds that the server may take to accept a connection."""
_PORTS = {"http": 80, "https": 443}


class Relay:
    """The socket, within its block; ``url`` is an http or https address, of which host and port count."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        self.path = ""
        """Of the socket."""

    async def __aenter__(self) -> Relay:
        self._folder = tempfile.TemporaryDirectory(prefix="commons-kg-")
        self.path = str(Path(self._folder.name) / "engine.sock")
        self._server = await asyncio.start_unix_server(self._carry, self.path)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._folder.cleanup()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(CONNECTING):
                far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        except (OSError, TimeoutError) as error:
            logger.warning("%s:%d cannot be reached: %s", self._host, self._port, error or "it takes too long")
            writer.close()
            return
        pumps = {asyncio.ensure_future(_pump(reader, far_writer)), asyncio.ensure_future(_pump(far_reader, writer))}
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            for end in (writer, far_writer):
                end.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
