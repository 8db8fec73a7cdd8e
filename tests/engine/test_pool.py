from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kg.dataset.home import Home
from kg.engine import errors
from kg.engine.guard import Limits
from kg.engine.pool import Answer, Pool, PoolOptions, Query, VersionRef
from tests.published import publish

GENEROUS = Limits(size=1 << 30, depth=1 << 30, patterns=1 << 30)
DATA = "@prefix e: <http://e/> . e:g { " + " ".join(f"e:s{i} e:p {i} ." for i in range(300)) + " }"
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish(tmp_path, "v1", DATA)
    return tmp_path


def located(home: Path) -> Callable[[], VersionRef | None]:
    def locate() -> VersionRef | None:
        found = Home(home).current_id()
        return None if found is None else VersionRef(found, Home(home).versions / found)

    return locate


def run(home: Path, scenario: Callable[[Pool], Awaitable[None]], **options: Any) -> None:
    """Run a scenario with a pool; afterwards, no worker is left."""

    async def main() -> None:
        async with Pool(located(home), PoolOptions(**options)) as pool:
            await rested(pool)
            await scenario(pool)
            alive = [worker.process.pid for worker in pool.staff.alive]
        for pid in alive:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    asyncio.run(main())


async def rested(pool: Pool) -> None:
    """Wait until a worker is there, however busy the machine: deadlines are short here."""
    for _ in range(500):
        if pool.staff.is_ready:
            break
        await asyncio.sleep(0.02)


async def ask(pool: Pool, text: str, **options: Any) -> bytes:
    async with pool.query(Query(text=text, **options)) as answer:
        return await answer.read()


async def count(pool: Pool) -> int:
    found = json.loads(await ask(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
    return int(found["results"]["bindings"][0]["n"]["value"])


def test_forms_and_formats(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        for text, form, format in (
            ("SELECT ?s { ?s ?p 1 }", "select", "csv"),
            ("ASK {}", "ask", "csv"),
            ("CONSTRUCT WHERE { ?s ?p 1 }", "graph", "nt"),
            ("DESCRIBE <http://e/s1>", "graph", "nt"),
        ):
            async with pool.query(Query(text=text, results="csv", graph="nt")) as answer:
                body = await answer.read()
                assert (answer.form, answer.format, answer.complete, answer.version.id) == (form, format, True, "v1")
                assert body.strip()
        with pytest.raises(errors.FormError) as caught:
            await ask(pool, "ASK {}", results=None)
        assert caught.value.form == "results"
        turtle = await ask(pool, "CONSTRUCT WHERE { ?s ?p 1 }", prefixes=(("e", "http://e/"),))
        assert b"e:s1 e:p 1 ." in turtle

    run(home, scenario)


def test_datasets(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        text = "SELECT (COUNT(*) AS ?n) %s { ?s ?p ?o }"
        assert b"300" in await ask(pool, text % "", results="csv")
        assert b"300" in await ask(pool, text % "FROM <http://e/g>", results="csv")
        assert b"\n0" in (await ask(pool, text % "FROM <http://e/none>", results="csv")).replace(b"\r", b"")
        assert b"300" in await ask(pool, text % "FROM <http://e/x>", results="csv", default_graphs=("http://e/g",))
        assert b"300" not in await ask(pool, text % "", results="csv", named_graphs=("http://e/g",))

    run(home, scenario)


@pytest.mark.parametrize(
    "hostile",
    [
        "SELECT * " + "{" * 3000 + "}" * 3000,
        "SELECT * { FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ") }",
        "SELECT * { FILTER(" + "!" * 10_000 + "true) }",
        "SELECT * { FILTER(" + "||".join(["?x"] * 5000) + ") }",
        "SELECT * " + "{ OPTIONAL " * 2000 + "{}" + "}" * 2000,
        "SELECT * { " + " ".join(f"?a{i} ?p ?a{i + 1} ." for i in range(200)) + " }",
        BOMB,
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
        "SELECT * { ?a (!<http://x/>)* ?b . ?c (!<http://x/>)* ?d . ?e (!<http://x/>)* ?f } ORDER BY RAND()",
        "SELECT (REPLACE(GROUP_CONCAT(STR(?a)), 'x', '" + "y" * 10_000 + "') AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p",
        "\x00\ud800",
    ],
    ids=range(13),
)
def test_a_hostile_query_hurts_nobody_else(home: Path, hostile: str) -> None:
    """Without the guard's limits: it is the process that protects the server."""

    async def scenario(pool: Pool) -> None:
        assert await count(pool) == 300
        started = time.monotonic()
        try:
            async with pool.query(Query(text=hostile)) as answer:
                async for _ in answer.pieces():
                    pass
        except (errors.EngineError, errors.QuerySyntaxError, errors.QueryRefusedError):
            pass
        assert time.monotonic() - started < 4
        assert await count(pool) == 300

    run(home, scenario, workers=1, deadline=1.5, memory=2 << 30, limits=GENEROUS)


def test_the_deadline_ends_what_does_not_begin_and_another_what_does_not_end(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        with pytest.raises(errors.DeadlineError, match=r"0\.7 seconds"):
            await ask(pool, BOMB)
        await rested(pool)
        async with pool.query(Query(text=STREAM)) as answer:
            with pytest.raises(errors.DeadlineError, match=r"1\.5 seconds"):
                async for _ in answer.pieces():
                    pass
            assert not answer.complete

    run(home, scenario, deadline=0.7, stream=1.5)


def test_an_answer_that_flows_outlives_the_deadline(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        async with pool.query(Query(text=STREAM)) as answer:
            async for _ in answer.pieces():
                if answer.busy > 1.5 * pool.options.deadline:
                    return
        raise AssertionError("the answer ended")

    run(home, scenario, deadline=1, quick=60)


async def slowly(answer: Answer) -> None:
    async for _ in answer.pieces():
        await asyncio.sleep(0.3)


def test_an_answer_that_is_read_a_little_at_a_time_ends_too(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        started = time.monotonic()
        async with pool.query(Query(text=STREAM)) as answer:
            with pytest.raises(errors.DeadlineError, match="2 seconds"):
                await slowly(answer)
        assert 1.9 < time.monotonic() - started < 4

    run(home, scenario, patience=1, stream=2)


def test_time_in_which_nobody_reads_is_not_counted_but_bounded(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        wanted = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
        async with pool.query(Query(text=wanted)) as answer:
            pieces = answer.pieces()
            await anext(pieces)
            await asyncio.sleep(1.6)  # and its work takes some part of the 2 seconds that it may take
            async for _ in pieces:
                pass
            assert answer.complete
        async with pool.query(Query(text=STREAM)) as answer:
            pieces = answer.pieces()
            await anext(pieces)
            await asyncio.sleep(2.2)
            with pytest.raises(errors.EngineError):
                async for _ in pieces:
                    pass

    run(home, scenario, deadline=2, patience=2, quick=60)


def test_leaving_early_stops_the_query(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        async with pool.query(Query(text=STREAM)) as answer:
            worker = answer._worker
            async for _ in answer.pieces():
                break
        await asyncio.wait_for(worker.process.wait(), 2)
        task = asyncio.ensure_future(ask(pool, BOMB))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await count(pool) == 300

    run(home, scenario, workers=1)


def test_a_killed_worker_is_an_error_for_its_client_alone(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        async with pool.query(Query(text=STREAM)) as answer:
            os.kill(answer._worker.process.pid, signal.SIGKILL)
            with pytest.raises(errors.WorkerDiedError):
                async for _ in answer.pieces():
                    pass
        assert await count(pool) == 300

    run(home, scenario, workers=1)


def test_a_limit_cuts_and_says_so(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        async with pool.query(Query(text=STREAM, limit=100_000)) as answer:
            body = await answer.read()
            assert 100_000 <= len(body) < 200_000
            assert answer.ended
            assert not answer.complete

    run(home, scenario)


def test_running_queries_finish_on_their_version(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        async with pool.query(Query(text="SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000")) as answer:
            pieces = answer.pieces()
            await anext(pieces)
            publish(home, "v2", "<http://e/a> <http://e/b> <http://e/c> .")
            assert await count(pool) == 1
            async for _ in pieces:
                pass
            assert (answer.complete, answer.version.id) == (True, "v1")
        assert await count(pool) == 1
        old = VersionRef("v1", Home(home).versions / "v1")
        async with pool.query(Query(text="ASK { <http://e/s1> ?p ?o }"), version=old) as answer:
            assert json.loads(await answer.read())["boolean"]

    run(home, scenario)


def test_a_version_is_let_go_of_when_another_is_published(home: Path) -> None:
    from kg.dataset.home import remove_unless_held

    async def scenario(pool: Pool) -> None:
        await count(pool)
        assert not remove_unless_held(home / "versions" / "v1")
        publish(home, "v2", "<http://e/a> <http://e/b> <http://e/c> .")
        assert await count(pool) == 1
        await asyncio.sleep(0.5)
        assert remove_unless_held(home / "versions" / "v1")

    run(home, scenario)


def test_a_broken_or_missing_version_is_an_error(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        with pytest.raises(errors.NoVersionError, match="v9"):
            async with pool.query(Query(text="ASK {}"), version=VersionRef("v9", home / "versions" / "v9")):
                pass
        (home / "current").unlink()
        with pytest.raises(errors.NoVersionError):
            await ask(pool, "ASK {}")

    run(home, scenario)


def test_too_many_are_told_to_come_back(home: Path) -> None:
    async def scenario(pool: Pool) -> None:
        results = await asyncio.gather(*(ask(pool, BOMB) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(r, errors.OverloadedError) for r in results) >= 2
        assert sum(isinstance(r, errors.DeadlineError) for r in results) >= 1
        await rested(pool)
        assert await count(pool) == 300

    run(home, scenario, workers=1, queue=2, deadline=0.5)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("SELECT * {\n  ?s schema:name ?o }", 2, 6, "the prefix schema: is not declared"),
        ("PREFIX ex: <http://e/> SELECT * { ?s ex:a ?o ; ey:p ?o }", 1, 48, "the prefix ey: is not declared"),
        ("SELECT * { ?s ex:p ?o }", 1, 15, "the prefix ex: is not declared"),
        ("SELECT * { ?s ?p ?o", 1, 20, "ends too early"),
        ("SELECT ?x { ?s ?p ?o } GROUP BY ?s", 1, 35, "neither bound nor grouped"),
        ("SELECT * { ?s ?p <rel> }", 1, 23, "no absolute IRI"),
        ("SELECT * {\r\n FILTER(foo(?s)) }", 2, 9, "foo is no word of SPARQL"),
        ("SELEC * {}", 1, 1, "SELEC is no word"),
        ("SELECT * { ?s ?p ?o } LIMIT x", 1, 29, "x is no word"),
        ("SELECT * { ?s ?p ?o } LIMIT -1", 1, 29, "expected"),
        ("", 1, 1, "too early"),
    ],
)
def test_syntax_errors_know_their_place(home: Path, text: str, line: int, column: int, message: str) -> None:
    async def scenario(pool: Pool) -> None:
        with pytest.raises(errors.QuerySyntaxError, match=message) as caught:
            await ask(pool, text)
        assert caught.value.line == line
        assert caught.value.column == column
        assert caught.value.excerpt == [*text.splitlines(), ""][line - 1]
        assert "^" in str(caught.value)

    run(home, scenario, workers=1, spares=0)


SERVER = """
import asyncio, sys
from pathlib import Path
from tests.engine.test_pool import BOMB, located
from kg.engine.pool import Answer, Pool, PoolOptions, Query
async def main():
    async with Pool(located(Path(sys.argv[1])), PoolOptions(workers=1, spares=0, deadline=60)) as pool:
        while not pool.alive: await asyncio.sleep(0.01)
        print(next(iter(pool.staff.alive)).process.pid, flush=True)
        async with pool.query(Query(text=BOMB)) as answer: pass
asyncio.run(main())
"""


def test_workers_end_with_their_server_in_the_middle_of_a_query(home: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER, str(home)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        time.sleep(0.5)
        server.kill()
    for _ in range(40):
        try:
            state = Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the worker goes on")
