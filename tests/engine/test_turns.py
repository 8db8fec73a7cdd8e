from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from kg.engine.budget import REMEMBERED, Budget
from kg.engine.errors import OverloadedError
from kg.engine.turns import Turns


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await scenario()

    asyncio.run(main())


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_clients_take_turns() -> None:
    async def scenario() -> None:
        turns, order = Turns(1, 64), list[str]()
        await turns.take("a", 5)

        async def one(client: str) -> None:
            await turns.take(client, 5)
            order.append(client)
            turns.give()

        tasks = [asyncio.ensure_future(one(client)) for client in "aaaabc"]
        await settle()
        assert turns.waiting == 6
        turns.give()
        await asyncio.gather(*tasks)
        assert order == ["a", "b", "c", "a", "a", "a"]
        await turns.take("d", 0.1)  # the slot is free again

    run(scenario)


def test_a_full_queue_refuses_whoever_fills_it() -> None:
    async def scenario() -> None:
        turns = Turns(1, 4)
        await turns.take("a", 5)
        flood = [asyncio.ensure_future(turns.take("a", 5)) for _ in range(4)]
        await settle()
        with pytest.raises(OverloadedError):
            await turns.take("a", 5)
        other = asyncio.ensure_future(turns.take("b", 5))
        await settle()
        assert not other.done()
        assert isinstance(flood[-1].exception(), OverloadedError)
        assert turns.waiting == 4
        for task in (*flood[:3], other):
            task.cancel()
        await settle()
        assert turns.waiting == 0
        turns.give()
        await turns.take("c", 0.1)

    run(scenario)


def test_waiting_ends_in_time_and_loses_no_slot() -> None:
    async def scenario() -> None:
        turns = Turns(1, 4)
        await turns.take("a", 5)
        with pytest.raises(OverloadedError):
            await turns.take("b", 0.01)
        granted = asyncio.ensure_future(turns.take("c", 5))
        await settle()
        turns.give()  # it is c's now, which is cancelled before it knows
        granted.cancel()
        await settle()
        await turns.take("d", 0.1)

    run(scenario)


def test_a_budget_moves_along() -> None:
    budget = Budget(10, 60)
    assert budget.wait("a", 1000.0) == 0
    for second in range(11):
        budget.spend("a", 1, 1000.0 + second)
    wait = budget.wait("a", 1011.0)
    assert 40 < wait <= 60
    assert budget.wait("a", 1011.0 + wait) == 0
    assert budget.wait("b", 1011.0) == 0
    assert budget.wait("b", 1011.0, running=11) > 0
    budget.spend(None, 99, 1000.0)
    assert budget.wait(None, 1000.0) == 0
    assert Budget(0, 60).wait("a", 1000.0) == 0


def test_a_budget_remembers_a_bounded_number() -> None:
    budget = Budget(10, 60)
    for number in range(REMEMBERED + 10):
        budget.spend(str(number), 20, 1000.0)
    assert len(budget._spent) == REMEMBERED
    assert budget.wait("0", 1000.0) == 0
    assert budget.wait(str(REMEMBERED), 1000.0) > 0
