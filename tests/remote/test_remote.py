"""Another server behind the front: what it does wrong is an error, and never an answer that seems right."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.engine import errors
from kg.engine.merge import Graphs
from kg.engine.pool import Pool, PoolOptions, Query
from kg.engine.remote import NOTHING, Remote, Result
from kg.errors import UsageError
from kg.operations import export
from kg.settings import load
from kg.web.server import serve
from tests.misbehaving import Misbehaving, misbehaving, ok
from tests.published import publish
from tests.remote.serving import located

DATA = "@prefix e: <http://e/> . e:g { e:s e:p 1, 2 } e:h { e:s e:p 2, true }"
JSON = "Content-Type: application/sparql-results+json"
ROW = {"n": {"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#integer", "value": "3"}}
ASKED = "SELECT ?n { ?s ?p ?n }"


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with misbehaving() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish(tmp_path, "v1", DATA)
    return tmp_path


def table(*rows: dict[str, Any], variables: tuple[str, ...] = ("n",)) -> bytes:
    return json.dumps({"head": {"vars": variables}, "results": {"bindings": rows}}).encode()


HELD = ok(table(ROW), JSON)
"""That the version's three triples are there."""


def run(home: Path, url: str, scenario: Callable[[Pool], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        async with Pool(located(home), PoolOptions(remote=url, workers=1, spares=1, **options)) as pool:
            await scenario(pool)

    asyncio.run(main())


async def ask(pool: Pool, text: str = ASKED, **options: Any) -> bytes:
    async with pool.query(Query(text=text, **options)) as answer:
        return await answer.read()


def fails(home: Path, url: str, error: type[Exception], said: str, text: str = ASKED, **options: Any) -> None:
    async def scenario(pool: Pool) -> None:
        with pytest.raises(error, match=said):
            await ask(pool, text)

    run(home, url, scenario, **options)


def test_a_table_in_every_format(home: Path, server: Misbehaving) -> None:
    url = server.serve("/", HELD, ok(table(ROW, {}), JSON))

    async def scenario(pool: Pool) -> None:
        assert await ask(pool, results="csv") == b"n\r\n3\r\n\r\n"
        assert json.loads(await ask(pool))["results"]["bindings"] == [ROW, {}]

    run(home, url, scenario)


def test_a_graph(home: Path, server: Misbehaving) -> None:
    triple = b'<http://e/s> <http://e/p> "x"@en .\n'
    url = server.serve("/", HELD, ok(triple, "Content-Type: application/n-triples"))

    async def scenario(pool: Pool) -> None:
        assert await ask(pool, "CONSTRUCT WHERE { ?s ?p ?o }", graph="nt") == triple

    run(home, url, scenario)


def test_a_server_without_the_version_is_not_asked(home: Path, server: Misbehaving) -> None:
    nothing = ROW | {"n": ROW["n"] | {"value": "2"}}
    url = server.serve("/", ok(table(nothing), JSON))
    fails(home, url, errors.NoVersionError, "2 of the 3 triples of <https://w3id.org/commons-kg/version/v1>")


def test_a_server_that_is_away(home: Path) -> None:
    fails(home, "http://127.0.0.1:9/sparql", errors.AwayError, "gives no answer")


def test_an_answer_that_breaks_off(home: Path, server: Misbehaving) -> None:
    url = server.serve("/", HELD, ok(table(ROW)[:-20], JSON, length=len(table(ROW))))
    fails(home, url, errors.AwayError, "breaks off")


@pytest.mark.parametrize(
    ("status", "error"),
    [("400 Bad Request", errors.QueryFailedError), ("503 Service Unavailable", errors.AwayError)],
)
def test_an_error_is_told_in_its_words(home: Path, server: Misbehaving, status: str, error: type[Exception]) -> None:
    url = server.serve("/", HELD, ok(b"this is why\nand more", "Content-Type: text/plain", status=status))
    fails(home, url, error, "says: this is why$")


def test_an_answer_of_another_type(home: Path, server: Misbehaving) -> None:
    url = server.serve("/", HELD, ok(b"<html>", "Content-Type: text/html"))
    fails(home, url, errors.QueryFailedError, "answers with text/html, and JSON was asked for")


@pytest.mark.parametrize("header", ["X-SPARQL-MaxRows: 10000", "X-SQL-State: S1TAT"])
def test_an_answer_that_virtuoso_has_cut(home: Path, server: Misbehaving, header: str) -> None:
    held = HELD.replace(b"\r\n", b"\r\nServer: Virtuoso/07.20\r\n", 1)
    url = server.serve("/", held, ok(table(ROW), JSON, "Server: Virtuoso/07.20", header))
    fails(home, url, errors.ResultTooLargeError, "cuts answers at 10000 rows|has stopped early")


def test_a_slow_answer_ends_with_the_deadline(home: Path, server: Misbehaving) -> None:
    ended = []

    def slow(connection: Any) -> None:
        connection.settimeout(30)
        connection.recv(100_000)  # the query's body, if it came in a piece of its own
        ended.append(connection.recv(1) == b"")

    url = server.serve("/", HELD, slow)
    begun = time.monotonic()
    fails(home, url, errors.DeadlineError, "stopped after 3 seconds", deadline=3)
    assert time.monotonic() - begun < 20
    server.stopped.wait(0.5)
    assert ended == [True]  # with its connection, which is what the server sees of it


def test_a_mistake_is_told_without_asking(home: Path, server: Misbehaving) -> None:
    url = server.serve("/", HELD, ok(table(ROW), JSON))
    fails(home, url, errors.QuerySyntaxError, "SELET is no word of SPARQL", "SELET * {}")
    assert all(b"SELET" not in request.path.encode() for request in server.requests)


class Recording(Remote):
    """Asks nobody, and keeps which graphs it would have named."""

    def query(self, text: str, form: str, default: Iterable[str], named: Iterable[str]) -> Result:
        self.graphs = [*default], [*named]
        return ox.parse_query_results(table(ROW), ox.QueryResultsFormat.JSON)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (([], []), (["http://v/1"], ["http://e/g"])),
        ((["http://e/g", "http://secret/"], []), (["http://e/g"], [NOTHING])),
        (([], ["http://secret/"]), ([NOTHING], [NOTHING])),
    ],
)
def test_every_request_names_graphs_of_the_version_alone(asked: Graphs, named: Graphs) -> None:
    store, remote = ox.Store(), Recording("http://127.0.0.1/", "")
    quads = "<http://e/s> <http://e/p> 1, 2, 3 . <http://e/g> { <http://e/s> <http://e/p> 1 }"
    store.load(quads, ox.RdfFormat.TRIG)
    remote.check("http://v/1", store, known=False)
    remote.answer(ASKED, "select", asked, store, None)
    assert remote.graphs == named


def test_an_earlier_version_is_asked_in_the_home(home: Path, server: Misbehaving) -> None:
    before = located(home)()
    publish(home, "v2", DATA)
    url = server.serve("/", ok(b"", status="500 No"))

    async def scenario(pool: Pool) -> None:
        async with pool.query(Query(text=ASKED), version=before) as answer:
            assert len(json.loads(await answer.read())["results"]["bindings"]) == 3

    run(home, url, scenario)
    assert not server.requests


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"engine": "virtuoso"}, "'virtuoso' is no http or https address"),
        ({"engine": "http://127.0.0.1:1/sparql", "allow_update": True, "token": "x"}, "updates are made in the home"),
    ],
)
def test_what_makes_no_sense_is_said_before_serving(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        serve(load(settings, environment={}))


def test_all_that_another_server_has_to_load(home: Path) -> None:
    out = io.BytesIO()
    settings = load({"home": str(home)}, environment={})
    assert export(settings, "nquads", out, whole=True) == 7
    lines = out.getvalue().decode().splitlines()
    assert len([line for line in lines if line.endswith(" .") and "<http://e/g> ." in line]) == 2
    assert len([line for line in lines if not line.endswith(("<http://e/g> .", "<http://e/h> ."))]) == 3
    with pytest.raises(UsageError, match="as N-Quads alone"):
        export(settings, "turtle", out, whole=True)
