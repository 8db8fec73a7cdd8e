"""A query's answer on its way to a client: sent as it comes, and stopped when the client goes away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.engine.errors import EngineError
from kg.engine.pool import Answer, Asking, Query
from kg.web.site import Site

logger = logging.getLogger(__name__)

MOMENT = 0.02
"""Seconds for which it is not worth looking whether a client is still there."""


class AnswerResponse(Response):
    """Streams an answer; a client that goes away stops its query, an answer that breaks off is cut visibly."""

    def __init__(self, asking: Asking, answer: Answer, content_type: str, headers: dict[str, str]) -> None:
        super().__init__(None, 200, headers, content_type)
        del self.headers["content-length"]
        self._asking, self._answer = asking, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_exit(self._asking)
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


async def begun(asking: Asking, receive: Receive) -> Answer:
    """Let an answer begin, and stop its query if the client goes away before; ``asking`` has to be ended.

    Raises:
        GoneError: it went away.
    """
    async with _Watch(receive):
        return await asking.__aenter__()
    raise AssertionError  # the block above returns


class _Watch:
    """Cancels a block when the client goes away; nobody looks in the first moments, in which most are over."""

    __slots__ = ("_block", "_is_gone", "_receive", "_timer", "_watching")

    def __init__(self, receive: Receive) -> None:
        self._receive, self._is_gone = receive, False
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._block = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(MOMENT, self._begin)

    def _begin(self) -> None:
        self._watching = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
        assert self._block is not None
        self._block.cancel()

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        if self._is_gone and kind is asyncio.CancelledError:
            assert self._block is not None
            self._block.uncancel()
            raise GoneError from None


class WholeResponse(Response):
    """An answer of which all is here, as most are: its query is over before a byte of it is sent."""

    def __init__(self, body: bytes, head: Iterable[tuple[bytes, bytes]]) -> None:
        self.status_code, self.body, self.background = 200, body, None
        self.raw_headers = [*head, (b"content-length", b"%d" % len(body))]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


def response(asking: Asking, answer: Answer, content_type: str, headers: dict[str, str]) -> Response:
    """Return the response with an answer that has begun; it ends the query."""
    headers = {**headers, "X-Dataset-Version": answer.version.id}
    if not answer.ended:
        return AnswerResponse(asking, answer, content_type, headers)
    body = answer.taken()
    asking.end()
    return WholeResponse(body, raw_headers((("Content-Type", content_type), *headers.items())))


@lru_cache(1024)
def raw_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Return headers as ASGI has them."""
    return tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers)


async def stream(site: Site, query: Query, request: Request, headers: dict[str, str], content_type: str) -> Response:
    """Return the answer of a query as it comes; a client that goes away stops it."""
    asking = site.pool.query(query)
    try:
        answer = await begun(asking, request.receive)
    except GoneError:
        return Response(status_code=499)
    return response(asking, answer, content_type, headers)


async def whole(site: Site, query: Query, request: Request) -> tuple[Answer, bytes]:
    """Return the answer of a query and its body.

    Raises:
        GoneError: the client went away meanwhile; the query is stopped.
    """
    asking = site.pool.query(query)
    answer = await begun(asking, request.receive)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_exit(asking)
        if answer.ended:
            return answer, answer.taken()
        reading = asyncio.ensure_future(answer.read())
        if not await unless_gone(reading, request.receive):
            raise GoneError
        return answer, reading.result()
    raise AssertionError  # the block above returns
