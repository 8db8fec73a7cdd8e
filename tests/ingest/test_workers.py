"""Who does the work of a load changes nothing of what comes out, also when a worker is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kg import batches, ingest, workers
from kg.dataset.home import Home
from kg.dataset.writer import opened
from kg.errors import OperationError
from kg.ingest import Counts, write_shard
from kg.loader import Loader, Source
from kg.records import Record, Reject
from kg.workers import Cluster, Crew, Processes
from tests.ingest.lines import DYING, LOADER, options, source

LONG = "a name that is far too long for the shape"
LINES = [("reject", f"{LONG} {n}", "iri:not an iri")[n % 3] if n % 50 == 0 else f"Name {n}" for n in range(400)]
RESULT = tuple[list[bytes], list[str], Counts]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SMALL", 20)


def made(tmp_path: Path, crew: Crew, half_way: Callable[[], object] = lambda: None) -> RESULT:
    """Return what a source becomes that this process reads."""

    def read(source: Source) -> Iterator[Record | Reject]:
        for number, item in enumerate(LOADER.read(source)):
            if number == len(LINES) // 2:
                half_way()
            yield item

    return made_by(replace(LOADER, read=read, split=None), tmp_path, crew)


def made_by(loader: Loader, tmp_path: Path, crew: Crew) -> RESULT:
    """Return the sorted N-Quads, the lines of the quarantine file, and the counts."""
    home = Home(tmp_path / "home")
    home.create()
    using = replace(options(batch=20), crew=crew)
    shard, texts = tmp_path / "shard.nq", tmp_path / "texts.jsonl"
    counts = write_shard(source(tmp_path, *LINES), loader, using, shard, texts, home)
    kept = (home.quarantine / ".test.new").read_text(encoding="utf-8")
    return sorted(shard.read_bytes().splitlines()), kept.splitlines(), counts


@pytest.fixture
def alone(tmp_path: Path) -> RESULT:
    return made(tmp_path, Crew())


def test_processes_make_the_same_as_one(tmp_path: Path, alone: RESULT) -> None:
    with workers.crew(processes=2) as crew:
        assert made(tmp_path, crew) == alone
    assert alone[2].rejected > 0
    assert alone[2].quarantined > 0


def test_processes_make_the_same_when_one_is_killed_half_way(tmp_path: Path, alone: RESULT) -> None:
    with workers.crew(processes=2) as crew:
        assert isinstance(crew, Processes)
        killed: list[int] = []

        def kill() -> None:
            assert crew._pool is not None
            killed.append(next(iter(crew._pool._processes)))
            os.kill(killed[0], signal.SIGKILL)

        assert made(tmp_path, crew, kill) == alone
        assert crew._pool is not None
        assert killed[0] not in crew._pool._processes


def test_processes_that_read_parts_make_the_same_when_one_dies(tmp_path: Path, alone: RESULT) -> None:
    with workers.crew(processes=2) as crew:
        assert len(batches.divided(source(tmp_path, *LINES), LOADER, crew)) > 5
        assert made_by(LOADER, tmp_path, crew) == alone
        assert made_by(DYING, tmp_path, crew) == alone
    assert int((tmp_path / "died").read_text()) != os.getpid()


def _die(batch: int, shared: None) -> int:
    if batch == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return batch


def test_work_that_kills_every_process_fails_in_the_end_and_the_next_is_done() -> None:
    with workers.crew(processes=2) as crew:
        results = crew.each(_die, range(6), None)
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(OperationError, match="was killed, and so were 2"):
            next(results)
        assert list(crew.each(_die, [4, 5], None)) == [4, 5]


def test_a_source_that_kills_its_processes_keeps_its_old_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with workers.crew(processes=2) as crew, opened(Home(tmp_path / "home")) as writer:
        using = replace(options(batch=20), crew=crew)
        before, _ = ingest.ingest(source(tmp_path, "A"), LOADER, writer, using)
        make_piece = ingest.make_piece
        monkeypatch.setattr(ingest, "make_piece", _fatal)
        with pytest.raises(OperationError, match="was killed"):
            ingest.ingest(source(tmp_path, *LINES), LOADER, writer, using)
        monkeypatch.setattr(ingest, "make_piece", make_piece)
        assert writer.count(before.graph) == before.quads
        after, _ = ingest.ingest(source(tmp_path, *LINES), LOADER, writer, using)
        assert after.read == len(LINES)


def _fatal(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def cluster() -> AbstractContextManager[Crew]:
    pytest.importorskip("distributed")
    return workers.crew("dask", processes=2)


def test_two_dask_workers_make_the_same(tmp_path: Path, alone: RESULT, cluster: AbstractContextManager[Crew]) -> None:
    with cluster as crew:
        assert crew.size == 2
        assert made(tmp_path, crew) == alone


def test_two_dask_workers_make_the_same_when_one_is_killed_half_way(
    tmp_path: Path, alone: RESULT, cluster: AbstractContextManager[Crew]
) -> None:
    with cluster as crew:
        assert isinstance(crew, Cluster)
        pids = list(crew._client.run(os.getpid).values())

        def kill() -> None:
            os.kill(pids[0], signal.SIGKILL)

        assert made(tmp_path, crew, kill) == alone
        with suppress(ProcessLookupError):
            os.kill(pids[0], 0)
            pytest.fail("the worker lives")


def test_two_dask_workers_that_read_parts_make_the_same_when_one_dies(
    tmp_path: Path, alone: RESULT, cluster: AbstractContextManager[Crew]
) -> None:
    with cluster as crew:
        assert made_by(DYING, tmp_path, crew) == alone
    assert int((tmp_path / "died").read_text()) != os.getpid()


def test_parts_that_a_worker_does_not_see_go_to_it_as_batches(
    tmp_path: Path, alone: RESULT, cluster: AbstractContextManager[Crew], monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster as crew:
        whole = source(tmp_path, *LINES)
        assert crew.sees([whole.payloads[0].path])
        assert isinstance(crew, Cluster)
        seen = crew._client.run
        monkeypatch.setattr(crew._client, "run", lambda *call: {**seen(*call), "another": [None]})
        assert not batches.divided(whole, LOADER, crew)
        assert made_by(LOADER, tmp_path, crew) == alone
