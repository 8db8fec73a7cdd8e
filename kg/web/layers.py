"""What the layers of plain ASGI around the application have in common."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send


class _Layer(Protocol):
    _app: ASGIApp


Self = TypeVar("Self", bound=_Layer)


def for_requests(
    call: Callable[[Self, Scope, Receive, Send], Coroutine[Any, Any, None]],
) -> Callable[[Self, Scope, Receive, Send], Coroutine[Any, Any, None]]:
    """Let a layer's call see HTTP requests alone; start-up and shutdown go past it to the application."""

    def called(self: Self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        if scope["type"] == "http":
            return call(self, scope, receive, send)
        return _past(self, scope, receive, send)

    called.__doc__ = call.__doc__
    return called


async def _past(layer: _Layer, scope: Scope, receive: Receive, send: Send) -> None:
    await layer._app(scope, receive, send)
