"""Full load while versions are published and rolled back: every answer is right for its version, and none is missing.

``SOAK_SECONDS`` says for how long; the default is short enough for every run of the tests.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.faults.commands import commons_kg, sources_file
from tests.faults.serving import Server, get, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("soak")]

SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
CLIENTS, ORGANIZATIONS = 4, 150

PREFIXES = "PREFIX org: <http://www.w3.org/ns/org#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
LIST = PREFIXES + "SELECT ?label { ?o a org:Organization ; rdfs:label ?label } ORDER BY ?label"
COUNT = PREFIXES + "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?o a org:Organization ; rdfs:label ?label }"
PAIRS = PREFIXES + (
    "SELECT (COUNT(*) AS ?n) { ?o a org:Organization ; rdfs:label ?a . ?p a org:Organization ; rdfs:label ?b "
    "FILTER(STRENDS(?a, '7') && STRENDS(?b, '3')) }"
)


def generation(number: int) -> list[str]:
    """The organizations of a generation: no two generations have the same, or as many."""
    return [f"Generation {number} organization {n:03d}" for n in range(ORGANIZATIONS + number)]


def expected(number: int) -> dict[str, str]:
    """The answers of a version that holds a generation: query -> CSV."""
    names = generation(number)
    sevens, threes = (sum(name.endswith(digit) for name in names) for digit in "73")
    return {
        LIST: "\r\n".join(["label", *sorted(names), ""]),
        COUNT: f"n\r\n{len(names)}\r\n",
        PAIRS: f"n\r\n{sevens * threes}\r\n",
    }


class Client(threading.Thread):
    """Asks without pause, and writes down what it was told."""

    def __init__(self, server: Server, number: int, stop: threading.Event) -> None:
        super().__init__()
        self.server, self.number, self.stopped = server, number, stop
        self.told: Counter[tuple[str, str, str]] = Counter()
        """(version, query, answer) -> how often."""
        self.lost: list[Any] = []

    def run(self) -> None:
        """Ask the queries in turn, every other time in words that were not asked before."""
        for turn, query in enumerate(itertools.cycle([LIST, COUNT, PAIRS])):
            if self.stopped.is_set():
                return
            text = f"{query} # {self.number}.{turn}" if turn % 2 else query
            try:
                reply = self.server.exchange(get("/sparql.csv?" + urlencode({"query": text}), "Connection: close"))
            except OSError as error:
                self.lost.append(error)
                continue
            if reply.status != 200 or not reply.whole:
                self.lost.append((reply.status, reply.whole, reply.body[:300]))
                continue
            self.told[reply.headers["x-dataset-version"], query, reply.body.decode()] += 1


def sync(folder: Path, number: int) -> str:
    """Load and publish a generation; return the version's id."""
    done = commons_kg("--home", folder / "home", "sync", sources_file(folder, *generation(number)))
    assert done.returncode == 0, done.stderr
    return (folder / "home" / "current").readlink().name


def test_no_answer_is_wrong_and_none_is_lost_while_versions_come_and_go(tmp_path: Path) -> None:
    home = tmp_path / "home"
    holds = {sync(tmp_path, 0): 0}
    with serving(home, tmp_path / "log", deadline=10, workers=2, client_seconds=0) as server:
        stop = threading.Event()
        clients = [Client(server, number, stop) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            published = rolled_back = 0
            until = time.monotonic() + SECONDS
            for number in itertools.count(1):
                if time.monotonic() > until:
                    break
                version = sync(tmp_path, number)
                holds[version] = number
                published += 1
                assert server.select(COUNT).headers["x-dataset-version"] == version, "the next query sees a new version"
                if number % 2 == 1:
                    done = commons_kg("--home", home, "versions", "rollback")
                    assert done.returncode == 0, done.stderr
                    back = (home / "current").readlink().name
                    rolled_back += 1
                    assert back in holds
                    assert back != version
                    assert server.select(COUNT).headers["x-dataset-version"] == back
        finally:
            stop.set()
            for client in clients:
                client.join(60)
        log = server.log.read_text(errors="replace")
    answers = {version: expected(number) for version, number in holds.items()}
    lost = [reason for client in clients for reason in client.lost]
    told = sum((client.told for client in clients), Counter())
    wrong = [(version, query) for version, query, answer in told if answers[version][query] != answer]
    print(f"{told.total()} answers, {published} publishes, {rolled_back} rollbacks, {len(holds)} versions")
    assert not lost, f"{len(lost)} of {told.total()} were lost: {lost[:5]}"
    assert not wrong, f"{len(wrong)} of {told.total()} were wrong: {wrong[:5]}"
    assert published >= 2
    assert rolled_back >= 1
    assert len({version for version, _, _ in told}) >= 2
    assert "Traceback" not in log, log[log.index("Traceback") :][:3000]
