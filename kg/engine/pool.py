"""A pool of worker processes, and answers streamed out of them.

A query gets a worker for itself. When its time is over, when its answer is no longer wanted, or when it breaks the
worker, that process is killed and another takes its place; nobody else notices. The beginning of an answer is held
back, so that nearly every failure is raised before the first piece is handed out.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

from kg.engine import errors, frames
from kg.engine.guard import Limits, check
from kg.engine.syntax import explained

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VersionRef:
    """A published version: its id and its folder."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query and what its answer shall look like."""

    text: str
    results: str | None = "json"
    """Extension of the format for SELECT and ASK (``json xml csv tsv``); None: such an answer is not wanted."""
    graph: str | None = "ttl"
    """Extension of the format for CONSTRUCT and DESCRIBE (``ttl nt rdf jsonld``); None: it is not wanted."""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    prefixes: tuple[tuple[str, str], ...] = ()
    """Written into Turtle and RDF/XML; the statements are then sorted, so only for graphs of modest size."""
    limit: int | None = None
    """Bytes after which the answer may be cut; it then is not ``complete``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOptions:
    """How many, how long, how much."""

    workers: int = 2
    """Queries that run at the same time."""
    spares: int = 1
    """Processes beyond that, warm, for those that are killed."""
    deadline: float = 10.0
    """Seconds that a query may keep its worker busy; time in which the client does not read is not counted."""
    patience: float = 30.0
    """Seconds that a client may take to read one piece."""
    queue: int = 64
    """Queries that may wait for a worker."""
    memory: int = 3 << 30
    """Bytes of address space of a worker, its stack of 512 MB among them; 0: not bounded."""
    hold_back: int = 64 << 10
    """Bytes of an answer that are kept until more has come or the answer has ended."""
    limits: Limits = field(default_factory=Limits)


class _Worker:
    """One process and the socket to it."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process, self.reader, self.writer = process, reader, writer
        self.version = ""
        """Id of the version it has open."""

    @classmethod
    async def spawn(cls, memory: int) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "kg.engine.worker", str(theirs.fileno()), str(memory),
                    stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),), env=os.environ | {"MALLOC_ARENA_MAX": "2"},
                )  # fmt: skip
            except BaseException:
                ours.close()
                raise
        reader, writer = await asyncio.open_connection(sock=ours)
        return cls(process, reader, writer)

    async def open(self, version: VersionRef) -> None:
        """Let it open a version; that it cannot is said again by the next query."""
        self.version = version.id
        self.writer.write(frames.pack_json(frames.REQUEST, {"version": str(version.path)}))
        await frames.read(self.reader)

    def kill(self) -> None:
        """End it now, whatever it is doing."""
        # not Process.kill(): that polls first, and takes the exit status away from the loop's child watcher
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)

    async def reap(self) -> None:
        """Kill it and wait until nothing of it is left."""
        self.kill()
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()
        await self.process.wait()


class Answer:
    """The answer of a query: its form and format, then its pieces, once."""

    def __init__(self, worker: _Worker, version: VersionRef, options: PoolOptions) -> None:
        self.version = version
        self.form = ""
        """``select``, ``ask`` or ``graph``."""
        self.format = ""
        """Extension of the format."""
        self.complete = False
        """Whether the answer was handed out to its end and nothing was cut."""
        self.ended = False
        """Whether the worker has said all and is ready for the next query."""
        self._worker, self._options = worker, options
        self._left = options.deadline
        self._held: list[bytes] = []

    async def start(self, request: bytes) -> None:
        """Send the request, and hold back the beginning of the answer.

        Raises:
            QuerySyntaxError, EngineError: there is no answer.
        """
        with contextlib.suppress(ConnectionError):  # a dead worker is noticed when it is read from
            self._worker.writer.write(request)
            await self._worker.writer.drain()
        held = 0
        while held < self._options.hold_back and not self.ended:
            piece = await self._next()
            self._held.append(piece)
            held += len(piece)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Hand out the answer.

        Raises:
            EngineError: it breaks off here; what was handed out is not the whole.
        """
        loop = asyncio.get_running_loop()
        held, self._held = self._held, []
        for piece in held:
            if piece:
                impatience = loop.call_later(self._options.patience, self._worker.kill)
                try:
                    yield piece
                finally:
                    impatience.cancel()
        while not self.ended:
            if piece := await self._next():
                impatience = loop.call_later(self._options.patience, self._worker.kill)
                try:
                    yield piece
                finally:
                    impatience.cancel()

    async def read(self) -> bytes:
        """Return the whole answer."""
        return b"".join([piece async for piece in self.pieces()])

    async def _next(self) -> bytes:
        """Return the next piece; an empty one for a frame that brings none."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(self._left):
                kind, payload = await frames.read(self._worker.reader)
        except TimeoutError:
            raise errors.DeadlineError(
                f"the query was stopped after {self._options.deadline:g} seconds",
                hint="Ask for less: a LIMIT, a more specific pattern, or take the dump and query it at home.",
            ) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise errors.WorkerDiedError(
                "the process that had the query ended before the answer did",
                hint="It most likely needed more memory than a query may have. Ask for less, or take the dump.",
            ) from None
        finally:
            self._left -= loop.time() - started
        if kind == frames.DATA:
            return payload
        value = json.loads(payload)
        if kind == frames.HEADER:
            self.form, self.format = value["form"], value["format"]
        elif kind == frames.END:
            self.ended, self.complete = True, value["complete"]
        else:
            self.ended = True
            raise _error(value["error"], value["message"])
        return b""


class Pool:
    """The workers. Use it as an async context manager; it must not outlive its event loop."""

    def __init__(self, locate: Callable[[], VersionRef | None], options: PoolOptions = PoolOptions()) -> None:
        self.options = options
        self._locate = locate
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._alive: set[_Worker] = set()
        self._slots = asyncio.Semaphore(options.workers)
        self._waiting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._filling: asyncio.Task[None] | None = None
        self._seen: str | None = None
        self._closing = False

    async def __aenter__(self) -> Pool:
        self._refill()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        while self._tasks:  # short ones all; a process half started would be left behind by cancelling
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.reap() for worker in self._alive))
        self._alive.clear()

    @property
    def alive(self) -> int:
        """How many worker processes there are."""
        return len(self._alive)

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
            self._follow()
        return version

    @contextlib.asynccontextmanager
    async def query(self, query: Query, *, version: VersionRef | None = None) -> AsyncIterator[Answer]:
        """Ask a version, the current one if none is named; leaving the block early stops the query.

        Raises:
            QueryRefusedError, QuerySyntaxError, EngineError: before the block is entered, or by ``Answer.pieces``.
        """
        check(query.text, self.options.limits)
        version = version or self.current()
        request = frames.pack_json(frames.REQUEST, {
            "version": str(version.path), "query": query.text, "results": query.results, "graph": query.graph,
            "default_graphs": query.default_graphs,
            "named_graphs": query.named_graphs, "prefixes": dict(query.prefixes), "limit": query.limit,
        })  # fmt: skip
        async with self._turn():
            worker = await self._ready()
            worker.version = version.id
            answer = Answer(worker, version, self.options)
            try:
                try:
                    await answer.start(request)
                except errors.QuerySyntaxError as error:
                    raise explained(error, query.text) from None
                yield answer
            finally:
                if answer.ended and not self._closing:
                    self._rest(worker)
                else:
                    self._retire(worker)

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for one's turn to have a worker."""
        if self._waiting >= self.options.queue:
            raise _overloaded()
        self._waiting += 1
        try:
            async with asyncio.timeout(self.options.deadline):
                await self._slots.acquire()
        except TimeoutError:
            raise _overloaded() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

    async def _ready(self) -> _Worker:
        try:
            async with asyncio.timeout(self.options.deadline):
                while True:
                    worker = await self._idle.get()
                    if worker.process.returncode is None:
                        return worker
                    self._retire(worker)
        except TimeoutError:
            raise _overloaded() from None

    def _retire(self, worker: _Worker) -> None:
        """Kill a worker at once, clear up after it, and let another take its place."""
        worker.kill()
        self._alive.discard(worker)
        self._spend(worker.reap())
        if not self._closing:
            self._refill()

    def _refill(self) -> None:
        if self._filling is None or self._filling.done():
            self._filling = self._spend(self._spawn_missing())

    async def _spawn_missing(self) -> None:
        while not self._closing and len(self._alive) < self.options.workers + self.options.spares:
            try:
                worker = await _Worker.spawn(self.options.memory)
            except OSError as error:
                logger.error("no query worker can be started: %s", error)
                await asyncio.sleep(1)
                continue
            self._alive.add(worker)
            self._spend(self._reopen(worker))

    def _rest(self, worker: _Worker) -> None:
        """Let a worker wait for its next query, with the current version open: it must not keep an old one."""
        version = self._locate()
        if version is None or worker.version == version.id:
            self._idle.put_nowait(worker)
        else:
            self._spend(self._reopen(worker))

    async def _reopen(self, worker: _Worker) -> None:
        try:
            while (version := self._locate()) is not None and worker.version != version.id:
                await worker.open(version)
        except (asyncio.IncompleteReadError, ConnectionError):
            logger.error("a query worker ended while it opened a version")
            await asyncio.sleep(1)
            self._retire(worker)
        else:
            self._idle.put_nowait(worker)

    def _follow(self) -> None:
        """Let the idle workers open a new version now, so that they let go of the old one."""
        idle: list[_Worker] = []
        while not self._idle.empty():
            idle.append(self._idle.get_nowait())
        for worker in idle:
            self._rest(worker)

    def _spend(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _overloaded() -> errors.OverloadedError:
    return errors.OverloadedError("too many queries are being answered", hint="Ask again in some seconds.")


def _error(kind: str, message: str) -> Exception:
    """Return the error for what a worker reports."""
    if kind == "syntax":
        return errors.QuerySyntaxError(message)
    if kind == "form":
        return errors.FormError(message)
    if kind == "memory":
        return errors.WorkerDiedError("the query needed more memory than it may have", hint="Ask for less.")
    return errors.QueryFailedError(message)
