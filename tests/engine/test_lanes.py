"""Cheap queries beside long ones, and how long ones are bounded."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.engine import errors
from kg.engine.pool import Asker, Pool, Query, asker
from tests.engine.test_pool import BOMB, STREAM, ask, count, run
from tests.published import publish


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish(tmp_path, "v1", "@prefix e: <http://e/> . e:g { " + " ".join(f"e:s{i} e:p {i} ." for i in range(300)) + "}")
    return tmp_path


async def until(condition: Callable[[], bool]) -> None:
    """Wait for some seconds, on a machine that may be busy."""
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0.05)
    pytest.fail("that did not happen in 5 seconds")


async def ended(pool: Pool, text: str, client: str | None = None) -> Exception | None:
    """Ask on behalf of a client and read it all; return how it failed."""
    asker.set(Asker(client))
    try:
        async with pool.query(Query(text=text)) as answer:
            async for _ in answer.pieces():
                pass
    except errors.EngineError as error:
        return error
    return None


def test_cheap_queries_do_not_wait_for_long_ones(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        bombs = [asyncio.ensure_future(ended(pool, BOMB)) for _ in range(4)]
        await until(lambda: len(pool._slow) == 4)
        times = []
        for _ in range(20):
            started = time.monotonic()
            assert await count(pool) == 300
            times.append(time.monotonic() - started)
        assert sorted(times)[-2] < 0.5
        assert os.getpriority(os.PRIO_PROCESS, next(iter(pool.running.values())).worker.process.pid) == 15
        assert {type(e) for e in await asyncio.gather(*bombs)} == {errors.DeadlineError}
        assert await count(pool) == 300
        assert (pool.stats.slowed, pool.stats.outcomes["deadline"], pool.stats.kills) == (4, 4, 4)
        await until(lambda: pool.alive == 3)

    run(home, scenario, workers=2, spares=1, slow=4, quick=0.2, deadline=8)


LONG = f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . VALUES ?v {{ {' '.join(map(str, range(30)))} }} }}"


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_worker_is_used_again_after_a_long_query_where_the_system_gives_its_priority_back(
    home: Path, monkeypatch: pytest.MonkeyPatch, is_allowed: bool
) -> None:
    given = os.setpriority

    def set_priority(which: int, who: int, niceness: int) -> None:
        if niceness <= 0 and not is_allowed:
            raise PermissionError
        if niceness > 0 or os.geteuid() == 0:
            given(which, who, niceness)

    monkeypatch.setattr(os, "setpriority", set_priority)

    async def scenario(pool: Pool) -> None:
        (before,) = pool.staff.alive
        assert await ended(pool, LONG) is None
        assert pool.stats.slowed == 1
        await until(lambda: pool.alive == (2 if is_allowed else 1))
        assert (before in pool.staff.alive) is is_allowed
        assert not any(worker.is_nice for worker in pool.staff.alive)
        assert await count(pool) == 300
        await until(lambda: pool.alive == 1)

    monkeypatch.setattr("kg.engine.staff.SURPLUS", 0.5)
    run(home, scenario, workers=1, spares=0, slow=1, quick=0.02, deadline=20)


def test_where_the_slow_lane_is_full_the_heaviest_client_gives_way(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        modest = asyncio.ensure_future(ended(pool, BOMB, "modest"))
        await asyncio.sleep(0.2)
        heavy = [asyncio.ensure_future(ended(pool, BOMB, "heavy")) for _ in range(3)]
        await asyncio.sleep(0.4)
        started = time.monotonic()
        assert await count(pool) == 300
        assert time.monotonic() - started < 2
        assert isinstance(await modest, errors.DeadlineError)
        assert errors.OverloadedError in {type(e) for e in await asyncio.gather(*heavy)}

    run(home, scenario, workers=1, slow=2, quick=0.1, deadline=4)


def test_who_does_not_read_gives_way_first(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        async with pool.query(Query(text=STREAM)) as lazy:
            pieces = lazy.pieces()
            await anext(pieces)
            await asyncio.sleep(1.2)
            bomb = asyncio.ensure_future(ended(pool, BOMB))
            await asyncio.sleep(0.3)
            assert await count(pool) == 300
            with pytest.raises(errors.OverloadedError):
                async for _ in pieces:
                    pass
        assert isinstance(await bomb, errors.DeadlineError)

    run(home, scenario, workers=1, slow=1, quick=0.1, deadline=3)


def test_a_stream_past_its_deadline_gives_way_where_others_wait_and_goes_on_where_nobody_does(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        stream = asyncio.ensure_future(ended(pool, STREAM, "streams"))
        await asyncio.sleep(1.5)
        assert not stream.done()
        bomb = asyncio.ensure_future(ended(pool, BOMB, "counts"))  # which is newer, and of a client with no more
        await until(lambda: len(pool.running) == 2)
        await asyncio.sleep(0.3)
        assert await count(pool) == 300
        assert isinstance(await stream, errors.OverloadedError)
        assert isinstance(await bomb, errors.DeadlineError)

    run(home, scenario, workers=1, slow=1, quick=0.1, deadline=1, stream=60)


def test_a_budget_is_per_client(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        assert isinstance(await ended(pool, BOMB, "heavy"), errors.DeadlineError)
        refused = await ended(pool, "ASK {}", "heavy")
        assert isinstance(refused, errors.BudgetError)
        assert refused.wait > 1
        assert await ended(pool, "ASK {}", "other") is None
        assert await ended(pool, "ASK {}") is None

    run(home, scenario, deadline=1, budget=0.5)


def test_a_client_may_ask_for_less_time_but_not_for_more(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        for own, context in ((0.3, None), (None, 0.3), (60.0, 0.3)):
            asker.set(Asker(None, context))
            await until(lambda: pool.staff.is_ready)
            with pytest.raises(errors.DeadlineError, match=r"0\.3 seconds"):
                async with pool.query(Query(text=BOMB, deadline=own)):
                    pass
        asker.set(Asker(None, 60.0))
        await until(lambda: pool.staff.is_ready)
        with pytest.raises(errors.DeadlineError, match=r"1 seconds"):
            await ask(pool, BOMB)

    run(home, scenario, deadline=1)


def test_the_operator_stops_a_query(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        bomb = asyncio.ensure_future(ended(pool, BOMB, "someone"))
        await until(lambda: bool(pool.running))
        (running,) = pool.running.values()
        assert (running.client, running.text) == ("someone", BOMB)
        assert pool.stop(running.id)
        assert isinstance(await bomb, errors.StoppedError)
        assert not pool.stop(running.id)
        assert pool.stats.outcomes["stopped"] == 1

    run(home, scenario)


def test_a_result_beyond_the_limit_is_an_error_and_never_an_end(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        async with pool.query(Query(text=STREAM)) as answer:
            size = 0

            async def read() -> None:
                nonlocal size
                async for piece in answer.pieces():
                    size += len(piece)

            with pytest.raises(errors.ResultTooLargeError):
                await read()
            assert not answer.complete
            assert 300_000 <= size < 400_000
        assert json.loads(await ask(pool, "ASK {}"))["boolean"]
        assert (pool.stats.outcomes["too-large"], pool.stats.outcomes["answered"]) == (1, 1)

    run(home, scenario, result=300_000)


def test_a_version_pruned_under_a_query_is_replaced_by_the_current_one(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        publish(home, "v2", "<http://e/a> <http://e/b> <http://e/c> .")
        gone = pool.current()
        real = pool._locate
        calls = iter([type(gone)("v0", home / "versions" / "v0")])
        pool._locate = lambda: next(calls, None) or real()
        assert await count(pool) == 1

    run(home, scenario)
