from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from kg.web import connections
from kg.web.connections import BoundedProtocol

Connected = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, pausing before it, and say how long it was."""
    await asyncio.sleep(0.3)
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await PlainTextResponse(str(size))(scope, receive, send)


def run(scenario: Callable[[Callable[[], Awaitable[Connected]]], Awaitable[None]]) -> None:
    async def main() -> None:
        config = uvicorn.Config(answer, log_level="critical")
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: BoundedProtocol(config, state, {}), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        async with server:
            await scenario(lambda: asyncio.open_connection("127.0.0.1", port))
            for connection in list(state.connections):
                connection.transport.close()
            await asyncio.sleep(0)

    asyncio.run(main())


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab",
        b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n",
    ],
)  # fmt: skip
def test_a_request_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "PAUSE_SECONDS", 0.5)

    async def scenario(connect: Callable[[], Awaitable[Connected]]) -> None:
        reader, writer = await connect()
        writer.write(sent)
        received = await asyncio.wait_for(reader.read(), 5)
        assert received.count(b"HTTP/1.1 200") == max(sent.count(b"GET / HTTP") - 1, 0)
        writer.close()

    run(scenario)


def test_a_slow_answer_and_a_large_body_are_no_dawdling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(connections, "PAUSE_SECONDS", 0.1)

    async def scenario(connect: Callable[[], Awaitable[Connected]]) -> None:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000)
        assert (await asyncio.wait_for(reader.read(), 5)).endswith(b"3000000")
        writer.close()

    run(scenario)


@pytest.mark.parametrize("sent", [b"GET /" + b"x" * 600_000, b"GET / HTTP/1.1\r\nX: " + b"y" * 600_000])
def test_a_head_that_is_too_large_is_refused(sent: bytes) -> None:
    async def scenario(connect: Callable[[], Awaitable[Connected]]) -> None:
        reader, writer = await connect()
        writer.write(sent)
        assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 431 ")
        writer.close()

    run(scenario)


def test_many_requests_of_one_connection_are_each_bounded_by_themselves() -> None:
    async def scenario(connect: Callable[[], Awaitable[Connected]]) -> None:
        reader, writer = await connect()
        for _ in range(3):
            writer.write(b"GET / HTTP/1.1\r\nX: " + b"y" * 200_000 + b"\r\n\r\n")
            assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(1) == b"0"
        writer.close()

    run(scenario)
