"""The server processes that share a port, and how each asks the others: a Unix socket per process, a line of JSON each.

What one process counts is a part of the whole, and a query to be stopped most likely runs in another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

PATIENCE = 1.0
"""Seconds in which a process has to answer the others."""


class Peers:
    """The processes with a socket in ``folder``; without a folder, this one alone."""

    def __init__(self, folder: Path | None, answer: Callable[[str], Any]) -> None:
        self._folder, self._answer = folder, answer

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Answer the others within the block."""
        if self._folder is None:
            yield
            return
        own = self._folder / f"{os.getpid()}.sock"
        server = await asyncio.start_unix_server(self._serve, own)
        try:
            yield
        finally:
            server.close()
            own.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError):
            asked = json.loads(await asyncio.wait_for(reader.readline(), PATIENCE))
            writer.write(json.dumps(self._answer(asked)).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def ask(self, question: str) -> list[Any]:
        """Return the answers of all processes; one that does not answer is left out."""
        others = [] if self._folder is None else sorted(self._folder.glob("*.sock"))
        found = await asyncio.gather(*(_ask(p, question) for p in others if p.stem != str(os.getpid())))
        return [self._answer(question), *(answer for answer in found if answer is not None)]


async def _ask(path: Path, question: str) -> Any:
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(path, limit=64 << 20)
            try:
                writer.write(json.dumps(question).encode() + b"\n")
                return json.loads(await reader.readline())
            finally:
                writer.close()
    except (OSError, ValueError, TimeoutError):
        return None  # it has ended, or is about to
