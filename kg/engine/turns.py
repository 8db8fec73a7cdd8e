"""Whose turn it is: a number of slots, and clients that wait for one in rotation.

A client that sends a thousand requests at once waits for itself: everybody else comes after its first one.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

from kg.engine import errors


def overloaded() -> errors.OverloadedError:
    """Return the error for those that cannot be taken now."""
    return errors.OverloadedError("too many queries are being answered", hint="Ask again in some seconds.")


class Turns:
    """``slots`` at the same time, ``queue`` waiting; beyond that, the client that waits most often is refused."""

    def __init__(self, slots: int, queue: int) -> None:
        self._free, self._queue = slots, queue
        self._lines: OrderedDict[str | None, deque[asyncio.Future[None]]] = OrderedDict()
        self.waiting = 0
        """How many wait."""

    async def take(self, client: str | None, patience: float) -> None:
        """Wait for a slot, at most ``patience`` seconds; every slot taken has to be given back.

        Raises:
            OverloadedError: the queue is full, or none became free in time.
        """
        if self._free > 0 and self.waiting == 0:
            self._free -= 1
            return
        if self.waiting >= self._queue:
            self._make_room(client)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(turn)
        self.waiting += 1
        try:
            async with asyncio.timeout(patience):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give()  # it was ours already
            else:
                self._leave(client, turn)
            if isinstance(error, TimeoutError):
                raise overloaded() from None
            raise

    def give(self) -> None:
        """Give a slot back: the next client in rotation has it."""
        while self._lines:
            client, line = next(iter(self._lines.items()))
            turn = line.popleft()
            self.waiting -= 1
            self._lines.pop(client)
            if line:
                self._lines[client] = line  # behind all others
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _make_room(self, client: str | None) -> None:
        longest = max(self._lines, key=lambda c: len(self._lines[c]), default=client)
        if longest == client or len(self._lines[longest]) <= len(self._lines.get(client, ())) + 1:
            raise overloaded()
        last = self._lines[longest][-1]
        self._leave(longest, last)
        if not last.done():
            last.set_exception(overloaded())

    def _leave(self, client: str | None, turn: asyncio.Future[None]) -> None:
        line = self._lines.get(client)
        if line is not None and turn in line:
            line.remove(turn)
            self.waiting -= 1
            if not line:
                del self._lines[client]
