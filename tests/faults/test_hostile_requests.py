"""Nothing that a client sends hurts another client: each hostile request is followed by a cheap query.

A reply is *cut* where its status was 200 and the client can see that it is not whole; an answer that says it is whole
must be whole. Every case comes from an address of its own, as limits per client must not be what saves the others.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.hostile import CARTESIAN, CASES, CUT, LABEL, WORKERS, Hostile
from tests.faults.serving import THING, THINGS, Reply, Server, get, make_home, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hostile")]

PROMPT = 2.0
"""Seconds in which a cheap query has to be answered, whatever else goes on."""

NEVER = frozenset({500, 502})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    make_home(folder / "home")
    with serving(folder / "home", folder / "log", deadline=2, stream=4, workers=WORKERS) as server:
        yield server


@pytest.fixture(scope="module")
def at_start(server: Server) -> dict[str, int]:
    """What the server takes before anything hostile."""
    for _ in range(50):
        cheap(server)
    for path in ("/", "/browse", "/sparql", "/dumps", "/id/organization/thing-1"):
        server.exchange(get(path, "Accept: text/html", "Connection: close"))
    return {"memory": server.memory(), "processes": len(server.tree()), "workers": server.workers()}


_numbers = itertools.count()


def cheap(server: Server) -> None:
    """Ask what was not asked before, and see that the answer is right and comes in time."""
    number = next(_numbers) % THINGS
    started = time.monotonic()
    reply = server.select(f"SELECT ?l {{ <{THING}{number}> {LABEL} ?l }} #{time.monotonic_ns()}")
    took = time.monotonic() - started
    assert (reply.status, reply.body) == (200, f"l\r\nThing {number}\r\n".encode()), reply
    assert took < PROMPT, f"a cheap query took {took:.1f} s"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_request_hurts_nobody_else(server: Server, at_start: dict[str, int], case: Hostile) -> None:
    source = f"127.0.1.{1 + CASES.index(case) % 250}"
    replies: list[Reply | BaseException] = []

    def send() -> None:
        try:
            replies.append(case.send(server, source, stack))
        except (AssertionError, OSError) as error:
            replies.append(error)

    with contextlib.ExitStack() as stack:
        sending = threading.Thread(target=send)
        sending.start()
        sending.join(0.2)
        cheap(server)
        sending.join(20)
        assert not sending.is_alive(), "there was neither an answer nor an end"
        cheap(server)
    cheap(server)
    (reply,) = replies
    if isinstance(reply, BaseException):
        raise reply
    status = reply.status if reply.whole or reply.status != 200 else CUT
    assert status not in NEVER, reply.body[:2000]
    assert status in case.allowed, (status, reply.body[:1000])
    if status == 200 and case.says is not None:
        assert case.says(reply.body.decode()), f"an answer that says it is whole is not: {reply.body[:200]!r}"
    if reply.body and status >= 400 and reply.headers.get("content-type") == "application/problem+json":
        assert b'"detail"' in reply.body


def test_four_hostile_queries_at_once_leave_room_for_cheap_ones(server: Server, at_start: dict[str, int]) -> None:
    bombs = [f"SELECT (COUNT(*) AS ?n) {{ {CARTESIAN} }} #{n}" for n in range(4)]
    replies: list[Reply] = []
    threads = [
        threading.Thread(target=lambda n=n, text=text: replies.append(server.select(text, f"127.0.2.{n + 1}")))
        for n, text in enumerate(bombs)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    cheap(server)
    for thread in threads:
        thread.join(30)
    assert {reply.status for reply in replies} <= {503, 504, 429}
    cheap(server)


def test_afterwards_the_server_is_as_it_was(server: Server, at_start: dict[str, int]) -> None:
    until = time.monotonic() + 20
    while (
        server.workers() != at_start["workers"] or server.memory() > at_start["memory"] * 2
    ) and time.monotonic() < until:
        cheap(server)
        time.sleep(0.5)
    before = server.cpu()
    time.sleep(2)
    busy = {pid: used - before[pid] for pid, used in server.cpu().items() if pid in before}
    assert sum(busy.values()) < 0.2, f"processes are busy with nothing to do: {busy}"
    assert server.workers() == at_start["workers"] >= WORKERS
    assert len(server.tree()) == at_start["processes"]
    grown = server.memory() - at_start["memory"]
    assert grown < 150 << 20, f"{grown >> 20} MB were not given back of {at_start['memory'] >> 20} at the start"
    log = server.log.read_text(errors="replace")
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:3000]
