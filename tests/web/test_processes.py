"""Updates by several server processes: they take turns, none is lost, and each is seen wherever one asks."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.web.conftest import make_home
from tests.web.test_serving import Unix, ask, free_port, serving, tcp, tree, until_ready

pytestmark = [pytest.mark.xdist_group("serving")]

PROCESSES, WRITERS, EACH = 2, 3, 5
COUNT = "/sparql.json?query=" + quote("SELECT (COUNT(*) AS ?n) { GRAPH <http://e/g> { ?s <http://e/p> ?o } }")
HEAD = {"Authorization": "Bearer s3cret", "Content-Type": "application/sparql-update"}


def post(connection: http.client.HTTPConnection, text: str) -> tuple[int, str | None, bytes]:
    connection.request("POST", "/sparql", text.encode(), HEAD)
    answer = connection.getresponse()
    return answer.status, answer.headers["X-Dataset-Version"], answer.read()


def holds(connection: http.client.HTTPConnection, triple: str) -> bool:
    status, body = ask(connection, "/sparql.json?query=" + quote(f"ASK {{ GRAPH <http://e/g> {{ {triple} }} }}"))
    assert status == 200, body
    found: bool = json.loads(body)["boolean"]
    return found


def test_no_update_is_lost_and_each_is_seen_by_every_process_before_its_answer(tmp_path: Path) -> None:
    port = free_port()
    wrong: list[Any] = []
    versions: list[str | None] = []
    flags = ("--port", str(port), "--processes", str(PROCESSES), "--workers", "1", "--allow-update")

    def write(writer: int) -> None:
        for number in range(EACH):
            triple = f"<http://e/{writer}> <http://e/p> {number}"
            try:
                # each on a connection of its own, which whichever process is quickest accepts
                for _ in range(20):
                    with contextlib.closing(tcp(port)) as connection:
                        connection.timeout = 60
                        status, version, body = post(connection, f"INSERT DATA {{ GRAPH <http://e/g> {{ {triple} }} }}")
                    if status != 503:  # too many wait, which says: send it again
                        break
                versions.append(version)
                if status != 204:
                    wrong.append((status, body))
                elif not all(holds(tcp(port), triple) for _ in range(2 * PROCESSES)):
                    wrong.append((triple, "was not seen"))
            except OSError as error:
                wrong.append((triple, error))

    with serving(make_home(tmp_path), *flags, COMMONS_KG_TOKEN="s3cret", COMMONS_KG_QUEUE="200") as server:
        until_ready(lambda: tcp(port))
        threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(240)
        assert not wrong, wrong[:3]
        body = ask(tcp(port), COUNT)[1]
        assert int(json.loads(body)["results"]["bindings"][0]["n"]["value"]) == WRITERS * EACH
        assert len(set(versions)) == WRITERS * EACH  # one after the other, each a version of its own
        updaters = [pid for pid in tree(server.pid) if b"kg.updating" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        assert len(updaters) == PROCESSES


@pytest.mark.skipif(os.name != "posix", reason="Unix sockets")
def test_two_servers_of_one_home_take_turns_too(tmp_path: Path) -> None:
    """What is certain for two whole servers, asked by name, is certain for processes that share a port."""
    home, sockets = make_home(tmp_path), [tmp_path / "a.sock", tmp_path / "b.sock"]
    with contextlib.ExitStack() as stack:
        for path in sockets:
            stack.enter_context(serving(home, "--uds", str(path), "--allow-update", COMMONS_KG_TOKEN="s3cret"))
            until_ready(lambda path=path: Unix(path))
        for number in range(6):
            writes, reads = sockets[number % 2], sockets[1 - number % 2]
            triple = f"<http://e/s> <http://e/p> {number}"
            with contextlib.closing(Unix(writes)) as connection:
                assert post(connection, f"INSERT DATA {{ GRAPH <http://e/g> {{ {triple} }} }}")[0] == 204
            assert holds(Unix(reads), triple)
            assert json.loads(ask(Unix(reads), COUNT)[1])["results"]["bindings"][0]["n"]["value"] == str(number + 1)
