"""Batches to results, in order: in this process, in processes of this machine, or on a Dask cluster.

A ``Crew`` is what a load hands its batches to. The functions are the same everywhere and pure, so that a task may be
done again by another worker when one dies. What all tasks need (``share``) reaches each worker once. Only so many
batches are under way at a time, so that memory stays flat.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import pickle
import tempfile
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from kg.errors import OperationError, UsageError

Batch = TypeVar("Batch")
Made = TypeVar("Made")
Work = Callable[[Any, Any], Made]
"""A function of a batch and of what all batches share; importable by its name."""

AHEAD = 2
"""Batches for each worker that are under way."""
ATTEMPTS = 3
"""How often a batch is begun whose worker dies."""


class _Future(Protocol):
    def result(self) -> Any: ...


class Crew:
    """Does the work in this process; the base of those that have others do it."""

    size = 1
    """How many workers there are."""

    def each(self, work: Work[Made], batches: Iterable[Any], shared: Any) -> Iterator[Made]:
        """Yield the results in the order of the batches.

        Raises:
            OperationError: a worker died, and its work cannot be done again.
        """
        return (work(batch, shared) for batch in batches)

    def sees(self, paths: Collection[Path]) -> bool:
        """Whether all workers find the same files at these paths as this process does."""
        return True


class Processes(Crew):
    """Processes of this machine, started when they are first needed; a new set after one of them was killed."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool: ProcessPoolExecutor | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="commons-kg-")
        self._shared: list[tuple[Any, Path]] = []

    def each(self, work: Work[Made], batches: Iterable[Any], shared: Any) -> Iterator[Made]:
        """Yield the results in the order of the batches."""
        path = self._share(shared)
        return _in_order(lambda batch: _Task(self, work, batch, path), batches, self.size)

    def submit(self, *call: Any) -> tuple[ProcessPoolExecutor, Future[Any]]:
        """Have a call made; return which set of processes does it, too."""
        if self._pool is None:  # spawned: a fork would copy the threads' locks of the store
            self._pool = ProcessPoolExecutor(self.size, mp_context=multiprocessing.get_context("spawn"))
        pool = self._pool
        try:
            return pool, pool.submit(*call)
        except BrokenProcessPool:
            self.give_up(pool)
            return self.submit(*call)

    def give_up(self, pool: ProcessPoolExecutor) -> None:
        """Stop a set of processes of which one was killed: it takes no more work; the next call starts another."""
        if self._pool is pool:
            self.close_pool()

    def _share(self, shared: Any) -> Path:
        for known, path in self._shared:
            if known is shared:
                return path
        path = Path(self._folder.name) / f"{len(self._shared)}.pickle"
        path.write_bytes(pickle.dumps(shared))
        self._shared.append((shared, path))
        return path

    def close_pool(self) -> None:
        """Stop the processes until there is work again."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def close(self) -> None:
        """Stop the processes."""
        self.close_pool()
        self._folder.cleanup()


class _Task:
    """A batch that is done again where the process that had it, or another of its set, is killed.

    Only the first in the order is done again at a time, so that a batch which kills whoever does it is found out.
    """

    def __init__(self, crew: Processes, work: Work[Any], batch: Any, shared: Path) -> None:
        self._crew, self._call = crew, (_with_shared, work, batch, shared)
        self._pool, self._future = crew.submit(*self._call)

    def result(self) -> Any:
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(BrokenProcessPool):
                return self._future.result()
            self._crew.give_up(self._pool)
            self._pool, self._future = self._crew.submit(*self._call)
        try:
            return self._future.result()
        except BrokenProcessPool:
            self._crew.give_up(self._pool)
            raise OperationError(
                f"a process that maps and validates was killed, and so were {ATTEMPTS - 1} that did its work again",
                hint="it may have been out of memory: try again with fewer (setting ingest_processes)",
            ) from None


class Cluster(Crew):
    """The workers of a Dask scheduler, or of one that is started here."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._shared: list[tuple[Any, Any]] = []

    @property
    def size(self) -> int:  # type: ignore[override]
        """How many workers there are now."""
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def each(self, work: Work[Made], batches: Iterable[Any], shared: Any) -> Iterator[Made]:
        """Yield the results in the order of the batches."""
        dask = importlib.import_module("distributed.client")
        try:
            held = self._share(shared)
            yield from _in_order(
                lambda batch: self._client.submit(work, batch, held, pure=False, retries=ATTEMPTS - 1),
                batches,
                self.size,
            )
        except (dask.KilledWorker, dask.FutureCancelledError) as error:
            raise OperationError(
                f"the Dask cluster lost its work: {error}", hint="look at the workers' logs and memory, and try again"
            ) from None

    def sees(self, paths: Collection[Path]) -> bool:
        """Whether all workers find the same files at these paths as this process does; asks each of them."""
        named = [path.absolute() for path in paths]
        return all(found == _stamps(named) for found in self._client.run(_stamps, named).values())

    def _share(self, shared: Any) -> Any:
        for known, held in self._shared:
            if known is shared:
                return held
        held = self._client.scatter(shared, broadcast=True, hash=False)
        self._shared.append((shared, held))
        return held


def _stamps(paths: Collection[Path]) -> list[tuple[int, int] | None]:
    """Return the size of each file and when it was written, None for one that is not there."""
    stamps: list[tuple[int, int] | None] = []
    for path in paths:
        try:
            found = path.stat()
            stamps.append((found.st_size, int(found.st_mtime)))
        except OSError:
            stamps.append(None)
    return stamps


def _in_order(submit: Callable[[Any], _Future], batches: Iterable[Any], workers: int) -> Iterator[Any]:
    under_way: deque[_Future] = deque()
    for batch in batches:
        under_way.append(submit(batch))
        if len(under_way) >= AHEAD * workers:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


@cache
def _read(path: Path) -> Any:
    return pickle.loads(path.read_bytes())


def _with_shared(work: Work[Made], batch: Any, path: Path) -> Made:
    return work(batch, _read(path))


@contextlib.contextmanager
def crew(engine: str = "", processes: int = 0, scheduler: str = "") -> Iterator[Crew]:
    """Give who does the work of a load.

    Args:
        engine: ``local`` for processes of this machine, ``dask`` for a cluster.
        processes: how many processes; 0: as many as there are cores; 1: this one alone.
        scheduler: address of a Dask scheduler; empty: one with workers is started here.

    Raises:
        UsageError: Dask is not installed.
        OperationError: the scheduler does not answer.
    """
    processes = processes or len(os.sched_getaffinity(0))
    if engine == "dask":
        with _client(scheduler, processes) as client:
            yield Cluster(client)
    elif processes == 1:
        yield Crew()
    else:
        with contextlib.closing(Processes(processes)) as pool:
            yield pool


@contextlib.contextmanager
def _client(scheduler: str, processes: int) -> Iterator[Any]:
    try:
        dask: Any = importlib.import_module("distributed")  # it has no types
    except ImportError:
        raise UsageError("Dask is not installed", hint="pip install 'commons-kg[dask]'") from None
    with contextlib.ExitStack() as stack:
        try:
            if not scheduler:
                scheduler = stack.enter_context(
                    dask.LocalCluster(
                        n_workers=processes, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
                    )
                ).scheduler_address
            client = stack.enter_context(dask.Client(scheduler, timeout=10))
            client.wait_for_workers(1, timeout=60)
        except (OSError, TimeoutError, ValueError) as error:
            raise OperationError(
                f"the Dask scheduler {scheduler or 'of this machine'} does not answer: {error}",
                hint="setting dask_scheduler, e.g. tcp://scheduler:8786; are there workers?",
            ) from None
        yield client
