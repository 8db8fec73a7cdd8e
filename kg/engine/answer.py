"""The answer of a query, streamed out of its worker."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.engine import errors, frames
from kg.engine.outside import Outside
from kg.engine.process import Worker


@dataclass(frozen=True, slots=True)
class VersionRef:
    """A published version: its id and its folder."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long an answer may take, and how large it may be."""

    deadline: float
    """Seconds that its worker may be busy until the answer begins, and then for each piece of it."""
    whole: float
    """Seconds after which it is broken off, however it is read."""
    patience: float
    """Seconds that a client may take to read one piece."""
    hold_back: int
    """Bytes that are kept until more has come or the answer has ended."""
    cut_is_error: bool
    """The limit on bytes is the server's, and reaching it is an error; else it is the asker's own."""
    bytes: int | None
    """The limit."""
    outside: Outside
    """What the query may fetch from other servers."""


class Answer:
    """The answer of a query: its form and format, then its pieces, once."""

    def __init__(self, worker: Worker, version: VersionRef, bounds: Bounds) -> None:
        self.version = version
        self.form = ""
        """``select``, ``ask`` or ``graph``."""
        self.format = ""
        """Extension of the format."""
        self.complete = False
        """Whether the answer was handed out to its end and nothing was cut."""
        self.ended = False
        """Whether the worker has said all and is ready for the next query."""
        self.failure: Exception | None = None
        """Why it broke off."""
        self.busy = 0.0
        """Seconds that the worker was waited for."""
        self._begun = False
        self._asked = asyncio.get_running_loop().time()
        self.stalled_since: float | None = None
        """Since when (of the loop's clock) the client has not taken the piece that it was handed."""
        self._worker, self._bounds = worker, bounds
        self._held: list[bytes] = []
        self._stopped: errors.EngineError | None = None

    async def start(self, request: bytes) -> None:
        """Send the request, and hold back the beginning of the answer.

        Raises:
            QuerySyntaxError, EngineError: there is no answer.
        """
        self._worker.channel.write(request)
        held = 0
        while held < self._bounds.hold_back and not self.ended:
            piece = await self._next()
            self._held.append(piece)
            held += len(piece)
        self._begun = True

    def stop(self, why: errors.EngineError) -> None:
        """End the query; whoever reads the answer gets this error."""
        if not self.ended and self._stopped is None:
            self._stopped = why
            self._worker.kill()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Hand out the answer.

        Raises:
            EngineError: it breaks off here; what was handed out is not the whole.
        """
        held, self._held = self._held, []
        for piece in held:
            if piece:
                with self._patience():
                    yield piece
        while not self.ended:
            if piece := await self._next():
                with self._patience():
                    yield piece

    def taken(self) -> bytes:
        """Return the whole of an answer that has ended with what was held back."""
        held, self._held = self._held, []
        return held[0] if len(held) == 1 else b"".join(held)

    async def read(self) -> bytes:
        """Return the whole answer."""
        return b"".join([piece async for piece in self.pieces()])

    @contextlib.contextmanager
    def _patience(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        impatience = loop.call_later(self._bounds.patience, self._worker.kill)
        self.stalled_since = loop.time()
        try:
            yield
        finally:
            self.stalled_since = None
            impatience.cancel()

    async def _next(self) -> bytes:
        try:
            return await self._receive()
        except Exception as error:
            self.failure = error
            raise

    async def _receive(self) -> bytes:
        """Return the next piece; an empty one for a frame that brings none."""
        loop = asyncio.get_running_loop()
        started, bounds = loop.time(), self._bounds
        left = bounds.whole - (started - self._asked)
        allowed = min(left, bounds.deadline if self._begun else bounds.deadline - self.busy)
        try:
            if left <= 0:  # what has been received already is read without waiting, so that no timer would end it
                raise TimeoutError
            kind, payload = await self._worker.channel.read(allowed)
            if kind == frames.FETCH:
                async with asyncio.timeout(allowed - (loop.time() - started)):
                    while kind == frames.FETCH:
                        self._worker.channel.write(await bounds.outside.reply(payload))
                        kind, payload = await self._worker.channel.read()
        except TimeoutError:
            after = bounds.whole if allowed == left else bounds.deadline
            raise self._stopped or errors.DeadlineError(
                f"the query was stopped after {after:g} seconds",
                hint="Ask for less: a LIMIT, a more specific pattern, or take the dump and query it at home.",
            ) from None
        except ConnectionError:
            raise self._stopped or errors.WorkerDiedError(
                "the process that had the query ended before the answer did",
                hint="It most likely needed more memory than a query may have. Ask for less, or take the dump.",
            ) from None
        finally:
            self.busy += loop.time() - started
        if kind == frames.WHOLE:
            head, _, body = payload.partition(b"\n")
            self.form, self.format = head.decode().split(" ")
            self.ended = self.complete = True
            return body
        if kind == frames.DATA:
            return payload
        value = json.loads(payload)
        if kind == frames.HEADER:
            self.form, self.format = value["form"], value["format"]
        elif kind == frames.END:
            self.ended, self.complete = True, value["complete"]
            if bounds.cut_is_error and not self.complete:
                raise errors.ResultTooLargeError(
                    f"the result has more than {bounds.bytes:,} bytes",
                    hint="Ask for less, or in pages with ORDER BY, LIMIT and OFFSET; all there is lies at /dumps.",
                )
        else:
            self.ended = True
            raise _error(value["error"], value["message"])
        return b""


def _error(kind: str, message: str) -> Exception:
    """Return the error for what a worker reports."""
    if kind == "syntax":
        return errors.QuerySyntaxError(message)
    if kind == "form":
        return errors.FormError(message)
    if kind == "memory":
        return errors.WorkerDiedError("the query needed more memory than it may have", hint="Ask for less.")
    if kind == "refused":
        return errors.QueryRefusedError(message, rule="service")
    if kind == "service":
        return errors.ServiceError(message, hint="Ask again later, or write SERVICE SILENT to do without it.")
    if kind == "away":
        return errors.AwayError(message, hint="Ask again later, or take the dump and query it at home.")
    if kind == "cut":
        return errors.ResultTooLargeError(message, hint="Ask for less, or in pages with ORDER BY, LIMIT and OFFSET.")
    if kind == "gone":
        return errors.NoVersionError(message)
    return errors.QueryFailedError(message)
