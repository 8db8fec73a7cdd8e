"""The server's side of updates: one process that makes them (``kg.updating``), and a queue in front of it.

An update that takes too long, or that breaks its process, ends alone: the process is killed, the next update gets
another, and what is served has not changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.engine import errors, frames
from kg.engine.channel import Channel
from kg.engine.outside import Outside
from kg.engine.process import kill, spawn
from kg.engine.syntax import explained

logger = logging.getLogger(__name__)

MODULE = "kg.updating"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOptions:
    """Who may update, how, and within which limits."""

    token: str
    """What those who may send as bearer token."""
    process: dict[str, Any]
    """``kg.updating.Options``, which the process is started with."""
    deadline: float = 30.0
    """Seconds that the evaluation of an update may take."""
    publishing: float = 600.0
    """Seconds that validating and publishing what it changes may take."""
    queue: int = 32
    """Updates that may wait."""
    outside: Outside = field(default_factory=Outside)
    """What updates may fetch from other servers."""
    bytes: int = 64_000_000
    """Size of a document sent to the graph store."""

    @property
    def text_bytes(self) -> int:
        """Size of the text of an update: its tokens take more memory than those of a document."""
        return self.bytes // 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An RDF document to be put into a graph."""

    media_type: str
    """One of ``kg.updating.FORMATS``."""
    base: str
    """IRI that its relative IRIs are resolved against."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an update did."""

    version: str | None
    """Id of the version that shows it."""
    created: bool
    """Whether the graph that was written is new."""
    added: int
    removed: int


class Updater:
    """The queue and the process. Use it as an async context manager."""

    def __init__(self, options: UpdateOptions) -> None:
        self.options = options
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: asyncio.subprocess.Process | None = None
        self._channel: Channel | None = None

    async def __aenter__(self) -> Updater:
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._turn:  # what is being published is published
            await self._close()
            if self._process is not None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(15):
                        await self._process.wait()
            await self._stop()

    async def make(self, request: dict[str, Any], documents: Sequence[Document] = ()) -> Made:
        """Make an update and return when queries see it.

        It is made to its end, also when the caller does not wait for it any longer.

        Raises:
            QuerySyntaxError, QueryRefusedError, UpdateRefusedError, EngineError: it was not made.
        """
        if self._waiting >= self.options.queue:
            raise errors.OverloadedError("too many updates are waiting", hint="Send it again in some seconds.")
        return await asyncio.shield(asyncio.ensure_future(self._in_turn(request, documents)))

    async def _in_turn(self, request: dict[str, Any], documents: Sequence[Document]) -> Made:
        self._waiting += 1
        try:
            async with self._turn:
                return await self._make(request, documents)
        finally:
            self._waiting -= 1

    async def _make(self, request: dict[str, Any], documents: Sequence[Document]) -> Made:
        if self._process is None or self._process.returncode is not None:
            await self._start()
        channel = self._channel
        assert channel is not None
        head = request | {"documents": [{"type": d.media_type, "base": d.base} for d in documents]}
        try:
            async with asyncio.timeout(self.options.deadline):
                channel.write(frames.pack_json(frames.REQUEST, head))
                for document in documents:
                    channel.write(frames.pack(frames.DATA, document.data))
                kind, payload = await channel.read()
                while kind == frames.FETCH:
                    channel.write(await self.options.outside.reply(payload))
                    kind, payload = await channel.read()
            if kind == frames.HEADER:
                kind, payload = await channel.read(self.options.publishing)
        except TimeoutError:
            await self._stop()
            raise errors.DeadlineError(
                f"the update was stopped after {self.options.deadline:g} seconds, and nothing was changed",
                hint="Write less at once.",
            ) from None
        except ConnectionError:
            await self._stop()
            raise errors.WorkerDiedError(
                "the process that made the update ended before it was published, and nothing was changed",
                hint="It most likely needed more memory or stack than it may have. Write less at once.",
            ) from None
        value = json.loads(payload)
        if kind == frames.END:
            return Made(**value)
        raise _error(value, request.get("update") or "")

    async def _start(self) -> None:
        await self._stop()
        self._process, self._channel = await spawn(MODULE, json.dumps(self.options.process))

    async def _stop(self) -> None:
        """End the process now, and wait until nothing of it is left."""
        process, self._process = self._process, None
        if process is not None:
            kill(process)
            await self._close()
            await process.wait()

    async def _close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()


def _error(value: dict[str, Any], text: str) -> Exception:
    """Return the error for what the process reports."""
    kind, message, hint = value["error"], value["message"], value.get("hint")
    match kind:
        case "syntax":
            return explained(errors.QuerySyntaxError(message), text)
        case "refused":
            return errors.QueryRefusedError(message, rule=value["rule"], hint=hint)
        case "memory":
            return errors.WorkerDiedError("the update needed more memory than it may have", hint="Write less at once.")
        case "service":
            return errors.ServiceError(message, hint="Nothing was changed. Send it again later, or write SILENT.")
        case "failed":
            return errors.QueryFailedError(message)
        case "locked":
            return errors.OverloadedError(message, hint="A load is going on. Send it again in some seconds.")
    return errors.UpdateRefusedError(message, rule=kind, hint=hint, details=value)
