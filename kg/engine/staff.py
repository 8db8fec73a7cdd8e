"""The worker processes: started, kept warm with the current version open, ended, and replaced."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

from kg.engine.answer import VersionRef
from kg.engine.process import Worker
from kg.engine.stats import Stats
from kg.engine.turns import overloaded

logger = logging.getLogger(__name__)

SURPLUS = 30.0
"""Seconds for which processes are kept that came for the slow lane: where queries take long, more soon will."""


class Staff:
    """So many workers as are ``needed``; ``locate`` gives the version that they open, None where there is none yet."""

    def __init__(
        self, locate: Callable[[], VersionRef | None], needed: Callable[[], int], memory: int, stats: Stats
    ) -> None:
        self._locate, self._needed, self._memory, self._stats = locate, needed, memory, stats
        self.alive: set[Worker] = set()
        """All of them, those too that have a query."""
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._filling: asyncio.Task[None] | None = None
        self._closing = False
        self._followed = ""
        """Id of the version that idle workers have open, or are about to."""

    @property
    def is_ready(self) -> bool:
        """Whether one of them is free."""
        return not self._idle.empty()

    async def close(self) -> None:
        """End all of them."""
        self._closing = True
        while self._tasks:  # short ones all; a process half started would be left behind by cancelling
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.reap() for worker in self.alive))
        self.alive.clear()

    async def take(self, patience: float) -> Worker:
        """Return a worker that is free, with a version open.

        Raises:
            OverloadedError: there was none for ``patience`` seconds.
        """
        if not self._idle.empty():
            worker = self._idle.get_nowait()
            if worker.process.returncode is None:
                return worker
            self.retire(worker)
        try:
            async with asyncio.timeout(patience):
                while True:
                    worker = await self._idle.get()
                    if worker.process.returncode is None:
                        return worker
                    self.retire(worker)
        except TimeoutError:
            raise overloaded() from None

    def retire(self, worker: Worker) -> None:
        """Kill a worker at once, clear up after it, and let another take its place."""
        worker.kill()
        self.alive.discard(worker)
        self._spend(worker.reap())
        if not self._closing:
            self.refill()

    def refill(self) -> None:
        """Start what is missing."""
        if self._filling is None or self._filling.done():
            self._filling = self._spend(self._spawn_missing())

    def _trim(self) -> None:
        """End processes that came for the slow lane, and that nobody has needed since."""
        while not self._closing and len(self.alive) > self._needed() and not self._idle.empty():
            self.retire(self._idle.get_nowait())

    async def _spawn_missing(self) -> None:
        while not self._closing and len(self.alive) < self._needed():
            try:
                worker = await Worker.spawn(self._memory)
            except OSError as error:
                logger.error("no query worker can be started: %s", error)
                await asyncio.sleep(1)
                continue
            self._stats.spawned += 1
            self.alive.add(worker)
            self._spend(self._reopen(worker))

    def rest(self, worker: Worker) -> None:
        """Let a worker wait for its next query, with the current version open: it must not keep an old one."""
        if self._closing:
            self.retire(worker)
            return
        if worker.version == self._followed:
            self._idle.put_nowait(worker)
        else:
            self._spend(self._reopen(worker))
        if len(self.alive) > self._needed():
            asyncio.get_running_loop().call_later(SURPLUS, self._trim)

    async def _reopen(self, worker: Worker) -> None:
        try:
            while (version := self._locate()) is not None and worker.version != version.id:
                await worker.open(version.id, version.path)
        except ConnectionError:
            logger.error("a query worker ended while it opened a version")
            await asyncio.sleep(1)
            self.retire(worker)
        else:
            self._idle.put_nowait(worker)

    def follow(self, version: VersionRef) -> None:
        """Let the idle workers open a new version now, so that they let go of the old one."""
        self._followed = version.id
        idle: list[Worker] = []
        while not self._idle.empty():
            idle.append(self._idle.get_nowait())
        for worker in idle:
            self.rest(worker)

    def _spend(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
