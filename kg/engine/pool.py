"""A pool of worker processes, and answers streamed out of them.

A query gets a worker for itself. When its time is over, when its answer is no longer wanted, or when it breaks the
worker, that process is killed and another takes its place; nobody else notices. The beginning of an answer is held
back, so that nearly every failure is raised before the first piece is handed out.

There are two lanes. A query that is not answered within ``quick`` seconds goes on in the slow one: its process yields
the processor to others, and its place in the quick lane is free again, so cheap queries do not wait for long ones.
Where the slow lane is full too and others wait, one of the long queries is ended.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from kg.engine import errors
from kg.engine.answer import Answer, Bounds, VersionRef
from kg.engine.budget import Budget
from kg.engine.guard import Limits, check
from kg.engine.outside import Outside
from kg.engine.process import Worker
from kg.engine.query import NOBODY, Asker, Query, asker, packed, query_hash
from kg.engine.relay import Relay
from kg.engine.staff import Staff
from kg.engine.stats import Stats
from kg.engine.syntax import explained
from kg.engine.turns import Turns
from kg.identifiers import DEFAULT_BASE

__all__ = ["NOBODY", "Answer", "Asker", "Asking", "Pool", "PoolOptions", "Query", "Running", "VersionRef", "asker"]

logger = logging.getLogger(__name__)

AT_ONCE = 16 << 10
"""Characters of a query that is looked at in the event loop; a longer one would keep it from other clients."""

Looked = TypeVar("Looked")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOptions:
    """How many, how long, how much."""

    workers: int = 2
    """Queries that run at the same time in the quick lane."""
    slow: int = 4
    """Queries that may go on in the slow lane."""
    quick: float = 0.5
    """Seconds after which a query goes over to the slow lane."""
    spares: int = 1
    """Processes beyond that, warm, for those that are killed."""
    deadline: float = 10.0
    """Seconds that a query may keep its worker busy until its answer begins, and then for each piece of it; time in
    which the client does not read is not counted."""
    stream: float = 300.0
    """Seconds after which an answer is broken off, though it flows and is read. One that has taken longer than
    ``deadline`` is the first to give way where others wait and the slow lane is full."""
    patience: float = 30.0
    """Seconds that a client may take to read one piece."""
    queue: int = 64
    """Queries that may wait for a worker."""
    memory: int = 3 << 30
    """Bytes of address space of a worker, its stack of 512 MB among them; 0: not bounded."""
    hold_back: int = 64 << 10
    """Bytes of an answer that are kept until more has come or the answer has ended."""
    result: int = 0
    """Bytes after which an answer is broken off; 0: not bounded."""
    budget: float = 0.0
    """Seconds of workers' time that each client may take within ``window``; 0: not bounded."""
    window: float = 60.0
    limits: Limits = field(default_factory=Limits)
    outside: Outside = field(default_factory=Outside)
    """What queries may fetch from other servers."""
    remote: str = ""
    """SPARQL endpoint that is asked about the current version in place of its store; empty: none."""
    versions: str = f"{DEFAULT_BASE}version/"
    """What the ids of versions stand behind in the IRIs of their default graphs at that endpoint."""


@dataclass(eq=False, slots=True)
class Running:
    """A query that has a worker."""

    id: str
    text: str
    client: str | None
    started: float
    """Seconds since the epoch."""
    clock: float
    """The same moment on the loop's clock."""
    worker: Worker
    answer: Answer | None = None
    timer: asyncio.TimerHandle | None = None
    """Until it goes over to the slow lane."""

    def stop(self, why: errors.EngineError) -> None:
        """End it; whoever waits for its answer gets this error."""
        if self.answer is not None:
            self.answer.stop(why)

    @property
    def hash(self) -> str:
        """What stands for the query's text in logs."""
        return query_hash(self.text)


class Pool:
    """The workers. Use it as an async context manager; it must not outlive its event loop."""

    def __init__(self, locate: Callable[[], VersionRef | None], options: PoolOptions = PoolOptions()) -> None:
        self.options = options
        self.stats = Stats()
        self.running: dict[str, Running] = {}
        """The queries that have a worker, by id."""
        self._locate = locate
        self.staff = Staff(locate, self._needed, options.memory, self.stats)
        self._turns = Turns(options.workers, options.queue)
        self._budget = Budget(options.budget, options.window)
        self._slow: set[Running] = set()
        self._ids = itertools.count(1)
        self._seen: str | None = None
        self._relay = Relay(options.remote) if options.remote else None
        self._known = ""  # version that the other server was seen to hold
        self._bounds = Bounds(
            deadline=options.deadline, whole=options.stream, patience=options.patience,
            hold_back=options.hold_back, cut_is_error=True, bytes=options.result or None, outside=options.outside,
        )  # fmt: skip

    async def __aenter__(self) -> Pool:
        if self._relay is not None:
            await self._relay.__aenter__()
        self.staff.refill()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.staff.close()
        if self._relay is not None:
            await self._relay.__aexit__()

    @property
    def alive(self) -> int:
        """How many worker processes there are."""
        return len(self.staff.alive)

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return self._turns.waiting

    def _needed(self) -> int:
        """Return how many processes there should be: each that has gone over to the slow lane is replaced."""
        return self.options.workers + self.options.spares + len(self._slow)

    def current(self) -> VersionRef:
        """Return the version that new queries are asked of.

        Raises:
            NoVersionError: nothing was published yet.
        """
        version = self._locate()
        if version is None:
            raise errors.NoVersionError(
                "there is no data yet: no version has been published",
                hint="Load a source and publish it: commons-kg sync FILE.toml",
            )
        if version.id != self._seen:
            self._seen = version.id
            self.staff.follow(version)
        return version

    def stop(self, id: str) -> bool:
        """End a running query; return whether there was one of this id."""
        found = self.running.get(id)
        if found is None:
            return False
        found.stop(errors.StoppedError("the operator has stopped this query"))
        return True

    def query(self, query: Query, *, version: VersionRef | None = None) -> Asking:
        """Ask a version, the current one if none is named: ``async with pool.query(...) as answer``."""
        return Asking(self, query, version)

    async def take(self, asking: Asking) -> Running:
        """Let a query begin as soon as there is a place for it; what is taken has to be given back."""
        query, loop, who = asking.query, asyncio.get_running_loop(), asker.get(NOBODY)
        if who is not NOBODY:
            who.asked.append(query_hash(query.text))
        if len(query.text) < AT_ONCE:
            check(query.text, self.options.limits)
        else:
            await _aside(query.text, partial(check, query.text, self.options.limits))
        bounds = self._bounds_of(query, who)
        self._check_budget(who.client, loop.time())
        await self._turns.take(who.client, bounds.deadline)
        try:
            worker = await self.staff.take(bounds.deadline)
        except BaseException:
            self._turns.give()
            raise
        running = Running(f"{os.getpid()}-{next(self._ids)}", query.text, who.client, time.time(), loop.time(), worker)
        self.running[running.id] = running
        running.timer = loop.call_later(self.options.quick, self._slow_down, running)
        try:
            await self._begin(running, query, asking.version, bounds)
        except BaseException:
            self.give(running)
            raise
        return running

    def _bounds_of(self, query: Query, who: Asker) -> Bounds:
        if query.deadline is None and who.deadline is None and query.limit is None:
            return self._bounds
        own = min((d for d in (query.deadline, who.deadline) if d is not None), default=math.inf)
        return replace(
            self._bounds, deadline=min(self.options.deadline, own), whole=min(self.options.stream, own),
            cut_is_error=query.limit is None, bytes=self._bounds.bytes if query.limit is None else query.limit,
        )  # fmt: skip

    async def _begin(self, running: Running, query: Query, version: VersionRef | None, bounds: Bounds) -> None:
        """Let its worker begin; a version that is pruned between two steps is replaced by the current one."""
        while True:
            asked = version or self.current()
            running.worker.version = asked.id
            running.answer = Answer(running.worker, asked, bounds)
            try:
                await running.answer.start(packed(query, str(asked.path), bounds.bytes, self._remote(asked)))
            except errors.QuerySyntaxError as error:
                raise (await _aside(query.text, partial(explained, error, query.text))) from None
            except errors.NoVersionError:
                if version is not None or self.current() == asked:
                    raise
            except errors.AwayError:
                self._known = ""  # it may come back with other data
                raise
            else:
                if self._relay is not None and asked == self.current():
                    self._known = asked.id
                return

    def _remote(self, version: VersionRef) -> dict[str, Any] | None:
        """Return which server to ask about a version: of those before the current one, the home's stores are asked."""
        if self._relay is None or version != self.current():
            return None
        return {"url": self.options.remote, "relay": self._relay.path, "graph": self.options.versions + version.id,
                "known": self._known == version.id}  # fmt: skip

    def give(self, running: Running) -> None:
        """Make its place free, charge its client, and let its worker rest or be replaced."""
        del self.running[running.id]
        if running.timer is not None:
            running.timer.cancel()
        if running in self._slow:
            self._slow.discard(running)
        else:
            self._turns.give()
        answer = running.answer
        if answer is not None:
            self.stats.busy += answer.busy
            self._budget.spend(running.client, answer.busy, asyncio.get_running_loop().time())
        ended = answer is not None and answer.ended
        self.stats.kills += not ended
        if ended and (not running.worker.is_nice or running.worker.speed_up()):
            self.staff.rest(running.worker)
        else:
            self.staff.retire(running.worker)

    def _check_budget(self, client: str | None, now: float) -> None:
        at_work = sum(now - r.clock for r in self.running.values() if r.client == client)
        if (wait := self._budget.wait(client, now, at_work)) > 0:
            raise errors.BudgetError(
                f"you have had {self.options.budget:g} seconds of this server's time within the last "
                f"{self.options.window:g}",
                wait,
            )

    def _slow_down(self, running: Running) -> None:
        """Move a query to the slow lane; where that is full and others wait, end one of the long ones."""
        if len(self._slow) >= self.options.slow:
            if self._turns.waiting:
                self._victim(running).stop(errors.OverloadedError(
                    "the server is busy, and this query took long", hint="Ask again later, or ask for less.",
                ))  # fmt: skip
            running.timer = asyncio.get_running_loop().call_later(0.1, self._slow_down, running)
            return
        running.timer = None
        self._slow.add(running)
        self.stats.slowed += 1
        running.worker.slow_down()
        self._turns.give()
        self.staff.refill()

    def _victim(self, running: Running) -> Running:
        """Return the query to end: one that is not read, one past its deadline, else the newest of who has most."""
        now, candidates = asyncio.get_running_loop().time(), [*self._slow, running]
        for candidate in candidates:
            since = None if candidate.answer is None else candidate.answer.stalled_since
            if since is not None and now - since > 1:
                return candidate
        longest = min(candidates, key=lambda c: c.clock)
        if now - longest.clock > self.options.deadline:
            return longest
        per_client = Counter(candidate.client for candidate in candidates)
        return max(candidates, key=lambda c: (per_client[c.client], c.clock))


class Asking:
    """A query that is being asked, as a context; one made of generators would cost a look-up a tenth of its time."""

    __slots__ = ("_begun", "_pool", "_running", "query", "version")

    def __init__(self, pool: Pool, query: Query, version: VersionRef | None) -> None:
        self.query, self.version = query, version
        self._pool = pool
        self._begun = 0.0
        self._running: Running | None = None

    async def __aenter__(self) -> Answer:
        """Let the answer begin.

        Raises:
            QueryRefusedError, QuerySyntaxError, EngineError: here, or by ``Answer.pieces``.
        """
        self._begun = asyncio.get_running_loop().time()
        try:
            self._running = await self._pool.take(self)
        except BaseException as error:
            self._count(error)
            raise
        assert self._running.answer is not None
        return self._running.answer

    async def __aexit__(self, _kind: object, error: BaseException | None, _where: TracebackType | None) -> None:
        self.end(error)

    def end(self, error: BaseException | None = None) -> None:
        """Stop the query, if its answer has not ended, and count how it went."""
        running, self._running = self._running, None
        if running is not None:
            self._pool.give(running)
            self._count(error, running.answer)

    def _count(self, error: BaseException | None, answer: Answer | None = None) -> None:
        outcome = "left"
        if answer is not None and answer.failure is not None:
            outcome = errors.outcome(answer.failure)
        elif isinstance(error, Exception):
            outcome = errors.outcome(error)
        elif error is None and answer is not None:
            outcome = "answered" if answer.complete else "cut" if answer.ended else "left"
        self._pool.stats.query(outcome, asyncio.get_running_loop().time() - self._begun)


async def _aside(text: str, work: Callable[[], Looked]) -> Looked:
    """Do some work on a text; in a thread where the text is long: half a megabyte keeps Python busy for a second."""
    return work() if len(text) < AT_ONCE else await asyncio.to_thread(work)
