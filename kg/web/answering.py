"""A query's answer on its way to a client: sent as it comes, and stopped when the client goes away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.engine.errors import EngineError
from kg.engine.pool import Answer, Query
from kg.web.site import Site

logger = logging.getLogger(__name__)

MOMENT = 0.02
"""Seconds for which it is not worth looking whether a client is still there."""


class AnswerResponse(Response):
    """Streams an answer; a client that goes away stops its query, an answer that breaks off is cut visibly."""

    def __init__(
        self, stack: contextlib.AsyncExitStack, answer: Answer, content_type: str, headers: dict[str, str]
    ) -> None:
        super().__init__(None, 200, headers, content_type)
        del self.headers["content-length"]
        self._stack, self._answer = stack, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        async with self._stack:
            if self._answer.ended and self._answer.failure is None:  # most answers are short: all of it is here
                body = await self._answer.read()
                headers = [*self.raw_headers, (b"content-length", b"%d" % len(body))]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
                return
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            sending = asyncio.ensure_future(self._send(send))
            if not await unless_gone(sending, receive):
                return
            try:
                sending.result()
            except EngineError as error:
                # There is no status any more. Without its last chunk, the client sees that the body is not whole.
                logger.warning("an answer was cut: %s", error)
                return
            await send({"type": "http.response.body", "body": b""})

    async def _send(self, send: Send) -> None:
        async for piece in self._answer.pieces():
            await send({"type": "http.response.body", "body": piece, "more_body": True})


async def unless_gone(work: asyncio.Future[Any], receive: Receive) -> bool:
    """Wait for work, and stop it when the client goes away; return whether it was done."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    watching = asyncio.ensure_future(gone())
    try:
        await asyncio.wait({work, watching}, return_when=asyncio.FIRST_COMPLETED)
        return work.done()
    finally:
        for task in (work, watching):
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


class GoneError(Exception):
    """The client has gone away; nobody reads what is answered now."""


async def answered(stack: contextlib.AsyncExitStack, site: Site, query: Query, request: Request) -> Answer:
    """Ask a query, which goes on until the stack is left, and stop it if the client goes away before the answer begins.

    Raises:
        GoneError: it went away.
    """
    async with _watched(request.receive):
        return await stack.enter_async_context(site.pool.query(query))
    raise AssertionError  # the block above returns


@contextlib.asynccontextmanager
async def _watched(receive: Receive) -> AsyncIterator[None]:
    """Cancel a block when the client goes away; nobody looks in the first moments, in which most are over."""
    loop, block = asyncio.get_running_loop(), asyncio.current_task()
    assert block is not None
    watching: list[asyncio.Task[None]] = []
    is_gone = False

    async def watch() -> None:
        nonlocal is_gone
        while (await receive())["type"] != "http.disconnect":
            pass
        is_gone = True
        block.cancel()

    timer = loop.call_later(MOMENT, lambda: watching.append(loop.create_task(watch())))
    try:
        yield
    except asyncio.CancelledError:
        if not is_gone:
            raise
        block.uncancel()
        raise GoneError from None
    finally:
        timer.cancel()
        for task in watching:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def stream(site: Site, query: Query, request: Request, headers: dict[str, str], content_type: str) -> Response:
    """Return the answer of a query as it comes; a client that goes away stops it."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            answer = await answered(stack, site, query, request)
        except GoneError:
            return Response(status_code=499)
        headers = {**headers, "X-Dataset-Version": answer.version.id}
        return AnswerResponse(stack.pop_all(), answer, content_type, headers)
    raise AssertionError  # the block above returns


async def whole(site: Site, query: Query, request: Request) -> tuple[Answer, bytes]:
    """Return the answer of a query and its body.

    Raises:
        GoneError: the client went away meanwhile; the query is stopped.
    """
    async with contextlib.AsyncExitStack() as stack:
        answer = await answered(stack, site, query, request)
        reading = asyncio.ensure_future(answer.read())
        if not await unless_gone(reading, request.receive):
            raise GoneError
        return answer, reading.result()
